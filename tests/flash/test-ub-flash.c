/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "flash-fixture.h"

#include "ub-error.h"

#include <string.h>

static guint8 *image;

static UbSimCounters
get_sim_counters (FlashFixture *fixture)
{
  UbSimCounters counters;

  ub_sim_chip_get_counters (fixture->chip, &counters);
  return counters;
}

/* --- reading --- */

typedef struct {
  guint32 address;
  guint32 size;
} ReadCase;

static const ReadCase read_cases[] = {
  { 0, 0 },          { 0, 1 },           { 0x1FFFFF, 1 },  { 5, 4095 },
  { 0x10F9A, 0x66 }, { 0xFFF, 0x12345 }, { 0x1234, 5000 }, { 0, FLASH_SIZE },
};

static void
test_read (void)
{
  const guint clocks[] = { 3000, 30000, 1000000, 12000000, 30000000 };
  g_autofree guint8 *buffer = g_malloc (FLASH_SIZE + 1);

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_autoptr (FlashFixture) fixture =
        flash_fixture_new (ub_flash_part_lookup (0xEB6015), image, clocks[i], 125);

    for (guint j = 0; j < G_N_ELEMENTS (read_cases); j++) {
      const ReadCase *c = &read_cases[j];
      g_autoptr (GError) error = NULL;

      buffer[c->size] = 0xA5;
      g_assert_true (ub_flash_read (fixture->flash, c->address, buffer, c->size, NULL, &error));
      g_assert_no_error (error);
      g_assert_cmpmem (buffer, c->size, image + c->address, c->size);
      g_assert_cmphex (buffer[c->size], ==, 0xA5);
    }
  }
}

static void
test_read_out_of_range (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
  const ReadCase cases[] = { { FLASH_SIZE, 1 }, { FLASH_SIZE - 1, 2 }, { G_MAXUINT32, 16 } };
  guint8 buffer[16];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_false (
        ub_flash_read (fixture->flash, cases[i].address, buffer, cases[i].size, NULL, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_RANGE);
    g_clear_error (&error);
    g_assert_false (
        ub_flash_program (fixture->flash, cases[i].address, buffer, cases[i].size, NULL, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_RANGE);
  }
}

/* Above the part's limit for 03 the reads are fast ones, which the chip demands. */
static void
test_fast_read (void)
{
  UbFlashPart part = *ub_flash_part_lookup (0xEB6015);
  g_autofree guint8 *buffer = g_malloc (FLASH_SIZE);
  g_autoptr (FlashFixture) fixture = NULL;
  g_autoptr (UbFlash) flash = NULL;
  g_autoptr (GError) error = NULL;

  part.max_read_hz = 20000000;
  fixture = flash_fixture_new (&part, image, 20000000, 125);
  /* The session goes by the table. */
  flash = ub_flash_new (fixture->programmer, &part);
  g_assert_true (ub_programmer_set_clock (fixture->programmer, 30000000, NULL, &error));
  g_assert_true (ub_flash_read (flash, 7, buffer, FLASH_SIZE - 7, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (buffer, FLASH_SIZE - 7, image + 7, FLASH_SIZE - 7);
}

/* With spidev's buffer of 4096 bytes: no more than 530 system calls for 2 MiB. */
static void
test_read_in_small_transactions (void)
{
  g_autoptr (UbSimChip) chip = NULL;
  g_autoptr (UbProgrammer) programmer = NULL;
  g_autoptr (UbSession) session = NULL;
  g_autoptr (GBytes) content = g_bytes_new (image, FLASH_SIZE);
  g_autofree guint8 *buffer = g_malloc (FLASH_SIZE);
  g_autoptr (GError) error = NULL;
  guint64 before;

  chip = ub_sim_chip_new (ub_flash_part_lookup (0xEB6015), content);
  programmer = ub_sim_programmer_new_for_chip (chip);
  ub_sim_programmer_set_max_sizes (UB_SIM_PROGRAMMER (programmer), 4096, 4096);
  session = ub_session_open (programmer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);

  before = ub_sim_programmer_get_exchanges (UB_SIM_PROGRAMMER (programmer));
  g_assert_true (
      ub_flash_read (ub_session_get_flash (session), 0, buffer, FLASH_SIZE, NULL, &error));
  g_assert_cmpmem (buffer, FLASH_SIZE, image, FLASH_SIZE);
  g_assert_cmpuint (ub_sim_programmer_get_exchanges (UB_SIM_PROGRAMMER (programmer)) - before, <=,
                    530);
  ub_session_close (session);
}

/* An FT232H takes as much as one likes: no more than 80 round trips from 1 MHz on. */
static void
test_read_round_trips (void)
{
  const guint clocks[] = { 1000000, 1500000, 6000000, 30000000 };

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_autoptr (FlashFixture) fixture =
        flash_fixture_new (ub_flash_part_lookup (0xEB6015), image, clocks[i], 125);
    g_autofree guint8 *buffer = g_malloc (FLASH_SIZE);
    guint before = fixture->tamper->n_exchanges;

    g_assert_true (ub_flash_read (fixture->flash, 0, buffer, FLASH_SIZE, NULL, NULL));
    g_assert_cmpuint (fixture->tamper->n_exchanges - before, <=, 80);
  }
}

/* Progress, map and address move at least every third of a second at common clocks, and cancelling is noticed as
 * soon. */
static gint64 last_us, longest_us;

static void
measure_exchange (UbTestTamper *tamper)
{
  gint64 now = ub_programmer_get_time (UB_PROGRAMMER (tamper));

  longest_us = MAX (longest_us, now - last_us);
  last_us = now;
}

static void
test_read_observers (void)
{
  const guint clocks[] = { 30000, 100000, 1000000, 6000000 };

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_autoptr (FlashFixture) fixture =
        flash_fixture_new (ub_flash_part_lookup (0xEB6015), image, clocks[i], 0);
    g_autoptr (UbProgress) progress = ub_progress_new ();
    g_autoptr (UbSectorMap) map = ub_sector_map_new ();
    g_autofree guint8 *buffer = g_malloc (FLASH_SIZE);
    UbProgressState state;
    UbFlashCounters counters;

    ub_sector_map_set_size (map, FLASH_SIZE / UB_SECTOR_SIZE);
    ub_progress_declare (progress, UB_PHASE_READ, 1);
    ub_progress_begin (progress, UB_PHASE_READ, 0x20000, 0);
    ub_flash_set_observers (fixture->flash, progress, map);
    last_us = ub_programmer_get_time (fixture->programmer);
    longest_us = 0;
    fixture->tamper->after_exchange = measure_exchange;
    g_assert_true (ub_flash_read (fixture->flash, 0x100800, buffer, 0x20000, NULL, NULL));
    g_assert_cmpint (longest_us, <=, 300000);

    ub_progress_get_state (progress, &state);
    g_assert_cmpuint (state.bytes_done, ==, 0x20000);
    ub_flash_get_counters (fixture->flash, &counters);
    g_assert_cmpuint (counters.bytes_read, ==, 0x20000);
    g_assert_cmphex (ub_flash_get_address (fixture->flash), >=, 0x110000);

    /* The first sector was not read from its beginning. */
    g_assert_cmpint (ub_sector_map_get (map, 0xFF), ==, UB_SECTOR_UNKNOWN);
    g_assert_cmpint (ub_sector_map_get (map, 0x100), ==, UB_SECTOR_UNKNOWN);
    g_assert_cmpint (ub_sector_map_get (map, 0x101), ==, UB_SECTOR_DATA);
    g_assert_cmpint (ub_sector_map_get (map, 0x111), ==, UB_SECTOR_DATA);
    g_assert_cmpint (ub_sector_map_get (map, 0x112), ==, UB_SECTOR_BLANK);
    g_assert_cmpint (ub_sector_map_get (map, 0x120), ==, UB_SECTOR_BLANK);
    g_assert_cmpint (ub_sector_map_get (map, 0x121), ==, UB_SECTOR_UNKNOWN);
  }
}

static void
cancel (UbTestTamper *tamper)
{
  g_cancellable_cancel (tamper->data);
}

static void
test_read_cancel (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree guint8 *buffer = g_malloc (FLASH_SIZE);
  g_autoptr (GError) error = NULL;
  UbFlashCounters counters;

  fixture->tamper->data = cancellable;
  fixture->tamper->after_exchange = cancel;
  g_assert_false (ub_flash_read (fixture->flash, 0, buffer, FLASH_SIZE, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  ub_flash_get_counters (fixture->flash, &counters);
  g_assert_cmpuint (counters.bytes_read, <, FLASH_SIZE / 8);
}

/* --- protection --- */

/* Every part, from what firmware leaves behind and from every bit set that may be; nothing else changes. */
static void
test_unprotect_every_part (void)
{
  guint n_parts;
  const UbFlashPart *parts = ub_flash_part_get_table (&n_parts);

  for (guint i = 0; i < n_parts; i++) {
    const UbFlashPart *part = &parts[i];
    const guint16 statuses[] = { part->running_status, part->protect_mask,
                                 part->protect_mask | part->keep_mask, part->keep_mask, 0 };
    g_autoptr (FlashFixture) fixture = flash_fixture_new (part, NULL, 1000000, 125);

    for (guint j = 0; j < G_N_ELEMENTS (statuses); j++) {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s, status %04X", part->name, statuses[j]);
      ub_sim_chip_set_status (fixture->chip, statuses[j]);
      g_assert_true (ub_flash_unprotect (fixture->flash, &error));
      g_assert_no_error (error);
      g_assert_cmphex (ub_sim_chip_get_status (fixture->chip), ==, statuses[j] & part->keep_mask);
    }
  }
}

/* A part that is in no table may have one register or two. */
static void
test_unprotect_guessed_part (void)
{
  guint32 like[] = { 0x1C7015, 0xEB6015, 0x854215 };

  for (guint i = 0; i < G_N_ELEMENTS (like); i++) {
    g_autoptr (FlashFixture) fixture =
        flash_fixture_new (ub_flash_part_lookup (like[i]), NULL, 1000000, 125);
    g_autoptr (UbFlash) flash = NULL;
    g_autoptr (GError) error = NULL;
    UbFlashPart guessed;

    g_assert_true (ub_flash_part_guess (0x123415, &guessed));
    flash = ub_flash_new (fixture->programmer, &guessed);
    g_assert_true (ub_flash_unprotect (flash, &error));
    g_assert_no_error (error);
    g_assert_cmphex (ub_sim_chip_get_status (fixture->chip), ==, 0);
  }
}

static gboolean
watch_status_writes (UbTestTamper *tamper, const UbTransaction *transaction)
{
  guint *n_writes = tamper->data;

  if (transaction->n_tx > 0 && (transaction->tx[0] == 0x01 || transaction->tx[0] == 0x31)) {
    (*n_writes)++;
    /* Exactly one or two bytes; SRP0 as it was; never SRP1 or a lock bit. */
    g_assert_cmpuint (transaction->n_tx, >=, 2);
    g_assert_cmpuint (transaction->n_tx, <=, 3);
    if (transaction->tx[0] == 0x01)
      g_assert_cmphex (transaction->tx[1] & 0x80, ==, 0x80);
    g_assert_cmphex (transaction->tx[transaction->n_tx - 1] & 0x39, ==, 0);
  }
  return TRUE;
}

static void
test_unprotect_leaves_locks_alone (void)
{
  const guint32 ids[] = { 0xEB6015, 0x854215, 0x856015 };

  for (guint i = 0; i < G_N_ELEMENTS (ids); i++) {
    g_autoptr (FlashFixture) fixture =
        flash_fixture_new (ub_flash_part_lookup (ids[i]), NULL, 1000000, 125);
    guint n_writes = 0;

    ub_sim_chip_set_status (fixture->chip, 0x4284);
    fixture->tamper->data = &n_writes;
    fixture->tamper->before = watch_status_writes;
    g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
    g_assert_cmphex (ub_sim_chip_get_status (fixture->chip), ==, 0x0280);
    g_assert_cmpuint (n_writes, >, 0);
  }
}

static gboolean
swallow_status_writes (UbTestTamper *tamper, const UbTransaction *transaction)
{
  return transaction->n_tx == 0 || (transaction->tx[0] != 0x01 && transaction->tx[0] != 0x31);
}

static void
test_unprotect_in_vain (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
  g_autoptr (GError) error = NULL;

  fixture->tamper->before = swallow_status_writes;
  g_assert_false (ub_flash_unprotect (fixture->flash, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_PROTECTED);
}

/* --- erase and program --- */

static void
test_erase (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
  const UbRange units[] = { { 0x3000, 0x1000 }, { 0x8000, 0x8000 }, { 0x20000, 0x10000 } };
  g_autofree guint8 *wanted = g_memdup2 (image, FLASH_SIZE);
  g_autoptr (GError) error = NULL;
  UbFlashCounters counters;
  UbSimCounters sim;

  g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
  g_assert_true (ub_flash_erase (fixture->flash, units, G_N_ELEMENTS (units), NULL, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    memset (wanted + units[i].address, 0xFF, units[i].size);
  flash_fixture_assert_content (fixture, wanted);
  ub_flash_get_counters (fixture->flash, &counters);
  g_assert_cmpuint (counters.sectors_erased, ==, 1 + 8 + 16);
  sim = get_sim_counters (fixture);
  g_assert_cmpuint (sim.erases[0], ==, 1);
  g_assert_cmpuint (sim.erases[1], ==, 1);
  g_assert_cmpuint (sim.erases[2], ==, 1);
  g_assert_cmpuint (ub_sim_chip_get_status (fixture->chip) & 1, ==, 0);
}

static void
test_erase_chip (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
  g_autofree guint8 *blank = flash_image_new_blank ();
  const UbRange unit = { 0, FLASH_SIZE };

  g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
  g_assert_true (ub_flash_erase (fixture->flash, &unit, 1, NULL, NULL));
  flash_fixture_assert_content (fixture, blank);
  g_assert_cmpuint (get_sim_counters (fixture).chip_erases, ==, 1);
}

static void
test_program (void)
{
  g_autofree guint8 *wanted = flash_image_new_blank ();
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (wanted);
  g_autoptr (GError) error = NULL;
  UbFlashCounters counters;

  g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
  /* From the middle of a page to the middle of another, with blank pages in between. */
  memcpy (wanted + 0x10123, image + 0x10123, 0x2345);
  g_assert_true (ub_flash_program (fixture->flash, 0x10123, image + 0x10123, 0x2345, NULL, &error));
  g_assert_no_error (error);
  flash_fixture_assert_content (fixture, wanted);
  ub_flash_get_counters (fixture->flash, &counters);
  g_assert_cmpuint (counters.bytes_programmed, >, 0x1400);
  g_assert_cmpuint (counters.bytes_programmed, <, 0x2000);

  /* Nothing but blank: nothing is sent. */
  g_assert_true (ub_flash_program (fixture->flash, 0x150000, image + 0x150000, 0x1000, NULL, NULL));
  g_assert_cmpuint (get_sim_counters (fixture).pages, <=, 22);
}

/* Times that jump between typical and worst from one operation to the next. */
static gboolean
vary_timing (UbTestTamper *tamper, const UbTransaction *transaction)
{
  FlashFixture *fixture = tamper->data;
  static guint32 state = 1;

  state = state * 1664525 + 1013904223;
  ub_sim_chip_set_timing (fixture->chip,
                          (state >> 24) % 8 == 0 ? UB_SIM_TIMING_WORST : UB_SIM_TIMING_TYPICAL);
  return TRUE;
}

static void
test_program_varying (void)
{
  const guint clocks[] = { 30000, 1000000, 12000000 };

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_autofree guint8 *wanted = flash_image_new_blank ();
    g_autoptr (FlashFixture) fixture =
        flash_fixture_new (ub_flash_part_lookup (0xEB6015), wanted, clocks[i], 0);
    g_autoptr (GError) error = NULL;

    g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
    fixture->tamper->data = fixture;
    fixture->tamper->before = vary_timing;
    memcpy (wanted + 0x11000, image + 0x11000, 0x40000);
    g_assert_true (
        ub_flash_program (fixture->flash, 0x11000, image + 0x11000, 0x40000, NULL, &error));
    g_assert_no_error (error);
    /* Without reading back: that every page was taken was proven by the status alone. */
    flash_fixture_assert_content (fixture, wanted);
  }
}

/* On an adapter with spidev's buffer a page costs at most a quarter of a system call, on a large one at most an
 * eighth of a round trip. */
static void
test_program_round_trips (void)
{
  const gsize batches[] = { 4096, 65536 };
  const double max_costs[] = { 0.25, 0.125 };

  for (guint i = 0; i < G_N_ELEMENTS (batches); i++) {
    g_autoptr (UbSimChip) chip = ub_sim_chip_new (ub_flash_part_lookup (0xEB6015), NULL);
    g_autoptr (UbProgrammer) programmer = ub_sim_programmer_new_for_chip (chip);
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;
    guint64 before;
    double cost;

    ub_sim_programmer_set_max_sizes (UB_SIM_PROGRAMMER (programmer), batches[i], batches[i]);
    session = ub_session_open (programmer, NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_true (ub_flash_unprotect (ub_session_get_flash (session), NULL));
    before = ub_sim_programmer_get_exchanges (UB_SIM_PROGRAMMER (programmer));
    g_assert_true (ub_flash_program (ub_session_get_flash (session), 0x20000, image + 0x20000,
                                     0x40000, NULL, NULL));
    cost = (double) (ub_sim_programmer_get_exchanges (UB_SIM_PROGRAMMER (programmer)) - before) /
           (0x40000 / UB_PAGE_SIZE);
    g_assert_cmpfloat (cost, <=, max_costs[i]);
    ub_session_close (session);
  }
}

static gboolean
swallow_write_enable (UbTestTamper *tamper, const UbTransaction *transaction)
{
  return transaction->n_tx == 0 || transaction->tx[0] != 0x06;
}

static void
test_write_enable_refused (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
  g_autoptr (GError) error = NULL;
  const UbRange unit = { 0x3000, 0x1000 };

  g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
  fixture->tamper->before = swallow_write_enable;
  g_assert_false (ub_flash_program (fixture->flash, 0, image, 1024, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_WRITE_ENABLE);
  g_clear_error (&error);
  g_assert_false (ub_flash_erase (fixture->flash, &unit, 1, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_WRITE_ENABLE);
  flash_fixture_assert_content (fixture, image);
}

static void
show_busy (UbTestTamper *tamper, const UbTransaction *transaction)
{
  if (transaction->n_tx == 1 && transaction->tx[0] == 0x05 && tamper->data != NULL)
    memset (transaction->rx, 0x03, transaction->n_rx);
  /* The proof before the operation is right; busy it is from then on. */
  if (transaction->n_tx >= 4 && (transaction->tx[0] == 0x20 || transaction->tx[0] == 0x02))
    tamper->data = tamper;
}

static void
test_busy_for_ever (void)
{
  const UbRange unit = { 0x3000, 0x1000 };

  for (guint i = 0; i < 2; i++) {
    g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
    g_autoptr (GError) error = NULL;
    gint64 begun;

    g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
    fixture->tamper->after = show_busy;
    begun = ub_programmer_get_time (fixture->programmer);
    if (i == 0)
      g_assert_false (ub_flash_erase (fixture->flash, &unit, 1, NULL, &error));
    else
      g_assert_false (ub_flash_program (fixture->flash, 0, image, 1024, NULL, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_CHIP_BUSY);
    g_assert_cmpint (ub_programmer_get_time (fixture->programmer) - begun, <, 2 * G_USEC_PER_SEC);
  }
}

/* A chip that still works at something when it is found is waited for. */
static void
test_busy_at_first (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
  const guint8 enable[1] = { 0x06 };
  const guint8 erase[4] = { 0x20, 0, 0x50, 0 };
  const UbTransaction batch[2] = { { .tx = enable, .n_tx = 1 }, { .tx = erase, .n_tx = 4 } };
  g_autofree guint8 *wanted = g_memdup2 (image, FLASH_SIZE);
  g_autoptr (GError) error = NULL;

  g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
  g_assert_true (ub_programmer_exchange (fixture->programmer, batch, 2, NULL));
  memset (wanted + 0x5000, 0xFF, 0x1000);
  memset (wanted + 0x3000, 0xFF, 0x1000);
  g_assert_true (ub_flash_erase (fixture->flash, &(UbRange) { 0x3000, 0x1000 }, 1, NULL, &error));
  g_assert_no_error (error);
  flash_fixture_assert_content (fixture, wanted);
}

static void
show_busy_before (UbTestTamper *tamper, const UbTransaction *transaction)
{
  if (transaction->n_tx == 1 && transaction->tx[0] == 0x05 && transaction->n_rx == 1)
    memset (transaction->rx, 0x01, 1);
}

/* A chip that is busy whenever it is told to do something, and ready whenever it is waited for. */
static void
test_busy_each_time (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (image);
  g_autoptr (GError) error = NULL;

  g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
  fixture->tamper->after = show_busy_before;
  g_assert_false (ub_flash_program (fixture->flash, 0, image, 1024, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_WRITE_ENABLE);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  image = flash_image_new_tuya (1);

  g_test_add_func ("/flash/read", test_read);
  g_test_add_func ("/flash/read/out-of-range", test_read_out_of_range);
  g_test_add_func ("/flash/read/fast", test_fast_read);
  g_test_add_func ("/flash/read/small-transactions", test_read_in_small_transactions);
  g_test_add_func ("/flash/read/round-trips", test_read_round_trips);
  g_test_add_func ("/flash/read/observers", test_read_observers);
  g_test_add_func ("/flash/read/cancel", test_read_cancel);
  g_test_add_func ("/flash/unprotect/every-part", test_unprotect_every_part);
  g_test_add_func ("/flash/unprotect/guessed-part", test_unprotect_guessed_part);
  g_test_add_func ("/flash/unprotect/locks", test_unprotect_leaves_locks_alone);
  g_test_add_func ("/flash/unprotect/in-vain", test_unprotect_in_vain);
  g_test_add_func ("/flash/erase", test_erase);
  g_test_add_func ("/flash/erase/chip", test_erase_chip);
  g_test_add_func ("/flash/program", test_program);
  g_test_add_func ("/flash/program/varying", test_program_varying);
  g_test_add_func ("/flash/program/round-trips", test_program_round_trips);
  g_test_add_func ("/flash/write-enable-refused", test_write_enable_refused);
  g_test_add_func ("/flash/busy/for-ever", test_busy_for_ever);
  g_test_add_func ("/flash/busy/at-first", test_busy_at_first);
  g_test_add_func ("/flash/busy/each-time", test_busy_each_time);

  result = g_test_run ();
  g_free (image);
  return result;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "spidev-fixture.h"
#include "ub-error.h"

#include <errno.h>
#include <string.h>

/* Into download mode in the simplest way there is. */
static void
enter_once (UbProgrammer *programmer, guint hz)
{
  g_autoptr (GError) error = NULL;
  guint8 tx[25];
  UbTransaction stream = { .tx = tx, .n_tx = sizeof tx };
  gint64 end;

  memset (tx, 0xD2, sizeof tx);
  ub_programmer_set_clock (programmer, hz, NULL, &error);
  g_assert_no_error (error);
  ub_programmer_set_reset (programmer, TRUE, &error);
  g_assert_no_error (error);
  ub_programmer_delay (programmer, 20000);
  ub_programmer_set_reset (programmer, FALSE, &error);
  g_assert_no_error (error);
  end = ub_programmer_get_time (programmer) + 60000;
  while (ub_programmer_get_time (programmer) < end) {
    ub_programmer_exchange (programmer, &stream, 1, &error);
    g_assert_no_error (error);
  }
  ub_programmer_delay (programmer, 60000);
}

static guint32
read_id (UbProgrammer *programmer)
{
  g_autoptr (GError) error = NULL;
  const guint8 command = 0x9F;
  guint8 reply[3] = { 0 };
  UbTransaction transaction = { .tx = &command, .n_tx = 1, .rx = reply, .n_rx = sizeof reply };

  ub_programmer_exchange (programmer, &transaction, 1, &error);
  g_assert_no_error (error);
  return (guint32) reply[0] << 16 | reply[1] << 8 | reply[2];
}

/* The window of 48 ms is real time, which a busy machine can miss. */
static void
enter (UbProgrammer *programmer, guint hz)
{
  guint32 id = 0;

  for (guint attempt = 0; attempt < 5 && (id == 0 || id == 0xFFFFFF); attempt++) {
    enter_once (programmer, hz);
    id = read_id (programmer);
  }
}

static void
test_enter (SpidevFixture *fixture, gconstpointer data)
{
  g_autoptr (UbProgrammer) programmer = spidev_fixture_open_programmer ("spidev");
  UbEmulatedSpidevCounters counters;

  enter (programmer, 1000000);
  g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
  g_assert_true (ub_emulated_gpiochip_is_held (fixture->gpiochip));
  g_assert_true (ub_emulated_gpiochip_is_open_drain (fixture->gpiochip));
  ub_programmer_close (programmer);
  g_assert_false (ub_emulated_module_is_cen_low (ub_emulation_get_module (fixture->emulation)));
  g_assert_true (ub_emulated_gpiochip_was_input (fixture->gpiochip));
  ub_emulated_spidev_get_counters (fixture->spidev, &counters);
  g_assert_cmpuint (counters.refused, ==, 0);
}

/* What a Raspberry Pi's 64-bit kernel takes, and what others do. */
typedef struct {
  const char *name;
  UbEmulatedSpidevTraits spidev;
  guint modes;
  gsize max_transaction;
  guint min_hz_from;
  guint min_hz_to;
} Computer;

static const Computer computers[] = {
  { "Raspberry Pi", { 4096, 128, 0, 125000000, 0x0F, 0x09, FALSE, FALSE }, 0x09, 4096, 1000, 1000 },
  { "no bufsiz", { 4096, 128, 0, 125000000, 0x0F, 0x09, FALSE, TRUE }, 0x09, 4096, 1000, 1000 },
  { "large bufsiz",
    { 65536, 128, 0, 125000000, 0x0F, 0x09, FALSE, FALSE },
    0x09,
    65536,
    1000,
    1000 },
  { "odd bufsiz", { 5000, 64, 0, 125000000, 0x0F, 0x09, FALSE, FALSE }, 0x09, 4992, 1000, 1000 },
  { "floor of 3 kHz",
    { 4096, 64, 3000, 50000000, 0x0F, 0x09, FALSE, FALSE },
    0x09,
    4096,
    3000,
    3300 },
  { "no empty transfers",
    { 4096, 4, 0, 50000000, 0x0F, 0x09, TRUE, FALSE },
    0x09,
    4096,
    1000,
    1000 },
  { "mode 0 only", { 4096, 64, 0, 50000000, 0x01, 0x01, FALSE, FALSE }, 0x01, 4096, 1000, 1000 },
  { "mode 3 only", { 4096, 64, 0, 50000000, 0x08, 0x08, FALSE, FALSE }, 0x08, 4096, 1000, 1000 },
};

static void
test_computer (gconstpointer data)
{
  const Computer *computer = data;
  SpidevFixture fixture = { NULL };
  g_autoptr (UbProgrammer) programmer = NULL;
  g_autoptr (GError) error = NULL;
  const UbProgrammerLimits *limits;
  UbEmulatedSpidevCounters counters;
  guint8 tx[4] = { 0x03 };
  g_autofree guint8 *rx = g_malloc0 (computer->max_transaction);
  UbTransaction read = { .tx = tx, .n_tx = 4, .rx = rx, .n_rx = computer->max_transaction - 4 };
  UbTransaction batch[3];

  spidev_fixture_set_up_with (&fixture, &computer->spidev, &ub_emulated_gpiochip_raspberry_pi);
  programmer = spidev_fixture_open_programmer ("spidev");
  limits = ub_programmer_get_limits (programmer);
  g_assert_cmphex (limits->modes, ==, computer->modes);
  g_assert_cmpuint (limits->max_transaction, ==, computer->max_transaction);
  g_assert_cmpuint (limits->min_hz, >=, computer->min_hz_from);
  g_assert_cmpuint (limits->min_hz, <=, computer->min_hz_to);
  g_assert_true (limits->has_reset);

  if ((computer->modes & 1) == 0)
    g_assert_true (ub_programmer_set_mode (programmer, 3, NULL));
  enter (programmer, limits->min_hz);
  g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
  g_assert_cmpuint (ub_emulated_spidev_get_lowest_hz (fixture.spidev), ==, limits->min_hz);

  /* The largest transaction, alone and three of them with pauses. */
  ub_programmer_set_clock (programmer, 10000000, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 3; i++) {
    batch[i] = read;
    batch[i].delay_us = 100;
  }
  ub_programmer_exchange (programmer, &read, 1, &error);
  g_assert_no_error (error);
  ub_programmer_exchange (programmer, batch, 3, &error);
  g_assert_no_error (error);
  for (gsize i = 0; i < read.n_rx; i++)
    g_assert_cmphex (rx[i], ==, (guint8) (i * 7 ^ i >> 8));

  ub_emulated_spidev_get_counters (fixture.spidev, &counters);
  g_assert_cmpuint (counters.refused, <, 20); /* of the search for the lowest clock */
  g_clear_object (&programmer);
  spidev_fixture_tear_down (&fixture, NULL);
}

/* A page program costs at most a quarter of an ioctl, and every page is there: chip select has risen
 * before the time that it takes begins. */
static void
test_pages (SpidevFixture *fixture, gconstpointer data)
{
  enum { N_PAGES = 24 };
  g_autoptr (UbProgrammer) programmer = spidev_fixture_open_programmer ("spidev");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) content = NULL;
  static const guint8 write_enable = 0x06, read_status = 0x05;
  static const guint8 unprotect[2] = { 0x01, 0x00 };
  guint8 page[N_PAGES][260], status[N_PAGES];
  UbTransaction batch[3 * N_PAGES], prepare[2];
  UbEmulatedSpidevCounters before, after;
  const guint8 *bytes;

  enter (programmer, 1000000);
  prepare[0] = (UbTransaction) { .tx = &write_enable, .n_tx = 1 };
  prepare[1] = (UbTransaction) { .tx = unprotect, .n_tx = 2, .delay_us = 30000 };
  ub_programmer_exchange (programmer, prepare, 2, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_PAGES; i++) {
    /* Blank, behind what the fixture has put there. */
    guint32 address = 128 * 1024 + i * UB_PAGE_SIZE;

    memset (page[i], (int) i + 1, sizeof page[i]);
    page[i][0] = 0x02;
    page[i][1] = address >> 16;
    page[i][2] = address >> 8 & 0xFF;
    page[i][3] = 0;
    batch[3 * i] = (UbTransaction) { .tx = &write_enable, .n_tx = 1 };
    batch[3 * i + 1] = (UbTransaction) { .tx = page[i], .n_tx = 260, .delay_us = 3100 };
    batch[3 * i + 2] =
        (UbTransaction) { .tx = &read_status, .n_tx = 1, .rx = &status[i], .n_rx = 1 };
  }
  ub_emulated_spidev_get_counters (fixture->spidev, &before);
  ub_programmer_exchange (programmer, batch, 3 * N_PAGES, &error);
  g_assert_no_error (error);
  ub_emulated_spidev_get_counters (fixture->spidev, &after);
  g_assert_cmpuint (4 * (after.ioctls - before.ioctls), <=, N_PAGES);

  content = ub_sim_chip_dup_content (fixture->chip);
  bytes = g_bytes_get_data (content, NULL);
  for (guint i = 0; i < N_PAGES; i++) {
    g_assert_cmphex (status[i] & 1, ==, 0);
    g_assert_cmphex (bytes[128 * 1024 + i * UB_PAGE_SIZE], ==, i + 1);
    g_assert_cmphex (bytes[128 * 1024 + i * UB_PAGE_SIZE + 255], ==, i + 1);
  }
}

/* What the kernel answers, and what it means to the person. */
typedef struct {
  const char *name;
  int number;
  int code;
} Answer;

static const Answer open_answers[] = {
  { "EACCES", EACCES, UB_ERROR_PERMISSION },
  { "EPERM", EPERM, UB_ERROR_PERMISSION },
  { "EBUSY", EBUSY, UB_ERROR_BUSY },
  { "ENODEV", ENODEV, UB_ERROR_UNPLUGGED },
  { "ENXIO", ENXIO, UB_ERROR_UNPLUGGED },
  { "EIO", EIO, UB_ERROR_TRANSFER },
  { "ENOENT", ENOENT, UB_ERROR_NO_PROGRAMMER },
};

static void
test_open_error (gconstpointer data)
{
  const Answer *answer = data;
  SpidevFixture fixture = { NULL };
  g_autoptr (UbProgrammer) programmer = NULL;
  g_autoptr (GError) error = NULL;

  spidev_fixture_set_up (&fixture, NULL);
  programmer = spidev_fixture_new_programmer ("spidev", &error);
  g_assert_no_error (error);
  ub_emulation_set_open_error (fixture.emulation, "/dev/spidev0.0", answer->number);
  g_assert_false (ub_programmer_open (programmer, &error));
  g_assert_error (error, UB_ERROR, answer->code);
  g_assert_nonnull (strstr (error->message, "/dev/spidev0.0"));

  /* Put right, the same object works. */
  g_clear_error (&error);
  ub_emulation_set_open_error (fixture.emulation, "/dev/spidev0.0", 0);
  ub_programmer_open (programmer, &error);
  g_assert_no_error (error);
  g_clear_object (&programmer);
  spidev_fixture_tear_down (&fixture, NULL);
}

static const Answer transfer_answers[] = {
  { "EIO", EIO, UB_ERROR_TRANSFER },
  { "ETIMEDOUT", ETIMEDOUT, UB_ERROR_TIMEOUT },
  { "ENODEV", ENODEV, UB_ERROR_UNPLUGGED },
  { "ESHUTDOWN", ESHUTDOWN, UB_ERROR_UNPLUGGED },
  { "EREMOTEIO", EREMOTEIO, UB_ERROR_TRANSFER },
};

static void
test_transfer_error (gconstpointer data)
{
  const Answer *answer = data;
  SpidevFixture fixture = { NULL };
  g_autoptr (UbProgrammer) programmer = NULL;
  g_autoptr (GError) error = NULL;
  UbTransaction transaction = { .tx = (const guint8 *) "\x9f", .n_tx = 1 };
  UbEmulatedSpidevCounters counters;

  spidev_fixture_set_up (&fixture, NULL);
  programmer = spidev_fixture_open_programmer ("spidev");
  enter (programmer, 1000000);
  g_assert_true (ub_programmer_set_reset (programmer, TRUE, &error));
  ub_emulated_spidev_get_counters (fixture.spidev, &counters);
  ub_emulated_spidev_fail_at (fixture.spidev, counters.messages + 2, answer->number);
  g_assert_true (ub_programmer_exchange (programmer, &transaction, 1, &error));
  g_assert_false (ub_programmer_exchange (programmer, &transaction, 1, &error));
  g_assert_error (error, UB_ERROR, answer->code);

  /* Whatever happened: the lines are released, and it works again when the trouble is over. */
  ub_programmer_close (programmer);
  g_assert_false (ub_emulated_module_is_cen_low (ub_emulation_get_module (fixture.emulation)));
  g_assert_true (ub_emulated_gpiochip_was_input (fixture.gpiochip));
  ub_emulated_spidev_fail_at (fixture.spidev, 0, 0);
  g_clear_error (&error);
  ub_programmer_open (programmer, &error);
  g_assert_no_error (error);
  enter (programmer, 1000000);
  g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
  g_clear_object (&programmer);
  spidev_fixture_tear_down (&fixture, NULL);
}

static void
test_lock (SpidevFixture *fixture, gconstpointer data)
{
  g_autoptr (UbProgrammer) first = spidev_fixture_open_programmer ("spidev");
  g_autoptr (UbProgrammer) second = NULL;
  g_autoptr (GError) error = NULL;

  second = spidev_fixture_new_programmer ("spidev", &error);
  g_assert_no_error (error);
  g_assert_false (ub_programmer_open (second, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BUSY);
  g_assert_cmpstr (ub_programmer_get_name (second), !=, NULL);

  ub_programmer_close (first);
  g_clear_error (&error);
  ub_programmer_open (second, &error);
  g_assert_no_error (error);
}

static void
test_manual (SpidevFixture *fixture, gconstpointer data)
{
  g_autoptr (UbProgrammer) programmer = spidev_fixture_open_programmer ("spidev:cen=manual");

  g_assert_false (ub_programmer_get_limits (programmer)->has_reset);
  g_assert_false (ub_emulated_gpiochip_is_held (fixture->gpiochip));
}

static void
add_tables (void)
{
#define ADD_TABLE(table, prefix, func)                                                           \
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {                                             \
    g_autofree char *path = g_strconcat ("/spidev-programmer/" prefix "/", table[i].name, NULL); \
    g_test_add_data_func (path, &table[i], func);                                                \
  }
  ADD_TABLE (computers, "computer", test_computer)
  ADD_TABLE (open_answers, "open", test_open_error)
  ADD_TABLE (transfer_answers, "transfer", test_transfer_error)
#undef ADD_TABLE
}

int
main (int argc, char **argv)
{
  if (!ub_emulation_is_possible ())
    return 77;
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func)                                                                     \
  g_test_add ("/spidev-programmer/" path, SpidevFixture, NULL, spidev_fixture_set_up, func, \
              spidev_fixture_tear_down)
  ADD ("enter", test_enter);
  ADD ("pages", test_pages);
  ADD ("lock", test_lock);
  ADD ("manual", test_manual);
#undef ADD
  add_tables ();

  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "bench-algorithms.h"

#include "ub-flash-writer.h"

#include <string.h>

/* What a real one may be made of, beside the generated images. */
#define REAL_TUYA "tuya-n-smartled8044.bin"
#define REAL_OPENBEKEN "openbeken-n-qio-1.17.203.bin"

#define STATUS_WIP 0x01

/* One transaction, one system call or round trip: how both other programs work. */
static void
exchange (UbProgrammer *programmer, const guint8 *tx, gsize n_tx, guint8 *rx, gsize n_rx)
{
  const UbTransaction transaction = { .tx = tx, .n_tx = n_tx, .rx = rx, .n_rx = n_rx };
  g_autoptr (GError) error = NULL;

  if (!ub_programmer_exchange (programmer, &transaction, 1, &error))
    g_error ("%s", error->message);
}

static void
set_address (guint8 *command, guint8 opcode, guint32 address)
{
  command[0] = opcode;
  command[1] = (guint8) (address >> 16);
  command[2] = (guint8) (address >> 8);
  command[3] = (guint8) address;
}

/* Reads in pieces of @n_piece bytes, each an exchange of its own. */
static void
read_pieces (UbProgrammer *programmer, guint8 *buffer, gsize n_piece)
{
  for (guint32 at = 0; at < FLASH_SIZE; at += (guint32) n_piece) {
    guint8 command[4];

    set_address (command, 0x03, at);
    exchange (programmer, command, 4, buffer + at, MIN (n_piece, FLASH_SIZE - at));
  }
}

static void
wait_ready (UbProgrammer *programmer, guint64 pause_us)
{
  const guint8 command[1] = { 0x05 };
  guint8 status;

  for (;;) {
    exchange (programmer, command, 1, &status, 1);
    if ((status & STATUS_WIP) == 0)
      return;
    ub_programmer_delay (programmer, pause_us);
  }
}

/* --- the seed program, bk7231_spi_flasher.py: 256 bytes per read command; every sector erased and every page
 * programmed, one transfer at a time; 05 asked every 10 ms after a write enable and after an erase, not after a
 * page program. Neither backup nor verify. --- */

#define SEED_PAUSE_US 10000

static void
seed_enable (UbProgrammer *programmer)
{
  const guint8 enable[1] = { 0x06 };

  exchange (programmer, enable, 1, NULL, 0);
  wait_ready (programmer, SEED_PAUSE_US);
}

static void
seed_read (UbFlash *flash, guint8 *buffer)
{
  read_pieces (ub_flash_get_programmer (flash), buffer, UB_PAGE_SIZE);
}

static void
seed_restore (UbFlash *flash, const guint8 *wanted)
{
  UbProgrammer *programmer = ub_flash_get_programmer (flash);
  guint8 command[4 + UB_PAGE_SIZE];

  for (guint32 at = 0; at < FLASH_SIZE; at += UB_PAGE_SIZE) {
    if (at % UB_SECTOR_SIZE == 0) {
      seed_enable (programmer);
      set_address (command, 0x20, at);
      exchange (programmer, command, 4, NULL, 0);
      wait_ready (programmer, SEED_PAUSE_US);
    }
    seed_enable (programmer);
    set_address (command, 0x02, at);
    memcpy (command + 4, wanted + at, UB_PAGE_SIZE);
    exchange (programmer, command, sizeof command, NULL, 0);
  }
}

/* --- as flashrom works on spidev: reads everything, erases and programs the sectors that differ, leaving out
 * blank pages, asks for the status every 10 ms after an erase and every 10 µs after a page program, and verifies
 * everything. --- */

#define FLASHROM_READ 4092
#define FLASHROM_ERASE_PAUSE_US 10000
#define FLASHROM_PROGRAM_PAUSE_US 10

static void
flashrom_write_command (UbProgrammer *programmer, const guint8 *command, gsize n, guint64 pause_us)
{
  const guint8 enable[1] = { 0x06 };
  const UbTransaction batch[2] = { { .tx = enable, .n_tx = 1 }, { .tx = command, .n_tx = n } };
  g_autoptr (GError) error = NULL;

  if (!ub_programmer_exchange (programmer, batch, 2, &error))
    g_error ("%s", error->message);
  wait_ready (programmer, pause_us);
}

static gboolean
is_blank (const guint8 *page)
{
  return page[0] == 0xFF && memcmp (page, page + 1, UB_PAGE_SIZE - 1) == 0;
}

static void
flashrom_read (UbFlash *flash, guint8 *buffer)
{
  read_pieces (ub_flash_get_programmer (flash), buffer, FLASHROM_READ);
}

static void
flashrom_write_sector (UbProgrammer *programmer,
                       guint32 address,
                       const guint8 *current,
                       const guint8 *wanted)
{
  gboolean erased = ub_flash_needs_erase (current, wanted, UB_SECTOR_SIZE);
  guint8 command[4 + UB_PAGE_SIZE];

  if (erased) {
    set_address (command, 0x20, address);
    flashrom_write_command (programmer, command, 4, FLASHROM_ERASE_PAUSE_US);
  }
  for (guint32 at = 0; at < UB_SECTOR_SIZE; at += UB_PAGE_SIZE) {
    if (erased ? is_blank (wanted + at) : memcmp (current + at, wanted + at, UB_PAGE_SIZE) == 0)
      continue;
    set_address (command, 0x02, address + at);
    memcpy (command + 4, wanted + at, UB_PAGE_SIZE);
    flashrom_write_command (programmer, command, sizeof command, FLASHROM_PROGRAM_PAUSE_US);
  }
}

static void
flashrom_restore (UbFlash *flash, const guint8 *wanted)
{
  UbProgrammer *programmer = ub_flash_get_programmer (flash);
  g_autofree guint8 *current = g_malloc (FLASH_SIZE);

  flashrom_read (flash, current);
  for (guint32 at = 0; at < FLASH_SIZE; at += UB_SECTOR_SIZE) {
    if (memcmp (current + at, wanted + at, UB_SECTOR_SIZE) != 0)
      flashrom_write_sector (programmer, at, current + at, wanted + at);
  }
  flashrom_read (flash, current);
}

/* --- Unbrick: reads everything for the rescue copy, plans, writes, reads back what was written --- */

static void
unbrick_read (UbFlash *flash, guint8 *buffer)
{
  g_autoptr (GError) error = NULL;

  if (!ub_flash_read (flash, 0, buffer, FLASH_SIZE, NULL, &error))
    g_error ("%s", error->message);
}

static void
unbrick_restore (UbFlash *flash, const guint8 *wanted)
{
  g_autofree guint8 *current = g_malloc (FLASH_SIZE);
  g_autoptr (UbFlashPlan) plan = NULL;
  g_autoptr (GError) error = NULL;

  unbrick_read (flash, current);
  plan = ub_flash_plan_new (ub_flash_get_part (flash), current, wanted, NULL, 0,
                            ub_programmer_get_clock (ub_flash_get_programmer (flash)));
  if (!ub_flash_writer_run (flash, plan, current, wanted, NULL, &error))
    g_error ("%s", error->message);
}

const BenchAlgorithm bench_algorithms[BENCH_N_ALGORITHMS] = {
  { "seed", seed_read, seed_restore },
  { "flashrom-like", flashrom_read, flashrom_restore },
  { "Unbrick", unbrick_read, unbrick_restore },
};

/* --- jobs --- */

const char *
bench_job_get_name (BenchJob job)
{
  static const char *const names[BENCH_N_JOBS] = { "backup", "restore to blank",
                                                   "restore over OpenBeken",
                                                   "restore near-identical", "verify" };

  return names[job];
}

static guint8 *
load_real (const char *name, gsize *out_n)
{
  g_autofree char *path = NULL;
  char *bytes = NULL;

  if (g_getenv ("UB_TEST_DATA") == NULL)
    return NULL;
  path = g_build_filename (g_getenv ("UB_TEST_DATA"), name, NULL);
  return g_file_get_contents (path, &bytes, out_n, NULL) ? (guint8 *) bytes : NULL;
}

/* Real images where there are any, generated ones otherwise. */
void
bench_images_init (BenchImages *self)
{
  gsize n_tuya = 0, n_openbeken = 0;
  guint8 *openbeken = load_real (REAL_OPENBEKEN, &n_openbeken);

  self->tuya = load_real (REAL_TUYA, &n_tuya);
  if (n_tuya != FLASH_SIZE || n_openbeken == 0 || n_openbeken > FLASH_SIZE) {
    g_free (self->tuya);
    g_clear_pointer (&openbeken, g_free);
    self->tuya = flash_image_new_tuya (1);
  }
  self->before[BENCH_BACKUP] = g_memdup2 (self->tuya, FLASH_SIZE);
  self->before[BENCH_VERIFY] = g_memdup2 (self->tuya, FLASH_SIZE);
  self->before[BENCH_RESTORE_BLANK] = flash_image_new_blank ();
  self->before[BENCH_RESTORE_LATER] = flash_image_new_later (self->tuya, 2);
  if (openbeken != NULL) {
    self->before[BENCH_RESTORE_TUYA] = g_memdup2 (self->tuya, FLASH_SIZE);
    memcpy (self->before[BENCH_RESTORE_TUYA], openbeken, n_openbeken);
  } else {
    self->before[BENCH_RESTORE_TUYA] = flash_image_new_openbeken_over (self->tuya, 2);
  }
  g_free (openbeken);
}

void
bench_images_clear (BenchImages *self)
{
  g_clear_pointer (&self->tuya, g_free);
  for (guint i = 0; i < BENCH_N_JOBS; i++)
    g_clear_pointer (&self->before[i], g_free);
}

static guint
count_wrong_pages (const guint8 *found, const guint8 *wanted)
{
  guint n = 0;

  for (gsize at = 0; at < FLASH_SIZE; at += UB_PAGE_SIZE)
    n += memcmp (found + at, wanted + at, UB_PAGE_SIZE) != 0;
  return n;
}

/* Does @job on a simulated module with @part, 2 MiB, at @hz. Write protection is lifted before. */
BenchResult
bench_run (const BenchAlgorithm *algorithm,
           const BenchImages *images,
           BenchJob job,
           const UbFlashPart *part,
           guint hz,
           guint latency_us)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new (part, images->before[job], hz, latency_us);
  BenchResult result;
  gint64 begun;

  g_assert_cmpuint (part->size, ==, FLASH_SIZE);
  g_assert_true (ub_flash_unprotect (fixture->flash, NULL));
  begun = ub_programmer_get_time (fixture->programmer);
  if (job == BENCH_BACKUP || job == BENCH_VERIFY) {
    g_autofree guint8 *buffer = g_malloc (FLASH_SIZE);

    algorithm->read (fixture->flash, buffer);
    result.n_wrong_pages = count_wrong_pages (buffer, images->tuya);
  } else {
    g_autoptr (GBytes) content = NULL;

    algorithm->restore (fixture->flash, images->tuya);
    content = ub_sim_chip_dup_content (fixture->chip);
    result.n_wrong_pages = count_wrong_pages (g_bytes_get_data (content, NULL), images->tuya);
  }
  result.seconds = (double) (ub_programmer_get_time (fixture->programmer) - begun) / 1e6;
  return result;
}

/* Seconds in which nothing can do @job: the bits of reading everything and of the cheapest way to write and read
 * back what differs, at @hz, and the part's typical times; no status, no round trip. */
double
bench_get_limit (const BenchImages *images, BenchJob job, const UbFlashPart *part, guint hz)
{
  double seconds = flash_limit_of_read (hz, FLASH_SIZE);
  g_autoptr (UbFlashPlan) plan = NULL;

  if (job == BENCH_BACKUP || job == BENCH_VERIFY)
    return seconds;
  plan = ub_flash_plan_new (part, images->before[job], images->tuya, NULL, 0, hz);
  return seconds + flash_limit_of_plan (part, plan, images->tuya, hz);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-sim-programmer.h"

#include "ub-error.h"
#include "ub-programmer-list.h"

#include <glib/gstdio.h>
#include <string.h>

#define KIB 1024
#define MIB (1024 * 1024)

static UbProgrammer *
new_programmer (const char *spec)
{
  g_autoptr (GError) error = NULL;
  UbProgrammer *programmer = ub_programmer_new_for_spec (spec, &error);

  g_assert_no_error (error);
  return programmer;
}

static UbProgrammer *
new_open (const char *spec, guint hz)
{
  g_autoptr (GError) error = NULL;
  UbProgrammer *programmer = new_programmer (spec);

  ub_programmer_open (programmer, &error);
  g_assert_no_error (error);
  g_assert_true (ub_programmer_set_clock (programmer, hz, NULL, NULL));
  return programmer;
}

static void
command (UbProgrammer *programmer, const char *tx, gsize n_tx, guint8 *rx, gsize n_rx)
{
  g_autoptr (GError) error = NULL;
  const UbTransaction transaction = {
    .tx = (const guint8 *) tx, .n_tx = n_tx, .rx = rx, .n_rx = n_rx
  };

  ub_programmer_exchange (programmer, &transaction, 1, &error);
  g_assert_no_error (error);
}

static void
enter (UbProgrammer *programmer)
{
  g_assert_true (ub_programmer_set_reset (programmer, TRUE, NULL));
  ub_programmer_delay (programmer, 10000);
  g_assert_true (ub_programmer_set_reset (programmer, FALSE, NULL));
  ub_programmer_delay (programmer, 20000);
  command (programmer, "\xD2", 1, NULL, 0);
  ub_programmer_delay (programmer, 20000);
}

static guint32
read_id (UbProgrammer *programmer)
{
  guint8 id[3];

  command (programmer, "\x9F", 1, id, 3);
  return (guint32) (id[0] << 16 | id[1] << 8 | id[2]);
}

static UbSimChip *
get_chip (UbProgrammer *programmer)
{
  return ub_sim_programmer_get_chip (UB_SIM_PROGRAMMER (programmer));
}

/* Every part, by ID and by name; unknown ones with and without a description of their own. */
static void
test_parts (void)
{
  guint n;
  const UbFlashPart *table = ub_flash_part_get_table (&n);

  for (guint i = 0; i < n; i++) {
    g_autofree char *by_id = g_strdup_printf ("sim:part=%06x", table[i].jedec_id);
    g_autofree char *by_name = g_strdup_printf ("sim:part=%s", table[i].name);
    g_autoptr (UbProgrammer) programmer = new_open (by_id, 1000000);
    g_autoptr (UbProgrammer) named = new_programmer (by_name);

    enter (programmer);
    g_assert_cmphex (read_id (programmer), ==, table[i].jedec_id);
    g_assert_cmphex (ub_sim_chip_get_part (get_chip (named))->jedec_id, ==, table[i].jedec_id);
  }
}

static void
test_part_names (void)
{
  static const struct {
    const char *spec;
    guint32 id;
    gboolean has_sfdp;
  } cases[] = {
    { "sim", 0x1C7015, TRUE },
    { "sim:part=en25qh32", 0x1C7016, TRUE },
    { "sim:part=0x1c7015", 0x1C7015, TRUE },
    { "sim:part=w25q32", 0xEF4016, TRUE },
    { "sim:part=ABCD15", 0xABCD15, FALSE },
    { "sim:part=ABCD15,sfdp=1", 0xABCD15, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (UbProgrammer) programmer = new_programmer (cases[i].spec);
    const UbFlashPart *part = ub_sim_chip_get_part (get_chip (programmer));

    g_test_message ("%s", cases[i].spec);
    g_assert_cmphex (part->jedec_id, ==, cases[i].id);
    g_assert_cmpint (part->has_sfdp, ==, cases[i].has_sfdp);
  }
}

static void
test_bad_settings (void)
{
  static const char *const specs[] = {
    "sim:part=",         "sim:part=nothing",    "sim:part=ABCDFF",      "sim:part=1",
    "sim:latency=-1",    "sim:time=slow",       "sim:timing=best",      "sim:modes=1",
    "sim:min-clock=60M", "sim:max-clock=fast",  "sim:deaf=2",           "sim:max-transaction=10",
    "sim:max-batch=1",   "sim:sfdp=yes",        "sim:power-loss-at=-1", "sim:nonsense=1",
    "sim:mode=2",        "sim:clock=0",         "sim:clock=quick",      "sim:flips=2",
    "sim:miso=2",        "sim:stuck-sector=1M", "sim:unplug-at=0",      "sim:lie=often",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (specs); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("%s", specs[i]);
    g_assert_null (ub_programmer_new_for_spec (specs[i], &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  }
}

static char *
write_file (const char *dir, const char *name, gsize size, guint8 byte)
{
  char *path = g_build_filename (dir, name, NULL);
  g_autofree char *bytes = g_malloc (size);

  memset (bytes, byte, size);
  g_assert_true (g_file_set_contents (path, bytes, (gssize) size, NULL));
  return path;
}

/* The file is the module: read when opened, written when closed. */
static void
test_file (void)
{
  g_autofree char *dir = g_dir_make_tmp ("unbrick-sim-XXXXXX", NULL);
  g_autofree char *path = write_file (dir, "chip.bin", 8 * KIB, 0x5A);
  g_autofree char *spec = g_strdup_printf ("sim:file=%s", path);
  g_autofree char *after = NULL;
  gsize n;

  {
    g_autoptr (UbProgrammer) programmer = new_open (spec, 1000000);
    guint8 rx[2];

    enter (programmer);
    /* A short file leaves the rest blank. */
    command (programmer, "\x03\x00\x1F\xFF", 4, rx, 2);
    g_assert_cmpmem (rx, 2, "\x5A\xFF", 2);
    command (programmer, "\x06", 1, NULL, 0);
    command (programmer, "\x01\x00", 2, NULL, 0);
    ub_programmer_delay (programmer, 50000);
    command (programmer, "\x06", 1, NULL, 0);
    command (programmer, "\x02\x00\x20\x00\x77", 5, NULL, 0);
    ub_programmer_close (programmer);
    g_assert_true (g_file_get_contents (path, &after, &n, NULL));
    g_assert_cmpuint (n, ==, 2 * MIB);
    g_assert_cmphex ((guint8) after[0x1FFF], ==, 0x5A);
    g_assert_cmphex ((guint8) after[0x2000], ==, 0x77);

    /* Opened again it is what the file holds by now. */
    after[0] = 0x01;
    g_assert_true (g_file_set_contents (path, after, (gssize) n, NULL));
    g_assert_true (ub_programmer_open (programmer, NULL));
    ub_programmer_set_clock (programmer, 1000000, NULL, NULL);
    enter (programmer);
    command (programmer, "\x03\x00\x00\x00", 4, rx, 1);
    g_assert_cmphex (rx[0], ==, 0x01);
  }
  g_unlink (path);
  g_rmdir (dir);
}

/* Without a change the file stays untouched, so that one may be read that cannot be written. */
static void
test_file_unchanged (void)
{
  g_autofree char *dir = g_dir_make_tmp ("unbrick-sim-XXXXXX", NULL);
  g_autofree char *path = write_file (dir, "chip.bin", 2 * MIB, 0xFF);
  g_autofree char *spec = g_strdup_printf ("sim:file=%s", path);
  GStatBuf before, after;

  g_assert_cmpint (g_stat (path, &before), ==, 0);
  {
    g_autoptr (UbProgrammer) programmer = new_open (spec, 1000000);
  }
  g_assert_cmpint (g_stat (path, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);
  g_unlink (path);
  g_rmdir (dir);
}

static void
test_bad_files (void)
{
  g_autofree char *dir = g_dir_make_tmp ("unbrick-sim-XXXXXX", NULL);
  g_autofree char *large = write_file (dir, "large.bin", 2 * MIB + 1, 0);
  g_autofree char *missing = g_build_filename (dir, "missing.bin", NULL);
  const struct {
    const char *path;
    UbError code;
  } cases[] = { { large, UB_ERROR_BAD_SETTING },
                { missing, UB_ERROR_FILE_UNREADABLE },
                { dir, UB_ERROR_FILE_UNREADABLE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *spec = g_strdup_printf ("sim:file=%s", cases[i].path);
    g_autoptr (UbProgrammer) programmer = new_programmer (spec);
    g_autoptr (GError) error = NULL;

    g_assert_false (ub_programmer_open (programmer, &error));
    g_assert_error (error, UB_ERROR, (int) cases[i].code);
    g_assert_false (ub_programmer_is_open (programmer));
  }
  g_assert_false (g_file_test (missing, G_FILE_TEST_EXISTS));
  g_unlink (large);
  g_rmdir (dir);
}

/* Without a file the module holds something worth restoring, and outlives closing. */
static void
test_no_file (void)
{
  g_autoptr (UbProgrammer) programmer = new_open ("sim", 1000000);
  guint8 rx[4];

  enter (programmer);
  command (programmer, "\x03\x00\x00\x04", 4, rx, 4);
  g_assert_cmpmem (rx, 4, "\x35\xFF\x2A\x99", 4);
  command (programmer, "\x06", 1, NULL, 0);
  command (programmer, "\x01\x00", 2, NULL, 0);
  ub_programmer_delay (programmer, 50000);
  command (programmer, "\x06", 1, NULL, 0);
  command (programmer, "\x20\x00\x00\x00", 4, NULL, 0);
  ub_programmer_close (programmer);

  g_assert_true (ub_programmer_open (programmer, NULL));
  ub_programmer_set_clock (programmer, 1000000, NULL, NULL);
  enter (programmer);
  command (programmer, "\x03\x00\x00\x04", 4, rx, 4);
  g_assert_cmpmem (rx, 4, "\xFF\xFF\xFF\xFF", 4);
}

static void
test_limits (void)
{
  g_autoptr (UbProgrammer) plain = new_open ("sim", 1000000);
  g_autoptr (UbProgrammer) small =
      new_open ("sim:max-transaction=4096,max-batch=8192,min-clock=7k", 1);
  const UbProgrammerLimits *limits = ub_programmer_get_limits (plain);
  guint actual;

  g_assert_cmpuint (limits->min_hz, ==, 3000);
  g_assert_cmpuint (limits->max_hz, >=, 30000000);
  g_assert_cmphex (limits->modes, ==, 0x9);
  g_assert_true (limits->has_reset);
  g_assert_true (ub_programmer_set_clock (plain, 1, &actual, NULL));
  g_assert_cmpuint (actual, ==, 3000);
  g_assert_true (ub_programmer_set_clock (plain, 1234567, &actual, NULL));
  g_assert_cmpuint (actual, ==, 1234567);

  limits = ub_programmer_get_limits (small);
  g_assert_cmpuint (limits->max_transaction, ==, 4096);
  g_assert_cmpuint (limits->max_batch, ==, 8192);
  g_assert_cmpuint (ub_programmer_get_clock (small), ==, 7000);
}

/* Virtual time: what the bytes, the delays and each exchange take. */
static void
test_time (void)
{
  g_autoptr (UbProgrammer) programmer = new_open ("sim:latency=1000", 1000000);
  g_autoptr (UbProgrammer) quick = new_open ("sim:latency=0", 1000000);
  guint8 buffer[100];
  const UbTransaction batch[] = {
    { .tx = buffer, .n_tx = 25, .rx = buffer, .n_rx = 100, .delay_us = 50 },
    { .tx = buffer, .n_tx = 100, .rx = buffer, .n_rx = 50, .duplex = TRUE, .delay_us = 50 },
  };
  gint64 begun;

  memset (buffer, 0, sizeof buffer);
  begun = ub_programmer_get_time (programmer);
  g_assert_true (ub_programmer_exchange (programmer, batch, 2, NULL));
  g_assert_cmpint (ub_programmer_get_time (programmer) - begun, ==, 1000 + 1000 + 50 + 800 + 50);
  ub_programmer_delay (programmer, 3600u * G_USEC_PER_SEC);
  g_assert_cmpint (ub_programmer_get_time (programmer) - begun, ==,
                   2900 + 3600 * (gint64) G_USEC_PER_SEC);
  begun = ub_programmer_get_time (quick);
  g_assert_true (ub_programmer_exchange (quick, batch, 2, NULL));
  g_assert_cmpint (ub_programmer_get_time (quick) - begun, ==, 1900);
  g_assert_cmpuint (ub_sim_programmer_get_exchanges (UB_SIM_PROGRAMMER (quick)), ==, 1);
}

/* Real time: the computer waits as long as the module would take. */
static void
test_real_time (void)
{
  g_autoptr (UbProgrammer) programmer = new_open ("sim:time=real", 1000000);
  gint64 wall = g_get_monotonic_time ();
  gint64 begun = ub_programmer_get_time (programmer);
  guint8 rx[1000];

  ub_programmer_delay (programmer, 10000);
  for (int i = 0; i < 5; i++)
    command (programmer, "\0", 1, rx, sizeof rx);
  g_assert_cmpint (ub_programmer_get_time (programmer) - begun, >=, 50000);
  g_assert_cmpint (g_get_monotonic_time () - wall, >=,
                   ub_programmer_get_time (programmer) - begun - 2000);
}

static void
test_duplex (void)
{
  g_autoptr (UbProgrammer) programmer = new_open ("sim", 1000000);
  guint8 tx[4] = { 0x9F }, rx[4];
  const UbTransaction transaction = { .tx = tx, .n_tx = 4, .rx = rx, .n_rx = 4, .duplex = TRUE };

  enter (programmer);
  g_assert_true (ub_programmer_exchange (programmer, &transaction, 1, NULL));
  g_assert_cmpmem (rx + 1, 3, "\x1C\x70\x15", 3);
}

static void
test_modes (void)
{
  static const struct {
    const char *spec;
    gboolean in_0;
    gboolean in_3;
  } cases[] = { { "sim", TRUE, TRUE },
                { "sim:modes=both", TRUE, TRUE },
                { "sim:modes=0", TRUE, FALSE },
                { "sim:modes=3", FALSE, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (guint mode = 0; mode <= 3; mode += 3) {
      g_autoptr (UbProgrammer) programmer = new_open (cases[i].spec, 1000000);

      g_test_message ("%s, mode %u", cases[i].spec, mode);
      if (mode == 3)
        g_assert_true (ub_programmer_set_mode (programmer, mode, NULL));
      enter (programmer);
      g_assert_cmpint (read_id (programmer) == 0x1C7015, ==,
                       mode == 0 ? cases[i].in_0 : cases[i].in_3);
    }
  }
}

static void
test_chip_settings (void)
{
  g_autoptr (UbProgrammer) slow = new_open ("sim:max-clock=1M", 1000000);
  g_autoptr (UbProgrammer) deaf = new_open ("sim:deaf=1", 1000000);
  g_autoptr (UbProgrammer) worst = new_open ("sim:timing=worst", 1000000);
  g_autoptr (UbProgrammer) dying = new_open ("sim:power-loss-at=1", 1000000);
  guint8 status;

  enter (slow);
  g_assert_cmphex (read_id (slow), ==, 0x1C7015);
  ub_programmer_set_clock (slow, 1000001, NULL, NULL);
  g_assert_cmphex (read_id (slow), !=, 0x1C7015);

  enter (deaf);
  g_assert_cmphex (read_id (deaf), ==, 0x000000);

  /* The status register of an EN25QH16B takes 10 ms typically, 30 ms at most. */
  enter (worst);
  command (worst, "\x06", 1, NULL, 0);
  command (worst, "\x01\x00", 2, NULL, 0);
  ub_programmer_delay (worst, 25000);
  command (worst, "\x05", 1, &status, 1);
  g_assert_cmphex (status & 1, ==, 1);

  enter (dying);
  command (dying, "\x06", 1, NULL, 0);
  command (dying, "\x01\x00", 2, NULL, 0);
  ub_programmer_delay (dying, 50000);
  command (dying, "\x06", 1, NULL, 0);
  command (dying, "\x20\x00\x00\x00", 4, NULL, 0);
  g_assert_cmphex (read_id (dying), ==, 0x000000);
  /* Whoever opens it again has restored the supply. */
  ub_programmer_close (dying);
  g_assert_true (ub_programmer_open (dying, NULL));
  ub_programmer_set_clock (dying, 1000000, NULL, NULL);
  enter (dying);
  g_assert_cmphex (read_id (dying), ==, 0x1C7015);
}

static void
test_for_chip (void)
{
  g_autoptr (UbSimChip) chip = ub_sim_chip_new (ub_flash_part_lookup (0xEB6015), NULL);
  g_autoptr (UbProgrammer) programmer = ub_sim_programmer_new_for_chip (chip);
  gint64 begun;

  ub_sim_programmer_set_latency (UB_SIM_PROGRAMMER (programmer), 0);
  ub_sim_programmer_set_max_sizes (UB_SIM_PROGRAMMER (programmer), 1024, 2048);
  g_assert_true (ub_programmer_open (programmer, NULL));
  g_assert_cmpuint (ub_programmer_get_limits (programmer)->max_transaction, ==, 1024);
  ub_programmer_set_clock (programmer, 8000000, NULL, NULL);
  g_assert_true (get_chip (programmer) == chip);
  enter (programmer);
  begun = ub_programmer_get_time (programmer);
  g_assert_cmphex (read_id (programmer), ==, 0xEB6015);
  g_assert_cmpint (ub_programmer_get_time (programmer) - begun, ==, 4);
}

/* A closed programmer has let go of CEN. */
static void
test_close_releases (void)
{
  g_autoptr (UbProgrammer) programmer = new_open ("sim", 1000000);
  UbSimCounters counters;

  g_assert_true (ub_programmer_set_reset (programmer, TRUE, NULL));
  ub_programmer_delay (programmer, 2000);
  ub_programmer_close (programmer);
  ub_sim_chip_get_counters (get_chip (programmer), &counters);
  g_assert_cmpuint (counters.resets, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/sim-programmer/parts", test_parts);
  g_test_add_func ("/sim-programmer/part-names", test_part_names);
  g_test_add_func ("/sim-programmer/bad-settings", test_bad_settings);
  g_test_add_func ("/sim-programmer/file", test_file);
  g_test_add_func ("/sim-programmer/file-unchanged", test_file_unchanged);
  g_test_add_func ("/sim-programmer/bad-files", test_bad_files);
  g_test_add_func ("/sim-programmer/no-file", test_no_file);
  g_test_add_func ("/sim-programmer/limits", test_limits);
  g_test_add_func ("/sim-programmer/time", test_time);
  g_test_add_func ("/sim-programmer/real-time", test_real_time);
  g_test_add_func ("/sim-programmer/duplex", test_duplex);
  g_test_add_func ("/sim-programmer/modes", test_modes);
  g_test_add_func ("/sim-programmer/chip-settings", test_chip_settings);
  g_test_add_func ("/sim-programmer/for-chip", test_for_chip);
  g_test_add_func ("/sim-programmer/close-releases", test_close_releases);
  return g_test_run ();
}

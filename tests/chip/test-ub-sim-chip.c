/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim-fixture.h"

#include <string.h>

/* When a single 0xD2 is sent after CEN rises, and whether it enters. The byte takes 8 us at 1 MHz. */
static const struct {
  const char *name;
  guint64 low_ns;
  guint64 wait_ns;
  gboolean selected;
  guint8 byte;
  gboolean enters;
} entries[] = {
  { "in the middle", 10 * MSEC, 20 * MSEC, TRUE, 0xD2, TRUE },
  { "just open", 10 * MSEC, 5 * MSEC, TRUE, 0xD2, TRUE },
  { "just before", 10 * MSEC, 5 * MSEC - 1, TRUE, 0xD2, FALSE },
  { "at once", 10 * MSEC, 0, TRUE, 0xD2, FALSE },
  { "last moment", 10 * MSEC, 53 * MSEC - 8000, TRUE, 0xD2, TRUE },
  { "byte ends too late", 10 * MSEC, 53 * MSEC - 7999, TRUE, 0xD2, FALSE },
  { "too late", 10 * MSEC, 60 * MSEC, TRUE, 0xD2, FALSE },
  { "chip select high", 10 * MSEC, 20 * MSEC, FALSE, 0xD2, FALSE },
  { "another byte", 10 * MSEC, 20 * MSEC, TRUE, 0xD3, FALSE },
  { "shortest pulse", 1 * MSEC, 20 * MSEC, TRUE, 0xD2, TRUE },
  { "pulse too short", 1 * MSEC - 1, 20 * MSEC, TRUE, 0xD2, FALSE },
};

static void
test_entry (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++) {
    g_autoptr (UbSimChip) chip = fixture_new (0x1C7015);

    g_test_message ("%s", entries[i].name);
    fixture_pulse_reset (chip, entries[i].low_ns);
    ub_sim_chip_advance (chip, entries[i].wait_ns);
    ub_sim_chip_select (chip, entries[i].selected);
    ub_sim_chip_transfer (chip, &entries[i].byte, NULL, 1, FIXTURE_HZ);
    ub_sim_chip_select (chip, FALSE);
    g_assert_cmpint (ub_sim_chip_is_in_download_mode (chip), ==, entries[i].enters);
  }
}

static void
test_no_entry_without_reset (void)
{
  g_autoptr (UbSimChip) chip = fixture_new (0x1C7015);
  guint8 d2[250];

  memset (d2, 0xD2, sizeof d2);
  ub_sim_chip_select (chip, TRUE);
  for (int i = 0; i < 100; i++)
    ub_sim_chip_transfer (chip, d2, NULL, sizeof d2, 30000);
  ub_sim_chip_select (chip, FALSE);
  g_assert_false (ub_sim_chip_is_in_download_mode (chip));
}

/* The seed's 250 bytes straight after CEN rises: the window tells why faster clocks failed it. */
static void
test_seed_burst (void)
{
  static const struct {
    guint hz;
    gboolean enters;
  } cases[] = { { 30000, TRUE },  { 50000, TRUE },    { 100000, TRUE },
                { 300000, TRUE }, { 1000000, FALSE }, { 6000000, FALSE } };
  guint8 tx[250], rx[250];

  memset (tx, 0xD2, sizeof tx);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (UbSimChip) chip = fixture_new (0x1C7015);

    fixture_pulse_reset (chip, 1000 * MSEC);
    ub_sim_chip_select (chip, TRUE);
    ub_sim_chip_transfer (chip, tx, rx, sizeof tx, cases[i].hz);
    ub_sim_chip_select (chip, FALSE);
    g_assert_cmpint (ub_sim_chip_is_in_download_mode (chip), ==, cases[i].enters);
    /* What follows the entry in the same assertion reads as zeros. */
    if (cases[i].enters)
      g_assert_cmphex (rx[249], ==, 0x00);
  }
}

static void
test_miso_during_window (void)
{
  static const struct {
    guint64 wait_ns;
    guint8 miso;
  } cases[] = { { 0, 0x00 },         { 4 * MSEC, 0x00 },  { 5 * MSEC, 0xD2 },  { 30 * MSEC, 0xD2 },
                { 52 * MSEC, 0xD2 }, { 54 * MSEC, 0x00 }, { 500 * MSEC, 0x00 } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (int selected = 0; selected < 2; selected++) {
      g_autoptr (UbSimChip) chip = fixture_new (0x1C7015);
      guint8 rx = 0x55;

      fixture_pulse_reset (chip, 10 * MSEC);
      ub_sim_chip_advance (chip, cases[i].wait_ns);
      ub_sim_chip_select (chip, selected);
      ub_sim_chip_transfer (chip, NULL, &rx, 1, FIXTURE_HZ);
      g_assert_cmphex (rx, ==, cases[i].miso);
    }
  }
}

/* For 10 ms after entry every command is answered D2 00 00, and none is obeyed. */
static void
test_settling (void)
{
  static const guint8 read_id = 0x9F;
  g_autoptr (UbSimChip) chip = fixture_new (0x1C7015);
  guint8 id[3], d2 = 0xD2;

  fixture_pulse_reset (chip, 10 * MSEC);
  ub_sim_chip_advance (chip, 10 * MSEC);
  fixture_command (chip, &d2, 1, NULL, 0);
  fixture_command (chip, &read_id, 1, id, 3);
  g_assert_cmpmem (id, 3, "\xD2\x00\x00", 3);
  fixture_opcode (chip, 0x06);
  ub_sim_chip_advance (chip, 9 * MSEC);
  fixture_command (chip, &read_id, 1, id, 3);
  g_assert_cmpmem (id, 3, "\xD2\x00\x00", 3);

  ub_sim_chip_advance (chip, MSEC);
  fixture_command (chip, &read_id, 1, id, 3);
  g_assert_cmpmem (id, 3, "\x1C\x70\x15", 3);
  g_assert_cmphex (fixture_read_register (chip, 0x05) & 0x02, ==, 0);
}

/* The byte clocked in with the opcode means nothing, and is not always the same. */
static void
test_first_byte_is_undefined (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_entered (0x1C7015);
  guint8 first = 0, differing = 0;

  for (int i = 0; i < 16; i++) {
    guint8 duplex[4] = { 0x9F };

    ub_sim_chip_select (chip, TRUE);
    ub_sim_chip_transfer (chip, duplex, duplex, 4, FIXTURE_HZ);
    ub_sim_chip_select (chip, FALSE);
    g_assert_cmpmem (duplex + 1, 3, "\x1C\x70\x15", 3);
    if (i == 0)
      first = duplex[0];
    else
      differing += duplex[0] != first;
  }
  g_assert_cmpuint (differing, >, 0);
}

static void
test_reset_leaves_download_mode (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_entered (0x1C7015);
  UbSimCounters counters;
  guint8 miso;

  /* A glitch does not. */
  fixture_pulse_reset (chip, MSEC / 2);
  g_assert_true (ub_sim_chip_is_in_download_mode (chip));
  ub_sim_chip_set_reset (chip, TRUE);
  ub_sim_chip_advance (chip, 2 * MSEC);
  g_assert_false (ub_sim_chip_is_in_download_mode (chip));
  ub_sim_chip_transfer (chip, NULL, &miso, 1, FIXTURE_HZ);
  g_assert_cmphex (miso, ==, 0x00);
  ub_sim_chip_set_reset (chip, FALSE);

  ub_sim_chip_get_counters (chip, &counters);
  g_assert_cmpuint (counters.resets, ==, 2);
}

/* Firmware that gets to run protects the flash again; download mode keeps it from running. */
static void
test_firmware_protects (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_entered (0xEB6015);

  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0x4004);
  fixture_unprotect (chip);
  fixture_enter (chip);
  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0x0000);
  fixture_pulse_reset (chip, 10 * MSEC);
  ub_sim_chip_advance (chip, 52 * MSEC);
  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0x0000);
  ub_sim_chip_advance (chip, 2 * MSEC);
  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0x4004);
}

static void
test_deaf (void)
{
  g_autoptr (UbSimChip) chip = fixture_new (0x1C7015);
  guint8 tx[8], rx[8];

  memset (tx, 0xD2, sizeof tx);
  ub_sim_chip_set_deaf (chip, TRUE);
  fixture_pulse_reset (chip, 10 * MSEC);
  ub_sim_chip_advance (chip, 20 * MSEC);
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, tx, rx, sizeof tx, FIXTURE_HZ);
  ub_sim_chip_select (chip, FALSE);
  g_assert_false (ub_sim_chip_is_in_download_mode (chip));
  g_assert_cmpmem (rx, 8, "\0\0\0\0\0\0\0\0", 8);
}

static void
transfer_at (UbSimChip *chip, const guint8 *tx, gsize n_tx, guint8 *rx, gsize n_rx, guint hz)
{
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, tx, NULL, n_tx, hz);
  ub_sim_chip_transfer (chip, NULL, rx, n_rx, hz);
  ub_sim_chip_select (chip, FALSE);
}

/* Above the limit of the wires replies differ from one to the next, and nothing is obeyed. */
static void
test_max_clock (void)
{
  static const guint8 read_id = 0x9F, enable = 0x06, disable = 0x04, d2 = 0xD2;
  g_autoptr (UbSimChip) chip = fixture_new_entered (0x1C7015);
  guint8 right[3], first[3], second[3];

  ub_sim_chip_set_max_clock (chip, 2000000);
  transfer_at (chip, &read_id, 1, right, 3, 2000000);
  g_assert_cmpmem (right, 3, "\x1C\x70\x15", 3);
  transfer_at (chip, &read_id, 1, first, 3, 2000001);
  transfer_at (chip, &read_id, 1, second, 3, 2000001);
  g_assert_cmpint (memcmp (first, right, 3), !=, 0);
  g_assert_cmpint (memcmp (first, second, 3), !=, 0);

  transfer_at (chip, &enable, 1, NULL, 0, 2000001);
  g_assert_cmphex (ub_sim_chip_get_status (chip) & 2, ==, 0);
  transfer_at (chip, &enable, 1, NULL, 0, 2000000);
  g_assert_cmphex (ub_sim_chip_get_status (chip) & 2, ==, 2);
  transfer_at (chip, &disable, 1, NULL, 0, 3000000);
  g_assert_cmphex (ub_sim_chip_get_status (chip) & 2, ==, 2);

  fixture_pulse_reset (chip, 10 * MSEC);
  ub_sim_chip_advance (chip, 20 * MSEC);
  transfer_at (chip, &d2, 1, NULL, 0, 3000000);
  g_assert_false (ub_sim_chip_is_in_download_mode (chip));
}

/* A write whose last byte came too fast is not obeyed either. */
static void
test_max_clock_midway (void)
{
  static const guint8 program[] = { 0x02, 0x00, 0x00, 0x00, 0x00 };
  g_autoptr (UbSimChip) chip = fixture_new_entered (0x1C7015);
  g_autoptr (GBytes) content = NULL;

  fixture_unprotect (chip);
  ub_sim_chip_set_max_clock (chip, 2000000);
  fixture_opcode (chip, 0x06);
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, program, NULL, 5, 2000000);
  ub_sim_chip_transfer (chip, program, NULL, 1, 3000000);
  ub_sim_chip_select (chip, FALSE);
  content = ub_sim_chip_dup_content (chip);
  g_assert_cmphex (*(const guint8 *) g_bytes_get_data (content, NULL), ==, 0xFF);
  g_assert_cmphex (ub_sim_chip_get_status (chip) & 3, ==, 2);
}

/* The flash's own limit concerns 03; 0B is made for more. */
static void
test_part_clock (void)
{
  static const guint8 read[] = { 0x03, 0, 0, 0 }, fast_read[] = { 0x0B, 0, 0, 0, 0 };
  g_autoptr (UbSimChip) chip = fixture_new_entered (0xC22315);
  const guint limit = ub_sim_chip_get_part (chip)->max_read_hz;
  guint8 blank[64], rx[64];

  memset (blank, 0xFF, sizeof blank);
  transfer_at (chip, read, sizeof read, rx, sizeof rx, limit);
  g_assert_cmpmem (rx, sizeof rx, blank, sizeof blank);
  transfer_at (chip, read, sizeof read, rx, sizeof rx, limit + 1);
  g_assert_cmpint (memcmp (rx, blank, sizeof rx), !=, 0);
  transfer_at (chip, fast_read, sizeof fast_read, rx, 1, limit + 1);
  g_assert_cmphex (rx[0], ==, 0xFF);
}

static void
test_garbled (void)
{
  static const guint8 read_id = 0x9F;
  g_autoptr (UbSimChip) chip = fixture_new_entered (0x1C7015);
  guint8 id[3];

  ub_sim_chip_set_garbled (chip, TRUE);
  fixture_command (chip, &read_id, 1, id, 3);
  g_assert_cmpint (memcmp (id, "\x1C\x70\x15", 3), !=, 0);
  ub_sim_chip_set_garbled (chip, FALSE);
  fixture_command (chip, &read_id, 1, id, 3);
  g_assert_cmpmem (id, 3, "\x1C\x70\x15", 3);
}

/* Single bits, as an MPSSE engine or bit banging sends them, mean the same as bytes. */
static void
test_bits (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_entered (0x1C7015);
  guint32 id = 0;

  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_clock_bits (chip, 0x9F >> 5, 3, FIXTURE_HZ);
  ub_sim_chip_clock_bits (chip, 0x9F & 0x1F, 5, FIXTURE_HZ);
  for (int i = 0; i < 12; i++)
    id = id << 2 | ub_sim_chip_clock_bits (chip, 0, 2, FIXTURE_HZ);
  ub_sim_chip_select (chip, FALSE);
  g_assert_cmphex (id, ==, 0x1C7015);

  /* Whole bytes after half a one are shifted by it. */
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_clock_bits (chip, 0x9, 4, FIXTURE_HZ);
  {
    guint8 tx[4] = { 0xF0 }, rx[4];

    ub_sim_chip_transfer (chip, tx, rx, 4, FIXTURE_HZ);
    g_assert_cmphex ((rx[0] & 0xF) << 20 | rx[1] << 12 | rx[2] << 4 | rx[3] >> 4, ==, 0x1C7015);
  }
  ub_sim_chip_select (chip, FALSE);

  /* A ninth bit spoils a write enable. */
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_clock_bits (chip, 0x06, 8, FIXTURE_HZ);
  ub_sim_chip_clock_bits (chip, 0, 1, FIXTURE_HZ);
  ub_sim_chip_select (chip, FALSE);
  g_assert_cmphex (ub_sim_chip_get_status (chip) & 2, ==, 0);
}

static void
test_time (void)
{
  g_autoptr (UbSimChip) chip = fixture_new (0x1C7015);
  guint64 begun = ub_sim_chip_get_time (chip);

  /* 3 Mbit at 3 MHz are a second, however they are cut, and whatever a bit takes. */
  ub_sim_chip_transfer (chip, NULL, NULL, 187500, 3000000);
  g_assert_cmpuint (ub_sim_chip_get_time (chip) - begun, ==, 500 * MSEC);
  for (int i = 0; i < 1500000; i++)
    ub_sim_chip_clock_bits (chip, 0, 1, 3000000);
  g_assert_cmpuint (ub_sim_chip_get_time (chip) - begun, ==, 1000 * MSEC);
  ub_sim_chip_advance (chip, 7);
  g_assert_cmpuint (ub_sim_chip_get_time (chip) - begun, ==, 1000 * MSEC + 7);
}

static void
test_counters (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_entered (0x1C7015);
  UbSimCounters before, after;
  guint8 buffer[100];

  ub_sim_chip_get_counters (chip, &before);
  fixture_read (chip, 0, buffer, sizeof buffer);
  fixture_read_register (chip, 0x05);
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_select (chip, FALSE);
  ub_sim_chip_get_counters (chip, &after);
  g_assert_cmpuint (after.bytes_clocked - before.bytes_clocked, ==, 4 + 100 + 2);
  g_assert_cmpuint (after.transactions - before.transactions, ==, 2);
  g_assert_cmpuint (after.status_polls - before.status_polls, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-chip/entry", test_entry);
  g_test_add_func ("/sim-chip/no-entry-without-reset", test_no_entry_without_reset);
  g_test_add_func ("/sim-chip/seed-burst", test_seed_burst);
  g_test_add_func ("/sim-chip/miso-during-window", test_miso_during_window);
  g_test_add_func ("/sim-chip/settling", test_settling);
  g_test_add_func ("/sim-chip/first-byte-is-undefined", test_first_byte_is_undefined);
  g_test_add_func ("/sim-chip/reset-leaves-download-mode", test_reset_leaves_download_mode);
  g_test_add_func ("/sim-chip/firmware-protects", test_firmware_protects);
  g_test_add_func ("/sim-chip/deaf", test_deaf);
  g_test_add_func ("/sim-chip/max-clock", test_max_clock);
  g_test_add_func ("/sim-chip/max-clock-midway", test_max_clock_midway);
  g_test_add_func ("/sim-chip/part-clock", test_part_clock);
  g_test_add_func ("/sim-chip/garbled", test_garbled);
  g_test_add_func ("/sim-chip/bits", test_bits);
  g_test_add_func ("/sim-chip/time", test_time);
  g_test_add_func ("/sim-chip/counters", test_counters);
  return g_test_run ();
}

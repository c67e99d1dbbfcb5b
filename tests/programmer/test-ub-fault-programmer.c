/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-fault-programmer.h"

#include "ub-error.h"
#include "ub-programmer-list.h"
#include "ub-sim-programmer.h"

#include <string.h>

#define SECTOR 4096

typedef struct {
  UbSimChip *chip;
  UbProgrammer *programmer;
} Fixture;

/* A blank, open, unprotected module behind a programmer with @faults. */
static void
set_up (Fixture *fixture, const UbFaults *faults)
{
  const UbFaults none = UB_NO_FAULTS;
  g_autoptr (UbProgrammer) inner = NULL;

  fixture->chip = ub_sim_chip_new (ub_flash_part_lookup (0x1C7015), NULL);
  inner = ub_sim_programmer_new_for_chip (fixture->chip);
  fixture->programmer = ub_fault_programmer_new (inner, &none);
  g_assert_true (ub_programmer_open (fixture->programmer, NULL));
  g_assert_true (ub_programmer_set_clock (fixture->programmer, 1000000, NULL, NULL));
  g_assert_true (ub_programmer_set_reset (fixture->programmer, TRUE, NULL));
  ub_programmer_delay (fixture->programmer, 10000);
  g_assert_true (ub_programmer_set_reset (fixture->programmer, FALSE, NULL));
  ub_programmer_delay (fixture->programmer, 20000);
  {
    const UbTransaction d2 = { .tx = (const guint8 *) "\xD2", .n_tx = 1, .delay_us = 20000 };

    g_assert_true (ub_programmer_exchange (fixture->programmer, &d2, 1, NULL));
  }
  ub_sim_chip_set_status (fixture->chip, 0);
  ub_fault_programmer_set_faults (UB_FAULT_PROGRAMMER (fixture->programmer), faults);
}

static void
tear_down (Fixture *fixture)
{
  g_object_unref (fixture->programmer);
  g_object_unref (fixture->chip);
}

static void
read_at (Fixture *fixture, guint32 address, guint8 *rx, gsize n)
{
  const guint8 tx[] = { 0x03, (guint8) (address >> 16), (guint8) (address >> 8), (guint8) address };
  const UbTransaction transaction = { .tx = tx, .n_tx = 4, .rx = rx, .n_rx = n };

  g_assert_true (ub_programmer_exchange (fixture->programmer, &transaction, 1, NULL));
}

/* Write enable and a write in one batch, as the engine sends them. */
static void
change (Fixture *fixture, guint8 opcode, guint32 address, gboolean with_data)
{
  const guint8 tx[] = { opcode, (guint8) (address >> 16), (guint8) (address >> 8), (guint8) address,
                        0x00 };
  const gsize n_tx = with_data ? 5 : opcode == 0xC7 || opcode == 0x60 ? 1 : 4;
  const UbTransaction batch[] = {
    { .tx = (const guint8 *) "\x06", .n_tx = 1 },
    { .tx = tx, .n_tx = n_tx, .delay_us = 20 * G_USEC_PER_SEC },
  };

  g_assert_true (ub_programmer_exchange (fixture->programmer, batch, 2, NULL));
}

static guint8
peek (Fixture *fixture, guint32 address)
{
  g_autoptr (GBytes) content = ub_sim_chip_dup_content (fixture->chip);

  return ((const guint8 *) g_bytes_get_data (content, NULL))[address];
}

static void
fill (Fixture *fixture, guint8 byte)
{
  g_autofree guint8 *bytes = g_malloc (2 * 1024 * 1024);
  g_autoptr (GBytes) content = NULL;

  memset (bytes, byte, 2 * 1024 * 1024);
  content = g_bytes_new (bytes, 2 * 1024 * 1024);
  ub_sim_chip_set_content (fixture->chip, content);
}

static void
test_none (void)
{
  const UbFaults faults = UB_NO_FAULTS;
  Fixture fixture;
  guint8 rx[256];

  set_up (&fixture, &faults);
  change (&fixture, 0x02, 0x1000, TRUE);
  read_at (&fixture, 0x1000, rx, sizeof rx);
  g_assert_cmphex (rx[0], ==, 0x00);
  for (gsize i = 1; i < sizeof rx; i++)
    g_assert_cmphex (rx[i], ==, 0xFF);
  tear_down (&fixture);
}

static guint
count_flips (Fixture *fixture, gsize n)
{
  g_autofree guint8 *rx = g_malloc (n);
  guint flips = 0;

  read_at (fixture, 0, rx, n);
  for (gsize i = 0; i < n; i++) {
    for (guint8 bits = rx[i] ^ 0xFF; bits != 0; bits &= bits - 1)
      flips++;
  }
  return flips;
}

static void
test_flips (void)
{
  UbFaults faults = UB_NO_FAULTS;
  Fixture fixture;
  guint flips;

  /* Among 8 192 000 bits at 1e-4 some 819 are wrong; the spread is 29. */
  faults.flip_rate = 1e-4;
  set_up (&fixture, &faults);
  flips = count_flips (&fixture, 1024 * 1000);
  g_assert_cmpuint (flips, >, 819 - 150);
  g_assert_cmpuint (flips, <, 819 + 150);
  /* Also when it is read in small pieces. */
  flips = 0;
  for (int i = 0; i < 4000; i++)
    flips += count_flips (&fixture, 256);
  g_assert_cmpuint (flips, >, 819 - 150);
  g_assert_cmpuint (flips, <, 819 + 150);

  /* Every bit. */
  faults.flip_rate = 1;
  ub_fault_programmer_set_faults (UB_FAULT_PROGRAMMER (fixture.programmer), &faults);
  g_assert_cmpuint (count_flips (&fixture, 1000), ==, 8000);

  /* Only above a clock. */
  faults.flips_above_hz = 1000000;
  ub_fault_programmer_set_faults (UB_FAULT_PROGRAMMER (fixture.programmer), &faults);
  g_assert_cmpuint (count_flips (&fixture, 1000), ==, 0);
  ub_programmer_set_clock (fixture.programmer, 1000001, NULL, NULL);
  g_assert_cmpuint (count_flips (&fixture, 1000), ==, 8000);
  tear_down (&fixture);
}

static void
test_lies (void)
{
  UbFaults faults = UB_NO_FAULTS;
  Fixture fixture;
  guint n_written = 0;

  faults.lie_rate = 0.5;
  set_up (&fixture, &faults);
  for (guint32 i = 0; i < 200; i++) {
    change (&fixture, 0x02, i * 256, TRUE);
    n_written += peek (&fixture, i * 256) == 0x00;
  }
  g_assert_cmpuint (n_written, >, 60);
  g_assert_cmpuint (n_written, <, 140);
  g_assert_cmpuint (
      n_written + ub_fault_programmer_get_lies (UB_FAULT_PROGRAMMER (fixture.programmer)), ==, 200);

  faults.lie_rate = 1;
  ub_fault_programmer_set_faults (UB_FAULT_PROGRAMMER (fixture.programmer), &faults);
  fill (&fixture, 0x00);
  {
    static const guint8 opcodes[] = { 0x20, 0x52, 0xD8, 0xC7, 0x60 };

    for (gsize i = 0; i < G_N_ELEMENTS (opcodes); i++)
      change (&fixture, opcodes[i], 0, FALSE);
  }
  g_assert_cmphex (peek (&fixture, 0), ==, 0x00);
  tear_down (&fixture);
}

static const struct {
  guint8 opcode;
  guint32 address;
  gboolean works;
} stuck_cases[] = {
  { 0x20, 4 * SECTOR, TRUE },
  { 0x20, 5 * SECTOR, FALSE },
  { 0x20, 6 * SECTOR, TRUE },
  { 0x20, 5 * SECTOR + 8, FALSE },
  { 0x52, 0, FALSE },
  { 0x52, 0x8000, TRUE },
  { 0xD8, 0x3000, FALSE },
  { 0xD8, 0x10000, TRUE },
  { 0xC7, 0, FALSE },
  { 0x60, 0, FALSE },
  { 0x02, 5 * SECTOR, FALSE },
  { 0x02, 5 * SECTOR - 1, TRUE },
  { 0x02, 6 * SECTOR - 1, FALSE },
  { 0x02, 6 * SECTOR, TRUE },
};

static void
test_stuck_sector (void)
{
  UbFaults faults = UB_NO_FAULTS;

  faults.stuck_sector = 5;
  for (gsize i = 0; i < G_N_ELEMENTS (stuck_cases); i++) {
    gboolean programs = stuck_cases[i].opcode == 0x02;
    Fixture fixture;

    g_test_message ("%02X at %06X", stuck_cases[i].opcode, stuck_cases[i].address);
    set_up (&fixture, &faults);
    fill (&fixture, programs ? 0xFF : 0x00);
    change (&fixture, stuck_cases[i].opcode, stuck_cases[i].address, programs);
    g_assert_cmphex (peek (&fixture, stuck_cases[i].address), ==,
                     stuck_cases[i].works == programs ? 0x00 : 0xFF);
    tear_down (&fixture);
  }
}

static void
test_stuck_miso (void)
{
  for (int level = 0; level < 2; level++) {
    UbFaults faults = UB_NO_FAULTS;
    Fixture fixture;
    guint8 rx[4] = { 1, 2, 3, 4 };

    faults.stuck_miso = level;
    set_up (&fixture, &faults);
    fill (&fixture, 0x5A);
    read_at (&fixture, 0, rx, sizeof rx);
    for (gsize i = 0; i < sizeof rx; i++)
      g_assert_cmphex (rx[i], ==, level ? 0xFF : 0x00);
    tear_down (&fixture);
  }
}

/* It goes in the middle of a batch: what came before has happened, and nothing works until it is
 * opened again. */
static void
test_unplug (void)
{
  UbFaults faults = UB_NO_FAULTS;
  Fixture fixture;
  g_autoptr (GError) error = NULL;
  UbSimCounters counters;
  guint8 rx[1];
  const UbTransaction batch[] = {
    { .tx = (const guint8 *) "\x06", .n_tx = 1 },
    { .tx = (const guint8 *) "\x02\0\0\0\0", .n_tx = 5, .delay_us = 5000 },
    { .tx = (const guint8 *) "\x05", .n_tx = 1, .rx = rx, .n_rx = 1 },
  };

  set_up (&fixture, &faults);
  faults.unplug_at =
      ub_fault_programmer_get_transactions (UB_FAULT_PROGRAMMER (fixture.programmer)) + 3;
  ub_fault_programmer_set_faults (UB_FAULT_PROGRAMMER (fixture.programmer), &faults);
  g_assert_false (ub_programmer_exchange (fixture.programmer, batch, 3, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
  g_clear_error (&error);
  ub_sim_chip_get_counters (fixture.chip, &counters);
  g_assert_cmpuint (counters.pages, ==, 1);
  g_assert_cmpuint (counters.status_polls, ==, 0);

  g_assert_false (ub_programmer_exchange (fixture.programmer, batch, 1, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
  g_clear_error (&error);
  g_assert_false (ub_programmer_set_clock (fixture.programmer, 5000, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
  g_clear_error (&error);
  g_assert_false (ub_programmer_set_mode (fixture.programmer, 0, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
  g_clear_error (&error);
  g_assert_false (ub_programmer_set_reset (fixture.programmer, TRUE, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);

  ub_programmer_close (fixture.programmer);
  g_assert_true (ub_programmer_open (fixture.programmer, NULL));
  g_assert_true (ub_programmer_set_clock (fixture.programmer, 1000000, NULL, NULL));
  read_at (&fixture, 0, rx, 1);
  g_assert_cmphex (rx[0], ==, 0x00);
  tear_down (&fixture);
}

/* Everything else is the inner programmer's. */
static void
test_delegates (void)
{
  const UbFaults faults = UB_NO_FAULTS;
  g_autoptr (UbSimChip) chip = ub_sim_chip_new (ub_flash_part_lookup (0x1C7015), NULL);
  g_autoptr (UbProgrammer) inner = ub_sim_programmer_new_for_chip (chip);
  g_autoptr (UbProgrammer) outer = NULL;
  gint64 begun;

  ub_programmer_set_fixed_clock (inner, 30000);
  ub_programmer_set_fixed_mode (inner, 3);
  ub_programmer_set_clock_ceiling (inner, 777);
  ub_programmer_set_name (inner, "Inner");
  outer = ub_fault_programmer_new (inner, &faults);
  g_assert_true (ub_fault_programmer_get_inner (UB_FAULT_PROGRAMMER (outer)) == inner);
  g_assert_cmpuint (ub_programmer_get_fixed_clock (outer), ==, 30000);
  g_assert_cmpint (ub_programmer_get_fixed_mode (outer), ==, 3);
  g_assert_cmpuint (ub_programmer_get_clock_ceiling (outer), ==, 777);
  g_assert_cmpstr (ub_programmer_get_name (outer), ==, "Inner");

  g_assert_true (ub_programmer_open (outer, NULL));
  g_assert_true (ub_programmer_is_open (inner));
  g_assert_cmpmem (ub_programmer_get_limits (outer), sizeof (UbProgrammerLimits),
                   ub_programmer_get_limits (inner), sizeof (UbProgrammerLimits));
  g_assert_true (ub_programmer_set_mode (outer, 3, NULL));
  g_assert_cmpuint (ub_programmer_get_mode (inner), ==, 3);
  begun = ub_programmer_get_time (outer);
  ub_programmer_delay (outer, 123);
  g_assert_cmpint (ub_programmer_get_time (outer) - begun, ==, 123);
  g_assert_cmpint (ub_programmer_get_time (inner), ==, ub_programmer_get_time (outer));
  ub_programmer_close (outer);
  g_assert_false (ub_programmer_is_open (inner));
}

static void
test_from_spec (void)
{
  static const struct {
    const char *spec;
    gboolean is_wrapped;
  } cases[] = {
    { "sim", FALSE },           { "sim:deaf=1", FALSE }, { "sim:flips-above=1M", FALSE },
    { "sim:flips=1e-6", TRUE }, { "sim:lie=0.1", TRUE }, { "sim:stuck-sector=0", TRUE },
    { "sim:miso=0", TRUE },     { "sim:miso=1", TRUE },  { "sim:unplug-at=100", TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (UbProgrammer) programmer = ub_programmer_new_for_spec (cases[i].spec, NULL);

    g_test_message ("%s", cases[i].spec);
    g_assert_nonnull (programmer);
    g_assert_cmpint (UB_IS_FAULT_PROGRAMMER (programmer), ==, cases[i].is_wrapped);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/fault-programmer/none", test_none);
  g_test_add_func ("/fault-programmer/flips", test_flips);
  g_test_add_func ("/fault-programmer/lies", test_lies);
  g_test_add_func ("/fault-programmer/stuck-sector", test_stuck_sector);
  g_test_add_func ("/fault-programmer/stuck-miso", test_stuck_miso);
  g_test_add_func ("/fault-programmer/unplug", test_unplug);
  g_test_add_func ("/fault-programmer/delegates", test_delegates);
  g_test_add_func ("/fault-programmer/from-spec", test_from_spec);
  return g_test_run ();
}

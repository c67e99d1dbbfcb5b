/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim-fixture.h"

#include <string.h>

/* W25Q32: two registers, SFDP, the standard protection scheme, no 31. */
#define TWO_REGISTERS 0xEF4016
#define ONE_REGISTER 0x1C7015

static void
test_program_ands (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);

  fixture_program (chip, 0x1234, (const guint8 *) "\xF0\x0F", 2);
  fixture_program (chip, 0x1234, (const guint8 *) "\x3C\xFF", 2);
  g_assert_cmphex (fixture_peek (chip, 0x1233), ==, 0xFF);
  g_assert_cmphex (fixture_peek (chip, 0x1234), ==, 0x30);
  g_assert_cmphex (fixture_peek (chip, 0x1235), ==, 0x0F);
  g_assert_cmphex (fixture_peek (chip, 0x1236), ==, 0xFF);
}

static void
test_program_wraps (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
  guint8 data[258];

  fixture_program (chip, 0x20FE, (const guint8 *) "\1\2\3\4", 4);
  g_assert_cmphex (fixture_peek (chip, 0x20FE), ==, 1);
  g_assert_cmphex (fixture_peek (chip, 0x20FF), ==, 2);
  g_assert_cmphex (fixture_peek (chip, 0x2000), ==, 3);
  g_assert_cmphex (fixture_peek (chip, 0x2001), ==, 4);
  g_assert_cmphex (fixture_peek (chip, 0x2100), ==, 0xFF);

  /* Of more than a page the last 256 bytes count. */
  for (gsize i = 0; i < sizeof data; i++)
    data[i] = (guint8) i;
  data[256] = 0xA6;
  data[257] = 0xA7;
  fixture_program (chip, 0x3000, data, sizeof data);
  g_assert_cmphex (fixture_peek (chip, 0x3000), ==, 0xA6);
  g_assert_cmphex (fixture_peek (chip, 0x3001), ==, 0xA7);
  g_assert_cmphex (fixture_peek (chip, 0x3002), ==, 0x02);
}

static void
test_needs_latch (void)
{
  static const guint8 opcodes[] = { 0x20, 0x52, 0xD8 };
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
  const guint8 zero = 0, status[] = { 0x01, 0x04 };

  fixture_address (chip, 0x02, 0, &zero, 1);
  g_assert_cmphex (fixture_peek (chip, 0), ==, 0xFF);
  fixture_program (chip, 0, &zero, 1);
  /* The latch fell after the program, so none of these is obeyed. */
  for (gsize i = 0; i < G_N_ELEMENTS (opcodes); i++)
    fixture_address (chip, opcodes[i], 0, NULL, 0);
  fixture_opcode (chip, 0xC7);
  fixture_opcode (chip, 0x60);
  g_assert_cmphex (fixture_peek (chip, 0), ==, 0);
  fixture_command (chip, status, 2, NULL, 0);
  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0);

  /* Nor after write disable. */
  fixture_opcode (chip, 0x06);
  g_assert_cmphex (fixture_read_register (chip, 0x05), ==, 0x02);
  fixture_opcode (chip, 0x04);
  g_assert_cmphex (fixture_read_register (chip, 0x05), ==, 0x00);
  fixture_address (chip, 0x20, 0, NULL, 0);
  g_assert_cmphex (fixture_peek (chip, 0), ==, 0);
}

/* While the chip is busy it tells its status and hears nothing else. */
static void
test_busy (void)
{
  static const guint8 read_id = 0x9F;
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
  const guint8 zero = 0;
  guint8 buffer[3];

  fixture_program (chip, 0, &zero, 1);
  fixture_opcode (chip, 0x06);
  fixture_address (chip, 0x20, 0x1000, NULL, 0);
  g_assert_cmphex (fixture_read_register (chip, 0x05), ==, 0x03);
  fixture_read (chip, 0, buffer, 1);
  g_assert_cmphex (buffer[0], ==, 0xFF);
  fixture_command (chip, &read_id, 1, buffer, 3);
  g_assert_cmpmem (buffer, 3, "\xFF\xFF\xFF", 3);
  fixture_wait (chip);

  /* A write enable during the erase was lost, and so is the program after it. */
  fixture_opcode (chip, 0x06);
  fixture_address (chip, 0x20, 0x1000, NULL, 0);
  fixture_opcode (chip, 0x06);
  fixture_wait (chip);
  fixture_address (chip, 0x02, 0x1000, &zero, 1);
  fixture_wait (chip);
  g_assert_cmphex (fixture_peek (chip, 0x1000), ==, 0xFF);
  fixture_read (chip, 0, buffer, 1);
  g_assert_cmphex (buffer[0], ==, 0);
}

/* Status is live: one assertion can poll until the chip is ready. */
static void
test_poll_in_one_assertion (void)
{
  static const guint8 poll = 0x05;
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
  guint8 status = 0;
  int n = 0;

  fixture_opcode (chip, 0x06);
  fixture_address (chip, 0x02, 0, &poll, 1);
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, &poll, NULL, 1, FIXTURE_HZ);
  do {
    ub_sim_chip_transfer (chip, NULL, &status, 1, FIXTURE_HZ);
    n++;
  } while (status == 0x03);
  ub_sim_chip_select (chip, FALSE);
  g_assert_cmphex (status, ==, 0x00);
  /* 1.3 ms at 8 us a byte */
  g_assert_cmpint (n, >, 155);
  g_assert_cmpint (n, <, 165);
}

static void
test_erase_units (void)
{
  static const struct {
    guint8 opcode;
    guint32 address;
    guint32 start;
    guint32 end;
  } cases[] = {
    { 0x20, 0x12345, 0x12000, 0x13000 },
    { 0x52, 0x1F000, 0x18000, 0x20000 },
    { 0xD8, 0x2FFFF, 0x20000, 0x30000 },
    { 0xD8, 0x220000, 0x20000, 0x30000 }, /* addresses beyond the chip wrap */
    { 0xC7, 0, 0, 0x200000 },
    { 0x60, 0, 0, 0x200000 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree guint8 *zeros = g_malloc0 (0x200000);
    g_autoptr (GBytes) content = g_bytes_new (zeros, 0x200000);
    g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
    g_autoptr (GBytes) after = NULL;
    const guint8 *bytes;

    ub_sim_chip_set_content (chip, content);
    fixture_opcode (chip, 0x06);
    if (cases[i].opcode == 0xC7 || cases[i].opcode == 0x60)
      fixture_opcode (chip, cases[i].opcode);
    else
      fixture_address (chip, cases[i].opcode, cases[i].address, NULL, 0);
    fixture_wait (chip);
    after = ub_sim_chip_dup_content (chip);
    bytes = g_bytes_get_data (after, NULL);
    for (guint32 a = 0; a < 0x200000; a++)
      g_assert_cmphex (bytes[a], ==, a >= cases[i].start && a < cases[i].end ? 0xFF : 0);
  }
}

/* Writes are obeyed only in their exact shape. */
static void
test_exact_length (void)
{
  static const guint8 enable2[] = { 0x06, 0x00 }, chip2[] = { 0xC7, 0x00 };
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
  const guint8 zero = 0;

  fixture_command (chip, enable2, 2, NULL, 0);
  g_assert_cmphex (fixture_read_register (chip, 0x05), ==, 0);
  fixture_program (chip, 0, &zero, 1);

  fixture_opcode (chip, 0x06);
  fixture_command (chip, chip2, 2, NULL, 0);
  fixture_address (chip, 0x20, 0, &zero, 1);
  fixture_command (chip, (const guint8 *) "\x20\0\0", 3, NULL, 0);
  fixture_address (chip, 0x02, 0x100, NULL, 0);
  g_assert_cmphex (fixture_read_register (chip, 0x05), ==, 0x02);
  g_assert_cmphex (fixture_peek (chip, 0), ==, 0);

  /* One bit too many: chip select rises within a byte. */
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, (const guint8 *) "\x02\0\1\0\0", NULL, 5, FIXTURE_HZ);
  ub_sim_chip_clock_bits (chip, 0, 1, FIXTURE_HZ);
  ub_sim_chip_select (chip, FALSE);
  g_assert_cmphex (fixture_read_register (chip, 0x05), ==, 0x02);
  g_assert_cmphex (fixture_peek (chip, 0x100), ==, 0xFF);
}

static void
test_reads (void)
{
  g_autofree guint8 *bytes = g_malloc (0x200000);
  g_autofree guint8 *rx = g_malloc (0x200000 + 10);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (UbSimChip) chip = fixture_new_entered (ONE_REGISTER);
  static const guint8 fast[] = { 0x0B, 0x1F, 0xFF, 0xFE, 0x00 };

  for (guint32 i = 0; i < 0x200000; i++)
    bytes[i] = (guint8) (i ^ i >> 8 ^ i >> 16);
  content = g_bytes_new (bytes, 0x200000);
  ub_sim_chip_set_content (chip, content);

  fixture_read (chip, 0, rx, 0x200000);
  g_assert_cmpmem (rx, 0x200000, bytes, 0x200000);
  /* Beyond the end it goes on at the beginning. */
  fixture_read (chip, 0x1FFFFC, rx, 0x200000 + 8);
  g_assert_cmpmem (rx, 4, bytes + 0x1FFFFC, 4);
  g_assert_cmpmem (rx + 4, 0x200000, bytes, 0x200000);
  g_assert_cmpmem (rx + 0x200004, 4, bytes, 4);
  fixture_command (chip, fast, sizeof fast, rx, 4);
  g_assert_cmpmem (rx, 2, bytes + 0x1FFFFE, 2);
  g_assert_cmpmem (rx + 2, 2, bytes, 2);
}

static void
test_ids (void)
{
  static const guint8 electronic[] = { 0xAB, 0, 0, 0 }, unknown[] = { 0xEE, 0, 0, 0 };
  guint8 rx[4];
  guint n;
  const UbFlashPart *table = ub_flash_part_get_table (&n);

  for (guint i = 0; i < n; i++) {
    static const guint8 read_id = 0x9F;
    g_autoptr (UbSimChip) chip = fixture_new_entered (table[i].jedec_id);

    fixture_command (chip, &read_id, 1, rx, 3);
    g_assert_cmphex (rx[0] << 16 | rx[1] << 8 | rx[2], ==, table[i].jedec_id);
    fixture_command (chip, electronic, sizeof electronic, rx, 2);
    g_assert_cmphex (rx[0], ==, (table[i].jedec_id & 0xFF) - 1);
    g_assert_cmphex (rx[1], ==, rx[0]);
    fixture_command (chip, unknown, sizeof unknown, rx, 4);
    g_assert_cmpmem (rx, 4, "\xFF\xFF\xFF\xFF", 4);
  }
}

static void
test_sfdp (void)
{
  static const guint8 read_sfdp[] = { 0x5A, 0, 0, 0, 0 }, at_4[] = { 0x5A, 0, 0, 4, 0 };
  g_autoptr (UbSimChip) with = fixture_new_entered (TWO_REGISTERS);
  g_autoptr (UbSimChip) without = fixture_new_entered (0x0B4015);
  guint8 rx[300];

  fixture_command (with, read_sfdp, sizeof read_sfdp, rx, sizeof rx);
  g_assert_cmpmem (rx, 4, "SFDP", 4);
  g_assert_cmphex (rx[299], ==, 0xFF);
  {
    const guint8 revision = rx[4];

    fixture_command (with, at_4, sizeof at_4, rx, 1);
    g_assert_cmphex (rx[0], ==, revision);
  }
  fixture_command (without, read_sfdp, sizeof read_sfdp, rx, 4);
  g_assert_cmpmem (rx, 4, "\xFF\xFF\xFF\xFF", 4);
}

static guint64
get_duration_us (UbSimChip *chip)
{
  guint64 begun = ub_sim_chip_get_time (chip);

  while ((ub_sim_chip_get_status (chip) & 1) != 0)
    ub_sim_chip_advance (chip, 1000);
  return (ub_sim_chip_get_time (chip) - begun) / 1000;
}

/* Every operation of every part takes what the table says. */
static void
test_times (void)
{
  guint n;
  const UbFlashPart *table = ub_flash_part_get_table (&n);

  for (guint i = 0; i < n; i += 7) {
    for (int worst = 0; worst < 2; worst++) {
      g_autoptr (UbSimChip) chip = fixture_new_open (table[i].jedec_id);
      const guint8 data = 0, status[] = { 0x01, 0x00, 0x00 };

      ub_sim_chip_set_timing (chip, worst ? UB_SIM_TIMING_WORST : UB_SIM_TIMING_TYPICAL);
      fixture_opcode (chip, 0x06);
      fixture_address (chip, 0x02, 0, &data, 1);
      g_assert_cmpuint (get_duration_us (chip), ==,
                        worst ? table[i].program_max_us : table[i].program_typical_us);
      fixture_opcode (chip, 0x06);
      fixture_command (chip, status, 1 + table[i].write_status_bytes, NULL, 0);
      g_assert_cmpuint (get_duration_us (chip), ==,
                        worst ? table[i].write_status_max_us : table[i].write_status_typical_us);
      for (guint j = 0; j < table[i].n_erase; j++) {
        fixture_opcode (chip, 0x06);
        fixture_address (chip, table[i].erase[j].opcode, 0, NULL, 0);
        g_assert_cmpuint (get_duration_us (chip), ==,
                          worst ? table[i].erase[j].max_us : table[i].erase[j].typical_us);
      }
    }
  }
}

/* Power goes in the middle of the third operation. */
static void
test_power_loss (void)
{
  g_autofree guint8 *zeros = g_malloc0 (0x200000);
  g_autoptr (GBytes) content = g_bytes_new (zeros, 0x200000);
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
  static const guint8 read_id = 0x9F;
  guint8 id[3];

  ub_sim_chip_set_content (chip, content);
  ub_sim_chip_set_power_loss_at (chip, 3);
  for (guint32 address = 0; address < 0x4000; address += 0x1000) {
    fixture_opcode (chip, 0x06);
    fixture_address (chip, 0x20, address, NULL, 0);
    g_assert_cmpint (ub_sim_chip_has_lost_power (chip), ==, address >= 0x2000);
    fixture_wait (chip);
  }
  g_assert_cmphex (fixture_peek (chip, 0x1FFF), ==, 0xFF);
  g_assert_cmphex (fixture_peek (chip, 0x2000), ==, 0xFF);
  g_assert_cmphex (fixture_peek (chip, 0x27FF), ==, 0xFF);
  g_assert_cmphex (fixture_peek (chip, 0x2800), ==, 0x00);
  g_assert_cmphex (fixture_peek (chip, 0x3000), ==, 0x00);

  /* Dead, and a reset does not help. */
  fixture_pulse_reset (chip, 10 * MSEC);
  ub_sim_chip_advance (chip, 20 * MSEC);
  fixture_command (chip, (const guint8 *) "\xD2", 1, NULL, 0);
  g_assert_false (ub_sim_chip_is_in_download_mode (chip));

  ub_sim_chip_power_cycle (chip);
  g_assert_false (ub_sim_chip_has_lost_power (chip));
  fixture_enter (chip);
  fixture_command (chip, &read_id, 1, id, 3);
  g_assert_cmpmem (id, 3, "\x1C\x70\x15", 3);
}

static void
test_power_loss_in_program (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
  guint8 zeros[256] = { 0 };

  ub_sim_chip_set_power_loss_at (chip, 1);
  fixture_program (chip, 0x100, zeros, sizeof zeros);
  g_assert_cmphex (fixture_peek (chip, 0x17F), ==, 0x00);
  g_assert_cmphex (fixture_peek (chip, 0x180), ==, 0xFF);
}

static void
test_counters (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_open (ONE_REGISTER);
  static const guint8 opcodes[] = { 0x20, 0x20, 0x52, 0xD8, 0xD8, 0xD8 };
  UbSimCounters counters;
  const guint8 zero = 0;

  fixture_program (chip, 0, &zero, 1);
  for (gsize i = 0; i < sizeof opcodes; i++) {
    fixture_opcode (chip, 0x06);
    fixture_address (chip, opcodes[i], 0, NULL, 0);
    fixture_wait (chip);
  }
  fixture_opcode (chip, 0x06);
  fixture_opcode (chip, 0x60);
  fixture_wait (chip);
  ub_sim_chip_get_counters (chip, &counters);
  g_assert_cmpuint (counters.pages, ==, 1);
  g_assert_cmpuint (counters.erases[0], ==, 2);
  g_assert_cmpuint (counters.erases[1], ==, 1);
  g_assert_cmpuint (counters.erases[2], ==, 3);
  g_assert_cmpuint (counters.chip_erases, ==, 1);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-flash/program-ands", test_program_ands);
  g_test_add_func ("/sim-flash/program-wraps", test_program_wraps);
  g_test_add_func ("/sim-flash/needs-latch", test_needs_latch);
  g_test_add_func ("/sim-flash/busy", test_busy);
  g_test_add_func ("/sim-flash/poll-in-one-assertion", test_poll_in_one_assertion);
  g_test_add_func ("/sim-flash/erase-units", test_erase_units);
  g_test_add_func ("/sim-flash/exact-length", test_exact_length);
  g_test_add_func ("/sim-flash/reads", test_reads);
  g_test_add_func ("/sim-flash/ids", test_ids);
  g_test_add_func ("/sim-flash/sfdp", test_sfdp);
  g_test_add_func ("/sim-flash/times", test_times);
  g_test_add_func ("/sim-flash/power-loss", test_power_loss);
  g_test_add_func ("/sim-flash/power-loss-in-program", test_power_loss_in_program);
  g_test_add_func ("/sim-flash/counters", test_counters);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim-fixture.h"

/* The status registers of the simulated flash and what they protect. */

/* W25Q32: two registers, SFDP, the standard protection scheme, no 31. */
#define TWO_REGISTERS 0xEF4016
#define TWO_REGISTERS_31 0x856015
#define TWO_REGISTERS_31_ONLY 0x854215
#define ONE_REGISTER 0x1C7015
#define MACRONIX 0xC22315

static void
write_register (UbSimChip *chip, guint8 enable, const guint8 *tx, gsize n, guint extra_bits)
{
  fixture_opcode (chip, enable);
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, tx, NULL, n, FIXTURE_HZ);
  if (extra_bits > 0)
    ub_sim_chip_clock_bits (chip, 0, extra_bits, FIXTURE_HZ);
  ub_sim_chip_select (chip, FALSE);
  fixture_wait (chip);
  fixture_opcode (chip, 0x04);
}

static const struct {
  const char *name;
  guint32 id;
  guint16 before;
  guint8 tx[4];
  guint n;
  guint extra_bits;
  guint16 after;
} status_writes[] = {
  { "one register", ONE_REGISTER, 0x0034, { 0x01, 0x00 }, 2, 0, 0x0000 },
  { "one register, two bytes", ONE_REGISTER, 0x0034, { 0x01, 0x00, 0x00 }, 3, 0, 0x0034 },
  { "no data", ONE_REGISTER, 0x0034, { 0x01 }, 1, 0, 0x0034 },
  { "half a byte more", ONE_REGISTER, 0x0034, { 0x01, 0x00 }, 2, 4, 0x0034 },
  { "WIP and WEL cannot be written", ONE_REGISTER, 0x0034, { 0x01, 0x03 }, 2, 0, 0x0000 },
  { "31 on one register", ONE_REGISTER, 0x0034, { 0x31, 0x02 }, 2, 0, 0x0034 },
  { "two registers", TWO_REGISTERS, 0x4204, { 0x01, 0x00, 0x02 }, 3, 0, 0x0200 },
  { "three bytes", TWO_REGISTERS, 0x4204, { 0x01, 0x00, 0x02, 0x00 }, 4, 0, 0x4204 },
  { "half a byte more", TWO_REGISTERS, 0x4204, { 0x01, 0x00, 0x02 }, 3, 4, 0x4204 },
  { "one byte clears QE", TWO_REGISTERS, 0x4204, { 0x01, 0x00 }, 2, 0, 0x0000 },
  { "31 unknown", TWO_REGISTERS, 0x4204, { 0x31, 0x02 }, 2, 0, 0x4204 },
  { "one byte keeps the second", TWO_REGISTERS_31, 0x4204, { 0x01, 0x00 }, 2, 0, 0x4200 },
  { "two bytes", TWO_REGISTERS_31, 0x4204, { 0x01, 0x00, 0x02 }, 3, 0, 0x0200 },
  { "31", TWO_REGISTERS_31, 0x4204, { 0x31, 0x02 }, 2, 0, 0x0204 },
  { "31 and two bytes", TWO_REGISTERS_31, 0x4204, { 0x31, 0x02, 0x00 }, 3, 0, 0x4204 },
  { "two bytes ignored", TWO_REGISTERS_31_ONLY, 0x4004, { 0x01, 0x00, 0x00 }, 3, 0, 0x4004 },
  { "one byte", TWO_REGISTERS_31_ONLY, 0x4004, { 0x01, 0x00 }, 2, 0, 0x4000 },
  { "then 31", TWO_REGISTERS_31_ONLY, 0x4000, { 0x31, 0x00 }, 2, 0, 0x0000 },
  { "locks stay", TWO_REGISTERS, 0x0804, { 0x01, 0x00, 0x00 }, 3, 0, 0x0800 },
  { "SRP1 locks", TWO_REGISTERS, 0x0104, { 0x01, 0x00, 0x00 }, 3, 0, 0x0104 },
};

static void
test_status_writes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (status_writes); i++) {
    g_autoptr (UbSimChip) chip = fixture_new_entered (status_writes[i].id);

    g_test_message ("%s", status_writes[i].name);
    ub_sim_chip_set_status (chip, status_writes[i].before);
    write_register (chip, 0x06, status_writes[i].tx, status_writes[i].n,
                    status_writes[i].extra_bits);
    g_assert_cmphex (ub_sim_chip_get_status (chip), ==, status_writes[i].after);
  }
}

/* 50 writes the registers for now only. */
static void
test_volatile_status (void)
{
  static const guint8 clear[] = { 0x01, 0x00 };
  g_autoptr (UbSimChip) chip = fixture_new_entered (ONE_REGISTER);

  ub_sim_chip_set_status (chip, 0x0034);
  write_register (chip, 0x50, clear, 2, 0);
  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0x0000);
  ub_sim_chip_power_cycle (chip);
  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0x0034);

  /* It must come right before the write. */
  fixture_enter (chip);
  fixture_opcode (chip, 0x50);
  fixture_read_register (chip, 0x05);
  fixture_command (chip, clear, 2, NULL, 0);
  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0x0034);
  write_register (chip, 0x06, clear, 2, 0);
  ub_sim_chip_power_cycle (chip);
  g_assert_cmphex (ub_sim_chip_get_status (chip), ==, 0x0000);
}

static void
test_read_registers (void)
{
  static const struct {
    guint32 id;
    guint16 status;
    guint8 second;
    guint8 third;
  } cases[] = {
    { ONE_REGISTER, 0x0034, 0x34, 0x34 }, /* mirrors the first */
    { MACRONIX, 0x0078, 0xFF, 0x00 },
    { TWO_REGISTERS, 0x4204, 0x42, 0xFF },
    { 0xC46015, 0x4204, 0x42, 0x00 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (UbSimChip) chip = fixture_new_entered (cases[i].id);

    ub_sim_chip_set_status (chip, cases[i].status);
    g_assert_cmphex (fixture_read_register (chip, 0x05), ==, cases[i].status & 0xFF);
    g_assert_cmphex (fixture_read_register (chip, 0x35), ==, cases[i].second);
    g_assert_cmphex (fixture_read_register (chip, 0x15), ==, cases[i].third);
  }
}

/* Tables of the W25Q32 and GD25Q16 datasheets: [start, end) cannot be changed. */
static const struct {
  guint32 id;
  guint16 status;
  guint32 start;
  guint32 end;
} protections[] = {
  { TWO_REGISTERS, 0x0000, 0, 0 },
  { TWO_REGISTERS, 0x0004, 0x3F0000, 0x400000 },
  { TWO_REGISTERS, 0x0008, 0x3E0000, 0x400000 },
  { TWO_REGISTERS, 0x0018, 0x200000, 0x400000 },
  { TWO_REGISTERS, 0x001C, 0, 0x400000 },
  { TWO_REGISTERS, 0x0024, 0, 0x010000 },
  { TWO_REGISTERS, 0x0030, 0, 0x080000 },
  { TWO_REGISTERS, 0x0044, 0x3FF000, 0x400000 },
  { TWO_REGISTERS, 0x0050, 0x3F8000, 0x400000 },
  { TWO_REGISTERS, 0x0064, 0, 0x001000 },
  { TWO_REGISTERS, 0x4000, 0, 0x400000 },
  { TWO_REGISTERS, 0x4004, 0, 0x3F0000 },
  { TWO_REGISTERS, 0x4024, 0x010000, 0x400000 },
  { TWO_REGISTERS, 0x401C, 0, 0 },
  { 0x0B4017, 0x0004, 0x7E0000, 0x800000 }, /* 8 MiB: a step is 128 KiB */
  { 0xC84015, 0x0014, 0x100000, 0x200000 },
  { 0xC84015, 0x0018, 0, 0x200000 },
  { 0xC84015, 0x4004, 0, 0x1F0000 },
  { ONE_REGISTER, 0x0034, 0, 0x1F0000 },
  { ONE_REGISTER, 0x0000, 0, 0 },
  { MACRONIX, 0x0038, 0, 0x1F0000 },
  { MACRONIX, 0x0040, 0, 0 }, /* QE is no protection */
};

static void
check_protection_at (UbSimChip *chip, guint32 address, gboolean protected)
{
  const guint8 zero = 0;

  fixture_program (chip, address, &zero, 1);
  fixture_opcode (chip, 0x04);
  g_assert_cmphex (fixture_peek (chip, address), ==, protected ? 0xFF : 0x00);
}

static void
test_protection (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (protections); i++) {
    g_autoptr (UbSimChip) chip = fixture_new_entered (protections[i].id);
    const guint32 size = ub_sim_chip_get_part (chip)->size;
    const guint32 start = protections[i].start, end = protections[i].end;

    g_test_message ("%06X %04X", protections[i].id, protections[i].status);
    ub_sim_chip_set_status (chip, protections[i].status);
    check_protection_at (chip, 0x000000, start == 0 && end > 0);
    check_protection_at (chip, size - 1, end == size);
    if (end > start) {
      check_protection_at (chip, start + 1, TRUE);
      check_protection_at (chip, end - 2, TRUE);
    }
    if (start > 0)
      check_protection_at (chip, start - 1, FALSE);
    if (end > 0 && end < size)
      check_protection_at (chip, end, FALSE);
  }
}

static void
test_protected_erase (void)
{
  g_autoptr (UbSimChip) chip = fixture_new_open (TWO_REGISTERS);
  const guint8 zero = 0;

  fixture_program (chip, 0x3EFFFF, &zero, 1);
  fixture_program (chip, 0x3F0000, &zero, 1);
  fixture_program (chip, 0x000000, &zero, 1);
  ub_sim_chip_set_status (chip, 0x0044); /* the last sector only */

  fixture_opcode (chip, 0x06);
  fixture_opcode (chip, 0xC7);
  fixture_wait (chip);
  g_assert_cmphex (fixture_peek (chip, 0), ==, 0);
  /* A block that holds a protected sector is not erased either. */
  fixture_opcode (chip, 0x06);
  fixture_address (chip, 0xD8, 0x3F0000, NULL, 0);
  fixture_wait (chip);
  g_assert_cmphex (fixture_peek (chip, 0x3F0000), ==, 0);
  fixture_opcode (chip, 0x06);
  fixture_address (chip, 0xD8, 0x3E0000, NULL, 0);
  fixture_wait (chip);
  g_assert_cmphex (fixture_peek (chip, 0x3EFFFF), ==, 0xFF);

  /* CMP with every BP bit protects nothing, and yet the chip erase wants all of them clear. */
  ub_sim_chip_set_status (chip, 0x401C);
  fixture_opcode (chip, 0x06);
  fixture_opcode (chip, 0xC7);
  fixture_wait (chip);
  g_assert_cmphex (fixture_peek (chip, 0), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-flash/status-writes", test_status_writes);
  g_test_add_func ("/sim-flash/volatile-status", test_volatile_status);
  g_test_add_func ("/sim-flash/read-registers", test_read_registers);
  g_test_add_func ("/sim-flash/protection", test_protection);
  g_test_add_func ("/sim-flash/protected-erase", test_protected_erase);
  return g_test_run ();
}

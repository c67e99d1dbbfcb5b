/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-flash-part.h"

#include <string.h>

/* Everything the table must know, by the lists in the chip reference: size in MiB, registers, command
 * of the second, and the status running firmware leaves. */
static const struct {
  guint32 id;
  guint mib;
  guint n_status;
  guint8 write_status2;
  guint16 running;
} known[] = {
  { 0x1C7015, 2, 1, 0, 0x0034 },    { 0x1C7016, 4, 1, 0, 0x006C },
  { 0x1C4116, 4, 2, 0, 0x4004 },    { 0x1C6116, 4, 2, 0, 0x4004 },
  { 0xEB6015, 2, 2, 0, 0x4004 },    { 0xCD7115, 2, 2, 0, 0x4004 },
  { 0xCD6014, 1, 2, 0, 0x4004 },    { 0xCD6016, 4, 2, 0, 0x4004 },
  { 0xC86515, 2, 2, 0, 0x4004 },    { 0xC86516, 4, 2, 0, 0x4004 },
  { 0xC86517, 8, 2, 0, 0x4004 },    { 0xC84015, 2, 2, 0, 0x4004 },
  { 0xC84016, 4, 2, 0, 0x4004 },    { 0x0B4015, 2, 2, 0, 0x4004 },
  { 0x0B4014, 1, 2, 0, 0x4004 },    { 0x0B4016, 4, 2, 0, 0x4004 },
  { 0x0B4017, 8, 2, 0, 0x4004 },    { 0x4B4015, 2, 2, 0, 0x4004 },
  { 0x856015, 2, 2, 0x31, 0x4004 }, { 0x852015, 2, 2, 0x31, 0x4004 },
  { 0x854215, 2, 2, 0x31, 0x4004 }, { 0x856016, 4, 2, 0x31, 0x4004 },
  { 0x852016, 4, 2, 0x31, 0x4004 }, { 0xC46015, 2, 3, 0x31, 0x4004 },
  { 0xC22315, 2, 1, 0, 0x0038 },    { 0xC22314, 1, 1, 0, 0x0038 },
  { 0xEF4016, 4, 2, 0, 0x4004 },    { 0x0E4016, 4, 2, 0, 0x4004 },
  { 0x204016, 4, 2, 0x31, 0x4004 },
};

static void
test_known (void)
{
  guint n;

  ub_flash_part_get_table (&n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (known));
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++) {
    const UbFlashPart *part = ub_flash_part_lookup (known[i].id);

    g_test_message ("%06X", known[i].id);
    g_assert_nonnull (part);
    g_assert_cmphex (part->jedec_id, ==, known[i].id);
    g_assert_cmpuint (part->size, ==, known[i].mib * 1024 * 1024);
    g_assert_cmpuint (part->n_status, ==, known[i].n_status);
    g_assert_cmphex (part->write_status2_opcode, ==, known[i].write_status2);
    g_assert_cmphex (part->running_status, ==, known[i].running);
  }
  g_assert_null (ub_flash_part_lookup (0x1C7014));
  g_assert_null (ub_flash_part_lookup (0xFFFFFF));
}

static void
check_times (guint typical_us, guint max_us)
{
  g_assert_cmpuint (typical_us, >, 0);
  g_assert_cmpuint (max_us, >=, typical_us);
}

static void
check_erase_types (const UbFlashPart *part)
{
  static const struct {
    guint32 size;
    guint8 opcode;
  } types[] = { { 4096, 0x20 }, { 32 * 1024, 0x52 }, { 64 * 1024, 0xD8 } };

  g_assert_cmpuint (part->n_erase, ==, G_N_ELEMENTS (types));
  for (guint i = 0; i < part->n_erase; i++) {
    g_assert_cmpuint (part->erase[i].size, ==, types[i].size);
    g_assert_cmphex (part->erase[i].opcode, ==, types[i].opcode);
    check_times (part->erase[i].typical_us, part->erase[i].max_us);
    /* A larger unit takes longer, but not as long as the smaller ones in it. */
    if (i > 0) {
      g_assert_cmpuint (part->erase[i].typical_us, >, part->erase[i - 1].typical_us);
      g_assert_cmpuint (part->erase[i].typical_us, <,
                        part->erase[i - 1].typical_us *
                            (part->erase[i].size / part->erase[i - 1].size));
    }
  }
  g_assert_cmpuint (part->chip_erase.size, ==, part->size);
  g_assert_cmphex (part->chip_erase.opcode, ==, 0xC7);
  check_times (part->chip_erase.typical_us, part->chip_erase.max_us);
}

static void
check_status (const UbFlashPart *part)
{
  const guint16 forbidden = 0x0080 | 0x0100 | 0x3800; /* SRP0, SRP1, one-time locks */

  g_assert_cmpuint (part->n_status, >=, 1);
  g_assert_cmpuint (part->n_status, <=, 3);
  g_assert_cmphex (part->protect_mask & forbidden, ==, 0);
  g_assert_cmphex (part->protect_mask & 0x0003, ==, 0);
  g_assert_cmphex (part->keep_mask & (forbidden | part->protect_mask), ==, 0);
  /* What firmware leaves is protection, and nothing but it. */
  g_assert_cmphex (part->running_status & part->protect_mask, ==, part->running_status);
  g_assert_cmphex (part->running_status, !=, 0);
  if (part->n_status == 1) {
    g_assert_cmphex (part->protect_mask, <=, 0xFF);
    g_assert_cmphex (part->write_status2_opcode, ==, 0);
    g_assert_cmpuint (part->write_status_bytes, ==, 1);
  }
  /* Some command reaches the second register. */
  if (part->n_status >= 2)
    g_assert_true (part->write_status_bytes == 2 || part->write_status2_opcode == 0x31);
}

static void
test_sane (void)
{
  guint n;
  const UbFlashPart *table = ub_flash_part_get_table (&n);

  for (guint i = 0; i < n; i++) {
    g_test_message ("%s", table[i].name);
    g_assert_nonnull (table[i].name);
    g_assert_cmpuint (table[i].size, ==, 1u << (table[i].jedec_id & 0xFF));
    g_assert_cmpint (table[i].origin, ==, UB_FLASH_PART_TABLE);
    g_assert_cmpuint (table[i].max_read_hz, >=, 20000000);
    check_times (table[i].program_typical_us, table[i].program_max_us);
    check_times (table[i].write_status_typical_us, table[i].write_status_max_us);
    check_erase_types (&table[i]);
    check_status (&table[i]);
    for (guint j = 0; j < i; j++) {
      g_assert_cmphex (table[i].jedec_id, !=, table[j].jedec_id);
      g_assert_cmpstr (table[i].name, !=, table[j].name);
    }
  }
}

/* Facts that one part alone has. */
static void
test_special_parts (void)
{
  /* EN25QH16B datasheet, as quoted by bk7252-cam. */
  const UbFlashPart *eon = ub_flash_part_lookup (0x1C7015);

  g_assert_cmpuint (eon->program_max_us, ==, 3000);
  g_assert_cmpuint (eon->erase[0].max_us, ==, 300000);
  g_assert_cmpuint (eon->write_status_max_us, ==, 30000);
  g_assert_cmphex (eon->protect_mask, ==, 0x7C);
  /* Its QE is in the first register, and BP3 is the last protection bit. */
  g_assert_cmphex (ub_flash_part_lookup (0xC22315)->protect_mask, ==, 0x3C);
  g_assert_cmphex (ub_flash_part_lookup (0xC22315)->keep_mask, ==, 0x40);
  /* It ignores the two-byte form. */
  g_assert_cmpuint (ub_flash_part_lookup (0x854215)->write_status_bytes, ==, 1);
  g_assert_cmpuint (ub_flash_part_lookup (0x856015)->write_status_bytes, ==, 2);
  g_assert_cmphex (ub_flash_part_lookup (0xEB6015)->protect_mask, ==, 0x407C);
  g_assert_cmphex (ub_flash_part_lookup (0xEB6015)->keep_mask, ==, 0x0200);
}

static void
test_guess (void)
{
  static const struct {
    guint32 id;
    guint32 size;
  } cases[] = {
    { 0xABCD10, 64 * 1024 },
    { 0xABCD15, 2 * 1024 * 1024 },
    { 0xABCD18, 16 * 1024 * 1024 },
    { 0xABCD0F, 0 },
    { 0xABCD19, 0 },
    { 0x014B42, 0 },
    { 0xABCD00, 0 },
    { 0xABCDFF, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    UbFlashPart part;

    g_test_message ("%06X", cases[i].id);
    g_assert_cmpint (ub_flash_part_guess (cases[i].id, &part), ==, cases[i].size > 0);
    if (cases[i].size == 0)
      continue;
    g_assert_cmphex (part.jedec_id, ==, cases[i].id);
    g_assert_cmpuint (part.size, ==, cases[i].size);
    g_assert_cmpint (part.origin, ==, UB_FLASH_PART_GUESSED);
    /* Nothing is taken for granted but the 4 KiB erase. */
    g_assert_cmpuint (part.n_erase, ==, 1);
    g_assert_cmpuint (part.erase[0].size, ==, 4096);
    g_assert_cmphex (part.erase[0].opcode, ==, 0x20);
    g_assert_cmphex (part.chip_erase.opcode, ==, 0);
    check_times (part.erase[0].typical_us, part.erase[0].max_us);
    check_times (part.program_typical_us, part.program_max_us);
    check_status (&part);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/flash-part/known", test_known);
  g_test_add_func ("/flash-part/sane", test_sane);
  g_test_add_func ("/flash-part/special-parts", test_special_parts);
  g_test_add_func ("/flash-part/guess", test_guess);
  return g_test_run ();
}

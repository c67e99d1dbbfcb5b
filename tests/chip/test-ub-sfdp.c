/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-flash-part.h"

#include <string.h>

/* What two real chips answer to 5A, as read out by others: MX25L12835F and XT25F128B, both from the
 * linux-mtd list (March 2022, “manuf-id-collisions: Add support for xt25f128b” and its answers). */
static const guint8 mx25l12835f[] = {
  0x53, 0x46, 0x44, 0x50, 0x00, 0x01, 0x01, 0xFF, 0x00, 0x00, 0x01, 0x09, 0x30, 0x00,
  0x00, 0xFF, 0xC2, 0x00, 0x01, 0x04, 0x60, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
  0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
  0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xE5, 0x20, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07,
  0x44, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x04, 0xBB, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
  0x00, 0xFF, 0xFF, 0xFF, 0x44, 0xEB, 0x0C, 0x20, 0x0F, 0x52, 0x10, 0xD8, 0x00, 0xFF,
};
static const guint8 xt25f128b[] = {
  0x53, 0x46, 0x44, 0x50, 0x00, 0x01, 0x01, 0xFF, 0x00, 0x00, 0x01, 0x09, 0x30, 0x00,
  0x00, 0xFF, 0x0B, 0x00, 0x01, 0x03, 0x60, 0x00, 0x00, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
  0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
  0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xE5, 0x20, 0xF1, 0xFF, 0xFF, 0xFF, 0xFF, 0x07,
  0x44, 0xEB, 0x08, 0x6B, 0x08, 0x3B, 0x42, 0xBB, 0xEE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
  0x00, 0xFF, 0xFF, 0xFF, 0x00, 0xFF, 0x0C, 0x20, 0x0F, 0x52, 0x10, 0xD8, 0x00, 0xFF,
};

static void
check_real (guint32 id, const guint8 *sfdp, gsize n)
{
  UbFlashPart part;

  g_assert_true (ub_flash_part_parse_sfdp (id, sfdp, n, &part));
  g_assert_cmphex (part.jedec_id, ==, id);
  g_assert_cmpuint (part.size, ==, 16 * 1024 * 1024);
  g_assert_cmpint (part.origin, ==, UB_FLASH_PART_SFDP);
  g_assert_true (part.has_sfdp);
  g_assert_cmpuint (part.n_erase, ==, 3);
  g_assert_cmpuint (part.erase[0].size, ==, 4096);
  g_assert_cmphex (part.erase[0].opcode, ==, 0x20);
  g_assert_cmpuint (part.erase[1].size, ==, 32 * 1024);
  g_assert_cmphex (part.erase[1].opcode, ==, 0x52);
  g_assert_cmpuint (part.erase[2].size, ==, 64 * 1024);
  g_assert_cmphex (part.erase[2].opcode, ==, 0xD8);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpuint (part.erase[i].max_us, >=, part.erase[i].typical_us);
}

static void
test_real (void)
{
  check_real (0xC22018, mx25l12835f, sizeof mx25l12835f);
  check_real (0x0B4018, xt25f128b, sizeof xt25f128b);
}

/* The simulated table says what the part is; times are in its coarse units, never shorter. */
static void
test_built (void)
{
  guint n;
  const UbFlashPart *table = ub_flash_part_get_table (&n);

  for (guint i = 0; i < n; i++) {
    g_autoptr (GBytes) sfdp = ub_flash_part_build_sfdp (&table[i]);
    gsize size;
    const guint8 *bytes = g_bytes_get_data (sfdp, &size);
    UbFlashPart part;

    g_test_message ("%s", table[i].name);
    g_assert_cmpuint (size, <=, 256);
    g_assert_true (ub_flash_part_parse_sfdp (0xABCD42, bytes, size, &part));
    g_assert_cmphex (part.jedec_id, ==, 0xABCD42);
    g_assert_cmpuint (part.size, ==, table[i].size);
    g_assert_cmpuint (part.n_erase, ==, table[i].n_erase);
    for (guint j = 0; j < part.n_erase; j++) {
      g_assert_cmpuint (part.erase[j].size, ==, table[i].erase[j].size);
      g_assert_cmphex (part.erase[j].opcode, ==, table[i].erase[j].opcode);
      g_assert_cmpuint (part.erase[j].typical_us, >=, table[i].erase[j].typical_us);
      g_assert_cmpuint (part.erase[j].typical_us, <=, table[i].erase[j].typical_us + 128000);
      g_assert_cmpuint (part.erase[j].max_us, >=, table[i].erase[j].max_us);
    }
    g_assert_cmpuint (part.program_typical_us, >=, table[i].program_typical_us);
    g_assert_cmpuint (part.program_typical_us, <=, table[i].program_typical_us + 64);
    g_assert_cmpuint (part.program_max_us, >=, table[i].program_max_us);
  }
}

/* One byte of a good table changed, and whether the rest can still be worked with. */
static const struct {
  const char *name;
  gsize offset;
  guint8 value;
  gboolean ok;
} changes[] = {
  { "as it is", 0x00, 'S', TRUE },
  { "signature", 0x00, 's', FALSE },
  { "another table first", 0x08, 0xC2, FALSE },
  { "too few dwords", 0x0B, 8, FALSE },
  { "more dwords than there are", 0x0B, 40, FALSE },
  { "table outside", 0x0D, 0x10, FALSE },
  { "table far outside", 0x0E, 0xFF, FALSE },
  { "no power of two", 0x36, 0xFE, FALSE },
  { "beyond 24-bit addresses", 0x37, 0x0F, FALSE },
  { "no 4 KiB erase", 0x4C, 0x00, FALSE },
  { "no 32 KiB erase", 0x4E, 0x00, TRUE },
};

static void
test_changes (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (changes); i++) {
    guint8 sfdp[sizeof mx25l12835f];
    UbFlashPart part;

    g_test_message ("%s", changes[i].name);
    memcpy (sfdp, mx25l12835f, sizeof sfdp);
    sfdp[changes[i].offset] = changes[i].value;
    g_assert_cmpint (ub_flash_part_parse_sfdp (0xC22018, sfdp, sizeof sfdp, &part), ==,
                     changes[i].ok);
  }
}

/* A chip without the table answers with one level; a cut answer is none. */
static void
test_absent (void)
{
  guint8 level[256];
  UbFlashPart part;

  for (gsize n = 0; n < sizeof mx25l12835f; n++) {
    g_autofree guint8 *cut = g_memdup2 (mx25l12835f, n + 1);

    g_assert_false (ub_flash_part_parse_sfdp (0xC22018, cut, n, &part));
  }
  memset (level, 0xFF, sizeof level);
  g_assert_false (ub_flash_part_parse_sfdp (0xC22018, level, sizeof level, &part));
  memset (level, 0x00, sizeof level);
  g_assert_false (ub_flash_part_parse_sfdp (0xC22018, level, sizeof level, &part));
}

/* Density as a power of two (bit 31), and erase types in any order. */
static void
test_forms (void)
{
  static const guint8 density[] = { 24, 0, 0, 0x80 }; /* 2^24 bits */
  static const guint8 types[] = { 16, 0xD8, 12, 0x21, 8, 0x81, 15, 0x52 };
  guint8 sfdp[sizeof mx25l12835f];
  UbFlashPart part;

  memcpy (sfdp, mx25l12835f, sizeof sfdp);
  memcpy (sfdp + 0x34, density, sizeof density);
  memcpy (sfdp + 0x4C, types, sizeof types);
  g_assert_true (ub_flash_part_parse_sfdp (0xC22018, sfdp, sizeof sfdp, &part));
  g_assert_cmpuint (part.size, ==, 2 * 1024 * 1024);
  g_assert_cmpuint (part.n_erase, ==, 3);
  g_assert_cmphex (part.erase[0].opcode, ==, 0x21);
  g_assert_cmphex (part.erase[1].opcode, ==, 0x52);
  g_assert_cmphex (part.erase[2].opcode, ==, 0xD8);
}

/* The table of a later edition, whose last dwords lie beyond what was read. */
static void
test_later_edition (void)
{
  g_autoptr (GBytes) built = ub_flash_part_build_sfdp (ub_flash_part_lookup (0x1C7015));
  gsize size;
  const guint8 *bytes = g_bytes_get_data (built, &size);
  g_autofree guint8 *sfdp = g_memdup2 (bytes, size);
  UbFlashPart part;

  sfdp[0x0B] = 23;
  g_assert_true (ub_flash_part_parse_sfdp (0xABCD42, sfdp, size, &part));
  g_assert_cmpuint (part.size, ==, 2 * 1024 * 1024);
  g_assert_cmpuint (part.n_erase, ==, 3);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sfdp/real", test_real);
  g_test_add_func ("/sfdp/built", test_built);
  g_test_add_func ("/sfdp/changes", test_changes);
  g_test_add_func ("/sfdp/absent", test_absent);
  g_test_add_func ("/sfdp/forms", test_forms);
  g_test_add_func ("/sfdp/later-edition", test_later_edition);
  return g_test_run ();
}

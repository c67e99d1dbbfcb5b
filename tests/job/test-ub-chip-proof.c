/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "job-tester.h"

#include "ub-chip-proof.h"

static void
test_sectors (void)
{
  const struct {
    guint32 address;
    gsize size;
    guint n;
    gsize first_size, last_offset, last_size;
  } rows[] = {
    { 0, 1, 1, 1, 0, 1 },
    { 0, 0x1000, 1, 0x1000, 0, 0x1000 },
    { 0xFFF, 2, 2, 1, 1, 1 },
    { 0x1234, 0x3000, 4, 0xDCC, 0x2DCC, 0x234 },
    { 0x1FF000, 0x1000, 1, 0x1000, 0, 0x1000 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    gsize offset, size;

    g_assert_cmpuint (ub_chip_proof_count_sectors (rows[i].address, rows[i].size), ==, rows[i].n);
    ub_chip_proof_get_sector (rows[i].address, rows[i].size, 0, &offset, &size);
    g_assert_cmpuint (offset, ==, 0);
    g_assert_cmpuint (size, ==, rows[i].first_size);
    ub_chip_proof_get_sector (rows[i].address, rows[i].size, rows[i].n - 1, &offset, &size);
    g_assert_cmpuint (offset, ==, rows[i].last_offset);
    g_assert_cmpuint (size, ==, rows[i].last_size);
  }
}

static UbProof
check (GBytes *content, guint sector)
{
  g_autofree guint8 *proofs = g_new0 (guint8, 512);

  ub_chip_proof_check (0, g_bytes_get_data (content, NULL), g_bytes_get_size (content), proofs);
  return proofs[sector];
}

/* One flipped bit in code makes its sector suspect, one in the storage takes the storage's proof away, and
 * what has no checksum never had one. */
static void
test_check (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) bad_code = job_tester_replace (content, 0x12345, 1, -1);
  g_autoptr (GBytes) bad_storage = job_tester_replace (content, 0x1EF100, 1, -1);
  g_autoptr (GBytes) noise = job_tester_make_content (2 * MIB, 9);

  g_assert_cmpint (check (content, 0x12), ==, UB_PROOF_CHECKSUM);
  g_assert_cmpint (check (bad_code, 0x12), ==, UB_PROOF_SUSPECT);
  g_assert_cmpint (check (bad_code, 0x13), ==, UB_PROOF_CHECKSUM);
  g_assert_cmpint (check (content, 0x1E0), ==, UB_PROOF_NONE);
  g_assert_cmpint (check (content, 0x1EF), ==, UB_PROOF_CHECKSUM);
  g_assert_cmpint (check (bad_storage, 0x1EF), ==, UB_PROOF_NONE);
  for (guint i = 0; i < 512; i++)
    g_assert_cmpint (check (noise, i), !=, UB_PROOF_CHECKSUM);
}

/* A range that begins in the middle of the grid finds the grid all the same; its cut ends prove nothing. */
static void
test_range (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  const guint8 *bytes = g_bytes_get_data (content, NULL);

  g_assert_cmpint (ub_chip_proof_check_code (0x12000, bytes + 0x12000, 0x3000, 0), ==,
                   UB_PROOF_NONE);
  g_assert_cmpint (ub_chip_proof_check_code (0x12000, bytes + 0x12000, 0x3000, 1), ==,
                   UB_PROOF_CHECKSUM);
  g_assert_cmpint (ub_chip_proof_check_code (0x12000, bytes + 0x12000, 0x3000, 2), ==,
                   UB_PROOF_NONE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chip-proof/sectors", test_sectors);
  g_test_add_func ("/chip-proof/check", test_check);
  g_test_add_func ("/chip-proof/range", test_range);
  return g_test_run ();
}

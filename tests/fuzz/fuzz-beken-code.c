/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz.h"

#include "ub-beken-code.h"
#include "ub-calibration.h"
#include "ub-fal.h"
#include "ub-rbl.h"

#include <string.h>

static void
check_blocks (const guint8 *data, gsize size)
{
  g_autofree guint8 *code = g_malloc (size + UB_BEKEN_BLOCK_DATA);
  g_autofree guint8 *flash = g_malloc ((size / UB_BEKEN_BLOCK_DATA + 2) * UB_BEKEN_BLOCK_SIZE);
  UbCrcCount count = { 0 };
  gsize n_flash;
  gsize n_code;

  n_flash = ub_beken_code_add (data, size, flash);
  g_assert_cmpuint (n_flash, ==,
                    (size + UB_BEKEN_BLOCK_DATA - 1) / UB_BEKEN_BLOCK_DATA * UB_BEKEN_BLOCK_SIZE);
  ub_beken_code_count (flash, n_flash, &count);
  g_assert_cmpuint (count.damaged, ==, 0);
  g_assert_cmpuint (count.valid + count.blank, ==, n_flash / UB_BEKEN_BLOCK_SIZE);
  n_code = ub_beken_code_strip (flash, n_flash, code);
  g_assert_cmpuint (n_code, >=, size);
  g_assert_true (memcmp (code, data, size) == 0);

  memset (&count, 0, sizeof count);
  ub_beken_code_count (data, size, &count);
  g_assert_cmpuint (count.valid + count.blank + count.damaged, ==, size / UB_BEKEN_BLOCK_SIZE);
}

/* The cipher undoes itself, whatever the key and wherever the code lies. */
static void
check_cipher (const UbBekenKey *key, guint32 address, const guint8 *data, gsize size)
{
  gsize n_words = size / 4 * 4;
  g_autofree guint8 *code = g_memdup2 (data, n_words);

  if (n_words == 0)
    return;
  ub_beken_code_crypt (key, address & ~31u, code, n_words);
  ub_beken_code_crypt (key, address & ~31u, code, n_words);
  g_assert_true (memcmp (code, data, n_words) == 0);
}

/* Block checksums, the cipher, and the headers behind them. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  UbBekenKey key;
  UbFalTable table;
  UbCalibration calibration;
  UbUgPackage package;
  guint32 address;

  if (size < 20)
    return 0;
  memcpy (key.k, data, 16);
  memcpy (&address, data + 16, 4);
  data += 20;
  size -= 20;
  check_blocks (data, size);
  check_cipher (&key, address, data, size);
  if (size >= UB_BEKEN_BLOCK_DATA)
    ub_beken_key_detect (data, address & 0x10000);
  if (ub_fal_parse (data, size, &table))
    g_assert_cmpuint (table.n, <=, UB_FAL_MAX_PARTITIONS);
  ub_calibration_parse (data, size, &calibration);
  ub_ug_parse (data, size, &package);
  if (size >= UB_RBL_HEADER_SIZE) {
    UbRbl rbl;

    if (ub_rbl_parse (data, &rbl)) {
      g_autoptr (GBytes) code =
          ub_rbl_check_package (&rbl, data + UB_RBL_HEADER_SIZE, size - UB_RBL_HEADER_SIZE);

      ub_rbl_check_plain (&rbl, data + UB_RBL_HEADER_SIZE, size - UB_RBL_HEADER_SIZE);
    }
  }
  return 0;
}

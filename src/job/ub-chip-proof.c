/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-chip-proof"

#include "config.h"

#include "ub-chip-proof.h"

#include "ub-beken-code.h"
#include "ub-flash-part.h"
#include "ub-tuya-storage.h"

/* Data that is no code has a valid block by chance once in 65536, and a sector has 121 of them: three
 * in one sector mean code. */
#define MIN_VALID_BLOCKS 3

/**
 * ub_chip_proof_count_sectors:
 * @address: where a range of the chip begins
 * @size: its bytes, at least 1
 *
 * Returns: how many sectors it touches
 */
guint
ub_chip_proof_count_sectors (guint32 address, gsize size)
{
  return (guint) ((address + size - 1) / UB_SECTOR_SIZE - address / UB_SECTOR_SIZE + 1);
}

/**
 * ub_chip_proof_get_sector:
 * @address: where a range of the chip begins
 * @size: its bytes
 * @index: of a sector it touches, from 0
 * @out_offset: (out): where in the range the sector's part of it begins
 * @out_size: (out): bytes of that part
 */
void
ub_chip_proof_get_sector (
    guint32 address, gsize size, guint index, gsize *out_offset, gsize *out_size)
{
  gsize begin = ((gsize) address / UB_SECTOR_SIZE + index) * UB_SECTOR_SIZE;
  gsize end = MIN (begin + UB_SECTOR_SIZE, address + size);

  begin = MAX (begin, address);
  *out_offset = begin - address;
  *out_size = end - begin;
}

/**
 * ub_chip_proof_check_code:
 * @address: where @content begins on the chip
 * @content: (array length=size): what was read
 * @size: bytes
 * @index: of a sector @content touches, from 0
 *
 * Looks at the CRC blocks of 34 bytes that overlap the sector; their grid begins at 0x0 and also fits
 * the app (2048 × 34 = 0x11000).
 *
 * Returns: %UB_PROOF_CHECKSUM when all that is not blank holds, %UB_PROOF_SUSPECT when the sector is
 *   code of which some blocks do not, or %UB_PROOF_NONE
 */
UbProof
ub_chip_proof_check_code (guint32 address, const guint8 *content, gsize size, guint index)
{
  gsize offset, length;
  gsize block;
  guint valid = 0, damaged = 0;
  gboolean whole = TRUE;

  ub_chip_proof_get_sector (address, size, index, &offset, &length);
  block = (address + offset) / UB_BEKEN_BLOCK_SIZE * UB_BEKEN_BLOCK_SIZE;
  for (; block < address + offset + length; block += UB_BEKEN_BLOCK_SIZE) {
    if (block < address || block + UB_BEKEN_BLOCK_SIZE > address + size) {
      whole = FALSE;
      continue;
    }
    switch (ub_beken_block_check (content + (block - address))) {
    case UB_BLOCK_VALID:
      valid++;
      break;
    case UB_BLOCK_DAMAGED:
      damaged++;
      break;
    case UB_BLOCK_BLANK:
      break;
    }
  }

  if (damaged > 0)
    return valid >= MIN_VALID_BLOCKS ? UB_PROOF_SUSPECT : UB_PROOF_NONE;
  return valid > 0 && whole ? UB_PROOF_CHECKSUM : UB_PROOF_NONE;
}

/* The sectors of Tuya's storage, when every checksum in it holds: the key sector and the data behind. */
static void
check_storage (guint32 address, const guint8 *content, gsize size, guint8 *out_proofs)
{
  UbTuyaStorage *storage = ub_tuya_storage_parse (content, size, address);
  guint first, n;

  if (storage == NULL)
    return;
  if (ub_tuya_storage_is_intact (storage)) {
    first = ub_tuya_storage_get_address (storage) / UB_SECTOR_SIZE - address / UB_SECTOR_SIZE;
    n = ub_tuya_storage_get_n_sectors (storage) + 1;
    for (guint i = first; i < MIN (first + n, ub_chip_proof_count_sectors (address, size)); i++)
      out_proofs[i] = UB_PROOF_CHECKSUM;
  }
  g_object_unref (storage);
}

/**
 * ub_chip_proof_check:
 * @address: where @content begins on the chip
 * @content: (array length=size): what was read
 * @size: bytes
 * @out_proofs: one #UbProof for each of the ub_chip_proof_count_sectors()
 *
 * Finds what proves itself by checksums.
 */
void
ub_chip_proof_check (guint32 address, const guint8 *content, gsize size, guint8 *out_proofs)
{
  guint n_sectors = ub_chip_proof_count_sectors (address, size);

  for (guint i = 0; i < n_sectors; i++)
    out_proofs[i] = ub_chip_proof_check_code (address, content, size, i);
  check_storage (address, content, size, out_proofs);
}

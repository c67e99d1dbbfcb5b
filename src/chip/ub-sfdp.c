/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-sfdp"

#include "config.h"

#include "ub-flash-part.h"

#include <string.h>

/* JEDEC JESD216: an 8-byte header, then 8-byte parameter headers, of which the first is always the
 * basic flash parameter table (BFPT). All numbers are little-endian. */
#define SFDP_HEADER_SIZE 8
#define SFDP_BFPT_POINTER 0x0C
#define SFDP_SIGNATURE "SFDP"
/* Dwords of the table in the first edition (JESD216) and from JESD216A on, which added times. */
#define BFPT_DWORDS 9
#define BFPT_DWORDS_A 16

/* Where this project's own simulated table lies. */
#define BUILT_BFPT_OFFSET 0x30

static guint32
get_dword (const guint8 *bfpt, guint n)
{
  guint32 value;

  memcpy (&value, bfpt + (n - 1) * 4, 4);
  return GUINT32_FROM_LE (value);
}

static void
set_dword (guint8 *bfpt, guint n, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (bfpt + (n - 1) * 4, &value, 4);
}

/* Dword 2: with bit 31 clear the number of bits minus one, else 2 to its power. */
static guint64
get_size (const guint8 *bfpt)
{
  guint32 density = get_dword (bfpt, 2);

  if ((density & 0x80000000u) == 0)
    return ((guint64) density + 1) / 8;
  density &= 0x7FFFFFFFu;
  return density >= 3 && density < 63 ? (guint64) 1 << (density - 3) : 0;
}

/* Dword 10: 7 bits for each erase type, count minus one and a unit of 1, 16, 128 or 1000 ms; bits 3:0
 * hold the factor from typical to maximum, 2 * (count + 1). */
static guint
get_erase_us (guint32 dword10, guint index)
{
  static const guint unit_ms[] = { 1, 16, 128, 1000 };
  guint field = (dword10 >> (4 + 7 * index)) & 0x7F;

  return ((field & 0x1F) + 1) * unit_ms[field >> 5] * 1000;
}

static void
add_erase_type (UbFlashPart *part, const UbEraseType *type)
{
  guint at = part->n_erase;

  if (at == UB_MAX_ERASE_TYPES)
    return;
  while (at > 0 && part->erase[at - 1].size > type->size) {
    part->erase[at] = part->erase[at - 1];
    at--;
  }
  part->erase[at] = *type;
  part->n_erase++;
}

/* Dwords 8 and 9: four pairs of a power of two and an opcode. */
static void
parse_erase_types (const guint8 *bfpt, guint n_dwords, UbFlashPart *part)
{
  const UbEraseType fallback = part->erase[0];

  part->n_erase = 0;
  for (guint i = 0; i < 4; i++) {
    guint8 power = bfpt[7 * 4 + i * 2];
    UbEraseType type = fallback;

    if (power < 12 || power > 16)
      continue;
    type.size = 1u << power;
    type.opcode = bfpt[7 * 4 + i * 2 + 1];
    if (n_dwords >= BFPT_DWORDS_A) {
      guint32 dword10 = get_dword (bfpt, 10);

      type.typical_us = get_erase_us (dword10, i);
      type.max_us = type.typical_us * 2 * ((dword10 & 0xF) + 1);
    } else if (type.size > UB_SECTOR_SIZE) {
      type.typical_us *= 4;
      type.max_us *= 4;
    }
    add_erase_type (part, &type);
  }
}

/* Dword 11: bits 3:0 factor to the maximum, 7:4 page size as a power of two, 12:8 count and 13 unit
 * (8 or 64 us) of a page program. */
static void
parse_program_time (const guint8 *bfpt, UbFlashPart *part)
{
  guint32 dword11 = get_dword (bfpt, 11);
  guint unit_us = (dword11 & (1u << 13)) != 0 ? 64 : 8;

  part->program_typical_us = (((dword11 >> 8) & 0x1F) + 1) * unit_us;
  part->program_max_us = part->program_typical_us * 2 * ((dword11 & 0xF) + 1);
}

/**
 * ub_flash_part_parse_sfdp:
 * @jedec_id: the ID the chip told
 * @sfdp: (array length=n_sfdp): what 5A answered from address 0; vendors place the basic table within the
 *   first 256 bytes
 * @n_sfdp: its length
 * @out_part: (out caller-allocates): the description
 *
 * Size, erase types and times as the flash's own table gives them (JEDEC JESD216 and later); all
 * else, such as the status registers, as ub_flash_part_guess() assumes.
 *
 * Returns: %FALSE when @sfdp holds no such table, or one this project cannot work with: no 4 KiB
 *   erase, or a size that is no power of two or beyond 16 MiB
 */
gboolean
ub_flash_part_parse_sfdp (guint32 jedec_id, const guint8 *sfdp, gsize n_sfdp, UbFlashPart *out_part)
{
  gsize offset;
  guint n_dwords;
  guint64 size;
  const guint8 *bfpt;

  g_return_val_if_fail (sfdp != NULL && out_part != NULL, FALSE);

  if (n_sfdp < SFDP_HEADER_SIZE + 8 || memcmp (sfdp, SFDP_SIGNATURE, 4) != 0)
    return FALSE;
  if (sfdp[SFDP_HEADER_SIZE] != 0x00) /* ID of the basic table */
    return FALSE;
  /* Later editions have up to 23, of which the last need not have been read. */
  n_dwords = MIN (sfdp[SFDP_HEADER_SIZE + 3], BFPT_DWORDS_A);
  offset = sfdp[SFDP_BFPT_POINTER] | (gsize) sfdp[SFDP_BFPT_POINTER + 1] << 8 |
           (gsize) sfdp[SFDP_BFPT_POINTER + 2] << 16;
  if (n_dwords < BFPT_DWORDS || offset > n_sfdp || n_sfdp - offset < n_dwords * 4)
    return FALSE;

  bfpt = sfdp + offset;
  size = get_size (bfpt);
  if (size < 64 * 1024 || size > 16 * 1024 * 1024 || (size & (size - 1)) != 0)
    return FALSE;

  /* Any capacity byte does here: the table overrides the size. */
  ub_flash_part_guess ((jedec_id & 0xFFFF00) | 0x15, out_part);
  out_part->jedec_id = jedec_id;
  out_part->size = (guint32) size;
  out_part->has_sfdp = TRUE;
  out_part->origin = UB_FLASH_PART_SFDP;
  parse_erase_types (bfpt, n_dwords, out_part);
  if (out_part->n_erase == 0 || out_part->erase[0].size != UB_SECTOR_SIZE)
    return FALSE;
  if (n_dwords >= BFPT_DWORDS_A)
    parse_program_time (bfpt, out_part);
  return TRUE;
}

/* The smallest count and unit of dword 10 that is not below @us. */
static guint32
encode_erase_us (guint us)
{
  static const guint unit_ms[] = { 1, 16, 128, 1000 };

  for (guint unit = 0; unit < G_N_ELEMENTS (unit_ms); unit++) {
    guint count = (us + unit_ms[unit] * 1000 - 1) / (unit_ms[unit] * 1000);

    if (count <= 32)
      return unit << 5 | (MAX (count, 1) - 1);
  }
  return 0x7F;
}

/**
 * ub_flash_part_build_sfdp:
 * @part: a part
 *
 * The table that the simulated module answers 5A with.
 *
 * Returns: (transfer full): a header and a basic table of 16 dwords (JESD216A) that describe @part
 */
GBytes *
ub_flash_part_build_sfdp (const UbFlashPart *part)
{
  static const guint8 header[] = {
    'S',  'F',  'D', 'P', 0x05, 0x01, 0x00, 0xFF, 0x00, 0x05, 1, 16, BUILT_BFPT_OFFSET,
    0x00, 0x00, 0xFF
  };
  guint8 sfdp[BUILT_BFPT_OFFSET + BFPT_DWORDS_A * 4];
  guint8 *bfpt = sfdp + BUILT_BFPT_OFFSET;
  guint32 dword10 = 0;
  guint count, factor = 1;

  g_return_val_if_fail (part != NULL, NULL);

  memset (sfdp, 0xFF, sizeof sfdp);
  memcpy (sfdp, header, sizeof header);
  memset (bfpt, 0, BFPT_DWORDS_A * 4);

  /* 4 KiB erase with its opcode, write granularity of a page, 3-byte addresses. */
  set_dword (bfpt, 1, 0xFF800005u | (guint32) part->erase[0].opcode << 8);
  set_dword (bfpt, 2, part->size * 8u - 1);
  for (guint i = 0; i < part->n_erase; i++) {
    bfpt[7 * 4 + i * 2] = (guint8) g_bit_nth_msf (part->erase[i].size, -1);
    bfpt[7 * 4 + i * 2 + 1] = part->erase[i].opcode;
    dword10 |= encode_erase_us (part->erase[i].typical_us) << (4 + 7 * i);
    factor = MAX (factor, (part->erase[i].max_us + part->erase[i].typical_us * 2 - 1) /
                              (part->erase[i].typical_us * 2));
  }
  set_dword (bfpt, 10, dword10 | (MIN (factor, 16) - 1));
  count = (part->program_typical_us + 63) / 64;
  factor = (part->program_max_us + count * 128 - 1) / (count * 128);
  set_dword (bfpt, 11,
             (guint32) (CLAMP (count, 1, 32) - 1) << 8 | 1u << 13 | 8u << 4 |
                 (CLAMP (factor, 1, 16) - 1));
  return g_bytes_new (sfdp, sizeof sfdp);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-fal"

#include "config.h"

#include "ub-fal.h"

#include "ub-beken-code.h"

#include <string.h>

#define ENTRY_SIZE 64
#define MAGIC "01PE" /* FAL_PART_MAGIC_WROD of RT-Thread's fal_partition.c, in memory order */
#define MAX_FLASH_SIZE (16 * 1024 * 1024)

/* A name is printable and filled up with zeros; the magic alone also occurs as a constant in code. */
static gboolean
parse_name (char *out, const guint8 *field)
{
  gsize n = 0;

  while (n < 24 && field[n] != 0) {
    if (!g_ascii_isgraph ((char) field[n]))
      return FALSE;
    out[n] = (char) field[n];
    n++;
  }
  if (n == 0 || n == 24)
    return FALSE;
  out[n] = '\0';
  return TRUE;
}

static guint32
read_le32 (const guint8 *p)
{
  return (guint32) p[0] | ((guint32) p[1] << 8) | ((guint32) p[2] << 16) | ((guint32) p[3] << 24);
}

static gboolean
parse_entry (const guint8 *entry, guint32 at, UbFalPartition *out)
{
  memset (out, 0, sizeof *out);
  if (memcmp (entry, MAGIC, 4) != 0 || !parse_name (out->name, entry + 4) ||
      !parse_name (out->flash, entry + 28))
    return FALSE;
  out->at = at;
  out->offset = read_le32 (entry + 52);
  out->length = read_le32 (entry + 56);
  return out->length > 0 && out->offset < MAX_FLASH_SIZE && out->length <= MAX_FLASH_SIZE;
}

/**
 * ub_fal_parse:
 * @code: a bootloader without CRC16s, in the clear (BK7231N keeps the table in the clear in any case)
 * @size: bytes
 * @out_table: (out caller-allocates): the partitions, in their order
 *
 * Finds the partition table: entries of 64 bytes, `01PE`, name[24], flash[24], u32 offset, u32 length, u32.
 *
 * Returns: whether there is one
 */
gboolean
ub_fal_parse (const guint8 *code, gsize size, UbFalTable *out_table)
{
  gsize at = 0;

  out_table->n = 0;
  while (out_table->n < UB_FAL_MAX_PARTITIONS && at < size && size - at >= ENTRY_SIZE) {
    const guint8 *hit = memmem (code + at, size - at, MAGIC, 4);
    gsize hit_at;

    if (hit == NULL)
      break;
    hit_at = (gsize) (hit - code);
    if (size - hit_at < ENTRY_SIZE)
      break;
    if (parse_entry (hit, (guint32) hit_at, &out_table->partitions[out_table->n])) {
      out_table->n++;
      at = hit_at + ENTRY_SIZE;
    } else {
      at = hit_at + 4;
    }
  }
  return out_table->n > 0;
}

/**
 * ub_fal_find:
 * @table: a table
 * @name: a partition's name
 *
 * Returns: (transfer none) (nullable): that partition
 */
const UbFalPartition *
ub_fal_find (const UbFalTable *table, const char *name)
{
  for (guint i = 0; i < table->n; i++) {
    if (strcmp (table->partitions[i].name, name) == 0)
      return &table->partitions[i];
  }
  return NULL;
}

/**
 * ub_fal_partition_has_crc:
 * @partition: a partition
 *
 * Returns: whether it is seen through the CRC blocks
 */
gboolean
ub_fal_partition_has_crc (const UbFalPartition *partition)
{
  return strstr (partition->flash, "crc") != NULL;
}

/**
 * ub_fal_partition_get_address:
 * @partition: a partition
 *
 * Returns: where it begins on the flash
 */
guint32
ub_fal_partition_get_address (const UbFalPartition *partition)
{
  if (!ub_fal_partition_has_crc (partition))
    return partition->offset;
  return (guint32) ub_beken_code_to_physical (partition->offset);
}

/**
 * ub_fal_partition_get_end:
 * @partition: a partition
 *
 * Returns: where it ends on the flash: the address of the first byte behind it
 */
guint32
ub_fal_partition_get_end (const UbFalPartition *partition)
{
  if (!ub_fal_partition_has_crc (partition))
    return partition->offset + partition->length;
  return (guint32) ub_beken_code_to_physical ((gsize) partition->offset + partition->length);
}

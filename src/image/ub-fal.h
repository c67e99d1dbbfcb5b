/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define UB_FAL_MAX_PARTITIONS 16

/**
 * UbFalPartition:
 * @at: logical address of the entry in the bootloader
 * @name: such as `app`
 * @flash: `beken_onchip_crc` for code in CRC blocks, `beken_onchip` for flash as it is
 * @offset: where it begins; logical for `beken_onchip_crc`, physical otherwise
 * @length: bytes, likewise
 */
typedef struct {
  guint32 at;
  char name[25];
  char flash[25];
  guint32 offset;
  guint32 length;
} UbFalPartition;

/**
 * UbFalTable:
 *
 * The partition table of RT-Thread's flash abstraction layer, which the bootloader carries.
 */
typedef struct {
  guint n;
  UbFalPartition partitions[UB_FAL_MAX_PARTITIONS];
} UbFalTable;

gboolean ub_fal_parse (const guint8 *code, gsize size, UbFalTable *out_table);
const UbFalPartition *ub_fal_find (const UbFalTable *table, const char *name);
gboolean ub_fal_partition_has_crc (const UbFalPartition *partition);
guint32 ub_fal_partition_get_address (const UbFalPartition *partition);
guint32 ub_fal_partition_get_end (const UbFalPartition *partition);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-tuya-crypt.h"
#include "ub-tuya-storage.h"

G_BEGIN_DECLS

#define UB_TUYA_PAGE_SIZE 128
#define UB_TUYA_N_PAGES (UB_TUYA_SECTOR_SIZE / UB_TUYA_PAGE_SIZE)

/**
 * UbTuyaSector:
 * @offset: of the sector in the flash bytes that were searched
 * @is_intact: whether its magic and sum are right; nothing below may be trusted otherwise
 * @is_known: whether its magic is right, so that @id and @generation are most likely what they were
 * @id: of the block it holds
 * @generation: grows with every write of the block; the highest is the current one
 * @index_pages: bit p is set where page p is an index page
 * @plain: the decrypted sector
 */
typedef struct {
  gsize offset;
  gboolean is_intact;
  gboolean is_known;
  guint16 id;
  guint32 generation;
  guint32 index_pages;
  guint8 plain[UB_TUYA_SECTOR_SIZE];
} UbTuyaSector;

/**
 * UbTuyaBlock:
 * @sector: its current copy
 * @is_doubtful: whether a damaged sector may have held a newer copy
 */
typedef struct {
  const UbTuyaSector *sector;
  gboolean is_doubtful;
} UbTuyaBlock;

/**
 * UbTuyaArena:
 * @has_key_sector: whether there is a key sector; without one the key is the protected sector's
 * @key_intact: whether the sum of the key sector is right
 * @key_offset: of the key sector
 * @has_protected: whether there is a protected sector
 * @protected_intact: whether its sum is right
 * @protected_offset: of the protected sector
 * @generation: which SDK wrote it
 * @data_key: key of the data sectors and of the inner layer of the protected sector
 * @sectors: (element-type UbTuyaSector): the data sectors, by offset
 * @n_missing: data sectors that are not there at all: cut off
 * @is_incomplete: whether a block has no intact copy
 * @blocks: (element-type guint UbTuyaBlock): current copy of each block by its id
 */
typedef struct {
  gboolean has_key_sector;
  gboolean key_intact;
  gsize key_offset;
  gboolean has_protected;
  gboolean protected_intact;
  gsize protected_offset;
  UbTuyaGeneration generation;
  guint8 data_key[UB_TUYA_KEY_SIZE];
  GPtrArray *sectors;
  guint n_missing;
  gboolean is_incomplete;
  GHashTable *blocks;
} UbTuyaArena;

UbTuyaArena *ub_tuya_arena_find (const guint8 *flash, gsize size, guint32 base_address);
void ub_tuya_arena_free (UbTuyaArena *self);
const UbTuyaBlock *ub_tuya_arena_get_block (UbTuyaArena *self, guint16 id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbTuyaArena, ub_tuya_arena_free)

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-arena"

#include "config.h"

#include "ub-tuya-arena.h"

#include <string.h>

/* First words of decrypted sectors: bk7231tools, BK7231GUIFlashTool; classic checked on 26 dumps. */
#define KEY_MAGIC 0x13579753
#define CLASSIC_MAGIC 0x98761234
#define OS3_MAGIC 0x135726AB

/* A classic storage has this many data sectors right behind its key sector (26 of 26 dumps). */
#define N_CLASSIC_SECTORS 17

/* Damaged sectors in a row that do not end a run of data sectors. */
#define MAX_GAP 4

/* More key sectors than this are no device's; the bound keeps a hostile file from taking minutes. */
#define MAX_KEYS 8

typedef struct {
  gsize offset;
  gboolean is_protected;
  gboolean is_intact;
  guint8 key[UB_TUYA_KEY_SIZE];
} Key;

typedef struct {
  const guint8 *flash;
  gsize size;
  gsize first; /* offset of the first whole sector */
  guint64 flash_end; /* address behind the last byte */
} Scan;

typedef struct {
  gsize start;
  gsize end; /* 0: there is none */
  guint n_intact;
} Run;

static const guint32 magics[] = {
  [UB_TUYA_GENERATION_CLASSIC] = CLASSIC_MAGIC,
  [UB_TUYA_GENERATION_OS3] = OS3_MAGIC,
};

static guint32
get_u32 (const guint8 *data)
{
  return (guint32) data[0] | (guint32) data[1] << 8 | (guint32) data[2] << 16 |
         (guint32) data[3] << 24;
}

static guint16
get_u16 (const guint8 *data)
{
  return data[0] | data[1] << 8;
}

/* What is behind the key in its sector: nothing, encrypted (26 of 26 dumps). */
static gboolean
is_blank (const guint8 *data, gsize size)
{
  return data[0] == 0xFF && memcmp (data, data + 1, size - 1) == 0;
}

/* Key sector: magic, sum of the key, key, nothing. Protected sector: magic, sum of all that follows, key, records.
 * The sum tells them apart: that of 16 bytes cannot be as large. */
static GArray *
find_keys (const Scan *scan)
{
  GArray *keys = g_array_new (FALSE, FALSE, sizeof (Key));
  guint8 plain[UB_TUYA_SECTOR_SIZE];

  for (gsize at = scan->first; at + UB_TUYA_SECTOR_SIZE <= scan->size && keys->len < MAX_KEYS;
       at += UB_TUYA_SECTOR_SIZE) {
    Key key = { .offset = at };

    ub_tuya_decrypt_master (scan->flash + at, UB_TUYA_KEY_SIZE, plain);
    if (get_u32 (plain) != KEY_MAGIC)
      continue;
    ub_tuya_decrypt_master (scan->flash + at, UB_TUYA_SECTOR_SIZE, plain);
    memcpy (key.key, plain + 8, UB_TUYA_KEY_SIZE);
    key.is_protected = get_u32 (plain + 4) > UB_TUYA_KEY_SIZE * 0xFF;
    if (key.is_protected)
      key.is_intact = ub_tuya_sum (plain + 8, UB_TUYA_SECTOR_SIZE - 8) == get_u32 (plain + 4);
    else
      key.is_intact =
          ub_tuya_sum (key.key, UB_TUYA_KEY_SIZE) == get_u32 (plain + 4) &&
          is_blank (plain + 8 + UB_TUYA_KEY_SIZE, UB_TUYA_SECTOR_SIZE - 8 - UB_TUYA_KEY_SIZE);
    g_array_append_val (keys, key);
  }
  return keys;
}

static UbTuyaSector *
read_sector (const Scan *scan, gsize at, const guint8 *data_key, guint32 magic)
{
  UbTuyaSector *sector = g_new0 (UbTuyaSector, 1);
  guint map_size;

  sector->offset = at;
  ub_tuya_decrypt (data_key, scan->flash + at, UB_TUYA_SECTOR_SIZE, sector->plain);
  sector->is_known = get_u32 (sector->plain) == magic;
  sector->is_intact =
      sector->is_known &&
      ub_tuya_sum (sector->plain + 8, UB_TUYA_SECTOR_SIZE - 8) == get_u32 (sector->plain + 4);
  sector->id = get_u16 (sector->plain + 8);
  sector->generation = get_u32 (sector->plain + 10);
  map_size = sector->plain[14];
  for (guint page = 1; page < UB_TUYA_N_PAGES && page / 8 < map_size; page++) {
    if ((sector->plain[15 + page / 8] & 1 << page % 8) != 0)
      sector->index_pages |= 1u << page;
  }
  return sector;
}

/* The run of sectors that begin with the magic which has the most intact ones. */
static Run
find_run (const Scan *scan, const guint8 *data_key, guint32 magic)
{
  Run best = { 0 };
  Run run = { 0 };

  for (gsize at = scan->first; at + UB_TUYA_SECTOR_SIZE <= scan->size; at += UB_TUYA_SECTOR_SIZE) {
    g_autofree UbTuyaSector *sector = NULL;
    guint8 head[UB_TUYA_KEY_SIZE];

    ub_tuya_decrypt (data_key, scan->flash + at, sizeof head, head);
    if (get_u32 (head) != magic)
      continue;
    if (run.end == 0 || at - run.end > MAX_GAP * UB_TUYA_SECTOR_SIZE)
      run = (Run) { .start = at };
    run.end = at + UB_TUYA_SECTOR_SIZE;
    sector = read_sector (scan, at, data_key, magic);
    if (sector->is_intact)
      run.n_intact++;
    if (best.end == 0 || run.start == best.start || run.n_intact > best.n_intact)
      best = run;
  }
  return best;
}

/* The key sector a run belongs to: where several hold the same key, the last one before the run. */
static const Key *
find_key_of_run (GArray *keys, const Key *key, const Run *run, gboolean is_protected)
{
  const Key *found = NULL;

  for (guint i = 0; i < keys->len; i++) {
    const Key *other = &g_array_index (keys, Key, i);

    if (other->is_protected == is_protected &&
        memcmp (other->key, key->key, UB_TUYA_KEY_SIZE) == 0 &&
        (found == NULL || run->end == 0 || other->offset < run->start))
      found = other;
  }
  return found;
}

/* A protected sector whose head is damaged. The head is two blocks of the cipher: magic, sum and half of the key; the
 * other half, the length of the records and FFFFFFFF. The one that is whole tells. (A key sector has FF in place of
 * the length.) */
static gboolean
find_damaged_protected (const Scan *scan, GArray *keys, const Key *key, gsize *out_offset)
{
  const gsize half = UB_TUYA_KEY_SIZE, key_half = UB_TUYA_KEY_SIZE / 2;

  for (guint i = 0; i < keys->len; i++) {
    const Key *other = &g_array_index (keys, Key, i);

    *out_offset = other->offset;
    if (other->is_protected && memcmp (other->key, key->key, key_half) == 0)
      return TRUE;
  }
  for (gsize at = scan->first; at + UB_TUYA_SECTOR_SIZE <= scan->size; at += UB_TUYA_SECTOR_SIZE) {
    guint8 plain[UB_TUYA_KEY_SIZE];

    ub_tuya_decrypt_master (scan->flash + at + half, sizeof plain, plain);
    *out_offset = at;
    if (memcmp (plain, key->key + key_half, key_half) == 0 && get_u32 (plain + 8) != 0xFFFFFFFF &&
        get_u32 (plain + 12) == 0xFFFFFFFF)
      return TRUE;
  }
  return FALSE;
}

/*
 * A damaged or erased sector at an edge does not show its magic; the place of the storage does. Data begins right
 * behind the key sector. A classic storage has a fixed size; of TuyaOS 3 it is known only that it may reach to the
 * end of the flash, so that a short gap there belongs to it. Flash sizes are whole mebibytes.
 */
static void
extend_run (const Scan *scan, UbTuyaArena *self, Run *run)
{
  gsize start = self->key_offset + UB_TUYA_SECTOR_SIZE;
  gsize end = start + N_CLASSIC_SECTORS * UB_TUYA_SECTOR_SIZE;
  gboolean is_whole = scan->flash_end % 0x100000 == 0;

  if (run->start < start || run->start - start > MAX_GAP * UB_TUYA_SECTOR_SIZE)
    return;
  run->start = start;
  if (self->generation != UB_TUYA_GENERATION_CLASSIC) {
    if (!is_whole || scan->size - run->end > MAX_GAP * UB_TUYA_SECTOR_SIZE)
      return;
    end = scan->size;
  }
  while (run->end < end && run->end + UB_TUYA_SECTOR_SIZE <= scan->size)
    run->end += UB_TUYA_SECTOR_SIZE;
  /* Storage that ends with the flash itself may be smaller. */
  if (run->end < end && !is_whole)
    self->n_missing = (end - run->end) / UB_TUYA_SECTOR_SIZE;
}

static void
choose_blocks (UbTuyaArena *self)
{
  guint n_unknown = self->n_missing;
  guint n_absent = 0;
  guint n_ids = 0;

  for (guint i = 0; i < self->sectors->len; i++) {
    UbTuyaSector *sector = g_ptr_array_index (self->sectors, i);
    UbTuyaBlock *block = g_hash_table_lookup (self->blocks, GUINT_TO_POINTER (sector->id));

    if (!sector->is_intact)
      continue;
    if (block == NULL) {
      block = g_new0 (UbTuyaBlock, 1);
      g_hash_table_insert (self->blocks, GUINT_TO_POINTER (sector->id), block);
      n_ids = MAX (n_ids, (guint) sector->id + 1);
    }
    if (block->sector == NULL || sector->generation > block->sector->generation)
      block->sector = sector;
  }

  for (guint i = 0; i < self->sectors->len; i++) {
    UbTuyaSector *sector = g_ptr_array_index (self->sectors, i);
    UbTuyaBlock *block = g_hash_table_lookup (self->blocks, GUINT_TO_POINTER (sector->id));

    if (!sector->is_known)
      n_unknown++;
    else if (!sector->is_intact && block != NULL && sector->generation > block->sector->generation)
      block->is_doubtful = TRUE;
  }

  /* A block that is gone explains one unreadable sector; any other may have been newer than the
   * copy that is left of its block, whichever that is. Blocks are numbered from 0 without gaps. */
  for (guint id = 0; id < n_ids; id++) {
    if (g_hash_table_lookup (self->blocks, GUINT_TO_POINTER (id)) == NULL)
      n_absent++;
  }
  self->is_incomplete = n_absent > 0;
  if (n_unknown > n_absent) {
    GHashTableIter iter;
    gpointer block;

    g_hash_table_iter_init (&iter, self->blocks);
    while (g_hash_table_iter_next (&iter, NULL, &block))
      ((UbTuyaBlock *) block)->is_doubtful = TRUE;
  }
}

/* Which key, third share and generation fit the data best; the first of equals, so that it is
 * always the same. */
static gboolean
choose_run (const Scan *scan, GArray *keys, UbTuyaArena *self, Run *out_run, const Key **out_key)
{
  for (guint i = 0; i < keys->len; i++) {
    const Key *key = &g_array_index (keys, Key, i);

    for (guint part = 0; part < UB_TUYA_N_KEY_PARTS; part++) {
      guint8 data_key[UB_TUYA_KEY_SIZE];

      ub_tuya_derive_key (key->key, part, data_key);
      for (guint generation = 0; generation < G_N_ELEMENTS (magics); generation++) {
        Run run = find_run (scan, data_key, magics[generation]);

        if (run.end == 0 || (out_run->end != 0 && run.n_intact <= out_run->n_intact))
          continue;
        *out_run = run;
        *out_key = key;
        self->generation = generation;
        memcpy (self->data_key, data_key, sizeof data_key);
      }
    }
  }
  return out_run->end != 0;
}

/**
 * ub_tuya_arena_find:
 * @flash: bytes of a flash, or of a part of one
 * @size: how many
 * @base_address: where on the flash they begin
 *
 * Finds the sectors of a Tuya key-value storage and decrypts them.
 *
 * Returns: (transfer full) (nullable): the storage, or %NULL where there is none
 */
UbTuyaArena *
ub_tuya_arena_find (const guint8 *flash, gsize size, guint32 base_address)
{
  Scan scan = { .flash = flash,
                .size = size,
                .first = -base_address % UB_TUYA_SECTOR_SIZE,
                .flash_end = (guint64) base_address + size };
  g_autoptr (GArray) keys = find_keys (&scan);
  g_autoptr (UbTuyaArena) self = NULL;
  const Key *key = keys->len > 0 ? &g_array_index (keys, Key, 0) : NULL;
  const Key *owner;
  Run run = { 0 };

  if (key == NULL)
    return NULL;

  self = g_new0 (UbTuyaArena, 1);
  self->sectors = g_ptr_array_new_with_free_func (g_free);
  self->blocks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  if (!choose_run (&scan, keys, self, &run, &key))
    ub_tuya_derive_key (key->key, 0, self->data_key);

  owner = find_key_of_run (keys, key, &run, FALSE);
  if (owner != NULL) {
    self->has_key_sector = TRUE;
    self->key_intact = owner->is_intact;
    self->key_offset = owner->offset;
  }
  owner = find_key_of_run (keys, key, &run, TRUE);
  if (owner != NULL) {
    self->has_protected = TRUE;
    self->protected_intact = owner->is_intact;
    self->protected_offset = owner->offset;
  } else {
    self->has_protected = find_damaged_protected (&scan, keys, key, &self->protected_offset);
  }

  if (run.end != 0 && self->has_key_sector)
    extend_run (&scan, self, &run);
  for (gsize at = run.start; at < run.end; at += UB_TUYA_SECTOR_SIZE)
    g_ptr_array_add (self->sectors,
                     read_sector (&scan, at, self->data_key, magics[self->generation]));
  choose_blocks (self);
  return g_steal_pointer (&self);
}

void
ub_tuya_arena_free (UbTuyaArena *self)
{
  g_ptr_array_unref (self->sectors);
  g_hash_table_unref (self->blocks);
  g_free (self);
}

/**
 * ub_tuya_arena_get_block:
 * @self: a storage
 * @id: of a block
 *
 * Returns: (transfer none) (nullable): the block's current copy, or %NULL where no intact one is left
 */
const UbTuyaBlock *
ub_tuya_arena_get_block (UbTuyaArena *self, guint16 id)
{
  return g_hash_table_lookup (self->blocks, GUINT_TO_POINTER ((guint) id));
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-code"

#include "config.h"

#include "ub-image-analysis-private.h"

#include "ub-composition.h"

#include <string.h>

#define SECTOR_SIZE 4096

/* No app reaches beyond the calibration of the family that has it lowest. */
#define MAX_CODE_END UB_CALIBRATION_ADDRESS_N

/* With fewer valid blocks than this, valid ones may be chance (one false hit was seen in 25 dumps). */
#define MIN_VALID_BLOCKS 3

static gboolean
is_all_ff (const guint8 *data, gsize size)
{
  for (gsize i = 0; i < size; i++) {
    if (data[i] != 0xFF)
      return FALSE;
  }
  return TRUE;
}

/* A sector boundary runs through the damaged block, and all before it is erased: new code ended before, and
 * what follows was left over by an older, longer app. Tools that write whole sectors leave such seams. */
static gboolean
is_seam (const guint8 *block, guint32 address, gboolean after_blank)
{
  guint32 before = (SECTOR_SIZE - address % SECTOR_SIZE) % SECTOR_SIZE;

  return after_blank && before > 0 && before < UB_BEKEN_BLOCK_SIZE && is_all_ff (block, before);
}

static void
note_damage (UbCodeArea *area, guint32 address)
{
  if (area->n_runs > 0) {
    guint last = area->n_runs - 1;

    if (area->runs[last].address + area->runs[last].blocks * UB_BEKEN_BLOCK_SIZE == address) {
      area->runs[last].blocks++;
      return;
    }
  }
  if (area->n_runs < UB_MAX_DAMAGED_RUNS) {
    area->runs[area->n_runs].address = address;
    area->runs[area->n_runs].blocks = 1;
    area->n_runs++;
  }
}

/* Whether @address is in a block that a header off the grid lies across: it is the header's, whose own
 * checksums hold. */
static gboolean
is_under_header (UbImageAnalysis *self, guint first_rbl, guint32 address)
{
  for (guint i = first_rbl; i < self->n_rbl; i++) {
    const UbRbl *rbl = &self->rbl[i];

    if (!rbl->on_grid && address + UB_BEKEN_BLOCK_SIZE > rbl->address &&
        address < rbl->address + UB_RBL_CODED_SIZE)
      return TRUE;
  }
  return FALSE;
}

/* Counts blocks, finds damaged ones, and tells how far the code reaches. */
static gsize
count_blocks (
    UbImageAnalysis *self, UbCodeArea *area, const guint8 *data, gsize size, guint first_rbl)
{
  gboolean after_blank = FALSE, stale = FALSE;
  gsize used = 0;

  for (gsize i = 0; size - i >= UB_BEKEN_BLOCK_SIZE; i += UB_BEKEN_BLOCK_SIZE) {
    guint32 address = area->address + (guint32) i;

    if (is_under_header (self, first_rbl, address)) {
      after_blank = FALSE;
      continue;
    }
    switch (ub_beken_block_check (data + i)) {
    case UB_BLOCK_VALID:
      area->crc.valid++;
      after_blank = FALSE;
      used = i + UB_BEKEN_BLOCK_SIZE;
      break;
    case UB_BLOCK_BLANK:
      area->crc.blank++;
      after_blank = TRUE;
      break;
    case UB_BLOCK_DAMAGED:
      area->crc.damaged++;
      stale = stale || is_seam (data + i, address, after_blank);
      if (stale)
        area->n_stale++;
      else
        note_damage (area, address);
      after_blank = FALSE;
      used = i + UB_BEKEN_BLOCK_SIZE;
      break;
    }
  }
  return used;
}

static gboolean
read_coded_rbl (const guint8 *block, UbRbl *out_rbl)
{
  guint8 header[UB_RBL_HEADER_SIZE];

  ub_beken_code_strip (block, UB_RBL_CODED_SIZE, header);
  return ub_rbl_parse (header, out_rbl);
}

static gboolean
are_blocks_valid (const guint8 *block, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (ub_beken_block_check (block + i * UB_BEKEN_BLOCK_SIZE) != UB_BLOCK_VALID)
      return FALSE;
  }
  return TRUE;
}

/* Headers of the code, on the grid of its blocks; or, in a partition whose length is no multiple of a block, such
 * as that of 956 KiB in which the BK7231T SDK packs apps (its tools/generate/mpytools.py), at the end of that, off
 * the grid. There only a whole one counts. */
static void
find_rbl_headers (UbImageAnalysis *self, const UbCodeArea *area, const guint8 *data, gsize size)
{
  for (gsize from = 0; from < size && self->n_rbl < UB_MAX_RBL;) {
    const guint8 *hit = memmem (data + from, size - from, "RBL", 4);
    gsize offset;
    gboolean on_grid;
    UbRbl rbl;

    if (hit == NULL || (gsize) (hit - data) + UB_RBL_CODED_SIZE > size)
      return;
    offset = (gsize) (hit - data);
    from = offset + 4;
    on_grid = offset % UB_BEKEN_BLOCK_SIZE == 0;
    if (!read_coded_rbl (hit, &rbl))
      continue;
    if (!on_grid &&
        !(rbl.header_ok && are_blocks_valid (hit, UB_RBL_CODED_SIZE / UB_BEKEN_BLOCK_SIZE)))
      continue;
    rbl.address = area->address + (guint32) offset;
    rbl.on_grid = on_grid;
    self->rbl[self->n_rbl++] = rbl;
  }
}

/* The header vouches for the code before it: damage elsewhere in the partition is none of the code's. Of several,
 * the one that describes the code counts; else the last whole one. */
static void
choose_rbl (
    UbImageAnalysis *self, UbCodeArea *area, guint first_rbl, const guint8 *code, gsize size)
{
  for (guint i = first_rbl; i < self->n_rbl && !area->proven; i++) {
    UbRbl *rbl = &self->rbl[i];

    ub_rbl_check_plain (
        rbl, code,
        MIN (size, (rbl->address - area->address) / UB_BEKEN_BLOCK_SIZE * UB_BEKEN_BLOCK_DATA));
    area->proven = rbl->payload_crc == UB_CHECK_GOOD && rbl->payload_fnv == UB_CHECK_GOOD;
    if (area->proven || area->rbl < 0 || rbl->header_ok)
      area->rbl = (gint) i;
  }
}

static gboolean
is_damage_in_code (UbImageAnalysis *self, const UbCodeArea *area)
{
  guint32 end, header;

  if (area->n_runs == 0)
    return FALSE;
  if (!area->proven || area->n_runs == UB_MAX_DAMAGED_RUNS)
    return TRUE;
  header = self->rbl[area->rbl].address;
  end = area->address + (guint32) ub_beken_code_to_physical (self->rbl[area->rbl].size_raw +
                                                             UB_BEKEN_BLOCK_DATA - 1);
  for (guint i = 0; i < area->n_runs; i++) {
    guint32 first = area->runs[i].address;
    guint32 behind = first + area->runs[i].blocks * UB_BEKEN_BLOCK_SIZE;

    if (first < end || (behind > header && first < header + UB_RBL_CODED_SIZE))
      return TRUE;
  }
  return FALSE;
}

static UbCodeState
get_state (UbImageAnalysis *self, const UbCodeArea *area)
{
  if (area->crc.valid == 0 && area->crc.damaged == 0)
    return UB_CODE_BLANK;
  if (area->crc.valid < MIN_VALID_BLOCKS)
    return UB_CODE_FOREIGN;
  if (area->key == UB_BEKEN_KEY_UNKNOWN && area->crc.damaged > area->crc.valid)
    return UB_CODE_FOREIGN;
  if (area->cut || is_damage_in_code (self, area))
    return UB_CODE_DAMAGED;
  return UB_CODE_GOOD;
}

/* Fills in @area from @address to @end, as far as the content reaches; gives back the code without CRC16s, from
 * its first byte to its last block in use. */
static guint8 *
examine_area (UbImageAnalysis *self, UbCodeArea *area, guint32 address, guint32 end, gsize *out_n)
{
  gsize size, n, used, whole;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  guint first_rbl = self->n_rbl;
  guint8 *code;

  *out_n = 0;
  area->address = area->end = address;
  area->rbl = -1;
  area->state = UB_CODE_ABSENT;
  if (address < self->address || address - self->address >= size)
    return NULL;
  data += address - self->address;
  n = MIN (size - (address - self->address), end - address);
  area->end = address + (guint32) n;

  find_rbl_headers (self, area, data, n);
  used = count_blocks (self, area, data, n, first_rbl);
  whole = n / UB_BEKEN_BLOCK_SIZE * UB_BEKEN_BLOCK_SIZE;
  if (area->end < end && !is_under_header (self, first_rbl, address + (guint32) whole))
    area->cut = !is_all_ff (data + whole, n - whole);
  code = g_malloc (MAX (used / UB_BEKEN_BLOCK_SIZE, 1) * UB_BEKEN_BLOCK_DATA);
  *out_n = ub_beken_code_strip (data, used, code);
  choose_rbl (self, area, first_rbl, code, *out_n);
  return code;
}

static void
examine_boot (UbImageAnalysis *self)
{
  gsize n;
  g_autofree guint8 *code = examine_area (self, &self->boot, 0, UB_APP_ADDRESS, &n);
  UbBekenKeyId key;

  if (code == NULL)
    return;
  if (n < UB_BEKEN_BLOCK_DATA) {
    self->boot.state = self->boot.cut ? UB_CODE_DAMAGED : UB_CODE_BLANK;
    return;
  }
  key = self->boot.key = ub_beken_key_detect (code, 0);
  /* A bootloader whose first block is damaged still tells its version, if the key is the usual one. */
  if (key == UB_BEKEN_KEY_UNKNOWN)
    key = UB_BEKEN_KEY_TUYA;
  self->has_fal = ub_fal_parse (code, n, &self->fal);
  ub_beken_code_crypt (ub_beken_key_get (key), 0, code, n);
  if (!self->has_fal)
    self->has_fal = ub_fal_parse (code, n, &self->fal);
  ub_bootloader_find_version (code, n, &self->boot_name, &self->boot_version);
  self->boot.state = get_state (self, &self->boot);
}

static void
examine_app (UbImageAnalysis *self, guint32 end)
{
  gsize n;
  g_autofree guint8 *code = examine_area (self, &self->app, UB_APP_ADDRESS, end, &n);

  if (code == NULL)
    return;
  if (n < UB_BEKEN_BLOCK_DATA) {
    self->app.state = self->app.cut ? UB_CODE_DAMAGED : UB_CODE_BLANK;
    return;
  }
  self->app.key = ub_beken_key_detect (code, 0x10000);
  ub_beken_code_crypt (
      ub_beken_key_get (self->app.key != UB_BEKEN_KEY_UNKNOWN ? self->app.key : UB_BEKEN_KEY_TUYA),
      0x10000, code, n);
  ub_firmware_strings_find (code, n, &self->firmware);
  self->default_config = ub_tuya_config_find_default (code, n);
  self->app.state = get_state (self, &self->app);
}

/* Where a header of an app closes a partition, if one does: where LibreTiny and newer bootloaders have it. */
static guint32
find_app_end (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  guint32 address = MAX (self->address, UB_APP_ADDRESS);

  address += (UB_BEKEN_BLOCK_SIZE - address % UB_BEKEN_BLOCK_SIZE) % UB_BEKEN_BLOCK_SIZE;
  for (; address < MAX_CODE_END && address - self->address + UB_RBL_CODED_SIZE <= size;
       address += UB_BEKEN_BLOCK_SIZE) {
    const guint8 *block = data + (address - self->address);
    UbRbl rbl;

    if (block[0] != 'R' || memcmp (block, "RBL", 4) != 0)
      continue;
    if (read_coded_rbl (block, &rbl) && rbl.header_ok && strcmp (rbl.name, "app") == 0)
      return address + UB_RBL_CODED_SIZE;
  }
  return UB_DEFAULT_CODE_END;
}

/* The end of the app's partition: by the bootloader's table, else by where a header closes it. */
static guint32
get_code_end (UbImageAnalysis *self)
{
  const UbFalPartition *app = self->has_fal ? ub_fal_find (&self->fal, "app") : NULL;

  if (app != NULL && ub_fal_partition_has_crc (app) &&
      ub_fal_partition_get_address (app) == UB_APP_ADDRESS)
    return ub_fal_partition_get_end (app);
  return find_app_end (self);
}

/* An update that waits in the download partition: a header and its package, as they are. */
static void
find_waiting_update (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  const UbFalPartition *download = self->has_fal ? ub_fal_find (&self->fal, "download") : NULL;
  guint32 address;
  UbRbl rbl;

  if (download == NULL || self->n_rbl == UB_MAX_RBL)
    return;
  address = ub_fal_partition_get_address (download);
  if (address < self->address || size < UB_RBL_HEADER_SIZE ||
      address - self->address > size - UB_RBL_HEADER_SIZE)
    return;
  data += address - self->address;
  if (!ub_rbl_parse (data, &rbl) || !rbl.header_ok)
    return;
  rbl.address = address;
  self->rbl[self->n_rbl++] = rbl;
}

/* Bootloader, app and their headers. */
void
ub_image_analysis_examine_code (UbImageAnalysis *self)
{
  guint32 end;

  if (!self->address_known)
    return;
  examine_boot (self);
  end = get_code_end (self);
  examine_app (self, end);
  self->crc.valid = self->boot.crc.valid + self->app.crc.valid;
  self->crc.blank = self->boot.crc.blank + self->app.crc.blank;
  self->crc.damaged = self->boot.crc.damaged + self->app.crc.damaged;
  find_waiting_update (self);
}

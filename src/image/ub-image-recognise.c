/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-recognise"

#include "config.h"

#include "ub-image-analysis-private.h"

#include "ub-composition.h"

#include <glib/gi18n.h>
#include <string.h>

/*
 * Where a file belongs on the flash is found by landmarks: things that lie at known addresses. Each votes for
 * the address of the file's first byte, and the most votes win; so a damaged bootloader, a missing calibration
 * or a turned-around read still leave enough to tell.
 */

#define MAX_LANDMARKS 64
#define MAX_PLACES 4

#define BOOT_RBL_ADDRESS 0x10F9A
/* Where the app's RBL header lies with an app partition of 0x108700 and of 0x110000 bytes. */
#define APP_RBL_ADDRESS 0x129F0A
#define BIG_APP_RBL_ADDRESS 0x131F9A

/* Logical bytes before the app. */
#define MAX_BOOTLOADER_SIZE 0x10000

/* Bytes of the vector words 1 to 7, whose coding tells key and address. */
#define VECTORS_AT 4
#define VECTORS_SIZE 28

/* A hit is a vector table when at least so many of its 7 words are as expected: one flipped bit must not
 * hide a bootloader. */
#define MIN_VECTOR_WORDS 5

typedef struct {
  gsize offset;
  guint weight;
  gboolean boot_vectors; /* surely those of a bootloader */
  guint n_places;
  guint32 places[MAX_PLACES]; /* addresses it may lie at */
} Landmark;

typedef struct {
  guint n;
  Landmark marks[MAX_LANDMARKS];
} Landmarks;

gboolean
ub_image_is_flash_size (gsize size)
{
  return size == 0x200000 || size == 0x400000 || size == 0x800000 || size == 0x1000000;
}

static void
add_landmark (Landmarks *all, gsize offset, guint weight, const guint32 *places, guint n_places)
{
  Landmark *mark;

  if (all->n == MAX_LANDMARKS)
    return;
  mark = &all->marks[all->n++];
  memset (mark, 0, sizeof *mark);
  mark->offset = offset;
  mark->weight = weight;
  mark->n_places = n_places;
  memcpy (mark->places, places, n_places * sizeof *places);
}

/* Two of the first three blocks must hold: a raw binary has the same vectors, but no CRCs. */
static gboolean
has_crc_blocks (const guint8 *data, gsize size, gsize offset)
{
  guint valid = 0;

  for (guint i = 0; i < 3; i++) {
    gsize at = offset + i * UB_BEKEN_BLOCK_SIZE;

    if (at + UB_BEKEN_BLOCK_SIZE <= size && ub_beken_block_check (data + at) == UB_BLOCK_VALID)
      valid++;
  }
  return valid >= 2;
}

static guint
count_equal_words (const guint8 *a, const guint8 *b, gsize size)
{
  guint n = 0;

  for (gsize i = 0; i < size; i += 4)
    n += memcmp (a + i, b + i, 4) == 0;
  return n;
}

static void
find_vectors_coded (Landmarks *all,
                    const guint8 *data,
                    gsize size,
                    const UbBekenKey *key,
                    guint32 logical,
                    const guint32 *places,
                    guint n_places)
{
  static const guint8 word[4] = { 0x14, 0xF0, 0x9F, 0xE5 };
  guint8 expected[UB_BEKEN_BLOCK_DATA] = { 0 };

  for (guint i = 1; i < 8; i++)
    memcpy (expected + 4 * i, word, 4);
  ub_beken_code_crypt (key, logical, expected, sizeof expected);

  /* Search by the two halves, so that a damaged first half is found by the other one. */
  for (guint half = 0; half < 2; half++) {
    gsize needle_at = half == 0 ? VECTORS_AT : VECTORS_AT + 16, from = needle_at;

    while (from < size) {
      const guint8 *hit = memmem (data + from, size - from, expected + needle_at, 8);
      gsize offset;
      guint first;

      if (hit == NULL)
        break;
      offset = (gsize) (hit - data) - needle_at;
      from = (gsize) (hit - data) + 4;
      if (offset + UB_BEKEN_BLOCK_SIZE > size ||
          count_equal_words (data + offset + VECTORS_AT, expected + VECTORS_AT, VECTORS_SIZE) <
              MIN_VECTOR_WORDS ||
          !has_crc_blocks (data, size, offset))
        continue;
      for (first = 0; first < all->n && all->marks[first].offset != offset; first++)
        ;
      if (first < all->n)
        continue;
      add_landmark (all, offset, 3, places, n_places);
      if (all->n > 0 && n_places == 1 && places[0] == 0)
        all->marks[all->n - 1].boot_vectors = TRUE;
    }
  }
}

static void
find_vectors (Landmarks *all, const guint8 *data, gsize size)
{
  static const guint32 boot[] = { 0 }, app[] = { UB_APP_ADDRESS }, either[] = { 0, UB_APP_ADDRESS };
  static const UbBekenKeyId keys[] = { UB_BEKEN_KEY_TUYA, UB_BEKEN_KEY_UASCENT };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    find_vectors_coded (all, data, size, ub_beken_key_get (keys[i]), 0, boot, 1);
    find_vectors_coded (all, data, size, ub_beken_key_get (keys[i]), 0x10000, app, 1);
  }
  find_vectors_coded (all, data, size, ub_beken_key_get (UB_BEKEN_KEY_NONE), 0, either, 2);
}

static gboolean
read_coded_rbl (const guint8 *data, gsize size, gsize offset, UbRbl *out_rbl)
{
  guint8 header[UB_RBL_HEADER_SIZE];

  if (size - offset < 3 * UB_BEKEN_BLOCK_SIZE)
    return FALSE;
  ub_beken_code_strip (data + offset, 3 * UB_BEKEN_BLOCK_SIZE, header);
  return ub_rbl_parse (header, out_rbl) && out_rbl->header_ok;
}

static void
find_rbl_headers (Landmarks *all, const guint8 *data, gsize size)
{
  static const guint32 boot[] = { BOOT_RBL_ADDRESS },
                       app[] = { APP_RBL_ADDRESS, BIG_APP_RBL_ADDRESS };

  for (gsize from = 0; from < size;) {
    const guint8 *hit = memmem (data + from, size - from, "RBL", 4);
    UbRbl rbl;
    gsize offset;

    if (hit == NULL)
      return;
    offset = (gsize) (hit - data);
    from = offset + 4;
    if (!read_coded_rbl (data, size, offset, &rbl))
      continue;
    if (strcmp (rbl.name, "bootloader") == 0)
      add_landmark (all, offset, 3, boot, G_N_ELEMENTS (boot));
    else if (strcmp (rbl.name, "app") == 0)
      add_landmark (all, offset, 2, app, G_N_ELEMENTS (app));
  }
}

static void
find_calibration_marks (Landmarks *all, const guint8 *data, gsize size)
{
  static const guint32 places[] = { UB_CALIBRATION_ADDRESS_N, UB_CALIBRATION_ADDRESS_T };

  for (gsize from = 0; from < size;) {
    const guint8 *hit = memmem (data + from, size - from, "TLV", 4);
    UbCalibration calibration;
    gsize offset;

    if (hit == NULL)
      return;
    offset = (gsize) (hit - data);
    from = offset + 4;
    if (ub_calibration_parse (hit, size - offset, &calibration) && calibration.sound &&
        calibration.has_mac)
      add_landmark (all, offset, 2, places, G_N_ELEMENTS (places));
  }
}

/* Votes for the file's first byte being at @base; in a file of a whole flash, reads wrap around. */
static guint
count_votes (const Landmarks *all, gint64 base, gsize size)
{
  gint64 wrap = ub_image_is_flash_size (size) ? (gint64) size : 0;
  guint votes = 0;

  for (guint i = 0; i < all->n; i++) {
    const Landmark *mark = &all->marks[i];
    gint64 address = base + (gint64) mark->offset;

    if (wrap != 0 && address >= wrap)
      address -= wrap;
    for (guint j = 0; j < mark->n_places; j++) {
      if (address == (gint64) mark->places[j]) {
        votes += mark->weight;
        break;
      }
    }
  }
  return votes;
}

/* Whether @base is a better answer than @best at equal votes: what begins at 0 or at the app is more likely
 * than a piece out of the middle, and what fits a flash more likely than what does not. */
static gboolean
is_more_likely (gint64 base, gint64 best, gsize size)
{
  gboolean fits = base >= 0 && base + (gint64) size <= 0x200000;
  gboolean best_fits = best >= 0 && best + (gint64) size <= 0x200000;

  if ((base == 0) != (best == 0))
    return base == 0;
  if ((base == UB_APP_ADDRESS) != (best == UB_APP_ADDRESS))
    return base == UB_APP_ADDRESS;
  if (fits != best_fits)
    return fits;
  return fits && base + (gint64) size == 0x200000;
}

static gboolean
find_base (const Landmarks *all, gsize size, gint64 *out_base)
{
  guint best_votes = 0;

  for (guint i = 0; i < all->n; i++) {
    const Landmark *mark = &all->marks[i];

    for (guint j = 0; j < mark->n_places; j++) {
      gint64 base = (gint64) mark->places[j] - (gint64) mark->offset;
      guint votes;

      if (base < 0 && ub_image_is_flash_size (size))
        base += (gint64) size;
      votes = count_votes (all, base, size);
      if (votes > best_votes ||
          (votes == best_votes && votes > 0 && is_more_likely (base, *out_base, size))) {
        best_votes = votes;
        *out_base = base;
      }
    }
  }
  return best_votes > 0;
}

/* An app in the clear begins like a bootloader in the clear. A bootloader names itself, or fits its place. */
static gboolean
is_plain_app_at_0 (const Landmarks *all, const guint8 *data, gsize size)
{
  g_autofree guint8 *code = NULL;
  g_autofree char *name = NULL, *version = NULL;
  gsize n;

  if (size <= UB_APP_ADDRESS ||
      count_votes (all, 0, size) != count_votes (all, UB_APP_ADDRESS, size))
    return FALSE;
  code = g_malloc (UB_APP_ADDRESS);
  n = ub_beken_code_strip (data, UB_APP_ADDRESS, code);
  return !ub_bootloader_find_version (code, n, &name, &version);
}

static void
unrotate (UbImageAnalysis *self, const guint8 *data, gsize size, gsize rotation)
{
  guint8 *turned = g_malloc (size);

  memcpy (turned, data + rotation, size - rotation);
  memcpy (turned + size - rotation, data, rotation);
  g_bytes_unref (self->content);
  self->content = g_bytes_new_take (turned, size);
}

static void
find_second_image (UbImageAnalysis *self, const Landmarks *all, gint64 base)
{
  for (guint i = 0; i < all->n && self->rotation == 0; i++) {
    if (all->marks[i].boot_vectors && base + (gint64) all->marks[i].offset > 0) {
      self->second_bootloader = all->marks[i].offset;
      return;
    }
  }
}

static void
set_kind_by_base (UbImageAnalysis *self, const guint8 *data, gsize size, gint64 base)
{
  gboolean whole = ub_image_is_flash_size (size);

  /* Longer than the smallest flash, but no flash's size: a backup with something behind it. */
  self->address_known = TRUE;
  if (base == 0) {
    self->kind = size >= 0x200000         ? UB_IMAGE_KIND_FULL_BACKUP
                 : size <= UB_APP_ADDRESS ? UB_IMAGE_KIND_BOOTLOADER
                                          : UB_IMAGE_KIND_QIO;
  } else if (whole && base > 0 && base < (gint64) size) {
    self->kind = UB_IMAGE_KIND_ROTATED_BACKUP;
    self->rotation = (guint32) ((gint64) size - base);
    self->unrotated = base == UB_APP_ADDRESS;
    unrotate (self, data, size, self->rotation);
  } else if (base == UB_APP_ADDRESS) {
    self->kind = UB_IMAGE_KIND_APP;
    self->address = UB_APP_ADDRESS;
  } else if (base > 0 && base < 0x1000000) {
    self->kind = UB_IMAGE_KIND_PARTIAL_BACKUP;
    self->address = (guint32) base;
  } else {
    self->kind = UB_IMAGE_KIND_UNKNOWN;
    self->address_known = FALSE;
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_BLOCKING, "foreign-start",
        _ ("An image begins at offset 0x%zX of the file, behind something else."), (gsize) -base);
  }
}

static gboolean
is_blank (const guint8 *data, gsize size)
{
  return (data[0] == 0xFF || data[0] == 0x00) &&
         (size == 1 || memcmp (data, data + 1, size - 1) == 0);
}

/* A piece of code out of the middle: eight CRC blocks in a row, at any offset. */
static gboolean
has_code_somewhere (const guint8 *data, gsize size)
{
  const gsize row = 8;

  for (gsize step = 0; step + (row + 1) * UB_BEKEN_BLOCK_SIZE <= size; step += 0x1000) {
    for (gsize phase = 0; phase < UB_BEKEN_BLOCK_SIZE; phase++) {
      gsize i = 0;

      while (i < row &&
             ub_beken_block_check (data + step + phase + i * UB_BEKEN_BLOCK_SIZE) == UB_BLOCK_VALID)
        i++;
      if (i == row)
        return TRUE;
    }
  }
  return FALSE;
}

static gboolean
recognise_package (UbImageAnalysis *self, const guint8 *data, gsize size)
{
  gsize at = 0;

  self->has_ug = ub_ug_parse (data, size, &self->ug);
  if (self->has_ug)
    at = UB_UG_HEADER_SIZE;
  if (size - at >= UB_RBL_HEADER_SIZE && ub_rbl_parse (data + at, &self->rbl[0])) {
    g_autoptr (GBytes) raw = NULL;
    const guint8 *code;
    gsize n;

    self->n_rbl = 1;
    self->rbl[0].address = (guint32) at;
    raw = ub_rbl_check_package (&self->rbl[0], data + at + UB_RBL_HEADER_SIZE,
                                size - at - UB_RBL_HEADER_SIZE);
    if (raw != NULL) {
      code = g_bytes_get_data (raw, &n);
      ub_firmware_strings_find (code, n, &self->firmware);
    }
    self->kind = self->has_ug ? UB_IMAGE_KIND_UG_PACKAGE : UB_IMAGE_KIND_OTA_RBL;
    return TRUE;
  }
  if (self->has_ug)
    self->kind = UB_IMAGE_KIND_UG_PACKAGE;
  return self->has_ug;
}

/* Older bootloaders have no version, but all carry RT-Thread's update downloader with its messages. */
static gboolean
is_update_loader (const guint8 *code, gsize size)
{
  static const char fal[] = "/FAL]", download[] = "download";

  return code != NULL && memmem (code, size, fal, strlen (fal)) != NULL &&
         memmem (code, size, download, strlen (download)) != NULL;
}

/* Code without CRC blocks, in the clear or encrypted. */
static gboolean
recognise_raw_code (UbImageAnalysis *self, const guint8 *data, gsize size)
{
  UbBekenKeyId key;
  guint32 logical = 0;
  g_autofree guint8 *code = NULL;

  if (size < UB_BEKEN_BLOCK_DATA)
    return FALSE;
  key = ub_beken_key_detect (data, 0);
  if (key == UB_BEKEN_KEY_UNKNOWN) {
    logical = 0x10000;
    key = ub_beken_key_detect (data, logical);
  }
  if (key == UB_BEKEN_KEY_UNKNOWN)
    return FALSE;
  code = g_malloc (size);
  memcpy (code, data, size);
  ub_beken_code_crypt (ub_beken_key_get (key), logical, code, size);
  self->boot.key = key;
  self->kind = UB_IMAGE_KIND_PLAIN_ARM;
  if (size <= MAX_BOOTLOADER_SIZE &&
      (ub_bootloader_find_version (code, size, &self->boot_name, &self->boot_version) ||
       is_update_loader (code, size)))
    self->kind = UB_IMAGE_KIND_RAW_BOOTLOADER;
  if (self->kind == UB_IMAGE_KIND_PLAIN_ARM)
    ub_firmware_strings_find (code, size, &self->firmware);
  return TRUE;
}

/* Tuya's storage alone, as tools save it: its key sector lies at 0x1EE000 on most modules. */
static gboolean
recognise_storage (UbImageAnalysis *self, const guint8 *data, gsize size)
{
  guint32 offset;

  self->tuya = ub_tuya_storage_parse (data, size, 0);
  if (self->tuya == NULL)
    return FALSE;
  offset = ub_tuya_storage_get_address (self->tuya);
  if (offset <= UB_TUYA_KEY_ADDRESS && size <= 0x200000 - (UB_TUYA_KEY_ADDRESS - offset)) {
    g_object_unref (self->tuya);
    self->address = UB_TUYA_KEY_ADDRESS - offset;
    self->tuya = ub_tuya_storage_parse (data, size, self->address);
  }
  self->kind = UB_IMAGE_KIND_TUYA_STORAGE;
  return TRUE;
}

/* What a file is and where it belongs: sets kind, address, rotation and, for packages, all there is to know. */
void
ub_image_analysis_recognise (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  g_autofree Landmarks *all = NULL;
  gint64 base = 0;

  if (size == 0)
    return;
  if (is_blank (data, size)) {
    self->kind = UB_IMAGE_KIND_BLANK;
    return;
  }
  if (self->for_chip) {
    self->kind = UB_IMAGE_KIND_FULL_BACKUP;
    self->address_known = TRUE;
    return;
  }
  if (recognise_package (self, data, size))
    return;
  self->signature = ub_image_signature_find (data, size);
  if (self->signature != NULL) {
    self->kind = self->signature->kind;
    return;
  }

  all = g_new0 (Landmarks, 1);
  find_vectors (all, data, size);
  find_rbl_headers (all, data, size);
  find_calibration_marks (all, data, size);
  if (find_base (all, size, &base)) {
    if (base == 0 && is_plain_app_at_0 (all, data, size))
      base = UB_APP_ADDRESS;
    set_kind_by_base (self, data, size, base);
    find_second_image (self, all, base);
    return;
  }
  if (recognise_raw_code (self, data, size))
    return;
  /* Before the storage: Tuya's devices with other chips have that, too. */
  self->signature = ub_image_signature_guess (data, size);
  if (self->signature != NULL) {
    self->kind = self->signature->kind;
    return;
  }
  if (recognise_storage (self, data, size))
    return;
  if (has_code_somewhere (data, size)) {
    self->kind = UB_IMAGE_KIND_PARTIAL_BACKUP;
    return;
  }
  self->other_chip = ub_firmware_strings_find_other_chip (data, size);
  if (self->other_chip != NULL)
    self->kind = UB_IMAGE_KIND_OTHER_CHIP;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz-image.h"

#include "ub-beken-code.h"
#include "ub-rbl.h"

#include <string.h>

/*
 * Images are megabytes of nothing with a few structures behind ciphers and checksums, which chance does not
 * find. The first byte of an input says whether the rest is a file as it is (0) or a recipe (1, or 2 for one
 * that is read from the app on and wraps around): the size of the file in KiB (2 bytes), then records of flags,
 * address (3 bytes), length (2 bytes) and data.
 */
#define RECORD_HEAD 6
#define MODE_FILE 0
#define MODE_WRAPPED 2
#define APP_AT 0x11000
#define MAX_SIZE (2 * 1024 * 1024 + 64 * 1024)

#define FLAG_CODE 1 /* the address is the processor's: gets block checksums */
#define FLAG_ENCRYPTED 2 /* with the key of Tuya's SDK */
#define FLAG_RBL 4 /* an RBL header, whose checksums are made right */
#define FLAG_XOR 8 /* raw, flips what is there */
#define FLAG_REPEAT 16 /* the data repeats over sixteen times its length */

typedef struct {
  guint8 *flash;
  gsize size;
  guint8 *code;
  gsize n_code;
} Image;

static void
put_code (Image *image, guint8 flags, gsize at, const uint8_t *data, gsize length)
{
  gsize start = at / UB_BEKEN_BLOCK_DATA * UB_BEKEN_BLOCK_DATA;
  gsize end;

  if (at >= image->n_code)
    return;
  length = MIN (length, image->n_code - at);
  end = MIN ((at + length + UB_BEKEN_BLOCK_DATA - 1) / UB_BEKEN_BLOCK_DATA * UB_BEKEN_BLOCK_DATA,
             image->n_code);
  memcpy (image->code + at, data, length);
  if ((flags & FLAG_ENCRYPTED) != 0)
    ub_beken_code_crypt (ub_beken_key_get (UB_BEKEN_KEY_TUYA), start, image->code + start,
                         end - start);
}

static void
put_u32 (guint8 *out, guint32 value)
{
  for (guint i = 0; i < 4; i++)
    out[i] = value >> 8 * i;
}

static guint32
get_u32 (const guint8 *data)
{
  return data[0] | data[1] << 8 | data[2] << 16 | (guint32) data[3] << 24;
}

static void
put_rbl (Image *image, gsize at, const uint8_t *data, gsize length)
{
  guint8 header[UB_RBL_HEADER_SIZE] = "RBL";
  gsize base = at < 0x10000 ? 0 : 0x10000;
  gsize raw;

  if (at + sizeof header > image->n_code || base > at)
    return;
  memcpy (header + 4, data, MIN (length, sizeof header - 8));
  raw = MIN (get_u32 (header + 84), at - base);
  put_u32 (header + 76, ub_crc32 (0, image->code + base, raw));
  put_u32 (header + 80, ub_fnv1a (image->code + base, raw));
  put_u32 (header + 84, raw);
  put_u32 (header + 88, raw);
  put_u32 (header + 92, ub_crc32 (0, header, 92));
  memcpy (image->code + at, header, sizeof header);
}

static void
put_raw (Image *image, guint8 flags, gsize at, const uint8_t *data, gsize length)
{
  gsize total = (flags & FLAG_REPEAT) != 0 ? length * 16 : length;

  for (gsize i = 0; i < total && at + i < image->size; i++) {
    if ((flags & FLAG_XOR) != 0)
      image->flash[at + i] ^= data[i % length];
    else
      image->flash[at + i] = data[i % length];
  }
}

/* One pass for code, with block checksums at its end, and one for raw records over it. */
static void
follow (Image *image, const uint8_t *data, size_t size, gboolean is_code)
{
  while (size > RECORD_HEAD) {
    guint8 flags = data[0];
    gsize at = data[1] | data[2] << 8 | data[3] << 16;
    gsize length = MIN ((gsize) (data[4] | data[5] << 8), size - RECORD_HEAD);

    data += RECORD_HEAD;
    size -= RECORD_HEAD;
    if (is_code && (flags & FLAG_RBL) != 0)
      put_rbl (image, at, data, length);
    else if (is_code && (flags & FLAG_CODE) != 0)
      put_code (image, flags, at, data, length);
    else if (!is_code && (flags & (FLAG_RBL | FLAG_CODE)) == 0)
      put_raw (image, flags, at, data, length);
    data += length;
    size -= length;
  }
}

static void
add_blocks (Image *image)
{
  static const guint8 blank[UB_BEKEN_BLOCK_DATA] = {
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
    255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  };

  for (gsize i = 0; i < image->n_code / UB_BEKEN_BLOCK_DATA; i++) {
    const guint8 *block = image->code + i * UB_BEKEN_BLOCK_DATA;

    if (memcmp (block, blank, sizeof blank) != 0)
      ub_beken_code_add (block, sizeof blank, image->flash + i * UB_BEKEN_BLOCK_SIZE);
  }
}

/* Returns: (transfer full): the file that an input stands for */
GBytes *
fuzz_image_make (const uint8_t *data, size_t size)
{
  Image image = { 0 };

  if (size == 0 || *data == MODE_FILE || size < 3)
    return g_bytes_new (size > 0 ? data + 1 : data, size > 0 ? size - 1 : 0);
  image.size = MIN ((gsize) (data[1] | data[2] << 8) * 1024, MAX_SIZE);
  image.n_code = image.size / UB_BEKEN_BLOCK_SIZE * UB_BEKEN_BLOCK_DATA;
  image.flash = g_malloc (image.size);
  image.code = g_malloc (image.n_code);
  if (image.size > 0) {
    memset (image.flash, 0xFF, image.size);
    memset (image.code, 0xFF, image.n_code);
    follow (&image, data + 3, size - 3, TRUE);
    add_blocks (&image);
    follow (&image, data + 3, size - 3, FALSE);
  }
  g_free (image.code);
  if (*data == MODE_WRAPPED && image.size > APP_AT) {
    guint8 *wrapped = g_malloc (image.size);

    memcpy (wrapped, image.flash + APP_AT, image.size - APP_AT);
    memcpy (wrapped + image.size - APP_AT, image.flash, APP_AT);
    g_free (image.flash);
    image.flash = wrapped;
  }
  return g_bytes_new_take (image.flash, image.size);
}

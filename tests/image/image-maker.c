/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "image-maker.h"

#include "ub-error.h"

#include "ub-rbl.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <string.h>

/* Made-up flash content in the shape of real one: small, free of anybody's code, and made anew for every test. */

#define BOOT_SIZE 0xE000
#define APP_PARTITION_SIZE 0x108700
#define NEWER_APP_PARTITION_SIZE 0x110000

static void
put_le32 (guint8 *p, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (p, &value, 4);
}

static void
put_be32 (guint8 *p, guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (p, &value, 4);
}

static guint8 *
make_code (gsize size, const char *text, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  guint8 *code = g_malloc (size);

  for (gsize i = 0; i < size; i++)
    code[i] = (guint8) g_rand_int (rand);
  put_le32 (code, 0xEA00000E);
  for (gsize i = 4; i < 32; i += 4)
    put_le32 (code + i, 0xE59FF014);
  memset (code + 0x200, 0, strlen (text) + 2);
  memcpy (code + 0x201, text, strlen (text));
  return code;
}

static void
make_rbl (guint8 *header, const char *name, const guint8 *code, gsize size)
{
  guint8 padding[16];

  memset (padding, sizeof padding, sizeof padding);
  memset (header, 0, UB_RBL_HEADER_SIZE);
  memcpy (header, "RBL", 3);
  put_le32 (header + 8, 1600000000);
  g_strlcpy ((char *) header + 12, name, 16);
  g_strlcpy ((char *) header + 28, "1.00", 24);
  memset (header + 52, '0', 23);
  put_le32 (header + 76, ub_crc32 (ub_crc32 (0, code, size), padding, sizeof padding));
  put_le32 (header + 80, ub_fnv1a (code, size));
  put_le32 (header + 84, (guint32) size);
  put_le32 (header + 88, (guint32) (size + sizeof padding));
  put_le32 (header + 92, ub_crc32 (0, header, 92));
}

static void
put_fal_entry (guint8 *entry, const char *name, const char *flash, guint32 offset, guint32 length)
{
  memset (entry, 0, 64);
  memcpy (entry, "01PE", 4);
  g_strlcpy ((char *) entry + 4, name, 24);
  g_strlcpy ((char *) entry + 28, flash, 24);
  put_le32 (entry + 52, offset);
  put_le32 (entry + 56, length);
}

static void
put_boot (guint8 *flash, const ImageSpec *spec)
{
  g_autofree guint8 *code = make_code (BOOT_SIZE, spec->boot_version, 1);
  guint8 header[UB_RBL_HEADER_SIZE], clear[8];
  guint8 *table = code + BOOT_SIZE - 3 * 64;
  guint32 download = spec->family == UB_FAMILY_N && !spec->newer_table ? 0x12A000 : 0x132000;

  memset (code + 0x100, 0, 8);
  memcpy (code + 0x100, "BK7231", 6);
  memcpy (clear, code + 0x100, 8);
  memset (table, 0xAA, 3 * 64);
  ub_beken_code_crypt (ub_beken_key_get (spec->key), 0, code, BOOT_SIZE);
  /* The table is in the clear on both families, the marker on the N only. */
  put_fal_entry (table, "bootloader", "beken_onchip_crc", 0, 0x10000);
  put_fal_entry (table + 64, "app", "beken_onchip_crc", 0x10000,
                 spec->newer_table ? NEWER_APP_PARTITION_SIZE : APP_PARTITION_SIZE);
  put_fal_entry (table + 128, "download", "beken_onchip", download,
                 spec->newer_table ? 0xAE000 : 0xA6000);
  if (spec->family == UB_FAMILY_N)
    memcpy (code + 0x100, clear, 8);

  ub_beken_code_add (code, BOOT_SIZE, flash);
  make_rbl (header, "bootloader", code, BOOT_SIZE);
  ub_beken_code_add (header, sizeof header, flash + 0x10F9A);
}

static void
put_app (guint8 *flash, const ImageSpec *spec)
{
  g_autofree guint8 *code = make_code (spec->app_size, spec->app_text, 2);
  guint8 header[UB_RBL_HEADER_SIZE];
  guint32 end = spec->newer_table ? 0x132000 : IMAGE_CODE_END;

  ub_beken_code_crypt (ub_beken_key_get (spec->key), 0x10000, code, spec->app_size);
  ub_beken_code_add (code, spec->app_size, flash + 0x11000);
  if (spec->no_app_rbl)
    return;
  make_rbl (header, "app", code, spec->app_size);
  if (spec->app_rbl_end != 0)
    end = spec->app_rbl_end;
  ub_beken_code_add (header, sizeof header, flash + end - 102);
}

static void
put_calibration (guint8 *flash, const ImageSpec *spec)
{
  guint8 *p = flash + (spec->family == UB_FAMILY_N && !spec->newer_table ? 0x1D0000 : 0x1E0000);
  guint32 length = spec->template_calibration ? 8 + 14 : 8 + 14 + 8 + 100;

  memset (p, 0, 8 + length);
  memcpy (p, "TLV", 3);
  put_le32 (p + 4, length);
  put_le32 (p + 8, 0x11111100);
  put_le32 (p + 12, 14);
  put_le32 (p + 16, 0x11111102);
  put_le32 (p + 20, 6);
  memcpy (p + 24, spec->mac, 6);
  if (spec->template_calibration)
    return;
  put_le32 (p + 30, 0x22222200);
  put_le32 (p + 34, 100);
  memset (p + 38, 0x5A, 100);
  put_le32 (p + 38, 0x22222208);
  put_le32 (p + 42, 4);
}

/* The most usual content of a family; tests change what they are about. */
void
image_spec_init (ImageSpec *spec, UbFamily family)
{
  static const guint8 mac_n[] = { 0x10, 0x5A, 0x17, 0x00, 0x00, 0x01 };
  static const guint8 mac_t[] = { 0x50, 0x8A, 0x06, 0x00, 0x00, 0x02 };

  memset (spec, 0, sizeof *spec);
  spec->family = family;
  spec->key = UB_BEKEN_KEY_TUYA;
  spec->boot_version = family == UB_FAMILY_N ? "BK7231N_1.0.1" : "BK7231S_1.0.5";
  spec->app_text = family == UB_FAMILY_N ? "OpenBK7231N_1.17.203" : "OpenBK7231T_1.17.203";
  spec->app_size = 0x8000;
  spec->mac = family == UB_FAMILY_N ? mac_n : mac_t;
}

guint8 *
image_make_flash (const ImageSpec *spec)
{
  guint8 *flash = g_malloc (IMAGE_FLASH_SIZE);

  memset (flash, 0xFF, IMAGE_FLASH_SIZE);
  if (spec->boot_version != NULL)
    put_boot (flash, spec);
  if (spec->app_text != NULL)
    put_app (flash, spec);
  if (spec->mac != NULL)
    put_calibration (flash, spec);
  return flash;
}

GBytes *
image_make_part (const ImageSpec *spec, gsize from, gsize to)
{
  g_autofree guint8 *flash = image_make_flash (spec);

  return g_bytes_new (flash + from, to - from);
}

static GBytes *
pack (const guint8 *code, gsize size)
{
  static const char key[] = "0123456789ABCDEF0123456789ABCDEF", iv[] = "0123456789ABCDEF";
  g_autoptr (GZlibCompressor) deflater = g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, -1);
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();
  g_autoptr (GOutputStream) stream = g_converter_output_stream_new (memory, G_CONVERTER (deflater));
  struct CBC_CTX (struct aes256_ctx, AES_BLOCK_SIZE) aes;
  gsize n, padding;
  guint8 *out;

  g_assert_true (g_output_stream_write_all (stream, code, size, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  n = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory));
  padding = AES_BLOCK_SIZE - n % AES_BLOCK_SIZE;
  out = g_malloc (n + padding);
  memcpy (out, g_memory_output_stream_get_data (G_MEMORY_OUTPUT_STREAM (memory)), n);
  memset (out + n, (int) padding, padding);
  n += padding;
  aes256_set_encrypt_key (&aes.ctx, (const guint8 *) key);
  CBC_SET_IV (&aes, iv);
  CBC_ENCRYPT (&aes, aes256_encrypt, n, out, out);
  return g_bytes_new_take (out, n);
}

/* An over-the-air package of an app that holds @name. */
GBytes *
image_make_package (const char *name, gsize size, guint32 algo, gboolean ug)
{
  g_autofree guint8 *code = make_code (size, name, 3);
  g_autoptr (GBytes) package =
      algo == UB_RBL_ALGO_AES_GZIP ? pack (code, size) : g_bytes_new (code, size);
  gsize n = g_bytes_get_size (package), start = ug ? UB_UG_HEADER_SIZE : 0, total;
  const guint8 *bytes = g_bytes_get_data (package, NULL);
  guint8 *out;
  guint32 sum = 0;

  total = start + UB_RBL_HEADER_SIZE + n;
  out = g_malloc0 (total);
  memcpy (out + start + UB_RBL_HEADER_SIZE, bytes, n);
  make_rbl (out + start, "app", code, size);
  put_le32 (out + start + 4, algo);
  put_le32 (out + start + 76, ub_crc32 (0, bytes, n));
  put_le32 (out + start + 88, (guint32) n);
  put_le32 (out + start + 92, ub_crc32 (0, out + start, 92));
  if (ug) {
    put_be32 (out, 0x55AA55AA);
    memcpy (out + 4, "1.2.3", 5);
    put_be32 (out + 16, (guint32) (total - start));
    for (gsize i = start; i < total; i++)
      sum += out[i];
    put_be32 (out + 20, sum);
    sum = 0;
    for (gsize i = 0; i < 24; i++)
      sum += out[i];
    put_be32 (out + 24, sum);
    put_be32 (out + 28, 0xAA55AA55);
  }
  return g_bytes_new_take (out, total);
}

UbImageAnalysis *
image_analyse_bytes (GBytes *bytes)
{
  g_autoptr (UbImage) image = ub_image_new (bytes, "test.bin");

  return ub_image_analysis_new (image);
}

UbImageAnalysis *
image_analyse (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  return image_analyse_bytes (bytes);
}

gboolean
image_has_finding (UbImageAnalysis *analysis, const char *id)
{
  for (guint i = 0; i < ub_image_analysis_get_n_findings (analysis); i++) {
    if (g_str_equal (ub_image_analysis_get_finding (analysis, i)->id, id))
      return TRUE;
  }
  return FALSE;
}

void
image_assert_refused (UbImageAnalysis *analysis, UbImageUse use, UbError code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ub_image_analysis_check_use (analysis, use, &error));
  g_assert_error (error, UB_ERROR, (int) code);
  g_assert_nonnull (strstr (error->message, "test.bin"));
  if (words != NULL && strstr (error->message, words) == NULL)
    g_error ("“%s” does not say “%s”", error->message, words);
}

void
image_assert_warned (UbImageAnalysis *analysis)
{
  for (guint i = 0; i < ub_image_analysis_get_n_findings (analysis); i++) {
    if (ub_image_analysis_get_finding (analysis, i)->severity >= UB_SEVERITY_WARNING)
      return;
  }
  g_error ("called sound");
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-error.h"
#include "ub-image-analysis.h"
#include "ub-image-signature.h"

#include <string.h>

#define BYTES(text) text, sizeof (text) - 1

/* First bytes of files that people choose by mistake, each filled up with zeros to 1 KiB but for texts. */
static const struct {
  const char *id;
  UbImageKind kind;
  const char *data;
  gsize size;
} FILES[] = {
  { "elf", UB_IMAGE_KIND_ELF, BYTES ("\177ELF\1\1\1") },
  { "zip", UB_IMAGE_KIND_ARCHIVE, BYTES ("PK\3\4\24\0") },
  { "gzip", UB_IMAGE_KIND_ARCHIVE, BYTES ("\x1f\x8b\x08\0") },
  { "xz", UB_IMAGE_KIND_ARCHIVE, BYTES ("\3757zXZ\0\0") },
  { "bzip2", UB_IMAGE_KIND_ARCHIVE, BYTES ("BZh91AY&SY") },
  { "zstd", UB_IMAGE_KIND_ARCHIVE, BYTES ("\x28\xb5\x2f\xfd") },
  { "7z", UB_IMAGE_KIND_ARCHIVE, BYTES ("7z\xbc\xaf\x27\x1c") },
  { "rar", UB_IMAGE_KIND_ARCHIVE, BYTES ("Rar!\x1a\x07\x01\0") },
  { "squashfs", UB_IMAGE_KIND_ARCHIVE, BYTES ("hsqs") },
  { "android-sparse", UB_IMAGE_KIND_ARCHIVE, BYTES ("\x3a\xff\x26\xed") },
  { "u-boot", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\x27\x05\x19\x56") },
  { "png", UB_IMAGE_KIND_ARCHIVE, BYTES ("\x89PNG\r\n\x1a\n") },
  { "jpeg", UB_IMAGE_KIND_ARCHIVE, BYTES ("\xff\xd8\xff\xe0") },
  { "pdf", UB_IMAGE_KIND_TEXT, BYTES ("%PDF-1.7\n") },
  { "mach-o", UB_IMAGE_KIND_ELF, BYTES ("\xcf\xfa\xed\xfe") },
  { "uf2", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("UF2\n\x57\x51\x5d\x9e") },
  { "bl602", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("BFNP\1\0\0\0") },
  { "w800", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\x9f\xff\xff\xa0") },
  { "xr809", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("AWIH") },
  { "rtl8710a", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x99\x99\x96\x96\x3f\xcc\x66\xfc\xc0\x33\xcc\x03\xe5\xdc\x31\x62") },
  { "rtl8710b", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x99\x99\x96\x96\x3f\xcc\x66\xfc\xc0\x33\xcc\x03\xe5\xdc\x31\x63") },
  { "ameba-ota", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\x11\x01\x17\x20\2\0\0\0OTA1\x18\0\0\0") },
  { "esp8266", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\xe9\1\2\x20\x10\xf0\x10\x40\0\xf0\x10\x40") },
  { "esp32", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\xe9\6\2\x20\x80\x14\x08\x40\xee\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1") },
  { "cortex-m", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\0\x50\0\x20\x45\1\0\x08\x81\1\0\x08\x83\1\0\x08\x85\1\0\x08") },
  /* Stack pointer at an unusual place, and all vectors in a row. */
  { "cortex-m", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\0\0\x24\0\1\x81\x26\0\x39\x81\x26\0\x39\x81\x26\0\x39\x81\x26\0\x39\x81\x26\0"
           "\x39\x81\x26\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x39\x81\x26\0\x39\x81\x26\0\0\0\0\0"
           "\x39\x81\x26\0\x39\x81\x26\0") },
  { "risc-v", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\x97\x21\2\x1f\x93\x81\1\x88\x73\x70\4\x30") },
  { "andes", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("H\0\0TH\0\0PH\0\0NH\0\0LH\0\0JH\0\0HH\0\0FH\0\0D") },
  { "bl602-partitions", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("BFPT\0\0\7\0") },
  { "xr809-wlan", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("XR01\0\0\0\0") },
  { "eswin-ota", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("FotaPKG") },
  { "romfs", UB_IMAGE_KIND_ARCHIVE, BYTES ("-rom1fs-\0\0\x11\x30") },
  { "littlefs", UB_IMAGE_KIND_ARCHIVE, BYTES ("\1\0\0\0\xf0\x0f\xff\xf7littlefs") },
  { "intel-hex", UB_IMAGE_KIND_TEXT, BYTES (":020000040800F2\r\n") },
  { "s-record", UB_IMAGE_KIND_TEXT, BYTES ("S0030000FC\r\n") },
  { "html", UB_IMAGE_KIND_TEXT, BYTES ("\n<!DOCTYPE html>\n<html lang=\"en\">") },
  { "json", UB_IMAGE_KIND_TEXT, BYTES ("{ \"a\": 1 }") },
  { "xml", UB_IMAGE_KIND_TEXT, BYTES ("<?xml version=\"1.0\"?><Error/>") },
  { "git-lfs", UB_IMAGE_KIND_TEXT, BYTES ("version https://git-lfs.github.com/spec/v1\n") },
  { "text", UB_IMAGE_KIND_TEXT, BYTES ("404: Not Found") },
  { "text", UB_IMAGE_KIND_TEXT,
    BYTES ("Gr\xc3\xbc\xc3\x9f"
           "e") },
};

static void
test_named_and_refused (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (FILES); i++) {
    g_autofree guint8 *data = g_malloc0 (1024);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (UbImage) image = NULL;
    g_autoptr (UbImageAnalysis) analysis = NULL;
    g_autoptr (GError) error = NULL;
    const UbImageSignature *signature;
    gsize size = FILES[i].kind == UB_IMAGE_KIND_TEXT ? FILES[i].size : 1024;

    memcpy (data, FILES[i].data, FILES[i].size);
    signature = ub_image_signature_find (data, size);
    g_assert_nonnull (signature);
    g_assert_cmpstr (signature->id, ==, FILES[i].id);
    g_assert_cmpint (signature->kind, ==, FILES[i].kind);

    bytes = g_bytes_new (data, size);
    image = ub_image_new (bytes, "chosen.bin");
    analysis = ub_image_analysis_new (image);
    g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, FILES[i].kind);
    g_assert_cmpint (ub_image_analysis_get_uses (analysis), ==, 0);
    g_assert_false (ub_image_analysis_check_use (analysis, UB_IMAGE_USE_APP, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_IMAGE_NOT_FLASH);
    g_assert_nonnull (strstr (error->message, signature->title));
  }
}

static void
test_far_magics (void)
{
  g_autofree guint8 *data = g_malloc0 (0x9000);
  const UbImageSignature *signature;

  memcpy (data + 257, "ustar", 5);
  signature = ub_image_signature_find (data, 1024);
  g_assert_cmpstr (signature->id, ==, "tar");
  g_assert_null (ub_image_signature_find (data, 200));

  memset (data, 0xFF, 0x1000);
  memcpy (data + 0x1000, "\xe9\3\2\x20\x80\x14\x08\x40\xee\0\0\0", 12);
  signature = ub_image_signature_find (data, 0x9000);
  g_assert_cmpstr (signature->id, ==, "esp32");

  memset (data, 0, 0x9000);
  memcpy (data, "MZ", 2);
  data[0x3C] = 0x80;
  memcpy (data + 0x80, "PE\0\0", 4);
  signature = ub_image_signature_find (data, 0x200);
  g_assert_cmpstr (signature->id, ==, "pe");
  memset (data + 0x3C, 0xFF, 4);
  g_assert_null (ub_image_signature_find (data, 0x200));
}

static void
test_noise_is_nothing (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (99);
  guint8 data[4096];
  guint n_named = 0;

  for (guint i = 0; i < 2000; i++) {
    gsize size = 1 + (gsize) g_rand_int_range (rand, 0, sizeof data);

    for (gsize j = 0; j < MIN (size, 600); j++)
      data[j] = (guint8) g_rand_int (rand);
    /* A few bytes of noise may be a word. */
    n_named += ub_image_signature_find (data, size) != NULL && size > 16;
  }
  g_assert_cmpuint (n_named, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-signature/named-and-refused", test_named_and_refused);
  g_test_add_func ("/image-signature/far-magics", test_far_magics);
  g_test_add_func ("/image-signature/noise-is-nothing", test_noise_is_nothing);
  return g_test_run ();
}

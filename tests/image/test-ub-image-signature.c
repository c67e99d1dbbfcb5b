/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-beken-code.h"
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
  { "tiff", UB_IMAGE_KIND_ARCHIVE, BYTES ("II*\0\x08\0\0\0") },
  { "pcap", UB_IMAGE_KIND_ARCHIVE, BYTES ("\xd4\xc3\xb2\xa1\2\0\4\0") },
  { "java", UB_IMAGE_KIND_ELF, BYTES ("\xac\xed\0\5sr") },
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
  { "risc-v", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x6f\0\x80\0\0\0\0\0\x97\x21\2\x1f\x93\x81\1\x88\x73\x70\4\x30") },
  /* Reserved vectors in use for something else, the system call far away. */
  { "cortex-m", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x48\x18\x42\0\xe1\2\0\x11\xed\x5a\0\x11\xbd\x5a\0\x11\xd5\x5a\0\x11\xf1\x58\0\x11"
           "\xed\x65\0\x11\0\0\0\0\7\x0e\0\0\2\0\0\0\0\0\0\0\xa1\x5d\0\1\x09\x59\0\x11\0\0\0\0"
           "\5\x5b\0\x11\x25\x60\0\x11") },
  { "risc-v", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x6f\0\x80\0\0\0\0\0\x37\x17\1\x40\x1c\x43\x37\x16\1\x40") },
  { "cortex-m", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\0\x10\0\x20\x09\0\0\x08\x20\x48\x85\x46\0\x22\5\x21") },
  { "w800", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x06\x25\0\x08\xb4\x25\0\x08\xb4\x25\0\x08\xb4\x25\0\x08\xb4\x25\0\x08\xb4\x25\0\x08"
           "\xb4\x25\0\x08\xb4\x25\0\x08") },
  { "8051", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\2\0\6\2\0\x1c\x75\x81\7\x12\0\x6b\xe5\x82") },
  { "apple-double", UB_IMAGE_KIND_ARCHIVE, BYTES ("\0\5\x16\7\0\2\0\0Mac OS X") },
  { "avr", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x0c\x94\x5c\0\x0c\x94\x6e\0\x0c\x94\x6e\0\x0c\x94\x6e\0\x0c\x94\x6e\0\x0c\x94\x6e\0"
           "\x0c\x94\x6e\0\x0c\x94\x6e\0\x0c\x94\x6e\0\x0c\x94\x6e\0") },
  { "avr", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x0e\xc0\x15\xc0\x14\xc0\x13\xc0\x12\xc0\x11\xc0\x10\xc0\x0f\xc0\x0e\xc0\x0d\xc0") },
  { "mips", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x10\0\0\xff\0\0\0\0\x10\0\0\xfd\0\0\0\0\x10\0\1\x8a\0\0\0\0") },
  { "arm", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x16\0\0\xea\xfe\xff\xff\xea\xfe\xff\xff\xea\xfe\xff\xff\xea\xfe\xff\xff\xea"
           "\xfe\xff\xff\xea\xfe\xff\xff\xea\xfe\xff\xff\xea") },
  { "ln882h", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\0\0\0\x20\x8c\1\x20\0\3\x47\xd8\x54\0\1\0\x20\0\0\0\0\x14\x20\xd1\x31\1") },
  { "ameba-ram", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES ("\x19\x20\0\x10\0\0\0\0\x19\x20\0\x10\x19\x20\0\x10\x19\x20\0\x10\0\0\0\0") },
  { "rtl8710a", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\x69\x60\0\x10RTKWin\0\xff\0\1\1") },
  { "eswin", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("2pxH\xc8\x4e\0\0") },
  { "eswin-partitions", UB_IMAGE_KIND_OTHER_CHIP,
    BYTES (
        "\0\xff\xff\xff\0\xff\xff\xff\xff\xff\xff\xff\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
        "EF40") },
  { "beken-parts", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("BKDLV10.\5\x2a\x88\5") },
  { "mcuboot", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\x3d\xb8\xf3\x96\0\0\0\0") },
  { "gbl", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\xeb\x17\xa6\3\x08\0\0\0") },
  { "zigbee-ota", UB_IMAGE_KIND_OTHER_CHIP, BYTES ("\x1e\xf1\xee\x0b\0\1") },
  { "tuya-sector", UB_IMAGE_KIND_ARCHIVE, BYTES ("\x34\x12\x76\x98\x5d\x12\5") },
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
  { "http", UB_IMAGE_KIND_TEXT, BYTES ("HTTP/1.1 404 Not Found\r\nServer: x\r\n\r\n") },
  { "script", UB_IMAGE_KIND_TEXT, BYTES ("#!/bin/sh\nexit 0\n") },
  /* Latin-1 and GBK. */
  { "xml", UB_IMAGE_KIND_TEXT,
    BYTES ("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>Gr\xfc\xdf"
           "e</a>") },
  { "text", UB_IMAGE_KIND_TEXT,
    BYTES ("// \xd5\xe2\xca\xc7\xd2\xbb\xb8\xf6 comment in the source of a program\r\n") },
  { "git-lfs", UB_IMAGE_KIND_TEXT, BYTES ("version https://git-lfs.github.com/spec/v1\n") },
  { "text", UB_IMAGE_KIND_TEXT, BYTES ("404: Not Found") },
  { "text", UB_IMAGE_KIND_TEXT,
    BYTES ("Gr\xc3\xbc\xc3\x9f"
           "e") },
};

static const UbImageSignature *
find (const guint8 *data, gsize size)
{
  const UbImageSignature *signature = ub_image_signature_find (data, size);

  return signature != NULL ? signature : ub_image_signature_guess (data, size);
}

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
    signature = find (data, size);
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
  signature = find (data, 1024);
  g_assert_cmpstr (signature->id, ==, "tar");
  g_assert_null (find (data, 200));

  memset (data, 0xFF, 0x1000);
  memcpy (data + 0x1000, "\xe9\3\2\x20\x80\x14\x08\x40\xee\0\0\0", 12);
  signature = find (data, 0x9000);
  g_assert_cmpstr (signature->id, ==, "esp32");

  memset (data, 0, 0x9000);
  memcpy (data, "MZ", 2);
  data[0x3C] = 0x80;
  memcpy (data + 0x80, "PE\0\0", 4);
  signature = find (data, 0x200);
  g_assert_cmpstr (signature->id, ==, "pe");
  memset (data + 0x3C, 0xFF, 4);
  g_assert_null (find (data, 0x200));

  memset (data, 0, 0x9000);
  memcpy (data, "UF2\n\x57\x51\x5d\x9e", 8);
  g_assert_cmpstr (find (data, 512)->id, ==, "uf2");
  g_assert_cmpint (find (data, 512)->kind, ==, UB_IMAGE_KIND_OTHER_CHIP);
  data[9] = 0x20;
  memcpy (data + 28, "\x30\xf2\x3e\x7b", 4);
  g_assert_cmpstr (find (data, 512)->id, ==, "uf2-bk7231");
  g_assert_cmpint (find (data, 512)->kind, ==, UB_IMAGE_KIND_ARCHIVE);

  memset (data, 0x5A, 0x9000);
  g_assert_null (ub_image_signature_find (data, 0x200));
  memcpy (data + 0x200 - 8, "UFD\x10", 4);
  g_assert_cmpstr (find (data, 0x200)->id, ==, "dfu");

  memset (data, 0, 0x9000);
  memcpy (data + 0x100, "\0\x20\4\x20\xf7\1\0\x10\xc3\1\0\x10\xc5\1\0\x10\xc5\1\0\x10", 20);
  g_assert_cmpstr (find (data, 0x9000)->id, ==, "rp2040");
  memset (data, 0, 0x9000);
}

/* Code with the block checksums of the BK7231, but with the vectors of a Cortex-M. */
static void
test_other_beken (void)
{
  static const guint8 vectors[] = "\0\0\1\x28\x55\1\0\2\x43\1\0\2\x41\1\0\2\x45\1\0\2\x45\1\0\2"
                                  "\x45\1\0\2";
  guint8 code[96] = { 0 }, coded[3 * UB_BEKEN_BLOCK_SIZE];

  memcpy (code, vectors, sizeof vectors);
  ub_beken_code_add (code, sizeof code, coded);
  g_assert_cmpstr (find (coded, sizeof coded)->id, ==, "beken-cortex-m");
}

/* A BK7231T's vectors, encrypted with Tuya's key, are odd and close to each other, too. */
static void
test_encrypted_vectors (void)
{
  static const guint8 coded[] =
      "\x78\x14\xb5\x96\x35\xff\x2a\x99\x35\xe7\x2a\x99\x35\xef\x2a\x99\x35\xd7\x2a\x99\x35\xdf\x2a"
      "\x99"
      "\x35\xc7\x2a\x99\x35\xcf\x2a\x99\x46\xf2\x89\x08\xb5\x7c\xd1\0\xb5\x7c\x95\7\xb5\x7c\xdd\x0f"
      "\xb5\x7c\x65\x36\xb5\x7c\x15\x3f\xb5\x7c\x55\x27\xb5\x7c\xce\xc1";

  g_assert_null (find (coded, sizeof coded - 1));
}

/* Cut off anywhere; a sanitizer sees what is read behind the end. */
static void
test_cut (void)
{
  static const gsize sizes[] = { 0x101, 0x10F, 0x1000, 0x101F, 0x201F };

  for (guint i = 0; i < G_N_ELEMENTS (FILES); i++) {
    for (gsize size = 1; size <= FILES[i].size; size++) {
      g_autofree guint8 *data = g_memdup2 (FILES[i].data, size);

      find (data, size);
    }
  }
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autofree guint8 *data = g_malloc (sizes[i]);

    memset (data, 0xFF, sizes[i]);
    data[sizes[i] - 1] = 0xE9;
    g_assert_null (find (data, sizes[i]));
  }
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
    n_named += find (data, size) != NULL && size > 16;
  }
  g_assert_cmpuint (n_named, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-signature/named-and-refused", test_named_and_refused);
  g_test_add_func ("/image-signature/far-magics", test_far_magics);
  g_test_add_func ("/image-signature/other-beken", test_other_beken);
  g_test_add_func ("/image-signature/encrypted-vectors", test_encrypted_vectors);
  g_test_add_func ("/image-signature/cut", test_cut);
  g_test_add_func ("/image-signature/noise-is-nothing", test_noise_is_nothing);
  return g_test_run ();
}

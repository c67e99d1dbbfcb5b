/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "image-maker.h"
#include "ub-error.h"
#include "ub-firmware-strings.h"
#include "ub-rbl.h"

#include <string.h>

static void
test_full_backup (void)
{
  for (UbFamily family = UB_FAMILY_T; family <= UB_FAMILY_N; family++) {
    ImageSpec spec;
    g_autofree guint8 *flash = NULL;
    g_autoptr (UbImageAnalysis) analysis = NULL;
    guint32 address, size;

    image_spec_init (&spec, family);
    flash = image_make_flash (&spec);
    analysis = image_analyse (flash, IMAGE_FLASH_SIZE);
    g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, UB_IMAGE_KIND_FULL_BACKUP);
    g_assert_cmpint (ub_image_analysis_get_family (analysis), ==, family);
    g_assert_cmpint (ub_image_analysis_get_uses (analysis), ==,
                     UB_IMAGE_USE_FULL | UB_IMAGE_USE_APP | UB_IMAGE_USE_BOOTLOADER_DONOR);
    g_assert_cmpstr (ub_image_analysis_get_bootloader_name (analysis), ==,
                     family == UB_FAMILY_N ? "BK7231N" : "BK7231S");
    g_assert_cmpstr (ub_image_analysis_get_firmware_name (analysis), ==, "OpenBeken");
    g_assert_cmpstr (ub_image_analysis_get_firmware_version (analysis), ==, "1.17.203");
    g_assert_true (ub_image_analysis_get_calibration (analysis, &address, &size));
    g_assert_cmphex (address, ==, family == UB_FAMILY_N ? 0x1D0000 : 0x1E0000);
    g_assert_cmphex (size, ==, 0x1000);
    g_assert_cmpstr (ub_image_analysis_get_mac (analysis), ==,
                     family == UB_FAMILY_N ? "10:5a:17:00:00:01" : "50:8a:06:00:00:02");
    g_assert_cmpuint (ub_image_analysis_get_crc (analysis)->damaged, ==, 0);
    g_assert_cmpuint (ub_image_analysis_get_crc (analysis)->valid, ==,
                      0xE000 / 32 + 3 + 0x8000 / 32 + 3);
    g_assert_false (image_has_finding (analysis, "unproven-end"));
  }
}

typedef struct {
  const char *name;
  gsize from, to;
  UbImageKind kind;
  guint32 address;
  guint uses;
} Part;

static void
test_parts (void)
{
  static const Part parts[] = {
    { "QIO", 0, IMAGE_CODE_END, UB_IMAGE_KIND_QIO, 0,
      UB_IMAGE_USE_QIO | UB_IMAGE_USE_APP | UB_IMAGE_USE_BOOTLOADER_DONOR },
    { "UA", 0x11000, IMAGE_CODE_END, UB_IMAGE_KIND_APP, 0x11000, UB_IMAGE_USE_APP },
    { "rest of a backup", 0x11000, IMAGE_FLASH_SIZE, UB_IMAGE_KIND_APP, 0x11000, UB_IMAGE_USE_APP },
    { "bootloader", 0, 0x11000, UB_IMAGE_KIND_BOOTLOADER, 0, UB_IMAGE_USE_BOOTLOADER_DONOR },
    { "calibration to the end", 0x1D0000, IMAGE_FLASH_SIZE, UB_IMAGE_KIND_PARTIAL_BACKUP, 0x1D0000,
      0 },
    { "middle of the app", 0x13000, 0x18000, UB_IMAGE_KIND_PARTIAL_BACKUP, 0, 0 },
    { "too short a bootloader", 0, 0x8000, UB_IMAGE_KIND_BOOTLOADER, 0, 0 },
  };
  ImageSpec spec;

  image_spec_init (&spec, UB_FAMILY_N);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autoptr (GBytes) bytes = image_make_part (&spec, parts[i].from, parts[i].to);
    g_autoptr (UbImageAnalysis) analysis = image_analyse_bytes (bytes);

    g_test_message ("%s", parts[i].name);
    g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, parts[i].kind);
    g_assert_cmphex (ub_image_analysis_get_address (analysis), ==, parts[i].address);
    g_assert_cmpuint (ub_image_analysis_get_uses (analysis), ==, parts[i].uses);
  }
}

static void
test_refusals (void)
{
  ImageSpec spec;
  g_autoptr (GBytes) ua = NULL, boot = NULL, package = NULL, piece = NULL;
  g_autoptr (UbImageAnalysis) a = NULL, b = NULL, c = NULL, d = NULL, e = NULL, f = NULL;
  static const guint8 one_byte[] = { 0x42 };
  g_autofree guint8 *blank = g_malloc (0x1000);

  image_spec_init (&spec, UB_FAMILY_T);
  ua = image_make_part (&spec, 0x11000, IMAGE_CODE_END);
  a = image_analyse_bytes (ua);
  image_assert_refused (a, IMAGE_ANY_FULL, UB_ERROR_IMAGE_NO_BOOTLOADER, "UA file");
  image_assert_refused (a, UB_IMAGE_USE_BOOTLOADER_DONOR, UB_ERROR_IMAGE_NO_BOOTLOADER, "0x11000");

  boot = image_make_part (&spec, 0, 0x11000);
  b = image_analyse_bytes (boot);
  image_assert_refused (b, IMAGE_ANY_FULL, UB_ERROR_IMAGE_NO_APP, "no app");
  image_assert_refused (b, UB_IMAGE_USE_APP, UB_ERROR_IMAGE_NO_APP, NULL);

  package = image_make_package ("x", 4096, UB_RBL_ALGO_AES_GZIP, TRUE);
  c = image_analyse_bytes (package);
  image_assert_refused (c, IMAGE_ANY_FULL, UB_ERROR_IMAGE_OTA, "over the air");
  image_assert_refused (c, UB_IMAGE_USE_APP, UB_ERROR_IMAGE_OTA, NULL);

  memset (blank, 0xFF, 0x1000);
  d = image_analyse (blank, 0x1000);
  image_assert_refused (d, IMAGE_ANY_FULL, UB_ERROR_IMAGE_BLANK, NULL);

  e = image_analyse (one_byte, 1);
  image_assert_refused (e, IMAGE_ANY_FULL, UB_ERROR_IMAGE_TOO_SHORT, "1 byte");

  piece = image_make_part (&spec, 0x1E0000, IMAGE_FLASH_SIZE);
  f = image_analyse_bytes (piece);
  image_assert_refused (f, UB_IMAGE_USE_APP, UB_ERROR_IMAGE_UNKNOWN, "piece");
}

static void
test_packages (void)
{
  static const struct {
    guint32 algo;
    gboolean ug;
    UbImageKind kind;
  } rows[] = {
    { UB_RBL_ALGO_AES_GZIP, TRUE, UB_IMAGE_KIND_UG_PACKAGE },
    { UB_RBL_ALGO_AES_GZIP, FALSE, UB_IMAGE_KIND_OTA_RBL },
    { UB_RBL_ALGO_PLAIN, FALSE, UB_IMAGE_KIND_OTA_RBL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GBytes) package =
        image_make_package ("OpenBK7231N_1.18.2", 0x4000, rows[i].algo, rows[i].ug);
    g_autoptr (UbImageAnalysis) analysis = image_analyse_bytes (package);
    gsize size;
    const guint8 *data = g_bytes_get_data (package, &size);
    g_autofree guint8 *broken = g_memdup2 (data, size);

    g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, rows[i].kind);
    g_assert_cmpint (ub_image_analysis_get_family (analysis), ==, UB_FAMILY_N);
    g_assert_cmpstr (ub_image_analysis_get_firmware_version (analysis), ==, "1.18.2");
    g_assert_cmpint (ub_image_analysis_get_uses (analysis), ==, 0);
    g_assert_false (image_has_finding (analysis, "rbl-payload"));

    for (gsize at = rows[i].ug ? 0x40 : 0x20; at < size; at += size / 20) {
      g_autoptr (UbImageAnalysis) bad = NULL, cut = NULL;

      broken[at] ^= 1;
      bad = image_analyse (broken, size);
      broken[at] ^= 1;
      g_assert_true (image_has_finding (bad, "rbl-payload") ||
                     image_has_finding (bad, "rbl-header"));
      if (at < 0x80)
        continue;
      cut = image_analyse (broken, at);
      g_assert_true (image_has_finding (cut, "rbl-payload"));
    }
  }
}

static void
test_plain_code (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL, *code = g_malloc (0x11000);
  gsize n;
  static const UbBekenKeyId keys[] = { UB_BEKEN_KEY_NONE, UB_BEKEN_KEY_TUYA };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_autoptr (UbImageAnalysis) app = NULL, boot = NULL;

    image_spec_init (&spec, UB_FAMILY_T);
    spec.key = keys[i];
    g_free (flash);
    flash = image_make_flash (&spec);
    n = ub_beken_code_strip (flash + 0x11000, 0x8800, code);
    app = image_analyse (code, n);
    g_assert_cmpint (ub_image_analysis_get_kind (app), ==, UB_IMAGE_KIND_PLAIN_ARM);
    image_assert_refused (app, IMAGE_ANY_FULL, UB_ERROR_IMAGE_PLAIN, NULL);
    n = ub_beken_code_strip (flash, 0xEE00, code);
    boot = image_analyse (code, n);
    g_assert_cmpint (ub_image_analysis_get_kind (boot), ==, UB_IMAGE_KIND_RAW_BOOTLOADER);
    g_assert_cmpstr (ub_image_analysis_get_bootloader_version (boot), ==, "1.0.5");
    image_assert_refused (boot, UB_IMAGE_USE_BOOTLOADER_DONOR, UB_ERROR_IMAGE_PLAIN, NULL);
  }
}

/* In the clear, bootloader and app begin alike, and other chips of the maker use the same format. */
static void
test_code_in_the_clear (void)
{
  ImageSpec spec;
  g_autoptr (GBytes) ua = NULL, qio = NULL;
  g_autoptr (UbImageAnalysis) a = NULL, b = NULL, c = NULL;
  g_autofree guint8 *flash = NULL;

  image_spec_init (&spec, UB_FAMILY_T);
  spec.key = UB_BEKEN_KEY_NONE;
  spec.boot_version = "BK7231U_1.0.6";
  spec.app_text = "OpenBK7231U_1.17.5";
  ua = image_make_part (&spec, 0x11000, IMAGE_CODE_END);
  a = image_analyse_bytes (ua);
  g_assert_cmpint (ub_image_analysis_get_kind (a), ==, UB_IMAGE_KIND_APP);
  g_assert_cmpint (ub_image_analysis_get_family (a), ==, UB_FAMILY_U);
  qio = image_make_part (&spec, 0, IMAGE_CODE_END);
  b = image_analyse_bytes (qio);
  g_assert_cmpint (ub_image_analysis_get_kind (b), ==, UB_IMAGE_KIND_QIO);
  g_assert_cmpint (ub_image_analysis_get_family (b), ==, UB_FAMILY_U);

  spec.boot_version = "BK7238_1.0.14";
  spec.app_text = "OpenBK7238_1.17.5";
  flash = image_make_flash (&spec);
  c = image_analyse (flash, IMAGE_FLASH_SIZE);
  g_assert_cmpint (ub_image_analysis_get_kind (c), ==, UB_IMAGE_KIND_OTHER_CHIP);
  image_assert_refused (c, IMAGE_ANY_FULL, UB_ERROR_IMAGE_NOT_FLASH, "BK7238");
}

/* LibreTiny's app fills a larger partition, whose end only its header tells. */
static void
test_header_tells_the_end (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autoptr (UbImageAnalysis) analysis = NULL;

  image_spec_init (&spec, UB_FAMILY_N);
  spec.app_text = "LibreTiny v1.9.1 on generic-bk7231n-qfn32-tuya, compiled at May 28 2025";
  flash = image_make_flash (&spec);
  memcpy (flash + 0x132000 - 102, flash + IMAGE_CODE_END - 102, 102);
  memset (flash + IMAGE_CODE_END - 102, 0xFF, 102);
  analysis = image_analyse (flash + 0x11000, 0x132000 - 0x11000);
  g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, UB_IMAGE_KIND_LIBRETINY_APP);
  g_assert_cmpint (ub_image_analysis_get_family (analysis), ==, UB_FAMILY_N);
  g_assert_cmpint (ub_image_analysis_get_uses (analysis), ==, UB_IMAGE_USE_APP);
  g_assert_cmpuint (ub_image_analysis_get_n_findings (analysis), ==, 0);
  g_assert_cmpstr (ub_image_analysis_get_firmware_version (analysis), ==, "1.9.1");
}

/* The SDK for BK7231T packs the app into 956 KiB, which is no multiple of a block: the header at the end of that
 * is off the grid of the code's blocks. */
static void
test_header_off_the_grid (void)
{
  const gsize end = 0x100000;
  ImageSpec spec, older;
  g_autofree guint8 *flash = NULL;
  g_autofree guint8 *longer = NULL;
  g_autoptr (UbImageAnalysis) qio = NULL;
  g_autoptr (UbImageAnalysis) app = NULL;
  g_autoptr (UbImageAnalysis) more = NULL;
  g_autoptr (UbImageAnalysis) filled = NULL;
  g_autoptr (UbImageAnalysis) over = NULL;
  g_autoptr (UbImageAnalysis) cut = NULL;
  g_autoptr (UbImageAnalysis) damaged = NULL;

  image_spec_init (&spec, UB_FAMILY_T);
  spec.app_rbl_end = (guint32) end;
  flash = image_make_flash (&spec);

  qio = image_analyse (flash, end);
  g_assert_cmpint (ub_image_analysis_get_kind (qio), ==, UB_IMAGE_KIND_QIO);
  g_assert_cmpint (ub_image_analysis_get_uses (qio), ==,
                   UB_IMAGE_USE_QIO | UB_IMAGE_USE_APP | UB_IMAGE_USE_BOOTLOADER_DONOR);
  g_assert_true (image_has_finding (qio, "rbl-place"));
  g_assert_false (image_has_finding (qio, "padding"));
  filled = image_analyse (flash, end + 0x1000);
  g_assert_true (image_has_finding (filled, "padding"));
  app = image_analyse (flash + 0x11000, end - 0x11000);
  g_assert_cmpint (ub_image_analysis_get_kind (app), ==, UB_IMAGE_KIND_APP);
  g_assert_cmpint (ub_image_analysis_get_uses (app), ==, UB_IMAGE_USE_APP);
  more = image_analyse (flash, 0x132000);
  g_assert_cmpint (ub_image_analysis_get_uses (more), ==, ub_image_analysis_get_uses (qio));

  /* Written over a longer app, whose own header stays where it was. */
  image_spec_init (&older, UB_FAMILY_T);
  older.app_size = 0xF0000;
  longer = image_make_flash (&older);
  memcpy (longer, flash, end);
  over = image_analyse (longer, IMAGE_FLASH_SIZE);
  g_assert_cmpint (ub_image_analysis_get_uses (over) & UB_IMAGE_USE_FULL, ==, UB_IMAGE_USE_FULL);
  g_assert_false (image_has_finding (over, "rbl-payload"));

  cut = image_analyse (flash, end - 1);
  g_assert_cmpint (ub_image_analysis_get_uses (cut), ==, UB_IMAGE_USE_BOOTLOADER_DONOR);
  flash[end - 60] ^= 1;
  damaged = image_analyse (flash, end);
  g_assert_cmpint (ub_image_analysis_get_uses (damaged), ==, UB_IMAGE_USE_BOOTLOADER_DONOR);
}

/* An app that names no chip is known by the driver of its radio. */
static void
test_family_by_radio (void)
{
  static const struct {
    UbFamily family;
    const char *word;
  } rows[] = { { UB_FAMILY_N, "gtx_dcorMod_temp: 0x%x" }, { UB_FAMILY_T, "rwnx_tpc_pa_map_init" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    ImageSpec spec;
    g_autoptr (GBytes) app = NULL;
    g_autoptr (UbImageAnalysis) analysis = NULL;

    image_spec_init (&spec, rows[i].family);
    spec.app_text = rows[i].word;
    app = image_make_part (&spec, 0x11000, IMAGE_CODE_END);
    analysis = image_analyse_bytes (app);
    g_assert_cmpint (ub_image_analysis_get_family (analysis), ==, rows[i].family);
    g_assert_nonnull (ub_image_analysis_get_family_evidence (analysis)[0]);
  }
}

/* With Beken's newer table the calibration lies at 0x1E0000 on an N, too. */
static void
test_newer_table (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autoptr (UbImageAnalysis) analysis = NULL;

  image_spec_init (&spec, UB_FAMILY_N);
  spec.newer_table = TRUE;
  flash = image_make_flash (&spec);
  analysis = image_analyse (flash, IMAGE_FLASH_SIZE);
  g_assert_cmpint (ub_image_analysis_get_family (analysis), ==, UB_FAMILY_N);
  g_assert_false (image_has_finding (analysis, "family-conflict"));
  g_assert_cmpint (ub_image_analysis_get_uses (analysis) & UB_IMAGE_USE_FULL, ==,
                   UB_IMAGE_USE_FULL);
}

static void
put_text (guint8 *code, gsize at, const char *text)
{
  memcpy (code + at, text, strlen (text));
}

/* Tuya's and Beken's ways to name a bootloader. */
static void
test_bootloader_names (void)
{
  static const struct {
    const char *mark; /* of the ROM, at 0x100 */
    const char *version; /* behind it */
    const char *name;
    const char *behind_name;
    const char *found;
  } rows[] = {
    { "BK7231", "", "BK7231N_1.0.1", "", "BK7231N 1.0.1" },
    { "BK7231", "", "BK7231n", "_1.0.13", "BK7231N 1.0.13" },
    { "BK7231", "_1.0.15", "BK7231n", "", "BK7231N 1.0.15" },
    { "", "_1.0.15", "BK7231u", "", "BK7231U 1.0.15" },
    { "BK7238", "_1.0.15", "BK7252N", "", "BK7252N 1.0.15" },
    { "BK7231", "_1.0.15", "", "", NULL },
    { "BK7231", "", "BK7231n", "", NULL },
    { "BK7231", "_1.0.15", "OpenBK7231N", "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 code[0x1000] = { 0 };
    g_autofree char *name = NULL, *version = NULL, *found = NULL;

    put_text (code, 0x100, rows[i].mark);
    put_text (code, 0x108, rows[i].version);
    put_text (code, 0x800, rows[i].name);
    put_text (code, 0x800 + strlen (rows[i].name) + 1, rows[i].behind_name);
    if (ub_bootloader_find_version (code, sizeof code, &name, &version))
      found = g_strdup_printf ("%s %s", name, version);
    g_assert_cmpstr (found, ==, rows[i].found);
  }
}

static void
test_other_chips_by_name (void)
{
  static const struct {
    const char *text;
    const char *chip;
  } rows[] = { { "OpenLN882H_1.17.203", "LN882H" },
               { "OpenW800_1.18", "W800" },
               { "v5.1 ESP-IDF", "ESP32" } };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GRand) rand = g_rand_new_with_seed (i);
    g_autofree guint8 *data = g_malloc (0x8000);
    g_autoptr (UbImageAnalysis) analysis = NULL;

    for (gsize j = 0; j < 0x8000; j++)
      data[j] = (guint8) g_rand_int (rand);
    memcpy (data + 0x4321, rows[i].text, strlen (rows[i].text) + 1);
    analysis = image_analyse (data, 0x8000);
    g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, UB_IMAGE_KIND_OTHER_CHIP);
    image_assert_refused (analysis, IMAGE_ANY_FULL, UB_ERROR_IMAGE_NOT_FLASH, rows[i].chip);
  }
}

static void
test_chip (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autoptr (GBytes) wrecked = NULL, blank = NULL, mixed = NULL;
  g_autoptr (UbImageAnalysis) a = NULL, b = NULL, c = NULL;

  image_spec_init (&spec, UB_FAMILY_T);
  flash = image_make_flash (&spec);
  memset (flash, 0xFF, 0x11000);
  wrecked = g_bytes_new (flash, IMAGE_FLASH_SIZE);
  a = ub_image_analysis_new_for_chip (wrecked);
  g_assert_cmpint (ub_image_analysis_get_family (a), ==, UB_FAMILY_T);
  g_assert_cmpstr (ub_image_analysis_get_mac (a), ==, "50:8a:06:00:00:02");

  memset (flash, 0xFF, IMAGE_FLASH_SIZE);
  blank = g_bytes_new (flash, IMAGE_FLASH_SIZE);
  b = ub_image_analysis_new_for_chip (blank);
  g_assert_cmpint (ub_image_analysis_get_kind (b), ==, UB_IMAGE_KIND_BLANK);
  g_assert_cmpint (ub_image_analysis_get_family (b), ==, UB_FAMILY_UNKNOWN);

  /* An N image on a T module, by mistake: the calibration tells what it is. */
  g_free (flash);
  flash = image_make_flash (&spec);
  image_spec_init (&spec, UB_FAMILY_N);
  {
    g_autoptr (GBytes) qio = image_make_part (&spec, 0, IMAGE_CODE_END);

    memcpy (flash, g_bytes_get_data (qio, NULL), IMAGE_CODE_END);
  }
  mixed = g_bytes_new (flash, IMAGE_FLASH_SIZE);
  c = ub_image_analysis_new_for_chip (mixed);
  g_assert_cmpint (ub_image_analysis_get_family (c), ==, UB_FAMILY_T);
  g_assert_true (image_has_finding (c, "family-conflict"));
}

static void
assert_verdict (const guint8 *flash, const char *expected)
{
  g_autoptr (GBytes) content = g_bytes_new (flash, IMAGE_FLASH_SIZE);
  g_autoptr (UbImageAnalysis) analysis = ub_image_analysis_new_for_chip (content);
  g_autofree char *verdict = ub_image_analysis_dup_verdict (analysis);
  g_autofree char *report = ub_image_analysis_dup_report (analysis, FALSE);

  g_assert_cmpstr (verdict, ==, expected);
  g_assert_nonnull (strstr (report, expected));
  g_assert_null (strstr (report, "Full backup"));
}

/* One sentence about a module, which claims no more than is proven. */
static void
test_verdict (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL, *sound = NULL;
  g_autofree char *of_file = NULL, *of_excerpt = NULL;
  g_autoptr (UbImageAnalysis) file = NULL, excerpt = NULL;
  g_autoptr (GBytes) content = NULL;

  image_spec_init (&spec, UB_FAMILY_N);
  sound = image_make_flash (&spec);
  assert_verdict (sound, "OpenBeken 1.17.203; nothing wrong was found.");

  flash = g_memdup2 (sound, IMAGE_FLASH_SIZE);
  memset (flash, 0xFF, 0x11000);
  assert_verdict (flash, "This module cannot start: the bootloader is blank.");
  memset (flash, 0x5A, 0x11000);
  assert_verdict (flash,
                  "This module cannot start: where the bootloader should be lies something else.");
  memcpy (flash, sound, 0x11000);
  flash[0x1000] ^= 1;
  assert_verdict (flash, "This module probably does not start: the bootloader is damaged.");
  memcpy (flash, sound, IMAGE_FLASH_SIZE);
  flash[0x12000] ^= 1;
  assert_verdict (flash, "This module probably does not start: the app is damaged.");
  memset (flash + 0x11000, 0xFF, IMAGE_CODE_END - 0x11000);
  assert_verdict (flash, "This module probably does not start: the app is missing.");
  memcpy (flash, sound, IMAGE_FLASH_SIZE);
  memset (flash + 0x1D0000, 0xFF, IMAGE_FLASH_SIZE - 0x1D0000);
  assert_verdict (flash, "OpenBeken 1.17.203, with 1 warning.");
  memset (flash, 0xFF, IMAGE_FLASH_SIZE);
  assert_verdict (flash, "This module cannot start: the flash is blank.");

  file = image_analyse (sound, IMAGE_FLASH_SIZE);
  of_file = ub_image_analysis_dup_verdict (file);
  g_assert_null (of_file);
  content = g_bytes_new (flash, IMAGE_FLASH_SIZE);
  excerpt = ub_image_analysis_new_for_excerpt (content);
  of_excerpt = ub_image_analysis_dup_verdict (excerpt);
  g_assert_null (of_excerpt);
}

static void
test_report_and_json (void)
{
  static const char *const members[] = { "kind",       "family",       "family_evidence",
                                         "size",       "sha256",       "rotated",
                                         "bootloader", "firmware",     "crc",
                                         "rbl",        "partitions",   "calibration",
                                         "findings",   "usable_as",    "address",
                                         "file",       "tuya_storage", "fast_connect" };
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autofree char *report = NULL, *summary = NULL;
  g_autoptr (UbImageAnalysis) analysis = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  image_spec_init (&spec, UB_FAMILY_N);
  flash = image_make_flash (&spec);
  analysis = image_analyse (flash, IMAGE_FLASH_SIZE);
  node = ub_image_analysis_to_json (analysis, FALSE);
  object = json_node_get_object (node);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_true (json_object_has_member (object, members[i]));
  g_assert_cmpstr (json_object_get_string_member (object, "kind"), ==, "full-backup");
  g_assert_cmpstr (json_object_get_string_member (object, "family"), ==, "N");
  g_assert_false (json_object_get_boolean_member (object, "rotated"));
  g_assert_cmpstr (
      json_object_get_string_member (json_object_get_object_member (object, "bootloader"), "key"),
      ==, "tuya");
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "rbl")), ==, 2);
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "partitions")), ==,
                    3);

  summary = ub_image_analysis_dup_summary (analysis);
  g_assert_cmpstr (summary, ==, "Full backup, BK7231N, OpenBeken 1.17.203");
  report = ub_image_analysis_dup_report (analysis, FALSE);
  g_assert_nonnull (strstr (report, "10:5a:17:00:00:01"));
  g_assert_nonnull (strstr (report, "BK7231N 1.0.1"));
}

static void
test_ids (void)
{
  for (UbImageKind kind = UB_IMAGE_KIND_UNKNOWN; kind <= UB_IMAGE_KIND_BLANK; kind++) {
    g_assert_cmpstr (ub_image_kind_get_id (kind), !=, "");
    g_assert_cmpstr (ub_image_kind_get_title (kind), !=, "");
  }
  g_assert_cmpstr (ub_family_get_id (UB_FAMILY_T), ==, "T");
  g_assert_cmpstr (ub_family_get_title (UB_FAMILY_T), ==, "BK7231T");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-analysis/full-backup", test_full_backup);
  g_test_add_func ("/image-analysis/parts", test_parts);
  g_test_add_func ("/image-analysis/refusals", test_refusals);
  g_test_add_func ("/image-analysis/packages", test_packages);
  g_test_add_func ("/image-analysis/plain-code", test_plain_code);
  g_test_add_func ("/image-analysis/code-in-the-clear", test_code_in_the_clear);
  g_test_add_func ("/image-analysis/header-tells-the-end", test_header_tells_the_end);
  g_test_add_func ("/image-analysis/header-off-the-grid", test_header_off_the_grid);
  g_test_add_func ("/image-analysis/family-by-radio", test_family_by_radio);
  g_test_add_func ("/image-analysis/newer-table", test_newer_table);
  g_test_add_func ("/image-analysis/bootloader-names", test_bootloader_names);
  g_test_add_func ("/image-analysis/other-chips-by-name", test_other_chips_by_name);
  g_test_add_func ("/image-analysis/chip", test_chip);
  g_test_add_func ("/image-analysis/verdict", test_verdict);
  g_test_add_func ("/image-analysis/report-and-json", test_report_and_json);
  g_test_add_func ("/image-analysis/ids", test_ids);
  return g_test_run ();
}

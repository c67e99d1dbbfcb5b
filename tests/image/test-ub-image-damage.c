/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "image-maker.h"
#include "ub-error.h"

#include <string.h>

static void
test_rotated (void)
{
  static const gsize rotations[] = { 0x11000, 0x1000, 0x12345, 0x100000, 0x1EF000 };
  ImageSpec spec;
  g_autofree guint8 *flash = NULL, *turned = g_malloc (IMAGE_FLASH_SIZE);

  image_spec_init (&spec, UB_FAMILY_T);
  flash = image_make_flash (&spec);
  for (guint i = 0; i < G_N_ELEMENTS (rotations); i++) {
    gsize by = rotations[i];
    g_autoptr (UbImageAnalysis) analysis = NULL;

    memcpy (turned, flash + by, IMAGE_FLASH_SIZE - by);
    memcpy (turned + IMAGE_FLASH_SIZE - by, flash, by);
    analysis = image_analyse (turned, IMAGE_FLASH_SIZE);
    g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, UB_IMAGE_KIND_ROTATED_BACKUP);
    g_assert_cmpint (ub_image_analysis_get_family (analysis), ==, UB_FAMILY_T);
    g_assert_true (image_has_finding (analysis, "rotated"));
    if (by == 0x11000) {
      g_assert_cmpint (ub_image_analysis_get_uses (analysis) & UB_IMAGE_USE_FULL, !=, 0);
      g_assert_cmpmem (g_bytes_get_data (ub_image_analysis_get_content (analysis), NULL),
                       IMAGE_FLASH_SIZE, flash, IMAGE_FLASH_SIZE);
    } else {
      g_autofree char *offset = g_strdup_printf ("0x%zX", IMAGE_FLASH_SIZE - by);

      g_assert_cmpint (ub_image_analysis_get_uses (analysis), ==, 0);
      image_assert_refused (analysis, IMAGE_ANY_FULL, UB_ERROR_IMAGE_DAMAGED, offset);
    }
  }
}

static void
test_wrecked_bootloader (void)
{
  ImageSpec spec;
  static const guint8 fillings[] = { 0xFF, 0x00 };

  image_spec_init (&spec, UB_FAMILY_N);
  for (guint i = 0; i < G_N_ELEMENTS (fillings); i++) {
    g_autofree guint8 *flash = image_make_flash (&spec);
    g_autoptr (UbImageAnalysis) analysis = NULL;

    memset (flash, fillings[i], 0x11000);
    analysis = image_analyse (flash, IMAGE_FLASH_SIZE);
    g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, UB_IMAGE_KIND_FULL_BACKUP);
    g_assert_cmpint (ub_image_analysis_get_family (analysis), ==, UB_FAMILY_N);
    g_assert_cmpint (ub_image_analysis_get_uses (analysis), ==, UB_IMAGE_USE_APP);
    image_assert_refused (analysis, IMAGE_ANY_FULL, UB_ERROR_IMAGE_NO_BOOTLOADER, "app is whole");
  }
}

static void
test_every_flipped_bit_in_code (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);

  image_spec_init (&spec, UB_FAMILY_N);
  flash = image_make_flash (&spec);
  for (guint i = 0; i < 80; i++) {
    /* Bootloader, its header, app, its header in turn. */
    static const guint32 areas[][2] = {
      { 0, 0xEE00 }, { 0x10F9A, 102 }, { 0x11000, 0x8800 }, { IMAGE_CODE_END - 102, 102 }
    };
    guint32 at = areas[i % 4][0] + g_rand_int_range (rand, 0, (gint32) areas[i % 4][1]);
    guint8 bit = (guint8) (1 << g_rand_int_range (rand, 0, 8));
    g_autoptr (UbImageAnalysis) analysis = NULL;

    flash[at] ^= bit;
    analysis = image_analyse (flash, IMAGE_FLASH_SIZE);
    flash[at] ^= bit;
    g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, UB_IMAGE_KIND_FULL_BACKUP);
    g_assert_cmpuint (ub_image_analysis_get_crc (analysis)->damaged, ==, 1);
    g_assert_cmpint (ub_image_analysis_get_uses (analysis), ==,
                     i % 4 < 2 ? UB_IMAGE_USE_APP : UB_IMAGE_USE_BOOTLOADER_DONOR);
    g_assert_true (image_has_finding (analysis, "crc-damaged"));
    image_assert_refused (analysis, IMAGE_ANY_FULL, UB_ERROR_IMAGE_DAMAGED, NULL);
  }
}

static void
test_truncated (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;

  image_spec_init (&spec, UB_FAMILY_T);
  spec.app_size = 0x100000;
  flash = image_make_flash (&spec);
  for (guint i = 1; i <= 40; i++) {
    gsize size = IMAGE_FLASH_SIZE / 41 * i + i % 34;
    g_autoptr (UbImageAnalysis) analysis = image_analyse (flash, size);

    g_assert_cmpint (ub_image_analysis_get_uses (analysis) & UB_IMAGE_USE_FULL, ==, 0);
    image_assert_warned (analysis);
    if (size < 0x11000 + 0x110000)
      g_assert_cmpint (
          ub_image_analysis_get_uses (analysis) & (UB_IMAGE_USE_APP | UB_IMAGE_USE_QIO), ==, 0);
  }
}

static void
test_made_of_several (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL, *two = g_malloc (2 * IMAGE_FLASH_SIZE + 100);
  g_autoptr (UbImageAnalysis) doubled = NULL, longer = NULL, qios = NULL, behind = NULL;

  image_spec_init (&spec, UB_FAMILY_N);
  flash = image_make_flash (&spec);
  memcpy (two, flash, IMAGE_FLASH_SIZE);
  memcpy (two + IMAGE_FLASH_SIZE, flash, IMAGE_FLASH_SIZE);
  doubled = image_analyse (two, 2 * IMAGE_FLASH_SIZE);
  g_assert_true (image_has_finding (doubled, "doubled"));
  image_assert_refused (doubled, IMAGE_ANY_FULL, UB_ERROR_IMAGE_DAMAGED, "half");

  memset (two + IMAGE_FLASH_SIZE, 0xFF, 100);
  longer = image_analyse (two, IMAGE_FLASH_SIZE + 100);
  g_assert_true (image_has_finding (longer, "trailing-data"));
  image_assert_refused (longer, IMAGE_ANY_FULL | UB_IMAGE_USE_APP, UB_ERROR_IMAGE_DAMAGED,
                        "cut off");

  memcpy (two + IMAGE_CODE_END, flash, IMAGE_CODE_END);
  qios = image_analyse (two, 2 * IMAGE_CODE_END);
  g_assert_true (image_has_finding (qios, "second-bootloader"));
  image_assert_refused (qios, IMAGE_ANY_FULL, UB_ERROR_IMAGE_DAMAGED, "several");

  memset (two, 0x33, 100);
  memcpy (two + 100, flash, IMAGE_CODE_END);
  behind = image_analyse (two, 100 + IMAGE_CODE_END);
  g_assert_true (image_has_finding (behind, "foreign-start"));
  g_assert_cmpint (ub_image_analysis_get_uses (behind), ==, 0);
}

static void
test_wrong_pairs (void)
{
  ImageSpec n, t;
  g_autofree guint8 *flash_n = NULL, *flash_t = NULL, *plain = NULL;
  g_autoptr (UbImageAnalysis) families = NULL, keys = NULL;

  image_spec_init (&n, UB_FAMILY_N);
  image_spec_init (&t, UB_FAMILY_T);
  flash_n = image_make_flash (&n);
  flash_t = image_make_flash (&t);
  n.key = UB_BEKEN_KEY_UASCENT;
  plain = image_make_flash (&n);

  memcpy (flash_n, flash_t, 0x11000);
  families = image_analyse (flash_n, IMAGE_FLASH_SIZE);
  g_assert_cmpint (ub_image_analysis_get_uses (families), ==,
                   UB_IMAGE_USE_APP | UB_IMAGE_USE_BOOTLOADER_DONOR);
  image_assert_refused (families, IMAGE_ANY_FULL, UB_ERROR_IMAGE_FAMILY, "BK7231T");

  memcpy (plain + 0x11000, flash_n + 0x11000, IMAGE_CODE_END - 0x11000);
  keys = image_analyse (plain, IMAGE_FLASH_SIZE);
  image_assert_refused (keys, IMAGE_ANY_FULL, UB_ERROR_IMAGE_KEY, NULL);
}

/* Another app written over a longer one, in whole sectors or not: the header behind is of the old one. */
static void
test_left_over_code (void)
{
  ImageSpec spec;
  g_autofree guint8 *old = NULL, *flash = NULL;
  g_autoptr (UbImageAnalysis) bytes = NULL, sectors = NULL, middle = NULL;

  image_spec_init (&spec, UB_FAMILY_T);
  spec.app_size = 0x40000;
  old = image_make_flash (&spec);
  spec.app_size = 0x8000;
  spec.app_text = "OpenBK7231T_1.18.1";
  flash = image_make_flash (&spec);
  memcpy (old + 0x11000, flash + 0x11000, 0x8800);
  bytes = image_analyse (old, IMAGE_FLASH_SIZE);
  g_assert_cmpint (ub_image_analysis_get_uses (bytes) & UB_IMAGE_USE_FULL, !=, 0);
  g_assert_true (image_has_finding (bytes, "rbl-payload"));

  memset (old + 0x19800, 0xFF, 0x1A000 - 0x19800);
  sectors = image_analyse (old, IMAGE_FLASH_SIZE);
  g_assert_cmpint (ub_image_analysis_get_uses (sectors) & UB_IMAGE_USE_FULL, !=, 0);
  g_assert_true (image_has_finding (sectors, "stale-code"));

  /* A sector lost in the middle is no such seam. */
  memset (old + 0x14000, 0xFF, 0x1000);
  middle = image_analyse (old, IMAGE_FLASH_SIZE);
  g_assert_cmpint (ub_image_analysis_get_uses (middle), ==, UB_IMAGE_USE_BOOTLOADER_DONOR);
}

/* Filled up to 4 MiB: blank it may be a larger flash, but that is said; zeros are never one. */
static void
test_filled_up (void)
{
  const gsize size = 2 * IMAGE_FLASH_SIZE;
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autoptr (UbImageAnalysis) blank = NULL;
  g_autoptr (UbImageAnalysis) zeros = NULL;

  image_spec_init (&spec, UB_FAMILY_N);
  flash = g_realloc (image_make_flash (&spec), size);
  memset (flash + IMAGE_FLASH_SIZE, 0xFF, IMAGE_FLASH_SIZE);
  blank = image_analyse (flash, size);
  g_assert_true (image_has_finding (blank, "padding"));
  memset (flash + IMAGE_FLASH_SIZE, 0, IMAGE_FLASH_SIZE);
  zeros = image_analyse (flash, size);
  g_assert_true (image_has_finding (zeros, "trailing-data"));
  g_assert_cmpint (ub_image_analysis_get_uses (zeros), ==, UB_IMAGE_USE_BOOTLOADER_DONOR);
}

/* Bytes before an app may be anything, but no bootloader. */
static void
test_bootloader_cut (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autoptr (UbImageAnalysis) behind_zeros = NULL, from_the_middle = NULL;

  image_spec_init (&spec, UB_FAMILY_N);
  flash = image_make_flash (&spec);
  from_the_middle = image_analyse (flash + 0x8000, IMAGE_CODE_END - 0x8000);
  memset (flash, 0, 0x11000);
  behind_zeros = image_analyse (flash + 0x11000 - 512, IMAGE_CODE_END - 0x11000 + 512);
  g_assert_true (image_has_finding (behind_zeros, "bootloader-cut"));
  g_assert_true (image_has_finding (from_the_middle, "bootloader-cut"));
  g_assert_cmpint (ub_image_analysis_get_uses (behind_zeros), ==, UB_IMAGE_USE_APP);
}

static void
test_calibration_lost (void)
{
  ImageSpec spec;
  g_autofree guint8 *without = NULL, *with_template = NULL, *broken = NULL;
  g_autoptr (UbImageAnalysis) a = NULL, b = NULL, c = NULL;

  image_spec_init (&spec, UB_FAMILY_N);
  spec.template_calibration = TRUE;
  with_template = image_make_flash (&spec);
  a = image_analyse (with_template, IMAGE_FLASH_SIZE);
  g_assert_true (image_has_finding (a, "calibration-template"));
  g_assert_nonnull (ub_image_analysis_get_mac (a));

  spec.template_calibration = FALSE;
  broken = image_make_flash (&spec);
  broken[0x1D0004] ^= 4;
  b = image_analyse (broken, IMAGE_FLASH_SIZE);
  g_assert_true (image_has_finding (b, "calibration-damaged"));

  spec.mac = NULL;
  without = image_make_flash (&spec);
  c = image_analyse (without, IMAGE_FLASH_SIZE);
  g_assert_true (image_has_finding (c, "calibration-missing"));
  g_assert_null (ub_image_analysis_get_mac (c));
}

/* A flipped bit in a tag, or something behind the record: its lengths still fit, but no factory writes that. What the
 * calibration is worth to others does not change. */
static void
test_calibration_doubtful (void)
{
  static const gsize places[] = { 0x1D0008, 0x1D0010, 0x1D0800, 0x1D0FFF };
  ImageSpec spec;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree guint8 *flash = NULL;
    g_autoptr (UbImageAnalysis) analysis = NULL;

    image_spec_init (&spec, UB_FAMILY_N);
    flash = image_make_flash (&spec);
    flash[places[i]] ^= 0x40;
    analysis = image_analyse (flash, IMAGE_FLASH_SIZE);
    g_assert_true (image_has_finding (analysis, "calibration-doubtful"));
    g_assert_false (image_has_finding (analysis, "calibration-damaged"));
    g_assert_true (ub_image_analysis_get_calibration (analysis, NULL, NULL));
    g_assert_cmpint (ub_image_analysis_get_uses (analysis) & UB_IMAGE_USE_FULL, !=, 0);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/image-damage/rotated", test_rotated);
  g_test_add_func ("/image-damage/wrecked-bootloader", test_wrecked_bootloader);
  g_test_add_func ("/image-damage/every-flipped-bit-in-code", test_every_flipped_bit_in_code);
  g_test_add_func ("/image-damage/truncated", test_truncated);
  g_test_add_func ("/image-damage/made-of-several", test_made_of_several);
  g_test_add_func ("/image-damage/wrong-pairs", test_wrong_pairs);
  g_test_add_func ("/image-damage/left-over-code", test_left_over_code);
  g_test_add_func ("/image-damage/filled-up", test_filled_up);
  g_test_add_func ("/image-damage/bootloader-cut", test_bootloader_cut);
  g_test_add_func ("/image-damage/calibration-lost", test_calibration_lost);
  g_test_add_func ("/image-damage/calibration-doubtful", test_calibration_doubtful);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "image-maker.h"
#include "ub-composition.h"
#include "ub-error.h"

#include <string.h>

#define APP UB_APP_ADDRESS

static UbImageAnalysis *
make_chip (const guint8 *flash, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (flash, size);

  return ub_image_analysis_new_for_chip (bytes);
}

static UbImageAnalysis *
make_image (const ImageSpec *spec, gsize from, gsize to)
{
  g_autoptr (GBytes) bytes = image_make_part (spec, from, to);

  return image_analyse_bytes (bytes);
}

static gboolean
has_finding (UbComposition *composition, const char *id)
{
  for (guint i = 0; i < ub_composition_get_n_findings (composition); i++) {
    if (g_str_equal (ub_composition_get_finding (composition, i)->id, id))
      return TRUE;
  }
  return FALSE;
}

static const guint8 *
get_wanted (UbComposition *composition, gsize size)
{
  gsize n;
  const guint8 *wanted = g_bytes_get_data (ub_composition_get_wanted (composition), &n);

  g_assert_cmpuint (n, ==, size);
  return wanted;
}

/* Every byte is either in a written range and from the file, or as the chip has it. */
static void
assert_ranges_agree (UbComposition *composition, const guint8 *now, gsize size)
{
  const guint8 *wanted = get_wanted (composition, size);
  g_autofree guint8 *left = g_memdup2 (now, size);

  for (guint i = 0; i < ub_composition_get_n_written (composition); i++) {
    const UbRange *range = ub_composition_get_written (composition, i);

    g_assert_cmpuint (range->size, >, 0);
    g_assert_cmpuint (range->address + range->size, <=, size);
    memcpy (left + range->address, wanted + range->address, range->size);
    for (guint j = 0; j < ub_composition_get_n_kept (composition); j++) {
      const UbRange *kept = ub_composition_get_kept (composition, j);

      g_assert_true (kept->address + kept->size <= range->address ||
                     range->address + range->size <= kept->address);
    }
  }
  g_assert_true (memcmp (left, wanted, size) == 0);
}

static void
test_full_over_another_device (void)
{
  static const guint8 other_mac[] = { 0x10, 0x5A, 0x17, 0x99, 0x99, 0x99 };
  ImageSpec ours, theirs;
  g_autofree guint8 *flash = NULL, *file = NULL;
  g_autoptr (UbImageAnalysis) image = NULL, chip = NULL;
  g_autoptr (UbComposition) kept = NULL, cloned = NULL;
  g_autoptr (GError) error = NULL;

  image_spec_init (&ours, UB_FAMILY_N);
  image_spec_init (&theirs, UB_FAMILY_N);
  theirs.mac = other_mac;
  theirs.app_size = 0x9000;
  flash = image_make_flash (&ours);
  memset (flash + 0x1D1000, 0x77, 64);
  file = image_make_flash (&theirs);
  image = image_analyse (file, IMAGE_FLASH_SIZE);
  chip = make_chip (flash, IMAGE_FLASH_SIZE);

  kept = ub_composition_new (image, NULL, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  assert_ranges_agree (kept, flash, IMAGE_FLASH_SIZE);
  g_assert_cmpuint (ub_composition_get_n_kept (kept), ==, 1);
  g_assert_cmphex (ub_composition_get_kept (kept, 0)->address, ==, 0x1D0000);
  g_assert_cmphex (ub_composition_get_kept (kept, 0)->size, ==, 0x1000);
  g_assert_cmpuint (ub_composition_get_n_written (kept), ==, 2);
  {
    const guint8 *wanted = get_wanted (kept, IMAGE_FLASH_SIZE);

    g_assert_true (memcmp (wanted + 0x1D0000, flash + 0x1D0000, 0x1000) == 0);
    g_assert_true (memcmp (wanted, file, 0x1D0000) == 0);
    g_assert_true (memcmp (wanted + 0x1D1000, file + 0x1D1000, IMAGE_FLASH_SIZE - 0x1D1000) == 0);
  }
  g_assert_true (has_finding (kept, "clone-identity"));
  g_assert_true (has_finding (kept, "calibration-kept"));

  cloned = ub_composition_new (image, NULL, chip, UB_COMPOSITION_OVERWRITE_CALIBRATION, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (get_wanted (cloned, IMAGE_FLASH_SIZE), file, IMAGE_FLASH_SIZE) == 0);
  g_assert_cmpuint (ub_composition_get_n_kept (cloned), ==, 0);
  g_assert_true (has_finding (cloned, "clone-mac"));
}

static void
test_qio_keeps_the_rest (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (UbImageAnalysis) image = NULL, chip = NULL;
  g_autoptr (UbComposition) composition = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *wanted;

  image_spec_init (&spec, UB_FAMILY_T);
  flash = image_make_flash (&spec);
  memset (flash + IMAGE_CODE_END, 0xA5, 0x1E0000 - IMAGE_CODE_END);
  memset (flash, 0xFF, APP);
  spec.app_size = 0xA000;
  file = image_make_part (&spec, 0, IMAGE_CODE_END);
  image = image_analyse_bytes (file);
  chip = make_chip (flash, IMAGE_FLASH_SIZE);
  composition = ub_composition_new (image, NULL, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  wanted = get_wanted (composition, IMAGE_FLASH_SIZE);
  g_assert_true (memcmp (wanted, g_bytes_get_data (file, NULL), IMAGE_CODE_END) == 0);
  g_assert_true (memcmp (wanted + IMAGE_CODE_END, flash + IMAGE_CODE_END,
                         IMAGE_FLASH_SIZE - IMAGE_CODE_END) == 0);
  assert_ranges_agree (composition, flash, IMAGE_FLASH_SIZE);
}

static void
test_bootloader_and_app (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL, *backup = NULL;
  g_autoptr (UbImageAnalysis) donor = NULL, ua = NULL, rest = NULL, full = NULL, chip = NULL;
  UbImageAnalysis *apps[3];

  image_spec_init (&spec, UB_FAMILY_T);
  donor = make_image (&spec, 0, IMAGE_CODE_END);
  backup = image_make_flash (&spec);
  memset (backup + 0x140000, 0x3C, 0x1000);
  flash = g_memdup2 (backup, IMAGE_FLASH_SIZE);
  memset (flash, 0xFF, APP);
  memset (flash + 0x180000, 0x11, 0x100);
  chip = make_chip (flash, IMAGE_FLASH_SIZE);

  ua = make_image (&spec, APP, IMAGE_CODE_END);
  rest = image_analyse (backup + APP, IMAGE_FLASH_SIZE - APP);
  memset (backup, 0xFF, APP);
  full = image_analyse (backup, IMAGE_FLASH_SIZE);
  apps[0] = ua;
  apps[1] = rest;
  apps[2] = full;
  for (guint i = 0; i < G_N_ELEMENTS (apps); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (UbComposition) composition =
        ub_composition_new (apps[i], donor, chip, UB_COMPOSITION_DEFAULT, &error);
    const guint8 *wanted;

    g_assert_no_error (error);
    wanted = get_wanted (composition, IMAGE_FLASH_SIZE);
    g_assert_true (
        memcmp (wanted, g_bytes_get_data (ub_image_analysis_get_content (donor), NULL), APP) == 0);
    g_assert_true (memcmp (wanted + APP, backup + APP, IMAGE_CODE_END - APP) == 0);
    g_assert_true (memcmp (wanted + IMAGE_CODE_END, (i == 0 ? flash : backup) + IMAGE_CODE_END,
                           IMAGE_FLASH_SIZE - IMAGE_CODE_END) == 0);
    assert_ranges_agree (composition, flash, IMAGE_FLASH_SIZE);
  }
}

static void
test_refusals (void)
{
  ImageSpec t, n, other_key;
  g_autofree guint8 *flash = NULL, *small = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL, small_chip = NULL, qio_n = NULL, ua_n = NULL,
                              ua_t = NULL, donor_t = NULL, full_t = NULL, ua_key = NULL,
                              blank = NULL;
  struct {
    UbImageAnalysis *image, *donor, *chip;
    UbError code;
  } rows[8];

  image_spec_init (&t, UB_FAMILY_T);
  image_spec_init (&n, UB_FAMILY_N);
  other_key = t;
  other_key.key = UB_BEKEN_KEY_UASCENT;
  flash = image_make_flash (&t);
  chip = make_chip (flash, IMAGE_FLASH_SIZE);
  small = g_memdup2 (flash, 0x100000);
  small_chip = make_chip (small, 0x100000);
  memset (flash, 0xFF, IMAGE_FLASH_SIZE);
  blank = make_chip (flash, IMAGE_FLASH_SIZE);
  qio_n = make_image (&n, 0, IMAGE_CODE_END);
  ua_n = make_image (&n, APP, IMAGE_CODE_END);
  ua_t = make_image (&t, APP, IMAGE_CODE_END);
  donor_t = make_image (&t, 0, APP);
  full_t = make_image (&t, 0, IMAGE_FLASH_SIZE);
  ua_key = make_image (&other_key, APP, IMAGE_CODE_END);

  rows[0].image = qio_n, rows[0].donor = NULL, rows[0].chip = chip,
  rows[0].code = UB_ERROR_IMAGE_FAMILY;
  rows[1].image = ua_n, rows[1].donor = donor_t, rows[1].chip = chip,
  rows[1].code = UB_ERROR_IMAGE_FAMILY;
  rows[2].image = ua_key, rows[2].donor = donor_t, rows[2].chip = chip,
  rows[2].code = UB_ERROR_IMAGE_KEY;
  rows[3].image = ua_t, rows[3].donor = NULL, rows[3].chip = chip,
  rows[3].code = UB_ERROR_IMAGE_NO_BOOTLOADER;
  rows[4].image = donor_t, rows[4].donor = donor_t, rows[4].chip = chip,
  rows[4].code = UB_ERROR_IMAGE_NO_APP;
  rows[5].image = ua_t, rows[5].donor = ua_t, rows[5].chip = chip,
  rows[5].code = UB_ERROR_IMAGE_NO_BOOTLOADER;
  rows[6].image = full_t, rows[6].donor = NULL, rows[6].chip = small_chip,
  rows[6].code = UB_ERROR_IMAGE_TOO_LARGE;
  rows[7].image = ua_n, rows[7].donor = donor_t, rows[7].chip = blank,
  rows[7].code = UB_ERROR_IMAGE_FAMILY;
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (ub_composition_new (rows[i].image, rows[i].donor, rows[i].chip,
                                       UB_COMPOSITION_DEFAULT, &error));
    g_assert_error (error, UB_ERROR, (int) rows[i].code);
  }
}

static void
test_blank_module (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = g_malloc (IMAGE_FLASH_SIZE), *file = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL, image = NULL, qio = NULL;
  g_autoptr (UbComposition) full = NULL, bare = NULL;
  g_autoptr (GError) error = NULL;

  memset (flash, 0xFF, IMAGE_FLASH_SIZE);
  chip = make_chip (flash, IMAGE_FLASH_SIZE);
  image_spec_init (&spec, UB_FAMILY_T);
  file = image_make_flash (&spec);
  image = image_analyse (file, IMAGE_FLASH_SIZE);
  full = ub_composition_new (image, NULL, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (get_wanted (full, IMAGE_FLASH_SIZE), file, IMAGE_FLASH_SIZE) == 0);
  g_assert_true (has_finding (full, "calibration-from-image"));
  g_assert_true (has_finding (full, "module-family-unknown"));
  g_assert_cmpuint (ub_composition_get_n_kept (full), ==, 0);

  qio = make_image (&spec, 0, IMAGE_CODE_END);
  bare = ub_composition_new (qio, NULL, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_true (has_finding (bare, "calibration-missing"));
}

static void
test_calibration_is_not_lost_unsaid (void)
{
  ImageSpec spec, without;
  g_autofree guint8 *flash = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL, image = NULL;
  g_autoptr (UbComposition) lost = NULL, kept = NULL;
  g_autoptr (GError) error = NULL;

  image_spec_init (&spec, UB_FAMILY_T);
  without = spec;
  without.mac = NULL;
  spec.template_calibration = TRUE;
  flash = image_make_flash (&spec);
  chip = make_chip (flash, IMAGE_FLASH_SIZE);
  image = make_image (&without, 0, IMAGE_FLASH_SIZE);
  lost = ub_composition_new (image, NULL, chip, UB_COMPOSITION_OVERWRITE_CALIBRATION, &error);
  g_assert_no_error (error);
  g_assert_true (has_finding (lost, "calibration-lost"));
  kept = ub_composition_new (image, NULL, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_true (has_finding (kept, "calibration-template"));
  g_assert_true (
      memcmp (get_wanted (kept, IMAGE_FLASH_SIZE) + 0x1E0000, flash + 0x1E0000, 0x1000) == 0);
}

static void
test_larger_flash (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = g_malloc (2 * IMAGE_FLASH_SIZE), *file = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL, image = NULL;
  g_autoptr (UbComposition) composition = NULL;
  g_autoptr (GError) error = NULL;

  image_spec_init (&spec, UB_FAMILY_T);
  file = image_make_flash (&spec);
  memset (flash, 0x42, 2 * IMAGE_FLASH_SIZE);
  chip = make_chip (flash, 2 * IMAGE_FLASH_SIZE);
  image = image_analyse (file, IMAGE_FLASH_SIZE);
  composition = ub_composition_new (image, NULL, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  assert_ranges_agree (composition, flash, 2 * IMAGE_FLASH_SIZE);
  g_assert_true (has_finding (composition, "flash-larger"));
}

/* What the main job is measured by, on real images. */

static guint8 *
load (const char *name, gsize *out_size)
{
  const char *folder = g_getenv ("UB_TEST_DATA");
  g_autofree char *path = folder != NULL ? g_build_filename (folder, name, NULL) : NULL;
  char *data = NULL;

  if (path == NULL || !g_file_get_contents (path, &data, out_size, NULL)) {
    g_test_skip ("no real images here");
    return NULL;
  }
  return (guint8 *) data;
}

static void
test_real_donor_and_rest (void)
{
  gsize n, n_donor;
  g_autofree guint8 *backup = load ("tuya-t-ds101jl.bin", &n);
  g_autofree guint8 *qio = load ("openbeken-t-qio-1.18.219-assembled.bin", &n_donor);
  g_autoptr (UbImageAnalysis) chip = NULL, donor = NULL, app = NULL;
  g_autoptr (UbComposition) composed = NULL, full = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *flash = NULL;
  const guint8 *wanted;

  if (backup == NULL || qio == NULL)
    return;
  flash = g_memdup2 (backup, n);
  memset (flash, 0xFF, APP);
  chip = make_chip (flash, n);
  donor = image_analyse (qio, n_donor);
  app = image_analyse (backup + APP, n - APP);
  composed = ub_composition_new (app, donor, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  wanted = get_wanted (composed, n);
  g_assert_true (memcmp (wanted, qio, APP) == 0);
  g_assert_true (memcmp (wanted + APP, backup + APP, n - APP) == 0);

  full = ub_composition_new (donor, NULL, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  wanted = get_wanted (full, n);
  g_assert_cmphex (n_donor, ==, 0xD987C);
  g_assert_true (memcmp (wanted, qio, n_donor) == 0);
  g_assert_true (memcmp (wanted + n_donor, flash + n_donor, n - n_donor) == 0);
}

static void
test_real_rotated_on_blank (void)
{
  gsize n;
  g_autofree guint8 *file = load ("tuya-t-ledmoon-rotated.bin", &n);
  g_autoptr (UbImageAnalysis) chip = NULL, image = NULL;
  g_autoptr (UbComposition) composition = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *flash = NULL;
  const guint8 *wanted;

  if (file == NULL)
    return;
  flash = g_malloc (n);
  memset (flash, 0xFF, n);
  chip = make_chip (flash, n);
  image = image_analyse (file, n);
  composition =
      ub_composition_new (image, NULL, chip, UB_COMPOSITION_OVERWRITE_CALIBRATION, &error);
  g_assert_no_error (error);
  wanted = get_wanted (composition, n);
  g_assert_true (memcmp (wanted, file + 0x1EF000, 0x11000) == 0);
  g_assert_true (memcmp (wanted + 0x11000, file, 0x1EF000) == 0);
}

static void
test_real_other_device (void)
{
  gsize n, n_image;
  g_autofree guint8 *flash = load ("tuya-n-smartled8044.bin", &n);
  g_autofree guint8 *file = load ("tuya-n-apsmt-breaker.bin", &n_image);
  g_autoptr (UbImageAnalysis) chip = NULL, image = NULL, again = NULL;
  g_autoptr (UbComposition) composition = NULL, repeated = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *wanted;

  if (flash == NULL || file == NULL)
    return;
  chip = make_chip (flash, n);
  image = image_analyse (file, n_image);
  composition = ub_composition_new (image, NULL, chip, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  wanted = get_wanted (composition, n);
  g_assert_true (memcmp (wanted, file, 0x1D0000) == 0);
  g_assert_true (memcmp (wanted + 0x1D0000, flash + 0x1D0000, 0x1000) == 0);
  g_assert_true (memcmp (wanted + 0x1D1000, file + 0x1D1000, n - 0x1D1000) == 0);

  again = ub_image_analysis_new_for_chip (ub_composition_get_wanted (composition));
  repeated = ub_composition_new (image, NULL, again, UB_COMPOSITION_DEFAULT, &error);
  g_assert_no_error (error);
  g_assert_true (memcmp (get_wanted (repeated, n), wanted, n) == 0);
}

/* Another device's code with this one's identity. */
static void
test_real_storage_kept (void)
{
  gsize n, n_image;
  g_autofree guint8 *flash = load ("tuya-n-apsmt-breaker.bin", &n);
  g_autofree guint8 *file = load ("tuya-n-smartled8044.bin", &n_image);
  g_autoptr (UbImageAnalysis) chip = NULL, image = NULL;
  g_autoptr (UbComposition) composition = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *wanted;

  if (flash == NULL || file == NULL)
    return;
  chip = make_chip (flash, n);
  image = image_analyse (file, n_image);
  composition = ub_composition_new (image, NULL, chip, UB_COMPOSITION_KEEP_STORAGE, &error);
  g_assert_no_error (error);
  wanted = get_wanted (composition, n);
  g_assert_true (memcmp (wanted, file, 0x1D0000) == 0);
  g_assert_true (memcmp (wanted + 0x1D0000, flash + 0x1D0000, 0x1000) == 0);
  g_assert_true (memcmp (wanted + 0x1D1000, file + 0x1D1000, 0x1ED000 - 0x1D1000) == 0);
  g_assert_true (memcmp (wanted + 0x1ED000, flash + 0x1ED000, n - 0x1ED000) == 0);
  g_assert_false (has_finding (composition, "clone-identity"));
  assert_ranges_agree (composition, flash, n);
}

/* Of a module on slow wires only a part is known beforehand: the storage is spared, and nobody says it is none. */
static void
test_storage_not_yet_read (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  g_autoptr (GBytes) known = NULL;
  g_autoptr (UbImageAnalysis) image = NULL, chip = NULL, blank = NULL;
  g_autoptr (UbComposition) spared = NULL, lost = NULL;
  g_autoptr (GError) error = NULL;

  image_spec_init (&spec, UB_FAMILY_T);
  flash = image_make_flash (&spec);
  image = image_analyse (flash, IMAGE_FLASH_SIZE);
  memset (flash, 0xFF, IMAGE_FLASH_SIZE);
  known = g_bytes_new (flash, IMAGE_FLASH_SIZE);
  chip = ub_image_analysis_new_for_excerpt (known);
  spared = ub_composition_new (image, NULL, chip, UB_COMPOSITION_KEEP_STORAGE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ub_composition_get_n_kept (spared), ==, 1);
  g_assert_cmphex (ub_composition_get_kept (spared, 0)->address, ==, 0x1EE000);
  g_assert_false (has_finding (spared, "storage-not-kept"));

  blank = ub_image_analysis_new_for_chip (known);
  lost = ub_composition_new (image, NULL, blank, UB_COMPOSITION_KEEP_STORAGE, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ub_composition_get_n_kept (lost), ==, 0);
  g_assert_true (has_finding (lost, "storage-not-kept"));
}

static void
test_real_families (void)
{
  gsize n, n_image;
  g_autofree guint8 *flash = load ("tuya-t-ds101jl.bin", &n);
  g_autofree guint8 *file = load ("openbeken-n-qio-1.17.203.bin", &n_image);
  g_autoptr (UbImageAnalysis) chip = NULL, image = NULL;
  g_autoptr (GError) error = NULL;

  if (flash == NULL || file == NULL)
    return;
  chip = make_chip (flash, n);
  image = image_analyse (file, n_image);
  g_assert_null (ub_composition_new (image, NULL, chip, UB_COMPOSITION_DEFAULT, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_IMAGE_FAMILY);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/composition/full-over-another-device", test_full_over_another_device);
  g_test_add_func ("/composition/qio-keeps-the-rest", test_qio_keeps_the_rest);
  g_test_add_func ("/composition/bootloader-and-app", test_bootloader_and_app);
  g_test_add_func ("/composition/refusals", test_refusals);
  g_test_add_func ("/composition/blank-module", test_blank_module);
  g_test_add_func ("/composition/calibration-is-not-lost-unsaid",
                   test_calibration_is_not_lost_unsaid);
  g_test_add_func ("/composition/larger-flash", test_larger_flash);
  g_test_add_func ("/composition/storage-not-yet-read", test_storage_not_yet_read);
  g_test_add_func ("/composition/real/donor-and-rest", test_real_donor_and_rest);
  g_test_add_func ("/composition/real/rotated-on-blank", test_real_rotated_on_blank);
  g_test_add_func ("/composition/real/other-device", test_real_other_device);
  g_test_add_func ("/composition/real/storage-kept", test_real_storage_kept);
  g_test_add_func ("/composition/real/families", test_real_families);
  return g_test_run ();
}

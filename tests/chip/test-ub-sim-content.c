/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-sim-content.h"

#include "ub-image-analysis.h"
#include "ub-tuya-storage.h"

#include <string.h>

/* What the image layer, which shares no code with the generator, makes of it. */
static void
test_analysis (void)
{
  g_autoptr (GBytes) content = ub_sim_content_new (2 * 1024 * 1024);
  g_autoptr (UbImageAnalysis) analysis = ub_image_analysis_new_for_chip (content);
  guint32 address, size;

  g_assert_cmpint (ub_image_analysis_get_kind (analysis), ==, UB_IMAGE_KIND_FULL_BACKUP);
  g_assert_cmpint (ub_image_analysis_get_family (analysis), ==, UB_FAMILY_T);
  g_assert_cmpstr (ub_image_analysis_get_bootloader_name (analysis), ==, "BK7231S");
  g_assert_cmpstr (ub_image_analysis_get_bootloader_version (analysis), ==, "1.0.5");
  g_assert_cmpstr (ub_image_analysis_get_firmware_name (analysis), ==, "Tuya");
  g_assert_cmpstr (ub_image_analysis_get_firmware_version (analysis), ==, "1.0.6");
  g_assert_cmpstr (ub_image_analysis_get_tuya_module (analysis), ==, "WB3S");
  g_assert_cmpstr (ub_image_analysis_get_mac (analysis), ==, "02:00:5e:72:31:01");
  g_assert_true (ub_image_analysis_get_calibration (analysis, &address, &size));
  g_assert_cmphex (address, ==, 0x1E0000);
  g_assert_true (ub_image_analysis_check_use (analysis, UB_IMAGE_USE_FULL, NULL));
  for (guint i = 0; i < ub_image_analysis_get_n_findings (analysis); i++) {
    const UbFinding *finding = ub_image_analysis_get_finding (analysis, i);

    g_test_message ("%s: %s", finding->id, finding->text);
    g_assert_cmpint (finding->severity, ==, UB_SEVERITY_NOTE);
  }
}

static void
test_storage (void)
{
  g_autoptr (GBytes) content = ub_sim_content_new (2 * 1024 * 1024);
  gsize size;
  const guint8 *bytes = g_bytes_get_data (content, &size);
  g_autoptr (UbTuyaStorage) storage = ub_tuya_storage_parse (bytes, size, 0);

  g_assert_nonnull (storage);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  g_assert_cmphex (ub_tuya_storage_get_address (storage), ==, 0x1EE000);
  g_assert_cmpstr (ub_tuya_storage_get_module (storage), ==, "WB3S");
  g_assert_cmpuint (ub_tuya_storage_get_n_values (storage), ==, 2);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, 17);
}

static void
test_sizes (void)
{
  static const guint32 sizes[] = { 64 * 1024, 1024 * 1024, 2 * 1024 * 1024, 8 * 1024 * 1024 };
  g_autoptr (GBytes) first = ub_sim_content_new (2 * 1024 * 1024);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GBytes) content = ub_sim_content_new (sizes[i]);
    gsize size;
    const guint8 *bytes = g_bytes_get_data (content, &size);

    g_assert_cmpuint (size, ==, sizes[i]);
    if (size > 2 * 1024 * 1024)
      g_assert_cmphex (bytes[2 * 1024 * 1024], ==, 0xFF);
    /* Below 2 MiB there is no room for it; beyond it is always the same. */
    if (size < 2 * 1024 * 1024)
      g_assert_cmphex (bytes[0], ==, 0xFF);
    else
      g_assert_cmpmem (bytes, 2 * 1024 * 1024, g_bytes_get_data (first, NULL), 2 * 1024 * 1024);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sim-content/analysis", test_analysis);
  g_test_add_func ("/sim-content/storage", test_storage);
  g_test_add_func ("/sim-content/sizes", test_sizes);
  return g_test_run ();
}

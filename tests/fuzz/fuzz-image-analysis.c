/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz-image.h"

#include "ub-image-analysis.h"

#include <string.h>

static const UbImageUse uses[] = { UB_IMAGE_USE_FULL, UB_IMAGE_USE_QIO, UB_IMAGE_USE_APP,
                                   UB_IMAGE_USE_BOOTLOADER_DONOR };

static void
check_json (UbImageAnalysis *analysis, gboolean reveal)
{
  g_autoptr (JsonNode) node = ub_image_analysis_to_json (analysis, reveal);
  g_autofree char *json = json_to_string (node, FALSE);
  g_autoptr (JsonNode) again = json_from_string (json, NULL);
  g_autofree char *report = ub_image_analysis_dup_report (analysis, reveal);

  g_assert_nonnull (again);
  g_assert_nonnull (report);
  g_assert_true (g_utf8_validate (report, -1, NULL));
}

static void
check (UbImageAnalysis *analysis)
{
  g_autofree char *summary = ub_image_analysis_dup_summary (analysis);

  g_assert_nonnull (summary);
  g_assert_nonnull (ub_image_kind_get_id (ub_image_analysis_get_kind (analysis)));
  for (guint i = 0; i < ub_image_analysis_get_n_findings (analysis); i++) {
    const UbFinding *finding = ub_image_analysis_get_finding (analysis, i);

    g_assert_nonnull (finding->id);
    g_assert_nonnull (finding->text);
  }
  for (guint i = 0; i < G_N_ELEMENTS (uses); i++) {
    g_autoptr (GError) error = NULL;
    gboolean is_usable = ub_image_analysis_check_use (analysis, uses[i], &error);

    /* What may be written is listed, and every refusal has a reason. */
    g_assert_true (is_usable == (error == NULL));
    g_assert_true (!is_usable || (ub_image_analysis_get_uses (analysis) & uses[i]) != 0);
  }
  check_json (analysis, FALSE);
  check_json (analysis, TRUE);
}

/* Any file at all, as a person may pick it. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = fuzz_image_make (data, size);
  g_autoptr (UbImage) image = ub_image_new (bytes, "fuzz.bin");
  g_autoptr (UbImageAnalysis) analysis = ub_image_analysis_new (image);

  g_assert_nonnull (analysis);
  check (analysis);
  return 0;
}

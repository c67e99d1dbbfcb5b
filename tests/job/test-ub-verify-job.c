/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "job-tester.h"

#include "ub-error.h"
#include "ub-verify-job.h"

#include <string.h>

static void
test_same (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) app = g_bytes_new_from_bytes (content, BOOTLOADER_SIZE, 0x118F70);
  GBytes *const images[] = { content, app };

  for (guint i = 0; i < G_N_ELEMENTS (images); i++) {
    g_autoptr (UbImageAnalysis) image = job_tester_analyse (images[i]);
    g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, images[i]);
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    JobTester tester;

    job_tester_init (&tester, 0x1C7015, content);
    job = ub_verify_job_new (tester.programmer, image, -1);
    g_assert_true (ub_job_run (job, NULL, &error));
    g_assert_no_error (error);
    g_assert_cmpstr (ub_job_get_report (job)->sha256, ==, digest);
    g_assert_cmpint (ub_sector_map_get (ub_job_get_sector_map (job), 0x20), ==, UB_SECTOR_VERIFIED);
    g_assert_cmpint (ub_job_get_report (job)->module_state, ==, UB_MODULE_UNTOUCHED);
    g_assert_cmpuint (job_tester_count_changes (&tester), ==, 0);
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

static void
test_different (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  const struct {
    gsize offset, size;
    guint n_sectors;
    const char *first; /* how the note on it begins */
    gboolean only_calibration;
  } rows[] = {
    { 0x12345, 1, 1, "First at 0x012345: the module holds", FALSE },
    { 0x12FFF, 2, 2, "First at 0x012FFF: the module holds", FALSE },
    { 0, 0x20000, 32, "First at 0x000000: the module holds", FALSE },
    { 0x1FFFFF, 1, 1, "First at 0x1FFFFF: the module holds", FALSE },
    { 0x1E0024, 6, 1, "First at 0x1E0024: the module holds", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (UbImageAnalysis) image = job_tester_analyse (content);
    g_autoptr (GBytes) other = job_tester_replace (content, rows[i].offset, rows[i].size, -1);
    g_autofree char *count = g_strdup_printf ("%u of 512 sectors", rows[i].n_sectors);
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    JobTester tester;

    job_tester_init (&tester, 0x1C7015, other);
    job = ub_verify_job_new (tester.programmer, image, -1);
    g_assert_false (ub_job_run (job, NULL, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_DIFFERENT);
    g_assert_nonnull (strstr (error->message, count));
    g_assert_null (strstr (error->message, "0x"));
    g_assert_true (job_tester_has_note (job, rows[i].first));
    g_assert_cmpint (job_tester_has_note (job, "kept its own"), ==, rows[i].only_calibration);
    g_assert_cmpint (
        ub_sector_map_get (ub_job_get_sector_map (job), (guint) (rows[i].offset / 4096)), ==,
        UB_SECTOR_FAILED);
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

/* Flipped bits are no difference; they lower the clock. */
static void
test_flips (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (UbImageAnalysis) image = job_tester_analyse (content);
  UbFaults faults = UB_NO_FAULTS;
  g_autoptr (UbJob) job = NULL;
  g_autoptr (GError) error = NULL;
  JobTester tester;

  faults.flip_rate = 1e-6;
  faults.flips_above_hz = 2000000;
  job_tester_init (&tester, 0x1C7015, content);
  job_tester_set_faults (&tester, &faults);
  job = ub_verify_job_new (tester.programmer, image, -1);
  g_assert_true (ub_job_run (job, NULL, &error));
  g_assert_cmpuint (ub_job_get_report (job)->retries, >, 0);
  g_assert_true (job_tester_has_note (job, "clock was lowered"));
  g_clear_object (&job);
  job_tester_clear (&tester);
}

/* A given address means the bytes as they are, and has to lie on the chip. */
static void
test_address (void)
{
  g_autoptr (GBytes) content = job_tester_make_content (1 * MIB, 4);
  g_autoptr (GBytes) part = g_bytes_new_from_bytes (content, 0x1234, 0x2345);
  g_autoptr (UbImageAnalysis) image = job_tester_analyse (part);
  const struct {
    guint32 address;
    int code; /* of UbError, -1 for none */
  } rows[] = {
    { 0x1234, -1 },
    { 0x1235, UB_ERROR_DIFFERENT },
    { 0xFFFFF, UB_ERROR_RANGE },
    { 0xFFFFFFFF, UB_ERROR_RANGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    JobTester tester;

    job_tester_init (&tester, 0xCD6014, content);
    job = ub_verify_job_new (tester.programmer, image, rows[i].address);
    g_assert_true (ub_job_run (job, NULL, &error) == (rows[i].code < 0));
    g_assert_cmpint (error != NULL ? error->code : -1, ==, rows[i].code);
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/verify-job/same", test_same);
  g_test_add_func ("/verify-job/different", test_different);
  g_test_add_func ("/verify-job/flips", test_flips);
  g_test_add_func ("/verify-job/address", test_address);
  return g_test_run ();
}

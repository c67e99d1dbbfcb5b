/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "job-tester.h"

#include "ub-erase-job.h"
#include "ub-error.h"

#include <string.h>

static void
test_ranges (void)
{
  g_autoptr (GBytes) content = job_tester_make_content (1 * MIB, 8);
  const guint clocks[] = { 0, 30000 };
  const struct {
    guint32 address, size, wanted;
    int code; /* of UbError, -1 for none */
    const char *says;
  } rows[] = {
    { 0, 0, 1 * MIB, -1, NULL },
    { 0, 0x1000, 0x1000, -1, NULL },
    { 0x3000, 0x25000, 0x25000, -1, NULL },
    { 0xFF000, 0, 0x1000, -1, NULL },
    { 0x100, 0x1000, 0, UB_ERROR_USAGE, "begin at 0x0 and are 0x2000 bytes" },
    { 0x2000, 0x10, 0, UB_ERROR_USAGE, "begin at 0x2000 and are 0x1000 bytes" },
    { 0x123, 0, 0, UB_ERROR_USAGE, "0x0 instead of 0x123" },
    { 0xFF000, 0x2000, 0, UB_ERROR_RANGE, NULL },
    { 0x100000, 0, 0, UB_ERROR_RANGE, NULL },
    { 0xFFFFF000, 0x2000, 0, UB_ERROR_RANGE, NULL },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (rows); i++) {
    guint row = i / 2;
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    JobTester tester;

    job_tester_init (&tester, 0xCD6014, content);
    ub_programmer_set_fixed_clock (tester.programmer, clocks[i % 2]);
    job = ub_erase_job_new (tester.programmer, rows[row].address, rows[row].size, NULL);
    g_assert_true (ub_job_run (job, NULL, &error) == (rows[row].code < 0));
    g_assert_cmpint (error != NULL ? error->code : -1, ==, rows[row].code);
    if (rows[row].code < 0) {
      g_autoptr (GBytes) wanted =
          job_tester_replace (content, rows[row].address, rows[row].wanted, 0xFF);

      job_tester_assert_holds (&tester, wanted);
      g_assert_cmpint (ub_job_get_report (job)->module_state, ==, UB_MODULE_DONE);
      g_assert_cmpint (job_tester_has_note (job, "calibration"), ==, rows[row].wanted == 1 * MIB);
    } else {
      job_tester_assert_holds (&tester, content);
      if (rows[row].says != NULL)
        g_assert_nonnull (strstr (error->message, rows[row].says));
    }
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

/* Where reading is quick, what is blank already is not worn out by another erase. */
static void
test_blank (void)
{
  g_autoptr (GBytes) content = job_tester_make_content (1 * MIB, 8);
  g_autoptr (GBytes) blank = job_tester_replace (content, 0, 1 * MIB, 0xFF);
  g_autoptr (UbJob) job = NULL;
  JobTester tester;

  job_tester_init (&tester, 0xCD6014, blank);
  job = ub_erase_job_new (tester.programmer, 0, 0, NULL);
  g_assert_true (ub_job_run (job, NULL, NULL));
  g_assert_cmpuint (job_tester_count_changes (&tester), ==, 0);
  g_assert_cmpint (ub_job_get_report (job)->module_state, ==, UB_MODULE_UNTOUCHED);
  g_assert_cmpuint (ub_job_get_report (job)->sectors_skipped, ==, 256);
  g_assert_true (job_tester_has_note (job, "blank already"));
  g_clear_object (&job);
  job_tester_clear (&tester);
}

static void
test_rescue_copy (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) wanted = job_tester_replace (content, 0x1E0000, 0x1000, 0xFF);
  g_autoptr (GFile) file = NULL;
  g_autoptr (UbJob) job = NULL;
  g_autoptr (UbJob) second = NULL;
  g_autoptr (GError) error = NULL;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, content);
  file = job_tester_get_file (&tester, "rescue.bin");
  job = ub_erase_job_new (tester.programmer, 0x1E0000, 0x1000, ub_rescue_copy_new (file, FALSE));
  g_assert_true (ub_job_run (job, NULL, NULL));
  job_tester_assert_file (file, content);
  job_tester_assert_holds (&tester, wanted);
  g_assert_true (job_tester_has_note (job, "calibration"));

  second = ub_erase_job_new (tester.programmer, 0, 0, ub_rescue_copy_new (file, FALSE));
  g_assert_false (ub_job_run (second, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_EXISTS);
  job_tester_assert_holds (&tester, wanted);
  g_clear_object (&job);
  g_clear_object (&second);
  job_tester_clear (&tester);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/erase-job/ranges", test_ranges);
  g_test_add_func ("/erase-job/blank", test_blank);
  g_test_add_func ("/erase-job/rescue-copy", test_rescue_copy);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "job-tester.h"

#include "ub-backup-job.h"
#include "ub-error.h"
#include "ub-probe-job.h"

#include <string.h>

typedef struct {
  GMainLoop *loop;
  GThread *thread;
  guint n_changed;
  gboolean done;
  GError *error;
} Result;

static void
on_changed (UbJob *job, gpointer user_data)
{
  Result *result = user_data;

  g_assert_true (g_thread_self () == result->thread);
  result->n_changed++;
}

static void
on_done (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  Result *result = user_data;

  g_assert_true (g_thread_self () == result->thread);
  g_assert_cmpuint (result->n_changed, >, 0);
  result->done = ub_job_run_finish (UB_JOB (source), async_result, &result->error);
  g_main_loop_quit (result->loop);
}

/* Runs @job in the main context of this thread, which is not the default one. */
static void
run_async (UbJob *job, GCancellable *cancellable, Result *result)
{
  g_autoptr (GMainContext) context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  memset (result, 0, sizeof *result);
  result->thread = g_thread_self ();
  result->loop = g_main_loop_new (context, FALSE);
  g_signal_connect (job, "changed", G_CALLBACK (on_changed), result);
  ub_job_run_async (job, cancellable, on_done, result);
  g_main_loop_run (result->loop);
  g_signal_handlers_disconnect_by_data (job, result);
  g_main_loop_unref (result->loop);
  g_main_context_pop_thread_default (context);
}

static void
test_async (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (UbJob) job = NULL;
  UbConnectState state;
  Result result;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, content);
  job = ub_probe_job_new (tester.programmer, UB_PROBE_WHOLE);
  g_assert_nonnull (ub_job_get_title (job));
  g_assert_true (ub_job_get_programmer (job) == tester.programmer);
  run_async (job, NULL, &result);
  g_assert_no_error (result.error);
  g_assert_true (result.done);
  ub_job_get_connect_state (job, &state);
  g_assert_cmpint (state.step, ==, UB_CONNECT_STEP_READY);
  g_assert_cmpuint (ub_job_get_clock (job), ==, 12000000);
  g_assert_cmpuint (ub_job_get_retries (job), ==, 0);
  g_assert_cmphex (ub_job_get_address (job), >, 0);
  g_clear_object (&job);
  job_tester_clear (&tester);
}

static void
test_async_cancelled (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (UbJob) job = NULL;
  Result result;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, content);
  job = ub_probe_job_new (tester.programmer, UB_PROBE_WHOLE);
  g_cancellable_cancel (cancellable);
  run_async (job, cancellable, &result);
  g_assert_false (result.done);
  g_assert_error (result.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&result.error);
  g_assert_false (ub_programmer_is_open (tester.programmer));
  g_clear_object (&job);
  job_tester_clear (&tester);
}

/* What is copied for a forum names the evidence, and no file, person or secret. */
static void
test_details (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GFile) file = NULL;
  g_autoptr (UbJob) good = NULL;
  g_autoptr (UbJob) bad = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *good_text = NULL;
  g_autofree char *bad_text = NULL;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, content);
  file = job_tester_get_file (&tester, "backup.bin");
  good = ub_backup_job_new (tester.programmer, file, UB_BACKUP_DEFAULT);
  g_assert_true (ub_job_run (good, NULL, NULL));
  good_text = ub_job_dup_details (good, NULL);
  g_assert_nonnull (strstr (good_text, "1C7015"));
  g_assert_nonnull (strstr (good_text, "12 MHz"));
  g_assert_nonnull (strstr (good_text, "GLib"));
  g_assert_null (strstr (good_text, tester.folder));

  ub_sim_chip_set_deaf (tester.chip, TRUE);
  bad = ub_probe_job_new (tester.programmer, UB_PROBE_QUICK);
  g_assert_false (ub_job_run (bad, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_MISO_LOW);
  bad_text = ub_job_dup_details (bad, error);
  g_assert_nonnull (strstr (bad_text, "not identified"));
  g_assert_nonnull (strstr (bad_text, "last reply 00 00 00 00"));
  g_assert_nonnull (strstr (bad_text, "miso-low"));
  g_clear_object (&good);
  g_clear_object (&bad);
  job_tester_clear (&tester);
}

/* A look takes no longer than a look may, at any clock, and tells family and MAC address all the same. */
static void
test_probe (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  const struct {
    guint clock_hz;
    UbProbeDepth depth;
    gboolean is_whole;
  } rows[] = {
    { 0, UB_PROBE_WHOLE, TRUE },      { 1000000, UB_PROBE_WHOLE, TRUE },
    { 0, UB_PROBE_QUICK, FALSE },     { 300000, UB_PROBE_WHOLE, FALSE },
    { 30000, UB_PROBE_WHOLE, FALSE }, { 3000, UB_PROBE_QUICK, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    UbImageAnalysis *chip;
    JobTester tester;

    job_tester_init (&tester, 0x1C7015, content);
    ub_programmer_set_fixed_clock (tester.programmer, rows[i].clock_hz);
    job = ub_probe_job_new (tester.programmer, rows[i].depth);
    g_assert_true (ub_job_run (job, NULL, &error));
    chip = ub_job_get_chip_analysis (job);
    g_assert_cmpint (ub_image_analysis_get_family (chip), ==, UB_FAMILY_T);
    g_assert_cmpstr (ub_image_analysis_get_mac (chip), ==, "02:00:5e:72:31:01");
    g_assert_cmpint (job_tester_has_note (job, "Only what tells"), ==, !rows[i].is_whole);
    /* What was not read is not called damaged. */
    g_assert_cmpint (ub_image_analysis_get_n_findings (chip) > 0, ==, rows[i].is_whole);
    g_assert_cmpuint (ub_image_analysis_get_crc (chip)->damaged, ==, 0);
    g_assert_cmpfloat (ub_job_get_report (job)->elapsed_s, <, 25);
    g_assert_cmpuint (job_tester_count_changes (&tester), ==, 0);
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

static void
test_texts (void)
{
  const UbModuleState states[] = { UB_MODULE_UNTOUCHED, UB_MODULE_PARTLY_WRITTEN, UB_MODULE_DONE };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++) {
    g_assert_cmpstr (ub_module_state_get_id (states[i]), !=, "");
    g_assert_cmpstr (ub_module_state_get_text (states[i]), !=, "");
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/job/async", test_async);
  g_test_add_func ("/job/async-cancelled", test_async_cancelled);
  g_test_add_func ("/job/details", test_details);
  g_test_add_func ("/job/probe", test_probe);
  g_test_add_func ("/job/texts", test_texts);
  return g_test_run ();
}

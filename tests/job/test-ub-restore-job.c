/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "job-tester.h"

#include "ub-error.h"
#include "ub-restore-job.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

/* In how many places a job is stopped or unplugged: enough to meet every kind of step. */
#define N_PLACES 24

static UbJob *
create_restore (UbProgrammer *programmer, GBytes *content, UbRescueCopy *copy)
{
  g_autoptr (UbImageAnalysis) image = job_tester_analyse (content);

  return ub_restore_job_new (programmer, image, NULL, UB_COMPOSITION_DEFAULT, copy);
}

static void
assert_restores (JobTester *tester, GBytes *content)
{
  g_autoptr (UbJob) job = create_restore (tester->programmer, content, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_true (ub_job_run (job, NULL, &error));
  g_assert_no_error (error);
  job_tester_assert_holds (tester, content);
}

static void
test_full (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) wrecked = job_tester_replace (content, 0, BOOTLOADER_SIZE, 0xFF);
  g_autoptr (GFile) file = NULL;
  g_autoptr (UbJob) job = NULL;
  g_autoptr (UbJob) again = NULL;
  g_autoptr (GError) error = NULL;
  const UbJobReport *report;
  guint64 n_changes;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, wrecked);
  file = job_tester_get_file (&tester, "rescue.bin");
  job = create_restore (tester.programmer, content, ub_rescue_copy_new (file, FALSE));
  g_assert_true (ub_job_run (job, NULL, &error));
  g_assert_no_error (error);
  job_tester_assert_holds (&tester, content);
  job_tester_assert_file (file, wrecked);

  report = ub_job_get_report (job);
  g_assert_cmpint (report->module_state, ==, UB_MODULE_DONE);
  g_assert_true (g_file_equal (report->backup, file));
  g_assert_cmpuint (report->bytes_programmed, >, 0);
  g_assert_cmpuint (report->sectors_skipped, >=, 512 - BOOTLOADER_SIZE / 4096 - 1);
  g_assert_true (job_tester_has_note (job, "keeps its own calibration"));

  /* The second time nothing is left to do, and nothing is done. */
  n_changes = job_tester_count_changes (&tester);
  again = create_restore (tester.programmer, content, NULL);
  g_assert_true (ub_job_run (again, NULL, &error));
  report = ub_job_get_report (again);
  g_assert_cmpuint (job_tester_count_changes (&tester), ==, n_changes);
  g_assert_cmpint (report->module_state, ==, UB_MODULE_UNTOUCHED);
  g_assert_cmpuint (report->sectors_erased, ==, 0);
  g_assert_nonnull (report->sha256);
  g_assert_true (job_tester_has_note (again, "nothing was written"));
  g_clear_object (&job);
  g_clear_object (&again);
  job_tester_clear (&tester);
}

static void
test_bootloader_and_app (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) wrecked = job_tester_replace (content, 0, BOOTLOADER_SIZE, 0xFF);
  g_autoptr (GBytes) app_bytes =
      g_bytes_new_from_bytes (content, BOOTLOADER_SIZE, 2 * MIB - BOOTLOADER_SIZE);
  g_autoptr (UbImageAnalysis) app = job_tester_analyse (app_bytes);
  g_autoptr (UbImageAnalysis) donor = job_tester_analyse (content);
  g_autoptr (UbJob) job = NULL;
  g_autoptr (UbJob) refused = NULL;
  g_autoptr (GError) error = NULL;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, wrecked);
  refused = ub_restore_job_new (tester.programmer, app, NULL, UB_COMPOSITION_DEFAULT, NULL);
  g_assert_false (ub_job_run (refused, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_IMAGE_NO_BOOTLOADER);
  g_assert_cmpuint (ub_sim_programmer_get_exchanges (UB_SIM_PROGRAMMER (tester.sim)), ==, 0);
  g_clear_error (&error);

  job = ub_restore_job_new (tester.programmer, app, donor, UB_COMPOSITION_DEFAULT, NULL);
  g_assert_true (ub_job_run (job, NULL, &error));
  job_tester_assert_holds (&tester, content);
  g_clear_object (&job);
  g_clear_object (&refused);
  job_tester_clear (&tester);
}

/* The module's own calibration stays unless it shall not. */
static void
test_calibration (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) other = job_tester_replace (content, 0x1E0024, 6, 0x42);
  g_autoptr (UbImageAnalysis) image = job_tester_analyse (content);
  g_autoptr (GBytes) found = NULL;
  g_autoptr (UbJob) keeping = NULL;
  g_autoptr (UbJob) overwriting = NULL;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, other);
  keeping = ub_restore_job_new (tester.programmer, image, NULL, UB_COMPOSITION_DEFAULT, NULL);
  g_assert_true (ub_job_run (keeping, NULL, NULL));
  job_tester_assert_holds (&tester, other);
  overwriting = ub_restore_job_new (tester.programmer, image, NULL,
                                    UB_COMPOSITION_OVERWRITE_CALIBRATION, NULL);
  g_assert_true (ub_job_run (overwriting, NULL, NULL));
  job_tester_assert_holds (&tester, content);
  g_clear_object (&keeping);
  g_clear_object (&overwriting);
  job_tester_clear (&tester);
}

/* Wires that flip bits above a clock, rarely enough for the search not to see it: chip and rescue copy are
 * right to the bit, and it takes less than half longer than at the clock that carries everything. */
static void
test_flips (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) before = job_tester_make_content (2 * MIB, 3);
  g_autoptr (UbImageAnalysis) image = job_tester_analyse (content);
  UbFaults faults = UB_NO_FAULTS;
  double elapsed_s[2];

  for (guint i = 0; i < G_N_ELEMENTS (elapsed_s); i++) {
    g_autoptr (GFile) file = NULL;
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    const UbJobReport *report;
    JobTester tester;

    job_tester_init (&tester, 0xC86515, before);
    if (i == 0) {
      ub_programmer_set_fixed_clock (tester.programmer, 2000000);
    } else {
      faults.flip_rate = 1e-6;
      faults.flips_above_hz = 2000000;
    }
    job_tester_set_faults (&tester, &faults);
    file = job_tester_get_file (&tester, "rescue.bin");
    job = ub_restore_job_new (tester.programmer, image, NULL, UB_COMPOSITION_OVERWRITE_CALIBRATION,
                              ub_rescue_copy_new (file, FALSE));
    g_assert_true (ub_job_run (job, NULL, &error));
    g_assert_no_error (error);
    job_tester_assert_holds (&tester, content);
    job_tester_assert_file (file, before);
    report = ub_job_get_report (job);
    elapsed_s[i] = report->elapsed_s - report->connect_s;
    g_assert_cmpint (report->retries > 0, ==, i == 1);
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
  g_test_message ("%.1f s, at 2 MHz without flips %.1f s", elapsed_s[1], elapsed_s[0]);
  g_assert_cmpfloat (elapsed_s[1], <=, 1.5 * elapsed_s[0]);
}

/* Without a complete rescue copy nothing is erased: a place that is bad from the start, one that fills up
 * while the chip is read, and a name that is taken meanwhile. */
static void
test_rescue_copy_fails (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) wrecked = job_tester_replace (content, 0, BOOTLOADER_SIZE, 0xFF);
  struct rlimit before, tight;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  tight = before;
  tight.rlim_cur = MIB;

  for (guint i = 0; i < 3; i++) {
    g_autoptr (GFile) file = NULL;
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    UbRescueCopy *copy;
    JobTester tester;

    job_tester_init (&tester, 0x1C7015, wrecked);
    file = i == 0 ? g_file_new_for_path ("/proc/rescue.bin")
                  : job_tester_get_file (&tester, "rescue.bin");
    copy = ub_rescue_copy_new (file, FALSE);
    if (i == 1) {
      /* Checked while there was room, written when there is none. */
      g_assert_true (ub_rescue_copy_check (copy, 2 * MIB, NULL));
      g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
    } else if (i == 2) {
      g_file_replace_contents (file, "x", 1, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL, NULL);
    }
    job = create_restore (tester.programmer, content, copy);
    g_assert_false (ub_job_run (job, NULL, &error));
    g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

    if (i == 2)
      g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_EXISTS);
    else
      g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_FILE);
    g_assert_cmpuint (job_tester_count_changes (&tester), ==, 0);
    job_tester_assert_holds (&tester, wrecked);
    g_assert_cmpint (ub_job_get_report (job)->module_state, ==, UB_MODULE_UNTOUCHED);
    g_assert_null (ub_job_get_report (job)->backup);
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

/* What a job that ended early says of the module has to be true. */
static void
assert_state_is_true (JobTester *tester, UbJob *job, GBytes *before, guint64 n_changes)
{
  UbModuleState state = ub_job_get_report (job)->module_state;

  g_assert_cmpint (state, !=, UB_MODULE_DONE);
  if (state == UB_MODULE_UNTOUCHED) {
    g_assert_cmpuint (job_tester_count_changes (tester), ==, n_changes);
    job_tester_assert_holds (tester, before);
  }
}

/* Stopped at any exchange: at a safe point, telling the truth, and finished by the same job. */
static void
test_stop_everywhere (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) damaged = job_tester_replace (content, 0, 0x40000, 0x00);
  guint64 n_exchanges = 0;
  guint n_stopped = 0;

  for (guint i = 0; i <= N_PLACES; i++) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (UbProgrammer) stopping = NULL;
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    JobTester tester;

    job_tester_init (&tester, 0x1C7015, damaged);
    stopping = stopping_programmer_new (
        tester.programmer, i == 0 ? 0 : 1 + n_exchanges * (i - 1) / N_PLACES, cancellable);
    job = create_restore (stopping, content, NULL);
    if (i == 0) {
      /* The first run is not stopped: it counts. */
      g_assert_true (ub_job_run (job, NULL, NULL));
      n_exchanges = stopping_programmer_get_exchanges (stopping);
    } else if (!ub_job_run (job, cancellable, &error)) {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      assert_state_is_true (&tester, job, damaged, 0);
      n_stopped++;
      assert_restores (&tester, content);
    } else {
      job_tester_assert_holds (&tester, content);
    }
    g_assert_false (ub_programmer_is_open (tester.programmer));
    g_assert_false (ub_sim_chip_is_in_download_mode (tester.chip));
    g_clear_object (&job);
    g_clear_object (&stopping);
    job_tester_clear (&tester);
  }
  g_assert_cmpuint (n_stopped, >=, N_PLACES - 4);
}

/* Runs until the @nth exchange, 0 for to the end; returns the fraction it came to. */
static double
run_until (GBytes *damaged, GBytes *content, guint64 nth, double *out_elapsed_s, guint64 *out_n)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (UbProgrammer) stopping = NULL;
  g_autoptr (UbJob) job = NULL;
  UbProgressState state;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, damaged);
  stopping = stopping_programmer_new (tester.programmer, nth, cancellable);
  job = create_restore (stopping, content, NULL);
  ub_job_run (job, cancellable, NULL);
  ub_progress_get_state (ub_job_get_progress (job), &state);
  *out_elapsed_s = ub_job_get_report (job)->elapsed_s;
  *out_n = stopping_programmer_get_exchanges (stopping);
  g_clear_object (&job);
  g_clear_object (&stopping);
  job_tester_clear (&tester);
  return state.fraction;
}

/* The bar tells how much of the time is over, whether little is to be written or all, and never runs back. */
static void
test_honest_bar (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  const gsize sizes[] = { BOOTLOADER_SIZE, 2 * MIB };

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    g_autoptr (GBytes) damaged = job_tester_replace (content, 0, sizes[i], 0x00);
    double all_s, last = 0;
    guint64 n_exchanges, n;

    g_assert_cmpfloat (run_until (damaged, content, 0, &all_s, &n_exchanges), ==, 1);
    for (guint j = 1; j < N_PLACES; j++) {
      double elapsed_s;
      double fraction = run_until (damaged, content, n_exchanges * j / N_PLACES, &elapsed_s, &n);

      g_test_message ("%.2f of the time, %.2f of the bar", elapsed_s / all_s, fraction);
      g_assert_cmpfloat (fraction, >=, last);
      g_assert_cmpfloat (ABS (fraction - elapsed_s / all_s), <, 0.2);
      last = fraction;
    }
  }
}

/* Unplugged at any transaction, and the module's power lost at any erase or program. */
static void
test_trouble_everywhere (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) damaged = job_tester_replace (content, 0, 0x40000, 0x00);

  for (guint i = 1; i <= N_PLACES; i++) {
    UbFaults faults = UB_NO_FAULTS;
    const UbFaults no_faults = UB_NO_FAULTS;
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    JobTester tester;

    job_tester_init (&tester, 0x1C7015, damaged);
    if (i % 2 == 0)
      ub_sim_chip_set_power_loss_at (tester.chip, i * i);
    else
      faults.unplug_at = (guint64) i * i * 3;
    job_tester_set_faults (&tester, &faults);
    job = create_restore (tester.programmer, content, NULL);

    g_assert_false (ub_job_run (job, NULL, &error));
    g_assert_true (error->domain == UB_ERROR);
    if (i % 2 != 0)
      g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
    assert_state_is_true (&tester, job, damaged, 0);
    g_assert_false (ub_programmer_is_open (tester.programmer));

    job_tester_set_faults (&tester, &no_faults);
    ub_sim_chip_set_power_loss_at (tester.chip, 0);
    assert_restores (&tester, content);
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

static void
test_stuck_sector (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) damaged = job_tester_replace (content, 0, 0x20000, 0x00);
  UbFaults faults = UB_NO_FAULTS;
  g_autoptr (UbJob) job = NULL;
  g_autoptr (GError) error = NULL;
  JobTester tester;

  faults.stuck_sector = 0x14;
  job_tester_init (&tester, 0x1C7015, damaged);
  job_tester_set_faults (&tester, &faults);
  job = create_restore (tester.programmer, content, NULL);
  g_assert_false (ub_job_run (job, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_VERIFY);
  g_assert_nonnull (strstr (error->message, "014000"));
  g_assert_cmpint (ub_job_get_report (job)->module_state, ==, UB_MODULE_PARTLY_WRITTEN);
  g_assert_cmpuint (ub_job_get_report (job)->retries, >=, 5);
  g_assert_cmpint (ub_sector_map_get (ub_job_get_sector_map (job), 0x14), ==, UB_SECTOR_FAILED);
  g_clear_object (&job);
  job_tester_clear (&tester);
}

/* A flash that stays protected took nothing: the person is not told that the module may not start. */
static void
test_protected (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (GBytes) damaged = job_tester_replace (content, 0, 0x20000, 0x00);
  g_autoptr (UbJob) job = NULL;
  g_autoptr (GError) error = NULL;
  JobTester tester;

  job_tester_init (&tester, 0xC86515, damaged);
  /* Everything protected, and SRP1, which locks the registers until power is lost. */
  ub_sim_chip_set_status (tester.chip, 0x011C);
  job = create_restore (tester.programmer, content, NULL);
  g_assert_false (ub_job_run (job, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_PROTECTED);
  g_assert_cmpint (ub_job_get_report (job)->module_state, ==, UB_MODULE_UNTOUCHED);
  assert_state_is_true (&tester, job, damaged, 0);
  g_clear_object (&job);
  job_tester_clear (&tester);
}

static void
test_range (void)
{
  g_autoptr (GBytes) content = job_tester_make_content (1 * MIB, 3);
  const struct {
    guint32 address;
    gsize size;
    gboolean fits;
  } rows[] = {
    { 0, 1, TRUE },        { 0xFFF, 2, TRUE },     { 0x12345, 0x23456, TRUE },
    { 0xFFFFF, 1, TRUE },  { 0, 1 * MIB, TRUE },   { 0xFFFFF, 2, FALSE },
    { 1, 1 * MIB, FALSE }, { 0x100000, 1, FALSE }, { 0xFFFFFFFF, 1, FALSE },
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (rows); i++) {
    guint32 address = rows[i / 2].address;
    gsize size = rows[i / 2].size;
    g_autofree guint8 *bytes = g_malloc (size);
    g_autoptr (GBytes) range = NULL;
    g_autoptr (GFile) folder = NULL;
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    JobTester tester;

    memset (bytes, 0xA5, size);
    range = g_bytes_new (bytes, size);
    job_tester_init (&tester, 0xCD6014, content);
    folder = g_file_new_for_path (tester.folder);
    job = ub_restore_job_new_for_range (tester.programmer, range, address,
                                        i % 2 != 0 ? ub_rescue_copy_new_in_folder (folder) : NULL);
    if (rows[i / 2].fits) {
      g_autoptr (GBytes) wanted = job_tester_replace (content, address, size, 0xA5);

      g_assert_true (ub_job_run (job, NULL, &error));
      g_assert_no_error (error);
      job_tester_assert_holds (&tester, wanted);
      g_assert_cmpint (ub_job_get_report (job)->module_state, ==, UB_MODULE_DONE);
      g_assert_cmpuint (job_tester_count_files (&tester), ==, i % 2);
    } else {
      g_assert_false (ub_job_run (job, NULL, &error));
      g_assert_error (error, UB_ERROR, UB_ERROR_RANGE);
      job_tester_assert_holds (&tester, content);
    }
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/restore-job/full", test_full);
  g_test_add_func ("/restore-job/bootloader-and-app", test_bootloader_and_app);
  g_test_add_func ("/restore-job/calibration", test_calibration);
  g_test_add_func ("/restore-job/flips", test_flips);
  g_test_add_func ("/restore-job/rescue-copy-fails", test_rescue_copy_fails);
  g_test_add_func ("/restore-job/stop-everywhere", test_stop_everywhere);
  g_test_add_func ("/restore-job/honest-bar", test_honest_bar);
  g_test_add_func ("/restore-job/trouble-everywhere", test_trouble_everywhere);
  g_test_add_func ("/restore-job/stuck-sector", test_stuck_sector);
  g_test_add_func ("/restore-job/protected", test_protected);
  g_test_add_func ("/restore-job/range", test_range);
  return g_test_run ();
}

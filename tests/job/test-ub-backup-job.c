/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "job-tester.h"

#include "ub-backup-job.h"
#include "ub-error.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <sys/resource.h>

/* Every part of the table, from the slowest clock to the fastest and at the one that is found. */
static void
test_all_parts (void)
{
  const guint clocks[] = { 3000, 30000, 1000000, 1500000, 6000000, 12000000, 30000000, 0 };
  guint n_parts;
  const UbFlashPart *parts = ub_flash_part_get_table (&n_parts);

  for (guint i = 0; i < n_parts; i++) {
    g_autoptr (GBytes) content = job_tester_make_content (parts[i].size, parts[i].jedec_id);
    /* Whole runs for the common size, the ends of each clock range for the others. */
    guint step = parts[i].size == 2 * MIB ? 1 : G_N_ELEMENTS (clocks) - 1;
    JobTester tester;

    job_tester_init (&tester, parts[i].jedec_id, content);
    for (guint j = 0; j < G_N_ELEMENTS (clocks); j += step) {
      g_autofree char *name = g_strdup_printf ("%u.bin", clocks[j]);
      g_autoptr (GFile) file = job_tester_get_file (&tester, name);
      g_autoptr (UbJob) job = NULL;
      g_autoptr (GError) error = NULL;

      ub_programmer_set_fixed_clock (tester.programmer, clocks[j]);
      job = ub_backup_job_new (tester.programmer, file, UB_BACKUP_DEFAULT);
      g_assert_true (ub_job_run (job, NULL, &error));
      g_assert_no_error (error);
      job_tester_assert_file (file, content);
      g_assert_cmphex (ub_job_get_report (job)->jedec_id, ==, parts[i].jedec_id);
      g_assert_cmpuint (ub_job_get_report (job)->size, ==, parts[i].size);
      g_file_delete (file, NULL, NULL);
    }
    g_assert_cmpuint (job_tester_count_changes (&tester), ==, 0);
    job_tester_clear (&tester);
  }
}

static void
test_report (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autofree char *digest = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, content);
  g_autoptr (GFile) file = NULL;
  g_autoptr (UbJob) job = NULL;
  g_autoptr (GError) error = NULL;
  const UbJobReport *report;
  UbProgressState state;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, content);
  file = job_tester_get_file (&tester, "backup.bin");
  job = ub_backup_job_new (tester.programmer, file, UB_BACKUP_DEFAULT);
  g_assert_true (ub_job_run (job, NULL, &error));

  report = ub_job_get_report (job);
  g_assert_cmphex (report->jedec_id, ==, 0x1C7015);
  g_assert_nonnull (report->part);
  g_assert_cmpint (report->family, ==, UB_FAMILY_T);
  g_assert_cmpuint (report->clock_hz, ==, 12000000);
  g_assert_cmpuint (report->bytes_read, >=, 2 * MIB);
  g_assert_cmpuint (report->bytes_programmed, ==, 0);
  g_assert_cmpint (report->module_state, ==, UB_MODULE_UNTOUCHED);
  g_assert_true (g_file_equal (report->backup, file));
  g_assert_cmpstr (report->sha256, ==, digest);
  g_assert_cmpfloat (report->elapsed_s, >, 2 * MIB * 8 / 12e6);
  g_assert_true (job_tester_has_note (job, "All that was read is proven"));
  g_assert_nonnull (ub_job_get_chip_analysis (job));
  g_assert_cmpuint (ub_sector_map_get_size (ub_job_get_sector_map (job)), ==, 512);
  g_assert_cmpint (ub_sector_map_get (ub_job_get_sector_map (job), 0), ==, UB_SECTOR_DATA);

  ub_progress_get_state (ub_job_get_progress (job), &state);
  g_assert_cmpfloat (state.fraction, ==, 1);
  g_assert_cmpint (state.status[UB_PHASE_SAVE], ==, UB_PHASE_STATUS_DONE);
  g_assert_cmpint (state.status[UB_PHASE_WRITE], ==, UB_PHASE_STATUS_ABSENT);
  g_assert_false (ub_programmer_is_open (tester.programmer));
  g_clear_object (&job);
  job_tester_clear (&tester);
}

/* Bits that flip, at rates and above clocks of all kinds: the file is right or the job says that it cannot
 * be, and it never lowers the clock without telling. */
static void
test_flips (void)
{
  const struct {
    double rate;
    guint above_hz;
    guint fixed_hz;
    gboolean must_work;
    guint max_s; /* of bus time, 0 for any */
  } rows[] = {
    { 1e-6, 2000000, 0, TRUE },
    { 1e-5, 2000000, 0, TRUE },
    { 1e-4, 2000000, 0, TRUE },
    { 1e-6, 11000000, 0, TRUE },
    { 1e-6, 500000, 0, TRUE },
    { 1e-6, 0, 0, TRUE, 10 },
    { 1e-7, 0, 1000000, FALSE },
    { 2e-3, 0, 0, FALSE, 20 },
    /* No lower clock helps: nobody waits for the lowest. */
    { 1e-5, 0, 0, TRUE, 120 },
    { 1e-4, 0, 0, FALSE, 30 },
  };
  g_autoptr (GBytes) content = job_tester_make_firmware ();

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    UbFaults faults = UB_NO_FAULTS;
    g_autoptr (GFile) file = NULL;
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    gboolean done;
    JobTester tester;

    g_test_message ("flips %g above %u Hz", rows[i].rate, rows[i].above_hz);
    faults.flip_rate = rows[i].rate;
    faults.flips_above_hz = rows[i].above_hz;
    job_tester_init (&tester, 0x1C7015, content);
    ub_programmer_set_fixed_clock (tester.programmer, rows[i].fixed_hz);
    job_tester_set_faults (&tester, &faults);
    file = job_tester_get_file (&tester, "backup.bin");
    job = ub_backup_job_new (tester.programmer, file, UB_BACKUP_DEFAULT);

    done = ub_job_run (job, NULL, &error);
    if (rows[i].must_work)
      g_assert_no_error (error);
    if (rows[i].max_s != 0)
      g_assert_cmpfloat (ub_job_get_report (job)->elapsed_s, <=, rows[i].max_s);
    if (!done)
      g_assert_cmpuint (job_tester_count_files (&tester), ==, 0);
    else if (rows[i].fixed_hz == 0)
      job_tester_assert_file (file, content);
    if (done && ub_job_get_report (job)->retries > 0)
      g_assert_true (job_tester_has_note (job, "did not read the same twice"));
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

/* Code that is damaged on the chip itself is read twice, believed, and told. */
static void
test_damaged_code (void)
{
  g_autoptr (GBytes) sound = job_tester_make_firmware ();
  g_autoptr (GBytes) content = job_tester_replace (sound, 0x20100, 5, -1);
  g_autoptr (GFile) file = NULL;
  g_autoptr (UbJob) job = NULL;
  JobTester tester;

  job_tester_init (&tester, 0x1C7015, content);
  ub_programmer_set_fixed_clock (tester.programmer, 1000000);
  file = job_tester_get_file (&tester, "backup.bin");
  job = ub_backup_job_new (tester.programmer, file, UB_BACKUP_DEFAULT);
  g_assert_true (ub_job_run (job, NULL, NULL));
  job_tester_assert_file (file, content);
  g_assert_true (job_tester_has_note (job, "1 sector of code held damaged blocks"));
  g_assert_true (job_tester_has_note (job, "were read once"));
  g_assert_cmpuint (ub_job_get_report (job)->retries, ==, 0);
  g_clear_object (&job);
  job_tester_clear (&tester);
}

static void
test_range (void)
{
  g_autoptr (GBytes) content = job_tester_make_content (2 * MIB, 5);
  const struct {
    guint32 address, size, wanted;
  } rows[] = {
    { 0, 1, 1 },
    { 0x1234, 0x3456, 0x3456 },
    { 0x1000, 0x1000, 0x1000 },
    { 0x1FF000, 0, 0x1000 },
    { 0x1FFFFF, 1, 1 },
    { 0x1FFFFF, 2, 0 },
    { 0x200000, 0, 0 },
    { 0xFFFFFFFF, 0xFFFFFFFF, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GFile) file = NULL;
    g_autoptr (UbJob) job = NULL;
    g_autoptr (GError) error = NULL;
    JobTester tester;

    job_tester_init (&tester, 0x1C7015, content);
    file = job_tester_get_file (&tester, "range.bin");
    job = ub_backup_job_new_for_range (tester.programmer, file, rows[i].address, rows[i].size,
                                       UB_BACKUP_READ_TWICE);
    if (rows[i].wanted != 0) {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (content, rows[i].address, rows[i].wanted);

      g_assert_true (ub_job_run (job, NULL, &error));
      job_tester_assert_file (file, part);
    } else {
      g_assert_false (ub_job_run (job, NULL, &error));
      g_assert_true (error->domain == UB_ERROR);
      g_assert_cmpuint (job_tester_count_files (&tester), ==, 0);
    }
    g_clear_object (&job);
    job_tester_clear (&tester);
  }
}

/* A backup of @size bytes, 0 for the whole chip, where files may have @limit, as on a full disk; it has to fail
 * with the #UbError @code and to leave nothing. Returns: how often the module was talked to */
static guint64
fail_with_limit (guint32 size, rlim_t limit, int code)
{
  g_autoptr (GBytes) content = job_tester_make_content (2 * MIB, 6);
  g_autoptr (GFile) file = NULL;
  g_autoptr (UbJob) job = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, tight;
  JobTester tester;
  guint64 n_exchanges;

  job_tester_init (&tester, 0x1C7015, content);
  file = job_tester_get_file (&tester, "backup.bin");
  job = ub_backup_job_new_for_range (tester.programmer, file, 0, size, UB_BACKUP_DEFAULT);

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  tight = before;
  tight.rlim_cur = limit;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);
  g_assert_false (ub_job_run (job, NULL, &error));
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  g_assert_error (error, UB_ERROR, code);
  n_exchanges = ub_sim_programmer_get_exchanges (UB_SIM_PROGRAMMER (tester.sim));
  g_assert_cmpuint (job_tester_count_files (&tester), ==, 0);
  g_clear_object (&job);
  job_tester_clear (&tester);
  return n_exchanges;
}

/* A slip of the hand, such as 2000M for 2000K, does not reserve gigabytes on the disk. */
static void
test_absurd_range (void)
{
  fail_with_limit (2000u * MIB, 4 * MIB, UB_ERROR_RANGE);
}

/* A place that cannot take the backup is found before the programmer is opened. */
static void
test_no_room (void)
{
  g_assert_cmpuint (fail_with_limit (0, MIB, UB_ERROR_BACKUP_FILE), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  g_test_add_func ("/backup-job/all-parts", test_all_parts);
  g_test_add_func ("/backup-job/report", test_report);
  g_test_add_func ("/backup-job/flips", test_flips);
  g_test_add_func ("/backup-job/damaged-code", test_damaged_code);
  g_test_add_func ("/backup-job/range", test_range);
  g_test_add_func ("/backup-job/absurd-range", test_absurd_range);
  g_test_add_func ("/backup-job/no-room", test_no_room);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app-steps.h"

#include "ub-error.h"
#include "ub-range-dialog.h"
#include "ub-report-window.h"
#include "ub-settings.h"

#include <glib/gstdio.h>

/* The whole application on the simulated module, in virtual time: what a person does, and what the window
 * then says. */

#define APP_START 0x11000
#define SECTOR_SIZE 4096

static void
test_connect (void)
{
  UbAppFixture fixture;

  ub_app_start (&fixture, "time=virtual");
  ub_app_wait_to_show (ub_app_root (&fixture), "BK7231T");
  ub_app_wait_to_show (ub_app_root (&fixture), "EN25QH16");
  ub_app_wait_to_show (ub_app_root (&fixture), "2 MiB");
  ub_app_wait_to_show (ub_app_root (&fixture), "nothing wrong was found");
  ub_app_activate (&fixture, "win.disconnect");
  ub_app_wait_for_page (&fixture, "connect");
  ub_app_fixture_tear_down (&fixture);
}

static void
test_back_up (void)
{
  UbAppFixture fixture;
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = g_build_filename (fixture.folder, "backup.bin", NULL);
  file = g_file_new_for_path (path);
  g_autoptr (UbJobRequest) request = ub_job_request_new_backup (file);
  ub_app_run (&fixture, request);
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_wait_to_show (ub_app_root (&fixture), "Backup Saved");
  ub_app_wait_to_show (ub_app_root (&fixture), path);
  ub_app_wait_to_show (ub_app_root (&fixture), "Tuya 1.0.6");
  ub_app_wait_to_show (ub_app_root (&fixture), ub_app_get_report (&fixture)->sha256);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture.window)), ==, "Backup Saved");
  ub_app_done (&fixture);
  ub_app_fixture_tear_down (&fixture);
}

static void
test_verify_fails (void)
{
  UbAppFixture fixture;
  GtkWidget *again, *restore;
  graphene_rect_t bounds;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_back_up_and_load (&fixture, &data);
  ub_app_erase (&fixture, 0, APP_START);
  ub_app_done (&fixture);
  ub_app_verify (&fixture, path);
  g_assert_error (ub_app_get_error (&fixture), UB_ERROR, UB_ERROR_DIFFERENT);
  ub_app_wait_to_show (ub_app_root (&fixture), "The Module Differs From the Image");
  ub_app_wait_to_show (ub_app_root (&fixture), ub_error_get_remedy (ub_app_get_error (&fixture)));
  ub_app_wait_to_show (ub_app_root (&fixture), "Nothing on the module was changed");
  ub_app_wait_to_show (ub_app_root (&fixture), "First at 0x000000");
  again = ub_app_wait_to_find (ub_app_root (&fixture), GTK_TYPE_BUTTON, "Try Again");
  g_assert_false (gtk_widget_has_css_class (again, "suggested-action"));
  ub_app_wait_ms (&fixture, 100);
  g_assert_true (gtk_widget_compute_bounds (again, ub_app_root (&fixture), &bounds));
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=,
                     (float) gtk_widget_get_height (ub_app_root (&fixture)));
  ub_app_wait_to_find (ub_app_root (&fixture), GTK_TYPE_BUTTON, "Copy Details");
  ub_app_wait_to_find (ub_app_root (&fixture), GTK_TYPE_BUTTON, "Save Log…");
  restore = ub_app_wait_to_find (ub_app_root (&fixture), GTK_TYPE_BUTTON, "Restore This Image…");
  g_assert_true (gtk_widget_has_css_class (restore, "suggested-action"));
  g_assert_true (gtk_window_get_default_widget (GTK_WINDOW (fixture.window)) == restore);
  /* It leads to where the advice is followed. */
  ub_app_activate (&fixture, "win.restore-image");
  ub_app_wait_for_page (&fixture, "restore");
  ub_app_wait (&fixture, ub_app_is_ready, "the image to be chosen");
  ub_app_wait_to_show (ub_app_root (&fixture), "backup.bin");
  ub_app_click (ub_app_root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (ub_app_get_error (&fixture));
  g_assert_false (gtk_widget_get_mapped (restore));
  ub_app_fixture_tear_down (&fixture);
}

static gboolean
is_notified (UbAppFixture *fixture)
{
  return ub_app_get_last_notification () != NULL;
}

static void
test_erase_all (void)
{
  UbAppFixture fixture;
  GtkWidget *dialog;

  ub_app_start (&fixture, "time=virtual");
  ub_app_activate (&fixture, "win.erase");
  dialog = ub_app_wait_for_window (UB_TYPE_RANGE_DIALOG);
  ub_app_click (dialog, "Erase");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (ub_app_get_error (&fixture));
  g_assert_nonnull (ub_app_get_report (&fixture)->backup);
  ub_app_wait_to_show (ub_app_root (&fixture), "Module Erased");
  /* The dialog was in front, and without a window manager the window is not in front again. */
  ub_app_wait (&fixture, is_notified, "the notification");
  g_assert_cmpstr (ub_app_get_last_notification (), ==, "Module Erased");
  ub_app_done (&fixture);
  ub_app_wait_to_show (ub_app_root (&fixture), "blank");
  ub_app_fixture_tear_down (&fixture);
}

static GFile *
save_sector (UbAppFixture *fixture, const char *name, guint8 filling)
{
  g_autofree guint8 *data = g_malloc (SECTOR_SIZE);
  g_autofree char *path = NULL;

  memset (data, filling, SECTOR_SIZE);
  path = ub_app_save (fixture, name, data, SECTOR_SIZE);
  return g_file_new_for_path (path);
}

/* Whether @first is above @second on the module page. */
static gboolean
is_above (UbAppFixture *fixture, const char *first, const char *second)
{
  GtkWidget *page = GTK_WIDGET (fixture->window->module_page);
  GtkWidget *labels[] = { ub_app_find (page, GTK_TYPE_LABEL, first),
                          ub_app_find (page, GTK_TYPE_LABEL, second) };
  graphene_rect_t bounds[2];

  for (int i = 0; i < 2; i++) {
    if (labels[i] == NULL || !gtk_widget_compute_bounds (labels[i], page, &bounds[i]))
      return FALSE;
  }
  return bounds[0].size.height > 0 && bounds[0].origin.y < bounds[1].origin.y;
}

static gboolean
problem_is_above (UbAppFixture *fixture)
{
  return is_above (fixture, "This module cannot start: the bootloader is blank.",
                   "The bootloader is blank.") &&
         is_above (fixture, "The bootloader is blank.", "Chip Family");
}

static gboolean
problem_is_gone (UbAppFixture *fixture)
{
  return is_above (fixture, "Chip Family", "Calibration, files and settings outside");
}

/* What keeps a module from starting is said at once, above everything else. */
static void
test_damaged_module (void)
{
  UbAppFixture fixture;

  ub_app_start (&fixture, "time=virtual");
  ub_app_wait (&fixture, problem_is_gone, "the facts above the notes");
  ub_app_erase (&fixture, 0, APP_START);
  ub_app_done (&fixture);
  ub_app_wait (&fixture, problem_is_above, "the problem above the facts");
  ub_app_fixture_tear_down (&fixture);
}

/* The last of several files is written, whichever is read first, and a dialog may close while it has a look at one. */
static void
test_write_range (void)
{
  UbAppFixture fixture;
  GtkWidget *dialog;
  g_autoptr (GFile) first = NULL, second = NULL;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  first = save_sector (&fixture, "first.bin", 0x11);
  second = save_sector (&fixture, "second.bin", 0x22);
  ub_app_activate (&fixture, "win.write-range");
  dialog = ub_app_wait_for_window (UB_TYPE_RANGE_DIALOG);
  ub_range_dialog_set_file (UB_RANGE_DIALOG (dialog), first);
  gtk_window_destroy (GTK_WINDOW (dialog));
  ub_app_wait_ms (&fixture, 100);

  ub_app_activate (&fixture, "win.write-range");
  dialog = ub_app_wait_for_window (UB_TYPE_RANGE_DIALOG);
  ub_range_dialog_set_file (UB_RANGE_DIALOG (dialog), first);
  ub_range_dialog_set_file (UB_RANGE_DIALOG (dialog), second);
  ub_app_wait_to_show (dialog, "second.bin");
  ub_app_wait_ms (&fixture, 100);
  ub_app_wait_to_show (dialog, "second.bin");
  ub_app_click (dialog, "Write");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (ub_app_get_error (&fixture));
  g_assert_nonnull (ub_app_get_report (&fixture)->backup);
  ub_app_wait_to_show (ub_app_root (&fixture), "second.bin");
  ub_app_done (&fixture);
  path = ub_app_back_up_and_load (&fixture, &data);
  for (guint i = 0; i < SECTOR_SIZE; i++)
    g_assert_cmphex (data[i], ==, 0x22);
  ub_app_fixture_tear_down (&fixture);
}

/* The cable comes out in the middle: what happened and what to do is said, and trying again finishes. */
static void
test_unplug (void)
{
  UbAppFixture fixture;
  g_autoptr (UbJobRequest) request = ub_job_request_new_erase (0, 0, NULL);

  ub_app_start (&fixture, "time=virtual,unplug-at=4000");
  for (int i = 0; i < 20 && ub_app_get_error (&fixture) == NULL; i++)
    ub_app_run (&fixture, request);
  g_assert_error (ub_app_get_error (&fixture), UB_ERROR, UB_ERROR_UNPLUGGED);
  ub_app_wait_to_show (ub_app_root (&fixture), "was unplugged");
  ub_app_wait_to_show (ub_app_root (&fixture), ub_error_get_remedy (ub_app_get_error (&fixture)));
  g_assert_null (ub_app_find (ub_app_root (&fixture), GTK_TYPE_BUTTON, "Restore This Image…"));
  ub_app_click (ub_app_root (&fixture), "Try Again");
  ub_app_wait_for_page (&fixture, "progress");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

static gboolean
is_writing (UbAppFixture *fixture)
{
  UbProgressState state;

  ub_progress_get_state (ub_job_get_progress (ub_job_runner_get_job (fixture->window->runner)),
                         &state);
  return state.phase == UB_PHASE_ERASE && state.bytes_done > 0;
}

/* Stop asks, says what it leaves behind, and the same job finishes afterwards. */
static void
test_stop (void)
{
  UbAppFixture fixture;
  g_autoptr (UbJobRequest) request = ub_job_request_new_erase (0, 0x100000, NULL);
  GtkWidget *dialog;

  ub_app_start (&fixture, "time=real");
  ub_window_start (fixture.window, request);
  ub_app_wait (&fixture, is_writing, "the first sectors");
  ub_app_click (ub_app_root (&fixture), "Stop…");
  dialog = ub_app_wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  ub_app_wait_to_show (dialog, "stays recoverable");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "stop");
  gtk_window_destroy (GTK_WINDOW (dialog));
  ub_app_wait_for_page (&fixture, "result");
  g_assert_error (ub_app_get_error (&fixture), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (ub_app_get_report (&fixture)->module_state, ==, UB_MODULE_PARTLY_WRITTEN);
  ub_app_wait_to_show (ub_app_root (&fixture), "Stopped");
  ub_app_wait_to_show (ub_app_root (&fixture), "partly written");
  ub_app_fixture_tear_down (&fixture);
}

static gboolean
has_advice (UbAppFixture *fixture)
{
  return ub_connection_get_error (fixture->window->connection) != NULL;
}

static gboolean
is_idle (UbAppFixture *fixture)
{
  return ub_connection_get_state (fixture->window->connection) == UB_CONNECTION_IDLE;
}

/* MISO does not move: advice appears while it keeps trying, until it is stopped. */
static void
test_no_answer (void)
{
  UbAppFixture fixture;

  ub_app_fixture_set_up (&fixture, "time=virtual,miso=0");
  ub_app_click (ub_app_root (&fixture), "Connect");
  ub_app_wait (&fixture, has_advice, "advice");
  ub_app_wait_to_show (ub_app_root (&fixture), "MISO Stays Low");
  ub_app_wait_to_show (ub_app_root (&fixture), "Unbrick keeps trying");
  g_assert_cmpint (ub_connection_get_state (fixture.window->connection), ==,
                   UB_CONNECTION_CONNECTING);
  ub_app_click (ub_app_root (&fixture), "Stop");
  ub_app_wait (&fixture, is_idle, "the attempt to end");
  g_assert_true (ub_app_is_page (&fixture, "connect"));
  ub_app_fixture_tear_down (&fixture);
}

static void
test_close_asks (void)
{
  UbAppFixture fixture;
  g_autoptr (UbJobRequest) request = ub_job_request_new_erase (0, 0x80000, NULL);
  GtkWidget *dialog;

  ub_app_start (&fixture, "time=real");
  ub_window_start (fixture.window, request);
  ub_app_wait (&fixture, is_writing, "the first sectors");
  gtk_window_close (GTK_WINDOW (fixture.window));
  dialog = ub_app_wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "continue");
  gtk_window_destroy (GTK_WINDOW (dialog));
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

/* During a restore with its backup, nothing may hold up the main loop. */
static void
test_main_loop_does_not_stall (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *changed = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  /* Motion is work for the main loop, too. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  path = ub_app_back_up_and_load (&fixture, &data);
  ub_app_activate (&fixture, "win.restore");
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, path);
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  g_settings_set_string (ub_settings_get (), "simulated-module", "time=real");
  ub_app_erase (&fixture, 0, 0x80000);
  ub_app_done (&fixture);
  ub_app_activate (&fixture, "win.restore");
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  ub_app_wait_ms (&fixture, 500);
  fixture.longest_gap_us = 0;
  fixture.n_stalls = 0;
  ub_app_click (ub_app_root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_test_message ("longest gap between two iterations of the main loop while restoring: %.1f ms",
                  (double) fixture.longest_gap_us / 1000);
  ub_app_wait_ms (&fixture, 300);
  g_test_message ("and with the result page's first layout: %.1f ms",
                  (double) fixture.longest_gap_us / 1000);
  g_assert_cmpuint (fixture.n_stalls, ==, 0);
  g_assert_no_error (ub_app_get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

static void
test_settings (void)
{
  UbAppFixture fixture;
  GSettings *settings = ub_settings_get ();

  g_settings_set_uint (settings, "clock-ceiling", 1000000);
  g_settings_set_enum (settings, "spi-mode", 3);
  ub_app_start (&fixture, "time=virtual");
  g_assert_cmpuint (
      ub_programmer_get_clock_ceiling (ub_connection_get_programmer (fixture.window->connection)),
      ==, 1000000);
  g_assert_cmpint (
      ub_programmer_get_fixed_mode (ub_connection_get_programmer (fixture.window->connection)), ==,
      3);
  ub_app_wait_to_show (ub_app_root (&fixture), "1 MHz");
  g_assert_cmpstr (g_settings_get_string (settings, "programmer"), ==, "sim");
  gtk_window_set_default_size (GTK_WINDOW (fixture.window), 700, 650);
  ub_app_wait_ms (&fixture, 300);
  g_signal_emit_by_name (fixture.window, "close-request", &(gboolean) { FALSE });
  g_assert_cmpint (g_settings_get_int (settings, "window-width"), ==, 700);
  g_assert_cmpint (g_settings_get_int (settings, "window-height"), ==, 650);
  g_settings_reset (settings, "clock-ceiling");
  g_settings_reset (settings, "spi-mode");
  ub_app_fixture_tear_down (&fixture);
}

static void
test_reports (void)
{
  UbAppFixture fixture;
  GtkWidget *window;

  ub_app_start (&fixture, "time=virtual");
  ub_app_activate (&fixture, "win.tuya-configuration");
  window = ub_app_wait_for_window (UB_TYPE_REPORT_WINDOW);
  ub_app_wait_to_show (window, "Relay 1");
  ub_app_click (window, "Copy Template");
  gtk_window_destroy (GTK_WINDOW (window));
  ub_app_activate (&fixture, "win.module-report");
  window = ub_app_wait_for_window (UB_TYPE_REPORT_WINDOW);
  ub_app_wait_to_find (window, GTK_TYPE_TEXT_VIEW, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  ub_app_fixture_tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/app/connect", test_connect);
  g_test_add_func ("/app/back-up", test_back_up);
  g_test_add_func ("/app/verify-fails", test_verify_fails);
  g_test_add_func ("/app/erase-all", test_erase_all);
  g_test_add_func ("/app/damaged-module", test_damaged_module);
  g_test_add_func ("/app/write-range", test_write_range);
  g_test_add_func ("/app/unplug", test_unplug);
  g_test_add_func ("/app/stop", test_stop);
  g_test_add_func ("/app/no-answer", test_no_answer);
  g_test_add_func ("/app/close-asks", test_close_asks);
  g_test_add_func ("/app/main-loop", test_main_loop_does_not_stall);
  g_test_add_func ("/app/settings", test_settings);
  g_test_add_func ("/app/reports", test_reports);

  return g_test_run ();
}

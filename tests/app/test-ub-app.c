/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app-fixture.h"

#include "ub-error.h"
#include "ub-range-dialog.h"
#include "ub-report-window.h"
#include "ub-settings.h"

#include <glib/gstdio.h>

/* The whole application on the simulated module, in virtual time: what a person does, and what the window
 * then says. */

#define APP_START 0x11000
#define APP_END 0x129F70
#define CHIP_SIZE (2 * 1024 * 1024)

static GtkWidget *
root (UbAppFixture *fixture)
{
  return GTK_WIDGET (fixture->window);
}

static UbFileRow *
get_row (UbAppFixture *fixture, UbImageSlot slot)
{
  return ub_restore_page_get_row (fixture->window->restore_page, slot);
}

static gboolean
is_ready (UbAppFixture *fixture)
{
  return ub_restore_page_is_ready (fixture->window->restore_page);
}

static const GError *
get_error (UbAppFixture *fixture)
{
  return ub_job_runner_get_error (fixture->window->runner);
}

static const UbJobReport *
get_report (UbAppFixture *fixture)
{
  return ub_job_get_report (ub_job_runner_get_job (fixture->window->runner));
}

static void
run_request (UbAppFixture *fixture, UbJobRequest *request)
{
  ub_window_start (fixture->window, request);
  g_assert_true (ub_app_is_page (fixture, "progress"));
  ub_app_wait_for_page (fixture, "result");
}

static void
erase (UbAppFixture *fixture, guint32 address, guint32 size)
{
  g_autoptr (UbJobRequest) request = ub_job_request_new_erase (address, size, NULL);

  run_request (fixture, request);
  g_assert_no_error (get_error (fixture));
}

static void
verify (UbAppFixture *fixture, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (UbImage) image = ub_image_load (file, NULL, NULL);
  g_autoptr (UbImageAnalysis) analysis = ub_image_analysis_new (image);
  g_autoptr (UbJobRequest) request = ub_job_request_new_verify (analysis);

  run_request (fixture, request);
}

static void
done (UbAppFixture *fixture)
{
  ub_app_click (root (fixture), "Done");
  ub_app_wait_for_page (fixture, "module");
}

static GtkWidget *
find_row (UbAppFixture *fixture, const char *title)
{
  GtkWidget *label =
      ub_app_wait_to_find (GTK_WIDGET (fixture->window->restore_page), GTK_TYPE_LABEL, title);

  return gtk_widget_get_ancestor (label, GTK_TYPE_LIST_BOX_ROW);
}

static void
activate_row (UbAppFixture *fixture, const char *title)
{
  gtk_widget_activate (find_row (fixture, title));
}

/* A switch that is activated is on only when its knob has come to the other side. */
static gboolean
is_storage_kept (UbAppFixture *fixture)
{
  GtkWidget *row = find_row (fixture, "Keep Pairing and Settings");

  return gtk_switch_get_active (
      GTK_SWITCH (adw_action_row_get_activatable_widget (ADW_ACTION_ROW (row))));
}

static void
set_backup_folder (UbAppFixture *fixture)
{
  g_autofree char *uri = g_filename_to_uri (fixture->folder, NULL, NULL);

  g_settings_set_string (ub_settings_get (), "backup-folder", uri);
}

static void
start (UbAppFixture *fixture, const char *sim)
{
  ub_app_fixture_set_up (fixture, sim);
  set_backup_folder (fixture);
  ub_app_connect (fixture);
}

/* A backup of the module as it is, and the bytes of it. */
static char *
back_up (UbAppFixture *fixture, guint8 **out_data)
{
  g_autoptr (GFile) file = ub_app_back_up (fixture, "backup.bin");
  gsize size = 0;

  g_assert_true (g_file_load_contents (file, NULL, (char **) out_data, &size, NULL, NULL));
  g_assert_cmpuint (size, ==, CHIP_SIZE);
  return g_file_get_path (file);
}

static void
test_connect (void)
{
  UbAppFixture fixture;

  start (&fixture, "time=virtual");
  ub_app_wait_to_show (root (&fixture), "BK7231T");
  ub_app_wait_to_show (root (&fixture), "EN25QH16");
  ub_app_wait_to_show (root (&fixture), "2 MiB");
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

  start (&fixture, "time=virtual");
  path = g_build_filename (fixture.folder, "backup.bin", NULL);
  file = g_file_new_for_path (path);
  g_autoptr (UbJobRequest) request = ub_job_request_new_backup (file);
  run_request (&fixture, request);
  g_assert_no_error (get_error (&fixture));
  ub_app_wait_to_show (root (&fixture), "Backup Saved");
  ub_app_wait_to_show (root (&fixture), path);
  ub_app_wait_to_show (root (&fixture), get_report (&fixture)->sha256);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (fixture.window)), ==, "Backup Saved");
  done (&fixture);
  ub_app_fixture_tear_down (&fixture);
}

/* Disaster, the full image by the restore page, and a comparison that holds. */
static void
test_restore_full (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;

  start (&fixture, "time=virtual");
  path = back_up (&fixture, &data);
  erase (&fixture, 0, APP_START);
  done (&fixture);
  ub_app_activate (&fixture, "win.restore");
  g_assert_false (is_ready (&fixture));
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, path);
  ub_app_wait (&fixture, is_ready, "the preview");
  ub_app_wait_to_show (root (&fixture), "of 512 sectors will change");
  ub_app_click (root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (get_error (&fixture));
  g_assert_nonnull (get_report (&fixture)->backup);
  g_assert_true (g_file_query_exists (get_report (&fixture)->backup, NULL));
  ub_app_wait_to_show (root (&fixture), "Module Restored");
  ub_app_wait_to_show (root (&fixture), "Remove the wires");
  done (&fixture);
  verify (&fixture, path);
  g_assert_no_error (get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

/* Another device's backup, which differs in its Tuya storage alone: nothing of that comes over. */
static void
test_keep_storage (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *other = NULL;
  g_autofree guint8 *data = NULL;

  start (&fixture, "time=virtual");
  path = back_up (&fixture, &data);
  data[CHIP_SIZE - 0x800] ^= 0xFF;
  other = ub_app_save (&fixture, "other.bin", data, CHIP_SIZE);
  ub_app_activate (&fixture, "win.restore");
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, other);
  ub_app_wait (&fixture, is_ready, "the preview");
  activate_row (&fixture, "Keep Pairing and Settings");
  ub_app_wait (&fixture, is_storage_kept, "the switch");
  ub_app_wait (&fixture, is_ready, "the preview with the storage kept");
  ub_app_click (root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (get_error (&fixture));
  done (&fixture);
  verify (&fixture, path);
  g_assert_no_error (get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

/* With a slow clock only a part of the module is known before: whether it has a storage is not, and it may be
 * asked for. */
static void
test_keep_storage_on_slow_wires (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;

  start (&fixture, "time=virtual");
  path = back_up (&fixture, &data);
  ub_app_activate (&fixture, "win.disconnect");
  g_settings_set_uint (ub_settings_get (), "clock-ceiling", 100000);
  ub_app_connect (&fixture);
  ub_app_activate (&fixture, "win.restore");
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, path);
  activate_row (&fixture, "Keep Pairing and Settings");
  ub_app_wait (&fixture, is_ready, "the preview with the storage kept");
  g_settings_reset (ub_settings_get (), "clock-ceiling");
  ub_app_fixture_tear_down (&fixture);
}

static void
test_restore_parts (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *app = NULL;
  g_autofree guint8 *data = NULL;

  start (&fixture, "time=virtual");
  path = back_up (&fixture, &data);
  app = ub_app_save (&fixture, "ua.bin", data + APP_START, APP_END - APP_START);
  erase (&fixture, 0, APP_END & ~0xFFFu);
  done (&fixture);
  ub_app_activate (&fixture, "win.restore");
  activate_row (&fixture, "Bootloader + App");
  ub_app_load (&fixture, UB_IMAGE_SLOT_APP, app);
  g_assert_false (is_ready (&fixture));
  ub_app_load (&fixture, UB_IMAGE_SLOT_BOOTLOADER, path);
  ub_app_wait (&fixture, is_ready, "the preview");
  ub_app_click (root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (get_error (&fixture));
  done (&fixture);
  verify (&fixture, path);
  g_assert_no_error (get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

/* An app where a full image is needed: refused with the reason, and one click away from right. */
static void
test_refusal_with_way_out (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *app = NULL;
  g_autofree guint8 *data = NULL;

  start (&fixture, "time=virtual");
  path = back_up (&fixture, &data);
  app = ub_app_save (&fixture, "ua.bin", data + APP_START, APP_END - APP_START);
  ub_app_activate (&fixture, "win.restore");
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, app);
  g_assert_error (ub_file_row_get_error (get_row (&fixture, UB_IMAGE_SLOT_FULL)), UB_ERROR,
                  UB_ERROR_IMAGE_NO_BOOTLOADER);
  g_assert_false (is_ready (&fixture));
  ub_app_click (root (&fixture), "Use as App, Add a Bootloader");
  g_assert_nonnull (ub_file_row_get_usable (get_row (&fixture, UB_IMAGE_SLOT_APP)));
  g_assert_null (ub_file_row_get_analysis (get_row (&fixture, UB_IMAGE_SLOT_FULL)));
  ub_app_load (&fixture, UB_IMAGE_SLOT_BOOTLOADER, path);
  ub_app_wait (&fixture, is_ready, "the preview");
  ub_app_fixture_tear_down (&fixture);
}

static void
check_refused (UbAppFixture *fixture, const char *name, const guint8 *data, gsize size, int code)
{
  g_autofree char *path = ub_app_save (fixture, name, data, size);
  UbFileRow *row = get_row (fixture, UB_IMAGE_SLOT_FULL);

  ub_app_load (fixture, UB_IMAGE_SLOT_FULL, path);
  g_assert_error (ub_file_row_get_error (row), UB_ERROR, code);
  g_assert_null (ub_file_row_get_usable (row));
  ub_app_wait_to_show (root (fixture), ub_error_get_remedy (ub_file_row_get_error (row)));
}

static void
test_refusals (void)
{
  UbAppFixture fixture;
  g_autofree guint8 *blank = g_malloc (CHIP_SIZE);
  g_autofree char *nowhere = NULL;
  const char text[] = "This is a text file, which somebody took for a flash image.\n";

  memset (blank, 0xFF, CHIP_SIZE);
  ub_app_fixture_set_up (&fixture, "time=virtual");
  ub_app_activate (&fixture, "win.restore");
  check_refused (&fixture, "blank.bin", blank, CHIP_SIZE, UB_ERROR_IMAGE_BLANK);
  check_refused (&fixture, "text.bin", (const guint8 *) text, sizeof text - 1,
                 UB_ERROR_IMAGE_NOT_FLASH);
  nowhere = g_build_filename (fixture.folder, "nowhere.bin", NULL);
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, nowhere);
  g_assert_error (ub_file_row_get_error (get_row (&fixture, UB_IMAGE_SLOT_FULL)), UB_ERROR,
                  UB_ERROR_FILE_UNREADABLE);
  ub_app_wait_to_find (root (&fixture), GTK_TYPE_BUTTON, "Choose Another File…");
  ub_app_fixture_tear_down (&fixture);
}

/* A file opened before there is a module leads over the connect page back to the restore page. */
static void
test_open_first (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;
  g_autoptr (GFile) file = NULL;

  start (&fixture, "time=virtual");
  path = back_up (&fixture, &data);
  ub_app_activate (&fixture, "win.disconnect");
  file = g_file_new_for_path (path);
  g_application_open (G_APPLICATION (fixture.app), &file, 1, "");
  ub_app_wait_for_page (&fixture, "restore");
  ub_app_click (root (&fixture), "Connect to a Module");
  ub_app_wait_for_page (&fixture, "connect");
  ub_app_click (root (&fixture), "Connect");
  ub_app_wait_for_page (&fixture, "restore");
  ub_app_wait (&fixture, is_ready, "the preview");
  ub_app_fixture_tear_down (&fixture);
}

static void
test_verify_fails (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;

  start (&fixture, "time=virtual");
  path = back_up (&fixture, &data);
  erase (&fixture, 0, APP_START);
  done (&fixture);
  verify (&fixture, path);
  g_assert_error (get_error (&fixture), UB_ERROR, UB_ERROR_DIFFERENT);
  ub_app_wait_to_show (root (&fixture), "The Module Differs From the Image");
  ub_app_wait_to_show (root (&fixture), ub_error_get_remedy (get_error (&fixture)));
  ub_app_wait_to_show (root (&fixture), "Nothing on the module was changed");
  ub_app_wait_to_find (root (&fixture), GTK_TYPE_BUTTON, "Try Again");
  ub_app_wait_to_find (root (&fixture), GTK_TYPE_BUTTON, "Copy Details");
  ub_app_wait_to_find (root (&fixture), GTK_TYPE_BUTTON, "Save Log…");
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

  start (&fixture, "time=virtual");
  ub_app_activate (&fixture, "win.erase");
  dialog = ub_app_wait_for_window (UB_TYPE_RANGE_DIALOG);
  ub_app_click (dialog, "Erase");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (get_error (&fixture));
  g_assert_nonnull (get_report (&fixture)->backup);
  ub_app_wait_to_show (root (&fixture), "Module Erased");
  /* The dialog was in front, and without a window manager the window is not in front again. */
  ub_app_wait (&fixture, is_notified, "the notification");
  g_assert_cmpstr (ub_app_get_last_notification (), ==, "Module Erased");
  done (&fixture);
  ub_app_wait_to_show (root (&fixture), "blank");
  ub_app_fixture_tear_down (&fixture);
}

/* The cable comes out in the middle: what happened and what to do is said, and trying again finishes. */
static void
test_unplug (void)
{
  UbAppFixture fixture;
  g_autoptr (UbJobRequest) request = ub_job_request_new_erase (0, 0, NULL);

  start (&fixture, "time=virtual,unplug-at=4000");
  for (int i = 0; i < 20 && get_error (&fixture) == NULL; i++)
    run_request (&fixture, request);
  g_assert_error (get_error (&fixture), UB_ERROR, UB_ERROR_UNPLUGGED);
  ub_app_wait_to_show (root (&fixture), "was unplugged");
  ub_app_wait_to_show (root (&fixture), ub_error_get_remedy (get_error (&fixture)));
  ub_app_click (root (&fixture), "Try Again");
  ub_app_wait_for_page (&fixture, "progress");
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (get_error (&fixture));
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

  start (&fixture, "time=real");
  ub_window_start (fixture.window, request);
  ub_app_wait (&fixture, is_writing, "the first sectors");
  ub_app_click (root (&fixture), "Stop…");
  dialog = ub_app_wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  ub_app_wait_to_show (dialog, "stays recoverable");
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "stop");
  gtk_window_destroy (GTK_WINDOW (dialog));
  ub_app_wait_for_page (&fixture, "result");
  g_assert_error (get_error (&fixture), G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (get_report (&fixture)->module_state, ==, UB_MODULE_PARTLY_WRITTEN);
  ub_app_wait_to_show (root (&fixture), "Stopped");
  ub_app_wait_to_show (root (&fixture), "partly written");
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
  ub_app_click (root (&fixture), "Connect");
  ub_app_wait (&fixture, has_advice, "advice");
  ub_app_wait_to_show (root (&fixture), "MISO Stays Low");
  ub_app_wait_to_show (root (&fixture), "Unbrick keeps trying");
  g_assert_cmpint (ub_connection_get_state (fixture.window->connection), ==,
                   UB_CONNECTION_CONNECTING);
  ub_app_click (root (&fixture), "Stop");
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

  start (&fixture, "time=real");
  ub_window_start (fixture.window, request);
  ub_app_wait (&fixture, is_writing, "the first sectors");
  gtk_window_close (GTK_WINDOW (fixture.window));
  dialog = ub_app_wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  adw_message_dialog_response (ADW_MESSAGE_DIALOG (dialog), "continue");
  gtk_window_destroy (GTK_WINDOW (dialog));
  ub_app_wait_for_page (&fixture, "result");
  g_assert_no_error (get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

/* During a restore with its backup, nothing may hold up the main loop. */
static void
test_main_loop_does_not_stall (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL, *changed = NULL;
  g_autofree guint8 *data = NULL;

  start (&fixture, "time=virtual");
  /* Motion is work for the main loop, too. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
  path = back_up (&fixture, &data);
  ub_app_activate (&fixture, "win.restore");
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, path);
  ub_app_wait (&fixture, is_ready, "the preview");
  g_settings_set_string (ub_settings_get (), "simulated-module", "time=real");
  erase (&fixture, 0, 0x80000);
  done (&fixture);
  ub_app_activate (&fixture, "win.restore");
  ub_app_wait (&fixture, is_ready, "the preview");
  ub_app_wait_ms (&fixture, 500);
  fixture.longest_gap_us = 0;
  fixture.n_stalls = 0;
  ub_app_click (root (&fixture), "Restore Module");
  ub_app_wait_for_page (&fixture, "result");
  g_test_message ("longest gap between two iterations of the main loop while restoring: %.1f ms",
                  (double) fixture.longest_gap_us / 1000);
  ub_app_wait_ms (&fixture, 300);
  g_test_message ("and with the result page's first layout: %.1f ms",
                  (double) fixture.longest_gap_us / 1000);
  g_assert_cmpuint (fixture.n_stalls, ==, 0);
  g_assert_no_error (get_error (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

static void
test_settings (void)
{
  UbAppFixture fixture;
  GSettings *settings = ub_settings_get ();

  g_settings_set_uint (settings, "clock-ceiling", 1000000);
  g_settings_set_enum (settings, "spi-mode", 3);
  start (&fixture, "time=virtual");
  g_assert_cmpuint (
      ub_programmer_get_clock_ceiling (ub_connection_get_programmer (fixture.window->connection)),
      ==, 1000000);
  g_assert_cmpint (
      ub_programmer_get_fixed_mode (ub_connection_get_programmer (fixture.window->connection)), ==,
      3);
  ub_app_wait_to_show (root (&fixture), "1 MHz");
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

  start (&fixture, "time=virtual");
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
  g_test_add_func ("/app/restore/full", test_restore_full);
  g_test_add_func ("/app/restore/keep-storage", test_keep_storage);
  g_test_add_func ("/app/restore/keep-storage-slow", test_keep_storage_on_slow_wires);
  g_test_add_func ("/app/restore/parts", test_restore_parts);
  g_test_add_func ("/app/refusal/way-out", test_refusal_with_way_out);
  g_test_add_func ("/app/refusal/all", test_refusals);
  g_test_add_func ("/app/open-first", test_open_first);
  g_test_add_func ("/app/verify-fails", test_verify_fails);
  g_test_add_func ("/app/erase-all", test_erase_all);
  g_test_add_func ("/app/unplug", test_unplug);
  g_test_add_func ("/app/stop", test_stop);
  g_test_add_func ("/app/no-answer", test_no_answer);
  g_test_add_func ("/app/close-asks", test_close_asks);
  g_test_add_func ("/app/main-loop", test_main_loop_does_not_stall);
  g_test_add_func ("/app/settings", test_settings);
  g_test_add_func ("/app/reports", test_reports);

  return g_test_run ();
}

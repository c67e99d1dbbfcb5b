/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app-steps.h"

#include "ub-backup-row.h"
#include "ub-range-dialog.h"

/* Without a rescue copy nothing is written before somebody says so once more, and the next module gets one again. */

#define APP_START 0x11000
#define SECTOR_SIZE 4096

static UbBackupRow *
find_backup_row (GtkWidget *root)
{
  return UB_BACKUP_ROW (ub_app_wait_to_find (root, UB_TYPE_BACKUP_ROW, NULL));
}

static GtkWidget *
get_page (UbAppFixture *fixture)
{
  return GTK_WIDGET (fixture->window->restore_page);
}

static gboolean
is_unsafe (UbAppFixture *fixture)
{
  return !ub_backup_row_is_on (find_backup_row (get_page (fixture)));
}

static gboolean
is_ready (UbAppFixture *fixture)
{
  return ub_app_is_page (fixture, "restore") && ub_app_is_ready (fixture);
}

/* The restore page with a module that is about to be written to, and no rescue copy wanted. */
static char *
prepare (UbAppFixture *fixture, gboolean is_damaged)
{
  g_autofree guint8 *data = NULL;
  char *path;

  ub_app_start (fixture, "time=virtual");
  path = ub_app_back_up_and_load (fixture, &data);
  if (is_damaged) {
    ub_app_erase (fixture, 0, APP_START);
    ub_app_done (fixture);
  }
  ub_app_activate (fixture, "win.restore");
  ub_app_load (fixture, UB_IMAGE_SLOT_FULL, path);
  g_assert_false (is_unsafe (fixture));
  gtk_widget_activate (GTK_WIDGET (find_backup_row (get_page (fixture))));
  ub_app_wait (fixture, is_unsafe, "the switch");
  ub_app_wait (fixture, is_ready, "the preview");
  return path;
}

static GtkWidget *
wait_for_question (UbAppFixture *fixture, const char *heading)
{
  GtkWidget *dialog = ub_app_wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  AdwMessageDialog *question = ADW_MESSAGE_DIALOG (dialog);

  ub_app_wait_to_show (dialog, heading);
  ub_app_wait_to_show (dialog, "BK7231T, MAC address 02:00:5e:72:31:01");
  ub_app_wait_to_show (dialog, "is lost for good");
  g_assert_cmpstr (adw_message_dialog_get_default_response (question), ==, "cancel");
  g_assert_cmpstr (adw_message_dialog_get_close_response (question), ==, "cancel");
  g_assert_false (ub_job_runner_is_running (fixture->window->runner));
  return dialog;
}

static gboolean
is_answered (UbAppFixture *fixture)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next) {
    if (ADW_IS_MESSAGE_DIALOG (l->data) && gtk_widget_get_mapped (l->data))
      return FALSE;
  }
  return TRUE;
}

static void
check_not_saved (UbAppFixture *fixture)
{
  ub_app_wait_for_page (fixture, "result");
  g_assert_no_error (ub_app_get_error (fixture));
  g_assert_null (ub_app_get_report (fixture)->backup);
}

static void
test_restore (void)
{
  UbAppFixture fixture;
  g_autofree char *path = prepare (&fixture, TRUE);
  GtkWidget *dialog;

  ub_app_wait_to_show (GTK_WIDGET (find_backup_row (get_page (&fixture))), "lost for good");
  g_assert_true (
      gtk_widget_has_css_class (GTK_WIDGET (find_backup_row (get_page (&fixture))), "unsafe"));
  ub_app_click (ub_app_root (&fixture), "Restore Module");
  dialog = wait_for_question (&fixture, "Restore Without a Backup?");
  ub_app_wait_to_show (dialog, "of 512 sectors will change");
  ub_app_click (dialog, "Cancel");
  ub_app_wait (&fixture, is_answered, "the dialog to go");
  g_assert_true (is_ready (&fixture));
  g_assert_true (is_unsafe (&fixture));

  ub_app_click (ub_app_root (&fixture), "Restore Module");
  gtk_window_close (GTK_WINDOW (wait_for_question (&fixture, "Restore Without a Backup?")));
  ub_app_wait (&fixture, is_answered, "the dialog to go");
  g_assert_true (is_ready (&fixture));

  ub_app_click (ub_app_root (&fixture), "Restore Module");
  ub_app_click (wait_for_question (&fixture, "Restore Without a Backup?"),
                "Restore Without Backup");
  check_not_saved (&fixture);
  ub_app_fixture_tear_down (&fixture);
}

/* With the backup on again, or where nothing changes, there is nothing to ask. */
static void
test_nothing_to_ask (void)
{
  UbAppFixture fixture;
  g_autofree char *path = prepare (&fixture, TRUE);

  ub_backup_row_reset (find_backup_row (get_page (&fixture)));
  ub_app_wait (&fixture, is_ready, "the preview");
  ub_app_click (ub_app_root (&fixture), "Restore Module");
  g_assert_true (ub_app_is_page (&fixture, "progress"));
  ub_app_wait_for_page (&fixture, "result");
  g_assert_nonnull (ub_app_get_report (&fixture)->backup);
  ub_app_fixture_tear_down (&fixture);
}

static void
test_nothing_to_lose (void)
{
  UbAppFixture fixture;
  g_autofree char *path = prepare (&fixture, FALSE);

  ub_app_click (ub_app_root (&fixture), "Restore Module");
  g_assert_true (ub_app_is_page (&fixture, "progress"));
  check_not_saved (&fixture);
  ub_app_fixture_tear_down (&fixture);
}

/* The dialog of a range, with the switch off; with @file, to write it. */
static GtkWidget *
open_range_dialog (UbAppFixture *fixture, const char *action, GFile *file)
{
  GtkWidget *dialog;
  UbBackupRow *row;

  ub_app_activate (fixture, action);
  dialog = ub_app_wait_for_window (UB_TYPE_RANGE_DIALOG);
  if (file != NULL) {
    ub_range_dialog_set_file (UB_RANGE_DIALOG (dialog), file);
    ub_app_wait_to_show (dialog, "sector.bin");
  }
  row = find_backup_row (dialog);
  g_assert_true (ub_backup_row_is_on (row));
  gtk_widget_activate (GTK_WIDGET (row));
  ub_app_wait_to_show (GTK_WIDGET (row), "lost for good");
  return dialog;
}

static void
check_range (
    const char *action, gboolean has_file, const char *label, const char *heading, const char *deed)
{
  UbAppFixture fixture;
  GtkWidget *dialog, *question;
  guint8 data[SECTOR_SIZE] = { 0 };
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  ub_app_start (&fixture, "time=virtual");
  path = ub_app_save (&fixture, "sector.bin", data, sizeof data);
  file = g_file_new_for_path (path);
  dialog = open_range_dialog (&fixture, action, has_file ? file : NULL);
  ub_app_click (dialog, label);
  question = wait_for_question (&fixture, heading);
  ub_app_wait_to_show (question, has_file ? "4 KiB" : "2 MiB");
  ub_app_click (question, "Cancel");
  ub_app_wait (&fixture, is_answered, "the dialog to go");
  g_assert_true (gtk_widget_get_mapped (dialog));
  g_assert_true (ub_app_is_page (&fixture, "module"));

  ub_app_click (dialog, label);
  ub_app_click (wait_for_question (&fixture, heading), deed);
  check_not_saved (&fixture);
  ub_app_fixture_tear_down (&fixture);
}

static void
test_erase (void)
{
  check_range ("win.erase", FALSE, "Erase", "Erase Without a Backup?", "Erase Without Backup");
}

static void
test_write (void)
{
  check_range ("win.write-range", TRUE, "Write", "Write Without a Backup?", "Write Without Backup");
}

/* Another look at the same module changes nothing; with the next module it is on. */
static void
test_next_module (void)
{
  UbAppFixture fixture;
  g_autofree char *path = prepare (&fixture, FALSE);

  ub_app_activate (&fixture, "win.refresh");
  ub_app_wait_for_page (&fixture, "connect");
  ub_app_wait_for_page (&fixture, "module");
  ub_app_activate (&fixture, "win.restore");
  g_assert_true (is_unsafe (&fixture));
  ub_app_wait (&fixture, is_ready, "the preview");
  ub_app_click (ub_app_root (&fixture), "Restore Module");
  check_not_saved (&fixture);
  ub_app_click (ub_app_root (&fixture), "Recover Another");
  ub_app_wait_for_page (&fixture, "connect");
  ub_app_click (ub_app_root (&fixture), "Connect");
  ub_app_wait (&fixture, is_ready, "the restore page of the next module");
  g_assert_false (is_unsafe (&fixture));
  ub_app_fixture_tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/no-backup/restore", test_restore);
  g_test_add_func ("/no-backup/nothing-to-ask", test_nothing_to_ask);
  g_test_add_func ("/no-backup/nothing-to-lose", test_nothing_to_lose);
  g_test_add_func ("/no-backup/erase", test_erase);
  g_test_add_func ("/no-backup/write", test_write);
  g_test_add_func ("/no-backup/next-module", test_next_module);
  return g_test_run ();
}

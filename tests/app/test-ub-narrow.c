/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app-steps.h"

#include "ub-backup-row.h"
#include "ub-help-window.h"
#include "ub-log-window.h"
#include "ub-preferences-window.h"
#include "ub-range-dialog.h"
#include "ub-report-window.h"

/* test-ub-narrow LOCALE-DIR LANGUAGE: every page and window fits into 360 pixels in the language of the
 * environment, however long its words are. */

#define NARROW 360 /* pixels, see the interface's design: from 360×600 to 1920×1080 */

#define APP_START 0x11000
#define APP_SIZE 0x118000

/* GTK makes a window as wide as its content has to be, whatever its size is set to. */
static void
check_fits (GtkWidget *window, const char *what)
{
  int minimum;

  /* Without the edges that the window draws. */
  gtk_widget_measure (gtk_window_get_child (GTK_WINDOW (window)), GTK_ORIENTATION_HORIZONTAL, -1,
                      &minimum, NULL, NULL, NULL);
  if (minimum > NARROW) {
    g_test_message ("%s needs %d pixels", what, minimum);
    g_test_fail ();
  }
}

static void
check_page (UbAppFixture *fixture, const char *what)
{
  ub_app_wait_ms (fixture, 50);
  check_fits (ub_app_root (fixture), what);
}

static void
check_window (GType type, const char *what)
{
  GtkWidget *window = ub_app_wait_for_window (type);

  check_fits (window, what);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
check_windows (UbAppFixture *fixture)
{
  static const struct {
    const char *action;
    GType (*get_type) (void);
  } windows[] = { { "win.module-report", ub_report_window_get_type },
                  { "win.tuya-configuration", ub_report_window_get_type },
                  { "win.erase", ub_range_dialog_get_type },
                  { "win.read-range", ub_range_dialog_get_type },
                  { "win.write-range", ub_range_dialog_get_type },
                  { "win.show-log", ub_log_window_get_type },
                  { "app.preferences", ub_preferences_window_get_type },
                  { "app.help", ub_help_window_get_type } };

  for (guint i = 0; i < G_N_ELEMENTS (windows); i++) {
    ub_app_activate (fixture, windows[i].action);
    check_window (windows[i].get_type (), windows[i].action);
  }
}

static void
turn_backup_off (GtkWidget *root)
{
  gtk_widget_activate (ub_app_wait_to_find (root, UB_TYPE_BACKUP_ROW, NULL));
}

/* What is asked before erasing and writing without a rescue copy. */
static void
check_questions (UbAppFixture *fixture)
{
  GtkWidget *dialog;

  ub_app_activate (fixture, "win.erase");
  dialog = ub_app_wait_for_window (UB_TYPE_RANGE_DIALOG);
  turn_backup_off (dialog);
  ub_app_wait_ms (fixture, 50);
  check_fits (dialog, "erasing without a backup");
  ub_app_click (dialog, "Erase");
  check_window (ADW_TYPE_MESSAGE_DIALOG, "the question before erasing");
  gtk_window_destroy (GTK_WINDOW (dialog));
  ub_app_activate (fixture, "win.restore");
  ub_app_wait (fixture, ub_app_is_ready, "the preview");
  turn_backup_off (GTK_WIDGET (fixture->window->restore_page));
  ub_app_wait (fixture, ub_app_is_ready, "the preview without a backup");
  check_page (fixture, "the restore page without a backup");
  ub_app_click (ub_app_root (fixture), "Restore Module");
  check_window (ADW_TYPE_MESSAGE_DIALOG, "the question before restoring");
}

static gboolean
has_advice (UbAppFixture *fixture)
{
  return ub_connection_get_error (fixture->window->connection) != NULL;
}

static void
test_connecting (void)
{
  UbAppFixture fixture;

  ub_app_fixture_set_up (&fixture, "time=virtual,miso=0");
  check_page (&fixture, "the connect page");
  ub_app_click (ub_app_root (&fixture), "Connect");
  ub_app_wait (&fixture, has_advice, "advice");
  check_page (&fixture, "the advice");
  ub_app_click (ub_app_root (&fixture), "Stop");
  ub_app_fixture_tear_down (&fixture);
}

/* An app alone is no full image: the row says why, and offers the way out. */
static void
check_refusal (UbAppFixture *fixture, const guint8 *backup)
{
  g_autofree char *app =
      ub_app_save (fixture, "OpenBK7231T_UA_1.18.219.bin", backup + APP_START, APP_SIZE);

  ub_app_load (fixture, UB_IMAGE_SLOT_FULL, app);
  check_page (fixture, "a refused file");
}

static void
test_jobs (void)
{
  UbAppFixture fixture;
  g_autofree char *path = NULL;
  g_autofree guint8 *data = NULL;

  ub_app_start (&fixture, "time=virtual");
  check_page (&fixture, "the module page");
  check_windows (&fixture);
  path = ub_app_back_up_and_load (&fixture, &data);
  ub_app_activate (&fixture, "win.restore");
  check_page (&fixture, "the empty restore page");
  check_refusal (&fixture, data);
  ub_app_load (&fixture, UB_IMAGE_SLOT_FULL, path);
  ub_app_wait (&fixture, ub_app_is_ready, "the preview");
  check_page (&fixture, "the restore page");
  ub_app_erase (&fixture, 0, 0x11000);
  check_page (&fixture, "the progress and the result page");
  ub_app_done (&fixture);
  check_page (&fixture, "the module page of a damaged module");
  check_questions (&fixture);
  ub_app_verify (&fixture, path);
  g_assert_nonnull (ub_app_get_error (&fixture));
  check_page (&fixture, "the page of a failure");
  ub_app_fixture_tear_down (&fixture);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_assert_cmpint (argc, ==, 3);
  ub_app_speak (argv[1]);
  g_assert_true (g_str_equal (argv[2], "en") ==
                 g_str_equal (g_dgettext (GETTEXT_PACKAGE, "_Restore…"), "_Restore…"));
  adw_init ();

  g_test_add_func ("/narrow/connecting", test_connecting);
  g_test_add_func ("/narrow/jobs", test_jobs);

  return g_test_run ();
}

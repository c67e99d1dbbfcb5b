/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app-fixture.h"

#include "ub-backup-row.h"
#include "ub-help-window.h"
#include "ub-log-window.h"
#include "ub-log.h"
#include "ub-preferences-window.h"
#include "ub-range-dialog.h"
#include "ub-report-window.h"
#include "ub-settings.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* Walks through the application on a simulated module and saves a picture of every page and window: light
 * and dark, wide and at 360 pixels. Not a test: somebody has to look at them. take-screenshots FOLDER [LOCALE-DIR] */

#define APP_START 0x11000
#define APP_END 0x129F70

static const struct {
  const char *name;
  int width;
  int height;
  gboolean dark;
} variants[] = {
  { "light", 1000, 760, FALSE },
  { "dark", 1000, 760, TRUE },
  { "narrow", 360, 600, FALSE },
  { "narrow-dark", 360, 600, TRUE },
};

/* Those for the README and for software centres are not larger than Flathub allows, 1000×700. */
#define STORE_WIDTH 1000
#define STORE_HEIGHT 700

static const char *out_folder;

static void
save_window (GtkWidget *window, const char *name, const char *variant)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (window);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GdkTexture) texture = NULL;
  GskRenderNode *node;
  g_autofree char *file = g_strdup_printf ("%s-%s.png", name, variant);
  g_autofree char *path = g_build_filename (out_folder, file, NULL);

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (window),
                          gtk_widget_get_height (window));
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  gsk_render_node_unref (node);
  gdk_texture_save_to_png (texture, path);
  g_print ("%s\n", path);
}

static void
set_dark (gboolean dark)
{
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                           : ADW_COLOR_SCHEME_FORCE_LIGHT);
}

static void
shoot (UbAppFixture *fixture, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++) {
    gtk_window_set_default_size (GTK_WINDOW (fixture->window), variants[i].width,
                                 variants[i].height);
    set_dark (variants[i].dark);
    ub_app_wait_ms (fixture, 700);
    save_window (GTK_WIDGET (fixture->window), name, variants[i].name);
  }
  set_dark (FALSE);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 760);
  ub_app_wait_ms (fixture, 200);
}

/* Light only, with a plain name: they go into data/screenshots. */
static void
shoot_for_store (UbAppFixture *fixture, const char *name)
{
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), STORE_WIDTH, STORE_HEIGHT);
  ub_app_wait_ms (fixture, 700);
  save_window (GTK_WIDGET (fixture->window), "store", name);
}

static void
shoot_window (UbAppFixture *fixture, GType type, const char *name)
{
  GtkWidget *window;

  ub_app_wait_ms (fixture, 500);
  window = ub_app_wait_for_window (type);
  save_window (window, name, "light");
  set_dark (TRUE);
  ub_app_wait_ms (fixture, 400);
  save_window (window, name, "dark");
  set_dark (FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 360, 600);
  ub_app_wait_ms (fixture, 400);
  save_window (window, name, "narrow");
  gtk_window_destroy (GTK_WINDOW (window));
  ub_app_wait_ms (fixture, 300);
}

static gboolean
has_advice (UbAppFixture *fixture)
{
  return ub_connection_get_error (fixture->window->connection) != NULL;
}

static void
shoot_connecting (void)
{
  UbAppFixture fixture;

  ub_app_fixture_set_up (&fixture, "time=real,miso=0");
  ub_app_click (GTK_WIDGET (fixture.window), "Connect");
  ub_app_wait_ms (&fixture, 500);
  save_window (GTK_WIDGET (fixture.window), "connecting", "light");
  ub_app_wait (&fixture, has_advice, "advice");
  shoot (&fixture, "connect-advice");
  ub_app_click (GTK_WIDGET (fixture.window), "Stop");
  ub_app_wait_ms (&fixture, 3000);
  ub_app_fixture_tear_down (&fixture);
}

static void
choose_parts (UbAppFixture *fixture)
{
  GtkWidget *row =
      ub_app_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, _ ("Bootloader + App"));

  gtk_widget_activate (gtk_widget_get_ancestor (row, GTK_TYPE_LIST_BOX_ROW));
}

static void
shoot_windows (UbAppFixture *fixture)
{
  ub_app_activate (fixture, "win.module-report");
  shoot_window (fixture, UB_TYPE_REPORT_WINDOW, "module-report");
  ub_app_activate (fixture, "win.tuya-configuration");
  shoot_window (fixture, UB_TYPE_REPORT_WINDOW, "tuya-configuration");
  ub_app_activate (fixture, "win.erase");
  shoot_window (fixture, UB_TYPE_RANGE_DIALOG, "erase");
  ub_app_activate (fixture, "win.write-range");
  shoot_window (fixture, UB_TYPE_RANGE_DIALOG, "write-range");
  ub_app_activate (fixture, "win.show-log");
  shoot_window (fixture, UB_TYPE_LOG_WINDOW, "log");
  g_action_group_activate_action (G_ACTION_GROUP (fixture->app), "preferences", NULL);
  shoot_window (fixture, UB_TYPE_PREFERENCES_WINDOW, "preferences");
  g_action_group_activate_action (G_ACTION_GROUP (fixture->app), "help", NULL);
  shoot_window (fixture, UB_TYPE_HELP_WINDOW, "help");
  g_action_group_activate_action (G_ACTION_GROUP (fixture->app), "about", NULL);
  shoot_window (fixture, ADW_TYPE_ABOUT_WINDOW, "about");
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.show-help-overlay", NULL);
  ub_app_wait_ms (fixture, 500);
  save_window (ub_app_wait_for_window (GTK_TYPE_SHORTCUTS_WINDOW), "shortcuts", "light");
  gtk_window_close (GTK_WINDOW (ub_app_wait_for_window (GTK_TYPE_SHORTCUTS_WINDOW)));
}

static void
shoot_restore (UbAppFixture *fixture, GFile *backup)
{
  g_autofree char *data = NULL, *app = NULL;
  gsize size;

  g_assert_true (g_file_load_contents (backup, NULL, &data, &size, NULL, NULL));
  app = ub_app_save (fixture, "OpenBK7231T_UA_1.18.219.bin", (guint8 *) data + APP_START,
                     APP_END - APP_START);
  ub_app_activate (fixture, "win.restore");
  ub_app_wait_ms (fixture, 500);
  shoot (fixture, "restore-empty");
  ub_app_load (fixture, UB_IMAGE_SLOT_FULL, app);
  shoot (fixture, "restore-refused");
  choose_parts (fixture);
  ub_app_load (fixture, UB_IMAGE_SLOT_APP, app);
  ub_app_load (fixture, UB_IMAGE_SLOT_BOOTLOADER, g_file_peek_path (backup));
  shoot (fixture, "restore-parts");
}

static void
toggle_backup (UbAppFixture *fixture)
{
  gtk_widget_activate (ub_app_find (GTK_WIDGET (fixture->window), UB_TYPE_BACKUP_ROW, NULL));
  ub_app_wait_ms (fixture, 1000);
}

static void
shoot_message (UbAppFixture *fixture, const char *name, const char *variant)
{
  GtkWidget *dialog;

  ub_app_click (GTK_WIDGET (fixture->window), "Restore Module");
  dialog = ub_app_wait_for_window (ADW_TYPE_MESSAGE_DIALOG);
  ub_app_wait_ms (fixture, 500);
  save_window (dialog, name, variant);
  gtk_window_destroy (GTK_WINDOW (dialog));
  ub_app_wait_ms (fixture, 300);
}

/* A message is laid out by its parent's width. Ends with the backup on again. */
static void
shoot_question (UbAppFixture *fixture)
{
  toggle_backup (fixture);
  shoot (fixture, "restore-unsafe");
  for (guint i = 0; i < G_N_ELEMENTS (variants); i++) {
    gtk_window_set_default_size (GTK_WINDOW (fixture->window), variants[i].width,
                                 variants[i].height);
    set_dark (variants[i].dark);
    ub_app_wait_ms (fixture, 400);
    shoot_message (fixture, "question", variants[i].name);
  }
  set_dark (FALSE);
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 1000, 760);
  toggle_backup (fixture);
}

static void
shoot_jobs (UbAppFixture *fixture, GFile *backup)
{
  g_autoptr (UbJobRequest) erase = ub_job_request_new_erase (0, 0x80000, NULL);
  g_autofree char *folder = NULL;

  ub_window_start (fixture->window, erase);
  ub_app_wait_for_page (fixture, "result");
  shoot (fixture, "result-erased");
  ub_app_click (GTK_WIDGET (fixture->window), "Done");
  ub_app_wait_for_page (fixture, "module");
  shoot (fixture, "module-damaged");

  ub_app_activate (fixture, "win.restore");
  ub_app_wait_ms (fixture, 400);
  gtk_widget_activate (gtk_widget_get_ancestor (
      ub_app_find (GTK_WIDGET (fixture->window), GTK_TYPE_LABEL, _ ("Full Image")),
      GTK_TYPE_LIST_BOX_ROW));
  ub_app_load (fixture, UB_IMAGE_SLOT_FULL, g_file_peek_path (backup));
  ub_app_wait_ms (fixture, 1000);
  shoot (fixture, "restore-ready");
  shoot_question (fixture);
  /* A folder as people have it is shown; the test's own one is used. */
  folder = g_settings_get_string (ub_settings_get (), "backup-folder");
  g_settings_set_string (ub_settings_get (), "backup-folder", "file:///home/pi/Documents/Unbrick");
  shoot_for_store (fixture, "restore");
  g_settings_set_string (ub_settings_get (), "backup-folder", folder);
}

static void
shoot_progress (UbAppFixture *fixture)
{
  ub_app_click (GTK_WIDGET (fixture->window), "Restore Module");
  ub_app_wait_ms (fixture, 2200);
  shoot (fixture, "progress");
  ub_app_wait_for_page (fixture, "result");
  shoot (fixture, "result-restored");
}

/* Half a megabyte is missing, so that there is writing to see. */
static void
shoot_progress_for_store (UbAppFixture *fixture, GFile *backup)
{
  g_autoptr (UbJobRequest) erase = ub_job_request_new_erase (0, 0x80000, NULL);

  ub_window_start (fixture->window, erase);
  ub_app_wait_for_page (fixture, "result");
  ub_app_click (GTK_WIDGET (fixture->window), "Done");
  ub_app_wait_for_page (fixture, "module");
  ub_app_activate (fixture, "win.restore");
  ub_app_wait_ms (fixture, 400);
  ub_app_load (fixture, UB_IMAGE_SLOT_FULL, g_file_peek_path (backup));
  ub_app_wait_ms (fixture, 1000);
  ub_app_click (GTK_WIDGET (fixture->window), "Restore Module");
  ub_app_wait_ms (fixture, 2700);
  shoot_for_store (fixture, "progress");
  ub_app_wait_for_page (fixture, "result");
}

static void
shoot_failure (UbAppFixture *fixture, GFile *backup)
{
  g_autoptr (UbImage) image = ub_image_load (backup, NULL, NULL);
  g_autoptr (UbImageAnalysis) analysis = ub_image_analysis_new (image);
  g_autoptr (UbJobRequest) verify = ub_job_request_new_verify (analysis);
  g_autoptr (UbJobRequest) erase = ub_job_request_new_erase (0, APP_START, NULL);

  ub_window_start (fixture->window, erase);
  ub_app_wait_for_page (fixture, "result");
  ub_window_start (fixture->window, verify);
  ub_app_wait_for_page (fixture, "progress");
  ub_app_wait_for_page (fixture, "result");
  shoot (fixture, "result-failed");
}

int
main (int argc, char *argv[])
{
  UbAppFixture fixture;
  g_autoptr (GFile) backup = NULL;

  ub_app_speak (argc > 2 ? argv[2] : LOCALE_DIR);
  ub_log_install ();
  adw_init ();
  out_folder = argc > 1 ? argv[1] : "screenshots";
  g_mkdir_with_parents (out_folder, 0777);

  ub_app_fixture_set_up (&fixture, "time=real");
  g_autofree char *folder_uri = g_filename_to_uri (fixture.folder, NULL, NULL);
  g_settings_set_string (ub_settings_get (), "backup-folder", folder_uri);
  shoot (&fixture, "connect");
  shoot_for_store (&fixture, "connect");
  ub_app_connect (&fixture);
  shoot (&fixture, "module");
  shoot_for_store (&fixture, "module");
  backup = ub_app_back_up (&fixture, "backup.bin");
  shoot_windows (&fixture);
  shoot_restore (&fixture, backup);
  ub_app_activate (&fixture, "win.back");
  shoot_jobs (&fixture, backup);
  shoot_progress (&fixture);
  shoot_progress_for_store (&fixture, backup);
  shoot_failure (&fixture, backup);
  ub_app_fixture_tear_down (&fixture);
  shoot_connecting ();
  return 0;
}

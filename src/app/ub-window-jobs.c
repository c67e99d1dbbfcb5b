/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-window-private.h"

#include "ub-error.h"
#include "ub-file-dialog.h"
#include "ub-image-loader.h"
#include "ub-range-dialog.h"
#include "ub-report-window.h"
#include "ub-rescue-copy.h"
#include "ub-settings.h"

#include <glib/gi18n.h>

/* The actions of the window that start a job, or lead on from the end of one. */

static gboolean
is_connected (UbWindow *self)
{
  return ub_connection_get_state (self->connection) == UB_CONNECTION_CONNECTED &&
         !ub_job_runner_is_running (self->runner);
}

/**
 * ub_window_start:
 * @self: the window, connected, without a running job
 * @request: what to do
 */
void
ub_window_start (UbWindow *self, UbJobRequest *request)
{
  const UbJobReport *report = ub_connection_get_report (self->connection);

  if (!is_connected (self))
    return;
  ub_progress_page_set_layout (self->progress_page, report->family, report->size);
  ub_job_runner_start (self->runner, request, ub_connection_get_programmer (self->connection));
}

static void
backup_file_chosen_cb (GFile *file, gpointer user_data)
{
  UbWindow *self = user_data;
  g_autoptr (UbJobRequest) request = ub_job_request_new_backup (file);

  ub_settings_remember_backup_folder (file);
  ub_window_start (self, request);
}

static void
back_up_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);
  g_autoptr (GFile) folder = ub_settings_dup_backup_folder ();
  UbImageAnalysis *chip = ub_connection_get_chip (self->connection);
  g_autofree char *proposal =
      chip != NULL ? ub_rescue_copy_dup_name (chip) : g_strdup ("backup.bin");

  ub_file_dialog_save (GTK_WINDOW (self), _ ("Back Up the Module"), folder, proposal,
                       backup_file_chosen_cb, self);
}

static void
restore_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ub_window_show_page (UB_WINDOW (widget), "restore");
}

static void
verify_loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (UbWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UbImageAnalysis) image = ub_image_loader_load_finish (result, &error);
  g_autoptr (UbJobRequest) request = NULL;

  if (image == NULL) {
    ub_window_add_toast (self, error->message);
    return;
  }
  request = ub_job_request_new_verify (image);
  ub_window_start (self, request);
}

static void
verify_file_chosen_cb (GFile *file, gpointer user_data)
{
  ub_settings_remember_folder ("open-folder", file);
  ub_image_loader_load_async (file, NULL, verify_loaded_cb, g_object_ref (user_data));
}

static void
verify_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (GFile) folder = ub_settings_dup_open_folder ();

  ub_file_dialog_open (GTK_WINDOW (widget), _ ("Compare With an Image"), folder,
                       verify_file_chosen_cb, widget);
}

static void
range_ready_cb (UbWindow *self, UbJobRequest *request)
{
  ub_window_start (self, request);
}

static void
show_range_dialog (UbWindow *self, UbRangeKind kind)
{
  GtkWidget *dialog = ub_range_dialog_new (GTK_WINDOW (self), kind, self->connection);

  g_signal_connect_object (dialog, "ready", G_CALLBACK (range_ready_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
erase_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_range_dialog (UB_WINDOW (widget), UB_RANGE_ERASE);
}

static void
read_range_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_range_dialog (UB_WINDOW (widget), UB_RANGE_READ);
}

static void
write_range_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  show_range_dialog (UB_WINDOW (widget), UB_RANGE_WRITE);
}

static void
report_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);

  ub_report_window_show (GTK_WINDOW (self), ub_connection_get_chip (self->connection),
                         g_str_equal (name, "win.tuya-configuration") ? UB_REPORT_TUYA
                                                                      : UB_REPORT_MODULE);
}

static void
refresh_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);

  if (is_connected (self))
    ub_connection_refresh (self->connection);
}

static void
disconnect_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);

  if (is_connected (self))
    ub_connection_disconnect (self->connection);
}

static void
recover_another_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);

  if (!is_connected (self))
    return;
  /* The files stay chosen: the next module of the same kind gets the same. */
  self->wants_restore = TRUE;
  ub_connection_disconnect (self->connection);
}

static void
done_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);
  const UbJobReport *report;

  if (ub_job_runner_is_running (self->runner) || ub_job_runner_get_job (self->runner) == NULL)
    return;
  report = ub_job_get_report (ub_job_runner_get_job (self->runner));
  if (!is_connected (self))
    ub_window_show_page (self, "connect");
  else if (report->module_state != UB_MODULE_UNTOUCHED)
    ub_connection_refresh (self->connection);
  else
    ub_window_show_page (self, "module");
}

static void
try_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);
  g_autoptr (UbJobRequest) request = NULL;

  if (ub_job_runner_is_running (self->runner) || ub_job_runner_get_request (self->runner) == NULL)
    return;
  request = g_object_ref (ub_job_runner_get_request (self->runner));
  ub_window_start (self, request);
}

/* The image that the module was found to differ from. */
static void
restore_image_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);
  UbJobRequest *request = ub_job_runner_get_request (self->runner);
  UbImageAnalysis *image = request != NULL ? ub_job_request_get_image (request) : NULL;
  GFile *file = image != NULL ? ub_image_get_file (ub_image_analysis_get_image (image)) : NULL;

  if (file != NULL)
    ub_window_open_file (self, file);
}

/**
 * ub_window_update_job_actions:
 * @self: the window
 *
 * Enables what makes sense now.
 */
void
ub_window_update_job_actions (UbWindow *self)
{
  static const char *const with_module[] = { "win.back-up",    "win.verify",      "win.erase",
                                             "win.read-range", "win.write-range", "win.refresh",
                                             "win.disconnect" };
  static const char *const with_content[] = { "win.tuya-configuration", "win.module-report" };
  gboolean connected = is_connected (self);
  gboolean running = ub_job_runner_is_running (self->runner);

  for (guint i = 0; i < G_N_ELEMENTS (with_module); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), with_module[i], connected);
  for (guint i = 0; i < G_N_ELEMENTS (with_content); i++)
    gtk_widget_action_set_enabled (GTK_WIDGET (self), with_content[i],
                                   connected && ub_connection_get_chip (self->connection) != NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.restore", !running);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "win.open", !running);
}

/**
 * ub_window_install_job_actions:
 * @widget_class: the class of the window
 */
void
ub_window_install_job_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.back-up", NULL, back_up_action);
  gtk_widget_class_install_action (widget_class, "win.restore", NULL, restore_action);
  gtk_widget_class_install_action (widget_class, "win.verify", NULL, verify_action);
  gtk_widget_class_install_action (widget_class, "win.erase", NULL, erase_action);
  gtk_widget_class_install_action (widget_class, "win.read-range", NULL, read_range_action);
  gtk_widget_class_install_action (widget_class, "win.write-range", NULL, write_range_action);
  gtk_widget_class_install_action (widget_class, "win.tuya-configuration", NULL, report_action);
  gtk_widget_class_install_action (widget_class, "win.module-report", NULL, report_action);
  gtk_widget_class_install_action (widget_class, "win.refresh", NULL, refresh_action);
  gtk_widget_class_install_action (widget_class, "win.disconnect", NULL, disconnect_action);
  gtk_widget_class_install_action (widget_class, "win.recover-another", NULL,
                                   recover_another_action);
  gtk_widget_class_install_action (widget_class, "win.done", NULL, done_action);
  gtk_widget_class_install_action (widget_class, "win.try-again", NULL, try_again_action);
  gtk_widget_class_install_action (widget_class, "win.restore-image", NULL, restore_image_action);
}

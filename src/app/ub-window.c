/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-window-private.h"

#include "ub-error.h"
#include "ub-file-dialog.h"
#include "ub-help-window.h"
#include "ub-log-window.h"
#include "ub-settings.h"
#include "ub-stop-dialog.h"

#include <glib/gi18n.h>

/**
 * UbWindow:
 *
 * The window: a header bar, a stack of five pages, and what leads from one to the other. One window,
 * one module.
 */
G_DEFINE_FINAL_TYPE (UbWindow, ub_window, ADW_TYPE_APPLICATION_WINDOW)

static gboolean
is_page (UbWindow *self, const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (self->stack), name) == 0;
}

static void
focus_page (UbWindow *self)
{
  GtkWidget *widget = NULL;

  if (is_page (self, "connect"))
    widget = ub_connect_page_get_default_widget (self->connect_page);
  else if (is_page (self, "module"))
    widget = ub_module_page_get_default_widget (self->module_page);
  else if (is_page (self, "restore"))
    widget = ub_restore_page_get_default_widget (self->restore_page);
  else if (is_page (self, "progress"))
    widget = ub_progress_page_get_default_widget (self->progress_page);
  else if (is_page (self, "result"))
    widget = ub_result_page_get_default_widget (self->result_page);
  gtk_window_set_default_widget (GTK_WINDOW (self), is_page (self, "progress") ? NULL : widget);
  if (widget != NULL)
    gtk_widget_grab_focus (widget);
}

static const char *
get_page_title (UbWindow *self)
{
  if (is_page (self, "restore"))
    return _ ("Restore");
  if (is_page (self, "module"))
    return _ ("Connected");
  if (is_page (self, "progress"))
    return _ ("Progress");
  if (is_page (self, "result"))
    return _ ("Result");
  return "";
}

static const char *
get_result_title (UbWindow *self)
{
  UbJobRequest *request = ub_job_runner_get_request (self->runner);
  const GError *error = ub_job_runner_get_error (self->runner);

  return error == NULL ? ub_job_request_get_done_title (request)
                       : ub_job_request_get_failed_title (request, error);
}

static void
update_title (UbWindow *self)
{
  g_autofree char *module = ub_connection_dup_module_title (self->connection);
  g_autofree char *title = NULL;
  UbProgressState state;

  adw_window_title_set_title (self->title, module != NULL ? module : _ ("Unbrick"));
  adw_window_title_set_subtitle (self->title, get_page_title (self));
  if (ub_job_runner_is_running (self->runner)) {
    ub_progress_get_state (ub_job_get_progress (ub_job_runner_get_job (self->runner)), &state);
    /* Translators: title of the window while a job runs: “42% – Restoring the Module” */
    title = g_strdup_printf (_ ("%.0f%% – %s"), state.fraction * 100,
                             ub_job_request_get_title (ub_job_runner_get_request (self->runner)));
  } else if (is_page (self, "result")) {
    title = g_strdup (get_result_title (self));
  } else {
    title = g_strdup (_ ("Unbrick"));
  }
  if (g_strcmp0 (gtk_window_get_title (GTK_WINDOW (self)), title) != 0)
    gtk_window_set_title (GTK_WINDOW (self), title);
}

static void
page_changed_cb (UbWindow *self)
{
  gboolean is_busy = ub_job_runner_is_running (self->runner);

  gtk_widget_set_visible (GTK_WIDGET (self->back_button), is_page (self, "restore"));
  gtk_widget_set_sensitive (GTK_WIDGET (self->chooser), !is_busy);
  update_title (self);
  ub_window_update_job_actions (self);
  focus_page (self);
}

/**
 * ub_window_show_page:
 * @self: the window
 * @name: connect, module, restore, progress or result
 */
void
ub_window_show_page (UbWindow *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  page_changed_cb (self);
}

static void
connection_changed_cb (UbWindow *self)
{
  UbConnectionState state = ub_connection_get_state (self->connection);

  ub_programmer_list_set_watching (self->list,
                                   state == UB_CONNECTION_IDLE || state == UB_CONNECTION_CONNECTED);
  if (state == self->shown_state) {
    update_title (self);
    return;
  }
  self->shown_state = state;
  switch (state) {
  case UB_CONNECTION_IDLE:
    if (!is_page (self, "restore"))
      ub_window_show_page (self, "connect");
    break;
  case UB_CONNECTION_CONNECTING:
  case UB_CONNECTION_STOPPING:
    ub_window_show_page (self, "connect");
    break;
  case UB_CONNECTION_CONNECTED:
    ub_window_show_page (self, self->wants_restore ? "restore" : "module");
    self->wants_restore = FALSE;
    break;
  }
  page_changed_cb (self);
}

static void
runner_started_cb (UbWindow *self)
{
  ub_programmer_list_set_watching (self->list, FALSE);
  ub_window_show_page (self, "progress");
}

static void
runner_finished_cb (UbWindow *self)
{
  ub_programmer_list_set_watching (self->list, TRUE);
  if (self->close_when_done) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  ub_window_show_page (self, "result");
}

static void
restore_start_cb (UbWindow *self)
{
  g_autoptr (UbJobRequest) request = NULL;

  if (!ub_restore_page_is_ready (self->restore_page))
    return;
  request = ub_restore_page_dup_request (self->restore_page);
  ub_window_start (self, request);
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);

  if (!is_page (self, "restore"))
    return;
  self->wants_restore = FALSE;
  ub_window_show_page (self, ub_connection_get_state (self->connection) == UB_CONNECTION_CONNECTED
                                 ? "module"
                                 : "connect");
}

static void
show_connect_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);

  self->wants_restore = is_page (self, "restore");
  ub_window_show_page (self, "connect");
}

static void
choose_programmer_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);
  const char *spec = g_variant_get_string (parameter, NULL);
  UbProgrammerInfo *chosen = ub_connect_page_get_chosen (self->connect_page);

  if (chosen != NULL && g_str_equal (ub_programmer_info_get_spec (chosen), spec))
    return;
  if (ub_job_runner_is_running (self->runner))
    return;
  if (ub_connection_get_state (self->connection) == UB_CONNECTION_CONNECTED)
    ub_connection_disconnect (self->connection);
  ub_connect_page_choose (self->connect_page, spec);
}

static void
open_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbWindow *self = UB_WINDOW (widget);

  if (ub_job_runner_is_running (self->runner))
    return;
  ub_window_show_page (self, "restore");
  ub_restore_page_open (self->restore_page);
}

static void
toast_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ub_window_add_toast (UB_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
help_topic_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ub_help_window_show (GTK_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
show_log_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ub_log_window_show (GTK_WINDOW (widget));
}

static void
log_saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (UbWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  ub_file_save_text_finish (source, result, &error);
  ub_window_add_toast (self, error == NULL ? _ ("Log saved") : error->message);
}

static void
log_file_chosen_cb (GFile *file, gpointer user_data)
{
  g_autofree char *text = ub_log_window_dup_report ();

  ub_file_save_text (file, text, log_saved_cb, g_object_ref (user_data));
}

static void
save_log_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ub_file_dialog_save (GTK_WINDOW (widget), _ ("Save the Log"), NULL, "unbrick.log",
                       log_file_chosen_cb, widget);
}

static void
close_answered_cb (UbWindow *self, const char *response)
{
  if (!g_str_equal (response, "stop"))
    return;
  if (!ub_job_runner_is_running (self->runner)) {
    gtk_window_destroy (GTK_WINDOW (self));
    return;
  }
  self->close_when_done = TRUE;
  ub_job_runner_stop (self->runner);
}

static void
ask_before_closing (UbWindow *self)
{
  const char *text = ub_job_request_get_stop_text (ub_job_runner_get_request (self->runner));
  GtkWidget *dialog = ub_stop_dialog_new (GTK_WINDOW (self), _ ("Stop and Close?"), text,
                                          _ ("_Stop and Close"), TRUE);

  g_signal_connect_object (dialog, "response", G_CALLBACK (close_answered_cb), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
ub_window_close_request (GtkWindow *window)
{
  UbWindow *self = UB_WINDOW (window);
  GSettings *settings = ub_settings_get ();
  int width, height;

  if (!gtk_window_is_maximized (window)) {
    gtk_window_get_default_size (window, &width, &height);
    g_settings_set_int (settings, "window-width", width);
    g_settings_set_int (settings, "window-height", height);
  }
  g_settings_set_boolean (settings, "window-maximized", gtk_window_is_maximized (window));
  if (ub_job_runner_is_running (self->runner)) {
    ask_before_closing (self);
    return TRUE;
  }
  return GTK_WINDOW_CLASS (ub_window_parent_class)->close_request (window);
}

static gboolean
drop_cb (UbWindow *self, const GValue *value)
{
  GSList *files = g_value_get_boxed (value);

  gtk_widget_set_visible (self->drop_hint, FALSE);
  if (files == NULL || ub_job_runner_is_running (self->runner))
    return FALSE;
  for (GSList *l = files; l != NULL; l = l->next)
    ub_window_open_file (self, l->data);
  return TRUE;
}

static GdkDragAction
drop_enter_cb (UbWindow *self)
{
  if (ub_job_runner_is_running (self->runner))
    return 0;
  gtk_widget_set_visible (self->drop_hint, TRUE);
  return GDK_ACTION_COPY;
}

static void
drop_leave_cb (UbWindow *self)
{
  gtk_widget_set_visible (self->drop_hint, FALSE);
}

static void
add_drop_target (UbWindow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  g_signal_connect_swapped (target, "enter", G_CALLBACK (drop_enter_cb), self);
  g_signal_connect_swapped (target, "leave", G_CALLBACK (drop_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
}

static void
restore_size (UbWindow *self)
{
  GSettings *settings = ub_settings_get ();

  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
ub_window_dispose (GObject *object)
{
  UbWindow *self = UB_WINDOW (object);

  if (self->connection != NULL) {
    g_signal_handlers_disconnect_by_data (self->connection, self);
    ub_connection_stop (self->connection);
  }
  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_WINDOW);
  g_clear_object (&self->runner);
  g_clear_object (&self->connection);
  g_clear_object (&self->list);

  G_OBJECT_CLASS (ub_window_parent_class)->dispose (object);
}

static void
ub_window_class_init (UbWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = ub_window_close_request;

  g_type_ensure (UB_TYPE_PROGRAMMER_CHOOSER);
  g_type_ensure (UB_TYPE_CONNECT_PAGE);
  g_type_ensure (UB_TYPE_MODULE_PAGE);
  g_type_ensure (UB_TYPE_RESTORE_PAGE);
  g_type_ensure (UB_TYPE_PROGRESS_PAGE);
  g_type_ensure (UB_TYPE_RESULT_PAGE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UbWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, title);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, back_button);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, chooser);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, drop_hint);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, connect_page);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, module_page);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, restore_page);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, progress_page);
  gtk_widget_class_bind_template_child (widget_class, UbWindow, result_page);

  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.show-connect", NULL, show_connect_action);
  gtk_widget_class_install_action (widget_class, "win.choose-programmer", "s",
                                   choose_programmer_action);
  gtk_widget_class_install_action (widget_class, "win.open", NULL, open_action);
  gtk_widget_class_install_action (widget_class, "win.toast", "s", toast_action);
  gtk_widget_class_install_action (widget_class, "win.help-topic", "s", help_topic_action);
  gtk_widget_class_install_action (widget_class, "win.show-log", NULL, show_log_action);
  gtk_widget_class_install_action (widget_class, "win.save-log", NULL, save_log_action);
  ub_window_install_job_actions (widget_class);
}

static void
ub_window_init (UbWindow *self)
{
  self->list = ub_programmer_list_new ();
  self->connection = ub_connection_new ();
  self->runner = ub_job_runner_new (GTK_WINDOW (self));

  gtk_widget_init_template (GTK_WIDGET (self));
  restore_size (self);
  add_drop_target (self);
  g_signal_connect_object (self->connection, "changed", G_CALLBACK (connection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  ub_connect_page_set_models (self->connect_page, self->list, self->connection);
  ub_module_page_set_connection (self->module_page, self->connection);
  ub_restore_page_set_connection (self->restore_page, self->connection);
  ub_progress_page_set_runner (self->progress_page, self->runner);
  ub_result_page_set_runner (self->result_page, self->runner);
  ub_programmer_chooser_set_models (self->chooser, self->list, self->connection,
                                    self->connect_page);
  g_signal_connect_object (self->runner, "started", G_CALLBACK (runner_started_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "changed", G_CALLBACK (update_title), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "finished", G_CALLBACK (runner_finished_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->restore_page, "start", G_CALLBACK (restore_start_cb), self,
                           G_CONNECT_SWAPPED);
  ub_programmer_list_refresh (self->list);
  ub_programmer_list_set_watching (self->list, TRUE);
  ub_window_show_page (self, "connect");
}

/**
 * ub_window_new:
 * @app: the application
 *
 * Returns: (transfer none): the window
 */
UbWindow *
ub_window_new (GtkApplication *app)
{
  return g_object_new (UB_TYPE_WINDOW, "application", app, NULL);
}

/**
 * ub_window_open_file:
 * @self: the window
 * @file: an image
 *
 * Shows @file on the restore page. While a job runs, only a toast says that it has to wait.
 */
void
ub_window_open_file (UbWindow *self, GFile *file)
{
  if (ub_job_runner_is_running (self->runner)) {
    ub_window_add_toast (self, _ ("Open the file again when the job is done"));
    return;
  }
  ub_restore_page_add_file (self->restore_page, file);
  ub_window_show_page (self, "restore");
}

/**
 * ub_window_add_toast:
 * @self: the window
 * @text: translated
 */
void
ub_window_add_toast (UbWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (escaped));
}

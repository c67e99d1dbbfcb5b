/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-log-window.h"

#include "ub-log-view.h"
#include "ub-log.h"

#include <glib/gi18n.h>

/**
 * UbLogWindow:
 *
 * The log, with search, copy and save.
 */
struct _UbLogWindow {
  AdwWindow parent_instance;

  AdwToastOverlay *toast_overlay;
  GtkSearchEntry *search_entry;
  UbLogView *log_view;
};

G_DEFINE_FINAL_TYPE (UbLogWindow, ub_log_window, ADW_TYPE_WINDOW)

/**
 * ub_log_window_dup_report:
 *
 * Returns: (transfer full): the whole log, after the versions of what it depends on
 */
char *
ub_log_window_dup_report (void)
{
  g_autofree char *log = ub_log_dup_text ();
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  return g_strdup_printf ("Unbrick %s, GTK %u.%u.%u, libadwaita %u.%u.%u, %s\n\n%s", UB_VERSION,
                          gtk_get_major_version (), gtk_get_minor_version (),
                          gtk_get_micro_version (), adw_get_major_version (),
                          adw_get_minor_version (), adw_get_micro_version (), os != NULL ? os : "?",
                          log);
}

static void
search_changed_cb (UbLogWindow *self)
{
  ub_log_view_set_filter (self->log_view,
                          gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbLogWindow *self = UB_LOG_WINDOW (widget);
  g_autofree char *text = ub_log_window_dup_report ();

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (_ ("Log copied")));
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (widget));

  if (parent != NULL)
    gtk_widget_activate_action (GTK_WIDGET (parent), "win.save-log", NULL);
}

static void
find_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_grab_focus (GTK_WIDGET (UB_LOG_WINDOW (widget)->search_entry));
}

static void
ub_log_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UB_TYPE_LOG_WINDOW);

  G_OBJECT_CLASS (ub_log_window_parent_class)->dispose (object);
}

static void
ub_log_window_class_init (UbLogWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_log_window_dispose;

  g_type_ensure (UB_TYPE_LOG_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-log-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UbLogWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, UbLogWindow, search_entry);
  gtk_widget_class_bind_template_child (widget_class, UbLogWindow, log_view);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "log.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "log.find", NULL, find_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_f, GDK_CONTROL_MASK, "log.find", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_s, GDK_CONTROL_MASK, "log.save", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ub_log_window_init (UbLogWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * ub_log_window_show:
 * @parent: the window
 */
void
ub_log_window_show (GtkWindow *parent)
{
  gtk_window_present (g_object_new (UB_TYPE_LOG_WINDOW, "transient-for", parent, NULL));
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-help-window.h"

#include "ub-error.h"
#include "ub-file-dialog.h"
#include "ub-help-topics.h"

#include <glib/gi18n.h>

/**
 * UbHelpWindow:
 *
 * Help that needs no network and no manual, opened at the topic of a problem.
 */
struct _UbHelpWindow {
  AdwWindow parent_instance;

  AdwToastOverlay *toast_overlay;
  GtkListBox *list;
};

G_DEFINE_FINAL_TYPE (UbHelpWindow, ub_help_window, ADW_TYPE_WINDOW)

static char *
dup_commands (const UbHelpTopic *topic)
{
  g_autoptr (GBytes) bytes = NULL;

  if (topic->commands[0] != '/')
    return g_strdup (topic->commands);
  bytes = g_resources_lookup_data (topic->commands, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static GtkWidget *
new_label (const char *text, const char *css_class)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "xalign", 0.0,
                                   "selectable", TRUE, NULL);

  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
copy_clicked_cb (GtkButton *button, const UbHelpTopic *topic)
{
  UbHelpWindow *self = UB_HELP_WINDOW (gtk_widget_get_root (GTK_WIDGET (button)));
  g_autofree char *commands = dup_commands (topic);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), commands);
  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (_ ("Copied")));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (UbHelpWindow) self = user_data;
  g_autoptr (GError) error = NULL;
  gboolean saved = ub_file_save_text_finish (source, result, &error);

  if (self->toast_overlay == NULL) /* closed meanwhile */
    return;
  if (saved)
    adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (_ ("Saved")));
  else
    adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (error->message));
}

typedef struct {
  UbHelpWindow *self;
  const UbHelpTopic *topic;
} SaveRequest;

static void
save_chosen_cb (GFile *file, gpointer user_data)
{
  const SaveRequest *request = user_data;
  g_autofree char *commands = dup_commands (request->topic);

  ub_file_save_text (file, commands, saved_cb, g_object_ref (request->self));
}

static void
save_clicked_cb (GtkButton *button, const UbHelpTopic *topic)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (button)));
  SaveRequest *request = g_new0 (SaveRequest, 1);

  request->self = UB_HELP_WINDOW (window);
  request->topic = topic;
  /* Lives as long as the button: the dialog goes with the window. */
  g_object_set_data_full (G_OBJECT (button), "ub-save-request", request, g_free);
  ub_file_dialog_save (window, _ ("Save"), NULL, topic->file_name, save_chosen_cb, request);
}

static void
set_accessible_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static GtkWidget *
new_button (const char *icon, const char *tooltip, GCallback clicked, const UbHelpTopic *topic)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_valign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tooltip);
  set_accessible_name (button, tooltip);
  g_signal_connect (button, "clicked", clicked, (gpointer) topic);
  return button;
}

static void
append_commands (GtkBox *box, const UbHelpTopic *topic)
{
  g_autofree char *commands = dup_commands (topic);
  GtkBox *card = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6));
  GtkWidget *label = new_label (commands, "monospace");

  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (card, label);
  gtk_box_append (
      card, new_button ("edit-copy-symbolic", _ ("Copy"), G_CALLBACK (copy_clicked_cb), topic));
  if (topic->file_name != NULL)
    gtk_box_append (card, new_button ("document-save-symbolic", _ ("Save"),
                                      G_CALLBACK (save_clicked_cb), topic));
  gtk_widget_add_css_class (GTK_WIDGET (card), "card");
  gtk_widget_add_css_class (GTK_WIDGET (card), "notice");
  gtk_box_append (box, GTK_WIDGET (card));
}

/* A row that opens, with a box for text in it. */
static GtkBox *
append_row (UbHelpWindow *self, const char *title, gboolean expanded)
{
  GtkWidget *row = adw_expander_row_new ();
  GtkWidget *inner = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);

  gtk_widget_set_margin_top (box, 12);
  gtk_widget_set_margin_bottom (box, 15);
  gtk_widget_set_margin_start (box, 15);
  gtk_widget_set_margin_end (box, 15);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (inner), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (inner), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  set_accessible_name (row, title);
  set_accessible_name (inner, title);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (row), inner);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (row), expanded);
  gtk_list_box_append (self->list, row);
  return GTK_BOX (box);
}

static void
append_topic (UbHelpWindow *self, const UbHelpTopic *topic, gboolean expanded)
{
  GtkBox *box = append_row (self, _ (topic->title), expanded);

  for (guint i = 0; i < UB_HELP_MAX_PARAGRAPHS && topic->paragraphs[i] != NULL; i++)
    gtk_box_append (box, new_label (_ (topic->paragraphs[i]), NULL));
  if (topic->commands != NULL)
    append_commands (box, topic);
}

/* The names are what logs and scripts show. */
static void
append_errors (UbHelpWindow *self, const char *wanted)
{
  GtkBox *box = append_row (self, _ ("Every Error and Its Remedy"), wanted != NULL);

  for (int code = 0; code <= UB_ERROR_IMAGE_KEY; code++) {
    g_autoptr (GError) error = g_error_new_literal (UB_ERROR, code, "");
    const char *name = ub_error_get_name (error);
    GtkWidget *title = new_label (name, "monospace");

    gtk_widget_add_css_class (title, g_strcmp0 (name, wanted) == 0 ? "heading" : "dim-label");
    gtk_box_append (box, title);
    gtk_box_append (box, new_label (ub_error_get_remedy (error), NULL));
  }
}

static void
ub_help_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UB_TYPE_HELP_WINDOW);

  G_OBJECT_CLASS (ub_help_window_parent_class)->dispose (object);
}

static void
ub_help_window_class_init (UbHelpWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_help_window_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-help-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UbHelpWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, UbHelpWindow, list);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ub_help_window_init (UbHelpWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * ub_help_window_show:
 * @parent: the window
 * @topic: name of an error or of a topic
 *
 * Shows the help, with the wanted topic first and open. Errors without a topic of their own open the list of
 * all errors.
 */
void
ub_help_window_show (GtkWindow *parent, const char *topic)
{
  UbHelpWindow *self = g_object_new (UB_TYPE_HELP_WINDOW, "transient-for", parent, NULL);
  const UbHelpTopic *first = ub_help_find_topic (topic);
  const UbHelpTopic *topics;
  guint n;

  if (first != NULL)
    append_topic (self, first, TRUE);
  else
    append_errors (self, topic);
  topics = ub_help_get_topics (&n);
  for (guint i = 0; i < n; i++) {
    if (&topics[i] != first)
      append_topic (self, &topics[i], FALSE);
  }
  if (first != NULL)
    append_errors (self, NULL);
  gtk_window_present (GTK_WINDOW (self));
}

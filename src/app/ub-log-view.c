/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-log-view.h"

#include "ub-log.h"

#include <glib/gi18n.h>

/* While it can be seen, it looks twice a second whether there are new lines. */
#define POLL_MS 500

/* More lines than this are not shown: laying them out would stall the main loop. Saving has them all. */
#define MAX_SHOWN_LINES 1000

/**
 * UbLogView:
 *
 * The end of the log, as it grows, or those of its lines that contain a text.
 */
struct _UbLogView {
  AdwBin parent_instance;

  GtkTextView *text_view;
  GtkScrolledWindow *scrolled;
  char *filter; /* case-folded */
  guint serial;
  guint poll_id;
  guint n_lines;
};

G_DEFINE_FINAL_TYPE (UbLogView, ub_log_view, ADW_TYPE_BIN)

static gboolean
matches (UbLogView *self, const char *line)
{
  g_autofree char *folded = NULL;

  if (self->filter == NULL)
    return TRUE;
  folded = g_utf8_casefold (line, -1);
  return strstr (folded, self->filter) != NULL;
}

static char *
dup_shown_text (UbLogView *self)
{
  g_autofree char *text = ub_log_dup_text ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) shown = g_ptr_array_new ();
  guint first;

  for (guint i = 0; lines[i] != NULL; i++) {
    if (lines[i][0] != '\0' && matches (self, lines[i]))
      g_ptr_array_add (shown, lines[i]);
  }
  g_ptr_array_add (shown, NULL);
  self->n_lines = shown->len - 1;
  first = self->n_lines > MAX_SHOWN_LINES ? self->n_lines - MAX_SHOWN_LINES : 0;
  return g_strjoinv ("\n", (char **) shown->pdata + first);
}

static void
show_log (UbLogView *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text_view);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (self->scrolled);
  gboolean is_at_end =
      gtk_adjustment_get_value (adjustment) + 1 >=
      gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
  g_autofree char *text = dup_shown_text (self);
  GtkTextIter end;

  gtk_text_buffer_set_text (buffer, text, -1);
  if (!is_at_end)
    return;
  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_iter_set_line_offset (&end, 0);
  gtk_text_buffer_place_cursor (buffer, &end);
  gtk_text_view_scroll_to_mark (self->text_view, gtk_text_buffer_get_insert (buffer), 0, FALSE, 0,
                                0);
}

static gboolean
poll_cb (gpointer user_data)
{
  UbLogView *self = user_data;
  guint serial = ub_log_get_serial ();

  if (serial != self->serial) {
    self->serial = serial;
    show_log (self);
  }
  return G_SOURCE_CONTINUE;
}

static void
ub_log_view_map (GtkWidget *widget)
{
  UbLogView *self = UB_LOG_VIEW (widget);

  GTK_WIDGET_CLASS (ub_log_view_parent_class)->map (widget);
  self->serial = ub_log_get_serial ();
  show_log (self);
  self->poll_id = g_timeout_add (POLL_MS, poll_cb, self);
}

static void
ub_log_view_unmap (GtkWidget *widget)
{
  UbLogView *self = UB_LOG_VIEW (widget);

  g_clear_handle_id (&self->poll_id, g_source_remove);
  GTK_WIDGET_CLASS (ub_log_view_parent_class)->unmap (widget);
}

static void
ub_log_view_finalize (GObject *object)
{
  g_free (UB_LOG_VIEW (object)->filter);

  G_OBJECT_CLASS (ub_log_view_parent_class)->finalize (object);
}

static void
ub_log_view_class_init (UbLogViewClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_log_view_finalize;
  GTK_WIDGET_CLASS (klass)->map = ub_log_view_map;
  GTK_WIDGET_CLASS (klass)->unmap = ub_log_view_unmap;
}

static void
ub_log_view_init (UbLogView *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *view =
      g_object_new (GTK_TYPE_TEXT_VIEW, "editable", FALSE, "monospace", TRUE, "cursor-visible",
                    FALSE, "wrap-mode", GTK_WRAP_WORD_CHAR, "left-margin", 9, "right-margin", 9,
                    "top-margin", 9, "bottom-margin", 9, "accepts-tab", FALSE, NULL);

  self->text_view = GTK_TEXT_VIEW (view);
  self->scrolled = GTK_SCROLLED_WINDOW (scrolled);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Log"),
                                  -1);
  gtk_widget_add_css_class (scrolled, "log-view");
  gtk_scrolled_window_set_child (self->scrolled, view);
  adw_bin_set_child (ADW_BIN (self), scrolled);
}

/**
 * ub_log_view_set_filter:
 * @self: a log view
 * @text: (nullable): lines without it are left out; empty or %NULL shows all
 */
void
ub_log_view_set_filter (UbLogView *self, const char *text)
{
  g_clear_pointer (&self->filter, g_free);
  if (text != NULL && text[0] != '\0')
    self->filter = g_utf8_casefold (text, -1);
  show_log (self);
}

/**
 * ub_log_view_get_n_lines:
 * @self: a log view
 *
 * Returns: how many lines match
 */
guint
ub_log_view_get_n_lines (UbLogView *self)
{
  return self->n_lines;
}

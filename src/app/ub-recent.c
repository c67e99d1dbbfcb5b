/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-recent.h"

#include <glib/gi18n.h>

#define MAX_RECENT 8

/* Flash images the person used before, in the desktop's list of recent files. */

typedef struct {
  UbFileFunc func;
  gpointer user_data;
} Choice;

#define UB_TYPE_RECENT_ROW (ub_recent_row_get_type ())
G_DECLARE_FINAL_TYPE (UbRecentRow, ub_recent_row, UB, RECENT_ROW, GtkListBoxRow)

/* A row that assistive technology can choose: GTK gives rows no action there, but shows the actions of a class. */
struct _UbRecentRow {
  GtkListBoxRow parent_instance;

  char *uri;
};

G_DEFINE_FINAL_TYPE (UbRecentRow, ub_recent_row, GTK_TYPE_LIST_BOX_ROW)

static void
choose_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate (widget);
}

static void
ub_recent_row_finalize (GObject *object)
{
  g_free (UB_RECENT_ROW (object)->uri);

  G_OBJECT_CLASS (ub_recent_row_parent_class)->finalize (object);
}

static void
ub_recent_row_class_init (UbRecentRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_recent_row_finalize;

  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "row.choose", NULL, choose_action);
}

static void
ub_recent_row_init (UbRecentRow *self)
{
}

/**
 * ub_recent_add:
 * @file: (nullable): an image that could be read
 */
void
ub_recent_add (GFile *file)
{
  g_autofree char *uri = file != NULL ? g_file_get_uri (file) : NULL;
  GtkRecentData data = { 0 };

  if (uri == NULL)
    return;
  data.mime_type = (char *) "application/octet-stream";
  data.app_name = (char *) "Unbrick";
  data.app_exec = (char *) "unbrick %u";
  gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

static int
compare_age (gconstpointer a, gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_modified ((GtkRecentInfo *) b),
                              gtk_recent_info_get_modified ((GtkRecentInfo *) a));
}

static void
row_activated_cb (GtkListBox *box, GtkListBoxRow *row, Choice *choice)
{
  GtkWidget *popover = gtk_widget_get_ancestor (GTK_WIDGET (box), GTK_TYPE_POPOVER);
  g_autoptr (GFile) file = g_file_new_for_uri (UB_RECENT_ROW (row)->uri);

  gtk_popover_popdown (GTK_POPOVER (popover));
  choice->func (file, choice->user_data);
}

static GtkWidget *
new_row (GtkRecentInfo *info)
{
  g_autofree char *shown = gtk_recent_info_get_uri_display (info);
  const char *name = gtk_recent_info_get_display_name (info);
  GtkWidget *label = gtk_label_new (name);
  UbRecentRow *row = g_object_new (UB_TYPE_RECENT_ROW, NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 36);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_widget_set_tooltip_text (GTK_WIDGET (row), shown);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  row->uri = g_strdup (gtk_recent_info_get_uri (info));
  return GTK_WIDGET (row);
}

/**
 * ub_recent_create_popover:
 * @func: called with the chosen file
 * @user_data: for @func
 *
 * Returns: (transfer floating): a popover with the images used last
 */
GtkWidget *
ub_recent_create_popover (UbFileFunc func, gpointer user_data)
{
  GtkWidget *popover = gtk_popover_new ();
  GtkWidget *box = gtk_list_box_new ();
  GtkWidget *nothing = gtk_label_new (_ ("No recent images"));
  GList *items = gtk_recent_manager_get_items (gtk_recent_manager_get_default ());
  Choice *choice = g_new0 (Choice, 1);
  guint n = 0;

  choice->func = func;
  choice->user_data = user_data;
  gtk_widget_add_css_class (nothing, "dim-label");
  gtk_widget_add_css_class (box, "navigation-sidebar");
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (box), GTK_SELECTION_NONE);
  gtk_list_box_set_placeholder (GTK_LIST_BOX (box), nothing);
  gtk_accessible_update_property (GTK_ACCESSIBLE (box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Recent Files"), -1);
  items = g_list_sort (items, compare_age);
  for (GList *l = items; l != NULL && n < MAX_RECENT; l = l->next) {
    if (!gtk_recent_info_has_application (l->data, "Unbrick"))
      continue;
    gtk_list_box_append (GTK_LIST_BOX (box), new_row (l->data));
    n++;
  }
  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
  g_signal_connect_data (box, "row-activated", G_CALLBACK (row_activated_cb), choice,
                         (GClosureNotify) (void (*) (void)) g_free, 0);
  gtk_popover_set_child (GTK_POPOVER (popover), box);
  return popover;
}

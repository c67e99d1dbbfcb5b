/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-programmer-chooser.h"

#include "ub-programmer-row.h"

#include <glib/gi18n.h>

/**
 * UbProgrammerChooser:
 *
 * The button of the header bar that shows the programmer and its state, with the list of what is
 * plugged in behind it.
 */
struct _UbProgrammerChooser {
  AdwBin parent_instance;

  UbConnection *connection;
  UbConnectPage *page;
  GtkCheckButton *no_radio; /* active when none is chosen */

  GtkMenuButton *button;
  GtkPopover *popover;
  GtkImage *icon;
  GtkLabel *label;
  GtkWidget *dot;
  GtkListBox *box;
};

G_DEFINE_FINAL_TYPE (UbProgrammerChooser, ub_programmer_chooser, ADW_TYPE_BIN)

static const char *
get_state_title (UbConnectionState state)
{
  switch (state) {
  case UB_CONNECTION_IDLE:
    return _ ("Not Connected");
  case UB_CONNECTION_CONNECTING:
    return _ ("Connecting");
  case UB_CONNECTION_STOPPING:
    return _ ("Stopping");
  case UB_CONNECTION_CONNECTED:
    return _ ("Connected");
  }
  return "";
}

static void
select_chosen (UbProgrammerChooser *self, UbProgrammerInfo *chosen)
{
  GtkListBoxRow *row;

  if (chosen == NULL)
    gtk_check_button_set_active (self->no_radio, TRUE);
  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->box, i)) != NULL; i++) {
    if (ub_programmer_row_get_info (UB_PROGRAMMER_ROW (row)) == chosen)
      ub_programmer_row_set_chosen (UB_PROGRAMMER_ROW (row), TRUE);
  }
}

static void
update (UbProgrammerChooser *self)
{
  UbProgrammerInfo *chosen = ub_connect_page_get_chosen (self->page);
  UbConnectionState state = ub_connection_get_state (self->connection);
  const char *name = chosen != NULL ? ub_programmer_info_get_name (chosen) : _ ("No Programmer");
  g_autofree char *text = g_strdup_printf (_ ("Programmer: %s, %s"), name, get_state_title (state));

  gtk_image_set_from_icon_name (self->icon, ub_programmer_get_icon_name (chosen));
  gtk_label_set_label (self->label, name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
  gtk_widget_set_visible (self->dot, state == UB_CONNECTION_CONNECTED);
  select_chosen (self, chosen);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  UbProgrammerChooser *self = user_data;
  GtkWidget *row = ub_programmer_row_new (item, self->no_radio);

  if (item == ub_connect_page_get_chosen (self->page))
    ub_programmer_row_set_chosen (UB_PROGRAMMER_ROW (row), TRUE);
  return row;
}

static void
ub_programmer_chooser_dispose (GObject *object)
{
  UbProgrammerChooser *self = UB_PROGRAMMER_CHOOSER (object);

  /* AdwBin keeps a pointer to its child, which the template would free. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_PROGRAMMER_CHOOSER);
  g_clear_object (&self->connection);
  g_clear_weak_pointer (&self->page);
  g_clear_object (&self->no_radio);

  G_OBJECT_CLASS (ub_programmer_chooser_parent_class)->dispose (object);
}

static void
ub_programmer_chooser_class_init (UbProgrammerChooserClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_programmer_chooser_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/unbrick/Unbrick/ub-programmer-chooser.ui");
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerChooser, button);
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerChooser, popover);
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerChooser, icon);
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerChooser, label);
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerChooser, dot);
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerChooser, box);
}

static void
ub_programmer_chooser_init (UbProgrammerChooser *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->no_radio = g_object_ref_sink (GTK_CHECK_BUTTON (gtk_check_button_new ()));
}

/**
 * ub_programmer_chooser_set_models:
 * @self: a chooser
 * @list: the programmers
 * @connection: the connection
 * @page: the page that knows which programmer is chosen
 */
void
ub_programmer_chooser_set_models (UbProgrammerChooser *self,
                                  UbProgrammerList *list,
                                  UbConnection *connection,
                                  UbConnectPage *page)
{
  g_set_object (&self->connection, connection);
  g_set_weak_pointer (&self->page, page);
  gtk_list_box_bind_model (self->box, G_LIST_MODEL (list), create_row, self, NULL);
  g_signal_connect_object (connection, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (page, "chosen", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);
}

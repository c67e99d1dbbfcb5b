/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-programmer-row.h"

#include "ub-check-button.h"
#include "ub-error.h"

#include <glib/gi18n.h>

/**
 * UbProgrammerRow:
 *
 * One programmer of the list: a radio button to choose it, or the reason why it is unusable and a
 * button that helps.
 */
struct _UbProgrammerRow {
  AdwActionRow parent_instance;

  UbProgrammerInfo *info;

  GtkCheckButton *radio;
  GtkImage *icon;
  GtkButton *help_button;
};

G_DEFINE_FINAL_TYPE (UbProgrammerRow, ub_programmer_row, ADW_TYPE_ACTION_ROW)

static void
radio_toggled_cb (UbProgrammerRow *self)
{
  if (gtk_check_button_get_active (self->radio))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.choose-programmer", "s",
                                ub_programmer_info_get_spec (self->info));
}

static void
help_clicked_cb (UbProgrammerRow *self)
{
  const GError *problem = ub_programmer_info_get_problem (self->info);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.help-topic", "s",
                              ub_error_get_name (problem));
}

static void
ub_programmer_row_dispose (GObject *object)
{
  UbProgrammerRow *self = UB_PROGRAMMER_ROW (object);

  g_clear_object (&self->info);

  G_OBJECT_CLASS (ub_programmer_row_parent_class)->dispose (object);
}

static void
ub_programmer_row_class_init (UbProgrammerRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_programmer_row_dispose;

  g_type_ensure (UB_TYPE_CHECK_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-programmer-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerRow, radio);
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerRow, icon);
  gtk_widget_class_bind_template_child (widget_class, UbProgrammerRow, help_button);
  gtk_widget_class_bind_template_callback (widget_class, radio_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, help_clicked_cb);
}

static void
ub_programmer_row_init (UbProgrammerRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static char *
dup_subtitle (UbProgrammerInfo *info)
{
  const GError *problem = ub_programmer_info_get_problem (info);

  if (problem != NULL)
    return g_strdup (problem->message);
  if (ub_programmer_info_is_simulated (info))
    return g_strdup (_ ("Try everything without any hardware"));
  return g_strdup (_ ("Ready"));
}

/**
 * ub_programmer_row_new:
 * @info: a programmer of the list
 * @group: the radio button that stands for “none of them”
 *
 * Returns: (transfer floating): a row
 */
GtkWidget *
ub_programmer_row_new (UbProgrammerInfo *info, GtkCheckButton *group)
{
  UbProgrammerRow *self = g_object_new (UB_TYPE_PROGRAMMER_ROW, NULL);
  gboolean usable = ub_programmer_info_is_usable (info);
  g_autofree char *subtitle = dup_subtitle (info);
  g_autofree char *help = NULL;

  self->info = g_object_ref (info);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), ub_programmer_info_get_name (info));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  gtk_image_set_from_icon_name (self->icon, ub_programmer_get_icon_name (info));
  gtk_check_button_set_group (self->radio, group);
  gtk_widget_set_sensitive (GTK_WIDGET (self->radio), usable);
  gtk_widget_set_visible (GTK_WIDGET (self->help_button), !usable);
  help = g_strdup_printf (_ ("Help With %s"), ub_programmer_info_get_name (info));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->help_button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  help, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->radio), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  subtitle, -1);
  if (!usable)
    gtk_widget_add_css_class (GTK_WIDGET (self), "unusable");
  return GTK_WIDGET (self);
}

/**
 * ub_programmer_row_get_info:
 * @self: a row
 *
 * Returns: (transfer none): its programmer
 */
UbProgrammerInfo *
ub_programmer_row_get_info (UbProgrammerRow *self)
{
  return self->info;
}

/**
 * ub_programmer_row_set_chosen:
 * @self: a row
 * @chosen: whether it is the chosen one
 */
void
ub_programmer_row_set_chosen (UbProgrammerRow *self, gboolean chosen)
{
  gtk_check_button_set_active (self->radio, chosen);
}

/**
 * ub_programmer_get_icon_name:
 * @info: (nullable): a programmer
 *
 * Returns: (transfer none): name of a symbolic icon for it
 */
const char *
ub_programmer_get_icon_name (UbProgrammerInfo *info)
{
  const char *backend = info != NULL ? ub_programmer_info_get_backend (info) : NULL;

  if (backend == NULL)
    return "ub-chip-symbolic";
  if (g_str_equal (backend, "spidev"))
    return "computer-symbolic";
  if (g_str_equal (backend, "sim"))
    return "applications-science-symbolic";
  return "media-removable-symbolic";
}

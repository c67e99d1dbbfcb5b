/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-check-button.h"

/**
 * UbCheckButton:
 *
 * A check or radio button that assistive technology can choose: GTK gives it no action of its own there (4.8 and
 * 4.18, gtk/a11y/gtkatspiaction.c), but shows the actions of a widget's class.
 */
struct _UbCheckButton {
  GtkCheckButton parent_instance;
};

G_DEFINE_FINAL_TYPE (UbCheckButton, ub_check_button, GTK_TYPE_CHECK_BUTTON)

static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  if (gtk_widget_is_sensitive (widget))
    gtk_widget_activate (widget);
}

static void
ub_check_button_class_init (UbCheckButtonClass *klass)
{
  gtk_widget_class_install_action (GTK_WIDGET_CLASS (klass), "check.toggle", NULL, toggle_action);
}

static void
ub_check_button_init (UbCheckButton *self)
{
}

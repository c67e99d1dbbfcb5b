/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-backup-row.h"

#include "ub-document-portal.h"
#include "ub-file-dialog.h"
#include "ub-settings.h"

#include <glib/gi18n.h>

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

/**
 * UbBackupRow:
 *
 * Whether a rescue copy is saved before anything is written, and where to. It is on until somebody turns it off,
 * and then warns. “changed” tells that it was turned on or off.
 */
struct _UbBackupRow {
  AdwActionRow parent_instance;

  GtkWidget *warning_icon;
  GtkSwitch *backup_switch;
};

G_DEFINE_FINAL_TYPE (UbBackupRow, ub_backup_row, ADW_TYPE_ACTION_ROW)

static void
show (UbBackupRow *self)
{
  g_autoptr (GFile) folder = ub_settings_dup_backup_folder ();
  g_autofree char *name = ub_document_portal_dup_path (folder);
  g_autofree char *text = g_strdup_printf (_ ("A rescue copy in %s"), name);
  gboolean is_on = ub_backup_row_is_on (self);

  adw_action_row_set_subtitle (
      ADW_ACTION_ROW (self),
      is_on ? text : _ ("Without it, what the module holds now is lost for good"));
  gtk_widget_set_visible (self->warning_icon, !is_on);
  if (is_on)
    gtk_widget_remove_css_class (GTK_WIDGET (self), "unsafe");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self), "unsafe");
}

static void
toggled_cb (UbBackupRow *self)
{
  show (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
choose_clicked_cb (UbBackupRow *self)
{
  ub_file_dialog_choose_backup_folder (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
}

static void
ub_backup_row_class_init (UbBackupRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-backup-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UbBackupRow, warning_icon);
  gtk_widget_class_bind_template_child (widget_class, UbBackupRow, backup_switch);
  gtk_widget_class_bind_template_callback (widget_class, toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, choose_clicked_cb);
}

static void
ub_backup_row_init (UbBackupRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_object (ub_settings_get (), "changed::backup-folder", G_CALLBACK (show), self,
                           G_CONNECT_SWAPPED);
  show (self);
}

/**
 * ub_backup_row_reset:
 * @self: a row
 *
 * Turns it on, as it is for each new module.
 */
void
ub_backup_row_reset (UbBackupRow *self)
{
  gtk_switch_set_active (self->backup_switch, TRUE);
}

/**
 * ub_backup_row_is_on:
 * @self: a row
 *
 * Returns: whether a rescue copy is wanted
 */
gboolean
ub_backup_row_is_on (UbBackupRow *self)
{
  return gtk_switch_get_active (self->backup_switch);
}

/**
 * ub_backup_row_dup_folder:
 * @self: a row
 *
 * Returns: (transfer full) (nullable): where the rescue copy goes; %NULL when none is wanted
 */
GFile *
ub_backup_row_dup_folder (UbBackupRow *self)
{
  return ub_backup_row_is_on (self) ? ub_settings_dup_backup_folder () : NULL;
}

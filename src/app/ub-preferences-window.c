/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-preferences-window.h"

#include "ub-document-portal.h"
#include "ub-file-dialog.h"
#include "ub-settings.h"

#include <glib/gi18n.h>

/* What the person can choose as the highest clock, in hertz; 0 leaves it to the programmer. */
static const guint clocks[] = { 0,       30000,   100000,  300000,   1000000,
                                2000000, 4000000, 8000000, 12000000, 25000000 };

/* The SPI modes by the names the setting has for them, in the order of the list. */
static const char *const modes[] = { "auto", "mode-0", "mode-3" };

/**
 * UbPreferencesWindow:
 *
 * What is remembered, for the person to change.
 */
struct _UbPreferencesWindow {
  AdwPreferencesWindow parent_instance;

  AdwActionRow *folder_row;
  AdwEntryRow *device_row;
  AdwEntryRow *cen_row;
  AdwEntryRow *ftdi_cen_row;
  AdwComboRow *clock_row;
  AdwComboRow *mode_row;
};

G_DEFINE_FINAL_TYPE (UbPreferencesWindow, ub_preferences_window, ADW_TYPE_PREFERENCES_WINDOW)

static void
show_folder (UbPreferencesWindow *self)
{
  g_autoptr (GFile) folder = ub_settings_dup_backup_folder ();
  g_autofree char *name = ub_document_portal_dup_path (folder);

  adw_action_row_set_subtitle (self->folder_row, name);
}

static void
folder_clicked_cb (UbPreferencesWindow *self)
{
  ub_file_dialog_choose_backup_folder (GTK_WINDOW (self));
}

static gboolean
get_clock (GValue *value, GVariant *variant, gpointer user_data)
{
  guint best = 0;

  /* A value between two that can be chosen shows as the lower one. */
  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    if (clocks[i] <= g_variant_get_uint32 (variant))
      best = i;
  }
  g_value_set_uint (value, best);
  return TRUE;
}

static GVariant *
set_clock (const GValue *value, const GVariantType *type, gpointer user_data)
{
  return g_variant_new_uint32 (clocks[MIN (g_value_get_uint (value), G_N_ELEMENTS (clocks) - 1)]);
}

static gboolean
get_mode (GValue *value, GVariant *variant, gpointer user_data)
{
  for (guint i = 0; i < G_N_ELEMENTS (modes); i++) {
    if (g_str_equal (g_variant_get_string (variant, NULL), modes[i]))
      g_value_set_uint (value, i);
  }
  return TRUE;
}

static GVariant *
set_mode (const GValue *value, const GVariantType *type, gpointer user_data)
{
  return g_variant_new_string (modes[MIN (g_value_get_uint (value), G_N_ELEMENTS (modes) - 1)]);
}

static void
reset_clicked_cb (UbPreferencesWindow *self)
{
  static const char *const keys[] = { "backup-folder", "spidev-device", "cen-line",
                                      "ftdi-cen-line", "clock-ceiling", "spi-mode" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    g_settings_reset (ub_settings_get (), keys[i]);
}

static void
ub_preferences_window_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UB_TYPE_PREFERENCES_WINDOW);

  G_OBJECT_CLASS (ub_preferences_window_parent_class)->dispose (object);
}

static void
ub_preferences_window_class_init (UbPreferencesWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_preferences_window_dispose;

  gtk_widget_class_set_template_from_resource (
      widget_class, "/io/github/unbrick/Unbrick/ub-preferences-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UbPreferencesWindow, folder_row);
  gtk_widget_class_bind_template_child (widget_class, UbPreferencesWindow, device_row);
  gtk_widget_class_bind_template_child (widget_class, UbPreferencesWindow, cen_row);
  gtk_widget_class_bind_template_child (widget_class, UbPreferencesWindow, ftdi_cen_row);
  gtk_widget_class_bind_template_child (widget_class, UbPreferencesWindow, clock_row);
  gtk_widget_class_bind_template_child (widget_class, UbPreferencesWindow, mode_row);
  gtk_widget_class_bind_template_callback (widget_class, folder_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, reset_clicked_cb);
}

static void
ub_preferences_window_init (UbPreferencesWindow *self)
{
  GSettings *settings = ub_settings_get ();

  gtk_widget_init_template (GTK_WIDGET (self));
  g_settings_bind (settings, "spidev-device", self->device_row, "text", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "cen-line", self->cen_row, "text", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "ftdi-cen-line", self->ftdi_cen_row, "text", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (settings, "clock-ceiling", self->clock_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, get_clock, set_clock, NULL, NULL);
  g_settings_bind_with_mapping (settings, "spi-mode", self->mode_row, "selected",
                                G_SETTINGS_BIND_DEFAULT, get_mode, set_mode, NULL, NULL);
  g_signal_connect_object (settings, "changed::backup-folder", G_CALLBACK (show_folder), self,
                           G_CONNECT_SWAPPED);
  show_folder (self);
}

/**
 * ub_preferences_window_new:
 * @parent: (nullable): the window
 *
 * Returns: (transfer none): the preferences
 */
GtkWidget *
ub_preferences_window_new (GtkWindow *parent)
{
  return g_object_new (UB_TYPE_PREFERENCES_WINDOW, "transient-for", parent, NULL);
}

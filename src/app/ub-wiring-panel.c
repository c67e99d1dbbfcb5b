/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-wiring-panel.h"

#include "ub-settings.h"
#include "ub-wiring-data.h"
#include "ub-wiring-view.h"

#include <glib/gi18n.h>

/* The order of the chooser; the simulated module needs no wires and shows those of a Raspberry Pi. */
static const char *const programmer_ids[] = { "raspberry-pi", "spidev", "ft232h", "ft2232h",
                                              "ch341a" };

/**
 * UbWiringPanel:
 *
 * Which wire goes where, for a programmer and a kind of module: the picture, the table in the same
 * colours, and what else to know before soldering.
 */
struct _UbWiringPanel {
  AdwBin parent_instance;

  AdwComboRow *programmer_row;
  AdwComboRow *module_row;
  UbWiringView *view;
  GtkGrid *table;
  GtkWidget *note_box;
  GtkLabel *note_label;
  GtkWidget *warning_box;
  GtkLabel *warning_label;
};

G_DEFINE_FINAL_TYPE (UbWiringPanel, ub_wiring_panel, ADW_TYPE_BIN)

/**
 * ub_wiring_find_programmer_id:
 * @backend: of a programmer of the list
 * @name: of the same programmer
 *
 * Returns: (transfer none): which wiring picture shows it
 */
const char *
ub_wiring_find_programmer_id (const char *backend, const char *name)
{
  if (g_str_equal (backend, "spidev"))
    return strstr (name, "Raspberry Pi") != NULL ? "raspberry-pi" : "spidev";
  if (g_str_equal (backend, "ftdi"))
    return strstr (name, "FT2232") != NULL || strstr (name, "FT4232") != NULL ? "ft2232h"
                                                                              : "ft232h";
  if (g_str_equal (backend, "ch341a"))
    return "ch341a";
  return "raspberry-pi";
}

static const UbWiringProgrammer *
get_programmer (UbWiringPanel *self)
{
  guint chosen = adw_combo_row_get_selected (self->programmer_row);

  return ub_wiring_find_programmer (
      programmer_ids[MIN (chosen, G_N_ELEMENTS (programmer_ids) - 1)]);
}

static const UbWiringModule *
get_module (UbWiringPanel *self)
{
  guint n, chosen = adw_combo_row_get_selected (self->module_row);
  const UbWiringModule *modules = ub_wiring_get_modules (&n);

  return &modules[MIN (chosen, n - 1)];
}

static void
attach (UbWiringPanel *self, int column, int row, const char *text, const char *css_class)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "xalign", 0.0, "wrap", TRUE,
                                   "hexpand", column > 0, NULL);

  gtk_widget_add_css_class (label, css_class);
  gtk_grid_attach (self->table, label, column, row, 1, 1);
}

static void
attach_swatch (UbWiringPanel *self, int row, UbSignal signal)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *swatch = gtk_drawing_area_new ();
  GtkWidget *name = gtk_label_new (ub_signal_get_name (signal));
  g_autofree char *color = gdk_rgba_to_string (ub_signal_get_color (signal));
  g_autofree char *css = g_strdup_printf ("* { background-color: %s; }", color);
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (provider, css, -1);
  gtk_style_context_add_provider (gtk_widget_get_style_context (swatch),
                                  GTK_STYLE_PROVIDER (provider),
                                  GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_widget_add_css_class (swatch, "wire");
  gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), swatch);
  gtk_box_append (GTK_BOX (box), name);
  gtk_grid_attach (self->table, box, 0, row, 1, 1);
}

static void
clear_table (UbWiringPanel *self)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self->table))) != NULL)
    gtk_grid_remove (self->table, child);
}

static void
fill_table (UbWiringPanel *self)
{
  const UbWiringProgrammer *programmer = get_programmer (self);
  const UbWiringModule *module = get_module (self);

  clear_table (self);
  attach (self, 0, 0, _ ("Signal"), "caption-heading");
  attach (self, 1, 0, _ (programmer->name), "caption-heading");
  attach (self, 2, 0, _ ("Chip"), "caption-heading");
  attach (self, 3, 0, module->name, "caption-heading");
  for (int i = 0; i < UB_N_SIGNALS; i++) {
    g_autofree char *pin = ub_wiring_dup_programmer_pin (programmer, (UbSignal) i);
    g_autofree char *pad = ub_wiring_dup_module_pad (module, (UbSignal) i);

    attach_swatch (self, i + 1, (UbSignal) i);
    attach (self, 1, i + 1, pin, "numeric");
    attach (self, 2, i + 1, ub_signal_get_chip_pad ((UbSignal) i), "numeric");
    attach (self, 3, i + 1, pad, "numeric");
  }
}

static void
update (UbWiringPanel *self)
{
  const UbWiringProgrammer *programmer = get_programmer (self);
  const UbWiringModule *module = get_module (self);

  ub_wiring_view_set_programmer (self->view, programmer->id);
  ub_wiring_view_set_module (self->view, module->id);
  fill_table (self);
  gtk_widget_set_visible (self->note_box, module->note != NULL);
  gtk_label_set_label (self->note_label, module->note != NULL ? _ (module->note) : "");
  gtk_widget_set_visible (self->warning_box, programmer->warning != NULL);
  gtk_label_set_label (self->warning_label,
                       programmer->warning != NULL ? _ (programmer->warning) : "");
}

static void
module_chosen_cb (UbWiringPanel *self)
{
  g_settings_set_string (ub_settings_get (), "module", get_module (self)->id);
  update (self);
}

static void
fill_choosers (UbWiringPanel *self)
{
  g_autoptr (GtkStringList) programmers = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  const UbWiringModule *modules;
  guint n;

  for (guint i = 0; i < G_N_ELEMENTS (programmer_ids); i++)
    gtk_string_list_append (programmers, _ (ub_wiring_find_programmer (programmer_ids[i])->name));
  modules = ub_wiring_get_modules (&n);
  for (guint i = 0; i < n; i++)
    gtk_string_list_append (names, modules[i].name);
  adw_combo_row_set_model (self->programmer_row, G_LIST_MODEL (programmers));
  adw_combo_row_set_model (self->module_row, G_LIST_MODEL (names));
}

static void
ub_wiring_panel_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), UB_TYPE_WIRING_PANEL);

  G_OBJECT_CLASS (ub_wiring_panel_parent_class)->dispose (object);
}

static void
ub_wiring_panel_class_init (UbWiringPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_wiring_panel_dispose;

  g_type_ensure (UB_TYPE_WIRING_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-wiring-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, UbWiringPanel, programmer_row);
  gtk_widget_class_bind_template_child (widget_class, UbWiringPanel, module_row);
  gtk_widget_class_bind_template_child (widget_class, UbWiringPanel, view);
  gtk_widget_class_bind_template_child (widget_class, UbWiringPanel, table);
  gtk_widget_class_bind_template_child (widget_class, UbWiringPanel, note_box);
  gtk_widget_class_bind_template_child (widget_class, UbWiringPanel, note_label);
  gtk_widget_class_bind_template_child (widget_class, UbWiringPanel, warning_box);
  gtk_widget_class_bind_template_child (widget_class, UbWiringPanel, warning_label);
}

static void
ub_wiring_panel_init (UbWiringPanel *self)
{
  g_autofree char *module = g_settings_get_string (ub_settings_get (), "module");

  gtk_widget_init_template (GTK_WIDGET (self));
  fill_choosers (self);
  ub_wiring_panel_set_module (self, module);
  update (self);
  g_signal_connect_swapped (self->programmer_row, "notify::selected", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->module_row, "notify::selected", G_CALLBACK (module_chosen_cb),
                            self);
}

/**
 * ub_wiring_panel_set_programmer:
 * @self: a wiring panel
 * @id: of a programmer with a picture
 */
void
ub_wiring_panel_set_programmer (UbWiringPanel *self, const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (programmer_ids); i++) {
    if (g_str_equal (programmer_ids[i], id))
      adw_combo_row_set_selected (self->programmer_row, i);
  }
}

/**
 * ub_wiring_panel_set_module:
 * @self: a wiring panel
 * @id: of a kind of module
 */
void
ub_wiring_panel_set_module (UbWiringPanel *self, const char *id)
{
  guint n;
  const UbWiringModule *modules = ub_wiring_get_modules (&n);

  for (guint i = 0; i < n; i++) {
    if (g_str_equal (modules[i].id, id))
      adw_combo_row_set_selected (self->module_row, i);
  }
}

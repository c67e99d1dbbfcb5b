/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-wiring-view"

#include "config.h"

#include "ub-wiring-scene.h"
#include "ub-wiring-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

/**
 * UbWiringView:
 *
 * The wiring picture of a programmer and a kind of module. Assistive technology gets the same in words.
 */
struct _UbWiringView {
  GtkWidget parent_instance;

  const UbWiringProgrammer *programmer;
  const UbWiringModule *module;
};

G_DEFINE_FINAL_TYPE (UbWiringView, ub_wiring_view, GTK_TYPE_WIDGET)

static void
ub_wiring_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  UbWiringView *self = UB_WIRING_VIEW (widget);
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  UbWiringScene scene = {
    .programmer = self->programmer,
    .module = self->module,
    .width = width,
    .is_dark = adw_style_manager_get_dark (adw_style_manager_get_default ()),
    .layout = layout,
  };
  cairo_t *cr;

  gdk_rgba_parse (&scene.text, scene.is_dark ? "#ffffff" : "#241f31");
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  ub_wiring_scene_draw (&scene, cr);
  cairo_destroy (cr);
}

static void
ub_wiring_view_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  if (orientation == GTK_ORIENTATION_HORIZONTAL) {
    *minimum = 300;
    *natural = 420;
  } else {
    *minimum = *natural = ub_wiring_scene_get_height (UB_WIRING_VIEW (widget)->programmer);
  }
}

static void
update (UbWiringView *self)
{
  g_autofree char *text = ub_wiring_dup_description (self->programmer, self->module);

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Wiring picture"), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text,
                                  -1);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
ub_wiring_view_class_init (UbWiringViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ub_wiring_view_snapshot;
  widget_class->measure = ub_wiring_view_measure;

  gtk_widget_class_set_css_name (widget_class, "wiringview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
ub_wiring_view_init (UbWiringView *self)
{
  self->programmer = ub_wiring_find_programmer (NULL);
  self->module = ub_wiring_find_module (NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  update (self);
}

/**
 * ub_wiring_view_new:
 *
 * Returns: (transfer floating): the picture of a general board and the first module
 */
GtkWidget *
ub_wiring_view_new (void)
{
  return g_object_new (UB_TYPE_WIRING_VIEW, NULL);
}

/**
 * ub_wiring_view_set_programmer:
 * @self: a wiring view
 * @id: (nullable): `raspberry-pi`, `spidev`, `ft232h`, `ft2232h`, `ch341a` or `sim`
 */
void
ub_wiring_view_set_programmer (UbWiringView *self, const char *id)
{
  g_return_if_fail (UB_IS_WIRING_VIEW (self));

  self->programmer = ub_wiring_find_programmer (id);
  update (self);
}

/**
 * ub_wiring_view_set_module:
 * @self: a wiring view
 * @id: (nullable): a module's stable name, see ub_wiring_get_modules()
 */
void
ub_wiring_view_set_module (UbWiringView *self, const char *id)
{
  g_return_if_fail (UB_IS_WIRING_VIEW (self));

  self->module = ub_wiring_find_module (id);
  update (self);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-map-legend"

#include "config.h"

#include "ub-flash-map-cell.h"
#include "ub-flash-map-legend.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define SWATCH_SIZE 14

/* One cell of the flash map beside its name. */
#define UB_TYPE_FLASH_MAP_SWATCH (ub_flash_map_swatch_get_type ())
G_DECLARE_FINAL_TYPE (UbFlashMapSwatch, ub_flash_map_swatch, UB, FLASH_MAP_SWATCH, GtkWidget)

struct _UbFlashMapSwatch {
  GtkWidget parent_instance;

  UbSectorState state;
};

G_DEFINE_FINAL_TYPE (UbFlashMapSwatch, ub_flash_map_swatch, GTK_TYPE_WIDGET)

static void
ub_flash_map_swatch_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  UbFlashMapColors colors;
  const int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  GskRoundedRect edge;
  const float line[] = { 1, 1, 1, 1 };

  ub_flash_map_colors_init (&colors, adw_style_manager_get_dark (style),
                            adw_style_manager_get_high_contrast (style));
  ub_flash_map_cell_snapshot (&colors, snapshot, UB_FLASH_MAP_SWATCH (widget)->state,
                              &GRAPHENE_RECT_INIT (0, 0, width, height));
  colors.outline.alpha *= 0.5f;
  gsk_rounded_rect_init_from_rect (&edge, &GRAPHENE_RECT_INIT (0, 0, width, height), 0);
  gtk_snapshot_append_border (
      snapshot, &edge, line,
      (const GdkRGBA[]) { colors.outline, colors.outline, colors.outline, colors.outline });
}

static void
ub_flash_map_swatch_class_init (UbFlashMapSwatchClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  widget_class->snapshot = ub_flash_map_swatch_snapshot;
  /* The label beside it says it all. */
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
ub_flash_map_swatch_init (UbFlashMapSwatch *self)
{
  gtk_widget_set_size_request (GTK_WIDGET (self), SWATCH_SIZE, SWATCH_SIZE);
  gtk_widget_set_valign (GTK_WIDGET (self), GTK_ALIGN_CENTER);
}

/**
 * UbFlashMapLegend:
 *
 * Tells what the cells of a flash map mean; only the states that occur are listed.
 */
struct _UbFlashMapLegend {
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkWidget *entries[UB_N_SECTOR_STATES];
};

G_DEFINE_FINAL_TYPE (UbFlashMapLegend, ub_flash_map_legend, GTK_TYPE_WIDGET)

static GtkWidget *
create_entry (UbSectorState state)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  UbFlashMapSwatch *swatch = g_object_new (UB_TYPE_FLASH_MAP_SWATCH, NULL);
  GtkWidget *label = gtk_label_new (ub_sector_state_get_title (state));
  GtkWidget *entry = g_object_new (GTK_TYPE_FLOW_BOX_CHILD, "focusable", FALSE, "accessible-role",
                                   GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);

  swatch->state = state;
  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (swatch));
  gtk_box_append (GTK_BOX (box), label);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (entry), box);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  ub_sector_state_get_title (state), -1);
  return entry;
}

static void
ub_flash_map_legend_dispose (GObject *object)
{
  g_clear_pointer (&UB_FLASH_MAP_LEGEND (object)->box, gtk_widget_unparent);

  G_OBJECT_CLASS (ub_flash_map_legend_parent_class)->dispose (object);
}

static void
ub_flash_map_legend_class_init (UbFlashMapLegendClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ub_flash_map_legend_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
ub_flash_map_legend_init (UbFlashMapLegend *self)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  self->box = g_object_new (GTK_TYPE_FLOW_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_LIST, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Legend"), -1);
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->box), GTK_SELECTION_NONE);
  /* A flow box takes the focus even when none of its children can, and never gives it up again. */
  gtk_widget_set_can_focus (self->box, FALSE);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->box), 12);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->box), 2);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->box), UB_N_SECTOR_STATES);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  for (int state = 0; state < UB_N_SECTOR_STATES; state++) {
    self->entries[state] = create_entry (state);
    gtk_widget_set_visible (self->entries[state], FALSE);
    gtk_flow_box_append (GTK_FLOW_BOX (self->box), self->entries[state]);
  }
  g_signal_connect_object (style, "notify::dark", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

/**
 * ub_flash_map_legend_new:
 *
 * Returns: (transfer floating): an empty legend
 */
GtkWidget *
ub_flash_map_legend_new (void)
{
  return g_object_new (UB_TYPE_FLASH_MAP_LEGEND, NULL);
}

/**
 * ub_flash_map_legend_update:
 * @self: a legend
 * @map: what the flash map shows
 *
 * Lists the states that occur in @map. A state that was listed once stays, so that the legend does not jump
 * while a job runs.
 */
void
ub_flash_map_legend_update (UbFlashMapLegend *self, UbSectorMap *map)
{
  guint n;
  g_autofree guint8 *states = NULL;

  g_return_if_fail (UB_IS_FLASH_MAP_LEGEND (self));
  g_return_if_fail (UB_IS_SECTOR_MAP (map));

  n = ub_sector_map_get_size (map);
  states = g_malloc0 (n + 1);
  n = ub_sector_map_copy (map, states, n);
  for (guint i = 0; i < n; i++)
    gtk_widget_set_visible (self->entries[states[i]], TRUE);
}

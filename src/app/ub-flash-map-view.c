/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-flash-map-view.h"

#include "ub-flash-map-legend.h"
#include "ub-flash-map.h"

/**
 * UbFlashMapView:
 *
 * A flash map with its legend below it.
 */
struct _UbFlashMapView {
  GtkBox parent_instance;

  UbSectorMap *map;
  UbFlashMap *picture;
  UbFlashMapLegend *legend;
};

G_DEFINE_FINAL_TYPE (UbFlashMapView, ub_flash_map_view, GTK_TYPE_BOX)

static void
ub_flash_map_view_dispose (GObject *object)
{
  g_clear_object (&UB_FLASH_MAP_VIEW (object)->map);

  G_OBJECT_CLASS (ub_flash_map_view_parent_class)->dispose (object);
}

static void
ub_flash_map_view_class_init (UbFlashMapViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ub_flash_map_view_dispose;
}

/* A legend keeps what it showed once; another map deserves a fresh one. */
static void
renew_legend (UbFlashMapView *self)
{
  if (self->legend != NULL)
    gtk_box_remove (GTK_BOX (self), GTK_WIDGET (self->legend));
  self->legend = UB_FLASH_MAP_LEGEND (ub_flash_map_legend_new ());
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->legend));
}

static void
ub_flash_map_view_init (UbFlashMapView *self)
{
  self->picture = UB_FLASH_MAP (ub_flash_map_new ());
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 9);
  gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->picture));
  renew_legend (self);
}

/**
 * ub_flash_map_view_set:
 * @self: a flash map view
 * @map: (nullable): what is shown
 * @family: chip family, whose partitions are named
 * @flash_size: bytes of the chip
 */
void
ub_flash_map_view_set (UbFlashMapView *self, UbSectorMap *map, UbFamily family, guint32 flash_size)
{
  guint n = 0;
  const UbPartition *partitions = ub_flash_layout_get (family, flash_size, &n);

  if (g_set_object (&self->map, map))
    renew_legend (self);
  ub_flash_map_set_partitions (self->picture, partitions, n);
  ub_flash_map_set_sector_map (self->picture, map);
  if (map != NULL)
    ub_flash_map_legend_update (self->legend, map);
}

/**
 * ub_flash_map_view_update:
 * @self: a flash map view
 *
 * Draws what changed in the sector map. Cheap when nothing did.
 */
void
ub_flash_map_view_update (UbFlashMapView *self)
{
  if (self->map == NULL)
    return;
  ub_flash_map_update (self->picture);
  ub_flash_map_legend_update (self->legend, self->map);
}

/**
 * ub_flash_map_view_renew_legend:
 * @self: a flash map view
 *
 * Takes from the legend what is no longer on the map, as when a job goes on to its next phase.
 */
void
ub_flash_map_view_renew_legend (UbFlashMapView *self)
{
  renew_legend (self);
  ub_flash_map_view_update (self);
}

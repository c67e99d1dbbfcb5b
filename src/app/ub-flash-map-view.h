/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash-layout.h"
#include "ub-sector-map.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UB_TYPE_FLASH_MAP_VIEW (ub_flash_map_view_get_type ())
G_DECLARE_FINAL_TYPE (UbFlashMapView, ub_flash_map_view, UB, FLASH_MAP_VIEW, GtkBox)

void
ub_flash_map_view_set (UbFlashMapView *self, UbSectorMap *map, UbFamily family, guint32 flash_size);
void ub_flash_map_view_update (UbFlashMapView *self);
void ub_flash_map_view_renew_legend (UbFlashMapView *self);

G_END_DECLS

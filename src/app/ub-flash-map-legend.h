/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-sector-map.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UB_TYPE_FLASH_MAP_LEGEND (ub_flash_map_legend_get_type ())
G_DECLARE_FINAL_TYPE (UbFlashMapLegend, ub_flash_map_legend, UB, FLASH_MAP_LEGEND, GtkWidget)

GtkWidget *ub_flash_map_legend_new (void);
void ub_flash_map_legend_update (UbFlashMapLegend *self, UbSectorMap *map);

G_END_DECLS

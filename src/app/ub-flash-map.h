/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash-layout.h"
#include "ub-sector-map.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UB_TYPE_FLASH_MAP (ub_flash_map_get_type ())
G_DECLARE_FINAL_TYPE (UbFlashMap, ub_flash_map, UB, FLASH_MAP, GtkWidget)

GtkWidget *ub_flash_map_new (void);
void ub_flash_map_set_sector_map (UbFlashMap *self, UbSectorMap *map);
void ub_flash_map_set_partitions (UbFlashMap *self, const UbPartition *partitions, guint n);
void ub_flash_map_update (UbFlashMap *self);

G_END_DECLS

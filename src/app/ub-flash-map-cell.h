/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-sector-map.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * UbFlashMapColors:
 * @fill: of a cell, by #UbSectorState
 * @mark: of the pattern on it
 * @outline: of partitions
 * @text: of partition names
 * @plate: behind partition names
 */
typedef struct {
  GdkRGBA fill[UB_N_SECTOR_STATES];
  GdkRGBA mark[UB_N_SECTOR_STATES];
  GdkRGBA outline;
  GdkRGBA text;
  GdkRGBA plate;
} UbFlashMapColors;

void ub_flash_map_colors_init (UbFlashMapColors *self, gboolean is_dark, gboolean is_high_contrast);
void ub_flash_map_cell_snapshot (const UbFlashMapColors *colors,
                                 GtkSnapshot *snapshot,
                                 UbSectorState state,
                                 const graphene_rect_t *cell);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UbFlashMapGrid:
 * @n_sectors: of the chip
 * @sectors_per_cell: 1 up to 4 MiB, more on larger chips
 * @n_cells: cells in all
 * @columns: cells in a row
 * @rows: rows
 * @cell: pixels from one cell to the next, the gap included
 * @gap: pixels between two cells
 *
 * Where the cells of a flash map are: pure arithmetic.
 */
typedef struct {
  guint n_sectors;
  guint sectors_per_cell;
  guint n_cells;
  guint columns;
  guint rows;
  float cell;
  float gap;
} UbFlashMapGrid;

void ub_flash_map_grid_init (UbFlashMapGrid *self, guint n_sectors, int width);
int ub_flash_map_grid_get_height (const UbFlashMapGrid *self);
int ub_flash_map_grid_find (const UbFlashMapGrid *self, double x, double y);

G_END_DECLS

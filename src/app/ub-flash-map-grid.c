/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-map-grid"

#include "config.h"

#include "ub-flash-map-grid.h"

#include <math.h>

/* More cells than these neither fit a screen nor tell more: 1024 are 4 MiB. */
#define MAX_CELLS 1024

/* Cells are no smaller, so that their marks can be seen, and rows are powers of two where they can be, so that
 * a row is a round number of KiB. */
#define MIN_CELL 10
#define MAX_CELL 24
#define MIN_COLUMNS 16
#define MAX_COLUMNS 64

/**
 * ub_flash_map_grid_init:
 * @self: (out caller-allocates): a grid
 * @n_sectors: of the chip
 * @width: pixels there are
 */
void
ub_flash_map_grid_init (UbFlashMapGrid *self, guint n_sectors, int width)
{
  guint columns = MAX_COLUMNS;

  *self = (UbFlashMapGrid) { .n_sectors = n_sectors, .sectors_per_cell = 1 };
  while (n_sectors / self->sectors_per_cell > MAX_CELLS)
    self->sectors_per_cell *= 2;
  self->n_cells = (n_sectors + self->sectors_per_cell - 1) / self->sectors_per_cell;

  while (columns > MIN_COLUMNS && width / (int) columns < MIN_CELL)
    columns /= 2;
  self->columns = columns;
  self->rows = (self->n_cells + columns - 1) / columns;
  self->cell = MIN (floorf ((float) MAX (width, MIN_COLUMNS) / columns), MAX_CELL);
  self->gap = self->cell >= 14 ? 2 : 1;
}

/**
 * ub_flash_map_grid_get_height:
 * @self: a grid
 *
 * Returns: pixels it needs
 */
int
ub_flash_map_grid_get_height (const UbFlashMapGrid *self)
{
  return (int) ceilf (self->rows * self->cell);
}

/**
 * ub_flash_map_grid_find:
 * @self: a grid
 * @x: pixels from its left edge
 * @y: pixels from its upper edge
 *
 * Returns: the index of the cell there, or -1
 */
int
ub_flash_map_grid_find (const UbFlashMapGrid *self, double x, double y)
{
  guint column, row, index;

  if (x < 0 || y < 0 || self->cell <= 0)
    return -1;
  column = (guint) (x / self->cell);
  row = (guint) (y / self->cell);
  if (column >= self->columns || row >= self->rows)
    return -1;
  index = row * self->columns + column;
  return index < self->n_cells ? (int) index : -1;
}

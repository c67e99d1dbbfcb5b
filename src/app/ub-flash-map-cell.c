/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-map-cell"

#include "config.h"

#include "ub-flash-map-cell.h"

#include <math.h>

/* How a state is told apart without colour: a mark of one or two rectangles in the middle of the cell, which
 * is still clear at 8 pixels and costs next to nothing to draw. */
typedef enum {
  MARK_NONE,
  MARK_DOT,
  MARK_FRAME,
  MARK_BAR_ACROSS,
  MARK_BAR_UP,
  MARK_LOWER_HALF,
  MARK_CORNER,
  MARK_CROSS,
} Mark;

static const Mark marks[UB_N_SECTOR_STATES] = {
  [UB_SECTOR_UNKNOWN] = MARK_FRAME,      [UB_SECTOR_BLANK] = MARK_NONE,
  [UB_SECTOR_DATA] = MARK_NONE,          [UB_SECTOR_SAME] = MARK_DOT,
  [UB_SECTOR_WILL_CHANGE] = MARK_BAR_UP, [UB_SECTOR_KEPT] = MARK_FRAME,
  [UB_SECTOR_ERASING] = MARK_BAR_ACROSS, [UB_SECTOR_WRITTEN] = MARK_LOWER_HALF,
  [UB_SECTOR_VERIFIED] = MARK_CORNER,    [UB_SECTOR_FAILED] = MARK_CROSS,
};

/* Colours of the GNOME palette (developer.gnome.org/hig/reference/palette.html): fill and mark, on a light
 * and on a dark background. */
static const struct {
  const char *fill_light;
  const char *mark_light;
  const char *fill_dark;
  const char *mark_dark;
} palette[UB_N_SECTOR_STATES] = {
  [UB_SECTOR_UNKNOWN] = { "#ffffff", "#c0bfbc", "#2a2a2e", "#5e5c64" },
  [UB_SECTOR_BLANK] = { "#e4e2df", "#9a9996", "#3d3846", "#77767b" },
  [UB_SECTOR_DATA] = { "#78aeed", "#1a5fb4", "#3a6ea8", "#99c1f1" },
  [UB_SECTOR_SAME] = { "#b5d0ee", "#1a5fb4", "#2f4a68", "#99c1f1" },
  [UB_SECTOR_WILL_CHANGE] = { "#f9d15c", "#865e3c", "#a27708", "#f9f06b" },
  [UB_SECTOR_KEPT] = { "#dc8add", "#613583", "#813d9c", "#ecb5ed" },
  [UB_SECTOR_ERASING] = { "#ffbe6f", "#c64600", "#a04d12", "#ffbe6f" },
  [UB_SECTOR_WRITTEN] = { "#c9e8d4", "#2ec27e", "#28503c", "#33d17a" },
  [UB_SECTOR_VERIFIED] = { "#2ec27e", "#ffffff", "#26a269", "#ffffff" },
  [UB_SECTOR_FAILED] = { "#e01b24", "#ffffff", "#c01c28", "#ffffff" },
};

/**
 * ub_flash_map_colors_init:
 * @self: (out caller-allocates): colours for every state
 * @is_dark: whether the background is dark
 * @is_high_contrast: whether outlines and text have to stand out more
 */
void
ub_flash_map_colors_init (UbFlashMapColors *self, gboolean is_dark, gboolean is_high_contrast)
{
  for (int i = 0; i < UB_N_SECTOR_STATES; i++) {
    gdk_rgba_parse (&self->fill[i], is_dark ? palette[i].fill_dark : palette[i].fill_light);
    gdk_rgba_parse (&self->mark[i], is_dark ? palette[i].mark_dark : palette[i].mark_light);
  }
  gdk_rgba_parse (&self->text, is_dark ? "#ffffff" : "#000000");
  gdk_rgba_parse (&self->plate, is_dark ? "rgba(0,0,0,0.78)" : "rgba(255,255,255,0.88)");
  self->outline = self->text;
  if (!is_high_contrast)
    self->outline.alpha = 0.6f;
}

/* A rectangle in hundredths of @cell, on whole pixels: that is sharp, and several times cheaper to draw with cairo
 * than edges that have to be blended. */
static void
append_part (GtkSnapshot *snapshot,
             const graphene_rect_t *cell,
             const GdkRGBA *color,
             float x,
             float y,
             float width,
             float height)
{
  const float w = cell->size.width / 100, h = cell->size.height / 100;
  const float left = roundf (x * w), top = roundf (y * h);
  const float right = MAX (roundf ((x + width) * w), left + 1);
  const float bottom = MAX (roundf ((y + height) * h), top + 1);

  gtk_snapshot_append_color (snapshot, color,
                             &GRAPHENE_RECT_INIT (cell->origin.x + left, cell->origin.y + top,
                                                  right - left, bottom - top));
}

/**
 * ub_flash_map_cell_snapshot:
 * @colors: the colours
 * @snapshot: where to draw
 * @state: what the cell shows
 * @cell: its place, in pixels
 */
void
ub_flash_map_cell_snapshot (const UbFlashMapColors *colors,
                            GtkSnapshot *snapshot,
                            UbSectorState state,
                            const graphene_rect_t *cell)
{
  const GdkRGBA *fill = &colors->fill[state], *mark = &colors->mark[state];

  if (marks[state] == MARK_FRAME) {
    gtk_snapshot_append_color (snapshot, mark, cell);
    append_part (snapshot, cell, fill, 14, 14, 72, 72);
    return;
  }
  gtk_snapshot_append_color (snapshot, fill, cell);
  switch (marks[state]) {
  case MARK_NONE:
  case MARK_FRAME:
    break;
  case MARK_DOT:
    append_part (snapshot, cell, mark, 35, 35, 30, 30);
    break;
  case MARK_BAR_ACROSS:
    append_part (snapshot, cell, mark, 12, 38, 76, 24);
    break;
  case MARK_BAR_UP:
    append_part (snapshot, cell, mark, 38, 12, 24, 76);
    break;
  case MARK_LOWER_HALF:
    append_part (snapshot, cell, mark, 0, 50, 100, 50);
    break;
  case MARK_CORNER:
    append_part (snapshot, cell, mark, 15, 58, 27, 27);
    break;
  case MARK_CROSS:
    append_part (snapshot, cell, mark, 15, 40, 70, 20);
    append_part (snapshot, cell, mark, 40, 15, 20, 70);
    break;
  }
}

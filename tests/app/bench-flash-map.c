/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-flash-map.h"

#include <adwaita.h>

#include <stdio.h>
#include <time.h>

/* What drawing the flash map costs: recording its render nodes, and drawing them with cairo, which is what software
 * rendering does. “all” draws every cell anew, as after a change of size or colours; “one” is a frame of a job, in
 * which one sector changed and the rest comes from the cache, but all of it is drawn. The renderer draws only what
 * differs between two frames, so that a real frame costs less. */

#define N_FRAMES 201
#define MAP_WIDTH 768
#define SECTOR_SIZE 4096

typedef struct {
  double record_ms;
  double draw_ms;
} Frame;

typedef struct {
  const char *name;
  void (*fill) (UbSectorMap *map, guint n);
} Scene;

static void
fill_unknown (UbSectorMap *map, guint n)
{
  ub_sector_map_set (map, 0, n, UB_SECTOR_UNKNOWN);
}

static void
fill_will_change (UbSectorMap *map, guint n)
{
  ub_sector_map_set (map, 0, n, UB_SECTOR_WILL_CHANGE);
}

static void
fill_verified (UbSectorMap *map, guint n)
{
  ub_sector_map_set (map, 0, n, UB_SECTOR_VERIFIED);
}

/* In the middle of a restore. */
static void
fill_restoring (UbSectorMap *map, guint n)
{
  ub_sector_map_set (map, 0, n, UB_SECTOR_WILL_CHANGE);
  ub_sector_map_set (map, 0, n / 2, UB_SECTOR_VERIFIED);
  ub_sector_map_set (map, n / 4, n / 16, UB_SECTOR_SAME);
  ub_sector_map_set (map, n / 2, 16, UB_SECTOR_ERASING);
  ub_sector_map_set (map, n - n / 16, n / 16, UB_SECTOR_KEPT);
}

/* No two neighbours alike: what no chip looks like. */
static void
fill_worst (UbSectorMap *map, guint n)
{
  for (guint i = 0; i < n; i++)
    ub_sector_map_set (map, i, 1, (UbSectorState) (i * 7 % UB_N_SECTOR_STATES));
}

static const Scene scenes[] = {
  { "not read yet", fill_unknown },     { "will change", fill_will_change },
  { "verified", fill_verified },        { "in mid-restore", fill_restoring },
  { "every cell differs", fill_worst },
};

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

static double
get_median (double *values, guint n)
{
  qsort (values, n, sizeof *values, compare);
  return values[n / 2];
}

/* Processor time of this thread, which other programs do not add to. */
static double
get_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1000 + (double) now.tv_nsec / 1000000;
}

/* One frame of @map: recorded as GTK records it, drawn onto an image as its cairo renderer draws it. */
static Frame
draw_frame (GtkWidget *map, cairo_surface_t *image)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  double start = get_ms ();
  Frame frame;
  GskRenderNode *node;
  cairo_t *cr;

  GTK_WIDGET_GET_CLASS (map)->snapshot (map, snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  frame.record_ms = get_ms () - start;

  start = get_ms ();
  cr = cairo_create (image);
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (image);
  frame.draw_ms = get_ms () - start;
  gsk_render_node_unref (node);
  return frame;
}

static void
measure (UbFlashMap *map, UbSectorMap *sectors, const Scene *scene, gboolean is_whole)
{
  GtkWidget *widget = GTK_WIDGET (map);
  const guint n = ub_sector_map_get_size (sectors);
  cairo_surface_t *image = cairo_image_surface_create (
      CAIRO_FORMAT_ARGB32, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  double record[N_FRAMES], draw[N_FRAMES];

  scene->fill (sectors, n);
  ub_flash_map_update (map);
  for (guint i = 0; i < N_FRAMES; i++) {
    UbSectorState state = ub_sector_map_get (sectors, i % n);
    Frame frame;

    if (is_whole)
      GTK_WIDGET_GET_CLASS (widget)->size_allocate (widget, gtk_widget_get_width (widget),
                                                    gtk_widget_get_height (widget), -1);
    ub_sector_map_set (sectors, i % n, 1, UB_SECTOR_FAILED);
    ub_flash_map_update (map);
    frame = draw_frame (widget, image);
    record[i] = frame.record_ms;
    draw[i] = frame.draw_ms;
    ub_sector_map_set (sectors, i % n, 1, state);
  }
  cairo_surface_destroy (image);
  printf ("%6u %-20s %-4s %9.3f %9.3f\n", n, scene->name, is_whole ? "all" : "one",
          get_median (record, N_FRAMES), get_median (draw, N_FRAMES));
}

static void
run (guint32 flash_size)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *map = ub_flash_map_new ();
  g_autoptr (UbSectorMap) sectors = ub_sector_map_new ();
  guint n = 0;
  const UbPartition *partitions = ub_flash_layout_get (UB_FAMILY_T, flash_size, &n);

  ub_sector_map_set_size (sectors, flash_size / SECTOR_SIZE);
  ub_flash_map_set_sector_map (UB_FLASH_MAP (map), sectors);
  ub_flash_map_set_partitions (UB_FLASH_MAP (map), partitions, n);
  gtk_widget_set_size_request (map, MAP_WIDTH, -1);
  gtk_window_set_child (GTK_WINDOW (window), map);
  gtk_window_present (GTK_WINDOW (window));
  while (gtk_widget_get_width (map) == 0)
    g_main_context_iteration (NULL, TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++) {
    measure (UB_FLASH_MAP (map), sectors, &scenes[i], TRUE);
    measure (UB_FLASH_MAP (map), sectors, &scenes[i], FALSE);
  }
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  adw_init ();
  printf ("Median of %d frames, in milliseconds of processor time, the map %d pixels wide\n\n",
          N_FRAMES, MAP_WIDTH);
  printf ("%6s %-20s %-4s %9s %9s\n", "sector", "scene", "new", "record", "draw");
  run (2 * 1024 * 1024);
  run (16 * 1024 * 1024);
  return 0;
}

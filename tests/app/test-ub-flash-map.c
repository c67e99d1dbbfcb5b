/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-flash-map-view.h"
#include "ub-flash-map.h"

#include <adwaita.h>

#define FLASH_SIZE (2 * 1024 * 1024)
#define N_SECTORS (FLASH_SIZE / 4096)
#define MAP_WIDTH 768

typedef struct {
  GtkWidget *window;
  GtkWidget *map;
  UbSectorMap *sectors;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer user_data)
{
  guint n = 0;
  const UbPartition *partitions = ub_flash_layout_get (UB_FAMILY_T, FLASH_SIZE, &n);

  fixture->window = gtk_window_new ();
  fixture->map = ub_flash_map_new ();
  fixture->sectors = ub_sector_map_new ();
  ub_sector_map_set_size (fixture->sectors, N_SECTORS);
  ub_flash_map_set_sector_map (UB_FLASH_MAP (fixture->map), fixture->sectors);
  ub_flash_map_set_partitions (UB_FLASH_MAP (fixture->map), partitions, n);
  gtk_widget_set_size_request (fixture->map, MAP_WIDTH, -1);
  gtk_window_set_child (GTK_WINDOW (fixture->window), fixture->map);
  gtk_window_present (GTK_WINDOW (fixture->window));
  while (gtk_widget_get_width (fixture->map) == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
tear_down (Fixture *fixture, gconstpointer user_data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  g_object_unref (fixture->sectors);
}

static GskRenderNode *
record (Fixture *fixture)
{
  GtkSnapshot *snapshot = gtk_snapshot_new ();

  GTK_WIDGET_GET_CLASS (fixture->map)->snapshot (fixture->map, snapshot);
  return gtk_snapshot_free_to_node (snapshot);
}

static GBytes *
draw (Fixture *fixture)
{
  GskRenderNode *node = record (fixture);
  const int width = gtk_widget_get_width (fixture->map),
            height = gtk_widget_get_height (fixture->map);
  cairo_surface_t *image = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t *cr = cairo_create (image);
  GBytes *bytes;

  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (image);
  bytes = g_bytes_new (cairo_image_surface_get_data (image),
                       (gsize) cairo_image_surface_get_stride (image) * (gsize) height);
  cairo_surface_destroy (image);
  gsk_render_node_unref (node);
  return bytes;
}

/* What was drawn before and is drawn again, found by its address. */
static guint
count_kept (GskRenderNode *before, GskRenderNode *after)
{
  guint n = 0;

  for (guint i = 0; i < gsk_container_node_get_n_children (after); i++) {
    for (guint j = 0; j < gsk_container_node_get_n_children (before); j++)
      n += gsk_container_node_get_child (after, i) == gsk_container_node_get_child (before, j);
  }
  return n;
}

/* A sector that changes costs one row: the others, outlines and names are the same nodes as before. */
static void
test_one_row (Fixture *fixture, gconstpointer user_data)
{
  GskRenderNode *before = record (fixture), *after;
  guint n = gsk_container_node_get_n_children (before);

  g_assert_cmpuint (n, >=, 8);
  ub_sector_map_set (fixture->sectors, 100, 1, UB_SECTOR_ERASING);
  ub_flash_map_update (UB_FLASH_MAP (fixture->map));
  after = record (fixture);
  g_assert_cmpuint (gsk_container_node_get_n_children (after), ==, n);
  g_assert_cmpuint (count_kept (before, after), ==, n - 1);
  gsk_render_node_unref (before);
  gsk_render_node_unref (after);
}

static void
resize (Fixture *fixture, int width)
{
  GTK_WIDGET_GET_CLASS (fixture->map)
      ->size_allocate (fixture->map, width, gtk_widget_get_height (fixture->map), -1);
}

/* However the states came about, one by one or all at once, the picture is the same. */
static void
test_same_picture (Fixture *fixture, gconstpointer user_data)
{
  g_autoptr (GBytes) empty = draw (fixture);
  g_autoptr (GBytes) changed = NULL, anew = NULL, narrow = NULL;

  for (guint i = 0; i < N_SECTORS; i += 5) {
    ub_sector_map_set (fixture->sectors, i, 3, (UbSectorState) (i % UB_N_SECTOR_STATES));
    ub_flash_map_update (UB_FLASH_MAP (fixture->map));
    g_bytes_unref (draw (fixture));
  }
  changed = draw (fixture);
  g_assert_false (g_bytes_equal (changed, empty));
  resize (fixture, MAP_WIDTH / 2);
  narrow = draw (fixture);
  g_assert_false (g_bytes_equal (narrow, changed));
  resize (fixture, MAP_WIDTH);
  anew = draw (fixture);
  g_assert_true (g_bytes_equal (anew, changed));
}

/* Light and dark are drawn in their own colours. */
static void
test_colors (Fixture *fixture, gconstpointer user_data)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  g_autoptr (GBytes) light = draw (fixture);
  g_autoptr (GBytes) dark = NULL;

  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_FORCE_DARK);
  dark = draw (fixture);
  g_assert_false (g_bytes_equal (light, dark));
  adw_style_manager_set_color_scheme (style, ADW_COLOR_SCHEME_DEFAULT);
}

static gboolean
is_listed (GtkWidget *widget, const char *text)
{
  if (!gtk_widget_get_visible (widget))
    return FALSE;
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_label (GTK_LABEL (widget)), text))
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    if (is_listed (child, text))
      return TRUE;
  }
  return FALSE;
}

/* What was on the map stays in its legend, which must not jump, until it is renewed. */
static void
test_legend (void)
{
  UbFlashMapView *view =
      UB_FLASH_MAP_VIEW (g_object_ref_sink (g_object_new (UB_TYPE_FLASH_MAP_VIEW, NULL)));
  g_autoptr (UbSectorMap) map = ub_sector_map_new ();

  ub_sector_map_set_size (map, N_SECTORS);
  ub_sector_map_set (map, 0, N_SECTORS, UB_SECTOR_DATA);
  ub_flash_map_view_set (view, map, UB_FAMILY_T, N_SECTORS * 4096);
  g_assert_true (is_listed (GTK_WIDGET (view), "Holds data"));
  g_assert_false (is_listed (GTK_WIDGET (view), "Verified"));
  ub_sector_map_set (map, 0, N_SECTORS, UB_SECTOR_VERIFIED);
  ub_flash_map_view_update (view);
  g_assert_true (is_listed (GTK_WIDGET (view), "Holds data"));
  g_assert_true (is_listed (GTK_WIDGET (view), "Verified"));
  ub_flash_map_view_renew_legend (view);
  g_assert_false (is_listed (GTK_WIDGET (view), "Holds data"));
  g_assert_true (is_listed (GTK_WIDGET (view), "Verified"));
  g_object_unref (view);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  adw_init ();

  /* GTK 4.18 warns of the size that is asked of the window. */
  g_log_set_always_fatal (G_LOG_LEVEL_CRITICAL | G_LOG_FATAL_MASK);
  g_test_add ("/flash-map/one-row", Fixture, NULL, set_up, test_one_row, tear_down);
  g_test_add ("/flash-map/same-picture", Fixture, NULL, set_up, test_same_picture, tear_down);
  g_test_add ("/flash-map/colors", Fixture, NULL, set_up, test_colors, tear_down);
  g_test_add_func ("/flash-map/legend", test_legend);

  return g_test_run ();
}

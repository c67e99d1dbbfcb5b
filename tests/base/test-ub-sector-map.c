/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-sector-map.h"

#include <string.h>

static void
test_states (void)
{
  g_autoptr (UbSectorMap) map = ub_sector_map_new ();
  guint8 states[8];
  guint serial;

  g_assert_cmpuint (ub_sector_map_get_size (map), ==, 0);
  ub_sector_map_set_size (map, 4);
  g_assert_cmpint (ub_sector_map_get (map, 3), ==, UB_SECTOR_UNKNOWN);

  serial = ub_sector_map_get_serial (map);
  ub_sector_map_set (map, 2, 100, UB_SECTOR_FAILED);
  g_assert_cmpuint (ub_sector_map_get_serial (map), !=, serial);
  ub_sector_map_set (map, 4, 1, UB_SECTOR_DATA);
  g_assert_cmpint (ub_sector_map_get (map, 4), ==, UB_SECTOR_UNKNOWN);

  g_assert_cmpuint (ub_sector_map_copy (map, states, sizeof states), ==, 4);
  g_assert_cmpint (states[1], ==, UB_SECTOR_UNKNOWN);
  g_assert_cmpint (states[2], ==, UB_SECTOR_FAILED);
  g_assert_cmpint (states[3], ==, UB_SECTOR_FAILED);
  g_assert_cmpuint (ub_sector_map_copy (map, states, 2), ==, 2);
}

static void
test_content (void)
{
  g_autoptr (UbSectorMap) map = ub_sector_map_new ();
  g_autofree guint8 *content = g_malloc (3 * 4096 + 1);

  memset (content, 0xFF, 3 * 4096 + 1);
  content[4096 + 4095] = 0xFE;
  memset (content + 2 * 4096, 0x00, 4096);
  ub_sector_map_set_size (map, 6);
  ub_sector_map_set_content (map, 1, content, 3 * 4096 + 1);

  g_assert_cmpint (ub_sector_map_get (map, 0), ==, UB_SECTOR_UNKNOWN);
  g_assert_cmpint (ub_sector_map_get (map, 1), ==, UB_SECTOR_BLANK);
  g_assert_cmpint (ub_sector_map_get (map, 2), ==, UB_SECTOR_DATA);
  g_assert_cmpint (ub_sector_map_get (map, 3), ==, UB_SECTOR_DATA);
  g_assert_cmpint (ub_sector_map_get (map, 4), ==, UB_SECTOR_BLANK);
  g_assert_cmpint (ub_sector_map_get (map, 5), ==, UB_SECTOR_UNKNOWN);
}

static void
test_titles (void)
{
  for (int state = 0; state < UB_N_SECTOR_STATES; state++)
    g_assert_cmpstr (ub_sector_state_get_title (state), !=, "");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sector-map/states", test_states);
  g_test_add_func ("/sector-map/content", test_content);
  g_test_add_func ("/sector-map/titles", test_titles);
  return g_test_run ();
}

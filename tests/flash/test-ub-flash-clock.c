/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "test-ub-flash-clock"

#include "config.h"

#include "ub-error.h"
#include "ub-flash.h"
#include "ub-test-wires.h"

static UbFlash *
new_flash (UbTestWires *wires, guint hz)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (ub_programmer_open (UB_PROGRAMMER (wires), &error));
  g_assert_true (ub_programmer_set_clock (UB_PROGRAMMER (wires), hz, NULL, &error));
  return ub_flash_new (UB_PROGRAMMER (wires), ub_flash_part_lookup (0x1C7015));
}

static guint
get_clock (UbFlash *flash)
{
  return ub_programmer_get_clock (ub_flash_get_programmer (flash));
}

/* At an eighth of the clock as many errors: it is set back, and stays. */
static void
test_helpless (void)
{
  g_autoptr (UbTestWires) wires = ub_test_wires_new (NULL, NULL);
  g_autoptr (UbFlash) flash = new_flash (wires, 12000000);
  g_autoptr (GError) error = NULL;
  guint lowest = 12000000, hz;

  do {
    ub_flash_count_readings (flash, 16, 2);
    if (!ub_flash_lower_clock (flash, &hz, &error))
      break;
    g_assert_cmpuint (hz, <, lowest);
    g_assert_cmpuint (hz, ==, get_clock (flash));
    lowest = hz;
  } while (lowest > 3000);

  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
  g_assert_cmpuint (lowest, ==, 1500000);
  g_assert_cmpuint (get_clock (flash), ==, 12000000);
  g_assert_true (ub_flash_is_clock_helpless (flash));

  g_clear_error (&error);
  ub_flash_count_readings (flash, 16, 2);
  g_assert_false (ub_flash_lower_clock (flash, &hz, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
  g_assert_cmpuint (get_clock (flash), ==, 12000000);
}

/* Fewer errors at lower clocks: on it goes, down to the lowest. */
static void
test_helps (void)
{
  g_autoptr (UbTestWires) wires = ub_test_wires_new (NULL, NULL);
  g_autoptr (UbFlash) flash = new_flash (wires, 12000000);
  g_autoptr (GError) error = NULL;

  ub_flash_count_readings (flash, 16, 4);
  while (ub_flash_lower_clock (flash, NULL, &error))
    ub_flash_count_readings (flash, 16, 1);
  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
  g_assert_cmpuint (get_clock (flash), ==, 3000);
  g_assert_false (ub_flash_is_clock_helpless (flash));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/flash-clock/helpless", test_helpless);
  g_test_add_func ("/flash-clock/helps", test_helps);

  return g_test_run ();
}

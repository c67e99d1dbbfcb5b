/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "job-tester.h"

#include "ub-flash-plan.h"
#include "ub-write-forecast.h"

#define CLOCK_HZ 6000000

static double
plan_whole (const UbFlashPart *part, GBytes *current, GBytes *wanted)
{
  g_autoptr (UbFlashPlan) plan = ub_flash_plan_new (
      part, g_bytes_get_data (current, NULL), g_bytes_get_data (wanted, NULL), NULL, 0, CLOCK_HZ);

  return ub_flash_plan_get_seconds (plan);
}

/* Whatever was thought in the beginning, the end of reading knows what the plan will say. */
static void
test_ends_at_the_plan (void)
{
  const UbFlashPart *part = ub_flash_part_lookup (0x1C7015);
  g_autoptr (GBytes) wanted = job_tester_make_firmware ();
  const struct {
    gsize offset, size;
  } differences[] = { { 0, BOOTLOADER_SIZE }, { 0x100000, 0x1000 }, { 0, 2 * MIB }, { 0, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (differences); i++) {
    g_autoptr (GBytes) current =
        job_tester_replace (wanted, differences[i].offset, differences[i].size, 0x00);
    g_autoptr (UbWriteForecast) forecast = ub_write_forecast_new (part, wanted, 2 * MIB, CLOCK_HZ);
    const guint8 *data = g_bytes_get_data (current, NULL);
    double plan_s;

    g_assert_cmpfloat (ub_write_forecast_get_seconds (forecast), >, 1);
    g_assert_false (ub_write_forecast_update (forecast, data, 1000));
    g_assert_true (ub_write_forecast_update (forecast, data, MIB));
    g_assert_false (ub_write_forecast_update (forecast, data, MIB / 2));
    g_assert_true (ub_write_forecast_update (forecast, data, 2 * MIB));
    /* Slices cannot be erased with the whole chip. */
    plan_s = plan_whole (part, current, wanted);
    g_assert_cmpfloat_with_epsilon (ub_write_forecast_get_seconds (forecast), plan_s,
                                    0.05 * plan_s + 0.05);
  }
}

/* A chip that proves right from the first slices on is not expected to differ much later. */
static void
test_learns (void)
{
  const UbFlashPart *part = ub_flash_part_lookup (0x1C7015);
  g_autoptr (GBytes) wanted = job_tester_make_firmware ();
  g_autoptr (UbWriteForecast) forecast = ub_write_forecast_new (part, wanted, 2 * MIB, CLOCK_HZ);
  double first = ub_write_forecast_get_seconds (forecast);

  ub_write_forecast_update (forecast, g_bytes_get_data (wanted, NULL), MIB / 4);
  g_assert_cmpfloat (ub_write_forecast_get_seconds (forecast), <, first / 4);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/write-forecast/ends-at-the-plan", test_ends_at_the_plan);
  g_test_add_func ("/write-forecast/learns", test_learns);
  return g_test_run ();
}

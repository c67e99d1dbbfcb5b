/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "flash-fixture.h"

#include <string.h>

/* How close to what is physically possible the engine comes, in virtual time. */

#define MHZ 1000000

static const UbFlashPart *
get_part (void)
{
  return ub_flash_part_lookup (0xC86515);
}

static double
get_seconds (FlashFixture *fixture, gint64 begun)
{
  return (double) (ub_programmer_get_time (fixture->programmer) - begun) / 1e6;
}

typedef struct {
  guint hz;
  guint latency_us;
  double max_backup;
  double max_restore;
} SpeedCase;

static const SpeedCase speed_cases[] = {
  { 3000, 0, 1.01, 1.05 },      { 30000, 0, 1.01, 1.05 },       { 100000, 0, 1.01, 1.05 },
  { MHZ, 0, 1.01, 1.05 },       { 3 * MHZ / 2, 0, 1.01, 1.05 }, { 6 * MHZ, 0, 1.01, 1.05 },
  { 12 * MHZ, 0, 1.01, 1.05 },  { 30 * MHZ, 0, 1.01, 1.05 },    { 6 * MHZ, 125, 1.05, 1.15 },
  { 6 * MHZ, 1000, 1.25, 1.5 }, { 30000, 1000, 1.05, 1.15 },
};

static void
test_backup (gconstpointer data)
{
  const SpeedCase *c = data;
  g_autofree guint8 *content = flash_image_new_tuya (1);
  g_autofree guint8 *buffer = g_malloc (FLASH_SIZE);
  g_autoptr (FlashFixture) fixture = flash_fixture_new (get_part (), content, c->hz, c->latency_us);
  g_autoptr (GError) error = NULL;
  gint64 begun = ub_programmer_get_time (fixture->programmer);
  double ratio;

  g_assert_true (ub_flash_read (fixture->flash, 0, buffer, FLASH_SIZE, NULL, &error));
  g_assert_no_error (error);
  ratio = get_seconds (fixture, begun) / flash_limit_of_read (c->hz, FLASH_SIZE);
  g_test_message ("%u Hz, %u µs: %.4f × the limit", c->hz, c->latency_us, ratio);
  g_assert_cmpfloat (ratio, <=, c->max_backup);
  g_assert_cmpmem (buffer, FLASH_SIZE, content, FLASH_SIZE);
}

/* From the end of connecting: rescue copy, plan, erase, program, read back. */
static void
check_restore (const SpeedCase *c, const guint8 *before, const guint8 *wanted)
{
  g_autofree guint8 *current = g_malloc (FLASH_SIZE);
  g_autoptr (FlashFixture) fixture = flash_fixture_new (get_part (), before, c->hz, c->latency_us);
  g_autoptr (UbFlashPlan) plan = ub_flash_plan_new (get_part (), before, wanted, NULL, 0, c->hz);
  double limit = flash_limit_of_read (c->hz, FLASH_SIZE) +
                 flash_limit_of_plan (get_part (), plan, wanted, c->hz);
  gint64 begun = ub_programmer_get_time (fixture->programmer);
  g_autoptr (GError) error = NULL;
  double ratio;

  g_assert_true (ub_flash_read (fixture->flash, 0, current, FLASH_SIZE, NULL, &error));
  g_assert_true (flash_fixture_restore (fixture, current, wanted, NULL, &error));
  g_assert_no_error (error);
  ratio = get_seconds (fixture, begun) / limit;
  g_test_message ("%u Hz, %u µs: %.4f × the limit of %.2f s", c->hz, c->latency_us, ratio, limit);
  g_assert_cmpfloat (ratio, <=, c->max_restore);
  flash_fixture_assert_content (fixture, wanted);
}

static void
test_restore_blank (gconstpointer data)
{
  g_autofree guint8 *blank = flash_image_new_blank ();
  g_autofree guint8 *wanted = flash_image_new_tuya (1);

  check_restore (data, blank, wanted);
}

static void
test_restore_tuya (gconstpointer data)
{
  g_autofree guint8 *wanted = flash_image_new_tuya (1);
  g_autofree guint8 *before = flash_image_new_openbeken_over (wanted, 2);

  check_restore (data, before, wanted);
}

static void
test_restore_other (gconstpointer data)
{
  g_autofree guint8 *wanted = flash_image_new_tuya (1);
  g_autofree guint8 *before = flash_image_new_tuya (1000);

  check_restore (data, before, wanted);
}

static void
test_restore_later (gconstpointer data)
{
  g_autofree guint8 *wanted = flash_image_new_tuya (1);
  g_autofree guint8 *before = flash_image_new_later (wanted, 2);

  check_restore (data, before, wanted);
}

static void
add_case (const char *name, const SpeedCase *c, GTestDataFunc func)
{
  g_autofree char *path = g_strdup_printf ("/flash/speed/%s/%u/%u", name, c->hz, c->latency_us);

  g_test_add_data_func (path, c, func);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (speed_cases); i++) {
    add_case ("backup", &speed_cases[i], test_backup);
    add_case ("restore-blank", &speed_cases[i], test_restore_blank);
    add_case ("restore-tuya", &speed_cases[i], test_restore_tuya);
    add_case ("restore-other", &speed_cases[i], test_restore_other);
    add_case ("restore-later", &speed_cases[i], test_restore_later);
  }

  return g_test_run ();
}

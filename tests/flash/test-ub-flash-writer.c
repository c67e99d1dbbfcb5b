/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "flash-fixture.h"

#include "ub-error.h"
#include "ub-flash-writer.h"

#include <string.h>

typedef struct {
  guint8 *tuya;
  guint8 *openbeken;
  guint8 *blank;
} Images;

static Images images;

/* Restores the Tuya image over OpenBeken, or what @error says; @current keeps what the writer thinks. */
static gboolean
restore (FlashFixture *fixture, guint8 **out_current, GError **error)
{
  guint8 *current = g_malloc (FLASH_SIZE);

  g_assert_true (ub_flash_read (fixture->flash, 0, current, FLASH_SIZE, NULL, NULL));
  *out_current = current;
  return flash_fixture_restore (fixture, current, images.tuya, NULL, error);
}

static guint
count_sectors (UbSectorMap *map, UbSectorState state)
{
  guint n = 0;

  for (guint i = 0; i < ub_sector_map_get_size (map); i++)
    n += ub_sector_map_get (map, i) == state;
  return n;
}

/* Every part in the table, with typical and with worst times. */
static void
test_every_part (gconstpointer data)
{
  UbSimTiming timing = GPOINTER_TO_INT (data);
  guint n_parts;
  const UbFlashPart *parts = ub_flash_part_get_table (&n_parts);

  for (guint i = 0; i < n_parts; i++) {
    g_autofree guint8 *before = g_malloc (parts[i].size);
    g_autofree guint8 *wanted = g_malloc (parts[i].size);
    g_autoptr (FlashFixture) fixture = NULL;
    g_autoptr (GError) error = NULL;

    /* The same in both beyond the size of the images. */
    memset (before, 0x5A, parts[i].size);
    memset (wanted, 0x5A, parts[i].size);
    memcpy (before, images.openbeken, MIN (parts[i].size, FLASH_SIZE));
    memcpy (wanted, images.tuya, MIN (parts[i].size, FLASH_SIZE));
    fixture = flash_fixture_new (&parts[i], before, 12000000, 125);
    ub_sim_chip_set_timing (fixture->chip, timing);
    g_assert_true (flash_fixture_restore (fixture, before, wanted, NULL, &error));
    g_assert_no_error (error);
    flash_fixture_assert_content (fixture, wanted);
    g_assert_cmpmem (before, parts[i].size, wanted, parts[i].size);
  }
}

static void
test_states_and_progress (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
  g_autoptr (UbProgress) progress = ub_progress_new ();
  g_autoptr (UbSectorMap) map = ub_sector_map_new ();
  g_autofree guint8 *current = g_memdup2 (images.openbeken, FLASH_SIZE);
  g_autoptr (UbFlashPlan) plan = ub_flash_plan_new (ub_flash_get_part (fixture->flash), current,
                                                    images.tuya, NULL, 0, 6000000);
  guint n_sectors = FLASH_SIZE / UB_SECTOR_SIZE;
  guint n_skipped = ub_flash_plan_get_n_sectors_skipped (plan);
  guint64 n_bytes = ub_flash_plan_get_n_bytes (plan);
  g_autoptr (GError) error = NULL;
  UbProgressState state;
  UbFlashCounters counters;
  gint64 begun = ub_programmer_get_time (fixture->programmer);
  double seconds;

  ub_sector_map_set_size (map, n_sectors);
  g_assert_cmpuint (n_bytes, ==, (n_sectors - n_skipped) * UB_SECTOR_SIZE);

  ub_progress_declare (progress, UB_PHASE_WRITE, ub_flash_plan_get_seconds (plan));
  ub_progress_begin (progress, UB_PHASE_WRITE, n_bytes, begun);
  ub_flash_set_observers (fixture->flash, progress, map);
  g_assert_true (ub_flash_writer_run (fixture->flash, plan, current, images.tuya, NULL, &error));
  g_assert_no_error (error);

  ub_progress_get_state (progress, &state);
  g_assert_cmpuint (state.bytes_done, ==, n_bytes);
  g_assert_cmpuint (count_sectors (map, UB_SECTOR_UNKNOWN), ==, n_skipped);
  g_assert_cmpuint (count_sectors (map, UB_SECTOR_VERIFIED), ==, n_sectors - n_skipped);

  ub_flash_get_counters (fixture->flash, &counters);
  g_assert_cmpuint (counters.retries, ==, 0);
  /* Those that were blank needed no erase. */
  g_assert_cmpuint (counters.sectors_erased, >, 200);
  g_assert_cmpuint (counters.sectors_erased, <, n_sectors - n_skipped);
  g_assert_cmpuint (counters.bytes_read, ==, n_bytes);

  /* What the plan promised is about what it took. */
  seconds = (double) (ub_programmer_get_time (fixture->programmer) - begun) / 1e6;
  g_assert_cmpfloat (seconds, >, 0.9 * ub_flash_plan_get_seconds (plan));
  g_assert_cmpfloat (seconds, <, 1.1 * ub_flash_plan_get_seconds (plan));
}

/* A second restore has nothing to do. */
static void
test_nothing_to_do (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.tuya);
  g_autofree guint8 *current = NULL;
  g_autoptr (GError) error = NULL;
  UbSimCounters counters;

  g_assert_true (restore (fixture, &current, &error));
  ub_sim_chip_get_counters (fixture->chip, &counters);
  g_assert_cmpuint (counters.pages, ==, 0);
  g_assert_cmpuint (counters.erases[0] + counters.erases[1] + counters.erases[2], ==, 0);
  /* Not even its write protection was touched. */
  g_assert_cmphex (ub_sim_chip_get_status (fixture->chip), ==,
                   ub_flash_get_part (fixture->flash)->running_status);
}

/* Commands that never reach the chip are noticed and repeated. */
static void
test_lies (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
  UbFaults faults = UB_NO_FAULTS;
  g_autofree guint8 *current = NULL;
  g_autoptr (GError) error = NULL;
  UbFlashCounters counters;

  faults.lie_rate = 0.01;
  flash_fixture_set_faults (fixture, &faults);
  g_assert_true (restore (fixture, &current, &error));
  g_assert_no_error (error);
  flash_fixture_assert_content (fixture, images.tuya);
  g_assert_cmpuint (ub_fault_programmer_get_lies (UB_FAULT_PROGRAMMER (fixture->faulty)), >, 10);
  ub_flash_get_counters (fixture->flash, &counters);
  g_assert_cmpuint (counters.retries, >, 10);
}

/* One dead sector is told by its address; all others are written. */
static void
test_stuck_sector (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.blank);
  g_autoptr (UbSectorMap) map = ub_sector_map_new ();
  g_autoptr (GBytes) content = NULL;
  UbFaults faults = UB_NO_FAULTS;
  g_autofree guint8 *current = NULL;
  g_autoptr (GError) error = NULL;
  const guint8 *bytes;

  faults.stuck_sector = 0x23;
  flash_fixture_set_faults (fixture, &faults);
  ub_sector_map_set_size (map, FLASH_SIZE / UB_SECTOR_SIZE);
  ub_flash_set_observers (fixture->flash, NULL, map);
  g_assert_false (restore (fixture, &current, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_VERIFY);
  g_assert_nonnull (strstr (error->message, "0x023000"));
  g_assert_cmpint (ub_sector_map_get (map, 0x23), ==, UB_SECTOR_FAILED);
  g_assert_cmpint (ub_sector_map_get (map, 0x24), ==, UB_SECTOR_VERIFIED);

  content = ub_sim_chip_dup_content (fixture->chip);
  bytes = g_bytes_get_data (content, NULL);
  g_assert_cmpmem (bytes, FLASH_SIZE, current, FLASH_SIZE);
  g_assert_cmpmem (bytes, 0x23000, images.tuya, 0x23000);
  g_assert_cmpmem (bytes + 0x24000, FLASH_SIZE - 0x24000, images.tuya + 0x24000,
                   FLASH_SIZE - 0x24000);
}

/* A chip that takes nothing at all is given up soon. */
static void
test_everything_stuck (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.blank);
  UbFaults faults = UB_NO_FAULTS;
  g_autofree guint8 *current = NULL;
  g_autoptr (GError) error = NULL;
  UbFlashCounters counters;

  faults.lie_rate = 1;
  flash_fixture_set_faults (fixture, &faults);
  g_assert_false (restore (fixture, &current, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_VERIFY);
  ub_flash_get_counters (fixture->flash, &counters);
  g_assert_cmpuint (counters.retries, <, 100);
  flash_fixture_assert_content (fixture, images.blank);
}

/* Bits that read wrong neither cause a rewrite nor end up anywhere; the clock comes down while there are any. */
static void
test_flips (void)
{
  g_autoptr (FlashFixture) fixture =
      flash_fixture_new (ub_flash_part_lookup (0x1C7015), images.openbeken, 12000000, 125);
  const UbFlashPart *part = ub_flash_get_part (fixture->flash);
  UbFaults faults = UB_NO_FAULTS;
  g_autofree guint8 *current = g_memdup2 (images.openbeken, FLASH_SIZE);
  g_autoptr (UbFlashPlan) plan =
      ub_flash_plan_new (part, images.openbeken, images.tuya, NULL, 0, 12000000);
  g_autoptr (GError) error = NULL;
  gint64 begun = ub_programmer_get_time (fixture->programmer);
  double seconds, limit;
  UbFlashCounters counters;
  guint n_pages;

  faults.flip_rate = 1e-6;
  faults.flips_above_hz = 2000000;
  flash_fixture_set_faults (fixture, &faults);
  g_assert_true (ub_flash_writer_run (fixture->flash, plan, current, images.tuya, NULL, &error));
  g_assert_no_error (error);
  flash_fixture_assert_content (fixture, images.tuya);
  g_assert_cmpuint (ub_programmer_get_clock (fixture->programmer), <, 12000000);
  g_assert_cmpuint (ub_programmer_get_clock (fixture->programmer), >=, 2000000);

  ub_flash_get_counters (fixture->flash, &counters);
  g_assert_cmpuint (counters.retries, >, 0);
  ub_flash_plan_get_pages (plan, &n_pages);
  g_assert_cmpuint (counters.bytes_programmed, <=, n_pages * UB_PAGE_SIZE);

  seconds = (double) (ub_programmer_get_time (fixture->programmer) - begun) / 1e6;
  limit = flash_limit_of_plan (part, plan, images.tuya, 2000000);
  g_test_message ("%.3f × the limit at 2 MHz; %u Hz at the end", seconds / limit,
                  ub_programmer_get_clock (fixture->programmer));
  g_assert_cmpfloat (seconds, <=, 1.5 * limit);
}

/* Ten times as many, at a clock the person insists on. */
static void
test_flips_at_fixed_clock (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
  UbFaults faults = UB_NO_FAULTS;
  g_autofree guint8 *current = g_memdup2 (images.openbeken, FLASH_SIZE);
  g_autoptr (GError) error = NULL;

  ub_programmer_set_fixed_clock (fixture->programmer, 6000000);
  faults.flip_rate = 1e-5;
  flash_fixture_set_faults (fixture, &faults);
  g_assert_true (flash_fixture_restore (fixture, current, images.tuya, NULL, &error));
  g_assert_no_error (error);
  flash_fixture_assert_content (fixture, images.tuya);
  g_assert_cmpuint (ub_programmer_get_clock (fixture->programmer), ==, 6000000);
}

/* Wires that go bad after connecting: the clock comes down to what they carry. */
static void
test_clock_too_high (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
  g_autofree guint8 *current = g_memdup2 (images.openbeken, FLASH_SIZE);
  UbFaults faults = UB_NO_FAULTS;
  g_autoptr (GError) error = NULL;

  faults.flip_rate = 1e-3;
  faults.flips_above_hz = 1000000;
  flash_fixture_set_faults (fixture, &faults);
  g_assert_true (flash_fixture_restore (fixture, current, images.tuya, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ub_programmer_get_clock (fixture->programmer), ==, 1000000);
  flash_fixture_assert_content (fixture, images.tuya);
}

/* At a fixed clock at which nothing reads alike twice there is no way on. */
static void
test_clock_too_high_and_fixed (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
  g_autofree guint8 *current = g_memdup2 (images.openbeken, FLASH_SIZE);
  UbFaults faults = UB_NO_FAULTS;
  g_autoptr (GError) error = NULL;

  ub_programmer_set_fixed_clock (fixture->programmer, 6000000);
  faults.flip_rate = 5e-3;
  flash_fixture_set_faults (fixture, &faults);
  g_assert_false (flash_fixture_restore (fixture, current, images.tuya, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
}

/* Loss of power in the middle of any erase or program: connecting again and the same job finish it. */
static void
test_power_loss (void)
{
  const guint64 moments[] = { 1, 2, 7, 60, 321, 1500, 3000 };

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++) {
    g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
    g_autoptr (FlashFixture) again = NULL;
    g_autoptr (GBytes) content = NULL;
    g_autofree guint8 *current = NULL;
    g_autofree guint8 *current_again = NULL;
    g_autoptr (GError) error = NULL;

    ub_sim_chip_set_power_loss_at (fixture->chip, moments[i]);
    g_assert_false (restore (fixture, &current, &error));
    g_assert_nonnull (error);
    g_clear_error (&error);

    content = ub_sim_chip_dup_content (fixture->chip);
    again = flash_fixture_new_default (g_bytes_get_data (content, NULL));
    g_assert_true (restore (again, &current_again, &error));
    g_assert_no_error (error);
    flash_fixture_assert_content (again, images.tuya);
  }
}

static void
test_unplug (void)
{
  const guint64 moments[] = { 1, 10, 100, 1000, 5000 };

  for (guint i = 0; i < G_N_ELEMENTS (moments); i++) {
    g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
    g_autofree guint8 *current = g_memdup2 (images.openbeken, FLASH_SIZE);
    UbFaults faults = UB_NO_FAULTS;
    g_autoptr (GError) error = NULL;

    faults.unplug_at =
        ub_fault_programmer_get_transactions (UB_FAULT_PROGRAMMER (fixture->faulty)) + moments[i];
    flash_fixture_set_faults (fixture, &faults);
    g_assert_false (flash_fixture_restore (fixture, current, images.tuya, NULL, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
  }
}

static void
cancel_after_exchanges (UbTestTamper *tamper)
{
  static guint n;

  if (++n % 50 == 0)
    g_cancellable_cancel (tamper->data);
}

/* Cancelled again and again, begun again each time: what was done stays done. */
static void
test_cancel (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
  g_autofree guint8 *current = g_memdup2 (images.openbeken, FLASH_SIZE);
  guint n_cancelled = 0;

  fixture->tamper->after_exchange = cancel_after_exchanges;
  for (;;) {
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GBytes) content = NULL;
    g_autoptr (GError) error = NULL;

    fixture->tamper->data = cancellable;
    if (flash_fixture_restore (fixture, current, images.tuya, cancellable, &error))
      break;
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    n_cancelled++;
    g_assert_cmpuint (n_cancelled, <, 100);

    /* The caller knows what the chip holds. */
    content = ub_sim_chip_dup_content (fixture->chip);
    g_assert_cmpmem (g_bytes_get_data (content, NULL), FLASH_SIZE, current, FLASH_SIZE);
  }
  g_assert_cmpuint (n_cancelled, >, 2);
  flash_fixture_assert_content (fixture, images.tuya);
}

/* The chip is told nothing while it may not be: cancelled from the beginning. */
static void
test_cancelled_before (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
  g_autofree guint8 *current = g_memdup2 (images.openbeken, FLASH_SIZE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_false (flash_fixture_restore (fixture, current, images.tuya, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  flash_fixture_assert_content (fixture, images.openbeken);
}

/* What is wrong on the chip although the plan thought otherwise is found by reading back. */
static void
test_wrong_idea_of_the_chip (void)
{
  g_autoptr (FlashFixture) fixture = flash_fixture_new_default (images.openbeken);
  g_autofree guint8 *current = g_memdup2 (images.blank, FLASH_SIZE);
  g_autoptr (GError) error = NULL;
  UbFlashPlan *plan;

  /* Three sectors, taken for blank, hold something else. */
  memcpy (current + 0x23000, images.openbeken + 0x23000, FLASH_SIZE - 0x23000);
  memcpy (current, images.tuya, 0x20000);
  plan = ub_flash_plan_new (ub_flash_get_part (fixture->flash), current, images.tuya, NULL, 0,
                            6000000);
  g_assert_true (ub_flash_writer_run (fixture->flash, plan, current, images.tuya, NULL, &error));
  g_assert_no_error (error);
  ub_flash_plan_free (plan);
  g_assert_cmpmem (current + 0x20000, FLASH_SIZE - 0x20000, images.tuya + 0x20000,
                   FLASH_SIZE - 0x20000);

  g_assert_true (ub_flash_read (fixture->flash, 0x20000, current, 0x3000, NULL, NULL));
  g_assert_cmpmem (current, 0x3000, images.tuya + 0x20000, 0x3000);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  images.tuya = flash_image_new_tuya (1);
  images.openbeken = flash_image_new_openbeken_over (images.tuya, 2);
  images.blank = flash_image_new_blank ();

  g_test_add_data_func ("/flash-writer/every-part/typical", GINT_TO_POINTER (UB_SIM_TIMING_TYPICAL),
                        test_every_part);
  g_test_add_data_func ("/flash-writer/every-part/worst", GINT_TO_POINTER (UB_SIM_TIMING_WORST),
                        test_every_part);
  g_test_add_func ("/flash-writer/states-and-progress", test_states_and_progress);
  g_test_add_func ("/flash-writer/nothing-to-do", test_nothing_to_do);
  g_test_add_func ("/flash-writer/lies", test_lies);
  g_test_add_func ("/flash-writer/stuck-sector", test_stuck_sector);
  g_test_add_func ("/flash-writer/everything-stuck", test_everything_stuck);
  g_test_add_func ("/flash-writer/flips", test_flips);
  g_test_add_func ("/flash-writer/flips-at-fixed-clock", test_flips_at_fixed_clock);
  g_test_add_func ("/flash-writer/clock-too-high", test_clock_too_high);
  g_test_add_func ("/flash-writer/clock-too-high/fixed", test_clock_too_high_and_fixed);
  g_test_add_func ("/flash-writer/power-loss", test_power_loss);
  g_test_add_func ("/flash-writer/unplug", test_unplug);
  g_test_add_func ("/flash-writer/cancel", test_cancel);
  g_test_add_func ("/flash-writer/cancelled-before", test_cancelled_before);
  g_test_add_func ("/flash-writer/wrong-idea-of-the-chip", test_wrong_idea_of_the_chip);

  result = g_test_run ();
  g_free (images.tuya);
  g_free (images.openbeken);
  g_free (images.blank);
  return result;
}

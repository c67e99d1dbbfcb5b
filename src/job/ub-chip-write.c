/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-chip-write"

#include "config.h"

#include "ub-chip-write.h"

#include "ub-clock-search.h"
#include "ub-flash-writer.h"
#include "ub-job-private.h"
#include "ub-proven-read.h"

#include <glib/gi18n.h>

/**
 * ub_chip_read_whole:
 * @job: a connected job with the phase of reading and, with a rescue copy, that of saving
 * @cancellable: (nullable): to stop
 * @error: return location for an error
 *
 * Reads and proves the whole chip, publishes what it holds, and saves the job's rescue copy, if it has one.
 *
 * Returns: (transfer full) (nullable): what the chip holds; %NULL when it could not be read, or the
 *   rescue copy is not complete on disk
 */
UbImageAnalysis *
ub_chip_read_whole (UbJob *job, GCancellable *cancellable, GError **error)
{
  UbRescueCopy *copy = ub_job_get_rescue_copy (job);
  gsize size = ub_job_get_part (job)->size;
  g_autofree guint8 *buffer = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL;

  if (copy != NULL && !ub_rescue_copy_check (copy, size, error))
    return NULL;

  buffer = g_malloc (size);
  if (!ub_proven_read_run (job, 0, buffer, size, FALSE, cancellable, error))
    return NULL;

  content = g_bytes_new_take (g_steal_pointer (&buffer), size);
  chip = ub_image_analysis_new_for_chip (content);
  ub_job_set_chip_analysis (job, chip);
  if (!ub_job_save_backup (job, chip, cancellable, error))
    return NULL;
  return g_steal_pointer (&chip);
}

static gboolean
is_preserved (guint32 address, const UbRange *preserved, guint n_preserved)
{
  for (guint i = 0; i < n_preserved; i++) {
    if (address >= preserved[i].address && address - preserved[i].address < preserved[i].size)
      return TRUE;
  }
  return FALSE;
}

/* Shows what will happen before it does. Returns how many sectors are preserved. */
static guint
mark_plan (UbJob *job,
           const guint8 *current,
           const guint8 *wanted,
           const UbRange *preserved,
           guint n_preserved)
{
  UbSectorMap *map = ub_job_get_sector_map (job);
  guint32 size = ub_job_get_part (job)->size;
  guint n_kept = 0;

  for (guint32 at = 0; at < size; at += UB_SECTOR_SIZE) {
    UbSectorState state = UB_SECTOR_WILL_CHANGE;

    if (is_preserved (at, preserved, n_preserved)) {
      state = UB_SECTOR_KEPT;
      n_kept++;
    } else if (memcmp (current + at, wanted + at, UB_SECTOR_SIZE) == 0) {
      state = UB_SECTOR_SAME;
    }
    ub_sector_map_set (map, at / UB_SECTOR_SIZE, 1, state);
  }
  return n_kept;
}

/* Whether the chip is still as it was, after the writer ended early. */
static gboolean
is_untouched (UbJob *job, const GError *error)
{
  UbFlashCounters counters;

  ub_flash_get_counters (ub_job_get_flash (job), &counters);
  if (counters.sectors_erased > 0 || counters.bytes_programmed > 0)
    return FALSE;
  /* Stopping happens between steps; after any other error the first step may have happened in part. */
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
tell_clock (UbJob *job, guint before)
{
  guint after = ub_programmer_get_clock (ub_job_get_programmer (job));
  g_autofree char *before_text = ub_clock_format (before);
  g_autofree char *after_text = ub_clock_format (after);

  if (after < before)
    ub_job_add_note (
        job,
        _ ("The clock was lowered from %s to %s while writing, because at first some sectors did "
           "not read back as they were written."),
        before_text, after_text);
}

static gboolean
run_plan (UbJob *job,
          UbFlashPlan *plan,
          guint8 *current,
          const guint8 *wanted,
          GCancellable *cancellable,
          GError **error)
{
  UbFlash *flash = ub_job_get_flash (job);
  UbJobReport *report = ub_job_edit_report (job);
  guint clock_hz = ub_programmer_get_clock (ub_job_get_programmer (job));
  GError *local_error = NULL;
  gboolean done;

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  /* The writer does so, too; but what goes wrong here has left the content as it was. */
  if (!ub_flash_unprotect (flash, error))
    return FALSE;

  done = ub_flash_writer_run (flash, plan, current, wanted, cancellable, &local_error);
  tell_clock (job, clock_hz);
  if (!done) {
    if (!is_untouched (job, local_error))
      report->module_state = UB_MODULE_PARTLY_WRITTEN;
    g_propagate_error (error, local_error);
    return FALSE;
  }
  report->module_state = UB_MODULE_DONE;
  return TRUE;
}

/**
 * ub_chip_write:
 * @job: a connected job
 * @phase: the declared phase this is
 * @current: (inout): what the whole chip holds, kept up to date
 * @wanted: what the whole chip shall hold
 * @preserved: (array length=n_preserved): ranges in which both are the same, and which are not touched
 * @n_preserved: their number
 * @cancellable: (nullable): stops at the next safe point
 * @error: return location for an error
 *
 * Plans, writes and verifies, and says in the report what state the module is in. A chip that holds what is
 * wanted already is not touched.
 *
 * Returns: whether the chip holds what is wanted
 */
gboolean
ub_chip_write (UbJob *job,
               UbPhase phase,
               guint8 *current,
               const guint8 *wanted,
               const UbRange *preserved,
               guint n_preserved,
               GCancellable *cancellable,
               GError **error)
{
  UbProgrammer *programmer = ub_job_get_programmer (job);
  g_autoptr (UbFlashPlan) plan =
      ub_flash_plan_new (ub_job_get_part (job), current, wanted, preserved, n_preserved,
                         ub_programmer_get_clock (programmer));
  guint n_kept = mark_plan (job, current, wanted, preserved, n_preserved);

  /* What is preserved is no part of the job, and the plan skips it, too. */
  ub_job_edit_report (job)->sectors_skipped = ub_flash_plan_get_n_sectors_skipped (plan) - n_kept;
  ub_job_declare (job, phase, ub_flash_plan_get_seconds (plan));
  ub_job_begin (job, phase, ub_flash_plan_get_n_bytes (plan));
  if (ub_flash_plan_get_n_units (plan) == 0)
    return TRUE;
  return run_plan (job, plan, current, wanted, cancellable, error);
}

/**
 * ub_chip_write_range:
 * @job: a connected job
 * @phase: the declared phase this is
 * @current: (inout): what the whole chip holds, kept up to date; outside @range it is not looked at
 * @wanted: what the whole chip shall hold, outside @range the same as @current
 * @range: whole sectors
 * @cancellable: (nullable): stops at the next safe point
 * @error: return location for an error
 *
 * Like ub_chip_write(), with everything outside @range preserved.
 *
 * Returns: whether the chip holds what is wanted
 */
gboolean
ub_chip_write_range (UbJob *job,
                     UbPhase phase,
                     guint8 *current,
                     const guint8 *wanted,
                     const UbRange *range,
                     GCancellable *cancellable,
                     GError **error)
{
  guint32 chip_size = ub_job_get_part (job)->size;
  guint32 end = range->address + range->size;
  const UbRange outside[] = { { 0, range->address }, { end, chip_size - end } };

  return ub_chip_write (job, phase, current, wanted, outside, G_N_ELEMENTS (outside), cancellable,
                        error);
}

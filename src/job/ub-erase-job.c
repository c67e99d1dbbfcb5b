/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-erase-job"

#include "config.h"

#include "ub-erase-job.h"

#include "ub-chip-write.h"
#include "ub-error.h"
#include "ub-job-private.h"
#include "ub-proven-read.h"

#include <glib/gi18n.h>
#include <inttypes.h>

/* Chip erase of a 2 MiB part, typically, and reading it back. */
#define EXPECTED_ERASE_SECONDS 12

/**
 * UbEraseJob:
 *
 * Erases the chip or a range of whole sectors and reads back that it is blank.
 */
struct _UbEraseJob {
  UbJob parent_instance;

  guint32 address;
  guint32 size; /* 0: up to the end of the chip */
};

G_DEFINE_FINAL_TYPE (UbEraseJob, ub_erase_job, UB_TYPE_JOB)

static gboolean
check_alignment (UbEraseJob *self, GError **error)
{
  guint64 begin = self->address / UB_SECTOR_SIZE * UB_SECTOR_SIZE;
  guint64 end =
      ((guint64) self->address + self->size + UB_SECTOR_SIZE - 1) / UB_SECTOR_SIZE * UB_SECTOR_SIZE;

  if (self->address % UB_SECTOR_SIZE == 0 && self->size % UB_SECTOR_SIZE == 0)
    return TRUE;
  if (self->size == 0)
    g_set_error (
        error, UB_ERROR, UB_ERROR_USAGE,
        _ ("flash is erased in sectors of 0x1000 bytes: begin at 0x%" PRIX64 " instead of 0x%X"),
        begin, self->address);
  else
    g_set_error (error, UB_ERROR, UB_ERROR_USAGE,
                 _ ("flash is erased in sectors of 0x1000 bytes: the whole sectors around this "
                    "range begin at 0x%" PRIX64 " and are 0x%" PRIX64 " bytes"),
                 begin, end - begin);
  return FALSE;
}

/* Looking first saves erases where a sector is read faster than erased; below that clock it would only
 * double the time, because what was erased is read back anyway. */
static gboolean
is_worth_reading (UbJob *job)
{
  const UbFlashPart *part = ub_job_get_part (job);
  guint clock_hz = MAX (ub_programmer_get_clock (ub_job_get_programmer (job)), 1);

  return (guint64) UB_SECTOR_SIZE * 8 * G_USEC_PER_SEC / clock_hz < part->erase[0].typical_us;
}

/* Fills @current for the range, or with zeros, for which every sector has to be erased. */
static gboolean
look (UbJob *job, guint8 *current, const UbRange *range, GCancellable *cancellable, GError **error)
{
  if (!is_worth_reading (job)) {
    memset (current + range->address, 0, range->size);
    return TRUE;
  }
  ub_job_declare_bytes (job, UB_PHASE_READ, range->size);
  ub_job_begin (job, UB_PHASE_READ, range->size);
  return ub_flash_read (ub_job_get_flash (job), range->address, current + range->address,
                        range->size, cancellable, error);
}

static void
tell_calibration (UbJob *job, UbImageAnalysis *chip, const UbRange *range)
{
  guint32 address, size;

  if (chip != NULL) {
    if (!ub_image_analysis_get_calibration (chip, &address, &size) || address < range->address ||
        address >= range->address + range->size)
      return;
  } else if (range->size < ub_job_get_part (job)->size) {
    return;
  }
  ub_job_add_note (job, _ ("RF calibration and MAC address of this module were erased with the "
                           "rest; only a backup of this module brings them back."));
}

static gboolean
erase (UbJob *job, const UbRange *range, GCancellable *cancellable, GError **error)
{
  gsize chip_size = ub_job_get_part (job)->size;
  g_autoptr (UbImageAnalysis) chip = NULL;
  g_autofree guint8 *current = g_malloc (chip_size);
  g_autofree guint8 *wanted = NULL;

  memset (current, 0xFF, chip_size);
  if (ub_job_get_rescue_copy (job) != NULL) {
    chip = ub_chip_read_whole (job, cancellable, error);
    if (chip == NULL)
      return FALSE;
    memcpy (current, g_bytes_get_data (ub_image_analysis_get_content (chip), NULL), chip_size);
  } else if (!look (job, current, range, cancellable, error)) {
    return FALSE;
  }

  wanted = g_memdup2 (current, chip_size);
  memset (wanted + range->address, 0xFF, range->size);
  if (!ub_chip_write_range (job, UB_PHASE_ERASE, current, wanted, range, cancellable, error))
    return FALSE;
  if (ub_job_edit_report (job)->module_state == UB_MODULE_UNTOUCHED)
    ub_job_add_note (job, _ ("The range was blank already; nothing was erased."));
  else
    tell_calibration (job, chip, range);
  return TRUE;
}

static gboolean
ub_erase_job_run (UbJob *job, GCancellable *cancellable, GError **error)
{
  UbEraseJob *self = UB_ERASE_JOB (job);
  UbRange range = { self->address, self->size };

  if (!check_alignment (self, error))
    return FALSE;
  ub_job_declare (job, UB_PHASE_ERASE, EXPECTED_ERASE_SECONDS);
  if (ub_job_get_rescue_copy (job) != NULL)
    ub_job_declare_bytes (job, UB_PHASE_READ, UB_JOB_USUAL_CHIP_SIZE);
  if (!ub_job_expect_backup (job, UB_JOB_USUAL_CHIP_SIZE, error) ||
      !ub_job_connect (job, cancellable, error))
    return FALSE;

  if (range.size == 0 && range.address < ub_job_get_part (job)->size)
    range.size = ub_job_get_part (job)->size - range.address;
  return ub_job_check_range (job, range.address, range.size, error) &&
         erase (job, &range, cancellable, error);
}

static void
ub_erase_job_class_init (UbEraseJobClass *klass)
{
  UB_JOB_CLASS (klass)->run = ub_erase_job_run;
}

static void
ub_erase_job_init (UbEraseJob *self)
{
}

/**
 * ub_erase_job_new:
 * @programmer: what to work through
 * @address: of the first byte, a multiple of 4096
 * @size: bytes, a multiple of 4096, or 0 for everything from @address on
 * @rescue_copy: (transfer full) (nullable): where the chip is saved first
 *
 * Returns: (transfer full): a job that erases, calibration included where it lies in the range
 */
UbJob *
ub_erase_job_new (UbProgrammer *programmer,
                  guint32 address,
                  guint32 size,
                  UbRescueCopy *rescue_copy)
{
  UbEraseJob *self;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), NULL);

  self = g_object_new (UB_TYPE_ERASE_JOB, NULL);
  ub_job_construct (UB_JOB (self), _ ("Erase"), programmer);
  self->address = address;
  self->size = size;
  ub_job_set_rescue_copy (UB_JOB (self), rescue_copy);
  return UB_JOB (self);
}

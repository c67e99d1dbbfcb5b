/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-restore-job"

#include "config.h"

#include "ub-restore-job.h"

#include "ub-chip-write.h"
#include "ub-error.h"
#include "ub-job-private.h"
#include "ub-proven-read.h"
#include "ub-write-forecast.h"

#include <glib/gi18n.h>

/* Before connecting: a Tuya backup over OpenBeken, 260 sectors of 50 to 90 ms and their pages. */
#define EXPECTED_WRITE_SECONDS 30

/**
 * UbRestoreJob:
 *
 * Writes a full image, a backup, bootloader + app, or a raw range: reads the chip, saves a rescue copy,
 * works out what the chip shall hold, and erases and programs what differs, verified.
 */
struct _UbRestoreJob {
  UbJob parent_instance;

  UbImageAnalysis *image; /* NULL for a raw range */
  UbImageAnalysis *bootloader; /* nullable */
  UbCompositionFlags flags;
  GBytes *bytes; /* of a raw range */
  guint32 address; /* of a raw range */
  UbWriteForecast *forecast; /* while the chip is read; nullable */
};

G_DEFINE_FINAL_TYPE (UbRestoreJob, ub_restore_job, UB_TYPE_JOB)

/* Tells what composition found, and what it kept of this module. */
static void
add_findings (UbJob *job, UbComposition *composition)
{
  for (guint i = 0; i < ub_composition_get_n_findings (composition); i++)
    ub_job_add_note (job, "%s", ub_composition_get_finding (composition, i)->text);
}

static void
set_digest (UbJob *job, GBytes *wanted)
{
  UbJobReport *report = ub_job_edit_report (job);

  if (report->sha256 == NULL)
    report->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, wanted);
}

static void
on_content_read (guint32 address, const guint8 *buffer, gsize n_done, gpointer user_data)
{
  UbRestoreJob *self = user_data;

  /* What is read a second time begins elsewhere, or is no news. */
  if (address == 0 && ub_write_forecast_update (self->forecast, buffer, n_done))
    ub_job_declare (UB_JOB (self), UB_PHASE_WRITE, ub_write_forecast_get_seconds (self->forecast));
}

/* What the files ask for over a blank chip: all that can be said before the chip was read. Nothing where that cannot
 * be composed; reading tells why. */
static void
start_forecast (UbRestoreJob *self)
{
  UbJob *job = UB_JOB (self);
  const UbFlashPart *part = ub_job_get_part (job);
  guint8 *blank = g_malloc (part->size);
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL;
  g_autoptr (UbComposition) draft = NULL;
  guint32 end = 0;

  memset (blank, 0xFF, part->size);
  bytes = g_bytes_new_take (blank, part->size);
  chip = ub_image_analysis_new_for_chip (bytes);
  draft = ub_composition_new (self->image, self->bootloader, chip, self->flags, NULL);
  if (draft == NULL)
    return;
  for (guint i = 0; i < ub_composition_get_n_written (draft); i++) {
    const UbRange *range = ub_composition_get_written (draft, i);

    end = MAX (end, range->address + range->size);
  }
  self->forecast = ub_write_forecast_new (part, ub_composition_get_wanted (draft), end,
                                          ub_programmer_get_clock (ub_job_get_programmer (job)));
  ub_job_declare (job, UB_PHASE_WRITE, ub_write_forecast_get_seconds (self->forecast));
  ub_flash_set_content_func (ub_job_get_flash (job), on_content_read, self);
}

static void
stop_forecast (UbRestoreJob *self)
{
  ub_flash_set_content_func (ub_job_get_flash (UB_JOB (self)), NULL, NULL);
  g_clear_pointer (&self->forecast, ub_write_forecast_free);
}

static gboolean
run_image (UbRestoreJob *self, GCancellable *cancellable, GError **error)
{
  UbJob *job = UB_JOB (self);
  g_autoptr (UbImageAnalysis) chip = NULL;
  g_autoptr (UbComposition) composition = NULL;
  g_autofree guint8 *current = NULL;
  const UbRange *kept = NULL;

  start_forecast (self);
  chip = ub_chip_read_whole (job, cancellable, error);
  stop_forecast (self);
  if (chip == NULL)
    return FALSE;

  composition = ub_composition_new (self->image, self->bootloader, chip, self->flags, error);
  if (composition == NULL)
    return FALSE;
  add_findings (job, composition);
  set_digest (job, ub_composition_get_wanted (composition));

  current = g_memdup2 (g_bytes_get_data (ub_image_analysis_get_content (chip), NULL),
                       ub_job_get_part (job)->size);
  if (ub_composition_get_n_kept (composition) > 0)
    kept = ub_composition_get_kept (composition, 0);
  return ub_chip_write (job, UB_PHASE_WRITE, current,
                        g_bytes_get_data (ub_composition_get_wanted (composition), NULL), kept,
                        ub_composition_get_n_kept (composition), cancellable, error);
}

static gboolean
run_range (UbRestoreJob *self, GCancellable *cancellable, GError **error)
{
  UbJob *job = UB_JOB (self);
  gsize chip_size = ub_job_get_part (job)->size;
  gsize n_bytes = g_bytes_get_size (self->bytes);
  g_autofree guint8 *chip = NULL;
  g_autofree guint8 *wanted = NULL;
  UbRange touched;

  if (!ub_job_check_range (job, self->address, n_bytes, error))
    return FALSE;
  touched.address = self->address / UB_SECTOR_SIZE * UB_SECTOR_SIZE;
  touched.size =
      (guint32) ((self->address + n_bytes + UB_SECTOR_SIZE - 1) / UB_SECTOR_SIZE * UB_SECTOR_SIZE) -
      touched.address;

  if (ub_job_get_rescue_copy (job) != NULL) {
    g_autoptr (UbImageAnalysis) analysis = ub_chip_read_whole (job, cancellable, error);

    if (analysis == NULL)
      return FALSE;
    chip = g_memdup2 (g_bytes_get_data (ub_image_analysis_get_content (analysis), NULL), chip_size);
  } else {
    chip = g_malloc (chip_size);
    memset (chip, 0xFF, chip_size);
    if (!ub_proven_read_run (job, touched.address, chip + touched.address, touched.size, FALSE,
                             cancellable, error))
      return FALSE;
  }

  wanted = g_memdup2 (chip, chip_size);
  memcpy (wanted + self->address, g_bytes_get_data (self->bytes, NULL), n_bytes);
  set_digest (job, self->bytes);
  return ub_chip_write_range (job, UB_PHASE_WRITE, chip, wanted, &touched, cancellable, error);
}

static gboolean
ub_restore_job_run (UbJob *job, GCancellable *cancellable, GError **error)
{
  UbRestoreJob *self = UB_RESTORE_JOB (job);
  gboolean is_range = self->image == NULL;
  gboolean reads_part = is_range && ub_job_get_rescue_copy (job) == NULL;

  if (!is_range && !ub_composition_check (self->image, self->bootloader, error))
    return FALSE;

  ub_job_declare_bytes (job, UB_PHASE_READ,
                        reads_part ? g_bytes_get_size (self->bytes) : UB_JOB_USUAL_CHIP_SIZE);
  ub_job_declare (job, UB_PHASE_WRITE, EXPECTED_WRITE_SECONDS);
  if (!ub_job_expect_backup (job, UB_JOB_USUAL_CHIP_SIZE, error) ||
      !ub_job_connect (job, cancellable, error))
    return FALSE;
  if (is_range ? !run_range (self, cancellable, error) : !run_image (self, cancellable, error))
    return FALSE;
  if (ub_job_edit_report (job)->module_state == UB_MODULE_UNTOUCHED)
    ub_job_add_note (job, _ ("The module held all of it already; nothing was written."));
  return TRUE;
}

static void
ub_restore_job_finalize (GObject *object)
{
  UbRestoreJob *self = UB_RESTORE_JOB (object);

  g_clear_object (&self->image);
  g_clear_object (&self->bootloader);
  g_clear_pointer (&self->bytes, g_bytes_unref);

  G_OBJECT_CLASS (ub_restore_job_parent_class)->finalize (object);
}

static void
ub_restore_job_class_init (UbRestoreJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_restore_job_finalize;
  UB_JOB_CLASS (klass)->run = ub_restore_job_run;
}

static void
ub_restore_job_init (UbRestoreJob *self)
{
}

/**
 * ub_restore_job_new:
 * @programmer: what to work through
 * @image: a full image or backup, or with @bootloader the app
 * @bootloader: (nullable): the file whose first 0x11000 bytes are taken
 * @flags: how to compose
 * @rescue_copy: (transfer full) (nullable): where the chip is saved before it is written
 *
 * Returns: (transfer full): a job that restores @image
 */
UbJob *
ub_restore_job_new (UbProgrammer *programmer,
                    UbImageAnalysis *image,
                    UbImageAnalysis *bootloader,
                    UbCompositionFlags flags,
                    UbRescueCopy *rescue_copy)
{
  UbRestoreJob *self;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), NULL);
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (image), NULL);

  self = g_object_new (UB_TYPE_RESTORE_JOB, NULL);
  ub_job_construct (UB_JOB (self), _ ("Restore"), programmer);
  self->image = g_object_ref (image);
  self->bootloader = bootloader != NULL ? g_object_ref (bootloader) : NULL;
  self->flags = flags;
  ub_job_set_rescue_copy (UB_JOB (self), rescue_copy);
  return UB_JOB (self);
}

/**
 * ub_restore_job_new_for_range:
 * @programmer: what to work through
 * @bytes: what to write, at least one byte
 * @address: where to
 * @rescue_copy: (transfer full) (nullable): where the chip is saved before it is written
 *
 * Returns: (transfer full): a job that writes @bytes as they are; neighbours in the same sectors are
 *   kept
 */
UbJob *
ub_restore_job_new_for_range (UbProgrammer *programmer,
                              GBytes *bytes,
                              guint32 address,
                              UbRescueCopy *rescue_copy)
{
  UbRestoreJob *self;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), NULL);
  g_return_val_if_fail (bytes != NULL && g_bytes_get_size (bytes) > 0, NULL);

  self = g_object_new (UB_TYPE_RESTORE_JOB, NULL);
  ub_job_construct (UB_JOB (self), _ ("Write Range"), programmer);
  self->bytes = g_bytes_ref (bytes);
  self->address = address;
  ub_job_set_rescue_copy (UB_JOB (self), rescue_copy);
  return UB_JOB (self);
}

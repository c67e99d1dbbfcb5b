/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-backup-job"

#include "config.h"

#include "ub-backup-job.h"

#include "ub-job-private.h"
#include "ub-proven-read.h"

#include <glib/gi18n.h>

/**
 * UbBackupJob:
 *
 * Reads the chip or a range of it, proves what was read, and saves it to a file that is complete on
 * disk or not there at all.
 */
struct _UbBackupJob {
  UbJob parent_instance;

  guint32 address;
  guint32 size; /* 0: up to the end of the chip */
  UbBackupFlags flags;
};

G_DEFINE_FINAL_TYPE (UbBackupJob, ub_backup_job, UB_TYPE_JOB)

static UbImageAnalysis *
analyse (UbBackupJob *self, GBytes *content)
{
  g_autoptr (UbImage) image = NULL;

  if (g_bytes_get_size (content) == ub_job_get_part (UB_JOB (self))->size)
    return ub_image_analysis_new_for_chip (content);
  image = ub_image_new (content, _ ("part of the chip"));
  return ub_image_analysis_new (image);
}

static gboolean
ub_backup_job_run (UbJob *job, GCancellable *cancellable, GError **error)
{
  UbBackupJob *self = UB_BACKUP_JOB (job);
  gboolean read_twice = (self->flags & UB_BACKUP_READ_TWICE) != 0;
  g_autofree guint8 *buffer = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL;
  gsize size = self->size != 0 ? self->size : UB_JOB_USUAL_CHIP_SIZE;

  ub_job_declare_bytes (job, UB_PHASE_READ, size);
  if (!ub_job_expect_backup (job, size, error) || !ub_job_connect (job, cancellable, error))
    return FALSE;

  size = self->size;
  if (size == 0 && self->address < ub_job_get_part (job)->size)
    size = ub_job_get_part (job)->size - self->address;
  if (!ub_job_check_range (job, self->address, size, error) ||
      !ub_rescue_copy_check (ub_job_get_rescue_copy (job), size, error))
    return FALSE;

  buffer = g_malloc (size);
  if (!ub_proven_read_run (job, self->address, buffer, size, read_twice, cancellable, error))
    return FALSE;

  content = g_bytes_new_take (g_steal_pointer (&buffer), size);
  chip = analyse (self, content);
  ub_job_set_chip_analysis (job, chip);
  if (ub_image_analysis_get_kind (chip) == UB_IMAGE_KIND_BLANK)
    ub_job_add_note (job, _ ("The flash is blank: there is no firmware in this backup."));
  return ub_job_save_backup (job, chip, cancellable, error);
}

static void
ub_backup_job_class_init (UbBackupJobClass *klass)
{
  UB_JOB_CLASS (klass)->run = ub_backup_job_run;
}

static void
ub_backup_job_init (UbBackupJob *self)
{
}

/**
 * ub_backup_job_new:
 * @programmer: what to work through
 * @file: where the backup goes; in a folder it gets a telling name
 * @flags: how
 *
 * Returns: (transfer full): a job that backs up the whole chip
 */
UbJob *
ub_backup_job_new (UbProgrammer *programmer, GFile *file, UbBackupFlags flags)
{
  return ub_backup_job_new_for_range (programmer, file, 0, 0, flags);
}

/**
 * ub_backup_job_new_for_range:
 * @programmer: what to work through
 * @file: where the backup goes; in a folder it gets a telling name
 * @address: of the first byte
 * @size: bytes, 0 for everything up to the end of the chip
 * @flags: how
 *
 * Returns: (transfer full): a job that backs up a range of the chip
 */
UbJob *
ub_backup_job_new_for_range (
    UbProgrammer *programmer, GFile *file, guint32 address, guint32 size, UbBackupFlags flags)
{
  UbBackupJob *self;
  UbRescueCopy *copy;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), NULL);
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_object_new (UB_TYPE_BACKUP_JOB, NULL);
  ub_job_construct (UB_JOB (self), _ ("Back Up"), programmer);
  self->address = address;
  self->size = size;
  self->flags = flags;
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY)
    copy = ub_rescue_copy_new_in_folder (file);
  else
    copy = ub_rescue_copy_new (file, (flags & UB_BACKUP_OVERWRITE) != 0);
  ub_job_set_rescue_copy (UB_JOB (self), copy);
  return UB_JOB (self);
}

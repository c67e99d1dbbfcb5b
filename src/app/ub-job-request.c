/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-job-request.h"

#include "ub-backup-job.h"
#include "ub-erase-job.h"
#include "ub-error.h"
#include "ub-restore-job.h"
#include "ub-verify-job.h"

#include <glib/gi18n.h>

/**
 * UbJobRequest:
 *
 * What the person asked for, with everything that is needed to make a job of it, as often as it is
 * tried, and the words that belong to it.
 */
struct _UbJobRequest {
  GObject parent_instance;

  UbJobKind kind;
  GFile *file; /* of a backup */
  GFile *backup_folder; /* of the rescue copy, NULL for none */
  UbImageAnalysis *image;
  UbImageAnalysis *bootloader;
  UbImage *raw; /* of a range */
  UbCompositionFlags flags;
  guint32 address;
  guint32 size;
};

G_DEFINE_FINAL_TYPE (UbJobRequest, ub_job_request, G_TYPE_OBJECT)

static void
ub_job_request_dispose (GObject *object)
{
  UbJobRequest *self = UB_JOB_REQUEST (object);

  g_clear_object (&self->file);
  g_clear_object (&self->backup_folder);
  g_clear_object (&self->image);
  g_clear_object (&self->bootloader);
  g_clear_object (&self->raw);

  G_OBJECT_CLASS (ub_job_request_parent_class)->dispose (object);
}

static void
ub_job_request_class_init (UbJobRequestClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ub_job_request_dispose;
}

static void
ub_job_request_init (UbJobRequest *self)
{
}

static UbJobRequest *
new_request (UbJobKind kind, GFile *file, GFile *backup_folder)
{
  UbJobRequest *self = g_object_new (UB_TYPE_JOB_REQUEST, NULL);

  self->kind = kind;
  g_set_object (&self->file, file);
  g_set_object (&self->backup_folder, backup_folder);
  return self;
}

/**
 * ub_job_request_new_backup:
 * @file: where the backup goes; the person agreed to replace it if it exists
 *
 * Returns: (transfer full): a request to read the whole chip
 */
UbJobRequest *
ub_job_request_new_backup (GFile *file)
{
  return new_request (UB_JOB_KIND_BACKUP, file, NULL);
}

/**
 * ub_job_request_new_read:
 * @file: where the range goes; the person agreed to replace it if it exists
 * @address: on the chip
 * @size: bytes
 *
 * Returns: (transfer full): a request to read a range
 */
UbJobRequest *
ub_job_request_new_read (GFile *file, guint32 address, guint32 size)
{
  UbJobRequest *self = new_request (UB_JOB_KIND_READ, file, NULL);

  self->address = address;
  self->size = size;
  return self;
}

/**
 * ub_job_request_new_restore:
 * @image: a full image, or the app
 * @bootloader: (nullable): the bootloader donor when @image is the app
 * @flags: what to overwrite
 * @backup_folder: (nullable): where the rescue copy goes, %NULL for none
 *
 * Returns: (transfer full): a request to restore
 */
UbJobRequest *
ub_job_request_new_restore (UbImageAnalysis *image,
                            UbImageAnalysis *bootloader,
                            UbCompositionFlags flags,
                            GFile *backup_folder)
{
  UbJobRequest *self = new_request (UB_JOB_KIND_RESTORE, NULL, backup_folder);

  g_set_object (&self->image, image);
  g_set_object (&self->bootloader, bootloader);
  self->flags = flags;
  return self;
}

/**
 * ub_job_request_new_write:
 * @image: the bytes
 * @address: on the chip
 * @backup_folder: (nullable): where the rescue copy goes, %NULL for none
 *
 * Returns: (transfer full): a request to write a range as it is
 */
UbJobRequest *
ub_job_request_new_write (UbImage *image, guint32 address, GFile *backup_folder)
{
  UbJobRequest *self = new_request (UB_JOB_KIND_WRITE, NULL, backup_folder);

  g_set_object (&self->raw, image);
  self->address = address;
  return self;
}

/**
 * ub_job_request_new_verify:
 * @image: what the module should hold
 *
 * Returns: (transfer full): a request to compare
 */
UbJobRequest *
ub_job_request_new_verify (UbImageAnalysis *image)
{
  UbJobRequest *self = new_request (UB_JOB_KIND_VERIFY, NULL, NULL);

  g_set_object (&self->image, image);
  return self;
}

/**
 * ub_job_request_new_erase:
 * @address: on the chip
 * @size: bytes, 0 for everything from @address on
 * @backup_folder: (nullable): where the rescue copy goes, %NULL for none
 *
 * Returns: (transfer full): a request to erase
 */
UbJobRequest *
ub_job_request_new_erase (guint32 address, guint32 size, GFile *backup_folder)
{
  UbJobRequest *self = new_request (UB_JOB_KIND_ERASE, NULL, backup_folder);

  self->address = address;
  self->size = size;
  return self;
}

/**
 * ub_job_request_create_job:
 * @self: a request
 * @programmer: the programmer to do it with
 *
 * Returns: (transfer full): a job, to be run once
 */
UbJob *
ub_job_request_create_job (UbJobRequest *self, UbProgrammer *programmer)
{
  UbRescueCopy *rescue = NULL;

  g_return_val_if_fail (UB_IS_JOB_REQUEST (self), NULL);

  if (self->backup_folder != NULL)
    rescue = ub_rescue_copy_new_in_folder (self->backup_folder);
  switch (self->kind) {
  case UB_JOB_KIND_BACKUP:
    return ub_backup_job_new (programmer, self->file, UB_BACKUP_OVERWRITE);
  case UB_JOB_KIND_READ:
    return ub_backup_job_new_for_range (programmer, self->file, self->address, self->size,
                                        UB_BACKUP_OVERWRITE);
  case UB_JOB_KIND_RESTORE:
    return ub_restore_job_new (programmer, self->image, self->bootloader, self->flags, rescue);
  case UB_JOB_KIND_WRITE:
    return ub_restore_job_new_for_range (programmer, ub_image_get_bytes (self->raw), self->address,
                                         rescue);
  case UB_JOB_KIND_VERIFY:
    return ub_verify_job_new (programmer, self->image, -1);
  case UB_JOB_KIND_ERASE:
    return ub_erase_job_new (programmer, self->address, self->size, rescue);
  }
  g_return_val_if_reached (NULL);
}

/**
 * ub_job_request_get_kind:
 * @self: a request
 *
 * Returns: what was asked for
 */
UbJobKind
ub_job_request_get_kind (UbJobRequest *self)
{
  return self->kind;
}

/**
 * ub_job_request_writes:
 * @self: a request
 *
 * Returns: whether it changes the module
 */
gboolean
ub_job_request_writes (UbJobRequest *self)
{
  return self->kind == UB_JOB_KIND_RESTORE || self->kind == UB_JOB_KIND_WRITE ||
         self->kind == UB_JOB_KIND_ERASE;
}

/**
 * ub_job_request_get_backup_folder:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): where its rescue copy goes
 */
GFile *
ub_job_request_get_backup_folder (UbJobRequest *self)
{
  return self->backup_folder;
}

/**
 * ub_job_request_get_image:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the image to restore or to compare with; the app where there is a bootloader
 *   donor, too
 */
UbImageAnalysis *
ub_job_request_get_image (UbJobRequest *self)
{
  return self->image;
}

/**
 * ub_job_request_get_raw:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the file that is written to a range as it is
 */
UbImage *
ub_job_request_get_raw (UbJobRequest *self)
{
  return self->raw;
}

/**
 * ub_job_request_get_bootloader:
 * @self: a request
 *
 * Returns: (transfer none) (nullable): the bootloader donor
 */
UbImageAnalysis *
ub_job_request_get_bootloader (UbJobRequest *self)
{
  return self->bootloader;
}

/**
 * ub_job_request_get_title:
 * @self: a request
 *
 * Returns: (transfer none): what is going on, translated
 */
const char *
ub_job_request_get_title (UbJobRequest *self)
{
  switch (self->kind) {
  case UB_JOB_KIND_BACKUP:
    return _ ("Backing Up the Module");
  case UB_JOB_KIND_READ:
    return _ ("Reading a Range");
  case UB_JOB_KIND_RESTORE:
    return _ ("Restoring the Module");
  case UB_JOB_KIND_WRITE:
    return _ ("Writing a Range");
  case UB_JOB_KIND_VERIFY:
    return _ ("Verifying the Module");
  case UB_JOB_KIND_ERASE:
    return _ ("Erasing the Module");
  }
  return "";
}

/**
 * ub_job_request_get_done_title:
 * @self: a request
 *
 * Returns: (transfer none): the headline of success, translated
 */
const char *
ub_job_request_get_done_title (UbJobRequest *self)
{
  switch (self->kind) {
  case UB_JOB_KIND_BACKUP:
    return _ ("Backup Saved");
  case UB_JOB_KIND_READ:
    return _ ("Range Saved");
  case UB_JOB_KIND_RESTORE:
    return _ ("Module Restored");
  case UB_JOB_KIND_WRITE:
    return _ ("Range Written");
  case UB_JOB_KIND_VERIFY:
    return _ ("Module Holds This Image");
  case UB_JOB_KIND_ERASE:
    return self->size == 0 && self->address == 0 ? _ ("Module Erased") : _ ("Range Erased");
  }
  return "";
}

/**
 * ub_job_request_get_failed_title:
 * @self: a request
 * @error: how it ended
 *
 * Returns: (transfer none): the headline of a failure, translated
 */
const char *
ub_job_request_get_failed_title (UbJobRequest *self, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return _ ("Stopped");
  if (g_error_matches (error, UB_ERROR, UB_ERROR_DIFFERENT))
    return _ ("The Module Differs From the Image");
  switch (self->kind) {
  case UB_JOB_KIND_BACKUP:
    return _ ("The Backup Did Not Succeed");
  case UB_JOB_KIND_READ:
    return _ ("The Range Could Not Be Read");
  case UB_JOB_KIND_RESTORE:
    return _ ("The Module Is Not Restored Yet");
  case UB_JOB_KIND_WRITE:
    return _ ("The Range Is Not Written Yet");
  case UB_JOB_KIND_VERIFY:
    return _ ("The Comparison Did Not Succeed");
  case UB_JOB_KIND_ERASE:
    return _ ("The Module Is Not Erased Yet");
  }
  return "";
}

/**
 * ub_job_request_get_stop_text:
 * @self: a request
 *
 * Returns: (transfer none): what stopping now leaves behind, translated
 */
const char *
ub_job_request_get_stop_text (UbJobRequest *self)
{
  switch (self->kind) {
  case UB_JOB_KIND_BACKUP:
  case UB_JOB_KIND_READ:
    return _ ("Nothing on the module changes. No file is left behind.");
  case UB_JOB_KIND_VERIFY:
    return _ ("Nothing on the module changes.");
  case UB_JOB_KIND_RESTORE:
  case UB_JOB_KIND_WRITE:
    return _ ("Some sectors will hold the new content and some the old, so the module will "
              "probably not start. It stays recoverable: repeat the job, and it continues where "
              "it stopped.");
  case UB_JOB_KIND_ERASE:
    return _ ("Some sectors will be erased and some not, so the module will probably not start. "
              "It stays recoverable.");
  }
  return "";
}

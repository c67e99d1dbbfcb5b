/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-verify-job"

#include "config.h"

#include "ub-verify-job.h"

#include "ub-clock-search.h"
#include "ub-error.h"
#include "ub-flash-layout.h"
#include "ub-job-private.h"
#include "ub-range.h"

#include <glib/gi18n.h>

/* So many differing sectors are read again, to tell a noisy wire from a different module; when they all
 * really differ, so do the others. */
#define MAX_CONFIRMED 16

/* Readings of one differing sector before the wires are given up. */
#define MAX_READINGS 8

/* Ranges of differing sectors that the report lists. */
#define MAX_LISTED 8

/**
 * UbVerifyJob:
 *
 * Compares the chip with an image.
 */
struct _UbVerifyJob {
  UbJob parent_instance;

  UbImageAnalysis *image;
  gint64 address; /* -1: where images of this kind belong */
};

G_DEFINE_FINAL_TYPE (UbVerifyJob, ub_verify_job, UB_TYPE_JOB)

typedef struct {
  UbJob *job;
  guint32 address;
  const guint8 *wanted;
  guint8 *content;
  gsize size;
  guint n_sectors; /* 4 KiB steps from @address on */
  guint n_differing;
  gsize first_difference; /* offset in @wanted */
  guint clock_hz; /* of the first reading */
} Comparison;

static gsize
get_step_size (const Comparison *comparison, guint index)
{
  return MIN (UB_SECTOR_SIZE, comparison->size - (gsize) index * UB_SECTOR_SIZE);
}

static gboolean
is_same (const Comparison *comparison, guint index)
{
  gsize offset = (gsize) index * UB_SECTOR_SIZE;

  return memcmp (comparison->wanted + offset, comparison->content + offset,
                 get_step_size (comparison, index)) == 0;
}

/* Readings differ from each other: slower, where that is possible. */
static gboolean
step_down (Comparison *comparison, GError **error)
{
  g_autofree char *after = NULL;
  g_autoptr (GError) local_error = NULL;
  guint hz;

  if (ub_flash_lower_clock (ub_job_get_flash (comparison->job), &hz, &local_error)) {
    after = ub_clock_format (hz);
    ub_job_add_note (comparison->job,
                     _ ("The clock was lowered to %s, because the same sector read differently "
                        "twice."),
                     after);
    return TRUE;
  }
  if (g_error_matches (local_error, UB_ERROR, UB_ERROR_UNSTABLE))
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

/* Reads a differing sector again until it equals the image or reads the same twice. */
static gboolean
confirm (Comparison *comparison, guint index, GCancellable *cancellable, GError **error)
{
  UbFlash *flash = ub_job_get_flash (comparison->job);
  guint8 again[UB_SECTOR_SIZE];
  gsize offset = (gsize) index * UB_SECTOR_SIZE;
  gsize size = get_step_size (comparison, index);

  for (guint i = 0; i < MAX_READINGS; i++) {
    gboolean differs, is_comparable;

    ub_progress_extend (ub_job_get_progress (comparison->job), size);
    if (!ub_flash_read (flash, comparison->address + (guint32) offset, again, size, cancellable,
                        error))
      return FALSE;
    differs = memcmp (again, comparison->content + offset, size) != 0;
    /* A reading that was wrong at a higher clock says nothing about the one in use now. */
    is_comparable = i > 0 || ub_programmer_get_clock (ub_job_get_programmer (comparison->job)) >=
                                 comparison->clock_hz;
    ub_flash_count_readings (flash, 1, differs && is_comparable ? 1 : 0);
    if (!differs)
      return TRUE;
    memcpy (comparison->content + offset, again, size);
    ub_job_edit_report (comparison->job)->retries++;
    if (is_comparable && !step_down (comparison, error))
      return FALSE;
    if (is_same (comparison, index))
      return TRUE;
  }
  g_set_error (error, UB_ERROR, UB_ERROR_UNSTABLE,
               _ ("the sector at 0x%06X reads differently each time"),
               comparison->address + (guint32) offset);
  return FALSE;
}

static gboolean
compare (Comparison *comparison, GCancellable *cancellable, GError **error)
{
  UbSectorMap *map = ub_job_get_sector_map (comparison->job);
  guint first_sector = comparison->address / UB_SECTOR_SIZE;

  for (guint i = 0; i < comparison->n_sectors; i++) {
    gsize offset = (gsize) i * UB_SECTOR_SIZE;

    if (!is_same (comparison, i) && comparison->n_differing < MAX_CONFIRMED &&
        !confirm (comparison, i, cancellable, error))
      return FALSE;
    if (is_same (comparison, i)) {
      ub_sector_map_set (map, first_sector + i, 1, UB_SECTOR_VERIFIED);
      continue;
    }
    ub_sector_map_set (map, first_sector + i, 1, UB_SECTOR_FAILED);
    if (comparison->n_differing++ == 0) {
      comparison->first_difference = offset;
      while (comparison->wanted[comparison->first_difference] ==
             comparison->content[comparison->first_difference])
        comparison->first_difference++;
    }
  }
  return TRUE;
}

static void
list_differences (Comparison *comparison)
{
  guint n_listed = 0;

  for (guint i = 0; i < comparison->n_sectors && n_listed < MAX_LISTED;) {
    guint first = i;

    if (is_same (comparison, i)) {
      i++;
      continue;
    }
    while (i < comparison->n_sectors && !is_same (comparison, i))
      i++;
    ub_job_add_note (comparison->job, _ ("Different: 0x%06X to 0x%06X."),
                     comparison->address + first * UB_SECTOR_SIZE,
                     comparison->address +
                         (guint32) MIN ((gsize) i * UB_SECTOR_SIZE, comparison->size));
    n_listed++;
  }
}

/* A module that kept its own calibration differs from a foreign backup there, and that is right. */
static gboolean
differs_only_in_calibration (UbVerifyJob *self, Comparison *comparison)
{
  guint32 address, size;

  if (!ub_image_analysis_get_calibration (self->image, &address, &size))
    return FALSE;
  for (guint i = 0; i < comparison->n_sectors; i++) {
    guint64 at = (guint64) comparison->address + (guint64) i * UB_SECTOR_SIZE;

    if (!is_same (comparison, i) && (at < address || at >= (guint64) address + MAX (size, 1)))
      return FALSE;
  }
  return TRUE;
}

static gboolean
conclude (UbVerifyJob *self, Comparison *comparison, GError **error)
{
  gsize at = comparison->first_difference;

  if (comparison->n_differing == 0)
    return TRUE;

  ub_job_add_note (comparison->job, _ ("First at 0x%06X: the module holds %02X instead of %02X."),
                   comparison->address + (guint32) at, comparison->content[at],
                   comparison->wanted[at]);
  list_differences (comparison);
  if (differs_only_in_calibration (self, comparison))
    ub_job_add_note (comparison->job,
                     _ ("Only RF calibration and MAC address differ: the module kept its own."));
  g_set_error (error, UB_ERROR, UB_ERROR_DIFFERENT,
               g_dngettext (GETTEXT_PACKAGE, "%u of %u sectors differs from the image",
                            "%u of %u sectors differ from the image", comparison->n_differing),
               comparison->n_differing, comparison->n_sectors);
  return FALSE;
}

static gboolean
ub_verify_job_run (UbJob *job, GCancellable *cancellable, GError **error)
{
  UbVerifyJob *self = UB_VERIFY_JOB (job);
  /* As it was given for a raw range, turned the right way round otherwise. */
  GBytes *bytes = self->address >= 0
                      ? ub_image_get_bytes (ub_image_analysis_get_image (self->image))
                      : ub_image_analysis_get_content (self->image);
  guint32 address =
      self->address >= 0 ? (guint32) self->address : ub_image_analysis_get_address (self->image);
  Comparison comparison = { .job = job, .address = address };
  g_autofree guint8 *content = NULL;

  comparison.wanted = g_bytes_get_data (bytes, &comparison.size);
  ub_job_declare_bytes (job, UB_PHASE_VERIFY, comparison.size);
  if (!ub_job_connect (job, cancellable, error) ||
      !ub_job_check_range (job, address, comparison.size, error))
    return FALSE;

  ub_job_declare_bytes (job, UB_PHASE_VERIFY, comparison.size);
  ub_job_begin (job, UB_PHASE_VERIFY, comparison.size);
  comparison.content = content = g_malloc (comparison.size);
  comparison.clock_hz = ub_programmer_get_clock (ub_job_get_programmer (job));
  comparison.n_sectors = (guint) ((comparison.size + UB_SECTOR_SIZE - 1) / UB_SECTOR_SIZE);
  if (!ub_flash_read (ub_job_get_flash (job), address, content, comparison.size, cancellable,
                      error) ||
      !compare (&comparison, cancellable, error))
    return FALSE;

  ub_job_edit_report (job)->sha256 =
      g_compute_checksum_for_data (G_CHECKSUM_SHA256, content, comparison.size);
  ub_job_edit_report (job)->family = ub_image_analysis_get_family (self->image);
  return conclude (self, &comparison, error);
}

static void
ub_verify_job_finalize (GObject *object)
{
  g_clear_object (&UB_VERIFY_JOB (object)->image);

  G_OBJECT_CLASS (ub_verify_job_parent_class)->finalize (object);
}

static void
ub_verify_job_class_init (UbVerifyJobClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_verify_job_finalize;
  UB_JOB_CLASS (klass)->run = ub_verify_job_run;
}

static void
ub_verify_job_init (UbVerifyJob *self)
{
}

/**
 * ub_verify_job_new:
 * @programmer: what to work through
 * @image: what the chip shall hold
 * @address: where @image begins on the chip, then it is compared as it is; or -1 for where images of
 *   its kind belong, then a rotated backup is turned the right way round first
 *
 * Returns: (transfer full): a job that compares; different is %UB_ERROR_DIFFERENT
 */
UbJob *
ub_verify_job_new (UbProgrammer *programmer, UbImageAnalysis *image, gint64 address)
{
  UbVerifyJob *self;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), NULL);
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (image), NULL);
  g_return_val_if_fail (address >= -1 && address <= G_MAXUINT32, NULL);

  self = g_object_new (UB_TYPE_VERIFY_JOB, NULL);
  ub_job_construct (UB_JOB (self), _ ("Verify"), programmer);
  self->image = g_object_ref (image);
  self->address = address;
  return UB_JOB (self);
}

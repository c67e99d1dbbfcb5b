/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-probe-job"

#include "config.h"

#include "ub-probe-job.h"

#include "ub-job-private.h"
#include "ub-range.h"

#include <glib/gi18n.h>

/* A look must not keep anybody waiting; what takes longer is read in part. */
#define MAX_WHOLE_SECONDS 20

/* At this clock the bootloader alone takes 5.6 s; below it, less of it is read. */
#define MIN_QUICK_CLOCK_HZ 100000

/**
 * UbProbeJob:
 *
 * Connects, identifies the flash, and looks at what is on it. Changes nothing.
 */
struct _UbProbeJob {
  UbJob parent_instance;

  UbProbeDepth depth;
};

G_DEFINE_FINAL_TYPE (UbProbeJob, ub_probe_job, UB_TYPE_JOB)

/* The bootloader with its partition table, the beginning of the app and its RBL header, and both places of
 * calibration and MAC address: BK7231N 0x1D0000, BK7231T 0x1E0000. Code in whole CRC blocks of 34 bytes. */
static const UbRange quick_ranges[] = {
  { 0x000000, 0x11000 }, { 0x011000, 0xFF0 },  { 0x129008, 0xFF0 },
  { 0x1D0000, 0x1000 },  { 0x1E0000, 0x1000 },
};

#define QUICK_SIZE 0x15000 /* of these together */

/* The vectors and the family's mark at 0x110, the app's vectors, and of the calibration more than factories
 * fill: 2.6 KiB, which take 7 s at 3 kHz. */
static const UbRange slow_ranges[] = {
  { 0x000000, 0x1FE },
  { 0x011000, 0x44 },
  { 0x1D0000, 0x400 },
  { 0x1E0000, 0x400 },
};

static gboolean
read_ranges (UbJob *job,
             const UbRange *ranges,
             guint n_ranges,
             guint8 *buffer,
             GCancellable *cancellable,
             GError **error)
{
  guint32 chip_size = ub_job_get_part (job)->size;
  guint64 bytes = 0;

  for (guint i = 0; i < n_ranges; i++)
    bytes += ranges[i].address + ranges[i].size <= chip_size ? ranges[i].size : 0;
  ub_job_declare_bytes (job, UB_PHASE_READ, bytes);
  ub_job_begin (job, UB_PHASE_READ, bytes);

  for (guint i = 0; i < n_ranges; i++) {
    if (ranges[i].address + ranges[i].size <= chip_size &&
        !ub_flash_read (ub_job_get_flash (job), ranges[i].address, buffer + ranges[i].address,
                        ranges[i].size, cancellable, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
ub_probe_job_run (UbJob *job, GCancellable *cancellable, GError **error)
{
  UbProbeJob *self = UB_PROBE_JOB (job);
  g_autofree guint8 *buffer = NULL;
  g_autoptr (GBytes) content = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL;
  UbRange whole = { 0, 0 };
  const UbRange *ranges = &whole;
  guint n_ranges = 1;
  gboolean is_excerpt;
  guint clock_hz;

  ub_job_declare_bytes (job, UB_PHASE_READ,
                        self->depth == UB_PROBE_WHOLE ? UB_JOB_USUAL_CHIP_SIZE : QUICK_SIZE);
  if (!ub_job_connect (job, cancellable, error))
    return FALSE;

  whole.size = ub_job_get_part (job)->size;
  clock_hz = MAX (ub_programmer_get_clock (ub_job_get_programmer (job)), 1);
  is_excerpt =
      self->depth == UB_PROBE_QUICK || (guint64) whole.size * 8 / clock_hz > MAX_WHOLE_SECONDS;
  if (is_excerpt) {
    ranges = clock_hz >= MIN_QUICK_CLOCK_HZ ? quick_ranges : slow_ranges;
    n_ranges =
        clock_hz >= MIN_QUICK_CLOCK_HZ ? G_N_ELEMENTS (quick_ranges) : G_N_ELEMENTS (slow_ranges);
    ub_job_add_note (job, _ ("Only what tells family and MAC address was read; a backup reads "
                             "everything."));
  }

  buffer = g_malloc (whole.size);
  memset (buffer, 0xFF, whole.size);
  if (!read_ranges (job, ranges, n_ranges, buffer, cancellable, error))
    return FALSE;

  content = g_bytes_new_take (g_steal_pointer (&buffer), whole.size);
  chip = is_excerpt ? ub_image_analysis_new_for_excerpt (content)
                    : ub_image_analysis_new_for_chip (content);
  ub_job_set_chip_analysis (job, chip);
  return TRUE;
}

static void
ub_probe_job_class_init (UbProbeJobClass *klass)
{
  UB_JOB_CLASS (klass)->run = ub_probe_job_run;
}

static void
ub_probe_job_init (UbProbeJob *self)
{
}

/**
 * ub_probe_job_new:
 * @programmer: what to work through
 * @depth: how closely to look
 *
 * Returns: (transfer full): a job that connects and identifies
 */
UbJob *
ub_probe_job_new (UbProgrammer *programmer, UbProbeDepth depth)
{
  UbProbeJob *self;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), NULL);

  self = g_object_new (UB_TYPE_PROBE_JOB, NULL);
  ub_job_construct (UB_JOB (self), _ ("Look at the Module"), programmer);
  self->depth = depth;
  return UB_JOB (self);
}

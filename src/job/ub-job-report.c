/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-job"

#include "config.h"

#include "ub-job-private.h"

#include <glib/gi18n.h>

/* What writing a backup to disk is expected to take. */
#define SAVE_SECONDS 0.1

/**
 * ub_module_state_get_id:
 * @state: what a job leaves behind
 *
 * Returns: (transfer none): a stable name for scripts
 */
const char *
ub_module_state_get_id (UbModuleState state)
{
  switch (state) {
  case UB_MODULE_UNTOUCHED:
    return "untouched";
  case UB_MODULE_PARTLY_WRITTEN:
    return "partly-written";
  case UB_MODULE_DONE:
    return "done";
  }
  return "";
}

/**
 * ub_module_state_get_text:
 * @state: what a job leaves behind
 *
 * Returns: (transfer none): a translated sentence that says what state the module is in
 */
const char *
ub_module_state_get_text (UbModuleState state)
{
  switch (state) {
  case UB_MODULE_UNTOUCHED:
    return _ ("Nothing on the module was changed.");
  case UB_MODULE_PARTLY_WRITTEN:
    return _ ("The module is partly written and may not start. The same job, run again, finishes "
              "it: what is right already is left alone.");
  case UB_MODULE_DONE:
    return _ ("Everything that was changed was read back and is right.");
  }
  return "";
}

/**
 * ub_job_add_note:
 * @self: a running job
 * @format: a translated sentence with printf() conversions
 * @...: its arguments
 *
 * Adds a sentence to the report, once: a note that is there already is not repeated.
 */
void
ub_job_add_note (UbJob *self, const char *format, ...)
{
  GPtrArray *notes = ub_job_edit_report (self)->notes;
  g_autofree char *note = NULL;
  va_list args;

  va_start (args, format);
  note = g_strdup_vprintf (format, args);
  va_end (args);

  if (g_ptr_array_find_with_equal_func (notes, note, g_str_equal, NULL))
    return;
  g_message ("%s", note);
  g_ptr_array_add (notes, g_steal_pointer (&note));
}

/**
 * ub_job_expect_backup:
 * @self: a job that is not connected yet
 * @size: how many bytes the backup will have, as far as is known
 * @error: return location for an error
 *
 * With a rescue copy, declares the phase %UB_PHASE_SAVE and checks that the copy can be saved, so that a
 * full disk is told before anybody waits for the chip.
 *
 * Returns: whether it can, or there is none
 */
gboolean
ub_job_expect_backup (UbJob *self, gsize size, GError **error)
{
  UbRescueCopy *copy = ub_job_get_rescue_copy (self);

  if (copy == NULL)
    return TRUE;
  ub_job_declare (self, UB_PHASE_SAVE, SAVE_SECONDS);
  return ub_rescue_copy_check (copy, MIN (size, UB_JOB_USUAL_CHIP_SIZE), error);
}

/**
 * ub_job_save_backup:
 * @self: a running job
 * @chip: what was read
 * @cancellable: (nullable): to stop before the file is written
 * @error: return location for an error
 *
 * With a rescue copy, the phase %UB_PHASE_SAVE: writes the file and puts it and its digest into the
 * report.
 *
 * Returns: whether the file is complete on disk, or there is to be none
 */
gboolean
ub_job_save_backup (UbJob *self, UbImageAnalysis *chip, GCancellable *cancellable, GError **error)
{
  UbJobReport *report = ub_job_edit_report (self);
  UbRescueCopy *copy = ub_job_get_rescue_copy (self);
  UbImage *image = ub_image_analysis_get_image (chip);

  if (copy == NULL)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;

  ub_job_begin (self, UB_PHASE_SAVE, ub_image_get_size (image));
  if (!ub_rescue_copy_save (copy, chip, &report->backup, error))
    return FALSE;

  g_free (report->sha256);
  report->sha256 = g_strdup (ub_image_get_sha256 (image));
  ub_progress_advance (ub_job_get_progress (self), ub_image_get_size (image),
                       ub_programmer_get_time (ub_job_get_programmer (self)));
  return TRUE;
}

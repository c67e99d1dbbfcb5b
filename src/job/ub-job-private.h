/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash.h"
#include "ub-job.h"
#include "ub-rescue-copy.h"

G_BEGIN_DECLS

/* For the subclasses of UbJob; unless it says otherwise, what is here is called in the job's thread, inside
 * run(). */

/* Most modules have this much, and it is all that is known before connecting. */
#define UB_JOB_USUAL_CHIP_SIZE (2 * 1024 * 1024)

void ub_job_construct (UbJob *self, const char *title, UbProgrammer *programmer);
void ub_job_set_rescue_copy (UbJob *self, UbRescueCopy *rescue_copy);
UbRescueCopy *ub_job_get_rescue_copy (UbJob *self);

/* Phases */
void ub_job_declare (UbJob *self, UbPhase phase, double seconds);
void ub_job_declare_bytes (UbJob *self, UbPhase phase, guint64 bytes);
void ub_job_begin (UbJob *self, UbPhase phase, guint64 bytes_total);

/* The module */
gboolean ub_job_connect (UbJob *self, GCancellable *cancellable, GError **error);
guint ub_job_get_connect_serial (UbJob *self);
UbFlash *ub_job_get_flash (UbJob *self);
const UbFlashPart *ub_job_get_part (UbJob *self);
gboolean ub_job_check_range (UbJob *self, guint32 address, guint64 size, GError **error);

/* What is told and saved */
UbJobReport *ub_job_edit_report (UbJob *self);
void ub_job_add_note (UbJob *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void ub_job_set_chip_analysis (UbJob *self, UbImageAnalysis *analysis);
gboolean ub_job_expect_backup (UbJob *self, gsize size, GError **error);
gboolean
ub_job_save_backup (UbJob *self, UbImageAnalysis *chip, GCancellable *cancellable, GError **error);

G_END_DECLS

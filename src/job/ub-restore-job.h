/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-composition.h"
#include "ub-job.h"
#include "ub-rescue-copy.h"

G_BEGIN_DECLS

#define UB_TYPE_RESTORE_JOB (ub_restore_job_get_type ())
G_DECLARE_FINAL_TYPE (UbRestoreJob, ub_restore_job, UB, RESTORE_JOB, UbJob)

/* Both take the rescue copy over; NULL for none. */
UbJob *ub_restore_job_new (UbProgrammer *programmer,
                           UbImageAnalysis *image,
                           UbImageAnalysis *bootloader,
                           UbCompositionFlags flags,
                           UbRescueCopy *rescue_copy);

/* Writes @bytes to @address as they are; neighbours in the same sectors are kept. */
UbJob *ub_restore_job_new_for_range (UbProgrammer *programmer,
                                     GBytes *bytes,
                                     guint32 address,
                                     UbRescueCopy *rescue_copy);

G_END_DECLS

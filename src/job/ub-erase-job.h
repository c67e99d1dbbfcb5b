/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"
#include "ub-rescue-copy.h"

G_BEGIN_DECLS

#define UB_TYPE_ERASE_JOB (ub_erase_job_get_type ())
G_DECLARE_FINAL_TYPE (UbEraseJob, ub_erase_job, UB, ERASE_JOB, UbJob)

/* @size: 0 for everything from @address on; takes the rescue copy over, NULL for none */
UbJob *ub_erase_job_new (UbProgrammer *programmer,
                         guint32 address,
                         guint32 size,
                         UbRescueCopy *rescue_copy);

G_END_DECLS

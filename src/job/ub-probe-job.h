/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"

G_BEGIN_DECLS

/**
 * UbProbeDepth:
 * @UB_PROBE_QUICK: identifies the chip and reads the few sectors that tell family, firmware and MAC
 * @UB_PROBE_WHOLE: reads everything, unless the clock is so low that it would take more than about
 *   20 seconds
 */
typedef enum {
  UB_PROBE_QUICK,
  UB_PROBE_WHOLE,
} UbProbeDepth;

#define UB_TYPE_PROBE_JOB (ub_probe_job_get_type ())
G_DECLARE_FINAL_TYPE (UbProbeJob, ub_probe_job, UB, PROBE_JOB, UbJob)

UbJob *ub_probe_job_new (UbProgrammer *programmer, UbProbeDepth depth);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"

G_BEGIN_DECLS

#define UB_TYPE_VERIFY_JOB (ub_verify_job_get_type ())
G_DECLARE_FINAL_TYPE (UbVerifyJob, ub_verify_job, UB, VERIFY_JOB, UbJob)

/* @address: where the image begins on the chip, or -1 for where images of its kind belong */
UbJob *ub_verify_job_new (UbProgrammer *programmer, UbImageAnalysis *image, gint64 address);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job-request.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UB_TYPE_JOB_RUNNER (ub_job_runner_get_type ())
G_DECLARE_FINAL_TYPE (UbJobRunner, ub_job_runner, UB, JOB_RUNNER, GObject)

UbJobRunner *ub_job_runner_new (GtkWindow *window);

void ub_job_runner_start (UbJobRunner *self, UbJobRequest *request, UbProgrammer *programmer);
void ub_job_runner_stop (UbJobRunner *self);
gboolean ub_job_runner_is_running (UbJobRunner *self);
gboolean ub_job_runner_is_stopping (UbJobRunner *self);
UbJob *ub_job_runner_get_job (UbJobRunner *self);
UbJobRequest *ub_job_runner_get_request (UbJobRunner *self);
const GError *ub_job_runner_get_error (UbJobRunner *self);

G_END_DECLS

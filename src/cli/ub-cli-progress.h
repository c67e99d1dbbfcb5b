/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"

G_BEGIN_DECLS

typedef struct _UbCliProgress UbCliProgress;

UbCliProgress *ub_cli_progress_new (UbJob *job, gboolean is_quiet);
void ub_cli_progress_free (UbCliProgress *self);
void ub_cli_progress_update (UbCliProgress *self);
void ub_cli_progress_message (UbCliProgress *self, const char *text);

char *ub_cli_format_time_left (double seconds);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbCliProgress, ub_cli_progress_free)

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"
#include "ub-range.h"

G_BEGIN_DECLS

UbImageAnalysis *ub_chip_read_whole (UbJob *job, GCancellable *cancellable, GError **error);
gboolean ub_chip_write (UbJob *job,
                        UbPhase phase,
                        guint8 *current,
                        const guint8 *wanted,
                        const UbRange *preserved,
                        guint n_preserved,
                        GCancellable *cancellable,
                        GError **error);
gboolean ub_chip_write_range (UbJob *job,
                              UbPhase phase,
                              guint8 *current,
                              const guint8 *wanted,
                              const UbRange *range,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS

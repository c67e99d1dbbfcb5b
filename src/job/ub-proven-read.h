/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"

G_BEGIN_DECLS

gboolean ub_proven_read_run (UbJob *job,
                             guint32 address,
                             guint8 *buffer,
                             gsize size,
                             gboolean read_twice,
                             GCancellable *cancellable,
                             GError **error);

G_END_DECLS

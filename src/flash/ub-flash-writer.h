/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash.h"
#include "ub-flash-plan.h"

G_BEGIN_DECLS

gboolean ub_flash_writer_run (UbFlash *flash,
                              UbFlashPlan *plan,
                              guint8 *current,
                              const guint8 *wanted,
                              GCancellable *cancellable,
                              GError **error);

G_END_DECLS

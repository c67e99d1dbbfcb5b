/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connect-state.h"
#include "ub-flash.h"

G_BEGIN_DECLS

gboolean ub_clock_search (UbFlash *flash,
                          UbConnectState *state,
                          UbConnectFunc func,
                          gpointer user_data,
                          gboolean *out_proven,
                          GCancellable *cancellable,
                          GError **error);
gboolean ub_clock_step_down (UbProgrammer *programmer, guint *out_hz, GError **error);
char *ub_clock_format (guint hz);

G_END_DECLS

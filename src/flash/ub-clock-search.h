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
                          GCancellable *cancellable,
                          GError **error);
gboolean ub_clock_step_down (UbProgrammer *programmer, guint *out_hz, GError **error);

G_END_DECLS

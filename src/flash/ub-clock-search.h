/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connect-state.h"
#include "ub-flash.h"

G_BEGIN_DECLS

/* Errors that are half as frequent still at an eighth of the clock do not come from the clock: a supply that
 * is too weak, a bad joint. From 12 MHz on that is 1.5 MHz, which wires of any kind carry. */
#define UB_CLOCK_HELPLESS_DIVISOR 8
#define UB_CLOCK_HELPLESS_SHARE 0.5

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

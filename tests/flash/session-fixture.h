/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-session.h"
#include "ub-test-wires.h"

G_BEGIN_DECLS

#define MSEC G_GINT64_CONSTANT (1000)
#define SEC G_GINT64_CONSTANT (1000000)

/**
 * SessionWatch:
 * @last: what was told last
 * @n_calls: how often something was told
 * @needed_hand: whether the person was asked for a hand
 * @most_hand_seconds: the longest time that was promised to wait for it
 * @cancel_at: the step at which @cancellable is cancelled
 * @cancellable: (nullable): of the connection that is watched
 *
 * What a connection that is being made tells.
 */
typedef struct {
  UbConnectState last;
  guint n_calls;
  gboolean needed_hand;
  guint most_hand_seconds;
  UbConnectStep cancel_at;
  GCancellable *cancellable;
} SessionWatch;

void session_watch_connecting (const UbConnectState *state, gpointer user_data);
UbTestWires *session_new_wires (const UbFlashPart *part);
guint session_count_resets (UbTestWires *wires);
gint64 session_get_time (UbTestWires *wires);
void session_assert_closed (UbTestWires *wires);
gboolean session_has_note (UbSession *session, const char *part);

G_END_DECLS

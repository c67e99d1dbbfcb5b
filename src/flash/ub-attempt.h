/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-handshake.h"

G_BEGIN_DECLS

/**
 * UbAttempt:
 * @clock_hz: where the clock is not fixed and the ceiling not lower
 * @cen_low_ms: how long CEN is held low
 * @delay_ms: from CEN rising to the first 0xD2
 * @max_frame: bytes of 0xD2 under one chip select
 * @patience_ms: how long the ID of a module that announced itself is waited for
 *
 * One way to bring a module into download mode.
 */
typedef struct {
  guint clock_hz;
  guint cen_low_ms;
  guint delay_ms;
  gsize max_frame;
  guint patience_ms;
} UbAttempt;

/**
 * UbAttemptLog:
 * @n: attempts so far
 * @best: evidence of the one that came furthest
 * @last: evidence of the last one
 * @all_alike: whether all brought the same evidence
 * @always_announced: whether the module announced itself in each of them
 *
 * What attempts that failed brought.
 */
typedef struct {
  guint n;
  UbEvidence best;
  UbEvidence last;
  gboolean all_alike;
  gboolean always_announced;
} UbAttemptLog;

guint ub_attempt_get_count (gboolean by_hand);
const UbAttempt *ub_attempt_get (guint index);
guint64 ub_attempt_get_patience (const UbAttempt *self, const UbEvidence *evidence);
guint64 ub_attempt_get_stream_extension (const UbAttempt *self);
guint64 ub_attempt_get_hand_patience (guint index);
guint64 ub_attempt_get_hand_patience_after (guint index);

void ub_attempt_log_add (UbAttemptLog *self, const UbEvidence *evidence);
gboolean ub_attempt_log_is_enough (const UbAttemptLog *self);

G_END_DECLS

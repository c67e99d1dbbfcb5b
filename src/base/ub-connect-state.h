/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UbConnectStep:
 * @UB_CONNECT_STEP_OPEN: the programmer is being opened
 * @UB_CONNECT_STEP_RESET: CEN is held low
 * @UB_CONNECT_STEP_WAIT: 0xD2 is streamed over the download window
 * @UB_CONNECT_STEP_IDENTIFY: the JEDEC ID is being read
 * @UB_CONNECT_STEP_CLOCK: the fastest reliable clock is being searched
 * @UB_CONNECT_STEP_READY: connected
 *
 * The steps of connecting, in order; a new attempt starts again at the reset.
 */
typedef enum {
  UB_CONNECT_STEP_OPEN,
  UB_CONNECT_STEP_RESET,
  UB_CONNECT_STEP_WAIT,
  UB_CONNECT_STEP_IDENTIFY,
  UB_CONNECT_STEP_CLOCK,
  UB_CONNECT_STEP_READY,
} UbConnectStep;

/**
 * UbConnectState:
 * @step: what is being done
 * @attempt: which attempt, from 1
 * @n_attempts: how many there will be at the most
 * @needs_hand: the person has to reset the module now (CEN to ground and off again, or power)
 * @hand_seconds: how long that is waited for, in all attempts that are left, while @needs_hand
 * @d2_seen: 0xD2 was received in this connection's attempts
 * @last_reply: the last bytes of an ID read, as received, the undefined first one included
 * @mode: SPI mode of this attempt
 * @clock_hz: clock of this attempt or of the search
 *
 * Where connecting stands, and the evidence so far.
 */
typedef struct {
  UbConnectStep step;
  guint attempt;
  guint n_attempts;
  gboolean needs_hand;
  guint hand_seconds;
  gboolean d2_seen;
  guint8 last_reply[4];
  guint mode;
  guint clock_hz;
} UbConnectState;

typedef void (*UbConnectFunc) (const UbConnectState *state, gpointer user_data);

G_END_DECLS

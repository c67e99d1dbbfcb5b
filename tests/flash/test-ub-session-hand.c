/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "test-ub-session-hand"

/* Connecting without a CEN line: a hand resets the module. */

#include "config.h"

#include "session-fixture.h"
#include "ub-error.h"

static void
test_by_hand (void)
{
  static const guint max_clocks[] = { 0, 30000 };
  static const gint64 pulls[] = { 1000 * MSEC, 5003 * MSEC, 12345 * MSEC + 678 };

  for (guint c = 0; c < G_N_ELEMENTS (max_clocks); c++) {
    for (guint p = 0; p < G_N_ELEMENTS (pulls); p++) {
      g_autoptr (UbTestWires) wires = session_new_wires (NULL);
      g_autoptr (UbSession) session = NULL;
      g_autoptr (GError) error = NULL;
      SessionWatch watch = { 0 };

      wires->no_reset = TRUE;
      wires->latency_us = 125;
      ub_sim_chip_set_max_clock (wires->chip, max_clocks[c]);
      wires->hand_at_us[0] = pulls[p];
      /* Wires that carry little need the hand again at a lower clock: it goes on until it is told to stop. */
      if (max_clocks[c] != 0) {
        for (guint i = 1; i + 1 < G_N_ELEMENTS (wires->hand_at_us); i++)
          wires->hand_at_us[i] = pulls[p] + i * 6 * SEC;
      }
      session =
          ub_session_open (UB_PROGRAMMER (wires), session_watch_connecting, &watch, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (watch.needed_hand);
      g_assert_cmpuint (watch.most_hand_seconds, ==, 120);
      g_assert_false (watch.last.needs_hand);
      if (max_clocks[c] == 0)
        g_assert_cmpuint (wires->n_hands, ==, 1);
      g_assert_true (session_has_note (session, "CEN"));
      ub_session_close (session);
      g_assert_cmpuint (wires->n_resets_asked, ==, 0);
      session_assert_closed (wires);
    }
  }
}

/* At 3 kHz as well, whatever the moment. */
static void
test_by_hand_slowly (void)
{
  for (guint i = 0; i < 12; i++) {
    g_autoptr (UbTestWires) wires = session_new_wires (NULL);
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;

    wires->no_reset = TRUE;
    wires->hand_at_us[0] = 2 * SEC + i * 13 * MSEC;
    ub_programmer_set_fixed_clock (UB_PROGRAMMER (wires), 3000);
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (session_get_time (wires), <=, wires->hand_at_us[0] + 3 * SEC);
  }
}

static void
cancel_sixth_attempt (const UbConnectState *state, gpointer user_data)
{
  if (state->attempt == 6)
    g_cancellable_cancel (user_data);
}

/* A reset that was noticed and brought no ID is not waited for again at the same settings. */
static void
test_each_pull_is_an_attempt (void)
{
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  wires->no_reset = TRUE;
  wires->mosi_broken = TRUE;
  for (guint i = 0; i < 6; i++)
    wires->hand_at_us[i] = (i + 1) * 4 * SEC;
  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), cancel_sixth_attempt, cancellable,
                                  cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (session_get_time (wires), <=, 24 * SEC);
  session_assert_closed (wires);
}

typedef struct {
  UbTestWires *wires;
  guint n_told;
  guint last_seconds;
} HandWatch;

static void
watch_hand (const UbConnectState *state, gpointer user_data)
{
  HandWatch *watch = user_data;
  gint64 left = 120 * SEC - session_get_time (watch->wires);

  if (!state->needs_hand)
    return;
  watch->n_told++;
  watch->last_seconds = state->hand_seconds;
  /* What each attempt takes besides waiting for the hand is not counted. */
  g_assert_cmpint (state->hand_seconds, >=, left / SEC);
  g_assert_cmpint (state->hand_seconds, <=, left / SEC + 6);
}

/* The person is told all the time for how long, and that is how long it takes. */
static void
test_hand_that_never_comes (void)
{
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
  g_autoptr (GError) error = NULL;
  HandWatch watch = { 0 };

  wires->no_reset = TRUE;
  wires->latency_us = 4000; /* a slow adapter, to have fewer bytes to simulate */
  ub_programmer_set_fixed_clock (UB_PROGRAMMER (wires), 10000);
  watch.wires = wires;
  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), watch_hand, &watch, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_MISO_LOW);
  g_assert_cmpint (session_get_time (wires), >=, 120 * SEC);
  g_assert_cmpint (session_get_time (wires), <=, 125 * SEC);
  g_assert_cmpuint (watch.n_told, >=, 110);
  g_assert_cmpuint (watch.last_seconds, ==, 1);
  session_assert_closed (wires);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session-hand/by-hand", test_by_hand);
  g_test_add_func ("/session-hand/slowly", test_by_hand_slowly);
  g_test_add_func ("/session-hand/each-pull", test_each_pull_is_an_attempt);
  g_test_add_func ("/session-hand/never", test_hand_that_never_comes);

  return g_test_run ();
}

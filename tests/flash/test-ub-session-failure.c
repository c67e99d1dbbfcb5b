/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "test-ub-session-failure"

/* Modules that cannot be entered: how it is tried, and what it is called in the end. */

#include "config.h"

#include "session-fixture.h"
#include "ub-error.h"

#include <string.h>

typedef struct {
  UbTestWires *wires;
  gint64 reset_at;
  GArray *lows; /* of guint, milliseconds */
  GArray *clocks;
  guint modes;
} Attempts;

static void
watch_attempts (const UbConnectState *state, gpointer user_data)
{
  Attempts *attempts = user_data;
  guint low;

  if (state->step == UB_CONNECT_STEP_RESET) {
    attempts->reset_at = session_get_time (attempts->wires);
    attempts->modes |= 1u << state->mode;
  } else if (state->step == UB_CONNECT_STEP_WAIT) {
    low = (session_get_time (attempts->wires) - attempts->reset_at) / MSEC;
    g_array_append_val (attempts->lows, low);
    g_array_append_val (attempts->clocks, state->clock_hz);
  }
}

static void
test_attempts_vary (void)
{
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
  g_autoptr (GArray) lows = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) clocks = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GError) error = NULL;
  Attempts attempts = { .wires = wires, .lows = lows, .clocks = clocks };
  guint shortest = G_MAXUINT, longest = 0, lowest = G_MAXUINT;

  ub_sim_chip_set_deaf (wires->chip, TRUE);
  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), watch_attempts, &attempts, NULL, &error));
  g_assert_cmpuint (lows->len, >=, 10);
  for (guint i = 0; i < lows->len; i++) {
    shortest = MIN (shortest, g_array_index (lows, guint, i));
    longest = MAX (longest, g_array_index (lows, guint, i));
    lowest = MIN (lowest, g_array_index (clocks, guint, i));
  }
  g_assert_cmpuint (g_array_index (lows, guint, 0), ==, shortest);
  g_assert_cmpuint (shortest, >=, 100);
  g_assert_cmpuint (longest, >=, 1000);
  g_assert_cmpuint (g_array_index (clocks, guint, 0), ==, 1000000);
  g_assert_cmpuint (lowest, ==, 3000);
  g_assert_cmpuint (attempts.modes, ==, 1u << 0 | 1u << 3);
}

typedef struct {
  const char *name;
  gboolean deaf;
  gboolean cen_broken;
  gboolean mosi_broken;
  gboolean cs_broken;
  gboolean bridged;
  gboolean noisy;
  guint shift;
  int miso; /* 1 + what it is stuck at */
  double flips;
  gboolean slow; /* the evidence changes, so that every attempt is worth it */
  UbError code;
  const char *fact; /* in the message */
} Failure;

static const Failure failures[] = {
  { "deaf", .deaf = TRUE, .code = UB_ERROR_MISO_LOW, .fact = "00 00 00" },
  { "miso-0", .miso = 1, .code = UB_ERROR_MISO_LOW, .fact = "00 00 00 00" },
  { "miso-1", .miso = 2, .code = UB_ERROR_MISO_HIGH, .fact = "FF FF FF FF" },
  { "no-cen", .cen_broken = TRUE, .code = UB_ERROR_MISO_LOW, .fact = "low" },
  { "no-mosi", .mosi_broken = TRUE, .code = UB_ERROR_NO_FLASH_ID, .fact = "D2" },
  { "no-cs", .cs_broken = TRUE, .code = UB_ERROR_NO_FLASH_ID, .fact = "D2" },
  { "no-mosi-late", .slow = TRUE, .mosi_broken = TRUE, .shift = 3, .code = UB_ERROR_NO_FLASH_ID,
    .fact = "D2" },
  { "bridge", .slow = TRUE, .bridged = TRUE, .code = UB_ERROR_NO_FLASH_ID, .fact = "touch" },
  { "noise", .noisy = TRUE, .code = UB_ERROR_NO_DOWNLOAD_MODE, .fact = "D2" },
  { "few-flips", .slow = TRUE, .flips = 2e-3, .code = UB_ERROR_UNSTABLE, .fact = "each time" },
  { "many-flips", .slow = TRUE, .flips = 0.05, .code = UB_ERROR_UNSTABLE, .fact = "differ" },
};

static void
test_failure (gconstpointer data)
{
  const Failure *failure = data;
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
  g_autoptr (GError) error = NULL;
  SessionWatch watch = { 0 };

  ub_sim_chip_set_deaf (wires->chip, failure->deaf);
  wires->cen_broken = failure->cen_broken;
  wires->mosi_broken = failure->mosi_broken;
  wires->cs_broken = failure->cs_broken;
  wires->bridged = failure->bridged;
  wires->noisy = failure->noisy;
  wires->shift = failure->shift;
  wires->miso = failure->miso - 1;
  wires->flips = failure->flips;

  g_assert_null (
      ub_session_open (UB_PROGRAMMER (wires), session_watch_connecting, &watch, NULL, &error));
  g_test_message ("%s: %s (%.1f s)", failure->name, error->message, session_get_time (wires) / 1e6);
  g_assert_error (error, UB_ERROR, (int) failure->code);
  g_assert_nonnull (strstr (error->message, failure->fact));
  g_assert_cmpuint (watch.last.attempt, >=, 10);
  g_assert_cmpuint (watch.last.attempt, <=, watch.last.n_attempts);
  /* A person who moves wires waits for it each time. */
  g_assert_cmpint (session_get_time (wires), <=, failure->slow ? 9500 * MSEC : 8 * SEC);
  session_assert_closed (wires);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session-failure/attempts-vary", test_attempts_vary);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autofree char *path = g_strdup_printf ("/session-failure/%s", failures[i].name);

    g_test_add_data_func (path, &failures[i], test_failure);
  }

  return g_test_run ();
}

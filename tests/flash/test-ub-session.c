/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "test-ub-session"

#include "config.h"

#include "ub-error.h"
#include "ub-programmer-list.h"
#include "ub-session.h"
#include "ub-test-wires.h"

#include <string.h>

#define MSEC G_GINT64_CONSTANT (1000)
#define SEC G_GINT64_CONSTANT (1000000)

typedef struct {
  UbConnectState last;
  guint n_calls;
  gboolean needed_hand;
  UbConnectStep cancel_at;
  GCancellable *cancellable;
} Watch;

static void
watch_connecting (const UbConnectState *state, gpointer user_data)
{
  Watch *watch = user_data;

  watch->last = *state;
  watch->n_calls++;
  watch->needed_hand = watch->needed_hand || state->needs_hand;
  if (watch->cancellable != NULL && state->step == watch->cancel_at)
    g_cancellable_cancel (watch->cancellable);
}

static UbTestWires *
new_wires (const UbFlashPart *part)
{
  g_autoptr (GBytes) content = ub_test_wires_make_content (64 * 1024);

  return ub_test_wires_new (part, content);
}

static guint
count_resets (UbTestWires *wires)
{
  UbSimCounters counters;

  ub_sim_chip_get_counters (wires->chip, &counters);
  return counters.resets;
}

static gint64
get_time (UbTestWires *wires)
{
  return ub_programmer_get_time (UB_PROGRAMMER (wires));
}

/* Whatever happened: closed once, CEN released, and the module out of download mode. */
static void
assert_closed (UbTestWires *wires)
{
  g_assert_false (ub_programmer_is_open (UB_PROGRAMMER (wires)));
  g_assert_cmpuint (wires->n_closed, ==, wires->n_opened);
  g_assert_false (wires->is_reset);
  if (!wires->no_reset && !wires->cen_broken)
    g_assert_false (ub_sim_chip_is_in_download_mode (wires->chip));
}

static gboolean
has_note (UbSession *session, const char *part)
{
  GPtrArray *notes = ub_session_get_notes (session);

  for (guint i = 0; i < notes->len; i++) {
    if (strstr (g_ptr_array_index (notes, i), part) != NULL)
      return TRUE;
  }
  return FALSE;
}

/* Every clock, mode and latency enters at the first attempt, because 0xD2 is streamed by time; every part of
 * the table takes its turn. */
static void
test_enters_at_every_clock (void)
{
  static const guint clocks[] = { 3000,    10000,   30000,    100000,  1000000,
                                  1500000, 6000000, 12000000, 30000000 };
  static const guint latencies[] = { 0, 125, 1000 };
  static const int modes[] = { 0, 3 };
  guint n_parts, turn = 0;
  const UbFlashPart *parts = ub_flash_part_get_table (&n_parts);

  for (guint c = 0; c < G_N_ELEMENTS (clocks); c++) {
    for (guint m = 0; m < G_N_ELEMENTS (modes); m++) {
      for (guint l = 0; l < G_N_ELEMENTS (latencies); l++) {
        const UbFlashPart *part = &parts[turn++ % n_parts];
        g_autoptr (UbTestWires) wires = new_wires (part);
        g_autoptr (UbSession) session = NULL;
        g_autoptr (GError) error = NULL;
        Watch watch = { 0 };

        wires->latency_us = latencies[l];
        ub_programmer_set_fixed_clock (UB_PROGRAMMER (wires), clocks[c]);
        ub_programmer_set_fixed_mode (UB_PROGRAMMER (wires), modes[m]);
        session = ub_session_open (UB_PROGRAMMER (wires), watch_connecting, &watch, NULL, &error);
        g_assert_no_error (error);
        g_assert_cmphex (ub_session_get_jedec_id (session), ==, part->jedec_id);
        g_assert_cmpstr (ub_flash_get_part (ub_session_get_flash (session))->name, ==, part->name);
        g_assert_cmpint (watch.last.step, ==, UB_CONNECT_STEP_READY);
        g_assert_cmpuint (watch.last.attempt, ==, 1);
        g_assert_cmpuint (watch.last.mode, ==, modes[m]);
        g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==, clocks[c]);
        g_assert_cmpuint (count_resets (wires), ==, 1);
        if (clocks[c] >= 1000000)
          g_assert_cmpint (get_time (wires), <=, 500 * MSEC);

        ub_session_close (session);
        g_assert_cmpuint (count_resets (wires), ==, 2);
        assert_closed (wires);
      }
    }
  }
  g_assert_cmpuint (turn, >=, n_parts);
}

static void
test_connects_within_half_a_second (void)
{
  static const guint latencies[] = { 0, 125, 1000 };

  for (guint l = 0; l < G_N_ELEMENTS (latencies); l++) {
    g_autoptr (UbTestWires) wires = new_wires (NULL);
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;

    wires->latency_us = latencies[l];
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_test_message ("latency %u: %" G_GINT64_FORMAT " ms", latencies[l], get_time (wires) / MSEC);
    g_assert_cmpint (get_time (wires), <=, 500 * MSEC);
    g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==, 12000000);
  }
}

static void
put_into_download_mode (UbSimChip *chip)
{
  static const guint8 d2[2] = { 0xD2, 0xD2 };

  ub_sim_chip_set_reset (chip, TRUE);
  ub_sim_chip_advance (chip, 100 * 1000000);
  ub_sim_chip_set_reset (chip, FALSE);
  ub_sim_chip_advance (chip, 20 * 1000000);
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, d2, NULL, sizeof d2, 1000000);
  ub_sim_chip_select (chip, FALSE);
  ub_sim_chip_advance (chip, 50 * 1000000);
  g_assert_true (ub_sim_chip_is_in_download_mode (chip));
}

static void
test_found_without_reset (void)
{
  /* By hand, a look at every clock is worth it. */
  static const struct {
    gboolean no_reset;
    guint max_clock;
  } cases[] = { { FALSE, 0 }, { TRUE, 0 }, { TRUE, 30000 }, { TRUE, 3000 } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (UbTestWires) wires = new_wires (NULL);
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;
    Watch watch = { 0 };

    wires->no_reset = cases[i].no_reset;
    put_into_download_mode (wires->chip);
    ub_sim_chip_set_max_clock (wires->chip, cases[i].max_clock);
    session = ub_session_open (UB_PROGRAMMER (wires), watch_connecting, &watch, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (count_resets (wires), ==, 1);
    g_assert_cmpuint (wires->n_resets_asked, ==, 0);
    g_assert_false (watch.needed_hand);
    ub_session_close (session);
    g_assert_cmpuint (wires->n_resets_asked, ==, cases[i].no_reset ? 0 : 1);
    assert_closed (wires);
  }
}

static void
test_wires_that_only_carry_less (void)
{
  static const guint max_clocks[] = { 3000, 5000, 10000, 30000, 100000, 999999 };

  for (guint i = 0; i < G_N_ELEMENTS (max_clocks); i++) {
    g_autoptr (UbTestWires) wires = new_wires (NULL);
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;

    ub_sim_chip_set_max_clock (wires->chip, max_clocks[i]);
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), <=, max_clocks[i]);
    g_assert_cmphex (ub_session_get_jedec_id (session), ==, 0x1C7015);
  }
}

static void
test_honours_wishes (void)
{
  g_autoptr (UbTestWires) wires = new_wires (NULL);
  g_autoptr (UbSession) session = NULL;
  g_autoptr (GError) error = NULL;

  ub_programmer_set_clock_ceiling (UB_PROGRAMMER (wires), 50000);
  ub_programmer_set_fixed_mode (UB_PROGRAMMER (wires), 3);
  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==, 50000);
  g_assert_cmpuint (ub_programmer_get_mode (UB_PROGRAMMER (wires)), ==, 3);
  ub_session_close (session);

  wires->modes = 1u << 0;
  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  assert_closed (wires);
}

/* spidev's small buffer, CH341A's one clock and one mode. */
static void
test_narrow_programmers (void)
{
  g_autoptr (UbTestWires) wires = new_wires (NULL);
  g_autoptr (UbSession) session = NULL;
  g_autoptr (GError) error = NULL;

  wires->max_transaction = 300;
  wires->min_hz = wires->max_hz = 1500000;
  wires->modes = 1u << 0;
  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==, 1500000);
}

/* Flash that takes its time is waited for; it is not given a second reset. */
static void
test_late_flash (void)
{
  g_autoptr (UbTestWires) wires = new_wires (NULL);
  g_autoptr (UbSession) session = NULL;
  g_autoptr (GError) error = NULL;

  wires->late_us = 900 * MSEC;
  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (count_resets (wires), ==, 1);
  g_assert_cmpint (get_time (wires), >=, 900 * MSEC);
}

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
    attempts->reset_at = get_time (attempts->wires);
    attempts->modes |= 1u << state->mode;
  } else if (state->step == UB_CONNECT_STEP_WAIT) {
    low = (get_time (attempts->wires) - attempts->reset_at) / MSEC;
    g_array_append_val (attempts->lows, low);
    g_array_append_val (attempts->clocks, state->clock_hz);
  }
}

static void
test_attempts_vary (void)
{
  g_autoptr (UbTestWires) wires = new_wires (NULL);
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

/* The simulator as a person names it. */
static void
test_simulator (void)
{
  static const struct {
    const char *spec;
    guint clock_hz; /* 0 when it fails with @code */
    guint mode;
    UbError code;
  } cases[] = {
    { "sim", 12000000, 0, 0 },
    { "sim:latency=1000", 12000000, 0, 0 },
    { "sim:max-transaction=300,max-batch=300", 12000000, 0, 0 },
    { "sim:modes=3", 12000000, 3, 0 },
    { "sim:modes=3,max-clock=3000", 3000, 3, 0 },
    { "sim:modes=3,mode=0", 0, 0, UB_ERROR_NO_DOWNLOAD_MODE },
    { "sim:clock=30000", 30000, 0, 0 },
    { "sim:part=c22315,clock=30000000", 30000000, 0, 0 },
    { "sim:max-clock=2000000", 1500000, 0, 0 },
    { "sim:max-clock=2000000,clock=3000000", 0, 0, UB_ERROR_NO_DOWNLOAD_MODE },
    { "sim:deaf=1", 0, 0, UB_ERROR_MISO_LOW },
    { "sim:miso=0", 0, 0, UB_ERROR_MISO_LOW },
    { "sim:miso=1", 0, 0, UB_ERROR_MISO_HIGH },
    { "sim:unplug-at=5", 0, 0, UB_ERROR_UNPLUGGED },
    { "sim:flips=1e-6,flips-above=2000000", 12000000, 0, 0 },
    { "sim:flips=1e-2", 0, 0, UB_ERROR_UNSTABLE },
    { "sim:flips=1e-2,flips-above=3000000", 2000000, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (UbProgrammer) programmer = ub_programmer_new_for_spec (cases[i].spec, &error);
    g_autoptr (UbSession) session = NULL;

    g_assert_no_error (error);
    session = ub_session_open (programmer, NULL, NULL, NULL, &error);
    g_test_message ("%s: %u Hz, %s", cases[i].spec, ub_programmer_get_clock (programmer),
                    error != NULL ? error->message : "connected");
    if (cases[i].clock_hz == 0) {
      g_assert_error (error, UB_ERROR, (int) cases[i].code);
      g_assert_false (ub_programmer_is_open (programmer));
      continue;
    }
    g_assert_no_error (error);
    g_assert_cmpuint (ub_programmer_get_clock (programmer), ==, cases[i].clock_hz);
    g_assert_cmpuint (ub_programmer_get_mode (programmer), ==, cases[i].mode);
  }
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
  { "no-mosi-late", .mosi_broken = TRUE, .shift = 3, .code = UB_ERROR_NO_FLASH_ID, .fact = "D2" },
  { "bridge", .bridged = TRUE, .code = UB_ERROR_NO_FLASH_ID, .fact = "touch" },
  { "noise", .noisy = TRUE, .code = UB_ERROR_NO_DOWNLOAD_MODE, .fact = "D2" },
  { "few-flips", .flips = 2e-3, .code = UB_ERROR_UNSTABLE, .fact = "each time" },
  { "many-flips", .flips = 0.05, .code = UB_ERROR_UNSTABLE, .fact = "differ" },
};

static void
test_failure (gconstpointer data)
{
  const Failure *failure = data;
  g_autoptr (UbTestWires) wires = new_wires (NULL);
  g_autoptr (GError) error = NULL;
  Watch watch = { 0 };

  ub_sim_chip_set_deaf (wires->chip, failure->deaf);
  wires->cen_broken = failure->cen_broken;
  wires->mosi_broken = failure->mosi_broken;
  wires->cs_broken = failure->cs_broken;
  wires->bridged = failure->bridged;
  wires->noisy = failure->noisy;
  wires->shift = failure->shift;
  wires->miso = failure->miso - 1;
  wires->flips = failure->flips;

  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), watch_connecting, &watch, NULL, &error));
  g_test_message ("%s: %s (%.1f s)", failure->name, error->message, get_time (wires) / 1e6);
  g_assert_error (error, UB_ERROR, (int) failure->code);
  g_assert_nonnull (strstr (error->message, failure->fact));
  g_assert_cmpuint (watch.last.attempt, >=, 10);
  g_assert_cmpuint (watch.last.attempt, <=, watch.last.n_attempts);
  g_assert_cmpint (get_time (wires), <=, 40 * SEC);
  assert_closed (wires);
}

static void
test_programmer_errors_are_passed_on (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (UbTestWires) refused = new_wires (NULL);

  refused->fail_open = TRUE;
  g_assert_null (ub_session_open (UB_PROGRAMMER (refused), NULL, NULL, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_PERMISSION);
  g_assert_cmpstr (error->message, ==, "may not be opened");
  g_assert_cmpuint (refused->n_closed, ==, 0);
  g_clear_error (&error);

  /* In the look without reset, while streaming, in identification and in the clock search: never retried. */
  for (guint n = 1; n < 60; n++) {
    g_autoptr (UbTestWires) wires = new_wires (NULL);
    g_autoptr (UbSession) session = NULL;

    wires->unplug_at = n;
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    if (session != NULL) {
      g_assert_cmpuint (n, >, 20);
      break;
    }
    g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
    g_assert_cmpuint (wires->n_exchanges, ==, n);
    assert_closed (wires);
    g_clear_error (&error);
  }
}

static void
test_cancelled_anywhere (void)
{
  for (UbConnectStep step = UB_CONNECT_STEP_OPEN; step <= UB_CONNECT_STEP_CLOCK; step++) {
    g_autoptr (UbTestWires) wires = new_wires (NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    Watch watch = { .cancel_at = step, .cancellable = cancellable };

    g_assert_null (
        ub_session_open (UB_PROGRAMMER (wires), watch_connecting, &watch, cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint (watch.last.step, ==, step);
    g_assert_cmpint (get_time (wires), <=, 600 * MSEC);
    assert_closed (wires);
  }
}

static void
test_by_hand (void)
{
  static const guint max_clocks[] = { 0, 30000 };
  static const gint64 pulls[] = { 1000 * MSEC, 5003 * MSEC, 12345 * MSEC + 678 };

  for (guint c = 0; c < G_N_ELEMENTS (max_clocks); c++) {
    for (guint p = 0; p < G_N_ELEMENTS (pulls); p++) {
      g_autoptr (UbTestWires) wires = new_wires (NULL);
      g_autoptr (UbSession) session = NULL;
      g_autoptr (GError) error = NULL;
      Watch watch = { 0 };

      wires->no_reset = TRUE;
      wires->latency_us = 125;
      ub_sim_chip_set_max_clock (wires->chip, max_clocks[c]);
      wires->hand_at_us[0] = pulls[p];
      /* Wires that carry little need the hand again at a lower clock. */
      if (max_clocks[c] != 0) {
        for (guint i = 1; i < 7; i++)
          wires->hand_at_us[i] = pulls[p] + i * 25 * SEC;
      }
      session = ub_session_open (UB_PROGRAMMER (wires), watch_connecting, &watch, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (watch.needed_hand);
      g_assert_false (watch.last.needs_hand);
      if (max_clocks[c] == 0)
        g_assert_cmpuint (wires->n_hands, ==, 1);
      g_assert_true (has_note (session, "CEN"));
      ub_session_close (session);
      g_assert_cmpuint (wires->n_resets_asked, ==, 0);
      assert_closed (wires);
    }
  }
}

/* At 3 kHz as well, whatever the moment. */
static void
test_by_hand_slowly (void)
{
  for (guint i = 0; i < 12; i++) {
    g_autoptr (UbTestWires) wires = new_wires (NULL);
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;

    wires->no_reset = TRUE;
    wires->hand_at_us[0] = 2 * SEC + i * 13 * MSEC;
    ub_programmer_set_fixed_clock (UB_PROGRAMMER (wires), 3000);
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpint (get_time (wires), <=, wires->hand_at_us[0] + 3 * SEC);
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
  g_autoptr (UbTestWires) wires = new_wires (NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  wires->no_reset = TRUE;
  wires->mosi_broken = TRUE;
  for (guint i = 0; i < 6; i++)
    wires->hand_at_us[i] = (i + 1) * 4 * SEC;
  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), cancel_sixth_attempt, cancellable,
                                  cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (get_time (wires), <=, 24 * SEC);
  assert_closed (wires);
}

static void
test_hand_that_never_comes (void)
{
  g_autoptr (UbTestWires) wires = new_wires (NULL);
  g_autoptr (GError) error = NULL;
  Watch watch = { 0 };

  wires->no_reset = TRUE;
  wires->latency_us = 4000; /* a slow adapter, to have fewer bytes to simulate */
  ub_programmer_set_fixed_clock (UB_PROGRAMMER (wires), 10000);
  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), watch_connecting, &watch, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_MISO_LOW);
  g_assert_true (watch.needed_hand);
  g_assert_cmpint (get_time (wires), >=, 300 * SEC);
  assert_closed (wires);
}

static void
test_always_reset_at_the_end (void)
{
  g_autoptr (UbTestWires) wires = new_wires (NULL);
  g_autoptr (GError) error = NULL;
  UbSession *session;

  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ub_sim_chip_is_in_download_mode (wires->chip));
  ub_session_close (session);
  ub_session_close (session);
  g_assert_cmpuint (count_resets (wires), ==, 2);
  assert_closed (wires);
  g_object_unref (session);
  g_assert_cmpuint (count_resets (wires), ==, 2);

  /* Dropped without closing, and opened again. */
  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (session);
  g_assert_cmpuint (count_resets (wires), ==, 4);
  assert_closed (wires);
  g_assert_cmpuint (G_OBJECT (wires)->ref_count, ==, 1);
}

static void
test_closes_after_unplugging (void)
{
  g_autoptr (UbTestWires) wires = new_wires (NULL);
  g_autoptr (UbSession) session = NULL;
  g_autoptr (GError) error = NULL;
  guint8 reply[4];

  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  wires->unplug_at = wires->n_exchanges + 1;
  g_assert_false (
      ub_flash_read (ub_session_get_flash (session), 0, reply, sizeof reply, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
  ub_session_close (session);
  assert_closed (wires);
}

static void
test_unknown_part (gconstpointer data)
{
  gboolean has_sfdp = GPOINTER_TO_INT (data);
  UbFlashPart part = *ub_flash_part_lookup (0x1C7016);
  g_autoptr (UbTestWires) wires = NULL;
  g_autoptr (UbSession) session = NULL;
  g_autoptr (UbFlash) flash = NULL;
  g_autoptr (GError) error = NULL;

  part.jedec_id = 0x684016;
  part.has_sfdp = has_sfdp;
  g_assert_null (ub_flash_part_lookup (part.jedec_id));
  wires = new_wires (&part);
  ub_programmer_set_clock_ceiling (UB_PROGRAMMER (wires), 30000000);
  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (ub_session_get_jedec_id (session), ==, 0x684016);
  /* Nor is it driven faster than its description allows. */
  g_assert_cmpuint (ub_flash_get_part (ub_session_get_flash (session))->max_read_hz, <, 30000000);
  g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==,
                    ub_flash_get_part (ub_session_get_flash (session))->max_read_hz);
  flash = g_object_ref (ub_session_get_flash (session));
  g_assert_true (has_note (session, "684016"));
  g_clear_object (&session);

  /* The description lives as long as the flash object, not as the session. */
  g_assert_cmphex (ub_flash_get_part (flash)->jedec_id, ==, 0x684016);
  g_assert_cmpuint (ub_flash_get_part (flash)->size, ==, 4 * 1024 * 1024);
  g_assert_cmpint (ub_flash_get_part (flash)->origin, ==,
                   has_sfdp ? UB_FLASH_PART_SFDP : UB_FLASH_PART_GUESSED);
  assert_closed (wires);
}

/* A stable ID that means nothing is no reason to guess. */
static void
test_strange_id (void)
{
  UbFlashPart part = *ub_flash_part_lookup (0x1C7016);
  g_autoptr (UbTestWires) wires = NULL;
  g_autoptr (GError) error = NULL;

  part.jedec_id = 0x38E02B;
  part.has_sfdp = FALSE;
  wires = new_wires (&part);
  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_NO_FLASH_ID);
  g_assert_nonnull (strstr (error->message, "38 E0 2B"));
  assert_closed (wires);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/session/every-clock", test_enters_at_every_clock);
  g_test_add_func ("/session/half-a-second", test_connects_within_half_a_second);
  g_test_add_func ("/session/without-reset", test_found_without_reset);
  g_test_add_func ("/session/slow-wires", test_wires_that_only_carry_less);
  g_test_add_func ("/session/wishes", test_honours_wishes);
  g_test_add_func ("/session/narrow-programmers", test_narrow_programmers);
  g_test_add_func ("/session/late-flash", test_late_flash);
  g_test_add_func ("/session/attempts-vary", test_attempts_vary);
  g_test_add_func ("/session/simulator", test_simulator);
  for (guint i = 0; i < G_N_ELEMENTS (failures); i++) {
    g_autofree char *path = g_strdup_printf ("/session/failure/%s", failures[i].name);

    g_test_add_data_func (path, &failures[i], test_failure);
  }
  g_test_add_func ("/session/programmer-errors", test_programmer_errors_are_passed_on);
  g_test_add_func ("/session/cancel", test_cancelled_anywhere);
  g_test_add_func ("/session/by-hand", test_by_hand);
  g_test_add_func ("/session/by-hand/slowly", test_by_hand_slowly);
  g_test_add_func ("/session/by-hand/each-pull", test_each_pull_is_an_attempt);
  g_test_add_func ("/session/by-hand/never", test_hand_that_never_comes);
  g_test_add_func ("/session/reset-at-the-end", test_always_reset_at_the_end);
  g_test_add_func ("/session/unplugged", test_closes_after_unplugging);
  g_test_add_data_func ("/session/unknown-part/sfdp", GINT_TO_POINTER (TRUE), test_unknown_part);
  g_test_add_data_func ("/session/unknown-part/guess", GINT_TO_POINTER (FALSE), test_unknown_part);
  g_test_add_func ("/session/strange-id", test_strange_id);

  return g_test_run ();
}

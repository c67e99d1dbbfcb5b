/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "test-ub-clock-search"

#include "config.h"

#include "ub-clock-search.h"
#include "ub-error.h"
#include "ub-session.h"
#include "ub-test-wires.h"

#include <string.h>

#define MSEC G_GINT64_CONSTANT (1000)

typedef struct {
  UbTestWires *wires;
  gint64 begun;
  gint64 took;
  guint n_steps;
  guint last_hz;
  guint64 n_bytes;
  guint64 least_bytes; /* of any step */
  GCancellable *cancellable;
} Watch;

static void
watch_search (const UbConnectState *state, gpointer user_data)
{
  Watch *watch = user_data;
  gint64 now = ub_programmer_get_time (UB_PROGRAMMER (watch->wires));
  UbSimCounters counters;

  ub_sim_chip_get_counters (watch->wires->chip, &counters);
  if (watch->n_steps > 0 && state->clock_hz > watch->last_hz) /* the step before is done */
    watch->least_bytes = MIN (watch->least_bytes, counters.bytes_clocked - watch->n_bytes);
  watch->n_bytes = counters.bytes_clocked;
  watch->last_hz = state->clock_hz;
  if (state->step == UB_CONNECT_STEP_CLOCK) {
    if (watch->n_steps++ == 0)
      watch->begun = now;
    if (watch->n_steps == 4 && watch->cancellable != NULL)
      g_cancellable_cancel (watch->cancellable);
  } else if (state->step == UB_CONNECT_STEP_READY) {
    watch->took = now - watch->begun;
  }
}

static UbTestWires *
new_wires (void)
{
  g_autoptr (GBytes) content = ub_test_wires_make_content (64 * 1024);

  return ub_test_wires_new (NULL, content);
}

typedef struct {
  guint max_clock; /* garbage above */
  guint ceiling;
  guint expected;
} Case;

/* One step below the highest clean one when a higher one failed, the top itself when it was clean. */
static const Case cases[] = {
  { 0, 12000000, 12000000 },
  { 12000000, 12000000, 12000000 },
  { 12000000, 30000000, 10000000 },
  { 0, 30000000, 30000000 },
  { 0, 7000000, 7000000 },
  { 7000000, 12000000, 4000000 },
  { 2000000, 12000000, 1500000 },
  { 1500000, 12000000, 1000000 },
  { 1000000, 12000000, 1000000 },
  { 999999, 12000000, 300000 },
  { 100000, 12000000, 100000 },
  { 50000, 12000000, 30000 },
  { 30000, 12000000, 30000 },
  { 5000, 12000000, 3000 },
  { 3000, 12000000, 3000 },
  { 0, 500000, 500000 },
  { 0, 3000, 3000 },
  { 2000000, 1500000, 1500000 },
};

static void
test_settles (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (UbTestWires) wires = new_wires ();
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;
    Watch watch = { .wires = wires };

    wires->latency_us = 125;
    ub_sim_chip_set_max_clock (wires->chip, cases[i].max_clock);
    ub_programmer_set_clock_ceiling (UB_PROGRAMMER (wires), cases[i].ceiling);
    session = ub_session_open (UB_PROGRAMMER (wires), watch_search, &watch, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==, cases[i].expected);
    g_assert_cmpuint (watch.n_steps, >, 0);
    g_assert_cmpuint (ub_session_get_notes (session)->len, ==, 0);
  }
}

static void
test_takes_less_than_300_ms (void)
{
  static const guint latencies[] = { 0, 125, 1000 };
  static const guint ceilings[] = { 1000000, 12000000, 30000000 };
  static const guint max_clocks[] = { 0, 2000000, 12000000 };

  for (guint l = 0; l < G_N_ELEMENTS (latencies); l++) {
    for (guint c = 0; c < G_N_ELEMENTS (ceilings); c++) {
      for (guint m = 0; m < G_N_ELEMENTS (max_clocks); m++) {
        g_autoptr (UbTestWires) wires = new_wires ();
        g_autoptr (UbSession) session = NULL;
        g_autoptr (GError) error = NULL;
        Watch watch = { .wires = wires };

        wires->latency_us = latencies[l];
        ub_sim_chip_set_max_clock (wires->chip, max_clocks[m]);
        ub_programmer_set_clock_ceiling (UB_PROGRAMMER (wires), ceilings[c]);
        session = ub_session_open (UB_PROGRAMMER (wires), watch_search, &watch, NULL, &error);
        g_assert_no_error (error);
        g_test_message ("latency %u, ceiling %u, wires %u: %.1f ms", latencies[l], ceilings[c],
                        max_clocks[m], watch.took / 1e3);
        g_assert_cmpint (watch.took, <, 300 * MSEC);
        g_assert_cmpint (ub_programmer_get_time (UB_PROGRAMMER (wires)), <=, 500 * MSEC);
      }
    }
  }
}

/* One wrong bit in 10⁴ is nearly always among 32768. */
static void
test_reads_enough_to_see_rare_errors (void)
{
  g_autoptr (UbTestWires) wires = new_wires ();
  g_autoptr (UbSession) session = NULL;
  g_autoptr (GError) error = NULL;
  Watch watch = { .wires = wires, .least_bytes = G_MAXUINT64 };

  session = ub_session_open (UB_PROGRAMMER (wires), watch_search, &watch, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (watch.n_steps, >=, 8);
  g_assert_cmpuint (watch.least_bytes, >=, 4096);
}

/* Rare errors are found as well; what is rarer still is for ub_clock_step_down(). */
static void
test_sees_bit_errors (void)
{
  static const struct {
    double flips;
    guint above;
    guint at_most;
    guint at_least;
  } errors[] = {
    { 1e-2, 6000000, 6000000, 4000000 },
    { 1e-3, 3000000, 3000000, 2000000 },
    { 5e-4, 1000000, 1000000, 1000000 },
    { 1e-3, 250000, 250000, 100000 }, /* below where it entered */
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_autoptr (UbTestWires) wires = new_wires ();
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;

    wires->flips = errors[i].flips;
    wires->flips_above = errors[i].above;
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), <=, errors[i].at_most);
    g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), >=, errors[i].at_least);
  }
}

/* Errors that come at every clock: many of them end the search within seconds, few are left to the job, and
 * neither is told that a lower clock would help. */
static void
test_clock_that_does_not_help (void)
{
  static const struct {
    double flips;
    guint above;
    gboolean connects;
    guint at_most;
  } errors[] = {
    { 1e-4, 0, FALSE, 0 },
    { 2e-4, 0, FALSE, 0 },
    { 1e-4, 5000, TRUE, 5000 }, /* a much lower one does */
  };

  for (guint i = 0; i < G_N_ELEMENTS (errors); i++) {
    g_autoptr (UbTestWires) wires = new_wires ();
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;

    wires->flips = errors[i].flips;
    wires->flips_above = errors[i].above;
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    g_assert_cmpint (ub_programmer_get_time (UB_PROGRAMMER (wires)), <=, 40 * G_USEC_PER_SEC);
    if (errors[i].connects) {
      g_assert_no_error (error);
      g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), <=, errors[i].at_most);
    } else {
      g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
      g_assert_null (strstr (ub_error_get_remedy (error), "clock"));
    }
  }
}

/* One adapter clock: the message and the advice speak of no other. */
static void
test_only_clock (void)
{
  g_autoptr (UbTestWires) wires = new_wires ();
  UbProgrammer *programmer = UB_PROGRAMMER (wires);
  g_autoptr (GError) error = NULL;

  wires->min_hz = wires->max_hz = 1500000;
  g_assert_true (ub_programmer_open (programmer, &error));
  g_assert_true (ub_programmer_set_clock (programmer, 1500000, NULL, &error));
  g_assert_false (ub_clock_step_down (programmer, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
  g_assert_nonnull (strstr (error->message, "fixed clock of 1.5 MHz"));
  g_assert_null (strstr (ub_error_get_remedy (error), "clock"));
}

static void
test_goes_down (void)
{
  g_autoptr (UbTestWires) wires = new_wires ();
  g_autoptr (UbSession) session = NULL;
  g_autoptr (GError) error = NULL;
  UbConnectState state = { 0 };
  UbFlash *flash;

  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  flash = ub_session_get_flash (session);

  /* The wires get worse: the search starts again from where it is. */
  ub_sim_chip_set_max_clock (wires->chip, 40000);
  g_assert_true (ub_clock_search (flash, &state, NULL, NULL, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==, 30000);
  g_assert_cmpuint (state.clock_hz, ==, 30000);

  ub_sim_chip_set_max_clock (wires->chip, 0);
  wires->noisy = TRUE;
  g_assert_false (ub_clock_search (flash, &state, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
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

/* Known content is looked for: blank at the front, an app further on, or nothing at all. */
static void
test_blank_places (void)
{
  static const struct {
    guint32 jedec_id;
    guint32 content_at; /* 0 for none at all */
    gboolean proven;
  } chips[] = {
    { 0x1C7015, 0x11000, TRUE },
    { 0x1C7015, 0x1E0000, TRUE },
    { 0x1C7015, 0, FALSE }, /* describes itself */
    { 0x0B4015, 0, FALSE }, /* does not */
  };

  for (guint i = 0; i < G_N_ELEMENTS (chips); i++) {
    g_autoptr (GBytes) code = ub_test_wires_make_content (4096);
    guint8 *bytes = g_malloc (0x200000);
    g_autoptr (GBytes) content = g_bytes_new_take (bytes, 0x200000);
    g_autoptr (UbTestWires) wires = NULL;
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;

    memset (bytes, 0xFF, 0x200000);
    if (chips[i].content_at != 0)
      memcpy (bytes + chips[i].content_at, g_bytes_get_data (code, NULL), 4096);
    wires = ub_test_wires_new (ub_flash_part_lookup (chips[i].jedec_id), content);
    wires->latency_us = 1000;
    wires->flips = 1e-3;
    wires->flips_above = 8000000;
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), <=, 8000000);
    g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), >=, 6000000);
    g_assert_cmpint (has_note (session, "nothing to test the clock"), ==, !chips[i].proven);
    g_assert_cmpint (ub_programmer_get_time (UB_PROGRAMMER (wires)), <=, 500 * MSEC);
  }
}

static void
test_cancel (void)
{
  g_autoptr (UbTestWires) wires = new_wires ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Watch watch = { .wires = wires, .cancellable = cancellable };

  g_assert_null (
      ub_session_open (UB_PROGRAMMER (wires), watch_search, &watch, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (watch.n_steps, ==, 4);
}

static void
test_step_down (void)
{
  static const guint steps[] = { 24000000, 20000000, 15000000, 12000000, 10000000, 8000000,
                                 6000000,  4000000,  3000000,  2000000,  1500000,  1000000,
                                 500000,   300000,   200000,   100000,   50000,    30000,
                                 20000,    10000,    5000,     3000 };
  g_autoptr (UbTestWires) wires = new_wires ();
  UbProgrammer *programmer = UB_PROGRAMMER (wires);
  g_autoptr (GError) error = NULL;
  guint hz = 0;

  g_assert_true (ub_programmer_open (programmer, &error));
  g_assert_true (ub_programmer_set_clock (programmer, 30000000, NULL, &error));
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++) {
    g_assert_true (ub_clock_step_down (programmer, &hz, &error));
    g_assert_cmpuint (hz, ==, steps[i]);
    g_assert_cmpuint (ub_programmer_get_clock (programmer), ==, steps[i]);
  }
  g_assert_false (ub_clock_step_down (programmer, &hz, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
  g_assert_cmpuint (ub_programmer_get_clock (programmer), ==, 3000);
}

static void
test_step_down_of_coarse_programmer (void)
{
  g_autoptr (UbTestWires) wires = new_wires ();
  UbProgrammer *programmer = UB_PROGRAMMER (wires);
  g_autoptr (GError) error = NULL;
  guint hz = 0, n = 0;

  /* Divides by powers of two, as spi-bcm2835 does in older kernels, and no further than 62500 Hz. */
  wires->divided = TRUE;
  wires->max_hz = 16000000;
  wires->min_hz = 62500;
  g_assert_true (ub_programmer_open (programmer, &error));
  g_assert_true (ub_programmer_set_clock (programmer, 16000000, NULL, &error));
  for (guint expected = 8000000; expected >= 62500; expected /= 2, n++) {
    g_assert_true (ub_clock_step_down (programmer, &hz, &error));
    g_assert_cmpuint (hz, ==, expected);
  }
  g_assert_cmpuint (n, ==, 8);
  g_assert_false (ub_clock_step_down (programmer, &hz, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
}

static void
test_fixed_clock_stays (void)
{
  g_autoptr (UbTestWires) wires = new_wires ();
  UbProgrammer *programmer = UB_PROGRAMMER (wires);
  g_autoptr (GError) error = NULL;

  ub_programmer_set_fixed_clock (programmer, 6000000);
  g_assert_true (ub_programmer_open (programmer, &error));
  g_assert_true (ub_programmer_set_clock (programmer, 6000000, NULL, &error));
  g_assert_false (ub_clock_step_down (programmer, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_UNSTABLE);
  g_assert_cmpuint (ub_programmer_get_clock (programmer), ==, 6000000);
}

static void
test_format (void)
{
  static const struct {
    guint hz;
    const char *text;
  } texts[] = { { 3000, "3 kHz" },
                { 62500, "62.5 kHz" },
                { 1000000, "1 MHz" },
                { 1500000, "1.5 MHz" },
                { 12000000, "12 MHz" } };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autofree char *text = ub_clock_format (texts[i].hz);

    g_assert_cmpstr (text, ==, texts[i].text);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/clock-search/settles", test_settles);
  g_test_add_func ("/clock-search/time", test_takes_less_than_300_ms);
  g_test_add_func ("/clock-search/reads-enough", test_reads_enough_to_see_rare_errors);
  g_test_add_func ("/clock-search/bit-errors", test_sees_bit_errors);
  g_test_add_func ("/clock-search/goes-down", test_goes_down);
  g_test_add_func ("/clock-search/blank-places", test_blank_places);
  g_test_add_func ("/clock-search/cancel", test_cancel);
  g_test_add_func ("/clock-search/step-down", test_step_down);
  g_test_add_func ("/clock-search/step-down/coarse", test_step_down_of_coarse_programmer);
  g_test_add_func ("/clock-search/step-down/fixed", test_fixed_clock_stays);
  g_test_add_func ("/clock-search/step-down/only", test_only_clock);
  g_test_add_func ("/clock-search/no-help", test_clock_that_does_not_help);
  g_test_add_func ("/clock-search/format", test_format);

  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-progress.h"

#define SECOND G_USEC_PER_SEC

static UbProgressState
get_state (UbProgress *progress)
{
  UbProgressState state;

  ub_progress_get_state (progress, &state);
  return state;
}

static void
test_weights (void)
{
  g_autoptr (UbProgress) progress = ub_progress_new ();

  ub_progress_declare (progress, UB_PHASE_READ, 10);
  ub_progress_declare (progress, UB_PHASE_WRITE, 30);
  g_assert_cmpfloat (get_state (progress).fraction, ==, 0);
  g_assert_cmpfloat (get_state (progress).seconds_left, ==, 40);

  ub_progress_begin (progress, UB_PHASE_READ, 1000, 0);
  ub_progress_advance (progress, 500, 5 * SECOND);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 5.0 / 40, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_state (progress).rate, 100, 1e-9);
  g_assert_cmpfloat_with_epsilon (get_state (progress).seconds_left, 35, 1e-9);

  ub_progress_advance (progress, 500, 10 * SECOND);
  ub_progress_begin (progress, UB_PHASE_WRITE, 300, 10 * SECOND);
  g_assert_cmpint (get_state (progress).status[UB_PHASE_READ], ==, UB_PHASE_STATUS_DONE);
  g_assert_cmpint (get_state (progress).status[UB_PHASE_ERASE], ==, UB_PHASE_STATUS_ABSENT);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 0.25, 1e-9);

  ub_progress_finish (progress, 40 * SECOND);
  g_assert_cmpfloat (get_state (progress).fraction, ==, 1);
  g_assert_cmpfloat (get_state (progress).seconds_left, ==, 0);
  g_assert_cmpint (get_state (progress).phase, ==, UB_N_PHASES);
}

/* A phase that turns out three times as long, or a phase declared anew, never moves the bar back. */
static void
test_never_backwards (void)
{
  g_autoptr (UbProgress) progress = ub_progress_new ();
  double before;

  ub_progress_declare (progress, UB_PHASE_READ, 10);
  ub_progress_declare (progress, UB_PHASE_WRITE, 10);
  ub_progress_begin (progress, UB_PHASE_READ, 100, 0);
  ub_progress_advance (progress, 100, SECOND);
  before = get_state (progress).fraction;
  g_assert_cmpfloat (before, ==, 0.5);

  ub_progress_declare (progress, UB_PHASE_WRITE, 90);
  g_assert_cmpfloat (get_state (progress).fraction, ==, before);
  ub_progress_begin (progress, UB_PHASE_WRITE, 100, 2 * SECOND);
  ub_progress_advance (progress, 100, 3 * SECOND);
  g_assert_cmpfloat (get_state (progress).fraction, ==, 1);
  ub_progress_advance (progress, 100, 4 * SECOND);
  g_assert_cmpfloat (get_state (progress).fraction, ==, 1);
}

static void
test_titles (void)
{
  for (int phase = 0; phase < UB_N_PHASES; phase++)
    g_assert_cmpstr (ub_phase_get_title (phase), !=, "");
}

/* Far less to write than was feared: the bar does not jump, what is left of it belongs to what is left to do. */
static void
test_better_known (void)
{
  g_autoptr (UbProgress) progress = ub_progress_new ();

  ub_progress_declare (progress, UB_PHASE_READ, 10);
  ub_progress_declare (progress, UB_PHASE_WRITE, 30);
  ub_progress_begin (progress, UB_PHASE_READ, 100, 0);
  ub_progress_advance (progress, 50, 5 * SECOND);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 0.125, 1e-9);
  ub_progress_declare (progress, UB_PHASE_WRITE, 2);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 0.125, 1e-9);
  ub_progress_advance (progress, 50, 10 * SECOND);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 0.125 + 0.875 * 5 / 7, 1e-9);
  ub_progress_begin (progress, UB_PHASE_WRITE, 100, 10 * SECOND);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 0.125 + 0.875 * 5 / 7, 1e-9);
  ub_progress_advance (progress, 50, 11 * SECOND);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 0.125 + 0.875 * 6 / 7, 1e-9);

  /* Ten times as long after all: slower, but it does not stand still. */
  ub_progress_declare (progress, UB_PHASE_WRITE, 20);
  ub_progress_advance (progress, 25, 16 * SECOND);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 0.125 + 0.875 * 6.5 / 7, 1e-9);
}

/* More to read than was thought: the bar goes on, slower. */
static void
test_extend (void)
{
  g_autoptr (UbProgress) progress = ub_progress_new ();

  ub_progress_declare (progress, UB_PHASE_READ, 10);
  ub_progress_begin (progress, UB_PHASE_READ, 1000, 0);
  ub_progress_advance (progress, 500, 5 * SECOND);
  ub_progress_extend (progress, 1000);
  g_assert_cmpuint (get_state (progress).bytes_total, ==, 2000);
  g_assert_cmpfloat (get_state (progress).fraction, ==, 0.5);
  g_assert_cmpfloat_with_epsilon (get_state (progress).seconds_left, 15, 1e-9);
  ub_progress_advance (progress, 1000, 15 * SECOND);
  g_assert_cmpfloat_with_epsilon (get_state (progress).fraction, 0.5 + 0.5 * 2 / 3, 1e-9);
  ub_progress_extend (progress, -400);
  g_assert_cmpuint (get_state (progress).bytes_total, ==, 1600);
  ub_progress_extend (progress, -9999);
  g_assert_cmpuint (get_state (progress).bytes_total, ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/progress/weights", test_weights);
  g_test_add_func ("/progress/never-backwards", test_never_backwards);
  g_test_add_func ("/progress/better-known", test_better_known);
  g_test_add_func ("/progress/titles", test_titles);
  g_test_add_func ("/progress/extend", test_extend);
  return g_test_run ();
}

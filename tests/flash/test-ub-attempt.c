/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "test-ub-attempt"

#include "config.h"

#include "ub-attempt.h"

static void
add (UbAttemptLog *log, guint8 reply, gboolean d2_seen)
{
  UbEvidence evidence;

  ub_evidence_init (&evidence);
  evidence.all_and = evidence.all_or = evidence.last_reply[1] = reply;
  evidence.d2_seen = d2_seen;
  ub_attempt_log_add (log, &evidence);
}

/* Ten attempts at least, whatever they bring; after that only what may still be news. */
static void
test_enough (void)
{
  static const struct {
    guint8 first;
    guint8 others;
    gboolean first_announced;
    gboolean others_announced;
    gboolean is_enough;
  } cases[] = {
    { 0x00, 0x00, FALSE, FALSE, TRUE }, { 0xFF, 0xFF, FALSE, FALSE, TRUE },
    { 0xCC, 0xCC, FALSE, FALSE, TRUE }, { 0xCC, 0x00, FALSE, FALSE, FALSE },
    { 0xD2, 0xD2, TRUE, TRUE, TRUE },   { 0x12, 0xD2, TRUE, TRUE, TRUE },
    { 0xD2, 0x00, TRUE, FALSE, FALSE }, { 0x00, 0xD2, FALSE, TRUE, FALSE },
  };

  for (guint c = 0; c < G_N_ELEMENTS (cases); c++) {
    UbAttemptLog log = { 0 };

    g_assert_false (ub_attempt_log_is_enough (&log));
    for (guint i = 0; i < 10; i++) {
      g_assert_false (ub_attempt_log_is_enough (&log));
      if (i == 0)
        add (&log, cases[c].first, cases[c].first_announced);
      else
        add (&log, cases[c].others, cases[c].others_announced);
    }
    g_assert_cmpuint (log.n, ==, 10);
    g_assert_cmpint (ub_attempt_log_is_enough (&log), ==, cases[c].is_enough);
  }
}

static void
test_best (void)
{
  UbAttemptLog log = { 0 };

  add (&log, 0xCC, FALSE);
  add (&log, 0xD2, TRUE);
  add (&log, 0x00, FALSE);
  g_assert_true (log.best.d2_seen);
  g_assert_cmphex (log.best.last_reply[1], ==, 0xD2);
}

static void
test_patience (void)
{
  const UbAttempt *first = ub_attempt_get (0);
  UbEvidence evidence;

  ub_evidence_init (&evidence);
  g_assert_cmpuint (ub_attempt_get_patience (first, &evidence), ==, 500000);
  evidence.d2_seen = TRUE;
  g_assert_cmpuint (ub_attempt_get_patience (first, &evidence), ==, 1000000);

  g_assert_cmpuint (ub_attempt_get_hand_patience (0) + ub_attempt_get_hand_patience_after (0), ==,
                    120 * G_USEC_PER_SEC);
  g_assert_cmpuint (ub_attempt_get_hand_patience_after (ub_attempt_get_count (TRUE) - 1), ==, 0);
}

/* By hand and by line, every clock comes in each of two modes. */
static void
test_clocks (void)
{
  static const guint clocks[] = { 1000000, 100000, 30000, 10000, 3000 };

  g_assert_cmpuint (ub_attempt_get_count (TRUE), >=, 10);
  g_assert_cmpuint (ub_attempt_get_count (FALSE), >=, ub_attempt_get_count (TRUE));
  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    guint seen[2] = { 0 };

    for (guint k = 0; k < ub_attempt_get_count (TRUE); k++)
      seen[k % 2] += ub_attempt_get (k)->clock_hz == clocks[i];
    g_assert_cmpuint (seen[0], >, 0);
    g_assert_cmpuint (seen[1], >, 0);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/attempt/enough", test_enough);
  g_test_add_func ("/attempt/best", test_best);
  g_test_add_func ("/attempt/patience", test_patience);
  g_test_add_func ("/attempt/clocks", test_clocks);

  return g_test_run ();
}

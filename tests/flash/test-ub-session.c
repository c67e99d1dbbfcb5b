/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "test-ub-session"

#include "config.h"

#include "session-fixture.h"
#include "ub-error.h"
#include "ub-programmer-list.h"

#include <string.h>

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
        g_autoptr (UbTestWires) wires = session_new_wires (part);
        g_autoptr (UbSession) session = NULL;
        g_autoptr (GError) error = NULL;
        SessionWatch watch = { 0 };

        wires->latency_us = latencies[l];
        ub_programmer_set_fixed_clock (UB_PROGRAMMER (wires), clocks[c]);
        ub_programmer_set_fixed_mode (UB_PROGRAMMER (wires), modes[m]);
        session =
            ub_session_open (UB_PROGRAMMER (wires), session_watch_connecting, &watch, NULL, &error);
        g_assert_no_error (error);
        g_assert_cmphex (ub_session_get_jedec_id (session), ==, part->jedec_id);
        g_assert_cmpstr (ub_flash_get_part (ub_session_get_flash (session))->name, ==, part->name);
        g_assert_cmpint (watch.last.step, ==, UB_CONNECT_STEP_READY);
        g_assert_cmpuint (watch.last.attempt, ==, 1);
        g_assert_cmpuint (watch.last.mode, ==, modes[m]);
        g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==, clocks[c]);
        g_assert_cmpuint (session_count_resets (wires), ==, 1);
        if (clocks[c] >= 1000000)
          g_assert_cmpint (session_get_time (wires), <=, 500 * MSEC);

        ub_session_close (session);
        g_assert_cmpuint (session_count_resets (wires), ==, 2);
        session_assert_closed (wires);
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
    g_autoptr (UbTestWires) wires = session_new_wires (NULL);
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;

    wires->latency_us = latencies[l];
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    g_assert_no_error (error);
    g_test_message ("latency %u: %" G_GINT64_FORMAT " ms", latencies[l],
                    session_get_time (wires) / MSEC);
    g_assert_cmpint (session_get_time (wires), <=, 500 * MSEC);
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
    g_autoptr (UbTestWires) wires = session_new_wires (NULL);
    g_autoptr (UbSession) session = NULL;
    g_autoptr (GError) error = NULL;
    SessionWatch watch = { 0 };

    wires->no_reset = cases[i].no_reset;
    put_into_download_mode (wires->chip);
    ub_sim_chip_set_max_clock (wires->chip, cases[i].max_clock);
    session =
        ub_session_open (UB_PROGRAMMER (wires), session_watch_connecting, &watch, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (session_count_resets (wires), ==, 1);
    g_assert_cmpuint (wires->n_resets_asked, ==, 0);
    g_assert_false (watch.needed_hand);
    ub_session_close (session);
    g_assert_cmpuint (wires->n_resets_asked, ==, cases[i].no_reset ? 0 : 1);
    session_assert_closed (wires);
  }
}

static void
test_wires_that_only_carry_less (void)
{
  static const guint max_clocks[] = { 3000, 5000, 10000, 30000, 100000, 999999 };

  for (guint i = 0; i < G_N_ELEMENTS (max_clocks); i++) {
    g_autoptr (UbTestWires) wires = session_new_wires (NULL);
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
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
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
  session_assert_closed (wires);
}

/* spidev's small buffer, CH341A's one clock and one mode. */
static void
test_narrow_programmers (void)
{
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
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
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
  g_autoptr (UbSession) session = NULL;
  g_autoptr (GError) error = NULL;

  wires->late_us = 900 * MSEC;
  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (session_count_resets (wires), ==, 1);
  g_assert_cmpint (session_get_time (wires), >=, 900 * MSEC);
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

static void
test_programmer_errors_are_passed_on (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (UbTestWires) refused = session_new_wires (NULL);

  refused->fail_open = TRUE;
  g_assert_null (ub_session_open (UB_PROGRAMMER (refused), NULL, NULL, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_PERMISSION);
  g_assert_cmpstr (error->message, ==, "may not be opened");
  g_assert_cmpuint (refused->n_closed, ==, 0);
  g_clear_error (&error);

  /* In the look without reset, while streaming, in identification and in the clock search: never retried. */
  for (guint n = 1; n < 60; n++) {
    g_autoptr (UbTestWires) wires = session_new_wires (NULL);
    g_autoptr (UbSession) session = NULL;

    wires->unplug_at = n;
    session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
    if (session != NULL) {
      g_assert_cmpuint (n, >, 20);
      break;
    }
    g_assert_error (error, UB_ERROR, UB_ERROR_UNPLUGGED);
    g_assert_cmpuint (wires->n_exchanges, ==, n);
    session_assert_closed (wires);
    g_clear_error (&error);
  }
}

static void
test_cancelled_anywhere (void)
{
  for (UbConnectStep step = UB_CONNECT_STEP_OPEN; step <= UB_CONNECT_STEP_CLOCK; step++) {
    g_autoptr (UbTestWires) wires = session_new_wires (NULL);
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    g_autoptr (GError) error = NULL;
    SessionWatch watch = { .cancel_at = step, .cancellable = cancellable };

    g_assert_null (ub_session_open (UB_PROGRAMMER (wires), session_watch_connecting, &watch,
                                    cancellable, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_assert_cmpint (watch.last.step, ==, step);
    g_assert_cmpint (session_get_time (wires), <=, 600 * MSEC);
    session_assert_closed (wires);
  }
}

static void
test_always_reset_at_the_end (void)
{
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
  g_autoptr (GError) error = NULL;
  UbSession *session;

  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (ub_sim_chip_is_in_download_mode (wires->chip));
  ub_session_close (session);
  ub_session_close (session);
  g_assert_cmpuint (session_count_resets (wires), ==, 2);
  session_assert_closed (wires);
  g_object_unref (session);
  g_assert_cmpuint (session_count_resets (wires), ==, 2);

  /* Dropped without closing, and opened again. */
  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_object_unref (session);
  g_assert_cmpuint (session_count_resets (wires), ==, 4);
  session_assert_closed (wires);
  g_assert_cmpuint (G_OBJECT (wires)->ref_count, ==, 1);
}

static void
test_closes_after_unplugging (void)
{
  g_autoptr (UbTestWires) wires = session_new_wires (NULL);
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
  session_assert_closed (wires);
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
  wires = session_new_wires (&part);
  ub_programmer_set_clock_ceiling (UB_PROGRAMMER (wires), 30000000);
  session = ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmphex (ub_session_get_jedec_id (session), ==, 0x684016);
  /* Nor is it driven faster than its description allows. */
  g_assert_cmpuint (ub_flash_get_part (ub_session_get_flash (session))->max_read_hz, <, 30000000);
  g_assert_cmpuint (ub_programmer_get_clock (UB_PROGRAMMER (wires)), ==,
                    ub_flash_get_part (ub_session_get_flash (session))->max_read_hz);
  flash = g_object_ref (ub_session_get_flash (session));
  g_assert_true (session_has_note (session, "684016"));
  g_clear_object (&session);

  /* The description lives as long as the flash object, not as the session. */
  g_assert_cmphex (ub_flash_get_part (flash)->jedec_id, ==, 0x684016);
  g_assert_cmpuint (ub_flash_get_part (flash)->size, ==, 4 * 1024 * 1024);
  g_assert_cmpint (ub_flash_get_part (flash)->origin, ==,
                   has_sfdp ? UB_FLASH_PART_SFDP : UB_FLASH_PART_GUESSED);
  session_assert_closed (wires);
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
  wires = session_new_wires (&part);
  g_assert_null (ub_session_open (UB_PROGRAMMER (wires), NULL, NULL, NULL, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_NO_FLASH_ID);
  g_assert_nonnull (strstr (error->message, "38 E0 2B"));
  session_assert_closed (wires);
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
  g_test_add_func ("/session/simulator", test_simulator);
  g_test_add_func ("/session/programmer-errors", test_programmer_errors_are_passed_on);
  g_test_add_func ("/session/cancel", test_cancelled_anywhere);
  g_test_add_func ("/session/reset-at-the-end", test_always_reset_at_the_end);
  g_test_add_func ("/session/unplugged", test_closes_after_unplugging);
  g_test_add_data_func ("/session/unknown-part/sfdp", GINT_TO_POINTER (TRUE), test_unknown_part);
  g_test_add_data_func ("/session/unknown-part/guess", GINT_TO_POINTER (FALSE), test_unknown_part);
  g_test_add_func ("/session/strange-id", test_strange_id);

  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "test-ub-handshake"

#include "config.h"

#include "ub-error.h"
#include "ub-handshake.h"
#include "ub-test-wires.h"

#include <string.h>

static void
test_plausible_id (void)
{
  static const struct {
    guint8 id[3];
    gboolean plausible;
  } cases[] = {
    { { 0x1C, 0x70, 0x15 }, TRUE },  { { 0xEB, 0x60, 0x15 }, TRUE },
    { { 0xEF, 0x40, 0x16 }, TRUE },  { { 0x00, 0x00, 0x00 }, FALSE },
    { { 0xFF, 0xFF, 0xFF }, FALSE }, { { 0xD2, 0x00, 0x00 }, FALSE },
    { { 0xD2, 0xD2, 0xD2 }, FALSE }, { { 0x1C, 0xD2, 0x15 }, FALSE },
    { { 0xA5, 0xA5, 0xA5 }, FALSE }, { { 0x00, 0x1C, 0x70 }, FALSE },
    { { 0xFF, 0xEF, 0x40 }, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (ub_handshake_is_plausible_id (cases[i].id), ==, cases[i].plausible);
}

static void
test_d2_seen (void)
{
  static const struct {
    const char *bytes;
    gsize n;
    gboolean seen;
  } cases[] = {
    { "\x00\x00\xD2\xD2\xD2\xD2", 6, TRUE },
    { "\x00\xD2\x00\x00\x00\x00", 6, TRUE }, /* entered at once */
    { "\x00\xD2\xFF\xFF\xFF\xFF", 6, TRUE },
    { "\x69\x69\x69\x69", 4, TRUE }, /* rotated: the module shifts without regard to chip select */
    { "\x5A\x5A\x5A\x5A\x5A", 5, TRUE },
    { "\x00\x00\x12\xD2\x34\xD2", 6, FALSE }, /* noise */
    { "\xD2\xD2\xD2", 3, FALSE },
    { "\x55\x55\x55\x55\x55", 5, FALSE },
    { "\x00\x00\x00\x00\x00", 5, FALSE },
    { "\xFF\xFF\xFF\xFF\xFF", 5, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    UbEvidence evidence;

    ub_evidence_init (&evidence);
    /* In two parts: runs go on from one batch to the next. */
    ub_evidence_add_stream (&evidence, (const guint8 *) cases[i].bytes, 2);
    ub_evidence_add_stream (&evidence, (const guint8 *) cases[i].bytes + 2, cases[i].n - 2);
    g_assert_cmpint (evidence.d2_seen, ==, cases[i].seen);
  }
}

static void
test_verdict (void)
{
  static const struct {
    guint8 replies[3][4];
    UbVerdict verdict;
    UbError code;
    gboolean d2_seen;
  } cases[] = {
    { { { 0x00 }, { 0x00 }, { 0x00 } }, UB_VERDICT_CONSTANT, UB_ERROR_MISO_LOW, FALSE },
    /* The first byte is undefined, and does not count. */
    { { { 0xFF, 0, 0, 0 }, { 0x12, 0, 0, 0 }, { 0xFF, 0, 0, 0 } },
      UB_VERDICT_CONSTANT,
      UB_ERROR_MISO_LOW,
      FALSE },
    { { { 0, 0xFF, 0xFF, 0xFF }, { 0, 0xFF, 0xFF, 0xFF }, { 0, 0xFF, 0xFF, 0xFF } },
      UB_VERDICT_CONSTANT,
      UB_ERROR_MISO_HIGH,
      FALSE },
    { { { 0, 0x12, 0x34, 0x56 }, { 0, 0xAB, 0x34, 0x56 }, { 0, 0x77, 0x34, 0x56 } },
      UB_VERDICT_NO_D2,
      UB_ERROR_NO_DOWNLOAD_MODE,
      FALSE },
    { { { 0, 0xD2, 0, 0 }, { 0, 0xD2, 0, 0 }, { 0 } },
      UB_VERDICT_NO_ID,
      UB_ERROR_NO_FLASH_ID,
      TRUE },
    /* Noise with two replies alike is no flash; one that is known, twice, is. */
    { { { 0, 0x12, 0x34, 0x56 }, { 0, 0x12, 0x34, 0x56 }, { 0, 0x77, 0x34, 0x56 } },
      UB_VERDICT_NO_D2,
      UB_ERROR_NO_DOWNLOAD_MODE,
      FALSE },
    { { { 0 }, { 0, 0x1C, 0x70, 0x15 }, { 0, 0x1C, 0x70, 0x15 } },
      UB_VERDICT_UNSTABLE,
      UB_ERROR_UNSTABLE,
      FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *raw = NULL;
    const guint8 *last = cases[i].replies[2];
    UbEvidence evidence;

    ub_evidence_init (&evidence);
    ub_evidence_add_id_replies (&evidence, cases[i].replies, 3);
    g_assert_cmpint (evidence.d2_seen, ==, cases[i].d2_seen);
    g_assert_cmpint (ub_evidence_get_verdict (&evidence), ==, cases[i].verdict);
    ub_evidence_set_error (&evidence, 12, &error);
    g_assert_error (error, UB_ERROR, (int) cases[i].code);
    raw = g_strdup_printf ("%02X %02X %02X %02X", last[0], last[1], last[2], last[3]);
    g_assert_nonnull (strstr (error->message, raw));
    g_assert_nonnull (strstr (error->message, "12"));
  }
}

/* By time, at every clock: from the release on, without a pause longer than a fraction of the window, until
 * the window is over, and not much longer. */
static void
test_stream_covers_the_window (void)
{
  static const guint clocks[] = { 1000, 3000, 30000, 1000000, 30000000 };
  static const guint latencies[] = { 0, 1000 };

  for (guint c = 0; c < G_N_ELEMENTS (clocks); c++) {
    for (guint l = 0; l < G_N_ELEMENTS (latencies); l++) {
      g_autoptr (UbTestWires) wires = ub_test_wires_new (NULL, NULL);
      UbProgrammer *programmer = UB_PROGRAMMER (wires);
      g_autoptr (GError) error = NULL;
      UbEvidence evidence;

      wires->latency_us = latencies[l];
      ub_evidence_init (&evidence);
      g_assert_true (ub_programmer_open (programmer, &error));
      g_assert_true (ub_programmer_set_clock (programmer, clocks[c], NULL, &error));
      g_assert_true (ub_handshake_stream (programmer, 25, 60000, 500000, &evidence, NULL, &error));
      g_assert_cmpint (ub_programmer_get_time (programmer), >=, 60000);
      g_assert_cmpint (ub_programmer_get_time (programmer), <=, 60000 + 20000);
      g_assert_cmpuint (wires->n_exchanges, >=, 4);
      g_assert_false (evidence.d2_seen);
    }
  }
}

/* A module whose window stays open for longer is not left alone while it announces itself, but not for ever. */
static void
test_stream_goes_on (void)
{
  g_autoptr (UbTestWires) wires = ub_test_wires_new (NULL, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (wires);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  UbEvidence evidence;

  wires->bridged = TRUE;
  ub_evidence_init (&evidence);
  g_assert_true (ub_programmer_open (programmer, &error));
  g_assert_true (ub_programmer_set_clock (programmer, 1000000, NULL, &error));
  g_assert_true (ub_handshake_stream (programmer, 25, 60000, 500000, &evidence, NULL, &error));
  g_assert_true (evidence.d2_seen);
  g_assert_cmpint (ub_programmer_get_time (programmer), >=, 500000);
  g_assert_cmpint (ub_programmer_get_time (programmer), <=, 600000);

  g_cancellable_cancel (cancellable);
  g_assert_false (
      ub_handshake_stream (programmer, 25, 60000, 500000, &evidence, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_read_id (void)
{
  g_autoptr (UbTestWires) wires = ub_test_wires_new (NULL, NULL);
  UbProgrammer *programmer = UB_PROGRAMMER (wires);
  g_autoptr (GError) error = NULL;
  UbEvidence evidence;
  guint32 id = 1;

  ub_evidence_init (&evidence);
  g_assert_true (ub_programmer_open (programmer, &error));
  g_assert_true (ub_programmer_set_clock (programmer, 1000000, NULL, &error));
  g_assert_true (ub_handshake_read_id (programmer, &evidence, &id, &error));
  g_assert_cmphex (id, ==, 0);

  g_assert_true (ub_programmer_set_reset (programmer, TRUE, &error));
  ub_programmer_delay (programmer, 20000);
  g_assert_true (ub_programmer_set_reset (programmer, FALSE, &error));
  g_assert_true (ub_handshake_stream (programmer, 25, 60000, 500000, &evidence, NULL, &error));
  g_assert_true (evidence.d2_seen);
  g_assert_true (ub_handshake_read_id (programmer, &evidence, &id, &error));
  g_assert_cmphex (id, ==, 0x1C7015);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/handshake/plausible-id", test_plausible_id);
  g_test_add_func ("/handshake/d2-seen", test_d2_seen);
  g_test_add_func ("/handshake/verdict", test_verdict);
  g_test_add_func ("/handshake/covers-the-window", test_stream_covers_the_window);
  g_test_add_func ("/handshake/goes-on", test_stream_goes_on);
  g_test_add_func ("/handshake/read-id", test_read_id);

  return g_test_run ();
}

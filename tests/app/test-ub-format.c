/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-connect-advice.h"
#include "ub-error.h"
#include "ub-format.h"
#include "ub-range-dialog.h"
#include "ub-wiring-panel.h"

#include <locale.h>

/* What the application says in numbers and words, as tables. */

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static void
test_numbers (void)
{
  assert_text (ub_format_size (2 * 1024 * 1024), "2 MiB");
  assert_text (ub_format_size (1572864), "1.5 MiB");
  assert_text (ub_format_size (4096), "4 KiB");
  assert_text (ub_format_size (1), "1 byte");
  assert_text (ub_format_size (17), "17 bytes");
  assert_text (ub_format_done (4096, 8193), "4 of 9 KiB");
  assert_text (ub_format_clock (12000000), "12 MHz");
  assert_text (ub_format_clock (1500000), "1.5 MHz");
  assert_text (ub_format_clock (30000), "30 kHz");
  assert_text (ub_format_clock (458), "458 Hz");
  assert_text (ub_format_rate (0), "");
  assert_text (ub_format_rate (3.5 * 1024), "3.5 KiB/s");
  assert_text (ub_format_rate (118 * 1024), "118 KiB/s");
  assert_text (ub_format_rate (1.4 * 1024 * 1024), "1.4 MiB/s");
  assert_text (ub_format_address (0x11000), "0x011000");
}

static void
test_times (void)
{
  assert_text (ub_format_time_left (-1), "");
  assert_text (ub_format_time_left (2), "A few seconds left");
  assert_text (ub_format_time_left (11), "About 15 seconds left");
  assert_text (ub_format_time_left (58), "About 1 minute left");
  assert_text (ub_format_time_left (130), "About 2 minutes left");
  assert_text (ub_format_time_left (5700), "About 2 hours left");
  assert_text (ub_format_duration (3.21), "3.2 seconds");
  assert_text (ub_format_duration (42), "42 seconds");
  assert_text (ub_format_duration (80), "1 min 20 s");
  assert_text (ub_format_duration (5700), "1 h 35 min");
}

static void
test_sentences (void)
{
  assert_text (ub_format_sentence ("the module does not answer"), "The module does not answer.");
  assert_text (ub_format_sentence ("“x” was refused."), "“x” was refused.");
  assert_text (ub_format_sentence (""), "");
}

static void
test_ranges (void)
{
  static const struct {
    const char *start, *size;
    guint32 first, n;
    int code; /* -1 for none */
  } rows[] = {
    { "0", "", 0, 0x200000, -1 },          { "0x11000", "4K", 0x11000, 4096, -1 },
    { "68K", "", 0x11000, 0x1EF000, -1 },  { "x", "", 0, 0, UB_ERROR_USAGE },
    { "0", "many", 0, 0, UB_ERROR_USAGE }, { "2M", "", 0, 0, UB_ERROR_RANGE },
    { "0", "0", 0, 0, UB_ERROR_RANGE },    { "0x1FF000", "8K", 0, 0, UB_ERROR_RANGE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    guint32 first = 0, n = 0;
    gboolean valid = ub_range_parse (rows[i].start, rows[i].size, 0x200000, &first, &n, &error);

    if (rows[i].code >= 0) {
      g_assert_error (error, UB_ERROR, rows[i].code);
      continue;
    }
    g_assert_no_error (error);
    g_assert_true (valid);
    g_assert_cmphex (first, ==, rows[i].first);
    g_assert_cmphex (n, ==, rows[i].n);
  }
}

/* What a moved wire can mend is tried again; what it cannot is not. */
static void
test_advice (void)
{
  static const struct {
    int code;
    gboolean retry;
  } rows[] = {
    { UB_ERROR_MISO_LOW, TRUE },     { UB_ERROR_MISO_HIGH, TRUE },
    { UB_ERROR_NO_FLASH_ID, TRUE },  { UB_ERROR_UNSTABLE, TRUE },
    { UB_ERROR_PERMISSION, FALSE },  { UB_ERROR_UNPLUGGED, FALSE },
    { UB_ERROR_BAD_SETTING, FALSE }, { UB_ERROR_NO_RESET_LINE, FALSE },
  };
  UbConnectState state = { .attempt = 2,
                           .n_attempts = 14,
                           .clock_hz = 1000000,
                           .d2_seen = TRUE,
                           .last_reply = { 0, 0x1C, 0x70, 0x15 } };
  g_autofree char *evidence = ub_connect_advice_dup_evidence (&state);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = g_error_new_literal (UB_ERROR, rows[i].code, "x");

    g_assert_cmpint (ub_connect_advice_should_retry (error), ==, rows[i].retry);
    g_assert_cmpstr (ub_connect_advice_get_title (error), !=, "");
  }
  g_assert_nonnull (strstr (evidence, "00 1C 70 15"));
  g_assert_nonnull (strstr (evidence, "D2 of the download mode: seen"));
  g_assert_nonnull (strstr (evidence, "1 MHz"));
}

static void
test_wiring_ids (void)
{
  g_assert_cmpstr (ub_wiring_find_programmer_id ("spidev", "Raspberry Pi 4, SPI 0.0"), ==,
                   "raspberry-pi");
  g_assert_cmpstr (ub_wiring_find_programmer_id ("spidev", "SPI 0.0"), ==, "spidev");
  g_assert_cmpstr (ub_wiring_find_programmer_id ("ftdi", "FT232H (FT4ABCDE)"), ==, "ft232h");
  g_assert_cmpstr (ub_wiring_find_programmer_id ("ftdi", "FT2232H, interface A"), ==, "ft2232h");
  g_assert_cmpstr (ub_wiring_find_programmer_id ("ch341a", "CH341A"), ==, "ch341a");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/format/numbers", test_numbers);
  g_test_add_func ("/format/times", test_times);
  g_test_add_func ("/format/sentences", test_sentences);
  g_test_add_func ("/range/parse", test_ranges);
  g_test_add_func ("/connect-advice/all", test_advice);
  g_test_add_func ("/wiring-panel/programmer-ids", test_wiring_ids);

  return g_test_run ();
}

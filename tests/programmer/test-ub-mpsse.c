/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Command strings, byte for byte, as FTDI AN_108 describes them. In the tables bytes are hexadecimal;
 * low byte of ADBUS: 01 is SK, 02 MOSI, 08 CS, 10 to 80 are ADBUS4 to 7. */

#include "config.h"

#include "ub-mpsse.h"

#include <string.h>

static void
assert_commands (GByteArray *commands, const char *expected)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < commands->len; i++)
    g_string_append_printf (text, i > 0 ? " %02X" : "%02X", commands->data[i]);
  g_assert_cmpstr (text->str, ==, expected);
  g_byte_array_set_size (commands, 0);
}

#define PUSH_PULL UB_MPSSE_RESET_PUSH_PULL
#define DRIVE_ZERO UB_MPSSE_RESET_DRIVE_ZERO

/* Each way to let go of each kind of pin: the engine's start (60 MHz base, no adaptive clocking, no
 * three-phase clocking, no loopback, lines idle), CEN low, CEN released, every pin an input
 * (while CEN was low). */
static const struct {
  guint pin;
  gboolean has_high;
  UbMpsseReset drive;
  const char *setup;
  const char *low;
  const char *released;
  const char *inputs;
} pin_cases[] = {
  { 4, TRUE, PUSH_PULL, "8A 97 8D 85 80 08 0B 82 00 00", "80 08 1B", "80 08 0B",
    "82 00 00 80 08 00" },
  { 5, FALSE, PUSH_PULL, "8A 97 8D 85 80 08 0B", "80 08 2B", "80 08 0B", "80 08 00" },
  { 6, TRUE, PUSH_PULL, "8A 97 8D 85 80 08 0B 82 00 00", "80 08 4B", "80 08 0B",
    "82 00 00 80 08 00" },
  { 7, FALSE, PUSH_PULL, "8A 97 8D 85 80 08 0B", "80 08 8B", "80 08 0B", "80 08 00" },
  { 8, TRUE, PUSH_PULL, "8A 97 8D 85 80 08 0B 82 00 00", "82 00 01", "82 00 00",
    "82 00 00 80 08 00" },
  { 15, TRUE, PUSH_PULL, "8A 97 8D 85 80 08 0B 82 00 00", "82 00 80", "82 00 00",
    "82 00 00 80 08 00" },
  { 4, TRUE, DRIVE_ZERO, "8A 97 8D 85 9E 10 00 80 18 1B 82 00 00", "80 08 1B", "80 18 1B",
    "82 00 00 80 08 00" },
  { 7, TRUE, DRIVE_ZERO, "8A 97 8D 85 9E 80 00 80 88 8B 82 00 00", "80 08 8B", "80 88 8B",
    "82 00 00 80 08 00" },
  { 10, TRUE, DRIVE_ZERO, "8A 97 8D 85 9E 00 04 80 08 0B 82 04 04", "82 00 04", "82 04 04",
    "82 00 00 80 08 00" },
};

static void
test_pins (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (pin_cases); i++) {
    g_autoptr (GByteArray) commands = g_byte_array_new ();
    UbMpsse mpsse;

    g_test_message ("pin %u", pin_cases[i].pin);
    ub_mpsse_init (&mpsse, pin_cases[i].pin, pin_cases[i].has_high, pin_cases[i].drive);
    ub_mpsse_add_setup (&mpsse, commands);
    assert_commands (commands, pin_cases[i].setup);
    ub_mpsse_add_reset (&mpsse, commands, TRUE);
    assert_commands (commands, pin_cases[i].low);
    ub_mpsse_add_reset (&mpsse, commands, FALSE);
    assert_commands (commands, pin_cases[i].released);
    ub_mpsse_add_reset (&mpsse, commands, TRUE);
    g_byte_array_set_size (commands, 0);
    ub_mpsse_add_release (&mpsse, commands);
    assert_commands (commands, pin_cases[i].inputs);
  }
}

/* AN_108, section 3.8.2: 30 MHz for 0000, 15 MHz for 0001, ... 457 Hz for FFFF; never above the request. */
static const struct {
  guint wanted_hz;
  guint actual_hz;
  const char *commands;
} clock_cases[] = {
  { 50000000, 30000000, "86 00 00" }, { 30000000, 30000000, "86 00 00" },
  { 29999999, 15000000, "86 01 00" }, { 12000000, 10000000, "86 02 00" },
  { 10000000, 10000000, "86 02 00" }, { 7500000, 7500000, "86 03 00" },
  { 6000000, 6000000, "86 04 00" },   { 1000001, 1000000, "86 1D 00" },
  { 1000000, 1000000, "86 1D 00" },   { 999999, 967741, "86 1E 00" },
  { 50000, 50000, "86 57 02" },       { 3000, 3000, "86 0F 27" },
  { 458, 457, "86 DE FF" },           { 1, 457, "86 FF FF" },
};

static void
test_clock (void)
{
  g_autoptr (GByteArray) commands = g_byte_array_new ();
  UbMpsse mpsse;

  ub_mpsse_init (&mpsse, 4, TRUE, PUSH_PULL);
  for (gsize i = 0; i < G_N_ELEMENTS (clock_cases); i++) {
    g_assert_cmpuint (ub_mpsse_add_clock (&mpsse, commands, clock_cases[i].wanted_hz), ==,
                      clock_cases[i].actual_hz);
    g_assert_cmpuint (mpsse.hz, ==, clock_cases[i].actual_hz);
    assert_commands (commands, clock_cases[i].commands);
  }
}

#define BYTES(...) \
  (const guint8[]) \
  {                \
    __VA_ARGS__    \
  }

static guint8 sink[200000];

static const struct {
  UbTransaction transaction;
  const char *mode_0;
  const char *mode_3;
} transaction_cases[] = {
  /* only sent: write enable */
  { { .tx = BYTES (0x06), .n_tx = 1 },
    "80 00 0B 11 00 00 06 80 08 0B",
    "80 01 0B 80 00 0B 11 00 00 06 80 08 0B 80 09 0B" },
  /* only received */
  { { .rx = sink, .n_rx = 3 },
    "80 00 0B 20 02 00 80 08 0B",
    "80 01 0B 80 00 0B 20 02 00 80 08 0B 80 09 0B" },
  /* sent, then received: JEDEC ID, 256 bytes */
  { { .tx = BYTES (0x9F), .n_tx = 1, .rx = sink, .n_rx = 3 },
    "80 00 0B 11 00 00 9F 20 02 00 80 08 0B",
    "80 01 0B 80 00 0B 11 00 00 9F 20 02 00 80 08 0B 80 09 0B" },
  { { .tx = BYTES (0x03, 0x12, 0x34, 0x56), .n_tx = 4, .rx = sink, .n_rx = 256 },
    "80 00 0B 11 03 00 03 12 34 56 20 FF 00 80 08 0B",
    "80 01 0B 80 00 0B 11 03 00 03 12 34 56 20 FF 00 80 08 0B 80 09 0B" },
  /* both at once; what is sent beyond that is not listened to */
  { { .tx = BYTES (0xD2, 0xD2), .n_tx = 2, .rx = sink, .n_rx = 2, .duplex = TRUE },
    "80 00 0B 31 01 00 D2 D2 80 08 0B",
    "80 01 0B 80 00 0B 31 01 00 D2 D2 80 08 0B 80 09 0B" },
  { { .tx = BYTES (0x05, 0xA1, 0xA2), .n_tx = 3, .rx = sink, .n_rx = 1, .duplex = TRUE },
    "80 00 0B 31 00 00 05 11 01 00 A1 A2 80 08 0B",
    "80 01 0B 80 00 0B 31 00 00 05 11 01 00 A1 A2 80 08 0B 80 09 0B" },
  { { .tx = BYTES (0xD2), .n_tx = 1, .duplex = TRUE },
    "80 00 0B 11 00 00 D2 80 08 0B",
    "80 01 0B 80 00 0B 11 00 00 D2 80 08 0B 80 09 0B" },
  /* a length field holds one less than the length, and 65536 bytes at the most */
  { { .rx = sink, .n_rx = 65536 },
    "80 00 0B 20 FF FF 80 08 0B",
    "80 01 0B 80 00 0B 20 FF FF 80 08 0B 80 09 0B" },
  { { .tx = BYTES (0x0B, 0, 0, 0, 0), .n_tx = 5, .rx = sink, .n_rx = 2 * 65536 + 300 },
    "80 00 0B 11 04 00 0B 00 00 00 00 20 FF FF 20 FF FF 20 2B 01 80 08 0B",
    "80 01 0B 80 00 0B 11 04 00 0B 00 00 00 00 20 FF FF 20 FF FF 20 2B 01 80 08 0B 80 09 0B" },
};

static void
test_transactions (void)
{
  g_autoptr (GByteArray) commands = g_byte_array_new ();
  UbMpsse mpsse;

  ub_mpsse_init (&mpsse, 4, TRUE, PUSH_PULL);
  for (gsize i = 0; i < G_N_ELEMENTS (transaction_cases); i++) {
    const UbTransaction *transaction = &transaction_cases[i].transaction;

    ub_mpsse_add_mode (&mpsse, commands, 0);
    assert_commands (commands, "80 08 0B");
    g_assert_cmpuint (ub_mpsse_add_transaction (&mpsse, commands, transaction), ==,
                      transaction->n_rx);
    assert_commands (commands, transaction_cases[i].mode_0);

    ub_mpsse_add_mode (&mpsse, commands, 3);
    assert_commands (commands, "80 09 0B");
    g_assert_cmpuint (ub_mpsse_add_transaction (&mpsse, commands, transaction), ==,
                      transaction->n_rx);
    assert_commands (commands, transaction_cases[i].mode_3);
  }
}

/* More than one data command takes, in both directions: nothing is lost where they meet. */
static void
test_long_writes (void)
{
  g_autoptr (GByteArray) commands = g_byte_array_new ();
  g_autofree guint8 *data = g_malloc (65536 + 2);
  UbTransaction transaction = { .tx = data, .n_tx = 65536 + 2 };
  static const guint8 opcodes[] = { 0x11, 0x31 };
  UbMpsse mpsse;

  for (gsize i = 0; i < transaction.n_tx; i++)
    data[i] = i % 251;
  ub_mpsse_init (&mpsse, 4, TRUE, PUSH_PULL);

  for (guint i = 0; i < G_N_ELEMENTS (opcodes); i++) {
    transaction.duplex = i == 1;
    transaction.rx = sink;
    transaction.n_rx = transaction.duplex ? transaction.n_tx : 0;
    ub_mpsse_add_transaction (&mpsse, commands, &transaction);
    g_assert_cmpuint (commands->len, ==, 3 + 3 + 65536 + 3 + 2 + 3);
    g_assert_cmpmem (commands->data + 3, 3, BYTES (opcodes[i], 0xFF, 0xFF), 3);
    g_assert_cmpmem (commands->data + 6, 65536, data, 65536);
    g_byte_array_remove_range (commands, 0, 6 + 65536);
    assert_commands (commands, i == 0 ? "11 01 00 19 1A 80 08 0B" : "31 01 00 19 1A 80 08 0B");
  }
}

/* Whatever moves CS or SK leaves CEN where it is. */
static void
test_reset_is_kept (void)
{
  g_autoptr (GByteArray) commands = g_byte_array_new ();
  const UbTransaction transaction = { .tx = BYTES (0xD2), .n_tx = 1 };
  UbMpsse mpsse;

  ub_mpsse_init (&mpsse, 6, TRUE, PUSH_PULL);
  ub_mpsse_add_reset (&mpsse, commands, TRUE);
  ub_mpsse_add_transaction (&mpsse, commands, &transaction);
  ub_mpsse_add_mode (&mpsse, commands, 3);
  assert_commands (commands, "80 08 4B 80 00 4B 11 00 00 D2 80 08 4B 80 09 4B");

  ub_mpsse_init (&mpsse, 4, TRUE, DRIVE_ZERO);
  ub_mpsse_add_reset (&mpsse, commands, FALSE);
  ub_mpsse_add_transaction (&mpsse, commands, &transaction);
  ub_mpsse_add_reset (&mpsse, commands, TRUE);
  ub_mpsse_add_transaction (&mpsse, commands, &transaction);
  assert_commands (commands, "80 18 1B 80 10 1B 11 00 00 D2 80 18 1B "
                             "80 08 1B 80 00 1B 11 00 00 D2 80 08 1B");
}

/* Bytes for nobody, with CS high; the engine leaves SK low, which mode 3 puts right. */
static const struct {
  guint hz;
  guint mode;
  guint delay_us;
  gboolean fits;
  const char *commands;
} delay_cases[] = {
  { 1000000, 0, 0, TRUE, "" },
  { 1000000, 0, 1, TRUE, "11 00 00 00" },
  { 1000000, 0, 8, TRUE, "11 00 00 00" },
  { 1000000, 0, 9, TRUE, "11 01 00 00 00" },
  { 1000000, 3, 24, TRUE, "11 02 00 00 00 00 80 09 0B" },
  { 30000000, 0, 1, TRUE, "11 03 00 00 00 00 00" },
  { 3000, 0, 2667, TRUE, "11 01 00 00 00" },
  { 1000000, 0, 32769, FALSE, "" },
  { 30000000, 3, 1093, FALSE, "" },
  { 30000000, 0, 4294967295, FALSE, "" },
};

static void
test_delay (void)
{
  g_autoptr (GByteArray) commands = g_byte_array_new ();
  UbMpsse mpsse;

  ub_mpsse_init (&mpsse, 4, TRUE, PUSH_PULL);
  for (gsize i = 0; i < G_N_ELEMENTS (delay_cases); i++) {
    ub_mpsse_add_clock (&mpsse, commands, delay_cases[i].hz);
    ub_mpsse_add_mode (&mpsse, commands, delay_cases[i].mode);
    g_byte_array_set_size (commands, 0);
    g_assert_cmpint (ub_mpsse_add_delay (&mpsse, commands, delay_cases[i].delay_us), ==,
                     delay_cases[i].fits);
    assert_commands (commands, delay_cases[i].commands);
  }
  /* the longest */
  ub_mpsse_add_clock (&mpsse, commands, 1000000);
  ub_mpsse_add_mode (&mpsse, commands, 0);
  g_byte_array_set_size (commands, 0);
  g_assert_true (ub_mpsse_add_delay (&mpsse, commands, 32768));
  g_assert_cmpuint (commands->len, ==, 3 + 4096);
}

static void
test_sync (void)
{
  g_autoptr (GByteArray) commands = g_byte_array_new ();
  UbMpsse mpsse;

  ub_mpsse_init (&mpsse, 4, TRUE, PUSH_PULL);
  g_assert_cmpuint (ub_mpsse_add_sync (&mpsse, commands), ==, 1);
  assert_commands (commands, "81 87");
}

static const struct {
  const char *name;
  gboolean has_high;
  int pin; /* -1: cannot be CEN */
} names[] = {
  { "ADBUS4", TRUE, 4 },  { "ADBUS7", FALSE, 7 },  { "adbus5", TRUE, 5 },   { "BDBUS6", TRUE, 6 },
  { "GPIOL0", TRUE, 4 },  { "GPIOL3", FALSE, 7 },  { "ACBUS0", TRUE, 8 },   { "ACBUS7", TRUE, 15 },
  { "BCBUS2", TRUE, 10 }, { "GPIOH1", TRUE, 9 },   { "ACBUS0", FALSE, -1 }, { "GPIOH0", FALSE, -1 },
  { "ADBUS0", TRUE, -1 }, { "ADBUS3", TRUE, -1 },  { "ADBUS8", TRUE, -1 },  { "GPIOL4", TRUE, -1 },
  { "ADBUS", TRUE, -1 },  { "ADBUS44", TRUE, -1 }, { "ADBUSx", TRUE, -1 },  { "ACBUS8", TRUE, -1 },
  { "CDBUS4", TRUE, -1 }, { "GPIO22", TRUE, -1 },  { "D2", TRUE, -1 },      { "", TRUE, -1 },
};

static void
test_parse_pin (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++) {
    guint pin = 99;

    g_test_message ("%s", names[i].name);
    g_assert_cmpint (ub_mpsse_parse_pin (names[i].name, names[i].has_high, &pin), ==,
                     names[i].pin >= 0);
    g_assert_cmpuint (pin, ==, names[i].pin >= 0 ? (guint) names[i].pin : 99);
  }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/mpsse/pins", test_pins);
  g_test_add_func ("/mpsse/clock", test_clock);
  g_test_add_func ("/mpsse/transactions", test_transactions);
  g_test_add_func ("/mpsse/long-writes", test_long_writes);
  g_test_add_func ("/mpsse/reset-is-kept", test_reset_is_kept);
  g_test_add_func ("/mpsse/delay", test_delay);
  g_test_add_func ("/mpsse/sync", test_sync);
  g_test_add_func ("/mpsse/parse-pin", test_parse_pin);

  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Packets, byte for byte, as WCH's CH341DLL.H names their commands and flashrom's ch341a_spi.c lays them out. */

#include "config.h"

#include "ub-ch341a-packet.h"

#include <string.h>

/* Bytes in hexadecimal; “|” fills the packet up with zeros, “^” cuts: a transfer ends there. */
static void
assert_packets (UbCh341aPackets *packets, const char *expected)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GArray) cuts = g_array_new (FALSE, FALSE, sizeof (gsize));
  g_auto (GStrv) words = g_strsplit (expected, " ", -1);
  gsize begin = 0; /* of the packets behind the last cut */

  for (guint i = 0; words[i] != NULL; i++) {
    gsize at = bytes->len;

    if (strcmp (words[i], "|") == 0) {
      g_byte_array_set_size (bytes, begin + (at - begin + UB_CH341A_PACKET_SIZE - 1) /
                                                UB_CH341A_PACKET_SIZE * UB_CH341A_PACKET_SIZE);
      memset (bytes->data + at, 0, bytes->len - at);
    } else if (strcmp (words[i], "^") == 0) {
      g_array_append_val (cuts, at);
      begin = at;
    } else if (*words[i] != '\0') {
      guint8 byte = g_ascii_strtoull (words[i], NULL, 16);

      g_byte_array_append (bytes, &byte, 1);
    }
  }
  g_assert_cmpmem (packets->bytes->data, packets->bytes->len, bytes->data, bytes->len);
  g_assert_cmpmem (packets->cuts->data, packets->cuts->len * sizeof (gsize), cuts->data,
                   cuts->len * sizeof (gsize));
  ub_ch341a_packets_start (packets);
}

/* Level bits: 01 is CS, 08 SCK, 20 MOSI. CEN is an output while it is low, and only then. */
static const struct {
  guint pin;
  const char *setup;
  const char *low;
  const char *released;
  const char *write_enable_low; /* while CEN is low */
} pin_cases[] = {
  { 1, "AA 61 00 | AB B7 7D 20 |", "AB B5 7F 20 |", "AB B7 7D 20 |",
    "AB B4 7F 20 | A8 60 ^ AB B5 7F 20 |" },
  { 2, "AA 61 00 | AB B7 7B 20 |", "AB B3 7F 20 |", "AB B7 7B 20 |",
    "AB B2 7F 20 | A8 60 ^ AB B3 7F 20 |" },
  { 4, "AA 61 00 | AB B7 6F 20 |", "AB A7 7F 20 |", "AB B7 6F 20 |",
    "AB A6 7F 20 | A8 60 ^ AB A7 7F 20 |" },
};

static void
test_pins (void)
{
  const UbTransaction write_enable = { .tx = (const guint8[]) { 0x06 }, .n_tx = 1 };

  for (gsize i = 0; i < G_N_ELEMENTS (pin_cases); i++) {
    UbCh341aPackets packets;

    ub_ch341a_packets_init (&packets, pin_cases[i].pin);
    ub_ch341a_packets_add_setup (&packets);
    assert_packets (&packets, pin_cases[i].setup);
    ub_ch341a_packets_add_reset (&packets, TRUE);
    assert_packets (&packets, pin_cases[i].low);
    ub_ch341a_packets_add_transaction (&packets, &write_enable);
    assert_packets (&packets, pin_cases[i].write_enable_low);
    ub_ch341a_packets_add_reset (&packets, FALSE);
    assert_packets (&packets, pin_cases[i].released);
    ub_ch341a_packets_add_release (&packets);
    assert_packets (&packets, "AB 40 20 |");
    ub_ch341a_packets_clear (&packets);
  }
}

#define SELECT "AB B6 7B 20 | "
#define DESELECT " AB B7 7B 20 |"
#define ZEROS_10 " 00 00 00 00 00 00 00 00 00 00"
#define ZEROS_30 ZEROS_10 ZEROS_10 ZEROS_10

static const guint8 zeros[64];
static guint8 sink[64];

/* Each byte is answered, the ones only sent too. Bits are in the other order. */
static const struct {
  UbTransaction transaction;
  gsize n_replies;
  gsize n_reply_packets;
  const char *packets;
} transaction_cases[] = {
  { { .tx = (const guint8[]) { 0x9F }, .n_tx = 1, .rx = sink, .n_rx = 3 },
    4,
    1,
    SELECT "A8 F9 00 00 00 ^" DESELECT },
  { { .tx = (const guint8[]) { 0x01, 0x80, 0xD2, 0x03 }, .n_tx = 4 },
    4,
    1,
    SELECT "A8 80 01 4B C0 ^" DESELECT },
  { { .tx = (const guint8[]) { 0xD2, 0xD2 }, .n_tx = 2, .rx = sink, .n_rx = 2, .duplex = TRUE },
    2,
    1,
    SELECT "A8 4B 4B ^" DESELECT },
  { { .rx = sink, .n_rx = 2 }, 2, 1, SELECT "A8 00 00 ^" DESELECT },
  /* around the 31 bytes of a packet: a full one needs no cut */
  { { .tx = zeros, .n_tx = 30 }, 30, 1, SELECT "A8" ZEROS_30 " ^" DESELECT },
  { { .tx = zeros, .n_tx = 31 }, 31, 1, SELECT "A8" ZEROS_30 " 00" DESELECT },
  { { .tx = zeros, .n_tx = 32 }, 32, 2, SELECT "A8" ZEROS_30 " 00 A8 00 ^" DESELECT },
  { { .tx = zeros, .n_tx = 62 }, 62, 2, SELECT "A8" ZEROS_30 " 00 A8" ZEROS_30 " 00" DESELECT },
  { { .tx = zeros, .n_tx = 1, .rx = sink, .n_rx = 31 },
    32,
    2,
    SELECT "A8" ZEROS_30 " 00 A8 00 ^" DESELECT },
  { { .tx = (const guint8[]) { 0x03, 0, 0, 0x40 }, .n_tx = 4, .rx = sink, .n_rx = 28 },
    32,
    2,
    SELECT "A8 C0 00 00 02" ZEROS_10 ZEROS_10 " 00 00 00 00 00 00 00 A8 00 ^" DESELECT },
};

static void
test_transactions (void)
{
  UbCh341aPackets packets;

  ub_ch341a_packets_init (&packets, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (transaction_cases); i++) {
    ub_ch341a_packets_add_transaction (&packets, &transaction_cases[i].transaction);
    g_assert_cmpuint (packets.n_replies, ==, transaction_cases[i].n_replies);
    g_assert_cmpuint (packets.n_reply_packets, ==, transaction_cases[i].n_reply_packets);
    assert_packets (&packets, transaction_cases[i].packets);
    g_assert_cmpuint (packets.n_replies, ==, 0);
    g_assert_cmpuint (packets.n_reply_packets, ==, 0);
  }
  ub_ch341a_packets_clear (&packets);
}

/* In a batch packets begin anew behind each cut, and replies add up. */
static void
test_batch (void)
{
  const UbTransaction write_enable = { .tx = (const guint8[]) { 0x06 }, .n_tx = 1 };
  const UbTransaction status = {
    .tx = (const guint8[]) { 0x05 }, .n_tx = 1, .rx = sink, .n_rx = 1
  };
  UbCh341aPackets packets;

  ub_ch341a_packets_init (&packets, 2);
  ub_ch341a_packets_add_transaction (&packets, &write_enable);
  ub_ch341a_packets_add_delay (&packets, 1);
  ub_ch341a_packets_add_transaction (&packets, &status);
  g_assert_cmpuint (packets.n_replies, ==, 3);
  g_assert_cmpuint (packets.n_reply_packets, ==, 2);
  assert_packets (&packets,
                  SELECT "A8 60 ^" DESELECT " AB B7 B7 20 | " SELECT "A8 A0 00 ^" DESELECT);
  ub_ch341a_packets_clear (&packets);
}

/* A byte of a UIO stream takes 750 ns, and 30 fit into a packet. */
static void
test_delay (void)
{
  static const struct {
    guint delay_us;
    guint n_full; /* packets of 30 */
    guint n_rest; /* bytes of the last one */
  } cases[] = { { 0, 0, 0 },  { 1, 0, 2 },    { 22, 1, 0 },
                { 23, 1, 1 }, { 700, 31, 4 }, { 2000, 88, 27 } };
  UbCh341aPackets packets;

  ub_ch341a_packets_init (&packets, 2);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GString) expected = g_string_new (NULL);

    for (guint j = 0; j < cases[i].n_full * 30 + cases[i].n_rest; j++) {
      g_string_append (expected, j % 30 == 0 ? "AB B7 " : "B7 ");
      if (j % 30 == 29 || j + 1 == cases[i].n_full * 30 + cases[i].n_rest)
        g_string_append (expected, "20 | ");
    }
    g_assert_true (ub_ch341a_packets_add_delay (&packets, cases[i].delay_us));
    g_assert_cmpuint (packets.n_replies, ==, 0);
    assert_packets (&packets, expected->str);
  }
  g_assert_false (ub_ch341a_packets_add_delay (&packets, 2001));
  assert_packets (&packets, "");
  ub_ch341a_packets_clear (&packets);
}

static void
test_reply (void)
{
  guint8 out[4];

  ub_ch341a_copy_reply (out, (const guint8[]) { 0x38, 0x0E, 0xA8, 0x80 }, 4);
  g_assert_cmpmem (out, 4, ((const guint8[]) { 0x1C, 0x70, 0x15, 0x01 }), 4);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/ch341a-packet/pins", test_pins);
  g_test_add_func ("/ch341a-packet/transactions", test_transactions);
  g_test_add_func ("/ch341a-packet/batch", test_batch);
  g_test_add_func ("/ch341a-packet/delay", test_delay);
  g_test_add_func ("/ch341a-packet/reply", test_reply);

  return g_test_run ();
}

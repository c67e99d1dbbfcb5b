/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-spidev-message.h"

#include <string.h>

#define BUFSIZ_BYTES 4096
#define MAX_BATCH 1024

static guint8 bytes[BUFSIZ_BYTES];
static guint8 sink[BUFSIZ_BYTES];

typedef struct {
  const char *name;
  gboolean can_wait;
  guint n;
  UbTransaction batch[4]; /* repeated until there are n */
  guint n_batch;
  guint n_transactions;
  guint n_transfers;
  guint wait_us;
} Case;

#define TX(n)              \
  {                        \
    .tx = bytes, .n_tx = n \
  }
#define TX_RX(t, r)                                \
  {                                                \
    .tx = bytes, .n_tx = t, .rx = bytes, .n_rx = r \
  }

static const Case cases[] = {
  { "one", TRUE, 1, { TX (1) }, 1, 1, 1, 0 },
  { "command and reply", TRUE, 1, { TX_RX (1, 3) }, 1, 1, 2, 0 },
  { "the largest read", TRUE, 3, { TX_RX (4, 4092) }, 1, 1, 2, 0 },
  { "the largest write", TRUE, 2, { TX (4096) }, 1, 1, 1, 0 },
  { "small ones fill a message by what they are rounded up to",
    TRUE,
    100,
    { TX (1) },
    1,
    32,
    32,
    0 },
  { "replies are counted apart", TRUE, 100, { TX_RX (1, 128) }, 1, 32, 64, 0 },
  { "long replies fill it first", TRUE, 100, { TX_RX (1, 1000) }, 1, 4, 8, 0 },
  /* 128 + 384 + 128 bytes a page: six pages, and a write enable that nothing was left for after it */
  { "pages",
    TRUE,
    30,
    { TX (1), { .tx = bytes, .n_tx = 260, .delay_us = 700 }, TX_RX (1, 1) },
    3,
    19,
    31,
    0 },
  { "pages where the driver cannot wait",
    FALSE,
    30,
    { TX (1), { .tx = bytes, .n_tx = 260, .delay_us = 700 }, TX_RX (1, 1) },
    3,
    2,
    2,
    700 },
  { "the last wait is left to the caller",
    TRUE,
    1,
    { { .tx = bytes, .n_tx = 1, .delay_us = 50 } },
    1,
    1,
    1,
    50 },
  { "a wait too long for a transfer",
    TRUE,
    2,
    { { .tx = bytes, .n_tx = 1, .delay_us = 65536 } },
    1,
    1,
    1,
    65536 },
  { "the longest wait of a transfer",
    TRUE,
    2,
    { { .tx = bytes, .n_tx = 1, .delay_us = 65535 } },
    1,
    2,
    3,
    65535 },
  { "only replies", TRUE, 2, { { .rx = bytes, .n_rx = 10 } }, 1, 2, 2, 0 },
};

static void
check_rules (const UbSpidevMessage *message)
{
  gsize tx = 0, rx = 0, all = 0;

  g_assert_cmpuint (message->n_transfers, <=, 511);
  for (guint i = 0; i < message->n_transfers; i++) {
    gsize size = (message->transfers[i].len + 127) / 128 * 128;

    if (message->transfers[i].tx_buf != 0)
      tx += size;
    if (message->transfers[i].rx_buf != 0)
      rx += size;
    all += message->transfers[i].len;
    g_assert_cmpuint (message->transfers[i].speed_hz, ==, 123456);
    g_assert_cmpuint (message->transfers[i].bits_per_word, ==, 8);
  }
  g_assert_cmpuint (tx, <=, BUFSIZ_BYTES);
  g_assert_cmpuint (rx, <=, BUFSIZ_BYTES);
  g_assert_cmpuint (message->n_bytes, ==, all);
  /* There it would keep chip select low. */
  g_assert_cmpuint (message->transfers[message->n_transfers - 1].cs_change, ==, 0);
}

static guint
count_cs_changes (const UbSpidevMessage *message)
{
  guint n = 0;

  for (guint i = 0; i < message->n_transfers; i++)
    n += message->transfers[i].cs_change;
  return n;
}

static void
test_cut (gconstpointer data)
{
  const Case *test = data;
  UbSpidevRules rules = { BUFSIZ_BYTES, 123456, test->can_wait };
  g_autofree UbTransaction *batch = g_new0 (UbTransaction, test->n);
  g_autofree UbSpidevMessage *message = g_new0 (UbSpidevMessage, 1);

  message->sink = sink;
  for (guint i = 0; i < test->n; i++)
    batch[i] = test->batch[i % test->n_batch];

  ub_spidev_message_fill (message, &rules, batch, test->n);
  check_rules (message);
  g_assert_cmpuint (message->n_transactions, ==, test->n_transactions);
  g_assert_cmpuint (message->n_transfers, ==, test->n_transfers);
  g_assert_cmpuint (message->wait_us, ==, test->wait_us);
  g_assert_cmpuint (count_cs_changes (message), ==, test->n_transactions - 1);
}

static void
test_order (void)
{
  guint8 first[2], reply[2], second[1];
  UbTransaction batch[] = {
    { .tx = first, .n_tx = 2, .rx = reply, .n_rx = 2, .delay_us = 30 },
    { .tx = second, .n_tx = 1 },
  };
  UbSpidevRules rules = { BUFSIZ_BYTES, 1000000, TRUE };
  g_autofree UbSpidevMessage *message = g_new0 (UbSpidevMessage, 1);
  const struct spi_ioc_transfer *transfers = message->transfers;

  message->sink = sink;
  ub_spidev_message_fill (message, &rules, batch, 2);
  g_assert_cmpuint (message->n_transfers, ==, 4);
  g_assert_cmpuint (transfers[0].tx_buf, ==, (guintptr) first);
  g_assert_cmpuint (transfers[0].rx_buf, ==, 0);
  g_assert_cmpuint (transfers[0].cs_change, ==, 0);
  g_assert_cmpuint (transfers[1].tx_buf, ==, 0);
  g_assert_cmpuint (transfers[1].rx_buf, ==, (guintptr) reply);
  g_assert_cmpuint (transfers[1].cs_change, ==, 1);
  /* A delay here would pass before chip select rises. */
  g_assert_cmpuint (transfers[1].delay_usecs, ==, 0);
  g_assert_cmpuint (transfers[2].len, ==, 0);
  g_assert_cmpuint (transfers[2].delay_usecs, ==, 30);
  g_assert_cmpuint (transfers[2].cs_change, ==, 0);
  g_assert_cmpuint (transfers[3].tx_buf, ==, (guintptr) second);
}

/* Full duplex, with fewer bytes wanted than come: they go through the sink. */
static void
test_duplex (void)
{
  guint8 all[8] = { 0 }, some[3] = { 0 };
  UbTransaction batch[] = {
    { .tx = bytes, .n_tx = 8, .rx = all, .n_rx = 8, .duplex = TRUE },
    { .tx = bytes, .n_tx = 8, .rx = some, .n_rx = 3, .duplex = TRUE },
    { .tx = bytes, .n_tx = 8, .duplex = TRUE },
  };
  UbSpidevRules rules = { BUFSIZ_BYTES, 1000000, TRUE };
  g_autofree UbSpidevMessage *message = g_new0 (UbSpidevMessage, 1);

  message->sink = sink;
  ub_spidev_message_fill (message, &rules, batch, 3);
  g_assert_cmpuint (message->n_transfers, ==, 3);
  g_assert_cmpuint (message->transfers[0].rx_buf, ==, (guintptr) all);
  g_assert_cmpuint (message->transfers[1].rx_buf, ==, (guintptr) (sink + 128));
  g_assert_cmpuint (message->transfers[2].rx_buf, ==, 0);

  memset ((guint8 *) (guintptr) message->transfers[1].rx_buf, 0xA5, 8);
  ub_spidev_message_collect (message, batch);
  g_assert_cmphex (some[0], ==, 0xA5);
  g_assert_cmphex (some[2], ==, 0xA5);
  g_assert_cmphex (all[0], ==, 0);
}

/* However a batch is cut, nothing is lost and nothing changes places. */
static void
test_random (void)
{
  UbSpidevRules rules = { BUFSIZ_BYTES, 123456, TRUE };
  g_autofree UbTransaction *batch = g_new0 (UbTransaction, MAX_BATCH);
  g_autofree UbSpidevMessage *message = g_new0 (UbSpidevMessage, 1);
  guint done = 0;

  message->sink = sink;
  for (guint i = 0; i < MAX_BATCH; i++) {
    gsize max = g_test_rand_int_range (0, 4) == 0 ? BUFSIZ_BYTES : 300;

    batch[i].tx = bytes;
    batch[i].n_tx = g_test_rand_int_range (1, max + 1);
    batch[i].rx = bytes;
    batch[i].n_rx = g_test_rand_int_range (0, max - batch[i].n_tx + 1);
    batch[i].delay_us = g_test_rand_int_range (0, 3) == 0 ? g_test_rand_int_range (0, 100000) : 0;
  }
  while (done < MAX_BATCH) {
    gsize expected = 0;

    ub_spidev_message_fill (message, &rules, batch + done, MAX_BATCH - done);
    check_rules (message);
    g_assert_cmpuint (message->n_transactions, >, 0);
    for (guint i = 0; i < message->n_transactions; i++)
      expected += batch[done + i].n_tx + batch[done + i].n_rx;
    g_assert_cmpuint (message->n_bytes, ==, expected);
    g_assert_cmpuint (count_cs_changes (message), ==, message->n_transactions - 1);
    done += message->n_transactions;
    g_assert_cmpuint (message->wait_us, ==, batch[done - 1].delay_us);
  }
  g_assert_cmpuint (done, ==, MAX_BATCH);
}

/* The number of transfers is limited too, by the size field of the ioctl's number. */
static void
test_many (void)
{
  UbSpidevRules rules = { 65536, 123456, TRUE };
  g_autofree UbTransaction *batch = g_new0 (UbTransaction, MAX_BATCH);
  g_autofree UbSpidevMessage *message = g_new0 (UbSpidevMessage, 1);

  message->sink = sink;
  for (guint i = 0; i < MAX_BATCH; i++)
    batch[i] = (UbTransaction) { .tx = bytes, .n_tx = 1, .rx = bytes, .n_rx = 1, .delay_us = 1 };
  ub_spidev_message_fill (message, &rules, batch, MAX_BATCH);
  g_assert_cmpuint (message->n_transfers, <=, 511);
  g_assert_cmpuint (message->n_transfers, >, 500);
  g_assert_cmpuint (SPI_MSGSIZE (message->n_transfers), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *path = g_strconcat ("/spidev-message/cut/", cases[i].name, NULL);

    g_test_add_data_func (path, &cases[i], test_cut);
  }
  g_test_add_func ("/spidev-message/order", test_order);
  g_test_add_func ("/spidev-message/duplex", test_duplex);
  g_test_add_func ("/spidev-message/random", test_random);
  g_test_add_func ("/spidev-message/many", test_many);

  return g_test_run ();
}

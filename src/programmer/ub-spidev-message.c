/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-spidev-message"

#include "config.h"

#include "ub-spidev-message.h"

#include <string.h>

/* delay_usecs has 16 bits. */
#define MAX_DELAY_US G_MAXUINT16

#define ADDRESS(pointer) ((guint64) (guintptr) (pointer))

/* The most that one transaction becomes: a wait, what is sent, what is received. */
#define MAX_TRANSFERS_OF_TRANSACTION 3

typedef struct {
  gsize tx; /* bytes counted against bufsiz */
  gsize rx;
} Load;

static gsize
align (gsize n)
{
  return (n + UB_SPIDEV_ALIGNMENT - 1) / UB_SPIDEV_ALIGNMENT * UB_SPIDEV_ALIGNMENT;
}

static gsize
get_rx_size (const UbTransaction *transaction)
{
  /* A transfer receives as many bytes as it sends. */
  return transaction->duplex && transaction->n_rx > 0 ? transaction->n_tx : transaction->n_rx;
}

static gboolean
needs_sink (const UbTransaction *transaction)
{
  return transaction->duplex && transaction->n_rx > 0 && transaction->n_rx < transaction->n_tx;
}

static void
add_transfer (
    UbSpidevMessage *self, const UbSpidevRules *rules, const guint8 *tx, const guint8 *rx, gsize n)
{
  self->transfers[self->n_transfers++] = (struct spi_ioc_transfer) {
    .tx_buf = ADDRESS (tx),
    .rx_buf = ADDRESS (rx),
    .len = n,
    .speed_hz = rules->speed_hz,
    .bits_per_word = 8,
  };
  self->n_bytes += n;
}

static void
add_transaction (UbSpidevMessage *self,
                 const UbSpidevRules *rules,
                 const UbTransaction *transaction,
                 gsize rx_offset)
{
  if (transaction->duplex) {
    const guint8 *rx = NULL;

    if (transaction->n_rx > 0)
      rx = needs_sink (transaction) ? self->sink + rx_offset : transaction->rx;
    add_transfer (self, rules, transaction->tx, rx, transaction->n_tx);
    return;
  }
  if (transaction->n_tx > 0)
    add_transfer (self, rules, transaction->tx, NULL, transaction->n_tx);
  if (transaction->n_rx > 0)
    add_transfer (self, rules, NULL, transaction->rx, transaction->n_rx);
}

/* Chip select has been high for a moment when this begins, and is low while it lasts. For the flash,
 * which looks at nothing but clock edges, that is a pause between two commands like any other; a delay on
 * the transfer before would pass before chip select rises, that is before the flash begins its work.
 * The kernel's own drivers wait in this way: drivers/platform/chrome/cros_ec_spi.c. */
static void
add_wait (UbSpidevMessage *self, const UbSpidevRules *rules, guint usec)
{
  add_transfer (self, rules, NULL, NULL, 0);
  self->transfers[self->n_transfers - 1].delay_usecs = usec;
}

/**
 * ub_spidev_message_fill:
 * @self: where to put the message; its sink is set
 * @rules: what it must obey
 * @batch: (array length=n): transactions, each of at most bufsiz bytes
 * @n: their number, at least 1
 *
 * Puts as many transactions from the beginning of @batch into one message as it may carry, at least
 * one. Chip select rises after each: within a message because cs_change says so, at its end because
 * there cs_change would mean the reverse.
 */
void
ub_spidev_message_fill (UbSpidevMessage *self,
                        const UbSpidevRules *rules,
                        const UbTransaction *batch,
                        guint n)
{
  Load load = { 0, 0 };

  self->n_transfers = 0;
  self->n_transactions = 0;
  self->n_bytes = 0;
  self->wait_us = 0;

  for (guint i = 0; i < n; i++) {
    gsize tx = align (batch[i].n_tx);
    gsize rx = align (get_rx_size (&batch[i]));

    if (i > 0) {
      if (self->wait_us > (rules->can_wait ? MAX_DELAY_US : 0) ||
          self->n_transfers + MAX_TRANSFERS_OF_TRANSACTION > UB_SPIDEV_MAX_TRANSFERS ||
          load.tx + tx > rules->bufsiz || load.rx + rx > rules->bufsiz)
        break;
      self->transfers[self->n_transfers - 1].cs_change = 1;
      if (self->wait_us > 0)
        add_wait (self, rules, self->wait_us);
    }
    add_transaction (self, rules, &batch[i], load.rx);
    load.tx += tx;
    load.rx += rx;
    self->wait_us = batch[i].delay_us;
    self->n_transactions++;
  }
}

/**
 * ub_spidev_message_collect:
 * @self: a message that was sent
 * @batch: what it was filled from
 *
 * Copies the replies that went to the sink to where they are wanted.
 */
void
ub_spidev_message_collect (const UbSpidevMessage *self, const UbTransaction *batch)
{
  gsize rx_offset = 0;

  for (guint i = 0; i < self->n_transactions; i++) {
    if (needs_sink (&batch[i]))
      memcpy (batch[i].rx, self->sink + rx_offset, batch[i].n_rx);
    rx_offset += align (get_rx_size (&batch[i]));
  }
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer.h"

#include <linux/spi/spidev.h>

G_BEGIN_DECLS

/* The size field of an ioctl number has 14 bits (include/uapi/asm-generic/ioctl.h), and what
 * SPI_IOC_MESSAGE() carries must stay below it. */
#define UB_SPIDEV_MAX_TRANSFERS (((1 << 14) - 1) / sizeof (struct spi_ioc_transfer))

/* What the kernel rounds each transfer up to when it counts against bufsiz: its DMA alignment, 128 on
 * arm64, 64 and less elsewhere (drivers/spi/spidev.c, spidev_message()). */
#define UB_SPIDEV_ALIGNMENT 128

/**
 * UbSpidevRules:
 * @bufsiz: bytes that one message may send, and as many that it may receive
 * @speed_hz: clock of every transfer
 * @can_wait: whether the driver takes transfers of no bytes, which wait
 *
 * What messages must obey.
 */
typedef struct {
  gsize bufsiz;
  guint32 speed_hz;
  gboolean can_wait;
} UbSpidevRules;

/**
 * UbSpidevMessage:
 * @transfers: what goes to SPI_IOC_MESSAGE()
 * @n_transfers: how many of them there are
 * @n_transactions: how many transactions of the batch they are
 * @n_bytes: bytes on the wires, which is what the ioctl returns
 * @wait_us: to be waited afterwards, with chip select high
 * @sink: where replies go that nobody wants, of bufsiz bytes
 *
 * One ioctl's worth of a batch.
 */
typedef struct {
  struct spi_ioc_transfer transfers[UB_SPIDEV_MAX_TRANSFERS];
  guint n_transfers;
  guint n_transactions;
  gsize n_bytes;
  guint wait_us;
  guint8 *sink;
} UbSpidevMessage;

void ub_spidev_message_fill (UbSpidevMessage *self,
                             const UbSpidevRules *rules,
                             const UbTransaction *batch,
                             guint n);
void ub_spidev_message_collect (const UbSpidevMessage *self, const UbTransaction *batch);

G_END_DECLS

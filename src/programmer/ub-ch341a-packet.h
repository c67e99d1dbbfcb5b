/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer.h"

G_BEGIN_DECLS

/* Every command begins a packet of this size, and ends with it at the latest. */
#define UB_CH341A_PACKET_SIZE 32

/* SPI bytes in one packet: its first byte is the command. */
#define UB_CH341A_PACKET_DATA 31

/**
 * UbCh341aPackets:
 * @levels: of D0 to D5, as they are to be driven
 * @reset_mask: the bit of CEN in it
 * @is_reset: whether CEN is low
 * @bytes: packets, each beginning at a multiple of %UB_CH341A_PACKET_SIZE behind the last cut
 * @cuts: (element-type gsize): offsets in @bytes where a packet is shorter than that: a transfer has to
 *   end there, so that the chip sees where the packet ends
 * @n_replies: bytes the chip answers with
 * @n_reply_packets: packets in which it does
 *
 * What is sent to a CH341A, as a string of packets. All functions are pure.
 */
typedef struct {
  guint8 levels;
  guint8 reset_mask;
  gboolean is_reset;
  GByteArray *bytes;
  GArray *cuts;
  gsize n_replies;
  gsize n_reply_packets;
} UbCh341aPackets;

void ub_ch341a_packets_init (UbCh341aPackets *self, guint reset_pin);
void ub_ch341a_packets_clear (UbCh341aPackets *self);
void ub_ch341a_packets_start (UbCh341aPackets *self);

void ub_ch341a_packets_add_setup (UbCh341aPackets *self);
void ub_ch341a_packets_add_reset (UbCh341aPackets *self, gboolean asserted);
void ub_ch341a_packets_add_release (UbCh341aPackets *self);
void ub_ch341a_packets_add_transaction (UbCh341aPackets *self, const UbTransaction *transaction);
gboolean ub_ch341a_packets_add_delay (UbCh341aPackets *self, guint delay_us);

void ub_ch341a_copy_reply (guint8 *out, const guint8 *reply, gsize n);

G_END_DECLS

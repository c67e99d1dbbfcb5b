/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-ch341a-packet"

#include "config.h"

#include "ub-ch341a-packet.h"

#include <string.h>

/* Commands, from WCH's CH341DLL.H (“mCH341A_CMD_…”); flashrom's ch341a_spi.c uses the same. */
#define CMD_SPI_STREAM 0xA8
#define CMD_I2C_STREAM 0xAA
#define CMD_UIO_STREAM 0xAB
#define I2C_SET_SPEED 0x60 /* | 0 to 3; bit 2 would be two-bit SPI */
#define I2C_END 0x00
#define UIO_DIRECTION 0x40 /* | 1 bits of D0 to D5 are outputs */
#define UIO_OUT 0x80 /* | levels of D0 to D5 */
#define UIO_END 0x20

/* D0 is chip select, D3 SCK, D5 MOSI, D7 MISO. Idle is everything high but SCK. */
#define PIN_CS (1u << 0)
#define LEVELS_IDLE 0x37
#define ALL_OUTPUTS 0x3F

/* One byte of a UIO stream takes about 750 ns: flashrom, ch341a_spi.c. */
#define UIO_BYTE_NS 750

/* A longer delay is worth a sleep of the host. */
#define MAX_DELAY_US 2000

/**
 * ub_ch341a_packets_init:
 * @self: (out caller-allocates): an empty string of packets
 * @reset_pin: number of the D pin that is CEN: 1, 2 or 4
 */
void
ub_ch341a_packets_init (UbCh341aPackets *self, guint reset_pin)
{
  g_return_if_fail (reset_pin == 1 || reset_pin == 2 || reset_pin == 4);

  *self = (UbCh341aPackets) {
    .levels = LEVELS_IDLE,
    .reset_mask = 1u << reset_pin,
    .bytes = g_byte_array_new (),
    .cuts = g_array_new (FALSE, FALSE, sizeof (gsize)),
  };
}

/**
 * ub_ch341a_packets_clear:
 * @self: a string of packets
 *
 * Frees what @self holds.
 */
void
ub_ch341a_packets_clear (UbCh341aPackets *self)
{
  g_byte_array_unref (self->bytes);
  g_array_unref (self->cuts);
}

/**
 * ub_ch341a_packets_start:
 * @self: a string of packets
 *
 * Empties it; the pins' levels stay known.
 */
void
ub_ch341a_packets_start (UbCh341aPackets *self)
{
  g_byte_array_set_size (self->bytes, 0);
  g_array_set_size (self->cuts, 0);
  self->n_replies = 0;
  self->n_reply_packets = 0;
}

static gsize
get_last_cut (UbCh341aPackets *self)
{
  return self->cuts->len > 0 ? g_array_index (self->cuts, gsize, self->cuts->len - 1) : 0;
}

/* Makes the packet that was begun last as long as a packet is; what follows a stream's end is ignored. */
static void
pad (UbCh341aPackets *self)
{
  gsize used = (self->bytes->len - get_last_cut (self)) % UB_CH341A_PACKET_SIZE;
  guint length = self->bytes->len;

  if (used == 0)
    return;
  g_byte_array_set_size (self->bytes, length + UB_CH341A_PACKET_SIZE - used);
  memset (self->bytes->data + length, 0, UB_CH341A_PACKET_SIZE - used);
}

static void
cut (UbCh341aPackets *self)
{
  gsize at = self->bytes->len;

  if ((at - get_last_cut (self)) % UB_CH341A_PACKET_SIZE != 0)
    g_array_append_val (self->cuts, at);
}

/* CEN is an output only while it is low, so that it never fights the module's own pull-up or button. Its
 * level is given all the same. */
static guint8
get_direction (UbCh341aPackets *self)
{
  return self->is_reset ? ALL_OUTPUTS : ALL_OUTPUTS & ~self->reset_mask;
}

static void
add_pins (UbCh341aPackets *self)
{
  const guint8 stream[] = { CMD_UIO_STREAM, UIO_OUT | self->levels,
                            UIO_DIRECTION | get_direction (self), UIO_END };

  g_byte_array_append (self->bytes, stream, sizeof stream);
  pad (self);
}

/**
 * ub_ch341a_packets_add_setup:
 * @self: a string of packets
 *
 * One-bit SPI, and all lines idle with CEN released.
 */
void
ub_ch341a_packets_add_setup (UbCh341aPackets *self)
{
  const guint8 stream[] = { CMD_I2C_STREAM, I2C_SET_SPEED | 1, I2C_END };

  g_byte_array_append (self->bytes, stream, sizeof stream);
  pad (self);
  self->levels = LEVELS_IDLE;
  self->is_reset = FALSE;
  add_pins (self);
}

/**
 * ub_ch341a_packets_add_reset:
 * @self: a string of packets
 * @asserted: whether CEN is low
 */
void
ub_ch341a_packets_add_reset (UbCh341aPackets *self, gboolean asserted)
{
  self->is_reset = asserted;
  if (asserted)
    self->levels &= ~self->reset_mask;
  else
    self->levels |= self->reset_mask;
  add_pins (self);
}

/**
 * ub_ch341a_packets_add_release:
 * @self: a string of packets
 *
 * Every pin becomes an input.
 */
void
ub_ch341a_packets_add_release (UbCh341aPackets *self)
{
  const guint8 stream[] = { CMD_UIO_STREAM, UIO_DIRECTION | 0, UIO_END };

  g_byte_array_append (self->bytes, stream, sizeof stream);
  pad (self);
}

/* The engine shifts the least significant bit first; flash wants the most significant one first. */
static guint8
reverse_bits (guint8 byte)
{
  byte = (byte & 0xF0) >> 4 | (byte & 0x0F) << 4;
  byte = (byte & 0xCC) >> 2 | (byte & 0x33) << 2;
  return (byte & 0xAA) >> 1 | (byte & 0x55) << 1;
}

/**
 * ub_ch341a_copy_reply:
 * @out: (out caller-allocates) (array length=n): received bytes
 * @reply: (array length=n): the same as the chip sends them
 * @n: their number
 */
void
ub_ch341a_copy_reply (guint8 *out, const guint8 *reply, gsize n)
{
  for (gsize i = 0; i < n; i++)
    out[i] = reverse_bits (reply[i]);
}

/**
 * ub_ch341a_packets_add_transaction:
 * @self: a string of packets
 * @transaction: what happens under one chip-select assertion; its delay is not part of it
 *
 * The chip answers every byte it sends, so n_replies grows by all bytes of @transaction.
 */
void
ub_ch341a_packets_add_transaction (UbCh341aPackets *self, const UbTransaction *transaction)
{
  gsize n = transaction->n_tx + (transaction->duplex ? 0 : transaction->n_rx);

  self->levels &= ~PIN_CS;
  add_pins (self);

  for (gsize at = 0; at < n; at += UB_CH341A_PACKET_DATA) {
    guint8 packet[UB_CH341A_PACKET_SIZE] = { CMD_SPI_STREAM };
    guint length = MIN (UB_CH341A_PACKET_DATA, n - at);

    for (guint i = 0; i < length && at + i < transaction->n_tx; i++)
      packet[1 + i] = reverse_bits (transaction->tx[at + i]);
    g_byte_array_append (self->bytes, packet, 1 + length);
    self->n_reply_packets++;
  }
  cut (self);
  self->n_replies += n;

  self->levels |= PIN_CS;
  add_pins (self);
}

/**
 * ub_ch341a_packets_add_delay:
 * @self: a string of packets
 * @delay_us: how long chip select has to stay high
 *
 * Lets time pass by setting the pins again and again.
 *
 * Returns: %FALSE when @delay_us is too long for that and nothing was appended
 */
gboolean
ub_ch341a_packets_add_delay (UbCh341aPackets *self, guint delay_us)
{
  guint n = ((guint64) delay_us * 1000 + UIO_BYTE_NS - 1) / UIO_BYTE_NS;

  if (delay_us > MAX_DELAY_US)
    return FALSE;

  while (n > 0) {
    guint8 packet[UB_CH341A_PACKET_SIZE] = { CMD_UIO_STREAM };
    guint length = MIN (n, UB_CH341A_PACKET_SIZE - 2);

    memset (packet + 1, UIO_OUT | self->levels, length);
    packet[1 + length] = UIO_END;
    g_byte_array_append (self->bytes, packet, 2 + length);
    pad (self);
    n -= length;
  }
  return TRUE;
}

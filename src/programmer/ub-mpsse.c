/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-mpsse"

#include "config.h"

#include "ub-mpsse.h"

#include <string.h>

/* Commands of the MPSSE: FTDI AN_108 “Command Processor for MPSSE and MCU Host Bus Emulation Modes”,
 * sections 3.3 to 3.8. Data goes most significant bit first; it changes on the falling edge of SK and is
 * sampled on the rising edge, which is SPI mode 0. */
#define OP_WRITE 0x11 /* bytes out on the falling edge */
#define OP_READ 0x20 /* bytes in on the rising edge */
#define OP_WRITE_READ 0x31 /* both at once */
#define OP_SET_LOW 0x80 /* value, direction of ADBUS */
#define OP_GET_LOW 0x81
#define OP_SET_HIGH 0x82 /* value, direction of ACBUS */
#define OP_LOOPBACK_OFF 0x85
#define OP_SET_DIVISOR 0x86
#define OP_BASE_60_MHZ 0x8A
#define OP_THREE_PHASE_OFF 0x8D
#define OP_ADAPTIVE_OFF 0x97
#define OP_DRIVE_ZERO 0x9E /* FT232H only: mask of ADBUS, mask of ACBUS */

#define BASE_HZ (60 * 1000 * 1000)
#define MAX_LENGTH 65536 /* of one data command; its length field holds one less */

/* The pins of the engine itself: AN_108, section 2.1. */
#define PIN_SK (1u << 0)
#define PIN_MOSI (1u << 1)
#define PIN_CS (1u << 3)

/* A delay of up to this many bytes is clocked out with chip select high; a longer one is worth a round
 * trip and a sleep of the host. */
#define MAX_DELAY_BYTES 4096

static void
add_bytes (GByteArray *commands, const guint8 *bytes, guint n)
{
  g_byte_array_append (commands, bytes, n);
}

static void
add_low (UbMpsse *self, GByteArray *commands)
{
  add_bytes (commands, (const guint8[]) { OP_SET_LOW, self->low_value, self->low_direction }, 3);
}

static void
add_high (UbMpsse *self, GByteArray *commands)
{
  if (self->has_high)
    add_bytes (commands, (const guint8[]) { OP_SET_HIGH, self->high_value, self->high_direction },
               3);
}

static void
add_data_command (GByteArray *commands, guint8 opcode, gsize n)
{
  guint16 field = n - 1;

  add_bytes (commands, (const guint8[]) { opcode, field & 0xFF, field >> 8 }, 3);
}

static void
add_data_out (GByteArray *commands, guint8 opcode, const guint8 *data, gsize n)
{
  while (n > 0) {
    gsize part = MIN (n, MAX_LENGTH);

    add_data_command (commands, opcode, part);
    add_bytes (commands, data, part);
    data += part;
    n -= part;
  }
}

static void
add_data_in (GByteArray *commands, gsize n)
{
  while (n > 0) {
    gsize part = MIN (n, MAX_LENGTH);

    add_data_command (commands, OP_READ, part);
    n -= part;
  }
}

static void
set_reset (UbMpsse *self, gboolean asserted)
{
  gboolean is_high = self->reset_pin >= 8;
  guint8 bit = 1u << (self->reset_pin & 7);
  guint8 *value = is_high ? &self->high_value : &self->low_value;
  guint8 *direction = is_high ? &self->high_direction : &self->low_direction;

  if (self->reset_drive == UB_MPSSE_RESET_DRIVE_ZERO) {
    *direction |= bit;
    *value = asserted ? *value & ~bit : *value | bit;
  } else {
    *value &= ~bit;
    *direction = asserted ? *direction | bit : *direction & ~bit;
  }
}

/**
 * ub_mpsse_init:
 * @self: (out caller-allocates): pins to describe
 * @reset_pin: the CEN pin: 4 to 7 is ADBUS4 to 7, 8 to 15 is ACBUS0 to 7
 * @has_high: whether the channel has an ACBUS
 * @reset_drive: how CEN lets go
 *
 * All lines idle: CS high, SK low, CEN released.
 */
void
ub_mpsse_init (UbMpsse *self, guint reset_pin, gboolean has_high, UbMpsseReset reset_drive)
{
  g_return_if_fail (reset_pin >= 4 && reset_pin < (has_high ? 16 : 8));

  *self = (UbMpsse) {
    .low_value = PIN_CS,
    .low_direction = PIN_SK | PIN_MOSI | PIN_CS,
    .has_high = has_high,
    .reset_pin = reset_pin,
    .reset_drive = reset_drive,
    .hz = UB_MPSSE_MIN_HZ,
  };
}

/**
 * ub_mpsse_parse_pin:
 * @name: `ADBUS4` to `ADBUS7`, or `ACBUS0` to `ACBUS7`; `BDBUS` and `BCBUS`, as the second channel
 *   calls them, and `GPIOL0` to `GPIOL3` mean the same
 * @has_high: whether the channel has an ACBUS
 * @out_pin: (out): the pin's number as ub_mpsse_init() takes it
 *
 * Returns: whether @name is a pin that can be CEN
 */
gboolean
ub_mpsse_parse_pin (const char *name, gboolean has_high, guint *out_pin)
{
  static const struct {
    const char *prefix;
    guint first;
    guint min;
    guint max;
    gboolean is_high;
  } kinds[] = {
    { "ADBUS", 0, 4, 7, FALSE }, { "BDBUS", 0, 4, 7, FALSE }, { "GPIOL", 4, 0, 3, FALSE },
    { "ACBUS", 8, 0, 7, TRUE },  { "BCBUS", 8, 0, 7, TRUE },  { "GPIOH", 8, 0, 7, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++) {
    gsize length = strlen (kinds[i].prefix);
    guint digit;

    if (g_ascii_strncasecmp (name, kinds[i].prefix, length) != 0)
      continue;
    if (!g_ascii_isdigit (name[length]) || name[length + 1] != '\0')
      return FALSE;
    digit = g_ascii_digit_value (name[length]);
    if (digit < kinds[i].min || digit > kinds[i].max || (kinds[i].is_high && !has_high))
      return FALSE;
    *out_pin = kinds[i].first + digit;
    return TRUE;
  }
  return FALSE;
}

/**
 * ub_mpsse_add_setup:
 * @self: the pins
 * @commands: string to append to
 *
 * The engine in a known state after it was switched on: 60 MHz base, no adaptive or three-phase
 * clocking, no loopback, lines idle.
 */
void
ub_mpsse_add_setup (UbMpsse *self, GByteArray *commands)
{
  static const guint8 setup[] = { OP_BASE_60_MHZ, OP_ADAPTIVE_OFF, OP_THREE_PHASE_OFF,
                                  OP_LOOPBACK_OFF };

  add_bytes (commands, setup, sizeof setup);
  if (self->reset_drive == UB_MPSSE_RESET_DRIVE_ZERO) {
    guint16 mask = 1u << self->reset_pin;

    add_bytes (commands, (const guint8[]) { OP_DRIVE_ZERO, mask & 0xFF, mask >> 8 }, 3);
  }
  set_reset (self, FALSE);
  add_low (self, commands);
  add_high (self, commands);
}

/**
 * ub_mpsse_add_clock:
 * @self: the pins
 * @commands: string to append to
 * @hz: the wanted clock, at least %UB_MPSSE_MIN_HZ
 *
 * Returns: the clock that is used: the highest one not above @hz
 */
guint
ub_mpsse_add_clock (UbMpsse *self, GByteArray *commands, guint hz)
{
  guint ratio = (BASE_HZ / 2 + hz - 1) / hz; /* rounded up, so that the clock is rounded down */
  guint divisor = CLAMP (ratio, 1, 65536) - 1;

  add_bytes (commands, (const guint8[]) { OP_SET_DIVISOR, divisor & 0xFF, divisor >> 8 }, 3);
  self->hz = BASE_HZ / 2 / (divisor + 1);
  return self->hz;
}

/**
 * ub_mpsse_add_mode:
 * @self: the pins
 * @commands: string to append to
 * @mode: 0 or 3
 *
 * Mode 3 parks SK high while CS is high; with CS low the data commands of mode 0 are right for both, as
 * libmpsse does it (devttys0/libmpsse, src/mpsse.c): the engine itself knows only modes 0 and 2.
 */
void
ub_mpsse_add_mode (UbMpsse *self, GByteArray *commands, guint mode)
{
  self->mode = mode;
  if (mode == 3)
    self->low_value |= PIN_SK;
  else
    self->low_value &= ~PIN_SK;
  add_low (self, commands);
}

/**
 * ub_mpsse_add_reset:
 * @self: the pins
 * @commands: string to append to
 * @asserted: whether CEN is low
 */
void
ub_mpsse_add_reset (UbMpsse *self, GByteArray *commands, gboolean asserted)
{
  set_reset (self, asserted);
  if (self->reset_pin >= 8)
    add_high (self, commands);
  else
    add_low (self, commands);
}

/**
 * ub_mpsse_add_release:
 * @self: the pins
 * @commands: string to append to
 *
 * Every pin becomes an input: right away, also after the engine forgot what drive-zero was set to.
 */
void
ub_mpsse_add_release (UbMpsse *self, GByteArray *commands)
{
  self->low_direction = 0;
  self->high_direction = 0;
  add_high (self, commands);
  add_low (self, commands);
}

/**
 * ub_mpsse_add_sync:
 * @self: the pins
 * @commands: string to append to
 *
 * Reads a byte back, which arrives when everything before it has happened.
 *
 * Returns: the number of reply bytes, 1
 */
gsize
ub_mpsse_add_sync (UbMpsse *self, GByteArray *commands)
{
  add_bytes (commands, (const guint8[]) { OP_GET_LOW, UB_MPSSE_SEND_IMMEDIATE }, 2);
  return 1;
}

static void
add_select (UbMpsse *self, GByteArray *commands)
{
  self->low_value &= ~PIN_CS;
  add_low (self, commands);
  if (self->mode == 3) {
    self->low_value &= ~PIN_SK;
    add_low (self, commands);
  }
}

static void
add_deselect (UbMpsse *self, GByteArray *commands)
{
  self->low_value |= PIN_CS;
  add_low (self, commands);
  if (self->mode == 3) {
    self->low_value |= PIN_SK;
    add_low (self, commands);
  }
}

/**
 * ub_mpsse_add_transaction:
 * @self: the pins
 * @commands: string to append to
 * @transaction: what happens under one chip-select assertion; its delay is not part of it
 *
 * Returns: the number of reply bytes, which is the transaction's n_rx
 */
gsize
ub_mpsse_add_transaction (UbMpsse *self, GByteArray *commands, const UbTransaction *transaction)
{
  gsize n_both = transaction->duplex ? transaction->n_rx : 0;

  add_select (self, commands);
  add_data_out (commands, OP_WRITE_READ, transaction->tx, n_both);
  add_data_out (commands, OP_WRITE, transaction->tx + n_both, transaction->n_tx - n_both);
  if (!transaction->duplex)
    add_data_in (commands, transaction->n_rx);
  add_deselect (self, commands);
  return transaction->n_rx;
}

/**
 * ub_mpsse_add_delay:
 * @self: the pins
 * @commands: string to append to
 * @delay_us: how long chip select has to stay high
 *
 * Lets time pass inside the string, by clocking bytes nobody listens to.
 *
 * Returns: %FALSE when @delay_us is too long for that and nothing was appended
 */
gboolean
ub_mpsse_add_delay (UbMpsse *self, GByteArray *commands, guint delay_us)
{
  guint64 n = ((guint64) delay_us * self->hz + 8 * G_USEC_PER_SEC - 1) / (8 * G_USEC_PER_SEC);
  guint length;

  if (n > MAX_DELAY_BYTES)
    return FALSE;
  if (n == 0)
    return TRUE;

  add_data_command (commands, OP_WRITE, n);
  length = commands->len;
  g_byte_array_set_size (commands, length + n);
  memset (commands->data + length, 0, n);
  /* The engine leaves SK low. */
  if (self->mode == 3)
    add_low (self, commands);
  return TRUE;
}

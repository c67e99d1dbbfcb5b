/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer.h"

G_BEGIN_DECLS

/* SK = base / (2 · (1 + divisor)) with a 60 MHz base and a divisor of 16 bits: FTDI AN_108, section 3.8.2. */
#define UB_MPSSE_MAX_HZ (30 * 1000 * 1000)
#define UB_MPSSE_MIN_HZ 458

/* Makes the chip send its replies at once instead of with the next full packet or latency tick. */
#define UB_MPSSE_SEND_IMMEDIATE 0x87

/**
 * UbMpsseReset:
 * @UB_MPSSE_RESET_PUSH_PULL: CEN is driven low, and released by making the pin an input
 * @UB_MPSSE_RESET_DRIVE_ZERO: the chip's drive-zero setting makes the pin open-drain (FT232H only)
 *
 * How the CEN pin lets go, so that it never fights a reset button or the module's own pull-up.
 */
typedef enum {
  UB_MPSSE_RESET_PUSH_PULL,
  UB_MPSSE_RESET_DRIVE_ZERO,
} UbMpsseReset;

/**
 * UbMpsse:
 * @low_value: levels of ADBUS0 to 7
 * @low_direction: 1 bits are outputs
 * @high_value: levels of ACBUS0 to 7
 * @high_direction: 1 bits are outputs
 * @has_high: whether the channel has an ACBUS (not on FT4232H)
 * @reset_pin: 4 to 7 is ADBUS4 to 7, 8 to 15 is ACBUS0 to 7
 * @reset_drive: how CEN lets go
 * @mode: SPI mode, 0 or 3
 * @hz: clock in use, for delays
 *
 * The state of an MPSSE's pins, which its commands have to repeat. All functions are pure: they append
 * command bytes to a string that the chip runs in order.
 */
typedef struct {
  guint8 low_value;
  guint8 low_direction;
  guint8 high_value;
  guint8 high_direction;
  gboolean has_high;
  guint reset_pin;
  UbMpsseReset reset_drive;
  guint mode;
  guint hz;
} UbMpsse;

void ub_mpsse_init (UbMpsse *self, guint reset_pin, gboolean has_high, UbMpsseReset reset_drive);
gboolean ub_mpsse_parse_pin (const char *name, gboolean has_high, guint *out_pin);

void ub_mpsse_add_setup (UbMpsse *self, GByteArray *commands);
guint ub_mpsse_add_clock (UbMpsse *self, GByteArray *commands, guint hz);
void ub_mpsse_add_mode (UbMpsse *self, GByteArray *commands, guint mode);
void ub_mpsse_add_reset (UbMpsse *self, GByteArray *commands, gboolean asserted);
void ub_mpsse_add_release (UbMpsse *self, GByteArray *commands);
gsize ub_mpsse_add_sync (UbMpsse *self, GByteArray *commands);
gsize
ub_mpsse_add_transaction (UbMpsse *self, GByteArray *commands, const UbTransaction *transaction);
gboolean ub_mpsse_add_delay (UbMpsse *self, GByteArray *commands, guint delay_us);

G_END_DECLS

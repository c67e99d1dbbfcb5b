/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UbTransaction:
 * @tx: bytes clocked out first
 * @n_tx: their number
 * @rx: (nullable): where to put what is clocked in
 * @n_rx: bytes clocked in, after @tx or, when @duplex, during it (then at most @n_tx)
 * @duplex: receive while sending instead of afterwards
 * @delay_us: chip select stays high for at least this many microseconds afterwards
 *
 * One chip-select assertion.
 */
typedef struct {
  const guint8 *tx;
  gsize n_tx;
  guint8 *rx;
  gsize n_rx;
  gboolean duplex;
  guint delay_us;
} UbTransaction;

/**
 * UbProgrammerLimits:
 * @min_hz: lowest clock the programmer can make
 * @max_hz: highest clock the programmer can make
 * @modes: bit 0 set when SPI mode 0 works, bit 3 when mode 3 works
 * @max_transaction: largest n_tx + n_rx (n_tx when duplex) of one transaction; what does not fit is
 *   split by the caller into whole flash commands
 * @max_batch: bytes of n_tx + n_rx that one call of exchange() moves in one system call or USB round
 *   trip; a batch may be longer, this is for sizing. Besides the bytes each transaction costs
 *   @transaction_cost
 * @transaction_cost: the bytes of @max_batch that each transaction takes besides its own
 * @has_reset: whether set_reset() drives CEN; otherwise the person has to
 */
typedef struct {
  guint min_hz;
  guint max_hz;
  guint modes;
  gsize max_transaction;
  gsize max_batch;
  gsize transaction_cost;
  gboolean has_reset;
} UbProgrammerLimits;

#define UB_TYPE_PROGRAMMER (ub_programmer_get_type ())
G_DECLARE_DERIVABLE_TYPE (UbProgrammer, ub_programmer, UB, PROGRAMMER, GObject)

/**
 * UbProgrammerClass:
 * @open: takes hold of the device, and sets the limits with ub_programmer_set_limits(). All lines
 *   idle: CS high, CEN released. Called while closed. On failure nothing is held.
 * @close: releases every line (inputs, CEN released first) and the device. Called while open, also
 *   after any failure of another slot; cannot fail.
 * @set_clock: sets SCK to the highest clock that is not above @hz and tells it in @actual_hz; below
 *   min_hz it is min_hz. Takes effect with the next exchange.
 * @set_mode: sets the SPI mode, one of limits.modes.
 * @set_reset: drives CEN low (asserted) or releases it. On return the line has changed. Never called
 *   when limits.has_reset is %FALSE.
 * @exchange: runs the transactions in order, each under one chip-select assertion, in as few system
 *   calls or USB transfers as possible. On failure any number of them may have run, the last one
 *   partly, and every rx buffer is undefined; CS is high. Must return, one way or the other, within
 *   ub_programmer_get_deadline() of the batch, unless bytes go on moving.
 * @delay: lets at least @usec microseconds pass. The default sleeps; the simulator advances its
 *   virtual clock. Never called with a lock held.
 * @get_time: microseconds on the clock that delay() and exchange() move; never runs backwards. The
 *   default is the system's monotonic clock.
 *
 * A programmer is used by one thread at a time; which one may change between calls. The public
 * functions check state and arguments once, subclasses never do. No slot takes a #GCancellable,
 * because none could honour it: the loops above check it at named safe points.
 */
struct _UbProgrammerClass {
  GObjectClass parent_class;

  gboolean (*open) (UbProgrammer *self, GError **error);
  void (*close) (UbProgrammer *self);
  gboolean (*set_clock) (UbProgrammer *self, guint hz, guint *actual_hz, GError **error);
  gboolean (*set_mode) (UbProgrammer *self, guint mode, GError **error);
  gboolean (*set_reset) (UbProgrammer *self, gboolean asserted, GError **error);
  gboolean (*exchange) (UbProgrammer *self, const UbTransaction *batch, guint n, GError **error);
  void (*delay) (UbProgrammer *self, guint64 usec);
  gint64 (*get_time) (UbProgrammer *self);
};

gboolean ub_programmer_open (UbProgrammer *self, GError **error);
void ub_programmer_close (UbProgrammer *self);
gboolean ub_programmer_is_open (UbProgrammer *self);
gboolean ub_programmer_set_clock (UbProgrammer *self, guint hz, guint *actual_hz, GError **error);
gboolean ub_programmer_set_mode (UbProgrammer *self, guint mode, GError **error);
gboolean ub_programmer_set_reset (UbProgrammer *self, gboolean asserted, GError **error);
gboolean
ub_programmer_exchange (UbProgrammer *self, const UbTransaction *batch, guint n, GError **error);
void ub_programmer_delay (UbProgrammer *self, guint64 usec);
gint64 ub_programmer_get_time (UbProgrammer *self);

const char *ub_programmer_get_name (UbProgrammer *self);
guint ub_programmer_get_clock (UbProgrammer *self);
guint ub_programmer_get_mode (UbProgrammer *self);
const UbProgrammerLimits *ub_programmer_get_limits (UbProgrammer *self);

/* The person's wishes, which the session honours: see the properties of the same names. */
void ub_programmer_set_fixed_clock (UbProgrammer *self, guint hz);
guint ub_programmer_get_fixed_clock (UbProgrammer *self);
void ub_programmer_set_clock_ceiling (UbProgrammer *self, guint hz);
guint ub_programmer_get_clock_ceiling (UbProgrammer *self);
void ub_programmer_set_fixed_mode (UbProgrammer *self, int mode);
int ub_programmer_get_fixed_mode (UbProgrammer *self);

/* For subclasses. */
void ub_programmer_set_name (UbProgrammer *self, const char *name);
void ub_programmer_set_limits (UbProgrammer *self, const UbProgrammerLimits *limits);
guint64 ub_programmer_get_deadline (UbProgrammer *self, const UbTransaction *batch, guint n);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer.h"
#include "ub-sim-chip.h"

G_BEGIN_DECLS

#define UB_TYPE_TEST_WIRES (ub_test_wires_get_type ())
G_DECLARE_FINAL_TYPE (UbTestWires, ub_test_wires, UB, TEST_WIRES, UbProgrammer)

/**
 * UbTestWires:
 * @latency_us: of each exchange
 * @no_reset: there is no CEN line
 * @modes: that the programmer offers; 0 for both
 * @min_hz: lowest clock; 0 for 1 kHz
 * @max_hz: highest clock; 0 for 50 MHz
 * @divided: the clock is @max_hz divided by a power of two
 * @max_transaction: 0 for 64 KiB
 * @cen_broken: CEN does not reach the module
 * @mosi_broken: MOSI stays low at the module
 * @cs_broken: chip select stays high at the module
 * @bridged: MISO and MOSI touch
 * @miso: what MISO is stuck at, 0 or 1; -1 when it is whole
 * @noisy: MISO carries noise
 * @shift: MISO arrives late by so many bits
 * @late_us: the flash answers only this long after CEN rose
 * @flips: bit errors per bit read
 * @flips_above: at clocks above this
 * @hand_at_us: when a hand pulls CEN, zero-terminated
 * @unplug_at: which exchange, from 1, finds the programmer gone; 0 for never
 * @n_exchanges: counts them
 * @n_resets_asked: counts set_reset(TRUE)
 * @n_opened: counts
 * @n_closed: counts
 * @fail_open: opening fails
 *
 * A programmer for tests with a simulated module on wires that can be broken one by one.
 */
struct _UbTestWires {
  UbProgrammer parent_instance;

  UbSimChip *chip;
  guint latency_us;
  gboolean no_reset;
  guint modes;
  guint min_hz;
  guint max_hz;
  gboolean divided;
  gsize max_transaction;

  gboolean cen_broken;
  gboolean mosi_broken;
  gboolean cs_broken;
  gboolean bridged;
  int miso;
  gboolean noisy;
  guint shift;
  gint64 late_us;
  double flips;
  guint flips_above;
  gint64 hand_at_us[24];
  guint n_hands;
  guint unplug_at;
  gboolean fail_open;

  guint n_exchanges;
  guint n_resets_asked;
  guint n_opened;
  guint n_closed;
  gboolean is_reset;
  gint64 risen_at;
  guint clock_hz;
  GRand *rand;
  GByteArray *scratch;
};

UbTestWires *ub_test_wires_new (const UbFlashPart *part, GBytes *content);
GBytes *ub_test_wires_make_content (gsize size);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulation.h"

G_BEGIN_DECLS

/**
 * UbEmulatedSpidevTraits:
 * @bufsiz: the module parameter
 * @alignment: what each transfer is rounded up to
 * @min_hz: the controller refuses less
 * @max_hz: the controller makes no more
 * @modes: bits of the SPI modes that the controller has
 * @module_modes: bits of the SPI modes in which the module is understood
 * @refuses_empty: whether transfers of no bytes are refused
 * @hides_bufsiz: whether the module parameter cannot be read
 *
 * What differs from one computer to another.
 */
typedef struct {
  guint bufsiz;
  guint alignment;
  guint min_hz;
  guint max_hz;
  guint modes;
  guint module_modes;
  gboolean refuses_empty;
  gboolean hides_bufsiz;
} UbEmulatedSpidevTraits;

/**
 * UbEmulatedSpidevCounters:
 * @ioctls: all of them
 * @messages: those that move bytes
 * @page_messages: those of them with at least one page to program
 * @refused: messages that a real kernel would have refused
 */
typedef struct {
  guint ioctls;
  guint messages;
  guint page_messages;
  guint refused;
} UbEmulatedSpidevCounters;

#define UB_TYPE_EMULATED_SPIDEV (ub_emulated_spidev_get_type ())
G_DECLARE_FINAL_TYPE (UbEmulatedSpidev, ub_emulated_spidev, UB, EMULATED_SPIDEV, UMockdevIoctlBase)

extern const UbEmulatedSpidevTraits ub_emulated_spidev_raspberry_pi;

UbEmulatedSpidev *ub_emulated_spidev_add (UbEmulation *emulation,
                                          const char *name,
                                          const UbEmulatedSpidevTraits *traits);
void ub_emulated_spidev_fail_at (UbEmulatedSpidev *self, guint nth_message, int number);
void ub_emulated_spidev_get_counters (UbEmulatedSpidev *self, UbEmulatedSpidevCounters *counters);
guint ub_emulated_spidev_get_lowest_hz (UbEmulatedSpidev *self);

G_END_DECLS

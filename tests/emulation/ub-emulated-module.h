/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-sim-chip.h"

G_BEGIN_DECLS

/**
 * UbEmulatedMiso:
 * @UB_EMULATED_MISO_FINE: what the module says
 * @UB_EMULATED_MISO_LOW: shorted to ground
 * @UB_EMULATED_MISO_HIGH: not connected, with a pull-up
 * @UB_EMULATED_MISO_FIRMWARE: a square wave, as running firmware may make on that pin
 * @UB_EMULATED_MISO_UNSTABLE: some bits are wrong, other ones each time
 */
typedef enum {
  UB_EMULATED_MISO_FINE,
  UB_EMULATED_MISO_LOW,
  UB_EMULATED_MISO_HIGH,
  UB_EMULATED_MISO_FIRMWARE,
  UB_EMULATED_MISO_UNSTABLE,
} UbEmulatedMiso;

typedef struct _UbEmulatedModule UbEmulatedModule;

UbEmulatedModule *ub_emulated_module_new (UbSimChip *chip);
void ub_emulated_module_free (UbEmulatedModule *self);
UbSimChip *ub_emulated_module_get_chip (UbEmulatedModule *self);

void ub_emulated_module_set_miso (UbEmulatedModule *self, UbEmulatedMiso miso);
void ub_emulated_module_set_mosi_cut (UbEmulatedModule *self, gboolean cut);
void ub_emulated_module_set_cen_cut (UbEmulatedModule *self, gboolean cut);
void ub_emulated_module_set_hurry (UbEmulatedModule *self, guint factor);
void ub_emulated_module_power_cycle (UbEmulatedModule *self);
gboolean ub_emulated_module_is_cen_low (UbEmulatedModule *self);

/* For the adapters, each call complete in itself; bytes of one transfer are not interleaved. */
void ub_emulated_module_set_cs (UbEmulatedModule *self, gboolean low);
void ub_emulated_module_set_cen (UbEmulatedModule *self, gboolean low);
void ub_emulated_module_transfer (
    UbEmulatedModule *self, const guint8 *tx, guint8 *rx, gsize n, guint hz);
guint8 ub_emulated_module_clock_bits (UbEmulatedModule *self, guint8 mosi, guint n_bits, guint hz);
void ub_emulated_module_wait (UbEmulatedModule *self, guint64 nsec);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbEmulatedModule, ub_emulated_module_free)

G_END_DECLS

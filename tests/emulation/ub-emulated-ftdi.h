/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulated-usb.h"

G_BEGIN_DECLS

/**
 * UbEmulatedFtdiKind:
 *
 * Which chip it is.
 */
typedef enum {
  UB_EMULATED_FT232H,
  UB_EMULATED_FT2232H,
  UB_EMULATED_FT4232H,
} UbEmulatedFtdiKind;

#define UB_TYPE_EMULATED_FTDI (ub_emulated_ftdi_get_type ())
G_DECLARE_FINAL_TYPE (UbEmulatedFtdi, ub_emulated_ftdi, UB, EMULATED_FTDI, UbEmulatedUsb)

UbEmulatedFtdi *ub_emulated_ftdi_plug (UbEmulation *emulation,
                                       UbEmulatedFtdiKind kind,
                                       const char *serial,
                                       guint reset_pin,
                                       guint port);
guint ub_emulated_ftdi_get_hz (UbEmulatedFtdi *self);
guint ub_emulated_ftdi_get_n_bad_commands (UbEmulatedFtdi *self);
gboolean ub_emulated_ftdi_is_released (UbEmulatedFtdi *self);
gboolean ub_emulated_ftdi_drove_cen_high (UbEmulatedFtdi *self);

G_END_DECLS

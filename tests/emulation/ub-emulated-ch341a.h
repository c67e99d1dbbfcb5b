/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulated-usb.h"

G_BEGIN_DECLS

#define UB_TYPE_EMULATED_CH341A (ub_emulated_ch341a_get_type ())
G_DECLARE_FINAL_TYPE (UbEmulatedCh341a, ub_emulated_ch341a, UB, EMULATED_CH341A, UbEmulatedUsb)

UbEmulatedCh341a *ub_emulated_ch341a_plug (UbEmulation *emulation,
                                           gboolean is_serial_port,
                                           guint reset_pin,
                                           guint port);
guint ub_emulated_ch341a_get_n_bad_packets (UbEmulatedCh341a *self);
gboolean ub_emulated_ch341a_is_released (UbEmulatedCh341a *self);

G_END_DECLS

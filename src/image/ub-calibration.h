/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* One erase unit; the record itself is at most a few hundred bytes. */
#define UB_CALIBRATION_SIZE 0x1000

#define UB_CALIBRATION_ADDRESS_N 0x1D0000
#define UB_CALIBRATION_ADDRESS_T 0x1E0000

/**
 * UbCalibration:
 * @address: of the sector on the flash
 * @length: bytes of the record, as it says itself
 * @sound: its entries fill it exactly
 * @complete: it holds calibration and not only the MAC address and a few defaults, which is what tools
 *   write when the real one was lost
 * @tidy: its groups and entries are numbered in order, and nothing lies behind them, as in all real records
 * @has_mac: there is a MAC address, and it is a possible one
 * @mac: in lower case, with colons
 */
typedef struct {
  guint32 address;
  guint32 length;
  gboolean sound;
  gboolean complete;
  gboolean tidy;
  gboolean has_mac;
  char mac[18];
} UbCalibration;

gboolean ub_calibration_parse (const guint8 *data, gsize size, UbCalibration *out_calibration);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-sim-chip.h"

G_BEGIN_DECLS

#define FIXTURE_HZ 1000000
#define MSEC G_GUINT64_CONSTANT (1000000)

UbSimChip *fixture_new (guint32 jedec_id);
UbSimChip *fixture_new_entered (guint32 jedec_id);
UbSimChip *fixture_new_open (guint32 jedec_id);
void fixture_pulse_reset (UbSimChip *chip, guint64 low_ns);
void fixture_enter (UbSimChip *chip);
void fixture_command (UbSimChip *chip, const guint8 *tx, gsize n_tx, guint8 *rx, gsize n_rx);
void fixture_opcode (UbSimChip *chip, guint8 opcode);
void
fixture_address (UbSimChip *chip, guint8 opcode, guint32 address, const guint8 *data, gsize n_data);
void fixture_program (UbSimChip *chip, guint32 address, const guint8 *data, gsize n);
void fixture_read (UbSimChip *chip, guint32 address, guint8 *buffer, gsize n);
guint8 fixture_peek (UbSimChip *chip, guint32 address);
guint8 fixture_read_register (UbSimChip *chip, guint8 opcode);
void fixture_wait (UbSimChip *chip);
void fixture_unprotect (UbSimChip *chip);

G_END_DECLS

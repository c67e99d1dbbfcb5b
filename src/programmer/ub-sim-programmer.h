/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer-spec.h"
#include "ub-programmer.h"
#include "ub-sim-chip.h"

G_BEGIN_DECLS

#define UB_TYPE_SIM_PROGRAMMER (ub_sim_programmer_get_type ())
G_DECLARE_FINAL_TYPE (UbSimProgrammer, ub_sim_programmer, UB, SIM_PROGRAMMER, UbProgrammer)

UbProgrammer *ub_sim_programmer_new (UbProgrammerSpec *spec, GError **error);
UbProgrammer *ub_sim_programmer_new_for_chip (UbSimChip *chip);

UbSimChip *ub_sim_programmer_get_chip (UbSimProgrammer *self);
guint64 ub_sim_programmer_get_exchanges (UbSimProgrammer *self);
void ub_sim_programmer_set_latency (UbSimProgrammer *self, guint usec);
void
ub_sim_programmer_set_max_sizes (UbSimProgrammer *self, gsize max_transaction, gsize max_batch);

G_END_DECLS

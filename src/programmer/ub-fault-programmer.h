/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer-spec.h"
#include "ub-programmer.h"

G_BEGIN_DECLS

/**
 * UbFaults:
 * @flip_rate: bit errors per bit read, 0 to 1
 * @flips_above_hz: bits flip only at a clock above this
 * @lie_rate: share of erase and program commands that never reach the chip though all seems well, 0
 *   to 1
 * @stuck_sector: this 4 KiB sector ignores erase and program, -1 for none
 * @stuck_miso: MISO reads constantly 0 or 1, -1 for none
 * @unplug_at: the programmer goes away at this transaction, counted from 1 since it was made; 0 for
 *   never. It is back when it is opened again
 */
typedef struct {
  double flip_rate;
  guint flips_above_hz;
  double lie_rate;
  gint64 stuck_sector;
  int stuck_miso;
  guint64 unplug_at;
} UbFaults;

#define UB_NO_FAULTS                     \
  {                                      \
    .stuck_sector = -1, .stuck_miso = -1 \
  }

#define UB_TYPE_FAULT_PROGRAMMER (ub_fault_programmer_get_type ())
G_DECLARE_FINAL_TYPE (UbFaultProgrammer, ub_fault_programmer, UB, FAULT_PROGRAMMER, UbProgrammer)

UbProgrammer *ub_fault_programmer_new (UbProgrammer *inner, const UbFaults *faults);
UbProgrammer *
ub_fault_programmer_wrap (UbProgrammer *inner, UbProgrammerSpec *spec, GError **error);

void ub_fault_programmer_set_faults (UbFaultProgrammer *self, const UbFaults *faults);
UbProgrammer *ub_fault_programmer_get_inner (UbFaultProgrammer *self);
guint64 ub_fault_programmer_get_transactions (UbFaultProgrammer *self);
guint64 ub_fault_programmer_get_lies (UbFaultProgrammer *self);

G_END_DECLS

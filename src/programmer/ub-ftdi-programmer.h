/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer-spec.h"
#include "ub-programmer.h"

G_BEGIN_DECLS

#define UB_TYPE_FTDI_PROGRAMMER (ub_ftdi_programmer_get_type ())
G_DECLARE_FINAL_TYPE (UbFtdiProgrammer, ub_ftdi_programmer, UB, FTDI_PROGRAMMER, UbProgrammer)

UbProgrammer *ub_ftdi_programmer_new (UbProgrammerSpec *spec, GError **error);
void ub_ftdi_programmer_enumerate (GPtrArray *infos);

G_END_DECLS

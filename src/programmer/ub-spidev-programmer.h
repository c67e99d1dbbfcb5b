/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer.h"
#include "ub-programmer-spec.h"

G_BEGIN_DECLS

#define UB_TYPE_SPIDEV_PROGRAMMER (ub_spidev_programmer_get_type ())
G_DECLARE_FINAL_TYPE (UbSpidevProgrammer, ub_spidev_programmer, UB, SPIDEV_PROGRAMMER, UbProgrammer)

UbProgrammer *ub_spidev_programmer_new (UbProgrammerSpec *spec, GError **error);
void ub_spidev_programmer_enumerate (GPtrArray *infos);

G_END_DECLS

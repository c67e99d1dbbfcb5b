/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulation.h"

G_BEGIN_DECLS

/**
 * UbEmulatedGpiochipTraits:
 * @label: what the driver calls itself
 * @n_lines: how many lines it has
 * @named: whether the lines are called GPIO0, GPIO1, …
 * @cen: the line that is wired to CEN, -1 for none
 * @keeps_driving: whether a line that nobody holds any longer keeps its level
 */
typedef struct {
  const char *label;
  guint n_lines;
  gboolean named;
  int cen;
  gboolean keeps_driving;
} UbEmulatedGpiochipTraits;

#define UB_TYPE_EMULATED_GPIOCHIP (ub_emulated_gpiochip_get_type ())
G_DECLARE_FINAL_TYPE (
    UbEmulatedGpiochip, ub_emulated_gpiochip, UB, EMULATED_GPIOCHIP, UMockdevIoctlBase)

extern const UbEmulatedGpiochipTraits ub_emulated_gpiochip_raspberry_pi;

UbEmulatedGpiochip *ub_emulated_gpiochip_add (UbEmulation *emulation,
                                              const char *name,
                                              const UbEmulatedGpiochipTraits *traits);
void ub_emulated_gpiochip_set_consumer (UbEmulatedGpiochip *self, const char *consumer);
gboolean ub_emulated_gpiochip_is_held (UbEmulatedGpiochip *self);
gboolean ub_emulated_gpiochip_was_input (UbEmulatedGpiochip *self);
gboolean ub_emulated_gpiochip_is_open_drain (UbEmulatedGpiochip *self);

G_END_DECLS

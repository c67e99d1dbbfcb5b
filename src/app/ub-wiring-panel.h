/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_WIRING_PANEL (ub_wiring_panel_get_type ())
G_DECLARE_FINAL_TYPE (UbWiringPanel, ub_wiring_panel, UB, WIRING_PANEL, AdwBin)

void ub_wiring_panel_set_programmer (UbWiringPanel *self, const char *id);
void ub_wiring_panel_set_module (UbWiringPanel *self, const char *id);

const char *ub_wiring_find_programmer_id (const char *backend, const char *name);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UB_TYPE_WIRING_VIEW (ub_wiring_view_get_type ())
G_DECLARE_FINAL_TYPE (UbWiringView, ub_wiring_view, UB, WIRING_VIEW, GtkWidget)

GtkWidget *ub_wiring_view_new (void);
void ub_wiring_view_set_programmer (UbWiringView *self, const char *id);
void ub_wiring_view_set_module (UbWiringView *self, const char *id);

G_END_DECLS

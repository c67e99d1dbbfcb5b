/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_PREFERENCES_WINDOW (ub_preferences_window_get_type ())
G_DECLARE_FINAL_TYPE (
    UbPreferencesWindow, ub_preferences_window, UB, PREFERENCES_WINDOW, AdwPreferencesWindow)

GtkWidget *ub_preferences_window_new (GtkWindow *parent);

G_END_DECLS

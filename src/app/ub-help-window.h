/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_HELP_WINDOW (ub_help_window_get_type ())
G_DECLARE_FINAL_TYPE (UbHelpWindow, ub_help_window, UB, HELP_WINDOW, AdwWindow)

void ub_help_window_show (GtkWindow *parent, const char *topic);

G_END_DECLS

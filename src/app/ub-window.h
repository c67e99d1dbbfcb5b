/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connection.h"
#include "ub-image-analysis.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_WINDOW (ub_window_get_type ())
G_DECLARE_FINAL_TYPE (UbWindow, ub_window, UB, WINDOW, AdwApplicationWindow)

UbWindow *ub_window_new (GtkApplication *app);
void ub_window_open_file (UbWindow *self, GFile *file);
void ub_window_show_page (UbWindow *self, const char *name);
void ub_window_add_toast (UbWindow *self, const char *text);

G_END_DECLS

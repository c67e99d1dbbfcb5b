/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_LOG_WINDOW (ub_log_window_get_type ())
G_DECLARE_FINAL_TYPE (UbLogWindow, ub_log_window, UB, LOG_WINDOW, AdwWindow)

void ub_log_window_show (GtkWindow *parent);
char *ub_log_window_dup_report (void);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_LOG_VIEW (ub_log_view_get_type ())
G_DECLARE_FINAL_TYPE (UbLogView, ub_log_view, UB, LOG_VIEW, AdwBin)

void ub_log_view_set_filter (UbLogView *self, const char *text);
guint ub_log_view_get_n_lines (UbLogView *self);

G_END_DECLS

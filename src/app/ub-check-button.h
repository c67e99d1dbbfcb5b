/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UB_TYPE_CHECK_BUTTON (ub_check_button_get_type ())
G_DECLARE_FINAL_TYPE (UbCheckButton, ub_check_button, UB, CHECK_BUTTON, GtkCheckButton)

G_END_DECLS

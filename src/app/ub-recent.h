/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-file-dialog.h"

G_BEGIN_DECLS

void ub_recent_add (GFile *file);
GtkWidget *ub_recent_create_popover (UbFileFunc func, gpointer user_data);

G_END_DECLS

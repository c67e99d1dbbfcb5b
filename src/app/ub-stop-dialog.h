/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

GtkWidget *ub_stop_dialog_new (GtkWindow *parent,
                               const char *heading,
                               const char *text,
                               const char *stop_label,
                               gboolean is_destructive);

G_END_DECLS

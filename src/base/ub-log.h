/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void ub_log_install (void);
gboolean ub_log_open_file (const char *path, GError **error);
char *ub_log_dup_text (void);
guint ub_log_get_serial (void);

G_END_DECLS

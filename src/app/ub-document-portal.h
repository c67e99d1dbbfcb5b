/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

char *ub_document_portal_dup_path (GFile *file);
gboolean ub_document_portal_holds_one_file (GFile *folder);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer-list.h"

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean ub_settings_are_installed (void);
GSettings *ub_settings_get (void);

char *ub_settings_dup_spec (GSettings *settings, const char *backend, const char *spec);
UbProgrammer *ub_settings_create_programmer (UbProgrammerInfo *info, GError **error);

GFile *ub_settings_dup_backup_folder (void);
GFile *ub_settings_dup_open_folder (void);
void ub_settings_remember_folder (const char *key, GFile *file);
void ub_settings_remember_backup_folder (GFile *file);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_BACKUP_ROW (ub_backup_row_get_type ())
G_DECLARE_FINAL_TYPE (UbBackupRow, ub_backup_row, UB, BACKUP_ROW, AdwActionRow)

void ub_backup_row_reset (UbBackupRow *self);
gboolean ub_backup_row_is_on (UbBackupRow *self);
GFile *ub_backup_row_dup_folder (UbBackupRow *self);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-slot.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_FILE_ROW (ub_file_row_get_type ())
G_DECLARE_FINAL_TYPE (UbFileRow, ub_file_row, UB, FILE_ROW, AdwPreferencesGroup)

void ub_file_row_set_slot (UbFileRow *self, UbImageSlot slot);
void ub_file_row_set_file (UbFileRow *self, GFile *file);
void ub_file_row_set_analysis (UbFileRow *self, UbImageAnalysis *analysis);
UbImageAnalysis *ub_file_row_get_analysis (UbFileRow *self);
UbImageAnalysis *ub_file_row_get_usable (UbFileRow *self);
const GError *ub_file_row_get_error (UbFileRow *self);
gboolean ub_file_row_is_loading (UbFileRow *self);
void ub_file_row_open (UbFileRow *self);

G_END_DECLS

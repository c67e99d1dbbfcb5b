/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_PROGRAMMER_ROW (ub_programmer_row_get_type ())
G_DECLARE_FINAL_TYPE (UbProgrammerRow, ub_programmer_row, UB, PROGRAMMER_ROW, AdwActionRow)

GtkWidget *ub_programmer_row_new (UbProgrammerInfo *info, GtkCheckButton *group);
UbProgrammerInfo *ub_programmer_row_get_info (UbProgrammerRow *self);
void ub_programmer_row_set_chosen (UbProgrammerRow *self, gboolean chosen);

const char *ub_programmer_get_icon_name (UbProgrammerInfo *info);

G_END_DECLS

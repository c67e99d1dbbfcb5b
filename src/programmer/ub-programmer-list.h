/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer-info.h"
#include "ub-programmer.h"

G_BEGIN_DECLS

#define UB_TYPE_PROGRAMMER_LIST (ub_programmer_list_get_type ())
G_DECLARE_FINAL_TYPE (UbProgrammerList, ub_programmer_list, UB, PROGRAMMER_LIST, GObject)

UbProgrammerList *ub_programmer_list_new (void);
void ub_programmer_list_refresh (UbProgrammerList *self);
void ub_programmer_list_set_watching (UbProgrammerList *self, gboolean watching);
UbProgrammerInfo *ub_programmer_list_find_usable (UbProgrammerList *self, GError **error);

UbProgrammer *ub_programmer_new_for_spec (const char *spec, GError **error);

G_END_DECLS

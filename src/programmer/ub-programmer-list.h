/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer.h"

G_BEGIN_DECLS

#define UB_TYPE_PROGRAMMER_INFO (ub_programmer_info_get_type ())
G_DECLARE_FINAL_TYPE (UbProgrammerInfo, ub_programmer_info, UB, PROGRAMMER_INFO, GObject)

UbProgrammerInfo *ub_programmer_info_new (const char *backend,
                                          const char *spec,
                                          const char *name,
                                          const GError *problem);
const char *ub_programmer_info_get_backend (UbProgrammerInfo *self);
const char *ub_programmer_info_get_spec (UbProgrammerInfo *self);
const char *ub_programmer_info_get_name (UbProgrammerInfo *self);
const GError *ub_programmer_info_get_problem (UbProgrammerInfo *self);
gboolean ub_programmer_info_is_usable (UbProgrammerInfo *self);
gboolean ub_programmer_info_is_simulated (UbProgrammerInfo *self);

#define UB_TYPE_PROGRAMMER_LIST (ub_programmer_list_get_type ())
G_DECLARE_FINAL_TYPE (UbProgrammerList, ub_programmer_list, UB, PROGRAMMER_LIST, GObject)

UbProgrammerList *ub_programmer_list_new (void);
void ub_programmer_list_refresh (UbProgrammerList *self);
void ub_programmer_list_set_watching (UbProgrammerList *self, gboolean watching);
UbProgrammerInfo *ub_programmer_list_find_usable (UbProgrammerList *self, GError **error);

UbProgrammer *ub_programmer_new_for_spec (const char *spec, GError **error);

G_END_DECLS

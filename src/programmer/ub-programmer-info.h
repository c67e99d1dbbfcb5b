/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

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
gboolean ub_programmer_info_equal (UbProgrammerInfo *self, UbProgrammerInfo *other);

G_END_DECLS

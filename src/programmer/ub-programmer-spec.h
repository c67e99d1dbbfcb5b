/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define UB_TYPE_PROGRAMMER_SPEC (ub_programmer_spec_get_type ())
G_DECLARE_FINAL_TYPE (UbProgrammerSpec, ub_programmer_spec, UB, PROGRAMMER_SPEC, GObject)

UbProgrammerSpec *ub_programmer_spec_parse (const char *text, GError **error);

const char *ub_programmer_spec_get_backend (UbProgrammerSpec *self);
const char *ub_programmer_spec_get_string (UbProgrammerSpec *self, const char *key);
gboolean ub_programmer_spec_get_number (UbProgrammerSpec *self,
                                        const char *key,
                                        guint64 min,
                                        guint64 max,
                                        guint64 *inout_value,
                                        GError **error);
gboolean ub_programmer_spec_get_clock (
    UbProgrammerSpec *self, const char *key, guint min, guint max, guint *inout_hz, GError **error);
gboolean ub_programmer_spec_get_double (UbProgrammerSpec *self,
                                        const char *key,
                                        double min,
                                        double max,
                                        double *inout_value,
                                        GError **error);
gboolean ub_programmer_spec_get_choice (UbProgrammerSpec *self,
                                        const char *key,
                                        const char *const *choices,
                                        guint *inout_index,
                                        GError **error);
gboolean ub_programmer_spec_check_unknown (UbProgrammerSpec *self, GError **error);

G_END_DECLS

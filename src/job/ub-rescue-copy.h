/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-analysis.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UbRescueCopy:
 *
 * Where a backup goes: a file, or a folder in which it gets a telling name. It is complete on disk or
 * not there at all.
 */
typedef struct _UbRescueCopy UbRescueCopy;

UbRescueCopy *ub_rescue_copy_new (GFile *file, gboolean overwrite);
UbRescueCopy *ub_rescue_copy_new_in_folder (GFile *folder);
void ub_rescue_copy_free (UbRescueCopy *self);

/* Checks before anything is read that the place can be written to and has room for @size bytes. */
gboolean ub_rescue_copy_check (UbRescueCopy *self, guint64 size, GError **error);
gboolean
ub_rescue_copy_save (UbRescueCopy *self, UbImageAnalysis *chip, GFile **out_file, GError **error);

char *ub_rescue_copy_dup_name (UbImageAnalysis *chip);
GFile *ub_rescue_copy_get_default_folder (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbRescueCopy, ub_rescue_copy_free)

G_END_DECLS

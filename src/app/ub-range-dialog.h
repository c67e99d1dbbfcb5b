/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connection.h"
#include "ub-job-request.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * UbRangeKind:
 *
 * What is to be done with a range.
 */
typedef enum {
  UB_RANGE_ERASE,
  UB_RANGE_READ,
  UB_RANGE_WRITE,
} UbRangeKind;

#define UB_TYPE_RANGE_DIALOG (ub_range_dialog_get_type ())
G_DECLARE_FINAL_TYPE (UbRangeDialog, ub_range_dialog, UB, RANGE_DIALOG, AdwWindow)

GtkWidget *ub_range_dialog_new (GtkWindow *parent, UbRangeKind kind, UbConnection *connection);
void ub_range_dialog_set_file (UbRangeDialog *self, GFile *file);

gboolean ub_range_parse (const char *start,
                         const char *size,
                         guint32 flash_size,
                         guint32 *out_start,
                         guint32 *out_size,
                         GError **error);

G_END_DECLS

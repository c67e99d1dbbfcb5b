/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connection.h"
#include "ub-file-row.h"
#include "ub-job-request.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_RESTORE_PAGE (ub_restore_page_get_type ())
G_DECLARE_FINAL_TYPE (UbRestorePage, ub_restore_page, UB, RESTORE_PAGE, AdwBin)

void ub_restore_page_set_connection (UbRestorePage *self, UbConnection *connection);
void ub_restore_page_add_file (UbRestorePage *self, GFile *file);
void ub_restore_page_open (UbRestorePage *self);
UbFileRow *ub_restore_page_get_row (UbRestorePage *self, UbImageSlot slot);
gboolean ub_restore_page_is_ready (UbRestorePage *self);
UbJobRequest *ub_restore_page_dup_request (UbRestorePage *self);
GtkWidget *ub_restore_page_get_default_widget (UbRestorePage *self);

G_END_DECLS

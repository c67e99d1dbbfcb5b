/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connection.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_MODULE_PAGE (ub_module_page_get_type ())
G_DECLARE_FINAL_TYPE (UbModulePage, ub_module_page, UB, MODULE_PAGE, AdwBin)

void ub_module_page_set_connection (UbModulePage *self, UbConnection *connection);
GtkWidget *ub_module_page_get_default_widget (UbModulePage *self);

G_END_DECLS

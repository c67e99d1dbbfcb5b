/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connection.h"
#include "ub-programmer-list.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_CONNECT_PAGE (ub_connect_page_get_type ())
G_DECLARE_FINAL_TYPE (UbConnectPage, ub_connect_page, UB, CONNECT_PAGE, AdwBin)

void
ub_connect_page_set_models (UbConnectPage *self, UbProgrammerList *list, UbConnection *connection);
UbProgrammerInfo *ub_connect_page_get_chosen (UbConnectPage *self);
void ub_connect_page_choose (UbConnectPage *self, const char *spec);
GtkWidget *ub_connect_page_get_default_widget (UbConnectPage *self);

G_END_DECLS

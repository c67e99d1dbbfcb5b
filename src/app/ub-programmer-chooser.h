/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connect-page.h"

G_BEGIN_DECLS

#define UB_TYPE_PROGRAMMER_CHOOSER (ub_programmer_chooser_get_type ())
G_DECLARE_FINAL_TYPE (UbProgrammerChooser, ub_programmer_chooser, UB, PROGRAMMER_CHOOSER, AdwBin)

void ub_programmer_chooser_set_models (UbProgrammerChooser *self,
                                       UbProgrammerList *list,
                                       UbConnection *connection,
                                       UbConnectPage *page);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job-runner.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_PROGRESS_PAGE (ub_progress_page_get_type ())
G_DECLARE_FINAL_TYPE (UbProgressPage, ub_progress_page, UB, PROGRESS_PAGE, AdwBin)

void ub_progress_page_set_runner (UbProgressPage *self, UbJobRunner *runner);
void ub_progress_page_set_layout (UbProgressPage *self, UbFamily family, guint32 flash_size);
GtkWidget *ub_progress_page_get_default_widget (UbProgressPage *self);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job-runner.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define UB_TYPE_RESULT_PAGE (ub_result_page_get_type ())
G_DECLARE_FINAL_TYPE (UbResultPage, ub_result_page, UB, RESULT_PAGE, AdwBin)

void ub_result_page_set_runner (UbResultPage *self, UbJobRunner *runner);
GtkWidget *ub_result_page_get_default_widget (UbResultPage *self);

G_END_DECLS

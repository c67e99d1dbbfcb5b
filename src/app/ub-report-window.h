/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-analysis.h"

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * UbReportKind:
 *
 * What is reported.
 */
typedef enum {
  UB_REPORT_MODULE,
  UB_REPORT_TUYA,
} UbReportKind;

#define UB_TYPE_REPORT_WINDOW (ub_report_window_get_type ())
G_DECLARE_FINAL_TYPE (UbReportWindow, ub_report_window, UB, REPORT_WINDOW, AdwWindow)

void ub_report_window_show (GtkWindow *parent, UbImageAnalysis *chip, UbReportKind kind);

G_END_DECLS

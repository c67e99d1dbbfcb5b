/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connect-page.h"
#include "ub-job-runner.h"
#include "ub-module-page.h"
#include "ub-programmer-chooser.h"
#include "ub-progress-page.h"
#include "ub-restore-page.h"
#include "ub-result-page.h"
#include "ub-window.h"

G_BEGIN_DECLS

struct _UbWindow {
  AdwApplicationWindow parent_instance;

  UbProgrammerList *list;
  UbConnection *connection;
  UbJobRunner *runner;
  gboolean wants_restore; /* after connecting, go back to the restore page */
  gboolean close_when_done;
  UbConnectionState shown_state;

  AdwToastOverlay *toast_overlay;
  AdwWindowTitle *title;
  GtkButton *back_button;
  UbProgrammerChooser *chooser;
  GtkWidget *drop_hint;
  GtkStack *stack;
  UbConnectPage *connect_page;
  UbModulePage *module_page;
  UbRestorePage *restore_page;
  UbProgressPage *progress_page;
  UbResultPage *result_page;
};

void ub_window_install_job_actions (GtkWidgetClass *widget_class);
void ub_window_update_job_actions (UbWindow *self);
void ub_window_start (UbWindow *self, UbJobRequest *request);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "app-fixture.h"

#include "ub-job-request.h"
#include "ub-restore-page.h"

G_BEGIN_DECLS

/* What the tests of the application do again and again; what fails fails the test. */

#define UB_APP_CHIP_SIZE (2 * 1024 * 1024)

GtkWidget *ub_app_root (UbAppFixture *fixture);
gboolean ub_app_is_ready (UbAppFixture *fixture);
const GError *ub_app_get_error (UbAppFixture *fixture);
const UbJobReport *ub_app_get_report (UbAppFixture *fixture);
void ub_app_run (UbAppFixture *fixture, UbJobRequest *request);
void ub_app_erase (UbAppFixture *fixture, guint32 address, guint32 size);
void ub_app_verify (UbAppFixture *fixture, const char *path);
void ub_app_done (UbAppFixture *fixture);
void ub_app_start (UbAppFixture *fixture, const char *sim);
char *ub_app_back_up_and_load (UbAppFixture *fixture, guint8 **out_data);

G_END_DECLS

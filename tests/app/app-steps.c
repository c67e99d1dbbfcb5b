/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app-steps.h"

#include "ub-settings.h"

GtkWidget *
ub_app_root (UbAppFixture *fixture)
{
  return GTK_WIDGET (fixture->window);
}

gboolean
ub_app_is_ready (UbAppFixture *fixture)
{
  return ub_restore_page_is_ready (fixture->window->restore_page);
}

const GError *
ub_app_get_error (UbAppFixture *fixture)
{
  return ub_job_runner_get_error (fixture->window->runner);
}

const UbJobReport *
ub_app_get_report (UbAppFixture *fixture)
{
  return ub_job_get_report (ub_job_runner_get_job (fixture->window->runner));
}

void
ub_app_run (UbAppFixture *fixture, UbJobRequest *request)
{
  ub_window_start (fixture->window, request);
  g_assert_true (ub_app_is_page (fixture, "progress"));
  ub_app_wait_for_page (fixture, "result");
}

void
ub_app_erase (UbAppFixture *fixture, guint32 address, guint32 size)
{
  g_autoptr (UbJobRequest) request = ub_job_request_new_erase (address, size, NULL);

  ub_app_run (fixture, request);
  g_assert_no_error (ub_app_get_error (fixture));
}

void
ub_app_verify (UbAppFixture *fixture, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (UbImage) image = ub_image_load (file, NULL, NULL);
  g_autoptr (UbImageAnalysis) analysis = ub_image_analysis_new (image);
  g_autoptr (UbJobRequest) request = ub_job_request_new_verify (analysis);

  ub_app_run (fixture, request);
}

void
ub_app_done (UbAppFixture *fixture)
{
  ub_app_click (ub_app_root (fixture), "Done");
  ub_app_wait_for_page (fixture, "module");
}

static void
set_backup_folder (UbAppFixture *fixture)
{
  g_autofree char *uri = g_filename_to_uri (fixture->folder, NULL, NULL);

  g_settings_set_string (ub_settings_get (), "backup-folder", uri);
}

void
ub_app_start (UbAppFixture *fixture, const char *sim)
{
  ub_app_fixture_set_up (fixture, sim);
  set_backup_folder (fixture);
  ub_app_connect (fixture);
}

/* A backup of the module as it is, and the bytes of it. */
char *
ub_app_back_up_and_load (UbAppFixture *fixture, guint8 **out_data)
{
  g_autoptr (GFile) file = ub_app_back_up (fixture, "backup.bin");
  gsize size = 0;

  g_assert_true (g_file_load_contents (file, NULL, (char **) out_data, &size, NULL, NULL));
  g_assert_cmpuint (size, ==, UB_APP_CHIP_SIZE);
  return g_file_get_path (file);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-test"

#include "ub-log.h"

#include "ub-error.h"

#include <glib/gstdio.h>
#include <string.h>

static void
test_lines (void)
{
  g_autofree char *path = g_build_filename (g_get_user_cache_dir (), "unbrick.log", NULL);
  g_autofree char *text = NULL, *on_disk = NULL;
  g_autoptr (GError) error = NULL;
  guint serial = ub_log_get_serial ();

  g_assert_cmpint (g_mkdir_with_parents (g_get_user_cache_dir (), 0700), ==, 0);
  g_assert_true (ub_log_open_file (path, &error));
  g_assert_no_error (error);
  g_debug ("a detail");
  g_message ("something to know");
  g_log ("another-library", G_LOG_LEVEL_INFO, "not ours");

  g_assert_cmpuint (ub_log_get_serial (), ==, serial + 2);
  text = ub_log_dup_text ();
  g_assert_nonnull (strstr (text, "debug   ub-test: a detail\n"));
  g_assert_nonnull (strstr (text, "note    ub-test: something to know\n"));
  g_assert_null (strstr (text, "not ours"));
  g_assert_true (g_file_get_contents (path, &on_disk, NULL, &error));
  g_assert_cmpstr (on_disk, ==, text);
}

/* The oldest lines make room. */
static void
test_limit (void)
{
  g_autofree char *text = NULL;
  guint n = 0;

  for (guint i = 0; i < 5100; i++)
    g_debug ("line %u", i);
  text = ub_log_dup_text ();
  for (const char *at = text; (at = strchr (at, '\n')) != NULL; at++)
    n++;
  g_assert_cmpuint (n, ==, 5000);
  g_assert_nonnull (strstr (text, "line 5099\n"));
  g_assert_null (strstr (text, "line 99\n"));
}

static void
test_bad_file (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (ub_log_open_file ("/nonexistent-folder/unbrick.log", &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_FILE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  /* Newer GLib (seen in 2.84) has its tests print messages themselves, past the log writer. */
  g_log_set_default_handler (g_log_default_handler, NULL);
  ub_log_install ();
  g_test_add_func ("/log/lines", test_lines);
  g_test_add_func ("/log/limit", test_limit);
  g_test_add_func ("/log/bad-file", test_bad_file);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-installed"

#include "config.h"

#include "ub-installed.h"

/**
 * ub_installed_dup_dir:
 * @below_prefix: a folder as it stands below the prefix, such as "share/locale"
 * @configured: the same folder with the prefix that was configured
 *
 * Finds what was installed with the program: beside the program itself, so that a tree that was installed elsewhere
 * than where it will be (`DESTDIR`), or moved, is whole; else where it was to be installed.
 *
 * Returns: (transfer full): the folder; it need not exist
 */
char *
ub_installed_dup_dir (const char *below_prefix, const char *configured)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *bin = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *prefix = bin != NULL ? g_path_get_dirname (bin) : NULL;
  g_autofree char *dir = prefix != NULL ? g_build_filename (prefix, below_prefix, NULL) : NULL;

  if (dir != NULL && g_file_test (dir, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&dir);
  return g_strdup (configured);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-i18n"

#include "config.h"

#include "ub-i18n.h"

#include <glib/gi18n.h>
#include <locale.h>

/* Where the translations are: beside the program, so that a tree that was installed elsewhere than where it will
 * be, or moved, speaks every language too; else where they were to be installed. */
static char *
dup_locale_dir (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *bin = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *prefix = bin != NULL ? g_path_get_dirname (bin) : NULL;
  g_autofree char *dir = prefix != NULL ? g_build_filename (prefix, "share", "locale", NULL) : NULL;

  if (dir != NULL && g_file_test (dir, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&dir);
  return g_strdup (LOCALE_DIR);
}

/**
 * ub_i18n_init:
 *
 * Takes the person's language from the environment. Call it first thing in main().
 */
void
ub_i18n_init (void)
{
  g_autofree char *dir = dup_locale_dir ();

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

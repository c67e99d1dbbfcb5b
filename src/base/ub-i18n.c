/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-i18n"

#include "config.h"

#include "ub-i18n.h"

#include "ub-installed.h"

#include <glib/gi18n.h>
#include <locale.h>

/**
 * ub_i18n_init:
 *
 * Takes the person's language from the environment. Call it first thing in main().
 */
void
ub_i18n_init (void)
{
  g_autofree char *dir = ub_installed_dup_dir (LOCALE_SUBDIR, LOCALE_DIR);

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-application.h"
#include "ub-i18n.h"
#include "ub-log.h"
#include "ub-settings.h"

#include <glib/gi18n.h>

static int
handle_local_options (GApplication *app, GVariantDict *options, gpointer user_data)
{
  if (g_variant_dict_contains (options, "version")) {
    g_print ("unbrick %s\n", UB_VERSION);
    return 0;
  }
  if (!gtk_init_check ()) {
    g_printerr (_ ("unbrick: there is no display to open a window on.\n"
                   "Over SSH or without a desktop, use unbrick-cli, which does the same: "
                   "unbrick-cli --help\n"));
    return 1;
  }
  if (!ub_settings_are_installed ()) {
    g_printerr (_ ("unbrick: the settings schema %s is missing.\n"
                   "Install Unbrick, or run it from the build folder with build-aux/try.\n"),
                APP_ID);
    return 1;
  }
  return -1;
}

int
main (int argc, char *argv[])
{
  g_autoptr (UbApplication) app = NULL;

  ub_log_install ();
  ub_i18n_init ();
  g_set_application_name (_ ("Unbrick"));
  app = ub_application_new ();
  g_signal_connect (app, "handle-local-options", G_CALLBACK (handle_local_options), NULL);
  return g_application_run (G_APPLICATION (app), argc, argv);
}

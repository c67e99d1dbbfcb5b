/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include <glib/gi18n.h>

/* The description of the file becomes the object itself: its names are fixed, too. */
static void
add_analysis (UbCli *cli, UbImageAnalysis *analysis, gboolean reveal)
{
  JsonNode *node = ub_image_analysis_to_json (analysis, reveal);
  JsonObjectIter iter;
  const char *name;
  JsonNode *value;

  json_object_iter_init (&iter, json_node_get_object (node));
  while (json_object_iter_next (&iter, &name, &value))
    json_object_set_member (cli->object, name, json_node_copy (value));
  json_node_unref (node);
}

gboolean
ub_cli_inspect (UbCli *cli, int argc, char **argv, GError **error)
{
  gboolean reveal = FALSE;
  g_autoptr (UbImageAnalysis) analysis = NULL;
  g_autofree char *report = NULL;
  const GOptionEntry entries[] = {
    { "reveal", 0, 0, G_OPTION_ARG_NONE, &reveal,
      N_ ("Show Wi-Fi names and passwords and keys, too"), NULL },
    { NULL },
  };

  if (!ub_cli_parse (
          cli, "FILE",
          _ ("Says what a file is, for which chips, whether it is sound, and what it may "
             "be used for. Needs no hardware."),
          entries, 1, &argc, &argv, error))
    return FALSE;
  analysis = ub_cli_load (argv[1], error);
  if (analysis == NULL)
    return FALSE;

  add_analysis (cli, analysis, reveal);
  report = ub_image_analysis_dup_report (analysis, reveal);
  ub_cli_print (cli, "%s", report);
  return TRUE;
}

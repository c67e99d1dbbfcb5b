/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-error.h"

#include <glib/gi18n.h>
#include <stdio.h>

/* The description of the file becomes the object itself: its names are fixed, too. */
static void
add_analysis (UbCli *cli, UbImageAnalysis *analysis, gboolean reveal)
{
  g_autoptr (JsonNode) node = ub_image_analysis_to_json (analysis, reveal);
  JsonObject *object = json_node_get_object (node);
  g_autoptr (GList) names = json_object_get_members (object);

  /* In the order in which a reader wants them. */
  for (GList *l = names; l != NULL; l = l->next)
    json_object_set_member (cli->object, l->data, json_object_dup_member (object, l->data));
}

/* OpenBeken's template of the device's pins, to be pasted there. */
static gboolean
print_template (UbCli *cli, UbImageAnalysis *analysis, GError **error)
{
  UbTuyaConfig *config = ub_image_analysis_get_tuya_config (analysis);
  UbFamily family = ub_image_analysis_get_family (analysis);
  g_autofree char *text = NULL;
  JsonNode *node;

  if (config == NULL) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_NO_CONFIG,
                 _ ("“%s” holds no configuration of a Tuya device to make a template of"),
                 ub_image_get_name (ub_image_analysis_get_image (analysis)));
    return FALSE;
  }
  if (ub_tuya_config_is_default (config) && !cli->quiet)
    fprintf (stderr, "%s\n",
             _ ("This is the app’s default configuration; it need not fit the device."));

  text = ub_tuya_config_to_template (
      config, ub_family_get_title (family != UB_FAMILY_UNKNOWN ? family : UB_FAMILY_T));
  node = json_from_string (text, NULL);
  if (node != NULL)
    json_object_set_member (cli->object, "template", node);
  ub_cli_print_answer (cli, "%s\n", text);
  return TRUE;
}

gboolean
ub_cli_inspect (UbCli *cli, int argc, char **argv, GError **error)
{
  gboolean reveal = FALSE, wants_template = FALSE;
  g_autoptr (UbImageAnalysis) analysis = NULL;
  g_autofree char *report = NULL;
  const GOptionEntry entries[] = {
    { "reveal", 0, 0, G_OPTION_ARG_NONE, &reveal,
      N_ ("Show Wi-Fi names and passwords and keys, too"), NULL },
    { "template", 0, 0, G_OPTION_ARG_NONE, &wants_template,
      N_ ("Print only the device’s pins as a template for OpenBeken"), NULL },
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
  if (wants_template)
    return print_template (cli, analysis, error);
  report = ub_image_analysis_dup_report (analysis, reveal);
  ub_cli_print_answer (cli, "%s", report);
  return TRUE;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-error.h"
#include "ub-programmer-list.h"

#include <glib/gi18n.h>

static void
add_to_json (JsonArray *array, UbProgrammerInfo *info)
{
  const GError *problem = ub_programmer_info_get_problem (info);
  JsonObject *object = json_object_new ();

  json_object_set_string_member (object, "backend", ub_programmer_info_get_backend (info));
  json_object_set_string_member (object, "spec", ub_programmer_info_get_spec (info));
  json_object_set_string_member (object, "name", ub_programmer_info_get_name (info));
  json_object_set_boolean_member (object, "usable", ub_programmer_info_is_usable (info));
  json_object_set_boolean_member (object, "simulated", ub_programmer_info_is_simulated (info));
  if (problem != NULL) {
    json_object_set_string_member (object, "problem", problem->message);
    json_object_set_string_member (object, "problem_name", ub_error_get_name (problem));
    json_object_set_string_member (object, "remedy", ub_error_get_remedy (problem));
  }
  json_array_add_object_element (array, object);
}

static void
print_padded (UbCli *cli, const char *text, guint width)
{
  guint own = ub_cli_get_width (text);

  ub_cli_print_answer (cli, "%s%*s  ", text, own < width ? (int) (width - own) : 0, "");
}

static void
print_table (UbCli *cli, GListModel *list)
{
  guint spec_width = ub_cli_get_width (_ ("PROGRAMMER"));
  guint name_width = ub_cli_get_width (_ ("NAME"));

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (UbProgrammerInfo) info = g_list_model_get_item (list, i);

    spec_width = MAX (spec_width, ub_cli_get_width (ub_programmer_info_get_spec (info)));
    name_width = MAX (name_width, ub_cli_get_width (ub_programmer_info_get_name (info)));
  }
  print_padded (cli, _ ("PROGRAMMER"), spec_width);
  print_padded (cli, _ ("NAME"), name_width);
  ub_cli_print_answer (cli, "%s\n", _ ("STATE"));

  for (guint i = 0; i < g_list_model_get_n_items (list); i++) {
    g_autoptr (UbProgrammerInfo) info = g_list_model_get_item (list, i);
    const GError *problem = ub_programmer_info_get_problem (info);

    print_padded (cli, ub_programmer_info_get_spec (info), spec_width);
    print_padded (cli, ub_programmer_info_get_name (info), name_width);
    ub_cli_print_answer (cli, "%s\n", problem != NULL ? problem->message : _ ("usable"));
    if (problem != NULL)
      ub_cli_print_answer (cli, "%*s%s\n", (int) spec_width + 2, "", ub_error_get_remedy (problem));
  }
}

gboolean
ub_cli_list (UbCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (UbProgrammerList) list = NULL;
  JsonArray *array;

  if (!ub_cli_parse (cli, NULL,
                     _ ("Lists the programmers that are present, and why one is unusable."), NULL,
                     0, &argc, &argv, error))
    return FALSE;

  list = ub_programmer_list_new ();
  ub_programmer_list_refresh (list);
  array = json_array_new ();
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++) {
    g_autoptr (UbProgrammerInfo) info = g_list_model_get_item (G_LIST_MODEL (list), i);

    add_to_json (array, info);
  }
  json_object_set_array_member (cli->object, "programmers", array);
  print_table (cli, G_LIST_MODEL (list));
  return TRUE;
}

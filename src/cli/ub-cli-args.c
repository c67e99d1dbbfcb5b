/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-error.h"
#include "ub-log.h"
#include "ub-number.h"
#include "ub-programmer-list.h"

#include <glib/gi18n.h>

/**
 * ub_cli_add_global_options:
 * @cli: the program, which the options are stored in
 * @context: of the program or of a command: they may stand before or behind the command
 */
void
ub_cli_add_global_options (UbCli *cli, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "quiet", 'q', 0, G_OPTION_ARG_NONE, &cli->quiet,
      N_ ("Say nothing but errors and what you have to do"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &cli->json,
      N_ ("Print one JSON object on standard output at the end"), NULL },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &cli->log_path, N_ ("Write a log to FILE"), N_ ("FILE") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

static void
add_programmer_option (UbCli *cli, GOptionContext *context)
{
  const GOptionEntry entries[] = {
    { "programmer", 'p', 0, G_OPTION_ARG_STRING, &cli->spec, N_ ("Programmer and its settings"),
      N_ ("PROGRAMMER") },
    { NULL },
  };

  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
}

/* GOption leaves the “--” in front of a name that begins with a dash. */
static void
drop_separator (int *argc, char **argv)
{
  if (*argc < 2 || !g_str_equal (argv[1], "--"))
    return;
  memmove (argv + 1, argv + 2, (gsize) (*argc - 1) * sizeof *argv);
  (*argc)--;
}

/**
 * ub_cli_parse:
 * @cli: the program
 * @parameters: what stands behind the options in the first line of the help
 * @summary: what the command does
 * @entries: (nullable): its options
 * @n_arguments: how many arguments it takes besides them
 * @argc: (inout): number of arguments
 * @argv: (inout): the arguments, from the command's name on; afterwards only what is no option
 * @error: return location for an error
 *
 * Parses what stands behind the command, opens the log, and makes the programmer of -p, so that a wrong
 * setting is told before files are looked at. It is not opened yet.
 *
 * Returns: %FALSE when the command was used wrongly
 */
gboolean
ub_cli_parse (UbCli *cli,
              const char *parameters,
              const char *summary,
              const GOptionEntry *entries,
              int n_arguments,
              int *argc,
              char ***argv,
              GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (parameters);
  g_autofree char *name = g_strdup_printf ("unbrick-cli %s", (*argv)[0]);
  g_autofree char *wrapped = ub_cli_dup_wrapped (summary);

  g_set_prgname (name);
  g_option_context_set_summary (context, wrapped);
  if (cli->takes_programmer)
    add_programmer_option (cli, context);
  if (entries != NULL)
    g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  ub_cli_add_global_options (cli, context);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  drop_separator (argc, *argv);

  if (*argc - 1 < n_arguments) {
    g_set_error (error, UB_ERROR, UB_ERROR_USAGE, _ ("“%s” needs: %s"), cli->command, parameters);
    return FALSE;
  }
  if (*argc - 1 > n_arguments) {
    g_set_error (error, UB_ERROR, UB_ERROR_USAGE, _ ("“%s” does not take “%s”"), cli->command,
                 (*argv)[1 + n_arguments]);
    return FALSE;
  }
  if (cli->log_path != NULL && !ub_log_open_file (cli->log_path, error))
    return FALSE;
  if (cli->spec != NULL)
    cli->programmer = ub_programmer_new_for_spec (cli->spec, error);
  return cli->spec == NULL || cli->programmer != NULL;
}

/**
 * ub_cli_parse_number:
 * @option: its name, for the error
 * @text: (nullable): what was given; %NULL leaves @out_value alone
 * @out_value: (out): the address or size
 * @error: return location for an error
 *
 * Returns: %FALSE with %UB_ERROR_USAGE when it is no number that fits
 */
gboolean
ub_cli_parse_number (const char *option, const char *text, guint32 *out_value, GError **error)
{
  guint64 value;

  if (text == NULL)
    return TRUE;
  if (!ub_number_parse (text, &value) || value > G_MAXUINT32) {
    g_set_error (error, UB_ERROR, UB_ERROR_USAGE,
                 _ ("%s takes a number such as 69632, 0x11000, 68K or 2M, not “%s”"), option, text);
    return FALSE;
  }
  *out_value = (guint32) value;
  return TRUE;
}

/**
 * ub_cli_find_programmer:
 * @cli: the program
 * @error: return location for an error
 *
 * Returns: (transfer none) (nullable): the programmer of -p, or else the only usable real one
 */
UbProgrammer *
ub_cli_find_programmer (UbCli *cli, GError **error)
{
  g_autoptr (UbProgrammerList) list = NULL;
  g_autoptr (UbProgrammerInfo) info = NULL;

  if (cli->programmer != NULL)
    return cli->programmer;
  list = ub_programmer_list_new ();
  ub_programmer_list_refresh (list);
  info = ub_programmer_list_find_usable (list, error);
  if (info != NULL)
    cli->programmer = ub_programmer_new_for_spec (ub_programmer_info_get_spec (info), error);
  return cli->programmer;
}

/**
 * ub_cli_get_target:
 * @path: where a backup is to go
 *
 * A name with a slash at its end is that of a folder, which is made where it is not there.
 *
 * Returns: (transfer full): the file or folder
 */
GFile *
ub_cli_get_target (const char *path)
{
  GFile *file = g_file_new_for_commandline_arg (path);

  /* Whether that worked is told when the backup is saved. */
  if (g_str_has_suffix (path, "/"))
    g_file_make_directory_with_parents (file, NULL, NULL);
  return file;
}

/**
 * ub_cli_load:
 * @path: of a file
 * @error: return location for an error
 *
 * Returns: (transfer full) (nullable): what the file is
 */
UbImageAnalysis *
ub_cli_load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_commandline_arg (path);
  g_autoptr (UbImage) image = ub_image_load (file, NULL, error);

  return image != NULL ? ub_image_analysis_new (image) : NULL;
}

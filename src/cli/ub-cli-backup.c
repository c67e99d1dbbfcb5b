/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-backup-job.h"
#include "ub-error.h"

#include <glib/gi18n.h>

gboolean
ub_cli_backup (UbCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *start_text = NULL;
  g_autofree char *size_text = NULL;
  gboolean read_twice = FALSE;
  UbProgrammer *programmer;
  g_autoptr (UbJob) job = NULL;
  g_autoptr (GFile) file = NULL;
  guint32 start = 0, size = 0;
  const GOptionEntry entries[] = {
    { "start", 0, 0, G_OPTION_ARG_STRING, &start_text, N_ ("Begin at address A (default: 0)"),
      "A" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &size_text,
      N_ ("Read N bytes (default: up to the end of the chip)"), "N" },
    { "read-twice", 0, 0, G_OPTION_ARG_NONE, &read_twice,
      N_ ("Read everything twice, also what checksums prove"), NULL },
    { NULL },
  };

  if (!ub_cli_parse (cli, "OUT",
                     _ ("Reads the whole chip, proves what was read, and saves it to the file OUT, "
                        "or under a telling name when OUT is a folder. Never replaces a file."),
                     entries, 1, &argc, &argv, error) ||
      !ub_cli_parse_number ("--start", start_text, &start, error) ||
      !ub_cli_parse_number ("--size", size_text, &size, error))
    return FALSE;
  if (size_text != NULL && size == 0) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_USAGE, _ ("--size 0 would read nothing"));
    return FALSE;
  }
  programmer = ub_cli_find_programmer (cli, error);
  if (programmer == NULL)
    return FALSE;

  file = ub_cli_get_target (argv[1]);
  job = ub_backup_job_new_for_range (programmer, file, start, size,
                                     read_twice ? UB_BACKUP_READ_TWICE : UB_BACKUP_DEFAULT);
  return ub_cli_run_job (cli, job, error);
}

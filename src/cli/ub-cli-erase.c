/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-erase-job.h"
#include "ub-error.h"

#include <glib/gi18n.h>

gboolean
ub_cli_erase (UbCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *start_text = NULL;
  g_autofree char *size_text = NULL;
  UbProgrammer *programmer;
  g_autoptr (UbJob) job = NULL;
  guint32 start = 0, size = 0;
  const GOptionEntry entries[] = {
    { "start", 0, 0, G_OPTION_ARG_STRING, &start_text,
      N_ ("Begin at address A, a multiple of 0x1000 (default: 0)"), "A" },
    { "size", 0, 0, G_OPTION_ARG_STRING, &size_text,
      N_ ("Erase N bytes, a multiple of 0x1000 (default: up to the end of the chip)"), "N" },
    { NULL },
  };

  if (!ub_cli_parse (
          cli, NULL,
          _ ("Erases a range, or the whole chip with RF calibration and MAC address. Make "
             "a backup first."),
          entries, 0, &argc, &argv, error) ||
      !ub_cli_parse_number ("--start", start_text, &start, error) ||
      !ub_cli_parse_number ("--size", size_text, &size, error))
    return FALSE;
  if (size_text != NULL && size == 0) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_USAGE, _ ("--size 0 would erase nothing"));
    return FALSE;
  }
  programmer = ub_cli_find_programmer (cli, error);
  if (programmer == NULL)
    return FALSE;

  job = ub_erase_job_new (programmer, start, size, NULL);
  return ub_cli_run_job (cli, job, error);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-verify-job.h"

#include <glib/gi18n.h>

/* A file that belongs nowhere on the chip cannot be compared with it, unless the person says where. */
static gboolean
has_a_place (UbImageAnalysis *image, GError **error)
{
  if (ub_image_analysis_get_uses (image) != 0 ||
      ub_image_analysis_get_kind (image) == UB_IMAGE_KIND_PARTIAL_BACKUP)
    return TRUE;
  return ub_image_analysis_check_use (image, UB_IMAGE_USE_FULL, error);
}

gboolean
ub_cli_verify (UbCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *start_text = NULL;
  UbProgrammer *programmer;
  g_autoptr (UbImageAnalysis) image = NULL;
  g_autoptr (UbJob) job = NULL;
  guint32 start = 0;
  const GOptionEntry entries[] = {
    { "start", 0, 0, G_OPTION_ARG_STRING, &start_text,
      N_ ("Compare from address A on (default: where images of this kind belong)"), "A" },
    { NULL },
  };

  if (!ub_cli_parse (cli, "IMAGE",
                     _ ("Compares the module with an image. Different is exit status 1."), entries,
                     1, &argc, &argv, error) ||
      !ub_cli_parse_number ("--start", start_text, &start, error))
    return FALSE;
  image = ub_cli_load (argv[1], error);
  if (image == NULL || (start_text == NULL && !has_a_place (image, error)))
    return FALSE;
  programmer = ub_cli_find_programmer (cli, error);
  if (programmer == NULL)
    return FALSE;

  job = ub_verify_job_new (programmer, image, start_text != NULL ? (gint64) start : -1);
  if (!ub_cli_run_job (cli, job, error))
    return FALSE;
  ub_cli_print (cli, "%s\n", _ ("The module holds the image."));
  return TRUE;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-probe-job.h"

#include <glib/gi18n.h>

static void
print_fact (UbCli *cli, const char *title, const char *value, const char *version)
{
  if (value == NULL)
    return;
  ub_cli_print_answer (cli, "%s: %s%s%s\n", title, value, version != NULL ? " " : "",
                       version != NULL ? version : "");
}

/* What is on the module, and what is wrong with it. */
static void
print_content (UbCli *cli, UbImageAnalysis *chip)
{
  g_autofree char *verdict = ub_image_analysis_dup_verdict (chip);

  if (verdict != NULL)
    ub_cli_print_answer (cli, "%s\n", verdict);
  print_fact (cli, _ ("Firmware"), ub_image_analysis_get_firmware_name (chip),
              ub_image_analysis_get_firmware_version (chip));
  print_fact (cli, _ ("Bootloader"), ub_image_analysis_get_bootloader_name (chip),
              ub_image_analysis_get_bootloader_version (chip));
  print_fact (cli, _ ("Tuya Module"), ub_image_analysis_get_tuya_module (chip), NULL);
  print_fact (cli, _ ("MAC Address"), ub_image_analysis_get_mac (chip), NULL);
  for (guint i = 0; i < ub_image_analysis_get_n_findings (chip); i++) {
    const UbFinding *finding = ub_image_analysis_get_finding (chip, i);

    if (finding->severity != UB_SEVERITY_NOTE)
      print_fact (cli, finding->severity == UB_SEVERITY_WARNING ? _ ("Warning") : _ ("Problem"),
                  finding->text, NULL);
  }
}

gboolean
ub_cli_probe (UbCli *cli, int argc, char **argv, GError **error)
{
  UbProgrammer *programmer;
  g_autoptr (UbJob) job = NULL;
  g_autofree char *summary = NULL;
  UbImageAnalysis *chip;

  if (!ub_cli_parse (cli, NULL,
                     _ ("Connects, identifies the flash, and describes what is on the module. "
                        "Changes nothing."),
                     NULL, 0, &argc, &argv, error))
    return FALSE;
  programmer = ub_cli_find_programmer (cli, error);
  if (programmer == NULL)
    return FALSE;

  job = ub_probe_job_new (programmer, UB_PROBE_WHOLE);
  if (!ub_cli_run_job (cli, job, error))
    return FALSE;

  chip = ub_job_get_chip_analysis (job);
  summary = ub_image_analysis_dup_summary (chip);
  print_content (cli, chip);
  json_object_set_string_member (cli->object, "summary", summary);
  json_object_set_member (cli->object, "content", ub_image_analysis_to_json (chip, FALSE));
  return TRUE;
}

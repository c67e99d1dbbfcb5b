/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-error.h"
#include "ub-restore-job.h"

#include <glib/gi18n.h>

static UbRescueCopy *
create_rescue_copy (const char *backup, gboolean no_backup)
{
  g_autoptr (GFile) file = NULL;

  if (no_backup)
    return NULL;
  if (backup == NULL) {
    file = ub_rescue_copy_get_default_folder ();
    return ub_rescue_copy_new_in_folder (file);
  }
  file = ub_cli_get_target (backup);
  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY)
    return ub_rescue_copy_new_in_folder (file);
  return ub_rescue_copy_new (file, FALSE);
}

/* Everything that can be refused without the module is refused before a programmer is looked for. */
static gboolean
load_files (const char *image_path,
            const char *bootloader_path,
            UbImageAnalysis **out_image,
            UbImageAnalysis **out_bootloader,
            GError **error)
{
  *out_image = ub_cli_load (image_path, error);
  if (*out_image == NULL)
    return FALSE;
  if (bootloader_path != NULL) {
    *out_bootloader = ub_cli_load (bootloader_path, error);
    if (*out_bootloader == NULL)
      return FALSE;
  }
  return ub_composition_check (*out_image, *out_bootloader, error);
}

gboolean
ub_cli_restore (UbCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *bootloader_path = NULL;
  g_autofree char *backup = NULL;
  gboolean no_backup = FALSE, overwrite_calibration = FALSE;
  UbProgrammer *programmer;
  g_autoptr (UbImageAnalysis) image = NULL;
  g_autoptr (UbImageAnalysis) bootloader = NULL;
  g_autoptr (UbJob) job = NULL;
  const GOptionEntry entries[] = {
    { "bootloader", 0, 0, G_OPTION_ARG_FILENAME, &bootloader_path,
      N_ ("Take the bootloader out of FILE, a QIO file or full backup; IMAGE is the app"),
      N_ ("FILE") },
    { "backup", 0, 0, G_OPTION_ARG_FILENAME, &backup,
      N_ ("Save the rescue copy to FILE (default: the backup folder)"), N_ ("FILE") },
    { "no-backup", 0, 0, G_OPTION_ARG_NONE, &no_backup, N_ ("Save no rescue copy"), NULL },
    { "overwrite-calibration", 0, 0, G_OPTION_ARG_NONE, &overwrite_calibration,
      N_ ("Take RF calibration and MAC address from the image (default: keep this module’s)"),
      NULL },
    { NULL },
  };

  if (!ub_cli_parse (cli, "IMAGE",
                     _ ("Writes a full image or backup, or with --bootloader an app behind the "
                        "bootloader of another file. Saves a rescue copy first, verifies what it "
                        "writes, and leaves alone what is right already."),
                     entries, 1, &argc, &argv, error))
    return FALSE;
  if (backup != NULL && no_backup) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_USAGE,
                         _ ("--backup and --no-backup exclude each other"));
    return FALSE;
  }
  if (!load_files (argv[1], bootloader_path, &image, &bootloader, error))
    return FALSE;
  programmer = ub_cli_find_programmer (cli, error);
  if (programmer == NULL)
    return FALSE;

  job = ub_restore_job_new (programmer, image, bootloader,
                            overwrite_calibration ? UB_COMPOSITION_OVERWRITE_CALIBRATION
                                                  : UB_COMPOSITION_DEFAULT,
                            create_rescue_copy (backup, no_backup));
  return ub_cli_run_job (cli, job, error);
}

gboolean
ub_cli_write (UbCli *cli, int argc, char **argv, GError **error)
{
  g_autofree char *start_text = NULL;
  UbProgrammer *programmer;
  g_autoptr (GFile) file = NULL;
  g_autoptr (UbImage) image = NULL;
  g_autoptr (UbJob) job = NULL;
  guint32 start = 0;
  const GOptionEntry entries[] = {
    { "start", 0, 0, G_OPTION_ARG_STRING, &start_text, N_ ("Write to address A"), "A" },
    { NULL },
  };

  if (!ub_cli_parse (cli, "FILE",
                     _ ("Writes the bytes of FILE to an address as they are, and verifies them. "
                        "What lies beside them in the same sectors is kept."),
                     entries, 1, &argc, &argv, error) ||
      !ub_cli_parse_number ("--start", start_text, &start, error))
    return FALSE;
  if (start_text == NULL) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_USAGE,
                         _ ("say where to write with --start A; “restore” knows where images "
                            "belong"));
    return FALSE;
  }
  file = g_file_new_for_commandline_arg (argv[1]);
  image = ub_image_load (file, NULL, error);
  if (image == NULL)
    return FALSE;
  programmer = ub_cli_find_programmer (cli, error);
  if (programmer == NULL)
    return FALSE;

  job = ub_restore_job_new_for_range (programmer, ub_image_get_bytes (image), start, NULL);
  return ub_cli_run_job (cli, job, error);
}

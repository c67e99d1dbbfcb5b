/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"
#include "ub-rescue-copy.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * UbCli:
 * @quiet: no progress and no report in words, only errors and what was asked for
 * @json: one JSON object on standard output at the end
 * @log_path: (nullable): file for the log
 * @command: what was asked for
 * @takes_programmer: it works on a module, and has the option -p
 * @spec: (nullable): what -p was given
 * @programmer: (nullable): the one of -p or, once it was looked for, the only usable one
 * @object: members of the JSON object so far
 * @is_connected: the module was identified: what fails now, failed on the way
 * @state_text: (nullable): what state the module is in, where the rescue copy is and what else was noted,
 *   to be said below an error
 *
 * One run of the program.
 */
typedef struct {
  gboolean quiet;
  gboolean json;
  char *log_path;
  const char *command;
  gboolean takes_programmer;
  char *spec;
  UbProgrammer *programmer;
  JsonObject *object;
  gboolean is_connected;
  char *state_text;
} UbCli;

/* Exit statuses, fixed: scripts rely on them. */
enum {
  UB_CLI_DONE = 0,
  UB_CLI_FAILED = 1,
  UB_CLI_USAGE = 2,
  UB_CLI_NO_MODULE = 3,
  UB_CLI_REFUSED = 4,
  UB_CLI_STOPPED = 130,
};

/* Commands: @argv begins with the command's name. */
gboolean ub_cli_list (UbCli *cli, int argc, char **argv, GError **error);
gboolean ub_cli_probe (UbCli *cli, int argc, char **argv, GError **error);
gboolean ub_cli_backup (UbCli *cli, int argc, char **argv, GError **error);
gboolean ub_cli_restore (UbCli *cli, int argc, char **argv, GError **error);
gboolean ub_cli_write (UbCli *cli, int argc, char **argv, GError **error);
gboolean ub_cli_verify (UbCli *cli, int argc, char **argv, GError **error);
gboolean ub_cli_erase (UbCli *cli, int argc, char **argv, GError **error);
gboolean ub_cli_inspect (UbCli *cli, int argc, char **argv, GError **error);

/* What commands share. */
void ub_cli_add_global_options (UbCli *cli, GOptionContext *context);
gboolean ub_cli_parse (UbCli *cli,
                       const char *parameters,
                       const char *summary,
                       const GOptionEntry *entries,
                       int n_arguments,
                       int *argc,
                       char ***argv,
                       GError **error);
gboolean
ub_cli_parse_number (const char *option, const char *text, guint32 *out_value, GError **error);
UbProgrammer *ub_cli_find_programmer (UbCli *cli, GError **error);
GFile *ub_cli_get_target (const char *path);
UbImageAnalysis *ub_cli_load (const char *path, GError **error);
gboolean ub_cli_run_job (UbCli *cli, UbJob *job, GError **error);

/* Output. */
guint ub_cli_get_width (const char *text);
char *ub_cli_dup_wrapped (const char *text);
void ub_cli_print (UbCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
void ub_cli_print_answer (UbCli *cli, const char *format, ...) G_GNUC_PRINTF (2, 3);
char *ub_cli_dup_state (const UbJobReport *report);
void ub_cli_add_report (UbCli *cli, const UbJobReport *report);
void ub_cli_print_report (UbCli *cli, const UbJobReport *report);
int ub_cli_finish (UbCli *cli, const GError *error);

G_END_DECLS

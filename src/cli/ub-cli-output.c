/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdio.h>

/* Long text ends here: terminals of 80 columns are common, and none breaks between words. */
#define TEXT_COLUMNS 79

/**
 * ub_cli_print:
 * @cli: the program
 * @format: printf() format
 * @...: its arguments
 *
 * Prints a result in words, unless the person wants none or wants JSON.
 */
void
ub_cli_print (UbCli *cli, const char *format, ...)
{
  va_list args;

  if (cli->quiet || cli->json)
    return;
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
}

/**
 * ub_cli_print_answer:
 * @cli: the program
 * @format: printf() format
 * @...: its arguments
 *
 * Prints what the command was run for, also when the person wants quiet.
 */
void
ub_cli_print_answer (UbCli *cli, const char *format, ...)
{
  va_list args;

  if (cli->json)
    return;
  va_start (args, format);
  vprintf (format, args);
  va_end (args);
}

/**
 * ub_cli_get_width:
 * @text: UTF-8
 *
 * Returns: columns that @text takes on a terminal; Chinese characters take two
 */
guint
ub_cli_get_width (const char *text)
{
  guint width = 0;

  for (const char *at = text; *at != '\0'; at = g_utf8_next_char (at)) {
    gunichar c = g_utf8_get_char (at);

    if (!g_unichar_iszerowidth (c))
      width += g_unichar_iswide (c) ? 2 : 1;
  }
  return width;
}

static void
append_wrapped (GString *lines, const char *paragraph)
{
  g_auto (GStrv) words = g_strsplit (paragraph, " ", -1);
  guint column = 0;

  for (guint i = 0; words[i] != NULL; i++) {
    guint width = ub_cli_get_width (words[i]);
    gboolean fits = column + 1 + width <= TEXT_COLUMNS;

    if (i > 0)
      g_string_append_c (lines, fits ? ' ' : '\n');
    g_string_append (lines, words[i]);
    column = i > 0 && fits ? column + 1 + width : width;
  }
}

/**
 * ub_cli_dup_wrapped:
 * @text: paragraphs of a line each; indented ones stay as they are
 *
 * Returns: (transfer full): @text with the paragraphs broken between words to fit 80 columns
 */
char *
ub_cli_dup_wrapped (const char *text)
{
  g_auto (GStrv) paragraphs = g_strsplit (text, "\n", -1);
  GString *lines = g_string_new (NULL);

  for (guint i = 0; paragraphs[i] != NULL; i++) {
    if (i > 0)
      g_string_append_c (lines, '\n');
    if (g_str_has_prefix (paragraphs[i], " "))
      g_string_append (lines, paragraphs[i]);
    else
      append_wrapped (lines, paragraphs[i]);
  }
  return g_string_free (lines, FALSE);
}

/* Milliseconds are exact enough. */
static void
add_seconds (JsonObject *object, const char *name, double seconds)
{
  json_object_set_double_member (object, name, (double) (gint64) (seconds * 1000 + 0.5) / 1000);
}

static void
add_chip (JsonObject *object, const UbJobReport *report)
{
  g_autofree char *jedec_id = g_strdup_printf ("%06x", report->jedec_id);

  json_object_set_string_member (object, "jedec_id", jedec_id);
  if (report->part != NULL)
    json_object_set_string_member (object, "part", report->part);
  json_object_set_int_member (object, "size", report->size);
  json_object_set_string_member (object, "family", ub_family_get_id (report->family));
  json_object_set_int_member (object, "clock_hz", report->clock_hz);
  add_seconds (object, "connect_s", report->connect_s);
  json_object_set_int_member (object, "bytes_read", (gint64) report->bytes_read);
  json_object_set_int_member (object, "bytes_programmed", (gint64) report->bytes_programmed);
  json_object_set_int_member (object, "sectors_erased", report->sectors_erased);
  json_object_set_int_member (object, "sectors_skipped", report->sectors_skipped);
  json_object_set_int_member (object, "retries", report->retries);
}

/**
 * ub_cli_add_report:
 * @cli: the program
 * @report: of a job that ended, one way or the other
 *
 * Puts the facts into the JSON object.
 */
void
ub_cli_add_report (UbCli *cli, const UbJobReport *report)
{
  JsonArray *notes = json_array_new ();

  json_object_set_string_member (cli->object, "programmer", report->programmer);
  if (report->jedec_id != 0)
    add_chip (cli->object, report);
  add_seconds (cli->object, "elapsed_s", report->elapsed_s);
  if (report->backup != NULL) {
    g_autofree char *path = g_file_get_path (report->backup);

    json_object_set_string_member (cli->object, "backup", path);
  }
  if (report->sha256 != NULL)
    json_object_set_string_member (cli->object, "sha256", report->sha256);
  json_object_set_string_member (cli->object, "module_state",
                                 ub_module_state_get_id (report->module_state));
  for (guint i = 0; i < report->notes->len; i++)
    json_array_add_string_element (notes, report->notes->pdata[i]);
  json_object_set_array_member (cli->object, "notes", notes);
}

static void
print_chip (UbCli *cli, const UbJobReport *report)
{
  ub_cli_print (cli, _ ("Chip: %s (JEDEC ID %06X), %u KiB, %s\n"),
                report->part != NULL ? report->part : _ ("unknown part"), report->jedec_id,
                report->size / 1024, ub_family_get_title (report->family));
  if (report->clock_hz >= 1000000)
    ub_cli_print (cli, _ ("Clock: %.4g MHz\n"), report->clock_hz / 1e6);
  else
    ub_cli_print (cli, _ ("Clock: %.4g kHz\n"), report->clock_hz / 1e3);
}

/**
 * ub_cli_print_report:
 * @cli: the program
 * @report: of a job that ended
 *
 * Prints the facts in words.
 */
void
ub_cli_print_report (UbCli *cli, const UbJobReport *report)
{
  if (report->jedec_id != 0)
    print_chip (cli, report);
  if (report->bytes_programmed > 0 || report->sectors_erased > 0)
    ub_cli_print (
        cli, _ ("Sectors erased: %u, left as they were: %u. Programmed: %" PRIu64 " KiB\n"),
        report->sectors_erased, report->sectors_skipped, (report->bytes_programmed + 1023) / 1024);
  if (report->retries > 0)
    ub_cli_print (cli, _ ("Retries: %u\n"), report->retries);
  if (report->backup != NULL) {
    g_autofree char *path = g_file_get_path (report->backup);

    ub_cli_print (cli, _ ("Backup: %s\n"), path);
  }
  if (report->sha256 != NULL)
    ub_cli_print (cli, "SHA-256: %s\n", report->sha256);
  for (guint i = 0; i < report->notes->len; i++)
    ub_cli_print (cli, "– %s\n", (const char *) report->notes->pdata[i]);
  ub_cli_print (cli, _ ("Time: %.1f s\n"), report->elapsed_s);
}

/**
 * ub_cli_dup_state:
 * @report: of a job that ended early
 *
 * Returns: (transfer full): lines that say what is left behind, on the module and on disk
 */
char *
ub_cli_dup_state (const UbJobReport *report)
{
  GString *text = g_string_new (ub_module_state_get_text (report->module_state));

  g_string_append_c (text, '\n');
  if (report->backup != NULL) {
    g_autofree char *path = g_file_get_path (report->backup);

    g_string_append_printf (text, _ ("What the module held before is saved: %s\n"), path);
  }
  for (guint i = 0; i < report->notes->len; i++)
    g_string_append_printf (text, "– %s\n", (const char *) report->notes->pdata[i]);
  return g_string_free (text, FALSE);
}

static int
get_status_for_code (UbCli *cli, UbError code)
{
  if (code == UB_ERROR_USAGE || code == UB_ERROR_BAD_SETTING)
    return UB_CLI_USAGE;
  if (code >= UB_ERROR_NO_PROGRAMMER && code <= UB_ERROR_UNSTABLE)
    /* The same trouble after the module was identified is one on the way. */
    return cli->is_connected ? UB_CLI_FAILED : UB_CLI_NO_MODULE;
  if (code >= UB_ERROR_FILE_UNREADABLE)
    return UB_CLI_REFUSED;
  return UB_CLI_FAILED;
}

static int
get_status (UbCli *cli, const GError *error)
{
  if (error == NULL)
    return UB_CLI_DONE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return UB_CLI_STOPPED;
  if (error->domain == G_OPTION_ERROR)
    return UB_CLI_USAGE;
  return error->domain == UB_ERROR ? get_status_for_code (cli, error->code) : UB_CLI_FAILED;
}

static const char *
get_result (int status)
{
  switch (status) {
  case UB_CLI_DONE:
    return "done";
  case UB_CLI_USAGE:
    return "usage";
  case UB_CLI_NO_MODULE:
    return "no-module";
  case UB_CLI_REFUSED:
    return "refused";
  case UB_CLI_STOPPED:
    return "stopped";
  default:
    return "failed";
  }
}

/* The remedy, and what it is called here. */
static char *
dup_remedy (const GError *error)
{
  const char *remedy = ub_error_get_remedy (error);

  if (g_error_matches (error, UB_ERROR, UB_ERROR_IMAGE_NO_BOOTLOADER))
    return g_strdup_printf ("%s %s", remedy, _ ("The option for that is --bootloader FILE."));
  return g_strdup (remedy);
}

static void
print_json (UbCli *cli, const GError *error, int status)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *text = NULL;

  json_object_set_string_member (cli->object, "command", cli->command != NULL ? cli->command : "");
  json_object_set_string_member (cli->object, "result", get_result (status));
  if (error != NULL) {
    g_autofree char *remedy = dup_remedy (error);

    json_object_set_string_member (cli->object, "error", error->message);
    json_object_set_string_member (cli->object, "error_name",
                                   error->domain == G_OPTION_ERROR ? "usage"
                                                                   : ub_error_get_name (error));
    json_object_set_string_member (cli->object, "remedy", remedy);
  }
  json_object_set_int_member (cli->object, "exit_status", status);
  json_node_set_object (node, cli->object);
  text = json_to_string (node, TRUE);
  printf ("%s\n", text);
  json_node_unref (node);
}

static void
print_error (UbCli *cli, const GError *error, int status)
{
  g_autofree char *remedy = dup_remedy (error);

  if (status == UB_CLI_STOPPED)
    fprintf (stderr, _ ("unbrick-cli: stopped.\n"));
  else
    fprintf (stderr, "unbrick-cli: %s\n", error->message);
  if (cli->state_text != NULL)
    fputs (cli->state_text, stderr);
  if (error->domain == G_OPTION_ERROR)
    fprintf (stderr, "%s\n", _ ("Run the command with --help to see what it takes."));
  else if (status != UB_CLI_STOPPED)
    fprintf (stderr, "%s\n", remedy);
}

/**
 * ub_cli_finish:
 * @cli: the program
 * @error: (nullable): how the command failed
 *
 * Says how it ended: the error and its remedy on standard error, and the JSON object where asked for.
 *
 * Returns: the exit status
 */
int
ub_cli_finish (UbCli *cli, const GError *error)
{
  int status = get_status (cli, error);

  if (error != NULL)
    print_error (cli, error, status);
  if (cli->json)
    print_json (cli, error, status);
  errno = 0;
  if (fflush (stdout) == 0 && !ferror (stdout))
    return status;
  /* Whoever closed the pipe, such as “head”, had read enough. */
  if (errno != EPIPE)
    fprintf (stderr, "%s\n", _ ("unbrick-cli: the result could not be printed"));
  return status != UB_CLI_DONE ? status : UB_CLI_FAILED;
}

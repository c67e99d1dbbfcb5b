/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-error.h"
#include "ub-i18n.h"
#include "ub-log.h"

#include <glib/gi18n.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  const char *name;
  gboolean (*run) (UbCli *cli, int argc, char **argv, GError **error);
  gboolean takes_programmer; /* with -p */
} Command;

static const Command commands[] = {
  { "list", ub_cli_list, FALSE },    { "probe", ub_cli_probe, TRUE },
  { "backup", ub_cli_backup, TRUE }, { "restore", ub_cli_restore, TRUE },
  { "write", ub_cli_write, TRUE },   { "verify", ub_cli_verify, TRUE },
  { "erase", ub_cli_erase, TRUE },   { "inspect", ub_cli_inspect, FALSE },
};

static const char *
get_summary (void)
{
  return _ ("Brings dead Beken BK7231 modules back to life through SPI flash-download mode.\n"
            "\n"
            "Commands:\n"
            "  list      programmers present, and why one is unusable\n"
            "  probe     connect, identify, describe the module\n"
            "  backup    read the whole chip\n"
            "  restore   write a full image or backup, or bootloader + app\n"
            "  write     write a raw range, verified\n"
            "  verify    compare the module with an image\n"
            "  erase     erase the chip or a range\n"
            "  inspect   identify a file; needs no hardware");
}

static const char *
get_description (void)
{
  return _ ("“unbrick-cli COMMAND --help” tells the options of a command.\n"
            "\n"
            "PROGRAMMER is sim, spidev, ftdi or ch341a, optionally with settings:\n"
            "  spidev:device=/dev/spidev0.0,cen=GPIO22,chip=/dev/gpiochip0,mode=0,clock=30000\n"
            "  ftdi:serial=FT4ABCDE,interface=A,cen=ADBUS4,clock=6000000\n"
            "  ch341a:cen=D2\n"
            "  sim:file=CHIP.bin,part=1c7015,max-clock=12000000,latency=125,time=virtual\n"
            "Without -p the only usable real programmer is taken. clock= fixes the clock; without "
            "it the fastest that works is found. Numbers take 0x, K and M.\n"
            "\n"
            "Exit status: 0 done; 1 failed on the way; 2 wrong usage; 3 no usable programmer or no "
            "answer from the module; 4 the file was refused; 130 stopped by Ctrl+C, at a safe "
            "point.");
}

static gboolean
print_version (const char *name, const char *value, gpointer data, GError **error)
{
  printf ("unbrick-cli %s\n", UB_VERSION);
  exit (UB_CLI_DONE);
}

static const Command *
find_command (const char *name, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++) {
    if (g_str_equal (commands[i].name, name))
      return &commands[i];
  }
  g_set_error (error, UB_ERROR, UB_ERROR_USAGE, _ ("there is no command “%s”"), name);
  return NULL;
}

static gboolean
run (UbCli *cli, int argc, char **argv, GError **error)
{
  g_autoptr (GOptionContext) context = g_option_context_new (_ ("COMMAND [OPTIONS] [ARGS]"));
  g_autofree char *description = ub_cli_dup_wrapped (get_description ());
  const GOptionEntry entries[] = {
    { "version", 0, G_OPTION_FLAG_NO_ARG, G_OPTION_ARG_CALLBACK, print_version,
      N_ ("Print the version and end"), NULL },
    { NULL },
  };
  const Command *command;

  ub_cli_add_global_options (cli, context);
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, get_summary ());
  g_option_context_set_description (context, description);
  /* Options behind the command are the command's. */
  g_option_context_set_strict_posix (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;

  if (argc < 2) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_USAGE,
                         _ ("say what to do: list, probe, backup, restore, write, verify, erase or "
                            "inspect"));
    return FALSE;
  }
  command = find_command (argv[1], error);
  if (command == NULL)
    return FALSE;
  cli->command = command->name;
  cli->takes_programmer = command->takes_programmer;
  return command->run (cli, argc - 1, argv + 1, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  UbCli cli = { .object = json_object_new () };
  gboolean wants_json = FALSE;
  gboolean done;
  int status;

  ub_i18n_init ();
  ub_log_install ();

  /* A disk quota or a closed pipe must not end a job without resetting the module; both become errors
   * where they happen. */
  signal (SIGXFSZ, SIG_IGN);
  signal (SIGPIPE, SIG_IGN);

  /* Scripts that ask for JSON get it also when the rest of the line is wrong; then GOption forgets. */
  for (int i = 1; i < argc; i++)
    wants_json |= g_str_equal (argv[i], "--json");

  done = run (&cli, argc, argv, &error);
  cli.json |= wants_json;
  status = ub_cli_finish (&cli, done ? NULL : error);

  json_object_unref (cli.object);
  g_clear_object (&cli.programmer);
  g_free (cli.spec);
  g_free (cli.log_path);
  g_free (cli.state_text);
  return status;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli.h"

#include "ub-cli-progress.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

typedef struct {
  UbJob *job;
  GMainLoop *loop;
  GCancellable *cancellable;
  UbCliProgress *progress;
  GAsyncResult *result;
} Run;

static void
on_changed (UbJob *job, gpointer user_data)
{
  Run *run = user_data;

  ub_cli_progress_update (run->progress);
}

static void
on_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Run *run = user_data;

  run->result = g_object_ref (result);
  g_main_loop_quit (run->loop);
}

/* The first one stops at the next safe point. Further ones change nothing: leaving in the middle of an
 * erase would leave worse behind than waiting for it. */
static gboolean
on_signal (gpointer user_data)
{
  Run *run = user_data;

  if (g_cancellable_is_cancelled (run->cancellable)) {
    ub_cli_progress_message (run->progress, _ ("Still finishing the step that must not be cut off; "
                                               "it ends by itself."));
    return G_SOURCE_CONTINUE;
  }
  ub_cli_progress_message (run->progress, _ ("Stopping at the next safe point."));
  g_cancellable_cancel (run->cancellable);
  return G_SOURCE_CONTINUE;
}

/**
 * ub_cli_run_job:
 * @cli: the program
 * @job: a job
 * @error: return location for an error
 *
 * Runs @job and shows its progress; Ctrl+C, a hang-up and a polite kill stop it at the next safe point.
 * Its facts go to the JSON object or, when it succeeded, to standard output in words.
 *
 * Returns: whether the job is done
 */
gboolean
ub_cli_run_job (UbCli *cli, UbJob *job, GError **error)
{
  static const int stop_signals[] = { SIGINT, SIGTERM, SIGHUP };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (UbCliProgress) progress = ub_cli_progress_new (job, cli->quiet);
  Run run = { .job = job, .loop = loop, .cancellable = cancellable, .progress = progress };
  guint sources[G_N_ELEMENTS (stop_signals)];
  const UbJobReport *report;
  gboolean done;

  for (guint i = 0; i < G_N_ELEMENTS (stop_signals); i++)
    sources[i] = g_unix_signal_add (stop_signals[i], on_signal, &run);
  g_signal_connect (job, "changed", G_CALLBACK (on_changed), &run);
  ub_job_run_async (job, cancellable, on_done, &run);
  g_main_loop_run (loop);

  done = ub_job_run_finish (job, run.result, error);
  g_object_unref (run.result);
  g_signal_handlers_disconnect_by_data (job, &run);
  for (guint i = 0; i < G_N_ELEMENTS (stop_signals); i++)
    g_source_remove (sources[i]);
  g_clear_pointer (&progress, ub_cli_progress_free);

  report = ub_job_get_report (job);
  cli->is_connected = report->jedec_id != 0;
  ub_cli_add_report (cli, report);
  if (done)
    ub_cli_print_report (cli, report);
  else
    cli->state_text = ub_cli_dup_state (report);
  return done;
}

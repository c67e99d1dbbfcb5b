/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-job"

#include "config.h"

#include "ub-job-private.h"

/* How often the caller's main context hears of news: 20 times a second, smooth for the eye and cheap. */
#define CHANGED_INTERVAL_MS 50

/* What a viewer sees; "changed" is emitted when it differs from the last one. */
typedef struct {
  UbPhase phase;
  double fraction;
  guint64 bytes_done;
  double seconds_left;
  guint connect_serial;
  guint map_serial;
  guint32 address;
  guint clock_hz;
  guint retries;
} Snapshot;

/* What an asynchronous run needs in the caller's main context. */
typedef struct {
  GAsyncReadyCallback callback;
  gpointer user_data;
  GSource *timeout;
  Snapshot last;
} AsyncRun;

static void
async_run_free (gpointer data)
{
  AsyncRun *run = data;

  if (run->timeout != NULL) {
    g_source_destroy (run->timeout);
    g_source_unref (run->timeout);
  }
  g_free (run);
}

static void
take_snapshot (UbJob *self, Snapshot *out)
{
  UbProgressState progress;

  ub_progress_get_state (ub_job_get_progress (self), &progress);
  out->phase = progress.phase;
  out->fraction = progress.fraction;
  out->bytes_done = progress.bytes_done;
  out->seconds_left = progress.seconds_left;
  out->connect_serial = ub_job_get_connect_serial (self);
  out->map_serial = ub_sector_map_get_serial (ub_job_get_sector_map (self));
  out->address = ub_job_get_address (self);
  out->clock_hz = ub_job_get_clock (self);
  out->retries = ub_job_get_retries (self);
}

static gboolean
snapshot_equal (const Snapshot *a, const Snapshot *b)
{
  return a->phase == b->phase && a->fraction == b->fraction && a->bytes_done == b->bytes_done &&
         a->seconds_left == b->seconds_left && a->connect_serial == b->connect_serial &&
         a->map_serial == b->map_serial && a->address == b->address && a->clock_hz == b->clock_hz &&
         a->retries == b->retries;
}

static gboolean
on_timeout (gpointer user_data)
{
  GTask *task = user_data;
  AsyncRun *run = g_task_get_task_data (task);
  UbJob *self = g_task_get_source_object (task);
  Snapshot now;

  take_snapshot (self, &now);
  if (!snapshot_equal (&now, &run->last)) {
    run->last = now;
    g_signal_emit_by_name (self, "changed");
  }
  return G_SOURCE_CONTINUE;
}

/* Ends the timeout and tells the last state before the caller learns of the end. */
static void
on_task_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AsyncRun *run = g_task_get_task_data (G_TASK (result));

  g_source_destroy (run->timeout);
  g_clear_pointer (&run->timeout, g_source_unref);
  g_signal_emit_by_name (source, "changed");
  if (run->callback != NULL)
    run->callback (source, result, run->user_data);
}

static void
run_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (ub_job_run (source, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/**
 * ub_job_run_async:
 * @self: a job that was not run yet
 * @cancellable: (nullable): stops it at the next safe point
 * @callback: (nullable): called in this thread's default main context when it ended
 * @user_data: for @callback
 *
 * Does the job in a thread of its own and emits #UbJob::changed meanwhile.
 */
void
ub_job_run_async (UbJob *self,
                  GCancellable *cancellable,
                  GAsyncReadyCallback callback,
                  gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  AsyncRun *run;

  g_return_if_fail (UB_IS_JOB (self));

  task = g_task_new (self, cancellable, on_task_done, NULL);
  g_task_set_source_tag (task, ub_job_run_async);
  /* A job that was finished in spite of a late stop is finished. */
  g_task_set_check_cancellable (task, FALSE);

  run = g_new0 (AsyncRun, 1);
  run->callback = callback;
  run->user_data = user_data;
  run->timeout = g_timeout_source_new (CHANGED_INTERVAL_MS);
  g_source_set_callback (run->timeout, on_timeout, task, NULL);
  g_source_attach (run->timeout, g_task_get_context (task));
  g_task_set_task_data (task, run, async_run_free);

  g_task_run_in_thread (task, run_in_thread);
}

/**
 * ub_job_run_finish:
 * @self: a job
 * @result: what the callback was given
 * @error: return location for an error
 *
 * Returns: whether the job is done
 */
gboolean
ub_job_run_finish (UbJob *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-connection.h"

#include "ub-connect-advice.h"
#include "ub-error.h"
#include "ub-probe-job.h"
#include "ub-settings.h"

#include <glib/gi18n.h>

/* Between two attempts a person has time to move a wire, and to read. */
#define RETRY_DELAY_MS 700

enum { SIGNAL_CHANGED, SIGNAL_PROGRESS, N_SIGNALS };

static guint signals[N_SIGNALS];

/**
 * UbConnection:
 *
 * The module on the wires, as far as it is known: the programmer, which lives from connecting to
 * disconnecting and serves all jobs, and what the last look at the chip showed. Connecting tries
 * again by itself until it works or is stopped. “changed” tells a change of state, of the last error
 * or of what is known; “progress” tells steps within connecting.
 */
struct _UbConnection {
  GObject parent_instance;

  UbConnectionState state;
  UbProgrammerInfo *info;
  UbProgrammer *programmer;
  UbJob *job; /* the running look at the module */
  UbJob *seen; /* the job whose report and sector map are what is known */
  UbImageAnalysis *chip;
  GError *error; /* of the last attempt */
  UbConnectState connect_state;
  GCancellable *cancellable;
  guint retry_id;
  gboolean is_refresh;
};

G_DEFINE_FINAL_TYPE (UbConnection, ub_connection, G_TYPE_OBJECT)

static void start_attempt (UbConnection *self);

static void
set_state (UbConnection *self, UbConnectionState state)
{
  self->state = state;
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static gboolean
retry_cb (gpointer user_data)
{
  UbConnection *self = user_data;

  self->retry_id = 0;
  start_attempt (self);
  return G_SOURCE_REMOVE;
}

static void
know (UbConnection *self, UbJob *job)
{
  UbImageAnalysis *chip = ub_job_get_chip_analysis (job);

  g_set_object (&self->seen, job);
  g_set_object (&self->chip, chip);
}

static void
job_changed_cb (UbConnection *self)
{
  if (self->job == NULL)
    return;
  ub_job_get_connect_state (self->job, &self->connect_state);
  g_signal_emit (self, signals[SIGNAL_PROGRESS], 0);
}

static void
attempt_failed (UbConnection *self, GError *error)
{
  gboolean was_stopped = g_cancellable_is_cancelled (self->cancellable);

  if (was_stopped || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    g_error_free (error);
    ub_connection_disconnect (self);
    return;
  }
  g_message ("connecting failed: %s", error->message);
  g_clear_error (&self->error);
  self->error = error;
  if (!self->is_refresh && ub_connect_advice_should_retry (error)) {
    self->retry_id = g_timeout_add (RETRY_DELAY_MS, retry_cb, self);
    set_state (self, UB_CONNECTION_CONNECTING);
  } else {
    g_clear_object (&self->programmer);
    set_state (self, UB_CONNECTION_IDLE);
  }
}

static void
attempt_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (UbConnection) self = user_data;
  g_autoptr (UbJob) job = g_steal_pointer (&self->job);
  GError *error = NULL;
  gboolean is_done = ub_job_run_finish (UB_JOB (source), result, &error);

  ub_job_get_connect_state (job, &self->connect_state);
  g_signal_handlers_disconnect_by_data (job, self);
  if (!is_done) {
    attempt_failed (self, error);
    return;
  }
  know (self, job);
  g_clear_error (&self->error);
  set_state (self, UB_CONNECTION_CONNECTED);
}

static void
start_attempt (UbConnection *self)
{
  self->job = ub_probe_job_new (self->programmer, UB_PROBE_WHOLE);
  g_signal_connect_swapped (self->job, "changed", G_CALLBACK (job_changed_cb), self);
  ub_job_run_async (self->job, self->cancellable, attempt_ended_cb, g_object_ref (self));
  set_state (self, UB_CONNECTION_CONNECTING);
}

static void
ub_connection_dispose (GObject *object)
{
  UbConnection *self = UB_CONNECTION (object);

  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->job);
  g_clear_object (&self->seen);
  g_clear_object (&self->chip);
  g_clear_object (&self->programmer);
  g_clear_object (&self->info);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (ub_connection_parent_class)->dispose (object);
}

static void
ub_connection_class_init (UbConnectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ub_connection_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PROGRESS] = g_signal_new ("progress", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ub_connection_init (UbConnection *self)
{
}

/**
 * ub_connection_new:
 *
 * Returns: (transfer full): a connection to nothing yet
 */
UbConnection *
ub_connection_new (void)
{
  return g_object_new (UB_TYPE_CONNECTION, NULL);
}

/**
 * ub_connection_start:
 * @self: an idle connection
 * @info: the programmer to use
 *
 * Opens the programmer and looks at the module, again and again until it answers.
 */
void
ub_connection_start (UbConnection *self, UbProgrammerInfo *info)
{
  g_return_if_fail (UB_IS_CONNECTION (self));
  g_return_if_fail (self->state == UB_CONNECTION_IDLE);

  g_set_object (&self->info, info);
  g_clear_error (&self->error);
  memset (&self->connect_state, 0, sizeof self->connect_state);
  g_clear_object (&self->programmer);
  self->programmer = ub_settings_create_programmer (info, &self->error);
  if (self->programmer == NULL) {
    set_state (self, UB_CONNECTION_IDLE);
    return;
  }
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_refresh = FALSE;
  start_attempt (self);
}

/**
 * ub_connection_stop:
 * @self: a connection
 *
 * Stops connecting at the next safe point. Nothing was written.
 */
void
ub_connection_stop (UbConnection *self)
{
  g_return_if_fail (UB_IS_CONNECTION (self));

  if (self->state != UB_CONNECTION_CONNECTING)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_id, g_source_remove);
  if (self->job == NULL)
    ub_connection_disconnect (self);
  else
    set_state (self, UB_CONNECTION_STOPPING);
}

/**
 * ub_connection_disconnect:
 * @self: a connection whose programmer no job is using
 *
 * Forgets the module and lets go of the programmer.
 */
void
ub_connection_disconnect (UbConnection *self)
{
  g_return_if_fail (UB_IS_CONNECTION (self));
  g_return_if_fail (self->job == NULL);

  g_clear_object (&self->seen);
  g_clear_object (&self->chip);
  g_clear_object (&self->programmer);
  g_clear_error (&self->error);
  set_state (self, UB_CONNECTION_IDLE);
}

/**
 * ub_connection_refresh:
 * @self: a connected connection
 *
 * Looks at the module again, because a job changed what it holds.
 */
void
ub_connection_refresh (UbConnection *self)
{
  g_return_if_fail (UB_IS_CONNECTION (self));
  g_return_if_fail (self->state == UB_CONNECTION_CONNECTED);

  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  self->is_refresh = TRUE;
  start_attempt (self);
}

/**
 * ub_connection_take_over:
 * @self: a connected connection
 * @job: a job that ended well on the same programmer and read the whole chip
 *
 * Takes what @job saw as what is known of the module.
 */
void
ub_connection_take_over (UbConnection *self, UbJob *job)
{
  g_return_if_fail (UB_IS_CONNECTION (self));
  g_return_if_fail (ub_job_get_chip_analysis (job) != NULL);

  know (self, job);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * ub_connection_get_state:
 * @self: a connection
 *
 * Returns: whether there is a module
 */
UbConnectionState
ub_connection_get_state (UbConnection *self)
{
  return self->state;
}

/**
 * ub_connection_get_info:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): the programmer of the last ub_connection_start()
 */
UbProgrammerInfo *
ub_connection_get_info (UbConnection *self)
{
  return self->info;
}

/**
 * ub_connection_get_programmer:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): the programmer, for jobs, %NULL while there is none
 */
UbProgrammer *
ub_connection_get_programmer (UbConnection *self)
{
  return self->programmer;
}

/**
 * ub_connection_get_job:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): the running look at the module
 */
UbJob *
ub_connection_get_job (UbConnection *self)
{
  return self->job;
}

/**
 * ub_connection_get_error:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): why the last attempt failed
 */
const GError *
ub_connection_get_error (UbConnection *self)
{
  return self->error;
}

/**
 * ub_connection_get_connect_state:
 * @self: a connection
 * @out_state: (out caller-allocates): where connecting stands, or stood last
 */
void
ub_connection_get_connect_state (UbConnection *self, UbConnectState *out_state)
{
  *out_state = self->connect_state;
}

/**
 * ub_connection_get_report:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): the facts of the last look at the module
 */
const UbJobReport *
ub_connection_get_report (UbConnection *self)
{
  return self->seen != NULL ? ub_job_get_report (self->seen) : NULL;
}

/**
 * ub_connection_get_chip:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): what the chip holds, as far as it was read
 */
UbImageAnalysis *
ub_connection_get_chip (UbConnection *self)
{
  return self->chip;
}

/**
 * ub_connection_get_sector_map:
 * @self: a connection
 *
 * Returns: (transfer none) (nullable): which sectors of the chip hold data
 */
UbSectorMap *
ub_connection_get_sector_map (UbConnection *self)
{
  return self->seen != NULL ? ub_job_get_sector_map (self->seen) : NULL;
}

/**
 * ub_connection_dup_module_title:
 * @self: a connection
 *
 * Returns: (transfer full) (nullable): what to call the module, translated: its family, or its flash where that is not
 * known; %NULL while there is none
 */
char *
ub_connection_dup_module_title (UbConnection *self)
{
  const UbJobReport *report = ub_connection_get_report (self);

  if (report == NULL)
    return NULL;
  if (self->chip != NULL && ub_image_analysis_get_family (self->chip) != UB_FAMILY_UNKNOWN)
    return g_strdup (ub_family_get_title (ub_image_analysis_get_family (self->chip)));
  return g_strdup (report->part != NULL ? report->part : _ ("Module"));
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-job-runner.h"

#include "ub-error.h"
#include "ub-format.h"

#include <glib/gi18n.h>

#define NOTIFICATION_ID "job"

enum { SIGNAL_STARTED, SIGNAL_CHANGED, SIGNAL_FINISHED, N_SIGNALS };

static guint signals[N_SIGNALS];

/**
 * UbJobRunner:
 *
 * Runs one job at a time and looks after what surrounds it: suspend and logout are inhibited, and a
 * notification tells the end when the window is not in front. The last job, its request and its
 * error stay readable until the next one starts.
 */
struct _UbJobRunner {
  GObject parent_instance;

  GtkWindow *window; /* unowned: it owns the runner */
  UbJobRequest *request;
  UbJob *job;
  GError *error;
  GCancellable *cancellable; /* non-NULL while running */
  guint inhibit_cookie;
};

G_DEFINE_FINAL_TYPE (UbJobRunner, ub_job_runner, G_TYPE_OBJECT)

static GtkApplication *
get_application (UbJobRunner *self)
{
  return self->window != NULL ? gtk_window_get_application (self->window) : NULL;
}

static void
inhibit (UbJobRunner *self)
{
  GtkApplication *app = get_application (self);

  if (app != NULL)
    self->inhibit_cookie = gtk_application_inhibit (
        app, self->window, GTK_APPLICATION_INHIBIT_LOGOUT | GTK_APPLICATION_INHIBIT_SUSPEND,
        ub_job_request_get_title (self->request));
}

static void
uninhibit (UbJobRunner *self)
{
  GtkApplication *app = get_application (self);

  if (app != NULL && self->inhibit_cookie != 0)
    gtk_application_uninhibit (app, self->inhibit_cookie);
  self->inhibit_cookie = 0;
}

static void
notify_end (UbJobRunner *self)
{
  GtkApplication *app = get_application (self);
  g_autoptr (GNotification) notification = NULL;
  g_autoptr (GIcon) icon = g_themed_icon_new (APP_ID);

  if (app == NULL || gtk_window_is_active (self->window) ||
      g_error_matches (self->error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  notification = g_notification_new (
      self->error == NULL ? ub_job_request_get_done_title (self->request)
                          : ub_job_request_get_failed_title (self->request, self->error));
  if (self->error != NULL) {
    g_autofree char *facts = ub_format_sentence (self->error->message);

    g_notification_set_body (notification, facts);
  }
  g_notification_set_icon (notification, icon);
  g_notification_set_priority (notification, self->error == NULL ? G_NOTIFICATION_PRIORITY_NORMAL
                                                                 : G_NOTIFICATION_PRIORITY_HIGH);
  g_application_send_notification (G_APPLICATION (app), NOTIFICATION_ID, notification);
}

static void
job_changed_cb (UbJobRunner *self)
{
  if (self->cancellable != NULL)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
job_ended_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (UbJobRunner) self = user_data;

  ub_job_run_finish (UB_JOB (source), result, &self->error);
  g_clear_object (&self->cancellable);
  uninhibit (self);
  if (self->window == NULL)
    return;
  if (self->error != NULL)
    g_message ("%s: %s", ub_job_get_title (self->job), self->error->message);
  g_signal_emit (self, signals[SIGNAL_FINISHED], 0);
  notify_end (self);
}

static void
ub_job_runner_dispose (GObject *object)
{
  UbJobRunner *self = UB_JOB_RUNNER (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->job);
  g_clear_object (&self->request);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (ub_job_runner_parent_class)->dispose (object);
}

static guint
add_signal (const char *name)
{
  return g_signal_new (name, UB_TYPE_JOB_RUNNER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                       G_TYPE_NONE, 0);
}

static void
ub_job_runner_class_init (UbJobRunnerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = ub_job_runner_dispose;

  signals[SIGNAL_STARTED] = add_signal ("started");
  signals[SIGNAL_CHANGED] = add_signal ("changed");
  signals[SIGNAL_FINISHED] = add_signal ("finished");
}

static void
ub_job_runner_init (UbJobRunner *self)
{
}

/**
 * ub_job_runner_new:
 * @window: whose application is inhibited and notified
 *
 * Returns: (transfer full): a runner without a job
 */
UbJobRunner *
ub_job_runner_new (GtkWindow *window)
{
  UbJobRunner *self = g_object_new (UB_TYPE_JOB_RUNNER, NULL);

  g_set_weak_pointer (&self->window, window);
  return self;
}

/**
 * ub_job_runner_start:
 * @self: a runner without a running job
 * @request: what to do
 * @programmer: the programmer to do it with
 */
void
ub_job_runner_start (UbJobRunner *self, UbJobRequest *request, UbProgrammer *programmer)
{
  GtkApplication *app = get_application (self);

  g_return_if_fail (UB_IS_JOB_RUNNER (self));
  g_return_if_fail (self->cancellable == NULL);

  if (app != NULL)
    g_application_withdraw_notification (G_APPLICATION (app), NOTIFICATION_ID);
  g_set_object (&self->request, request);
  g_clear_error (&self->error);
  g_clear_object (&self->job);
  self->job = ub_job_request_create_job (request, programmer);
  self->cancellable = g_cancellable_new ();
  g_signal_connect_object (self->job, "changed", G_CALLBACK (job_changed_cb), self,
                           G_CONNECT_SWAPPED);
  inhibit (self);
  g_signal_emit (self, signals[SIGNAL_STARTED], 0);
  ub_job_run_async (self->job, self->cancellable, job_ended_cb, g_object_ref (self));
}

/**
 * ub_job_runner_stop:
 * @self: a runner
 *
 * Stops the running job at its next safe point; “finished” follows.
 */
void
ub_job_runner_stop (UbJobRunner *self)
{
  g_return_if_fail (UB_IS_JOB_RUNNER (self));

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

/**
 * ub_job_runner_is_running:
 * @self: a runner
 *
 * Returns: whether a job is running
 */
gboolean
ub_job_runner_is_running (UbJobRunner *self)
{
  return self->cancellable != NULL;
}

/**
 * ub_job_runner_is_stopping:
 * @self: a runner
 *
 * Returns: whether the running job was asked to stop
 */
gboolean
ub_job_runner_is_stopping (UbJobRunner *self)
{
  return self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable);
}

/**
 * ub_job_runner_get_job:
 * @self: a runner
 *
 * Returns: (transfer none) (nullable): the running or the last job
 */
UbJob *
ub_job_runner_get_job (UbJobRunner *self)
{
  return self->job;
}

/**
 * ub_job_runner_get_request:
 * @self: a runner
 *
 * Returns: (transfer none) (nullable): what the running or the last job is about
 */
UbJobRequest *
ub_job_runner_get_request (UbJobRunner *self)
{
  return self->request;
}

/**
 * ub_job_runner_get_error:
 * @self: a runner
 *
 * Returns: (transfer none) (nullable): why the last job failed
 */
const GError *
ub_job_runner_get_error (UbJobRunner *self)
{
  return self->error;
}

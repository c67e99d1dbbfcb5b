/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-job"

#include "config.h"

#include "ub-job-private.h"

#include "ub-error.h"
#include "ub-session.h"

#include <glib/gi18n.h>
#include <inttypes.h>

/* What connecting is expected to take: CEN pulse, download window, identification, clock search. */
#define CONNECT_SECONDS 0.5

enum { SIGNAL_CHANGED, N_SIGNALS };

static guint signals[N_SIGNALS];

typedef struct {
  char *title;
  UbProgrammer *programmer;
  UbProgress *progress;
  UbSectorMap *map;
  UbRescueCopy *rescue_copy; /* nullable */
  gboolean was_run;

  GMutex lock; /* protects what follows up to the report */
  UbConnectState connect_state;
  guint connect_serial; /* grows with every change of connect_state */
  UbFlash *flash; /* while connected */
  guint32 last_address;
  guint clock_hz;
  guint retries;

  /* Written by the job's thread, read by others only after it ended. */
  UbSession *session;
  UbFlashPart part;
  char *part_name;
  UbJobReport report;
  UbImageAnalysis *chip_analysis;
  gint64 started_us;
} UbJobPrivate;

/**
 * UbJob:
 *
 * One thing done to a module, from opening the programmer to closing it, abstract. A job is run once,
 * with ub_job_run() in the caller's thread or ub_job_run_async() in a thread of its own; there is no
 * other asynchronous boundary in the engine.
 */
G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (UbJob, ub_job, G_TYPE_OBJECT)

#define PRIV(self) ((UbJobPrivate *) ub_job_get_instance_private (self))

static void
ub_job_dispose (GObject *object)
{
  UbJobPrivate *priv = PRIV (UB_JOB (object));

  if (priv->session != NULL)
    ub_session_close (priv->session);
  g_clear_object (&priv->session);
  g_clear_object (&priv->flash);
  g_clear_object (&priv->chip_analysis);
  g_clear_object (&priv->programmer);

  G_OBJECT_CLASS (ub_job_parent_class)->dispose (object);
}

static void
ub_job_finalize (GObject *object)
{
  UbJobPrivate *priv = PRIV (UB_JOB (object));

  ub_rescue_copy_free (priv->rescue_copy);
  g_free (priv->title);
  g_free (priv->part_name);
  g_object_unref (priv->progress);
  g_object_unref (priv->map);
  g_mutex_clear (&priv->lock);
  g_free (priv->report.programmer);
  g_free (priv->report.part);
  g_free (priv->report.sha256);
  g_clear_object (&priv->report.backup);
  g_ptr_array_unref (priv->report.notes);

  G_OBJECT_CLASS (ub_job_parent_class)->finalize (object);
}

static void
ub_job_class_init (UbJobClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ub_job_dispose;
  object_class->finalize = ub_job_finalize;

  /**
   * UbJob::changed:
   *
   * Emitted in the main context that ub_job_run_async() was called in, at most 20 times a second,
   * when progress, sector map, connect state, address, clock or retries differ, and once at the end.
   */
  signals[SIGNAL_CHANGED] =
      g_signal_new ("changed", UB_TYPE_JOB, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
ub_job_init (UbJob *self)
{
  UbJobPrivate *priv = PRIV (self);

  g_mutex_init (&priv->lock);
  priv->progress = ub_progress_new ();
  priv->map = ub_sector_map_new ();
  priv->report.notes = g_ptr_array_new_with_free_func (g_free);
}

/**
 * ub_job_construct:
 * @self: a job that was just made
 * @title: translated name of what it does
 * @programmer: what it works through
 *
 * For the constructors of subclasses.
 */
void
ub_job_construct (UbJob *self, const char *title, UbProgrammer *programmer)
{
  UbJobPrivate *priv = PRIV (self);

  priv->title = g_strdup (title);
  priv->programmer = g_object_ref (programmer);
  priv->report.programmer = g_strdup (ub_programmer_get_name (programmer));
  ub_progress_declare (priv->progress, UB_PHASE_CONNECT, CONNECT_SECONDS);
}

/**
 * ub_job_set_rescue_copy:
 * @self: a job that was just made
 * @rescue_copy: (transfer full) (nullable): where what it reads from the chip is saved
 *
 * For the constructors of subclasses.
 */
void
ub_job_set_rescue_copy (UbJob *self, UbRescueCopy *rescue_copy)
{
  PRIV (self)->rescue_copy = rescue_copy;
}

/**
 * ub_job_get_rescue_copy:
 * @self: a job
 *
 * Returns: (transfer none) (nullable): where what it reads from the chip is saved
 */
UbRescueCopy *
ub_job_get_rescue_copy (UbJob *self)
{
  return PRIV (self)->rescue_copy;
}

static void
on_connect_state (const UbConnectState *state, gpointer user_data)
{
  UbJobPrivate *priv = PRIV (UB_JOB (user_data));

  g_mutex_lock (&priv->lock);
  priv->connect_state = *state;
  priv->connect_serial++;
  priv->clock_hz = state->clock_hz;
  g_mutex_unlock (&priv->lock);
}

/**
 * ub_job_connect:
 * @self: a job
 * @cancellable: (nullable): to stop
 * @error: return location for an error
 *
 * Opens the session and publishes each step, then prepares the sector map and the report. The session
 * is closed, which resets the module, when run() returns.
 *
 * Returns: whether the module is connected and identified
 */
gboolean
ub_job_connect (UbJob *self, GCancellable *cancellable, GError **error)
{
  UbJobPrivate *priv = PRIV (self);
  GPtrArray *notes;
  UbFlash *flash;

  ub_job_begin (self, UB_PHASE_CONNECT, 0);
  priv->session = ub_session_open (priv->programmer, on_connect_state, self, cancellable, error);

  /* A programmer may know its full name only once it is open. */
  g_free (priv->report.programmer);
  priv->report.programmer = g_strdup (ub_programmer_get_name (priv->programmer));
  if (priv->session == NULL)
    return FALSE;

  flash = ub_session_get_flash (priv->session);
  ub_flash_set_observers (flash, priv->progress, priv->map);
  priv->part = *ub_flash_get_part (flash);
  priv->report.jedec_id = ub_session_get_jedec_id (priv->session);
  priv->report.part = g_strdup (priv->part.name);
  priv->report.size = priv->part.size;
  priv->report.clock_hz = ub_programmer_get_clock (priv->programmer);
  priv->report.connect_s =
      (double) (ub_programmer_get_time (priv->programmer) - priv->started_us) / 1e6;
  ub_sector_map_set_size (priv->map, priv->part.size / UB_SECTOR_SIZE);

  g_mutex_lock (&priv->lock);
  priv->flash = g_object_ref (flash);
  priv->clock_hz = priv->report.clock_hz;
  g_mutex_unlock (&priv->lock);

  notes = ub_session_get_notes (priv->session);
  for (guint i = 0; i < notes->len; i++)
    ub_job_add_note (self, "%s", (const char *) g_ptr_array_index (notes, i));
  return TRUE;
}

/**
 * ub_job_get_flash:
 * @self: a connected job
 *
 * Returns: (transfer none): the chip
 */
UbFlash *
ub_job_get_flash (UbJob *self)
{
  return PRIV (self)->flash;
}

/**
 * ub_job_get_part:
 * @self: a job that was connected
 *
 * Returns: (transfer none): the description of the chip
 */
const UbFlashPart *
ub_job_get_part (UbJob *self)
{
  return &PRIV (self)->part;
}

/**
 * ub_job_check_range:
 * @self: a connected job
 * @address: of the first byte
 * @size: bytes
 * @error: return location for an error
 *
 * Returns: %FALSE with %UB_ERROR_RANGE when the range does not lie on the chip
 */
gboolean
ub_job_check_range (UbJob *self, guint32 address, guint64 size, GError **error)
{
  guint32 chip_size = PRIV (self)->part.size;

  if (size > 0 && address + size <= chip_size)
    return TRUE;
  g_set_error (
      error, UB_ERROR, UB_ERROR_RANGE,
      _ ("the range from 0x%X to 0x%" PRIX64 " does not fit the flash, which ends at 0x%X"),
      address, address + size, chip_size);
  return FALSE;
}

/**
 * ub_job_edit_report:
 * @self: a running job
 *
 * Returns: (transfer none): the report, to be filled in
 */
UbJobReport *
ub_job_edit_report (UbJob *self)
{
  return &PRIV (self)->report;
}

/**
 * ub_job_set_chip_analysis:
 * @self: a running job
 * @analysis: what the chip holds, or held before it was written
 *
 * Publishes @analysis with the report, and the family it tells.
 */
void
ub_job_set_chip_analysis (UbJob *self, UbImageAnalysis *analysis)
{
  UbJobPrivate *priv = PRIV (self);

  g_set_object (&priv->chip_analysis, analysis);
  priv->report.family = ub_image_analysis_get_family (analysis);
}

/* Copies what the chip's counters say; they are lost with the session. */
static void
collect_counters (UbJob *self)
{
  UbJobPrivate *priv = PRIV (self);
  UbFlashCounters counters;

  if (priv->flash == NULL)
    return;

  ub_flash_get_counters (priv->flash, &counters);
  priv->report.bytes_read = counters.bytes_read;
  priv->report.bytes_programmed = counters.bytes_programmed;
  priv->report.sectors_erased = counters.sectors_erased;
  priv->report.retries += counters.retries;
  priv->report.clock_hz = ub_programmer_get_clock (priv->programmer);

  g_mutex_lock (&priv->lock);
  priv->last_address = ub_flash_get_address (priv->flash);
  priv->clock_hz = priv->report.clock_hz;
  priv->retries = priv->report.retries;
  g_clear_object (&priv->flash);
  g_mutex_unlock (&priv->lock);
}

/* Tells where a lower clock would not help, or did not: what failed must not advise it. */
static void
consider_clock (UbJob *self, GError *error)
{
  UbJobPrivate *priv = PRIV (self);
  const UbProgrammerLimits *limits = ub_programmer_get_limits (priv->programmer);
  gboolean is_helpless =
      priv->session != NULL && ub_flash_is_clock_helpless (ub_session_get_flash (priv->session));

  if (is_helpless)
    ub_job_add_note (self,
                     _ ("Errors were as frequent at lower clocks, so the clock was not lowered."));
  if (error != NULL &&
      (is_helpless ||
       (limits->max_hz > 0 && ub_programmer_get_clock (priv->programmer) <= limits->min_hz)))
    ub_error_rule_out_clock (error);
}

/**
 * ub_job_run:
 * @self: a job that was not run yet
 * @cancellable: (nullable): stops it at the next safe point
 * @error: return location for an error
 *
 * Does the job in this thread. Whatever the outcome, the module was reset and the programmer is closed
 * afterwards, and the report tells what was done.
 *
 * Returns: whether it is done; stopped is %G_IO_ERROR_CANCELLED
 */
gboolean
ub_job_run (UbJob *self, GCancellable *cancellable, GError **error)
{
  UbJobPrivate *priv = PRIV (self);
  GError *local_error = NULL;
  gboolean done;

  g_return_val_if_fail (UB_IS_JOB (self), FALSE);
  g_return_val_if_fail (!priv->was_run, FALSE);

  priv->was_run = TRUE;
  priv->started_us = ub_programmer_get_time (priv->programmer);
  g_message ("%s, %s", priv->title, ub_programmer_get_name (priv->programmer));

  done = !g_cancellable_set_error_if_cancelled (cancellable, &local_error) &&
         UB_JOB_GET_CLASS (self)->run (self, cancellable, &local_error);
  consider_clock (self, local_error);

  collect_counters (self);
  priv->report.elapsed_s =
      (double) (ub_programmer_get_time (priv->programmer) - priv->started_us) / 1e6;
  if (done)
    ub_progress_finish (priv->progress, ub_programmer_get_time (priv->programmer));

  if (priv->session != NULL)
    ub_session_close (priv->session);
  g_clear_object (&priv->session);
  /* A copy that was not saved leaves nothing on disk, however long the job is kept. */
  g_clear_pointer (&priv->rescue_copy, ub_rescue_copy_free);

  if (done) {
    g_message ("done after %.2f s", priv->report.elapsed_s);
    return TRUE;
  }
  g_message ("ended early after %.2f s, module %s: %s", priv->report.elapsed_s,
             ub_module_state_get_id (priv->report.module_state), local_error->message);
  g_propagate_error (error, local_error);
  return FALSE;
}

/**
 * ub_job_get_title:
 * @self: a job
 *
 * Returns: (transfer none): translated name of what it does, such as “Restore”
 */
const char *
ub_job_get_title (UbJob *self)
{
  g_return_val_if_fail (UB_IS_JOB (self), NULL);

  return PRIV (self)->title;
}

/**
 * ub_job_get_programmer:
 * @self: a job
 *
 * Returns: (transfer none): what it works through
 */
UbProgrammer *
ub_job_get_programmer (UbJob *self)
{
  g_return_val_if_fail (UB_IS_JOB (self), NULL);

  return PRIV (self)->programmer;
}

/**
 * ub_job_get_progress:
 * @self: a job
 *
 * Returns: (transfer none): its progress, for any thread
 */
UbProgress *
ub_job_get_progress (UbJob *self)
{
  g_return_val_if_fail (UB_IS_JOB (self), NULL);

  return PRIV (self)->progress;
}

/**
 * ub_job_get_sector_map:
 * @self: a job
 *
 * Returns: (transfer none): the chip's sectors, without any before it is identified; for any thread
 */
UbSectorMap *
ub_job_get_sector_map (UbJob *self)
{
  g_return_val_if_fail (UB_IS_JOB (self), NULL);

  return PRIV (self)->map;
}

/**
 * ub_job_get_connect_state:
 * @self: a job
 * @out_state: (out caller-allocates): where connecting stands, from any thread
 */
void
ub_job_get_connect_state (UbJob *self, UbConnectState *out_state)
{
  UbJobPrivate *priv = PRIV (self);

  g_return_if_fail (UB_IS_JOB (self));

  g_mutex_lock (&priv->lock);
  *out_state = priv->connect_state;
  g_mutex_unlock (&priv->lock);
}

/**
 * ub_job_get_connect_serial:
 * @self: a job
 *
 * For ub_job_run_async().
 *
 * Returns: a number that differs after every change of the connect state, from any thread
 */
guint
ub_job_get_connect_serial (UbJob *self)
{
  UbJobPrivate *priv = PRIV (self);
  guint serial;

  g_mutex_lock (&priv->lock);
  serial = priv->connect_serial;
  g_mutex_unlock (&priv->lock);
  return serial;
}

/**
 * ub_job_get_address:
 * @self: a job
 *
 * Returns: the address on the chip that is worked on, from any thread
 */
guint32
ub_job_get_address (UbJob *self)
{
  UbJobPrivate *priv = PRIV (self);
  guint32 address;

  g_return_val_if_fail (UB_IS_JOB (self), 0);

  g_mutex_lock (&priv->lock);
  address = priv->flash != NULL ? ub_flash_get_address (priv->flash) : priv->last_address;
  g_mutex_unlock (&priv->lock);
  return address;
}

/**
 * ub_job_get_clock:
 * @self: a job
 *
 * Returns: the clock in use in Hz, 0 before connecting; from any thread
 */
guint
ub_job_get_clock (UbJob *self)
{
  UbJobPrivate *priv = PRIV (self);
  guint hz;

  g_return_val_if_fail (UB_IS_JOB (self), 0);

  g_mutex_lock (&priv->lock);
  hz = priv->flash != NULL ? ub_programmer_get_clock (priv->programmer) : priv->clock_hz;
  g_mutex_unlock (&priv->lock);
  return hz;
}

/**
 * ub_job_get_retries:
 * @self: a job
 *
 * Returns: repeats of reads, erases and programs so far; from any thread
 */
guint
ub_job_get_retries (UbJob *self)
{
  UbJobPrivate *priv = PRIV (self);
  guint retries;

  g_return_val_if_fail (UB_IS_JOB (self), 0);

  g_mutex_lock (&priv->lock);
  retries = priv->retries;
  if (priv->flash != NULL) {
    UbFlashCounters counters;

    ub_flash_get_counters (priv->flash, &counters);
    retries = counters.retries;
  }
  g_mutex_unlock (&priv->lock);
  return retries;
}

/**
 * ub_job_get_report:
 * @self: a job that ended
 *
 * Returns: (transfer none): the facts, also after a failure
 */
const UbJobReport *
ub_job_get_report (UbJob *self)
{
  g_return_val_if_fail (UB_IS_JOB (self), NULL);

  return &PRIV (self)->report;
}

/**
 * ub_job_get_chip_analysis:
 * @self: a job that ended
 *
 * Returns: (transfer none) (nullable): what the chip held when it was read, where it was
 */
UbImageAnalysis *
ub_job_get_chip_analysis (UbJob *self)
{
  g_return_val_if_fail (UB_IS_JOB (self), NULL);

  return PRIV (self)->chip_analysis;
}

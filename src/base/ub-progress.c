/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-progress"

#include "config.h"

#include "ub-progress.h"

#include <glib/gi18n.h>

/* Below this many microseconds of a phase its rate says nothing. */
#define MIN_RATE_TIME_US (200 * 1000)

/**
 * UbProgress:
 *
 * Turns phases that were declared up front, with the seconds each is expected to take, into one
 * fraction, a rate and the time left. The time comes from the caller, so that simulated time works
 * like real time. All functions may be called from any thread.
 */
struct _UbProgress {
  GObject parent_instance;

  GMutex lock;
  double expected[UB_N_PHASES]; /* seconds, as declared */
  UbProgressState state;
  double base; /* the fraction when the seconds that were left were declared last */
  double base_left; /* those seconds */
  gint64 begun_us;
  gint64 now_us;
};

G_DEFINE_FINAL_TYPE (UbProgress, ub_progress, G_TYPE_OBJECT)

static double
get_phase_fraction (UbProgress *self)
{
  if (self->state.bytes_total == 0)
    return 0;
  return MIN (1.0, (double) self->state.bytes_done / (double) self->state.bytes_total);
}

/* Seconds the active phase still needs: by its measured rate once there is one, as declared before. */
static double
get_phase_seconds_left (UbProgress *self)
{
  if (self->state.rate > 0 && self->state.bytes_total > 0)
    return (double) (self->state.bytes_total -
                     MIN (self->state.bytes_done, self->state.bytes_total)) /
           self->state.rate;
  return self->expected[self->state.phase] * (1 - get_phase_fraction (self));
}

/* Seconds left as they were declared, which unlike the measured ones fall steadily. */
static double
get_declared_left (UbProgress *self)
{
  double left = 0;

  for (int i = 0; i < UB_N_PHASES; i++) {
    if (self->state.status[i] == UB_PHASE_STATUS_ACTIVE)
      left += self->expected[i] * (1 - get_phase_fraction (self));
    else if (self->state.status[i] == UB_PHASE_STATUS_WAITING)
      left += self->expected[i];
  }
  return left;
}

/* What is left of the bar belongs to the seconds that are left, whatever was thought of them before: so the bar
 * neither jumps nor waits when that changes, it goes on at another pace. */
static void
rebase (UbProgress *self)
{
  self->base = self->state.fraction;
  self->base_left = get_declared_left (self);
}

static void
update_state (UbProgress *self)
{
  double all = 0, left = 0;
  gint64 elapsed_us = self->now_us - self->begun_us;

  self->state.rate = 0;
  if (self->state.phase != UB_N_PHASES && elapsed_us >= MIN_RATE_TIME_US)
    self->state.rate = (double) self->state.bytes_done * 1e6 / (double) elapsed_us;

  for (int i = 0; i < UB_N_PHASES; i++) {
    all += self->expected[i];
    switch (self->state.status[i]) {
    case UB_PHASE_STATUS_ACTIVE:
      left += get_phase_seconds_left (self);
      break;
    case UB_PHASE_STATUS_WAITING:
      left += self->expected[i];
      break;
    case UB_PHASE_STATUS_DONE:
    case UB_PHASE_STATUS_ABSENT:
      break;
    }
  }
  if (self->base_left > 0)
    self->state.fraction =
        MAX (self->state.fraction,
             self->base + (1 - self->base) * (1 - get_declared_left (self) / self->base_left));
  self->state.seconds_left = all > 0 ? left : -1;
}

static void
end_active_phase (UbProgress *self)
{
  if (self->state.phase == UB_N_PHASES)
    return;
  self->state.status[self->state.phase] = UB_PHASE_STATUS_DONE;
  self->state.phase = UB_N_PHASES;
}

static void
ub_progress_finalize (GObject *object)
{
  UbProgress *self = UB_PROGRESS (object);

  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ub_progress_parent_class)->finalize (object);
}

static void
ub_progress_class_init (UbProgressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_progress_finalize;
}

static void
ub_progress_init (UbProgress *self)
{
  g_mutex_init (&self->lock);
  self->state.phase = UB_N_PHASES;
  self->state.seconds_left = -1;
}

/**
 * ub_progress_new:
 *
 * Returns: (transfer full): a progress without phases
 */
UbProgress *
ub_progress_new (void)
{
  return g_object_new (UB_TYPE_PROGRESS, NULL);
}

/**
 * ub_progress_declare:
 * @self: a progress
 * @phase: a phase this job has
 * @seconds: how long it is expected to take; declare again when it is better known: the bar goes on from where
 *   it is, at the pace that brings it to the end in time
 */
void
ub_progress_declare (UbProgress *self, UbPhase phase, double seconds)
{
  g_return_if_fail (UB_IS_PROGRESS (self));
  g_return_if_fail (phase < UB_N_PHASES && seconds >= 0);

  g_mutex_lock (&self->lock);
  self->expected[phase] = seconds;
  if (self->state.status[phase] == UB_PHASE_STATUS_ABSENT)
    self->state.status[phase] = UB_PHASE_STATUS_WAITING;
  rebase (self);
  update_state (self);
  g_mutex_unlock (&self->lock);
}

/**
 * ub_progress_begin:
 * @self: a progress
 * @phase: a declared phase; the one before it ends
 * @bytes_total: the bytes it will advance by, or 0 where it does not count any
 * @now_us: the time, in microseconds, on any clock that does not run backwards
 */
void
ub_progress_begin (UbProgress *self, UbPhase phase, guint64 bytes_total, gint64 now_us)
{
  gboolean is_cut_short; /* a phase that counts its bytes may end before all of them are done */

  g_return_if_fail (UB_IS_PROGRESS (self));
  g_return_if_fail (phase < UB_N_PHASES);

  g_mutex_lock (&self->lock);
  is_cut_short = self->state.phase != UB_N_PHASES && self->state.bytes_total > 0;
  end_active_phase (self);
  self->state.phase = phase;
  self->state.status[phase] = UB_PHASE_STATUS_ACTIVE;
  self->state.bytes_done = 0;
  self->state.bytes_total = bytes_total;
  self->begun_us = self->now_us = now_us;
  if (is_cut_short)
    rebase (self);
  update_state (self);
  g_mutex_unlock (&self->lock);
}

/**
 * ub_progress_advance:
 * @self: a progress with an active phase
 * @bytes: how many more bytes are done
 * @now_us: the time, on the clock of ub_progress_begin()
 */
void
ub_progress_advance (UbProgress *self, guint64 bytes, gint64 now_us)
{
  g_return_if_fail (UB_IS_PROGRESS (self));

  g_mutex_lock (&self->lock);
  self->state.bytes_done += bytes;
  self->now_us = now_us;
  update_state (self);
  g_mutex_unlock (&self->lock);
}

/**
 * ub_progress_extend:
 * @self: a progress with an active phase that counts bytes
 * @bytes: how many more than was said when it began, such as for reading a doubtful range again, or
 *   with a minus how many fewer
 */
void
ub_progress_extend (UbProgress *self, gint64 bytes)
{
  g_return_if_fail (UB_IS_PROGRESS (self));

  g_mutex_lock (&self->lock);
  self->state.bytes_total += (guint64) MAX (bytes, -(gint64) self->state.bytes_total);
  rebase (self);
  update_state (self);
  g_mutex_unlock (&self->lock);
}

/**
 * ub_progress_finish:
 * @self: a progress
 * @now_us: the time, on the clock of ub_progress_begin()
 *
 * Ends the last phase; the fraction becomes 1.
 */
void
ub_progress_finish (UbProgress *self, gint64 now_us)
{
  g_return_if_fail (UB_IS_PROGRESS (self));

  g_mutex_lock (&self->lock);
  end_active_phase (self);
  for (int i = 0; i < UB_N_PHASES; i++) {
    if (self->state.status[i] != UB_PHASE_STATUS_ABSENT)
      self->state.status[i] = UB_PHASE_STATUS_DONE;
  }
  self->now_us = now_us;
  update_state (self);
  self->state.fraction = 1;
  self->state.seconds_left = 0;
  g_mutex_unlock (&self->lock);
}

/**
 * ub_progress_get_state:
 * @self: a progress
 * @out_state: (out caller-allocates): a copy of where it stands
 */
void
ub_progress_get_state (UbProgress *self, UbProgressState *out_state)
{
  g_return_if_fail (UB_IS_PROGRESS (self));
  g_return_if_fail (out_state != NULL);

  g_mutex_lock (&self->lock);
  *out_state = self->state;
  g_mutex_unlock (&self->lock);
}

/**
 * ub_phase_get_title:
 * @phase: a phase
 *
 * Returns: (transfer none): its translated title, such as “Connect”
 */
const char *
ub_phase_get_title (UbPhase phase)
{
  switch (phase) {
  case UB_PHASE_CONNECT:
    return _ ("Connect");
  case UB_PHASE_READ:
    return _ ("Read the Chip");
  case UB_PHASE_SAVE:
    return _ ("Save the Backup");
  case UB_PHASE_ERASE:
    return _ ("Erase");
  case UB_PHASE_WRITE:
    return _ ("Write and Check");
  case UB_PHASE_VERIFY:
    return _ ("Compare");
  case UB_N_PHASES:
    break;
  }
  return "";
}

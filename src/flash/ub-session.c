/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-session"

#include "config.h"

#include "ub-session.h"

#include "ub-attempt.h"
#include "ub-clock-search.h"
#include "ub-error.h"
#include "ub-handshake.h"
#include "ub-identify.h"

#include <glib/gi18n.h>
#include <string.h>

/* The module listens until 53 ms after CEN rises (Apache02/bk7252-cam, measured on a BK7252). */
#define STREAM_US (60 * 1000)

#define ID_POLL_INTERVAL_US 1000

/* CEN low at the end: what BK7231GUIFlashTool uses; 10 ms are known to be enough. */
#define CLOSING_RESET_US (100 * 1000)

/* Without a CEN line: how long to stream between two looks at whether the module is there. A look takes
 * 32 ms at 3 kHz, less than the window's 48 ms, so that no window is missed. */
#define HAND_STREAM_US (100 * 1000)

/* Waiting is done in slices, so that stopping is felt at once. */
#define DELAY_SLICE_US (50 * 1000)

/**
 * UbSession:
 *
 * A module in flash download mode, identified, at the fastest clock its wires carry: from
 * ub_session_open() to ub_session_close(), which resets it whatever happened in between.
 */
struct _UbSession {
  GObject parent_instance;

  UbProgrammer *programmer;
  UbFlash *flash;
  guint32 jedec_id;
  GPtrArray *notes; /* of translated sentences */

  /* while connecting */
  UbConnectState state;
  UbConnectFunc func;
  gpointer user_data;
  GCancellable *cancellable;
};

G_DEFINE_FINAL_TYPE (UbSession, ub_session, G_TYPE_OBJECT)

static void
publish (UbSession *self, UbConnectStep step)
{
  self->state.step = step;
  self->state.clock_hz = ub_programmer_get_clock (self->programmer);
  if (self->func != NULL)
    self->func (&self->state, self->user_data);
}

/* Tells the observer only what is news: replies are polled a thousand times a second. */
static void
publish_evidence (UbSession *self, const UbEvidence *evidence)
{
  gboolean d2_seen = self->state.d2_seen || evidence->d2_seen;

  if (d2_seen == self->state.d2_seen &&
      memcmp (self->state.last_reply, evidence->last_reply, sizeof evidence->last_reply) == 0)
    return;
  self->state.d2_seen = d2_seen;
  memcpy (self->state.last_reply, evidence->last_reply, sizeof evidence->last_reply);
  publish (self, self->state.step);
}

static void
add_note (UbSession *self, char *note)
{
  g_info ("%s", note); /* whoever reports it tells the person */
  g_ptr_array_add (self->notes, note);
}

static gboolean
wait_cancellable (UbSession *self, guint64 usec, GError **error)
{
  while (usec > 0) {
    guint64 slice = MIN (usec, DELAY_SLICE_US);

    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
    ub_programmer_delay (self->programmer, slice);
    usec -= slice;
  }
  return TRUE;
}

/* Makes the flash object when the flash behind @id reads stably; otherwise @evidence says what is wrong. */
static gboolean
identify (UbSession *self, guint32 id, UbEvidence *evidence, GError **error)
{
  gboolean known = FALSE;
  UbFlashPart part;

  if (!ub_identify_part (self->programmer, id, evidence, &part, &known, error))
    return FALSE;
  if (!known)
    return TRUE;

  switch (part.origin) {
  case UB_FLASH_PART_TABLE:
    break;
  case UB_FLASH_PART_SFDP:
    add_note (self,
              g_strdup_printf (_ ("The flash with the ID %06X is not in Unbrick’s table; its own "
                                  "description is used (%u KiB)."),
                               id, part.size / 1024));
    break;
  case UB_FLASH_PART_GUESSED:
    add_note (self,
              g_strdup_printf (_ ("The flash with the ID %06X is unknown and does not describe "
                                  "itself; its size is taken to be %u KiB, and it is erased in "
                                  "steps of 4 KiB."),
                               id, part.size / 1024));
    break;
  }
  self->jedec_id = id;
  self->flash = ub_flash_new (self->programmer, &part);
  return TRUE;
}

/* Reads the ID until it is there or patience ends. */
static gboolean
poll_id (UbSession *self, const UbAttempt *attempt, UbEvidence *evidence, GError **error)
{
  gint64 begin = ub_programmer_get_time (self->programmer);
  guint32 id = 0;

  do {
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
    if (!ub_handshake_read_id (self->programmer, evidence, &id, error))
      return FALSE;
    publish_evidence (self, evidence);
    if (id != 0)
      return identify (self, id, evidence, error);
    ub_programmer_delay (self->programmer, ID_POLL_INTERVAL_US);
  } while ((guint64) (ub_programmer_get_time (self->programmer) - begin) <
           ub_attempt_get_patience (attempt, evidence));

  return TRUE;
}

static gboolean
attempt_with_reset (UbSession *self, const UbAttempt *attempt, UbEvidence *evidence, GError **error)
{
  publish (self, UB_CONNECT_STEP_RESET);
  if (!ub_programmer_set_reset (self->programmer, TRUE, error) ||
      !wait_cancellable (self, attempt->cen_low_ms * 1000, error) ||
      !ub_programmer_set_reset (self->programmer, FALSE, error))
    return FALSE;

  publish (self, UB_CONNECT_STEP_WAIT);
  ub_programmer_delay (self->programmer, attempt->delay_ms * 1000);
  if (!ub_handshake_stream (self->programmer, attempt->max_frame, STREAM_US,
                            ub_attempt_get_stream_extension (attempt), evidence, self->cancellable,
                            error))
    return FALSE;

  publish (self, UB_CONNECT_STEP_IDENTIFY);
  return poll_id (self, attempt, evidence, error);
}

/* Asks for the person's hand, and tells once a second how long it is waited for. */
static void
publish_hand (UbSession *self, guint64 left_us)
{
  guint seconds = (guint) ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);

  if (self->state.needs_hand && self->state.hand_seconds == seconds)
    return;
  self->state.needs_hand = TRUE;
  self->state.hand_seconds = seconds;
  publish (self, UB_CONNECT_STEP_WAIT);
}

/* Streams and looks in turn until the person has reset the module. When that was noticed and still no ID
 * came, the next attempt with other settings is due. */
static gboolean
attempt_by_hand (UbSession *self, guint index, UbEvidence *evidence, GError **error)
{
  const UbAttempt *attempt = ub_attempt_get (index);
  guint64 patience = ub_attempt_get_hand_patience (index);
  guint64 after = ub_attempt_get_hand_patience_after (index);
  gint64 begin = ub_programmer_get_time (self->programmer);
  guint64 passed = 0;
  guint32 id = 0;

  do {
    publish_hand (self, patience - passed + after);
    if (!ub_handshake_stream (self->programmer, attempt->max_frame, HAND_STREAM_US,
                              ub_attempt_get_stream_extension (attempt), evidence,
                              self->cancellable, error) ||
        !ub_handshake_read_id (self->programmer, evidence, &id, error))
      return FALSE;
    publish_evidence (self, evidence);
    passed = ub_programmer_get_time (self->programmer) - begin;
  } while (id == 0 && !evidence->d2_seen && passed < patience);

  self->state.needs_hand = FALSE;
  publish (self, UB_CONNECT_STEP_IDENTIFY);
  return id != 0 ? identify (self, id, evidence, error) : poll_id (self, attempt, evidence, error);
}

static gboolean
set_clock_and_mode (UbSession *self, guint clock_hz, guint mode, GError **error)
{
  self->state.mode = mode;
  return ub_programmer_set_mode (self->programmer, mode, error) &&
         ub_programmer_set_clock (self->programmer, clock_hz, NULL, error);
}

static guint
get_attempt_clock (UbSession *self, guint i)
{
  guint fixed = ub_programmer_get_fixed_clock (self->programmer);

  if (fixed != 0)
    return fixed;
  return MIN (ub_attempt_get (i)->clock_hz, ub_programmer_get_clock_ceiling (self->programmer));
}

/* The modes to try, the likely one first. */
static guint
get_modes (UbSession *self, guint modes[2])
{
  guint possible = ub_programmer_get_limits (self->programmer)->modes;
  int fixed = ub_programmer_get_fixed_mode (self->programmer);
  guint n = 0;

  if (fixed >= 0)
    possible &= 1u << fixed;
  if ((possible & 1u << 0) != 0)
    modes[n++] = 0;
  if ((possible & 1u << 3) != 0)
    modes[n++] = 3;
  return n;
}

/* A module that is in download mode already, from an earlier session that was torn off, is taken as it is. */
static gboolean
look_without_reset (UbSession *self, const guint *modes, guint n_modes, GError **error)
{
  gboolean has_reset = ub_programmer_get_limits (self->programmer)->has_reset;
  guint n = ub_attempt_get_count (TRUE);

  /* Where a reset costs nothing, one look is enough; a person's hand is worth looking at every clock and mode. */
  if (has_reset)
    n = n_modes = 1;
  publish (self, UB_CONNECT_STEP_IDENTIFY);
  for (guint i = 0; i < n; i++) {
    guint hz = get_attempt_clock (self, i);

    if (i > 0 && hz >= get_attempt_clock (self, i - 1))
      continue;
    for (guint j = 0; j < n_modes; j++) {
      UbEvidence evidence;
      guint32 id = 0;

      ub_evidence_init (&evidence);
      if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
        return FALSE;
      if (!set_clock_and_mode (self, hz, modes[j], error) ||
          !ub_handshake_read_id (self->programmer, &evidence, &id, error))
        return FALSE;
      if (id != 0 && !identify (self, id, &evidence, error))
        return FALSE;
      if (self->flash != NULL) {
        publish_evidence (self, &evidence);
        g_message ("The module is in download mode already");
        return TRUE;
      }
    }
  }
  return TRUE;
}

static gboolean
make_attempts (UbSession *self, const guint *modes, guint n_modes, GError **error)
{
  gboolean has_reset = ub_programmer_get_limits (self->programmer)->has_reset;
  UbAttemptLog log = { 0 };

  self->state.n_attempts = ub_attempt_get_count (!has_reset);
  for (guint i = 0; i < self->state.n_attempts && !ub_attempt_log_is_enough (&log); i++) {
    UbEvidence evidence;
    gboolean ok;

    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
    ub_evidence_init (&evidence);
    self->state.attempt = i + 1;
    if (!set_clock_and_mode (self, get_attempt_clock (self, i), modes[i % n_modes], error))
      return FALSE;
    g_debug ("attempt %u: %u Hz, mode %u", i + 1, ub_programmer_get_clock (self->programmer),
             self->state.mode);
    if (has_reset)
      ok = attempt_with_reset (self, ub_attempt_get (i), &evidence, error);
    else
      ok = attempt_by_hand (self, i, &evidence, error);
    if (!ok)
      return FALSE;
    if (self->flash != NULL)
      return TRUE;
    ub_attempt_log_add (&log, &evidence);
  }

  ub_evidence_set_error (&log.best, log.n, error);
  return FALSE;
}

static gboolean
find_clock (UbSession *self, GError **error)
{
  gboolean proven = TRUE;

  if (ub_programmer_get_fixed_clock (self->programmer) != 0)
    return TRUE;

  publish (self, UB_CONNECT_STEP_CLOCK);
  if (!ub_clock_search (self->flash, &self->state, self->func, self->user_data, &proven,
                        self->cancellable, error))
    return FALSE;
  if (!proven)
    add_note (self,
              g_strdup (_ ("The flash holds nothing to test the clock with; it was tested with "
                           "the flash’s own identification alone.")));
  return TRUE;
}

static gboolean
connect_to_module (UbSession *self, GError **error)
{
  const UbFlashPart *part;
  guint modes[2];
  guint n_modes;
  g_autofree char *clock = NULL;

  publish (self, UB_CONNECT_STEP_OPEN);
  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;
  if (!ub_programmer_open (self->programmer, error))
    return FALSE;

  n_modes = get_modes (self, modes);
  if (n_modes == 0) {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING, _ ("this programmer cannot do SPI mode %d"),
                 ub_programmer_get_fixed_mode (self->programmer));
    return FALSE;
  }
  if (!look_without_reset (self, modes, n_modes, error))
    return FALSE;
  if (self->flash == NULL && !make_attempts (self, modes, n_modes, error))
    return FALSE;
  if (!find_clock (self, error))
    return FALSE;

  if (!ub_programmer_get_limits (self->programmer)->has_reset)
    add_note (self,
              g_strdup (_ ("Nothing drives CEN: switch the module’s power off and on when you "
                           "are done, to start its firmware.")));
  publish (self, UB_CONNECT_STEP_READY);
  part = ub_flash_get_part (self->flash);
  clock = ub_clock_format (ub_programmer_get_clock (self->programmer));
  g_message ("Connected: flash %06X (%s), %u KiB, mode %u, %s", self->jedec_id,
             part->name != NULL ? part->name : "unknown", part->size / 1024, self->state.mode,
             clock);
  return TRUE;
}

static void
ub_session_dispose (GObject *object)
{
  UbSession *self = UB_SESSION (object);

  if (self->programmer != NULL)
    ub_session_close (self);
  g_clear_object (&self->flash);
  g_clear_object (&self->programmer);

  G_OBJECT_CLASS (ub_session_parent_class)->dispose (object);
}

static void
ub_session_finalize (GObject *object)
{
  g_ptr_array_unref (UB_SESSION (object)->notes);

  G_OBJECT_CLASS (ub_session_parent_class)->finalize (object);
}

static void
ub_session_class_init (UbSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ub_session_dispose;
  object_class->finalize = ub_session_finalize;
}

static void
ub_session_init (UbSession *self)
{
  self->notes = g_ptr_array_new_with_free_func (g_free);
  self->state.n_attempts = ub_attempt_get_count (FALSE);
}

/**
 * ub_session_open:
 * @programmer: a closed programmer; its fixed clock, clock ceiling and fixed mode are honoured
 * @func: (nullable) (scope call): called in this thread when there is news of where connecting stands
 * @user_data: for @func
 * @cancellable: (nullable): checked between any two batches and waits
 * @error: return location for an error
 *
 * Opens @programmer, brings the module into download mode, identifies its flash and finds the fastest
 * clock that reads reliably. A module that is in download mode already is not reset. Blocks; at 1 MHz
 * and above it takes less than half a second with a healthy module, and less than ten until it gives up.
 * Without a CEN line the person has to reset the module, see #UbConnectState.needs_hand, and has two minutes
 * for it.
 *
 * The error is the programmer's own where it failed; otherwise it tells which wire the evidence points
 * to: %UB_ERROR_MISO_LOW, %UB_ERROR_MISO_HIGH, %UB_ERROR_NO_DOWNLOAD_MODE, %UB_ERROR_NO_FLASH_ID or
 * %UB_ERROR_UNSTABLE. After any error the module was reset and @programmer is closed.
 *
 * Returns: (transfer full): an open session, or %NULL
 */
UbSession *
ub_session_open (UbProgrammer *programmer,
                 UbConnectFunc func,
                 gpointer user_data,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (UbSession) self = NULL;
  gboolean ok;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), NULL);
  g_return_val_if_fail (!ub_programmer_is_open (programmer), NULL);

  self = g_object_new (UB_TYPE_SESSION, NULL);
  self->programmer = g_object_ref (programmer);
  self->func = func;
  self->user_data = user_data;
  self->cancellable = cancellable;
  ok = connect_to_module (self, error);
  self->func = NULL;
  self->user_data = NULL;
  self->cancellable = NULL;

  return ok ? g_steal_pointer (&self) : NULL;
}

/**
 * ub_session_close:
 * @self: a session
 *
 * Resets the module, so that it starts its firmware, releases all lines and closes the programmer. A
 * programmer that fails meanwhile is closed all the same. Does nothing the second time.
 */
void
ub_session_close (UbSession *self)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (UB_IS_SESSION (self));

  if (!ub_programmer_is_open (self->programmer))
    return;

  if (ub_programmer_get_limits (self->programmer)->has_reset) {
    if (ub_programmer_set_reset (self->programmer, TRUE, &error))
      ub_programmer_delay (self->programmer, CLOSING_RESET_US);
    else
      g_info ("The module was not reset at the end: %s", error->message);
    g_clear_error (&error);
    if (!ub_programmer_set_reset (self->programmer, FALSE, &error))
      g_info ("CEN was not released at the end: %s", error->message);
  }
  ub_programmer_close (self->programmer);
}

/**
 * ub_session_get_flash:
 * @self: a session
 *
 * Returns: (transfer none): the module's flash; usable until ub_session_close()
 */
UbFlash *
ub_session_get_flash (UbSession *self)
{
  g_return_val_if_fail (UB_IS_SESSION (self), NULL);

  return self->flash;
}

/**
 * ub_session_get_jedec_id:
 * @self: a session
 *
 * Returns: the flash's ID as it came over the wire, 0x1C7015 for 1C 70 15
 */
guint32
ub_session_get_jedec_id (UbSession *self)
{
  g_return_val_if_fail (UB_IS_SESSION (self), 0);

  return self->jedec_id;
}

/**
 * ub_session_get_notes:
 * @self: a session
 *
 * Returns: (transfer none) (element-type utf8): translated sentences about this module and these wires
 *   that belong into a job's report, possibly none
 */
GPtrArray *
ub_session_get_notes (UbSession *self)
{
  g_return_val_if_fail (UB_IS_SESSION (self), NULL);

  return self->notes;
}

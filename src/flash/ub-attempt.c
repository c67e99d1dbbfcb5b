/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-attempt"

#include "config.h"

#include "ub-attempt.h"

#include <string.h>

/*
 * The fast clocks come first because they are the likely ones; the first attempt is short because it
 * nearly always works. Every clock comes twice, once for each mode or twice with the one there is. 25
 * and 250 bytes per frame are what BK7231GUIFlashTool and the seed article's program send.
 *
 * What holds CEN up beside the chip, a capacitor or a voltage supervisor, may want a longer pulse: a second, as
 * the seed article's program has it, comes in mode 0 and at a clock that any wires carry.
 *
 * Flash initialisation after entry takes up to 40 ms (Apache02/bk7252-cam, flash_spi_mode.md); a second
 * is patience, for which once is enough: a module that needs as long needs it at every clock, and shows
 * so by announcing itself. All of them fail within eight seconds, which is as long as a person who
 * moves a wire wants to wait for an answer.
 */
static const UbAttempt attempts[] = {
  { 1000000, 100, 0, 25, 1000 }, { 1000000, 200, 0, 25, 250 }, { 100000, 100, 0, 25, 500 },
  { 100000, 200, 3, 250, 250 },  { 30000, 300, 0, 25, 500 },   { 30000, 100, 5, 250, 250 },
  { 10000, 100, 0, 25, 500 },    { 10000, 200, 5, 25, 250 },   { 3000, 1000, 0, 25, 500 },
  { 3000, 100, 2, 25, 250 },     { 1000000, 300, 5, 2, 250 },  { 1000000, 500, 8, 250, 250 },
  { 100000, 300, 10, 2, 250 },   { 100000, 300, 2, 250, 250 },
};

/* So many are made whatever they bring: every clock in both modes. Those behind vary the timing of a reset that
 * brought nothing, or not always the same. */
#define N_ALWAYS 10

/* A hand on the power switch: the first attempt has time for the person to read what to do and to do it; the
 * next ones for doing it again. */
#define HAND_FIRST_US (30 * 1000 * 1000)
#define HAND_NEXT_US (10 * 1000 * 1000)

/**
 * ub_attempt_get_count:
 * @by_hand: whether a person resets the module, so that there is no timing to vary
 *
 * Returns: how many attempts there are
 */
guint
ub_attempt_get_count (gboolean by_hand)
{
  return by_hand ? N_ALWAYS : G_N_ELEMENTS (attempts);
}

/**
 * ub_attempt_get:
 * @index: from 0
 *
 * Returns: (transfer none): the attempt
 */
const UbAttempt *
ub_attempt_get (guint index)
{
  g_return_val_if_fail (index < G_N_ELEMENTS (attempts), &attempts[0]);

  return &attempts[index];
}

/**
 * ub_attempt_get_patience:
 * @self: an attempt
 * @evidence: what it brought so far
 *
 * Returns: for how many microseconds the ID is worth waiting for: less where nothing tells that there is
 *   a module in download mode
 */
guint64
ub_attempt_get_patience (const UbAttempt *self, const UbEvidence *evidence)
{
  guint64 patience = (guint64) self->patience_ms * 1000;

  return evidence->d2_seen || evidence->id_seen ? patience : patience / 2;
}

/**
 * ub_attempt_get_stream_extension:
 * @self: an attempt
 *
 * The window was measured as 5 to 53 ms on a BK7252 (Apache02/bk7252-cam, flash_spi_mode.md); the data
 * sheet of the same chip says “within a few hundred milliseconds”.
 *
 * Returns: for how many microseconds the stream goes on where the module still announces itself
 */
guint64
ub_attempt_get_stream_extension (const UbAttempt *self)
{
  return (guint64) self->patience_ms * 1000 / 4;
}

/**
 * ub_attempt_get_hand_patience:
 * @index: of an attempt by hand
 *
 * Returns: for how many microseconds it waits for the hand
 */
guint64
ub_attempt_get_hand_patience (guint index)
{
  return index == 0 ? HAND_FIRST_US : HAND_NEXT_US;
}

/**
 * ub_attempt_get_hand_patience_after:
 * @index: of an attempt by hand
 *
 * Returns: for how many microseconds all later ones wait
 */
guint64
ub_attempt_get_hand_patience_after (guint index)
{
  guint64 sum = 0;

  for (guint i = index + 1; i < N_ALWAYS; i++)
    sum += ub_attempt_get_hand_patience (i);
  return sum;
}

static gboolean
is_alike (const UbEvidence *a, const UbEvidence *b)
{
  return ub_evidence_get_verdict (a) == ub_evidence_get_verdict (b) && a->d2_seen == b->d2_seen &&
         a->all_and == b->all_and && a->all_or == b->all_or &&
         memcmp (a->last_reply, b->last_reply, sizeof a->last_reply) == 0;
}

/**
 * ub_attempt_log_add:
 * @self: (inout): attempts that failed; all zeros in the beginning
 * @evidence: of one more
 */
void
ub_attempt_log_add (UbAttemptLog *self, const UbEvidence *evidence)
{
  self->all_alike = self->n == 0 || (self->all_alike && is_alike (evidence, &self->last));
  self->always_announced = evidence->d2_seen && (self->n == 0 || self->always_announced);
  if (self->n == 0 || ub_evidence_get_verdict (evidence) >= ub_evidence_get_verdict (&self->best))
    self->best = *evidence;
  self->last = *evidence;
  self->n++;
}

/**
 * ub_attempt_log_is_enough:
 * @self: attempts that failed
 *
 * Returns: whether more of them would tell nothing new: every clock and mode brought the same, or the
 *   module was always caught, so that the timing of the reset is not what is wrong
 */
gboolean
ub_attempt_log_is_enough (const UbAttemptLog *self)
{
  return self->n >= N_ALWAYS && (self->all_alike || self->always_announced);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-handshake"

#include "config.h"

#include "ub-handshake.h"

#include "ub-error.h"
#include "ub-flash-part.h"

#include <glib/gi18n.h>
#include <string.h>

/* What the module says while it can be caught, and what it wants to hear. */
#define HANDSHAKE_BYTE 0xD2

/* JEDEC read identification: every serial flash answers manufacturer, type, capacity. */
#define READ_ID 0x9F

/* How long one exchange of the stream keeps the bus busy: short against the window of 48 ms, long
 * against the milliseconds that a USB round trip costs. */
#define STREAM_CHUNK_US 8000

/* Exchanges that hold little, as with a small spidev buffer at a high clock, follow each other at this
 * pace: six fall into the window all the same, and each is a system call. */
#define STREAM_PACE_US 8000

/* So many frames in one exchange are enough: six exchanges fall into the window, and two bytes in one frame
 * enter (Apache02/bk7252-cam). On a CH341A a frame costs three packets of 32 bytes, each of which takes as long as
 * the bytes in it; 60 frames are longer than the window there. */
#define STREAM_MAX_FRAMES 16

/* So many equal bytes in a row are no coincidence. */
#define MIN_RUN 4

/**
 * ub_evidence_init:
 * @self: (out caller-allocates): to be emptied
 */
void
ub_evidence_init (UbEvidence *self)
{
  *self = (UbEvidence) { .all_and = 0xFF };
}

/* The module shifts 0xD2 out for as long as the clock runs, whatever chip select does, so it may arrive
 * rotated by any number of bits. */
static gboolean
is_rotated_handshake_byte (guint8 byte)
{
  for (guint i = 0; i < 8; i++) {
    if (byte == (guint8) ((HANDSHAKE_BYTE << i | HANDSHAKE_BYTE >> (8 - i)) & 0xFF))
      return TRUE;
  }
  return FALSE;
}

static gboolean
is_announcing (const UbEvidence *self)
{
  return self->run_length >= 2 && is_rotated_handshake_byte (self->run_byte);
}

/**
 * ub_evidence_add_stream:
 * @self: evidence
 * @bytes: (array length=n): what was received while 0xD2 was sent
 * @n: their number
 *
 * A lone 0xD2 in noise proves nothing: it takes four in a row, or one followed by the silence of a
 * module that has just entered download mode.
 */
void
ub_evidence_add_stream (UbEvidence *self, const guint8 *bytes, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    self->all_and &= bytes[i];
    self->all_or |= bytes[i];

    if (self->run_length > 0 && bytes[i] == self->run_byte) {
      self->run_length++;
    } else {
      self->before_run = self->run_length > 0 ? self->run_byte : 0;
      self->run_byte = bytes[i];
      self->run_length = 1;
    }
    if (self->run_length < MIN_RUN)
      continue;
    if (is_rotated_handshake_byte (self->run_byte) ||
        (self->before_run == HANDSHAKE_BYTE && (self->run_byte == 0x00 || self->run_byte == 0xFF)))
      self->d2_seen = TRUE;
  }
}

static guint32
get_id (const guint8 bytes[3])
{
  return (guint32) bytes[0] << 16 | (guint32) bytes[1] << 8 | bytes[2];
}

/**
 * ub_evidence_add_id_replies:
 * @self: evidence
 * @replies: (array length=n): what was received while `9F 00 00 00` was sent
 * @n: their number, one after the other
 */
void
ub_evidence_add_id_replies (UbEvidence *self, const guint8 (*replies)[4], guint n)
{
  guint n_announced = 0;

  for (guint i = 0; i < n; i++) {
    const guint8 *id = replies[i] + 1; /* byte 0 is undefined */

    for (guint j = 0; j < 3; j++) {
      self->all_and &= id[j];
      self->all_or |= id[j];
    }
    if (id[0] == HANDSHAKE_BYTE && id[1] == 0 && id[2] == 0)
      n_announced++;
    if (i == 0 || !ub_handshake_is_plausible_id (id))
      continue;
    if (memcmp (id, replies[i - 1] + 1, 3) != 0)
      self->n_different_ids++;
    else if (ub_flash_part_lookup (get_id (id)) != NULL)
      self->id_seen = TRUE;
  }
  if (n_announced >= 2)
    self->d2_seen = TRUE;
  if (n > 0)
    memcpy (self->last_reply, replies[n - 1], 4);
}

/**
 * ub_evidence_get_verdict:
 * @self: the evidence of an attempt that failed
 *
 * Returns: what it amounts to
 */
UbVerdict
ub_evidence_get_verdict (const UbEvidence *self)
{
  if (self->all_or == 0x00 || self->all_and == 0xFF)
    return UB_VERDICT_CONSTANT;
  /* Noise and running firmware look like IDs that change all the time, or like one that means nothing. Without
   * a word of the module itself, none of that is evidence of a flash. */
  if (!self->d2_seen && !self->id_seen)
    return UB_VERDICT_NO_D2;
  if (self->strange_id != 0)
    return UB_VERDICT_NO_ID;
  if (self->content_changed || self->id_seen || self->n_different_ids > 2)
    return UB_VERDICT_UNSTABLE;
  return UB_VERDICT_NO_ID;
}

/**
 * ub_evidence_set_error:
 * @self: the evidence of the attempt that came furthest
 * @n_attempts: how many were made
 * @error: (out): return location for the error that @self points to: %UB_ERROR_MISO_LOW,
 *   %UB_ERROR_MISO_HIGH, %UB_ERROR_NO_DOWNLOAD_MODE, %UB_ERROR_NO_FLASH_ID or %UB_ERROR_UNSTABLE
 */
void
ub_evidence_set_error (const UbEvidence *self, guint n_attempts, GError **error)
{
  const guint8 *r = self->last_reply;
  g_autofree char *raw = g_strdup_printf ("%02X %02X %02X %02X", r[0], r[1], r[2], r[3]);
  UbError code = UB_ERROR_FAILED;
  const char *facts = NULL;

  switch (ub_evidence_get_verdict (self)) {
  case UB_VERDICT_CONSTANT:
    if (self->all_or == 0x00) {
      code = UB_ERROR_MISO_LOW;
      facts = _ ("the module does not answer: MISO is always low");
    } else {
      code = UB_ERROR_MISO_HIGH;
      facts = _ ("the module does not answer: MISO is always high");
    }
    break;
  case UB_VERDICT_NO_D2:
    code = UB_ERROR_NO_DOWNLOAD_MODE;
    facts = _ ("MISO moves, but the module never announced download mode (D2)");
    break;
  case UB_VERDICT_NO_ID:
    code = UB_ERROR_NO_FLASH_ID;
    if (self->strange_id != 0)
      facts = _ ("the flash tells an ID from which its size cannot be known");
    else if (r[0] == READ_ID && r[1] == 0 && r[2] == 0 && r[3] == 0)
      facts = _ ("MISO repeats what MOSI sends: the two wires seem to touch");
    else
      facts = _ ("the module announced download mode (D2), but the flash does not tell its ID");
    break;
  case UB_VERDICT_UNSTABLE:
    code = UB_ERROR_UNSTABLE;
    facts = self->content_changed
                ? _ ("the flash answers, but reads differently each time")
                : _ ("the module answers, but the flash’s ID differs from one read to the next");
    break;
  }
  /* Translators: first what was seen, then how often it was tried, then bytes in hexadecimal */
  g_set_error (
      error, UB_ERROR, code,
      ngettext ("%s (%u attempt; last reply %s)", "%s (%u attempts; last reply %s)", n_attempts),
      facts, n_attempts, raw);
}

/**
 * ub_handshake_is_plausible_id:
 * @id: manufacturer, type and capacity
 *
 * A silent line reads 000000 or FFFFFF, a module that is just entering download mode D2 00 00, a clock
 * that is off by one byte shows one of these in front. No manufacturer has the code 00, FF or D2.
 *
 * Returns: whether @id may be a flash's
 */
gboolean
ub_handshake_is_plausible_id (const guint8 id[3])
{
  if (id[0] == 0x00 || id[0] == 0xFF)
    return FALSE;
  if (id[0] == HANDSHAKE_BYTE || id[1] == HANDSHAKE_BYTE || id[2] == HANDSHAKE_BYTE)
    return FALSE;
  return !(id[0] == id[1] && id[1] == id[2]);
}

/* Bytes under one chip select, at about 2 ms of bus time: short enough at low clocks for whole frames
 * to fall inside the window. Two bytes in one frame are known to be enough (Apache02/bk7252-cam). */
static gsize
get_frame_size (UbProgrammer *programmer, gsize max_frame)
{
  guint hz = ub_programmer_get_clock (programmer);
  gsize size = hz / 8 / 500;

  /* Two bytes at 1 kHz last 16 ms; below that, one must do. */
  size = CLAMP (size, hz >= 1000 ? 2 : 1, max_frame);
  return MIN (size, ub_programmer_get_limits (programmer)->max_transaction);
}

static guint
get_n_frames (UbProgrammer *programmer, gsize frame)
{
  const UbProgrammerLimits *limits = ub_programmer_get_limits (programmer);
  guint64 bytes = (guint64) ub_programmer_get_clock (programmer) * STREAM_CHUNK_US / 8 / 1000000;

  bytes = MIN (bytes, limits->max_batch / (frame + limits->transaction_cost) * frame);
  return CLAMP (bytes / frame, 1, STREAM_MAX_FRAMES);
}

/**
 * ub_handshake_stream:
 * @programmer: an open programmer with clock and mode set
 * @max_frame: at most so many bytes under one chip select
 * @duration_us: how long to stream, in microseconds on the programmer's clock
 * @extension_us: for how much longer, as long as the module still announces itself
 * @evidence: (inout): what was received is added
 * @cancellable: (nullable): checked before every batch
 * @error: return location for an error of the programmer or %G_IO_ERROR_CANCELLED
 *
 * Sends 0xD2 by time, not by number: at 30 MHz as at 3 kHz some of it falls into the window in which the
 * module listens.
 *
 * Returns: whether the programmer did it
 */
gboolean
ub_handshake_stream (UbProgrammer *programmer,
                     gsize max_frame,
                     guint64 duration_us,
                     guint64 extension_us,
                     UbEvidence *evidence,
                     GCancellable *cancellable,
                     GError **error)
{
  gsize frame = get_frame_size (programmer, max_frame);
  guint n_frames = get_n_frames (programmer, frame);
  g_autofree guint8 *tx = g_malloc (frame);
  g_autofree guint8 *rx = g_malloc (frame * n_frames);
  g_autofree UbTransaction *batch = g_new (UbTransaction, n_frames);
  guint64 chunk_us =
      (guint64) frame * n_frames * 8 * 1000000 / ub_programmer_get_clock (programmer);
  gint64 begin = ub_programmer_get_time (programmer);
  guint64 passed;

  chunk_us = MAX (chunk_us, STREAM_PACE_US);
  memset (tx, HANDSHAKE_BYTE, frame);
  for (guint i = 0; i < n_frames; i++) {
    batch[i] = (UbTransaction) {
      .tx = tx, .n_tx = frame, .rx = rx + i * frame, .n_rx = frame, .duplex = TRUE
    };
  }

  do {
    gint64 chunk_begin = ub_programmer_get_time (programmer);
    guint64 taken;

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
    if (!ub_programmer_exchange (programmer, batch, n_frames, error))
      return FALSE;
    ub_evidence_add_stream (evidence, rx, frame * n_frames);
    /* Never ahead of the bits' own time, whatever an adapter says it has done already. */
    taken = ub_programmer_get_time (programmer) - chunk_begin;
    if (taken < chunk_us)
      ub_programmer_delay (programmer, chunk_us - taken);
    passed = ub_programmer_get_time (programmer) - begin;
  } while (passed < duration_us ||
           (is_announcing (evidence) && passed < duration_us + extension_us));

  return TRUE;
}

/**
 * ub_handshake_read_id:
 * @programmer: an open programmer with clock and mode set
 * @evidence: (inout): the replies are added
 * @out_id: (out): the JEDEC ID as it comes over the wire, 0x1C7015 for 1C 70 15, or 0 when the replies
 *   were none or differed
 * @error: return location for an error of the programmer
 *
 * Reads the JEDEC ID three times, each under its own chip select.
 *
 * Returns: whether the programmer did it
 */
gboolean
ub_handshake_read_id (UbProgrammer *programmer,
                      UbEvidence *evidence,
                      guint32 *out_id,
                      GError **error)
{
  static const guint8 tx[4] = { READ_ID };
  guint8 replies[3][4] = { 0 };
  UbTransaction batch[3];
  const guint8 *id = replies[0] + 1;

  *out_id = 0;
  for (guint i = 0; i < G_N_ELEMENTS (batch); i++) {
    batch[i] = (UbTransaction) {
      .tx = tx, .n_tx = sizeof tx, .rx = replies[i], .n_rx = sizeof replies[i], .duplex = TRUE
    };
  }
  if (!ub_programmer_exchange (programmer, batch, G_N_ELEMENTS (batch), error))
    return FALSE;

  ub_evidence_add_id_replies (evidence, replies, G_N_ELEMENTS (replies));
  if (ub_handshake_is_plausible_id (id) && memcmp (id, replies[1] + 1, 3) == 0 &&
      memcmp (id, replies[2] + 1, 3) == 0)
    *out_id = get_id (id);
  return TRUE;
}

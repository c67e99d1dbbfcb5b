/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-programmer.h"

G_BEGIN_DECLS

/**
 * UbEvidence:
 * @all_and: every received byte, bitwise and
 * @all_or: every received byte, bitwise or
 * @run_byte: the byte received last
 * @run_length: how often in a row it was received
 * @before_run: the byte received before that run
 * @d2_seen: the module announced itself with 0xD2
 * @id_seen: the JEDEC ID of a flash that is known was received twice in a row, which noise does not do
 * @n_different_ids: plausible IDs that differed from the one before
 * @strange_id: a stable ID that is in no table and tells no size, or 0
 * @content_changed: two reads of the same bytes differed
 * @last_reply: the last reply to an ID read, the undefined first byte included
 *
 * What came over MISO in one attempt to enter download mode, as far as it tells which wire is wrong.
 */
typedef struct {
  guint8 all_and;
  guint8 all_or;
  guint8 run_byte;
  guint run_length;
  guint8 before_run;
  gboolean d2_seen;
  gboolean id_seen;
  guint n_different_ids;
  guint32 strange_id;
  gboolean content_changed;
  guint8 last_reply[4];
} UbEvidence;

/**
 * UbVerdict:
 * @UB_VERDICT_CONSTANT: MISO did not move
 * @UB_VERDICT_NO_D2: it moved, but the module never announced itself
 * @UB_VERDICT_NO_ID: it announced itself, but the flash does not tell its ID
 * @UB_VERDICT_UNSTABLE: the ID or the content differs from one read to the next
 *
 * What an attempt's evidence amounts to, in the order of how far it came.
 */
typedef enum {
  UB_VERDICT_CONSTANT,
  UB_VERDICT_NO_D2,
  UB_VERDICT_NO_ID,
  UB_VERDICT_UNSTABLE,
} UbVerdict;

void ub_evidence_init (UbEvidence *self);
void ub_evidence_add_stream (UbEvidence *self, const guint8 *bytes, gsize n);
void ub_evidence_add_id_replies (UbEvidence *self, const guint8 (*replies)[4], guint n);
UbVerdict ub_evidence_get_verdict (const UbEvidence *self);
void ub_evidence_set_error (const UbEvidence *self, guint n_attempts, GError **error);

gboolean ub_handshake_stream (UbProgrammer *programmer,
                              gsize max_frame,
                              guint64 duration_us,
                              guint64 extension_us,
                              UbEvidence *evidence,
                              GCancellable *cancellable,
                              GError **error);
gboolean ub_handshake_read_id (UbProgrammer *programmer,
                               UbEvidence *evidence,
                               guint32 *out_id,
                               GError **error);
gboolean ub_handshake_is_plausible_id (const guint8 id[3]);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * UbPhase:
 * @UB_PHASE_CONNECT: reset, download mode, identification, clock search
 * @UB_PHASE_READ: reading the chip, for a backup, a rescue copy or a look
 * @UB_PHASE_SAVE: writing the backup or rescue copy to disk
 * @UB_PHASE_ERASE: erasing, in a job that only erases
 * @UB_PHASE_WRITE: erasing, programming and reading back
 * @UB_PHASE_VERIFY: comparing, in a job that only verifies
 * @UB_N_PHASES: their number
 *
 * The phases a job can have, in the order in which they come.
 */
typedef enum {
  UB_PHASE_CONNECT,
  UB_PHASE_READ,
  UB_PHASE_SAVE,
  UB_PHASE_ERASE,
  UB_PHASE_WRITE,
  UB_PHASE_VERIFY,
  UB_N_PHASES
} UbPhase;

/**
 * UbPhaseStatus:
 *
 * Where one phase stands.
 */
typedef enum {
  UB_PHASE_STATUS_ABSENT, /* this job does not have it */
  UB_PHASE_STATUS_WAITING,
  UB_PHASE_STATUS_ACTIVE,
  UB_PHASE_STATUS_DONE,
} UbPhaseStatus;

/**
 * UbProgressState:
 * @status: one for each phase
 * @phase: the active phase, or %UB_N_PHASES before the first and after the last
 * @fraction: 0 to 1 over all phases; never falls
 * @bytes_done: bytes of the active phase that are done
 * @bytes_total: bytes of the active phase in all; 0 where it does not count bytes
 * @rate: bytes a second over the active phase so far; 0 while unknown
 * @seconds_left: of the whole job; negative while unknown
 */
typedef struct {
  UbPhaseStatus status[UB_N_PHASES];
  UbPhase phase;
  double fraction;
  guint64 bytes_done;
  guint64 bytes_total;
  double rate;
  double seconds_left;
} UbProgressState;

#define UB_TYPE_PROGRESS (ub_progress_get_type ())
G_DECLARE_FINAL_TYPE (UbProgress, ub_progress, UB, PROGRESS, GObject)

UbProgress *ub_progress_new (void);
void ub_progress_declare (UbProgress *self, UbPhase phase, double seconds);
void ub_progress_begin (UbProgress *self, UbPhase phase, guint64 bytes_total, gint64 now_us);
void ub_progress_advance (UbProgress *self, guint64 bytes, gint64 now_us);
void ub_progress_extend (UbProgress *self, gint64 bytes);
void ub_progress_finish (UbProgress *self, gint64 now_us);
void ub_progress_get_state (UbProgress *self, UbProgressState *out_state);

const char *ub_phase_get_title (UbPhase phase);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-job"

#include "config.h"

#include "ub-job-private.h"

/* A phase of no known length still gets a little of the bar. */
#define MIN_PHASE_SECONDS 0.05

/**
 * ub_job_declare:
 * @self: a job
 * @phase: a phase it has
 * @seconds: how long it is expected to take; declare again when it is better known
 */
void
ub_job_declare (UbJob *self, UbPhase phase, double seconds)
{
  ub_progress_declare (ub_job_get_progress (self), phase, MAX (seconds, MIN_PHASE_SECONDS));
}

/* Before the clock is known: the one asked for, or the ceiling of the search. */
static guint
get_expected_clock (UbProgrammer *programmer)
{
  guint hz = ub_programmer_get_clock (programmer);

  if (hz == 0)
    hz = ub_programmer_get_fixed_clock (programmer);
  return hz != 0 ? hz : ub_programmer_get_clock_ceiling (programmer);
}

/**
 * ub_job_declare_bytes:
 * @self: a job
 * @phase: a phase that does nothing but read
 * @bytes: how many it reads
 *
 * Declares @phase with the time its bits take at the clock in use or, before connecting, expected.
 */
void
ub_job_declare_bytes (UbJob *self, UbPhase phase, guint64 bytes)
{
  ub_job_declare (self, phase,
                  (double) bytes * 8 / get_expected_clock (ub_job_get_programmer (self)));
}

/**
 * ub_job_begin:
 * @self: a job
 * @phase: a declared phase
 * @bytes_total: what it will advance by, 0 where it does not count bytes
 */
void
ub_job_begin (UbJob *self, UbPhase phase, guint64 bytes_total)
{
  g_info ("phase %d of “%s”, %" G_GUINT64_FORMAT " bytes", phase, ub_job_get_title (self),
          bytes_total);
  ub_progress_begin (ub_job_get_progress (self), phase, bytes_total,
                     ub_programmer_get_time (ub_job_get_programmer (self)));
}

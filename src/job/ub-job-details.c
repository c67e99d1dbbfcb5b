/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-job"

#include "config.h"

#include "ub-job-private.h"

#include "ub-clock-search.h"
#include "ub-error.h"

#include <glib/gi18n.h>

static void
add_machine (GString *text)
{
  g_autofree char *os = g_get_os_info (G_OS_INFO_KEY_PRETTY_NAME);

  g_string_append_printf (text, "Unbrick %s, GLib %u.%u.%u, %s\n", UB_VERSION, glib_major_version,
                          glib_minor_version, glib_micro_version, os != NULL ? os : "unknown OS");
}

static void
add_chip (GString *text, UbJob *self, const UbJobReport *report)
{
  g_autofree char *clock = ub_clock_format (report->clock_hz);

  if (report->jedec_id == 0) {
    g_string_append (text, "Chip: not identified\n");
    return;
  }
  g_string_append_printf (text, "Chip: %06X, %s, %u KiB, %s\n", report->jedec_id,
                          report->part != NULL ? report->part : "unknown part", report->size / 1024,
                          ub_family_get_title (report->family));
  g_string_append_printf (text, "Clock: %s, SPI mode %u\n", clock,
                          ub_programmer_get_mode (ub_job_get_programmer (self)));
}

static void
add_connecting (GString *text, UbJob *self)
{
  UbConnectState state;

  ub_job_get_connect_state (self, &state);
  if (state.attempt == 0)
    return;
  g_string_append_printf (
      text,
      "Connecting: step %d, attempt %u of %u, mode %u, %u Hz, 0xD2 %s, last reply "
      "%02X %02X %02X %02X\n",
      state.step, state.attempt, state.n_attempts, state.mode, state.clock_hz,
      state.d2_seen ? "seen" : "not seen", state.last_reply[0], state.last_reply[1],
      state.last_reply[2], state.last_reply[3]);
}

static void
add_phases (GString *text, UbJob *self)
{
  static const char *const status_names[] = { "absent", "waiting", "active", "done" };
  UbProgressState state;

  ub_progress_get_state (ub_job_get_progress (self), &state);
  for (int i = 0; i < UB_N_PHASES; i++) {
    if (state.status[i] != UB_PHASE_STATUS_ABSENT)
      g_string_append_printf (text, "Phase “%s”: %s\n", ub_phase_get_title (i),
                              status_names[state.status[i]]);
  }
  if (state.phase != UB_N_PHASES)
    g_string_append_printf (
        text, "Stopped at 0x%06X, %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT " bytes\n",
        ub_job_get_address (self), state.bytes_done, state.bytes_total);
}

/**
 * ub_job_dup_details:
 * @self: a job that ended
 * @error: (nullable): how, when it failed
 *
 * Describes the job for a bug report or a forum: versions, programmer, chip, clock, phases, the error
 * and the evidence. It holds no secrets; of files only what the error's message names.
 *
 * Returns: (transfer full): lines of text
 */
char *
ub_job_dup_details (UbJob *self, const GError *error)
{
  const UbJobReport *report;
  GString *text;

  g_return_val_if_fail (UB_IS_JOB (self), NULL);

  report = ub_job_get_report (self);
  text = g_string_new (NULL);
  add_machine (text);
  g_string_append_printf (text, "Job: %s\nProgrammer: %s\n", ub_job_get_title (self),
                          report->programmer);
  add_chip (text, self, report);
  add_connecting (text, self);
  add_phases (text, self);
  g_string_append_printf (text,
                          "Read %" G_GUINT64_FORMAT " bytes, programmed %" G_GUINT64_FORMAT
                          " bytes, erased %u sectors, skipped %u, retries %u, %.2f s\n",
                          report->bytes_read, report->bytes_programmed, report->sectors_erased,
                          report->sectors_skipped, report->retries, report->elapsed_s);
  g_string_append_printf (text, "Module: %s\n", ub_module_state_get_id (report->module_state));
  for (guint i = 0; i < report->notes->len; i++)
    g_string_append_printf (text, "Note: %s\n", (const char *) report->notes->pdata[i]);
  if (error != NULL)
    g_string_append_printf (text, "Error: %s: %s\n", ub_error_get_name (error), error->message);
  return g_string_free (text, FALSE);
}

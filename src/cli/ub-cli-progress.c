/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-cli"

#include "config.h"

#include "ub-cli-progress.h"

#include "ub-cli.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Without a terminal a long phase says how far it is this often. */
#define PLAIN_INTERVAL_US (10 * G_USEC_PER_SEC)

#define FALLBACK_COLUMNS 80

/*
 * Shows a job's progress on standard error: on a terminal one line that is drawn over, otherwise a line
 * for every phase that ends and now and then one in between.
 */
struct _UbCliProgress {
  UbJob *job;
  gboolean is_quiet;
  gboolean is_terminal;
  gboolean line_is_open;
  gboolean told[UB_N_PHASES];
  guint hand_attempt; /* the last attempt for which the person was asked to reset the module */
  gint64 last_plain_us;
};

/**
 * ub_cli_progress_new:
 * @job: a job
 * @is_quiet: show nothing but what the person has to do
 *
 * Returns: (transfer full): a display
 */
UbCliProgress *
ub_cli_progress_new (UbJob *job, gboolean is_quiet)
{
  UbCliProgress *self = g_new0 (UbCliProgress, 1);

  self->job = g_object_ref (job);
  self->is_quiet = is_quiet;
  self->is_terminal = isatty (STDERR_FILENO);
  self->last_plain_us = g_get_monotonic_time ();
  return self;
}

static void
close_line (UbCliProgress *self)
{
  if (self->line_is_open)
    fputs ("\r\033[K", stderr);
  self->line_is_open = FALSE;
}

/**
 * ub_cli_progress_free:
 * @self: a display
 *
 * Takes the line away.
 */
void
ub_cli_progress_free (UbCliProgress *self)
{
  if (self == NULL)
    return;
  close_line (self);
  g_object_unref (self->job);
  g_free (self);
}

/**
 * ub_cli_format_time_left:
 * @seconds: the time left
 *
 * Returns: (transfer full): it in words, coarse enough to be true
 */
char *
ub_cli_format_time_left (double seconds)
{
  guint minutes = (guint) (seconds / 60 + 0.5);
  guint whole = MAX ((guint) (seconds + 0.5), 1);

  if (whole < 60)
    return g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u second left", "%u seconds left", whole), whole);
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "about %u minute left", "about %u minutes left", minutes),
      minutes);
}

static const char *
get_connect_text (const UbConnectState *state)
{
  if (state->needs_hand)
    return _ ("reset the module now");
  switch (state->step) {
  case UB_CONNECT_STEP_OPEN:
    return _ ("opening the programmer");
  case UB_CONNECT_STEP_RESET:
    return _ ("resetting the module");
  case UB_CONNECT_STEP_WAIT:
    return _ ("waiting for the module");
  case UB_CONNECT_STEP_IDENTIFY:
    return _ ("identifying the flash");
  case UB_CONNECT_STEP_CLOCK:
    return _ ("finding the fastest clock");
  case UB_CONNECT_STEP_READY:
    return _ ("connected");
  }
  return "";
}

static char *
build_line (UbCliProgress *self, const UbProgressState *state)
{
  GString *line = g_string_new (NULL);

  g_string_append_printf (line, "[%3.0f %%] %s", state->fraction * 100,
                          ub_phase_get_title (state->phase));
  if (state->phase == UB_PHASE_CONNECT) {
    UbConnectState connect;

    ub_job_get_connect_state (self->job, &connect);
    g_string_append_printf (line, ": %s", get_connect_text (&connect));
    if (connect.needs_hand) {
      g_autofree char *left = ub_cli_format_time_left (connect.hand_seconds);

      g_string_append_printf (line, ", %s", left);
    }
    if (connect.attempt > 1)
      /* Translators: which attempt of how many, while connecting */
      g_string_append_printf (line, _ (" (attempt %u of %u)"), connect.attempt, connect.n_attempts);
    return g_string_free (line, FALSE);
  }
  if (state->rate > 0)
    g_string_append_printf (line, ", %.*f KiB/s", state->rate < 102400 ? 1 : 0, state->rate / 1024);
  if (state->seconds_left >= 0) {
    g_autofree char *left = ub_cli_format_time_left (state->seconds_left);

    g_string_append_printf (line, ", %s", left);
  }
  g_string_append_printf (line, ", 0x%06X", ub_job_get_address (self->job));
  return g_string_free (line, FALSE);
}

static guint
get_columns (void)
{
  struct winsize size;

  if (ioctl (STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1)
    return size.ws_col;
  return FALLBACK_COLUMNS;
}

/* Shortens @line so that it does not wrap: what has wrapped cannot be drawn over. */
static void
cut_to_width (char *line, guint width)
{
  char *end = line + strlen (line);

  while (ub_cli_get_width (line) > width) {
    end = g_utf8_prev_char (end);
    *end = '\0';
  }
}

static void
draw_line (UbCliProgress *self, const UbProgressState *state)
{
  g_autofree char *line = build_line (self, state);

  cut_to_width (line, get_columns () - 1);
  fprintf (stderr, "\r\033[K%s", line);
  fflush (stderr);
  self->line_is_open = TRUE;
}

static void
print_plain (UbCliProgress *self, const UbProgressState *state)
{
  gint64 now_us = g_get_monotonic_time ();

  for (int i = 0; i < UB_N_PHASES; i++) {
    if (state->status[i] != UB_PHASE_STATUS_DONE || self->told[i])
      continue;
    self->told[i] = TRUE;
    self->last_plain_us = now_us;
    fprintf (stderr, _ ("%s: done\n"), ub_phase_get_title (i));
  }
  if (state->phase != UB_N_PHASES && now_us - self->last_plain_us >= PLAIN_INTERVAL_US) {
    g_autofree char *line = build_line (self, state);

    self->last_plain_us = now_us;
    fprintf (stderr, "%s\n", line);
  }
}

/* Only the person can reset the module: said at once and every time, and how much time there is, whatever else
 * is not said. */
static void
ask_for_reset (UbCliProgress *self)
{
  UbConnectState connect;
  g_autofree char *left = NULL;
  g_autofree char *text = NULL;

  ub_job_get_connect_state (self->job, &connect);
  if (!connect.needs_hand || connect.attempt == self->hand_attempt)
    return;
  self->hand_attempt = connect.attempt;
  left = ub_cli_format_time_left (connect.hand_seconds);
  text = g_strdup_printf ("%s (%s)",
                          _ ("Reset the module now: touch CEN to ground and let go, or "
                             "switch its power off and on."),
                          left);
  ub_cli_progress_message (self, text);
}

/**
 * ub_cli_progress_update:
 * @self: a display
 *
 * Shows where the job stands now.
 */
void
ub_cli_progress_update (UbCliProgress *self)
{
  UbProgressState state;

  ask_for_reset (self);
  if (self->is_quiet)
    return;
  ub_progress_get_state (ub_job_get_progress (self->job), &state);
  if (!self->is_terminal)
    print_plain (self, &state);
  else if (state.phase != UB_N_PHASES)
    draw_line (self, &state);
}

/**
 * ub_cli_progress_message:
 * @self: a display
 * @text: a line
 *
 * Prints @text to standard error without damaging the progress line.
 */
void
ub_cli_progress_message (UbCliProgress *self, const char *text)
{
  close_line (self);
  fprintf (stderr, "%s\n", text);
}

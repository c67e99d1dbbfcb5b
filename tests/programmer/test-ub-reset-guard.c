/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-reset-guard.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* A program that dies by a signal releases the reset line first. Each death is one of a child's. */

#define RELEASED 'r'

static const int deadly[] = { SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGPIPE,
                              SIGILL, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV };

static void
release (gpointer data)
{
  const char told = RELEASED;

  (void) !write (GPOINTER_TO_INT (data), &told, 1);
}

/* The sanitizers have handlers of their own for some, and whoever handles a signal keeps it. */
static gboolean
is_default (int number)
{
  struct sigaction action;

  return sigaction (number, NULL, &action) == 0 && action.sa_handler == SIG_DFL;
}

/* Returns: what the child told before it died of @number, 0 when nothing */
static char
die (int number, gboolean disarm)
{
  int ends[2], status;
  char told = 0;
  pid_t child;

  g_assert_cmpint (pipe (ends), ==, 0);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0) {
    ub_reset_guard_arm (release, GINT_TO_POINTER (ends[1]));
    if (disarm)
      ub_reset_guard_disarm (release, GINT_TO_POINTER (ends[1]));
    raise (number);
    _exit (0);
  }
  close (ends[1]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFSIGNALED (status));
  g_assert_cmpint (WTERMSIG (status), ==, number);
  if (read (ends[0], &told, 1) != 1)
    told = 0;
  close (ends[0]);
  return told;
}

static void
test_deadly_signals (void)
{
  guint n_tried = 0;

  for (guint i = 0; i < G_N_ELEMENTS (deadly); i++) {
    if (!is_default (deadly[i])) {
      g_test_message ("signal %d is handled by somebody else here", deadly[i]);
      continue;
    }
    g_assert_cmpint (die (deadly[i], FALSE), ==, RELEASED);
    g_assert_cmpint (die (deadly[i], TRUE), ==, 0);
    n_tried++;
  }
  g_assert_cmpuint (n_tried, >=, 5);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  /* Some who start tests have this ignored. */
  signal (SIGPIPE, SIG_DFL);
  signal (SIGINT, SIG_DFL);
  signal (SIGQUIT, SIG_DFL);
  signal (SIGHUP, SIG_DFL);

  g_test_add_func ("/reset-guard/deadly-signals", test_deadly_signals);

  return g_test_run ();
}

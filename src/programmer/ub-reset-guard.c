/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-reset-guard"

#include "config.h"

#include "ub-reset-guard.h"

#include <signal.h>
#include <unistd.h>

/*
 * Releases CEN when the program dies by a signal while it holds the module in reset. The kernel closes
 * the line of a dead process, but what the pin does then differs by SoC: some float, some keep driving
 * low (i.MX), and the module would stay in reset until the next start of the computer. USB adapters always
 * keep driving.
 *
 * The handlers are there only while there is something to release, and only for signals whose default is to
 * kill: whoever handles a signal (the command line: SIGINT) keeps it.
 */

/* Past this the release is stuck in the kernel, and the signal has to do its work without it. */
#define RELEASE_SECONDS 2

static const int deadly_signals[] = { SIGHUP, SIGINT,  SIGQUIT, SIGTERM, SIGPIPE,
                                      SIGILL, SIGABRT, SIGBUS,  SIGFPE,  SIGSEGV };

static struct sigaction old_actions[G_N_ELEMENTS (deadly_signals)];
static gboolean taken[G_N_ELEMENTS (deadly_signals)];

/* One line is in reset at a time but for several jobs at once, which nobody runs twice eight of. */
static struct {
  UbResetGuardFunc release;
  gpointer data;
} guarded[8];
static guint n_guarded;
static GMutex mutex;

static void
handle_deadly_signal (int number)
{
  signal (SIGALRM, SIG_DFL);
  alarm (RELEASE_SECONDS);
  for (guint i = 0; i < G_N_ELEMENTS (guarded); i++) {
    UbResetGuardFunc release = g_atomic_pointer_get (&guarded[i].release);

    if (release != NULL)
      release (guarded[i].data);
  }
  alarm (0);

  /* SA_RESETHAND has put the default back, and SA_NODEFER lets it come now. */
  raise (number);
}

static void
install_handlers (void)
{
  struct sigaction action = { .sa_handler = handle_deadly_signal,
                              .sa_flags = SA_RESETHAND | SA_NODEFER };

  sigemptyset (&action.sa_mask);
  for (guint i = 0; i < G_N_ELEMENTS (deadly_signals); i++) {
    if (sigaction (deadly_signals[i], NULL, &old_actions[i]) == 0 &&
        (old_actions[i].sa_flags & SA_SIGINFO) == 0 && old_actions[i].sa_handler == SIG_DFL)
      taken[i] = sigaction (deadly_signals[i], &action, NULL) == 0;
  }
}

static void
remove_handlers (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (deadly_signals); i++) {
    struct sigaction now;

    if (!taken[i])
      continue;
    taken[i] = FALSE;
    /* Somebody may have put a handler of his own over it meanwhile. */
    if (sigaction (deadly_signals[i], NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) == 0 &&
        now.sa_handler == handle_deadly_signal)
      sigaction (deadly_signals[i], &old_actions[i], NULL);
  }
}

/**
 * ub_reset_guard_arm:
 * @release: releases the line; called from a signal handler, so it may do nothing but system calls
 * @data: its argument
 *
 * From now until ub_reset_guard_disarm(), a deadly signal calls @release before it kills.
 */
void
ub_reset_guard_arm (UbResetGuardFunc release, gpointer data)
{
  g_mutex_lock (&mutex);
  for (guint i = 0; i < G_N_ELEMENTS (guarded); i++) {
    if (guarded[i].release == NULL) {
      guarded[i].data = data;
      g_atomic_pointer_set (&guarded[i].release, release);
      if (n_guarded++ == 0)
        install_handlers ();
      break;
    }
  }
  g_mutex_unlock (&mutex);
}

/**
 * ub_reset_guard_disarm:
 * @release: as given to ub_reset_guard_arm()
 * @data: as given to ub_reset_guard_arm()
 *
 * Ends what ub_reset_guard_arm() began; does nothing when that was not called.
 */
void
ub_reset_guard_disarm (UbResetGuardFunc release, gpointer data)
{
  g_mutex_lock (&mutex);
  for (guint i = 0; i < G_N_ELEMENTS (guarded); i++) {
    if (guarded[i].release == release && guarded[i].data == data) {
      g_atomic_pointer_set (&guarded[i].release, NULL);
      if (--n_guarded == 0)
        remove_handlers ();
      break;
    }
  }
  g_mutex_unlock (&mutex);
}

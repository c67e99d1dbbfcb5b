/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-application.h"
#include "ub-i18n.h"
#include "ub-log.h"
#include "ub-window.h"

#include <stdio.h>
#include <stdlib.h>

/* How long the application takes from the start of its process to the end of painting its first frame, and what
 * memory it holds a second later. Each run is a process of its own, which does what main() of the program does. */

#define N_RUNS 7
#define SETTLE_MS 1000

static gint64 started_us;

static double
get_resident_mib (void)
{
  g_autofree char *text = NULL;
  guint64 size, resident = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &size, &resident);
  return (double) resident * (double) sysconf (_SC_PAGESIZE) / (1024 * 1024);
}

static gboolean
settled_cb (gpointer user_data)
{
  printf ("%.1f\n", get_resident_mib ());
  exit (0);
}

static void
painted_cb (GdkFrameClock *clock)
{
  static gboolean was_painted;

  if (was_painted)
    return;
  was_painted = TRUE;
  printf ("%.1f ", (double) (g_get_monotonic_time () - started_us) / 1000);
  g_timeout_add (SETTLE_MS, settled_cb, NULL);
}

static void
realized_cb (GtkWidget *window)
{
  g_signal_connect (gtk_widget_get_frame_clock (window), "after-paint", G_CALLBACK (painted_cb),
                    NULL);
}

static void
window_added_cb (GtkApplication *app, GtkWindow *window)
{
  g_signal_connect (window, "map", G_CALLBACK (realized_cb), NULL);
}

static int
run_application (char *name)
{
  g_autoptr (UbApplication) app = NULL;

  ub_log_install ();
  ub_i18n_init ();
  app = ub_application_new ();
  g_signal_connect (app, "window-added", G_CALLBACK (window_added_cb), NULL);
  return g_application_run (G_APPLICATION (app), 1, &name);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const double *x = a, *y = b;

  return (*x > *y) - (*x < *y);
}

int
main (int argc, char *argv[])
{
  double start_ms[N_RUNS], resident_mib[N_RUNS];

  if (argc > 1) {
    started_us = g_ascii_strtoll (argv[1], NULL, 10);
    return run_application (argv[0]);
  }
  for (guint i = 0; i < N_RUNS; i++) {
    g_autofree char *now = g_strdup_printf ("%" G_GINT64_FORMAT, g_get_monotonic_time ());
    char *child[] = { argv[0], now, NULL };
    g_autofree char *text = NULL;
    g_autoptr (GError) error = NULL;

    if (!g_spawn_sync (NULL, child, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &text, NULL, NULL,
                       &error) ||
        sscanf (text, "%lf %lf", &start_ms[i], &resident_mib[i]) != 2) {
      fprintf (stderr, "a run failed: %s\n", error != NULL ? error->message : text);
      return 1;
    }
  }
  qsort (start_ms, N_RUNS, sizeof *start_ms, compare);
  qsort (resident_mib, N_RUNS, sizeof *resident_mib, compare);
  printf ("first frame painted after %.0f ms (median of %d; %.0f to %.0f), %.0f MiB resident\n",
          start_ms[N_RUNS / 2], N_RUNS, start_ms[0], start_ms[N_RUNS - 1],
          resident_mib[N_RUNS / 2]);
  return 0;
}

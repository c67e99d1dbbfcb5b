/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "bench-algorithms.h"

#include "ub-log.h"

#include <stdio.h>

/* Prints one table, in virtual bus time: jobs, clocks and latencies against algorithms and the physical limit.
 * A dagger marks a job that left pages wrong. */

static const guint clocks[] = { 3000, 30000, 1000000, 1500000, 6000000, 12000000, 30000000 };
static const guint latencies[] = { 0, 125, 1000 };

static void
print_seconds (double seconds)
{
  if (seconds >= 1000)
    printf (" %8.0f", seconds);
  else
    printf (" %8.2f", seconds);
}

static void
print_row (
    const BenchImages *images, BenchJob job, const UbFlashPart *part, guint hz, guint latency_us)
{
  double limit = bench_get_limit (images, job, part, hz);

  printf ("%-22s %8u Hz %5u µs", bench_job_get_name (job), hz, latency_us);
  print_seconds (limit);
  for (guint i = 0; i < BENCH_N_ALGORITHMS; i++) {
    BenchResult result = bench_run (&bench_algorithms[i], images, job, part, hz, latency_us);

    print_seconds (result.seconds);
    printf (" %7.3f%s", result.seconds / limit, result.n_wrong_pages > 0 ? "†" : " ");
  }
  printf ("\n");
}

static void
print_table (const BenchImages *images, const UbFlashPart *part, guint hz, gint job)
{
  printf ("Virtual seconds from the end of connecting, %s, and × the physical limit\n\n",
          part->name);
  printf ("%-22s %11s %8s %8s", "job", "clock", "latency", "limit");
  for (guint i = 0; i < BENCH_N_ALGORITHMS; i++)
    printf (" %13s    ", bench_algorithms[i].name);
  printf ("\n");
  for (guint i = 0; i < BENCH_N_JOBS; i++) {
    for (guint j = 0; j < G_N_ELEMENTS (clocks); j++) {
      for (guint k = 0; k < G_N_ELEMENTS (latencies); k++) {
        if ((job < 0 || job == (gint) i) && (hz == 0 || hz == clocks[j]))
          print_row (images, i, part, clocks[j], latencies[k]);
      }
    }
  }
  printf ("\n† left pages wrong: the seed program sends the next command while the chip is still "
          "busy\n");
}

/* The person's view: the seed program as it is, against everything automatic on good wires. */
static void
print_comparison (const BenchImages *images, const UbFlashPart *part)
{
  BenchResult seed =
      bench_run (&bench_algorithms[BENCH_SEED], images, BENCH_RESTORE_TUYA, part, 30000, 125);
  BenchResult unbrick =
      bench_run (&bench_algorithms[BENCH_UNBRICK], images, BENCH_RESTORE_TUYA, part, 12000000, 125);

  printf ("Tuya over OpenBeken: the seed program at 30 kHz %.0f s, without backup and verify; "
          "Unbrick at "
          "12 MHz %.1f s with both: %.0f × as fast\n",
          seed.seconds, unbrick.seconds, seed.seconds / unbrick.seconds);
}

int
main (int argc, char *argv[])
{
  g_autofree char *part_text = NULL;
  gint hz = 0, job = -1;
  const GOptionEntry entries[] = {
    { "part", 0, 0, G_OPTION_ARG_STRING, &part_text, "JEDEC ID of a 2 MiB part (C86515)", "ID" },
    { "clock", 0, 0, G_OPTION_ARG_INT, &hz, "Only this clock", "HZ" },
    { "job", 0, 0, G_OPTION_ARG_INT, &job, "Only this job, 0 to 4", "N" },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  const UbFlashPart *part;
  BenchImages images;

  /* The table is the output; what each job says of itself stays in the log. */
  ub_log_install ();
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error)) {
    g_printerr ("%s\n", error->message);
    return 2;
  }
  part = ub_flash_part_lookup (
      (guint32) g_ascii_strtoull (part_text != NULL ? part_text : "C86515", NULL, 16));
  if (part == NULL || part->size != FLASH_SIZE || hz < 0) {
    g_printerr ("No part of 2 MiB has that ID\n");
    return 2;
  }

  bench_images_init (&images);
  print_table (&images, part, (guint) hz, job);
  print_comparison (&images, part);
  bench_images_clear (&images);
  return 0;
}

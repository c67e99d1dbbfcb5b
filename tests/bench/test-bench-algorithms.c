/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "bench-algorithms.h"

static BenchImages images;

static const UbFlashPart *
get_part (void)
{
  return ub_flash_part_lookup (0xC86515);
}

/* Nothing may beat the limit, and what is compared with has to do its job. */
static void
test_fair (void)
{
  for (guint i = 0; i < BENCH_N_ALGORITHMS; i++) {
    for (guint job = 0; job < BENCH_N_JOBS; job++) {
      BenchResult result =
          bench_run (&bench_algorithms[i], &images, job, get_part (), 1000000, 1000);

      g_test_message ("%s, %s: %.1f s", bench_algorithms[i].name, bench_job_get_name (job),
                      result.seconds);
      g_assert_cmpuint (result.n_wrong_pages, ==, 0);
      if (i != BENCH_SEED) /* which reads nothing */
        g_assert_cmpfloat (result.seconds, >=,
                           bench_get_limit (&images, job, get_part (), 1000000));
    }
  }
}

/* The seed program loses pages when little time passes between its transfers. */
static void
test_seed_loses_pages (void)
{
  BenchResult result = bench_run (&bench_algorithms[BENCH_SEED], &images, BENCH_RESTORE_BLANK,
                                  get_part (), 1000000, 20);

  g_assert_cmpuint (result.n_wrong_pages, >, 1000);
}

static void
test_much_faster_than_seed (void)
{
  BenchResult seed = bench_run (&bench_algorithms[BENCH_SEED], &images, BENCH_RESTORE_TUYA,
                                get_part (), 30000, 125);
  BenchResult unbrick = bench_run (&bench_algorithms[BENCH_UNBRICK], &images, BENCH_RESTORE_TUYA,
                                   get_part (), 12000000, 125);

  g_assert_cmpfloat (seed.seconds, >, 25 * unbrick.seconds);
}

int
main (int argc, char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  bench_images_init (&images);

  g_test_add_func ("/bench/fair", test_fair);
  g_test_add_func ("/bench/seed-loses-pages", test_seed_loses_pages);
  g_test_add_func ("/bench/much-faster-than-seed", test_much_faster_than_seed);

  result = g_test_run ();
  bench_images_clear (&images);
  return result;
}

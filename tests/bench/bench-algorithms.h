/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "flash-fixture.h"

G_BEGIN_DECLS

/**
 * BenchJob:
 *
 * What is to be done with a module of 2 MiB.
 */
typedef enum {
  BENCH_BACKUP,
  BENCH_RESTORE_BLANK, /* a Tuya backup onto a blank chip */
  BENCH_RESTORE_TUYA, /* a Tuya backup over OpenBeken on the same module */
  BENCH_RESTORE_LATER, /* a Tuya backup over the same firmware some days later */
  BENCH_VERIFY,
  BENCH_N_JOBS
} BenchJob;

/**
 * BenchImages:
 * @tuya: what is to be on the chip in the end
 * @before: what is there before, by job
 */
typedef struct {
  guint8 *tuya;
  guint8 *before[BENCH_N_JOBS];
} BenchImages;

/**
 * BenchAlgorithm:
 * @name: of the column
 * @read: reads everything, for a backup or to verify
 * @restore: makes the chip hold @wanted, with all that belongs to it
 */
typedef struct {
  const char *name;
  void (*read) (UbFlash *flash, guint8 *buffer);
  void (*restore) (UbFlash *flash, const guint8 *wanted);
} BenchAlgorithm;

#define BENCH_N_ALGORITHMS 3
#define BENCH_SEED 0
#define BENCH_UNBRICK 2

extern const BenchAlgorithm bench_algorithms[BENCH_N_ALGORITHMS];

const char *bench_job_get_name (BenchJob job);

void bench_images_init (BenchImages *self);
void bench_images_clear (BenchImages *self);

/**
 * BenchResult:
 * @seconds: of virtual time, from the end of connecting
 * @n_wrong_pages: pages of 256 bytes that are not what they should be, on the chip or in the file
 */
typedef struct {
  double seconds;
  guint n_wrong_pages;
} BenchResult;

BenchResult bench_run (const BenchAlgorithm *algorithm,
                       const BenchImages *images,
                       BenchJob job,
                       const UbFlashPart *part,
                       guint hz,
                       guint latency_us);
double bench_get_limit (const BenchImages *images, BenchJob job, const UbFlashPart *part, guint hz);

G_END_DECLS

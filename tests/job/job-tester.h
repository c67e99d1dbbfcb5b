/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-fault-programmer.h"
#include "ub-job.h"
#include "ub-rescue-copy.h"
#include "ub-sim-programmer.h"

#define MIB (1024 * 1024)
#define BOOTLOADER_SIZE 0x11000

/* A simulated module, a programmer that can go wrong, and a folder for files. */
typedef struct {
  UbSimChip *chip;
  UbProgrammer *sim;
  UbProgrammer *programmer;
  char *folder;
} JobTester;

void job_tester_init (JobTester *self, guint32 jedec_id, GBytes *content);
void job_tester_clear (JobTester *self);
void job_tester_set_faults (JobTester *self, const UbFaults *faults);
GFile *job_tester_get_file (JobTester *self, const char *name);
guint job_tester_count_files (JobTester *self);
void job_tester_assert_holds (JobTester *self, GBytes *content);
guint64 job_tester_count_changes (JobTester *self);

GBytes *job_tester_make_content (gsize size, guint32 seed);
GBytes *job_tester_make_firmware (void);
GBytes *job_tester_replace (GBytes *content, gsize offset, gsize size, int value);
UbImageAnalysis *job_tester_analyse (GBytes *content);
void job_tester_assert_file (GFile *file, GBytes *content);
gboolean job_tester_has_note (UbJob *job, const char *text);

/* A programmer that passes everything on and cancels at its nth exchange. */
UbProgrammer *stopping_programmer_new (UbProgrammer *inner, guint64 nth, GCancellable *cancellable);
guint64 stopping_programmer_get_exchanges (UbProgrammer *programmer);

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"

G_BEGIN_DECLS

typedef enum {
  UB_BACKUP_DEFAULT = 0,
  UB_BACKUP_READ_TWICE = 1 << 0, /* read everything twice and compare */
  UB_BACKUP_OVERWRITE = 1 << 1, /* the person agreed to replace an existing file */
} UbBackupFlags;

#define UB_TYPE_BACKUP_JOB (ub_backup_job_get_type ())
G_DECLARE_FINAL_TYPE (UbBackupJob, ub_backup_job, UB, BACKUP_JOB, UbJob)

UbJob *ub_backup_job_new (UbProgrammer *programmer, GFile *file, UbBackupFlags flags);
UbJob *ub_backup_job_new_for_range (
    UbProgrammer *programmer, GFile *file, guint32 address, guint32 size, UbBackupFlags flags);

G_END_DECLS

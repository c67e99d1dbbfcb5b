/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-composition.h"
#include "ub-job.h"

G_BEGIN_DECLS

/**
 * UbJobKind:
 *
 * What the person asked for.
 */
typedef enum {
  UB_JOB_KIND_BACKUP,
  UB_JOB_KIND_READ,
  UB_JOB_KIND_RESTORE,
  UB_JOB_KIND_WRITE,
  UB_JOB_KIND_VERIFY,
  UB_JOB_KIND_ERASE,
} UbJobKind;

#define UB_TYPE_JOB_REQUEST (ub_job_request_get_type ())
G_DECLARE_FINAL_TYPE (UbJobRequest, ub_job_request, UB, JOB_REQUEST, GObject)

UbJobRequest *ub_job_request_new_backup (GFile *file);
UbJobRequest *ub_job_request_new_read (GFile *file, guint32 address, guint32 size);
UbJobRequest *ub_job_request_new_restore (UbImageAnalysis *image,
                                          UbImageAnalysis *bootloader,
                                          UbCompositionFlags flags,
                                          GFile *backup_folder);
UbJobRequest *ub_job_request_new_write (UbImage *image, guint32 address, GFile *backup_folder);
UbJobRequest *ub_job_request_new_verify (UbImageAnalysis *image);
UbJobRequest *ub_job_request_new_erase (guint32 address, guint32 size, GFile *backup_folder);

UbJob *ub_job_request_create_job (UbJobRequest *self, UbProgrammer *programmer);

UbJobKind ub_job_request_get_kind (UbJobRequest *self);
gboolean ub_job_request_writes (UbJobRequest *self);
GFile *ub_job_request_get_backup_folder (UbJobRequest *self);
UbImageAnalysis *ub_job_request_get_image (UbJobRequest *self);
UbImage *ub_job_request_get_raw (UbJobRequest *self);
UbImageAnalysis *ub_job_request_get_bootloader (UbJobRequest *self);
const char *ub_job_request_get_title (UbJobRequest *self);
const char *ub_job_request_get_done_title (UbJobRequest *self);
const char *ub_job_request_get_failed_title (UbJobRequest *self, const GError *error);
const char *ub_job_request_get_stop_text (UbJobRequest *self);

G_END_DECLS

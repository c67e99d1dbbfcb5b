/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connect-state.h"
#include "ub-image-analysis.h"
#include "ub-programmer.h"
#include "ub-progress.h"
#include "ub-sector-map.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UbModuleState:
 *
 * What a job leaves behind on the module.
 */
typedef enum {
  UB_MODULE_UNTOUCHED, /* nothing was erased or programmed */
  UB_MODULE_PARTLY_WRITTEN, /* some sectors are new, some old; the same job finishes it */
  UB_MODULE_DONE, /* holds what was wanted, verified */
} UbModuleState;

/**
 * UbJobReport:
 * @programmer: its name
 * @jedec_id: of the chip, 0 before it was identified
 * @part: (nullable): vendor and part number of the chip
 * @size: of the chip in bytes
 * @family: chip family, by what the chip holds
 * @clock_hz: the clock in use at the end
 * @bytes_read: from the chip
 * @bytes_programmed: to the chip
 * @sectors_erased: 4 KiB each
 * @sectors_skipped: sectors that held what was wanted already
 * @retries: repeats of any read, erase or program
 * @elapsed_s: seconds on the programmer's clock
 * @connect_s: how many of them connecting took, 0 when it did not succeed
 * @backup: (nullable): the backup or rescue copy that is complete on disk
 * @sha256: (nullable): lower-case hexadecimal digest of @backup, or of the chip's wanted content
 * @module_state: what the job leaves behind
 * @notes: (element-type utf8): translated sentences: what was kept, what could not be proven, clock
 *   changes, warnings
 *
 * The facts of a job, valid also after it failed.
 */
typedef struct {
  char *programmer;
  guint32 jedec_id;
  char *part;
  guint32 size;
  UbFamily family;
  guint clock_hz;
  guint64 bytes_read;
  guint64 bytes_programmed;
  guint sectors_erased;
  guint sectors_skipped;
  guint retries;
  double elapsed_s;
  double connect_s;
  GFile *backup;
  char *sha256;
  UbModuleState module_state;
  GPtrArray *notes;
} UbJobReport;

#define UB_TYPE_JOB (ub_job_get_type ())
G_DECLARE_DERIVABLE_TYPE (UbJob, ub_job, UB, JOB, GObject)

/**
 * UbJobClass:
 * @run: does the job from opening the programmer to closing it, in the thread of ub_job_run() or a
 *   worker thread. Publishes into the job's progress, sector map and report as it goes.
 */
struct _UbJobClass {
  GObjectClass parent_class;

  gboolean (*run) (UbJob *self, GCancellable *cancellable, GError **error);
};

/* The signal "changed" is emitted in the caller's main context while the job runs asynchronously, at most
 * 20 times a second, whenever progress, sector map, connect state or address may differ. */

gboolean ub_job_run (UbJob *self, GCancellable *cancellable, GError **error);
void ub_job_run_async (UbJob *self,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
gboolean ub_job_run_finish (UbJob *self, GAsyncResult *result, GError **error);

const char *ub_job_get_title (UbJob *self);
UbProgrammer *ub_job_get_programmer (UbJob *self);
UbProgress *ub_job_get_progress (UbJob *self);
UbSectorMap *ub_job_get_sector_map (UbJob *self);
void ub_job_get_connect_state (UbJob *self, UbConnectState *out_state);
guint32 ub_job_get_address (UbJob *self);
guint ub_job_get_clock (UbJob *self);
guint ub_job_get_retries (UbJob *self);

/* After the job ended. */
const UbJobReport *ub_job_get_report (UbJob *self);
UbImageAnalysis *ub_job_get_chip_analysis (UbJob *self);
char *ub_job_dup_details (UbJob *self, const GError *error);

const char *ub_module_state_get_id (UbModuleState state);
const char *ub_module_state_get_text (UbModuleState state);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-composition.h"
#include "ub-sector-map.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UbPreview:
 * @map: what would happen to each sector
 * @n_sectors: of the chip
 * @n_change: sectors that would be written
 * @n_kept: sectors that are kept on purpose
 * @n_unknown: of @n_change, sectors that were not read and may turn out to be right already
 * @seconds: about how long writing would take, without connecting and the rescue copy
 * @findings: (element-type utf8): what the person should know, translated
 *
 * What restoring would do.
 */
typedef struct {
  UbSectorMap *map;
  guint n_sectors;
  guint n_change;
  guint n_kept;
  guint n_unknown;
  double seconds;
  GPtrArray *findings;
} UbPreview;

void ub_preview_free (UbPreview *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbPreview, ub_preview_free)

UbPreview *
ub_preview_new (UbComposition *composition, GBytes *current, UbSectorMap *known, guint clock_hz);
double ub_preview_estimate_read (guint64 bytes, guint clock_hz);
char *ub_preview_dup_changes (UbPreview *self);
char *ub_preview_dup_duration (UbPreview *self, guint clock_hz, gboolean with_backup);

void ub_preview_compute_async (UbImageAnalysis *image,
                               UbImageAnalysis *bootloader,
                               UbImageAnalysis *current,
                               UbSectorMap *known,
                               UbCompositionFlags flags,
                               guint clock_hz,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
UbPreview *ub_preview_compute_finish (GAsyncResult *result, GError **error);

G_END_DECLS

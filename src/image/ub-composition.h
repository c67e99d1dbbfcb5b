/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-analysis.h"
#include "ub-range.h"

G_BEGIN_DECLS

/* Where the app begins, on every family: architecture of the Beken SDK, checked on 25 dumps. */
#define UB_APP_ADDRESS 0x11000

typedef enum {
  UB_COMPOSITION_DEFAULT = 0,
  UB_COMPOSITION_OVERWRITE_CALIBRATION = 1 << 0, /* calibration and MAC from the image */
  UB_COMPOSITION_KEEP_STORAGE =
      1 << 1, /* this module's Tuya storage: its identity, pairing and settings */
} UbCompositionFlags;

#define UB_TYPE_COMPOSITION (ub_composition_get_type ())
G_DECLARE_FINAL_TYPE (UbComposition, ub_composition, UB, COMPOSITION, GObject)

gboolean ub_composition_check (UbImageAnalysis *image, UbImageAnalysis *bootloader, GError **error);

UbComposition *ub_composition_new (UbImageAnalysis *image,
                                   UbImageAnalysis *bootloader,
                                   UbImageAnalysis *current,
                                   UbCompositionFlags flags,
                                   GError **error);

GBytes *ub_composition_get_wanted (UbComposition *self);
guint ub_composition_get_n_written (UbComposition *self);
const UbRange *ub_composition_get_written (UbComposition *self, guint index);
guint ub_composition_get_n_kept (UbComposition *self);
const UbRange *ub_composition_get_kept (UbComposition *self, guint index);
guint ub_composition_get_n_findings (UbComposition *self);
const UbFinding *ub_composition_get_finding (UbComposition *self, guint index);

G_END_DECLS

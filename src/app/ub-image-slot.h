/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-analysis.h"

G_BEGIN_DECLS

/**
 * UbImageSlot:
 *
 * The places an image can be put on the restore page; also the way out of the wrong one.
 */
typedef enum {
  UB_IMAGE_SLOT_NONE,
  UB_IMAGE_SLOT_FULL,
  UB_IMAGE_SLOT_BOOTLOADER,
  UB_IMAGE_SLOT_APP,
} UbImageSlot;

gboolean ub_image_slot_check (UbImageSlot slot, UbImageAnalysis *analysis, GError **error);
UbImageSlot ub_image_slot_find_way_out (UbImageSlot slot, UbImageAnalysis *analysis);
const char *ub_image_slot_get_title (UbImageSlot slot);
const char *ub_image_slot_get_hint (UbImageSlot slot);
const char *ub_image_slot_get_switch_label (UbImageSlot slot);

G_END_DECLS

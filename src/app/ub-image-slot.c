/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-image-slot.h"

#include <glib/gi18n.h>

/* Which image may go where on the restore page, and where one belongs that was put in the wrong place. */

static UbImageUse
get_use (UbImageSlot slot, UbImageAnalysis *analysis)
{
  switch (slot) {
  case UB_IMAGE_SLOT_FULL:
    return (ub_image_analysis_get_uses (analysis) & UB_IMAGE_USE_QIO) != 0 ? UB_IMAGE_USE_QIO
                                                                           : UB_IMAGE_USE_FULL;
  case UB_IMAGE_SLOT_BOOTLOADER:
    return UB_IMAGE_USE_BOOTLOADER_DONOR;
  case UB_IMAGE_SLOT_APP:
    return UB_IMAGE_USE_APP;
  case UB_IMAGE_SLOT_NONE:
    break;
  }
  return 0;
}

/**
 * ub_image_slot_check:
 * @slot: a place
 * @analysis: what was put there
 * @error: return location for an error
 *
 * Returns: whether it may be used there; if not, @error says why and its remedy what to do
 */
gboolean
ub_image_slot_check (UbImageSlot slot, UbImageAnalysis *analysis, GError **error)
{
  return ub_image_analysis_check_use (analysis, get_use (slot, analysis), error);
}

/**
 * ub_image_slot_find_way_out:
 * @slot: a place
 * @analysis: what was put there, and refused
 *
 * Returns: where it belongs instead; %UB_IMAGE_SLOT_NONE when it cannot be used at all
 */
UbImageSlot
ub_image_slot_find_way_out (UbImageSlot slot, UbImageAnalysis *analysis)
{
  static const UbImageSlot order[] = { UB_IMAGE_SLOT_FULL, UB_IMAGE_SLOT_APP,
                                       UB_IMAGE_SLOT_BOOTLOADER };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    if (order[i] != slot && ub_image_slot_check (order[i], analysis, NULL))
      return order[i];
  }
  return UB_IMAGE_SLOT_NONE;
}

/**
 * ub_image_slot_get_title:
 * @slot: a place
 *
 * Returns: (transfer none): its translated name
 */
const char *
ub_image_slot_get_title (UbImageSlot slot)
{
  switch (slot) {
  case UB_IMAGE_SLOT_FULL:
    return _ ("Full Image");
  case UB_IMAGE_SLOT_BOOTLOADER:
    return _ ("Bootloader From");
  case UB_IMAGE_SLOT_APP:
    return _ ("App");
  case UB_IMAGE_SLOT_NONE:
    break;
  }
  return "";
}

/**
 * ub_image_slot_get_hint:
 * @slot: a place
 *
 * Returns: (transfer none): what belongs there, in a translated sentence
 */
const char *
ub_image_slot_get_hint (UbImageSlot slot)
{
  switch (slot) {
  case UB_IMAGE_SLOT_FULL:
    return _ ("A QIO file, or a backup of the whole flash.");
  case UB_IMAGE_SLOT_BOOTLOADER:
    return _ ("A QIO file or a full backup for the same chip family; only its bootloader is used.");
  case UB_IMAGE_SLOT_APP:
    return _ ("A UA file, a backup read by bkWriter, or a full backup without a good bootloader.");
  case UB_IMAGE_SLOT_NONE:
    break;
  }
  return "";
}

/**
 * ub_image_slot_get_switch_label:
 * @slot: a place
 *
 * Returns: (transfer none): label of the button that puts a file there instead
 */
const char *
ub_image_slot_get_switch_label (UbImageSlot slot)
{
  switch (slot) {
  case UB_IMAGE_SLOT_FULL:
    return _ ("Use as Full Image");
  case UB_IMAGE_SLOT_BOOTLOADER:
    return _ ("Take the Bootloader From It");
  case UB_IMAGE_SLOT_APP:
    return _ ("Use as App, Add a Bootloader");
  case UB_IMAGE_SLOT_NONE:
    break;
  }
  return "";
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-family"

#include "config.h"

#include "ub-image-analysis-private.h"

#include "ub-composition.h"

#include <glib/gi18n.h>
#include <string.h>

/* Logical 0x100 of the N's code is left in the clear and holds the chip's name. */
#define N_MARKER_ADDRESS 0x110

static UbFamily
family_of_chip (const char *chip)
{
  if (g_str_equal (chip, "BK7231T") || g_str_equal (chip, "BK7231S"))
    return UB_FAMILY_T;
  if (g_str_equal (chip, "BK7231N"))
    return UB_FAMILY_N;
  if (g_str_equal (chip, "BK7231U"))
    return UB_FAMILY_U;
  return UB_FAMILY_UNKNOWN;
}

/* What speaks for a family: how much, and whether it is more than a habit of the makers. */
typedef struct {
  guint weight[UB_FAMILY_U + 1];
  gboolean is_sure[UB_FAMILY_U + 1];
} Votes;

static void
count_vote (Votes *votes, UbFamily family, guint weight, gboolean is_sure)
{
  if (family == UB_FAMILY_UNKNOWN)
    return;
  votes->weight[family] += weight;
  votes->is_sure[family] = votes->is_sure[family] || is_sure;
}

static void
weigh_names (UbImageAnalysis *self, Votes *votes)
{
  if (self->boot_name != NULL) {
    UbFamily family = family_of_chip (self->boot_name);

    ub_image_analysis_add_evidence (self, _ ("bootloader calls itself %s_%s"), self->boot_name,
                                    self->boot_version);
    count_vote (votes, family, 4, TRUE);
    if (family != UB_FAMILY_UNKNOWN)
      self->boot.family = family;
    else
      self->other_chip = g_strdup (self->boot_name);
  }
  if (self->firmware.chip != NULL) {
    UbFamily family = family_of_chip (self->firmware.chip);

    ub_image_analysis_add_evidence (self, _ ("firmware says “%s”"), self->firmware.chip_evidence);
    count_vote (votes, family, 3, TRUE);
    self->app.family = family;
    if (family == UB_FAMILY_UNKNOWN && self->other_chip == NULL)
      self->other_chip = g_strdup (self->firmware.chip);
  } else if (self->firmware.radio_chip != NULL) {
    UbFamily family = family_of_chip (self->firmware.radio_chip);

    ub_image_analysis_add_evidence (self, _ ("firmware drives the radio of a %s (“%s”)"),
                                    self->firmware.radio_chip, self->firmware.radio_evidence);
    count_vote (votes, family, 2, FALSE);
    /* Only the N's radio is its alone. */
    if (family == UB_FAMILY_N || self->app.key == UB_BEKEN_KEY_TUYA)
      self->app.family = family;
  }
}

static void
weigh_places (UbImageAnalysis *self, Votes *votes)
{
  const UbFalPartition *download = self->has_fal ? ub_fal_find (&self->fal, "download") : NULL;

  if (download != NULL) {
    guint32 address = ub_fal_partition_get_address (download);

    /* Bootloaders for code in the clear, of whatever chip, have it at 0x132000 too. */
    if (address == 0x12A000 || (address == 0x132000 && self->boot.key == UB_BEKEN_KEY_TUYA)) {
      ub_image_analysis_add_evidence (self, _ ("partition table has “download” at 0x%X"), address);
      count_vote (votes, address == 0x12A000 ? UB_FAMILY_N : UB_FAMILY_T, 2, FALSE);
    }
  }
  /* Behind that of 0xAE000 bytes at 0x132000, newer bootloaders of any chip have it. */
  if (self->has_calibration &&
      !(download != NULL && ub_fal_partition_get_address (download) == 0x132000 &&
        ub_fal_partition_get_end (download) == self->calibration.address)) {
    ub_image_analysis_add_evidence (self, _ ("calibration at 0x%X"), self->calibration.address);
    count_vote (votes,
                self->calibration.address == UB_CALIBRATION_ADDRESS_N ? UB_FAMILY_N : UB_FAMILY_T,
                1, self->calibration.complete && self->n_calibrations == 1);
  }
}

/* Tuya's modules are named after their chip: CB… hold an N, WB… a T. */
static void
weigh_module (UbImageAnalysis *self, Votes *votes)
{
  const char *module = ub_image_analysis_get_tuya_module (self);

  if (module == NULL)
    return;
  if (g_str_has_prefix (module, "CB") || g_str_has_prefix (module, "WB")) {
    ub_image_analysis_add_evidence (self, _ ("device configuration names the module %s"), module);
    count_vote (votes, module[0] == 'C' ? UB_FAMILY_N : UB_FAMILY_T, 1, FALSE);
  }
}

static void
weigh_marker (UbImageAnalysis *self, Votes *votes)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);

  if (self->boot.state != UB_CODE_GOOD && self->boot.state != UB_CODE_DAMAGED)
    return;
  if (size < N_MARKER_ADDRESS + 6)
    return;
  if (memcmp (data + N_MARKER_ADDRESS, "BK7231", 6) == 0) {
    /* In code that is all in the clear it proves less: newer chips of the maker keep it too. */
    gboolean is_sure = self->boot.key != UB_BEKEN_KEY_NONE;

    ub_image_analysis_add_evidence (self, _ ("“BK7231” in the clear at 0x110"));
    count_vote (votes, UB_FAMILY_N, is_sure ? 4 : 2, is_sure);
    if (is_sure)
      self->boot.family = UB_FAMILY_N;
  } else if (self->boot.key == UB_BEKEN_KEY_TUYA) {
    ub_image_analysis_add_evidence (self, _ ("no “BK7231” in the clear at 0x110"));
    count_vote (votes, UB_FAMILY_T, 2, FALSE);
  }
}

/* Weighs what the content says about the chip it is for. */
void
ub_image_analysis_find_family (UbImageAnalysis *self)
{
  Votes votes = { { 0 }, { 0 } };
  UbFamily best = UB_FAMILY_UNKNOWN;

  if (self->address_known && self->address == 0)
    weigh_marker (self, &votes);
  weigh_names (self, &votes);
  weigh_places (self, &votes);
  weigh_module (self, &votes);

  for (UbFamily family = UB_FAMILY_T; family <= UB_FAMILY_U; family++) {
    if (votes.weight[family] > votes.weight[best])
      best = family;
  }
  /* The U's flash map is the T's, so that places speak for both. */
  if (votes.is_sure[UB_FAMILY_U] && !votes.is_sure[UB_FAMILY_N])
    best = UB_FAMILY_U;
  self->family = self->other_chip != NULL ? UB_FAMILY_UNKNOWN : best;

  if (!votes.is_sure[UB_FAMILY_N] || !(votes.is_sure[UB_FAMILY_T] || votes.is_sure[UB_FAMILY_U]))
    return;
  ub_image_analysis_add_finding (
      self, UB_SEVERITY_WARNING, "family-conflict",
      _ ("Parts of it are for BK7231N, others for another family: it may not start."));
  /* Code may have been written to the wrong module; the calibration is of the module itself. */
  if (self->for_chip && self->n_calibrations == 1 && self->calibration.complete)
    self->family =
        self->calibration.address == UB_CALIBRATION_ADDRESS_N ? UB_FAMILY_N : UB_FAMILY_T;
}

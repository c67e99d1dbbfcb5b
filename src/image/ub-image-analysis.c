/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-analysis"

#include "config.h"

#include "ub-image-analysis-private.h"

#include "ub-composition.h"
#include "ub-error.h"

#include <glib/gi18n.h>

/**
 * UbImageAnalysis:
 *
 * What a file is, for which chip, what is wrong with it and what it may be written as. Made once from a
 * UbImage and never changed: may be used from any thread.
 */
G_DEFINE_FINAL_TYPE (UbImageAnalysis, ub_image_analysis, G_TYPE_OBJECT)

static void
ub_image_analysis_finalize (GObject *object)
{
  UbImageAnalysis *self = UB_IMAGE_ANALYSIS (object);

  g_clear_object (&self->image);
  g_clear_pointer (&self->content, g_bytes_unref);
  g_clear_pointer (&self->other_chip, g_free);
  g_clear_pointer (&self->evidence, g_ptr_array_unref);
  g_clear_pointer (&self->boot_name, g_free);
  g_clear_pointer (&self->boot_version, g_free);
  ub_firmware_strings_clear (&self->firmware);
  g_clear_object (&self->tuya);
  g_clear_object (&self->default_config);
  g_clear_pointer (&self->fast_connect, ub_fast_connect_free);
  g_clear_pointer (&self->findings, g_array_unref);

  G_OBJECT_CLASS (ub_image_analysis_parent_class)->finalize (object);
}

static void
ub_image_analysis_class_init (UbImageAnalysisClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_image_analysis_finalize;
}

static void
ub_image_analysis_init (UbImageAnalysis *self)
{
  self->evidence = g_ptr_array_new_with_free_func (g_free);
  self->findings = ub_findings_new ();
  self->boot.rbl = self->app.rbl = -1;
}

void
ub_image_analysis_add_finding (
    UbImageAnalysis *self, UbSeverity severity, const char *id, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  ub_findings_add_valist (self->findings, severity, id, format, args);
  va_end (args);
}

gboolean
ub_image_analysis_has_finding (UbImageAnalysis *self, const char *id)
{
  return ub_findings_find (self->findings, id) != NULL;
}

void
ub_image_analysis_add_evidence (UbImageAnalysis *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->evidence, g_strdup_vprintf (format, args));
  va_end (args);
}

typedef enum {
  SOURCE_FILE,
  SOURCE_CHIP,
  SOURCE_EXCERPT, /* of a chip */
} Source;

static UbImageAnalysis *
analyse (UbImage *image, Source source)
{
  UbImageAnalysis *self = g_object_new (UB_TYPE_IMAGE_ANALYSIS, NULL);

  self->image = g_object_ref (image);
  self->content = g_bytes_ref (ub_image_get_bytes (image));
  self->for_chip = source != SOURCE_FILE;
  self->is_excerpt = source == SOURCE_EXCERPT;

  ub_image_analysis_recognise (self);
  ub_image_analysis_examine_code (self);
  ub_image_analysis_examine_data (self);
  ub_image_analysis_find_family (self);
  ub_image_analysis_find_fast_connect (self);
  if (self->other_chip != NULL && self->address_known && !self->for_chip)
    self->kind = UB_IMAGE_KIND_OTHER_CHIP;
  else if (self->kind == UB_IMAGE_KIND_APP && self->firmware.name != NULL &&
           g_strrstr (self->firmware.name, "LibreT") != NULL)
    self->kind = UB_IMAGE_KIND_LIBRETINY_APP;
  /* What was not read is not damaged. */
  if (!self->is_excerpt)
    ub_image_analysis_judge (self);
  g_ptr_array_add (self->evidence, NULL);
  return self;
}

/**
 * ub_image_analysis_new:
 * @image: a file
 *
 * Finds out what @image is. Takes some milliseconds for 2 MiB.
 *
 * Returns: (transfer full): the analysis
 */
UbImageAnalysis *
ub_image_analysis_new (UbImage *image)
{
  g_return_val_if_fail (UB_IS_IMAGE (image), NULL);
  return analyse (image, SOURCE_FILE);
}

/**
 * ub_image_analysis_new_for_chip:
 * @content: a module's whole flash from address 0
 *
 * Finds out what is on a module, whose flash may be blank or wrecked in part.
 *
 * Returns: (transfer full): the analysis
 */
UbImageAnalysis *
ub_image_analysis_new_for_chip (GBytes *content)
{
  g_autoptr (UbImage) image = NULL;

  g_return_val_if_fail (content != NULL, NULL);

  image = ub_image_new (content, _ ("module"));
  return analyse (image, SOURCE_CHIP);
}

/**
 * ub_image_analysis_new_for_excerpt:
 * @content: a module's whole flash from address 0, of which only some ranges were read; the others are 0xFF
 *
 * Finds out what the ranges tell, such as family and MAC address, and judges nothing: it has no findings
 * of damage and no uses.
 *
 * Returns: (transfer full): the analysis
 */
UbImageAnalysis *
ub_image_analysis_new_for_excerpt (GBytes *content)
{
  g_autoptr (UbImage) image = NULL;

  g_return_val_if_fail (content != NULL, NULL);

  image = ub_image_new (content, _ ("module"));
  return analyse (image, SOURCE_EXCERPT);
}

/**
 * ub_image_analysis_is_excerpt:
 * @self: an analysis
 *
 * Returns: whether it is one of ub_image_analysis_new_for_excerpt(), so that what it does not tell of may be
 *   there all the same
 */
gboolean
ub_image_analysis_is_excerpt (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), FALSE);
  return self->is_excerpt;
}

/**
 * ub_image_analysis_get_image:
 * @self: an analysis
 *
 * Returns: (transfer none): the file
 */
UbImage *
ub_image_analysis_get_image (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->image;
}

/**
 * ub_image_analysis_get_content:
 * @self: an analysis
 *
 * Returns: (transfer none): the bytes as they belong on the flash, from
 *   ub_image_analysis_get_address() on: those of the file, put right where it was a bkWriter read
 */
GBytes *
ub_image_analysis_get_content (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->content;
}

/**
 * ub_image_analysis_get_kind:
 * @self: an analysis
 *
 * Returns: what the file is
 */
UbImageKind
ub_image_analysis_get_kind (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), UB_IMAGE_KIND_UNKNOWN);
  return self->kind;
}

/**
 * ub_image_analysis_get_address:
 * @self: an analysis
 *
 * Returns: where the content's first byte belongs on the flash
 */
guint32
ub_image_analysis_get_address (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), 0);
  return self->address;
}

/**
 * ub_image_analysis_get_family:
 * @self: an analysis
 *
 * Returns: the chip family it is for
 */
UbFamily
ub_image_analysis_get_family (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), UB_FAMILY_UNKNOWN);
  return self->family;
}

/**
 * ub_image_analysis_get_family_evidence:
 * @self: an analysis
 *
 * Returns: (transfer none) (array zero-terminated=1): translated phrases that say why the family is what it is
 */
const char *const *
ub_image_analysis_get_family_evidence (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return (const char *const *) self->evidence->pdata;
}

/**
 * ub_image_analysis_get_uses:
 * @self: an analysis
 *
 * Returns: what it may be written as; 0 if nothing
 */
UbImageUse
ub_image_analysis_get_uses (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), 0);
  return self->uses;
}

/**
 * ub_image_analysis_get_bootloader_name:
 * @self: an analysis
 *
 * Returns: (transfer none) (nullable): the chip the bootloader names, such as `BK7231S`
 */
const char *
ub_image_analysis_get_bootloader_name (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->boot_name;
}

/**
 * ub_image_analysis_get_bootloader_version:
 * @self: an analysis
 *
 * Returns: (transfer none) (nullable): such as `1.0.5`
 */
const char *
ub_image_analysis_get_bootloader_version (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->boot_version;
}

/**
 * ub_image_analysis_get_firmware_name:
 * @self: an analysis
 *
 * Returns: (transfer none) (nullable): such as `Tuya` or `OpenBeken`
 */
const char *
ub_image_analysis_get_firmware_name (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->firmware.name;
}

/**
 * ub_image_analysis_get_firmware_version:
 * @self: an analysis
 *
 * Returns: (transfer none) (nullable): the firmware's version, or its SDK's
 */
const char *
ub_image_analysis_get_firmware_version (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->firmware.version;
}

/**
 * ub_image_analysis_get_crc:
 * @self: an analysis
 *
 * Returns: (transfer none): the CRC blocks of bootloader and app together
 */
const UbCrcCount *
ub_image_analysis_get_crc (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return &self->crc;
}

/**
 * ub_image_analysis_get_calibration:
 * @self: an analysis
 * @out_address: (out) (optional): where the calibration sector is on the flash
 * @out_size: (out) (optional): bytes
 *
 * Returns: whether there is a calibration record
 */
gboolean
ub_image_analysis_get_calibration (UbImageAnalysis *self, guint32 *out_address, guint32 *out_size)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), FALSE);
  if (out_address != NULL)
    *out_address = self->calibration.address;
  if (out_size != NULL)
    *out_size = self->has_calibration ? UB_CALIBRATION_SIZE : 0;
  return self->has_calibration;
}

/**
 * ub_image_analysis_get_mac:
 * @self: an analysis
 *
 * Returns: (transfer none) (nullable): the MAC address, in lower case with colons
 */
const char *
ub_image_analysis_get_mac (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->has_calibration && self->calibration.has_mac ? self->calibration.mac : NULL;
}

/**
 * ub_image_analysis_get_tuya_storage:
 * @self: an analysis
 *
 * Returns: (transfer none) (nullable): Tuya's storage, if it is there
 */
UbTuyaStorage *
ub_image_analysis_get_tuya_storage (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->tuya;
}

/**
 * ub_image_analysis_get_tuya_config:
 * @self: an analysis
 *
 * Returns: (transfer none) (nullable): the device's configuration; failing that, the default of its app, which
 *   ub_tuya_config_is_default() tells: it need not fit the device
 */
UbTuyaConfig *
ub_image_analysis_get_tuya_config (UbImageAnalysis *self)
{
  UbTuyaConfig *config;

  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  config = self->tuya != NULL ? ub_tuya_storage_get_config (self->tuya) : NULL;
  return config != NULL ? config : self->default_config;
}

/**
 * ub_image_analysis_get_tuya_module:
 * @self: an analysis
 *
 * Returns: (transfer none) (nullable): the module's name by Tuya's device configuration, such as `WB3S`
 */
const char *
ub_image_analysis_get_tuya_module (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return self->tuya != NULL ? ub_tuya_storage_get_module (self->tuya) : NULL;
}

/**
 * ub_image_analysis_get_n_findings:
 * @self: an analysis
 *
 * Returns: how many findings there are
 */
guint
ub_image_analysis_get_n_findings (UbImageAnalysis *self)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), 0);
  return self->findings->len;
}

/**
 * ub_image_analysis_get_finding:
 * @self: an analysis
 * @index: which
 *
 * Returns: (transfer none): a finding
 */
const UbFinding *
ub_image_analysis_get_finding (UbImageAnalysis *self, guint index)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), NULL);
  return ub_findings_get (self->findings, index);
}

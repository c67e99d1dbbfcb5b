/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-use"

#include "config.h"

#include "ub-image-analysis-private.h"

#include "ub-composition.h"
#include "ub-error.h"

#include <glib/gi18n.h>

static const struct {
  const char *id;
  const char *title;
} KINDS[] = {
  [UB_IMAGE_KIND_UNKNOWN] = { "unknown", N_ ("Unknown file") },
  [UB_IMAGE_KIND_FULL_BACKUP] = { "full-backup", N_ ("Full backup") },
  [UB_IMAGE_KIND_ROTATED_BACKUP] = { "rotated-backup", N_ ("Rotated full backup") },
  [UB_IMAGE_KIND_PARTIAL_BACKUP] = { "partial-backup", N_ ("Partial backup") },
  [UB_IMAGE_KIND_QIO] = { "qio", N_ ("QIO image: bootloader and app") },
  [UB_IMAGE_KIND_APP] = { "app", N_ ("App for 0x11000 (UA file)") },
  [UB_IMAGE_KIND_LIBRETINY_APP] = { "libretiny-app", N_ ("LibreTiny app for 0x11000") },
  [UB_IMAGE_KIND_BOOTLOADER] = { "bootloader", N_ ("Bootloader") },
  [UB_IMAGE_KIND_RAW_BOOTLOADER] = { "raw-bootloader", N_ ("Bootloader without checksums") },
  [UB_IMAGE_KIND_OTA_RBL] = { "ota-rbl", N_ ("Over-the-air package (RBL)") },
  [UB_IMAGE_KIND_UG_PACKAGE] = { "ug-package", N_ ("Over-the-air package (UG)") },
  [UB_IMAGE_KIND_TUYA_STORAGE] = { "tuya-storage", N_ ("Tuya storage") },
  [UB_IMAGE_KIND_PLAIN_ARM] = { "plain-arm", N_ ("Plain ARM program") },
  [UB_IMAGE_KIND_OTHER_CHIP] = { "other-chip", N_ ("Image for another chip") },
  [UB_IMAGE_KIND_ELF] = { "elf", N_ ("Program file") },
  [UB_IMAGE_KIND_ARCHIVE] = { "archive", N_ ("Archive or other data file") },
  [UB_IMAGE_KIND_TEXT] = { "text", N_ ("Text") },
  [UB_IMAGE_KIND_BLANK] = { "blank", N_ ("Blank file") },
};

/**
 * ub_image_kind_get_id:
 * @kind: a kind
 *
 * Returns: (transfer none): its stable name, for scripts
 */
const char *
ub_image_kind_get_id (UbImageKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (KINDS), "unknown");
  return KINDS[kind].id;
}

/**
 * ub_image_kind_get_title:
 * @kind: a kind
 *
 * Returns: (transfer none): its translated name, for a person
 */
const char *
ub_image_kind_get_title (UbImageKind kind)
{
  g_return_val_if_fail ((guint) kind < G_N_ELEMENTS (KINDS), "");
  return _ (KINDS[kind].title);
}

/**
 * ub_image_use_get_id:
 * @use: one use
 *
 * Returns: (transfer none): its stable name, for scripts
 */
const char *
ub_image_use_get_id (UbImageUse use)
{
  switch (use) {
  case UB_IMAGE_USE_FULL:
    return "full";
  case UB_IMAGE_USE_QIO:
    return "qio";
  case UB_IMAGE_USE_APP:
    return "app";
  case UB_IMAGE_USE_BOOTLOADER_DONOR:
    return "bootloader-donor";
  }
  return "";
}

/**
 * ub_image_use_get_title:
 * @use: one use
 *
 * Returns: (transfer none): its translated name, for a person
 */
const char *
ub_image_use_get_title (UbImageUse use)
{
  switch (use) {
  case UB_IMAGE_USE_FULL:
  case UB_IMAGE_USE_QIO:
    return _ ("full image");
  case UB_IMAGE_USE_APP:
    return _ ("app, with a bootloader from another file");
  case UB_IMAGE_USE_BOOTLOADER_DONOR:
    return _ ("bootloader, for an app from another file");
  }
  return "";
}

/**
 * ub_family_get_id:
 * @family: a family
 *
 * Returns: (transfer none): its stable name: `T`, `N`, `U` or `unknown`
 */
const char *
ub_family_get_id (UbFamily family)
{
  switch (family) {
  case UB_FAMILY_T:
    return "T";
  case UB_FAMILY_N:
    return "N";
  case UB_FAMILY_U:
    return "U";
  case UB_FAMILY_UNKNOWN:
    break;
  }
  return "unknown";
}

/**
 * ub_family_get_title:
 * @family: a family
 *
 * Returns: (transfer none): its name for a person
 */
const char *
ub_family_get_title (UbFamily family)
{
  switch (family) {
  case UB_FAMILY_T:
    return "BK7231T";
  case UB_FAMILY_N:
    return "BK7231N";
  case UB_FAMILY_U:
    return "BK7231U";
  case UB_FAMILY_UNKNOWN:
    break;
  }
  return _ ("unknown family");
}

/* The first blocking finding whose ID is @id, or any if @id is NULL. */
static const UbFinding *
find_blocking (UbImageAnalysis *self, const char *id)
{
  for (guint i = 0; i < self->findings->len; i++) {
    const UbFinding *finding = ub_findings_get (self->findings, i);

    if (finding->severity == UB_SEVERITY_BLOCKING && (id == NULL || g_str_equal (finding->id, id)))
      return finding;
  }
  return NULL;
}

static void
refuse_foreign (UbImageAnalysis *self, GError **error)
{
  const char *name = ub_image_get_name (self->image);

  if (self->other_chip != NULL)
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_NOT_FLASH, _ ("“%s” is an image for a %s"), name,
                 self->other_chip);
  else if (self->signature != NULL)
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_NOT_FLASH, _ ("“%s” is no BK7231 image, but: %s"),
                 name, self->signature->title);
  else
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_NOT_FLASH, _ ("“%s” is no BK7231 image"), name);
}

static void
refuse_unknown (UbImageAnalysis *self, GError **error)
{
  const char *name = ub_image_get_name (self->image);
  gsize size = ub_image_get_size (self->image);

  if (size < 0x1000)
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_TOO_SHORT,
                 ngettext ("“%s” has only %zu byte, too few for any image",
                           "“%s” has only %zu bytes, too few for any image", size),
                 name, size);
  else
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_UNKNOWN,
                 _ ("“%s” is nothing that Unbrick knows: no bootloader, no app, no backup"), name);
}

/* Code that is there but not whole, or not there at all, named by what is wrong with it. */
static void
refuse_code (UbImageAnalysis *self, UbImageUse use, GError **error)
{
  const char *name = ub_image_get_name (self->image);
  const UbFinding *finding = find_blocking (self, NULL);
  gboolean wants_app = (use & UB_IMAGE_USE_BOOTLOADER_DONOR) == 0;
  gboolean wants_boot = (use & UB_IMAGE_USE_APP) == 0;

  if (wants_boot && self->boot.state == UB_CODE_ABSENT && self->address == UB_APP_ADDRESS) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_NO_BOOTLOADER,
                 _ ("“%s” is an app for 0x11000 (UA file): it has no bootloader"), name);
  } else if (wants_boot &&
             (self->boot.state == UB_CODE_BLANK || self->boot.state == UB_CODE_FOREIGN) &&
             self->app.state == UB_CODE_GOOD) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_NO_BOOTLOADER,
                 _ ("The bootloader in “%s” is blank or overwritten; its app is whole"), name);
  } else if (wants_app && (self->uses & UB_IMAGE_USE_BOOTLOADER_DONOR) != 0 &&
             (self->app.state == UB_CODE_ABSENT || self->app.state == UB_CODE_BLANK)) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_NO_APP, _ ("“%s” holds a bootloader, but no app"),
                 name);
  } else if (find_blocking (self, "truncated") != NULL) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_TOO_SHORT, _ ("“%s” is cut off: %s"), name,
                 find_blocking (self, "truncated")->text);
  } else if (find_blocking (self, "no-code") != NULL) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_UNKNOWN,
                 self->address_known
                     ? _ ("“%s” is a piece of a backup: it has neither bootloader nor app")
                     : _ ("“%s” is a piece of code that does not tell where it belongs"),
                 name);
  } else if (find_blocking (self, "key-mismatch") != NULL) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_KEY,
                 _ ("Bootloader and app in “%s” are encrypted with different keys"), name);
  } else if (find_blocking (self, "family-mismatch") != NULL) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_FAMILY, "“%s”: %s", name,
                 find_blocking (self, "family-mismatch")->text);
  } else if (finding != NULL) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_DAMAGED, _ ("“%s” cannot be used: %s"), name,
                 finding->text);
  } else {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_UNKNOWN,
                 _ ("“%s” is a piece of a backup: it has neither bootloader nor app"), name);
  }
}

static void
refuse (UbImageAnalysis *self, UbImageUse use, GError **error)
{
  const char *name = ub_image_get_name (self->image);

  switch (self->kind) {
  case UB_IMAGE_KIND_OTA_RBL:
  case UB_IMAGE_KIND_UG_PACKAGE:
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_OTA,
                 _ ("“%s” is a package for updates over the air, not the content of a flash"),
                 name);
    break;
  case UB_IMAGE_KIND_PLAIN_ARM:
  case UB_IMAGE_KIND_RAW_BOOTLOADER:
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_PLAIN,
                 _ ("“%s” is a plain program, without the checksums (CRC) that a flash needs"),
                 name);
    break;
  case UB_IMAGE_KIND_BLANK:
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_BLANK, _ ("“%s” is blank"), name);
    break;
  case UB_IMAGE_KIND_OTHER_CHIP:
  case UB_IMAGE_KIND_ELF:
  case UB_IMAGE_KIND_ARCHIVE:
  case UB_IMAGE_KIND_TEXT:
    refuse_foreign (self, error);
    break;
  case UB_IMAGE_KIND_TUYA_STORAGE:
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_UNKNOWN,
                 _ ("“%s” is only the storage of a Tuya device, without bootloader and app"), name);
    break;
  case UB_IMAGE_KIND_UNKNOWN:
    refuse_unknown (self, error);
    break;
  case UB_IMAGE_KIND_ROTATED_BACKUP:
    if (!self->unrotated) {
      g_set_error (
          error, UB_ERROR, UB_ERROR_IMAGE_DAMAGED,
          _ ("“%s” is a backup that does not begin at 0x0: that address is at offset 0x%X"), name,
          self->rotation);
      break;
    }
    refuse_code (self, use, error);
    break;
  case UB_IMAGE_KIND_FULL_BACKUP:
  case UB_IMAGE_KIND_PARTIAL_BACKUP:
  case UB_IMAGE_KIND_QIO:
  case UB_IMAGE_KIND_APP:
  case UB_IMAGE_KIND_LIBRETINY_APP:
  case UB_IMAGE_KIND_BOOTLOADER:
    refuse_code (self, use, error);
    break;
  }
}

/**
 * ub_image_analysis_check_use:
 * @self: an analysis
 * @use: one use, or several of which any will do
 * @error: return location for a #GError
 *
 * Tells whether the image may be written as @use and, if not, why not: the error names what the file is.
 *
 * Returns: whether it may
 */
gboolean
ub_image_analysis_check_use (UbImageAnalysis *self, UbImageUse use, GError **error)
{
  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (self), FALSE);
  g_return_val_if_fail (use != 0, FALSE);

  if ((self->uses & use) != 0)
    return TRUE;
  refuse (self, use, error);
  return FALSE;
}

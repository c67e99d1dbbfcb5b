/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-judge"

#include "config.h"

#include "ub-image-analysis-private.h"

#include "ub-composition.h"

#include <glib/gi18n.h>
#include <string.h>

/* Findings, and what the image may be used as. A file is called usable only for parts of which every byte that
 * carries a checksum was checked; what carries none is named in a finding. */

#define MAX_NAMED_RUNS 4

/* Of the modules this is for: 2 MiB. */
#define SMALLEST_FLASH 0x200000

static char *
dup_damaged_places (const UbCodeArea *area)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < MIN (area->n_runs, MAX_NAMED_RUNS); i++) {
    if (i > 0)
      g_string_append (text, ", ");
    g_string_append_printf (text, "0x%06X", area->runs[i].address);
    if (area->runs[i].blocks > 1)
      g_string_append_printf (
          text, "–0x%06X", area->runs[i].address + area->runs[i].blocks * UB_BEKEN_BLOCK_SIZE - 1);
  }
  if (area->n_runs > MAX_NAMED_RUNS)
    g_string_append (text, " …");
  return g_string_free (text, FALSE);
}

static void
judge_rbl (UbImageAnalysis *self, const UbCodeArea *area, const char *what)
{
  const UbRbl *rbl = area->rbl >= 0 ? &self->rbl[area->rbl] : NULL;

  if (rbl == NULL) {
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "unproven-end",
                                   _ ("No header closes the %s: each block’s checksum holds, but "
                                      "that none is missing at the end "
                                      "cannot be proven."),
                                   what);
  } else if (!rbl->header_ok) {
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "rbl-header",
                                   _ ("The header behind the %s (0x%06X) is damaged."), what,
                                   rbl->address);
  } else if (!area->proven) {
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "rbl-payload",
                                   _ ("The header behind the %s (0x%06X) describes other code: it "
                                      "was left over, or the %s was "
                                      "changed."),
                                   what, rbl->address, what);
  } else if (!rbl->on_grid) {
    ub_image_analysis_add_finding (self, UB_SEVERITY_NOTE, "rbl-place",
                                   _ ("The header behind the %s lies at 0x%06X, not at the end of "
                                      "its partition. The BK7231T SDK packs them so, and "
                                      "bootloaders start them all the same."),
                                   what, rbl->address);
  }
}

/* Findings about one of the two code areas; returns whether it would run. */
static gboolean
judge_area (UbImageAnalysis *self, const UbCodeArea *area, const char *what)
{
  switch (area->state) {
  case UB_CODE_ABSENT:
    return FALSE;
  case UB_CODE_BLANK:
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "blank-code", _ ("The %s is blank."),
                                   what);
    return FALSE;
  case UB_CODE_FOREIGN:
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "foreign-code",
                                   _ ("Where the %s should be lies something else."), what);
    return FALSE;
  case UB_CODE_DAMAGED:
    if (area->n_runs > 0) {
      g_autofree char *places = dup_damaged_places (area);

      ub_image_analysis_add_finding (
          self, UB_SEVERITY_BLOCKING, "crc-damaged",
          ngettext ("The %s is damaged: the checksum of %u of its blocks does not hold (%s).",
                    "The %s is damaged: the checksums of %u of its blocks do not hold (%s).",
                    area->crc.damaged),
          what, area->crc.damaged, places);
    }
    if (area->cut)
      ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "truncated",
                                     _ ("The %s is cut off at 0x%06X."), what, area->end);
    return FALSE;
  case UB_CODE_GOOD:
    break;
  }
  if (area->n_runs + area->n_stale > 0)
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_WARNING, "stale-code",
        ngettext ("Behind the %s lies older code with %u damaged block, which is not used.",
                  "Behind the %s lies older code with %u damaged blocks, which is not used.",
                  area->crc.damaged),
        what, area->crc.damaged);
  if (area->key == UB_BEKEN_KEY_UNKNOWN)
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "unknown-key",
                                   _ ("The %s is encrypted with a key that is not known: it runs "
                                      "only on a module with the same "
                                      "one."),
                                   what);
  judge_rbl (self, area, what);
  return TRUE;
}

static void
judge_calibration (UbImageAnalysis *self)
{
  if (!self->has_calibration) {
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_WARNING, "calibration-missing",
        _ ("It has no RF calibration and no MAC address: keep those of the module."));
    return;
  }
  if (!self->calibration.sound)
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "calibration-damaged",
                                   _ ("The RF calibration at 0x%06X is damaged."),
                                   self->calibration.address);
  else if (!self->calibration.complete)
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_WARNING, "calibration-template",
        _ ("The RF calibration at 0x%06X is only a short replacement: the module’s own was lost "
           "before this was read."),
        self->calibration.address);
  if (self->calibration.sound && !self->calibration.tidy)
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "calibration-doubtful",
                                   _ ("The record of the RF calibration at 0x%06X is not as a "
                                      "factory leaves it: it may be damaged."),
                                   self->calibration.address);
  if (!self->calibration.has_mac)
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "mac-missing",
                                   _ ("The calibration holds no usable MAC address."));
}

static gboolean
is_uniform (const guint8 *data, gsize size, guint8 value)
{
  return size == 0 || (data[0] == value && memcmp (data, data + 1, size - 1) == 0);
}

/* Where the app ends for sure: with its header, though that may lie before the end of the partition. */
static guint32
get_app_end (UbImageAnalysis *self)
{
  const UbRbl *rbl = self->app.proven ? &self->rbl[self->app.rbl] : NULL;

  return rbl != NULL && !rbl->on_grid ? rbl->address + UB_RBL_CODED_SIZE : self->app.end;
}

/* What lies behind the app. */
static void
judge_rest (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  gsize end = self->address + size;
  gboolean to_the_end = ub_image_is_flash_size (end);
  gsize at;

  if (end > SMALLEST_FLASH && !to_the_end) {
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_BLOCKING, "trailing-data",
        _ ("It ends at 0x%zX, which is not the end of any flash: cut off what is too much."), end);
    return;
  }
  if (self->app.state == UB_CODE_ABSENT || end <= get_app_end (self) || to_the_end)
    return;
  at = get_app_end (self) - self->address;
  if (is_uniform (data + at, size - at, 0xFF)) {
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "padding",
                                   _ ("Behind the app it is filled up with 0xFF to 0x%zX: if it "
                                      "was to be a backup, the rest is "
                                      "missing."),
                                   end);
    return;
  }
  if (end <= self->app.end)
    return;
  if (self->kind == UB_IMAGE_KIND_QIO)
    self->kind = UB_IMAGE_KIND_PARTIAL_BACKUP;
  ub_image_analysis_add_finding (
      self, UB_SEVERITY_WARNING, "truncated",
      _ ("It goes on behind the app, but ends at 0x%zX, before the end of any flash: what belongs "
         "behind is missing."),
      end);
}

/* A 2 MiB flash that was read as 4 MiB repeats itself. */
static gboolean
is_doubled (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);

  return size % 2 == 0 && size >= 0x2000 && memcmp (data, data + size / 2, size / 2) == 0;
}

/* A backup that was filled up to the size of a larger flash: blank, it may be one; all zeros, it is none. */
static void
judge_padding (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);

  if (self->for_chip || size <= SMALLEST_FLASH)
    return;
  if (is_uniform (data + SMALLEST_FLASH, size - SMALLEST_FLASH, 0xFF))
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "padding",
                                   _ ("Behind 2 MiB it is blank to 0x%zX: if it was not read from "
                                      "a flash of that size, it was filled up."),
                                   size);
  else if (is_uniform (data + SMALLEST_FLASH, size - SMALLEST_FLASH, 0x00))
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "trailing-data",
                                   _ ("Behind 2 MiB it is filled up with zeros to 0x%zX: cut off "
                                      "what is too much."),
                                   size);
}

/* Tuya's firmware keeps its storage here; what is not blank and cannot be read was the storage once. */
static gboolean
has_unreadable_storage (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  guint32 end = UB_TUYA_KEY_ADDRESS + UB_TUYA_STORAGE_SIZE;

  return self->firmware.name != NULL && g_str_equal (self->firmware.name, "Tuya") &&
         self->address <= UB_TUYA_KEY_ADDRESS && end - self->address <= size &&
         !is_uniform (data + (UB_TUYA_KEY_ADDRESS - self->address), UB_TUYA_STORAGE_SIZE, 0xFF);
}

static void
judge_storage (UbImageAnalysis *self)
{
  if (self->tuya != NULL && !ub_tuya_storage_is_intact (self->tuya)) {
    guint n = ub_tuya_storage_get_n_sectors (self->tuya);
    guint n_intact = ub_tuya_storage_get_n_sectors_intact (self->tuya);

    if (n_intact < n)
      ub_image_analysis_add_finding (
          self, UB_SEVERITY_WARNING, "tuya-storage-damaged",
          _ ("Tuya’s storage is damaged: %u of its %u sectors are whole."), n_intact, n);
    else
      ub_image_analysis_add_finding (
          self, UB_SEVERITY_WARNING, "tuya-storage-damaged",
          _ ("Tuya’s storage is damaged: its sectors are whole, but not all of its values are."));
  }
  if (self->tuya == NULL && has_unreadable_storage (self))
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_WARNING, "tuya-storage-unreadable",
        _ ("Tuya’s storage at 0x%06X cannot be read: its key is damaged, or it holds other data."),
        UB_TUYA_KEY_ADDRESS);
}

static void
judge_whole (UbImageAnalysis *self)
{
  if (self->rotation != 0 && !self->unrotated)
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "rotated",
                                   _ ("It is a backup that begins at 0x%06zX and wraps around: "
                                      "address 0x0 is at offset 0x%06X."),
                                   g_bytes_get_size (self->content) - self->rotation,
                                   self->rotation);
  else if (self->unrotated)
    ub_image_analysis_add_finding (self, UB_SEVERITY_NOTE, "rotated",
                                   _ ("It begins at 0x%06X and wraps around, as bkWriter reads a "
                                      "flash; Unbrick puts it right."),
                                   UB_APP_ADDRESS);
  if (ub_image_is_flash_size (g_bytes_get_size (self->content)))
    judge_padding (self);
  judge_calibration (self);
  judge_storage (self);
  ub_image_analysis_add_finding (self, UB_SEVERITY_NOTE, "not-checked",
                                 _ ("Calibration, files and settings outside the Tuya storage "
                                    "carry no checksums: whether they are "
                                    "whole cannot be proven."));
}

/* Several images in one file: what is behind the first one would be written to the wrong place. */
static gboolean
judge_several (UbImageAnalysis *self)
{
  gsize size = g_bytes_get_size (self->content);

  if (self->for_chip)
    return FALSE;
  if (size > SMALLEST_FLASH && ub_image_is_flash_size (size) && is_doubled (self)) {
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "doubled",
                                   _ ("Its second half repeats the first: a flash of %zu MiB was "
                                      "read as one of %zu MiB. Cut it "
                                      "to its first half."),
                                   size >> 21, size >> 20);
    return TRUE;
  }
  if (self->second_bootloader != 0)
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_BLOCKING, "second-bootloader",
        _ ("Another bootloader begins at offset 0x%zX: the file is made of several images."),
        self->second_bootloader);
  return self->second_bootloader != 0;
}

/* Whether bootloader and app, which are both there, can run together. */
static gboolean
judge_pair (UbImageAnalysis *self)
{
  if (self->boot.key != self->app.key) {
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_BLOCKING, "key-mismatch",
        _ ("Bootloader and app are encrypted with different keys: they cannot run together."));
    return FALSE;
  }
  if (self->boot.family != UB_FAMILY_UNKNOWN && self->app.family != UB_FAMILY_UNKNOWN &&
      self->boot.family != self->app.family) {
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_BLOCKING, "family-mismatch",
        _ ("The bootloader is for %s, but the app is for %s: they cannot run together."),
        ub_family_get_title (self->boot.family), ub_family_get_title (self->app.family));
    return FALSE;
  }
  return TRUE;
}

static gboolean
is_donor (UbImageAnalysis *self)
{
  if (self->boot.proven || self->boot.end == UB_APP_ADDRESS)
    return TRUE;
  ub_image_analysis_add_finding (
      self, UB_SEVERITY_BLOCKING, "bootloader-short",
      _ ("The bootloader ends at 0x%06X, and no header says that this is all of it."),
      self->boot.end);
  return FALSE;
}

static void
judge_code (UbImageAnalysis *self)
{
  gboolean several = judge_several (self);
  gboolean boot_ok = judge_area (self, &self->boot, _ ("bootloader"));
  gboolean app_ok = judge_area (self, &self->app, _ ("app"));
  gboolean pair_ok = boot_ok && app_ok && judge_pair (self);

  if ((boot_ok && self->boot.key == UB_BEKEN_KEY_NONE) ||
      (app_ok && self->app.key == UB_BEKEN_KEY_NONE))
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "clear-code",
                                   _ ("Its code is not encrypted: it runs on modules without a "
                                      "key, such as BK7231M and BK7231U, "
                                      "but not on those of Tuya devices with BK7231T or BK7231N."));
  if (self->address > 0 && self->address < UB_APP_ADDRESS && self->app.state != UB_CODE_ABSENT)
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_WARNING, "bootloader-cut",
        _ ("It begins at 0x%06X, in the middle of the bootloader: only the app can be used."),
        self->address);
  judge_rest (self);
  if (self->kind == UB_IMAGE_KIND_FULL_BACKUP || self->kind == UB_IMAGE_KIND_ROTATED_BACKUP)
    judge_whole (self);
  else if (ub_image_is_flash_size (self->address + g_bytes_get_size (self->content))) {
    judge_calibration (self);
    judge_storage (self);
  }

  if (self->rotation != 0 && !self->unrotated)
    return;
  if (boot_ok && is_donor (self))
    self->uses |= UB_IMAGE_USE_BOOTLOADER_DONOR;
  if (several || self->address + g_bytes_get_size (self->content) > SMALLEST_FLASH * 8 ||
      ub_image_analysis_has_finding (self, "trailing-data"))
    return;
  if (app_ok)
    self->uses |= UB_IMAGE_USE_APP;
  if (pair_ok)
    self->uses |=
        self->kind == UB_IMAGE_KIND_FULL_BACKUP || self->kind == UB_IMAGE_KIND_ROTATED_BACKUP
            ? UB_IMAGE_USE_FULL
            : UB_IMAGE_USE_QIO;
  if (self->boot.state == UB_CODE_ABSENT && self->app.state == UB_CODE_ABSENT)
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_BLOCKING, "no-code",
        self->address_known ? _ ("It is a piece of a backup without bootloader and app.")
                            : _ ("It is a piece of code that does not tell where it belongs."));
}

static void
judge_package (UbImageAnalysis *self)
{
  const UbRbl *rbl = self->n_rbl > 0 ? &self->rbl[0] : NULL;
  gsize size = g_bytes_get_size (self->content);
  gsize expected =
      rbl == NULL ? 0 : (gsize) rbl->address + UB_RBL_HEADER_SIZE + (gsize) rbl->size_package;

  if (self->has_ug && !self->ug.header_ok)
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "ug-header",
                                   _ ("The package’s header is damaged."));
  if (self->has_ug && !self->ug.complete)
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "truncated",
                                   _ ("The package is cut off."));
  else if (self->has_ug && !self->ug.payload_ok)
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "ug-payload",
                                   _ ("The package’s content is damaged."));
  if (rbl != NULL && !rbl->header_ok)
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "rbl-header",
                                   _ ("The package’s inner header is damaged."));
  else if (rbl != NULL && (rbl->payload_crc == UB_CHECK_BAD || rbl->payload_fnv == UB_CHECK_BAD))
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "rbl-payload",
                                   _ ("The package’s content is damaged or cut off."));
  if (rbl != NULL && rbl->header_ok && expected < size)
    ub_image_analysis_add_finding (self, UB_SEVERITY_WARNING, "trailing-data",
                                   _ ("Behind the package are %zu more bytes."), size - expected);
  ub_image_analysis_add_finding (
      self, UB_SEVERITY_BLOCKING, "ota",
      _ ("It is a package for updates over the air: it cannot be written to the flash as it is."));
}

void
ub_image_analysis_judge (UbImageAnalysis *self)
{
  if (self->other_chip != NULL && self->kind != UB_IMAGE_KIND_OTHER_CHIP)
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "other-chip",
                                   _ ("It is made for the %s, not for a BK7231T or BK7231N."),
                                   self->other_chip);
  switch (self->kind) {
  case UB_IMAGE_KIND_FULL_BACKUP:
  case UB_IMAGE_KIND_ROTATED_BACKUP:
  case UB_IMAGE_KIND_PARTIAL_BACKUP:
  case UB_IMAGE_KIND_QIO:
  case UB_IMAGE_KIND_APP:
  case UB_IMAGE_KIND_LIBRETINY_APP:
  case UB_IMAGE_KIND_BOOTLOADER:
    judge_code (self);
    break;
  case UB_IMAGE_KIND_OTA_RBL:
  case UB_IMAGE_KIND_UG_PACKAGE:
    judge_package (self);
    break;
  case UB_IMAGE_KIND_UNKNOWN:
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "unknown",
                                   _ ("It holds nothing that Unbrick knows."));
    break;
  case UB_IMAGE_KIND_RAW_BOOTLOADER:
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_BLOCKING, "no-crc",
        _ ("It is a bootloader without the checksums that a flash needs."));
    break;
  case UB_IMAGE_KIND_PLAIN_ARM:
    ub_image_analysis_add_finding (
        self, UB_SEVERITY_BLOCKING, "no-crc",
        _ ("It is a plain program, without the encryption and checksums that a flash needs."));
    break;
  case UB_IMAGE_KIND_TUYA_STORAGE:
    judge_storage (self);
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "storage-only",
                                   _ ("It is only the storage of a Tuya device: it has no code."));
    break;
  case UB_IMAGE_KIND_BLANK:
    ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "blank", _ ("It is blank."));
    break;
  case UB_IMAGE_KIND_OTHER_CHIP:
  case UB_IMAGE_KIND_ELF:
  case UB_IMAGE_KIND_ARCHIVE:
  case UB_IMAGE_KIND_TEXT:
    if (self->other_chip != NULL)
      ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "other-chip",
                                     _ ("It is made for the %s, not for a BK7231T or BK7231N."),
                                     self->other_chip);
    else
      ub_image_analysis_add_finding (self, UB_SEVERITY_BLOCKING, "not-flash",
                                     _ ("It is not the content of a BK7231 flash."));
    break;
  }
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-beken-code.h"
#include "ub-finding.h"
#include "ub-image.h"
#include "ub-tuya-storage.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* Width of the column of labels in the text of ub_image_analysis_dup_report(), in characters. */
#define UB_IMAGE_REPORT_LABEL_WIDTH 20

/**
 * UbImageKind:
 *
 * What a file is. `ub_image_kind_get_id()` gives the stable name that `inspect --json` prints,
 * `ub_image_kind_get_title()` the translated words for a person.
 */
typedef enum {
  UB_IMAGE_KIND_UNKNOWN,
  UB_IMAGE_KIND_FULL_BACKUP, /* a whole flash from 0x0: 2 MiB or another flash size */
  UB_IMAGE_KIND_ROTATED_BACKUP, /* a whole flash from 0x11000, wrapped around (bkWriter) */
  UB_IMAGE_KIND_PARTIAL_BACKUP, /* a part of a flash; ub_image_analysis_get_address() says from where */
  UB_IMAGE_KIND_QIO, /* bootloader + app from 0x0 */
  UB_IMAGE_KIND_APP, /* UA: app for 0x11000, also with the rest of a backup behind it */
  UB_IMAGE_KIND_LIBRETINY_APP, /* app for 0x11000 with its RBL header at the end */
  UB_IMAGE_KIND_BOOTLOADER, /* bootloader alone, with CRC blocks */
  UB_IMAGE_KIND_RAW_BOOTLOADER, /* bootloader alone, without CRC blocks */
  UB_IMAGE_KIND_OTA_RBL,
  UB_IMAGE_KIND_UG_PACKAGE,
  UB_IMAGE_KIND_TUYA_STORAGE,
  UB_IMAGE_KIND_PLAIN_ARM,
  UB_IMAGE_KIND_OTHER_CHIP,
  UB_IMAGE_KIND_ELF,
  UB_IMAGE_KIND_ARCHIVE,
  UB_IMAGE_KIND_TEXT,
  UB_IMAGE_KIND_BLANK,
} UbImageKind;

/**
 * UbFamily:
 *
 * The chip family an image is made for, or a module is of.
 */
typedef enum {
  UB_FAMILY_UNKNOWN,
  UB_FAMILY_T, /* BK7231T, which calls itself BK7231S */
  UB_FAMILY_N, /* BK7231N */
  UB_FAMILY_U, /* BK7231U */
} UbFamily;

/**
 * UbImageUse:
 *
 * What an image may be written as; `usable_as` of `inspect --json`.
 */
typedef enum {
  UB_IMAGE_USE_FULL = 1 << 0, /* a whole backup, to 0x0 */
  UB_IMAGE_USE_QIO = 1 << 1, /* bootloader + app, to 0x0 */
  UB_IMAGE_USE_APP = 1 << 2, /* to 0x11000, behind a donor's bootloader */
  UB_IMAGE_USE_BOOTLOADER_DONOR = 1 << 3, /* its first 0x11000 bytes */
} UbImageUse;

#define UB_N_IMAGE_USES 4

#define UB_TYPE_IMAGE_ANALYSIS (ub_image_analysis_get_type ())
G_DECLARE_FINAL_TYPE (UbImageAnalysis, ub_image_analysis, UB, IMAGE_ANALYSIS, GObject)

UbImageAnalysis *ub_image_analysis_new (UbImage *image);
UbImageAnalysis *ub_image_analysis_new_for_chip (GBytes *content);
UbImageAnalysis *ub_image_analysis_new_for_excerpt (GBytes *content);
gboolean ub_image_analysis_is_excerpt (UbImageAnalysis *self);

UbImage *ub_image_analysis_get_image (UbImageAnalysis *self);
GBytes *ub_image_analysis_get_content (UbImageAnalysis *self);
UbImageKind ub_image_analysis_get_kind (UbImageAnalysis *self);
guint32 ub_image_analysis_get_address (UbImageAnalysis *self);
UbFamily ub_image_analysis_get_family (UbImageAnalysis *self);
const char *const *ub_image_analysis_get_family_evidence (UbImageAnalysis *self);
UbImageUse ub_image_analysis_get_uses (UbImageAnalysis *self);
const char *ub_image_analysis_get_bootloader_name (UbImageAnalysis *self);
const char *ub_image_analysis_get_bootloader_version (UbImageAnalysis *self);
const char *ub_image_analysis_get_firmware_name (UbImageAnalysis *self);
const char *ub_image_analysis_get_firmware_version (UbImageAnalysis *self);
const UbCrcCount *ub_image_analysis_get_crc (UbImageAnalysis *self);
gboolean
ub_image_analysis_get_calibration (UbImageAnalysis *self, guint32 *out_address, guint32 *out_size);
const char *ub_image_analysis_get_mac (UbImageAnalysis *self);
UbTuyaStorage *ub_image_analysis_get_tuya_storage (UbImageAnalysis *self);
UbTuyaConfig *ub_image_analysis_get_tuya_config (UbImageAnalysis *self);
const char *ub_image_analysis_get_tuya_module (UbImageAnalysis *self);
guint ub_image_analysis_get_n_findings (UbImageAnalysis *self);
const UbFinding *ub_image_analysis_get_finding (UbImageAnalysis *self, guint index);
char *ub_image_analysis_dup_summary (UbImageAnalysis *self);
char *ub_image_analysis_dup_verdict (UbImageAnalysis *self);
char *ub_image_analysis_dup_report (UbImageAnalysis *self, gboolean reveal);
JsonNode *ub_image_analysis_to_json (UbImageAnalysis *self, gboolean reveal);

gboolean ub_image_analysis_check_use (UbImageAnalysis *self, UbImageUse use, GError **error);

const char *ub_image_kind_get_id (UbImageKind kind);
const char *ub_image_kind_get_title (UbImageKind kind);
const char *ub_image_use_get_id (UbImageUse use);
const char *ub_image_use_get_title (UbImageUse use);
const char *ub_family_get_id (UbFamily family);
const char *ub_family_get_title (UbFamily family);

G_END_DECLS

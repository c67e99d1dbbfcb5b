/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-calibration.h"
#include "ub-fal.h"
#include "ub-fast-connect.h"
#include "ub-firmware-strings.h"
#include "ub-image-analysis.h"
#include "ub-image-signature.h"
#include "ub-rbl.h"
#include "ub-tuya-storage.h"

G_BEGIN_DECLS

#define UB_MAX_RBL 8
#define UB_MAX_DAMAGED_RUNS 16

/* A header among the code, in blocks. */
#define UB_RBL_CODED_SIZE (UB_RBL_HEADER_SIZE / UB_BEKEN_BLOCK_DATA * UB_BEKEN_BLOCK_SIZE)

/* The default end of the app's CRC blocks: the partition of 0x108700 bytes that all Tuya bootloaders but the
 * newest have. */
#define UB_DEFAULT_CODE_END 0x129F70

/* Where Tuya's storage begins with its key, and how large it is, on both families (25 of 25 dumps). */
#define UB_TUYA_KEY_ADDRESS 0x1EE000
#define UB_TUYA_STORAGE_SIZE 0x12000

/**
 * UbCodeState:
 *
 * What is known of the bootloader or of the app.
 */
typedef enum {
  UB_CODE_ABSENT, /* the content does not reach there */
  UB_CODE_BLANK, /* all 0xFF */
  UB_CODE_GOOD, /* begins with vectors, and no block is damaged */
  UB_CODE_DAMAGED, /* begins with vectors, or has valid blocks, but some do not hold */
  UB_CODE_FOREIGN, /* something else lies there */
} UbCodeState;

/**
 * UbCodeArea:
 * @address: on the flash
 * @end: on the flash, of what the content has of it
 * @state: see there
 * @key: its key
 * @family: which chip it says it is for
 * @crc: its blocks
 * @proven: an RBL header's checksums hold over all of it
 * @cut: the content ends in the middle of it
 * @rbl: index of its header, -1 if it has none
 * @n_runs: damaged places
 * @runs: address of the first damaged block and how many
 * @n_stale: damaged blocks behind the end of the living code
 */
typedef struct {
  guint32 address;
  guint32 end;
  UbCodeState state;
  UbBekenKeyId key;
  UbFamily family;
  UbCrcCount crc;
  gboolean proven;
  gboolean cut;
  gint rbl;
  guint n_runs;
  struct {
    guint32 address;
    guint blocks;
  } runs[UB_MAX_DAMAGED_RUNS];
  guint n_stale;
} UbCodeArea;

struct _UbImageAnalysis {
  GObject parent_instance;

  UbImage *image;
  GBytes *content;
  gboolean for_chip;
  gboolean is_excerpt; /* only some ranges of a chip were read */

  UbImageKind kind;
  guint32 address;
  gboolean address_known;
  guint32 rotation; /* where flash address 0 is in the file; 0 if not rotated */
  gboolean unrotated; /* rotated as bkWriter does it, and fit for use once put right */
  gsize second_bootloader; /* offset of another one; 0 if none */
  const UbImageSignature *signature;
  char *other_chip; /* Beken chip that is neither T, N nor U */

  UbFamily family;
  GPtrArray *evidence;
  UbImageUse uses;

  UbCodeArea boot;
  UbCodeArea app;
  char *boot_name;
  char *boot_version;
  UbFirmwareStrings firmware;
  UbCrcCount crc;
  gboolean has_fal;
  UbFalTable fal;
  guint n_rbl;
  UbRbl rbl[UB_MAX_RBL];
  gboolean has_ug;
  UbUgPackage ug;
  gboolean has_calibration;
  UbCalibration calibration;
  guint n_calibrations; /* at the places of both families */
  UbTuyaStorage *tuya;
  UbTuyaConfig *default_config; /* the app's own; not this device's */
  UbFastConnect *fast_connect;

  GArray *findings;
};

void ub_image_analysis_add_finding (UbImageAnalysis *self,
                                    UbSeverity severity,
                                    const char *id,
                                    const char *format,
                                    ...) G_GNUC_PRINTF (4, 5);
gboolean ub_image_analysis_has_finding (UbImageAnalysis *self, const char *id);
void ub_image_analysis_add_evidence (UbImageAnalysis *self, const char *format, ...)
    G_GNUC_PRINTF (2, 3);

/* ub-image-recognise.c: what the file is and where it belongs. */
gboolean ub_image_is_flash_size (gsize size);
void ub_image_analysis_recognise (UbImageAnalysis *self);

/* ub-image-code.c: bootloader, app and their headers. */
void ub_image_analysis_examine_code (UbImageAnalysis *self);

/* ub-image-data.c: calibration, storage and network. */
void ub_image_analysis_examine_data (UbImageAnalysis *self);
void ub_image_analysis_find_fast_connect (UbImageAnalysis *self);

/* ub-image-family.c: which chip. */
void ub_image_analysis_find_family (UbImageAnalysis *self);

/* ub-image-judge.c: findings and uses. */
void ub_image_analysis_judge (UbImageAnalysis *self);

G_END_DECLS

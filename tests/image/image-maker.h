/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-beken-code.h"
#include "ub-error.h"
#include "ub-image-analysis.h"

G_BEGIN_DECLS

#define IMAGE_FLASH_SIZE 0x200000
#define IMAGE_CODE_END 0x129F70

/* To be written from address 0. */
#define IMAGE_ANY_FULL (UB_IMAGE_USE_FULL | UB_IMAGE_USE_QIO)

/**
 * ImageSpec:
 *
 * What a made-up flash holds. Zero-initialised fields leave the thing out.
 */
typedef struct {
  UbFamily family;
  UbBekenKeyId key;
  const char *boot_version; /* such as BK7231N_1.0.1; no bootloader without it */
  const char *app_text; /* a string in the app; no app without it */
  gsize app_size; /* logical bytes, a multiple of 32 */
  gboolean no_app_rbl;
  guint32 app_rbl_end; /* where the app's header ends, if not at the end of the app's partition */
  gboolean newer_table; /* of Beken's bootloaders from 1.0.8 on */
  const guint8 *mac; /* no calibration without it */
  gboolean template_calibration;
} ImageSpec;

guint8 *image_make_flash (const ImageSpec *spec);
GBytes *image_make_part (const ImageSpec *spec, gsize from, gsize to);
void image_spec_init (ImageSpec *spec, UbFamily family);
GBytes *image_make_package (const char *name, gsize size, guint32 algo, gboolean ug);
UbImageAnalysis *image_analyse (const guint8 *data, gsize size);
UbImageAnalysis *image_analyse_bytes (GBytes *bytes);
gboolean image_has_finding (UbImageAnalysis *analysis, const char *id);
void
image_assert_refused (UbImageAnalysis *analysis, UbImageUse use, UbError code, const char *words);
void image_assert_warned (UbImageAnalysis *analysis);

G_END_DECLS

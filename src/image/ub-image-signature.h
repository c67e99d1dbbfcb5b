/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-analysis.h"

G_BEGIN_DECLS

/**
 * UbImageSignature:
 * @kind: the kind it makes of a file
 * @id: stable name, such as `zip` or `esp32`
 * @title: untranslated name of the format or chip, as its makers call it
 */
typedef struct {
  UbImageKind kind;
  const char *id;
  const char *title;
} UbImageSignature;

const UbImageSignature *ub_image_signature_find (const guint8 *data, gsize size);
const UbImageSignature *ub_image_signature_guess (const guint8 *data, gsize size);

G_END_DECLS

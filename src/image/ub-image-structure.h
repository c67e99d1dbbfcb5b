/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-signature.h"

G_BEGIN_DECLS

const UbImageSignature *ub_image_structure_find_format (const guint8 *data, gsize size);
const UbImageSignature *ub_image_structure_find_chip (const guint8 *data, gsize size);

G_END_DECLS

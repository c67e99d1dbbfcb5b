/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define UB_TYPE_IMAGE (ub_image_get_type ())
G_DECLARE_FINAL_TYPE (UbImage, ub_image, UB, IMAGE, GObject)

UbImage *ub_image_new (GBytes *bytes, const char *name);
UbImage *ub_image_load (GFile *file, GCancellable *cancellable, GError **error);

GBytes *ub_image_get_bytes (UbImage *self);
const guint8 *ub_image_get_data (UbImage *self, gsize *out_size);
gsize ub_image_get_size (UbImage *self);
const char *ub_image_get_name (UbImage *self);
GFile *ub_image_get_file (UbImage *self);
const char *ub_image_get_sha256 (UbImage *self);

G_END_DECLS

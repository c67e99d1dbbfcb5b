/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-analysis.h"

#include <gio/gio.h>

G_BEGIN_DECLS

void ub_image_loader_load_async (GFile *file,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
UbImageAnalysis *ub_image_loader_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS

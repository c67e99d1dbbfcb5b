/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-analysis.h"

G_BEGIN_DECLS

/**
 * UbPartition:
 * @id: stable name: bootloader, app, download, calibration, fast-connect, user-index, user-files,
 *   tuya-key, tuya-storage …
 * @address: of its first byte
 * @size: bytes
 * @precious: cannot be made again once lost: calibration, keys
 */
typedef struct {
  const char *id;
  guint32 address;
  guint32 size;
  gboolean precious;
} UbPartition;

const UbPartition *ub_flash_layout_get (UbFamily family, guint32 flash_size, guint *out_n);
const UbPartition *ub_flash_layout_find (UbFamily family, guint32 flash_size, guint32 address);
const char *ub_partition_get_title (const UbPartition *partition);

G_END_DECLS

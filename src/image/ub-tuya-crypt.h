/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define UB_TUYA_SECTOR_SIZE 4096
#define UB_TUYA_KEY_SIZE 16
#define UB_TUYA_N_KEY_PARTS 6

void ub_tuya_decrypt (const guint8 key[UB_TUYA_KEY_SIZE],
                      const guint8 *data,
                      gsize size,
                      guint8 *out_plain);
void ub_tuya_decrypt_master (const guint8 *data, gsize size, guint8 *out_plain);
void ub_tuya_derive_key (const guint8 device_key[UB_TUYA_KEY_SIZE],
                         guint part,
                         guint8 out_key[UB_TUYA_KEY_SIZE]);
guint32 ub_tuya_sum (const guint8 *data, gsize size);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

#define MAKER_SECTOR 4096
#define MAKER_CLASSIC_MAGIC 0x98761234
#define MAKER_OS3_MAGIC 0x135726AB

void maker_put_u16 (guint8 *out, guint value);
void maker_put_u32 (guint8 *out, guint32 value);
guint32 maker_sum (const guint8 *data, gsize size);
void maker_encrypt_master (guint8 *sector);
void maker_encrypt_data (const guint8 *device_key, guint8 *data, gsize size);
void maker_seal_key (const guint8 *device_key, guint8 *sector);
void maker_seal_data (const guint8 *device_key, guint32 magic, guint8 *sector);
void maker_seal_protected (const guint8 *device_key, gsize size, guint8 *sector);

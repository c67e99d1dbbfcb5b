/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tuya-maker.h"

#include "ub-tuya-storage.h"

#define TUYA_AREA_PAGE 128
#define TUYA_AREA_N_SECTORS 17
#define TUYA_AREA_KEY_AT MAKER_SECTOR /* behind the protected sector */
#define TUYA_AREA_DATA_AT (2 * MAKER_SECTOR)
#define TUYA_AREA_SIZE ((2 + TUYA_AREA_N_SECTORS) * MAKER_SECTOR)
#define TUYA_AREA_ADDRESS 0x1ED000 /* so that the storage ends with a flash of 2 MiB */

/* A flash area with storage of which nothing is encrypted yet. */
typedef struct {
  guint8 flash[TUYA_AREA_SIZE];
  guint32 magic;
  gsize protected_size;
} TuyaArea;

/* What the device of the area stores. */
extern const guint8 tuya_area_device_key[16];
extern const char tuya_area_identity[];
extern const char tuya_area_network[];
extern const char tuya_area_device[];
extern const char tuya_area_params[];

guint8 *tuya_area_get_sector (TuyaArea *area, guint sector);
void tuya_area_put_block (TuyaArea *area, guint sector, guint id, guint generation);
void tuya_area_put_pages (TuyaArea *area, guint sector, guint first, const void *value, gsize size);
void tuya_area_put_index (TuyaArea *area,
                          guint sector,
                          guint page,
                          const char *name,
                          const char *value,
                          const guint (*parts)[3],
                          guint n_parts);
void tuya_area_put_record (TuyaArea *area, const char *name, const char *value);
TuyaArea *tuya_area_new (guint32 magic);
void tuya_area_seal (TuyaArea *area);
UbTuyaStorage *tuya_area_parse (TuyaArea *area);
int tuya_area_find_key (UbTuyaStorage *storage, const char *key);
void tuya_area_assert_value (UbTuyaStorage *storage, const char *key, const char *value);
void tuya_area_assert_complete (UbTuyaStorage *storage);

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-tuya-config.h"

G_BEGIN_DECLS

/**
 * UbTuyaGeneration:
 *
 * Which of Tuya's SDKs wrote the storage. ub_tuya_generation_get_id() gives the stable name.
 */
typedef enum {
  UB_TUYA_GENERATION_CLASSIC, /* data magic 0x98761234 */
  UB_TUYA_GENERATION_OS3, /* TuyaOS 3: data magic 0x135726AB */
} UbTuyaGeneration;

#define UB_TYPE_TUYA_STORAGE (ub_tuya_storage_get_type ())
G_DECLARE_FINAL_TYPE (UbTuyaStorage, ub_tuya_storage, UB, TUYA_STORAGE, GObject)

UbTuyaStorage *ub_tuya_storage_parse (const guint8 *flash, gsize size, guint32 base_address);

guint32 ub_tuya_storage_get_address (UbTuyaStorage *self);
UbTuyaGeneration ub_tuya_storage_get_generation (UbTuyaStorage *self);
const char *ub_tuya_generation_get_id (UbTuyaGeneration generation);
guint ub_tuya_storage_get_n_sectors (UbTuyaStorage *self);
guint ub_tuya_storage_get_n_sectors_intact (UbTuyaStorage *self);
gboolean ub_tuya_storage_has_protected (UbTuyaStorage *self, guint32 *out_address);
gboolean ub_tuya_storage_is_intact (UbTuyaStorage *self);

guint ub_tuya_storage_get_n_values (UbTuyaStorage *self);
const char *ub_tuya_storage_get_key (UbTuyaStorage *self, guint index);
gboolean ub_tuya_storage_is_value_intact (UbTuyaStorage *self, guint index);
gboolean ub_tuya_storage_is_value_protected (UbTuyaStorage *self, guint index);
GBytes *ub_tuya_storage_get_value (UbTuyaStorage *self, guint index);
GBytes *ub_tuya_storage_lookup (UbTuyaStorage *self, const char *key);
const char *const *ub_tuya_storage_get_secrets (UbTuyaStorage *self);

UbTuyaConfig *ub_tuya_storage_get_config (UbTuyaStorage *self);
const char *ub_tuya_storage_get_module (UbTuyaStorage *self);
JsonNode *ub_tuya_storage_to_json (UbTuyaStorage *self, gboolean reveal);

G_END_DECLS

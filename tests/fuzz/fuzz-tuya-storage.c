/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz.h"
#include "tuya-maker.h"

#include "ub-fast-connect.h"
#include "ub-tuya-storage.h"

#include <string.h>

#define MAX_SECTORS 6

/* Bits of the first byte. */
#define MODE_RAW 1 /* the bytes are a flash as it is; otherwise they are decrypted sectors */
#define MODE_OS3 2
#define MODE_PROTECTED 4 /* the first sector is a protected one */
#define MODE_OPEN 8 /* sums are as they come, not made right */
#define MODE_SHIFTED 16 /* the flash begins within a sector */

static const guint8 device_key[16] = { 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 4, 7, 11, 18 };

/* Chance does not find a checksum and never a cipher's key: seals what the fuzzer wrote. */
static gsize
seal (guint8 mode, const uint8_t *data, size_t size, guint8 *flash)
{
  guint32 magic = (mode & MODE_OS3) != 0 ? MAKER_OS3_MAGIC : MAKER_CLASSIC_MAGIC;
  guint8 *at = flash;

  maker_seal_key (device_key, at);
  at += MAKER_SECTOR;
  for (guint i = 0; i < MAX_SECTORS && size > 0; i++) {
    gsize part = MIN (size, MAKER_SECTOR - 8);

    memset (at, 0xFF, MAKER_SECTOR);
    memcpy (at + 8, data, part);
    if (i == 0 && (mode & MODE_PROTECTED) != 0) {
      maker_seal_protected (device_key, at[24] | at[25] << 8, at);
    } else if ((mode & MODE_OPEN) != 0) {
      maker_put_u32 (at, magic);
      maker_encrypt_data (device_key, at, MAKER_SECTOR);
    } else {
      maker_seal_data (device_key, magic, at);
    }
    data += part;
    size -= part;
    at += MAKER_SECTOR;
  }
  return at - flash;
}

static void
check (UbTuyaStorage *storage)
{
  g_autoptr (JsonNode) open = ub_tuya_storage_to_json (storage, TRUE);
  g_autoptr (JsonNode) masked = ub_tuya_storage_to_json (storage, FALSE);
  g_autofree char *json = json_to_string (open, FALSE);
  g_autoptr (JsonNode) again = json_from_string (json, NULL);

  g_assert_nonnull (again);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), <=,
                    ub_tuya_storage_get_n_sectors (storage));
  for (guint i = 0; i < ub_tuya_storage_get_n_values (storage); i++) {
    const char *key = ub_tuya_storage_get_key (storage, i);

    g_assert_nonnull (ub_tuya_storage_get_value (storage, i));
    if (ub_tuya_storage_is_value_intact (storage, i))
      g_assert_nonnull (ub_tuya_storage_lookup (storage, key));
    else
      g_assert_null (ub_tuya_storage_lookup (storage, key));
  }
  if (ub_tuya_storage_get_config (storage) != NULL) {
    g_autofree char *template =
        ub_tuya_config_to_template (ub_tuya_storage_get_config (storage), "BK7231T");
  }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static guint8 flash[(MAX_SECTORS + 1) * MAKER_SECTOR];
  g_autoptr (UbTuyaStorage) storage = NULL;
  g_autoptr (UbFastConnect) record = NULL;
  guint32 base;

  if (size < 1)
    return 0;
  base = (*data & MODE_SHIFTED) != 0 ? 0x1EDF00 : 0x1EE000;
  if ((*data & MODE_RAW) != 0) {
    storage = ub_tuya_storage_parse (data + 1, size - 1, base);
    record = ub_fast_connect_parse (data + 1, size - 1);
  } else {
    gsize used = seal (*data, data + 1, size - 1, flash);

    storage = ub_tuya_storage_parse (flash, used, base);
  }
  if (storage != NULL)
    check (storage);
  if (record != NULL) {
    g_autoptr (JsonNode) node = ub_fast_connect_to_json (record, TRUE);
  }
  return 0;
}

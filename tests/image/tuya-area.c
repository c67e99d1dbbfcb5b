/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "tuya-area.h"

#include <string.h>

const guint8 tuya_area_device_key[16] = { 7, 1, 9, 2, 250, 4, 99, 128, 3, 200, 17, 0, 5, 6, 8, 10 };

const char tuya_area_identity[] =
    "{\"uuid\":\"SECRET-uuid\",\"psk_key\":\"SECRET-psk\","
    "\"auth_key\":\"SECRET-auth\",\"ap_ssid\":\"SECRET-ap\","
    "\"ap_passwd\":null,\"country_code\":\"DE\",\"new\":\"SECRET-new\","
    "\"list\":[\"SECRET-item\",1],\"prod_test\":false}";
const char tuya_area_network[] = "{\"nc_tp\":1,\"ssid\":\"U0VDUkVULXNzaWQ=\","
                                 "\"passwd\":\"U0VDUkVULXBhc3M=\",\"random\":4711,\"wfb64\":1,"
                                 "\"token\":\"SECRET-token\",\"region\":\"EU\"}";
const char tuya_area_device[] =
    "{\"id\":\"SECRET-id\",\"swv\":\"1.2.1\",\"lat\":51.5,\"lon\":7.25}";
const char tuya_area_params[] =
    "{rl1_lv:1,netled_lv:0,bt1_pin:20,rl2_pin:7,rl2_lv:0,jv:1.0.1,netled_pin:22,module:CBU,"
    "rl1_pin:28,onoff1:26,total_bt_pin:8,reset_t:5,inch_dp:19,ch_cddpid1:7,init_conf:14,crc:71,}";
static const char old_params[] = "{module:OLD,crc:1,}";

guint8 *
tuya_area_get_sector (TuyaArea *area, guint sector)
{
  return area->flash + TUYA_AREA_DATA_AT + sector * MAKER_SECTOR;
}

void
tuya_area_put_block (TuyaArea *area, guint sector, guint id, guint generation)
{
  guint8 *data = tuya_area_get_sector (area, sector);

  memset (data, 0xFF, MAKER_SECTOR);
  maker_put_u16 (data + 8, id);
  maker_put_u32 (data + 10, generation);
  data[14] = 4;
  maker_put_u32 (data + 15, 0);
}

void
tuya_area_put_pages (TuyaArea *area, guint sector, guint first, const void *value, gsize size)
{
  memcpy (tuya_area_get_sector (area, sector) + first * TUYA_AREA_PAGE, value, size);
}

/* An index page whose value lies in up to two runs of pages. */
void
tuya_area_put_index (TuyaArea *area,
                     guint sector,
                     guint page,
                     const char *name,
                     const char *value,
                     const guint (*parts)[3],
                     guint n_parts)
{
  guint8 *data = tuya_area_get_sector (area, sector);
  guint8 *index = data + page * TUYA_AREA_PAGE;
  gsize size = strlen (value);
  guint8 *at = index + 18 + strlen (name) + 1;

  data[15 + page / 8] |= 1 << page % 8;
  maker_put_u32 (index, maker_sum ((const guint8 *) value, size));
  maker_put_u32 (index + 4, size);
  maker_put_u16 (index + 8, data[8] | data[9] << 8);
  index[10] = page;
  maker_put_u16 (index + 11, n_parts);
  maker_put_u32 (index + 13, 0x422B48);
  index[17] = strlen (name) + 1;
  strcpy ((char *) index + 18, name);
  for (guint i = 0; i < n_parts; i++) {
    maker_put_u16 (at, parts[i][0]);
    at[2] = parts[i][1];
    at[3] = parts[i][2];
    at += 4;
  }
}

void
tuya_area_put_record (TuyaArea *area, const char *name, const char *value)
{
  guint8 *at = area->flash + 32 + area->protected_size;

  maker_put_u32 (at, strlen (value));
  memset (at + 4, 0, 32);
  strcpy ((char *) at + 4, name);
  memcpy (at + 36, value, strlen (value));
  area->protected_size += 36 + strlen (value);
}

/*
 * Blocks 0 to 13 and swap copies behind them, as on devices: identity in block 0, configuration in
 * pages of blocks 0 and 1, network and device in block 2, an older configuration in an older block 1.
 */
TuyaArea *
tuya_area_new (guint32 magic)
{
  TuyaArea *area = g_new (TuyaArea, 1);

  area->magic = magic;
  area->protected_size = 0;
  memset (area->flash, 0xFF, sizeof area->flash);
  for (guint i = 0; i < 14; i++)
    tuya_area_put_block (area, i, i, i == 1 ? 9 : 1);
  tuya_area_put_block (area, 14, 1, 8);
  tuya_area_put_block (area, 15, 2, 0);
  tuya_area_put_block (area, 16, 5, 0);

  tuya_area_put_pages (area, 0, 2, tuya_area_identity, strlen (tuya_area_identity));
  tuya_area_put_index (area, 0, 1, "gw_bi", tuya_area_identity, (const guint[][3]) { { 0, 2, 4 } },
                       1);
  tuya_area_put_pages (area, 0, 20, tuya_area_params, TUYA_AREA_PAGE);
  tuya_area_put_pages (area, 1, 5, tuya_area_params + TUYA_AREA_PAGE,
                       strlen (tuya_area_params) - TUYA_AREA_PAGE);
  tuya_area_put_index (area, 1, 1, "user_param_key", tuya_area_params,
                       (const guint[][3]) { { 0, 20, 20 }, { 1, 5, 5 } }, 2);
  tuya_area_put_pages (area, 14, 5, old_params, strlen (old_params));
  tuya_area_put_index (area, 14, 1, "user_param_key", old_params,
                       (const guint[][3]) { { 1, 5, 5 } }, 1);
  tuya_area_put_pages (area, 2, 9, tuya_area_network, strlen (tuya_area_network));
  tuya_area_put_index (area, 2, 30, "gw_wsm", tuya_area_network,
                       (const guint[][3]) { { 2, 9, 10 } }, 1);
  tuya_area_put_pages (area, 2, 12, tuya_area_device, strlen (tuya_area_device));
  tuya_area_put_index (area, 2, 31, "gw_di", tuya_area_device, (const guint[][3]) { { 2, 12, 12 } },
                       1);
  tuya_area_put_pages (area, 3, 2, "SECRET-blob", 11);
  tuya_area_put_index (area, 3, 1, "unheard_of", "SECRET-blob", (const guint[][3]) { { 3, 2, 2 } },
                       1);
  tuya_area_put_pages (area, 3, 4, "3", 2);
  tuya_area_put_index (area, 3, 3, "wf_start_md", "3", (const guint[][3]) { { 3, 4, 4 } }, 1);

  tuya_area_put_record (area, "gw_bi", tuya_area_identity);
  tuya_area_put_record (area, "gw_wsm", tuya_area_network);
  /* Left over behind the end. */
  memcpy (area->flash + 32 + area->protected_size, "\x06\0\0\0ssid\0", 10);
  return area;
}

void
tuya_area_seal (TuyaArea *area)
{
  maker_seal_protected (tuya_area_device_key, area->protected_size, area->flash);
  maker_seal_key (tuya_area_device_key, area->flash + TUYA_AREA_KEY_AT);
  for (guint i = 0; i < TUYA_AREA_N_SECTORS; i++)
    maker_seal_data (tuya_area_device_key, area->magic, tuya_area_get_sector (area, i));
}

UbTuyaStorage *
tuya_area_parse (TuyaArea *area)
{
  return ub_tuya_storage_parse (area->flash, TUYA_AREA_SIZE, TUYA_AREA_ADDRESS);
}

int
tuya_area_find_key (UbTuyaStorage *storage, const char *key)
{
  for (guint i = 0; i < ub_tuya_storage_get_n_values (storage); i++) {
    if (strcmp (ub_tuya_storage_get_key (storage, i), key) == 0)
      return i;
  }
  return -1;
}

void
tuya_area_assert_value (UbTuyaStorage *storage, const char *key, const char *value)
{
  GBytes *bytes = ub_tuya_storage_lookup (storage, key);

  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), value, strlen (value));
}

void
tuya_area_assert_complete (UbTuyaStorage *storage)
{
  static const char *const keys[] = { "gw_bi", "user_param_key", "gw_wsm",
                                      "gw_di", "unheard_of",     "wf_start_md" };

  g_assert_cmpuint (ub_tuya_storage_get_n_values (storage), ==, G_N_ELEMENTS (keys));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_assert_cmpstr (ub_tuya_storage_get_key (storage, i), ==, keys[i]);
    g_assert_true (ub_tuya_storage_is_value_intact (storage, i));
    g_assert_false (ub_tuya_storage_is_value_protected (storage, i));
  }
  tuya_area_assert_value (storage, "gw_bi", tuya_area_identity);
  tuya_area_assert_value (storage, "user_param_key", tuya_area_params);
  tuya_area_assert_value (storage, "gw_wsm", tuya_area_network);
  tuya_area_assert_value (storage, "gw_di", tuya_area_device);
  g_assert_cmpstr (ub_tuya_storage_get_module (storage), ==, "CBU");
}

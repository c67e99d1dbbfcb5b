/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "tuya-maker.h"

#include "ub-tuya-storage.h"
#include "ub-tuya-value.h"

#include <string.h>

#define PAGE 128
#define N_SECTORS 17
#define KEY_AT MAKER_SECTOR /* behind the protected sector */
#define DATA_AT (2 * MAKER_SECTOR)
#define SIZE ((2 + N_SECTORS) * MAKER_SECTOR)
#define BASE 0x1ED000 /* so that the storage ends with a flash of 2 MiB */

static const guint8 device_key[16] = { 7, 1, 9, 2, 250, 4, 99, 128, 3, 200, 17, 0, 5, 6, 8, 10 };

static const char identity[] = "{\"uuid\":\"SECRET-uuid\",\"psk_key\":\"SECRET-psk\","
                               "\"auth_key\":\"SECRET-auth\",\"ap_ssid\":\"SECRET-ap\","
                               "\"ap_passwd\":null,\"country_code\":\"DE\",\"new\":\"SECRET-new\","
                               "\"list\":[\"SECRET-item\",1],\"prod_test\":false}";
static const char network[] = "{\"nc_tp\":1,\"ssid\":\"U0VDUkVULXNzaWQ=\","
                              "\"passwd\":\"U0VDUkVULXBhc3M=\",\"random\":4711,\"wfb64\":1,"
                              "\"token\":\"SECRET-token\",\"region\":\"EU\"}";
static const char device[] = "{\"id\":\"SECRET-id\",\"swv\":\"1.2.1\",\"lat\":51.5,\"lon\":7.25}";
static const char params[] =
    "{rl1_lv:1,netled_lv:0,bt1_pin:20,rl2_pin:7,rl2_lv:0,jv:1.0.1,netled_pin:22,module:CBU,"
    "rl1_pin:28,onoff1:26,total_bt_pin:8,reset_t:5,inch_dp:19,ch_cddpid1:7,init_conf:14,crc:71,}";
static const char old_params[] = "{module:OLD,crc:1,}";

/* A flash area with storage of which nothing is encrypted yet. */
typedef struct {
  guint8 flash[SIZE];
  guint32 magic;
  gsize protected_size;
} Area;

static guint8 *
get_sector (Area *area, guint sector)
{
  return area->flash + DATA_AT + sector * MAKER_SECTOR;
}

static void
put_block (Area *area, guint sector, guint id, guint generation)
{
  guint8 *data = get_sector (area, sector);

  memset (data, 0xFF, MAKER_SECTOR);
  maker_put_u16 (data + 8, id);
  maker_put_u32 (data + 10, generation);
  data[14] = 4;
  maker_put_u32 (data + 15, 0);
}

static void
put_pages (Area *area, guint sector, guint first, const void *value, gsize size)
{
  memcpy (get_sector (area, sector) + first * PAGE, value, size);
}

/* An index page whose value lies in up to two runs of pages. */
static void
put_index (Area *area,
           guint sector,
           guint page,
           const char *name,
           const char *value,
           const guint (*parts)[3],
           guint n_parts)
{
  guint8 *data = get_sector (area, sector);
  guint8 *index = data + page * PAGE;
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

static void
put_record (Area *area, const char *name, const char *value)
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
static Area *
make_area (guint32 magic)
{
  Area *area = g_new (Area, 1);

  area->magic = magic;
  area->protected_size = 0;
  memset (area->flash, 0xFF, sizeof area->flash);
  for (guint i = 0; i < 14; i++)
    put_block (area, i, i, i == 1 ? 9 : 1);
  put_block (area, 14, 1, 8);
  put_block (area, 15, 2, 0);
  put_block (area, 16, 5, 0);

  put_pages (area, 0, 2, identity, strlen (identity));
  put_index (area, 0, 1, "gw_bi", identity, (const guint[][3]) { { 0, 2, 4 } }, 1);
  put_pages (area, 0, 20, params, PAGE);
  put_pages (area, 1, 5, params + PAGE, strlen (params) - PAGE);
  put_index (area, 1, 1, "user_param_key", params,
             (const guint[][3]) { { 0, 20, 20 }, { 1, 5, 5 } }, 2);
  put_pages (area, 14, 5, old_params, strlen (old_params));
  put_index (area, 14, 1, "user_param_key", old_params, (const guint[][3]) { { 1, 5, 5 } }, 1);
  put_pages (area, 2, 9, network, strlen (network));
  put_index (area, 2, 30, "gw_wsm", network, (const guint[][3]) { { 2, 9, 10 } }, 1);
  put_pages (area, 2, 12, device, strlen (device));
  put_index (area, 2, 31, "gw_di", device, (const guint[][3]) { { 2, 12, 12 } }, 1);
  put_pages (area, 3, 2, "SECRET-blob", 11);
  put_index (area, 3, 1, "unheard_of", "SECRET-blob", (const guint[][3]) { { 3, 2, 2 } }, 1);
  put_pages (area, 3, 4, "3", 2);
  put_index (area, 3, 3, "wf_start_md", "3", (const guint[][3]) { { 3, 4, 4 } }, 1);

  put_record (area, "gw_bi", identity);
  put_record (area, "gw_wsm", network);
  /* Left over behind the end. */
  memcpy (area->flash + 32 + area->protected_size, "\x06\0\0\0ssid\0", 10);
  return area;
}

static void
seal_area (Area *area)
{
  maker_seal_protected (device_key, area->protected_size, area->flash);
  maker_seal_key (device_key, area->flash + KEY_AT);
  for (guint i = 0; i < N_SECTORS; i++)
    maker_seal_data (device_key, area->magic, get_sector (area, i));
}

static UbTuyaStorage *
parse_area (Area *area)
{
  return ub_tuya_storage_parse (area->flash, SIZE, BASE);
}

static int
find_key (UbTuyaStorage *storage, const char *key)
{
  for (guint i = 0; i < ub_tuya_storage_get_n_values (storage); i++) {
    if (strcmp (ub_tuya_storage_get_key (storage, i), key) == 0)
      return i;
  }
  return -1;
}

static void
assert_value (UbTuyaStorage *storage, const char *key, const char *value)
{
  GBytes *bytes = ub_tuya_storage_lookup (storage, key);

  g_assert_nonnull (bytes);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), value, strlen (value));
}

static void
assert_complete (UbTuyaStorage *storage)
{
  static const char *const keys[] = { "gw_bi", "user_param_key", "gw_wsm",
                                      "gw_di", "unheard_of",     "wf_start_md" };

  g_assert_cmpuint (ub_tuya_storage_get_n_values (storage), ==, G_N_ELEMENTS (keys));
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    g_assert_cmpstr (ub_tuya_storage_get_key (storage, i), ==, keys[i]);
    g_assert_true (ub_tuya_storage_is_value_intact (storage, i));
    g_assert_false (ub_tuya_storage_is_value_protected (storage, i));
  }
  assert_value (storage, "gw_bi", identity);
  assert_value (storage, "user_param_key", params);
  assert_value (storage, "gw_wsm", network);
  assert_value (storage, "gw_di", device);
  g_assert_cmpstr (ub_tuya_storage_get_module (storage), ==, "CBU");
}

static void
test_generation (gconstpointer data)
{
  UbTuyaGeneration generation = GPOINTER_TO_UINT (data);
  g_autofree Area *area =
      make_area (generation == UB_TUYA_GENERATION_OS3 ? MAKER_OS3_MAGIC : MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;
  guint32 address = 0;

  seal_area (area);
  storage = parse_area (area);
  g_assert_nonnull (storage);
  g_assert_cmpuint (ub_tuya_storage_get_generation (storage), ==, generation);
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==, BASE + KEY_AT);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, N_SECTORS);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==, N_SECTORS);
  g_assert_true (ub_tuya_storage_has_protected (storage, &address));
  g_assert_cmpuint (address, ==, BASE);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  assert_complete (storage);
}

/* TuyaOS 3 keeps its key sector at 0x1F5000, with fewer data sectors and no protected one here. */
static void
test_elsewhere (void)
{
  g_autofree Area *area = make_area (MAKER_OS3_MAGIC);
  g_autofree guint8 *flash = g_malloc (0x200000);
  g_autoptr (UbTuyaStorage) storage = NULL;

  seal_area (area);
  memset (flash, 0xFF, 0x200000);
  memcpy (flash + 0x1F5000, area->flash + KEY_AT, 11 * MAKER_SECTOR);
  storage = ub_tuya_storage_parse (flash, 0x200000, 0);
  g_assert_nonnull (storage);
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==, 0x1F5000);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, 10);
  g_assert_false (ub_tuya_storage_has_protected (storage, NULL));
  g_assert_true (ub_tuya_storage_is_intact (storage));
  assert_complete (storage);
}

/* A part of a flash need not begin on a sector. */
static void
test_shifted (void)
{
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
  g_autofree guint8 *flash = g_malloc (SIZE + 100);
  g_autoptr (UbTuyaStorage) storage = NULL;

  seal_area (area);
  memset (flash, 0, SIZE + 100);
  memcpy (flash + 100, area->flash, SIZE);
  storage = ub_tuya_storage_parse (flash, SIZE + 100, BASE - 100);
  g_assert_nonnull (storage);
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==, BASE + KEY_AT);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  assert_complete (storage);
}

static void
test_none (void)
{
  g_autofree guint8 *flash = g_malloc (SIZE);

  memset (flash, 0xFF, SIZE);
  g_assert_null (ub_tuya_storage_parse (flash, SIZE, 0));
  memset (flash, 0, SIZE);
  g_assert_null (ub_tuya_storage_parse (flash, SIZE, 0));
  g_assert_null (ub_tuya_storage_parse (flash, 100, 0));
  g_assert_null (ub_tuya_storage_parse (flash, 0, 0xFFF));
}

/* The highest generation of a block counts wherever its copy lies. */
static void
test_swapped (void)
{
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
  g_autofree guint8 *swap = g_memdup2 (get_sector (area, 1), MAKER_SECTOR);
  g_autoptr (UbTuyaStorage) storage = NULL;

  memcpy (get_sector (area, 1), get_sector (area, 14), MAKER_SECTOR);
  memcpy (get_sector (area, 14), swap, MAKER_SECTOR);
  seal_area (area);
  storage = parse_area (area);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  assert_complete (storage);
}

/* Every sector in turn, damaged in its header, in a value, and in its last bytes. */
static void
test_damaged_sector (gconstpointer data)
{
  guint32 magic = GPOINTER_TO_UINT (data);
  static const gsize places[] = { 0, 4, 8, 16, 5 * PAGE + 3, 21 * PAGE, MAKER_SECTOR - 1 };

  for (guint sector = 0; sector < N_SECTORS; sector++) {
    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
      g_autofree Area *area = make_area (magic);
      g_autoptr (UbTuyaStorage) storage = NULL;
      GBytes *bytes;

      seal_area (area);
      get_sector (area, sector)[places[i]] ^= 0x10;
      storage = parse_area (area);
      g_assert_nonnull (storage);
      g_assert_false (ub_tuya_storage_is_intact (storage));
      g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, N_SECTORS);
      g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==, N_SECTORS - 1);

      /* The older copy of the configuration never passes for the current one. */
      bytes = ub_tuya_storage_lookup (storage, "user_param_key");
      g_assert_true (bytes == NULL || g_bytes_get_size (bytes) == strlen (params));
      if (sector <= 1)
        g_assert_null (bytes);
      g_assert_cmpstr (ub_tuya_storage_get_module (storage), !=, "OLD");

      /* What the protected copy has survives. */
      assert_value (storage, "gw_bi", identity);
      if (sector == 0)
        g_assert_true (ub_tuya_storage_is_value_protected (storage, find_key (storage, "gw_bi")));
      if (sector == 2)
        g_assert_null (ub_tuya_storage_lookup (storage, "gw_di"));
    }
  }
}

/* A value whose sum is wrong in a sector whose sum is right. */
static void
test_damaged_value (void)
{
  static const struct {
    guint sector;
    guint page;
    const char *key;
    gboolean has_copy;
  } values[] = {
    { 0, 1, "gw_bi", TRUE },   { 1, 1, "user_param_key", FALSE }, { 2, 30, "gw_wsm", TRUE },
    { 2, 31, "gw_di", FALSE }, { 3, 1, "unheard_of", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;
    g_autoptr (JsonNode) json = NULL;
    g_autofree char *text = NULL;
    int index;

    get_sector (area, values[i].sector)[values[i].page * PAGE] ^= 1;
    seal_area (area);
    storage = parse_area (area);
    g_assert_false (ub_tuya_storage_is_intact (storage));
    g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==, N_SECTORS);
    index = find_key (storage, values[i].key);
    g_assert_cmpint (index, >=, 0);
    g_assert_cmpint (ub_tuya_storage_is_value_intact (storage, index), ==, values[i].has_copy);
    g_assert_cmpint (ub_tuya_storage_is_value_protected (storage, index), ==, values[i].has_copy);
    if (!values[i].has_copy)
      g_assert_null (ub_tuya_storage_lookup (storage, values[i].key));
    json = ub_tuya_storage_to_json (storage, FALSE);
    text = json_to_string (json, FALSE);
    g_assert_null (strstr (text, "SECRET"));
    for (guint j = 0; j < G_N_ELEMENTS (values); j++) {
      if (j != i)
        g_assert_true (
            ub_tuya_storage_is_value_intact (storage, find_key (storage, values[j].key)));
    }
  }
}

/* Index pages that make no sense are neither followed nor passed over in silence. */
static void
test_bad_index (void)
{
  static const struct {
    guint offset;
    guint8 value;
  } changes[] = {
    { 4, 0xFF }, /* longer than its pages */
    { 8, 99 }, /* another block */
    { 10, 7 }, /* another page */
    { 11, 200 }, /* more parts than fit */
    { 17, 0 }, /* no name */
    { 17, 120 }, /* a name beyond the page */
    { 18, 0x01 }, /* a control character */
    { 24, 77 }, /* a block that is not there */
    { 26, 0 }, /* the header as a value */
    { 26, 40 }, /* a page beyond the sector */
    { 27, 1 }, /* backwards */
    { 27, 200 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++) {
    g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;
    int index;

    get_sector (area, 2)[31 * PAGE + changes[i].offset] = changes[i].value;
    seal_area (area);
    storage = parse_area (area);
    g_assert_false (ub_tuya_storage_is_intact (storage));
    g_assert_null (ub_tuya_storage_lookup (storage, "gw_di"));
    index = find_key (storage, "gw_di");
    g_assert_true (index < 0 || !ub_tuya_storage_is_value_intact (storage, index));
    assert_value (storage, "gw_wsm", network);
  }
}

static void
test_key_sector (void)
{
  static const gsize places[] = { 0, 4, 8, 20 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;

    seal_area (area);
    area->flash[KEY_AT + places[i]] ^= 1;
    storage = parse_area (area);

    /* The protected sector has the key as well; without both there is nothing to read. */
    g_assert_nonnull (storage);
    g_assert_false (ub_tuya_storage_is_intact (storage));
    assert_value (storage, "user_param_key", params);
    g_clear_object (&storage);
    memset (area->flash, 0xFF, MAKER_SECTOR);
    storage = parse_area (area);
    g_assert_true (storage == NULL || ub_tuya_storage_get_n_values (storage) == 0);
    g_assert_true (storage == NULL || !ub_tuya_storage_is_intact (storage));
  }
}

static void
test_protected (void)
{
  static const gsize places[] = { 4, 24, 40, 32 + 36 + 10, 4000 };
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;

  /* With the data gone the protected copy is all there is. */
  seal_area (area);
  memset (area->flash + DATA_AT, 0xFF, N_SECTORS * MAKER_SECTOR);
  storage = parse_area (area);
  g_assert_false (ub_tuya_storage_is_intact (storage));
  g_assert_cmpuint (ub_tuya_storage_get_n_values (storage), ==, 2);
  assert_value (storage, "gw_bi", identity);
  assert_value (storage, "gw_wsm", network);
  g_assert_true (ub_tuya_storage_is_value_protected (storage, 0));

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree Area *damaged = g_memdup2 (area, sizeof *area);
    g_autoptr (UbTuyaStorage) rest = NULL;

    damaged->flash[places[i]] ^= 1;
    rest = parse_area (damaged);
    g_assert_nonnull (rest);
    g_assert_false (ub_tuya_storage_is_intact (rest));
    g_assert_cmpuint (ub_tuya_storage_get_n_values (rest), ==, 0);
  }
}

/* Cut off at any sector it is never whole; nothing is read from beyond the end. */
static void
test_truncated (void)
{
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);

  seal_area (area);
  for (gsize size = 0; size < SIZE; size += MAKER_SECTOR / 2 + 100) {
    g_autofree guint8 *copy = g_memdup2 (area->flash, size);
    g_autoptr (UbTuyaStorage) storage = ub_tuya_storage_parse (copy, size, BASE);

    g_assert_true (storage == NULL || !ub_tuya_storage_is_intact (storage));
  }
}

/* Cut off and filled up with 0xFF it has the right size, and is not whole either. */
static void
test_padded (void)
{
  for (guint n = 0; n < N_SECTORS; n++) {
    g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;

    seal_area (area);
    memset (get_sector (area, n), 0xFF, (N_SECTORS - n) * MAKER_SECTOR);
    storage = parse_area (area);
    g_assert_nonnull (storage);
    g_assert_false (ub_tuya_storage_is_intact (storage));
    g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==, n);
  }
}

/* A file that holds two flashes: the first one, and always the same. */
static void
test_doubled (void)
{
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
  g_autofree guint8 *flash = g_malloc (0x400000);
  g_autoptr (UbTuyaStorage) storage = NULL;

  seal_area (area);
  memset (flash, 0xFF, 0x400000);
  memcpy (flash + BASE, area->flash, SIZE);
  memcpy (flash + 0x200000 + BASE, area->flash, SIZE);
  storage = ub_tuya_storage_parse (flash, 0x400000, 0);
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==, BASE + KEY_AT);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, N_SECTORS);
  assert_complete (storage);
}

/* More values than any device has: it ends, and says that it did. */
static void
test_many_values (void)
{
  enum { N = 60 };
  gsize size = (N + 1) * MAKER_SECTOR;
  g_autofree Area *area = g_new (Area, 1);
  g_autofree guint8 *flash = g_malloc (size);
  g_autoptr (UbTuyaStorage) storage = NULL;

  maker_seal_key (device_key, flash);
  for (guint i = 0; i < N; i++) {
    put_block (area, 0, i, 1);
    for (guint page = 1; page < 32; page++) {
      g_autofree char *name = g_strdup_printf ("v%u_%u", i, page);

      put_index (area, 0, page, name, "", NULL, 0);
    }
    maker_seal_data (device_key, MAKER_OS3_MAGIC, get_sector (area, 0));
    memcpy (flash + (i + 1) * MAKER_SECTOR, get_sector (area, 0), MAKER_SECTOR);
  }
  storage = ub_tuya_storage_parse (flash, size, 0);
  g_assert_nonnull (storage);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==, N);
  g_assert_cmpuint (ub_tuya_storage_get_n_values (storage), ==, 1000);
  g_assert_false (ub_tuya_storage_is_intact (storage));
}

/* Records of the protected copy that do not fit it are not followed. */
static void
test_bad_record (void)
{
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;

  maker_put_u32 (area->flash + 32 + 36 + strlen (identity), 5000);
  memset (get_sector (area, 2), 0xFF, MAKER_SECTOR);
  seal_area (area);
  storage = parse_area (area);
  g_assert_false (ub_tuya_storage_is_intact (storage));
  g_assert_null (ub_tuya_storage_lookup (storage, "gw_wsm"));
  assert_value (storage, "gw_bi", identity);
}

/* A configuration whose sum is right need not make sense. */
static void
test_bad_config (void)
{
  static const char text[] = "{rl1_pin:6,";
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;
  g_autoptr (JsonNode) json = NULL;
  JsonObject *object;

  put_pages (area, 1, 5, text, strlen (text));
  put_index (area, 1, 1, "user_param_key", text, (const guint[][3]) { { 1, 5, 5 } }, 1);
  memset (area->flash, 0xFF, MAKER_SECTOR);
  for (guint i = 0; i < N_SECTORS; i++)
    maker_seal_data (device_key, area->magic, get_sector (area, i));
  maker_seal_key (device_key, area->flash + KEY_AT);
  storage = parse_area (area);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  assert_value (storage, "user_param_key", text);
  g_assert_null (ub_tuya_storage_get_config (storage));
  g_assert_null (ub_tuya_storage_get_module (storage));
  json = ub_tuya_storage_to_json (storage, FALSE);
  object = json_node_get_object (json);
  g_assert_true (json_object_get_null_member (object, "module"));
  g_assert_true (json_object_get_null_member (object, "protected"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "pins")), ==, 0);
}

static void
test_same_every_time (void)
{
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
  g_autofree char *first = NULL;

  seal_area (area);
  for (guint i = 0; i < 5; i++) {
    g_autoptr (UbTuyaStorage) storage = parse_area (area);
    g_autoptr (JsonNode) json = ub_tuya_storage_to_json (storage, TRUE);
    g_autofree char *text = json_to_string (json, TRUE);

    if (first == NULL)
      first = g_steal_pointer (&text);
    else
      g_assert_cmpstr (text, ==, first);
  }
}

static void
test_secrets (void)
{
  static const char *const expected[] = { "uuid",  "psk_key", "auth_key", "ssid", "passwd",
                                          "token", "id",      "lat",      "lon" };
  g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;
  g_autoptr (JsonNode) masked = NULL;
  g_autoptr (JsonNode) open = NULL;
  g_autofree char *masked_text = NULL;
  g_autofree char *open_text = NULL;

  seal_area (area);
  storage = parse_area (area);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    g_assert_true (g_strv_contains (ub_tuya_storage_get_secrets (storage), expected[i]));

  masked = ub_tuya_storage_to_json (storage, FALSE);
  masked_text = json_to_string (masked, FALSE);
  g_assert_null (strstr (masked_text, "SECRET"));
  g_assert_null (strstr (masked_text, "U0VDUkVU"));
  g_assert_null (strstr (masked_text, "4711"));
  g_assert_null (strstr (masked_text, "51.5"));
  g_assert_nonnull (strstr (masked_text, "1.2.1"));
  g_assert_nonnull (strstr (masked_text, "\"uuid\":\"" UB_TUYA_MASK "\""));

  open = ub_tuya_storage_to_json (storage, TRUE);
  open_text = json_to_string (open, FALSE);
  g_assert_nonnull (strstr (open_text, "SECRET-uuid"));
  g_assert_nonnull (strstr (open_text, "SECRET-blob"));
  g_assert_nonnull (strstr (open_text, "\"ssid_decoded\":\"SECRET-ssid\""));
  g_assert_nonnull (strstr (open_text, "\"passwd_decoded\":\"SECRET-pass\""));
}

/* What is shown of values that no one has heard of. */
static void
test_unheard_of (void)
{
  static const struct {
    const char *bytes;
    gsize size;
    const char *masked;
    const char *open;
  } values[] = {
    { "0", 1, "\"0\"", "\"0\"" },
    { "12345\0", 6, "\"12345\"", "\"12345\"" },
    { "true", 4, "\"true\"", "\"true\"" },
    { "t", 1, "\"" UB_TUYA_MASK "\"", "\"t\"" },
    { "123456", 6, "\"" UB_TUYA_MASK "\"", "\"123456\"" },
    { "1\0002", 3, "\"" UB_TUYA_MASK "\"", "\"310032\"" },
    { "\0\xAA", 2, "\"" UB_TUYA_MASK "\"", "\"00aa\"" },
    { "word", 4, "\"" UB_TUYA_MASK "\"", "\"word\"" },
    { "", 0, "\"\"", "\"\"" },
    { "{\"n\":1,\"t\":\"x\",\"lat\":1.5}", 26,
      "{\"n\":1,\"t\":\"" UB_TUYA_MASK "\",\"lat\":\"" UB_TUYA_MASK "\"}",
      "{\"n\":1,\"t\":\"x\",\"lat\":1.5}" },
    { "[{\"mode\":\"rw\",\"range\":[\"a\"],\"k\":\"x\"}]", 38,
      "[{\"mode\":\"rw\",\"range\":[\"a\"],\"k\":\"" UB_TUYA_MASK "\"}]",
      "[{\"mode\":\"rw\",\"range\":[\"a\"],\"k\":\"x\"}]" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (values); i++) {
    g_autoptr (GBytes) bytes = g_bytes_new (values[i].bytes, values[i].size);
    g_autoptr (JsonNode) masked = ub_tuya_value_to_json ("unheard_of", bytes, TRUE, FALSE);
    g_autoptr (JsonNode) open = ub_tuya_value_to_json ("unheard_of", bytes, TRUE, TRUE);
    g_autoptr (JsonNode) damaged = ub_tuya_value_to_json ("is_stride", bytes, FALSE, FALSE);
    g_autofree char *masked_text = json_to_string (masked, FALSE);
    g_autofree char *open_text = json_to_string (open, FALSE);

    g_assert_cmpstr (masked_text, ==, values[i].masked);
    g_assert_cmpstr (open_text, ==, values[i].open);
    g_assert_cmpstr (json_node_get_string (damaged), ==, UB_TUYA_MASK);
  }
}

/* Nothing secret is logged at any level. */
static GLogWriterOutput
watch_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer data)
{
  guint *n_lines = data;

  for (gsize i = 0; i < n_fields; i++) {
    if (strcmp (fields[i].key, "MESSAGE") == 0) {
      g_assert_null (strstr (fields[i].value, "SECRET"));
      (*n_lines)++;
    }
  }
  return G_LOG_WRITER_HANDLED;
}

static void
test_log (void)
{
  if (g_test_subprocess ()) {
    g_autofree Area *area = make_area (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;
    g_autoptr (JsonNode) json = NULL;
    guint n_lines = 0;

    seal_area (area);
    g_log_set_writer_func (watch_log, &n_lines, NULL);
    storage = parse_area (area);
    json = ub_tuya_storage_to_json (storage, TRUE);
    g_assert_cmpuint (n_lines, >, 0);
    return;
  }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tuya-storage/classic", GUINT_TO_POINTER (UB_TUYA_GENERATION_CLASSIC),
                        test_generation);
  g_test_add_data_func ("/tuya-storage/os3", GUINT_TO_POINTER (UB_TUYA_GENERATION_OS3),
                        test_generation);
  g_test_add_func ("/tuya-storage/elsewhere", test_elsewhere);
  g_test_add_func ("/tuya-storage/shifted", test_shifted);
  g_test_add_func ("/tuya-storage/none", test_none);
  g_test_add_func ("/tuya-storage/swapped", test_swapped);
  g_test_add_data_func ("/tuya-storage/damaged-sector/classic",
                        GUINT_TO_POINTER (MAKER_CLASSIC_MAGIC), test_damaged_sector);
  g_test_add_data_func ("/tuya-storage/damaged-sector/os3", GUINT_TO_POINTER (MAKER_OS3_MAGIC),
                        test_damaged_sector);
  g_test_add_func ("/tuya-storage/damaged-value", test_damaged_value);
  g_test_add_func ("/tuya-storage/bad-index", test_bad_index);
  g_test_add_func ("/tuya-storage/key-sector", test_key_sector);
  g_test_add_func ("/tuya-storage/protected", test_protected);
  g_test_add_func ("/tuya-storage/truncated", test_truncated);
  g_test_add_func ("/tuya-storage/padded", test_padded);
  g_test_add_func ("/tuya-storage/doubled", test_doubled);
  g_test_add_func ("/tuya-storage/many-values", test_many_values);
  g_test_add_func ("/tuya-storage/bad-record", test_bad_record);
  g_test_add_func ("/tuya-storage/bad-config", test_bad_config);
  g_test_add_func ("/tuya-storage/same-every-time", test_same_every_time);
  g_test_add_func ("/tuya-storage/secrets", test_secrets);
  g_test_add_func ("/tuya-storage/unheard-of", test_unheard_of);
  g_test_add_func ("/tuya-storage/log", test_log);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "tuya-area.h"

#include <string.h>

/* Every sector in turn, damaged in its header, in a value, and in its last bytes. */
static void
test_damaged_sector (gconstpointer data)
{
  guint32 magic = GPOINTER_TO_UINT (data);
  static const gsize places[] = {
    0, 4, 8, 16, 5 * TUYA_AREA_PAGE + 3, 21 * TUYA_AREA_PAGE, MAKER_SECTOR - 1
  };

  for (guint sector = 0; sector < TUYA_AREA_N_SECTORS; sector++) {
    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
      g_autofree TuyaArea *area = tuya_area_new (magic);
      g_autoptr (UbTuyaStorage) storage = NULL;
      GBytes *bytes;

      tuya_area_seal (area);
      tuya_area_get_sector (area, sector)[places[i]] ^= 0x10;
      storage = tuya_area_parse (area);
      g_assert_nonnull (storage);
      g_assert_false (ub_tuya_storage_is_intact (storage));
      g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, TUYA_AREA_N_SECTORS);
      g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==,
                        TUYA_AREA_N_SECTORS - 1);

      /* The older copy of the configuration never passes for the current one. */
      bytes = ub_tuya_storage_lookup (storage, "user_param_key");
      g_assert_true (bytes == NULL || g_bytes_get_size (bytes) == strlen (tuya_area_params));
      if (sector <= 1)
        g_assert_null (bytes);
      g_assert_cmpstr (ub_tuya_storage_get_module (storage), !=, "OLD");

      /* What the protected copy has survives. */
      tuya_area_assert_value (storage, "gw_bi", tuya_area_identity);
      if (sector == 0)
        g_assert_true (
            ub_tuya_storage_is_value_protected (storage, tuya_area_find_key (storage, "gw_bi")));
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
    g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;
    g_autoptr (JsonNode) json = NULL;
    g_autofree char *text = NULL;
    int index;

    tuya_area_get_sector (area, values[i].sector)[values[i].page * TUYA_AREA_PAGE] ^= 1;
    tuya_area_seal (area);
    storage = tuya_area_parse (area);
    g_assert_false (ub_tuya_storage_is_intact (storage));
    g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==, TUYA_AREA_N_SECTORS);
    index = tuya_area_find_key (storage, values[i].key);
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
            ub_tuya_storage_is_value_intact (storage, tuya_area_find_key (storage, values[j].key)));
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
    g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;
    int index;

    tuya_area_get_sector (area, 2)[31 * TUYA_AREA_PAGE + changes[i].offset] = changes[i].value;
    tuya_area_seal (area);
    storage = tuya_area_parse (area);
    g_assert_false (ub_tuya_storage_is_intact (storage));
    g_assert_null (ub_tuya_storage_lookup (storage, "gw_di"));
    index = tuya_area_find_key (storage, "gw_di");
    g_assert_true (index < 0 || !ub_tuya_storage_is_value_intact (storage, index));
    tuya_area_assert_value (storage, "gw_wsm", tuya_area_network);
  }
}

static void
test_key_sector (void)
{
  static const gsize places[] = { 0, 4, 8, 20, 24, 100, 4095 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;

    tuya_area_seal (area);
    area->flash[TUYA_AREA_KEY_AT + places[i]] ^= 1;
    storage = tuya_area_parse (area);

    /* The protected sector has the key as well; without both there is nothing to read. */
    g_assert_nonnull (storage);
    g_assert_false (ub_tuya_storage_is_intact (storage));
    tuya_area_assert_value (storage, "user_param_key", tuya_area_params);
    g_clear_object (&storage);
    memset (area->flash, 0xFF, MAKER_SECTOR);
    storage = tuya_area_parse (area);
    g_assert_true (storage == NULL || !ub_tuya_storage_is_intact (storage));
    if (places[i] < 24)
      g_assert_true (storage == NULL || ub_tuya_storage_get_n_values (storage) == 0);
  }
}

static void
test_protected (void)
{
  static const gsize places[] = { 4, 24, 40, 32 + 36 + 10, 4000 };
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;

  /* With the data gone the protected copy is all there is. */
  tuya_area_seal (area);
  memset (area->flash + TUYA_AREA_DATA_AT, 0xFF, TUYA_AREA_N_SECTORS * MAKER_SECTOR);
  storage = tuya_area_parse (area);
  g_assert_false (ub_tuya_storage_is_intact (storage));
  g_assert_cmpuint (ub_tuya_storage_get_n_values (storage), ==, 2);
  tuya_area_assert_value (storage, "gw_bi", tuya_area_identity);
  tuya_area_assert_value (storage, "gw_wsm", tuya_area_network);
  g_assert_true (ub_tuya_storage_is_value_protected (storage, 0));

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree TuyaArea *damaged = g_memdup2 (area, sizeof *area);
    g_autoptr (UbTuyaStorage) rest = NULL;

    damaged->flash[places[i]] ^= 1;
    rest = tuya_area_parse (damaged);
    g_assert_nonnull (rest);
    g_assert_false (ub_tuya_storage_is_intact (rest));
    g_assert_cmpuint (ub_tuya_storage_get_n_values (rest), ==, 0);
  }
}

/* A protected copy stays one whatever bit of it is damaged: it is told, and nothing else suffers. */
static void
test_protected_head (void)
{
  static const gsize places[] = { 0, 3, 4, 8, 15, 16, 23, 24, 28, 31, 32, 2000, 4095 };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;

    tuya_area_seal (area);
    area->flash[places[i]] ^= 0x10;
    storage = tuya_area_parse (area);
    g_assert_true (ub_tuya_storage_has_protected (storage, NULL));
    g_assert_false (ub_tuya_storage_is_intact (storage));
    tuya_area_assert_complete (storage);
  }
}

/* Cut off at any sector it is never whole; nothing is read from beyond the end. */
static void
test_truncated (void)
{
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);

  tuya_area_seal (area);
  for (gsize size = 0; size < TUYA_AREA_SIZE; size += MAKER_SECTOR / 2 + 100) {
    g_autofree guint8 *copy = g_memdup2 (area->flash, size);
    g_autoptr (UbTuyaStorage) storage = ub_tuya_storage_parse (copy, size, TUYA_AREA_ADDRESS);

    g_assert_true (storage == NULL || !ub_tuya_storage_is_intact (storage));
  }
}

/* Cut off and filled up with 0xFF it has the right size, and is not whole either. */
static void
test_padded (void)
{
  for (guint n = 0; n < TUYA_AREA_N_SECTORS; n++) {
    g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;

    tuya_area_seal (area);
    memset (tuya_area_get_sector (area, n), 0xFF, (TUYA_AREA_N_SECTORS - n) * MAKER_SECTOR);
    storage = tuya_area_parse (area);
    g_assert_nonnull (storage);
    g_assert_false (ub_tuya_storage_is_intact (storage));
    g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==, n);
  }
}

/* A file that holds two flashes: the first one, and always the same. */
static void
test_doubled (void)
{
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
  g_autofree guint8 *flash = g_malloc (0x400000);
  g_autoptr (UbTuyaStorage) storage = NULL;

  tuya_area_seal (area);
  memset (flash, 0xFF, 0x400000);
  memcpy (flash + TUYA_AREA_ADDRESS, area->flash, TUYA_AREA_SIZE);
  memcpy (flash + 0x200000 + TUYA_AREA_ADDRESS, area->flash, TUYA_AREA_SIZE);
  storage = ub_tuya_storage_parse (flash, 0x400000, 0);
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==,
                    TUYA_AREA_ADDRESS + TUYA_AREA_KEY_AT);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, TUYA_AREA_N_SECTORS);
  tuya_area_assert_complete (storage);
}

/* More values than any device has: it ends, and says that it did. */
static void
test_many_values (void)
{
  enum { N = 60 };
  gsize size = (N + 1) * MAKER_SECTOR;
  g_autofree TuyaArea *area = g_new (TuyaArea, 1);
  g_autofree guint8 *flash = g_malloc (size);
  g_autoptr (UbTuyaStorage) storage = NULL;

  maker_seal_key (tuya_area_device_key, flash);
  for (guint i = 0; i < N; i++) {
    tuya_area_put_block (area, 0, i, 1);
    for (guint page = 1; page < 32; page++) {
      g_autofree char *name = g_strdup_printf ("v%u_%u", i, page);

      tuya_area_put_index (area, 0, page, name, "", NULL, 0);
    }
    maker_seal_data (tuya_area_device_key, MAKER_OS3_MAGIC, tuya_area_get_sector (area, 0));
    memcpy (flash + (i + 1) * MAKER_SECTOR, tuya_area_get_sector (area, 0), MAKER_SECTOR);
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
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;

  maker_put_u32 (area->flash + 32 + 36 + strlen (tuya_area_identity), 5000);
  memset (tuya_area_get_sector (area, 2), 0xFF, MAKER_SECTOR);
  tuya_area_seal (area);
  storage = tuya_area_parse (area);
  g_assert_false (ub_tuya_storage_is_intact (storage));
  g_assert_null (ub_tuya_storage_lookup (storage, "gw_wsm"));
  tuya_area_assert_value (storage, "gw_bi", tuya_area_identity);
}

/* A configuration whose sum is right need not make sense. */
static void
test_bad_config (void)
{
  static const char text[] = "{rl1_pin:6,";
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;
  g_autoptr (JsonNode) json = NULL;
  JsonObject *object;

  tuya_area_put_pages (area, 1, 5, text, strlen (text));
  tuya_area_put_index (area, 1, 1, "user_param_key", text, (const guint[][3]) { { 1, 5, 5 } }, 1);
  memset (area->flash, 0xFF, MAKER_SECTOR);
  for (guint i = 0; i < TUYA_AREA_N_SECTORS; i++)
    maker_seal_data (tuya_area_device_key, area->magic, tuya_area_get_sector (area, i));
  maker_seal_key (tuya_area_device_key, area->flash + TUYA_AREA_KEY_AT);
  storage = tuya_area_parse (area);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  tuya_area_assert_value (storage, "user_param_key", text);
  g_assert_null (ub_tuya_storage_get_config (storage));
  g_assert_null (ub_tuya_storage_get_module (storage));
  json = ub_tuya_storage_to_json (storage, FALSE);
  object = json_node_get_object (json);
  g_assert_true (json_object_get_null_member (object, "module"));
  g_assert_true (json_object_get_null_member (object, "protected"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (object, "pins")), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/tuya-damage/damaged-sector/classic",
                        GUINT_TO_POINTER (MAKER_CLASSIC_MAGIC), test_damaged_sector);
  g_test_add_data_func ("/tuya-damage/damaged-sector/os3", GUINT_TO_POINTER (MAKER_OS3_MAGIC),
                        test_damaged_sector);
  g_test_add_func ("/tuya-damage/damaged-value", test_damaged_value);
  g_test_add_func ("/tuya-damage/bad-index", test_bad_index);
  g_test_add_func ("/tuya-damage/key-sector", test_key_sector);
  g_test_add_func ("/tuya-damage/protected", test_protected);
  g_test_add_func ("/tuya-damage/protected-head", test_protected_head);
  g_test_add_func ("/tuya-damage/truncated", test_truncated);
  g_test_add_func ("/tuya-damage/padded", test_padded);
  g_test_add_func ("/tuya-damage/doubled", test_doubled);
  g_test_add_func ("/tuya-damage/many-values", test_many_values);
  g_test_add_func ("/tuya-damage/bad-record", test_bad_record);
  g_test_add_func ("/tuya-damage/bad-config", test_bad_config);
  return g_test_run ();
}

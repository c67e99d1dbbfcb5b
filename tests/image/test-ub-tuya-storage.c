/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "tuya-area.h"

#include "ub-tuya-value.h"

#include <string.h>

static void
test_generation (gconstpointer data)
{
  UbTuyaGeneration generation = GPOINTER_TO_UINT (data);
  g_autofree TuyaArea *area =
      tuya_area_new (generation == UB_TUYA_GENERATION_OS3 ? MAKER_OS3_MAGIC : MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;
  guint32 address = 0;

  tuya_area_seal (area);
  storage = tuya_area_parse (area);
  g_assert_nonnull (storage);
  g_assert_cmpuint (ub_tuya_storage_get_generation (storage), ==, generation);
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==,
                    TUYA_AREA_ADDRESS + TUYA_AREA_KEY_AT);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, TUYA_AREA_N_SECTORS);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==, TUYA_AREA_N_SECTORS);
  g_assert_true (ub_tuya_storage_has_protected (storage, &address));
  g_assert_cmpuint (address, ==, TUYA_AREA_ADDRESS);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  tuya_area_assert_complete (storage);
}

/* TuyaOS 3 keeps its key sector at 0x1F5000, with fewer data sectors and no protected one here. */
static void
test_elsewhere (void)
{
  g_autofree TuyaArea *area = tuya_area_new (MAKER_OS3_MAGIC);
  g_autofree guint8 *flash = g_malloc (0x200000);
  g_autoptr (UbTuyaStorage) storage = NULL;

  tuya_area_seal (area);
  memset (flash, 0xFF, 0x200000);
  memcpy (flash + 0x1F5000, area->flash + TUYA_AREA_KEY_AT, 11 * MAKER_SECTOR);
  storage = ub_tuya_storage_parse (flash, 0x200000, 0);
  g_assert_nonnull (storage);
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==, 0x1F5000);
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==, 10);
  g_assert_false (ub_tuya_storage_has_protected (storage, NULL));
  g_assert_true (ub_tuya_storage_is_intact (storage));
  tuya_area_assert_complete (storage);
}

/* A part of a flash need not begin on a sector. */
static void
test_shifted (void)
{
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
  g_autofree guint8 *flash = g_malloc (TUYA_AREA_SIZE + 100);
  g_autoptr (UbTuyaStorage) storage = NULL;

  tuya_area_seal (area);
  memset (flash, 0, TUYA_AREA_SIZE + 100);
  memcpy (flash + 100, area->flash, TUYA_AREA_SIZE);
  storage = ub_tuya_storage_parse (flash, TUYA_AREA_SIZE + 100, TUYA_AREA_ADDRESS - 100);
  g_assert_nonnull (storage);
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==,
                    TUYA_AREA_ADDRESS + TUYA_AREA_KEY_AT);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  tuya_area_assert_complete (storage);
}

static void
test_none (void)
{
  g_autofree guint8 *flash = g_malloc (TUYA_AREA_SIZE);

  memset (flash, 0xFF, TUYA_AREA_SIZE);
  g_assert_null (ub_tuya_storage_parse (flash, TUYA_AREA_SIZE, 0));
  memset (flash, 0, TUYA_AREA_SIZE);
  g_assert_null (ub_tuya_storage_parse (flash, TUYA_AREA_SIZE, 0));
  g_assert_null (ub_tuya_storage_parse (flash, 100, 0));
  g_assert_null (ub_tuya_storage_parse (flash, 0, 0xFFF));
}

/* The highest generation of a block counts wherever its copy lies. */
static void
test_swapped (void)
{
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
  g_autofree guint8 *swap = g_memdup2 (tuya_area_get_sector (area, 1), MAKER_SECTOR);
  g_autoptr (UbTuyaStorage) storage = NULL;

  memcpy (tuya_area_get_sector (area, 1), tuya_area_get_sector (area, 14), MAKER_SECTOR);
  memcpy (tuya_area_get_sector (area, 14), swap, MAKER_SECTOR);
  tuya_area_seal (area);
  storage = tuya_area_parse (area);
  g_assert_true (ub_tuya_storage_is_intact (storage));
  tuya_area_assert_complete (storage);
}

static void
test_same_every_time (void)
{
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
  g_autofree char *first = NULL;

  tuya_area_seal (area);
  for (guint i = 0; i < 5; i++) {
    g_autoptr (UbTuyaStorage) storage = tuya_area_parse (area);
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
  g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
  g_autoptr (UbTuyaStorage) storage = NULL;
  g_autoptr (JsonNode) masked = NULL;
  g_autoptr (JsonNode) open = NULL;
  g_autofree char *masked_text = NULL;
  g_autofree char *open_text = NULL;

  tuya_area_seal (area);
  storage = tuya_area_parse (area);
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
    g_autofree TuyaArea *area = tuya_area_new (MAKER_CLASSIC_MAGIC);
    g_autoptr (UbTuyaStorage) storage = NULL;
    g_autoptr (JsonNode) json = NULL;
    guint n_lines = 0;

    tuya_area_seal (area);
    g_log_set_writer_func (watch_log, &n_lines, NULL);
    storage = tuya_area_parse (area);
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
  g_test_add_func ("/tuya-storage/same-every-time", test_same_every_time);
  g_test_add_func ("/tuya-storage/secrets", test_secrets);
  g_test_add_func ("/tuya-storage/unheard-of", test_unheard_of);
  g_test_add_func ("/tuya-storage/log", test_log);
  return g_test_run ();
}

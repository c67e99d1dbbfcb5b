/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-beken-code.h"
#include "ub-tuya-storage.h"

#include <string.h>

/* Of the app and what may lie behind it, up to its header. */
#define APP_SIZE (0x129F70 - 0x11000)

/*
 * What truth.json says of the storages in real flash images, worked out by an independent
 * implementation. The images lie in $UB_TEST_DATA; without them there is nothing to test.
 */
static JsonNode *
load_truth (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "truth.json", NULL);
  g_autoptr (JsonParser) parser = json_parser_new ();

  if (!json_parser_load_from_file (parser, path, NULL))
    return NULL;
  return json_parser_steal_root (parser);
}

static UbTuyaStorage *
load_storage (JsonObject *truth, const char *folder, GBytes **out_bytes)
{
  g_autofree char *path =
      g_build_filename (folder, json_object_get_string_member (truth, "file"), NULL);
  gboolean is_wrapped = json_object_get_boolean_member_with_default (truth, "wrapped", FALSE);
  char *data;
  gsize size;

  if (!g_file_get_contents (path, &data, &size, NULL))
    return NULL;
  *out_bytes = g_bytes_new_take (data, size);
  /* A wrapped dump begins at the app; the storage lies before the end that wrapped around. */
  return ub_tuya_storage_parse ((const guint8 *) data, size, is_wrapped ? 0x11000 : 0);
}

static guint32
get_address (JsonObject *object, const char *member)
{
  return g_ascii_strtoull (json_object_get_string_member (object, member), NULL, 16);
}

static void
check_storage (UbTuyaStorage *storage, JsonObject *kv)
{
  JsonArray *keys = json_object_get_array_member (kv, "keys");
  gboolean has_protected = !json_object_get_null_member (kv, "protected_sector");
  guint32 address = 0;

  g_assert_true (ub_tuya_storage_is_intact (storage));
  g_assert_cmpstr (ub_tuya_generation_get_id (ub_tuya_storage_get_generation (storage)), ==,
                   "classic");
  g_assert_cmpuint (ub_tuya_storage_get_address (storage), ==, get_address (kv, "key_sector"));
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors (storage), ==,
                    json_object_get_int_member (kv, "sectors"));
  g_assert_cmpuint (ub_tuya_storage_get_n_sectors_intact (storage), ==,
                    json_object_get_int_member (kv, "sector_sums_ok"));
  g_assert_cmpint (ub_tuya_storage_has_protected (storage, &address), ==, has_protected);
  if (has_protected)
    g_assert_cmpuint (address, ==, get_address (kv, "protected_sector"));

  g_assert_cmpuint (ub_tuya_storage_get_n_values (storage), ==, json_array_get_length (keys));
  for (guint i = 0; i < json_array_get_length (keys); i++) {
    g_assert_cmpstr (ub_tuya_storage_get_key (storage, i), ==,
                     json_array_get_string_element (keys, i));
    g_assert_true (ub_tuya_storage_is_value_intact (storage, i));
    g_assert_false (ub_tuya_storage_is_value_protected (storage, i));
  }
}

static void
check_config (UbTuyaStorage *storage, JsonObject *truth)
{
  UbTuyaConfig *config = ub_tuya_storage_get_config (storage);
  g_autoptr (JsonNode) node = ub_tuya_config_to_json (config, FALSE);
  JsonObject *params = json_node_get_object (node);
  JsonArray *keys = json_object_get_array_member (truth, "keys");
  JsonObject *pins = json_object_get_object_member (truth, "pins");
  g_autoptr (GList) members = json_object_get_members (params);
  g_autoptr (GList) pin_keys = json_object_get_members (pins);
  GList *member = members;

  g_assert_false (ub_tuya_config_is_default (config));
  g_assert_cmpstr (ub_tuya_storage_get_module (storage), ==,
                   json_object_get_string_member (truth, "module"));
  for (guint i = 0; i < json_array_get_length (keys); i++, member = member->next)
    g_assert_cmpstr (member->data, ==, json_array_get_string_element (keys, i));
  g_assert_null (member);
  g_assert_true (json_node_equal (
      json_object_get_member (params, json_object_has_member (params, "jv") ? "jv" : "Jsonver"),
      json_object_get_member (truth, "jv")));
  g_assert_cmpint (json_object_get_int_member (params, "crc"), ==,
                   json_object_get_int_member (truth, "crc"));

  for (GList *l = pin_keys; l != NULL; l = l->next) {
    gboolean is_found = FALSE;

    for (guint i = 0; i < ub_tuya_config_get_n_pins (config); i++) {
      const UbTuyaPin *pin = ub_tuya_config_get_pin (config, i);

      if (strcmp (pin->key, l->data) == 0)
        is_found = pin->pin == json_object_get_int_member (pins, l->data);
    }
    g_assert_true (is_found);
  }
}

/* What the reveal shows of a secret must not be in what is shown without. */
static void
check_secrets (UbTuyaStorage *storage, JsonArray *names)
{
  g_autoptr (JsonNode) open = ub_tuya_storage_to_json (storage, TRUE);
  g_autoptr (JsonNode) masked = ub_tuya_storage_to_json (storage, FALSE);
  g_autofree char *open_text = json_to_string (open, FALSE);
  g_autofree char *masked_text = json_to_string (masked, FALSE);
  JsonObject *values = json_object_get_object_member (json_node_get_object (open), "values");
  JsonObject *identity =
      json_object_get_object_member (json_object_get_object_member (values, "gw_bi"), "value");

  for (guint i = 0; i < json_array_get_length (names); i++) {
    const char *name = json_array_get_string_element (names, i);
    const char *secret = json_object_get_string_member (identity, name);

    g_assert_true (g_strv_contains (ub_tuya_storage_get_secrets (storage), name));
    g_assert_cmpuint (strlen (secret), >=, 8);
    g_assert_nonnull (strstr (open_text, secret));
    g_assert_null (strstr (masked_text, secret));
  }
}

static void
check_versions (UbTuyaStorage *storage, JsonObject *versions)
{
  g_autoptr (JsonNode) masked = ub_tuya_storage_to_json (storage, FALSE);
  JsonObject *values = json_object_get_object_member (json_node_get_object (masked), "values");
  g_autoptr (GList) names = json_object_get_members (versions);

  for (GList *l = names; l != NULL; l = l->next) {
    JsonObject *device =
        json_object_get_object_member (json_object_get_object_member (values, "gw_di"), "value");

    g_assert_cmpstr (json_object_get_string_member (device, l->data), ==,
                     json_object_get_string_member (versions, l->data));
  }
}

/* One flipped bit anywhere in a sector of the storage is noticed. */
static void
check_flips (GBytes *bytes, guint32 base, guint32 key_address)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  gsize start = key_address - base;

  for (gsize sector = 0; sector < 18; sector++) {
    g_autofree guint8 *copy = g_memdup2 (data + start, 18 * 4096);
    g_autoptr (UbTuyaStorage) storage = NULL;
    /* Of the key sector only the key is summed up. */
    gsize place = sector == 0 ? 8 : (sector * 1237) % 4096;

    copy[sector * 4096 + place] ^= 4;
    storage = ub_tuya_storage_parse (copy, 18 * 4096, key_address);
    g_assert_true (storage == NULL || !ub_tuya_storage_is_intact (storage));
  }
}

/* The configuration in the code of the app, which is not that of the device. */
static void
check_default (GBytes *bytes, gsize app_at, JsonNode *truth)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (bytes, &size);
  g_autofree guint8 *code = g_malloc (APP_SIZE);
  g_autoptr (UbTuyaConfig) config = NULL;
  g_autoptr (JsonNode) params = NULL;
  JsonObject *expected;
  gsize n_code;

  g_assert_cmpuint (size, >=, app_at + APP_SIZE);
  n_code = ub_beken_code_strip (data + app_at, APP_SIZE, code);
  ub_beken_code_crypt (ub_beken_key_get (UB_BEKEN_KEY_TUYA), 0x10000, code, n_code);
  config = ub_tuya_config_find_default (code, n_code);
  if (truth == NULL || JSON_NODE_HOLDS_NULL (truth)) {
    g_assert_null (config);
    return;
  }
  g_assert_nonnull (config);
  g_assert_true (ub_tuya_config_is_default (config));
  expected = json_array_get_object_element (json_node_get_array (truth), 0);
  params = ub_tuya_config_to_json (config, FALSE);
  g_assert_cmpstr (ub_tuya_config_get_module (config), ==,
                   json_object_get_string_member (expected, "module"));
  g_assert_cmpint (json_object_get_size (json_node_get_object (params)), ==,
                   json_object_get_int_member (expected, "n_keys"));
}

static void
test_dumps (void)
{
  const char *folder = g_getenv ("UB_TEST_DATA");
  g_autoptr (JsonNode) root = folder != NULL ? load_truth (folder) : NULL;
  JsonArray *files;
  guint n_checked = 0;

  if (root == NULL) {
    g_test_skip ("no real flash images");
    return;
  }
  files = json_node_get_array (root);
  for (guint i = 0; i < json_array_get_length (files); i++) {
    JsonObject *truth = json_array_get_object_element (files, i);
    g_autoptr (GBytes) bytes = NULL;
    g_autoptr (UbTuyaStorage) storage = load_storage (truth, folder, &bytes);
    gboolean is_wrapped;

    if (bytes == NULL)
      continue;
    g_test_message ("%s", json_object_get_string_member (truth, "file"));
    n_checked++;
    if (!json_object_has_member (truth, "kv") || json_object_get_null_member (truth, "kv")) {
      g_assert_null (storage);
      continue;
    }
    g_assert_nonnull (storage);
    check_storage (storage, json_object_get_object_member (truth, "kv"));
    check_config (storage, json_object_get_object_member (truth, "user_param_key"));
    check_secrets (storage, json_object_get_array_member (truth, "device_secrets_present"));
    check_versions (storage, json_object_get_object_member (truth, "versions"));
    is_wrapped = json_object_get_boolean_member_with_default (truth, "wrapped", FALSE);
    check_default (bytes, is_wrapped ? 0 : 0x11000,
                   json_object_get_member (truth, "user_param_key_default_in_app_code"));
    check_flips (bytes, is_wrapped ? 0x11000 : 0, ub_tuya_storage_get_address (storage));
  }
  g_assert_cmpuint (n_checked, >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tuya-dumps/truth", test_dumps);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-value"

#include "config.h"

#include "ub-tuya-value.h"

#include <string.h>

/*
 * Members of Tuya's JSON values whose text is no secret: versions, product keys, countries, and what a
 * product's functions are (values named by ten characters, such as 000004w0oh). All other
 * text is masked, known or not: what a new SDK may store must not leak because this list is older.
 */
static const char *const open_members[] = {
  "swv",
  "bv",
  "pv",
  "lpv",
  "pk",
  "firmk",
  "cadv",
  "cdv",
  "dev_swv",
  "s_id",
  "mst_ver_0",
  "mst_ver_1",
  "mst_ver_2",
  "mst_ver_3",
  "region",
  "country_code",
  "dminfo_name",
  "dminfo_code",
  "dminfo_report_code",
  "module",
  "category",
  "baud",
  "uart_baud",
  "ver",
  "version",
  "type",
  "mode",
  "range",
  "unit",
  NULL,
};

/* Values that are plain text, with nothing about a person or a device's identity in them. */
static const char *const open_keys[] = {
  "em_sys_env", "is_stride", "wf_start_md", "baud_cfg", "rst_cnt", NULL,
};

/* Secrets even as numbers: places, and the random number of a pairing. */
static const char *const secret_numbers[] = {
  "lat", "lon", "lng", "latitude", "longitude", "random", NULL,
};

/* Members of gw_bi, gw_wsm, gw_di and gw_ai (bk7231tools and dumps), in the order a person cares. */
static const char *const secret_members[] = {
  "uuid",      "psk_key",   "auth_key", "ssid",   "passwd",  "token",     "reg_key",   "id",
  "key",       "lckey",     "hs_psk",   "mq_psk", "fac_pin", "hs_psk_ip", "mq_psk_ip", "psk21_key",
  "ap_passwd", "wx_app_id", "wx_uuid",  "bt_hid", "lat",     "lon",       NULL,
};

/* A short number or a truth value, up to the end or a NUL there, is a counter or a switch, no secret. */
static gboolean
is_plain (GBytes *value)
{
  gsize size;
  const char *data = g_bytes_get_data (value, &size);
  char text[8] = { 0 };
  gsize n_digits;

  if (size == 0 || size >= sizeof text)
    return FALSE;
  memcpy (text, data, size);
  n_digits = strspn (text, "0123456789");
  for (gsize i = strlen (text); i < size; i++) {
    if (text[i] != '\0')
      return FALSE;
  }
  return strcmp (text, "true") == 0 || strcmp (text, "false") == 0 ||
         (n_digits > 0 && n_digits <= 5 && text[n_digits] == '\0');
}

static JsonNode *
new_string (const char *text)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);

  json_node_set_string (node, text);
  return node;
}

static JsonNode *mask_node (const char *name, JsonNode *node);

static JsonNode *
mask_object (JsonObject *object)
{
  JsonObject *masked = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    json_object_set_member (masked, name, mask_node (name, member));
  json_node_take_object (node, masked);
  return node;
}

static JsonNode *
mask_array (const char *name, JsonArray *array)
{
  JsonArray *masked = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (guint i = 0; i < json_array_get_length (array); i++)
    json_array_add_element (masked, mask_node (name, json_array_get_element (array, i)));
  json_node_take_array (node, masked);
  return node;
}

static JsonNode *
mask_node (const char *name, JsonNode *node)
{
  switch (json_node_get_node_type (node)) {
  case JSON_NODE_OBJECT:
    return mask_object (json_node_get_object (node));
  case JSON_NODE_ARRAY:
    return mask_array (name, json_node_get_array (node));
  case JSON_NODE_NULL:
    return json_node_copy (node);
  case JSON_NODE_VALUE:
    break;
  }

  if (json_node_get_value_type (node) == G_TYPE_STRING) {
    if (*json_node_get_string (node) == '\0' || g_strv_contains (open_members, name))
      return json_node_copy (node);
  } else if (!g_strv_contains (secret_numbers, name)) {
    return json_node_copy (node);
  }
  return new_string (UB_TUYA_MASK);
}

/* How much of a value is text: it ends with a NUL, or with the value. */
static gsize
get_text_size (GBytes *value)
{
  gsize size;
  const char *text = g_bytes_get_data (value, &size);

  return size == 0 ? 0 : strnlen (text, size);
}

static JsonNode *
parse_json (GBytes *value)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  gsize size = get_text_size (value);
  const char *text = g_bytes_get_data (value, NULL);
  JsonNode *root;

  /* json-glib's scanner recurses for every bracket; no value of a device nests deeply. */
  for (gsize i = 0, depth = 0; i < size; i++) {
    if (text[i] == '{' || text[i] == '[')
      depth++;
    if (depth > 64)
      return NULL;
  }
  if (size == 0 || (*text != '{' && *text != '[') || !g_utf8_validate (text, size, NULL) ||
      !json_parser_load_from_data (parser, text, size, NULL))
    return NULL;
  root = json_parser_get_root (parser);
  return root != NULL ? json_node_copy (root) : NULL;
}

/* A value that is not JSON: as text where it is, else as hexadecimal digits. */
static JsonNode *
raw_to_json (GBytes *value)
{
  g_autoptr (GString) hex = g_string_new (NULL);
  gsize size;
  const guint8 *data = g_bytes_get_data (value, &size);
  gsize n_text = get_text_size (value);
  gboolean is_text = size > 0 && g_utf8_validate ((const char *) data, n_text, NULL);

  /* GLib has no bytes to give for an empty value. */
  if (size == 0)
    return new_string ("");
  for (gsize i = n_text; i < size && is_text; i++)
    is_text = data[i] == 0;
  if (is_text) {
    g_autofree char *text = g_strndup ((const char *) data, n_text);

    return new_string (text);
  }
  for (gsize i = 0; i < size; i++)
    g_string_append_printf (hex, "%02x", data[i]);
  return new_string (hex->str);
}

/* Wi-Fi name and password are Base64 where wfb64 is 1 (seen in dumps); adds them in clear. */
static void
decode_wifi (JsonObject *object)
{
  static const char *const names[] = { "ssid", "passwd" };

  if (json_object_get_int_member_with_default (object, "wfb64", 0) != 1)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    JsonNode *member = json_object_get_member (object, names[i]);
    g_autofree char *name = g_strconcat (names[i], "_decoded", NULL);
    g_autofree guchar *data = NULL;
    g_autofree char *text = NULL;
    gsize size;

    if (member == NULL || !JSON_NODE_HOLDS_VALUE (member) ||
        json_node_get_value_type (member) != G_TYPE_STRING ||
        *json_node_get_string (member) == '\0')
      continue;
    data = g_base64_decode (json_node_get_string (member), &size);
    text = g_utf8_make_valid ((const char *) data, strnlen ((const char *) data, size));
    json_object_set_string_member (object, name, text);
  }
}

/**
 * ub_tuya_value_to_json:
 * @key: name of the value
 * @value: its bytes
 * @is_intact: whether its sum is right
 * @reveal: whether secrets are shown
 *
 * Everything that is not known to be harmless is a secret. A damaged value is one as a whole, because
 * it cannot be told apart into harmless and secret parts.
 *
 * Returns: (transfer full): the value as JSON where it is JSON, else as a string
 */
JsonNode *
ub_tuya_value_to_json (const char *key, GBytes *value, gboolean is_intact, gboolean reveal)
{
  g_autoptr (JsonNode) node = NULL;

  if (!is_intact)
    return reveal ? raw_to_json (value) : new_string (UB_TUYA_MASK);

  node = parse_json (value);
  if (node != NULL && !reveal)
    return mask_node (key, node);
  if (node != NULL) {
    if (JSON_NODE_HOLDS_OBJECT (node))
      decode_wifi (json_node_get_object (node));
    return g_steal_pointer (&node);
  }
  if (!reveal && g_bytes_get_size (value) > 0 && !g_strv_contains (open_keys, key) &&
      !is_plain (value))
    return new_string (UB_TUYA_MASK);
  return raw_to_json (value);
}

/**
 * ub_tuya_value_add_secrets:
 * @key: name of a value
 * @value: its bytes
 * @names: (element-type utf8): where to add
 *
 * Adds the names of the secrets that the value holds: members that are there and not empty.
 */
void
ub_tuya_value_add_secrets (const char *key, GBytes *value, GPtrArray *names)
{
  g_autoptr (JsonNode) node = parse_json (value);
  JsonObject *object;

  if (node == NULL || !JSON_NODE_HOLDS_OBJECT (node))
    return;
  object = json_node_get_object (node);
  for (guint i = 0; secret_members[i] != NULL; i++) {
    JsonNode *member = json_object_get_member (object, secret_members[i]);

    if (member == NULL || !JSON_NODE_HOLDS_VALUE (member) ||
        (json_node_get_value_type (member) == G_TYPE_STRING &&
         *json_node_get_string (member) == '\0') ||
        g_ptr_array_find_with_equal_func (names, secret_members[i], g_str_equal, NULL))
      continue;
    g_ptr_array_add (names, (gpointer) secret_members[i]);
  }
}

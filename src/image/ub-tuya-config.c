/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-config"

#include "config.h"

#include "ub-tuya-config.h"
#include "ub-tuya-params.h"
#include "ub-tuya-pins.h"
#include "ub-tuya-value.h"

#include <string.h>

/* A configuration in app code is shorter, and has more members, than this. */
#define MAX_DEFAULT_SIZE 4096
#define MIN_DEFAULT_MEMBERS 4

/* Braces that are tried before an app is given up on; keeps a hostile one from taking long. */
#define MAX_TRIES 1000

/**
 * UbTuyaConfig:
 *
 * What a Tuya device is made of, as its firmware reads it from `user_param_key`: the module, the kind
 * of device, and what hangs on which pin. Immutable.
 */
struct _UbTuyaConfig {
  GObject parent_instance;

  JsonNode *params; /* an object */
  gboolean is_default;
  const char *light_driver;
  const char *meter;
  GPtrArray *pins;
};

G_DEFINE_FINAL_TYPE (UbTuyaConfig, ub_tuya_config, G_TYPE_OBJECT)

static JsonObject *
get_params (UbTuyaConfig *self)
{
  return json_node_get_object (self->params);
}

static const char *
get_string (UbTuyaConfig *self, const char *key)
{
  JsonNode *node = json_object_get_member (get_params (self), key);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_STRING || *json_node_get_string (node) == '\0')
    return NULL;
  return json_node_get_string (node);
}

static UbTuyaConfig *
new_config (JsonNode *params, gboolean is_default)
{
  UbTuyaConfig *self = g_object_new (UB_TYPE_TUYA_CONFIG, NULL);

  self->params = params;
  self->is_default = is_default;
  self->light_driver = ub_tuya_pins_find_light_driver (get_params (self));
  self->meter = ub_tuya_pins_find_meter (get_params (self));
  self->pins = ub_tuya_pins_find (get_params (self), self->light_driver, self->meter);
  return self;
}

static void
ub_tuya_config_finalize (GObject *object)
{
  UbTuyaConfig *self = UB_TUYA_CONFIG (object);

  g_clear_pointer (&self->params, json_node_unref);
  g_clear_pointer (&self->pins, g_ptr_array_unref);

  G_OBJECT_CLASS (ub_tuya_config_parent_class)->finalize (object);
}

static void
ub_tuya_config_class_init (UbTuyaConfigClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_tuya_config_finalize;
}

static void
ub_tuya_config_init (UbTuyaConfig *self)
{
}

/**
 * ub_tuya_config_parse:
 * @text: (nullable): value of `user_param_key`, need not end with a NUL
 * @size: bytes of @text
 * @error: return location for an error
 *
 * Returns: (transfer full): the configuration, or %NULL with %UB_ERROR_IMAGE_DAMAGED
 */
UbTuyaConfig *
ub_tuya_config_parse (const char *text, gsize size, GError **error)
{
  JsonNode *params = ub_tuya_params_parse (text, size, error);

  return params != NULL ? new_config (params, FALSE) : NULL;
}

static gboolean
is_printable (char c)
{
  return c >= 0x20 && c <= 0x7E;
}

/* The next stretch of printable characters with a member “module” in it, or NULL. */
static const char *
find_printable (const char *at, const char *end, gsize *out_length)
{
  const char *start = at < end ? memmem (at, end - at, "module", 6) : NULL;
  const char *stop = start;

  if (start == NULL)
    return NULL;
  while (start > at && is_printable (start[-1]))
    start--;
  while (stop < end && is_printable (*stop))
    stop++;
  *out_length = stop - start;
  return start;
}

static gsize
get_object_size (const char *text, gsize size)
{
  guint depth = 0;

  for (gsize i = 0; i < MIN (size, MAX_DEFAULT_SIZE); i++) {
    if (text[i] == '{')
      depth++;
    else if (text[i] == '}' && --depth == 0)
      return i + 1;
  }
  return 0;
}

/* Not every app's default has a crc or a version, but they all have one of them. */
static gboolean
looks_like_config (JsonObject *params)
{
  return json_object_get_size (params) >= MIN_DEFAULT_MEMBERS &&
         json_object_has_member (params, "module") &&
         (json_object_has_member (params, "crc") || json_object_has_member (params, "jv") ||
          json_object_has_member (params, "Jsonver"));
}

/**
 * ub_tuya_config_find_default:
 * @app: decrypted code of an app, without its block checksums
 * @size: bytes of it
 *
 * Finds the configuration that an app was built with. It describes no device in particular: in all
 * nine dumps where both were there, that of the device named another module. Show it as what it is
 * (ub_tuya_config_is_default()) and only where the device has none of its own.
 *
 * Returns: (transfer full) (nullable): the configuration, or %NULL where there is none
 */
UbTuyaConfig *
ub_tuya_config_find_default (const guint8 *app, gsize size)
{
  const char *end = (const char *) app + size;
  const char *at = (const char *) app;
  guint n_tries = 0;
  gsize length;

  while ((at = find_printable (at, end, &length)) != NULL) {
    const char *stop = at + length;

    while ((at = memchr (at, '{', stop - at)) != NULL && n_tries++ < MAX_TRIES) {
      g_autoptr (JsonNode) params =
          ub_tuya_params_parse (at, get_object_size (at, stop - at), NULL);

      if (params != NULL && looks_like_config (json_node_get_object (params)))
        return new_config (g_steal_pointer (&params), TRUE);
      at++;
    }
    at = stop;
  }
  return NULL;
}

/**
 * ub_tuya_config_is_default:
 * @self: a configuration
 *
 * Returns: whether it is the app's built-in default rather than the device's own
 */
gboolean
ub_tuya_config_is_default (UbTuyaConfig *self)
{
  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), FALSE);

  return self->is_default;
}

/**
 * ub_tuya_config_to_json:
 * @self: a configuration
 * @reveal: whether secrets are shown. Devices keep none here that is known of, but what looks like one
 *   is masked
 *
 * Returns: (transfer full): the configuration as clean JSON, in the device's order
 */
JsonNode *
ub_tuya_config_to_json (UbTuyaConfig *self, gboolean reveal)
{
  static const char *const suspects[] = { "ssid", "passw", "psk", "token", "uuid", "auth" };
  JsonObject *object;
  JsonNode *node;
  JsonObjectIter iter;
  const char *key;

  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), NULL);

  /* Copies of nodes share their objects. */
  object = json_object_new ();
  node = json_node_new (JSON_NODE_OBJECT);
  json_object_iter_init_ordered (&iter, get_params (self));
  while (json_object_iter_next_ordered (&iter, &key, NULL)) {
    gboolean is_secret = FALSE;

    for (guint i = 0; i < G_N_ELEMENTS (suspects); i++)
      is_secret = is_secret || strstr (key, suspects[i]) != NULL;
    if (is_secret && !reveal)
      json_object_set_string_member (object, key, UB_TUYA_MASK);
    else
      json_object_set_member (object, key, json_object_dup_member (get_params (self), key));
  }
  json_node_take_object (node, object);
  return node;
}

/**
 * ub_tuya_config_get_module:
 * @self: a configuration
 *
 * Returns: (nullable): name of the module, such as WB3S
 */
const char *
ub_tuya_config_get_module (UbTuyaConfig *self)
{
  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), NULL);

  return get_string (self, "module");
}

/**
 * ub_tuya_config_get_category:
 * @self: a configuration
 *
 * Returns: (nullable): Tuya's number of the kind of device, such as 0502 for a cold and warm white lamp
 */
const char *
ub_tuya_config_get_category (UbTuyaConfig *self)
{
  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), NULL);

  return get_string (self, "category");
}

/**
 * ub_tuya_config_get_light_driver:
 * @self: a configuration
 *
 * Returns: (nullable): the integrated circuit that drives the light, such as SM2135
 */
const char *
ub_tuya_config_get_light_driver (UbTuyaConfig *self)
{
  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), NULL);

  return self->light_driver;
}

/**
 * ub_tuya_config_get_meter:
 * @self: a configuration
 *
 * Returns: (nullable): the integrated circuit that measures energy, such as BL0937
 */
const char *
ub_tuya_config_get_meter (UbTuyaConfig *self)
{
  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), NULL);

  return self->meter;
}

/**
 * ub_tuya_config_get_n_pins:
 * @self: a configuration
 *
 * Returns: how many pins it names
 */
guint
ub_tuya_config_get_n_pins (UbTuyaConfig *self)
{
  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), 0);

  return self->pins->len;
}

/**
 * ub_tuya_config_get_pin:
 * @self: a configuration
 * @index: below ub_tuya_config_get_n_pins()
 *
 * Returns: (transfer none): what hangs on a pin; sorted by kind, then by channel
 */
const UbTuyaPin *
ub_tuya_config_get_pin (UbTuyaConfig *self, guint index)
{
  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), NULL);
  g_return_val_if_fail (index < self->pins->len, NULL);

  return g_ptr_array_index (self->pins, index);
}

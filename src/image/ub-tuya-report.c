/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-report"

#include "config.h"

#include "ub-tuya-storage.h"
#include "ub-tuya-value.h"

#include <string.h>

static void
set_string (JsonObject *object, const char *name, const char *value)
{
  if (value != NULL)
    json_object_set_string_member (object, name, value);
  else
    json_object_set_null_member (object, name);
}

static JsonArray *
list_pins (UbTuyaConfig *config)
{
  JsonArray *pins = json_array_new ();

  for (guint i = 0; i < ub_tuya_config_get_n_pins (config); i++) {
    const UbTuyaPin *pin = ub_tuya_config_get_pin (config, i);
    JsonObject *object = json_object_new ();

    json_object_set_int_member (object, "pin", pin->pin);
    json_object_set_string_member (object, "key", pin->key);
    json_object_set_string_member (object, "title", pin->title);
    json_object_set_boolean_member (object, "active_low", pin->active_low);
    set_string (object, "role", pin->role);
    json_array_add_object_element (pins, object);
  }
  return pins;
}

static JsonNode *
value_to_json (UbTuyaStorage *self, guint index, gboolean reveal)
{
  const char *key = ub_tuya_storage_get_key (self, index);
  UbTuyaConfig *config = ub_tuya_storage_get_config (self);
  gboolean is_intact = ub_tuya_storage_is_value_intact (self, index);

  if (is_intact && config != NULL && strcmp (key, "user_param_key") == 0)
    return ub_tuya_config_to_json (config, reveal);
  return ub_tuya_value_to_json (key, ub_tuya_storage_get_value (self, index), is_intact, reveal);
}

static JsonObject *
list_values (UbTuyaStorage *self, gboolean reveal)
{
  JsonObject *values = json_object_new ();

  for (guint i = 0; i < ub_tuya_storage_get_n_values (self); i++) {
    JsonObject *object = json_object_new ();

    json_object_set_boolean_member (object, "intact", ub_tuya_storage_is_value_intact (self, i));
    json_object_set_boolean_member (object, "protected",
                                    ub_tuya_storage_is_value_protected (self, i));
    json_object_set_member (object, "value", value_to_json (self, i, reveal));
    json_object_set_object_member (values, ub_tuya_storage_get_key (self, i), object);
  }
  return values;
}

/**
 * ub_tuya_storage_to_json:
 * @self: a storage
 * @reveal: whether secrets are shown; they are masked otherwise, with no part of them left
 *
 * The names of members are stable: `address`, `generation`, `sectors`, `sectors_intact`, `protected`
 * (address or null), `intact`, `keys`, `module`, `category`, `light_driver`, `meter`, `pins`, `secrets`
 * (names only) and `values`.
 *
 * Returns: (transfer full): an object with all that is known of the storage
 */
JsonNode *
ub_tuya_storage_to_json (UbTuyaStorage *self, gboolean reveal)
{
  JsonObject *object;
  JsonNode *node;
  JsonArray *keys;
  JsonArray *secrets;
  UbTuyaConfig *config;
  guint32 address;

  g_return_val_if_fail (UB_IS_TUYA_STORAGE (self), NULL);

  object = json_object_new ();
  node = json_node_new (JSON_NODE_OBJECT);
  keys = json_array_new ();
  secrets = json_array_new ();
  config = ub_tuya_storage_get_config (self);
  json_object_set_int_member (object, "address", ub_tuya_storage_get_address (self));
  json_object_set_string_member (object, "generation",
                                 ub_tuya_generation_get_id (ub_tuya_storage_get_generation (self)));
  json_object_set_int_member (object, "sectors", ub_tuya_storage_get_n_sectors (self));
  json_object_set_int_member (object, "sectors_intact",
                              ub_tuya_storage_get_n_sectors_intact (self));
  if (ub_tuya_storage_has_protected (self, &address))
    json_object_set_int_member (object, "protected", address);
  else
    json_object_set_null_member (object, "protected");
  json_object_set_boolean_member (object, "intact", ub_tuya_storage_is_intact (self));
  for (guint i = 0; i < ub_tuya_storage_get_n_values (self); i++)
    json_array_add_string_element (keys, ub_tuya_storage_get_key (self, i));
  json_object_set_array_member (object, "keys", keys);
  set_string (object, "module", ub_tuya_storage_get_module (self));
  set_string (object, "category", config != NULL ? ub_tuya_config_get_category (config) : NULL);
  set_string (object, "light_driver",
              config != NULL ? ub_tuya_config_get_light_driver (config) : NULL);
  set_string (object, "meter", config != NULL ? ub_tuya_config_get_meter (config) : NULL);
  json_object_set_array_member (object, "pins",
                                config != NULL ? list_pins (config) : json_array_new ());
  for (guint i = 0; ub_tuya_storage_get_secrets (self)[i] != NULL; i++)
    json_array_add_string_element (secrets, ub_tuya_storage_get_secrets (self)[i]);
  json_object_set_array_member (object, "secrets", secrets);
  json_object_set_object_member (object, "values", list_values (self, reveal));
  json_node_take_object (node, object);
  return node;
}

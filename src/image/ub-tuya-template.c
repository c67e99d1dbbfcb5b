/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-template"

#include "config.h"

#include "ub-tuya-config.h"

/*
 * The form of a device template of OpenBeken, which people paste into the “Import” tab of its web
 * application: published templates of the project (devices.json of its web application, and many a
 * README of its users).
 */

static void
set_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_command (GString *commands, const char *command)
{
  g_string_append_printf (commands, "%s%s", commands->len == 0 ? "backlog " : "; ", command);
}

static gboolean
get_int (JsonObject *params, const char *key, gint64 *out_value)
{
  JsonNode *node = json_object_get_member (params, key);

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node) ||
      json_node_get_value_type (node) != G_TYPE_INT64)
    return FALSE;
  *out_value = json_node_get_int (node);
  return TRUE;
}

/* Which of a light driver's outputs is which colour: OpenBeken's command LED_Map takes them in the
 * order red, green, blue, cold, warm. */
static void
add_light_map (GString *commands, JsonObject *params)
{
  static const char *const keys[] = { "iicr", "iicg", "iicb", "iicc", "iicw" };
  g_autoptr (GString) map = g_string_new ("LED_Map");

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    gint64 output;

    if (!get_int (params, keys[i], &output) || output < 0 || output > 5)
      return;
    g_string_append_printf (map, " %" G_GINT64_FORMAT, output);
  }
  add_command (commands, map->str);
}

static char *
build_commands (UbTuyaConfig *self, JsonObject *params)
{
  g_autoptr (GString) commands = g_string_new (NULL);
  gint64 hertz;

  if (ub_tuya_config_get_light_driver (self) != NULL)
    add_light_map (commands, params);
  if (g_strcmp0 (ub_tuya_config_get_meter (self), "BL0942") == 0)
    add_command (commands, "startDriver BL0942");
  if (get_int (params, "pwmhz", &hertz) && hertz > 0 && hertz <= 100000) {
    g_autofree char *command = g_strdup_printf ("PWMFrequency %" G_GINT64_FORMAT, hertz);

    add_command (commands, command);
  }
  return g_string_free (g_steal_pointer (&commands), FALSE);
}

static void
add_pins (JsonBuilder *builder, UbTuyaConfig *self)
{
  guint64 used = 0;

  json_builder_set_member_name (builder, "pins");
  json_builder_begin_object (builder);
  for (guint i = 0; i < ub_tuya_config_get_n_pins (self); i++) {
    const UbTuyaPin *pin = ub_tuya_config_get_pin (self, i);
    g_autofree char *name = g_strdup_printf ("%u", pin->pin);
    g_autofree char *value = NULL;

    /* One role for each pin: the first, which the order of kinds makes the more important one. */
    if (pin->role == NULL || (used & G_GUINT64_CONSTANT (1) << pin->pin) != 0)
      continue;
    used |= G_GUINT64_CONSTANT (1) << pin->pin;
    value = g_strdup_printf ("%s;%u", pin->role, pin->channel);
    set_string (builder, name, value);
  }
  json_builder_end_object (builder);
}

/**
 * ub_tuya_config_to_template:
 * @self: a configuration
 * @chip: OpenBeken's name of the chip: BK7231T or BK7231N
 *
 * Writes the configuration as a device template of OpenBeken. Pins whose use OpenBeken has no role for
 * are left out. Nothing of it is secret.
 *
 * Returns: (transfer full): JSON text to paste
 */
char *
ub_tuya_config_to_template (UbTuyaConfig *self, const char *chip)
{
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonGenerator) generator = NULL;
  g_autoptr (JsonNode) params = NULL;
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *commands = NULL;
  const char *module;

  g_return_val_if_fail (UB_IS_TUYA_CONFIG (self), NULL);
  g_return_val_if_fail (chip != NULL, NULL);

  builder = json_builder_new ();
  params = ub_tuya_config_to_json (self, FALSE);
  commands = build_commands (self, json_node_get_object (params));
  module = ub_tuya_config_get_module (self) != NULL ? ub_tuya_config_get_module (self) : "";

  json_builder_begin_object (builder);
  set_string (builder, "vendor", "Tuya");
  set_string (builder, "bDetailed", "0");
  set_string (builder, "name", "Full Device Name Here");
  set_string (builder, "model", "enter short model name here");
  set_string (builder, "chip", chip);
  set_string (builder, "board", module);
  set_string (builder, "flags", "0");
  json_builder_set_member_name (builder, "keywords");
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, chip);
  if (*module != '\0')
    json_builder_add_string_value (builder, module);
  json_builder_end_array (builder);
  add_pins (builder, self);
  set_string (builder, "command", commands);
  set_string (builder, "image", "");
  set_string (builder, "wiki", "");
  json_builder_end_object (builder);

  root = json_builder_get_root (builder);
  generator = json_generator_new ();
  json_generator_set_root (generator, root);
  json_generator_set_pretty (generator, TRUE);
  return json_generator_to_data (generator, NULL);
}

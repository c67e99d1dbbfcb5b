/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/**
 * UbTuyaPinKind:
 *
 * What hangs on a pin, coarse enough to sort by and to choose an icon.
 */
typedef enum {
  UB_TUYA_PIN_RELAY,
  UB_TUYA_PIN_BUTTON,
  UB_TUYA_PIN_SWITCH,
  UB_TUYA_PIN_LED,
  UB_TUYA_PIN_LIGHT,
  UB_TUYA_PIN_LIGHT_DRIVER,
  UB_TUYA_PIN_METER,
  UB_TUYA_PIN_INFRARED,
  UB_TUYA_PIN_SENSOR,
  UB_TUYA_PIN_OTHER,
} UbTuyaPinKind;

/**
 * UbTuyaPin:
 * @pin: number as in P26
 * @key: of the configuration, such as rl1_pin
 * @kind: what hangs on it
 * @title: translated words, such as “Relay 1”
 * @active_low: whether 0 means on or pressed
 * @role: (nullable): OpenBeken's name of the role, such as Rel or WifiLED_n, where it has one
 * @channel: OpenBeken's channel of the role
 */
typedef struct {
  guint pin;
  char *key;
  UbTuyaPinKind kind;
  char *title;
  gboolean active_low;
  char *role;
  guint channel;
} UbTuyaPin;

#define UB_TYPE_TUYA_CONFIG (ub_tuya_config_get_type ())
G_DECLARE_FINAL_TYPE (UbTuyaConfig, ub_tuya_config, UB, TUYA_CONFIG, GObject)

UbTuyaConfig *ub_tuya_config_parse (const char *text, gsize size, GError **error);
UbTuyaConfig *ub_tuya_config_find_default (const guint8 *app, gsize size);

gboolean ub_tuya_config_is_default (UbTuyaConfig *self);
JsonNode *ub_tuya_config_to_json (UbTuyaConfig *self, gboolean reveal);
const char *ub_tuya_config_get_module (UbTuyaConfig *self);
const char *ub_tuya_config_get_category (UbTuyaConfig *self);
const char *ub_tuya_config_get_light_driver (UbTuyaConfig *self);
const char *ub_tuya_config_get_meter (UbTuyaConfig *self);
guint ub_tuya_config_get_n_pins (UbTuyaConfig *self);
const UbTuyaPin *ub_tuya_config_get_pin (UbTuyaConfig *self, guint index);

char *ub_tuya_config_to_template (UbTuyaConfig *self, const char *chip);

G_END_DECLS

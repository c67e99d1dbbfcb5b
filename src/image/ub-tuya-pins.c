/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-pins"

#include "config.h"

#include "ub-tuya-pins.h"

#include <glib/gi18n.h>
#include <string.h>

/* BK7231 has P0 to P28; a few spare for its successors with the same storage. */
#define MAX_PIN 63

/* Channels of OpenBeken. */
#define MAX_CHANNEL 63

/*
 * What the keys of a device configuration mean. The facts are from the table of keys in the
 * documentation of UPK2ESPHome (blakadder, Kuba Szczodrzyński) and from what BK7231GUIFlashTool's
 * configuration extractor shows; the role names are those of OpenBeken's documentation (docs/ioRoles.md
 * describes them) as its device templates spell them.
 */
typedef struct {
  const char *key; /* # stands for a number */
  const char *level; /* key that says which level is active; NULL: there is none */
  UbTuyaPinKind kind;
  const char *title; /* with %u where the key has a number */
  const char *role_high; /* OpenBeken's role when 1 is active, NULL: none fits */
  const char *role_low; /* when 0 is active */
  gboolean low_by_default; /* where the level's key is missing */
  int channel; /* of OpenBeken; -1: the number in the key */
} Entry;

static const Entry entries[] = {
  { "rl#_pin", "rl#_lv", UB_TUYA_PIN_RELAY, N_ ("Relay %u"), "Rel", "Rel_n", FALSE, -1 },
  { "rl", "rl_lv", UB_TUYA_PIN_RELAY, N_ ("Relay"), "Rel", "Rel_n", FALSE, 1 },
  { "rl_on#_pin", "rl_on#_lv", UB_TUYA_PIN_RELAY, N_ ("Relay %u, switches on"), "BridgeFWD",
    "BridgeFWD", FALSE, -1 },
  { "rl_off#_pin", "rl_off#_lv", UB_TUYA_PIN_RELAY, N_ ("Relay %u, switches off"), "BridgeREV",
    "BridgeREV", FALSE, -1 },

  /* OpenBeken's Btn is a button to ground. */
  { "bt#_pin", "bt#_lv", UB_TUYA_PIN_BUTTON, N_ ("Button %u"), "Btn_n", "Btn", TRUE, -1 },
  { "bt_pin", "bt_lv", UB_TUYA_PIN_BUTTON, N_ ("Button"), "Btn_n", "Btn", TRUE, 1 },
  { "bt", "bt_lv", UB_TUYA_PIN_BUTTON, N_ ("Button"), "Btn_n", "Btn", TRUE, 1 },
  { "total_bt_pin", "total_bt_lv", UB_TUYA_PIN_BUTTON, N_ ("Button for everything"),
    "Btn_Tgl_All_n", "Btn_Tgl_All", TRUE, 0 },
  { "reset_pin", "reset_lv", UB_TUYA_PIN_BUTTON, N_ ("Reset button"), "Btn_n", "Btn", TRUE, 1 },
  { "key_pin", "key_lv", UB_TUYA_PIN_BUTTON, N_ ("Key 1"), "Btn_n", "Btn", TRUE, 1 },
  { "k#pin_pin", "k#pin_lv", UB_TUYA_PIN_BUTTON, N_ ("Key %u"), "Btn_n", "Btn", TRUE, -1 },
  { "onoff#", NULL, UB_TUYA_PIN_SWITCH, N_ ("Wall switch %u"), "TglChanOnTgl", "TglChanOnTgl", TRUE,
    -1 },

  { "netled_pin", "netled_lv", UB_TUYA_PIN_LED, N_ ("Network LED"), "WifiLED", "WifiLED_n", TRUE,
    0 },
  { "netled#_pin", "netled#_lv", UB_TUYA_PIN_LED, N_ ("Network LED %u"), "WifiLED", "WifiLED_n",
    TRUE, 0 },
  { "wfst_pin", "wfst_lv", UB_TUYA_PIN_LED, N_ ("Network LED"), "WifiLED", "WifiLED_n", TRUE, 0 },
  { "wfst", "wfst_lv", UB_TUYA_PIN_LED, N_ ("Network LED"), "WifiLED", "WifiLED_n", TRUE, 0 },
  { "status_led_pin", "status_led_lv", UB_TUYA_PIN_LED, N_ ("Status LED"), "WifiLED", "WifiLED_n",
    TRUE, 0 },
  { "led#_pin", "led#_lv", UB_TUYA_PIN_LED, N_ ("LED %u"), "LED", "LED_n", FALSE, -1 },
  { "led_pin", "led_lv", UB_TUYA_PIN_LED, N_ ("LED"), "LED", "LED_n", FALSE, 1 },
  { "backlit_io_pin", "backlit_io_lv", UB_TUYA_PIN_LED, N_ ("Backlight"), "LED", "LED_n", FALSE,
    1 },

  { "r_pin", "r_lv", UB_TUYA_PIN_LIGHT, N_ ("Red light"), "PWM", "PWM_n", FALSE, 1 },
  { "g_pin", "g_lv", UB_TUYA_PIN_LIGHT, N_ ("Green light"), "PWM", "PWM_n", FALSE, 2 },
  { "b_pin", "b_lv", UB_TUYA_PIN_LIGHT, N_ ("Blue light"), "PWM", "PWM_n", FALSE, 3 },
  { "c_pin", "c_lv", UB_TUYA_PIN_LIGHT, N_ ("Cold white light"), "PWM", "PWM_n", FALSE, 4 },
  { "w_pin", "w_lv", UB_TUYA_PIN_LIGHT, N_ ("Warm white light"), "PWM", "PWM_n", FALSE, 5 },
  { "ctrl_pin", "ctrl_lv", UB_TUYA_PIN_LIGHT, N_ ("Light control"), NULL, NULL, FALSE, 0 },
  { "mosi", NULL, UB_TUYA_PIN_LIGHT, N_ ("LED strip data"), "SM16703P_DIN", "SM16703P_DIN", FALSE,
    0 },

  { "ele_pin", NULL, UB_TUYA_PIN_METER, N_ ("Energy meter, power (CF)"), "BL0937CF", "BL0937CF",
    FALSE, 0 },
  { "epin", NULL, UB_TUYA_PIN_METER, N_ ("Energy meter, power (CF)"), "BL0937CF", "BL0937CF", FALSE,
    0 },
  { "vi_pin", NULL, UB_TUYA_PIN_METER, N_ ("Energy meter, voltage and current (CF1)"), "BL0937CF1",
    "BL0937CF1", FALSE, 0 },
  { "ivpin", NULL, UB_TUYA_PIN_METER, N_ ("Energy meter, voltage and current (CF1)"), "BL0937CF1",
    "BL0937CF1", FALSE, 0 },
  { "sel_pin_pin", "sel_pin_lv", UB_TUYA_PIN_METER, N_ ("Energy meter, selection (SEL)"),
    "BL0937SEL", "BL0937SEL_n", FALSE, 0 },
  { "ivcpin", NULL, UB_TUYA_PIN_METER, N_ ("Energy meter, selection (SEL)"), "BL0937SEL",
    "BL0937SEL", FALSE, 0 },
  { "ele_rx", NULL, UB_TUYA_PIN_METER, N_ ("Energy meter, serial receive"), NULL, NULL, FALSE, 0 },
  { "ele_tx", NULL, UB_TUYA_PIN_METER, N_ ("Energy meter, serial send"), NULL, NULL, FALSE, 0 },

  { "ir", NULL, UB_TUYA_PIN_INFRARED, N_ ("Infrared receiver"), "IRRecv", "IRRecv", FALSE, 0 },
  { "irpin", NULL, UB_TUYA_PIN_INFRARED, N_ ("Infrared receiver"), "IRRecv", "IRRecv", FALSE, 0 },
  { "infrr", NULL, UB_TUYA_PIN_INFRARED, N_ ("Infrared receiver"), "IRRecv", "IRRecv", FALSE, 0 },
  { "infre", NULL, UB_TUYA_PIN_INFRARED, N_ ("Infrared sender"), "IRSend", "IRSend", FALSE, 0 },

  { "door#_magt_pin", "door#_magt_lv", UB_TUYA_PIN_SENSOR, N_ ("Door sensor %u"), "dInput",
    "dInput_n", FALSE, -1 },
  { "gate_sensor_pin_pin", "gate_sensor_pin_lv", UB_TUYA_PIN_SENSOR, N_ ("Door or gate sensor"),
    "dInput", "dInput_n", FALSE, 1 },
  { "basic_pin_pin", "basic_pin_lv", UB_TUYA_PIN_SENSOR, N_ ("Motion sensor"), "dInput", "dInput_n",
    FALSE, 1 },
  { "pirin_pin", "pirin_lv", UB_TUYA_PIN_SENSOR, N_ ("Motion sensor"), "dInput", "dInput_n", FALSE,
    1 },
  { "pirsense_pin", "pirsense_lv", UB_TUYA_PIN_SENSOR, N_ ("Sensitivity of the motion sensor"),
    NULL, NULL, FALSE, 0 },
  { "samp_pin", NULL, UB_TUYA_PIN_SENSOR, N_ ("Battery voltage"), "BAT_ADC", "BAT_ADC", FALSE, 0 },
  { "samp_sw_pin", "samp_sw_lv", UB_TUYA_PIN_SENSOR, N_ ("Battery voltage, enable"), "BAT_Relay",
    "BAT_Relay_n", FALSE, 0 },
  { "one_wire_pin", NULL, UB_TUYA_PIN_SENSOR, N_ ("One-wire bus"), NULL, NULL, FALSE, 0 },
  { "i2c_scl_pin", NULL, UB_TUYA_PIN_SENSOR, N_ ("I²C clock"), NULL, NULL, FALSE, 0 },
  { "i2c_sda_pin", NULL, UB_TUYA_PIN_SENSOR, N_ ("I²C data"), NULL, NULL, FALSE, 0 },

  { "remote_io", NULL, UB_TUYA_PIN_OTHER, N_ ("Radio remote receiver"), "RCRecv", "RCRecv", FALSE,
    0 },
  { "bz_pin_pin", "bz_pin_lv", UB_TUYA_PIN_OTHER, N_ ("Buzzer"), NULL, NULL, FALSE, 0 },
  { "buzzer_io", NULL, UB_TUYA_PIN_OTHER, N_ ("Buzzer"), NULL, NULL, FALSE, 0 },
  { "mic", NULL, UB_TUYA_PIN_OTHER, N_ ("Microphone"), NULL, NULL, FALSE, 0 },
  { "micpin", NULL, UB_TUYA_PIN_OTHER, N_ ("Microphone"), NULL, NULL, FALSE, 0 },
  { "alt_pin_pin", NULL, UB_TUYA_PIN_OTHER, N_ ("Alert"), NULL, NULL, FALSE, 0 },
};

/*
 * Light drivers with a two-wire bus (keys iicscl and iicsda) are told apart by the keys of their
 * currents: same sources.
 */
static const struct {
  const char *key;
  const char *driver;
  const char *data_role;
  const char *clock_role;
} light_drivers[] = {
  { "ehccur", "SM2135EH", "SM2135DAT", "SM2135CLK" },
  { "ehwcur", "SM2135EH", "SM2135DAT", "SM2135CLK" },
  { "campere", "SM2135E", "SM2135DAT", "SM2135CLK" },
  { "wampere", "SM2135E", "SM2135DAT", "SM2135CLK" },
  { "iicccur", "SM2135", "SM2135DAT", "SM2135CLK" },
  { "iicwcur", "SM2135", "SM2135DAT", "SM2135CLK" },
  { "dccur", "BP5758D", "BP5758D_DAT", "BP5758D_CLK" },
  { "dwcur", "BP5758D", "BP5758D_DAT", "BP5758D_CLK" },
  { "drgbcur", "BP5758D", "BP5758D_DAT", "BP5758D_CLK" },
  { "cjccur", "BP1658CJ", "BP1658CJ_DAT", "BP1658CJ_CLK" },
  { "cjwcur", "BP1658CJ", "BP1658CJ_DAT", "BP1658CJ_CLK" },
  { "2235ccur", "SM2235", "SM2235DAT", "SM2235CLK" },
  { "2235wcur", "SM2235", "SM2235DAT", "SM2235CLK" },
  { "2335ccur", "SM2335", "SM2235DAT", "SM2235CLK" },
  { "kp58ccur", "KP18058", "KP18058_DAT", "KP18058_CLK" },
  { "kp58wcur", "KP18058", "KP18058_DAT", "KP18058_CLK" },
};

/* Value of a whole number, which may have come as a string. */
static gboolean
get_number (JsonObject *params, const char *key, guint64 max, guint *out_value)
{
  JsonNode *node = json_object_get_member (params, key);
  guint64 value;

  if (node == NULL || !JSON_NODE_HOLDS_VALUE (node))
    return FALSE;
  if (json_node_get_value_type (node) == G_TYPE_INT64) {
    if (json_node_get_int (node) < 0 || json_node_get_int (node) > (gint64) max)
      return FALSE;
    *out_value = json_node_get_int (node);
    return TRUE;
  }
  if (json_node_get_value_type (node) != G_TYPE_STRING ||
      !g_ascii_string_to_unsigned (json_node_get_string (node), 10, 0, max, &value, NULL))
    return FALSE;
  *out_value = value;
  return TRUE;
}

/* Whether @key fits a pattern in which # stands for one or two digits. */
static gboolean
fits (const char *pattern, const char *key, guint *out_number)
{
  const char *hash = strchr (pattern, '#');
  gsize before = hash != NULL ? (gsize) (hash - pattern) : strlen (pattern);
  gsize digits = 0;

  *out_number = 0;
  if (hash == NULL)
    return strcmp (pattern, key) == 0;
  if (strncmp (pattern, key, before) != 0)
    return FALSE;
  while (digits < 2 && g_ascii_isdigit (key[before + digits]))
    *out_number = *out_number * 10 + (key[before + digits++] - '0');
  return digits > 0 && strcmp (hash + 1, key + before + digits) == 0;
}

static char *
insert_number (const char *pattern, guint number)
{
  const char *hash = strchr (pattern, '#');

  if (hash == NULL)
    return g_strdup (pattern);
  return g_strdup_printf ("%.*s%u%s", (int) (hash - pattern), pattern, number, hash + 1);
}

static void
free_pin (gpointer data)
{
  UbTuyaPin *pin = data;

  g_free (pin->key);
  g_free (pin->title);
  g_free (pin->role);
  g_free (pin);
}

static char *
format_title (const char *title, guint number)
{
  g_autofree char *digits = g_strdup_printf ("%u", number);
  g_autoptr (GString) text = g_string_new (_ (title));

  g_string_replace (text, "%u", digits, 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static UbTuyaPin *
new_pin (const Entry *entry, const char *key, guint number, guint where, JsonObject *params)
{
  UbTuyaPin *pin = g_new0 (UbTuyaPin, 1);
  const char *role;
  guint level;

  pin->pin = where;
  pin->key = g_strdup (key);
  pin->kind = entry->kind;
  pin->title = format_title (entry->title, number);
  pin->active_low = entry->low_by_default;
  if (entry->level != NULL) {
    g_autofree char *level_key = insert_number (entry->level, number);

    if (get_number (params, level_key, 1, &level))
      pin->active_low = level == 0;
  }
  role = pin->active_low ? entry->role_low : entry->role_high;
  pin->role = g_strdup (role);
  pin->channel = MIN (entry->channel < 0 ? number : (guint) entry->channel, MAX_CHANNEL);
  return pin;
}

static void
add_driver_pins (GPtrArray *pins, JsonObject *params, const char *light_driver)
{
  static const char *const keys[] = { "iicsda", "iicscl" };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
    UbTuyaPin *pin;
    guint where;

    if (!get_number (params, keys[i], MAX_PIN, &where))
      continue;
    pin = g_new0 (UbTuyaPin, 1);
    pin->pin = where;
    pin->key = g_strdup (keys[i]);
    pin->kind = UB_TUYA_PIN_LIGHT_DRIVER;
    if (light_driver == NULL) {
      pin->title = g_strdup (i == 0 ? _ ("Light driver, data") : _ ("Light driver, clock"));
    } else {
      /* Translators: %s is the name of an integrated circuit, such as “SM2135” */
      pin->title = g_strdup_printf (
          i == 0 ? _ ("Light driver %s, data") : _ ("Light driver %s, clock"), light_driver);
      for (guint j = 0; j < G_N_ELEMENTS (light_drivers) && pin->role == NULL; j++) {
        if (strcmp (light_drivers[j].driver, light_driver) == 0)
          pin->role = g_strdup (i == 0 ? light_drivers[j].data_role : light_drivers[j].clock_role);
      }
    }
    g_ptr_array_add (pins, pin);
  }
}

static int
compare_pins (gconstpointer a, gconstpointer b)
{
  const UbTuyaPin *first = *(const UbTuyaPin *const *) a;
  const UbTuyaPin *second = *(const UbTuyaPin *const *) b;

  if (first->kind != second->kind)
    return first->kind < second->kind ? -1 : 1;
  if (first->channel != second->channel)
    return first->channel < second->channel ? -1 : 1;
  if (first->pin != second->pin)
    return first->pin < second->pin ? -1 : 1;
  return strcmp (first->key, second->key);
}

/**
 * ub_tuya_pins_find:
 * @params: a device configuration
 * @light_driver: (nullable): as ub_tuya_pins_find_light_driver() says
 * @meter: (nullable): as ub_tuya_pins_find_meter() says
 *
 * Returns: (transfer full) (element-type UbTuyaPin): what hangs on which pin, sorted by kind
 */
GPtrArray *
ub_tuya_pins_find (JsonObject *params, const char *light_driver, const char *meter)
{
  GPtrArray *pins = g_ptr_array_new_with_free_func (free_pin);
  gboolean has_pulses =
      meter == NULL || strcmp (meter, "BL0937") == 0 || strcmp (meter, "HLW8012") == 0;
  JsonObjectIter iter;
  const char *key;

  json_object_iter_init_ordered (&iter, params);
  while (json_object_iter_next_ordered (&iter, &key, NULL)) {
    for (guint i = 0; i < G_N_ELEMENTS (entries); i++) {
      UbTuyaPin *pin;
      guint number;
      guint where;

      if (!fits (entries[i].key, key, &number) || !get_number (params, key, MAX_PIN, &where))
        continue;
      pin = new_pin (&entries[i], key, number, where, params);
      if (pin->kind == UB_TUYA_PIN_METER && !has_pulses)
        g_clear_pointer (&pin->role, g_free);
      g_ptr_array_add (pins, pin);
      break;
    }
  }
  add_driver_pins (pins, params, light_driver);
  g_ptr_array_sort (pins, compare_pins);
  return pins;
}

/**
 * ub_tuya_pins_find_light_driver:
 * @params: a device configuration
 *
 * Returns: (nullable): the integrated circuit behind a two-wire bus that drives the light, or %NULL
 *   where there is none or it is not known
 */
const char *
ub_tuya_pins_find_light_driver (JsonObject *params)
{
  if (!json_object_has_member (params, "iicscl") || !json_object_has_member (params, "iicsda"))
    return NULL;
  for (guint i = 0; i < G_N_ELEMENTS (light_drivers); i++) {
    if (json_object_has_member (params, light_drivers[i].key))
      return light_drivers[i].driver;
  }
  return NULL;
}

/**
 * ub_tuya_pins_find_meter:
 * @params: a device configuration
 *
 * Returns: (nullable): the integrated circuit that measures energy, or %NULL where there is none or it
 *   is not known
 */
const char *
ub_tuya_pins_find_meter (JsonObject *params)
{
  /* The table of keys numbers BL0942 as 4, UPK2ESPHome reads it as 3: nothing else claims either. */
  static const char *const meters[] = { "BL0937", "HLW8012", "HLW8032", "BL0942", "BL0942" };
  guint type;

  if (!get_number (params, "chip_type", G_N_ELEMENTS (meters) - 1, &type))
    return NULL;
  return meters[type];
}

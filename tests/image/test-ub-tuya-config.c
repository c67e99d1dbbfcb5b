/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-error.h"
#include "ub-tuya-config.h"

#include <string.h>

static UbTuyaConfig *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  UbTuyaConfig *config = ub_tuya_config_parse (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_nonnull (config);
  return config;
}

static const struct {
  const char *text;
  const char *json; /* NULL: refused */
} texts[] = {
  { "{}", "{}" },
  { "{a:1}", "{\"a\":1}" },
  { "{a:1,}", "{\"a\":1}" },
  { "{a:0,b:00,c:01,d:10}", "{\"a\":0,\"b\":\"00\",\"c\":\"01\",\"d\":10}" },
  { "{a:-1,b:+1,c:1.5,d:1e3,e:0x10}",
    "{\"a\":\"-1\",\"b\":\"+1\",\"c\":\"1.5\",\"d\":\"1e3\",\"e\":\"0x10\"}" },
  { "{a:9223372036854775807,b:9223372036854775808}",
    "{\"a\":9223372036854775807,\"b\":\"9223372036854775808\"}" },
  { "{jv:1.1.8,category:0502,m:,t:10:20}",
    "{\"jv\":\"1.1.8\",\"category\":\"0502\",\"m\":\"\",\"t\":\"10:20\"}" },
  { "{a:{b:1,c:{d:x,},},e:[1,02,{f:g},],}",
    "{\"a\":{\"b\":1,\"c\":{\"d\":\"x\"}},\"e\":[1,\"02\",{\"f\":\"g\"}]}" },
  { "{\"a\":\"1\",\"b\":2,\"c\":\"x\\\"y\"}", "{\"a\":\"1\",\"b\":2,\"c\":\"x\\\"y\"}" },
  { " { a : 1 , b : two words } \r\n", "{\"a\":1,\"b\":\"two words\"}" },
  { "{a:1,a:2}", "{\"a\":2}" },
  { "", NULL },
  { "a:1", NULL },
  { "{", NULL },
  { "{a", NULL },
  { "{a:1", NULL },
  { "{a:\"1", NULL },
  { "{a:[1}", NULL },
  { "{a:[1,2}", NULL },
  { "{a:[}b:1}", NULL },
  { "{a:1}}", NULL },
  { "{a:1}x", NULL },
  { "{:1}", NULL },
  { "{a}", NULL },
  { "[1]", NULL },
};

static void
test_text (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (UbTuyaConfig) config =
        ub_tuya_config_parse (texts[i].text, strlen (texts[i].text), &error);
    g_autoptr (JsonNode) node = NULL;
    g_autofree char *json = NULL;

    if (texts[i].json == NULL) {
      g_assert_error (error, UB_ERROR, UB_ERROR_IMAGE_DAMAGED);
      g_assert_null (config);
      continue;
    }
    g_assert_no_error (error);
    node = ub_tuya_config_to_json (config, FALSE);
    json = json_to_string (node, FALSE);
    g_assert_cmpstr (json, ==, texts[i].json);
  }
}

/* Zeros behind the end are padding, not text; and nothing behind @size is read. */
static void
test_padding (void)
{
  static const char text[] = "{module:CBU,}\0\0\0";
  g_autoptr (UbTuyaConfig) config = ub_tuya_config_parse (text, sizeof text - 1, NULL);
  g_autoptr (UbTuyaConfig) cut = ub_tuya_config_parse (text, 9, NULL);

  g_assert_nonnull (config);
  g_assert_cmpstr (ub_tuya_config_get_module (config), ==, "CBU");
  g_assert_null (cut);
  g_assert_null (ub_tuya_config_parse (NULL, 0, NULL));
}

/* Deep nesting is refused rather than followed. */
static void
test_deep (void)
{
  g_autoptr (GString) text = g_string_new ("{a:");

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "[");
  g_assert_null (ub_tuya_config_parse (text->str, text->len, NULL));
}

static const struct {
  const char *text;
  guint pin;
  UbTuyaPinKind kind;
  const char *title;
  gboolean active_low;
  const char *role;
  guint channel;
} pins[] = {
  { "{rl1_pin:6,rl1_lv:1}", 6, UB_TUYA_PIN_RELAY, "Relay 1", FALSE, "Rel", 1 },
  { "{rl12_pin:6,rl12_lv:0}", 6, UB_TUYA_PIN_RELAY, "Relay 12", TRUE, "Rel_n", 12 },
  { "{rl2_pin:6}", 6, UB_TUYA_PIN_RELAY, "Relay 2", FALSE, "Rel", 2 },
  { "{rl2_pin:\"06\"}", 6, UB_TUYA_PIN_RELAY, "Relay 2", FALSE, "Rel", 2 },
  { "{rl_on1_pin:24}", 24, UB_TUYA_PIN_RELAY, "Relay 1, switches on", FALSE, "BridgeFWD", 1 },
  { "{rl_off1_pin:26}", 26, UB_TUYA_PIN_RELAY, "Relay 1, switches off", FALSE, "BridgeREV", 1 },
  { "{bt_pin:11}", 11, UB_TUYA_PIN_BUTTON, "Button", TRUE, "Btn", 1 },
  { "{bt3_pin:11,bt3_lv:0}", 11, UB_TUYA_PIN_BUTTON, "Button 3", TRUE, "Btn", 3 },
  { "{bt3_pin:11,bt3_lv:1}", 11, UB_TUYA_PIN_BUTTON, "Button 3", FALSE, "Btn_n", 3 },
  { "{total_bt_pin:8,total_bt_lv:0}", 8, UB_TUYA_PIN_BUTTON, "Button for everything", TRUE,
    "Btn_Tgl_All", 0 },
  { "{key_pin:8}", 8, UB_TUYA_PIN_BUTTON, "Key 1", TRUE, "Btn", 1 },
  { "{k2pin_pin:9,k2pin_lv:1}", 9, UB_TUYA_PIN_BUTTON, "Key 2", FALSE, "Btn_n", 2 },
  { "{reset_pin:9}", 9, UB_TUYA_PIN_BUTTON, "Reset button", TRUE, "Btn", 1 },
  { "{onoff2:26}", 26, UB_TUYA_PIN_SWITCH, "Wall switch 2", TRUE, "TglChanOnTgl", 2 },
  { "{netled_pin:1,netled_lv:0}", 1, UB_TUYA_PIN_LED, "Network LED", TRUE, "WifiLED_n", 0 },
  { "{netled1_pin:1,netled1_lv:1}", 1, UB_TUYA_PIN_LED, "Network LED 1", FALSE, "WifiLED", 0 },
  { "{wfst_pin:1}", 1, UB_TUYA_PIN_LED, "Network LED", TRUE, "WifiLED_n", 0 },
  { "{led1_pin:17,led1_lv:0}", 17, UB_TUYA_PIN_LED, "LED 1", TRUE, "LED_n", 1 },
  { "{r_pin:6,r_lv:1}", 6, UB_TUYA_PIN_LIGHT, "Red light", FALSE, "PWM", 1 },
  { "{g_pin:24}", 24, UB_TUYA_PIN_LIGHT, "Green light", FALSE, "PWM", 2 },
  { "{b_pin:26}", 26, UB_TUYA_PIN_LIGHT, "Blue light", FALSE, "PWM", 3 },
  { "{c_pin:8,c_lv:0}", 8, UB_TUYA_PIN_LIGHT, "Cold white light", TRUE, "PWM_n", 4 },
  { "{w_pin:7}", 7, UB_TUYA_PIN_LIGHT, "Warm white light", FALSE, "PWM", 5 },
  { "{ctrl_pin:14,ctrl_lv:1}", 14, UB_TUYA_PIN_LIGHT, "Light control", FALSE, NULL, 0 },
  { "{ele_pin:7}", 7, UB_TUYA_PIN_METER, "Energy meter, power (CF)", FALSE, "BL0937CF", 0 },
  { "{vi_pin:8,chip_type:1}", 8, UB_TUYA_PIN_METER, "Energy meter, voltage and current (CF1)",
    FALSE, "BL0937CF1", 0 },
  { "{sel_pin_pin:24,sel_pin_lv:1}", 24, UB_TUYA_PIN_METER, "Energy meter, selection (SEL)", FALSE,
    "BL0937SEL", 0 },
  { "{ele_pin:7,chip_type:2}", 7, UB_TUYA_PIN_METER, "Energy meter, power (CF)", FALSE, NULL, 0 },
  { "{irpin:26}", 26, UB_TUYA_PIN_INFRARED, "Infrared receiver", FALSE, "IRRecv", 0 },
  { "{infrr:7}", 7, UB_TUYA_PIN_INFRARED, "Infrared receiver", FALSE, "IRRecv", 0 },
  { "{infre:26}", 26, UB_TUYA_PIN_INFRARED, "Infrared sender", FALSE, "IRSend", 0 },
  { "{door1_magt_pin:8,door1_magt_lv:0}", 8, UB_TUYA_PIN_SENSOR, "Door sensor 1", TRUE, "dInput_n",
    1 },
  { "{iicsda:8,iicscl:9,ehccur:3}", 8, UB_TUYA_PIN_LIGHT_DRIVER, "Light driver SM2135EH, data",
    FALSE, "SM2135DAT", 0 },
  { "{iicsda:8,iicscl:9,kp58wcur:3}", 8, UB_TUYA_PIN_LIGHT_DRIVER, "Light driver KP18058, data",
    FALSE, "KP18058_DAT", 0 },
  { "{iicsda:8}", 8, UB_TUYA_PIN_LIGHT_DRIVER, "Light driver, data", FALSE, NULL, 0 },
};

static void
test_pins (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (pins); i++) {
    g_autoptr (UbTuyaConfig) config = parse (pins[i].text);
    const UbTuyaPin *pin;

    g_assert_cmpuint (ub_tuya_config_get_n_pins (config), >=, 1);
    pin = ub_tuya_config_get_pin (config, 0);
    g_assert_cmpuint (pin->pin, ==, pins[i].pin);
    g_assert_cmpuint (pin->kind, ==, pins[i].kind);
    g_assert_cmpstr (pin->title, ==, pins[i].title);
    g_assert_cmpint (pin->active_low, ==, pins[i].active_low);
    g_assert_cmpstr (pin->role, ==, pins[i].role);
    g_assert_cmpuint (pin->channel, ==, pins[i].channel);
  }
}

/* What only looks like a pin. */
static void
test_no_pins (void)
{
  static const char *const others[] = {
    "{rl1_lv:1}",     "{rl_pin:1}",    "{rlx_pin:1}",      "{rl123_pin:1}", "{rl1_pin:255}",
    "{rl1_pin:none}", "{rl1_pin:}",    "{rl1_pin:[1]}",    "{xrl1_pin:1}",  "{rl1_pin_x:1}",
    "{onoff_n:5}",    "{onoff_rst:2}", "{rl1_pin:{a:1},}", "{bt_type:0}",   "{netled_reuse:1}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (others); i++) {
    g_autoptr (UbTuyaConfig) config = parse (others[i]);

    g_assert_cmpuint (ub_tuya_config_get_n_pins (config), ==, 0);
  }
}

static void
test_parts (void)
{
  static const struct {
    const char *text;
    const char *light_driver;
    const char *meter;
  } parts[] = {
    { "{iicscl:8,iicsda:7,ehccur:3,ehwcur:4}", "SM2135EH", NULL },
    { "{iicscl:8,iicsda:7,campere:20,wampere:30}", "SM2135E", NULL },
    { "{iicscl:8,iicsda:7,drgbcur:10,dwcur:20}", "BP5758D", NULL },
    { "{iicscl:8,iicsda:7,cjwcur:10}", "BP1658CJ", NULL },
    { "{iicscl:8,iicsda:7,2235ccur:10}", "SM2235", NULL },
    { "{iicscl:8,iicsda:7,2335ccur:10}", "SM2335", NULL },
    { "{iicscl:8,iicsda:7,kp58ccur:10}", "KP18058", NULL },
    { "{iicscl:8,iicsda:7}", NULL, NULL },
    { "{drgbcur:10}", NULL, NULL },
    { "{chip_type:0}", NULL, "BL0937" },
    { "{chip_type:1}", NULL, "HLW8012" },
    { "{chip_type:2}", NULL, "HLW8032" },
    { "{chip_type:3}", NULL, "BL0942" },
    { "{chip_type:4}", NULL, "BL0942" },
    { "{chip_type:5}", NULL, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    g_autoptr (UbTuyaConfig) config = parse (parts[i].text);

    g_assert_cmpstr (ub_tuya_config_get_light_driver (config), ==, parts[i].light_driver);
    g_assert_cmpstr (ub_tuya_config_get_meter (config), ==, parts[i].meter);
  }
}

static void
assert_template (const char *text, const char *chip, const char *pin_list, const char *command)
{
  static const char *const members[] = {
    "vendor", "bDetailed", "name", "model",   "chip",  "board",
    "flags",  "keywords",  "pins", "command", "image", "wiki"
  };
  g_autoptr (UbTuyaConfig) config = parse (text);
  g_autofree char *template = ub_tuya_config_to_template (config, chip);
  g_autoptr (JsonNode) root = json_from_string (template, NULL);
  g_autofree char *found = NULL;
  JsonObject *object;

  g_assert_nonnull (root);
  object = json_node_get_object (root);
  g_assert_cmpuint (json_object_get_size (object), ==, G_N_ELEMENTS (members));
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    g_assert_true (json_object_has_member (object, members[i]));
  g_assert_cmpstr (json_object_get_string_member (object, "chip"), ==, chip);
  g_assert_cmpstr (json_object_get_string_member (object, "bDetailed"), ==, "0");
  g_assert_cmpstr (json_object_get_string_member (object, "command"), ==, command);
  found = json_to_string (json_object_get_member (object, "pins"), FALSE);
  g_assert_cmpstr (found, ==, pin_list);
}

static void
test_template (void)
{
  assert_template ("{rl1_pin:26,rl1_lv:1,bt1_pin:11,bt1_lv:0,netled_pin:8,netled_lv:0,ele_pin:7,"
                   "vi_pin:6,sel_pin_pin:24,chip_type:0,module:CB2S}",
                   "BK7231N",
                   "{\"26\":\"Rel;1\",\"11\":\"Btn;1\",\"8\":\"WifiLED_n;0\",\"6\":\"BL0937CF1;0\","
                   "\"7\":\"BL0937CF;0\",\"24\":\"BL0937SEL;0\"}",
                   "");
  assert_template ("{iicscl:24,iicsda:26,iicr:2,iicg:1,iicb:0,iicc:4,iicw:3,dccur:20,pwmhz:1000}",
                   "BK7231T", "{\"24\":\"BP5758D_CLK;0\",\"26\":\"BP5758D_DAT;0\"}",
                   "backlog LED_Map 2 1 0 4 3; PWMFrequency 1000");
  assert_template ("{chip_type:3,rl1_pin:6}", "BK7231T", "{\"6\":\"Rel;1\"}",
                   "backlog startDriver BL0942");
  /* One role per pin, and none that does not exist. */
  assert_template ("{led1_pin:6,rl1_pin:6,ctrl_pin:9}", "BK7231T", "{\"6\":\"Rel;1\"}", "");
  assert_template ("{pwmhz:evil; reset}", "BK7231T", "{}", "");
}

static void
test_mask (void)
{
  g_autoptr (UbTuyaConfig) config = parse ("{ssid:SECRET,wf_passwd:SECRET,module:CBU,key_pin:1}");
  g_autoptr (JsonNode) masked = ub_tuya_config_to_json (config, FALSE);
  g_autoptr (JsonNode) open = ub_tuya_config_to_json (config, TRUE);
  g_autofree char *masked_text = json_to_string (masked, FALSE);
  g_autofree char *open_text = json_to_string (open, FALSE);

  g_assert_null (strstr (masked_text, "SECRET"));
  g_assert_nonnull (strstr (masked_text, "\"key_pin\":1"));
  g_assert_nonnull (strstr (open_text, "SECRET"));
}

/* The default of an app is found between its strings and told apart from a device's own. */
static void
test_default (void)
{
  static const char app[] =
      "\x12\x34{%s}\0{a:1}\0json {\0"
      "text {module:no end\0"
      "x={rl1_pin:6,module:WB3S,netled_pin:8,jv:9,};\0{module:B,crc:1,c:1,d:2}";
  g_autoptr (UbTuyaConfig) config =
      ub_tuya_config_find_default ((const guint8 *) app, sizeof app - 1);
  g_autofree char *braces = g_strnfill (1 << 20, '{');

  g_assert_nonnull (config);
  g_assert_true (ub_tuya_config_is_default (config));
  g_assert_cmpstr (ub_tuya_config_get_module (config), ==, "WB3S");
  g_assert_cmpuint (ub_tuya_config_get_n_pins (config), ==, 2);

  memcpy (braces + 100, "module:crc", 10);
  g_assert_null (ub_tuya_config_find_default ((const guint8 *) braces, 1 << 20));
  g_assert_null (ub_tuya_config_find_default ((const guint8 *) "", 0));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tuya-config/text", test_text);
  g_test_add_func ("/tuya-config/padding", test_padding);
  g_test_add_func ("/tuya-config/deep", test_deep);
  g_test_add_func ("/tuya-config/pins", test_pins);
  g_test_add_func ("/tuya-config/no-pins", test_no_pins);
  g_test_add_func ("/tuya-config/parts", test_parts);
  g_test_add_func ("/tuya-config/template", test_template);
  g_test_add_func ("/tuya-config/mask", test_mask);
  g_test_add_func ("/tuya-config/default", test_default);
  return g_test_run ();
}

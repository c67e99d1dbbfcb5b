/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz.h"

#include "ub-tuya-config.h"

/* The text of a device configuration, and the same bytes as app code that may contain one. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (UbTuyaConfig) config = ub_tuya_config_parse ((const char *) data, size, NULL);
  g_autoptr (UbTuyaConfig) fallback = ub_tuya_config_find_default (data, size);

  if (config != NULL) {
    g_autoptr (JsonNode) node = ub_tuya_config_to_json (config, TRUE);
    g_autofree char *json = json_to_string (node, FALSE);
    g_autofree char *template = ub_tuya_config_to_template (config, "BK7231N");
    g_autoptr (JsonNode) again = json_from_string (json, NULL);
    g_autoptr (JsonNode) pasted = json_from_string (template, NULL);

    /* What is written is JSON, whatever was read. */
    g_assert_nonnull (again);
    g_assert_nonnull (pasted);
    g_assert_false (ub_tuya_config_is_default (config));
    for (guint i = 0; i < ub_tuya_config_get_n_pins (config); i++)
      g_assert_nonnull (ub_tuya_config_get_pin (config, i)->title);
  }
  if (fallback != NULL)
    g_assert_true (ub_tuya_config_is_default (fallback));
  return 0;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-tuya-config.h"

G_BEGIN_DECLS

GPtrArray *ub_tuya_pins_find (JsonObject *params, const char *light_driver, const char *meter);
const char *ub_tuya_pins_find_light_driver (JsonObject *params);
const char *ub_tuya_pins_find_meter (JsonObject *params);

G_END_DECLS

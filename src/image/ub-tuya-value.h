/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What stands for a secret: always the same, so that it tells nothing about it, not even a length. */
#define UB_TUYA_MASK "••••••"

JsonNode *
ub_tuya_value_to_json (const char *key, GBytes *value, gboolean is_intact, gboolean reveal);
void ub_tuya_value_add_secrets (const char *key, GBytes *value, GPtrArray *names);

G_END_DECLS

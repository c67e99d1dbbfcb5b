/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

G_BEGIN_DECLS

#define UB_FAST_CONNECT_SIZE 171

/**
 * UbFastConnect:
 * @ssid: name of the network; a secret
 * @passphrase: (nullable): a secret; %NULL where the record holds none
 * @psk: (nullable): 64 hexadecimal digits; a secret; %NULL where the record holds none
 * @bssid: of the access point; a secret, it tells where the device was used
 * @obfuscated: whether the record was XORed
 */
typedef struct {
  char *ssid;
  char *passphrase;
  char *psk;
  guint8 bssid[6];
  gboolean obfuscated;
} UbFastConnect;

UbFastConnect *ub_fast_connect_parse (const guint8 *data, gsize size);
JsonNode *ub_fast_connect_to_json (const UbFastConnect *self, gboolean reveal);
void ub_fast_connect_free (UbFastConnect *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbFastConnect, ub_fast_connect_free)

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-fast-connect"

#include "config.h"

#include "ub-fast-connect.h"
#include "ub-tuya-value.h"

#include <string.h>

/*
 * The record with which the Beken SDK joins the last network without asking: name[33], BSSID[6], two
 * bytes, PSK as 64 hexadecimal digits and NUL, passphrase[65]. Some firmware XORs it with eight
 * repeating bytes (5 of 16 BK7231N dumps).
 */
#define SSID_SIZE 33
#define BSSID_AT 33
#define PSK_AT 41
#define PSK_SIZE 65
#define PASSPHRASE_AT 106
#define PASSPHRASE_SIZE 65

G_STATIC_ASSERT (PASSPHRASE_AT + PASSPHRASE_SIZE == UB_FAST_CONNECT_SIZE);

static const guint8 xor_key[] = { 0x55, 0xAA, 0x5A, 0x55, 0xA5, 0x4D, 0x63, 0x7F };

/* Text up to a NUL within the field, without control characters. */
static gboolean
is_text (const guint8 *field, gsize size, gsize min_length)
{
  gsize length = strnlen ((const char *) field, size);

  if (length < min_length || length == size)
    return FALSE;
  for (gsize i = 0; i < length; i++) {
    if (field[i] < 0x20 || field[i] == 0x7F)
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_psk (const guint8 *field)
{
  for (guint i = 0; i < PSK_SIZE - 1; i++) {
    if (!g_ascii_isxdigit (field[i]))
      return FALSE;
  }
  return field[PSK_SIZE - 1] == 0;
}

static UbFastConnect *
parse_plain (const guint8 *record)
{
  UbFastConnect *self;

  if (!is_text (record, SSID_SIZE, 1) || !is_text (record + PASSPHRASE_AT, PASSPHRASE_SIZE, 0))
    return NULL;
  /* Names may be in any encoding; without a key to go by only UTF-8 is believed. */
  if (record[PSK_AT] != 0 ? !is_psk (record + PSK_AT)
                          : !g_utf8_validate ((const char *) record, -1, NULL))
    return NULL;

  self = g_new0 (UbFastConnect, 1);
  self->ssid = g_utf8_make_valid ((const char *) record, -1);
  memcpy (self->bssid, record + BSSID_AT, sizeof self->bssid);
  if (record[PSK_AT] != 0)
    self->psk = g_strdup ((const char *) record + PSK_AT);
  if (record[PASSPHRASE_AT] != 0)
    self->passphrase = g_utf8_make_valid ((const char *) record + PASSPHRASE_AT, -1);
  return self;
}

/**
 * ub_fast_connect_parse:
 * @data: the sector in which the layout keeps the record
 * @size: bytes of it
 *
 * Reads Beken's fast-connect record, plain or XORed. It is private data even where the Tuya storage
 * holds no network.
 *
 * Returns: (transfer full) (nullable): the record, or %NULL where there is none
 */
UbFastConnect *
ub_fast_connect_parse (const guint8 *data, gsize size)
{
  guint8 record[UB_FAST_CONNECT_SIZE];
  UbFastConnect *self;

  if (size < sizeof record)
    return NULL;
  self = parse_plain (data);
  if (self != NULL)
    return self;
  for (guint i = 0; i < sizeof record; i++)
    record[i] = data[i] ^ xor_key[i % sizeof xor_key];
  self = parse_plain (record);
  if (self != NULL)
    self->obfuscated = TRUE;
  return self;
}

/**
 * ub_fast_connect_to_json:
 * @self: a record
 * @reveal: whether secrets are shown
 *
 * Returns: (transfer full): an object with `obfuscated`, `ssid`, `passphrase`, `psk` and `bssid`
 */
JsonNode *
ub_fast_connect_to_json (const UbFastConnect *self, gboolean reveal)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *bssid =
      g_strdup_printf ("%02x:%02x:%02x:%02x:%02x:%02x", self->bssid[0], self->bssid[1],
                       self->bssid[2], self->bssid[3], self->bssid[4], self->bssid[5]);
  const struct {
    const char *name;
    const char *value;
  } secrets[] = {
    { "ssid", self->ssid },
    { "passphrase", self->passphrase },
    { "psk", self->psk },
    { "bssid", bssid },
  };

  json_object_set_boolean_member (object, "obfuscated", self->obfuscated);
  for (guint i = 0; i < G_N_ELEMENTS (secrets); i++) {
    if (secrets[i].value == NULL)
      json_object_set_null_member (object, secrets[i].name);
    else
      json_object_set_string_member (object, secrets[i].name,
                                     reveal ? secrets[i].value : UB_TUYA_MASK);
  }
  json_node_take_object (node, object);
  return node;
}

void
ub_fast_connect_free (UbFastConnect *self)
{
  g_free (self->ssid);
  g_free (self->passphrase);
  g_free (self->psk);
  g_free (self);
}

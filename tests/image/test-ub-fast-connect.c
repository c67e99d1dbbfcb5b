/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-fast-connect.h"

#include <string.h>

static const char psk[] = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef";

static void
make_record (guint8 *record, const char *ssid, const char *key, const char *passphrase)
{
  memset (record, 0, UB_FAST_CONNECT_SIZE);
  strcpy ((char *) record, ssid);
  memcpy (record + 33, "\x10\x20\x30\x40\x50\x60\x01\x06", 8);
  strcpy ((char *) record + 41, key);
  strcpy ((char *) record + 106, passphrase);
}

static void
obfuscate (guint8 *record)
{
  static const guint8 key[] = { 0x55, 0xAA, 0x5A, 0x55, 0xA5, 0x4D, 0x63, 0x7F };

  for (guint i = 0; i < UB_FAST_CONNECT_SIZE; i++)
    record[i] ^= key[i % 8];
}

static void
test_record (gconstpointer data)
{
  gboolean obfuscated = GPOINTER_TO_INT (data);
  guint8 record[UB_FAST_CONNECT_SIZE];
  g_autoptr (UbFastConnect) parsed = NULL;
  g_autoptr (JsonNode) masked = NULL;
  g_autoptr (JsonNode) open = NULL;
  g_autofree char *masked_text = NULL;
  g_autofree char *open_text = NULL;

  make_record (record, "SECRET-name", psk, "SECRET-word");
  if (obfuscated)
    obfuscate (record);
  g_assert_null (ub_fast_connect_parse (record, sizeof record - 1));
  parsed = ub_fast_connect_parse (record, sizeof record);
  g_assert_nonnull (parsed);
  g_assert_cmpstr (parsed->ssid, ==, "SECRET-name");
  g_assert_cmpstr (parsed->passphrase, ==, "SECRET-word");
  g_assert_cmpstr (parsed->psk, ==, psk);
  g_assert_cmphex (parsed->bssid[5], ==, 0x60);
  g_assert_cmpint (parsed->obfuscated, ==, obfuscated);

  masked = ub_fast_connect_to_json (parsed, FALSE);
  masked_text = json_to_string (masked, FALSE);
  g_assert_null (strstr (masked_text, "SECRET"));
  g_assert_null (strstr (masked_text, "012345"));
  g_assert_null (strstr (masked_text, "10:20"));
  open = ub_fast_connect_to_json (parsed, TRUE);
  open_text = json_to_string (open, FALSE);
  g_assert_nonnull (strstr (open_text, "SECRET-name"));
  g_assert_nonnull (strstr (open_text, "10:20:30:40:50:60"));
}

static void
test_open_network (void)
{
  guint8 record[UB_FAST_CONNECT_SIZE];
  g_autoptr (UbFastConnect) parsed = NULL;
  g_autoptr (UbFastConnect) foreign = NULL;

  make_record (record, "open", "", "");
  parsed = ub_fast_connect_parse (record, sizeof record);
  g_assert_nonnull (parsed);
  g_assert_null (parsed->passphrase);
  g_assert_null (parsed->psk);

  /* A name in another encoding is private as well. */
  make_record (record, "\xC4\xE3\xBA\xC3", psk, "word");
  foreign = ub_fast_connect_parse (record, sizeof record);
  g_assert_nonnull (foreign);
  g_assert_true (g_utf8_validate (foreign->ssid, -1, NULL));
}

static void
test_nothing (void)
{
  guint8 record[UB_FAST_CONNECT_SIZE];

  memset (record, 0xFF, sizeof record);
  g_assert_null (ub_fast_connect_parse (record, sizeof record));
  memset (record, 0, sizeof record);
  g_assert_null (ub_fast_connect_parse (record, sizeof record));
  make_record (record, "bad\x01name", psk, "word");
  g_assert_null (ub_fast_connect_parse (record, sizeof record));
  make_record (record, "name", "not hexadecimal", "word");
  g_assert_null (ub_fast_connect_parse (record, sizeof record));
  make_record (record, "name", psk, "");
  memset (record + 106, 'x', 65);
  g_assert_null (ub_fast_connect_parse (record, sizeof record));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/fast-connect/plain", GINT_TO_POINTER (FALSE), test_record);
  g_test_add_data_func ("/fast-connect/obfuscated", GINT_TO_POINTER (TRUE), test_record);
  g_test_add_func ("/fast-connect/open-network", test_open_network);
  g_test_add_func ("/fast-connect/nothing", test_nothing);
  return g_test_run ();
}

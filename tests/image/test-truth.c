/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-image-analysis.h"
#include "ub-rbl.h"

#include <json-glib/json-glib.h>
#include <string.h>

/*
 * Every statement about the real files in truth.json, which an independent implementation made, against what
 * the analysis prints as JSON. Skips where the files are not there.
 */

static JsonArray *truth;
static const char *folder;

static gint64
from_hex (const char *text)
{
  return (gint64) g_ascii_strtoull (text, NULL, 16);
}

static JsonObject *
get_object (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

static JsonArray *
get_array (JsonObject *object, const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

static const char *
get_string (JsonObject *object, const char *name)
{
  return json_object_get_string_member_with_default (object, name, NULL);
}

static UbImageAnalysis *
analyse (JsonObject *expected)
{
  g_autofree char *path = g_build_filename (folder, get_string (expected, "file"), NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (UbImage) image = ub_image_load (file, NULL, &error);

  g_assert_no_error (error);
  return ub_image_analysis_new (image);
}

static void
compare_kind (JsonObject *expected, JsonObject *actual)
{
  static const struct {
    const char *begins;
    const char *kind;
    const char *uses; /* space-separated, in the order of the report */
  } kinds[] = {
    { "Tuya UG", "ug-package", "" },
    { "QIO", "qio", "qio app bootloader-donor" },
    { "full 2 MiB dump, rotated", "rotated-backup", "full app bootloader-donor" },
    { "full 2 MiB dump from 0x0", "full-backup", "full app bootloader-donor" },
  };
  const char *kind = get_string (expected, "kind");
  JsonArray *uses = get_array (actual, "usable_as");
  g_autoptr (GString) text = g_string_new (NULL);
  guint i = 0;

  while (!g_str_has_prefix (kind, kinds[i].begins))
    g_assert_cmpuint (++i, <, G_N_ELEMENTS (kinds));
  g_assert_cmpstr (get_string (actual, "kind"), ==, kinds[i].kind);
  for (guint j = 0; j < json_array_get_length (uses); j++)
    g_string_append_printf (text, "%s%s", j > 0 ? " " : "",
                            json_array_get_string_element (uses, j));
  g_assert_cmpstr (text->str, ==, kinds[i].uses);

  g_assert_cmpint (json_object_get_int_member (actual, "size"), ==,
                   json_object_get_int_member (expected, "size"));
  g_assert_cmpstr (get_string (actual, "sha256"), ==, get_string (expected, "sha256"));
  g_assert_cmpstr (get_string (actual, "family"), ==, get_string (expected, "family"));
  g_assert_cmpint (json_object_get_boolean_member (actual, "rotated"), ==,
                   json_object_get_boolean_member_with_default (expected, "wrapped", FALSE));
  g_assert_cmpstr (get_string (actual, "unrotated_sha256"), ==,
                   get_string (expected, "unwrapped_sha256"));
}

static void
compare_crc (JsonObject *expected, JsonObject *actual)
{
  JsonObject *crc = get_object (expected, "crc"), *ours = get_object (actual, "crc");
  gint64 valid, blank, damaged;

  if (crc != NULL) {
    JsonObject *boot = get_object (crc, "bootloader"), *app = get_object (crc, "app");

    valid = json_object_get_int_member (boot, "valid") + json_object_get_int_member (app, "valid");
    blank =
        json_object_get_int_member (boot, "erased") + json_object_get_int_member (app, "erased");
    damaged =
        json_object_get_int_member (boot, "invalid") + json_object_get_int_member (app, "invalid");
  } else if (json_object_has_member (expected, "crc_valid_blocks")) {
    valid = json_object_get_int_member (expected, "crc_valid_blocks");
    blank = json_object_get_int_member (expected, "crc_erased_blocks");
    damaged = json_object_get_int_member (expected, "crc_bad_blocks");
  } else {
    return;
  }
  g_assert_cmpint (json_object_get_int_member (ours, "valid"), ==, valid);
  g_assert_cmpint (json_object_get_int_member (ours, "blank"), ==, blank);
  g_assert_cmpint (json_object_get_int_member (ours, "damaged"), ==, damaged);
}

static void
compare_bootloader (JsonObject *expected, JsonObject *actual)
{
  JsonObject *ours = get_object (actual, "bootloader");
  JsonArray *versions = get_array (expected, "bootloader_versions");
  g_autofree char *version = NULL;

  g_assert_nonnull (ours);
  if (versions == NULL)
    return;
  version = g_strdup_printf ("%s_%s", get_string (ours, "name"), get_string (ours, "version"));
  g_assert_cmpstr (version, ==, json_array_get_string_element (versions, 0));
  g_assert_cmpstr (get_string (ours, "key_coefficients"), ==,
                   get_string (expected, "bootloader_key"));
  g_assert_cmpstr (get_string (get_object (actual, "firmware"), "key_coefficients"), ==,
                   get_string (expected, "app_key"));
}

static void
compare_firmware (JsonObject *expected, JsonObject *actual)
{
  JsonObject *ours = get_object (actual, "firmware");
  JsonArray *apps = get_array (expected, "app_name"), *sdk = get_array (expected, "sdk_strings");
  JsonArray *openbeken = get_array (expected, "openbeken_strings");
  JsonArray *defaults = get_array (expected, "user_param_key_default_in_app_code");

  if (apps != NULL && json_array_get_length (apps) > 0) {
    g_assert_cmpstr (get_string (ours, "name"), ==, "Tuya");
    g_assert_cmpstr (get_string (ours, "app"), ==, json_array_get_string_element (apps, 0));
  }
  if (sdk != NULL && json_array_get_length (sdk) > 1) {
    g_assert_cmpstr (get_string (ours, "sdk"), ==, json_array_get_string_element (sdk, 0));
    g_assert_cmpstr (get_string (ours, "build"), ==, json_array_get_string_element (sdk, 1));
    g_assert_nonnull (
        strstr (json_array_get_string_element (sdk, 0), get_string (ours, "version")));
  }
  if (openbeken != NULL) {
    g_autofree char *name = g_strdup_printf ("OpenBK7231%s_%s", get_string (expected, "family"),
                                             get_string (ours, "version"));
    gboolean found = FALSE;

    for (guint i = 0; i < json_array_get_length (openbeken); i++)
      found = found || g_str_equal (json_array_get_string_element (openbeken, i), name);
    g_assert_true (found);
  }
  if (get_object (expected, "ug") != NULL)
    g_assert_cmpstr (get_string (ours, "version"), ==,
                     get_string (get_object (expected, "ug"), "version"));
  if (defaults != NULL)
    g_assert_cmpstr (get_string (get_object (actual, "tuya_default_config"), "module"), ==,
                     get_string (json_array_get_object_element (defaults, 0), "module"));
}

static void
compare_rbl (JsonObject *expected, JsonObject *actual)
{
  static const char *const numbers[] = { "algo", "timestamp", "size_raw", "size_package" };
  static const char *const texts[] = { "name", "version", "sn", "data_crc32", "fnv1a" };
  static const char *const checks[] = { "header_crc_ok", "payload_crc_ok", "fnv_ok" };
  JsonArray *theirs = get_array (expected, "rbl"), *ours = get_array (actual, "rbl");

  if (theirs == NULL)
    return;
  g_assert_cmpuint (json_array_get_length (ours), ==, json_array_get_length (theirs));
  for (guint i = 0; i < json_array_get_length (ours); i++) {
    JsonObject *a = json_array_get_object_element (ours, i);
    JsonObject *b = json_array_get_object_element (theirs, i);

    g_assert_cmphex (json_object_get_int_member (a, "offset"), ==,
                     from_hex (get_string (b, "offset")));
    for (guint j = 0; j < G_N_ELEMENTS (numbers); j++)
      g_assert_cmpint (json_object_get_int_member (a, numbers[j]), ==,
                       json_object_get_int_member (b, numbers[j]));
    for (guint j = 0; j < G_N_ELEMENTS (texts); j++)
      g_assert_cmpstr (get_string (a, texts[j]), ==, get_string (b, texts[j]));
    for (guint j = 0; j < G_N_ELEMENTS (checks); j++) {
      if (json_object_has_member (b, checks[j]))
        g_assert_cmpint (json_object_get_boolean_member (a, checks[j]), ==,
                         json_object_get_boolean_member (b, checks[j]));
    }
  }
}

static void
compare_ug (JsonObject *expected, JsonObject *actual)
{
  JsonObject *theirs = get_object (expected, "ug"), *ours = get_object (actual, "ug");

  if (theirs == NULL) {
    g_assert_null (ours);
    return;
  }
  g_assert_cmpstr (get_string (ours, "version"), ==, get_string (theirs, "version"));
  g_assert_cmpint (json_object_get_int_member (ours, "payload_len"), ==,
                   json_object_get_int_member (theirs, "payload_len"));
  g_assert_true (json_object_get_boolean_member (ours, "payload_len_ok"));
  g_assert_cmpint (json_object_get_int_member (ours, "trailing_bytes"), ==, 0);
  g_assert_true (json_object_get_boolean_member (ours, "sum_ok"));
  g_assert_true (json_object_get_boolean_member (ours, "header_sum_ok"));
}

static void
compare_partitions (JsonObject *expected, JsonObject *actual)
{
  JsonArray *theirs = get_array (expected, "fal_partitions");
  JsonArray *ours = get_array (actual, "partitions");

  if (theirs == NULL)
    return;
  g_assert_cmpuint (json_array_get_length (ours), ==, json_array_get_length (theirs));
  for (guint i = 0; i < json_array_get_length (ours); i++) {
    JsonObject *a = json_array_get_object_element (ours, i);
    JsonObject *b = json_array_get_object_element (theirs, i);

    g_assert_cmpstr (get_string (a, "name"), ==, get_string (b, "name"));
    g_assert_cmpstr (get_string (a, "flash"), ==, get_string (b, "flash"));
    g_assert_cmphex (json_object_get_int_member (a, "at"), ==, from_hex (get_string (b, "at")));
    g_assert_cmphex (json_object_get_int_member (a, "offset"), ==,
                     from_hex (get_string (b, "offset")));
    g_assert_cmphex (json_object_get_int_member (a, "length"), ==,
                     from_hex (get_string (b, "length")));
  }
}

static void
compare_calibration (JsonObject *expected, JsonObject *actual)
{
  JsonArray *theirs = get_array (expected, "tlv");
  JsonObject *ours = get_object (actual, "calibration"), *tlv;

  if (theirs == NULL || json_array_get_length (theirs) == 0) {
    g_assert_null (ours);
    return;
  }
  tlv = json_array_get_object_element (theirs, 0);
  g_assert_cmphex (json_object_get_int_member (ours, "address"), ==,
                   from_hex (get_string (tlv, "offset")));
  g_assert_cmpint (json_object_get_int_member (ours, "length"), ==,
                   json_object_get_int_member (tlv, "total_len"));
  g_assert_cmpint (json_object_get_boolean_member (ours, "complete"), ==,
                   !json_object_get_boolean_member (tlv, "rebuilt_minimal"));
  g_assert_cmpstr (get_string (ours, "mac"), ==, get_string (expected, "mac"));
}

static void
compare_storage (JsonObject *expected, JsonObject *actual)
{
  JsonObject *theirs = get_object (expected, "kv"), *ours = get_object (actual, "tuya_storage");
  JsonArray *keys, *our_keys;

  if (theirs == NULL) {
    g_assert_null (ours);
    return;
  }
  g_assert_cmphex (json_object_get_int_member (ours, "address"), ==,
                   from_hex (get_string (theirs, "key_sector")));
  g_assert_cmpint (json_object_get_int_member (ours, "sectors"), ==,
                   json_object_get_int_member (theirs, "sectors"));
  g_assert_cmpint (json_object_get_int_member (ours, "sectors_intact"), ==,
                   json_object_get_int_member (theirs, "sector_sums_ok"));
  g_assert_true (json_object_get_boolean_member (ours, "intact"));
  if (get_string (theirs, "protected_sector") != NULL)
    g_assert_cmphex (json_object_get_int_member (ours, "protected"), ==,
                     from_hex (get_string (theirs, "protected_sector")));
  keys = get_array (theirs, "keys");
  our_keys = get_array (ours, "keys");
  g_assert_cmpuint (json_array_get_length (our_keys), ==, json_array_get_length (keys));
  for (guint i = 0; i < json_array_get_length (keys); i++)
    g_assert_cmpstr (json_array_get_string_element (our_keys, i), ==,
                     json_array_get_string_element (keys, i));
  g_assert_cmpstr (get_string (ours, "module"), ==,
                   get_string (get_object (expected, "user_param_key"), "module"));
}

static void
test_file (gconstpointer data)
{
  JsonObject *expected = (JsonObject *) data, *actual;
  g_autoptr (UbImageAnalysis) analysis = analyse (expected);
  g_autoptr (JsonNode) node = ub_image_analysis_to_json (analysis, FALSE);

  actual = json_node_get_object (node);
  compare_kind (expected, actual);
  compare_crc (expected, actual);
  compare_bootloader (expected, actual);
  compare_firmware (expected, actual);
  compare_rbl (expected, actual);
  compare_ug (expected, actual);
  compare_partitions (expected, actual);
  compare_calibration (expected, actual);
  compare_storage (expected, actual);
}

/* Damage that must not pass unsaid. */

static UbImageAnalysis *
analyse_bytes (const guint8 *data, gsize size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (UbImage) image = ub_image_new (bytes, "variant");

  return ub_image_analysis_new (image);
}

static gboolean
is_called_sound (UbImageAnalysis *analysis)
{
  if (ub_image_analysis_get_uses (analysis) == 0)
    return FALSE;
  for (guint i = 0; i < ub_image_analysis_get_n_findings (analysis); i++) {
    if (ub_image_analysis_get_finding (analysis, i)->severity >= UB_SEVERITY_WARNING)
      return FALSE;
  }
  return TRUE;
}

static void
test_variants (gconstpointer data)
{
  JsonObject *expected = (JsonObject *) data;
  g_autoptr (UbImageAnalysis) analysis = analyse (expected);
  gsize size;
  const guint8 *sound = g_bytes_get_data (ub_image_analysis_get_content (analysis), &size);
  g_autofree guint8 *copy = g_malloc (2 * size + 8192);
  static const gsize rotations[] = { 34, 0x1000, 0x12345, 0x80000, 0x1EF000 };
  static const gsize prefixes[] = { 34, 512 };

  for (guint i = 1; i <= 20; i++) {
    /* The bootloader alone is a sound donor, and a bare app a sound app. */
    g_autoptr (UbImageAnalysis) cut = analyse_bytes (sound, size * i / 21 + i % 5);

    g_assert_false (is_called_sound (cut));
  }
  for (guint i = 0; i < G_N_ELEMENTS (rotations) && rotations[i] < size; i++) {
    g_autoptr (UbImageAnalysis) turned = NULL;

    memcpy (copy, sound + rotations[i], size - rotations[i]);
    memcpy (copy + size - rotations[i], sound, rotations[i]);
    turned = analyse_bytes (copy, size);
    g_assert_false (is_called_sound (turned));
  }
  for (guint i = 0; i < 4; i++) {
    g_autoptr (UbImageAnalysis) more = NULL;
    gsize n = i == 0 ? 5000 : i == 1 ? 4096 : size;

    memcpy (copy, sound, size);
    memset (copy + size, i == 0 ? 0xFF : 0x00, n);
    if (i >= 2)
      memcpy (copy + size, sound, size);
    more = analyse_bytes (copy, size + n - (i == 3 ? 100 : 0));
    g_assert_false (is_called_sound (more));
  }
  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++) {
    g_autoptr (UbImageAnalysis) behind = NULL;

    memset (copy, i == 0 ? 0xFF : 0x00, prefixes[i]);
    memcpy (copy + prefixes[i], sound, size);
    behind = analyse_bytes (copy, size + prefixes[i]);
    g_assert_false (is_called_sound (behind));
  }
}

/* Behind each file, the next one. */
static void
test_concatenated (gconstpointer data)
{
  JsonObject *expected = (JsonObject *) data;
  guint n = json_array_get_length (truth), next = 0;
  g_autoptr (UbImageAnalysis) first = analyse (expected);
  g_autoptr (UbImageAnalysis) second = NULL, both = NULL;
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  const guint8 *part;
  gsize size;

  while (next < n && json_array_get_object_element (truth, next) != expected)
    next++;
  second = analyse (json_array_get_object_element (truth, (next + 1) % n));
  part = g_bytes_get_data (ub_image_analysis_get_content (first), &size);
  g_byte_array_append (bytes, part, (guint) size);
  part = g_bytes_get_data (ub_image_analysis_get_content (second), &size);
  g_byte_array_append (bytes, part, (guint) size);
  both = analyse_bytes (bytes->data, bytes->len);
  g_assert_false (is_called_sound (both));
}

static gboolean
says_not_checked (UbImageAnalysis *analysis)
{
  for (guint i = 0; i < ub_image_analysis_get_n_findings (analysis); i++) {
    if (g_str_equal (ub_image_analysis_get_finding (analysis, i)->id, "not-checked"))
      return TRUE;
  }
  return FALSE;
}

/* Flips @n bits, spread over the region, one at a time. */
static void
flip_bits (guint8 *copy, gsize size, gsize from, gsize to, guint n, gboolean is_provable)
{
  for (guint i = 0; i < n && from < size; i++) {
    g_autoptr (UbImageAnalysis) flipped = NULL;
    gsize at = from + (to - from) * i / n;
    guint8 bit = (guint8) (1 << (i * 3 + at) % 8);

    if (at >= size)
      break;
    copy[at] ^= bit;
    flipped = analyse_bytes (copy, size);
    copy[at] ^= bit;
    if (is_called_sound (flipped) && (is_provable || !says_not_checked (flipped)))
      g_error ("a flipped bit at 0x%zX passes unsaid", at);
  }
}

/* A bit in every region: those that carry a checksum, and those of which it is said that they carry none. */
static void
test_flips (gconstpointer data)
{
  static const struct {
    guint32 from;
    guint32 to;
    guint n;
    gboolean is_provable;
  } regions[] = {
    { 0x000000, 0x000044, 4, TRUE }, /* vectors */
    { 0x000108, 0x000130, 3, TRUE }, /* the chip's name in the clear */
    { 0x000200, 0x00EA00, 4, TRUE }, /* bootloader */
    { 0x00FA00, 0x010F00, 2, TRUE }, /* blank behind it */
    { 0x010F9A, 0x011000, 4, TRUE }, /* its header */
    { 0x011000, 0x011044, 4, TRUE },  { 0x012000, 0x0D0000, 4, TRUE }, /* app */
    { 0x128000, 0x129F00, 2, TRUE }, /* the end of its partition */
    { 0x129F0A, 0x129F70, 4, TRUE }, /* its header */
    { 0x140000, 0x1D0000, 2, FALSE }, /* download, files */
    { 0x1E2000, 0x1E2100, 2, FALSE }, /* network of the last connection */
    { 0x1EE000, 0x1EF000, 5, TRUE }, /* key of the storage */
    { 0x1EF000, 0x200000, 9, TRUE }, /* storage */
  };
  JsonObject *expected = (JsonObject *) data;
  g_autoptr (UbImageAnalysis) analysis = analyse (expected);
  g_autoptr (JsonNode) node = ub_image_analysis_to_json (analysis, FALSE);
  JsonArray *partitions = get_array (json_node_get_object (node), "partitions");
  gsize size;
  const guint8 *sound = g_bytes_get_data (ub_image_analysis_get_content (analysis), &size);
  g_autofree guint8 *copy = g_memdup2 (sound, size);
  guint32 calibration, protected;

  for (guint i = 0; i < G_N_ELEMENTS (regions); i++)
    flip_bits (copy, size, regions[i].from, regions[i].to, regions[i].n, regions[i].is_provable);
  for (guint i = 0; i < json_array_get_length (partitions); i++) {
    JsonObject *partition = json_array_get_object_element (partitions, i);
    gsize at = (gsize) json_object_get_int_member (partition, "at") / 32 * 34;

    flip_bits (copy, size, at, at + 64, 2, TRUE);
  }
  if (ub_image_analysis_get_calibration (analysis, &calibration, NULL)) {
    flip_bits (copy, size, calibration, calibration + 0x1C, 3, FALSE);
    flip_bits (copy, size, calibration + 0x1C, calibration + 0x24, 4, TRUE); /* tag of the MAC */
    flip_bits (copy, size, calibration + 0x24, calibration + 0x1F0, 3, FALSE);
    flip_bits (copy, size, calibration + 0x200, calibration + 0x1000, 2, TRUE); /* blank */
  }
  if (ub_image_analysis_get_tuya_storage (analysis) != NULL &&
      ub_tuya_storage_has_protected (ub_image_analysis_get_tuya_storage (analysis), &protected))
    flip_bits (copy, size, protected, protected + 0x1000, 6, TRUE);
}

int
main (int argc, char *argv[])
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autofree char *path = NULL;

  g_test_init (&argc, &argv, NULL);
  folder = g_getenv ("UB_TEST_DATA");
  path = folder != NULL ? g_build_filename (folder, "truth.json", NULL) : NULL;
  if (path == NULL || !json_parser_load_from_file (parser, path, NULL))
    return 77;

  truth = json_node_get_array (json_parser_get_root (parser));
  for (guint i = 0; i < json_array_get_length (truth); i++) {
    JsonObject *expected = json_array_get_object_element (truth, i);
    const char *file = get_string (expected, "file");
    g_autofree char *facts = g_strdup_printf ("/truth/facts/%s", file);
    g_autofree char *variants = g_strdup_printf ("/truth/variants/%s", file);
    g_autofree char *flips = g_strdup_printf ("/truth/flips/%s", file);
    g_autofree char *concatenated = g_strdup_printf ("/truth/concatenated/%s", file);

    g_test_add_data_func (facts, expected, test_file);
    g_test_add_data_func (variants, expected, test_variants);
    g_test_add_data_func (flips, expected, test_flips);
    g_test_add_data_func (concatenated, expected, test_concatenated);
  }
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-params"

#include "config.h"

#include "ub-error.h"
#include "ub-tuya-params.h"

#include <glib/gi18n.h>
#include <string.h>

/* No device nests more than twice; the bound is for hostile text. */
#define MAX_DEPTH 16

typedef struct {
  const char *at;
  const char *end;
  guint depth;
} Reader;

static JsonNode *read_value (Reader *reader);

static gboolean
is_space (char c)
{
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void
skip_space (Reader *reader)
{
  while (reader->at < reader->end && is_space (*reader->at))
    reader->at++;
}

static gboolean
skip_char (Reader *reader, char c)
{
  skip_space (reader);
  if (reader->at == reader->end || *reader->at != c)
    return FALSE;
  reader->at++;
  return TRUE;
}

/* A word in quotes, as newer SDKs write them, with JSON's simple escapes. */
static char *
read_quoted (Reader *reader)
{
  g_autoptr (GString) word = g_string_new (NULL);

  reader->at++;
  while (reader->at < reader->end && *reader->at != '"') {
    if (*reader->at == '\\' && reader->end - reader->at > 1)
      reader->at++;
    g_string_append_c (word, *reader->at++);
  }
  if (reader->at == reader->end)
    return NULL;
  reader->at++;
  return g_utf8_make_valid (word->str, word->len);
}

/* A word without quotes, up to one of @stop. */
static char *
read_bare (Reader *reader, const char *stop)
{
  const char *start = reader->at;
  const char *end;

  while (reader->at < reader->end && *reader->at != '\0' && strchr (stop, *reader->at) == NULL)
    reader->at++;
  end = reader->at;
  while (end > start && is_space (end[-1]))
    end--;
  return g_utf8_make_valid (start, end - start);
}

/* Only what prints the same again is a number: 0502 is a category, 1.1.8 a version. */
static JsonNode *
bare_to_node (const char *word)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);
  gsize length = strlen (word);
  gint64 number;

  if (length > 0 && strspn (word, "0123456789") == length && (*word != '0' || length == 1) &&
      g_ascii_string_to_signed (word, 10, 0, G_MAXINT64, &number, NULL))
    json_node_set_int (node, number);
  else
    json_node_set_string (node, word);
  return node;
}

static JsonNode *
read_object (Reader *reader)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonNode *node;

  reader->at++;
  while (!skip_char (reader, '}')) {
    g_autofree char *name = NULL;

    if (skip_char (reader, ','))
      continue;
    if (reader->at < reader->end && *reader->at == '"')
      name = read_quoted (reader);
    else
      name = read_bare (reader, ":,{}[]");
    if (name == NULL || *name == '\0' || !skip_char (reader, ':'))
      return NULL;
    node = read_value (reader);
    if (node == NULL)
      return NULL;
    json_object_set_member (object, name, node);
  }
  node = json_node_new (JSON_NODE_OBJECT);
  json_node_set_object (node, object);
  return node;
}

static JsonNode *
read_array (Reader *reader)
{
  g_autoptr (JsonArray) array = json_array_new ();
  JsonNode *node;

  reader->at++;
  while (!skip_char (reader, ']')) {
    if (skip_char (reader, ','))
      continue;
    /* The brace of an object around it is no value, and would not be passed over. */
    if (reader->at < reader->end && *reader->at == '}')
      return NULL;
    node = read_value (reader);
    if (node == NULL)
      return NULL;
    json_array_add_element (array, node);
  }
  node = json_node_new (JSON_NODE_ARRAY);
  json_node_set_array (node, array);
  return node;
}

static JsonNode *
read_value (Reader *reader)
{
  g_autofree char *word = NULL;
  JsonNode *node = NULL;

  skip_space (reader);
  if (reader->at == reader->end || reader->depth == MAX_DEPTH)
    return NULL;
  reader->depth++;
  switch (*reader->at) {
  case '{':
    node = read_object (reader);
    break;
  case '[':
    node = read_array (reader);
    break;
  case '"':
    word = read_quoted (reader);
    if (word != NULL) {
      node = json_node_new (JSON_NODE_VALUE);
      json_node_set_string (node, word);
    }
    break;
  default:
    word = read_bare (reader, ",}]");
    if (reader->at < reader->end && *reader->at != '\0')
      node = bare_to_node (word);
  }
  reader->depth--;
  return node;
}

/**
 * ub_tuya_params_parse:
 * @text: (nullable): the configuration as the firmware keeps it: JSON without quotes, with a comma after the last
 *   member; real JSON will do too
 * @size: bytes of @text; zeros and white space at its end are ignored
 * @error: return location for an error
 *
 * Integers become numbers where they are written in the one way that numbers print; everything else
 * becomes a string. Of members with the same name the last one counts.
 *
 * Returns: (transfer full): an object, or %NULL with %UB_ERROR_IMAGE_DAMAGED
 */
JsonNode *
ub_tuya_params_parse (const char *text, gsize size, GError **error)
{
  Reader reader;
  g_autoptr (JsonNode) node = NULL;

  /* Values without bytes have no address either. */
  if (text == NULL)
    text = "";
  reader = (Reader) { .at = text, .end = text + size };
  skip_space (&reader);
  if (reader.at < reader.end && *reader.at == '{')
    node = read_value (&reader);
  while (node != NULL && reader.at < reader.end && (*reader.at == '\0' || is_space (*reader.at)))
    reader.at++;
  if (node == NULL || reader.at != reader.end) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_DAMAGED,
                 _ ("the device configuration cannot be read beyond byte %zu"),
                 (gsize) (reader.at - text));
    return NULL;
  }
  return g_steal_pointer (&node);
}

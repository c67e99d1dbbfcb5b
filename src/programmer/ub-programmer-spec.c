/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-programmer-spec"

#include "config.h"

#include "ub-programmer-spec.h"

#include "ub-error.h"
#include "ub-number.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

/**
 * UbProgrammerSpec:
 *
 * A programmer as the command line names it: `BACKEND` or `BACKEND:key=value,key=value`. Backends take
 * the settings they know; whatever nobody took is an error, so that a typing mistake does not pass for
 * a default.
 */
struct _UbProgrammerSpec {
  GObject parent_instance;

  char *backend;
  GHashTable *settings; /* key -> value */
  GHashTable *taken; /* keys that somebody asked for */
};

G_DEFINE_FINAL_TYPE (UbProgrammerSpec, ub_programmer_spec, G_TYPE_OBJECT)

static void
ub_programmer_spec_finalize (GObject *object)
{
  UbProgrammerSpec *self = UB_PROGRAMMER_SPEC (object);

  g_free (self->backend);
  g_hash_table_unref (self->settings);
  g_hash_table_unref (self->taken);

  G_OBJECT_CLASS (ub_programmer_spec_parent_class)->finalize (object);
}

static void
ub_programmer_spec_class_init (UbProgrammerSpecClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_programmer_spec_finalize;
}

static void
ub_programmer_spec_init (UbProgrammerSpec *self)
{
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->taken = g_hash_table_new (g_str_hash, g_str_equal);
}

/**
 * ub_programmer_spec_parse:
 * @text: `BACKEND` or `BACKEND:key=value,key=value`
 * @error: return location for an error
 *
 * Returns: (transfer full): the parts of @text, or %NULL with %UB_ERROR_BAD_SETTING
 */
UbProgrammerSpec *
ub_programmer_spec_parse (const char *text, GError **error)
{
  g_autoptr (UbProgrammerSpec) self = NULL;
  g_auto (GStrv) parts = NULL;
  g_auto (GStrv) settings = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  self = g_object_new (UB_TYPE_PROGRAMMER_SPEC, NULL);
  parts = g_strsplit (text, ":", 2);
  self->backend = g_strdup (parts[0] != NULL ? parts[0] : "");
  if (*self->backend == '\0') {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING, _ ("“%s” names no programmer"), text);
    return NULL;
  }
  if (parts[1] == NULL)
    return g_steal_pointer (&self);

  settings = g_strsplit (parts[1], ",", -1);
  for (guint i = 0; settings[i] != NULL; i++) {
    g_auto (GStrv) pair = g_strsplit (settings[i], "=", 2);

    if (pair[0] == NULL || *pair[0] == '\0' || pair[1] == NULL) {
      g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
                   _ ("“%s” is not a setting: it should read name=value"), settings[i]);
      return NULL;
    }
    if (!g_hash_table_insert (self->settings, g_strdup (pair[0]), g_strdup (pair[1]))) {
      g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING, _ ("the setting “%s” is given twice"),
                   pair[0]);
      return NULL;
    }
  }
  return g_steal_pointer (&self);
}

/**
 * ub_programmer_spec_get_backend:
 * @self: a spec
 *
 * Returns: (transfer none): the part before the colon
 */
const char *
ub_programmer_spec_get_backend (UbProgrammerSpec *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER_SPEC (self), NULL);

  return self->backend;
}

/**
 * ub_programmer_spec_get_string:
 * @self: a spec
 * @key: the name of a setting, a string constant
 *
 * Returns: (transfer none) (nullable): its value, %NULL when it is not given
 */
const char *
ub_programmer_spec_get_string (UbProgrammerSpec *self, const char *key)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER_SPEC (self), NULL);

  g_hash_table_add (self->taken, (gpointer) key);
  return g_hash_table_lookup (self->settings, key);
}

/**
 * ub_programmer_spec_get_number:
 * @self: a spec
 * @key: the name of a setting, a string constant
 * @min: its smallest value
 * @max: its largest value
 * @inout_value: (inout): the default, replaced where the setting is given
 * @error: return location for an error
 *
 * Returns: %FALSE with %UB_ERROR_BAD_SETTING when it is given and not a number in that range
 */
gboolean
ub_programmer_spec_get_number (UbProgrammerSpec *self,
                               const char *key,
                               guint64 min,
                               guint64 max,
                               guint64 *inout_value,
                               GError **error)
{
  const char *text = ub_programmer_spec_get_string (self, key);
  guint64 value;

  if (text == NULL)
    return TRUE;
  if (!ub_number_parse (text, &value) || value < min || value > max) {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
                 _ ("%s=%s: a number from %" PRIu64 " to %" PRIu64 " is needed"), key, text, min,
                 max);
    return FALSE;
  }
  *inout_value = value;
  return TRUE;
}

/* Like ub_number_parse(), but for a clock K and M count in thousands: 12M is 12 MHz. */
static gboolean
parse_clock (const char *text, guint64 *out_hz)
{
  g_autofree char *digits = g_strdup (text);
  gsize n = strlen (digits);
  guint64 factor = 1;

  if (n > 1 && g_ascii_strncasecmp (digits, "0x", 2) != 0) {
    if (digits[n - 1] == 'k' || digits[n - 1] == 'K')
      factor = 1000;
    else if (digits[n - 1] == 'm' || digits[n - 1] == 'M')
      factor = 1000 * 1000;
    if (factor > 1)
      digits[n - 1] = '\0';
  }
  if (!ub_number_parse (digits, out_hz) || *out_hz > G_MAXUINT)
    return FALSE;
  *out_hz *= factor;
  return TRUE;
}

/**
 * ub_programmer_spec_get_clock:
 * @self: a spec
 * @key: the name of a setting, a string constant
 * @min: its smallest value in Hz
 * @max: its largest value in Hz
 * @inout_hz: (inout): the default, replaced where the setting is given
 * @error: return location for an error
 *
 * For clocks: 400k and 12M mean kHz and MHz.
 *
 * Returns: %FALSE with %UB_ERROR_BAD_SETTING when it is given and not a clock in that range
 */
gboolean
ub_programmer_spec_get_clock (
    UbProgrammerSpec *self, const char *key, guint min, guint max, guint *inout_hz, GError **error)
{
  const char *text = ub_programmer_spec_get_string (self, key);
  guint64 hz;

  if (text == NULL)
    return TRUE;
  if (!parse_clock (text, &hz) || hz < min || hz > max) {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
                 _ ("%s=%s: a clock from %u to %u Hz is needed"), key, text, min, max);
    return FALSE;
  }
  *inout_hz = (guint) hz;
  return TRUE;
}

/**
 * ub_programmer_spec_get_double:
 * @self: a spec
 * @key: the name of a setting, a string constant
 * @min: its smallest value
 * @max: its largest value
 * @inout_value: (inout): the default, replaced where the setting is given
 * @error: return location for an error
 *
 * Returns: %FALSE with %UB_ERROR_BAD_SETTING when it is given and not a number in that range
 */
gboolean
ub_programmer_spec_get_double (UbProgrammerSpec *self,
                               const char *key,
                               double min,
                               double max,
                               double *inout_value,
                               GError **error)
{
  const char *text = ub_programmer_spec_get_string (self, key);
  char *end = NULL;
  double value;

  if (text == NULL)
    return TRUE;
  value = g_ascii_strtod (text, &end);
  if (end == text || *end != '\0' || !(value >= min && value <= max)) {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
                 _ ("%s=%s: a number from %g to %g is needed"), key, text, min, max);
    return FALSE;
  }
  *inout_value = value;
  return TRUE;
}

/**
 * ub_programmer_spec_get_choice:
 * @self: a spec
 * @key: the name of a setting, a string constant
 * @choices: (array zero-terminated=1): what it may be
 * @inout_index: (inout): index of the default in @choices, replaced where the setting is given
 * @error: return location for an error
 *
 * Returns: %FALSE with %UB_ERROR_BAD_SETTING when it is given and none of @choices
 */
gboolean
ub_programmer_spec_get_choice (UbProgrammerSpec *self,
                               const char *key,
                               const char *const *choices,
                               guint *inout_index,
                               GError **error)
{
  const char *text = ub_programmer_spec_get_string (self, key);
  g_autofree char *all = NULL;

  if (text == NULL)
    return TRUE;
  for (guint i = 0; choices[i] != NULL; i++) {
    if (g_ascii_strcasecmp (choices[i], text) == 0) {
      *inout_index = i;
      return TRUE;
    }
  }
  all = g_strjoinv (", ", (char **) choices);
  g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING, _ ("%s=%s: it may be one of %s"), key, text,
               all);
  return FALSE;
}

/**
 * ub_programmer_spec_check_unknown:
 * @self: a spec whose settings were all asked for
 * @error: return location for an error
 *
 * Returns: %FALSE with %UB_ERROR_BAD_SETTING when a setting is given that nobody asked for
 */
gboolean
ub_programmer_spec_check_unknown (UbProgrammerSpec *self, GError **error)
{
  GHashTableIter iter;
  gpointer key;

  g_return_val_if_fail (UB_IS_PROGRAMMER_SPEC (self), FALSE);

  g_hash_table_iter_init (&iter, self->settings);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    if (!g_hash_table_contains (self->taken, key)) {
      g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
                   _ ("the programmer “%s” has no setting “%s”"), self->backend,
                   (const char *) key);
      return FALSE;
    }
  }
  return TRUE;
}

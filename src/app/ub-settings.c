/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-settings.h"

#include "ub-document-portal.h"
#include "ub-installed.h"
#include "ub-rescue-copy.h"

/* What the application remembers, and how it turns into a programmer. */

/* The schema that was installed with this very program: the one that the system knows may be another version's, and
 * a key that is missing ends the program. It gives way where somebody names a folder, as build-aux/try and the tests
 * do, and is missing in the build folder. */
static GSettingsSchemaSource *
ref_source (void)
{
  GSettingsSchemaSource *shared = g_settings_schema_source_get_default ();
  GSettingsSchemaSource *own = NULL;

  if (g_getenv ("GSETTINGS_SCHEMA_DIR") == NULL) {
    g_autofree char *dir = ub_installed_dup_dir (PKGDATA_SUBDIR, PKGDATA_DIR);

    own = g_settings_schema_source_new_from_directory (dir, shared, TRUE, NULL);
  }
  if (own == NULL && shared != NULL)
    own = g_settings_schema_source_ref (shared);
  return own;
}

static GSettingsSchema *
ref_schema (void)
{
  g_autoptr (GSettingsSchemaSource) source = ref_source ();

  return source != NULL ? g_settings_schema_source_lookup (source, APP_ID, TRUE) : NULL;
}

/**
 * ub_settings_are_installed:
 *
 * GSettings ends the program when the schema is missing, which is no way to tell a person.
 *
 * Returns: whether the schema can be found
 */
gboolean
ub_settings_are_installed (void)
{
  g_autoptr (GSettingsSchema) schema = ref_schema ();

  return schema != NULL;
}

/**
 * ub_settings_get:
 *
 * Returns: (transfer none): the settings of the application; main thread only
 */
GSettings *
ub_settings_get (void)
{
  static GSettings *settings;

  if (settings == NULL) {
    g_autoptr (GSettingsSchema) schema = ref_schema ();

    settings = g_settings_new_full (schema, NULL, NULL);
  }
  return settings;
}

static void
add_setting (GString *spec, const char *key, const char *value)
{
  if (value[0] == '\0')
    return;
  g_string_append_c (spec, strchr (spec->str, ':') == NULL ? ':' : ',');
  g_string_append_printf (spec, "%s=%s", key, value);
}

/**
 * ub_settings_dup_spec:
 * @settings: the settings
 * @backend: of the programmer
 * @spec: of the programmer as it was found
 *
 * Returns: (transfer full): @spec with what the person set in the preferences
 */
char *
ub_settings_dup_spec (GSettings *settings, const char *backend, const char *spec)
{
  g_autofree char *device = g_settings_get_string (settings, "spidev-device");
  g_autofree char *cen = g_settings_get_string (settings, "cen-line");
  g_autofree char *ftdi_cen = g_settings_get_string (settings, "ftdi-cen-line");
  g_autofree char *simulated = g_settings_get_string (settings, "simulated-module");
  GString *result = g_string_new (spec);

  if (g_str_equal (backend, "spidev")) {
    if (device[0] != '\0') {
      g_string_assign (result, "spidev");
      add_setting (result, "device", device);
    }
    add_setting (result, "cen", cen);
  } else if (g_str_equal (backend, "ftdi")) {
    add_setting (result, "cen", ftdi_cen);
  } else if (g_str_equal (backend, "sim") && simulated[0] != '\0') {
    g_string_append_c (result, strchr (result->str, ':') == NULL ? ':' : ',');
    g_string_append (result, simulated);
  }
  return g_string_free (result, FALSE);
}

/**
 * ub_settings_create_programmer:
 * @info: a programmer of the list
 * @error: return location for an error
 *
 * Returns: (transfer full): the programmer, closed, with the person's wishes set; %NULL with a
 *   #UbError when a setting makes no sense
 */
UbProgrammer *
ub_settings_create_programmer (UbProgrammerInfo *info, GError **error)
{
  GSettings *settings = ub_settings_get ();
  g_autofree char *spec = ub_settings_dup_spec (settings, ub_programmer_info_get_backend (info),
                                                ub_programmer_info_get_spec (info));
  guint ceiling = g_settings_get_uint (settings, "clock-ceiling");
  UbProgrammer *programmer;

  programmer = ub_programmer_new_for_spec (spec, error);
  if (programmer == NULL)
    return NULL;
  if (ceiling != 0)
    ub_programmer_set_clock_ceiling (programmer, ceiling);
  ub_programmer_set_fixed_mode (programmer, g_settings_get_enum (settings, "spi-mode"));
  return programmer;
}

/**
 * ub_settings_dup_backup_folder:
 *
 * Returns: (transfer full): where backups and rescue copies go
 */
GFile *
ub_settings_dup_backup_folder (void)
{
  g_autofree char *uri = g_settings_get_string (ub_settings_get (), "backup-folder");

  return uri[0] != '\0' ? g_file_new_for_uri (uri) : ub_rescue_copy_get_default_folder ();
}

/**
 * ub_settings_dup_open_folder:
 *
 * Returns: (transfer full) (nullable): where an image was chosen last
 */
GFile *
ub_settings_dup_open_folder (void)
{
  g_autofree char *uri = g_settings_get_string (ub_settings_get (), "open-folder");

  return uri[0] != '\0' ? g_file_new_for_uri (uri) : NULL;
}

/**
 * ub_settings_remember_folder:
 * @key: the setting
 * @file: a file that was chosen; its folder is remembered
 */
void
ub_settings_remember_folder (const char *key, GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *uri = NULL;

  if (folder == NULL)
    return;
  uri = g_file_get_uri (folder);
  g_settings_set_string (ub_settings_get (), key, uri);
}

/**
 * ub_settings_remember_backup_folder:
 * @file: a backup that the person gave a place
 *
 * Its folder becomes that of the next backups and rescue copies, but for one that the document portal
 * made up for this file.
 */
void
ub_settings_remember_backup_folder (GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);

  if (folder != NULL && !ub_document_portal_holds_one_file (folder))
    ub_settings_remember_folder ("backup-folder", file);
}

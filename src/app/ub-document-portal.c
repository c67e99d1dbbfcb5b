/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-document-portal.h"

/* A file that is chosen in a sandbox appears as $XDG_RUNTIME_DIR/doc/ID/NAME. Where it truly is, the document portal
 * tells in an extended attribute (xdg-desktop-portal, pull request 1372, 2024; older ones do not tell). */
#define HOST_PATH "xattr::document-portal.host-path"

/* Returns: (transfer full): the path below the portal's folder, "ID/NAME"; NULL for any other file */
static char *
dup_portal_path (GFile *file)
{
  g_autoptr (GFile) root = g_file_new_build_filename (g_get_user_runtime_dir (), "doc", NULL);

  return g_file_get_relative_path (root, file);
}

/**
 * ub_document_portal_dup_path:
 * @file: a file or a folder
 *
 * Returns: (transfer full): where it is, as the person knows it: a file that the document portal passed into a sandbox
 *   has its path outside, or only its name where that is not known
 */
char *
ub_document_portal_dup_path (GFile *file)
{
  g_autofree char *below = dup_portal_path (file);
  g_autoptr (GFileInfo) info = NULL;
  const char *host_path;

  if (below == NULL)
    return g_file_get_parse_name (file);
  info = g_file_query_info (file, HOST_PATH, G_FILE_QUERY_INFO_NONE, NULL, NULL);
  host_path = info != NULL ? g_file_info_get_attribute_string (info, HOST_PATH) : NULL;
  return host_path != NULL ? g_strdup (host_path) : g_file_get_basename (file);
}

/**
 * ub_document_portal_holds_one_file:
 * @folder: a folder
 *
 * Returns: whether the document portal made it up for the one file that was chosen; another file that is written there
 *   would be out of sight, and gone one day
 */
gboolean
ub_document_portal_holds_one_file (GFile *folder)
{
  g_autofree char *below = dup_portal_path (folder);

  return below != NULL && strchr (below, G_DIR_SEPARATOR) == NULL;
}

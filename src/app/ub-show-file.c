/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-show-file.h"

#include <fcntl.h>
#include <gio/gunixfdlist.h>
#include <glib/gstdio.h>

/* The file manager that owns this name selects a file (freedesktop.org, “File Manager DBus Interface”). In a sandbox the
 * name is out of reach; there the portal OpenURI does it, which is told the file by a descriptor, as its path is another
 * one outside (since version 3 of that portal). */
#define FILE_MANAGER "org.freedesktop.FileManager1"
#define FILE_MANAGER_PATH "/org/freedesktop/FileManager1"
#define PORTAL "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_OPEN_URI "org.freedesktop.portal.OpenURI"

typedef struct {
  GtkWindow *window;
  GFile *file;
  GDBusConnection *bus;
} Showing;

static void
showing_free (Showing *showing)
{
  g_object_unref (showing->window);
  g_object_unref (showing->file);
  g_clear_object (&showing->bus);
  g_free (showing);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Showing, showing_free)

static void
show_folder (Showing *showing)
{
  g_autoptr (GFile) folder = g_file_get_parent (showing->file);
  g_autofree char *uri = g_file_get_uri (folder != NULL ? folder : showing->file);

  gtk_show_uri (showing->window, uri, GDK_CURRENT_TIME);
}

static void
portal_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Showing) showing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_connection_call_with_unix_fd_list_finish (
      G_DBUS_CONNECTION (source), NULL, result, &error);

  if (answer != NULL)
    return;
  g_debug ("the portal does not show the file: %s", error->message);
  show_folder (showing);
}

static void
ask_portal (Showing *showing)
{
  g_autoptr (GUnixFDList) fds = NULL;
  const char *path = g_file_peek_path (showing->file);
  int fd = path != NULL ? g_open (path, O_RDONLY | O_CLOEXEC, 0) : -1;

  if (fd < 0) {
    show_folder (showing);
    showing_free (showing);
    return;
  }
  fds = g_unix_fd_list_new_from_array (&fd, 1);
  g_dbus_connection_call_with_unix_fd_list (
      showing->bus, PORTAL, PORTAL_PATH, PORTAL_OPEN_URI, "OpenDirectory",
      g_variant_new ("(sh@a{sv})", "", 0, g_variant_new_array (G_VARIANT_TYPE ("{sv}"), NULL, 0)),
      G_VARIANT_TYPE ("(o)"), G_DBUS_CALL_FLAGS_NONE, -1, fds, NULL, portal_answered_cb, showing);
}

static void
file_manager_answered_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Showing *showing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer =
      g_dbus_connection_call_finish (G_DBUS_CONNECTION (source), result, &error);

  if (answer != NULL) {
    showing_free (showing);
    return;
  }
  g_debug ("the file manager does not show the file: %s", error->message);
  ask_portal (showing);
}

/**
 * ub_show_file:
 * @window: the window that asks for it
 * @file: a file
 *
 * Shows @file in the file manager, selected where the desktop can do that; otherwise its folder.
 */
void
ub_show_file (GtkWindow *window, GFile *file)
{
  GApplication *app = g_application_get_default ();
  g_autofree char *uri = NULL;
  const char *uris[2] = { NULL };
  Showing *showing;

  g_return_if_fail (GTK_IS_WINDOW (window));
  g_return_if_fail (G_IS_FILE (file));

  showing = g_new0 (Showing, 1);
  showing->window = g_object_ref (window);
  showing->file = g_object_ref (file);
  if (app != NULL && g_application_get_dbus_connection (app) != NULL)
    showing->bus = g_object_ref (g_application_get_dbus_connection (app));
  if (showing->bus == NULL) {
    show_folder (showing);
    showing_free (showing);
    return;
  }
  uris[0] = uri = g_file_get_uri (file);
  g_dbus_connection_call (showing->bus, FILE_MANAGER, FILE_MANAGER_PATH, FILE_MANAGER, "ShowItems",
                          g_variant_new ("(^ass)", uris, ""), NULL, G_DBUS_CALL_FLAGS_NONE, -1,
                          NULL, file_manager_answered_cb, showing);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-file-dialog.h"

#include "ub-settings.h"

#include <glib/gi18n.h>

/* GtkFileChooserNative, so that files are chosen through the portal in a sandbox. */

typedef struct {
  GtkFileChooserNative *native;
  GtkWindow *parent;
  gulong destroy_id;
  UbFileFunc func;
  gpointer user_data;
} Dialog;

/* Ends without an answer when the parent goes: @user_data belongs to it. */
static void
dialog_free (Dialog *dialog)
{
  if (dialog->parent != NULL && dialog->destroy_id != 0)
    g_signal_handler_disconnect (dialog->parent, dialog->destroy_id);
  g_signal_handlers_disconnect_by_data (dialog->native, dialog);
  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (dialog->native));
  g_object_unref (dialog->native);
  g_free (dialog);
}

static void
response_cb (Dialog *dialog, int response)
{
  g_autoptr (GFile) file = NULL;
  UbFileFunc func = dialog->func;
  gpointer user_data = dialog->user_data;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog->native));
  dialog_free (dialog);
  if (file != NULL)
    func (file, user_data);
}

static Dialog *
new_dialog (GtkWindow *parent,
            const char *title,
            GtkFileChooserAction action,
            const char *accept,
            GFile *folder)
{
  Dialog *dialog = g_new0 (Dialog, 1);

  dialog->native = gtk_file_chooser_native_new (title, parent, action, accept, NULL);
  dialog->parent = parent;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog->native), TRUE);
  if (folder != NULL)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog->native), folder, NULL);
  g_signal_connect_swapped (dialog->native, "response", G_CALLBACK (response_cb), dialog);
  dialog->destroy_id =
      g_signal_connect_swapped (parent, "destroy", G_CALLBACK (dialog_free), dialog);
  return dialog;
}

static void
show_dialog (Dialog *dialog, UbFileFunc func, gpointer user_data)
{
  dialog->func = func;
  dialog->user_data = user_data;
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog->native));
}

static void
add_filters (GtkFileChooser *chooser)
{
  static const char *const suffixes[] = { "bin", "rbl", "img", "rom", "qio", "dump" };
  g_autoptr (GtkFileFilter) images = gtk_file_filter_new ();
  g_autoptr (GtkFileFilter) all = gtk_file_filter_new ();

  gtk_file_filter_set_name (images, _ ("Flash Images"));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (images, suffixes[i]);
  gtk_file_filter_set_name (all, _ ("All Files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, images);
  gtk_file_chooser_add_filter (chooser, all);
}

/**
 * ub_file_dialog_open:
 * @parent: the window; when it is destroyed first, @func is not called
 * @title: translated
 * @folder: (nullable): where to begin
 * @func: called with the chosen file, not called when none was chosen
 * @user_data: for @func
 */
void
ub_file_dialog_open (
    GtkWindow *parent, const char *title, GFile *folder, UbFileFunc func, gpointer user_data)
{
  Dialog *dialog = new_dialog (parent, title, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), folder);

  add_filters (GTK_FILE_CHOOSER (dialog->native));
  show_dialog (dialog, func, user_data);
}

/**
 * ub_file_dialog_save:
 * @parent: the window; when it is destroyed first, @func is not called
 * @title: translated
 * @folder: (nullable): where to begin
 * @name: the proposed name
 * @func: called with the chosen file; the dialog has asked already whether to replace it
 * @user_data: for @func
 */
void
ub_file_dialog_save (GtkWindow *parent,
                     const char *title,
                     GFile *folder,
                     const char *name,
                     UbFileFunc func,
                     gpointer user_data)
{
  Dialog *dialog = new_dialog (parent, title, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), folder);

  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog->native), name);
  show_dialog (dialog, func, user_data);
}

static void
backup_folder_chosen_cb (GFile *folder, gpointer user_data)
{
  g_autofree char *uri = g_file_get_uri (folder);

  g_settings_set_string (ub_settings_get (), "backup-folder", uri);
}

/**
 * ub_file_dialog_choose_backup_folder:
 * @parent: the window; when it is destroyed first, nothing is chosen
 *
 * Asks where backups and rescue copies go, and sets it.
 */
void
ub_file_dialog_choose_backup_folder (GtkWindow *parent)
{
  g_autoptr (GFile) folder = ub_settings_dup_backup_folder ();

  show_dialog (new_dialog (parent, _ ("Choose the Backup Folder"),
                           GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, _ ("_Select"), folder),
               backup_folder_chosen_cb, NULL);
}

/**
 * ub_file_save_text:
 * @file: where to
 * @text: what
 * @callback: called when it is on disk
 * @data: for @callback
 *
 * Writes @text in the background; end it with ub_file_save_text_finish().
 */
void
ub_file_save_text (GFile *file, const char *text, GAsyncReadyCallback callback, gpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, callback,
                                       data);
}

/**
 * ub_file_save_text_finish:
 * @source: given to the callback
 * @result: given to the callback
 * @error: return location for an error
 *
 * Returns: whether it is on disk
 */
gboolean
ub_file_save_text_finish (GObject *source, GAsyncResult *result, GError **error)
{
  return g_file_replace_contents_finish (G_FILE (source), result, NULL, error);
}

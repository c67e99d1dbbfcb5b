/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef void (*UbFileFunc) (GFile *file, gpointer user_data);

void ub_file_dialog_open (
    GtkWindow *parent, const char *title, GFile *folder, UbFileFunc func, gpointer user_data);
void ub_file_dialog_save (GtkWindow *parent,
                          const char *title,
                          GFile *folder,
                          const char *name,
                          UbFileFunc func,
                          gpointer user_data);
void ub_file_dialog_choose_backup_folder (GtkWindow *parent);
void ub_file_save_text (GFile *file, const char *text, GAsyncReadyCallback callback, gpointer data);
gboolean ub_file_save_text_finish (GObject *source, GAsyncResult *result, GError **error);

G_END_DECLS

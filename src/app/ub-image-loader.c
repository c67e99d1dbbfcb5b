/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-image-loader.h"

/* Loads and identifies a file in a thread: both take too long for the main loop. */

static void
load_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  g_autoptr (UbImage) image = ub_image_load (data, cancellable, &error);

  if (image == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, ub_image_analysis_new (image), g_object_unref);
}

/**
 * ub_image_loader_load_async:
 * @file: to load
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it is identified
 * @user_data: for @callback
 */
void
ub_image_loader_load_async (GFile *file,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, ub_image_loader_load_async);
  g_task_set_task_data (task, g_object_ref (file), g_object_unref);
  g_task_run_in_thread (task, load_thread);
}

/**
 * ub_image_loader_load_finish:
 * @result: given to the callback
 * @error: return location for an error
 *
 * Returns: (transfer full): what the file is, which may well be something that cannot be written;
 *   %NULL with the errors of ub_image_load()
 */
UbImageAnalysis *
ub_image_loader_load_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

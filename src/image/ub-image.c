/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image"

#include "config.h"

#include "ub-image.h"

#include "ub-error.h"

#include <glib/gi18n.h>

/* Largest file that is read at all. The largest flash of these modules holds 8 MiB; what is above
 * a person's slip of the finger by this much is not worth the memory to name it. */
#define MAX_FILE_SIZE (64 * 1024 * 1024)

#define READ_CHUNK (256 * 1024)

/**
 * UbImage:
 *
 * The bytes of a file, which never change, with their name and digest. What they mean is the matter of
 * UbImageAnalysis. May be used from any thread.
 */
struct _UbImage {
  GObject parent_instance;

  GBytes *bytes;
  char *name;
  GFile *file;
  char *sha256;
};

G_DEFINE_FINAL_TYPE (UbImage, ub_image, G_TYPE_OBJECT)

static void
ub_image_finalize (GObject *object)
{
  UbImage *self = UB_IMAGE (object);

  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_pointer (&self->name, g_free);
  g_clear_object (&self->file);
  g_clear_pointer (&self->sha256, g_free);

  G_OBJECT_CLASS (ub_image_parent_class)->finalize (object);
}

static void
ub_image_class_init (UbImageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_image_finalize;
}

static void
ub_image_init (UbImage *self)
{
}

/* A name is shown in terminals and dialogs: what would steer them becomes a question mark. */
static char *
dup_clean_name (const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  GString *clean = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p)) {
    gunichar c = g_utf8_get_char (p);

    g_string_append_unichar (clean, g_unichar_isprint (c) ? c : '?');
  }
  return g_string_free (clean, FALSE);
}

/* What the file system says of @file, which must be an ordinary file: reading a FIFO or a terminal
 * would wait for ever, and a folder is a frequent slip. */
static GFileInfo *
query_regular_file (GFile *file, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GFileInfo) info = NULL;
  GFileType type;

  info =
      g_file_query_info (file,
                         G_FILE_ATTRIBUTE_STANDARD_TYPE "," G_FILE_ATTRIBUTE_STANDARD_SIZE
                                                        "," G_FILE_ATTRIBUTE_STANDARD_DISPLAY_NAME,
                         G_FILE_QUERY_INFO_NONE, cancellable, &local_error);
  if (info == NULL) {
    if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_propagate_error (error, g_steal_pointer (&local_error));
    else if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
      g_set_error (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE, _ ("“%s” does not exist"), name);
    else
      g_set_error (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE, _ ("“%s” cannot be read: %s"), name,
                   local_error->message);
    return NULL;
  }

  type = g_file_info_get_file_type (info);
  if (type == G_FILE_TYPE_DIRECTORY) {
    g_set_error (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE, _ ("“%s” is a folder, not a file"),
                 name);
    return NULL;
  }
  if (type != G_FILE_TYPE_REGULAR && type != G_FILE_TYPE_UNKNOWN) {
    g_set_error (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE,
                 _ ("“%s” is a device, pipe or socket, not an ordinary file"), name);
    return NULL;
  }
  return g_steal_pointer (&info);
}

static void
set_too_large (GError **error, const char *name)
{
  g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_TOO_LARGE,
               _ ("“%s” is larger than %d MiB, which no flash of these modules holds"), name,
               MAX_FILE_SIZE / (1024 * 1024));
}

/* Reads until the end, because the size a file system tells is a hint: portals and FUSE may tell 0. */
static GBytes *
read_all (
    GInputStream *stream, const char *name, goffset hint, GCancellable *cancellable, GError **error)
{
  g_autoptr (GByteArray) array = g_byte_array_sized_new ((guint) CLAMP (hint + 1, 1, 1 << 24));

  for (;;) {
    g_autoptr (GError) local_error = NULL;
    guint old = array->len;
    gssize n;

    g_byte_array_set_size (array, old + READ_CHUNK);
    n = g_input_stream_read (stream, array->data + old, READ_CHUNK, cancellable, &local_error);
    if (n < 0) {
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_propagate_error (error, g_steal_pointer (&local_error));
      else
        g_set_error (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE, _ ("“%s” cannot be read: %s"), name,
                     local_error->message);
      return NULL;
    }
    g_byte_array_set_size (array, old + (guint) n);
    if (n == 0)
      return g_byte_array_free_to_bytes (g_steal_pointer (&array));
    if (array->len > MAX_FILE_SIZE) {
      set_too_large (error, name);
      return NULL;
    }
  }
}

/**
 * ub_image_new:
 * @bytes: the content
 * @name: (nullable): what to call it in messages
 *
 * Makes an image of bytes that are in memory already.
 *
 * Returns: (transfer full): the image
 */
UbImage *
ub_image_new (GBytes *bytes, const char *name)
{
  UbImage *self;

  g_return_val_if_fail (bytes != NULL, NULL);

  self = g_object_new (UB_TYPE_IMAGE, NULL);
  self->bytes = g_bytes_ref (bytes);
  self->name = dup_clean_name (name != NULL ? name : _ ("unnamed"));
  self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  return self;
}

/**
 * ub_image_load:
 * @file: any file GIO can read, also one that a portal has handed over
 * @cancellable: (nullable): checked between pieces of 256 KiB
 * @error: return location for a #GError
 *
 * Reads a file whole. Refuses what is not an ordinary file (%UB_ERROR_FILE_UNREADABLE), what is empty
 * (%UB_ERROR_IMAGE_EMPTY) and what is larger than 64 MiB (%UB_ERROR_IMAGE_TOO_LARGE); whether the
 * content is of any use is the matter of UbImageAnalysis. Blocks; may be called from any thread.
 *
 * Returns: (transfer full) (nullable): the image, or %NULL with @error set
 */
UbImage *
ub_image_load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GFileInfo) info = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *raw_name = NULL;
  g_autofree char *name = NULL;
  const char *display;
  UbImage *self;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  raw_name = g_file_get_basename (file);
  if (raw_name == NULL)
    raw_name = g_file_get_uri (file);
  name = dup_clean_name (raw_name);

  info = query_regular_file (file, name, cancellable, error);
  if (info == NULL)
    return NULL;
  display = g_file_info_get_display_name (info);
  if (display != NULL) {
    g_free (name);
    name = dup_clean_name (display);
  }
  if (g_file_info_get_size (info) > MAX_FILE_SIZE) {
    set_too_large (error, name);
    return NULL;
  }

  stream = g_file_read (file, cancellable, &local_error);
  if (stream == NULL) {
    if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
      g_propagate_error (error, g_steal_pointer (&local_error));
    else if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED))
      g_set_error (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE, _ ("“%s” may not be read by you"),
                   name);
    else
      g_set_error (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE, _ ("“%s” cannot be read: %s"), name,
                   local_error->message);
    return NULL;
  }
  bytes = read_all (G_INPUT_STREAM (stream), name, g_file_info_get_size (info), cancellable, error);
  if (bytes == NULL)
    return NULL;
  if (g_bytes_get_size (bytes) == 0) {
    g_set_error (error, UB_ERROR, UB_ERROR_IMAGE_EMPTY, _ ("“%s” is empty: it has no bytes"), name);
    return NULL;
  }

  self = ub_image_new (bytes, name);
  self->file = g_object_ref (file);
  return self;
}

/**
 * ub_image_get_bytes:
 * @self: an image
 *
 * Returns: (transfer none): the bytes of the file, as they are
 */
GBytes *
ub_image_get_bytes (UbImage *self)
{
  g_return_val_if_fail (UB_IS_IMAGE (self), NULL);
  return self->bytes;
}

/**
 * ub_image_get_data:
 * @self: an image
 * @out_size: (out) (optional): bytes
 *
 * Returns: (transfer none): the bytes of the file, as they are
 */
const guint8 *
ub_image_get_data (UbImage *self, gsize *out_size)
{
  g_return_val_if_fail (UB_IS_IMAGE (self), NULL);
  return g_bytes_get_data (self->bytes, out_size);
}

/**
 * ub_image_get_size:
 * @self: an image
 *
 * Returns: bytes
 */
gsize
ub_image_get_size (UbImage *self)
{
  g_return_val_if_fail (UB_IS_IMAGE (self), 0);
  return g_bytes_get_size (self->bytes);
}

/**
 * ub_image_get_name:
 * @self: an image
 *
 * Returns: (transfer none): the file's name for a person, without folder
 */
const char *
ub_image_get_name (UbImage *self)
{
  g_return_val_if_fail (UB_IS_IMAGE (self), NULL);
  return self->name;
}

/**
 * ub_image_get_file:
 * @self: an image
 *
 * Returns: (transfer none) (nullable): where it was loaded from
 */
GFile *
ub_image_get_file (UbImage *self)
{
  g_return_val_if_fail (UB_IS_IMAGE (self), NULL);
  return self->file;
}

/**
 * ub_image_get_sha256:
 * @self: an image
 *
 * Returns: (transfer none): the SHA-256 digest of the file, in lower-case hexadecimal digits
 */
const char *
ub_image_get_sha256 (UbImage *self)
{
  g_return_val_if_fail (UB_IS_IMAGE (self), NULL);
  return self->sha256;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-error.h"
#include "ub-image.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
  char *folder;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("ub-image-XXXXXX", NULL);
  g_assert_nonnull (fixture->folder);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDir) dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

    g_remove (path);
  }
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
}

static UbImage *
load (Fixture *fixture, const char *name, GError **error)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  return ub_image_load (file, NULL, error);
}

static void
write_file (Fixture *fixture, const char *name, const char *data, gssize size)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

  g_assert_true (g_file_set_contents (path, data, size, NULL));
}

static void
test_load (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbImage) image = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  write_file (fixture, "abc.bin", "abc", 3);
  image = load (fixture, "abc.bin", &error);
  g_assert_no_error (error);
  g_assert_cmpmem (ub_image_get_data (image, &size), 3, "abc", 3);
  g_assert_cmpuint (size, ==, 3);
  g_assert_cmpuint (ub_image_get_size (image), ==, 3);
  g_assert_cmpstr (ub_image_get_name (image), ==, "abc.bin");
  g_assert_nonnull (ub_image_get_file (image));
  /* FIPS 180-2, appendix B.1. */
  g_assert_cmpstr (ub_image_get_sha256 (image), ==,
                   "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *name;
    UbError code;
    const char *words;
  } rows[] = {
    { "absent", UB_ERROR_FILE_UNREADABLE, "does not exist" },
    { "empty", UB_ERROR_IMAGE_EMPTY, "empty" },
    { "folder", UB_ERROR_FILE_UNREADABLE, "folder" },
    { "fifo", UB_ERROR_FILE_UNREADABLE, "pipe" },
    { "device", UB_ERROR_FILE_UNREADABLE, "device" },
    { "huge", UB_ERROR_IMAGE_TOO_LARGE, "64 MiB" },
    { "locked", UB_ERROR_FILE_UNREADABLE, "may not" },
  };
  g_autofree char *folder = g_build_filename (fixture->folder, "folder", NULL);
  g_autofree char *fifo = g_build_filename (fixture->folder, "fifo", NULL);
  g_autofree char *device = g_build_filename (fixture->folder, "device", NULL);
  g_autofree char *huge = g_build_filename (fixture->folder, "huge", NULL);
  g_autofree char *locked = g_build_filename (fixture->folder, "locked", NULL);

  write_file (fixture, "empty", "", 0);
  write_file (fixture, "huge", "x", 1);
  write_file (fixture, "locked", "x", 1);
  g_assert_cmpint (truncate (huge, 65 * 1024 * 1024), ==, 0);
  g_assert_cmpint (g_chmod (locked, 0), ==, 0);
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  g_assert_cmpint (symlink ("/dev/zero", device), ==, 0);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (UbImage) image = NULL;

    /* Nothing is locked to the superuser. */
    if (g_str_equal (rows[i].name, "locked") && geteuid () == 0)
      continue;
    image = load (fixture, rows[i].name, &error);
    g_assert_null (image);
    g_assert_error (error, UB_ERROR, (int) rows[i].code);
    g_assert_nonnull (strstr (error->message, rows[i].words));
    g_assert_nonnull (strstr (error->message, rows[i].name));
  }
}

static void
test_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "abc.bin", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  write_file (fixture, "abc.bin", "abc", 3);
  g_cancellable_cancel (cancellable);
  g_assert_null (ub_image_load (file, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_names_do_not_steer_terminals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbImage) image = NULL;
  g_autoptr (GError) error = NULL;

  write_file (fixture, "a\033[31m\nb\xff", "abc", 3);
  image = load (fixture, "a\033[31m\nb\xff", &error);
  g_assert_no_error (error);
  g_assert_null (strchr (ub_image_get_name (image), '\033'));
  g_assert_null (strchr (ub_image_get_name (image), '\n'));
  g_assert_true (g_utf8_validate (ub_image_get_name (image), -1, NULL));
}

static void
test_from_memory (void)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("abcd", 4);
  g_autoptr (UbImage) image = ub_image_new (bytes, NULL);

  g_assert_true (ub_image_get_bytes (image) == bytes);
  g_assert_null (ub_image_get_file (image));
  g_assert_cmpstr (ub_image_get_name (image), !=, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add ("/image/load", Fixture, NULL, set_up, test_load, tear_down);
  g_test_add ("/image/refused", Fixture, NULL, set_up, test_refused, tear_down);
  g_test_add ("/image/cancelled", Fixture, NULL, set_up, test_cancelled, tear_down);
  g_test_add ("/image/names-do-not-steer-terminals", Fixture, NULL, set_up,
              test_names_do_not_steer_terminals, tear_down);
  g_test_add_func ("/image/from-memory", test_from_memory);
  return g_test_run ();
}

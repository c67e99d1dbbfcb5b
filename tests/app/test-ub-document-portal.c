/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-document-portal.h"
#include "ub-settings.h"

#include <glib/gstdio.h>
#include <sys/xattr.h>

/* Files that the document portal lets into a sandbox, with a folder of the test as the portal's. */

/* Returns: the file @path below the runtime folder, made with its folders */
static GFile *
make_file (const char *path)
{
  g_autofree char *name = g_build_filename (g_get_user_runtime_dir (), path, NULL);
  g_autofree char *folder = g_path_get_dirname (name);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (name, "", 0, NULL));
  return g_file_new_for_path (name);
}

static void
assert_path (GFile *file, const char *expected)
{
  g_autofree char *path = ub_document_portal_dup_path (file);

  g_assert_cmpstr (path, ==, expected);
}

static void
test_paths (void)
{
  static const char host_path[] = "/home/somebody/Backups/backup.bin";
  g_autoptr (GFile) ours = make_file ("doc/1b53c5d6/backup.bin");
  g_autoptr (GFile) other = make_file ("documents/backup.bin");

  assert_path (other, g_file_peek_path (other));
  assert_path (ours, "backup.bin");
  if (setxattr (g_file_peek_path (ours), "user.document-portal.host-path", host_path,
                sizeof host_path - 1, 0) != 0)
    g_test_skip ("the file system has no extended attributes");
  else
    assert_path (ours, host_path);
}

static void
test_folders (void)
{
  g_autoptr (GFile) alone = make_file ("doc/1b53c5d6/backup.bin");
  g_autoptr (GFile) inside = make_file ("doc/2c64d6e7/Backups/backup.bin");
  g_autoptr (GFile) folder = g_file_get_parent (inside);
  g_autoptr (GFile) remembered = NULL, unchanged = NULL;

  ub_settings_remember_backup_folder (inside);
  remembered = ub_settings_dup_backup_folder ();
  g_assert_true (g_file_equal (remembered, folder));
  ub_settings_remember_backup_folder (alone);
  unchanged = ub_settings_dup_backup_folder ();
  g_assert_true (g_file_equal (unchanged, folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/document-portal/paths", test_paths);
  g_test_add_func ("/document-portal/folders", test_folders);
  return g_test_run ();
}

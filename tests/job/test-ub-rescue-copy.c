/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-rescue-copy.h"

#include "job-tester.h"

#include "ub-error.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE (64 * 1024)

/* Somebody who is not root, for whom permissions count. */
#define NOBODY 65534

typedef struct {
  char *folder;
  UbImageAnalysis *chip;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree guint8 *bytes = g_malloc (SIZE);
  g_autoptr (GBytes) content = NULL;

  for (gsize i = 0; i < SIZE; i++)
    bytes[i] = (guint8) (i * 7 + i / 256);
  content = g_bytes_new (bytes, SIZE);
  fixture->folder = g_dir_make_tmp ("unbrick-XXXXXX", NULL);
  fixture->chip = ub_image_analysis_new_for_chip (content);
}

static guint
count_files (const char *folder)
{
  GDir *dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  GDir *dir = g_dir_open (fixture->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (fixture->folder, name, NULL);

    g_remove (path);
  }
  g_dir_close (dir);
  g_rmdir (fixture->folder);
  g_free (fixture->folder);
  g_object_unref (fixture->chip);
}

static void
assert_holds (Fixture *fixture, GFile *file)
{
  GBytes *wanted = ub_image_get_bytes (ub_image_analysis_get_image (fixture->chip));
  g_autoptr (GBytes) found = g_file_load_bytes (file, NULL, NULL, NULL);

  g_assert_nonnull (found);
  g_assert_true (g_bytes_equal (found, wanted));
}

static void
test_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) target = g_file_new_build_filename (fixture->folder, "copy.bin", NULL);
  g_autoptr (UbRescueCopy) copy = ub_rescue_copy_new (target, FALSE);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ub_rescue_copy_check (copy, SIZE, &error));
  g_assert_no_error (error);
  g_assert_true (ub_rescue_copy_save (copy, fixture->chip, &file, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_equal (file, target));
  assert_holds (fixture, file);
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
}

/* More room than needed is reserved before the chip's size is known; the file has the right size anyway. */
static void
test_reserved_more (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) target = g_file_new_build_filename (fixture->folder, "copy.bin", NULL);
  g_autoptr (UbRescueCopy) copy = ub_rescue_copy_new (target, FALSE);
  g_autoptr (GFile) file = NULL;

  g_assert_true (ub_rescue_copy_check (copy, 16 * SIZE, NULL));
  g_assert_true (ub_rescue_copy_check (copy, SIZE, NULL));
  g_assert_true (ub_rescue_copy_save (copy, fixture->chip, &file, NULL));
  assert_holds (fixture, file);
}

static void
test_exists (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "copy.bin", NULL);
  g_autoptr (GFile) target = g_file_new_for_path (path);
  g_autoptr (UbRescueCopy) careful = ub_rescue_copy_new (target, FALSE);
  g_autoptr (UbRescueCopy) replacing = ub_rescue_copy_new (target, TRUE);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *old = NULL;

  g_file_set_contents (path, "old", -1, NULL);
  g_assert_false (ub_rescue_copy_check (careful, SIZE, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_EXISTS);
  g_clear_error (&error);
  g_assert_false (ub_rescue_copy_save (careful, fixture->chip, &file, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_EXISTS);
  g_assert_true (g_file_get_contents (path, &old, NULL, NULL));
  g_assert_cmpstr (old, ==, "old");

  g_assert_true (ub_rescue_copy_save (replacing, fixture->chip, &file, NULL));
  assert_holds (fixture, file);
}

/* A file that appears between the check and the end is not replaced either. */
static void
test_appears (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, "copy.bin", NULL);
  g_autoptr (GFile) target = g_file_new_for_path (path);
  g_autoptr (UbRescueCopy) copy = ub_rescue_copy_new (target, FALSE);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (ub_rescue_copy_check (copy, SIZE, NULL));
  g_file_set_contents (path, "new", -1, NULL);
  g_assert_false (ub_rescue_copy_save (copy, fixture->chip, &file, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_EXISTS);
}

static void
test_folder (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) folder = g_file_new_build_filename (fixture->folder, NULL);
  g_autofree char *name = ub_rescue_copy_dup_name (fixture->chip);
  const char *const suffixes[] = { ".bin", "-2.bin", "-3.bin" };

  g_assert_true (g_str_has_suffix (name, ".bin"));
  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++) {
    g_autoptr (UbRescueCopy) copy = ub_rescue_copy_new_in_folder (folder);
    g_autofree char *stem = g_strndup (name, strlen (name) - strlen (".bin"));
    g_autofree char *wanted = g_strconcat (stem, suffixes[i], NULL);
    g_autofree char *found = NULL;
    g_autoptr (GFile) file = NULL;

    g_assert_true (ub_rescue_copy_check (copy, SIZE, NULL));
    g_assert_true (ub_rescue_copy_save (copy, fixture->chip, &file, NULL));
    found = g_file_get_basename (file);
    g_assert_cmpstr (found, ==, wanted);
    assert_holds (fixture, file);
  }
}

static void
test_folder_is_made (Fixture *fixture, gconstpointer data)
{
  g_autofree char *inner = g_build_filename (fixture->folder, "Unbrick", NULL);
  g_autoptr (GFile) folder = g_file_new_for_path (inner);
  g_autoptr (UbRescueCopy) copy = ub_rescue_copy_new_in_folder (folder);
  g_autoptr (GFile) file = NULL;

  g_assert_true (ub_rescue_copy_save (copy, fixture->chip, &file, NULL));
  g_assert_cmpuint (count_files (inner), ==, 1);
  g_file_delete (file, NULL, NULL);
}

static void
test_name (void)
{
  g_autofree guint8 *blank = g_malloc (SIZE);
  g_autoptr (GBytes) content = NULL;
  g_autoptr (UbImageAnalysis) chip = NULL;
  g_autofree char *name = NULL;

  memset (blank, 0xFF, SIZE);
  content = g_bytes_new (blank, SIZE);
  chip = ub_image_analysis_new_for_chip (content);
  name = ub_rescue_copy_dup_name (chip);
  g_assert_true (g_regex_match_simple ("^BK7231-unknown-\\d{4}-\\d{2}-\\d{2}\\.bin$", name, 0, 0));
}

/* Family, MAC address and date. */
static void
test_telling_name (void)
{
  g_autoptr (GBytes) content = job_tester_make_firmware ();
  g_autoptr (UbImageAnalysis) chip = ub_image_analysis_new_for_chip (content);
  g_autofree char *name = ub_rescue_copy_dup_name (chip);

  g_assert_true (
      g_regex_match_simple ("^BK7231T-02005e723101-\\d{4}-\\d{2}-\\d{2}\\.bin$", name, 0, 0));
}

static void
test_default_folder (void)
{
  g_autoptr (GFile) folder = ub_rescue_copy_get_default_folder ();
  g_autofree char *name = g_file_get_basename (folder);

  g_assert_cmpstr (name, ==, "Unbrick");
  g_assert_true (g_file_is_native (folder));
}

static void
test_nothing_left (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) target = g_file_new_build_filename (fixture->folder, "copy.bin", NULL);
  UbRescueCopy *copy = ub_rescue_copy_new (target, FALSE);

  g_assert_true (ub_rescue_copy_check (copy, SIZE, NULL));
  g_assert_cmpuint (count_files (fixture->folder), ==, 1);
  ub_rescue_copy_free (copy);
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
}

/* Places that cannot be written to, also for root. */
static void
test_bad_place (void)
{
  const char *const places[] = {
    "/proc/unbrick.bin",
    "/nonexistent/folder/unbrick.bin",
    "/dev/null/unbrick.bin",
  };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    g_autoptr (GFile) target = g_file_new_for_path (places[i]);
    g_autoptr (UbRescueCopy) copy = ub_rescue_copy_new (target, FALSE);
    g_autoptr (GError) error = NULL;

    g_assert_false (ub_rescue_copy_check (copy, SIZE, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_FILE);
  }
}

/* A limit on file sizes stands for a full disk: both the check before the job and a write that comes
 * short anyway end with an error, and leave nothing behind. */
static void
test_full (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GFile) target = g_file_new_build_filename (fixture->folder, "copy.bin", NULL);
  g_autoptr (UbRescueCopy) early = ub_rescue_copy_new (target, FALSE);
  g_autoptr (UbRescueCopy) late = ub_rescue_copy_new (target, FALSE);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  struct rlimit before, tight;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_true (ub_rescue_copy_check (late, SIZE, NULL));
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  tight = before;
  tight.rlim_cur = SIZE / 2;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &tight), ==, 0);

  g_assert_false (ub_rescue_copy_check (early, SIZE, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_FILE);
  g_clear_error (&error);
  g_assert_false (ub_rescue_copy_save (late, fixture->chip, &file, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BACKUP_FILE);
  g_assert_null (file);

  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpuint (count_files (fixture->folder), ==, 0);
}

/* A backup holds Wi-Fi passwords: who may read it is what the umask says, as for every new file. */
static void
test_umask (Fixture *fixture, gconstpointer data)
{
  static const struct {
    mode_t mask, mode;
  } cases[] = { { 0022, 0644 }, { 0077, 0600 }, { 0027, 0640 } };
  g_autoptr (GFile) folder = g_file_new_for_path (fixture->folder);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (UbRescueCopy) copy = ub_rescue_copy_new_in_folder (folder);
    mode_t before = umask (cases[i].mask);
    g_autoptr (GFile) file = NULL;
    GStatBuf info;

    g_assert_true (ub_rescue_copy_save (copy, fixture->chip, &file, NULL));
    umask (before);
    g_assert_cmpint (g_stat (g_file_peek_path (file), &info), ==, 0);
    g_assert_cmphex (info.st_mode & 0777, ==, cases[i].mode);
  }
}

/* A folder that may be written to, but not read. It lies outside the folder that newer versions of GLib keep for a
 * test, which is its owner's alone. */
static void
test_drop_box (Fixture *fixture, gconstpointer data)
{
  g_autofree char *box = g_mkdtemp (g_strdup (P_tmpdir "/unbrick-XXXXXX"));
  g_autoptr (GFile) target = g_file_new_build_filename (box, "copy.bin", NULL);
  g_autoptr (UbRescueCopy) copy = ub_rescue_copy_new (target, FALSE);
  g_autoptr (GFile) file = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_root = geteuid () == 0;

  g_assert_cmpint (g_chmod (box, 0333), ==, 0);
  g_assert_true (!is_root || seteuid (NOBODY) == 0);
  ub_rescue_copy_save (copy, fixture->chip, &file, &error);
  g_assert_true (!is_root || seteuid (0) == 0);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (box, 0700), ==, 0);
  assert_holds (fixture, file);
  g_assert_cmpint (g_remove (g_file_peek_path (file)), ==, 0);
  g_assert_cmpint (g_rmdir (box), ==, 0);
}

#define ADD(name, function) \
  g_test_add ("/rescue-copy/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);

  ADD ("file", test_file);
  ADD ("reserved-more", test_reserved_more);
  ADD ("exists", test_exists);
  ADD ("appears", test_appears);
  ADD ("folder", test_folder);
  ADD ("folder-is-made", test_folder_is_made);
  ADD ("nothing-left", test_nothing_left);
  ADD ("full", test_full);
  ADD ("umask", test_umask);
  ADD ("drop-box", test_drop_box);
  g_test_add_func ("/rescue-copy/name", test_name);
  g_test_add_func ("/rescue-copy/telling-name", test_telling_name);
  g_test_add_func ("/rescue-copy/default-folder", test_default_folder);
  g_test_add_func ("/rescue-copy/bad-place", test_bad_place);
  return g_test_run ();
}

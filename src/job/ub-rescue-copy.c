/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-rescue-copy"

#include "config.h"

#include "ub-rescue-copy.h"

#include "ub-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where a name is taken, -2, -3 … are tried up to this. */
#define MAX_NAME_TRIES 1000

/* As for any new file, the person's umask decides who else may read it. */
#define COPY_MODE 0666

struct _UbRescueCopy {
  GFile *file; /* the file, or NULL */
  GFile *folder; /* the folder, when the file gets its name from what it holds */
  gboolean overwrite;

  /* The temporary file beside the final one, whose room is reserved from the check on. */
  int fd; /* -1 before */
  char *temp_path;
  guint64 reserved;
};

static UbRescueCopy *
rescue_copy_new (GFile *file, GFile *folder, gboolean overwrite)
{
  UbRescueCopy *self = g_new0 (UbRescueCopy, 1);

  self->file = file != NULL ? g_object_ref (file) : NULL;
  self->folder = folder != NULL ? g_object_ref (folder) : NULL;
  self->overwrite = overwrite;
  self->fd = -1;
  return self;
}

/**
 * ub_rescue_copy_new:
 * @file: where to
 * @overwrite: the person agreed to replace an existing file
 *
 * Returns: (transfer full): a rescue copy with a given name
 */
UbRescueCopy *
ub_rescue_copy_new (GFile *file, gboolean overwrite)
{
  g_return_val_if_fail (G_IS_FILE (file), NULL);

  return rescue_copy_new (file, NULL, overwrite);
}

/**
 * ub_rescue_copy_new_in_folder:
 * @folder: where to; it is made when it does not exist
 *
 * Returns: (transfer full): a rescue copy that gets a telling name and never replaces another file
 */
UbRescueCopy *
ub_rescue_copy_new_in_folder (GFile *folder)
{
  g_return_val_if_fail (G_IS_FILE (folder), NULL);

  return rescue_copy_new (NULL, folder, FALSE);
}

static void
drop_temp (UbRescueCopy *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  if (self->temp_path != NULL)
    g_unlink (self->temp_path);
  g_clear_pointer (&self->temp_path, g_free);
  self->reserved = 0;
}

/**
 * ub_rescue_copy_free:
 * @self: a rescue copy
 *
 * What was not saved leaves nothing on disk.
 */
void
ub_rescue_copy_free (UbRescueCopy *self)
{
  if (self == NULL)
    return;
  drop_temp (self);
  g_clear_object (&self->file);
  g_clear_object (&self->folder);
  g_free (self);
}

static gboolean
set_error_from_errno (GError **error, const char *path, int saved_errno)
{
  g_set_error (error, UB_ERROR, UB_ERROR_BACKUP_FILE, _ ("cannot save the backup in %s: %s"), path,
               g_strerror (saved_errno));
  return FALSE;
}

/* The folder that will hold the copy, as a path; made when it is one that gets named copies. */
static char *
get_folder_path (UbRescueCopy *self, GError **error)
{
  g_autoptr (GFile) parent = self->file != NULL ? g_file_get_parent (self->file) : NULL;
  GFile *folder = self->file != NULL ? parent : self->folder;
  g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

  if (path == NULL) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_BACKUP_FILE,
                         _ ("backups can only be saved in a folder of this computer"));
    return NULL;
  }
  if (self->folder != NULL && g_mkdir_with_parents (path, 0755) != 0) {
    set_error_from_errno (error, path, errno);
    return NULL;
  }
  return g_steal_pointer (&path);
}

static gboolean
check_target (UbRescueCopy *self, GError **error)
{
  g_autofree char *path = NULL;
  GStatBuf info;

  if (self->file == NULL)
    return TRUE;
  path = g_file_get_path (self->file);
  if (path == NULL || g_lstat (path, &info) != 0)
    return TRUE;
  if (self->overwrite && S_ISREG (info.st_mode))
    return TRUE;
  g_set_error (error, UB_ERROR, UB_ERROR_BACKUP_EXISTS, _ ("%s exists already"), path);
  return FALSE;
}

static gboolean
open_temp (UbRescueCopy *self, const char *folder, GError **error)
{
  char *path = g_build_filename (folder, ".unbrick-XXXXXX", NULL);

  self->fd = g_mkstemp_full (path, O_RDWR | O_CLOEXEC, COPY_MODE);
  if (self->fd < 0) {
    int saved_errno = errno;

    g_free (path);
    return set_error_from_errno (error, folder, saved_errno);
  }
  self->temp_path = path;
  return TRUE;
}

/* Reserves the room now, so that a full disk is known before the chip is touched. Filesystems that
 * cannot reserve tell so, and writing finds out. */
static gboolean
reserve (UbRescueCopy *self, guint64 size, const char *folder, GError **error)
{
  int result;

  do {
    result = posix_fallocate (self->fd, 0, (off_t) size);
  } while (result == EINTR);

  if (result != 0 && result != EOPNOTSUPP && result != EINVAL && result != ENODEV)
    return set_error_from_errno (error, folder, result);
  self->reserved = size;
  return TRUE;
}

/**
 * ub_rescue_copy_check:
 * @self: a rescue copy
 * @size: how many bytes it will have
 * @error: return location for an error
 *
 * Checks that the copy can be saved, before anything is read: makes the temporary file in the right
 * folder and reserves its room. May be called again when the size is better known.
 *
 * Returns: %FALSE with %UB_ERROR_BACKUP_FILE when the folder is absent, read-only or full, or with
 *   %UB_ERROR_BACKUP_EXISTS when the file is there already and may not be replaced
 */
gboolean
ub_rescue_copy_check (UbRescueCopy *self, guint64 size, GError **error)
{
  g_autofree char *folder = NULL;

  g_return_val_if_fail (self != NULL && size > 0, FALSE);

  if (!check_target (self, error))
    return FALSE;
  folder = get_folder_path (self, error);
  if (folder == NULL)
    return FALSE;
  if (self->fd < 0 && !open_temp (self, folder, error))
    return FALSE;
  if (self->reserved >= size)
    return TRUE;
  if (!reserve (self, size, folder, error)) {
    drop_temp (self);
    return FALSE;
  }
  return TRUE;
}

static gboolean
write_all (int fd, const guint8 *data, gsize size)
{
  while (size > 0) {
    gssize n = write (fd, data, size);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      errno = n == 0 ? ENOSPC : errno;
      return FALSE;
    }
    data += n;
    size -= (gsize) n;
  }
  return TRUE;
}

/* A disk that loses bytes without a word would leave a rescue copy that rescues nothing. */
static gboolean
holds (int fd, const guint8 *data, gsize size)
{
  guint8 buffer[16384];
  gsize at = 0;
  struct stat info;

  if (fstat (fd, &info) != 0 || (guint64) info.st_size != size)
    return FALSE;
  while (at < size) {
    gssize n = pread (fd, buffer, MIN (sizeof buffer, size - at), (off_t) at);

    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0 || memcmp (buffer, data + at, (gsize) n) != 0)
      return FALSE;
    at += (gsize) n;
  }
  return TRUE;
}

static gboolean
fill_temp (UbRescueCopy *self, GBytes *content, const char *folder, GError **error)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (content, &size);

  if (lseek (self->fd, 0, SEEK_SET) != 0 || !write_all (self->fd, data, size) ||
      ftruncate (self->fd, (off_t) size) != 0 || fsync (self->fd) != 0)
    return set_error_from_errno (error, folder, errno);
  if (!holds (self->fd, data, size)) {
    g_set_error (error, UB_ERROR, UB_ERROR_BACKUP_FILE,
                 _ ("the backup in %s does not hold what was written to it"), folder);
    return FALSE;
  }
  return TRUE;
}

/* Renames without ever replacing a file, also one that appeared since it was checked. */
static gboolean
rename_new (const char *from, const char *to)
{
  if (renameat2 (AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
    return TRUE;
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;

  /* Filesystems such as FUSE portals know no such flag: a small race is left. */
  if (g_access (to, F_OK) == 0) {
    errno = EEXIST;
    return FALSE;
  }
  return g_rename (from, to) == 0;
}

static char *
build_numbered_path (const char *folder, const char *name, guint number)
{
  g_autofree char *numbered = NULL;
  const char *suffix = strrchr (name, '.');

  if (number == 1)
    return g_build_filename (folder, name, NULL);
  numbered = g_strdup_printf ("%.*s-%u%s", (int) (suffix - name), name, number, suffix);
  return g_build_filename (folder, numbered, NULL);
}

static char *
rename_in_folder (UbRescueCopy *self, const char *folder, UbImageAnalysis *chip)
{
  g_autofree char *name = ub_rescue_copy_dup_name (chip);

  for (guint i = 1; i <= MAX_NAME_TRIES; i++) {
    g_autofree char *path = build_numbered_path (folder, name, i);

    if (rename_new (self->temp_path, path))
      return g_steal_pointer (&path);
    if (errno != EEXIST)
      break;
  }
  return NULL;
}

static char *
rename_to_file (UbRescueCopy *self)
{
  g_autofree char *path = g_file_get_path (self->file);
  gboolean renamed =
      self->overwrite ? g_rename (self->temp_path, path) == 0 : rename_new (self->temp_path, path);

  return renamed ? g_steal_pointer (&path) : NULL;
}

/* The new name is on disk only when the folder is. A folder that may be written to but not read, such as a
 * drop box, cannot be synced by itself; with all that its filesystem holds it can, through the copy in it. */
static gboolean
sync_folder (const char *folder, int copy_fd)
{
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean synced;

  if (fd < 0)
    return syncfs (copy_fd) == 0;
  /* Some filesystems cannot sync folders; their names are as safe as they get. */
  synced = fsync (fd) == 0 || errno == EINVAL || errno == ENOSYS || errno == EBADF;
  close (fd);
  return synced;
}

/**
 * ub_rescue_copy_save:
 * @self: a rescue copy
 * @chip: what was read from the chip
 * @out_file: (out) (transfer full): the file
 * @error: return location for an error
 *
 * Writes everything to the temporary file, syncs it, reads it back, renames it into place and syncs
 * the folder.
 *
 * Returns: whether the copy is complete on disk; otherwise the error is %UB_ERROR_BACKUP_FILE or
 *   %UB_ERROR_BACKUP_EXISTS, and nothing is left there, unless the disk failed at the very last, with the file
 *   in place
 */
gboolean
ub_rescue_copy_save (UbRescueCopy *self, UbImageAnalysis *chip, GFile **out_file, GError **error)
{
  g_autofree char *folder = NULL;
  g_autofree char *path = NULL;
  GBytes *content;
  gboolean synced;

  g_return_val_if_fail (self != NULL && UB_IS_IMAGE_ANALYSIS (chip), FALSE);
  g_return_val_if_fail (out_file != NULL && *out_file == NULL, FALSE);

  content = ub_image_get_bytes (ub_image_analysis_get_image (chip));
  if (!ub_rescue_copy_check (self, g_bytes_get_size (content), error))
    return FALSE;
  folder = get_folder_path (self, error);
  if (folder == NULL || !fill_temp (self, content, folder, error)) {
    drop_temp (self);
    return FALSE;
  }

  path = self->file != NULL ? rename_to_file (self) : rename_in_folder (self, folder, chip);
  if (path == NULL) {
    if (errno == EEXIST)
      g_set_error (error, UB_ERROR, UB_ERROR_BACKUP_EXISTS,
                   _ ("the backup’s name in %s exists already"), folder);
    else
      set_error_from_errno (error, folder, errno);
    drop_temp (self);
    return FALSE;
  }
  g_clear_pointer (&self->temp_path, g_free);
  synced = sync_folder (folder, self->fd) || set_error_from_errno (error, folder, errno);
  drop_temp (self);
  if (!synced)
    return FALSE;

  *out_file = g_file_new_for_path (path);
  g_message ("backup of %zu bytes is complete on disk", g_bytes_get_size (content));
  return TRUE;
}

/**
 * ub_rescue_copy_dup_name:
 * @chip: what was read from the chip
 *
 * Returns: (transfer full): a telling name, such as `BK7231T-84e342b261bf-2026-11-23.bin`: family, MAC
 *   address and today's date
 */
char *
ub_rescue_copy_dup_name (UbImageAnalysis *chip)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%d");
  g_autoptr (GString) mac = g_string_new (NULL);
  UbFamily family;
  const char *text;

  g_return_val_if_fail (UB_IS_IMAGE_ANALYSIS (chip), NULL);

  family = ub_image_analysis_get_family (chip);
  text = ub_image_analysis_get_mac (chip);
  for (const char *c = text != NULL ? text : ""; *c != '\0'; c++) {
    if (g_ascii_isxdigit (*c))
      g_string_append_c (mac, g_ascii_tolower (*c));
  }
  return g_strdup_printf ("BK7231%s-%s-%s.bin",
                          family != UB_FAMILY_UNKNOWN ? ub_family_get_id (family) : "",
                          mac->len > 0 ? mac->str : "unknown", date);
}

/* In a Flatpak without permission for it, the home is a folder in memory that goes with the program; the data
 * folder stays (~/.var/app/APP-ID/data). */
static gboolean
is_home_lasting (void)
{
  const char *home = g_get_home_dir ();

  return home != NULL && g_access (home, W_OK) == 0 &&
         !g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS);
}

/**
 * ub_rescue_copy_get_default_folder:
 *
 * Returns: (transfer full): the folder for backups where none was chosen: “Unbrick” in the person's
 *   documents, in their home where there are no documents, or else, and in a sandbox, in their data folder
 */
GFile *
ub_rescue_copy_get_default_folder (void)
{
  const char *base = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);

  if (base == NULL && is_home_lasting ())
    base = g_get_home_dir ();
  if (base == NULL)
    base = g_get_user_data_dir ();
  return g_file_new_build_filename (base, "Unbrick", NULL);
}

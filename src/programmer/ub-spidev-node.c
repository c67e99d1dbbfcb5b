/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-spidev-node"

#include "config.h"

#include "ub-spidev-node.h"

#include "ub-error.h"
#include "ub-spidev-message.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define BUFSIZ_PATH "/sys/module/spidev/parameters/bufsiz"

/* The kernel's default (drivers/spi/spidev.c), and bounds for what a file may say instead: a message
 * larger than that only makes progress coarse. */
#define DEFAULT_BUFSIZ 4096
#define MIN_BUFSIZ 512
#define MAX_BUFSIZ 65536

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/**
 * ub_spidev_node_list:
 *
 * Returns: (transfer full) (element-type utf8): the paths of all spidev nodes, sorted
 */
GPtrArray *
ub_spidev_node_list (void)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open ("/dev", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    if (g_str_has_prefix (name, "spidev") && g_ascii_isdigit (name[strlen ("spidev")]))
      g_ptr_array_add (paths, g_build_filename ("/dev", name, NULL));
  }
  g_ptr_array_sort (paths, compare_paths);
  return g_steal_pointer (&paths);
}

/**
 * ub_spidev_node_dup_title:
 * @path: path of a spidev node
 * @model: (nullable): the board's model
 *
 * Returns: (transfer full): what a person calls it, such as “Raspberry Pi 4 Model B, SPI 0.0”
 */
char *
ub_spidev_node_dup_title (const char *path, const char *model)
{
  g_autofree char *name = g_path_get_basename (path);

  if (g_str_has_prefix (name, "spidev")) {
    const char *number = name + strlen ("spidev");

    return model != NULL ? g_strdup_printf (_ ("%s, SPI %s"), model, number)
                         : g_strdup_printf (_ ("SPI %s (%s)"), number, path);
  }
  return g_strdup (path);
}

/**
 * ub_spidev_node_get_bufsiz:
 *
 * Returns: how many bytes one message may send or receive, a multiple of what the kernel rounds to
 */
gsize
ub_spidev_node_get_bufsiz (void)
{
  g_autofree char *text = NULL;
  guint64 bufsiz = DEFAULT_BUFSIZ;

  if (!g_file_get_contents (BUFSIZ_PATH, &text, NULL, NULL) ||
      !g_ascii_string_to_unsigned (g_strstrip (text), 10, 1, G_MAXUINT32, &bufsiz, NULL))
    bufsiz = DEFAULT_BUFSIZ;
  bufsiz = CLAMP (bufsiz, MIN_BUFSIZ, MAX_BUFSIZ);
  return bufsiz / UB_SPIDEV_ALIGNMENT * UB_SPIDEV_ALIGNMENT;
}

/**
 * ub_spidev_node_set_missing_error:
 * @error: return location for an error
 * @path: (nullable): path of the node that is missing, %NULL for any
 *
 * Sets %UB_ERROR_SPI_DISABLED when there is no spidev node at all, and %UB_ERROR_NO_PROGRAMMER naming
 * those that are there otherwise.
 */
void
ub_spidev_node_set_missing_error (GError **error, const char *path)
{
  g_autoptr (GPtrArray) paths = ub_spidev_node_list ();
  g_autofree char *all = NULL;

  if (paths->len == 0) {
    g_set_error (error, UB_ERROR, UB_ERROR_SPI_DISABLED,
                 _ ("SPI is switched off on this computer: there is no %s"),
                 path != NULL ? path : "/dev/spidev0.0");
    return;
  }
  g_ptr_array_add (paths, NULL);
  all = g_strjoinv (", ", (char **) paths->pdata);
  g_set_error (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER, _ ("There is no %s; there is %s"),
               path != NULL ? path : "/dev/spidev0.0", all);
}

/**
 * ub_spidev_node_set_error:
 * @error: return location for an error
 * @number: what the kernel answered
 * @path: path of the node
 *
 * Sets the error that @number means on a spidev node.
 */
void
ub_spidev_node_set_error (GError **error, int number, const char *path)
{
  switch (number) {
  case ENOENT:
    ub_spidev_node_set_missing_error (error, path);
    break;
  case EACCES:
  case EPERM:
    g_set_error (error, UB_ERROR, UB_ERROR_PERMISSION, _ ("You may not open %s"), path);
    break;
  case EBUSY:
    g_set_error (error, UB_ERROR, UB_ERROR_BUSY, _ ("%s is used by another program"), path);
    break;
  case ENODEV:
  case ENXIO:
  case ESHUTDOWN: /* drivers/spi/spidev.c: the device behind an open node is gone */
    g_set_error (error, UB_ERROR, UB_ERROR_UNPLUGGED, _ ("%s went away"), path);
    break;
  case ETIMEDOUT:
    g_set_error (error, UB_ERROR, UB_ERROR_TIMEOUT, _ ("%s did not answer in time"), path);
    break;
  case ENOTTY:
    g_set_error (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER, _ ("%s is not an SPI device"), path);
    break;
  default:
    g_set_error (error, UB_ERROR, UB_ERROR_TRANSFER, _ ("%s reported an error: %s"), path,
                 g_strerror (number));
    break;
  }
}

/* A line of /proc/locks: “1: FLOCK  ADVISORY  WRITE 1234 00:05:345 0 EOF”, the numbers of the device in
 * hexadecimal (Documentation/filesystems/proc.rst). */
static gboolean
parse_lock (const char *line, const GStatBuf *node, int *out_pid)
{
  guint major_number, minor_number;
  guint64 inode;
  int pid;

  if (sscanf (line, "%*u: FLOCK %*s %*s %d %x:%x:%" G_GUINT64_FORMAT, &pid, &major_number,
              &minor_number, &inode) != 4)
    return FALSE;
  if (major_number != major (node->st_dev) || minor_number != minor (node->st_dev) ||
      inode != node->st_ino)
    return FALSE;
  *out_pid = pid;
  return TRUE;
}

static gboolean
find_lock_owner (const GStatBuf *node, int *out_pid)
{
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents ("/proc/locks", &text, NULL, NULL))
    return FALSE;
  lines = g_strsplit (text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++) {
    if (parse_lock (lines[i], node, out_pid))
      return TRUE;
  }
  return FALSE;
}

static void
set_busy_error (GError **error, const char *path, int pid)
{
  g_autofree char *comm_path = g_strdup_printf ("/proc/%d/comm", pid);
  g_autofree char *comm = NULL;

  if (g_file_get_contents (comm_path, &comm, NULL, NULL))
    g_set_error (error, UB_ERROR, UB_ERROR_BUSY, _ ("%s is used by “%s” (process %d)"), path,
                 g_strstrip (comm), pid);
  else
    g_set_error (error, UB_ERROR, UB_ERROR_BUSY, _ ("%s is used by process %d"), path, pid);
}

/**
 * ub_spidev_node_check:
 * @path: path of a spidev node
 * @error: return location for an error
 *
 * Tells without opening a node whether it could be opened.
 *
 * Returns: %FALSE with the error that ub_spidev_node_open() would give
 */
gboolean
ub_spidev_node_check (const char *path, GError **error)
{
  GStatBuf node;
  int pid;

  if (g_access (path, R_OK | W_OK) < 0) {
    ub_spidev_node_set_error (error, errno, path);
    return FALSE;
  }
  if (g_stat (path, &node) == 0 && find_lock_owner (&node, &pid) && pid != getpid ()) {
    set_busy_error (error, path, pid);
    return FALSE;
  }
  return TRUE;
}

/* Nothing but this program knows of the lock: it keeps two of its own kind from driving one module.
 * Where a node cannot be locked, that is no reason not to work. */
static gboolean
lock_node (int fd, const char *path, GError **error)
{
  GStatBuf node;
  int pid;

  if (flock (fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
    return TRUE;

  if (fstat (fd, &node) == 0 && find_lock_owner (&node, &pid))
    set_busy_error (error, path, pid);
  else
    ub_spidev_node_set_error (error, EBUSY, path);
  return FALSE;
}

/**
 * ub_spidev_node_open:
 * @path: path of a spidev node
 * @error: return location for an error
 *
 * Opens and locks a node; closing the descriptor unlocks it.
 *
 * Returns: a descriptor, or -1 with %UB_ERROR_SPI_DISABLED, %UB_ERROR_NO_PROGRAMMER,
 *   %UB_ERROR_PERMISSION or %UB_ERROR_BUSY
 */
int
ub_spidev_node_open (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CLOEXEC);

  if (fd < 0) {
    ub_spidev_node_set_error (error, errno, path);
    return -1;
  }
  if (!lock_node (fd, path, error)) {
    close (fd);
    return -1;
  }
  return fd;
}

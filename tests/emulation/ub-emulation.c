/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulation"

#include "config.h"

#include "ub-emulation.h"

#include "ub-emulation-protocol.h"

#include <glib/gstdio.h>
#include <string.h>

/**
 * UbEmulation:
 *
 * A computer with adapters that do not exist and one simulated module on their wires. Programs see it
 * that run under umockdev-wrapper, with our own preloaded library as well: this process, and its
 * children. They do everything they do with real devices, down to the system calls.
 */
struct _UbEmulation {
  UMockdevTestbed *testbed;
  UbEmulatedModule *module;
};

/**
 * ub_emulation_is_possible:
 *
 * Returns: whether this process runs with the preloaded libraries; umockdev's own answer is about the
 *   file system of its authors' computers
 */
gboolean
ub_emulation_is_possible (void)
{
  const char *preload = g_getenv ("LD_PRELOAD");

  return preload != NULL && strstr (preload, "ub-emulation-preload") != NULL;
}

/**
 * ub_emulation_new:
 * @chip: the module
 *
 * Returns: (transfer full): a computer without any adapter; only one at a time
 */
UbEmulation *
ub_emulation_new (UbSimChip *chip)
{
  UbEmulation *self = g_new0 (UbEmulation, 1);

  self->testbed = umockdev_testbed_new ();
  self->module = ub_emulated_module_new (chip);
  /* No board until a test says which: the computer's own model must not be seen. */
  ub_emulation_set_file (self, "/proc/device-tree/model", "");
  return self;
}

void
ub_emulation_free (UbEmulation *self)
{
  /* Its thread calls into the wires. */
  g_object_unref (self->testbed);
  ub_emulated_module_free (self->module);
  g_free (self);
}

UbEmulatedModule *
ub_emulation_get_module (UbEmulation *self)
{
  return self->module;
}

UMockdevTestbed *
ub_emulation_get_testbed (UbEmulation *self)
{
  return self->testbed;
}

/**
 * ub_emulation_set_file:
 * @self: a computer
 * @path: an absolute path in /sys or /proc
 * @content: (nullable): what programs read there, %NULL for no such file
 */
void
ub_emulation_set_file (UbEmulation *self, const char *path, const char *content)
{
  g_autofree char *root = umockdev_testbed_get_root_dir (self->testbed);
  g_autofree char *real_path = g_build_filename (root, path, NULL);
  g_autofree char *dir = g_path_get_dirname (real_path);
  g_autoptr (GError) error = NULL;

  if (content == NULL) {
    g_unlink (real_path);
    return;
  }
  g_mkdir_with_parents (dir, 0755);
  g_file_set_contents (real_path, content, -1, &error);
  g_assert_no_error (error);
}

/**
 * ub_emulation_set_open_error:
 * @self: a computer
 * @path: a device node
 * @number: what open() fails with, 0 for no longer
 */
void
ub_emulation_set_open_error (UbEmulation *self, const char *path, int number)
{
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *file = g_strconcat (UB_EMULATION_OPEN_ERRORS, "/", name, NULL);
  g_autofree char *text = g_strdup_printf ("%d", number);

  ub_emulation_set_file (self, file, number != 0 ? text : NULL);
}

/**
 * ub_emulation_add_node:
 * @self: a computer
 * @subsystem: the kernel subsystem
 * @name: the node's name below /dev
 * @major_number: its device number
 * @minor_number: its device number
 * @handler: answers its ioctls
 *
 * Plugs something in.
 */
void
ub_emulation_add_node (UbEmulation *self,
                       const char *subsystem,
                       const char *name,
                       guint major_number,
                       guint minor_number,
                       UMockdevIoctlBase *handler)
{
  g_autofree char *node = g_build_filename ("/dev", name, NULL);
  /* libgpiod 1.6 drops the last character of “dev”, which it takes for the end of the line. */
  g_autofree char *text = g_strdup_printf ("P: /devices/platform/%s/%s\n"
                                           "N: %s\n"
                                           "E: DEVNAME=%s\n"
                                           "E: MAJOR=%u\n"
                                           "E: MINOR=%u\n"
                                           "E: SUBSYSTEM=%s\n"
                                           "A: dev=%u:%u\\n\n\n",
                                           subsystem, name, name, node, major_number, minor_number,
                                           subsystem, major_number, minor_number);
  g_autoptr (GError) error = NULL;

  umockdev_testbed_add_from_string (self->testbed, text, &error);
  g_assert_no_error (error);
  umockdev_testbed_attach_ioctl (self->testbed, node, handler, &error);
  g_assert_no_error (error);
}

/**
 * ub_emulation_remove_node:
 * @self: a computer
 * @subsystem: as given to ub_emulation_add_node()
 * @name: as given to ub_emulation_add_node()
 *
 * Pulls it out. Whoever has it open keeps it open, and the handler goes on answering him.
 */
void
ub_emulation_remove_node (UbEmulation *self, const char *subsystem, const char *name)
{
  g_autofree char *path = g_strdup_printf ("/sys/devices/platform/%s/%s", subsystem, name);

  umockdev_testbed_remove_device (self->testbed, path);
}

/**
 * ub_emulation_get_argument:
 * @client: of an ioctl whose argument points to a block of memory
 * @block: (out caller-allocates) (array length=size): for a copy of it
 * @size: bytes
 *
 * Returns: whether the program has such a block
 */
gboolean
ub_emulation_get_argument (UMockdevIoctlClient *client, gpointer block, gsize size)
{
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  g_autoptr (UMockdevIoctlData) data = umockdev_ioctl_data_resolve (arg, 0, size, NULL);

  if (data == NULL)
    return FALSE;
  memcpy (block, data->data, size);
  return TRUE;
}

/**
 * ub_emulation_set_argument:
 * @client: of an ioctl whose argument points to a block of memory
 * @block: (array length=size): what to write there
 * @size: bytes
 *
 * Returns: whether the program has such a block
 */
gboolean
ub_emulation_set_argument (UMockdevIoctlClient *client, gconstpointer block, gsize size)
{
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  g_autoptr (UMockdevIoctlData) data = umockdev_ioctl_data_resolve (arg, 0, size, NULL);

  if (data == NULL)
    return FALSE;
  umockdev_ioctl_data_update (data, 0, (guint8 *) block, (int) size);
  return TRUE;
}

/**
 * ub_emulation_answer:
 * @client: of an ioctl
 * @result: what the ioctl returns, or a negative error number
 */
void
ub_emulation_answer (UMockdevIoctlClient *client, glong result)
{
  if (result < 0)
    umockdev_ioctl_client_complete (client, -1, (int) -result);
  else
    umockdev_ioctl_client_complete (client, result, 0);
}

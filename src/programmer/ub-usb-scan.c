/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-usb-scan"

#include "config.h"

#include "ub-usb-scan.h"

#include <string.h>
#include <unistd.h>

/* Where Linux describes its USB devices: Documentation/ABI/testing/sysfs-bus-usb of the kernel. Readable by
 * everybody, in a Flatpak's sandbox too. */
#define SYSFS_DEVICES "/sys/bus/usb/devices"

/**
 * ub_usb_device_free:
 * @device: (transfer full): a device
 */
void
ub_usb_device_free (UbUsbDevice *device)
{
  g_free (device->path);
  g_free (device->serial);
  g_free (device->product);
  g_free (device->node);
  g_free (device->driver);
  g_free (device);
}

static char *
read_attribute (const char *folder, const char *name)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);
  char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return NULL;
  return g_strstrip (text);
}

static gboolean
read_number (const char *folder, const char *name, guint base, guint *out_value)
{
  g_autofree char *text = read_attribute (folder, name);
  guint64 value;

  if (text == NULL || !g_ascii_string_to_unsigned (text, base, 0, G_MAXUINT16, &value, NULL))
    return FALSE;
  *out_value = value;
  return TRUE;
}

/* The driver of the first interface that has one; “usbfs” means that a program holds it. */
static char *
find_driver (const char *folder, const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *link = NULL, *target = NULL;

    if (!g_str_has_prefix (name, path) || strchr (name, ':') == NULL)
      continue;
    link = g_build_filename (folder, name, "driver", NULL);
    target = g_file_read_link (link, NULL);
    if (target != NULL)
      return g_path_get_basename (target);
  }
  return NULL;
}

static UbUsbDevice *
read_device (const char *path)
{
  g_autofree char *folder = g_build_filename (SYSFS_DEVICES, path, NULL);
  g_autoptr (UbUsbDevice) device = NULL;
  guint vendor_id, product_id, bus, address;

  if (!read_number (folder, "idVendor", 16, &vendor_id) ||
      !read_number (folder, "idProduct", 16, &product_id) ||
      !read_number (folder, "busnum", 10, &bus) || !read_number (folder, "devnum", 10, &address))
    return NULL;

  device = g_new0 (UbUsbDevice, 1);
  device->vendor_id = vendor_id;
  device->product_id = product_id;
  device->bus = bus;
  device->address = address;
  device->path = g_strdup (path);
  device->serial = read_attribute (folder, "serial");
  device->product = read_attribute (folder, "product");
  device->node = g_strdup_printf ("/dev/bus/usb/%03u/%03u", bus, address);
  device->is_accessible = access (device->node, R_OK | W_OK) == 0;
  device->driver = find_driver (folder, path);
  return g_steal_pointer (&device);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  const UbUsbDevice *const *left = a, *const *right = b;

  return strcmp ((*left)->path, (*right)->path);
}

/**
 * ub_usb_scan:
 * @vendor_id: only devices of this vendor
 *
 * Lists what is plugged in, without opening anything.
 *
 * Returns: (transfer full) (element-type UbUsbDevice): the devices, ordered by where they are plugged in
 */
GPtrArray *
ub_usb_scan (guint16 vendor_id)
{
  GPtrArray *devices = g_ptr_array_new_with_free_func ((GDestroyNotify) ub_usb_device_free);
  g_autoptr (GDir) dir = g_dir_open (SYSFS_DEVICES, 0, NULL);
  const char *path;

  while (dir != NULL && (path = g_dir_read_name (dir)) != NULL) {
    /* Interfaces have a colon in their name. */
    UbUsbDevice *device = strchr (path, ':') == NULL ? read_device (path) : NULL;

    if (device == NULL)
      continue;
    if (device->vendor_id == vendor_id)
      g_ptr_array_add (devices, device);
    else
      ub_usb_device_free (device);
  }
  g_ptr_array_sort (devices, compare_paths);
  return devices;
}

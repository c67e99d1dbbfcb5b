/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-usb-scan"

#include "config.h"

#include "ub-usb-scan.h"

#include <errno.h>
#include <libusb.h>
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
new_device (guint vendor_id, guint product_id, guint bus, guint address)
{
  UbUsbDevice *device = g_new0 (UbUsbDevice, 1);

  device->vendor_id = vendor_id;
  device->product_id = product_id;
  device->bus = bus;
  device->address = address;
  device->node = g_strdup_printf ("/dev/bus/usb/%03u/%03u", bus, address);
  /* Anything else that may be wrong with the node, opening it will tell. */
  device->is_accessible = access (device->node, R_OK | W_OK) == 0 || errno != EACCES;
  return device;
}

static UbUsbDevice *
read_device (const char *path)
{
  g_autofree char *folder = g_build_filename (SYSFS_DEVICES, path, NULL);
  UbUsbDevice *device;
  guint vendor_id, product_id, bus, address;

  if (!read_number (folder, "idVendor", 16, &vendor_id) ||
      !read_number (folder, "idProduct", 16, &product_id) ||
      !read_number (folder, "busnum", 10, &bus) || !read_number (folder, "devnum", 10, &address))
    return NULL;

  device = new_device (vendor_id, product_id, bus, address);
  device->path = g_strdup (path);
  device->serial = read_attribute (folder, "serial");
  device->product = read_attribute (folder, "product");
  device->driver = find_driver (folder, path);
  return device;
}

static GPtrArray *
new_devices (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) ub_usb_device_free);
}

/* %NULL when sysfs tells of no device, or not enough of one. */
static GPtrArray *
scan_sysfs (void)
{
  g_autoptr (GPtrArray) devices = new_devices ();
  g_autoptr (GDir) dir = g_dir_open (SYSFS_DEVICES, 0, NULL);
  const char *path;

  while (dir != NULL && (path = g_dir_read_name (dir)) != NULL) {
    UbUsbDevice *device;

    /* Interfaces have a colon in their name. */
    if (strchr (path, ':') != NULL)
      continue;
    device = read_device (path);
    if (device == NULL)
      return NULL;
    g_ptr_array_add (devices, device);
  }
  return devices->len > 0 ? g_steal_pointer (&devices) : NULL;
}

/* “1-1.2” as the kernel calls it; what the node is called where the ports are not known. */
static char *
make_path (libusb_device *device, guint bus, guint address)
{
  guint8 ports[7]; /* USB 3.0 specification, section 8.9: not deeper */
  int n = libusb_get_port_numbers (device, ports, sizeof ports);
  GString *path = g_string_new (NULL);

  if (n > 0)
    g_string_append_printf (path, "%u-%u", bus, ports[0]);
  else
    g_string_append_printf (path, "%03u/%03u", bus, address);
  for (int i = 1; i < n; i++)
    g_string_append_printf (path, ".%u", ports[i]);
  return g_string_free (path, FALSE);
}

/* The same from libusb, which has other ways to look; it opens none either. */
static GPtrArray *
scan_libusb (void)
{
  GPtrArray *devices = new_devices ();
  libusb_context *context = NULL;
  libusb_device **list = NULL;
  gssize n;

  if (libusb_init (&context) != 0)
    return devices;
  n = libusb_get_device_list (context, &list);
  for (gssize i = 0; i < n; i++) {
    const guint bus = libusb_get_bus_number (list[i]);
    const guint address = libusb_get_device_address (list[i]);
    struct libusb_device_descriptor descriptor;
    UbUsbDevice *device;

    if (libusb_get_device_descriptor (list[i], &descriptor) != 0)
      continue;
    device = new_device (descriptor.idVendor, descriptor.idProduct, bus, address);
    device->path = make_path (list[i], bus, address);
    g_ptr_array_add (devices, device);
  }
  if (n >= 0)
    libusb_free_device_list (list, TRUE);
  libusb_exit (context);
  return devices;
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
 * Lists what is plugged in, without opening anything. Where sysfs shows no USB device at all, not even the
 * computer's own hubs, or not enough of one, libusb is asked; it knows neither serial numbers nor drivers.
 *
 * Returns: (transfer full) (element-type UbUsbDevice): the devices, ordered by where they are plugged in
 */
GPtrArray *
ub_usb_scan (guint16 vendor_id)
{
  GPtrArray *devices = scan_sysfs ();

  if (devices == NULL)
    devices = scan_libusb ();
  for (guint i = devices->len; i > 0; i--) {
    const UbUsbDevice *device = g_ptr_array_index (devices, i - 1);

    if (device->vendor_id != vendor_id)
      g_ptr_array_remove_index_fast (devices, i - 1);
  }
  g_ptr_array_sort (devices, compare_paths);
  return devices;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-usb-guard"

#include "config.h"

#include "ub-usb-guard.h"

#include "ub-reset-guard.h"

#include <string.h>
#include <sys/ioctl.h>

/*
 * A USB adapter goes on driving its pins when the program that set them dies, and with CEN low it would hold the
 * module in reset until it is unplugged. In a signal handler libusb cannot be used, but usbfs can: one ioctl.
 */

#define VENDOR_OUT 0x40 /* bmRequestType: host to device, vendor, device (USB 2.0, table 9-2) */
#define TIMEOUT_MS 500

/* The descriptor that libusb has of the device; it tells nobody. -1 when there is none. */
static int
find_descriptor (const char *node)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
    g_autofree char *target = g_file_read_link (path, NULL);

    /* At the end, because /dev may be somewhere else: in a sandbox, or under test. */
    if (target != NULL && g_str_has_suffix (target, node))
      return (int) g_ascii_strtoll (name, NULL, 10);
  }
  return -1;
}

static void
release_from_signal (gpointer data)
{
  UbUsbGuard *self = data;

  if (self->bulk.len > 0)
    ioctl (self->fd, USBDEVFS_BULK, &self->bulk);
  else
    ioctl (self->fd, USBDEVFS_CONTROL, &self->control);
}

static void
arm (UbUsbGuard *self, const char *node)
{
  self->fd = find_descriptor (node);
  if (self->fd < 0) {
    g_debug ("%s: no descriptor to guard", node);
    return;
  }
  self->is_armed = TRUE;
  ub_reset_guard_arm (release_from_signal, self);
}

/**
 * ub_usb_guard_arm_control:
 * @self: (out caller-allocates): a guard, which stays where it is until it is disarmed
 * @node: the device's node, which libusb has open
 * @request: of a vendor request without data that makes the pins inputs
 * @value: its value
 * @index: its index
 *
 * From now on a deadly signal sends that before it kills.
 */
void
ub_usb_guard_arm_control (
    UbUsbGuard *self, const char *node, guint8 request, guint16 value, guint16 index)
{
  g_return_if_fail (node != NULL);

  *self = (UbUsbGuard) { .control = { .bRequestType = VENDOR_OUT,
                                      .bRequest = request,
                                      .wValue = value,
                                      .wIndex = index,
                                      .timeout = TIMEOUT_MS } };
  arm (self, node);
}

/**
 * ub_usb_guard_arm_bulk:
 * @self: (out caller-allocates): a guard, which stays where it is until it is disarmed
 * @node: the device's node, which libusb has open
 * @endpoint: address of a bulk endpoint
 * @bytes: (array length=n): what makes the pins inputs
 * @n: at most 64
 *
 * From now on a deadly signal sends that before it kills.
 */
void
ub_usb_guard_arm_bulk (
    UbUsbGuard *self, const char *node, guint8 endpoint, const guint8 *bytes, gsize n)
{
  g_return_if_fail (node != NULL);
  g_return_if_fail (n > 0 && n <= sizeof self->bytes);

  *self = (UbUsbGuard) { .bulk = { .ep = endpoint, .len = (guint) n, .timeout = TIMEOUT_MS } };
  memcpy (self->bytes, bytes, n);
  self->bulk.data = self->bytes;
  arm (self, node);
}

/**
 * ub_usb_guard_disarm:
 * @self: a guard
 *
 * To be called before the device is closed; does nothing when it is not armed.
 */
void
ub_usb_guard_disarm (UbUsbGuard *self)
{
  if (self->is_armed)
    ub_reset_guard_disarm (release_from_signal, self);
  self->is_armed = FALSE;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <linux/usbdevice_fs.h>

G_BEGIN_DECLS

/**
 * UbUsbGuard:
 *
 * What is sent to a USB device when the program dies; opaque, zeros while not armed.
 */
typedef struct {
  gboolean is_armed;
  int fd; /* of the device's node, libusb's own */
  struct usbdevfs_ctrltransfer control;
  struct usbdevfs_bulktransfer bulk;
  guint8 bytes[64]; /* of @bulk */
} UbUsbGuard;

void ub_usb_guard_arm_control (
    UbUsbGuard *self, const char *node, guint8 request, guint16 value, guint16 index);
void ub_usb_guard_arm_bulk (
    UbUsbGuard *self, const char *node, guint8 endpoint, const guint8 *bytes, gsize n);
void ub_usb_guard_disarm (UbUsbGuard *self);

G_END_DECLS

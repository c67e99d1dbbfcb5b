/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UbUsbDevice:
 * @vendor_id: USB vendor
 * @product_id: USB product
 * @bus: number of the bus
 * @address: number of the device on the bus; a new one after every plugging
 * @path: where it is plugged in, such as `1-1.2`: the same after plugging it in there again; bus and
 *   address, such as `001/004`, where the system does not tell
 * @serial: (nullable): serial number, as far as it can be known without opening the device
 * @product: (nullable): what the device calls itself
 * @node: the device node, such as `/dev/bus/usb/001/004`
 * @is_accessible: %FALSE when this process may not open @node
 * @driver: (nullable): the kernel driver that holds one of its interfaces
 *
 * What the system knows of a USB device without anybody opening it.
 */
typedef struct {
  guint16 vendor_id;
  guint16 product_id;
  guint bus;
  guint address;
  char *path;
  char *serial;
  char *product;
  char *node;
  gboolean is_accessible;
  char *driver;
} UbUsbDevice;

GPtrArray *ub_usb_scan (guint16 vendor_id);
void ub_usb_device_free (UbUsbDevice *device);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbUsbDevice, ub_usb_device_free)

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulation.h"

G_BEGIN_DECLS

/**
 * UbEmulatedUsbTraits:
 * @vendor_id: USB vendor
 * @product_id: USB product
 * @serial: (nullable): serial number
 * @product: what it calls itself
 * @driver: (nullable): the kernel driver that holds it when it is plugged in
 * @descriptors: (array length=n_descriptors): device descriptor and configuration
 * @n_descriptors: bytes
 */
typedef struct {
  guint16 vendor_id;
  guint16 product_id;
  const char *serial;
  const char *product;
  const char *driver;
  const guint8 *descriptors;
  gsize n_descriptors;
} UbEmulatedUsbTraits;

/**
 * UbEmulatedUsbFault:
 * @UB_EMULATED_USB_FINE: none
 * @UB_EMULATED_USB_GONE: the device is no longer there, until it is plugged in again
 * @UB_EMULATED_USB_STALL: a bulk endpoint stalls, until that is cleared
 * @UB_EMULATED_USB_HANG: bulk transfers do not end, until one is taken back
 */
typedef enum {
  UB_EMULATED_USB_FINE,
  UB_EMULATED_USB_GONE,
  UB_EMULATED_USB_STALL,
  UB_EMULATED_USB_HANG,
} UbEmulatedUsbFault;

#define UB_TYPE_EMULATED_USB (ub_emulated_usb_get_type ())
G_DECLARE_DERIVABLE_TYPE (UbEmulatedUsb, ub_emulated_usb, UB, EMULATED_USB, UMockdevIoctlBase)

/**
 * UbEmulatedUsbClass:
 * @control: a control transfer; returns the bytes it moves, or -EPIPE for a request it does not know
 * @bulk_out: takes some of @n bytes and returns how many; what it does not take is offered again
 * @bulk_in: fills up to @size bytes and returns how many, or -1 while there is nothing to answer yet
 */
struct _UbEmulatedUsbClass {
  UMockdevIoctlBaseClass parent_class;

  int (*control) (UbEmulatedUsb *self, guint8 request, guint16 value, guint8 *data, guint16 n);
  gsize (*bulk_out) (UbEmulatedUsb *self, const guint8 *data, gsize n);
  gssize (*bulk_in) (UbEmulatedUsb *self, guint8 *data, gsize size);
};

void ub_emulated_usb_plug (UbEmulatedUsb *self,
                           UbEmulation *emulation,
                           const UbEmulatedUsbTraits *traits,
                           guint port);
void ub_emulated_usb_unplug (UbEmulatedUsb *self);
UbEmulatedModule *ub_emulated_usb_get_module (UbEmulatedUsb *self);

void ub_emulated_usb_set_busy (UbEmulatedUsb *self, gboolean busy);
void ub_emulated_usb_make_stubborn (UbEmulatedUsb *self);
void ub_emulated_usb_make_plain (UbEmulatedUsb *self);
void ub_emulated_usb_fail_at (UbEmulatedUsb *self, guint nth_bulk, UbEmulatedUsbFault fault);
guint ub_emulated_usb_get_n_writes (UbEmulatedUsb *self);
guint ub_emulated_usb_get_n_page_writes (UbEmulatedUsb *self);
guint ub_emulated_usb_get_n_bulk (UbEmulatedUsb *self);
gboolean ub_emulated_usb_has_driver (UbEmulatedUsb *self);

G_END_DECLS

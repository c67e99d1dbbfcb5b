/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulated-usb.h"

G_BEGIN_DECLS

#define UB_EMULATED_USB_MAX_INTERFACES 4

typedef struct {
  GMutex mutex;
  UbEmulation *emulation;
  UbEmulatedModule *module;
  UbEmulatedUsbTraits traits;
  char *sysfs_path;
  char *node;

  GPtrArray *gone; /* clients: umockdev closes one's stream only after telling that it vanished */
  GQueue transfers; /* in the order of submission */
  gboolean is_busy; /* another program has it */
  gboolean is_stubborn; /* the kernel's driver does not let go */
  gboolean is_plain; /* the system knows nothing of kernel drivers */
  UMockdevIoctlClient *claimers[UB_EMULATED_USB_MAX_INTERFACES]; /* NULL for nobody */
  gboolean has_driver;
  guint8 halted; /* address of the endpoint that stalled */
  guint n_bulk;
  guint n_writes;
  guint n_page_writes; /* those of them that could hold a page */
  guint fail_at;
  UbEmulatedUsbFault fault;
  UbEmulatedUsbFault active_fault;
} UbEmulatedUsbPrivate;

UbEmulatedUsbPrivate *ub_emulated_usb_get_private (UbEmulatedUsb *self);

/* Transfers: each returns what the ioctl does. */
glong ub_emulated_usb_submit (UbEmulatedUsb *self, UMockdevIoctlClient *client);
glong ub_emulated_usb_discard (UbEmulatedUsb *self, UMockdevIoctlClient *client);
glong ub_emulated_usb_reap (UbEmulatedUsb *self, UMockdevIoctlClient *client);
glong ub_emulated_usb_run_control (UbEmulatedUsb *self, UMockdevIoctlClient *client);
glong ub_emulated_usb_run_bulk (UbEmulatedUsb *self, UMockdevIoctlClient *client);
void ub_emulated_usb_drop_transfers (UbEmulatedUsb *self, UMockdevIoctlClient *client);

G_END_DECLS

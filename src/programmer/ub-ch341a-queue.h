/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-ch341a-packet.h"

#include <libusb.h>

G_BEGIN_DECLS

/**
 * UbUsbOutcome:
 *
 * How a run of queued transfers ended.
 */
typedef enum {
  UB_USB_DONE,
  UB_USB_FAILED, /* a transfer failed or stalled */
  UB_USB_TIMED_OUT, /* the deadline passed */
  UB_USB_GONE, /* the device is no longer there */
} UbUsbOutcome;

UbUsbOutcome ub_ch341a_queue_run (libusb_context *context,
                                  libusb_device_handle *handle,
                                  const UbCh341aPackets *packets,
                                  guint8 *replies,
                                  guint64 deadline_us);

G_END_DECLS

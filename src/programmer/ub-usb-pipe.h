/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <libusb.h>

G_BEGIN_DECLS

/**
 * UbUsbPipe:
 * @name: what a person calls the device
 * @context: of @handle
 * @handle: an open device whose interface is claimed
 * @endpoint_out: address of the bulk endpoint to send to
 * @endpoint_in: address of the bulk endpoint to receive from
 * @out_size: bytes of one transfer to the device at the most
 * @in_size: bytes of one transfer from the device at the most
 * @packet_size: bytes of one packet from the device at the most
 * @header_size: bytes at the beginning of each such packet that are not data
 *
 * A pair of bulk endpoints.
 */
typedef struct {
  const char *name;
  libusb_context *context;
  libusb_device_handle *handle;
  guint8 endpoint_out;
  guint8 endpoint_in;
  gsize out_size;
  gsize in_size;
  gsize packet_size;
  gsize header_size;
} UbUsbPipe;

gboolean ub_usb_pipe_run (const UbUsbPipe *self,
                          const guint8 *out,
                          gsize n_out,
                          const GArray *cuts,
                          guint8 *in,
                          gsize n_in,
                          gsize n_in_transfers,
                          guint64 deadline_us,
                          GError **error);

G_END_DECLS

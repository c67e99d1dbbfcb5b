/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulated-usb-transfers"

/* The transfers of an emulated USB device: submitted, worked on in order, and given back. */

#include "config.h"

#include "ub-emulated-usb-private.h"

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <string.h>

/* A command, an address and a page. Nothing else a job sends is as long, but the stream of the handshake. */
#define PAGE_PROGRAM_SIZE (4 + 256)

/* A transfer that the program has submitted and not yet got back. */
typedef struct {
  UMockdevIoctlClient *client;
  UMockdevIoctlData *urb;
  UMockdevIoctlData *buffer;
  struct usbdevfs_urb head;
  gsize done; /* bytes of a bulk write that the device has taken */
  gboolean is_complete;
} Transfer;

static void
transfer_free (Transfer *transfer)
{
  g_object_unref (transfer->client);
  if (transfer->urb != NULL)
    umockdev_ioctl_data_unref (transfer->urb);
  if (transfer->buffer != NULL)
    umockdev_ioctl_data_unref (transfer->buffer);
  g_free (transfer);
}

/* Writes what became of @transfer into the program's memory. */
static void
complete (Transfer *transfer, int status, gsize n)
{
  const int length = n;

  umockdev_ioctl_data_update (transfer->urb, offsetof (struct usbdevfs_urb, status),
                              (guint8 *) &status, sizeof status);
  umockdev_ioctl_data_update (transfer->urb, offsetof (struct usbdevfs_urb, actual_length),
                              (guint8 *) &length, sizeof length);
  transfer->is_complete = TRUE;
}

static void
run_control (UbEmulatedUsb *self, Transfer *transfer)
{
  struct {
    guint8 type;
    guint8 request;
    guint16 value;
    guint16 index;
    guint16 length;
  } setup;
  guint8 data[256] = { 0 };
  int result;

  memcpy (&setup, transfer->buffer->data, sizeof setup);
  result = UB_EMULATED_USB_GET_CLASS (self)->control (self, setup.request, setup.value, data,
                                                      MIN (setup.length, sizeof data));
  if (result < 0) {
    complete (transfer, result, 0);
    return;
  }
  if ((setup.type & 0x80) != 0 && result > 0)
    umockdev_ioctl_data_update (transfer->buffer, sizeof setup, data, result);
  complete (transfer, 0, result);
}

/* FALSE when the transfer has to wait, and with it all later ones of its endpoint. */
static gboolean
run_bulk (UbEmulatedUsb *self, Transfer *transfer)
{
  UbEmulatedUsbClass *klass = UB_EMULATED_USB_GET_CLASS (self);
  const gsize size = transfer->head.buffer_length;

  if ((transfer->head.endpoint & 0x80) == 0) {
    transfer->done +=
        klass->bulk_out (self, transfer->buffer->data + transfer->done, size - transfer->done);
    if (transfer->done < size)
      return FALSE;
    complete (transfer, 0, size);
  } else {
    g_autofree guint8 *data = g_malloc (size);
    gssize n = klass->bulk_in (self, data, size);

    if (n < 0)
      return FALSE;
    if (n > 0)
      umockdev_ioctl_data_update (transfer->buffer, 0, data, n);
    complete (transfer, 0, n);
  }
  return TRUE;
}

static void
count_bulk (UbEmulatedUsbPrivate *priv, Transfer *transfer)
{
  priv->n_bulk++;
  if ((transfer->head.endpoint & 0x80) == 0)
    priv->n_writes++;
  if ((transfer->head.endpoint & 0x80) == 0 && transfer->head.buffer_length > PAGE_PROGRAM_SIZE)
    priv->n_page_writes++;
  if (priv->fault == UB_EMULATED_USB_FINE || priv->n_bulk != priv->fail_at)
    return;
  priv->active_fault = priv->fault;
  if (priv->fault == UB_EMULATED_USB_STALL)
    priv->halted = transfer->head.endpoint;
}

static gboolean
run_transfer (UbEmulatedUsb *self, Transfer *transfer)
{
  UbEmulatedUsbPrivate *priv = ub_emulated_usb_get_private (self);

  if (priv->active_fault == UB_EMULATED_USB_GONE) {
    complete (transfer, -ENODEV, 0);
    return TRUE;
  }
  if (transfer->head.type == USBDEVFS_URB_TYPE_CONTROL) {
    run_control (self, transfer);
    return TRUE;
  }
  if (priv->halted == transfer->head.endpoint) {
    complete (transfer, -EPIPE, 0);
    return TRUE;
  }
  return priv->active_fault != UB_EMULATED_USB_HANG && run_bulk (self, transfer);
}

/* Lets the device work on what was submitted, until neither direction gets on. A read can make room for a
 * write, and a write can make something to read. */
static void
run_transfers (UbEmulatedUsb *self)
{
  UbEmulatedUsbPrivate *priv = ub_emulated_usb_get_private (self);
  gboolean again = TRUE;

  while (again) {
    gboolean is_waiting[256] = { FALSE };

    again = FALSE;
    for (GList *l = priv->transfers.head; l != NULL; l = l->next) {
      Transfer *transfer = l->data;
      gsize done = transfer->done;

      if (transfer->is_complete || is_waiting[transfer->head.endpoint])
        continue;
      if (!run_transfer (self, transfer))
        is_waiting[transfer->head.endpoint] = TRUE;
      again = again || transfer->is_complete || transfer->done != done;
    }
  }
}

glong
ub_emulated_usb_submit (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = ub_emulated_usb_get_private (self);
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  Transfer *transfer;

  if (priv->active_fault == UB_EMULATED_USB_GONE)
    return -ENODEV;

  transfer = g_new0 (Transfer, 1);
  transfer->client = g_object_ref (client);
  transfer->urb = umockdev_ioctl_data_resolve (arg, 0, sizeof transfer->head, NULL);
  if (transfer->urb == NULL) { /* the program died meanwhile */
    transfer_free (transfer);
    return -EFAULT;
  }
  memcpy (&transfer->head, transfer->urb->data, sizeof transfer->head);
  if (transfer->head.buffer_length > 0) {
    transfer->buffer = umockdev_ioctl_data_resolve (
        transfer->urb, offsetof (struct usbdevfs_urb, buffer), transfer->head.buffer_length, NULL);
    if (transfer->buffer == NULL) {
      transfer_free (transfer);
      return -EFAULT;
    }
  }
  if (transfer->head.type != USBDEVFS_URB_TYPE_CONTROL)
    count_bulk (priv, transfer);
  g_queue_push_tail (&priv->transfers, transfer);
  run_transfers (self);
  return 0;
}

glong
ub_emulated_usb_discard (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = ub_emulated_usb_get_private (self);
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  gpointer address;

  if (priv->active_fault == UB_EMULATED_USB_HANG)
    priv->active_fault = UB_EMULATED_USB_FINE;
  memcpy (&address, arg->data, sizeof address);
  for (GList *l = priv->transfers.head; l != NULL; l = l->next) {
    Transfer *transfer = l->data;

    if (transfer->urb->client_addr == (gulong) address && !transfer->is_complete) {
      complete (transfer, -ENOENT, transfer->done);
      return 0;
    }
  }
  return -EINVAL;
}

glong
ub_emulated_usb_reap (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = ub_emulated_usb_get_private (self);
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  g_autoptr (UMockdevIoctlData) pointer = NULL;

  run_transfers (self);
  for (GList *l = priv->transfers.head; l != NULL; l = l->next) {
    Transfer *transfer = l->data;

    if (!transfer->is_complete)
      continue;
    pointer = umockdev_ioctl_data_resolve (arg, 0, sizeof (gpointer), NULL);
    if (pointer == NULL)
      return -EFAULT;
    umockdev_ioctl_data_set_ptr (pointer, 0, transfer->urb);
    g_queue_delete_link (&priv->transfers, l);
    transfer_free (transfer);
    return 0;
  }
  return priv->active_fault == UB_EMULATED_USB_GONE ? -ENODEV : -EAGAIN;
}

/* USBDEVFS_CONTROL, of which only requests without data are needed. */
glong
ub_emulated_usb_run_control (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  struct usbdevfs_ctrltransfer transfer;
  guint8 data[256] = { 0 };

  if (!ub_emulation_get_argument (client, &transfer, sizeof transfer) || transfer.wLength > 0)
    return -EINVAL;
  return UB_EMULATED_USB_GET_CLASS (self)->control (self, transfer.bRequest, transfer.wValue, data,
                                                    0);
}

/* USBDEVFS_BULK, to the device: it waits for what was submitted before. */
glong
ub_emulated_usb_run_bulk (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  g_autoptr (UMockdevIoctlData) block = NULL;
  g_autoptr (UMockdevIoctlData) data = NULL;
  struct usbdevfs_bulktransfer transfer;

  block = umockdev_ioctl_data_resolve (arg, 0, sizeof transfer, NULL);
  if (block == NULL)
    return -EFAULT;
  memcpy (&transfer, block->data, sizeof transfer);
  if ((transfer.ep & 0x80) != 0)
    return -EINVAL;
  data = umockdev_ioctl_data_resolve (block, offsetof (struct usbdevfs_bulktransfer, data),
                                      transfer.len, NULL);
  if (data == NULL)
    return -EFAULT;
  run_transfers (self);
  return (glong) UB_EMULATED_USB_GET_CLASS (self)->bulk_out (self, data->data, transfer.len);
}

/* Those of a program that is gone. */
void
ub_emulated_usb_drop_transfers (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = ub_emulated_usb_get_private (self);

  for (GList *l = priv->transfers.head; l != NULL;) {
    GList *next = l->next;
    Transfer *transfer = l->data;

    if (client == NULL || transfer->client == client) {
      transfer_free (transfer);
      g_queue_delete_link (&priv->transfers, l);
    }
    l = next;
  }
}

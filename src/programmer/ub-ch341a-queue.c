/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-ch341a-queue"

#include "config.h"

#include "ub-ch341a-queue.h"

#include <string.h>

/* The bulk endpoints of the CH341A. */
#define ENDPOINT_OUT 0x02
#define ENDPOINT_IN 0x82

/* Transfers under way at once. Each packet of data is answered by one short packet, which ends a transfer, so
 * many have to be waiting; flashrom found 32 to be enough to keep the wire busy. */
#define N_IN 32
#define N_OUT 4
#define MAX_OUT (128 * UB_CH341A_PACKET_SIZE)

/* What a cancelled transfer may take to come back. */
#define CANCEL_US (2 * G_USEC_PER_SEC)

typedef struct {
  libusb_context *context;

  const guint8 *out;
  gsize n_out;
  gsize out_submitted;
  gsize out_done;
  GArray *cuts;
  guint next_cut;

  guint8 *in;
  gsize n_in;
  gsize in_done;
  gsize n_in_packets;
  gsize in_submitted; /* transfers */
  guint in_active;

  guint n_active;
  UbUsbOutcome outcome;

  struct libusb_transfer *transfers[N_OUT + N_IN];
  guint8 in_buffers[N_IN][UB_CH341A_PACKET_SIZE];
} Queue;

static UbUsbOutcome
get_outcome (enum libusb_transfer_status status)
{
  switch (status) {
  case LIBUSB_TRANSFER_COMPLETED:
    return UB_USB_DONE;
  case LIBUSB_TRANSFER_NO_DEVICE:
    return UB_USB_GONE;
  case LIBUSB_TRANSFER_TIMED_OUT:
    return UB_USB_TIMED_OUT;
  case LIBUSB_TRANSFER_ERROR:
  case LIBUSB_TRANSFER_CANCELLED:
  case LIBUSB_TRANSFER_STALL:
  case LIBUSB_TRANSFER_OVERFLOW:
    break;
  }
  return UB_USB_FAILED;
}

static gboolean
submit (Queue *queue, struct libusb_transfer *transfer)
{
  int result = libusb_submit_transfer (transfer);

  if (result != 0) {
    queue->outcome = result == LIBUSB_ERROR_NO_DEVICE ? UB_USB_GONE : UB_USB_FAILED;
    return FALSE;
  }
  queue->n_active++;
  return TRUE;
}

/* Sends the next part of the string with @transfer, if there is one. */
static void
submit_out (Queue *queue, struct libusb_transfer *transfer)
{
  gsize end = MIN (queue->n_out, queue->out_submitted + MAX_OUT);
  gsize cut = queue->next_cut < queue->cuts->len
                  ? g_array_index (queue->cuts, gsize, queue->next_cut)
                  : queue->n_out;

  if (queue->out_submitted == queue->n_out)
    return;
  if (cut <= end) {
    end = cut;
    queue->next_cut++;
  }
  transfer->buffer = (guint8 *) queue->out + queue->out_submitted;
  transfer->length = end - queue->out_submitted;
  if (submit (queue, transfer))
    queue->out_submitted = end;
}

static void
out_done (struct libusb_transfer *transfer)
{
  Queue *queue = transfer->user_data;

  queue->n_active--;
  if (queue->outcome != UB_USB_DONE)
    return;
  if (transfer->status != LIBUSB_TRANSFER_COMPLETED ||
      transfer->actual_length != transfer->length) {
    queue->outcome = MAX (get_outcome (transfer->status), UB_USB_FAILED);
    return;
  }
  queue->out_done += transfer->length;
  submit_out (queue, transfer);
}

/* One packet answers one packet; should a chip answer in more and smaller ones, there is always one more
 * transfer to take them. */
static void
submit_in (Queue *queue, struct libusb_transfer *transfer)
{
  if (queue->in_done == queue->n_in ||
      (queue->in_submitted >= queue->n_in_packets && queue->in_active > 0))
    return;
  if (submit (queue, transfer)) {
    queue->in_submitted++;
    queue->in_active++;
  }
}

static void
in_done (struct libusb_transfer *transfer)
{
  Queue *queue = transfer->user_data;
  gsize n = transfer->actual_length;

  queue->n_active--;
  queue->in_active--;
  if (queue->outcome != UB_USB_DONE)
    return;
  if (transfer->status != LIBUSB_TRANSFER_COMPLETED || n > queue->n_in - queue->in_done) {
    queue->outcome = MAX (get_outcome (transfer->status), UB_USB_FAILED);
    return;
  }
  memcpy (queue->in + queue->in_done, transfer->buffer, n);
  queue->in_done += n;
  submit_in (queue, transfer);
}

static gboolean
is_finished (Queue *queue)
{
  return queue->outcome != UB_USB_DONE ||
         (queue->out_done == queue->n_out && queue->in_done == queue->n_in);
}

/* Handles events until @is_over says so or @deadline passes. */
static void
handle_events (Queue *queue, gint64 deadline, gboolean (*is_over) (Queue *))
{
  while (!is_over (queue)) {
    gint64 left = deadline - g_get_monotonic_time ();
    struct timeval timeout;

    if (left <= 0)
      return;
    timeout.tv_sec = left / G_USEC_PER_SEC;
    timeout.tv_usec = left % G_USEC_PER_SEC;
    libusb_handle_events_timeout_completed (queue->context, &timeout, NULL);
  }
}

static gboolean
is_idle (Queue *queue)
{
  return queue->n_active == 0;
}

/* Takes back what is still under way; FALSE when libusb does not give it back in time. */
static gboolean
cancel_all (Queue *queue)
{
  UbUsbOutcome outcome = queue->outcome;

  if (queue->n_active == 0)
    return TRUE;
  queue->outcome = UB_USB_FAILED; /* so that nothing is submitted again */
  for (guint i = 0; i < G_N_ELEMENTS (queue->transfers); i++)
    libusb_cancel_transfer (queue->transfers[i]);
  handle_events (queue, g_get_monotonic_time () + CANCEL_US, is_idle);
  queue->outcome = outcome;
  return queue->n_active == 0;
}

static void
start (Queue *queue, libusb_device_handle *handle)
{
  for (guint i = 0; i < G_N_ELEMENTS (queue->transfers); i++)
    queue->transfers[i] = libusb_alloc_transfer (0);
  for (guint i = 0; i < N_IN && queue->outcome == UB_USB_DONE; i++) {
    libusb_fill_bulk_transfer (queue->transfers[N_OUT + i], handle, ENDPOINT_IN,
                               queue->in_buffers[i], UB_CH341A_PACKET_SIZE, in_done, queue, 0);
    submit_in (queue, queue->transfers[N_OUT + i]);
  }
  for (guint i = 0; i < N_OUT && queue->outcome == UB_USB_DONE; i++) {
    libusb_fill_bulk_transfer (queue->transfers[i], handle, ENDPOINT_OUT, NULL, 0, out_done, queue,
                               0);
    submit_out (queue, queue->transfers[i]);
  }
}

/**
 * ub_ch341a_queue_run:
 * @context: of @handle
 * @handle: an open CH341A whose interface is claimed
 * @packets: what to send
 * @replies: (out caller-allocates): room for the n_replies bytes that @packets are answered with
 * @deadline_us: how long all of it may take
 *
 * Sends and receives at the same time, with many transfers queued. None is under way afterwards.
 *
 * Returns: how it ended; @replies are whole only with %UB_USB_DONE
 */
UbUsbOutcome
ub_ch341a_queue_run (libusb_context *context,
                     libusb_device_handle *handle,
                     const UbCh341aPackets *packets,
                     guint8 *replies,
                     guint64 deadline_us)
{
  Queue *queue = g_new0 (Queue, 1);
  gint64 begun = g_get_monotonic_time ();
  UbUsbOutcome outcome;

  queue->context = context;
  queue->out = packets->bytes->data;
  queue->n_out = packets->bytes->len;
  queue->cuts = packets->cuts;
  queue->in = replies;
  queue->n_in = packets->n_replies;
  queue->n_in_packets = packets->n_reply_packets;

  start (queue, handle);
  handle_events (queue, begun + (gint64) deadline_us, is_finished);
  if (!is_finished (queue))
    queue->outcome = UB_USB_TIMED_OUT;
  outcome = queue->outcome;

  /* What libusb does not give back it still writes to: better lost than freed. */
  if (cancel_all (queue)) {
    for (guint i = 0; i < G_N_ELEMENTS (queue->transfers); i++)
      libusb_free_transfer (queue->transfers[i]);
    g_free (queue);
  }
  return outcome;
}

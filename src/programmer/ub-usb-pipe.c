/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-usb-pipe"

#include "config.h"

#include "ub-error.h"
#include "ub-usb-pipe.h"

#include <glib/gi18n.h>
#include <string.h>

/* Transfers under way at once. A CH341A answers each packet of data with a short packet, which ends a transfer,
 * so many have to be waiting; flashrom found 32 to be enough to keep the wire busy (ch341a_spi.c). */
#define N_IN 32
#define N_OUT 4

/* A device that goes on moving bytes is slow, not hung: each transfer that does so gives it this much more
 * time, up to so many times what was thought enough. A computer under load needs it. */
#define PROGRESS_US (4 * G_USEC_PER_SEC)
#define MAX_DEADLINES 10

/* What a cancelled transfer may take to come back. */
#define CANCEL_US (2 * G_USEC_PER_SEC)

/* Transfers to a device that was just pulled out fail for some time before the hub tells the system. */
#define GONE_TRIES 10
#define GONE_INTERVAL_US (50 * 1000)

typedef enum {
  OUTCOME_DONE,
  OUTCOME_FAILED, /* a transfer failed or stalled */
  OUTCOME_TIMED_OUT, /* the deadline passed */
  OUTCOME_GONE, /* the device is no longer there */
} Outcome;

typedef struct {
  const UbUsbPipe *pipe;

  const guint8 *out;
  gsize n_out;
  gsize out_submitted;
  gsize out_done;
  const GArray *cuts;
  guint next_cut;

  guint8 *in;
  gsize n_in;
  gsize in_done;
  gsize in_left; /* transfers that are expected to be needed still */
  guint in_active;

  guint n_active;
  Outcome outcome;
  gint64 deadline; /* of the monotonic clock */
  gint64 last_deadline; /* @deadline is never moved beyond this */
  guint8 stalled; /* address of the endpoint that stalled, 0 for none */

  struct libusb_transfer *transfers[N_OUT + N_IN];
} Run;

/* What a transfer that did not bring what it should says. */
static Outcome
get_outcome (enum libusb_transfer_status status)
{
  switch (status) {
  case LIBUSB_TRANSFER_COMPLETED:
    return OUTCOME_DONE;
  case LIBUSB_TRANSFER_NO_DEVICE:
    return OUTCOME_GONE;
  case LIBUSB_TRANSFER_TIMED_OUT:
    return OUTCOME_TIMED_OUT;
  case LIBUSB_TRANSFER_ERROR:
  case LIBUSB_TRANSFER_CANCELLED:
  case LIBUSB_TRANSFER_STALL:
  case LIBUSB_TRANSFER_OVERFLOW:
    break;
  }
  return OUTCOME_FAILED;
}

static void
fail (Run *run, const struct libusb_transfer *transfer)
{
  run->outcome = MAX (get_outcome (transfer->status), OUTCOME_FAILED);
  if (transfer->status == LIBUSB_TRANSFER_STALL)
    run->stalled = transfer->endpoint;
}

static gboolean
submit (Run *run, struct libusb_transfer *transfer)
{
  int result = libusb_submit_transfer (transfer);

  if (result != 0) {
    run->outcome = result == LIBUSB_ERROR_NO_DEVICE ? OUTCOME_GONE : OUTCOME_FAILED;
    return FALSE;
  }
  run->n_active++;
  return TRUE;
}

/* Sends the next part with @transfer, if there is one. */
static void
submit_out (Run *run, struct libusb_transfer *transfer)
{
  gsize end = MIN (run->n_out, run->out_submitted + run->pipe->out_size);

  if (run->out_submitted == run->n_out)
    return;
  if (run->cuts != NULL && run->next_cut < run->cuts->len &&
      g_array_index (run->cuts, gsize, run->next_cut) <= end) {
    end = g_array_index (run->cuts, gsize, run->next_cut);
    run->next_cut++;
  }
  transfer->buffer = (guint8 *) run->out + run->out_submitted;
  transfer->length = end - run->out_submitted;
  if (submit (run, transfer))
    run->out_submitted = end;
}

/* There is always one transfer waiting while something is still to come, however it comes. */
static void
submit_in (Run *run, struct libusb_transfer *transfer)
{
  if (run->in_done == run->n_in || (run->in_left == 0 && run->in_active > 0))
    return;
  if (submit (run, transfer)) {
    run->in_left -= MIN (run->in_left, 1);
    run->in_active++;
  }
}

static void
note_progress (Run *run)
{
  run->deadline = MAX (run->deadline, g_get_monotonic_time () + PROGRESS_US);
  run->deadline = MIN (run->deadline, run->last_deadline);
}

static void
out_done (struct libusb_transfer *transfer)
{
  Run *run = transfer->user_data;

  run->n_active--;
  if (run->outcome != OUTCOME_DONE)
    return;
  if (transfer->status != LIBUSB_TRANSFER_COMPLETED ||
      transfer->actual_length != transfer->length) {
    fail (run, transfer);
    return;
  }
  run->out_done += transfer->length;
  note_progress (run);
  submit_out (run, transfer);
}

/* Takes the data out of the packets; FALSE when there is more than was asked for. */
static gboolean
take_packets (Run *run, const guint8 *packets, gsize n)
{
  const gsize header = run->pipe->header_size;

  while (n > 0) {
    gsize packet = MIN (n, run->pipe->packet_size);
    gsize data = packet - MIN (packet, header);

    if (data > run->n_in - run->in_done)
      return FALSE;
    memcpy (run->in + run->in_done, packets + (packet - data), data);
    run->in_done += data;
    packets += packet;
    n -= packet;
  }
  return TRUE;
}

static void
in_done (struct libusb_transfer *transfer)
{
  Run *run = transfer->user_data;
  gsize before = run->in_done;

  run->n_active--;
  run->in_active--;
  if (run->outcome != OUTCOME_DONE)
    return;
  if (transfer->status != LIBUSB_TRANSFER_COMPLETED ||
      !take_packets (run, transfer->buffer, transfer->actual_length)) {
    fail (run, transfer);
    return;
  }
  /* A transfer that brought nothing but headers does not count. */
  if (run->in_done == before)
    run->in_left++;
  else
    note_progress (run);
  submit_in (run, transfer);
}

static gboolean
is_finished (Run *run)
{
  return run->outcome != OUTCOME_DONE || (run->out_done == run->n_out && run->in_done == run->n_in);
}

static gboolean
is_idle (Run *run)
{
  return run->n_active == 0;
}

/* Handles events until @is_over says so or the deadline passes. */
static void
handle_events (Run *run, gboolean (*is_over) (Run *))
{
  while (!is_over (run)) {
    gint64 left = run->deadline - g_get_monotonic_time ();
    struct timeval timeout;
    int result;

    if (left <= 0)
      return;
    timeout.tv_sec = left / G_USEC_PER_SEC;
    timeout.tv_usec = left % G_USEC_PER_SEC;
    result = libusb_handle_events_timeout_completed (run->pipe->context, &timeout, NULL);
    if (result != 0 && result != LIBUSB_ERROR_INTERRUPTED) {
      run->outcome = MAX (run->outcome, OUTCOME_FAILED);
      return;
    }
  }
}

/* Takes back what is still under way; FALSE when libusb does not give it back in time. */
static gboolean
cancel_all (Run *run)
{
  Outcome outcome = run->outcome;

  if (run->n_active == 0)
    return TRUE;
  run->outcome = OUTCOME_FAILED; /* so that nothing is submitted again */
  for (guint i = 0; i < G_N_ELEMENTS (run->transfers); i++)
    libusb_cancel_transfer (run->transfers[i]);
  run->deadline = g_get_monotonic_time () + CANCEL_US;
  handle_events (run, is_idle);
  run->outcome = outcome;
  return run->n_active == 0;
}

static void
start (Run *run)
{
  const UbUsbPipe *pipe = run->pipe;
  const guint n_in = MIN (N_IN, run->in_left);

  for (guint i = 0; i < G_N_ELEMENTS (run->transfers); i++) {
    run->transfers[i] = libusb_alloc_transfer (0);
    if (i < N_OUT)
      libusb_fill_bulk_transfer (run->transfers[i], pipe->handle, pipe->endpoint_out, NULL, 0,
                                 out_done, run, 0);
    else
      libusb_fill_bulk_transfer (run->transfers[i], pipe->handle, pipe->endpoint_in, NULL,
                                 (int) pipe->in_size, in_done, run, 0);
  }
  for (guint i = 0; i < n_in && run->outcome == OUTCOME_DONE; i++) {
    run->transfers[N_OUT + i]->buffer = g_malloc (pipe->in_size);
    submit_in (run, run->transfers[N_OUT + i]);
  }
  for (guint i = 0; i < N_OUT && run->outcome == OUTCOME_DONE; i++)
    submit_out (run, run->transfers[i]);
}

static void
free_run (Run *run)
{
  for (guint i = 0; i < G_N_ELEMENTS (run->transfers); i++) {
    if (i >= N_OUT)
      g_free (run->transfers[i]->buffer);
    libusb_free_transfer (run->transfers[i]);
  }
  g_free (run);
}

/* Whether a failure means that the device was pulled out: asks it who it is. */
static gboolean
is_gone (const UbUsbPipe *self)
{
  guint8 descriptor[LIBUSB_DT_DEVICE_SIZE];

  for (guint i = 0; i < GONE_TRIES; i++) {
    int result =
        libusb_get_descriptor (self->handle, LIBUSB_DT_DEVICE, 0, descriptor, sizeof descriptor);

    if (result != LIBUSB_ERROR_IO)
      return result == LIBUSB_ERROR_NO_DEVICE;
    g_usleep (GONE_INTERVAL_US);
  }
  return FALSE;
}

static gboolean
check_outcome (const UbUsbPipe *self, Outcome outcome, GError **error)
{
  switch (outcome) {
  case OUTCOME_DONE:
    return TRUE;
  case OUTCOME_FAILED:
    g_set_error (error, UB_ERROR, UB_ERROR_TRANSFER, _ ("%s: a USB transfer failed"), self->name);
    break;
  case OUTCOME_TIMED_OUT:
    g_set_error (error, UB_ERROR, UB_ERROR_TIMEOUT, _ ("%s did not answer in time"), self->name);
    break;
  case OUTCOME_GONE:
    g_set_error (error, UB_ERROR, UB_ERROR_UNPLUGGED, _ ("%s was unplugged"), self->name);
    break;
  }
  return FALSE;
}

/**
 * ub_usb_pipe_run:
 * @self: endpoints
 * @out: (array length=n_out): what to send
 * @n_out: bytes
 * @cuts: (nullable) (element-type gsize): ascending offsets in @out where a transfer has to end
 * @in: (out caller-allocates) (array length=n_in): where the data received goes
 * @n_in: bytes to receive, without headers
 * @n_in_transfers: in how many transfers they are expected; more are made where it takes more
 * @deadline_us: microseconds all of it may take, or longer as long as bytes go on moving
 * @error: return location for an error
 *
 * Sends and receives at the same time, with many transfers queued: a device that waits until its replies are
 * taken never blocks. None is under way afterwards, and an endpoint that stalled can be used again.
 *
 * Returns: %FALSE with %UB_ERROR_TRANSFER, %UB_ERROR_TIMEOUT or %UB_ERROR_UNPLUGGED when it did not work
 */
gboolean
ub_usb_pipe_run (const UbUsbPipe *self,
                 const guint8 *out,
                 gsize n_out,
                 const GArray *cuts,
                 guint8 *in,
                 gsize n_in,
                 gsize n_in_transfers,
                 guint64 deadline_us,
                 GError **error)
{
  Run *run = g_new0 (Run, 1);
  gint64 begun = g_get_monotonic_time ();
  Outcome outcome;
  guint8 stalled;

  run->pipe = self;
  run->out = out;
  run->n_out = n_out;
  run->cuts = cuts;
  run->in = in;
  run->n_in = n_in;
  run->in_left = n_in_transfers;

  start (run);
  run->deadline = begun + (gint64) deadline_us;
  run->last_deadline = begun + MAX_DEADLINES * (gint64) deadline_us;
  handle_events (run, is_finished);
  if (!is_finished (run))
    run->outcome = OUTCOME_TIMED_OUT;
  outcome = run->outcome;
  stalled = run->stalled;

  /* What libusb does not give back it still writes to: better lost than freed. */
  if (cancel_all (run))
    free_run (run);
  if (stalled != 0)
    libusb_clear_halt (self->handle, stalled);
  if (outcome == OUTCOME_FAILED && is_gone (self))
    outcome = OUTCOME_GONE;
  return check_outcome (self, outcome, error);
}

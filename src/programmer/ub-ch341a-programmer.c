/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-ch341a-programmer"

#include "config.h"

#include "ub-ch341a-packet.h"
#include "ub-ch341a-programmer.h"
#include "ub-error.h"
#include "ub-programmer-info.h"
#include "ub-usb-guard.h"
#include "ub-usb-pipe.h"
#include "ub-usb-scan.h"

#include <glib/gi18n.h>
#include <libusb.h>
#include <string.h>

#define VENDOR_WCH 0x1A86
#define PRODUCT_SPI 0x5512 /* CH341A jumpered for EPP, SPI and I²C */
#define PRODUCT_SERIAL 0x5523 /* the same chip jumpered as a serial port */

#define INTERFACE 0
#define ENDPOINT_OUT 0x02
#define ENDPOINT_IN 0x82

/* Bytes of one transfer to the chip. */
#define OUT_SIZE (128 * UB_CH341A_PACKET_SIZE)

/* The chip makes one SPI clock only: 12 MHz / 8, “only one frequency of about 1.5MHz” (the frank-zago
 * driver's README). */
#define CLOCK_HZ 1500000

/* Larger transactions would only need more memory: their overhead is two packets. */
#define MAX_TRANSACTION (32 * 1024)
#define MAX_BATCH (32 * 1024)

/* Two packets that move chip select. */
#define TRANSACTION_COST (2 * UB_CH341A_PACKET_SIZE)

/* Replies that nobody took, because a program was ended before: the chip has room for few. */
#define MAX_STALE_PACKETS 64
#define STALE_TIMEOUT_MS 20

/**
 * UbCh341aProgrammer:
 *
 * A CH341A in SPI mode through libusb. A batch becomes one string of 32-byte packets, of which many are
 * under way at once.
 */
struct _UbCh341aProgrammer {
  UbProgrammer parent_instance;

  char *path; /* (nullable): wanted place, such as 1-1.2 */
  guint reset_pin;

  libusb_context *context; /* NULL while closed */
  libusb_device_handle *handle;
  UbCh341aPackets packets;
  GByteArray *replies;
  gboolean is_out_of_step; /* packets were cut off: replies may be waiting */
  UbUsbGuard guard;
};

G_DEFINE_FINAL_TYPE (UbCh341aProgrammer, ub_ch341a_programmer, UB_TYPE_PROGRAMMER)

static void
set_permission_error (GError **error, const char *node)
{
  g_set_error (error, UB_ERROR, UB_ERROR_PERMISSION, _ ("%s may not be opened by this user"), node);
}

static void
set_jumper_error (GError **error, const char *path)
{
  g_set_error (error, UB_ERROR, UB_ERROR_WRONG_JUMPER,
               _ ("the CH341A at %s is set to be a serial port"), path);
}

static gboolean
run_packets (UbCh341aProgrammer *self, guint64 deadline_us, GError **error)
{
  const UbUsbPipe pipe = {
    .name = ub_programmer_get_name (UB_PROGRAMMER (self)),
    .context = self->context,
    .handle = self->handle,
    .endpoint_out = ENDPOINT_OUT,
    .endpoint_in = ENDPOINT_IN,
    .out_size = OUT_SIZE,
    .in_size = UB_CH341A_PACKET_SIZE,
    .packet_size = UB_CH341A_PACKET_SIZE,
  };

  g_byte_array_set_size (self->replies, self->packets.n_replies);
  self->is_out_of_step =
      !ub_usb_pipe_run (&pipe, self->packets.bytes->data, self->packets.bytes->len,
                        self->packets.cuts, self->replies->data, self->packets.n_replies,
                        self->packets.n_reply_packets, deadline_us, error);
  return !self->is_out_of_step;
}

/* Before any pin is driven. */
static void
arm_guard (UbCh341aProgrammer *self, const UbUsbDevice *device)
{
  ub_ch341a_packets_start (&self->packets);
  ub_ch341a_packets_add_release (&self->packets);
  ub_usb_guard_arm_bulk (&self->guard, device->node, ENDPOINT_OUT, self->packets.bytes->data,
                         self->packets.bytes->len);
}

static gboolean
run_short (UbCh341aProgrammer *self, GError **error)
{
  return run_packets (self, ub_programmer_get_deadline (UB_PROGRAMMER (self), NULL, 0), error);
}

/* The one adapter that fits; %NULL with an error when there is none, a choice, or a wrong jumper. */
static UbUsbDevice *
find_device (UbCh341aProgrammer *self, GPtrArray *devices, GError **error)
{
  UbUsbDevice *found = NULL, *serial_port = NULL;

  for (guint i = 0; i < devices->len; i++) {
    UbUsbDevice *device = g_ptr_array_index (devices, i);

    if (self->path != NULL && !g_str_equal (self->path, device->path))
      continue;
    if (device->product_id == PRODUCT_SERIAL)
      serial_port = device;
    if (device->product_id != PRODUCT_SPI)
      continue;
    if (found != NULL) {
      g_set_error (error, UB_ERROR, UB_ERROR_SEVERAL_PROGRAMMERS,
                   _ ("several CH341A are plugged in, at %s and %s; say which one by path="),
                   found->path, device->path);
      return NULL;
    }
    found = device;
  }
  if (found == NULL && serial_port != NULL)
    set_jumper_error (error, serial_port->path);
  else if (found == NULL)
    g_set_error (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER,
                 self->path != NULL ? _ ("no CH341A is plugged in at that path")
                                    : _ ("no CH341A is plugged in"));
  return found;
}

static libusb_device_handle *
open_handle (libusb_context *context, const UbUsbDevice *wanted, int *out_result)
{
  libusb_device **devices = NULL;
  libusb_device_handle *handle = NULL;
  gssize n = libusb_get_device_list (context, &devices);

  *out_result = LIBUSB_ERROR_NO_DEVICE;
  for (gssize i = 0; i < n; i++) {
    if (libusb_get_bus_number (devices[i]) == wanted->bus &&
        libusb_get_device_address (devices[i]) == wanted->address) {
      *out_result = libusb_open (devices[i], &handle);
      break;
    }
  }
  if (n >= 0)
    libusb_free_device_list (devices, TRUE);
  return handle;
}

static void
set_open_error (const UbUsbDevice *device, int result, GError **error)
{
  switch (result) {
  case LIBUSB_ERROR_ACCESS:
    set_permission_error (error, device->node);
    break;
  case LIBUSB_ERROR_BUSY:
    g_set_error (error, UB_ERROR, UB_ERROR_BUSY, _ ("the CH341A is used by another program"));
    break;
  case LIBUSB_ERROR_NO_DEVICE:
    g_set_error (error, UB_ERROR, UB_ERROR_UNPLUGGED, _ ("the CH341A was unplugged"));
    break;
  default:
    g_set_error (error, UB_ERROR, UB_ERROR_TRANSFER, _ ("the CH341A cannot be opened (%s)"),
                 libusb_strerror (result));
    break;
  }
}

static void
release_device (UbCh341aProgrammer *self)
{
  if (self->handle != NULL) {
    libusb_release_interface (self->handle, INTERFACE);
    g_clear_pointer (&self->handle, libusb_close);
  }
  g_clear_pointer (&self->context, libusb_exit);
}

/* The kernel's spi-ch341 binds 1a86:5512 and drives its pins; it is detached, and comes back when the
 * interface is released. Where drivers cannot be detached there may be none. */
static int
claim_interface (libusb_device_handle *handle)
{
  int result;

  libusb_set_auto_detach_kernel_driver (handle, TRUE);
  result = libusb_claim_interface (handle, INTERFACE);
  if (result != 0 && result != LIBUSB_ERROR_BUSY && result != LIBUSB_ERROR_NO_DEVICE) {
    libusb_set_auto_detach_kernel_driver (handle, FALSE);
    result = libusb_claim_interface (handle, INTERFACE);
  }
  return result;
}

/* Takes replies that wait, so that later ones are not taken for them. */
static void
drop_stale_replies (UbCh341aProgrammer *self)
{
  guint8 packet[UB_CH341A_PACKET_SIZE];
  int n = 1;

  for (guint i = 0; i < MAX_STALE_PACKETS && n > 0; i++) {
    n = 0;
    if (libusb_bulk_transfer (self->handle, ENDPOINT_IN, packet, sizeof packet, &n,
                              STALE_TIMEOUT_MS) != 0)
      break;
  }
  self->is_out_of_step = FALSE;
}

static gboolean
claim_device (UbCh341aProgrammer *self, const UbUsbDevice *device, GError **error)
{
  int result = libusb_init (&self->context);

  if (result == 0)
    self->handle = open_handle (self->context, device, &result);
  if (self->handle == NULL) {
    set_open_error (device, result, error);
    release_device (self);
    return FALSE;
  }
  result = claim_interface (self->handle);
  if (result == 0)
    return TRUE;

  if (result == LIBUSB_ERROR_BUSY && device->driver != NULL &&
      !g_str_equal (device->driver, "usbfs"))
    g_set_error (error, UB_ERROR, UB_ERROR_KERNEL_DRIVER,
                 _ ("the kernel driver “%s” holds the CH341A"), device->driver);
  else
    set_open_error (device, result, error);
  g_clear_pointer (&self->handle, libusb_close);
  release_device (self);
  return FALSE;
}

static void
ub_ch341a_programmer_close (UbProgrammer *programmer)
{
  UbCh341aProgrammer *self = UB_CH341A_PROGRAMMER (programmer);
  g_autoptr (GError) error = NULL;

  if (self->is_out_of_step)
    drop_stale_replies (self);
  ub_ch341a_packets_start (&self->packets);
  ub_ch341a_packets_add_reset (&self->packets, FALSE);
  ub_ch341a_packets_add_release (&self->packets);
  if (!run_short (self, &error))
    g_info ("%s", error->message);
  ub_usb_guard_disarm (&self->guard);
  release_device (self);
}

static gboolean
ub_ch341a_programmer_open (UbProgrammer *programmer, GError **error)
{
  UbCh341aProgrammer *self = UB_CH341A_PROGRAMMER (programmer);
  g_autoptr (GPtrArray) devices = ub_usb_scan (VENDOR_WCH);
  const UbUsbDevice *device = find_device (self, devices, error);
  const UbProgrammerLimits limits = {
    .min_hz = CLOCK_HZ,
    .max_hz = CLOCK_HZ,
    .modes = 1u << 0,
    .max_transaction = MAX_TRANSACTION,
    .max_batch = MAX_BATCH,
    .transaction_cost = TRANSACTION_COST,
    .has_reset = TRUE,
  };

  if (device == NULL || !claim_device (self, device, error))
    return FALSE;

  ub_programmer_set_limits (programmer, &limits);
  arm_guard (self, device);
  drop_stale_replies (self);
  ub_ch341a_packets_start (&self->packets);
  ub_ch341a_packets_add_setup (&self->packets);
  if (!run_short (self, error)) {
    ub_ch341a_programmer_close (programmer); /* pins may be driven already */
    return FALSE;
  }
  return TRUE;
}

static gboolean
ub_ch341a_programmer_set_clock (UbProgrammer *programmer,
                                guint hz,
                                guint *actual_hz,
                                GError **error)
{
  *actual_hz = CLOCK_HZ;
  return TRUE;
}

static gboolean
ub_ch341a_programmer_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  return TRUE;
}

static gboolean
ub_ch341a_programmer_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  UbCh341aProgrammer *self = UB_CH341A_PROGRAMMER (programmer);

  ub_ch341a_packets_start (&self->packets);
  ub_ch341a_packets_add_reset (&self->packets, asserted);
  return run_short (self, error);
}

/* Copies what came in while a transaction received; what came in while it sent is nobody's. */
static void
scatter_replies (UbCh341aProgrammer *self, const UbTransaction *batch, guint n)
{
  const guint8 *reply = self->replies->data;

  for (guint i = 0; i < n; i++) {
    const guint8 *received = batch[i].duplex ? reply : reply + batch[i].n_tx;

    if (batch[i].n_rx > 0)
      ub_ch341a_copy_reply (batch[i].rx, received, batch[i].n_rx);
    reply += batch[i].n_tx + (batch[i].duplex ? 0 : batch[i].n_rx);
  }
}

static gboolean
ub_ch341a_programmer_exchange (UbProgrammer *programmer,
                               const UbTransaction *batch,
                               guint n,
                               GError **error)
{
  UbCh341aProgrammer *self = UB_CH341A_PROGRAMMER (programmer);
  guint first = 0;

  ub_ch341a_packets_start (&self->packets);
  for (guint i = 0; i < n; i++) {
    guint delay_us = 0;

    ub_ch341a_packets_add_transaction (&self->packets, &batch[i]);
    if (!ub_ch341a_packets_add_delay (&self->packets, batch[i].delay_us))
      delay_us = batch[i].delay_us;
    if (i + 1 < n && delay_us == 0)
      continue;

    if (!run_packets (self, ub_programmer_get_deadline (programmer, batch + first, i + 1 - first),
                      error))
      return FALSE;
    scatter_replies (self, batch + first, i + 1 - first);
    ub_programmer_delay (programmer, delay_us);
    ub_ch341a_packets_start (&self->packets);
    first = i + 1;
  }
  return TRUE;
}

static void
ub_ch341a_programmer_finalize (GObject *object)
{
  UbCh341aProgrammer *self = UB_CH341A_PROGRAMMER (object);

  g_free (self->path);
  g_byte_array_unref (self->replies);
  if (self->packets.bytes != NULL)
    ub_ch341a_packets_clear (&self->packets);

  G_OBJECT_CLASS (ub_ch341a_programmer_parent_class)->finalize (object);
}

static void
ub_ch341a_programmer_class_init (UbCh341aProgrammerClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_ch341a_programmer_finalize;

  programmer_class->open = ub_ch341a_programmer_open;
  programmer_class->close = ub_ch341a_programmer_close;
  programmer_class->set_clock = ub_ch341a_programmer_set_clock;
  programmer_class->set_mode = ub_ch341a_programmer_set_mode;
  programmer_class->set_reset = ub_ch341a_programmer_set_reset;
  programmer_class->exchange = ub_ch341a_programmer_exchange;
}

static void
ub_ch341a_programmer_init (UbCh341aProgrammer *self)
{
  self->replies = g_byte_array_new ();
}

/**
 * ub_ch341a_programmer_new:
 * @spec: settings `cen` (D1, D2 or D4; D2 unless given) and `path`
 * @error: return location for an error
 *
 * Returns: (transfer full): a closed programmer, or %NULL with %UB_ERROR_BAD_SETTING. Whether the adapter
 *   is there shows when it is opened.
 */
UbProgrammer *
ub_ch341a_programmer_new (UbProgrammerSpec *spec, GError **error)
{
  /* The pins that chip select, SCK and MOSI leave free. */
  static const char *const names[] = { "D1", "D2", "D4", NULL };
  static const guint pins[] = { 1, 2, 4 };
  g_autoptr (UbCh341aProgrammer) self = g_object_new (UB_TYPE_CH341A_PROGRAMMER, NULL);
  guint index = 1;

  if (!ub_programmer_spec_get_choice (spec, "cen", names, &index, error))
    return NULL;
  self->reset_pin = pins[index];
  self->path = g_strdup (ub_programmer_spec_get_string (spec, "path"));
  ub_ch341a_packets_init (&self->packets, self->reset_pin);
  ub_programmer_set_name (UB_PROGRAMMER (self), "CH341A");
  return UB_PROGRAMMER (g_steal_pointer (&self));
}

/**
 * ub_ch341a_programmer_enumerate:
 * @infos: (element-type UbProgrammerInfo): array to append to
 *
 * Adds the adapters that are plugged in, those jumpered as a serial port too; opens none.
 */
void
ub_ch341a_programmer_enumerate (GPtrArray *infos)
{
  g_autoptr (GPtrArray) devices = ub_usb_scan (VENDOR_WCH);

  for (guint i = 0; i < devices->len; i++) {
    const UbUsbDevice *device = g_ptr_array_index (devices, i);
    g_autofree char *spec = g_strdup_printf ("ch341a:path=%s", device->path);
    g_autofree char *name = g_strdup_printf ("CH341A (%s)", device->path);
    g_autoptr (GError) problem = NULL;

    if (device->product_id != PRODUCT_SPI && device->product_id != PRODUCT_SERIAL)
      continue;
    if (device->product_id == PRODUCT_SERIAL)
      set_jumper_error (&problem, device->path);
    else if (!device->is_accessible)
      set_permission_error (&problem, device->node);
    else if (g_strcmp0 (device->driver, "usbfs") == 0)
      g_set_error (&problem, UB_ERROR, UB_ERROR_BUSY, _ ("%s is used by another program"), name);
    g_ptr_array_add (infos, ub_programmer_info_new ("ch341a", spec, name, problem));
  }
}

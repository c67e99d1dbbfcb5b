/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-ftdi-programmer"

#include "config.h"

#include "ub-error.h"
#include "ub-ftdi-programmer.h"
#include "ub-mpsse.h"
#include "ub-programmer-info.h"
#include "ub-usb-guard.h"
#include "ub-usb-pipe.h"
#include "ub-usb-scan.h"

#include <ftdi.h>
#include <glib/gi18n.h>
#include <libusb.h>
#include <string.h>

#define VENDOR_FTDI 0x0403

/* Milliseconds after which the chip sends what it has, even if that is less than a packet. The default of
 * 16 would be felt in every round trip; pyftdi and openFPGALoader use 1 too. */
#define LATENCY_MS 1

/* What a batch is best sized to, and commands that are sent in one go at the most, with the bytes that make
 * delays. The chip takes them at the pace of SK. */
#define MAX_BATCH 65536
#define MAX_COMMANDS 131072

/* Bytes of one USB transfer: such a string is sent in one, with the transaction and delay that end it. */
#define OUT_SIZE (MAX_COMMANDS + 8192)
#define IN_SIZE 16384

/* What a control request may take: libftdi's own 5 s is longer than a person wants to wait. */
#define CONTROL_TIMEOUT_MS 1000

/* Each packet from the chip begins with the modem status: AN_232B-03, section 4. */
#define STATUS_SIZE 2

/**
 * UbFtdiProgrammer:
 *
 * An FT232H, FT2232H or FT4232H through libftdi1. A batch becomes one string of MPSSE commands, one write
 * and one read.
 */
struct _UbFtdiProgrammer {
  UbProgrammer parent_instance;

  char *serial; /* (nullable): wanted serial number */
  char *path; /* (nullable): wanted place, such as 1-1.2 */
  char *reset_name;
  guint interface; /* 0 is A */

  struct ftdi_context *ftdi; /* NULL while closed */
  UbMpsse mpsse;
  GByteArray
      *commands; /* that are still to be sent: setting the clock or mode waits for the next batch */
  GByteArray *replies;
  gboolean
      is_out_of_step; /* commands were cut off: the chip may take what comes next for their rest */
  UbUsbGuard guard;
};

G_DEFINE_FINAL_TYPE (UbFtdiProgrammer, ub_ftdi_programmer, UB_TYPE_PROGRAMMER)

static const struct {
  guint16 product_id;
  guint n_channels; /* that have an MPSSE */
  gboolean has_high;
  UbMpsseReset reset_drive;
  const char *name;
} chips[] = {
  { 0x6014, 1, TRUE, UB_MPSSE_RESET_DRIVE_ZERO, "FT232H" },
  { 0x6010, 2, TRUE, UB_MPSSE_RESET_PUSH_PULL, "FT2232H" },
  { 0x6011, 2, FALSE, UB_MPSSE_RESET_PUSH_PULL, "FT4232H" },
};

static int
find_chip (guint16 product_id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (chips); i++) {
    if (chips[i].product_id == product_id)
      return i;
  }
  return -1;
}

static void
set_permission_error (GError **error, const char *node)
{
  g_set_error (error, UB_ERROR, UB_ERROR_PERMISSION, _ ("%s may not be opened by this user"), node);
}

/* Sends self->commands, which are none then, and receives @n_replies bytes into self->replies, both at once:
 * the chip stops working when nobody takes its replies. libftdi's own ftdi_read_data_submit() is not used,
 * because its read starts again by itself when the endpoint stalls and can then not be ended; libftdi sets
 * everything up. */
static gboolean
run_commands (UbFtdiProgrammer *self, gsize n_replies, guint64 deadline_us, GError **error)
{
  /* libftdi calls the endpoints by what they are to the chip, not to the host. */
  const UbUsbPipe pipe = {
    .name = ub_programmer_get_name (UB_PROGRAMMER (self)),
    .context = self->ftdi->usb_ctx,
    .handle = self->ftdi->usb_dev,
    .endpoint_out = self->ftdi->in_ep,
    .endpoint_in = self->ftdi->out_ep,
    .out_size = OUT_SIZE,
    .in_size = IN_SIZE,
    .packet_size = self->ftdi->max_packet_size,
    .header_size = STATUS_SIZE,
  };

  g_byte_array_set_size (self->replies, n_replies);
  self->is_out_of_step =
      !ub_usb_pipe_run (&pipe, self->commands->data, self->commands->len, NULL, self->replies->data,
                        n_replies, n_replies / IN_SIZE + 1, deadline_us, error);
  g_byte_array_set_size (self->commands, 0);
  return !self->is_out_of_step;
}

/* Sends self->commands, which have no replies, and waits until they have happened. */
static gboolean
run_and_sync (UbFtdiProgrammer *self, GError **error)
{
  gsize n = ub_mpsse_add_sync (&self->mpsse, self->commands);

  return run_commands (self, n, ub_programmer_get_deadline (UB_PROGRAMMER (self), NULL, 0), error);
}

static gboolean
device_matches (UbFtdiProgrammer *self, const UbUsbDevice *device)
{
  if (find_chip (device->product_id) < 0)
    return FALSE;
  if (self->serial != NULL && g_strcmp0 (self->serial, device->serial) != 0)
    return FALSE;
  return self->path == NULL || g_strcmp0 (self->path, device->path) == 0;
}

/* The one device that fits; %NULL with an error when there is none or a choice. */
static UbUsbDevice *
find_device (UbFtdiProgrammer *self, GPtrArray *devices, GError **error)
{
  UbUsbDevice *found = NULL;

  for (guint i = 0; i < devices->len; i++) {
    UbUsbDevice *device = g_ptr_array_index (devices, i);

    if (!device_matches (self, device))
      continue;
    if (found != NULL) {
      g_set_error (
          error, UB_ERROR, UB_ERROR_SEVERAL_PROGRAMMERS,
          _ ("several FTDI adapters are plugged in, at %s and %s; say which one by serial= "
             "or path="),
          found->path, device->path);
      return NULL;
    }
    found = device;
  }
  if (found == NULL)
    g_set_error (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER,
                 self->serial != NULL || self->path != NULL
                     ? _ ("no FTDI adapter with that serial number or path is plugged in")
                     : _ ("no FT232H, FT2232H or FT4232H is plugged in"));
  return found;
}

static void
set_name (UbFtdiProgrammer *self, const UbUsbDevice *device, const char *chip)
{
  g_autofree char *name =
      g_strdup_printf ("%s (%s)", chip, device->serial != NULL ? device->serial : device->path);

  ub_programmer_set_name (UB_PROGRAMMER (self), name);
}

/* Codes of ftdi_usb_open_dev(), documented with it. */
#define CANNOT_CLAIM -5
#define NO_PERMISSION -8

static void
set_open_error (UbFtdiProgrammer *self, const UbUsbDevice *device, int result, GError **error)
{
  if (result == NO_PERMISSION || !device->is_accessible)
    set_permission_error (error, device->node);
  else if (result == CANNOT_CLAIM && device->driver != NULL &&
           !g_str_equal (device->driver, "usbfs"))
    g_set_error (error, UB_ERROR, UB_ERROR_KERNEL_DRIVER, _ ("the kernel driver “%s” holds the %s"),
                 device->driver, ub_programmer_get_name (UB_PROGRAMMER (self)));
  else if (result == CANNOT_CLAIM)
    g_set_error (error, UB_ERROR, UB_ERROR_BUSY, _ ("%s is used by another program"),
                 ub_programmer_get_name (UB_PROGRAMMER (self)));
  else
    g_set_error (error, UB_ERROR, UB_ERROR_TRANSFER, _ ("%s cannot be opened (%s)"),
                 ub_programmer_get_name (UB_PROGRAMMER (self)), ftdi_get_error_string (self->ftdi));
}

static gboolean
open_device (UbFtdiProgrammer *self, const UbUsbDevice *device, GError **error)
{
  static const enum ftdi_interface interfaces[] = { INTERFACE_A, INTERFACE_B };
  /* ttyUSB comes back when the adapter is let go. Where drivers cannot be detached there is none either. */
  static const enum ftdi_module_detach_mode modes[] = { AUTO_DETACH_REATACH_SIO_MODULE,
                                                        DONT_DETACH_SIO_MODULE };
  int result = -1;

  self->ftdi = ftdi_new ();
  if (self->ftdi == NULL) {
    g_set_error (error, UB_ERROR, UB_ERROR_FAILED, _ ("USB cannot be used on this system"));
    return FALSE;
  }
  self->ftdi->usb_read_timeout = self->ftdi->usb_write_timeout = CONTROL_TIMEOUT_MS;
  ftdi_set_interface (self->ftdi, interfaces[self->interface]);

  for (guint i = 0; i < G_N_ELEMENTS (modes) && result < 0; i++) {
    self->ftdi->module_detach_mode = modes[i];
    result = ftdi_usb_open_bus_addr (self->ftdi, device->bus, device->address);
    if (result != CANNOT_CLAIM)
      break;
  }
  if (result < 0) {
    set_open_error (self, device, result, error);
    return FALSE;
  }
  return TRUE;
}

/* Switches the engine on anew, with empty buffers: the order of FTDI AN_135, section 4. */
static gboolean
reset_engine (UbFtdiProgrammer *self)
{
  return ftdi_usb_reset (self->ftdi) >= 0 && ftdi_set_latency_timer (self->ftdi, LATENCY_MS) >= 0 &&
         ftdi_set_bitmode (self->ftdi, 0, BITMODE_RESET) >= 0 &&
         ftdi_set_bitmode (self->ftdi, 0, BITMODE_MPSSE) >= 0 && ftdi_tcioflush (self->ftdi) >= 0;
}

/* From an open device to idle lines. */
static gboolean
start_engine (UbFtdiProgrammer *self, GError **error)
{
  if (!reset_engine (self)) {
    g_set_error (error, UB_ERROR, UB_ERROR_TRANSFER, _ ("%s cannot be set up (%s)"),
                 ub_programmer_get_name (UB_PROGRAMMER (self)), ftdi_get_error_string (self->ftdi));
    return FALSE;
  }
  g_byte_array_set_size (self->commands, 0);
  ub_mpsse_add_setup (&self->mpsse, self->commands);
  return run_and_sync (self, error);
}

static void
release_device (UbFtdiProgrammer *self)
{
  if (self->ftdi == NULL)
    return;
  ftdi_usb_close (self->ftdi);
  g_clear_pointer (&self->ftdi, ftdi_free);
}

static void
ub_ftdi_programmer_close (UbProgrammer *programmer)
{
  UbFtdiProgrammer *self = UB_FTDI_PROGRAMMER (programmer);
  g_autoptr (GError) error = NULL;

  if (self->is_out_of_step && !reset_engine (self))
    g_info ("%s", ftdi_get_error_string (self->ftdi));
  g_byte_array_set_size (self->commands, 0);
  ub_mpsse_add_release (&self->mpsse, self->commands);
  if (!run_and_sync (self, &error))
    g_info ("%s", error->message);
  ftdi_set_bitmode (self->ftdi, 0, BITMODE_RESET);
  ub_usb_guard_disarm (&self->guard);
  release_device (self);
}

static gboolean
ub_ftdi_programmer_open (UbProgrammer *programmer, GError **error)
{
  UbFtdiProgrammer *self = UB_FTDI_PROGRAMMER (programmer);
  g_autoptr (GPtrArray) devices = ub_usb_scan (VENDOR_FTDI);
  const UbUsbDevice *device = find_device (self, devices, error);
  UbProgrammerLimits limits = {
    .min_hz = UB_MPSSE_MIN_HZ,
    .max_hz = UB_MPSSE_MAX_HZ,
    .modes = 1u << 0 | 1u << 3,
    .max_transaction = G_MAXINT,
    .max_batch = MAX_BATCH,
    .transaction_cost = 16,
    .has_reset = TRUE,
  };
  int chip;
  guint pin;

  if (device == NULL)
    return FALSE;
  chip = find_chip (device->product_id);
  set_name (self, device, chips[chip].name);

  if (self->interface >= chips[chip].n_channels) {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING, _ ("interface=B: an %s has only one"),
                 chips[chip].name);
    return FALSE;
  }
  if (!ub_mpsse_parse_pin (self->reset_name, chips[chip].has_high, &pin)) {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
                 _ ("cen=%s: an %s has ADBUS4 to ADBUS7%s for it"), self->reset_name,
                 chips[chip].name, chips[chip].has_high ? _ (" and ACBUS0 to ACBUS7") : "");
    return FALSE;
  }
  if (!open_device (self, device, error)) {
    g_clear_pointer (&self->ftdi, ftdi_free);
    return FALSE;
  }
  /* Of the three only the FT2232H shares its product ID with one, which has no 60 MHz base. */
  if (self->ftdi->type == TYPE_2232C) {
    g_set_error (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER,
                 _ ("%s is an older FTDI chip; an FT232H, FT2232H or FT4232H is needed"),
                 ub_programmer_get_name (programmer));
    release_device (self);
    return FALSE;
  }

  ub_programmer_set_limits (programmer, &limits);
  ub_mpsse_init (&self->mpsse, pin, chips[chip].has_high, chips[chip].reset_drive);
  /* The engine switched off lets go of every pin, whatever command it is in the middle of. */
  ub_usb_guard_arm_control (&self->guard, device->node, SIO_SET_BITMODE_REQUEST, BITMODE_RESET << 8,
                            self->ftdi->index);
  if (!start_engine (self, error)) {
    ub_ftdi_programmer_close (programmer); /* pins may be driven already */
    return FALSE;
  }
  return TRUE;
}

static gboolean
ub_ftdi_programmer_set_clock (UbProgrammer *programmer, guint hz, guint *actual_hz, GError **error)
{
  UbFtdiProgrammer *self = UB_FTDI_PROGRAMMER (programmer);

  *actual_hz = ub_mpsse_add_clock (&self->mpsse, self->commands, hz);
  return TRUE;
}

static gboolean
ub_ftdi_programmer_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  UbFtdiProgrammer *self = UB_FTDI_PROGRAMMER (programmer);

  ub_mpsse_add_mode (&self->mpsse, self->commands, mode);
  return TRUE;
}

static gboolean
ub_ftdi_programmer_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  UbFtdiProgrammer *self = UB_FTDI_PROGRAMMER (programmer);

  ub_mpsse_add_reset (&self->mpsse, self->commands, asserted);
  return run_and_sync (self, error);
}

/* Copies the replies to the transactions they belong to. */
static void
scatter_replies (UbFtdiProgrammer *self, const UbTransaction *batch, guint n)
{
  const guint8 *reply = self->replies->data;

  for (guint i = 0; i < n; i++) {
    if (batch[i].n_rx == 0)
      continue;
    memcpy (batch[i].rx, reply, batch[i].n_rx);
    reply += batch[i].n_rx;
  }
}

static gboolean
ub_ftdi_programmer_exchange (UbProgrammer *programmer,
                             const UbTransaction *batch,
                             guint n,
                             GError **error)
{
  UbFtdiProgrammer *self = UB_FTDI_PROGRAMMER (programmer);
  guint first = 0;
  gsize n_replies = 0;

  for (guint i = 0; i < n; i++) {
    guint delay_us = 0;

    n_replies += ub_mpsse_add_transaction (&self->mpsse, self->commands, &batch[i]);
    if (!ub_mpsse_add_delay (&self->mpsse, self->commands, batch[i].delay_us))
      delay_us = batch[i].delay_us;
    if (i + 1 < n && delay_us == 0 && self->commands->len < MAX_COMMANDS)
      continue;

    if (n_replies > 0)
      g_byte_array_append (self->commands, (const guint8[]) { UB_MPSSE_SEND_IMMEDIATE }, 1);
    else
      n_replies = ub_mpsse_add_sync (&self->mpsse, self->commands);
    if (!run_commands (self, n_replies,
                       ub_programmer_get_deadline (programmer, batch + first, i + 1 - first),
                       error))
      return FALSE;
    scatter_replies (self, batch + first, i + 1 - first);
    ub_programmer_delay (programmer, delay_us);

    n_replies = 0;
    first = i + 1;
  }
  return TRUE;
}

static void
ub_ftdi_programmer_finalize (GObject *object)
{
  UbFtdiProgrammer *self = UB_FTDI_PROGRAMMER (object);

  g_free (self->serial);
  g_free (self->path);
  g_free (self->reset_name);
  g_byte_array_unref (self->commands);
  g_byte_array_unref (self->replies);

  G_OBJECT_CLASS (ub_ftdi_programmer_parent_class)->finalize (object);
}

static void
ub_ftdi_programmer_class_init (UbFtdiProgrammerClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_ftdi_programmer_finalize;

  programmer_class->open = ub_ftdi_programmer_open;
  programmer_class->close = ub_ftdi_programmer_close;
  programmer_class->set_clock = ub_ftdi_programmer_set_clock;
  programmer_class->set_mode = ub_ftdi_programmer_set_mode;
  programmer_class->set_reset = ub_ftdi_programmer_set_reset;
  programmer_class->exchange = ub_ftdi_programmer_exchange;
}

static void
ub_ftdi_programmer_init (UbFtdiProgrammer *self)
{
  self->commands = g_byte_array_new ();
  self->replies = g_byte_array_new ();
}

/**
 * ub_ftdi_programmer_new:
 * @spec: settings `serial`, `path`, `interface` (A or B) and `cen` (ADBUS4 unless given)
 * @error: return location for an error
 *
 * Returns: (transfer full): a closed programmer, or %NULL with %UB_ERROR_BAD_SETTING. Whether the adapter
 *   is there shows when it is opened.
 */
UbProgrammer *
ub_ftdi_programmer_new (UbProgrammerSpec *spec, GError **error)
{
  static const char *const interfaces[] = { "A", "B", NULL };
  g_autoptr (UbFtdiProgrammer) self = g_object_new (UB_TYPE_FTDI_PROGRAMMER, NULL);
  const char *reset_name = ub_programmer_spec_get_string (spec, "cen");
  guint pin;

  if (!ub_programmer_spec_get_choice (spec, "interface", interfaces, &self->interface, error))
    return NULL;
  self->serial = g_strdup (ub_programmer_spec_get_string (spec, "serial"));
  self->path = g_strdup (ub_programmer_spec_get_string (spec, "path"));
  self->reset_name = g_strdup (reset_name != NULL ? reset_name : "ADBUS4");
  if (!ub_mpsse_parse_pin (self->reset_name, TRUE, &pin)) {
    g_set_error (error, UB_ERROR, UB_ERROR_BAD_SETTING,
                 _ ("cen=%s: ADBUS4 to ADBUS7 or ACBUS0 to ACBUS7 can be CEN"), self->reset_name);
    return NULL;
  }
  ub_programmer_set_name (UB_PROGRAMMER (self), "FTDI");
  return UB_PROGRAMMER (g_steal_pointer (&self));
}

/**
 * ub_ftdi_programmer_enumerate:
 * @infos: (element-type UbProgrammerInfo): array to append to
 *
 * Adds the adapters that are plugged in; opens none.
 */
void
ub_ftdi_programmer_enumerate (GPtrArray *infos)
{
  g_autoptr (GPtrArray) devices = ub_usb_scan (VENDOR_FTDI);

  for (guint i = 0; i < devices->len; i++) {
    const UbUsbDevice *device = g_ptr_array_index (devices, i);
    int chip = find_chip (device->product_id);
    g_autofree char *spec = NULL, *name = NULL;
    g_autoptr (GError) problem = NULL;

    if (chip < 0)
      continue;
    if (device->serial != NULL)
      spec = g_strdup_printf ("ftdi:serial=%s", device->serial);
    else
      spec = g_strdup_printf ("ftdi:path=%s", device->path);
    name = g_strdup_printf ("%s (%s)", chips[chip].name,
                            device->serial != NULL ? device->serial : device->path);
    if (!device->is_accessible)
      set_permission_error (&problem, device->node);
    else if (g_strcmp0 (device->driver, "usbfs") == 0)
      g_set_error (&problem, UB_ERROR, UB_ERROR_BUSY, _ ("%s is used by another program"), name);
    g_ptr_array_add (infos, ub_programmer_info_new ("ftdi", spec, name, problem));
  }
}

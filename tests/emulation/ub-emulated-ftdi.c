/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulated-ftdi"

#include "config.h"

#include "ub-emulated-ftdi.h"

#include <errno.h>
#include <string.h>

/* Both buffers of a channel: FT232H data sheet, section 4.1; 4 KiB on an FT2232H, taken as small here too. */
#define BUFFER_SIZE 1024
#define PACKET_SIZE 512
#define STATUS_SIZE 2

/* Vendor requests: libftdi's ftdi.h names the same. */
#define REQUEST_RESET 0
#define REQUEST_POLL_MODEM_STATUS 5
#define REQUEST_SET_LATENCY 9
#define REQUEST_GET_LATENCY 10
#define REQUEST_SET_BITMODE 11

#define BITMODE_MPSSE 2

#define PIN_SK (1u << 0)
#define PIN_CS (1u << 3)

/**
 * UbEmulatedFtdi:
 *
 * An H-type FTDI chip with its MPSSE, by AN_108. It has small buffers and stops working when nobody takes
 * its replies, knows no command but the documented ones, and answers others with 0xFA.
 */
struct _UbEmulatedFtdi {
  UbEmulatedUsb parent_instance;

  UbEmulatedFtdiKind kind;
  guint reset_pin;
  guint latency_ms;
  gboolean is_mpsse;

  guint8 value[2]; /* ADBUS, ACBUS */
  guint8 direction[2];
  guint16 drive_zero;
  guint base_hz;
  guint divisor;

  GByteArray *input; /* commands not yet run */
  GByteArray *output; /* replies not yet taken */
  guint8 opcode; /* of the data command that is under way, 0 for none */
  gsize left; /* its bytes */
  gint64 read_since; /* when the pending read came, 0 for none */

  guint n_bad;
  gboolean drove_cen_high;
};

G_DEFINE_FINAL_TYPE (UbEmulatedFtdi, ub_emulated_ftdi, UB_TYPE_EMULATED_USB)

static guint
get_hz (UbEmulatedFtdi *self)
{
  return self->base_hz / 2 / (self->divisor + 1);
}

/* A pin's level as the module sees it; an input is pulled up. */
static gboolean
is_low (UbEmulatedFtdi *self, guint pin)
{
  guint8 bit = 1u << (pin & 7);

  return (self->direction[pin / 8] & bit) != 0 && (self->value[pin / 8] & bit) == 0;
}

static void
update_pins (UbEmulatedFtdi *self)
{
  UbEmulatedModule *module = ub_emulated_usb_get_module (UB_EMULATED_USB (self));
  const guint pin = self->reset_pin;
  const guint8 bit = 1u << (pin & 7);

  if ((self->direction[pin / 8] & bit) != 0 && (self->value[pin / 8] & bit) != 0 &&
      (self->drive_zero & (1u << pin)) == 0)
    self->drove_cen_high = TRUE;
  ub_emulated_module_set_cen (module, is_low (self, pin));
  ub_emulated_module_set_cs (module, is_low (self, 3));
}

static void
release_pins (UbEmulatedFtdi *self)
{
  memset (self->direction, 0, sizeof self->direction);
  if (ub_emulated_usb_get_module (UB_EMULATED_USB (self)) != NULL)
    update_pins (self);
}

static int
ub_emulated_ftdi_control (
    UbEmulatedUsb *usb, guint8 request, guint16 value, guint8 *data, guint16 n)
{
  UbEmulatedFtdi *self = UB_EMULATED_FTDI (usb);

  switch (request) {
  case REQUEST_RESET:
    if (value == 1 || value == 0) /* flush what was sent to the chip */
      g_byte_array_set_size (self->input, 0);
    if (value == 2 || value == 0)
      g_byte_array_set_size (self->output, 0);
    return 0;
  case REQUEST_SET_BITMODE:
    self->is_mpsse = value >> 8 == BITMODE_MPSSE;
    self->drive_zero = 0;
    self->opcode = 0;
    release_pins (self);
    return 0;
  case REQUEST_SET_LATENCY:
    self->latency_ms = value & 0xFF;
    return 0;
  case REQUEST_GET_LATENCY:
    data[0] = self->latency_ms;
    return MIN (n, 1);
  case REQUEST_POLL_MODEM_STATUS:
    data[0] = 0x01;
    data[1] = 0x60;
    return MIN (n, STATUS_SIZE);
  default:
    return request <= 0x0C ? 0 : -EPIPE;
  }
}

static void
reply (UbEmulatedFtdi *self, guint8 byte)
{
  g_byte_array_append (self->output, &byte, 1);
}

/* How many bytes a command has, itself included; 0 for one that does not exist on this chip. */
static guint
get_length (UbEmulatedFtdi *self, guint8 opcode)
{
  switch (opcode) {
  case 0x11: /* the data commands that make sense for flash */
  case 0x20:
  case 0x31:
    return 3;
  case 0x80:
    return 3;
  case 0x82:
    return self->kind == UB_EMULATED_FT4232H ? 0 : 3;
  case 0x81:
  case 0x84:
  case 0x85:
  case 0x87:
  case 0x8A:
  case 0x8B:
  case 0x8C:
  case 0x8D:
  case 0x96:
  case 0x97:
    return 1;
  case 0x83:
    return self->kind == UB_EMULATED_FT4232H ? 0 : 1;
  case 0x86:
    return 3;
  case 0x8E:
    return 2;
  case 0x8F:
    return 3;
  case 0x9E:
    return self->kind == UB_EMULATED_FT232H ? 3 : 0;
  default:
    return 0;
  }
}

static void
run_command (UbEmulatedFtdi *self, const guint8 *command)
{
  switch (command[0]) {
  case 0x11:
  case 0x20:
  case 0x31:
    self->opcode = command[0];
    self->left = (command[1] | command[2] << 8) + 1;
    break;
  case 0x80:
  case 0x82:
    self->value[(command[0] - 0x80) / 2] = command[1];
    self->direction[(command[0] - 0x80) / 2] = command[2];
    update_pins (self);
    break;
  case 0x81:
  case 0x83:
    reply (self, self->value[(command[0] - 0x81) / 2]);
    break;
  case 0x86:
    self->divisor = command[1] | command[2] << 8;
    break;
  case 0x8A:
    self->base_hz = 60000000;
    break;
  case 0x8B:
    self->base_hz = 12000000;
    break;
  case 0x8F:
    ub_emulated_module_wait (ub_emulated_usb_get_module (UB_EMULATED_USB (self)),
                             (command[1] | command[2] << 8) * G_GUINT64_CONSTANT (8000000000) /
                                 get_hz (self));
    break;
  case 0x9E:
    self->drive_zero = command[1] | command[2] << 8;
    update_pins (self);
    break;
  default:
    break;
  }
}

/* Clocks as much of the data command as there are bytes to send and room for replies. */
static gboolean
run_data (UbEmulatedFtdi *self)
{
  UbEmulatedModule *module = ub_emulated_usb_get_module (UB_EMULATED_USB (self));
  guint8 rx[BUFFER_SIZE];
  gsize n = MIN (self->left, BUFFER_SIZE);
  const gboolean sends = self->opcode != 0x20, receives = self->opcode != 0x11;

  if (sends)
    n = MIN (n, self->input->len);
  if (receives)
    n = MIN (n, BUFFER_SIZE - self->output->len);
  if (n == 0)
    return FALSE;

  /* The bit commands shift from SK low; with SK parked high the first edge would be lost. */
  if ((self->value[0] & PIN_SK) != 0 && is_low (self, 3))
    self->n_bad++;
  ub_emulated_module_transfer (module, sends ? self->input->data : NULL, rx, n, get_hz (self));
  if (sends)
    g_byte_array_remove_range (self->input, 0, n);
  if (receives)
    g_byte_array_append (self->output, rx, n);
  self->left -= n;
  if (self->left == 0)
    self->opcode = 0;
  return TRUE;
}

/* One step of the engine; FALSE when it has to wait for input, or for replies to be taken. */
static gboolean
run_step (UbEmulatedFtdi *self)
{
  guint8 command[3];
  guint length;

  if (self->opcode != 0)
    return run_data (self);
  if (self->input->len == 0 || self->output->len + 2 > BUFFER_SIZE)
    return FALSE;

  length = get_length (self, self->input->data[0]);
  if (length > self->input->len)
    return FALSE;
  memcpy (command, self->input->data, MAX (length, 1));
  g_byte_array_remove_range (self->input, 0, MAX (length, 1));
  if (length == 0) {
    self->n_bad++;
    reply (self, 0xFA);
    reply (self, command[0]);
  } else {
    run_command (self, command);
  }
  return TRUE;
}

static gsize
ub_emulated_ftdi_bulk_out (UbEmulatedUsb *usb, const guint8 *data, gsize n)
{
  UbEmulatedFtdi *self = UB_EMULATED_FTDI (usb);
  gsize taken = 0;

  while (taken < n) {
    gsize part = MIN (n - taken, BUFFER_SIZE - self->input->len);

    g_byte_array_append (self->input, data + taken, part);
    taken += part;
    while (self->is_mpsse && run_step (self)) {
    }
    if (part == 0 && self->input->len == BUFFER_SIZE)
      break;
  }
  return taken;
}

/* Replies in packets of 512, each behind two bytes of modem status; a packet that is not full ends the
 * transfer, and when there is nothing to say such a packet comes with every tick of the latency timer. */
static gssize
ub_emulated_ftdi_bulk_in (UbEmulatedUsb *usb, guint8 *data, gsize size)
{
  UbEmulatedFtdi *self = UB_EMULATED_FTDI (usb);
  gint64 now = g_get_monotonic_time ();
  gsize n = 0;

  while (self->is_mpsse && run_step (self)) {
  }
  if (self->output->len == 0) {
    if (self->read_since == 0)
      self->read_since = now;
    if (now - self->read_since < self->latency_ms * 1000)
      return -1;
  }
  self->read_since = 0;

  while (n + STATUS_SIZE <= size) {
    gsize part = MIN (MIN (self->output->len, PACKET_SIZE - STATUS_SIZE), size - n - STATUS_SIZE);

    data[n] = 0x01;
    data[n + 1] = 0x60;
    if (part > 0) {
      memcpy (data + n + STATUS_SIZE, self->output->data, part);
      g_byte_array_remove_range (self->output, 0, part);
    }
    n += STATUS_SIZE + part;
    while (self->is_mpsse && run_step (self)) {
    }
    if (part < PACKET_SIZE - STATUS_SIZE)
      break;
  }
  return n;
}

static void
ub_emulated_ftdi_finalize (GObject *object)
{
  UbEmulatedFtdi *self = UB_EMULATED_FTDI (object);

  g_byte_array_unref (self->input);
  g_byte_array_unref (self->output);

  G_OBJECT_CLASS (ub_emulated_ftdi_parent_class)->finalize (object);
}

static void
ub_emulated_ftdi_class_init (UbEmulatedFtdiClass *klass)
{
  UbEmulatedUsbClass *usb_class = UB_EMULATED_USB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_emulated_ftdi_finalize;

  usb_class->control = ub_emulated_ftdi_control;
  usb_class->bulk_out = ub_emulated_ftdi_bulk_out;
  usb_class->bulk_in = ub_emulated_ftdi_bulk_in;
}

static void
ub_emulated_ftdi_init (UbEmulatedFtdi *self)
{
  self->input = g_byte_array_new ();
  self->output = g_byte_array_new ();
  self->base_hz = 12000000; /* after power-up, as on the chips before */
  self->latency_ms = 16;
}

/* Device descriptor and configuration of a chip with @n_interfaces channels. */
static GBytes *
make_descriptors (guint16 product_id, guint16 device_version, guint n_interfaces)
{
  GByteArray *data = g_byte_array_new ();
  const guint8 device[] = { 18,
                            1,
                            0x00,
                            0x02,
                            0,
                            0,
                            0,
                            64,
                            0x03,
                            0x04,
                            product_id & 0xFF,
                            product_id >> 8,
                            device_version & 0xFF,
                            device_version >> 8,
                            1,
                            2,
                            3,
                            1 };
  const guint8 configuration[] = { 9, 2, 9 + 23 * n_interfaces, 0, n_interfaces, 1, 0, 0x80, 45 };

  g_byte_array_append (data, device, sizeof device);
  g_byte_array_append (data, configuration, sizeof configuration);
  for (guint i = 0; i < n_interfaces; i++) {
    const guint8 interface[] = {
      9,    4,    i,
      0,    2,    0xFF,
      0xFF, 0xFF, 2, /* interface */
      7,    5,    0x81 + 2 * i,
      2,    0,    2,
      0, /* bulk in */
      7,    5,    0x02 + 2 * i,
      2,    0,    2,
      0, /* bulk out */
    };

    g_byte_array_append (data, interface, sizeof interface);
  }
  return g_byte_array_free_to_bytes (data);
}

/**
 * ub_emulated_ftdi_plug:
 * @emulation: a computer
 * @kind: which chip
 * @serial: (nullable): its serial number
 * @reset_pin: the pin that is wired to CEN: 4 to 7 is ADBUS4 to 7, 8 to 15 is ACBUS0 to 7
 * @port: where it is plugged in
 *
 * Returns: (transfer full): an adapter held by the kernel's ftdi_sio, as after plugging in
 */
UbEmulatedFtdi *
ub_emulated_ftdi_plug (UbEmulation *emulation,
                       UbEmulatedFtdiKind kind,
                       const char *serial,
                       guint reset_pin,
                       guint port)
{
  static const struct {
    guint16 product_id;
    guint16 device_version;
    guint n_interfaces;
    const char *product;
  } kinds[] = {
    [UB_EMULATED_FT232H] = { 0x6014, 0x0900, 1, "FT232H Single" },
    [UB_EMULATED_FT2232H] = { 0x6010, 0x0700, 2, "FT2232H Dual" },
    [UB_EMULATED_FT4232H] = { 0x6011, 0x0800, 4, "FT4232H Quad" },
  };
  UbEmulatedFtdi *self = g_object_new (UB_TYPE_EMULATED_FTDI, NULL);
  g_autoptr (GBytes) descriptors = make_descriptors (
      kinds[kind].product_id, kinds[kind].device_version, kinds[kind].n_interfaces);
  UbEmulatedUsbTraits traits = {
    .vendor_id = 0x0403,
    .product_id = kinds[kind].product_id,
    .serial = serial,
    .product = kinds[kind].product,
    .driver = "ftdi_sio",
  };

  self->kind = kind;
  self->reset_pin = reset_pin;
  traits.descriptors = g_bytes_get_data (descriptors, &traits.n_descriptors);
  ub_emulated_usb_plug (UB_EMULATED_USB (self), emulation, &traits, port);
  return self;
}

/**
 * ub_emulated_ftdi_get_hz:
 * @self: an adapter
 *
 * Returns: the clock it is set to
 */
guint
ub_emulated_ftdi_get_hz (UbEmulatedFtdi *self)
{
  return get_hz (self);
}

/**
 * ub_emulated_ftdi_get_n_bad_commands:
 * @self: an adapter
 *
 * Returns: how many commands it did not know or that came at a wrong time
 */
guint
ub_emulated_ftdi_get_n_bad_commands (UbEmulatedFtdi *self)
{
  return self->n_bad;
}

/**
 * ub_emulated_ftdi_is_released:
 * @self: an adapter
 *
 * Returns: whether every pin is an input
 */
gboolean
ub_emulated_ftdi_is_released (UbEmulatedFtdi *self)
{
  return self->direction[0] == 0 && self->direction[1] == 0;
}

/**
 * ub_emulated_ftdi_drove_cen_high:
 * @self: an adapter
 *
 * Returns: whether CEN was ever driven high, against whatever else may hold it low
 */
gboolean
ub_emulated_ftdi_drove_cen_high (UbEmulatedFtdi *self)
{
  return self->drove_cen_high;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulated-ch341a"

#include "config.h"

#include "ub-emulated-ch341a.h"

#include <errno.h>
#include <string.h>

#define PACKET_SIZE 32
#define CLOCK_HZ 1500000
#define UIO_BYTE_NS 750

/* Answers that wait to be taken: beyond them the chip takes no more packets. */
#define MAX_ANSWERS 4

typedef struct {
  guint8 length;
  guint8 data[PACKET_SIZE];
} Answer;

/**
 * UbEmulatedCh341a:
 *
 * A CH341A in its synchronous mode, as WCH's CH341DLL.H describes its packets. It looks at each packet of 32
 * bytes by itself: a command never goes on in the next one.
 */
struct _UbEmulatedCh341a {
  UbEmulatedUsb parent_instance;

  guint reset_pin;
  guint8 levels;
  guint8 direction;
  GQueue answers; /* of Answer */
  guint n_bad;
};

G_DEFINE_FINAL_TYPE (UbEmulatedCh341a, ub_emulated_ch341a, UB_TYPE_EMULATED_USB)

static gboolean
is_low (UbEmulatedCh341a *self, guint pin)
{
  guint8 bit = 1u << pin;

  return (self->direction & bit) != 0 && (self->levels & bit) == 0;
}

static void
update_pins (UbEmulatedCh341a *self)
{
  UbEmulatedModule *module = ub_emulated_usb_get_module (UB_EMULATED_USB (self));

  ub_emulated_module_set_cen (module, is_low (self, self->reset_pin));
  ub_emulated_module_set_cs (module, is_low (self, 0));
}

static guint8
reverse_bits (guint8 byte)
{
  guint8 result = 0;

  for (int bit = 0; bit < 8; bit++) {
    if ((byte & (1u << bit)) != 0)
      result |= 0x80u >> bit;
  }
  return result;
}

static void
run_uio (UbEmulatedCh341a *self, const guint8 *packet, gsize n)
{
  for (gsize i = 1; i < n; i++) {
    switch (packet[i] & 0xC0) {
    case 0x80:
      self->levels = packet[i] & 0x3F;
      update_pins (self);
      break;
    case 0x40:
      self->direction = packet[i] & 0x3F;
      update_pins (self);
      break;
    case 0xC0:
      ub_emulated_module_wait (ub_emulated_usb_get_module (UB_EMULATED_USB (self)),
                               (packet[i] & 0x3F) * 1000);
      break;
    default:
      if (packet[i] != 0x20)
        self->n_bad++;
      return;
    }
    ub_emulated_module_wait (ub_emulated_usb_get_module (UB_EMULATED_USB (self)), UIO_BYTE_NS);
  }
  self->n_bad++; /* no end */
}

static void
run_spi (UbEmulatedCh341a *self, const guint8 *packet, gsize n)
{
  Answer *answer = g_new0 (Answer, 1);
  guint8 tx[PACKET_SIZE], rx[PACKET_SIZE];

  answer->length = n - 1;
  for (gsize i = 1; i < n; i++)
    tx[i - 1] = reverse_bits (packet[i]);
  ub_emulated_module_transfer (ub_emulated_usb_get_module (UB_EMULATED_USB (self)), tx, rx, n - 1,
                               CLOCK_HZ);
  for (gsize i = 0; i + 1 < n; i++)
    answer->data[i] = reverse_bits (rx[i]);
  g_queue_push_tail (&self->answers, answer);
}

static void
run_packet (UbEmulatedCh341a *self, const guint8 *packet, gsize n)
{
  switch (packet[0]) {
  case 0xA8:
    if (n > 1)
      run_spi (self, packet, n);
    else
      self->n_bad++;
    break;
  case 0xAA:
    /* Only the setting of speeds is needed here; bit 2 would be two-bit SPI. */
    if (n < 3 || (packet[1] & 0xFC) != 0x60)
      self->n_bad++;
    break;
  case 0xAB:
    run_uio (self, packet, n);
    break;
  default:
    self->n_bad++;
    break;
  }
}

static int
ub_emulated_ch341a_control (
    UbEmulatedUsb *usb, guint8 request, guint16 value, guint8 *data, guint16 n)
{
  return -EPIPE;
}

static gsize
ub_emulated_ch341a_bulk_out (UbEmulatedUsb *usb, const guint8 *data, gsize n)
{
  UbEmulatedCh341a *self = UB_EMULATED_CH341A (usb);
  gsize taken = 0;

  while (taken < n && g_queue_get_length (&self->answers) < MAX_ANSWERS) {
    gsize length = MIN (n - taken, PACKET_SIZE);

    run_packet (self, data + taken, length);
    taken += length;
  }
  return taken;
}

static gssize
ub_emulated_ch341a_bulk_in (UbEmulatedUsb *usb, guint8 *data, gsize size)
{
  UbEmulatedCh341a *self = UB_EMULATED_CH341A (usb);
  g_autofree Answer *answer = g_queue_pop_head (&self->answers);

  if (answer == NULL)
    return -1;
  g_assert_cmpuint (size, >=, answer->length);
  memcpy (data, answer->data, answer->length);
  return answer->length;
}

static void
ub_emulated_ch341a_finalize (GObject *object)
{
  g_queue_clear_full (&UB_EMULATED_CH341A (object)->answers, g_free);

  G_OBJECT_CLASS (ub_emulated_ch341a_parent_class)->finalize (object);
}

static void
ub_emulated_ch341a_class_init (UbEmulatedCh341aClass *klass)
{
  UbEmulatedUsbClass *usb_class = UB_EMULATED_USB_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_emulated_ch341a_finalize;

  usb_class->control = ub_emulated_ch341a_control;
  usb_class->bulk_out = ub_emulated_ch341a_bulk_out;
  usb_class->bulk_in = ub_emulated_ch341a_bulk_in;
}

static void
ub_emulated_ch341a_init (UbEmulatedCh341a *self)
{
}

/**
 * ub_emulated_ch341a_plug:
 * @emulation: a computer
 * @is_serial_port: whether its jumper is set wrong
 * @reset_pin: the D pin that is wired to CEN
 * @port: where it is plugged in
 *
 * Returns: (transfer full): an adapter held by the kernel's spi-ch341, as after plugging in
 */
UbEmulatedCh341a *
ub_emulated_ch341a_plug (UbEmulation *emulation,
                         gboolean is_serial_port,
                         guint reset_pin,
                         guint port)
{
  const guint16 product_id = is_serial_port ? 0x5523 : 0x5512;
  const guint8 descriptors[] = {
    18, 1, 0x10, 0x01, 0xFF, 0,    2, 8,    0x86, 0x1A, product_id & 0xFF, product_id >> 8,
    4,  3, 0,    2,    0,    1, /* device */
    9,  2, 39,   0,    1,    1,    0, 0x80, 48, /* configuration */
    9,  4, 0,    0,    3,    0xFF, 1, 2,    0, /* interface */
    7,  5, 0x82, 2,    32,   0,    0, /* bulk in */
    7,  5, 0x02, 2,    32,   0,    0, /* bulk out */
    7,  5, 0x81, 3,    8,    0,    1, /* interrupt in */
  };
  UbEmulatedUsbTraits traits = {
    .vendor_id = 0x1A86,
    .product_id = product_id,
    .product = is_serial_port ? "USB2.0-Ser!" : "USB UART-LPT",
    .driver = is_serial_port ? "ch341" : "spi-ch341",
    .descriptors = descriptors,
    .n_descriptors = sizeof descriptors,
  };
  UbEmulatedCh341a *self = g_object_new (UB_TYPE_EMULATED_CH341A, NULL);

  self->reset_pin = reset_pin;
  ub_emulated_usb_plug (UB_EMULATED_USB (self), emulation, &traits, port);
  return self;
}

/**
 * ub_emulated_ch341a_get_n_bad_packets:
 * @self: an adapter
 *
 * Returns: how many packets it did not understand
 */
guint
ub_emulated_ch341a_get_n_bad_packets (UbEmulatedCh341a *self)
{
  return self->n_bad;
}

/**
 * ub_emulated_ch341a_is_released:
 * @self: an adapter
 *
 * Returns: whether every pin is an input
 */
gboolean
ub_emulated_ch341a_is_released (UbEmulatedCh341a *self)
{
  return self->direction == 0;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulated-usb"

#include "config.h"

#include "ub-emulated-usb.h"

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

#define USB_MAJOR 189
#define BUS 1
#define MAX_INTERFACES 4

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

typedef struct {
  GMutex mutex;
  UbEmulation *emulation;
  UbEmulatedModule *module;
  UbEmulatedUsbTraits traits;
  char *sysfs_path;
  char *node;

  GQueue transfers; /* in the order of submission */
  gboolean is_busy; /* another program has it */
  gboolean is_plain; /* the system knows nothing of kernel drivers */
  UMockdevIoctlClient *claimers[MAX_INTERFACES]; /* NULL for nobody */
  gboolean has_driver;
  guint8 halted; /* address of the endpoint that stalled */
  guint n_bulk;
  guint n_writes;
  guint n_page_writes; /* those of them that could hold a page */
  guint fail_at;
  UbEmulatedUsbFault fault;
  UbEmulatedUsbFault active_fault;
} UbEmulatedUsbPrivate;

/**
 * UbEmulatedUsb:
 *
 * A USB device as usbfs shows it (Documentation/driver-api/usb/usb.rst of the kernel), abstract: control
 * and bulk transfers go to the subclass.
 */
G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (UbEmulatedUsb, ub_emulated_usb, UMOCKDEV_TYPE_IOCTL_BASE)

#define PRIV(self) ((UbEmulatedUsbPrivate *) ub_emulated_usb_get_instance_private (self))

static void
transfer_free (Transfer *transfer)
{
  g_object_unref (transfer->client);
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
  UbEmulatedUsbPrivate *priv = PRIV (self);

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
  UbEmulatedUsbPrivate *priv = PRIV (self);
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

static glong
submit (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  Transfer *transfer;

  if (priv->active_fault == UB_EMULATED_USB_GONE)
    return -ENODEV;

  transfer = g_new0 (Transfer, 1);
  transfer->client = g_object_ref (client);
  transfer->urb = umockdev_ioctl_data_resolve (arg, 0, sizeof transfer->head, NULL);
  g_assert_nonnull (transfer->urb);
  memcpy (&transfer->head, transfer->urb->data, sizeof transfer->head);
  if (transfer->head.buffer_length > 0) {
    transfer->buffer = umockdev_ioctl_data_resolve (
        transfer->urb, offsetof (struct usbdevfs_urb, buffer), transfer->head.buffer_length, NULL);
    g_assert_nonnull (transfer->buffer);
  }
  if (transfer->head.type != USBDEVFS_URB_TYPE_CONTROL)
    count_bulk (priv, transfer);
  g_queue_push_tail (&priv->transfers, transfer);
  run_transfers (self);
  return 0;
}

static glong
discard (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
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

static glong
reap (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  g_autoptr (UMockdevIoctlData) pointer = NULL;

  run_transfers (self);
  for (GList *l = priv->transfers.head; l != NULL; l = l->next) {
    Transfer *transfer = l->data;

    if (!transfer->is_complete)
      continue;
    pointer = umockdev_ioctl_data_resolve (arg, 0, sizeof (gpointer), NULL);
    umockdev_ioctl_data_set_ptr (pointer, 0, transfer->urb);
    g_queue_delete_link (&priv->transfers, l);
    transfer_free (transfer);
    return 0;
  }
  return priv->active_fault == UB_EMULATED_USB_GONE ? -ENODEV : -EAGAIN;
}

/* The interface number that an ioctl's argument begins with. */
static guint
get_interface (UMockdevIoctlClient *client)
{
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  guint number;
  g_autoptr (UMockdevIoctlData) data = umockdev_ioctl_data_resolve (arg, 0, sizeof number, NULL);

  memcpy (&number, data->data, sizeof number);
  return MIN (number, MAX_INTERFACES - 1);
}

static glong
claim (UbEmulatedUsb *self, UMockdevIoctlClient *client, gboolean disconnect)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  UMockdevIoctlClient **claimer = &priv->claimers[get_interface (client)];

  if (priv->is_busy || (priv->has_driver && !disconnect) ||
      (*claimer != NULL && *claimer != client))
    return -EBUSY;
  priv->has_driver = FALSE;
  *claimer = client;
  return 0;
}

static glong
release (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UMockdevIoctlClient **claimer = &PRIV (self)->claimers[get_interface (client)];

  if (*claimer != client)
    return -EINVAL;
  *claimer = NULL;
  return 0;
}

static gboolean
is_claimed (UbEmulatedUsbPrivate *priv)
{
  for (guint i = 0; i < MAX_INTERFACES; i++) {
    if (priv->claimers[i] != NULL)
      return TRUE;
  }
  return FALSE;
}

static glong
clear_halt (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  guint endpoint;
  g_autoptr (UMockdevIoctlData) data = umockdev_ioctl_data_resolve (arg, 0, sizeof endpoint, NULL);

  memcpy (&endpoint, data->data, sizeof endpoint);
  if (priv->halted == endpoint)
    priv->halted = 0;
  return 0;
}

static glong
get_driver (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  struct usbdevfs_getdriver *driver;
  g_autoptr (UMockdevIoctlData) data = NULL;
  char name[sizeof driver->driver] = "";

  if (!priv->has_driver && !priv->is_busy && !is_claimed (priv))
    return -ENODATA;
  g_strlcpy (name, priv->has_driver ? priv->traits.driver : "usbfs", sizeof name);
  data = umockdev_ioctl_data_resolve (arg, 0, sizeof *driver, NULL);
  umockdev_ioctl_data_update (data, offsetof (struct usbdevfs_getdriver, driver), (guint8 *) name,
                              sizeof name);
  return 0;
}

/* USBDEVFS_IOCTL: attaching and detaching the kernel's driver. */
static glong
run_driver_request (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  struct usbdevfs_ioctl command;
  g_autoptr (UMockdevIoctlData) data = umockdev_ioctl_data_resolve (arg, 0, sizeof command, NULL);

  memcpy (&command, data->data, sizeof command);
  switch ((guint) command.ioctl_code) {
  case USBDEVFS_DISCONNECT:
    if (!priv->has_driver)
      return -ENODATA;
    priv->has_driver = FALSE;
    return 0;
  case USBDEVFS_CONNECT:
    if (is_claimed (priv))
      return -EBUSY;
    priv->has_driver = priv->traits.driver != NULL;
    return priv->has_driver ? 1 : 0;
  default:
    return -ENOTTY;
  }
}

static glong
get_capabilities (UMockdevIoctlClient *client)
{
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  guint32 capabilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                         USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_BULK_SCATTER_GATHER;
  g_autoptr (UMockdevIoctlData) data =
      umockdev_ioctl_data_resolve (arg, 0, sizeof capabilities, NULL);

  umockdev_ioctl_data_update (data, 0, (guint8 *) &capabilities, sizeof capabilities);
  return 0;
}

static glong
handle_request (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  const gulong request = umockdev_ioctl_client_get_request (client);

  switch (request) {
  case USBDEVFS_REAPURB:
  case USBDEVFS_REAPURBNDELAY:
    return reap (self, client);
  case USBDEVFS_SUBMITURB:
    return submit (self, client);
  case USBDEVFS_DISCARDURB:
    return discard (self, client);
  default:
    break;
  }
  if (priv->active_fault == UB_EMULATED_USB_GONE)
    return -ENODEV;
  if (priv->is_plain && (request == USBDEVFS_GETDRIVER || request == USBDEVFS_IOCTL ||
                         request == USBDEVFS_DISCONNECT_CLAIM))
    return -ENOTTY;
  switch (request) {
  case USBDEVFS_GET_CAPABILITIES:
    return get_capabilities (client);
  case USBDEVFS_CLAIMINTERFACE:
    return claim (self, client, FALSE);
  case USBDEVFS_DISCONNECT_CLAIM:
    return claim (self, client, TRUE);
  case USBDEVFS_RELEASEINTERFACE:
    return release (self, client);
  case USBDEVFS_CLEAR_HALT:
    return clear_halt (self, client);
  case USBDEVFS_GETDRIVER:
    return get_driver (self, client);
  case USBDEVFS_IOCTL:
    return run_driver_request (self, client);
  case USBDEVFS_SETCONFIGURATION:
  case USBDEVFS_SETINTERFACE:
  case USBDEVFS_RESET:
    return 0;
  default:
    return -ENOTTY;
  }
}

static gboolean
ub_emulated_usb_handle_ioctl (UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
  UbEmulatedUsb *self = UB_EMULATED_USB (base);
  glong result;

  g_mutex_lock (&PRIV (self)->mutex);
  result = handle_request (self, client);
  g_mutex_unlock (&PRIV (self)->mutex);

  if (result < 0)
    umockdev_ioctl_client_complete (client, -1, -result);
  else
    umockdev_ioctl_client_complete (client, result, 0);
  return TRUE;
}

static void
ub_emulated_usb_client_vanished (UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (UB_EMULATED_USB (base));

  g_mutex_lock (&priv->mutex);
  for (guint i = 0; i < MAX_INTERFACES; i++) {
    if (priv->claimers[i] == client)
      priv->claimers[i] = NULL;
  }
  for (GList *l = priv->transfers.head; l != NULL;) {
    GList *next = l->next;
    Transfer *transfer = l->data;

    if (transfer->client == client) {
      transfer_free (transfer);
      g_queue_delete_link (&priv->transfers, l);
    }
    l = next;
  }
  g_mutex_unlock (&priv->mutex);
}

static void
ub_emulated_usb_finalize (GObject *object)
{
  UbEmulatedUsbPrivate *priv = PRIV (UB_EMULATED_USB (object));

  g_queue_clear_full (&priv->transfers, (GDestroyNotify) transfer_free);
  g_free (priv->sysfs_path);
  g_free (priv->node);
  g_mutex_clear (&priv->mutex);

  G_OBJECT_CLASS (ub_emulated_usb_parent_class)->finalize (object);
}

static void
ub_emulated_usb_class_init (UbEmulatedUsbClass *klass)
{
  UMockdevIoctlBaseClass *base_class = UMOCKDEV_IOCTL_BASE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_emulated_usb_finalize;

  base_class->handle_ioctl = ub_emulated_usb_handle_ioctl;
  base_class->client_vanished = ub_emulated_usb_client_vanished;
}

static void
ub_emulated_usb_init (UbEmulatedUsb *self)
{
  g_mutex_init (&PRIV (self)->mutex);
}

/* As after plugging it in. */
static void
forget (UbEmulatedUsbPrivate *priv)
{
  priv->active_fault = UB_EMULATED_USB_FINE;
  priv->halted = 0;
  memset (priv->claimers, 0, sizeof priv->claimers);
}

static char *
to_hex (const guint8 *data, gsize n)
{
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n; i++)
    g_string_append_printf (text, "%02X", data[i]);
  return g_string_free (text, FALSE);
}

/**
 * ub_emulated_usb_plug:
 * @self: a device that is plugged in nowhere
 * @emulation: a computer
 * @traits: what it is; its strings must outlive @self
 * @port: where it is plugged in: 1 becomes “1-1”
 */
void
ub_emulated_usb_plug (UbEmulatedUsb *self,
                      UbEmulation *emulation,
                      const UbEmulatedUsbTraits *traits,
                      guint port)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  UMockdevTestbed *testbed = ub_emulation_get_testbed (emulation);
  g_autofree char *descriptors = to_hex (traits->descriptors, traits->n_descriptors);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  const guint address = port + 1;

  g_clear_pointer (&priv->sysfs_path, g_free);
  g_clear_pointer (&priv->node, g_free);
  priv->emulation = emulation;
  priv->module = ub_emulation_get_module (emulation);
  priv->traits = *traits;
  priv->traits.descriptors = NULL; /* only needed here */
  priv->has_driver = traits->driver != NULL;
  forget (priv);
  priv->node = g_strdup_printf ("/dev/bus/usb/%03u/%03u", BUS, address);
  priv->sysfs_path = g_strdup_printf ("/sys/devices/pci0000:00/0000:00:14.0/usb1/1-%u", port);

  g_string_append_printf (text, "P: %s\nN: bus/usb/%03u/%03u\n", priv->sysfs_path + strlen ("/sys"),
                          BUS, address);
  g_string_append_printf (text, "E: DEVTYPE=usb_device\nE: DEVNAME=%s\nE: SUBSYSTEM=usb\n",
                          priv->node);
  g_string_append_printf (text, "E: MAJOR=%u\nE: MINOR=%u\nE: BUSNUM=%03u\nE: DEVNUM=%03u\n",
                          USB_MAJOR, address - 1, BUS, address);
  g_string_append_printf (text, "A: idVendor=%04x\\n\nA: idProduct=%04x\\n\n", traits->vendor_id,
                          traits->product_id);
  g_string_append_printf (text, "A: busnum=%u\\n\nA: devnum=%u\\n\nA: speed=480\\n\n", BUS,
                          address);
  g_string_append (text, "A: bConfigurationValue=1\\n\nA: bNumConfigurations=1\\n\n");
  g_string_append_printf (text, "A: product=%s\\n\n", traits->product);
  if (traits->serial != NULL)
    g_string_append_printf (text, "A: serial=%s\\n\n", traits->serial);
  g_string_append_printf (text, "H: descriptors=%s\n\n", descriptors);

  umockdev_testbed_add_from_string (testbed, text->str, &error);
  g_assert_no_error (error);
  umockdev_testbed_attach_ioctl (testbed, priv->node, UMOCKDEV_IOCTL_BASE (self), &error);
  g_assert_no_error (error);
}

/**
 * ub_emulated_usb_unplug:
 * @self: a device that is plugged in
 *
 * Pulls it out, from under whatever has it open.
 */
void
ub_emulated_usb_unplug (UbEmulatedUsb *self)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);

  g_mutex_lock (&priv->mutex);
  priv->active_fault = UB_EMULATED_USB_GONE;
  g_mutex_unlock (&priv->mutex);
  umockdev_testbed_detach_ioctl (ub_emulation_get_testbed (priv->emulation), priv->node, NULL);
  umockdev_testbed_remove_device (ub_emulation_get_testbed (priv->emulation), priv->sysfs_path);
}

/**
 * ub_emulated_usb_get_module:
 * @self: a device that was plugged in
 *
 * Returns: (transfer none): the wires to the module
 */
UbEmulatedModule *
ub_emulated_usb_get_module (UbEmulatedUsb *self)
{
  return PRIV (self)->module;
}

/**
 * ub_emulated_usb_set_busy:
 * @self: a device
 * @busy: whether another program has it
 */
void
ub_emulated_usb_set_busy (UbEmulatedUsb *self, gboolean busy)
{
  g_mutex_lock (&PRIV (self)->mutex);
  PRIV (self)->is_busy = busy;
  g_mutex_unlock (&PRIV (self)->mutex);
}

/**
 * ub_emulated_usb_make_plain:
 * @self: a device that is plugged in
 *
 * From now on the system shows no more of it than its address and descriptors, which libusb needs, and knows
 * nothing of kernel drivers.
 */
void
ub_emulated_usb_make_plain (UbEmulatedUsb *self)
{
  static const char *const attributes[] = { "idVendor", "idProduct", "serial", "product" };
  UbEmulatedUsbPrivate *priv = PRIV (self);

  for (guint i = 0; i < G_N_ELEMENTS (attributes); i++) {
    g_autofree char *path = g_build_filename (priv->sysfs_path, attributes[i], NULL);

    ub_emulation_set_file (priv->emulation, path, NULL);
  }
  g_mutex_lock (&priv->mutex);
  priv->is_plain = TRUE;
  priv->has_driver = FALSE;
  g_mutex_unlock (&priv->mutex);
}

/**
 * ub_emulated_usb_fail_at:
 * @self: a device
 * @nth_bulk: which bulk transfer from now on, from 1
 * @fault: what happens then
 */
void
ub_emulated_usb_fail_at (UbEmulatedUsb *self, guint nth_bulk, UbEmulatedUsbFault fault)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);

  g_mutex_lock (&priv->mutex);
  priv->fail_at = priv->n_bulk + nth_bulk;
  priv->fault = fault;
  forget (priv);
  g_mutex_unlock (&priv->mutex);
}

/**
 * ub_emulated_usb_get_n_page_writes:
 * @self: a device
 *
 * Returns: how many bulk writes it got that are long enough to hold a page to program
 */
guint
ub_emulated_usb_get_n_page_writes (UbEmulatedUsb *self)
{
  guint n;

  g_mutex_lock (&PRIV (self)->mutex);
  n = PRIV (self)->n_page_writes;
  g_mutex_unlock (&PRIV (self)->mutex);
  return n;
}

/**
 * ub_emulated_usb_get_n_writes:
 * @self: a device
 *
 * Returns: how many bulk writes it got; each begins a round trip
 */
guint
ub_emulated_usb_get_n_writes (UbEmulatedUsb *self)
{
  guint n;

  g_mutex_lock (&PRIV (self)->mutex);
  n = PRIV (self)->n_writes;
  g_mutex_unlock (&PRIV (self)->mutex);
  return n;
}

/**
 * ub_emulated_usb_get_n_bulk:
 * @self: a device
 *
 * Returns: how many bulk transfers it got, in both directions
 */
guint
ub_emulated_usb_get_n_bulk (UbEmulatedUsb *self)
{
  guint n;

  g_mutex_lock (&PRIV (self)->mutex);
  n = PRIV (self)->n_bulk;
  g_mutex_unlock (&PRIV (self)->mutex);
  return n;
}

/**
 * ub_emulated_usb_has_driver:
 * @self: a device
 *
 * Returns: whether the kernel's driver holds it
 */
gboolean
ub_emulated_usb_has_driver (UbEmulatedUsb *self)
{
  gboolean has_driver;

  g_mutex_lock (&PRIV (self)->mutex);
  has_driver = PRIV (self)->has_driver;
  g_mutex_unlock (&PRIV (self)->mutex);
  return has_driver;
}

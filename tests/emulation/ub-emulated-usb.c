/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulated-usb"

#include "config.h"

#include "ub-emulated-usb-private.h"

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USB_MAJOR 189
#define BUS 1

/**
 * UbEmulatedUsb:
 *
 * A USB device as usbfs shows it (Documentation/driver-api/usb/usb.rst of the kernel), abstract: control
 * and bulk transfers go to the subclass.
 */
G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (UbEmulatedUsb, ub_emulated_usb, UMOCKDEV_TYPE_IOCTL_BASE)

#define PRIV(self) ub_emulated_usb_get_private (self)

UbEmulatedUsbPrivate *
ub_emulated_usb_get_private (UbEmulatedUsb *self)
{
  return ub_emulated_usb_get_instance_private (self);
}

/* The interface number that an ioctl's argument begins with. */
static guint
get_interface (UMockdevIoctlClient *client)
{
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  guint number;
  g_autoptr (UMockdevIoctlData) data = umockdev_ioctl_data_resolve (arg, 0, sizeof number, NULL);

  memcpy (&number, data->data, sizeof number);
  return MIN (number, UB_EMULATED_USB_MAX_INTERFACES - 1);
}

/* Whoever had the interface has it no longer. A client that died in the middle of an ioctl does not vanish, it is
 * just not connected any more; it has to be kept, because umockdev does not close its stream. */
static void
drop_claimer (UbEmulatedUsbPrivate *priv, UMockdevIoctlClient **claimer)
{
  if (*claimer != NULL)
    g_ptr_array_add (priv->gone, g_steal_pointer (claimer));
}

static glong
claim (UbEmulatedUsb *self, UMockdevIoctlClient *client, gboolean disconnect)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  UMockdevIoctlClient **claimer = &priv->claimers[get_interface (client)];

  if (*claimer != NULL && !umockdev_ioctl_client_get_connected (*claimer)) {
    ub_emulated_usb_drop_transfers (self, *claimer);
    drop_claimer (priv, claimer);
  }
  if (priv->is_busy || (priv->has_driver && (!disconnect || priv->is_stubborn)) ||
      (*claimer != NULL && *claimer != client))
    return -EBUSY;
  priv->has_driver = FALSE;
  g_set_object (claimer, client);
  return 0;
}

static glong
release (UbEmulatedUsb *self, UMockdevIoctlClient *client)
{
  UMockdevIoctlClient **claimer = &PRIV (self)->claimers[get_interface (client)];

  if (*claimer != client)
    return -EINVAL;
  g_clear_object (claimer);
  return 0;
}

static gboolean
is_claimed (UbEmulatedUsbPrivate *priv)
{
  for (guint i = 0; i < UB_EMULATED_USB_MAX_INTERFACES; i++) {
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
    if (priv->is_stubborn)
      return -EBUSY;
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
    return ub_emulated_usb_reap (self, client);
  case USBDEVFS_SUBMITURB:
    return ub_emulated_usb_submit (self, client);
  case USBDEVFS_DISCARDURB:
    return ub_emulated_usb_discard (self, client);
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
  case USBDEVFS_CONTROL:
    return ub_emulated_usb_run_control (self, client);
  case USBDEVFS_BULK:
    return ub_emulated_usb_run_bulk (self, client);
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

  ub_emulation_answer (client, result);
  return TRUE;
}

static void
ub_emulated_usb_client_vanished (UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
  UbEmulatedUsbPrivate *priv = PRIV (UB_EMULATED_USB (base));

  g_mutex_lock (&priv->mutex);
  g_ptr_array_add (priv->gone, g_object_ref (client));
  for (guint i = 0; i < UB_EMULATED_USB_MAX_INTERFACES; i++) {
    if (priv->claimers[i] == client)
      drop_claimer (priv, &priv->claimers[i]);
  }
  ub_emulated_usb_drop_transfers (UB_EMULATED_USB (base), client);
  g_mutex_unlock (&priv->mutex);
}

static void
ub_emulated_usb_finalize (GObject *object)
{
  UbEmulatedUsbPrivate *priv = PRIV (UB_EMULATED_USB (object));

  ub_emulated_usb_drop_transfers (UB_EMULATED_USB (object), NULL);
  for (guint i = 0; i < UB_EMULATED_USB_MAX_INTERFACES; i++)
    g_clear_object (&priv->claimers[i]);
  g_ptr_array_unref (priv->gone);
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
  PRIV (self)->gone = g_ptr_array_new_with_free_func (g_object_unref);
}

/* As after plugging it in. */
static void
forget (UbEmulatedUsbPrivate *priv)
{
  priv->active_fault = UB_EMULATED_USB_FINE;
  priv->halted = 0;
  for (guint i = 0; i < UB_EMULATED_USB_MAX_INTERFACES; i++)
    drop_claimer (priv, &priv->claimers[i]);
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
 * ub_emulated_usb_make_stubborn:
 * @self: a device that is plugged in
 *
 * From now on the kernel's driver, of which sysfs tells the name, does not let go of it.
 */
void
ub_emulated_usb_make_stubborn (UbEmulatedUsb *self)
{
  UbEmulatedUsbPrivate *priv = PRIV (self);
  g_autofree char *root =
      umockdev_testbed_get_root_dir (ub_emulation_get_testbed (priv->emulation));
  g_autofree char *name = g_path_get_basename (priv->sysfs_path);
  g_autofree char *interface = g_strdup_printf ("%s:1.0", name);
  g_autofree char *folder = g_build_filename (root, priv->sysfs_path, interface, NULL);
  g_autofree char *link = g_build_filename (folder, "driver", NULL);
  g_autofree char *driver = g_build_filename ("../../drivers", priv->traits.driver, NULL);

  g_assert_cmpint (g_mkdir_with_parents (folder, 0755), ==, 0);
  g_assert_cmpint (symlink (driver, link), ==, 0);
  g_mutex_lock (&priv->mutex);
  priv->is_stubborn = TRUE;
  g_mutex_unlock (&priv->mutex);
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

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulated-spidev"

#include "config.h"

#include "ub-emulated-spidev.h"

#include <errno.h>
#include <linux/spi/spidev.h>

#define SPIDEV_MAJOR 153

/* What chip select is high for between two transfers with cs_change (drivers/spi/spi.c,
 * _spi_transfer_cs_change_delay()). */
#define CS_CHANGE_NS 10000

/**
 * UbEmulatedSpidev:
 *
 * A spidev node as the kernel makes it: drivers/spi/spidev.c and spi.c decide what is refused and what
 * chip select does.
 */
struct _UbEmulatedSpidev {
  UMockdevIoctlBase parent_instance;

  GMutex mutex;
  UbEmulatedModule *module;
  UbEmulatedSpidevTraits traits;
  guint8 mode;
  guint8 bits;
  guint32 max_hz;
  gboolean cs_low;

  guint fail_at;
  int fail_with;
  guint lowest_hz;
  UbEmulatedSpidevCounters counters;
};

G_DEFINE_FINAL_TYPE (UbEmulatedSpidev, ub_emulated_spidev, UMOCKDEV_TYPE_IOCTL_BASE)

/* A Raspberry Pi with a 64-bit kernel. */
const UbEmulatedSpidevTraits ub_emulated_spidev_raspberry_pi = {
  .bufsiz = 4096,
  .alignment = 128,
  .max_hz = 125000000,
  .modes = 0x0F,
  .module_modes = 1u << 0 | 1u << 3,
};

static guint
round_up (guint n, guint alignment)
{
  return (n + alignment - 1) / alignment * alignment;
}

/* What spidev_message() and __spi_validate() refuse: 0 or an error number. */
static int
check_message (UbEmulatedSpidev *self, struct spi_ioc_transfer *transfers, guint n)
{
  guint tx_total = 0, rx_total = 0;

  for (guint i = 0; i < n; i++) {
    guint size = round_up (transfers[i].len, self->traits.alignment);

    if (transfers[i].tx_buf != 0)
      tx_total += size;
    if (transfers[i].rx_buf != 0)
      rx_total += size;
    if (tx_total > self->traits.bufsiz || rx_total > self->traits.bufsiz)
      return EMSGSIZE;
  }
  for (guint i = 0; i < n; i++) {
    if (transfers[i].speed_hz == 0)
      transfers[i].speed_hz = self->max_hz;
    transfers[i].speed_hz = MIN (transfers[i].speed_hz, self->traits.max_hz);
    if (transfers[i].speed_hz < self->traits.min_hz)
      return EINVAL;
    if (transfers[i].bits_per_word != 0 && transfers[i].bits_per_word != 8)
      return EINVAL;
    if (transfers[i].len == 0 && self->traits.refuses_empty)
      return EINVAL;
    if (transfers[i].len > 0 && transfers[i].tx_buf == 0 && transfers[i].rx_buf == 0)
      return EINVAL;
  }
  return 0;
}

static void
set_cs (UbEmulatedSpidev *self, gboolean low)
{
  if (self->cs_low != low)
    ub_emulated_module_set_cs (self->module, low);
  self->cs_low = low;
}

static gboolean
run_transfer (UbEmulatedSpidev *self,
              UMockdevIoctlData *block,
              guint index,
              const struct spi_ioc_transfer *transfer)
{
  gsize at = index * sizeof *transfer;
  g_autoptr (UMockdevIoctlData) tx = NULL;
  g_autoptr (UMockdevIoctlData) rx = NULL;
  g_autofree guint8 *reply = NULL;

  if (transfer->len == 0)
    return TRUE;
  if (transfer->tx_buf != 0)
    tx = umockdev_ioctl_data_resolve (block, at + G_STRUCT_OFFSET (struct spi_ioc_transfer, tx_buf),
                                      transfer->len, NULL);
  if (transfer->rx_buf != 0)
    rx = umockdev_ioctl_data_resolve (block, at + G_STRUCT_OFFSET (struct spi_ioc_transfer, rx_buf),
                                      transfer->len, NULL);
  if ((transfer->tx_buf != 0 && tx == NULL) || (transfer->rx_buf != 0 && rx == NULL))
    return FALSE;

  reply = g_malloc (transfer->len);
  /* In the wrong mode each side looks at the other's edges, and nothing sensible comes of it. */
  if ((self->traits.module_modes & 1u << (self->mode & 3)) != 0)
    ub_emulated_module_transfer (self->module, tx != NULL ? tx->data : NULL, reply, transfer->len,
                                 transfer->speed_hz);
  else
    memset (reply, 0x5A, transfer->len);
  if (rx != NULL)
    umockdev_ioctl_data_update (rx, 0, reply, transfer->len);

  if (self->lowest_hz == 0 || transfer->speed_hz < self->lowest_hz)
    self->lowest_hz = transfer->speed_hz;
  return TRUE;
}

/* A page program is the only transfer of its length: command, address and 256 bytes. */
static gboolean
has_page (const struct spi_ioc_transfer *transfers, guint n)
{
  for (guint i = 0; i < n; i++) {
    if (transfers[i].tx_buf != 0 && transfers[i].len == 4 + 256)
      return TRUE;
  }
  return FALSE;
}

/* spi_transfer_one_message(): between transfers cs_change lets chip select rise for a moment, on the last
 * one it keeps it low. A transfer's delay passes before that. */
static glong
run_message (UbEmulatedSpidev *self,
             UMockdevIoctlData *block,
             const struct spi_ioc_transfer *transfers,
             guint n)
{
  glong total = 0;
  gboolean keep = FALSE;

  set_cs (self, TRUE);
  for (guint i = 0; i < n; i++) {
    if (!run_transfer (self, block, i, &transfers[i])) {
      set_cs (self, FALSE);
      return -EFAULT;
    }
    total += transfers[i].len;
    if (transfers[i].delay_usecs > 0)
      ub_emulated_module_wait (self->module, transfers[i].delay_usecs * 1000);
    if (transfers[i].cs_change == 0)
      continue;
    if (i == n - 1) {
      keep = TRUE;
    } else {
      set_cs (self, FALSE);
      ub_emulated_module_wait (self->module, CS_CHANGE_NS);
      set_cs (self, TRUE);
    }
  }
  if (!keep)
    set_cs (self, FALSE);
  return total;
}

static glong
handle_message (UbEmulatedSpidev *self, UMockdevIoctlClient *client, gsize size)
{
  UMockdevIoctlData *arg = umockdev_ioctl_client_get_arg (client);
  g_autoptr (UMockdevIoctlData) block = NULL;
  g_autofree struct spi_ioc_transfer *transfers = NULL;
  guint n = size / sizeof *transfers;
  int number;

  self->counters.messages++;
  if (self->fail_with != 0 && self->counters.messages >= self->fail_at)
    return -self->fail_with;
  if (size % sizeof *transfers != 0) {
    self->counters.refused++;
    return -EINVAL;
  }
  if (n == 0)
    return 0;
  block = umockdev_ioctl_data_resolve (arg, 0, size, NULL);
  if (block == NULL)
    return -EFAULT;
  transfers = g_memdup2 (block->data, size);
  number = check_message (self, transfers, n);
  if (number != 0) {
    self->counters.refused++;
    return -number;
  }
  if (has_page (transfers, n))
    self->counters.page_messages++;
  return run_message (self, block, transfers, n);
}

static glong
write_mode (UbEmulatedSpidev *self, UMockdevIoctlClient *client)
{
  guint8 mode = 0;

  if (!ub_emulation_get_argument (client, &mode, sizeof mode))
    return -EFAULT;
  if ((mode & ~3u) != 0 || (self->traits.modes & 1u << (mode & 3)) == 0)
    return -EINVAL;
  self->mode = mode;
  return 0;
}

static glong
write_speed (UbEmulatedSpidev *self, UMockdevIoctlClient *client)
{
  guint32 hz = 0;

  if (!ub_emulation_get_argument (client, &hz, sizeof hz))
    return -EFAULT;
  if (hz == 0)
    return -EINVAL;
  self->max_hz = hz;
  return 0;
}

static glong
write_bits (UbEmulatedSpidev *self, UMockdevIoctlClient *client)
{
  guint8 bits = 0;

  if (!ub_emulation_get_argument (client, &bits, sizeof bits))
    return -EFAULT;
  if (bits != 0 && bits != 8)
    return -EINVAL;
  self->bits = 8;
  return 0;
}

static glong
handle_request (UbEmulatedSpidev *self, UMockdevIoctlClient *client)
{
  gulong request = umockdev_ioctl_client_get_request (client);

  self->counters.ioctls++;
  if (_IOC_TYPE (request) != SPI_IOC_MAGIC)
    return -ENOTTY;
  if (_IOC_NR (request) == 0 && _IOC_DIR (request) == _IOC_WRITE)
    return handle_message (self, client, _IOC_SIZE (request));

  switch (request) {
  case SPI_IOC_WR_MODE:
    return write_mode (self, client);
  case SPI_IOC_RD_MODE:
    return ub_emulation_set_argument (client, &self->mode, sizeof self->mode) ? 0 : -EFAULT;
  case SPI_IOC_WR_BITS_PER_WORD:
    return write_bits (self, client);
  case SPI_IOC_RD_BITS_PER_WORD:
    return ub_emulation_set_argument (client, &self->bits, sizeof self->bits) ? 0 : -EFAULT;
  case SPI_IOC_WR_MAX_SPEED_HZ:
    return write_speed (self, client);
  case SPI_IOC_RD_MAX_SPEED_HZ:
    return ub_emulation_set_argument (client, &self->max_hz, sizeof self->max_hz) ? 0 : -EFAULT;
  default:
    return -EINVAL;
  }
}

static gboolean
ub_emulated_spidev_handle_ioctl (UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
  UbEmulatedSpidev *self = UB_EMULATED_SPIDEV (base);
  glong result;

  g_mutex_lock (&self->mutex);
  result = handle_request (self, client);
  g_mutex_unlock (&self->mutex);

  ub_emulation_answer (client, result);
  return TRUE;
}

static void
ub_emulated_spidev_finalize (GObject *object)
{
  g_mutex_clear (&UB_EMULATED_SPIDEV (object)->mutex);

  G_OBJECT_CLASS (ub_emulated_spidev_parent_class)->finalize (object);
}

static void
ub_emulated_spidev_class_init (UbEmulatedSpidevClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_emulated_spidev_finalize;

  UMOCKDEV_IOCTL_BASE_CLASS (klass)->handle_ioctl = ub_emulated_spidev_handle_ioctl;
}

static void
ub_emulated_spidev_init (UbEmulatedSpidev *self)
{
  g_mutex_init (&self->mutex);
  self->bits = 8;
}

/**
 * ub_emulated_spidev_add:
 * @emulation: a computer
 * @name: such as “spidev0.0”
 * @traits: what kind it is
 *
 * Returns: (transfer full): a spidev node with the module on its pins
 */
UbEmulatedSpidev *
ub_emulated_spidev_add (UbEmulation *emulation,
                        const char *name,
                        const UbEmulatedSpidevTraits *traits)
{
  UbEmulatedSpidev *self = g_object_new (UB_TYPE_EMULATED_SPIDEV, NULL);
  g_autofree char *bufsiz = g_strdup_printf ("%u\n", traits->bufsiz);

  self->module = ub_emulation_get_module (emulation);
  self->traits = *traits;
  self->max_hz = traits->max_hz;
  ub_emulation_set_file (emulation, "/sys/module/spidev/parameters/bufsiz",
                         traits->hides_bufsiz ? NULL : bufsiz);
  ub_emulation_add_node (emulation, "spidev", name, SPIDEV_MAJOR, (guint) name[strlen (name) - 1],
                         UMOCKDEV_IOCTL_BASE (self));
  return self;
}

/**
 * ub_emulated_spidev_fail_at:
 * @self: a node
 * @nth_message: from this message on, counted from 1 since the node was added
 * @number: the error number, 0 for none any more
 */
void
ub_emulated_spidev_fail_at (UbEmulatedSpidev *self, guint nth_message, int number)
{
  g_mutex_lock (&self->mutex);
  self->fail_at = nth_message;
  self->fail_with = number;
  g_mutex_unlock (&self->mutex);
}

void
ub_emulated_spidev_get_counters (UbEmulatedSpidev *self, UbEmulatedSpidevCounters *counters)
{
  g_mutex_lock (&self->mutex);
  *counters = self->counters;
  g_mutex_unlock (&self->mutex);
}

/**
 * ub_emulated_spidev_get_lowest_hz:
 * @self: a node
 *
 * Returns: the lowest clock at which bytes were moved
 */
guint
ub_emulated_spidev_get_lowest_hz (UbEmulatedSpidev *self)
{
  guint hz;

  g_mutex_lock (&self->mutex);
  hz = self->lowest_hz;
  g_mutex_unlock (&self->mutex);
  return hz;
}

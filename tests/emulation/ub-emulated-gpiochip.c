/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulated-gpiochip"

#include "config.h"

#include "ub-emulated-gpiochip.h"

#include "ub-emulation-protocol.h"

#include <errno.h>
#include <linux/gpio.h>

#define GPIO_MAJOR 254
#define LINE_MAJOR 255

/**
 * UbEmulatedGpiochip:
 *
 * A GPIO chip as the kernel makes it, with both versions of its ioctls (drivers/gpio/gpiolib-cdev.c).
 * The one line that can be asked for is the one on CEN.
 */
struct _UbEmulatedGpiochip {
  UMockdevIoctlBase parent_instance;

  GMutex mutex;
  UbEmulatedModule *module;
  UbEmulatedGpiochipTraits traits;
  char *name;
  char *line_node;
  char *consumer; /* of somebody else who holds the line, or of who asked for it */

  gboolean held;
  gboolean is_output;
  gboolean open_drain;
  gboolean was_input;
  guint n_announced; /* descriptors whose end was told before umockdev notices it */
};

G_DEFINE_FINAL_TYPE (UbEmulatedGpiochip, ub_emulated_gpiochip, UMOCKDEV_TYPE_IOCTL_BASE)

const UbEmulatedGpiochipTraits ub_emulated_gpiochip_raspberry_pi = {
  .label = "pinctrl-bcm2711",
  .n_lines = 58,
  .named = TRUE,
  .cen = 22,
};

static void
drive (UbEmulatedGpiochip *self, gboolean high)
{
  ub_emulated_module_set_cen (self->module, self->is_output && !high);
}

static glong
describe_chip (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpiochip_info info = { .lines = self->traits.n_lines };

  g_strlcpy (info.name, self->name, sizeof info.name);
  g_strlcpy (info.label, self->traits.label, sizeof info.label);
  return ub_emulation_set_argument (client, &info, sizeof info) ? 0 : -EFAULT;
}

static void
get_line_name (UbEmulatedGpiochip *self, guint offset, char *name, gsize size)
{
  if (self->traits.named)
    g_snprintf (name, size, "GPIO%u", offset);
}

static glong
describe_line_v1 (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpioline_info info;

  if (!ub_emulation_get_argument (client, &info, sizeof info))
    return -EFAULT;
  if (info.line_offset >= self->traits.n_lines)
    return -EINVAL;
  info = (struct gpioline_info) { .line_offset = info.line_offset };
  get_line_name (self, info.line_offset, info.name, sizeof info.name);
  if ((int) info.line_offset == self->traits.cen && self->consumer != NULL) {
    info.flags |= GPIOLINE_FLAG_KERNEL;
    g_strlcpy (info.consumer, self->consumer, sizeof info.consumer);
  }
  return ub_emulation_set_argument (client, &info, sizeof info) ? 0 : -EFAULT;
}

static glong
describe_line_v2 (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpio_v2_line_info info;

  if (!ub_emulation_get_argument (client, &info, sizeof info))
    return -EFAULT;
  if (info.offset >= self->traits.n_lines)
    return -EINVAL;
  info = (struct gpio_v2_line_info) { .offset = info.offset, .flags = GPIO_V2_LINE_FLAG_INPUT };
  get_line_name (self, info.offset, info.name, sizeof info.name);
  if ((int) info.offset == self->traits.cen && self->consumer != NULL) {
    info.flags |= GPIO_V2_LINE_FLAG_USED;
    g_strlcpy (info.consumer, self->consumer, sizeof info.consumer);
  }
  return ub_emulation_set_argument (client, &info, sizeof info) ? 0 : -EFAULT;
}

static int
take_line (UbEmulatedGpiochip *self, guint offset, const char *consumer)
{
  if (offset >= self->traits.n_lines || (int) offset != self->traits.cen)
    return EINVAL;
  if (self->consumer != NULL)
    return EBUSY;
  self->consumer = g_strdup (consumer);
  self->held = TRUE;
  self->was_input = FALSE;
  return 0;
}

static glong
request_line_v1 (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpiohandle_request request;
  int number;

  if (!ub_emulation_get_argument (client, &request, sizeof request))
    return -EFAULT;
  if (request.lines != 1)
    return -EINVAL;
  number = take_line (self, request.lineoffsets[0], request.consumer_label);
  if (number != 0)
    return -number;
  self->is_output = (request.flags & GPIOHANDLE_REQUEST_OUTPUT) != 0;
  self->open_drain = (request.flags & GPIOHANDLE_REQUEST_OPEN_DRAIN) != 0;
  drive (self, request.default_values[0] != 0);
  request.fd = UB_EMULATION_LINE_TOKEN + self->traits.cen;
  return ub_emulation_set_argument (client, &request, sizeof request) ? 0 : -EFAULT;
}

static void
apply_config_v2 (UbEmulatedGpiochip *self, const struct gpio_v2_line_config *config)
{
  guint64 flags = config->flags;
  gboolean high = FALSE;

  for (guint i = 0; i < config->num_attrs; i++) {
    if (config->attrs[i].attr.id == GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES)
      high = (config->attrs[i].attr.values & 1) != 0;
    if (config->attrs[i].attr.id == GPIO_V2_LINE_ATTR_ID_FLAGS)
      flags = config->attrs[i].attr.flags;
  }
  self->is_output = (flags & GPIO_V2_LINE_FLAG_OUTPUT) != 0;
  self->was_input = !self->is_output;
  if (self->is_output)
    self->open_drain = (flags & GPIO_V2_LINE_FLAG_OPEN_DRAIN) != 0;
  drive (self, high);
}

static glong
request_line_v2 (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpio_v2_line_request request;
  int number;

  if (!ub_emulation_get_argument (client, &request, sizeof request))
    return -EFAULT;
  if (request.num_lines != 1)
    return -EINVAL;
  number = take_line (self, request.offsets[0], request.consumer);
  if (number != 0)
    return -number;
  apply_config_v2 (self, &request.config);
  request.fd = UB_EMULATION_LINE_TOKEN + self->traits.cen;
  return ub_emulation_set_argument (client, &request, sizeof request) ? 0 : -EFAULT;
}

static glong
set_values_v1 (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpiohandle_data data;

  if (!ub_emulation_get_argument (client, &data, sizeof data))
    return -EFAULT;
  if (!self->is_output)
    return -EPERM;
  drive (self, data.values[0] != 0);
  return 0;
}

static glong
set_config_v1 (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpiohandle_config config;

  if (!ub_emulation_get_argument (client, &config, sizeof config))
    return -EFAULT;
  self->is_output = (config.flags & GPIOHANDLE_REQUEST_OUTPUT) != 0;
  self->was_input = !self->is_output;
  drive (self, config.default_values[0] != 0);
  return 0;
}

static glong
set_values_v2 (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpio_v2_line_values values;

  if (!ub_emulation_get_argument (client, &values, sizeof values))
    return -EFAULT;
  if (!self->is_output)
    return -EPERM;
  if ((values.mask & 1) != 0)
    drive (self, (values.bits & 1) != 0);
  return 0;
}

static glong
set_config_v2 (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  struct gpio_v2_line_config config;

  if (!ub_emulation_get_argument (client, &config, sizeof config))
    return -EFAULT;
  apply_config_v2 (self, &config);
  return 0;
}

static glong
handle_chip_request (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  switch (umockdev_ioctl_client_get_request (client)) {
  case GPIO_GET_CHIPINFO_IOCTL:
    return describe_chip (self, client);
  case GPIO_GET_LINEINFO_IOCTL:
    return describe_line_v1 (self, client);
  case GPIO_V2_GET_LINEINFO_IOCTL:
    return describe_line_v2 (self, client);
  case GPIO_GET_LINEHANDLE_IOCTL:
    return request_line_v1 (self, client);
  case GPIO_V2_GET_LINE_IOCTL:
    return request_line_v2 (self, client);
  default:
    return -EINVAL;
  }
}

/* The descriptor was closed, by its owner or because he died. */
static void
let_line_go (UbEmulatedGpiochip *self)
{
  self->held = FALSE;
  g_clear_pointer (&self->consumer, g_free);
  if (!self->traits.keeps_driving) {
    self->is_output = FALSE;
    drive (self, TRUE);
  }
}

static glong
handle_line_request (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  switch (umockdev_ioctl_client_get_request (client)) {
  case GPIOHANDLE_SET_LINE_VALUES_IOCTL:
    return set_values_v1 (self, client);
  case GPIOHANDLE_SET_CONFIG_IOCTL:
    return set_config_v1 (self, client);
  case GPIO_V2_LINE_SET_VALUES_IOCTL:
    return set_values_v2 (self, client);
  case GPIO_V2_LINE_SET_CONFIG_IOCTL:
    return set_config_v2 (self, client);
  case UB_EMULATION_RELEASE_IOCTL:
    self->n_announced++;
    let_line_go (self);
    return 0;
  default:
    return -EINVAL; /* not ENOTTY, as the kernel does it */
  }
}

static gboolean
is_line (UbEmulatedGpiochip *self, UMockdevIoctlClient *client)
{
  return g_strcmp0 (umockdev_ioctl_client_get_devnode (client), self->line_node) == 0;
}

static gboolean
ub_emulated_gpiochip_handle_ioctl (UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
  UbEmulatedGpiochip *self = UB_EMULATED_GPIOCHIP (base);
  glong result;

  g_mutex_lock (&self->mutex);
  result = is_line (self, client) ? handle_line_request (self, client)
                                  : handle_chip_request (self, client);
  g_mutex_unlock (&self->mutex);

  ub_emulation_answer (client, result);
  return TRUE;
}

static void
ub_emulated_gpiochip_client_vanished (UMockdevIoctlBase *base, UMockdevIoctlClient *client)
{
  UbEmulatedGpiochip *self = UB_EMULATED_GPIOCHIP (base);

  if (!is_line (self, client))
    return;
  g_mutex_lock (&self->mutex);
  if (self->n_announced > 0)
    self->n_announced--;
  else
    let_line_go (self);
  g_mutex_unlock (&self->mutex);
}

static void
ub_emulated_gpiochip_finalize (GObject *object)
{
  UbEmulatedGpiochip *self = UB_EMULATED_GPIOCHIP (object);

  g_free (self->name);
  g_free (self->line_node);
  g_free (self->consumer);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (ub_emulated_gpiochip_parent_class)->finalize (object);
}

static void
ub_emulated_gpiochip_class_init (UbEmulatedGpiochipClass *klass)
{
  UMockdevIoctlBaseClass *base_class = UMOCKDEV_IOCTL_BASE_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_emulated_gpiochip_finalize;

  base_class->handle_ioctl = ub_emulated_gpiochip_handle_ioctl;
  base_class->client_vanished = ub_emulated_gpiochip_client_vanished;
}

static void
ub_emulated_gpiochip_init (UbEmulatedGpiochip *self)
{
  g_mutex_init (&self->mutex);
}

/**
 * ub_emulated_gpiochip_add:
 * @emulation: a computer
 * @name: such as “gpiochip0”
 * @traits: what kind it is
 *
 * Returns: (transfer full): a GPIO chip with CEN on one of its lines
 */
UbEmulatedGpiochip *
ub_emulated_gpiochip_add (UbEmulation *emulation,
                          const char *name,
                          const UbEmulatedGpiochipTraits *traits)
{
  UbEmulatedGpiochip *self = g_object_new (UB_TYPE_EMULATED_GPIOCHIP, NULL);

  self->module = ub_emulation_get_module (emulation);
  self->traits = *traits;
  self->name = g_strdup (name);
  ub_emulation_add_node (emulation, "gpio", name, GPIO_MAJOR,
                         (guint) g_ascii_strtoull (name + strlen ("gpiochip"), NULL, 10),
                         UMOCKDEV_IOCTL_BASE (self));
  if (traits->cen >= 0) {
    g_autofree char *line = g_strdup_printf (UB_EMULATION_LINE_NODE, traits->cen);

    self->line_node = g_build_filename ("/dev", line, NULL);
    ub_emulation_add_node (emulation, "unbrick", line, LINE_MAJOR, (guint) traits->cen,
                           UMOCKDEV_IOCTL_BASE (self));
  }
  return self;
}

/**
 * ub_emulated_gpiochip_set_consumer:
 * @self: a chip
 * @consumer: (nullable): somebody else who holds the line on CEN, %NULL for nobody
 */
void
ub_emulated_gpiochip_set_consumer (UbEmulatedGpiochip *self, const char *consumer)
{
  g_mutex_lock (&self->mutex);
  g_free (self->consumer);
  self->consumer = g_strdup (consumer);
  g_mutex_unlock (&self->mutex);
}

/**
 * ub_emulated_gpiochip_is_held:
 * @self: a chip
 *
 * Returns: whether a program holds the line on CEN
 */
gboolean
ub_emulated_gpiochip_is_held (UbEmulatedGpiochip *self)
{
  gboolean held;

  g_mutex_lock (&self->mutex);
  held = self->held;
  g_mutex_unlock (&self->mutex);
  return held;
}

/**
 * ub_emulated_gpiochip_was_input:
 * @self: a chip
 *
 * Returns: whether the line on CEN was an input when it was last held
 */
gboolean
ub_emulated_gpiochip_was_input (UbEmulatedGpiochip *self)
{
  gboolean was_input;

  g_mutex_lock (&self->mutex);
  was_input = self->was_input;
  g_mutex_unlock (&self->mutex);
  return was_input;
}

/**
 * ub_emulated_gpiochip_is_open_drain:
 * @self: a chip
 *
 * Returns: whether the line on CEN was last asked for as an open drain
 */
gboolean
ub_emulated_gpiochip_is_open_drain (UbEmulatedGpiochip *self)
{
  gboolean open_drain;

  g_mutex_lock (&self->mutex);
  open_drain = self->open_drain;
  g_mutex_unlock (&self->mutex);
  return open_drain;
}

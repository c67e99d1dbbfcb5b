/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-spidev"

#include "config.h"

#include "ub-spidev-programmer.h"

#include "ub-board-preset.h"
#include "ub-error.h"
#include "ub-programmer-info.h"
#include "ub-reset-line.h"
#include "ub-spidev-message.h"
#include "ub-spidev-node.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BACKEND "spidev"
#define MANUAL "manual"

/* No SPI controller of a board with a header is slower than the first or needs more than the second as
 * its lowest clock (bcm2835: core clock / 65536, sun4i and sun6i: 3 kHz); and no flash that is read
 * with the command 03 is faster than the third (W25Q16JV and GD25Q16C datasheets, AC characteristics). */
#define LOWEST_HZ 1000
#define HIGHEST_FLOOR_HZ (1000 * 1000)
#define HIGHEST_HZ (50 * 1000 * 1000)

/* What a transaction takes of bufsiz besides its own bytes, made for the batches that matter. A page is
 * programmed in four transactions (write enable, its proof, the page, its status), which count as 128 + 128 +
 * 384 + 128 bytes sent, so that five pages fit 4096; of their own they have 265 to 360 bytes, received ones
 * included, which are counted apart. Batches are only sized by it: what does not fit one message becomes two. */
#define TRANSACTION_COST 114

/**
 * UbSpidevProgrammer:
 *
 * A Linux computer's own SPI pins, through spidev, and one of its GPIO lines on CEN.
 *
 * An exchange cannot be interrupted: the kernel gives each message a deadline of its own, twice its time
 * on the wires and some, and answers ETIMEDOUT past that (drivers/spi/spi.c, spi_transfer_wait()).
 */
struct _UbSpidevProgrammer {
  UbProgrammer parent_instance;

  /* what the person asked for */
  char *device;
  char *cen;
  char *chip;
  UbResetLineDrive drive;

  /* while it is open */
  int fd;
  UbResetLine *reset_line;
  UbSpidevRules rules;
  UbSpidevMessage *message;
  int mode; /* that is set, -1 when it is not known */
  guint32 wanted_hz; /* that the clock was last set for, 0 when it was not */
  guint32 board_hz; /* that the board's description gives the device, 0 when it is not told */
};

G_DEFINE_FINAL_TYPE (UbSpidevProgrammer, ub_spidev_programmer, UB_TYPE_PROGRAMMER)

static int
run_ioctl (UbSpidevProgrammer *self, unsigned long request, void *argument)
{
  int result;

  do
    result = ioctl (self->fd, request, argument);
  while (result < 0 && errno == EINTR);
  return result;
}

static int
send_message (UbSpidevProgrammer *self, struct spi_ioc_transfer *transfers, guint n)
{
  /* SPI_IOC_MESSAGE() declares an array type of variable length, which -Wvla forbids. */
  return run_ioctl (self, _IOC (_IOC_WRITE, SPI_IOC_MAGIC, 0, SPI_MSGSIZE (n)), transfers);
}

/* Modes and clocks are asked for at every attempt to connect, and each is a system call: what is set already is not
 * set again. */
static gboolean
write_mode (UbSpidevProgrammer *self, guint8 mode)
{
  if (self->mode == mode)
    return TRUE;
  if (run_ioctl (self, SPI_IOC_WR_MODE, &mode) < 0)
    return FALSE;
  self->mode = mode;
  return TRUE;
}

/* Whether the driver takes a message that clocks nothing at that speed: the kernel checks the speed
 * before it does anything (drivers/spi/spi.c, __spi_validate()). */
static gboolean
try_speed (UbSpidevProgrammer *self, guint hz)
{
  struct spi_ioc_transfer transfer = { .speed_hz = hz, .bits_per_word = 8 };

  return send_message (self, &transfer, 1) >= 0 || errno != EINVAL;
}

/* The lowest clock, and whether the driver takes messages that clock nothing at all. */
static guint
find_lowest_hz (UbSpidevProgrammer *self, gboolean *out_can_wait)
{
  guint refused = LOWEST_HZ, taken = HIGHEST_FLOOR_HZ;

  *out_can_wait = try_speed (self, refused);
  if (*out_can_wait)
    return refused;
  *out_can_wait = try_speed (self, taken);
  if (!*out_can_wait)
    return LOWEST_HZ;
  while (taken - refused > refused / 16) {
    guint middle = refused + (taken - refused) / 2;

    if (try_speed (self, middle))
      taken = middle;
    else
      refused = middle;
  }
  return taken;
}

static gboolean
set_up_device (UbSpidevProgrammer *self, UbProgrammerLimits *limits, GError **error)
{
  /* Every other flag is cleared as well: chip select is active low, and the last program may have left
   * something else. Each transfer tells its own word size. */
  if (write_mode (self, 3))
    limits->modes |= 1u << 3;
  if (write_mode (self, 0))
    limits->modes |= 1u << 0;
  if (limits->modes == 0) {
    ub_spidev_node_set_error (error, errno, self->device);
    return FALSE;
  }

  /* Once a clock is set, this tells that one. */
  if (run_ioctl (self, SPI_IOC_RD_MAX_SPEED_HZ, &self->board_hz) < 0)
    self->board_hz = 0;
  self->rules.bufsiz = ub_spidev_node_get_bufsiz ();
  limits->min_hz = find_lowest_hz (self, &self->rules.can_wait);
  limits->max_hz = HIGHEST_HZ;
  limits->max_transaction = self->rules.bufsiz;
  limits->max_batch = self->rules.bufsiz;
  limits->transaction_cost = TRANSACTION_COST;
  g_debug ("%s: bufsiz %zu, from %u Hz, the board says %u Hz", self->device, self->rules.bufsiz,
           limits->min_hz, self->board_hz);
  return TRUE;
}

static void
let_go (UbSpidevProgrammer *self)
{
  g_clear_pointer (&self->reset_line, ub_reset_line_close);
  if (self->message != NULL)
    g_free (self->message->sink);
  g_clear_pointer (&self->message, g_free);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static gboolean
ub_spidev_programmer_open (UbProgrammer *programmer, GError **error)
{
  UbSpidevProgrammer *self = UB_SPIDEV_PROGRAMMER (programmer);
  UbProgrammerLimits limits = { 0 };

  self->mode = -1;
  self->wanted_hz = 0;
  self->fd = ub_spidev_node_open (self->device, error);
  if (self->fd < 0)
    return FALSE;
  if (!set_up_device (self, &limits, error)) {
    let_go (self);
    return FALSE;
  }

  limits.has_reset = g_strcmp0 (self->cen, MANUAL) != 0;
  if (limits.has_reset) {
    UbResetLinePlace place = { self->cen, self->chip };

    self->reset_line = ub_reset_line_open (&place, self->drive, error);
    if (self->reset_line == NULL) {
      let_go (self);
      return FALSE;
    }
  }

  self->message = g_new0 (UbSpidevMessage, 1);
  self->message->sink = g_malloc (self->rules.bufsiz);
  ub_programmer_set_limits (programmer, &limits);
  return TRUE;
}

static void
ub_spidev_programmer_close (UbProgrammer *programmer)
{
  let_go (UB_SPIDEV_PROGRAMMER (programmer));
}

static gboolean
ub_spidev_programmer_set_clock (UbProgrammer *programmer,
                                guint hz,
                                guint *actual_hz,
                                GError **error)
{
  UbSpidevProgrammer *self = UB_SPIDEV_PROGRAMMER (programmer);
  guint32 wanted = hz;

  if (hz == self->wanted_hz) {
    *actual_hz = self->rules.speed_hz;
    return TRUE;
  }
  /* The kernel takes any clock and lets each transfer have what the controller can do; a driver that
   * refuses gets what the board's description says instead. */
  if (run_ioctl (self, SPI_IOC_WR_MAX_SPEED_HZ, &wanted) < 0) {
    if (errno != EINVAL || self->board_hz == 0 || self->board_hz >= hz) {
      ub_spidev_node_set_error (error, errno, self->device);
      return FALSE;
    }
    wanted = self->board_hz;
    if (run_ioctl (self, SPI_IOC_WR_MAX_SPEED_HZ, &wanted) < 0) {
      ub_spidev_node_set_error (error, errno, self->device);
      return FALSE;
    }
  }
  self->wanted_hz = hz;
  self->rules.speed_hz = wanted;
  *actual_hz = wanted;
  return TRUE;
}

static gboolean
ub_spidev_programmer_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  UbSpidevProgrammer *self = UB_SPIDEV_PROGRAMMER (programmer);

  if (!write_mode (self, mode)) {
    ub_spidev_node_set_error (error, errno, self->device);
    return FALSE;
  }
  return TRUE;
}

static gboolean
ub_spidev_programmer_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  return ub_reset_line_set (UB_SPIDEV_PROGRAMMER (programmer)->reset_line, asserted, error);
}

static gboolean
ub_spidev_programmer_exchange (UbProgrammer *programmer,
                               const UbTransaction *batch,
                               guint n,
                               GError **error)
{
  UbSpidevProgrammer *self = UB_SPIDEV_PROGRAMMER (programmer);

  while (n > 0) {
    UbSpidevMessage *message = self->message;
    int result;

    ub_spidev_message_fill (message, &self->rules, batch, n);
    result = send_message (self, message->transfers, message->n_transfers);
    if (result < 0) {
      ub_spidev_node_set_error (error, errno, self->device);
      return FALSE;
    }
    /* The kernel answers how many bytes it moved: all, or an error. */
    if (result > 0 && (gsize) result < message->n_bytes) {
      g_set_error (error, UB_ERROR, UB_ERROR_TRANSFER, _ ("%s moved %d of %zu bytes"), self->device,
                   result, message->n_bytes);
      return FALSE;
    }
    ub_spidev_message_collect (message, batch);
    ub_programmer_delay (programmer, message->wait_us);
    batch += message->n_transactions;
    n -= message->n_transactions;
  }
  return TRUE;
}

static void
ub_spidev_programmer_finalize (GObject *object)
{
  UbSpidevProgrammer *self = UB_SPIDEV_PROGRAMMER (object);

  g_free (self->device);
  g_free (self->cen);
  g_free (self->chip);

  G_OBJECT_CLASS (ub_spidev_programmer_parent_class)->finalize (object);
}

static void
ub_spidev_programmer_class_init (UbSpidevProgrammerClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_spidev_programmer_finalize;

  programmer_class->open = ub_spidev_programmer_open;
  programmer_class->close = ub_spidev_programmer_close;
  programmer_class->set_clock = ub_spidev_programmer_set_clock;
  programmer_class->set_mode = ub_spidev_programmer_set_mode;
  programmer_class->set_reset = ub_spidev_programmer_set_reset;
  programmer_class->exchange = ub_spidev_programmer_exchange;
}

static void
ub_spidev_programmer_init (UbSpidevProgrammer *self)
{
  self->fd = -1;
}

static char *
choose_device (const UbBoardPreset *preset, GError **error)
{
  g_autoptr (GPtrArray) paths = ub_spidev_node_list ();
  g_autofree char *all = NULL;

  if (preset->device != NULL && g_file_test (preset->device, G_FILE_TEST_EXISTS))
    return g_strdup (preset->device);
  if (paths->len == 1)
    return g_strdup (g_ptr_array_index (paths, 0));
  if (paths->len == 0) {
    ub_spidev_node_set_missing_error (error, preset->device);
    return NULL;
  }
  g_ptr_array_add (paths, NULL);
  all = g_strjoinv (", ", (char **) paths->pdata);
  g_set_error (error, UB_ERROR, UB_ERROR_SEVERAL_PROGRAMMERS,
               _ ("There are several SPI devices: %s"), all);
  return NULL;
}

/* On a board that is known, the line of its wiring help. On a computer that does not tell what it is,
 * the line that the wiring help names first, when there is one of that name; but on a board of another
 * kind a line of that name may do anything, and the person has to say which it is. */
static char *
choose_cen (const UbBoardPreset *preset, const char *chip, const char *model, GError **error)
{
  UbResetLinePlace place = { ub_board_preset_lookup ("raspberry-pi")->cen, chip };
  g_autoptr (GError) local_error = NULL;

  if (preset->cen != NULL)
    return g_strdup (preset->cen);
  if (model == NULL) {
    if (ub_reset_line_find (&place, NULL, &local_error))
      return g_strdup (place.line);
    if (g_error_matches (local_error, UB_ERROR, UB_ERROR_PERMISSION)) {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  }
  g_set_error (error, UB_ERROR, UB_ERROR_NO_RESET_LINE,
               _ ("It is not known which GPIO line CEN is connected to (cen=NAME, or cen=manual)"));
  return NULL;
}

static gboolean
take_preset (UbProgrammerSpec *spec,
             const char *model,
             const UbBoardPreset **out_preset,
             GError **error)
{
  const char *const *names = ub_board_preset_get_names ();
  guint index = 0;

  if (ub_programmer_spec_get_string (spec, "preset") == NULL) {
    *out_preset = ub_board_preset_detect (model);
    return TRUE;
  }
  if (!ub_programmer_spec_get_choice (spec, "preset", names, &index, error))
    return FALSE;
  *out_preset = ub_board_preset_lookup (names[index]);
  return TRUE;
}

static gboolean
take_wishes (UbSpidevProgrammer *self, UbProgrammerSpec *spec, GError **error)
{
  static const char *const drives[] = { "open-drain", "push-pull", NULL };
  static const char *const modes[] = { "auto", "0", "3", NULL };
  static const int fixed_modes[] = { -1, 0, 3 };
  guint drive = 0, mode = 0;
  guint64 clock_hz = 0;

  if (!ub_programmer_spec_get_choice (spec, "drive", drives, &drive, error) ||
      !ub_programmer_spec_get_choice (spec, "mode", modes, &mode, error) ||
      !ub_programmer_spec_get_number (spec, "clock", LOWEST_HZ, HIGHEST_HZ, &clock_hz, error))
    return FALSE;

  self->drive = drive == 0 ? UB_RESET_LINE_OPEN_DRAIN : UB_RESET_LINE_PUSH_PULL;
  ub_programmer_set_fixed_mode (UB_PROGRAMMER (self), fixed_modes[mode]);
  ub_programmer_set_fixed_clock (UB_PROGRAMMER (self), (guint) clock_hz);
  return TRUE;
}

/**
 * ub_spidev_programmer_new:
 * @spec: `spidev`, with these settings, all optional on a Raspberry Pi:
 *   - `device`: the spidev node;
 *   - `cen`: the GPIO line on CEN: a name, a number on `chip`, or `manual` when the person resets the
 *     module;
 *   - `chip`: the GPIO chip's path, name or label;
 *   - `drive`: `open-drain` or `push-pull`;
 *   - `preset`: `raspberry-pi`, `banana-pi`, `orange-pi` or `generic`, for what is not given; without it,
 *     the board the device tree tells;
 *   - `mode`: SPI mode 0 or 3, or `auto`;
 *   - `clock`: in Hz
 * @error: return location for an error
 *
 * Returns: (transfer full): a closed programmer, or %NULL with %UB_ERROR_BAD_SETTING,
 *   %UB_ERROR_SPI_DISABLED, %UB_ERROR_SEVERAL_PROGRAMMERS, %UB_ERROR_NO_RESET_LINE or
 *   %UB_ERROR_PERMISSION
 */
UbProgrammer *
ub_spidev_programmer_new (UbProgrammerSpec *spec, GError **error)
{
  g_autoptr (UbSpidevProgrammer) self = NULL;
  g_autofree char *model = ub_board_dup_model ();
  g_autofree char *title = NULL;
  const UbBoardPreset *preset;

  g_return_val_if_fail (UB_IS_PROGRAMMER_SPEC (spec), NULL);

  self = g_object_new (UB_TYPE_SPIDEV_PROGRAMMER, NULL);
  self->device = g_strdup (ub_programmer_spec_get_string (spec, "device"));
  self->cen = g_strdup (ub_programmer_spec_get_string (spec, "cen"));
  self->chip = g_strdup (ub_programmer_spec_get_string (spec, "chip"));
  if (!take_preset (spec, model, &preset, error) || !take_wishes (self, spec, error))
    return NULL;

  if (self->device == NULL)
    self->device = choose_device (preset, error);
  if (self->device == NULL)
    return NULL;
  if (self->cen == NULL)
    self->cen = choose_cen (preset, self->chip, model, error);
  if (self->cen == NULL)
    return NULL;

  title = ub_spidev_node_dup_title (self->device, model);
  ub_programmer_set_name (UB_PROGRAMMER (self), title);
  return UB_PROGRAMMER (g_steal_pointer (&self));
}

static void
add_info (GPtrArray *infos, const char *path, const char *model, const GError *problem)
{
  g_autofree char *spec = g_strdup_printf (BACKEND ":device=%s", path);
  g_autofree char *title = ub_spidev_node_dup_title (path, model);

  g_ptr_array_add (infos, ub_programmer_info_new (BACKEND, spec, title, problem));
}

/* The wiring help uses the first chip select; a second one of the same controller is there on every
 * Raspberry Pi and would only raise the question which of the two to take. It works when it is named. */
static gboolean
is_second_select (GPtrArray *paths, const char *path)
{
  const char *dot = strrchr (path, '.');

  if (dot == NULL || strcmp (dot, ".0") == 0)
    return FALSE;
  for (guint i = 0; i < paths->len; i++) {
    const char *other = g_ptr_array_index (paths, i);

    if (strncmp (other, path, dot + 1 - path) == 0 && strcmp (other, path) < 0)
      return TRUE;
  }
  return FALSE;
}

static gboolean
check_cen (const UbBoardPreset *preset, const char *model, GError **error)
{
  g_autofree char *cen = choose_cen (preset, NULL, model, error);
  UbResetLinePlace place = { cen, NULL };

  return cen != NULL && ub_reset_line_find (&place, NULL, error);
}

/**
 * ub_spidev_programmer_enumerate:
 * @infos: (element-type UbProgrammerInfo): where to add what is there
 *
 * Adds every spidev node that the wiring help may mean, those that cannot be used with the reason. No
 * node is opened; on a board that has SPI pins but no node there is one entry, which says so.
 */
void
ub_spidev_programmer_enumerate (GPtrArray *infos)
{
  g_autoptr (GPtrArray) paths = ub_spidev_node_list ();
  g_autoptr (GError) cen_error = NULL;
  g_autofree char *model = ub_board_dup_model ();
  const UbBoardPreset *preset = ub_board_preset_detect (model);

  g_return_if_fail (infos != NULL);

  if (paths->len == 0 && model != NULL) {
    g_autoptr (GError) problem = NULL;

    ub_spidev_node_set_missing_error (&problem, preset->device);
    g_ptr_array_add (infos, ub_programmer_info_new (BACKEND, BACKEND, model, problem));
  }
  if (paths->len > 0)
    check_cen (preset, model, &cen_error);

  for (guint i = 0; i < paths->len; i++) {
    const char *path = g_ptr_array_index (paths, i);
    g_autoptr (GError) problem = NULL;

    if (is_second_select (paths, path))
      continue;
    if (ub_spidev_node_check (path, &problem))
      add_info (infos, path, model, cen_error);
    else
      add_info (infos, path, model, problem);
  }
}

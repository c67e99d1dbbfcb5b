/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-sim-chip"

#include "config.h"

#include "ub-sim-chip.h"

#include "ub-sim-flash.h"

#include <string.h>

#define MSEC G_GUINT64_CONSTANT (1000000) /* in nanoseconds */

/* A shorter low pulse on CEN does not reset the module: its pin is filtered. */
#define MIN_RESET_NS (1 * MSEC)
/* After CEN rises the module listens for 0xD2 and sends it all the time; measured on a BK7252
 * (bk7252-cam, docs/hardware/flash_spi_mode.md). */
#define WINDOW_OPENS_NS (5 * MSEC)
#define WINDOW_CLOSES_NS (53 * MSEC)
#define HANDSHAKE_BYTE 0xD2
/* How long the flash answers D2 00 00 after entry. */
#define SETTLING_NS (10 * MSEC)

/* What MISO reads when nobody drives it: pulled up by the flash once the module is in download mode,
 * held low by the module's own pin otherwise. */
#define MISO_UNDRIVEN 0xFF
#define MISO_MODULE 0x00

typedef enum {
  ASSERTION_OUTSIDE, /* the module is not in download mode */
  ASSERTION_ENTRY, /* it entered during this assertion */
  ASSERTION_SETTLING, /* it had just entered when this assertion began */
  ASSERTION_FLASH, /* the flash listens */
} Assertion;

/**
 * UbSimChip:
 *
 * A module on its five wires, simulated: the CEN line, the download window, and the flash behind it,
 * all stricter than real ones. Time is virtual: it moves with what is clocked and with
 * ub_sim_chip_advance(), never by itself.
 */
struct _UbSimChip {
  GObject parent_instance;

  UbSimFlash *flash;
  guint64 now;
  guint64 fraction; /* left over by clocking, in units of nanoseconds / fraction_hz */
  guint fraction_hz;

  guint max_clock;
  gboolean deaf;
  gboolean garbled;

  gboolean in_reset; /* CEN is low */
  guint64 reset_since;
  gboolean has_risen; /* CEN rose after a full pulse, and neither entry nor boot followed yet */
  guint64 risen_at;
  gboolean in_download;
  guint64 entered_at;

  gboolean selected;
  Assertion assertion;
  gboolean is_garbled_now; /* this assertion saw a clock beyond the limit */
  guint64 n_bytes; /* since chip select fell */
  guint n_bits; /* of the byte under way */
  guint64 byte_begun;
  guint8 shift_in;
  guint8 shift_out;
};

G_DEFINE_FINAL_TYPE (UbSimChip, ub_sim_chip, G_TYPE_OBJECT)

static void
ub_sim_chip_finalize (GObject *object)
{
  UbSimChip *self = UB_SIM_CHIP (object);

  g_clear_pointer (&self->flash, ub_sim_flash_free);

  G_OBJECT_CLASS (ub_sim_chip_parent_class)->finalize (object);
}

static void
ub_sim_chip_class_init (UbSimChipClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_sim_chip_finalize;
}

static void
ub_sim_chip_init (UbSimChip *self)
{
}

/* What happened by itself until now: a pulse on CEN that became a reset, a window that closed. */
static void
settle (UbSimChip *self)
{
  if (self->in_reset && self->now - self->reset_since >= MIN_RESET_NS)
    self->in_download = self->has_risen = FALSE;
  if (self->has_risen && self->now - self->risen_at >= WINDOW_CLOSES_NS) {
    self->has_risen = FALSE;
    ub_sim_flash_boot_firmware (self->flash);
  }
}

static gboolean
is_dead (UbSimChip *self)
{
  return self->deaf || ub_sim_flash_has_lost_power (self->flash);
}

static gboolean
is_window_open (UbSimChip *self, guint64 at)
{
  return self->has_risen && !self->in_reset && !is_dead (self) &&
         at - self->risen_at >= WINDOW_OPENS_NS && at - self->risen_at <= WINDOW_CLOSES_NS;
}

static void
advance_clocks (UbSimChip *self, guint64 n_bits, guint hz)
{
  guint64 whole = n_bits / hz, rest = n_bits % hz;

  /* With the fraction kept, bit by bit takes as long as all at once. */
  if (hz != self->fraction_hz) {
    self->fraction = 0;
    self->fraction_hz = hz;
  }
  rest = rest * G_GUINT64_CONSTANT (1000000000) + self->fraction;
  self->now += whole * G_GUINT64_CONSTANT (1000000000) + rest / hz;
  self->fraction = rest % hz;
}

/* What MISO carries for the byte that begins. */
static guint8
begin_byte (UbSimChip *self, guint hz)
{
  settle (self);
  if (self->garbled || (self->max_clock != 0 && hz > self->max_clock)) {
    self->is_garbled_now = TRUE;
    return ub_sim_flash_next_random (self->flash);
  }
  if (is_dead (self) || self->in_reset)
    return MISO_MODULE;
  if (!self->in_download)
    return is_window_open (self, self->now) ? HANDSHAKE_BYTE : MISO_MODULE;
  if (!self->selected)
    return MISO_UNDRIVEN;

  switch (self->assertion) {
  case ASSERTION_FLASH:
    return ub_sim_flash_get_output (self->flash, self->now, hz);
  case ASSERTION_SETTLING:
    if (self->n_bytes == 0)
      return ub_sim_flash_next_random (self->flash);
    return self->n_bytes == 1 ? HANDSHAKE_BYTE : 0x00;
  case ASSERTION_ENTRY:
  case ASSERTION_OUTSIDE:
    break;
  }
  return 0x00;
}

/* A whole byte has come in, which began at @begun. */
static void
end_byte (UbSimChip *self, guint8 byte, guint64 begun)
{
  self->n_bytes++;
  if (!self->selected || self->is_garbled_now)
    return;
  if (self->in_download) {
    if (self->assertion == ASSERTION_FLASH && !is_dead (self))
      ub_sim_flash_put_input (self->flash, byte, self->now);
  } else if (byte == HANDSHAKE_BYTE && is_window_open (self, begun) &&
             is_window_open (self, self->now)) {
    self->in_download = TRUE;
    self->has_risen = FALSE;
    self->assertion = ASSERTION_ENTRY;
    self->entered_at = self->now;
  }
}

/**
 * ub_sim_chip_new:
 * @part: the flash in the module; copied
 * @content: (nullable): what it holds, from address 0; blank beyond
 *
 * Returns: (transfer full): a module that runs its firmware, its flash protected as firmware leaves it
 */
UbSimChip *
ub_sim_chip_new (const UbFlashPart *part, GBytes *content)
{
  UbSimChip *self;

  g_return_val_if_fail (part != NULL && part->size > 0, NULL);
  g_return_val_if_fail ((part->size & (part->size - 1)) == 0, NULL);

  self = g_object_new (UB_TYPE_SIM_CHIP, NULL);
  self->flash = ub_sim_flash_new (part, content);
  return self;
}

/**
 * ub_sim_chip_set_timing:
 * @self: a module
 * @timing: how long erase, program and status writes take from now on
 */
void
ub_sim_chip_set_timing (UbSimChip *self, UbSimTiming timing)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  ub_sim_flash_set_timing (self->flash, timing);
}

/**
 * ub_sim_chip_set_max_clock:
 * @self: a module
 * @hz: above this clock its wires carry garbage, both ways; 0 for no limit but the flash's own
 */
void
ub_sim_chip_set_max_clock (UbSimChip *self, guint hz)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  self->max_clock = hz;
}

/**
 * ub_sim_chip_set_garbled:
 * @self: a module
 * @garbled: whether its wires carry garbage at any clock, as in a wrong SPI mode
 */
void
ub_sim_chip_set_garbled (UbSimChip *self, gboolean garbled)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  self->garbled = garbled;
}

/**
 * ub_sim_chip_set_deaf:
 * @self: a module
 * @deaf: whether it ignores everything, as without power or with its SPI fuse blown
 */
void
ub_sim_chip_set_deaf (UbSimChip *self, gboolean deaf)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  self->deaf = deaf;
}

/**
 * ub_sim_chip_set_power_loss_at:
 * @self: a module
 * @nth: power goes away in the middle of this erase or program, counted from 1 since the module was
 *   made; 0 for never. Then it is dead until ub_sim_chip_power_cycle()
 */
void
ub_sim_chip_set_power_loss_at (UbSimChip *self, guint64 nth)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  ub_sim_flash_set_power_loss_at (self->flash, nth);
}

/**
 * ub_sim_chip_set_status:
 * @self: a module
 * @status: SR2 << 8 | SR1, as if written before; WIP and WEL are left out
 */
void
ub_sim_chip_set_status (UbSimChip *self, guint16 status)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  ub_sim_flash_set_status (self->flash, status);
}

/**
 * ub_sim_chip_set_content:
 * @self: a module
 * @content: (nullable): what it holds from now on, from address 0; blank beyond
 */
void
ub_sim_chip_set_content (UbSimChip *self, GBytes *content)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  ub_sim_flash_set_content (self->flash, content);
}

/**
 * ub_sim_chip_power_cycle:
 * @self: a module
 *
 * Takes power away and gives it back: what was under way is lost, what is volatile is forgotten, and
 * the download window follows as after a reset, because CEN rises with the supply.
 */
void
ub_sim_chip_power_cycle (UbSimChip *self)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  ub_sim_flash_power_up (self->flash);
  self->in_download = FALSE;
  self->has_risen = TRUE;
  self->risen_at = self->now;
}

/**
 * ub_sim_chip_set_reset:
 * @self: a module
 * @asserted: whether CEN is low
 */
void
ub_sim_chip_set_reset (UbSimChip *self, gboolean asserted)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  settle (self);
  if (asserted == self->in_reset)
    return;
  if (asserted) {
    self->reset_since = self->now;
  } else if (self->now - self->reset_since >= MIN_RESET_NS) {
    ub_sim_flash_get_counters (self->flash)->resets++;
    self->has_risen = TRUE;
    self->risen_at = self->now;
  }
  self->in_reset = asserted;
}

/**
 * ub_sim_chip_select:
 * @self: a module
 * @selected: whether chip select is low
 */
void
ub_sim_chip_select (UbSimChip *self, gboolean selected)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  settle (self);
  if (selected == self->selected)
    return;
  if (selected) {
    self->assertion = ASSERTION_OUTSIDE;
    if (self->in_download)
      self->assertion =
          self->now - self->entered_at < SETTLING_NS ? ASSERTION_SETTLING : ASSERTION_FLASH;
    ub_sim_flash_begin (self->flash);
  } else {
    if (self->n_bytes > 0 || self->n_bits > 0)
      ub_sim_flash_get_counters (self->flash)->transactions++;
    if (self->assertion == ASSERTION_FLASH && self->in_download && !self->in_reset &&
        !self->is_garbled_now && !is_dead (self))
      ub_sim_flash_end (self->flash, self->n_bits == 0, self->now);
  }
  self->selected = selected;
  self->is_garbled_now = FALSE;
  self->n_bytes = 0;
  self->n_bits = 0;
}

/* A run of bytes that the flash just reads out. */
static gsize
transfer_run (UbSimChip *self, guint8 *rx, gsize n, guint hz)
{
  gsize done;

  settle (self);
  if (!self->selected || !self->in_download || self->in_reset || self->is_garbled_now ||
      self->garbled || self->assertion != ASSERTION_FLASH || is_dead (self) ||
      (self->max_clock != 0 && hz > self->max_clock))
    return 0;
  done = ub_sim_flash_read_run (self->flash, rx, n, hz);
  self->n_bytes += done;
  advance_clocks (self, (guint64) done * 8, hz);
  return done;
}

/**
 * ub_sim_chip_transfer:
 * @self: a module
 * @tx: (nullable) (array length=n): what MOSI carries, %NULL for zeros
 * @rx: (nullable) (array length=n): where to put what MISO carries; may be @tx
 * @n: number of bytes
 * @hz: the clock
 *
 * Clocks whole bytes both ways, most significant bit first, whatever chip select is.
 */
void
ub_sim_chip_transfer (UbSimChip *self, const guint8 *tx, guint8 *rx, gsize n, guint hz)
{
  gsize i = 0;

  g_return_if_fail (UB_IS_SIM_CHIP (self));
  g_return_if_fail (hz > 0);

  if (self->n_bits != 0) {
    for (; i < n; i++) {
      guint8 byte = ub_sim_chip_clock_bits (self, tx != NULL ? tx[i] : 0, 8, hz);

      if (rx != NULL)
        rx[i] = byte;
    }
    return;
  }
  ub_sim_flash_get_counters (self->flash)->bytes_clocked += n;
  while (i < n) {
    gsize run = transfer_run (self, rx != NULL ? rx + i : NULL, n - i, hz);

    i += run;
    if (run == 0) {
      guint64 begun = self->now;
      guint8 in = tx != NULL ? tx[i] : 0, out = begin_byte (self, hz);

      if (rx != NULL)
        rx[i] = out;
      advance_clocks (self, 8, hz);
      end_byte (self, in, begun);
      i++;
    }
  }
}

/**
 * ub_sim_chip_clock_bits:
 * @self: a module
 * @mosi: what MOSI carries, in the lowest @n_bits, the highest of them first
 * @n_bits: number of clocks, 1 to 8
 * @hz: the clock
 *
 * Clocks single bits; a write whose chip select rises within a byte is not obeyed.
 *
 * Returns: what MISO carries, placed like @mosi
 */
guint8
ub_sim_chip_clock_bits (UbSimChip *self, guint8 mosi, guint n_bits, guint hz)
{
  guint8 miso = 0;

  g_return_val_if_fail (UB_IS_SIM_CHIP (self), 0);
  g_return_val_if_fail (n_bits >= 1 && n_bits <= 8 && hz > 0, 0);

  for (guint i = n_bits; i-- > 0;) {
    if (self->n_bits == 0) {
      self->byte_begun = self->now;
      self->shift_in = 0;
      self->shift_out = begin_byte (self, hz);
    }
    self->shift_in = (guint8) (self->shift_in << 1) | ((mosi >> i) & 1);
    miso = (guint8) (miso << 1) | (self->shift_out >> 7);
    self->shift_out = (guint8) (self->shift_out << 1);
    advance_clocks (self, 1, hz);
    if (++self->n_bits == 8) {
      self->n_bits = 0;
      ub_sim_flash_get_counters (self->flash)->bytes_clocked++;
      end_byte (self, self->shift_in, self->byte_begun);
    }
  }
  return miso;
}

/**
 * ub_sim_chip_advance:
 * @self: a module
 * @nsec: nanoseconds that pass with all lines as they are
 */
void
ub_sim_chip_advance (UbSimChip *self, guint64 nsec)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));

  self->now += nsec;
  settle (self);
}

/**
 * ub_sim_chip_get_time:
 * @self: a module
 *
 * Returns: virtual nanoseconds since the module was made
 */
guint64
ub_sim_chip_get_time (UbSimChip *self)
{
  g_return_val_if_fail (UB_IS_SIM_CHIP (self), 0);

  return self->now;
}

/**
 * ub_sim_chip_get_part:
 * @self: a module
 *
 * Returns: (transfer none): the flash in it
 */
const UbFlashPart *
ub_sim_chip_get_part (UbSimChip *self)
{
  g_return_val_if_fail (UB_IS_SIM_CHIP (self), NULL);

  return ub_sim_flash_get_part (self->flash);
}

/**
 * ub_sim_chip_is_in_download_mode:
 * @self: a module
 *
 * Returns: whether its flash is on the wires
 */
gboolean
ub_sim_chip_is_in_download_mode (UbSimChip *self)
{
  g_return_val_if_fail (UB_IS_SIM_CHIP (self), FALSE);

  settle (self);
  return self->in_download && !is_dead (self);
}

/**
 * ub_sim_chip_has_lost_power:
 * @self: a module
 *
 * Returns: whether the loss of ub_sim_chip_set_power_loss_at() has come
 */
gboolean
ub_sim_chip_has_lost_power (UbSimChip *self)
{
  g_return_val_if_fail (UB_IS_SIM_CHIP (self), FALSE);

  return ub_sim_flash_has_lost_power (self->flash);
}

/**
 * ub_sim_chip_get_status:
 * @self: a module
 *
 * Returns: SR2 << 8 | SR1, with WEL and WIP as they are now
 */
guint16
ub_sim_chip_get_status (UbSimChip *self)
{
  g_return_val_if_fail (UB_IS_SIM_CHIP (self), 0);

  settle (self);
  return ub_sim_flash_get_status (self->flash, self->now);
}

/**
 * ub_sim_chip_dup_content:
 * @self: a module
 *
 * Returns: (transfer full): a copy of everything the flash holds
 */
GBytes *
ub_sim_chip_dup_content (UbSimChip *self)
{
  g_return_val_if_fail (UB_IS_SIM_CHIP (self), NULL);

  return ub_sim_flash_dup_content (self->flash);
}

/**
 * ub_sim_chip_get_counters:
 * @self: a module
 * @out_counters: (out caller-allocates): what happened on its wires
 */
void
ub_sim_chip_get_counters (UbSimChip *self, UbSimCounters *out_counters)
{
  g_return_if_fail (UB_IS_SIM_CHIP (self));
  g_return_if_fail (out_counters != NULL);

  *out_counters = *ub_sim_flash_get_counters (self->flash);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-emulated-module"

#include "config.h"

#include "ub-emulated-module.h"

#include <string.h>

/* A little more than the longest that the program waits on purpose between the end of a reset and its first 0xD2,
 * or between two bursts of them. What is longer is the work of a busy test machine, and would close the module's
 * window of 48 ms at random; that the program itself is never late is tested on virtual time. */
#define PAUSE_MAX_US (12 * 1000)

/**
 * UbEmulatedModule:
 *
 * The wires between emulated adapters and one simulated module. Its time is the computer's, plus what
 * is clocked: an emulated adapter takes no time for its bits, so that nothing has to be waited for but
 * what the program under test itself waits.
 *
 * Adapters call from umockdev's thread, tests from their own.
 */
struct _UbEmulatedModule {
  GMutex mutex;
  UbSimChip *chip;
  gint64 last_time; /* of the monotonic clock, when the chip's time was last moved */
  guint hurry;
  gboolean cen_low;
  UbEmulatedMiso miso;
  gboolean mosi_cut;
  gboolean cen_cut;
  GRand *rand;
};

/**
 * ub_emulated_module_new:
 * @chip: the module
 *
 * Returns: (transfer full): wires to it
 */
UbEmulatedModule *
ub_emulated_module_new (UbSimChip *chip)
{
  UbEmulatedModule *self = g_new0 (UbEmulatedModule, 1);

  g_mutex_init (&self->mutex);
  self->chip = g_object_ref (chip);
  self->last_time = g_get_monotonic_time ();
  self->hurry = 1;
  self->rand = g_rand_new_with_seed (1);
  return self;
}

void
ub_emulated_module_free (UbEmulatedModule *self)
{
  g_object_unref (self->chip);
  g_rand_free (self->rand);
  g_mutex_clear (&self->mutex);
  g_free (self);
}

/**
 * ub_emulated_module_get_chip:
 * @self: wires
 *
 * Returns: (transfer none): the module; look at it only while no adapter is in use
 */
UbSimChip *
ub_emulated_module_get_chip (UbEmulatedModule *self)
{
  return self->chip;
}

void
ub_emulated_module_set_miso (UbEmulatedModule *self, UbEmulatedMiso miso)
{
  g_mutex_lock (&self->mutex);
  self->miso = miso;
  g_mutex_unlock (&self->mutex);
}

/**
 * ub_emulated_module_set_mosi_cut:
 * @self: wires
 * @cut: whether what is sent does not arrive
 */
void
ub_emulated_module_set_mosi_cut (UbEmulatedModule *self, gboolean cut)
{
  g_mutex_lock (&self->mutex);
  self->mosi_cut = cut;
  g_mutex_unlock (&self->mutex);
}

/**
 * ub_emulated_module_set_cen_cut:
 * @self: wires
 * @cut: whether CEN is not connected, as when the person resets by hand
 */
void
ub_emulated_module_set_cen_cut (UbEmulatedModule *self, gboolean cut)
{
  g_mutex_lock (&self->mutex);
  self->cen_cut = cut;
  g_mutex_unlock (&self->mutex);
}

/**
 * ub_emulated_module_set_hurry:
 * @self: wires
 * @factor: in download mode the module's time runs that many times as fast as the computer's, so that
 *   erasing takes a test less long than a person
 */
void
ub_emulated_module_set_hurry (UbEmulatedModule *self, guint factor)
{
  g_mutex_lock (&self->mutex);
  self->hurry = factor;
  g_mutex_unlock (&self->mutex);
}

/**
 * ub_emulated_module_is_cen_low:
 * @self: wires
 *
 * Returns: whether an adapter holds the module in reset
 */
gboolean
ub_emulated_module_is_cen_low (UbEmulatedModule *self)
{
  gboolean low;

  g_mutex_lock (&self->mutex);
  low = self->cen_low;
  g_mutex_unlock (&self->mutex);
  return low;
}

static void
catch_up (UbEmulatedModule *self)
{
  gint64 now = g_get_monotonic_time ();
  guint64 passed = (guint64) MAX (now - self->last_time, 0);

  if (ub_sim_chip_is_in_download_mode (self->chip))
    passed *= self->hurry;
  else
    passed = MIN (passed, PAUSE_MAX_US);
  ub_sim_chip_advance (self->chip, passed * 1000);
  self->last_time = now;
}

/**
 * ub_emulated_module_power_cycle:
 * @self: wires
 *
 * Takes the module's power away and gives it back, as a person's hand does.
 */
void
ub_emulated_module_power_cycle (UbEmulatedModule *self)
{
  g_mutex_lock (&self->mutex);
  catch_up (self);
  ub_sim_chip_power_cycle (self->chip);
  g_mutex_unlock (&self->mutex);
}

void
ub_emulated_module_set_cs (UbEmulatedModule *self, gboolean low)
{
  g_mutex_lock (&self->mutex);
  catch_up (self);
  ub_sim_chip_select (self->chip, low);
  g_mutex_unlock (&self->mutex);
}

/**
 * ub_emulated_module_set_cen:
 * @self: wires
 * @low: whether the adapter pulls CEN low; otherwise the module's pull-up has it
 */
void
ub_emulated_module_set_cen (UbEmulatedModule *self, gboolean low)
{
  g_mutex_lock (&self->mutex);
  catch_up (self);
  if (self->cen_low != low && !self->cen_cut)
    ub_sim_chip_set_reset (self->chip, low);
  self->cen_low = low;
  g_mutex_unlock (&self->mutex);
}

static void
spoil_miso (UbEmulatedModule *self, guint8 *rx, gsize n)
{
  switch (self->miso) {
  case UB_EMULATED_MISO_FINE:
    break;
  case UB_EMULATED_MISO_LOW:
    memset (rx, 0x00, n);
    break;
  case UB_EMULATED_MISO_HIGH:
    memset (rx, 0xFF, n);
    break;
  case UB_EMULATED_MISO_FIRMWARE:
    memset (rx, 0xCC, n);
    break;
  case UB_EMULATED_MISO_UNSTABLE:
    for (gsize i = 0; i < n; i++)
      rx[i] ^=
          g_rand_int_range (self->rand, 0, 4) == 0 ? 1u << g_rand_int_range (self->rand, 0, 8) : 0;
    break;
  }
}

/**
 * ub_emulated_module_transfer:
 * @self: wires
 * @tx: (nullable) (array length=n): what MOSI carries, %NULL for zeros
 * @rx: (nullable) (array length=n): where to put what MISO carries
 * @n: number of bytes
 * @hz: clock
 */
void
ub_emulated_module_transfer (
    UbEmulatedModule *self, const guint8 *tx, guint8 *rx, gsize n, guint hz)
{
  g_mutex_lock (&self->mutex);
  catch_up (self);
  ub_sim_chip_transfer (self->chip, self->mosi_cut ? NULL : tx, rx, n, hz);
  if (rx != NULL)
    spoil_miso (self, rx, n);
  g_mutex_unlock (&self->mutex);
}

/**
 * ub_emulated_module_clock_bits:
 * @self: wires
 * @mosi: what MOSI carries, in the lowest @n_bits
 * @n_bits: number of clocks, 1 to 8
 * @hz: clock
 *
 * Returns: what MISO carries
 */
guint8
ub_emulated_module_clock_bits (UbEmulatedModule *self, guint8 mosi, guint n_bits, guint hz)
{
  guint8 miso;

  g_mutex_lock (&self->mutex);
  catch_up (self);
  miso = ub_sim_chip_clock_bits (self->chip, self->mosi_cut ? 0 : mosi, n_bits, hz);
  spoil_miso (self, &miso, 1);
  g_mutex_unlock (&self->mutex);
  return miso;
}

/**
 * ub_emulated_module_wait:
 * @self: wires
 * @nsec: what the adapter itself waits, all lines as they are
 */
void
ub_emulated_module_wait (UbEmulatedModule *self, guint64 nsec)
{
  g_mutex_lock (&self->mutex);
  catch_up (self);
  ub_sim_chip_advance (self->chip, nsec);
  g_mutex_unlock (&self->mutex);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-fault-programmer"

#include "config.h"

#include "ub-fault-programmer.h"

#include "ub-error.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define SECTOR_SIZE 4096
#define RANDOM_SEED 7231 /* any: the same faults in every run */

/* Commands that change the chip, see ub-sim-flash.c. */
#define CMD_PAGE_PROGRAM 0x02
#define CMD_ERASE_4K 0x20
#define CMD_ERASE_32K 0x52
#define CMD_ERASE_64K 0xD8
#define CMD_CHIP_ERASE 0xC7
#define CMD_CHIP_ERASE_ALT 0x60

/**
 * UbFaultProgrammer:
 *
 * A programmer that passes everything on to another one, and is unreliable in the ways real ones and
 * real wires are.
 */
struct _UbFaultProgrammer {
  UbProgrammer parent_instance;

  UbProgrammer *inner;
  UbFaults faults;
  GRand *random;
  double bits_to_flip; /* bits that are still read right before the next one is not */
  guint64 n_transactions;
  guint64 n_lies;
  gboolean unplugged;
};

G_DEFINE_FINAL_TYPE (UbFaultProgrammer, ub_fault_programmer, UB_TYPE_PROGRAMMER)

static gboolean
check_plugged (UbFaultProgrammer *self, GError **error)
{
  if (!self->unplugged)
    return TRUE;
  g_set_error (error, UB_ERROR, UB_ERROR_UNPLUGGED, _ ("%s was unplugged"),
               ub_programmer_get_name (self->inner));
  return FALSE;
}

/* How many bytes an erase or program command changes, 0 for any other. */
static guint64
get_changed_size (guint8 command)
{
  switch (command) {
  case CMD_PAGE_PROGRAM:
    return 256;
  case CMD_ERASE_4K:
    return SECTOR_SIZE;
  case CMD_ERASE_32K:
    return 32 * 1024;
  case CMD_ERASE_64K:
    return 64 * 1024;
  case CMD_CHIP_ERASE:
  case CMD_CHIP_ERASE_ALT:
    return G_MAXUINT32;
  default:
    return 0;
  }
}

/* Whether an erase or program is swallowed on its way to the chip. */
static gboolean
is_swallowed (UbFaultProgrammer *self, const UbTransaction *transaction)
{
  guint64 size = transaction->n_tx > 0 ? get_changed_size (transaction->tx[0]) : 0;
  guint64 start = 0, sector = (guint64) MAX (self->faults.stuck_sector, 0) * SECTOR_SIZE;

  if (size == 0)
    return FALSE;
  if (self->faults.lie_rate > 0 && g_rand_double (self->random) < self->faults.lie_rate) {
    self->n_lies++;
    return TRUE;
  }
  if (self->faults.stuck_sector < 0)
    return FALSE;
  if (size < G_MAXUINT32 && transaction->n_tx >= 4)
    start = ((guint64) transaction->tx[1] << 16 | (guint64) transaction->tx[2] << 8 |
             transaction->tx[3]) &
            ~(size - 1);
  return start < sector + SECTOR_SIZE && start + size > sector;
}

/* The distance between errors that come independently of one another is distributed geometrically. */
static double
draw_distance (UbFaultProgrammer *self)
{
  double rate = self->faults.flip_rate;

  if (rate >= 1)
    return 0;
  return floor (log (1 - g_rand_double (self->random)) / log1p (-rate));
}

static void
flip_bits (UbFaultProgrammer *self, guint8 *bytes, gsize n)
{
  double n_bits = (double) n * 8;
  double at = self->bits_to_flip;

  while (at < n_bits) {
    guint64 bit = (guint64) at;

    bytes[bit / 8] ^= (guint8) (0x80 >> (bit % 8));
    at += 1 + draw_distance (self);
  }
  self->bits_to_flip = at - n_bits;
}

static void
spoil_reply (UbFaultProgrammer *self, const UbTransaction *transaction)
{
  if (transaction->rx == NULL || transaction->n_rx == 0)
    return;
  if (self->faults.flip_rate > 0 &&
      ub_programmer_get_clock (self->inner) > self->faults.flips_above_hz)
    flip_bits (self, transaction->rx, transaction->n_rx);
  if (self->faults.stuck_miso >= 0)
    memset (transaction->rx, self->faults.stuck_miso != 0 ? 0xFF : 0x00, transaction->n_rx);
}

static gboolean
run (UbFaultProgrammer *self, const UbTransaction *batch, guint n, GError **error)
{
  if (n == 0)
    return TRUE;
  if (!ub_programmer_exchange (self->inner, batch, n, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    spoil_reply (self, &batch[i]);
  return TRUE;
}

/* Runs of transactions that nothing happens to are passed on as one batch. */
static gboolean
ub_fault_programmer_exchange (UbProgrammer *programmer,
                              const UbTransaction *batch,
                              guint n,
                              GError **error)
{
  UbFaultProgrammer *self = UB_FAULT_PROGRAMMER (programmer);
  guint first = 0;

  if (!check_plugged (self, error))
    return FALSE;
  for (guint i = 0; i < n; i++) {
    self->n_transactions++;
    if (self->n_transactions == self->faults.unplug_at) {
      if (!run (self, batch + first, i - first, error))
        return FALSE;
      self->unplugged = TRUE;
      return check_plugged (self, error);
    }
    if (!is_swallowed (self, &batch[i]))
      continue;
    if (!run (self, batch + first, i - first, error))
      return FALSE;
    ub_programmer_delay (self->inner, batch[i].delay_us);
    first = i + 1;
  }
  return run (self, batch + first, n - first, error);
}

static gboolean
ub_fault_programmer_open (UbProgrammer *programmer, GError **error)
{
  UbFaultProgrammer *self = UB_FAULT_PROGRAMMER (programmer);

  self->unplugged = FALSE;
  if (!ub_programmer_open (self->inner, error))
    return FALSE;
  ub_programmer_set_limits (programmer, ub_programmer_get_limits (self->inner));
  return TRUE;
}

static void
ub_fault_programmer_close (UbProgrammer *programmer)
{
  ub_programmer_close (UB_FAULT_PROGRAMMER (programmer)->inner);
}

static gboolean
ub_fault_programmer_set_clock (UbProgrammer *programmer, guint hz, guint *actual_hz, GError **error)
{
  UbFaultProgrammer *self = UB_FAULT_PROGRAMMER (programmer);

  return check_plugged (self, error) && ub_programmer_set_clock (self->inner, hz, actual_hz, error);
}

static gboolean
ub_fault_programmer_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  UbFaultProgrammer *self = UB_FAULT_PROGRAMMER (programmer);

  return check_plugged (self, error) && ub_programmer_set_mode (self->inner, mode, error);
}

static gboolean
ub_fault_programmer_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  UbFaultProgrammer *self = UB_FAULT_PROGRAMMER (programmer);

  return check_plugged (self, error) && ub_programmer_set_reset (self->inner, asserted, error);
}

static void
ub_fault_programmer_delay (UbProgrammer *programmer, guint64 usec)
{
  ub_programmer_delay (UB_FAULT_PROGRAMMER (programmer)->inner, usec);
}

static gint64
ub_fault_programmer_get_time (UbProgrammer *programmer)
{
  return ub_programmer_get_time (UB_FAULT_PROGRAMMER (programmer)->inner);
}

static void
ub_fault_programmer_finalize (GObject *object)
{
  UbFaultProgrammer *self = UB_FAULT_PROGRAMMER (object);

  g_clear_object (&self->inner);
  g_rand_free (self->random);

  G_OBJECT_CLASS (ub_fault_programmer_parent_class)->finalize (object);
}

static void
ub_fault_programmer_class_init (UbFaultProgrammerClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_fault_programmer_finalize;

  programmer_class->open = ub_fault_programmer_open;
  programmer_class->close = ub_fault_programmer_close;
  programmer_class->set_clock = ub_fault_programmer_set_clock;
  programmer_class->set_mode = ub_fault_programmer_set_mode;
  programmer_class->set_reset = ub_fault_programmer_set_reset;
  programmer_class->exchange = ub_fault_programmer_exchange;
  programmer_class->delay = ub_fault_programmer_delay;
  programmer_class->get_time = ub_fault_programmer_get_time;
}

static void
ub_fault_programmer_init (UbFaultProgrammer *self)
{
  self->random = g_rand_new_with_seed (RANDOM_SEED);
}

/**
 * ub_fault_programmer_new:
 * @inner: a closed programmer, used through the new one only from now on
 * @faults: what goes wrong
 *
 * Returns: (transfer full): @inner with faults; what @inner was asked for as to clock and mode holds
 */
UbProgrammer *
ub_fault_programmer_new (UbProgrammer *inner, const UbFaults *faults)
{
  UbFaultProgrammer *self;
  UbProgrammer *programmer;

  g_return_val_if_fail (UB_IS_PROGRAMMER (inner) && faults != NULL, NULL);
  g_return_val_if_fail (!ub_programmer_is_open (inner), NULL);

  self = g_object_new (UB_TYPE_FAULT_PROGRAMMER, NULL);
  self->inner = g_object_ref (inner);
  ub_fault_programmer_set_faults (self, faults);

  programmer = UB_PROGRAMMER (self);
  ub_programmer_set_name (programmer, ub_programmer_get_name (inner));
  ub_programmer_set_fixed_clock (programmer, ub_programmer_get_fixed_clock (inner));
  ub_programmer_set_clock_ceiling (programmer, ub_programmer_get_clock_ceiling (inner));
  ub_programmer_set_fixed_mode (programmer, ub_programmer_get_fixed_mode (inner));
  return programmer;
}

/**
 * ub_fault_programmer_wrap:
 * @inner: (transfer full): a closed programmer
 * @spec: settings, of which those for faults are taken: flips, flips-above, lie, stuck-sector, miso,
 *   unplug-at
 * @error: return location for an error
 *
 * Returns: (transfer full): @inner itself when @spec asks for no fault, otherwise @inner with them;
 *   %NULL with %UB_ERROR_BAD_SETTING
 */
UbProgrammer *
ub_fault_programmer_wrap (UbProgrammer *inner, UbProgrammerSpec *spec, GError **error)
{
  static const char *const levels[] = { "0", "1", NULL };
  g_autoptr (UbProgrammer) owned = inner;
  UbFaults faults = UB_NO_FAULTS;
  guint64 sector = G_MAXUINT64;
  guint miso = G_MAXUINT;

  g_return_val_if_fail (UB_IS_PROGRAMMER (inner) && UB_IS_PROGRAMMER_SPEC (spec), NULL);

  if (!ub_programmer_spec_get_double (spec, "flips", 0, 1, &faults.flip_rate, error) ||
      !ub_programmer_spec_get_clock (spec, "flips-above", 0, G_MAXUINT, &faults.flips_above_hz,
                                     error) ||
      !ub_programmer_spec_get_double (spec, "lie", 0, 1, &faults.lie_rate, error) ||
      !ub_programmer_spec_get_number (spec, "stuck-sector", 0, G_MAXUINT16, &sector, error) ||
      !ub_programmer_spec_get_choice (spec, "miso", levels, &miso, error) ||
      !ub_programmer_spec_get_number (spec, "unplug-at", 1, G_MAXUINT64, &faults.unplug_at, error))
    return NULL;
  if (sector != G_MAXUINT64)
    faults.stuck_sector = (gint64) sector;
  if (miso != G_MAXUINT)
    faults.stuck_miso = (int) miso;

  if (faults.flip_rate == 0 && faults.lie_rate == 0 && faults.stuck_sector < 0 &&
      faults.stuck_miso < 0 && faults.unplug_at == 0)
    return g_steal_pointer (&owned);
  return ub_fault_programmer_new (owned, &faults);
}

/**
 * ub_fault_programmer_set_faults:
 * @self: a programmer
 * @faults: what goes wrong from now on
 */
void
ub_fault_programmer_set_faults (UbFaultProgrammer *self, const UbFaults *faults)
{
  g_return_if_fail (UB_IS_FAULT_PROGRAMMER (self) && faults != NULL);
  g_return_if_fail (faults->flip_rate >= 0 && faults->flip_rate <= 1);

  self->faults = *faults;
  if (faults->flip_rate > 0)
    self->bits_to_flip = draw_distance (self);
}

/**
 * ub_fault_programmer_get_inner:
 * @self: a programmer
 *
 * Returns: (transfer none): the one it passes everything on to
 */
UbProgrammer *
ub_fault_programmer_get_inner (UbFaultProgrammer *self)
{
  g_return_val_if_fail (UB_IS_FAULT_PROGRAMMER (self), NULL);

  return self->inner;
}

/**
 * ub_fault_programmer_get_transactions:
 * @self: a programmer
 *
 * Returns: how many transactions it was given, the scale of UbFaults.unplug_at
 */
guint64
ub_fault_programmer_get_transactions (UbFaultProgrammer *self)
{
  g_return_val_if_fail (UB_IS_FAULT_PROGRAMMER (self), 0);

  return self->n_transactions;
}

/**
 * ub_fault_programmer_get_lies:
 * @self: a programmer
 *
 * Returns: how many erase and program commands were swallowed by UbFaults.lie_rate
 */
guint64
ub_fault_programmer_get_lies (UbFaultProgrammer *self)
{
  g_return_val_if_fail (UB_IS_FAULT_PROGRAMMER (self), 0);

  return self->n_lies;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-programmer"

#include "config.h"

#include "ub-programmer.h"

#include "ub-error.h"

/* The ceiling of the clock search where nothing else was asked for: flash parts read at 50 MHz and
 * more, but hobbyists' wires rarely carry more than this. */
#define DEFAULT_CLOCK_CEILING_HZ (12 * 1000 * 1000)

/* What an exchange may take besides its bytes and delays: USB and scheduler latency, generously; a small
 * computer that writes to its SD card can be away for seconds. */
#define DEADLINE_SLACK_US (4 * G_USEC_PER_SEC)

typedef struct {
  char *name;
  UbProgrammerLimits limits;
  gboolean is_open;
  guint clock_hz; /* 0 until the first set_clock() of this opening; atomic */
  guint mode;

  guint fixed_clock_hz;
  guint clock_ceiling_hz;
  int fixed_mode;
} UbProgrammerPrivate;

/**
 * UbProgrammer:
 *
 * The adapter between the computer and the module, abstract: it moves bytes and drives CEN; all that
 * is known about flash stands above it. The unit is a batch of transactions, see
 * ub_programmer_exchange(); its speed comes from backends running a whole batch in as few system
 * calls or USB transfers as they can.
 */
G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (UbProgrammer, ub_programmer, G_TYPE_OBJECT)

#define PRIV(self) ((UbProgrammerPrivate *) ub_programmer_get_instance_private (self))

static void
ub_programmer_real_delay (UbProgrammer *self, guint64 usec)
{
  g_usleep (usec);
}

static gint64
ub_programmer_real_get_time (UbProgrammer *self)
{
  return g_get_monotonic_time ();
}

static void
ub_programmer_dispose (GObject *object)
{
  ub_programmer_close (UB_PROGRAMMER (object));

  G_OBJECT_CLASS (ub_programmer_parent_class)->dispose (object);
}

static void
ub_programmer_finalize (GObject *object)
{
  g_free (PRIV (UB_PROGRAMMER (object))->name);

  G_OBJECT_CLASS (ub_programmer_parent_class)->finalize (object);
}

static void
ub_programmer_class_init (UbProgrammerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = ub_programmer_dispose;
  object_class->finalize = ub_programmer_finalize;

  klass->delay = ub_programmer_real_delay;
  klass->get_time = ub_programmer_real_get_time;
}

static void
ub_programmer_init (UbProgrammer *self)
{
  UbProgrammerPrivate *priv = PRIV (self);

  priv->fixed_mode = -1;
  priv->clock_ceiling_hz = DEFAULT_CLOCK_CEILING_HZ;
}

/**
 * ub_programmer_open:
 * @self: a closed programmer
 * @error: return location for an error
 *
 * Takes hold of the device; chip select is high and CEN released afterwards.
 *
 * Returns: whether it is open now
 */
gboolean
ub_programmer_open (UbProgrammer *self, GError **error)
{
  UbProgrammerPrivate *priv = PRIV (self);

  g_return_val_if_fail (UB_IS_PROGRAMMER (self), FALSE);
  g_return_val_if_fail (!priv->is_open, FALSE);

  g_atomic_int_set (&priv->clock_hz, 0);
  priv->mode = 0;
  if (!UB_PROGRAMMER_GET_CLASS (self)->open (self, error))
    return FALSE;

  priv->is_open = TRUE;
  return TRUE;
}

/**
 * ub_programmer_close:
 * @self: a programmer
 *
 * Releases CEN and every other line, and the device. Does nothing when it is closed.
 */
void
ub_programmer_close (UbProgrammer *self)
{
  UbProgrammerPrivate *priv = PRIV (self);

  g_return_if_fail (UB_IS_PROGRAMMER (self));

  if (!priv->is_open)
    return;
  priv->is_open = FALSE;
  UB_PROGRAMMER_GET_CLASS (self)->close (self);
}

/**
 * ub_programmer_is_open:
 * @self: a programmer
 *
 * Returns: whether ub_programmer_open() succeeded and ub_programmer_close() was not called since
 */
gboolean
ub_programmer_is_open (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), FALSE);

  return PRIV (self)->is_open;
}

/**
 * ub_programmer_set_clock:
 * @self: an open programmer
 * @hz: the wanted clock in Hz
 * @actual_hz: (out) (optional): the clock that is used, never above @hz unless that is below what the
 *   programmer can do
 * @error: return location for an error
 *
 * Returns: whether the clock is set
 */
gboolean
ub_programmer_set_clock (UbProgrammer *self, guint hz, guint *actual_hz, GError **error)
{
  UbProgrammerPrivate *priv = PRIV (self);
  guint actual = 0;

  g_return_val_if_fail (UB_IS_PROGRAMMER (self), FALSE);
  g_return_val_if_fail (priv->is_open, FALSE);
  g_return_val_if_fail (hz > 0, FALSE);

  hz = CLAMP (hz, priv->limits.min_hz, priv->limits.max_hz);
  if (!UB_PROGRAMMER_GET_CLASS (self)->set_clock (self, hz, &actual, error))
    return FALSE;

  g_atomic_int_set (&priv->clock_hz, actual);
  if (actual_hz != NULL)
    *actual_hz = actual;
  return TRUE;
}

/**
 * ub_programmer_set_mode:
 * @self: an open programmer
 * @mode: 0 or 3, one of the limits' modes
 * @error: return location for an error
 *
 * Returns: whether the SPI mode is set
 */
gboolean
ub_programmer_set_mode (UbProgrammer *self, guint mode, GError **error)
{
  UbProgrammerPrivate *priv = PRIV (self);

  g_return_val_if_fail (UB_IS_PROGRAMMER (self), FALSE);
  g_return_val_if_fail (priv->is_open, FALSE);
  g_return_val_if_fail (mode < 4 && (priv->limits.modes & (1u << mode)) != 0, FALSE);

  if (!UB_PROGRAMMER_GET_CLASS (self)->set_mode (self, mode, error))
    return FALSE;

  priv->mode = mode;
  return TRUE;
}

/**
 * ub_programmer_set_reset:
 * @self: an open programmer that drives CEN
 * @asserted: %TRUE holds the module in reset (CEN low), %FALSE releases it
 * @error: return location for an error
 *
 * Returns: whether the line has changed
 */
gboolean
ub_programmer_set_reset (UbProgrammer *self, gboolean asserted, GError **error)
{
  UbProgrammerPrivate *priv = PRIV (self);

  g_return_val_if_fail (UB_IS_PROGRAMMER (self), FALSE);
  g_return_val_if_fail (priv->is_open && priv->limits.has_reset, FALSE);

  return UB_PROGRAMMER_GET_CLASS (self)->set_reset (self, asserted, error);
}

static gboolean
transaction_is_valid (const UbTransaction *transaction, gsize max)
{
  gsize n_bytes = transaction->n_tx + (transaction->duplex ? 0 : transaction->n_rx);

  if (n_bytes == 0 || n_bytes > max)
    return FALSE;
  if (transaction->n_tx > 0 && transaction->tx == NULL)
    return FALSE;
  if (transaction->n_rx > 0 && transaction->rx == NULL)
    return FALSE;
  return !transaction->duplex || transaction->n_rx <= transaction->n_tx;
}

/**
 * ub_programmer_exchange:
 * @self: an open programmer whose clock is set
 * @batch: (array length=n): transactions, each within the limits' max_transaction
 * @n: their number, at least 1
 * @error: return location for an error
 *
 * Runs @batch in order. On failure any number of transactions may have happened, the last one partly.
 *
 * Returns: whether all of them happened and all replies are there
 */
gboolean
ub_programmer_exchange (UbProgrammer *self, const UbTransaction *batch, guint n, GError **error)
{
  UbProgrammerPrivate *priv = PRIV (self);

  g_return_val_if_fail (UB_IS_PROGRAMMER (self), FALSE);
  g_return_val_if_fail (priv->is_open && priv->clock_hz > 0, FALSE);
  g_return_val_if_fail (batch != NULL && n > 0, FALSE);
  for (guint i = 0; i < n; i++)
    g_return_val_if_fail (transaction_is_valid (&batch[i], priv->limits.max_transaction), FALSE);

  return UB_PROGRAMMER_GET_CLASS (self)->exchange (self, batch, n, error);
}

/**
 * ub_programmer_delay:
 * @self: a programmer
 * @usec: microseconds
 *
 * Lets at least @usec pass on the programmer's own clock. All waiting of the engine goes through here,
 * so that simulated time costs none.
 */
void
ub_programmer_delay (UbProgrammer *self, guint64 usec)
{
  g_return_if_fail (UB_IS_PROGRAMMER (self));

  if (usec > 0)
    UB_PROGRAMMER_GET_CLASS (self)->delay (self, usec);
}

/**
 * ub_programmer_get_time:
 * @self: a programmer
 *
 * Returns: microseconds on the clock that exchanges and delays move; all deadlines and rates use it
 */
gint64
ub_programmer_get_time (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), 0);

  return UB_PROGRAMMER_GET_CLASS (self)->get_time (self);
}

/**
 * ub_programmer_get_name:
 * @self: a programmer
 *
 * Returns: (transfer none): what a person calls it, such as “FT232H (FT4ABCDE)”
 */
const char *
ub_programmer_get_name (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), NULL);

  return PRIV (self)->name != NULL ? PRIV (self)->name : G_OBJECT_TYPE_NAME (self);
}

/**
 * ub_programmer_get_clock:
 * @self: a programmer
 *
 * May be called from any thread.
 *
 * Returns: the clock in use in Hz, 0 before one was set
 */
guint
ub_programmer_get_clock (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), 0);

  return g_atomic_int_get (&PRIV (self)->clock_hz);
}

/**
 * ub_programmer_get_mode:
 * @self: a programmer
 *
 * Returns: the SPI mode in use, 0 or 3
 */
guint
ub_programmer_get_mode (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), 0);

  return PRIV (self)->mode;
}

/**
 * ub_programmer_get_limits:
 * @self: a programmer that was opened
 *
 * Returns: (transfer none): what it can do
 */
const UbProgrammerLimits *
ub_programmer_get_limits (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), NULL);

  return &PRIV (self)->limits;
}

/**
 * ub_programmer_set_fixed_clock:
 * @self: a programmer
 * @hz: the clock to use from beginning to end, or 0 to search for the fastest
 */
void
ub_programmer_set_fixed_clock (UbProgrammer *self, guint hz)
{
  g_return_if_fail (UB_IS_PROGRAMMER (self));

  PRIV (self)->fixed_clock_hz = hz;
}

/**
 * ub_programmer_get_fixed_clock:
 * @self: a programmer
 *
 * Returns: the clock asked for in Hz, 0 when the fastest is to be searched
 */
guint
ub_programmer_get_fixed_clock (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), 0);

  return PRIV (self)->fixed_clock_hz;
}

/**
 * ub_programmer_set_clock_ceiling:
 * @self: a programmer
 * @hz: the clock search does not go beyond this
 */
void
ub_programmer_set_clock_ceiling (UbProgrammer *self, guint hz)
{
  g_return_if_fail (UB_IS_PROGRAMMER (self));
  g_return_if_fail (hz > 0);

  PRIV (self)->clock_ceiling_hz = hz;
}

/**
 * ub_programmer_get_clock_ceiling:
 * @self: a programmer
 *
 * Returns: the ceiling of the clock search in Hz, 12 MHz unless it was set
 */
guint
ub_programmer_get_clock_ceiling (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), 0);

  return PRIV (self)->clock_ceiling_hz;
}

/**
 * ub_programmer_set_fixed_mode:
 * @self: a programmer
 * @mode: SPI mode 0 or 3, or -1 to try both
 */
void
ub_programmer_set_fixed_mode (UbProgrammer *self, int mode)
{
  g_return_if_fail (UB_IS_PROGRAMMER (self));
  g_return_if_fail (mode == -1 || mode == 0 || mode == 3);

  PRIV (self)->fixed_mode = mode;
}

/**
 * ub_programmer_get_fixed_mode:
 * @self: a programmer
 *
 * Returns: the SPI mode asked for, -1 when both may be tried
 */
int
ub_programmer_get_fixed_mode (UbProgrammer *self)
{
  g_return_val_if_fail (UB_IS_PROGRAMMER (self), -1);

  return PRIV (self)->fixed_mode;
}

/**
 * ub_programmer_set_name:
 * @self: a programmer
 * @name: what a person calls it
 *
 * For subclasses.
 */
void
ub_programmer_set_name (UbProgrammer *self, const char *name)
{
  UbProgrammerPrivate *priv = PRIV (self);

  g_return_if_fail (UB_IS_PROGRAMMER (self));

  g_free (priv->name);
  priv->name = g_strdup (name);
}

/**
 * ub_programmer_set_limits:
 * @self: a programmer that is being opened
 * @limits: what it can do
 *
 * For subclasses, in their open().
 */
void
ub_programmer_set_limits (UbProgrammer *self, const UbProgrammerLimits *limits)
{
  g_return_if_fail (UB_IS_PROGRAMMER (self));
  g_return_if_fail (limits->min_hz > 0 && limits->min_hz <= limits->max_hz);
  g_return_if_fail ((limits->modes & ~(1u << 0 | 1u << 3)) == 0 && limits->modes != 0);

  PRIV (self)->limits = *limits;
}

/**
 * ub_programmer_get_deadline:
 * @self: an open programmer
 * @batch: (array length=n): transactions
 * @n: their number
 *
 * For subclasses: how long an exchange of @batch may take before it counts as hung: twice the time of
 * its bits at the clock in use, its delays, and four seconds.
 *
 * Returns: microseconds
 */
guint64
ub_programmer_get_deadline (UbProgrammer *self, const UbTransaction *batch, guint n)
{
  UbProgrammerPrivate *priv = PRIV (self);
  guint64 bytes = 0, delays = 0;

  g_return_val_if_fail (UB_IS_PROGRAMMER (self), DEADLINE_SLACK_US);

  for (guint i = 0; i < n; i++) {
    bytes += batch[i].n_tx + (batch[i].duplex ? 0 : batch[i].n_rx);
    delays += batch[i].delay_us;
  }
  return 2 * bytes * 8 * G_USEC_PER_SEC / MAX (priv->clock_hz, 1) + delays + DEADLINE_SLACK_US;
}

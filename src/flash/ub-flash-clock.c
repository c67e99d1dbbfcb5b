/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-clock"

#include "config.h"

#include "ub-clock-search.h"
#include "ub-error.h"
#include "ub-flash-private.h"

#include <glib/gi18n.h>

static void
begin_clock (UbFlashTrial *trial, guint hz)
{
  if (trial->hz == hz)
    return;
  trial->hz = hz;
  trial->n_read = 0;
  trial->n_wrong = 0;
}

static double
get_rate (const UbFlashTrial *trial)
{
  return trial->n_read > 0 ? (double) trial->n_wrong / trial->n_read : 0;
}

/* Back to the clock at which the errors were noticed, for good. */
static gboolean
give_lowering_up (UbFlash *self, GError **error)
{
  UbFlashTrial *trial = &self->trial;
  g_autofree char *low = ub_clock_format (trial->hz);
  g_autofree char *high = ub_clock_format (trial->first_hz);

  trial->was_given_up = TRUE;
  if (!ub_programmer_set_clock (self->programmer, trial->first_hz, NULL, error))
    return FALSE;
  g_message ("As many errors at %s as at %s: back to the higher clock", low, high);
  g_set_error (error, UB_ERROR, UB_ERROR_UNSTABLE,
               _ ("what is read is wrong as often at %s as at %s"), low, high);
  return FALSE;
}

/**
 * ub_flash_count_readings:
 * @self: the flash
 * @n: sectors that were read at the clock in use
 * @n_wrong: those of them that turned out to be wrong
 *
 * For ub_flash_lower_clock(), which compares clocks by it.
 */
void
ub_flash_count_readings (UbFlash *self, guint n, guint n_wrong)
{
  g_return_if_fail (UB_IS_FLASH (self));

  begin_clock (&self->trial, ub_programmer_get_clock (self->programmer));
  self->trial.n_read += n;
  self->trial.n_wrong += n_wrong;
}

/**
 * ub_flash_lower_clock:
 * @self: the flash
 * @out_hz: (out) (optional): the new clock in Hz
 * @error: return location for an error of the programmer, or %UB_ERROR_UNSTABLE when there is no lower
 *   clock, or the person fixed it, or lower clocks brought as many errors as the one before
 *
 * Sets the next lower clock, for when what was read turned out to be wrong. Where that does not help, it
 * goes back to the clock at which this was noticed first, and stays there: nobody waits an hour for nothing.
 *
 * Returns: whether the clock was lowered
 */
gboolean
ub_flash_lower_clock (UbFlash *self, guint *out_hz, GError **error)
{
  UbFlashTrial *trial = &self->trial;

  g_return_val_if_fail (UB_IS_FLASH (self), FALSE);

  begin_clock (trial, ub_programmer_get_clock (self->programmer));
  if (trial->was_given_up) {
    g_set_error (error, UB_ERROR, UB_ERROR_UNSTABLE, _ ("a lower clock does not help"));
    return FALSE;
  }
  if (trial->first_hz == 0 || trial->hz > trial->first_hz) {
    trial->first_hz = trial->hz;
    trial->first_rate = get_rate (trial);
  } else if (trial->hz <= trial->first_hz / UB_CLOCK_HELPLESS_DIVISOR &&
             get_rate (trial) >= trial->first_rate * UB_CLOCK_HELPLESS_SHARE) {
    return give_lowering_up (self, error);
  }
  return ub_clock_step_down (self->programmer, out_hz, error);
}

/**
 * ub_flash_set_clock_helpless:
 * @self: the flash
 *
 * Lower clocks were tried already, and did not help.
 */
void
ub_flash_set_clock_helpless (UbFlash *self)
{
  g_return_if_fail (UB_IS_FLASH (self));

  self->trial.was_given_up = TRUE;
}

/**
 * ub_flash_is_clock_helpless:
 * @self: the flash
 *
 * Returns: whether lower clocks were tried against errors and did not help
 */
gboolean
ub_flash_is_clock_helpless (UbFlash *self)
{
  g_return_val_if_fail (UB_IS_FLASH (self), FALSE);

  return self->trial.was_given_up;
}

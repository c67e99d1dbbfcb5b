/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-test-wires"

#include "config.h"

#include "ub-test-wires.h"

#include "ub-error.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (UbTestWires, ub_test_wires, UB_TYPE_PROGRAMMER)

static gint64
ub_test_wires_get_time (UbProgrammer *programmer)
{
  return ub_sim_chip_get_time (UB_TEST_WIRES (programmer)->chip) / 1000;
}

/* A hand that resets the module when its time has come. */
static void
use_hand (UbTestWires *self)
{
  gint64 due = self->hand_at_us[self->n_hands];

  if (due == 0 || ub_test_wires_get_time (UB_PROGRAMMER (self)) < due)
    return;
  self->n_hands++;
  ub_sim_chip_set_reset (self->chip, TRUE);
  ub_sim_chip_advance (self->chip, 80 * 1000 * 1000);
  ub_sim_chip_set_reset (self->chip, FALSE);
}

static gboolean
ub_test_wires_open (UbProgrammer *programmer, GError **error)
{
  UbTestWires *self = UB_TEST_WIRES (programmer);
  const UbProgrammerLimits limits = {
    .min_hz = self->min_hz != 0 ? self->min_hz : 1000,
    .max_hz = self->max_hz != 0 ? self->max_hz : 50000000,
    .modes = self->modes != 0 ? self->modes : (1u << 0 | 1u << 3),
    .max_transaction = self->max_transaction != 0 ? self->max_transaction : 65536,
    .max_batch = 4096,
    .transaction_cost = 3,
    .has_reset = !self->no_reset,
  };

  if (self->fail_open) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_PERMISSION, "may not be opened");
    return FALSE;
  }
  self->n_opened++;
  ub_programmer_set_limits (programmer, &limits);
  return TRUE;
}

static void
ub_test_wires_close (UbProgrammer *programmer)
{
  UbTestWires *self = UB_TEST_WIRES (programmer);

  self->n_closed++;
  if (self->is_reset && !self->cen_broken)
    ub_sim_chip_set_reset (self->chip, FALSE);
  self->is_reset = FALSE;
}

static gboolean
ub_test_wires_set_clock (UbProgrammer *programmer, guint hz, guint *actual_hz, GError **error)
{
  UbTestWires *self = UB_TEST_WIRES (programmer);

  if (self->divided) {
    guint actual = self->max_hz;

    while (actual > hz)
      actual /= 2;
    hz = actual;
  }
  *actual_hz = self->clock_hz = hz;
  return TRUE;
}

static gboolean
ub_test_wires_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  return TRUE;
}

static gboolean
ub_test_wires_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  UbTestWires *self = UB_TEST_WIRES (programmer);

  if (asserted)
    self->n_resets_asked++;
  self->is_reset = asserted;
  self->risen_at = ub_test_wires_get_time (programmer);
  if (!self->cen_broken)
    ub_sim_chip_set_reset (self->chip, asserted);
  return TRUE;
}

static void
spoil (UbTestWires *self, const guint8 *tx, guint8 *rx, gsize n)
{
  gint64 age = ub_test_wires_get_time (UB_PROGRAMMER (self)) - self->risen_at;
  gboolean is_late = self->late_us > 0 && age > 60000 && age < self->late_us;
  gboolean flip = self->flips > 0 && self->clock_hz > self->flips_above;
  guint8 before = 0;

  for (gsize i = 0; i < n; i++) {
    guint8 late = (guint8) ((before << 8 | rx[i]) >> self->shift);

    before = rx[i];
    rx[i] = late;
    if (self->bridged)
      rx[i] = tx[i];
    if (self->noisy)
      rx[i] = g_rand_int_range (self->rand, 0, 256);
    for (guint bit = 0; flip && bit < 8; bit++) {
      if (g_rand_double (self->rand) < self->flips)
        rx[i] ^= 1u << bit;
    }
    if (is_late)
      rx[i] = 0x00;
    if (self->miso >= 0)
      rx[i] = self->miso > 0 ? 0xFF : 0x00;
  }
}

static void
run_transaction (UbTestWires *self, const UbTransaction *transaction)
{
  gsize n = transaction->n_tx + (transaction->duplex ? 0 : transaction->n_rx);
  guint8 *tx, *rx;

  /* Kept from one transaction to the next: there are very many. */
  g_byte_array_set_size (self->scratch, MAX (self->scratch->len, 2 * n));
  tx = self->scratch->data;
  rx = tx + n;
  memset (tx, 0, n);
  if (transaction->n_tx > 0)
    memcpy (tx, transaction->tx, transaction->n_tx);
  if (!self->cs_broken)
    ub_sim_chip_select (self->chip, TRUE);
  if (self->mosi_broken)
    ub_sim_chip_transfer (self->chip, NULL, rx, n, self->clock_hz);
  else
    ub_sim_chip_transfer (self->chip, tx, rx, n, self->clock_hz);
  ub_sim_chip_select (self->chip, FALSE);

  spoil (self, tx, rx, n);
  if (transaction->n_rx > 0)
    memcpy (transaction->rx, rx + (transaction->duplex ? 0 : transaction->n_tx), transaction->n_rx);
}

static gboolean
ub_test_wires_exchange (UbProgrammer *programmer,
                        const UbTransaction *batch,
                        guint n,
                        GError **error)
{
  UbTestWires *self = UB_TEST_WIRES (programmer);

  self->n_exchanges++;
  if (self->unplug_at != 0 && self->n_exchanges >= self->unplug_at) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_UNPLUGGED, "the programmer is gone");
    return FALSE;
  }
  ub_sim_chip_advance (self->chip, (guint64) self->latency_us * 1000);
  for (guint i = 0; i < n; i++) {
    run_transaction (self, &batch[i]);
    ub_sim_chip_advance (self->chip, (guint64) batch[i].delay_us * 1000);
  }
  use_hand (self);
  return TRUE;
}

static void
ub_test_wires_delay (UbProgrammer *programmer, guint64 usec)
{
  UbTestWires *self = UB_TEST_WIRES (programmer);

  ub_sim_chip_advance (self->chip, usec * 1000);
  use_hand (self);
}

static void
ub_test_wires_finalize (GObject *object)
{
  UbTestWires *self = UB_TEST_WIRES (object);

  g_object_unref (self->chip);
  g_rand_free (self->rand);
  g_byte_array_unref (self->scratch);

  G_OBJECT_CLASS (ub_test_wires_parent_class)->finalize (object);
}

static void
ub_test_wires_class_init (UbTestWiresClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = ub_test_wires_finalize;

  programmer_class->open = ub_test_wires_open;
  programmer_class->close = ub_test_wires_close;
  programmer_class->set_clock = ub_test_wires_set_clock;
  programmer_class->set_mode = ub_test_wires_set_mode;
  programmer_class->set_reset = ub_test_wires_set_reset;
  programmer_class->exchange = ub_test_wires_exchange;
  programmer_class->delay = ub_test_wires_delay;
  programmer_class->get_time = ub_test_wires_get_time;
}

static void
ub_test_wires_init (UbTestWires *self)
{
  self->miso = -1;
  self->scratch = g_byte_array_new ();
  self->rand = g_rand_new_with_seed (7231);
}

/* @part: %NULL for the usual one; @content: %NULL for a blank chip */
UbTestWires *
ub_test_wires_new (const UbFlashPart *part, GBytes *content)
{
  UbTestWires *self = g_object_new (UB_TYPE_TEST_WIRES, NULL);

  self->chip = ub_sim_chip_new (part != NULL ? part : ub_flash_part_lookup (0x1C7015), content);
  return self;
}

/* Bytes that look like encrypted code. */
GBytes *
ub_test_wires_make_content (gsize size)
{
  guint8 *bytes = g_malloc (size);
  guint32 state = 0x7231;

  for (gsize i = 0; i < size; i++) {
    state = state * 1664525u + 1013904223u;
    bytes[i] = state >> 24;
  }
  return g_bytes_new_take (bytes, size);
}

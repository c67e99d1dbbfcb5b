/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-emulated-gpiochip.h"
#include "ub-emulated-spidev.h"
#include "ub-error.h"
#include "ub-programmer-info.h"
#include "ub-spidev-programmer.h"

#include <errno.h>
#include <string.h>

typedef struct {
  UbSimChip *chip;
  UbEmulation *emulation;
  UbEmulatedSpidev *spidev;
  UbEmulatedGpiochip *gpiochip;
} Fixture;

static void
set_up_with (Fixture *fixture,
             const UbEmulatedSpidevTraits *spidev,
             const UbEmulatedGpiochipTraits *gpiochip)
{
  g_autofree guint8 *content = g_malloc (64 * 1024);
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < 64 * 1024; i++)
    content[i] = i * 7 ^ i >> 8;
  bytes = g_bytes_new (content, 64 * 1024);
  fixture->chip = ub_sim_chip_new (ub_flash_part_lookup (0x1C7015), bytes);
  fixture->emulation = ub_emulation_new (fixture->chip);
  if (spidev != NULL)
    fixture->spidev = ub_emulated_spidev_add (fixture->emulation, "spidev0.0", spidev);
  if (gpiochip != NULL)
    fixture->gpiochip = ub_emulated_gpiochip_add (fixture->emulation, "gpiochip0", gpiochip);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, &ub_emulated_spidev_raspberry_pi, &ub_emulated_gpiochip_raspberry_pi);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->emulation, ub_emulation_free);
  g_clear_object (&fixture->spidev);
  g_clear_object (&fixture->gpiochip);
  g_clear_object (&fixture->chip);
}

static UbProgrammer *
new_programmer (const char *text, GError **error)
{
  g_autoptr (UbProgrammerSpec) spec = ub_programmer_spec_parse (text, error);

  return spec != NULL ? ub_spidev_programmer_new (spec, error) : NULL;
}

static UbProgrammer *
open_programmer (const char *text)
{
  g_autoptr (GError) error = NULL;
  UbProgrammer *programmer = new_programmer (text, &error);

  g_assert_no_error (error);
  ub_programmer_open (programmer, &error);
  g_assert_no_error (error);
  return programmer;
}

/* Into download mode in the simplest way there is. */
static void
enter (UbProgrammer *programmer, guint hz)
{
  g_autoptr (GError) error = NULL;
  guint8 tx[25];
  UbTransaction stream = { .tx = tx, .n_tx = sizeof tx };
  gint64 end;

  memset (tx, 0xD2, sizeof tx);
  ub_programmer_set_clock (programmer, hz, NULL, &error);
  g_assert_no_error (error);
  ub_programmer_set_reset (programmer, TRUE, &error);
  g_assert_no_error (error);
  ub_programmer_delay (programmer, 20000);
  ub_programmer_set_reset (programmer, FALSE, &error);
  g_assert_no_error (error);
  end = ub_programmer_get_time (programmer) + 60000;
  while (ub_programmer_get_time (programmer) < end) {
    ub_programmer_exchange (programmer, &stream, 1, &error);
    g_assert_no_error (error);
  }
  ub_programmer_delay (programmer, 60000);
}

static guint32
read_id (UbProgrammer *programmer)
{
  g_autoptr (GError) error = NULL;
  const guint8 command = 0x9F;
  guint8 reply[3] = { 0 };
  UbTransaction transaction = { .tx = &command, .n_tx = 1, .rx = reply, .n_rx = sizeof reply };

  ub_programmer_exchange (programmer, &transaction, 1, &error);
  g_assert_no_error (error);
  return (guint32) reply[0] << 16 | reply[1] << 8 | reply[2];
}

static void
test_enter (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbProgrammer) programmer = open_programmer ("spidev");
  UbEmulatedSpidevCounters counters;

  enter (programmer, 1000000);
  g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
  g_assert_true (ub_emulated_gpiochip_is_held (fixture->gpiochip));
  g_assert_true (ub_emulated_gpiochip_is_open_drain (fixture->gpiochip));
  ub_programmer_close (programmer);
  g_assert_false (ub_emulated_module_is_cen_low (ub_emulation_get_module (fixture->emulation)));
  g_assert_true (ub_emulated_gpiochip_was_input (fixture->gpiochip));
  ub_emulated_spidev_get_counters (fixture->spidev, &counters);
  g_assert_cmpuint (counters.refused, ==, 0);
}

int
main (int argc, char **argv)
{
  if (!ub_emulation_is_possible ())
    return 77;
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) \
  g_test_add ("/spidev-programmer/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("enter", test_enter);
#undef ADD

  return g_test_run ();
}

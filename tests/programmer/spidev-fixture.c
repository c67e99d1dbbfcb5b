/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "spidev-fixture.h"

#include "ub-spidev-programmer.h"

void
spidev_fixture_set_up_with (SpidevFixture *fixture,
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

void
spidev_fixture_set_up (SpidevFixture *fixture, gconstpointer data)
{
  spidev_fixture_set_up_with (fixture, &ub_emulated_spidev_raspberry_pi,
                              &ub_emulated_gpiochip_raspberry_pi);
}

void
spidev_fixture_tear_down (SpidevFixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->emulation, ub_emulation_free);
  g_clear_object (&fixture->spidev);
  g_clear_object (&fixture->gpiochip);
  g_clear_object (&fixture->chip);
}

UbProgrammer *
spidev_fixture_new_programmer (const char *text, GError **error)
{
  g_autoptr (UbProgrammerSpec) spec = ub_programmer_spec_parse (text, error);

  return spec != NULL ? ub_spidev_programmer_new (spec, error) : NULL;
}

UbProgrammer *
spidev_fixture_open_programmer (const char *text)
{
  g_autoptr (GError) error = NULL;
  UbProgrammer *programmer = spidev_fixture_new_programmer (text, &error);

  g_assert_no_error (error);
  ub_programmer_open (programmer, &error);
  g_assert_no_error (error);
  return programmer;
}

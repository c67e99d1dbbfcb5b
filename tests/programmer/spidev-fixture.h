/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-emulated-gpiochip.h"
#include "ub-emulated-spidev.h"
#include "ub-programmer.h"

G_BEGIN_DECLS

/**
 * SpidevFixture:
 * @chip: the module
 * @emulation: a computer
 * @spidev: (nullable): its SPI node
 * @gpiochip: (nullable): its GPIO lines
 *
 * A computer with a module on its own pins.
 */
typedef struct {
  UbSimChip *chip;
  UbEmulation *emulation;
  UbEmulatedSpidev *spidev;
  UbEmulatedGpiochip *gpiochip;
} SpidevFixture;

void spidev_fixture_set_up_with (SpidevFixture *fixture,
                                 const UbEmulatedSpidevTraits *spidev,
                                 const UbEmulatedGpiochipTraits *gpiochip);
void spidev_fixture_set_up (SpidevFixture *fixture, gconstpointer data);
void spidev_fixture_tear_down (SpidevFixture *fixture, gconstpointer data);

UbProgrammer *spidev_fixture_new_programmer (const char *text, GError **error);
UbProgrammer *spidev_fixture_open_programmer (const char *text);

G_END_DECLS

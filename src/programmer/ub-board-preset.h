/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UbBoardPreset:
 * @name: what preset= calls it
 * @model: (nullable): part of the model that the device tree tells
 * @device: (nullable): the spidev node of the header's SPI pins, where the board's images agree on one
 * @cen: (nullable): the GPIO line that the wiring help gives to CEN; %NULL where boards of this kind
 *   differ and the person has to say it
 *
 * What is known of a board that has SPI and GPIO on a header.
 */
typedef struct {
  const char *name;
  const char *model;
  const char *device;
  const char *cen;
} UbBoardPreset;

const char *const *ub_board_preset_get_names (void);
const UbBoardPreset *ub_board_preset_lookup (const char *name);
const UbBoardPreset *ub_board_preset_detect (const char *model);
char *ub_board_dup_model (void);

G_END_DECLS

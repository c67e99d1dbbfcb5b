/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-board-preset"

#include "config.h"

#include "ub-board-preset.h"

#include <string.h>

/* In order: the first row whose model is part of the board's own is the one; a row without a model is
 * for preset= only. Sources:
 * - Raspberry Pi: GPIO22 is pin 15 of the header of every model, between the SPI pins
 *   (OpenBekenIOT/hid_download_py:SPIFlash.md).
 * - Banana Pi M1 and M1+: PB21, pin 3 (BK7231_SPI_Flasher). Others have other SoCs.
 * - Orange Pi with H3 (26 and 40 pins): PA3, and with H616 or H618: PC8, both pin 15 (the vendor's
 *   manuals of Orange Pi PC, Zero 2 and Zero 3). */
static const UbBoardPreset presets[] = {
  { "raspberry-pi", "Raspberry Pi", "/dev/spidev0.0", "GPIO22" },
  { "banana-pi", "Banana Pi BPI-M1", "/dev/spidev0.0", "PB21" },
  { "banana-pi", "LeMaker Banana Pi", "/dev/spidev0.0", "PB21" },
  { "orange-pi", "Orange Pi PC", "/dev/spidev0.0", "PA3" },
  { "orange-pi", "Orange Pi Plus", "/dev/spidev0.0", "PA3" },
  { "orange-pi", "Orange Pi One", "/dev/spidev0.0", "PA3" },
  { "orange-pi", "Orange Pi Lite", "/dev/spidev0.0", "PA3" },
  { "orange-pi", "OrangePi Zero2", NULL, "PC8" },
  { "orange-pi", "OrangePi Zero3", NULL, "PC8" },
  { "banana-pi", "Banana Pi", NULL, NULL },
  { "banana-pi", "BananaPi", NULL, NULL },
  { "orange-pi", "Orange Pi", NULL, NULL },
  { "orange-pi", "OrangePi", NULL, NULL },
  { "generic", NULL, NULL, NULL },
};

/**
 * ub_board_preset_get_names:
 *
 * Returns: (array zero-terminated=1) (transfer none): what preset= may be
 */
const char *const *
ub_board_preset_get_names (void)
{
  static const char *const names[] = { "raspberry-pi", "banana-pi", "orange-pi", "generic", NULL };

  return names;
}

/**
 * ub_board_preset_lookup:
 * @name: one of ub_board_preset_get_names()
 *
 * Returns: (transfer none): the most usual board of that name
 */
const UbBoardPreset *
ub_board_preset_lookup (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (presets); i++) {
    if (g_strcmp0 (presets[i].name, name) == 0)
      return &presets[i];
  }
  g_return_val_if_reached (NULL);
}

/**
 * ub_board_preset_detect:
 * @model: (nullable): the board's model as the device tree tells it
 *
 * Returns: (transfer none): what is known of that board, the generic preset when it is nothing
 */
const UbBoardPreset *
ub_board_preset_detect (const char *model)
{
  for (guint i = 0; model != NULL && i < G_N_ELEMENTS (presets); i++) {
    if (presets[i].model != NULL && strstr (model, presets[i].model) != NULL)
      return &presets[i];
  }
  return ub_board_preset_lookup ("generic");
}

/**
 * ub_board_dup_model:
 *
 * Returns: (transfer full) (nullable): the model that the device tree tells, such as “Raspberry Pi 4
 *   Model B Rev 1.4”, %NULL on a computer without a device tree
 */
char *
ub_board_dup_model (void)
{
  /* The first is a link to the second, and may be missing in a container. */
  static const char *const paths[] = { "/proc/device-tree/model",
                                       "/sys/firmware/devicetree/base/model" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++) {
    char *model = NULL;

    if (g_file_get_contents (paths[i], &model, NULL, NULL) && g_utf8_validate (model, -1, NULL) &&
        *g_strstrip (model) != '\0')
      return model;
    g_free (model);
  }
  return NULL;
}

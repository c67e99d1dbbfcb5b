/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/**
 * UbSignal:
 *
 * The wires between programmer and module, in the order of pictures and tables.
 */
typedef enum {
  UB_SIGNAL_3V3,
  UB_SIGNAL_GND,
  UB_SIGNAL_SCK,
  UB_SIGNAL_CS,
  UB_SIGNAL_MOSI,
  UB_SIGNAL_MISO,
  UB_SIGNAL_CEN,
  UB_N_SIGNALS
} UbSignal;

/**
 * UbPadKind:
 * @UB_PAD_EDGE: a pad at the module's edge
 * @UB_PAD_TEST: a test pad on the module
 * @UB_PAD_LEG: only the chip's own leg
 *
 * Where a wire is soldered to the module.
 */
typedef enum {
  UB_PAD_EDGE,
  UB_PAD_TEST,
  UB_PAD_LEG,
} UbPadKind;

/**
 * UbWiringModule:
 * @id: stable name
 * @name: what is printed on the module
 * @pads: number of the edge pad or chip leg for each signal, 0 where it goes by name
 * @kinds: how each signal is reached
 * @note: (nullable): untranslated sentence on it, to be passed through gettext
 */
typedef struct {
  const char *id;
  const char *name;
  guint8 pads[UB_N_SIGNALS];
  UbPadKind kinds[UB_N_SIGNALS];
  const char *note;
} UbWiringModule;

/**
 * UbWiringProgrammer:
 * @id: stable name: `raspberry-pi`, `spidev`, `ft232h`, `ft2232h`, `ch341a` or `sim`
 * @name: untranslated, to be passed through gettext
 * @pins: what the pin of each signal is called
 * @header_pins: number on the 40-pin header, 0 where there is none
 * @warning: (nullable): untranslated sentence that must be read before wiring
 */
typedef struct {
  const char *id;
  const char *name;
  const char *pins[UB_N_SIGNALS];
  guint8 header_pins[UB_N_SIGNALS];
  const char *warning;
} UbWiringProgrammer;

const UbWiringModule *ub_wiring_get_modules (guint *out_n);
const UbWiringModule *ub_wiring_find_module (const char *id);
const UbWiringProgrammer *ub_wiring_find_programmer (const char *id);

const char *ub_signal_get_name (UbSignal signal);
const char *ub_signal_get_chip_pad (UbSignal signal);
const GdkRGBA *ub_signal_get_color (UbSignal signal);

char *ub_wiring_dup_programmer_pin (const UbWiringProgrammer *programmer, UbSignal signal);
char *ub_wiring_dup_module_pad (const UbWiringModule *module, UbSignal signal);
char *
ub_wiring_dup_description (const UbWiringProgrammer *programmer, const UbWiringModule *module);

G_END_DECLS

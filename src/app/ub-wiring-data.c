/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-wiring-data"

#include "config.h"

#include "ub-wiring-data.h"

#include <glib/gi18n.h>

#define ALL(kind)                            \
  {                                          \
    kind, kind, kind, kind, kind, kind, kind \
  }

/* Chip legs reached where the edge pads are incomplete: power stays on its pads. */
#define LEGS                                                                              \
  {                                                                                       \
    UB_PAD_EDGE, UB_PAD_EDGE, UB_PAD_LEG, UB_PAD_LEG, UB_PAD_LEG, UB_PAD_LEG, UB_PAD_EDGE \
  }
#define TEST_PADS                                                                             \
  {                                                                                           \
    UB_PAD_EDGE, UB_PAD_EDGE, UB_PAD_TEST, UB_PAD_TEST, UB_PAD_TEST, UB_PAD_TEST, UB_PAD_EDGE \
  }

#define NOTE_TEST_PADS                                                                           \
  N_ ("SCK, CS, MOSI and MISO are on small test pads. Find P20 to P23 with a continuity tester " \
      "from "                                                                                    \
      "the chip’s legs if they are not labelled.")
#define NOTE_LEGS                                                                                   \
  N_ ("This module does not lead all signals out. Solder to the chip’s legs, with thin wire and " \
      "a fine "                                                                                     \
      "tip.")
#define NOTE_UNPROVEN N_ ("Nobody has reported yet that this chip can be recovered over SPI.")

/* Pad numbers come from the pinouts of LibreTiny's board files (libretiny-eu/libretiny, boards/), leg numbers from
 * its chip files (boards/_base/ic) and, for the BK7252, Beken's data sheet V1.0. Order: 3V3, GND, SCK = P20,
 * CS = P21, MOSI = P22, MISO = P23, CEN. */
static const UbWiringModule modules[] = {
  { "wb3s", "WB3S", { 0, 0, 20, 19, 18, 17, 3 }, ALL (UB_PAD_EDGE), NULL },
  { "cb3s",
    "CB3S",
    { 0, 0, 20, 19, 18, 17, 1 },
    ALL (UB_PAD_EDGE),
    N_ ("Two pads are called CSN, 12 and 19; both are P21.") },
  { "wb3l", "WB3L", { 0, 0, 20, 19, 18, 17, 3 }, ALL (UB_PAD_EDGE), NULL },
  { "wb1s", "WB1S", { 0, 0, 22, 21, 20, 19, 16 }, ALL (UB_PAD_EDGE), NULL },
  { "cbu",
    "CBU",
    { 0, 0, 3, 0, 4, 5, 18 },
    { UB_PAD_EDGE, UB_PAD_EDGE, UB_PAD_EDGE, UB_PAD_TEST, UB_PAD_EDGE, UB_PAD_EDGE, UB_PAD_EDGE },
    N_ ("CS is on a test pad on the back, labelled CSN.") },
  { "wb2s", "WB2S", { 0 }, TEST_PADS, NOTE_TEST_PADS },
  { "wb2l", "WB2L", { 0 }, TEST_PADS, NOTE_TEST_PADS },
  { "wb2l-m1", "WB2L_M1", { 0 }, TEST_PADS, NOTE_TEST_PADS },
  { "wblc5", "WBLC5", { 0 }, TEST_PADS, NOTE_TEST_PADS },
  { "cb1s", "CB1S", { 0 }, TEST_PADS, NOTE_TEST_PADS },
  { "wa2", "WA2", { 0 }, TEST_PADS, NOTE_TEST_PADS },
  { "cb2s", "CB2S", { 0, 0, 20, 19, 18, 17, 0 }, LEGS, NOTE_LEGS },
  { "cb3l", "CB3L", { 0, 0, 20, 19, 18, 17, 0 }, LEGS, NOTE_LEGS },
  { "cb2l", "CB2L", { 0, 0, 20, 19, 18, 17, 0 }, LEGS, NOTE_LEGS },
  { "cblc5", "CBLC5", { 0, 0, 20, 19, 18, 17, 0 }, LEGS, NOTE_LEGS },
  { "cb3se", "CB3SE", { 0, 0, 20, 19, 18, 17, 0 }, LEGS, NOTE_LEGS },
  { "qfn32", "BK7231T/N (QFN32)", { 0, 0, 20, 19, 18, 17, 21 }, ALL (UB_PAD_LEG), NOTE_LEGS },
  { "qfn40-u", "BK7231U/S (QFN40)", { 0, 0, 30, 29, 28, 27, 31 }, ALL (UB_PAD_LEG), NOTE_LEGS },
  { "qfn40-q", "BK7231Q (QFN40)", { 0, 0, 29, 30, 31, 32, 37 }, ALL (UB_PAD_LEG), NOTE_UNPROVEN },
  { "qfn68", "BK7252 (QFN68)", { 0, 0, 41, 40, 39, 38, 43 }, ALL (UB_PAD_LEG), NOTE_LEGS },
  { "t1-u", "T1-U (BK7238)", { 0 }, ALL (UB_PAD_EDGE), NOTE_UNPROVEN },
  { "xh-wb3s", "XH-WB3S (BK7238)", { 0 }, ALL (UB_PAD_EDGE), NOTE_UNPROVEN },
};

static const UbWiringProgrammer programmers[] = {
  { "raspberry-pi",
    N_ ("Raspberry Pi"),
    { "3V3", "GND", "GPIO11 SCLK", "GPIO8 CE0", "GPIO10 MOSI", "GPIO9 MISO", "GPIO22" },
    { 17, 25, 23, 24, 19, 21, 15 },
    NULL },
  { "spidev",
    N_ ("Board with SPI"),
    { "3V3", "GND", "SCLK", "CE0", "MOSI", "MISO", "GPIO" },
    { 0 },
    N_ ("Check the board’s pinout. Its pins must be 3.3 V pins.") },
  { "ft232h",
    "FT232H",
    { "3V3", "GND", "AD0", "AD3", "AD1", "AD2", "AD4" },
    { 0 },
    N_ ("If the module restarts by itself, give it a 3.3 V supply of its own; connect ground to "
        "both.") },
  { "ft2232h",
    "FT2232H",
    { "3V3", "GND", "AD0", "AD3", "AD1", "AD2", "AD4" },
    { 0 },
    N_ ("If the module restarts by itself, give it a 3.3 V supply of its own; connect ground to "
        "both.") },
  { "ch341a",
    "CH341A",
    { "3V3", "GND", "D3 CLK", "D0 CS", "D5 MOSI", "D7 MISO", "D2" },
    { 0 },
    N_ ("Many CH341A boards, the black ones above all, drive their pins with 5 V, which can "
        "destroy the "
        "module. Measure the pins before you connect anything: they must not be above 3.3 V.") },
  { "sim",
    N_ ("Simulated Module"),
    { "3V3", "GND", "SCK", "CS", "MOSI", "MISO", "CEN" },
    { 0 },
    NULL },
};

/**
 * ub_wiring_get_modules:
 * @out_n: (out): their number
 *
 * Returns: (transfer none) (array length=out_n): every kind of module there is a picture of
 */
const UbWiringModule *
ub_wiring_get_modules (guint *out_n)
{
  *out_n = G_N_ELEMENTS (modules);
  return modules;
}

/**
 * ub_wiring_find_module:
 * @id: (nullable): stable name
 *
 * Returns: (transfer none): the module of that name, the first one for an unknown name
 */
const UbWiringModule *
ub_wiring_find_module (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (modules); i++) {
    if (g_strcmp0 (modules[i].id, id) == 0)
      return &modules[i];
  }
  return &modules[0];
}

/**
 * ub_wiring_find_programmer:
 * @id: (nullable): stable name
 *
 * Returns: (transfer none): the programmer of that name, the general board with SPI for an unknown name
 */
const UbWiringProgrammer *
ub_wiring_find_programmer (const char *id)
{
  for (gsize i = 0; i < G_N_ELEMENTS (programmers); i++) {
    if (g_strcmp0 (programmers[i].id, id) == 0)
      return &programmers[i];
  }
  return &programmers[1];
}

/**
 * ub_signal_get_name:
 * @signal: a wire
 *
 * Returns: (transfer none): its name, which is the same in every language
 */
const char *
ub_signal_get_name (UbSignal signal)
{
  static const char *const names[] = { "3.3 V", "GND", "SCK", "CS", "MOSI", "MISO", "CEN" };

  return names[signal];
}

/**
 * ub_signal_get_chip_pad:
 * @signal: a wire
 *
 * Returns: (transfer none): what the chip calls it, and the name some modules print instead
 */
const char *
ub_signal_get_chip_pad (UbSignal signal)
{
  static const char *const pads[] = { "VCC",       "GND",       "P20 (TCK)", "P21 (TMS)",
                                      "P22 (TDI)", "P23 (TDO)", "CEN (RST)" };

  return pads[signal];
}

/**
 * ub_signal_get_color:
 * @signal: a wire
 *
 * Returns: (transfer none): its colour, in pictures and tables alike; readable on light and dark
 */
const GdkRGBA *
ub_signal_get_color (UbSignal signal)
{
  /* Of the GNOME palette. */
  static const GdkRGBA colors[] = {
    { 0.88f, 0.11f, 0.14f, 1 }, /* red: 3.3 V */
    { 0.47f, 0.46f, 0.48f, 1 }, /* grey: ground */
    { 0.90f, 0.65f, 0.04f, 1 }, /* yellow */
    { 0.57f, 0.25f, 0.67f, 1 }, /* purple */
    { 0.11f, 0.44f, 0.85f, 1 }, /* blue */
    { 0.18f, 0.76f, 0.49f, 1 }, /* green */
    { 1.00f, 0.47f, 0.00f, 1 }, /* orange */
  };

  return &colors[signal];
}

/**
 * ub_wiring_dup_programmer_pin:
 * @programmer: a programmer
 * @signal: a wire
 *
 * Returns: (transfer full): where the wire goes on the programmer, such as “Pin 23 (GPIO11 SCLK)”
 */
char *
ub_wiring_dup_programmer_pin (const UbWiringProgrammer *programmer, UbSignal signal)
{
  if (programmer->header_pins[signal] == 0)
    return g_strdup (programmer->pins[signal]);
  /* TRANSLATORS: a pin of a Raspberry Pi's header: its number and its name */
  return g_strdup_printf (_ ("Pin %u (%s)"), programmer->header_pins[signal],
                          programmer->pins[signal]);
}

/**
 * ub_wiring_dup_module_pad:
 * @module: a kind of module
 * @signal: a wire
 *
 * Returns: (transfer full): where the wire goes on the module, such as “Pad 20”
 */
char *
ub_wiring_dup_module_pad (const UbWiringModule *module, UbSignal signal)
{
  static const char *const printed[] = { "3V3", "GND", "P20", "P21", "P22", "P23", "CEN" };
  guint number = module->pads[signal];

  switch (module->kinds[signal]) {
  case UB_PAD_EDGE:
    if (number != 0)
      return g_strdup_printf (_ ("Pad %u"), number);
    return g_strdup_printf (_ ("Pad “%s”"), printed[signal]);
  case UB_PAD_TEST:
    return g_strdup (_ ("Test pad"));
  case UB_PAD_LEG:
    if (number != 0)
      return g_strdup_printf (_ ("Chip leg %u"), number);
    return g_strdup (_ ("Supply of the board"));
  }
  return g_strdup ("");
}

/**
 * ub_wiring_dup_description:
 * @programmer: a programmer
 * @module: a kind of module
 *
 * Returns: (transfer full): the wiring picture in words, a line for each wire
 */
char *
ub_wiring_dup_description (const UbWiringProgrammer *programmer, const UbWiringModule *module)
{
  GString *text = g_string_new (NULL);

  for (int signal = 0; signal < UB_N_SIGNALS; signal++) {
    g_autofree char *pin = ub_wiring_dup_programmer_pin (programmer, signal);
    g_autofree char *pad = ub_wiring_dup_module_pad (module, signal);

    /* TRANSLATORS: a wire: its signal, the programmer's pin, the chip's pad, the module's pad */
    g_string_append_printf (text, _ ("%s: %s to %s, %s"), ub_signal_get_name (signal), pin,
                            ub_signal_get_chip_pad (signal), pad);
    g_string_append_c (text, '\n');
  }
  return g_string_free (text, FALSE);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UbFirmwareStrings:
 * @name: such as `Tuya` or `OpenBeken`
 * @version: of the firmware or its SDK
 * @app: what the maker calls the app, such as `oem_bk7231n_dctrl_switch`
 * @build: the SDK's line about the build
 * @sdk: the SDK's line about itself
 * @chip: the chip it says it is built for, such as `BK7231N`, in upper case
 * @chip_evidence: the words that say so
 * @radio_chip: if it does not say, the chip whose radio it drives, `BK7231N` or `BK7231T`
 * @radio_evidence: the word of the driver that tells
 *
 * What an app says about itself in its strings. All are %NULL when it does not say.
 */
typedef struct {
  char *name;
  char *version;
  char *app;
  char *build;
  char *sdk;
  char *chip;
  char *chip_evidence;
  const char *radio_chip;
  const char *radio_evidence;
} UbFirmwareStrings;

void ub_firmware_strings_find (const guint8 *code, gsize size, UbFirmwareStrings *out_strings);
char *ub_firmware_strings_find_other_chip (const guint8 *data, gsize size);
void ub_firmware_strings_clear (UbFirmwareStrings *strings);
gboolean
ub_bootloader_find_version (const guint8 *code, gsize size, char **out_name, char **out_version);

G_END_DECLS

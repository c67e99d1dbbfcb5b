/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-firmware-strings"

#include "config.h"

#include "ub-firmware-strings.h"

#include <string.h>

#define MAX_TEXT 120

/* The run of printable characters from @at on, without NULs, at most MAX_TEXT long. */
static char *
dup_text (const guint8 *code, gsize size, gsize at)
{
  gsize n = 0;

  while (n < MAX_TEXT && at + n < size && g_ascii_isprint ((char) code[at + n]))
    n++;
  return g_strstrip (g_strndup ((const char *) code + at, n));
}

static gboolean
find (const guint8 *code, gsize size, gsize from, const char *needle, gsize *out_at)
{
  const guint8 *hit;

  if (code == NULL || from >= size)
    return FALSE;
  hit = memmem (code + from, size - from, needle, strlen (needle));
  if (hit == NULL)
    return FALSE;
  *out_at = (gsize) (hit - code);
  return TRUE;
}

/* The token behind @prefix in @text: digits, letters and what versions are made of. */
static char *
dup_version (const char *text, const char *prefix)
{
  const char *begin = strstr (text, prefix);
  gsize n = 0;

  if (begin == NULL)
    return NULL;
  begin += strlen (prefix);
  while (g_ascii_isalnum (begin[n]) || (begin[n] != '\0' && strchr (".-_+", begin[n]) != NULL))
    n++;
  return n > 0 ? g_strndup (begin, n) : NULL;
}

/* A chip name such as bk7231n at the beginning of @text; BK7231S and BK7231T are the same chip. */
static char *
dup_chip (const char *text)
{
  gsize n = 2;

  if (g_ascii_strncasecmp (text, "bk", 2) != 0)
    return NULL;
  while (g_ascii_isdigit (text[n]))
    n++;
  if (n < 5 || n > 8)
    return NULL;
  if (g_ascii_isalpha (text[n]) && !g_ascii_isalpha (text[n + 1]))
    n++;
  else if (g_ascii_isalpha (text[n]))
    return NULL;
  return g_ascii_strup (text, (gssize) n);
}

static void
take_chip (UbFirmwareStrings *self, const char *chip_text, const char *evidence)
{
  if (self->chip != NULL)
    return;
  self->chip = dup_chip (chip_text);
  if (self->chip != NULL)
    self->chip_evidence = g_strdup (evidence);
}

/* `OpenBK7231N_1.17.203`: the version follows the name; the bare prefix occurs as well. */
static gboolean
find_openbeken (const guint8 *code, gsize size, UbFirmwareStrings *self)
{
  for (gsize at = 0; find (code, size, at, "OpenBK7", &at); at++) {
    g_autofree char *text = dup_text (code, size, at);
    g_autofree char *version = NULL;
    const char *underscore = strchr (text, '_');

    if (underscore == NULL)
      continue;
    version = dup_version (underscore, "_");
    if (version == NULL || !g_ascii_isalnum (version[0]))
      continue;
    /* A default name without a version is a weak second: keep looking for a better one. */
    if (strchr (version, '.') == NULL && g_ascii_strcasecmp (version, "dev") != 0)
      continue;
    self->name = g_strdup ("OpenBeken");
    self->version = g_steal_pointer (&version);
    take_chip (self, text + strlen ("Open"), text);
    return TRUE;
  }
  return FALSE;
}

/* `LibreTiny v1.4.1 on generic-bk7231n-qfn32-tuya, compiled at …`; ESPHome runs on top of it. */
static gboolean
find_libretiny (const guint8 *code, gsize size, UbFirmwareStrings *self)
{
  gsize at = 0;

  if (!find (code, size, 0, "LibreTiny v", &at) && !find (code, size, 0, "LibreTuya v", &at))
    return FALSE;
  g_autofree char *text = dup_text (code, size, at);
  const char *chip = strstr (text, "bk7");
  gsize esphome = 0;

  self->sdk = g_strdup (text);
  self->name = g_strdup (g_str_has_prefix (text, "LibreTiny") ? "LibreTiny" : "LibreTuya");
  self->version = dup_version (text, " v");
  if (chip != NULL)
    take_chip (self, chip, text);
  if (find (code, size, 0, "ESPHome", &esphome) || find (code, size, 0, "esphome", &esphome)) {
    g_free (self->name);
    self->name = g_strdup ("ESPHome (LibreTiny)");
  }
  return TRUE;
}

static void
find_app_name (const guint8 *code, gsize size, UbFirmwareStrings *self)
{
  static const char *const prefixes[] = { "oem_bk7", "tuya_bk7", "bk7231" };

  for (guint i = 0; i < 2; i++) {
    for (gsize at = 0; find (code, size, at, prefixes[i], &at); at++) {
      g_autofree char *text = NULL;

      if (at > 0 && g_ascii_isgraph ((char) code[at - 1]))
        continue;
      text = dup_text (code, size, at);
      if (strlen (text) < 12 || strchr (text, '/') != NULL || strchr (text, ' ') != NULL)
        continue;
      take_chip (self, strstr (text, "bk7"), text);
      self->app = g_steal_pointer (&text);
      return;
    }
  }
}

static gboolean
find_tuya (const guint8 *code, gsize size, UbFirmwareStrings *self)
{
  static const char *const banners[] = { "< TUYA IOT SDK V:", "< TuyaOS V:", "< TUYA OS V:",
                                         "TUYAOS SDK V:" };
  gsize at = 0;

  for (guint i = 0; i < G_N_ELEMENTS (banners); i++) {
    if (find (code, size, 0, banners[i], &at)) {
      self->sdk = dup_text (code, size, at);
      self->version = dup_version (self->sdk, "V:");
      break;
    }
  }
  if (find (code, size, 0, "< BUILD AT:", &at)) {
    const char *chip;

    self->build = dup_text (code, size, at);
    chip = strstr (self->build, " AT bk7");
    if (chip != NULL)
      take_chip (self, chip + strlen (" AT "), self->build);
    else if (strstr (self->build, " AT T1 ") != NULL) /* Tuya's name for the BK7238 */
      take_chip (self, "bk7238", self->build);
  }
  find_app_name (code, size, self);
  if (self->sdk == NULL && self->app == NULL && self->build == NULL &&
      !find (code, size, 0, "tuya_iot_", &at))
    return FALSE;
  self->name = g_strdup ("Tuya");
  return TRUE;
}

/* The radios of the families differ, and so do the names of their driver's tables. */
static void
find_radio (const guint8 *code, gsize size, UbFirmwareStrings *self)
{
  static const struct {
    const char *word;
    const char *chip;
  } radios[] = {
    { "gtx_dcorMod_temp",
      "BK7231N" }, /* in 43 of 43 apps for N, in none for T, U, BK7238, BK7252 */
    { "rwnx_tpc_pa_map_init", "BK7231T" }, /* in 17 of 17 for T; U and BK7252 have it, too */
  };
  gsize at;

  for (guint i = 0; i < G_N_ELEMENTS (radios) && self->radio_chip == NULL; i++) {
    if (find (code, size, 0, radios[i].word, &at)) {
      self->radio_chip = radios[i].chip;
      self->radio_evidence = radios[i].word;
    }
  }
}

/**
 * ub_firmware_strings_find:
 * @code: an app without CRC16s, in the clear
 * @size: bytes
 * @out_strings: (out caller-allocates): what it says; clear with ub_firmware_strings_clear()
 */
void
ub_firmware_strings_find (const guint8 *code, gsize size, UbFirmwareStrings *out_strings)
{
  memset (out_strings, 0, sizeof *out_strings);
  if (!find_openbeken (code, size, out_strings) && !find_libretiny (code, size, out_strings))
    find_tuya (code, size, out_strings);
  if (out_strings->chip == NULL)
    find_radio (code, size, out_strings);
}

/* `OpenLN882H_1.17.203`: OpenBeken names itself after the chip it is built for. */
static char *
find_openbeken_chip (const guint8 *data, gsize size)
{
  for (gsize at = 0; find (data, size, at, "Open", &at); at++) {
    g_autofree char *text = dup_text (data, size, at);
    gsize n = 4, digits = 0;

    for (; g_ascii_isupper (text[n]) || g_ascii_isdigit (text[n]); n++)
      digits += g_ascii_isdigit (text[n]) != 0;
    if (n >= 8 && n <= 16 && digits >= 2 && text[n] == '_' && g_ascii_isdigit (text[n + 1]))
      return g_strndup (text + 4, n - 4);
  }
  return NULL;
}

/**
 * ub_firmware_strings_find_other_chip:
 * @data: a file that is none of the known formats
 * @size: bytes
 *
 * Looks for the names under which firmware for other chips speaks of itself, so that a file for the wrong chip
 * is called that and not just unknown.
 *
 * Returns: (transfer full) (nullable): the chip
 */
char *
ub_firmware_strings_find_other_chip (const guint8 *data, gsize size)
{
  static const struct {
    const char *needle;
    const char *chip;
  } names[] = {
    { "ESP-IDF", "ESP32" },   { "ESP8266", "ESP8266" }, { "ln882h", "LN882H" },
    { "LN882H", "LN882H" },   { "BL602", "BL602" },     { "bl602", "BL602" },
    { "RTL8710", "RTL8710" }, { "rtl8710", "RTL8710" }, { "RTL8720", "RTL8720" },
    { "rtl8720", "RTL8720" }, { "ameba", "RTL87xx" },   { "xr809", "XR809" },
    { "XRADIO", "XR809" },    { "W800", "W800" },       { "ECR6600", "ECR6600" },
    { "TR6260", "TR6260" },   { "STM32", "STM32" },     { "GD32", "GD32" },
    { "RDA5981", "RDA5981" }, { "nRF52", "nRF52" },     { "BK7238", "BK7238" },
    { "bk7238", "BK7238" },   { "BK7252", "BK7252" },   { "bk7252", "BK7252" },
    { "BK7256", "BK7256" },   { "BK7258", "BK7258" },
  };
  char *chip = find_openbeken_chip (data, size);
  gsize at;

  if (chip != NULL)
    return chip;
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    if (find (data, size, 0, names[i].needle, &at))
      return g_strdup (names[i].chip);
  }
  return NULL;
}

/**
 * ub_firmware_strings_clear:
 * @strings: the strings to free
 */
void
ub_firmware_strings_clear (UbFirmwareStrings *strings)
{
  g_clear_pointer (&strings->name, g_free);
  g_clear_pointer (&strings->version, g_free);
  g_clear_pointer (&strings->app, g_free);
  g_clear_pointer (&strings->build, g_free);
  g_clear_pointer (&strings->sdk, g_free);
  g_clear_pointer (&strings->chip, g_free);
  g_clear_pointer (&strings->chip_evidence, g_free);
  strings->radio_chip = strings->radio_evidence = NULL;
}

/* `BK7231N_1.0.1` as Tuya's bootloaders write it, or `BK7231n`, NUL, `_1.0.13` as Beken's do. */
static gboolean
parse_bootloader_version (const char *chip, const char *rest, char **out_name, char **out_version)
{
  gsize length = strlen (chip);
  guint n, dots = 0;

  if (length < 6 || length > 8 || rest[0] != '_')
    return FALSE;
  for (n = 1; g_ascii_isdigit (rest[n]) || rest[n] == '.'; n++)
    dots += rest[n] == '.';
  if (dots != 2 || n < 6 || n > 12)
    return FALSE;
  *out_name = g_ascii_strup (chip, -1);
  *out_version = g_strndup (rest + 1, n - 1);
  return TRUE;
}

/* Where BK7231N, BK7238 and BK7252N keep the mark of their boot ROM: not a name, for the last two share it. */
#define ROM_MARK 0x100

/* Beken's newest: `_1.0.15` near the beginning, and the chip's name somewhere else. */
static gboolean
find_name_apart (const guint8 *code, gsize size, char **out_name, char **out_version)
{
  g_autofree char *chip = NULL;

  for (gsize at = 0; chip == NULL && find (code, size, at, "BK7", &at); at++) {
    g_autofree char *text = dup_text (code, size, at);

    if (at == ROM_MARK || (at > 0 && g_ascii_isalnum ((char) code[at - 1])))
      continue;
    chip = dup_chip (text);
    if (chip != NULL && strlen (chip) != strlen (text))
      g_clear_pointer (&chip, g_free);
  }
  if (chip == NULL)
    return FALSE;
  for (gsize at = 0; find (code, size, at, "_1.", &at); at++) {
    g_autofree char *text = dup_text (code, size, at);

    if (parse_bootloader_version (chip, text, out_name, out_version))
      return TRUE;
  }
  return FALSE;
}

/**
 * ub_bootloader_find_version:
 * @code: a bootloader without CRC16s, in the clear
 * @size: bytes
 * @out_name: (out): the chip it names, such as `BK7231S`
 * @out_version: (out): its version, such as `1.0.5`
 *
 * Returns: whether it says so
 */
gboolean
ub_bootloader_find_version (const guint8 *code, gsize size, char **out_name, char **out_version)
{
  for (gsize at = 0; find (code, size, at, "BK7", &at); at++) {
    g_autofree char *text = dup_text (code, size, at);
    g_autofree char *next = dup_text (code, size, MIN (size, at + strlen (text) + 1));
    char *underscore = strchr (text, '_');

    /* Not within another word: apps hold OpenBK7231N_1.17.203. */
    if (at > 0 && g_ascii_isalnum ((char) code[at - 1]))
      continue;
    if (underscore != NULL) {
      g_autofree char *chip = g_strndup (text, (gsize) (underscore - text));

      if (parse_bootloader_version (chip, underscore, out_name, out_version))
        return TRUE;
    } else if (parse_bootloader_version (text, next, out_name, out_version)) {
      return TRUE;
    }
  }
  return find_name_apart (code, size, out_name, out_version);
}

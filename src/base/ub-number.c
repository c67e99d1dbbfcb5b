/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-number"

#include "config.h"

#include "ub-number.h"

#include <errno.h>

/**
 * ub_number_parse:
 * @text: (nullable): a number as a person types it
 * @out_value: (out): where to put the value
 *
 * Parses an address, size or clock: decimal or hexadecimal with 0x, optionally followed by K or M
 * (either case, 1024 and 1024², as sizes of flash are meant). Signs, fractions, blanks and anything
 * behind the number are refused.
 *
 * Returns: whether @text is such a number that fits 64 bits
 */
gboolean
ub_number_parse (const char *text, guint64 *out_value)
{
  gboolean is_hex;
  char *end = NULL;
  guint64 value, factor = 1;

  g_return_val_if_fail (out_value != NULL, FALSE);

  if (text == NULL || !g_ascii_isdigit (text[0]))
    return FALSE;
  is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  if (is_hex && !g_ascii_isxdigit (text[2]))
    return FALSE;

  errno = 0;
  value = g_ascii_strtoull (text, &end, is_hex ? 16 : 10);
  if (errno != 0)
    return FALSE;

  if (*end == 'K' || *end == 'k')
    factor = 1024;
  else if (*end == 'M' || *end == 'm')
    factor = 1024 * 1024;
  if (factor != 1)
    end++;
  if (*end != '\0' || value > G_MAXUINT64 / factor)
    return FALSE;

  *out_value = value * factor;
  return TRUE;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-format"

#include "config.h"

#include "ub-format.h"

#include <glib/gi18n.h>

/* Numbers as a person reads them. Everything here is pure, so that its tests are tables. */

#define KIB 1024.0
#define MIB (1024.0 * 1024.0)

/**
 * ub_format_size:
 * @bytes: a size
 *
 * Flash sizes are powers of two and read as such: 2 MiB rather than 2.1 MB.
 *
 * Returns: (transfer full): the translated size
 */
char *
ub_format_size (guint64 bytes)
{
  if (bytes >= (guint64) MIB && bytes % (guint64) MIB == 0)
    return g_strdup_printf (_ ("%.0f MiB"), (double) bytes / MIB);
  if (bytes >= (guint64) MIB)
    return g_strdup_printf (_ ("%.1f MiB"), (double) bytes / MIB);
  if (bytes >= (guint64) KIB)
    return g_strdup_printf (_ ("%.0f KiB"), (double) bytes / KIB);
  return g_strdup_printf (ngettext ("%u byte", "%u bytes", (gulong) bytes), (guint) bytes);
}

/**
 * ub_format_done:
 * @done: bytes that are done
 * @total: bytes in all
 *
 * Returns: (transfer full): both in KiB, such as “812 of 2,048 KiB”
 */
char *
ub_format_done (guint64 done, guint64 total)
{
  return g_strdup_printf (_ ("%'.0f of %'.0f KiB"), (double) (done / 1024),
                          (double) ((total + 1023) / 1024));
}

/**
 * ub_format_clock:
 * @hz: a clock in hertz
 *
 * Returns: (transfer full): such as “30 kHz” or “1.5 MHz”
 */
char *
ub_format_clock (guint hz)
{
  if (hz >= 1000 * 1000)
    return hz % (1000 * 1000) < 50 * 1000 ? g_strdup_printf (_ ("%u MHz"), hz / (1000 * 1000))
                                          : g_strdup_printf (_ ("%.1f MHz"), hz / 1e6);
  if (hz >= 1000)
    return g_strdup_printf (_ ("%.0f kHz"), hz / 1e3);
  return g_strdup_printf (_ ("%u Hz"), hz);
}

/**
 * ub_format_rate:
 * @bytes_per_second: a rate
 *
 * Returns: (transfer full): such as “118 KiB/s”; empty for 0, which is unknown
 */
char *
ub_format_rate (double bytes_per_second)
{
  if (bytes_per_second <= 0)
    return g_strdup ("");
  if (bytes_per_second >= MIB)
    return g_strdup_printf (_ ("%.1f MiB/s"), bytes_per_second / MIB);
  if (bytes_per_second >= 10 * KIB)
    return g_strdup_printf (_ ("%.0f KiB/s"), bytes_per_second / KIB);
  return g_strdup_printf (_ ("%.1f KiB/s"), bytes_per_second / KIB);
}

/**
 * ub_format_time_left:
 * @seconds: until the job is done; negative while unknown
 *
 * Rounds so coarsely that the text does not flicker.
 *
 * Returns: (transfer full): such as “About 2 minutes left”; empty while unknown
 */
char *
ub_format_time_left (double seconds)
{
  guint whole;

  if (seconds < 0)
    return g_strdup ("");
  if (seconds < 5)
    return g_strdup (_ ("A few seconds left"));
  if (seconds < 55) {
    whole = (guint) ((seconds + 4) / 5) * 5;
    return g_strdup_printf (ngettext ("About %u second left", "About %u seconds left", whole),
                            whole);
  }
  if (seconds < 3570) {
    whole = (guint) ((seconds + 30) / 60);
    return g_strdup_printf (ngettext ("About %u minute left", "About %u minutes left", whole),
                            whole);
  }
  whole = (guint) ((seconds + 1800) / 3600);
  return g_strdup_printf (ngettext ("About %u hour left", "About %u hours left", whole), whole);
}

/**
 * ub_format_duration:
 * @seconds: a span of time
 *
 * Returns: (transfer full): such as “3.2 seconds” or “1 min 20 s”
 */
char *
ub_format_duration (double seconds)
{
  guint whole = (guint) (seconds + 0.5);

  if (seconds < 9.95)
    return g_strdup_printf (_ ("%.1f seconds"), seconds);
  if (whole < 60)
    return g_strdup_printf (ngettext ("%u second", "%u seconds", whole), whole);
  if (whole < 3600)
    return g_strdup_printf (_ ("%u min %u s"), whole / 60, whole % 60);
  return g_strdup_printf (_ ("%u h %u min"), whole / 3600, whole / 60 % 60);
}

/**
 * ub_format_address:
 * @address: on the chip
 *
 * Returns: (transfer full): six hexadecimal digits at least, such as 0x011000
 */
char *
ub_format_address (guint32 address)
{
  return g_strdup_printf ("0x%06X", address);
}

/**
 * ub_format_sentence:
 * @message: of an error, which may begin with a small letter and end without a full stop
 *
 * Returns: (transfer full): the same as a sentence
 */
char *
ub_format_sentence (const char *message)
{
  g_autofree char *first = NULL;
  const char *rest;

  if (message[0] == '\0')
    return g_strdup ("");
  rest = g_utf8_next_char (message);
  first = g_utf8_strup (message, rest - message);
  return g_strconcat (first, rest, g_str_has_suffix (message, ".") ? NULL : ".", NULL);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-calibration"

#include "config.h"

#include "ub-calibration.h"

#include <string.h>

#define HEADER_SIZE 8
#define ENTRY_HEADER_SIZE 8

/* Tags as four 0xGGGGGGxx bytes: group, and number in the group. From 25 real records: group 1 holds crystal,
 * MAC and defaults, group 2 the transmit power per channel, groups 3 and 4 more of it. */
#define TAG_GROUP_1 0x11111100u
#define TAG_GROUP_2 0x22222200u
#define TAG_GROUP_STEP 0x11111100u
#define TAG_MAC 0x11111102u

/* The highest number of an entry in 49 real records is 11. Newer ones have room behind the eighth of group 2, which
 * holds anything. */
#define MAX_ENTRY 32
#define LAST_BEFORE_ROOM 8

static guint32
read_le32 (const guint8 *p)
{
  return (guint32) p[0] | ((guint32) p[1] << 8) | ((guint32) p[2] << 16) | ((guint32) p[3] << 24);
}

/* No maker gives out addresses of all equal bytes, and none that are for many stations. */
static gboolean
is_possible_mac (const guint8 *mac)
{
  static const guint8 zero[6] = { 0 };

  return (mac[0] & 1) == 0 && memcmp (mac, zero, 6) != 0;
}

static void
take_mac (UbCalibration *self, const guint8 *group, gsize size)
{
  for (gsize at = 0; size - at >= ENTRY_HEADER_SIZE;) {
    guint32 tag = read_le32 (group + at), n = read_le32 (group + at + 4);
    const guint8 *value = group + at + ENTRY_HEADER_SIZE;

    if (n > size - at - ENTRY_HEADER_SIZE)
      return;
    if (tag == TAG_MAC && n == 6) {
      self->has_mac = is_possible_mac (value);
      if (self->has_mac)
        g_snprintf (self->mac, sizeof self->mac, "%02x:%02x:%02x:%02x:%02x:%02x", value[0],
                    value[1], value[2], value[3], value[4], value[5]);
      return;
    }
    at += ENTRY_HEADER_SIZE + n;
  }
}

/* Entries bear their group's number and an ascending one of their own. */
static gboolean
is_group_tidy (const guint8 *group, gsize size, guint32 tag)
{
  guint32 last = tag;

  for (gsize at = 0; size - at >= ENTRY_HEADER_SIZE;) {
    guint32 entry = read_le32 (group + at), n = read_le32 (group + at + 4);

    if (entry <= last || entry > tag + MAX_ENTRY || n > size - at - ENTRY_HEADER_SIZE)
      return last >= tag + LAST_BEFORE_ROOM;
    last = entry;
    at += ENTRY_HEADER_SIZE + n;
  }
  return TRUE;
}

static gboolean
is_blank (const guint8 *data, gsize size)
{
  return size == 0 || (data[0] == 0xFF && memcmp (data, data + 1, size - 1) == 0);
}

/**
 * ub_calibration_parse:
 * @data: a calibration sector, from its first byte
 * @size: bytes that are there
 * @out_calibration: (out caller-allocates): what it holds; `address` is left 0
 *
 * Reads the record that Beken's production test leaves: `TLV\0`, u32 length of what follows, then groups of
 * u32 tag, u32 length, and in them entries of the same form. It carries no checksum: all that can be proven
 * is that the lengths fit together.
 *
 * Returns: whether there is a record at all
 */
gboolean
ub_calibration_parse (const guint8 *data, gsize size, UbCalibration *out_calibration)
{
  gsize at, end;
  guint32 group = TAG_GROUP_1;

  memset (out_calibration, 0, sizeof *out_calibration);
  if (size < HEADER_SIZE || memcmp (data, "TLV", 4) != 0)
    return FALSE;
  out_calibration->length = read_le32 (data + 4);
  if (out_calibration->length == 0 || out_calibration->length > UB_CALIBRATION_SIZE - HEADER_SIZE)
    return FALSE;

  end = MIN (size, HEADER_SIZE + (gsize) out_calibration->length);
  out_calibration->tidy =
      end == size || is_blank (data + end, MIN (size, UB_CALIBRATION_SIZE) - end);
  for (at = HEADER_SIZE; end - at >= ENTRY_HEADER_SIZE; group += TAG_GROUP_STEP) {
    guint32 tag = read_le32 (data + at), n = read_le32 (data + at + 4);

    if (n > end - at - ENTRY_HEADER_SIZE)
      break;
    out_calibration->tidy = out_calibration->tidy && tag == group &&
                            is_group_tidy (data + at + ENTRY_HEADER_SIZE, n, tag);
    if (tag == TAG_GROUP_1)
      take_mac (out_calibration, data + at + ENTRY_HEADER_SIZE, n);
    if (tag == TAG_GROUP_2)
      out_calibration->complete = TRUE;
    at += ENTRY_HEADER_SIZE + n;
  }
  out_calibration->sound = at == HEADER_SIZE + (gsize) out_calibration->length;
  out_calibration->complete = out_calibration->complete && out_calibration->sound;
  return TRUE;
}

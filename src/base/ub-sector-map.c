/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-sector-map"

#include "config.h"

#include "ub-sector-map.h"

#include <glib/gi18n.h>

#define SECTOR_SIZE 4096

/**
 * UbSectorMap:
 *
 * The state of every sector of a chip, for the flash map. The engine's thread writes it and the main
 * thread reads it; all functions may be called from any thread.
 */
struct _UbSectorMap {
  GObject parent_instance;

  GMutex lock;
  GByteArray *states; /* one UbSectorState each */
  guint serial; /* grows with every change */
};

G_DEFINE_FINAL_TYPE (UbSectorMap, ub_sector_map, G_TYPE_OBJECT)

static void
ub_sector_map_finalize (GObject *object)
{
  UbSectorMap *self = UB_SECTOR_MAP (object);

  g_byte_array_unref (self->states);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ub_sector_map_parent_class)->finalize (object);
}

static void
ub_sector_map_class_init (UbSectorMapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_sector_map_finalize;
}

static void
ub_sector_map_init (UbSectorMap *self)
{
  g_mutex_init (&self->lock);
  self->states = g_byte_array_new ();
}

/**
 * ub_sector_map_new:
 *
 * Returns: (transfer full): a map without sectors
 */
UbSectorMap *
ub_sector_map_new (void)
{
  return g_object_new (UB_TYPE_SECTOR_MAP, NULL);
}

/**
 * ub_sector_map_set_size:
 * @self: a map
 * @n_sectors: how many sectors of 4 KiB the chip has
 *
 * Makes every sector %UB_SECTOR_UNKNOWN.
 */
void
ub_sector_map_set_size (UbSectorMap *self, guint n_sectors)
{
  g_return_if_fail (UB_IS_SECTOR_MAP (self));

  g_mutex_lock (&self->lock);
  g_byte_array_set_size (self->states, n_sectors);
  if (n_sectors > 0)
    memset (self->states->data, UB_SECTOR_UNKNOWN, n_sectors);
  self->serial++;
  g_mutex_unlock (&self->lock);
}

/**
 * ub_sector_map_get_size:
 * @self: a map
 *
 * Returns: its number of sectors
 */
guint
ub_sector_map_get_size (UbSectorMap *self)
{
  guint size;

  g_return_val_if_fail (UB_IS_SECTOR_MAP (self), 0);

  g_mutex_lock (&self->lock);
  size = self->states->len;
  g_mutex_unlock (&self->lock);
  return size;
}

/* Must be called with the lock held; cuts what lies outside. */
static void
set_locked (UbSectorMap *self, guint first, guint n, UbSectorState state)
{
  if (first >= self->states->len)
    return;
  n = MIN (n, self->states->len - first);
  memset (self->states->data + first, state, n);
  self->serial++;
}

/**
 * ub_sector_map_set:
 * @self: a map
 * @first: index of a sector
 * @n: how many; what lies outside the map is ignored
 * @state: their new state
 */
void
ub_sector_map_set (UbSectorMap *self, guint first, guint n, UbSectorState state)
{
  g_return_if_fail (UB_IS_SECTOR_MAP (self));
  g_return_if_fail (state < UB_N_SECTOR_STATES);

  g_mutex_lock (&self->lock);
  set_locked (self, first, n, state);
  g_mutex_unlock (&self->lock);
}

/**
 * ub_sector_map_get:
 * @self: a map
 * @index: of a sector
 *
 * Returns: its state, %UB_SECTOR_UNKNOWN outside the map
 */
UbSectorState
ub_sector_map_get (UbSectorMap *self, guint index)
{
  UbSectorState state = UB_SECTOR_UNKNOWN;

  g_return_val_if_fail (UB_IS_SECTOR_MAP (self), UB_SECTOR_UNKNOWN);

  g_mutex_lock (&self->lock);
  if (index < self->states->len)
    state = self->states->data[index];
  g_mutex_unlock (&self->lock);
  return state;
}

static gboolean
is_blank (const guint8 *data, gsize size)
{
  /* Every byte equals the one after it, and the first is 0xFF. */
  return size > 0 && data[0] == 0xFF && memcmp (data, data + 1, size - 1) == 0;
}

/**
 * ub_sector_map_set_content:
 * @self: a map
 * @first: index of the sector @content begins with
 * @content: (array length=size): what was read
 * @size: bytes; a last part of a sector counts as a sector
 *
 * Makes sectors %UB_SECTOR_BLANK or %UB_SECTOR_DATA by their content.
 */
void
ub_sector_map_set_content (UbSectorMap *self, guint first, const guint8 *content, gsize size)
{
  g_return_if_fail (UB_IS_SECTOR_MAP (self));

  g_mutex_lock (&self->lock);
  for (gsize at = 0; at < size; at += SECTOR_SIZE) {
    gboolean blank = is_blank (content + at, MIN (SECTOR_SIZE, size - at));

    set_locked (self, first + at / SECTOR_SIZE, 1, blank ? UB_SECTOR_BLANK : UB_SECTOR_DATA);
  }
  g_mutex_unlock (&self->lock);
}

/**
 * ub_sector_map_copy:
 * @self: a map
 * @out_states: (out caller-allocates) (array length=n): one #UbSectorState a byte
 * @n: room in @out_states
 *
 * Returns: how many were copied: all of them or @n
 */
guint
ub_sector_map_copy (UbSectorMap *self, guint8 *out_states, guint n)
{
  g_return_val_if_fail (UB_IS_SECTOR_MAP (self), 0);

  g_mutex_lock (&self->lock);
  n = MIN (n, self->states->len);
  if (n > 0)
    memcpy (out_states, self->states->data, n);
  g_mutex_unlock (&self->lock);
  return n;
}

/**
 * ub_sector_map_get_serial:
 * @self: a map
 *
 * Returns: a number that differs after every change, so that a viewer knows when to look again
 */
guint
ub_sector_map_get_serial (UbSectorMap *self)
{
  guint serial;

  g_return_val_if_fail (UB_IS_SECTOR_MAP (self), 0);

  g_mutex_lock (&self->lock);
  serial = self->serial;
  g_mutex_unlock (&self->lock);
  return serial;
}

/**
 * ub_sector_state_get_title:
 * @state: a sector's state
 *
 * Returns: (transfer none): its translated name for legends and tooltips
 */
const char *
ub_sector_state_get_title (UbSectorState state)
{
  switch (state) {
  case UB_SECTOR_UNKNOWN:
    return _ ("Not read yet");
  case UB_SECTOR_BLANK:
    return _ ("Blank");
  case UB_SECTOR_DATA:
    return _ ("Holds data");
  case UB_SECTOR_SAME:
    return _ ("Already right");
  case UB_SECTOR_WILL_CHANGE:
    return _ ("Will change");
  case UB_SECTOR_KEPT:
    return _ ("Kept");
  case UB_SECTOR_ERASING:
    return _ ("Erasing");
  case UB_SECTOR_WRITTEN:
    return _ ("Written");
  case UB_SECTOR_VERIFIED:
    return _ ("Verified");
  case UB_SECTOR_FAILED:
    return _ ("Failed");
  case UB_N_SECTOR_STATES:
    break;
  }
  return "";
}

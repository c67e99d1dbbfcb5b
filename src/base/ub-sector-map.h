/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * UbSectorState:
 *
 * What is known of one 4 KiB sector, in the order in which a job moves through them.
 */
typedef enum {
  UB_SECTOR_UNKNOWN, /* not read yet */
  UB_SECTOR_BLANK, /* all 0xFF */
  UB_SECTOR_DATA, /* holds data */
  UB_SECTOR_SAME, /* holds what is wanted already */
  UB_SECTOR_WILL_CHANGE, /* the job will write it */
  UB_SECTOR_KEPT, /* the job keeps it on purpose, such as calibration */
  UB_SECTOR_ERASING, /* being erased, or erased and not yet programmed */
  UB_SECTOR_WRITTEN, /* programmed, not yet read back */
  UB_SECTOR_VERIFIED, /* read back and right */
  UB_SECTOR_FAILED, /* read back and wrong, after all retries */
  UB_N_SECTOR_STATES
} UbSectorState;

#define UB_TYPE_SECTOR_MAP (ub_sector_map_get_type ())
G_DECLARE_FINAL_TYPE (UbSectorMap, ub_sector_map, UB, SECTOR_MAP, GObject)

UbSectorMap *ub_sector_map_new (void);
void ub_sector_map_set_size (UbSectorMap *self, guint n_sectors);
guint ub_sector_map_get_size (UbSectorMap *self);
void ub_sector_map_set (UbSectorMap *self, guint first, guint n, UbSectorState state);
UbSectorState ub_sector_map_get (UbSectorMap *self, guint index);
void ub_sector_map_set_content (UbSectorMap *self, guint first, const guint8 *content, gsize size);
guint ub_sector_map_copy (UbSectorMap *self, guint8 *out_states, guint n);
guint ub_sector_map_get_serial (UbSectorMap *self);

const char *ub_sector_state_get_title (UbSectorState state);

G_END_DECLS

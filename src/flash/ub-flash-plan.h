/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash-part.h"
#include "ub-range.h"

G_BEGIN_DECLS

/**
 * UbFlashUnit:
 * @range: what is worked on in one go: one erase unit, or a run of sectors that need no erase
 * @erase_index: index into the part's erase types, %UB_FLASH_UNIT_NO_ERASE or %UB_FLASH_UNIT_CHIP_ERASE
 * @first_page: index of its first page in the plan's list of pages to program
 * @n_pages: how many pages to program afterwards
 *
 * One step of a plan. The range is read back and compared when it is done.
 */
typedef struct {
  UbRange range;
  gint erase_index;
  guint first_page;
  guint n_pages;
} UbFlashUnit;

#define UB_FLASH_UNIT_NO_ERASE (-1)
#define UB_FLASH_UNIT_CHIP_ERASE (-2)

typedef struct _UbFlashPlan UbFlashPlan;

UbFlashPlan *ub_flash_plan_new (const UbFlashPart *part,
                                const guint8 *current,
                                const guint8 *wanted,
                                const UbRange *preserved,
                                guint n_preserved,
                                guint clock_hz);
void ub_flash_plan_free (UbFlashPlan *self);
guint ub_flash_plan_get_n_units (const UbFlashPlan *self);
const UbFlashUnit *ub_flash_plan_get_unit (const UbFlashPlan *self, guint index);
const guint32 *ub_flash_plan_get_pages (const UbFlashPlan *self, guint *out_n);
guint ub_flash_plan_get_n_sectors_skipped (const UbFlashPlan *self);
guint64 ub_flash_plan_get_n_bytes (const UbFlashPlan *self);
double ub_flash_plan_get_seconds (const UbFlashPlan *self);

gboolean ub_flash_needs_erase (const guint8 *current, const guint8 *wanted, gsize size);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbFlashPlan, ub_flash_plan_free)

G_END_DECLS

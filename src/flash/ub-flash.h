/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash-part.h"
#include "ub-programmer.h"
#include "ub-progress.h"
#include "ub-range.h"
#include "ub-sector-map.h"

G_BEGIN_DECLS

/**
 * UbFlashCounters:
 *
 * What was done to the chip through one #UbFlash.
 */
typedef struct {
  guint64 bytes_read;
  guint64 bytes_programmed;
  guint sectors_erased; /* 4 KiB each, also those erased as part of a larger block */
  guint retries; /* repeats of a read, erase or program, for any reason */
} UbFlashCounters;

#define UB_TYPE_FLASH (ub_flash_get_type ())
G_DECLARE_FINAL_TYPE (UbFlash, ub_flash, UB, FLASH, GObject)

/**
 * UbFlashContentFunc:
 * @address: of the first byte that ub_flash_read() was asked for
 * @buffer: (array length=n_done): what was read so far
 * @n_done: bytes
 * @user_data: from ub_flash_set_content_func()
 *
 * Called after each piece of ub_flash_read(), in its thread.
 */
typedef void (*UbFlashContentFunc) (guint32 address,
                                    const guint8 *buffer,
                                    gsize n_done,
                                    gpointer user_data);

UbFlash *ub_flash_new (UbProgrammer *programmer, const UbFlashPart *part);

UbProgrammer *ub_flash_get_programmer (UbFlash *self);
const UbFlashPart *ub_flash_get_part (UbFlash *self);
void ub_flash_get_counters (UbFlash *self, UbFlashCounters *out_counters);
void ub_flash_set_content_func (UbFlash *self, UbFlashContentFunc func, gpointer user_data);
void ub_flash_set_observers (UbFlash *self, UbProgress *progress, UbSectorMap *map);
guint32 ub_flash_get_address (UbFlash *self);

gboolean ub_flash_read (UbFlash *self,
                        guint32 address,
                        guint8 *buffer,
                        gsize size,
                        GCancellable *cancellable,
                        GError **error);
void ub_flash_count_readings (UbFlash *self, guint n, guint n_wrong);
gboolean ub_flash_lower_clock (UbFlash *self, guint *out_hz, GError **error);
void ub_flash_set_clock_helpless (UbFlash *self);
gboolean ub_flash_is_clock_helpless (UbFlash *self);
gboolean ub_flash_unprotect (UbFlash *self, GError **error);
gboolean ub_flash_erase (
    UbFlash *self, const UbRange *units, guint n_units, GCancellable *cancellable, GError **error);
gboolean ub_flash_program (UbFlash *self,
                           guint32 address,
                           const guint8 *data,
                           gsize size,
                           GCancellable *cancellable,
                           GError **error);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-sim-chip.h"

G_BEGIN_DECLS

/* The serial NOR flash inside the simulated module. For ub-sim-chip.c only, which owns the pins and
 * the time; every @now is in nanoseconds. */
typedef struct _UbSimFlash UbSimFlash;

UbSimFlash *ub_sim_flash_new (const UbFlashPart *part, GBytes *content);
void ub_sim_flash_free (UbSimFlash *self);

void ub_sim_flash_set_content (UbSimFlash *self, GBytes *content);
void ub_sim_flash_set_timing (UbSimFlash *self, UbSimTiming timing);
void ub_sim_flash_set_power_loss_at (UbSimFlash *self, guint64 nth);
void ub_sim_flash_set_status (UbSimFlash *self, guint16 status);
void ub_sim_flash_power_up (UbSimFlash *self);
void ub_sim_flash_boot_firmware (UbSimFlash *self);

const UbFlashPart *ub_sim_flash_get_part (UbSimFlash *self);
guint16 ub_sim_flash_get_status (UbSimFlash *self, guint64 now);
gboolean ub_sim_flash_has_lost_power (UbSimFlash *self);
GBytes *ub_sim_flash_dup_content (UbSimFlash *self);
UbSimCounters *ub_sim_flash_get_counters (UbSimFlash *self);
guint8 ub_sim_flash_next_random (UbSimFlash *self);

void ub_sim_flash_begin (UbSimFlash *self);
guint8 ub_sim_flash_get_output (UbSimFlash *self, guint64 now, guint hz);
void ub_sim_flash_put_input (UbSimFlash *self, guint8 byte, guint64 now);
gsize ub_sim_flash_read_run (UbSimFlash *self, guint8 *rx, gsize n, guint hz);
void ub_sim_flash_end (UbSimFlash *self, gboolean on_byte_boundary, guint64 now);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbSimFlash, ub_sim_flash_free)

G_END_DECLS

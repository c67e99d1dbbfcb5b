/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash-part.h"

#include <glib-object.h>

G_BEGIN_DECLS

/**
 * UbSimTiming:
 * @UB_SIM_TIMING_TYPICAL: erase, program and status writes take the datasheet's typical time
 * @UB_SIM_TIMING_WORST: they take the datasheet's maximum
 */
typedef enum {
  UB_SIM_TIMING_TYPICAL,
  UB_SIM_TIMING_WORST,
} UbSimTiming;

/**
 * UbSimCounters:
 *
 * What happened on the simulated module's wires since it was made.
 */
typedef struct {
  guint64 bytes_clocked;
  guint64 transactions;
  guint64 erases[UB_MAX_ERASE_TYPES]; /* by index into the part's erase types */
  guint64 chip_erases;
  guint64 pages;
  guint64 status_polls;
  guint64 resets;
} UbSimCounters;

#define UB_TYPE_SIM_CHIP (ub_sim_chip_get_type ())
G_DECLARE_FINAL_TYPE (UbSimChip, ub_sim_chip, UB, SIM_CHIP, GObject)

UbSimChip *ub_sim_chip_new (const UbFlashPart *part, GBytes *content);

void ub_sim_chip_set_timing (UbSimChip *self, UbSimTiming timing);
void ub_sim_chip_set_max_clock (UbSimChip *self, guint hz);
void ub_sim_chip_set_deaf (UbSimChip *self, gboolean deaf);
void ub_sim_chip_set_power_loss_at (UbSimChip *self, guint64 nth);
void ub_sim_chip_set_status (UbSimChip *self, guint16 status);
void ub_sim_chip_set_garbled (UbSimChip *self, gboolean garbled);
void ub_sim_chip_set_content (UbSimChip *self, GBytes *content);
void ub_sim_chip_power_cycle (UbSimChip *self);

void ub_sim_chip_set_reset (UbSimChip *self, gboolean asserted);
void ub_sim_chip_select (UbSimChip *self, gboolean selected);
void ub_sim_chip_transfer (UbSimChip *self, const guint8 *tx, guint8 *rx, gsize n, guint hz);
guint8 ub_sim_chip_clock_bits (UbSimChip *self, guint8 mosi, guint n_bits, guint hz);
void ub_sim_chip_advance (UbSimChip *self, guint64 nsec);

guint64 ub_sim_chip_get_time (UbSimChip *self);
const UbFlashPart *ub_sim_chip_get_part (UbSimChip *self);
gboolean ub_sim_chip_is_in_download_mode (UbSimChip *self);
gboolean ub_sim_chip_has_lost_power (UbSimChip *self);
guint16 ub_sim_chip_get_status (UbSimChip *self);
GBytes *ub_sim_chip_dup_content (UbSimChip *self);
void ub_sim_chip_get_counters (UbSimChip *self, UbSimCounters *out_counters);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-job.h"
#include "ub-programmer-list.h"

G_BEGIN_DECLS

/**
 * UbConnectionState:
 *
 * Whether there is a module.
 */
typedef enum {
  UB_CONNECTION_IDLE,
  UB_CONNECTION_CONNECTING,
  UB_CONNECTION_STOPPING, /* the person stopped; the running attempt ends at its next safe point */
  UB_CONNECTION_CONNECTED,
} UbConnectionState;

#define UB_TYPE_CONNECTION (ub_connection_get_type ())
G_DECLARE_FINAL_TYPE (UbConnection, ub_connection, UB, CONNECTION, GObject)

UbConnection *ub_connection_new (void);

void ub_connection_start (UbConnection *self, UbProgrammerInfo *info);
void ub_connection_stop (UbConnection *self);
void ub_connection_disconnect (UbConnection *self);
void ub_connection_refresh (UbConnection *self);
void ub_connection_take_over (UbConnection *self, UbJob *job);

UbConnectionState ub_connection_get_state (UbConnection *self);
UbProgrammerInfo *ub_connection_get_info (UbConnection *self);
UbProgrammer *ub_connection_get_programmer (UbConnection *self);
UbJob *ub_connection_get_job (UbConnection *self);
const GError *ub_connection_get_error (UbConnection *self);
void ub_connection_get_connect_state (UbConnection *self, UbConnectState *out_state);
const UbJobReport *ub_connection_get_report (UbConnection *self);
UbImageAnalysis *ub_connection_get_chip (UbConnection *self);
UbSectorMap *ub_connection_get_sector_map (UbConnection *self);
char *ub_connection_dup_module_title (UbConnection *self);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connect-state.h"
#include "ub-flash.h"

G_BEGIN_DECLS

#define UB_TYPE_SESSION (ub_session_get_type ())
G_DECLARE_FINAL_TYPE (UbSession, ub_session, UB, SESSION, GObject)

UbSession *ub_session_open (UbProgrammer *programmer,
                            UbConnectFunc func,
                            gpointer user_data,
                            GCancellable *cancellable,
                            GError **error);
void ub_session_close (UbSession *self);

UbFlash *ub_session_get_flash (UbSession *self);
guint32 ub_session_get_jedec_id (UbSession *self);
GPtrArray *ub_session_get_notes (UbSession *self);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-connect-state.h"

#include <glib.h>

G_BEGIN_DECLS

gboolean ub_connect_advice_should_retry (const GError *error);
const char *ub_connect_advice_get_title (const GError *error);
char *ub_connect_advice_dup_evidence (const UbConnectState *state);
const char *ub_connect_advice_get_step_title (UbConnectStep step);

G_END_DECLS

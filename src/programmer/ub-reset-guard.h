/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef void (*UbResetGuardFunc) (gpointer data);

void ub_reset_guard_arm (UbResetGuardFunc release, gpointer data);
void ub_reset_guard_disarm (UbResetGuardFunc release, gpointer data);

G_END_DECLS

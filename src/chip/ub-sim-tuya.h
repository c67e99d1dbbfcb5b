/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Bytes that ub_sim_tuya_fill() writes: a key sector and 17 data sectors, to the end of 2 MiB. */
#define UB_SIM_TUYA_SIZE (18 * 4096)

void ub_sim_tuya_fill (guint8 *storage);

G_END_DECLS

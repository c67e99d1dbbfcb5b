/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *ub_format_size (guint64 bytes);
char *ub_format_done (guint64 done, guint64 total);
char *ub_format_clock (guint hz);
char *ub_format_rate (double bytes_per_second);
char *ub_format_time_left (double seconds);
char *ub_format_duration (double seconds);
char *ub_format_address (guint32 address);
char *ub_format_sentence (const char *message);

G_END_DECLS

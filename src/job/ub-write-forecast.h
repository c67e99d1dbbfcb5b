/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash-part.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _UbWriteForecast UbWriteForecast;

UbWriteForecast *
ub_write_forecast_new (const UbFlashPart *part, GBytes *wanted, guint32 n_written, guint clock_hz);
void ub_write_forecast_free (UbWriteForecast *self);
gboolean ub_write_forecast_update (UbWriteForecast *self, const guint8 *current, gsize n_read);
double ub_write_forecast_get_seconds (UbWriteForecast *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbWriteForecast, ub_write_forecast_free)

G_END_DECLS

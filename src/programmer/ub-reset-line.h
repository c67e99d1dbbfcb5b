/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * UbResetLinePlace:
 * @line: the line: its name (“GPIO22”, “PB21”) or its offset within the chip (“22”)
 * @chip: (nullable): the GPIO chip: path, name (“gpiochip0”) or label (“pinctrl-bcm2711”); %NULL
 *   looks on all of them
 *
 * Where CEN is connected, as a person says it.
 */
typedef struct {
  const char *line;
  const char *chip;
} UbResetLinePlace;

/**
 * UbResetLineDrive:
 * @UB_RESET_LINE_OPEN_DRAIN: pulled low to assert, left alone to release; safe beside a button
 * @UB_RESET_LINE_PUSH_PULL: driven high to release
 */
typedef enum {
  UB_RESET_LINE_OPEN_DRAIN,
  UB_RESET_LINE_PUSH_PULL,
} UbResetLineDrive;

typedef struct _UbResetLine UbResetLine;

gboolean ub_reset_line_find (const UbResetLinePlace *place, char **out_text, GError **error);

UbResetLine *
ub_reset_line_open (const UbResetLinePlace *place, UbResetLineDrive drive, GError **error);
void ub_reset_line_close (UbResetLine *self);
gboolean ub_reset_line_set (UbResetLine *self, gboolean asserted, GError **error);
const char *ub_reset_line_get_text (UbResetLine *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (UbResetLine, ub_reset_line_close)

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-wiring-data.h"

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/**
 * UbWiringScene:
 * @programmer: the left side
 * @module: the right side
 * @width: pixels there are
 * @text: colour of text and outlines
 * @is_dark: whether the background is dark
 * @layout: a layout of the widget, for its font
 */
typedef struct {
  const UbWiringProgrammer *programmer;
  const UbWiringModule *module;
  double width;
  GdkRGBA text;
  gboolean is_dark;
  PangoLayout *layout;
} UbWiringScene;

int ub_wiring_scene_get_height (const UbWiringProgrammer *programmer);
void ub_wiring_scene_draw (const UbWiringScene *self, cairo_t *cr);

G_END_DECLS

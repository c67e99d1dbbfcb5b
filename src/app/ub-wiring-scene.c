/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-wiring-scene"

#include "config.h"

#include "ub-wiring-scene.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

/* Pixels. The picture is a scheme: it grows in width with its place, never in height. */
#define MARGIN 6.0
#define ROW 38.0
#define HEADER_PITCH 17.0
#define HEADER_ROWS 20
#define HEADER_WIDTH 54.0
#define BOARD_TOP 34.0
#define WIRE 4.0

static const GdkRGBA copper = { 0.90f, 0.74f, 0.30f, 1 };
static const GdkRGBA mask_green = { 0.11f, 0.43f, 0.35f, 1 };
static const GdkRGBA mask_blue = { 0.10f, 0.30f, 0.55f, 1 };
static const GdkRGBA shield = { 0.80f, 0.80f, 0.79f, 1 };
static const GdkRGBA epoxy = { 0.17f, 0.16f, 0.20f, 1 };
static const GdkRGBA white = { 1, 1, 1, 1 };

static void
set_color (cairo_t *cr, const GdkRGBA *color)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha);
}

static void
rounded_rectangle (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI / 2);
  cairo_close_path (cr);
}

static void
fill_rectangle (cairo_t *cr,
                const GdkRGBA *color,
                double x,
                double y,
                double width,
                double height,
                double radius)
{
  set_color (cr, color);
  rounded_rectangle (cr, x, y, width, height, radius);
  cairo_fill (cr);
}

static void
fill_circle (cairo_t *cr, const GdkRGBA *color, double x, double y, double radius)
{
  set_color (cr, color);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  cairo_fill (cr);
}

/* @align is 0 for text that begins at @x, 1 for text that ends there, 0.5 for text in the middle. */
static void
draw_text (const UbWiringScene *self,
           cairo_t *cr,
           const char *text,
           const GdkRGBA *color,
           double x,
           double y,
           double align,
           double scale)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();
  int width, height;

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  if (scale > 0.9)
    pango_attr_list_insert (attributes, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  pango_layout_set_attributes (self->layout, attributes);
  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_pixel_size (self->layout, &width, &height);
  set_color (cr, color);
  cairo_move_to (cr, x - align * width, y - height / 2.0);
  pango_cairo_show_layout (cr, self->layout);
}

static double
get_row_y (int signal)
{
  return BOARD_TOP + ROW * (signal + 0.5);
}

static double
get_left_width (const UbWiringScene *self)
{
  return self->programmer->header_pins[UB_SIGNAL_SCK] != 0 ? HEADER_WIDTH
                                                           : CLAMP (self->width * 0.26, 84, 130);
}

static double
get_right_width (const UbWiringScene *self)
{
  return CLAMP (self->width * 0.3, 100, 150);
}

/* Where the pin of @signal is. Odd numbers of a header are in its left column, even ones in the right. */
static void
get_pin (const UbWiringScene *self, int signal, double *x, double *y)
{
  guint number = self->programmer->header_pins[signal];

  if (number == 0) {
    *x = MARGIN + get_left_width (self);
    *y = get_row_y (signal);
  } else {
    *x = MARGIN + HEADER_WIDTH * (number % 2 == 1 ? 0.3 : 0.7);
    *y = BOARD_TOP + HEADER_PITCH * ((number - 1) / 2 + 0.5);
  }
}

static double
get_pad_x (const UbWiringScene *self, int signal)
{
  double edge = self->width - MARGIN - get_right_width (self);

  switch (self->module->kinds[signal]) {
  case UB_PAD_EDGE:
    return edge;
  case UB_PAD_TEST:
    return edge + 14;
  case UB_PAD_LEG:
    return edge + 10;
  }
  return edge;
}

static void
draw_header (const UbWiringScene *self, cairo_t *cr)
{
  const GdkRGBA unused = { 0.75f, 0.74f, 0.72f, 1 };

  fill_rectangle (cr, &epoxy, MARGIN, BOARD_TOP, HEADER_WIDTH, HEADER_PITCH * HEADER_ROWS, 4);
  for (int number = 1; number <= 2 * HEADER_ROWS; number++) {
    double x = MARGIN + HEADER_WIDTH * (number % 2 == 1 ? 0.3 : 0.7);
    double y = BOARD_TOP + HEADER_PITCH * ((number - 1) / 2 + 0.5);

    /* Pin 1 is square, as on the board. */
    if (number == 1)
      fill_rectangle (cr, &unused, x - 5, y - 5, 10, 10, 1);
    else
      fill_circle (cr, &unused, x, y, 5);
  }
}

static void
draw_programmer_board (const UbWiringScene *self, cairo_t *cr)
{
  const double width = get_left_width (self), height = ROW * UB_N_SIGNALS;

  fill_rectangle (cr, &mask_blue, MARGIN, BOARD_TOP, width, height, 8);
  for (int signal = 0; signal < UB_N_SIGNALS; signal++) {
    double y = get_row_y (signal);

    fill_rectangle (cr, &copper, MARGIN + width - 8, y - 5, 12, 10, 2);
    draw_text (self, cr, self->programmer->pins[signal], &white, MARGIN + width - 14, y, 1, 0.85);
  }
}

/* The same antenna as in the application's icon. */
static void
draw_antenna (cairo_t *cr, double x, double y, double width)
{
  const double step = width / 5;

  set_color (cr, &copper);
  cairo_set_line_width (cr, 2.5);
  cairo_move_to (cr, x, y + 10);
  for (int i = 0; i < 5; i++) {
    cairo_line_to (cr, x + i * step, y + (i % 2 == 0 ? 0 : 10));
    cairo_line_to (cr, x + (i + 1) * step, y + (i % 2 == 0 ? 0 : 10));
  }
  cairo_stroke (cr);
}

static void
draw_pad (const UbWiringScene *self, cairo_t *cr, int signal)
{
  const double x = get_pad_x (self, signal), y = get_row_y (signal);
  const char *chip_pad = ub_signal_get_chip_pad (signal);
  /* Without the other name in parentheses, for which there is room in the table. */
  g_autofree char *short_pad = g_strndup (chip_pad, strcspn (chip_pad, " "));
  g_autofree char *number = NULL;

  switch (self->module->kinds[signal]) {
  case UB_PAD_EDGE:
    fill_rectangle (cr, &copper, x - 4, y - 7, 14, 14, 2);
    break;
  case UB_PAD_TEST:
    fill_circle (cr, &copper, x, y, 7);
    break;
  case UB_PAD_LEG:
    fill_rectangle (cr, &shield, x - 6, y - 4, 22, 8, 1);
    break;
  }
  if (self->module->pads[signal] != 0) {
    number = g_strdup_printf ("%u", self->module->pads[signal]);
    draw_text (self, cr, number, &white, x + 20, y, 0, 1.0);
  }
  draw_text (self, cr, short_pad, &white, self->width - MARGIN - 8, y, 1, 0.85);
}

static void
draw_module (const UbWiringScene *self, cairo_t *cr)
{
  const double width = get_right_width (self), x = self->width - MARGIN - width;
  const double height = ROW * UB_N_SIGNALS;
  gboolean has_legs = self->module->kinds[UB_SIGNAL_SCK] == UB_PAD_LEG;

  fill_rectangle (cr, &mask_green, x, BOARD_TOP - 22, width, height + 22, 8);
  draw_antenna (cr, x + 14, BOARD_TOP - 16, width - 28);
  if (has_legs)
    fill_rectangle (cr, &epoxy, x + 22, get_row_y (UB_SIGNAL_SCK) - ROW / 2 + 3, width - 26,
                    ROW * (self->module->kinds[UB_SIGNAL_CEN] == UB_PAD_LEG ? 5 : 4) - 6, 4);
  for (int signal = 0; signal < UB_N_SIGNALS; signal++)
    draw_pad (self, cr, signal);
}

static void
draw_wire (const UbWiringScene *self, cairo_t *cr, int signal, double x0, double y0)
{
  const double x1 = get_pad_x (self, signal), y1 = get_row_y (signal);
  const double bend = (x1 - x0) / 2;

  cairo_move_to (cr, x0, y0);
  cairo_curve_to (cr, x0 + bend, y0, x1 - bend, y1, x1, y1);
  /* A rim keeps crossing wires apart, and each wire apart from the background. */
  cairo_set_source_rgba (cr, self->is_dark ? 0.1 : 1, self->is_dark ? 0.1 : 1,
                         self->is_dark ? 0.1 : 1, 0.9);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, WIRE + 3);
  cairo_stroke_preserve (cr);
  set_color (cr, ub_signal_get_color (signal));
  cairo_set_line_width (cr, WIRE);
  cairo_stroke (cr);
}

/* The wire's name on a plate of its colour, near the module, where wires no longer cross. */
static void
draw_name (const UbWiringScene *self, cairo_t *cr, int signal)
{
  const GdkRGBA *color = ub_signal_get_color (signal);
  const double y = get_row_y (signal);
  const double x = self->width - MARGIN - get_right_width (self) - 36;
  const gboolean is_bright = 0.3 * color->red + 0.6 * color->green + 0.1 * color->blue > 0.5;
  const GdkRGBA black = { 0, 0, 0, 1 };

  fill_rectangle (cr, color, x - 25, y - 10, 50, 20, 10);
  draw_text (self, cr, ub_signal_get_name (signal), is_bright ? &black : &white, x, y, 0.5, 0.85);
}

static void
draw_wires (const UbWiringScene *self, cairo_t *cr)
{
  for (int signal = 0; signal < UB_N_SIGNALS; signal++) {
    guint number = self->programmer->header_pins[signal];
    double x, y;

    get_pin (self, signal, &x, &y);
    draw_wire (self, cr, signal, x, y);
    if (number != 0) {
      g_autofree char *text = g_strdup_printf ("%u", number);

      fill_circle (cr, ub_signal_get_color (signal), x, y, 8);
      draw_text (self, cr, text, &white, x, y, 0.5, 0.75);
    }
  }
  for (int signal = 0; signal < UB_N_SIGNALS; signal++)
    draw_name (self, cr, signal);
}

/**
 * ub_wiring_scene_get_height:
 * @programmer: the left side
 *
 * Returns: pixels the scene needs
 */
int
ub_wiring_scene_get_height (const UbWiringProgrammer *programmer)
{
  double height = ROW * UB_N_SIGNALS;

  if (programmer->header_pins[UB_SIGNAL_SCK] != 0)
    height = MAX (height, HEADER_PITCH * HEADER_ROWS);
  return (int) ceil (BOARD_TOP + height + MARGIN);
}

/**
 * ub_wiring_scene_draw:
 * @self: what to draw
 * @cr: where
 */
void
ub_wiring_scene_draw (const UbWiringScene *self, cairo_t *cr)
{
  const char *name = self->programmer->name;

  draw_text (self, cr, _ (name), &self->text, MARGIN, BOARD_TOP / 2 - 2, 0, 1.0);
  draw_text (self, cr, self->module->name, &self->text,
             self->width - 2 * MARGIN - get_right_width (self), BOARD_TOP / 2 - 2, 1, 1.0);
  if (self->programmer->header_pins[UB_SIGNAL_SCK] != 0)
    draw_header (self, cr);
  else
    draw_programmer_board (self, cr);
  draw_module (self, cr);
  draw_wires (self, cr);
}

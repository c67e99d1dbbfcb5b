/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-pair-box.h"

/**
 * UbPairBox:
 *
 * Two children side by side where there is room, one above the other where there is not. libadwaita
 * 1.2 has no breakpoints, and a GtkFlowBox would make each child a focusable item of a list.
 */

enum { PROP_START = 1, PROP_END, PROP_THRESHOLD, PROP_SPACING, N_PROPS };

static GParamSpec *props[N_PROPS];

struct _UbPairBox {
  GtkWidget parent_instance;

  GtkWidget *start;
  GtkWidget *end;
  int threshold; /* pixels from which on they stand side by side */
  int spacing;
};

G_DEFINE_FINAL_TYPE (UbPairBox, ub_pair_box, GTK_TYPE_WIDGET)

static gboolean
is_shown (GtkWidget *child)
{
  return child != NULL && gtk_widget_should_layout (child);
}

static int
get_min_width (GtkWidget *child)
{
  int min = 0;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &min, NULL, NULL, NULL);
  return min;
}

static void
split_width (UbPairBox *self, int width, int *out_start, int *out_end)
{
  int room = width - self->spacing;
  int min_start = get_min_width (self->start), min_end = get_min_width (self->end);

  *out_start = MAX (MIN (room / 2, room - min_end), min_start);
  *out_end = MAX (room - *out_start, min_end);
}

static gboolean
fits_side_by_side (UbPairBox *self, int width)
{
  return width >= self->threshold &&
         width >= get_min_width (self->start) + get_min_width (self->end) + self->spacing;
}

static void
measure_width (UbPairBox *self, int *minimum, int *natural)
{
  GtkWidget *children[] = { self->start, self->end };
  int min = 0, nat = 0;

  for (guint i = 0; i < G_N_ELEMENTS (children); i++) {
    int child_min = 0, child_nat = 0;

    if (!is_shown (children[i]))
      continue;
    gtk_widget_measure (children[i], GTK_ORIENTATION_HORIZONTAL, -1, &child_min, &child_nat, NULL,
                        NULL);
    min = MAX (min, child_min);
    nat += child_nat;
  }
  if (is_shown (self->start) && is_shown (self->end))
    nat += self->spacing;
  *minimum = min;
  *natural = MAX (min, nat);
}

static void
measure_height (UbPairBox *self, int width, int *minimum, int *natural)
{
  int min[2] = { 0 }, nat[2] = { 0 }, start_width = width, end_width = width;
  gboolean has_both = is_shown (self->start) && is_shown (self->end);
  gboolean is_wide = has_both && (width < 0 || fits_side_by_side (self, width));

  if (is_wide && width >= 0)
    split_width (self, width, &start_width, &end_width);
  if (is_shown (self->start))
    gtk_widget_measure (self->start, GTK_ORIENTATION_VERTICAL, start_width, &min[0], &nat[0], NULL,
                        NULL);
  if (is_shown (self->end))
    gtk_widget_measure (self->end, GTK_ORIENTATION_VERTICAL, end_width, &min[1], &nat[1], NULL,
                        NULL);
  if (is_wide) {
    *minimum = MAX (min[0], min[1]);
    *natural = MAX (nat[0], nat[1]);
  } else {
    *minimum = min[0] + min[1] + (has_both ? self->spacing : 0);
    *natural = nat[0] + nat[1] + (has_both ? self->spacing : 0);
  }
}

static GtkSizeRequestMode
ub_pair_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
ub_pair_box_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  UbPairBox *self = UB_PAIR_BOX (widget);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_width (self, minimum, natural);
  else
    measure_height (self, for_size, minimum, natural);
}

static void
allocate_child (GtkWidget *child, int x, int y, int width, int height)
{
  GtkAllocation allocation = { x, y, width, height };

  gtk_widget_size_allocate (child, &allocation, -1);
}

static void
allocate_side_by_side (UbPairBox *self, int width, int height)
{
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  int start_width, end_width;

  split_width (self, width, &start_width, &end_width);
  allocate_child (self->start, is_rtl ? width - start_width : 0, 0, start_width, height);
  allocate_child (self->end, is_rtl ? 0 : width - end_width, 0, end_width, height);
}

static void
allocate_stacked (UbPairBox *self, int width, int height)
{
  int min[2] = { 0 }, nat[2] = { 0 }, room, first;

  gtk_widget_measure (self->start, GTK_ORIENTATION_VERTICAL, width, &min[0], &nat[0], NULL, NULL);
  gtk_widget_measure (self->end, GTK_ORIENTATION_VERTICAL, width, &min[1], &nat[1], NULL, NULL);
  room = height - self->spacing;
  first = CLAMP (nat[0], min[0], MAX (min[0], room - min[1]));
  allocate_child (self->start, 0, 0, width, first);
  allocate_child (self->end, 0, first + self->spacing, width, MAX (min[1], room - first));
}

static void
ub_pair_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  UbPairBox *self = UB_PAIR_BOX (widget);

  if (is_shown (self->start) && is_shown (self->end)) {
    if (fits_side_by_side (self, width))
      allocate_side_by_side (self, width, height);
    else
      allocate_stacked (self, width, height);
  } else if (is_shown (self->start)) {
    allocate_child (self->start, 0, 0, width, height);
  } else if (is_shown (self->end)) {
    allocate_child (self->end, 0, 0, width, height);
  }
}

static void
set_child (UbPairBox *self, GtkWidget **place, GtkWidget *child, GtkWidget *before)
{
  g_clear_pointer (place, gtk_widget_unparent);
  if (child != NULL) {
    *place = child;
    gtk_widget_insert_before (child, GTK_WIDGET (self), before);
  }
}

static void
ub_pair_box_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  UbPairBox *self = UB_PAIR_BOX (object);

  switch (id) {
  case PROP_START:
    set_child (self, &self->start, g_value_get_object (value), self->end);
    break;
  case PROP_END:
    set_child (self, &self->end, g_value_get_object (value), NULL);
    break;
  case PROP_THRESHOLD:
    self->threshold = g_value_get_int (value);
    gtk_widget_queue_resize (GTK_WIDGET (self));
    break;
  case PROP_SPACING:
    self->spacing = g_value_get_int (value);
    gtk_widget_queue_resize (GTK_WIDGET (self));
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
ub_pair_box_dispose (GObject *object)
{
  UbPairBox *self = UB_PAIR_BOX (object);

  g_clear_pointer (&self->start, gtk_widget_unparent);
  g_clear_pointer (&self->end, gtk_widget_unparent);

  G_OBJECT_CLASS (ub_pair_box_parent_class)->dispose (object);
}

static void
ub_pair_box_class_init (UbPairBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->set_property = ub_pair_box_set_property;
  object_class->dispose = ub_pair_box_dispose;
  widget_class->get_request_mode = ub_pair_box_get_request_mode;
  widget_class->measure = ub_pair_box_measure;
  widget_class->size_allocate = ub_pair_box_size_allocate;

  props[PROP_START] = g_param_spec_object ("start", NULL, NULL, GTK_TYPE_WIDGET,
                                           G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_END] = g_param_spec_object ("end", NULL, NULL, GTK_TYPE_WIDGET,
                                         G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_THRESHOLD] = g_param_spec_int ("threshold", NULL, NULL, 0, G_MAXINT, 720,
                                            G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 24,
                                          G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
  gtk_widget_class_set_css_name (widget_class, "pairbox");
}

static void
ub_pair_box_init (UbPairBox *self)
{
  self->threshold = 720;
  self->spacing = 24;
}

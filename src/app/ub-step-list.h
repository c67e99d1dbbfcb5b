/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * UbStepState:
 *
 * Where one step stands.
 */
typedef enum {
  UB_STEP_WAITING,
  UB_STEP_ACTIVE,
  UB_STEP_DONE,
  UB_STEP_FAILED,
} UbStepState;

#define UB_TYPE_STEP_LIST (ub_step_list_get_type ())
G_DECLARE_FINAL_TYPE (UbStepList, ub_step_list, UB, STEP_LIST, GtkBox)

void ub_step_list_clear (UbStepList *self);
void ub_step_list_add (UbStepList *self, guint id, const char *title);
void ub_step_list_set (UbStepList *self, guint id, UbStepState state, const char *detail);
UbStepState ub_step_list_get (UbStepList *self, guint id);

G_END_DECLS

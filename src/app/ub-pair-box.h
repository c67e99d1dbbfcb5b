/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define UB_TYPE_PAIR_BOX (ub_pair_box_get_type ())
G_DECLARE_FINAL_TYPE (UbPairBox, ub_pair_box, UB, PAIR_BOX, GtkWidget)

G_END_DECLS

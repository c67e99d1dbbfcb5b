/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-image-analysis.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void ub_facts_clear (GtkListBox *box);
GtkWidget *ub_facts_add (GtkListBox *box, const char *name, const char *value);
GtkWidget *
ub_facts_add_versioned (GtkListBox *box, const char *name, const char *value, const char *version);
GtkWidget *ub_facts_add_text (GtkListBox *box, GtkWidget *prefix, const char *text);
GtkWidget *ub_facts_add_finding (GtkListBox *box, UbSeverity severity, const char *text);
void ub_facts_add_findings (GtkListBox *box, UbImageAnalysis *analysis);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-facts.h"

#include <glib/gi18n.h>

/* Rows of a list that say something: a fact with its name, a finding with an icon for how bad it is. */

/**
 * ub_facts_clear:
 * @box: a list
 */
void
ub_facts_clear (GtkListBox *box)
{
  GtkListBoxRow *row;

  while ((row = gtk_list_box_get_row_at_index (box, 0)) != NULL)
    gtk_list_box_remove (box, GTK_WIDGET (row));
}

/* A row with two things side by side. Both are laid out with a grid: a horizontal box asks its children how wide they
 * have to be for a height, and a label that wraps finds out by trying, dozens of times, which takes longer than a frame
 * for something like a digest. */
static GtkWidget *
add_row (GtkListBox *box, GtkWidget *start, GtkWidget *end)
{
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *grid = gtk_grid_new ();

  /* The row of the grid fills the row of the list. */
  gtk_widget_set_vexpand (end, TRUE);
  gtk_grid_attach (GTK_GRID (grid), start, 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), end, 1, 0, 1, 1);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), grid);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_list_box_append (box, row);
  return row;
}

/**
 * ub_facts_add:
 * @box: a list
 * @name: of the fact, translated
 * @value: (nullable): the fact; %NULL adds nothing
 *
 * Returns: (transfer none) (nullable): the new row
 */
GtkWidget *
ub_facts_add (GtkListBox *box, const char *name, const char *value)
{
  GtkWidget *row, *name_label, *value_label;

  if (value == NULL || value[0] == '\0')
    return NULL;
  name_label = g_object_new (GTK_TYPE_LABEL, "label", name, "xalign", 0.0, "valign",
                             GTK_ALIGN_BASELINE, NULL);
  value_label = g_object_new (GTK_TYPE_LABEL, "label", value, "wrap", TRUE, "wrap-mode",
                              PANGO_WRAP_WORD_CHAR, "xalign", 1.0, "valign", GTK_ALIGN_BASELINE,
                              "justify", GTK_JUSTIFY_RIGHT, "natural-wrap-mode",
                              GTK_NATURAL_WRAP_NONE, "selectable", TRUE, "hexpand", TRUE, NULL);
  gtk_widget_add_css_class (value_label, "dim-label");
  gtk_widget_add_css_class (value_label, "numeric");
  row = add_row (box, name_label, value_label);
  gtk_widget_add_css_class (row, "fact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, value, -1);
  return row;
}

/**
 * ub_facts_add_versioned:
 * @box: a list
 * @name: of the fact, translated
 * @value: (nullable): the fact; %NULL adds nothing
 * @version: (nullable): that belongs to it
 *
 * Returns: (transfer none) (nullable): the new row
 */
GtkWidget *
ub_facts_add_versioned (GtkListBox *box, const char *name, const char *value, const char *version)
{
  g_autofree char *text = NULL;

  if (value != NULL && version != NULL)
    text = g_strdup_printf ("%s %s", value, version);
  else
    text = g_strdup (value != NULL ? value : version);
  return ub_facts_add (box, name, text);
}

/**
 * ub_facts_add_text:
 * @box: a list
 * @prefix: what stands before the text, such as an icon or a number
 * @text: translated sentences, which wrap
 *
 * Returns: (transfer none): the new row
 */
GtkWidget *
ub_facts_add_text (GtkListBox *box, GtkWidget *prefix, const char *text)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "label", text, "wrap", TRUE, "wrap-mode",
                                   PANGO_WRAP_WORD_CHAR, "xalign", 0.0, "hexpand", TRUE, NULL);
  GtkWidget *row = add_row (box, prefix, label);

  gtk_widget_set_valign (prefix, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (row, "finding");
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  return row;
}

/**
 * ub_facts_add_finding:
 * @box: a list
 * @severity: how bad it is
 * @text: one translated sentence
 *
 * Returns: (transfer none): the new row
 */
GtkWidget *
ub_facts_add_finding (GtkListBox *box, UbSeverity severity, const char *text)
{
  static const char *const icons[] = { "dialog-information-symbolic", "dialog-warning-symbolic",
                                       "dialog-error-symbolic" };
  static const char *const classes[] = { "dim-label", "warning", "error" };
  GtkWidget *icon = gtk_image_new_from_icon_name (icons[severity]);
  const char *const names[] = { _ ("Note"), _ ("Warning"), _ ("Problem") };

  gtk_widget_add_css_class (icon, classes[severity]);
  gtk_accessible_update_property (GTK_ACCESSIBLE (icon), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  names[severity], -1);
  return ub_facts_add_text (box, icon, text);
}

/**
 * ub_facts_add_findings:
 * @box: a list
 * @analysis: whose findings are added
 */
void
ub_facts_add_findings (GtkListBox *box, UbImageAnalysis *analysis)
{
  for (guint i = 0; i < ub_image_analysis_get_n_findings (analysis); i++) {
    const UbFinding *finding = ub_image_analysis_get_finding (analysis, i);

    ub_facts_add_finding (box, finding->severity, finding->text);
  }
}

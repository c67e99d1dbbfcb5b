/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-question-dialog.h"

static GtkWidget *
make_label (const char *text, const char *style_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (GTK_LABEL (label), GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (label, style_class);
  return label;
}

/**
 * ub_question_dialog_new:
 * @parent: the window that has to wait for the answer
 * @heading: the question
 * @text: what the deed means
 * @answers: the safe one and the deed
 *
 * Asks before something that a person may not have meant.
 *
 * Returns: (transfer none): an #AdwMessageDialog, not yet presented
 */
GtkWidget *
ub_question_dialog_new (GtkWindow *parent,
                        const char *heading,
                        const char *text,
                        const UbQuestionAnswers *answers)
{
  /* The dialog's own heading is measured narrower than it can be (libadwaita 1.7,
   * adw-message-dialog.c, measure_heading()), which GTK 4.18 warns of each time. */
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, NULL, NULL));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_window_set_title (GTK_WINDOW (dialog), heading);
  gtk_box_append (GTK_BOX (box), make_label (heading, "title-2"));
  gtk_box_append (GTK_BOX (box), make_label (text, "body"));
  adw_message_dialog_set_extra_child (dialog, box);
  adw_message_dialog_add_responses (dialog, answers->safe, answers->safe_label, answers->deed,
                                    answers->deed_label, NULL);
  if (answers->is_destructive)
    adw_message_dialog_set_response_appearance (dialog, answers->deed, ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, answers->safe);
  adw_message_dialog_set_close_response (dialog, answers->safe);
  return GTK_WIDGET (dialog);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-stop-dialog.h"

#include <glib/gi18n.h>

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
 * ub_stop_dialog_new:
 * @parent: the window the job runs in
 * @heading: the question
 * @text: what stopping means for the module
 * @stop_label: of the response that stops, with a mnemonic
 * @is_destructive: whether stopping leaves the module half written
 *
 * Asks whether a running job shall be stopped. The responses are “continue”, which is also what closing
 * means, and “stop”.
 *
 * Returns: (transfer none): an #AdwMessageDialog, not yet presented
 */
GtkWidget *
ub_stop_dialog_new (GtkWindow *parent,
                    const char *heading,
                    const char *text,
                    const char *stop_label,
                    gboolean is_destructive)
{
  /* The dialog's own heading is measured narrower than it can be (libadwaita 1.7,
   * adw-message-dialog.c, measure_heading()), which GTK 4.18 warns of each time. */
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (parent, NULL, NULL));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_window_set_title (GTK_WINDOW (dialog), heading);
  gtk_box_append (GTK_BOX (box), make_label (heading, "title-2"));
  gtk_box_append (GTK_BOX (box), make_label (text, "body"));
  adw_message_dialog_set_extra_child (dialog, box);
  adw_message_dialog_add_responses (dialog, "continue", _ ("_Continue"), "stop", stop_label, NULL);
  if (is_destructive)
    adw_message_dialog_set_response_appearance (dialog, "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "continue");
  adw_message_dialog_set_close_response (dialog, "continue");
  return GTK_WIDGET (dialog);
}

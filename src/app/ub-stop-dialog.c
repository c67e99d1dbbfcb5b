/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-stop-dialog.h"

#include "ub-question-dialog.h"

#include <glib/gi18n.h>

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
  const UbQuestionAnswers answers = { "continue", _ ("_Continue"), "stop", stop_label,
                                      is_destructive };

  return ub_question_dialog_new (parent, heading, text, &answers);
}

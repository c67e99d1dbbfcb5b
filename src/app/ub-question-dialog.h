/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * UbQuestionAnswers:
 * @safe: the response that changes nothing, which is also what Enter and closing mean
 * @safe_label: its label, with a mnemonic
 * @deed: the response that does what is asked about
 * @deed_label: its label, with a mnemonic
 * @is_destructive: whether the deed cannot be undone
 *
 * The two answers to a question.
 */
typedef struct {
  const char *safe;
  const char *safe_label;
  const char *deed;
  const char *deed_label;
  gboolean is_destructive;
} UbQuestionAnswers;

GtkWidget *ub_question_dialog_new (GtkWindow *parent,
                                   const char *heading,
                                   const char *text,
                                   const UbQuestionAnswers *answers);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define UB_HELP_MAX_PARAGRAPHS 8

/**
 * UbHelpTopic:
 * @ids: names of errors, or other names, separated by spaces, that lead here
 * @title: headline, to be translated
 * @paragraphs: of text, up to the first %NULL, to be translated
 * @commands: (nullable): something to copy, or the path of the resource that holds it
 * @file_name: (nullable): the name to save @commands under, where that makes sense
 */
typedef struct {
  const char *ids;
  const char *title;
  const char *paragraphs[UB_HELP_MAX_PARAGRAPHS];
  const char *commands;
  const char *file_name;
} UbHelpTopic;

const UbHelpTopic *ub_help_get_topics (guint *out_n);
const UbHelpTopic *ub_help_find_topic (const char *id);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-error.h"
#include "ub-help-topics.h"

static gboolean
is_error_name (const char *id)
{
  for (int code = 0; code <= UB_ERROR_IMAGE_KEY; code++) {
    g_autoptr (GError) error = g_error_new_literal (UB_ERROR, code, "");

    if (g_str_equal (ub_error_get_name (error), id))
      return TRUE;
  }
  return FALSE;
}

/* What the help has to cover, whatever else it tells. */
static void
test_coverage (void)
{
  static const char *const wanted[] = { "start",  "mains",        "programmers", "wiring",
                                        "files",  "spi-disabled", "permission",  "limits",
                                        "verify", "miso-low",     "image-key",   "no-reset-line" };

  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    g_assert_nonnull (ub_help_find_topic (wanted[i]));
  g_assert_null (ub_help_find_topic ("nonsense"));
  g_assert_null (ub_help_find_topic (""));
  g_assert_true (ub_help_find_topic ("miso-low") == ub_help_find_topic ("miso-high"));
}

/* A mistyped error name would never be found. */
static void
test_ids (void)
{
  static const char *const others[] = { "start",  "mains", "programmers", "wiring",
                                        "limits", "files", NULL };
  const UbHelpTopic *topics;
  guint n;

  topics = ub_help_get_topics (&n);
  for (guint i = 0; i < n; i++) {
    g_auto (GStrv) ids = g_strsplit (topics[i].ids, " ", -1);

    for (guint j = 0; ids[j] != NULL; j++) {
      g_test_message ("%s", ids[j]);
      g_assert_true (g_strv_contains (others, ids[j]) || is_error_name (ids[j]));
      g_assert_true (ub_help_find_topic (ids[j]) == &topics[i]);
    }
    g_assert_nonnull (topics[i].paragraphs[0]);
    g_assert_null (topics[i].paragraphs[UB_HELP_MAX_PARAGRAPHS - 1]);
    g_assert_true (topics[i].file_name == NULL || topics[i].commands != NULL);
  }
}

/* The list of all errors is made of these. */
static void
test_remedies (void)
{
  g_autoptr (GError) unknown = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "");
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  for (int code = 0; code <= UB_ERROR_IMAGE_KEY; code++) {
    g_autoptr (GError) error = g_error_new_literal (UB_ERROR, code, "");

    g_assert_true (g_hash_table_add (names, (gpointer) ub_error_get_name (error)));
    if (code != UB_ERROR_FAILED)
      g_assert_cmpstr (ub_error_get_remedy (error), !=, ub_error_get_remedy (unknown));
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/help-topics/coverage", test_coverage);
  g_test_add_func ("/help-topics/ids", test_ids);
  g_test_add_func ("/help-topics/remedies", test_remedies);
  return g_test_run ();
}

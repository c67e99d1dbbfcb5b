/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-error.h"

#include <string.h>

/* Every code has a name of its own; those a person can act on have advice that is not the general one. */
static void
test_every_code (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GError) unknown = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_IO, "x");
  const char *general = ub_error_get_remedy (unknown);
  guint n = 0;

  g_assert_cmpstr (ub_error_get_name (unknown), ==, "failed");
  for (int code = UB_ERROR_FAILED; code <= UB_ERROR_IMAGE_KEY; code++) {
    g_autoptr (GError) error = g_error_new_literal (UB_ERROR, code, "x");
    const char *name = ub_error_get_name (error);

    if (code != UB_ERROR_FAILED) {
      g_assert_cmpstr (name, !=, "failed");
      g_assert_cmpstr (ub_error_get_remedy (error), !=, general);
    }
    g_assert_true (g_hash_table_add (names, g_strdup (name)));
    n++;
  }
  g_assert_cmpuint (n, >, 30);
}

static void
test_cancelled (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");

  g_assert_cmpstr (ub_error_get_name (error), ==, "cancelled");
  g_assert_nonnull (strstr (ub_error_get_remedy (error), "Repeat the job"));
}

/* Advice does not end in a lower clock where there is none; and copies, which travel from the job's thread, know. */
static void
test_clock_ruled_out (void)
{
  static const UbError codes[] = { UB_ERROR_UNSTABLE, UB_ERROR_WRITE_ENABLE, UB_ERROR_VERIFY };
  g_autoptr (GError) other = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_IO, "x");

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++) {
    g_autoptr (GError) error = g_error_new_literal (UB_ERROR, codes[i], "x");
    g_autoptr (GError) copy = NULL;

    g_assert_nonnull (strstr (ub_error_get_remedy (error), "lower clock"));
    ub_error_rule_out_clock (error);
    g_assert_null (strstr (ub_error_get_remedy (error), "clock"));
    g_assert_cmpuint (strlen (ub_error_get_remedy (error)), >, 20);
    copy = g_error_copy (error);
    g_assert_cmpstr (ub_error_get_remedy (copy), ==, ub_error_get_remedy (error));
  }
  for (int code = UB_ERROR_FAILED; code <= UB_ERROR_IMAGE_KEY; code++) {
    g_autoptr (GError) error = g_error_new_literal (UB_ERROR, code, "x");

    ub_error_rule_out_clock (error);
    g_assert_cmpuint (strlen (ub_error_get_remedy (error)), >, 20);
  }
  ub_error_rule_out_clock (other);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/every-code", test_every_code);
  g_test_add_func ("/error/cancelled", test_cancelled);
  g_test_add_func ("/error/clock-ruled-out", test_clock_ruled_out);
  return g_test_run ();
}

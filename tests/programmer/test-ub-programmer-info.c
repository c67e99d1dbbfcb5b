/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-programmer-info.h"

#include "ub-error.h"

static void
test_usable (void)
{
  g_autoptr (UbProgrammerInfo) info =
      ub_programmer_info_new ("ftdi", "ftdi:serial=1", "FT232H (1)", NULL);

  g_assert_cmpstr (ub_programmer_info_get_backend (info), ==, "ftdi");
  g_assert_cmpstr (ub_programmer_info_get_spec (info), ==, "ftdi:serial=1");
  g_assert_cmpstr (ub_programmer_info_get_name (info), ==, "FT232H (1)");
  g_assert_null (ub_programmer_info_get_problem (info));
  g_assert_true (ub_programmer_info_is_usable (info));
  g_assert_false (ub_programmer_info_is_simulated (info));
}

static void
test_unusable (void)
{
  g_autoptr (GError) problem = g_error_new_literal (UB_ERROR, UB_ERROR_PERMISSION, "not allowed");
  g_autoptr (UbProgrammerInfo) info = ub_programmer_info_new ("sim", "sim", "Module", problem);

  g_assert_false (ub_programmer_info_is_usable (info));
  g_assert_true (ub_programmer_info_is_simulated (info));
  g_assert_error (ub_programmer_info_get_problem (info), UB_ERROR, UB_ERROR_PERMISSION);
  /* A copy. */
  g_assert_true (ub_programmer_info_get_problem (info) != problem);
}

static void
test_equal (void)
{
  static const struct {
    const char *backend;
    const char *spec;
    const char *name;
    int code; /* -1 for no problem */
    const char *message;
  } cases[] = {
    { "ftdi", "ftdi:serial=1", "One", -1, NULL },
    { "ftdi", "ftdi:serial=2", "One", -1, NULL },
    { "ftdi", "ftdi:serial=1", "Two", -1, NULL },
    { "ftdi", "ftdi:serial=1", "One", UB_ERROR_BUSY, "busy" },
    { "ftdi", "ftdi:serial=1", "One", UB_ERROR_PERMISSION, "busy" },
    { "ftdi", "ftdi:serial=1", "One", UB_ERROR_BUSY, "otherwise busy" },
  };
  UbProgrammerInfo *infos[2][G_N_ELEMENTS (cases)];

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) problem = NULL;

    if (cases[i].code >= 0)
      problem = g_error_new_literal (UB_ERROR, cases[i].code, cases[i].message);
    for (int j = 0; j < 2; j++)
      infos[j][i] =
          ub_programmer_info_new (cases[i].backend, cases[i].spec, cases[i].name, problem);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    for (gsize j = 0; j < G_N_ELEMENTS (cases); j++)
      g_assert_cmpint (ub_programmer_info_equal (infos[0][i], infos[1][j]), ==, i == j);
  }
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_object_unref (infos[0][i]);
    g_object_unref (infos[1][i]);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/programmer-info/usable", test_usable);
  g_test_add_func ("/programmer-info/unusable", test_unusable);
  g_test_add_func ("/programmer-info/equal", test_equal);
  return g_test_run ();
}

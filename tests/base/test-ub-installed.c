/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-installed.h"

/* This program stands in PREFIX/base: what is beside it is found whatever was configured. */
static void
test_beside_the_program (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *bin = g_path_get_dirname (program);
  g_autofree char *name = g_path_get_basename (bin);
  g_autofree char *dir = ub_installed_dup_dir (name, "/configured/dir");

  g_assert_cmpstr (dir, ==, bin);
}

static void
test_as_configured (void)
{
  g_autofree char *missing = ub_installed_dup_dir ("no/such/dir", "/configured/dir");
  g_autofree char *absolute = ub_installed_dup_dir ("/no/such/dir", "/configured/dir");

  g_assert_cmpstr (missing, ==, "/configured/dir");
  g_assert_cmpstr (absolute, ==, "/configured/dir");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/installed/beside-the-program", test_beside_the_program);
  g_test_add_func ("/installed/as-configured", test_as_configured);

  return g_test_run ();
}

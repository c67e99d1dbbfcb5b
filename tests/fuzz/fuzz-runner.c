/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz.h"

#include <stdio.h>

/*
 * Runs a fuzz target over files and folders of files instead of libFuzzer, so that what fuzzing once
 * found is checked by every test run, with any compiler.
 */
static guint
run_file (const char *path)
{
  g_autofree char *text = NULL;
  g_autofree guint8 *data = NULL;
  gsize size;

  if (!g_file_get_contents (path, &text, &size, NULL))
    return 0;
  /* Without the NUL that GLib adds, so that sanitizers see a byte too many. */
  data = g_memdup2 (text, size);
  LLVMFuzzerTestOneInput (data, size);
  return 1;
}

int
main (int argc, char **argv)
{
  guint n_run = 0;

  for (int i = 1; i < argc; i++) {
    g_autoptr (GDir) dir = g_dir_open (argv[i], 0, NULL);
    const char *name;

    if (dir == NULL) {
      n_run += run_file (argv[i]);
      continue;
    }
    while ((name = g_dir_read_name (dir)) != NULL) {
      g_autofree char *path = g_build_filename (argv[i], name, NULL);

      n_run += run_file (path);
    }
  }
  printf ("%u inputs\n", n_run);
  return n_run > 0 ? 0 : 1;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "emulation-fixture"

#include "config.h"

#include "emulation-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#define BOOTLOADER_SIZE 0x11000

/* How much faster the flash erases and programs than a real one. */
#define HURRY 30

/* With CEN cut the module goes on running its firmware, which does something with MISO. */
const EmulationWires emulation_bad_wires[EMULATION_N_BAD_WIRES] = {
  { "MISO low", UB_EMULATED_MISO_LOW, FALSE, FALSE, "miso-low" },
  { "MISO high", UB_EMULATED_MISO_HIGH, FALSE, FALSE, "miso-high" },
  { "MISO unstable", UB_EMULATED_MISO_UNSTABLE, FALSE, FALSE, "unstable" },
  { "MOSI cut", UB_EMULATED_MISO_FINE, TRUE, FALSE, "no-flash-id" },
  { "CEN cut", UB_EMULATED_MISO_FIRMWARE, FALSE, TRUE, "no-download-mode" },
};

static GSubprocess *
spawn (GPtrArray *argv)
{
  g_autoptr (GError) error = NULL;
  GSubprocess *child;

  g_ptr_array_add (argv, NULL);
  child =
      g_subprocess_newv ((const char *const *) argv->pdata,
                         G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, &error);
  g_assert_no_error (error);
  return child;
}

static GPtrArray *
make_argv (const char *command, va_list args)
{
  GPtrArray *argv = g_ptr_array_new ();
  const char *argument;

  g_ptr_array_add (argv, (gpointer) g_getenv ("UB_CLI"));
  g_ptr_array_add (argv, (gpointer) "--json");
  g_ptr_array_add (argv, (gpointer) command);
  while ((argument = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) argument);
  return argv;
}

/**
 * emulation_spawn:
 * @command: of unbrick-cli
 * @...: its arguments, %NULL at the end
 *
 * Returns: (transfer full): unbrick-cli, running
 */
GSubprocess *
emulation_spawn (const char *command, ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  va_list args;

  va_start (args, command);
  argv = make_argv (command, args);
  va_end (args);
  return spawn (argv);
}

/**
 * emulation_run_finish:
 * @child: from emulation_spawn()
 * @out_run: (out caller-allocates): how it ended
 */
void
emulation_run_finish (GSubprocess *child, EmulationRun *out_run)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *out = NULL;
  g_autofree char *err = NULL;

  g_subprocess_communicate_utf8 (child, NULL, NULL, &out, &err, &error);
  g_assert_no_error (error);
  g_test_message ("%s%s", out, err);
  out_run->status = g_subprocess_get_if_exited (child) ? g_subprocess_get_exit_status (child) : -1;
  out_run->report = NULL;
  out_run->messages = g_steal_pointer (&err);
  if (*out == '\0')
    return;
  json_parser_load_from_data (parser, out, -1, &error);
  g_assert_no_error (error);
  out_run->report = json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

/**
 * emulation_wait_for_reset:
 * @self: the fixture
 *
 * Waits until the program holds the module in reset.
 */
void
emulation_wait_for_reset (EmulationFixture *self)
{
  UbEmulatedModule *module = ub_emulation_get_module (self->emulation);

  for (guint i = 0; i < 60 * 1000 && !ub_emulated_module_is_cen_low (module); i++)
    g_usleep (1000);
  g_assert_true (ub_emulated_module_is_cen_low (module));
}

/**
 * emulation_run:
 * @out_run: (out caller-allocates): how it ended
 * @command: of unbrick-cli
 * @...: its arguments, %NULL at the end
 *
 * Runs unbrick-cli as a person does, but for `--json`.
 */
void
emulation_run (EmulationRun *out_run, const char *command, ...)
{
  g_autoptr (GPtrArray) argv = NULL;
  g_autoptr (GSubprocess) child = NULL;
  va_list args;

  va_start (args, command);
  argv = make_argv (command, args);
  va_end (args);
  child = spawn (argv);
  emulation_run_finish (child, out_run);
}

void
emulation_run_clear (EmulationRun *run)
{
  g_clear_pointer (&run->report, json_object_unref);
  g_clear_pointer (&run->messages, g_free);
}

/**
 * emulation_run_get_string:
 * @run: how a run ended
 * @member: of its JSON object
 *
 * Returns: (nullable) (transfer none): its value
 */
const char *
emulation_run_get_string (const EmulationRun *run, const char *member)
{
  g_assert_nonnull (run->report);
  return json_object_get_string_member_with_default (run->report, member, NULL);
}

/* umockdev complains when the test ends before it noticed that a program died in the middle of an ioctl; nothing is
 * wrong with the program then, nor with the test. */
static gboolean
is_fatal (const char *domain, GLogLevelFlags level, const char *message, gpointer user_data)
{
  return strstr (message, "Destroying IoctlClient with open stream") == NULL;
}

/**
 * emulation_fixture_set_up:
 * @self: (out caller-allocates): the fixture
 *
 * A computer without an adapter, and a module that holds what healthy ones do.
 */
void
emulation_fixture_set_up (EmulationFixture *self)
{
  g_autoptr (GError) error = NULL;
  g_auto (EmulationRun) run = { 0 };
  char *data;
  gsize size;

  g_test_log_set_fatal_handler (is_fatal, NULL);
  self->dir = g_dir_make_tmp ("unbrick-XXXXXX", &error);
  g_assert_no_error (error);
  self->original_path = emulation_fixture_dup_path (self, "original.bin");
  emulation_run (&run, "backup", "-p", "sim", self->original_path, NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_file_get_contents (self->original_path, &data, &size, &error);
  g_assert_no_error (error);
  self->original = g_bytes_new_take (data, size);

  self->chip = ub_sim_chip_new (ub_flash_part_lookup (0x1C7015), self->original);
  self->emulation = ub_emulation_new (self->chip);
  ub_emulated_module_set_hurry (ub_emulation_get_module (self->emulation), HURRY);
}

void
emulation_fixture_tear_down (EmulationFixture *self)
{
  g_autoptr (GDir) dir = g_dir_open (self->dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = emulation_fixture_dup_path (self, name);

    g_unlink (path);
  }
  g_rmdir (self->dir);
  g_clear_pointer (&self->emulation, ub_emulation_free);
  g_clear_object (&self->chip);
  g_clear_pointer (&self->original, g_bytes_unref);
  g_clear_pointer (&self->original_path, g_free);
  g_clear_pointer (&self->dir, g_free);
}

/**
 * emulation_fixture_wreck:
 * @self: the fixture
 *
 * Blanks the module's bootloader and the first pages of the app.
 */
void
emulation_fixture_wreck (EmulationFixture *self)
{
  g_autofree guint8 *data =
      g_memdup2 (g_bytes_get_data (self->original, NULL), g_bytes_get_size (self->original));
  g_autoptr (GBytes) wrecked = NULL;

  memset (data, 0xFF, BOOTLOADER_SIZE + 16 * UB_SECTOR_SIZE);
  wrecked = g_bytes_new (data, g_bytes_get_size (self->original));
  ub_sim_chip_set_content (self->chip, wrecked);
}

/**
 * emulation_fixture_set_wires:
 * @self: the fixture
 * @wires: (nullable): what is wrong with the wires, %NULL for nothing
 */
void
emulation_fixture_set_wires (EmulationFixture *self, const EmulationWires *wires)
{
  UbEmulatedModule *module = ub_emulation_get_module (self->emulation);

  ub_emulated_module_set_miso (module, wires != NULL ? wires->miso : UB_EMULATED_MISO_FINE);
  ub_emulated_module_set_mosi_cut (module, wires != NULL && wires->mosi_cut);
  ub_emulated_module_set_cen_cut (module, wires != NULL && wires->cen_cut);
}

/**
 * emulation_fixture_dup_path:
 * @self: the fixture
 * @name: of a file
 *
 * Returns: (transfer full): its path in the fixture's folder
 */
char *
emulation_fixture_dup_path (EmulationFixture *self, const char *name)
{
  return g_build_filename (self->dir, name, NULL);
}

/**
 * emulation_fixture_assert_original:
 * @self: the fixture
 *
 * The module holds what it held in the beginning, bit for bit.
 */
void
emulation_fixture_assert_original (EmulationFixture *self)
{
  g_autoptr (GBytes) content = ub_sim_chip_dup_content (self->chip);

  g_assert_true (g_bytes_equal (content, self->original));
}

/**
 * emulation_fixture_assert_file:
 * @self: the fixture
 * @path: of a file, which holds what the module held in the beginning
 */
void
emulation_fixture_assert_file (EmulationFixture *self, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *data = NULL;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (data, size, g_bytes_get_data (self->original, NULL),
                   g_bytes_get_size (self->original));
}

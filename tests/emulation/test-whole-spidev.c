/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The whole program, from its command line down to its system calls, on a computer's own SPI pins. */

#include "config.h"

#include "emulation-fixture.h"
#include "ub-emulated-gpiochip.h"
#include "ub-emulated-spidev.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

/* What a backup of 2 MiB may cost, connecting included. */
#define MAX_BACKUP_IOCTLS 530

typedef struct {
  EmulationFixture base;
  UbEmulatedSpidev *spidev;
  UbEmulatedGpiochip *gpiochip;
} Fixture;

static void
set_up_with (Fixture *fixture, const UbEmulatedGpiochipTraits *gpiochip)
{
  emulation_fixture_set_up (&fixture->base);
  ub_emulation_set_file (fixture->base.emulation, "/proc/device-tree/model",
                         "Raspberry Pi Zero 2 W Rev 1.0");
  fixture->spidev = ub_emulated_spidev_add (fixture->base.emulation, "spidev0.0",
                                            &ub_emulated_spidev_raspberry_pi);
  fixture->gpiochip = ub_emulated_gpiochip_add (fixture->base.emulation, "gpiochip0", gpiochip);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  set_up_with (fixture, &ub_emulated_gpiochip_raspberry_pi);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  emulation_fixture_tear_down (&fixture->base);
  g_clear_object (&fixture->spidev);
  g_clear_object (&fixture->gpiochip);
}

static void
assert_lines_released (Fixture *fixture)
{
  g_assert_false (
      ub_emulated_module_is_cen_low (ub_emulation_get_module (fixture->base.emulation)));
  g_assert_true (ub_emulated_gpiochip_was_input (fixture->gpiochip));
}

/* At low clocks a job is thousands of small messages, each of which costs the emulation more than a
 * kernel: a restore there runs with -m thorough only. */
static const struct {
  const char *spec;
  gboolean is_quick;
} clocks[] = {
  { "spidev:clock=3000", FALSE },   { "spidev:clock=30000", FALSE },
  { "spidev:clock=1000000", TRUE }, { "spidev:clock=6000000", FALSE },
  { "spidev:mode=3", TRUE },        { "spidev", TRUE },
};

static void
test_backup (Fixture *fixture, gconstpointer data)
{
  const char *spec = data;
  g_auto (EmulationRun) run = { 0 };
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "backup.bin");
  UbEmulatedSpidevCounters counters;

  emulation_run (&run, "backup", "-p", spec, path, NULL);
  g_assert_cmpint (run.status, ==, 0);
  emulation_fixture_assert_file (&fixture->base, path);
  assert_lines_released (fixture);
  ub_emulated_spidev_get_counters (fixture->spidev, &counters);
  g_assert_cmpuint (counters.refused, ==, 0);
  if (g_strcmp0 (spec, "spidev:clock=1000000") == 0)
    g_assert_cmpuint (counters.ioctls, <=, MAX_BACKUP_IOCTLS);
}

/* Blank, restored, compared; then wrecked and restored again, with a rescue copy. */
static void
test_restore (Fixture *fixture, gconstpointer data)
{
  const char *spec = data;
  g_auto (EmulationRun) whole = { 0 };
  g_auto (EmulationRun) verify = { 0 };
  g_auto (EmulationRun) again = { 0 };
  g_autofree char *rescue = emulation_fixture_dup_path (&fixture->base, "rescue.bin");
  UbEmulatedSpidevCounters counters;

  ub_sim_chip_set_content (fixture->base.chip, NULL);
  emulation_run (&whole, "restore", "-p", spec, fixture->base.original_path, "--no-backup", NULL);
  g_assert_cmpint (whole.status, ==, 0);
  emulation_fixture_assert_original (&fixture->base);

  emulation_run (&verify, "verify", "-p", spec, fixture->base.original_path, NULL);
  g_assert_cmpint (verify.status, ==, 0);

  emulation_fixture_wreck (&fixture->base);
  emulation_run (&again, "restore", "-p", spec, fixture->base.original_path, "--backup", rescue,
                 NULL);
  g_assert_cmpint (again.status, ==, 0);
  emulation_fixture_assert_original (&fixture->base);
  g_assert_true (g_file_test (rescue, G_FILE_TEST_IS_REGULAR));
  assert_lines_released (fixture);
  ub_emulated_spidev_get_counters (fixture->spidev, &counters);
  g_assert_cmpuint (counters.refused, ==, 0);
}

/* At 1 MHz, programming costs at most a quarter of an ioctl a page: the messages with page programs hold at
 * least four each, their status bytes included. */
static void
test_page_cost (Fixture *fixture, gconstpointer data)
{
  g_auto (EmulationRun) run = { 0 };
  UbEmulatedSpidevCounters calls;
  UbSimCounters counters;

  ub_sim_chip_set_content (fixture->base.chip, NULL);
  emulation_run (&run, "restore", "-p", "spidev:clock=1000000", fixture->base.original_path,
                 "--no-backup", NULL);
  g_assert_cmpint (run.status, ==, 0);
  ub_emulated_spidev_get_counters (fixture->spidev, &calls);
  ub_sim_chip_get_counters (fixture->base.chip, &counters);
  g_assert_cmpuint (counters.pages, >, 1000);
  g_assert_cmpuint (4 * calls.page_messages, <=, counters.pages);
}

/* What is wrong, what the program calls it, and how it ends. */
typedef struct {
  const char *name;
  void (*begin) (Fixture *fixture);
  void (*end) (Fixture *fixture);
  const char *error_name;
  int status;
} Trouble;

static UbEmulatedModule *
get_module (Fixture *fixture)
{
  return ub_emulation_get_module (fixture->base.emulation);
}

static void
refuse_spidev (Fixture *fixture)
{
  ub_emulation_set_open_error (fixture->base.emulation, "/dev/spidev0.0", EACCES);
}

static void
occupy_spidev (Fixture *fixture)
{
  ub_emulation_set_open_error (fixture->base.emulation, "/dev/spidev0.0", EBUSY);
}

static void
allow_spidev (Fixture *fixture)
{
  ub_emulation_set_open_error (fixture->base.emulation, "/dev/spidev0.0", 0);
}

static void
refuse_gpiochip (Fixture *fixture)
{
  ub_emulation_set_open_error (fixture->base.emulation, "/dev/gpiochip0", EACCES);
}

static void
allow_gpiochip (Fixture *fixture)
{
  ub_emulation_set_open_error (fixture->base.emulation, "/dev/gpiochip0", 0);
}

static void
occupy_line (Fixture *fixture)
{
  ub_emulated_gpiochip_set_consumer (fixture->gpiochip, "fan-control");
}

static void
free_line (Fixture *fixture)
{
  ub_emulated_gpiochip_set_consumer (fixture->gpiochip, NULL);
}

/* From a message on, which is somewhere in connecting, reading or writing. */
static void
fail_somewhere (Fixture *fixture, int number)
{
  UbEmulatedSpidevCounters counters;

  ub_emulated_spidev_get_counters (fixture->spidev, &counters);
  ub_emulated_spidev_fail_at (fixture->spidev,
                              counters.messages + (guint) g_test_rand_int_range (1, 600), number);
}

static void
fail_transfers (Fixture *fixture)
{
  fail_somewhere (fixture, EIO);
}

static void
time_out (Fixture *fixture)
{
  fail_somewhere (fixture, ETIMEDOUT);
}

static void
unplug (Fixture *fixture)
{
  fail_somewhere (fixture, ESHUTDOWN);
}

static void
mend_transfers (Fixture *fixture)
{
  ub_emulated_spidev_fail_at (fixture->spidev, 0, 0);
}

static const Trouble troubles[] = {
  { "no permission for SPI", refuse_spidev, allow_spidev, "permission", 3 },
  { "no permission for GPIO", refuse_gpiochip, allow_gpiochip, "permission", 3 },
  { "SPI busy", occupy_spidev, allow_spidev, "busy", 3 },
  { "CEN line busy", occupy_line, free_line, "reset-line-busy", 3 },
  { "transfers fail", fail_transfers, mend_transfers, "transfer", 0 },
  { "timeout", time_out, mend_transfers, "timeout", 0 },
  { "unplugged", unplug, mend_transfers, "unplugged", 0 },
};

/* The same command does the job when the trouble is over. */
static void
check_restore (Fixture *fixture)
{
  g_auto (EmulationRun) run = { 0 };

  emulation_run (&run, "restore", "-p", "spidev", fixture->base.original_path, "--no-backup", NULL);
  g_assert_cmpint (run.status, ==, 0);
  emulation_fixture_assert_original (&fixture->base);
  assert_lines_released (fixture);
}

/* The trouble has its name, the lines are released, nothing was made worse. */
static void
test_trouble (gconstpointer data)
{
  const Trouble *trouble = data;
  Fixture fixture = { 0 };
  g_auto (EmulationRun) bad = { 0 };

  set_up (&fixture, NULL);
  emulation_fixture_wreck (&fixture.base);
  trouble->begin (&fixture);
  emulation_run (&bad, "restore", "-p", "spidev", fixture.base.original_path, "--no-backup", NULL);
  g_assert_cmpstr (emulation_run_get_string (&bad, "error_name"), ==, trouble->error_name);
  if (trouble->status != 0)
    g_assert_cmpint (bad.status, ==, trouble->status);
  else
    g_assert_true (bad.status == 1 || bad.status == 3);
  g_assert_false (ub_emulated_module_is_cen_low (get_module (&fixture)));

  trouble->end (&fixture);
  check_restore (&fixture);
  tear_down (&fixture, NULL);
}

static void
test_wires (Fixture *fixture, gconstpointer data)
{
  emulation_fixture_wreck (&fixture->base);
  for (guint i = 0; i < EMULATION_N_BAD_WIRES; i++) {
    g_auto (EmulationRun) run = { 0 };

    g_test_message ("%s", emulation_bad_wires[i].name);
    emulation_fixture_set_wires (&fixture->base, &emulation_bad_wires[i]);
    emulation_run (&run, "restore", "-p", "spidev", fixture->base.original_path, "--no-backup",
                   NULL);
    g_assert_cmpstr (emulation_run_get_string (&run, "error_name"), ==,
                     emulation_bad_wires[i].error_name);
    g_assert_cmpint (run.status, ==, 3);
    g_assert_false (ub_emulated_module_is_cen_low (get_module (fixture)));
  }
  emulation_fixture_set_wires (&fixture->base, NULL);
  check_restore (fixture);
}

/* The CEN wire is off: the person resets the module by hand, here by power. */
static gpointer
pull_cen (gpointer data)
{
  Fixture *fixture = data;

  for (guint i = 0; i < 200 && !ub_sim_chip_is_in_download_mode (fixture->base.chip); i++) {
    ub_emulated_module_power_cycle (get_module (fixture));
    g_usleep (400 * 1000);
  }
  return NULL;
}

static void
test_manual (Fixture *fixture, gconstpointer data)
{
  g_auto (EmulationRun) run = { 0 };
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "backup.bin");
  g_autoptr (GSubprocess) child = emulation_spawn ("backup", "-p", "spidev:cen=manual", path, NULL);
  GThread *hand = g_thread_new ("hand", pull_cen, fixture);

  emulation_run_finish (child, &run);
  g_thread_join (hand);
  g_assert_cmpint (run.status, ==, 0);
  g_assert_nonnull (strstr (run.messages, "Reset the module now"));
  g_assert_nonnull (strstr (run.messages, "2 minutes left"));
  emulation_fixture_assert_file (&fixture->base, path);
  g_assert_false (ub_emulated_gpiochip_is_held (fixture->gpiochip));
}

/* Whatever ends the program, and whenever: CEN is released, even where a pin that nobody holds any longer
 * keeps its level. */
static void
test_signal (gconstpointer data)
{
  int number = GPOINTER_TO_INT (data);
  UbEmulatedGpiochipTraits gpiochip = ub_emulated_gpiochip_raspberry_pi;
  Fixture fixture = { 0 };

  gpiochip.keeps_driving = TRUE;
  set_up_with (&fixture, &gpiochip);
  for (guint i = 0; i < 4; i++) {
    g_auto (EmulationRun) run = { 0 };
    g_autofree char *name = g_strdup_printf ("backup-%u.bin", i);
    g_autofree char *path = emulation_fixture_dup_path (&fixture.base, name);
    g_autoptr (GSubprocess) child = emulation_spawn ("backup", "-p", "spidev", path, NULL);

    /* In the reset pulse, then somewhere. */
    if (i == 0)
      emulation_wait_for_reset (&fixture.base);
    else
      g_usleep (60000 + 80000 * i);
    g_subprocess_send_signal (child, number);
    emulation_run_finish (child, &run);
    g_assert_false (ub_emulated_module_is_cen_low (get_module (&fixture)));
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS) && run.status != 0);
  }
  tear_down (&fixture, NULL);
}

int
main (int argc, char **argv)
{
  static const int deadly[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

  if (!ub_emulation_is_possible ())
    return 77;
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_autofree char *backup = g_strconcat ("/whole-spidev/backup/", clocks[i].spec, NULL);
    g_autofree char *restore = g_strconcat ("/whole-spidev/restore/", clocks[i].spec, NULL);

    g_test_add (backup, Fixture, clocks[i].spec, set_up, test_backup, tear_down);
    if (clocks[i].is_quick || g_test_thorough ())
      g_test_add (restore, Fixture, clocks[i].spec, set_up, test_restore, tear_down);
  }
  g_test_add ("/whole-spidev/page-cost", Fixture, NULL, set_up, test_page_cost, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (troubles); i++) {
    g_autofree char *path = g_strconcat ("/whole-spidev/trouble/", troubles[i].name, NULL);

    g_test_add_data_func (path, &troubles[i], test_trouble);
  }
  g_test_add ("/whole-spidev/wires", Fixture, NULL, set_up, test_wires, tear_down);
  g_test_add ("/whole-spidev/manual", Fixture, NULL, set_up, test_manual, tear_down);
  for (guint i = 0; i < G_N_ELEMENTS (deadly); i++) {
    g_autofree char *path = g_strdup_printf ("/whole-spidev/signal/%s", g_strsignal (deadly[i]));

    g_test_add_data_func (path, GINT_TO_POINTER (deadly[i]), test_signal);
  }

  return g_test_run ();
}

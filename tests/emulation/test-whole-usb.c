/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The whole program, from its command line down to usbfs, on USB adapters. */

#include "config.h"

#include "emulation-fixture.h"
#include "ub-emulated-ch341a.h"
#include "ub-emulated-ftdi.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* What a backup of 2 MiB may cost on an FT232H, connecting included. */
#define MAX_BACKUP_ROUND_TRIPS 80

/* A job that is short on either: a CH341A takes a transfer for every 31 bytes, and umockdev half a millisecond
 * for each. */
#define FTDI_PART "1048576"
#define SHORT_PART "32768"
#define PART_SIZE 32768

typedef struct {
  EmulationFixture base;
  UbEmulatedUsb *adapter;
  const char *spec;
  const char *part_size;
} Fixture;

static void
set_up_ftdi (Fixture *fixture, UbEmulatedFtdiKind kind, guint reset_pin, const char *spec)
{
  emulation_fixture_set_up (&fixture->base);
  fixture->adapter = UB_EMULATED_USB (
      ub_emulated_ftdi_plug (fixture->base.emulation, kind, "FT4ABCDE", reset_pin, 1));
  fixture->spec = spec;
  fixture->part_size = FTDI_PART;
}

static void
set_up_ft232h (Fixture *fixture, gconstpointer data)
{
  set_up_ftdi (fixture, UB_EMULATED_FT232H, 4, "ftdi");
}

static void
set_up_ch341a (Fixture *fixture, gconstpointer data)
{
  emulation_fixture_set_up (&fixture->base);
  fixture->adapter =
      UB_EMULATED_USB (ub_emulated_ch341a_plug (fixture->base.emulation, FALSE, 2, 1));
  fixture->spec = "ch341a";
  fixture->part_size = SHORT_PART;
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  emulation_fixture_tear_down (&fixture->base);
  g_clear_object (&fixture->adapter);
}

/* As it was before: no pin driven, the kernel's driver back; and nothing was sent that it does not know. */
static void
assert_let_go (Fixture *fixture)
{
  if (UB_IS_EMULATED_FTDI (fixture->adapter)) {
    UbEmulatedFtdi *ftdi = UB_EMULATED_FTDI (fixture->adapter);

    g_assert_true (ub_emulated_ftdi_is_released (ftdi));
    g_assert_false (ub_emulated_ftdi_drove_cen_high (ftdi));
    g_assert_cmpuint (ub_emulated_ftdi_get_n_bad_commands (ftdi), ==, 0);
  } else {
    UbEmulatedCh341a *ch341a = UB_EMULATED_CH341A (fixture->adapter);

    g_assert_true (ub_emulated_ch341a_is_released (ch341a));
    g_assert_cmpuint (ub_emulated_ch341a_get_n_bad_packets (ch341a), ==, 0);
  }
  g_assert_true (ub_emulated_usb_has_driver (fixture->adapter));
}

static void
check_backup (Fixture *fixture)
{
  g_auto (EmulationRun) run = { 0 };
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "backup.bin");

  emulation_run (&run, "backup", "-p", fixture->spec, path, NULL);
  g_assert_cmpint (run.status, ==, 0);
  emulation_fixture_assert_file (&fixture->base, path);
  assert_let_go (fixture);
}

/* Wrecked, restored with a rescue copy, compared. */
static void
check_restore (Fixture *fixture)
{
  g_auto (EmulationRun) restore = { 0 };
  g_auto (EmulationRun) verify = { 0 };
  g_autofree char *rescue = emulation_fixture_dup_path (&fixture->base, "rescue.bin");

  emulation_fixture_wreck (&fixture->base);
  emulation_run (&restore, "restore", "-p", fixture->spec, fixture->base.original_path, "--backup",
                 rescue, NULL);
  g_assert_cmpint (restore.status, ==, 0);
  emulation_fixture_assert_original (&fixture->base);
  g_assert_true (g_file_test (rescue, G_FILE_TEST_IS_REGULAR));

  emulation_run (&verify, "verify", "-p", fixture->spec, fixture->base.original_path, NULL);
  g_assert_cmpint (verify.status, ==, 0);
  assert_let_go (fixture);
}

/* The beginning of the chip, where a whole one takes too long. */
static void
check_part (Fixture *fixture)
{
  g_auto (EmulationRun) run = { 0 };
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "part.bin");
  g_autofree char *part = NULL;
  g_autoptr (GError) error = NULL;
  gsize size;

  emulation_run (&run, "backup", "-p", fixture->spec, "--size", SHORT_PART, path, NULL);
  g_assert_cmpint (run.status, ==, 0);
  g_file_get_contents (path, &part, &size, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (part, size, g_bytes_get_data (fixture->base.original, NULL), PART_SIZE);
  assert_let_go (fixture);
}

static void
check_write (Fixture *fixture)
{
  g_auto (EmulationRun) run = { 0 };
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "part.bin");
  g_autoptr (GBytes) content = NULL;
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (fixture->base.original, NULL), PART_SIZE, &error);
  g_assert_no_error (error);
  emulation_fixture_wreck (&fixture->base);
  emulation_run (&run, "write", "-p", fixture->spec, path, "--start", "0", NULL);
  g_assert_cmpint (run.status, ==, 0);
  content = ub_sim_chip_dup_content (fixture->base.chip);
  g_assert_cmpmem (g_bytes_get_data (content, NULL), PART_SIZE,
                   g_bytes_get_data (fixture->base.original, NULL), PART_SIZE);
  assert_let_go (fixture);
}

/* At the lowest clock a batch holds few bytes, and a restore is thousands of them: with -m thorough only. */
static const struct {
  const char *spec;
  UbEmulatedFtdiKind kind;
  guint reset_pin;
  gboolean is_slow;
} ftdi_cases[] = {
  { "ftdi", UB_EMULATED_FT232H, 4 },
  { "ftdi:mode=3", UB_EMULATED_FT232H, 4 },
  { "ftdi:clock=3000", UB_EMULATED_FT232H, 4, TRUE },
  { "ftdi:clock=1000000,mode=0", UB_EMULATED_FT232H, 4 },
  { "ftdi:clock=6000000,mode=3", UB_EMULATED_FT232H, 4 },
  { "ftdi:clock=30000000", UB_EMULATED_FT232H, 4 },
  { "ftdi:cen=ACBUS3,serial=FT4ABCDE", UB_EMULATED_FT232H, 11 },
  { "ftdi:interface=A", UB_EMULATED_FT2232H, 4 },
  { "ftdi:interface=B,cen=BDBUS6,clock=6000000", UB_EMULATED_FT2232H, 6 },
  { "ftdi:interface=B,cen=GPIOL1,path=1-1", UB_EMULATED_FT4232H, 5 },
};

static void
test_ftdi (gconstpointer data)
{
  const guint i = GPOINTER_TO_UINT (data);
  Fixture fixture = { 0 };

  set_up_ftdi (&fixture, ftdi_cases[i].kind, ftdi_cases[i].reset_pin, ftdi_cases[i].spec);
  if (ftdi_cases[i].is_slow && !g_test_thorough ()) {
    check_part (&fixture);
    check_write (&fixture);
  } else {
    check_backup (&fixture);
    check_restore (&fixture);
  }
  tear_down (&fixture, NULL);
}

/* Batches are real: round trips of a backup, whichever clock is found or given. */
static void
test_round_trips (Fixture *fixture, gconstpointer data)
{
  fixture->spec = data;
  check_backup (fixture);
  g_test_message ("%u writes", ub_emulated_usb_get_n_writes (fixture->adapter));
  g_assert_cmpuint (ub_emulated_usb_get_n_writes (fixture->adapter), <=, MAX_BACKUP_ROUND_TRIPS);
}

/* The writes that held pages, of a restore to a blank module. */
static guint
count_page_writes (Fixture *fixture, const char *spec, guint64 *out_pages)
{
  g_auto (EmulationRun) run = { 0 };
  guint before = ub_emulated_usb_get_n_page_writes (fixture->adapter);
  UbSimCounters old, now;
  guint n;

  ub_sim_chip_get_counters (fixture->base.chip, &old);
  ub_sim_chip_set_content (fixture->base.chip, NULL);
  emulation_run (&run, "restore", "-p", spec, fixture->base.original_path, "--no-backup", NULL);
  g_assert_cmpint (run.status, ==, 0);
  emulation_fixture_assert_original (&fixture->base);
  ub_sim_chip_get_counters (fixture->base.chip, &now);
  n = ub_emulated_usb_get_n_page_writes (fixture->adapter) - before;
  *out_pages = now.pages - old.pages;
  g_test_message ("%u writes with pages, %" G_GUINT64_FORMAT " pages", n, *out_pages);
  return n;
}

/* With sanitizers the emulation is too slow for the module's time, which is real: pages are sent again that
 * were not seen to end, and the count says nothing of the program. */
#ifdef __SANITIZE_ADDRESS__
#define COUNTS_HOLD FALSE
#else
#define COUNTS_HOLD TRUE
#endif

/* Programming costs at most an eighth of a round trip a page: the writes with page programs hold at least
 * eight each, their status bytes included. A busy machine may spoil a run or two. */
static void
test_page_cost (Fixture *fixture, gconstpointer data)
{
  gboolean holds = FALSE;

  for (guint i = 0; i < 3 && !holds; i++) {
    guint64 pages = 0;
    guint n_writes = count_page_writes (fixture, data, &pages);

    g_assert_cmpuint (pages, >, 1000);
    holds = 8 * n_writes <= pages || !COUNTS_HOLD;
  }
  g_assert_true (holds);
}

static void
test_ch341a_part (Fixture *fixture, gconstpointer data)
{
  check_part (fixture);
}

static void
test_ch341a_write (Fixture *fixture, gconstpointer data)
{
  check_write (fixture);
}

static void
test_ch341a_restore (Fixture *fixture, gconstpointer data)
{
  g_auto (EmulationRun) run = { 0 };

  emulation_fixture_wreck (&fixture->base);
  emulation_run (&run, "restore", "-p", "ch341a", fixture->base.original_path, "--no-backup", NULL);
  g_assert_cmpint (run.status, ==, 0);
  emulation_fixture_assert_original (&fixture->base);
  assert_let_go (fixture);
}

static void
run_part (Fixture *fixture, EmulationRun *out_run)
{
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "part.bin");

  emulation_run (out_run, "backup", "-p", fixture->spec, "--size", fixture->part_size, path, NULL);
  if (out_run->status != 0)
    g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static void
assert_error (const EmulationRun *run, const char *error_name)
{
  g_assert_cmpstr (emulation_run_get_string (run, "error_name"), ==, error_name);
  g_assert_cmpint (strlen (emulation_run_get_string (run, "remedy")), >, 20);
}

static void
test_wires (Fixture *fixture, gconstpointer data)
{
  g_auto (EmulationRun) good = { 0 };

  for (guint i = 0; i < EMULATION_N_BAD_WIRES; i++) {
    g_auto (EmulationRun) bad = { 0 };

    g_test_message ("%s", emulation_bad_wires[i].name);
    emulation_fixture_set_wires (&fixture->base, &emulation_bad_wires[i]);
    run_part (fixture, &bad);
    assert_error (&bad, emulation_bad_wires[i].error_name);
    g_assert_cmpint (bad.status, ==, 3);
    assert_let_go (fixture);
  }
  emulation_fixture_set_wires (&fixture->base, NULL);
  run_part (fixture, &good);
  g_assert_cmpint (good.status, ==, 0);
}

static const struct {
  const char *name;
  UbEmulatedUsbFault fault;
  const char *error_name;
} faults[] = {
  { "unplugged", UB_EMULATED_USB_GONE, "unplugged" },
  { "stall", UB_EMULATED_USB_STALL, "transfer" },
  { "hang", UB_EMULATED_USB_HANG, "timeout" },
};

/* Something happens in the middle of @run_job: it has its name, the pins are let go where there are any, and
 * after plugging in again the same job succeeds. */
static void
check_faults (Fixture *fixture, void (*run_job) (Fixture *fixture, EmulationRun *out_run), guint n)
{
  guint n_bulk = ub_emulated_usb_get_n_bulk (fixture->adapter);
  g_auto (EmulationRun) good = { 0 };

  run_job (fixture, &good);
  g_assert_cmpint (good.status, ==, 0);
  n_bulk = ub_emulated_usb_get_n_bulk (fixture->adapter) - n_bulk;

  for (guint i = 0; i < G_N_ELEMENTS (faults) * n; i++) {
    /* How many transfers connecting takes varies; all of them are more than this. */
    const guint nth = (guint) g_test_rand_int_range (1, (int) n_bulk / 2);
    const guint fault = i % G_N_ELEMENTS (faults);
    g_auto (EmulationRun) bad = { 0 };

    g_test_message ("%s at transfer %u of %u", faults[fault].name, nth, n_bulk);
    ub_emulated_usb_fail_at (fixture->adapter, nth, faults[fault].fault);
    run_job (fixture, &bad);
    assert_error (&bad, faults[fault].error_name);
    g_assert_true (bad.status == 1 || bad.status == 3);
    if (faults[fault].fault != UB_EMULATED_USB_GONE)
      assert_let_go (fixture);
    ub_emulated_usb_fail_at (fixture->adapter, 0, UB_EMULATED_USB_FINE);
  }
  emulation_run_clear (&good);
  run_job (fixture, &good);
  g_assert_cmpint (good.status, ==, 0);
  assert_let_go (fixture);
}

static void
run_fresh_part (Fixture *fixture, EmulationRun *out_run)
{
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "part.bin");

  g_remove (path);
  run_part (fixture, out_run);
}

static void
test_backup_trouble (Fixture *fixture, gconstpointer data)
{
  check_faults (fixture, run_fresh_part, g_test_thorough () ? 6 : 2);
}

/* Whatever an interrupted one left, it restores. */
static void
run_restore (Fixture *fixture, EmulationRun *out_run)
{
  emulation_run (out_run, "restore", "-p", fixture->spec, fixture->base.original_path,
                 "--no-backup", NULL);
  if (out_run->status == 0) {
    emulation_fixture_assert_original (&fixture->base);
    emulation_fixture_wreck (&fixture->base);
  }
}

static void
test_restore_trouble (Fixture *fixture, gconstpointer data)
{
  emulation_fixture_wreck (&fixture->base);
  check_faults (fixture, run_restore, g_test_thorough () ? 6 : 2);
}

static void
test_permission (Fixture *fixture, gconstpointer data)
{
  static const struct {
    int number;
    const char *error_name;
  } cases[] = { { EACCES, "permission" }, { 0, NULL } };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_auto (EmulationRun) run = { 0 };

    ub_emulation_set_open_error (fixture->base.emulation, "/dev/bus/usb/001/002", cases[i].number);
    run_part (fixture, &run);
    if (cases[i].error_name != NULL)
      assert_error (&run, cases[i].error_name);
    g_assert_cmpint (run.status, ==, cases[i].error_name != NULL ? 3 : 0);
  }
}

/* While one program has the adapter another one is told so, and does not disturb the first. */
static void
test_two_programs (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "first.bin");
  g_autoptr (GSubprocess) child = NULL;
  g_auto (EmulationRun) first = { 0 };
  g_auto (EmulationRun) second = { 0 };

  child =
      emulation_spawn ("backup", "-p", data, "--size",
                       UB_IS_EMULATED_FTDI (fixture->adapter) ? FTDI_PART : "131072", path, NULL);
  while (ub_emulated_usb_get_n_writes (fixture->adapter) < 10)
    g_usleep (1000);
  emulation_run (&second, "probe", "-p", data, NULL);
  assert_error (&second, "busy");
  g_assert_cmpint (second.status, ==, 3);

  emulation_run_finish (child, &first);
  g_assert_cmpint (first.status, ==, 0);
  assert_let_go (fixture);
}

/* A crash, which nothing in the program can tidy up after: in the reset pulse, or while it reads. One to a
 * computer, because umockdev does not always notice the end of a program that died in the middle of an ioctl. */
static const struct {
  const char *name;
  int number;
  gulong after_us; /* from the reset on */
} crashes[] = {
  { "quit-in-reset", SIGQUIT, 0 },
  { "abort-in-reset", SIGABRT, 0 },
  { "quit", SIGQUIT, 200 * 1000 },
  { "abort", SIGABRT, 200 * 1000 },
};

static void
test_signal (Fixture *fixture, gconstpointer data)
{
  const guint crash = GPOINTER_TO_UINT (data);
  g_auto (EmulationRun) run = { 0 };
  g_autofree char *path = emulation_fixture_dup_path (&fixture->base, "part.bin");
  g_autoptr (GSubprocess) child =
      emulation_spawn ("backup", "-p", fixture->spec, "--size", fixture->part_size, path, NULL);

  emulation_wait_for_reset (&fixture->base);
  g_usleep (crashes[crash].after_us);
  g_subprocess_send_signal (child, crashes[crash].number);
  emulation_run_finish (child, &run);
  g_assert_false (
      ub_emulated_module_is_cen_low (ub_emulation_get_module (fixture->base.emulation)));
  /* A CH341A whose replies nobody takes any longer takes nothing more either. */
  if (UB_IS_EMULATED_FTDI (fixture->adapter))
    g_assert_true (ub_emulated_ftdi_is_released (UB_EMULATED_FTDI (fixture->adapter)));
  else if (crashes[crash].after_us == 0)
    g_assert_true (ub_emulated_ch341a_is_released (UB_EMULATED_CH341A (fixture->adapter)));
}

int
main (int argc, char **argv)
{
  static const char *const batch_specs[] = { "ftdi", "ftdi:clock=500000", "ftdi:clock=1000000",
                                             "ftdi:clock=6000000", "ftdi:clock=30000000" };
  static const char *const page_specs[] = { "ftdi", "ftdi:clock=1000000", "ftdi:clock=30000000" };

  if (!ub_emulation_is_possible ())
    return 77;
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (ftdi_cases); i++) {
    g_autofree char *path = g_strconcat ("/whole-usb/ftdi/", ftdi_cases[i].spec, NULL);

    g_test_add_data_func (path, GUINT_TO_POINTER (i), test_ftdi);
  }
  for (guint i = 0; i < G_N_ELEMENTS (batch_specs); i++) {
    g_autofree char *path = g_strconcat ("/whole-usb/round-trips/", batch_specs[i], NULL);

    g_test_add (path, Fixture, batch_specs[i], set_up_ft232h, test_round_trips, tear_down);
  }
  for (guint i = 0; i < G_N_ELEMENTS (page_specs); i++) {
    g_autofree char *path = g_strconcat ("/whole-usb/page-cost/", page_specs[i], NULL);

    g_test_add (path, Fixture, page_specs[i], set_up_ft232h, test_page_cost, tear_down);
  }
#define ADD(path, data, set_up, func) \
  g_test_add ("/whole-usb/" path, Fixture, data, set_up, func, tear_down)
  ADD ("ch341a/part", NULL, set_up_ch341a, test_ch341a_part);
  ADD ("ch341a/write", NULL, set_up_ch341a, test_ch341a_write);
  /* This takes minutes: a CH341A needs a transfer for every 31 bytes, and umockdev time for each. */
  if (g_test_thorough ())
    ADD ("ch341a/restore", NULL, set_up_ch341a, test_ch341a_restore);
  ADD ("wires-ch341a", NULL, set_up_ch341a, test_wires);
  ADD ("wires-ftdi", NULL, set_up_ft232h, test_wires);
  ADD ("trouble/ftdi-backup", NULL, set_up_ft232h, test_backup_trouble);
  ADD ("trouble/ftdi-restore", NULL, set_up_ft232h, test_restore_trouble);
  ADD ("trouble/ftdi-permission", NULL, set_up_ft232h, test_permission);
  ADD ("trouble/ch341a-backup", NULL, set_up_ch341a, test_backup_trouble);
  ADD ("trouble/ch341a-permission", NULL, set_up_ch341a, test_permission);
  for (guint i = 0; i < G_N_ELEMENTS (crashes); i++) {
    g_autofree char *ftdi = g_strconcat ("/whole-usb/signal/ftdi-", crashes[i].name, NULL);
    g_autofree char *ch341a = g_strconcat ("/whole-usb/signal/ch341a-", crashes[i].name, NULL);

    g_test_add (ftdi, Fixture, GUINT_TO_POINTER (i), set_up_ft232h, test_signal, tear_down);
    g_test_add (ch341a, Fixture, GUINT_TO_POINTER (i), set_up_ch341a, test_signal, tear_down);
  }
  ADD ("two-programs/ftdi", "ftdi:clock=100000", set_up_ft232h, test_two_programs);
  ADD ("two-programs/ch341a", "ch341a", set_up_ch341a, test_two_programs);
#undef ADD

  return g_test_run ();
}

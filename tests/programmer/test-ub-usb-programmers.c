/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-ch341a-programmer.h"
#include "ub-emulated-ch341a.h"
#include "ub-emulated-ftdi.h"
#include "ub-error.h"
#include "ub-ftdi-programmer.h"
#include "ub-programmer-info.h"

#include <errno.h>
#include <string.h>

#define FLASH_SIZE (64 * 1024)

typedef struct {
  guint8 content[FLASH_SIZE];
  UbSimChip *chip;
  UbEmulation *emulation;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) bytes = NULL;

  for (gsize i = 0; i < FLASH_SIZE; i++)
    fixture->content[i] = i * 7 ^ i >> 8;
  bytes = g_bytes_new (fixture->content, FLASH_SIZE);
  fixture->chip = ub_sim_chip_new (ub_flash_part_lookup (0x1C7015), bytes);
  fixture->emulation = ub_emulation_new (fixture->chip);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->emulation, ub_emulation_free);
  g_clear_object (&fixture->chip);
}

static UbProgrammer *
new_programmer (const char *text)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (UbProgrammerSpec) spec = ub_programmer_spec_parse (text, &error);
  UbProgrammer *programmer;

  g_assert_no_error (error);
  if (g_str_has_prefix (text, "ftdi"))
    programmer = ub_ftdi_programmer_new (spec, &error);
  else
    programmer = ub_ch341a_programmer_new (spec, &error);
  g_assert_no_error (error);
  return programmer;
}

static UbProgrammer *
open_programmer (const char *text)
{
  g_autoptr (GError) error = NULL;
  UbProgrammer *programmer = new_programmer (text);

  ub_programmer_open (programmer, &error);
  g_assert_no_error (error);
  return programmer;
}

static void
assert_open_fails (const char *text, int code)
{
  g_autoptr (UbProgrammer) programmer = new_programmer (text);
  g_autoptr (GError) error = NULL;

  g_assert_false (ub_programmer_open (programmer, &error));
  g_assert_error (error, UB_ERROR, code);
}

static void
exchange (UbProgrammer *programmer, const UbTransaction *batch, guint n)
{
  g_autoptr (GError) error = NULL;

  ub_programmer_exchange (programmer, batch, n, &error);
  g_assert_no_error (error);
}

static gboolean
try_to_enter (UbProgrammer *programmer)
{
  g_autoptr (GError) error = NULL;
  guint8 tx[50], rx[50];
  UbTransaction stream = { .tx = tx, .n_tx = 50, .rx = rx, .n_rx = 50, .duplex = TRUE };
  gboolean seen = FALSE;
  gint64 end;

  memset (tx, 0xD2, sizeof tx);
  ub_programmer_set_reset (programmer, TRUE, &error);
  g_assert_no_error (error);
  ub_programmer_delay (programmer, 20000);
  ub_programmer_set_reset (programmer, FALSE, &error);
  g_assert_no_error (error);
  end = ub_programmer_get_time (programmer) + 60000;
  while (ub_programmer_get_time (programmer) < end) {
    exchange (programmer, &stream, 1);
    seen = seen || memchr (rx, 0xD2, sizeof rx) != NULL;
  }
  ub_programmer_delay (programmer, 20000);
  return seen;
}

/* Into download mode in the simplest way there is. On a busy computer the window is missed now and then. */
static void
enter (UbProgrammer *programmer, guint hz)
{
  g_autoptr (GError) error = NULL;
  gboolean is_in = FALSE;

  ub_programmer_set_clock (programmer, hz, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < 20 && !is_in; i++)
    is_in = try_to_enter (programmer);
  g_assert_true (is_in);
}

static guint32
read_id (UbProgrammer *programmer)
{
  const guint8 command = 0x9F;
  guint8 reply[3] = { 0 };
  UbTransaction transaction = { .tx = &command, .n_tx = 1, .rx = reply, .n_rx = sizeof reply };

  exchange (programmer, &transaction, 1);
  return (guint32) reply[0] << 16 | reply[1] << 8 | reply[2];
}

/* Transactions of many sizes in one batch, with delays short and long: every reply goes where it belongs. */
static void
check_reads (Fixture *fixture, UbProgrammer *programmer)
{
  static const guint sizes[] = { 1, 2, 26, 27, 28, 30, 31, 32, 58, 62, 63, 255, 256, 4092 };
  guint8 commands[G_N_ELEMENTS (sizes)][4];
  guint8 replies[G_N_ELEMENTS (sizes)][4096];
  UbTransaction batch[G_N_ELEMENTS (sizes)];

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++) {
    guint address = 1000 * i + 3;

    memcpy (commands[i], (guint8[]) { 0x03, 0, address >> 8, address & 0xFF }, 4);
    batch[i] = (UbTransaction) { .tx = commands[i],
                                 .n_tx = 4,
                                 .rx = replies[i],
                                 .n_rx = sizes[i],
                                 .delay_us = i == 4 ? 25000 : i * 3 };
  }
  exchange (programmer, batch, G_N_ELEMENTS (sizes));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_assert_cmpmem (replies[i], sizes[i], fixture->content + 1000 * i + 3, sizes[i]);
}

static const struct {
  UbEmulatedFtdiKind kind;
  const char *spec;
  guint reset_pin;
} ftdi_cases[] = {
  { UB_EMULATED_FT232H, "ftdi", 4 },
  { UB_EMULATED_FT232H, "ftdi:cen=ACBUS2", 10 },
  { UB_EMULATED_FT2232H, "ftdi:interface=A", 4 },
  { UB_EMULATED_FT2232H, "ftdi:interface=B,cen=BDBUS7", 7 },
  { UB_EMULATED_FT4232H, "ftdi:cen=ADBUS5", 5 },
};

static void
test_ftdi (Fixture *fixture, gconstpointer data)
{
  for (guint i = 0; i < G_N_ELEMENTS (ftdi_cases); i++) {
    g_autoptr (UbEmulatedFtdi) adapter = ub_emulated_ftdi_plug (
        fixture->emulation, ftdi_cases[i].kind, "FT1", ftdi_cases[i].reset_pin, 1);
    g_autoptr (UbProgrammer) programmer = NULL;
    guint n_writes;

    g_test_message ("%s", ftdi_cases[i].spec);
    programmer = open_programmer (ftdi_cases[i].spec);
    g_assert_false (ub_emulated_usb_has_driver (UB_EMULATED_USB (adapter)));
    enter (programmer, 6000000);
    g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
    n_writes = ub_emulated_usb_get_n_writes (UB_EMULATED_USB (adapter));
    check_reads (fixture, programmer);
    /* The one long delay cuts the batch in two. */
    g_assert_cmpuint (ub_emulated_usb_get_n_writes (UB_EMULATED_USB (adapter)) - n_writes, <=, 3);

    ub_programmer_close (programmer);
    g_assert_true (ub_emulated_ftdi_is_released (adapter));
    g_assert_false (ub_emulated_ftdi_drove_cen_high (adapter));
    g_assert_true (ub_emulated_usb_has_driver (UB_EMULATED_USB (adapter)));
    g_assert_cmpuint (ub_emulated_ftdi_get_n_bad_commands (adapter), ==, 0);
    ub_emulated_usb_unplug (UB_EMULATED_USB (adapter));
  }
}

static void
test_ftdi_clocks (Fixture *fixture, gconstpointer data)
{
  static const struct {
    guint wanted;
    guint actual;
  } clocks[] = {
    { 30000000, 30000000 }, { 29999999, 15000000 }, { 12000000, 10000000 }, { 6000000, 6000000 },
    { 1000000, 1000000 },   { 50000, 50000 },       { 3000, 3000 },         { 1, 457 },
  };
  g_autoptr (UbEmulatedFtdi) adapter =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT1", 4, 1);
  g_autoptr (UbProgrammer) programmer = open_programmer ("ftdi:serial=FT1");

  for (guint i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_autoptr (GError) error = NULL;
    guint actual = 0;

    ub_programmer_set_clock (programmer, clocks[i].wanted, &actual, &error);
    g_assert_no_error (error);
    g_assert_cmpuint (actual, ==, clocks[i].actual);
    read_id (programmer);
    g_assert_cmpuint (ub_emulated_ftdi_get_hz (adapter), ==, clocks[i].actual);
  }
}

static void
test_ftdi_mode_3 (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedFtdi) adapter =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT1", 4, 1);
  g_autoptr (UbProgrammer) programmer = open_programmer ("ftdi");
  g_autoptr (GError) error = NULL;

  ub_programmer_set_mode (programmer, 3, &error);
  g_assert_no_error (error);
  enter (programmer, 1000000);
  g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
  check_reads (fixture, programmer);
  ub_programmer_close (programmer);
  g_assert_cmpuint (ub_emulated_ftdi_get_n_bad_commands (adapter), ==, 0);
}

/* Megabytes in one transaction, and more replies than the chip's buffer holds: one round trip each. */
static void
test_ftdi_streams (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedFtdi) adapter =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT1", 4, 1);
  g_autoptr (UbProgrammer) programmer = open_programmer ("ftdi");
  g_autofree guint8 *rx = g_malloc (FLASH_SIZE + 70000);
  g_autofree guint8 *tx = g_malloc (70000);
  UbTransaction stream = { .tx = (const guint8[]) { 3, 0, 0, 0 }, .n_tx = 4, .rx = rx };
  UbTransaction duplex = { .tx = tx, .n_tx = 70000, .rx = rx, .n_rx = 70000, .duplex = TRUE };
  guint n_writes;

  enter (programmer, 30000000);
  memset (tx, 0, 70000);
  tx[0] = 0x03;
  n_writes = ub_emulated_usb_get_n_writes (UB_EMULATED_USB (adapter));
  stream.n_rx = FLASH_SIZE + 70000;
  exchange (programmer, &stream, 1);
  g_assert_cmpmem (rx, FLASH_SIZE, fixture->content, FLASH_SIZE);
  g_assert_cmpuint (rx[FLASH_SIZE + 69999], ==, 0xFF);
  g_assert_cmpuint (ub_emulated_usb_get_n_writes (UB_EMULATED_USB (adapter)), ==, n_writes + 1);

  exchange (programmer, &duplex, 1);
  g_assert_cmpmem (rx + 4, FLASH_SIZE - 4, fixture->content, FLASH_SIZE - 4);
}

static void
test_ch341a (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedCh341a) adapter = ub_emulated_ch341a_plug (fixture->emulation, FALSE, 2, 1);
  g_autoptr (UbProgrammer) programmer = open_programmer ("ch341a");
  guint actual = 0;

  g_assert_true (ub_programmer_set_clock (programmer, 1, &actual, NULL));
  g_assert_cmpuint (actual, ==, 1500000);
  g_assert_false (ub_emulated_usb_has_driver (UB_EMULATED_USB (adapter)));
  enter (programmer, 1500000);
  g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
  check_reads (fixture, programmer);
  g_assert_false (ub_emulated_module_is_cen_low (ub_emulation_get_module (fixture->emulation)));

  ub_programmer_close (programmer);
  g_assert_true (ub_emulated_ch341a_is_released (adapter));
  g_assert_true (ub_emulated_usb_has_driver (UB_EMULATED_USB (adapter)));
  g_assert_cmpuint (ub_emulated_ch341a_get_n_bad_packets (adapter), ==, 0);
}

static void
test_choice (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedFtdi) first =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT1", 4, 1);
  g_autoptr (UbEmulatedFtdi) second =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT2", 4, 2);
  g_autoptr (UbProgrammer) by_serial = NULL, by_path = NULL;

  assert_open_fails ("ftdi", UB_ERROR_SEVERAL_PROGRAMMERS);
  assert_open_fails ("ftdi:serial=FT3", UB_ERROR_NO_PROGRAMMER);
  assert_open_fails ("ftdi:serial=FT1,interface=B", UB_ERROR_BAD_SETTING);
  assert_open_fails ("ch341a", UB_ERROR_NO_PROGRAMMER);

  by_serial = open_programmer ("ftdi:serial=FT2");
  g_assert_cmpstr (ub_programmer_get_name (by_serial), ==, "FT232H (FT2)");
  g_assert_true (ub_emulated_usb_has_driver (UB_EMULATED_USB (first)));
  g_assert_false (ub_emulated_usb_has_driver (UB_EMULATED_USB (second)));
  by_path = open_programmer ("ftdi:path=1-1");
  g_assert_cmpstr (ub_programmer_get_name (by_path), ==, "FT232H (FT1)");
}

static void
test_unusable (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedFtdi) ftdi =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT1", 4, 1);
  g_autoptr (UbEmulatedCh341a) serial_port =
      ub_emulated_ch341a_plug (fixture->emulation, TRUE, 2, 2);

  assert_open_fails ("ch341a", UB_ERROR_WRONG_JUMPER);
  ub_emulated_usb_set_busy (UB_EMULATED_USB (ftdi), TRUE);
  assert_open_fails ("ftdi", UB_ERROR_BUSY);
  ub_emulated_usb_set_busy (UB_EMULATED_USB (ftdi), FALSE);
  ub_emulation_set_open_error (fixture->emulation, "/dev/bus/usb/001/002", EACCES);
  assert_open_fails ("ftdi", UB_ERROR_PERMISSION);
}

/* The kernel's driver does not let go: it is called by its name. */
static void
test_kernel_driver (Fixture *fixture, gconstpointer data)
{
  static const struct {
    const char *spec;
    const char *driver;
  } cases[] = { { "ftdi", "ftdi_sio" }, { "ch341a", "spi-ch341" } };
  g_autoptr (UbEmulatedFtdi) ftdi =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT1", 4, 1);
  g_autoptr (UbEmulatedCh341a) ch341a = ub_emulated_ch341a_plug (fixture->emulation, FALSE, 2, 2);

  ub_emulated_usb_make_stubborn (UB_EMULATED_USB (ftdi));
  ub_emulated_usb_make_stubborn (UB_EMULATED_USB (ch341a));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (UbProgrammer) programmer = new_programmer (cases[i].spec);

    g_assert_false (ub_programmer_open (programmer, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_KERNEL_DRIVER);
    g_assert_nonnull (strstr (error->message, cases[i].driver));
  }
  g_assert_true (ub_emulated_usb_has_driver (UB_EMULATED_USB (ftdi)));
  g_assert_true (ub_emulated_usb_has_driver (UB_EMULATED_USB (ch341a)));
}

static void
test_enumerate (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedFtdi) ftdi =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT2232H, "FT1", 4, 1);
  g_autoptr (UbEmulatedFtdi) nameless =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT4232H, NULL, 4, 2);
  g_autoptr (UbEmulatedCh341a) serial_port =
      ub_emulated_ch341a_plug (fixture->emulation, TRUE, 2, 3);
  g_autoptr (UbEmulatedCh341a) forbidden =
      ub_emulated_ch341a_plug (fixture->emulation, FALSE, 2, 4);
  static const struct {
    const char *spec;
    const char *name;
    int code;
  } expected[] = {
    { "ftdi:serial=FT1", "FT2232H (FT1)", -1 },
    { "ftdi:path=1-2", "FT4232H (1-2)", -1 },
    { "ch341a:path=1-3", "CH341A (1-3)", UB_ERROR_WRONG_JUMPER },
    { "ch341a:path=1-4", "CH341A (1-4)", UB_ERROR_PERMISSION },
  };
  g_autoptr (GPtrArray) infos = g_ptr_array_new_with_free_func (g_object_unref);

  ub_emulation_set_open_error (fixture->emulation, "/dev/bus/usb/001/005", EACCES);
  ub_ftdi_programmer_enumerate (infos);
  ub_ch341a_programmer_enumerate (infos);
  g_assert_cmpuint (infos->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < infos->len; i++) {
    UbProgrammerInfo *info = g_ptr_array_index (infos, i);

    g_assert_cmpstr (ub_programmer_info_get_spec (info), ==, expected[i].spec);
    g_assert_cmpstr (ub_programmer_info_get_name (info), ==, expected[i].name);
    if (expected[i].code < 0)
      g_assert_true (ub_programmer_info_is_usable (info));
    else
      g_assert_error (ub_programmer_info_get_problem (info), UB_ERROR, expected[i].code);
  }
}

/* Where the system tells little of its devices they are found and opened all the same. */
static void
test_plain (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedFtdi) ftdi =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT1", 4, 1);
  g_autoptr (UbEmulatedCh341a) ch341a = ub_emulated_ch341a_plug (fixture->emulation, FALSE, 2, 2);
  g_autoptr (GPtrArray) infos = g_ptr_array_new_with_free_func (g_object_unref);

  ub_emulated_usb_make_plain (UB_EMULATED_USB (ftdi));
  ub_emulated_usb_make_plain (UB_EMULATED_USB (ch341a));
  ub_ftdi_programmer_enumerate (infos);
  ub_ch341a_programmer_enumerate (infos);
  g_assert_cmpuint (infos->len, ==, 2);

  for (guint i = 0; i < infos->len; i++) {
    UbProgrammerInfo *info = g_ptr_array_index (infos, i);
    g_autoptr (UbProgrammer) programmer = NULL;

    g_assert_no_error (ub_programmer_info_get_problem (info));
    programmer = open_programmer (ub_programmer_info_get_spec (info));
    enter (programmer, 1500000);
    g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
  }
  g_assert_true (ub_emulated_ftdi_is_released (ftdi));
  g_assert_true (ub_emulated_ch341a_is_released (ch341a));
}

/* What an interrupted program left in a CH341A is not taken for the replies of the next one. */
static void
test_ch341a_stale (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedCh341a) adapter = ub_emulated_ch341a_plug (fixture->emulation, FALSE, 2, 1);
  static const guint8 packet[] = { 0xA8, 0xFF, 0xFF, 0xFF };
  UbEmulatedUsbClass *klass = UB_EMULATED_USB_GET_CLASS (adapter);
  g_autoptr (UbProgrammer) programmer = NULL;

  for (guint i = 0; i < 5; i++)
    klass->bulk_out (UB_EMULATED_USB (adapter), packet, sizeof packet);
  programmer = open_programmer ("ch341a");
  enter (programmer, 1500000);
  g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
}

static const struct {
  UbEmulatedUsbFault fault;
  int code;
} faults[] = {
  { UB_EMULATED_USB_GONE, UB_ERROR_UNPLUGGED },
  { UB_EMULATED_USB_STALL, UB_ERROR_TRANSFER },
  { UB_EMULATED_USB_HANG, UB_ERROR_TIMEOUT },
};

/* Each trouble at several places of a job: the right error within the deadline, then the same object works
 * again. */
static void
check_faults (Fixture *fixture, UbEmulatedUsb *adapter, const char *spec)
{
  g_autoptr (UbProgrammer) programmer = open_programmer (spec);

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++) {
    for (guint nth = 1; nth <= 3; nth++) {
      g_autoptr (GError) error = NULL;
      guint8 rx[4096];
      UbTransaction read = {
        .tx = (const guint8[]) { 3, 0, 0, 0 }, .n_tx = 4, .rx = rx, .n_rx = sizeof rx
      };

      enter (programmer, 1500000);
      ub_emulated_usb_fail_at (adapter, nth, faults[i].fault);
      while (ub_programmer_exchange (programmer, &read, 1, &error)) {
      }
      g_assert_error (error, UB_ERROR, faults[i].code);
      ub_programmer_close (programmer);

      ub_emulated_usb_fail_at (adapter, 0, UB_EMULATED_USB_FINE);
      g_clear_error (&error);
      ub_programmer_open (programmer, &error);
      g_assert_no_error (error);
      enter (programmer, 1500000);
      g_assert_cmphex (read_id (programmer), ==, 0x1C7015);
    }
  }
}

static void
test_ftdi_faults (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedFtdi) adapter =
      ub_emulated_ftdi_plug (fixture->emulation, UB_EMULATED_FT232H, "FT1", 4, 1);

  check_faults (fixture, UB_EMULATED_USB (adapter), "ftdi");
}

static void
test_ch341a_faults (Fixture *fixture, gconstpointer data)
{
  g_autoptr (UbEmulatedCh341a) adapter = ub_emulated_ch341a_plug (fixture->emulation, FALSE, 2, 1);

  check_faults (fixture, UB_EMULATED_USB (adapter), "ch341a");
}

int
main (int argc, char **argv)
{
  if (!ub_emulation_is_possible ())
    return 77;
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/usb/" path, Fixture, NULL, set_up, func, tear_down)
  ADD ("ftdi", test_ftdi);
  ADD ("ftdi-clocks", test_ftdi_clocks);
  ADD ("ftdi-mode-3", test_ftdi_mode_3);
  ADD ("ftdi-streams", test_ftdi_streams);
  ADD ("ch341a", test_ch341a);
  ADD ("choice", test_choice);
  ADD ("unusable", test_unusable);
  ADD ("kernel-driver", test_kernel_driver);
  ADD ("enumerate", test_enumerate);
  ADD ("plain", test_plain);
  ADD ("ch341a-stale", test_ch341a_stale);
  ADD ("ftdi-faults", test_ftdi_faults);
  ADD ("ch341a-faults", test_ch341a_faults);
#undef ADD
  return g_test_run ();
}

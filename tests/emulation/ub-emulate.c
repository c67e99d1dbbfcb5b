/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/*
 * Runs a command on a computer with adapters that do not exist and a simulated module on their wires; see
 * tests/try-emulated, which preloads what this needs.
 */

#include "config.h"

#include "ub-emulation.h"
#if HAVE_SPIDEV
#include "ub-emulated-gpiochip.h"
#include "ub-emulated-spidev.h"
#endif
#if HAVE_FTDI || HAVE_CH341A
#include "ub-emulated-ch341a.h"
#include "ub-emulated-ftdi.h"
#endif

#include <stdlib.h>
#include <string.h>

static char *image_path;
static char *save_path;
static gboolean with_spidev;
static gboolean with_ftdi;
static gboolean with_ch341a;
static gboolean with_report;
static int hurry = 1;
static int max_clock;
static char **command;

static const GOptionEntry entries[] = {
  { "spidev", 0, 0, G_OPTION_ARG_NONE, &with_spidev, "A Raspberry Pi’s own pins", NULL },
  { "ftdi", 0, 0, G_OPTION_ARG_NONE, &with_ftdi, "An FT232H", NULL },
  { "ch341a", 0, 0, G_OPTION_ARG_NONE, &with_ch341a, "A CH341A", NULL },
  { "image", 0, 0, G_OPTION_ARG_FILENAME, &image_path, "What the module holds", "FILE" },
  { "save", 0, 0, G_OPTION_ARG_FILENAME, &save_path, "Where to put what it holds afterwards",
    "FILE" },
  { "hurry", 0, 0, G_OPTION_ARG_INT, &hurry, "How many times as fast the flash works", "N" },
  { "max-clock", 0, 0, G_OPTION_ARG_INT, &max_clock, "What the wires carry", "HZ" },
  { "report", 0, 0, G_OPTION_ARG_NONE, &with_report, "Tell what it cost", NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &command, NULL, "COMMAND" },
  { NULL }
};

static UbSimChip *
make_chip (GError **error)
{
  g_autoptr (GBytes) content = NULL;
  g_autoptr (UbSimChip) chip = NULL;
  char *data;
  gsize size;

  if (image_path != NULL) {
    if (!g_file_get_contents (image_path, &data, &size, error))
      return NULL;
    content = g_bytes_new_take (data, size);
  }
  chip = ub_sim_chip_new (ub_flash_part_lookup (0x1C7015), content);
  ub_sim_chip_set_max_clock (chip, (guint) max_clock);
  return g_steal_pointer (&chip);
}

static gboolean
save_content (UbSimChip *chip, GError **error)
{
  g_autoptr (GBytes) content = ub_sim_chip_dup_content (chip);

  return save_path == NULL || g_file_set_contents (save_path, g_bytes_get_data (content, NULL),
                                                   (gssize) g_bytes_get_size (content), error);
}

/* What the command cost, for whoever looks into its speed. */
static void
report (UbSimChip *chip, gpointer spidev, GPtrArray *usb_adapters)
{
  UbSimCounters counters;

  ub_sim_chip_get_counters (chip, &counters);
  g_printerr ("module: %" G_GUINT64_FORMAT " bytes in %" G_GUINT64_FORMAT
              " transactions, %" G_GUINT64_FORMAT " pages, %" G_GUINT64_FORMAT " resets\n",
              counters.bytes_clocked, counters.transactions, counters.pages, counters.resets);
#if HAVE_SPIDEV
  if (spidev != NULL) {
    UbEmulatedSpidevCounters calls;

    ub_emulated_spidev_get_counters (spidev, &calls);
    g_printerr ("spidev: %u ioctls, %u of them messages, %u refused\n", calls.ioctls,
                calls.messages, calls.refused);
  }
#endif
#if HAVE_FTDI || HAVE_CH341A
  for (guint i = 0; i < usb_adapters->len; i++) {
    UbEmulatedUsb *adapter = g_ptr_array_index (usb_adapters, i);

    g_printerr ("%s: %u bulk writes\n", G_OBJECT_TYPE_NAME (adapter),
                ub_emulated_usb_get_n_writes (adapter));
  }
#endif
}

static gpointer
add_spidev (UbEmulation *emulation)
{
#if HAVE_SPIDEV
  if (with_spidev) {
    ub_emulation_set_file (emulation, "/proc/device-tree/model",
                           "Raspberry Pi 4 Model B Rev 1.4 (emulated)");
    g_object_unref (
        ub_emulated_gpiochip_add (emulation, "gpiochip0", &ub_emulated_gpiochip_raspberry_pi));
    return ub_emulated_spidev_add (emulation, "spidev0.0", &ub_emulated_spidev_raspberry_pi);
  }
#endif
  return NULL;
}

static void
plug_usb_adapters (UbEmulation *emulation, GPtrArray *adapters)
{
#if HAVE_FTDI || HAVE_CH341A
  if (with_ftdi)
    g_ptr_array_add (adapters,
                     ub_emulated_ftdi_plug (emulation, UB_EMULATED_FT232H, "FTEMULATED", 4, 1));
  if (with_ch341a)
    g_ptr_array_add (adapters, ub_emulated_ch341a_plug (emulation, FALSE, 2, 2));
#endif
}

static gboolean
run (int *out_status, GError **error)
{
  g_autoptr (UbSimChip) chip = make_chip (error);
  g_autoptr (UbEmulation) emulation = NULL;
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GObject) spidev = NULL;
  g_autoptr (GPtrArray) adapters = g_ptr_array_new_with_free_func (g_object_unref);

  if (chip == NULL)
    return FALSE;
  emulation = ub_emulation_new (chip);
  ub_emulated_module_set_hurry (ub_emulation_get_module (emulation), (guint) MAX (hurry, 1));
  spidev = add_spidev (emulation);
  plug_usb_adapters (emulation, adapters);

  child =
      g_subprocess_newv ((const char *const *) command, G_SUBPROCESS_FLAGS_STDIN_INHERIT, error);
  if (child == NULL || !g_subprocess_wait (child, NULL, error))
    return FALSE;
  *out_status = g_subprocess_get_if_exited (child) ? g_subprocess_get_exit_status (child)
                                                   : 128 + g_subprocess_get_term_sig (child);
  if (with_report)
    report (chip, spidev, adapters);
  return save_content (chip, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new ("-- COMMAND…");
  g_autoptr (GError) error = NULL;
  int status = EXIT_FAILURE;

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || command == NULL) {
    g_printerr ("%s\n", error != NULL ? error->message : "A command is needed.");
    return 2;
  }
  if (!ub_emulation_is_possible ()) {
    g_printerr ("Run this with tests/try-emulated.\n");
    return 2;
  }
  if (!run (&status, &error)) {
    g_printerr ("%s\n", error->message);
    return EXIT_FAILURE;
  }
  return status;
}

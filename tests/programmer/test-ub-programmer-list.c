/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-programmer-list.h"

#include "ub-emulation.h"
#include "ub-error.h"
#include "ub-sim-programmer.h"

/* A computer without any adapter. */
static UbEmulation *
new_computer (void)
{
  g_autoptr (UbSimChip) chip = ub_sim_chip_new (ub_flash_part_lookup (0x1C7015), NULL);

  return ub_emulation_new (chip);
}

#if HAVE_FTDI
/* An adapter on USB, as sysfs and devtmpfs show it. */
static void
plug (UbEmulation *computer, guint port, const char *vid, const char *pid, const char *serial)
{
  g_autofree char *device = g_strdup_printf ("P: /devices/usb1/1-%u\n"
                                             "N: bus/usb/001/%03u\n"
                                             "E: DEVTYPE=usb_device\n"
                                             "E: SUBSYSTEM=usb\n"
                                             "A: idVendor=%s\\n\n"
                                             "A: idProduct=%s\\n\n"
                                             "A: busnum=1\\n\n"
                                             "A: devnum=%u\\n\n"
                                             "A: product=Adapter\\n\n"
                                             "A: serial=%s\\n\n",
                                             port, port + 10, vid, pid, port + 10, serial);
  g_autoptr (GError) error = NULL;

  umockdev_testbed_add_from_string (ub_emulation_get_testbed (computer), device, &error);
  g_assert_no_error (error);
}
#endif

static guint
get_n (UbProgrammerList *list)
{
  return g_list_model_get_n_items (G_LIST_MODEL (list));
}

static UbProgrammerInfo *
get (UbProgrammerList *list, guint position)
{
  return g_list_model_get_item (G_LIST_MODEL (list), position);
}

static void
test_simulated_is_last (void)
{
  g_autoptr (UbEmulation) computer = new_computer ();
  g_autoptr (UbProgrammerList) empty = ub_programmer_list_new ();
  g_autoptr (UbProgrammerInfo) only = get (empty, 0);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (get_n (empty), ==, 1);
  g_assert_true (ub_programmer_info_is_simulated (only));
  g_assert_true (ub_programmer_info_is_usable (only));
  g_assert_cmpstr (ub_programmer_info_get_spec (only), ==, "sim");
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (empty), 1));
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (empty)) == UB_TYPE_PROGRAMMER_INFO);

  /* It is never taken by itself. */
  g_assert_null (ub_programmer_list_find_usable (empty, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER);

#if HAVE_FTDI
  plug (computer, 1, "0403", "6014", "FT4ABCDE");
  ub_programmer_list_refresh (empty);
  g_assert_cmpuint (get_n (empty), ==, 2);
  {
    g_autoptr (UbProgrammerInfo) first = get (empty, 0);
    g_autoptr (UbProgrammerInfo) last = get (empty, 1);

    g_assert_cmpstr (ub_programmer_info_get_backend (first), ==, "ftdi");
    g_assert_true (ub_programmer_info_is_simulated (last));
    g_assert_true (last == only);
  }
#endif
}

#if HAVE_FTDI && HAVE_CH341A

static void
unplug (UbEmulation *computer, guint port)
{
  g_autofree char *path = g_strdup_printf ("/sys/devices/usb1/1-%u", port);

  umockdev_testbed_remove_device (ub_emulation_get_testbed (computer), path);
}

typedef struct {
  guint n;
  guint position;
  guint removed;
  guint added;
} Changes;

static void
on_items_changed (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Changes *changes = user_data;

  changes->n++;
  changes->position = position;
  changes->removed = removed;
  changes->added = added;
}

/* Only what changed is announced, and what stayed is the same object. */
static void
test_changes (void)
{
  g_autoptr (UbEmulation) computer = new_computer ();
  g_autoptr (UbProgrammerList) list = NULL;
  g_autoptr (UbProgrammerInfo) ftdi = NULL;
  g_autoptr (UbProgrammerInfo) same = NULL;
  g_autoptr (UbProgrammerInfo) ch341a = NULL;
  Changes changes = { 0 };

  plug (computer, 1, "0403", "6014", "FT4ABCDE");
  list = ub_programmer_list_new ();
  g_signal_connect (list, "items-changed", G_CALLBACK (on_items_changed), &changes);
  ftdi = get (list, 0);

  ub_programmer_list_refresh (list);
  g_assert_cmpuint (changes.n, ==, 0);

  plug (computer, 2, "1a86", "5512", "");
  ub_programmer_list_refresh (list);
  g_assert_cmpuint (changes.n, ==, 1);
  g_assert_cmpuint (changes.position, ==, 1);
  g_assert_cmpuint (changes.removed, ==, 0);
  g_assert_cmpuint (changes.added, ==, 1);
  same = get (list, 0);
  g_assert_true (same == ftdi);
  ch341a = get (list, 1);
  g_assert_cmpstr (ub_programmer_info_get_backend (ch341a), ==, "ch341a");

  unplug (computer, 1);
  ub_programmer_list_refresh (list);
  g_assert_cmpuint (changes.n, ==, 2);
  g_assert_cmpuint (changes.position, ==, 0);
  g_assert_cmpuint (changes.removed, ==, 1);
  g_assert_cmpuint (changes.added, ==, 0);
  g_assert_cmpuint (get_n (list), ==, 2);
}

static void
test_find_usable (void)
{
  g_autoptr (UbEmulation) computer = new_computer ();
  g_autoptr (UbProgrammerList) list = ub_programmer_list_new ();
  g_autoptr (UbProgrammerInfo) found = NULL;
  g_autoptr (GError) error = NULL;

  plug (computer, 1, "0403", "6014", "FT4ABCDE");
  /* A CH341A that is jumpered as a serial port is there, but of no use. */
  plug (computer, 2, "1a86", "5523", "");
  ub_programmer_list_refresh (list);
  g_assert_cmpuint (get_n (list), ==, 3);
  found = ub_programmer_list_find_usable (list, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (ub_programmer_info_get_backend (found), ==, "ftdi");

  plug (computer, 3, "0403", "6014", "FT4FGHIJ");
  ub_programmer_list_refresh (list);
  g_assert_null (ub_programmer_list_find_usable (list, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_SEVERAL_PROGRAMMERS);
  g_assert_nonnull (g_strstr_len (error->message, -1, "FT4ABCDE"));
  g_assert_nonnull (g_strstr_len (error->message, -1, "FT4FGHIJ"));
  g_clear_error (&error);

  unplug (computer, 1);
  unplug (computer, 3);
  ub_programmer_list_refresh (list);
  g_assert_null (ub_programmer_list_find_usable (list, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_WRONG_JUMPER);
  g_clear_error (&error);

  plug (computer, 3, "1a86", "5523", "");
  ub_programmer_list_refresh (list);
  g_assert_null (ub_programmer_list_find_usable (list, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_NO_PROGRAMMER);
  /* It says what is there, and why it will not do. */
  {
    g_autoptr (UbProgrammerInfo) wrong = get (list, 0);
    const GError *problem = ub_programmer_info_get_problem (wrong);

    g_assert_error (problem, UB_ERROR, UB_ERROR_WRONG_JUMPER);
    g_assert_nonnull (g_strstr_len (error->message, -1, ub_programmer_info_get_name (wrong)));
    g_assert_nonnull (g_strstr_len (error->message, -1, problem->message));
  }
}

static void
on_changed_quit (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  g_main_loop_quit (user_data);
}

/* While it watches, a new adapter appears by itself. */
static void
test_watching (void)
{
  g_autoptr (UbEmulation) computer = new_computer ();
  g_autoptr (UbProgrammerList) list = ub_programmer_list_new ();
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_signal_connect (list, "items-changed", G_CALLBACK (on_changed_quit), loop);
  ub_programmer_list_set_watching (list, TRUE);
  plug (computer, 1, "0403", "6014", "FT4ABCDE");
  g_main_loop_run (loop);
  g_assert_cmpuint (get_n (list), ==, 2);

  ub_programmer_list_set_watching (list, FALSE);
  unplug (computer, 1);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (get_n (list), ==, 2);
  /* Watching again begins with a look round. */
  ub_programmer_list_set_watching (list, TRUE);
  g_assert_cmpuint (get_n (list), ==, 1);
}

#endif

static void
test_new_for_spec (void)
{
  g_autoptr (UbProgrammer) programmer = NULL;
  g_autoptr (UbProgrammer) plain = NULL;
  g_autoptr (GError) error = NULL;

  programmer = ub_programmer_new_for_spec ("sim:clock=400k,mode=3", &error);
  g_assert_no_error (error);
  g_assert_true (UB_IS_SIM_PROGRAMMER (programmer));
  g_assert_cmpuint (ub_programmer_get_fixed_clock (programmer), ==, 400000);
  g_assert_cmpint (ub_programmer_get_fixed_mode (programmer), ==, 3);
  plain = ub_programmer_new_for_spec ("sim", NULL);
  g_assert_cmpuint (ub_programmer_get_fixed_clock (plain), ==, 0);
  g_assert_cmpint (ub_programmer_get_fixed_mode (plain), ==, -1);

  g_assert_null (ub_programmer_new_for_spec ("buspirate:x=1", &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  g_assert_nonnull (g_strstr_len (error->message, -1, "spidev, ftdi, ch341a, sim"));
  g_clear_error (&error);
  g_assert_null (ub_programmer_new_for_spec ("", &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
}

/* Every backend of this build is there; one that is left out says so. */
static void
test_backends (void)
{
  static const struct {
    const char *name;
    gboolean is_built;
  } cases[] = { { "spidev:device=/dev/spidev0.0,cen=manual", HAVE_SPIDEV },
                { "ftdi:interface=A", HAVE_FTDI },
                { "ch341a:cen=D2", HAVE_CH341A } };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *with_fault = g_strdup_printf ("%s,flips=1", cases[i].name);
    g_autoptr (GError) error = NULL;
    g_autoptr (UbProgrammer) programmer = ub_programmer_new_for_spec (cases[i].name, &error);

    g_test_message ("%s", cases[i].name);
    if (!cases[i].is_built) {
      g_assert_error (error, UB_ERROR, UB_ERROR_NOT_BUILT);
      continue;
    }
    g_assert_no_error (error);
    g_assert_nonnull (programmer);
    /* Faults are for the simulated module. */
    g_assert_null (ub_programmer_new_for_spec (with_fault, &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/programmer-list/new-for-spec", test_new_for_spec);
  g_test_add_func ("/programmer-list/backends", test_backends);
  if (!ub_emulation_is_possible ())
    return g_test_run ();
  g_test_add_func ("/programmer-list/simulated-is-last", test_simulated_is_last);
#if HAVE_FTDI && HAVE_CH341A
  g_test_add_func ("/programmer-list/changes", test_changes);
  g_test_add_func ("/programmer-list/find-usable", test_find_usable);
  g_test_add_func ("/programmer-list/watching", test_watching);
#endif
  return g_test_run ();
}

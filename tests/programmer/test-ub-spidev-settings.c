/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What a person or a board says of where the module is, and what of that is listed. */

#include "config.h"

#include "spidev-fixture.h"
#include "ub-error.h"
#include "ub-programmer-info.h"
#include "ub-spidev-programmer.h"

#include <errno.h>
#include <string.h>

/* What is given, on which board, and what comes of it. */
typedef struct {
  const char *name;
  const char *model;
  const char *nodes[3];
  const char *label;
  gboolean named;
  const char *spec;
  int code; /* UbError, -1 for success */
} Setting;

#define FINE -1
#define PI "Raspberry Pi 3 Model B Plus Rev 1.3"

static const Setting settings[] = {
  { "Raspberry Pi", PI, { "spidev0.0" }, "pinctrl-bcm2835", TRUE, "spidev", FINE },
  { "two chip selects", PI, { "spidev0.0", "spidev0.1" }, "pinctrl-bcm2835", TRUE, "spidev", FINE },
  { "unnamed lines", PI, { "spidev0.0" }, "pinctrl-bcm2835", FALSE, "spidev", FINE },
  { "all said",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:device=/dev/spidev0.0,cen=GPIO22,drive=push-pull,mode=3,clock=1000000",
    FINE },
  { "offset",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:chip=/dev/gpiochip0,cen=22",
    FINE },
  { "label",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:chip=pinctrl-bcm2835,cen=22",
    FINE },
  { "preset", NULL, { "spidev0.0" }, "pinctrl-bcm2835", FALSE, "spidev:preset=raspberry-pi", FINE },
  { "Banana Pi",
    "Banana Pi BPI-M1-Plus",
    { "spidev0.0" },
    "1c20800.pinctrl",
    FALSE,
    "spidev",
    FINE },
  { "Orange Pi",
    "Xunlong Orange Pi PC",
    { "spidev0.0" },
    "1c20800.pinctrl",
    FALSE,
    "spidev",
    FINE },
  { "no board, but that line", NULL, { "spidev0.0" }, "pinctrl-bcm2835", TRUE, "spidev", FINE },
  { "no board, no such line",
    NULL,
    { "spidev0.0" },
    "gpio-mockup-A",
    FALSE,
    "spidev",
    UB_ERROR_NO_RESET_LINE },
  { "other board",
    "Radxa ROCK 5B",
    { "spidev0.0" },
    "gpio0",
    TRUE,
    "spidev",
    UB_ERROR_NO_RESET_LINE },
  { "other board, line said",
    "Radxa ROCK 5B",
    { "spidev0.0" },
    "gpio0",
    TRUE,
    "spidev:cen=GPIO22",
    FINE },
  { "other board, several nodes",
    "Radxa ROCK 5B",
    { "spidev1.0", "spidev4.0" },
    "gpio0",
    TRUE,
    "spidev:cen=GPIO22",
    UB_ERROR_SEVERAL_PROGRAMMERS },
  { "SPI is off", PI, { NULL }, "pinctrl-bcm2835", TRUE, "spidev", UB_ERROR_SPI_DISABLED },
  { "no such line",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:cen=GPIO999",
    UB_ERROR_NO_RESET_LINE },
  { "no GPIO at all", PI, { "spidev0.0" }, NULL, TRUE, "spidev", UB_ERROR_NO_RESET_LINE },
  { "no GPIO needed", PI, { "spidev0.0" }, NULL, TRUE, "spidev:cen=manual", FINE },
  { "no such node",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:device=/dev/spidev7.0",
    UB_ERROR_NO_PROGRAMMER },
  { "bad drive",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:drive=hard",
    UB_ERROR_BAD_SETTING },
  { "bad mode",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:mode=1",
    UB_ERROR_BAD_SETTING },
  { "bad clock",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:clock=0",
    UB_ERROR_BAD_SETTING },
  { "bad preset",
    PI,
    { "spidev0.0" },
    "pinctrl-bcm2835",
    TRUE,
    "spidev:preset=lemon-pi",
    UB_ERROR_BAD_SETTING },
};

static void
set_up_board (SpidevFixture *fixture, const Setting *setting)
{
  UbEmulatedGpiochipTraits gpiochip = { setting->label, 64, setting->named, 22, FALSE };

  if (g_strcmp0 (setting->label, "1c20800.pinctrl") == 0)
    gpiochip.cen = strstr (setting->model, "Orange") != NULL ? 3 : 53; /* PA3, PB21 */
  spidev_fixture_set_up_with (fixture, NULL, setting->label != NULL ? &gpiochip : NULL);
  ub_emulation_set_file (fixture->emulation, "/proc/device-tree/model",
                         setting->model != NULL ? setting->model : "");
  for (guint i = 0; i < G_N_ELEMENTS (setting->nodes) && setting->nodes[i] != NULL; i++) {
    g_clear_object (&fixture->spidev);
    fixture->spidev = ub_emulated_spidev_add (fixture->emulation, setting->nodes[i],
                                              &ub_emulated_spidev_raspberry_pi);
  }
}

static void
test_setting (gconstpointer data)
{
  const Setting *setting = data;
  SpidevFixture fixture = { NULL };
  g_autoptr (UbProgrammer) programmer = NULL;
  g_autoptr (GError) error = NULL;

  set_up_board (&fixture, setting);
  programmer = spidev_fixture_new_programmer (setting->spec, &error);
  if (programmer != NULL)
    ub_programmer_open (programmer, &error);
  if (setting->code == FINE)
    g_assert_no_error (error);
  else
    g_assert_error (error, UB_ERROR, setting->code);
  if (strstr (setting->spec, "push-pull") != NULL) {
    g_assert_false (ub_emulated_gpiochip_is_open_drain (fixture.gpiochip));
    g_assert_cmpint (ub_programmer_get_fixed_mode (programmer), ==, 3);
    g_assert_cmpuint (ub_programmer_get_fixed_clock (programmer), ==, 1000000);
  }
  g_clear_object (&programmer);
  spidev_fixture_tear_down (&fixture, NULL);
}

static GPtrArray *
enumerate (void)
{
  GPtrArray *infos = g_ptr_array_new_with_free_func (g_object_unref);

  ub_spidev_programmer_enumerate (infos);
  return infos;
}

static void
test_enumerate (SpidevFixture *fixture, gconstpointer data)
{
  g_autoptr (GPtrArray) infos = NULL;
  g_autoptr (UbProgrammer) programmer = NULL;
  UbEmulatedSpidevCounters counters;
  UbProgrammerInfo *info;

  ub_emulation_set_file (fixture->emulation, "/proc/device-tree/model", PI);
  infos = enumerate ();
  g_assert_cmpuint (infos->len, ==, 1);
  info = g_ptr_array_index (infos, 0);
  g_assert_true (ub_programmer_info_is_usable (info));
  g_assert_cmpstr (ub_programmer_info_get_backend (info), ==, "spidev");
  g_assert_cmpstr (ub_programmer_info_get_name (info), ==, PI ", SPI 0.0");
  ub_emulated_spidev_get_counters (fixture->spidev, &counters);
  g_assert_cmpuint (counters.ioctls, ==, 0);

  programmer = spidev_fixture_open_programmer (ub_programmer_info_get_spec (info));
  g_assert_true (ub_programmer_is_open (programmer));
}

typedef struct {
  const char *name;
  const char *refused; /* a node that may not be opened */
  Setting board;
  guint n_infos;
  int code;
} Listing;

static const Listing listings[] = {
  { "usable", NULL, { NULL, PI, { "spidev0.0" }, "pinctrl-bcm2835", TRUE, NULL, 0 }, 1, FINE },
  { "two chip selects",
    NULL,
    { NULL, PI, { "spidev0.0", "spidev0.1" }, "pinctrl-bcm2835", TRUE, NULL, 0 },
    1,
    FINE },
  { "two controllers",
    NULL,
    { NULL, PI, { "spidev0.0", "spidev1.0" }, "pinctrl-bcm2835", TRUE, NULL, 0 },
    2,
    FINE },
  { "no permission for SPI",
    "/dev/spidev0.0",
    { NULL, PI, { "spidev0.0" }, "pinctrl-bcm2835", TRUE, NULL, 0 },
    1,
    UB_ERROR_PERMISSION },
  { "no permission for GPIO",
    "/dev/gpiochip0",
    { NULL, PI, { "spidev0.0" }, "pinctrl-bcm2835", TRUE, NULL, 0 },
    1,
    UB_ERROR_PERMISSION },
  { "no GPIO",
    NULL,
    { NULL, PI, { "spidev0.0" }, NULL, TRUE, NULL, 0 },
    1,
    UB_ERROR_NO_RESET_LINE },
  { "SPI is off",
    NULL,
    { NULL, PI, { NULL }, "pinctrl-bcm2835", TRUE, NULL, 0 },
    1,
    UB_ERROR_SPI_DISABLED },
  { "no board", NULL, { NULL, NULL, { NULL }, NULL, TRUE, NULL, 0 }, 0, FINE },
};

static void
test_listing (gconstpointer data)
{
  const Listing *listing = data;
  SpidevFixture fixture = { NULL };
  g_autoptr (GPtrArray) infos = NULL;

  set_up_board (&fixture, &listing->board);
  if (listing->refused != NULL)
    ub_emulation_set_open_error (fixture.emulation, listing->refused, EACCES);
  infos = enumerate ();
  g_assert_cmpuint (infos->len, ==, listing->n_infos);
  for (guint i = 0; i < infos->len; i++) {
    const GError *problem = ub_programmer_info_get_problem (g_ptr_array_index (infos, i));

    if (listing->code == FINE)
      g_assert_no_error (problem);
    else
      g_assert_error (problem, UB_ERROR, listing->code);
  }
  spidev_fixture_tear_down (&fixture, NULL);
}

int
main (int argc, char **argv)
{
  if (!ub_emulation_is_possible ())
    return 77;
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/spidev-settings/enumerate", SpidevFixture, NULL, spidev_fixture_set_up,
              test_enumerate, spidev_fixture_tear_down);
#define ADD_TABLE(table, prefix, func)                                                         \
  for (guint i = 0; i < G_N_ELEMENTS (table); i++) {                                           \
    g_autofree char *path = g_strconcat ("/spidev-settings/" prefix "/", table[i].name, NULL); \
    g_test_add_data_func (path, &table[i], func);                                              \
  }
  ADD_TABLE (settings, "setting", test_setting)
  ADD_TABLE (listings, "listing", test_listing)
#undef ADD_TABLE

  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-programmer-spec.h"

#include "ub-error.h"

static UbProgrammerSpec *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  UbProgrammerSpec *spec = ub_programmer_spec_parse (text, &error);

  g_assert_no_error (error);
  return spec;
}

static void
test_good (void)
{
  g_autoptr (UbProgrammerSpec) bare = parse ("sim");
  g_autoptr (UbProgrammerSpec) empty = parse ("ftdi:");
  g_autoptr (UbProgrammerSpec) full =
      parse ("spidev:device=/dev/spidev0.0,cen=GPIO22,note=a=b:c,x=");

  g_assert_cmpstr (ub_programmer_spec_get_backend (bare), ==, "sim");
  g_assert_null (ub_programmer_spec_get_string (bare, "file"));
  g_assert_cmpstr (ub_programmer_spec_get_backend (empty), ==, "ftdi");
  g_assert_cmpstr (ub_programmer_spec_get_backend (full), ==, "spidev");
  g_assert_cmpstr (ub_programmer_spec_get_string (full, "device"), ==, "/dev/spidev0.0");
  g_assert_cmpstr (ub_programmer_spec_get_string (full, "cen"), ==, "GPIO22");
  /* A value may hold what separates. */
  g_assert_cmpstr (ub_programmer_spec_get_string (full, "note"), ==, "a=b:c");
  g_assert_cmpstr (ub_programmer_spec_get_string (full, "x"), ==, "");
}

static void
test_bad (void)
{
  static const char *const cases[] = {
    "", ":", ":a=b", "sim:a", "sim:a,b=c", "sim:=b", "sim:a=b,", "sim:a=b,,c=d", "sim:a=1,a=2",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autoptr (GError) error = NULL;

    g_test_message ("“%s”", cases[i]);
    g_assert_null (ub_programmer_spec_parse (cases[i], &error));
    g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  }
}

static const struct {
  const char *text;
  gboolean ok;
  guint64 value;
} numbers[] = {
  { "sim", TRUE, 7 },         { "sim:n=10", TRUE, 10 },     { "sim:n=0x20", TRUE, 32 },
  { "sim:n=1K", TRUE, 1024 }, { "sim:n=2000", TRUE, 2000 }, { "sim:n=2001", FALSE, 7 },
  { "sim:n=4", FALSE, 7 },    { "sim:n=5", TRUE, 5 },       { "sim:n=", FALSE, 7 },
  { "sim:n=x", FALSE, 7 },    { "sim:n=-5", FALSE, 7 },     { "sim:n=5.5", FALSE, 7 },
};

static void
test_numbers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++) {
    g_autoptr (UbProgrammerSpec) spec = parse (numbers[i].text);
    g_autoptr (GError) error = NULL;
    guint64 value = 7;

    g_test_message ("%s", numbers[i].text);
    g_assert_cmpint (ub_programmer_spec_get_number (spec, "n", 5, 2000, &value, &error), ==,
                     numbers[i].ok);
    g_assert_cmpuint (value, ==, numbers[i].value);
    if (!numbers[i].ok)
      g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  }
}

static const struct {
  const char *text;
  gboolean ok;
  guint hz;
} clocks[] = {
  { "sim", TRUE, 42 },
  { "sim:c=3000", TRUE, 3000 },
  { "sim:c=400k", TRUE, 400000 },
  { "sim:c=12M", TRUE, 12000000 },
  { "sim:c=12m", TRUE, 12000000 },
  { "sim:c=0x1000", TRUE, 4096 },
  { "sim:c=51M", FALSE, 42 },
  { "sim:c=2", FALSE, 42 },
  { "sim:c=k", FALSE, 42 },
  { "sim:c=", FALSE, 42 },
  { "sim:c=5000000k", FALSE, 42 },
  { "sim:c=12MHz", FALSE, 42 },
};

static void
test_clocks (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (clocks); i++) {
    g_autoptr (UbProgrammerSpec) spec = parse (clocks[i].text);
    g_autoptr (GError) error = NULL;
    guint hz = 42;

    g_test_message ("%s", clocks[i].text);
    g_assert_cmpint (ub_programmer_spec_get_clock (spec, "c", 3, 50000000, &hz, &error), ==,
                     clocks[i].ok);
    g_assert_cmpuint (hz, ==, clocks[i].hz);
    if (!clocks[i].ok)
      g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  }
}

static const struct {
  const char *text;
  gboolean ok;
  double value;
} doubles[] = {
  { "sim", TRUE, 0.5 },        { "sim:d=1e-6", TRUE, 1e-6 }, { "sim:d=0", TRUE, 0 },
  { "sim:d=1", TRUE, 1 },      { "sim:d=1.1", FALSE, 0.5 },  { "sim:d=-0.1", FALSE, 0.5 },
  { "sim:d=nan", FALSE, 0.5 }, { "sim:d=", FALSE, 0.5 },     { "sim:d=0.1x", FALSE, 0.5 },
};

static void
test_doubles (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (doubles); i++) {
    g_autoptr (UbProgrammerSpec) spec = parse (doubles[i].text);
    g_autoptr (GError) error = NULL;
    double value = 0.5;

    g_test_message ("%s", doubles[i].text);
    g_assert_cmpint (ub_programmer_spec_get_double (spec, "d", 0, 1, &value, &error), ==,
                     doubles[i].ok);
    g_assert_cmpfloat (value, ==, doubles[i].value);
    if (!doubles[i].ok)
      g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  }
}

static void
test_choices (void)
{
  static const char *const choices[] = { "virtual", "real", NULL };
  g_autoptr (UbProgrammerSpec) given = parse ("sim:time=Real");
  g_autoptr (UbProgrammerSpec) absent = parse ("sim");
  g_autoptr (UbProgrammerSpec) wrong = parse ("sim:time=later");
  g_autoptr (GError) error = NULL;
  guint index = 0;

  g_assert_true (ub_programmer_spec_get_choice (given, "time", choices, &index, NULL));
  g_assert_cmpuint (index, ==, 1);
  g_assert_true (ub_programmer_spec_get_choice (absent, "time", choices, &index, NULL));
  g_assert_cmpuint (index, ==, 1);
  g_assert_false (ub_programmer_spec_get_choice (wrong, "time", choices, &index, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  g_assert_cmpuint (index, ==, 1);
  /* The message says what would have been right. */
  g_assert_nonnull (g_strstr_len (error->message, -1, "virtual, real"));
}

static void
test_unknown (void)
{
  g_autoptr (UbProgrammerSpec) spec = parse ("sim:a=1,fiel=x");
  g_autoptr (GError) error = NULL;

  ub_programmer_spec_get_string (spec, "a");
  ub_programmer_spec_get_string (spec, "file");
  g_assert_false (ub_programmer_spec_check_unknown (spec, &error));
  g_assert_error (error, UB_ERROR, UB_ERROR_BAD_SETTING);
  g_assert_nonnull (g_strstr_len (error->message, -1, "fiel"));
  ub_programmer_spec_get_string (spec, "fiel");
  g_assert_true (ub_programmer_spec_check_unknown (spec, NULL));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/programmer-spec/good", test_good);
  g_test_add_func ("/programmer-spec/bad", test_bad);
  g_test_add_func ("/programmer-spec/numbers", test_numbers);
  g_test_add_func ("/programmer-spec/clocks", test_clocks);
  g_test_add_func ("/programmer-spec/doubles", test_doubles);
  g_test_add_func ("/programmer-spec/choices", test_choices);
  g_test_add_func ("/programmer-spec/unknown", test_unknown);
  return g_test_run ();
}

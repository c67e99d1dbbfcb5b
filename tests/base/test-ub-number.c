/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "ub-number.h"

static const struct {
  const char *text;
  gboolean ok;
  guint64 value;
} cases[] = {
  { "0", TRUE, 0 },
  { "42", TRUE, 42 },
  { "0x11000", TRUE, 0x11000 },
  { "0X1f", TRUE, 0x1F },
  { "4K", TRUE, 4096 },
  { "4k", TRUE, 4096 },
  { "2M", TRUE, 2 * 1024 * 1024 },
  { "0x10K", TRUE, 16 * 1024 },
  { "010", TRUE, 10 },
  { "18446744073709551615", TRUE, G_MAXUINT64 },
  { "18446744073709551616", FALSE, 0 },
  { "18446744073709551615K", FALSE, 0 },
  { "", FALSE, 0 },
  { "x", FALSE, 0 },
  { "0x", FALSE, 0 },
  { "0xg", FALSE, 0 },
  { "-1", FALSE, 0 },
  { "+1", FALSE, 0 },
  { " 1", FALSE, 0 },
  { "1 ", FALSE, 0 },
  { "1.5M", FALSE, 0 },
  { "1KB", FALSE, 0 },
  { "1G", FALSE, 0 },
};

static void
test_parse (void)
{
  guint64 value;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++) {
    value = 12345;
    g_test_message ("“%s”", cases[i].text);
    g_assert_cmpint (ub_number_parse (cases[i].text, &value), ==, cases[i].ok);
    g_assert_cmpuint (value, ==, cases[i].ok ? cases[i].value : 12345);
  }
  g_assert_false (ub_number_parse (NULL, &value));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/number/parse", test_parse);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz.h"

#include "ub-number.h"
#include "ub-programmer-spec.h"

/* What a person types: a programmer with its settings, or a number. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (UbProgrammerSpec) spec = NULL;
  guint64 number = 0;
  double factor = 0;
  guint choice = 0;

  ub_number_parse (text, &number);
  if (!g_utf8_validate (text, -1, NULL))
    return 0;
  spec = ub_programmer_spec_parse (text, NULL);
  if (spec != NULL) {
    static const char *const choices[] = { "v1", "v2", NULL };

    g_assert_nonnull (ub_programmer_spec_get_backend (spec));
    ub_programmer_spec_get_string (spec, "dev");
    ub_programmer_spec_get_number (spec, "clock", 1, G_MAXUINT32, &number, NULL);
    ub_programmer_spec_get_double (spec, "noise", 0, 1, &factor, NULL);
    ub_programmer_spec_get_choice (spec, "chip", choices, &choice, NULL);
    g_assert_cmpuint (choice, <, 2);
    ub_programmer_spec_check_unknown (spec, NULL);
  }
  return 0;
}

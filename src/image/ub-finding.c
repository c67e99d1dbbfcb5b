/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-finding"

#include "config.h"

#include "ub-finding.h"

/* What is to be said of an image, and of what becomes of it on a module: a list in the order in which it was found. */

static void
clear_finding (gpointer data)
{
  UbFinding *finding = data;

  g_free (finding->text);
}

/**
 * ub_findings_new:
 *
 * Returns: (transfer full) (element-type UbFinding): an empty list, which owns its texts
 */
GArray *
ub_findings_new (void)
{
  GArray *findings = g_array_new (FALSE, FALSE, sizeof (UbFinding));

  g_array_set_clear_func (findings, clear_finding);
  return findings;
}

/**
 * ub_findings_add_valist:
 * @findings: a list
 * @severity: how bad it is
 * @id: stable name; a literal, which is not copied
 * @format: translated sentence
 * @args: for @format
 *
 * Adds a finding to the end.
 */
void
ub_findings_add_valist (
    GArray *findings, UbSeverity severity, const char *id, const char *format, va_list args)
{
  UbFinding finding = { severity, id, g_strdup_vprintf (format, args) };

  g_array_append_val (findings, finding);
}

/**
 * ub_findings_get:
 * @findings: a list
 * @index: which
 *
 * Returns: (transfer none): a finding
 */
const UbFinding *
ub_findings_get (GArray *findings, guint index)
{
  g_return_val_if_fail (index < findings->len, NULL);
  return &g_array_index (findings, UbFinding, index);
}

/**
 * ub_findings_find:
 * @findings: a list
 * @id: a stable name
 *
 * Returns: (transfer none) (nullable): the first finding of that name
 */
const UbFinding *
ub_findings_find (GArray *findings, const char *id)
{
  for (guint i = 0; i < findings->len; i++) {
    const UbFinding *finding = ub_findings_get (findings, i);

    if (g_str_equal (finding->id, id))
      return finding;
  }
  return NULL;
}

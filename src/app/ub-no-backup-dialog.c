/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-no-backup-dialog.h"

#include "ub-question-dialog.h"

#include <glib/gi18n.h>

static char *
dup_module (UbConnection *connection)
{
  UbImageAnalysis *chip = ub_connection_get_chip (connection);
  const char *mac = chip != NULL ? ub_image_analysis_get_mac (chip) : NULL;
  g_autofree char *title = ub_connection_dup_module_title (connection);

  /* Translators: which module it is: “BK7231T, MAC address 84:e3:42:b2:61:bf” */
  return mac != NULL ? g_strdup_printf (_ ("%s, MAC address %s"), title, mac)
                     : g_steal_pointer (&title);
}

/**
 * ub_no_backup_dialog_new:
 * @parent: the window the deed was asked for in
 * @connection: to the module
 * @deed: what would be done
 * @extent: (nullable): how much of the module it concerns, translated
 *
 * Asks before what the module holds would be lost for good. The responses are “cancel”, which is also what Enter
 * and closing mean, and %UB_RESPONSE_WITHOUT_BACKUP.
 *
 * Returns: (transfer none): an #AdwMessageDialog, not yet presented
 */
GtkWidget *
ub_no_backup_dialog_new (GtkWindow *parent,
                         UbConnection *connection,
                         UbDeed deed,
                         const char *extent)
{
  static const char *const headings[] = { N_ ("Restore Without a Backup?"),
                                          N_ ("Erase Without a Backup?"),
                                          N_ ("Write Without a Backup?") };
  static const char *const labels[] = { N_ ("_Restore Without Backup"),
                                        N_ ("_Erase Without Backup"),
                                        N_ ("_Write Without Backup") };
  const UbQuestionAnswers answers = { "cancel", _ ("_Cancel"), UB_RESPONSE_WITHOUT_BACKUP,
                                      _ (labels[deed]), TRUE };
  g_autofree char *module = dup_module (connection);
  g_autofree char *text = g_strdup_printf (
      "%s%s%s\n\n%s", module, extent != NULL ? "\n" : "", extent != NULL ? extent : "",
      deed == UB_DEED_RESTORE
          ? _ ("No rescue copy is saved: what this module holds now is lost for good.")
          : _ ("No rescue copy is saved: what this module holds there now is lost for good."));

  return ub_question_dialog_new (parent, _ (headings[deed]), text, &answers);
}

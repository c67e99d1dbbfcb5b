/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-module-page.h"

#include "ub-facts.h"
#include "ub-flash-map-view.h"
#include "ub-format.h"
#include "ub-pair-box.h"

#include <glib/gi18n.h>

/**
 * UbModulePage:
 *
 * What is known of the connected module, and what can be done with it.
 */
struct _UbModulePage {
  AdwBin parent_instance;

  UbConnection *connection;

  AdwPreferencesGroup *group;
  GtkBox *lists;
  GtkListBox *facts;
  GtkListBox *findings;
  UbFlashMapView *map;
  GtkButton *restore_button;
};

G_DEFINE_FINAL_TYPE (UbModulePage, ub_module_page, ADW_TYPE_BIN)

static void
add_flash (UbModulePage *self, const UbJobReport *report)
{
  g_autofree char *size = ub_format_size (report->size);
  g_autofree char *flash = NULL;
  g_autofree char *id = g_strdup_printf ("%02X %02X %02X", report->jedec_id >> 16 & 0xFF,
                                         report->jedec_id >> 8 & 0xFF, report->jedec_id & 0xFF);
  g_autofree char *clock = ub_format_clock (report->clock_hz);

  flash =
      g_strdup_printf ("%s, %s", report->part != NULL ? report->part : _ ("Unknown part"), size);
  ub_facts_add (self->facts, _ ("Flash"), flash);
  ub_facts_add (self->facts, _ ("JEDEC ID"), id);
  ub_facts_add (self->facts, _ ("Clock"), clock);
}

static void
add_content (UbModulePage *self, UbImageAnalysis *chip)
{
  const char *const *evidence = ub_image_analysis_get_family_evidence (chip);
  UbFamily family = ub_image_analysis_get_family (chip);
  g_autofree char *proof = evidence != NULL ? g_strjoinv ("\n", (char **) evidence) : NULL;
  GtkWidget *row;

  row = ub_facts_add (self->facts, _ ("Chip Family"),
                      family != UB_FAMILY_UNKNOWN ? ub_family_get_title (family)
                                                  : _ ("Unknown: the content does not tell"));
  if (proof != NULL && proof[0] != '\0')
    gtk_widget_set_tooltip_text (row, proof);
  ub_facts_add_versioned (self->facts, _ ("Firmware"), ub_image_analysis_get_firmware_name (chip),
                          ub_image_analysis_get_firmware_version (chip));
  ub_facts_add_versioned (self->facts, _ ("Bootloader"),
                          ub_image_analysis_get_bootloader_name (chip),
                          ub_image_analysis_get_bootloader_version (chip));
  ub_facts_add (self->facts, _ ("Tuya Module"), ub_image_analysis_get_tuya_module (chip));
  ub_facts_add (self->facts, _ ("MAC Address"), ub_image_analysis_get_mac (chip));
  ub_facts_add_findings (self->findings, chip);
}

static void
show_map (UbModulePage *self, const UbJobReport *report)
{
  ub_flash_map_view_set (self->map, ub_connection_get_sector_map (self->connection), report->family,
                         report->size);
}

static gboolean
has_problem (UbImageAnalysis *chip)
{
  for (guint i = 0; i < ub_image_analysis_get_n_findings (chip); i++) {
    if (ub_image_analysis_get_finding (chip, i)->severity == UB_SEVERITY_BLOCKING)
      return TRUE;
  }
  return FALSE;
}

/* What it is about stands first: what is wrong with a module that does not start, what a sound one is. */
static void
show_verdict (UbModulePage *self, UbImageAnalysis *chip)
{
  g_autofree char *verdict = chip != NULL ? ub_image_analysis_dup_verdict (chip) : NULL;
  g_autofree char *escaped = verdict != NULL ? g_markup_escape_text (verdict, -1) : NULL;
  gboolean is_problem = chip != NULL && has_problem (chip);
  GtkWidget *facts = GTK_WIDGET (self->facts), *findings = GTK_WIDGET (self->findings);

  adw_preferences_group_set_description (self->group, escaped);
  gtk_box_reorder_child_after (self->lists, is_problem ? facts : findings,
                               is_problem ? findings : facts);
  gtk_widget_set_visible (findings, gtk_list_box_get_row_at_index (self->findings, 0) != NULL);
}

static void
connection_changed_cb (UbModulePage *self)
{
  const UbJobReport *report = ub_connection_get_report (self->connection);
  UbImageAnalysis *chip = ub_connection_get_chip (self->connection);
  UbProgrammerInfo *info = ub_connection_get_info (self->connection);

  if (ub_connection_get_state (self->connection) != UB_CONNECTION_CONNECTED || report == NULL)
    return;
  ub_facts_clear (self->facts);
  ub_facts_clear (self->findings);
  if (chip != NULL)
    add_content (self, chip);
  add_flash (self, report);
  show_map (self, report);
  ub_facts_add (self->facts, _ ("Programmer"), ub_programmer_info_get_name (info));
  show_verdict (self, chip);
}

static void
ub_module_page_dispose (GObject *object)
{
  UbModulePage *self = UB_MODULE_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_MODULE_PAGE);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (ub_module_page_parent_class)->dispose (object);
}

static void
ub_module_page_class_init (UbModulePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_module_page_dispose;

  g_type_ensure (UB_TYPE_FLASH_MAP_VIEW);
  g_type_ensure (UB_TYPE_PAIR_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-module-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UbModulePage, group);
  gtk_widget_class_bind_template_child (widget_class, UbModulePage, lists);
  gtk_widget_class_bind_template_child (widget_class, UbModulePage, facts);
  gtk_widget_class_bind_template_child (widget_class, UbModulePage, findings);
  gtk_widget_class_bind_template_child (widget_class, UbModulePage, map);
  gtk_widget_class_bind_template_child (widget_class, UbModulePage, restore_button);
}

static void
ub_module_page_init (UbModulePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * ub_module_page_set_connection:
 * @self: a module page
 * @connection: the connection
 */
void
ub_module_page_set_connection (UbModulePage *self, UbConnection *connection)
{
  g_set_object (&self->connection, connection);
  g_signal_connect_object (connection, "changed", G_CALLBACK (connection_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * ub_module_page_get_default_widget:
 * @self: a module page
 *
 * Returns: (transfer none): what Enter activates
 */
GtkWidget *
ub_module_page_get_default_widget (UbModulePage *self)
{
  return GTK_WIDGET (self->restore_button);
}

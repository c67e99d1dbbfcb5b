/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-restore-page.h"

#include "ub-backup-row.h"
#include "ub-check-button.h"
#include "ub-error.h"
#include "ub-facts.h"
#include "ub-flash-map-view.h"
#include "ub-format.h"
#include "ub-no-backup-dialog.h"
#include "ub-pair-box.h"
#include "ub-preview.h"

#include <glib/gi18n.h>

enum { SIGNAL_START, N_SIGNALS };

static guint signals[N_SIGNALS];

/**
 * UbRestorePage:
 *
 * Choosing what to write: a full image, or a bootloader and an app; the options with their safe
 * defaults; and a preview of what will change. Works without a module as well, to see what a file
 * is. “start” asks to start the job of ub_restore_page_dup_request().
 */
struct _UbRestorePage {
  AdwBin parent_instance;

  UbConnection *connection;
  UbPreview *preview;
  GError *error; /* why what was chosen does not go together, or not with this module */
  GCancellable *cancellable; /* of the running preview */

  GtkCheckButton *full_radio;
  GtkCheckButton *parts_radio;
  UbFileRow *full_row;
  UbFileRow *bootloader_row;
  UbFileRow *app_row;
  UbBackupRow *backup_row;
  AdwActionRow *calibration_row;
  GtkSwitch *calibration_switch;
  AdwActionRow *storage_row;
  GtkSwitch *storage_switch;
  GtkLabel *preview_title;
  UbFlashMapView *map;
  GtkLabel *preview_hint;
  GtkListBox *findings;
  GtkLabel *status_label;
  GtkLabel *time_label;
  GtkStack *button_stack;
  GtkButton *connect_button;
  GtkButton *restore_button;
};

G_DEFINE_FINAL_TYPE (UbRestorePage, ub_restore_page, ADW_TYPE_BIN)

static gboolean
is_full (UbRestorePage *self)
{
  return gtk_check_button_get_active (self->full_radio);
}

static gboolean
is_connected (UbRestorePage *self)
{
  return ub_connection_get_state (self->connection) == UB_CONNECTION_CONNECTED;
}

static UbImageAnalysis *
get_image (UbRestorePage *self)
{
  return ub_file_row_get_usable (is_full (self) ? self->full_row : self->app_row);
}

static UbImageAnalysis *
get_bootloader (UbRestorePage *self)
{
  return is_full (self) ? NULL : ub_file_row_get_usable (self->bootloader_row);
}

static gboolean
has_files (UbRestorePage *self)
{
  return get_image (self) != NULL && (is_full (self) || get_bootloader (self) != NULL);
}

/* The question only arises where both the image and the module have a calibration. */
static gboolean
calibration_matters (UbRestorePage *self)
{
  UbImageAnalysis *image = get_image (self);
  UbImageAnalysis *chip = ub_connection_get_chip (self->connection);

  return image != NULL && ub_image_analysis_get_calibration (image, NULL, NULL) &&
         (chip == NULL || ub_image_analysis_get_calibration (chip, NULL, NULL));
}

/* A backup of another device would bring that device's identity, unless the module keeps its own; with a slow
 * clock it is not known yet whether it has one. */
static gboolean
storage_matters (UbRestorePage *self)
{
  UbImageAnalysis *image = get_image (self);
  UbImageAnalysis *chip = ub_connection_get_chip (self->connection);

  return image != NULL && ub_image_analysis_get_tuya_storage (image) != NULL &&
         (chip == NULL || ub_image_analysis_is_excerpt (chip) ||
          ub_image_analysis_get_tuya_storage (chip) != NULL);
}

static gboolean
changes_nothing (UbRestorePage *self)
{
  return self->preview != NULL && self->preview->n_change == 0;
}

static UbCompositionFlags
get_flags (UbRestorePage *self)
{
  UbCompositionFlags flags = UB_COMPOSITION_DEFAULT;

  if (!gtk_switch_get_active (self->calibration_switch))
    flags |= UB_COMPOSITION_OVERWRITE_CALIBRATION;
  if (storage_matters (self) && gtk_switch_get_active (self->storage_switch))
    flags |= UB_COMPOSITION_KEEP_STORAGE;
  return flags;
}

/* Why nothing can be written yet, NULL when it can. */
static const char *
get_reason (UbRestorePage *self)
{
  UbFileRow *rows[] = { self->full_row, self->app_row, self->bootloader_row };

  for (guint i = is_full (self) ? 0 : 1; i < (is_full (self) ? 1 : G_N_ELEMENTS (rows)); i++) {
    if (ub_file_row_is_loading (rows[i]))
      return _ ("Having a look at the file…");
    if (ub_file_row_get_error (rows[i]) != NULL)
      return _ ("This file cannot be used here; see above for the way out.");
  }
  if (get_image (self) == NULL)
    return is_full (self) ? _ ("Choose a file, or drop one here.") : _ ("Choose the app.");
  if (!is_full (self) && get_bootloader (self) == NULL)
    return _ ("Choose a file to take the bootloader from.");
  if (self->error != NULL)
    return _ ("This does not go together; see above.");
  if (!is_connected (self))
    return _ ("Connect to a module to write this to it.");
  if (self->preview == NULL)
    return _ ("Working out what will change…");
  return NULL;
}

static const char *
get_hint (UbRestorePage *self)
{
  if (!is_connected (self))
    return _ ("Once a module is connected, a map shows here what will change and what is kept.");
  if (has_files (self))
    return "";
  return is_full (self)
             ? _ ("Once a file is chosen, this map shows what will change and what is kept.")
             : _ ("Once the app and its bootloader are chosen, this map shows what will change "
                  "and what is kept.");
}

/* Until there is a preview, the map shows what the module holds. */
static void
show_map (UbRestorePage *self)
{
  UbImageAnalysis *image = get_image (self);
  const UbJobReport *report = ub_connection_get_report (self->connection);
  const char *hint = get_hint (self);

  gtk_label_set_label (self->preview_title, self->preview == NULL && is_connected (self)
                                                ? _ ("The Module Now")
                                                : _ ("Preview"));
  gtk_widget_set_visible (GTK_WIDGET (self->map), is_connected (self));
  if (self->preview != NULL)
    ub_flash_map_view_set (self->map, self->preview->map, ub_image_analysis_get_family (image),
                           report->size);
  else if (is_connected (self))
    ub_flash_map_view_set (self->map, ub_connection_get_sector_map (self->connection),
                           report->family, report->size);
  gtk_label_set_label (self->preview_hint, hint);
  gtk_widget_set_visible (GTK_WIDGET (self->preview_hint), hint[0] != '\0');
}

/* Beside the button, because there it is seen before the button is pressed. */
static void
show_consequence (UbRestorePage *self)
{
  const char *reason = get_reason (self);
  g_autofree char *changes = NULL, *time = NULL;

  if (reason == NULL) {
    changes = ub_preview_dup_changes (self->preview);
    time = ub_preview_dup_duration (self->preview,
                                    ub_connection_get_report (self->connection)->clock_hz,
                                    ub_backup_row_is_on (self->backup_row));
    gtk_widget_remove_css_class (GTK_WIDGET (self->status_label), "dim-label");
  } else {
    gtk_widget_add_css_class (GTK_WIDGET (self->status_label), "dim-label");
  }
  gtk_label_set_label (self->status_label, reason != NULL ? reason : changes);
  gtk_label_set_label (self->time_label, time != NULL ? time : "");
  gtk_widget_set_visible (GTK_WIDGET (self->time_label), time != NULL);
}

static void
show_findings (UbRestorePage *self)
{
  g_autofree char *text = NULL, *facts = NULL;

  ub_facts_clear (self->findings);
  if (self->error != NULL) {
    facts = ub_format_sentence (self->error->message);
    text = g_strdup_printf ("%s %s", facts, ub_error_get_remedy (self->error));
    ub_facts_add_finding (self->findings, UB_SEVERITY_BLOCKING, text);
  }
  if (self->preview != NULL) {
    for (guint i = 0; i < self->preview->findings->len; i++)
      ub_facts_add_finding (self->findings, UB_SEVERITY_NOTE,
                            g_ptr_array_index (self->preview->findings, i));
  }
  gtk_widget_set_visible (GTK_WIDGET (self->findings),
                          gtk_list_box_get_row_at_index (self->findings, 0) != NULL);
}

static void
show_button (UbRestorePage *self)
{
  GtkWidget *button = GTK_WIDGET (self->restore_button);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "restore.start",
                                 ub_restore_page_is_ready (self));
  /* What changes nothing destroys nothing. */
  if (changes_nothing (self))
    gtk_widget_remove_css_class (button, "destructive-action");
  else
    gtk_widget_add_css_class (button, "destructive-action");
  gtk_stack_set_visible_child (self->button_stack,
                               is_connected (self) ? button : GTK_WIDGET (self->connect_button));
}

static void
show (UbRestorePage *self)
{
  show_map (self);
  show_findings (self);
  gtk_widget_set_visible (GTK_WIDGET (self->calibration_row), calibration_matters (self));
  gtk_widget_set_visible (GTK_WIDGET (self->storage_row), storage_matters (self));
  show_consequence (self);
  show_button (self);
}

static void
preview_computed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (UbRestorePage) self = user_data;
  g_autoptr (GError) error = NULL;
  UbPreview *preview = ub_preview_compute_finish (result, &error);

  /* Something else was chosen meanwhile. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable) {
    g_clear_pointer (&preview, ub_preview_free);
    return;
  }
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->preview, ub_preview_free);
  self->preview = preview;
  self->error = g_steal_pointer (&error);
  show (self);
}

static void
stop_preview (UbRestorePage *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
update (UbRestorePage *self)
{
  gboolean can_preview =
      has_files (self) && is_connected (self) && ub_connection_get_chip (self->connection) != NULL;

  stop_preview (self);
  g_clear_error (&self->error);
  /* The next one replaces the last one at once, so that nothing jumps when an option is changed. */
  if (!can_preview)
    g_clear_pointer (&self->preview, ub_preview_free);
  if (can_preview) {
    self->cancellable = g_cancellable_new ();
    ub_preview_compute_async (get_image (self), get_bootloader (self),
                              ub_connection_get_chip (self->connection),
                              ub_connection_get_sector_map (self->connection), get_flags (self),
                              ub_connection_get_report (self->connection)->clock_hz,
                              self->cancellable, preview_computed_cb, g_object_ref (self));
  } else if (has_files (self)) {
    ub_composition_check (get_image (self), get_bootloader (self), &self->error);
  }
  show (self);
}

static void
rows_changed_cb (UbRestorePage *self)
{
  if (self->connection != NULL)
    update (self);
}

static void
method_toggled_cb (UbRestorePage *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->full_row), is_full (self));
  gtk_widget_set_visible (GTK_WIDGET (self->app_row), !is_full (self));
  gtk_widget_set_visible (GTK_WIDGET (self->bootloader_row), !is_full (self));
  rows_changed_cb (self);
}

static void
way_out_cb (UbRestorePage *self, guint slot, UbFileRow *from)
{
  g_autoptr (UbImageAnalysis) analysis = g_object_ref (ub_file_row_get_analysis (from));
  UbFileRow *to = ub_restore_page_get_row (self, slot);

  ub_file_row_set_analysis (from, NULL);
  gtk_check_button_set_active (slot == UB_IMAGE_SLOT_FULL ? self->full_radio : self->parts_radio,
                               TRUE);
  ub_file_row_set_analysis (to, analysis);
}

static void
answered_cb (UbRestorePage *self, const char *response)
{
  if (g_str_equal (response, UB_RESPONSE_WITHOUT_BACKUP))
    g_signal_emit (self, signals[SIGNAL_START], 0);
}

static void
ask_without_backup (UbRestorePage *self)
{
  g_autofree char *extent = self->preview != NULL ? ub_preview_dup_changes (self->preview) : NULL;
  GtkWidget *dialog = ub_no_backup_dialog_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))),
                                               self->connection, UB_DEED_RESTORE, extent);

  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* The rescue copy makes it reversible, and what changes nothing needs none. */
static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbRestorePage *self = UB_RESTORE_PAGE (widget);

  if (ub_backup_row_is_on (self->backup_row) || changes_nothing (self))
    g_signal_emit (self, signals[SIGNAL_START], 0);
  else
    ask_without_backup (self);
}

/* What was chosen for one module holds for the next only where that is safe. */
static void
connection_changed_cb (UbRestorePage *self)
{
  if (ub_connection_get_state (self->connection) == UB_CONNECTION_IDLE) {
    ub_backup_row_reset (self->backup_row);
    gtk_switch_set_active (self->calibration_switch, TRUE);
  }
  update (self);
}

static void
ub_restore_page_dispose (GObject *object)
{
  UbRestorePage *self = UB_RESTORE_PAGE (object);

  stop_preview (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_RESTORE_PAGE);
  g_clear_object (&self->connection);
  g_clear_pointer (&self->preview, ub_preview_free);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (ub_restore_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, full_radio);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, parts_radio);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, full_row);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, bootloader_row);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, app_row);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, backup_row);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, calibration_row);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, calibration_switch);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, storage_row);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, storage_switch);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, preview_title);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, map);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, preview_hint);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, findings);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, status_label);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, time_label);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, button_stack);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, connect_button);
  gtk_widget_class_bind_template_child (widget_class, UbRestorePage, restore_button);
}

static void
ub_restore_page_class_init (UbRestorePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_restore_page_dispose;

  signals[SIGNAL_START] = g_signal_new ("start", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (UB_TYPE_BACKUP_ROW);
  g_type_ensure (UB_TYPE_CHECK_BUTTON);
  g_type_ensure (UB_TYPE_FLASH_MAP_VIEW);
  g_type_ensure (UB_TYPE_PAIR_BOX);
  g_type_ensure (UB_TYPE_FILE_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-restore-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, rows_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, method_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, way_out_cb);
  gtk_widget_class_install_action (widget_class, "restore.start", NULL, start_action);
}

static void
ub_restore_page_init (UbRestorePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  ub_file_row_set_slot (self->full_row, UB_IMAGE_SLOT_FULL);
  ub_file_row_set_slot (self->bootloader_row, UB_IMAGE_SLOT_BOOTLOADER);
  ub_file_row_set_slot (self->app_row, UB_IMAGE_SLOT_APP);
}

/**
 * ub_restore_page_set_connection:
 * @self: a restore page
 * @connection: the connection
 */
void
ub_restore_page_set_connection (UbRestorePage *self, UbConnection *connection)
{
  g_set_object (&self->connection, connection);
  g_signal_connect_object (connection, "changed", G_CALLBACK (connection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  method_toggled_cb (self);
}

/**
 * ub_restore_page_add_file:
 * @self: a restore page
 * @file: a file that was opened or dropped
 *
 * Puts it where it is most likely wanted; the page says so when it belongs elsewhere.
 */
void
ub_restore_page_add_file (UbRestorePage *self, GFile *file)
{
  UbFileRow *row = self->full_row;

  if (!is_full (self))
    row = ub_file_row_get_usable (self->app_row) != NULL ? self->bootloader_row : self->app_row;
  ub_file_row_set_file (row, file);
}

/**
 * ub_restore_page_open:
 * @self: a restore page
 *
 * Lets the person choose the file that is missing.
 */
void
ub_restore_page_open (UbRestorePage *self)
{
  UbFileRow *row = self->full_row;

  if (!is_full (self))
    row = ub_file_row_get_usable (self->app_row) != NULL ? self->bootloader_row : self->app_row;
  ub_file_row_open (row);
}

/**
 * ub_restore_page_get_row:
 * @self: a restore page
 * @slot: a place
 *
 * Returns: (transfer none): the row of @slot
 */
UbFileRow *
ub_restore_page_get_row (UbRestorePage *self, UbImageSlot slot)
{
  if (slot == UB_IMAGE_SLOT_BOOTLOADER)
    return self->bootloader_row;
  return slot == UB_IMAGE_SLOT_APP ? self->app_row : self->full_row;
}

/**
 * ub_restore_page_is_ready:
 * @self: a restore page
 *
 * Returns: whether everything that is needed to restore is there
 */
gboolean
ub_restore_page_is_ready (UbRestorePage *self)
{
  return has_files (self) && is_connected (self) && self->error == NULL && self->preview != NULL &&
         self->cancellable == NULL;
}

/**
 * ub_restore_page_dup_request:
 * @self: a restore page that is ready
 *
 * Returns: (transfer full): what the person asks for
 */
UbJobRequest *
ub_restore_page_dup_request (UbRestorePage *self)
{
  g_autoptr (GFile) folder = ub_backup_row_dup_folder (self->backup_row);

  g_return_val_if_fail (ub_restore_page_is_ready (self), NULL);

  return ub_job_request_new_restore (get_image (self), get_bootloader (self), get_flags (self),
                                     folder);
}

/**
 * ub_restore_page_get_default_widget:
 * @self: a restore page
 *
 * Returns: (transfer none) (nullable): what Enter activates; never the destructive button
 */
GtkWidget *
ub_restore_page_get_default_widget (UbRestorePage *self)
{
  return is_connected (self) ? NULL : GTK_WIDGET (self->connect_button);
}

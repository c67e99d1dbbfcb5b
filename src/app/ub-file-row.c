/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-file-row.h"

#include "ub-error.h"
#include "ub-facts.h"
#include "ub-file-dialog.h"
#include "ub-format.h"
#include "ub-image-loader.h"
#include "ub-recent.h"
#include "ub-settings.h"

#include <glib/gi18n.h>

enum { SIGNAL_CHANGED, SIGNAL_WAY_OUT, N_SIGNALS };

static guint signals[N_SIGNALS];

/**
 * UbFileRow:
 *
 * One file of the restore page: to be chosen, dropped or taken from the recent ones, identified at
 * once, and refused with the reason and the way out. “changed” tells that there is another file, or
 * that it is identified; “way-out” asks to put it elsewhere, with the #UbImageSlot.
 */
struct _UbFileRow {
  AdwPreferencesGroup parent_instance;

  UbImageSlot slot;
  UbImageAnalysis *analysis;
  GError *error; /* why it is refused */
  GCancellable *cancellable; /* of the running identification */

  GtkListBox *file_box;
  AdwActionRow *file_row;
  GtkStack *icon_stack;
  GtkSpinner *spinner;
  GtkImage *icon;
  GtkButton *clear_button;
  GtkMenuButton *recent_button;
  GtkButton *open_button;
  GtkListBox *findings;
  AdwActionRow *refusal_row;
  GtkButton *way_out_button;
  GtkListBox *refusal_box;
};

G_DEFINE_FINAL_TYPE (UbFileRow, ub_file_row, ADW_TYPE_PREFERENCES_GROUP)

static void
show_refusal (UbFileRow *self)
{
  UbImageSlot way_out = UB_IMAGE_SLOT_NONE;
  g_autofree char *facts = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->refusal_box), self->error != NULL);
  if (self->error == NULL)
    return;
  if (self->analysis != NULL)
    way_out = ub_image_slot_find_way_out (self->slot, self->analysis);
  facts = ub_format_sentence (self->error->message);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->refusal_row), facts);
  adw_action_row_set_subtitle (self->refusal_row, ub_error_get_remedy (self->error));
  gtk_button_set_label (self->way_out_button, way_out != UB_IMAGE_SLOT_NONE
                                                  ? ub_image_slot_get_switch_label (way_out)
                                                  : _ ("Choose Another File…"));
  /* One line of it would be wider than a narrow window in some languages. */
  gtk_label_set_wrap (GTK_LABEL (gtk_button_get_child (self->way_out_button)), TRUE);
}

/* Says as well which of the files it is about. */
static void
set_accessible_name (GtkWidget *button, const char *action, UbImageSlot slot)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", ub_image_slot_get_title (slot), action);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
show_open_button (UbFileRow *self, gboolean is_empty)
{
  /* The name of the file needs the room. */
  if (is_empty)
    gtk_button_set_label (self->open_button, _ ("Open…"));
  else
    gtk_button_set_icon_name (self->open_button, "document-open-symbolic");
  /* A new label has taken the place of the accessible name; an icon has none. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self->open_button),
                                 GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  set_accessible_name (GTK_WIDGET (self->open_button), _ ("Open…"), self->slot);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->open_button),
                               is_empty ? NULL : _ ("Choose Another File…"));
}

static void
show_file (UbFileRow *self)
{
  g_autofree char *summary = NULL;
  const char *name = NULL;
  gboolean is_loading = self->cancellable != NULL;
  gboolean is_empty = self->analysis == NULL && self->error == NULL && !is_loading;

  if (self->analysis != NULL) {
    summary = ub_image_analysis_dup_summary (self->analysis);
    name = ub_image_get_name (ub_image_analysis_get_image (self->analysis));
  }
  if (is_empty) {
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->file_row), _ ("No File Chosen"));
    adw_action_row_set_subtitle (self->file_row, ub_image_slot_get_hint (self->slot));
  } else if (!is_loading) {
    if (name != NULL)
      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->file_row), name);
    adw_action_row_set_subtitle (self->file_row, summary != NULL ? summary : "");
  }
  gtk_image_set_from_icon_name (self->icon, is_empty              ? "document-open-symbolic"
                                            : self->error != NULL ? "action-unavailable-symbolic"
                                                                  : "object-select-symbolic");
  gtk_stack_set_visible_child (self->icon_stack,
                               is_loading ? GTK_WIDGET (self->spinner) : GTK_WIDGET (self->icon));
  gtk_spinner_set_spinning (self->spinner, is_loading);
  gtk_widget_set_visible (GTK_WIDGET (self->clear_button), !is_empty);
  show_open_button (self, is_empty);
}

static void
show_findings (UbFileRow *self)
{
  ub_facts_clear (self->findings);
  if (self->analysis != NULL && self->error == NULL)
    ub_facts_add_findings (self->findings, self->analysis);
  gtk_widget_set_visible (GTK_WIDGET (self->findings),
                          gtk_list_box_get_row_at_index (self->findings, 0) != NULL);
}

static void
update (UbFileRow *self)
{
  show_file (self);
  show_findings (self);
  show_refusal (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
stop_loading (UbFileRow *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (UbFileRow) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UbImageAnalysis) analysis = ub_image_loader_load_finish (result, &error);

  /* Another file, or none, has taken its place. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  g_clear_object (&self->cancellable);
  if (analysis != NULL) {
    ub_recent_add (ub_image_get_file (ub_image_analysis_get_image (analysis)));
    ub_file_row_set_analysis (self, analysis);
  } else {
    self->error = g_steal_pointer (&error);
    update (self);
  }
}

static void
file_chosen_cb (GFile *file, gpointer user_data)
{
  ub_settings_remember_folder ("open-folder", file);
  ub_file_row_set_file (user_data, file);
}

static void
clear_clicked_cb (UbFileRow *self)
{
  ub_file_row_set_analysis (self, NULL);
}

static void
way_out_clicked_cb (UbFileRow *self)
{
  UbImageSlot way_out = UB_IMAGE_SLOT_NONE;

  if (self->analysis != NULL)
    way_out = ub_image_slot_find_way_out (self->slot, self->analysis);
  if (way_out == UB_IMAGE_SLOT_NONE)
    ub_file_row_open (self);
  else
    g_signal_emit (self, signals[SIGNAL_WAY_OUT], 0, (guint) way_out);
}

static gboolean
drop_cb (UbFileRow *self, const GValue *value)
{
  ub_file_row_set_file (self, g_value_get_object (value));
  return TRUE;
}

static void
recent_chosen_cb (GFile *file, gpointer user_data)
{
  ub_file_row_set_file (user_data, file);
}

static void
recent_create_cb (GtkMenuButton *button, gpointer user_data)
{
  gtk_menu_button_set_popover (button, ub_recent_create_popover (recent_chosen_cb, user_data));
}

static void
ub_file_row_dispose (GObject *object)
{
  UbFileRow *self = UB_FILE_ROW (object);

  stop_loading (self);
  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_FILE_ROW);
  g_clear_object (&self->analysis);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (ub_file_row_parent_class)->dispose (object);
}

static void
ub_file_row_class_init (UbFileRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_file_row_dispose;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_WAY_OUT] = g_signal_new ("way-out", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-file-row.ui");
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, file_box);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, file_row);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, icon_stack);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, spinner);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, icon);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, clear_button);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, recent_button);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, open_button);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, findings);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, refusal_row);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, refusal_box);
  gtk_widget_class_bind_template_child (widget_class, UbFileRow, way_out_button);
  gtk_widget_class_bind_template_callback (widget_class, ub_file_row_open);
  gtk_widget_class_bind_template_callback (widget_class, clear_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, way_out_clicked_cb);
}

static void
ub_file_row_init (UbFileRow *self)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_FILE, GDK_ACTION_COPY);

  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect_swapped (target, "drop", G_CALLBACK (drop_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  gtk_menu_button_set_create_popup_func (self->recent_button, recent_create_cb, self, NULL);
}

/**
 * ub_file_row_set_slot:
 * @self: a file row
 * @slot: what the file is for
 */
void
ub_file_row_set_slot (UbFileRow *self, UbImageSlot slot)
{
  self->slot = slot;
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (self), ub_image_slot_get_title (slot));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->file_box), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  ub_image_slot_get_title (slot), -1);
  set_accessible_name (GTK_WIDGET (self->recent_button), _ ("Recent Files"), slot);
  set_accessible_name (GTK_WIDGET (self->clear_button), _ ("Remove"), slot);
  update (self);
}

/**
 * ub_file_row_set_file:
 * @self: a file row
 * @file: a file, which is identified in the background; “changed” follows
 */
void
ub_file_row_set_file (UbFileRow *self, GFile *file)
{
  g_autofree char *name = g_file_get_basename (file);

  stop_loading (self);
  g_clear_object (&self->analysis);
  g_clear_error (&self->error);
  self->cancellable = g_cancellable_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->file_row), name);
  adw_action_row_set_subtitle (self->file_row, _ ("Having a look at it…"));
  ub_image_loader_load_async (file, self->cancellable, loaded_cb, g_object_ref (self));
  update (self);
}

/**
 * ub_file_row_set_analysis:
 * @self: a file row
 * @analysis: (nullable): a file that is identified already, or %NULL for none
 */
void
ub_file_row_set_analysis (UbFileRow *self, UbImageAnalysis *analysis)
{
  stop_loading (self);
  g_set_object (&self->analysis, analysis);
  g_clear_error (&self->error);
  if (analysis != NULL)
    ub_image_slot_check (self->slot, analysis, &self->error);
  update (self);
}

/**
 * ub_file_row_get_analysis:
 * @self: a file row
 *
 * Returns: (transfer none) (nullable): the file, refused or not
 */
UbImageAnalysis *
ub_file_row_get_analysis (UbFileRow *self)
{
  return self->analysis;
}

/**
 * ub_file_row_get_usable:
 * @self: a file row
 *
 * Returns: (transfer none) (nullable): the file, unless it is refused
 */
UbImageAnalysis *
ub_file_row_get_usable (UbFileRow *self)
{
  return self->error == NULL ? self->analysis : NULL;
}

/**
 * ub_file_row_get_error:
 * @self: a file row
 *
 * Returns: (transfer none) (nullable): why the file is refused
 */
const GError *
ub_file_row_get_error (UbFileRow *self)
{
  return self->error;
}

/**
 * ub_file_row_is_loading:
 * @self: a file row
 *
 * Returns: whether the file is being identified
 */
gboolean
ub_file_row_is_loading (UbFileRow *self)
{
  return self->cancellable != NULL;
}

/**
 * ub_file_row_open:
 * @self: a file row
 *
 * Lets the person choose a file.
 */
void
ub_file_row_open (UbFileRow *self)
{
  g_autoptr (GFile) folder = ub_settings_dup_open_folder ();

  ub_file_dialog_open (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), _ ("Choose an Image"),
                       folder, file_chosen_cb, self);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-range-dialog.h"

#include "ub-backup-row.h"
#include "ub-error.h"
#include "ub-facts.h"
#include "ub-file-dialog.h"
#include "ub-flash-layout.h"
#include "ub-format.h"
#include "ub-image-loader.h"
#include "ub-no-backup-dialog.h"
#include "ub-number.h"
#include "ub-settings.h"

#include <glib/gi18n.h>

enum { SIGNAL_READY, N_SIGNALS };

static guint signals[N_SIGNALS];

/**
 * UbRangeDialog:
 *
 * Asks for a range of the chip, by partition or by numbers, and what else erasing, reading or
 * writing it needs. “ready” hands over the request.
 */
struct _UbRangeDialog {
  AdwWindow parent_instance;

  UbRangeKind kind;
  UbConnection *connection;
  guint32 flash_size;
  UbFamily family;
  UbImageAnalysis *image; /* to write */
  GCancellable *cancellable; /* of the file that is being looked at */
  const UbPartition *partitions;
  guint n_partitions;

  AdwComboRow *partition_row;
  AdwEntryRow *start_row;
  AdwEntryRow *size_row;
  AdwActionRow *file_row;
  UbBackupRow *backup_row;
  GtkLabel *problem_label;
  GtkButton *accept_button;
};

G_DEFINE_FINAL_TYPE (UbRangeDialog, ub_range_dialog, ADW_TYPE_WINDOW)

/**
 * ub_range_parse:
 * @start: text of the start, in any notation of ub_number_parse()
 * @size: text of the size; empty for everything from @start on
 * @flash_size: bytes of the chip
 * @out_start: (out): the start
 * @out_size: (out): the size
 * @error: return location for an error
 *
 * Returns: %FALSE with %UB_ERROR_USAGE for what is no number, %UB_ERROR_RANGE for what does not fit
 */
gboolean
ub_range_parse (const char *start,
                const char *size,
                guint32 flash_size,
                guint32 *out_start,
                guint32 *out_size,
                GError **error)
{
  guint64 first = 0, n = 0;

  if (!ub_number_parse (start, &first)) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_USAGE,
                         _ ("The start is not a number. Write 69632, 0x11000 or 68K."));
    return FALSE;
  }
  if (size[0] != '\0' && !ub_number_parse (size, &n)) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_USAGE,
                         _ ("The size is not a number. Write 4096, 0x1000 or 4K."));
    return FALSE;
  }
  if (size[0] == '\0' && first < flash_size)
    n = flash_size - first;
  if (first >= flash_size || n == 0 || n > flash_size - first) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_RANGE,
                         _ ("This range does not lie within the flash."));
    return FALSE;
  }
  *out_start = (guint32) first;
  *out_size = (guint32) n;
  return TRUE;
}

static gboolean
get_range (UbRangeDialog *self, guint32 *out_start, guint32 *out_size, GError **error)
{
  g_autofree char *size = NULL;

  if (self->kind != UB_RANGE_WRITE)
    return ub_range_parse (gtk_editable_get_text (GTK_EDITABLE (self->start_row)),
                           gtk_editable_get_text (GTK_EDITABLE (self->size_row)), self->flash_size,
                           out_start, out_size, error);
  if (self->image == NULL) {
    g_set_error_literal (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE, _ ("Choose a file."));
    return FALSE;
  }
  size = g_strdup_printf ("%" G_GSIZE_FORMAT,
                          ub_image_get_size (ub_image_analysis_get_image (self->image)));
  return ub_range_parse (gtk_editable_get_text (GTK_EDITABLE (self->start_row)), size,
                         self->flash_size, out_start, out_size, error);
}

static char *
dup_extent (guint32 start, guint32 size)
{
  g_autofree char *first = ub_format_address (start);
  g_autofree char *last = ub_format_address (start + size - 1);
  g_autofree char *bytes = ub_format_size (size);

  return g_strdup_printf (_ ("%s to %s, %s"), first, last, bytes);
}

static void
update (UbRangeDialog *self)
{
  g_autoptr (GError) error = NULL;
  guint32 start, size;
  gboolean valid = get_range (self, &start, &size, &error);
  g_autofree char *text = NULL;

  gtk_widget_set_sensitive (GTK_WIDGET (self->accept_button), valid);
  if (valid)
    text = dup_extent (start, size);
  gtk_label_set_label (self->problem_label, valid ? text : error->message);
  /* What was not chosen yet is no mistake. */
  if (valid || g_error_matches (error, UB_ERROR, UB_ERROR_FILE_UNREADABLE))
    gtk_widget_remove_css_class (GTK_WIDGET (self->problem_label), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (self->problem_label), "error");
}

static void
partition_chosen_cb (UbRangeDialog *self)
{
  guint chosen = adw_combo_row_get_selected (self->partition_row);
  g_autofree char *start = NULL, *size = NULL;

  if (chosen == 0 || chosen > self->n_partitions) {
    gtk_editable_set_text (GTK_EDITABLE (self->start_row), "0x0");
    gtk_editable_set_text (GTK_EDITABLE (self->size_row), "");
    return;
  }
  start = g_strdup_printf ("0x%X", self->partitions[chosen - 1].address);
  size = g_strdup_printf ("0x%X", self->partitions[chosen - 1].size);
  gtk_editable_set_text (GTK_EDITABLE (self->start_row), start);
  gtk_editable_set_text (GTK_EDITABLE (self->size_row), size);
}

static void
finish (UbRangeDialog *self, UbJobRequest *request)
{
  g_signal_emit (self, signals[SIGNAL_READY], 0, request);
  gtk_window_close (GTK_WINDOW (self));
}

static void
read_file_chosen_cb (GFile *file, gpointer user_data)
{
  UbRangeDialog *self = user_data;
  g_autoptr (UbJobRequest) request = NULL;
  guint32 start, size;

  if (!get_range (self, &start, &size, NULL))
    return;
  request = ub_job_request_new_read (file, start, size);
  finish (self, request);
}

static void
ask_where_to (UbRangeDialog *self, guint32 start, guint32 size)
{
  g_autoptr (GFile) folder = ub_settings_dup_backup_folder ();
  g_autofree char *name = g_strdup_printf ("range-0x%06X-0x%X.bin", start, size);

  ub_file_dialog_save (GTK_WINDOW (self), _ ("Save the Range"), folder, name, read_file_chosen_cb,
                       self);
}

static void
change_range (UbRangeDialog *self)
{
  g_autoptr (UbJobRequest) request = NULL;
  g_autoptr (GFile) folder = ub_backup_row_dup_folder (self->backup_row);
  guint32 start, size;

  if (!get_range (self, &start, &size, NULL))
    return;
  /* Everything is asked for as such, so that the whole chip can be erased in one go. */
  if (self->kind == UB_RANGE_ERASE)
    request =
        ub_job_request_new_erase (start, start == 0 && size == self->flash_size ? 0 : size, folder);
  else
    request = ub_job_request_new_write (ub_image_analysis_get_image (self->image), start, folder);
  finish (self, request);
}

static gboolean
change_range_cb (gpointer user_data)
{
  change_range (user_data);
  return G_SOURCE_REMOVE;
}

/* The question has to be gone before the dialog that it was asked over goes. */
static void
answered_cb (UbRangeDialog *self, const char *response)
{
  if (g_str_equal (response, UB_RESPONSE_WITHOUT_BACKUP))
    g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, change_range_cb, g_object_ref (self), g_object_unref);
}

static void
ask_without_backup (UbRangeDialog *self, guint32 start, guint32 size)
{
  g_autofree char *extent = dup_extent (start, size);
  GtkWidget *dialog = ub_no_backup_dialog_new (
      GTK_WINDOW (self), self->connection,
      self->kind == UB_RANGE_ERASE ? UB_DEED_ERASE : UB_DEED_WRITE, extent);

  g_signal_connect_object (dialog, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
accept_clicked_cb (UbRangeDialog *self)
{
  guint32 start, size;

  if (!get_range (self, &start, &size, NULL))
    return;
  if (self->kind == UB_RANGE_READ)
    ask_where_to (self, start, size);
  else if (ub_backup_row_is_on (self->backup_row))
    change_range (self);
  else
    ask_without_backup (self, start, size);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  UbRangeDialog *self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (UbImageAnalysis) image = ub_image_loader_load_finish (result, &error);
  g_autofree char *summary = NULL;

  /* The dialog is gone, or another file was chosen. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_set_object (&self->image, image);
  if (image != NULL) {
    summary = ub_image_analysis_dup_summary (image);
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->file_row),
                                   ub_image_get_name (ub_image_analysis_get_image (image)));
  }
  adw_action_row_set_subtitle (self->file_row, summary != NULL ? summary : error->message);
  update (self);
}

static void
write_file_chosen_cb (GFile *file, gpointer user_data)
{
  ub_range_dialog_set_file (user_data, file);
}

static void
open_clicked_cb (UbRangeDialog *self)
{
  g_autoptr (GFile) folder = ub_settings_dup_open_folder ();

  ub_file_dialog_open (GTK_WINDOW (self), _ ("Choose a File to Write"), folder,
                       write_file_chosen_cb, self);
}

static void
ub_range_dialog_dispose (GObject *object)
{
  UbRangeDialog *self = UB_RANGE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_RANGE_DIALOG);
  g_clear_object (&self->image);
  g_clear_object (&self->connection);

  G_OBJECT_CLASS (ub_range_dialog_parent_class)->dispose (object);
}

static void
ub_range_dialog_class_init (UbRangeDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_range_dialog_dispose;

  signals[SIGNAL_READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, UB_TYPE_JOB_REQUEST);

  g_type_ensure (UB_TYPE_BACKUP_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-range-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, UbRangeDialog, partition_row);
  gtk_widget_class_bind_template_child (widget_class, UbRangeDialog, start_row);
  gtk_widget_class_bind_template_child (widget_class, UbRangeDialog, size_row);
  gtk_widget_class_bind_template_child (widget_class, UbRangeDialog, file_row);
  gtk_widget_class_bind_template_child (widget_class, UbRangeDialog, backup_row);
  gtk_widget_class_bind_template_child (widget_class, UbRangeDialog, problem_label);
  gtk_widget_class_bind_template_child (widget_class, UbRangeDialog, accept_button);
  gtk_widget_class_bind_template_callback (widget_class, update);
  gtk_widget_class_bind_template_callback (widget_class, partition_chosen_cb);
  gtk_widget_class_bind_template_callback (widget_class, accept_clicked_cb);
  gtk_widget_class_bind_template_callback (widget_class, open_clicked_cb);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ub_range_dialog_init (UbRangeDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
fill_partitions (UbRangeDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);

  self->partitions = ub_flash_layout_get (self->family, self->flash_size, &self->n_partitions);
  gtk_string_list_append (titles, _ ("Whole Flash"));
  for (guint i = 0; i < self->n_partitions; i++)
    gtk_string_list_append (titles, ub_partition_get_title (&self->partitions[i]));
  adw_combo_row_set_model (self->partition_row, G_LIST_MODEL (titles));
}

static void
apply_kind (UbRangeDialog *self)
{
  static const char *const titles[] = { N_ ("Erase"), N_ ("Read Range"), N_ ("Write Range") };
  static const char *const labels[] = { N_ ("_Erase"), N_ ("_Read…"), N_ ("_Write") };

  gtk_window_set_title (GTK_WINDOW (self), _ (titles[self->kind]));
  gtk_button_set_label (self->accept_button, _ (labels[self->kind]));
  gtk_widget_add_css_class (GTK_WIDGET (self->accept_button), self->kind == UB_RANGE_READ
                                                                  ? "suggested-action"
                                                                  : "destructive-action");
  gtk_widget_set_visible (GTK_WIDGET (self->file_row), self->kind == UB_RANGE_WRITE);
  gtk_widget_set_visible (GTK_WIDGET (self->size_row), self->kind != UB_RANGE_WRITE);
  gtk_widget_set_visible (GTK_WIDGET (self->backup_row), self->kind != UB_RANGE_READ);
}

/**
 * ub_range_dialog_new:
 * @parent: the window
 * @kind: what to do with the range
 * @connection: to the module
 *
 * Returns: (transfer none): a dialog; the signal “ready” hands over the #UbJobRequest
 */
GtkWidget *
ub_range_dialog_new (GtkWindow *parent, UbRangeKind kind, UbConnection *connection)
{
  UbRangeDialog *self = g_object_new (UB_TYPE_RANGE_DIALOG, "transient-for", parent, NULL);
  const UbJobReport *report = ub_connection_get_report (connection);

  self->kind = kind;
  self->connection = g_object_ref (connection);
  self->flash_size = report->size;
  self->family = report->family;
  apply_kind (self);
  fill_partitions (self);
  partition_chosen_cb (self);
  update (self);
  return GTK_WIDGET (self);
}

/**
 * ub_range_dialog_set_file:
 * @self: a dialog of kind %UB_RANGE_WRITE
 * @file: what to write
 */
void
ub_range_dialog_set_file (UbRangeDialog *self, GFile *file)
{
  ub_settings_remember_folder ("open-folder", file);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  ub_image_loader_load_async (file, self->cancellable, loaded_cb, self);
}

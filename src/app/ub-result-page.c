/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-result-page.h"

#include "ub-document-portal.h"
#include "ub-error.h"
#include "ub-facts.h"
#include "ub-file-dialog.h"
#include "ub-format.h"
#include "ub-log.h"
#include "ub-pair-box.h"
#include "ub-settings.h"
#include "ub-show-file.h"

#include <glib/gi18n.h>

/**
 * UbResultPage:
 *
 * How the job ended: what was done, or what went wrong, what state the module is in and what to do.
 */
struct _UbResultPage {
  AdwBin parent_instance;

  UbJobRunner *runner;

  AdwStatusPage *status;
  GtkWidget *advice_group;
  GtkListBox *advice;
  GtkListBox *facts;
  GtkListBox *notes;
  GtkWidget *facts_group;
  GtkButton *show_button;
  GtkButton *again_button;
  GtkButton *restore_image_button;
  GtkButton *another_button;
  GtkButton *done_button;
  GtkWidget *failure_buttons;
};

G_DEFINE_FINAL_TYPE (UbResultPage, ub_result_page, ADW_TYPE_BIN)

static const UbJobReport *
get_report (UbResultPage *self)
{
  return ub_job_get_report (ub_job_runner_get_job (self->runner));
}

static gboolean
is_stopped (UbResultPage *self)
{
  return g_error_matches (ub_job_runner_get_error (self->runner), G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* The module does not hold what it was compared with: to try again would find the same. */
static gboolean
can_restore_image (UbResultPage *self)
{
  UbImageAnalysis *image = ub_job_request_get_image (ub_job_runner_get_request (self->runner));

  return g_error_matches (ub_job_runner_get_error (self->runner), UB_ERROR, UB_ERROR_DIFFERENT) &&
         image != NULL && ub_image_get_file (ub_image_analysis_get_image (image)) != NULL;
}

static void
add_step (UbResultPage *self, guint *inout_n, const char *text)
{
  g_autofree char *number = g_strdup_printf ("%u", ++*inout_n);
  GtkWidget *label = gtk_label_new (number);

  gtk_widget_add_css_class (label, "step-number");
  ub_facts_add_text (self->advice, label, text);
}

static void
show_advice (UbResultPage *self, const GError *error)
{
  const UbJobReport *report = get_report (self);
  g_autofree char *copy = NULL, *name = NULL;
  guint n = 0;
  gboolean is_restored =
      error == NULL &&
      ub_job_request_get_kind (ub_job_runner_get_request (self->runner)) == UB_JOB_KIND_RESTORE;

  ub_facts_clear (self->advice);
  gtk_widget_set_visible (self->advice_group, error != NULL || is_restored);
  if (is_restored)
    add_step (self, &n, _ ("Remove the wires from P20 to P23, and power the module off and on."));
  if (error == NULL)
    return;
  add_step (self, &n, ub_error_get_remedy (error));
  if (report->module_state == UB_MODULE_PARTLY_WRITTEN && !is_stopped (self))
    add_step (self, &n,
              _ ("Leave the wires as they are, and choose “Try Again”: it continues "
                 "where it stopped."));
  if (report->backup != NULL && report->module_state == UB_MODULE_PARTLY_WRITTEN) {
    name = g_file_get_basename (report->backup);
    copy = g_strdup_printf (
        _ ("To have the old content back instead, restore the rescue copy “%s”."), name);
    add_step (self, &n, copy);
  }
}

static void
add_firmware (UbResultPage *self, UbImageAnalysis *analysis)
{
  if (analysis != NULL)
    ub_facts_add_versioned (self->facts, _ ("Firmware"),
                            ub_image_analysis_get_firmware_name (analysis),
                            ub_image_analysis_get_firmware_version (analysis));
}

/* What was to be on the module, by its files and by its name; of a backup, what is in it. */
static void
add_image (UbResultPage *self, UbJobRequest *request)
{
  UbImageAnalysis *image = ub_job_request_get_image (request);
  UbImageAnalysis *bootloader = ub_job_request_get_bootloader (request);
  UbImage *raw = ub_job_request_get_raw (request);

  if (raw != NULL)
    ub_facts_add (self->facts, _ ("Image"), ub_image_get_name (raw));
  if (image != NULL)
    ub_facts_add (self->facts, bootloader != NULL ? _ ("App") : _ ("Full Image"),
                  ub_image_get_name (ub_image_analysis_get_image (image)));
  if (bootloader != NULL)
    ub_facts_add (self->facts, _ ("Bootloader From"),
                  ub_image_get_name (ub_image_analysis_get_image (bootloader)));
  if (ub_job_request_get_kind (request) == UB_JOB_KIND_BACKUP &&
      ub_job_runner_get_error (self->runner) == NULL)
    image = ub_job_get_chip_analysis (ub_job_runner_get_job (self->runner));
  add_firmware (self, image);
}

static void
add_speed (UbResultPage *self, const UbJobReport *report)
{
  g_autofree char *clock = ub_format_clock (report->clock_hz);
  g_autofree char *duration = ub_format_duration (report->elapsed_s);
  g_autofree char *retries = NULL, *text = NULL;

  if (report->clock_hz == 0)
    return;
  retries = g_strdup_printf (ngettext ("%u retry", "%u retries", report->retries), report->retries);
  text = g_strdup_printf (_ ("%s at %s, %s"), duration, clock, retries);
  ub_facts_add (self->facts, _ ("Time"), text);
}

static void
add_written (UbResultPage *self, const UbJobReport *report)
{
  g_autofree char *size = ub_format_size (report->bytes_programmed);
  g_autofree char *written = NULL, *same = NULL;

  written = g_strdup_printf (ngettext ("%u sector erased, %s programmed",
                                       "%u sectors erased, %s programmed", report->sectors_erased),
                             report->sectors_erased, size);
  ub_facts_add (self->facts, _ ("Written"), written);
  if (report->sectors_skipped > 0) {
    same = g_strdup_printf (ngettext ("%u sector was right already",
                                      "%u sectors were right already", report->sectors_skipped),
                            report->sectors_skipped);
    ub_facts_add (self->facts, _ ("Left Alone"), same);
  }
}

static void
show_facts (UbResultPage *self)
{
  UbJobRequest *request = ub_job_runner_get_request (self->runner);
  const UbJobReport *report = get_report (self);
  g_autofree char *path = NULL, *read = NULL;

  ub_facts_clear (self->facts);
  ub_facts_clear (self->notes);
  add_image (self, request);
  if (ub_job_request_writes (request) && report->module_state != UB_MODULE_UNTOUCHED)
    add_written (self, report);
  if (report->bytes_read > 0) {
    read = ub_format_size (report->bytes_read);
    ub_facts_add (self->facts, _ ("Read"), read);
  }
  add_speed (self, report);
  if (report->backup != NULL) {
    path = ub_document_portal_dup_path (report->backup);
    ub_facts_add (self->facts, ub_job_request_writes (request) ? _ ("Rescue Copy") : _ ("Saved As"),
                  path);
  }
  ub_facts_add (self->facts, _ ("SHA-256"), report->sha256);
  for (guint i = 0; report->notes != NULL && i < report->notes->len; i++)
    ub_facts_add_finding (self->notes, UB_SEVERITY_NOTE, g_ptr_array_index (report->notes, i));
  gtk_widget_set_visible (GTK_WIDGET (self->notes),
                          report->notes != NULL && report->notes->len > 0);
  gtk_widget_set_visible (self->facts_group,
                          gtk_list_box_get_row_at_index (self->facts, 0) != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->show_button), report->backup != NULL);
}

static void
set_suggested (GtkButton *button, gboolean is_suggested)
{
  if (is_suggested)
    gtk_widget_add_css_class (GTK_WIDGET (button), "suggested-action");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (button), "suggested-action");
}

static void
show_buttons (UbResultPage *self, const GError *error)
{
  UbJobRequest *request = ub_job_runner_get_request (self->runner);

  set_suggested (self->done_button, error == NULL);
  set_suggested (self->again_button, !can_restore_image (self));
  gtk_widget_set_visible (GTK_WIDGET (self->again_button), error != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->restore_image_button), can_restore_image (self));
  gtk_widget_set_visible (self->failure_buttons, error != NULL && !is_stopped (self));
  gtk_widget_set_visible (GTK_WIDGET (self->another_button),
                          error == NULL &&
                              ub_job_request_get_kind (request) == UB_JOB_KIND_RESTORE);
}

static void
show_status (UbResultPage *self, const GError *error)
{
  UbJobRequest *request = ub_job_runner_get_request (self->runner);
  g_autofree char *text = NULL, *facts = NULL;

  if (error == NULL) {
    adw_status_page_set_icon_name (self->status, "object-select-symbolic");
    adw_status_page_set_title (self->status, ub_job_request_get_done_title (request));
    text = g_strdup (ub_job_request_writes (request)
                         ? ub_module_state_get_text (get_report (self)->module_state)
                         : "");
  } else if (is_stopped (self)) {
    adw_status_page_set_icon_name (self->status, "media-playback-stop-symbolic");
    adw_status_page_set_title (self->status, ub_job_request_get_failed_title (request, error));
    text = g_strdup (ub_module_state_get_text (get_report (self)->module_state));
  } else {
    adw_status_page_set_icon_name (self->status, "dialog-warning-symbolic");
    adw_status_page_set_title (self->status, ub_job_request_get_failed_title (request, error));
    facts = ub_format_sentence (error->message);
    text = g_markup_printf_escaped ("%s\n%s", facts,
                                    ub_module_state_get_text (get_report (self)->module_state));
  }
  adw_status_page_set_description (self->status, text[0] != '\0' ? text : NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (self->status), error == NULL ? "failed" : "succeeded");
  gtk_widget_add_css_class (GTK_WIDGET (self->status), error == NULL ? "succeeded" : "failed");
}

static void
runner_finished_cb (UbResultPage *self)
{
  const GError *error = ub_job_runner_get_error (self->runner);

  show_status (self, error);
  show_advice (self, error);
  show_facts (self);
  show_buttons (self, error);
}

static void
show_in_files_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ub_show_file (GTK_WINDOW (gtk_widget_get_root (widget)),
                get_report (UB_RESULT_PAGE (widget))->backup);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbResultPage *self = UB_RESULT_PAGE (widget);
  g_autofree char *details = ub_job_dup_details (ub_job_runner_get_job (self->runner),
                                                 ub_job_runner_get_error (self->runner));

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), details);
  gtk_widget_activate_action (widget, "win.toast", "s", _ ("Details copied"));
}

static void
ub_result_page_dispose (GObject *object)
{
  UbResultPage *self = UB_RESULT_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_RESULT_PAGE);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (ub_result_page_parent_class)->dispose (object);
}

static void
ub_result_page_class_init (UbResultPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_result_page_dispose;

  g_type_ensure (UB_TYPE_PAIR_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-result-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, status);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, advice_group);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, advice);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, facts);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, notes);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, facts_group);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, show_button);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, again_button);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, restore_image_button);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, another_button);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, done_button);
  gtk_widget_class_bind_template_child (widget_class, UbResultPage, failure_buttons);
  gtk_widget_class_install_action (widget_class, "result.show-in-files", NULL,
                                   show_in_files_action);
  gtk_widget_class_install_action (widget_class, "result.copy-details", NULL, copy_action);
}

static void
ub_result_page_init (UbResultPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * ub_result_page_set_runner:
 * @self: a result page
 * @runner: whose last job is shown
 */
void
ub_result_page_set_runner (UbResultPage *self, UbJobRunner *runner)
{
  g_set_object (&self->runner, runner);
  g_signal_connect_object (runner, "finished", G_CALLBACK (runner_finished_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * ub_result_page_get_default_widget:
 * @self: a result page
 *
 * Returns: (transfer none): where the keyboard focus belongs
 */
GtkWidget *
ub_result_page_get_default_widget (UbResultPage *self)
{
  if (ub_job_runner_get_error (self->runner) == NULL)
    return GTK_WIDGET (self->done_button);
  return GTK_WIDGET (can_restore_image (self) ? self->restore_image_button : self->again_button);
}

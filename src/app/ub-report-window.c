/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-report-window.h"

#include "ub-facts.h"
#include "ub-file-dialog.h"
#include "ub-pair-box.h"

#include <glib/gi18n.h>

/**
 * UbReportWindow:
 *
 * What the chip holds: the whole report, or the Tuya configuration with its pins. Secrets (Wi-Fi names
 * and passwords, keys) are masked until the person asks to see them.
 */
struct _UbReportWindow {
  AdwWindow parent_instance;

  UbImageAnalysis *chip;
  UbReportKind kind;
  char *text;
  char *json;
  char *saving; /* what is written when the file is chosen */
  GCancellable *cancellable; /* ends with the window, so that nothing keeps it alive */

  AdwToastOverlay *toast_overlay;
  GtkSwitch *reveal_switch;
  GtkStack *stack;
  GtkListBox *facts;
  GtkWidget *pin_group;
  GtkListBox *pins;
  GtkTextView *text_view;
  GtkWidget *template_group;
};

G_DEFINE_FINAL_TYPE (UbReportWindow, ub_report_window, ADW_TYPE_WINDOW)

typedef struct {
  UbImageAnalysis *chip;
  UbReportKind kind;
  gboolean reveal;
  char *text;
  char *json;
} Report;

static void
report_free (Report *report)
{
  g_clear_object (&report->chip);
  g_free (report->text);
  g_free (report->json);
  g_free (report);
}

static JsonNode *
get_json (Report *report)
{
  UbTuyaStorage *storage = ub_image_analysis_get_tuya_storage (report->chip);
  UbTuyaConfig *config = ub_image_analysis_get_tuya_config (report->chip);

  if (report->kind == UB_REPORT_MODULE)
    return ub_image_analysis_to_json (report->chip, report->reveal);
  if (storage != NULL)
    return ub_tuya_storage_to_json (storage, report->reveal);
  return config != NULL ? ub_tuya_config_to_json (config, report->reveal) : NULL;
}

static void
build_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Report *report = data;
  g_autoptr (JsonNode) node = get_json (report);

  report->json = node != NULL ? json_to_string (node, TRUE) : g_strdup ("");
  report->text = report->kind == UB_REPORT_MODULE
                     ? ub_image_analysis_dup_report (report->chip, report->reveal)
                     : g_strdup (report->json);
  g_task_return_boolean (task, TRUE);
}

static void
built_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  UbReportWindow *self = user_data;
  Report *report = g_task_get_task_data (G_TASK (result));

  if (!g_task_propagate_boolean (G_TASK (result), NULL) ||
      report->reveal != gtk_switch_get_active (self->reveal_switch))
    return;
  g_free (self->text);
  g_free (self->json);
  self->text = g_steal_pointer (&report->text);
  self->json = g_steal_pointer (&report->json);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text_view), self->text, -1);
}

static void
build (UbReportWindow *self)
{
  g_autoptr (GTask) task = g_task_new (NULL, self->cancellable, built_cb, self);
  Report *report = g_new0 (Report, 1);

  report->chip = g_object_ref (self->chip);
  report->kind = self->kind;
  report->reveal = gtk_switch_get_active (self->reveal_switch);
  g_task_set_source_tag (task, build);
  g_task_set_task_data (task, report, (GDestroyNotify) report_free);
  g_task_run_in_thread (task, build_thread);
}

static void
reveal_changed_cb (UbReportWindow *self)
{
  if (self->chip != NULL)
    build (self);
}

static void
fill_pins (UbReportWindow *self, UbTuyaConfig *config)
{
  for (guint i = 0; i < ub_tuya_config_get_n_pins (config); i++) {
    const UbTuyaPin *pin = ub_tuya_config_get_pin (config, i);
    g_autofree char *name = g_strdup_printf ("P%u", pin->pin);
    g_autofree char *value = pin->active_low ? g_strdup_printf (_ ("%s, active low"), pin->title)
                                             : g_strdup (pin->title);

    ub_facts_add (self->pins, name, value);
  }
  gtk_widget_set_visible (self->pin_group, ub_tuya_config_get_n_pins (config) > 0);
}

static void
fill_tuya (UbReportWindow *self)
{
  UbTuyaConfig *config = ub_image_analysis_get_tuya_config (self->chip);
  UbTuyaStorage *storage = ub_image_analysis_get_tuya_storage (self->chip);
  g_autofree char *values = NULL;

  if (config == NULL && storage == NULL) {
    gtk_stack_set_visible_child_name (self->stack, "nothing");
    return;
  }
  if (storage != NULL) {
    values = g_strdup_printf ("%u", ub_tuya_storage_get_n_values (storage));
    ub_facts_add (self->facts, _ ("Stored Values"), values);
  }
  if (config == NULL)
    return;
  ub_facts_add (self->facts, _ ("Module"), ub_tuya_config_get_module (config));
  ub_facts_add (self->facts, _ ("Category"), ub_tuya_config_get_category (config));
  ub_facts_add (self->facts, _ ("Light Driver"), ub_tuya_config_get_light_driver (config));
  ub_facts_add (self->facts, _ ("Meter"), ub_tuya_config_get_meter (config));
  if (ub_tuya_config_is_default (config))
    ub_facts_add_finding (self->facts, UB_SEVERITY_WARNING,
                          _ ("This is the default of the firmware, not the setting of this "
                             "device. The pins may differ."));
  fill_pins (self, config);
}

static void
toast (UbReportWindow *self, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toast_overlay, adw_toast_new (escaped));
}

static void
saved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (UbReportWindow) self = user_data;
  g_autoptr (GError) error = NULL;

  ub_file_save_text_finish (source, result, &error);
  if (self->toast_overlay != NULL)
    toast (self, error == NULL ? _ ("Saved") : error->message);
}

static void
file_chosen_cb (GFile *file, gpointer user_data)
{
  UbReportWindow *self = user_data;

  ub_file_save_text (file, self->saving, saved_cb, g_object_ref (self));
}

static void
save (UbReportWindow *self, const char *title, const char *name, char *text)
{
  g_free (self->saving);
  self->saving = text;
  ub_file_dialog_save (GTK_WINDOW (self), title, NULL, name, file_chosen_cb, self);
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbReportWindow *self = UB_REPORT_WINDOW (widget);

  if (self->text == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), self->text);
  toast (self, _ ("Copied"));
}

static void
save_json_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbReportWindow *self = UB_REPORT_WINDOW (widget);

  if (self->json != NULL)
    save (self, _ ("Save as JSON"),
          self->kind == UB_REPORT_MODULE ? "module-report.json" : "tuya-configuration.json",
          g_strdup (self->json));
}

static char *
dup_template (UbReportWindow *self)
{
  UbTuyaConfig *config = ub_image_analysis_get_tuya_config (self->chip);

  return ub_tuya_config_to_template (
      config, ub_image_analysis_get_family (self->chip) == UB_FAMILY_N ? "BK7231N" : "BK7231T");
}

static void
copy_template_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbReportWindow *self = UB_REPORT_WINDOW (widget);
  g_autofree char *text = dup_template (self);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  toast (self, _ ("Template copied"));
}

static void
save_template_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbReportWindow *self = UB_REPORT_WINDOW (widget);

  save (self, _ ("Save the OpenBeken Template"), "openbeken-template.json", dup_template (self));
}

static void
ub_report_window_dispose (GObject *object)
{
  UbReportWindow *self = UB_REPORT_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_REPORT_WINDOW);
  g_clear_object (&self->chip);
  g_clear_pointer (&self->text, g_free);
  g_clear_pointer (&self->json, g_free);
  g_clear_pointer (&self->saving, g_free);

  G_OBJECT_CLASS (ub_report_window_parent_class)->dispose (object);
}

static void
ub_report_window_class_init (UbReportWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_report_window_dispose;

  g_type_ensure (UB_TYPE_PAIR_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-report-window.ui");
  gtk_widget_class_bind_template_child (widget_class, UbReportWindow, toast_overlay);
  gtk_widget_class_bind_template_child (widget_class, UbReportWindow, reveal_switch);
  gtk_widget_class_bind_template_child (widget_class, UbReportWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, UbReportWindow, facts);
  gtk_widget_class_bind_template_child (widget_class, UbReportWindow, pin_group);
  gtk_widget_class_bind_template_child (widget_class, UbReportWindow, pins);
  gtk_widget_class_bind_template_child (widget_class, UbReportWindow, text_view);
  gtk_widget_class_bind_template_child (widget_class, UbReportWindow, template_group);
  gtk_widget_class_bind_template_callback (widget_class, reveal_changed_cb);
  gtk_widget_class_install_action (widget_class, "report.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "report.save-json", NULL, save_json_action);
  gtk_widget_class_install_action (widget_class, "report.copy-template", NULL,
                                   copy_template_action);
  gtk_widget_class_install_action (widget_class, "report.save-template", NULL,
                                   save_template_action);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
ub_report_window_init (UbReportWindow *self)
{
  self->cancellable = g_cancellable_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* What does not fit into the line goes on below its own column, not below the labels. */
static void
indent_below_labels (GtkTextView *text_view)
{
  g_autofree char *label = g_strnfill (UB_IMAGE_REPORT_LABEL_WIDTH, '0');
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (text_view), label);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  gtk_text_view_set_indent (text_view, -width);
}

/**
 * ub_report_window_show:
 * @parent: the window
 * @chip: what the chip holds
 * @kind: what to report
 */
void
ub_report_window_show (GtkWindow *parent, UbImageAnalysis *chip, UbReportKind kind)
{
  UbReportWindow *self = g_object_new (UB_TYPE_REPORT_WINDOW, "transient-for", parent, NULL);
  UbTuyaConfig *config = ub_image_analysis_get_tuya_config (chip);

  self->chip = g_object_ref (chip);
  self->kind = kind;
  gtk_window_set_title (GTK_WINDOW (self),
                        kind == UB_REPORT_MODULE ? _ ("Module Report") : _ ("Tuya Configuration"));
  gtk_stack_set_visible_child_name (self->stack, kind == UB_REPORT_MODULE ? "text" : "tuya");
  gtk_widget_set_visible (self->template_group, kind == UB_REPORT_TUYA && config != NULL);
  if (kind == UB_REPORT_TUYA)
    fill_tuya (self);
  else
    indent_below_labels (self->text_view);
  build (self);
  gtk_window_present (GTK_WINDOW (self));
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-progress-page.h"

#include "ub-flash-map-view.h"
#include "ub-format.h"
#include "ub-log-view.h"
#include "ub-pair-box.h"
#include "ub-step-list.h"
#include "ub-stop-dialog.h"

#include <glib/gi18n.h>

/**
 * UbProgressPage:
 *
 * The running job: one bar over all phases, the phases, the flash map, bytes, rate, time left, and
 * what happens on the way. It is updated by the job's “changed” signal, at most 20 times a second.
 */
struct _UbProgressPage {
  AdwBin parent_instance;

  UbJobRunner *runner;
  guint n_phases; /* in the list */
  UbPhase shown_phase;
  guint shown_clock;
  guint shown_retries;
  UbFamily family;
  guint32 flash_size;

  GtkLabel *title_label;
  GtkProgressBar *bar;
  GtkLabel *time_label;
  GtkLabel *done_label;
  GtkLabel *rate_label;
  GtkLabel *address_label;
  GtkLabel *event_label;
  UbStepList *phases;
  UbFlashMapView *map;
  GtkExpander *log_expander;
  GtkButton *stop_button;
};

G_DEFINE_FINAL_TYPE (UbProgressPage, ub_progress_page, ADW_TYPE_BIN)

static UbStepState
get_step_state (UbPhaseStatus status)
{
  switch (status) {
  case UB_PHASE_STATUS_ABSENT:
  case UB_PHASE_STATUS_WAITING:
    return UB_STEP_WAITING;
  case UB_PHASE_STATUS_ACTIVE:
    return UB_STEP_ACTIVE;
  case UB_PHASE_STATUS_DONE:
    return UB_STEP_DONE;
  }
  return UB_STEP_WAITING;
}

static void
list_phases (UbProgressPage *self, const UbProgressState *state)
{
  guint n = 0;

  for (int i = 0; i < UB_N_PHASES; i++)
    n += state->status[i] != UB_PHASE_STATUS_ABSENT;
  if (n == self->n_phases)
    return;
  ub_step_list_clear (self->phases);
  for (int i = 0; i < UB_N_PHASES; i++) {
    if (state->status[i] != UB_PHASE_STATUS_ABSENT)
      ub_step_list_add (self->phases, (guint) i, ub_phase_get_title ((UbPhase) i));
  }
  self->n_phases = n;
}

static void
show_phases (UbProgressPage *self, const UbProgressState *state)
{
  list_phases (self, state);
  for (int i = 0; i < UB_N_PHASES; i++) {
    g_autofree char *percent = NULL;

    if (state->status[i] == UB_PHASE_STATUS_ACTIVE && state->bytes_total > 0)
      percent = g_strdup_printf (_ ("%.0f%%"),
                                 100.0 * (double) MIN (state->bytes_done, state->bytes_total) /
                                     (double) state->bytes_total);
    ub_step_list_set (self->phases, (guint) i, get_step_state (state->status[i]), percent);
  }
}

static void
set_text (GtkLabel *label, const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static void
show_numbers (UbProgressPage *self, UbJob *job, const UbProgressState *state)
{
  g_autofree char *percent = g_strdup_printf (_ ("%.0f%%"), state->fraction * 100);
  g_autofree char *left = ub_format_time_left (state->seconds_left);
  g_autofree char *done = state->bytes_total > 0
                              ? ub_format_done (state->bytes_done, state->bytes_total)
                              : g_strdup ("");
  g_autofree char *rate = ub_format_rate (state->bytes_total > 0 ? state->rate : 0);
  g_autofree char *address = ub_format_address (ub_job_get_address (job));
  gboolean has_address = state->bytes_total > 0 && state->phase != UB_PHASE_SAVE;

  gtk_progress_bar_set_fraction (self->bar, state->fraction);
  gtk_progress_bar_set_text (self->bar, percent);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar), GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  percent, -1);
  set_text (self->time_label, ub_job_runner_is_stopping (self->runner)
                                  ? _ ("Stopping at the next safe point…")
                                  : left);
  set_text (self->done_label, done[0] != '\0' ? done : "–");
  set_text (self->rate_label, rate[0] != '\0' ? rate : "–");
  set_text (self->address_label, has_address ? address : "–");
}

static void
show_events (UbProgressPage *self, UbJob *job)
{
  guint clock = ub_job_get_clock (job), retries = ub_job_get_retries (job);
  g_autofree char *clock_text = NULL, *retry_text = NULL, *text = NULL;

  if (clock == self->shown_clock && retries == self->shown_retries)
    return;
  clock_text = ub_format_clock (clock);
  retry_text = g_strdup_printf (ngettext ("%u retry", "%u retries", retries), retries);
  if (self->shown_clock != 0 && clock < self->shown_clock)
    text = g_strdup_printf (_ ("%s after the clock was lowered to %s"), retry_text, clock_text);
  else
    text = g_strdup_printf (_ ("Clock %s, %s"), clock_text, retry_text);
  set_text (self->event_label, clock != 0 ? text : "");
  self->shown_clock = self->shown_clock == 0 ? clock : MAX (self->shown_clock, clock);
  self->shown_retries = retries;
}

static void
show_sectors (UbProgressPage *self, UbPhase phase)
{
  if (phase != self->shown_phase)
    ub_flash_map_view_renew_legend (self->map);
  else
    ub_flash_map_view_update (self->map);
  self->shown_phase = phase;
}

static void
runner_changed_cb (UbProgressPage *self)
{
  UbJob *job = ub_job_runner_get_job (self->runner);
  UbProgressState state;

  ub_progress_get_state (ub_job_get_progress (job), &state);
  show_phases (self, &state);
  show_numbers (self, job, &state);
  show_events (self, job);
  show_sectors (self, state.phase);
}

static void
show_stopping (UbProgressPage *self)
{
  gboolean is_stopping = ub_job_runner_is_stopping (self->runner);

  gtk_widget_set_sensitive (GTK_WIDGET (self->stop_button), !is_stopping);
  gtk_button_set_label (self->stop_button, is_stopping ? _ ("Stopping…") : _ ("_Stop…"));
}

static void
show_map (UbProgressPage *self)
{
  ub_flash_map_view_set (self->map, ub_job_get_sector_map (ub_job_runner_get_job (self->runner)),
                         self->family, self->flash_size);
}

static void
runner_started_cb (UbProgressPage *self)
{
  self->n_phases = 0;
  self->shown_clock = 0;
  self->shown_retries = G_MAXUINT;
  gtk_label_set_label (self->title_label,
                       ub_job_request_get_title (ub_job_runner_get_request (self->runner)));
  gtk_label_set_label (self->event_label, "");
  show_map (self);
  show_stopping (self);
  runner_changed_cb (self);
}

static void
answer_cb (UbProgressPage *self, const char *response)
{
  if (g_str_equal (response, "stop") && ub_job_runner_is_running (self->runner)) {
    ub_job_runner_stop (self->runner);
    show_stopping (self);
    runner_changed_cb (self);
  }
}

static void
finished_cb (GtkWindow *dialog)
{
  gtk_window_close (dialog);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbProgressPage *self = UB_PROGRESS_PAGE (widget);
  UbJobRequest *request = ub_job_runner_get_request (self->runner);
  GtkWidget *dialog;

  if (!ub_job_runner_is_running (self->runner) || ub_job_runner_is_stopping (self->runner))
    return;
  dialog = ub_stop_dialog_new (GTK_WINDOW (gtk_widget_get_root (widget)), _ ("Stop the Job?"),
                               ub_job_request_get_stop_text (request), _ ("_Stop"),
                               ub_job_request_writes (request));
  g_signal_connect_object (dialog, "response", G_CALLBACK (answer_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->runner, "finished", G_CALLBACK (finished_cb), dialog,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
ub_progress_page_dispose (GObject *object)
{
  UbProgressPage *self = UB_PROGRESS_PAGE (object);

  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_PROGRESS_PAGE);
  g_clear_object (&self->runner);

  G_OBJECT_CLASS (ub_progress_page_parent_class)->dispose (object);
}

static void
ub_progress_page_class_init (UbProgressPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_progress_page_dispose;

  g_type_ensure (UB_TYPE_FLASH_MAP_VIEW);
  g_type_ensure (UB_TYPE_PAIR_BOX);
  g_type_ensure (UB_TYPE_STEP_LIST);
  g_type_ensure (UB_TYPE_LOG_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-progress-page.ui");
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, title_label);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, bar);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, time_label);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, done_label);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, rate_label);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, address_label);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, event_label);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, phases);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, map);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, log_expander);
  gtk_widget_class_bind_template_child (widget_class, UbProgressPage, stop_button);
  gtk_widget_class_install_action (widget_class, "progress.stop", NULL, stop_action);
}

static void
ub_progress_page_init (UbProgressPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * ub_progress_page_set_runner:
 * @self: a progress page
 * @runner: whose job is shown
 */
void
ub_progress_page_set_runner (UbProgressPage *self, UbJobRunner *runner)
{
  g_set_object (&self->runner, runner);
  g_signal_connect_object (runner, "started", G_CALLBACK (runner_started_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (runner, "changed", G_CALLBACK (runner_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

/**
 * ub_progress_page_set_layout:
 * @self: a progress page
 * @family: chip family, whose partitions the flash map of the next job names
 * @flash_size: bytes of the chip
 */
void
ub_progress_page_set_layout (UbProgressPage *self, UbFamily family, guint32 flash_size)
{
  self->family = family;
  self->flash_size = flash_size;
}

/**
 * ub_progress_page_get_default_widget:
 * @self: a progress page
 *
 * Returns: (transfer none): where the keyboard focus belongs
 */
GtkWidget *
ub_progress_page_get_default_widget (UbProgressPage *self)
{
  return GTK_WIDGET (self->stop_button);
}

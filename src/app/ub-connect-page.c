/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-connect-page.h"

#include "ub-check-button.h"
#include "ub-connect-advice.h"
#include "ub-error.h"
#include "ub-format.h"
#include "ub-pair-box.h"
#include "ub-programmer-row.h"
#include "ub-settings.h"
#include "ub-step-list.h"
#include "ub-wiring-panel.h"

#include <glib/gi18n.h>

enum { SIGNAL_CHOSEN, N_SIGNALS };

static guint signals[N_SIGNALS];

/**
 * UbConnectPage:
 *
 * The first page: wiring, the programmers that are there, and connecting step by step, with advice
 * from the evidence when the module does not answer. “chosen” tells that another programmer is the
 * chosen one.
 */
struct _UbConnectPage {
  AdwBin parent_instance;

  UbProgrammerList *list;
  UbConnection *connection;
  UbProgrammerInfo *chosen;
  GtkCheckButton *no_radio; /* the member of the radio group that is active when none is chosen */

  GtkStack *stack;
  UbWiringPanel *wiring;
  GtkListBox *programmer_box;
  GtkWidget *voltage_box;
  GtkCheckButton *voltage_check;
  GtkWidget *error_box;
  AdwActionRow *error_row;
  GtkButton *error_help_button;
  GtkButton *connect_button;

  AdwStatusPage *connecting_status;
  UbStepList *steps;
  GtkWidget *hand_box;
  GtkLabel *hand_left_label;
  GtkLabel *attempt_label;
  GtkWidget *advice_box;
  GtkLabel *advice_title;
  GtkLabel *advice_facts;
  GtkLabel *advice_text;
  GtkLabel *evidence_label;
  GtkButton *stop_button;
};

G_DEFINE_FINAL_TYPE (UbConnectPage, ub_connect_page, ADW_TYPE_BIN)

static gboolean
needs_voltage_check (UbConnectPage *self)
{
  return self->chosen != NULL &&
         g_str_equal (ub_programmer_info_get_backend (self->chosen), "ch341a");
}

static void
update_connect_button (UbConnectPage *self)
{
  gboolean needs_check = needs_voltage_check (self);
  gboolean is_ready = self->chosen != NULL && ub_programmer_info_is_usable (self->chosen) &&
                      (!needs_check || gtk_check_button_get_active (self->voltage_check));

  gtk_widget_set_visible (self->voltage_box, needs_check);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connect.start", is_ready);
}

static UbProgrammerRow *
find_row (UbConnectPage *self, const char *spec)
{
  for (int i = 0;; i++) {
    GtkListBoxRow *row = gtk_list_box_get_row_at_index (self->programmer_box, i);

    if (row == NULL)
      return NULL;
    if (g_strcmp0 (
            ub_programmer_info_get_spec (ub_programmer_row_get_info (UB_PROGRAMMER_ROW (row))),
            spec) == 0)
      return UB_PROGRAMMER_ROW (row);
  }
}

static void
set_chosen (UbConnectPage *self, UbProgrammerInfo *info)
{
  UbProgrammerRow *row = NULL;

  if (!g_set_object (&self->chosen, info))
    return;
  gtk_check_button_set_active (self->voltage_check, FALSE);
  if (info != NULL)
    row = find_row (self, ub_programmer_info_get_spec (info));
  if (row != NULL)
    ub_programmer_row_set_chosen (row, TRUE);
  else
    gtk_check_button_set_active (self->no_radio, TRUE);
  if (info != NULL)
    ub_wiring_panel_set_programmer (
        self->wiring, ub_wiring_find_programmer_id (ub_programmer_info_get_backend (info),
                                                    ub_programmer_info_get_name (info)));
  update_connect_button (self);
  g_signal_emit (self, signals[SIGNAL_CHOSEN], 0);
}

/* The last one used, else the only real one, else the simulated module. */
static UbProgrammerInfo *
find_preferred (UbConnectPage *self)
{
  g_autofree char *last = g_settings_get_string (ub_settings_get (), "programmer");
  UbProgrammerInfo *simulated = NULL, *real = NULL;
  guint n_real = 0;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++) {
    g_autoptr (UbProgrammerInfo) info = g_list_model_get_item (G_LIST_MODEL (self->list), i);

    if (!ub_programmer_info_is_usable (info))
      continue;
    if (g_str_equal (ub_programmer_info_get_spec (info), last) &&
        !ub_programmer_info_is_simulated (info))
      return info;
    if (ub_programmer_info_is_simulated (info)) {
      simulated = info;
    } else {
      real = info;
      n_real++;
    }
  }
  if (n_real == 1)
    return real;
  return n_real == 0 ? simulated : NULL;
}

static gboolean
is_listed (UbConnectPage *self, UbProgrammerInfo *wanted)
{
  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->list)); i++) {
    g_autoptr (UbProgrammerInfo) info = g_list_model_get_item (G_LIST_MODEL (self->list), i);

    if (info == wanted)
      return ub_programmer_info_is_usable (info);
  }
  return FALSE;
}

static gboolean
is_real (UbProgrammerInfo *info)
{
  return info != NULL && !ub_programmer_info_is_simulated (info);
}

static void
list_changed_cb (UbConnectPage *self)
{
  UbProgrammerInfo *preferred;

  if (self->list == NULL)
    return;
  preferred = find_preferred (self);
  /* What was chosen stays chosen, but a real programmer that is plugged in displaces the default. */
  if (self->chosen == NULL || !is_listed (self, self->chosen) ||
      (!is_real (self->chosen) && is_real (preferred)))
    set_chosen (self, preferred);
  update_connect_button (self);
}

static void
start_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  UbConnectPage *self = UB_CONNECT_PAGE (widget);

  if (ub_connection_get_state (self->connection) != UB_CONNECTION_IDLE || self->chosen == NULL)
    return;
  g_settings_set_string (ub_settings_get (), "programmer",
                         ub_programmer_info_get_spec (self->chosen));
  ub_connection_start (self->connection, self->chosen);
}

static void
stop_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  ub_connection_stop (UB_CONNECT_PAGE (widget)->connection);
}

static void
error_help_clicked_cb (UbConnectPage *self)
{
  const GError *error = ub_connection_get_error (self->connection);

  if (error != NULL)
    gtk_widget_activate_action (GTK_WIDGET (self), "win.help-topic", "s",
                                ub_error_get_name (error));
}

static void
update_steps (UbConnectPage *self, const UbConnectState *state, gboolean is_waiting)
{
  for (int i = UB_CONNECT_STEP_OPEN; i <= UB_CONNECT_STEP_READY; i++) {
    g_autofree char *detail = NULL;
    UbStepState step = UB_STEP_WAITING;

    if (i < (int) state->step)
      step = UB_STEP_DONE;
    else if (i == (int) state->step)
      step = is_waiting ? UB_STEP_FAILED : UB_STEP_ACTIVE;
    if (i == UB_CONNECT_STEP_CLOCK && state->step >= UB_CONNECT_STEP_CLOCK && state->clock_hz != 0)
      detail = ub_format_clock (state->clock_hz);
    ub_step_list_set (self->steps, (guint) i, step, detail);
  }
}

static void
update_advice (UbConnectPage *self, const UbConnectState *state)
{
  const GError *error = ub_connection_get_error (self->connection);
  g_autofree char *evidence = ub_connect_advice_dup_evidence (state);

  gtk_widget_set_visible (self->advice_box, error != NULL);
  /* Small windows have no room for both. */
  adw_status_page_set_icon_name (self->connecting_status,
                                 error == NULL ? "ub-chip-symbolic" : NULL);
  if (error != NULL) {
    g_autofree char *facts = ub_format_sentence (error->message);

    gtk_label_set_label (self->advice_title, ub_connect_advice_get_title (error));
    gtk_label_set_label (self->advice_facts, facts);
    gtk_label_set_label (self->advice_text, ub_error_get_remedy (error));
  }
  gtk_label_set_label (self->evidence_label, evidence);
}

static void
connection_progress_cb (UbConnectPage *self)
{
  UbConnectState state;
  gboolean is_waiting = ub_connection_get_job (self->connection) == NULL;
  g_autofree char *attempt = NULL, *hand_left = NULL;

  ub_connection_get_connect_state (self->connection, &state);
  update_steps (self, &state, is_waiting);
  update_advice (self, &state);
  gtk_widget_set_visible (self->hand_box,
                          state.needs_hand && !is_waiting && state.step < UB_CONNECT_STEP_CLOCK);
  hand_left = ub_format_time_left (state.hand_seconds);
  gtk_label_set_label (self->hand_left_label, hand_left);
  if (state.attempt > 1)
    attempt = g_strdup_printf (_ ("Attempt %u"), state.attempt);
  gtk_label_set_label (self->attempt_label, attempt != NULL ? attempt : "");
  gtk_widget_set_visible (GTK_WIDGET (self->attempt_label), attempt != NULL);
}

static void
update_error_row (UbConnectPage *self)
{
  const GError *error = ub_connection_get_error (self->connection);
  g_autofree char *text = NULL, *facts = NULL;

  gtk_widget_set_visible (self->error_box, error != NULL);
  if (error == NULL)
    return;
  facts = ub_format_sentence (error->message);
  text = g_strdup_printf ("%s\n%s", facts, ub_error_get_remedy (error));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->error_row),
                                 ub_connect_advice_get_title (error));
  adw_action_row_set_subtitle (self->error_row, text);
}

static void
connection_changed_cb (UbConnectPage *self)
{
  UbConnectionState state = ub_connection_get_state (self->connection);
  UbProgrammerInfo *info = ub_connection_get_info (self->connection);
  gboolean is_busy = state == UB_CONNECTION_CONNECTING || state == UB_CONNECTION_STOPPING;

  if (info != NULL)
    adw_status_page_set_description (self->connecting_status, ub_programmer_info_get_name (info));
  gtk_stack_set_visible_child_name (self->stack, is_busy ? "connecting" : "setup");
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connect.stop",
                                 state == UB_CONNECTION_CONNECTING);
  gtk_button_set_label (self->stop_button,
                        state == UB_CONNECTION_STOPPING ? _ ("Stopping…") : _ ("_Stop"));
  update_error_row (self);
  connection_progress_cb (self);
}

static GtkWidget *
create_row (gpointer item, gpointer user_data)
{
  UbConnectPage *self = user_data;
  GtkWidget *row = ub_programmer_row_new (item, self->no_radio);

  if (item == self->chosen)
    ub_programmer_row_set_chosen (UB_PROGRAMMER_ROW (row), TRUE);
  return row;
}

static void
ub_connect_page_dispose (GObject *object)
{
  UbConnectPage *self = UB_CONNECT_PAGE (object);

  /* AdwBin keeps a pointer to its child, which the template would free. */
  adw_bin_set_child (ADW_BIN (self), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), UB_TYPE_CONNECT_PAGE);
  g_clear_object (&self->list);
  g_clear_object (&self->connection);
  g_clear_object (&self->chosen);
  g_clear_object (&self->no_radio);

  G_OBJECT_CLASS (ub_connect_page_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, stack);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, wiring);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, programmer_box);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, voltage_box);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, voltage_check);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, error_box);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, error_row);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, error_help_button);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, connect_button);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, connecting_status);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, steps);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, hand_box);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, hand_left_label);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, attempt_label);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, advice_box);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, advice_title);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, advice_facts);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, advice_text);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, evidence_label);
  gtk_widget_class_bind_template_child (widget_class, UbConnectPage, stop_button);
}

static void
ub_connect_page_class_init (UbConnectPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_connect_page_dispose;

  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (UB_TYPE_CHECK_BUTTON);
  g_type_ensure (UB_TYPE_PAIR_BOX);
  g_type_ensure (UB_TYPE_STEP_LIST);
  g_type_ensure (UB_TYPE_WIRING_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/unbrick/Unbrick/ub-connect-page.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, update_connect_button);
  gtk_widget_class_bind_template_callback (widget_class, error_help_clicked_cb);
  gtk_widget_class_install_action (widget_class, "connect.start", NULL, start_action);
  gtk_widget_class_install_action (widget_class, "connect.stop", NULL, stop_action);
}

static void
ub_connect_page_init (UbConnectPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  self->no_radio = g_object_ref_sink (GTK_CHECK_BUTTON (gtk_check_button_new ()));
  for (int i = UB_CONNECT_STEP_OPEN; i <= UB_CONNECT_STEP_READY; i++)
    ub_step_list_add (self->steps, (guint) i, ub_connect_advice_get_step_title ((UbConnectStep) i));
}

/**
 * ub_connect_page_set_models:
 * @self: a connect page
 * @list: the programmers
 * @connection: the connection
 */
void
ub_connect_page_set_models (UbConnectPage *self, UbProgrammerList *list, UbConnection *connection)
{
  g_set_object (&self->list, list);
  g_set_object (&self->connection, connection);
  gtk_list_box_bind_model (self->programmer_box, G_LIST_MODEL (list), create_row, self, NULL);
  g_signal_connect_object (list, "items-changed", G_CALLBACK (list_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (connection, "changed", G_CALLBACK (connection_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (connection, "progress", G_CALLBACK (connection_progress_cb), self,
                           G_CONNECT_SWAPPED);
  list_changed_cb (self);
  connection_changed_cb (self);
}

/**
 * ub_connect_page_get_chosen:
 * @self: a connect page
 *
 * Returns: (transfer none) (nullable): the chosen programmer
 */
UbProgrammerInfo *
ub_connect_page_get_chosen (UbConnectPage *self)
{
  return self->chosen;
}

/**
 * ub_connect_page_choose:
 * @self: a connect page
 * @spec: the settings string of a programmer of the list; an unusable one is not chosen
 */
void
ub_connect_page_choose (UbConnectPage *self, const char *spec)
{
  UbProgrammerRow *row = find_row (self, spec);

  if (row != NULL && ub_programmer_info_is_usable (ub_programmer_row_get_info (row)))
    set_chosen (self, ub_programmer_row_get_info (row));
}

/**
 * ub_connect_page_get_default_widget:
 * @self: a connect page
 *
 * Returns: (transfer none): what Enter activates
 */
GtkWidget *
ub_connect_page_get_default_widget (UbConnectPage *self)
{
  return GTK_WIDGET (self->connect_button);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-step-list.h"

#include <glib/gi18n.h>

/* The icon before a title is as wide as a spinner, so that nothing moves when one becomes the other. */
#define ICON_SIZE 16

typedef struct {
  guint id;
  UbStepState state;
  char *title;
  GtkWidget *row;
  GtkWidget *icons; /* a GtkStack of the four pictures */
  GtkSpinner *spinner;
  GtkLabel *title_label;
  GtkLabel *detail_label;
} Step;

/**
 * UbStepList:
 *
 * Steps one below the other, each with a picture of where it stands: waiting, active, done, failed.
 */
struct _UbStepList {
  GtkBox parent_instance;

  GPtrArray *steps;
};

G_DEFINE_FINAL_TYPE (UbStepList, ub_step_list, GTK_TYPE_BOX)

static void
step_free (Step *step)
{
  g_free (step->title);
  g_free (step);
}

static void
ub_step_list_finalize (GObject *object)
{
  g_ptr_array_unref (UB_STEP_LIST (object)->steps);

  G_OBJECT_CLASS (ub_step_list_parent_class)->finalize (object);
}

static void
ub_step_list_class_init (UbStepListClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_step_list_finalize;

  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_LIST);
}

static void
ub_step_list_init (UbStepList *self)
{
  self->steps = g_ptr_array_new_with_free_func ((GDestroyNotify) step_free);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
}

static Step *
find_step (UbStepList *self, guint id)
{
  for (guint i = 0; i < self->steps->len; i++) {
    Step *step = g_ptr_array_index (self->steps, i);

    if (step->id == id)
      return step;
  }
  return NULL;
}

static const char *
get_state_title (UbStepState state)
{
  switch (state) {
  case UB_STEP_WAITING:
    return _ ("waiting");
  case UB_STEP_ACTIVE:
    return _ ("in progress");
  case UB_STEP_DONE:
    return _ ("done");
  case UB_STEP_FAILED:
    return _ ("failed");
  }
  return "";
}

static const char *
get_state_name (UbStepState state)
{
  static const char *const names[] = { "waiting", "active", "done", "failed" };

  return names[state];
}

static GtkWidget *
new_icon (const char *name, const char *css_class)
{
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "icon-name", name, "pixel-size", ICON_SIZE,
                                  "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);

  gtk_widget_add_css_class (icon, css_class);
  return icon;
}

static GtkWidget *
new_icons (Step *step)
{
  GtkWidget *stack = gtk_stack_new ();

  step->spinner =
      g_object_new (GTK_TYPE_SPINNER, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
  gtk_stack_add_named (GTK_STACK (stack), new_icon ("radio-symbolic", "dim-label"), "waiting");
  gtk_stack_add_named (GTK_STACK (stack), GTK_WIDGET (step->spinner), "active");
  gtk_stack_add_named (GTK_STACK (stack), new_icon ("object-select-symbolic", "success"), "done");
  gtk_stack_add_named (GTK_STACK (stack), new_icon ("dialog-warning-symbolic", "warning"),
                       "failed");
  gtk_widget_set_valign (stack, GTK_ALIGN_START);
  gtk_widget_set_margin_top (stack, 2);
  return stack;
}

static void
show_state (Step *step)
{
  g_autofree char *name = NULL;

  gtk_stack_set_visible_child_name (GTK_STACK (step->icons), get_state_name (step->state));
  gtk_spinner_set_spinning (step->spinner, step->state == UB_STEP_ACTIVE);
  if (step->state == UB_STEP_WAITING)
    gtk_widget_add_css_class (GTK_WIDGET (step->title_label), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (step->title_label), "dim-label");
  /* Translators: a step and where it stands, for a screen reader: “Read the Chip: done” */
  name = g_strdup_printf (_ ("%s: %s"), step->title, get_state_title (step->state));
  gtk_accessible_update_property (GTK_ACCESSIBLE (step->row), GTK_ACCESSIBLE_PROPERTY_LABEL, name,
                                  -1);
}

/**
 * ub_step_list_clear:
 * @self: a step list
 */
void
ub_step_list_clear (UbStepList *self)
{
  for (guint i = 0; i < self->steps->len; i++)
    gtk_box_remove (GTK_BOX (self), ((Step *) g_ptr_array_index (self->steps, i))->row);
  g_ptr_array_set_size (self->steps, 0);
}

/**
 * ub_step_list_add:
 * @self: a step list
 * @id: by which the caller knows the step
 * @title: translated
 */
void
ub_step_list_add (UbStepList *self, guint id, const char *title)
{
  Step *step = g_new0 (Step, 1);

  step->id = id;
  step->title = g_strdup (title);
  step->row = g_object_new (GTK_TYPE_BOX, "spacing", 12, "accessible-role",
                            GTK_ACCESSIBLE_ROLE_LIST_ITEM, NULL);
  step->icons = new_icons (step);
  step->title_label = GTK_LABEL (gtk_label_new (title));
  gtk_label_set_xalign (step->title_label, 0);
  gtk_label_set_wrap (step->title_label, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (step->title_label), TRUE);
  step->detail_label = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_xalign (step->detail_label, 1);
  gtk_widget_add_css_class (GTK_WIDGET (step->detail_label), "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (step->detail_label), "numeric");
  gtk_box_append (GTK_BOX (step->row), step->icons);
  gtk_box_append (GTK_BOX (step->row), GTK_WIDGET (step->title_label));
  gtk_box_append (GTK_BOX (step->row), GTK_WIDGET (step->detail_label));
  gtk_box_append (GTK_BOX (self), step->row);
  g_ptr_array_add (self->steps, step);
  show_state (step);
}

/**
 * ub_step_list_set:
 * @self: a step list
 * @id: of a step; one that is not there is ignored
 * @state: where it stands
 * @detail: (nullable): a word or two behind the title, translated
 */
void
ub_step_list_set (UbStepList *self, guint id, UbStepState state, const char *detail)
{
  Step *step = find_step (self, id);

  if (step == NULL)
    return;
  gtk_label_set_text (step->detail_label, detail != NULL ? detail : "");
  if (step->state == state)
    return;
  step->state = state;
  show_state (step);
}

/**
 * ub_step_list_get:
 * @self: a step list
 * @id: of a step
 *
 * Returns: where it stands; %UB_STEP_WAITING when it is not there
 */
UbStepState
ub_step_list_get (UbStepList *self, guint id)
{
  Step *step = find_step (self, id);

  return step != NULL ? step->state : UB_STEP_WAITING;
}

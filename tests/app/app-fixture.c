/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "app-fixture.h"

#include "ub-settings.h"

#include <glib/gstdio.h>
#include <libintl.h>
#include <locale.h>

/* The application in this process, driven through its widgets: what a click does is checked by what the
 * window shows afterwards. The simulated module stands for the hardware. */

#define PATIENCE_MS 180000
/* Drawing takes several times as long with the address sanitizer. */
#ifdef __SANITIZE_ADDRESS__
#define STALL_US (1000 * 1000)
#else
#define STALL_US (250 * 1000)
#endif
#define TICK_MS 4

/* Returns: microseconds this thread was ready to run and got no processor, which other programs are to
 * blame for; 0 where the kernel does not count it */
static gint64
get_waited (void)
{
  g_autofree char *text = NULL;
  guint64 ran, waited = 0;

  if (g_file_get_contents ("/proc/thread-self/schedstat", &text, NULL, NULL) &&
      sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &ran, &waited) == 2)
    return (gint64) (waited / 1000);
  return 0;
}

static gboolean
tick_cb (gpointer user_data)
{
  UbAppFixture *fixture = user_data;
  gint64 now = g_get_monotonic_time ();
  gint64 waited = get_waited ();
  gint64 gap = now - fixture->last_tick - (waited - fixture->last_waited);

  if (fixture->last_tick != 0) {
    fixture->longest_gap_us = MAX (fixture->longest_gap_us, gap);
    fixture->n_stalls += gap > STALL_US;
  }
  fixture->last_tick = now;
  fixture->last_waited = waited;
  return G_SOURCE_CONTINUE;
}

static const char notifications_xml[] =
    "<node><interface name='org.freedesktop.Notifications'>"
    "<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/>"
    "<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='s' direction='in'/>"
    "<arg type='as' direction='in'/><arg type='a{sv}' direction='in'/>"
    "<arg type='i' direction='in'/><arg type='u' direction='out'/></method>"
    "<method name='CloseNotification'><arg type='u' direction='in'/></method>"
    "</interface></node>";

static char *last_notification;

static void
notification_cb (GDBusConnection *connection,
                 const char *sender,
                 const char *path,
                 const char *interface,
                 const char *method,
                 GVariant *parameters,
                 GDBusMethodInvocation *invocation,
                 gpointer user_data)
{
  if (!g_str_equal (method, "Notify")) {
    g_dbus_method_invocation_return_value (invocation, NULL);
    return;
  }
  g_free (last_notification);
  g_variant_get_child (parameters, 3, "s", &last_notification);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(u)", 1));
}

/* Stands in for the desktop that shows notifications. */
static void
own_notifications (GDBusConnection *bus)
{
  static const GDBusInterfaceVTable vtable = { .method_call = notification_cb };
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (notifications_xml, NULL);
  GError *error = NULL;

  g_dbus_connection_register_object (bus, "/org/freedesktop/Notifications", node->interfaces[0],
                                     &vtable, NULL, NULL, &error);
  g_assert_no_error (error);
  g_bus_own_name_on_connection (bus, "org.freedesktop.Notifications", G_BUS_NAME_OWNER_FLAGS_NONE,
                                NULL, NULL, NULL, NULL);
}

/* Returns: the headline of the last notification that the application sent */
const char *
ub_app_get_last_notification (void)
{
  return last_notification;
}

/* A process has one application; each test has its own window. */
static UbApplication *
get_application (void)
{
  static UbApplication *app;
  GError *error = NULL;

  if (app != NULL)
    return app;
  app = ub_application_new ();
  g_application_set_flags (G_APPLICATION (app),
                           G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE);
  g_application_register (G_APPLICATION (app), NULL, &error);
  g_assert_no_error (error);
  g_application_hold (G_APPLICATION (app));
  own_notifications (g_application_get_dbus_connection (G_APPLICATION (app)));
  return app;
}

/* The language of the environment, with translations from @locale_dir. */
void
ub_app_speak (const char *locale_dir)
{
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}

void
ub_app_fixture_set_up (UbAppFixture *fixture, const char *sim)
{
  GError *error = NULL;

  memset (fixture, 0, sizeof *fixture);
  g_clear_pointer (&last_notification, g_free);
  g_settings_set_string (ub_settings_get (), "simulated-module", sim);
  fixture->folder = g_dir_make_tmp ("unbrick-app-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->app = get_application ();
  /* What is moving on the screen is not what is looked at here, and a switch turns at the end of its motion. */
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  fixture->window = ub_window_new (GTK_APPLICATION (fixture->app));
  gtk_window_present (GTK_WINDOW (fixture->window));
  ub_app_wait_ms (fixture, 50);
  fixture->tick_id = g_timeout_add_full (G_PRIORITY_HIGH, TICK_MS, tick_cb, fixture, NULL);
}

static void
remove_folder (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *file = g_build_filename (path, name, NULL);

    g_remove (file);
  }
  g_rmdir (path);
}

void
ub_app_fixture_tear_down (UbAppFixture *fixture)
{
  g_source_remove (fixture->tick_id);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  remove_folder (fixture->folder);
  g_free (fixture->folder);
}

static gboolean
timeout_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

typedef gpointer (*UbFinder) (gpointer user_data);

/* Runs the main loop until @finder finds something, and returns that; fails the test when it takes three minutes. */
static gpointer
wait_for (UbFinder finder, gpointer user_data, const char *what)
{
  gboolean is_late = FALSE;
  guint id = g_timeout_add (PATIENCE_MS, timeout_cb, &is_late);
  gpointer found;

  while ((found = finder (user_data)) == NULL) {
    if (is_late)
      g_error ("waited in vain for: %s", what);
    g_main_context_iteration (NULL, TRUE);
  }
  g_source_remove (id);
  return found;
}

typedef struct {
  UbAppFixture *fixture;
  UbCondition condition;
} Waiting;

static gpointer
check_condition (gpointer user_data)
{
  Waiting *waiting = user_data;

  return GINT_TO_POINTER (waiting->condition (waiting->fixture));
}

/* Waits until @condition holds. */
void
ub_app_wait (UbAppFixture *fixture, UbCondition condition, const char *what)
{
  Waiting waiting = { fixture, condition };

  wait_for (check_condition, &waiting, what);
}

void
ub_app_wait_ms (UbAppFixture *fixture, guint ms)
{
  gboolean is_over = FALSE;

  g_timeout_add (ms, timeout_cb, &is_over);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);
}

gboolean
ub_app_is_page (UbAppFixture *fixture, const char *name)
{
  return g_strcmp0 (gtk_stack_get_visible_child_name (fixture->window->stack), name) == 0;
}

typedef struct {
  UbAppFixture *fixture;
  const char *name;
} WantedPage;

static gpointer
check_page (gpointer user_data)
{
  WantedPage *page = user_data;

  return GINT_TO_POINTER (ub_app_is_page (page->fixture, page->name));
}

void
ub_app_wait_for_page (UbAppFixture *fixture, const char *name)
{
  WantedPage page = { fixture, name };

  wait_for (check_page, &page, name);
}

static const char *
get_text (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget))
    return gtk_label_get_text (GTK_LABEL (widget));
  if (GTK_IS_BUTTON (widget))
    return gtk_button_get_label (GTK_BUTTON (widget));
  return NULL;
}

static gboolean
has_text (GtkWidget *widget, const char *wanted)
{
  const char *text = get_text (widget);
  g_auto (GStrv) parts = NULL;
  g_autofree char *plain = NULL;

  if (text == NULL)
    return FALSE;
  parts = g_strsplit (text, "_", -1);
  plain = g_strjoinv (GTK_IS_BUTTON (widget) ? "" : "_", parts);
  return GTK_IS_BUTTON (widget) ? g_str_equal (plain, wanted) : strstr (plain, wanted) != NULL;
}

/* The first mapped widget of @type below @root; with @label, the one that says so. */
GtkWidget *
ub_app_find (GtkWidget *root, GType type, const char *label)
{
  if (!gtk_widget_get_mapped (root))
    return NULL;
  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (label == NULL || has_text (root, label)))
    return root;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child)) {
    GtkWidget *found = ub_app_find (child, type, label);

    if (found != NULL)
      return found;
  }
  return NULL;
}

typedef struct {
  GtkWidget *root;
  GType type;
  const char *label;
} WantedWidget;

static gpointer
find_widget (gpointer user_data)
{
  WantedWidget *wanted = user_data;

  return ub_app_find (wanted->root, wanted->type, wanted->label);
}

/* The same, once there is such a widget. */
GtkWidget *
ub_app_wait_to_find (GtkWidget *root, GType type, const char *label)
{
  WantedWidget wanted = { root, type, label };

  return wait_for (find_widget, &wanted, label != NULL ? label : g_type_name (type));
}

/* Waits until a label can be seen that contains @text. */
void
ub_app_wait_to_show (GtkWidget *root, const char *text)
{
  ub_app_wait_to_find (root, GTK_TYPE_LABEL, text);
}

/* The label of a button in the language of the test, without its mnemonic. */
static char *
translate_button (const char *label)
{
  g_autofree char *id = g_strconcat ("_", label, NULL);
  g_auto (GStrv) parts = g_strsplit (g_dgettext (GETTEXT_PACKAGE, id), "_", -1);

  return g_strjoinv ("", parts);
}

/* What a click on the button named @label (in English) does, once it is there; it must be sensitive then. */
void
ub_app_click (GtkWidget *root, const char *label)
{
  g_autofree char *translated = translate_button (label);
  GtkWidget *button = ub_app_wait_to_find (root, GTK_TYPE_BUTTON, translated);

  if (!gtk_widget_is_sensitive (button))
    g_error ("the button “%s” is insensitive", label);
  g_signal_emit_by_name (button, "clicked");
}

void
ub_app_activate (UbAppFixture *fixture, const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), action, NULL));
}

static gpointer
find_window (gpointer user_data)
{
  GType type = *(GType *) user_data;
  g_autoptr (GList) windows = gtk_window_list_toplevels ();
  GtkWidget *found = NULL;

  for (GList *l = windows; l != NULL; l = l->next) {
    if (g_type_is_a (G_OBJECT_TYPE (l->data), type) && gtk_widget_get_mapped (l->data))
      found = l->data;
  }
  return found;
}

/* The newest window of @type, once there is one. */
GtkWidget *
ub_app_wait_for_window (GType type)
{
  return wait_for (find_window, &type, g_type_name (type));
}

/* From the connect page to the module page. */
void
ub_app_connect (UbAppFixture *fixture)
{
  ub_app_click (GTK_WIDGET (fixture->window), "Connect");
  ub_app_wait_for_page (fixture, "module");
}

/* Returns: the path of a file with these bytes */
char *
ub_app_save (UbAppFixture *fixture, const char *name, const guint8 *data, gsize size)
{
  char *path = g_build_filename (fixture->folder, name, NULL);
  GError *error = NULL;

  g_file_set_contents (path, (const char *) data, (gssize) size, &error);
  g_assert_no_error (error);
  return path;
}

/* Backs the module up, from the module page and back to it. */
GFile *
ub_app_back_up (UbAppFixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  GFile *file = g_file_new_for_path (path);
  g_autoptr (UbJobRequest) request = ub_job_request_new_backup (file);

  ub_window_start (fixture->window, request);
  ub_app_wait_for_page (fixture, "result");
  g_assert_no_error (ub_job_runner_get_error (fixture->window->runner));
  ub_app_click (GTK_WIDGET (fixture->window), "Done");
  ub_app_wait_for_page (fixture, "module");
  return file;
}

static gboolean
is_loaded (UbAppFixture *fixture)
{
  static const UbImageSlot slots[] = { UB_IMAGE_SLOT_FULL, UB_IMAGE_SLOT_APP,
                                       UB_IMAGE_SLOT_BOOTLOADER };

  for (guint i = 0; i < G_N_ELEMENTS (slots); i++) {
    if (ub_file_row_is_loading (ub_restore_page_get_row (fixture->window->restore_page, slots[i])))
      return FALSE;
  }
  return TRUE;
}

/* Puts a file into a row of the restore page and waits until it is identified. */
void
ub_app_load (UbAppFixture *fixture, UbImageSlot slot, const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);

  ub_file_row_set_file (ub_restore_page_get_row (fixture->window->restore_page, slot), file);
  ub_app_wait (fixture, is_loaded, "the file to be identified");
}

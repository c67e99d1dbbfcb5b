/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-application.h"

#include "ub-help-window.h"
#include "ub-preferences-window.h"
#include "ub-resources.h"
#include "ub-window.h"

#include <glib/gi18n.h>

#define HOMEPAGE "https://github.com/unbrick/unbrick"

/**
 * UbApplication:
 *
 * The application: one instance, one window, files to open.
 */
struct _UbApplication {
  AdwApplication parent_instance;
};

G_DEFINE_FINAL_TYPE (UbApplication, ub_application, ADW_TYPE_APPLICATION)

static UbWindow *
get_window (UbApplication *self)
{
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (self)); l != NULL; l = l->next) {
    if (UB_IS_WINDOW (l->data))
      return l->data;
  }
  return ub_window_new (GTK_APPLICATION (self));
}

static void
preferences_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  UbWindow *window = get_window (user_data);

  gtk_window_present (GTK_WINDOW (ub_preferences_window_new (GTK_WINDOW (window))));
}

static void
help_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  ub_help_window_show (GTK_WINDOW (get_window (user_data)), "start");
}

static void
about_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *developers[] = { _ ("The Unbrick authors"), NULL };

  adw_show_about_window (
      GTK_WINDOW (get_window (user_data)), "application-name", _ ("Unbrick"), "application-icon",
      APP_ID, "version", UB_VERSION, "developer-name", _ ("The Unbrick authors"), "developers",
      developers, "copyright", "© 2026 The Unbrick authors", "license-type", GTK_LICENSE_GPL_3_0,
      "website", HOMEPAGE, "issue-url", HOMEPAGE "/issues", "comments",
      _ ("Recovers Beken BK7231 Wi-Fi modules over SPI: backs them up, restores them, and brings "
         "dead ones back to life."),
      /* Translators: put your names here, one on each line */
      "translator-credits", _ ("translator-credits"), NULL);
}

static void
quit_activated (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  /* Through the window, which asks while a job runs. */
  gtk_window_close (GTK_WINDOW (get_window (user_data)));
}

static const GActionEntry actions[] = {
  { .name = "preferences", .activate = preferences_activated },
  { .name = "help", .activate = help_activated },
  { .name = "about", .activate = about_activated },
  { .name = "quit", .activate = quit_activated },
};

static const struct {
  const char *action;
  const char *accels[3];
} accels[] = {
  { "app.quit", { "<Control>q" } },
  { "app.preferences", { "<Control>comma" } },
  { "app.help", { "F1" } },
  { "window.close", { "<Control>w" } },
  { "win.show-help-overlay", { "<Control>question" } },
  { "win.open", { "<Control>o" } },
  { "win.back-up", { "<Control>b" } },
  { "win.restore", { "<Control>r" } },
  { "win.verify", { "<Control>e" } },
  { "win.module-report", { "<Control>m" } },
  { "win.tuya-configuration", { "<Control>t" } },
  { "win.show-log", { "<Control>l" } },
  { "win.refresh", { "F5" } },
  { "win.disconnect", { "<Control>d" } },
  { "win.back", { "<Alt>Left" } },
};

static void
ub_application_startup (GApplication *app)
{
  g_resources_register (ub_get_resource ());

  G_APPLICATION_CLASS (ub_application_parent_class)->startup (app);

  g_action_map_add_action_entries (G_ACTION_MAP (app), actions, G_N_ELEMENTS (actions), app);
  for (guint i = 0; i < G_N_ELEMENTS (accels); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (app), accels[i].action,
                                           accels[i].accels);
}

static void
ub_application_activate (GApplication *app)
{
  gtk_window_present (GTK_WINDOW (get_window (UB_APPLICATION (app))));
}

static void
ub_application_open (GApplication *app, GFile **files, int n_files, const char *hint)
{
  UbWindow *window = get_window (UB_APPLICATION (app));

  for (int i = 0; i < n_files; i++)
    ub_window_open_file (window, files[i]);
  gtk_window_present (GTK_WINDOW (window));
}

static void
ub_application_class_init (UbApplicationClass *klass)
{
  GApplicationClass *app_class = G_APPLICATION_CLASS (klass);

  app_class->startup = ub_application_startup;
  app_class->activate = ub_application_activate;
  app_class->open = ub_application_open;
}

static void
ub_application_init (UbApplication *self)
{
  static const GOptionEntry options[] = { { "version", 'v', 0, G_OPTION_ARG_NONE, NULL,
                                            N_ ("Print the version and exit"), NULL },
                                          { NULL } };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), _ ("[IMAGE]"));
  g_application_set_option_context_summary (
      G_APPLICATION (self),
      _ ("Recover Beken BK7231 Wi-Fi modules over SPI. Without a display, use “unbrick-cli”."));
}

/**
 * ub_application_new:
 *
 * Returns: (transfer full): the application
 */
UbApplication *
ub_application_new (void)
{
  return g_object_new (UB_TYPE_APPLICATION, "application-id", APP_ID, "flags",
                       G_APPLICATION_HANDLES_OPEN, NULL);
}

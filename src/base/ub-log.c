/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-log"

#include "config.h"

#include "ub-error.h"
#include "ub-log.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>

/* Enough for several jobs with all their retries; the oldest lines go first. */
#define MAX_LINES 5000

/*
 * The log of this process: GLib's log messages of the engine's domains ("ub-…") in memory for the log
 * window and, where asked for, in a file. Warnings and errors go on to GLib's default writer as well.
 */
static struct {
  GMutex lock;
  GQueue lines; /* of char* */
  FILE *file;
  guint serial;
} the_log;

static const char *
find_field (const GLogField *fields, gsize n_fields, const char *key)
{
  for (gsize i = 0; i < n_fields; i++) {
    if (g_strcmp0 (fields[i].key, key) == 0)
      return fields[i].value;
  }
  return NULL;
}

static const char *
get_level_name (GLogLevelFlags level)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    return "error";
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return "warning";
  if ((level & G_LOG_LEVEL_MESSAGE) != 0)
    return "note";
  return (level & G_LOG_LEVEL_INFO) != 0 ? "info" : "debug";
}

static void
add_line (GLogLevelFlags level, const char *domain, const char *message)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autofree char *time = g_date_time_format (now, "%H:%M:%S");
  char *line =
      g_strdup_printf ("%s.%03d %-7s %s: %s", time, g_date_time_get_microsecond (now) / 1000,
                       get_level_name (level), domain, message);

  g_mutex_lock (&the_log.lock);
  g_queue_push_tail (&the_log.lines, line);
  if (g_queue_get_length (&the_log.lines) > MAX_LINES)
    g_free (g_queue_pop_head (&the_log.lines));
  if (the_log.file != NULL) {
    fprintf (the_log.file, "%s\n", line);
    fflush (the_log.file);
  }
  the_log.serial++;
  g_mutex_unlock (&the_log.lock);
}

static GLogWriterOutput
write_log (GLogLevelFlags level, const GLogField *fields, gsize n_fields, gpointer user_data)
{
  const char *domain = find_field (fields, n_fields, "GLIB_DOMAIN");
  const char *message = find_field (fields, n_fields, "MESSAGE");
  gboolean is_ours = domain != NULL && g_str_has_prefix (domain, "ub-");

  if (is_ours && message != NULL)
    add_line (level, domain, message);
  if (is_ours && (level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG)) != 0 &&
      g_getenv ("G_MESSAGES_DEBUG") == NULL)
    return G_LOG_WRITER_HANDLED;
  return g_log_writer_default (level, fields, n_fields, user_data);
}

/**
 * ub_log_install:
 *
 * Makes the log GLib's log writer. Call it once, first thing in main().
 */
void
ub_log_install (void)
{
  g_log_set_writer_func (write_log, NULL, NULL);
}

/**
 * ub_log_open_file:
 * @path: of a file that is written anew
 * @error: return location for an error
 *
 * Writes every further line to @path as well, at once, so that it is whole after a crash.
 *
 * Returns: %FALSE with %UB_ERROR_BACKUP_FILE when it cannot be written
 */
gboolean
ub_log_open_file (const char *path, GError **error)
{
  FILE *file = fopen (path, "we");

  if (file == NULL) {
    g_set_error (error, UB_ERROR, UB_ERROR_BACKUP_FILE, _ ("cannot write the log %s: %s"), path,
                 g_strerror (errno));
    return FALSE;
  }
  g_mutex_lock (&the_log.lock);
  if (the_log.file != NULL)
    fclose (the_log.file);
  the_log.file = file;
  g_mutex_unlock (&the_log.lock);
  return TRUE;
}

/**
 * ub_log_dup_text:
 *
 * Returns: (transfer full): all lines that are kept, oldest first
 */
char *
ub_log_dup_text (void)
{
  GString *text = g_string_new (NULL);

  g_mutex_lock (&the_log.lock);
  for (GList *l = the_log.lines.head; l != NULL; l = l->next) {
    g_string_append (text, l->data);
    g_string_append_c (text, '\n');
  }
  g_mutex_unlock (&the_log.lock);
  return g_string_free (text, FALSE);
}

/**
 * ub_log_get_serial:
 *
 * Returns: a number that differs after every line
 */
guint
ub_log_get_serial (void)
{
  guint serial;

  g_mutex_lock (&the_log.lock);
  serial = the_log.serial;
  g_mutex_unlock (&the_log.lock);
  return serial;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-preview.h"

#include "ub-format.h"

#include <glib/gi18n.h>

#define SECTOR_SIZE 4096

/* For the estimate only: typical erase time of one sector and program time of its 16 pages, between
 * those of the parts found on modules (50 to 90 ms, 0.4 to 1.3 ms a page). The job measures. */
#define ERASE_SECONDS 0.07
#define PROGRAM_SECONDS (16 * 0.0009)

/* Commands, addresses and gaps between transactions, on top of the bits themselves. */
#define OVERHEAD 1.15

typedef struct {
  UbImageAnalysis *image;
  UbImageAnalysis *bootloader;
  UbImageAnalysis *current;
  UbSectorMap *known;
  UbCompositionFlags flags;
  guint clock_hz;
} Question;

static void
question_free (Question *question)
{
  g_clear_object (&question->image);
  g_clear_object (&question->bootloader);
  g_clear_object (&question->current);
  g_clear_object (&question->known);
  g_free (question);
}

/**
 * ub_preview_free:
 * @self: (transfer full): a preview
 */
void
ub_preview_free (UbPreview *self)
{
  g_clear_object (&self->map);
  g_clear_pointer (&self->findings, g_ptr_array_unref);
  g_free (self);
}

/**
 * ub_preview_estimate_read:
 * @bytes: to read
 * @clock_hz: the clock
 *
 * Returns: about how many seconds it takes
 */
double
ub_preview_estimate_read (guint64 bytes, guint clock_hz)
{
  return clock_hz == 0 ? 0 : (double) bytes * 8 * OVERHEAD / clock_hz;
}

static gboolean
is_same (const guint8 *wanted, const guint8 *current, gsize current_size, gsize at, gsize n)
{
  return at + n <= current_size && memcmp (wanted + at, current + at, n) == 0;
}

static gboolean
is_unknown (UbSectorMap *known, guint index)
{
  return known != NULL && index < ub_sector_map_get_size (known) &&
         ub_sector_map_get (known, index) == UB_SECTOR_UNKNOWN;
}

static void
mark_kept (UbPreview *self, UbComposition *composition)
{
  for (guint i = 0; i < ub_composition_get_n_kept (composition); i++) {
    const UbRange *kept = ub_composition_get_kept (composition, i);
    guint first = kept->address / SECTOR_SIZE;
    guint end = (kept->address + kept->size + SECTOR_SIZE - 1) / SECTOR_SIZE;

    for (guint j = first; j < MIN (end, self->n_sectors); j++) {
      if (ub_sector_map_get (self->map, j) == UB_SECTOR_WILL_CHANGE)
        continue;
      ub_sector_map_set (self->map, j, 1, UB_SECTOR_KEPT);
      self->n_kept++;
    }
  }
}

/**
 * ub_preview_new:
 * @composition: the wanted content of the chip
 * @current: (nullable): what it holds now, %NULL while unknown
 * @known: (nullable): which sectors of @current were read
 * @clock_hz: the clock of the module, 0 while unknown
 *
 * Returns: (transfer full): what writing @composition over @current would do
 */
UbPreview *
ub_preview_new (UbComposition *composition, GBytes *current, UbSectorMap *known, guint clock_hz)
{
  UbPreview *self = g_new0 (UbPreview, 1);
  gsize size = 0, current_size = 0;
  const guint8 *wanted = g_bytes_get_data (ub_composition_get_wanted (composition), &size);
  const guint8 *now = current != NULL ? g_bytes_get_data (current, &current_size) : NULL;

  self->n_sectors = (guint) ((size + SECTOR_SIZE - 1) / SECTOR_SIZE);
  self->map = ub_sector_map_new ();
  ub_sector_map_set_size (self->map, self->n_sectors);
  for (guint i = 0; i < self->n_sectors; i++) {
    gsize at = (gsize) i * SECTOR_SIZE, n = MIN (SECTOR_SIZE, size - at);
    gboolean unknown = is_unknown (known, i);
    gboolean same = !unknown && is_same (wanted, now, current_size, at, n);

    ub_sector_map_set (self->map, i, 1, same ? UB_SECTOR_SAME : UB_SECTOR_WILL_CHANGE);
    self->n_change += !same;
    self->n_unknown += unknown;
  }
  mark_kept (self, composition);
  /* Each changed sector is erased, programmed and read back. */
  self->seconds = self->n_change * (ERASE_SECONDS + PROGRAM_SECONDS) +
                  ub_preview_estimate_read (2 * (guint64) self->n_change * SECTOR_SIZE, clock_hz);
  self->findings = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < ub_composition_get_n_findings (composition); i++)
    g_ptr_array_add (self->findings, g_strdup (ub_composition_get_finding (composition, i)->text));
  return self;
}

/**
 * ub_preview_dup_changes:
 * @self: a preview
 *
 * Returns: (transfer full): how many sectors would be written and how many are kept, as a phrase
 */
char *
ub_preview_dup_changes (UbPreview *self)
{
  g_autofree char *kept = NULL, *changes = NULL;

  if (self->n_change == 0)
    return g_strdup (_ ("Nothing will change: the module holds this already"));
  changes = g_strdup_printf (self->n_unknown > 0
                                 ? ngettext ("Up to %u of %u sectors will change",
                                             "Up to %u of %u sectors will change", self->n_change)
                                 : ngettext ("%u of %u sectors will change",
                                             "%u of %u sectors will change", self->n_change),
                             self->n_change, self->n_sectors);
  if (self->n_kept == 0)
    return g_steal_pointer (&changes);
  kept = g_strdup_printf (ngettext ("%u is kept", "%u are kept", self->n_kept), self->n_kept);
  return g_strdup_printf ("%s, %s", changes, kept);
}

/**
 * ub_preview_dup_duration:
 * @self: a preview
 * @clock_hz: the clock of the module
 * @with_backup: whether a rescue copy is made first
 *
 * Returns: (transfer full): about how long it takes, as a phrase
 */
char *
ub_preview_dup_duration (UbPreview *self, guint clock_hz, gboolean with_backup)
{
  guint64 bytes = with_backup ? (guint64) self->n_sectors * SECTOR_SIZE : 0;
  double seconds = self->seconds + ub_preview_estimate_read (bytes, clock_hz);
  g_autofree char *duration = ub_format_duration (MAX (seconds, 1));

  return g_strdup_printf (
      with_backup ? _ ("About %s, with the backup") : _ ("About %s, without a backup"), duration);
}

static void
compute_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Question *question = data;
  GError *error = NULL;
  g_autoptr (UbComposition) composition = ub_composition_new (
      question->image, question->bootloader, question->current, question->flags, &error);

  if (composition == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task,
                           ub_preview_new (composition,
                                           ub_image_analysis_get_content (question->current),
                                           question->known, question->clock_hz),
                           (GDestroyNotify) ub_preview_free);
}

/**
 * ub_preview_compute_async:
 * @image: a full image, or the app
 * @bootloader: (nullable): the bootloader donor
 * @current: what the module holds
 * @known: which sectors of @current were read
 * @flags: what to overwrite
 * @clock_hz: the clock of the module
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Works out in a thread what restoring would do.
 */
void
ub_preview_compute_async (UbImageAnalysis *image,
                          UbImageAnalysis *bootloader,
                          UbImageAnalysis *current,
                          UbSectorMap *known,
                          UbCompositionFlags flags,
                          guint clock_hz,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Question *question = g_new0 (Question, 1);

  g_set_object (&question->image, image);
  g_set_object (&question->bootloader, bootloader);
  g_set_object (&question->current, current);
  g_set_object (&question->known, known);
  question->flags = flags;
  question->clock_hz = clock_hz;
  g_task_set_source_tag (task, ub_preview_compute_async);
  g_task_set_task_data (task, question, (GDestroyNotify) question_free);
  g_task_run_in_thread (task, compute_thread);
}

/**
 * ub_preview_compute_finish:
 * @result: given to the callback
 * @error: return location for an error
 *
 * Returns: (transfer full): what restoring would do; %NULL with the errors of ub_composition_new()
 */
UbPreview *
ub_preview_compute_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

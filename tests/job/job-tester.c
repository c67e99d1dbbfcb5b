/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "job-tester.h"

#include "ub-sim-content.h"

#include <glib/gstdio.h>
#include <string.h>

void
job_tester_init (JobTester *self, guint32 jedec_id, GBytes *content)
{
  const UbFaults no_faults = UB_NO_FAULTS;

  self->chip = ub_sim_chip_new (ub_flash_part_lookup (jedec_id), content);
  self->sim = ub_sim_programmer_new_for_chip (self->chip);
  self->programmer = ub_fault_programmer_new (self->sim, &no_faults);
  self->folder = g_dir_make_tmp ("unbrick-XXXXXX", NULL);
}

void
job_tester_clear (JobTester *self)
{
  GDir *dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL) {
    g_autofree char *path = g_build_filename (self->folder, name, NULL);

    g_remove (path);
  }
  g_dir_close (dir);
  g_rmdir (self->folder);
  g_free (self->folder);
  g_object_unref (self->programmer);
  g_object_unref (self->sim);
  g_object_unref (self->chip);
}

void
job_tester_set_faults (JobTester *self, const UbFaults *faults)
{
  ub_fault_programmer_set_faults (UB_FAULT_PROGRAMMER (self->programmer), faults);
}

GFile *
job_tester_get_file (JobTester *self, const char *name)
{
  return g_file_new_build_filename (self->folder, name, NULL);
}

guint
job_tester_count_files (JobTester *self)
{
  GDir *dir = g_dir_open (self->folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  g_dir_close (dir);
  return n;
}

void
job_tester_assert_holds (JobTester *self, GBytes *content)
{
  g_autoptr (GBytes) found = ub_sim_chip_dup_content (self->chip);

  g_assert_true (g_bytes_equal (found, content));
}

/* Erases and programs the chip has seen. */
guint64
job_tester_count_changes (JobTester *self)
{
  UbSimCounters counters;
  guint64 n;

  ub_sim_chip_get_counters (self->chip, &counters);
  n = counters.chip_erases + counters.pages;
  for (guint i = 0; i < UB_MAX_ERASE_TYPES; i++)
    n += counters.erases[i];
  return n;
}

/* Bytes without any structure, a quarter of them blank, the same for one @seed. */
GBytes *
job_tester_make_content (gsize size, guint32 seed)
{
  guint8 *bytes = g_malloc (size);
  guint32 state = seed * 2654435761u + 1;

  for (gsize i = 0; i < size; i++) {
    state = state * 1664525u + 1013904223u;
    bytes[i] = (guint8) (state >> 24);
  }
  memset (bytes + size / 2, 0xFF, size / 4);
  return g_bytes_new_take (bytes, size);
}

GBytes *
job_tester_make_firmware (void)
{
  return ub_sim_content_new (2 * MIB);
}

/* @value: -1 to turn every bit over */
GBytes *
job_tester_replace (GBytes *content, gsize offset, gsize size, int value)
{
  guint8 *bytes = g_memdup2 (g_bytes_get_data (content, NULL), g_bytes_get_size (content));

  for (gsize i = offset; i < offset + size; i++)
    bytes[i] = value >= 0 ? (guint8) value : (guint8) ~bytes[i];
  return g_bytes_new_take (bytes, g_bytes_get_size (content));
}

UbImageAnalysis *
job_tester_analyse (GBytes *content)
{
  g_autoptr (UbImage) image = ub_image_new (content, "test.bin");

  return ub_image_analysis_new (image);
}

void
job_tester_assert_file (GFile *file, GBytes *content)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) found = g_file_load_bytes (file, NULL, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (found, content));
}

gboolean
job_tester_has_note (UbJob *job, const char *text)
{
  const UbJobReport *report = ub_job_get_report (job);

  for (guint i = 0; i < report->notes->len; i++) {
    if (strstr (report->notes->pdata[i], text) != NULL)
      return TRUE;
  }
  return FALSE;
}

#define TYPE_STOPPING_PROGRAMMER (stopping_programmer_get_type ())
G_DECLARE_FINAL_TYPE (StoppingProgrammer, stopping_programmer, STOPPING, PROGRAMMER, UbProgrammer)

struct _StoppingProgrammer {
  UbProgrammer parent_instance;

  UbProgrammer *inner;
  GCancellable *cancellable;
  guint64 nth;
  guint64 n_exchanges;
};

G_DEFINE_FINAL_TYPE (StoppingProgrammer, stopping_programmer, UB_TYPE_PROGRAMMER)

static gboolean
stopping_programmer_open (UbProgrammer *programmer, GError **error)
{
  StoppingProgrammer *self = STOPPING_PROGRAMMER (programmer);

  if (!ub_programmer_open (self->inner, error))
    return FALSE;
  ub_programmer_set_limits (programmer, ub_programmer_get_limits (self->inner));
  return TRUE;
}

static void
stopping_programmer_close (UbProgrammer *programmer)
{
  ub_programmer_close (STOPPING_PROGRAMMER (programmer)->inner);
}

static gboolean
stopping_programmer_set_clock (UbProgrammer *programmer, guint hz, guint *actual_hz, GError **error)
{
  return ub_programmer_set_clock (STOPPING_PROGRAMMER (programmer)->inner, hz, actual_hz, error);
}

static gboolean
stopping_programmer_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  return ub_programmer_set_mode (STOPPING_PROGRAMMER (programmer)->inner, mode, error);
}

static gboolean
stopping_programmer_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  return ub_programmer_set_reset (STOPPING_PROGRAMMER (programmer)->inner, asserted, error);
}

static gboolean
stopping_programmer_exchange (UbProgrammer *programmer,
                              const UbTransaction *batch,
                              guint n,
                              GError **error)
{
  StoppingProgrammer *self = STOPPING_PROGRAMMER (programmer);

  if (++self->n_exchanges == self->nth)
    g_cancellable_cancel (self->cancellable);
  return ub_programmer_exchange (self->inner, batch, n, error);
}

static void
stopping_programmer_delay (UbProgrammer *programmer, guint64 usec)
{
  ub_programmer_delay (STOPPING_PROGRAMMER (programmer)->inner, usec);
}

static gint64
stopping_programmer_get_time (UbProgrammer *programmer)
{
  return ub_programmer_get_time (STOPPING_PROGRAMMER (programmer)->inner);
}

static void
stopping_programmer_finalize (GObject *object)
{
  g_object_unref (STOPPING_PROGRAMMER (object)->inner);
  g_object_unref (STOPPING_PROGRAMMER (object)->cancellable);

  G_OBJECT_CLASS (stopping_programmer_parent_class)->finalize (object);
}

static void
stopping_programmer_class_init (StoppingProgrammerClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = stopping_programmer_finalize;
  programmer_class->open = stopping_programmer_open;
  programmer_class->close = stopping_programmer_close;
  programmer_class->set_clock = stopping_programmer_set_clock;
  programmer_class->set_mode = stopping_programmer_set_mode;
  programmer_class->set_reset = stopping_programmer_set_reset;
  programmer_class->exchange = stopping_programmer_exchange;
  programmer_class->delay = stopping_programmer_delay;
  programmer_class->get_time = stopping_programmer_get_time;
}

static void
stopping_programmer_init (StoppingProgrammer *self)
{
}

UbProgrammer *
stopping_programmer_new (UbProgrammer *inner, guint64 nth, GCancellable *cancellable)
{
  StoppingProgrammer *self = g_object_new (TYPE_STOPPING_PROGRAMMER, NULL);

  self->inner = g_object_ref (inner);
  self->cancellable = g_object_ref (cancellable);
  self->nth = nth;
  return UB_PROGRAMMER (self);
}

guint64
stopping_programmer_get_exchanges (UbProgrammer *programmer)
{
  return STOPPING_PROGRAMMER (programmer)->n_exchanges;
}

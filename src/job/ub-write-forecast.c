/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-write-forecast"

#include "config.h"

#include "ub-write-forecast.h"

#include "ub-flash-plan.h"

/* What is planned at once: the largest block that parts erase, so that slices are planned as the whole will be. */
#define SLICE_SIZE (64 * 1024)

/* Of what was not read yet, this much is taken to differ: a Tuya backup over OpenBeken differs in half of its
 * sectors, and the first slices soon tell better. */
#define PRIOR_SHARE 0.5

/**
 * UbWriteForecast:
 *
 * How long writing will take, known better and better while the chip is read: what was read is planned, what was
 * not is taken to differ as much as what was. Pure.
 */
struct _UbWriteForecast {
  UbFlashPart slice; /* a part of the size of one slice */
  GBytes *wanted;
  gsize n_written; /* bytes that are written at most */
  guint clock_hz;
  gsize n_read; /* bytes, whole slices */
  double seconds; /* of what was read */
  double slice_s; /* a slice that differs everywhere */
};

static double
plan_slice (UbWriteForecast *self, const guint8 *current, const guint8 *wanted)
{
  g_autoptr (UbFlashPlan) plan =
      ub_flash_plan_new (&self->slice, current, wanted, NULL, 0, self->clock_hz);

  return ub_flash_plan_get_seconds (plan);
}

static double
plan_full_slice (UbWriteForecast *self)
{
  g_autofree guint8 *current = g_malloc (SLICE_SIZE), *wanted = g_malloc (SLICE_SIZE);

  memset (current, 0x00, SLICE_SIZE);
  memset (wanted, 0x55, SLICE_SIZE);
  return plan_slice (self, current, wanted);
}

/**
 * ub_write_forecast_new:
 * @part: the chip
 * @wanted: what the whole chip shall hold, as far as that is known before it was read
 * @n_written: bytes from the beginning of the chip that may be written at all
 * @clock_hz: clock in use
 *
 * Returns: (transfer full): a forecast before anything was read
 */
UbWriteForecast *
ub_write_forecast_new (const UbFlashPart *part, GBytes *wanted, guint32 n_written, guint clock_hz)
{
  UbWriteForecast *self = g_new0 (UbWriteForecast, 1);

  self->slice = *part;
  self->slice.size = SLICE_SIZE;
  self->wanted = g_bytes_ref (wanted);
  self->n_written = MIN (n_written, g_bytes_get_size (wanted));
  self->clock_hz = clock_hz;
  self->slice_s = plan_full_slice (self);
  return self;
}

/**
 * ub_write_forecast_free:
 * @self: (transfer full): a forecast
 */
void
ub_write_forecast_free (UbWriteForecast *self)
{
  g_bytes_unref (self->wanted);
  g_free (self);
}

/**
 * ub_write_forecast_update:
 * @self: a forecast
 * @current: (array length=n_read): what the chip holds from its beginning on
 * @n_read: bytes of it that are known
 *
 * Returns: whether anything new was learnt
 */
gboolean
ub_write_forecast_update (UbWriteForecast *self, const guint8 *current, gsize n_read)
{
  const guint8 *wanted = g_bytes_get_data (self->wanted, NULL);
  gsize before = self->n_read;

  while (self->n_read + SLICE_SIZE <= MIN (n_read, self->n_written)) {
    self->seconds += plan_slice (self, current + self->n_read, wanted + self->n_read);
    self->n_read += SLICE_SIZE;
  }
  return self->n_read != before;
}

/**
 * ub_write_forecast_get_seconds:
 * @self: a forecast
 *
 * Returns: about how long writing will take
 */
double
ub_write_forecast_get_seconds (UbWriteForecast *self)
{
  const double all = (double) self->n_written / SLICE_SIZE,
               done = (double) self->n_read / SLICE_SIZE;
  const double prior = PRIOR_SHARE * self->slice_s;
  /* The prior counts as one slice that was read. */
  const double mean = (self->seconds + prior) / (done + 1);

  return self->seconds + mean * MAX (all - done, 0);
}

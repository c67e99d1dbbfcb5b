/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-data"

#include "config.h"

#include "ub-image-analysis-private.h"

#include "ub-flash-layout.h"

#include <string.h>

/* What lies behind the code: calibration, Tuya's storage, the network of the last connection. */

static void
find_calibration (UbImageAnalysis *self, const guint8 *data, gsize size)
{
  static const guint32 places[] = { UB_CALIBRATION_ADDRESS_N, UB_CALIBRATION_ADDRESS_T };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    UbCalibration calibration;

    if (places[i] < self->address || places[i] - self->address >= size ||
        !ub_calibration_parse (data + (places[i] - self->address),
                               size - (places[i] - self->address), &calibration))
      continue;
    calibration.address = places[i];
    /* Both may be there after the wrong family was written once: the sounder one counts. */
    if (!self->has_calibration ||
        (calibration.sound && calibration.has_mac && !self->calibration.has_mac))
      self->calibration = calibration;
    self->has_calibration = TRUE;
    self->n_calibrations++;
  }
}

void
ub_image_analysis_examine_data (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);

  if (!self->address_known)
    return;
  find_calibration (self, data, size);
  self->tuya = ub_tuya_storage_parse (data, size, self->address);
}

/* The record of the last network lies where the family's layout says. */
void
ub_image_analysis_find_fast_connect (UbImageAnalysis *self)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (self->content, &size);
  guint n;
  const UbPartition *layout = ub_flash_layout_get (self->family, 0x200000, &n);

  for (guint i = 0; self->address_known && i < n; i++) {
    if (strcmp (layout[i].id, "fast-connect") != 0 || layout[i].address < self->address ||
        layout[i].address - self->address >= size)
      continue;
    data += layout[i].address - self->address;
    size -= layout[i].address - self->address;
    self->fast_connect = ub_fast_connect_parse (data, size);
    return;
  }
}

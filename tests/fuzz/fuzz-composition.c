/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "fuzz-image.h"

#include "ub-composition.h"

#include <string.h>

#define HEAD 7

static gboolean
is_within (const UbRange *range, gsize size)
{
  return range->size <= size && range->address <= size - range->size;
}

/* What no file writes stays, and what is kept stays, to the byte. */
static void
check (UbComposition *composition, GBytes *current)
{
  gsize size;
  gsize n_wanted;
  const guint8 *now = g_bytes_get_data (current, &size);
  const guint8 *wanted = g_bytes_get_data (ub_composition_get_wanted (composition), &n_wanted);
  g_autofree guint8 *rest = g_memdup2 (now, size);

  g_assert_cmpuint (n_wanted, ==, size);
  for (guint i = 0; i < ub_composition_get_n_written (composition); i++) {
    const UbRange *range = ub_composition_get_written (composition, i);

    g_assert_true (is_within (range, size));
    memcpy (rest + range->address, wanted + range->address, range->size);
  }
  g_assert_true (memcmp (rest, wanted, size) == 0);
  for (guint i = 0; i < ub_composition_get_n_kept (composition); i++) {
    const UbRange *range = ub_composition_get_kept (composition, i);

    g_assert_true (is_within (range, size));
    g_assert_true (memcmp (wanted + range->address, now + range->address, range->size) == 0);
  }
}

/* Flags, lengths of the first two files (3 bytes each), then an image, a donor of a bootloader, and what the
 * module holds now. */
int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  GBytes *files[3];
  g_autoptr (UbImage) image = NULL;
  g_autoptr (UbImage) donor_image = NULL;
  g_autoptr (UbImageAnalysis) analysis = NULL;
  g_autoptr (UbImageAnalysis) donor = NULL;
  g_autoptr (UbImageAnalysis) current = NULL;
  g_autoptr (UbComposition) composition = NULL;
  g_autoptr (GError) error = NULL;
  gsize lengths[3];

  if (size < HEAD)
    return 0;
  lengths[0] = MIN ((gsize) (data[1] | data[2] << 8 | data[3] << 16), size - HEAD);
  lengths[1] = MIN ((gsize) (data[4] | data[5] << 8 | data[6] << 16), size - HEAD - lengths[0]);
  lengths[2] = size - HEAD - lengths[0] - lengths[1];
  for (gsize i = 0, at = HEAD; i < 3; at += lengths[i], i++)
    files[i] = fuzz_image_make (data + at, lengths[i]);

  image = ub_image_new (files[0], "image.bin");
  analysis = ub_image_analysis_new (image);
  if ((data[0] & 1) != 0) {
    donor_image = ub_image_new (files[1], "donor.bin");
    donor = ub_image_analysis_new (donor_image);
  }
  current = ub_image_analysis_new_for_chip (files[2]);
  composition = ub_composition_new (
      analysis, donor, current,
      (data[0] & 2) != 0 ? UB_COMPOSITION_OVERWRITE_CALIBRATION : UB_COMPOSITION_DEFAULT, &error);
  g_assert_true ((composition == NULL) == (error != NULL));
  if (composition != NULL)
    check (composition, files[2]);
  for (guint i = 0; i < 3; i++)
    g_clear_pointer (&files[i], g_bytes_unref);
  return 0;
}

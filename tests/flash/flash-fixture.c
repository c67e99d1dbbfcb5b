/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "flash-fixture.h"

#include "ub-flash-writer.h"

#include <string.h>

G_DEFINE_FINAL_TYPE (UbTestTamper, ub_test_tamper, UB_TYPE_PROGRAMMER)

static gboolean
ub_test_tamper_open (UbProgrammer *programmer, GError **error)
{
  UbTestTamper *self = UB_TEST_TAMPER (programmer);

  if (!ub_programmer_open (self->inner, error))
    return FALSE;
  ub_programmer_set_limits (programmer, ub_programmer_get_limits (self->inner));
  return TRUE;
}

static void
ub_test_tamper_close (UbProgrammer *programmer)
{
  ub_programmer_close (UB_TEST_TAMPER (programmer)->inner);
}

static gboolean
ub_test_tamper_set_clock (UbProgrammer *programmer, guint hz, guint *actual_hz, GError **error)
{
  return ub_programmer_set_clock (UB_TEST_TAMPER (programmer)->inner, hz, actual_hz, error);
}

static gboolean
ub_test_tamper_set_mode (UbProgrammer *programmer, guint mode, GError **error)
{
  return ub_programmer_set_mode (UB_TEST_TAMPER (programmer)->inner, mode, error);
}

static gboolean
ub_test_tamper_set_reset (UbProgrammer *programmer, gboolean asserted, GError **error)
{
  return ub_programmer_set_reset (UB_TEST_TAMPER (programmer)->inner, asserted, error);
}

static gboolean
ub_test_tamper_exchange (UbProgrammer *programmer,
                         const UbTransaction *batch,
                         guint n,
                         GError **error)
{
  UbTestTamper *self = UB_TEST_TAMPER (programmer);

  self->n_exchanges++;
  if (self->before == NULL && self->after == NULL) {
    if (!ub_programmer_exchange (self->inner, batch, n, error))
      return FALSE;
  } else {
    for (guint i = 0; i < n; i++) {
      if (self->before != NULL && !self->before (self, &batch[i]))
        continue;
      if (!ub_programmer_exchange (self->inner, &batch[i], 1, error))
        return FALSE;
      if (self->after != NULL)
        self->after (self, &batch[i]);
    }
  }
  if (self->after_exchange != NULL)
    self->after_exchange (self);
  return TRUE;
}

static void
ub_test_tamper_delay (UbProgrammer *programmer, guint64 usec)
{
  ub_programmer_delay (UB_TEST_TAMPER (programmer)->inner, usec);
}

static gint64
ub_test_tamper_get_time (UbProgrammer *programmer)
{
  return ub_programmer_get_time (UB_TEST_TAMPER (programmer)->inner);
}

static void
ub_test_tamper_dispose (GObject *object)
{
  /* Closes. */
  G_OBJECT_CLASS (ub_test_tamper_parent_class)->dispose (object);

  g_clear_object (&UB_TEST_TAMPER (object)->inner);
}

static void
ub_test_tamper_class_init (UbTestTamperClass *klass)
{
  UbProgrammerClass *programmer_class = UB_PROGRAMMER_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = ub_test_tamper_dispose;

  programmer_class->open = ub_test_tamper_open;
  programmer_class->close = ub_test_tamper_close;
  programmer_class->set_clock = ub_test_tamper_set_clock;
  programmer_class->set_mode = ub_test_tamper_set_mode;
  programmer_class->set_reset = ub_test_tamper_set_reset;
  programmer_class->exchange = ub_test_tamper_exchange;
  programmer_class->delay = ub_test_tamper_delay;
  programmer_class->get_time = ub_test_tamper_get_time;
}

static void
ub_test_tamper_init (UbTestTamper *self)
{
}

/**
 * flash_fixture_new:
 * @part: the flash
 * @content: (nullable): as many bytes as @part has; blank without
 * @hz: ceiling of the clock search, which is where it ends
 * @latency_us: of each exchange
 *
 * Returns: (transfer full): a connected module
 */
FlashFixture *
flash_fixture_new (const UbFlashPart *part, const guint8 *content, guint hz, guint latency_us)
{
  FlashFixture *self = g_new0 (FlashFixture, 1);
  const UbFaults none = UB_NO_FAULTS;
  g_autoptr (GBytes) bytes = content != NULL ? g_bytes_new (content, part->size) : NULL;
  g_autoptr (GError) error = NULL;

  self->chip = ub_sim_chip_new (part, bytes);
  self->sim = ub_sim_programmer_new_for_chip (self->chip);
  ub_sim_programmer_set_latency (UB_SIM_PROGRAMMER (self->sim), latency_us);
  self->faulty = ub_fault_programmer_new (self->sim, &none);
  self->tamper = g_object_new (UB_TYPE_TEST_TAMPER, NULL);
  self->tamper->inner = g_object_ref (self->faulty);
  self->programmer = UB_PROGRAMMER (self->tamper);
  ub_programmer_set_clock_ceiling (self->programmer, hz);
  self->session = ub_session_open (self->programmer, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (ub_programmer_get_clock (self->programmer), ==, hz);
  self->flash = ub_session_get_flash (self->session);
  return self;
}

/* A common part at 6 MHz with the latency of USB. */
FlashFixture *
flash_fixture_new_default (const guint8 *content)
{
  return flash_fixture_new (ub_flash_part_lookup (0x1C7015), content, 6000000, 125);
}

void
flash_fixture_free (FlashFixture *self)
{
  if (self->session != NULL) {
    ub_session_close (self->session);
    g_object_unref (self->session);
  }
  g_object_unref (self->programmer);
  g_object_unref (self->faulty);
  g_object_unref (self->sim);
  g_object_unref (self->chip);
  g_free (self);
}

void
flash_fixture_set_faults (FlashFixture *self, const UbFaults *faults)
{
  ub_fault_programmer_set_faults (UB_FAULT_PROGRAMMER (self->faulty), faults);
}

void
flash_fixture_assert_content (FlashFixture *self, const guint8 *wanted)
{
  g_autoptr (GBytes) content = ub_sim_chip_dup_content (self->chip);
  const guint8 *bytes = g_bytes_get_data (content, NULL);
  gsize n = ub_sim_chip_get_part (self->chip)->size;

  for (gsize at = 0; at < n; at += UB_PAGE_SIZE) {
    if (memcmp (bytes + at, wanted + at, UB_PAGE_SIZE) != 0)
      g_error ("The page at 0x%06zX differs", at);
  }
}

/* Makes @wanted of @current by a plan of its own. */
gboolean
flash_fixture_restore (FlashFixture *self,
                       guint8 *current,
                       const guint8 *wanted,
                       GCancellable *cancellable,
                       GError **error)
{
  g_autoptr (UbFlashPlan) plan =
      ub_flash_plan_new (ub_flash_get_part (self->flash), current, wanted, NULL, 0,
                         ub_programmer_get_clock (self->programmer));

  return ub_flash_writer_run (self->flash, plan, current, wanted, cancellable, error);
}

guint8 *
flash_image_new_blank (void)
{
  guint8 *image = g_malloc (FLASH_SIZE);

  memset (image, 0xFF, FLASH_SIZE);
  return image;
}

static void
fill (guint8 *image, guint32 begin, guint32 end, guint32 seed)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);

  for (guint32 at = begin; at < end; at++)
    image[at] = (guint8) g_rand_int (rand);
}

/* Laid out as a backup of a BK7231N with Tuya firmware, as blank as the median of real ones: some 300
 * sectors and 4600 pages with data. */
guint8 *
flash_image_new_tuya (guint32 seed)
{
  guint8 *image = flash_image_new_blank ();

  fill (image, 0x000000, 0x00F8C2, 1); /* bootloader: few versions are about */
  fill (image, 0x010F9A, 0x011000, 2); /* its header */
  fill (image, 0x011000, 0x111800, seed); /* app */
  fill (image, 0x129F0A, 0x129F70, seed + 1); /* its header */
  fill (image, 0x1D0000, 0x1D01F6, seed + 2); /* calibration and MAC address */
  fill (image, 0x1D1000, 0x1D10AB, seed + 3); /* fast connect */
  for (guint32 at = 0x1D2000; at < 0x1D8000; at += UB_SECTOR_SIZE)
    fill (image, at, at + 0x400, seed + at); /* user files */
  for (guint32 at = 0x1ED000; at < FLASH_SIZE; at += UB_SECTOR_SIZE)
    fill (image, at, at + 0x900, seed + at); /* storage */
  return image;
}

/* The same module after an OpenBeken QIO was written: another app, everything else as it was. */
guint8 *
flash_image_new_openbeken_over (const guint8 *tuya, guint32 seed)
{
  guint8 *image = g_memdup2 (tuya, FLASH_SIZE);

  memset (image + 0x011000, 0xFF, 0x12A000 - 0x011000);
  fill (image, 0x011000, 0x0F5000, seed);
  fill (image, 0x129F0A, 0x129F70, seed + 1);
  return image;
}

/* The same module some days later: 13 sectors of its storage differ. */
guint8 *
flash_image_new_later (const guint8 *earlier, guint32 seed)
{
  guint8 *image = g_memdup2 (earlier, FLASH_SIZE);

  for (guint32 at = 0x1EF000; at < 0x1FC000; at += UB_SECTOR_SIZE)
    fill (image, at, at + 0xC80, seed + at);
  return image;
}

/* Seconds that reading @size bytes takes if nothing but its bits were on the wire. */
double
flash_limit_of_read (guint hz, gsize size)
{
  return (4 + size) * 8.0 / hz;
}

static gsize
get_page_bytes (const guint8 *page)
{
  gsize begin = 0, end = UB_PAGE_SIZE;

  while (end > begin && page[end - 1] == 0xFF)
    end--;
  while (begin < end && page[begin] == 0xFF)
    begin++;
  return end - begin;
}

/* Seconds of a plan's erases, programs and reading back with typical times and no overhead at all: write
 * enable, command and data, no status, no round trip. */
double
flash_limit_of_plan (const UbFlashPart *part,
                     const UbFlashPlan *plan,
                     const guint8 *wanted,
                     guint hz)
{
  double seconds = 0;
  guint n_pages;
  const guint32 *pages = ub_flash_plan_get_pages (plan, &n_pages);

  for (guint i = 0; i < ub_flash_plan_get_n_units (plan); i++) {
    const UbFlashUnit *unit = ub_flash_plan_get_unit (plan, i);

    if (unit->erase_index == UB_FLASH_UNIT_CHIP_ERASE)
      seconds += part->chip_erase.typical_us / 1e6 + 2 * 8.0 / hz;
    else if (unit->erase_index != UB_FLASH_UNIT_NO_ERASE)
      seconds += part->erase[unit->erase_index].typical_us / 1e6 + 5 * 8.0 / hz;
    seconds += flash_limit_of_read (hz, unit->range.size);
  }
  for (guint i = 0; i < n_pages; i++) {
    gsize bytes = 5 + get_page_bytes (wanted + (gsize) pages[i] * UB_PAGE_SIZE);

    seconds += part->program_typical_us / 1e6 + bytes * 8.0 / hz;
  }
  return seconds;
}

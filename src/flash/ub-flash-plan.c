/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-plan"

#include "config.h"

#include "ub-flash-plan.h"

#include <string.h>

#define PAGES_PER_SECTOR (UB_SECTOR_SIZE / UB_PAGE_SIZE)

/* Bytes on the wire besides the data: write enable, status with WEL, opcode and address, last status. */
#define OP_OVERHEAD_BYTES (1 + 2 + 4 + 2)
#define READ_OVERHEAD_BYTES 4

/* Neighbouring sectors that need no erase are one unit up to this size, and within blocks of it. */
#define MAX_RUN_SIZE (64 * 1024)

/* The erase types of the part, and the chip erase as one more. */
#define MAX_LEVELS (UB_MAX_ERASE_TYPES + 1)

/**
 * UbSectorNeed:
 *
 * What a sector asks for.
 */
typedef enum {
  NEED_NOTHING,
  NEED_PROGRAM, /* only bits that fall */
  NEED_ERASE,
} UbSectorNeed;

/**
 * UbFlashPlan:
 *
 * The cheapest list of steps that turns one content of a chip into another, by the part's typical times
 * and the clock. Immutable.
 */
struct _UbFlashPlan {
  GArray *units; /* UbFlashUnit, by address */
  GArray *pages; /* guint32 page numbers, unit by unit */
  guint n_skipped;
  guint64 n_bytes;
  double seconds;
};

typedef struct {
  guint32 size;
  gint erase_index;
  double erase_s;
} Level;

/* Everything the search for the cheapest plan looks at. */
typedef struct {
  const guint8 *current;
  const guint8 *wanted;
  guint n_sectors;
  UbSectorNeed *needs;
  guint16 *n_data_pages; /* of the wanted content, per sector: to program after an erase */
  guint16 *n_changed_pages; /* per sector: to program without one */
  guint8 *kept; /* one flag per sector: within a preserved range */

  Level levels[MAX_LEVELS];
  guint n_levels;
  double page_s;
  double byte_s;

  UbFlashPlan *plan;
} Planner;

static gboolean
is_blank (const guint8 *data, gsize size)
{
  /* Every byte equals the one after it, and the first is 0xFF. */
  return data[0] == 0xFF && memcmp (data, data + 1, size - 1) == 0;
}

static void
judge_sector (Planner *self, guint sector)
{
  const guint8 *current = self->current + (gsize) sector * UB_SECTOR_SIZE;
  const guint8 *wanted = self->wanted + (gsize) sector * UB_SECTOR_SIZE;

  for (guint i = 0; i < PAGES_PER_SECTOR; i++) {
    if (!is_blank (wanted + i * UB_PAGE_SIZE, UB_PAGE_SIZE))
      self->n_data_pages[sector]++;
  }
  if (memcmp (current, wanted, UB_SECTOR_SIZE) == 0)
    return;

  self->needs[sector] = NEED_ERASE;
  if (ub_flash_needs_erase (current, wanted, UB_SECTOR_SIZE))
    return;
  self->needs[sector] = NEED_PROGRAM;
  for (guint i = 0; i < PAGES_PER_SECTOR; i++) {
    if (memcmp (current + i * UB_PAGE_SIZE, wanted + i * UB_PAGE_SIZE, UB_PAGE_SIZE) != 0)
      self->n_changed_pages[sector]++;
  }
}

static double
get_erased_seconds (Planner *self, const Level *level, guint first, guint n)
{
  double pages = 0;

  for (guint i = first; i < first + n; i++)
    pages += self->n_data_pages[i];
  return level->erase_s + pages * self->page_s + n * UB_SECTOR_SIZE * self->byte_s;
}

static double
get_unerased_seconds (Planner *self, guint sector)
{
  return self->n_changed_pages[sector] * self->page_s + UB_SECTOR_SIZE * self->byte_s;
}

static gboolean
may_erase (Planner *self, guint first, guint n)
{
  return memchr (self->kept + first, TRUE, n) == NULL;
}

/* Seconds of the cheapest way to make a sector right. Where no bit must rise an erase gains nothing: it
 * leaves the same pages to program, or more. */
static double
plan_sector (Planner *self, guint sector, gboolean *out_erase)
{
  switch (self->needs[sector]) {
  case NEED_NOTHING:
    return 0;
  case NEED_PROGRAM:
    return get_unerased_seconds (self, sector);
  case NEED_ERASE:
    *out_erase = TRUE;
    return get_erased_seconds (self, &self->levels[0], sector, 1);
  }
  g_return_val_if_reached (0);
}

/* Seconds of the cheapest way to make the block of @level that begins at sector @first right. *@out_erase is
 * set when that is to erase it as a whole. Blocks nest, and what is done in one does not change what another
 * costs: so the cheapest way of each is that of all. */
static double
plan_block (Planner *self, guint level, guint first, gboolean *out_erase)
{
  guint n = self->levels[level].size / UB_SECTOR_SIZE;
  double apart = 0, whole;
  gboolean needs_erase = FALSE;

  if (level == 0)
    return plan_sector (self, first, out_erase);

  for (guint i = first; i < first + n && !needs_erase; i++)
    needs_erase = self->needs[i] == NEED_ERASE;
  for (guint i = first; i < first + n; i += self->levels[level - 1].size / UB_SECTOR_SIZE) {
    gboolean ignored = FALSE;

    apart += plan_block (self, level - 1, i, &ignored);
  }
  if (!needs_erase || !may_erase (self, first, n))
    return apart;
  whole = get_erased_seconds (self, &self->levels[level], first, n);
  *out_erase = whole < apart;
  return MIN (whole, apart);
}

static void
add_unit (Planner *self, guint first, guint n, gint erase_index)
{
  UbFlashPlan *plan = self->plan;
  UbFlashUnit *last = NULL;
  UbFlashUnit unit = { .range = { first * UB_SECTOR_SIZE, n * UB_SECTOR_SIZE },
                       .erase_index = erase_index,
                       .first_page = plan->pages->len };

  for (guint32 page = first * PAGES_PER_SECTOR; page < (first + n) * PAGES_PER_SECTOR; page++) {
    const guint8 *current = self->current + (gsize) page * UB_PAGE_SIZE;
    const guint8 *wanted = self->wanted + (gsize) page * UB_PAGE_SIZE;
    gboolean needed = erase_index == UB_FLASH_UNIT_NO_ERASE
                          ? memcmp (current, wanted, UB_PAGE_SIZE) != 0
                          : !is_blank (wanted, UB_PAGE_SIZE);

    if (needed)
      g_array_append_val (plan->pages, page);
  }
  unit.n_pages = plan->pages->len - unit.first_page;
  plan->n_skipped -= n;
  plan->n_bytes += unit.range.size;

  if (plan->units->len > 0)
    last = &g_array_index (plan->units, UbFlashUnit, plan->units->len - 1);
  if (last != NULL && erase_index == UB_FLASH_UNIT_NO_ERASE &&
      last->erase_index == UB_FLASH_UNIT_NO_ERASE &&
      last->range.address + last->range.size == unit.range.address &&
      unit.range.address % MAX_RUN_SIZE != 0) {
    last->range.size += unit.range.size;
    last->n_pages += unit.n_pages;
    return;
  }
  g_array_append_val (plan->units, unit);
}

static void
emit_block (Planner *self, guint level, guint first)
{
  guint n = self->levels[level].size / UB_SECTOR_SIZE;
  gboolean erase = FALSE;

  plan_block (self, level, first, &erase);
  if (erase) {
    add_unit (self, first, n, self->levels[level].erase_index);
  } else if (level > 0) {
    for (guint i = first; i < first + n; i += self->levels[level - 1].size / UB_SECTOR_SIZE)
      emit_block (self, level - 1, i);
  } else if (self->needs[first] != NEED_NOTHING) {
    add_unit (self, first, 1, UB_FLASH_UNIT_NO_ERASE);
  }
}

static void
set_up_levels (Planner *self, const UbFlashPart *part)
{
  const UbEraseType *chip = &part->chip_erase;

  for (guint i = 0; i < part->n_erase; i++) {
    if (part->size % part->erase[i].size != 0)
      continue;
    self->levels[self->n_levels++] =
        (Level) { part->erase[i].size, (gint) i,
                  part->erase[i].typical_us / 1e6 + OP_OVERHEAD_BYTES * self->byte_s };
  }
  if (chip->opcode != 0)
    self->levels[self->n_levels++] =
        (Level) { part->size, UB_FLASH_UNIT_CHIP_ERASE,
                  chip->typical_us / 1e6 + OP_OVERHEAD_BYTES * self->byte_s };
}

static void
mark_kept (Planner *self, const UbRange *preserved, guint n_preserved)
{
  for (guint i = 0; i < n_preserved; i++) {
    guint first = preserved[i].address / UB_SECTOR_SIZE;
    guint end = (preserved[i].address + preserved[i].size + UB_SECTOR_SIZE - 1) / UB_SECTOR_SIZE;

    if (preserved[i].size > 0)
      memset (self->kept + first, TRUE, end - first);
  }
}

static gboolean
are_preserved (const UbFlashPart *part,
               const guint8 *current,
               const guint8 *wanted,
               const UbRange *preserved,
               guint n_preserved)
{
  for (guint i = 0; i < n_preserved; i++) {
    const UbRange *range = &preserved[i];

    if (range->address > part->size || range->size > part->size - range->address ||
        memcmp (current + range->address, wanted + range->address, range->size) != 0)
      return FALSE;
  }
  return TRUE;
}

/**
 * ub_flash_needs_erase:
 * @current: (array length=size): what a piece of flash holds
 * @wanted: (array length=size): what it is to hold
 * @size: bytes, a multiple of 8
 *
 * Returns: whether a bit must rise, which only an erase can do
 */
gboolean
ub_flash_needs_erase (const guint8 *current, const guint8 *wanted, gsize size)
{
  guint64 rising = 0;

  for (gsize i = 0; i < size; i += sizeof (guint64)) {
    guint64 a, b;

    memcpy (&a, current + i, sizeof a);
    memcpy (&b, wanted + i, sizeof b);
    rising |= ~a & b;
  }
  return rising != 0;
}

/**
 * ub_flash_plan_new:
 * @part: the flash
 * @current: (array): what it holds; as many bytes as the part has
 * @wanted: (array): what it is to hold; as many bytes
 * @preserved: (array length=n_preserved) (nullable): ranges in which both are the same, and which no erase
 *   touches but one of a 4 KiB sector whose other bytes must change
 * @n_preserved: their number
 * @clock_hz: the clock in use
 *
 * Plans the cheapest way: sectors that are right are left alone, pages that are to be blank are not
 * programmed, erase only where a bit must rise, in larger blocks or of the whole chip where that takes less
 * time than the sectors by themselves, with all that the block destroys programmed again.
 *
 * Returns: (transfer full): the plan
 */
UbFlashPlan *
ub_flash_plan_new (const UbFlashPart *part,
                   const guint8 *current,
                   const guint8 *wanted,
                   const UbRange *preserved,
                   guint n_preserved,
                   guint clock_hz)
{
  UbFlashPlan *plan;
  Planner self = { .current = current, .wanted = wanted };
  guint top;

  g_return_val_if_fail (part != NULL && part->n_erase > 0 && clock_hz > 0, NULL);
  g_return_val_if_fail (part->erase[0].size == UB_SECTOR_SIZE, NULL);
  g_return_val_if_fail (current != NULL && wanted != NULL, NULL);
  g_return_val_if_fail (are_preserved (part, current, wanted, preserved, n_preserved), NULL);

  plan = g_new0 (UbFlashPlan, 1);
  plan->units = g_array_new (FALSE, FALSE, sizeof (UbFlashUnit));
  plan->pages = g_array_new (FALSE, FALSE, sizeof (guint32));
  plan->n_skipped = part->size / UB_SECTOR_SIZE;

  self.plan = plan;
  self.n_sectors = part->size / UB_SECTOR_SIZE;
  self.needs = g_new0 (UbSectorNeed, self.n_sectors);
  self.kept = g_new0 (guint8, self.n_sectors);
  self.n_data_pages = g_new0 (guint16, self.n_sectors);
  self.n_changed_pages = g_new0 (guint16, self.n_sectors);
  self.byte_s = 8.0 / clock_hz;
  self.page_s = part->program_typical_us / 1e6 + (OP_OVERHEAD_BYTES + UB_PAGE_SIZE) * self.byte_s;
  mark_kept (&self, preserved, n_preserved);
  set_up_levels (&self, part);
  for (guint i = 0; i < self.n_sectors; i++)
    judge_sector (&self, i);

  top = self.n_levels - 1;
  for (guint i = 0; i < self.n_sectors; i += self.levels[top].size / UB_SECTOR_SIZE) {
    gboolean ignored = FALSE;

    plan->seconds += plan_block (&self, top, i, &ignored);
    emit_block (&self, top, i);
  }
  plan->seconds += plan->units->len * READ_OVERHEAD_BYTES * self.byte_s;

  g_free (self.needs);
  g_free (self.kept);
  g_free (self.n_data_pages);
  g_free (self.n_changed_pages);
  return plan;
}

/**
 * ub_flash_plan_free:
 * @self: a plan
 */
void
ub_flash_plan_free (UbFlashPlan *self)
{
  g_array_unref (self->units);
  g_array_unref (self->pages);
  g_free (self);
}

/**
 * ub_flash_plan_get_n_units:
 * @self: a plan
 *
 * Returns: the number of its units; 0 when there is nothing to do
 */
guint
ub_flash_plan_get_n_units (const UbFlashPlan *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->units->len;
}

/**
 * ub_flash_plan_get_unit:
 * @self: a plan
 * @index: of a unit; they are sorted by address and do not overlap
 *
 * Returns: (transfer none): the unit
 */
const UbFlashUnit *
ub_flash_plan_get_unit (const UbFlashPlan *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->units->len, NULL);

  return &g_array_index (self->units, UbFlashUnit, index);
}

/**
 * ub_flash_plan_get_pages:
 * @self: a plan
 * @out_n: (out): how many there are
 *
 * Returns: (transfer none) (array length=out_n): the pages to program, by number (address / 256), unit by
 *   unit
 */
const guint32 *
ub_flash_plan_get_pages (const UbFlashPlan *self, guint *out_n)
{
  g_return_val_if_fail (self != NULL && out_n != NULL, NULL);

  *out_n = self->pages->len;
  return (const guint32 *) (gpointer) self->pages->data;
}

/**
 * ub_flash_plan_get_n_sectors_skipped:
 * @self: a plan
 *
 * Returns: how many sectors of 4 KiB are right already and not touched
 */
guint
ub_flash_plan_get_n_sectors_skipped (const UbFlashPlan *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_skipped;
}

/**
 * ub_flash_plan_get_n_bytes:
 * @self: a plan
 *
 * Returns: bytes in all its units: by so many ub_flash_writer_run() advances the progress
 */
guint64
ub_flash_plan_get_n_bytes (const UbFlashPlan *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_bytes;
}

/**
 * ub_flash_plan_get_seconds:
 * @self: a plan
 *
 * Returns: how long erasing, programming and reading back are expected to take
 */
double
ub_flash_plan_get_seconds (const UbFlashPlan *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->seconds;
}

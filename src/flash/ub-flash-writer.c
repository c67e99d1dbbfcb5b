/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-writer"

#include "config.h"

#include "ub-flash-writer.h"

#include "ub-error.h"
#include "ub-flash-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* So much is erased and programmed before it is read back: enough for round trips not to matter, little
 * enough to notice early that something is wrong. */
#define WINDOW_SIZE (64 * 1024)
#define SECTORS_PER_WINDOW (WINDOW_SIZE / UB_SECTOR_SIZE)

/* How often a sector is written again before it is given up, and after how many of these attempts, or of
 * readings that were wrong, the clock is lowered. */
#define MAX_RETRIES 5
#define RETRIES_TO_LOWER 2
#define READ_ERRORS_TO_LOWER 2
/* With so many given up there is no point in going on. */
#define MAX_FAILED_SECTORS 4

typedef struct {
  UbFlash *flash;
  const UbFlashPlan *plan;
  guint8 *current;
  const guint8 *wanted;
  GCancellable *cancellable;

  UbFlashOp *ops; /* room for those of a window */
  guint8 *buffer; /* WINDOW_SIZE */
  guint n_read_errors; /* at the clock in use */
  guint n_failed;
  guint32 first_failed;

  /* Progress: bytes in proportion to the time that steps are expected to take. */
  double total_s;
  double done_s;
  guint64 told_bytes;

  /* The range being read back. */
  UbRange range;
  guint n_sectors_read;
  gboolean is_wrong[SECTORS_PER_WINDOW];
} UbFlashWriter;

static double
get_wire_seconds (UbFlashWriter *self, gsize bytes)
{
  return bytes * 8.0 / ub_programmer_get_clock (self->flash->programmer);
}

static double
get_op_seconds (UbFlashWriter *self, guint kind, gsize bytes)
{
  const UbFlashPart *part = &self->flash->part;

  if (kind == UB_FLASH_OP_PROGRAM)
    return part->program_typical_us / 1e6 + get_wire_seconds (self, bytes);
  if (kind == UB_FLASH_OP_CHIP_ERASE)
    return part->chip_erase.typical_us / 1e6;
  return part->erase[kind].typical_us / 1e6;
}

static guint
get_erase_kind (const UbFlashUnit *unit)
{
  return unit->erase_index == UB_FLASH_UNIT_CHIP_ERASE ? UB_FLASH_OP_CHIP_ERASE
                                                       : (guint) unit->erase_index;
}

static double
get_unit_seconds (UbFlashWriter *self, const UbFlashUnit *unit)
{
  double seconds = unit->n_pages * get_op_seconds (self, UB_FLASH_OP_PROGRAM, UB_PAGE_SIZE);

  if (unit->erase_index != UB_FLASH_UNIT_NO_ERASE)
    seconds += get_op_seconds (self, get_erase_kind (unit), 0);
  return seconds + get_wire_seconds (self, unit->range.size);
}

/* A step that was expected to take @seconds is done. */
static void
advance (UbFlashWriter *self, double seconds)
{
  guint64 bytes;

  self->done_s = MIN (self->done_s + seconds, self->total_s);
  bytes = (guint64) (ub_flash_plan_get_n_bytes (self->plan) * (self->done_s / self->total_s));
  if (bytes > self->told_bytes)
    ub_flash_advance (self->flash, bytes - self->told_bytes);
  self->told_bytes = MAX (self->told_bytes, bytes);
}

static void
on_erased (const UbFlashOp *op, gpointer user_data)
{
  UbFlashWriter *self = user_data;

  memset (self->current + op->address, 0xFF, op->size);
  advance (self, get_op_seconds (self, op->kind, 0));
}

static void
on_programmed (const UbFlashOp *op, gpointer user_data)
{
  UbFlashWriter *self = user_data;

  /* No bit of it had to rise: what is programmed is what is there now. */
  memcpy (self->current + op->address, op->data, op->size);
  ub_flash_mark (self->flash, (UbRange) { op->address, op->size }, UB_SECTOR_WRITTEN);
  advance (self, get_op_seconds (self, op->kind, UB_PAGE_SIZE));
}

static void
lower_clock (UbFlashWriter *self)
{
  g_autoptr (GError) error = NULL;

  /* At the lowest or a fixed clock, or where a lower one does not help, it is tried again all the same. */
  if (!ub_flash_lower_clock (self->flash, NULL, &error))
    g_debug ("The clock stays: %s", error->message);
}

static gboolean
run_ops (UbFlashWriter *self, guint n_ops, UbFlashOpFunc func, GError **error)
{
  return ub_flash_run_ops (self->flash, self->ops, n_ops, func, self, self->cancellable, error);
}

static gsize
get_max_transaction (UbFlashWriter *self)
{
  return ub_programmer_get_limits (self->flash->programmer)->max_transaction;
}

/* Writes a sector anew from what was read of it. */
static gboolean
rewrite_sector (UbFlashWriter *self, guint32 address, GError **error)
{
  const guint8 *wanted = self->wanted + address;
  const guint8 *current = self->current + address;
  guint n = 0;

  if (!ub_flash_unprotect (self->flash, error))
    return FALSE;
  if (ub_flash_needs_erase (current, wanted, UB_SECTOR_SIZE)) {
    ub_flash_mark (self->flash, (UbRange) { address, UB_SECTOR_SIZE }, UB_SECTOR_ERASING);
    self->ops[0] = (UbFlashOp) { 0, address, NULL, UB_SECTOR_SIZE, FALSE };
    if (!run_ops (self, 1, on_erased, error))
      return FALSE;
  }
  for (gsize at = 0; at < UB_SECTOR_SIZE; at += UB_PAGE_SIZE) {
    if (memcmp (current + at, wanted + at, UB_PAGE_SIZE) != 0)
      n += ub_flash_add_program_ops (self->ops + n, address + (guint32) at, wanted + at,
                                     UB_PAGE_SIZE, get_max_transaction (self));
  }
  return run_ops (self, n, on_programmed, error);
}

static void
set_verified (UbFlashWriter *self, guint32 address)
{
  memcpy (self->current + address, self->wanted + address, UB_SECTOR_SIZE);
  ub_flash_mark (self->flash, (UbRange) { address, UB_SECTOR_SIZE }, UB_SECTOR_VERIFIED);
}

static void
give_up_sector (UbFlashWriter *self, guint32 address)
{
  g_message ("The sector at 0x%06X does not hold what was written, after %u more attempts", address,
             MAX_RETRIES);
  ub_flash_mark (self->flash, (UbRange) { address, UB_SECTOR_SIZE }, UB_SECTOR_FAILED);
  if (self->n_failed++ == 0)
    self->first_failed = address;
}

/* A sector that was read back as @reading, which is wrong: finds out whether the reading was or the sector
 * is, and writes it again. */
static gboolean
repair_sector (UbFlashWriter *self, guint32 address, guint8 *reading, GError **error)
{
  const guint8 *wanted = self->wanted + address;

  for (guint i = 0;; i++) {
    if (!ub_flash_settle (self->flash, address, reading, UB_SECTOR_SIZE, wanted, self->cancellable,
                          error))
      return FALSE;
    if (memcmp (reading, wanted, UB_SECTOR_SIZE) == 0) {
      g_info ("The sector at 0x%06X was read wrong, and is right", address);
      set_verified (self, address);
      self->n_read_errors++;
      ub_flash_count_readings (self->flash, 0, 1);
      return TRUE;
    }
    memcpy (self->current + address, reading, UB_SECTOR_SIZE);
    if (i == MAX_RETRIES)
      break;

    g_info ("The sector at 0x%06X does not hold what was written: attempt %u", address, i + 2);
    if (i >= RETRIES_TO_LOWER)
      lower_clock (self);
    ub_flash_count_retries (self->flash, 1);
    if (!rewrite_sector (self, address, error) ||
        !ub_flash_read_quietly (self->flash, address, reading, UB_SECTOR_SIZE, NULL, NULL,
                                self->cancellable, error))
      return FALSE;
    if (memcmp (reading, wanted, UB_SECTOR_SIZE) == 0) {
      set_verified (self, address);
      return TRUE;
    }
  }
  give_up_sector (self, address);
  return TRUE;
}

/* Compares each sector as soon as it was read. */
static void
on_read_back (UbFlash *flash, gsize n_done, gpointer user_data)
{
  UbFlashWriter *self = user_data;

  for (; (self->n_sectors_read + 1) * UB_SECTOR_SIZE <= n_done; self->n_sectors_read++) {
    gsize at = (gsize) self->n_sectors_read * UB_SECTOR_SIZE;
    guint32 address = self->range.address + (guint32) at;

    self->is_wrong[self->n_sectors_read] =
        memcmp (self->buffer + at, self->wanted + address, UB_SECTOR_SIZE) != 0;
    if (!self->is_wrong[self->n_sectors_read])
      set_verified (self, address);
    advance (self, get_wire_seconds (self, UB_SECTOR_SIZE));
  }
}

static gboolean
has_failed (UbFlashWriter *self, GError **error)
{
  if (self->n_failed == 1)
    g_set_error (error, UB_ERROR, UB_ERROR_VERIFY,
                 _ ("the sector at 0x%06X does not hold what was written, after %d more attempts"),
                 self->first_failed, MAX_RETRIES);
  else
    g_set_error (error, UB_ERROR, UB_ERROR_VERIFY,
                 _ ("%u sectors, the first at 0x%06X, do not hold what was written, after %d more "
                    "attempts each"),
                 self->n_failed, self->first_failed, MAX_RETRIES);
  return FALSE;
}

/* Reads back @range, at most a window, and repairs what is wrong. */
static gboolean
verify_range (UbFlashWriter *self, UbRange range, GError **error)
{
  guint hz = ub_programmer_get_clock (self->flash->programmer);

  self->range = range;
  self->n_sectors_read = 0;
  if (!ub_flash_read_quietly (self->flash, range.address, self->buffer, range.size, on_read_back,
                              self, self->cancellable, error))
    return FALSE;

  ub_flash_count_readings (self->flash, range.size / UB_SECTOR_SIZE, 0);
  for (guint i = 0; i < range.size / UB_SECTOR_SIZE; i++) {
    guint32 at = i * UB_SECTOR_SIZE;

    if (!self->is_wrong[i])
      continue;
    if (!repair_sector (self, range.address + at, self->buffer + at, error))
      return FALSE;
    if (self->n_failed >= MAX_FAILED_SECTORS)
      return has_failed (self, error);
  }
  /* What was read wrong before the clock came down says nothing about the new one. */
  if (ub_programmer_get_clock (self->flash->programmer) != hz) {
    self->n_read_errors = 0;
  } else if (self->n_read_errors >= READ_ERRORS_TO_LOWER) {
    self->n_read_errors = 0;
    lower_clock (self);
  }
  return TRUE;
}

/* Programs pages of the plan's list, at most a window's. */
static gboolean
program_pages (UbFlashWriter *self, guint first, guint n_pages, GError **error)
{
  guint n_all, n = 0;
  const guint32 *pages = ub_flash_plan_get_pages (self->plan, &n_all) + first;

  g_return_val_if_fail (first + n_pages <= n_all, FALSE);

  for (guint i = 0; i < n_pages; i++) {
    guint32 address = pages[i] * UB_PAGE_SIZE;

    n += ub_flash_add_program_ops (self->ops + n, address, self->wanted + address, UB_PAGE_SIZE,
                                   get_max_transaction (self));
  }
  return run_ops (self, n, on_programmed, error);
}

/* A unit larger than a window: erased as a whole, then programmed and read back window by window. */
static gboolean
write_large_unit (UbFlashWriter *self, const UbFlashUnit *unit, GError **error)
{
  guint n_all, page = unit->first_page, end_page = unit->first_page + unit->n_pages;
  const guint32 *pages = ub_flash_plan_get_pages (self->plan, &n_all);
  guint32 end = unit->range.address + unit->range.size;

  ub_flash_mark (self->flash, unit->range, UB_SECTOR_ERASING);
  self->ops[0] =
      (UbFlashOp) { get_erase_kind (unit), unit->range.address, NULL, unit->range.size, FALSE };
  if (!run_ops (self, 1, on_erased, error))
    return FALSE;

  for (guint32 at = unit->range.address; at < end; at += WINDOW_SIZE) {
    UbRange range = { at, MIN (WINDOW_SIZE, end - at) };
    guint n = 0;

    while (page + n < end_page && pages[page + n] < (at + range.size) / UB_PAGE_SIZE)
      n++;
    if (!program_pages (self, page, n, error))
      return FALSE;
    ub_flash_mark (self->flash, range, UB_SECTOR_WRITTEN);
    if (!verify_range (self, range, error))
      return FALSE;
    page += n;
  }
  return TRUE;
}

/* Units that make a window together. */
static gboolean
write_units (UbFlashWriter *self, guint first, guint n_units, GError **error)
{
  const UbFlashUnit *begin = ub_flash_plan_get_unit (self->plan, first);
  guint n_erases = 0, n_pages = 0;

  for (guint i = first; i < first + n_units; i++) {
    const UbFlashUnit *unit = ub_flash_plan_get_unit (self->plan, i);

    n_pages += unit->n_pages;
    if (unit->erase_index == UB_FLASH_UNIT_NO_ERASE)
      continue;
    ub_flash_mark (self->flash, unit->range, UB_SECTOR_ERASING);
    self->ops[n_erases++] =
        (UbFlashOp) { get_erase_kind (unit), unit->range.address, NULL, unit->range.size, FALSE };
  }
  if (!run_ops (self, n_erases, on_erased, error) ||
      !program_pages (self, begin->first_page, n_pages, error))
    return FALSE;

  for (guint i = first; i < first + n_units;) {
    UbRange range = ub_flash_plan_get_unit (self->plan, i)->range;

    /* Neighbours are read in one go. */
    while (++i < first + n_units) {
      UbRange next = ub_flash_plan_get_unit (self->plan, i)->range;

      if (next.address != range.address + range.size)
        break;
      range.size += next.size;
    }
    ub_flash_mark (self->flash, range, UB_SECTOR_WRITTEN);
    if (!verify_range (self, range, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
write_all (UbFlashWriter *self, GError **error)
{
  guint n_units = ub_flash_plan_get_n_units (self->plan);

  for (guint first = 0, n; first < n_units; first += n) {
    const UbFlashUnit *unit = ub_flash_plan_get_unit (self->plan, first);
    guint32 size = unit->range.size;

    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
    n = 1;
    if (size > WINDOW_SIZE) {
      if (!write_large_unit (self, unit, error))
        return FALSE;
      continue;
    }
    while (first + n < n_units) {
      size += ub_flash_plan_get_unit (self->plan, first + n)->range.size;
      if (size > WINDOW_SIZE)
        break;
      n++;
    }
    if (!write_units (self, first, n, error))
      return FALSE;
  }
  return self->n_failed == 0 || has_failed (self, error);
}

static guint
get_max_ops (UbFlashWriter *self)
{
  gsize max_data = MIN (get_max_transaction (self) - 4, UB_PAGE_SIZE);
  guint per_page = (guint) ((UB_PAGE_SIZE + max_data - 1) / max_data);

  return WINDOW_SIZE / UB_PAGE_SIZE * per_page;
}

/**
 * ub_flash_writer_run:
 * @flash: a flash
 * @plan: made for what the flash holds and @wanted
 * @current: (inout): what the flash holds; kept up to date, also when this fails
 * @wanted: what it is to hold
 * @cancellable: (nullable): checked about ten times a second, but not while an erase runs
 * @error: return location for %UB_ERROR_VERIFY with the address when a sector does not hold what was written
 *   after all attempts, %UB_ERROR_PROTECTED, %UB_ERROR_CHIP_BUSY, %UB_ERROR_WRITE_ENABLE,
 *   %UB_ERROR_UNSTABLE, an error of the programmer or %G_IO_ERROR_CANCELLED
 *
 * Lifts the write protection, then erases, programs and reads back what @plan says, a window of at most
 * 64 KiB at a time. A sector that reads back wrong is read again; if it is wrong indeed it is written again up
 * to five times, from what it holds, and the clock is lowered after two of them, as after two wrong readings.
 * A sector that stays wrong does not keep the others from being written, unless there are several.
 *
 * Advances the progress by ub_flash_plan_get_n_bytes() in all. Stopped at any moment, also by loss of power,
 * it leaves a chip that a new plan from what it then holds makes right.
 *
 * Returns: whether everything was written and read back right
 */
gboolean
ub_flash_writer_run (UbFlash *flash,
                     UbFlashPlan *plan,
                     guint8 *current,
                     const guint8 *wanted,
                     GCancellable *cancellable,
                     GError **error)
{
  UbFlashWriter self = {
    .flash = flash, .plan = plan, .current = current, .wanted = wanted, .cancellable = cancellable
  };
  gboolean ok;

  g_return_val_if_fail (UB_IS_FLASH (flash), FALSE);
  g_return_val_if_fail (plan != NULL && current != NULL && wanted != NULL, FALSE);

  if (ub_flash_plan_get_n_units (plan) == 0)
    return TRUE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !ub_flash_unprotect (flash, error))
    return FALSE;

  for (guint i = 0; i < ub_flash_plan_get_n_units (plan); i++)
    self.total_s += get_unit_seconds (&self, ub_flash_plan_get_unit (plan, i));
  self.ops = g_new (UbFlashOp, get_max_ops (&self));
  self.buffer = g_malloc (WINDOW_SIZE);

  ok = write_all (&self, error);
  if (ok)
    advance (&self, self.total_s);

  g_free (self.ops);
  g_free (self.buffer);
  return ok;
}

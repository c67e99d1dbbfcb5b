/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash"

#include "config.h"

#include "ub-flash-private.h"

#include "ub-error.h"

#include <glib/gi18n.h>

/**
 * UbFlash:
 *
 * The flash chip behind a programmer: read, erase, program, lift protection. It moves many flash
 * commands at once, in batches sized by what the programmer takes and by the time they need, about a
 * tenth of a second each, so that progress moves and cancelling is prompt at any clock. Used by one
 * thread at a time; the counters and the address may be looked at from any.
 */
G_DEFINE_FINAL_TYPE (UbFlash, ub_flash, G_TYPE_OBJECT)

static void
ub_flash_finalize (GObject *object)
{
  UbFlash *self = UB_FLASH (object);

  g_clear_object (&self->programmer);
  g_clear_object (&self->progress);
  g_clear_object (&self->map);
  g_clear_pointer (&self->batch, ub_flash_batch_free);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (ub_flash_parent_class)->finalize (object);
}

static void
ub_flash_class_init (UbFlashClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = ub_flash_finalize;
}

static void
ub_flash_init (UbFlash *self)
{
  g_mutex_init (&self->lock);
}

/**
 * ub_flash_new:
 * @programmer: an open programmer, behind which the module is in download mode
 * @part: the flash; copied
 *
 * Returns: (transfer full): the flash
 */
UbFlash *
ub_flash_new (UbProgrammer *programmer, const UbFlashPart *part)
{
  UbFlash *self;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), NULL);
  g_return_val_if_fail (part != NULL && part->size > 0, NULL);
  g_return_val_if_fail (part->n_erase >= 1 && part->n_erase <= UB_MAX_ERASE_TYPES, NULL);
  g_return_val_if_fail (part->erase[0].size == UB_SECTOR_SIZE, NULL);

  self = g_object_new (UB_TYPE_FLASH, NULL);
  self->programmer = g_object_ref (programmer);
  self->part = *part;
  return self;
}

/**
 * ub_flash_get_programmer:
 * @self: a flash
 *
 * Returns: (transfer none): the programmer it is reached by
 */
UbProgrammer *
ub_flash_get_programmer (UbFlash *self)
{
  g_return_val_if_fail (UB_IS_FLASH (self), NULL);

  return self->programmer;
}

/**
 * ub_flash_get_part:
 * @self: a flash
 *
 * Returns: (transfer none): its description
 */
const UbFlashPart *
ub_flash_get_part (UbFlash *self)
{
  g_return_val_if_fail (UB_IS_FLASH (self), NULL);

  return &self->part;
}

/**
 * ub_flash_get_counters:
 * @self: a flash
 * @out_counters: (out caller-allocates): what was done to it so far
 *
 * May be called from any thread.
 */
void
ub_flash_get_counters (UbFlash *self, UbFlashCounters *out_counters)
{
  g_return_if_fail (UB_IS_FLASH (self));
  g_return_if_fail (out_counters != NULL);

  g_mutex_lock (&self->lock);
  *out_counters = self->counters;
  g_mutex_unlock (&self->lock);
}

/**
 * ub_flash_set_observers:
 * @self: a flash
 * @progress: (nullable): advanced by the bytes that ub_flash_read() reads and ub_flash_writer_run()
 *   makes right, within whatever phase the caller began
 * @map: (nullable): kept up to date with what is known of each sector
 *
 * Says who wants to know.
 */
void
ub_flash_set_observers (UbFlash *self, UbProgress *progress, UbSectorMap *map)
{
  g_return_if_fail (UB_IS_FLASH (self));
  g_return_if_fail (progress == NULL || UB_IS_PROGRESS (progress));
  g_return_if_fail (map == NULL || UB_IS_SECTOR_MAP (map));

  g_set_object (&self->progress, progress);
  g_set_object (&self->map, map);
}

/**
 * ub_flash_set_content_func:
 * @self: a flash
 * @func: (nullable): called after each piece that ub_flash_read() reads
 * @user_data: for @func
 *
 * Says who wants to see what is read while it is read.
 */
void
ub_flash_set_content_func (UbFlash *self, UbFlashContentFunc func, gpointer user_data)
{
  g_return_if_fail (UB_IS_FLASH (self));

  self->content_func = func;
  self->content_data = user_data;
}

/**
 * ub_flash_get_address:
 * @self: a flash
 *
 * May be called from any thread.
 *
 * Returns: the address that was worked on last
 */
guint32
ub_flash_get_address (UbFlash *self)
{
  g_return_val_if_fail (UB_IS_FLASH (self), 0);

  return (guint32) g_atomic_int_get (&self->address);
}

static int
find_erase_kind (UbFlash *self, UbRange unit)
{
  if (unit.size == 0 || unit.address % unit.size != 0)
    return -1;
  if (unit.size == self->part.size && self->part.chip_erase.opcode != 0)
    return UB_FLASH_OP_CHIP_ERASE;
  for (guint i = 0; i < self->part.n_erase; i++) {
    if (self->part.erase[i].size == unit.size)
      return (int) i;
  }
  return -1;
}

static void
on_erased (const UbFlashOp *op, gpointer user_data)
{
  UbFlash *self = user_data;

  ub_flash_mark (self, (UbRange) { op->address, op->size }, UB_SECTOR_BLANK);
}

/**
 * ub_flash_erase:
 * @self: an unprotected flash
 * @units: (array length=n_units): each as large as one of the part's erase types and aligned to its
 *   own size, or the whole chip where it has a chip erase
 * @n_units: their number
 * @cancellable: (nullable): checked between units
 * @error: return location for %UB_ERROR_CHIP_BUSY, %UB_ERROR_WRITE_ENABLE, an error of the programmer or
 *   %G_IO_ERROR_CANCELLED
 *
 * Erases, waiting for the chip to finish each. Does not read back, nor advance the progress.
 *
 * Returns: whether the chip says that it erased all of them
 */
gboolean
ub_flash_erase (
    UbFlash *self, const UbRange *units, guint n_units, GCancellable *cancellable, GError **error)
{
  g_autofree UbFlashOp *ops = NULL;

  g_return_val_if_fail (UB_IS_FLASH (self), FALSE);

  ops = g_new0 (UbFlashOp, MAX (n_units, 1));
  for (guint i = 0; i < n_units; i++) {
    int kind = find_erase_kind (self, units[i]);

    g_return_val_if_fail (kind >= 0 && units[i].address < self->part.size, FALSE);
    ops[i] = (UbFlashOp) { (guint) kind, units[i].address, NULL, units[i].size, FALSE };
    ub_flash_mark (self, units[i], UB_SECTOR_ERASING);
  }
  return ub_flash_run_ops (self, ops, n_units, on_erased, self, cancellable, error);
}

/**
 * ub_flash_program:
 * @self: an unprotected flash
 * @address: where to begin; need not be aligned
 * @data: (array length=size): what to program; it can only clear bits
 * @size: bytes
 * @cancellable: (nullable): checked at least ten times a second
 * @error: return location for %UB_ERROR_RANGE, %UB_ERROR_CHIP_BUSY, %UB_ERROR_WRITE_ENABLE, an error of
 *   the programmer or %G_IO_ERROR_CANCELLED
 *
 * Programs page by page, waiting for the chip to finish each; pages of 0xFF are left out. Does not read
 * back, nor advance the progress.
 *
 * Returns: whether the chip says that it programmed all of it
 */
gboolean
ub_flash_program (UbFlash *self,
                  guint32 address,
                  const guint8 *data,
                  gsize size,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autofree UbFlashOp *ops = NULL;
  gsize max_transaction;
  guint n_ops;

  g_return_val_if_fail (UB_IS_FLASH (self), FALSE);
  g_return_val_if_fail (data != NULL || size == 0, FALSE);

  if (address > self->part.size || size > self->part.size - address) {
    g_set_error (error, UB_ERROR, UB_ERROR_RANGE,
                 _ ("0x%06X and the %zu bytes from there do not fit the flash"), address, size);
    return FALSE;
  }
  max_transaction = ub_programmer_get_limits (self->programmer)->max_transaction;
  n_ops = ub_flash_add_program_ops (NULL, address, data, size, max_transaction);
  ops = g_new0 (UbFlashOp, MAX (n_ops, 1));
  ub_flash_add_program_ops (ops, address, data, size, max_transaction);
  return ub_flash_run_ops (self, ops, n_ops, NULL, NULL, cancellable, error);
}

void
ub_flash_count_retries (UbFlash *self, guint n)
{
  g_mutex_lock (&self->lock);
  self->counters.retries += n;
  g_mutex_unlock (&self->lock);
}

void
ub_flash_count_read (UbFlash *self, gsize bytes)
{
  g_mutex_lock (&self->lock);
  self->counters.bytes_read += bytes;
  g_mutex_unlock (&self->lock);
}

void
ub_flash_count_op (UbFlash *self, const UbFlashOp *op)
{
  g_mutex_lock (&self->lock);
  if (op->kind == UB_FLASH_OP_PROGRAM)
    self->counters.bytes_programmed += op->size;
  else
    self->counters.sectors_erased += op->size / UB_SECTOR_SIZE;
  g_mutex_unlock (&self->lock);
}

void
ub_flash_set_address (UbFlash *self, guint32 address)
{
  g_atomic_int_set (&self->address, (gint) address);
}

void
ub_flash_advance (UbFlash *self, guint64 bytes)
{
  if (self->progress != NULL)
    ub_progress_advance (self->progress, bytes, ub_programmer_get_time (self->programmer));
}

void
ub_flash_mark (UbFlash *self, UbRange range, UbSectorState state)
{
  guint first = range.address / UB_SECTOR_SIZE;
  guint end = (range.address + range.size + UB_SECTOR_SIZE - 1) / UB_SECTOR_SIZE;

  if (self->map != NULL)
    ub_sector_map_set (self->map, first, end - first, state);
}

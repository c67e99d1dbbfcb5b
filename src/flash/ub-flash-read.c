/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash"

#include "config.h"

#include "ub-flash-private.h"

#include "ub-clock-search.h"
#include "ub-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* How long an exchange may keep the bus: progress moves and cancelling is noticed in between. */
#define EXCHANGE_US (100 * 1000)
/* But no fewer bytes than this, or their commands would take more than one percent of the bus. */
#define MIN_EXCHANGE_BYTES 512
/* From here on no fewer than this, which may keep the bus for 0.6 s: 2 MiB are 57 USB round trips then. */
#define FAST_HZ (500 * 1000)
#define MIN_EXCHANGE_BYTES_FAST (36 * 1024)
#define MAX_TRANSACTIONS 16

/* How often a sector is read at one clock until two readings of each of its pages agree. */
#define MAX_READINGS 6
#define PAGES_PER_SECTOR (UB_SECTOR_SIZE / UB_PAGE_SIZE)

#define READ 0x03
#define FAST_READ 0x0B

static gboolean
check_range (UbFlash *self, guint32 address, gsize size, GError **error)
{
  if (address <= self->part.size && size <= self->part.size - address)
    return TRUE;
  g_set_error (error, UB_ERROR, UB_ERROR_RANGE,
               _ ("0x%06X and the %zu bytes from there do not fit the flash"), address, size);
  return FALSE;
}

static gsize
get_exchange_bytes (UbFlash *self)
{
  guint hz = ub_programmer_get_clock (self->programmer);
  gsize bytes = (gsize) ((guint64) hz * EXCHANGE_US / 8 / G_USEC_PER_SEC);

  return MAX (bytes, hz >= FAST_HZ ? MIN_EXCHANGE_BYTES_FAST : MIN_EXCHANGE_BYTES);
}

/* One exchange: as many reads from @address on as fit. *@out_n tells how many bytes they brought. */
static gboolean
read_piece (
    UbFlash *self, guint32 address, guint8 *buffer, gsize size, gsize *out_n, GError **error)
{
  const UbProgrammerLimits *limits = ub_programmer_get_limits (self->programmer);
  gboolean fast = self->part.max_read_hz > 0 &&
                  ub_programmer_get_clock (self->programmer) > self->part.max_read_hz;
  gsize n_command = fast ? 5 : 4; /* a dummy byte follows the address of 0B */
  UbTransaction batch[MAX_TRANSACTIONS];
  guint8 commands[MAX_TRANSACTIONS][5];
  gsize done = 0, batch_bytes = 0;
  guint n = 0;

  size = MIN (size, get_exchange_bytes (self));
  while (done < size && n < MAX_TRANSACTIONS) {
    gsize bytes = MIN (size - done, limits->max_transaction - n_command);
    guint32 at = address + (guint32) done;

    batch_bytes += n_command + bytes + limits->transaction_cost;
    if (n > 0 && batch_bytes > limits->max_batch)
      break;
    commands[n][0] = fast ? FAST_READ : READ;
    commands[n][1] = (guint8) (at >> 16);
    commands[n][2] = (guint8) (at >> 8);
    commands[n][3] = (guint8) at;
    commands[n][4] = 0;
    batch[n] = (UbTransaction) {
      .tx = commands[n], .n_tx = n_command, .rx = buffer + done, .n_rx = bytes
    };
    done += bytes;
    n++;
  }

  if (!ub_programmer_exchange (self->programmer, batch, n, error))
    return FALSE;
  *out_n = done;
  return TRUE;
}

/* Reads without telling the map or the progress; @func may. */
gboolean
ub_flash_read_quietly (UbFlash *self,
                       guint32 address,
                       guint8 *buffer,
                       gsize size,
                       UbFlashReadFunc func,
                       gpointer user_data,
                       GCancellable *cancellable,
                       GError **error)
{
  gsize done = 0;

  while (done < size) {
    gsize n = 0;

    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
    ub_flash_set_address (self, address + (guint32) done);
    if (!read_piece (self, address + (guint32) done, buffer + done, size - done, &n, error))
      return FALSE;
    done += n;
    ub_flash_count_read (self, n);
    if (func != NULL)
      func (self, done, user_data);
  }
  return TRUE;
}

typedef struct {
  guint32 address;
  const guint8 *buffer;
  gsize size;
  gsize n_told; /* bytes the progress knows of */
  gsize n_mapped; /* bytes the map knows of: whole sectors */
} Reading;

static void
on_piece_read (UbFlash *self, gsize n_done, gpointer user_data)
{
  Reading *reading = user_data;
  guint32 at = reading->address + (guint32) reading->n_mapped;
  guint32 end = reading->address + (guint32) n_done;

  ub_flash_advance (self, n_done - reading->n_told);
  reading->n_told = n_done;
  if (self->content_func != NULL)
    self->content_func (reading->address, reading->buffer, n_done, self->content_data);

  if (self->map == NULL)
    return;
  if (n_done < reading->size)
    end -= end % UB_SECTOR_SIZE;
  if (end <= at)
    return;
  /* The rest of a sector that was begun before says little about the whole of it. */
  if (at % UB_SECTOR_SIZE != 0) {
    guint32 next = MIN (at - at % UB_SECTOR_SIZE + UB_SECTOR_SIZE, end);

    reading->n_mapped += next - at;
    at = next;
  }
  ub_sector_map_set_content (self->map, at / UB_SECTOR_SIZE, reading->buffer + reading->n_mapped,
                             end - at);
  reading->n_mapped += end - at;
}

/**
 * ub_flash_read:
 * @self: a flash
 * @address: where to begin
 * @buffer: (out caller-allocates) (array length=size): where to put what is read
 * @size: bytes
 * @cancellable: (nullable): checked every 0.6 s at the worst from 40 kHz on, mostly ten times a second
 * @error: return location for %UB_ERROR_RANGE, an error of the programmer or %G_IO_ERROR_CANCELLED
 *
 * Reads once, in as few and long transactions as the programmer takes. Advances the progress by @size in
 * all, and makes the sectors that were read from their beginning blank or data in the map.
 *
 * Returns: whether @buffer is filled
 */
gboolean
ub_flash_read (UbFlash *self,
               guint32 address,
               guint8 *buffer,
               gsize size,
               GCancellable *cancellable,
               GError **error)
{
  Reading reading = { address, buffer, size, 0, 0 };

  g_return_val_if_fail (UB_IS_FLASH (self), FALSE);
  g_return_val_if_fail (buffer != NULL || size == 0, FALSE);

  return check_range (self, address, size, error) &&
         ub_flash_read_quietly (self, address, buffer, size, on_piece_read, &reading, cancellable,
                                error);
}

typedef struct {
  gsize size;
  guint8 readings[MAX_READINGS][UB_SECTOR_SIZE];
  guint n_readings;
  gboolean is_settled[PAGES_PER_SECTOR];
  guint n_settled;
} Settling;

/* Looks for pages in which the last reading agrees with an earlier one, or with @expected. */
static void
find_agreement (Settling *self, guint8 *buffer, const guint8 *expected)
{
  const guint8 *last = self->readings[self->n_readings - 1];

  for (gsize at = 0; at < self->size; at += UB_PAGE_SIZE) {
    gboolean *is_settled = &self->is_settled[at / UB_PAGE_SIZE];
    gsize n = MIN (UB_PAGE_SIZE, self->size - at);

    if (*is_settled)
      continue;
    *is_settled = expected != NULL && memcmp (last + at, expected + at, n) == 0;
    for (guint i = 0; i + 1 < self->n_readings && !*is_settled; i++)
      *is_settled = memcmp (last + at, self->readings[i] + at, n) == 0;
    if (*is_settled) {
      memcpy (buffer + at, last + at, n);
      self->n_settled++;
    }
  }
}

/**
 * ub_flash_settle:
 * @self: a flash
 * @address: where to begin
 * @buffer: (inout) (array length=size): one reading; then what it settled on
 * @size: bytes, at most a sector
 * @expected: (nullable) (array length=size): counts as a reading: what is found there by chance is not this
 * @cancellable: (nullable): checked before each reading
 * @error: return location for %UB_ERROR_UNSTABLE, an error of the programmer or %G_IO_ERROR_CANCELLED
 *
 * Reads again and again until two readings of each page agree, lowering the clock when they do not.
 *
 * Returns: whether two agreed
 */
gboolean
ub_flash_settle (UbFlash *self,
                 guint32 address,
                 guint8 *buffer,
                 gsize size,
                 const guint8 *expected,
                 GCancellable *cancellable,
                 GError **error)
{
  Settling settling = { .size = size, .n_readings = 1 };
  guint n_pages = (guint) ((size + UB_PAGE_SIZE - 1) / UB_PAGE_SIZE);

  g_return_val_if_fail (size <= UB_SECTOR_SIZE, FALSE);

  memcpy (settling.readings[0], buffer, size);
  while (settling.n_settled < n_pages) {
    if (settling.n_readings == MAX_READINGS) {
      if (!ub_clock_step_down (self->programmer, NULL, error)) {
        g_prefix_error (error, _ ("the sector at 0x%06X reads differently each time: "), address);
        return FALSE;
      }
      settling.n_readings = 1;
    }
    ub_flash_count_retries (self, 1);
    if (!ub_flash_read_quietly (self, address, settling.readings[settling.n_readings++], size, NULL,
                                NULL, cancellable, error))
      return FALSE;
    find_agreement (&settling, buffer, expected);
  }
  return TRUE;
}

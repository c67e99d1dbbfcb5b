/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash.h"

G_BEGIN_DECLS

/* For the files of UbFlash and its writer only. */

/* What keeps the chip busy: its erase types, by index, and these. */
#define UB_FLASH_OP_CHIP_ERASE UB_MAX_ERASE_TYPES
#define UB_FLASH_OP_PROGRAM (UB_MAX_ERASE_TYPES + 1)
#define UB_FLASH_N_OP_KINDS (UB_MAX_ERASE_TYPES + 2)

#define UB_STATUS_WIP 0x01
#define UB_STATUS_WEL 0x02

/**
 * UbFlashOp:
 * @kind: index of an erase type, %UB_FLASH_OP_CHIP_ERASE or %UB_FLASH_OP_PROGRAM
 * @address: where it begins
 * @data: (nullable) (array length=size): what to program, within one page
 * @size: bytes it erases or programs
 * @done: set once the chip has proven to have finished it
 *
 * One command that keeps the chip busy.
 */
typedef struct {
  guint kind;
  guint32 address;
  const guint8 *data;
  guint32 size;
  gboolean done;
} UbFlashOp;

/* Called for each operation as it is done, in the order in which the chip did them. */
typedef void (*UbFlashOpFunc) (const UbFlashOp *op, gpointer user_data);

/* What is known of how long an operation takes, from watching it: see ub-flash-batch.c. */
typedef struct {
  double expected_us;
  double spread_us;
  guint n_early; /* times in a row that it had finished before it was looked at */
} UbFlashPace;

/* How often the clocks so far read wrong: see ub-flash-clock.c. */
typedef struct {
  guint hz; /* the clock in use */
  guint n_read; /* sectors at @hz */
  guint n_wrong;
  guint first_hz; /* where errors were noticed first, 0 for nowhere */
  double first_rate;
  gboolean was_given_up;
} UbFlashTrial;

typedef struct _UbFlashBatch UbFlashBatch;

struct _UbFlash {
  GObject parent_instance;

  UbProgrammer *programmer;
  UbFlashPart part;
  UbProgress *progress;
  UbSectorMap *map;
  UbFlashContentFunc content_func; /* nullable */
  gpointer content_data;
  gint address; /* atomic */

  GMutex lock; /* of the counters, which other threads look at */
  UbFlashCounters counters;

  UbFlashTrial trial;
  UbFlashPace paces[UB_FLASH_N_OP_KINDS];
  UbFlashBatch *batch; /* room to build batches in, made when first needed */
};

void ub_flash_count_retries (UbFlash *self, guint n);
void ub_flash_count_read (UbFlash *self, gsize bytes);
void ub_flash_count_op (UbFlash *self, const UbFlashOp *op);
void ub_flash_set_address (UbFlash *self, guint32 address);
void ub_flash_advance (UbFlash *self, guint64 bytes);
void ub_flash_mark (UbFlash *self, UbRange range, UbSectorState state);

/* Called after each piece, with how many of the bytes asked for are there. */
typedef void (*UbFlashReadFunc) (UbFlash *self, gsize n_done, gpointer user_data);
gboolean ub_flash_read_quietly (UbFlash *self,
                                guint32 address,
                                guint8 *buffer,
                                gsize size,
                                UbFlashReadFunc func,
                                gpointer user_data,
                                GCancellable *cancellable,
                                GError **error);

gboolean ub_flash_settle (UbFlash *self,
                          guint32 address,
                          guint8 *buffer,
                          gsize size,
                          const guint8 *expected,
                          GCancellable *cancellable,
                          GError **error);

guint ub_flash_add_program_ops (
    UbFlashOp *ops, guint32 address, const guint8 *data, gsize size, gsize max_transaction);
gboolean ub_flash_run_ops (UbFlash *self,
                           UbFlashOp *ops,
                           guint n_ops,
                           UbFlashOpFunc func,
                           gpointer user_data,
                           GCancellable *cancellable,
                           GError **error);
gboolean ub_flash_wait_ready (UbFlash *self, guint64 expected_us, guint64 limit_us, GError **error);
void ub_flash_batch_free (UbFlashBatch *batch);

G_END_DECLS

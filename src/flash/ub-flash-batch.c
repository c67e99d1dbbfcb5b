/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash"

#include "config.h"

#include "ub-flash-private.h"

#include "ub-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* Erases and programs, many to an exchange. Each takes four transactions:
 *
 *   06            write enable
 *   05 s          s must show WEL, and not WIP: proof that the operation before has finished and that
 *                 this one will be obeyed
 *   02 … or 20 …  the operation, then chip select stays high for a little less than it takes
 *   05 s s s …    the chip tells its status as long as it is clocked; the last must not show WIP
 *
 * An operation whose proof is missing was ignored by the chip, and is sent again. So a chip that is
 * slower than expected costs time, never data. */
#define TRANSACTIONS_PER_OP 4

#define WRITE_ENABLE 0x06
#define READ_STATUS 0x05
#define PAGE_PROGRAM 0x02

#define MAX_OPS 128 /* to an exchange */
#define MIN_OPS 4 /* to the first ones */
#define MAX_POLLS 96 /* status bytes in one transaction */
#define OP_HEADER 4 /* opcode and address */

/* How long an exchange may keep the bus: progress moves and cancelling is noticed in between. */
#define EXCHANGE_US (100 * 1000)
/* What takes longer than this is waited for by the computer, not within the exchange. */
#define MAX_DELAY_US (100 * 1000)
/* What takes longer than this has an exchange for itself: it varies too much to bet on, and the round
 * trip does not matter. */
#define LONG_OP_US (5 * 1000)

/* A chip is given up when it takes this many times its datasheet's maximum, and at least this. */
#define DEADLINE_FACTOR 3
#define MIN_DEADLINE_US (50 * 1000)
/* How often in a row the chip may ignore all operations of an exchange. */
#define MAX_REFUSALS 3

/* The window in which an operation is expected to end: this part of the time on either side, more where it
 * was seen to vary. */
#define MARGIN_BEFORE 0.01
#define MARGIN_AFTER 0.02
#define SPREADS_BEFORE 2
#define SPREADS_AFTER 4
/* How much longer it may have taken when it outlasted the window. */
#define UNFINISHED_FACTOR 1.25

struct _UbFlashBatch {
  UbTransaction transactions[MAX_OPS * TRANSACTIONS_PER_OP];
  UbFlashOp *ops[MAX_OPS];
  guint8 commands[MAX_OPS][OP_HEADER + UB_PAGE_SIZE];
  guint8 proofs[MAX_OPS];
  guint8 polls[MAX_OPS][MAX_POLLS];
  guint n_polls[MAX_OPS];
  double polled_us[MAX_OPS]; /* from the end of the operation to its first status byte */
  guint n_ops;
  guint max_ops; /* for the next exchange */
};

void
ub_flash_batch_free (UbFlashBatch *batch)
{
  g_free (batch);
}

static double
get_byte_us (UbFlash *self)
{
  return 8e6 / ub_programmer_get_clock (self->programmer);
}

static void
get_times (UbFlash *self, guint kind, guint *typical_us, guint *max_us)
{
  const UbFlashPart *part = &self->part;

  if (kind == UB_FLASH_OP_PROGRAM) {
    *typical_us = part->program_typical_us;
    *max_us = part->program_max_us;
  } else if (kind == UB_FLASH_OP_CHIP_ERASE) {
    *typical_us = part->chip_erase.typical_us;
    *max_us = part->chip_erase.max_us;
  } else {
    *typical_us = part->erase[kind].typical_us;
    *max_us = part->erase[kind].max_us;
  }
}

static guint64
get_limit_us (UbFlash *self, guint kind)
{
  guint typical_us, max_us;

  get_times (self, kind, &typical_us, &max_us);
  return MAX ((guint64) MAX (max_us, typical_us) * DEADLINE_FACTOR, MIN_DEADLINE_US);
}

static UbFlashPace *
get_pace (UbFlash *self, guint kind)
{
  UbFlashPace *pace = &self->paces[kind];
  guint typical_us, max_us;

  if (pace->expected_us <= 0) {
    get_times (self, kind, &typical_us, &max_us);
    pace->expected_us = MAX (typical_us, 1);
    pace->spread_us = pace->expected_us / 32;
  }
  return pace;
}

/* It ended @took_us after its transaction, as far as the polls can tell. */
static void
learn (UbFlashPace *pace, double took_us)
{
  double off = took_us - pace->expected_us;

  pace->spread_us += (ABS (off) - pace->spread_us) / 4;
  pace->expected_us = MAX (pace->expected_us + off / 4, 1);
}

static gboolean
is_accepted (guint8 proof)
{
  return (proof & (UB_STATUS_WEL | UB_STATUS_WIP)) == UB_STATUS_WEL;
}

/* How many polls of an operation showed it busy. */
static guint
count_busy_polls (const UbFlashBatch *batch, guint i)
{
  guint n = 0;

  while (n < batch->n_polls[i] && (batch->polls[i][n] & UB_STATUS_WIP) != 0)
    n++;
  return n;
}

/* Learns from every operation that was seen to end. Of those that ended before they were looked at or
 * after, it is only known that the window is wrong: it moves once, however many they are. */
static void
learn_from_batch (UbFlash *self)
{
  UbFlashBatch *batch = self->batch;
  double byte_us = get_byte_us (self), early_us = 0, late_us = 0;
  UbFlashPace *pace = get_pace (self, batch->ops[0]->kind);

  for (guint i = 0; i < batch->n_ops; i++) {
    guint n_busy = count_busy_polls (batch, i);

    if (!is_accepted (batch->proofs[i]))
      continue;
    pace = get_pace (self, batch->ops[i]->kind);
    if (n_busy == batch->n_polls[i])
      late_us = batch->polled_us[i] + n_busy * byte_us;
    else if (n_busy > 0)
      learn (pace, batch->polled_us[i] + (n_busy - 0.5) * byte_us);
    else if (batch->transactions[i * TRANSACTIONS_PER_OP + 2].delay_us > 0)
      early_us = batch->polled_us[i];
  }

  if (late_us > 0)
    learn (pace, MAX (pace->expected_us, late_us * UNFINISHED_FACTOR));
  if (early_us > 0) {
    /* Look earlier, and the earlier the more often this happens. */
    double back = early_us / 64 * (1 << MIN (pace->n_early, 4));

    pace->n_early++;
    pace->expected_us = MAX (MIN (pace->expected_us, early_us - back), 1);
    pace->spread_us /= 2;
  } else {
    pace->n_early = 0;
  }
}

/* What the exchange being built has come to. */
typedef struct {
  gsize bytes;
  double us;
} Filling;

typedef struct {
  guint delay_us;
  guint n_polls;
} Window;

/* When to look at the chip after an operation: a pause, and then for how many status bytes. */
static Window
get_window (UbFlash *self, guint kind)
{
  const UbFlashPace *pace = get_pace (self, kind);
  double byte_us = get_byte_us (self);
  double begin_us, end_us, polls;
  Window window;

  begin_us = pace->expected_us * (1 - MARGIN_BEFORE) - SPREADS_BEFORE * pace->spread_us;
  end_us = pace->expected_us * (1 + MARGIN_AFTER) + SPREADS_AFTER * pace->spread_us;
  if (kind != UB_FLASH_OP_PROGRAM)
    end_us = MIN (end_us, begin_us + MAX_POLLS * byte_us); /* then the computer waits on */

  /* The opcode of the poll takes a byte's time before the first status byte. */
  polls = (end_us - MAX (begin_us, byte_us)) / byte_us + 1;
  window.n_polls = (guint) CLAMP (polls + 0.999, 1, MAX_POLLS);
  if (polls > MAX_POLLS)
    begin_us = end_us - (MAX_POLLS - 1) * byte_us;
  window.delay_us = begin_us > byte_us ? (guint) MIN (begin_us - byte_us, MAX_DELAY_US) : 0;
  return window;
}

static void
set_command (UbFlashBatch *batch, guint i, const UbFlashPart *part)
{
  const UbFlashOp *op = batch->ops[i];
  guint8 *command = batch->commands[i];

  if (op->kind == UB_FLASH_OP_PROGRAM)
    command[0] = PAGE_PROGRAM;
  else if (op->kind == UB_FLASH_OP_CHIP_ERASE)
    command[0] = part->chip_erase.opcode;
  else
    command[0] = part->erase[op->kind].opcode;
  command[1] = (guint8) (op->address >> 16);
  command[2] = (guint8) (op->address >> 8);
  command[3] = (guint8) op->address;
  if (op->kind == UB_FLASH_OP_PROGRAM)
    memcpy (command + OP_HEADER, op->data, op->size);
}

static gsize
get_command_size (const UbFlashOp *op)
{
  if (op->kind == UB_FLASH_OP_PROGRAM)
    return OP_HEADER + op->size;
  return op->kind == UB_FLASH_OP_CHIP_ERASE ? 1 : OP_HEADER;
}

/* Adds @op to the exchange, unless that would make it too large or too long. */
static gboolean
add_op (UbFlash *self, UbFlashOp *op, Filling *filling)
{
  static const guint8 write_enable[1] = { WRITE_ENABLE };
  static const guint8 read_status[1] = { READ_STATUS };
  const UbProgrammerLimits *limits = ub_programmer_get_limits (self->programmer);
  UbFlashBatch *batch = self->batch;
  guint i = batch->n_ops;
  UbTransaction *transactions = &batch->transactions[i * TRANSACTIONS_PER_OP];
  Window window = get_window (self, op->kind);
  gboolean is_long = get_pace (self, op->kind)->expected_us > LONG_OP_US;
  gsize bytes = 1 + 2 + get_command_size (op) + 1 + window.n_polls;

  filling->us += (double) bytes * get_byte_us (self) + window.delay_us;
  filling->bytes += bytes + TRANSACTIONS_PER_OP * limits->transaction_cost;
  if (i > 0 && (i == batch->max_ops || is_long || filling->us > EXCHANGE_US ||
                filling->bytes > limits->max_batch))
    return FALSE;

  batch->ops[i] = op;
  set_command (batch, i, &self->part);
  /* What was left of an earlier exchange must not pass for an answer. */
  batch->proofs[i] = 0;
  memset (batch->polls[i], 0xFF, window.n_polls);
  batch->n_polls[i] = window.n_polls;
  batch->polled_us[i] = window.delay_us + get_byte_us (self);

  transactions[0] = (UbTransaction) { .tx = write_enable, .n_tx = 1 };
  transactions[1] =
      (UbTransaction) { .tx = read_status, .n_tx = 1, .rx = &batch->proofs[i], .n_rx = 1 };
  transactions[2] = (UbTransaction) { .tx = batch->commands[i],
                                      .n_tx = get_command_size (op),
                                      .delay_us = window.delay_us };
  transactions[3] = (UbTransaction) {
    .tx = read_status, .n_tx = 1, .rx = batch->polls[i], .n_rx = window.n_polls
  };
  batch->n_ops++;
  return !is_long;
}

/* Builds an exchange of operations from @begin on that are not done. */
static void
fill_batch (UbFlash *self, UbFlashOp *ops, guint n_ops, guint begin)
{
  Filling filling = { 0 };

  self->batch->n_ops = 0;
  for (guint i = begin; i < n_ops; i++) {
    if (!ops[i].done && !add_op (self, &ops[i], &filling))
      return;
  }
}

static void
finish_op (UbFlash *self, UbFlashOp *op, UbFlashOpFunc func, gpointer user_data)
{
  op->done = TRUE;
  ub_flash_count_op (self, op);
  if (func != NULL)
    func (op, user_data);
}

/* Goes through the replies. Returns the operation the chip may still be busy with, if any. */
static UbFlashOp *
judge_batch (UbFlash *self, UbFlashOpFunc func, gpointer user_data, guint *out_n_accepted)
{
  UbFlashBatch *batch = self->batch;
  UbFlashOp *running = NULL;

  *out_n_accepted = 0;
  for (guint i = 0; i < batch->n_ops; i++) {
    gboolean ended;

    if (!is_accepted (batch->proofs[i]))
      continue;
    /* The chip is not busy now, so it has finished what ran. */
    if (running != NULL)
      finish_op (self, running, func, user_data);
    running = batch->ops[i];
    (*out_n_accepted)++;

    ended = (batch->polls[i][batch->n_polls[i] - 1] & UB_STATUS_WIP) == 0;
    if (ended) {
      finish_op (self, running, func, user_data);
      running = NULL;
    }
  }
  return running;
}

/**
 * ub_flash_wait_ready:
 * @self: a flash
 * @expected_us: about how long it may take; how often to look follows from it
 * @limit_us: how long it may take at the most
 * @error: return location for %UB_ERROR_CHIP_BUSY or an error of the programmer
 *
 * Reads the status until it does not show WIP.
 *
 * Returns: whether the chip is ready
 */
gboolean
ub_flash_wait_ready (UbFlash *self, guint64 expected_us, guint64 limit_us, GError **error)
{
  static const guint8 read_status[1] = { READ_STATUS };
  gint64 begun = ub_programmer_get_time (self->programmer);
  gint64 deadline = begun + (gint64) limit_us;
  guint64 pause_us = MIN (expected_us / 256, EXCHANGE_US);
  guint8 status[4];
  const UbTransaction poll = { .tx = read_status, .n_tx = 1, .rx = status, .n_rx = sizeof status };

  for (;;) {
    /* Looked at once more after the deadline: the computer may have been elsewhere. */
    gboolean late = ub_programmer_get_time (self->programmer) >= deadline;

    if (!ub_programmer_exchange (self->programmer, &poll, 1, error))
      return FALSE;
    if ((status[sizeof status - 1] & UB_STATUS_WIP) == 0)
      return TRUE;
    if (late) {
      g_set_error (error, UB_ERROR, UB_ERROR_CHIP_BUSY,
                   _ ("the flash is still busy after %.3g seconds (status 0x%02X)"),
                   (double) (ub_programmer_get_time (self->programmer) - begun) / 1e6,
                   status[sizeof status - 1]);
      return FALSE;
    }
    ub_programmer_delay (self->programmer, pause_us);
  }
}

/* Waits for @op, which the chip took up in the last exchange. */
static gboolean
wait_for_op (UbFlash *self, UbFlashOp *op, gint64 sent, GError **error)
{
  UbFlashPace *pace = get_pace (self, op->kind);
  double begin_us = pace->expected_us * (1 - MARGIN_BEFORE) - SPREADS_BEFORE * pace->spread_us;
  double sending_us = (1 + 2 + get_command_size (op)) * get_byte_us (self);
  double waited_us = ub_programmer_get_time (self->programmer) - sent - sending_us;

  if (self->batch->n_ops == 1 && waited_us < begin_us)
    ub_programmer_delay (self->programmer, (guint64) (begin_us - waited_us));
  if (!ub_flash_wait_ready (self, (guint64) pace->expected_us, get_limit_us (self, op->kind),
                            error)) {
    g_prefix_error (error, _ ("at 0x%06X: "), op->address);
    return FALSE;
  }
  /* Of several, the polls have taught what there is to learn. The round trip counts as the chip's. */
  if (self->batch->n_ops == 1)
    learn (pace, ub_programmer_get_time (self->programmer) - sent - sending_us);
  return TRUE;
}

/* A chip that is not known yet, or that varies more than was thought, gets few operations at a time: those
 * behind a late one are sent in vain. */
static void
adapt_batch_size (UbFlash *self, guint n_accepted)
{
  UbFlashBatch *batch = self->batch;

  if (n_accepted < batch->n_ops)
    batch->max_ops = MAX (batch->max_ops / 2, MIN_OPS);
  else if (batch->n_ops == batch->max_ops)
    batch->max_ops = MIN (batch->max_ops * 2, MAX_OPS);
}

static gboolean
refuse (UbFlash *self, GError **error)
{
  const UbFlashBatch *batch = self->batch;

  g_set_error (error, UB_ERROR, UB_ERROR_WRITE_ENABLE,
               _ ("the flash does not accept write enable at 0x%06X (status 0x%02X)"),
               batch->ops[0]->address, batch->proofs[0]);
  return FALSE;
}

/* One exchange and what follows from it. */
static gboolean
run_batch (
    UbFlash *self, UbFlashOpFunc func, gpointer user_data, guint *inout_n_refusals, GError **error)
{
  UbFlashBatch *batch = self->batch;
  UbFlashOp *first = batch->ops[0], *running;
  gint64 sent = ub_programmer_get_time (self->programmer);
  guint n_accepted;

  ub_flash_set_address (self, first->address);
  if (!ub_programmer_exchange (self->programmer, batch->transactions,
                               batch->n_ops * TRANSACTIONS_PER_OP, error))
    return FALSE;

  running = judge_batch (self, func, user_data, &n_accepted);
  /* What is waited for by itself is measured by that. */
  if (running == NULL || batch->n_ops > 1)
    learn_from_batch (self);
  adapt_batch_size (self, n_accepted);
  if (running != NULL) {
    if (!wait_for_op (self, running, sent, error))
      return FALSE;
    finish_op (self, running, func, user_data);
  }
  if (n_accepted > 0) {
    *inout_n_refusals = 0;
    return TRUE;
  }
  if (++*inout_n_refusals == MAX_REFUSALS)
    return refuse (self, error);
  if ((batch->proofs[0] & UB_STATUS_WIP) != 0)
    /* Busy with something that was begun before: an interrupted erase, at the worst. */
    return ub_flash_wait_ready (self, MIN_DEADLINE_US, get_limit_us (self, self->part.n_erase - 1),
                                error);
  ub_flash_count_retries (self, 1);
  return TRUE;
}

/**
 * ub_flash_run_ops:
 * @self: an unprotected flash
 * @ops: (inout) (array length=n_ops): erases and programs, in an order in which each may be done before or
 *   after any other of the same call
 * @n_ops: their number
 * @func: (nullable) (scope call): called as each is done, also when others fail
 * @user_data: for @func
 * @cancellable: (nullable): checked before each exchange
 * @error: return location for %UB_ERROR_CHIP_BUSY, %UB_ERROR_WRITE_ENABLE, an error of the programmer or
 *   %G_IO_ERROR_CANCELLED
 *
 * Returns: whether all are done
 */
gboolean
ub_flash_run_ops (UbFlash *self,
                  UbFlashOp *ops,
                  guint n_ops,
                  UbFlashOpFunc func,
                  gpointer user_data,
                  GCancellable *cancellable,
                  GError **error)
{
  guint begin = 0, n_refusals = 0;

  if (self->batch == NULL) {
    self->batch = g_new (UbFlashBatch, 1);
    self->batch->max_ops = MIN_OPS;
  }
  for (;;) {
    while (begin < n_ops && ops[begin].done)
      begin++;
    if (begin == n_ops)
      return TRUE;
    if (g_cancellable_set_error_if_cancelled (cancellable, error))
      return FALSE;
    fill_batch (self, ops, n_ops, begin);
    if (!run_batch (self, func, user_data, &n_refusals, error))
      return FALSE;
  }
}

/**
 * ub_flash_add_program_ops:
 * @ops: (nullable) (out caller-allocates): where to put the operations, %NULL to count them
 * @address: where to begin
 * @data: (array length=size): what to program; must outlive the operations
 * @size: bytes
 * @max_transaction: the programmer's limit
 *
 * Cuts at page boundaries, leaving out the 0xFF at either end of each page: programming that does nothing.
 *
 * Returns: the number of operations
 */
guint
ub_flash_add_program_ops (
    UbFlashOp *ops, guint32 address, const guint8 *data, gsize size, gsize max_transaction)
{
  guint n = 0;

  for (gsize at = 0, length; at < size; at += length) {
    gsize begin = at, end;

    length = MIN (UB_PAGE_SIZE - (address + at) % UB_PAGE_SIZE, size - at);
    length = MIN (length, max_transaction - OP_HEADER);
    end = at + length;
    while (end > begin && data[end - 1] == 0xFF)
      end--;
    while (begin < end && data[begin] == 0xFF)
      begin++;
    if (begin == end)
      continue;
    if (ops != NULL)
      ops[n] = (UbFlashOp) { UB_FLASH_OP_PROGRAM, address + (guint32) begin, data + begin,
                             (guint32) (end - begin), FALSE };
    n++;
  }
  return n;
}

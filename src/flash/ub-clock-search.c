/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-clock-search"

#include "config.h"

#include "ub-clock-search.h"

#include "ub-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* The clocks that are tried; programmers make the nearest one below that they can. */
static const guint ladder[] = {
  3000,    5000,     10000,    20000,    30000,    50000,    100000,   200000,
  300000,  500000,   1000000,  1500000,  2000000,  3000000,  4000000,  6000000,
  8000000, 10000000, 12000000, 15000000, 20000000, 24000000, 30000000,
};

/* Each step reads this much at least, which finds one wrong bit in 10⁴ nearly always; at 1 MHz it takes
 * 33 ms. Faster clocks read for as long as JUDGE_US instead, slower ones for at most JUDGE_MAX_US. */
#define JUDGE_BYTES 4096
#define JUDGE_US (6 * 1000)
#define JUDGE_MAX_US (300 * 1000)

/* IDs read in between: so many where there is known content, and more where there is nothing else. */
#define JUDGE_IDS 16
#define JUDGE_IDS_ALONE 128

/* After errors a lower clock is believed once so many of them would have shown there at the rate of the first;
 * so long is spent on it. */
#define PROOF_ERRORS 6
#define PROOF_MAX_US (20 * G_USEC_PER_SEC)

/* Errors this rare (one bit in 5 · 10⁴) a job mends by reading again, where a lower clock is no help. So long is
 * looked at the clock they were seen at, or until there are enough of them to compare. */
#define BEARABLE_RATE 2e-5
#define MEASURE_US (300 * 1000)
#define MEASURE_ENOUGH 8

/* The known content: large enough to keep the bus busy without a pause, small enough at low clocks. */
#define BLOCK_MAX 1024
#define BLOCK_SLOW 256
#define SLOW_HZ 100000
#define N_REFERENCE_READS 3

/* What is looked at to judge whether a place makes good known content. */
#define SAMPLE_SIZE 64

/* Places that are rarely blank: bootloader and app with their headers (0x10F9A, 0x129F0A), OTA, the Tuya
 * and OpenBeken storage, RF calibration of both families. */
static const guint32 places[] = { 0x000000, 0x011000, 0x001000, 0x008000, 0x010F80, 0x040000,
                                  0x080000, 0x129F00, 0x132000, 0x1ED000, 0x1EE000, 0x1D0000,
                                  0x1E0000, 0x1E1000, 0x1D1000, 0x1FF000 };

/**
 * UbReference:
 * @command: read command with address and dummy byte
 * @n_command: bytes of it
 * @block: (array length=size): what it must read
 * @id: the JEDEC ID that must be read in between
 * @n_ids: how often
 * @proven: whether @block has enough variety to show bit errors
 *
 * What the flash answers, as read several times at a clock that can be trusted.
 */
typedef struct {
  guint8 command[5];
  gsize n_command;
  guint8 block[BLOCK_MAX];
  gsize size;
  guint8 id[3];
  guint n_ids;
  gboolean proven;
} UbReference;

typedef struct {
  UbProgrammer *programmer;
  const UbFlashPart *part;
  UbConnectState *state;
  UbConnectFunc func;
  gpointer user_data;
  GCancellable *cancellable;
  UbReference reference;
  gboolean is_helpless; /* errors come at every clock alike, and are few */
  double wrong_rate; /* of the bits, 0 when none was wrong */
  guint wrong_hz; /* the clock that was measured at */
} UbSearch;

static gboolean
set_clock (UbSearch *self, guint hz, GError **error)
{
  if (!ub_programmer_set_clock (self->programmer, hz, NULL, error))
    return FALSE;

  self->state->step = UB_CONNECT_STEP_CLOCK;
  self->state->clock_hz = ub_programmer_get_clock (self->programmer);
  if (self->func != NULL)
    self->func (self->state, self->user_data);
  return TRUE;
}

static gboolean
read_block (UbSearch *self, guint n_reads, guint8 *buffer, gsize size, GError **error)
{
  UbReference *reference = &self->reference;
  UbTransaction batch[N_REFERENCE_READS];

  g_return_val_if_fail (n_reads <= G_N_ELEMENTS (batch), FALSE);

  for (guint i = 0; i < n_reads; i++) {
    batch[i] = (UbTransaction) {
      .tx = reference->command, .n_tx = reference->n_command, .rx = buffer + i * size, .n_rx = size
    };
  }
  return ub_programmer_exchange (self->programmer, batch, n_reads, error);
}

static void
set_read_command (UbReference *reference, guint8 opcode, guint32 address, gsize n_command)
{
  guint8 command[5] = { opcode, address >> 16 & 0xFF, address >> 8 & 0xFF, address & 0xFF };

  memcpy (reference->command, command, sizeof command);
  reference->n_command = n_command;
}

/* A fifth to four fifths of ones, not mainly idle bytes, and not the same few over and over: there a wrong
 * bit shows wherever it is. */
static gboolean
has_variety (const guint8 *bytes, gsize n)
{
  gboolean seen[256] = { FALSE };
  guint n_ones = 0, n_idle = 0, n_distinct = 0;

  for (gsize i = 0; i < n; i++) {
    n_ones += __builtin_popcount (bytes[i]);
    n_idle += bytes[i] == 0x00 || bytes[i] == 0xFF;
    n_distinct += !seen[bytes[i]];
    seen[bytes[i]] = TRUE;
  }
  return n_ones * 5 >= n * 8 && n_ones * 5 <= n * 8 * 4 && n_idle * 2 <= n && n_distinct >= 8;
}

/* Looks for a place that shows bit errors, and sets the reference's command to read it. */
static gboolean
choose_place (UbSearch *self, GError **error)
{
  UbReference *reference = &self->reference;
  guint8 sample[SAMPLE_SIZE];

  reference->n_ids = JUDGE_IDS;
  reference->proven = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    if (places[i] + BLOCK_MAX > self->part->size)
      continue;
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
      return FALSE;
    set_read_command (reference, 0x03, places[i], 4);
    if (!read_block (self, 1, sample, sizeof sample, error))
      return FALSE;
    if (has_variety (sample, sizeof sample))
      return TRUE;
  }

  /* Nothing there: the flash's description of itself has bits that are known as well. */
  reference->proven = FALSE;
  reference->n_ids = JUDGE_IDS_ALONE;
  set_read_command (reference, 0x5A, 0, 5);
  if (!read_block (self, 1, sample, sizeof sample, error))
    return FALSE;
  if (memcmp (sample, "SFDP", 4) == 0)
    reference->size = SAMPLE_SIZE;
  else
    set_read_command (reference, 0x03, 0, 4);
  return TRUE;
}

/* Makes @out_block what most of three readings say, and counts the bits that differ from it. */
static guint
take_majority (const guint8 *readings, gsize size, guint8 *out_block)
{
  guint n = 0;

  for (gsize i = 0; i < size; i++) {
    const guint8 a = readings[i], b = readings[size + i], c = readings[2 * size + i];

    out_block[i] = (a & b) | (b & c) | (a & c);
    n += (guint) __builtin_popcount ((a ^ b) | (b ^ c));
  }
  return n;
}

/* Reads the reference at the clock in use; *@out_wrong tells how many of its bits did not read alike. */
static gboolean
load_reference (UbSearch *self, guint *out_wrong, GError **error)
{
  UbReference *reference = &self->reference;
  guint8 buffer[N_REFERENCE_READS * BLOCK_MAX];
  gsize max = ub_programmer_get_limits (self->programmer)->max_transaction - 5;
  gsize size;

  size = ub_programmer_get_clock (self->programmer) < SLOW_HZ ? BLOCK_SLOW : BLOCK_MAX;
  size = MIN (size, max);
  reference->size = size;
  if (!choose_place (self, error))
    return FALSE;
  size = reference->size;
  if (!read_block (self, N_REFERENCE_READS, buffer, size, error))
    return FALSE;

  *out_wrong = take_majority (buffer, size, reference->block);
  return TRUE;
}

/* How many times the block is read to judge the clock in use. */
static guint
get_n_reads (UbSearch *self)
{
  guint64 hz = ub_programmer_get_clock (self->programmer);
  guint64 bytes = MIN (JUDGE_BYTES, hz * JUDGE_MAX_US / 8 / G_USEC_PER_SEC);

  bytes = MAX (bytes, hz * JUDGE_US / 8 / G_USEC_PER_SEC);
  return MAX (bytes / self->reference.size, 1);
}

/* Reads the reference and IDs many times at the clock in use, all in one exchange. */
static gboolean
judge (UbSearch *self, gboolean *out_clean, GError **error)
{
  static const guint8 read_id[1] = { 0x9F };
  const UbReference *reference = &self->reference;
  guint n_blocks = get_n_reads (self);
  guint n_ids = reference->n_ids;
  g_autofree UbTransaction *batch = g_new (UbTransaction, n_blocks + n_ids);
  g_autofree guint8 *blocks = g_malloc0 (n_blocks * reference->size);
  g_autofree guint8 *ids = g_malloc0 (n_ids * 3);
  guint n = 0;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return FALSE;

  /* An ID before each block while they last: short and long transactions in turn. */
  for (guint i = 0; i < MAX (n_blocks, n_ids); i++) {
    if (i < n_ids)
      batch[n++] = (UbTransaction) { .tx = read_id, .n_tx = 1, .rx = ids + i * 3, .n_rx = 3 };
    if (i < n_blocks)
      batch[n++] = (UbTransaction) { .tx = reference->command,
                                     .n_tx = reference->n_command,
                                     .rx = blocks + i * reference->size,
                                     .n_rx = reference->size };
  }
  if (!ub_programmer_exchange (self->programmer, batch, n, error))
    return FALSE;

  *out_clean = TRUE;
  for (guint i = 0; i < n_ids; i++)
    *out_clean = *out_clean && memcmp (ids + i * 3, reference->id, 3) == 0;
  for (guint i = 0; i < n_blocks; i++)
    *out_clean =
        *out_clean && memcmp (blocks + i * reference->size, reference->block, reference->size) == 0;
  return TRUE;
}

/* Judges until errors at @rate, of the bits read, would have shown: at low clocks one judgement reads so few
 * that it is often clean by luck. */
static gboolean
judge_at_length (UbSearch *self, double rate, gboolean *out_clean, GError **error)
{
  gint64 begin = ub_programmer_get_time (self->programmer);
  double expected = 0;

  do {
    if (!judge (self, out_clean, error))
      return FALSE;
    expected += rate * 8.0 * get_n_reads (self) * self->reference.size;
  } while (*out_clean && rate > 0 && expected < PROOF_ERRORS &&
           ub_programmer_get_time (self->programmer) - begin < PROOF_MAX_US);
  return TRUE;
}

/* Which part of the bits is wrong at the clock in use, from as many as come in @max_us or until that is clear. */
static gboolean
measure (UbSearch *self, guint64 max_us, double *out_rate, GError **error)
{
  const UbReference *reference = &self->reference;
  g_autofree guint8 *buffer = g_malloc (N_REFERENCE_READS * reference->size);
  gint64 begin = ub_programmer_get_time (self->programmer);
  guint64 n_wrong = 0, n_bits = 0;

  do {
    if (g_cancellable_set_error_if_cancelled (self->cancellable, error) ||
        !read_block (self, N_REFERENCE_READS, buffer, reference->size, error))
      return FALSE;
    for (gsize i = 0; i < N_REFERENCE_READS * reference->size; i++)
      n_wrong += (guint) __builtin_popcount (buffer[i] ^ reference->block[i % reference->size]);
    n_bits += N_REFERENCE_READS * 8 * reference->size;
  } while (n_wrong < MEASURE_ENOUGH &&
           (guint64) (ub_programmer_get_time (self->programmer) - begin) < max_us);
  *out_rate = (double) n_wrong / n_bits;
  return TRUE;
}

/* Whether the errors at the clock in use, @rate of the bits, are few and come at a much lower clock as well. */
static gboolean
check_helpless (UbSearch *self, double rate, GError **error)
{
  guint hz = ub_programmer_get_clock (self->programmer);
  double low_rate = 0;

  if (rate == 0 || rate > BEARABLE_RATE || hz < UB_CLOCK_HELPLESS_DIVISOR * ladder[0] ||
      ub_programmer_get_limits (self->programmer)->min_hz * UB_CLOCK_HELPLESS_DIVISOR > hz)
    return TRUE;
  if (!set_clock (self, hz / UB_CLOCK_HELPLESS_DIVISOR, error) ||
      !measure (self, UB_CLOCK_HELPLESS_DIVISOR * MEASURE_US, &low_rate, error) ||
      !set_clock (self, hz, error))
    return FALSE;
  self->is_helpless = low_rate >= rate * UB_CLOCK_HELPLESS_SHARE;
  return TRUE;
}

/* Finds a clock at which the reference reads alike every time: the one in use or, failing that, the first
 * below it. Where errors come at every clock alike it stays at this one when they are few, and fails when
 * they are many. */
static gboolean
find_safe_clock (UbSearch *self, GError **error)
{
  for (;;) {
    gboolean clean = FALSE;
    guint n_wrong = 0;

    if (!load_reference (self, &n_wrong, error))
      return FALSE;
    if (n_wrong == 0 && !judge_at_length (self, self->wrong_rate, &clean, error))
      return FALSE;
    if (clean)
      return TRUE;
    if (self->wrong_rate == 0) {
      self->wrong_hz = ub_programmer_get_clock (self->programmer);
      if (!measure (self, MEASURE_US, &self->wrong_rate, error) ||
          !check_helpless (self, self->wrong_rate, error))
        return FALSE;
      if (self->is_helpless)
        return TRUE;
      self->wrong_rate =
          MAX (self->wrong_rate, 1 / (N_REFERENCE_READS * 8.0 * self->reference.size));
    }
    if (!ub_clock_step_down (self->programmer, NULL, error) ||
        !set_clock (self, ub_programmer_get_clock (self->programmer), error))
      return FALSE;
  }
}

/* Climbs from the clock in use to @top_hz as long as all is read right; up to where errors were seen, it takes as
 * long as such errors need to show again. The clocks that were right, slowest first, are added to @clean_clocks;
 * *@out_failed tells whether the way ended before the top. */
static gboolean
climb (UbSearch *self, guint top_hz, GArray *clean_clocks, gboolean *out_failed, GError **error)
{
  guint last_hz = ub_programmer_get_clock (self->programmer);

  *out_failed = FALSE;
  g_array_append_val (clean_clocks, last_hz);
  for (guint i = 0; i <= G_N_ELEMENTS (ladder); i++) {
    guint wanted = i < G_N_ELEMENTS (ladder) ? MIN (ladder[i], top_hz) : top_hz;
    gboolean clean = FALSE;
    guint hz;

    if (wanted <= last_hz)
      continue;
    if (!set_clock (self, wanted, error))
      return FALSE;
    hz = ub_programmer_get_clock (self->programmer);
    if (hz <= last_hz)
      continue;
    if (!judge_at_length (self, hz <= self->wrong_hz ? self->wrong_rate : 0, &clean, error))
      return FALSE;
    g_debug ("%u Hz reads %s", hz, clean ? "clean" : "wrong");
    if (!clean) {
      *out_failed = TRUE;
      return TRUE;
    }
    g_array_append_val (clean_clocks, hz);
    last_hz = hz;
  }
  return TRUE;
}

/* Goes to the highest of @clean_clocks, or one below it after a higher one failed, and makes sure once
 * more: what a failing step was understood as must not linger. */
static gboolean
settle (UbSearch *self, GArray *clean_clocks, gboolean failed, GError **error)
{
  static const guint8 write_disable[1] = { 0x04 };
  const UbTransaction disable = { .tx = write_disable, .n_tx = 1 };
  guint i = clean_clocks->len - 1;
  gboolean clean = TRUE;

  if (failed && i > 0)
    i--;
  if (!set_clock (self, g_array_index (clean_clocks, guint, i), error))
    return FALSE;
  if (!failed)
    return TRUE;

  for (;;) {
    if (!ub_programmer_exchange (self->programmer, &disable, 1, error) ||
        !judge (self, &clean, error))
      return FALSE;
    if (clean)
      return TRUE;
    if (i == 0)
      return find_safe_clock (self, error);
    if (!set_clock (self, g_array_index (clean_clocks, guint, --i), error))
      return FALSE;
  }
}

/* No clock is clean: the one in use is as good as any, and the job need not look for another. */
static gboolean
stay (UbSearch *self, UbFlash *flash, gboolean *out_proven)
{
  g_autofree char *text = ub_clock_format (ub_programmer_get_clock (self->programmer));

  g_message ("Few bits read wrong, at every clock alike: it stays at %s", text);
  ub_flash_set_clock_helpless (flash);
  if (out_proven != NULL)
    *out_proven = self->reference.proven;
  return TRUE;
}

/**
 * ub_clock_search:
 * @flash: a flash that was identified at the clock in use
 * @state: (inout): step and clock are kept up to date
 * @func: (nullable) (scope call): called with @state at every step
 * @user_data: for @func
 * @out_proven: (out) (optional): %FALSE when the chip holds nothing that shows bit errors, so that only
 *   its ID and its description of itself were read
 * @cancellable: (nullable): checked at every step
 * @error: return location for an error of the programmer, %UB_ERROR_UNSTABLE when no clock reads the same
 *   twice, or %G_IO_ERROR_CANCELLED
 *
 * Finds the fastest clock these wires carry and sets it: climbs from the clock in use to the programmer's
 * limit, the person's ceiling or the part's, whichever is lowest, reading known content many times at each
 * step. After a step that read wrong it settles one step below the highest clean one, never below the
 * clock it began with as long as that reads right. Where few bits read wrong at an eighth of the clock as well,
 * it stays at the one it began with. Takes less than 300 ms of bus time from 1 MHz on.
 *
 * Whether errors are rarer than about one bit in 10⁵ cannot be seen in so short a time: see
 * ub_clock_step_down().
 *
 * Returns: whether the clock was found
 */
gboolean
ub_clock_search (UbFlash *flash,
                 UbConnectState *state,
                 UbConnectFunc func,
                 gpointer user_data,
                 gboolean *out_proven,
                 GCancellable *cancellable,
                 GError **error)
{
  g_autoptr (GArray) clean_clocks = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autofree UbSearch *self = g_new0 (UbSearch, 1);
  g_autofree char *text = NULL;
  gboolean failed = FALSE;
  guint top_hz;

  g_return_val_if_fail (UB_IS_FLASH (flash), FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  self->programmer = ub_flash_get_programmer (flash);
  self->part = ub_flash_get_part (flash);
  self->state = state;
  self->func = func;
  self->user_data = user_data;
  self->cancellable = cancellable;
  for (guint i = 0; i < 3; i++)
    self->reference.id[i] = self->part->jedec_id >> (16 - 8 * i) & 0xFF;

  top_hz = ub_programmer_get_limits (self->programmer)->max_hz;
  top_hz = MIN (top_hz, ub_programmer_get_clock_ceiling (self->programmer));
  if (self->part->max_read_hz > 0)
    top_hz = MIN (top_hz, self->part->max_read_hz);

  if (!find_safe_clock (self, error))
    return FALSE;
  if (self->is_helpless)
    return stay (self, flash, out_proven);
  if (!climb (self, top_hz, clean_clocks, &failed, error) ||
      !settle (self, clean_clocks, failed, error))
    return FALSE;

  text = ub_clock_format (ub_programmer_get_clock (self->programmer));
  if (failed)
    g_message ("These wires carry a clock of %s", text);
  else
    g_info ("Clock: %s, the highest that was tried", text);
  if (out_proven != NULL)
    *out_proven = self->reference.proven;
  return TRUE;
}

/**
 * ub_clock_step_down:
 * @programmer: an open programmer whose clock is set
 * @out_hz: (out) (optional): the new clock in Hz
 * @error: return location for an error of the programmer, or %UB_ERROR_UNSTABLE when there is no lower
 *   clock, or the person fixed it
 *
 * Sets the next lower clock that the programmer can make, for when what was read turned out to be wrong.
 * Tells the log.
 *
 * Returns: whether the clock was lowered
 */
gboolean
ub_clock_step_down (UbProgrammer *programmer, guint *out_hz, GError **error)
{
  GError *set_error = NULL;
  guint hz, actual;
  g_autofree char *from = NULL;
  g_autofree char *to = NULL;

  g_return_val_if_fail (UB_IS_PROGRAMMER (programmer), FALSE);
  g_return_val_if_fail (ub_programmer_get_clock (programmer) > 0, FALSE);

  hz = ub_programmer_get_clock (programmer);
  from = ub_clock_format (hz);
  if (ub_programmer_get_fixed_clock (programmer) != 0) {
    g_set_error (error, UB_ERROR, UB_ERROR_UNSTABLE,
                 _ ("what is read changes at the fixed clock of %s"), from);
    return FALSE;
  }

  for (guint i = G_N_ELEMENTS (ladder); i > 0; i--) {
    if (ladder[i - 1] >= hz)
      continue;
    if (!ub_programmer_set_clock (programmer, ladder[i - 1], &actual, error))
      return FALSE;
    if (actual >= hz)
      break;
    to = ub_clock_format (actual);
    g_message ("Lowering the clock from %s to %s", from, to);
    if (out_hz != NULL)
      *out_hz = actual;
    return TRUE;
  }

  if (ub_programmer_get_limits (programmer)->min_hz ==
      ub_programmer_get_limits (programmer)->max_hz)
    set_error = g_error_new (UB_ERROR, UB_ERROR_UNSTABLE,
                             _ ("what is read changes at the fixed clock of %s"), from);
  else
    set_error = g_error_new (UB_ERROR, UB_ERROR_UNSTABLE,
                             _ ("what is read changes even at the lowest clock, %s"), from);
  ub_error_rule_out_clock (set_error);
  g_propagate_error (error, set_error);
  return FALSE;
}

/**
 * ub_clock_format:
 * @hz: a clock
 *
 * Returns: (transfer full): such as “1.5 MHz” or “30 kHz”
 */
char *
ub_clock_format (guint hz)
{
  if (hz >= 1000000)
    return g_strdup_printf ("%.4g MHz", hz / 1e6);
  return g_strdup_printf ("%.4g kHz", hz / 1e3);
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-proven-read"

#include "config.h"

#include "ub-proven-read.h"

#include "ub-chip-proof.h"
#include "ub-clock-search.h"
#include "ub-error.h"
#include "ub-job-private.h"

#include <glib/gi18n.h>

/* At this clock and below, five hand-soldered wires are as good as they get: fixed adapters run these
 * chips at 1 to 1.5 MHz and hobbyists' reports of unstable reads are all of faster ones. */
#define SAFE_CLOCK_HZ 1000000

/* So many different readings of one sector end the job: the wires do not carry even the lowest clock. */
#define MAX_READINGS 16

/* What is read again at once, so that a second reading needs no second buffer of the chip's size. */
#define AGAIN_SIZE (64 * 1024)

/* A sector that is to be read again until two readings of it are alike. */
typedef struct {
  gboolean pending;
  guint n_seen;
  guint64 seen[MAX_READINGS]; /* hashes of the readings so far, once two differed */
} Sector;

typedef struct {
  UbJob *job;
  guint32 address;
  guint8 *buffer;
  gsize size;
  guint n_sectors;
  guint8 *proofs; /* one UbProof a sector */
  Sector *sectors;
  guint8 *again; /* AGAIN_SIZE bytes */
  guint n_differing; /* in this round */
  guint n_differed; /* in all */
  guint unstable; /* index of a sector that never reads alike */
  gsize expected_again; /* bytes that the progress counts on being read again */
} Reading;

/* FNV-1a of 64 bits: readings that differ by noise do not collide. */
static guint64
hash (const guint8 *data, gsize size)
{
  guint64 value = 0xcbf29ce484222325u;

  for (gsize i = 0; i < size; i++)
    value = (value ^ data[i]) * 0x100000001b3u;
  return value;
}

static gboolean
was_seen (const Sector *sector, guint64 value)
{
  for (guint i = 0; i < sector->n_seen; i++) {
    if (sector->seen[i] == value)
      return TRUE;
  }
  return FALSE;
}

/* Takes one more reading of a pending sector; the buffer holds the newest one afterwards. */
static void
take_reading (Reading *reading, guint index, const guint8 *data)
{
  Sector *sector = &reading->sectors[index];
  gsize offset, size;
  guint64 value;

  ub_chip_proof_get_sector (reading->address, reading->size, index, &offset, &size);
  if (memcmp (reading->buffer + offset, data, size) == 0) {
    sector->pending = FALSE;
    reading->proofs[index] = UB_PROOF_TWICE;
    return;
  }

  reading->n_differing++;
  if (sector->n_seen == 0)
    sector->seen[sector->n_seen++] = hash (reading->buffer + offset, size);
  memcpy (reading->buffer + offset, data, size);
  value = hash (data, size);
  if (was_seen (sector, value)) {
    sector->pending = FALSE;
    reading->proofs[index] = UB_PROOF_TWICE;
  } else if (sector->n_seen < MAX_READINGS) {
    sector->seen[sector->n_seen++] = value;
  } else {
    reading->unstable = index;
  }
}

/* Code tells by itself whether the newest reading is right; a block reaches into the next sector. */
static void
recheck_code (Reading *reading, guint first, guint n)
{
  for (guint i = first; i < first + n; i++) {
    if (reading->sectors[i].pending &&
        ub_chip_proof_check_code (reading->address, reading->buffer, reading->size, i) ==
            UB_PROOF_CHECKSUM) {
      reading->sectors[i].pending = FALSE;
      reading->proofs[i] = UB_PROOF_CHECKSUM;
    }
  }
}

static guint
get_run (Reading *reading, guint first)
{
  guint n = 0;

  while (first + n < reading->n_sectors && reading->sectors[first + n].pending &&
         n < AGAIN_SIZE / UB_SECTOR_SIZE)
    n++;
  return n;
}

static gboolean
read_run (Reading *reading, guint first, guint n, GCancellable *cancellable, GError **error)
{
  gsize begin, end, size;

  ub_chip_proof_get_sector (reading->address, reading->size, first, &begin, &size);
  ub_chip_proof_get_sector (reading->address, reading->size, first + n - 1, &end, &size);
  end += size;
  if (!ub_flash_read (ub_job_get_flash (reading->job), reading->address + (guint32) begin,
                      reading->again, end - begin, cancellable, error))
    return FALSE;

  for (guint i = first; i < first + n; i++) {
    gsize offset;

    ub_chip_proof_get_sector (reading->address, reading->size, i, &offset, &size);
    take_reading (reading, i, reading->again + (offset - begin));
  }
  recheck_code (reading, first, n);
  return TRUE;
}

static guint64
count_pending_bytes (Reading *reading)
{
  guint64 bytes = 0;
  gsize offset, size;

  for (guint i = 0; i < reading->n_sectors; i++) {
    if (!reading->sectors[i].pending)
      continue;
    ub_chip_proof_get_sector (reading->address, reading->size, i, &offset, &size);
    bytes += size;
  }
  return bytes;
}

static gboolean
read_round (Reading *reading, GCancellable *cancellable, GError **error)
{
  guint n_sectors = 0;

  reading->n_differing = 0;
  ub_progress_extend (ub_job_get_progress (reading->job),
                      (gint64) count_pending_bytes (reading) - (gint64) reading->expected_again);
  reading->expected_again = 0;
  for (guint i = 0; i < reading->n_sectors;) {
    guint n = get_run (reading, i);

    if (n == 0) {
      i++;
      continue;
    }
    if (!read_run (reading, i, n, cancellable, error))
      return FALSE;
    i += n;
    n_sectors += n;
  }
  ub_flash_count_readings (ub_job_get_flash (reading->job), n_sectors, reading->n_differing);
  reading->n_differed += reading->n_differing;
  return TRUE;
}

/* Readings differ: slower, where that is possible and helps. At a fixed clock, or the lowest, two more readings
 * may still be alike. */
static gboolean
step_down (Reading *reading, GError **error)
{
  UbProgrammer *programmer = ub_job_get_programmer (reading->job);
  g_autofree char *before = ub_clock_format (ub_programmer_get_clock (programmer));
  g_autofree char *after = NULL;
  g_autoptr (GError) local_error = NULL;
  guint hz;

  if (ub_flash_lower_clock (ub_job_get_flash (reading->job), &hz, &local_error)) {
    after = ub_clock_format (hz);
    ub_job_add_note (
        reading->job,
        _ ("The clock was lowered from %s to %s, because some sectors did not read the "
           "same twice; they were read again."),
        before, after);
    return TRUE;
  }
  if (g_error_matches (local_error, UB_ERROR, UB_ERROR_UNSTABLE)) {
    ub_job_add_note (
        reading->job,
        _ ("Some sectors did not read the same twice at %s, and the clock could not be "
           "lowered; they were read until two readings were alike."),
        before);
    return TRUE;
  }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static gboolean
settle (Reading *reading, GCancellable *cancellable, GError **error)
{
  while (count_pending_bytes (reading) > 0) {
    if (!read_round (reading, cancellable, error))
      return FALSE;
    if (reading->n_differing == 0)
      continue;

    /* Wires that err are not to be believed where nothing proves what they carried. */
    for (guint i = 0; i < reading->n_sectors; i++) {
      if (reading->proofs[i] == UB_PROOF_NONE)
        reading->sectors[i].pending = TRUE;
    }
    if (reading->unstable != G_MAXUINT) {
      g_set_error (error, UB_ERROR, UB_ERROR_UNSTABLE,
                   _ ("the sector at 0x%06X reads differently each time"),
                   (reading->address / UB_SECTOR_SIZE + reading->unstable) * UB_SECTOR_SIZE);
      return FALSE;
    }
    if (!step_down (reading, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
was_raised (UbJob *job)
{
  UbProgrammer *programmer = ub_job_get_programmer (job);

  return ub_programmer_get_fixed_clock (programmer) == 0 &&
         ub_programmer_get_clock (programmer) > SAFE_CLOCK_HZ;
}

/* How much will have to be read again, for the progress: a Tuya backup has half of it under checksums. */
static gsize
expect_again (UbJob *job, gsize size, gboolean read_twice)
{
  if (read_twice)
    return size;
  return was_raised (job) ? size / 2 : 0;
}

/* Which sectors need a second reading, by what the first one proved. */
static void
choose_pending (Reading *reading, gboolean read_twice)
{
  gboolean raised = was_raised (reading->job);

  for (guint i = 0; i < reading->n_sectors; i++)
    reading->sectors[i].pending = read_twice || reading->proofs[i] == UB_PROOF_SUSPECT ||
                                  (raised && reading->proofs[i] == UB_PROOF_NONE);
}

static guint
count_proofs (Reading *reading, UbProof proof)
{
  guint n = 0;

  for (guint i = 0; i < reading->n_sectors; i++)
    n += reading->proofs[i] == proof;
  return n;
}

/* A range may begin and end within a sector. */
static guint
count_proven_kib (Reading *reading, UbProof proof)
{
  gsize bytes = 0, offset, size;

  for (guint i = 0; i < reading->n_sectors; i++) {
    ub_chip_proof_get_sector (reading->address, reading->size, i, &offset, &size);
    bytes += reading->proofs[i] == proof ? size : 0;
  }
  return (guint) ((bytes + 1023) / 1024);
}

static void
tell_proofs (Reading *reading, guint n_suspect)
{
  guint checksum_kib = count_proven_kib (reading, UB_PROOF_CHECKSUM);
  guint twice_kib = count_proven_kib (reading, UB_PROOF_TWICE);
  guint unproven_kib = count_proven_kib (reading, UB_PROOF_NONE);
  guint n_damaged = 0;

  for (guint i = 0; n_suspect > 0 && i < reading->n_sectors; i++)
    n_damaged += reading->proofs[i] == UB_PROOF_TWICE &&
                 ub_chip_proof_check_code (reading->address, reading->buffer, reading->size, i) ==
                     UB_PROOF_SUSPECT;
  if (n_damaged > 0)
    ub_job_add_note (reading->job,
                     g_dngettext (GETTEXT_PACKAGE,
                                  "When it was read, %u sector of code held damaged blocks. It "
                                  "read the same twice, so the damage was on the chip.",
                                  "When they were read, %u sectors of code held damaged blocks. "
                                  "They read the same twice, so the damage was on the chip.",
                                  n_damaged),
                     n_damaged);
  if (unproven_kib > 0)
    ub_job_add_note (reading->job,
                     _ ("%u KiB of what was read are proven by checksums and %u KiB by two equal "
                        "reads; %u KiB carry no checksums and were read once."),
                     checksum_kib, twice_kib, unproven_kib);
  else
    ub_job_add_note (reading->job,
                     _ ("All that was read is proven: %u KiB by checksums, %u KiB by two equal "
                        "reads."),
                     checksum_kib, twice_kib);
}

/**
 * ub_proven_read_run:
 * @job: a connected job that declared the phase of reading
 * @address: where on the chip to begin
 * @buffer: (out caller-allocates) (array length=size): for what is read
 * @size: bytes
 * @read_twice: read everything twice
 * @cancellable: (nullable): to stop
 * @error: return location for an error
 *
 * The phase %UB_PHASE_READ: reads a range of the chip and proves it: code by the CRC16 of its blocks, Tuya's storage by its
 * checksums, and the rest, when the clock was raised above the safe one by the clock search, by reading
 * it a second time. Sectors that read differently, and code blocks that do not hold, lower the clock
 * and are read again until two readings are alike. The report says what was proven and what was not.
 *
 * Returns: whether @buffer holds what is on the chip; %UB_ERROR_UNSTABLE when a sector never reads alike
 */
gboolean
ub_proven_read_run (UbJob *job,
                    guint32 address,
                    guint8 *buffer,
                    gsize size,
                    gboolean read_twice,
                    GCancellable *cancellable,
                    GError **error)
{
  Reading reading = { .job = job,
                      .address = address,
                      .buffer = buffer,
                      .size = size,
                      .n_sectors = ub_chip_proof_count_sectors (address, size),
                      .unstable = G_MAXUINT };
  g_autofree guint8 *proofs = g_new0 (guint8, reading.n_sectors);
  g_autofree Sector *sectors = g_new0 (Sector, reading.n_sectors);
  g_autofree guint8 *again = NULL;
  guint n_suspect;

  reading.expected_again = expect_again (job, size, read_twice);
  ub_job_declare_bytes (job, UB_PHASE_READ, size + reading.expected_again);
  ub_job_begin (job, UB_PHASE_READ, size + reading.expected_again);
  if (!ub_flash_read (ub_job_get_flash (job), address, buffer, size, cancellable, error))
    return FALSE;

  reading.proofs = proofs;
  reading.sectors = sectors;
  ub_chip_proof_check (address, buffer, size, proofs);
  n_suspect = count_proofs (&reading, UB_PROOF_SUSPECT);
  choose_pending (&reading, read_twice);
  if (count_pending_bytes (&reading) > 0) {
    reading.again = again = g_malloc (AGAIN_SIZE);
    if (!settle (&reading, cancellable, error))
      return FALSE;
    ub_job_edit_report (job)->retries += reading.n_differed;
  }
  tell_proofs (&reading, n_suspect);
  return TRUE;
}

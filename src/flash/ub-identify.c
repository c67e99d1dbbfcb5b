/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-identify"

#include "config.h"

#include "ub-identify.h"

#include <string.h>

/* Read, with a 24-bit address; and JESD216 read of the description, with a dummy byte after it. */
#define READ 0x03
#define READ_SFDP 0x5A

/* So many bytes must read the same twice before the flash is believed. */
#define PROOF_SIZE 256

/* Header, parameter headers and the basic table, which vendors place in the first 256 bytes. */
#define SFDP_SIZE 256

/* Reads in as many transactions as it takes. */
static gboolean
read_bytes (UbProgrammer *programmer,
            guint8 opcode,
            guint32 address,
            guint8 *buffer,
            gsize size,
            GError **error)
{
  gsize n_tx = opcode == READ_SFDP ? 5 : 4;
  gsize max = ub_programmer_get_limits (programmer)->max_transaction - n_tx;

  for (gsize done = 0; done < size;) {
    guint32 at = address + done;
    guint8 tx[5] = { opcode, at >> 16 & 0xFF, at >> 8 & 0xFF, at & 0xFF };
    UbTransaction transaction = {
      .tx = tx, .n_tx = n_tx, .rx = buffer + done, .n_rx = MIN (size - done, max)
    };

    if (!ub_programmer_exchange (programmer, &transaction, 1, error))
      return FALSE;
    done += transaction.n_rx;
  }
  return TRUE;
}

static gboolean
read_twice (UbProgrammer *programmer,
            guint8 opcode,
            guint8 *buffer,
            gsize size,
            gboolean *out_stable,
            GError **error)
{
  g_autofree guint8 *again = g_malloc (size);

  if (!read_bytes (programmer, opcode, 0, buffer, size, error) ||
      !read_bytes (programmer, opcode, 0, again, size, error))
    return FALSE;
  *out_stable = memcmp (buffer, again, size) == 0;
  return TRUE;
}

/**
 * ub_identify_part:
 * @programmer: an open programmer with a module in download mode
 * @id: the JEDEC ID that was read
 * @evidence: (inout): why the flash is not believed, when it is not
 * @out_part: (out caller-allocates): the flash: from the table; for an unknown ID as its own SFDP table
 *   describes it; and where it has none, by what its ID tells
 * @out_known: (out): whether @out_part was filled in
 * @error: return location for an error of the programmer
 *
 * Reads 256 bytes twice and, when they are the same, finds out what flash it is.
 *
 * Returns: whether the programmer did it
 */
gboolean
ub_identify_part (UbProgrammer *programmer,
                  guint32 id,
                  UbEvidence *evidence,
                  UbFlashPart *out_part,
                  gboolean *out_known,
                  GError **error)
{
  const UbFlashPart *part = ub_flash_part_lookup (id);
  guint8 content[PROOF_SIZE], sfdp[SFDP_SIZE];
  gboolean stable = FALSE;

  *out_known = FALSE;
  if (!read_twice (programmer, READ, content, sizeof content, &stable, error))
    return FALSE;
  evidence->content_changed = !stable;
  if (!stable)
    return TRUE;

  if (part != NULL) {
    *out_part = *part;
    *out_known = TRUE;
    return TRUE;
  }
  if (!read_twice (programmer, READ_SFDP, sfdp, sizeof sfdp, &stable, error))
    return FALSE;
  *out_known = (stable && ub_flash_part_parse_sfdp (id, sfdp, sizeof sfdp, out_part)) ||
               ub_flash_part_guess (id, out_part);
  if (!*out_known)
    evidence->strange_id = id;
  return TRUE;
}

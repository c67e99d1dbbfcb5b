/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UbProof:
 * @UB_PROOF_NONE: nothing in the sector tells whether it was read rightly
 * @UB_PROOF_CHECKSUM: every byte of it lies under a checksum that holds
 * @UB_PROOF_SUSPECT: code with CRC blocks that hold and others that do not
 * @UB_PROOF_TWICE: read twice alike
 *
 * What says that a sector was read rightly.
 */
typedef enum {
  UB_PROOF_NONE,
  UB_PROOF_CHECKSUM,
  UB_PROOF_SUSPECT,
  UB_PROOF_TWICE,
} UbProof;

guint ub_chip_proof_count_sectors (guint32 address, gsize size);
void ub_chip_proof_get_sector (
    guint32 address, gsize size, guint index, gsize *out_offset, gsize *out_size);
UbProof ub_chip_proof_check_code (guint32 address, const guint8 *content, gsize size, guint index);
void ub_chip_proof_check (guint32 address, const guint8 *content, gsize size, guint8 *out_proofs);

G_END_DECLS

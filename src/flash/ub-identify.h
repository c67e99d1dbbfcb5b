/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "ub-flash-part.h"
#include "ub-handshake.h"

G_BEGIN_DECLS

gboolean ub_identify_part (UbProgrammer *programmer,
                           guint32 id,
                           UbEvidence *evidence,
                           UbFlashPart *out_part,
                           gboolean *out_known,
                           GError **error);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * UbRange:
 * @address: of its first byte on the chip
 * @size: bytes
 */
typedef struct {
  guint32 address;
  guint32 size;
} UbRange;

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* 32 bytes of code and their CRC16, big-endian: one line of the Beken flash controller. */
#define UB_BEKEN_BLOCK_DATA 32
#define UB_BEKEN_BLOCK_SIZE 34

/**
 * UbBlockState:
 * @UB_BLOCK_VALID: the CRC16 holds
 * @UB_BLOCK_BLANK: 34 times 0xFF, as the erase leaves it
 * @UB_BLOCK_DAMAGED: anything else
 */
typedef enum {
  UB_BLOCK_VALID,
  UB_BLOCK_BLANK,
  UB_BLOCK_DAMAGED,
} UbBlockState;

/**
 * UbCrcCount:
 *
 * CRC blocks of 34 bytes in the code area, counted by state.
 */
typedef struct {
  guint valid;
  guint blank;
  guint damaged;
} UbCrcCount;

/**
 * UbBekenKey:
 * @k: the four coefficients, as the eFuse holds them
 */
typedef struct {
  guint32 k[4];
} UbBekenKey;

/**
 * UbBekenKeyId:
 *
 * The keys that are known; ub_beken_key_get_id() gives the stable names `tuya`, `none` and `uascent`.
 */
typedef enum {
  UB_BEKEN_KEY_UNKNOWN,
  UB_BEKEN_KEY_TUYA, /* the default of Beken's and Tuya's SDK */
  UB_BEKEN_KEY_NONE, /* all zero: code in the clear */
  UB_BEKEN_KEY_UASCENT,
} UbBekenKeyId;

guint16 ub_beken_crc16 (const guint8 *data, gsize size);
UbBlockState ub_beken_block_check (const guint8 *block);
void ub_beken_code_count (const guint8 *data, gsize size, UbCrcCount *out_count);
gsize ub_beken_code_strip (const guint8 *data, gsize size, guint8 *out_code);
gsize ub_beken_code_add (const guint8 *code, gsize size, guint8 *out_data);
gsize ub_beken_code_to_physical (gsize logical);

void ub_beken_code_crypt (const UbBekenKey *key, guint32 address, guint8 *code, gsize size);
const UbBekenKey *ub_beken_key_get (UbBekenKeyId id);
const char *ub_beken_key_get_id (UbBekenKeyId id);
UbBekenKeyId ub_beken_key_detect (const guint8 *vectors, guint32 address);

G_END_DECLS

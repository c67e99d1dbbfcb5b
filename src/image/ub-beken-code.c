/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-beken-code"

#include "config.h"

#include "ub-beken-code.h"

#include <string.h>

/*
 * The flash controller of the BK7231 reads code through two filters: every 32 bytes are followed by a
 * CRC16, and the bytes themselves may be encrypted with a key from the eFuse. Both were worked out by
 * public projects (ltchiptool, bk7231tools) and checked here on real images of both families.
 */

#define CRC_POLYNOMIAL 0x8005
#define CRC_INIT 0xFFFF

/* The vector every ARM image of this SDK repeats from word 1 to 7: LDR PC, [PC, #0x14]. */
#define VECTOR_WORD 0xE59FF014u
#define N_VECTORS 8

static const UbBekenKey KEYS[] = {
  [UB_BEKEN_KEY_UNKNOWN] = { { 0, 0, 0, 0 } },
  /* Beken SDK default, used by every Tuya module and by OpenBeken and LibreTiny. */
  [UB_BEKEN_KEY_TUYA] = { { 0x510fb093, 0xa3cbeadc, 0x5993a17e, 0xc7adeb03 } },
  [UB_BEKEN_KEY_NONE] = { { 0, 0, 0, 0 } },
  /* OpenBK7231N build.sh, the UASCENT variant. */
  [UB_BEKEN_KEY_UASCENT] = { { 0x4862379a, 0x8612784b, 0x85c5e258, 0x75754528 } },
};

/* crc_tables[j][b]: what byte b contributes when j more bytes follow it. */
static guint16 crc_tables[8][256];

static void
fill_crc_tables (void)
{
  for (guint i = 0; i < 256; i++) {
    guint16 crc = (guint16) (i << 8);

    for (int bit = 0; bit < 8; bit++)
      crc = (guint16) ((crc << 1) ^ ((crc & 0x8000) != 0 ? CRC_POLYNOMIAL : 0));
    crc_tables[0][i] = crc;
  }
  for (guint j = 1; j < 8; j++) {
    for (guint i = 0; i < 256; i++) {
      guint16 crc = crc_tables[j - 1][i];

      crc_tables[j][i] = (guint16) ((crc << 8) ^ crc_tables[0][crc >> 8]);
    }
  }
}

static void
ensure_crc_tables (void)
{
  static gsize once = 0;

  if (g_once_init_enter (&once)) {
    fill_crc_tables ();
    g_once_init_leave (&once, 1);
  }
}

static inline guint16
crc_of_8 (guint16 crc, const guint8 *p)
{
  return crc_tables[7][(crc >> 8) ^ p[0]] ^ crc_tables[6][(crc & 0xFF) ^ p[1]] ^
         crc_tables[5][p[2]] ^ crc_tables[4][p[3]] ^ crc_tables[3][p[4]] ^ crc_tables[2][p[5]] ^
         crc_tables[1][p[6]] ^ crc_tables[0][p[7]];
}

static inline guint16
crc_of_block (const guint8 *data)
{
  guint16 crc = CRC_INIT;

  for (int i = 0; i < UB_BEKEN_BLOCK_DATA; i += 8)
    crc = crc_of_8 (crc, data + i);
  return crc;
}

static inline UbBlockState
check_block (const guint8 *block)
{
  static const guint8 blank[UB_BEKEN_BLOCK_SIZE] = {
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
    0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
  };
  guint16 stored = (guint16) ((block[32] << 8) | block[33]);

  if (crc_of_block (block) == stored)
    return UB_BLOCK_VALID;
  return memcmp (block, blank, sizeof blank) == 0 ? UB_BLOCK_BLANK : UB_BLOCK_DAMAGED;
}

/**
 * ub_beken_crc16:
 * @data: any bytes
 * @size: how many
 *
 * The CRC16 of the flash controller: polynomial 0x8005, initial value 0xFFFF, most significant bit
 * first, no final exclusive-or.
 *
 * Returns: the checksum
 */
guint16
ub_beken_crc16 (const guint8 *data, gsize size)
{
  guint16 crc = CRC_INIT;

  ensure_crc_tables ();
  for (gsize i = 0; i < size; i++)
    crc = (guint16) ((crc << 8) ^ crc_tables[0][(crc >> 8) ^ data[i]]);
  return crc;
}

/**
 * ub_beken_block_check:
 * @block: %UB_BEKEN_BLOCK_SIZE bytes
 *
 * Returns: whether the block's CRC holds, or it is blank, or neither
 */
UbBlockState
ub_beken_block_check (const guint8 *block)
{
  ensure_crc_tables ();
  return check_block (block);
}

/**
 * ub_beken_code_count:
 * @data: flash content that starts on the grid of CRC blocks (0x0 and 0x11000 both do)
 * @size: bytes; a last incomplete block is not counted
 * @out_count: (out caller-allocates): how many blocks are in which state
 */
void
ub_beken_code_count (const guint8 *data, gsize size, UbCrcCount *out_count)
{
  guint n[3] = { 0 };

  ensure_crc_tables ();
  for (gsize i = 0; size - i >= UB_BEKEN_BLOCK_SIZE; i += UB_BEKEN_BLOCK_SIZE)
    n[check_block (data + i)]++;
  out_count->valid = n[UB_BLOCK_VALID];
  out_count->blank = n[UB_BLOCK_BLANK];
  out_count->damaged = n[UB_BLOCK_DAMAGED];
}

/**
 * ub_beken_code_strip:
 * @data: flash content that starts on the grid of CRC blocks
 * @size: bytes; a last incomplete block is left out
 * @out_code: (out caller-allocates): room for `size / 34 * 32` bytes
 *
 * Takes the CRC16s out, without looking at them.
 *
 * Returns: bytes of code
 */
gsize
ub_beken_code_strip (const guint8 *data, gsize size, guint8 *out_code)
{
  gsize n = size / UB_BEKEN_BLOCK_SIZE;

  for (gsize i = 0; i < n; i++)
    memcpy (out_code + i * UB_BEKEN_BLOCK_DATA, data + i * UB_BEKEN_BLOCK_SIZE,
            UB_BEKEN_BLOCK_DATA);
  return n * UB_BEKEN_BLOCK_DATA;
}

/**
 * ub_beken_code_add:
 * @code: code as the chip executes it, encrypted where the key asks for it
 * @size: bytes; a last incomplete block is filled with 0xFF
 * @out_data: (out caller-allocates): room for `(size + 31) / 32 * 34` bytes
 *
 * Puts a CRC16 behind every 32 bytes.
 *
 * Returns: bytes of flash content
 */
gsize
ub_beken_code_add (const guint8 *code, gsize size, guint8 *out_data)
{
  guint8 *out = out_data;

  ensure_crc_tables ();
  for (gsize i = 0; i < size; i += UB_BEKEN_BLOCK_DATA, out += UB_BEKEN_BLOCK_SIZE) {
    gsize n = MIN (UB_BEKEN_BLOCK_DATA, size - i);
    guint16 crc;

    memcpy (out, code + i, n);
    memset (out + n, 0xFF, UB_BEKEN_BLOCK_DATA - n);
    crc = crc_of_block (out);
    out[32] = (guint8) (crc >> 8);
    out[33] = (guint8) crc;
  }
  return (gsize) (out - out_data);
}

/**
 * ub_beken_code_to_physical:
 * @logical: an address as the processor sees it
 *
 * Returns: where that byte is on the flash, among the CRC blocks
 */
gsize
ub_beken_code_to_physical (gsize logical)
{
  return logical / UB_BEKEN_BLOCK_DATA * UB_BEKEN_BLOCK_SIZE + logical % UB_BEKEN_BLOCK_DATA;
}

static inline guint32
rotr32 (guint32 x, guint n)
{
  return (x >> n) | (x << ((32 - n) & 31));
}

static inline guint32
stream_15 (const guint32 *k, guint32 address)
{
  guint32 hi = address >> 16, lo = address & 0xFFFF, x, r;

  if ((k[3] & 0x20) != 0)
    lo = ((lo & 0xFF) << 8) | (lo >> 8);
  if ((k[3] & 0x40) != 0)
    hi = ((hi & 0xFF) << 8) | (hi >> 8);
  x = (hi ^ lo ^ (k[1] >> 16)) & 0xFFFF;
  r = ((x >> 7) | (x << 9)) & 0xFFFF;
  return r ^ (0x6371 & (0x1111 * ((x >> 5) & 15)));
}

static inline guint32
stream_16 (const guint32 *k, guint32 address)
{
  guint32 mask = (((k[1] >> 8) & 255) << 9) | (((k[3] >> 4) & 1) << 8) | (k[1] & 255);
  guint32 x = ((address >> ((k[3] >> 8) & 3)) & 0x1FFFF) ^ mask;
  guint32 r = ((x << 7) | (x >> 10)) & 0x1FFFF;
  guint32 n =
      ((x >> 13) & 1) | (((x >> 9) & 1) << 1) | (((x >> 5) & 1) << 2) | (((x >> 1) & 1) << 3);

  return (r ^ (0x13659 & ((((x >> 4) & 1) << 16) | (0x1111 * n)))) & 0xFFFF;
}

static inline guint32
stream_32 (const guint32 *k, guint32 address)
{
  guint32 x = rotr32 (address, 8 * ((k[3] >> 11) & 3)) ^ k[0];

  return rotr32 (x, 15) ^ (0xE519A4F1u & (0x11111111u * ((x >> 2) & 15)));
}

/**
 * ub_beken_code_crypt:
 * @key: the coefficients
 * @address: where the processor sees the first byte; a multiple of 4 (0 for a bootloader, 0x10000
 *   for an app)
 * @code: (inout): code without CRC16s; a last incomplete word is left alone
 * @size: bytes
 *
 * Encrypts or decrypts code: the cipher is an exclusive-or with a stream that depends on the address,
 * so that doing it twice gives back what was there.
 */
void
ub_beken_code_crypt (const UbBekenKey *key, guint32 address, guint8 *code, gsize size)
{
  const guint32 *k = key->k;
  guint32 r;
  gboolean use_15, use_16, use_32;

  if ((k[3] >> 24) == 0 || (k[3] >> 24) == 0xFF || (k[3] & 15) == 15)
    return;

  r = (k[3] & 8) != 0 ? 0 : k[2];
  use_15 = (k[3] & 1) == 0;
  use_16 = (k[3] & 2) == 0;
  use_32 = (k[3] & 4) == 0;
  for (gsize i = 0; size - i >= 4; i += 4) {
    guint32 a = address + (guint32) i, word, s = r;

    if (use_32)
      s ^= stream_32 (k, a);
    if (use_15)
      s ^= stream_15 (k, a) << 16;
    if (use_16)
      s ^= stream_16 (k, a);
    memcpy (&word, code + i, 4);
    word ^= GUINT32_TO_LE (s);
    memcpy (code + i, &word, 4);
  }
}

/**
 * ub_beken_key_get:
 * @id: a key
 *
 * Returns: (transfer none): its coefficients; zero for an unknown one
 */
const UbBekenKey *
ub_beken_key_get (UbBekenKeyId id)
{
  g_return_val_if_fail (id < G_N_ELEMENTS (KEYS), &KEYS[0]);
  return &KEYS[id];
}

/**
 * ub_beken_key_get_id:
 * @id: a key
 *
 * Returns: (transfer none): its stable name
 */
const char *
ub_beken_key_get_id (UbBekenKeyId id)
{
  switch (id) {
  case UB_BEKEN_KEY_TUYA:
    return "tuya";
  case UB_BEKEN_KEY_NONE:
    return "none";
  case UB_BEKEN_KEY_UASCENT:
    return "uascent";
  case UB_BEKEN_KEY_UNKNOWN:
    break;
  }
  return "unknown";
}

static gboolean
has_vectors (const guint8 *code)
{
  if (code[3] != 0xEA) /* word 0 is a branch; where to differs from image to image */
    return FALSE;
  for (guint i = 1; i < N_VECTORS; i++) {
    guint32 word;

    memcpy (&word, code + 4 * i, 4);
    if (GUINT32_FROM_LE (word) != VECTOR_WORD)
      return FALSE;
  }
  return TRUE;
}

/**
 * ub_beken_key_detect:
 * @vectors: the first 32 bytes of a bootloader or app, without CRC16
 * @address: where the processor sees them: 0 or 0x10000
 *
 * Tries the known keys on the ARM vectors that every bootloader and app of this SDK begins with.
 *
 * Returns: the key under which they make sense, %UB_BEKEN_KEY_UNKNOWN if none does
 */
UbBekenKeyId
ub_beken_key_detect (const guint8 *vectors, guint32 address)
{
  static const UbBekenKeyId order[] = { UB_BEKEN_KEY_TUYA, UB_BEKEN_KEY_NONE,
                                        UB_BEKEN_KEY_UASCENT };

  for (guint i = 0; i < G_N_ELEMENTS (order); i++) {
    guint8 code[UB_BEKEN_BLOCK_DATA];

    memcpy (code, vectors, sizeof code);
    ub_beken_code_crypt (&KEYS[order[i]], address, code, sizeof code);
    if (has_vectors (code))
      return order[i];
  }
  return UB_BEKEN_KEY_UNKNOWN;
}

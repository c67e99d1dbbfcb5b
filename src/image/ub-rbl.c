/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-rbl"

#include "config.h"

#include "ub-rbl.h"

#include <gio/gio.h>
#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <string.h>

/* More than any flash of these modules can run; a larger claim is a broken or hostile header. */
#define MAX_RAW_SIZE (8 * 1024 * 1024)

/* Packed code is padded by at most one AES block (0, 4 and 16 bytes were seen). */
#define MAX_PADDING 64

#define UG_MAGIC 0x55AA55AAu
#define UG_END_MAGIC 0xAA55AA55u

static guint32 crc32_tables[8][256];

static void
ensure_crc32_tables (void)
{
  static gsize once = 0;

  if (!g_once_init_enter (&once))
    return;
  for (guint i = 0; i < 256; i++) {
    guint32 crc = i;

    for (int bit = 0; bit < 8; bit++)
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0xEDB88320u : 0);
    crc32_tables[0][i] = crc;
  }
  for (guint j = 1; j < 8; j++) {
    for (guint i = 0; i < 256; i++)
      crc32_tables[j][i] =
          (crc32_tables[j - 1][i] >> 8) ^ crc32_tables[0][crc32_tables[j - 1][i] & 0xFF];
  }
  g_once_init_leave (&once, 1);
}

static guint32
read_le32 (const guint8 *p)
{
  return (guint32) p[0] | ((guint32) p[1] << 8) | ((guint32) p[2] << 16) | ((guint32) p[3] << 24);
}

static guint32
read_be32 (const guint8 *p)
{
  return ((guint32) p[0] << 24) | ((guint32) p[1] << 16) | ((guint32) p[2] << 8) | (guint32) p[3];
}

/**
 * ub_crc32:
 * @crc: 0, or the result so far
 * @data: any bytes
 * @size: how many
 *
 * The CRC-32 of Ethernet and zlib.
 *
 * Returns: the checksum
 */
guint32
ub_crc32 (guint32 crc, const guint8 *data, gsize size)
{
  ensure_crc32_tables ();

  crc = ~crc;
  for (; size >= 8; data += 8, size -= 8) {
    guint32 lo = read_le32 (data) ^ crc, hi = read_le32 (data + 4);

    crc = crc32_tables[7][lo & 0xFF] ^ crc32_tables[6][(lo >> 8) & 0xFF] ^
          crc32_tables[5][(lo >> 16) & 0xFF] ^ crc32_tables[4][lo >> 24] ^
          crc32_tables[3][hi & 0xFF] ^ crc32_tables[2][(hi >> 8) & 0xFF] ^
          crc32_tables[1][(hi >> 16) & 0xFF] ^ crc32_tables[0][hi >> 24];
  }
  for (; size > 0; data++, size--)
    crc = (crc >> 8) ^ crc32_tables[0][(crc ^ *data) & 0xFF];
  return ~crc;
}

/**
 * ub_fnv1a:
 * @data: any bytes
 * @size: how many
 *
 * The 32-bit FNV-1a hash that RT-Thread's OTA packager puts into its header.
 *
 * Returns: the hash
 */
guint32
ub_fnv1a (const guint8 *data, gsize size)
{
  guint32 hash = 0x811C9DC5u;

  for (gsize i = 0; i < size; i++)
    hash = (hash ^ data[i]) * 0x01000193u;
  return hash;
}

/* Text fields come from a file: what is not printable ASCII must not reach a terminal. */
static void
copy_text (char *out, const guint8 *field, gsize size)
{
  gsize i;

  for (i = 0; i < size && field[i] != 0; i++)
    out[i] = g_ascii_isprint ((char) field[i]) ? (char) field[i] : '?';
  out[i] = '\0';
}

/**
 * ub_rbl_parse:
 * @header: %UB_RBL_HEADER_SIZE bytes
 * @out_rbl: (out caller-allocates): what it says
 *
 * Layout: `RBL\0`, u32 algorithm, u32 time, name[16], version[24], serial[24], u32 CRC-32, u32 FNV-1a,
 * u32 raw size, u32 package size, u32 CRC-32 of the 92 bytes before it; all little-endian.
 *
 * Returns: whether the magic is there; look at `header_ok` before believing the rest
 */
gboolean
ub_rbl_parse (const guint8 *header, UbRbl *out_rbl)
{
  memset (out_rbl, 0, sizeof *out_rbl);
  if (memcmp (header, "RBL", 4) != 0)
    return FALSE;

  out_rbl->algo = read_le32 (header + 4);
  out_rbl->time = read_le32 (header + 8);
  copy_text (out_rbl->name, header + 12, 16);
  copy_text (out_rbl->version, header + 28, 24);
  copy_text (out_rbl->serial, header + 52, 24);
  out_rbl->crc32 = read_le32 (header + 76);
  out_rbl->fnv1a = read_le32 (header + 80);
  out_rbl->size_raw = read_le32 (header + 84);
  out_rbl->size_package = read_le32 (header + 88);
  out_rbl->header_ok = read_le32 (header + 92) == ub_crc32 (0, header, 92);
  return TRUE;
}

/**
 * ub_rbl_check_plain:
 * @rbl: (inout): a header of algorithm %UB_RBL_ALGO_PLAIN
 * @code: the partition's bytes without CRC16s, still encrypted
 * @size: how many of them are there
 *
 * Computes the payload's checksums and notes in @rbl whether they hold. The CRC-32 covers the raw bytes
 * and then p bytes of value p, where p fills the package up.
 */
void
ub_rbl_check_plain (UbRbl *rbl, const guint8 *code, gsize size)
{
  guint8 padding[MAX_PADDING];
  guint32 n;

  rbl->payload_crc = rbl->payload_fnv = UB_CHECK_UNKNOWN;
  if (!rbl->header_ok || rbl->algo != UB_RBL_ALGO_PLAIN)
    return;
  if (rbl->size_raw > size || rbl->size_package < rbl->size_raw ||
      rbl->size_package - rbl->size_raw > MAX_PADDING) {
    rbl->payload_crc = rbl->payload_fnv = UB_CHECK_BAD;
    return;
  }

  n = rbl->size_package - rbl->size_raw;
  memset (padding, (int) n, n);
  rbl->payload_crc = ub_crc32 (ub_crc32 (0, code, rbl->size_raw), padding, n) == rbl->crc32
                         ? UB_CHECK_GOOD
                         : UB_CHECK_BAD;
  rbl->payload_fnv = ub_fnv1a (code, rbl->size_raw) == rbl->fnv1a ? UB_CHECK_GOOD : UB_CHECK_BAD;
}

/* Inflates at most @limit bytes, so that a small hostile file cannot ask for all memory. */
static GBytes *
inflate (const guint8 *data, gsize size, gsize limit)
{
  g_autoptr (GZlibDecompressor) inflater = NULL;
  g_autoptr (GInputStream) source = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autofree guint8 *out = g_malloc (limit);
  gsize n = 0;

  inflater = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  source = g_memory_input_stream_new_from_data (data, (gssize) size, NULL);
  stream = g_converter_input_stream_new (source, G_CONVERTER (inflater));
  /* A read error after enough bytes is the padding behind the gzip member: not looked at. */
  if (!g_input_stream_read_all (stream, out, limit, &n, NULL, NULL) && n < limit)
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&out), n);
}

/**
 * ub_rbl_check_package:
 * @rbl: (inout): a header
 * @package: the bytes behind it
 * @size: how many are there
 *
 * Computes the checksums of an over-the-air package, decrypting (AES-256-CBC with the key that the SDK's
 * packager uses by default) and inflating it where that is how it is packed.
 *
 * Returns: (transfer full) (nullable): the raw code, neither encrypted nor with CRC16s, or %NULL if it
 *   cannot be had
 */
GBytes *
ub_rbl_check_package (UbRbl *rbl, const guint8 *package, gsize size)
{
  /* The packager's documented default: BK7231 SDK, rt_ota_packaging_tool. */
  static const char key[] = "0123456789ABCDEF0123456789ABCDEF";
  static const char default_iv[] = "0123456789ABCDEF";
  struct CBC_CTX (struct aes256_ctx, AES_BLOCK_SIZE) aes;
  g_autofree guint8 *plain = NULL;
  g_autoptr (GBytes) raw = NULL;
  gsize n;

  rbl->payload_crc = rbl->payload_fnv = UB_CHECK_UNKNOWN;
  if (!rbl->header_ok)
    return NULL;
  if (rbl->size_package > size) {
    rbl->payload_crc = rbl->payload_fnv = UB_CHECK_BAD;
    return NULL;
  }
  rbl->payload_crc =
      ub_crc32 (0, package, rbl->size_package) == rbl->crc32 ? UB_CHECK_GOOD : UB_CHECK_BAD;
  if (rbl->size_raw == 0 || rbl->size_raw > MAX_RAW_SIZE)
    return NULL;

  if (rbl->algo == UB_RBL_ALGO_PLAIN) {
    if (rbl->size_raw <= rbl->size_package)
      raw = g_bytes_new (package, rbl->size_raw);
  } else if (rbl->algo == UB_RBL_ALGO_AES_GZIP) {
    n = rbl->size_package / AES_BLOCK_SIZE * AES_BLOCK_SIZE;
    if (n == 0)
      return NULL;
    plain = g_malloc (n);
    aes256_set_decrypt_key (&aes.ctx, (const guint8 *) key);
    CBC_SET_IV (&aes, default_iv);
    CBC_DECRYPT (&aes, aes256_decrypt, n, plain, package);
    raw = inflate (plain, n, rbl->size_raw);
  }
  if (raw == NULL || g_bytes_get_size (raw) != rbl->size_raw) {
    if (rbl->algo == UB_RBL_ALGO_AES_GZIP)
      rbl->payload_fnv = UB_CHECK_BAD;
    return NULL;
  }
  rbl->payload_fnv = ub_fnv1a (g_bytes_get_data (raw, NULL), rbl->size_raw) == rbl->fnv1a
                         ? UB_CHECK_GOOD
                         : UB_CHECK_BAD;
  return g_steal_pointer (&raw);
}

/**
 * ub_ug_parse:
 * @data: a file from its first byte
 * @size: bytes
 * @out_package: (out caller-allocates): what the header says
 *
 * Layout: 55AA55AA, version[12], payload length, sum over the payload's bytes, sum over the first 24
 * bytes, AA55AA55; numbers big-endian.
 *
 * Returns: whether it begins like a UG package
 */
gboolean
ub_ug_parse (const guint8 *data, gsize size, UbUgPackage *out_package)
{
  guint32 sum = 0, n;

  memset (out_package, 0, sizeof *out_package);
  if (size < UB_UG_HEADER_SIZE || read_be32 (data) != UG_MAGIC ||
      read_be32 (data + 28) != UG_END_MAGIC)
    return FALSE;

  copy_text (out_package->version, data + 4, 12);
  for (guint i = 0; i < 24; i++)
    sum += data[i];
  out_package->header_ok = sum == read_be32 (data + 24);

  out_package->length = n = read_be32 (data + 16);
  out_package->complete = n <= size - UB_UG_HEADER_SIZE;
  if (!out_package->complete)
    return TRUE;
  sum = 0;
  for (guint32 i = 0; i < n; i++)
    sum += data[UB_UG_HEADER_SIZE + i];
  out_package->payload_ok = sum == read_be32 (data + 20);
  out_package->trailing = size - UB_UG_HEADER_SIZE - n;
  return TRUE;
}

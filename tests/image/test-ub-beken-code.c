/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "ub-beken-code.h"

#include <glib-object.h>
#include <string.h>

static void
test_crc16 (void)
{
  guint8 data[32];

  for (guint i = 0; i < sizeof data; i++)
    data[i] = (guint8) i;
  /* From a bit-by-bit implementation in another language. */
  g_assert_cmphex (ub_beken_crc16 ((const guint8 *) "123456789", 9), ==, 0xAEE7);
  g_assert_cmphex (ub_beken_crc16 (data, 32), ==, 0x259D);
  g_assert_cmphex (ub_beken_crc16 (data, 0), ==, 0xFFFF);
  memset (data, 0xFF, sizeof data);
  g_assert_cmphex (ub_beken_crc16 (data, 32), ==, 0x000C);
}

static void
test_block_states (void)
{
  guint8 block[UB_BEKEN_BLOCK_SIZE];

  memset (block, 0xFF, sizeof block);
  g_assert_cmpint (ub_beken_block_check (block), ==, UB_BLOCK_BLANK);
  block[32] = 0x00;
  block[33] = 0x0C;
  g_assert_cmpint (ub_beken_block_check (block), ==, UB_BLOCK_VALID);
  for (guint bit = 0; bit < sizeof block * 8; bit++) {
    block[bit / 8] ^= (guint8) (1 << bit % 8);
    g_assert_cmpint (ub_beken_block_check (block), ==, UB_BLOCK_DAMAGED);
    block[bit / 8] ^= (guint8) (1 << bit % 8);
  }
  memset (block, 0, sizeof block);
  g_assert_cmpint (ub_beken_block_check (block), ==, UB_BLOCK_DAMAGED);
}

static void
test_add_and_strip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);

  for (gsize size = 0; size < 200; size++) {
    g_autofree guint8 *code = g_malloc0 (size + 1), *data = g_malloc0 (300),
                      *back = g_malloc0 (300);
    gsize n;
    UbCrcCount count;

    for (gsize i = 0; i < size; i++)
      code[i] = (guint8) g_rand_int (rand);
    n = ub_beken_code_add (code, size, data);
    g_assert_cmpuint (n, ==, (size + 31) / 32 * 34);
    ub_beken_code_count (data, n, &count);
    g_assert_cmpuint (count.valid, ==, n / 34);
    g_assert_cmpuint (count.damaged + count.blank, ==, 0);
    g_assert_cmpuint (ub_beken_code_strip (data, n, back), ==, n / 34 * 32);
    g_assert_cmpmem (back, size, code, size);
    for (gsize i = size; i < n / 34 * 32; i++)
      g_assert_cmphex (back[i], ==, 0xFF);
  }
}

static void
test_count_ignores_the_tail (void)
{
  guint8 data[34 * 3 + 33];
  UbCrcCount count;

  memset (data, 0xFF, sizeof data);
  data[40] = 0;
  ub_beken_code_count (data, sizeof data, &count);
  g_assert_cmpuint (count.blank, ==, 2);
  g_assert_cmpuint (count.damaged, ==, 1);
  ub_beken_code_count (data, 33, &count);
  g_assert_cmpuint (count.valid + count.blank + count.damaged, ==, 0);
}

static void
test_physical (void)
{
  g_assert_cmphex (ub_beken_code_to_physical (0x10000), ==, 0x11000);
  g_assert_cmphex (ub_beken_code_to_physical (0x10000 - 0x60), ==, 0x10F9A);
  g_assert_cmphex (ub_beken_code_to_physical (0x118700), ==, 0x129F70);
  g_assert_cmphex (ub_beken_code_to_physical (0x100), ==, 0x110);
}

/* Key, address and word of the key stream, made with ltchiptool's BekenCrypto and random keys. */
static const struct {
  UbBekenKey key;
  guint32 address;
  guint32 stream;
} STREAMS[] = {
  { { { 0x105e3e87, 0xda3fcab5, 0x49022ddc, 0x73c2f0c0 } }, 0x00093cec, 0xd0b06832 },
  { { { 0xe4266105, 0x75fbfd72, 0xb92d3aec, 0xd3149681 } }, 0x00000000, 0x7a37fd96 },
  { { { 0x7f0fa5f0, 0xf8ae5db9, 0x01e3629f, 0xa7827f02 } }, 0x69de46f8, 0x8f3f046d },
  { { { 0xf0f238f1, 0x943e62ff, 0x4d7a28f6, 0x205311f4 } }, 0x00010000, 0x3141d32f },
  { { { 0xa0377bd1, 0x2a1f17ac, 0xd6f40b27, 0x588fb1d8 } }, 0x000e6c18, 0x9c3e6829 },
  { { { 0x5c32911f, 0x2ed9f667, 0x413c36d7, 0xd604eb35 } }, 0x00000000, 0x413c9175 },
  { { { 0x30fb9f80, 0x29d90b2f, 0x72b9e59f, 0x460e3f39 } }, 0x00000000, 0x3f00d03a },
  { { { 0xf251b149, 0x85bd11fa, 0x21542283, 0x19a7f24e } }, 0x00000000, 0x3a5a0000 },
  { { { 0xa9037ee6, 0x29f959cc, 0x30179b03, 0x8a32cc12 } }, 0x0001fffc, 0xa3891565 },
  { { { 0xa04dabc0, 0x61d466f6, 0x819bfe7b, 0xafc778c4 } }, 0x000101fc, 0xd0487b00 },
  { { { 0x983d2e8d, 0x9695abb3, 0x50b36d54, 0xfc17c667 } }, 0x0001fffc, 0x50b36d54 },
  { { { 0xbfde5e84, 0xefff78f5, 0xf29fe206, 0xcd7491ac } }, 0x5da5aa7c, 0x82ecf590 },
  { { { 0x1cf04c8c, 0x902b15bc, 0x31ab53e0, 0x26bd3bc8 } }, 0x00000000, 0xee38718a },
  { { { 0xe29f9f4f, 0xe0057e0b, 0xe415be87, 0xe489968a } }, 0x00016b04, 0x1e9a3306 },
  { { { 0xc4571592, 0xbbdea6e5, 0xc671dc1b, 0x3fb3416c } }, 0x00000000, 0xdf177693 },
  { { { 0xf3e3d76c, 0x7aafe9d7, 0x24449150, 0xd208de95 } }, 0x6a2512c8, 0x244405b5 },
  { { { 0xd28e22e7, 0x94e92952, 0xe9a690b5, 0x180e6ced } }, 0x0004231c, 0x0000b705 },
  { { { 0x6feef4be, 0xe0949cbf, 0xc70780df, 0x5d7a1462 } }, 0x00010000, 0xa2e3fbf3 },
  { { { 0xe0b26320, 0x0e41917f, 0xfec81014, 0x90774b4d } }, 0x0001fffc, 0x0000c047 },
  { { { 0x1ce2dae9, 0x43b10e31, 0xb17c11e7, 0x23fb3096 } }, 0x0001fffc, 0x0a2411e7 },
  { { { 0xeb22a84c, 0xe61abcfd, 0xab14c398, 0x8eea1cfa } }, 0x0003f5ec, 0x14eaf19f },
  { { { 0x8a0295f2, 0x4affbdcc, 0x01a190e9, 0x74a7ad4f } }, 0x00010000, 0x00000000 },
  { { { 0xb7b5bf50, 0xc0d7d476, 0x55962a52, 0x9f1a3b8e } }, 0x00000000, 0xcde10000 },
  { { { 0x621b5839, 0x5c6ee7ce, 0x34a710ec, 0x6ac3f63c } }, 0x000c174c, 0xc9112cb2 },
  { { { 0x510fb093, 0xa3cbeadc, 0x5993a17e, 0xc7adeb03 } }, 0x00000004, 0x7cb50f21 },
  { { { 0x510fb093, 0xa3cbeadc, 0x5993a17e, 0xc7adeb03 } }, 0x00010004, 0x7eb50f21 },
  { { { 0x510fb093, 0xa3cbeadc, 0x5993a17e, 0xc7adeb03 } }, 0x00000084, 0x7cb40f21 },
};

static void
test_cipher (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (STREAMS); i++) {
    guint8 word[4] = { 0 };
    guint32 stream;

    ub_beken_code_crypt (&STREAMS[i].key, STREAMS[i].address, word, 4);
    memcpy (&stream, word, 4);
    g_assert_cmphex (GUINT32_FROM_LE (stream), ==, STREAMS[i].stream);
  }
}

static void
test_cipher_is_its_own_inverse (void)
{
  guint8 code[103], copy[103];

  for (guint i = 0; i < G_N_ELEMENTS (STREAMS); i++) {
    for (guint j = 0; j < sizeof code; j++)
      code[j] = (guint8) (j * 7);
    memcpy (copy, code, sizeof code);
    ub_beken_code_crypt (&STREAMS[i].key, 0x10000, code, sizeof code);
    /* The last three bytes are no whole word. */
    g_assert_cmpmem (code + 100, 3, copy + 100, 3);
    ub_beken_code_crypt (&STREAMS[i].key, 0x10000, code, sizeof code);
    g_assert_cmpmem (code, sizeof code, copy, sizeof copy);
  }
}

/* Bytes 4 to 7 of real bootloaders and apps. */
static void
test_vectors_of_known_keys (void)
{
  static const struct {
    UbBekenKeyId id;
    guint32 address;
    guint8 bytes[4];
  } rows[] = {
    { UB_BEKEN_KEY_TUYA, 0, { 0x35, 0xFF, 0x2A, 0x99 } },
    { UB_BEKEN_KEY_TUYA, 0x10000, { 0x35, 0xFF, 0x2A, 0x9B } },
    { UB_BEKEN_KEY_NONE, 0, { 0x14, 0xF0, 0x9F, 0xE5 } },
    { UB_BEKEN_KEY_NONE, 0x10000, { 0x14, 0xF0, 0x9F, 0xE5 } },
    { UB_BEKEN_KEY_UASCENT, 0, { 0x0C, 0x70, 0xB6, 0xCA } },
    { UB_BEKEN_KEY_UASCENT, 0x10000, { 0x2E, 0x70, 0xB6, 0xC8 } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++) {
    guint8 code[32];

    for (guint j = 0; j < 32; j += 4)
      memcpy (code + j, j == 0 ? "\x0e\x00\x00\xea" : "\x14\xf0\x9f\xe5", 4);
    ub_beken_code_crypt (ub_beken_key_get (rows[i].id), rows[i].address, code, sizeof code);
    g_assert_cmpmem (code + 4, 4, rows[i].bytes, 4);
    g_assert_cmpint (ub_beken_key_detect (code, rows[i].address), ==, rows[i].id);
    if (rows[i].id != UB_BEKEN_KEY_NONE)
      g_assert_cmpint (ub_beken_key_detect (code, rows[i].address ^ 0x10000), ==,
                       UB_BEKEN_KEY_UNKNOWN);
    code[30] ^= 1;
    g_assert_cmpint (ub_beken_key_detect (code, rows[i].address), ==, UB_BEKEN_KEY_UNKNOWN);
  }
}

static void
test_key_ids (void)
{
  g_assert_cmpstr (ub_beken_key_get_id (UB_BEKEN_KEY_TUYA), ==, "tuya");
  g_assert_cmpstr (ub_beken_key_get_id (UB_BEKEN_KEY_NONE), ==, "none");
  g_assert_cmpstr (ub_beken_key_get_id (UB_BEKEN_KEY_UASCENT), ==, "uascent");
  g_assert_cmpstr (ub_beken_key_get_id (UB_BEKEN_KEY_UNKNOWN), ==, "unknown");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/beken-code/crc16", test_crc16);
  g_test_add_func ("/beken-code/block-states", test_block_states);
  g_test_add_func ("/beken-code/add-and-strip", test_add_and_strip);
  g_test_add_func ("/beken-code/count-ignores-the-tail", test_count_ignores_the_tail);
  g_test_add_func ("/beken-code/physical", test_physical);
  g_test_add_func ("/beken-code/cipher", test_cipher);
  g_test_add_func ("/beken-code/cipher-is-its-own-inverse", test_cipher_is_its_own_inverse);
  g_test_add_func ("/beken-code/vectors-of-known-keys", test_vectors_of_known_keys);
  g_test_add_func ("/beken-code/key-ids", test_key_ids);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-tuya-crypt"

#include "config.h"

#include "ub-tuya-crypt.h"

#include <nettle/aes.h>

/*
 * Everything in Tuya's key-value storage is AES-128 in ECB mode. The constants are public knowledge:
 * bk7231tools (Kuba Szczodrzyński and contributors) and BK7231GUIFlashTool document them; checked
 * on 26 dumps.
 */
static const guint8 master_key[] = "qwertyuiopasdfgh";
static const guint8 second_part[] = "HHRRQbyemofrtytf";

/*
 * What the third share of a data key is made of: four bytes that repeat, or sixteen. BK7231 modules
 * are known with the first one only; the others are what BK7231GUIFlashTool found on other modules
 * with the same SDK, tried in its order, because TuyaOS 3 need not have kept to the first.
 */
static const struct {
  const char *text;
  guint length;
} key_parts[UB_TUYA_N_KEY_PARTS] = {
  { "8710", 4 }, { "HHRRQbyemofrtytf", 16 }, { "8721", 4 }, { "", 0 }, { "8711", 4 }, { "RDA5", 4 },
};

/**
 * ub_tuya_decrypt:
 * @key: the AES-128 key
 * @data: @size bytes of ciphertext
 * @size: a multiple of 16
 * @out_plain: (out caller-allocates): @size bytes; may be @data itself
 *
 * Decrypts AES-128-ECB.
 */
void
ub_tuya_decrypt (const guint8 key[UB_TUYA_KEY_SIZE],
                 const guint8 *data,
                 gsize size,
                 guint8 *out_plain)
{
  struct aes128_ctx context;

  g_return_if_fail (size % AES_BLOCK_SIZE == 0);

  aes128_set_decrypt_key (&context, key);
  aes128_decrypt (&context, size, out_plain, data);
}

/**
 * ub_tuya_decrypt_master:
 * @data: @size bytes of ciphertext
 * @size: a multiple of 16
 * @out_plain: (out caller-allocates): @size bytes
 *
 * Decrypts with the key that all devices share: the key sector and the outer layer of the
 * protected one.
 */
void
ub_tuya_decrypt_master (const guint8 *data, gsize size, guint8 *out_plain)
{
  ub_tuya_decrypt (master_key, data, size, out_plain);
}

/**
 * ub_tuya_derive_key:
 * @device_key: as the key sector holds it
 * @part: which known third share, below %UB_TUYA_N_KEY_PARTS; 0 is that of BK7231 modules
 * @out_key: (out caller-allocates): the data key
 *
 * Derives the key of the data sectors: the byte-wise sum of three shares.
 */
void
ub_tuya_derive_key (const guint8 device_key[UB_TUYA_KEY_SIZE],
                    guint part,
                    guint8 out_key[UB_TUYA_KEY_SIZE])
{
  g_return_if_fail (part < UB_TUYA_N_KEY_PARTS);

  for (guint i = 0; i < UB_TUYA_KEY_SIZE; i++) {
    guint share =
        key_parts[part].length > 0 ? (guint8) key_parts[part].text[i % key_parts[part].length] : 0;

    out_key[i] = (share + second_part[i] + device_key[i]) & 0xFF;
  }
}

/**
 * ub_tuya_sum:
 * @data: bytes
 * @size: how many
 *
 * Returns: the storage's checksum: the sum of all bytes
 */
guint32
ub_tuya_sum (const guint8 *data, gsize size)
{
  guint32 sum = 0;

  for (gsize i = 0; i < size; i++)
    sum += data[i];
  return sum;
}

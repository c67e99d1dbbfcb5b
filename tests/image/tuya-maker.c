/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "tuya-maker.h"

#include <nettle/aes.h>
#include <string.h>

/*
 * The other half of Tuya's storage, for tests: writes what src/image reads. It shares no code with the
 * reader on purpose; the same mistake would hide in both.
 */
void
maker_put_u16 (guint8 *out, guint value)
{
  out[0] = value;
  out[1] = value >> 8;
}

void
maker_put_u32 (guint8 *out, guint32 value)
{
  maker_put_u16 (out, value);
  maker_put_u16 (out + 2, value >> 16);
}

guint32
maker_sum (const guint8 *data, gsize size)
{
  guint32 sum = 0;

  while (size-- > 0)
    sum += *data++;
  return sum;
}

static void
encrypt (const guint8 *key, guint8 *data, gsize size)
{
  struct aes128_ctx context;

  aes128_set_encrypt_key (&context, key);
  aes128_encrypt (&context, size, data, data);
}

void
maker_encrypt_master (guint8 *sector)
{
  encrypt ((const guint8 *) "qwertyuiopasdfgh", sector, MAKER_SECTOR);
}

void
maker_encrypt_data (const guint8 *device_key, guint8 *data, gsize size)
{
  guint8 key[16];

  for (guint i = 0; i < sizeof key; i++)
    key[i] = device_key[i] + "8710"[i & 3] + "HHRRQbyemofrtytf"[i];
  encrypt (key, data, size);
}

/* Fills and encrypts a key sector. */
void
maker_seal_key (const guint8 *device_key, guint8 *sector)
{
  memset (sector, 0xFF, MAKER_SECTOR);
  maker_put_u32 (sector, 0x13579753);
  maker_put_u32 (sector + 4, maker_sum (device_key, 16));
  memcpy (sector + 8, device_key, 16);
  maker_encrypt_master (sector);
}

/* Sets magic and sum of a data sector and encrypts it. */
void
maker_seal_data (const guint8 *device_key, guint32 magic, guint8 *sector)
{
  maker_put_u32 (sector, magic);
  maker_put_u32 (sector + 4, maker_sum (sector + 8, MAKER_SECTOR - 8));
  maker_encrypt_data (device_key, sector, MAKER_SECTOR);
}

/* Encrypts the records of a protected sector, which begin at 32 and are @size bytes, and seals it. */
void
maker_seal_protected (const guint8 *device_key, gsize size, guint8 *sector)
{
  maker_encrypt_data (device_key, sector + 32, MAKER_SECTOR - 32);
  maker_put_u32 (sector, 0x13579753);
  memcpy (sector + 8, device_key, 16);
  maker_put_u32 (sector + 24, size);
  maker_put_u32 (sector + 28, 0xFFFFFFFF);
  maker_put_u32 (sector + 4, maker_sum (sector + 8, MAKER_SECTOR - 8));
  maker_encrypt_master (sector);
}

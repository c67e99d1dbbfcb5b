/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-sim-content"

#include "config.h"

#include "ub-sim-content.h"

#include "ub-sim-tuya.h"

#include <string.h>

/* The map of a BK7231T module with Tuya's firmware, as found on nine real dumps: code in blocks of 32
 * bytes and a CRC of two, for bootloader and app; their RBL headers at the end of their partitions. */
#define MAP_SIZE 0x200000 /* a smaller flash stays blank, a larger one is blank beyond */
#define CODE_BLOCK 32
#define FLASH_BLOCK 34
#define BOOTLOADER_SIZE 0x10000 /* of the partition, in code bytes */
#define BOOTLOADER_USED 0xDD20
#define BOOTLOADER_TABLE 0xDC50 /* three entries, not encrypted */
#define BOOTLOADER_VERSION 0x94
#define APP_SIZE 0x108700 /* of the partition, in code bytes */
#define APP_USED 0xA8000
#define APP_NAME 0xA0000
#define DOWNLOAD_ADDRESS 0x132000
#define DOWNLOAD_SIZE 0xA6000
#define USER_FILE_ADDRESS 0x12B000
#define CALIBRATION_ADDRESS 0x1E0000
#define TUYA_KEY_ADDRESS 0x1EE000
#define RBL_SIZE 96
#define PARTITION_ENTRY_SIZE 64
#define RBL_TIME 1590745724 /* that of the bootloader BK7231S_1.0.5 */

static const char app_name[] = "oem_bk7231s_unbrick_simulated_switch";
static const char sdk_name[] =
    "< TUYA IOT SDK V:1.0.6 BS:40.00_PT:2.2_LAN:3.3_CAD:1.0.2_CD:1.0.0 >";

/* Locally administered, so that it is no real module's. */
static const guint8 mac[6] = { 0x02, 0x00, 0x5E, 0x72, 0x31, 0x01 };

/* Tuya's key for the code cipher; it makes use of two of the cipher's parts only. */
#define KEY_0 0x510FB093u
#define KEY_2 0x5993A17Eu
#define CIPHER_MASK 0xE519A4F1u

#define ARM_BRANCH 0xEA00000Eu
#define ARM_MOVE 0xE3A00000u
#define ARM_LOAD_PC 0xE59FF014u /* LDR PC, [PC, #0x14]: each of the seven vectors after reset */

static void
put_u32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, 4);
}

static guint32
get_u32 (const guint8 *at)
{
  guint32 value;

  memcpy (&value, at, 4);
  return GUINT32_FROM_LE (value);
}

static guint32
rotate_right (guint32 value, guint n)
{
  return value >> n | value << (32 - n);
}

/* Its own inverse. @address counts code bytes from the start of the flash. */
static void
encrypt (guint8 *code, gsize n, guint32 address)
{
  for (gsize i = 0; i < n; i += 4) {
    guint32 x = rotate_right (address + (guint32) i, 8) ^ KEY_0;
    guint32 stream = rotate_right (x, 15) ^ (CIPHER_MASK & (0x11111111u * ((x >> 2) & 15)));

    put_u32 (code + i, get_u32 (code + i) ^ stream ^ KEY_2);
  }
}

/* CRC-16, polynomial 0x8005, most significant bit first, begun with 0xFFFF. */
static guint16
get_crc16 (const guint8 *bytes, gsize n)
{
  guint16 crc = 0xFFFF;

  for (gsize i = 0; i < n; i++) {
    crc ^= (guint16) (bytes[i] << 8);
    for (int bit = 0; bit < 8; bit++)
      crc = (guint16) ((crc & 0x8000) != 0 ? crc << 1 ^ 0x8005 : crc << 1);
  }
  return crc;
}

/* CRC-32 as in zip. */
static guint32
get_crc32 (const guint8 *bytes, gsize n)
{
  guint32 crc = G_MAXUINT32;

  for (gsize i = 0; i < n; i++) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; bit++)
      crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
  }
  return ~crc;
}

static guint32
get_fnv1a (const guint8 *bytes, gsize n)
{
  guint32 hash = 0x811C9DC5u;

  for (gsize i = 0; i < n; i++)
    hash = (hash ^ bytes[i]) * 0x01000193u;
  return hash;
}

/* @n bytes of code become blocks with their CRC; what is not put stays blank and has none. */
static void
put_code (guint8 *flash, const guint8 *code, gsize n, guint32 code_address)
{
  for (gsize i = 0; i < n; i += CODE_BLOCK) {
    guint8 *block = flash + (code_address + i) / CODE_BLOCK * FLASH_BLOCK;
    guint16 crc = get_crc16 (code + i, CODE_BLOCK);

    memcpy (block, code + i, CODE_BLOCK);
    block[CODE_BLOCK] = (guint8) (crc >> 8);
    block[CODE_BLOCK + 1] = (guint8) crc;
  }
}

/* The header that the bootloader checks a partition by, in its last three blocks: no compression, sums
 * over the encrypted code. */
static void
put_rbl (guint8 *flash, const char *name, const guint8 *code, gsize n, guint32 code_end)
{
  guint8 rbl[RBL_SIZE] = "RBL";

  put_u32 (rbl + 8, RBL_TIME);
  g_strlcpy ((char *) rbl + 12, name, 16);
  g_strlcpy ((char *) rbl + 28, "1.00", 24);
  memset (rbl + 52, '0', 23);
  put_u32 (rbl + 76, get_crc32 (code, n));
  put_u32 (rbl + 80, get_fnv1a (code, n));
  put_u32 (rbl + 84, (guint32) n);
  put_u32 (rbl + 88, (guint32) n);
  put_u32 (rbl + 92, get_crc32 (rbl, RBL_SIZE - 4));
  put_code (flash, rbl, RBL_SIZE, code_end - RBL_SIZE);
}

/* Something that looks like code: some words come again and again, most do not. */
static void
fill_code (guint8 *code, gsize n, guint32 random)
{
  for (gsize i = 0; i < n; i += 4) {
    random = random * 1664525u + 1013904223u; /* the generator of Numerical Recipes */
    put_u32 (code + i, random >> 30 == 0 ? ARM_MOVE | (random >> 22 & 0xFF) : random);
  }
  put_u32 (code, ARM_BRANCH);
  for (gsize i = 4; i < CODE_BLOCK; i += 4)
    put_u32 (code + i, ARM_LOAD_PC);
}

static void
fill_partition (guint8 *entry, const char *name, const char *flash, guint32 offset, guint32 length)
{
  memset (entry, 0, PARTITION_ENTRY_SIZE);
  memcpy (entry, "01PE", 4);
  g_strlcpy ((char *) entry + 4, name, 24);
  g_strlcpy ((char *) entry + 28, flash, 24);
  put_u32 (entry + 52, offset);
  put_u32 (entry + 56, length);
}

static void
put_bootloader (guint8 *flash)
{
  g_autofree guint8 *code = g_malloc0 (BOOTLOADER_USED);
  guint8 *table = code + BOOTLOADER_TABLE;

  fill_code (code, BOOTLOADER_TABLE, 7231);
  memcpy (code + BOOTLOADER_VERSION, "BK7231S_1.0.5", 14);
  encrypt (code, BOOTLOADER_TABLE, 0);
  fill_partition (table, "bootloader", "beken_onchip_crc", 0, BOOTLOADER_SIZE);
  table += PARTITION_ENTRY_SIZE;
  fill_partition (table, "app", "beken_onchip_crc", BOOTLOADER_SIZE, APP_SIZE);
  table += PARTITION_ENTRY_SIZE;
  fill_partition (table, "download", "beken_onchip", DOWNLOAD_ADDRESS, DOWNLOAD_SIZE);

  put_code (flash, code, BOOTLOADER_USED, 0);
  put_rbl (flash, "bootloader", code, BOOTLOADER_USED, BOOTLOADER_SIZE);
}

static void
put_app (guint8 *flash)
{
  g_autofree guint8 *code = g_malloc0 (APP_USED);

  fill_code (code, APP_USED, 20260);
  memset (code + APP_NAME, 0, sizeof app_name + sizeof sdk_name + 1);
  memcpy (code + APP_NAME + 1, app_name, sizeof app_name);
  memcpy (code + APP_NAME + 1 + sizeof app_name, sdk_name, sizeof sdk_name);
  encrypt (code, APP_USED, BOOTLOADER_SIZE);

  put_code (flash, code, APP_USED, BOOTLOADER_SIZE);
  put_rbl (flash, "app", code, APP_USED, BOOTLOADER_SIZE + APP_SIZE);
}

static gsize
put_tag (guint8 *at, guint32 tag, const guint8 *value, guint32 n)
{
  put_u32 (at, tag);
  put_u32 (at + 4, n);
  if (value != NULL)
    memcpy (at + 8, value, n);
  return 8 + n;
}

/* The calibration sector: groups of tagged values, of which the first holds the MAC address. */
static void
put_calibration (guint8 *flash)
{
  guint8 *start = flash + CALIBRATION_ADDRESS, *at = start + 8;
  guint8 curve[40];

  for (gsize i = 0; i < sizeof curve; i++)
    curve[i] = (guint8) (0x92 - i / 8);
  memcpy (start, "TLV", 4);
  put_u32 (at, 0x11111100);
  put_u32 (at + 4, 26);
  at += 8;
  at += put_tag (at, 0x11111101, (const guint8 *) "Na\xBC", 4);
  at += put_tag (at, 0x11111102, mac, sizeof mac);
  put_u32 (at, 0x22222200);
  put_u32 (at + 4, 8 + sizeof curve);
  at += 8;
  at += put_tag (at, 0x22222207, curve, sizeof curve);
  put_u32 (start + 4, (guint32) (at - start - 8));
}

/* Tuya's user files are plain text in a sector each. */
static void
put_user_file (guint8 *flash)
{
  static const char text[] = "simulated module of Unbrick\n";

  for (guint32 i = 0; i < 4096; i++)
    flash[USER_FILE_ADDRESS + i] = (guint8) text[i % (sizeof text - 1)];
}

/**
 * ub_sim_content_new:
 * @size: of the flash
 *
 * What the simulated module holds when nobody says otherwise: a sound backup of a BK7231T module with
 * Tuya’s firmware, made by rule, so that it is always the same and nobody’s data. Code and calibration
 * are not real and run nowhere.
 *
 * Returns: (transfer full): @size bytes; all blank when @size is below 2 MiB
 */
GBytes *
ub_sim_content_new (guint32 size)
{
  guint8 *flash = g_malloc (size);

  memset (flash, 0xFF, size);
  if (size >= MAP_SIZE) {
    put_bootloader (flash);
    put_app (flash);
    put_user_file (flash);
    put_calibration (flash);
    ub_sim_tuya_fill (flash + TUYA_KEY_ADDRESS);
  }
  return g_bytes_new_take (flash, size);
}

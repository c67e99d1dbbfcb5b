/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-sim-tuya"

#include "config.h"

#include "ub-sim-tuya.h"

#include <nettle/aes.h>
#include <string.h>

/* Tuya's key-value storage, as bk7231tools and BK7231GUIFlashTool describe it: a sector with a key,
 * then sectors of 32 pages of 128 bytes, all AES-128-ECB. */
#define SECTOR_SIZE 4096
#define PAGE_SIZE 128
#define KEY_SIZE 16
#define KEY_MAGIC 0x13579753u
#define DATA_MAGIC 0x98761234u
/* As on all real modules: 14 blocks, and older copies of three of them that were not overwritten yet. */
#define N_BLOCKS 14
#define N_OLD_COPIES 3

static const char master_key[KEY_SIZE + 1] = "qwertyuiopasdfgh";
static const char share_1[4 + 1] = "8710";
static const char share_2[KEY_SIZE + 1] = "HHRRQbyemofrtytf";
static const char device_key[KEY_SIZE + 1] = "UnbrickSimulated";

/* A one-gang switch on a WB3S that never existed. Keys and levels are those of real ones. */
static const struct {
  const char *name;
  const char *value;
} entries[] = {
  { "user_param_key",
    "{rl1_lv:1,netled_lv:0,bt_type:0,bt1_pin:24,net_trig:2,netled_pin:1,total_stat:2,bt1_lv:0,"
    "module:WB3S,rl1_pin:6,jv:1.0.0,reset_t:5,init_conf:38111,ch_num:1,ch_dpid1:1,ch_cddpid1:9,"
    "crc:118,}" },
  { "gw_di", "{\"swv\":\"1.0.0\",\"bv\":\"40.00\",\"pv\":\"2.2\",\"lpv\":\"3.3\"}" },
};

static void
put_u32 (guint8 *at, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (at, &value, 4);
}

static void
put_u16 (guint8 *at, guint16 value)
{
  at[0] = (guint8) value;
  at[1] = (guint8) (value >> 8);
}

static guint32
get_sum (const guint8 *bytes, gsize n)
{
  guint32 sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += bytes[i];
  return sum;
}

static void
encrypt_sector (guint8 *sector, const guint8 *key)
{
  struct aes128_ctx context;

  aes128_set_encrypt_key (&context, key);
  aes128_encrypt (&context, SECTOR_SIZE, sector, sector);
}

static void
fill_key_sector (guint8 *sector)
{
  memset (sector, 0xFF, SECTOR_SIZE);
  put_u32 (sector, KEY_MAGIC);
  put_u32 (sector + 4, get_sum ((const guint8 *) device_key, KEY_SIZE));
  memcpy (sector + 8, device_key, KEY_SIZE);
  encrypt_sector (sector, (const guint8 *) master_key);
}

/* An index page that names a value, then the pages of the value. Returns: the next free page */
static guint8
put_entry (guint8 *sector, guint8 page, const char *name, const char *value)
{
  guint8 *index = sector + page * PAGE_SIZE;
  const gsize name_size = strlen (name) + 1, size = strlen (value) + 1;
  const guint8 last = (guint8) (page + (size + PAGE_SIZE - 1) / PAGE_SIZE);
  guint8 *part = index + 18 + name_size;

  put_u32 (index, get_sum ((const guint8 *) value, size));
  put_u32 (index + 4, (guint32) size);
  put_u16 (index + 8, 0);
  index[10] = page;
  put_u16 (index + 11, 1);
  put_u32 (index + 13, 0);
  index[17] = (guint8) name_size;
  memcpy (index + 18, name, name_size);
  put_u16 (part, 0);
  part[2] = page + 1;
  part[3] = last;
  memcpy (sector + (page + 1) * PAGE_SIZE, value, size);
  sector[15 + page / 8] |= (guint8) (1 << page % 8);
  return last + 1;
}

/* The values are in block 0; the others are empty, and so were the older copies. */
static void
fill_data_sector (guint8 *sector, guint16 block, guint32 generation)
{
  guint8 key[KEY_SIZE];
  guint8 page = 1;

  memset (sector, 0, SECTOR_SIZE);
  put_u32 (sector, DATA_MAGIC);
  put_u16 (sector + 8, block);
  put_u32 (sector + 10, generation);
  sector[14] = SECTOR_SIZE / PAGE_SIZE / 8;
  for (gsize i = 0; block == 0 && generation > 0 && i < G_N_ELEMENTS (entries); i++)
    page = put_entry (sector, page, entries[i].name, entries[i].value);
  put_u32 (sector + 4, get_sum (sector + 8, SECTOR_SIZE - 8));

  for (gsize i = 0; i < KEY_SIZE; i++)
    key[i] = (guint8) (share_1[i % 4] + share_2[i] + device_key[i]);
  encrypt_sector (sector, key);
}

/**
 * ub_sim_tuya_fill:
 * @storage: (out caller-allocates): %UB_SIM_TUYA_SIZE bytes
 *
 * Writes a storage with the configuration of a switch.
 */
void
ub_sim_tuya_fill (guint8 *storage)
{
  fill_key_sector (storage);
  for (guint16 i = 0; i < N_BLOCKS; i++)
    fill_data_sector (storage + (1 + i) * SECTOR_SIZE, i, 1);
  for (guint16 i = 0; i < N_OLD_COPIES; i++)
    fill_data_sector (storage + (1 + N_BLOCKS + i) * SECTOR_SIZE, i, 0);
}

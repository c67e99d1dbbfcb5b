/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-layout"

#include "config.h"

#include "ub-flash-layout.h"

#include "ub-calibration.h"

#include <glib/gi18n.h>
#include <string.h>

/* The maps agree with 25 real dumps (16 N, 9 T). The app's last CRC block ends at 0x129F70; what is left
 * of that sector is never used. The U follows the T: LibreTiny and OpenBeken use one map for both. */

static const UbPartition LAYOUT_T[] = {
  { "bootloader", 0x000000, 0x011000, FALSE },
  { "app", 0x011000, 0x119000, FALSE },
  { "user-files", 0x12A000, 0x008000, FALSE },
  { "download", 0x132000, 0x0A6000, FALSE },
  { "user-files", 0x1D8000, 0x008000, FALSE },
  { "calibration", UB_CALIBRATION_ADDRESS_T, UB_CALIBRATION_SIZE, TRUE },
  { "reserved", 0x1E1000, 0x001000, FALSE },
  { "fast-connect", 0x1E2000, 0x001000, FALSE },
  { "user-index", 0x1E3000, 0x002000, FALSE },
  { "user-files", 0x1E5000, 0x009000, FALSE },
  { "tuya-key", 0x1EE000, 0x001000, TRUE },
  { "tuya-storage", 0x1EF000, 0x011000, TRUE },
};

static const UbPartition LAYOUT_N[] = {
  { "bootloader", 0x000000, 0x011000, FALSE },
  { "app", 0x011000, 0x119000, FALSE },
  { "download", 0x12A000, 0x0A6000, FALSE },
  { "calibration", UB_CALIBRATION_ADDRESS_N, UB_CALIBRATION_SIZE, TRUE },
  { "fast-connect", 0x1D1000, 0x001000, FALSE },
  { "user-index", 0x1D2000, 0x002000, FALSE },
  { "user-files", 0x1D4000, 0x019000, FALSE },
  { "tuya-protected", 0x1ED000, 0x001000, TRUE },
  { "tuya-key", 0x1EE000, 0x001000, TRUE },
  { "tuya-storage", 0x1EF000, 0x011000, TRUE },
};

/* What holds for every family. */
static const UbPartition LAYOUT_UNKNOWN[] = {
  { "bootloader", 0x000000, 0x011000, FALSE },
  { "app", 0x011000, 0x119000, FALSE },
};

/**
 * ub_flash_layout_get:
 * @family: of the module
 * @flash_size: bytes; partitions that do not fit are left out
 * @out_n: (out): how many partitions
 *
 * Returns: (transfer none) (array length=out_n): the partitions by rising address, without overlap; an ID
 *   may come more than once
 */
const UbPartition *
ub_flash_layout_get (UbFamily family, guint32 flash_size, guint *out_n)
{
  const UbPartition *layout = LAYOUT_UNKNOWN;
  guint n = G_N_ELEMENTS (LAYOUT_UNKNOWN);

  switch (family) {
  case UB_FAMILY_T:
  case UB_FAMILY_U:
    layout = LAYOUT_T;
    n = G_N_ELEMENTS (LAYOUT_T);
    break;
  case UB_FAMILY_N:
    layout = LAYOUT_N;
    n = G_N_ELEMENTS (LAYOUT_N);
    break;
  case UB_FAMILY_UNKNOWN:
    break;
  }
  while (n > 0 && layout[n - 1].address + layout[n - 1].size > flash_size)
    n--;
  *out_n = n;
  return layout;
}

/**
 * ub_flash_layout_find:
 * @family: of the module
 * @flash_size: bytes
 * @address: on the flash
 *
 * Returns: (transfer none) (nullable): the partition that @address lies in
 */
const UbPartition *
ub_flash_layout_find (UbFamily family, guint32 flash_size, guint32 address)
{
  guint n;
  const UbPartition *layout = ub_flash_layout_get (family, flash_size, &n);

  for (guint i = 0; i < n; i++) {
    if (address >= layout[i].address && address - layout[i].address < layout[i].size)
      return &layout[i];
  }
  return NULL;
}

/**
 * ub_partition_get_title:
 * @partition: a partition
 *
 * Returns: (transfer none): its translated name for a person
 */
const char *
ub_partition_get_title (const UbPartition *partition)
{
  static const struct {
    const char *id;
    const char *title;
  } titles[] = {
    { "bootloader", N_ ("Bootloader") },
    { "app", N_ ("App") },
    { "download", N_ ("Update download") },
    { "calibration", N_ ("Calibration and MAC address") },
    { "reserved", N_ ("Reserved") },
    { "fast-connect", N_ ("Wi-Fi fast connect") },
    { "user-index", N_ ("File index") },
    { "user-files", N_ ("Files") },
    { "tuya-protected", N_ ("Protected Tuya configuration") },
    { "tuya-key", N_ ("Tuya storage key") },
    { "tuya-storage", N_ ("Tuya storage") },
  };

  g_return_val_if_fail (partition != NULL, "");
  for (guint i = 0; i < G_N_ELEMENTS (titles); i++) {
    if (strcmp (titles[i].id, partition->id) == 0)
      return _ (titles[i].title);
  }
  return partition->id;
}

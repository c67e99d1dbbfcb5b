/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash-part"

#include "config.h"

#include "ub-flash-part.h"

#define KIB 1024u
#define MIB (1024u * 1024u)

/* Where the parts of one vendor have the same command set and times, they share a class. Times are in
 * microseconds, { size, opcode, typical, maximum }. A maximum that no source gives is set several
 * times above the typical one: it is only the base of a deadline. */

/* Status registers. BP bits are SR1.2 to SR1.6, CMP is SR2.6, QE is SR2.1: the Beken SDK
 * (beken378/driver/flash/flash.c) uses the same masks. What running firmware leaves behind is the
 * value it writes for "unprotect_last_block". */
#define STATUS_ONE(running_)                                                           \
  .n_status = 1, .write_status_bytes = 1, .protect_mask = 0x007C, .keep_mask = 0x0000, \
  .running_status = (running_)
#define STATUS_TWO                                                                     \
  .n_status = 2, .write_status_bytes = 2, .protect_mask = 0x407C, .keep_mask = 0x0200, \
  .running_status = 0x4004
#define STATUS_TWO_31 STATUS_TWO, .write_status2_opcode = 0x31
/* P25Q16HB 85 42 15 ignores the two-byte form of 01 (bk7231tools issue 23: the register stayed 04). */
#define STATUS_TWO_31_ONLY                                                                      \
  .n_status = 2, .write_status_bytes = 1, .write_status2_opcode = 0x31, .protect_mask = 0x407C, \
  .keep_mask = 0x0200, .running_status = 0x4004
#define STATUS_THREE                                                                            \
  .n_status = 3, .write_status_bytes = 2, .write_status2_opcode = 0x31, .protect_mask = 0x407C, \
  .keep_mask = 0x0200, .running_status = 0x4004
/* MX25V: BP0 to BP3 only, QE is SR1.6. What answers at 15 is a configuration register, not status. */
#define STATUS_MX25V                                                                   \
  .n_status = 1, .write_status_bytes = 1, .protect_mask = 0x003C, .keep_mask = 0x0040, \
  .running_status = 0x0038

#define ERASE_4_32_64(t4, m4, t32, m32, t64, m64) \
  .erase = { { 4 * KIB, 0x20, (t4), (m4) },       \
             { 32 * KIB, 0x52, (t32), (m32) },    \
             { 64 * KIB, 0xD8, (t64), (m64) } },  \
  .n_erase = 3
#define CHIP_ERASE(size_, typical, max) .chip_erase = { (size_), 0xC7, (typical), (max) }

/* EON. Maxima of page, sector and status: EN25QH16B datasheet as quoted by bk7252-cam
 * (docs/hardware/flash.md). Typical times: EN25Q16 datasheet, its analogue (1.3 ms, 90 ms, 400 ms,
 * 12 s); 32 KiB in proportion to the EN25S16A's 100 : 150. */
#define TIMES_EON(size_)                                                                \
  .size = (size_), ERASE_4_32_64 (90000, 300000, 270000, 1600000, 400000, 2000000),     \
  CHIP_ERASE (size_, (size_) / MIB * 6000000u, (size_) / MIB * 30000000u),              \
  .program_typical_us = 1300, .program_max_us = 3000, .write_status_typical_us = 10000, \
  .write_status_max_us = 30000, .max_read_hz = 50000000

/* GigaDevice: GD25Q16 datasheet (0.7 ms, 50 ms, 200 ms, 280 ms, 10 s; another revision 20 s for the
 * chip). GD25WQ's own table is not public and the GD25Q16 is its analogue; so it is for TH25Q,
 * GT25Q, FT25H and XM25QH, made to the same command set. */
#define TIMES_GD(size_)                                                               \
  .size = (size_), ERASE_4_32_64 (50000, 300000, 200000, 1000000, 280000, 1200000),   \
  CHIP_ERASE (size_, (size_) / MIB * 5000000u, (size_) / MIB * 20000000u),            \
  .program_typical_us = 700, .program_max_us = 2400, .write_status_typical_us = 5000, \
  .write_status_max_us = 30000, .max_read_hz = 50000000

/* XTX: page and sector of the XT25F08B-S (0.4 ms, 70 ms), its analogue; blocks stay below the 800 ms
 * of the XT25F04B. */
#define TIMES_XTX(size_)                                                              \
  .size = (size_), ERASE_4_32_64 (70000, 400000, 250000, 1200000, 400000, 1600000),   \
  CHIP_ERASE (size_, (size_) / MIB * 6000000u, (size_) / MIB * 20000000u),            \
  .program_typical_us = 400, .program_max_us = 3000, .write_status_typical_us = 5000, \
  .write_status_max_us = 40000, .max_read_hz = 50000000

/* Puya: no AC table at hand; the GD25Q16, sharing its command set, is the analogue for the maxima.
 * Beken's own list (hid_download_py, flash_list.py) has an 8-Mbit Puya part erased, written and
 * verified in 8.3 s where an XTX needs 11.5 s. */
#define TIMES_PUYA(size_) TIMES_GD (size_)

/* Macronix MX25V: command set and classes of times as for GigaDevice; 03 reads up to 33 MHz. */
#define TIMES_MX(size_)                                                               \
  .size = (size_), ERASE_4_32_64 (50000, 300000, 200000, 1000000, 350000, 2000000),   \
  CHIP_ERASE (size_, (size_) / MIB * 6000000u, (size_) / MIB * 20000000u),            \
  .program_typical_us = 850, .program_max_us = 4000, .write_status_typical_us = 5000, \
  .write_status_max_us = 40000, .max_read_hz = 33000000

/* JEDEC IDs, sizes and register counts: Beken SDK flash.c, hid_download_py flash_list.py,
 * BK7231GUIFlashTool BKFlashList.cs and bk7252-cam docs/hardware/flash.md. Where they disagree about
 * the second status register the larger number stands: reading it back tells. */
static const UbFlashPart parts[] = {
  { .jedec_id = 0x1C7015,
    .name = "EON EN25QH16A/B",
    TIMES_EON (2 * MIB),
    STATUS_ONE (0x34),
    .has_sfdp = TRUE },
  { .jedec_id = 0x1C7016,
    .name = "EON EN25QH32B",
    TIMES_EON (4 * MIB),
    STATUS_ONE (0x6C),
    .has_sfdp = TRUE },
  { .jedec_id = 0x1C4116, .name = "EON EN25QE32A", TIMES_EON (4 * MIB), STATUS_TWO },
  { .jedec_id = 0x1C6116, .name = "EON EN25QW32A", TIMES_EON (4 * MIB), STATUS_TWO },
  { .jedec_id = 0xEB6015, .name = "TH25Q-16HB", TIMES_GD (2 * MIB), STATUS_TWO, .has_sfdp = TRUE },
  { .jedec_id = 0xCD7115, .name = "TH25Q-16UC", TIMES_GD (2 * MIB), STATUS_TWO, .has_sfdp = TRUE },
  { .jedec_id = 0xCD6014, .name = "TH25Q-80HB", TIMES_GD (1 * MIB), STATUS_TWO, .has_sfdp = TRUE },
  { .jedec_id = 0xCD6016, .name = "TH25Q-32", TIMES_GD (4 * MIB), STATUS_TWO, .has_sfdp = TRUE },
  { .jedec_id = 0xC86515,
    .name = "GigaDevice GD25WQ16E",
    TIMES_GD (2 * MIB),
    STATUS_TWO,
    .has_sfdp = TRUE },
  { .jedec_id = 0xC86516,
    .name = "GigaDevice GD25WQ32E",
    TIMES_GD (4 * MIB),
    STATUS_TWO,
    .has_sfdp = TRUE },
  { .jedec_id = 0xC86517,
    .name = "GigaDevice GD25WQ64E",
    TIMES_GD (8 * MIB),
    STATUS_TWO,
    .has_sfdp = TRUE },
  { .jedec_id = 0xC84015, .name = "GigaDevice GD25Q16B/C", TIMES_GD (2 * MIB), STATUS_TWO },
  { .jedec_id = 0xC84016, .name = "GigaDevice GD25Q32C/E", TIMES_GD (4 * MIB), STATUS_TWO },
  { .jedec_id = 0x0B4015, .name = "XTX XT25F16B", TIMES_XTX (2 * MIB), STATUS_TWO },
  { .jedec_id = 0x0B4014, .name = "XTX XT25F08B", TIMES_XTX (1 * MIB), STATUS_TWO },
  { .jedec_id = 0x0B4016, .name = "XTX XT25F32B", TIMES_XTX (4 * MIB), STATUS_TWO },
  { .jedec_id = 0x0B4017, .name = "XTX XT25F64B", TIMES_XTX (8 * MIB), STATUS_TWO },
  { .jedec_id = 0x4B4015, .name = "XTX XT25F16B (4B)", TIMES_XTX (2 * MIB), STATUS_TWO },
  { .jedec_id = 0x856015, .name = "Puya P25Q16H/SU/SH", TIMES_PUYA (2 * MIB), STATUS_TWO_31 },
  { .jedec_id = 0x852015, .name = "Puya P25Q16HB", TIMES_PUYA (2 * MIB), STATUS_TWO_31 },
  { .jedec_id = 0x854215, .name = "Puya P25Q16HB (42)", TIMES_PUYA (2 * MIB), STATUS_TWO_31_ONLY },
  { .jedec_id = 0x856016, .name = "Puya P25Q32H", TIMES_PUYA (4 * MIB), STATUS_TWO_31 },
  { .jedec_id = 0x852016, .name = "Puya P25Q32HB", TIMES_PUYA (4 * MIB), STATUS_TWO_31 },
  { .jedec_id = 0xC46015, .name = "Giantec GT25Q16B", TIMES_GD (2 * MIB), STATUS_THREE },
  { .jedec_id = 0xC22315, .name = "Macronix MX25V1635F", TIMES_MX (2 * MIB), STATUS_MX25V },
  { .jedec_id = 0xC22314, .name = "Macronix MX25V8035F", TIMES_MX (1 * MIB), STATUS_MX25V },
  { .jedec_id = 0xEF4016,
    .name = "Winbond W25Q32",
    TIMES_GD (4 * MIB),
    STATUS_TWO,
    .has_sfdp = TRUE },
  { .jedec_id = 0x0E4016, .name = "Fremont FT25H32", TIMES_GD (4 * MIB), STATUS_TWO },
  { .jedec_id = 0x204016, .name = "XMC XM25QH32", TIMES_GD (4 * MIB), STATUS_TWO_31 },
};

/**
 * ub_flash_part_get_table:
 * @out_n: (out): how many there are
 *
 * Returns: (transfer none) (array length=out_n): every known part
 */
const UbFlashPart *
ub_flash_part_get_table (guint *out_n)
{
  g_return_val_if_fail (out_n != NULL, NULL);

  *out_n = G_N_ELEMENTS (parts);
  return parts;
}

/**
 * ub_flash_part_lookup:
 * @jedec_id: manufacturer, type and capacity, 0x1C7015 for 1C 70 15
 *
 * Returns: (transfer none) (nullable): the known part with that ID
 */
const UbFlashPart *
ub_flash_part_lookup (guint32 jedec_id)
{
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++) {
    if (parts[i].jedec_id == jedec_id)
      return &parts[i];
  }
  return NULL;
}

/**
 * ub_flash_part_guess:
 * @jedec_id: an ID that is in no table
 * @out_part: (out caller-allocates): what can be assumed of it
 *
 * Size from the capacity byte (2 to its power, true of every part in the table), 4 KiB erase with 20,
 * and everything else as careful as a caller can be: no block or chip erase, times and clock of the
 * slowest class, two status registers of the common kind, which reading back tells apart from one.
 *
 * Returns: %FALSE when the capacity byte is not between 64 KiB and 16 MiB, the most that 24-bit
 *   addresses reach
 */
gboolean
ub_flash_part_guess (guint32 jedec_id, UbFlashPart *out_part)
{
  guint capacity = jedec_id & 0xFF;

  g_return_val_if_fail (out_part != NULL, FALSE);

  if (capacity < 16 || capacity > 24)
    return FALSE;
  *out_part = (UbFlashPart) {
    .jedec_id = jedec_id,
    .erase = { { 4 * KIB, 0x20, 90000, 1000000 } },
    .n_erase = 1,
    .size = 1u << capacity,
    .program_typical_us = 1300,
    .program_max_us = 5000,
    .write_status_typical_us = 10000,
    .write_status_max_us = 50000,
    .max_read_hz = 20000000,
    STATUS_TWO,
    .origin = UB_FLASH_PART_GUESSED,
  };
  return TRUE;
}

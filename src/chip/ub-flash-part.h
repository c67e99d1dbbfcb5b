/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define UB_PAGE_SIZE 256
#define UB_SECTOR_SIZE 4096
#define UB_MAX_ERASE_TYPES 3

/**
 * UbEraseType:
 * @size: bytes it erases, aligned to itself
 * @opcode: the command, followed by a 24-bit address
 * @typical_us: datasheet time in microseconds, used for planning
 * @max_us: datasheet limit in microseconds, the base of the deadline
 */
typedef struct {
  guint32 size;
  guint8 opcode;
  guint typical_us;
  guint max_us;
} UbEraseType;

/**
 * UbFlashPartOrigin:
 * @UB_FLASH_PART_TABLE: in the table of known parts
 * @UB_FLASH_PART_SFDP: unknown ID, described by the flash's own SFDP table
 * @UB_FLASH_PART_GUESSED: unknown ID, size from its capacity byte, 4 KiB erase only
 */
typedef enum {
  UB_FLASH_PART_TABLE,
  UB_FLASH_PART_SFDP,
  UB_FLASH_PART_GUESSED,
} UbFlashPartOrigin;

/**
 * UbFlashPart:
 * @jedec_id: manufacturer, type and capacity as they come over the wire, 0x1C7015 for 1C 70 15
 * @name: (nullable): vendor and part number
 * @size: bytes
 * @erase: erase types, smallest first; the first is always 4 KiB
 * @n_erase: how many of them there are
 * @chip_erase: opcode, times and size of erasing everything; opcode 0 where it must not be used
 * @n_status: status registers, 1 to 3, read with 05, 35 and 15
 * @write_status_bytes: the most data bytes that 01 takes: 2 where it writes both registers, 1 where a
 *   second byte makes the chip ignore it
 * @write_status2_opcode: command that writes the second register alone (0x31), or 0 where only the
 *   two-byte form of 01 exists
 * @protect_mask: bits of (SR2 << 8 | SR1) that protect something: BP bits and CMP. Never contains
 *   SRP, OTP or lock bits
 * @keep_mask: bits of (SR2 << 8 | SR1) that must survive a status write, such as QE
 * @running_status: (SR2 << 8 | SR1) as running Beken firmware leaves it, that is protected
 * @program_typical_us: one page
 * @program_max_us: one page
 * @write_status_typical_us: one status register write
 * @write_status_max_us: one status register write
 * @max_read_hz: highest clock for the 03 read command
 * @has_sfdp: whether 5A answers
 * @origin: where this description comes from
 */
typedef struct {
  guint32 jedec_id;
  const char *name;
  guint32 size;
  UbEraseType erase[UB_MAX_ERASE_TYPES];
  guint n_erase;
  UbEraseType chip_erase;
  guint n_status;
  guint write_status_bytes;
  guint8 write_status2_opcode;
  guint16 protect_mask;
  guint16 keep_mask;
  guint16 running_status;
  guint program_typical_us;
  guint program_max_us;
  guint write_status_typical_us;
  guint write_status_max_us;
  guint max_read_hz;
  gboolean has_sfdp;
  UbFlashPartOrigin origin;
} UbFlashPart;

const UbFlashPart *ub_flash_part_get_table (guint *out_n);
const UbFlashPart *ub_flash_part_lookup (guint32 jedec_id);
gboolean ub_flash_part_parse_sfdp (guint32 jedec_id,
                                   const guint8 *sfdp,
                                   gsize n_sfdp,
                                   UbFlashPart *out_part);
GBytes *ub_flash_part_build_sfdp (const UbFlashPart *part);
gboolean ub_flash_part_guess (guint32 jedec_id, UbFlashPart *out_part);

G_END_DECLS

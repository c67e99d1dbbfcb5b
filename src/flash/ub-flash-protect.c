/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-flash"

#include "config.h"

#include "ub-flash-private.h"

#include "ub-error.h"

#include <glib/gi18n.h>

#define WRITE_STATUS 0x01
#define WRITE_STATUS_2 0x31

/* SRP0, in every part's first register. Nothing here may set or clear it. */
#define SRP0 0x80

/* As many readings must agree before any of it is written back. */
#define N_READINGS 3
#define MAX_READINGS 30

/* C# (BK7231GUIFlashTool) and hid_download_py wait up to 100 ms for a status write. */
#define MIN_LIMIT_US (100 * 1000)

/**
 * UbStatus:
 * @value: SR2 << 8 | SR1
 * @has_second: whether the second register answers
 *
 * The registers that hold the protection bits.
 */
typedef struct {
  guint16 value;
  gboolean has_second;
} UbStatus;

static gboolean
read_registers (UbFlash *self, guint8 out_registers[2], GError **error)
{
  static const guint8 read_1[1] = { 0x05 };
  static const guint8 read_2[1] = { 0x35 };
  const UbTransaction batch[2] = {
    { .tx = read_1, .n_tx = 1, .rx = &out_registers[0], .n_rx = 1 },
    { .tx = read_2, .n_tx = 1, .rx = &out_registers[1], .n_rx = 1 },
  };

  out_registers[1] = 0xFF;
  return ub_programmer_exchange (self->programmer, batch, self->part.n_status >= 2 ? 2 : 1, error);
}

static guint64
get_limit_us (UbFlash *self)
{
  return MAX (3 * (guint64) self->part.write_status_max_us, MIN_LIMIT_US);
}

/* Reads until several readings agree: bits of it will be written back. */
static gboolean
read_status (UbFlash *self, UbStatus *out_status, GError **error)
{
  guint8 now[2], before[2] = { 0 };
  guint n_alike = 0;

  if (!ub_flash_wait_ready (self, self->part.write_status_typical_us, get_limit_us (self), error))
    return FALSE;
  for (guint i = 0; n_alike < N_READINGS; i++) {
    if (!read_registers (self, now, error))
      return FALSE;
    if (i == MAX_READINGS) {
      g_set_error_literal (error, UB_ERROR, UB_ERROR_UNSTABLE,
                           _ ("the flash’s status reads differently each time"));
      return FALSE;
    }
    n_alike = i > 0 && now[0] == before[0] && now[1] == before[1] ? n_alike + 1 : 1;
    before[0] = now[0];
    before[1] = now[1];
  }

  /* A part without a second register leaves MISO alone, or answers with the first. */
  out_status->has_second = self->part.n_status >= 2 && now[1] != 0xFF && now[1] != now[0];
  out_status->value = now[0];
  if (out_status->has_second)
    out_status->value = (guint16) (now[1] << 8 | now[0]);
  return TRUE;
}

static gboolean
is_protected (UbFlash *self, const UbStatus *status)
{
  return (status->value & self->part.protect_mask) != 0;
}

static gboolean
write_status (UbFlash *self, const guint8 *command, gsize n_command, GError **error)
{
  static const guint8 enable[1] = { 0x06 };
  static const guint8 read[1] = { 0x05 };
  guint8 proof = 0;
  const UbTransaction batch[3] = {
    { .tx = enable, .n_tx = 1 },
    { .tx = read, .n_tx = 1, .rx = &proof, .n_rx = 1 },
    { .tx = command, .n_tx = n_command },
  };

  if (!ub_programmer_exchange (self->programmer, batch, 3, error))
    return FALSE;
  if ((proof & (UB_STATUS_WEL | UB_STATUS_WIP)) != UB_STATUS_WEL) {
    g_set_error (error, UB_ERROR, UB_ERROR_WRITE_ENABLE,
                 _ ("the flash does not accept write enable (status 0x%02X)"), proof);
    return FALSE;
  }
  return ub_flash_wait_ready (self, self->part.write_status_typical_us, get_limit_us (self), error);
}

/* Writes with 01 what both registers are to hold, in one go where the part takes that. */
static gboolean
write_both (UbFlash *self, guint8 first, guint8 second, GError **error)
{
  const guint8 command[3] = { WRITE_STATUS, first, second };

  return write_status (self, command, 3, error);
}

static gboolean
write_singly (UbFlash *self, const UbStatus *status, guint8 first, guint8 second, GError **error)
{
  const guint8 command[2] = { WRITE_STATUS, first };
  const guint8 command_2[2] = { WRITE_STATUS_2, second };

  if (!write_status (self, command, 2, error))
    return FALSE;
  /* Also where only the first was protected: on some parts 01 with one byte clears the second, QE
   * included. An unknown part may know 31, and ignores it if it does not. */
  if (!status->has_second ||
      (self->part.write_status2_opcode == 0 && self->part.origin == UB_FLASH_PART_TABLE))
    return TRUE;
  return write_status (self, command_2, 2, error);
}

/**
 * ub_flash_unprotect:
 * @self: a flash
 * @error: return location for %UB_ERROR_PROTECTED, %UB_ERROR_WRITE_ENABLE, %UB_ERROR_CHIP_BUSY,
 *   %UB_ERROR_UNSTABLE or an error of the programmer
 *
 * Clears the block protection bits and CMP, and proves it by reading back; does nothing when they are clear
 * already. Other bits are kept (QE) or written as 0 (SRP1 and the one-time lock bits, which 0 leaves as they
 * are; a 1 could lock the chip for good). The recipe is that of BK7231GUIFlashTool, the Beken SDK and
 * bk7231tools: 01 with two bytes, and where that is not taken 01 with one and 31.
 *
 * Returns: whether nothing is protected
 */
gboolean
ub_flash_unprotect (UbFlash *self, GError **error)
{
  UbStatus status, before;
  guint16 wanted;

  g_return_val_if_fail (UB_IS_FLASH (self), FALSE);

  if (!read_status (self, &before, error))
    return FALSE;
  if (!is_protected (self, &before))
    return TRUE;

  wanted = before.value & (self->part.keep_mask | SRP0) & (guint16) ~self->part.protect_mask;
  status = before;
  if (before.has_second && self->part.write_status_bytes >= 2) {
    if (!write_both (self, (guint8) wanted, (guint8) (wanted >> 8), error) ||
        !read_status (self, &status, error))
      return FALSE;
  }
  if (is_protected (self, &status)) {
    if (!write_singly (self, &before, (guint8) wanted, (guint8) (wanted >> 8), error) ||
        !read_status (self, &status, error))
      return FALSE;
  }

  if (is_protected (self, &status)) {
    g_set_error (error, UB_ERROR, UB_ERROR_PROTECTED,
                 _ ("the flash stays write-protected: status 0x%04X before, 0x%04X after"),
                 before.value, status.value);
    return FALSE;
  }
  g_info ("Write protection lifted: status 0x%04X before, 0x%04X after", before.value,
          status.value);
  return TRUE;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sim-fixture.h"

#include <string.h>

/* A blank module that runs its firmware. */
UbSimChip *
fixture_new (guint32 jedec_id)
{
  const UbFlashPart *part = ub_flash_part_lookup (jedec_id);

  g_assert_nonnull (part);
  return ub_sim_chip_new (part, NULL);
}

void
fixture_pulse_reset (UbSimChip *chip, guint64 low_ns)
{
  ub_sim_chip_set_reset (chip, TRUE);
  ub_sim_chip_advance (chip, low_ns);
  ub_sim_chip_set_reset (chip, FALSE);
}

/* Into download mode, and past the time in which the flash is not ready. */
void
fixture_enter (UbSimChip *chip)
{
  const guint8 d2 = 0xD2;

  fixture_pulse_reset (chip, 10 * MSEC);
  ub_sim_chip_advance (chip, 20 * MSEC);
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, &d2, NULL, 1, FIXTURE_HZ);
  ub_sim_chip_select (chip, FALSE);
  g_assert_true (ub_sim_chip_is_in_download_mode (chip));
  ub_sim_chip_advance (chip, 11 * MSEC);
}

UbSimChip *
fixture_new_entered (guint32 jedec_id)
{
  UbSimChip *chip = fixture_new (jedec_id);

  fixture_enter (chip);
  return chip;
}

void
fixture_command (UbSimChip *chip, const guint8 *tx, gsize n_tx, guint8 *rx, gsize n_rx)
{
  ub_sim_chip_select (chip, TRUE);
  ub_sim_chip_transfer (chip, tx, NULL, n_tx, FIXTURE_HZ);
  ub_sim_chip_transfer (chip, NULL, rx, n_rx, FIXTURE_HZ);
  ub_sim_chip_select (chip, FALSE);
}

void
fixture_opcode (UbSimChip *chip, guint8 opcode)
{
  fixture_command (chip, &opcode, 1, NULL, 0);
}

void
fixture_address (UbSimChip *chip, guint8 opcode, guint32 address, const guint8 *data, gsize n_data)
{
  g_autofree guint8 *tx = g_malloc (4 + n_data);

  tx[0] = opcode;
  tx[1] = (guint8) (address >> 16);
  tx[2] = (guint8) (address >> 8);
  tx[3] = (guint8) address;
  if (n_data > 0)
    memcpy (tx + 4, data, n_data);
  fixture_command (chip, tx, 4 + n_data, NULL, 0);
}

void
fixture_read (UbSimChip *chip, guint32 address, guint8 *buffer, gsize n)
{
  const guint8 tx[] = { 0x03, (guint8) (address >> 16), (guint8) (address >> 8), (guint8) address };

  fixture_command (chip, tx, sizeof tx, buffer, n);
}

guint8
fixture_read_register (UbSimChip *chip, guint8 opcode)
{
  guint8 value = 0;

  fixture_command (chip, &opcode, 1, &value, 1);
  return value;
}

void
fixture_wait (UbSimChip *chip)
{
  while ((fixture_read_register (chip, 0x05) & 1) != 0)
    ub_sim_chip_advance (chip, MSEC);
}

/* By the way every part understands: the test harness, not the recipe under test elsewhere. */
void
fixture_unprotect (UbSimChip *chip)
{
  const UbFlashPart *part = ub_sim_chip_get_part (chip);
  const guint8 both[] = { 0x01, 0x00, 0x00 }, second[] = { 0x31, 0x00 };

  fixture_opcode (chip, 0x06);
  fixture_command (chip, both, 1 + part->write_status_bytes, NULL, 0);
  fixture_wait (chip);
  if (part->write_status2_opcode != 0) {
    fixture_opcode (chip, 0x06);
    fixture_command (chip, second, 2, NULL, 0);
    fixture_wait (chip);
  }
  g_assert_cmphex (ub_sim_chip_get_status (chip) & part->protect_mask, ==, 0);
}

UbSimChip *
fixture_new_open (guint32 jedec_id)
{
  UbSimChip *chip = fixture_new_entered (jedec_id);

  fixture_unprotect (chip);
  return chip;
}

guint8
fixture_peek (UbSimChip *chip, guint32 address)
{
  g_autoptr (GBytes) content = ub_sim_chip_dup_content (chip);

  return ((const guint8 *) g_bytes_get_data (content, NULL))[address];
}

void
fixture_program (UbSimChip *chip, guint32 address, const guint8 *data, gsize n)
{
  fixture_opcode (chip, 0x06);
  fixture_address (chip, 0x02, address, data, n);
  fixture_wait (chip);
}

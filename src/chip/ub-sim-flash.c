/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-sim-flash"

#include "config.h"

#include "ub-sim-flash.h"

#include <string.h>

/* Commands of serial NOR flash, as in every datasheet of the parts in the table. */
#define CMD_WRITE_STATUS 0x01
#define CMD_PAGE_PROGRAM 0x02
#define CMD_READ 0x03
#define CMD_WRITE_DISABLE 0x04
#define CMD_READ_STATUS 0x05
#define CMD_WRITE_ENABLE 0x06
#define CMD_FAST_READ 0x0B
#define CMD_READ_STATUS3 0x15
#define CMD_WRITE_STATUS2 0x31
#define CMD_READ_STATUS2 0x35
#define CMD_VOLATILE_WRITE_ENABLE 0x50
#define CMD_READ_SFDP 0x5A
#define CMD_CHIP_ERASE_ALT 0x60
#define CMD_READ_ID 0x9F
#define CMD_ELECTRONIC_ID 0xAB

/* Bits of (SR2 << 8 | SR1), common to the parts. */
#define SR_WIP 0x0001
#define SR_WEL 0x0002
#define SR_BP_SHIFT 2
#define SR_TB 0x0020
#define SR_SEC 0x0040
#define SR_SRP1 0x0100
#define SR_QE 0x0200
#define SR_OTP_LOCKS 0x3800
#define SR_CMP 0x4000
/* SR1.2 to SR1.7; SRP1, QE and CMP; SUS (SR2.7) and SR2.2 are read-only. */
#define SR1_WRITABLE 0x00FC
#define SR2_WRITABLE 0x4300

#define MANUFACTURER_EON 0x1C
#define MANUFACTURER_MACRONIX 0xC2

#define FIRST_DATA 4 /* opcode and three address bytes come first */

struct _UbSimFlash {
  UbFlashPart part;
  guint8 *memory;
  GBytes *sfdp; /* NULL where 5A does not answer */

  UbSimTiming timing;
  guint64 power_loss_at;
  gboolean lost_power;
  guint64 n_operations;
  UbSimCounters counters;
  guint64 random;

  guint16 status; /* without WIP and WEL */
  guint16 stored_status; /* what survives without power */
  gboolean latch; /* WEL */
  gboolean volatile_latch; /* 50 was the last command */
  guint64 busy_until;

  /* the current chip-select assertion */
  guint64 n_bytes; /* clocked in so far */
  guint8 command;
  gboolean ignored; /* unknown, or not to be obeyed now */
  guint32 address;
  guint32 cursor; /* of a read */
  guint8 data[UB_PAGE_SIZE]; /* of a write, by place in the page */
};

UbSimFlash *
ub_sim_flash_new (const UbFlashPart *part, GBytes *content)
{
  UbSimFlash *self = g_new0 (UbSimFlash, 1);

  self->part = *part;
  self->memory = g_malloc (part->size);
  self->random = 0x9E3779B97F4A7C15u; /* any value but 0: it seeds the sequence of undefined bits */
  self->status = self->stored_status = part->running_status;
  if (part->has_sfdp)
    self->sfdp = ub_flash_part_build_sfdp (part);
  ub_sim_flash_set_content (self, content);
  return self;
}

void
ub_sim_flash_free (UbSimFlash *self)
{
  g_clear_pointer (&self->sfdp, g_bytes_unref);
  g_free (self->memory);
  g_free (self);
}

/* What @content leaves open is blank. */
void
ub_sim_flash_set_content (UbSimFlash *self, GBytes *content)
{
  gsize n = 0;
  const guint8 *bytes = content != NULL ? g_bytes_get_data (content, &n) : NULL;

  n = MIN (n, self->part.size);
  if (n > 0)
    memcpy (self->memory, bytes, n);
  memset (self->memory + n, 0xFF, self->part.size - n);
}

void
ub_sim_flash_set_timing (UbSimFlash *self, UbSimTiming timing)
{
  self->timing = timing;
}

void
ub_sim_flash_set_power_loss_at (UbSimFlash *self, guint64 nth)
{
  self->power_loss_at = nth;
}

void
ub_sim_flash_set_status (UbSimFlash *self, guint16 status)
{
  self->status = self->stored_status = status & ~(SR_WIP | SR_WEL);
}

void
ub_sim_flash_power_up (UbSimFlash *self)
{
  self->lost_power = FALSE;
  self->status = self->stored_status;
  self->latch = self->volatile_latch = FALSE;
  self->busy_until = 0;
  self->ignored = TRUE;
}

/* Beken's firmware protects all but the last block when it starts. */
void
ub_sim_flash_boot_firmware (UbSimFlash *self)
{
  guint16 kept = self->status & (self->part.keep_mask | SR_SRP1 | SR_OTP_LOCKS);

  ub_sim_flash_set_status (self, self->part.running_status | kept);
  self->latch = self->volatile_latch = FALSE;
}

const UbFlashPart *
ub_sim_flash_get_part (UbSimFlash *self)
{
  return &self->part;
}

gboolean
ub_sim_flash_has_lost_power (UbSimFlash *self)
{
  return self->lost_power;
}

GBytes *
ub_sim_flash_dup_content (UbSimFlash *self)
{
  return g_bytes_new (self->memory, self->part.size);
}

UbSimCounters *
ub_sim_flash_get_counters (UbSimFlash *self)
{
  return &self->counters;
}

/* Marsaglia's xorshift64: undefined bits, but the same ones in every run. */
guint8
ub_sim_flash_next_random (UbSimFlash *self)
{
  self->random ^= self->random << 13;
  self->random ^= self->random >> 7;
  self->random ^= self->random << 17;
  return (guint8) (self->random >> 32);
}

static gboolean
is_busy (UbSimFlash *self, guint64 now)
{
  return now < self->busy_until;
}

/* WEL falls when the operation it allowed is over. */
static void
settle (UbSimFlash *self, guint64 now)
{
  if (self->busy_until != 0 && !is_busy (self, now)) {
    self->busy_until = 0;
    self->latch = FALSE;
  }
}

guint16
ub_sim_flash_get_status (UbSimFlash *self, guint64 now)
{
  settle (self, now);
  return self->status | (self->latch ? SR_WEL : 0) | (is_busy (self, now) ? SR_WIP : 0);
}

static guint8
get_register (UbSimFlash *self, guint8 command, guint64 now)
{
  guint8 first = (guint8) ub_sim_flash_get_status (self, now);

  if (command == CMD_READ_STATUS)
    return first;
  if (command == CMD_READ_STATUS2 && self->part.n_status >= 2)
    return (guint8) (self->status >> 8);
  if (command == CMD_READ_STATUS3 &&
      (self->part.n_status >= 3 || self->part.jedec_id >> 16 == MANUFACTURER_MACRONIX))
    return 0x00;
  /* Without a second register the EON mirrors the first, others leave the line alone. */
  return self->part.jedec_id >> 16 == MANUFACTURER_EON ? first : 0xFF;
}

/* [*start, *end) is protected. The standard scheme of parts with CMP (W25Q16 and GD25Q16 datasheets,
 * tables of status register memory protection): BP counts powers of two from the top, or with TB from
 * the bottom, in blocks or with SEC in sectors; CMP turns it round. Parts without CMP have tables of
 * their own; here any bit protects all but the last block, as running firmware wants it. */
static void
get_protected_range (UbSimFlash *self, guint32 *start, guint32 *end)
{
  guint32 size = self->part.size, n;
  guint bp = (self->status >> SR_BP_SHIFT) & 7;

  *start = *end = 0;
  if ((self->part.protect_mask & SR_CMP) == 0) {
    if ((self->status & self->part.protect_mask) != 0)
      *end = size - 0x10000;
    return;
  }
  if (bp == 0)
    n = 0;
  else if (bp == 7)
    n = size;
  else if ((self->status & SR_SEC) != 0)
    n = MIN (0x1000u << (bp - 1), 0x8000u);
  else
    n = MIN (MAX (0x10000u, size / 64) << (bp - 1), size);

  if ((self->status & SR_TB) != 0)
    *end = n;
  else
    *start = size - n, *end = size;
  if ((self->status & SR_CMP) == 0)
    return;
  if ((self->status & SR_TB) != 0 && n > 0)
    *start = n, *end = size;
  else
    *start = 0, *end = size - n;
}

static gboolean
is_protected (UbSimFlash *self, guint32 address, guint32 size)
{
  guint32 start, end;

  get_protected_range (self, &start, &end);
  return address < end && address + size > start;
}

/* Counts an erase or program, and says how much of its @size still happens. */
static guint32
begin_operation (UbSimFlash *self, guint32 size, guint typical_us, guint max_us, guint64 now)
{
  guint us = self->timing == UB_SIM_TIMING_WORST ? max_us : typical_us;

  self->n_operations++;
  self->busy_until = now + (guint64) us * 1000;
  if (self->n_operations != self->power_loss_at)
    return size;
  self->lost_power = TRUE;
  return size / 2;
}

static void
program_page (UbSimFlash *self, guint64 now)
{
  guint32 page = self->address & ~(UB_PAGE_SIZE - 1u);
  guint32 n;

  if (!self->latch || self->n_bytes <= FIRST_DATA || is_protected (self, page, UB_PAGE_SIZE))
    return;
  n = begin_operation (self, UB_PAGE_SIZE, self->part.program_typical_us, self->part.program_max_us,
                       now);
  for (guint32 i = 0; i < n; i++)
    self->memory[page + i] &= self->data[i];
  self->counters.pages++;
}

static void
erase_unit (UbSimFlash *self, guint index, guint64 now)
{
  const UbEraseType *type = &self->part.erase[index];
  guint32 start = self->address & ~(type->size - 1);

  if (!self->latch || self->n_bytes != FIRST_DATA || is_protected (self, start, type->size))
    return;
  memset (self->memory + start, 0xFF,
          begin_operation (self, type->size, type->typical_us, type->max_us, now));
  self->counters.erases[index]++;
}

static void
erase_chip (UbSimFlash *self, guint64 now)
{
  const UbEraseType *type = &self->part.chip_erase;

  if (!self->latch || self->n_bytes != 1 || (self->status & self->part.protect_mask) != 0)
    return;
  memset (self->memory, 0xFF,
          begin_operation (self, self->part.size, type->typical_us, type->max_us, now));
  self->counters.chip_erases++;
}

static void
set_status_bits (UbSimFlash *self, guint16 mask, guint16 value, guint64 now)
{
  guint us = self->timing == UB_SIM_TIMING_WORST ? self->part.write_status_max_us
                                                 : self->part.write_status_typical_us;

  if (!self->latch && !self->volatile_latch)
    return;
  /* SRP1 locks the registers until power is lost. */
  if ((self->status & SR_SRP1) != 0)
    return;
  self->status = (self->status & ~mask) | (value & mask);
  if (mask > 0xFF)
    self->status |= value & SR_OTP_LOCKS;
  if (!self->latch)
    return;
  self->stored_status = self->status & ~SR_SRP1;
  self->busy_until = now + (guint64) us * 1000;
}

static void
write_status (UbSimFlash *self, guint64 now)
{
  guint n_data = (guint) MIN (self->n_bytes - 1, 4);
  guint16 first = self->data[0];

  if (n_data == 0 || n_data > self->part.write_status_bytes)
    return;
  if (n_data == 2)
    set_status_bits (self, SR1_WRITABLE | SR2_WRITABLE, (guint16) (self->data[1] << 8 | first),
                     now);
  else if (self->part.write_status_bytes == 2 && self->part.write_status2_opcode == 0)
    /* One byte for two registers clears the second (W25Q16 datasheet, Write Status Register). */
    set_status_bits (self, SR1_WRITABLE | SR2_WRITABLE, first, now);
  else
    set_status_bits (self, SR1_WRITABLE, first, now);
}

static void
write_status2 (UbSimFlash *self, guint64 now)
{
  if (self->part.write_status2_opcode != CMD_WRITE_STATUS2 || self->n_bytes != 2)
    return;
  set_status_bits (self, SR2_WRITABLE, (guint16) (self->data[0] << 8), now);
}

/* Chip select falls. */
void
ub_sim_flash_begin (UbSimFlash *self)
{
  self->n_bytes = 0;
  self->ignored = FALSE;
  self->address = 0;
  memset (self->data, 0xFF, sizeof self->data);
}

static guint8
get_read_byte (UbSimFlash *self, guint hz)
{
  guint8 byte = self->memory[self->cursor];

  self->cursor = (self->cursor + 1) & (self->part.size - 1);
  if (self->command == CMD_READ && hz > self->part.max_read_hz)
    return byte ^ ub_sim_flash_next_random (self);
  return byte;
}

static guint8
get_sfdp_byte (UbSimFlash *self)
{
  gsize n;
  const guint8 *sfdp;

  if (self->sfdp == NULL)
    return 0xFF;
  sfdp = g_bytes_get_data (self->sfdp, &n);
  return self->cursor < n ? sfdp[self->cursor++] : 0xFF;
}

/* The byte that the chip shifts out while the next one comes in. What it sends during an opcode is
 * undefined, and so is what follows an ID. */
guint8
ub_sim_flash_get_output (UbSimFlash *self, guint64 now, guint hz)
{
  if (self->n_bytes == 0)
    return ub_sim_flash_next_random (self);
  if (self->ignored)
    return 0xFF;

  switch (self->command) {
  case CMD_READ_STATUS:
    self->counters.status_polls++;
    return get_register (self, self->command, now);
  case CMD_READ_STATUS2:
  case CMD_READ_STATUS3:
    return get_register (self, self->command, now);
  case CMD_READ_ID:
    if (self->n_bytes <= 3)
      return (guint8) (self->part.jedec_id >> (8 * (3 - self->n_bytes)));
    return ub_sim_flash_next_random (self);
  case CMD_ELECTRONIC_ID:
    /* Three bytes of anything, then the capacity less one, over and over. */
    if (self->n_bytes >= FIRST_DATA)
      return (guint8) (self->part.jedec_id - 1);
    return ub_sim_flash_next_random (self);
  case CMD_READ:
    if (self->n_bytes >= FIRST_DATA)
      return get_read_byte (self, hz);
    return ub_sim_flash_next_random (self);
  case CMD_FAST_READ:
    if (self->n_bytes > FIRST_DATA)
      return get_read_byte (self, hz);
    return ub_sim_flash_next_random (self);
  case CMD_READ_SFDP:
    if (self->n_bytes > FIRST_DATA)
      return get_sfdp_byte (self);
    return 0xFF;
  default:
    return 0xFF;
  }
}

static gboolean
is_known (UbSimFlash *self, guint8 command)
{
  switch (command) {
  case CMD_WRITE_STATUS:
  case CMD_PAGE_PROGRAM:
  case CMD_READ:
  case CMD_WRITE_DISABLE:
  case CMD_READ_STATUS:
  case CMD_WRITE_ENABLE:
  case CMD_FAST_READ:
  case CMD_READ_STATUS3:
  case CMD_WRITE_STATUS2:
  case CMD_READ_STATUS2:
  case CMD_VOLATILE_WRITE_ENABLE:
  case CMD_READ_SFDP:
  case CMD_READ_ID:
  case CMD_ELECTRONIC_ID:
    return TRUE;
  default:
    break;
  }
  for (guint i = 0; i < self->part.n_erase; i++) {
    if (command == self->part.erase[i].opcode)
      return TRUE;
  }
  return self->part.chip_erase.opcode != 0 &&
         (command == self->part.chip_erase.opcode || command == CMD_CHIP_ERASE_ALT);
}

static void
put_command (UbSimFlash *self, guint8 command, guint64 now)
{
  settle (self, now);
  self->command = command;
  self->ignored = !is_known (self, command);
  if (is_busy (self, now) && command != CMD_READ_STATUS && command != CMD_READ_STATUS2 &&
      command != CMD_READ_STATUS3)
    self->ignored = TRUE;
}

void
ub_sim_flash_put_input (UbSimFlash *self, guint8 byte, guint64 now)
{
  guint64 index = self->n_bytes++;

  if (index == 0) {
    put_command (self, byte, now);
  } else if (self->command == CMD_WRITE_STATUS || self->command == CMD_WRITE_STATUS2) {
    if (index <= 2)
      self->data[index - 1] = byte;
  } else if (index < FIRST_DATA) {
    self->address = (self->address << 8 | byte) & 0xFFFFFF;
    if (index == FIRST_DATA - 1) {
      if (self->command != CMD_READ_SFDP)
        self->address &= self->part.size - 1;
      self->cursor = self->address;
    }
  } else if (self->command == CMD_PAGE_PROGRAM) {
    /* Beyond the end of the page it goes on at its beginning. */
    self->data[(self->address + index - FIRST_DATA) & (UB_PAGE_SIZE - 1)] = byte;
  }
}

/* Reads at once as many of @n bytes as need no thought. Returns: how many */
gsize
ub_sim_flash_read_run (UbSimFlash *self, guint8 *rx, gsize n, guint hz)
{
  gsize done = 0;

  if (self->ignored || hz > self->part.max_read_hz)
    return 0;
  if (!(self->command == CMD_READ && self->n_bytes >= FIRST_DATA) &&
      !(self->command == CMD_FAST_READ && self->n_bytes > FIRST_DATA))
    return 0;
  while (done < n) {
    gsize run = MIN (n - done, self->part.size - self->cursor);

    if (rx != NULL)
      memcpy (rx + done, self->memory + self->cursor, run);
    done += run;
    self->cursor = (self->cursor + run) & (self->part.size - 1);
  }
  self->n_bytes += done;
  return done;
}

/* Chip select rises: only now, and only on a byte boundary, is anything written. */
void
ub_sim_flash_end (UbSimFlash *self, gboolean on_byte_boundary, guint64 now)
{
  if (self->n_bytes == 0 || self->ignored || !on_byte_boundary)
    return;
  if (self->command == CMD_WRITE_STATUS)
    write_status (self, now);
  else if (self->command == CMD_WRITE_STATUS2)
    write_status2 (self, now);
  else if (self->command == CMD_PAGE_PROGRAM)
    program_page (self, now);
  else if (self->command == CMD_WRITE_ENABLE && self->n_bytes == 1)
    self->latch = TRUE;
  else if (self->command == CMD_WRITE_DISABLE && self->n_bytes == 1)
    self->latch = FALSE;
  else if (self->part.chip_erase.opcode != 0 &&
           (self->command == self->part.chip_erase.opcode || self->command == CMD_CHIP_ERASE_ALT))
    erase_chip (self, now);
  else
    for (guint i = 0; i < self->part.n_erase; i++) {
      if (self->command == self->part.erase[i].opcode)
        erase_unit (self, i, now);
    }

  self->volatile_latch = self->command == CMD_VOLATILE_WRITE_ENABLE && self->n_bytes == 1;
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-structure"

#include "config.h"

#include "ub-image-structure.h"

#include "ub-beken-code.h"

#include <string.h>

/*
 * Files without a fixed word at a fixed place, that are known by how they are built: headers whose numbers agree,
 * text made of hexadecimal digits, tables of vectors. Each check demands so much that noise does not pass.
 */

static guint32
read_le32 (const guint8 *p)
{
  return (guint32) p[0] | ((guint32) p[1] << 8) | ((guint32) p[2] << 16) | ((guint32) p[3] << 24);
}

static guint32
read_be32 (const guint8 *p)
{
  return GUINT32_SWAP_LE_BE (read_le32 (p));
}

static guint32
get_distance (guint32 a, guint32 b)
{
  return MAX (a, b) - MIN (a, b);
}

/* Espressif's image: E9, number of segments, flash mode, flash size and clock, entry point, then segments of
 * address and length; the ESP32 family has an extended header of 16 bytes before them (esptool documentation,
 * firmware image format). */
static gboolean
is_espressif (const guint8 *data, gsize size)
{
  return size >= 32 && (data[0] == 0xE9 || data[0] == 0xEA) && data[1] >= 1 && data[1] <= 16 &&
         data[2] <= 5;
}

/* The ESP8266 runs from 0x40100000 (RAM) and 0x40200000 (flash), where no ESP32 has anything. */
static gboolean
is_esp8266 (const guint8 *data, gsize size)
{
  guint32 entry, address;

  if (!is_espressif (data, size))
    return FALSE;
  entry = read_le32 (data + 4) >> 20;
  address = read_le32 (data + 8) >> 20;
  return data[0] == 0xEA || entry == 0x401 || entry == 0x402 || address == 0x401 ||
         address == 0x402;
}

/* A whole flash of the ESP32 is blank up to the bootloader at 0x1000, of the newest ones up to 0x2000. */
static gboolean
is_esp32 (const guint8 *data, gsize size)
{
  static const gsize places[] = { 0x1000, 0x2000 };
  guint32 entry;

  for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
    if (size >= places[i] + 32 && data[0] == 0xFF && memcmp (data, data + 1, places[i] - 1) == 0 &&
        data[places[i]] == 0xE9)
      return is_espressif (data + places[i], size - places[i]);
  }
  if (!is_espressif (data, size))
    return FALSE;
  entry = read_le32 (data + 4);
  return entry >> 28 == 4 || entry >> 28 == 3;
}

/* Stack pointer, reset and exception vectors, all odd for Thumb code, those of every Cortex-M close to reset
 * (ARMv7-M manual, B1.5.3 and B3.1); makers use the reserved ones as they like. RAM is at 0x20000000 or 0x10000000
 * as a rule; of chips that have it elsewhere, such as the XR809, most vectors must be sane. */
static gboolean
is_cortex_m (const guint8 *data, gsize size)
{
  static const guint exceptions[] = { 2, 3, 4, 5, 6, 11, 12, 14, 15 };
  guint32 sp, reset;
  guint sane = 0;

  if (size < 64)
    return FALSE;
  sp = read_le32 (data);
  reset = read_le32 (data + 4);
  if ((sp & 3) != 0 || sp == 0 || sp >> 30 != 0 || (reset & 1) == 0 || reset >> 31 != 0)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (exceptions); i++) {
    guint32 vector = read_le32 (data + 4 * exceptions[i]);

    if (vector == 0)
      continue;
    if ((vector & 1) == 0 || vector >> 28 >= 0xE ||
        (exceptions[i] <= 3 && get_distance (vector, reset) > 0x200000))
      return FALSE;
    sane++;
  }
  return sane >= (sp >> 28 == 2 || sp >> 20 == 0x100 ? 3 : 7);
}

/* Programs for the smallest chips end before their vectors do: stack in RAM, start in the flash of STM32, GD32 and
 * PY32 at 0x08000000 (RM0360, 2.2). */
static gboolean
is_small_cortex_m (const guint8 *data, gsize size)
{
  return size >= 64 && read_le32 (data) >> 20 == 0x200 && (read_le32 (data) & 0xFF) == 0 &&
         read_le32 (data + 4) >> 21 == 0x08000000 >> 21 && (data[4] & 1) != 0;
}

/* The RP2040 copies 256 bytes to its RAM first; the program's vectors follow (datasheet, 2.8.1). */
static gboolean
is_rp2040 (const guint8 *data, gsize size)
{
  return size >= 0x100 + 64 && read_le32 (data + 0x100) >> 24 == 0x20 &&
         read_le32 (data + 0x104) >> 24 == 0x10 && is_cortex_m (data + 0x100, size - 0x100);
}

/* Vectors under the same block checksums as the BK7231's: Beken's chips with Cortex-M cores. */
static gboolean
is_coded_cortex_m (const guint8 *data, gsize size)
{
  const guint n = 3;
  guint8 code[3 * UB_BEKEN_BLOCK_DATA];

  if (size < n * UB_BEKEN_BLOCK_SIZE)
    return FALSE;
  for (guint i = 0; i < n; i++) {
    if (ub_beken_block_check (data + i * UB_BEKEN_BLOCK_SIZE) != UB_BLOCK_VALID)
      return FALSE;
  }
  ub_beken_code_strip (data, n * UB_BEKEN_BLOCK_SIZE, code);
  return is_cortex_m (code, sizeof code);
}

/* Code for the RAM of Realtek's Ameba chips begins with functions of Thumb code for start and wake-up, at
 * 0x10000000 or, on the RTL872xD, 0x00080000. */
static gboolean
is_ameba_ram (const guint8 *data, gsize size)
{
  guint32 first;
  guint n = 0;

  if (size < 64)
    return FALSE;
  first = read_le32 (data);
  if (first >> 20 != 0x100 && first >> 16 != 0x0008)
    return FALSE;
  for (guint i = 0; i < 5; i++) {
    guint32 function = read_le32 (data + 4 * i);

    if (function == 0)
      continue;
    if ((function & 1) == 0 || get_distance (function, first) >= 0x10000)
      return FALSE;
    n++;
  }
  return n >= 4;
}

/* The LN882H's boot header: load address, length, 0x0020, CRC32 and the vectors' address, 0x100 behind the load
 * address. */
static gboolean
is_ln882h (const guint8 *data, gsize size)
{
  guint32 load;

  if (size < 32)
    return FALSE;
  load = read_le32 (data);
  return (load >> 24 == 0x20 || load >> 20 == 0x1FF) && (load & 0xFFFF) == 0 &&
         read_le32 (data + 4) >> 16 == 0x0020 && (read_le32 (data + 4) & 0xFFFF) <= size &&
         read_le32 (data + 12) == load + 0x100;
}

/* A C program's start sets the global pointer first: auipc gp, …; addi gp, gp, … (RISC-V psABI, linker relaxation). */
static gboolean
sets_global_pointer (const guint8 *code)
{
  return (read_le32 (code) & 0xFFF) == 0x197 && (read_le32 (code + 4) & 0xFFFFF) == 0x18193;
}

/* At the very beginning; or, as on the CH32V, behind a jump (jal x0) forwards over the vectors. */
static gboolean
is_risc_v (const guint8 *data, gsize size)
{
  guint32 jump, target;

  if (size < 64)
    return FALSE;
  if (sets_global_pointer (data))
    return TRUE;
  jump = read_le32 (data);
  target = (jump & 0x000FF000) | ((jump >> 9) & 0x800) | ((jump >> 20) & 0x7FE);
  return (jump & 0xFFF) == 0x06F && jump >> 31 == 0 && target >= 4 && target <= size - 4;
}

/* The W800's vectors (C-SKY): all in its flash at 0x08000000, and most lead to one handler. */
static gboolean
is_w800 (const guint8 *data, gsize size)
{
  if (size < 64)
    return FALSE;
  for (guint i = 0; i < 8; i++) {
    guint32 vector = read_le32 (data + 4 * i);

    if (vector >> 21 != 0x08000000 >> 21 || (vector & 1) != 0 ||
        (i > 1 && vector != read_le32 (data + 4)))
      return FALSE;
  }
  return TRUE;
}

/* A jump (LJMP) to code that sets the stack pointer (MOV SP, #…), as compilers for the 8051 begin. */
static gboolean
is_8051 (const guint8 *data, gsize size)
{
  gsize target;

  if (size < 64 || data[0] != 0x02)
    return FALSE;
  target = (gsize) data[1] << 8 | data[2];
  return target >= 3 && target <= size - 2 && data[target] == 0x75 && data[target + 1] == 0x81;
}

/* A table of vectors: jumps (opcode 0x48 of the AndeStar V3 manual, big-endian), each to one table behind it or to
 * one handler, so that they are alike. */
static gboolean
is_andes (const guint8 *data, gsize size)
{
  if (size < 64)
    return FALSE;
  for (guint i = 0; i < 8; i++) {
    if (data[4 * i] != 0x48 || data[4 * i + 1] != 0 || data[4 * i + 2] > 0x0F)
      return FALSE;
  }
  return TRUE;
}

/* A table of jumps: `jmp` of two words on larger AVRs, `rjmp` on small ones (AVR instruction set manual). */
static gboolean
is_avr (const guint8 *data, gsize size)
{
  gboolean is_long = TRUE, is_short = TRUE;

  if (size < 64)
    return FALSE;
  for (guint i = 0; i < 10; i++) {
    is_long = is_long && data[4 * i] == 0x0C && data[4 * i + 1] == 0x94;
    is_short = is_short && data[2 * i + 1] >> 4 == 0xC;
  }
  return is_long || is_short;
}

/* Branches with an empty delay slot, as loaders of routers begin (MIPS32 manual, BEQ). */
static gboolean
is_mips (const guint8 *data, gsize size)
{
  gboolean is_big = TRUE, is_little = TRUE;

  if (size < 64)
    return FALSE;
  for (guint i = 0; i < 16; i += 8) {
    guint32 big = read_be32 (data + i), little = read_le32 (data + i);

    is_big = is_big && big >> 16 == 0x1000 && (big & 0xFFFF) != 0;
    is_little = is_little && little >> 16 == 0x1000 && (little & 0xFFFF) != 0;
    if (read_le32 (data + i + 4) != 0)
      return FALSE;
  }
  return is_big || is_little;
}

/* A table of plain branches. The BK7231's has loads of the program counter behind the first word and is not meant. */
static gboolean
is_arm (const guint8 *data, gsize size)
{
  guint n = 0;

  if (size < 64)
    return FALSE;
  for (guint i = 0; i < 8; i++)
    n += data[4 * i + 3] == 0xEA;
  return n >= 7;
}

#define UF2_FLAG_FAMILY 0x2000

static gboolean
is_uf2 (const guint8 *data, gsize size)
{
  return size >= 512 && memcmp (data, "UF2\n\x57\x51\x5d\x9e", 8) == 0;
}

/* LibreTiny's families of chips, as its families.json numbers them. */
static gboolean
is_uf2_for_bk7231 (const guint8 *data, gsize size)
{
  static const guint32 families[] = { 0x675A40B0, 0x7B3EF230 };

  if (!is_uf2 (data, size) || (read_le32 (data + 8) & UF2_FLAG_FAMILY) == 0)
    return FALSE;
  return read_le32 (data + 28) == families[0] || read_le32 (data + 28) == families[1];
}

/* The suffix of 16 bytes that tools for USB's device firmware upgrade want (DFU specification 1.1, appendix B). */
static gboolean
is_dfu (const guint8 *data, gsize size)
{
  return size > 16 && memcmp (data + size - 8, "UFD\x10", 4) == 0;
}

static gboolean
is_intel_hex (const guint8 *data, gsize size)
{
  if (size < 11 || data[0] != ':')
    return FALSE;
  for (guint i = 1; i < 11; i++) {
    if (!g_ascii_isxdigit ((char) data[i]))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_s_record (const guint8 *data, gsize size)
{
  if (size < 10 || data[0] != 'S' || !g_ascii_isdigit ((char) data[1]))
    return FALSE;
  for (guint i = 2; i < 10; i++) {
    if (!g_ascii_isxdigit ((char) data[i]))
      return FALSE;
  }
  return TRUE;
}

/* The PE header's place stands at 0x3C of the DOS header. */
static gboolean
is_pe (const guint8 *data, gsize size)
{
  guint32 at;

  if (size < 0x40 || data[0] != 'M' || data[1] != 'Z')
    return FALSE;
  at = read_le32 (data + 0x3C);
  return at < size - 4 && memcmp (data + at, "PE\0\0", 4) == 0;
}

/* The boot sector of a FAT file system. */
static gboolean
is_fat (const guint8 *data, gsize size)
{
  return size >= 512 && data[510] == 0x55 && data[511] == 0xAA && data[0] == 0xEB &&
         (memcmp (data + 0x36, "FAT", 3) == 0 || memcmp (data + 0x52, "FAT32", 5) == 0);
}

typedef struct {
  UbImageSignature signature;
  gboolean (*matches) (const guint8 *data, gsize size);
} Structure;

static const Structure FORMATS[] = {
  { { UB_IMAGE_KIND_TEXT, "intel-hex", "Intel HEX file" }, is_intel_hex },
  { { UB_IMAGE_KIND_TEXT, "s-record", "Motorola S-record file" }, is_s_record },
  { { UB_IMAGE_KIND_ELF, "pe", "Windows program" }, is_pe },
  { { UB_IMAGE_KIND_ARCHIVE, "uf2-bk7231", "LibreTiny package (UF2) for a BK7231" },
    is_uf2_for_bk7231 },
  { { UB_IMAGE_KIND_OTHER_CHIP, "uf2", "UF2 file" }, is_uf2 },
  { { UB_IMAGE_KIND_ARCHIVE, "fat", "disk image" }, is_fat },
  { { UB_IMAGE_KIND_OTHER_CHIP, "dfu", "DFU file" }, is_dfu },
};

static const Structure CHIPS[] = {
  { { UB_IMAGE_KIND_OTHER_CHIP, "esp8266", "image for an ESP8266" }, is_esp8266 },
  { { UB_IMAGE_KIND_OTHER_CHIP, "esp32", "image for an ESP32" }, is_esp32 },
  { { UB_IMAGE_KIND_OTHER_CHIP, "ln882h", "image for an LN882H" }, is_ln882h },
  { { UB_IMAGE_KIND_OTHER_CHIP, "ameba-ram", "RAM code for an Ameba chip (RTL87xx)" },
    is_ameba_ram },
  { { UB_IMAGE_KIND_OTHER_CHIP, "beken-cortex-m", "image for a BK7236, BK7256 or BK7258" },
    is_coded_cortex_m },
  { { UB_IMAGE_KIND_OTHER_CHIP, "rp2040", "image for an RP2040" }, is_rp2040 },
  { { UB_IMAGE_KIND_OTHER_CHIP, "cortex-m", "image for a Cortex-M chip, such as an STM32" },
    is_cortex_m },
  { { UB_IMAGE_KIND_OTHER_CHIP, "cortex-m", "image for a Cortex-M chip, such as an STM32" },
    is_small_cortex_m },
  { { UB_IMAGE_KIND_OTHER_CHIP, "risc-v", "image for a RISC-V chip, such as a BL602" }, is_risc_v },
  { { UB_IMAGE_KIND_OTHER_CHIP, "w800", "program for a W800" }, is_w800 },
  { { UB_IMAGE_KIND_OTHER_CHIP, "andes", "image for an Andes chip, such as an ECR6600" },
    is_andes },
  { { UB_IMAGE_KIND_OTHER_CHIP, "avr", "image for an AVR" }, is_avr },
  { { UB_IMAGE_KIND_OTHER_CHIP, "8051", "image for an 8051, such as a CH552" }, is_8051 },
  { { UB_IMAGE_KIND_OTHER_CHIP, "mips", "image for a MIPS chip of a router" }, is_mips },
  { { UB_IMAGE_KIND_OTHER_CHIP, "arm", "image for another ARM chip" }, is_arm },
};

static const UbImageSignature *
find (const Structure *table, guint n, const guint8 *data, gsize size)
{
  for (guint i = 0; i < n; i++) {
    if (table[i].matches (data, size))
      return &table[i].signature;
  }
  return NULL;
}

/**
 * ub_image_structure_find_format:
 * @data: a file from its first byte
 * @size: bytes
 *
 * Names files of formats that are checked in so many places that nothing else can be meant.
 *
 * Returns: (transfer none) (nullable): what it is, or %NULL if it is none of them
 */
const UbImageSignature *
ub_image_structure_find_format (const guint8 *data, gsize size)
{
  return find (FORMATS, G_N_ELEMENTS (FORMATS), data, size);
}

/**
 * ub_image_structure_find_chip:
 * @data: a file from its first byte
 * @size: bytes
 *
 * Names programs for other chips by the words that they begin with.
 *
 * Returns: (transfer none) (nullable): what it is, or %NULL if it is none of them
 */
const UbImageSignature *
ub_image_structure_find_chip (const guint8 *data, gsize size)
{
  return find (CHIPS, G_N_ELEMENTS (CHIPS), data, size);
}

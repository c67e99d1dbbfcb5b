/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-signature"

#include "config.h"

#include "ub-image-signature.h"

#include <string.h>

/*
 * Files that are no image of these modules, but that people choose by mistake. Most are known by the first
 * bytes, as libmagic's public database and the formats' own specifications tell; the rest by a check of their
 * structure. What comes first wins, so that the surest stand first.
 */

typedef struct {
  UbImageSignature signature;
  guint offset;
  guint size;
  const char *magic;
} Magic;

#define ARCHIVE(id_, title_, offset_, magic_)                                    \
  {                                                                              \
    { UB_IMAGE_KIND_ARCHIVE, id_, title_ }, offset_, sizeof (magic_) - 1, magic_ \
  }
#define CHIP(id_, title_, offset_, magic_)                                          \
  {                                                                                 \
    { UB_IMAGE_KIND_OTHER_CHIP, id_, title_ }, offset_, sizeof (magic_) - 1, magic_ \
  }
#define OTHER(kind_, id_, title_, offset_, magic_)                               \
  {                                                                              \
    { UB_IMAGE_KIND_##kind_, id_, title_ }, offset_, sizeof (magic_) - 1, magic_ \
  }

static const Magic MAGICS[] = {
  OTHER (ELF, "elf", "ELF program", 0, "\177ELF"),

  ARCHIVE ("zip", "ZIP archive", 0, "PK\003\004"),
  ARCHIVE ("zip", "ZIP archive", 0, "PK\005\006"),
  ARCHIVE ("gzip", "gzip archive", 0, "\037\213\010"),
  ARCHIVE ("xz", "xz archive", 0, "\3757zXZ\0"),
  ARCHIVE ("bzip2", "bzip2 archive", 0, "BZh"),
  ARCHIVE ("zstd", "Zstandard archive", 0, "\050\265\057\375"),
  ARCHIVE ("lz4", "LZ4 archive", 0, "\004\042\115\030"),
  ARCHIVE ("7z", "7-Zip archive", 0, "7z\274\257\047\034"),
  ARCHIVE ("rar", "RAR archive", 0, "Rar!\032\007"),
  ARCHIVE ("tar", "tar archive", 257, "ustar"),
  ARCHIVE ("cpio", "cpio archive", 0, "070701"),
  ARCHIVE ("cab", "cabinet archive", 0, "MSCF\0\0\0\0"),
  ARCHIVE ("lzma", "LZMA archive", 0, "\135\0\0\200\0"),
  ARCHIVE ("ar", "ar archive", 0, "!<arch>\n"),
  ARCHIVE ("iso", "CD-ROM image", 0x8001, "CD001"),

  OTHER (ARCHIVE, "squashfs", "SquashFS file system", 0, "hsqs"),
  OTHER (ARCHIVE, "squashfs", "SquashFS file system", 0, "sqsh"),
  OTHER (ARCHIVE, "cramfs", "cramfs file system", 0, "\x45\x3d\xcd\x28"),
  OTHER (ARCHIVE, "romfs", "ROM file system", 0, "-rom1fs-"),
  OTHER (ARCHIVE, "littlefs", "LittleFS file system", 8, "littlefs"),
  OTHER (ARCHIVE, "ubi", "UBI image", 0, "UBI#"),
  OTHER (ARCHIVE, "android-sparse", "Android sparse image", 0, "\x3a\xff\x26\xed"),
  OTHER (ARCHIVE, "android-boot", "Android boot image", 0, "ANDROID!"),
  OTHER (ARCHIVE, "dtb", "device tree or FIT image", 0, "\xd0\x0d\xfe\xed"),
  CHIP ("u-boot", "U-Boot image", 0, "\x27\x05\x19\x56"),

  OTHER (TEXT, "pdf", "PDF document", 0, "%PDF-"),
  OTHER (TEXT, "rtf", "RTF document", 0, "{\\rtf"),
  OTHER (ARCHIVE, "png", "PNG picture", 0, "\211PNG\r\n\032\n"),
  OTHER (ARCHIVE, "jpeg", "JPEG picture", 0, "\377\330\377"),
  OTHER (ARCHIVE, "gif", "GIF picture", 0, "GIF8"),
  OTHER (ARCHIVE, "webp", "WebP picture", 8, "WEBP"),
  OTHER (ARCHIVE, "bmp", "BMP picture", 6, "\0\0\0\0\066\0\0\0\050\0\0\0"),
  OTHER (ARCHIVE, "mp4", "video file", 4, "ftyp"),
  OTHER (ARCHIVE, "sqlite", "SQLite database", 0, "SQLite format 3\0"),
  OTHER (ARCHIVE, "ole", "Microsoft Office document", 0, "\320\317\021\340\241\261\032\341"),

  OTHER (ELF, "mach-o", "macOS program", 0, "\xcf\xfa\xed\xfe"),
  OTHER (ELF, "mach-o", "macOS program", 0, "\xce\xfa\xed\xfe"),
  OTHER (ELF, "mach-o", "macOS program", 0, "\xca\xfe\xba\xbe"),
  OTHER (ELF, "wasm", "WebAssembly module", 0, "\0asm"),

  CHIP ("uf2", "UF2 file", 0, "UF2\n\x57\x51\x5d\x9e"),
  CHIP ("bl602", "image for a BL602, BL616 or BL702", 0, "BFNP"),
  CHIP ("bl602-pack", "image for a BL602, BL616 or BL702", 0, "BL60"),
  CHIP ("bl602-partitions", "partition table for a BL602, BL616 or BL702", 0, "BFPT"),
  /* Winner Micro's image header: W800/W801/W806 and W600 use the same magic (WM SDK, wm_img.h). */
  CHIP ("w800", "image for a W800 or W600", 0, "\x9f\xff\xff\xa0"),
  CHIP ("xr809", "image for an XR809 or XR806", 0, "AWIH"),
  CHIP ("xr809-wlan", "Wi-Fi firmware for an XR809 or XR806", 0, "XR01"),
  CHIP ("eswin-ota", "update package for an ECR6600 or TR6260", 0, "FotaPKG"),
  CHIP ("rtl8710a",
        "image for an RTL8710A or RTL8711A (Ameba)",
        0,
        "\x99\x99\x96\x96\x3f\xcc\x66\xfc\xc0\x33\xcc\x03\xe5\xdc\x31\x62"),
  CHIP ("rtl8710b",
        "image for an RTL8710B or RTL8720C (AmebaZ)",
        0,
        "\x99\x99\x96\x96\x3f\xcc\x66\xfc"),
  CHIP ("rtl8710b", "app for an RTL8710B or RTL8720D (Ameba)", 0, "81958711"),
  CHIP ("rtl8720d", "app for an RTL8710B or RTL8720D (Ameba)", 0, "68513387"),
  CHIP ("ameba-ota", "update package for an Ameba chip (RTL87xx)", 8, "OTA1"),
  CHIP ("esp-partition-table", "ESP32 partition table", 0, "\xaa\x50\x01\x02"),
  CHIP ("dfuse", "DfuSe file", 0, "DfuSe\x01"),
  CHIP ("telink", "image for a Telink chip", 8, "KNLT"),
};

static const UbImageSignature ESP8266 = { UB_IMAGE_KIND_OTHER_CHIP, "esp8266",
                                          "image for an ESP8266" };
static const UbImageSignature ESP32 = { UB_IMAGE_KIND_OTHER_CHIP, "esp32", "image for an ESP32" };
static const UbImageSignature INTEL_HEX = { UB_IMAGE_KIND_TEXT, "intel-hex", "Intel HEX file" };
static const UbImageSignature S_RECORD = { UB_IMAGE_KIND_TEXT, "s-record",
                                           "Motorola S-record file" };
static const UbImageSignature PE = { UB_IMAGE_KIND_ELF, "pe", "Windows program" };
static const UbImageSignature CORTEX_M = { UB_IMAGE_KIND_OTHER_CHIP, "cortex-m",
                                           "image for a Cortex-M chip, such as an STM32" };
static const UbImageSignature RISC_V = { UB_IMAGE_KIND_OTHER_CHIP, "risc-v",
                                         "program for a RISC-V chip, such as a BL602" };
static const UbImageSignature ANDES = { UB_IMAGE_KIND_OTHER_CHIP, "andes",
                                        "program for an Andes chip, such as an ECR6600" };
static const UbImageSignature HTML = { UB_IMAGE_KIND_TEXT, "html",
                                       "web page: the download has failed" };
static const UbImageSignature JSON = { UB_IMAGE_KIND_TEXT, "json", "JSON text" };
static const UbImageSignature XML = { UB_IMAGE_KIND_TEXT, "xml", "XML text" };
static const UbImageSignature LFS_POINTER = { UB_IMAGE_KIND_TEXT, "git-lfs",
                                              "Git LFS pointer, not the file itself" };
static const UbImageSignature TEXT = { UB_IMAGE_KIND_TEXT, "text", "text file" };

static guint32
read_le32 (const guint8 *p)
{
  return (guint32) p[0] | ((guint32) p[1] << 8) | ((guint32) p[2] << 16) | ((guint32) p[3] << 24);
}

/* Espressif's image: E9, number of segments, flash mode, flash size and clock, entry point, then segments of
 * address and length; the ESP32 family has an extended header of 16 bytes before them (esptool documentation,
 * firmware image format). A whole flash of the ESP32 begins with FF up to 0x1000. */
static const UbImageSignature *
find_espressif (const guint8 *data, gsize size)
{
  guint32 entry, address;

  if (size >= 0x1000 + 32 && data[0] == 0xFF && data[0x1000] == 0xE9 &&
      memcmp (data, data + 1, 0xFFF) == 0) {
    data += 0x1000;
    size -= 0x1000;
    return data[1] >= 1 && data[1] <= 16 ? &ESP32 : NULL;
  }
  if (size < 32 || (data[0] != 0xE9 && data[0] != 0xEA) || data[1] == 0 || data[1] > 16 ||
      data[2] > 5)
    return NULL;
  entry = read_le32 (data + 4);
  address = read_le32 (data + 8);
  /* The ESP8266 runs from 0x40100000 (RAM) and 0x40200000 (flash), where no ESP32 has anything. */
  if (data[0] == 0xEA || entry >> 20 == 0x401 || entry >> 20 == 0x402 || address >> 20 == 0x401 ||
      address >> 20 == 0x402)
    return &ESP8266;
  return entry >> 28 == 4 || entry >> 28 == 3 ? &ESP32 : NULL;
}

/* Stack pointer into RAM, reset and fault vectors odd (Thumb) and close together (ARMv7-M manual, B1.5.3). RAM is
 * at 0x20000000 or 0x10000000 as a rule; of chips that have it elsewhere, such as the XR809, most vectors must be
 * sane. */
static gboolean
is_cortex_m (const guint8 *data, gsize size)
{
  guint32 sp, reset;
  guint sane = 0;

  if (size < 64)
    return FALSE;
  sp = read_le32 (data);
  reset = read_le32 (data + 4);
  if ((sp & 3) != 0 || sp == 0 || (reset & 1) == 0)
    return FALSE;
  for (guint i = 2; i < 16; i++) {
    guint32 vector = read_le32 (data + 4 * i);

    if (vector == 0)
      continue;
    if ((vector & 1) == 0 || MAX (vector, reset) - MIN (vector, reset) > 0x200000)
      return FALSE;
    sane++;
  }
  return sane >= (sp >> 28 == 2 || sp >> 20 == 0x100 ? 3 : 8);
}

/* A C program's start sets the global pointer first: auipc gp, …; addi gp, gp, … (RISC-V psABI, linker relaxation). */
static gboolean
is_risc_v (const guint8 *data, gsize size)
{
  return size >= 64 && (read_le32 (data) & 0xFFF) == 0x197 &&
         (read_le32 (data + 4) & 0xFFFFF) == 0x18193;
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

/* Fewer characters than this may be anything. */
#define MIN_TEXT_SIZE 4

static gboolean
begins_with (const guint8 *data, gsize size, const char *word)
{
  gsize n = strlen (word);

  return size >= n && g_ascii_strncasecmp ((const char *) data, word, n) == 0;
}

/* Text: valid UTF-8 (or UTF-16 with its mark) without control characters, in the first 4 KiB. */
static const UbImageSignature *
find_text (const guint8 *data, gsize size)
{
  gsize n = MIN (size, 4096), blank = 0;
  const char *end = NULL;

  if (size < MIN_TEXT_SIZE)
    return NULL;
  if (size >= 4 && ((data[0] == 0xFF && data[1] == 0xFE) || (data[0] == 0xFE && data[1] == 0xFF)) &&
      (data[2] == 0 || data[3] == 0))
    return &TEXT;
  if (n >= 3 && memcmp (data, "\xEF\xBB\xBF", 3) == 0) {
    data += 3;
    n -= 3;
  }
  for (gsize i = 0; i < n; i++) {
    if (data[i] < 0x20 && !g_ascii_isspace ((char) data[i]) && data[i] != 0x1B)
      return NULL;
  }
  /* A character may be cut by the limit of what is looked at. */
  if (!g_utf8_validate ((const char *) data, (gssize) n, &end) &&
      (n < 4000 || (gsize) (end - (const char *) data) + 4 < n))
    return NULL;

  while (blank < n && g_ascii_isspace ((char) data[blank]))
    blank++;
  data += blank;
  n -= blank;
  if (begins_with (data, n, "version https://git-lfs"))
    return &LFS_POINTER;
  if (begins_with (data, n, "<!doctype html") || begins_with (data, n, "<html") ||
      begins_with (data, n, "<head") ||
      (begins_with (data, n, "<") && memmem (data, n, "<body", 5) != NULL))
    return &HTML;
  if (begins_with (data, n, "<"))
    return &XML;
  if (n > 1 && (data[0] == '{' || data[0] == '['))
    return &JSON;
  return &TEXT;
}

/**
 * ub_image_signature_find:
 * @data: a file from its first byte
 * @size: bytes, at least one
 *
 * Names files that are not flash content of these modules.
 *
 * Returns: (transfer none) (nullable): what it is, or %NULL if it is none of them
 */
const UbImageSignature *
ub_image_signature_find (const guint8 *data, gsize size)
{
  const UbImageSignature *espressif;

  for (guint i = 0; i < G_N_ELEMENTS (MAGICS); i++) {
    const Magic *magic = &MAGICS[i];

    if (size >= magic->offset + magic->size &&
        memcmp (data + magic->offset, magic->magic, magic->size) == 0)
      return &magic->signature;
  }
  if (is_intel_hex (data, size))
    return &INTEL_HEX;
  if (is_s_record (data, size))
    return &S_RECORD;
  if (is_pe (data, size))
    return &PE;
  espressif = find_espressif (data, size);
  if (espressif != NULL)
    return espressif;
  if (is_cortex_m (data, size))
    return &CORTEX_M;
  if (is_risc_v (data, size))
    return &RISC_V;
  if (is_andes (data, size))
    return &ANDES;
  return find_text (data, size);
}

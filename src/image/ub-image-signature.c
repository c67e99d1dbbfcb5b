/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-image-signature"

#include "config.h"

#include "ub-image-signature.h"

#include "ub-image-structure.h"

#include <string.h>

/*
 * Files that are no image of these modules, but that people choose by mistake. Most are known by the first
 * bytes, as libmagic's public database and the formats' own specifications tell; others by their structure
 * (ub-image-structure.c); what is left may be text. What comes first wins, so that the surest stand first. A new
 * kind of file is one more line in one of the tables.
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
  ARCHIVE ("lzip", "lzip archive", 0, "LZIP\001"),
  ARCHIVE ("lzop", "lzop archive", 0, "\211LZO\0\r\n\032\n"),
  ARCHIVE ("lha", "LHA archive", 2, "-lh5-"),
  ARCHIVE ("wim", "Windows image archive", 0, "MSWIM\0\0\0"),
  ARCHIVE ("rpm", "RPM package", 0, "\355\253\356\333"),

  OTHER (ARCHIVE, "squashfs", "SquashFS file system", 0, "hsqs"),
  OTHER (ARCHIVE, "squashfs", "SquashFS file system", 0, "sqsh"),
  OTHER (ARCHIVE, "cramfs", "cramfs file system", 0, "\x45\x3d\xcd\x28"),
  OTHER (ARCHIVE, "romfs", "ROM file system", 0, "-rom1fs-"),
  OTHER (ARCHIVE, "littlefs", "LittleFS file system", 8, "littlefs"),
  OTHER (ARCHIVE, "ubi", "UBI image", 0, "UBI#"),
  OTHER (ARCHIVE, "android-sparse", "Android sparse image", 0, "\x3a\xff\x26\xed"),
  OTHER (ARCHIVE, "android-boot", "Android boot image", 0, "ANDROID!"),
  OTHER (ARCHIVE, "jffs2", "JFFS2 file system", 0, "\x85\x19\x03\x20"),
  OTHER (ARCHIVE, "jffs2", "JFFS2 file system", 0, "\x85\x19\x01\xe0"),
  OTHER (ARCHIVE, "jffs2", "JFFS2 file system", 0, "\x85\x19\x02\xe0"),
  OTHER (ARCHIVE, "uefi", "UEFI firmware of a computer", 0x28, "_FVH"),
  OTHER (ARCHIVE,
         "intel-flash",
         "firmware of a computer (Intel flash descriptor)",
         0x10,
         "\x5a\xa5\xf0\x0f"),
  OTHER (ARCHIVE, "qcow2", "disk image", 0, "QFI\xfb"),
  OTHER (ARCHIVE, "dtb", "device tree or FIT image", 0, "\xd0\x0d\xfe\xed"),
  CHIP ("trx", "firmware of a router (TRX)", 0, "HDR0"),
  CHIP ("router", "firmware of a router (Realtek)", 0, "cs6c"),
  CHIP ("router", "firmware of a router (Realtek)", 0, "cr6c"),
  CHIP ("router", "firmware of a router (TP-Link)", 4, "TP-LINK Technologies"),
  CHIP ("u-boot", "U-Boot image", 0, "\x27\x05\x19\x56"),

  OTHER (TEXT, "pdf", "PDF document", 0, "%PDF-"),
  OTHER (TEXT, "rtf", "RTF document", 0, "{\\rtf"),
  OTHER (ARCHIVE, "png", "PNG picture", 0, "\211PNG\r\n\032\n"),
  OTHER (ARCHIVE, "jpeg", "JPEG picture", 0, "\377\330\377"),
  OTHER (ARCHIVE, "gif", "GIF picture", 0, "GIF8"),
  OTHER (ARCHIVE, "webp", "WebP picture", 8, "WEBP"),
  OTHER (ARCHIVE, "tiff", "TIFF picture", 0, "II*\0"),
  OTHER (ARCHIVE, "tiff", "TIFF picture", 0, "MM\0*"),
  OTHER (ARCHIVE, "wav", "sound file", 8, "WAVEfmt "),
  OTHER (ARCHIVE, "mp3", "sound file", 0, "ID3\003"),
  OTHER (ARCHIVE, "mp3", "sound file", 0, "ID3\004"),
  OTHER (ARCHIVE, "ogg", "sound file", 0, "OggS"),
  OTHER (ARCHIVE, "avi", "video file", 8, "AVI LIST"),
  OTHER (ARCHIVE, "pcap", "network capture", 0, "\xd4\xc3\xb2\xa1"),
  OTHER (ARCHIVE, "pcap", "network capture", 0, "\x0a\x0d\x0d\x0a"),
  OTHER (ARCHIVE, "bmp", "BMP picture", 6, "\0\0\0\0\066\0\0\0\050\0\0\0"),
  OTHER (ARCHIVE, "mp4", "video file", 4, "ftyp"),
  OTHER (
      ARCHIVE, "apple-double", "macOS file attributes, not the file itself", 0, "\0\x05\x16\x07"),
  OTHER (ARCHIVE, "sqlite", "SQLite database", 0, "SQLite format 3\0"),
  OTHER (ARCHIVE, "ole", "Microsoft Office document", 0, "\320\317\021\340\241\261\032\341"),

  OTHER (ELF, "mach-o", "macOS program", 0, "\xcf\xfa\xed\xfe"),
  OTHER (ELF, "mach-o", "macOS program", 0, "\xce\xfa\xed\xfe"),
  OTHER (ELF, "mach-o", "macOS or Java program", 0, "\xca\xfe\xba\xbe"),
  OTHER (ELF, "java", "Java data", 0, "\xac\xed\x00\x05"),
  OTHER (ELF, "dex", "Android program", 0, "dex\n03"),
  OTHER (ELF, "wasm", "WebAssembly module", 0, "\0asm"),

  /* Tuya's storage after its decryption by other tools: the sectors' magic words in the clear. */
  OTHER (ARCHIVE, "tuya-sector", "decrypted sector of a Tuya storage", 0, "\x34\x12\x76\x98"),
  OTHER (ARCHIVE, "tuya-sector", "decrypted sector of a Tuya storage", 0, "\xab\x26\x57\x13"),
  OTHER (ARCHIVE, "tuya-sector", "decrypted sector of a Tuya storage", 0, "\x53\x97\x57\x13"),

  CHIP ("bl602", "image for a BL602, BL616 or BL702", 0, "BFNP"),
  CHIP ("bl602-pack", "image for a BL602, BL616 or BL702", 0, "BL60"),
  CHIP ("bl602-partitions", "partition table for a BL602, BL616 or BL702", 0, "BFPT"),
  /* Winner Micro's image header: W800/W801/W806 and W600 use the same magic (WM SDK, wm_img.h). */
  CHIP ("w800", "image for a W800 or W600", 0, "\x9f\xff\xff\xa0"),
  CHIP ("bl602", "image for a BL602, BL606 or BL702", 0, "BFAP"),
  CHIP ("xr809", "image for an XR809 or XR806", 0, "AWIH"),
  CHIP ("xr809-wlan", "Wi-Fi firmware for an XR809 or XR806", 0, "XR01"),
  CHIP ("xr809-settings", "Wi-Fi settings for an XR809 or XR806", 0, "\xc0\x02\x02\x05\xc1\x06"),
  CHIP ("xr809-settings", "Wi-Fi settings for an XR809 or XR806", 0, "\xc0\x02\x02\x06\xc1\x06"),
  /* ESWIN's loaders: with checksums (`Hxp2`) and without (a date), in both byte orders; its partition table and
   * settings are rows of one format (SDKs of ECR6600 and TR6260). */
  CHIP ("eswin", "image for an ECR6600 or TR6260", 0, "2pxH"),
  CHIP ("eswin", "image for an ECR6600 or TR6260", 0, "\x02\x26\x20\x18"),
  CHIP ("eswin", "image for an ECR6600 or TR6260", 0, "\x18\x20\x26\x02"),
  CHIP ("eswin", "image for an ECR6600 or TR6260", 0x1000, "2pxH"),
  CHIP ("eswin-stub", "loader for an ECR6600 or TR6260", 0, "oneb"),
  CHIP ("eswin-stub", "loader for an ECR6600 or TR6260", 0, "beno"),
  CHIP ("eswin-partitions",
        "partition table or settings of an ECR6600 or TR6260",
        0,
        "\0\xff\xff\xff\0\xff\xff\xff\xff\xff\xff\xff\0\xff\xff\xff"),
  CHIP ("eswin-ota", "update package for an ECR6600 or TR6260", 0, "FotaPKG"),
  CHIP ("rtl8710a",
        "image for an RTL8710A or RTL8711A (Ameba)",
        0,
        "\x99\x99\x96\x96\x3f\xcc\x66\xfc\xc0\x33\xcc\x03\xe5\xdc\x31\x62"),
  CHIP ("rtl8710a", "app for an RTL8710A or RTL8711A (Ameba)", 4, "RTKWin\0"),
  CHIP ("rtl8710a", "update for an RTL8710A or RTL8711A (Ameba)", 20, "RTKWin\0"),
  CHIP ("rtl8710b",
        "image for an RTL8710B or RTL8720C (AmebaZ)",
        0,
        "\x99\x99\x96\x96\x3f\xcc\x66\xfc"),
  CHIP ("rtl8710b", "app for an RTL8710B or RTL8720D (Ameba)", 0, "81958711"),
  CHIP ("rtl8720d", "app for an RTL8710B or RTL8720D (Ameba)", 0, "68513387"),
  CHIP ("ameba-ota", "update package for an Ameba chip (RTL87xx)", 8, "OTA1"),
  CHIP ("esp-partition-table", "ESP32 partition table", 0, "\xaa\x50\x01\x02"),
  CHIP ("dfuse", "DfuSe file", 0, "DfuSe\x01"),
  CHIP ("esp8266-settings", "RF settings of an ESP8266", 0, "\x05\x00\x04\x02\x05\x05\x05\x02"),
  CHIP ("esp8266-settings", "RF settings of an ESP8266", 0, "\x05\x08\x04\x02\x05\x05\x05\x02"),
  CHIP ("beken-parts", "image for a BK7236, BK7256 or BK7258", 0, "BKDLV1"),
  CHIP ("beken-ota", "update for a BK7236, BK7256 or BK7258", 0, "BK7236"),
  CHIP ("hi3861", "update for a Hi3861", 0, "\x1e\x96\x78\x3c"),
  CHIP ("mcuboot", "MCUboot image (Zephyr, nRF Connect)", 0, "\x3d\xb8\xf3\x96"),
  CHIP ("imxrt", "image for an i.MX RT", 0, "FCFB"),
  CHIP ("allwinner", "image for an Allwinner chip", 4, "eGON.BT0"),
  CHIP ("zigbee-ota", "Zigbee update", 0, "\x1e\xf1\xee\x0b"),
  CHIP ("gbl", "update for a Silicon Labs chip", 0, "\xeb\x17\xa6\x03"),
  CHIP ("telink", "image for a Telink chip", 8, "KNLT"),
};

/* Text by its first words; none of the last, which any text has. */
static const struct {
  UbImageSignature signature;
  const char *begin;
  const char *word;
} TEXTS[] = {
  { { UB_IMAGE_KIND_TEXT, "git-lfs", "Git LFS pointer, not the file itself" },
    "version https://git-lfs",
    NULL },
  { { UB_IMAGE_KIND_TEXT, "html", "web page: the download has failed" }, "<!doctype html", NULL },
  { { UB_IMAGE_KIND_TEXT, "html", "web page: the download has failed" }, "<html", NULL },
  { { UB_IMAGE_KIND_TEXT, "html", "web page: the download has failed" }, "<head", NULL },
  { { UB_IMAGE_KIND_TEXT, "html", "web page: the download has failed" }, "<", "<body" },
  { { UB_IMAGE_KIND_TEXT, "xml", "XML text" }, "<", NULL },
  { { UB_IMAGE_KIND_TEXT, "http", "answer of a web server: the download has failed" },
    "HTTP/1",
    NULL },
  { { UB_IMAGE_KIND_TEXT, "json", "JSON text" }, "{", NULL },
  { { UB_IMAGE_KIND_TEXT, "json", "JSON text" }, "[", NULL },
  { { UB_IMAGE_KIND_TEXT, "script", "script" }, "#!", NULL },
  { { UB_IMAGE_KIND_TEXT, "pem", "certificate or key" }, "-----BEGIN ", NULL },
  { { UB_IMAGE_KIND_TEXT, "text", "text file" }, "", NULL },
};

/* Fewer characters than this may be anything. */
#define MIN_TEXT_SIZE 4

/* What is looked at of a text. */
#define TEXT_LIMIT 4096

/* In other encodings than UTF-8, fewer characters than this prove nothing. */
#define MIN_LEGACY_TEXT_SIZE 32

static gboolean
begins_with (const guint8 *data, gsize size, const char *word)
{
  gsize n = strlen (word);

  return size >= n && g_ascii_strncasecmp ((const char *) data, word, n) == 0;
}

static gboolean
is_utf16 (const guint8 *data, gsize size)
{
  return size >= MIN_TEXT_SIZE &&
         ((data[0] == 0xFF && data[1] == 0xFE) || (data[0] == 0xFE && data[1] == 0xFF)) &&
         (data[2] == 0 || data[3] == 0);
}

/* No control characters, and valid UTF-8; or, in an older encoding such as Latin-1 or GBK, mostly ASCII. */
static gboolean
is_text (const guint8 *data, gsize size)
{
  const char *end = NULL;
  gsize n_ascii = 0;

  for (gsize i = 0; i < size; i++) {
    if (data[i] == 0xFF || (data[i] < 0x20 && !g_ascii_isspace ((char) data[i]) && data[i] != 0x1B))
      return FALSE;
    n_ascii += data[i] < 0x80;
  }
  /* A character may be cut by the limit of what is looked at. */
  if (g_utf8_validate ((const char *) data, (gssize) size, &end) ||
      (size == TEXT_LIMIT && (gsize) (end - (const char *) data) + 4 >= size))
    return TRUE;
  return size >= MIN_LEGACY_TEXT_SIZE && n_ascii >= size / 10 * 7;
}

static const UbImageSignature *
find_text (const guint8 *data, gsize size)
{
  gsize n = MIN (size, TEXT_LIMIT), blank = 0;

  if (size < MIN_TEXT_SIZE)
    return NULL;
  if (is_utf16 (data, size))
    return &TEXTS[G_N_ELEMENTS (TEXTS) - 1].signature;
  if (!is_text (data, n))
    return NULL;
  if (memcmp (data, "\xEF\xBB\xBF", 3) == 0)
    blank = 3;
  while (blank < n && g_ascii_isspace ((char) data[blank]))
    blank++;
  data += blank;
  n -= blank;
  for (guint i = 0; i < G_N_ELEMENTS (TEXTS); i++) {
    if (begins_with (data, n, TEXTS[i].begin) &&
        (TEXTS[i].word == NULL || memmem (data, n, TEXTS[i].word, strlen (TEXTS[i].word)) != NULL))
      return &TEXTS[i].signature;
  }
  return NULL;
}

/**
 * ub_image_signature_find:
 * @data: a file from its first byte
 * @size: bytes, at least one
 *
 * Names files by the words and headers that their formats demand.
 *
 * Returns: (transfer none) (nullable): what it is, or %NULL if it is none of them
 */
const UbImageSignature *
ub_image_signature_find (const guint8 *data, gsize size)
{
  for (guint i = 0; i < G_N_ELEMENTS (MAGICS); i++) {
    const Magic *magic = &MAGICS[i];

    if (size >= magic->offset + magic->size &&
        memcmp (data + magic->offset, magic->magic, magic->size) == 0)
      return &magic->signature;
  }
  return ub_image_structure_find_format (data, size);
}

/**
 * ub_image_signature_guess:
 * @data: a file from its first byte
 * @size: bytes, at least one
 *
 * Names programs for other chips and texts by what they look like. Encrypted code may look like that, too: ask
 * this only of a file in which nothing of these modules was found.
 *
 * Returns: (transfer none) (nullable): what it is, or %NULL if it is none of them
 */
const UbImageSignature *
ub_image_signature_guess (const guint8 *data, gsize size)
{
  const UbImageSignature *chip = ub_image_structure_find_chip (data, size);

  return chip != NULL ? chip : find_text (data, size);
}

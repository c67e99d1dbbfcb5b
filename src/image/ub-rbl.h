/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define UB_RBL_HEADER_SIZE 96
#define UB_UG_HEADER_SIZE 32

/* Low byte of the algorithm: encryption; next byte: compression. */
#define UB_RBL_ALGO_PLAIN 0x000
#define UB_RBL_ALGO_AES_GZIP 0x102

/**
 * UbCheck:
 *
 * Whether a checksum holds, where it could be computed.
 */
typedef enum {
  UB_CHECK_UNKNOWN, /* could not be computed: not all bytes are there, or in an unknown coding */
  UB_CHECK_GOOD,
  UB_CHECK_BAD,
} UbCheck;

/**
 * UbRbl:
 * @address: of the header, on the flash (or its offset, in a package)
 * @on_grid: it lies on the grid of the CRC blocks of the code it describes
 * @algo: %UB_RBL_ALGO_PLAIN and so on
 * @time: seconds since 1970
 * @crc32: CRC-32 over the package
 * @fnv1a: FNV-1a over the raw bytes
 * @size_raw: bytes of code
 * @size_package: bytes as packed
 * @header_ok: the header's own CRC-32 holds
 * @payload_crc: whether @crc32 holds
 * @payload_fnv: whether @fnv1a holds
 *
 * The header that Beken's SDK (RT-Thread's OTA downloader) puts behind code and before packages.
 */
typedef struct {
  guint32 address;
  gboolean on_grid;
  guint32 algo;
  guint32 time;
  char name[17];
  char version[25];
  char serial[25];
  guint32 crc32;
  guint32 fnv1a;
  guint32 size_raw;
  guint32 size_package;
  gboolean header_ok;
  UbCheck payload_crc;
  UbCheck payload_fnv;
} UbRbl;

/**
 * UbUgPackage:
 * @version: of the firmware
 * @length: bytes of payload, as the header says
 * @complete: as many are there
 * @header_ok: the sum over the header holds
 * @payload_ok: the sum over the payload holds
 * @trailing: bytes behind the payload
 *
 * The 32 bytes that Tuya puts before an RBL package.
 */
typedef struct {
  char version[13];
  guint32 length;
  gboolean complete;
  gboolean header_ok;
  gboolean payload_ok;
  gsize trailing;
} UbUgPackage;

guint32 ub_crc32 (guint32 crc, const guint8 *data, gsize size);
guint32 ub_fnv1a (const guint8 *data, gsize size);

gboolean ub_rbl_parse (const guint8 *header, UbRbl *out_rbl);
void ub_rbl_check_plain (UbRbl *rbl, const guint8 *code, gsize size);
GBytes *ub_rbl_check_package (UbRbl *rbl, const guint8 *package, gsize size);

gboolean ub_ug_parse (const guint8 *data, gsize size, UbUgPackage *out_package);

G_END_DECLS

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "config.h"

#include "image-maker.h"
#include "ub-calibration.h"
#include "ub-fal.h"
#include "ub-flash-layout.h"
#include "ub-rbl.h"

#include <string.h>

static void
test_sums (void)
{
  /* The check values of the CRC catalogue and of the FNV page of its authors. */
  g_assert_cmphex (ub_crc32 (0, (const guint8 *) "123456789", 9), ==, 0xCBF43926);
  g_assert_cmphex (ub_crc32 (ub_crc32 (0, (const guint8 *) "1234", 4), (const guint8 *) "56789", 5),
                   ==, 0xCBF43926);
  g_assert_cmphex (ub_fnv1a ((const guint8 *) "", 0), ==, 0x811C9DC5);
  g_assert_cmphex (ub_fnv1a ((const guint8 *) "foobar", 6), ==, 0xBF9CF968);
}

/* The bootloader's header of a real BK7231N. */
static const guint8 REAL_HEADER[] = {
  0x52, 0x42, 0x4C, 0x00, 0x00, 0x00, 0x00, 0x00, 0xB8, 0xBF, 0xC3, 0x64, 0x62, 0x6F, 0x6F, 0x74,
  0x6C, 0x6F, 0x61, 0x64, 0x65, 0x72, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x31, 0x2E, 0x30, 0x30,
};

static void
test_rbl_header (void)
{
  guint8 header[UB_RBL_HEADER_SIZE] = { 0 };
  UbRbl rbl;

  g_assert_false (ub_rbl_parse (header, &rbl));
  memcpy (header, REAL_HEADER, sizeof REAL_HEADER);
  g_assert_true (ub_rbl_parse (header, &rbl));
  g_assert_false (rbl.header_ok);
  g_assert_cmpstr (rbl.name, ==, "bootloader");
  g_assert_cmpstr (rbl.version, ==, "1.00");
  g_assert_cmpuint (rbl.time, ==, 1690550200);

  memset (header + 12, 'x', 64);
  header[13] = 0x1B;
  g_assert_true (ub_rbl_parse (header, &rbl));
  g_assert_cmpuint (strlen (rbl.name), ==, 16);
  g_assert_cmpint (rbl.name[1], ==, '?');
}

static void
test_package_limits (void)
{
  g_autoptr (GBytes) package = image_make_package ("x", 0x2000, UB_RBL_ALGO_AES_GZIP, FALSE);
  gsize size;
  const guint8 *data = g_bytes_get_data (package, &size);
  UbRbl rbl;
  g_autoptr (GBytes) raw = NULL, less = NULL, more = NULL;

  g_assert_true (ub_rbl_parse (data, &rbl));
  raw = ub_rbl_check_package (&rbl, data + 96, size - 96);
  g_assert_nonnull (raw);
  g_assert_cmpuint (g_bytes_get_size (raw), ==, 0x2000);
  g_assert_cmpint (rbl.payload_crc, ==, UB_CHECK_GOOD);
  g_assert_cmpint (rbl.payload_fnv, ==, UB_CHECK_GOOD);

  /* A claim of more than is there, and of an impossible size. */
  rbl.size_raw = 0x2001;
  more = ub_rbl_check_package (&rbl, data + 96, size - 96);
  g_assert_null (more);
  rbl.size_raw = 0xFFFFFFFF;
  g_assert_null (ub_rbl_check_package (&rbl, data + 96, size - 96));
  g_assert_cmpint (rbl.payload_fnv, !=, UB_CHECK_GOOD);
  rbl.size_package = 0xFFFFFFFF;
  g_assert_null (ub_rbl_check_package (&rbl, data + 96, size - 96));
  g_assert_cmpint (rbl.payload_crc, ==, UB_CHECK_BAD);
}

static void
test_ug (void)
{
  g_autoptr (GBytes) package = image_make_package ("x", 0x2000, UB_RBL_ALGO_AES_GZIP, TRUE);
  gsize size;
  g_autofree guint8 *data =
      g_memdup2 (g_bytes_get_data (package, &size), g_bytes_get_size (package));
  UbUgPackage ug;

  g_assert_true (ub_ug_parse (data, size, &ug));
  g_assert_cmpstr (ug.version, ==, "1.2.3");
  g_assert_true (ug.complete && ug.header_ok && ug.payload_ok);
  g_assert_true (ub_ug_parse (data, size - 1, &ug));
  g_assert_false (ug.complete);
  data[40] ^= 1;
  g_assert_true (ub_ug_parse (data, size, &ug));
  g_assert_false (ug.payload_ok);
  data[5] ^= 1;
  g_assert_true (ub_ug_parse (data, size, &ug));
  g_assert_false (ug.header_ok);
  g_assert_false (ub_ug_parse (data, 31, &ug));
  data[31] ^= 1;
  g_assert_false (ub_ug_parse (data, size, &ug));
}

static void
put_fal (guint8 *entry, const char *name, guint32 offset, guint32 length)
{
  memset (entry, 0, 64);
  memcpy (entry, "01PE", 4);
  g_strlcpy ((char *) entry + 4, name, 24);
  g_strlcpy ((char *) entry + 28, "beken_onchip_crc", 24);
  for (guint i = 0; i < 4; i++) {
    entry[52 + i] = (guint8) (offset >> (8 * i));
    entry[56 + i] = (guint8) (length >> (8 * i));
  }
}

static void
test_fal (void)
{
  guint8 code[64 * 24];
  UbFalTable table;
  const UbFalPartition *app;

  /* The magic as a constant in code, then two entries at odd places, then one cut off. */
  memset (code, 0x20, sizeof code);
  memcpy (code + 10, "01PE", 4);
  put_fal (code + 99, "bootloader", 0, 0x10000);
  put_fal (code + 99 + 64, "app", 0x10000, 0x110000);
  memcpy (code + sizeof code - 20, "01PE", 4);
  g_assert_true (ub_fal_parse (code, sizeof code, &table));
  g_assert_cmpuint (table.n, ==, 2);
  app = ub_fal_find (&table, "app");
  g_assert_nonnull (app);
  g_assert_cmphex (ub_fal_partition_get_address (app), ==, 0x11000);
  g_assert_cmphex (ub_fal_partition_get_end (app), ==, 0x132000);
  g_assert_null (ub_fal_find (&table, "download"));

  for (guint i = 0; i < 24; i++)
    put_fal (code + 64 * i, "many", i, 1);
  g_assert_true (ub_fal_parse (code, sizeof code, &table));
  g_assert_cmpuint (table.n, ==, UB_FAL_MAX_PARTITIONS);
  put_fal (code, "huge", 0xFFFFFFF0, 0xFFFFFFFF);
  g_assert_false (ub_fal_parse (code, 64, &table));
}

static void
test_calibration_bounds (void)
{
  ImageSpec spec;
  g_autofree guint8 *flash = NULL;
  UbCalibration calibration;

  image_spec_init (&spec, UB_FAMILY_N);
  flash = image_make_flash (&spec);
  g_assert_true (ub_calibration_parse (flash + 0x1D0000, 0x1000, &calibration));
  g_assert_true (calibration.sound && calibration.complete && calibration.has_mac);
  g_assert_true (calibration.tidy);
  for (gsize size = 0; size < 140; size++) {
    g_autofree guint8 *part = g_memdup2 (flash + 0x1D0000, size);

    if (ub_calibration_parse (part, size, &calibration) && size < 138)
      g_assert_false (calibration.sound);
  }
  /* A group address is no device's. */
  flash[0x1D0018] |= 1;
  g_assert_true (ub_calibration_parse (flash + 0x1D0000, 0x1000, &calibration));
  g_assert_false (calibration.has_mac);
  memset (flash + 0x1D0018, 0, 6);
  g_assert_true (ub_calibration_parse (flash + 0x1D0000, 0x1000, &calibration));
  g_assert_false (calibration.has_mac);
  memset (flash + 0x1D0004, 0xFF, 4);
  g_assert_false (ub_calibration_parse (flash + 0x1D0000, 0x1000, &calibration));
}

static void
test_layouts (void)
{
  static const UbFamily families[] = { UB_FAMILY_UNKNOWN, UB_FAMILY_T, UB_FAMILY_N, UB_FAMILY_U };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++) {
    guint32 end = 0;
    guint n;
    const UbPartition *layout = ub_flash_layout_get (families[i], 0x200000, &n);

    g_assert_cmpuint (n, >=, 2);
    for (guint j = 0; j < n; j++) {
      g_assert_cmphex (layout[j].address, ==, end);
      g_assert_cmphex (layout[j].size % 0x1000, ==, 0);
      g_assert_cmpstr (ub_partition_get_title (&layout[j]), !=, layout[j].id);
      end = layout[j].address + layout[j].size;
      g_assert_true (ub_flash_layout_find (families[i], 0x200000, end - 1) == &layout[j]);
    }
    if (families[i] != UB_FAMILY_UNKNOWN)
      g_assert_cmphex (end, ==, 0x200000);
    g_assert_null (ub_flash_layout_find (families[i], 0x200000, 0x200000));
    ub_flash_layout_get (families[i], 0x100000, &n);
    g_assert_cmpuint (n, ==, 1);
    ub_flash_layout_get (families[i], 0, &n);
    g_assert_cmpuint (n, ==, 0);
  }
  g_assert_cmpstr (ub_flash_layout_find (UB_FAMILY_N, 0x200000, 0x1D0123)->id, ==, "calibration");
  g_assert_cmpstr (ub_flash_layout_find (UB_FAMILY_T, 0x400000, 0x1E0000)->id, ==, "calibration");
  g_assert_true (ub_flash_layout_find (UB_FAMILY_T, 0x200000, 0x1E0000)->precious);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/formats/sums", test_sums);
  g_test_add_func ("/formats/rbl-header", test_rbl_header);
  g_test_add_func ("/formats/package-limits", test_package_limits);
  g_test_add_func ("/formats/ug", test_ug);
  g_test_add_func ("/formats/fal", test_fal);
  g_test_add_func ("/formats/calibration-bounds", test_calibration_bounds);
  g_test_add_func ("/formats/layouts", test_layouts);
  return g_test_run ();
}

/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define UB_ERROR (ub_error_quark ())

/**
 * UbError:
 *
 * Everything that can go wrong, cut by what the person has to do about it: two situations with the
 * same way out share a code, two with different ways out never do. The error's message states the
 * facts; ub_error_get_remedy() holds the advice. Cancellation is %G_IO_ERROR_CANCELLED, never a
 * UbError.
 */
typedef enum {
  UB_ERROR_FAILED, /* a fault nobody can act on but by reporting it */

  /* wrong usage: exit status 2 of the command line */
  UB_ERROR_USAGE, /* an option or argument makes no sense */
  UB_ERROR_BAD_SETTING, /* a programmer's setting is unknown or has a bad value */

  /* the programmer: exit status 3 */
  UB_ERROR_NO_PROGRAMMER, /* none is plugged in, or the named one is absent */
  UB_ERROR_SEVERAL_PROGRAMMERS, /* more than one fits, say which */
  UB_ERROR_NOT_BUILT, /* this build has no support for that programmer */
  UB_ERROR_PERMISSION, /* the device exists but may not be opened */
  UB_ERROR_BUSY, /* another program holds the device */
  UB_ERROR_KERNEL_DRIVER, /* a kernel driver holds it and would not let go */
  UB_ERROR_WRONG_JUMPER, /* CH341A jumpered as a serial port */
  UB_ERROR_SPI_DISABLED, /* no spidev node: SPI is switched off */
  UB_ERROR_NO_RESET_LINE, /* the GPIO line for CEN does not exist */
  UB_ERROR_RESET_LINE_BUSY, /* the GPIO line for CEN is used by something else */

  /* the wires and the module, before the flash was identified: exit status 3 */
  UB_ERROR_MISO_LOW, /* MISO is constantly 0 */
  UB_ERROR_MISO_HIGH, /* MISO is constantly 1 */
  UB_ERROR_NO_DOWNLOAD_MODE, /* MISO moves, but the module never announced itself with 0xD2 */
  UB_ERROR_NO_FLASH_ID, /* 0xD2 was seen, but the flash does not tell its ID */
  UB_ERROR_UNSTABLE, /* the ID or the content differs from one read to the next */

  /* on the way: exit status 1 */
  UB_ERROR_UNPLUGGED, /* the programmer went away */
  UB_ERROR_TRANSFER, /* the programmer reported an I/O error */
  UB_ERROR_TIMEOUT, /* the programmer did not answer within its deadline */
  UB_ERROR_CHIP_BUSY, /* the flash stayed busy beyond its deadline */
  UB_ERROR_PROTECTED, /* the flash's write protection could not be lifted */
  UB_ERROR_WRITE_ENABLE, /* the flash does not accept write enable */
  UB_ERROR_VERIFY, /* a sector does not hold what was written, after all retries */
  UB_ERROR_DIFFERENT, /* verify job: the module does not hold the image */
  UB_ERROR_RANGE, /* a range does not fit the flash */
  UB_ERROR_BACKUP_FILE, /* the backup or rescue copy could not be written */
  UB_ERROR_BACKUP_EXISTS, /* the backup file exists already */

  /* the file was refused: exit status 4 */
  UB_ERROR_FILE_UNREADABLE, /* cannot be opened or read, or is a folder */
  UB_ERROR_IMAGE_EMPTY, /* no bytes */
  UB_ERROR_IMAGE_TOO_SHORT, /* cut off */
  UB_ERROR_IMAGE_TOO_LARGE, /* larger than the flash */
  UB_ERROR_IMAGE_BLANK, /* nothing but 0xFF (or 0x00) */
  UB_ERROR_IMAGE_UNKNOWN, /* nothing Unbrick knows */
  UB_ERROR_IMAGE_NOT_FLASH, /* recognised, but not made for this flash: archive, ELF, text, other chip */
  UB_ERROR_IMAGE_PLAIN, /* a plain ARM binary, neither encrypted nor with CRC blocks */
  UB_ERROR_IMAGE_OTA, /* an over-the-air package */
  UB_ERROR_IMAGE_NO_BOOTLOADER, /* an app where a full image is needed */
  UB_ERROR_IMAGE_NO_APP, /* a bootloader alone where an app is needed */
  UB_ERROR_IMAGE_NO_CONFIG, /* no Tuya configuration where one is needed */
  UB_ERROR_IMAGE_DAMAGED, /* known kind, but checksums fail */
  UB_ERROR_IMAGE_FAMILY, /* made for another chip family */
  UB_ERROR_IMAGE_KEY, /* bootloader and app are encrypted with different keys */
} UbError;

GQuark ub_error_quark (void);

const char *ub_error_get_remedy (const GError *error);
const char *ub_error_get_name (const GError *error);
void ub_error_rule_out_clock (GError *error);

G_END_DECLS

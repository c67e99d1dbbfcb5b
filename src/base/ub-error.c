/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-error"

#include "config.h"

#include "ub-error.h"

#include <glib/gi18n.h>

/* What an error says besides its code and message. */
typedef struct {
  gboolean clock_is_no_remedy;
} UbErrorPrivate;

static void
ub_error_private_init (UbErrorPrivate *self)
{
  self->clock_is_no_remedy = FALSE;
}

static void
ub_error_private_copy (const UbErrorPrivate *self, UbErrorPrivate *copy)
{
  *copy = *self;
}

static void
ub_error_private_clear (UbErrorPrivate *self)
{
}

G_DEFINE_EXTENDED_ERROR (UbError, ub_error)

static const char *
get_programmer_remedy (UbError code)
{
  switch ((int) code) {
  case UB_ERROR_NO_PROGRAMMER:
    return _ ("Plug the programmer in, or choose another one. “unbrick-cli list” shows what is "
              "there.");
  case UB_ERROR_SEVERAL_PROGRAMMERS:
    return _ ("Say which one to use, by its serial number or device.");
  case UB_ERROR_NOT_BUILT:
    return _ ("Install a build of Unbrick that supports this programmer, or use another one.");
  case UB_ERROR_PERMISSION:
    return _ ("Install Unbrick’s udev rules and plug the programmer in again. On a Raspberry Pi, "
              "add yourself to the groups “spi” and “gpio”, then log out and in.");
  case UB_ERROR_BUSY:
    return _ ("Close the other program that uses this programmer, then try again.");
  case UB_ERROR_KERNEL_DRIVER:
    return _ ("Unload the kernel driver that holds the programmer, or plug it out and in again.");
  case UB_ERROR_WRONG_JUMPER:
    return _ ("Unplug the board, move its mode jumper from serial (UART, TTL) to SPI/I²C (often "
              "marked 1–2), and plug it in again.");
  case UB_ERROR_SPI_DISABLED:
    return _ ("Switch SPI on: “sudo raspi-config nonint do_spi 0” on a Raspberry Pi, a spidev "
              "overlay in armbian-config on other boards; then restart.");
  case UB_ERROR_NO_RESET_LINE:
    return _ ("Choose a GPIO line that exists (“gpioinfo” lists them), or set the CEN line to "
              "“manual” and reset the module by hand.");
  case UB_ERROR_RESET_LINE_BUSY:
    return _ ("Choose a free GPIO line for CEN, or stop what uses this one.");
  default:
    return NULL;
  }
}

static const char *
get_module_remedy (UbError code)
{
  switch ((int) code) {
  case UB_ERROR_MISO_LOW:
    return _ ("Check that the module has 3.3 V, that ground is shared, and that MISO goes to P23. "
              "Check the CEN wire: it has to pull CEN low and to let go of it again.");
  case UB_ERROR_MISO_HIGH:
    return _ ("Check the wires of MISO (P23) and CEN, ground, and that the module is powered. The "
              "pads named SPI_MISO and SPI_MOSI are the wrong ones: use P20 to P23.");
  case UB_ERROR_NO_DOWNLOAD_MODE:
    return _ (
        "Check the CEN wire: the module must be reset to enter download mode. Check SCK (P20) "
        "and MISO (P23), and that the pads are P20 to P23.");
  case UB_ERROR_NO_FLASH_ID:
    return _ ("The reset works. Check MOSI (P22) and chip select (P21), and shorten the wires.");
  case UB_ERROR_UNSTABLE:
    return _ (
        "Shorten the wires (under 20 cm), improve ground and the 3.3 V supply, or set a lower "
        "clock.");
  case UB_ERROR_UNPLUGGED:
    return _ ("Plug the programmer in again and repeat the job: it continues where it stopped.");
  case UB_ERROR_TRANSFER:
  case UB_ERROR_TIMEOUT:
    return _ ("A USB programmer: plug it out and in again, on a short cable without a hub. A "
              "computer’s own pins: check that nothing else uses them. Then repeat the job.");
  case UB_ERROR_CHIP_BUSY:
    return _ ("Power the module off and on and repeat the job. If it happens again, the supply is "
              "too weak or the flash is worn out.");
  case UB_ERROR_PROTECTED:
    return _ ("Power the module off and on and try again. If it stays, the flash is locked for "
              "good.");
  case UB_ERROR_WRITE_ENABLE:
    return _ ("Check the MOSI wire (P22) and the 3.3 V supply, or set a lower clock.");
  case UB_ERROR_VERIFY:
    return _ ("Repeat the job: what is right already is left alone. If the same place fails again, "
              "set a lower clock; if that does not help, the flash is worn out there.");
  case UB_ERROR_DIFFERENT:
    return _ ("Restore the image to make the module equal to it.");
  case UB_ERROR_RANGE:
    return _ ("Choose a start and size that lie within the flash.");
  case UB_ERROR_BACKUP_FILE:
    return _ ("Choose a folder that you may write to and that has room for the file.");
  case UB_ERROR_BACKUP_EXISTS:
    return _ ("Choose another name, or move the existing file away first.");
  default:
    return NULL;
  }
}

/* Instead of advice that ends in a lower clock, where there is none or it did not help. */
static const char *
get_remedy_without_clock (UbError code)
{
  switch ((int) code) {
  case UB_ERROR_UNSTABLE:
    return _ (
        "Shorten the wires (under 20 cm), join the grounds of computer and module with a wire "
        "of their own, and improve the 3.3 V supply.");
  case UB_ERROR_WRITE_ENABLE:
    return _ ("Check the MOSI wire (P22), ground and the 3.3 V supply.");
  case UB_ERROR_VERIFY:
    return _ ("Repeat the job: what is right already is left alone. If the same place fails again, "
              "shorten the wires and check ground; if that does not help, the flash is worn out "
              "there.");
  default:
    return NULL;
  }
}

static const char *
get_image_remedy (UbError code)
{
  switch ((int) code) {
  case UB_ERROR_FILE_UNREADABLE:
    return _ ("Choose a file that exists and that you may read.");
  case UB_ERROR_IMAGE_EMPTY:
  case UB_ERROR_IMAGE_TOO_SHORT:
    return _ ("Download or copy the file again: it is not complete.");
  case UB_ERROR_IMAGE_TOO_LARGE:
    return _ ("Choose an image made for this module; its flash is smaller than the file.");
  case UB_ERROR_IMAGE_BLANK:
    return _ ("Choose another file: this one is a read of an empty flash, or of one that did not "
              "answer.");
  case UB_ERROR_IMAGE_UNKNOWN:
  case UB_ERROR_IMAGE_NOT_FLASH:
    return _ ("Choose a QIO file, a 2 MiB backup, or a bootloader donor and an app.");
  case UB_ERROR_IMAGE_PLAIN:
    return _ (
        "Use the QIO or UA file of the same release: they are encrypted and carry checksums.");
  case UB_ERROR_IMAGE_OTA:
    return _ ("Use the QIO file of the same release; a package for updates over the air cannot be "
              "written as it is.");
  case UB_ERROR_IMAGE_NO_BOOTLOADER:
    return _ ("Add a QIO file or a full backup to take the bootloader from (“Bootloader + App”).");
  case UB_ERROR_IMAGE_NO_APP:
    return _ ("Choose a full image, or use this file as the bootloader and add an app.");
  case UB_ERROR_IMAGE_NO_CONFIG:
    return _ ("Choose a full backup that was made while the device still had Tuya’s firmware.");
  case UB_ERROR_IMAGE_DAMAGED:
    return _ ("Download or read the file again; this copy would not start.");
  case UB_ERROR_IMAGE_FAMILY:
    return _ (
        "Choose a file for the same chip family: BK7231T files for BK7231T, BK7231N files for "
        "BK7231N.");
  case UB_ERROR_IMAGE_KEY:
    return _ ("Take bootloader and app from firmware of the same kind, for example both from Tuya "
              "devices.");
  default:
    return NULL;
  }
}

/**
 * ub_error_get_remedy:
 * @error: any error
 *
 * Returns what the person can do about @error, as one or two translated sentences that the
 * application and the command line both show below the message.
 *
 * Returns: (transfer none): the advice; never %NULL, and for errors of other domains a general one
 */
const char *
ub_error_get_remedy (const GError *error)
{
  const char *remedy = NULL;

  g_return_val_if_fail (error != NULL, "");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return _ ("Repeat the job when you are ready: it continues where it stopped.");

  if (error->domain == UB_ERROR) {
    if (error->code == UB_ERROR_USAGE || error->code == UB_ERROR_BAD_SETTING)
      return _ ("Run the command with --help to see what it takes.");

    if (ub_error_get_private (error)->clock_is_no_remedy)
      remedy = get_remedy_without_clock (error->code);
    if (remedy == NULL)
      remedy = get_programmer_remedy (error->code);
    if (remedy == NULL)
      remedy = get_module_remedy (error->code);
    if (remedy == NULL)
      remedy = get_image_remedy (error->code);
  }

  return remedy != NULL ? remedy : _ ("Try again; if it happens again, report it with the log.");
}

/* Stable, and never translated. */
static const char *const names[] = {
  [UB_ERROR_FAILED] = "failed",
  [UB_ERROR_USAGE] = "usage",
  [UB_ERROR_BAD_SETTING] = "bad-setting",
  [UB_ERROR_NO_PROGRAMMER] = "no-programmer",
  [UB_ERROR_SEVERAL_PROGRAMMERS] = "several-programmers",
  [UB_ERROR_NOT_BUILT] = "not-built",
  [UB_ERROR_PERMISSION] = "permission",
  [UB_ERROR_BUSY] = "busy",
  [UB_ERROR_KERNEL_DRIVER] = "kernel-driver",
  [UB_ERROR_WRONG_JUMPER] = "wrong-jumper",
  [UB_ERROR_SPI_DISABLED] = "spi-disabled",
  [UB_ERROR_NO_RESET_LINE] = "no-reset-line",
  [UB_ERROR_RESET_LINE_BUSY] = "reset-line-busy",
  [UB_ERROR_MISO_LOW] = "miso-low",
  [UB_ERROR_MISO_HIGH] = "miso-high",
  [UB_ERROR_NO_DOWNLOAD_MODE] = "no-download-mode",
  [UB_ERROR_NO_FLASH_ID] = "no-flash-id",
  [UB_ERROR_UNSTABLE] = "unstable",
  [UB_ERROR_UNPLUGGED] = "unplugged",
  [UB_ERROR_TRANSFER] = "transfer",
  [UB_ERROR_TIMEOUT] = "timeout",
  [UB_ERROR_CHIP_BUSY] = "chip-busy",
  [UB_ERROR_PROTECTED] = "protected",
  [UB_ERROR_WRITE_ENABLE] = "write-enable",
  [UB_ERROR_VERIFY] = "verify",
  [UB_ERROR_DIFFERENT] = "different",
  [UB_ERROR_RANGE] = "range",
  [UB_ERROR_BACKUP_FILE] = "backup-file",
  [UB_ERROR_BACKUP_EXISTS] = "backup-exists",
  [UB_ERROR_FILE_UNREADABLE] = "file-unreadable",
  [UB_ERROR_IMAGE_EMPTY] = "image-empty",
  [UB_ERROR_IMAGE_TOO_SHORT] = "image-too-short",
  [UB_ERROR_IMAGE_TOO_LARGE] = "image-too-large",
  [UB_ERROR_IMAGE_BLANK] = "image-blank",
  [UB_ERROR_IMAGE_UNKNOWN] = "image-unknown",
  [UB_ERROR_IMAGE_NOT_FLASH] = "image-not-flash",
  [UB_ERROR_IMAGE_PLAIN] = "image-plain",
  [UB_ERROR_IMAGE_OTA] = "image-ota",
  [UB_ERROR_IMAGE_NO_BOOTLOADER] = "image-no-bootloader",
  [UB_ERROR_IMAGE_NO_APP] = "image-no-app",
  [UB_ERROR_IMAGE_NO_CONFIG] = "image-no-config",
  [UB_ERROR_IMAGE_DAMAGED] = "image-damaged",
  [UB_ERROR_IMAGE_FAMILY] = "image-family",
  [UB_ERROR_IMAGE_KEY] = "image-key",
};

/**
 * ub_error_rule_out_clock:
 * @error: any error
 *
 * Tells that a lower clock is no remedy for @error: the programmer has only one, it is the lowest already,
 * or lower ones did not help. What is shown to the person does not advise it then. Copies of @error know it,
 * too; nothing happens to errors of other domains.
 */
void
ub_error_rule_out_clock (GError *error)
{
  g_return_if_fail (error != NULL);

  if (error->domain == UB_ERROR)
    ub_error_get_private (error)->clock_is_no_remedy = TRUE;
}

/**
 * ub_error_get_name:
 * @error: any error
 *
 * Returns a short stable name for scripts and logs, such as `miso-low`; it is never translated.
 *
 * Returns: (transfer none): the name, `cancelled` for a cancellation and `failed` for an error of
 *   another domain
 */
const char *
ub_error_get_name (const GError *error)
{
  g_return_val_if_fail (error != NULL, "failed");

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return "cancelled";
  if (error->domain != UB_ERROR || error->code < 0 || error->code >= (int) G_N_ELEMENTS (names))
    return "failed";
  return names[error->code];
}

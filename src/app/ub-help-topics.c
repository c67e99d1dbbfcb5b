/*
 * SPDX-FileCopyrightText: 2026 The Unbrick authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#define G_LOG_DOMAIN "ub-app"

#include "config.h"

#include "ub-help-topics.h"

#include <glib/gi18n.h>

/* What the help says. The README tells the same in short; boards and overlays are those of Armbian's Allwinner
 * overlay documentation and of the boards' own manuals. */

static const UbHelpTopic topics[] = {
  { "start",
    N_ ("Recovering a Module"),
    { N_ ("1. Take the module out of its device, away from mains. Solder or clip seven wires: P20 "
          "to P23, CEN, "
          "ground and 3.3 V. The picture on the first page shows them for your programmer and "
          "module."),
      N_ ("2. Choose the programmer and connect. If the module does not answer, the page says "
          "which wire the "
          "evidence points to, and keeps trying while you move it."),
      N_ ("3. Back the module up: its original firmware, its calibration and its MAC address exist "
          "only there. Do "
          "it even when the firmware is damaged."),
      N_ ("4. Choose what to write, look at the preview, and restore. You may stop at any time: "
          "the same job "
          "finishes what it began."),
      N_ ("5. Remove the wires from P20 to P23, and power the module off and on."),
      N_ ("Everything can be tried on the simulated module first; it needs no hardware.") },
    NULL,
    NULL },
  { "mains",
    N_ ("Mains Devices: Read This First"),
    { N_ ("Mains voltage kills. Never connect a wire to a device that is plugged into a socket, "
          "not even ground: in "
          "most plugs and bulbs the low-voltage side is not isolated from mains, whatever it looks "
          "like."),
      N_ ("Take the module, or the board that carries it, out of the device, and power it from a "
          "3.3 V supply only. "
          "Never from the socket, and never from both."),
      N_ ("Capacitors of the device’s power supply can stay charged for a while after unplugging."),
      N_ ("Close the device completely before you plug it in again.") },
    NULL,
    NULL },
  { "programmers no-programmer several-programmers",
    N_ ("Choosing a Programmer"),
    { N_ ("Raspberry Pi, or another board with SPI pins: the best choice. Fast, 3.3 V, resets the "
          "module by itself, "
          "and needs only wires. Unbrick runs on it; over SSH there is “unbrick-cli”."),
      N_ ("FT232H, FT2232H or FT4232H: as good, on USB, for any computer."),
      N_ ("CH341A: cheap, and slow (one clock of about 1.5 MHz). Many boards, the black ones above "
          "all, drive their "
          "pins with 5 V, which can destroy the module: measure before you connect. CEN needs a "
          "wire to D2, which many "
          "boards do not lead out."),
      N_ ("USB serial adapters cannot do this: they have no SPI.") },
    NULL,
    NULL },
  { "wiring",
    N_ ("Wiring"),
    { N_ ("SCK goes to P20, CS to P21, MOSI to P22 and MISO to P23 of the chip, whatever other "
          "lists say; the reset "
          "line goes to CEN. Some modules print TCK, TMS, TDI and TDO there."),
      N_ ("The trap: pads named SPI_SCK, SPI_CSN, SPI_MOSI and SPI_MISO are P14 to P17, and "
          "wrong."),
      N_ ("Wires are shorter than 20 cm. Ground of programmer and module are connected."),
      N_ ("Power: a stiff 3.3 V that can give 300 mA. The 3.3 V pin of a USB serial adapter is too "
          "weak."),
      N_ ("Some modules lead not all signals to their edge. Look for test pads on the back, or "
          "solder to the legs of "
          "the chip.") },
    NULL,
    NULL },
  { "files image-no-bootloader image-no-app image-ota image-plain image-unknown image-not-flash "
    "image-family image-key "
    "image-damaged image-blank image-empty image-too-short image-too-large",
    N_ ("Which File Is Right?"),
    { N_ ("QIO: bootloader and app, written from the beginning. The right file to install other "
          "firmware on a dead "
          "module."),
      N_ ("Backup, 2 MiB: everything, as it was read from a module. The right file to bring the "
          "original firmware "
          "back. One that bkWriter made begins in the middle; Unbrick turns it the right way "
          "round."),
      N_ ("UA, or REST.bin: the app alone, without a bootloader. Choose “Bootloader + App” and "
          "take the bootloader "
          "from a QIO file or a backup of the same chip family."),
      N_ ("RBL and UG: packages for updates over the air. They cannot be written as they are; take "
          "the QIO file of "
          "the same release."),
      N_ ("The chip family must be right: BK7231T is on modules named WB…, BK7231N on modules "
          "named CB…. Bootloader "
          "and app must come from firmware of the same kind, because they share a key."),
      N_ ("A file that is called damaged would not start: download it, or read it, again.") },
    NULL,
    NULL },
  { "spi-disabled",
    N_ ("Switching SPI On"),
    { N_ ("Raspberry Pi: run the command below, or switch SPI on in raspi-config under Interface "
          "Options, and "
          "restart."),
      N_ ("Banana Pi M1, and Orange Pi PC, One, Lite and Plus, with Armbian: put the lines "
          "“overlays=spi-spidev” and "
          "“param_spidev_spi_bus=0” into /boot/armbianEnv.txt, and restart."),
      N_ ("Orange Pi Zero, Zero 2, Zero 3 and most others: the same with “param_spidev_spi_bus=1”, "
          "because bus 0 "
          "belongs to the board’s own flash."),
      N_ ("armbian-config lists the overlays under the names that your kernel has. Afterwards "
          "there is a file whose "
          "name begins with /dev/spidev.") },
    "sudo raspi-config nonint do_spi 0",
    NULL },
  { "permission",
    N_ ("The Programmer May Not Be Opened"),
    { N_ ("Save these rules as /etc/udev/rules.d/70-unbrick.rules, as root, then plug the "
          "programmer out and in again. "
          "A package of Unbrick brings them along; a Flatpak cannot."),
      N_ ("On a Raspberry Pi over SSH or VNC, add yourself to the groups “spi” and “gpio” instead, "
          "then log out and "
          "in: sudo usermod -aG spi,gpio $USER") },
    "/io/github/unbrick/Unbrick/70-unbrick.rules",
    "70-unbrick.rules" },
  { "wrong-jumper",
    N_ ("The CH341A Is a Serial Port Now"),
    { N_ ("The board has a jumper that makes it a serial port or an SPI programmer. Unplug the "
          "board, move the jumper "
          "to the other position (often marked 1–2), and plug it in again.") },
    NULL,
    NULL },
  { "busy kernel-driver",
    N_ ("The Programmer Is in Use"),
    { N_ ("Another program or a kernel driver holds the programmer. Close serial monitors, "
          "flashrom and other flashing "
          "tools."),
      N_ ("A kernel driver for the CH341A can be unloaded until the next restart with the command "
          "below.") },
    "sudo modprobe -r spi_ch341 i2c_ch341 ch341",
    NULL },
  { "no-reset-line reset-line-busy",
    N_ ("The CEN Line"),
    { N_ ("Unbrick resets the module through its CEN pad. On a Raspberry Pi that is GPIO22, pin 15 "
          "of the header; on "
          "other boards, name the line in the preferences. The command below lists them."),
      N_ ("Without a free line, set the CEN line to “manual” in the preferences: Unbrick then "
          "tells you when to touch "
          "CEN with ground.") },
    "gpioinfo",
    NULL },
  { "miso-low miso-high no-download-mode no-flash-id",
    N_ ("The Module Does Not Answer"),
    { N_ ("Power: a stiff 3.3 V, not from a weak USB serial adapter. Ground of the programmer and "
          "of the module must be "
          "connected."),
      N_ ("Pads: P20, P21, P22 and P23 carry the flash. The pads named SPI are P14 to P17, and "
          "wrong. P22 goes to MOSI "
          "and P23 to MISO, whatever other lists say."),
      N_ ("MISO always low or high: no power, no ground, or the wire to P23. No download mode: "
          "CEN, SCK or the pads. "
          "Download mode, but no flash: MOSI or CS."),
      N_ ("CEN: the module listens only for a moment after its reset. Nothing else may hold CEN, "
          "and a large capacitor "
          "on it delays the reset."),
      N_ ("A module that was cut off from its board by force, or got 5 V or mains, may be broken "
          "for good.") },
    NULL,
    NULL },
  { "unstable timeout transfer unplugged chip-busy write-enable verify protected",
    N_ ("It Begins, and Then Fails"),
    { N_ ("Wires: shorter than 20 cm, and away from each other and from power supplies. If answers "
          "change from read to "
          "read, set a lower highest clock in the preferences."),
      N_ ("Power: writing needs more current than reading."), N_ ("USB: a short cable, no hub."),
      N_ ("Repeat the job: what is right already is left alone, so it goes on where it stopped. "
          "The rescue copy of the "
          "first attempt stays the one with the original firmware."),
      N_ ("If the same place fails again and again at a low clock, the flash is worn out there. If "
          "its protection "
          "cannot be lifted even after power was off, it is locked for good.") },
    NULL,
    NULL },
  { "limits",
    N_ ("What SPI Mode Cannot Do"),
    { N_ ("It reaches the flash and nothing else: it cannot read or change the fuses with the "
          "chip’s keys, and tells "
          "the chip’s family only by what is on the flash."),
      N_ ("A chip whose flash-download fuse is blown does not enter the mode. So does none that is "
          "broken."),
      N_ ("It is known to work on BK7231T, BK7231S, BK7231U and BK7252. Nobody has reported it on "
          "BK7231N and BK7238 "
          "yet. A BK7231N has a boot ROM that answers over the serial port even without a "
          "bootloader; a BK7231T has none."),
      N_ ("A lost calibration cannot be made again: the module works with that of another one, but "
          "with a weaker or "
          "less exact radio."),
      N_ ("This version of Unbrick is proven on simulated modules and emulated programmers.") },
    NULL,
    NULL },
  { "not-built",
    N_ ("Not in This Build"),
    { N_ ("This build of Unbrick has no support for that programmer. Install libgpiod, libftdi1 "
          "and libusb with their "
          "development files and build it again, or install a package that has it.") },
    NULL,
    NULL },
};

/**
 * ub_help_get_topics:
 * @out_n: (out): their number
 *
 * Returns: (transfer none) (array length=out_n): everything there is help for, in order
 */
const UbHelpTopic *
ub_help_get_topics (guint *out_n)
{
  *out_n = G_N_ELEMENTS (topics);
  return topics;
}

/**
 * ub_help_find_topic:
 * @id: the name of an error (see ub_error_get_name()), or of a topic
 *
 * Returns: (transfer none) (nullable): what helps there, %NULL when the remedy is all there is to say
 */
const UbHelpTopic *
ub_help_find_topic (const char *id)
{
  for (guint i = 0; i < G_N_ELEMENTS (topics); i++) {
    g_auto (GStrv) ids = g_strsplit (topics[i].ids, " ", -1);

    if (g_strv_contains ((const char *const *) ids, id))
      return &topics[i];
  }
  return NULL;
}

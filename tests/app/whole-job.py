#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole job in one person's way: whole-job.py mouse|keys|accessible UNBRICK UNBRICK-CLI

Chooses the simulated module, connects, backs up, restores a full image, then a bootloader and an app, verifies, erases
and disconnects: with nothing but the mouse, the keyboard or the actions of AT-SPI. Where things are and what happened
is read over AT-SPI alone, but for what is in the files in the end."""
import os
import shutil
import subprocess
import sys
import tempfile

from accessible import running, set_settings
from persons import Accessible, Keys, Mouse

SIZE = 0x200000
APP_START, APP_END = 0x11000, 0x129F70


def compute_crc(data):
    crc = 0xFFFF
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x8005 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def change_app(image):
    """Another firmware: some of its lines of 32 bytes and their CRC differ."""
    image = bytearray(image)
    for line in range(APP_START + 34 * 5000, APP_START + 34 * 8000, 34 * 120):
        code = bytes(32 * [line >> 8 & 0xFF])
        image[line:line + 34] = code + compute_crc(code).to_bytes(2, "big")
    return image


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)
    return path


def do_everything(person, folder, chip):
    images, backups = os.path.join(folder, "images"), os.path.join(folder, "backups")
    person.switch("Simulated module")
    person.activate("Connect")
    person.wait_for_title("Connected")

    person.save("Back Up…", "Back Up the Module", "mine.bin")
    values, texts = person.follow("Backup Saved")
    backup, = (os.path.join(backups, name) for name in os.listdir(backups))
    original = read(backup)
    assert len(original) == SIZE and original == read(chip)
    assert any(os.path.basename(backup) in text for text in texts), texts

    # The file to choose is the first of its folder each time.
    full = write(os.path.join(images, "3-full.bin"), change_app(original))
    person.activate("Restore…")
    person.wait_for_title("Restore")
    person.choose_file("Open…", "Choose an Image")
    person.activate("Restore Module")
    values += person.follow("Module Restored")[0]

    write(os.path.join(images, "2-app.bin"), original[APP_START:APP_END])
    person.activate("Restore…")
    person.wait_for_title("Restore")
    person.switch("Bootloader + App")
    person.choose_file("Open…", "Choose an Image")
    person.choose_recent("Bootloader From", os.path.basename(full))
    person.activate("Restore Module")
    values += person.follow("Module Restored")[0]

    shutil.copy(backup, os.path.join(images, "1-backup.bin"))
    person.choose_file("Verify…", "Compare With an Image")
    values += person.follow("Module Holds This Image")[0]

    person.activate("More Actions")
    person.activate("Erase…")
    person.choose_range("Bootloader", 0, APP_START)
    person.switch("Back Up First", False)
    person.activate("Erase")
    person.activate("Erase Without Backup")
    more, texts = person.follow("Range Erased")
    assert any("17 sectors" in text for text in texts), texts
    assert values + more, "no progress could be read"

    person.activate("More Actions")
    person.activate("Disconnect")
    person.wait_for("Connect")
    assert sorted(map(read, (os.path.join(backups, name) for name in os.listdir(backups)))) == sorted(
        [original, original, read(full)]), "the rescue copies are not what the module held"
    assert read(chip) == APP_START * b"\xff" + original[APP_START:]
    print("the whole job is done")


def main():
    mode, unbrick, cli = sys.argv[1:]
    person = {"mouse": Mouse, "keys": Keys, "accessible": Accessible}[mode]
    person.prepare()
    with tempfile.TemporaryDirectory() as folder:
        for name in "images", "backups":
            os.mkdir(os.path.join(folder, name))
        chip = os.path.join(folder, "chip.bin")
        subprocess.run([cli, "--quiet", "backup", "-p", "sim", chip], check=True)
        # Each job takes some seconds at this clock, so that there is time to read its progress. Not everything is in
        # sight in a window of this height.
        set_settings("clock-ceiling=uint32 3000000", "window-height=480", f"simulated-module='time=real,file={chip}'",
                     f"open-folder='file://{folder}/images'", f"backup-folder='file://{folder}/backups'")
        with running([unbrick]) as app:
            do_everything(person(app), folder, chip)


main()

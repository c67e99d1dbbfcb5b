#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The udev rules cover the devices that the code opens, add only a tag, and come before the file that reads it."""
import glob
import os
import re
import sys

from installtest import check, finish, read

source = sys.argv[1]
files = [os.path.basename(path) for path in glob.glob(os.path.join(source, "data", "*.rules"))]
check(files == ["70-unbrick.rules"], f"rules: {files}")
# 73-seat-late.rules reads the tag.
check(all(int(name.split("-")[0]) < 73 for name in files), "the rules come after 73-seat-late.rules")

rules = read(source, "data", "70-unbrick.rules")
lines = [line for line in rules.splitlines() if line and not line.startswith("#")]
check(lines[0] == 'ACTION!="add|change", GOTO="unbrick_end"' and lines[-1] == 'LABEL="unbrick_end"', "the frame")
covered = set()
for line in lines[1:-1]:
    match = re.fullmatch(r'((?:[A-Z]+(?:\{\w+\})?=="[^"]+", )+)TAG\+="uaccess"', line)
    check(match, f"“{line}” does more than add the tag")
    vendor = re.search(r'ATTR\{idVendor\}=="(\w+)"', line)
    product = re.search(r'ATTR\{idProduct\}=="([\w|]+)"', line)
    if vendor and product:
        check('SUBSYSTEM=="usb"' in line and 'ENV{DEVTYPE}=="usb_device"' in line, f"“{line}” matches interfaces, too")
        covered |= {(vendor[1], one) for one in product[1].split("|")}
check('SUBSYSTEM=="spidev"' in rules and 'SUBSYSTEM=="gpio", KERNEL=="gpiochip*"' in rules, "SPI devices and GPIO lines")

ftdi = read(source, "src", "programmer", "ub-ftdi-programmer.c")
ch341a = read(source, "src", "programmer", "ub-ch341a-programmer.c")
used = {(re.search(r"VENDOR_FTDI 0x(\w+)", ftdi)[1].lower(), product.lower())
        for product in re.findall(r"^  \{ 0x([0-9A-Fa-f]{4}), ", ftdi, re.MULTILINE)}
used.add((re.search(r"VENDOR_WCH 0x(\w+)", ch341a)[1].lower(), re.search(r"PRODUCT_SPI 0x(\w+)", ch341a)[1].lower()))
check(len(used) >= 4, f"devices found in the code: {used}")
check(used == covered, f"the code opens {sorted(used)}, the rules cover {sorted(covered)}")
finish()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The icons are square, can be drawn, and are not empty at the size of a panel."""
import glob
import os
import re
import struct
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
import zlib

from installtest import APP_ID, check, finish, need, read, run

source = sys.argv[1]
need("rsvg-convert")


def count_covered(path):
    """Pixels of an 8-bit RGBA picture whose alpha is above a half."""
    with open(path, "rb") as file:
        content = file.read()
    position, rows = 8, b""
    while position < len(content):
        length, kind = struct.unpack(">I4s", content[position:position + 8])
        body = content[position + 8:position + 8 + length]
        if kind == b"IHDR":
            width, height, depth, color = struct.unpack(">IIBB", body[:10])
            assert (depth, color) == (8, 6), (depth, color)
        elif kind == b"IDAT":
            rows += body
        position += 12 + length
    raw = zlib.decompress(rows)
    stride = width * 4
    previous = bytearray(stride)
    covered = 0
    for y in range(height):
        kind = raw[y * (stride + 1)]
        line = bytearray(raw[y * (stride + 1) + 1:(y + 1) * (stride + 1)])
        for x in range(stride):
            a = line[x - 4] if x >= 4 else 0
            b = previous[x]
            c = previous[x - 4] if x >= 4 else 0
            p = a + b - c
            paeth = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))[2]
            line[x] = (line[x] + (0, a, b, (a + b) // 2, paeth)[kind]) & 0xFF
        covered += sum(1 for alpha in line[3::4] if alpha > 127)
        previous = line
    return covered, width * height


names = [f"{APP_ID}.svg", f"{APP_ID}-symbolic.svg"]
paths = [os.path.join(source, "data", "icons", name) for name in names]
paths += sorted(glob.glob(os.path.join(source, "ui", "icons", "**", "*.svg"), recursive=True))
for path in paths:
    name = os.path.basename(path)
    root = ElementTree.parse(path).getroot()
    box = [float(number) for number in root.get("viewBox", "").split()]
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    if box:
        check(box[2] == box[3], f"{name}: the view box is not square")
    check(width == height and (width > 0 or box), f"{name}: {width}×{height}")
    with tempfile.TemporaryDirectory() as folder:
        for size in (16, 128):
            out = os.path.join(folder, "icon.png")
            result = run("rsvg-convert", "-w", str(size), "-h", str(size), "-o", out, path)
            check(result.returncode == 0, f"{name}: {result.stdout}")
            if result.returncode == 0:
                covered, total = count_covered(out)
                check(total == size * size, f"{name}: drawn with {total} pixels at {size}")
                check(total * 0.1 < covered < total, f"{name}: {covered} of {total} pixels drawn at {size}")

# What the application asks the theme for must be there. Newer versions of the theme have handed much to
# adwaita-icon-theme-legacy, which a Flatpak's runtime has not got: the emblems, for example.
THEME = "/usr/share/icons/Adwaita"
code = glob.glob(os.path.join(source, "src", "app", "*.c")) + glob.glob(os.path.join(source, "ui", "*.ui"))
used = {name for path in code for name in re.findall(r"[\">]([a-z-]+-symbolic)[\"<]", read(path))}
check(len(used) > 10, f"the icons that the application uses were not found: {used}")
own = {os.path.basename(path)[:-4] for path in paths}
there = {name.split(".")[0] for _, _, names in os.walk(THEME) for name in names}
for name in sorted(used - own):
    check(not name.startswith("emblem-"), f"{name} is not in the theme any more")
    check(not there or name in there, f"{name} is not in {THEME}")
finish()

#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every icon that the application names is in the icon theme or its own, and can be drawn:
test-icon-theme.py SOURCE-FOLDER

Icon themes drop icons, and without a loader for SVG pictures they are all blank."""
import glob
import os
import re
import sys

try:
    import gi
    gi.require_version("Gtk", "4.0")
    gi.require_version("GdkPixbuf", "2.0")
except (ImportError, ValueError):
    sys.exit(77)
from gi.repository import Gdk, GdkPixbuf, Gtk

NAME = re.compile(r'["<>]([a-z0-9]+(?:-[a-z0-9]+)*-symbolic)["<>]')


def find_names(source):
    for path in glob.glob(f"{source}/src/app/*.c") + glob.glob(f"{source}/ui/*.ui"):
        with open(path, encoding="utf-8") as file:
            yield from NAME.findall(file.read())


def main():
    source = sys.argv[1]
    theme = Gtk.IconTheme.get_for_display(Gdk.Display.get_default())
    own = {os.path.basename(path).removesuffix(".svg") for path in glob.glob(f"{source}/ui/icons/scalable/*/*.svg")}
    names = sorted(set(find_names(source)))
    missing = [name for name in names if name not in own and not theme.has_icon(name)]
    print(f"{len(names)} icons are named, {len(missing)} are missing: {missing}")
    can_draw = any("svg" in (picture.get_extensions() or []) for picture in GdkPixbuf.Pixbuf.get_formats())
    print("SVG pictures can be drawn" if can_draw else "SVG pictures cannot be drawn: librsvg's loader is missing")
    assert len(names) > 10, "the search for names is broken"
    sys.exit(1 if missing or not can_draw else 0)


main()

#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A window with a file to be dragged out of it, as a file manager has it: drag-source.py FILE"""
import sys

import gi
gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk


def main():
    Gtk.init()
    files = Gdk.FileList.new_from_list([Gio.File.new_for_path(sys.argv[1])])
    source = Gtk.DragSource()
    source.set_content(Gdk.ContentProvider.new_for_value(files))
    label = Gtk.Label(label="Drag me")
    label.add_controller(source)
    window = Gtk.Window(title="Files", default_width=200, default_height=200, child=label, decorated=False)
    window.present()
    GLib.MainLoop().run()


main()

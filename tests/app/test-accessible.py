#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application as assistive technology sees it: test-accessible.py UNBRICK UNBRICK-CLI

Chooses the simulated module, connects, reads what is said of it, opens a file that was used before, and goes over to
bootloader + app, all over AT-SPI; and checks that every control, list and picture of its own has a name."""
import os
import re
import subprocess
import sys
import tempfile

from accessible import Atspi, find, find_control, press, running, wait, wait_for_label, walk

IN_WINDOWS = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
              Atspi.Role.COMBO_BOX, Atspi.Role.ENTRY, Atspi.Role.LIST_ITEM, Atspi.Role.TABLE_CELL, Atspi.Role.FRAME,
              Atspi.Role.DIALOG, Atspi.Role.PROGRESS_BAR}
# The rows that open and the entry rows of libadwaita, which only other windows have, hold nameless lists and pictures.
ON_PAGES = IN_WINDOWS | {Atspi.Role.LIST, Atspi.Role.TABLE, Atspi.Role.IMAGE}
# What is inside of these is the toolkit's.
CLOSED = {Atspi.Role.COMBO_BOX, Atspi.Role.ENTRY}
# By their places in the menus, because those of GTK 4.18 have no names. The windows for shortcuts and about are the
# toolkit's altogether, and so is the search of the preferences, which is off.
MENUS = {"Main Menu": {"Log": 1, "Help": 4},
         "More Actions": {"Tuya Configuration": 0, "Module Report": 1, "Write Range": 4, "Erase": 5}}
SUMMARY = "Full backup, BK7231T"  # of the file of the simulated module


def is_nameless(node, roles):
    # GTK 4.8 gives what has no name that of its type.
    return node.get_role() in roles and re.fullmatch(r"((Gtk|Adw|Ub)[A-Z]\w+)?", node.get_name() or "")


def find_nameless(node, roles):
    if is_nameless(node, roles):
        yield f"{node.get_role_name()} in “{node.get_parent().get_name()}”"
    if node.get_role() not in CLOSED:
        for i in range(node.get_child_count()):
            child = node.get_child_at_index(i)
            if child is not None:
                yield from find_nameless(child, roles)


def check_names(where, node, roles=ON_PAGES):
    nameless = list(find_nameless(node, roles))
    print(f"{where}: {len(nameless)} without a name: {nameless}")
    return len(nameless)


def get_windows(app):
    return [app.get_child_at_index(i) for i in range(app.get_child_count())]


def press_item(app, menu, place):
    def find_item():
        items = [node for node in walk(find(app, menu)) if node.get_role() == Atspi.Role.MENU_ITEM]
        return items[place] if place < len(items) else None
    wait(f"the menu “{menu}”", find_item).get_action_iface().do_action(0)


def check_windows(app):
    """Opens each window from its menu, one after the other, on top of those that are there."""
    nameless = 0
    for menu, items in MENUS.items():
        for item, place in items.items():
            known = get_windows(app)
            press(app, menu)
            press_item(app, menu, place)
            window = wait(f"the window of “{item}”",
                          lambda: next((each for each in get_windows(app) if each not in known), None))
            nameless += check_names(item, window, IN_WINDOWS)
    return nameless


def choose(app, name):
    press(app, name)
    wait(f"“{name}” to be chosen",
         lambda: find_control(app, name).get_state_set().contains(Atspi.StateType.CHECKED))


def open_recent(app, folder):
    """A second start has the application open the file, which so becomes a recent one."""
    image = os.path.join(folder, "recent.bin")
    subprocess.run([sys.argv[2], "--quiet", "backup", "-p", "sim", image], check=True)
    subprocess.run([sys.argv[1], image], check=True)
    wait_for_label(app, SUMMARY)
    press(app, "Full Image: Remove")
    wait("the file to be removed", lambda: not any(SUMMARY in (node.get_name() or "") for node in walk(app)))
    press(app, "Full Image: Recent Files")
    row = wait("the recent file", lambda: find(app, "recent.bin", {Atspi.Role.LIST_ITEM}))
    row.get_action_iface().do_action(0)
    wait_for_label(app, SUMMARY)


with tempfile.TemporaryDirectory() as folder, running([sys.argv[1]]) as app:
    wait("the first page", lambda: find(app, "Connect", {Atspi.Role.PUSH_BUTTON}))
    main_window, = get_windows(app)
    nameless = check_names("connect page", main_window)
    choose(app, "Simulated module")
    press(app, "Connect")
    wait("the module page", lambda: find(app, "Connected", {Atspi.Role.LABEL}))
    wait("the chip family", lambda: find(app, "BK7231T", {Atspi.Role.LABEL}))
    nameless += check_names("module page", main_window)
    nameless += check_windows(app)
    press(app, "Restore…")
    wait("the restore page", lambda: find(app, "Restore", {Atspi.Role.LABEL}))
    wait("the open button", lambda: find(app, "Full Image: Open…", {Atspi.Role.PUSH_BUTTON}))
    nameless += check_names("restore page", main_window)
    open_recent(app, folder)
    choose(app, "Bootloader + App")
    print("every page could be read and driven over AT-SPI")
sys.exit(1 if nameless else 0)

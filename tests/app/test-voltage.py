#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A CH341A, whose boards often put 5 V on the wires, has to be vouched for: test-voltage.py TRY-EMULATED BUILD-FOLDER

Connecting through it is possible only once somebody said that the board is one of 3.3 V, and choosing another
programmer forgets that."""
import shutil
import subprocess
import sys
import time

from accessible import Atspi, find, press, running, wait, walk

CHECK = "My board drives its signals with 3.3 V"
MAX_TABS = 40


if not shutil.which("xdotool"):
    sys.exit(77)


def is_sensitive(node):
    return node.get_state_set().contains(Atspi.StateType.SENSITIVE)


def press_key(key):
    subprocess.run(["xdotool", "key", key], check=True)
    time.sleep(0.15)


def find_all(app, name):
    """The rows and check boxes whose name begins with @name."""
    return [node for node in walk(app) if (node.get_name() or "").startswith(name)
            and node.get_role() in (Atspi.Role.CHECK_BOX, Atspi.Role.LIST_ITEM)]


def activate(nodes):
    """Goes to one of @nodes with Tab and presses space: check boxes of GTK 4.8 offer assistive technology no action."""
    for _ in range(MAX_TABS):
        if any(node.get_state_set().contains(Atspi.StateType.FOCUSED) for node in nodes):
            press_key("space")
            return
        press_key("Tab")
    sys.exit("what Tab reaches is not what was looked for")


def main():
    with running([sys.argv[1], sys.argv[2], "--ch341a", "--", "app"]) as app:
        window = wait("the window", lambda: subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "unbrick"], capture_output=True,
            text=True).stdout.split())[0]
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=True)
        ch341a = wait("the CH341A", lambda: find_all(app, "CH341A"))
        simulated, check = find_all(app, "Simulated module"), find_all(app, CHECK)
        connect = find(app, "Connect", {Atspi.Role.PUSH_BUTTON})
        wait("refusal", lambda: not is_sensitive(connect))
        activate(check)
        wait("permission to connect", lambda: is_sensitive(connect))
        activate(simulated)
        wait("permission for the simulated module", lambda: is_sensitive(connect))
        activate(ch341a)
        wait("refusal, as another choice forgets what was said", lambda: not is_sensitive(connect))
        activate(check)
        wait("permission to connect", lambda: is_sensitive(connect))
        press(app, "Connect")
        # Reading the whole module through an emulated CH341A takes a minute.
        wait("the attempt to connect", lambda: find(app, "Stop", {Atspi.Role.PUSH_BUTTON}))
        print("a CH341A is connected only after its voltage was vouched for")


main()

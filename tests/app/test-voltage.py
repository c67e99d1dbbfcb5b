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
CONNECT = {Atspi.Role.PUSH_BUTTON}


if not shutil.which("xdotool"):
    sys.exit(77)


def is_sensitive(app):
    return find(app, "Connect", CONNECT).get_state_set().contains(Atspi.StateType.SENSITIVE)


def press_key(key):
    subprocess.run(["xdotool", "key", key], check=True)
    time.sleep(0.15)


def activate(app, name):
    """Goes to the row or the check box whose name begins with @name, and presses space. Check boxes of GTK 4.8 offer
    assistive technology no action."""
    for _ in range(MAX_TABS):
        focus = next((node for node in walk(app) if node.get_state_set().contains(Atspi.StateType.FOCUSED)), None)
        if focus is not None and (focus.get_name() or "").startswith(name):
            press_key("space")
            return
        press_key("Tab")
    sys.exit(f"“{name}” cannot be reached with Tab")


def main():
    with running([sys.argv[1], sys.argv[2], "--ch341a", "--", "app"]) as app:
        window = wait("the window", lambda: subprocess.run(
            ["xdotool", "search", "--onlyvisible", "--class", "unbrick"], capture_output=True,
            text=True).stdout.split())[0]
        subprocess.run(["xdotool", "windowfocus", "--sync", window], check=True)
        wait("the CH341A", lambda: find(app, "CH341A (1-2)", {Atspi.Role.CHECK_BOX}))
        wait("refusal", lambda: not is_sensitive(app))
        activate(app, CHECK)
        wait("permission to connect", lambda: is_sensitive(app))
        activate(app, "Simulated module")
        wait("permission for the simulated module", lambda: is_sensitive(app))
        activate(app, "CH341A")
        wait("refusal, as another choice forgets what was said", lambda: not is_sensitive(app))
        activate(app, CHECK)
        wait("permission to connect", lambda: is_sensitive(app))
        press(app, "Connect")
        wait("the module page", lambda: find(app, "Connected", {Atspi.Role.LABEL}))
        print("a CH341A is connected only after its voltage was vouched for")


main()

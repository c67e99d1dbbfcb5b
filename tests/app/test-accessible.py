#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application as assistive technology sees and drives it: test-accessible.py UNBRICK

Connects to the simulated module, reads what is said of it and goes on to the restore page, all over AT-SPI, and checks
that every control has a name."""
import sys

from accessible import Atspi, find, press, running, wait, walk

WIDGETS_THAT_ACT = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
                    Atspi.Role.COMBO_BOX, Atspi.Role.ENTRY, Atspi.Role.PROGRESS_BAR}


def check_names(app):
    nameless = [node.get_role_name() for node in walk(app)
                if node.get_role() in WIDGETS_THAT_ACT and not node.get_name()]
    print(f"{len(nameless)} nameless controls: {nameless}")
    return len(nameless)


with running([sys.argv[1]]) as app:
    wait("the first page", lambda: find(app, "Connect", {Atspi.Role.PUSH_BUTTON}))
    press(app, "Connect")
    wait("the module page", lambda: find(app, "Connected", {Atspi.Role.LABEL}))
    wait("the chip family", lambda: find(app, "BK7231T", {Atspi.Role.LABEL}))
    press(app, "Restore…")
    wait("the restore page", lambda: find(app, "Restore", {Atspi.Role.LABEL}))
    nameless = check_names(app)
    print("every page could be read and driven over AT-SPI")
sys.exit(1 if nameless else 0)

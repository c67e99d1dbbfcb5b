#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Without a CEN line the person resets the module: test-hand.py TRY-EMULATED BUILD-FOLDER

The page of connecting asks for it, tells for how long it waits, and goes on waiting."""
import sys

from accessible import Atspi, press, running, set_settings, wait, wait_for_label, walk


def find_alert(app):
    return next((node for node in walk(app) if node.get_role() == Atspi.Role.ALERT
                 and "Reset the module by hand now" in (node.get_name() or "")), None)


def main():
    set_settings("cen-line='manual'", "programmer='spidev'")
    with running([sys.argv[1], sys.argv[2], "--spidev", "--", "app"]) as app:
        wait_for_label(app, "Raspberry Pi")
        press(app, "Connect")
        wait("being asked to reset the module", lambda: find_alert(app))
        wait_for_label(app, "About 2 minutes left")
        wait_for_label(app, "About 1 minute left")
        if not find_alert(app):
            sys.exit("it does not ask any longer")
        print("a hand is asked for, and told how long it has")


main()

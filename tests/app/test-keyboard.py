#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job with nothing but the keyboard: test-keyboard.py UNBRICK UNBRICK-CLI

The file comes on the command line, as from a file manager; everything else is keys. What happens is read over AT-SPI
alone: where the focus is, how far the job is, and how it ended."""
import os
import shutil
import subprocess
import sys
import tempfile
import time

from accessible import Atspi, find, running, set_settings, wait, wait_for_label, walk

MAX_TABS = 40

if not shutil.which("xdotool"):
    sys.exit(77)


def press_keys(*keys):
    subprocess.run(["xdotool", "key", "--delay", "30", *keys], check=True)


def tab_to(app, name):
    """Presses Tab until the focus is on the control called @name."""
    wanted = [node for node in walk(app) if (node.get_name() or "").endswith(name)]
    for _ in range(MAX_TABS):
        if any(node.get_state_set().contains(Atspi.StateType.FOCUSED) for node in wanted):
            return
        press_keys("Tab")
        time.sleep(0.15)
    sys.exit(f"“{name}” cannot be reached with Tab")


def activate(app, name):
    wait(f"“{name}”", lambda: find(app, name, {Atspi.Role.PUSH_BUTTON}))
    tab_to(app, name)
    press_keys("space")


def find_bar(app):
    return find(app, "Progress of the Job", {Atspi.Role.PROGRESS_BAR})


def read_progress(bar):
    """Waits until the bar tells a value between its ends."""
    def get_value():
        value = bar.get_value_iface().get_current_value()
        return value if 0 < value < 1 else None
    return wait("progress", get_value)


def main():
    # The job takes some ten seconds rather than two, so that there is time to read its progress.
    set_settings("clock-ceiling=uint32 3000000")
    with tempfile.TemporaryDirectory() as folder:
        image = os.path.join(folder, "backup.bin")
        subprocess.run([sys.argv[2], "--quiet", "backup", "-p", "sim", image], check=True)
        # Another module's firmware: some code differs.
        with open(image, "r+b") as file:
            file.seek(0x1EF000 - 0x1000 * 40)
            file.write(bytes(range(256)) * 16 * 20)

        with running([sys.argv[1], image]) as app:
            window = wait("the window", lambda: subprocess.run(
                ["xdotool", "search", "--onlyvisible", "--class", "unbrick"], capture_output=True,
                text=True).stdout.split())[0]
            subprocess.run(["xdotool", "windowfocus", window], check=True)
            wait_for_label(app, "backup.bin")
            activate(app, "Connect to a Module")
            activate(app, "Connect")
            # Tab would go round on the page of connecting until then.
            wait_for_label(app, "sectors will change")
            # On a busy machine the job may be over before the bar is found. With older versions of GTK it is there
            # before, on its page.
            bar = find_bar(app)
            activate(app, "Restore Module")
            bar = bar or wait("the bar", lambda: find_bar(app))
            print("the bar told", read_progress(bar))
            wait_for_label(app, "Module Restored")
            print("restored with keys alone")
            activate(app, "Done")
            wait_for_label(app, "Connected")


main()

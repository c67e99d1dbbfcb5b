#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application as assistive technology sees and drives it: test-accessible.py UNBRICK

Connects to the simulated module, reads what is said of it and goes on to the restore page, all over AT-SPI, and checks
that every control has a name. Skipped (77) where the accessibility bus or its bindings are missing."""
import os
import subprocess
import sys
import time

try:
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi
except (ImportError, ValueError):
    sys.exit(77)

LAUNCHERS = "/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher"
PATIENCE = 60
WIDGETS_THAT_ACT = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
                    Atspi.Role.COMBO_BOX, Atspi.Role.ENTRY, Atspi.Role.PROGRESS_BAR}


def walk(node, depth=0):
    if node is None or depth > 60:
        return
    yield node
    for i in range(node.get_child_count()):
        yield from walk(node.get_child_at_index(i), depth + 1)


def wait(what, function):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            found = function()
        except Exception:  # the tree changes under our feet
            found = None
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"waited in vain for {what}")


def find_app():
    desktop = Atspi.get_desktop(0)
    for i in range(desktop.get_child_count()):
        child = desktop.get_child_at_index(i)
        if child is not None and "nbrick" in (child.get_name() or ""):
            return child
    return None


def is_named(node, name):
    # GTK 4.8 puts the label with its mnemonic before the label without.
    own = node.get_name() or ""
    return own == name or own.endswith(" " + name)


def find(app, name, roles=None):
    for node in walk(app):
        if is_named(node, name) and (roles is None or node.get_role() in roles):
            return node
    return None


def press(app, name):
    node = wait(f"the button “{name}”", lambda: find(app, name, {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON}))
    action = node.get_action_iface()
    if action is None or not action.do_action(0):
        sys.exit(f"“{name}” cannot be pressed over AT-SPI")


def check_names(app):
    nameless = [node.get_role_name() for node in walk(app)
                if node.get_role() in WIDGETS_THAT_ACT and not node.get_name()]
    print(f"{len(nameless)} nameless controls: {nameless}")
    return len(nameless)


def main():
    launcher = next((path for path in LAUNCHERS if os.path.exists(path)), None)
    if launcher is None:
        sys.exit(77)
    bus = subprocess.Popen([launcher, "--launch-immediately"], stderr=subprocess.DEVNULL)
    time.sleep(1)
    environment = dict(os.environ, GTK_A11Y="atspi")
    environment.pop("G_DEBUG", None)
    program = subprocess.Popen([sys.argv[1]], env=environment)
    try:
        app = wait("the application", find_app)
        wait("the first page", lambda: find(app, "Connect", {Atspi.Role.PUSH_BUTTON}))
        press(app, "Connect")
        wait("the module page", lambda: find(app, "Connected", {Atspi.Role.LABEL}))
        wait("the chip family", lambda: find(app, "BK7231T", {Atspi.Role.LABEL}))
        press(app, "Restore…")
        wait("the restore page", lambda: find(app, "Restore", {Atspi.Role.LABEL}))
        # GTK 4.8 tells of pages that are not shown as well, newer GTK (seen in 4.18) does not.
        bar = find(app, "Progress of the Job")
        print("the progress bar has the role", bar.get_role_name() if bar else "unknown: it is not shown")
        nameless = check_names(app)
        print("every page could be read and driven over AT-SPI")
    finally:
        program.terminate()
        program.wait()
        bus.terminate()
    sys.exit(1 if nameless else 0)


main()

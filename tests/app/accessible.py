# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application as assistive technology sees it: what the tests over AT-SPI share.

Exits with 77 (skipped) where the accessibility bus or its bindings are missing."""
import contextlib
import os
import subprocess
import sys
import time

# No warning is fatal here: the library that looks on warns of what went away while it looked, and the application of
# services that no desktop is here to offer.
os.environ.pop("G_DEBUG", None)

try:
    import gi
    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi
except (ImportError, ValueError):
    sys.exit(77)

# Under sanitizers and load, a window takes longer to open than AT-SPI waits for the answer of what opens it, 0.8 s.
Atspi.set_timeout(60000, 60000)

LAUNCHERS = "/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher"
PATIENCE = 240
# A label that tells what changes has the role of a status bar.
LABELS = {Atspi.Role.LABEL, Atspi.Role.STATUS_BAR}
CONTROLS = {Atspi.Role.PUSH_BUTTON, Atspi.Role.TOGGLE_BUTTON, Atspi.Role.CHECK_BOX, Atspi.Role.RADIO_BUTTON,
            Atspi.Role.MENU_ITEM}


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


def find_control(app, name):
    """What is called @name and can be acted on now; of a menu button, which is a button in a button, the inner one."""
    for node in walk(app):
        if node.get_role() in CONTROLS and is_named(node, name) and all(map(
                node.get_state_set().contains, (Atspi.StateType.FOCUSABLE, Atspi.StateType.SENSITIVE))):
            return node
    return None


def press(app, name):
    node = wait(f"the button “{name}”", lambda: find_control(app, name))
    if not node.get_action_iface().do_action(0):
        sys.exit(f"“{name}” cannot be pressed over AT-SPI")


def read(node):
    """What a label says. GTK 4.18 gives one with the role of a status bar no name."""
    return node.get_name() or Atspi.Text.get_text(node, 0, -1) or ""


def wait_for_label(app, text):
    return wait(f"“{text}”", lambda: next((node for node in walk(app)
                                          if node.get_role() in LABELS and text in read(node)), None))


def set_settings(*lines):
    """What the application finds as the person's settings: lines such as “clock-ceiling=uint32 3000000”."""
    folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "glib-2.0", "settings")
    os.makedirs(folder)
    with open(os.path.join(folder, "keyfile"), "w") as file:
        file.write("\n".join(["[io/github/unbrick/Unbrick]", *lines, ""]))
    os.environ["GSETTINGS_BACKEND"] = "keyfile"


@contextlib.contextmanager
def accessibility():
    """Runs the bus that assistive technology listens on."""
    launcher = next((path for path in LAUNCHERS if os.path.exists(path)), None)
    if launcher is None:
        sys.exit(77)
    bus = subprocess.Popen([launcher, "--launch-immediately"], stderr=subprocess.DEVNULL)
    time.sleep(1)
    try:
        yield
    finally:
        bus.terminate()


@contextlib.contextmanager
def running(command):
    """Starts @command with accessibility on and yields its root; ends it afterwards."""
    with accessibility():
        program = subprocess.Popen(command, env=dict(os.environ, GTK_A11Y="atspi"))
        try:
            yield wait("the application", find_app)
        finally:
            program.terminate()
            program.wait()

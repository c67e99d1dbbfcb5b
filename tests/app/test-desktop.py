#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The application as a desktop drives it: test-desktop.py UNBRICK UNBRICK-CLI SERVICE-FILE

The bus starts it when it is activated, a second start hands its file over to the first, a file can be dropped on it,
a notification tells the end of a job when the window is not in front, and only then, and the file manager or the
portal is asked to show a file."""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

from accessible import Atspi, accessibility, find, find_app, press, wait, wait_for_label, walk

import gi
try:
    gi.require_version("Gtk", "4.0")
except ValueError:
    sys.exit(77)
from gi.repository import Gio, GLib

APP_ID = "io.github.unbrick.Unbrick"
APP_PATH = "/io/github/unbrick/Unbrick"
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "drag-source.py")
NOTIFICATIONS = """<node><interface name='org.freedesktop.Notifications'>
<method name='Notify'><arg type='s' direction='in'/><arg type='u' direction='in'/><arg type='s' direction='in'/>
<arg type='s' direction='in'/><arg type='s' direction='in'/><arg type='as' direction='in'/>
<arg type='a{sv}' direction='in'/><arg type='i' direction='in'/><arg type='u' direction='out'/></method>
<method name='CloseNotification'><arg type='u' direction='in'/></method></interface></node>"""

FILE_MANAGER = """<node><interface name='org.freedesktop.FileManager1'><method name='ShowItems'>
<arg type='as' direction='in'/><arg type='s' direction='in'/></method></interface></node>"""
PORTAL = """<node><interface name='org.freedesktop.portal.OpenURI'><method name='OpenDirectory'>
<arg type='s' direction='in'/><arg type='h' direction='in'/><arg type='a{sv}' direction='in'/>
<arg type='o' direction='out'/></method></interface></node>"""

if not shutil.which("xdotool") or not shutil.which("xprop"):
    sys.exit(77)
bus = Gio.bus_get_sync(Gio.BusType.SESSION)


def turn():
    """Lets what was received be handled."""
    while GLib.MainContext.default().iteration(False):
        pass


def call(name, path, interface, method, arguments, timeout=60000):
    return bus.call_sync(name, path, interface, method, arguments, None, Gio.DBusCallFlags.NONE, timeout, None)


def call_bus(method, arguments):
    return call("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", method, arguments)


def call_app(method, arguments):
    return call(APP_ID, APP_PATH, "org.freedesktop.Application", method, arguments)


def get_pid():
    return call_bus("GetConnectionUnixProcessID", GLib.Variant("(s)", (APP_ID,))).unpack()[0]


def install_service(unbrick, service_file):
    """Installs the service file as the build made it, but for where the program is."""
    with open(service_file) as file:
        text = file.read()
    command = next(line for line in text.splitlines() if line.startswith("Exec="))
    program, *arguments = command.removeprefix("Exec=").split()
    assert os.path.basename(program) == "unbrick", command
    folder = os.path.join(os.environ["XDG_DATA_HOME"], "dbus-1", "services")
    os.makedirs(folder)
    with open(os.path.join(folder, os.path.basename(service_file)), "w") as file:
        file.write(text.replace(command, " ".join(["Exec=" + unbrick, *arguments])))
    call_bus("UpdateActivationEnvironment", GLib.Variant("(a{ss})", ({"GTK_A11Y": "atspi"},)))
    call_bus("ReloadConfig", None)


def listen():
    """Stands in for the desktop that shows notifications; returns the list that their headlines go into."""
    headlines = []

    def called(connection, sender, path, interface, method, parameters, invocation):
        if method == "Notify":
            headlines.append(parameters.unpack()[3])
        invocation.return_value(GLib.Variant("(u)", (1,)) if method == "Notify" else None)

    node = Gio.DBusNodeInfo.new_for_xml(NOTIFICATIONS)
    bus.register_object("/org/freedesktop/Notifications", node.interfaces[0], called, None, None)
    Gio.bus_own_name_on_connection(bus, "org.freedesktop.Notifications", Gio.BusNameOwnerFlags.NONE, None, None)
    turn()
    return headlines


@contextlib.contextmanager
def service(name, path, xml, called):
    """Stands in for a service of the desktop."""
    node = Gio.DBusNodeInfo.new_for_xml(xml)
    object_id = bus.register_object(path, node.interfaces[0], called, None, None)
    name_id = Gio.bus_own_name_on_connection(bus, name, Gio.BusNameOwnerFlags.NONE, None, None)
    turn()
    try:
        yield
    finally:
        Gio.bus_unown_name(name_id)
        bus.unregister_object(object_id)
        turn()


def xdotool(*arguments):
    return subprocess.run(["xdotool", *map(str, arguments)], capture_output=True, text=True).stdout.split()


def find_window(pid):
    return wait("its window", lambda: xdotool("search", "--onlyvisible", "--pid", pid))[0]


def count_windows(app):
    return sum(app.get_child_at_index(i).get_role() == Atspi.Role.FRAME for i in range(app.get_child_count()))


@contextlib.contextmanager
def drag_source(path):
    """A window of another program, a file in it to be dragged."""
    program = subprocess.Popen(["/usr/bin/python3", SOURCE, path])
    try:
        window = find_window(program.pid)
        xdotool("windowmove", window, 1400, 300)
        # Programs look for this property to tell windows from frames; window managers set it.
        for each in xdotool("search", "--onlyvisible", "--name", "."):
            subprocess.run(["xprop", "-id", each, "-f", "WM_STATE", "32c", "-set", "WM_STATE", "1"], check=True)
        yield window
    finally:
        program.terminate()
        program.wait()


def drag(start, end):
    xdotool("mousemove", *start)
    time.sleep(0.3)
    xdotool("mousedown", 1)
    for step in range(1, 11):
        xdotool("mousemove", *(a + (b - a) * step // 10 for a, b in zip(start, end)))
        time.sleep(0.1)
    time.sleep(0.5)
    xdotool("mouseup", 1)


def test_activation(unbrick, service_file, image):
    install_service(unbrick, service_file)
    call_app("Activate", GLib.Variant("(a{sv})", ({},)))
    app = wait("the application", find_app)
    wait("the first page", lambda: find(app, "Connect", {Atspi.Role.PUSH_BUTTON}))
    call_app("Open", GLib.Variant("(asa{sv})", (["file://" + image], {})))
    wait_for_label(app, os.path.basename(image))
    print("the bus started it, and it opened a file")
    return app


def test_single_instance(app, unbrick, image):
    pid = get_pid()
    subprocess.run([unbrick, image], check=True, timeout=60)
    wait_for_label(app, os.path.basename(image))
    assert get_pid() == pid and count_windows(app) == 1, "a second instance or window"
    print("the second start handed its file to the first")


def test_drop(app, image):
    window = find_window(get_pid())
    xdotool("windowmove", window, 0, 0)
    with drag_source(image):
        drag((1440, 340), (500, 400))
        wait_for_label(app, os.path.basename(image))
    print("a file was dropped on it")


def is_sensitive(app, name):
    button = find(app, name, {Atspi.Role.PUSH_BUTTON})
    return button is not None and button.get_state_set().contains(Atspi.StateType.SENSITIVE)


def run_job(app, window):
    xdotool("windowfocus", "--sync", window)
    wait("the preview", lambda: is_sensitive(app, "Restore Module"))
    press(app, "Restore Module")


def test_notification(app, image, headlines):
    window = find_window(get_pid())
    xdotool("windowfocus", "--sync", window)
    press(app, "Connect to a Module")
    press(app, "Connect")
    run_job(app, window)
    wait_for_label(app, "Module Restored")
    time.sleep(1)
    turn()
    assert not headlines, f"the window was in front, and yet: {headlines}"
    press(app, "Done")
    press(app, "Restore…")
    with drag_source(image) as other:
        run_job(app, window)
        # At once: on a busy machine the job is over before a look at the page is.
        xdotool("windowfocus", "--sync", other)
        wait_for_label(app, "Module Restored")
        wait("the notification", lambda: turn() or headlines)
    assert headlines == ["Module Restored"], headlines
    print("the notification came when the window was not in front")


def test_show_in_files(app):
    """The file manager selects the rescue copy; where it is out of reach, as in a sandbox, the portal does."""
    shown = []

    def show_items(connection, sender, path, interface, method, parameters, invocation):
        shown.extend(parameters.unpack()[0])
        invocation.return_value(None)

    def open_directory(connection, sender, path, interface, method, parameters, invocation):
        fds = invocation.get_message().get_unix_fd_list()
        shown.append(os.readlink(f"/proc/self/fd/{fds.peek_fds()[parameters.unpack()[1]]}"))
        invocation.return_value(GLib.Variant("(o)", ("/org/freedesktop/portal/desktop/request/1",)))

    with service("org.freedesktop.FileManager1", "/org/freedesktop/FileManager1", FILE_MANAGER, show_items):
        press(app, "Show in Files")
        wait("the file manager to be asked", lambda: turn() or shown)
    assert len(shown) == 1, shown
    copy = GLib.filename_from_uri(shown.pop())[0]
    assert copy.endswith(".bin") and os.path.getsize(copy) == 0x200000, copy
    with service("org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop", PORTAL, open_directory):
        press(app, "Show in Files")
        wait("the portal to be asked", lambda: turn() or shown)
    assert shown == [copy], shown
    print("the file manager and the portal were asked to show the rescue copy")


def main():
    unbrick, cli, service_file = sys.argv[1:]
    headlines = listen()
    with tempfile.TemporaryDirectory() as folder, accessibility():
        image = os.path.join(folder, "activated.bin")
        subprocess.run([cli, "--quiet", "backup", "-p", "sim", image], check=True)
        for name in "second.bin", "dropped.bin":
            shutil.copy(image, os.path.join(folder, name))
        try:
            app = test_activation(unbrick, service_file, image)
            test_single_instance(app, unbrick, os.path.join(folder, "second.bin"))
            test_drop(app, os.path.join(folder, "dropped.bin"))
            test_notification(app, image, headlines)
            test_show_in_files(app)
        finally:
            with contextlib.suppress(GLib.Error):
                os.kill(get_pid(), 15)


main()

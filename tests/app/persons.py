# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Persons who use the application each in their own way, with the same few verbs.

Where things are and what happened is read over AT-SPI by all of them; how they act differs. Exits with 77 (skipped)
where what they need is missing."""
import os
import shutil
import subprocess
import sys
import time

from accessible import Atspi, find, find_control, wait, walk

import gi
try:
    gi.require_version("Gtk", "4.0")
except ValueError:
    sys.exit(77)
from gi.repository import Gtk

MAX_KEYS = 60
MAX_TRIES = 12
SECONDS_PER_TRY = 10
SECONDS_PER_KEY = 2
ROW = 14  # from the bottom of a list's header into its first row
# GTK 4.18 tells no names of the items of menus, but their keys.
MNEMONICS = {"Erase…": "Alt+e", "Disconnect": "Alt+d"}
FIELDS = {Atspi.Role.TEXT, Atspi.Role.ENTRY}


def xdotool(*arguments):
    return subprocess.run(["xdotool", *map(str, arguments)], capture_output=True, text=True).stdout.split()


def require_xdotool():
    if not shutil.which("xdotool"):
        sys.exit(77)


def get_extents(node):
    """The place and size of @node, nothing for what has none, such as the pages of a stack in GTK 4.8."""
    component = node.get_component_iface()
    extents = component.get_extents(Atspi.CoordType.WINDOW) if component else Atspi.Rect()
    return extents.x, extents.y, extents.width, extents.height


def has_state(node, state):
    return node.get_state_set().contains(state)


class Person:
    """What everyone does: look, and wait. The verbs that act are those of the subclasses."""

    def __init__(self, app):
        self.app = app

    @staticmethod
    def prepare():
        """Called before the application starts."""

    def get_front(self):
        return self.app.get_child_at_index(self.app.get_child_count() - 1)

    def find(self, name):
        front = self.get_front()
        return find_control(front, name) or find(front, name, {Atspi.Role.LIST_ITEM}) or next(
            (node for node in walk(front) if node.get_role() == Atspi.Role.MENU_ITEM and name in MNEMONICS
             and node.get_attributes().get("keyshortcuts", "").endswith(MNEMONICS[name])), None)

    def wait_for(self, name):
        return wait(f"“{name}”", lambda: self.find(name))

    def wait_for_title(self, title):
        wait(f"“{title}” at the top", lambda: find(self.app, title, {Atspi.Role.LABEL}) and
             find(self.app, "Unbrick", {Atspi.Role.FRAME}))

    def wait_for_dialog(self, title, is_open=True):
        wait(f"“{title}” to {'open' if is_open else 'close'}",
             lambda: (self.get_front().get_name() == title) == is_open)

    def choose_file(self, button, dialog):
        """Opens the first file of the folder. Nothing tells in GTK 4.8 when the folder was read."""
        self.activate(button)
        self.wait_for_dialog(dialog)
        for _ in range(MAX_TRIES):
            self.open_first_file()
            end = time.monotonic() + SECONDS_PER_TRY
            while time.monotonic() < end:
                if self.get_front().get_name() != dialog:
                    return
                time.sleep(0.2)
        sys.exit(f"nothing can be opened in “{dialog}”")

    def save(self, button, dialog, name):
        self.activate(button)
        self.wait_for_dialog(dialog)
        self.accept_name(name)
        self.wait_for_dialog(dialog, False)

    def switch(self, name, is_on=True):
        self.activate(name)
        wait(f"“{name}” to be {'on' if is_on else 'off'}", lambda: is_on == has_state(
            find_control(self.get_front(), name), Atspi.StateType.CHECKED))

    def choose_recent(self, row, name):
        self.activate(f"{row}: Recent Files")
        self.activate(name)

    def follow(self, title):
        """Reads the progress of the job as it goes, and what is said of it at the end."""
        values = set()

        def is_over():
            bar = find(self.app, "Progress of the Job", {Atspi.Role.PROGRESS_BAR})
            values.add(bar.get_value_iface().get_current_value() if bar else 0)
            name = self.app.get_child_at_index(0).get_name()
            return name if name != "Unbrick" and "%" not in name else None

        ending = wait(f"“{title}”", is_over)
        page = find(self.app, "Result", {Atspi.Role.PANEL})
        texts = [node.get_name() for node in walk(page) if node.get_role() == Atspi.Role.LABEL]
        values = sorted(value for value in values if 0 < value < 1)
        print(f"{ending}; read on the way: {[f'{value:.2f}' for value in values]}", flush=True)
        if ending != title:
            sys.exit(f"it should have ended with “{title}”: {texts}")
        self.activate("Done")
        self.wait_for_title("Connected")
        return values, texts


class Mouse(Person):
    """Moves and clicks, and turns the wheel to what is out of sight."""

    @staticmethod
    def prepare():
        require_xdotool()
        # GTK after 4.8 tells the places of nodes without the padding and the borders of what they lie in.
        if Gtk.get_minor_version() > 8:
            folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "gtk-4.0")
            os.makedirs(folder, exist_ok=True)
            with open(os.path.join(folder, "gtk.css"), "w") as file:
                file.write("*:not(slider) { padding: 0; border-width: 0; }")

    def get_place(self, node):
        """Where the middle of @node is on the screen. AT-SPI counts from the corner of the window; in GTK 4.8 from
        that of the button under a popover, and without the window's border."""
        x, y, width, height = get_extents(node)
        surfaces = []
        for window in xdotool("search", "--onlyvisible", "--class", "unbrick"):
            words = dict(line.split("=") for line in xdotool("getwindowgeometry", "--shell", window))
            surfaces.insert(0, [int(words[key]) for key in ("X", "Y", "WIDTH", "HEIGHT", "WINDOW")])
        while node is not None:
            left, top, own_width, own_height = get_extents(node)
            for surface in surfaces:
                border = surface[2] - own_width
                if border == surface[3] - own_height and 0 <= border <= 12:
                    return (surface[0] + border // 2 + x - left + width // 2,
                            surface[1] + border // 2 + y - top + height // 2, surface[4])
            node = node.get_parent()
        return None

    def wait_for_place(self, node):
        return wait(f"the place of “{node.get_name()}”", lambda: self.get_place(node))

    def click_at(self, x, y, surface):
        xdotool("mousemove", x, y)
        xdotool("click", 1)
        # A popover closes, and would take the next click for one outside of it. It has no name, other than a window.
        if str(surface) not in xdotool("search", "--onlyvisible", "--name", "."):
            wait("the popover to close",
                 lambda: str(surface) not in xdotool("search", "--onlyvisible", "--class", "unbrick"))

    def scroll_to(self, node):
        pane = node.get_parent()
        while pane is not None and pane.get_role() != Atspi.Role.SCROLL_PANE:
            pane = pane.get_parent()
        # What a popover is over may scroll, the popover does not.
        if pane is None or self.wait_for_place(pane)[2] != self.wait_for_place(node)[2]:
            return

        def is_in_sight():
            _, y, _, height = get_extents(node)
            _, top, _, own_height = get_extents(pane)
            middle = y + height // 2
            if top <= middle - 8 and middle + 8 <= top + own_height:
                return True
            xdotool("mousemove", *self.get_place(pane)[:2])
            xdotool("click", 4 if middle - 8 < top else 5)
            return False

        wait(f"“{node.get_name()}” in sight", is_in_sight)

    def click(self, node):
        self.scroll_to(node)
        self.click_at(*self.wait_for_place(node))

    def activate(self, name):
        self.click(self.wait_for(name))

    def open_first_file(self):
        header = wait("the list", lambda: find(self.get_front(), "Name", {Atspi.Role.LABEL}))
        x, y, surface = wait("its place", lambda: get_extents(header)[3] > 0 and self.get_place(header))
        self.click_at(x, y + get_extents(header)[3] // 2 + ROW, surface)
        self.activate("Open")

    def accept_name(self, name):
        self.activate("Save")

    def choose_range(self, title, start, size):
        self.click(wait("the ranges", lambda: find(self.get_front(), "Range", {Atspi.Role.COMBO_BOX})))
        self.click(wait(f"“{title}”", lambda: find(self.get_front(), title, {Atspi.Role.LABEL})))
        self.click_in_vain("Start", FIELDS)

    def choose_recent(self, row, name):
        super().choose_recent(row, name)
        self.click_in_vain("Restore", {Atspi.Role.LABEL})

    def click_in_vain(self, name, roles):
        """GTK 4.8 may lose the first click after something was chosen from a list in a popover."""
        self.click(find(self.get_front(), name, roles))


class Keys(Person):
    """Goes about with Tab and the arrows, and types."""

    @staticmethod
    def prepare():
        require_xdotool()

    def press(self, *keys):
        """As a window manager would, gives the focus to the window in front; popovers have no name."""
        front = xdotool("search", "--onlyvisible", "--name", ".")[-1:]
        if front != xdotool("getwindowfocus"):
            xdotool("windowfocus", "--sync", *front)
        xdotool("key", "--delay", 30, *keys)

    def find(self, name):
        return find(self.get_front(), name, {Atspi.Role.LIST_ITEM}) or super().find(name)

    def get_focus(self):
        return [get_extents(node) for node in walk(self.get_front()) if has_state(node, Atspi.StateType.FOCUSED)]

    def go_to(self, node):
        """Tab goes from list to list, the arrows go within."""
        inside = []
        if node.get_role() in (Atspi.Role.MENU_ITEM, Atspi.Role.LIST_ITEM):
            inside = list(walk(node.get_parent()))
        for _ in range(MAX_KEYS):
            if has_state(node, Atspi.StateType.FOCUSED):
                return
            before = self.get_focus()
            self.press("Down" if any(has_state(near, Atspi.StateType.FOCUSED) for near in inside) else "Tab")
            # Not everything that takes the focus tells so.
            end = time.monotonic() + SECONDS_PER_KEY
            while time.monotonic() < end and self.get_focus() == before:
                time.sleep(0.05)
        sys.exit(f"“{node.get_name()}” cannot be reached with the keyboard")

    def activate(self, name, key="space"):
        self.go_to(self.wait_for(name))
        self.press(key)

    def choose_recent(self, row, name):
        self.activate(f"{row}: Recent Files")
        self.activate(name, "Return")

    def type(self, text):
        self.press("ctrl+a")
        xdotool("type", "--delay", 30, text)

    def open_first_file(self):
        self.press("Return")

    def accept_name(self, name):
        self.type(name)
        self.press("Return")

    def choose_range(self, title, start, size):
        # The rows for them do not tell in libadwaita 1.2 that they have the focus.
        self.go_to(wait("the range", lambda: find(self.get_front(), "Range", {Atspi.Role.COMBO_BOX})))
        for value in start, size:
            self.press("Tab")
            self.type(hex(value))


class Accessible(Person):
    """Does what AT-SPI offers to be done."""

    def activate(self, name):
        if not self.wait_for(name).get_action_iface().do_action(0):
            sys.exit(f"“{name}” has no action")

    def set_text(self, name, text):
        field = wait(f"“{name}”", lambda: find(self.get_front(), name, FIELDS))
        if not field.get_editable_text_iface().set_text_contents(text):
            sys.exit(f"“{name}” cannot be set")

    def open_first_file(self):
        """GTK 4.8 does not show the files of the list; it has chosen the first one."""
        self.activate("Open")

    def accept_name(self, name):
        self.set_text("Name:", name)
        self.activate("Save")

    def choose_range(self, title, start, size):
        self.set_text("Start", hex(start))
        self.set_text("Size, Empty for All From There On", hex(size))

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing renews the caches that the programs of a prefix share, and makes none that uninstalling would leave."""
import os
import shutil
import tempfile

from installtest import APP_ID, check, finish, run, sys

source = sys.argv[1]
CACHES = {
    "glib-2.0/schemas/gschemas.compiled": ("glib-compile-schemas",),
    "icons/hicolor/icon-theme.cache": ("gtk4-update-icon-cache", "gtk-update-icon-cache"),
    "applications/mimeinfo.cache": ("update-desktop-database",),
}
INSTALLED = {
    f"{APP_ID}.gschema.xml": "glib-2.0/schemas",
    f"icons/{APP_ID}.svg": "icons/hicolor/scalable/apps",
    f"{APP_ID}.desktop.in": "applications",
}


def refresh(data):
    result = run(os.path.join(source, "build-aux", "refresh-caches"), data)
    check(result.returncode == 0, result.stdout)


with tempfile.TemporaryDirectory() as data:
    for name, folder in INSTALLED.items():
        os.makedirs(os.path.join(data, folder))
        shutil.copy(os.path.join(source, "data", name), os.path.join(data, folder, os.path.basename(name).removesuffix(".in")))
    refresh(data)
    made = [cache for cache in CACHES if os.path.exists(os.path.join(data, cache))]
    check(not made, f"made where there was none: {made}")
    for cache in CACHES:
        open(os.path.join(data, cache), "wb").close()
    refresh(data)
    for cache, programs in CACHES.items():
        if any(map(shutil.which, programs)):
            check(os.path.getsize(os.path.join(data, cache)) > 0, f"{cache} was not renewed")
        else:
            print("not looked at, nothing renews it here:", cache)
finish()

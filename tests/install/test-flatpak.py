#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Flatpak manifest: names, modules and permissions agree with the build; sources are pinned."""
import json
import re
import sys

from installtest import APP_ID, check, finish, read

source, app_id = sys.argv[1:]
path = f"flatpak/{APP_ID}.json"
manifest = json.loads(read(source, path))
meson = read(source, "meson.build")
options = dict(re.findall(r"option\('([a-z0-9-]+)', type: '(\w+)'", read(source, "meson_options.txt")))

check(app_id == APP_ID == manifest["id"], f"the identifier is {manifest['id']} there and {app_id} in meson.build")
check(manifest["runtime"] == "org.gnome.Platform" and manifest["sdk"] == "org.gnome.Sdk", "runtime and SDK")
check(manifest["command"] == "unbrick", "the command is not the application")

# As little as works: windows; every device, because SPI devices and GPIO lines have no permission of their own; and the
# folder of the backups: in the sandbox's own data nobody would find them, and they would go with "--delete-data".
wanted = {"--share=ipc", "--socket=wayland", "--socket=fallback-x11", "--device=all",
          "--filesystem=xdg-documents/Unbrick:create"}
check(set(manifest["finish-args"]) == wanted, f"permissions: {manifest['finish-args']}")

modules = {module["name"]: module for module in manifest["modules"]}
for dependency, name in (("libgpiod", "libgpiod"), ("libftdi1", "libftdi1")):
    check(f"dependency('{dependency}'" in meson, f"meson.build does not use {dependency}")
    check(name in modules, f"{name} is not in the runtime and no module")
check(re.search(r"-2\.\d", modules["libgpiod"]["sources"][0]["url"]), "libgpiod is not 2.x")
for name, module in modules.items():
    for item in module["sources"]:
        if item["type"] == "archive":
            check(re.fullmatch(r"[0-9a-f]{64}", item.get("sha256", "")), f"{name} is not pinned by a checksum")
            check(item["url"].startswith("https://"), f"{name} does not come through https")
        else:
            check(item["type"] == "dir" and name == "unbrick", f"{name} comes from a {item['type']}")

check(manifest["modules"][-1]["name"] == "unbrick", "the last module is not Unbrick")
given = {}
for option in modules["unbrick"]["config-opts"]:
    match = re.fullmatch(r"-D([a-z0-9-]+)=(\w+)", option)
    check(match and match[1] in options, f"{option}: meson_options.txt has no such option")
    if match:
        given[match[1]] = match[2]
        kind = options.get(match[1])
        check(match[2] in (("true", "false") if kind == "boolean" else ("enabled", "disabled", "auto")), option)
for feature in (name for name, kind in options.items() if kind == "feature"):
    check(given.get(feature) == "enabled", f"-D{feature}=enabled is missing: it must not be left out silently")
check(given.get("udev-rules") == "false", "udev does not look into a Flatpak")
check(any("COPYING" in command and "share/licenses/${FLATPAK_ID}" in command
          for command in modules["unbrick"]["post-install"]), "the licence is not installed")
finish()

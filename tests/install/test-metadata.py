#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Desktop entry, metainfo, schema and D-Bus service: valid, and telling the same as the build."""
import datetime
import os
import re
import shutil
import struct
import sys
import tempfile
import xml.etree.ElementTree as ElementTree

from installtest import APP_ID, check, finish, read, run

source, build, version, app = sys.argv[1:]
data = os.path.join(source, "data")
built = os.path.join(build, "data") if app == "app" else None
metainfo_path = os.path.join(built or data, f"{APP_ID}.metainfo.xml" + ("" if built else ".in"))
desktop_path = os.path.join(built or data, f"{APP_ID}.desktop" + ("" if built else ".in"))

if shutil.which("appstreamcli"):
    result = run("appstreamcli", "validate", "--pedantic", "--no-net", metainfo_path)
    check(result.returncode == 0, result.stdout)
if shutil.which("desktop-file-validate") and built:
    result = run("desktop-file-validate", desktop_path)
    check(result.returncode == 0 and not result.stdout, "desktop-file-validate: " + result.stdout)
if shutil.which("glib-compile-schemas"):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(os.path.join(data, f"{APP_ID}.gschema.xml"), folder)
        result = run("glib-compile-schemas", "--strict", "--dry-run", folder)
        check(result.returncode == 0, "glib-compile-schemas: " + result.stdout)

# Metainfo: what Flathub's requirements ask for.
root = ElementTree.parse(metainfo_path).getroot()
check(root.findtext("id") == APP_ID, "metainfo: id")
check(root.findtext("launchable") == APP_ID + ".desktop", "metainfo: launchable")
check(root.findtext("translation") == "unbrick", "metainfo: translation domain")
check(root.find("developer") is not None and root.find("developer").get("id"), "metainfo: developer with an id")
check(root.find("content_rating").get("type") == "oars-1.1", "metainfo: content rating")
summary = root.findtext("summary")
check(10 <= len(summary) <= 35 or len(summary) < 40, f"metainfo: the summary has {len(summary)} characters")
check(not summary.endswith(".") and "Unbrick" not in summary, "metainfo: summary with a full stop or the name")
check({url.get("type") for url in root.iter("url")} >=
      {"homepage", "bugtracker", "vcs-browser", "translate", "help"}, "metainfo: links")
colors = {color.get("scheme_preference") for color in root.iter("color")}
check(colors == {"light", "dark"}, "metainfo: brand colours for light and dark")
binaries = {binary.text for binary in root.iter("binary")}
check(binaries == {"unbrick", "unbrick-cli"}, f"metainfo provides {binaries}")

release = root.find("releases/release")
check(release.get("version") == version, f"metainfo's newest release is {release.get('version')}, not {version}")
datetime.date.fromisoformat(release.get("date"))
check("".join(release.find("description").itertext()).strip(), "metainfo: the newest release has no notes")

# Screenshots: captions without a full stop, from a tag, and the pictures are there, not larger than Flathub's limit.
screenshots = root.findall("screenshots/screenshot")
check(3 <= len(screenshots) <= 6, f"metainfo: {len(screenshots)} screenshots")
for screenshot in screenshots:
    captions = screenshot.findall("caption")
    check(captions and not captions[0].text.strip().endswith("."), "metainfo: a screenshot's caption")
    url = screenshot.findtext("image").strip()
    match = re.fullmatch(r"https://raw\.githubusercontent\.com/[^/]+/[^/]+/v([0-9.]+)/(data/screenshots/[a-z-]+\.png)", url)
    check(match and match[1] == version, f"metainfo: {url} is not of the tag v{version}")
    if match:
        picture = os.path.join(source, match[2])
        check(os.path.exists(picture), f"{match[2]} is missing")
        if os.path.exists(picture):
            with open(picture, "rb") as file:
                width, height = struct.unpack(">II", file.read(24)[16:])
            check(width <= 1000 and height <= 700, f"{match[2]} has {width}×{height} pixels")
            check(match[2] in read(source, "README.md"), f"{match[2]} is not in README.md")

# Desktop entry and service agree with the names.
desktop = read(desktop_path)
for line in (f"Icon={APP_ID}", "Exec=unbrick %f", "DBusActivatable=true", "Terminal=false"):
    check(re.search(f"^{re.escape(line)}$", desktop, re.MULTILINE), f"desktop entry: {line}")
service = read(data, f"{APP_ID}.service.in")
check(f"Name={APP_ID}\n" in service and "/unbrick --gapplication-service" in service, "D-Bus service")
schema = ElementTree.parse(os.path.join(data, f"{APP_ID}.gschema.xml")).getroot()
check(schema.find("schema").get("id") == APP_ID, "schema: id")
check(schema.find("schema").get("path") == "/" + APP_ID.replace(".", "/") + "/", "schema: path")
for key in schema.iter("key"):
    check(key.findtext("summary"), f"schema: {key.get('name')} has no summary")

# The version stands in few places.
for page in ("unbrick.1", "unbrick-cli.1"):
    check(f'"Unbrick {version}"' in read(data, "man", page), f"{page} is not of version {version}")
check(read(source, "build-aux", "debian", "changelog").startswith(f"unbrick ({version}) "), "build-aux/debian/changelog")
finish()

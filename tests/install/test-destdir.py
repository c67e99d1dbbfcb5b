#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs into an empty folder: everything is where it belongs, and uninstalling leaves nothing."""
import os
import shutil
import sys
import tempfile

from installtest import APP_ID, SKIPPED, check, finish, run

meson, build, prefix, bindir, datadir, mandir, app, udev = sys.argv[1:]
log = os.path.join(build, "meson-logs", "install-log.txt")
tests = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def expected():
    data, man = os.path.join(prefix, datadir), os.path.join(prefix, mandir, "man1")
    yield os.path.join(prefix, bindir, "unbrick-cli")
    yield os.path.join(man, "unbrick-cli.1")
    yield os.path.join(data, "zsh", "site-functions", "_unbrick-cli")
    yield os.path.join(data, "fish", "vendor_completions.d", "unbrick-cli.fish")
    yield os.path.join(data, "bash-completion", "completions", "unbrick-cli")
    if udev == "udev":
        yield os.path.join("*", "rules.d", "70-unbrick.rules")
    if app == "app":
        yield os.path.join(prefix, bindir, "unbrick")
        yield os.path.join(man, "unbrick.1")
        yield os.path.join(data, "applications", f"{APP_ID}.desktop")
        yield os.path.join(data, "metainfo", f"{APP_ID}.metainfo.xml")
        yield os.path.join(data, "dbus-1", "services", f"{APP_ID}.service")
        yield os.path.join(data, "glib-2.0", "schemas", f"{APP_ID}.gschema.xml")
        yield os.path.join(data, "unbrick", "gschemas.compiled")
        yield os.path.join(data, "icons", "hicolor", "scalable", "apps", f"{APP_ID}.svg")
        yield os.path.join(data, "icons", "hicolor", "symbolic", "apps", f"{APP_ID}-symbolic.svg")


def list_files(folder):
    return sorted("/" + os.path.relpath(os.path.join(root, name), folder)
                  for root, _, names in os.walk(folder) for name in names)


# Starts the program, waits until the bus knows it, and has it quit.
START = f"""
"$0" & program=$!
gdbus wait --session --timeout 60 {APP_ID} || exit 1
gdbus call --session --dest {APP_ID} --object-path /{APP_ID.replace(".", "/")} \
  --method org.gtk.Actions.Activate quit [] {{}} >/dev/null || exit 1
wait $program"""


def start(program):
    """The application finds its settings where it stands: no folder of schemas is named, nothing was compiled."""
    environment = {name: value for name, value in os.environ.items() if name != "GSETTINGS_SCHEMA_DIR"}
    environment |= {"GSETTINGS_BACKEND": "memory", "GTK_A11Y": "none", "ASAN_OPTIONS": "detect_leaks=0"}
    result = run(os.path.join(tests, "app", "with-display"), "sh", "-c", START, program, env=environment)
    if result.returncode == SKIPPED:
        print("no display or session bus can be started here: the application is not")
    else:
        check(result.returncode == 0, f"the installed application does not start:\n{result.stdout}")


if not os.path.exists(os.path.join(build, "build.ninja")):
    print("not a build folder of ninja")
    sys.exit(SKIPPED)

with tempfile.TemporaryDirectory() as folder:
    destination = os.path.join(folder, "destination")
    # The log of a real installation is what “ninja uninstall” goes by: it must survive this test.
    kept = os.path.join(folder, "install-log.txt")
    if os.path.exists(log):
        shutil.copy2(log, kept)
    try:
        result = run(meson, "install", "-C", build, "--no-rebuild", "--destdir", destination)
        check(result.returncode == 0, result.stdout)
        found = list_files(destination)
        translations = [path for path in found if path.endswith("/LC_MESSAGES/unbrick.mo")]
        with open(os.path.join(tests, "..", "po", "LINGUAS"), encoding="utf-8") as file:
            languages = [line for line in file.read().splitlines() if line and not line.startswith("#")]
        check(len(translations) == len(languages), f"{len(languages)} languages, installed {translations}")
        rest = set(found) - set(translations)
        for path in expected():
            if path.startswith("*"):
                matches = [one for one in rest if one.endswith(path[1:])]
                check(len(matches) == 1, f"{path} is not installed once: {matches}")
                rest -= set(matches)
            else:
                check(path in rest, f"{path} is not installed")
                rest.discard(path)
        check(not rest, f"installed, and nobody expects it: {sorted(rest)}")

        # The installed program runs and knows its version.
        cli = destination + os.path.join(prefix, bindir, "unbrick-cli")
        if os.path.exists(cli):
            check(run(cli, "--version").stdout.startswith("unbrick-cli "), "the installed program does not run")
            # It finds its translations where it stands, not only where it was to be installed.
            result = run(os.path.join(tests, "in-language"), "de", cli, "--help")
            if result.returncode == SKIPPED:
                print("translations are not looked at:", result.stdout)
            elif languages:
                check("Befehle:" in result.stdout, f"the installed program speaks no German:\n{result.stdout}")
        if app == "app":
            start(destination + os.path.join(prefix, bindir, "unbrick"))

        # What “ninja uninstall” does.
        result = run(meson, "--internal", "uninstall", cwd=build)
        check(result.returncode == 0, result.stdout)
        check(list_files(destination) == [], f"left after uninstalling: {list_files(destination)}")
    finally:
        if os.path.exists(kept):
            shutil.copy2(kept, log)
        elif os.path.exists(log):
            os.remove(log)
finish()

#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell scripts have no syntax errors and can be run; the README tells of what is there."""
import glob
import os
import re
import sys

from installtest import check, finish, read, run

source = sys.argv[1]
scripts = []
for pattern in ("build-aux/*", ".ci/*", "tests/*", "tests/*/*"):
    for path in glob.glob(os.path.join(source, pattern)):
        if not os.path.isfile(path):
            continue
        with open(path, "rb") as file:
            first = file.readline()
        if first.startswith(b"#!"):
            scripts.append(path)
            check(os.access(path, os.X_OK), f"{path} cannot be run")
            if first.rstrip() in (b"#!/bin/sh", b"#!/bin/bash"):
                result = run(first[2:].decode().strip(), "-n", path)
                check(result.returncode == 0, f"{path}: {result.stdout}")
check(len(scripts) > 10, "the scripts were not found")

readme = read(source, "README.md")
for command in set(re.findall(r"\./?(build-aux/[a-z-]+)", readme)):
    check(os.access(os.path.join(source, command), os.X_OK), f"README.md tells of {command}, which is not there")

# The table of layers is what the build allows.
table = dict(re.findall(r"^\| ([a-z]+) \| ([a-z, ]*)\|$", readme.split("| Folder | May include |")[1], re.MULTILINE))
folders = re.findall(r"^ *subdir\('([a-z]+)'\)", read(source, "src", "meson.build"), re.MULTILINE)
check(set(table) == set(folders), f"README.md: layers {sorted(table)}, in src: {sorted(folders)}")
for folder, told in table.items():
    build = read(source, "src", folder, "meson.build")
    allowed = {name for line in re.findall(r"include_directories: (?:\[(.*?)\]|\w+)", build) for name in
               re.findall(r"([a-z]+)_inc", line)} - {"config", folder}
    check(allowed == set(re.findall(r"[a-z]+", told)), f"README.md: {folder} may include {told}, the build allows {allowed}")
for path in re.findall(r"`((?:src|tests|data|po|ui|build-aux|flatpak)/[\w./-]+)`", readme):
    check(os.path.exists(os.path.join(source, path)) or path == "po/unbrick.pot" or "XX" in path, f"README.md tells of {path}")
for path in re.findall(r"\]\(([a-z0-9][^):]*)\)", readme):
    check(os.path.exists(os.path.join(source, path)), f"README.md links to {path}")
finish()

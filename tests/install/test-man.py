#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual pages are well-formed and mention every command and option."""
import os
import re
import shutil
import sys

from installtest import check, finish, get_cli_help, read, run

source, cli = sys.argv[1:]
folder = os.path.join(source, "data", "man")

for page in ("unbrick.1", "unbrick-cli.1"):
    if shutil.which("man"):
        result = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", os.path.join(folder, page),
                     env=dict(os.environ, MANROFFSEQ="", MANWIDTH="80"))
        warnings = [line for line in result.stdout.splitlines() if re.match(r".*(warning|error):", line)]
        check(result.returncode == 0 and not warnings, f"{page}: {warnings}")

text = read(folder, "unbrick-cli.1").replace("\\-", "-")
entries = re.split(r"^\.TP$", text, flags=re.MULTILINE)
for command, (options, short) in get_cli_help(cli).items():
    if command:
        check(any(re.match(rf'\n\.BI? "?{command}\b', entry) for entry in entries), f"unbrick-cli.1: no entry for {command}")
    for option in options:
        check("--" + option in text, f"unbrick-cli.1 does not mention --{option}")
    for option, letter in short.items():
        check(re.search(rf"(?<!-)-{letter}\b", text), f"unbrick-cli.1 does not mention -{letter}")
for status in ("0", "1", "2", "3", "4", "130"):
    check(re.search(rf"^\.B {status}$", text, re.MULTILINE), f"unbrick-cli.1: no exit status {status}")
finish()

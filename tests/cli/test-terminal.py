#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""On a narrow terminal the progress line never wraps, also where characters take two columns."""
import fcntl
import os
import pty
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import termios
import unicodedata

COLUMNS = 40
cli, catalogue = sys.argv[1:]


def get_width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def run_in_terminal(*command):
    """Runs a program on a terminal of its own; returns what it wrote there and its exit status."""
    pid, terminal = pty.fork()
    if pid == 0:
        fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
        os.execv(command[0], command)
    written = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # so Linux tells the end
            break
        if not piece:
            break
        written += piece
    return written.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def check_lines(language):
    """In time that passes for real, so that there is something to draw."""
    # The C library looks up languages only in a locale that is not C.
    os.environ.update(LANGUAGE=language, LC_ALL="de_DE.UTF-8", LOCPATH=locales)
    written, status = run_in_terminal(program, "--quiet", "list")
    assert status == 0, written
    translated = "PROGRAMMER" not in written
    assert translated == (language != "en"), f"not in {language}: {written}"
    if translated:  # the columns stand under their titles
        title, row = written.split("\r\n")[:2]
        at = re.search(r"\S+\s+(?=\S)", title).end(), re.search(r"\S+\s+(?=\S)", row).end()
        assert get_width(title[: at[0]]) == get_width(row[: at[1]]), f"columns are not in line: {written}"

    written, status = run_in_terminal(program, "backup", "-p", "sim:time=real", os.path.join(folder, language))
    assert status == 0, written
    drawn = re.findall(r"\r\x1b\[K([^\r\n\x1b]*\[[^\r\n\x1b]*)", written)
    assert drawn, f"no progress line in {written!r}"
    for line in drawn:
        assert get_width(line) < COLUMNS, f"“{line}” is {get_width(line)} columns wide"


with tempfile.TemporaryDirectory() as folder:
    # Translations are found beside the program.
    program = os.path.join(folder, "bin", "unbrick-cli")
    os.makedirs(os.path.dirname(program))
    shutil.copy(cli, program)
    messages = os.path.join(folder, "share", "locale", "zh_CN", "LC_MESSAGES")
    os.makedirs(messages)
    shutil.copy(catalogue, os.path.join(messages, "unbrick.mo"))
    locales = os.path.join(folder, "locales")
    os.mkdir(locales)
    if not shutil.which("localedef") or subprocess.run(
            ["localedef", "-i", "de_DE", "-f", "UTF-8", os.path.join(locales, "de_DE.UTF-8")], check=False).returncode:
        sys.exit(77)
    check_lines("en")
    check_lines("zh_CN")

# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of installing share."""
import os
import re
import shutil
import subprocess
import sys

SKIPPED = 77
APP_ID = "io.github.unbrick.Unbrick"
problems = []


def check(good, message):
    """Notes a problem and goes on, so that one run tells them all."""
    if not good:
        problems.append(message)


def finish():
    for problem in problems:
        print("FAILED:", problem)
    sys.exit(1 if problems else 0)


def need(*programs):
    for program in programs:
        if not shutil.which(program):
            print(f"{program} is not installed")
            sys.exit(SKIPPED)


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as file:
        return file.read()


def run(*command, **options):
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **options)


def get_options(text):
    """The options that a help text lists: a set of long ones, and short ones by their long ones."""
    found = re.findall(r"^  (?:-(\w), )?--([a-z][a-z-]*)", text, re.MULTILINE)
    return {long for _, long in found}, {long: short for short, long in found if short}


def get_cli_help(cli):
    """The command line as the program itself describes it: command (or "") -> (long options, short options)."""
    text = run(cli, "--help").stdout
    block = text.split("\nCommands:\n", 1)[1].split("\n\n", 1)[0]
    commands = re.findall(r"^  ([a-z]+) ", block, re.MULTILINE)
    assert len(commands) >= 8, commands
    result = {"": get_options(text)}
    for command in commands:
        result[command] = get_options(run(cli, command, "--help").stdout)
        assert "help" in result[command][0], command
    return result

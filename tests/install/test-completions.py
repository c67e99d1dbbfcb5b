#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shells' completions offer every command and option that unbrick-cli has, and no others."""
import os
import re
import shutil
import sys

from installtest import check, finish, get_cli_help, read, run

source, cli = sys.argv[1:]
folder = os.path.join(source, "data", "completions")
known = get_cli_help(cli)
commands = [command for command in known if command]

BASH = """source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _unbrick_cli; printf '%s\\n' "${COMPREPLY[@]}" """


def compare(shell, words, offered, wanted):
    check(offered == wanted, f"{shell}: “{' '.join(words)}” lacks {sorted(wanted - offered)} "
          f"and offers {sorted(offered - wanted)}")


def check_shell(shell, complete):
    for command, (options, _) in known.items():
        words = ["unbrick-cli"] + ([command] if command else []) + ["--"]
        offered = {word for word in complete(words) if word.startswith("--")}
        compare(shell, words, offered, {"--" + option for option in options})
    words = ["unbrick-cli", ""]
    compare(shell, words, {word for word in complete(words) if not word.startswith("-")}, set(commands))
    words = ["unbrick-cli", "probe", "-p", ""]
    compare(shell, words, set(complete(words)), {"spidev", "ftdi", "ch341a", "sim"})


def complete_bash(words):
    result = run("bash", "-c", BASH, "bash", os.path.join(folder, "unbrick-cli.bash"), *words)
    return result.stdout.split()


def complete_fish(words):
    script = f"source {folder}/unbrick-cli.fish; complete -C '{' '.join(words)}'"
    result = run("fish", "--no-config", "-c", script, cwd="/", env=dict(os.environ, HOME="/nonexistent"))
    return [line.split("\t")[0] for line in result.stdout.splitlines() if line.count("\t")]


if shutil.which("bash"):
    check(run("bash", "-n", os.path.join(folder, "unbrick-cli.bash")).returncode == 0, "bash -n")
    check_shell("bash", complete_bash)
if shutil.which("fish"):
    check(run("fish", "--no-execute", os.path.join(folder, "unbrick-cli.fish")).returncode == 0, "fish --no-execute")
    check_shell("fish", complete_fish)
if shutil.which("zsh"):
    check(run("zsh", "-n", os.path.join(folder, "_unbrick-cli")).returncode == 0, "zsh -n")

# zsh completes only on a terminal; its file is read instead.
zsh = read(folder, "_unbrick-cli")
check(set(re.findall(r"^  '([a-z]+):", zsh, re.MULTILINE)) == set(commands), "zsh: commands")
groups = {name: set(re.findall(r"--([a-z-]+)", body))
          for name, body in re.findall(r"^(common|programmer)=\((.*?)\)$", zsh, re.MULTILINE | re.DOTALL)}
groups = {"common": set(re.findall(r"--([a-z-]+)", zsh.split("common=(")[1].split("\n)\n")[0])),
          "programmer": {"programmer"}}
cases = dict(re.findall(r"^      ([a-z]+)\) (_arguments .*?) ;;", zsh, re.MULTILINE | re.DOTALL))
cases[""] = re.search(r"^_arguments -C.*?\n\n", zsh, re.MULTILINE | re.DOTALL)[0]
for command, (options, _) in known.items():
    body = cases.get(command, "")
    offered = set(re.findall(r"--([a-z-]+)", body))
    for name, group in groups.items():
        if "$" + name in body:
            offered |= group
    compare("zsh", ["unbrick-cli", command], offered, options)
finish()

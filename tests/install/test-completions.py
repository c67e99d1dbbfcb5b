#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shells' completions offer every command and option that unbrick-cli has, and no others."""
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import threading

from installtest import check, finish, get_cli_help, run

source, cli = sys.argv[1:]
folder = os.path.abspath(os.path.join(source, "data", "completions"))
known = get_cli_help(cli)
commands = [command for command in known if command]

BASH = """source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _unbrick_cli; printf '%s\\n' "${COMPREPLY[@]}" """

# zsh completes on a terminal only. Tab completes the line, which compadd, through which every offer goes, writes down
# (but for calls that fill arrays: -A, -D and -O), marks the end and empties the line for the next one.
ZSHRC = r"""
compadd() {
  local -a offered
  if [[ -z ${(M)${@[1,(i)(-|--)]}:#-[a-zA-Z]#[ADO]} ]]; then
    builtin compadd -A offered "$@"
    (( $#offered )) && print -rl -u $UB_OFFERS -- $offered
  fi
  builtin compadd "$@"
}
complete-and-tell() {
  zle complete-word
  print -u $UB_OFFERS -- END
  BUFFER=
}
setopt extended_glob
fpath=("$UB_COMPLETIONS" $fpath)
autoload -Uz compinit
compinit -u -D
zle -N complete-and-tell
bindkey '^I' complete-and-tell
zle-line-init() { print -u $UB_OFFERS -- END }
zle -N zle-line-init
"""


class Zsh:
    """An interactive zsh on a terminal of its own, which knows our completion."""

    def __enter__(self):
        self.home = tempfile.TemporaryDirectory()
        with open(os.path.join(self.home.name, ".zshrc"), "w", encoding="utf-8") as file:
            file.write(ZSHRC)
        reading, writing = os.pipe()
        self.terminal, inside = pty.openpty()
        environment = dict(os.environ, ZDOTDIR=self.home.name, HOME=self.home.name, TERM="dumb",
                           UB_OFFERS=str(writing), UB_COMPLETIONS=folder)
        self.shell = subprocess.Popen(["zsh", "-d", "-i"], stdin=inside, stdout=inside, stderr=inside, cwd=self.home.name,
                                      pass_fds=[writing], env=environment, start_new_session=True)
        os.close(inside)
        os.close(writing)
        self.offers = os.fdopen(reading, encoding="utf-8")
        # What the terminal shows is of no interest, but somebody must take it.
        threading.Thread(target=self.drain, daemon=True).start()
        self.read_offers()
        return self

    def __exit__(self, *_):
        self.shell.kill()
        self.shell.wait()
        self.offers.close()
        self.home.cleanup()

    def drain(self):
        try:
            while os.read(self.terminal, 4096):
                pass
        except OSError:  # the shell has gone
            pass

    def read_offers(self):
        offers = []
        for line in self.offers:
            if line == "END\n":
                return offers
            offers.append(line.rstrip("\n"))
        sys.exit("zsh ended before it had completed anything")

    def complete(self, words):
        os.write(self.terminal, " ".join(words).encode() + b"\t")
        # An option that takes its value after "=" is offered with it.
        return [offer.removesuffix("=") for offer in self.read_offers()]


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
    with Zsh() as zsh:
        check_shell("zsh", zsh.complete)
finish()

#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Names, options, exit statuses and the shape of the output.
. "$(dirname "$0")/common.sh"

wrong() {
  expect 2 "$@"
  [ -s err ] || fail "$* says nothing"
  expect 2 --json "$@"
  field_is result usage
  field_is exit_status 2
  [ -n "$(field remedy)" ] || fail "$* has no remedy"
}

wrong
is_json
wrong conquer
is_json
wrong --nonsense
wrong backup
wrong backup -p sim
wrong backup -p sim a.bin b.bin
wrong backup -p sim a.bin --start six
wrong backup -p sim a.bin --start -1
wrong backup -p sim a.bin --size 0
wrong backup -p teleport a.bin
wrong backup -p sim:colour=blue a.bin
wrong backup -p sim:part=nonsense a.bin
wrong restore -p sim
wrong restore -p sim x.bin --backup y.bin --no-backup
wrong write -p sim x.bin
wrong erase -p sim --start 0x123
wrong erase -p sim --start 0 --size 100
wrong erase -p sim extra
[ ! -e a.bin ] || fail "a file appeared"

expect 2 erase -p sim --start 0x1100 --size 0x100
says "0x1000"

for command in "" list probe backup restore write verify erase inspect; do
  expect 0 $command --help
  grep -q -- "--json" out || fail "help of “$command” does not tell of --json"
  ! grep '^[A-Z].\{80\}' out || fail "help of “$command” has lines of more than 80 characters"
done
expect 0 --version
grep -q '^unbrick-cli [0-9]' out || fail "no version"

expect 0 list
grep -q '^sim ' out || fail "the simulated module is not listed"
expect 0 list --json
python3 - <<'PY' || fail "the list is not as scripts expect it"
import json
programmers = json.load(open("out"))["programmers"]
sim = [p for p in programmers if p["spec"] == "sim"][0]
assert sim["usable"] and sim["simulated"] and sim["name"]
PY

# No real programmer here: said, and different from a module that does not answer.
expect 3 --json probe -p sim:deaf=1
field_is result no-module
expect 3 --json probe -p sim:miso=0
field_is error_name miso-low
expect 3 --json probe -p sim:miso=1
field_is error_name miso-high
expect 3 probe -p sim:miso=1
says "P23"
expect 3 --json probe -p spidev:device=/nonexistent/spidev0.0
field_is exit_status 3

# JSON members, before and behind the command.
generated chip.bin
expect 0 --json probe -p sim:file=chip.bin
for name in command result programmer jedec_id part size family clock_hz bytes_read elapsed_s; do
  [ -n "$(field $name)" ] || fail "no $name"
done
is_json
field_is jedec_id 1c7015
field_is size 2097152
expect 0 probe -p sim:file=chip.bin --json
field_is command probe
expect 0 probe -p sim:file=chip.bin,clock=0x7530 --json
field_is clock_hz 30000
expect 0 inspect --json chip.bin
is_json
field_is kind full-backup
field_is command inspect

# What is on a module, and what is missing.
expect 0 --quiet probe -p sim:file=chip.bin
grep -q "^Firmware: Tuya" out || fail "the firmware is not told"
grep -q "^Tuya .*; nothing wrong was found.$" out || fail "no verdict on a sound module"
grep -q "02:00:5e:72:31:01" out || fail "the MAC address is not told"
cp chip.bin wrecked.bin
wreck wrecked.bin
expect 0 probe -p sim:file=wrecked.bin
grep -q "^This module cannot start: the bootloader is blank.$" out || fail "no verdict on a lost bootloader"
grep -q "^Problem: The bootloader is blank.$" out || fail "a lost bootloader is not told"
expect 0 probe -p sim:file=chip.bin,clock=30000
! grep -q "damaged\|blank" out || fail "what was not read is called damaged"

expect 0 inspect --template chip.bin
grep -q '"chip" *: *"BK7231T"' out || fail "no template for OpenBeken"
blank 4096 >nothing.bin
expect 4 --json inspect --template nothing.bin
field_is error_name image-no-config

# Quiet is quiet, piped progress is lines, the log is written.
expect 0 --quiet --log log.txt backup -p sim:file=chip.bin copy.bin
[ ! -s out ] && [ ! -s err ] || fail "--quiet is not quiet"
grep -q "backup" log.txt || fail "no log"
expect 0 --quiet inspect chip.bin
grep -q "BK7231T" out || fail "--quiet swallows what was asked for"
expect 0 backup -p sim:file=chip.bin copy-2.bin
! grep -q "$(printf '\r')" err || fail "a carriage return where there is no terminal"
grep -q "done" err || fail "no progress"

# A reader that has read enough is no failure worth telling; a full disk is.
"$cli" list 2>err | :
[ ! -s err ] || fail "a closed pipe is complained about"
status=0
"$cli" list 2>err >/dev/full || status=$?
[ "$status" = 1 ] || fail "a result that could not be printed ended with $status"
says "could not be printed"

# Backups never replace, take ranges, and get a name in a folder.
same copy.bin chip.bin
expect 1 --json backup -p sim:file=chip.bin copy.bin
field_is error_name backup-exists
expect 0 backup -p sim:file=chip.bin part.bin --start 0x1000 --size 8K
tail -c +4097 chip.bin | head -c 8192 | cmp - part.bin || fail "the range is not what was asked for"
expect 0 backup -p sim:file=chip.bin odd.bin --start 0x1234 --size 0x777
tail -c +$((0x1234 + 1)) chip.bin | head -c $((0x777)) | cmp - odd.bin || fail "the odd range is wrong"
expect 1 --json backup -p sim:file=chip.bin none.bin --start 2M
field_is error_name range
[ ! -e none.bin ] || fail "a file appeared"
expect 0 backup -p sim:file=chip.bin -- -dashed.bin
same ./-dashed.bin chip.bin
mkdir backups
expect 0 backup -p sim:file=chip.bin backups
expect 0 backup -p sim:file=chip.bin backups
[ "$(ls backups | wc -l)" = 2 ] || fail "two backups in a folder are not two files"
ls backups | grep -q '^BK7231[TNU]*-[0-9a-f]*-....-..-..-2\.bin$' || fail "names: $(ls backups)"
expect 0 backup -p sim:file=chip.bin new/folder/
ls new/folder | grep -q '^BK7231T-.*\.bin$' || fail "no backup in a folder that was to be made"
expect 0 --json restore -p sim:file=chip.bin copy.bin
[ -f "$(field backup)" ] || fail "no rescue copy in the default folder"

# A backup folder that cannot be written to ends the job before anything is erased.
cp chip.bin before.bin
wreck chip.bin
cp chip.bin wrecked.bin
expect 1 --json restore -p sim:file=chip.bin before.bin --backup /proc/rescue.bin
field_is error_name backup-file
field_is module_state untouched
same chip.bin wrecked.bin

# Raw ranges keep their neighbours.
printf 'Hello' >hello.bin
cp before.bin chip.bin
cp before.bin wanted.bin
dd if=hello.bin of=wanted.bin bs=1 seek=$((0x135FFE)) conv=notrunc status=none
cp chip.bin before-hello.bin
expect 0 write -p sim:file=chip.bin hello.bin --start 0x135FFE
! grep -q " 0 KiB$" out || fail "what was programmed is not told"
cp before-hello.bin chip.bin
expect 0 --json write -p sim:file=chip.bin hello.bin --start 0x135FFE
field_is module_state done
same chip.bin wanted.bin
expect 0 verify -p sim:file=chip.bin hello.bin --start 0x135FFE
expect 1 verify -p sim:file=chip.bin hello.bin --start 0x135FFD
says "1 of 1"
expect 1 --json write -p sim:file=chip.bin hello.bin --start 0x1FFFFE
field_is error_name range
same chip.bin wanted.bin

# Erasing: a range, then everything.
cp before.bin chip.bin
cp before.bin wanted.bin
blank 8192 | dd of=wanted.bin bs=4096 seek=3 conv=notrunc status=none
expect 0 --json erase -p sim:file=chip.bin --start 0x3000 --size 8K
field_is module_state done
same chip.bin wanted.bin
expect 0 erase -p sim:file=chip.bin
blank 2097152 | cmp - chip.bin || fail "the chip is not blank"
grep -q "calibration" out || fail "erasing everything does not tell of the calibration"

# A disk that fills up, for which a limit on file sizes stands: the copy does not come to be, and the chip is
# not touched.
(
  ulimit -f 2000
  status=0
  "$cli" --json backup -p sim full.bin >out 2>err || status=$?
  [ $status = 1 ] || fail "a backup to a full disk ended with $status"
) || exit 1
field_is error_name backup-file
[ ! -e full.bin ] && [ -z "$(ls -A | grep '^\.unbrick')" ] || fail "something is left of the backup"

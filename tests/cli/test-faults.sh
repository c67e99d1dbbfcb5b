#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What goes wrong on the way, and that running the command again finishes the job.
. "$(dirname "$0")/common.sh"
generated original.bin
blank 2097152 >blank.bin

# Power fails at some erase or program: not done, and the same command finishes it.
for at in 1 2 3 10 100 500; do
  cp original.bin chip.bin
  blank 1048576 | dd of=chip.bin conv=notrunc status=none
  expect 1 --json restore -p "sim:file=chip.bin,power-loss-at=$at" original.bin --no-backup
  field_is result failed
  expect 0 restore -p sim:file=chip.bin original.bin --no-backup
  same chip.bin original.bin
done

# The programmer is pulled out: during connecting, reading, writing.
for at in 1 40 400 1000 3000; do
  cp original.bin chip.bin
  blank 1048576 | dd of=chip.bin conv=notrunc status=none
  cp chip.bin before.bin
  status=0
  "$cli" --json restore -p "sim:file=chip.bin,unplug-at=$at" original.bin --no-backup >out 2>err || status=$?
  case $status in
  0) fail "unplugged at $at and nobody noticed" ;;
  1 | 3) ;;
  *) fail "unplugged at $at: exit status $status" ;;
  esac
  field_is error_name unplugged
  [ "$(field module_state)" != untouched ] || same chip.bin before.bin
  expect 0 restore -p sim:file=chip.bin original.bin --no-backup
  same chip.bin original.bin
done

# A worn sector: named, after retries, with exit status 1.
cp blank.bin chip.bin
expect 1 --json restore -p sim:file=chip.bin,stuck-sector=20 original.bin --no-backup
field_is error_name verify
field_is module_state partly-written
[ "$(field retries)" -ge 4 ] || fail "only $(field retries) retries"
field error | grep -q -i "0x0*14000" || fail "the address of the worn sector is not named"
expect 1 restore -p sim:file=chip.bin,stuck-sector=20 original.bin --no-backup
says "partly written"

# Erases and programs that never reach the chip are found and repeated.
cp blank.bin chip.bin
expect 0 --json restore -p sim:file=chip.bin,lie=0.01 original.bin --no-backup
same chip.bin original.bin
[ "$(field retries)" -gt 0 ] || fail "lies were not noticed"

# Wires that flip bits above a clock: chip and backup are right all the same, and the report says so.
cp original.bin chip.bin
wreck chip.bin
cp chip.bin wrecked.bin
expect 0 --json restore -p sim:file=chip.bin,flips=1e-6,flips-above=2000000 original.bin --backup rescue.bin
same chip.bin original.bin
same rescue.bin wrecked.bin
[ "$(field clock_hz)" -lt 12000000 ] || fail "the clock was not lowered"
grep -q "lowered" out || fail "the report does not tell that the clock was lowered"
cp original.bin chip.bin
expect 0 --json backup -p sim:file=chip.bin,flips=1e-5,flips-above=2000000 flips.bin
same flips.bin original.bin
cp blank.bin chip.bin
expect 0 restore -p sim:file=chip.bin,flips=1e-6,flips-above=2000000 original.bin --no-backup
same chip.bin original.bin
expect 0 verify -p sim:file=chip.bin,flips=1e-6,flips-above=2000000 original.bin

# At the safe clock what has no checksum is read once and said to be unproven, unless asked otherwise.
expect 0 --json backup -p sim:file=chip.bin,clock=1000000 once.bin
grep -q "read once" out || fail "nothing is said about what was read once"
once=$(field bytes_read)
expect 0 --json backup -p sim:file=chip.bin,clock=1000000 twice.bin --read-twice
[ "$(field bytes_read)" -ge $((once + 2097152)) ] || fail "--read-twice reads only $(field bytes_read)"
same twice.bin original.bin

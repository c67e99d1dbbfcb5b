#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Ctrl+C in the middle of a job that takes its time: stopped at a safe point, told, and finished by the same
# command afterwards.
. "$(dirname "$0")/common.sh"
generated original.bin

# wait_for TEXT: until the program's log says so.
wait_for() {
  tries=0
  until grep -q "$1" log.txt 2>/dev/null; do
    tries=$((tries + 1))
    [ $tries -lt 400 ] || fail "“$1” never came"
    sleep 0.05
  done
}

# stop_at TEXT SIGNAL: starts a restore in real time and stops it when its log says TEXT.
stop_at() {
  rm -f log.txt
  "$cli" --json --log log.txt restore -p sim:file=chip.bin,time=real original.bin --no-backup >out 2>err &
  pid=$!
  wait_for "$1"
  kill -"$2" $pid
  kill -"$2" $pid
  status=0
  wait $pid || status=$?
  [ $status = 130 ] || fail "stopped at “$1” with $2: exit status $status"
  field_is result stopped
  field_is error_name cancelled
}

blank 2097152 >chip.bin
cp chip.bin blank.bin
stop_at "phase 1" INT
field_is module_state untouched
says "Nothing on the module was changed"
same chip.bin blank.bin

stop_at "phase 4" TERM
sleep 0
case $(field module_state) in
untouched) same chip.bin blank.bin ;;
partly-written) says "partly written" ;;
*) fail "module state $(field module_state)" ;;
esac
expect 0 restore -p sim:file=chip.bin original.bin --no-backup
same chip.bin original.bin

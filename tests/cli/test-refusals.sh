#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What is refused: with exit status 4, a sentence, and without touching the module.
. "$(dirname "$0")/common.sh"
generated original.bin
cp original.bin chip.bin

refused() {
  file=$1
  name=$2
  shift 2
  expect 4 restore -p sim:file=chip.bin "$file" --backup rescue.bin "$@"
  [ "$(wc -l <err)" -ge 2 ] || fail "no sentence about $file"
  expect 4 --json restore -p sim:file=chip.bin "$file" --backup rescue.bin "$@"
  field_is error_name "$name"
  field_is result refused
  field_is exit_status 4
  [ -n "$(field remedy)" ] || fail "no remedy for $file"
  [ ! -e rescue.bin ] || fail "a rescue copy was made for $file"
  same chip.bin original.bin
}

: >empty.bin
refused empty.bin image-empty
is_json
printf '\001' >one.bin
refused one.bin image-too-short
mkdir folder
refused folder file-unreadable
refused absent.bin file-unreadable
{ cat original.bin; head -c 1048576 original.bin; } >large.bin
expect 4 restore -p sim:file=chip.bin large.bin --no-backup
same chip.bin original.bin
blank 2097152 >ff.bin
refused ff.bin image-blank
head -c 2097152 /dev/zero >zero.bin
refused zero.bin image-blank
# A vector table of a plain ARM program, as the linker makes it.
{
  printf '\016\000\000\352'
  for i in 1 2 3 4 5 6 7; do printf '\024\360\237\345'; done
  head -c 100000 "$cli"
} >plain.bin
refused plain.bin image-plain
refused "$cli" image-not-flash
printf '<!DOCTYPE html>\n<html><body>404 Not Found</body></html>\n%5000s' x >page.bin
refused page.bin image-not-flash
tail -c +$((bootloader_size + 1)) original.bin >app.bin
refused app.bin image-no-bootloader
says_way_out=$(field remedy)
case $says_way_out in *--bootloader*) ;; *) fail "no way out for an app" ;; esac
refused app.bin image-empty --bootloader empty.bin

# A file that may not be read, which root may all the same.
cp original.bin secret.bin
chmod 000 secret.bin
if [ ! -r secret.bin ]; then refused secret.bin file-unreadable; fi

# The others that take files.
expect 4 inspect empty.bin
expect 4 inspect folder
expect 4 verify -p sim:file=chip.bin empty.bin
expect 4 verify -p sim:file=chip.bin page.bin
expect 4 write -p sim:file=chip.bin empty.bin --start 0
same chip.bin original.bin

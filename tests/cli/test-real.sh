#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The main job on real images, bit for bit.
. "$(dirname "$0")/common.sh"
need_data
t_backup=$data/tuya-t-ds101jl.bin
t_qio=$data/openbeken-t-qio-1.18.219-assembled.bin
t_rotated=$data/tuya-t-ledmoon-rotated.bin
n_backup=$data/tuya-n-smartled8044.bin
n_other=$data/tuya-n-apsmt-breaker.bin

# Bootloader + app: the donor's first 0x11000 bytes, and the backup's rest.
cp "$t_backup" chip.bin
wreck chip.bin
cp chip.bin wrecked.bin
tail -c +$((bootloader_size + 1)) "$t_backup" >app.bin
{ head -c $bootloader_size "$t_qio"; cat app.bin; } >wanted.bin
expect 0 --json restore -p sim:file=chip.bin --bootloader "$t_qio" app.bin --backup rescue.bin
same chip.bin wanted.bin
same rescue.bin wrecked.bin
field_is result done
field_is module_state done
field_is sha256 "$(sha256sum rescue.bin | cut -d' ' -f1)"

# The full image over the same chip: calibration and MAC address stay.
cp wrecked.bin chip.bin
expect 0 restore -p sim:file=chip.bin "$t_qio" --no-backup
cmp -n $((0xD987C)) chip.bin "$t_qio" || fail "the image is not on the chip"
cmp -i $((0x1E0000)) -n 4096 chip.bin "$t_backup" || fail "the calibration changed"

# A rotated backup onto a blank chip is turned the right way round.
blank 2097152 >chip.bin
{ tail -c +$((0x1EF000 + 1)) "$t_rotated"; head -c $((0x1EF000)) "$t_rotated"; } >wanted.bin
expect 0 restore -p sim:file=chip.bin "$t_rotated" --overwrite-calibration --no-backup
same chip.bin wanted.bin
expect 0 verify -p sim:file=chip.bin "$t_rotated"

# Another module's backup: all of it but the kept calibration, and then there is nothing left to do.
cp "$n_backup" chip.bin
expect 0 restore -p sim:file=chip.bin "$n_other" --no-backup
{
  head -c $((0x1D0000)) "$n_other"
  tail -c +$((0x1D0000 + 1)) "$n_backup" | head -c 4096
  tail -c +$((0x1D1000 + 1)) "$n_other"
} >wanted.bin
same chip.bin wanted.bin
expect 0 --json restore -p sim:file=chip.bin "$n_other" --no-backup
field_is sectors_erased 0
field_is bytes_programmed 0
field_is module_state untouched
same chip.bin wanted.bin
expect 1 --json verify -p sim:file=chip.bin "$n_other"
field_is error_name different
grep -q "kept its own" out || fail "verify does not say that only the calibration differs"

expect 1 verify -p sim:file=chip.bin "$n_other"
says "kept its own"
says "First at 0x1D00"

# The wrong family is refused, whichever way round, and the chip stays as it was.
cp "$t_backup" chip.bin
expect 4 --json restore -p sim:file=chip.bin "$n_backup" --no-backup
field_is error_name image-family
field_is module_state untouched
same chip.bin "$t_backup"
cp "$n_backup" chip.bin
expect 4 restore -p sim:file=chip.bin "$t_qio" --backup refused.bin
says "BK7231T"
says "saved: .*refused.bin"
same chip.bin "$n_backup"
expect 4 --json restore -p sim:file=chip.bin --bootloader "$data/openbeken-n-qio-1.17.203.bin" app.bin --no-backup
field_is error_name image-family

# Files that are no full image are refused by name, with the way out.
tail -c +$((bootloader_size + 1)) "$t_qio" >ua.bin
expect 4 restore -p sim:file=chip.bin ua.bin --no-backup
says "no bootloader"
says "bootloader FILE"
expect 4 restore -p sim:file=chip.bin "$data/openbeken-t-ota-1.18.219.ug.bin" --no-backup
says "over the air"
says "QIO"
same chip.bin "$n_backup"

#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# A backup equals the chip bit for bit from the slowest clock to the fastest, on one part of each size and
# kind and on one that is in no table (the job's own test goes over all of them), and writing it to a blank
# chip gives the same chip again.
. "$(dirname "$0")/common.sh"

python3 - <<'PY'
import random
random.seed(7231)
for mib in (1, 2, 4, 8):
    data = bytearray(random.randbytes(mib * 1048576))
    data[0x40000:0x80000] = b"\xff" * 0x40000
    open(f"content-{mib}.bin", "wb").write(data)
PY

n=0
while read -r part; do
  for clock in 3000 30000 1000000 6000000 12000000 20000000 30000000 auto; do
    # What is in no table is read no faster than any flash can be.
    [ $part = 5e4015 ] && [ $clock = 30000000 ] && continue
    setting=
    [ $clock = auto ] || setting=,clock=$clock
    mib=$((1 << (0x${part#????} - 20)))
    cp content-$mib.bin chip.bin
    rm -f backup.bin
    expect 0 backup -p "sim:file=chip.bin,part=$part$setting" backup.bin
    same backup.bin content-$mib.bin
    n=$((n + 1))
  done
  blank $((mib * 1048576)) >chip.bin
  expect 0 write -p "sim:file=chip.bin,part=$part" content-$mib.bin --start 0
  same chip.bin content-$mib.bin
done <<'PARTS'
cd6014
1c7015
856015
854215
c22315
1c4116
ef4016
c86517
5e4015
PARTS
echo "$n backups are bit for bit"

# Above what the wires carry nothing is believed.
cp content-2.bin chip.bin
rm -f backup.bin
expect 3 backup -p sim:file=chip.bin,max-clock=1000000,clock=6000000 backup.bin
[ ! -e backup.bin ] || fail "a backup of garbage"
expect 0 --json backup -p sim:file=chip.bin,max-clock=1000000 backup.bin
[ "$(field clock_hz)" -le 1000000 ] || fail "the clock is $(field clock_hz)"
same backup.bin content-2.bin

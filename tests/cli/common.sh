# SPDX-FileCopyrightText: 2026 The Unbrick authors
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the command line's tests share. Sourced with the path of unbrick-cli as first argument; leaves the
# shell in an empty folder that is removed at the end.
set -u
cli=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
export HOME="$dir" XDG_DATA_HOME="$dir/data" XDG_CONFIG_HOME="$dir/config"
bootloader_size=69632

fail() {
  echo "FAILED: $*"
  [ ! -s out ] || sed 's/^/  out: /' out
  [ ! -s err ] || sed 's/^/  err: /' err
  exit 1
}

# expect STATUS ARGUMENTS…: runs the program, which has to end like that; its output is in out and err.
expect() {
  wanted=$1
  shift
  status=0
  "$cli" "$@" >out 2>err || status=$?
  [ "$status" = "$wanted" ] || fail "$* ended with $status instead of $wanted"
}

# says TEXT: the last run said so on standard error.
says() {
  grep -q -e "$1" err || fail "nothing on standard error says “$1”"
}

# field NAME: a plain member of the JSON object of the last run.
field() {
  sed -n 's/^  "'"$1"'" : "\{0,1\}\(.*[^",]\)"\{0,1\},\{0,1\}$/\1/p' out | grep .
}

# is_json: the last run printed one JSON object and nothing else.
is_json() {
  python3 -c 'import json; assert isinstance(json.load(open("out")), dict)' || fail "no JSON object"
}

# field_is NAME VALUE
field_is() {
  found=$(field "$1") || fail "no JSON member $1"
  [ "$found" = "$2" ] || fail "$1 is $found instead of $2"
}

same() { cmp "$1" "$2" || fail "$1 differs from $2"; }
blank() { head -c "$1" /dev/zero | tr '\000' '\377'; }

# wreck FILE: blanks its bootloader.
wreck() { blank $bootloader_size | dd of="$1" conv=notrunc status=none; }

# generated FILE: what a simulated module holds.
generated() { "$cli" --quiet backup -p sim "$1" 2>/dev/null || fail "no generated backup"; }

need_data() {
  data=${UB_TEST_DATA:-}
  if [ ! -f "$data/truth.json" ]; then
    echo "The real flash images are not here."
    exit 77
  fi
}

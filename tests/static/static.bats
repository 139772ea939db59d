#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# make static: one file, made with musl, that runs where nothing else is.
SCTP_CONNECT=$PWD/build/static/sctp-connect
STACK=usrsctp
load ../e2e/helper

setup_file() {
  export TOPO=static$$
  local output status=0
  output=$(tests/static/libraries musl-gcc build/static 2>&1) || status=$?
  case $status in
    0) topo_up 3 ;;
    3) echo "Debian's archive cannot be asked for the sources: ${output##*$'\n'}" >"$BATS_FILE_TMPDIR/missing" ;;
    *)
      echo "$output" >&2
      return 1
      ;;
  esac
}

teardown_file() {
  [ -e "$BATS_FILE_TMPDIR/missing" ] || topo_down
}

setup() {
  [ ! -e "$BATS_FILE_TMPDIR/missing" ] || skip "$(cat "$BATS_FILE_TMPDIR/missing")"
}

teardown() {
  end_programs
}

@test "musl-gcc builds it without a warning, and it needs no library" {
  make --no-print-directory static CC=musl-gcc WERROR=1 CFLAGS=-O1 # which is quicker
  run -0 readelf --program-headers "$SCTP_CONNECT"
  refute_output --partial INTERP
  # Alone in a root of its own.
  cp "$SCTP_CONNECT" "$BATS_TEST_TMPDIR/program"
  run -0 chroot "$BATS_TEST_TMPDIR" /program --version
  assert_line --regexp '^stack kernel: .*libsctp [0-9.]+$'
  assert_line --regexp '^stack usrsctp: .*libusrsctp [0-9.]+$'
}

@test "it explains what the other build explains" {
  local name names
  names=$(build/sctp-connect --list names)
  [ "$(wc -w <<<"$names")" -gt 100 ]
  for name in $names; do
    diff <("$SCTP_CONNECT" --explain "$name") <(build/sctp-connect --explain "$name")
  done
}

@test "it connects, in every mode, and names resolve" {
  local mode
  start_listener_3
  for mode in -n -B -m; do
    try_json 0 "$mode" -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
    json .result connected '[.paths[].verdict] | join(" ")' 'verified verified verified'
  done
  end_listener
  try 1 -a localhost:9 -w 5
  assert_output --partial '(localhost)'
  try 3 -w 2 -a no.such.name.invalid:9
}

#!/usr/bin/env bats
# Peers that other people wrote, at either end. All of them use the kernel's SCTP.
# bats file_tags=kernel
load helper

setup_file() {
  export TOPO=for$$
  topo_up 2
}

teardown_file() {
  topo_down
}

teardown() {
  end_programs
  [ -z "${FOREIGN:-}" ] || { kill "$FOREIGN" && wait "$FOREIGN"; } || true
}

# need PROGRAM PACKAGE
need() {
  command -v "$1" >/dev/null || skip "$1 is missing: apt-get install $2"
}

# serve PROGRAM [ARGUMENT]...: a foreign listener on port 5000 of the server, in the background.
serve() {
  echo "\$ $* &"
  ip netns exec "$TOPO-server" "$@" </dev/null >"$BATS_TEST_TMPDIR/foreign" 2>&1 3>&- &
  FOREIGN=$!
  wait_for listens server 5000 || { cat "$BATS_TEST_TMPDIR/foreign"; return 1; }
}

# ask STATUS INPUT PROGRAM [ARGUMENT]...: a foreign client. Its input ends once it has printed
# something: SCTP has no half-closed state, so a client at the end of its input ends the association,
# and an echo that is still on its way would be lost.
ask() {
  local status=$1 input=$2 out=$BATS_TEST_TMPDIR/answer got=0
  shift 2
  echo "\$ $*"
  rm -f "$out" # of an earlier client
  timeout -k 1 60 ip netns exec "$TOPO-client" "$@" \
    <"$BATS_TEST_TMPDIR/pipe" >"$out" 2>"$out.err" 3>&- &
  exec 9<>"$BATS_TEST_TMPDIR/pipe" # does not wait for a reader
  printf '%s' "$input" >&9
  wait_for test -s "$out"
  exec 9>&-
  wait "$!" || got=$?
  output=$(cat "$out")
  cat "$out" "$out.err"
  [ "$got" -eq "$status" ]
}

setup() {
  mkfifo "$BATS_TEST_TMPDIR/pipe"
}

# --- Their listener, our client ---------------------------------------------------------------

@test "sctp_test listens: one-to-one and one-to-many, both its addresses" {
  need sctp_test lksctp-tools
  serve sctp_test -H 10.1.1.2 -B 10.1.2.2 -P 5000 -l
  local mode
  for mode in -n -Bm; do
    try_json 0 "$mode" -a 10.1.1.2:5000 -a 10.1.2.2 -a 10.9.9.9
    json .result connected '[.paths[].verdict] | join(" ")' 'verified verified rejected'
  done
  try_json 0 -a 10.1.2.2:5000
  json '[.paths[] | "\(.address) \(.requested)"] | join(", ")' '10.1.2.2 true, 10.1.1.2 false'
}

@test "sctp_darn listens: both its addresses" {
  need sctp_darn lksctp-tools
  serve sctp_darn -H 10.1.1.2 -B 10.1.2.2 -P 5000 -l
  try_json 0 -a 10.1.1.2:5000 -a 10.1.2.2
  json .result connected '[.paths[].verdict] | join(" ")' 'verified verified'
  try 0 -B -a 10.1.2.2:5000
}

@test "ncat listens" {
  need ncat ncat
  # It closes the association at the end of its input, and at once with --recv-only.
  mkfifo "$BATS_TEST_TMPDIR/input"
  serve bash -c 'exec ncat --sctp --listen 10.1.1.2 5000 <>"$0"' "$BATS_TEST_TMPDIR/input"
  try_json 0 -a 10.1.1.2:5000
  json .result connected '.paths[0] | .address, .verdict' $'10.1.1.2\nverified'
}

@test "socat listens, over IPv6 too" {
  need socat socat
  { socat -h | grep -qi sctp-listen; } || skip "this socat has no SCTP"
  serve socat SCTP6-LISTEN:5000,ipv6only=0,fork,reuseaddr SYSTEM:cat
  try_json 0 -a '[fd01:1::2]:5000' -a fd01:2::2
  json .result connected '[.paths[].verdict] | unique | join(" ")' verified
  try_json 0 -a 10.1.1.2:5000 -a 10.1.2.2
  json .result connected '[.paths[:2][].verdict] | unique | join(" ")' verified
}

# --- Our listener, their client ---------------------------------------------------------------

# Both hang up as soon as they have sent: with SHUTDOWN, or with ABORT when the echo is there by then
# and unread; before the listener has looked at the association, or after.

@test "sctp_test sends, and hangs up" {
  need sctp_test lksctp-tools
  start_listener -b 10.1.1.2:0 -b 10.1.2.2
  run -0 timeout -k 1 60 ip netns exec "$TOPO-client" \
    sctp_test -H 10.1.1.1 -B 10.1.2.1 -P 6000 -h 10.1.1.2 -p "$PORT" -s -c 0 -x 1 -m 1500
  wait_for_line "$LISTEN_OUT" '^up .* from 10\.1\.1\.1:6000'
  wait_for_line "$LISTEN_OUT" '^down +association [0-9]+ (closed by the peer|lost: ECONNRESET)'
}

@test "sctp_darn sends two lines, and hangs up" {
  need sctp_darn lksctp-tools
  start_listener -b 10.1.1.2:0
  # Its exit status is what its last call returned.
  ask 5 $'one\ntwo\n' sctp_darn -H 10.1.1.1 -P 6001 -h 10.1.1.2 -p "$PORT" -s
  wait_for_line "$LISTEN_OUT" '^up .* from 10\.1\.1\.1:6001'
  wait_for_line "$LISTEN_OUT" '^down +association [0-9]+ (closed by the peer|lost: ECONNRESET)'
}

@test "ncat's text comes back" {
  need ncat ncat
  start_listener -b 10.1.1.2:0
  ask 0 $'hello, world\n' ncat --sctp 10.1.1.2 "$PORT"
  assert_output 'hello, world'
  wait_for_line "$LISTEN_OUT" '^down .* closed by the peer, 1 message 13 bytes echoed$'
}

@test "socat's text comes back, over IPv6 too" {
  need socat socat
  { socat -h | grep -qi sctp-connect; } || skip "this socat has no SCTP"
  start_listener -p 0
  ask 0 'over IPv4' socat - "SCTP:10.1.1.2:$PORT"
  assert_output 'over IPv4'
  wait_for_line "$LISTEN_OUT" '^down .* closed by the peer, 1 message 9 bytes echoed$'
  ask 0 'over IPv6!' socat - "SCTP6:[fd01:2::2]:$PORT"
  assert_output 'over IPv6!'
  wait_for_line "$LISTEN_OUT" '^down .* closed by the peer, 1 message 10 bytes echoed$'
}

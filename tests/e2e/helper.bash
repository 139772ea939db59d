# shellcheck shell=bash
# What every end-to-end test file loads: the program, a listener, and the ways to run them.
bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
TOPO=${TOPO:-e$$}
# shellcheck source=tests/lab/topology.bash
source "$BATS_TEST_DIRNAME/../lab/topology.bash"

SCTP_CONNECT=${SCTP_CONNECT:-$PWD/build/sctp-connect}

# try STATUS [OPTION]...: the program in the client namespace; its exit status must be STATUS, its
# output is in $output and $stderr. No run may hang: 30 s is far above any test's own deadline.
try() {
  local status=$1
  shift
  echo "\$ sctp-connect $*"
  run "-$status" --separate-stderr timeout -k 1 30 ip netns exec "$TOPO-client" "$SCTP_CONNECT" "$@"
  echo "$output"
  echo "$stderr"
}

# try_json STATUS [OPTION]...: the same with --json. The line is kept: once the tests are through,
# tests/run checks all of them against the schema, which takes seconds per start in the guest.
try_json() {
  local status=$1
  shift
  try "$status" --json "$@"
  keep_json <<<"$output"
}

# keep_json: the JSON lines on stdin, for the check against the schema.
keep_json() {
  mkdir -p "$PWD/build/check"
  cat >>"${JSON_LINES:-$PWD/build/check/json.lines}"
}

# json FILTER EXPECTED [FILTER EXPECTED]...: what jq makes of $output. One call for all is quicker.
json() {
  local -a filters=() expected=() got=()
  local program="" i line
  while [ $# -gt 0 ]; do
    filters+=("$1") expected+=("$2")
    program+="${program:+, }($1), \"--\""
    shift 2
  done
  i=0
  while read -r line; do
    if [ "$line" = -- ]; then i=$((i + 1)); else got[i]+="${got[i]+$'\n'}$line"; fi
  done < <(jq -r "$program" <<<"$output")
  [ "$i" -eq "${#filters[@]}" ] || fail "jq: $program: on: $output"
  for i in "${!filters[@]}"; do
    [ "${got[i]-}" = "${expected[i]}" ] ||
      fail "jq '${filters[i]}' gives: ${got[i]-} (expected: ${expected[i]}), of: $output"
  done
}

# start_listener [OPTION]...: our own, in the server namespace. Sets LISTENER (pid), PORT, and
# LISTEN_OUT (its output); with -p or -b HOST:PORT on the command line that port, else a free one.
start_listener() {
  LISTEN_OUT=$BATS_TEST_TMPDIR/listener.$RANDOM
  ip netns exec "$TOPO-server" "$SCTP_CONNECT" --listen "$@" >"$LISTEN_OUT" 2>"$LISTEN_OUT.err" 3>&- &
  LISTENER=$!
  wait_for_line "$LISTEN_OUT" 'listening' 10 || { cat "$LISTEN_OUT.err"; return 1; }
  PORT=$(sed -nE '1s/.*listening on \S*:([0-9]+).*/\1/p; 1s/.*"port":([0-9]+).*/\1/p' "$LISTEN_OUT")
}

# start_listener_3 [OPTION]...: on the three IPv4 addresses of the server.
start_listener_3() {
  start_listener -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2 "$@"
}

# end_listener: SIGTERM; its exit status is in $listener_status.
end_listener() {
  kill "$LISTENER"
  listener_status=0
  wait "$LISTENER" || listener_status=$?
}

# associations SIDE: how many SCTP associations the namespace has, in any state.
associations() {
  ip netns exec "$TOPO-$1" cat /proc/net/sctp/assocs | tail -n +2 | grep -c . || true
}

no_associations() { # SIDE
  [ "$(associations "$1")" -eq 0 ]
}

# start_client [OPTION]...: the program in the client namespace, in the background, with ^C as a
# terminal leaves it (shells have what runs in the background ignore it). Sets CLIENT (pid) and
# CLIENT_OUT; end_client SIGNAL ends it, and its exit status is in $client_status.
start_client() {
  CLIENT_OUT=$BATS_TEST_TMPDIR/client.$RANDOM
  echo "\$ sctp-connect $* &"
  ip netns exec "$TOPO-client" env --default-signal=INT "$SCTP_CONNECT" "$@" \
    >"$CLIENT_OUT" 2>"$CLIENT_OUT.err" 3>&- &
  CLIENT=$!
}

end_client() { # SIGNAL
  kill -s "$1" "$CLIENT"
  client_status=0
  wait "$CLIENT" || client_status=$?
  cat "$CLIENT_OUT" "$CLIENT_OUT.err"
}

has_associations() { # SIDE COUNT
  [ "$(associations "$1")" -eq "$2" ]
}

# listens SIDE PORT: does anything there listen on that SCTP port?
listens() {
  # The fourth column is the state of the socket: 10 is LISTEN.
  ip netns exec "$TOPO-$1" cat /proc/net/sctp/eps | grep -Eq "^ *\S+ +\S+ +\S+ +10 +\S+ +$2 "
}

# peer SIDE [ARGUMENT]...: a peer that is not ours: the Python on stdin, with tests/e2e/sctp.py.
peer() {
  local side=$1
  shift
  { echo 'import os, sys, time'; echo 'from sctp import *'; cat; } |
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/e2e \
      timeout -k 1 60 ip netns exec "$TOPO-$side" python3 - "$@"
}

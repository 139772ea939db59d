# shellcheck shell=bash
# Loaded by every end-to-end test: the program, a listener, and functions to run them.
bats_require_minimum_version 1.5.0
# shellcheck source=tests/lab/bats.bash
source "$BATS_TEST_DIRNAME/../lab/bats.bash"
TOPO=${TOPO:-e$$}
# shellcheck source=tests/lab/topology.bash
source "$BATS_TEST_DIRNAME/../lab/topology.bash"
# shellcheck source=tests/faults/record.bash
source "$BATS_TEST_DIRNAME/../faults/record.bash"

SCTP_CONNECT=${SCTP_CONNECT:-$PWD/build/sctp-connect}

# --- The stack --------------------------------------------------------------------------------
#
# STACK is whose SCTP the tests run on, at both ends: the kernel's, or usrsctp's in UDP datagrams, which
# follow the kernel's routes. A test that is about one of them has it as its tag ("# bats test_tags=kernel"),
# and tests/run leaves it out for the other. Where the two differ by right, by_stack has both truths.
STACK=${STACK:-kernel}
UDP=9899
case $STACK in
  kernel)
    PROGRAM=("$SCTP_CONNECT") # as it is by itself
    SCTP='meta l4proto sctp' # an nftables match of SCTP's packets
    ;;
  usrsctp)
    PROGRAM=("$SCTP_CONNECT" --stack usrsctp --udp-encaps "$UDP")
    SCTP='meta l4proto udp'
    ;;
  *)
    echo "STACK=$STACK: kernel or usrsctp" >&2
    exit 1
    ;;
esac

by_stack() { # KERNEL USRSCTP
  if [ "$STACK" = kernel ]; then echo "$1"; else echo "$2"; fi
}

# chunk NAME [!=]: an nftables match of packets that begin with that chunk, or do not.
chunk() {
  local -A types=([init]=1 [init-ack]=2 [heartbeat]=4 [heartbeat-ack]=5 [shutdown]=7 [cookie-echo]=10
    [cookie-ack]=11) # RFC 9260 section 3.2
  # In UDP it comes after that header, of 64 bits, and SCTP's own, of 96.
  local there=exists
  [ -z "${2:-}" ] || there=missing
  by_stack "sctp chunk $1 $there" "meta l4proto udp @th,160,8 ${2:-==} ${types[$1]}"
}

# start_stack: SCTP on the server, and no listener. The kernel is there anyway; in user space it takes a
# program, which listens on another port until start_listener takes its place.
start_stack() {
  [ "$STACK" = usrsctp ] || return 0
  ip netns exec "$TOPO-server" "${PROGRAM[@]}" --listen -p 1 >"$BATS_TEST_TMPDIR/stack" 2>&1 3>&- &
  STACK_PID=$!
  wait_for_line "$BATS_TEST_TMPDIR/stack" '^listening'
}

end_stack() {
  [ -n "${STACK_PID:-}" ] || return 0
  kill "$STACK_PID"
  wait "$STACK_PID" || true
  STACK_PID=
}

# packets_out SIDE: SCTP packets that the namespace has sent so far.
packets_out() {
  if [ "$STACK" = kernel ]; then
    ip netns exec "$TOPO-$1" sed -n 's/^SctpOutSCTPPacks[[:space:]]*//p' /proc/net/sctp/snmp
  else
    ip netns exec "$TOPO-$1" awk '/^Udp:/ && ++n == 2 { out += $5 }
      $1 == "Udp6OutDatagrams" { out += $2 } END { print out }' /proc/net/snmp /proc/net/snmp6
  fi
}

# No process, and no socket of the stack in user space, that outlives a run.
nothing_left() { # SIDE
  [ "$STACK" = usrsctp ] || return 0
  if ! wait_for no_process "$1"; then
    ip netns pids "$TOPO-$1" | xargs -r ps -o pid,stat,args -p
    ip netns pids "$TOPO-$1" | xargs -r kill -s KILL
    fail "left running in $1"
  fi
  # The last thread of a process may still be closing them when its first one has gone.
  wait_for no_sockets "$1" || fail "left open in $1: $(ip netns exec "$TOPO-$1" ss -Hnuaw)"
}

no_sockets() { # SIDE
  [ -z "$(ip netns exec "$TOPO-$1" ss -Hnuaw)" ]
}

no_process() { # SIDE
  [ -z "$(ip netns pids "$TOPO-$1")" ]
}

# end_programs: what each teardown does with those that a test has started.
end_programs() {
  [ -z "${LISTENER:-}" ] || end_listener
  [ -z "${ODD_PEER:-}" ] || end_odd_peer
  end_stack
  # bats calls teardown as a condition, in which "set -e" does nothing.
  nothing_left client || return
  nothing_left server
}

# own_hosts [LINE]...: the client asks no name server, but a file with these lines. forget_hosts removes it.
own_hosts() {
  mkdir -p "/etc/netns/$TOPO-client"
  echo 'hosts: files' >"/etc/netns/$TOPO-client/nsswitch.conf"
  printf '%s\n' "$@" >"/etc/netns/$TOPO-client/hosts"
}

forget_hosts() {
  rm -rf "/etc/netns/$TOPO-client"
}

# --- Running the program ----------------------------------------------------------------------

# try STATUS [OPTION]...: the program in the client namespace; its exit status must be STATUS, its
# output is in $output and $stderr. No run may hang: 60 s is far above any test's own deadline.
try() {
  local expected=$1
  shift
  echo "\$ sctp-connect $*"
  # What "run --separate-stderr" of bats does, with one process less.
  status=0
  output=$(timeout -k 1 60 ip netns exec "$TOPO-client" "${PROGRAM[@]}" "$@" 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
  read -rd '' stderr <"$BATS_TEST_TMPDIR/stderr" || true
  IFS=$'\n' read -rd '' -a lines <<<"$output" || true
  echo "$output"
  echo "$stderr"
  [ "$status" -eq "$expected" ] || fail "the exit status is $status, not $expected"
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
  local -a kept
  mapfile kept
  [ -d build/check ] || mkdir -p build/check
  printf '%s' "${kept[@]}" >>"${JSON_LINES:-$PWD/build/check/json.lines}"
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
  end_stack
  ip netns exec "$TOPO-server" "${PROGRAM[@]}" --listen "$@" >"$LISTEN_OUT" 2>"$LISTEN_OUT.err" 3>&- &
  LISTENER=$!
  wait_for_line "$LISTEN_OUT" 'listening' || { cat "$LISTEN_OUT.err"; return 1; }
  local line
  read -r line <"$LISTEN_OUT"
  [[ $line =~ listening\ on\ [^[:space:]]*:([0-9]+) || $line =~ .*\"port\":([0-9]+) ]]
  PORT=${BASH_REMATCH[1]}
}

# start_listener_3 [OPTION]...: on the three IPv4 addresses of the server.
start_listener_3() {
  start_listener -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2 "$@"
}

# end_listener: SIGTERM; its exit status is in $listener_status.
end_listener() {
  # A test that failed may have left it stopped. After SIGTERM it would be too late: SIGCONT takes back the SIGSTOP
  # with which LeakSanitizer looks at a process that ends, and both would wait for ever.
  kill -s CONT "$LISTENER" 2>/dev/null || true
  kill "$LISTENER"
  listener_status=0
  wait "$LISTENER" || listener_status=$?
  LISTENER=
}

# associations SIDE: how many SCTP associations the namespace has, in any state. In user space: those
# that the listener has told of, or the client programs that have their socket open.
associations() {
  if [ "$STACK" = kernel ]; then
    # The first line is a heading.
    echo "$(($(ip netns exec "$TOPO-$1" grep -c . /proc/net/sctp/assocs) - 1))"
  elif [ "$1" = server ]; then
    awk '/^up|"event":"up"/ { n++ } /^down|"event":"down"/ { n-- } END { print n + 0 }' "${LISTEN_OUT:-/dev/null}"
  else
    ip netns exec "$TOPO-client" ss -Hnua4 | grep -c . || true
  fi
}

no_associations() { # SIDE
  [ "$(associations "$1")" -eq 0 ]
}

# start_client [OPTION]...: the program in the client namespace, in the background, with ^C as a
# terminal leaves it (shells have what runs in the background ignore it, and nohup a hang-up). Sets CLIENT (pid) and
# CLIENT_OUT; end_client SIGNAL ends it, and its exit status is in $client_status.
start_client() {
  CLIENT_OUT=$BATS_TEST_TMPDIR/client.$RANDOM
  packets_before=$(packets_out client)
  echo "\$ sctp-connect $* &"
  ip netns exec "$TOPO-client" env --default-signal=INT,HUP "--ignore-signal=${ignored:-PIPE}" \
    "${PROGRAM[@]}" "$@" \
    >"$CLIENT_OUT" 2>"$CLIENT_OUT.err" 3>&- &
  CLIENT=$!
}

end_client() { # SIGNAL
  kill -s "$1" "$CLIENT"
  client_status=0
  wait "$CLIENT" || client_status=$?
  cat "$CLIENT_OUT" "$CLIENT_OUT.err"
}

# pending: has the INIT of the client that start_client started left?
pending() {
  [ "$(packets_out client)" -gt "$packets_before" ]
}

# listens SIDE PORT: does anything there listen on that SCTP port? In user space: is SCTP there?
listens() {
  if [ "$STACK" = usrsctp ]; then
    ip netns exec "$TOPO-$1" ss -Hnua "sport = :$UDP" | grep -q .
    return
  fi
  # The fourth column is the state of the socket: 10 is LISTEN.
  ip netns exec "$TOPO-$1" grep -Eq "^ *\S+ +\S+ +\S+ +10 +\S+ +$2 " /proc/net/sctp/eps
}

# peer SIDE [ARGUMENT]...: a peer that is not ours: the Python on stdin, with tests/e2e/sctp.py, or what
# stands for it in user space.
peer() {
  local side=$1 script
  shift
  script="import os, sys, time
from $(by_stack sctp sctp_usrsctp) import *
$(cat)"
  PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/e2e \
    timeout -k 1 300 ip netns exec "$TOPO-$side" python3 -c "$script" "$@"
}

# start_odd_peer: tests/faults/odd_peer.py, in the place of the server's stack. end_odd_peer ends it.
start_odd_peer() {
  in_server nft "add table inet odd; add chain inet odd input { type filter hook input priority 0; };
    add rule inet odd input $SCTP drop"
  PYTHONDONTWRITEBYTECODE=1 ip netns exec "$TOPO-server" python3 tests/faults/odd_peer.py "$STACK" 10.1.1.2 10.1.2.2 10.1.3.2 \
    >"$BATS_TEST_TMPDIR/odd" 3>&- &
  ODD_PEER=$!
  wait_for_line "$BATS_TEST_TMPDIR/odd" '^ready'
}

end_odd_peer() {
  kill "$ODD_PEER"
  wait "$ODD_PEER" || true
  ODD_PEER=
  in_server nft delete table inet odd
}

odd_port() { # FAULT
  sed -n "s/^$1 //p" "$BATS_TEST_TMPDIR/odd"
}

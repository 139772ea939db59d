#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The end of the program with the stack in user space: it ends soon, and leaves nothing running or bound.
load lab

# What it may take from the outcome to the end of the process, three times as long as it does.
END_MS=900

setup_file() { lab_up leave; }
teardown_file() { lab_down; }
teardown() { lab_clean; }

setup() {
  slowest=0
}

now_us() { echo "${EPOCHREALTIME/[.,]/}"; }

# soon FUNCTION...: what it runs has ended soon after its outcome. A busy machine may need longer, but not each time.
soon() {
  local i
  for i in {1..8}; do
    "$@"
    [ "$ms" -ge "$END_MS" ] || break
  done
  [ "$ms" -lt "$END_MS" ] || fail "ended $ms ms after its outcome"
  [ "$ms" -le "$slowest" ] || slowest=$ms
}

# ended SINCE_US [OUTCOME_MS [END_US]]: the program has ended, just now or at END_US; what it waited for
# was there OUTCOME_MS after SINCE_US. For soon().
ended() {
  ms=$(((${3:-$(now_us)} - $1) / 1000 - ${2:-0}))
  nothing_left client
  [ -n "${LISTENER:-}" ] || nothing_left server
}

tell() {
  echo "# at most $slowest ms from the outcome to the end" >&3
}

# run_us STATUS OPTION...: one run, from when its outcome was there, as it says itself.
run_us() {
  local since end
  since=$(now_us)
  try "$1" --json --stack usrsctp "${@:2}"
  end=$(now_us)
  keep_json <<<"$output"
  ended "$since" "$(jq '[.time_ms[["resolve", "connect", "probe"][]] // 0] | add | floor' <<<"$output")" "$end"
}

# Both kinds of packets, in all four modes.
each() { # FUNCTION...
  local udp mode
  for udp in "" "-u $UDP"; do
    if [ -z "$udp" ] && [ -e /proc/net/sctp ]; then continue; fi # raw goes not with the kernel's
    for mode in "${modes[@]}"; do
      # shellcheck disable=SC2086 # lists of options
      soon "$@" $udp $mode
    done
  done
  tell
}

connected() { run_us 0 --hold 0 "$@" -a "10.1.1.2:$PORT" -a 10.1.2.2; }

@test "connected" {
  listen_us -b 10.1.1.2:0 -b 10.1.2.2
  local raw=$LISTENER
  start_listener --stack usrsctp -u $UDP -b "10.1.1.2:$PORT" -b 10.1.2.2
  each connected
  kill "$raw"
  wait "$raw" || true
}

refused() { run_us 1 "$@" -w 10s -a 10.1.1.2:9; }

@test "refused, by ABORT or ICMP" {
  listen_us -u $UDP -b 10.1.1.2:0
  nft_server input meta l4proto sctp reject with icmp type prot-unreachable
  each refused
}

silent() { run_us 4 "$@" -w 300ms -a 10.1.1.2:5000; }

@test "timeout" {
  drop_path 1
  each silent
}

unclosed() { # OPTION...
  local since
  since=$(now_us)
  try 0 --stack usrsctp "$@" -a "10.1.1.2:$PORT"
  ended "$since" 1000
}

@test "connected, and the peer answers no SHUTDOWN: given up after a second" {
  [ ! -e /proc/net/sctp ] || skip "this kernel has SCTP"
  listen_us -b 10.1.1.2:0 -b 10.1.2.2
  nft_server input sctp chunk shutdown exists counter drop
  local mode
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086
    soon unclosed $mode
  done
  ip netns exec "$TOPO-server" nft list ruleset | grep -q 'packets [1-9]'
  tell
}

unusable() {
  local since
  since=$(now_us)
  try 2 --stack usrsctp -u 70000 -a 10.1.1.2:5000
  ended "$since"
}

@test "usage errors and what this host cannot do" {
  soon unusable
  soon run_us 6 -u $UDP -b 10.9.9.9 -a 10.1.1.2:5000
  soon run_us 6 -u $UDP -a 'fe80::1%c1' -p 5000
  tell
}

pending() { # SIGNAL OPTION...
  local signal=$1 since status
  start_client --stack usrsctp -v -w 30s "${@:2}" -a 10.1.1.2:5000
  wait_for_line "$CLIENT_OUT.err" 'the call'
  since=$(now_us)
  end_client "$signal"
  ended "$since"
  status=$((128 + $(kill -l "$signal")))
  [ "$client_status" -eq "$status" ] || fail "$signal: exit status $client_status"
}

@test "INT, TERM and KILL while pending" {
  drop_path 1
  local signal
  for signal in INT TERM KILL; do each pending "$signal"; done
}

# serving SIGNAL OPTION...: a listener with an association on it.
serving() {
  local signal=$1 since peer out=$BATS_TEST_TMPDIR/peer.$RANDOM # of its own, as LISTEN_OUT
  LISTEN_OUT=$BATS_TEST_TMPDIR/listener.$RANDOM
  ip netns exec "$TOPO-server" env --default-signal=INT "$SCTP_CONNECT" --stack usrsctp --listen \
    "${@:2}" >"$LISTEN_OUT" 2>&1 3>&- &
  LISTENER=$!
  wait_for_line "$LISTEN_OUT" '^listening'
  PORT=$(sed -nE '1s/.*listening on \S*:([0-9]+).*/\1/p' "$LISTEN_OUT")
  ip netns exec "$TOPO-client" timeout 60 build/usrsctp/peer $UDP 10.1.1.2 "$PORT" 1000 \
    >"$out" 3>&- &
  peer=$!
  wait_for_line "$out" '^1000'
  since=$(now_us)
  kill -s "$signal" "$LISTENER"
  listener_status=0
  wait "$LISTENER" || listener_status=$?
  LISTENER=
  # The peer is not told of a KILL, and would wait.
  [ "$signal" != KILL ] || kill "$peer"
  wait_for ended_peer "$peer"
  ended "$since"
  [ "$listener_status" -eq $((128 + $(kill -l "$signal"))) ] ||
    fail "$signal: exit status $listener_status"
  [ "$signal" = KILL ] || grep -q '^shutdown' "$out"
}

ended_peer() { ! kill -0 "$1"; }

@test "a listener: INT, TERM and KILL while an association is up" {
  [ -x build/usrsctp/peer ] || skip "build/usrsctp/peer is not built"
  local signal
  for signal in INT TERM KILL; do soon serving "$signal" -u $UDP -b 10.1.1.2:0 -b 10.1.2.2; done
  tell
}

counted() { # OPTION...: of the listener
  local since
  listen_us "$@" --count 1 -b 10.1.1.2:0 -b 10.1.2.2
  us 0 "$@" -a "10.1.1.2:$PORT"
  since=$(now_us)
  wait "$LISTENER"
  LISTENER=
  ended "$since"
}

unused() { # OPTION...: of the listener
  local since
  listen_us "$@" -b 10.1.1.2:0
  since=$(now_us)
  end_listener
  LISTENER=
  ended "$since"
  [ "$listener_status" -eq 143 ]
}

@test "a listener: --count, and signals without any client" {
  local udp
  for udp in "" "-u $UDP"; do
    if [ -z "$udp" ] && [ -e /proc/net/sctp ]; then continue; fi
    # shellcheck disable=SC2086
    soon counted $udp
    # shellcheck disable=SC2086
    soon unused $udp
  done
  tell
}

# What is not asked for does not start: neither threads nor sockets of the library.
@test "without the stack in user space: none of its threads, sockets or look-ups" {
  command -v strace >/dev/null || skip "strace is not installed"
  [[ $SCTP_CONNECT != */sanitize/* ]] || skip "the leak checker has a thread of its own"
  local trace=$BATS_TEST_TMPDIR/trace
  run strace -f -o "$trace" "$SCTP_CONNECT" --version
  run strace -f -o "$trace.k" "$SCTP_CONNECT" --stack kernel -w 300ms -a 127.0.0.1:9
  run ! grep -E '(clone3?|socket)\(' "$trace"
  run ! grep -E 'clone3?\(|SOCK_RAW|SOCK_DGRAM|NETLINK|eventfd|timerfd' "$trace.k"
  grep -q 'socket(AF_INET, SOCK_STREAM' "$trace.k"
}

# The first process of many containers waits only for what it has started itself.
@test "in a container whose first process reaps nothing: no zombie is left" {
  run in_client unshare --pid --fork --mount-proc python3 -c '
import glob, os, subprocess, sys
print("status", subprocess.run(sys.argv[1:]).returncode)
for other in set(glob.glob("/proc/[0-9]*")) - {"/proc/1"}:
    print(open(other + "/stat").read())
' "$SCTP_CONNECT" --stack usrsctp --quiet -a 10.1.1.2:9
  [ "$output" = "status 1" ] || fail "$output"
}

#!/usr/bin/env bats
# ^C, SIGTERM, stop and continue: an end with what is known, and no association left behind.
load helper

setup_file() {
  export TOPO=sig$$
  topo_up 2
}

teardown_file() {
  topo_down
}

teardown() {
  nft_flush
  [ -z "${LISTENER:-}" ] || end_listener
}

# start_client [OPTION]...: in the background, with SIGINT at its default, which bash takes from
# background jobs. Sets CLIENT and OUT.
start_client() {
  OUT=$BATS_TEST_TMPDIR/client.$RANDOM
  env --default-signal=INT ip netns exec "$TOPO-client" "$SCTP_CONNECT" -v "$@" >"$OUT" 2>"$OUT.err" 3>&- &
  CLIENT=$!
}

# ends_with STATUS: waits for the client.
ends_with() {
  local status=0
  wait "$CLIENT" || status=$?
  cat "$OUT" "$OUT.err"
  [ "$status" -eq "$1" ]
}

pending() { # the kernel is at it: one association in COOKIE-WAIT
  [ "$(associations client)" -eq 1 ]
}

signal_while_pending() { # SIGNAL STATUS OPTION...
  local signal=$1 status=$2
  shift 2
  nft_server input ip daddr 10.1.1.2 drop
  start_client --json -w 60s "$@" -a 10.1.1.2:5000
  wait_for -t 20 pending
  kill -s "$signal" "$CLIENT"
  ends_with "$status"
  output=$(cat "$OUT")
  keep_json <"$OUT"
  json .result failed .signal "SIG$signal" .exit_status "$status" '.paths[0].verdict' silent
  wait_for no_associations client
}

@test "SIGINT while pending, non-blocking: 130" {
  signal_while_pending INT 130
}

@test "SIGINT while pending, blocking: 130" {
  signal_while_pending INT 130 -B
}

@test "SIGTERM while pending, one-to-many: 143" {
  signal_while_pending TERM 143 -m
}

@test "SIGTERM while pending, one-to-many and blocking: 143" {
  signal_while_pending TERM 143 -m -B
}

@test "SIGHUP while pending: 129" {
  signal_while_pending HUP 129
}

@test "SIGINT between two tries of --wait" {
  start_client -W 60s -a 10.1.1.2:9
  wait_for_line "$OUT.err" 'refused, ECONNREFUSED' 20
  kill -s INT "$CLIENT"
  ends_with 130
}

@test "a signal that was ignored at the start stays ignored (nohup)" {
  nft_server input ip daddr 10.1.1.2 drop
  OUT=$BATS_TEST_TMPDIR/client
  env --ignore-signal=HUP ip netns exec "$TOPO-client" "$SCTP_CONNECT" -v -w 1s -a 10.1.1.2:5000 \
    >"$OUT" 2>"$OUT.err" 3>&- &
  CLIENT=$!
  wait_for -t 20 pending
  kill -s HUP "$CLIENT"
  ends_with 4
}

@test "interrupted in COOKIE-ECHOED: the peer is told by ABORT, and keeps no association" {
  nft_client input sctp chunk cookie-ack exists drop || skip "nft cannot match SCTP chunks here"
  start_listener -b 10.1.1.2:0
  start_client -w 60s -a "10.1.1.2:$PORT"
  wait_for_line "$LISTEN_OUT" '^up' 20
  kill -s INT "$CLIENT"
  ends_with 130
  wait_for_line "$LISTEN_OUT" '^down .*lost' 20
  wait_for no_associations client
  wait_for no_associations server
}

# Stopped and continued, the kernel restarts the blocking call, and says EALREADY to it.
stop_and_continue() { # OPTION...
  start_listener -b 10.1.1.2:0
  nft_server input ip daddr 10.1.1.2 drop
  start_client --rto-initial 100ms --init-timeout 100ms -w 60s "$@" -a "10.1.1.2:$PORT"
  wait_for -t 20 pending
  kill -s STOP "$CLIENT"
  wait_for grep -q '^State:.*T' "/proc/$CLIENT/status"
  kill -s CONT "$CLIENT"
  wait_for grep -q '^State:.*[SR]' "/proc/$CLIENT/status"
  nft_flush
  ends_with 0
  grep -q '^connected' "$OUT"
}

@test "stopped and continued while pending, blocking: connected all the same" {
  stop_and_continue -B
}

@test "stopped and continued while pending, blocking, one-to-many: connected all the same" {
  stop_and_continue -B -m
}

@test "stopped and continued while pending, non-blocking: connected all the same" {
  stop_and_continue
}

@test "the peer vanishes after the handshake: closing is bounded, with ABORT" {
  start_listener -b 10.1.1.2:0
  # All but the handshake is dropped: SHUTDOWN finds no answer.
  nft_server input sctp chunk shutdown exists drop || skip "nft cannot match SCTP chunks here"
  start_client -w 10s -a "10.1.1.2:$PORT"
  ends_with 0
  grep -q 'no end to the SHUTDOWN, so ABORT' "$OUT.err"
  wait_for no_associations client
  wait_for no_associations server
}

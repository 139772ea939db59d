#!/usr/bin/env bats
# ^C, SIGTERM, stop and continue: the report has what is known, and no association is left.
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
  end_programs
}

# ends_with STATUS: waits for the client.
ends_with() {
  local status=0
  wait "$CLIENT" || status=$?
  cat "$CLIENT_OUT" "$CLIENT_OUT.err"
  [ "$status" -eq "$1" ]
}

signal_while_pending() { # SIGNAL STATUS OPTION...
  local signal=$1 status=$2
  shift 2
  nft_server input ip daddr 10.1.1.2 drop
  start_client -v --json -w 60s "$@" -a 10.1.1.2:5000
  wait_for pending
  kill -s "$signal" "$CLIENT"
  ends_with "$status"
  output=$(cat "$CLIENT_OUT")
  keep_json <"$CLIENT_OUT"
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

@test "SIGINT while the association is held: 130, and --monitor does not begin" {
  start_listener -b 10.1.1.2:0
  start_client -v -M10s --hold 30s -a "10.1.1.2:$PORT"
  wait_for_line "$CLIENT_OUT.err" 'HEARTBEAT-ACK from'
  kill -s INT "$CLIENT"
  ends_with 130
}

@test "SIGINT between two tries of --wait" {
  start_stack
  start_client -v -W 60s -a 10.1.1.2:9
  wait_for_line "$CLIENT_OUT.err" 'refused, ECONNREFUSED'
  kill -s INT "$CLIENT"
  ends_with 130
}

@test "a signal that was ignored at the start stays ignored (nohup)" {
  nft_server input ip daddr 10.1.1.2 drop
  ignored=HUP start_client -v -w 1s -a 10.1.1.2:5000
  wait_for pending
  kill -s HUP "$CLIENT"
  ends_with 4
}

@test "interrupted in COOKIE-ECHOED: the peer is told by ABORT, and keeps no association" {
  nft_client input "$(chunk cookie-ack)" drop || skip "nft cannot match SCTP chunks here"
  nft_client input "$(chunk heartbeat)" drop # which usrsctp takes for one
  start_listener -b 10.1.1.2:0
  start_client -v -w 60s -a "10.1.1.2:$PORT"
  wait_for_line "$LISTEN_OUT" '^up'
  kill -s INT "$CLIENT"
  ends_with 130
  wait_for_line "$LISTEN_OUT" '^down .*lost'
  wait_for no_associations client
  wait_for no_associations server
}

# Stopped and continued, the kernel restarts the blocking call, and says EALREADY to it.
stop_and_continue() { # OPTION...
  start_listener -b 10.1.1.2:0
  nft_server input ip daddr 10.1.1.2 drop
  start_client -v --rto-initial 100ms --init-timeout 100ms -w 60s "$@" -a "10.1.1.2:$PORT"
  wait_for pending
  kill -s STOP "$CLIENT"
  wait_for grep -q '^State:.*T' "/proc/$CLIENT/status"
  kill -s CONT "$CLIENT"
  wait_for grep -q '^State:.*[SR]' "/proc/$CLIENT/status"
  nft_flush
  ends_with 0
  grep -q '^connected' "$CLIENT_OUT"
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
  nft_server input "$(chunk shutdown)" drop || skip "nft cannot match SCTP chunks here"
  start_client -v -w 10s -a "10.1.1.2:$PORT"
  ends_with 0
  grep -q 'no answer to SHUTDOWN, so ABORT' "$CLIENT_OUT.err"
  grep -q '^sctp-connect: no answer to SHUTDOWN within [0-9.]* m*s, so this end aborted' "$CLIENT_OUT.err"
  wait_for no_associations client
  wait_for no_associations server
}

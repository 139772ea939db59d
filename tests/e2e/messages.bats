#!/usr/bin/env bats
# --send and --expect: what leaves, what is told of what comes, and what is wrong when nothing does.
load helper

setup_file() {
  export TOPO=msg$$
  topo_up 3
}

teardown_file() {
  topo_down
}

teardown() {
  [ -z "${SERVER:-}" ] || { kill "$SERVER" 2>/dev/null || true; wait "$SERVER" || true; SERVER=; }
  end_programs
}

# serve PORT: a foreign server on 10.1.1.2, the Python on stdin; "l" listens.
serve() {
  end_stack
  { echo "l = endpoint('10.1.1.2', $1)"; echo 'l.listen(5)'; echo 'print("listening", flush=True)'; cat; } |
    peer server >"$BATS_TEST_TMPDIR/server" 3>&- &
  SERVER=$!
  wait_for_line "$BATS_TEST_TMPDIR/server" listening
}

@test "messages come back as they were sent: bytes, stream, PPID, order of the options" {
  printf 'a\0\377\n' >"$BATS_TEST_TMPDIR/bytes"
  head -c 100000 /dev/urandom >"$BATS_TEST_TMPDIR/long"
  start_listener -b 10.1.1.2:0 -b 10.1.2.2
  try 0 -a "10.1.1.2:$PORT" -a 10.1.2.2 --send 'text' --stream 7 --ppid diameter
  assert_line --regexp '^message +4 bytes on stream 7, PPID 46 \(diameter\), after [0-9.]+ ms$'
  assert_line '  0000  74 65 78 74                                       text'
  assert_line --regexp '^  10\.1\.2\.2:[0-9]+ +verified '

  try_json 0 -a "10.1.1.2:$PORT" --send 'hex:00 fF' --send "@$BATS_TEST_TMPDIR/bytes" --send "@$BATS_TEST_TMPDIR/long" \
    --send @- --expect 4 --ppid 4294967295 --unordered <<<'from stdin'
  output=$(jq -sc '{ r: .[0], m: [.[1:][] | { event, bytes, length, stream, ppid, ppid_name, unordered, goes_on, target }] }' \
    <<<"$output")
  json '.r.result, (.r.exchange | "\(.messages) \(.messages_sent) \(.replies)")' $'connected\n4 4 4' \
    '[.m[] | .length] | sort | join(" ")' '2 4 11 100000' \
    '.m[] | select(.length == 100000).bytes' "$(xxd -p "$BATS_TEST_TMPDIR/long" | tr -d '\n')" \
    '.m[] | select(.length < 100).bytes' $'00ff\n6100ff0a\n66726f6d20737464696e0a' \
    '[.m[] | .event, .ppid, .ppid_name, .unordered, .goes_on, .stream] | unique | tostring' \
    '[null,false,true,0,4294967295,"message"]'
}

@test "none is awaited, and the peer acknowledges; a quiet run with --blocking and --no-probe" {
  start_listener -b 10.1.1.2:0
  try_json 0 -a "10.1.1.2:$PORT" --send x --stream 12 --expect 0
  json '.exchange | "\(.replies) \(.acknowledged)"' '0 true' .association.streams_out 13
  try 0 -q -B --no-probe --hold 0 -a "10.1.1.2:$PORT" --send x
  assert_output ''
}

# The heartbeats are answered all the while.
@test "the peer's application is silent: exit 4, soon after --reply-timeout" {
  start_listener -b 10.1.1.2:0 --silent --count 2
  try 4 -a "10.1.1.2:$PORT" --send x --reply-timeout 300ms
  assert_line --regexp '^degraded +association '
  assert_line --regexp '^  10\.1\.1\.2:[0-9]+ +verified '
  [[ $stderr == *"the association is up, but the peer's application is silent: no message within 300 ms; its SCTP has acknowledged what was sent"* ]]
  # Until its window is full.
  head -c 60000 /dev/zero >"$BATS_TEST_TMPDIR/long"
  local -a many=()
  for _ in {1..20}; do many+=(--send "@$BATS_TEST_TMPDIR/long"); done
  try_json 4 -a "10.1.1.2:$PORT" "${many[@]}" --reply-timeout 500ms
  json '.exit_status, .result, .cause.code, .cause.messages, .exchange.acknowledged' $'4\ndegraded\nsend-stalled\n20\nfalse'
  local status=0
  wait "$LISTENER" || status=$?
  LISTENER=
  [ "$status" -eq 0 ] || { cat "$LISTEN_OUT"; fail "the listener's exit status is $status"; }
}

@test "drills: a reply, nothing, a close, an abort with its text" {
  start_listener -b 10.1.1.2:0 --reply 'hex:01 02 03' --abort-after 500ms:'so long'
  try_json 1 -a "10.1.1.2:$PORT" --send x --ppid 3 --stream 1 --expect 2
  output=$(jq -sc '{ r: .[0].cause, m: .[1] }' <<<"$output")
  json '.r.code, .r.abort_cause.code, .r.abort_cause.text, .r.replies, .m.bytes, .m.ppid_name, .m.stream' \
    "aborted-before-reply"$'\n'12$'\n'"$(by_stack null '"so long"')"$'\n1\n010203\nm3ua\n1'
  wait_for_line "$LISTEN_OUT" 'lost: aborted by this end, as --abort-after asks, 1 message 1 byte answered'
  end_listener
  start_listener -b 10.1.1.2:0 --discard --close-after 500ms
  try_json 1 -a "10.1.1.2:$PORT" --send x
  json '.result, .cause.code, .exchange.acknowledged' $'closed\nclosed-before-reply\ntrue'
  wait_for_line "$LISTEN_OUT" 'closed by this end, 1 message 1 byte discarded'
  end_listener
  # Longer than the send buffer is.
  head -c 1000000 /dev/urandom >"$BATS_TEST_TMPDIR/long"
  start_listener -b 10.1.1.2:0 --reply "@$BATS_TEST_TMPDIR/long"
  run -0 ip netns exec "$TOPO-client" "${PROGRAM[@]}" --json -a "10.1.1.2:$PORT" --send x --reply-timeout 20s
  jq -r 'select(.event == "message").bytes' <<<"$output" | xxd -r -p | cmp - "$BATS_TEST_TMPDIR/long"
}

@test "the peer speaks first, closes, or aborts, before and after its messages" {
  serve 5301 <<-'END'
	def next():
	    return l.accept()[0]
	s = next()
	send(s, b"hello", 1, socket.htonl(51))
	assert receive(s) is None
	s.close()
	for replies in 0, 1, 2:
	    s = next()
	    receive(s)
	    for i in range(replies):
	        send(s, b"\x1b[31m" * (i + 1), 0, 0)
	    s.close()
	s = next()
	receive(s)
	abort(s)
	END
  try 0 -a 10.1.1.2:5301 --expect 1
  assert_line --regexp '^message +5 bytes on stream 1, PPID 51 \(webrtc-string\), after '
  try 1 -a 10.1.1.2:5301 --send x
  assert_output --regexp '^closed +up after '
  [[ $output == *"the peer closed the association after "*" ms, without a reply"* ]]
  try_json 1 -a 10.1.1.2:5301 --send x --expect 2
  output=$(head -n 1 <<<"$output") json '.result, .cause.code, .cause.replies' $'closed\nclosed-before-reply\n1'
  # No byte of the peer goes to a terminal as it is.
  try 0 -a 10.1.1.2:5301 --send x --expect 2
  refute_output --partial $'\e'
  assert_line '  0000  1b 5b 33 31 6d                                    .[31m'
  try_json 1 -a 10.1.1.2:5301 --send x
  json '.result, .cause.code' $'aborted\naborted-before-reply'
}

@test "what cannot be sent: a stream that there is not, a message that is longer than the send buffer" {
  start_listener -b 10.1.1.2:0 -I 5
  try_json 5 -a "10.1.1.2:$PORT" --send x --stream 5
  json '.result, .cause.code, .cause.stream, .cause.streams, .exchange.messages_sent' $'degraded\nno-such-stream\n5\n5\n0'
  head -c 16777216 /dev/zero >"$BATS_TEST_TMPDIR/long"
  try_json 6 -a "10.1.1.2:$PORT" --send "@$BATS_TEST_TMPDIR/long"
  json '.result, .errno, .cause.code, .cause.bytes, .cause.send_buffer >= 100000' \
    $'degraded\nEMSGSIZE\nmessage-too-long\n16777216\ntrue'
}

# --- --relay ----------------------------------------------------------------------------------

# ends_with STATUS PID
ends_with() {
  local status=0
  wait "$2" || status=$?
  [ "$status" -eq "$1" ] || { cat "$BATS_TEST_TMPDIR"/*.err; fail "the exit status is $status, not $1"; }
}

# start_relay INPUT [OPTION]...: a listener that relays to $LISTEN_OUT.data. Sets LISTENER and PORT.
start_relay() {
  local input=$1
  shift
  LISTEN_OUT=$BATS_TEST_TMPDIR/relay.$RANDOM
  end_stack
  ip netns exec "$TOPO-server" "${PROGRAM[@]}" --listen --relay -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2 "$@" \
    <"$input" >"${relay_to:-$LISTEN_OUT.data}" 2>"$LISTEN_OUT.err" 3>&- &
  LISTENER=$!
  wait_for_line "$LISTEN_OUT.err" 'listening'
  [[ $(<"$LISTEN_OUT.err") =~ listening\ on\ [^[:space:]]*:([0-9]+) ]]
  PORT=${BASH_REMATCH[1]}
}

# relay_client INPUT [OPTION]...: in the background, to $CLIENT_OUT. Sets CLIENT.
relay_client() {
  local input=$1
  shift
  CLIENT_OUT=$BATS_TEST_TMPDIR/client.$RANDOM
  ip netns exec "$TOPO-client" timeout -k 1 300 "${PROGRAM[@]}" --relay -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2 "$@" \
    <"$input" >"${relay_to:-$CLIENT_OUT}" 2>"$CLIENT_OUT.err" 3>&- &
  CLIENT=$!
}

has_bytes() { # FILE COUNT
  [ "$(stat -c %s "$1")" -ge "$2" ]
}

@test "relay: both ways at once, whole; lines are messages; what comes after the end of the input" {
  head -c 2000000 /dev/urandom >"$BATS_TEST_TMPDIR/up"
  head -c 300000 /dev/urandom >"$BATS_TEST_TMPDIR/down"
  # It is the client that closes, however long a busy host lets the listener wait for a message.
  start_relay "$BATS_TEST_TMPDIR/down" --hold 60s
  relay_client "$BATS_TEST_TMPDIR/up" --ppid 46 --stream 2 --hold 1s
  ends_with 0 "$CLIENT"
  ends_with 0 "$LISTENER"
  LISTENER=
  cmp "$BATS_TEST_TMPDIR/up" "$LISTEN_OUT.data"
  cmp "$BATS_TEST_TMPDIR/down" "$CLIENT_OUT"
  grep -q '^relayed .*to the peer: [0-9]* messages, 2000000 bytes; from it: [0-9]* messages, 300000 bytes' "$CLIENT_OUT.err"

  start_listener -b 10.1.1.2:0 -b 10.1.2.2
  printf 'one\n\nthree' >"$BATS_TEST_TMPDIR/lines"
  relay_client "$BATS_TEST_TMPDIR/lines" --lines --json
  ends_with 0 "$CLIENT"
  cmp "$BATS_TEST_TMPDIR/lines" "$CLIENT_OUT"
  keep_json <"$CLIENT_OUT.err"
  output=$(tail -n 1 "$CLIENT_OUT.err")
  json '.event, .exit_status, .messages_sent, .messages_received, .bytes_unsent' $'relayed\n0\n3\n3\n0'
  wait_for_line "$LISTEN_OUT" '3 messages 10 bytes echoed'
}

# The peer must not believe that all was written.
@test "relay: an output that cannot be written, at either end, aborts the association" {
  echo text >"$BATS_TEST_TMPDIR/text"
  start_listener -b 10.1.1.2:0 -b 10.1.2.2
  relay_to=/dev/full relay_client "$BATS_TEST_TMPDIR/text"
  ends_with 6 "$CLIENT"
  grep 'write standard output: ENOSPC' "$CLIENT_OUT.err"
  wait_for_line "$LISTEN_OUT" 'lost: .*(aborted by the peer|ended by an ABORT)'
  end_listener
  relay_to=/dev/full start_relay /dev/null
  relay_client "$BATS_TEST_TMPDIR/text"
  ends_with 1 "$CLIENT"
  ends_with 6 "$LISTENER"
  LISTENER=
  grep -E '^relayed .*(aborted by the peer|ended by an ABORT)' "$CLIENT_OUT.err"
  grep '^down .* lost: aborted by this end, because --relay did not send and write everything' "$LISTEN_OUT.err"
}

# Whatever the stacks think of a path: they keep what was not acknowledged.
@test "relay: two of three paths are cut in turn, and no byte is lost" {
  head -c 10000000 /dev/urandom >"$BATS_TEST_TMPDIR/up"
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  start_relay /dev/null
  relay_client "$BATS_TEST_TMPDIR/fifo"
  {
    head -c 1000000 "$BATS_TEST_TMPDIR/up"
    wait_for has_bytes "$LISTEN_OUT.data" 900000
    cut_path 1
    tail -c +1000001 "$BATS_TEST_TMPDIR/up" | head -c 2000000
    wait_for has_bytes "$LISTEN_OUT.data" 2900000
    restore_path 1
    cut_path 2
    tail -c +3000001 "$BATS_TEST_TMPDIR/up"
  } >"$BATS_TEST_TMPDIR/fifo"
  ends_with 0 "$CLIENT"
  ends_with 0 "$LISTENER"
  LISTENER=
  restore_path 2
  cmp "$BATS_TEST_TMPDIR/up" "$LISTEN_OUT.data"
}

memory() { # PID: kB, the most so far
  awk '/^VmHWM/ { print $2 }' "/proc/$1/status"
}

# read_slowly FILE SIDE: 80 kB a second, and the amount so far into FILE. Sets READER.
read_slowly() {
  python3 -c "$(printf '%s\n' 'import os, sys, time' 'total = 0' 'while True:' '    total += len(os.read(0, 4096))' \
    '    os.pwrite(1, b"%d\n" % total, 0)' '    time.sleep(0.05)')" <"$1" >"$1.read" 3>&- &
  READER=$!
}

has_read() { # FILE BYTES
  [ "$(cat "$1.read")" -ge "$2" ]
}

# SLOW_READER: for so many seconds, and printed: tests/README.md.
@test "relay: slow readers at both ends hold up the senders, with flat memory; the peer goes away" {
  local fifo=$BATS_TEST_TMPDIR/fifo readers=() early late status=0 seconds=${SLOW_READER:-3} side to=1
  [ -z "${SLOW_READER:-}" ] || to=3
  mkfifo "$fifo".{client,server}
  for side in client server; do
    read_slowly "$fifo.$side"
    readers+=("$READER")
  done
  relay_to=$fifo.server start_relay /dev/zero
  relay_to=$fifo.client relay_client /dev/zero
  for side in client server; do wait_for has_read "$fifo.$side" 40000; done
  RELAY=$(ps -o pid= --ppid "$CLIENT" | tr -d " ")
  early=$(($(memory "$RELAY") + $(memory "$LISTENER")))
  for side in client server; do wait_for -t $((60 + 3 * seconds)) has_read "$fifo.$side" $((seconds * 80000)); done
  late=$(($(memory "$RELAY") + $(memory "$LISTENER")))
  printf '# %s, %s s: at most %s kB at the client, %s kB at the listener, %s kB of them later; read: %s and %s bytes\n' \
    "$STACK" "$seconds" "$(memory "$RELAY")" "$(memory "$LISTENER")" $((late - early)) "$(cat "$fifo.client.read")" \
    "$(cat "$fifo.server.read")" >&"$to"
  # The sanitizers keep what was freed for a while.
  if [[ $SCTP_CONNECT != */sanitize/* ]]; then
    [ "$late" -lt 40000 ]
    [ $((late - early)) -lt 4000 ]
  fi
  kill -s KILL "$LISTENER"
  wait "$LISTENER" || true
  LISTENER=
  kill "${readers[@]}"
  wait "${readers[@]}" || true
  # The output is broken, or the association is lost: both are failures.
  wait "$CLIENT" || status=$?
  cat "$CLIENT_OUT.err"
  [ "$status" -eq 1 ] || [ "$status" -eq 6 ]
}

# bats test_tags=usrsctp
@test "relay: a COOKIE-ECHO that is lost is not told as a refusal" {
  start_listener -b 10.1.1.2:0 -b 10.1.2.2
  nft_server input "$(chunk cookie-echo)" drop
  # For each path that has failed once, the library would send a HEARTBEAT, which the peer answers with ABORT.
  try 4 --relay --rto-initial 200ms -w 2s -a "10.1.1.2:$PORT" -a 10.1.2.2 </dev/null
  nft_flush
  [[ $stderr == *"10.1.1.2: answered the INIT, but not the COOKIE-ECHO"* ]]
}

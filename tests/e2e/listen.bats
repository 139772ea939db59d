#!/usr/bin/env bats
# --listen: what it binds, accepts, echoes and reports, and how it ends.
load helper

setup_file() {
  export TOPO=lis$$
  topo_up 2
}

teardown_file() {
  topo_down
}

teardown() {
  end_programs
}

# listen_ends STATUS: the listener ends by itself, so; and nothing of it is left.
listen_ends() {
  local status=0
  wait "$LISTENER" || status=$?
  LISTENER=
  cat "$LISTEN_OUT" "$LISTEN_OUT.err"
  [ "$status" -eq "$1" ] || fail "the listener's exit status is $status, not $1"
  wait_for no_associations server
}

# count REGEX: of the listener's lines.
count() {
  grep -cE "$1" "$LISTEN_OUT" || true
}

has_lines() { # REGEX COUNT
  [ "$(count "$1")" -eq "$2" ]
}

path_is_back() {
  [ "$(jq -r 'select(.event == "path" and .address == "10.1.2.1").state' "$LISTEN_OUT" |
    tail -n 1)" = active ]
}

# start_catching: a listener on 10.1.1.2:5000 that a terminal's signals can end.
start_catching() {
  LISTEN_OUT=$BATS_TEST_TMPDIR/listener.$RANDOM
  ip netns exec "$TOPO-server" env --default-signal=INT,HUP "${PROGRAM[@]}" --listen \
    -b 10.1.1.2:5000 >"$LISTEN_OUT" 2>"$LISTEN_OUT.err" 3>&- &
  LISTENER=$!
  wait_for_line "$LISTEN_OUT" listening
}

# leave_files COUNT: so many descriptors the listener may still open.
leave_files() {
  local limit=0 free=0
  while [ "$free" -le "$1" ]; do
    [ -e "/proc/$LISTENER/fd/$limit" ] || free=$((free + 1))
    limit=$((limit + 1))
  done
  prlimit --pid "$LISTENER" --nofile="$((limit - 1)):$((limit - 1))"
}

# has_spare: has it the two descriptors of an association to come, beside those of its own?
has_spare() {
  [ "$(readlink "/proc/$LISTENER/fd/"* | grep -c eventpoll)" -ge 2 ]
}

# full: is the listener stopped, and has its kernel as much of a message as it has room for? (In user space the
# stack is stopped as well.)
full() {
  grep -q '^State:.T' "/proc/$LISTENER/status" || return
  [ "$STACK" = usrsctp ] ||
    in_server awk 'NR > 1 { queued += $9 } END { exit queued < 100000 }' /proc/net/sctp/assocs
}

# client: a foreign peer of the listener, the Python on stdin. It is given the port as the first argument.
client() {
  run peer client "$PORT"
  echo "$output"
  [ "$status" -eq 0 ]
}

# --- What it binds ----------------------------------------------------------------------------

@test "port 0 is one free port for all addresses, and the first line tells it" {
  start_listener -b 10.1.1.2:0 -b 10.1.2.2 -b fd01:1::2
  [ "$PORT" -ge 1024 ]
  run -0 cat "$LISTEN_OUT"
  assert_output "listening on 10.1.1.2:$PORT 10.1.2.2:$PORT [fd01:1::2]:$PORT ($STACK)"
  try 0 -p "$PORT" -a 10.1.1.2 -a 10.1.2.2 -a fd01:1::2
  refute_output --partial rejected
}

@test "JSON tells the port of each address" {
  start_listener --json -b 10.1.1.2:0 -b 10.1.2.2
  output=$(<"$LISTEN_OUT")
  json '.event, ([.local[] | "\(.address) \(.port)"] | join(","))' \
    "listening"$'\n'"10.1.1.2 $PORT,10.1.2.2 $PORT"
}

@test "a port for all in -p, in the first -b, in the last one, as a service" {
  local arguments
  for arguments in '-p 5000 -b 10.1.1.2 -b 10.1.2.2' '-b 10.1.1.2:5000 -b 10.1.2.2' \
    '-b 10.1.1.2 -b 10.1.2.2:5000' '-p 5000 -b 10.1.1.2:5000 -b 10.1.2.2:5000' \
    '-p 9 -b 10.1.1.2:5000 -b 10.1.2.2:5000'; do
    # shellcheck disable=SC2086 # the words of the list
    start_listener $arguments
    run -0 cat "$LISTEN_OUT"
    assert_output "listening on 10.1.1.2:5000 10.1.2.2:5000 ($STACK)"
    end_listener
  done
  start_listener -p diameter -b 10.1.1.2
  [ "$PORT" -eq 3868 ]
}

@test "-p alone: every address of the host, of both families" {
  start_listener -p 5000
  run -0 cat "$LISTEN_OUT"
  assert_output --partial ' 10.1.1.2:5000 '
  assert_output --partial ' [fd01:1::2]:5000 '
  try 0 -p 5000 -a 10.1.1.2 -a 10.1.2.2
  refute_output --partial rejected
  try 0 -p 5000 -a fd01:1::2 -a fd01:2::2
  refute_output --partial rejected
  wait_for_line "$LISTEN_OUT" 'up .* from 10\.1\.1\.1:'
  wait_for_line "$LISTEN_OUT" 'up .* from \[fd01:1::1\]:'
}

@test "-p 0, 0.0.0.0, ::, -4 and -6: what of it is left out" {
  start_listener -p 0
  try 0 -a "[fd01:1::2]:$PORT"
  end_listener
  start_listener -4 -p 0
  try 0 -a "10.1.1.2:$PORT"
  try 1 -a "[fd01:1::2]:$PORT"
  end_listener
  start_listener -b 0.0.0.0:0
  try 0 -a "10.1.2.2:$PORT"
  try 1 -a "[fd01:1::2]:$PORT"
  end_listener
  start_listener -b '[::]:0'
  try 0 -a "10.1.2.2:$PORT"
  try 0 -a "[fd01:1::2]:$PORT"
}

@test "the port is in use: exit 6, and which address it is about" {
  start_listener -b 10.1.2.2:5000
  run -6 --separate-stderr in_server "${PROGRAM[@]}" --listen -b 10.1.1.2:5000 -b 10.1.2.2
  echo "$output" "$stderr"
  assert_output --regexp '^failed +EADDRINUSE '
  # Two programs with SCTP of their own share nothing but the UDP port.
  [[ $output$stderr == *"$(by_stack 10.1.2.2:5000 "UDP port $UDP")"*"in use"* ]]
  run -6 --separate-stderr in_server "${PROGRAM[@]}" --listen --json -p 5000
  json '.result, .errno' $'failed\nEADDRINUSE'
  keep_json <<<"$output"
}

@test "an address of another host: exit 6" {
  run -6 --separate-stderr in_server "${PROGRAM[@]}" --listen -b 10.1.1.2:5000 -b 10.1.1.1
  echo "$output" "$stderr"
  assert_output --regexp '^failed +EADDRNOTAVAIL '
  [[ $output$stderr == *"10.1.1.1"*"is not an address of this host"* ]]
}

# In user space the ports are each program's own, and need no capability.
# bats test_tags=kernel
@test "a port below 1024 takes a capability: exit 6 without, and which" {
  run -6 --separate-stderr in_server setpriv --reuid 65534 --regid 65534 --clear-groups \
    "${PROGRAM[@]}" --listen -b 10.1.1.2:999
  assert_output --regexp '^failed +EACCES '
  [[ $output$stderr == *"CAP_NET_BIND_SERVICE"* ]]
  start_listener -b 10.1.1.2:999
  try 0 -a 10.1.1.2:999
}

@test "nothing but a port is needed: an unprivileged user, no stdin" {
  in_server setpriv --reuid 65534 --regid 65534 --clear-groups \
    "${PROGRAM[@]}" --listen --count 1 -p 5000 <&- >/dev/null 3>&- &
  wait_for listens server 5000
  try 0 -W 5s -a 10.1.1.2:5000
  wait "$!"
}

# --- The echo ---------------------------------------------------------------------------------

@test "the echo: same bytes, stream, PPID and order, from 1 byte to 200,000" {
  start_listener -b 10.1.1.2:0
  client <<-'END'
	s = connect("10.1.1.2", sys.argv[1])
	sent = 0
	for size, stream, ppid, unordered in [
	    (1, 0, 0, False), (1, 9, 0x01020304, True), (1400, 3, 46, False), (1453, 3, 60, True),
	    (60000, 5, 0xffffffff, False), (60000, 0, 18, True), (200000, 7, 62, False)]:
	    message = os.urandom(size)
	    send(s, message, stream, ppid, unordered)
	    back = receive(s)
	    assert back[0] == message, f"{size} bytes: {len(back[0])} came back"
	    assert back[1:] == (stream, ppid, unordered), f"{size} bytes: {back[1:]} came back"
	    sent += size
	s.close()
	print(sent)
	END
  assert_output 322855
  wait_for_line "$LISTEN_OUT" '^down .*closed by the peer, 7 messages 322855 bytes echoed$'
  end_listener
  run -0 tail -n 1 "$LISTEN_OUT"
  assert_output 'end        1 association, 7 messages 322855 bytes echoed: ended by SIGTERM'
}

@test "the echo of messages longer than the send buffer, or the reason why there is none" {
  local unprivileged=(setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all)
  start_listener -b 10.1.1.2:0
  client <<-'END'
	s = connect("10.1.1.2", sys.argv[1])
	room(s, 2000000)
	for size in 600000, 1, 1200000:
	    message = os.urandom(size)
	    send(s, message)
	    assert receive(s)[0] == message, size
	s.close()
	END
  wait_for_line "$LISTEN_OUT" '^down .*closed by the peer, 3 messages 1800001 bytes echoed$'
  end_listener
  [ "$STACK" = kernel ] || return 0 # usrsctp's buffers are the program's own memory
  PROGRAM=("${unprivileged[@]}" "${PROGRAM[@]}")
  start_listener --json -b 10.1.1.2:0
  client <<-'END'
	s = connect("10.1.1.2", sys.argv[1])
	room(s, 2000000)
	send(s, b"x" * 600000, 3)
	send(s, b"y" * 600000, 3)
	send(s, b"z")
	assert receive(s)[0] == b"z"
	s.close()
	END
  wait_for_line "$LISTEN_OUT" '"event":"down"'
  run -0 gojq -rs '[.[] | select(.event == "not-echoed") | .stream, .bytes, .more, .errno] + [.[] | select(.event == "down") |
    .messages, .bytes, .messages_not_echoed, .bytes_not_echoed] | map(tostring) | join(" ")' "$LISTEN_OUT"
  assert_output '3 600000 false EMSGSIZE 1 1 2 1200000'
}

@test "the echo of many messages, pipelined over all streams" {
  start_listener -b 10.1.1.2:0
  client <<-'END'
	s = connect("10.1.1.2", sys.argv[1])
	next_back = [stream for stream in range(10)]
	for start in range(0, 2000, 200):
	    for n in range(start, start + 200):
	        send(s, b"%d" % n, stream=n % 10, ppid=n)
	    for _ in range(200):
	        data, stream, ppid, _ = receive(s)
	        assert int(data) == ppid == next_back[stream], (data, stream, ppid)
	        next_back[stream] += 10
	s.close()
	print(next_back)
	END
  assert_output '[2000, 2001, 2002, 2003, 2004, 2005, 2006, 2007, 2008, 2009]'
  wait_for_line "$LISTEN_OUT" '^down .*, 2000 messages 6890 bytes echoed$'
}

@test "what is sent just before the client's SHUTDOWN is echoed all the same" {
  start_listener -b 10.1.1.2:0
  client <<-'END'
	s = connect("10.1.1.2", sys.argv[1])
	for n in range(50):
	    send(s, b"x" * 100)
	for n in range(50):
	    assert receive(s)
	s.close()
	END
  wait_for_line "$LISTEN_OUT" '^down .*closed by the peer, 50 messages 5000 bytes echoed$'
}

@test "a client that never reads does not block the others" {
  start_listener -b 10.1.1.2:0
  client <<-'END'
	deaf = connect("10.1.1.2", sys.argv[1])
	deaf.setblocking(False)
	sent, quiet = 0, 0
	while quiet < 10:  # nothing taken for half a second: its echoes fill all there is
	    try:
	        send(deaf, b"x" * 10000)
	        sent, quiet = sent + 1, 0
	    except BlockingIOError:
	        quiet += 1
	        time.sleep(0.05)
	assert sent > 20, sent
	for n in range(3):
	    s = connect("10.1.1.2", sys.argv[1])
	    for size in 1, 50000:
	        send(s, b"y" * size)
	        assert len(receive(s)[0]) == size
	    s.close()
	# When it reads at last, all is there.
	deaf.settimeout(20)
	for n in range(sent):
	    assert receive(deaf)[0] == b"x" * 10000, n
	deaf.close()
	END
  wait_for has_lines '^down .*closed by the peer' 4
}

# --- Who comes and goes -----------------------------------------------------------------------

@test "twenty associations at once, each up and down under its own id" {
  start_listener -b 10.1.1.2:0 -b 10.1.2.2
  client <<-'END'
	peers = [connect("10.1.1.2", sys.argv[1]) for _ in range(20)]
	for n, s in enumerate(peers):
	    send(s, b"%d" % n)
	for n, s in enumerate(peers):
	    assert receive(s)[0] == b"%d" % n
	for s in peers:
	    s.close()
	END
  wait_for has_lines '^down ' 20
  local ups downs
  ups=$(sed -nE 's/^up +association ([0-9]+) from 10\.1\.1\.1:[0-9]+, streams 10 out 10 in$/\1/p' \
    "$LISTEN_OUT" | sort -nu)
  downs=$(sed -nE 's/^down +association ([0-9]+) closed by the peer, 1 message .*/\1/p' \
    "$LISTEN_OUT" | sort -nu)
  assert_equal "$(wc -l <<<"$ups")" 20
  assert_equal "$downs" "$ups"
  end_listener
  run -0 tail -n 1 "$LISTEN_OUT"
  assert_output 'end        20 associations, 20 messages 30 bytes echoed: ended by SIGTERM'
}

@test "an association's paths are listed as it comes up" {
  start_listener --json -b 10.1.1.2:0 -b 10.1.2.2
  client <<-'END'
	s = connect("10.1.1.2", sys.argv[1])
	send(s, b"x")
	receive(s)
	s.close()
	END
  wait_for_line "$LISTEN_OUT" '"event":"down"'
  keep_json <"$LISTEN_OUT"
  output=$(sed -n 2p "$LISTEN_OUT")
  json .event up
  json '[.paths[] | "\(.address) \(.verdict) \(.primary)"] | sort | join(",")' \
    '10.1.1.1 unverified true,10.1.2.1 unverified false'
  json '[.local[] | "\(.address) \(.port)"] | sort | join(",")' "10.1.1.2 $PORT,10.1.2.2 $PORT"
  json '.association | .state, .id' "established"$'\n'"$(jq .association_id <<<"$output")"
}

@test "a client that is gone with an ABORT is lost, not closed" {
  start_listener --json -b 10.1.1.2:0
  client <<-'END'
	s = connect("10.1.1.2", sys.argv[1])
	send(s, b"x")
	receive(s)
	abort(s)
	END
  wait_for_line "$LISTEN_OUT" '"event":"down"'
  output=$(grep '"down"' "$LISTEN_OUT")
  json '[.graceful, .errno, .messages, .bytes] | @json' '[false,"ECONNRESET",1,1]'
  keep_json <"$LISTEN_OUT"
  end_listener
  start_listener -b 10.1.1.2:0
  client <<-'END'
	abort(connect("10.1.1.2", sys.argv[1]))
	END
  wait_for_line "$LISTEN_OUT" '^down +association [0-9]+ lost: ECONNRESET: (ended by an ABORT|aborted by the peer: user-initiated abort), 0 '
}

@test "a message that an ABORT cuts short: the client is lost, and nothing is echoed of it" {
  start_listener -b 10.1.1.2:0
  local go=$BATS_TEST_TMPDIR/go
  peer client "$PORT" "$LISTENER" "$go" 3>&- <<-'END' &
	import signal
	s = connect("10.1.1.2", sys.argv[1])
	send(s, b"x")
	receive(s)
	# More than the listener's receive buffer takes: once that is full, its kernel hands out what
	# it has of the message.
	os.kill(int(sys.argv[2]), signal.SIGSTOP)
	send(s, bytes(200000))
	while not os.path.exists(sys.argv[3]):
	    time.sleep(0.02)
	abort(s)
	END
  local client=$!
  wait_for full
  touch "$go"
  wait "$client"
  wait_for no_associations client
  kill -CONT "$LISTENER"
  wait_for_line "$LISTEN_OUT" '^down +association [0-9]+ lost: ECONNRESET: (ended by an ABORT|aborted by the peer: user-initiated abort), 1 message 1 byte'
}

# A program that is stopped stops its stack in user space too.
# bats test_tags=kernel
@test "a client that ends before it is accepted does no harm" {
  start_listener -b 10.1.1.2:0
  kill -STOP "$LISTENER"
  client <<-'END'
	connect("10.1.1.2", sys.argv[1]).close()
	abort(connect("10.1.1.2", sys.argv[1]))
	END
  wait_for no_associations client
  kill -CONT "$LISTENER"
  wait_for has_lines '^down ' "$(count '^up ')"
  try 0 -a "10.1.1.2:$PORT"
  wait_for_line "$LISTEN_OUT" '^down .* closed by the peer'
}

# With the times of usrsctp, which only the program itself could change, it takes minutes.
# bats test_tags=kernel
@test "a path that fails and comes back is reported" {
  local setting
  for setting in rto_min=100 rto_initial=100 rto_max=300 hb_interval=100 path_max_retrans=1; do
    in_server sysctl -q -w "net.sctp.$setting"
  done
  start_listener --json -b 10.1.1.2:0 -b 10.1.2.2
  peer client "$PORT" <<-'END' 3>&- &
	s = connect("10.1.1.2", sys.argv[1])
	send(s, b"x")
	while receive(s):
	    pass
	END
  local client=$!
  wait_for_line "$LISTEN_OUT" '"up"'
  wait_for_line "$LISTEN_OUT" '"path".*"10\.1\.2\.1".*"active"'
  drop_path 2
  wait_for_line "$LISTEN_OUT" '"path".*"10\.1\.2\.1".*"inactive"'
  restore_path 2
  wait_for path_is_back
  keep_json <"$LISTEN_OUT"
  end_listener
  wait "$client"
  for setting in rto_max=60000 rto_initial=3000 rto_min=1000 hb_interval=30000 path_max_retrans=5; do
    in_server sysctl -q -w "net.sctp.$setting"
  done
}

@test "out of files: the next one is accepted when another has gone" {
  start_listener -b 10.1.1.2:0
  # What one more association takes; in user space that is there once the listener has looked for one.
  [ "$STACK" = kernel ] || wait_for has_spare
  leave_files "$(by_stack 1 0)"
  client <<-'END'
	first = connect("10.1.1.2", sys.argv[1])
	send(first, b"1")
	assert receive(first)[0] == b"1"
	second = connect("10.1.1.2", sys.argv[1])
	send(second, b"2")
	second.settimeout(0.3)
	try:
	    receive(second)
	    assert False, "it was accepted"
	except TimeoutError:
	    pass
	second.settimeout(20)
	first.close()
	assert receive(second)[0] == b"2"
	second.close()
	END
  wait_for has_lines '^down .*closed by the peer, 1 message 1 byte echoed' 2
  run -0 cat "$LISTEN_OUT.err"
  assert_output --partial 'Too many open files'
}

# --- How it ends ------------------------------------------------------------------------------

@test "--count: after so many associations have ended, exit 0" {
  start_listener --count 2 -b 10.1.1.2:0
  try 0 -a "10.1.1.2:$PORT"
  try 0 -a "10.1.1.2:$PORT"
  listen_ends 0
  run -0 tail -n 1 "$LISTEN_OUT"
  assert_output 'end        2 associations, 0 messages 0 bytes echoed: all associations served'
  try 1 -a "10.1.1.2:$PORT"
}

@test "--count: the last one is served to its end, and no other is let in" {
  start_listener --count 1 -b 10.1.1.2:0
  client <<-'END'
	s = connect("10.1.1.2", sys.argv[1])
	send(s, b"one")
	assert receive(s)[0] == b"one"
	try:
	    connect("10.1.1.2", sys.argv[1])
	    print("let in")
	except ConnectionRefusedError:
	    print("refused")
	send(s, b"two")
	assert receive(s)[0] == b"two"
	s.close()
	END
  assert_output refused
  listen_ends 0
}

@test "SIGTERM, SIGINT, SIGHUP: 128 + N, with the totals" {
  local signal
  for signal in TERM:143 INT:130 HUP:129; do
    start_catching
    kill -s "${signal%:*}" "$LISTENER"
    listen_ends "${signal#*:}"
    run -0 tail -n 1 "$LISTEN_OUT"
    assert_output "end        0 associations, 0 messages 0 bytes echoed: ended by SIG${signal%:*}"
  done
}

@test "at its end, every association is closed with SHUTDOWN" {
  start_listener -b 10.1.1.2:0
  peer client "$PORT" >"$BATS_TEST_TMPDIR/ends" <<-'END' 3>&- &
	peers = [connect("10.1.1.2", sys.argv[1]) for _ in range(3)]
	for s in peers:
	    send(s, b"x")
	    receive(s)
	print("ready", flush=True)
	print(*[receive(s) for s in peers])  # ConnectionResetError would be an ABORT
	END
  local client=$!
  wait_for_line "$BATS_TEST_TMPDIR/ends" ready
  kill "$LISTENER"
  listen_ends 143
  wait "$client"
  run -0 cat "$BATS_TEST_TMPDIR/ends"
  assert_line --index 1 'None None None'
  [ "$(count '^down .* closed by this end, 1 message 1 byte echoed$')" -eq 3 ]
  [ "$(count '^end        3 associations, 3 messages 3 bytes echoed')" -eq 1 ]
}

@test "a client that has vanished is given up within a second, with ABORT" {
  start_listener -b 10.1.1.2:0
  peer client "$PORT" >"$BATS_TEST_TMPDIR/ends" <<-'END' 3>&- &
	s = connect("10.1.1.2", sys.argv[1])
	print("ready", flush=True)
	time.sleep(300)
	END
  wait_for_line "$BATS_TEST_TMPDIR/ends" ready
  drop_path 1
  local start=${EPOCHREALTIME/./}
  kill "$LISTENER"
  listen_ends 143
  local took_ms=$(((${EPOCHREALTIME/./} - start) / 1000))
  restore_path 1
  [ "$took_ms" -lt 10000 ] || fail "$took_ms ms"
  [ "$(count '^down .* lost: aborted by this end')" -eq 1 ]
  pkill -P "$!" || true
}

@test "it can be started again on the same port at once, also while its peers hang on" {
  start_listener -b 10.1.1.2:5000
  peer client 5000 >"$BATS_TEST_TMPDIR/ends" <<-'END' 3>&- &
	s = connect("10.1.1.2", sys.argv[1])
	print("ready", flush=True)
	sys.stdin.read()
	receive(s)
	END
  wait_for_line "$BATS_TEST_TMPDIR/ends" ready
  end_listener
  start_listener -b 10.1.1.2:5000
  kill -KILL "$LISTENER"
  wait "$LISTENER" || true
  start_listener -b 10.1.1.2:5000
  try 0 -a 10.1.1.2:5000
}

@test "its output has no reader any more: it closes gracefully, 6" {
  local out=$BATS_TEST_TMPDIR/first status
  ip netns exec "$TOPO-server" bash -c 'set -o pipefail; "$@" | head -n 1' sh \
    timeout -k 1 60 "${PROGRAM[@]}" --listen -b 10.1.1.2:6200 >"$out" 3>&- &
  local listener=$!
  wait_for_line "$out" '^listening'
  end_stack
  # The listener closes at once, so that the client is connected or closed.
  ip netns exec "$TOPO-client" "${PROGRAM[@]}" -q -a 10.1.1.2:6200 -w 10s || [ $? -eq 1 ]
  status=0
  wait "$listener" || status=$?
  [ "$status" -eq 6 ]
}

@test "SIGTERM while clients send in bulk: no round waits for them" {
  local i
  start_listener -b 10.1.1.2:0
  for i in 1 2 3 4; do
    peer client "$PORT" <<-'END' >"$BATS_TEST_TMPDIR/bulk.$i" 2>&1 3>&- &
	import threading
	s = connect("10.1.1.2", sys.argv[1])
	def read():
	    try:
	        while receive(s):
	            pass
	    except OSError:
	        pass
	threading.Thread(target=read, daemon=True).start()
	print("sending", flush=True)
	try:
	    while True:
	        send(s, bytes(50000))
	except OSError:
	    pass
	os._exit(0)
	END
  done
  for i in 1 2 3 4; do wait_for_line "$BATS_TEST_TMPDIR/bulk.$i" sending 30; done
  local begun=$EPOCHSECONDS
  end_listener
  [ "$listener_status" -eq 143 ]
  # A second for those that do not close, and what a busy machine takes. It was 11 seconds on an idle one.
  [ $((EPOCHSECONDS - begun)) -le 8 ]
}

@test "--quiet: not a word, and it works" {
  LISTEN_OUT=$BATS_TEST_TMPDIR/quiet
  in_server "${PROGRAM[@]}" --listen --quiet --count 1 -p 5000 >"$LISTEN_OUT" 2>"$LISTEN_OUT.err" \
    3>&- &
  LISTENER=$!
  wait_for listens server 5000
  try 0 -W 5s -a 10.1.1.2:5000
  listen_ends 0
  [ ! -s "$LISTEN_OUT" ]
  [ ! -s "$LISTEN_OUT.err" ]
}

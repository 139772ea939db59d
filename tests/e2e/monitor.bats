#!/usr/bin/env bats
# --monitor: cut paths and their return, failover, the end of the association, the table.
load helper

setup_file() {
  export TOPO=mon$$
  topo_up 3
}

teardown_file() {
  topo_down
}

teardown() {
  [ -z "${CLIENT:-}" ] || kill -s KILL "$CLIENT" 2>/dev/null || true
  restore_network
  end_programs
}

# monitor OPTION...: in the background, of a listener with three addresses.
monitor() {
  start_listener_3
  start_client -M "$@" -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
}

now_ms() {
  echo $((${EPOCHREALTIME/[.,]/} / 1000))
}

# event ADDRESS VERDICT: the JSON line that tells it, as a regular expression.
event() {
  echo "\"event\":\"path\".*\"address\":\"$1\".*\"verdict\":\"$2\".*\"new_verdict\":true"
}

# came_within LIMIT_MS START_MS FILTER: so soon came the first event that jq finds. Five times what
# it is to be, for hosts that are slow.
came_within() {
  local at
  at=$(jq -s "[.[] | select($3)][0].time_unix_ms | floor" "$CLIENT_OUT")
  [ $((at - $2)) -le $((5 * $1)) ] || fail "after $((at - $2)) ms, not within $1: $3"
}

@test "a cut path is dead within two intervals, and its return is told" {
  local cut back
  monitor --json -R all --interval 1s
  wait_for_line "$CLIENT_OUT" '"event":"round".*"round":2,'
  drop_path 2
  cut=$(now_ms)
  wait_for_line "$CLIENT_OUT" "$(event 10.1.2.2 dead)"
  came_within 2000 "$cut" '.event == "path" and .verdict == "dead"'
  restore_path 2
  back=$(now_ms)
  wait_for_line "$CLIENT_OUT" "$(event 10.1.2.2 verified)"
  came_within 2000 "$back" '.event == "path" and .verdict == "verified" and .new_verdict'
  end_client INT
  [ "$client_status" -eq 5 ]
  keep_json <"$CLIENT_OUT"
  output=$(tail -n 1 "$CLIENT_OUT")
  json .event end .signal SIGINT .exit_status 5 '.degraded_ms > 0' true \
    '.paths | map(.verdict) | unique | join(" ")' verified \
    '.paths | map(.times_dead) | join(" ")' '0 1 0' \
    '.paths[0] | .heartbeats_sent == .heartbeats_answered' true \
    '.paths[1] | .heartbeats_sent > .heartbeats_answered and .dead_ms > 500' true
  # Nothing was told of the others.
  run -1 grep -E '"event":"(path|down|primary|failover)".*10\.1\.[13]\.2' "$CLIENT_OUT"
}

# why ADDRESS: the cause of the newest death of that path.
why() {
  jq -rs "[.[] | select(.event == \"path\" and .address == \"$1\" and .verdict == \"dead\" and .new_verdict)][-1].cause.code" \
    "$CLIENT_OUT"
}

@test "a path that dies says why: silence, this host's output filter, a link without carrier" {
  monitor --json --interval 300ms
  wait_for_line "$CLIENT_OUT" '"event":"round".*"round":2,'
  drop_path 1
  wait_for_line "$CLIENT_OUT" "$(event 10.1.1.2 dead)"
  nft_client output ip daddr 10.1.2.2 drop
  wait_for_line "$CLIENT_OUT" "$(event 10.1.2.2 dead)"
  cut_path 3
  wait_for_line "$CLIENT_OUT" "$(event 10.1.3.2 dead)"
  end_client INT
  keep_json <"$CLIENT_OUT"
  nft_flush
  [ "$(why 10.1.1.2)" = heartbeat-unanswered ]
  [ "$(why 10.1.2.2)" = own-output-filter ]
  [ "$(why 10.1.3.2)" = link-down ]
}

# The kernel's stack finds out by itself before this program gives up.
# bats test_tags=usrsctp
@test "the primary is dead: the peer learns of the end over another path" {
  monitor --interval 200ms
  wait_for_line "$CLIENT_OUT" '^connected'
  drop_path 1
  wait_for_line "$CLIENT_OUT" " 10.1.1.2:$PORT  dead  .* primary$"
  end_client INT
  wait_for_line "$LISTEN_OUT" '^down .*closed by the peer'
}

# To usrsctp a path stays active as long as no data goes over it.
# bats test_tags=kernel
@test "the primary is cut: failover, and back" {
  # It takes an interval to be dead, so the whole is told in seconds.
  monitor --interval 1s
  wait_for_line "$CLIENT_OUT" '^connected'
  drop_path 1
  wait_for_line "$CLIENT_OUT" " 10.1.1.2:$PORT  dead  .*no heartbeat answer in .*  primary$"
  wait_for_line "$CLIENT_OUT" "failover: data uses another path than the primary, 10.1.1.2:$PORT$"
  restore_path 1
  wait_for_line "$CLIENT_OUT" " 10.1.1.2:$PORT  verified  .*, was dead for .*  primary$"
  wait_for_line "$CLIENT_OUT" "failover ended: data uses the primary again, 10.1.1.2:$PORT$"
  end_client INT
  [ "$client_status" -eq 0 ]
  grep -Eq '^end +[0-9]+ rounds in .* s: ended by SIGINT$' "$CLIENT_OUT"
  [ "$(tail -n 3 "$CLIENT_OUT" | grep -Ec '^  10\.1\.[123]\.2:.* verified .* sent, .* answered, .* % lost, rtt min/avg/max ')" -eq 3 ]
  [ "$(grep -c . "$CLIENT_OUT.err")" -eq 0 ]
}

# bats test_tags=netem
@test "a path slower than the interval lives, also on one-to-many; rounds are counted" {
  # A fast path is asked again after half an interval, and then only the second answer counts.
  netem_path 3 delay 1200ms
  start_listener_3
  try 0 -m -M --interval 1s --count 5 -R all --probe-timeout 4s -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  assert_line --regexp '^end +5 rounds in .*: reached --count rounds$'
  assert_line --regexp '^  10\.1\.1\.2:.* verified +5 sent, 5 answered, 0 % lost'
  assert_line --regexp '^  10\.1\.3\.2:.* verified +[1-4] sent, [1-4] answered, 0 % lost, rtt min/avg/max [1-9][0-9]{3}\.'
  refute_output --partial ' dead '
}

@test "the peer closes: 1" {
  monitor --json
  wait_for_line "$CLIENT_OUT" '"event":"round"'
  end_listener
  LISTENER=
  client_status=0
  wait "$CLIENT" || client_status=$?
  [ "$client_status" -eq 1 ]
  keep_json <"$CLIENT_OUT"
  output=$(tail -n 2 "$CLIENT_OUT" | jq -sc .)
  json '.[0].event' down '.[0].graceful' true '.[1].event' end '.[1].exit_status' 1
}

# closing_peer SECONDS...: closes what it accepts, the first after so long, and so on. Sets PORT.
closing_peer() {
  PORT=6100
  peer server "$PORT" "$@" <<-'END' >"$BATS_TEST_TMPDIR/peer" 3>&- &
	s = endpoint(port=int(sys.argv[1]))
	s.listen()
	print("listening", flush=True)
	for seconds in sys.argv[2:]:
	    one = s.accept()[0]
	    time.sleep(float(seconds))
	    one.close()
	END
  wait_for_line "$BATS_TEST_TMPDIR/peer" listening
}

# ends_closed OPTION...: whatever is going on, the monitor tells it, and ends at once with 1.
ends_closed() {
  try_json 1 "$@" -a "10.1.1.2:$PORT" -a 10.1.2.2
  output=$(tail -n 2 <<<"$output" | jq -sc .)
  json '.[0].event' down '.[0].graceful' true '.[0].reason' 'closed by the peer' \
    '.[1].event' end '.[1].exit_status' 1 '.[1].reason' 'closed by the peer'
}

@test "the peer closes at once, or while the paths are asked: 1, and what is left of the time is not waited" {
  local begun
  start_listener -b 10.1.1.2:0 -b 10.1.2.2 --close-after 300ms
  drop_path 2
  begun=$(now_ms)
  ends_closed -M
  ends_closed -M60s -R all
  restore_path 2
  end_listener
  start_listener -b 10.1.1.2:0 -b 10.1.2.2 --close-after 1ms
  ends_closed -M60s
  ends_closed -M60s -R all
  [ $(($(now_ms) - begun)) -lt 30000 ]
}

@test "the peer closes at once, without --monitor: closed, 1; --wait tries again" {
  closing_peer 0 0 0 10
  try_json 1 --hold 2s -a "10.1.1.2:$PORT" -a 10.1.2.2
  json .result closed .exit_status 1 .errno null
  [[ $(jq -r .reason <<<"$output") == "established, and closed by the peer after "*" ms: a proxy"* ]]
  try 1 --hold 2s --no-probe -a "10.1.1.2:$PORT"
  try_json 0 --hold 2s -W 30s -a "10.1.1.2:$PORT" -a 10.1.2.2
  json .result connected .tries 2
}

# aborted FAULT ERRNO CODE ABORT_CAUSE OPTION...: what the monitor tells of an association with that odd peer.
aborted() {
  local port
  port=$(odd_port "$1")
  try_json 1 -M60s --interval 100ms -a "10.1.1.2:$port" "${@:5}"
  output=$(tail -n 2 <<<"$output" | jq -sc .)
  json '.[0].event' down '.[0].graceful' false '.[0].errno' "$2" '.[1].event' end '.[1].exit_status' 1 \
    '.[] | .cause.code' "$3"$'\n'"$3" \
    '.[] | .cause.abort_cause | "\(.code) \(.text)"' "$4"$'\n'"$4"
}

@test "an ABORT is told with its cause and text: while it is held, in use, and that of this end" {
  start_odd_peer
  aborted abort_late_cause ECONNRESET aborted-by-peer '12 "maintenance"'
  aborted abort_late_cause ECONNRESET aborted-by-peer '12 "maintenance"' -m -R all
  aborted abort_in_use ECONNRESET aborted-by-peer '12 "maintenance"'
  aborted no_user_data ECONNABORTED aborted-here '9 TSN 1'
  aborted no_user_data ECONNABORTED aborted-here '9 TSN 1' -m
  try_json 1 -M60s --interval 100ms -a "10.1.1.2:$(odd_port no_user_data)" -m --no-witness
  output=$(tail -n 1 <<<"$output")
  json '.cause.code' "$(by_stack aborted-here silent-or-aborted-here)"
  try 1 -M -a "10.1.1.2:$(odd_port abort_late_cause)"
  assert_line --regexp '^aborted '
  assert_line --regexp ' lost  association [0-9]+, ECONNRESET: aborted by the peer: user-initiated abort .*maintenance'
  assert_line --regexp '^end +.*: aborted by the peer: user-initiated abort .*maintenance'
  end_odd_peer
}

@test "its output has no reader any more: 6, and the association is closed gracefully" {
  start_listener_3
  run -6 ip netns exec "$TOPO-client" bash -c 'set -o pipefail; "$@" | head -n 1' sh \
    timeout -k 1 60 "${PROGRAM[@]}" -j -M --interval 100ms -a "10.1.1.2:$PORT" -a 10.1.2.2
  wait_for_line "$LISTEN_OUT" '^down .* closed by the peer'
}

@test "the peer dies: 1" {
  monitor
  wait_for_line "$CLIENT_OUT" '^connected'
  kill -s KILL "$LISTENER"
  LISTENER=
  client_status=0
  wait "$CLIENT" || client_status=$?
  cat "$CLIENT_OUT"
  [ "$client_status" -eq 1 ]
  grep -Eq ' (lost|closed)  association [0-9]+' "$CLIENT_OUT"
}

@test "TIME, SIGTERM, and stdout that takes nothing" {
  monitor -q
  wait_for_line "$LISTEN_OUT" '^up'
  end_client TERM
  [ "$client_status" -eq 143 ]
  try 0 -M1 --json -a "10.1.1.2:$PORT"
  keep_json <<<"$output"
  output=$(tail -n 1 <<<"$output")
  json .reason 'monitoring time elapsed' '.paths | length' 3
  run -6 ip netns exec "$TOPO-client" sh -c 'exec "$@" >/dev/full' sh "${PROGRAM[@]}" -M --count 1 \
    -a "10.1.1.2:$PORT"
}

# screen COLUMNS OPTION...: what the program writes to a terminal of that width.
screen() {
  local columns=$1
  shift
  SCREEN=$BATS_TEST_TMPDIR/screen
  ip netns exec "$TOPO-client" env -u NO_COLOR TERM=xterm LC_ALL=C.UTF-8 \
    script -qec "stty cols $columns rows 24; exec ${PROGRAM[*]} -M --count 2 --interval 600ms $*" \
    /dev/null </dev/null >"$SCREEN"
}

# Without colours and carriage returns, a line for each.
table_lines() {
  sed -E 's/\x1b\[[0-9;]*m//g; s/\r//g' "$SCREEN" | tr '\033' '\n' | sed -E 's/^\[[0-9]*[KJA]//' |
    sed -n '/^association/,/^end/p' | sed '/^end/,$d'
}

@test "on a terminal: a table, as wide as it may be, and the summary" {
  start_listener_3
  local width
  for width in 40 200; do
    screen "$width" -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
    table_lines | grep -Eq '^\*10\.1\.1\.2 +verified.* 0% .*[▁▂▃▄▅▆▇█]'
    run -0 awk -v most="$((width - 1))" 'length($0) > most { print; bad = 1 } END { exit bad }' \
      <(table_lines | LC_ALL=C.UTF-8 sed 's/[▁▂▃▄▅▆▇█]/#/g')
    grep -q '^end  *2 rounds' <(tr '\r' '\n' <"$SCREEN" | sed 's/\x1b\[[0-9;]*[mJKA]//g')
  done
  table_lines | grep -q ' min .* avg .* max '
}

@test "the peer adds an address, and removes one" {
  local side
  if [ "$STACK" = kernel ]; then
    for side in client server; do "in_$side" sysctl -qw net.sctp.addip_enable=1 net.sctp.auth_enable=1; done
  fi
  mkfifo "$BATS_TEST_TMPDIR/go"
  peer server "$BATS_TEST_TMPDIR/go" >"$BATS_TEST_TMPDIR/peer" 3>&- <<-'END' &
	l = endpoint("10.1.1.2", 5400)
	bindx(l, "10.1.2.2", 5400)
	l.listen()
	print("listening", flush=True)
	s = l.accept()[0]
	go = open(sys.argv[1])
	go.readline()
	bindx(s, "10.1.3.2", 5400)
	go.readline()
	bindx(s, "10.1.2.2", 5400, add=False)
	go.readline()
	END
  local peer=$!
  wait_for_line "$BATS_TEST_TMPDIR/peer" listening
  start_client --json -M -R all --interval 200ms -a 10.1.1.2:5400
  exec 4<>"$BATS_TEST_TMPDIR/go" # does not wait for a reader
  wait_for_line "$CLIENT_OUT" '"event":"round"'
  echo >&4
  wait_for_line "$CLIENT_OUT" '"event":"added".*"address":"10.1.3.2"'
  wait_for_line "$CLIENT_OUT" "$(event 10.1.3.2 verified)"
  echo >&4
  wait_for_line "$CLIENT_OUT" '"event":"removed".*"address":"10.1.2.2".*"heartbeats_answered"'
  end_client INT
  exec 4>&-
  wait "$peer" || true
  keep_json <"$CLIENT_OUT"
  output=$(tail -n 1 "$CLIENT_OUT")
  json .event end .exit_status 0 '[.paths[] | .address + " " + .verdict] | sort | join(", ")' \
    '10.1.1.2 verified, 10.1.3.2 verified'
  if [ "$STACK" = kernel ]; then
    for side in client server; do "in_$side" sysctl -qw net.sctp.addip_enable=0 net.sctp.auth_enable=0; done
  fi
}

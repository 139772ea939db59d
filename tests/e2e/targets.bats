#!/usr/bin/env bats
# --targets: many targets in one process. Each result is that of a run of its own.
load helper
load ../lab/recipes

setup_file() {
  export TOPO=fleet$$
  topo_up 3
  own_hosts
}

teardown_file() {
  topo_down
  forget_hosts
}

end_peers() {
  [ -n "${PEERS:-}" ] || return 0
  kill "$PEERS"
  wait "$PEERS" || true
  PEERS=
}

teardown() {
  end_peers
  restore_network
  end_programs
}

# What became of each, in the order of the names.
results() {
  jq -r 'select(.event == null) | "\(.name):\(.result):\(.exit_status):\(.cause.code)"' <<<"$output" | sort
}

# more_peers: beside the listener, one that aborts, and addresses that are silent, prohibited, and about to be silent.
more_peers() {
  local i
  ABORTING=(-p "$((PORT + 1))" --abort-after 600ms)
  [ "$STACK" = kernel ] || ABORTING+=(-u "$((UDP + 1))")
  ip netns exec "$TOPO-server" "${PROGRAM[@]}" --listen "${ABORTING[@]}" >"$BATS_TEST_TMPDIR/peers" 2>&1 3>&- &
  PEERS=$!
  wait_for_line "$BATS_TEST_TMPDIR/peers" '^listening'
  for i in 11 12 13; do ip -n "$TOPO-server" addr replace "10.1.1.$i/24" dev s1; done
  nft_server input ip daddr 10.1.1.11 drop
  nft_server input ip daddr 10.1.1.12 reject with icmp type admin-prohibited
  drop_path 2
}

# JUDGE_TARGETS: how many there are. judge.py has the format. The kernel's sockets have a test of their own for ulimit -n.
@test "every kind of peer, and one that changes meanwhile: each result is that of a run of its own" {
  start_listener_3
  more_peers
  cat >"$BATS_TEST_TMPDIR/kinds" <<END
one*3 10.1.1.2:$PORT
two*2 10.1.1.2:$PORT 10.1.3.2
quick 10.1.1.2:$PORT --no-probe --hold 0
option 10.1.1.2 -p $PORT --no-witness
half*2 10.1.1.2:$PORT 10.1.2.2 -R 2 --probe-timeout 700ms
refusing*3 10.1.1.2:$((PORT + 2))
silent*3 10.1.1.11:$PORT -w 1s
prohibited 10.1.1.12:$PORT
aborting 10.1.1.2:$((PORT + 1)) --hold 3s ${ABORTING[4]:+-u ${ABORTING[5]}}
noroute 192.0.2.1:$PORT
noname nosuch.invalid:$PORT
each 10.1.1.2:$((PORT + 2)) 10.1.3.2 --each
changing~timeout,degraded 10.1.1.13:$PORT -w 1500ms
END
  judge 30 --change "ip netns exec $TOPO-server nft add rule inet lab input ip daddr 10.1.1.13 drop"
  [ "$STACK" = usrsctp ] || return 0
  ulimit -n 64
  judge 1000 --pace
}

# judge PARALLEL OPTION...
judge() {
  ip netns exec "$TOPO-client" python3 tests/e2e/judge.py "${JUDGE_TARGETS:-60}" "$BATS_TEST_TMPDIR/kinds" "${@:2}" -- \
    "${PROGRAM[@]}" "--parallel=$1"
}

# What the report on standard input says of each target and its address.
findings() {
  jq -r 'select(.event == null) | "\(.name // "one" | sub("_.*"; "")) \(.result):\(.exit_status):\(.cause.code) " +
    (.paths[] | select(.requested) | "\(.verdict):\(.cause.code)")'
}

@test "200 targets share one witness: it says of each what it would say of it alone, and --pcap has them all" {
  local kind i list="$BATS_TEST_TMPDIR/list" file="$BATS_TEST_TMPDIR/file"
  local -a runs
  local -A address

  start_listener_3
  for i in 11 12 13; do ip -n "$TOPO-server" addr replace "10.1.1.$i/24" dev s1; done
  nft_client output ip daddr 10.1.1.11 drop
  nft_server input ip daddr 10.1.1.12 reject with icmp type admin-prohibited
  nft_server input ip daddr 10.1.1.13 drop
  nft_client input ip saddr 10.1.2.2 drop
  address=([up]=10.1.1.2:$PORT [refusing]=10.1.1.2:$((PORT + 1)) [filtered]=10.1.1.11:$PORT [prohibited]=10.1.1.12:$PORT
    [silent]=10.1.1.13:$PORT [noroute]=192.0.2.1:$PORT [unheard]=10.1.2.2:$PORT [third]=10.1.3.2:$PORT)
  for i in {1..25}; do
    for kind in "${!address[@]}"; do echo "${kind}_$i ${address[$kind]}"; done
  done >"$list"
  # Each with its own port: attempts to several addresses of one peer disturb each other on a shared one.
  try_json 1 --one-to-one -w 3s --probe-timeout 1500ms --pcap "$file" -T "$list"
  findings <<<"$output" | sort | uniq -c | sed 's/^ *//' >"$BATS_TEST_TMPDIR/together"
  runs=()
  for kind in "${!address[@]}"; do
    timeout 60 ip netns exec "$TOPO-client" "${PROGRAM[@]}" --json -w 3s --probe-timeout 1500ms -a "${address[$kind]}" \
      >"$BATS_TEST_TMPDIR/alone.$kind" 3>&- &
    runs+=($!)
  done
  for kind in "${runs[@]}"; do wait "$kind" || true; done
  for kind in "${!address[@]}"; do
    findings <"$BATS_TEST_TMPDIR/alone.$kind" | sed "s/^one/25 $kind/"
  done | sort >"$BATS_TEST_TMPDIR/alone"
  sort "$BATS_TEST_TMPDIR/together" | diff "$BATS_TEST_TMPDIR/alone" -
  [ "$(grep -cE 'filtered.*own-output|unheard.*own-input|prohibited.*icmp-pro' "$BATS_TEST_TMPDIR/alone")" -eq 3 ]
  # What decided each of those that did not answer well is in the file, and is explained.
  [ "$(python3 tests/e2e/pcapng.py "$UDP" <"$file" | awk 'NF > 5' | wc -l)" -ge 100 ]
}

@test "peers that abort, die, restart and lie, in one list" {
  local fault

  start_odd_peer
  for fault in abort_violation abort_late_cause abort_asked gone shutdown fewer stale_cookie wrong_tag; do
    echo "$fault 10.1.1.2:$(odd_port "$fault") 10.1.2.2"
  done >"$BATS_TEST_TMPDIR/list"
  try_json 1 -T "$BATS_TEST_TMPDIR/list" -w 3
  assert_equal "$(results)" "abort_asked:aborted:1:aborted-by-peer
abort_late_cause:aborted:1:aborted-by-peer
abort_violation:refused:1:refused-with-cause
fewer:connected:0:null
gone:degraded:5:no-path-answers
shutdown:closed:1:closed-by-peer
stale_cookie:refused:1:stale-cookie
wrong_tag:timeout:4:wrong-tag"
}

# In UDP, the first 8 bytes have no port of SCTP.
@test "an ICMP error that quotes 8 bytes is told of none who asks that host at another port" {
  local how

  start_odd_peer
  printf '%s\n' "one 10.1.1.2:$(odd_port hops_short)" 'two 10.1.1.2:4' 'three 10.1.1.2:5' >"$BATS_TEST_TMPDIR/list"
  for how in -w1 --no-witness; do
    try_json 1 -T "$BATS_TEST_TMPDIR/list" -w 1 "$how"
    assert_equal "$(results | grep -v '^one' | cut -d: -f1-3)" $'three:timeout:4\ntwo:timeout:4'
  done
  head -n 1 "$BATS_TEST_TMPDIR/list" >"$BATS_TEST_TMPDIR/one"
  try_json 1 -T "$BATS_TEST_TMPDIR/one" -w 1
  assert_equal "$(results)" one:unreachable:1:icmp-time-exceeded
}

@test "a line that is wrong: the file, the line and the word, and nothing is tried" {
  start_listener_3
  printf '%s\n' "good 10.1.1.2:$PORT" '' "bad 10.1.1.2:$PORT --tiemout 3" >"$BATS_TEST_TMPDIR/list"
  try 2 -T "$BATS_TEST_TMPDIR/list"
  assert_equal "$stderr" \
    "sctp-connect: $BATS_TEST_TMPDIR/list:3: bad: unknown option '--tiemout': did you mean --timeout?"
  assert_equal "$output" ''
  run -0 grep -c . "$LISTEN_OUT"
  assert_output 1
}

# bats test_tags=usrsctp
@test "each name is looked up once for all targets" {
  local i

  printf '%s\n' '10.1.1.2 a.lab' '10.1.2.2 b.lab' '10.1.3.2 c.lab' >"/etc/netns/$TOPO-client/hosts"
  start_listener_3
  for i in {1..20}; do
    printf '%s\n' "a$i a.lab:$PORT" "b$i b.lab:$PORT c.lab" "none$i none.lab:$PORT"
  done >"$BATS_TEST_TMPDIR/list"
  # The program has a child for each name, which answers through a pipe.
  output=$(ip netns exec "$TOPO-client" strace -f --seccomp-bpf -qq -e trace=pipe2 -o "$BATS_TEST_TMPDIR/calls" \
    "${PROGRAM[@]}" --hold 0 -T "$BATS_TEST_TMPDIR/list") || true
  run -0 tail -n 1 <<<"$output"
  assert_output --regexp '^60 targets in .*: 40 connected, 20 unresolved$'
  run -0 grep -c pipe2 "$BATS_TEST_TMPDIR/calls"
  assert_output 4
}

@test "fewer descriptors than targets: all are connected, fewer at a time" {
  local i

  start_listener_3
  for i in {1..60}; do echo "t$i 10.1.1.2:$PORT"; done >"$BATS_TEST_TMPDIR/list"
  output=$(
    ulimit -n 40
    ip netns exec "$TOPO-client" timeout 60 "${PROGRAM[@]}" --hold 0 -T "$BATS_TEST_TMPDIR/list"
  )
  run -0 tail -n 1 <<<"$output"
  assert_output --regexp '^60 targets in .*: 60 connected$'
}

# A peer on each of many addresses of loopback, and targets that are no peers among them.
write_long_list() { # COUNT
  build/bench/loop list "$1" |
    awk -v silent="10.1.2.2:9" '
      { print }
      NR % 4 == 0 { split($2, a, ":"); print "refusing" NR, a[1] ":9" }
      NR % 8 == 0 { print "twice" NR, $2 }
      NR % 16 == 0 { print "silent" NR, silent, "-w 1500ms" }'
}

# bats test_tags=kernel
@test "hundreds of targets on a few sockets: each result is as from a socket of its own, also with ulimit -n 64" {
  local alone

  ip netns exec "$TOPO-client" build/bench/loop listen 160 >"$BATS_TEST_TMPDIR/peers" 3>&- &
  PEERS=$!
  wait_for_line "$BATS_TEST_TMPDIR/peers" '^listening'
  drop_path 2
  write_long_list 160 >"$BATS_TEST_TMPDIR/list"
  try_json 1 --one-to-one --no-witness --hold 0 -T "$BATS_TEST_TMPDIR/list"
  alone=$(results)
  run -0 grep -c ':connected:0:null$' <<<"$alone"
  assert_output 180
  # Many ports of peers on loopback, where the witness sees each packet twice.
  build/bench/loop list 20 >"$BATS_TEST_TMPDIR/few"
  try_json 0 --hold 0 -T "$BATS_TEST_TMPDIR/few"
  run -0 jq -c 'select(.event == null).paths[0].wire | [.inits_sent, .init_acks, .cookie_echoes_sent]' <<<"$output"
  assert_equal "$(sort <<<"$output" | uniq -c | tr -s ' ')" ' 20 [1,1,1]'
  sysctl -qw net.core.rmem_max=4608
  output=$(
    ulimit -n 64
    ip netns exec "$TOPO-client" setpriv --bounding-set -net_admin,-net_raw timeout 60 "${PROGRAM[@]}" \
      --json --hold 0 -T "$BATS_TEST_TMPDIR/list"
  ) || true
  sysctl -qw net.core.rmem_max=212992
  end_peers
  assert_equal "$(results)" "$alone"
}

@test "^C: what is known of each is reported, and those that were not tried are counted" {
  start_listener_3
  printf '%s\n' "up 10.1.1.2:$PORT --hold 0" "silent1 10.1.2.2:$PORT" "silent2 10.1.2.2:$PORT" "late 10.1.1.2:$PORT" \
    >"$BATS_TEST_TMPDIR/list"
  drop_path 2
  start_client -T "$BATS_TEST_TMPDIR/list" -P 2 -w 60
  wait_for_line "$CLIENT_OUT" '^up  '
  end_client INT
  assert_equal "$client_status" 130
  run -0 cat "$CLIENT_OUT"
  assert_line --regexp '^silent1  failed     SIGINT'
  assert_line --regexp '^4 targets in .*: 1 connected, 2 interrupted, 1 not tried$'
}

# metric NAME LABELS...: its value in the file that --metrics wrote, for the sample that has these labels.
metric() {
  local label lines
  lines=$(grep "^$1{" "$BATS_TEST_TMPDIR/sctp.prom")
  shift
  for label; do lines=$(grep -F "$label" <<<"$lines"); done
  echo "${lines##* }"
}

@test "--metrics: of many targets, of one, and of a monitor whose path is cut" {
  start_listener_3
  printf '%s\n' "good 10.1.1.2:$PORT" "refusing 10.1.1.2:$((PORT + 1))" >"$BATS_TEST_TMPDIR/list"
  try 1 -q -T "$BATS_TEST_TMPDIR/list" --metrics "$BATS_TEST_TMPDIR/sctp.prom"
  assert_equal "$output" ''
  assert_equal "$(metric sctp_target_up 'target="good"'),$(metric sctp_target_up 'target="refusing"')" 1,0
  assert_equal "$(metric sctp_target_cause 'target="refusing"' 'code="no-endpoint-or-queue-full"')" 1
  assert_equal "$(metric sctp_path_up 'target="good"' 'path="10.1.2.2"' 'link="c2"')" 1

  # The file that is there stays, if its place cannot be written.
  chmod 444 "$BATS_TEST_TMPDIR/sctp.prom"
  try 6 -q -a "10.1.1.2:$PORT" --metrics "$BATS_TEST_TMPDIR/no/such/file"
  [[ $stderr == *"--metrics $BATS_TEST_TMPDIR/no/such/file: cannot be written: No such file or directory"* ]]

  start_client -M -a "10.1.1.2:$PORT" --interval 100ms --metrics "$BATS_TEST_TMPDIR/sctp.prom"
  wait_for metric_is 1 sctp_path_up 'path="10.1.2.2"' "target=\"10.1.1.2:$PORT\""
  drop_path 2
  wait_for metric_is 0 sctp_path_up 'path="10.1.2.2"'
  assert [ "$(metric sctp_path_state_changes_total 'path="10.1.2.2"')" -ge 1 ]
  assert [ "$(metric sctp_path_heartbeats_sent_total 'path="10.1.1.2"')" -ge 1 ]
  assert_equal "$(metric sctp_target_up)" 1
  end_client INT
  run -0 find "$BATS_TEST_TMPDIR" -name 'sctp.prom*'
  assert_output "$BATS_TEST_TMPDIR/sctp.prom"
  command -v promtool || skip "promtool is missing: tests/servers/fetch"
  run -0 promtool check metrics <"$BATS_TEST_TMPDIR/sctp.prom"
  assert_output ''
}

metric_is() { # VALUE NAME LABELS...
  local expected=$1
  shift
  [ "$(metric "$@")" = "$expected" ]
}

@test "--monitor with many targets: events have names, and what failed is tried again until it is there" {
  start_listener_3
  printf '%s\n' "all 10.1.1.2:$PORT 10.1.2.2" "late 10.1.1.2:7000" >"$BATS_TEST_TMPDIR/list"
  start_client -M -T "$BATS_TEST_TMPDIR/list" --interval 200ms --json --metrics "$BATS_TEST_TMPDIR/sctp.prom"
  wait_for_line "$CLIENT_OUT" '"event":"round","name":"all"'
  drop_path 2
  wait_for_line "$CLIENT_OUT" '"event":"path","name":"all".*"10.1.2.2".*"verdict":"dead"'
  end_listener
  wait_for_line "$CLIENT_OUT" '"event":"down","name":"all"'
  wait_for metric_is 0 sctp_target_up 'target="all"'
  start_listener -b 10.1.1.2:7000
  wait_for_line "$CLIENT_OUT" '"name":"late".*"result":"connected"'
  wait_for metric_is 1 sctp_target_up 'target="late"'
  end_client INT
  assert_equal "$client_status" 1
  keep_json <"$CLIENT_OUT"
  run -0 jq -c 'select(.event == "summary") | .results | [.connected, .closed + .aborted + .refused]' "$CLIENT_OUT"
  assert_output '[1,1]'
}

# bats test_tags=usrsctp
@test "--monitor with many targets on a terminal: a table, the worst first, which fits and can be scrolled" {
  local i status=0

  start_listener_3
  for i in {1..20}; do echo "target$i 10.1.1.2:$PORT 10.1.2.2"; done >"$BATS_TEST_TMPDIR/list"
  echo "bad 10.1.1.2:$((PORT + 1))" >>"$BATS_TEST_TMPDIR/list"
  # A screen of twelve rows has eight targets. ^C is the usual end.
  ip netns exec "$TOPO-client" env TERM=xterm LC_ALL=C.UTF-8 python3 tests/e2e/terminal.py 70 12 \
    'wait=^21 targets .* 1 down, 20 up(.*\n){2}bad +refused.*\ntarget1 +connected +[23] of [23]' key-mode \
    'wait=^ 1 to 8 of 21;' 'type=\e[B' 'wait=loss *\ntarget1 (.*\n)+ 2 to 9 of 21;' \
    'type=\e[6~' 'wait=loss *\ntarget8 (.*\n)+ 9 to 16 of 21;' 'type=G' 'wait=^target20 .*\n 14 to 21 of 21;' \
    'size=30x7' 'wait=^ 14 to 16 of 21; the arrows, ' 'size=100x40' 'wait=loss *\nbad (.*\n)+target20 .*$' \
    'type=\C' 'wait=^21 targets in .*: 20 connected, 1 refused' line-mode -- \
    "${PROGRAM[@]}" -M --interval 200ms -T "$BATS_TEST_TMPDIR/list" >"$BATS_TEST_TMPDIR/screen" || status=$?
  [ "$status" -eq 1 ] || { cat "$BATS_TEST_TMPDIR/screen"; return 1; }
  [ "$(grep -oE 'target[0-9]+ +end ' "$BATS_TEST_TMPDIR/screen" | wc -l)" -eq 20 ]
}

# bats test_tags=usrsctp
@test "many targets on a terminal: a line says how many are done; --quiet says nothing" {
  start_listener_3
  drop_path 2
  printf '%s\n' "up 10.1.1.2:$PORT" "silent1 10.1.2.2:$PORT" "silent2 10.1.2.2:$PORT" >"$BATS_TEST_TMPDIR/list"
  run -1 ip netns exec "$TOPO-client" env TERM=xterm python3 tests/e2e/terminal.py 80 24 \
    'wait=^up +connected' 'wait=1 of 3 done, 0 failed, 2 running, about [0-9]+ s left' 'wait=^silent[12] +timeout' \
    'wait=^3 targets in .*: 1 connected, 2 timeout' -- "${PROGRAM[@]}" -w 2s -T "$BATS_TEST_TMPDIR/list"
  run -1 ip netns exec "$TOPO-client" env TERM=xterm python3 tests/e2e/terminal.py 80 24 -- \
    "${PROGRAM[@]}" -q -w 700ms -T "$BATS_TEST_TMPDIR/list"
  assert_output ''
}

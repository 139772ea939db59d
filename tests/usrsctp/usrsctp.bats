#!/usr/bin/env bats
# Tests for the stack in user space only: raw packets, privileges, its UDP port. All other tests are in
# tests/e2e, which also runs on this stack.
load lab

setup_file() { lab_up us; }
teardown_file() { lab_down; }
teardown() { lab_clean; }

# Milliseconds that a command takes.
took() {
  local before=${EPOCHREALTIME/[.,]/} status=0
  "$@" || status=$?
  took_ms=$(((${EPOCHREALTIME/[.,]/} - before) / 1000))
  return "$status"
}

@test "raw: three addresses and one that is not the peer's, in all four modes" {
  raw_or_skip
  listen_us -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  local mode
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086 # a list of options
    us 0 $mode -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2 -a 10.9.9.9
    json .result connected '.association | .id > 0, .state' $'true\nestablished' \
      '[.paths[] | .verdict] | join(" ")' "verified verified verified rejected" \
      '[.paths[] | select(.verdict == "verified") | .state] | join(" ")' "active active active" \
      '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.1.2 \
      '[.local[] | .address] | sort | join(" ")' "10.1.1.1 10.1.2.1 10.1.3.1" \
      '.paths[0] | .mtu, (.rtt_ms > 0 and .rtt_ms < 1000)' $'1500\ntrue' '.association | .streams_out, .streams_in' $'10\n10'
  done
}

@test "raw: a dead first address of two" {
  raw_or_skip
  listen_us -b 10.1.1.2:0 -b 10.1.2.2
  drop_path 1
  us 0 -w 10s -a "10.1.1.2:$PORT" -a 10.1.2.2
  json '.time_ms.connect >= 200' true
}

@test "raw: -w 700ms ends after 0.7 s with status 4, in all four modes" {
  raw_or_skip
  local mode
  drop_path 1
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086
    took us 4 $mode -w 700ms -a 10.1.1.2:5000
    json .result timeout .errno ETIMEDOUT '.paths[0].verdict' silent \
      '.time_ms.connect >= 700 and .time_ms.connect < 4500' true # not the 5 s of the default
    [ "$took_ms" -lt 10000 ] || fail "ended $took_ms ms after the start"
  done
}

@test "raw: mixed families in both orders lose no path" {
  raw_or_skip
  listen_us -b '[fd01:1::2]:0' -b 10.1.2.2
  us 0 -a "[fd01:1::2]:$PORT" -a 10.1.2.2
  json '[.paths[0, 1] | "\(.address) \(.verdict) \(.primary)"] | join(", ")' \
    "fd01:1::2 verified true, 10.1.2.2 verified false" .order.primary_set true
  us 0 -a "10.1.2.2:$PORT" -a fd01:1::2
  json '[.paths[0, 1] | "\(.address) \(.verdict) \(.primary)"] | join(", ")' \
    "10.1.2.2 verified true, fd01:1::2 verified false" .order.reordered false
  us 0 -m -B -a "[fd01:1::2]:$PORT"
  json '.paths[0].verdict' verified
}

@test "-u LOCAL:REMOTE sends from that UDP port; a port in use is named" {
  listen_us -u $UDP -b 10.1.1.2:0
  nft_server input ip saddr 10.1.1.1 udp sport != 9898 drop
  us 0 -u 9898:$UDP -a "10.1.1.2:$PORT"
  nft_flush
  run -6 --separate-stderr timeout 60 ip netns exec "$TOPO-server" "$SCTP_CONNECT" --stack usrsctp \
    -u $UDP:1 -a 10.1.1.1:5000
  assert_output --partial "UDP port $UDP is in use on this host"
}

@test "two hundred addresses in one call, more than usrsctp_connectx has room for" {
  listen_us -u $UDP -b 10.1.1.2:0
  local -a args=()
  local i
  for i in {1..200}; do args+=(-a "10.20.0.$i"); done
  us 0 -u $UDP -a "10.1.1.2:$PORT" "${args[@]}"
  json '[.paths[] | select(.verdict == "rejected")] | length' 200
}

@test "raw: SIGTERM while pending, one-to-many" {
  raw_or_skip
  drop_path 1
  start_client --stack usrsctp -v --json -m -w 60s -a 10.1.1.2:5000
  wait_for_line "$CLIENT_OUT.err" 'the call'
  took end_client TERM
  [ "$client_status" -eq 143 ]
  [ "$took_ms" -lt 10000 ] || fail "ended $took_ms ms after the signal"
  output=$(cat "$CLIENT_OUT")
  keep_json <<<"$output"
  json .result failed .signal SIGTERM '.paths[0].verdict' silent
}

@test "raw: ICMP protocol unreachable: said at once, in all four modes" {
  raw_or_skip
  nft_server input ip daddr 10.1.1.2 reject with icmp type prot-unreachable
  local mode
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086
    us 1 $mode -w 10s -a 10.1.1.2:5000
    json .result refused .errno ENOPROTOOPT '.time_ms.connect < 5000' true
  done
}

@test "raw: ICMP host, network unreachable and ICMPv6 prohibited" {
  raw_or_skip
  nft_server input ip daddr 10.1.1.2 reject with icmp type host-unreachable
  us 1 -w 10s -a 10.1.1.2:5000
  json .result unreachable .errno EHOSTUNREACH '.time_ms.connect < 5000' true
  nft_flush
  nft_server input ip daddr 10.1.1.2 reject with icmp type net-unreachable
  us 1 -w 10s -a 10.1.1.2:5000
  json .result unreachable .errno ENETUNREACH
  nft_flush
  nft_server input ip6 daddr fd01:1::2 meta l4proto sctp reject with icmpv6 type admin-prohibited
  us 1 -w 10s -a '[fd01:1::2]:5000'
  json .result unreachable .errno EACCES
}

@test "only the library calls what stands in for sendmsg(), recvmsg() and getifaddrs()" {
  run -0 nm "$SCTP_CONNECT"
  assert_line --regexp ' T library_sendmsg$'
  assert_line --regexp ' T library_recvmsg$'
  assert_line --regexp ' T library_getifaddrs$'
  refute_line --regexp ' [TW] (sendmsg|recvmsg|getifaddrs)$'
}

@test "raw: nothing listens, and there is no answer" {
  raw_or_skip
  listen_us -b 10.1.1.2:0
  us 4 -w 500ms -a 10.1.1.2:9
  json .result timeout
}

@test "UDP: a UDP port that is not in use is reported by ICMP" {
  us 1 -u $UDP -w 10s -a 10.1.1.2:5000
  json .result unreachable .errno ECONNREFUSED '.time_ms.connect < 5000' true
}

# bats test_tags=faults
@test "without CAP_NET_RAW: raw names the capability, setcap and --udp-encaps" {
  raw_or_skip
  run -6 --separate-stderr timeout 60 ip netns exec "$TOPO-client" setpriv --reuid 65534 \
    --regid 65534 --clear-groups "$SCTP_CONNECT" --json --stack usrsctp -a 10.1.1.2:5000
  keep_json <<<"$output"
  json .result failed .errno EPERM
  FAULTS=${FAULTS:-$PWD/build/check/faults.own.lines} record "usrsctp, raw, without CAP_NET_RAW"
  [[ $(jq -r .reason <<<"$output") == *CAP_NET_RAW* ]]
  [[ $(jq -r .hint <<<"$output") == *"setcap cap_net_raw+ep"*--udp-encaps* ]]
}

@test "raw: a program beside it that knows nothing of the association does not end it" {
  raw_or_skip
  listen_us -b 10.1.1.2:0
  ip netns exec "$TOPO-server" "$SCTP_CONNECT" --stack usrsctp --listen -b 10.1.2.2:1 \
    >"$BATS_TEST_TMPDIR/beside" 2>&1 3>&- &
  local raw=$!
  ip netns exec "$TOPO-server" "$SCTP_CONNECT" --stack usrsctp --listen -u $UDP -b 10.1.2.2:1 \
    >"$BATS_TEST_TMPDIR/beside.udp" 2>&1 3>&- &
  local udp=$!
  wait_for_line "$BATS_TEST_TMPDIR/beside" '^listening'
  wait_for_line "$BATS_TEST_TMPDIR/beside.udp" '^listening'
  us 0 -a "10.1.1.2:$PORT"
  kill "$raw" "$udp"
  wait "$raw" "$udp" || true
  wait_for_line "$LISTEN_OUT" 'closed by the peer'
}

@test "--stack auto: usrsctp where the kernel has no SCTP, with one line that says so" {
  raw_or_skip
  listen_us -b 10.1.1.2:0
  try 0 -a "10.1.1.2:$PORT"
  assert_output --partial "(usrsctp, nonblocking)"
  assert_equal "$stderr" "sctp-connect: this host's kernel has no SCTP: using usrsctp instead"
  try 0 -q -a "10.1.1.2:$PORT"
  assert_equal "$output$stderr" ""
}

# As a user who may not start any thread: the limit does not bind root. The program is opened before, as that user
# may not enter the folders that it is in.
without_threads() {
  # shellcheck disable=SC2016 # for the inner shell
  run -6 timeout 60 bash -c 'ulimit -u 1; exec setpriv --reuid 54321 --clear-groups --bounding-set -all \
    --inh-caps -all "$@" 9<"$0"' "$SCTP_CONNECT" /proc/self/fd/9 --stack usrsctp -u $UDP -a 127.0.0.1:5000
}

@test "what keeps the library from starting is told as what it is, with the call and the errno" {
  local n
  # A sanitized build looks for leaks in a thread, and not beside strace.
  export ASAN_OPTIONS=detect_leaks=0
  without_threads
  assert_output --partial "usrsctp started 0 of its 4 threads: pthread_create: EAGAIN"
  # From the first descriptor that this program opens to the last one. A loader that opens some for itself needs 4.
  for n in {4..10}; do
    # shellcheck disable=SC2016
    run -6 timeout 60 bash -c 'eval "exec $(printf "%s>&- " {3..20})"; ulimit -n "$0"; exec "$@"' "$n" \
      "$SCTP_CONNECT" --stack usrsctp -u $UDP -w 1s -a 127.0.0.1:5000 -a ::1
    assert_output --partial "EMFILE"
    refute_output --partial "IPv6"
  done
  # An errno of a sandbox (RestrictAddressFamilies) is not about IPv6 or ports.
  run -6 timeout 60 strace -qq -o /dev/null -e inject=socket:error=EAFNOSUPPORT:when=4 "$SCTP_CONNECT" \
    --stack usrsctp -u $UDP -a 127.0.0.1:5000
  assert_output --partial "getifaddrs: EAFNOSUPPORT: a security module or a sandbox of this host forbids it"
  run -6 timeout 60 strace -qq -o /dev/null -e inject=bind:error=EACCES:when=3 "$SCTP_CONNECT" --stack usrsctp \
    -u $UDP:1 -a 127.0.0.1:5000
  assert_output --partial "bind(UDP): EACCES: a security module or a sandbox of this host forbids it"
}

@test "a sandbox that forbids setsockopt() is told with the call that the library does not report" {
  export ASAN_OPTIONS=detect_leaks=0
  local where
  for where in raw "-u $UDP:1"; do
    [ "$where" != raw ] || { raw_or_skip; where=; }
    # Those before the third are not of the library: for the second process, and in UDP for IPv6.
    # shellcheck disable=SC2086 # a list of options
    run -6 timeout 60 ip netns exec "$TOPO-client" strace -qq -o /dev/null -e inject=setsockopt:error=EPERM:when=3+ \
      "$SCTP_CONNECT" --stack usrsctp $where -a 10.1.1.2:5000
    assert_output --regexp "setsockopt\((IP_HDRINCL|IP_PKTINFO|SO_RCVTIMEO)\): EPERM: a security module or a sandbox"
  done
}

@test "UDP: without any privilege, ICMP ends an attempt at once, and not another one" {
  PROGRAM=(setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all "$SCTP_CONNECT")
  local mode
  for mode in "-a 10.1.1.2:5000" "-m -a [fd01:1::2]:5000"; do
    # shellcheck disable=SC2086 # a list of options
    us 1 -w 50s -u 9898 $mode
    json .result unreachable .errno ECONNREFUSED '.paths[0].cause.code' icmp-port-unreachable \
      '.time_ms.connect < 17000' true
  done
  listen_us -u $UDP -b 10.1.1.2:5000
  nft_server input ip daddr 10.1.2.2 reject with icmp type admin-prohibited
  us 5 -u $UDP -R all -e -a 10.1.2.2:5000 -a 10.1.1.2
  json '[.each[].result] | join(" ")' 'unreachable connected'
}

@test "UDP: which local port needs a privilege is a setting of this host" {
  in_client sysctl -q -w net.ipv4.ip_unprivileged_port_start=9900
  PROGRAM=(setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all "$SCTP_CONNECT")
  us 6 -u 9899:9899 -a 10.1.1.2:5000
  json .cause.code udp-port-privileged '.reason | contains("ports below 9900")' true
  us 1 -u 9900:9899 -a 10.1.1.2:5000 || us 4 -u 9900:9899 -a 10.1.1.2:5000
  in_client sysctl -q -w net.ipv4.ip_unprivileged_port_start=1024
}

@test "UDP: eight clients at once, thousands of associations: the listener lives, with no more descriptors" {
  # make many && CHURN=6300 bats -f thousands: 50,400 associations in half a minute
  [ -x build/stack/churn ] || skip "build/stack/churn is not built"
  listen_us -u $UDP -b 10.1.1.2:5000
  local i files client clients=() seconds=$((100 + ${CHURN:-0} / 10))
  files=$(ls /proc/"$LISTENER"/fd | wc -l)
  for i in 1 2 3 4 5 6 7 8; do
    ip netns exec "$TOPO-client" timeout "$seconds" build/stack/churn usrsctp $((9900 + i)):$UDP 10.1.1.2 5000 "${CHURN:-400}" \
      >"$BATS_TEST_TMPDIR/churn.$i" 2>&1 3>&- &
    clients+=($!)
  done
  for client in "${clients[@]}"; do
    wait "$client" || fail "$(cat "$BATS_TEST_TMPDIR"/churn.*)"
  done
  # What is kept for the next endpoints: 8 times 2.
  wait_for eval '[ "$(ls /proc/$LISTENER/fd | wc -l)" -le $((files + 16)) ]'
  end_listener
  run -0 grep -c ' associations\?, .*ended by' "$LISTEN_OUT"
}

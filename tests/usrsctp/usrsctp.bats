#!/usr/bin/env bats
# The stack in user space, between network namespaces of this host: in UDP encapsulation and raw.
load ../e2e/helper

UDP=9899

setup_file() {
  "$SCTP_CONNECT" --version | grep -q 'usrsctp: FreeBSD' || skip "this build has no usrsctp stack"
  [ "$(id -u)" -eq 0 ] && ip netns add "probe$$" 2>/dev/null ||
    skip "network namespaces cannot be made here (not root, or not allowed)"
  ip netns del "probe$$"
  export TOPO=us$$
  topo_up 3
}

teardown_file() {
  [ -z "${TOPO:-}" ] || topo_down
}

teardown() {
  nft_flush
  local i
  for i in 1 2 3; do restore_path "$i"; done
  [ -z "${LISTENER:-}" ] || end_listener
  nothing_left client
  nothing_left server
}

# No process, and no socket, that outlives a run.
nothing_left() {
  [ -z "$(ip netns pids "$TOPO-$1")" ] || fail "left running in $1: $(ip netns pids "$TOPO-$1")"
  local sockets
  sockets=$(ip netns exec "$TOPO-$1" ss -Hnuaw)
  [ -z "$sockets" ] || fail "left open in $1: $sockets"
}

# Raw packets and a kernel that answers them with ABORT do not go together.
raw_or_skip() {
  [ ! -e /proc/net/sctp ] || skip "this kernel has SCTP"
}

us() { # STATUS OPTION...
  local status=$1
  shift
  try_json "$status" --stack usrsctp "$@"
  [ -z "$output" ] || json .stack usrsctp
}

listen_us() { # OPTION...
  start_listener --stack usrsctp "$@"
}

# Milliseconds that a command takes.
took() {
  local before=${EPOCHREALTIME/[.,]/} status=0
  "$@" || status=$?
  took_ms=$(((${EPOCHREALTIME/[.,]/} - before) / 1000))
  return "$status"
}

modes=("" "-B" "-m" "-m -B")

three_addresses() { # OPTION...
  local mode
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086 # a list of options
    us 0 "$@" $mode -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2 -a 10.9.9.9
    json .result connected '.association | .id > 0, .state' $'true\nestablished' \
      '[.paths[] | .verdict] | join(" ")' "unverified unverified unverified rejected" \
      '[.paths[] | select(.verdict == "unverified") | .state] | join(" ")' "active active active" \
      '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.1.2 \
      '[.local[] | .address] | sort | join(" ")' "10.1.1.1 10.1.2.1 10.1.3.1" \
      '.paths[0] | .mtu, .srtt_ms' $'1500\nnull' '.association | .streams_out, .streams_in' $'10\n10'
  done
}

@test "UDP: three addresses and one that is not the peer's, in all four modes" {
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  three_addresses -u $UDP
}

@test "raw: three addresses and one that is not the peer's, in all four modes" {
  raw_or_skip
  listen_us -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  three_addresses
}

@test "UDP: addresses learned from the peer, unconfirmed or not" {
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  us 0 -u $UDP -a "10.1.1.2:$PORT"
  json '[.paths[] | select(.requested | not) | .address] | sort | join(" ")' "10.1.2.2 10.1.3.2"
}

@test "UDP: a dead first address costs 250 ms, in all four modes" {
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  drop_path 1
  local mode
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086
    us 0 -u $UDP $mode -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
    json '.time_ms.connect >= 240 and .time_ms.connect < 1500' true \
      '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.2.2 \
      '.paths[0].note' "did not answer the INIT in its turn of 250 ms" \
      '.paths[1].srtt_ms' null
  done
}

@test "UDP: all but the last address dead; --rto-initial decides how soon" {
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  drop_path 1
  drop_path 2
  us 0 -u $UDP -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json '.time_ms.connect >= 490 and .time_ms.connect < 1500' true
  us 0 -u $UDP --rto-initial 60ms -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json '.time_ms.connect >= 110 and .time_ms.connect < 450' true \
    '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.3.2
}

@test "raw: a dead first address of two" {
  raw_or_skip
  listen_us -b 10.1.1.2:0 -b 10.1.2.2
  drop_path 1
  us 0 -w 10s -a "10.1.1.2:$PORT" -a 10.1.2.2
  json '.time_ms.connect >= 240' true
}

@test "UDP: refused, in all four modes" {
  listen_us -u $UDP -b 10.1.1.2:0
  local mode
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086
    us 1 -u $UDP $mode -a 10.1.1.2:9
    json .result refused .errno ECONNREFUSED '.paths[0].verdict' refused
  done
}

silence() { # OPTION...
  local mode
  drop_path 1
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086
    took us 4 "$@" $mode -w 700ms -a 10.1.1.2:5000
    json .result timeout .errno ETIMEDOUT '.paths[0].verdict' silent \
      '.time_ms.connect >= 700 and .time_ms.connect < 2100' true
    [ "$took_ms" -lt 2500 ] || fail "ended $took_ms ms after the start"
  done
}

@test "UDP: -w 700ms ends after 0.7 s with status 4, in all four modes" {
  silence -u $UDP
}

@test "raw: -w 700ms ends after 0.7 s with status 4, in all four modes" {
  raw_or_skip
  silence
}

@test "--init-attempts: the stack gives up, and that is a time-out, in all four modes" {
  drop_path 1
  local mode
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086
    us 4 -u $UDP $mode --init-attempts 2 --rto-initial 100ms --init-timeout 100ms -a 10.1.1.2:5000
    json .result timeout .reason "no answer to any INIT, and no attempt is left" \
      '.time_ms.connect >= 290 and .time_ms.connect < 900' true
  done
}

mixed() { # OPTION...
  us 0 "$@" -a "[fd01:1::2]:$PORT" -a 10.1.2.2
  json '[.paths[0, 1] | "\(.address) \(.verdict) \(.primary)"] | join(", ")' \
    "fd01:1::2 unverified true, 10.1.2.2 unverified false" .order.primary_set true
  us 0 "$@" -a "10.1.2.2:$PORT" -a fd01:1::2
  json '[.paths[0, 1] | "\(.address) \(.verdict) \(.primary)"] | join(", ")' \
    "10.1.2.2 unverified true, fd01:1::2 unverified false" .order.reordered false
  us 0 "$@" -m -B -a "[fd01:1::2]:$PORT"
  json '.paths[0].verdict' unverified
}

@test "UDP: mixed families in both orders lose no path" {
  listen_us -u $UDP -b '[fd01:1::2]:0' -b 10.1.2.2
  mixed -u $UDP
}

@test "raw: mixed families in both orders lose no path" {
  raw_or_skip
  listen_us -b '[fd01:1::2]:0' -b 10.1.2.2
  mixed
}

@test "-b binds these addresses and this port, and refuses what is not ours" {
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.3.2
  us 0 -u $UDP -b 10.1.1.1:7001 -b 10.1.3.1 -a "10.1.1.2:$PORT" -a 10.1.3.2
  json '[.local[] | "\(.address):\(.port)"] | join(" ")' "10.1.1.1:7001 10.1.3.1:7001"
  wait_for_line "$LISTEN_OUT" 'up .*10\.1\.1\.1:7001'
  us 6 -u $UDP -b 10.1.1.1 -b 10.9.9.9 -a "10.1.1.2:$PORT"
  json .errno EADDRNOTAVAIL .reason "10.9.9.9 is not an address of this host"
}

@test "raw: without -b the address that the routes give is bound" {
  raw_or_skip
  listen_us -b 10.1.3.2:0
  us 0 -a "10.1.3.2:$PORT"
  json '[.local[] | .address] | join(" ")' 10.1.3.1
}

@test "-u LOCAL:REMOTE sends from that UDP port; a port in use is named" {
  listen_us -u $UDP -b 10.1.1.2:0
  nft_server input ip saddr 10.1.1.1 udp sport != 9898 drop
  us 0 -u 9898:$UDP -a "10.1.1.2:$PORT"
  nft_flush
  run -6 --separate-stderr timeout 10 ip netns exec "$TOPO-server" "$SCTP_CONNECT" --stack usrsctp \
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

@test "the listener echoes messages of every size, with stream, ppid and order" {
  [ -x build/usrsctp/peer ] || skip "build/usrsctp/peer is not built"
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2
  ip netns exec "$TOPO-client" timeout 20 build/usrsctp/peer $UDP 10.1.1.2 "$PORT" \
    1 1000:3 100000:5:u 250000 >"$BATS_TEST_TMPDIR/peer" 3>&- &
  local peer=$!
  wait_for_line "$BATS_TEST_TMPDIR/peer" '^250000' 10
  # SIGTERM closes what is still up, gracefully.
  took end_listener
  wait "$peer"
  assert_equal "$(cat "$BATS_TEST_TMPDIR/peer")" \
    $'up\n1 0 47\n1000 3 47\n100000 5 47 u\n250000 0 47\nshutdown'
  assert_equal "$listener_status" 143
  [ "$took_ms" -lt 2000 ] || fail "the listener ended $took_ms ms after SIGTERM"
  wait_for_line "$LISTEN_OUT" 'down .* closed by this end, 4 messages 351001 bytes echoed'
  wait_for_line "$LISTEN_OUT" '^end .*ended by a signal'
  LISTENER=
}

@test "--listen --count ends by itself, and its JSON is what the schema says" {
  listen_us --json -u $UDP -b 10.1.1.2:0 -b 10.1.2.2 --count 2
  us 0 -u $UDP -a "10.1.1.2:$PORT"
  us 0 -m -u $UDP -a "10.1.2.2:$PORT"
  local status=0
  wait "$LISTENER" || status=$?
  LISTENER=
  [ "$status" -eq 0 ]
  keep_json <"$LISTEN_OUT"
  assert_equal "$(jq -r .event "$LISTEN_OUT" | sort | uniq -c | awk '$2 != "path" { print $1 $2 }' | tr '\n' ' ')" \
    "2down 1end 1listening 2up "
}

interrupted() { # SIGNAL STATUS OPTION...
  local signal=$1 status=$2 got=0
  shift 2
  drop_path 1
  env --default-signal=INT ip netns exec "$TOPO-client" "$SCTP_CONNECT" --stack usrsctp -v --json "$@" \
    -w 60s -a 10.1.1.2:5000 >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  local client=$!
  wait_for_line "$BATS_TEST_TMPDIR/err" 'the call'
  kill -s "$signal" "$client"
  took wait "$client" || got=$?
  [ "$got" -eq "$status" ]
  [ "$took_ms" -lt 1000 ] || fail "ended $took_ms ms after the signal"
  output=$(cat "$BATS_TEST_TMPDIR/out")
  keep_json <"$BATS_TEST_TMPDIR/out"
  json .result failed .signal "SIG$signal" '.paths[0].verdict' silent
}

@test "UDP: ^C while pending" { interrupted INT 130 -u $UDP; }
@test "UDP: ^C while pending, -B" { interrupted INT 130 -u $UDP -B; }
@test "raw: SIGTERM while pending, one-to-many" {
  raw_or_skip
  interrupted TERM 143 -m
}

@test "ICMP protocol unreachable: said at once, in all four modes" {
  raw_or_skip
  nft_server input ip daddr 10.1.1.2 reject with icmp type prot-unreachable
  local mode
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086
    us 1 $mode -w 10s -a 10.1.1.2:5000
    json .result refused .errno ENOPROTOOPT '.time_ms.connect < 1000' true \
      .reason "the host answered ICMP protocol unreachable: it has no SCTP"
  done
}

@test "ICMP host, network unreachable and ICMPv6 prohibited: raw and UDP" {
  raw_or_skip
  local -a udp
  for udp in "" "-u $UDP"; do
    nft_server input ip daddr 10.1.1.2 reject with icmp type host-unreachable
    # shellcheck disable=SC2128,SC2086
    us 1 $udp -w 10s -a 10.1.1.2:5000
    json .result unreachable .errno EHOSTUNREACH '.time_ms.connect < 1000' true
    nft_flush
    nft_server input ip daddr 10.1.1.2 reject with icmp type net-unreachable
    # shellcheck disable=SC2128,SC2086
    us 1 $udp -w 10s -a 10.1.1.2:5000
    json .result unreachable .errno ENETUNREACH
    nft_flush
    nft_server input ip6 daddr fd01:1::2 meta l4proto '{ sctp, udp }' reject with icmpv6 type admin-prohibited
    # shellcheck disable=SC2128,SC2086
    us 1 $udp -w 10s -a '[fd01:1::2]:5000'
    json .result unreachable .errno EACCES
    nft_flush
  done
}

@test "UDP: nobody at that UDP port is told by ICMP" {
  us 1 -u $UDP -w 10s -a 10.1.1.2:5000
  json .result unreachable .errno ECONNREFUSED '.time_ms.connect < 1000' true
}

@test "ICMP for the first address, the second works: success" {
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2
  nft_server input ip daddr 10.1.1.2 reject with icmp type host-unreachable
  us 0 -u $UDP -a "10.1.1.2:$PORT" -a 10.1.2.2
  json .result connected .errno null
}

@test "no route, and nobody on the link" {
  us 1 -u $UDP -w 10s -a 10.77.0.1:5000
  json .result unreachable .errno ENETUNREACH
  us 1 -u $UDP -w 10s -a 10.1.1.77:5000
  json .result unreachable .errno EHOSTUNREACH '.time_ms.connect < 9500' true
}

unprivileged() { # STATUS OPTION...
  local status=$1
  shift
  run "-$status" --separate-stderr timeout 30 ip netns exec "$TOPO-client" setpriv --reuid 65534 \
    --regid 65534 --clear-groups "$SCTP_CONNECT" --json --stack usrsctp "$@"
  keep_json <<<"$output"
}

@test "without CAP_NET_RAW: raw names the capability, setcap and --udp-encaps" {
  raw_or_skip
  unprivileged 6 -a 10.1.1.2:5000
  json .result failed .errno EPERM
  [[ $(jq -r .reason <<<"$output") == *CAP_NET_RAW* ]]
  [[ $(jq -r .hint <<<"$output") == *"setcap cap_net_raw+ep"*--udp-encaps* ]]
}

@test "without CAP_NET_RAW: UDP encapsulation works" {
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2
  unprivileged 0 -u $UDP -a "10.1.1.2:$PORT" -a 10.1.2.2
  json .result connected
  unprivileged 1 -u $UDP -a 10.1.1.2:9
  json .result refused
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

@test "--stack usrsctp where the kernel has SCTP: refused raw, fine in UDP" {
  [ -e /proc/net/sctp ] || skip "this kernel has no SCTP"
  us 6 -a 10.1.1.2:5000
  [[ $(jq -r .reason <<<"$output") == *"the kernel aborts"* ]]
  listen_us -u $UDP -b 10.1.1.2:0
  us 0 -u $UDP -a "10.1.1.2:$PORT"
}

@test "-W keeps trying on the same stack until the listener is there" {
  ip netns exec "$TOPO-client" "$SCTP_CONNECT" --stack usrsctp --json -v -u $UDP -W 20s -a 10.1.1.2:5000 \
    >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  local client=$!
  wait_for_line "$BATS_TEST_TMPDIR/err" 'unreachable, ECONNREFUSED'
  listen_us -u $UDP -b 10.1.1.2:5000
  wait "$client"
  output=$(cat "$BATS_TEST_TMPDIR/out")
  json .result connected '.tries >= 2' true
  keep_json <"$BATS_TEST_TMPDIR/out"
}

@test "raw over loopback, where the library hears nothing: said at once, with what works there" {
  try_json 6 -s usrsctp -a 127.0.0.1:5000
  json .result failed .reason "SCTP in user space cannot send raw packets over loopback" \
    .hint "--udp-encaps [LOCAL:]REMOTE works there"
}

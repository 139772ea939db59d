#!/usr/bin/env bats
# What the witness sees of the stack in user space: raw and in UDP.
load helper

UDP=9899

setup_file() {
  "$SCTP_CONNECT" --version | grep -q 'usrsctp: FreeBSD' || skip "this build has no usrsctp stack"
  [ "$(id -u)" -eq 0 ] && ip netns add "probe$$" 2>/dev/null ||
    skip "network namespaces cannot be made here (not root, or not allowed)"
  ip netns del "probe$$"
  export TOPO=wu$$
  topo_up 3
}

teardown_file() {
  [ -z "${TOPO:-}" ] || topo_down
}

teardown() {
  nft_flush
  [ -z "${WATCHER:-}" ] || watched
  [ -z "${LISTENER:-}" ] || end_listener
}

raw_or_skip() {
  [ ! -e /proc/net/sctp ] || skip "this kernel has SCTP"
}

connect() { # OPTION...: whatever comes of it
  run ip netns exec "$TOPO-client" timeout 20 "$SCTP_CONNECT" --stack usrsctp "$@"
  echo "$output"
}

@test "raw: a handshake, with right checksums" {
  raw_or_skip
  start_listener --stack usrsctp -b 10.1.1.2:0 -b 10.1.2.2
  watch "$PORT" 10.1.1.2
  connect -a "10.1.1.2:$PORT"
  watched
  saw '10\.1\.1\.2 ← INIT  tag 0x[0-9a-f]{8}  streams 10/' '→ INIT-ACK  .* addresses ' '← COOKIE-ECHO' '→ COOKIE-ACK'
  flawless
  # Raw, the library does not ask the routes which address to send from.
  says '^10\.1\.1\.2 (up|elsewhere) inits 1 '
}

@test "raw: a wrong checksum, from here and from there" {
  raw_or_skip
  start_listener --stack usrsctp -b 10.1.1.2:0
  nft_server output ip saddr 10.1.1.2 ip protocol sctp @th,64,32 set 0x12345678
  watch "$PORT" 10.1.1.2
  connect -w 2s -a "10.1.1.2:$PORT"
  watched
  saw '10.1.1.2 ← INIT ' '10.1.1.2 → INIT-ACK .*  BAD CHECKSUM  on c1$'
  says '^lost 0 bad-sent 0 ' '^10\.1\.1\.2 bad-checksum '
  nft_flush
  nft_client output ip daddr 10.1.1.2 ip protocol sctp @th,64,32 set 0x12345678
  watch "$PORT" 10.1.1.2
  connect -w 2s -a "10.1.1.2:$PORT"
  watched
  says '^lost 0 bad-sent [1-9]' '^10\.1\.1\.2 silent inits [1-9]'
}

drops() { # FINDING CHAIN RULE
  nft_client "${@:2}"
  watch -u 0:$UDP 5000 10.1.1.2
  connect -u $UDP -w 2s -a 10.1.1.2:5000
  watched
  flawless
  says "^10\\.1\\.1\\.2 $1 "
  nft_flush
}

@test "UDP: this host's output filter, and its input filter" {
  start_listener --stack usrsctp -u $UDP -b 10.1.1.2:5000
  drops never-left output ip daddr 10.1.1.2 drop
  saw_nothing
  drops not-taken input ip saddr 10.1.1.2 drop
  saw '10.1.1.2 ← INIT ' '10.1.1.2 → INIT-ACK'
  drops up output ip daddr 10.9.9.9 drop
  saw '10.1.1.2 ← INIT .* in UDP [0-9]+ to 9899  on c1$' '10.1.1.2 → INIT-ACK' '10.1.1.2 ← COOKIE-ECHO' '10.1.1.2 → COOKIE-ACK'
}

@test "UDP: a port that is not in use; and a bridge, on which each packet is seen twice" {
  watch -u 0:$UDP 5000 10.1.1.2
  connect -u $UDP -w 2s -a 10.1.1.2:5000
  watched
  says '^10\.1\.1\.2 icmp ' '^  icmp 3/3 from 10\.1\.1\.2 x[1-9] ECONNREFUSED$'
  ip -n "$TOPO-client" link add br0 type bridge 2>/dev/null || skip "this kernel has no bridge"
  ip -n "$TOPO-client" link set c3 master br0
  ip -n "$TOPO-client" addr flush dev c3
  ip -n "$TOPO-client" addr add 10.1.3.1/24 dev br0
  ip -n "$TOPO-client" link set br0 up
  start_listener --stack usrsctp -u $UDP -b 10.1.3.2:5000
  watch -u 0:$UDP 5000 10.1.3.2
  connect -u $UDP -a 10.1.3.2:5000
  watched
  ip -n "$TOPO-client" link del br0
  ip -n "$TOPO-client" addr add 10.1.3.1/24 dev c3
  flawless
  says '^10\.1\.3\.2 up inits 1 init-acks 1 cookies 1 cookie-acks 1 .* out br0 in br0$'
}

@test "UDP: heartbeats, and their round trips" {
  [ -x build/usrsctp/peer ] || skip "build/usrsctp/peer is not built"
  start_listener --stack usrsctp -u $UDP -b 10.1.1.2:0 -b 10.1.2.2
  watch -u 0:$UDP "$PORT" 10.1.1.2
  ip netns exec "$TOPO-client" timeout 60 build/usrsctp/peer $UDP 10.1.1.2 "$PORT" >"$BATS_TEST_TMPDIR/peer" 3>&- &
  local peer=$!
  wait_for_line "$WATCH_OUT" '10\.1\.2\.2 → HEARTBEAT-ACK'
  end_listener
  LISTENER=
  wait "$peer"
  watched
  flawless
  says '^  heartbeat out c2 in c2 from 10\.1\.2\.2 rtt_us [0-9]{1,6}( inexact)?$'
}

has_echoes() { # COUNT
  [ "$(grep -c '^250000 ' "$BATS_TEST_TMPDIR/peer")" -eq "$1" ]
}

@test "packets that there was no room for are counted" {
  [ -x build/usrsctp/peer ] || skip "build/usrsctp/peer is not built"
  start_listener --stack usrsctp -u $UDP -b 10.1.1.2:0
  watch -u 0:$UDP "$PORT" 10.1.1.2 10.1.2.2
  kill -STOP "$WATCHER"
  ip netns exec "$TOPO-client" timeout 60 build/usrsctp/peer $UDP 10.1.1.2 "$PORT" 250000{,,,,,,,} >"$BATS_TEST_TMPDIR/peer" 3>&- &
  local peer=$!
  wait_for has_echoes 8
  kill -CONT "$WATCHER"
  end_listener
  LISTENER=
  wait "$peer"
  watched
  # What was seen stays true; what was not says nothing.
  says '^lost [1-9]' '^10\.1\.1\.2 up ' '^10\.1\.2\.2 unknown '
}

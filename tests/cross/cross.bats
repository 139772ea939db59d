#!/usr/bin/env bats
# The stack in user space on this host against the kernel's in a guest: independent implementations.
load helper

setup_file() {
  export TOPO=cross$$
  cross_or_not
  [ -n "$WHY_NOT" ] || cross_up
}

teardown_file() {
  cross_down
}

# Not in setup_file: a skip there is a failure to bats 1.8.
setup() {
  [ -z "$WHY_NOT" ] || skip "$WHY_NOT"
}

teardown() {
  [ -z "$WHY_NOT" ] || return 0
  end_listener
  restore_paths
}

raw_or_skip() {
  [ ! -e /proc/net/sctp ] || skip "this host's kernel has SCTP, beside which usrsctp cannot be raw"
}

modes=("" "-B" "-m" "-m -B")
# Where no path is cut: however busy the machine is, the first address gets the time to answer.
PATIENT=(--rto-initial 4s)

three_addresses() { # OPTION...
  local mode
  listens "$@" -b "10.7.1.$FAR:0" -b "10.7.2.$FAR" -b "10.7.3.$FAR"
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086 # a list of options
    connects 0 "$@" "${PATIENT[@]}" $mode -a "10.7.1.$FAR:$PORT" -a "10.7.2.$FAR" -a "10.7.3.$FAR" -a 10.9.9.9
    json .result connected '.association | .id > 0, .state' $'true\nestablished' \
      '[.paths[].verdict] | join(" ")' "$UP $UP $UP rejected" \
      '[.paths[] | select(.state == "active") | .address] | join(" ")' "10.7.1.$FAR 10.7.2.$FAR 10.7.3.$FAR" \
      '[.paths[] | select(.primary) | .address] | join(" ")' "10.7.1.$FAR"
  done
  heard 4 up
  heard 4 down
  # Slow as it is, the guest may see the end of an association before it has asked for its id.
  assert_equal "$(events down | jq -r '"\(.reason), \(.graceful)"' | uniq -c | xargs)" "4 closed by the peer, true"
}

@test "raw: user space connects to the kernel, three addresses, all four modes" {
  raw_or_skip
  direction host
  only sctp
  three_addresses
}

@test "raw: the kernel connects to user space, three addresses, all four modes" {
  raw_or_skip
  direction guest
  only sctp
  three_addresses
}

@test "UDP: user space connects to the kernel, three addresses, all four modes" {
  direction host
  only udp
  three_addresses -u $UDP
}

@test "UDP: the kernel connects to user space, three addresses, all four modes" {
  direction guest
  only udp
  three_addresses -u $UDP
}

# Streams, extensions and addresses are the same at both ends.
both_agree() { # OPTION...
  listens "$@" -b "10.7.1.$FAR:0" -b "10.7.2.$FAR"
  # Else the association may have gone again before the listener has asked for these.
  delay_guest 200ms
  connects 0 "$@" -O 3 -I 7 "${PATIENT[@]}" -a "10.7.1.$FAR:$PORT"
  heard 1 up
  jq -n --argjson here "$output" --argjson there "$(events up)" '
    def list: map("\(.address):\(.port)") | sort;
    { streams: [$here.association.streams_out, $here.association.streams_in],
      extensions: ($here.association.extensions | sort),
      near: ($here.local | list), far: ($here.paths | list) },
    { streams: [$there.association.streams_in, $there.association.streams_out],
      extensions: ($there.association.extensions | sort),
      near: ($there.paths | list), far: ($there.local | list) }' >"$BATS_TEST_TMPDIR/both"
  assert_equal "$(jq -c . "$BATS_TEST_TMPDIR/both" | sed -n 1p)" "$(jq -c . "$BATS_TEST_TMPDIR/both" | sed -n 2p)"
  jq -se '.[0] | .streams == [3, 7] and (.extensions | length) > 0 and (.far | length) == 2' "$BATS_TEST_TMPDIR/both"
}

@test "raw: both ends tell the same of an association from user space to the kernel" {
  raw_or_skip
  direction host
  both_agree
}

@test "raw: both ends tell the same of an association from the kernel to user space" {
  raw_or_skip
  direction guest
  both_agree
}

@test "UDP: both ends tell the same of an association, either way" {
  direction host
  both_agree -u $UDP
  end_listener
  direction guest
  both_agree -u $UDP
}

# --- A path is cut --------------------------------------------------------------------------------

# An answer that comes when the next address has its turn counts for that one: long for a busy host.
TURN=600

# second_used [OPTION]...: of two addresses, the first one's path is cut.
second_used() {
  connects 0 "$@" --rto-initial ${TURN}ms -a "10.7.1.$FAR:$PORT" -a "10.7.2.$FAR"
  json .result connected '[.paths[] | select(.primary) | .address] | join(" ")' "10.7.2.$FAR" \
    '[.paths[] | select(.requested) | .verdict] | join(" ")' "dead $UP" '.time_ms.connect < 2900' true
}

# Silence, and no link at the end that connects, and at the other end.
cuts() { # OPTION...
  listens "$@" -b "10.7.1.$FAR:0" -b "10.7.2.$FAR" -b "10.7.3.$FAR"
  drop_path 1
  second_used "$@"
  json ".time_ms.connect >= $TURN - 50" true
  drop_path 2
  connects 0 "$@" --rto-initial ${TURN}ms -a "10.7.1.$FAR:$PORT" -a "10.7.2.$FAR" -a "10.7.3.$FAR"
  json '[.paths[] | select(.primary) | .address] | join(" ")' "10.7.3.$FAR" \
    ".time_ms.connect >= 2 * $TURN - 50 and .time_ms.connect < 2900" true
  restore_paths
  down_path "$SERVER" 1
  second_used "$@"
  restore_paths
  down_path "$CLIENT" 1
  second_used "$@"
  heard 4 up
}

@test "raw: user space connects to the kernel, the first path or the first two cut" {
  raw_or_skip
  direction host
  cuts
}

@test "raw: the kernel connects to user space, the first path or the first two cut" {
  raw_or_skip
  direction guest
  cuts
}

@test "UDP: user space connects to the kernel, the first path or the first two cut" {
  direction host
  cuts -u $UDP
}

@test "UDP: the kernel connects to user space, the first path or the first two cut" {
  direction guest
  cuts -u $UDP
}

only_the_middle() { # OPTION...
  listens "$@" -b "10.7.1.$FAR:0" -b "10.7.2.$FAR" -b "10.7.3.$FAR"
  drop_path 1
  drop_path 3
  connects 0 "$@" -a "10.7.1.$FAR:$PORT" -a "10.7.2.$FAR" -a "10.7.3.$FAR"
  json '[.paths[] | select(.primary) | .address] | join(" ")' "10.7.2.$FAR" \
    '.time_ms.connect >= 200 and .time_ms.connect < 2900' true
  heard 1 down
}

@test "raw: user space connects to the kernel, only the middle path of three is left" {
  raw_or_skip
  direction host
  only_the_middle
}

@test "raw: the kernel connects to user space, only the middle path of three is left" {
  raw_or_skip
  direction guest
  only_the_middle
}

@test "UDP: only the middle path of three is left, either way" {
  direction host
  only_the_middle -u $UDP
  end_listener
  restore_paths
  direction guest
  only_the_middle -u $UDP
}

# astray: what leaves the host on another path than its source address is on is counted, and dropped.
astray() {
  local i
  {
    printf '%s\n' 'table inet astray {' 'counter strays { }' \
      'chain output {' 'type filter hook output priority 0;'
    for ((i = 1; i <= PATHS; i++)); do
      echo "oifname t$i meta l4proto sctp ip saddr != 10.7.$i.1 counter name strays drop"
      echo "oifname t$i meta l4proto sctp ip6 saddr != fd07:$i::1 counter name strays drop"
    done
    printf '%s\n' '}' '}'
  } | in_host nft -f -
}

none_astray() {
  run -0 in_host nft -j list counter inet astray strays
  json '.nftables[] | .counter? | values | .packets' 0
}

@test "raw: user space connects, and each of its packets leaves with the address of its path" {
  raw_or_skip
  astray
  direction host
  listens -b 10.7.1.2:0 -b 10.7.2.2 -b 10.7.3.2
  connects 0 "${PATIENT[@]}" -a "10.7.2.2:$PORT" -a 10.7.3.2 -a 10.7.1.2
  heard 1 down
  assert_equal "$(events up | jq -r .from.address)" 10.7.2.1
  connects 0 "${PATIENT[@]}" -b 10.7.3.1 -b 10.7.1.1 -b 10.7.2.1 -a "10.7.1.2:$PORT" -a 10.7.3.2
  heard 2 down
  assert_equal "$(events up | tail -n 1 | jq -r .from.address)" 10.7.1.1
  none_astray
}

@test "raw: user space listens, and each of its packets leaves with the address of its path" {
  raw_or_skip
  astray
  direction guest
  listens -b 10.7.1.1:0 -b 10.7.2.1 -b 10.7.3.1 -b fd07:1::1 -b fd07:2::1 -b fd07:3::1
  connects 0 "${PATIENT[@]}" -a "10.7.3.1:$PORT" -a 10.7.1.1 -a 10.7.2.1
  connects 0 "${PATIENT[@]}" -a "[fd07:1::1]:$PORT" -a fd07:2::1
  heard 2 down
  none_astray
}

# --- Refused --------------------------------------------------------------------------------------

@test "raw: user space is refused by the kernel" {
  raw_or_skip
  direction host
  connects 1 -a 10.7.1.2:9
  json .result refused .errno ECONNREFUSED '.paths[0].verdict' refused '.time_ms.connect < 2900' true
  connects 1 -m -a '[fd07:2::2]:9' -a fd07:1::2
  json .result refused '[.paths[].verdict] | join(" ")' "refused untried"
}

@test "raw: the kernel is refused by a host without SCTP; user space that listens elsewhere is silent" {
  raw_or_skip
  direction guest
  connects 1 -w 10s -a 10.7.1.1:9
  json .result refused .errno ENOPROTOOPT
  listens -b 10.7.1.1:0
  connects 4 -w 500ms -a "10.7.1.1:$((PORT ^ 1))"
  json .result timeout
}

@test "UDP: refused, either way" {
  only udp
  direction host
  connects 1 -u $UDP -a 10.7.1.2:9
  json .result refused .errno ECONNREFUSED '.paths[0].verdict' refused
  direction guest
  listens -u $UDP -b 10.7.1.1:0
  connects 1 -u $UDP -a "10.7.1.1:$((PORT ^ 1))"
  json .result refused .errno ECONNREFUSED '.paths[0].verdict' refused
}

# --- Both families --------------------------------------------------------------------------------

mixed() { # OPTION...
  listens "$@" -b "[fd07:1::$FAR]:0" -b "10.7.2.$FAR"
  connects 0 "$@" "${PATIENT[@]}" -a "[fd07:1::$FAR]:$PORT" -a "10.7.2.$FAR"
  json '[.paths[] | "\(.address) \(.verdict) \(.primary)"] | join(", ")' \
    "fd07:1::$FAR $UP true, 10.7.2.$FAR $UP false" .order.primary_set true
  connects 0 "$@" "${PATIENT[@]}" -m -a "10.7.2.$FAR:$PORT" -a "fd07:1::$FAR"
  json '[.paths[] | "\(.address) \(.verdict) \(.primary)"] | join(", ")' \
    "10.7.2.$FAR $UP true, fd07:1::$FAR $UP false" .order.reordered false
  connects 0 "$@" "${PATIENT[@]}" -B -a "[fd07:1::$FAR]:$PORT"
  heard 3 down
  assert_equal "$(events down | jq -r .reason | uniq -c | xargs)" "3 closed by the peer"
}

@test "raw: IPv6 and IPv4 in one association, either way" {
  raw_or_skip
  only sctp
  direction host
  mixed
  end_listener
  direction guest
  mixed
}

@test "UDP: IPv6 and IPv4 in one association, either way" {
  only udp
  direction host
  mixed -u $UDP
  end_listener
  direction guest
  mixed -u $UDP
}

# --- Messages -------------------------------------------------------------------------------------

# A program of user space that is not ours, and the kernel's listener.
echo_of_kernel() { # UDP-PORT OPTION...
  local udp=$1
  shift
  [ -x build/usrsctp/peer ] || skip "build/usrsctp/peer is not built"
  direction host
  listens "$@" -b 10.7.1.2:0 -b 10.7.2.2
  ip netns exec "$TOPO-host" timeout 60 build/usrsctp/peer "$udp" 10.7.1.2 "$PORT" 1 1000:3 100000:5:u 200000 \
    >"$BATS_TEST_TMPDIR/peer" 3>&- &
  local peer=$!
  wait_for_line "$BATS_TEST_TMPDIR/peer" '^200000|differs'
  end_listener
  wait "$peer"
  assert_equal "$(cat "$BATS_TEST_TMPDIR/peer")" \
    $'up\n1 0 47\n1000 3 47\n100000 5 47 u\n200000 0 47\nshutdown'
  assert_equal "$(events down | jq -r '"\(.reason), \(.messages), \(.bytes)"')" "closed by this end, 4, 301001"
}

@test "raw: the kernel's listener echoes messages of every size to user space" {
  raw_or_skip
  echo_of_kernel 0
}

@test "UDP: the kernel's listener echoes messages of every size to user space" {
  only udp
  echo_of_kernel $UDP -u $UDP
}

# A program of the kernel's stack that is not ours, and the listener of user space.
echo_of_user_space() { # OPTION...
  direction guest
  listens "$@" -b 10.7.1.1:0 -b 10.7.2.1
  run -0 in_guest env PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=tests/e2e timeout 60 python3 -c '
import sys
from sctp import *
s = connect("10.7.1.1", sys.argv[1])
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
for size, stream, unordered in (1, 0, False), (1000, 3, False), (100000, 5, True), (150000, 9, False):
    data = bytes(i * 31 + i // 251 & 255 for i in range(size))
    send(s, data, stream, 47, unordered)
    print(size, receive(s) == (data, stream, 47, unordered))
s.close()' "$PORT"
  assert_output $'1 True\n1000 True\n100000 True\n150000 True'
  heard 1 down
  assert_equal "$(events down | jq -r '"\(.reason), \(.messages), \(.bytes)"')" "closed by the peer, 4, 251001"
}

@test "raw: the listener of user space echoes messages of every size to the kernel" {
  raw_or_skip
  echo_of_user_space
}

@test "UDP: the listener of user space echoes messages of every size to the kernel" {
  only udp
  encap_guest $UDP
  echo_of_user_space -u $UDP
}

#!/usr/bin/env bats
# One line for each fault: what the program makes of it on this stack. tests/faults/compare holds
# the two stacks against each other, and against the man page's table of what they differ in.
load helper

FAULTS=${FAULTS:-$PWD/build/check/faults.$STACK.tsv}

setup_file() {
  export TOPO=flt$$
  topo_up 3
  mkdir -p build/check
  : >"$FAULTS"
}

teardown_file() {
  topo_down
}

teardown() {
  undo
  end_peers
  end_programs
}

undo() {
  nft_flush
  local i
  for i in $cut; do restore_path "$i"; done
  cut=
}

# end_peers: what Python still runs on either side.
end_peers() {
  local side
  for side in client server; do
    ip netns pids "$TOPO-$side" | xargs -r ps -o pid=,comm= -p | awk '/python/ { print $1 }' | xargs -r kill
    wait_for no_python "$side"
  done
}

no_python() { # SIDE
  ! ip netns pids "$TOPO-$1" | xargs -r ps -o comm= -p | grep -q python
}

lose() { # PATH
  drop_path "$1"
  cut+=" $1"
}

# fault [-u] NAME [OPTION]...: a line of name, result, errno, verdicts and exit status. -u: unprivileged.
fault() {
  local -a as=()
  if [ "$1" = -u ]; then
    as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
    shift
  fi
  local name=$1
  shift
  echo "# $name"
  run --separate-stderr timeout -k 1 20 ip netns exec "$TOPO-client" "${as[@]}" "${PROGRAM[@]}" --json "$@"
  echo "$output"
  keep_json <<<"$output"
  line "$name"
  undo
}

# The last field is what the user is told: the reason, or else what is said of the addresses.
line() { # NAME; of $output and $status
  [ -n "$output" ] || fail "no line of JSON, exit status $status: $stderr"
  jq -r --arg name "$1" --arg status "$status" '[$name, .result, .errno // "-",
    ([.paths[] | select(.requested).verdict] | join(" ")), $status,
    .reason // ([.paths[] | select(.note).note] | unique | join("; "))] | @tsv' <<<"$output" >>"$FAULTS"
}

reject() { # WITH
  nft_server input ip daddr 10.1.1.2 "$SCTP" reject with "$1" type "$2"
}

@test "faults of the peer" {
  start_stack
  fault "nobody listens on the port" -a 10.1.1.2:9
  fault "nobody listens, -B -m" -B -m -a 10.1.1.2:9
  lose 1
  fault "first address silent, second refuses" -a 10.1.1.2:9 -a 10.1.2.2

  start_listener_3
  local all=(-a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2)
  fault "an address that is not the peer's" "${all[@]}" -a 10.9.9.9
  lose 1
  fault "first address dead" "${all[@]}"
  lose 1 && lose 2
  fault "all but the last address dead" "${all[@]}"
  ip -n "$TOPO-server" link set s1 down && cut=1
  fault "first link down" "${all[@]}"
  reject icmp host-unreachable
  fault "ICMP for the first address, the second works" "${all[@]}"
  fault "no route to the first address, the second works" -a "10.77.0.1:$PORT" -a 10.1.2.2
  nft_client input "$(chunk init-ack)" drop
  fault "INIT-ACK lost" -w 400ms -a "10.1.1.2:$PORT"
  nft_client input "$(chunk init-ack !=)" drop
  fault "all after INIT-ACK lost" -w 400ms -a "10.1.1.2:$PORT"
  nft_server input "$(chunk shutdown)" drop
  fault "SHUTDOWN lost" -a "10.1.1.2:$PORT"
  end_listener

  start_listener -b 10.1.2.2:5200
  fault "one address refuses, another would accept" -a 10.1.1.2:5200 -a 10.1.2.2
  end_listener
  start_listener -b '[fd01:1::2]:0' -b 10.1.2.2
  lose 2
  fault "private address dead, global one works" -a "10.1.2.2:$PORT" -a fd01:1::2
  end_listener
  start_listener -p 5201
  fault "link-local address with its zone" \
    -a "[$(ip -n "$TOPO-server" -6 -o addr show dev s1 scope link | sed -nE 's/.*inet6 ([^/]*).*/\1/p')%c1]:5201"
}

@test "faults of the paths" {
  start_listener_3
  local all=(-a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2)
  lose 2
  fault "middle address dead" "${all[@]}"
  nft_client input iifname c2 "$SCTP" drop
  fault "own input filter drops what comes on one path" "${all[@]}"
  nft_client output oifname c2 "$SCTP" drop
  fault "own output filter drops what leaves on one path" "${all[@]}"
  nft_server input iifname s2 "$SCTP" reject with icmp type admin-prohibited
  fault "ICMP about one path" "${all[@]}"
  nft_client output "$(chunk heartbeat)" drop
  fault "no heartbeat is answered" "${all[@]}"
  ip -n "$TOPO-server" route add 10.1.2.1/32 dev s1
  fault "what comes from one address comes on another path" "${all[@]}"
  ip -n "$TOPO-server" route del 10.1.2.1/32 dev s1
  ip -n "$TOPO-client" route add unreachable 10.1.3.2/32
  fault "the peer lists an address that has no route" -a "10.1.1.2:$PORT" -a 10.1.2.2
  ip -n "$TOPO-client" route del unreachable 10.1.3.2/32
}

@test "faults of a peer that is not ours" {
  peer server >"$BATS_TEST_TMPDIR/full" 3>&- <<-'END' &
	l = endpoint("10.1.1.2", 5300)
	l.listen(1)
	print("listening", flush=True)
	time.sleep(60)
	END
  wait_for_line "$BATS_TEST_TMPDIR/full" listening 20
  peer client >"$BATS_TEST_TMPDIR/fill" 3>&- <<-'END' &
	filled = []
	try:
	    for _ in range(20):
	        filled.append(connect("10.1.1.2", 5300, attempts=1))
	except (ConnectionRefusedError, TimeoutError):
	    print("full", flush=True)
	    time.sleep(60)
	END
  wait_for_line "$BATS_TEST_TMPDIR/fill" full 20
  fault "the peer's backlog is full" -w 1s -a 10.1.1.2:5300
  end_peers

  peer server >"$BATS_TEST_TMPDIR/abort" 3>&- <<-'END' &
	l = endpoint("10.1.1.2", 5301)
	l.listen()
	print("listening", flush=True)
	abort(l.accept()[0])
	END
  wait_for_line "$BATS_TEST_TMPDIR/abort" listening 20
  # In time for the report of the association, always: its COOKIE-ACK is lost.
  nft_client input "$(chunk cookie-ack)" drop
  fault "ABORT instead of COOKIE-ACK" -a 10.1.1.2:5301
  wait "$!"
}

@test "faults of the network" {
  nft_server input ip daddr 10.1.1.2 "$SCTP" drop
  fault "dropped in silence" -w 400ms -a 10.1.1.2:5000
  nft_server input "$SCTP" drop
  fault "dropped in silence, three addresses" -w 600ms -a 10.1.1.2:5000 -a 10.1.2.2 -a fd01:3::2
  nft_server input "$SCTP" drop
  fault "no attempt is left" --init-attempts 1 --rto-initial 100ms --init-timeout 100ms -a 10.1.1.2:5000
  fault "nobody has the address on the link" -w 10s -a 10.1.1.77:5000
  fault "nobody has the IPv6 address on the link" -w 10s -a '[fd01:1::77]:5000'
  local type
  for type in net-unreachable host-unreachable port-unreachable prot-unreachable net-prohibited \
    host-prohibited admin-prohibited; do
    reject icmp "$type"
    fault "ICMP $type" -w 10s -a 10.1.1.2:5000
  done
  for type in no-route admin-prohibited addr-unreachable port-unreachable; do
    nft_server input ip6 daddr fd01:1::2 "$SCTP" reject with icmpv6 type "$type"
    fault "ICMPv6 $type" -w 10s -a '[fd01:1::2]:5000'
  done
  reject icmp host-unreachable
  lose 2
  fault "ICMP for the first address, the second silent" -w 600ms -a 10.1.1.2:5000 -a 10.1.2.2
  reject icmp host-unreachable
  fault -u "ICMP, and no privilege" -w 1s -a 10.1.1.2:5000
}

@test "faults of this host" {
  start_listener_3
  fault "no route" -a 10.77.0.1:5000
  fault "no route, one-to-many" -m -a 10.77.0.1:5000
  local type
  for type in prohibit unreachable blackhole; do
    ip -n "$TOPO-client" route add "$type" 10.78.0.0/24
    fault "route of type $type" -w 10s -a 10.78.0.1:5000
    ip -n "$TOPO-client" route del "$type" 10.78.0.0/24
  done
  nft_client output "$SCTP" drop
  fault "own output filter drops" -w 400ms -a "10.1.1.2:$PORT"
  nft_client output ip daddr 10.1.1.2 "$SCTP" reject with icmp type host-unreachable
  fault "own output filter rejects" -w 10s -a "10.1.1.2:$PORT"
  nft_client input "$SCTP" drop
  fault "own input filter drops" -w 400ms -a "10.1.1.2:$PORT"
  fault "-b is not an address of this host" -b 10.9.9.9 -a "10.1.1.2:$PORT"
  fault "one of two -b is not an address of this host" -b 10.1.1.1 -b 10.9.9.9 -a "10.1.1.2:$PORT"
  fault "-b of the other family" -b fd01:1::1 -a "10.1.1.2:$PORT"
  fault "-b of loopback for a peer that is not" -b 127.0.0.1 -a "10.1.1.2:$PORT"
  fault "-b 127.0.0.2, which no interface has" -b 127.0.0.2 -w 400ms -a 127.0.0.1:9
  fault "-b that the routes would not choose" -w 1s -b 10.1.2.1 -a "10.1.1.2:$PORT"
  fault -u "-b with a port below 1024, and no privilege" -b 10.1.1.1:999 -a "10.1.1.2:$PORT"
  fault "no such name" -a name.invalid:5000

  ip netns exec "$TOPO-client" "${PROGRAM[@]}" --listen -b 10.1.1.1:7000 \
    >"$BATS_TEST_TMPDIR/other" 2>&1 3>&- &
  wait_for_line "$BATS_TEST_TMPDIR/other" '^listening' 10
  fault "-b with a port in use" -b 10.1.1.1:7000 -a "10.1.1.2:$PORT"
  kill "$!"
  wait "$!" || true

  nft_server input "$SCTP" drop
  start_client --json -w 20s -a "10.1.1.2:$PORT"
  wait_for pending
  end_client TERM
  output=$(<"$CLIENT_OUT") status=$client_status line "ended by SIGTERM"
}

#!/usr/bin/env bats
# How packets leave this host: policy routing, what the report says about it, and links that paths share.
load helper

setup_file() {
  export TOPO=routes$$
  topo_up 3
  # Behind the server's links: two addresses that no link of the client is in one network with.
  ip -n "$TOPO-server" -batch - <<-END
	addr add 10.9.1.1/32 dev s3
	addr add 10.9.2.1/32 dev s3
	END
}

teardown_file() {
  topo_down
}

setup() {
  start_listener -b 10.9.1.1:5000 -b 10.9.2.1
}

teardown() {
  end_programs
  restore_path 1
  restore_path 2
  ip -n "$TOPO-client" rule flush
  ip -n "$TOPO-client" -force -batch - 2>/dev/null <<-END || :
	rule add priority 32766 lookup main
	rule add priority 32767 lookup default
	route flush table 102
	route flush root 10.9.0.0/16
	route flush default
	END
}

# in_tables RULE: the default route goes to a link without carrier; table 102 has one that works.
in_tables() {
  ip -n "$TOPO-client" -batch - <<-END
	route add default via 10.1.1.2 dev c1
	route add default via 10.1.2.2 dev c2 table 102
	${1:+rule add $1 lookup 102}
	END
  cut_path 1
  wait_for no_carrier c1
}

no_carrier() {
  ip -n "$TOPO-client" link show "$1" | grep -q NO-CARRIER
}

@test "a rule for the source address: the route of the bound address counts" {
  in_tables 'from 10.1.2.1'
  try_json 0 -b 10.1.2.1 -a 10.9.1.1:5000
  json .result connected '.paths[0].route | [.link, .gateway, .source] | @json' '["c2","10.1.2.2","10.1.2.1"]' .links 1
  try_json 0 --no-witness -b 10.1.2.1 -a 10.9.1.1:5000
  json '.paths[0].route | [.link, .gateway, .source] | @json' '["c2","10.1.2.2","10.1.2.1"]'
  # The stack takes the first one, and its routes are closed.
  try_json 1 -w 20s -b 10.1.3.1 -a 10.9.1.1:5000
  json .errno ENETDOWN .cause.code link-down .cause.link c1 '.time_ms.connect < 10000' true
  # It could take another source, so there is time for that; then the reason is the same.
  try_json 1 -w 700ms -b 10.1.1.1 -b 10.1.2.1 -a 10.9.1.1:5000
  json .errno ENETDOWN .cause.link c1 '.time_ms.connect > 600' true
}

@test "routes of every type are told with the source address" {
  local type error code
  in_tables 'from 10.1.2.1'
  while read -r type error code; do
    ip -n "$TOPO-client" route replace "$type" 10.9.1.1/32 table 102
    try_json 1 -w 20s -b 10.1.2.1 -a 10.9.1.1:5000
    json .errno "$error" .cause.code "$code" '.time_ms.connect < 10000' true
  done <<-END
	blackhole EINVAL blackhole-route
	prohibit EACCES prohibited-route
	unreachable EHOSTUNREACH unreachable-route
	throw ENETDOWN link-down
	END
}

# Neither waits for --timeout nor hides behind the route that other packets take.
@test "a rule that closes the way of these packets alone" {
  local how rule
  rule="ipproto $(by_stack sctp udp) to 10.9.1.1"
  ip -n "$TOPO-client" -batch - <<-END
	route add 10.9.1.1 via 10.1.1.2
	route add 10.9.2.1 via 10.1.2.2
	rule add ipproto tcp prohibit
	rule add ipproto $(by_stack udp sctp) to 10.9.2.1 prohibit
	rule add $rule blackhole
	END
  for how in -v --no-witness; do
    try_json 0 "$how" --rto-initial 300ms -a 10.9.1.1:5000 -a 10.9.2.1
    json '.paths | map(.verdict) | join(" ")' 'dead verified' '.paths[0].cause.code' blackhole-route
    try_json 1 "$how" -w 20s -a 10.9.1.1:5000
    json .errno EINVAL .cause.code blackhole-route '.time_ms.connect < 10000' true \
      '.hint | startswith("ip rule ")' "$(by_stack true false)"
    printf '%s\n' 'one 10.9.1.1:5000' 'two 10.9.2.1:5000' >"$BATS_TEST_TMPDIR/list"
    try_json 1 "$how" -w 20s -T "$BATS_TEST_TMPDIR/list"
    output=$(jq -c 'select(.event == null)' <<<"$output" | jq -sc 'sort_by(.name)')
    json 'map(.result) | join(" ")' 'unreachable connected' '.[0].cause.code' blackhole-route
  done
  if [ "$STACK" = kernel ]; then
    ip -n "$TOPO-client" -batch - <<-END
	rule del $rule blackhole
	rule add ipproto sctp dport 4000-4999 prohibit
	rule add $rule dport 5000 blackhole
	END
    try_json 1 -w 20s -a 10.9.1.1:5000
    json .cause.code blackhole-route '.time_ms.connect < 10000' true
  fi
  # A rule before it may let some of the packets pass.
  ip -n "$TOPO-client" rule add priority 5 "to" 10.9.1.1 uidrange 0-65535 lookup main
  try_json 0 -a 10.9.1.1:5000
}

# What looks at the protocol or at a mark cannot be asked about. In user space the protocol is UDP.
# bats test_tags=kernel
@test "a rule for SCTP alone, a mark, a second next hop: the attempt goes on" {
  local address
  # The look-up without a source finds one, which the rule forbids.
  ip -n "$TOPO-client" rule add from 10.1.1.1 blackhole
  try_json 1 -w 500ms -a 10.1.1.2:5000
  json .cause.code blackhole-route '.hint | startswith("ip route get 10.1.1.2 from 10.1.1.1 ")' true
  ip -n "$TOPO-client" rule del from 10.1.1.1 blackhole
  # Its packets take root's routes, whoever runs the program.
  ip -n "$TOPO-client" route add 10.9.1.1 via 10.1.2.2
  ip -n "$TOPO-client" rule add uidrange 65534-65534 prohibit
  run --separate-stderr ip netns exec "$TOPO-client" setpriv --reuid 65534 --regid 65534 --clear-groups \
    "${PROGRAM[@]}" --json -a 10.9.1.1:5000
  json '.result, .paths[0].route.link' connected$'\n'c2
  ip -n "$TOPO-client" rule del uidrange 65534-65534 prohibit
  ip -n "$TOPO-client" route del 10.9.1.1 via 10.1.2.2
  in_tables 'ipproto sctp'
  try_json 0 -a 10.9.1.1:5000
  json .result connected '.paths[0].route.link' c2
  ip -n "$TOPO-client" rule del ipproto sctp lookup 102
  ip -n "$TOPO-client" rule add fwmark 7 lookup 102
  try_json 1 -w 700ms -a 10.9.1.1:5000
  json .cause.code link-down '.time_ms.connect > 600' true
  in_client nft -f - <<-END
	table inet lab {
		chain marked {
			type route hook output priority 0
			$SCTP meta mark set 7
		}
	}
	END
  try_json 0 -b 10.1.2.1 -a 10.9.1.1:5000
  json '.paths[0].route.link' c2
  nft_flush
  ip -n "$TOPO-client" rule del fwmark 7 lookup 102
  # Which one of two next hops it is depends on a hash.
  ip -n "$TOPO-client" route replace default nexthop via 10.1.1.2 dev c1 nexthop via 10.1.2.2 dev c2
  for address in 10.9.1.1 10.9.2.1; do
    # An older question for the router that runs out now would be an answer.
    ip -n "$TOPO-client" neigh flush dev c1
    run --separate-stderr ip netns exec "$TOPO-client" "${PROGRAM[@]}" --json -w 700ms -a "$address:5000"
    json '.result == "connected" or .time_ms.connect > 600' true
  done
}

@test "paths that share a link or a gateway" {
  ip -n "$TOPO-client" route add default via 10.1.2.2 dev c2
  try 0 -v -a 10.9.1.1:5000 -a 10.9.2.1
  assert_line '  one link: both verified paths use c2 via 10.1.2.2'
  [[ $stderr == *"route to 10.9.2.1: link c2, gateway 10.1.2.2, source 10.1.2.1"* ]]
  try_json 5 --links 2 -a 10.9.1.1:5000 -a 10.9.2.1
  json .result degraded .links 1 '.cause | [.code, .link, .links] | @json' '["too-few-links","c2",1]'
  try 5 -q --no-witness --links 2 -a 10.9.1.1:5000 -a 10.9.2.1
  try 0 --links 1 --each -R all -a 10.9.1.1:5000 -a 10.9.2.1
  assert_line '  one link: both verified paths use c2 via 10.1.2.2'
  # One router that both links lead to.
  ip -n "$TOPO-client" -batch - <<-END
	route add 10.9.1.1 via 10.1.2.2 dev c1 onlink
	route add 10.9.2.1 via 10.1.2.2 dev c2
	END
  try 0 --links 2 -a 10.9.1.1:5000 -a 10.9.2.1
  assert_line '  one gateway: both verified paths use 10.1.2.2'
  # Each has its own.
  ip -n "$TOPO-client" route replace 10.9.1.1 via 10.1.1.2 dev c1
  try 0 --links 2 -R 2 -a 10.9.1.1:5000 -a 10.9.2.1
  refute_line --partial 'one '
  # A route that changes while the monitor runs; without a witness the first one counts.
  start_client -j --links 2 --monitor --interval 100ms -a 10.9.1.1:5000 -a 10.9.2.1
  wait_for_line "$CLIENT_OUT" '"event":"round"'
  ip -n "$TOPO-client" route replace 10.9.1.1 via 10.1.2.2 dev c2
  wait_for one_link_seen
  end_client INT
  assert_equal "$client_status" 5
  keep_json <"$CLIENT_OUT"
  run tail -n 1 "$CLIENT_OUT"
  json .event end .links 1 .exit_status 5
}

# Packets to both addresses leave by one link: the heartbeats of two more rounds.
one_link_seen() {
  local rounds
  rounds=$(grep -c '"event":"round"' "$CLIENT_OUT")
  [ "$rounds" -ge $((${rounds_before:=$rounds} + 20)) ]
}

@test "an INIT without an answer shows how it left" {
  ip -n "$TOPO-client" -batch - <<-END
	addr add 172.20.0.1/16 dev lo
	route add 10.9.0.0/16 via 10.1.2.2 dev c2 src 172.20.0.1
	END
  try 4 -w 300ms -a 10.9.1.1:5000
  assert_line '  packets to 10.9.1.1 left on c2 from 172.20.0.1 via 10.1.2.2'
  try 4 -w 300ms --no-witness -a 10.9.1.1:5000
  assert_line '  route to 10.9.1.1: on c2 from 172.20.0.1 via 10.1.2.2'
  try_json 4 -w 300ms -a 10.9.1.1:5000
  json '.paths[0].route | [.link, .gateway, .source] | @json' '["c2","10.1.2.2","172.20.0.1"]'
  ip -n "$TOPO-client" addr del 172.20.0.1/16 dev lo
}

# bats test_tags=netem
@test "the round trip includes this host's own queue" {
  local option
  end_listener
  start_listener_3
  tc -n "$TOPO-client" qdisc replace dev c2 root netem delay 100ms
  for option in -v --no-witness; do
    try_json 0 "$option" -a 10.1.1.2:"$PORT" -a 10.1.2.2
    json '.paths[] | select(.address == "10.1.2.2") | .rtt_ms > 60' true
  done
  # A busy host cannot always tell its queue from its own delay, and then it says nothing.
  for _ in {1..10}; do
    try_json 0 -a 10.1.1.2:"$PORT" -a 10.1.2.2
    [[ $output != *own-queue-delay* ]] || break
  done
  json '.paths[] | select(.address == "10.1.2.2").cause | [.code, .link, .time_ms > 60] | @json' \
    '["own-queue-delay","c2",true]' '.paths[] | select(.address == "10.1.1.2").cause' null
  # That of the peer is not this host's.
  tc -n "$TOPO-client" qdisc del dev c2 root
  netem_path 2 delay 100ms
  try_json 0 -a 10.1.1.2:"$PORT" -a 10.1.2.2
  json '.paths[] | select(.address == "10.1.2.2") | [.rtt_ms > 60, .cause] | @json' '[true,null]'
}

#!/usr/bin/env bats
# Links that are not cards: VLANs, bonds, bridges, macvlan, VRFs. Their routes, what they count as, and -b.
load helper

setup_file() {
  export TOPO=links$$
  topo_up 3
}

teardown_file() {
  topo_down
}

teardown() {
  end_programs
}

# addressed SIDE LINK ADDRESS: it is up and has that address.
addressed() {
  printf '%s\n' "addr add $3 dev $2" "link set $2 up" | ip -n "$TOPO-$1" -batch -
}

without_carrier() { # LINK, of the client
  ip -n "$TOPO-client" link show "$1" | grep -q NO-CARRIER
}

# counted LINKS ROUTE...: how each path leaves: its link, its source, and what it counts as.
counted() {
  json .result connected .links "$1" '[.paths[] | select(.verdict == "verified").route | .link + " " + .source] | sort | join(", ")' "$2"
}

# bats test_tags=kernel
@test "two VLANs on one card are one link, a macvlan on another card is a second" {
  local side end id
  for side in client server; do
    end=$([ $side = client ] && echo 1 || echo 2)
    for id in 10 20; do
      ip -n "$TOPO-$side" link add link "${side:0:1}1" name "vlan$id" type vlan id "$id"
      addressed "$side" "vlan$id" "10.2.$id.$end/24"
    done
  done
  start_listener -b 10.2.10.2:0 -b 10.2.20.2
  try_json 0 -a "10.2.10.2:$PORT" -a 10.2.20.2
  counted 1 "vlan10 10.2.10.1, vlan20 10.2.20.1"
  try 0 -b 10.2.10.1 -b 10.2.20.1 -a "10.2.10.2:$PORT" -a 10.2.20.2
  assert_line '  one link: both verified paths use c1 (vlan10, vlan20)'
  try_json 5 --links 2 --no-witness -a "10.2.10.2:$PORT" -a 10.2.20.2
  json .cause.code too-few-links .cause.link c1
  # The VLAN's card has no carrier, so it has none either.
  cut_path 1
  try_json 1 -w 20s -a "10.2.10.2:$PORT"
  json .cause.code link-down .cause.link vlan10 '.paths[0].verdict' unreachable
  restore_path 1
  end_listener

  ip -n "$TOPO-client" link add link c2 name mv0 type macvlan mode bridge
  addressed client mv0 10.3.1.1/24
  addressed server s2 10.3.1.2/24
  start_listener -b 10.2.10.2:0 -b 10.3.1.2
  try_json 0 --links 2 -a "10.2.10.2:$PORT" -a 10.3.1.2
  counted 2 "mv0 10.3.1.1, vlan10 10.2.10.1"
  ip -n "$TOPO-client" link del mv0
  ip -n "$TOPO-server" addr del 10.3.1.2/24 dev s2
  for side in client server; do
    for id in 10 20; do ip -n "$TOPO-$side" link del "vlan$id"; done
  done
}

@test "a bridge is one link, whose ports are not told" {
  local address
  ip -n "$TOPO-client" link add br0 type bridge
  for address in 10.1.2 10.1.3; do ip -n "$TOPO-client" addr flush dev "c${address##*.}"; done
  ip -n "$TOPO-client" -batch - <<-END
	link set c2 master br0
	link set c3 master br0
	END
  addressed client br0 10.1.2.1/24
  addressed client br0 10.1.3.1/24
  start_listener -b 10.1.2.2:0 -b 10.1.3.2
  # What the other port of the bridge hears is not another link's.
  try_json 0 -b 10.1.2.1 -b 10.1.3.1 -a "10.1.2.2:$PORT" -a 10.1.3.2
  counted 1 "br0 10.1.2.1, br0 10.1.3.1"
  json .cause null '[.paths[].cause] | unique | @json' '[null]'
  try 0 --no-witness -a "10.1.2.2:$PORT" -a 10.1.3.2
  assert_line --partial '  one link: both verified paths use br0'
  # An uplink is no bridge of containers.
  refute_output --partial 'told the peer'
  ip -n "$TOPO-client" link del br0
  for address in 10.1.2 10.1.3; do ip -n "$TOPO-client" addr add "$address.1/24" dev "c${address##*.}"; done
}

in_vrf() { # STACK OPTION...
  local words
  read -ra words <<<"$1"
  shift
  output=$(timeout -k 1 60 ip netns exec "$TOPO-client" ip vrf exec red "$SCTP_CONNECT" "${words[@]}" --json -w 1 "$@") || :
  echo "$output"
}

# bats test_tags=kernel
@test "a bond is one link; a VRF's address cannot be used from outside" {
  ip -n "$TOPO-client" link add bond0 type bond mode active-backup miimon 20
  ip -n "$TOPO-client" addr flush dev c2
  ip -n "$TOPO-client" -batch - <<-END
	link set c2 down
	link set c2 master bond0
	END
  addressed client bond0 10.1.2.1/24
  wait_for _topo_ready "$TOPO-client" bond0
  start_listener_3
  try_json 0 --links 3 -b 10.1.1.1 -b 10.1.2.1 -b 10.1.3.1 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  counted 3 "bond0 10.1.2.1, c1 10.1.1.1, c3 10.1.3.1"
  wait_for _topo_ready "$TOPO-client" bond0
  drop_path 2
  try_json 0 -a "10.1.1.2:$PORT" -a 10.1.2.2
  json '.paths[] | select(.address == "10.1.2.2") | .verdict + " " + .route.link + " " + .cause.code' \
    'dead bond0 heartbeat-unanswered'
  restore_path 2
  # Its only port goes down.
  cut_path 2
  wait_for without_carrier bond0
  try_json 0 -a "10.1.1.2:$PORT" -a 10.1.2.2
  json '.paths[] | select(.address == "10.1.2.2") | .cause | .code + " " + .link' 'link-down bond0'
  restore_path 2
  ip -n "$TOPO-client" link add red type vrf table 42
  ip -n "$TOPO-client" link set red up
  ip -n "$TOPO-client" link set bond0 master red
  try_json 6 -b 10.1.2.1 -a "10.1.2.2:$PORT"
  json .cause.code local-in-vrf .cause.link bond0 .cause.return_link red
  # The other stack can use VRFs, whatever the kernel is.
  local stack
  for stack in '--stack kernel' '--stack usrsctp -u 9898:9899'; do
    in_vrf "$stack" -b 10.1.1.1 -a 10.1.1.2:5000
    json .exit_status 6 .cause.code local-outside-vrf .cause.link c1 .cause.return_link red
  done
  in_vrf "$stack" -b 10.1.2.1 -a 10.1.2.2:5000
  json '.cause.code != "local-in-vrf"' true
  try_json 6 --stack usrsctp -u 9898:9899 -w 1 -b 10.1.2.1 -a 10.1.2.2:5000
  json .errno EADDRNOTAVAIL .cause.code local-in-vrf .cause.link bond0 .cause.return_link red
  ip -n "$TOPO-client" link del red
  ip -n "$TOPO-client" link del bond0
}

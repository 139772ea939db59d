#!/usr/bin/env bats
# One line for each fault: what the program reports on this stack. README.md says how to add one.
# bats file_tags=faults
load ../e2e/helper

setup_file() {
  export TOPO=flt$$
  topo_up 3
}

# A command that fails is noted, with the current fault, and the test goes on, so no fault hides those
# after it. If "set -e" would end the test, the ERR trap runs.
setup() {
  failures=()
  newest='before the first fault'
  set +e
  trap 'note "${BASH_SOURCE[0]##*/}:$LINENO: ${BASH_COMMAND%%$'"'\\n'"'*}"' ERR
}

# first_processor: that this test may use; odd_peer.py runs on it.
first_processor() {
  taskset -cp $BASHPID | sed 's/.*: //; s/[-,].*//'
}

note() { # WHAT
  failures+=("$newest: $1")
}

teardown_file() {
  topo_down
}

teardown() {
  trap - ERR
  undo
  end_peers
  end_programs || note "something was left running"
  [ ${#failures[@]} -eq 0 ] || fail "$(printf '%s\n' "${failures[@]}")"
}

# What the newest fault was made of; each is told by those who make it.
undo() {
  local i
  [ -z "$ruled" ] || nft_flush
  for i in $cut; do restore_path "$i"; done
  ruled='' cut=''
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

at_client() { ruled=yes; nft_client "$@"; }
at_server() { ruled=yes; nft_server "$@"; }

# fault [-u|-w|-s] NAME [OPTION]...: runs the program against it, with a witness and at the same time without,
# and records what it makes of it. -u: unprivileged, which is without. -w: only with. -s: one after the other,
# because a run uses the fault up; the function again makes it again.
fault() {
  local -a as=()
  local how='' name
  plain=''
  if [[ $1 == -[uws] ]]; then
    how=$1
    shift
  fi
  name=$1
  shift
  echo "# $name"
  newest=$name
  local options="$*"
  case $how in
    -u)
      as=(setpriv --reuid 65534 --regid 65534 --clear-groups)
      one "$@"
      record "$name"
      ;;
    -w)
      one "$@"
      record "$name"
      ;;
    -s)
      one --no-witness "$@"
      plain=$output
      again
      one "$@"
      record "$name" "$plain"
      ;;
    *)
      both "$@"
      record "$name" "$plain"
      ;;
  esac
  undo
}

# fault_within MS NAME [OPTION]...: the same of one that is known long before --timeout has passed.
fault_within() {
  local most=$1 report took
  shift
  fault "$@"
  for report in "$output" "$plain"; do
    took=${report#*\"connect\":}
    took=${took%%.*}
    [ "$took" -lt "$most" ] || note "took $took ms"
  done
}

one() { # OPTION...
  run --separate-stderr timeout -k 1 60 ip netns exec "$TOPO-client" "${on[@]}" "${as[@]}" "${PROGRAM[@]}" --json "$@"
  echo "$output"
  [ "$status" -lt 124 ] # it ended by itself
  [ -z "$output" ] || keep_json <<<"$output"
}

both() { # OPTION...
  local out=$BATS_TEST_TMPDIR/plain
  timeout -k 1 60 ip netns exec "$TOPO-client" "${on[@]}" "${PROGRAM[@]}" --json --no-witness "$@" >"$out" 2>/dev/null 3>&- &
  one "$@"
  wait "$!" || true
  plain=$(<"$out")
  echo "$plain"
  [ -z "$plain" ] || keep_json <<<"$plain"
}

reject() { # WITH
  at_server input ip daddr 10.1.1.2 "$SCTP" reject with "$1" type "$2"
}

@test "faults of the peer" {
  start_stack
  fault "nothing listens on the port" -a 10.1.1.2:9
  fault "nothing listens, -B -m" -B -m -a 10.1.1.2:9
  lose 1
  # Who has refused is known, without a witness, until the second address's turn is over.
  fault "first address silent, second refuses" --rto-initial 1s -a 10.1.1.2:9 -a 10.1.2.2

  start_listener_3
  local all=(-a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2)
  # Where the first address answers, a busy machine is not to need longer than its turn.
  fault "an address that is not the peer's" --rto-initial 3s "${all[@]}" -a 10.9.9.9
  lose 1
  fault "first address dead" "${all[@]}"
  lose 1 && lose 2
  fault "all but the last address dead" "${all[@]}"
  cut_path 1 && cut=1
  fault "first link down" "${all[@]}"
  reject icmp host-unreachable
  fault "ICMP for the first address, the second works" --rto-initial 1s "${all[@]}"
  fault "no route to the first address, the second works" -a "10.77.0.1:$PORT" -a 10.1.2.2
  at_server output "$(chunk init-ack)" drop
  fault "INIT-ACK lost on the path" -w 1200ms -a "10.1.1.2:$PORT"
  at_client input "$(chunk init-ack)" drop
  fault "INIT-ACK dropped by this host's input filter" -w 1200ms -a "10.1.1.2:$PORT"
  at_server input "$(chunk cookie-echo)" drop
  fault "COOKIE-ECHO lost on the path" -w 1200ms -a "10.1.1.2:$PORT"
  at_server input "$(chunk cookie-echo)" drop
  fault "COOKIE-ECHO lost, three addresses" -w 1800ms "${all[@]}"
  at_server input "$(chunk cookie-echo)" reject with icmp type admin-prohibited
  fault_within 6000 "COOKIE-ECHO rejected by ICMP" -w 10s -a "10.1.1.2:$PORT"
  at_client output "$(chunk cookie-echo)" drop
  fault "COOKIE-ECHO dropped by this host's output filter" -w 1200ms -a "10.1.1.2:$PORT"
  at_client input "$(chunk cookie-ack)" drop
  fault "COOKIE-ACK dropped by this host's input filter" -w 1200ms -a "10.1.1.2:$PORT"
  # What is larger than an INIT, with no word of ICMP.
  at_server input meta length '>' 200 drop
  fault "path MTU black hole: only small packets arrive" -w 1200ms -a "10.1.1.2:$PORT"
  at_server input "$(chunk shutdown)" drop
  fault "SHUTDOWN lost" -a "10.1.1.2:$PORT"
  end_listener

  start_listener -b 10.1.2.2:5200
  fault "one address refuses, another would accept" --rto-initial 3s -a 10.1.1.2:5200 -a 10.1.2.2
  end_listener
  start_listener -b 10.1.1.2:0
  # rp_filter drops the other end's ARP, too.
  ip -n "$TOPO-server" neigh add 10.1.1.1 dev s2 lladdr \
    "$(ip -n "$TOPO-client" -o link show c2 | sed -nE 's/.*ether ([^ ]*).*/\1/p')"
  ip -n "$TOPO-server" route add 10.1.1.1/32 dev s2
  in_client sysctl -qw net.ipv4.conf.c2.rp_filter=1
  fault "rp_filter drops the answers" -w 1200ms -b 10.1.1.1 -a "10.1.1.2:$PORT"
  in_client sysctl -qw net.ipv4.conf.c2.rp_filter=0
  ip -n "$TOPO-server" route del 10.1.1.1/32 dev s2
  ip -n "$TOPO-server" neigh del 10.1.1.1 dev s2
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
  # The first address answers, and is not taken for dead on a machine that is busy.
  local all=(--rto-initial 3s -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2)
  lose 2
  fault "middle address dead" "${all[@]}"
  at_client input iifname c2 "$SCTP" drop
  fault "this host's input filter drops what arrives on one path" "${all[@]}"
  at_client output oifname c2 "$SCTP" drop
  fault "this host's output filter drops what leaves on one path" "${all[@]}"
  at_server input iifname s2 "$SCTP" reject with icmp type admin-prohibited
  fault "ICMP about one path" "${all[@]}"
  at_server input iifname s2 meta length '>' 1400 drop
  fault "path MTU black hole on one path: packets of more than 1400 bytes are lost" --probe-timeout 10s "${all[@]}"
  at_client output "$(chunk heartbeat)" drop
  fault "no heartbeat leaves this host" "${all[@]}"
  if [ "$STACK" = kernel ]; then # in UDP, NAT changes other ports
    in_client nft "add table ip nat; add chain ip nat post { type nat hook postrouting priority 100; };
      add rule ip nat post oifname c2 masquerade random"
    fault "this host's NAT changes the port on one path" "${all[@]}"
    in_client nft delete table ip nat
  fi
  at_server output "$(chunk heartbeat-ack)" drop
  fault "no heartbeat is answered" "${all[@]}"
  # The first of two heartbeats, and of an answer. The second has the time that a busy machine takes.
  all+=(--probe-timeout 3s)
  again() { undo; at_server input iifname s2 "$(chunk heartbeat)" limit rate 1/hour burst 1 packets drop; }
  again
  fault -s "one path loses the first heartbeat" "${all[@]}"
  again() { undo; at_server input iifname s2 "$(chunk heartbeat)" numgen inc mod 10 '<' 3 drop; }
  again
  fault -s "30 % loss on one path, three packets in a row" "${all[@]}"
  ip -n "$TOPO-server" route add 10.1.2.1/32 dev s1
  fault "what comes from one address comes on another path" "${all[@]}"
  ip -n "$TOPO-server" route del 10.1.2.1/32 dev s1
  ip -n "$TOPO-client" route add unreachable 10.1.3.2/32
  fault "the peer lists an address that has no route" --rto-initial 3s -a "10.1.1.2:$PORT" -a 10.1.2.2
  ip -n "$TOPO-client" route del unreachable 10.1.3.2/32
}

@test "an address that both hosts have, as docker0" {
  ip -n "$TOPO-server" addr add 172.17.0.1/32 dev s3
  ip -n "$TOPO-client" addr add 172.17.0.1/32 dev c3
  start_listener -b 10.1.1.2:0 -b 10.1.2.2 -b 172.17.0.1
  fault "the peer lists an address that this host has, too" --rto-initial 3s -a "10.1.1.2:$PORT" -a 10.1.2.2
  fault "the same, and all paths are required" --rto-initial 3s -R all -a "10.1.1.2:$PORT" -a 10.1.2.2
  # Nor do the stack's own heartbeats end it, which come after some seconds. With -b the peer sends none either.
  try_json 0 -M7s --each -b 10.1.1.1 -b 10.1.2.1 -a "10.1.1.2:$PORT"
  output=$(jq -sc . <<<"$output")
  json '.[0].result' connected '.[0].paths[] | select(.address == "172.17.0.1").cause.code' own-address \
    '.[-1].reason' 'monitoring time elapsed' '[.[] | select(.event == "down")] | length' 0
  ip -n "$TOPO-server" addr del 172.17.0.1/32 dev s3
  ip -n "$TOPO-client" addr del 172.17.0.1/32 dev c3
}

# add_bridge SIDE NAME ADDRESS: a bridge, as container engines make it.
add_bridge() {
  printf '%s\n' "link add $2 type bridge" "addr add $3 dev $2" "link set $2 up" | ip -n "$TOPO-$1" -batch -
}

@test "addresses of bridges" {
  add_bridge client docker0 172.17.0.1/16
  add_bridge server virbr0 192.168.122.1/24
  start_listener -b 10.1.1.2:0
  fault "this host announces the address of a bridge" -a "10.1.1.2:$PORT"
  end_listener
  start_listener -b 10.1.1.2:0 -b 192.168.122.1
  fault "the peer lists the address of a bridge" -b 10.1.1.1 -a "10.1.1.2:$PORT"
  ip -n "$TOPO-client" route add 192.168.122.0/24 via 10.1.2.2
  lose 2
  fault "the peer lists the address of a bridge, and all paths are required" -R all -b 10.1.1.1 -a "10.1.1.2:$PORT"
  ip -n "$TOPO-client" route del 192.168.122.0/24
  # A bridge with an uplink is a link like another.
  ip -n "$TOPO-client" route add 10.9.1.1 via 172.17.0.2 dev docker0
  ip -n "$TOPO-server" addr add 10.9.1.1/32 dev s1
  end_listener
  start_listener -b 10.1.1.2:0 -b 10.9.1.1
  try_json 0 -a "10.1.1.2:$PORT"
  json .cause null
  ip -n "$TOPO-server" addr del 10.9.1.1/32 dev s1
  ip -n "$TOPO-client" link del docker0
  ip -n "$TOPO-server" link del virbr0
}

long_init() {
  local i
  # The INIT lists 200 addresses, and the path takes no fragments.
  for i in {1..200}; do echo "addr add 10.20.0.$i/32 dev c1"; done | ip -n "$TOPO-client" -batch -
  in_server nft "add table ip pieces; add chain ip pieces prerouting { type filter hook prerouting priority -500; };
    add rule ip pieces prerouting ip frag-off & 0x3fff != 0 drop"
  fault "the INIT is so long that it leaves in fragments" -w 1200ms -a "10.1.1.2:$PORT"
  in_server nft delete table ip pieces
  for i in {1..200}; do echo "addr del 10.20.0.$i/32 dev c1"; done | ip -n "$TOPO-client" -batch -
}

# stale_entry: NAT at the server has an entry for port 7000, of a rule that is corrected by now. Each INIT keeps it alive.
stale_entry() {
  in_server sysctl -qw net.ipv4.ip_forward=1
  ip -n "$TOPO-server" neigh add 10.1.1.77 lladdr 02:00:00:00:00:77 dev s1
  in_server nft "add table ip nat; add chain ip nat pre { type nat hook prerouting priority -100; };
    add rule ip nat pre ip daddr 10.1.1.2 dnat to 10.1.1.77"
  in_server sysctl -qw net.netfilter.nf_conntrack_sctp_timeout_{closed,cookie_wait}=300
  one --no-witness -w 300ms -b 10.1.1.1:7000 -a "10.1.1.2:$PORT"
  # NAT is at work only where there is a rule.
  in_server nft "flush chain ip nat pre; add rule ip nat pre ip daddr 10.1.1.3 dnat to 10.1.1.77"
}

forget_entry() {
  try_json 0 -b 10.1.1.1:7001 -a "10.1.1.2:$PORT"
  in_server nft delete table ip nat
  in_server sysctl -qw net.ipv4.ip_forward=0
  ip -n "$TOPO-server" neigh del 10.1.1.77 dev s1
}

@test "faults of what this host sends" {
  start_listener -b 10.1.1.2:0
  if [ "$STACK" = kernel ]; then long_init; fi
  # Another window (a_rwnd), without another checksum.
  tx_checksums client c1 0
  at_client output "$(chunk init)" "@th,$(by_stack 160 224),32" set 0x00010000
  fault "a rule of this host breaks checksums" -w 1200ms -a "10.1.1.2:$PORT"
  # In UDP, NAT looks at other ports.
  if [ "$STACK" = kernel ]; then stale_entry; else at_server input @th,64,16 7000 drop; fi
  again() { :; }
  fault -s "a fixed local port is silent, and others are not" -w 1200ms -b 10.1.1.1:7000 -a "10.1.1.2:$PORT"
  [ "$STACK" = usrsctp ] || forget_entry
  # One association is left at the peer, whose client is gone without a word.
  start_client --json -M -b 10.1.1.1:7000 -a "10.1.1.2:$PORT"
  wait_for_line "$CLIENT_OUT" '"event":"round"'
  at_client output "$SCTP" drop
  end_client INT
  undo
  fault -s "a client is back with one more address, from the same port" -b 10.1.1.1:7000 -b 10.1.2.1 -a "10.1.1.2:$PORT"
  end_listener
  ip -n "$TOPO-server" addr add 10.9.1.1/32 dev s1
  ip -n "$TOPO-client" route add 10.9.1.1 via 10.1.1.2
  start_listener -b 10.1.1.2:0 -b 10.9.1.1
  fault "both paths use one link, and two are required" --rto-initial 3s --links 2 -a "10.1.1.2:$PORT" -a 10.9.1.1
  ip -n "$TOPO-client" route del 10.9.1.1
  ip -n "$TOPO-server" addr del 10.9.1.1/32 dev s1
}

# bats test_tags=netem
@test "faults of slow paths" {
  start_listener_3
  local all=(--rto-initial 3s -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2)
  netem_path 2 delay 300ms
  fault "300 ms delay on one path" --probe-timeout 3s "${all[@]}"
  netem_path 2 delay 4s
  fault "4 s delay on one path" "${all[@]}"
  netem_path 2 off
  tc -n "$TOPO-client" qdisc replace dev c2 root netem delay 100ms
  # A busy host cannot always tell its queue from its own delay, and then it says nothing.
  newest="this host's own queue delays one path"
  for _ in {1..10}; do
    one --probe-timeout 3s "${all[@]}"
    [[ $output != *own-queue-delay* ]] || break
  done
  record "$newest"
  tc -n "$TOPO-client" qdisc del dev c2 root
}

@test "faults of an independent peer" {
  peer server >"$BATS_TEST_TMPDIR/full" 3>&- <<-'END' &
	l = endpoint("10.1.1.2", 5300)
	l.listen(1)
	print("listening", flush=True)
	time.sleep(300)
	END
  wait_for_line "$BATS_TEST_TMPDIR/full" listening
  peer client >"$BATS_TEST_TMPDIR/fill" 3>&- <<-'END' &
	filled = []
	try:
	    for _ in range(20):
	        filled.append(connect("10.1.1.2", 5300, attempts=1))
	except (ConnectionRefusedError, TimeoutError):
	    print("full", flush=True)
	    time.sleep(300)
	END
  wait_for_line "$BATS_TEST_TMPDIR/fill" full
  fault "the peer's backlog is full" -w 1s -a 10.1.1.2:5300
  end_peers

  peer server >"$BATS_TEST_TMPDIR/abort" 3>&- <<-'END' &
	l = endpoint("10.1.1.2", 5301)
	l.listen()
	print("listening", flush=True)
	for _ in range(2):
	    abort(l.accept()[0])
	END
  local peer=$!
  wait_for_line "$BATS_TEST_TMPDIR/abort" listening
  # In time for the report of the association, always: its COOKIE-ACK is lost.
  at_client input "$(chunk cookie-ack)" drop
  fault "ABORT instead of COOKIE-ACK" -a 10.1.1.2:5301
  wait "$peer"
}

# odd [-w] NAME FAULT [OPTION]...: a fault of odd_peer.py, which has the time that a busy machine takes to answer.
odd() {
  local how='' name port
  local -a on=(taskset -c "$(first_processor)")
  [ "$1" != -w ] || { how=-w && shift; }
  name=$1
  port=$(odd_port "$2")
  shift 2
  # shellcheck disable=SC2086 # an option or none
  fault $how "$name" -w 2s --probe-timeout 3s -a "10.1.1.2:$port" "$@"
}

@test "faults of a peer that no stack has" {
  start_odd_peer
  odd "the peer allows no streams" no_streams
  odd "the peer's INIT-ACK has no cookie" no_cookie
  odd "the peer's INIT-ACK has a host name" host_name
  odd "the peer's receive window is too small" small_window
  odd "the peer's initiate tag is 0" no_tag
  [ "$STACK" = usrsctp ] || in_client sysctl -qw net.sctp.addip_enable=1
  odd "the peer offers ASCONF without AUTH" asconf
  [ "$STACK" = usrsctp ] || in_client sysctl -qw net.sctp.addip_enable=0
  odd "the peer asks for a primary address" set_primary
  odd "ABORT: restart with new addresses" abort_restart
  odd "two stacks answer" two_stacks
  odd "two stacks answer, the INIT-ACK first" two_stacks_late
  odd "two stacks answer, the ABORT to the COOKIE-ECHO first" two_stacks_cookie
  fault "two stacks answer, the COOKIE-ACK first" -w 2s --no-probe --hold 2s -a "10.1.1.2:$(odd_port two_stacks_up)"
  odd "ABORT with a text: AUTH is required" abort_violation
  odd "ABORT: out of resource" abort_resource
  odd "ABORT: out of resource, three addresses" abort_resource --rto-initial 1500ms -a 10.1.2.2 -a 10.1.3.2
  odd "ABORT: unresolvable address" abort_address
  odd "ABORT after the handshake, without a cause" abort_late --hold 2s
  odd "ABORT after the handshake, without a cause, -m" abort_late -m --hold 2s
  odd "ABORT after the handshake, with a text" abort_late_cause --hold 2s
  odd "ABORT as answer to a heartbeat" abort_asked
  odd "ABORT of another host that has an address of the peer" stranger
  odd -w "the peer's cookies are stale" stale_cookie
  odd -w "the peer is still closing an older association" shutting_down
  odd "INIT-ACK with a wrong verification tag" wrong_tag
  odd "INIT-ACK with a bad checksum" bad_checksum --rto-initial 200ms
  odd "the peer restarts" restart
  odd "both begin at the same time" collision
  odd "the peer dies after the handshake" gone --probe-timeout 1s
  odd "the peer answers no padded heartbeat" no_padding
  odd -w "the peer answers heartbeats with another content" altered
  odd "the peer lists fewer addresses than were asked for" fewer --rto-initial 1500ms -a 10.1.2.2 -a 10.1.3.2
  odd "the peer lists fewer addresses, each accepts alone" fewer --rto-initial 1500ms -a 10.1.2.2 -a 10.1.3.2 --each
  odd "the peer lists a private address without a route" unrouted
  odd "the peer closes when it is asked" shutdown
  odd "another address of the peer answers" elsewhere
  odd "another address of the call answers" elsewhere --rto-initial 3s -a 10.1.2.2
  odd "the peer answers from another port" other_port
  odd "ICMP time exceeded" hops
  odd "ICMP time exceeded, which quotes 8 bytes" hops_short
  odd "ICMP prot-unreachable, which quotes 8 bytes" no_sctp_short
  end_odd_peer
}

@test "faults of the network" {
  at_server input ip daddr 10.1.1.2 "$SCTP" drop
  fault "dropped in silence" -w 1200ms -a 10.1.1.2:5000
  at_server input "$SCTP" drop
  fault "dropped in silence, three addresses" -w 1500ms -a 10.1.1.2:5000 -a 10.1.2.2 -a fd01:3::2
  at_server input "$SCTP" drop
  fault "no attempt is left" --init-attempts 1 --rto-initial 100ms --init-timeout 100ms -a 10.1.1.2:5000
  fault_within 9500 "no host has the address on the link" -w 20s -a 10.1.1.77:5000
  fault_within 9500 "no host has the IPv6 address on the link" -w 20s -a '[fd01:1::77]:5000'
  local type
  for type in net-unreachable host-unreachable port-unreachable prot-unreachable net-prohibited \
    host-prohibited admin-prohibited; do
    reject icmp "$type"
    fault_within 6000 "ICMP $type" -w 10s -a 10.1.1.2:5000
  done
  for type in no-route admin-prohibited addr-unreachable port-unreachable; do
    at_server input ip6 daddr fd01:1::2 "$SCTP" reject with icmpv6 type "$type"
    fault_within 6000 "ICMPv6 $type" -w 10s -a '[fd01:1::2]:5000'
  done
  reject icmp host-unreachable
  lose 2
  fault "ICMP for the first address, the second silent" -w 2s --rto-initial 1s -a 10.1.1.2:5000 -a 10.1.2.2
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
    fault_within 6000 "route of type $type" -w 10s -a 10.78.0.1:5000
    ip -n "$TOPO-client" route del "$type" 10.78.0.0/24
  done
  fault "the broadcast address of a network" -w 10s -a 10.1.1.255:5000
  ip -n "$TOPO-client" neigh replace 10.1.1.2 lladdr 02:00:00:00:00:99 dev c1 nud permanent
  fault "the link-layer address of the peer was set by hand, and is wrong" -w 1200ms -a "10.1.1.2:$PORT"
  json '.paths[0].route.doubts[]' set-neighbour
  ip -n "$TOPO-client" neigh del 10.1.1.2 dev c1
  ip -n "$TOPO-client" link set c1 arp off
  fault "the link of this host has no ARP" -w 1200ms -a "10.1.1.2:$PORT"
  json '.paths[0].route.doubts[]' no-arp
  ip -n "$TOPO-client" link set c1 arp on
  # Known, as it was: an error without a witness may else be that of a silent neighbour, too.
  ip -n "$TOPO-client" neigh replace 10.1.1.2 dev c1 nud reachable \
    lladdr "$(ip -n "$TOPO-server" link show s1 | awk '$1 == "link/ether" { print $2 }')"
  ip -n "$TOPO-client" link set lo down
  fault_within 6000 "an address of this host itself, and lo is down" -w 10s -a 10.1.1.1:5000
  ip -n "$TOPO-client" link set lo up
  if [ "$STACK" = kernel ]; then # not every kernel that tests the stack in user space has it
    printf '%s\n' 'link add dummy0 type dummy' 'addr add 10.66.0.1/24 dev dummy0' 'link set dummy0 up' |
      ip -n "$TOPO-client" -batch -
    try_json 1 -w 500ms -a 10.66.0.2:5000
    json .cause.code dummy-link .cause.link dummy0
    ip -n "$TOPO-client" link del dummy0
  fi
  at_client output "$SCTP" drop
  fault "this host's output filter drops" -w 1200ms -a "10.1.1.2:$PORT"
  at_client output ip daddr 10.1.1.2 "$SCTP" reject with icmp type host-unreachable
  fault_within 6000 "this host's output filter rejects" -w 10s -a "10.1.1.2:$PORT"
  at_client input "$SCTP" drop
  fault "this host's input filter drops" -w 1200ms -a "10.1.1.2:$PORT"
  in_client nft "add table ip nat; add chain ip nat output { type nat hook output priority -100; };
    add rule ip nat output ip daddr 10.1.1.2 $(by_stack "sctp dport $PORT dnat to 10.1.3.2:1" \
    "udp dport $UDP dnat to 10.1.3.2:1")"
  at_server input "$SCTP" drop
  fault "this host's NAT sends it somewhere else" -w 1200ms -a "10.1.1.2:$PORT"
  in_client nft delete table ip nat
  in_client nft "add table ip nat; add chain ip nat output { type nat hook output priority -100; };
    add rule ip nat output ip daddr 10.1.1.2 $SCTP dnat to 10.1.2.2"
  at_server input "$SCTP" drop
  fault "this host's NAT sends it to another address of the call" -w 1200ms -a 10.1.1.2:5000 -a 10.1.2.2
  in_client nft delete table ip nat
  # Not every host that tests the stack in user space has ESP.
  ip -n "$TOPO-client" xfrm policy add dst 10.1.1.2 dir out action block
  fault "this host's IPsec policy blocks" -w 1200ms -a "10.1.1.2:$PORT"
  ip -n "$TOPO-client" xfrm policy flush
  ip -n "$TOPO-client" xfrm policy add dst 10.1.1.2 dir out tmpl proto esp mode transport
  fault "this host's IPsec policy has no key" -w 1200ms -a "10.1.1.2:$PORT"
  if [ "$STACK" = kernel ]; then
    ip -n "$TOPO-client" xfrm state add src 10.1.1.1 dst 10.1.1.2 proto esp spi 256 mode transport \
      auth 'hmac(sha1)' 0x0123456789abcdef0123456789abcdef01234567 enc 'cbc(aes)' 0x0123456789abcdef0123456789abcdef
    fault "IPsec carries it, and the peer has no key" -w 1200ms -a "10.1.1.2:$PORT"
    ip -n "$TOPO-client" xfrm state flush
  fi
  ip -n "$TOPO-client" xfrm policy flush
  fault "-b is not an address of this host" -b 10.9.9.9 -a "10.1.1.2:$PORT"
  fault "one of two -b is not an address of this host" -b 10.1.1.1 -b 10.9.9.9 -a "10.1.1.2:$PORT"
  fault "-b of the other family" -b fd01:1::1 -a "10.1.1.2:$PORT"
  fault "-b of loopback for a peer that is not" -b 127.0.0.1 -a "10.1.1.2:$PORT"
  fault "-b 127.0.0.2, which no interface has" -b 127.0.0.2 -w 1200ms -a 127.0.0.1:9
  ip -n "$TOPO-client" -6 route add local fd77::/64 dev lo
  fault "-b is an IPv6 address that a route makes local" -b fd77::5 -a "[fd01:1::2]:$PORT"
  ip -n "$TOPO-client" -6 route del local fd77::/64 dev lo
  fault "-b that the routes would not choose" -b 10.1.2.1 -a "10.1.1.2:$PORT"
  fault -u "-b with a port below 1024, and no privilege" -b 10.1.1.1:999 -a "10.1.1.2:$PORT"
  fault "no such name" -a name.invalid:5000
  fault "link-local address without a zone" -a '[fe80::2]:5000'
  if [ "$STACK" = kernel ]; then
    in_client sysctl -qw net.sctp.udp_port=9899
    in_server sysctl -qw net.sctp.udp_port=9899
  fi
  fault "-u with a port that is not in use" -u 9898 -a "10.1.1.2:$PORT"
  [ "$STACK" = usrsctp ] || in_client sysctl -qw net.sctp.udp_port=0

  ip netns exec "$TOPO-client" "${PROGRAM[@]}" --listen -b 10.1.1.1:7000 \
    >"$BATS_TEST_TMPDIR/other" 2>&1 3>&- &
  local other=$!
  wait_for_line "$BATS_TEST_TMPDIR/other" '^listening'
  again() { :; } # two at once, from one port, would be one association for the peer
  fault -s "-b with a port in use" -b 10.1.1.1:7000 -a "10.1.1.2:$PORT"
  kill "$other"
  wait "$other" || true

  at_server input "$SCTP" drop
  start_client --json -w 20s -a "10.1.1.2:$PORT"
  wait_for pending
  end_client TERM
  output=$(<"$CLIENT_OUT") record "ended by SIGTERM"
}

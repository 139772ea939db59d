#!/usr/bin/env bats
# What the witness sees of the kernel's SCTP, before and after the host's packet filter.
load helper

setup_file() {
  export TOPO=wk$$
  topo_up 3
}

teardown_file() {
  topo_down
}

teardown() {
  restore_network
  nft_netdev_flush
  [ -z "${WATCHER:-}" ] || watched
  [ -z "${LISTENER:-}" ] || end_listener
}

# nft_netdev HOOK DEVICE RULE: a rule of the client at the device itself.
nft_netdev() {
  in_client nft -f - <<-END
		add table netdev lab
		add chain netdev lab $1 { type filter hook $1 device $2 priority 0; }
		add rule netdev lab $1 ${*:3}
	END
}

nft_netdev_flush() {
  printf '%s\n' 'add table netdev lab' 'delete table netdev lab' | in_client nft -f -
}

@test "a handshake, packet by packet, without the packets of others" {
  start_listener_3
  watch "$PORT" 10.1.1.2 10.1.2.2 10.9.9.9
  # Another association, to another port: not ours.
  try 1 -a "10.1.1.2:$((PORT ^ 1))"
  try 0 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.9.9.9
  watched
  saw '10\.1\.1\.2 ← INIT  tag 0x[0-9a-f]{8}  streams 10/[0-9]+ .*on c1$' \
    '10\.1\.1\.2 → INIT-ACK  tag 0x[0-9a-f]{8}  streams 10/10  addresses 10\.1\.1\.2 10\.1\.2\.2 10\.1\.3\.2  on c1$' \
    '10\.1\.1\.2 ← COOKIE-ECHO  on c1$' '10\.1\.1\.2 → COOKIE-ACK  on c1$'
  flawless
  says '^10\.1\.1\.2 up inits 1 init-acks 1 cookies 1 cookie-acks 1 aborts 0 .* requested listed out c1 in c1$' \
    '^10\.1\.2\.2 not-tried .* requested listed$' '^10\.9\.9\.9 not-tried .* requested$' \
    '^10\.1\.3\.2 not-tried .* 0 listed$'
}

# The filter of the only packet socket there, as ss shows it: a line of numbers.
filter_of() { # PID
  in_client ss -0bnp | grep -A1 "pid=$1," | grep -o 'bpf filter.*'
}

@test "the filter is for our port only once packets of others pass" {
  local first pid
  start_listener_3
  (exec ip netns exec "$TOPO-client" "$SCTP_CONNECT" --monitor -a "10.1.1.2:$PORT" >"$BATS_TEST_TMPDIR/m") 3>&- &
  pid=$!
  wait_for_line "$BATS_TEST_TMPDIR/m" '^connected'
  first=$(filter_of "$pid")
  [ -n "$first" ]
  try 0 -a "10.1.1.2:$PORT" -a 10.1.2.2
  wait_for filter_is_not "$first" "$pid"
  kill "$pid"
  wait "$pid" || :
}

filter_is_not() { # FILTER PID
  [ "$(filter_of "$2")" != "$1" ]
}

@test "the report comes before the witness is closed" {
  command -v strace >/dev/null || skip "strace is not installed"
  local trace=$BATS_TEST_TMPDIR/trace packet
  run -1 in_client strace -o "$trace" "$SCTP_CONNECT" -a 10.1.1.2:9
  packet=$(sed -nE 's/^socket\(AF_PACKET.* = ([0-9]+)$/\1/p' "$trace")
  sed -nE "s/^(write\(1,|close\($packet\)).*/\1/p" "$trace" | tail -2 | tee /dev/stderr |
    diff - <(printf '%s\n' 'write(1,' "close($packet)")
}

@test "IPv6, and the local port known before" {
  start_listener -b '[fd01:1::2]:0' -b 10.1.2.2
  watch -l 7777 "$PORT" fd01:1::2
  try 0 -b '[fd01:1::1]:7777' -a "[fd01:1::2]:$PORT"
  try 0 -b '[fd01:1::1]:7778' -a "[fd01:1::2]:$PORT" # not watched
  watched
  saw 'fd01:1::2 ← INIT ' 'fd01:1::2 → INIT-ACK  tag .* on c1$' \
    'fd01:1::2 ← COOKIE-ECHO' 'fd01:1::2 → COOKIE-ACK'
  flawless
  [ "$(packets ' INIT ')" -eq 1 ]
  says '^fd01:1::2 up '
}

@test "loopback, where each packet passes twice: each once" {
  topo_loopback 2
  ip netns exec "$TOPO-loop" "$SCTP_CONNECT" --listen -b 127.0.0.1:5001 >"$BATS_TEST_TMPDIR/loop" 3>&- &
  local listener=$!
  wait_for_line "$BATS_TEST_TMPDIR/loop" listening
  WATCH_IN=loop watch 5001 127.0.0.1 127.0.0.2
  in_loop "$SCTP_CONNECT" -b 127.0.0.1:5002 -a 127.0.0.1:5001
  watched
  local kind
  for kind in 'INIT ' INIT-ACK COOKIE-ECHO COOKIE-ACK; do
    [ "$(packets " $kind")" -eq 1 ] || fail "not once: $kind"
  done
  saw '← INIT ' '→ INIT-ACK' '← COOKIE-ECHO' '→ COOKIE-ACK'
  flawless
  says '^127.0.0.1 up .* out lo in lo$'
  kill "$listener"
}

# drops FINDING COMMAND...: what is found after COMMAND, which drops or spoils packets.
drops() {
  local finding=$1
  shift
  "$@"
  watch 5000 10.1.1.2
  run ip netns exec "$TOPO-client" "$SCTP_CONNECT" -w 1s -a 10.1.1.2:5000
  echo "$output"
  watched
  flawless
  says "^10\\.1\\.1\\.2 $finding "
  nft_flush
  nft_netdev_flush
}

@test "what this host's output filter drops is never seen: it never left" {
  start_listener -b 10.1.1.2:5000
  drops never-left nft_client output ip daddr 10.1.1.2 drop
  saw_nothing
  drops never-left nft_netdev egress c1 ip daddr 10.1.1.2 drop
  saw_nothing
  tc -n "$TOPO-client" qdisc add dev c1 root netem loss 100%
  drops never-left true
  saw_nothing
  tc -n "$TOPO-client" qdisc del dev c1 root
}

@test "what this host's input filter drops is seen: not taken" {
  start_listener -b 10.1.1.2:5000
  drops not-taken nft_client input ip saddr 10.1.1.2 drop
  saw '10.1.1.2 ← INIT ' '10.1.1.2 → INIT-ACK'
  drops not-taken nft_netdev ingress c1 ip saddr 10.1.1.2 drop
  saw '10.1.1.2 ← INIT ' '10.1.1.2 → INIT-ACK'
}

@test "what is dropped on the path: silent; and the COOKIE-ECHO" {
  start_listener -b 10.1.1.2:5000
  drops silent nft_server input ip daddr 10.1.1.2 drop
  saw '10.1.1.2 ← INIT '
  # The chunk type of a COOKIE-ECHO, behind the 12 bytes of the common header.
  drops cookie-silent nft_server input ip daddr 10.1.1.2 @th,96,8 10 drop
  saw '10.1.1.2 ← INIT ' '10.1.1.2 → INIT-ACK' '10.1.1.2 ← COOKIE-ECHO'
}

icmp() { # EXPECTED-ICMP COMMAND...
  local expected=$1
  shift
  "$@"
  watch 5000 "$PEER"
  run ip netns exec "$TOPO-client" "$SCTP_CONNECT" -w 1s -a "$([[ $PEER == *:* ]] && echo "[$PEER]" || echo "$PEER"):5000"
  watched
  flawless
  says "^$PEER icmp " "^  icmp $expected"
  nft_flush
}

@test "ICMP, with its code and who sent it" {
  PEER=10.1.1.2
  # The second one answers the ABORT with which a stack may leave an attempt that is over.
  icmp '3/2 from 10\.1\.1\.2 x[12] ENOPROTOOPT$' nft_server input ip daddr 10.1.1.2 reject with icmp type prot-unreachable
  saw '10.1.1.2 ← INIT ' '10.1.1.2 → ICMP protocol unreachable  about a packet to 10.1.1.2  on c1'
  icmp '3/13 from 10\.1\.1\.2 x[1-9] EHOSTUNREACH$' nft_server input ip daddr 10.1.1.2 reject with icmp type admin-prohibited
  PEER=fd01:1::2
  icmp '1/1 from fd01:1::2 x[1-9] EACCES$' nft_server input ip6 daddr fd01:1::2 meta l4proto sctp reject with icmpv6 type admin-prohibited
}

@test "ICMP of this host: its output filter, and no host on the link" {
  PEER=10.1.1.2
  icmp '3/13 from 10\.1\.1\.1 on-this-host x[1-9] EHOSTUNREACH$' nft_client output ip daddr 10.1.1.2 reject with icmp type admin-prohibited
  says '^10\.1\.1\.2 icmp inits 0 '
  watch 5000 10.1.1.77
  # Three requests of ARP, a second each.
  try 1 -w 10s -a 10.1.1.77:5000
  watched
  flawless
  says '^10\.1\.1\.77 icmp inits 0 ' '^  icmp 3/1 from 10\.1\.1\.1 on-this-host x[1-9] EHOSTUNREACH$'
}

@test "ABORT: nothing listens; and with the cause that a program gives" {
  watch 9 10.1.1.2
  try 1 -a 10.1.1.2:9
  watched
  saw '10.1.1.2 ← INIT ' '10.1.1.2 → ABORT  on c1$'
  says '^10\.1\.1\.2 aborted .* aborts 1 .* cause 0'
  flawless

  peer server 3>&- <<-'END' &
		s = endpoint("10.1.1.2", 5009)
		s.listen()
		c = s.accept()[0]
		abort(c)
	END
  local server=$!
  wait_for listens server 5009
  watch 5009 10.1.1.2
  run ip netns exec "$TOPO-client" "$SCTP_CONNECT" -a 10.1.1.2:5009
  wait "$server"
  watched
  saw '10.1.1.2 → COOKIE-ACK' '10.1.1.2 → ABORT  user-initiated abort'
  says '^10\.1\.1\.2 up .* aborts 1 .* cause 12'
}

@test "heartbeats: round trips, and answers on another path" {
  start_listener_3
  # A learned address is unconfirmed, and gets a heartbeat after half to one and a half RTO.
  in_client sh -c 'cd /proc/sys/net/sctp; echo 100 >rto_min; echo 200 >rto_initial'
  netem_path 2 delay 30ms
  # The server answers from 10.1.3.2 over the second path.
  ip -n "$TOPO-server" rule add from 10.1.3.2 lookup 77 priority 50
  ip -n "$TOPO-server" route add 10.1.1.0/24 dev s2 table 77
  ip -n "$TOPO-server" route add 10.1.3.0/24 dev s2 table 77
  watch "$PORT" 10.1.1.2
  peer client "$PORT" "$BATS_TEST_TMPDIR/done" 3>&- <<-'END' &
		s = connect("10.1.1.2", sys.argv[1])
		while not os.path.exists(sys.argv[2]): time.sleep(0.05)
	END
  local client=$!
  wait_for_line "$WATCH_OUT" '10\.1\.2\.2 → HEARTBEAT-ACK'
  wait_for_line "$WATCH_OUT" '10\.1\.3\.2 → HEARTBEAT-ACK'
  touch "$BATS_TEST_TMPDIR/done"
  wait "$client"
  in_client sh -c 'cd /proc/sys/net/sctp; echo 1000 >rto_min; echo 3000 >rto_initial'
  ip -n "$TOPO-server" rule del priority 50
  ip -n "$TOPO-server" route flush table 77
  watched
  flawless
  says '^  heartbeat out c2 in c2 from 10\.1\.2\.2 rtt_us ([3-9][0-9]|[1-9][0-9]{2,3})[0-9]{3}$' \
    '^  heartbeat out c3 in c2 from 10\.1\.3\.2 rtt_us ([3-9][0-9]|[1-9][0-9]{2,3})[0-9]{3}$'
}

@test "the answer arrives on another path, or from another address" {
  start_listener -b 10.1.1.2:5000
  ip -n "$TOPO-server" route add 10.1.1.1/32 dev s2
  watch 5000 10.1.1.2
  try 0 -a 10.1.1.2:5000
  watched
  ip -n "$TOPO-server" route del 10.1.1.1/32 dev s2
  flawless
  says '^10\.1\.1\.2 up .* out c1 in c2 other-way$'
  drops elsewhere nft_server output ip saddr 10.1.1.2 ip protocol sctp ip saddr set 10.1.2.2
  saw '10\.1\.1\.2 ← INIT ' '10\.1\.2\.2 → INIT-ACK'
  says '^10\.1\.1\.2 elsewhere .* answered-by 10\.1\.2\.2$'
}

# The checksum's place in what the listener sends is overwritten.
spoil() {
  nft_server output ip saddr 10.1.1.2 ip protocol sctp @th,64,32 set 0x12345678
}

@test "checksums: left to the card they are never bad; done by the kernel, a wrong one is" {
  start_listener -b 10.1.1.2:5000
  drops up spoil
  tx_checksums server s1 0
  tx_checksums client c1 0
  drops up true
  # Nor does the kernel take it.
  spoil
  watch 5000 10.1.1.2
  try 4 -w 1s -a 10.1.1.2:5000
  watched
  tx_checksums server s1 1
  tx_checksums client c1 1
  saw '10.1.1.2 ← INIT  tag [^B]*$' '10.1.1.2 → INIT-ACK .*  BAD CHECKSUM  on c1$'
  says '^lost 0 bad-sent 0 ' '^10\.1\.1\.2 bad-checksum inits 1 init-acks 0 '
}

@test "UDP encapsulation" {
  local side
  for side in client server; do
    ip netns exec "$TOPO-$side" sh -c 'echo 9899 >/proc/sys/net/sctp/udp_port'
  done
  start_listener -u 9899 -b 10.1.1.2:0 -b 10.1.2.2
  watch -u 9899:9899 "$PORT" 10.1.1.2
  try 0 -u 9899 -a "10.1.1.2:$PORT"
  watched
  saw '10.1.1.2 ← INIT .* in UDP 9899 to 9899  on c1$' '10.1.1.2 → INIT-ACK .* in UDP 9899 to 9899  on c1$' \
    '10.1.1.2 ← COOKIE-ECHO  in UDP' '10.1.1.2 → COOKIE-ACK  in UDP'
  flawless
  says '^10\.1\.1\.2 up '
  watch -u 9899:9898 5000 10.1.1.2
  run ip netns exec "$TOPO-client" "$SCTP_CONNECT" -w 1s -u 9898 -a 10.1.1.2:5000
  watched
  says '^10\.1\.1\.2 icmp ' '^  icmp 3/3 from 10\.1\.1\.2 x[1-9] ECONNREFUSED$'
}

@test "without CAP_NET_RAW it says so, and nothing else" {
  WATCH_OUT=$BATS_TEST_TMPDIR/unprivileged
  run -1 ip netns exec "$TOPO-client" setpriv --reuid 65534 --regid 65534 --clear-groups "$WATCH" 5000 10.1.1.2
  assert_output "cannot watch: Operation not permitted"
}

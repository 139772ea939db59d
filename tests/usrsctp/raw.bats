#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Raw packets of the stack in user space use the links of their routes, with addresses of these links.
load lab

setup_file() { lab_up raw; }
teardown_file() { lab_down; }
teardown() { lab_clean; }

# count SIDE RULE...: counts what matches, for nothing_counted; "drop" may follow in the rule.
count() {
  local side=$1
  shift
  "nft_$side" input meta l4proto "{ sctp, udp }" "$@"
}

nothing_counted() {
  local side counters
  for side in client server; do
    counters=$(ip netns exec "$TOPO-$side" nft list ruleset | grep 'counter packets' || true)
    [[ $counters != *"packets "[1-9]* ]] || fail "came to the $side: $counters"
  done
}

# What comes over a link with an address of another one is dropped, on both ends.
strict_links() {
  local side i
  for side in client server; do
    for i in 1 2 3; do
      count "$side" iifname "${side:0:1}$i" ip saddr != "10.1.$i.0/24" counter drop
      count "$side" iifname "${side:0:1}$i" ip6 saddr != "fd01:$i::/64" counter drop
    done
  done
}

# primary ADDRESS OPTION...: up, in all four modes, over that address.
primary() {
  local address=$1 mode
  shift
  for mode in "${modes[@]}"; do
    # shellcheck disable=SC2086 # a list of options
    us 0 $mode --rto-initial 400ms "$@"
    json .result connected '[.paths[] | select(.primary) | .address] | join(" ")' "$address"
  done
}

@test "each packet leaves with an address of its link: whole, first, middle, all but the last cut" {
  strict_links
  listen_us -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  # No thread has a capability, also not one that reads nothing.
  run -0 sort -u <(sed -n 's/^CapPrm:[[:space:]]*//p' /proc/"$LISTENER"/task/*/status)
  assert_output 0000000000000000
  local -a three=(-a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2)
  primary 10.1.1.2 "${three[@]}"
  drop_path 2
  primary 10.1.1.2 "${three[@]}"
  primary 10.1.3.2 -a "10.1.2.2:$PORT" -a 10.1.3.2
  drop_path 1
  primary 10.1.3.2 "${three[@]}"
  restore_path 2
  primary 10.1.2.2 "${three[@]}"
  nothing_counted
}

@test "a healthy path alone: whichever it is, also with the others down for good" {
  listen_us -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  cut_path 1
  cut_path 3
  primary 10.1.2.2 -a "10.1.2.2:$PORT"
  primary 10.1.2.2 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
}

@test "IPv6 and both families: the same" {
  strict_links
  listen_us -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2 -b fd01:1::2 -b fd01:2::2 -b fd01:3::2
  # Of two families the first address that was asked for is made the primary, dead or not.
  local -a both=(-a "[fd01:2::2]:$PORT" -a 10.1.3.2)
  primary fd01:2::2 "${both[@]}"
  drop_path 2
  primary fd01:2::2 "${both[@]}"
  drop_path 3
  restore_path 2
  primary fd01:2::2 "${both[@]}"
  primary fd01:2::2 -a "10.1.3.2:$PORT" -a fd01:2::2
  nothing_counted
}

# As a packager may build it: the library finds our sendmsg() and so on by their names. Only the files of this stack differ.
@test "with libusrsctp as a shared library: the same" {
  local built=$BATS_TEST_TMPDIR/shared shared=$BATS_TEST_TMPDIR/shared/sctp-connect file
  local -a own=() others=()
  for file in $(cd src && find . -name '*.c'); do
    file=${file#./} file=obj/${file%c}o
    case $file in
      obj/stack/usrsctp*) own+=("$built/$file") ;;
      *) others+=("build/$file") ;;
    esac
  done
  make -s "B=$built" USRSCTP_LIBS=-lusrsctp CFLAGS=-O0 "${own[@]}"
  # shellcheck disable=SC2046 # options
  ${CC:-cc} -o "$shared" "${own[@]}" "${others[@]}" $(pkg-config --libs libsctp jansson) -lusrsctp
  ldd "$shared" | grep -q libusrsctp
  PROGRAM=("$shared")
  strict_links
  listen_us -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  drop_path 1
  primary 10.1.2.2 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  drop_path 2
  primary 10.1.3.2 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  nothing_counted
}

@test "-b: that source on every path, raw and in UDP, IPv4 and IPv6" {
  count server ip saddr != 10.1.1.1 counter
  count server ip6 saddr != fd01:1::1 counter
  local i
  local -a udp
  for udp in "" "-u $UDP"; do
    # shellcheck disable=SC2128,SC2086 # none, or a list
    listen_us $udp -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
    for i in 1 2 3; do
      # shellcheck disable=SC2128,SC2086
      us 0 $udp -b 10.1.1.1 -a "10.1.$i.2:$PORT"
      json '[.local[] | .address] | join(" ")' 10.1.1.1
      wait_for_line "$LISTEN_OUT" "closed by the peer"
    done
    end_listener
    # shellcheck disable=SC2128,SC2086
    listen_us $udp -b '[fd01:1::2]:0' -b fd01:2::2 -b fd01:3::2
    for i in 1 2 3; do
      # shellcheck disable=SC2128,SC2086
      us 0 $udp -b fd01:1::1 -a "[fd01:$i::2]:$PORT"
    done
    end_listener
  done
  LISTENER=
  nothing_counted
}

@test "-b of two addresses that are not the first of their links: each on its own link" {
  local i
  for i in 1 2; do
    ip -n "$TOPO-client" addr add "10.1.$i.11/24" dev "c$i"
    ip -n "$TOPO-client" addr add "fd01:$i::11/64" dev "c$i" nodad preferred_lft 0
    count server iifname "s$i" ip saddr != "10.1.$i.11" counter drop
    count server iifname "s$i" ip6 saddr != "fd01:$i::11" counter drop
  done
  listen_us -b 10.1.1.2:0 -b 10.1.2.2 -b 'fd01:1::2' -b fd01:2::2
  for i in 1 2; do
    primary "10.1.$i.2" -b 10.1.1.11 -b 10.1.2.11 -a "10.1.$i.2:$PORT"
    primary "fd01:$i::2" -b fd01:1::11 -b fd01:2::11 -a "[fd01:$i::2]:$PORT"
  done
  nothing_counted
  for i in 1 2; do
    ip -n "$TOPO-client" addr del "10.1.$i.11/24" dev "c$i"
    ip -n "$TOPO-client" addr del "fd01:$i::11/64" dev "c$i"
  done
}

# odd_packets PORT CHUNK [PORT CHUNK]...: SCTP packets from the client to 10.1.1.12, and the address and the type of the first
# answer. CHUNK: the fields of one that is built like an INIT, or less of them.
odd_packets() {
  ip netns exec "$TOPO-client" timeout 60 python3 - "$@" <<-'END'
	import socket, struct, sys
	def crc32c(data):
	    crc = 0xffffffff
	    for byte in data:
	        crc ^= byte
	        for _ in range(8):
	            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
	    return crc ^ 0xffffffff
	def packet(port, chunk, checksum):
	    fields = [int(field) for field in chunk.split()]
	    return (struct.pack("!HHI", 7000, int(port), 0) + struct.pack("<I", checksum) +
	            struct.pack(("!BBH", "!BBHIIHHI")[len(fields) > 3], *fields))
	raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_SCTP)
	for port, chunk in zip(sys.argv[1::2], sys.argv[2::2]):
	    raw.sendto(packet(port, chunk, crc32c(packet(port, chunk, 0))), ("10.1.1.12", 0))
	answer, (address, _) = raw.recvfrom(2000)
	print(address, {2: "INIT-ACK", 6: "ABORT"}.get(answer[32], answer[32]))
	END
}

@test "an ABORT comes from the address that was asked, also if it is not the first of its link" {
  ip -n "$TOPO-server" addr add 10.1.1.12/24 dev s1
  listen_us -b 10.1.1.2:0 -b 10.1.1.12
  # An INIT for no streams at all.
  odd_packets "$PORT" "1 0 20 5 65536 0 0 1" >"$BATS_TEST_TMPDIR/abort"
  assert_equal "$(cat "$BATS_TEST_TMPDIR/abort")" "10.1.1.12 ABORT"
  ip -n "$TOPO-server" addr del 10.1.1.12/24 dev s1
}

@test "a route that depends on the source is taken" {
  ip -n "$TOPO-server" addr add 10.7.7.7/32 dev s2
  ip -n "$TOPO-client" route add 10.7.7.7 via 10.1.1.2
  ip -n "$TOPO-client" route add 10.7.7.7 via 10.1.3.2 table 3
  ip -n "$TOPO-client" rule add from 10.1.3.1 table 3
  listen_us -b 10.7.7.7:0
  count server iifname s1 counter drop
  us 0 -b 10.1.3.1 -a "10.7.7.7:$PORT"
  nothing_counted
  nft_flush
  count server iifname s3 counter drop
  us 0 -b 10.1.3.1 -b 10.1.1.1 -a "10.7.7.7:$PORT"
  nothing_counted
  ip -n "$TOPO-client" rule del from 10.1.3.1 table 3
  ip -n "$TOPO-client" route del 10.7.7.7 via 10.1.1.2
  ip -n "$TOPO-server" addr del 10.7.7.7/32 dev s2
}

@test "over loopback and to an address of the host itself, in all four modes" {
  ip -n "$TOPO-client" addr add 127.0.0.2/8 dev lo
  ip netns exec "$TOPO-client" "$SCTP_CONNECT" --stack usrsctp --listen -b 127.0.0.1:5000 -b 127.0.0.2 \
    -b ::1 -b 10.1.1.1 >"$BATS_TEST_TMPDIR/listener" 3>&- &
  local listener=$! mode to
  wait_for_line "$BATS_TEST_TMPDIR/listener" '^listening'
  for mode in "${modes[@]}"; do
    for to in "-a 127.0.0.2:5000 -a 127.0.0.1" "-a [::1]:5000 -a 127.0.0.1" "-a 10.1.1.1:5000"; do
      # shellcheck disable=SC2086 # lists of options
      us 0 $mode $to
      json .result connected '[.paths[] | select(.requested) | .state] | unique[]' active
    done
  done
  kill "$listener"
  wait "$listener" || true
  ip -n "$TOPO-client" addr del 127.0.0.2/8 dev lo
}

# Routers have their service addresses there.
service_addresses() { # add|del
  local change=${1/add/replace} i side
  local -a sides=(client server)
  for i in 1 2; do
    side=${sides[i - 1]}
    ip -n "$TOPO-$side" addr "$1" "192.0.2.$i/32" dev lo
    ip -n "$TOPO-$side" addr "$1" "2001:db8::$i/128" dev lo nodad
    ip -n "$TOPO-$side" route "$change" "192.0.2.$((3 - i))" via "10.1.1.$((3 - i))"
    ip -n "$TOPO-$side" route "$change" "2001:db8::$((3 - i))" via "fd01:1::$((3 - i))"
  done
}

@test "-b: global addresses of lo, to and from, in all four modes, raw and in UDP" {
  local mode udp
  service_addresses add
  for udp in "" "-u $UDP"; do
    # shellcheck disable=SC2086 # a list of options
    listen_us $udp -b 192.0.2.2:0 -b 2001:db8::2
    for mode in "${modes[@]}"; do
      # shellcheck disable=SC2086
      us 0 $udp $mode -R all -b 192.0.2.1 -b 2001:db8::1 -a "192.0.2.2:$PORT" -a 2001:db8::2
      json '[.paths[] | "\(.address) \(.verdict)"] | join(", ")' \
        "192.0.2.2 verified, 2001:db8::2 verified" '.paths[0].mtu <= 1500' true \
        '[.local[] | .address] | sort | join(" ")' "192.0.2.1 2001:db8::1"
    done
    end_listener
  done
  service_addresses del
}

# connects_from LOCAL PEER: raw, and in UDP.
connects_from() {
  local udp
  for udp in "" "-u $UDP"; do
    # shellcheck disable=SC2086 # a list of options
    listen_us $udp -b "$2:0"
    # shellcheck disable=SC2086
    us 0 $udp -a "$2:$PORT"
    json .result connected '.paths[0].verdict' verified '[.local[] | .address] | join(" ")' "$1"
    end_listener
  done
}

@test "without -b: a global peer, and a host with several private addresses" {
  ip -n "$TOPO-server" addr add 192.0.2.2/32 dev s2
  ip -n "$TOPO-client" route add 192.0.2.2/32 via 10.1.2.2
  connects_from 10.1.2.1 192.0.2.2
  # And with two of its addresses, over two links: the peer knows one.
  ip -n "$TOPO-server" addr add 192.0.2.3/32 dev s3
  ip -n "$TOPO-client" route add 192.0.2.3/32 via 10.1.3.2
  listen_us -b 192.0.2.2:0 -b 192.0.2.3
  us 0 -R all -a "192.0.2.2:$PORT" -a 192.0.2.3
  json .result connected '[.local[] | .address] | join(" ")' 10.1.2.1
  end_listener
  ip -n "$TOPO-client" route del 192.0.2.2/32
  ip -n "$TOPO-client" route del 192.0.2.3/32
  ip -n "$TOPO-server" addr del 192.0.2.2/32 dev s2
  ip -n "$TOPO-server" addr del 192.0.2.3/32 dev s3
}

@test "without -b: the source of the route is an address of lo" {
  ip -n "$TOPO-client" addr add 10.3.3.3/32 dev lo
  ip -n "$TOPO-server" route add 10.3.3.3/32 via 10.1.2.1
  ip -n "$TOPO-client" route add 10.1.2.2/32 dev c2 src 10.3.3.3
  connects_from 10.3.3.3 10.1.2.2
  ip -n "$TOPO-client" route del 10.1.2.2/32
  ip -n "$TOPO-server" route del 10.3.3.3/32
  ip -n "$TOPO-client" addr del 10.3.3.3/32 dev lo
}

@test "link-local addresses, which the library does not have: said at once" {
  us 6 -a 'fe80::1%c1' -p 5000
  json .result failed .reason "SCTP in user space has no link-local addresses" \
    .hint "--stack kernel has them"
}

@test "a port below 1024 takes a capability, as on the kernel's stack" {
  listen_us -b 10.1.1.2:0
  # shellcheck disable=SC2054 # commas of setpriv
  PROGRAM=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw
    --bounding-set=-all,+net_raw "$SCTP_CONNECT")
  us 6 -b 10.1.1.1:999 -a "10.1.1.2:$PORT"
  json .errno EACCES .cause.code privileged-port
  us 0 -b 10.1.1.1:1999 -a "10.1.1.2:$PORT"
  PROGRAM=("$SCTP_CONNECT")
  us 0 -b 10.1.1.1:999 -a "10.1.1.2:$PORT"
}

@test "a port that another program has: its association stays as it is, whoever asks" {
  local way
  listen_us -b 10.1.1.2:0 -b 10.1.2.2
  start_client --stack usrsctp -b 10.1.1.1:40000 -a "10.1.1.2:$PORT" --monitor --interval 100ms
  wait_for_line "$CLIENT_OUT" '^connected'
  # shellcheck disable=SC2054 # commas of setpriv
  PROGRAM=(setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all,+net_raw --ambient-caps=-all,+net_raw
    --bounding-set=-all,+net_raw "$SCTP_CONNECT")
  for way in "-b 10.1.1.1:40000" "-b 10.1.2.1:40000 -b 10.1.1.1" "-b 0.0.0.0:40000"; do
    # shellcheck disable=SC2086 # a list of options
    us 6 $way -a "10.1.1.2:$PORT"
    json .errno EADDRINUSE .cause.code bind-in-use
  done
  us 6 --no-sandbox -b 10.1.1.1:40000 -a "10.1.1.2:$PORT"
  # The same port of another address is another endpoint.
  us 0 -b 10.1.2.1:40000 -a "10.1.2.2:$PORT"
  # Neither can anyone take the place of a listener.
  run -6 ip netns exec "$TOPO-server" "${PROGRAM[@]}" --stack usrsctp --listen -p "$PORT"
  end_client TERM
  refute grep -E 'dead|lost, [1-9]' "$CLIENT_OUT"
  wait_for_line "$LISTEN_OUT" 'down .*closed by the peer'
  # It is free when its owner has gone.
  us 0 -b 10.1.1.1:40000 -a "10.1.1.2:$PORT"
}

@test "what comes to other programs' ports is not answered" {
  ip -n "$TOPO-server" addr add 10.1.1.12/24 dev s1
  listen_us -b 10.1.1.2:0 -b 10.1.1.12
  # A SHUTDOWN-ACK, then an INIT.
  odd_packets 7 "8 0 4" "$PORT" "1 0 20 5 65536 1 1 1" >"$BATS_TEST_TMPDIR/answer"
  assert_equal "$(cat "$BATS_TEST_TMPDIR/answer")" "10.1.1.12 INIT-ACK"
  ip -n "$TOPO-server" addr del 10.1.1.12/24 dev s1
}

#!/usr/bin/env bats
# The main task: one association with all addresses, in every mode, and its report.
load helper

setup_file() {
  export TOPO=conn$$
  topo_up 3
}

teardown_file() {
  topo_down
}

teardown() {
  nft_flush
  end_programs
}

# In words that a script would look for: all three paths, one primary, no address lost.
assert_three_paths() {
  assert_output --regexp "^connected  association [0-9]+, streams 10 out 10 in, [0-9.]+ ms "
  assert_output --regexp "10\.1\.1\.2:$PORT +verified  rtt [0-9.]+ ms .* primary"
  assert_output --regexp "10\.1\.2\.2:$PORT +verified  rtt [0-9.]+ ms"
  assert_output --regexp "10\.1\.3\.2:$PORT +verified  rtt [0-9.]+ ms"
  refute_output --partial "rejected"
}

@test "three addresses, in each of the four modes; of -n and -B the last one counts" {
  local mode
  start_listener_3
  while read -r -a mode; do
    try 0 "${mode[@]:1}" -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
    assert_three_paths
    assert_output --partial "($STACK, ${mode[0]//_/, })"
  done <<-'END'
	nonblocking -B -n
	blocking -n -B
	nonblocking_one-to-many -m
	blocking_one-to-many -m -B
	END
}

# bats test_tags=kernel
@test "the association id is the kernel's: the one that the other end's is next to" {
  start_listener_3 --json
  try_json 0 -a "10.1.1.2:$PORT"
  wait_for_line "$LISTEN_OUT" '"event":"up"'
  # Ids count up over all namespaces: the listener's association comes right after ours.
  local ours theirs
  ours=$(jq .association.id <<<"$output")
  theirs=$(jq 'select(.event == "up").association.id' "$LISTEN_OUT")
  [ "$theirs" -eq $((ours + 1)) ]
}

@test "JSON says the same: id, state, streams, paths, local addresses" {
  start_listener_3
  try_json 0 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json .result connected \
    .association.state established \
    '.association.streams_out, .association.streams_in' $'10\n10' \
    '[.paths[] | .address] | join(" ")' "10.1.1.2 10.1.2.2 10.1.3.2" \
    '[.paths[] | select(.requested and .verdict == "verified" and .state == "active")] | length' 3 \
    '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.1.2 \
    '[.local[] | .address | select(startswith("10."))] | sort | join(" ")' "10.1.1.1 10.1.2.1 10.1.3.1" \
    '.exit_status, .errno, .tries' $'0\nnull\n1' \
    '.paths[0] | .rto_ms >= 200 and .cwnd > 0 and .mtu == 1500' true
}

@test "an address that the peer does not have is rejected, not forgotten" {
  start_listener_3
  try_json 0 -a "10.1.1.2:$PORT" -a 10.9.9.9 -a 10.1.2.2
  json '.paths[1] | .address, .verdict, .state, .rto_ms' $'10.9.9.9\nrejected\nnull\nnull' \
    '.paths[1].note' "not an address of this peer, or another endpoint listens on it"
  try 0 -a "10.1.1.2:$PORT" -a 10.9.9.9
  assert_output --regexp "10\.9\.9\.9:$PORT +rejected +not an address of this peer, or another endpoint listens on it"
}

@test "addresses learned from the peer are listed as such, unconfirmed" {
  start_listener_3
  try_json 0 --no-probe -a "10.1.1.2:$PORT"
  json '[.paths[] | select(.requested | not) | .address] | sort | join(" ")' "10.1.2.2 10.1.3.2"
  # usrsctp asks them at once, and has the answer before the report or after.
  [ "$STACK" = usrsctp ] || json '[.paths[1, 2].state] | join(" ")' "unconfirmed unconfirmed"
  try 0 --no-probe -a "10.1.1.2:$PORT"
  assert_line --regexp "10\.1\.2\.2:$PORT .*$(by_stack unconfirmed '').*learned"
}

@test "mixed families, IPv6 first: no path is lost, and the first -a is the primary" {
  start_listener -b '[fd01:1::2]:0' -b 10.1.2.2
  try_json 0 --rto-initial 3s -a "[fd01:1::2]:$PORT" -a 10.1.2.2 -v
  json '[.paths[] | "\(.address) \(.verdict) \(.primary)"] | join(", ")' \
    "fd01:1::2 verified true, 10.1.2.2 verified false" \
    '.order | .reordered, .primary_set' $'true\ntrue'
  [[ $stderr == *"reordered"* ]]
  [[ $stderr == *"primary set to the first -a, fd01:1::2: done"* ]]
}

@test "mixed families, IPv4 first: no path is lost, nothing to reorder" {
  start_listener -b '[fd01:1::2]:0' -b 10.1.2.2
  try_json 0 --rto-initial 3s -a "10.1.2.2:$PORT" -a fd01:1::2
  json '[.paths[] | "\(.address) \(.verdict) \(.primary)"] | join(", ")' \
    "10.1.2.2 verified true, fd01:1::2 verified false" \
    '.order | .reordered, .primary_set' $'false\nfalse'
}

@test "mixed families, one-to-many and blocking: no path is lost" {
  start_listener -b '[fd01:1::2]:0' -b 10.1.2.2
  try_json 0 -m -B --rto-initial 3s -a "[fd01:1::2]:$PORT" -a 10.1.2.2
  json '[.paths[] | select(.verdict == "verified")] | length' 2 \
    '.paths[0].primary' true
}

@test "the primary is not moved to a first -a that did not answer" {
  start_listener -b '[fd01:1::2]:0' -b 10.1.2.2 -b 10.1.3.2
  drop_path 2
  # Sorted: 10.1.2.2 (dead), 10.1.3.2, fd01:1::2. The first -a was tried and is silent.
  try_json 0 -a "10.1.2.2:$PORT" -a fd01:1::2 -a 10.1.3.2
  restore_path 2
  json '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.3.2 \
    .order.primary_set false
}

@test "IPv6 alone" {
  start_listener -b '[fd01:1::2]:0' -b fd01:2::2
  try_json 0 -a "[fd01:1::2]:$PORT" -a "[fd01:2::2]:$PORT"
  json '[.paths[] | .verdict] | join(" ")' "verified verified"
  try 0 -a "[fd01:1::2]:$PORT"
  assert_output --partial "[fd01:1::2]:$PORT"
}

# The link-local address of an interface, without prefix length.
link_local() { # SIDE LINK
  ip -n "$TOPO-$1" -6 -o addr show dev "$2" scope link | sed -nE 's/.*inet6 ([^/]*).*/\1/p'
}

# bats test_tags=kernel
@test "link-local addresses: zone by name, by number, and two zones in one call" {
  start_listener -p 5100
  local one two index
  one=$(link_local server s1)
  two=$(link_local server s2)
  index=$(ip netns exec "$TOPO-client" cat /sys/class/net/c2/ifindex)
  try 0 -a "[$one%c1]:5100"
  assert_output --partial "[$one%c1]:5100  verified"
  # A heartbeat to the first one, which the peer lists, too, would leave by c1, and end the association.
  try_json 0 -a "[$two%$index]:5100"
  json '.result, .paths[0].address, .paths[0].verdict' "connected"$'\n'"$two%c2"$'\n'verified \
    ".paths[] | select(.address == \"$one\").cause.code" link-not-known
  try_json 0 -p 5100 -a "$one%c1" -a "$two%c2"
  json '.paths[0].verdict' verified \
    '.paths[0].address, .paths[1].address' "$one%c1"$'\n'"$two%c2"
}

# bats test_tags=usrsctp
@test "link-local addresses, where datagrams to them lose their zone: said at once" {
  local one
  one=$(link_local server s1)
  try_json 6 -a "[$one%c1]:5100"
  json .result failed .errno EADDRNOTAVAIL \
    .reason "SCTP in user space has no link-local addresses"
  try 6 -m -p 5100 -a "$one%c1" -a fe80::77%c2
}

# bats test_tags=kernel
@test "the same address on two zones is two addresses, not a duplicate" {
  start_listener -p 5101
  ip -n "$TOPO-server" addr add fe80::77/64 dev s1 nodad
  ip -n "$TOPO-server" addr add fe80::77/64 dev s2 nodad
  try_json 0 -p 5101 -a fe80::77%c1 -a fe80::77%c2
  json '.paths | map(select(.requested)) | length' 2
}

@test "duplicates are dropped, with a note under -v" {
  start_listener_3
  try_json 0 -v -a "10.1.1.2:$PORT" -a 10.1.1.2 -a "[::ffff:10.1.1.2]:$PORT" -a 10.1.2.2
  json '[.paths[] | select(.requested) | .address] | join(" ")' "10.1.1.2 10.1.2.2"
  [[ $stderr == *"10.1.1.2 given twice"* ]]
}

@test "-p gives the port as a service name" {
  start_listener -b 10.1.1.2:3868
  try 0 -a 10.1.1.2:diameter
  try 0 -p diameter -a 10.1.1.2
  assert_output --partial "10.1.1.2:3868"
}

@test "-O asks for streams and the peer's limit is what comes out" {
  start_listener_3 -I 7
  try_json 0 -O 20 -I 5 -a "10.1.1.2:$PORT"
  json '.association | .streams_out, .streams_in' $'7\n5'
}

@test "-O beyond what the peer limits, large" {
  start_listener_3 -I 2048 -O 2048
  try_json 0 -O 1024 -I 1024 -a "10.1.1.2:$PORT"
  json '.association | .streams_out, .streams_in' $'1024\n1024'
}

@test "-b binds several addresses and a fixed port" {
  start_listener_3
  try_json 0 -b 10.1.1.1:7001 -b 10.1.3.1 -a "10.1.1.2:$PORT" -a 10.1.3.2
  json '[.local[] | "\(.address):\(.port)"] | sort | join(" ")' "10.1.1.1:7001 10.1.3.1:7001"
  wait_for_line "$LISTEN_OUT" 'up .*10\.1\.1\.1:7001'
}

@test "-b with mixed families" {
  start_listener -b 10.1.1.2:0 -b fd01:2::2
  try_json 0 -b 10.1.1.1 -b fd01:2::1 -a "10.1.1.2:$PORT" -a fd01:2::2
  json '[.local[] | .address] | sort | join(" ")' "10.1.1.1 fd01:2::1" \
    '[.paths[] | select(.verdict == "verified")] | length' 2
}

@test "-b of one family more than the peer: an IPv6 socket that carries IPv4" {
  start_listener_3
  try_json 0 -b 10.1.1.1 -b fd01:2::1 -a "10.1.1.2:$PORT"
  json .result connected \
    '[.paths[] | .address] | join(" ") | startswith("10.1.1.2")' true
}

@test "a hundred addresses in one call" {
  start_listener_3
  local -a args=()
  local i
  for i in {1..97}; do args+=(-a "10.20.0.$i"); done
  try_json 0 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2 "${args[@]}"
  json '[.paths[] | select(.verdict == "rejected")] | length' 97
}

# bats test_tags=kernel
@test "a stale errno in the process does not turn success into EISCONN" {
  # ENOPROTOOPT is what libsctp 1.0.19 trips over: a preloaded calloc() leaves it.
  start_listener_3
  cat >"$BATS_TEST_TMPDIR/stale.c" <<-'END'
	#include <dlfcn.h>
	#include <errno.h>
	void *calloc(unsigned long n, unsigned long m)
	{
	  static void *(*real)(unsigned long, unsigned long);
	  if (!real) real = (void *(*)(unsigned long, unsigned long))dlsym(RTLD_NEXT, "calloc");
	  void *p = real(n, m);
	  errno = ENOPROTOOPT;
	  return p;
	}
	END
  command -v gcc >/dev/null || skip "no compiler"
  [[ $SCTP_CONNECT != *sanitize* ]] || skip "the sanitizers do not go with a preloaded calloc"
  gcc -D_GNU_SOURCE -shared -fPIC -o "$BATS_TEST_TMPDIR/stale.so" "$BATS_TEST_TMPDIR/stale.c"
  run -0 timeout 60 ip netns exec "$TOPO-client" env LD_PRELOAD="$BATS_TEST_TMPDIR/stale.so" \
    "$SCTP_CONNECT" -B -a "10.1.1.2:$PORT"
  assert_output --partial "connected  association"
}

@test "an unprivileged user connects just as well" {
  start_listener_3
  run -0 timeout 60 ip netns exec "$TOPO-client" setpriv --reuid 65534 --regid 65534 --clear-groups \
    "${PROGRAM[@]}" -a "10.1.1.2:$PORT" -a 10.1.2.2
  assert_output --partial "connected  association"
}

@test "nothing on stdin, no stdin at all: the same" {
  start_listener_3
  run -0 timeout 60 ip netns exec "$TOPO-client" "${PROGRAM[@]}" -a "10.1.1.2:$PORT" </dev/null
  assert_output --partial "connected"
  run -0 timeout 60 ip netns exec "$TOPO-client" "${PROGRAM[@]}" -a "10.1.1.2:$PORT" <&-
  assert_output --partial "connected"
}

@test "the close is graceful, and nothing is left on either end" {
  start_listener_3
  try 0 -v -a "10.1.1.2:$PORT" -a 10.1.2.2
  [[ $stderr == *"SHUTDOWN_COMP"* ]]
  wait_for_line "$LISTEN_OUT" 'down .* closed by the peer'
  wait_for no_associations client
  wait_for no_associations server
}

@test "four connects in a row, each with its own association" {
  start_listener_3
  local i ids=""
  for i in {1..4}; do
    try_json 0 -a "10.1.1.2:$PORT"
    ids+="$(jq .association.id <<<"$output")"$'\n'
  done
  # The kernel counts them for the whole host, usrsctp in each process.
  [ "$(sort -u <<<"$ids" | grep -c .)" -eq "$(by_stack 4 1)" ]
}

@test "a program with CAP_NET_RAW from its file shows its user no packets of others, and no tags" {
  local folder
  folder=$(mktemp -d)
  chmod 755 "$folder"
  cp "$SCTP_CONNECT" "$folder/sctp-connect"
  setcap cap_net_raw,cap_net_admin+ep "$folder/sctp-connect" || { rm -r "$folder"; skip "no file capabilities here"; }
  start_listener_3
  drop_path 2
  # The same two ports, between other addresses.
  in_client setpriv --reuid 65534 --regid 65534 --clear-groups "$folder/sctp-connect" "${PROGRAM[@]:1}" -v -w 4s --no-sandbox \
    -b 10.1.2.1:40000 -a "10.1.2.2:$PORT" >"$BATS_TEST_TMPDIR/spy" 2>&1 3>&- &
  local spy=$!
  wait_for_line "$BATS_TEST_TMPDIR/spy" ' INIT '
  try 0 -v -b 10.1.1.1:40000 -a "10.1.1.2:$PORT"
  [[ $stderr == *"INIT  tag 0x"* ]] # who has the privilege sees them
  wait "$spy" || true
  rm -r "$folder"
  run -0 cat "$BATS_TEST_TMPDIR/spy"
  refute_output --partial 10.1.1.2
  refute_output --partial "tag 0x"
  # Nor IPsec's policies, which need the other capability.
  assert_output --partial net_raw
  refute_output --partial net_admin
  # Nor can its user do without the sandbox.
  assert_output --partial "--no-sandbox is only for"
  assert_output --partial no_new_privs
}

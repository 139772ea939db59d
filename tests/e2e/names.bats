#!/usr/bin/env bats
# Names: all addresses of a name are used, and a name that does not resolve is reported.
load helper

setup_file() {
  export TOPO=nam$$ side
  topo_up 2
  # "ip netns exec" puts what is in here over /etc.
  for side in client server; do
    mkdir -p "/etc/netns/$TOPO-$side"
    echo 'hosts: files' >"/etc/netns/$TOPO-$side/nsswitch.conf"
  done
  cat >"/etc/netns/$TOPO-client/hosts" <<-END
	10.1.1.2 both.lab both4.lab
	10.1.2.2 both.lab both4.lab
	fd01:1::2 both.lab both6.lab
	fd01:2::2 both.lab both6.lab
	10.1.2.2 second.lab
	fe80::1 linklocal.lab
	0.0.0.0 nobody.lab
	10.1.1.1 self.lab
	10.1.2.1 self.lab
	END
  seq 1001 | awk '{ printf "10.20.%d.%d many.lab\n", $1 / 250, $1 % 250 + 1 }' \
    >>"/etc/netns/$TOPO-client/hosts"
  cat >"/etc/netns/$TOPO-server/hosts" <<-END
	10.1.1.2 self.lab
	10.1.2.2 self.lab
	END
}

teardown_file() {
  topo_down
  rm -rf "/etc/netns/$TOPO-client" "/etc/netns/$TOPO-server"
}

teardown() {
  nft_flush
  end_programs
  printf 'hosts: files\n' >"/etc/netns/$TOPO-client/nsswitch.conf"
}

# ask_a_server [OPTION]...: names are asked for at 10.1.1.2; to the resolver's options.
ask_a_server() {
  printf 'hosts: files dns\n' >"/etc/netns/$TOPO-client/nsswitch.conf"
  printf 'nameserver 10.1.1.2\noptions %s\n' "$*" >"/etc/netns/$TOPO-client/resolv.conf"
}

# asking: is there a question on its way to a name server?
asking() {
  in_client cat /proc/net/udp | grep -q ' 0201010A:0035 '
}

# The C library does not say that it may not read a file. It asks a name server of this host then, which has none.
@test "a file of the resolver that may not be read is named" {
  ask_a_server timeout:1
  chmod 0 "/etc/netns/$TOPO-client/resolv.conf"
  run --separate-stderr in_client setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all \
    "${PROGRAM[@]}" --udp-encaps 9899 -a nosuch.lab:5000
  rm "/etc/netns/$TOPO-client/resolv.conf"
  assert_equal "$status" 6
  [[ $stderr == *"nosuch.lab: cannot look up the name: open(/etc/resolv.conf): EACCES: "* ]] || fail "$stderr"
}

@test "every address of a name, both families, with the name beside it" {
  start_listener -p 5000
  try 0 -a both.lab:5000
  assert_line --regexp '^  10\.1\.1\.2:5000 \(both\.lab\) +verified'
  assert_line --regexp '^  10\.1\.2\.2:5000 \(both\.lab\) +verified'
  assert_line --regexp '^  \[fd01:1::2\]:5000 \(both\.lab\) +verified'
  assert_line --regexp '^  \[fd01:2::2\]:5000 \(both\.lab\) +verified'
  refute_output --partial rejected
  try_json 0 -v -p 5000 -a both.lab
  json .target both.lab \
    '[.paths[] | select(.requested) | .address] | sort | join(" ")' \
    '10.1.1.2 10.1.2.2 fd01:1::2 fd01:2::2' \
    '[.paths[] | select(.requested) | .host] | unique | join(" ")' both.lab \
    '.time_ms.resolve > 0' true
  [[ $stderr == *"both.lab has the address 10.1.1.2"* ]]
  [[ $stderr == *"both.lab has the address fd01:2::2"* ]]
}

@test "-4 and -6 choose among the addresses of a name" {
  start_listener -p 5000
  try_json 0 -4 -a both.lab:5000
  json '[.paths[] | select(.requested) | .address] | sort | join(" ")' '10.1.1.2 10.1.2.2'
  try_json 0 -6 -a both.lab:5000
  json '[.paths[] | select(.requested) | .address] | sort | join(" ")' 'fd01:1::2 fd01:2::2'
  # A number of the other family is a contradiction, and no name.
  try 2 -6 -a both.lab:5000 -a 10.1.1.2
}

@test "a name among numbers, in the order of the command line" {
  start_listener -p 5000
  try_json 0 -a 10.1.1.2:5000 -a second.lab -a 10.9.9.9
  json '[.paths[] | select(.requested) | "\(.address) \(.host)"] | join(", ")' \
    '10.1.1.2 null, 10.1.2.2 second.lab, 10.9.9.9 null' \
    '.paths[] | select(.primary).address' 10.1.1.2
}

@test "what a name and a number, or two names, share is used once, as it came first" {
  start_listener -p 5000
  try_json 0 -v -a both4.lab:5000 -a 10.1.1.2 -a second.lab
  json '[.paths[] | select(.requested) | "\(.address) \(.host)"] | sort | join(", ")' \
    '10.1.1.2 both4.lab, 10.1.2.2 both4.lab'
  [[ $stderr == *"10.1.1.2 given twice"* && $stderr == *"10.1.2.2 given twice"* ]]
}

@test "local addresses by name, to connect from and to listen on" {
  start_listener -b self.lab:5000
  run -0 head -n 1 "$LISTEN_OUT"
  assert_output "listening on 10.1.1.2:5000 10.1.2.2:5000 ($STACK)"
  try_json 0 -b self.lab -a both4.lab:5000
  json '[.local[].address] | sort | join(" ")' '10.1.1.1 10.1.2.1'
}

@test "an unknown name: exit 3, by name, also where other addresses are good" {
  start_listener -p 5000
  try 3 -a nosuch.lab:5000
  assert_output --regexp '^unresolved  nosuch\.lab:5000 after [0-9.]+ ms$'
  assert_equal "$stderr" 'sctp-connect: nosuch.lab: no such name'
  try_json 3 -a 10.1.1.2:5000 -a nosuch.lab
  json .result unresolved .exit_status 3 '.reason | contains("nosuch.lab")' true .tries 1
  try 3 -b nosuch.lab -a 10.1.1.2:5000
  [[ $stderr == *nosuch.lab* ]]
  run -3 --separate-stderr in_server "${PROGRAM[@]}" --listen -b nosuch.lab:5001
  assert_output --partial unresolved
}

@test "a name without the family that is asked for: exit 3" {
  try 3 -6 -a both4.lab:5000
  [[ $stderr == *"both4.lab"*"IPv6 address"*"(-6)"* ]]
  try 3 -4 -a both6.lab:5000
  [[ $stderr == *"both6.lab"*"IPv4 address"*"(-4)"* ]]
  try_json 3 -6 -a both4.lab:5000
  json .result unresolved
}

@test "names of addresses that cannot be used: unresolved, and why; too many are bad usage" {
  try 3 -a linklocal.lab:5000
  [[ $stderr == *"linklocal.lab: the name has no address that can be used:"*"fe80::1%eth0" ]]
  try_json 3 -a nobody.lab:5000
  json '.cause | .code, .detail' $'name-without-address\n0.0.0.0 stands for all addresses of a host: a peer cannot have it'
  try 2 -a many.lab:5000
  [[ $stderr == *"many.lab: "*"more than 1000 addresses"* ]]
}

@test "the name server does not answer: exit 3 when the resolver gives up" {
  nft_server input udp dport 53 drop
  ask_a_server timeout:1 attempts:1
  try 3 -w 60 -a some.lab:5000
  assert_output --regexp '^unresolved  some\.lab:5000 after [1-9][0-9]{3}\.[0-9] ms$'
  assert_equal "$stderr" \
    'sctp-connect: some.lab: the name server did not answer, or failed temporarily'
  start_listener -p 5000
  try_json 0 -w 60 -a some.lab:5000 -a 10.1.1.2
  json .result connected '.time_ms.resolve > 900' true .left_out.code names-left-out .left_out.name some.lab
}

@test "the name server does not answer: exit 3 when the time of --timeout is over" {
  nft_server input udp dport 53 drop
  ask_a_server timeout:10 attempts:3
  try 3 -w 1 -a some.lab:5000
  assert_output --regexp '^unresolved  some\.lab:5000 after [0-9]{4,}\.[0-9] ms$'
  assert_equal "$stderr" \
    'sctp-connect: some.lab: no answer from the name server within 1000 ms'
  try_json 3 -w 200ms -a some.lab:5000 -a other.lab
  json .result unresolved .tries 1 .left_out null \
    .reason 'some.lab, other.lab: no answer from the name server within 200 ms'
  try 3 -w 200ms -W 1s -b some.lab -a 10.1.1.2:5000
  run -3 ip netns exec "$TOPO-client" "${PROGRAM[@]}" --listen -w 200ms -b some.lab:5000 -b 10.1.1.1
  assert_output --partial 'some.lab: no answer from the name server within 200 ms'
}

@test "some names have no answer after half of --timeout: connected without them, which is told" {
  nft_server input udp dport 53 drop
  ask_a_server timeout:10 attempts:3
  start_listener -p 5000
  try 0 -w 2s -a some.lab:5000 -a 10.1.2.2 -a other.lab -a both4.lab
  assert_line --regexp '^connected '
  assert_equal "$(grep -Eo '10\.1\.[12]\.2:5000' <<<"$output" | head -n 1)" 10.1.2.2:5000
  assert_regex "$stderr" \
    '^sctp-connect: some\.lab, other\.lab: no answer from the name server within 1[0-9]{3} ms, so only the other addresses were tried$'
  try_json 5 -w 2s -R all -a some.lab:5000 -a 10.1.2.2
  json .result degraded .left_out.name some.lab .cause.code too-few-verified
}

@test "the name server cannot be reached: exit 3 at once" {
  nft_server input udp dport 53 reject
  ask_a_server timeout:5 attempts:1
  try 3 -a some.lab:5000
  assert_output --regexp '^unresolved  some\.lab:5000 after [0-4]?[0-9]{1,3}\.[0-9] ms$'
}

@test "^C while a name is looked up: 130 at once, and who looks it up has no rights" {
  nft_server input udp dport 53 drop
  ask_a_server timeout:30 attempts:1
  start_client -w 60 -a some.lab:5000
  wait_for asking
  run -0 grep -h CapPrm "/proc/$(pgrep -n -P "$CLIENT")/status"
  assert_output --regexp '^CapPrm:[[:space:]]+0+$'
  local start=${EPOCHREALTIME/./} took_ms
  end_client INT
  took_ms=$(((${EPOCHREALTIME/./} - start) / 1000))
  [ "$client_status" -eq 130 ]
  grep -q '^failed  *SIGINT ' "$CLIENT_OUT"
  grep -q 'ended by SIGINT while names were looked up' "$CLIENT_OUT.err"
  [ "$took_ms" -lt 10000 ] || fail "$took_ms ms"
}

@test "SIGTERM while a listener's name is looked up: 143 at once" {
  nft_server input udp dport 53 drop
  ask_a_server timeout:30 attempts:1
  start_client --listen -w 60 -b some.lab:5000
  wait_for asking
  local start=${EPOCHREALTIME/./} took_ms
  end_client TERM
  took_ms=$(((${EPOCHREALTIME/./} - start) / 1000))
  [ "$client_status" -eq 143 ]
  grep -q 'ended by SIGTERM while names were looked up' "$CLIENT_OUT.err"
  [ "$took_ms" -lt 10000 ] || fail "$took_ms ms"
}

#!/usr/bin/env bats
# This host cannot try, although its kernel has SCTP: exit 6, the errno by name, and the reason.
load helper

setup_file() {
  export TOPO=host$$
  topo_up 2
}

teardown_file() {
  topo_down
}

setup() {
  start_listener -b 10.1.1.2:5000 -b '[fd01:1::2]:5000'
  packets=$(packets_out client)
}

teardown() {
  [ -z "${OTHER:-}" ] || { kill "$OTHER" && wait "$OTHER"; } || true
  end_programs
  in_client sysctl -q -w net.ipv4.ip_local_port_range='32768 60999' net.ipv6.conf.all.disable_ipv6=0
}

# The peer's host answers with an ABORT on a port without a listener.
asked_the_peer() {
  [ "$(packets_out client)" -gt "$packets" ]
}

# listen_here ADDRESS... : something else on the client host, which ends with the test.
listen_here() {
  ip netns exec "$TOPO-client" "${PROGRAM[@]}" --listen -q "$@" 3>&- &
  OTHER=$!
}

# cannot ERRNO WORDS: what the last "try 6" or "run -6" printed; and that nothing was sent.
cannot() {
  assert_line --index 0 --regexp "^failed +$1 "
  [[ $output$stderr == *$2* ]] || fail "without '$2': $output $stderr"
  assert_equal "$(packets_out client)" "$packets"
}

# as_user COMMAND...: in the client namespace, as somebody without any privilege.
as_user() {
  run --separate-stderr timeout -k 1 60 ip netns exec "$TOPO-client" \
    setpriv --reuid 65534 --regid 65534 --clear-groups --bounding-set=-all --inh-caps=-all "$@"
  echo "$output"
  echo "$stderr"
}

# without_socket FAMILY ERRNO COMMAND...: in the client namespace; socket() of that family fails so.
without_socket() {
  local family=$1 error=$2
  shift 2
  refused_call "$error" "socket:0:$family" "$@"
}

# forbidden ERRNO COMMAND...: the same; all calls that bind local addresses fail so.
forbidden() {
  local error=$1
  shift
  refused_call "$error" bind:0:- setsockopt:2:100 "$@" # SCTP_SOCKOPT_BINDX_ADD
}

# refused_call ERRNO CALL:ARGUMENT:VALUE... COMMAND...: in the client namespace; these system calls fail so. VALUE "-": any.
refused_call() {
  run --separate-stderr timeout -k 1 60 ip netns exec "$TOPO-client" \
    python3 - "$@" <<-'END'
	# A seccomp filter, linux/seccomp.h and linux/filter.h: it stays over execve.
	import ctypes, errno, os, platform, socket, struct, sys
	others = {"socket": 198, "bind": 200, "connect": 203, "setsockopt": 208}
	numbers = {"x86_64": {"socket": 41, "bind": 49, "connect": 42, "setsockopt": 54}, "aarch64": others, "riscv64": others}
	error = getattr(errno, sys.argv[1])
	steps, command = [], sys.argv[2:]
	while command[0].count(":") == 2:
	    call, argument, value = command.pop(0).split(":")
	    number = numbers[platform.machine()][call]
	    steps += [(0x20, 0, 0, 0), (0x15, 0, 1 if value == "-" else 3, number)] # is it this call?
	    if value != "-":                                                        # with this argument?
	        value = int(value) if value.isdigit() else int(getattr(socket, value))
	        steps += [(0x20, 0, 0, 16 + 8 * int(argument)), (0x15, 0, 1, value)]
	    steps += [(0x06, 0, 0, 0x50000 | error)]
	steps += [(0x06, 0, 0, 0x7fff0000)]
	filter = b"".join(struct.pack("=HBBI", *step) for step in steps)
	libc = ctypes.CDLL(None, use_errno=True)
	buffer = ctypes.create_string_buffer(filter)
	program = struct.pack("HxxxxxxP", len(filter) // 8, ctypes.addressof(buffer))
	if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0):
	    sys.exit("seccomp: " + os.strerror(ctypes.get_errno()))
	os.execv(command[0], command)
	END
  echo "$output"
  echo "$stderr"
}

# --- Local addresses --------------------------------------------------------------------------

@test "-b: an address of another host" {
  try 6 -b 10.99.0.1 -a 10.1.1.2:5000
  cannot EADDRNOTAVAIL "10.99.0.1 is not an address of this host"
  try 6 -b 10.99.0.1:7000 -a 10.1.1.2:5000
  cannot EADDRNOTAVAIL "10.99.0.1:7000 is not an address of this host"
  try 6 -b fd99::1 -a '[fd01:1::2]:5000'
  cannot EADDRNOTAVAIL "fd99::1"
}

@test "-b: of several, the one that is not here is named" {
  try 6 -b 10.1.1.1 -b 10.99.0.1 -b 10.1.2.1 -a 10.1.1.2:5000
  cannot EADDRNOTAVAIL "10.99.0.1 is not an address of this host"
  try 6 -b 10.1.1.1:7000 -b 10.99.0.1 -a 10.1.1.2:5000
  cannot EADDRNOTAVAIL "10.99.0.1:7000 is not an address of this host"
  try_json 6 -m -b 10.1.1.1 -b 10.99.0.1 -a 10.1.1.2:5000
  json .errno EADDRNOTAVAIL .exit_status 6 '.reason | contains("10.99.0.1")' true
}

# In user space the ports are each program's own, and need no capability.
# bats test_tags=kernel
@test "-b: a port in use" {
  listen_here -b 10.1.2.1:7000
  wait_for listens client 7000
  try 6 -b 10.1.2.1:7000 -a 10.1.1.2:5000
  cannot EADDRINUSE "10.1.2.1:7000: the port is in use"
  try 6 -b 10.1.1.1:7000 -b 10.1.2.1 -a 10.1.1.2:5000
  cannot EADDRINUSE "10.1.2.1:7000: the port is in use"
  try_json 6 -B -b 10.1.2.1:7000 -a 10.1.1.2:5000
  json .errno EADDRINUSE .errno_number 98 .exit_status 6 '.reason | contains("in use")' true
  # The same port of another address is another endpoint.
  try 0 -b 10.1.1.1:7000 -a 10.1.1.2:5000
}

@test "-b: no address of the peer's family" {
  local start=$SECONDS
  try 6 -b fd01:1::1 -a 10.1.1.2:5000
  cannot EAFNOSUPPORT "family"
  try 6 -m -B -b 10.1.1.1 -a '[fd01:1::2]:5000'
  cannot EAFNOSUPPORT "family"
  [ $((SECONDS - start)) -le 4 ]
  # One of each: there is a way.
  try 0 -b 10.1.1.1 -b fd01:1::1 -a '[fd01:1::2]:5000'
}

# bats test_tags=kernel
@test "-b: a port below 1024 takes a capability" {
  as_user "${PROGRAM[@]}" -b 10.1.1.1:999 -a 10.1.1.2:5000
  [ "$status" -eq 6 ]
  cannot EACCES CAP_NET_BIND_SERVICE
  as_user "${PROGRAM[@]}" --json -b 10.1.1.1:999 -a 10.1.1.2:5000
  [ "$status" -eq 6 ]
  json .errno EACCES .errno_number 13
  keep_json <<<"$output"
  try 0 -b 10.1.1.1:999 -a 10.1.1.2:5000
}

# told NAME CODE WORDS: the same of the last "try_json 6", recorded as a fault of that name.
told() {
  json .exit_status 6 .cause.code "$2" ".reason | contains(\"$3\")" true
  record "$1"
}

# bats test_tags=kernel,faults
@test "-b: addresses that this host has, and cannot use" {
  # Nobody answers the detection, which goes on for as long as this test.
  ip -n "$TOPO-client" link add dad0 type veth peer name dad1
  in_client sysctl -q -w net.ipv6.conf.dad0.accept_dad=1 net.ipv6.conf.dad0.dad_transmits=1000
  ip -n "$TOPO-client" link set dad0 up
  ip -n "$TOPO-client" link set dad1 up
  ip -n "$TOPO-client" addr add fd09::1/64 dev dad0
  try_json 6 -b fd09::1 -a '[fd01:1::2]:5000'
  told "-b is a tentative address" local-tentative dad0

  # The other end of the link has it, too.
  ip -n "$TOPO-client" addr add fd09::2/64 dev dad1 nodad
  ip -n "$TOPO-client" link set dad1 netns "$TOPO-server"
  in_server sysctl -q -w net.ipv6.conf.dad1.accept_dad=0
  ip -n "$TOPO-server" link set dad1 up
  ip -n "$TOPO-server" addr add fd09::3/64 dev dad1 nodad
  in_client sysctl -q -w net.ipv6.conf.dad0.dad_transmits=1
  ip -n "$TOPO-client" addr add fd09::3/64 dev dad0
  wait_for detected fd09::3
  try_json 6 -b '[fd09::3]:7000' -a '[fd01:1::2]:5000'
  told "-b is an address that another host has" local-duplicate "fd09::3"
  ip -n "$TOPO-client" link del dad0

  ip -n "$TOPO-client" addr add fe80::77/64 dev c1 nodad
  try_json 6 -b fe80::77%c2 -a '[fd01:1::2]:5000'
  ip -n "$TOPO-client" addr del fe80::77/64 dev c1
  told "-b is a link-local address of another link" local-on-other-link "is on c1"

  ip -n "$TOPO-client" link add red type vrf table 10 || skip "this kernel has no VRFs"
  ip -n "$TOPO-client" link add vrf0 master red type veth peer name vrf1
  ip -n "$TOPO-client" addr add 10.8.8.1/24 dev vrf0
  ip -n "$TOPO-client" link set red up
  ip -n "$TOPO-client" link set vrf0 up
  try_json 6 -b 10.8.8.1 -a 10.1.1.2:5000
  told "-b is an address of a VRF" local-in-vrf red
  ip -n "$TOPO-client" link del vrf0
  ip -n "$TOPO-client" link del red
  assert_equal "$(packets_out client)" "$packets"
}

detected() { # ADDRESS
  ip -n "$TOPO-client" -6 -o addr show dadfailed | grep -qF "$1"
}

# bats test_tags=faults
@test "-b: an address on a link that is down" {
  ip -n "$TOPO-client" link add down0 type veth peer name down1
  ip -n "$TOPO-client" addr add 10.8.9.1/24 dev down0
  run --separate-stderr in_client "${PROGRAM[@]}" --json -w 500ms -b 10.8.9.1 -a 10.1.1.2:5000
  echo "$output"
  keep_json <<<"$output"
  json .cause.code source-link-down '.reason | contains("down0")' true
  record "-b is an address on a link that is down"
  ip -n "$TOPO-client" link del down0
}

# bats test_tags=kernel,faults
@test "-b: an address of nobody, which ip_nonlocal_bind allows" {
  in_client sysctl -q -w net.ipv4.ip_nonlocal_bind=1
  try_json 4 -w 500ms -b 10.66.66.66 -a 10.1.1.2:5000
  in_client sysctl -q -w net.ipv4.ip_nonlocal_bind=0
  json .cause.code source-not-local '.reason | contains("10.66.66.66")' true
  record "-b is not an address of this host, and net.ipv4.ip_nonlocal_bind is 1"
}

# bats test_tags=kernel,faults
@test "-b: a port that an association holds which is still closing" {
  # Its program is gone, and its data is not delivered.
  peer client <<-'END'
	s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)
	s.bind(('10.1.1.1', 7777))
	s.connect(('10.1.1.2', 5000))
	os.system('ip netns exec "$TOPO-server" nft add table inet gone')
	os.system('ip netns exec "$TOPO-server" nft "add chain inet gone in { type filter hook input priority 0; policy drop; }"')
	s.send(b'x' * 1000)
	END
  packets=$(packets_out client)
  try_json 6 -b 10.1.1.1:7777 -a 10.1.1.2:5000
  told "-b with the port of an association that is still closing" bind-closing "an association with 10.1.1.2"
  in_server nft delete table inet gone
  wait_for no_associations client
  try 0 -b 10.1.1.1:7777 -a 10.1.1.2:5000
}

# bats test_tags=kernel,faults
@test "-b: a port that needs a privilege by sysctl, and one that is forbidden" {
  in_client sysctl -q -w net.ipv4.ip_unprivileged_port_start=6000
  as_user "${PROGRAM[@]}" --json -b 10.1.1.1:5999 -a 10.1.1.2:5000
  in_client sysctl -q -w net.ipv4.ip_unprivileged_port_start=1024
  told "-b with a port below net.ipv4.ip_unprivileged_port_start" privileged-port "ports below 6000"
  # bind(), and setsockopt(SCTP_SOCKOPT_BINDX_ADD), as a security module does.
  forbidden EACCES "${PROGRAM[@]}" --json -b 10.1.1.1:5999 -a 10.1.1.2:5000
  told "-b that a security module forbids" bind-forbidden forbids
  keep_json <<<"$output"
}

# --- Resources --------------------------------------------------------------------------------

# bats test_tags=kernel,faults
@test "no local port is free" {
  in_client sysctl -q -w net.ipv4.ip_local_port_range='40000 40000'
  listen_here -p 40000
  wait_for listens client 40000
  try 6 -a 10.1.1.2:5000
  cannot EAGAIN "no local port is free"
  try_json 6 -B -m -a 10.1.1.2:5000
  json .errno EAGAIN .exit_status 6
  record "no local port is free"
  # "-b 10.1.1.1" asks for a free port: that one is in use is not what is wrong.
  try 6 -b 10.1.1.1 -a 10.1.1.2:5000
  cannot EADDRINUSE "no local port is free"
}

# In user space the next try needs no new one.
# bats test_tags=kernel
@test "no file descriptor is free" {
  [[ $SCTP_CONNECT != */sanitize/* ]] || skip "the leak checker needs descriptors of its own"
  # A program cannot even start without one: taken away while it waits for its next try.
  start_client -W 20s -a 10.1.1.2:5001
  wait_for asked_the_peer
  prlimit --pid "$CLIENT" --nofile=3:3
  client_status=0
  wait "$CLIENT" || client_status=$?
  [ "$client_status" -eq 6 ]
  run cat "$CLIENT_OUT" "$CLIENT_OUT.err"
  assert_line --index 0 --regexp '^failed +EMFILE '
  assert_output --partial 'EMFILE: this process may not open more file descriptors'
}

@test "a stack of 40 KiB is enough" {
  [[ $SCTP_CONNECT != */sanitize/* ]] || skip "a sanitizer needs more"
  local PROGRAM=(prlimit --stack=40960 "${PROGRAM[@]}")
  try 0 -v -e -a 10.1.1.2:5000 -a '[fd01:1::2]'
  try_json 1 -a 10.1.1.2:5001
}

# bats test_tags=faults
@test "memory, buffers, and whatever else socket() may say: by name" {
  local error
  for error in ENOMEM ENOBUFS EPERM; do
    without_socket AF_INET "$error" "${PROGRAM[@]}" -a 10.1.1.2:5000
    [ "$status" -eq 6 ]
    cannot "$error" ''
  done
  without_socket AF_INET ENOBUFS "${PROGRAM[@]}" --json -a 10.1.1.2:5000
  [ "$status" -eq 6 ]
  json .result failed .errno ENOBUFS .errno_number 105 '.reason | length > 0' true
  keep_json <<<"$output"
  record "no memory for a socket"
  without_socket AF_INET ENOBUFS "${PROGRAM[@]}" --listen -b 10.1.1.1:0
  [ "$status" -eq 6 ]
  cannot ENOBUFS ''
}

# bats test_tags=faults
@test "a security module or a sandbox forbids sockets" {
  without_socket AF_INET EACCES "${PROGRAM[@]}" --json -a 10.1.1.2:5000
  [ "$status" -eq 6 ]
  json .result failed .errno EACCES .cause.code call-forbidden '.cause.call | startswith("socket")' true
  keep_json <<<"$output"
  record "a security module forbids the socket"
  # It is called to look for a route, or, by usrsctp, for the owner of a port.
  refused_call EPERM connect:0:- "${PROGRAM[@]}" -a 10.1.1.2:5000
  [ "$status" -eq 0 ]
}

# --- IPv6 is off ------------------------------------------------------------------------------

# bats test_tags=faults
@test "IPv6 sockets that a sandbox forbids: the IPv4 addresses are used, and the others are excluded" {
  without_socket AF_INET6 EAFNOSUPPORT "${PROGRAM[@]}" -v -a '[fd01:1::2]:5000' -a 10.1.1.2
  [ "$status" -eq 0 ]
  assert_line --index 0 --regexp '^connected  association '
  assert_line --regexp '^  \[fd01:1::2\]:5000 +excluded +a security module or a sandbox of this host forbids IPv6 sockets$'
  assert_line --regexp '^  10\.1\.1\.2:5000 +verified .* primary'
  [[ $stderr == *"forbids IPv6 sockets"* ]]
  without_socket AF_INET6 EAFNOSUPPORT "${PROGRAM[@]}" --json -m -a 10.1.1.2:5000 -a fd01:1::2
  [ "$status" -eq 0 ]
  json '[.paths[] | select(.requested).verdict] | join(" ")' 'verified excluded'
  keep_json <<<"$output"
  record "a sandbox forbids IPv6, an IPv4 address besides"
}

# bats test_tags=faults
@test "IPv6 sockets that a sandbox forbids, and nothing else asked for: exit 6" {
  without_socket AF_INET6 EAFNOSUPPORT "${PROGRAM[@]}" -a '[fd01:1::2]:5000'
  [ "$status" -eq 6 ]
  cannot EAFNOSUPPORT "forbids IPv6 sockets"
  without_socket AF_INET6 EAFNOSUPPORT "${PROGRAM[@]}" --json -a '[fd01:1::2]:5000'
  json .errno EAFNOSUPPORT .exit_status 6
  keep_json <<<"$output"
  record "a sandbox forbids IPv6"
  without_socket AF_INET6 EAFNOSUPPORT "${PROGRAM[@]}" -b fd01:1::1 -b 10.1.1.1 -a 10.1.1.2:5000
  [ "$status" -eq 6 ]
  cannot EAFNOSUPPORT "forbids IPv6 sockets"
}

@test "IPv6 sockets that a sandbox forbids: --listen takes IPv4 where any address will do" {
  LISTEN_OUT=$BATS_TEST_TMPDIR/listen
  without_socket AF_INET6 EAFNOSUPPORT /usr/bin/timeout 1 "${PROGRAM[@]}" --listen -p 7001
  assert_line --index 0 --regexp '^listening on .*10\.1\.1\.1:7001'
  [[ ${lines[0]} != *::* ]]
  without_socket AF_INET6 EAFNOSUPPORT "${PROGRAM[@]}" --listen -6 -p 7001
  [ "$status" -eq 6 ]
  cannot EAFNOSUPPORT "forbids IPv6 sockets"
}

# bats test_tags=faults
@test "IPv6 switched off by sysctl: an address without a route is reported" {
  in_client sysctl -q -w net.ipv6.conf.all.disable_ipv6=1
  try_json 1 -w 2s -a '[fd01:1::2]:5000'
  json .result unreachable .exit_status 1
  record "IPv6 switched off by sysctl"
  try_json 0 -a '[fd01:1::2]:5000' -a 10.1.1.2
  json '.paths[1].verdict' verified
}

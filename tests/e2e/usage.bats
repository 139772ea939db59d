#!/usr/bin/env bats
# Bad input, each with its message; and --help, --version, --explain.
# No stack is used here, so one run is enough: the quick one.
# bats file_tags=usrsctp
load helper

setup_file() {
  export TOPO=usage$$
  topo_loopback
}

teardown_file() {
  topo_down
}

setup() {
  packets=$(packets_out loop)
}

# "Nothing tried" is part of what exit status 2 says.
teardown() {
  [ "$(packets_out loop)" = "$packets" ] || fail "a packet was sent"
}

# bad TOKEN [ARGUMENT]...: exit 2, nothing on stdout, and on stderr one line that has TOKEN in it and
# is made of printable characters, all within 10 s. Without "run", which would double the time of
# these long lists.
bad() {
  local token=$1 status=0 line
  local -a lines
  shift
  in_loop timeout -k 1 60 "${PROGRAM[@]}" "$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" ||
    status=$?
  mapfile lines <"$BATS_TEST_TMPDIR/err"
  line=${lines[0]%$'\n'}
  [ "$status" -eq 2 ] || fail "exit status $status: $*: $line"
  [ ! -s "$BATS_TEST_TMPDIR/out" ] || fail "something on stdout: $*"
  [ ${#lines[@]} -eq 1 ] || fail "${#lines[@]} lines: $*: ${lines[*]}"
  [[ ${lines[0]} == "sctp-connect: "*$'\n' ]] || fail "no name in front or no end of line: $*: $line"
  [[ $line == *"$token"* ]] || fail "without '$token': $*: $line"
  [[ $line != *[^[:print:]]* ]] || fail "not printable: $*: $line"
}

to=(-a 127.0.0.1:9)

@test "unknown options, with the one that was meant where it is near" {
  bad "'-x'" -x "${to[@]}"
  bad "'-x'" -jx "${to[@]}"
  bad "'--no-such'" --no-such "${to[@]}"
  bad "did you mean --listen?" --listn -p 9
  bad "did you mean --timeout?" --tiemout 5 "${to[@]}"
  bad "'--json=1'" --json=1 "${to[@]}"
  bad "'--listen=yes'" --listen=yes -p 9
}

@test "ambiguous abbreviations name what they could be" {
  bad "--verbose, --version" --ver "${to[@]}"
  bad "--init-attempts, --init-timeout" --init 3 "${to[@]}"
  bad "--count, --color" --co 3 "${to[@]}"
  bad "'--i=5'" --i=5 "${to[@]}"
}

@test "missing and empty arguments" {
  local option
  for option in -a -p -b -w -W -O -I -s; do
    bad "'$option' needs a" "${to[@]}" "$option"
    bad "$option needs a" "$option" "" "${to[@]}"
  done
  for option in --address --timeout --init-attempts --init-timeout --rto-initial --count --color \
    --explain; do
    bad "'$option' needs a" "${to[@]}" "$option"
    bad "$option needs a" "$option=" "${to[@]}"
  done
}

@test "times" {
  local value
  for value in abc -1 0 0ms 0.9ms 1h 1441m 1.5.5 '5 s' ' 5' +5 .5 5. 0x5 1e3 5S 5sec ms \
    99999999999999999999 86400.000001; do
    bad "-w $value: " -w "$value" "${to[@]}"
  done
  bad "--wait x: " --wait=x "${to[@]}"
  bad "--init-timeout 1.5ms: not a whole number of milliseconds" --init-timeout 1.5ms "${to[@]}"
  bad "--rto-initial 0: " --rto-initial 0 "${to[@]}"
}

@test "numbers" {
  local value
  for value in 0 -1 65536 1x x ' 1' 0x1 1.0 18446744073709551617; do
    bad "-O $value: not a number from 1 to 65535" -O "$value" "${to[@]}"
  done
  bad "-I 65536: not a number from 1 to 65535" -I 65536 "${to[@]}"
  bad "--init-attempts 0: not a number from 1 to 65535" --init-attempts 0 "${to[@]}"
  bad "--count 0: not a number" --count 0 --listen -p 9
  bad "--count 18446744073709551616: not a number" --count 18446744073709551616 --listen -p 9
}

@test "no peer address, no port" {
  bad "-a HOST:PORT"
  bad "-a HOST:PORT" -p 9
  bad "-a HOST:PORT" -b 127.0.0.1
  bad "-a 127.0.0.1: no port" -a 127.0.0.1
  bad "-a ::1: no port" -a ::1
  bad "-a localhost: no port" -a localhost -a 127.0.0.2
}

@test "ports" {
  local port
  for port in 0 00 65536 70000 99999999999999999999; do
    bad "-a 127.0.0.1:$port: port $port is not between 1 and 65535" -a "127.0.0.1:$port"
    bad "-p $port: port $port is not between 1 and 65535" -p "$port" -a 127.0.0.1
  done
  for port in ' 80' '80 ' 80x +80 -1 nosuch; do
    bad "unknown service '$port'" -a "127.0.0.1:$port"
    bad "unknown service '$port'" -p "$port" -a 127.0.0.1
  done
  bad "127.0.0.1:: a port is missing after ':'" -a 127.0.0.1:
  bad "[::1]:: a port is missing after ':'" -a '[::1]:'
  bad ":80: the host is missing before the port" -a :80
}

@test "a listener may have port 0, a client's own address may not" {
  bad "-b 127.0.0.1:0: port 0" "${to[@]}" -b 127.0.0.1:0
  bad "-b 127.0.0.1:65536: port 65536 is not between 0 and 65535" --listen -b 127.0.0.1:65536
}

@test "what is no address and no name either" {
  local host
  for host in 10.1 1 0 4294967295 0x7f.1 0x7f000001 10.1.1.02 256.1.1.1 1.2.3.4.5 1.2.3. 1.2.3.4.; do
    bad "-a $host:80: not an IPv4 address" -a "$host:80"
  done
  bad "-a a..b:80: a part of the host name is empty" -a a..b:80
  bad "-a .:80: a part of the host name is empty" -a .:80
  bad "-a -x:80: a host name cannot begin with '-'" -a -x:80
  bad "-a a/b:80: '/'" -a a/b:80
  bad "-a user@host:80: '@'" -a user@host:80
  bad "a space" -a ' 80' -p 9
  bad "at most 63 characters" -a "$(printf 'a%.0s' {1..64}).x:80"
  bad "at most 253 characters, not 3000" -a "$(printf 'a%.0s' {1..3000}):80"
}

@test "IPv6: brackets and colons" {
  bad "-a [fd01::1:80: missing ']'" -a '[fd01::1:80'
  bad "-a [fd01::1]80: only ':' and a port can follow ']'" -a '[fd01::1]80'
  bad "-a fd01::1]:80: not an IPv6 address" -a 'fd01::1]:80'
  bad "-a fd01::1::1: not an IPv6 address" -a fd01::1::1
  bad "-a [127.0.0.1]:80: brackets" -a '[127.0.0.1]:80'
  bad "-a []:80: brackets" -a '[]:80'
  bad "-a 127.0.0.1:9:9: not an IPv6 address" -a 127.0.0.1:9:9
  bad "[1:2:3:4:5:6:7:8]:5000" -a 1:2:3:4:5:6:7:8:5000
}

@test "zones" {
  bad "no interface 'nosuch'" -a '[fe80::1%nosuch]:80'
  bad "no interface '99999'" -a '[fe80::1%99999]:80'
  bad "no interface '0'" -a '[fe80::1%0]:80'
  bad "[fe80::1%]:80: an interface is missing" -a '[fe80::1%]:80'
  bad "-a [fe80::1]:80: a link-local address needs its interface" -a '[fe80::1]:80'
  bad "-a [fd01::1%lo]:80: only a link-local address" -a '[fd01::1%lo]:80'
  bad "-a ::1%lo: only a link-local address" -a ::1%lo -p 80
  bad "-a 127.0.0.1%lo:80: only a link-local address" -a 127.0.0.1%lo:80
}

@test "addresses that no endpoint can have" {
  local address
  for address in 0.0.0.0 '[::]' '[::ffff:0.0.0.0]'; do
    bad "-a $address:80: " -a "$address:80"
    bad "a peer cannot have it" -a "$address:80" -a 127.0.0.1
  done
  for address in 224.0.0.1 239.255.255.255 255.255.255.255 0.1.2.3 192.88.99.1 '[ff02::1]' \
    '[::ffff:224.0.0.1]'; do
    bad "-a $address:80: " -a "$address:80"
    bad "-b $address:80: " "${to[@]}" -b "$address:80"
  done
}

@test "different ports, which one association cannot have, are both named" {
  bad "-a 127.0.0.1:80 and -a 127.0.0.2:81" -a 127.0.0.1:80 -a 127.0.0.2:81
  bad "-a 127.0.0.1:80 and -a [::1]:81" -a 127.0.0.1:80 -a 127.0.0.2 -a '[::1]:81'
  bad "-a 127.0.0.1:81 and -p 80" -p 80 -a 127.0.0.1:81 -a 127.0.0.2
  bad "-b 127.0.0.1:80 and -b 127.0.0.2:81" "${to[@]}" -b 127.0.0.1:80 -b 127.0.0.2:81
  bad "-b 127.0.0.1:80 and -b 127.0.0.2:81" --listen -b 127.0.0.1:80 -b 127.0.0.2:81
  bad "-b 127.0.0.1:81 and -p 80" --listen -p 80 -b 127.0.0.1:81 -b 127.0.0.2
}

@test "families" {
  bad "-4/--ipv4 cannot be used with -6/--ipv6" -4 -6 "${to[@]}"
  bad "::1 is an IPv6 address, but -4" -4 -a '[::1]:9'
  bad "127.0.0.1 is an IPv4 address, but -6" -6 "${to[@]}"
  bad "127.0.0.1 is an IPv4 address, but -6" -6 -a '[::ffff:127.0.0.1]:9'
}

@test "a wildcard goes alone" {
  bad "-b 0.0.0.0: stands for all" "${to[@]}" -b 0.0.0.0 -b 127.0.0.1
  bad "-b ::: stands for all" --listen -p 9 -b 127.0.0.1 -b ::
}

@test "options of the other mode" {
  bad "-a/--address cannot be used with --listen" --listen "${to[@]}"
  bad "-n/--nonblock cannot be used with --listen" --listen -n -p 9
  bad "-B/--blocking cannot be used with --listen" --listen -B -p 9
  bad "-m/--one-to-many cannot be used with --listen" -m --listen -p 9
  bad "-W/--wait cannot be used with --listen" --listen -W 5 -p 9
  bad "--init-attempts cannot be used with --listen" --listen --init-attempts 3 -p 9
  bad "--init-timeout cannot be used with --listen" --listen --init-timeout 3 -p 9
  bad "--rto-initial cannot be used with --listen" --listen --rto-initial 3 -p 9
  bad "--count can only be used with --monitor or --listen" "${to[@]}" --count 3
  bad "give -b or -p" --listen
}

@test "stray arguments" {
  bad "'stray'" stray
  bad "'127.0.0.1:9'" 127.0.0.1:9
  bad "'stray'" "${to[@]}" stray
  bad "'stray'" stray "${to[@]}"
  bad "'stray'" "${to[@]}" -- stray
  bad "'-j'" "${to[@]}" -- -j
  bad "''" "${to[@]}" ''
}

@test "names of stacks, colours, things to explain" {
  bad "-s bogus: no such stack: this build has auto, kernel" -s bogus "${to[@]}"
  if "$SCTP_CONNECT" --version | grep -q 'usrsctp: not in this build'; then
    bad "--stack usrsctp: this build has no usrsctp" --stack usrsctp "${to[@]}"
  fi
  bad "--color sometimes: not one of auto, always, never" --color sometimes "${to[@]}"
  bad "'EXYZZY': --list names lists all" --explain EXYZZY
  bad "'0'" --explain 0
  bad "'99999'" --explain 99999
  bad "'refuse'" --explain refuse
}

@test "bytes that a terminal would obey never come out" {
  bad "'?[31mred'" $'\e[31mred'
  bad "'--x?]0;title?'" $'--x\e]0;title\a'
  bad "-w 1?2: " -w $'1\n2' "${to[@]}"
  bad "-a x??y:80: " -a $'x\n\ty:80'
  bad "-a ?:80: " -a $'\xff:80'
  bad "-a ??:80: " -a $'\xc3\xbc:80'
  bad "-a [fe80::1%?[31m]:80: " -a $'[fe80::1%\e[31m]:80'
  bad "[::1]:5?]0;x?" -a $'::1:5\e]0;x\a'
  bad "'?[31m'" -p $'\e[31m' -a 127.0.0.1
  bad "-s ?: " -s $'\e' "${to[@]}"
  bad "'?'" --explain $'\r'
  bad "'-?'" $'-\e' "${to[@]}"
}

@test "a very long argument is cut in the message" {
  local long
  long=$(head -c 100000 /dev/zero | tr '\0' 9)
  bad "999...: not a time" "${to[@]}" -w "$long"
  bad "999...'" "--$long"
  bad "999...'" "$long"
  bad "999...: " -a "$long"
}

@test "standard input is read once" {
  bad "--send @-: standard input was already read by an option before it" "${to[@]}" --send @- --send @- <<<text
}

# many OPTION COUNT: sets $many. Not a loop of the shell: bats looks at each command of a test.
many() {
  mapfile -t many < <(
    seq "$2" | awk -v option="$1" '{ print option; printf "127.1.%d.%d\n", $1 / 250, $1 % 250 + 1 }'
  )
}

@test "more than 1,000 addresses; 10,000 are refused at once" {
  local -a many
  many -b 1001
  bad "-b: given 1001 times, but at most 1000 are allowed" "${to[@]}" "${many[@]}"
  many -a 1001
  bad "-a: given 1001 times, but at most 1000 are allowed" -p 9 "${many[@]}"
  many -a 10000
  bad "-a: given 10000 times, but at most 1000 are allowed" -p 9 "${many[@]}"
}

@test "1,000 addresses are not too many" {
  local -a many
  many -a 1000
  # In user space nobody is there to refuse it.
  run "-$(by_stack 1 4)" --separate-stderr in_loop timeout -k 1 60 "${PROGRAM[@]}" -w 1s -p 9 "${many[@]}"
  packets=$(packets_out loop)
  assert_line --index 0 --regexp "^$(by_stack 'refused +ECONNREFUSED' 'timeout +ETIMEDOUT')"
  [ ${#lines[@]} -eq 1001 ]
}

@test "bad input is found before a name server or the kernel is asked" {
  bad "-w x" -w x -a nosuch.invalid:9
  bad "-a nosuch.invalid:9 and -a nosuch.invalid:10" -a nosuch.invalid:9 -a nosuch.invalid:10
}

@test "--help, --version, --explain: on stdout, and nothing else" {
  local option
  for option in -h --help; do
    run -0 --separate-stderr "$SCTP_CONNECT" "$option"
    assert_line --index 0 "Usage: sctp-connect [OPTION]... -a HOST[:PORT] [-a HOST[:PORT]]..."
    assert_output --regexp $'\nExit status:\n  0 '
    assert_equal "$stderr" ''
  done
  for option in -V --version; do
    run -0 --separate-stderr "$SCTP_CONNECT" "$option"
    assert_line --index 0 --regexp '^sctp-connect [0-9]+\.[0-9]+\.[0-9]+$'
    assert_line --index 1 --regexp '^stack kernel: .*libsctp [0-9.]+'
    assert_line --regexp '^sandbox: no_new_privs; '
    assert_equal "$stderr" ''
  done
  for option in ECONNREFUSED econnrefused 111; do
    run -0 --separate-stderr "$SCTP_CONNECT" --explain "$option"
    assert_line --index 0 'ECONNREFUSED (111), exit status 1'
    assert_line 'Usual causes:'
    assert_line 'Check:'
    assert_equal "$stderr" ''
  done
  run -0 --separate-stderr "$SCTP_CONNECT" --explain timeout
  assert_line --index 0 'timeout, exit status 4'
}

@test "--help and --version win over what comes after them, not over what is bad before" {
  run -0 "$SCTP_CONNECT" -j --help --no-such
  assert_output --partial 'Usage:'
  run -0 "$SCTP_CONNECT" "${to[@]}" -V stray
  assert_output --partial 'stack kernel'
  bad "'--no-such'" --no-such --help
}

@test "--help, --version, --explain: what cannot be written is a failure" {
  local option
  # shellcheck disable=SC2016 # for the shells that are started
  for option in --help --version --explain=EIO; do
    run -6 --separate-stderr bash -c '"$0" "$1" >/dev/full' "$SCTP_CONNECT" "$option"
    assert_equal "$stderr" "sctp-connect: cannot write to standard output: No space left on device"
    run -6 --separate-stderr bash -c '"$0" "$1" >&-' "$SCTP_CONNECT" "$option"
    assert_equal "$stderr" "sctp-connect: cannot write to standard output: Bad file descriptor"
    run -6 bash -c 'ulimit -f 0; "$0" "$1" >"$2"' "$SCTP_CONNECT" "$option" "$BATS_TEST_TMPDIR/file"
    assert_output "sctp-connect: cannot write to standard output: File too large"
  done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A host whose kernel has no SCTP, with the kernel's stack requested: the report comes at once, with what
# to do. tests/usrsctp tests --stack auto there.
bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
# shellcheck source=tests/faults/record.bash
source "$BATS_TEST_DIRNAME/../faults/record.bash"
STACK=nosctp

SCTP_CONNECT=${SCTP_CONNECT:-$PWD/build/sctp-connect}

setup() {
  # Not by a socket: that would load the module where there is one.
  ! grep -qw SCTP /proc/net/protocols || skip "this kernel has SCTP"
}

# try STATUS [OPTION]...: within 10 s, though "--wait 60" may be among the options.
try() {
  local status=$1
  shift
  echo "\$ sctp-connect --stack kernel $*"
  run "-$status" --separate-stderr timeout -k 1 60 "$SCTP_CONNECT" --stack kernel "$@"
  echo "$output"
  echo "$stderr"
}

json() { # FILTER EXPECTED
  assert_equal "$(jq -r "$1" <<<"$output")" "$2"
}

@test "unsupported, exit status 6, and the hint names modprobe" {
  try 6 -a 127.0.0.1:9
  assert_line --index 0 --regexp '^unsupported +EPROTONOSUPPORT'
  [[ $stderr == *"no SCTP"* || $output == *"no SCTP"* ]]
  [[ $stderr == *"modprobe sctp"* ]]
}

@test "every address is listed as not tried" {
  try 6 -p 9 -a 127.0.0.1 -a ::1 -a 10.1.1.2
  assert_line --regexp '^  127\.0\.0\.1:9 +untried'
  assert_line --regexp '^  \[::1\]:9 +untried'
  assert_line --regexp '^  10\.1\.1\.2:9 +untried'
}

@test "JSON says so too, in every mode" {
  local mode
  for mode in -n -B -m -mB; do
    try 6 --json "$mode" -a 127.0.0.1:9 -a 127.0.0.2
    json '.result, .exit_status, .stack, .association' $'unsupported\n6\nkernel\nnull'
    json '"\(.errno) \(.errno_number)" | IN("EPROTONOSUPPORT 93", "ESOCKTNOSUPPORT 94")' true # -m: the latter
    json '.reason | test("SCTP")' true
    json '.hint | test("modprobe sctp")' true
    json '[.paths[] | .verdict] | join(" ")' 'untried untried'
    echo "$output" >>"$BATS_TEST_TMPDIR/json"
  done
  tests/schema/validate <"$BATS_TEST_TMPDIR/json"
}

# As hardened hosts do; in a mount namespace, so that no other process sees it.
# bats test_tags=faults
@test "a module that modprobe.d keeps from being loaded is named, with the line that does" {
  unshare -m true || skip "mount namespaces cannot be made here"
  run -6 --separate-stderr unshare -m sh -c 'mount -t tmpfs none /etc/modprobe.d &&
    echo "install sctp /bin/false" >/etc/modprobe.d/cis.conf && exec "$@"' - \
    "$SCTP_CONNECT" --stack kernel --json -a 127.0.0.1:9
  json .hint 'the module may not be loaded here: "install sctp /bin/false" in /etc/modprobe.d/cis.conf'
  record "no SCTP in the kernel"
}

@test "--stack kernel: the same" {
  try 6 --json --stack kernel -a 127.0.0.1:9
  json '.result, .errno' $'unsupported\nEPROTONOSUPPORT'
  tests/schema/validate <<<"$output"
  try 6 --json --stack kernel -m -a 127.0.0.1:9
  json .result unsupported
  json '.hint | test("modprobe sctp")' true
}

@test "--listen: the same" {
  try 6 --listen -p 9000
  assert_line --index 0 --regexp '^unsupported +EPROTONOSUPPORT'
  [[ $stderr == *"modprobe sctp"* ]]
  try 6 --listen --json -b 127.0.0.1:0
  json '.result, .errno, .exit_status' $'unsupported\nEPROTONOSUPPORT\n6'
  tests/schema/validate <<<"$output"
  try 6 --listen --stack kernel -p 9000
  assert_line --index 0 --regexp '^unsupported'
}

@test "--wait does not wait for what cannot come by itself" {
  local start=$SECONDS
  try 6 --wait 60 -a 127.0.0.1:9
  assert_output --regexp '^unsupported'
  [ $((SECONDS - start)) -le 30 ]
}

@test "--quiet: nothing on stdout, the status stays" {
  try 6 --quiet -a 127.0.0.1:9
  assert_output ''
  try 6 --quiet --listen -p 9000
  assert_output ''
}

@test "bad usage is bad usage all the same" {
  try 2 -a 127.0.0.1
  assert_output ''
  try 2 -a 127.0.0.1:9 -a 127.0.0.2:10
  assert_output ''
  try 2 --listen
  assert_output ''
  try 2 -a '[fe80::1%nosuch]:9'
  assert_output ''
}

@test "--help, --version and --explain need no SCTP" {
  try 0 --help
  assert_output --partial 'Usage:'
  try 0 --version
  assert_output --partial 'stack kernel'
  try 0 --explain unsupported
  assert_output --partial 'modprobe sctp'
  try 0 --explain EPROTONOSUPPORT
  assert_output --partial 'modprobe sctp'
}

@test "what cannot be written is said" {
  # shellcheck disable=SC2016 # for the shell that is started
  run -6 --separate-stderr bash -c '"$0" --stack kernel -a 127.0.0.1:9 >/dev/full' "$SCTP_CONNECT"
  [[ $stderr == *"cannot write to standard output: No space left on device"* ]]
}

@test "--show says that this kernel has no SCTP" {
  run -6 "$SCTP_CONNECT" --show
  assert_output "sctp-connect: --show: this kernel has no SCTP, or has not loaded it: there is no /proc/net/sctp/assocs"
}

@test "--show says that it cannot read what the kernel lists" {
  unshare -m true || skip "mount namespaces cannot be made here"
  local cannot="sctp-connect: --show: the kernel's associations cannot be read:"
  # shellcheck disable=SC2016 # for the shells that are started
  run -6 unshare --mount bash -c 'mount -t tmpfs none /proc && "$0" --show' "$SCTP_CONNECT"
  assert_output "$cannot /proc is not mounted"
  # shellcheck disable=SC2016
  run -6 unshare --mount bash -c 'mount -t tmpfs none /proc && mkdir -p /proc/net/sctp && touch /proc/net/sctp/assocs &&
    chmod 0 /proc/net/sctp/assocs && setpriv --reuid 65534 "$0" --show' "$SCTP_CONNECT"
  assert_output "$cannot /proc/net/sctp/assocs: Permission denied"
}

# shellcheck shell=bash
# Shared by the tests of the stack in user space: a lab with three paths, and the program in it.
STACK=usrsctp
# shellcheck source=tests/e2e/helper.bash
source "$BATS_TEST_DIRNAME/../e2e/helper.bash"
PROGRAM=("$SCTP_CONNECT") # raw, unless a test says otherwise

modes=("" "-B" "-m" "-m -B")

# lab_up NAME: of the namespaces; "raw" needs what raw_or_skip does.
lab_up() {
  "$SCTP_CONNECT" --version | grep -q 'usrsctp: FreeBSD' || skip "this build has no usrsctp stack"
  [ "$(id -u)" -eq 0 ] && ip netns add "probe$$" 2>/dev/null ||
    skip "network namespaces cannot be made here (not root, or not allowed)"
  ip netns del "probe$$"
  [ "$1" != raw ] || raw_or_skip
  export TOPO=$1$$
  topo_up 3
}

# Raw packets and a kernel that answers them with ABORT do not go together.
raw_or_skip() {
  [ ! -e /proc/net/sctp ] || skip "this kernel has SCTP"
}

lab_down() {
  [ -z "${TOPO:-}" ] || topo_down
}

# After each test: whole paths, and nothing that outlives a run.
lab_clean() {
  restore_network
  [ -z "${LISTENER:-}" ] || end_listener
  nothing_left client || return # bats calls teardown as a condition
  nothing_left server
}

us() { # STATUS OPTION...
  local status=$1
  shift
  try_json "$status" --stack usrsctp "$@"
  [ -z "$output" ] || json .stack usrsctp
}

listen_us() { # OPTION...
  start_listener --stack usrsctp "$@"
}

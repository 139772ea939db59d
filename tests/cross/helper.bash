# shellcheck shell=bash
# Loaded by tests/cross: the stack in user space in a namespace of this host, the kernel's in a
# guest, and three paths in between, each a tap of the namespace and a card of the guest.
#
# host  10.7.N.1/24 fd07:N::1/64  tN ---- eth(N-1)  10.7.N.2/24 fd07:N::2/64  guest
# shellcheck source=tests/e2e/helper.bash
source "$BATS_TEST_DIRNAME/../e2e/helper.bash"

PATHS=3
# Of both sides. The guest's net.sctp.udp_port has it.
UDP=9899
# Of every path of an association, without heartbeats.
UP=verified

# --- The two sides ------------------------------------------------------------------------------

# cross_or_not: sets WHY_NOT when this host cannot have taps in a namespace, or has no usrsctp.
cross_or_not() {
  local probe=probe$$
  export WHY_NOT=""
  if ! "$SCTP_CONNECT" --version | grep -q 'usrsctp: FreeBSD'; then
    WHY_NOT="this build has no usrsctp stack"
  elif [ "$(id -u)" -ne 0 ] || ! ip netns add "$probe"; then
    WHY_NOT="network namespaces cannot be made here (not root, or not allowed)"
  else
    ip -n "$probe" tuntap add probe mode tap ||
      WHY_NOT="taps cannot be made here (no /dev/net/tun, or not allowed)"
    ip netns del "$probe"
  fi
}

# cross_up: the namespace $TOPO-host, and a guest that takes commands.
cross_up() {
  local i
  local -a cards=()
  # The namespace has no network to fetch a kernel from.
  tests/lab/vm prepare
  _topo_namespace host
  for ((i = 1; i <= PATHS; i++)); do
    echo "tuntap add t$i mode tap"
    echo "addr add 10.7.$i.1/24 dev t$i"
    echo "addr add fd07:$i::1/64 dev t$i nodad"
    echo "link set t$i up"
    cards+=(-n "t$i")
  done | ip -n "$TOPO-host" -batch -
  for ((i = 1; i <= PATHS; i++)); do cards+=(-n "t$i"); done
  # One more card, for commands, which no test cuts.
  printf '%s\n' 'tuntap add control mode tap' 'link set control addrgenmode none' \
    'link set control up' 'addr add fe80::1/64 dev control nodad' | ip -n "$TOPO-host" -batch -
  ip netns exec "$TOPO-host" tests/lab/vm run -t 1500 "${cards[@]}" -n control -- \
    tests/cross/guest serve $PATHS $UDP >"$BATS_FILE_TMPDIR/vm" 2>&1 3>&- &
  VM=$!
  if ! wait_for -t 300 answers_or_ended || ! in_guest true; then
    cat "$BATS_FILE_TMPDIR/vm"
    return 1
  fi
}

cross_down() {
  [ -z "${VM:-}" ] || ! kill "$VM" || wait_for ended "$VM"
  _topo_remove "$TOPO-host"
}

answers_or_ended() {
  in_guest true || ended "$VM"
}

ended() { # PID
  ! kill -0 "$1"
}

in_host() {
  ip netns exec "$TOPO-host" "$@"
}

# talk WORD...: the command to the guest, and its answer as it comes (see tests/cross/guest).
talk() {
  printf '%q ' "$@" | in_host timeout 60 socat -t 60 - "TCP6:[fe80::2%control]:7"
}

# in_guest WORD...: a command there: its output, its errors, its exit status.
in_guest() {
  local answer end
  answer=$(talk "$@")
  end=${answer##*$'\n\036'}
  [ "$end" != "$answer" ] || { echo "the guest does not answer" >&2; return 125; }
  answer=${answer%$'\n\036'*}
  # The first line is the pid.
  [[ $answer != *$'\n'* ]] || printf '%s\n' "${answer#*$'\n'}"
  [[ $end != *$'\n'* ]] || printf '%s\n' "${end#*$'\n'}" >&2
  return "${end%%$'\n'*}"
}

# --- The program ----------------------------------------------------------------------------------

# direction SIDE: SIDE connects, the other one listens. Sets NEAR and FAR, the last numbers in their
# addresses.
direction() {
  case $1 in
    host) CLIENT=host SERVER=guest NEAR=1 FAR=2 ;;
    guest) CLIENT=guest SERVER=host NEAR=2 FAR=1 ;;
  esac
}

# connects STATUS [OPTION]...: the program with --json where CLIENT says; its exit status must be
# STATUS. The JSON is in $output.
connects() {
  local status=$1
  local -a place=(in_host) stack=(--stack usrsctp)
  shift
  [ "$CLIENT" = host ] || { place=(in_guest) stack=(--stack kernel); }
  echo "$CLIENT\$ sctp-connect $*"
  run "-$status" --separate-stderr "${place[@]}" timeout -k 1 60 "$SCTP_CONNECT" --json "${stack[@]}" "$@"
  echo "$output"
  echo "$stderr"
  keep_json <<<"$output"
}

# listens [OPTION]...: the program with --listen --json where SERVER says. Sets LISTENER (a pid there)
# and LISTEN_OUT (its output), and PORT.
listens() {
  LISTEN_OUT=$BATS_TEST_TMPDIR/listener.$RANDOM
  echo "$SERVER\$ sctp-connect --listen $*"
  if [ "$SERVER" = host ]; then
    ip netns exec "$TOPO-host" "$SCTP_CONNECT" --stack usrsctp --listen --json "$@" \
      >"$LISTEN_OUT" 2>"$LISTEN_OUT.err" 3>&- &
    LISTENER=$!
  else
    talk "$SCTP_CONNECT" --stack kernel --listen --json "$@" >"$LISTEN_OUT" 2>"$LISTEN_OUT.err" 3>&- &
    TALK=$!
  fi
  wait_for_line "$LISTEN_OUT" '"event":"listening"' || { cat "$LISTEN_OUT.err"; return 1; }
  [ "$SERVER" = host ] || read -r LISTENER <"$LISTEN_OUT"
  PORT=$(events listening | jq .local[0].port)
}

# end_listener: SIGTERM, after which the listener closes what is up, and ends.
end_listener() {
  [ -n "${LISTENER:-}" ] || return 0
  if [ "$SERVER" = host ]; then
    kill "$LISTENER"
    wait "$LISTENER" || true
  else
    in_guest kill "$LISTENER"
    wait "$TALK" || true
  fi
  LISTENER=
  events . | keep_json
}

# events TYPE: the listener's lines of JSON: listening, up, path, down, end; or "." for all.
events() {
  grep '^{' "$LISTEN_OUT" | jq -c "select(\"$1\" == \".\" or .event == \"$1\")"
}

# heard COUNT TYPE: until the listener has told of that many.
heard() {
  wait_for has_events "$@" || fail "$(cat "$LISTEN_OUT")"
}

has_events() { # COUNT TYPE
  [ "$(events "$2" | grep -c .)" -eq "$1" ]
}

# --- The paths ------------------------------------------------------------------------------------

# only PROTOCOL: "sctp" or "udp"; the other one of them does not get through.
only() {
  local other=udp
  [ "$1" = sctp ] || other=sctp
  printf '%s\n' "table inet only {" \
    "chain input { type filter hook input priority 0; meta l4proto $other drop; }" \
    "chain output { type filter hook output priority 0; meta l4proto $other drop; }" "}" |
    in_host nft -f -
}

# drop_path N: everything on it vanishes in silence, at the host, but ARP and neighbour discovery.
drop_path() {
  printf '%s\n' "table inet drop-$1 {" \
    "chain input { type filter hook input priority 0; iifname t$1 meta l4proto { sctp, udp } drop; }" \
    "chain output { type filter hook output priority 0; oifname t$1 meta l4proto { sctp, udp } drop; }" "}" |
    in_host nft -f -
}

# down_path SIDE N: its link is down at that side, and the other side is not told.
down_path() {
  local card=eth$(($2 - 1))
  if [ "$1" = host ]; then
    ip -n "$TOPO-host" link set "t$2" down
  else
    in_guest ip link set "$card" down
  fi
  # Without the flush the next packet may wait, for a second, for a look-up that began before.
  HOST_UNDO+="ip link set t$2 up; ip neigh flush dev t$2 nud all;"
  GUEST_UNDO+="ip link set $card up; ip neigh flush dev $card nud all;"
}

# delay_guest TIME: what the guest sends is late.
delay_guest() {
  # shellcheck disable=SC2016 # the guest's variable
  in_guest bash -c 'for ((i = 0; i < $1; i++)); do tc qdisc replace dev eth$i root netem delay "$2"; done' \
    - "$PATHS" "$1"
  GUEST_UNDO+="for ((i = 0; i < $PATHS; i++)); do tc qdisc del dev eth\$i root; done 2>/dev/null;"
}

# encap_guest PORT: what the guest connects to is there in UDP, unless it says so itself.
encap_guest() {
  in_guest sysctl -qw "net.sctp.encap_port=$1"
  GUEST_UNDO+="sysctl -qw net.sctp.encap_port=0;"
}

# restore_paths: takes all of these back.
restore_paths() {
  in_host nft flush ruleset
  [ -z "${HOST_UNDO:-}" ] || in_host bash -c "$HOST_UNDO"
  [ -z "${GUEST_UNDO:-}" ] || in_guest bash -c "$GUEST_UNDO"
  HOST_UNDO='' GUEST_UNDO=''
}

#!/usr/bin/env bats
# Real servers as peers, on the three addresses of the server: none may be harmed by a client that looks at it. They
# use the kernel's SCTP. tests/servers/fetch fetches them. RUNS: how often each is connected to in a row.
#
# The clock of the guest should count instructions (vm run -i): else, on a busy machine, a server may get no
# processor while it accepts, for longer than --hold. The tests with the tag "short" hold for longer.
# bats file_tags=kernel
load ../e2e/helper

setup_file() {
  export TOPO=srv$$
  topo_up 3
  # freeDiameter asks for its client's name before it goes on.
  local dir
  for dir in "/etc/netns/$TOPO-server" "/etc/netns/$TOPO-client"; do
    mkdir -p "$dir"
    echo 'hosts: files' >"$dir/nsswitch.conf"
  done
}

teardown_file() {
  topo_down
  rm -rf "/etc/netns/$TOPO-server" "/etc/netns/$TOPO-client"
}

setup() {
  local root=$PWD/build/servers/root libraries
  libraries=$(echo "$root"/usr/lib/*-linux-gnu)
  export PATH=$PATH:$root/usr/bin:$root/usr/sbin
  SERVER_ENV=(env "LD_LIBRARY_PATH=$libraries:$libraries/kamailio")
  MODULES=$libraries/kamailio/modules
  [ -d "$MODULES" ] || MODULES=$(echo /usr/lib/*-linux-gnu/kamailio/modules)
  SERVER=
}

teardown() {
  end_programs
  end_server
}

end_server() {
  [ -z "$SERVER" ] || { kill "$SERVER" && wait "$SERVER"; } || true
  SERVER=
}

# serve SIDE PORT PROGRAM [ARGUMENT]...: in the background, until it listens. Sets SERVER (pid), PORT, and SERVER_OUT.
serve() {
  local side=$1
  PORT=$2
  shift 2
  command -v "$1" >/dev/null || skip "$1 is missing: tests/servers/fetch"
  SERVER_OUT=$BATS_TEST_TMPDIR/server
  echo "\$ $* &"
  ip netns exec "$TOPO-$side" "${SERVER_ENV[@]}" ${STRACE:-} "$@" </dev/null >"$SERVER_OUT" 2>&1 3>&- &
  SERVER=$!
  wait_for listens "$side" "$PORT" || { cat "$SERVER_OUT"; return 1; }
  TARGET=(-a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2)
}

freediameter() {
  [ -e build/servers/cert.pem ] || skip "there is no certificate: tests/servers/fetch"
  local conf=$BATS_TEST_TMPDIR/freediameter.conf known
  for known in {build/servers/root,}/usr/lib/freeDiameter/acl_wl.fdx; do [ ! -e "$known" ] || break; done
  {
    cat tests/servers/freediameter.conf
    # Clients that it knows: the name of their Origin-Host is in that list.
    echo "LoadExtension = \"$known\" : \"tests/servers/freediameter-clients\";"
  } >"$conf"
  serve server 3868 freeDiameterd -c "$conf"
}

osmo_stp() { serve server 2905 osmo-stp -c tests/servers/osmo-stp.cfg; }

kamailio() {
  serve server 5060 kamailio -f tests/servers/kamailio.cfg -L "$MODULES" -DD -E -Y "$BATS_TEST_TMPDIR" \
    -w "$BATS_TEST_TMPDIR"
}

# it_lives: it runs, has not begun to shut down, and accepts.
it_lives() {
  if ! kill -0 "$SERVER" || grep -a FATAL "$SERVER_OUT"; then
    cat "$SERVER_OUT"
    fail "the server was harmed"
  fi
  try_json 0 "${TARGET[@]}"
  json .result connected '[.paths[].verdict] | join(" ")' 'verified verified verified'
}

interrupted_while_held() {
  start_client -v --hold 30s "${TARGET[@]}"
  wait_for_line "$CLIENT_OUT.err" 'verifying$'
  end_client INT
  [ "$client_status" -eq 130 ]
}

# given_up: as late as it can be, when the server has already accepted.
given_up() {
  nft_client input 'sctp chunk cookie-ack exists' drop || skip "nft cannot match SCTP chunks here"
  try 4 -w 500ms "$@" "${TARGET[@]}"
  nft_flush
}

# in_a_row RUNS: by four clients at a time, each in a row.
in_a_row() {
  echo "# $1 runs"
  timeout -k 1 3000 ip netns exec "$TOPO-client" bash -c 'runs=$1; shift
    for client in 1 2 3 4; do
      for ((i = client; i <= runs; i += 4)); do
        "$@" || { echo "run $i: status $?"; exit 1; }
      done &
      clients+=($!)
    done
    for client in "${clients[@]}"; do wait "$client" || exit 1; done' bash "$1" \
    "$SCTP_CONNECT" -q "${TARGET[@]}" || { cat "$SERVER_OUT"; return 1; }
}

every_mode() {
  local option
  # The first client of a server that has just started waits for a disk or two.
  try 0 --hold 3s "${TARGET[@]}"
  for option in -B -m --no-probe; do
    try 0 "$option" "${TARGET[@]}"
  done
  it_lives
  try_json 0 --each "${TARGET[@]}"
  json .result connected '[.each[].result] | join(" ")' 'connected connected connected'
  it_lives
  try 0 --monitor --count 2 --interval 200ms "${TARGET[@]}"
  it_lives
  interrupted_while_held
  it_lives
  given_up
  given_up -m
  it_lives
}

# short DATA [OPTION]...: the newest server, and clients at the same time. DATA has an answer.
short() {
  local mode pids=() i try=(--hold 3s --wait 30s) # a queue of a few is full at first
  # The server is slow until it has accepted its first client, which it has when that has its answer.
  reply 0 "${try[@]}" --send "$@"
  for mode in '' -m -B --no-probe --each '--monitor --count 1'; do
    # shellcheck disable=SC2086 # options
    timeout -k 1 90 ip netns exec "$TOPO-client" "$SCTP_CONNECT" -q "${try[@]}" $mode "${TARGET[@]}" 3>&- &
    pids+=($!)
  done
  reply 0 "${try[@]}" --send "$@"
  for i in "${!pids[@]}"; do wait "${pids[i]}" || fail "client $i: status $?"; done
  [ -n "$reply" ]
  it_lives
  end_server
}

# reply STATUS OPTION...: the hex of the first message that comes back, in $reply.
reply() {
  local status=$1
  shift
  try "$status" --json "${TARGET[@]}" --reply-timeout 30s "$@"
  keep_json <<<"$output"
  reply=$(jq -r 'select(.event == "message").bytes' <<<"$output" | head -n 1)
}

# is_cea RESULT: $reply is a Capabilities-Exchange-Answer with that Result-Code (268).
is_cea() {
  [[ $reply == 01??????[02]?000101* && $reply == *0000010c4000000c$1* ]]
}

# bats test_tags=short
@test "each survives clients of every kind at once, and answers" {
  freediameter
  short "hex:$(tests/servers/diameter-cer client.lab lab 10.1.1.1)" --ppid diameter
  is_cea 000007d1
  osmo_stp
  short 'hex:01000301 00000008' --ppid m3ua
  kamailio
  tests/servers/sip-options 10.1.1.2 10.1.1.1 >"$BATS_TEST_TMPDIR/options"
  short "@$BATS_TEST_TMPDIR/options"
}

@test "freeDiameter survives, and answers a capabilities exchange" {
  freediameter
  every_mode
  # A stranger is told so: 3010, DIAMETER_UNKNOWN_PEER.
  reply 0 --send "hex:$(tests/servers/diameter-cer stranger.lab lab 10.1.1.1)" --ppid diameter
  is_cea 00000bc2
  # One that it knows gets 2001, DIAMETER_SUCCESS, and may close as it likes.
  reply 0 --send "hex:$(tests/servers/diameter-cer client.lab lab 10.1.1.1)" --ppid diameter
  is_cea 000007d1
  it_lives
  in_a_row "${RUNS:-100}"
  it_lives
}

@test "osmo-stp survives, and answers ASPUP and BEAT, but only with M3UA's PPID" {
  osmo_stp
  every_mode
  # RFC 4666: ASPUP, ASPUP_ACK; BEAT, BEAT_ACK.
  reply 0 --send 'hex:01000301 00000008' --ppid m3ua
  [ "$reply" = 0100030400000008 ]
  reply 0 --send 'hex:01000303 00000008' --ppid m3ua
  [ "$reply" = 0100030600000008 ]
  try_json 4 "${TARGET[@]}" --send 'hex:01000301 00000008' --reply-timeout 1s
  json .cause.code no-reply
  in_a_row "${RUNS:-20}"
  it_lives
}

@test "Kamailio survives, and answers OPTIONS" {
  kamailio
  every_mode
  tests/servers/sip-options 10.1.1.2 10.1.1.1 >"$BATS_TEST_TMPDIR/options"
  reply 0 --send "@$BATS_TEST_TMPDIR/options"
  [[ $reply == 5349502f322e3020323030204f4b* ]] # SIP/2.0 200 OK
  in_a_row "${RUNS:-20}"
  it_lives
}

# So slow that what closes early certainly ends it.
@test "freeDiameter, 50 ms late: --hold saves it, and --hold 0 ends it" {
  command -v strace >/dev/null || skip "strace is missing"
  STRACE="strace -f -qq -o /dev/null -e trace=accept -e inject=accept:delay_exit=50000" freediameter
  try 0 --hold 3s "${TARGET[@]}"
  local i
  for i in 1 2 3; do
    try 0 --no-probe "${TARGET[@]}"
    try 0 -q -m "${TARGET[@]}"
    interrupted_while_held
    try 0 --each "${TARGET[@]}"
  done
  it_lives
  try 0 --hold 0 --no-probe "${TARGET[@]}"
  wait_for_line "$SERVER_OUT" FATAL
}

# bats test_tags=short
@test "freeDiameter connects to --listen, from all its addresses, and survives its end" {
  [ -e build/servers/cert.pem ] || skip "there is no certificate: tests/servers/fetch"
  local conf=$BATS_TEST_TMPDIR/client.conf
  start_listener -b 10.1.1.2:3868 -b 10.1.2.2 -b 10.1.3.2
  sed -E 's/(10\.1\.[0-9])\.2/\1.1/' tests/servers/freediameter.conf >"$conf"
  echo 'ConnectPeer = "peer.lab" { ConnectTo = "10.1.1.2"; ConnectTo = "10.1.2.2"; No_TLS; TcTimer = 1; };' >>"$conf"
  serve client 3868 freeDiameterd -c "$conf"
  wait_for_line "$LISTEN_OUT" '^up .* from 10\.1\.[123]\.1:'
  cat "$LISTEN_OUT"
  end_listener
  [ "$listener_status" -eq 143 ] || [ "$listener_status" -eq 0 ]
  kill -0 "$SERVER"
  refute grep -a FATAL "$SERVER_OUT"
}

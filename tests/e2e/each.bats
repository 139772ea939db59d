#!/usr/bin/env bats
# --each: the answer of every address alone, beside the result of the whole.
load helper

setup_file() {
  export TOPO=each$$
  topo_up 3
  own_hosts '10.1.'{1,2,3}'.2 peer.lab'
}

teardown_file() {
  topo_down
  forget_hosts
}

teardown() {
  restore_network
  [ -z "${LISTENER:-}" ] || end_listener
}

each_says() { # WORDS
  json '[.each[] | .result] | join(" ")' "$1"
}

server_addresses() { # PATH NUMBER...
  local path=$1 number
  shift
  for number; do echo "addr add 10.1.$path.$number/24 dev s$path"; done | ip -n "$TOPO-server" -batch -
}

@test "one address refuses and hides two that accept: the hint names them, and is right" {
  start_listener -b 10.1.2.2:5200 -b 10.1.3.2
  try_json 1 --each -a 10.1.1.2:5200 -a 10.1.2.2 -a 10.1.3.2
  each_says "refused connected connected"
  json .result refused '[.paths[] | .verdict] | join(" ")' "refused untried untried" \
    '.each[0] | .address, .port, .errno, .errno_number' $'10.1.1.2\n5200\nECONNREFUSED\n111' \
    '.each[1] | .address, .errno, .reason' $'10.1.2.2\nnull\nnull' \
    '[.each[] | .time_ms > 0 and .time_ms < 5000] | all' true \
    .hint "10.1.2.2 and 10.1.3.2 alone accept: leave out 10.1.1.2, which refuses"
  wait_for no_associations server
  wait_for no_associations client

  try 1 -e -a 10.1.1.2:5200 -a 10.1.2.2 -a 10.1.3.2
  assert_line "each alone:"
  assert_line --regexp '^  10\.1\.1\.2:5200  refused    ECONNREFUSED after [0-9.]+ ms +the host answered ABORT'
  assert_line --regexp '^  10\.1\.2\.2:5200  connected  in [0-9.]+ ms$'
  [[ $stderr == *"leave out 10.1.1.2, which refuses"* ]]

  try_json 0 -a 10.1.2.2:5200 -a 10.1.3.2
  json .each null
}

# began_together COUNT: so many addresses were called before the first time-out.
began_together() {
  run -0 sed '/ alone: timeout/,$d' <<<"$stderr"
  run -0 grep -c ' alone: sctp_connectx' <<<"$output"
  assert_output "$1"
}

@test "accepting, refusing, silent, without a route: side by side, in both styles" {
  start_listener -b 10.1.1.2:5000
  server_addresses 3 11
  drop_path 3
  local mode
  for mode in -B -m; do
    try_json 0 "$mode" -v -e -w 900ms -a 10.1.1.2:5000 -a 10.1.2.2 -a 10.9.9.9 \
      -a 10.1.3.2 -a 10.1.3.11
    each_says "connected refused unreachable timeout timeout"
    json .result connected '[.each[3:][] | .time_ms >= 900 and .time_ms < 5000] | all' true \
      '.each[2] | .errno, .reason, .time_ms < 900' $'ENETUNREACH\nthis host has no route to it\ntrue' \
      '.each[1].time_ms < 900' true
    began_together 5
    wait_for no_associations client
  done
  wait_for no_associations server
}

@test "each address of a name counts alone" {
  start_listener -b 10.1.2.2:5000
  try_json 1 -e -a peer.lab:5000
  each_says "refused connected refused"
  json '[.each[] | .host] | unique | join(" ")' peer.lab '[.each[] | .address] | join(" ")' \
    "10.1.1.2 10.1.2.2 10.1.3.2" .hint "10.1.2.2 alone accepts: leave out 10.1.1.2 and 10.1.3.2, which refuse"
}

@test "both families, and the port of -b is the whole's alone" {
  start_listener -p 5000
  try_json 0 -e -b 10.1.1.1:7000 -b fd01:2::1 -a 10.1.1.2:5000 -a fd01:2::2
  each_says "connected connected"
  json '.local[0].port' 7000 '.each[1] | .address' fd01:2::2
  end_listener
  LISTENER=
  run -0 grep -c '^up ' "$LISTEN_OUT"
  assert_output 3
  run -0 grep -c '^up .*:7000,' "$LISTEN_OUT"
  assert_output 1
}

@test "one address is alone already" {
  start_listener_3
  try_json 0 -e -a "10.1.1.2:$PORT"
  each_says connected
  try 0 -e -a "10.1.1.2:$PORT"
  refute_output --partial "each alone"
  end_listener
  LISTENER=
  run -0 grep -c '^up ' "$LISTEN_OUT"
  assert_output 2
}

@test "^C: what is known by then, and nothing is left" {
  start_listener -b 10.1.2.2:5000
  nft_server input ip daddr '{ 10.1.1.2, 10.1.3.2 }' drop
  # The whole has its turn at 10.1.1.2, and waits there.
  start_client -v --json -e -w 60s --rto-initial 60s -a 10.1.1.2:5000 -a 10.1.2.2 -a 10.1.3.2
  wait_for_line "$CLIENT_OUT.err" '10\.1\.2\.2 alone: connected'
  end_client INT
  [ "$client_status" -eq 130 ]
  output=$(cat "$CLIENT_OUT")
  keep_json <"$CLIENT_OUT"
  each_says "failed connected failed"
  json .signal SIGINT '.each[0].errno' EINTR .hint "10.1.2.2 alone accepts: leave out the others"
  wait_for no_associations client
  wait_for no_associations server
}

@test "--wait: what each says once the waiting is over" {
  start_client -v --json -e -W 60s -a 10.1.1.2:5000 -a 10.1.2.2
  # In UDP it is a port that is not in use.
  wait_for_line "$CLIENT_OUT.err" "$(by_stack refused unreachable), ECONNREFUSED"
  start_listener -b 10.1.1.2:5000
  local status=0
  wait "$CLIENT" || status=$?
  [ "$status" -eq 0 ]
  output=$(cat "$CLIENT_OUT")
  keep_json <"$CLIENT_OUT"
  each_says "connected refused"
  json '.tries >= 2' true
  run -0 grep -c 'alone: sctp_connectx' "$CLIENT_OUT.err"
  assert_output 2
}

@test "sixteen addresses at once, and a limit of descriptors that is too low and may be raised" {
  local i addresses=() limit
  server_addresses 1 {101..116}
  for i in {101..116}; do addresses+=(-a "10.1.1.$i"); done
  nft_server input ip daddr 10.1.1.101 drop
  start_listener -p 5000
  limit=$(ulimit -Sn)
  ulimit -Sn 20
  try_json 0 -e -w 5s --no-probe -p 5000 "${addresses[@]}"
  ulimit -Sn "$limit"
  json '.each | length' 16 '[.each[] | select(.result == "timeout") | .address] | join(" ")' 10.1.1.101 \
    '[.each[] | select(.result == "connected")] | length' 15
  wait_for no_associations server
}

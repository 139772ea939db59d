#!/usr/bin/env bats
# Every path gets a heartbeat: a path that answers is verified, with its round trip, else it is dead.
load helper

setup_file() {
  export TOPO=probe$$
  topo_up 3
}

teardown_file() {
  topo_down
}

teardown() {
  nft_flush
  end_programs
}

VERDICTS='[.paths[].verdict] | join(" ")'

# milliseconds FILTER FROM TO: that number of the report lies there.
milliseconds() {
  json "($1) as \$ms | if \$ms >= $2 and \$ms <= $3 then \"fits\" else \$ms end" fits
}

# --- Answers ---------------------------------------------------------------------------------------

@test "every path answers, in each of the four modes" {
  start_listener_3
  local mode
  for mode in '-n nonblocking one-to-one' '-B blocking one-to-one' '-nm nonblocking one-to-many' \
    '-Bm blocking one-to-many'; do
    # shellcheck disable=SC2086 # three words
    set -- $mode
    try_json 0 -R all "$1" -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
    assert_equal "$stderr" ''
    json '[.schema, .target, .result, .exit_status, .mode, .style] | @json' \
      "[2,\"10.1.1.2:$PORT\",\"connected\",0,\"$2\",\"$3\"]" .reason null .hint null "$VERDICTS" "verified verified verified" \
      '[.paths[] | .heartbeats_sent, .heartbeats_answered] | @json' "[1,1,1,1,1,1]" \
      '[.paths[] | select(.rtt_ms > 0 and .rtt_ms < 1000)] | length' 3 \
      '[.paths[] | .note] | unique | @json' "[null]"
    milliseconds .time_ms.probe 0.01 900 # long before its time is up
  done
}

@test "the text of a path that answers has its round trip" {
  start_listener_3
  try 0 -v -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  assert_line --regexp "^  10\.1\.1\.2:$PORT  verified  rtt [0-9.]+ ms +rto 1000 ms  mtu 1500  primary$"
  assert_line --regexp "^  10\.1\.2\.2:$PORT  verified  rtt [0-9.]+ ms +rto "
  for n in 1 2 3; do
    [[ $stderr == *"HEARTBEAT to 10.1.$n.2"* ]]
    [[ $stderr == *"HEARTBEAT-ACK from 10.1.$n.2, rtt "* ]]
  done
}

@test "addresses that the peer has listed are asked too, and are confirmed by that" {
  start_listener_3
  try_json 0 -R 3 -a "10.1.1.2:$PORT"
  json "$VERDICTS" "verified verified verified" '[.paths[].requested] | @json' "[true,false,false]"
  # usrsctp asks by itself too: the first answer is a round trip, and the next one confirms.
  [ "$STACK" = usrsctp ] || json '[.paths[].state] | unique | join(" ")' active
  drop_path 3
  try_json 0 --probe-timeout 500ms -a "10.1.1.2:$PORT"
  restore_path 3
  json '[.paths[] | select(.address == "10.1.3.2") | .verdict, .state, .note] | join("|")' \
    "dead|unconfirmed|no heartbeat answer in 500 ms, so it was never confirmed" \
    '[.paths[] | select(.address != "10.1.3.2").verdict] | join(" ")' "verified verified"
}

@test "an answer is seen whatever the RTO was" {
  start_listener_3
  for rto in 20ms 500ms 1000ms 1020ms 3s; do
    try_json 0 -R all --rto-initial $rto -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
    json "$VERDICTS" "verified verified verified" '[.paths[].heartbeats_sent] | @json' "[1,1,1]"
  done
}

# --- No answer -------------------------------------------------------------------------------------

@test "a path that drops everything is dead, and the others are not" {
  start_listener_3
  drop_path 2
  try_json 0 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json .result connected .exit_status 0 "$VERDICTS" "verified dead verified" \
    '.paths[1] | [.rtt_ms, .heartbeats_sent > 1, .heartbeats_answered, .note] | @json' \
    '[null,true,0,"no heartbeat answer in 1000 ms"]' \
    '.hint | contains("10.1.2.2")' true
  milliseconds .time_ms.probe 1000 4999
  try_json 0 -R 2 --probe-timeout 300ms -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  milliseconds .time_ms.probe 300 2999
  try 5 -R 3 --probe-timeout 300ms -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  assert_line --index 0 --regexp '^degraded   association [0-9]+, '
  assert_line --regexp "^  10\.1\.2\.2:$PORT +dead +no heartbeat answer in 300 ms"
  [[ $stderr == *"2 of 3 addresses verified, 3 are required"* ]]
  try_json 5 -R all -B --probe-timeout 300ms -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json .result degraded .exit_status 5 .errno null "$VERDICTS" "verified dead verified" \
    .reason "2 of 3 addresses verified, all are required"
  restore_path 2
}

@test "a first address that answers nothing is dead, and the association is up over the next" {
  start_listener_3
  drop_path 1
  # The witness has seen that its INIT drew no answer for 2 s, and half of the time is for heartbeats.
  try_json 0 --rto-initial 2s --probe-timeout 3s -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  restore_path 1
  json "$VERDICTS" "dead verified verified" \
    '.paths[0].note' "answered neither the INIT nor a heartbeat in 3000 ms" '.time_ms.probe < 2900' true
}

@test "answers that are lost on the return path" {
  start_listener_3
  nft_client input ip saddr 10.1.2.2 "$(chunk heartbeat-ack)" drop ||
    skip "nft cannot match SCTP chunks here"
  try_json 0 -m --probe-timeout 500ms -a "10.1.1.2:$PORT" -a 10.1.2.2
  json '[.paths[:2][].verdict] | join(" ")' "verified dead"
}

@test "one heartbeat of two is lost, there or back" {
  start_listener_3
  local -a lose_one=(limit rate 1/hour burst 1 packets drop)
  nft_server input ip daddr 10.1.2.2 "$(chunk heartbeat)" "${lose_one[@]}" ||
    skip "nft cannot match SCTP chunks here"
  # The second is sent after a quarter of the time, and is answered before the third is.
  local -a all=(--rto-initial 3s --probe-timeout 3s -R all -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2)
  try_json 0 "${all[@]}"
  json "$VERDICTS" "verified verified verified" '[.paths[].heartbeats_sent] | @json' "[1,2,1]" \
    '[.paths[].note] | @json' '[null,"lost 1 of 2 heartbeats",null]' '.time_ms.probe >= 750' true
  nft_flush
  nft_server input ip daddr 10.1.1.2 "$(chunk heartbeat)" "${lose_one[@]}"
  nft_server input ip daddr 10.1.2.2 "$(chunk heartbeat)" "${lose_one[@]}"
  nft_client input ip saddr 10.1.3.2 "$(chunk heartbeat-ack)" "${lose_one[@]}"
  try_json 0 "${all[@]}"
  json "$VERDICTS" "verified verified verified" '[.paths[].heartbeats_sent] | @json' "[2,2,2]" \
    '[.paths[].note] | unique | @json' '["lost 1 of 2 heartbeats"]'
}

# --- The way is long -------------------------------------------------------------------------------

# bats test_tags=netem
@test "a path with a delay: the round trip is right" {
  start_listener_3
  netem_path 2 delay 300ms
  netem_path 3 delay 30ms
  try_json 0 -R all -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  milliseconds '.paths[0].rtt_ms' 0 290
  milliseconds '.paths[1].rtt_ms' 300 999
  milliseconds '.paths[2].rtt_ms' 30 290
  milliseconds .time_ms.probe 300 2000 # that of the slowest
  # Longer than half the time that it has: the second is on its way when the first is answered.
  netem_path 2 delay 2s
  try_json 0 -R all --probe-timeout 3s -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  milliseconds '.paths[1].rtt_ms' 2000 2999
  json '.paths[1].note' null
  try_json 0 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json "$VERDICTS" "verified dead verified"
  netem_path 2 off
  netem_path 3 off
}

# --- The peer --------------------------------------------------------------------------------------

@test "where large packets are lost, the largest that gets through is found" {
  start_listener_3
  nft_server input iifname s1 meta length '>' 1400 drop
  nft_server input iifname s2 meta length '>' 579 drop
  ip -n "$TOPO-server" link set s3 mtu 1300 # a veth takes 4 bytes more
  # Much time, so that the search ends by itself.
  try_json 0 -R 3 --probe-timeout 20s -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  ip -n "$TOPO-server" link set s3 mtu 1500
  nft_flush
  json '[.paths[] | .mtu, .mtu_verified, .mtu_passed] | @json' "[1500,false,1400,1500,false,576,1500,false,1304]" \
    '[.paths[].cause | .code, .bytes, .bytes_passed] | @json' \
    '["mtu-black-hole",1404,1400,"mtu-black-hole",580,576,"mtu-black-hole",1308,1304]' \
    '.hint | contains("\"mtu 1400\"")' true
  milliseconds .time_ms.probe 0 15000
  end_listener

  # An answer is small, whatever the size of the question.
  start_listener -b '[fd01:1::2]:0' -b fd01:2::2
  nft_server input iifname s1 meta length '>' 1269 drop
  nft_server output oifname s2 meta length '>' 600 drop
  try_json 0 -R 2 --probe-timeout 20s -a "[fd01:1::2]:$PORT" -a fd01:2::2
  json '[.paths[] | .mtu_verified, .mtu_passed, .note] | @json' \
    "[false,1268,\"packets over 1268 bytes are lost\",true,$(by_stack 1500 1280),null]"
}

@test "a peer that is gone after the handshake" {
  start_listener_3
  nft_server input "$(chunk init)" accept || skip "nft cannot match SCTP chunks here"
  nft_server input "$(chunk cookie-echo)" accept
  nft_server input $SCTP drop
  for mode in -B -m; do
    try_json 5 $mode --probe-timeout 500ms -a "10.1.1.2:$PORT" -a 10.1.2.2
    json .result degraded '[.paths[:2][].verdict] | join(" ")' "dead dead"
  done
}

@test "a peer that closes while it is asked" {
  start_listener_3
  drop_path 2
  start_client --json -v --probe-timeout 20s -a "10.1.1.2:$PORT" -a 10.1.2.2
  wait_for_line "$CLIENT_OUT.err" "HEARTBEAT-ACK from 10.1.1.2"
  end_listener
  LISTENER=
  wait "$CLIENT" || [ $? -eq 1 ]
  restore_path 2
  output=$(<"$CLIENT_OUT")
  json .result closed .exit_status 1 '[.paths[:2][].verdict] | join(" ")' "verified unverified"
  milliseconds .time_ms.probe 0 15000
}

# --- Options ---------------------------------------------------------------------------------------

@test "--no-probe sends no heartbeat" {
  start_listener_3
  try_json 0 --no-probe -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json .result connected "$VERDICTS" "unverified unverified unverified" .time_ms.probe null \
    '[.paths[] | .rtt_ms, .srtt_ms, .heartbeats_sent] | unique | @json' "[null,0]"
}

@test "--require counts what the peer rejects, and more than there are cannot be had" {
  start_listener -b 10.1.1.2:0 -b 10.1.2.2
  try_json 5 -R all -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json "$VERDICTS" "verified verified rejected" \
    .reason "2 of 3 addresses verified, all are required"
  try_json 5 -R 4 -a "10.1.1.2:$PORT" -a 10.1.2.2
  json .reason "2 of 2 addresses verified, 4 are required"
  try_json 0 -R 2 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
}

# --- While it is asked -----------------------------------------------------------------------------

@test "SIGINT while it waits: what is known by then is told" {
  start_listener_3
  drop_path 2
  start_client --json -v --probe-timeout 20s -a "10.1.1.2:$PORT" -a 10.1.2.2
  wait_for_line "$CLIENT_OUT.err" "HEARTBEAT-ACK from 10.1.1.2"
  end_client INT
  restore_path 2
  [ "$client_status" -eq 130 ]
  output=$(<"$CLIENT_OUT")
  keep_json <<<"$output"
  json .signal SIGINT .exit_status 130 '[.paths[:2][].verdict] | join(" ")' "verified unverified" \
    .reason "ended by SIGINT before every path had answered a heartbeat"
}

@test "--wait goes on until enough paths answer" {
  start_listener_3
  drop_path 2
  start_client --json -v -W 60s -R 3 --probe-timeout 500ms -a "10.1.1.2:$PORT" -a 10.1.2.2
  wait_for_line "$CLIENT_OUT.err" " degraded"
  restore_path 2
  wait "$CLIENT"
  output=$(<"$CLIENT_OUT")
  json .result connected .exit_status 0 '.tries >= 2' true "$VERDICTS" "verified verified verified"
}

@test "a peer that lists sixty addresses of others: little is sent to them" {
  start_odd_peer
  in_client ip route add 203.0.113.0/24 via 10.1.1.2
  in_client nft 'add table inet others; add chain inet others output { type filter hook output priority 0; };
    add rule inet others output ip daddr 203.0.113.0/24 counter'
  try_json 0 -w 5s -a "10.1.1.2:$(odd_port others)"
  json '[.paths[] | select(.cause.code == "too-many-listed")] | length' 52 \
    '[.paths[] | select(.heartbeats_sent > 0 and (.requested | not))] | length' 8
  local packets bytes
  read -r packets bytes < <(in_client nft list table inet others | sed -nE 's/.*packets ([0-9]+) bytes ([0-9]+).*/\1 \2/p')
  in_client nft delete table inet others
  in_client ip route del 203.0.113.0/24
  echo "$packets packets, $bytes bytes"
  # A few small heartbeats each; it was 101,040 bytes, 60 packets of 1,500 bytes among them.
  [ "$packets" -ge 8 ] && [ "$packets" -le 60 ] && [ "$bytes" -le 9000 ]
}

#!/usr/bin/env bats
# -o: protocol parameters, as the stack has them, and that no verdict suffers.
load helper

setup_file() {
  export TOPO=param$$
  topo_up 2
}

teardown_file() {
  topo_down
}

teardown() {
  restore_network
  end_programs
}

# dscp FILE: the code points of the packets in it that this end sent, but for the large heartbeats. The IPv4 header
# is at the beginning of a packet.
dscp() {
  python3 - "$1" <<'END'
import struct, sys
data, seen = open(sys.argv[1], 'rb').read(), set()
while data:
    kind, size = struct.unpack_from('=II', data)
    if kind == 6 and data[28:].startswith(b'\x45') and data[28 + 12:28 + 15] == bytes([10, 1, 1]) and data[28 + 15] == 1:
        if struct.unpack_from('!H', data, 30)[0] < 1400:
            seen.add(data[29] >> 2)
    data = data[size:]
print(*seen)
END
}

@test "each parameter is in force, at both ends, and what the stack changes is told" {
  # What 250 ticks a second can have.
  start_listener --json -b 10.1.1.2:5000 -b 10.1.2.2 -o RTO.Initial=2 -o RTO.Min=200ms -o rto.max=4 -o HB.interval=3m \
    -o path.max.retrans=3 -o SACK.Delay=20ms -o max.burst=9 -o PotentiallyFailed.Max.Retrans=2
  try_json 0 --pcap "$BATS_TEST_TMPDIR/pcap" -a 10.1.1.2:5000 -a 10.1.2.2 -o RTO.Initial=800ms -o rto.min=400ms \
    -o RTO.Max=5s -o HB.interval=20 -o Path.Max.Retrans=2 -o Association.Max.Retrans=4 \
    -o PotentiallyFailed.Max.Retrans=1 -o SACK.Delay=100ms -o Max.Burst=7 -o dscp=46
  json '.association.parameters | [.rto_initial_ms, .rto_min_ms, .rto_max_ms, .path_max_retrans,
      .association_max_retrans, .hb_interval_ms, .potentially_failed_max_retrans, .sack_delay_ms, .max_burst,
      .dscp] | map(tostring) | join(" ")' \
    "800 400 5000 2 4 20000 1 100 7 $(by_stack 46 0)" \
    '.association.parameters_changed | join(" ")' "$(by_stack '' DSCP)" \
    '.paths | map(.verdict) | join(" ")' 'verified verified'
  [ "$(dscp "$BATS_TEST_TMPDIR/pcap")" = "$(by_stack 46 0)" ]
  output=$(grep '"event":"up"' "$LISTEN_OUT")
  keep_json <<<"$output"
  json '.association.parameters | [.rto_initial_ms, .rto_min_ms, .rto_max_ms, .path_max_retrans, .hb_interval_ms,
      .potentially_failed_max_retrans, .sack_delay_ms, .max_burst, .dscp] | map(tostring) | join(" ")' \
    '2000 200 4000 3 180000 2 20 9 0' '.association.parameters_changed | length' 0
  # Without -o they are told, too, where they are asked for.
  try 0 -v -a 10.1.1.2:5000
  [[ $stderr == *"RTO.Max=60000 ms"* ]]
  [[ $output != *changed* ]]
}

@test "what a stack refuses ends the attempt; what it changes is a line of the report" {
  try_json 6 -a 10.1.1.2:5000 -o RTO.Max=500ms
  json .result failed .errno EINVAL .cause.call 'setsockopt(SCTP_RTOINFO) for -o RTO.Min or RTO.Max'
  try_json 6 -a 10.1.1.2:5000 -a 10.1.2.2 -o RTO.Max=500ms
  json .result failed .errno EINVAL
  start_listener -b 10.1.1.2:5000
  try_json 0 -a 10.1.1.2:5000 -o RTO.Initial=100ms
  json .association.parameters.rto_initial_ms 100 '.association.parameters_changed | length' 0
  if [ "$STACK" = kernel ]; then
    try 0 -a 10.1.1.2:5000 -o RTO.Min=401ms
    [[ $output == *"  RTO.Min is 404 ms: the stack has changed it from 401 ms"* ]]
  fi
}

# The probe sees by the RTO whether a heartbeat was answered; and a silent attempt ends when INITs are used up.
@test "verdicts are right with an RTO that cannot move, and with few retransmissions" {
  local how words
  start_listener -b 10.1.1.2:5000 -b 10.1.2.2
  drop_path 2
  for how in 'RTO.Min=500ms RTO.Max=500ms' 'RTO.Min=20ms RTO.Max=20ms' 'RTO.Min=1ms RTO.Max=2ms' \
    'RTO.Min=1ms RTO.Max=20ms' 'RTO.Max=1 RTO.Initial=1' 'RTO.Min=100ms RTO.Max=300ms HB.interval=100ms' \
    'Association.Max.Retrans=2 Path.Max.Retrans=1'; do
    read -ra words <<<"$how"
    try_json 0 --no-witness -a 10.1.1.2:5000 -a 10.1.2.2 "${words[@]/#/--option=}"
    json '.paths | map(.verdict) | join(" ")' 'verified dead' '.paths[1].cause.code' heartbeat-unanswered
    try_json 0 --no-witness --monitor --count 3 --interval 100ms -a 10.1.1.2:5000 -a 10.1.2.2 "${words[@]/#/--option=}"
    output=$(tail -n 1 <<<"$output")
    json .event end '.paths | map(.verdict) | join(" ")' 'verified dead'
  done
  nft_server input "$SCTP" drop
  try_json 4 --no-witness --init-attempts 3 -o RTO.Initial=300ms -o RTO.Min=100ms -o RTO.Max=300ms -a 10.1.1.2:5000
  json .result timeout .cause.code no-answer '.paths[0].verdict' silent
}

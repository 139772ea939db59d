#!/usr/bin/env bats
# SCTP in UDP (RFC 6951) with the kernel's stack, and the settings of the host.
# bats file_tags=kernel
load helper

setup_file() {
  export TOPO=encaps$$
  topo_up 2
}

teardown_file() {
  topo_down
}

teardown() {
  nft_flush
  end_programs
}

udp_port() { # SIDE PORT
  ip netns exec "$TOPO-$1" sysctl -qw "net.sctp.udp_port=$2"
}

@test "-u without net.sctp.udp_port: exit status 6, the sysctl, and the command that sets it" {
  udp_port client 0
  try_json 6 -u 9899 -a 10.1.1.2:5000
  json .result failed .errno EOPNOTSUPP .hint "as root: sysctl net.sctp.udp_port=9899"
  [[ $(jq -r .reason <<<"$output") == *"net.sctp.udp_port is 0"* ]]
  try 6 -u 7000:9899 -a 10.1.1.2:5000
  [[ $stderr == *"sysctl net.sctp.udp_port=7000"* ]]
}

@test "-u with a LOCAL that is not net.sctp.udp_port" {
  udp_port client 9899
  try_json 6 -u 7000:9899 -a 10.1.1.2:5000
  json .errno EADDRNOTAVAIL
  [[ $(jq -r .reason <<<"$output") == *"net.sctp.udp_port is 9899"*"not on 7000"* ]]
}

@test "--listen -u, and connecting to it: no SCTP packet is on the wire" {
  udp_port client 9899
  udp_port server 9898
  nft_server input meta l4proto sctp drop
  start_listener -u 9898 -b 10.1.1.2:0 -b 10.1.2.2
  try_json 0 -u 9898 -a "10.1.1.2:$PORT" -a 10.1.2.2
  json .result connected '[.paths[] | .verdict] | join(" ")' "verified verified"
  try 0 -u 9899:9898 -a "10.1.1.2:$PORT"
  try 0 -m -B -u 9898 -a "10.1.1.2:$PORT"
}

@test "--listen -u on a port that net.sctp.udp_port is not" {
  udp_port server 9898
  run -6 --separate-stderr timeout 60 ip netns exec "$TOPO-server" "$SCTP_CONNECT" --listen -u 9899 -b 10.1.1.2:0
  [[ $output$stderr == *"net.sctp.udp_port"* ]]
}

has_usrsctp() {
  "$SCTP_CONNECT" --version | grep -q 'usrsctp: FreeBSD' || skip "this build has no usrsctp stack"
}

@test "the stack in user space connects to the kernel's" {
  has_usrsctp
  udp_port server 9898
  start_listener --stack kernel -u 9898 -b 10.1.1.2:0 -b 10.1.2.2
  local mode
  for mode in "" "-m -B"; do
    # shellcheck disable=SC2086
    try_json 0 --stack usrsctp -u 9898 $mode -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.9.9.9
    json .stack usrsctp '[.paths[] | .verdict] | join(" ")' "verified verified rejected"
  done
  wait_for_line "$LISTEN_OUT" 'down .* closed by the peer'
  drop_path 1
  try_json 0 --stack usrsctp -u 9898 -a "10.1.1.2:$PORT" -a 10.1.2.2
  restore_path 1
  json '.time_ms.connect >= 200 and .time_ms.connect < 2900' true \
    '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.2.2
  try_json 1 --stack usrsctp -u 9898 -a 10.1.1.2:9
  json .result refused
}

@test "the kernel's stack connects to the one in user space" {
  has_usrsctp
  udp_port client 9899
  start_listener --stack usrsctp -u 9897 -b 10.1.1.2:0 -b 10.1.2.2
  try_json 0 --stack kernel -u 9897 -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.9.9.9
  json .stack kernel '[.paths[] | .verdict] | join(" ")' "verified verified rejected"
  wait_for_line "$LISTEN_OUT" 'down .* closed by the peer'
  drop_path 1
  try_json 0 --stack kernel -u 9897 -a "10.1.1.2:$PORT" -a 10.1.2.2
  restore_path 1
  json '.time_ms.connect >= 200 and .time_ms.connect < 2900' true
  try_json 1 --stack kernel -u 9897 -a 10.1.1.2:9
  json .result refused
}

@test "--stack usrsctp beside the kernel's: refused raw, fine in UDP" {
  has_usrsctp
  try_json 6 --stack usrsctp -a 10.1.1.2:5000
  json .errno EBUSY
  [[ $(jq -r .reason <<<"$output") == *"the kernel would abort"* ]]
  udp_port server 0
  start_listener --stack usrsctp -u 9899 -b 10.1.1.2:0
  try 0 --stack usrsctp -u 9899 -a "10.1.1.2:$PORT"
}

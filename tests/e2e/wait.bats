#!/usr/bin/env bats
# --wait: a CI job that waits for a service.
load helper

setup_file() {
  export TOPO=wait$$
  topo_up 2
}

teardown_file() {
  topo_down
}

teardown() {
  nft_flush
  end_programs
}

@test "-W keeps trying until the listener is there" {
  start_stack
  local out=$BATS_TEST_TMPDIR/waiting
  in_client "${PROGRAM[@]}" -v --json -W 60s -a 10.1.1.2:5000 \
    >"$out" 2>"$out.err" 3>&- &
  local waiting=$!
  # It has been refused at least once before the listener comes.
  wait_for_line "$out.err" 'refused, ECONNREFUSED'
  start_listener -b 10.1.1.2:5000
  local status=0
  wait "$waiting" || status=$?
  [ "$status" -eq 0 ]
  output=$(cat "$out")
  json .result connected '.tries >= 2' true
  keep_json <"$out"
}

@test "-W ends when the time has passed, with the last try's result" {
  start_stack
  try_json 1 -W 1s -a 10.1.1.2:5001
  json .result refused '.tries >= 2' true
}

@test "-W bounds the tries it contains" {
  nft_server input ip daddr 10.1.1.2 drop
  local before=${EPOCHREALTIME/[.,]/} after
  try_json 4 -W 800ms -w 10s -a 10.1.1.2:5001
  after=${EPOCHREALTIME/[.,]/}
  json .result timeout '.time_ms.connect < 5000' true # not -w's 10 s
  [ $(((after - before) / 1000)) -ge 800 ]
}

@test "-W with -w: several tries, each as long as -w says" {
  nft_server input ip daddr 10.1.1.2 drop
  try_json 4 -W 3s -w 200ms -a 10.1.1.2:5001
  json '.tries >= 2' true '.time_ms.connect < 1500' true
}

@test "-W does not wait for what cannot come: a local address that is not ours" {
  local before=${EPOCHREALTIME/[.,]/} after
  try_json 6 -W 30s -b 10.9.9.9 -a 10.1.1.2:5001
  after=${EPOCHREALTIME/[.,]/}
  json .tries 1 .errno EADDRNOTAVAIL
  [ $(((after - before) / 1000000)) -lt 10 ]
}

@test "-W waits for a name that does not resolve yet" {
  mkdir -p "/etc/netns/$TOPO-client"
  echo 'hosts: files' >"/etc/netns/$TOPO-client/nsswitch.conf"
  echo '10.1.1.2 other.test' >"/etc/netns/$TOPO-client/hosts"
  start_listener -b 10.1.1.2:5002
  local out=$BATS_TEST_TMPDIR/waiting
  in_client "${PROGRAM[@]}" -v -W 60s -a late.test:5002 >"$out" 2>"$out.err" 3>&- &
  local waiting=$! status=0
  wait_for_line "$out.err" 'unresolved'
  echo '10.1.1.2 late.test' >>"/etc/netns/$TOPO-client/hosts"
  wait "$waiting" || status=$?
  [ "$status" -eq 0 ]
  grep -q '10.1.1.2:5002 (late.test)' "$out"
}

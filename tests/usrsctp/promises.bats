#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The promises of FreeBSD's sctp_connectx(3), with that stack on both ends: each raw and in UDP
# encapsulation, and in all four modes.
load lab

setup_file() { lab_up prom; }
teardown_file() { lab_down; }
teardown() { lab_clean; }

# each FUNCTION: calls it with the options of every case, with a listener on three addresses.
each() {
  local udp mode
  for udp in "" "-u $UDP"; do
    if [ -z "$udp" ] && [ -e /proc/net/sctp ]; then continue; fi # raw goes not with the kernel's
    # shellcheck disable=SC2086 # lists of options
    listen_us $udp -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
    for mode in "${modes[@]}"; do
      # shellcheck disable=SC2086
      "$1" $udp $mode --rto-initial 600ms
    done
    end_listener
  done
  LISTENER=
}

first_dead() { # OPTION...
  us 0 "$@" -a "10.1.1.2:$PORT" -a 10.1.2.2 -a 10.1.3.2
  json .result connected '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.2.2
  us 0 "$@" -a "10.77.0.1:$PORT" -a 10.1.2.2 # no route
  json .result connected '[.paths[] | select(.primary) | .address] | join(" ")' 10.1.2.2
}

@test "it associates although the first address cannot be reached" {
  drop_path 1
  each first_dead
}

last_alive() { # OPTION...
  us 0 "$@" -a "10.1.1.2:$PORT" -a 10.77.0.1 -a 10.1.2.2 -a 10.1.3.2
  # On a busy host, the next INIT may leave before the INIT-ACK is read. Then its address is the primary.
  json .result connected '[.paths[] | select(.verdict == "verified") | .address] | join(" ")' 10.1.3.2 \
    '.time_ms.connect >= 550' true # three turns of 200 ms
}

@test "it associates although all addresses but the last cannot be reached" {
  drop_path 1
  cut_path 2
  each last_alive
}

confirmed() { # OPTION...
  us 0 "$@" -a "10.1.1.2:$PORT" -a 10.1.2.2
  json '[.paths[] | "\(.address) \(.requested) \(.state)"] | sort | join(", ")' \
    "10.1.1.2 true active, 10.1.2.2 true active, 10.1.3.2 false unconfirmed"
}

@test "listed addresses count as confirmed, learned ones do not" {
  # Neither of these two can be heard from.
  drop_path 2
  drop_path 3
  each confirmed
}

@test "learned addresses are unconfirmed until a heartbeat is answered" {
  [ -x build/usrsctp/peer ] || skip "build/usrsctp/peer is not built"
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2 -b 10.1.3.2
  drop_path 3
  ip netns exec "$TOPO-client" timeout 60 build/usrsctp/peer $UDP 10.1.1.2 "$PORT" \
    >"$BATS_TEST_TMPDIR/peer" 3>&- &
  local peer=$!
  wait_for_line "$LISTEN_OUT" '10\.1\.3\.1:.* unconfirmed'
  wait_for_line "$LISTEN_OUT" '^path .* 10\.1\.2\.1:[0-9]* active'
  run ! grep -E '^path .* 10\.1\.3\.1:[0-9]* active' "$LISTEN_OUT"
  end_listener
  LISTENER=
  wait "$peer"
}

rejected() { # OPTION...
  us 0 "$@" -a "10.1.1.2:$PORT" -a 10.1.1.12 -a 10.9.9.9 -a 10.1.3.2
  json '[.paths[] | "\(.address) \(.verdict)"] | join(", ")' "10.1.1.2 verified, 10.1.1.12 rejected, \
10.9.9.9 rejected, 10.1.3.2 verified, 10.1.2.2 verified" \
    '[.paths[] | select(.verdict == "rejected") | .state] | unique[]' null
}

@test "listed addresses that the peer does not list are discarded, and reported" {
  ip -n "$TOPO-server" addr add 10.1.1.12/24 dev s1 # the host's, and not the endpoint's
  each rejected
  ip -n "$TOPO-server" addr del 10.1.1.12/24 dev s1
}

identified() { # OPTION...
  us 0 "$@" -v -a "10.1.1.2:$PORT" -a 10.1.2.2
  local id
  id=$(jq .association.id <<<"$output")
  [ "$id" -gt 0 ]
  grep -Eq "event COMM_UP, association $id\$" <<<"$stderr"
}

@test "the association has an id, the one of COMM_UP" {
  each identified
}

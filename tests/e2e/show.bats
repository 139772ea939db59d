#!/usr/bin/env bats
# --show: the kernel's associations of all programs, beside what ss tells, and their changes.
# bats file_tags=kernel
load helper

setup_file() {
  export TOPO=show$$
  topo_up 2
}

teardown_file() {
  topo_down
}

FOREIGN=()

teardown() {
  [ -z "${FOREIGN[*]}" ] || kill "${FOREIGN[@]}" 2>/dev/null || true
  [ -z "${CLIENT:-}" ] || kill -s KILL "$CLIENT" 2>/dev/null || true
  restore_path 2
  end_programs
}

# of_ss: one line for each association that ss tells: local port, program, pid, local addresses, peers.
of_ss() {
  in_client ss -HSaipn | awk '
    /^`-/ { split($5, at, ":"); match($0, /\(\("[^"]*",pid=[0-9]+/); who = substr($0, RSTART + 3, RLENGTH - 3)
      sub(/",pid=/, " ", who); want = 1 }
    want && /locals:/ { match($0, /locals:[^ ]*/); l = substr($0, RSTART + 7, RLENGTH - 7)
      match($0, /peers:[^ ]*/); print at[2], who, l, substr($0, RSTART + 6, RLENGTH - 6); want = 0 }' | sort
}

# shows COUNT: there are so many.
shows() {
  try_json 0 --show && [ "$(jq -r 'select(.event == "shown") | .associations' <<<"$output")" = "$1" ]
}

# of_show: the same of $output.
of_show() {
  jq -r 'select(.event == "present") | [.local[0].port, .program, .pid, (.local | map(.address) | join(",")),
    (.paths | map(.address) | join(","))] | map(tostring) | join(" ")' <<<"$output" | sort
}

@test "a hundred associations of four programs, as ss tells them; a dead path without another association" {
  local i own
  start_listener -b 10.1.1.2:5000 -b 10.1.2.2
  try_json 0 --show
  json '[.event, .associations, .degraded, .complete, .exit_status] | map(tostring) | join(" ")' 'shown 0 0 true 0'
  # Programs that are not ours, with a socket for each association; our own has one-to-many sockets, too.
  peer client >"$BATS_TEST_TMPDIR/foreign" 2>&1 <<'END' 3>&- &
import socket
sockets = []
for n in range(68):
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM, 132)
    s.connect(('10.1.1.2', int(os.environ.get('PORT', 5000))))
    sockets.append(s)
print('ready', flush=True)
time.sleep(600)
END
  FOREIGN+=("$!")
  in_client socat -u SCTP:10.1.1.2:5000 STDOUT >/dev/null 3>&- &
  FOREIGN+=("$!")
  in_client ncat --sctp --recv-only 10.1.1.2 5000 >/dev/null 3>&- &
  FOREIGN+=("$!")
  for ((i = 0; i < 29; i++)); do echo "t$i 10.1.1.2:5000"; done >"$BATS_TEST_TMPDIR/list"
  in_client "$SCTP_CONNECT" --json -M --interval 60s -T "$BATS_TEST_TMPDIR/list" >"$BATS_TEST_TMPDIR/fleet" 3>&- &
  FOREIGN+=("$!")
  wait_for_line "$BATS_TEST_TMPDIR/foreign" ready 120
  start_client -M -m --interval 200ms -a 10.1.1.2:5000 -a 10.1.2.2
  wait_for_line "$CLIENT_OUT" verified
  wait_for shows 100
  of_show >"$BATS_TEST_TMPDIR/shown"
  of_ss >"$BATS_TEST_TMPDIR/ss"
  run -0 diff "$BATS_TEST_TMPDIR/ss" "$BATS_TEST_TMPDIR/shown"
  run -0 grep -c . "$BATS_TEST_TMPDIR/ss"
  [ "$output" -eq 100 ]
  [ "$(cut -d ' ' -f 2 "$BATS_TEST_TMPDIR/ss" | sort -u | wc -l)" -eq 4 ]
  # A user who may not look into others' programs.
  run -0 in_client setpriv --reuid 65534 --regid 65534 --clear-groups "$SCTP_CONNECT" --show
  [ "$(grep -c 'a program of user 0$' <<<"$output")" -eq 100 ]

  # Followed while a path dies: only that is told.
  ip netns exec "$TOPO-client" "$SCTP_CONNECT" --show --monitor --interval 100ms --json \
    --metrics "$BATS_TEST_TMPDIR/prom" >"$BATS_TEST_TMPDIR/follow" 3>&- &
  follower=$!
  wait_for_line "$BATS_TEST_TMPDIR/follow" 'sctp-connect'
  wait_for grep -q '^sctp_associations 100$' "$BATS_TEST_TMPDIR/prom"
  grep -q '^sctp_association_path_up{association="[0-9]*",program="sctp-connect",local="[^"]*",peer="10.1.1.2:5000",path="10.1.2.2"} 1$' \
    "$BATS_TEST_TMPDIR/prom"
  drop_path 2
  wait_for_line "$BATS_TEST_TMPDIR/follow" '"event":"changed".*"address":"10.1.2.2","port":5000,"state":"inactive"' 60
  try 5 --show
  [[ $output == *"10.1.1.2:5000  active    rto "*" ms  primary"$'\n'"  10.1.2.2:5000  inactive  rto "* ]]
  [[ $output == *"100 associations, 1 with a path that is not active" ]]
  wait_for grep -q '^sctp_association_path_up{.*,path="10.1.2.2"} 0$' "$BATS_TEST_TMPDIR/prom"
  grep -q '^sctp_associations_degraded 1$' "$BATS_TEST_TMPDIR/prom"
  end_client INT
  own=$CLIENT
  CLIENT=
  wait_for_line "$BATS_TEST_TMPDIR/follow" '"event":"gone"'
  kill -s TERM "$follower"
  status=0
  wait "$follower" || status=$?
  [ "$status" -eq 143 ]
  wait_for_line "$BATS_TEST_TMPDIR/prom" '^sctp_associations 99$'
  try 6 --show -q --metrics "$BATS_TEST_TMPDIR/no/such"
  output=$(grep -v '"event":"present"' "$BATS_TEST_TMPDIR/follow")
  keep_json <<<"$output"
  # Paths of the other programs may still become active meanwhile.
  [ "$(jq -r --argjson own "$own" 'select(.pid == $own or .event == "shown") | .event' <<<"$output" | uniq | paste -sd ' ')" = \
    'changed gone shown' ]
}

@test "--monitor: a wait that fails is told with its errno" {
  export ASAN_OPTIONS=detect_leaks=0
  run -6 strace -qq -o /dev/null -e inject=ppoll:error=ENOMEM:when=1 "$SCTP_CONNECT" --show --monitor
  assert_output --partial "sctp-connect: --show: ppoll: ENOMEM: "
}

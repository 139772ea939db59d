#!/usr/bin/env bats
# --each with the stack in user space, whose endpoints share one UDP port.
load lab

setup_file() { lab_up each; }
teardown_file() { lab_down; }
teardown() { lab_clean; }

each_says() { # WORDS
  json '[.each[] | .result] | join(" ")' "$1"
}

@test "UDP: accepting, refusing, silent, without a route, in all four modes" {
  start_listener --stack usrsctp -u $UDP -b 10.1.2.2:5000
  drop_path 3
  local mode
  for mode in "" "-B" "-m" "-m -B"; do
    # shellcheck disable=SC2086 # a list of options
    try_json 1 --stack usrsctp -u $UDP $mode -e -w 700ms -a 10.1.1.2:5000 -a 10.1.2.2 -a 10.1.3.2 -a 10.9.9.9
    each_says "refused connected timeout unreachable"
    json .result refused .hint "10.1.2.2 alone accepts: leave out 10.1.1.2, which refuses" \
      '.each[2].time_ms >= 700 and .each[2].time_ms < 5000' true
  done
  end_listener
  # All were closed, none was lost.
  run -0 grep -c '^down .*closed by the peer' "$LISTEN_OUT"
  assert_output 4
}

@test "raw: accepting, silent, without a route" {
  raw_or_skip
  # No path is cut: with a source of the library's choice, answers could come back on that one.
  start_listener --stack usrsctp -b 10.1.1.2:5000 -b 10.1.2.2
  try_json 0 --stack usrsctp -e -w 700ms -a 10.1.1.2:5000 -a 10.1.2.2 -a 10.1.3.2 -a 10.9.9.9
  each_says "connected connected timeout unreachable"
}

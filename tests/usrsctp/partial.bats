#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What happens in the middle of a message that the stack in user space delivers in pieces.
load lab

setup_file() { lab_up part; }
teardown_file() { lab_down; }
teardown() { lab_clean; }

setup() {
  [ -x build/usrsctp/peer ] || skip "build/usrsctp/peer is not built"
}

@test "the peer aborts in the middle of a message: the listener reports it, and serves the next" {
  listen_us -u $UDP -b 10.1.1.2:0 -b 10.1.2.2
  mkfifo "$BATS_TEST_TMPDIR/end"
  ip netns exec "$TOPO-client" timeout 60 build/usrsctp/peer $UDP 10.1.1.2 "$PORT" 1000 part \
    <>"$BATS_TEST_TMPDIR/end" >"$BATS_TEST_TMPDIR/peer" 3>&- &
  local peer=$!
  wait_for_line "$BATS_TEST_TMPDIR/peer" '^part'
  wait_for_line "$LISTEN_OUT" 'path .*active'
  echo >"$BATS_TEST_TMPDIR/end"
  wait "$peer"
  wait_for_line "$LISTEN_OUT" 'down .*, 1 message 1000 bytes echoed'
  grep -q 'down .*abort' "$LISTEN_OUT"
  ip netns exec "$TOPO-client" timeout 60 build/usrsctp/peer $UDP 10.1.1.2 "$PORT" 250000 \
    >"$BATS_TEST_TMPDIR/peer" 3>&- &
  peer=$!
  wait_for_line "$BATS_TEST_TMPDIR/peer" '^250000 0 47'
  end_listener
  LISTENER=
  wait "$peer"
}

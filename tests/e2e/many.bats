#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Several associations on one endpoint: the program does not do that yet, but both stacks can.
load helper

setup_file() {
  export TOPO=many$$
  topo_up 1
}

teardown_file() {
  topo_down
}

setup() {
  [ -x build/stack/many ] || skip "build/stack/many is not built"
}

@test "one of many is aborted, refused, closed or released, and the others live" {
  run -0 ip netns exec "$TOPO-client" timeout 60 build/stack/many "$STACK" "$(by_stack 0 "$UDP")" \
    10.1.1.1 10.1.1.77
  assert_output "$(printf '%s\n' 'all up' 'one aborted, the others live' 'the same peer again' \
    'one refused, the others live' 'a pending one aborted, the others live' \
    'one closed, the others live' 'one released, the others live' 'all aborted')"
}

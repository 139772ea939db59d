#!/usr/bin/env bats
# The README's first command, but for the installing: what it shows is what the README promises.
bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert

@test "the demo: three addresses, a cut path, a refusal, a silent drop, and the listener's view" {
  run -0 timeout -k 5 180 tests/lab/demo
  assert_line --regexp '^connected  association [0-9]+, streams 10 out 10 in, '
  assert_line --regexp '^  10\.9\.9\.9:3868  rejected +not an address of this peer$'
  assert_line --regexp '^  10\.1\.1\.2:3868 .* did not answer the INIT in its turn of 250 ms$'
  assert_line --regexp '^refused    ECONNREFUSED after '
  assert_line --regexp '^timeout    ETIMEDOUT after [0-9.]+ ms '
  assert_line --regexp '^listening on 10\.1\.1\.2:3868 10\.1\.2\.2:3868 10\.1\.3\.2:3868 '
  assert_line --regexp '^down  +association [0-9]+ closed by the peer'
}

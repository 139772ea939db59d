#!/usr/bin/env bats
# A sample of make check-hostile: what a peer that wants to harm can make the program do, and cost.
load lab

setup_file() {
  lab_up hostile
}

teardown_file() {
  lab_down
}

@test "twenty runs against a hostile peer: right statuses, clean output, and a bounded cost" {
  run -0 tests/hostile/run usrsctp 1 20
  assert_output --regexp '^20 runs, 0 wrong; '
  # An INIT with a parameter of length 0, which libusrsctp 0.9.5 reads for ever.
  run -0 tests/hostile/run usrsctp 6214 6214
  assert_output --regexp '^1 runs, 0 wrong; '
}

# shellcheck shell=bash
# Loaded by every platform test: hosts with several addresses, and the driver.
bats_require_minimum_version 1.5.0
# shellcheck source=tests/lab/bats.bash
source "$BATS_TEST_DIRNAME/../lab/bats.bash"
TOPO=${TOPO:-p$$}
set -a # the "shell" steps of a transcript call these functions in a bash of their own
# shellcheck source=tests/lab/topology.bash
source "$BATS_TEST_DIRNAME/../lab/topology.bash"
set +a

export PROBE=${PROBE:-$PWD/build/platform/probe}

# transcript <<END: steps of probe.c, each with this kernel's expected answer after " = ".
# On a difference the test fails and shows it, - expected, + what this kernel does.
transcript() {
  local file=$BATS_TEST_TMPDIR/transcript status=0
  cat >"$file"
  timeout -k 1 60 "$PROBE" <"$file" >"$file.out" 2>&1 || status=$?
  diff -u --label expected --label "this kernel" "$file" "$file.out" || return 1
  [ "$status" -eq 0 ] || fail "the driver ended with $status"
}

# undo_nft: takes back the nft rules that the transcript of this test has set.
undo_nft() {
  if grep -q nft_ "$BATS_TEST_TMPDIR/transcript"; then nft_flush; fi
}

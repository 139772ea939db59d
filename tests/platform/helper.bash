# shellcheck shell=bash
# What every platform test loads: hosts with several addresses, and the driver.
bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
TOPO=${TOPO:-p$$}
# shellcheck source=tests/lab/topology.bash
source "$BATS_TEST_DIRNAME/../lab/topology.bash"

PROBE=${PROBE:-$PWD/build/platform/probe}

# The "shell" steps of a transcript run these in a bash of their own.
export -f in_client in_server cut_path drop_path restore_path netem_path nft_client nft_server \
  nft_flush wait_for _topo_now _topo_ready _topo_nft

# transcript <<END: steps of probe.c, each with what this kernel is to answer to it behind " = ".
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

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The README's first command, without the installation: its output is what the README shows, with
# root and without, and it leaves nothing behind.
bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert
# shellcheck source=tests/lab/topology.bash
source "$BATS_TEST_DIRNAME/../lab/topology.bash"

# A copy that every user can read, so that its processes and files can be told from others.
setup() {
  COPY=$(mktemp -d)
  mkdir -p "$COPY/tests" "$COPY/build" "$COPY/tmp"
  cp -r tests/lab "$COPY/tests/"
  cp build/sctp-connect "$COPY/build/"
  chmod 755 "$COPY"
  chmod 1777 "$COPY/tmp"
  export TMPDIR=$COPY/tmp
  files >"$BATS_TEST_TMPDIR/files"
}

teardown() {
  local pid
  for pid in $(processes); do kill -KILL "$pid" || true; done
  rm -rf "${COPY:?}"
}

files() { find "$COPY" | sort; }

# Whatever works in the copy, or is run from it.
processes() {
  local dir
  for dir in /proc/[0-9]*; do
    [[ $(readlink "$dir/cwd" "$dir/exe") != *"${COPY:?}"* ]] || echo "${dir#/proc/}"
  done 2>/dev/null
}

no_processes() { [ -z "$(processes)" ]; }

# Namespaces live as long as something holds them: a process, or a mount that we would see.
nothing_left() {
  wait_for no_processes || fail "left running: $(processes | xargs ps -o pid,args)"
  run -1 grep -oE '/netns/(demo[0-9]+-|try).*' /proc/self/mountinfo
  run -0 diff "$BATS_TEST_TMPDIR/files" <(files)
}

AS_USER=()
[ "$(id -u)" -ne 0 ] || AS_USER=(setpriv --reuid 65534 --regid 65534 --clear-groups)

namespaces_or_skip() {
  "${AS_USER[@]}" unshare --map-root-user --net true || skip "this host lets only root make namespaces"
}

root_or_skip() { [ "$(id -u)" -eq 0 ] || skip "not root"; }

the_story() { # STACK
  assert_line --index 0 --regexp '^# .* Nothing listens yet'
  assert_line --regexp "^refused    (ENOPROTOOPT|ECONNREFUSED) after .* \\($1, "
  assert_line --regexp "^connected  association [0-9]+, streams 10 out 10 in, .* \\($1, "
  assert_line --regexp '^  10\.9\.9\.9:3868  rejected '
  assert_line --regexp '^  10\.1\.1\.2:3868  dead '
  assert_line --regexp '^sctp-connect: 10\.1\.1\.2: '
  assert_equal "$(grep -cE '^  10\.1\.[123]\.2:3868  verified  rtt [0-9.]+ ms  ' <<<"$output")" 5
  assert_line --regexp "^timeout    ETIMEDOUT after ([789]|[1-9][0-9])[0-9]{2}\\.[0-9] ms \\($1, "
  assert_line --regexp "^listening on 10\\.1\\.1\\.2:3868 10\\.1\\.2\\.2:3868 10\\.1\\.3\\.2:3868 \\($1\\)"
  assert_equal "$(grep -cE '^down  +association [0-9]+ closed by the peer' <<<"$output")" 2
  assert_equal "$(grep '^(exit status' <<<"$output" | tr -d '\n')" '(exit status 1)(exit status 4)'
}

here() { # the stack of this host
  if grep -qw SCTP /proc/net/protocols; then echo kernel; else echo usrsctp; fi
}

# in_background COMMAND...: with ^C as a terminal leaves it, and a process group of its own. Returns
# once the demo runs its first command. Sets DEMO, the demo itself and its group.
in_background() {
  setsid env --default-signal=INT "$@" "$COPY/tests/lab/demo" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
  DEMO=$!
  wait_for_line "$BATS_TEST_TMPDIR/out" '^connected' 60
}

ended_with() { # STATUS
  local status=0
  wait "$DEMO" || status=$?
  assert_equal "$status" "$1"
  run -1 grep '^# And what the listener saw' "$BATS_TEST_TMPDIR/out"
  nothing_left
}

# Those with the tag "story" are run in the guest, too, where this host's kernel has no SCTP.

# demo COMMAND...: must succeed. Under emulation starting a program takes seconds.
demo() {
  run timeout -k 5 180 "$@"
  echo "$output"
  [ "$status" -eq 0 ]
}

# story COMMAND...: the demo, by that command.
story() {
  demo "$@" "$COPY/tests/lab/demo"
  the_story "$(here)"
  [ "$(here)" != kernel ] || refute_output --partial usrsctp
}

# bats test_tags=story
@test "as root: the story, and nothing is left" {
  root_or_skip
  story
  nothing_left
}

# bats test_tags=story
@test "without root: the same" {
  namespaces_or_skip
  story "${AS_USER[@]}"
  nothing_left
}

# A root folder that is no mount point, with shared mounts: as in a chroot that debootstrap made.
@test "in a chroot: the same, and no mount is left" {
  root_or_skip
  demo unshare --mount bash -euc '
    mount -t tmpfs tmpfs "$2"
    root=$2/root
    mkdir -p $root/{usr,etc,proc,sys,dev,run,tmp,var,demo}
    for dir in /usr /etc /proc /sys /dev; do mount --rbind "$dir" "$root$dir"; done
    mount --bind "$1" $root/demo
    ln -s usr/{bin,sbin,lib,lib64} $root/
    ln -s /run $root/var/run
    mount --make-rshared /
    # Those of other tests, which delete their namespaces meanwhile, are not ours.
    mounts() { grep -v " /run/netns/" /proc/self/mountinfo; }
    before=$(mounts)
    chroot $root /demo/tests/lab/demo
    [ "$(mounts)" = "$before" ]
    [ -z "$(ls -A $root/run)" ]' - "$COPY" "$BATS_TEST_TMPDIR"
  the_story "$(here)"
  nothing_left
}

@test "^C and SIGTERM: it ends with 130 and 143, and nothing is left" {
  namespaces_or_skip
  in_background "${AS_USER[@]}"
  kill -INT -- "-$DEMO"
  ended_with 130
  in_background "${AS_USER[@]}"
  kill -TERM "$DEMO"
  ended_with 143
}

@test "killed without a word: nothing is left either" {
  root_or_skip
  in_background
  kill -KILL "$DEMO"
  ended_with 137
}

@test "where no namespaces can be made: one line that says what to do" {
  root_or_skip
  # A user namespace in which no more may be made, and in which the user is not root.
  run -1 unshare --user --map-user=65534 --keep-caps sh -c '
    echo 0 >/proc/sys/user/max_user_namespaces
    exec setpriv --inh-caps=-all --ambient-caps=-all tests/lab/demo'
  assert_output 'demo: no namespaces can be made here: run it as root, or first: sysctl -w user.max_user_namespaces=10000'
  run -1 unshare --user --map-root-user sh -c '
    echo 0 >/proc/sys/user/max_net_namespaces
    exec tests/lab/demo'
  assert_output 'demo: no network namespaces can be made here: a container must be started with --privileged'
}

# Commands and the first lines of reports, but for the numbers.
headlines() {
  grep -E '^(# |\$ |\(exit|sctp-connect: |connected|refused|timeout)' |
    sed -E 's/[0-9.]+ ms/N ms/g; s/association [0-9]+/association N/'
}

@test "README.md shows what the demo prints where the kernel has no SCTP" {
  [ "$(here)" != kernel ] || skip "this kernel has SCTP"
  root_or_skip
  sed -n '/^    make demo/,/^## /p' README.md | sed -n '/^```/,/^```/p' | headlines >"$BATS_TEST_TMPDIR/readme"
  run -0 grep -c '^\$ sctp-connect' "$BATS_TEST_TMPDIR/readme"
  assert_output 4
  "$COPY/tests/lab/demo" | headlines | sed '/^# And/,$d' >"$BATS_TEST_TMPDIR/demo"
  run -0 diff "$BATS_TEST_TMPDIR/readme" "$BATS_TEST_TMPDIR/demo"
}

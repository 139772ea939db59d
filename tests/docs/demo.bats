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

root_or_skip() {
  [ "$(id -u)" -eq 0 ] || skip "not root"
  unshare --net --mount true || skip "root may not make namespaces here, as in a container without --privileged"
}

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
  setsid "$@" env --default-signal=INT "$COPY/tests/lab/demo" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
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

# No namespaces and no mounts, whoever runs it: what "docker run" gives without --privileged.
IN_CONTAINER=(strace -f --seccomp-bpf -qq -o "|cat >/dev/null" -e "trace=unshare,mount" -e signal=none
  -e "inject=unshare,mount:error=EPERM")

@test "where no namespaces can be made: what to do, and what one host can show" {
  "$COPY/build/sctp-connect" --version | grep -q 'libusrsctp' || skip "this build has no usrsctp stack"
  local own status_line
  own=$(ip -4 -o addr show up scope global | sed -n 's|.* inet \([0-9.]*\).*|\1|p' | head -n 1)
  run -0 --separate-stderr timeout -k 5 180 "${IN_CONTAINER[@]}" "${AS_USER[@]}" "$COPY/tests/lab/demo"
  echo "$output"
  assert_equal "$stderr" ''
  assert_line --index 0 --partial 'no namespaces can be made here: run it as root'
  assert_line --regexp "^unreachable +ECONNREFUSED after .* \\(usrsctp, "
  assert_line --partial 'nothing at the peer uses that UDP port'
  assert_line --regexp "^connected +association [0-9]+, streams 10 out 10 in, .* \\(usrsctp, "
  assert_equal "$(grep -cE "^  (127\\.0\\.0\\.1${own:+|$own}):3868 +verified +rtt [0-9.]+ ms " <<<"$output")" "$((1 + (${#own} > 0)))"
  assert_line --regexp '^  127\.9\.9\.9:3868 +rejected '
  assert_line --regexp '^timeout +ETIMEDOUT after ([789]|[1-9][0-9])[0-9]{2}\.[0-9] ms '
  assert_line --regexp '^down +association [0-9]+ closed by the peer'
  status_line=$(grep '^(exit status' <<<"$output" | tr -d '\n')
  assert_equal "$status_line" '(exit status 1)(exit status 4)'
  assert_equal "${lines[-1]}" \
    "# Not shown, because it needs namespaces: several paths of which one is cut, packets without UDP, the kernel's stack."
  nothing_left
  in_background "${IN_CONTAINER[@]}" "${AS_USER[@]}"
  kill -INT -- "-$DEMO"
  ended_with 130
}

@test "why no namespaces can be made" {
  root_or_skip
  unshare --user true || skip "this host lets not even root make user namespaces"
  # A build without the stack in user space says only that.
  printf '#!/bin/sh\necho "stack kernel: none"\n' >"$COPY/build/sctp-connect"
  # A user namespace in which no more may be made, and in which the user is not root.
  run -1 unshare --user --map-user=65534 --keep-caps sh -c '
    echo 0 >/proc/sys/user/max_user_namespaces
    exec setpriv --inh-caps=-all --ambient-caps=-all "$1"' - "$COPY/tests/lab/demo"
  assert_output 'demo: no namespaces can be made here: run it as root, or first: sysctl -w user.max_user_namespaces=10000'
  run -1 unshare --user --map-root-user sh -c '
    echo 0 >/proc/sys/user/max_net_namespaces
    exec "$1"' - "$COPY/tests/lab/demo"
  assert_output 'demo: no network namespaces can be made here: a container must be started with --privileged'
  nothing_left
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

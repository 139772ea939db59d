#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What make builds, where and when, and what it installs where.
bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert

# A separate tree, like a fresh clone with the uncommitted changes, and built.
setup_file() {
  unset MAKEFLAGS MFLAGS MAKELEVEL CFLAGS CPPFLAGS LDFLAGS CC PREFIX DESTDIR
  export TREE=$BATS_FILE_TMPDIR/tree
  mkdir "$TREE"
  git ls-files -z --cached --others --exclude-standard |
    while IFS= read -rd '' file; do [ ! -f "$file" ] || printf '%s\0' "$file"; done |
    tar -cf - --null -T - | tar -xf - -C "$TREE"
  cd "$TREE" || return
  git init -q
  git add -A
  git -c user.name=test -c user.email=test@example.net commit -q -m "all"
  make -s -j2 CFLAGS=-O0
}

setup() {
  cd "$TREE" || return
}

# Without -s and -j, so that what make says is what is looked at.
make_again() {
  run -0 make "$@"
}

installed() { # everything under a folder, without the folders
  (cd "$1" && find . -type f -o -type l | sort)
}

@test "make leaves nothing in the tree but what git ignores" {
  assert [ -x build/sctp-connect ]
  run -0 git status --porcelain
  assert_output ''
  run -0 git status --porcelain --ignored
  assert_output '!! build/'
}

@test "a second make does nothing" {
  make_again CFLAGS=-O0
  refute_output --partial CC
  refute_output --partial LD
}

@test "install puts the program, the man pages and the completions in place, and nothing else" {
  make_again install "DESTDIR=$BATS_TEST_TMPDIR/root" PREFIX=/usr
  run -0 installed "$BATS_TEST_TMPDIR/root"
  assert_output - <<-'END'
	./usr/bin/sctp-connect
	./usr/share/bash-completion/completions/sctp-connect
	./usr/share/fish/vendor_completions.d/sctp-connect.fish
	./usr/share/man/man1/sctp-connect.1
	./usr/share/man/man5/sctp-connect-json.5
	./usr/share/man/man7/sctp-connect-faults.7
	./usr/share/man/man7/sctp-connect-fleet.7
	./usr/share/zsh/site-functions/_sctp-connect
	END
  run -0 find "$BATS_TEST_TMPDIR/root/usr" -type f -perm 755
  assert_output "$BATS_TEST_TMPDIR/root/usr/bin/sctp-connect"
  run -0 find "$BATS_TEST_TMPDIR/root/usr" -type f -perm 644
  assert [ "${#lines[@]}" -eq 7 ]
  run -0 "$BATS_TEST_TMPDIR/root/usr/bin/sctp-connect" --version
  run -0 git status --porcelain
  assert_output ''
}

@test "uninstall removes everything that install put there" {
  make_again install "DESTDIR=$BATS_TEST_TMPDIR/root" PREFIX=/usr
  touch "$BATS_TEST_TMPDIR/root/usr/bin/other"
  make_again uninstall "DESTDIR=$BATS_TEST_TMPDIR/root" PREFIX=/usr
  run -0 installed "$BATS_TEST_TMPDIR/root"
  assert_output './usr/bin/other'
  make_again uninstall "DESTDIR=$BATS_TEST_TMPDIR/root" PREFIX=/usr
}

@test "every folder can be chosen, and the default is /usr/local" {
  make_again install "DESTDIR=$BATS_TEST_TMPDIR/a"
  assert [ -x "$BATS_TEST_TMPDIR/a/usr/local/bin/sctp-connect" ]
  assert [ -f "$BATS_TEST_TMPDIR/a/usr/local/share/man/man1/sctp-connect.1" ]
  make_again install "DESTDIR=$BATS_TEST_TMPDIR/b" BINDIR=/b MANDIR=/m BASHCOMPDIR=/bash \
    ZSHCOMPDIR=/zsh FISHCOMPDIR=/fish
  run -0 installed "$BATS_TEST_TMPDIR/b"
  assert_output - <<-'END'
	./b/sctp-connect
	./bash/sctp-connect
	./fish/sctp-connect.fish
	./m/man1/sctp-connect.1
	./m/man5/sctp-connect-json.5
	./m/man7/sctp-connect-faults.7
	./m/man7/sctp-connect-fleet.7
	./zsh/_sctp-connect
	END
}

@test "install builds nothing: not what is missing, not what is old" {
  mv build build.away
  run -2 make install "DESTDIR=$BATS_TEST_TMPDIR/root"
  assert_output --partial 'run make first'
  assert [ ! -e build ]
  assert [ ! -e "$BATS_TEST_TMPDIR/root" ]
  mv build.away build
  touch src/main.c
  make_again install CFLAGS=-O3 "DESTDIR=$BATS_TEST_TMPDIR/root"
  refute_output --partial ' CC '
  assert [ build/sctp-connect -ot src/main.c ]
  make_again -s -j2 CFLAGS=-O0
}

@test "a header that changes rebuilds what includes it, and only that" {
  local header=src/target/service.h
  grep -rlF "$header" build/obj --include='*.d' | sed 's|^build/obj/\(.*\)\.d$|src/\1.c|' | sort >"$BATS_TEST_TMPDIR/users"
  touch "$header"
  make_again CFLAGS=-O0
  assert_output --partial ' LD '
  sed -n 's/^ *CC *//p' <<<"$output" | sort >"$BATS_TEST_TMPDIR/built"
  run -0 diff "$BATS_TEST_TMPDIR/users" "$BATS_TEST_TMPDIR/built"
  run -0 grep -c . "$BATS_TEST_TMPDIR/built"
  assert [ "$output" -ge 2 ]
  assert [ "$output" -lt "$(find src -name '*.c' | wc -l)" ]
}

# The compiler of the next two tests makes empty files, and a list of how it was called.
fake_cc() {
  cat >"$BATS_TEST_TMPDIR/cc" <<-END
	#!/bin/sh
	echo "\$*" >>"$BATS_TEST_TMPDIR/calls"
	for argument; do
	  [ "\$previous" != -o ] || : >"\$argument"
	  previous=\$argument
	done
	END
  chmod +x "$BATS_TEST_TMPDIR/cc"
  mv build build.away
}

real_cc() {
  rm -rf build
  mv build.away build
}

@test "CC and the flags of the user are used, and the user's come last" {
  fake_cc
  make_again CC="$BATS_TEST_TMPDIR/cc" CFLAGS='-O1 -Wno-all' CPPFLAGS=-DMINE LDFLAGS=-Wl,-z,now \
    HARDENING=-fno-PIE
  real_cc
  run -0 grep -c -e ' -c ' "$BATS_TEST_TMPDIR/calls"
  assert_output "$(find src -name '*.c' | wc -l)"
  run -0 grep -e ' src/main.c' "$BATS_TEST_TMPDIR/calls"
  assert_output --regexp '-DMINE .*-Wall .*-fno-PIE .*-O1 -Wno-all '
  run -0 tail -n 1 "$BATS_TEST_TMPDIR/calls"
  assert_output --partial '-Wl,-z,now'
}

@test "other flags rebuild everything, the same flags nothing" {
  fake_cc
  make_again CC="$BATS_TEST_TMPDIR/cc" CFLAGS=-O1
  : >"$BATS_TEST_TMPDIR/calls"
  make_again CC="$BATS_TEST_TMPDIR/cc" CFLAGS=-O1
  run -1 grep -e ' -o ' "$BATS_TEST_TMPDIR/calls"
  make_again CC="$BATS_TEST_TMPDIR/cc" CFLAGS='-O1 -DOTHER'
  real_cc
  run -0 grep -c -e '-DOTHER -c ' "$BATS_TEST_TMPDIR/calls"
  assert_output "$(find src -name '*.c' | wc -l)"
}

@test "make help lists every target that is for users" {
  run -0 make help
  local target
  for target in all demo check check-unit check-e2e bench lint format install uninstall clean help; do
    assert_line --regexp "^  $target +[^ ]"
  done
  # And the other way round: what it lists is there.
  while read -r target; do
    run -0 grep -E "^$target:" Makefile
  done < <(make help | sed -n '/^Targets:/,/^Variables:/s/^  \([a-z-]*\) .*/\1/p')
}

@test "make clean takes build/ away" {
  cp -a build "$BATS_TEST_TMPDIR/build"
  make_again clean
  assert [ ! -e build ]
  mv "$BATS_TEST_TMPDIR/build" build
}

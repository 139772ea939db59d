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

@test "versions agree: Makefile, program, CHANGELOG.md" {
  local version
  version=$(sed -n 's/^VERSION := //p' Makefile)
  run -0 build/sctp-connect --version
  assert_line --index 0 "sctp-connect $version"
  run -0 grep -m 1 '^## ' CHANGELOG.md
  assert_output --regexp "^## (Unreleased \\($version so far\\)|$version, .*)$"
}

@test "dist gives the same bytes from the same commit, wherever it is made" {
  local version other=$BATS_TEST_TMPDIR/other
  version=$(sed -n 's/^VERSION := //p' Makefile)
  run -0 make -s dist
  assert_output "build/sctp-connect-$version.tar.xz"
  git clone -q . "$other"
  git -C "$other" config tar.umask user
  (umask 077 && cd "$other" && TZ=Asia/Tokyo make -s dist)
  cmp "build/sctp-connect-$version.tar.xz" "$other/build/sctp-connect-$version.tar.xz"
  tar -tJf "build/sctp-connect-$version.tar.xz" | sed -n 's|^sctp-connect-[^/]*/\(.*[^/]\)$|\1|p' | sort >"$BATS_TEST_TMPDIR/packed"
  run -0 diff <(git ls-files | sort) "$BATS_TEST_TMPDIR/packed"
  # And nothing of the files that are not committed.
  echo more >>"$other/README.md"
  make -s -C "$other" dist
  cmp "build/sctp-connect-$version.tar.xz" "$other/build/sctp-connect-$version.tar.xz"
}

# "make deb" builds for minutes on a busy machine, with other libraries; how it packs is the same.
@test "deb: what install puts in place, and what Debian wants, the same bytes each time" {
  command -v dpkg-shlibdeps || skip "dpkg-dev is not installed"
  local package first=$BATS_TEST_TMPDIR/first.deb root=$BATS_TEST_TMPDIR/root
  package=$(packaging/deb 1.2.3 'Some One <someone@example.net>' build/sctp-connect)
  assert_equal "$package" "build/sctp-connect_1.2.3-1_$(dpkg --print-architecture).deb"
  mv "$package" "$first"
  (umask 077 && TZ=Asia/Tokyo TMPDIR=$BATS_TEST_TMPDIR packaging/deb 1.2.3 'Some One <someone@example.net>' build/sctp-connect)
  cmp "$first" "$package"
  run -0 dpkg-deb --field "$package" Version Maintainer
  assert_output $'Version: 1.2.3-1\nMaintainer: Some One <someone@example.net>'
  run -0 dpkg-deb --field "$package" Depends
  assert_output --regexp 'libc6 \(>= '
  dpkg-deb -x "$package" "$root"
  run -0 installed "$root"
  assert_line ./usr/bin/sctp-connect
  assert_line ./usr/share/man/man1/sctp-connect.1.gz
  assert_line ./usr/share/zsh/vendor-completions/_sctp-connect
  assert_line ./usr/share/doc/sctp-connect/README.Debian
  run -0 "$root/usr/bin/sctp-connect" --version
  # The package gives nobody a capability.
  dpkg-deb --ctrl-tarfile "$package" | tar -t >"$BATS_TEST_TMPDIR/control"
  run -1 grep -E '(pre|post)(inst|rm)' "$BATS_TEST_TMPDIR/control"
  command -v lintian >/dev/null || return 0
  # Libraries are linked in here, but not by "make deb".
  run lintian --allow-root --fail-on error --suppress-tags embedded-library "$package"
  assert_success
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

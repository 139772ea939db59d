#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The man page, compared with the program.
bats_require_minimum_version 1.5.0

setup() {
  load shells.bash
  load ../lab/recipes.bash
  common_setup
  mandoc -T ascii -O width=200 "$MAN" 2>/dev/null | col -bx >"$BATS_TEST_TMPDIR/man"
}

# The text under a heading of the man page.
man_section() {
  sed -n "/^$1\$/,/^[A-Z]/p" "$BATS_TEST_TMPDIR/man" | sed '1d; /^[A-Z]/d'
}

# The same lines, and at least $1 of them: nothing compares equal to nothing.
same_lines() { # COUNT FILE FILE
  run -0 diff "$2" "$3"
  run -0 grep -c . "$2"
  assert [ "$output" -ge "$1" ]
}

@test "each man page names the others in SEE ALSO" {
  local page other
  for page in man/*; do
    for other in man/*; do
      [ "$page" = "$other" ] || run -0 grep -Fq ".Xr $(basename "${other%.*}") ${other##*.}" "$page"
    done
  done
}

@test "SYNOPSIS is the usage of --help" {
  "$PROGRAM" --help | sed -En 's/^(Usage: |       )(sctp-connect .*)/\2/p' >"$BATS_TEST_TMPDIR/help"
  man_section SYNOPSIS | sed -n 's/^ *//; /./p' >"$BATS_TEST_TMPDIR/synopsis"
  same_lines 2 "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/synopsis"
}

@test "the man page has the options of --help, with their arguments, in that order" {
  help_heads >"$BATS_TEST_TMPDIR/help"
  man_section DESCRIPTION | sed -En 's/^ {5}((-., )?--[a-z].*)/\1/p' >"$BATS_TEST_TMPDIR/options"
  same_lines 25 "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/options"
}

@test "the man page groups the options as --help does" {
  "$PROGRAM" --help | sed -n '/^Exit status/q; s/^\([A-Z][a-z]*\):$/\1/p' >"$BATS_TEST_TMPDIR/help"
  man_section DESCRIPTION | sed -n 's/^   \([A-Z][a-z]*\)$/\1/p' >"$BATS_TEST_TMPDIR/groups"
  same_lines 4 "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/groups"
}

@test "the man page has the exit statuses of --help" {
  "$PROGRAM" --help | sed -n '/^Exit status:/,/^$/s/^  \([0-9][0-9N+]*\) .*/\1/p' \
    >"$BATS_TEST_TMPDIR/help"
  man_section 'EXIT STATUS' | sed -n 's/^     \([0-9][0-9N+]*\) .*/\1/p' >"$BATS_TEST_TMPDIR/statuses"
  same_lines 8 "$BATS_TEST_TMPDIR/help" "$BATS_TEST_TMPDIR/statuses"
}

# "refused" and "unreachable" are both a result and a verdict, and --explain lists them once.
@test "OUTPUT explains every result and verdict that --explain knows" {
  jq -r '."$defs" | .result_word.enum[], .path.properties.verdict.enum[]' tests/schema/output.schema.json |
    sort -u >"$BATS_TEST_TMPDIR/explained"
  for name in $(cat "$BATS_TEST_TMPDIR/explained"); do
    run -0 "$PROGRAM" --explain "$name"
  done
  man_section OUTPUT | sed -n 's/^     \([a-z]*\)   *[A-Z].*/\1/p' | sort -u >"$BATS_TEST_TMPDIR/words"
  same_lines 16 "$BATS_TEST_TMPDIR/explained" "$BATS_TEST_TMPDIR/words"
}

@test "the schema names every code, result and verdict of --explain, and no other" {
  jq -r '."$defs" | .code.enum[], .result_word.enum[], .path.properties.verdict.enum[]' tests/schema/output.schema.json |
    sort -u >"$BATS_TEST_TMPDIR/schema"
  "$PROGRAM" --list names | grep -v '^E[A-Z0-9]*$' | sort -u >"$BATS_TEST_TMPDIR/names"
  same_lines 140 "$BATS_TEST_TMPDIR/schema" "$BATS_TEST_TMPDIR/names"
}

@test "sctp-connect-json(5) names every key of the schema" {
  local key missing=()

  # The schema allows no other, and tests/run holds every line that a test had from --json against it.
  jq -r '[.. | objects | .properties // empty | keys[]] | unique[]' tests/schema/output.schema.json \
    >"$BATS_TEST_TMPDIR/keys"
  run -0 grep -c . "$BATS_TEST_TMPDIR/keys"
  assert [ "$output" -ge 80 ]
  sed -n 's/^\.\(It \)*Li //p' "$MAN_JSON" | grep -Eo '[a-z_]+' \
    >"$BATS_TEST_TMPDIR/named"
  while read -r key; do
    grep -qx "$key" "$BATS_TEST_TMPDIR/named" || missing+=("$key")
  done <"$BATS_TEST_TMPDIR/keys"
  assert_equal "${missing[*]}" ''
}

# Held against the program by tests/unit/test_options.c and tests/e2e.
@test "--help and the man page agree on the defaults" {
  run -0 "$PROGRAM" --help
  assert_output --regexp '--timeout TIME [^-]*\(default 5s\)'
  assert_output --regexp '--rto-initial TIME [^-]*\(default 240ms '
  assert_output --regexp '--probe-timeout TIME [^-]*\(default 1s\)'
  assert_output --regexp '--require N\|all [^-]*\(default 1\)'
  run -0 man_section DESCRIPTION
  assert_output --regexp '--timeout TIME[^-]*The default is 5s\.'
  assert_output --regexp '--rto-initial TIME[^-]*The default is 240ms '
  assert_output --regexp '--probe-timeout TIME[^-]*The default is 1s\.'
  assert_output --regexp '--require N\|all[^-]*The default is 1\.'
}

# With --explain the options are parsed, and nothing is tried.
@test "the examples of the man page and of --help are command lines that the program takes" {
  local line count=0

  while read -r line; do
    # shellcheck disable=SC2086 # the words of the example
    run -0 "$PROGRAM" $line --explain EIO
    echo "# $line"
    count=$((count + 1))
  done < <(
    { man_section EXAMPLES && "$PROGRAM" --help | sed -n '/^Examples:/,$p'; } |
      sed ':more; /\\$/{N; s/\\\n *> */ /; b more}' |
      sed -En 's/.*sctp-connect (.*)/\1/p' | sed 's/ *[;|].*//; s/\$[a-z]//g; s/-a$//; s/-a  *$//'
  )
  assert [ "$count" -ge 12 ]
}

@test "every service name is a port to the program" {
  local name

  for name in $(service_names); do
    run -2 "$PROGRAM" -p "$name" -a 0.0.0.0
    refute_output --partial "$name"
  done
  run -2 "$PROGRAM" -p nosuch -a 0.0.0.0
  assert_output --partial "unknown service 'nosuch'"
}

@test "--list: what it does not know is bad usage, and all that it does know is named" {
  run -2 --separate-stderr "$PROGRAM" --list nosuch
  assert_output ''
  [[ $stderr == *nosuch*options*services*names*parameters* ]]
  run -0 "$PROGRAM" --list parameters
  assert_line RTO.Max
  for what in options services names; do
    run -0 "$PROGRAM" --list "$what"
    assert [ "${#lines[@]}" -gt 20 ]
  done
}

@test "--explain knows each name that it lists, and prints what is known" {
  local name

  for name in $(explained_names); do
    run -0 --separate-stderr "$PROGRAM" --explain "$name"
    assert_regex "${lines[0]}" "^$name(,| \\(|\$)"
    assert_regex "$output" '(Reported as|Usual causes|Advice|Check):'
  done
  run -2 --separate-stderr "$PROGRAM" --explain nosuchname
  assert_output ''
}

@test "the tests that tests/platform/README.md names are there" {
  local word file='' count=0
  while read -r word; do
    case $word in
      *:) file=tests/platform/${word%:} && file=${file%.bats}.bats ;;
      *)
        run -0 grep -F -e "${word//\"/}" <(grep '^@test' "$file")
        count=$((count + 1))
        ;;
    esac
  done < <(sed -n 's/^|[^|]*|\(.*\)|$/\1/p' tests/platform/README.md | grep -oE '[a-z./]+:|"[^"]+"')
  assert [ "$count" -ge 60 ]
}

@test "sctp-connect-fleet(7): the check for Nagios maps the exit status" {
  local pair

  recipe '#!/bin/sh' >"$BATS_TEST_TMPDIR/check"
  for pair in 0:0 5:1 1:2 3:2 4:2 2:3 6:3; do
    printf '#!/bin/sh\necho first; echo second; exit %s\n' "${pair%:*}" >"$BATS_TEST_TMPDIR/sctp-connect"
    chmod +x "$BATS_TEST_TMPDIR/sctp-connect"
    PATH=$BATS_TEST_TMPDIR:$PATH run "-${pair#*:}" sh "$BATS_TEST_TMPDIR/check" -a 10.1.1.2:1
    assert_output first
  done
}

@test "sctp-connect-fleet(7): the list of targets and the alert rules are taken as they are" {
  recipe '# The home subscriber servers, with all their addresses' >"$BATS_TEST_TMPDIR/targets"
  # The line that is added is wrong, so nothing is tried.
  echo 'last 10.0.0.1:1 --nosuch' >>"$BATS_TEST_TMPDIR/targets"
  run -2 "$PROGRAM" -T "$BATS_TEST_TMPDIR/targets"
  assert_output --partial ":6: last: unknown option '--nosuch'"
  recipe 'groups:' >"$BATS_TEST_TMPDIR/rules"
  run -0 grep -c alert: "$BATS_TEST_TMPDIR/rules"
  assert_output 4
  command -v promtool || skip "promtool is missing: tests/servers/fetch"
  run -0 promtool check rules "$BATS_TEST_TMPDIR/rules"
  assert_output --partial 'SUCCESS: 4 rules found'
  cp tests/docs/alerts.yaml "$BATS_TEST_TMPDIR"
  run -0 promtool test rules "$BATS_TEST_TMPDIR/alerts.yaml"
}

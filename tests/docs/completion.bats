#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The completions, as each shell gives them.
# shellcheck disable=SC2030,SC2031 # run sets output and lines, in the test that reads them
# shellcheck disable=SC2016 # other shells are to expand what stands in single quotes
bats_require_minimum_version 1.5.0

setup() {
  load shells.bash
  common_setup
}

# refute_line of bats-assert 2.1 fails where there is no line at all.
refute_option() {
  [[ -z $output ]] || refute_line "$1"
}

# $1 COMPLETE is asserted of each shell.
each_shell() {
  local shell

  for shell in bash zsh fish; do
    echo "# in $shell:"
    "$1" "${shell}_complete"
  done
}

completes_options() {
  run -0 "$1" --js
  assert_output --json
  run -0 "$1" --init-
  assert_line --init-attempts
  assert_line --init-timeout
  refute_option --json
  run -0 "$1" -a host -
  assert_line --timeout
  run -0 "$1" --nosuch
  assert_output ''
}

@test "options" {
  each_shell completes_options
}

hides_the_other_mode() {
  local option

  run -0 "$1" --listen -
  for option in --address --nonblock --blocking --one-to-many --wait \
    --init-attempts --init-timeout --rto-initial \
    --no-probe --probe-timeout -R --require --no-witness --each --monitor --interval; do
    refute_option "$option"
  done
  assert_line --count
  assert_line --bind
  assert_line --json
  run -0 "$1" -l -
  refute_option --address
  run -0 "$1" -a host -
  refute_option --listen
  refute_option --count
  assert_line --address
  assert_line --wait
  run -0 "$1" -M -a host -
  assert_line --count
  refute_option --listen
}

@test "options of the other mode are not offered" {
  each_shell hides_the_other_mode
}

completes_arguments() {
  run -0 "$1" -s k
  assert_output kernel
  run -0 "$1" --color ''
  assert_line auto
  assert_line always
  assert_line never
  assert [ "${#lines[@]}" -eq 3 ]
  run -0 "$1" --explain ECONNREF
  assert_output ECONNREFUSED
  run -0 "$1" --explain unver
  assert_output unverified
  run -0 "$1" -p diameter
  assert_line diameter
  assert_line diameters
  refute_option m3ua
  run -0 "$1" --port sgs
  assert_output sgsap
  run -0 "$1" --list s
  assert_output services
  run -0 "$1" -b 127.0.0.
  assert_line 127.0.0.1
  run -0 "$1" -R a
  assert_output all
  run -0 "$1" -o SACK
  assert_output --regexp '^SACK.Delay=?$'
  run -0 "$1" --targets README
  assert_output README.md
  run -0 "$1" --metrics README
  assert_output README.md
  run -0 "$1" -w ''
  refute_option --json
  run -0 "$1" --probe-timeout ''
  refute_option --json
}

@test "arguments of options" {
  each_shell completes_arguments
}

# $1: a count that what is known has at least, so that nothing compares equal to nothing.
offered_are_known() {
  sort -u -o "$BATS_TEST_TMPDIR/offered" "$BATS_TEST_TMPDIR/offered"
  sort -u -o "$BATS_TEST_TMPDIR/known" "$BATS_TEST_TMPDIR/known"
  run -0 diff "$BATS_TEST_TMPDIR/known" "$BATS_TEST_TMPDIR/offered"
  run -0 grep -c . "$BATS_TEST_TMPDIR/known"
  assert [ "$output" -ge "$1" ]
}

lists_all_options() {
  { "$1" - && "$1" -- && "$1" -l - && "$1" -l --; } >"$BATS_TEST_TMPDIR/offered"
  help_options >"$BATS_TEST_TMPDIR/known"
  offered_are_known 40
}

@test "the options are those of --help" {
  each_shell lists_all_options
}

lists_all_names() {
  "$1" --explain '' >"$BATS_TEST_TMPDIR/offered"
  explained_names >"$BATS_TEST_TMPDIR/known"
  offered_are_known 50
}

@test "the names of --explain are the program's" {
  each_shell lists_all_names
}

lists_all_services() {
  "$1" --port '' >"$BATS_TEST_TMPDIR/offered"
  service_names >"$BATS_TEST_TMPDIR/known"
  offered_are_known 50
}

@test "the services of --port are the program's" {
  each_shell lists_all_services
}

lists_all_stacks() {
  "$1" --stack '' >"$BATS_TEST_TMPDIR/offered"
  { echo auto && "$PROGRAM" --version | sed -n 's/^stack \([a-z]*\):.*/\1/p'; } \
    >"$BATS_TEST_TMPDIR/known"
  offered_are_known 2
}

@test "the stacks are those of --version" {
  each_shell lists_all_stacks
}

@test "bash: the function is registered, and is clean under set -u" {
  run -0 bash --norc -c 'source completion/sctp-connect.bash; complete -p sctp-connect'
  assert_output 'complete -F _sctp_connect sctp-connect'
  run -0 bash --norc -uc 'source completion/sctp-connect.bash
    COMP_WORDS=(sctp-connect "") COMP_CWORD=1; _sctp_connect; echo "${#COMPREPLY[@]}"'
  assert [ "$output" -gt 40 ]
}

@test "bash: services after the colon of an address, whether or not readline splits there" {
  run -0 bash_complete -a localhost : sgs
  assert_output sgsap
  run -0 bash_complete -a localhost :
  assert_line sgsap
  run -0 bash_complete --address = localhost : sgs
  assert_output sgsap
  run -0 bash_complete -b '[fd01' :: '1]' : sgs
  assert_output sgsap
  WORDBREAKS=' ' run -0 bash_complete -a localhost:sgs
  assert_output localhost:sgsap
  run -0 bash_complete -a fd01 :: 1 : sgs
  assert_output ''
}

@test "bash: a word after an address that ends in colons is a word of its own" {
  run -0 bash_complete -b :: --js
  assert_output --json
}

@test "bash: --option=VALUE" {
  run -0 bash_complete --color = al
  assert_output always
  run -0 bash_complete --explain =
  assert_line ECONNREFUSED
  run -0 bash_complete --explain=ECONNREF
  assert_output ECONNREFUSED
}

@test "bash: the line that comes of a TAB" {
  run -0 bash_typed --js
  assert_output --json
  run -0 bash_typed '-a localhost:sgs'
  assert_output "$(printf '%s\n' -a localhost:sgsap)"
  run -0 bash_typed '--address=localhost:sgs'
  assert_output --address=localhost:sgsap
  run -0 bash_typed '--color=al'
  assert_output --color=always
  grep -qw localhost /etc/hosts || skip "but for names: this host has no /etc/hosts with localhost"
  run -0 bash_typed '-a localh'
  assert_output "$(printf '%s\n' -a localhost)"
}

@test "zsh: the line that comes of a TAB" {
  run -0 zsh_typed --js
  assert_output --json
  run -0 zsh_typed '--color=al'
  assert_output --color=always
  run -0 zsh_typed '-qj --listen --cou'
  assert_output "$(printf '%s\n' -qj --listen --count)"
  run -0 zsh_typed '-qs ker'
  assert_output "$(printf '%s\n' -qs kernel)"
  run -0 zsh_typed '-sker'
  assert_output -skernel
  grep -qw localhost /etc/hosts || skip "but for names: this host has no /etc/hosts with localhost"
  run -0 zsh_typed '-a localh'
  assert_output "$(printf '%s\n' -a localhost)"
}

@test "fish: --option=VALUE" {
  run -0 fish_complete --explain=ECONNREF
  assert_output --explain=ECONNREFUSED
}

completes_data() {
  run -0 "$1" --send @README
  assert_output --regexp '^@?README\.md$'
  run -0 "$1" --send one --send @README
  assert_output --regexp '^@?README\.md$'
  run -0 "$1" --listen --reply README
  assert_output ''
}

@test "the file of --send and --reply" {
  each_shell completes_data
}

@test "no completion offers file names otherwise" {
  for shell in bash zsh fish; do
    run -0 "${shell}_complete" Make
    refute_output --partial Makefile
  done
  run -0 bash_typed Makef
  assert_output Makef
}

# shellcheck shell=bash
# record NAME [JSON]: the report in $output of a fault, and the one without a witness; for tests/faults, once
# the tests are through. Without any, for bad usage, what was said on stderr is it.
# options: those that the program was given, which say how long it has to wait (tests/faults/times).
# The list is $FAULTS, or that of the test's own stack.
record() {
  local report=$output list=${FAULTS:-$PWD/build/check/faults.$STACK.lines}
  [ -n "$report" ] ||
    report="{\"result\":\"bad usage\",\"exit_status\":2,\"reason\":\"${stderr#sctp-connect: }\",\"paths\":[]}"
  mkdir -p "${list%/*}"
  printf '{"name":"%s","options":"%s","report":%s,"plain":%s}\n' "$1" "${options:-}" "$report" "${2:-null}" >>"$list"
}

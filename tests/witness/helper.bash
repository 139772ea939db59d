# shellcheck shell=bash
# The witness alone, beside a program that connects: what it sees, and what it concludes.
# shellcheck source=tests/e2e/helper.bash
source "$BATS_TEST_DIRNAME/../e2e/helper.bash"

WATCH=${WATCH:-$PWD/build/witness/watch}

# watch [-l PORT] [-u LOCAL:REMOTE] PORT ADDRESS...: in the client namespace, or $WATCH_IN.
watch() {
  WATCH_OUT=$BATS_TEST_TMPDIR/watch.$RANDOM
  echo "\$ watch $*"
  ip netns exec "$TOPO-${WATCH_IN:-client}" "$WATCH" "$@" >"$WATCH_OUT" 2>&1 3>&- &
  WATCHER=$!
  wait_for_line "$WATCH_OUT" '^(watching|cannot)'
}

# watched: ends it. Its lines are in $WATCH_OUT.
watched() {
  local status=0
  kill -CONT "$WATCHER" # one that a test has stopped
  kill "$WATCHER"
  wait "$WATCHER" || status=$?
  WATCHER=
  grep -Ev '[←→] (DATA|SACK) ' "$WATCH_OUT"
  return "$status"
}

# saw REGEX...: the packets were these, in this order, and perhaps others between them.
saw() {
  local -a lines
  local i=0
  mapfile -t lines < <(grep ' ms  ' "$WATCH_OUT")
  for regex; do
    until [[ ${lines[i]-} =~ $regex ]]; do
      [ "$i" -lt "${#lines[@]}" ] || fail "not seen, or not in this order: $regex"
      i=$((i + 1))
    done
    i=$((i + 1))
  done
}

saw_nothing() {
  ! grep ' ms  ' "$WATCH_OUT" || fail "saw packets"
}

# says REGEX...: what is said together has these lines.
says() {
  for regex; do
    grep -Eq -e "$regex" "$WATCH_OUT" || fail "does not say: $regex"
  done
}

# No witness may miss a packet, nor find fault with a checksum, unless the test is about that.
flawless() {
  says '^lost 0 bad-sent 0 aborts-sent '
  ! grep -E 'BAD CHECKSUM|malformed|← ICMP| bad [1-9]| strays [1-9]' "$WATCH_OUT" || fail "finds fault"
}

# packets REGEX: how many lines of packets match.
packets() {
  grep ' ms  ' "$WATCH_OUT" | grep -Ec -e "$1"
}

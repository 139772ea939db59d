#!/usr/bin/env bats
# The rights that the program gives up, as the kernel tells them of the running program. What each part forbids is tried
# in tests/unit/test_sandbox.c.
load helper

setup_file() {
  export TOPO=box$$
  topo_up 1
}

teardown_file() {
  topo_down
}

teardown() {
  end_programs
}

# of PID FIELD: a line of its /proc/PID/status.
of() {
  sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status"
}

# A build with sanitizers has neither seccomp nor Landlock.
whole_or_skip() {
  "$SCTP_CONNECT" --version | grep -qx 'sandbox: no_new_privs; seccomp; Landlock [0-9]*' ||
    skip "$("$SCTP_CONNECT" --version | grep '^sandbox')"
}

@test "a listener and a monitor have given up what they do not need" {
  whole_or_skip
  start_listener -b 10.1.1.2:0
  assert_equal "$(of "$LISTENER" CapPrm) $(of "$LISTENER" CapEff)" '0000000000000000 0000000000000000'
  assert_equal "$(of "$LISTENER" NoNewPrivs) $(of "$LISTENER" Seccomp)" "1 2"

  start_client --monitor --interval 100ms -v -a "10.1.1.2:$PORT"
  wait_for_line "$CLIENT_OUT" '^connected'
  assert wait_for eval "[ \$(of $CLIENT CapPrm) = 0000000000000000 ]"
  assert_equal "$(of "$CLIENT" NoNewPrivs) $(of "$CLIENT" Seccomp)" "1 2"
  run -0 grep -c 'sandbox: .*no_new_privs; seccomp; Landlock' "$CLIENT_OUT.err"
  run -0 grep -c 'sandbox: a second process has net_raw net_admin$' "$CLIENT_OUT.err"
  # 12 is CAP_NET_ADMIN, which long echoes need, and a monitor for IPsec's policies.
  local second
  for second in $(by_stack "$LISTENER" '') "$CLIENT"; do
    second=$(pgrep -P "$second")
    assert wait_for eval "[ \$(of $second CapPrm) = 0000000000001000 ]"
    assert_equal "$(of "$second" NoNewPrivs) $(of "$second" Seccomp)" "1 2"
  done
  # Only it can see this.
  ip -n "$TOPO-client" xfrm policy add dst 10.1.1.2 dir out action block
  wait_for_line "$CLIENT_OUT" "IPsec policy"
  ip -n "$TOPO-client" xfrm policy flush
  # It ends with the first one, however that ends.
  end_client KILL
  assert wait_for eval "[ ! -e /proc/$second ]"
  end_listener
}

# bats test_tags=usrsctp
@test "without a second process, the first one keeps packet sockets until the report, and nothing else" {
  whole_or_skip
  start_listener -b 10.1.1.2:0
  ip netns exec "$TOPO-client" strace -qq -o /dev/null -e inject=clone:error=EAGAIN:when=1 "${PROGRAM[@]}" --monitor \
    --interval 100ms -v -a "10.1.1.2:$PORT" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
  local tracer=$! traced
  wait_for_line "$BATS_TEST_TMPDIR/out" '^connected'
  run -0 grep -c 'sandbox: capabilities net_raw; no_new_privs; seccomp; Landlock' "$BATS_TEST_TMPDIR/err"
  run -0 grep -c 'sandbox: no second process (EAGAIN)$' "$BATS_TEST_TMPDIR/err"
  traced=$(pgrep -P "$tracer")
  assert wait_for eval "[ \$(of $traced CapPrm) = 0000000000000000 ]"
  kill "$traced"
  wait "$tracer" || true
}

@test "--no-sandbox: nothing is given up" {
  start_listener -b 10.1.1.2:0 --no-sandbox
  assert_equal "$(of "$LISTENER" NoNewPrivs) $(of "$LISTENER" Seccomp)" "$(of $$ NoNewPrivs) $(of $$ Seccomp)"
  assert_equal "$(of "$LISTENER" CapPrm)" "$(of $$ CapPrm)"
  try 0 --no-sandbox -v -a "10.1.1.2:$PORT"
  [[ $stderr == *'sandbox: none (--no-sandbox)'* ]]
}

@test "files: --metrics replaces its file, names are looked up, nothing else is open" {
  whole_or_skip
  own_hosts '10.1.1.2 server.test'
  start_listener -b 10.1.1.2:0
  try 0 -v --metrics "$BATS_TEST_TMPDIR/metrics" -a "server.test:$PORT"
  assert_regex "$stderr" 'sandbox: capabilities (net_raw net_admin )?dac_override; '
  run -0 grep -c '^sctp_target_up.* 1$' "$BATS_TEST_TMPDIR/metrics"
  # What the report says of a folder that is not there is what the kernel says of it.
  try 6 --metrics "$BATS_TEST_TMPDIR/no/metrics" -a "10.1.1.2:$PORT"
  assert_regex "$stderr" 'cannot be written: No such file'
  forget_hosts
}

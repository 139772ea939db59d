#!/usr/bin/env bats
# What is printed, where, and in which form, for every kind of outcome.
load helper

setup_file() {
  export TOPO=out$$
  topo_up 2
}

teardown_file() {
  topo_down
}

setup() {
  start_listener -b 10.1.1.2:5000 -b 10.1.2.2
}

teardown() {
  nft_flush
  end_programs
}

# The addresses of the seven outcomes; no host has 10.1.1.3, and its ARP is not answered.
up=(-a 10.1.1.2:5000 -a 10.1.2.2)
refused=(-a 10.1.1.2:5001)
silent=(-w 300ms -a 10.1.1.2:5000)
unreachable=(-a 10.99.0.1:5000)
unresolved=(-a name.invalid:5000)
failed=(-b 10.99.0.1 -a 10.1.1.2:5000)

drop_sctp() {
  nft_server input "$SCTP" drop
}

# What follows the first line of the text is addresses, the line of our own side, and routes.
assert_text_layout() {
  local line
  while IFS= read -r line; do
    [[ $line == "  "[0-9[]* || $line == "  "@(from|packets to|route to|one link:|one gateway:)" "* ]] || fail "what is this line: $line"
    [[ $line != *' ' ]] || fail "white space at the end: '$line'"
  done < <(tail -n +2 <<<"${1-$output}")
}

# one_json STATUS [OPTION]...: exactly one line.
one_json() {
  try_json "$@"
  [ ${#lines[@]} -eq 1 ]
}

# on_terminal COMMAND: in the client namespace, on a terminal of its own. $screen is all that the
# terminal was sent, and $status the exit status.
on_terminal() {
  run in_client script -qec "$1" "$BATS_TEST_TMPDIR/typescript" </dev/null
  screen=${output//$'\r'$'\n'/$'\n'}
  printf '%q\n' "$screen"
}

# into REDIRECTION STATUS [OPTION]...: the program with its output there; $stderr is what it says.
into() {
  local redirection=$1 status=$2
  shift 2
  run "-$status" --separate-stderr timeout -k 1 60 ip netns exec "$TOPO-client" \
    bash -c "exec \"\$@\" $redirection" - "${PROGRAM[@]}" "$@"
  echo "$stderr"
}

# --- Text -------------------------------------------------------------------------------------

@test "text: connected" {
  try 0 "${up[@]}" -a 10.1.9.9
  assert_line --index 0 --regexp \
    '^connected  association [0-9]+, streams 10 out 10 in, [0-9]+\.[0-9] ms \('"$STACK"', nonblocking\)$'
  assert_line --index 1 --regexp \
    '^  10\.1\.1\.2:5000  verified  rtt [0-9]+\.[0-9]+ ms +rto [0-9]+ ms  mtu 1500  primary$'
  assert_line --index 2 --regexp '^  10\.1\.2\.2:5000  verified  rtt [0-9]+\.[0-9]+ ms +rto [0-9]+ ms  mtu 1500$'
  assert_line --index 3 '  10.1.9.9:5000  rejected  not an address of this peer, or another endpoint listens on it'
  assert_line --index 4 --regexp \
    '^  from 10\.1\.1\.1, 10\.1\.2\.1 port [0-9]+; peer rwnd [0-9]+; extensions PR-SCTP, '"$(by_stack '' 'AUTH, ASCONF, RE-CONFIG, ')"'ECN$'
  [ ${#lines[@]} -eq 5 ]
  assert_regex "$stderr" '^sctp-connect: 10\.1\.9\.9: --each tries it alone: '
  # Unasked, none is verified, and what usrsctp does not know of a path before a round trip is left out.
  try 0 --no-probe "${up[@]}"
  assert_line --index 1 --regexp '^  10\.1\.1\.2:5000  unverified  rto [0-9]+ ms  mtu 1500  primary$'
  assert_line --index 2 --regexp "^  10\.1\.2\.2:5000  unverified  $(by_stack 'rto [0-9]+ ms' ' +')  mtu 1500$"
}

@test "text: refused" {
  try 1 "${refused[@]}"
  assert_line --index 0 --regexp \
    '^refused    ECONNREFUSED after [0-9]+\.[0-9] ms \('"$STACK"', nonblocking\)$'
  assert_line --index 1 --regexp \
    '^  10\.1\.1\.2:5001  refused  the host answered ABORT: no endpoint listens on port 5001'
  [ ${#lines[@]} -eq 2 ]
  try 1 -B -m "${refused[@]}"
  assert_line --index 0 --regexp '^refused .* \('"$STACK"', blocking, one-to-many\)$'
}

@test "text: refused, several addresses: the reason moves to stderr" {
  try 1 "${refused[@]}" -a 10.1.2.2
  assert_line --index 1 '  10.1.1.2:5001  refused  answered ABORT'
  assert_line --index 2 --regexp '^  10\.1\.2\.2:5001  untried  not tried: '
  [ ${#lines[@]} -eq 3 ]
  [[ $stderr == "sctp-connect: the host answered ABORT"* ]]
}

@test "text: timeout" {
  drop_sctp
  try 4 "${silent[@]}"
  assert_line --index 0 --regexp '^timeout    ETIMEDOUT after [0-9]+\.[0-9] ms '
  assert_line --index 1 --regexp '^  10\.1\.1\.2:5000  silent  no answer to INIT'
  [ ${#lines[@]} -eq 3 ]
  [[ $stderr == "sctp-connect: "*"$(by_stack "protocol 132" "UDP port")"* ]]
}

@test "text: unreachable, unresolved, failed" {
  try 1 "${unreachable[@]}"
  assert_line --index 0 --regexp '^unreachable  ENETUNREACH after [0-9.]+ ms '
  assert_line --index 1 --regexp '^  10\.99\.0\.1:5000  unreachable  this host has no route'
  assert_text_layout
  try 3 "${unresolved[@]}"
  assert_line --index 0 --regexp '^unresolved  name\.invalid:5000 after [0-9.]+ ms$'
  [ ${#lines[@]} -eq 1 ]
  [[ $stderr == "sctp-connect: name.invalid: "* ]]
  try 6 "${failed[@]}"
  assert_line --index 0 --regexp '^failed     EADDRNOTAVAIL \('"$STACK"', nonblocking\)$'
  assert_line --index 1 --regexp '^  10\.1\.1\.2:5000  untried  '
  assert_text_layout
  [[ $output$stderr == *"10.99.0.1 is not an address of this host"* ]]
}

@test "text: interrupted" {
  drop_sctp
  start_client -w 20s "${up[@]}"
  wait_for pending
  end_client TERM
  [ "$client_status" -eq 143 ]
  local text
  text=$(<"$CLIENT_OUT")
  [[ $text =~ ^failed\ +SIGTERM\ after\ [0-9.]+\ m?s ]]
  assert_text_layout "$text"
}

@test "text: hints are on stderr, and nothing of the text is" {
  drop_sctp
  try 4 "${silent[@]}" -a 10.1.2.2
  assert_text_layout
  local line
  while IFS= read -r line; do
    [[ $line == "sctp-connect: "* ]] || fail "on stderr: $line"
  done <<<"$stderr"
}

@test "text: the columns are as wide as the longest of them, IPv6 too" {
  drop_sctp
  try 4 -w 300ms -p 5000 -a 10.1.1.2 -a fd01:1::2 -a 10.1.2.2
  assert_line --index 1 --regexp '^  10\.1\.1\.2:5000     silent '
  assert_line --index 2 --regexp '^  \[fd01:1::2\]:5000  (silent|untried) '
  assert_line --index 3 --regexp '^  10\.1\.2\.2:5000     (silent|untried) '
}

# --- JSON -------------------------------------------------------------------------------------

@test "JSON: refused, unreachable, unresolved, failed" {
  one_json 1 "${refused[@]}"
  json '[.result, .exit_status, .errno, .errno_number, .association] | @json' \
    '["refused",1,"ECONNREFUSED",111,null]'
  assert_equal "$stderr" ''
  one_json 1 "${refused[@]}" -a 10.1.2.2
  json '[.paths[].verdict] | @json' '["refused","untried"]'
  one_json 1 "${unreachable[@]}"
  json '[.result, .exit_status, .errno, .paths[0].route_error] | @json' \
    '["unreachable",1,"ENETUNREACH","ENETUNREACH"]'
  one_json 3 "${unresolved[@]}"
  json '[.result, .exit_status, .errno, .paths] | @json' '["unresolved",3,null,[]]'
  one_json 6 "${failed[@]}"
  json '[.result, .exit_status, .errno, .errno_number, .association] | @json' \
    '["failed",6,"EADDRNOTAVAIL",99,null]'
}

@test "JSON: timeout" {
  drop_sctp
  one_json 4 "${silent[@]}" -a '[fd01:1::2]:5000'
  json '[.result, .exit_status, .errno, .paths[0].verdict] | @json' \
    '["timeout",4,"ETIMEDOUT","silent"]'
  json '.time_ms.connect >= 300 and .time_ms.connect < 4500' true
}

@test "JSON: interrupted" {
  drop_sctp
  start_client --json -w 20s "${up[@]}"
  wait_for pending
  end_client INT
  [ "$client_status" -eq 130 ]
  output=$(<"$CLIENT_OUT")
  keep_json <<<"$output"
  json '[.result, .exit_status, .signal] | @json' '["failed",130,"SIGINT"]'
}

# A program that is stopped stops its stack in user space too.
# bats test_tags=kernel
@test "JSON: aborted as soon as it was up" {
  end_listener
  start_listener -b 10.1.1.2:0 --abort-after 1ms --count 1
  # The client sleeps while its kernel and the peer's do all the rest.
  drop_sctp
  start_client --json -w 20s --rto-initial 200ms --init-timeout 200ms -a "10.1.1.2:$PORT"
  wait_for pending
  kill -STOP "$CLIENT"
  nft_flush
  wait "$LISTENER"
  LISTENER=
  wait_for no_associations client
  kill -CONT "$CLIENT"
  client_status=0
  wait "$CLIENT" || client_status=$?
  output=$(<"$CLIENT_OUT")
  keep_json <<<"$output"
  json '[.result, .exit_status, .errno] | @json' '["aborted",1,"ECONNRESET"]'
  [ "$client_status" -eq 1 ]
}

@test "JSON: learned and rejected addresses" {
  one_json 0 -a 10.1.1.2:5000
  json '[.paths[].requested] | @json' '[true,false]'
  one_json 0 "${up[@]}" -a 10.9.9.9 -a '[fd01:9::9]:5000'
  json '[.paths[].verdict] | @json' '["verified","verified","rejected","rejected"]'
}

@test "JSON: the listener's events" {
  end_listener
  start_listener --json -b 10.1.1.2:5000 -b 10.1.2.2
  try 0 "${up[@]}"
  wait_for_line "$LISTEN_OUT" '"down"'
  end_listener
  LISTENER=
  keep_json <"$LISTEN_OUT"
  assert_equal "$(jq -r '.event | select(. != "path")' "$LISTEN_OUT")" $'listening\nup\ndown\nend'
  assert_equal "$(jq -c 'select(.event == "listening").local' "$LISTEN_OUT")" \
    '[{"address":"10.1.1.2","port":5000},{"address":"10.1.2.2","port":5000}]'
  assert_equal "$(jq -c 'select(.event == "down") | [.graceful, .errno, .messages, .bytes]' \
    "$LISTEN_OUT")" '[true,null,0,0]'
  assert_equal "$(jq -s 'map(.association_id // empty) | unique | length' "$LISTEN_OUT")" 1
}

@test "JSON: a listener that fails" {
  one_json 6 --listen -b 10.99.0.1:5000
  json '[.result, .exit_status, .errno] | @json' '["failed",6,"EADDRNOTAVAIL"]'
  one_json 3 --listen -b name.invalid:5000
  json '[.result, .exit_status] | @json' '["unresolved",3]'
}

@test "JSON: one line, with its end, that a pipe takes" {
  in_client "${PROGRAM[@]}" --json "${up[@]}" >"$BATS_TEST_TMPDIR/out"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 1 ]
  [ "$(tail -c 2 "$BATS_TEST_TMPDIR/out")" = '}' ]
  run -0 bash -o pipefail -c 'ip netns exec "$@" | jq -r .result' - \
    "$TOPO-client" "${PROGRAM[@]}" --json "${up[@]}"
  assert_output connected
}

# --- --quiet, --verbose, --color --------------------------------------------------------------

@test "--quiet: nothing on stdout whatever happens, and the status stays" {
  local json
  for json in '' --json; do
    try 0 -q $json "${up[@]}"
    assert_output ''
    try 1 --quiet $json "${refused[@]}"
    assert_output ''
    try 1 -q $json "${unreachable[@]}"
    assert_output ''
    try 3 -q $json "${unresolved[@]}"
    assert_output ''
    try 6 -q $json "${failed[@]}"
    assert_output ''
    try 6 -q $json --listen -b 10.1.1.2:5000
    assert_output ''
  done
  drop_sctp
  try 4 -q "${silent[@]}"
  assert_output ''
}

@test "--verbose: a timeline on stderr, each line with its milliseconds, in order" {
  try 0 -v "${up[@]}"
  assert_line --index 0 --regexp '^connected  association '
  assert_text_layout
  # What the witness tells of a packet has the time at which it passed, and is read a little later.
  local line count=0 kind now
  local -A last=([packet]=0 [event]=0)
  while IFS= read -r line; do
    count=$((count + 1))
    [[ $line =~ ^\ *([0-9]+)\.([0-9])\ ms\ \ [^\ ].*[^\ ]$ ||
      $line =~ ^\ *([0-9]+)\.([0-9])\ ms\ \ \ \ [^\ ] ]] || fail "no such line: $line"
    now=${BASH_REMATCH[1]}${BASH_REMATCH[2]}
    kind=event
    [[ $line != *' <- '* && $line != *' -> '* ]] || kind=packet
    [ "$now" -ge "${last[$kind]}" ] || fail "back in time: $line"
    last[$kind]=$now
  done <<<"$stderr"
  [ "$count" -ge 6 ]
  [[ $stderr == *"sctp_connectx, 2 addresses, non-blocking, one-to-one"* ]]
  [[ $stderr == *"10.1.1.2:5000"*"10.1.2.2:5000"*"COMM_UP"*"SHUTDOWN"* ]]
}

@test "--verbose: arrows where the locale has them" {
  LC_ALL=C.UTF-8 try 1 -v "${refused[@]}"
  [[ $stderr == *'10.1.1.2 ← INIT '*'10.1.1.2 → ABORT'* ]]
  LC_ALL=C try 1 -v "${refused[@]}"
  [[ $stderr == *'10.1.1.2 <- INIT '*'10.1.1.2 -> ABORT'* ]]
}

@test "the name of a link cannot steer the terminal" {
  local link=$'o\e[5mo' number
  ip -n "$TOPO-client" link add "$link" type veth peer name odd
  ip -n "$TOPO-client" link set odd up
  ip -n "$TOPO-client" link set "$link" up
  ip -n "$TOPO-client" addr add fe80::1/64 dev "$link" nodad
  ip -n "$TOPO-client" addr add 10.77.0.1/24 dev "$link"
  ip -n "$TOPO-client" neigh add 10.77.0.2 lladdr 02:00:00:00:00:02 dev "$link"
  ip -n "$TOPO-client" neigh add fe80::9 lladdr 02:00:00:00:00:02 dev "$link"
  number=$(ip -n "$TOPO-client" -o link show dev "$link" | cut -d: -f1)
  try "$(by_stack 4 6)" -w 300ms -p 5000 -a "fe80::9%$number"
  [[ $output == *"  [fe80::9%$number]:5000  "* ]]
  [[ $output$stderr != *$'\e'* ]]
  try 4 -v -w 300ms -p 5000 -a 10.77.0.2
  [[ $stderr == *" on o?[5mo"* ]]
  [[ $output$stderr != *$'\e'* ]]
  ip -n "$TOPO-client" link del odd
}

@test "--verbose says what was tried when it fails, and JSON stays one line" {
  try 1 -v "${refused[@]}"
  [[ $stderr == *" ms  refused, ECONNREFUSED"* ]]
  one_json 3 -v "${unresolved[@]}"
  [[ $stderr == *" ms  unresolved"* ]]
  one_json 6 -v "${failed[@]}"
  [[ $stderr == *" ms  failed, EADDRNOTAVAIL"* ]]
}

@test "--color: never, always; auto is not for pipes; JSON has none" {
  local word
  for word in never auto; do
    try 0 --color "$word" "${up[@]}"
    [[ $output$stderr != *$'\e'* ]]
  done
  try 0 --color=always "${up[@]}"
  assert_line --index 0 --regexp $'^\e\\[32mconnected\e\\[0m  association'
  assert_line --index 1 --regexp $'  10\\.1\\.1\\.2:5000  \e\\[32mverified\e\\[0m  rtt'
  try 1 --color always "${refused[@]}"
  assert_line --index 0 --regexp $'^\e\\[31mrefused\e\\[0m    ECONNREFUSED'
  NO_COLOR=1 try 1 --color always "${refused[@]}"
  [[ $output == *$'\e'* ]]
  try 1 --json --color always "${refused[@]}"
  [[ $output != *$'\e'* ]]
}

@test "--color auto on a terminal, unless NO_COLOR or TERM say no" {
  local run="${PROGRAM[*]} ${refused[*]}"
  on_terminal "TERM=xterm $run"
  [[ $screen == *$'\e[31mrefused\e[0m'* ]]
  [ "$status" -eq 1 ]
  on_terminal "TERM=xterm NO_COLOR=1 $run"
  [[ $screen != *$'\e['3[0-9]m* ]]
  on_terminal "TERM=xterm NO_COLOR= $run"
  [[ $screen == *$'\e[31mrefused\e[0m'* ]]
  on_terminal "TERM=dumb $run"
  [[ $screen != *$'\e['3[0-9]m* ]]
  on_terminal "env -u TERM $run"
  [[ $screen != *$'\e['3[0-9]m* ]]
  on_terminal "TERM=xterm $run --color never"
  [[ $screen != *$'\e['3[0-9]m* ]]
}

@test "on a terminal a long wait shows what is waited for, and takes it away again" {
  drop_sctp
  on_terminal "${PROGRAM[*]} --color never -w 1500ms -a 10.1.1.2:5000 2>&1"
  [ "$status" -eq 4 ]
  [[ $screen == *$'\r'"waiting for an answer from 10.1.1.2:5000"*$'\r\e[K'timeout* ]]
  on_terminal "${PROGRAM[*]} --color never -w 1500ms -B ${up[*]}"
  [[ $screen == *$'\r'"waiting for an answer from 10.1.1.2:5000 and 1 more"*$'\r\e[K'timeout* ]]
  on_terminal "${PROGRAM[*]} --json -w 1500ms -a 10.1.1.2:5000 >$BATS_TEST_TMPDIR/json"
  [[ $screen == *$'\r'"waiting for an answer from 10.1.1.2:5000"*$'\r\e[K' ]]
  [ "$(jq -r .result "$BATS_TEST_TMPDIR/json")" = timeout ]
}

@test "no such line for a short wait, with -q or -v, or where stderr is no terminal" {
  drop_sctp
  on_terminal "${PROGRAM[*]} -w 300ms -a 10.1.1.2:5000"
  [[ $screen != *waiting* ]]
  on_terminal "${PROGRAM[*]} -q -w 900ms -a 10.1.1.2:5000"
  [[ $screen != *waiting* ]]
  on_terminal "${PROGRAM[*]} -v -w 900ms -a 10.1.1.2:5000"
  [[ $screen != *waiting* ]]
  on_terminal "${PROGRAM[*]} -w 900ms -a 10.1.1.2:5000 2>$BATS_TEST_TMPDIR/err"
  [[ $screen != *waiting* ]]
  run cat "$BATS_TEST_TMPDIR/err"
  refute_output --partial waiting
}

# --- What cannot be written -------------------------------------------------------------------

cannot_write='sctp-connect: cannot write to standard output: '

@test "a full device is a failure" {
  into '>/dev/full' 6 "${up[@]}"
  assert_equal "$stderr" "${cannot_write}No space left on device"
  into '>/dev/full' 6 --json "${up[@]}"
  assert_equal "$stderr" "${cannot_write}No space left on device"
  into '>/dev/full' 1 "${refused[@]}"
  [[ $stderr == *"${cannot_write}No space left on device"* ]]
  into '>/dev/full' 0 --quiet "${up[@]}"
  # The association is closed all the same.
  wait_for no_associations client
}

# A closed descriptor is the first that a socket gets: what goes there would go to the peer.
data_received() {
  if [ "$STACK" = kernel ]; then
    in_server grep -E '^SctpIn(Order|Unorder)Chunks' /proc/net/sctp/snmp
  else
    grep -v ' 0 messages 0 bytes' "$LISTEN_OUT" | grep ' bytes echoed' || true
  fi
}

@test "no stdout at all is a failure, and what would have gone there goes nowhere else" {
  local mode before
  before=$(data_received)
  for mode in -n -B -m --json; do
    into '>&-' 6 "$mode" "${up[@]}"
    assert_equal "$stderr" "${cannot_write}Bad file descriptor"
  done
  into '>&-' 0 --quiet "${up[@]}"
  assert_equal "$(data_received)" "$before"
}

@test "no stderr, or nothing of the three: the report is right, and the peer is not told" {
  local before
  before=$(data_received)
  into '2>&-' 1 -v "${refused[@]}"
  into '2>&-' 0 -v "${up[@]}"
  assert_line --index 0 --regexp '^connected '
  into '<&- 2>&-' 0 -v "${up[@]}"
  assert_line --index 0 --regexp '^connected '
  into '<&- >&- 2>&-' 6 -v "${up[@]}"
  assert_equal "$(data_received)" "$before"
}

@test "a pipe without a reader is a failure, with a message" {
  local pipe=$BATS_TEST_TMPDIR/pipe reader writer
  mkfifo "$pipe"
  exec {reader}<>"$pipe"
  exec {writer}>"$pipe"
  exec {reader}<&-
  into ">&$writer" 6 "${up[@]}"
  assert_equal "$stderr" "${cannot_write}Broken pipe"
  into ">&$writer" 6 --json "${up[@]}"
  assert_equal "$stderr" "${cannot_write}Broken pipe"
  into ">&$writer" 1 "${refused[@]}"
  into ">&$writer" 141 --help # 128 + SIGPIPE
  exec {writer}>&-
}

# on_full_pipe READER STATUS [OPTION]...: as into, on a pipe that does not block and is full. READER never, or reads it
# when the listener says that the association is up: $output is then what the program wrote.
on_full_pipe() {
  local reader=$1 status=$2
  shift 2
  run "-$status" --separate-stderr timeout -k 1 60 python3 - "$reader" "$LISTEN_OUT" \
    ip netns exec "$TOPO-client" "${PROGRAM[@]}" "$@" <<-'END'
	import os, subprocess, sys, time
	reader, listener, *command = sys.argv[1:]
	ours, theirs = os.pipe()
	os.set_blocking(theirs, False)
	filled = 0
	try:
	    while True:
	        filled += os.write(theirs, b"x" * 4096)
	except BlockingIOError:
	    pass
	program = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs)
	os.close(theirs)
	if reader == "never":
	    sys.exit(program.wait())
	while "up " not in open(listener).read():
	    time.sleep(0.01)
	text = open(ours, "rb").read()
	sys.stdout.write(text[filled:].decode())
	sys.exit(program.wait())
	END
  echo "$stderr"
}

@test "a full pipe that does not block is waited for, but not for ever" {
  on_full_pipe late 0 "${up[@]}"
  assert_line --index 0 --regexp '^connected '
  assert_line --index 3 --regexp '^  from '
  assert_equal "$stderr" ''
  on_full_pipe never 6 --json "${up[@]}"
  assert_equal "$stderr" "${cannot_write}it is full, and no program reads it"
  wait_for no_associations client
}

@test "a listener that cannot write ends at its first record, with a failure too" {
  into '>/dev/full' 6 --listen -b 10.1.1.1:5003
  assert_equal "$stderr" "${cannot_write}No space left on device"
}

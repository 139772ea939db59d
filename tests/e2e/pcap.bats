#!/usr/bin/env bats
# --pcap: the file, what is in it, and who may write it.
load helper

setup_file() {
  export TOPO=pcap$$
  topo_up 2
}

teardown_file() {
  topo_down
}

teardown() {
  restore_network
  end_programs
}

# packets FILE...: one line for each packet: link, direction (1 in, 2 out), length, bytes in the file, chunk
# types, comment. tshark must not complain. It takes 40 s to start in the guest, so a small reader is asked
# there, which is compared with it here.
packets() {
  cat "$@" | python3 tests/e2e/pcapng.py "$UDP" >"$BATS_TEST_TMPDIR/packets"
  [ "$STACK" = kernel ] && [ -z "${WITH_TSHARK-}" ] || compare_with_tshark "$@"
  cat "$BATS_TEST_TMPDIR/packets"
}

compare_with_tshark() { # FILE...
  # pcapng files can be joined.
  cat "$@" | tshark -n -d "udp.port==$UDP,sctp" -r - -T fields -E separator=' ' -E aggregator=+ \
    -e frame.interface_name -e frame.packet_flags_direction -e frame.len -e frame.cap_len -e sctp.chunk_type \
    -e frame.comment >"$BATS_TEST_TMPDIR/tshark" 2>"$BATS_TEST_TMPDIR/complaints" || fail "tshark: $?"
  run -1 grep -v '^Running as user "root"' "$BATS_TEST_TMPDIR/complaints"
  diff <(sed 's/0x0000000//' "$BATS_TEST_TMPDIR/tshark") "$BATS_TEST_TMPDIR/packets" >&2
}

@test "the packets of attempts, with --each and --monitor, and why they ended" {
  local file=$BATS_TEST_TMPDIR
  local in_udp # bytes of the UDP header
  in_udp=$(by_stack 0 8)
  touch "$file/up"
  chmod 644 "$file/up"
  start_listener -b 10.1.1.2:5000 -b 10.1.2.2
  try 0 --pcap "$file/up" --quiet -a 10.1.1.2:5000 -a 10.1.2.2
  try 1 --pcap "$file/refused" --snaplen 44 -a 10.1.1.2:5001
  drop_path 2
  try 5 --pcap "$file/each" --each -R all -w 500ms --probe-timeout 400ms -a 10.1.1.2:5000 -a 10.1.2.2
  restore_path 2
  start_client --pcap "$file/monitor" --monitor --json -a 10.1.1.2:5000 -a 10.1.2.2
  wait_for_line "$CLIENT_OUT" '"event":"round".*"round":1,'
  end_listener
  client_status=0
  wait "$CLIENT" || client_status=$?
  [ "$client_status" -eq 1 ]
  # A file that was there belongs to its owner alone afterwards, too.
  [ "$(stat -c '%a' "$file"/{up,refused,each,monitor} | sort -u)" = 600 ]

  packets "$file"/{up,refused,each,monitor} >"$file/lines"
  cat "$file/lines"
  # The handshake, a heartbeat and its answer on each link, large ones too, the end; whole, with directions.
  for expected in '^c1 2 [0-9]* [0-9]* 1 ' '^c1 1 [0-9]* [0-9]* 2 ' '^c1 2 [0-9]* [0-9]* 10 ' \
    '^c1 1 [0-9]* [0-9]* 11 ' '^c2 2 [0-9]* [0-9]* 4 ' '^c2 1 [0-9]* [0-9]* 5 ' '^c2 2 1500 1500 4+132 ' \
    '^c1 2 [0-9]* [0-9]* 7 ' '^c1 1 [0-9]* [0-9]* 8 ' '^c1 2 [0-9]* [0-9]* 14 ' \
    "^c1 1 $((36 + in_udp)) $((36 + in_udp)) 6 this ABORT refused the association: .*port 5001" \
    '^c1 2 [0-9]* 44 ' \
    '^c2 2 [0-9]* [0-9]* 4 the last HEARTBEAT to this address: no heartbeat answer in 400 ms' \
    '^c2 2 [0-9]* [0-9]* 1 the last INIT to this address: ' \
    '^c[12] 1 [0-9]* [0-9]* 7 this SHUTDOWN closes the association: '; do
    grep -q -- "$expected" "$file/lines" || fail "no packet is $expected"
  done
  # Whose comments? Once each, and on nothing else.
  [ "$(awk 'NF > 5' "$file/lines" | wc -l)" -eq 4 ]
}

@test "the packets of targets, over IPv6 too" {
  local file=$BATS_TEST_TMPDIR/file
  start_listener -p 5000
  try 1 --pcap "$file" --targets - <<-'END'
	six [fd01:1::2]:5000 fd01:2::2
	four 10.1.1.2:5000 10.1.2.2
	none [fd01:1::2]:5001
	END
  packets "$file" >"$file.lines"
  cat "$file.lines"
  [ "$(awk '$5 == 1' "$file.lines" | wc -l)" -ge 3 ]
  grep -q '^c1 1 [0-9]* [0-9]* 6 this ABORT refused the association: .*port 5001' "$file.lines"
  [ "$(awk 'NF > 5' "$file.lines" | wc -l)" -eq 1 ]
}

# bats test_tags=usrsctp
@test "who may not capture, or not write the file, reads why" {
  local file=$BATS_TEST_TMPDIR/file
  ln -s "$file" "$BATS_TEST_TMPDIR/link"
  try 6 --pcap "$BATS_TEST_TMPDIR/link" -a 10.1.1.2:5000
  [ "$stderr" = "sctp-connect: --pcap $BATS_TEST_TMPDIR/link: it is a symbolic link" ]
  try 6 --pcap /dev/null -a 10.1.1.2:5000
  [ "$stderr" = "sctp-connect: --pcap /dev/null: it exists, and is not a regular file" ]
  try 6 --pcap "$file/no/such" -a 10.1.1.2:5000
  [ "$stderr" = "sctp-connect: --pcap $file/no/such: No such file or directory" ]
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  try 6 --pcap "$BATS_TEST_TMPDIR/fifo" -a 10.1.1.2:5000
  [ "$stderr" = "sctp-connect: --pcap $BATS_TEST_TMPDIR/fifo: it exists, and is not a regular file" ]
  # A folder that others can write to: that is a name of a file that nobody meant.
  echo kept >"$BATS_TEST_TMPDIR/precious"
  ln "$BATS_TEST_TMPDIR/precious" "$BATS_TEST_TMPDIR/hard"
  try 6 --pcap "$BATS_TEST_TMPDIR/hard" -a 10.1.1.2:5000
  [ "$stderr" = "sctp-connect: --pcap $BATS_TEST_TMPDIR/hard: it has another name, too (a hard link)" ]
  [ "$(cat "$BATS_TEST_TMPDIR/precious")" = kept ]
  # Another user could change its mode again.
  echo kept >"$BATS_TEST_TMPDIR/foreign"
  chown 65534 "$BATS_TEST_TMPDIR/foreign"
  try 6 --pcap "$BATS_TEST_TMPDIR/foreign" -a 10.1.1.2:5000
  [ "$stderr" = "sctp-connect: --pcap $BATS_TEST_TMPDIR/foreign: it belongs to another user" ]
  # Bad usage leaves a file as it was.
  echo kept >"$BATS_TEST_TMPDIR/kept"
  try 2 --pcap "$BATS_TEST_TMPDIR/kept" -a 10.1.1.2
  [ "$(cat "$BATS_TEST_TMPDIR"/{kept,foreign} | uniq)" = kept ]
  run -6 in_client setpriv --bounding-set -net_raw --inh-caps -net_raw "$SCTP_CONNECT" --pcap "$file" -a 10.1.1.2:5000
  [ "$output" = "sctp-connect: --pcap: capturing packets needs root or CAP_NET_RAW" ]
  [ ! -e "$file" ]
  # With rights that its user does not have, the program may capture; the file is the user's.
  cp "$SCTP_CONNECT" "$BATS_TEST_TMPDIR/program"
  chmod 4755 "$BATS_TEST_TMPDIR/program"
  mkdir "$BATS_TEST_TMPDIR/theirs"
  chown 65534 "$BATS_TEST_TMPDIR/theirs"
  cd "$BATS_TEST_TMPDIR/theirs"
  nobody=(setpriv --reuid 65534 --regid 65534 --clear-groups "$BATS_TEST_TMPDIR/program" -w 100ms -a 10.1.1.2:5000)
  run -6 in_client "${nobody[@]}" --pcap ../file
  [ "$output" = "sctp-connect: --pcap ../file: Permission denied" ]
  run in_client "${nobody[@]}" --metrics ../metrics
  [[ $output == *"sctp-connect: --metrics ../metrics: cannot be written: Permission denied"* ]]
  touch ../secret
  chmod 600 ../secret
  run -2 in_client "${nobody[@]}" --send @../secret
  [[ $output == *secret*denied* || $output == *secret*EACCES* ]]
  run in_client "${nobody[@]}" --pcap file
  [ "$(stat -c '%u %g %a' file)" = '65534 65534 600' ]
}

# bats test_tags=usrsctp
@test "a full disk, or a limit of a file's size, is a failure, and is told" {
  mkdir "$BATS_TEST_TMPDIR/small"
  mount -t tmpfs -o size=4k none "$BATS_TEST_TMPDIR/small"
  start_listener -b 10.1.1.2:5000 -b 10.1.2.2
  try 6 --pcap "$BATS_TEST_TMPDIR/small/file" -a 10.1.1.2:5000 -a 10.1.2.2
  umount "$BATS_TEST_TMPDIR/small"
  [[ $stderr == *"/small/file: the file is not complete: No space left on device" ]]
  [[ $output == connected* ]]
  # shellcheck disable=SC2016 # for the shell that is started
  run -6 in_client bash -c 'ulimit -f 0; "$@"' bash "${PROGRAM[@]}" -a 10.1.1.2:5000 --pcap "$BATS_TEST_TMPDIR/file" \
    --metrics "$BATS_TEST_TMPDIR/metrics"
  assert_line --partial '/file: the file is not complete: File too large'
  assert_line --partial '/metrics: cannot be written: File too large'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The recipes of sctp-connect-fleet(7), taken out of the page and run. --metrics goes through the real thing, in the
# namespace of the client: the node exporter reads the file, Prometheus scrapes it, and a path that is cut can be asked of
# Prometheus. tests/servers/fetch fetches both.
load lab
load ../lab/recipes

setup_file() {
  lab_up prom
  own_hosts
}

teardown_file() {
  lab_down
  forget_hosts
}

setup() {
  DIR=$BATS_TEST_TMPDIR
  SERVERS=()
}

teardown() {
  local pid
  for pid in "${SERVERS[@]}"; do
    kill "$pid"
    wait "$pid" || true
  done
  lab_clean
}

# serve PROGRAM [ARGUMENT]...: in the background.
serve() {
  ip netns exec "$TOPO-client" "$@" </dev/null >"$DIR/$1" 2>&1 3>&- &
  SERVERS+=($!)
}

# ask QUERY: Prometheus, about now. Each series is a line: its labels target, path and alertstate, if it has them, and the
# value.
ask() {
  local answer
  answer=$(in_client curl -sfG http://127.0.0.1:9090/api/v1/query --data-urlencode "query=$1") &&
    jq -r '.data.result[] | [.metric.target, .metric.path, .metric.alertstate, .value[1]] | map(values) | join(" ")' <<<"$answer"
}

says() { # EXPECTED QUERY
  local answer
  answer=$(ask "$2") && [ "$answer" = "$1" ]
}

start_prometheus() {
  local program
  for program in prometheus prometheus-node-exporter promtool curl; do
    command -v "$program" >/dev/null || skip "$program is missing: tests/servers/fetch"
  done
  recipe 'groups:' >"$DIR/rules"
  cat >"$DIR/config" <<-END
	global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
	rule_files: [rules]
	scrape_configs: [{ job_name: node, static_configs: [{ targets: ["127.0.0.1:9100"] }] }]
	END
  serve prometheus-node-exporter --collector.disable-defaults --collector.textfile \
    --collector.textfile.directory="$DIR" --web.listen-address=127.0.0.1:9100
  serve prometheus --config.file="$DIR/config" --storage.tsdb.path="$DIR/data" --web.listen-address=127.0.0.1:9090
}

@test "a path that is cut, and comes back, can be asked of Prometheus' HTTP API, and alerts" {
  start_listener --stack usrsctp -u $UDP -b 10.1.1.2:5000 -b 10.1.2.2 -b 10.1.3.2
  start_prometheus
  printf '%s\n' 'hss1 10.1.1.2:5000 10.1.2.2 10.1.3.2' 'hss2 10.1.1.2:5001' >"$DIR/targets"
  start_client --stack usrsctp -u $UDP --targets "$DIR/targets" --monitor --interval 500ms --metrics "$DIR/sctp.prom"
  wait_for says 'hss1 1' 'sctp_target_up == 1'
  wait_for says 'hss2 0' 'sctp_target_up == 0'
  wait_for says 3 'count(sctp_path_up == 1)'
  drop_path 2
  wait_for says 'hss1 10.1.2.2 0' 'sctp_path_up{target="hss1"} == 0'
  wait_for says 'hss1 10.1.2.2 pending 1' 'ALERTS{alertname="SctpPathDown", target="hss1"}'
  wait_for says 'hss2 pending 1' 'ALERTS{alertname="SctpTargetDown"}'
  # The exporter's own word about the file, which one of the rules needs.
  wait_for says 1 'count(time() - node_textfile_mtime_seconds{file=~".*sctp.prom"} < 300)'
  restore_path 2
  wait_for says '' 'sctp_path_up{target="hss1"} == 0'
  in_client curl -sf http://127.0.0.1:9100/metrics | grep '^node_textfile_scrape_error 0'
  run -0 promtool check metrics <"$DIR/sctp.prom"
  assert_output ''
  end_client INT
  assert_equal "$client_status" 1
}

# program_first: the one that recipes call is the one that is tested.
program_first() {
  mkdir "$DIR/bin"
  printf '#!/bin/sh\nexec "%s" --stack usrsctp -u %s "$@"\n' "$SCTP_CONNECT" "$UDP" >"$DIR/bin/sctp-connect"
  chmod +x "$DIR/bin/sctp-connect"
  PATH=$DIR/bin:$PATH
}

# unit NAME: the file of that name in the recipe for systemd, with this test's paths.
unit() {
  recipe '# /etc/systemd/system/sctp-targets.service' |
    awk -v name="/$1" '/^# \// { on = substr($0, length($0) - length(name) + 1) == name } on' |
    sed "s|/usr/local/bin/|$DIR/bin/|; s|/etc/sctp-targets|$DIR/targets|; s|/var/lib/prometheus/node-exporter|$DIR|"
}

@test "sctp-connect-fleet(7): the unit, the probe, the check and the examples do what they say" {
  local line probe

  start_listener --stack usrsctp -u $UDP -b 10.1.1.2:38412 -b 10.1.2.2
  program_first
  printf '%s\n' 'amf1 10.1.1.2:38412 10.1.2.2' 'amf2 10.1.1.2:38413' >"$DIR/targets"

  # What systemd starts: one line, whose status it takes for success.
  unit sctp-targets.service >"$DIR/sctp-targets.service"
  unit sctp-targets.timer >"$DIR/sctp-targets.timer"
  line=$(sed -n -e ':a' -e '/\\$/{N;ba' -e '}' -e 's/\\\n//g; s/^ExecStart=//p' "$DIR/sctp-targets.service")
  # shellcheck disable=SC2086 # words
  run -1 in_client $line
  grep -q '^SuccessExitStatus=.*\<1\>' "$DIR/sctp-targets.service"
  grep -q '^sctp_target_up{target="amf1",.*} 1$' "$DIR/sctp.prom"
  if command -v systemd-analyze; then
    run -0 systemd-analyze verify --man=no "$DIR/sctp-targets.service" "$DIR/sctp-targets.timer"
    refute_output --partial sctp-targets
  fi

  recipe readinessProbe: >"$DIR/probe"
  probe=$(sed -n 's/^ *command: \[\(.*\)\]$/\1/p' "$DIR/probe" | tr -d ',"')
  # shellcheck disable=SC2086 # words
  run -0 in_client $probe
  recipe '#!/bin/sh' >"$DIR/check"
  run -0 in_client sh "$DIR/check" -a 10.1.1.2:38412
  run -2 in_client sh "$DIR/check" -a 10.1.1.2:38413
  assert_output --partial refused

  # The examples, with this test's list.
  cp "$DIR/targets" "$DIR/peers.txt"
  mapfile -t examples < <(sed -n 's/^\.Dl \(sctp-connect -T.*\)/\1/p' man/sctp-connect-fleet.7)
  [ "${#examples[@]}" -eq 2 ]
  run -1 in_client sh -c "cd '$DIR' && ${examples[0]}"
  assert_output --regexp '2 targets in .*: 1 connected, 1 refused$'
  run -0 in_client sh -c "cd '$DIR' && ${examples[1]}"
  assert_line amf2
  refute_line amf1

  drop_path 2
  # shellcheck disable=SC2086 # words
  run -5 in_client $probe
  run -1 in_client sh "$DIR/check" -R all -a 10.1.1.2:38412 -a 10.1.2.2
}

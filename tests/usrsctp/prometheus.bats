#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# --metrics through the real thing, in the namespace of the client: the node exporter reads the file, Prometheus scrapes
# it, and a path that is cut can be asked of Prometheus. tests/servers/fetch fetches both.
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

# shellcheck shell=bash
# Loaded by the tests that are many: bats and its libraries, with less work for the processor, which is slow in the guest.

# bats notes the stack before each command, by a DEBUG trap that takes half of a test's processor time. Here it is
# noted where a command fails, and what is told of a test is the same, but for "exit" and unset variables,
# which have no line.
if declare -F bats_debug_trap bats_error_trap bats_check_status_from_trap bats_capture_stack_trace >/dev/null; then
  bats_debug_trap() { trap - DEBUG; }
  bats_error_trap() {
    bats_check_status_from_trap
    [ -z "$BATS_DEBUG_LAST_STACK_TRACE_IS_VALID" ] || return 0
    bats_capture_stack_trace
    BATS_DEBUG_LAST_STACK_TRACE_IS_VALID=1
  }
fi

# When a test began. It is asked for each, and starts "date".
if declare -F get_mills_since_epoch >/dev/null; then
  get_mills_since_epoch() { echo "$((${EPOCHREALTIME//[.,]/} / 1000))"; }
fi

# load_quickly LIBRARY: as bats_load_library, which starts "dirname" for each of a library's files.
load_quickly() {
  local file loaded=
  for file in "${BATS_LIB_PATH%%:*}/$1"/src/*.bash; do
    [ -f "$file" ] || break
    # shellcheck disable=SC1090
    source "$file"
    loaded=yes
  done
  [ -n "$loaded" ] || bats_load_library "$1"
}
load_quickly bats-support
load_quickly bats-assert

# jq reads its own library at each start, which takes half a second in the guest. gojq understands the same.
if type -P gojq >/dev/null; then
  jq() { gojq "$@"; }
fi

# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# The recipes of sctp-connect-fleet(7), and the programs of others that they are for.

# Those of tests/servers/fetch, if the host has none.
PATH=$PATH:$PWD/build/prometheus/root/usr/bin

# recipe FIRST: the block of the page that begins with this line.
recipe() {
  FIRST=$1 awk '$0 == ENVIRON["FIRST"] { on = 1 } $0 == ".Ed" { on = 0 } on' man/sctp-connect-fleet.7 | sed 's/\\e/\\/g'
}

#!/usr/bin/env bats
# The cases that lksctp-tools tests for sctp_connectx(), in both styles.
load helper

setup_file() {
  export TOPO=lk$$
  topo_loopback 6
}

teardown_file() {
  topo_down
}

@test "one-to-many: non-blocking EINPROGRESS, again EISCONN, the id is that of COMM_UP" {
  transcript <<'END'
ns loop
open s N
bindx s 127.0.0.1:0 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5
listen s 1
open c N
connectx c 127.0.0.1:s 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5   = -1 EINPROGRESS id set
event c                                                          = COMM_UP error 0
event-id c                                                       = same
event s                                                          = COMM_UP error 0
connectx c 127.0.0.1:s 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5   = -1 EISCONN id untouched
connectx c 127.0.0.3:s                                           = -1 EISCONN id untouched
END
}

@test "one-to-many: blocking, COMM_UP on both sides, the peer's addresses are exactly those bound" {
  transcript <<'END'
ns loop
open s N
bindx s 127.0.0.1:0 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5
listen s 1
open c N block
# The sixth is not one of the peer's.
connectx c 127.0.0.1:s 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5 127.0.0.6   = 0 id set
event c                                                                    = COMM_UP error 0
event-id c                                                                 = same
event s                                                                    = COMM_UP error 0
peers c                                                                    = 127.0.0.1 127.0.0.2 127.0.0.3 127.0.0.4 127.0.0.5
END
}

@test "one-to-many: a peeled-off socket is EISCONN, a peeled-off association EADDRNOTAVAIL" {
  transcript <<'END'
ns loop
open s N
bindx s 127.0.0.1:0
listen s 1
open c N block
bindx c 127.0.0.2:0
connectx c 127.0.0.1:s    = 0 id set
peeloff c p               = 0
connectx p 127.0.0.1:s    = -1 EISCONN id untouched
connectx c 127.0.0.1:s    = -1 EADDRNOTAVAIL id untouched
END
}

@test "one-to-one: bad descriptor, no socket, bad addresses, no addresses, bad family" {
  transcript <<'END'
ns loop
foreign b bad
connectx b 127.0.0.1:9               = -1 EBADF id untouched
foreign f file
connectx f 127.0.0.1:9               = -1 ENOTSOCK id untouched
open c 1 block
connectx c 0.0.0.0:9                 = -1 EINVAL id untouched
connectx c 127.0.0.1:9 count=0       = -1 EINVAL id untouched
connectx c 127.0.0.1:9 family=9090   = -1 EINVAL id untouched
END
}

@test "one-to-one: ten in a row to one listener, and one more than its queue holds is refused" {
  transcript <<END
ns loop
open s 1
bindx s 127.0.0.1:0
listen s 9
$(for i in 0 1 2 3 4 5 6 7 8 9; do
    echo "open c$i 1 block"
    echo "connectx c$i 127.0.0.1:s    = 0 id set"
  done)
open d 1 block
connectx d 127.0.0.1:s    = -1 ECONNREFUSED id untouched
END
}

@test "one-to-one: EISCONN on a listening socket and on an established one, the accepted one too" {
  transcript <<'END'
ns loop
open s 1 block
bindx s 127.0.0.1:0
listen s 5
open t 1
bindx t 127.0.0.2:0
listen t 5
open c 1 block
connectx c 127.0.0.1:s    = 0 id set
accept s a
connectx s 127.0.0.2:t    = -1 EISCONN id untouched
connectx c 127.0.0.1:s    = -1 EISCONN id untouched
connectx c 127.0.0.2:t    = -1 EISCONN id untouched
connectx a 127.0.0.2:t    = -1 EISCONN id untouched
END
}

@test "one-to-one: after the peer has closed the socket is still EISCONN; a new one can connect" {
  transcript <<'END'
ns loop
open s 1
bindx s 127.0.0.1:0
listen s 5
open c 1 block
connectx c 127.0.0.1:s    = 0 id set
accept s a
close a
associations 0            = 0
connectx c 127.0.0.1:s    = -1 EISCONN id untouched
close c
open d 1 block
connectx d 127.0.0.1:s    = 0 id set
END
}

#!/usr/bin/env bats
# How an association, or an attempt, is closed.
load helper

setup_file() {
  export TOPO=clos$$
  topo_up 1
}

teardown_file() {
  topo_down
}

teardown() {
  undo_nft
}

@test "close while pending in COOKIE_WAIT sends nothing" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
shell nft_client input meta l4proto sctp drop
ns client
trace t
open c 1
connectx c 10.1.1.2:s   = -1 EINPROGRESS id set
packets t INIT-ACK      = >INIT <INIT-ACK
close c
associations 0          = 0
packets t               = none
END
}

@test "SO_LINGER {1,0} and close while pending in COOKIE_WAIT sends an ABORT" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
shell nft_client input meta l4proto sctp drop
ns client
trace t
open c 1
connectx c 10.1.1.2:s   = -1 EINPROGRESS id set
packets t INIT-ACK      = >INIT <INIT-ACK
option c linger 0
close c
associations 0          = 0
packets t ABORT         = >ABORT
END
}

@test "close in COOKIE_ECHOED leaves an association at the peer without one on this side" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
# The COOKIE-ACK does not arrive.
shell nft_client input meta l4proto sctp @th,96,8 11 drop
ns client
trace t
open c 1
connectx c 10.1.1.2:s   = -1 EINPROGRESS id set
packets t COOKIE-ACK    = >INIT <INIT-ACK >COOKIE-ECHO <COOKIE-ACK
close c
associations 0          = 0
packets t               = none
ns server
accept s a
event a                 = COMM_UP error 0
event a 300             = nothing
status a                = ESTABLISHED primary 10.1.1.1
option a linger 0
close a
associations 0          = 0
END
}

@test "SO_LINGER {1,0} and close in COOKIE_ECHOED leaves none" {
  # stack_kernel.c kernel_close().
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
shell nft_client input meta l4proto sctp @th,96,8 11 drop
ns client
trace t
open c 1
connectx c 10.1.1.2:s   = -1 EINPROGRESS id set
packets t COOKIE-ACK    = >INIT <INIT-ACK >COOKIE-ECHO <COOKIE-ACK
option c linger 0
close c
packets t               = >ABORT
associations 0          = 0
ns server
accept s a
event a                 = COMM_UP error 0
event a                 = COMM_LOST error 3072 info 00 0c 00 04
close a
associations 0          = 0
END
}

@test "an association that ended before it was accepted can still be accepted" {
  # sctp_cmd_delete_tcb() in net/sctp/sm_sideeffect.c.
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
option c linger 0
close c
associations 0          = 0
ns server
associations 1          = 1
poll s IN|OUT 0         = IN
so_error s              = ECONNRESET
accept s a
event a                 = COMM_UP error 0
event a                 = COMM_LOST error 3072 info 00 0c 00 04
# The ECONNRESET went to the listener, above.
event a                 = end of file
so_error a              = 0
status a                = -1 EINVAL
peers a                 = -1 EINVAL
associations 1          = 1
close a
associations 0          = 0
END
}

@test "the same holds for a one-to-many socket" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
shell nft_client input meta l4proto sctp @th,96,8 11 drop
ns client
trace t
open m N
connectx m 10.1.1.2:s   = -1 EINPROGRESS id set
packets t COOKIE-ACK    = >INIT <INIT-ACK >COOKIE-ECHO <COOKIE-ACK
option m linger 0
close m
packets t               = >ABORT
ns server
associations 0          = 0
END
}

@test "close of an established one is graceful, and leaves no association at either end" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
trace t
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
packets t               = >INIT <INIT-ACK >COOKIE-ECHO <COOKIE-ACK
close c
packets t SHUTDOWN-COMPLETE   = >SHUTDOWN <SHUTDOWN-ACK >SHUTDOWN-COMPLETE
associations 0          = 0
ns server
associations 0          = 0
event s                 = COMM_UP error 0
event s                 = SHUTDOWN_EVENT
event s                 = SHUTDOWN_COMP error 0
END
}

@test "close does not wait for the peer: with the peer gone the association stays behind" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
rto c 200
connectx c 10.1.1.2:s   = 0 id set
shell nft_server input meta l4proto sctp drop
close c
associations 1          = 1
shell nft_flush
associations 0          = 0
END
}

@test "SO_LINGER {1,0} and close of an established one is an ABORT" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
option c linger 0
close c
associations 0          = 0
ns server
associations 0          = 0
event s                 = COMM_UP error 0
event s                 = COMM_LOST error 3072 info 00 0c 00 04
END
}

@test "shutdown(SHUT_WR) on one-to-one, SCTP_EOF on one-to-many: SHUTDOWN_COMP on both ends" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
event c                 = COMM_UP error 0
event s                 = COMM_UP error 0
shutdown c              = 0
event c                 = SHUTDOWN_COMP error 0
event s                 = SHUTDOWN_EVENT
event s                 = SHUTDOWN_COMP error 0
open m N block
open t N
bindx t 10.1.1.1:0
listen t 5
connectx m 10.1.1.1:t   = 0 id set
event m                 = COMM_UP error 0
send m - eof            = 0
event m                 = SHUTDOWN_COMP error 0
event t                 = COMM_UP error 0
event t                 = SHUTDOWN_EVENT
event t                 = SHUTDOWN_COMP error 0
END
}

@test "SCTP_ABORT ends an association of a one-to-many socket, and is EINVAL on a one-to-one" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
event s                 = COMM_UP error 0
send c - abort          = -1 EINVAL
send s - abort          = 0
event s                 = COMM_LOST error 3072
event c                 = COMM_UP error 0
event c                 = COMM_LOST error 3072 info 00 0c 00 04
event c                 = -1 ECONNRESET
END
}

@test "the process ends: an established association is closed, not aborted" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:7000
listen s 5
shell printf 'ns client\nopen c 1 block\nconnectx c 10.1.1.2:7000\n' | "$PROBE" >/dev/null
event s                 = COMM_UP error 0
event s                 = SHUTDOWN_EVENT
event s                 = SHUTDOWN_COMP error 0
END
}

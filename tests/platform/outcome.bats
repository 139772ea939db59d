#!/usr/bin/env bats
# How a caller learns the outcome with one address: from the call, poll, SO_ERROR and events, on
# sockets of both styles, blocking or not. src/stack/kernel.c decides by the events only, and uses the
# rest for the reason.
load helper

setup_file() {
  export TOPO=out$$
  topo_up 3
  topo_loopback 1
  netem_path 2 delay 60ms
  drop_path 3
}

teardown_file() {
  topo_down
}

teardown() {
  undo_nft
}

@test "before connecting a one-to-one socket polls as nothing, a one-to-many socket as writable" {
  transcript <<'END'
ns loop
open c 1
open m N
poll c IN|OUT|PRI|RDHUP 0   = nothing
poll m IN|OUT|PRI|RDHUP 0   = OUT
END
}

@test "one-to-one, non-blocking: EINPROGRESS with the id, then OUT, SO_ERROR 0 and COMM_UP" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1
connectx c 10.1.1.2:s   = -1 EINPROGRESS id set
poll c OUT              = OUT
so_error c              = 0
event c                 = COMM_UP error 0
event-id c              = same
accept s a
# The accepted socket tells of it too, as the first thing (listen.c counts on it).
event a                 = COMM_UP error 0
END
}

@test "one-to-one, blocking: 0 with the id, and COMM_UP is there already" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
poll c OUT 0            = OUT
event c 0               = COMM_UP error 0
event-id c              = same
END
}

@test "one-to-many, non-blocking: EINPROGRESS with the id, OUT at once, IN with COMM_UP" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
shell nft_client input meta l4proto sctp drop
ns client
open c N
open quiet N quiet
rto c 200
rto quiet 200
connectx c 10.1.1.2:s       = -1 EINPROGRESS id set
connectx quiet 10.1.1.2:s   = -1 EINPROGRESS id set
poll c IN|OUT 0             = OUT
poll quiet IN|OUT 0         = OUT
shell nft_flush
poll c IN                   = IN
event c                     = COMM_UP error 0
event-id c                  = same
# Nothing tells of it where it is not subscribed.
associations 2              = 2
poll quiet IN 300           = nothing
END
}

@test "one-to-many, blocking: 0 with the id, COMM_UP on both sides" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c N block
connectx c 10.1.1.2:s   = 0 id set
event c 0               = COMM_UP error 0
event-id c              = same
event s                 = COMM_UP error 0
END
}

@test "refused, one-to-one, non-blocking: ERR and SO_ERROR, and CANT_STR_ASSOC without a reason" {
  transcript <<'END'
ns client
open quiet 1 quiet
connectx quiet 10.1.1.2:9     = -1 EINPROGRESS id set
poll quiet IN|OUT|PRI|RDHUP   = ERR
so_error quiet                = ECONNREFUSED
so_error quiet                = 0
open c 1
connectx c 10.1.1.2:9         = -1 EINPROGRESS id set
event c                       = CANT_STR_ASSOC error 0
event-id c                    = same
so_error c                    = ECONNREFUSED
# A receive call gives it too, and then it is gone (kernel_next_event()).
open r 1 quiet
connectx r 10.1.1.2:9         = -1 EINPROGRESS id set
event r                       = -1 ECONNREFUSED
so_error r                    = 0
END
}

@test "refused, one-to-one, blocking: ECONNREFUSED, the id untouched, CANT_STR_ASSOC all the same" {
  transcript <<'END'
ns client
open c 1 block
connectx c 10.1.1.2:9   = -1 ECONNREFUSED id untouched
event c 0               = CANT_STR_ASSOC error 0
END
}

@test "refused, one-to-many, non-blocking: SO_ERROR stays 0, only CANT_STR_ASSOC tells" {
  transcript <<'END'
ns client
open c N
connectx c 10.1.1.2:9       = -1 EINPROGRESS id set
event c                     = CANT_STR_ASSOC error 0
event-id c                  = same
so_error c                  = 0
# Without the subscription nothing ever does.
open quiet N quiet
connectx quiet 10.1.1.2:9   = -1 EINPROGRESS id set
associations 0              = 0
poll quiet IN|OUT 0         = OUT
poll quiet IN 300           = nothing
so_error quiet              = 0
END
}

@test "refused, one-to-many, blocking: ECONNREFUSED, SO_ERROR 0, CANT_STR_ASSOC" {
  transcript <<'END'
ns client
open c N block
connectx c 10.1.1.2:9   = -1 ECONNREFUSED id untouched
so_error c              = 0
event c 0               = CANT_STR_ASSOC error 0
END
}

@test "a listener whose queue is full refuses as if there was none" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 1
ns client
# A backlog of 1 holds two.
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
open d 1 block
connectx d 10.1.1.2:s   = 0 id set
open e 1 block
connectx e 10.1.1.2:s   = -1 ECONNREFUSED id untouched
accept s a
open f 1 block
connectx f 10.1.1.2:s   = 0 id set
END
}

@test "a backlog of 0 is EINVAL, or ends listening" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 0              = -1 EINVAL
listen s 1
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
listen s 0              = 0
open d 1 block
connectx d 10.1.1.2:s   = -1 ECONNREFUSED id untouched
END
}

@test "silence, one-to-one, non-blocking: ERR and SO_ERROR ETIMEDOUT when all INITs are sent" {
  transcript <<'END'
ns client
open quiet 1 quiet
rto quiet 100
initmsg quiet 2 100
connectx quiet 10.1.3.2:9     = -1 EINPROGRESS id set
poll quiet IN|OUT|PRI|RDHUP   = ERR
took 300 900                  = yes
so_error quiet                = ETIMEDOUT
so_error quiet                = 0
open c 1
rto c 100
initmsg c 2 100
connectx c 10.1.3.2:9         = -1 EINPROGRESS id set
event c                       = CANT_STR_ASSOC error 0
so_error c                    = ETIMEDOUT
END
}

@test "silence, one-to-one, blocking: ETIMEDOUT" {
  transcript <<'END'
ns client
open c 1 block
rto c 100
initmsg c 2 100
connectx c 10.1.3.2:9   = -1 ETIMEDOUT id untouched
took 300 900            = yes
event c 0               = CANT_STR_ASSOC error 0
END
}

@test "silence, one-to-many: only CANT_STR_ASSOC tells, and not that it was silence" {
  transcript <<'END'
ns client
open c N
rto c 100
initmsg c 2 100
connectx c 10.1.3.2:9   = -1 EINPROGRESS id set
event c                 = CANT_STR_ASSOC error 0
took 300 900            = yes
so_error c              = 0
open b N block
rto b 100
initmsg b 2 100
connectx b 10.1.3.2:9   = -1 ETIMEDOUT id untouched
so_error b              = 0
event b 0               = CANT_STR_ASSOC error 0
END
}

@test "SO_SNDTIMEO over: EINPROGRESS with the id, and the attempt goes on" {
  transcript <<'END'
ns client
open c 1 block
rto c 250
initmsg c 4 250
option c sndtimeo 50
connectx c 10.1.3.2:9   = -1 EINPROGRESS id set
took 50 450             = yes
block c 0
connectx c 10.1.3.2:9   = -1 EALREADY id untouched
event c                 = CANT_STR_ASSOC error 0
END
}

@test "a signal ends a blocking call with EINTR, and the attempt goes on" {
  transcript <<'END'
ns client
open c 1 block
rto c 250
initmsg c 4 250
when-blocked signal
connectx c 10.1.3.2:9   = -1 EINTR id untouched
connectx c 10.1.3.2:9   = -1 EALREADY id untouched
event c                 = CANT_STR_ASSOC error 0
so_error c              = ETIMEDOUT
open m N block
rto m 250
initmsg m 4 250
when-blocked signal
connectx m 10.1.3.2:9   = -1 EINTR id untouched
event m                 = CANT_STR_ASSOC error 0
END
}

@test "a handler with SA_RESTART, or SIGSTOP and SIGCONT: EALREADY, and the attempt goes on" {
  transcript <<'END'
ns client
open c 1 block
rto c 250
initmsg c 4 250
when-blocked restart
connectx c 10.1.3.2:9   = -1 EALREADY id untouched
event c                 = CANT_STR_ASSOC error 0
open d 1 block
rto d 250
initmsg d 4 250
when-blocked stop
connectx d 10.1.3.2:9   = -1 EALREADY id untouched
event d                 = CANT_STR_ASSOC error 0
END
}

@test "with SO_SNDTIMEO a stopped and continued call gives EINTR" {
  transcript <<'END'
ns client
open c 1 block
rto c 250
initmsg c 4 250
option c sndtimeo 10000
when-blocked stop
connectx c 10.1.3.2:9   = -1 EINTR id untouched
event c                 = CANT_STR_ASSOC error 0
END
}

@test "libsctp looks at errno after success: left over as ENOPROTOOPT it makes of 0 an EISCONN" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
errno ENOPROTOOPT
open c 1 block
connectx c 10.1.1.2:s   = -1 EISCONN id 0
poll c OUT 0            = OUT
event c 0               = COMM_UP error 0
# Where the kernel does answer -1 there is no harm in it.
open d 1
connectx d 10.1.1.2:s   = -1 EINPROGRESS id set
event d                 = COMM_UP error 0
open n N block
connectx n 10.1.1.2:s   = -1 EISCONN id 0
errno 0
open e 1 block
connectx e 10.1.1.2:s   = 0 id set
END
}

@test "a second call: EALREADY while pending, EISCONN when established, and on a listening socket" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1
connectx c 10.1.3.2:9   = -1 EINPROGRESS id set
connectx c 10.1.3.2:9   = -1 EALREADY id untouched
open m N
connectx m 10.1.3.2:9   = -1 EINPROGRESS id set
connectx m 10.1.3.2:9   = -1 EALREADY id untouched
open d 1 block
connectx d 10.1.1.2:s   = 0 id set
connectx d 10.1.1.2:s   = -1 EISCONN id untouched
open n N block
connectx n 10.1.1.2:s   = 0 id set
connectx n 10.1.1.2:s   = -1 EISCONN id untouched
open l 1
bindx l 10.1.1.1:0
listen l 5
connectx l 10.1.1.2:s   = -1 EISCONN id untouched
open o N block
bindx o 10.1.1.1:0
listen o 5
connectx o 10.1.1.2:s   = 0 id set
END
}

@test "a second call to another peer while pending starts a second association, also one-to-one" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1
option c linger 0
connectx c 10.1.3.2:9   = -1 EINPROGRESS id set
connectx c 10.1.2.2:9   = -1 EINPROGRESS id set
event c                 = CANT_STR_ASSOC error 0
event-id c              = same
END
}

@test "a socket can connect after a failure" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:9   = -1 ECONNREFUSED id untouched
connectx c 10.1.1.2:s   = 0 id set
event c 0               = CANT_STR_ASSOC error 0
event c 0               = COMM_UP error 0
open d 1
connectx d 10.1.1.2:9   = -1 EINPROGRESS id set
event d                 = CANT_STR_ASSOC error 0
# The new call forgets the SO_ERROR of the last.
connectx d 10.1.1.2:s   = -1 EINPROGRESS id set
poll d OUT              = OUT
so_error d              = 0
event d                 = COMM_UP error 0
END
}

@test "no route is never said while another address of this host is in scope: ETIMEDOUT" {
  transcript <<'END'
ns client
open c 1 block
rto c 100
initmsg c 1 100
connectx c 198.51.100.1:9      = -1 ETIMEDOUT id untouched
took 200 600                   = yes
so_error c                     = ETIMEDOUT
so_error c                     = 0
open e 1 6
rto e 100
initmsg e 1 100
connectx e [2001:db8::1]:9     = -1 EINPROGRESS id set
event e                        = CANT_STR_ASSOC error 0
so_error e                     = ETIMEDOUT
END
}

@test "ENETUNREACH: no local address is in the scope of the first peer address, route or not" {
  # sctp_bind_addr_copy() in net/sctp/bind_addr.c, over the addresses of the host or those bound. It
  # looks at the first peer address alone, and never at routes. diagnose.c diagnose_call().
  transcript <<'END'
# Only 127.0.0.1 and ::1 here.
ns loop
open c 1
connectx c 10.1.1.2:9               = -1 ENETUNREACH id untouched
connectx c 198.51.100.1:9           = -1 ENETUNREACH id untouched
open m N block
connectx m 10.1.1.2:9               = -1 ENETUNREACH id untouched
shell in_loop ip route add 10.1.1.0/24 dev lo
route 10.1.1.2                      = 0
connectx c 10.1.1.2:9               = -1 ENETUNREACH id untouched
connectx c 10.1.1.2:9 127.0.0.1     = -1 ENETUNREACH id untouched
connectx c 127.0.0.1:9 10.1.1.2     = -1 EINPROGRESS id set
# An address of private scope will do for a public peer, without a route to it.
shell in_loop ip addr add 192.168.1.1/32 dev lo
route 198.51.100.1                  = -1 ENETUNREACH
open d 1
connectx d 198.51.100.1:9           = -1 EINPROGRESS id set
shell in_loop ip addr del 192.168.1.1/32 dev lo
# Here there is a route, but what is bound is of narrower scope.
ns client
open e 1
bindx e 127.0.0.1:0
route 10.1.1.2                      = 0
connectx e 10.1.1.2:9               = -1 ENETUNREACH id untouched
END
}

@test "routes of type unreachable, prohibit and blackhole: ETIMEDOUT, but a UDP connect says which" {
  transcript <<'END'
shell ip -n $TOPO-client route replace unreachable 198.51.100.2
shell ip -n $TOPO-client route replace prohibit 198.51.100.3
shell ip -n $TOPO-client route replace blackhole 198.51.100.4
ns client
open c 1 block
rto c 50
initmsg c 1 50
# src/host/route.c route_error() asks so, and connection.c takes it for the reason.
route 198.51.100.1           = -1 ENETUNREACH
connectx c 198.51.100.2:9    = -1 ETIMEDOUT id untouched
route 198.51.100.2           = -1 EHOSTUNREACH
connectx c 198.51.100.3:9    = -1 ETIMEDOUT id untouched
route 198.51.100.3           = -1 EACCES
connectx c 198.51.100.4:9    = -1 ETIMEDOUT id untouched
route 198.51.100.4           = -1 EINVAL
route 10.1.1.2               = 0
route 2001:db8::1            = -1 ENETUNREACH
route fd01:1::2              = 0
END
}

@test "a neighbour that does not answer: ETIMEDOUT, then a soft EHOSTUNREACH behind it" {
  transcript <<'END'
shell ip netns exec $TOPO-client sysctl -qw net.ipv4.neigh.c1.retrans_time_ms=50
ns client
open c 1
rto c 500
initmsg c 1 500
connectx c 10.1.1.99:9      = -1 EINPROGRESS id set
# Sampled while pending, SO_ERROR shows it, and forgets it.
so_error c EHOSTUNREACH     = EHOSTUNREACH
event c                     = CANT_STR_ASSOC error 0
END
}

@test "this host's output filter: a drop is never EPERM, it is silence" {
  transcript <<'END'
shell nft_client output ip daddr 10.1.1.2 drop
ns client
open c 1 block
rto c 100
initmsg c 1 100
connectx c 10.1.1.2:9   = -1 ETIMEDOUT id untouched
so_error c              = ETIMEDOUT
so_error c              = 0
END
}

@test "this host's output filter with reject: a soft error" {
  transcript <<'END'
shell nft_client output ip daddr 10.1.1.2 ip protocol sctp reject with icmp type admin-prohibited
ns client
open c 1
rto c 100
initmsg c 1 100
connectx c 10.1.1.2:9   = -1 EINPROGRESS id set
event c                 = CANT_STR_ASSOC error 0
so_error c              = ETIMEDOUT
so_error c              = EHOSTUNREACH
END
}

@test "ICMPv6 unreachable: admin-prohibited reads EACCES; IPV6_RECVERR gives it at once" {
  transcript <<'END'
shell nft_server input ip6 daddr fd01:1::2 meta l4proto sctp reject with icmpv6 type admin-prohibited
shell nft_server input ip6 daddr fd01:2::2 meta l4proto sctp reject with icmpv6 type no-route
ns client
open c 1 6
rto c 100
initmsg c 1 100
connectx c [fd01:1::2]:9   = -1 EINPROGRESS id set
event c                    = CANT_STR_ASSOC error 0
so_error c                 = ETIMEDOUT
so_error c                 = EACCES
open d 1 6
rto d 100
initmsg d 1 100
connectx d [fd01:2::2]:9   = -1 EINPROGRESS id set
event d                    = CANT_STR_ASSOC error 0
so_error d                 = ETIMEDOUT
so_error d                 = ENETUNREACH
open e 1 6
rto e 500
initmsg e 1 500
option e recverr6 1
connectx e [fd01:2::2]:9   = -1 EINPROGRESS id set
poll e OUT                 = ERR
took 0 900                 = yes
so_error e                 = ENETUNREACH
END
}

@test "ICMP unreachable is a soft error: SO_ERROR while pending, ETIMEDOUT in the end" {
  transcript <<'END'
shell nft_server input ip daddr 10.1.1.2 ip protocol sctp reject with icmp type host-unreachable
shell nft_server input ip daddr 10.1.2.2 ip protocol sctp reject with icmp type net-unreachable
ns client
open c 1
rto c 200
initmsg c 1 200
connectx c 10.1.1.2:9       = -1 EINPROGRESS id set
so_error c EHOSTUNREACH     = EHOSTUNREACH
event c                     = CANT_STR_ASSOC error 0
so_error c                  = ETIMEDOUT
so_error c                  = EHOSTUNREACH
so_error c                  = 0
open d 1
rto d 100
initmsg d 1 100
connectx d 10.1.2.2:9       = -1 EINPROGRESS id set
event d                     = CANT_STR_ASSOC error 0
so_error d                  = ETIMEDOUT
so_error d                  = ENETUNREACH
open m N
rto m 100
initmsg m 1 100
connectx m 10.1.2.2:9       = -1 EINPROGRESS id set
event m                     = CANT_STR_ASSOC error 0
so_error m                  = ENETUNREACH
END
}

@test "ICMP port and admin unreachable read ECONNREFUSED and EHOSTUNREACH, soft like the others" {
  transcript <<'END'
shell nft_server input ip daddr 10.1.1.2 ip protocol sctp reject with icmp type port-unreachable
shell nft_server input ip daddr 10.1.2.2 ip protocol sctp reject with icmp type admin-prohibited
ns client
open c 1
rto c 100
initmsg c 1 100
connectx c 10.1.1.2:9       = -1 EINPROGRESS id set
event c                     = CANT_STR_ASSOC error 0
so_error c                  = ETIMEDOUT
so_error c                  = ECONNREFUSED
open d 1
rto d 100
initmsg d 1 100
connectx d 10.1.2.2:9       = -1 EINPROGRESS id set
event d                     = CANT_STR_ASSOC error 0
so_error d                  = ETIMEDOUT
so_error d                  = EHOSTUNREACH
END
}

@test "ICMP protocol unreachable ends the attempt: SO_ERROR ENOPROTOOPT, or nothing" {
  transcript <<'END'
shell nft_server input ip protocol sctp reject with icmp type prot-unreachable
ns client
open c 1
connectx c 10.1.1.2:9   = -1 EINPROGRESS id set
event c                 = CANT_STR_ASSOC error 0
took 0 1000             = yes
so_error c              = ENOPROTOOPT
open b 1 block
connectx b 10.1.1.2:9   = -1 ECONNREFUSED id untouched
event b                 = CANT_STR_ASSOC error 0
so_error b              = ENOPROTOOPT
open m N
connectx m 10.1.1.2:9   = -1 EINPROGRESS id set
event m                 = CANT_STR_ASSOC error 0
so_error m              = 0
open n N block
connectx n 10.1.1.2:9   = -1 ECONNREFUSED id untouched
so_error n              = 0
END
}

@test "IP_RECVERR wakes poll with ERR at the first ICMP, while the attempt goes on" {
  transcript <<'END'
shell nft_server input ip daddr 10.1.2.2 ip protocol sctp reject with icmp type host-unreachable
ns client
# Path 2 has a delay: an ICMP that comes while the call still holds the socket is a soft error.
open c 1
rto c 500
initmsg c 1 500
option c recverr 1
connectx c 10.1.2.2:9   = -1 EINPROGRESS id set
poll c OUT              = ERR
took 0 900              = yes
so_error c              = EHOSTUNREACH
connectx c 10.1.2.2:9   = -1 EALREADY id untouched
so_error c ETIMEDOUT    = ETIMEDOUT
took 1000 3000          = yes
event c                 = CANT_STR_ASSOC error 0
END
}

@test "a server that closes at once: COMM_UP all the same; poll OUT, and nothing left to ask" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1
open d 1 quiet
connectx c 10.1.1.2:s   = -1 EINPROGRESS id set
accept s a
close a
associations 0          = 0
poll c OUT|RDHUP        = OUT|RDHUP
so_error c              = 0
status c                = -1 EINVAL
peers c                 = -1 EINVAL
event c                 = COMM_UP error 0
event c                 = SHUTDOWN_EVENT
event c                 = SHUTDOWN_COMP error 0
event c                 = end of file
END
}

@test "a server that aborts at once: COMM_UP, then COMM_LOST with sac_error in network byte order" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1
connectx c 10.1.1.2:s   = -1 EINPROGRESS id set
accept s a
option a linger 0
close a
associations 0          = 0
poll c OUT              = OUT|ERR
so_error c              = ECONNRESET
# htons(12), User-Initiated Abort. sac_info has the error causes of the ABORT chunk: code, length,
# ..., without the header of the chunk, whatever RFC 6458 section 6.1.1 says (abort_cause()).
event c                 = COMM_UP error 0
event c                 = COMM_LOST error 3072 info 00 0c 00 04
open m N
connectx m 10.1.1.2:s   = -1 EINPROGRESS id set
accept s a
option a linger 0
close a
event m                 = COMM_UP error 0
event m                 = COMM_LOST error 3072 info 00 0c 00 04
so_error m              = 0
END
}

#!/usr/bin/env bats
# What happens to several addresses in one call: in which order and when they are tried, and which
# are in the association at the end. src/engine/plan.c orders them, and src/engine/snapshot.c sets the primary.
load helper

setup_file() {
  export TOPO=sev$$
  topo_up 4
  # For the kernel a public address, beside the private ones.
  ip -n "$TOPO-client" addr add 198.51.100.1/24 dev c4
  ip -n "$TOPO-server" addr add 198.51.100.2/24 dev s4
  netem_path 2 delay 60ms
  drop_path 3
}

teardown_file() {
  topo_down
}

teardown() {
  undo_nft
}

@test "INITs go one at a time, round robin over the addresses, in the order of the call" {
  transcript <<'END'
ns client
trace t
open c 1
rto c 100
initmsg c 5 100
shell nft_server input meta l4proto sctp drop
connectx c 10.1.2.2:9 10.1.1.2 10.1.3.2   = -1 EINPROGRESS id set
event c                                   = CANT_STR_ASSOC error 0
inits t                                   = 10.1.2.2 10.1.1.2 10.1.3.2 10.1.2.2 10.1.1.2 10.1.3.2
END
}

@test "T1 doubles only after each round over the addresses, and not beyond max_init_timeo" {
  # stack_kernel.c may_have_given_up() sums it up so.
  transcript <<'END'
shell nft_server input meta l4proto sctp drop
ns client
trace t
open c 1
rto c 100
initmsg c 5 400
connectx c 10.1.2.2:9 10.1.1.2    = -1 EINPROGRESS id set
event c                           = CANT_STR_ASSOC error 0
gaps t 100 100 200 200 400        = as given
# The last INIT waits too.
took 1400 4200                    = yes
trace u
open d 1
rto d 100
initmsg d 4 200
connectx d 10.1.2.2:9             = -1 EINPROGRESS id set
event d                           = CANT_STR_ASSOC error 0
gaps u 100 200 200 200            = as given
END
}

@test "without settings: RTO.initial 3 s, 8 retransmissions, T1 up to 60 s: 333 s of silence" {
  transcript <<'END'
ns client
open c 1
timers c    = rto 3000 max 60000 min 1000, 8 attempts, init timeout 60000
# 0 leaves what is set.
initmsg c 0 500
rto c 250
timers c    = rto 250 max 60000 min 1000, 8 attempts, init timeout 500
END
}

@test "T1 constant where rto_initial = max_init_timeo: attempts + 1 times that in all" {
  transcript <<'END'
ns client
trace t
open c 1
rto c 200
initmsg c 3 200
connectx c 10.1.3.2:9    = -1 EINPROGRESS id set
event c                  = CANT_STR_ASSOC error 0
gaps t 200 200 200       = as given
took 800 2400            = yes
END
}

@test "srto_max does not hold T1, and srto_initial need not lie between srto_min and srto_max" {
  transcript <<'END'
ns client
trace t
open c 1
rto c 100 150 120
initmsg c 2 0
connectx c 10.1.3.2:9    = -1 EINPROGRESS id set
event c                  = CANT_STR_ASSOC error 0
gaps t 100 200           = as given
open d 1
rto d 100 0 0            = 0
rto d 100 100 200        = -1 EINVAL
END
}

@test "a first wait is RTO.initial, whatever max_init_timeo is" {
  transcript <<'END'
ns client
trace t
open c 1
rto c 400
initmsg c 2 100
connectx c 10.1.3.2:9    = -1 EINPROGRESS id set
event c                  = CANT_STR_ASSOC error 0
took 600 1800            = yes
END
}

@test "a dead first address costs one RTO.initial, and the one that answered is the primary" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.3.2
listen s 5
ns client
open c 1
rto c 200
connectx c 10.1.3.2:s 10.1.1.2    = -1 EINPROGRESS id set
event c                           = COMM_UP error 0
took 200 600                      = yes
status c                          = ESTABLISHED primary 10.1.1.2
peers c                           = 10.1.3.2 10.1.1.2
# Nothing was ever heard from the dead one.
path c 10.1.3.2:s                 = ACTIVE
END
}

@test "max_attempts counts over all addresses: 2 and four addresses never try the fourth" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.4.2:0
listen s 5
shell nft_server input ip daddr != 10.1.4.2 meta l4proto sctp drop
ns client
trace t
open c 1
rto c 100
initmsg c 2 100
connectx c 10.1.1.2:s 10.1.2.2 10.1.3.2 10.1.4.2    = -1 EINPROGRESS id set
event c                                             = CANT_STR_ASSOC error 0
inits t                                             = 10.1.1.2 10.1.2.2 10.1.3.2
initmsg c 3 100
connectx c 10.1.1.2:s 10.1.2.2 10.1.3.2 10.1.4.2    = -1 EINPROGRESS id set
event c                                             = COMM_UP error 0
END
}

@test "an ABORT from the first address fails the whole call, though the second would accept" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.2.2:0
listen s 5
ns client
trace t
open c 1 block
connectx c 10.1.1.2:s 10.1.2.2    = -1 ECONNREFUSED id untouched
inits t                           = 10.1.1.2
open m N
connectx m 10.1.1.2:s 10.1.2.2    = -1 EINPROGRESS id set
event m                           = CANT_STR_ASSOC error 0
open d 1 block
connectx d 10.1.2.2:s 10.1.1.2    = 0 id set
END
}

@test "ICMP from the first address, success on the second: SO_ERROR says failure" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
shell nft_server input ip daddr 10.1.1.2 ip protocol sctp reject with icmp type host-unreachable
ns client
open c 1
rto c 100
connectx c 10.1.1.2:s 10.1.2.2    = -1 EINPROGRESS id set
poll c OUT                        = OUT
status c                          = ESTABLISHED primary 10.1.2.2
so_error c                        = EHOSTUNREACH
event c                           = COMM_UP error 0
open b 1 block
rto b 100
connectx b 10.1.1.2:s 10.1.2.2    = 0 id set
so_error b                        = EHOSTUNREACH
open m N
rto m 100
connectx m 10.1.1.2:s 10.1.2.2    = -1 EINPROGRESS id set
event m                           = COMM_UP error 0
so_error m                        = EHOSTUNREACH
END
}

@test "IP_RECVERR turns a blocking success on the second address into ECONNREFUSED" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
shell nft_server input ip daddr 10.1.2.2 ip protocol sctp reject with icmp type host-unreachable
ns client
# Path 2 has a delay: an ICMP that comes while the call still holds the socket is a soft error.
open c 1 block
rto c 200
option c recverr 1
connectx c 10.1.2.2:s 10.1.1.2    = -1 ECONNREFUSED id untouched
poll c OUT                        = OUT|ERR
status c                          = ESTABLISHED primary 10.1.1.2
END
}

@test "a duplicate address is EADDRNOTAVAIL for the whole call, v4-mapped ones included" {
  # address.c takes duplicates out.
  transcript <<'END'
ns client
open c 1
connectx c 10.1.1.2:9 10.1.2.2 10.1.1.2                = -1 EADDRNOTAVAIL id untouched
open m N
connectx m 10.1.1.2:9 10.1.1.2                         = -1 EADDRNOTAVAIL id untouched
open d 1 6
connectx d [fd01:1::2]:9 fd01:2::2 fd01:1::2           = -1 EADDRNOTAVAIL id untouched
connectx d 10.1.1.2:9 [::ffff:10.1.1.2]:9              = -1 EADDRNOTAVAIL id untouched
connectx d [::ffff:10.1.1.2]:9 10.1.2.2                = -1 EINPROGRESS id set
END
}

@test "addresses that the peer does not list vanish without a word" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2 10.1.3.2
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s 192.0.2.1 10.1.4.2 10.1.2.2    = 0 id set
peers c                                              = 10.1.1.2 10.1.2.2 10.1.3.2
path c 192.0.2.1:s                                   = -1 EINVAL
END
}

@test "requested addresses read ACTIVE at once without a heartbeat, learned ones UNCONFIRMED" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2 10.1.3.2 10.1.4.2
listen s 5
ns client
open c 1 block
# Not even a route is needed.
shell ip -n $TOPO-client route replace unreachable 10.1.4.2
connectx c 10.1.1.2:s 10.1.3.2 10.1.4.2   = 0 id set
path c 10.1.1.2:s                         = ACTIVE
path c 10.1.3.2:s                         = ACTIVE
path c 10.1.4.2:s                         = ACTIVE
path c 10.1.2.2:s                         = UNCONFIRMED
shell ip -n $TOPO-client route del unreachable 10.1.4.2
END
}

@test "a first address of global scope, ULA or public, loses every private one on both sides" {
  # address.h: connect.c puts the narrowest scope first.
  transcript <<'END'
ns server
open s 1 6
option s mapped 0
listen s 5
ns client
open c 1 6 block
option c mapped 0
connectx c [fd01:1::2]:s 10.1.1.2 10.1.2.2              = 0 id set
accept s a
among c [fd01:2::2]:s 198.51.100.2 10.1.1.2 10.1.2.2    = yes yes no no
among a [fd01:2::1]:c 198.51.100.1 10.1.1.1             = yes yes no
open d 1 6 block
option d mapped 0
connectx d 198.51.100.2:s 10.1.1.2                      = 0 id set
accept s b
among d [fd01:2::2]:s 198.51.100.2 10.1.1.2 10.1.2.2    = yes yes no no
among b [fd01:2::1]:d 198.51.100.1 10.1.1.1             = yes yes no
END
}

@test "a first address of private scope keeps them all" {
  transcript <<'END'
ns server
open s 1 6
option s mapped 0
bindx s 10.1.1.2:0 10.1.2.2 198.51.100.2 fd01:1::2
listen s 5
ns client
open c 1 6 block
option c mapped 0
bindx c 10.1.1.1:0 fd01:1::1 198.51.100.1
connectx c 10.1.1.2:s fd01:1::2 198.51.100.2  = 0 id set
accept s a
peers c                                       = 10.1.1.2 fd01:1::2 198.51.100.2 10.1.2.2
peers a                                       = 10.1.1.1 fd01:1::1 198.51.100.1
# bindx does not help against the other order.
open d 1 6 block
option d mapped 0
bindx d 10.1.1.1:0 fd01:1::1
connectx d [fd01:1::2]:s 10.1.1.2 10.1.2.2    = 0 id set
accept s b
peers d                                       = fd01:1::2 198.51.100.2
peers b                                       = fd01:1::1
END
}

@test "addr_scope_policy 0 on both ends keeps the private ones behind a public first" {
  transcript <<'END'
shell in_client sysctl -qw net.sctp.addr_scope_policy=0
shell in_server sysctl -qw net.sctp.addr_scope_policy=0
ns server
open s 1
bindx s 10.1.1.2:0 198.51.100.2
listen s 5
ns client
open c 1 block
bindx c 10.1.1.1:0 198.51.100.1
connectx c 198.51.100.2:s 10.1.1.2    = 0 id set
accept s a
peers c                               = 198.51.100.2 10.1.1.2
peers a                               = 198.51.100.1 10.1.1.1
shell in_client sysctl -qw net.sctp.addr_scope_policy=1
shell in_server sysctl -qw net.sctp.addr_scope_policy=1
END
}

@test "getpeername gives the last address of the call, not the primary; one-to-many has none" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s 10.1.2.2    = 0 id set
status c                          = ESTABLISHED primary 10.1.1.2
peername c                        = 10.1.2.2
open m N block
connectx m 10.1.1.2:s 10.1.2.2    = 0 id set
peername m                        = -1 ENOTCONN
END
}

@test "two attempts from one one-to-many socket to two addresses of one peer block each other" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
ns client
open m N
rto m 100
initmsg m 5 100
# The delay of path 2 keeps the first pending.
connectx m 10.1.2.2:s    = -1 EINPROGRESS id set
connectx m 10.1.1.2:s    = -1 EINPROGRESS id set
event m                  = CANT_STR_ASSOC error 0
event m                  = CANT_STR_ASSOC error 0
END
}

@test "one-to-many, pending: SCTP_GET_ASSOC_STATS tells whether anything has come, also what had no effect" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
ns client
open n N
connectx n 10.1.1.3:s    = -1 EINPROGRESS id set
open m N
rto m 100
initmsg m 50 100
# As above.
connectx m 10.1.2.2:s    = -1 EINPROGRESS id set
connectx m 10.1.1.2:s    = -1 EINPROGRESS id set
heard m yes              = yes
status m                 = COOKIE_WAIT primary 10.1.1.2
heard n no               = no
END
}

@test "a socket without a bind takes one port of its own; one-to-many, one for all associations" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
open t N
bindx t 10.1.2.2:0
listen t 5
shell in_client sysctl -qw net.ipv4.ip_local_port_range="40000 40001"
ns client
open m N block
connectx m 10.1.1.2:s   = 0 id set
connectx m 10.1.2.2:t   = 0 id set
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
open d 1 block
connectx d 10.1.1.2:s   = -1 EAGAIN id untouched
shell in_client sysctl -qw net.ipv4.ip_local_port_range="32768 60999"
connectx d 10.1.1.2:s   = 0 id set
END
}

@test "bindx with port 0 takes one port for all its addresses" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2 10.1.3.2
ports s                  = 3 addresses, 1 port
locals s                 = 10.1.1.2 10.1.2.2 10.1.3.2
open t 1 6
option t mapped 0
bindx t 10.1.1.2:0 fd01:1::2
ports t                  = 2 addresses, 1 port
locals t                 = 10.1.1.2 fd01:1::2
END
}

@test "a bound address is the source; locals are what was bound" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
ns client
open c 1 block
bindx c 10.1.2.1:0 10.1.1.1
connectx c 10.1.2.2:s    = 0 id set
accept s a
peers a                  = 10.1.2.1 10.1.1.1
locals c                 = 10.1.2.1 10.1.1.1
END
}

@test "an IPv6 socket carries IPv4 addresses, clean ones where I_WANT_MAPPED_V4_ADDR is 0" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 6 block
option c mapped 0
connectx c 10.1.1.2:s        = 0 id set
peers c                      = 10.1.1.2
status c                     = ESTABLISHED primary 10.1.1.2
path c 10.1.1.2:s            = ACTIVE
open d 1 6 block
connectx d 10.1.1.2:s        = 0 id set
peers d                      = ::ffff:10.1.1.2
status d                     = ESTABLISHED primary ::ffff:10.1.1.2
END
}

@test "a thousand addresses are taken" {
  transcript <<'END'
ns client
open c 1
connectx c 10.9.0.1:9+1000   = -1 EINPROGRESS id set
took 0 10000                 = yes
END
}

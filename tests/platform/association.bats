#!/usr/bin/env bats
# What the kernel tells about an association, and what it means: ids, states, paths, units.
load helper

setup_file() {
  export TOPO=assoc$$
  topo_up 3
  topo_loopback 2
}

teardown_file() {
  topo_down
}

teardown() {
  undo_nft
}

@test "ids are 3 or more and rise by one over both ends, both styles and all namespaces" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
open t N
bindx t 10.1.1.2:0
listen t 5
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
accept s a
event a                 = COMM_UP error 0
open m N block
connectx m 10.1.1.2:t   = 0 id set
event t                 = COMM_UP error 0
ns loop
open d 1
connectx d 127.0.0.1:9  = -1 EINPROGRESS id set
open e 1
connectx e 127.0.0.1:9  = -1 EINPROGRESS id set
ids c a m t d e         = at least 3, +1, +1, +1, +1, +1
END
}

@test "the socket options under sctp_connectx: which of them give an id" {
  transcript <<'END'
ns loop
open s N
bindx s 127.0.0.1:0
listen s 5
open c 1 block
connectx110 c 127.0.0.1:s   = an id
open d 1
connectx110 d 127.0.0.1:s   = -1 EINPROGRESS
open e 1 block
connect e 127.0.0.1:s       = 0
open f 1
connectx3 f -1 127.0.0.1:s  = -1 ENOMEM
connectx3 f 8 127.0.0.1:s   = -1 EINVAL
connectx3 f 16 127.0.0.1:s  = -1 EINPROGRESS
END
}

@test "one-to-one: nothing can be asked while pending or after failure; then any id will do" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
shell nft_server input meta l4proto sctp drop
ns client
open c 1
rto c 100
initmsg c 1 100
connectx c 10.1.1.2:s     = -1 EINPROGRESS id set
status c                  = -1 EINVAL
peers c                   = -1 EINVAL
# This one asks by the address.
path c 10.1.1.2:s         = ACTIVE
event c                   = CANT_STR_ASSOC error 0
status c                  = -1 EINVAL
path c 10.1.1.2:s         = -1 EINVAL
shell nft_flush
connectx c 10.1.1.2:s     = -1 EINPROGRESS id set
event c                   = COMM_UP error 0
status c                  = ESTABLISHED primary 10.1.1.2
status c 0                = ESTABLISHED primary 10.1.1.2
status c 99999            = ESTABLISHED primary 10.1.1.2
peers c 99999             = 10.1.1.2
END
}

@test "one-to-many: state and paths can be asked while pending, by the id alone" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
shell nft_server input meta l4proto sctp drop
ns client
open m N
rto m 100
connectx m 10.1.1.2:s     = -1 EINPROGRESS id set
status m                  = COOKIE_WAIT primary 10.1.1.2
peers m                   = 10.1.1.2
path m 10.1.1.2:s         = ACTIVE
status m 0                = -1 EINVAL
status m 99999            = -1 EINVAL
peers m 0                 = -1 EINVAL
shell nft_flush
event m                   = COMM_UP error 0
status m                  = ESTABLISHED primary 10.1.1.2
peers m                   = 10.1.1.2 10.1.2.2
status m 0                = -1 EINVAL
END
}

@test "before any connect: SCTP_STATUS is EINVAL, there are no peers" {
  transcript <<'END'
ns client
open c 1
status c       = -1 EINVAL
peers c        = -1 EINVAL
peername c     = -1 ENOTCONN
open m N
status m       = -1 EINVAL
END
}

@test "streams are what both ends allow" {
  transcript <<'END'
ns server
open s 1
initmsg s 0 0 7 5
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
streams c               = 5 out 7 in
open d 1 block
initmsg d 0 0 3 2
connectx d 10.1.1.2:s   = 0 id set
streams d               = 3 out 2 in
END
}

@test "SCTP_*_SUPPORTED say of an association what both ends can do" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
shell in_server sysctl -qw net.sctp.prsctp_enable=0 net.sctp.reconf_enable=1
open t 1
bindx t 10.1.1.2:0
listen t 5
shell in_server sysctl -qw net.sctp.prsctp_enable=1 net.sctp.reconf_enable=0
ns client
open c 1 block
connectx c 10.1.1.2:s   = 0 id set
extensions c            = PR ECN
shell in_client sysctl -qw net.sctp.reconf_enable=1
open d 1 block
extensions d 0          = PR RECONFIG ECN
connectx d 10.1.1.2:t   = 0 id set
extensions d            = RECONFIG ECN
open m N block
connectx m 10.1.1.2:t   = 0 id set
extensions m            = RECONFIG ECN
shell in_client sysctl -qw net.sctp.reconf_enable=0
END
}

@test "after connecting: no RTT was measured, the RTO is RTO.initial, the MTU that of the route" {
  transcript <<'END'
shell netem_path 1 delay 20ms
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s      = 0 id set
path c 10.1.1.2:s srtt     = 0
path c 10.1.1.2:s rto      = 3000
path c 10.1.1.2:s mtu      = 1500
path c 10.1.1.2:s cwnd     = 4380
open d 1 block
rto d 200
connectx d 10.1.1.2:s      = 0 id set
path d 10.1.1.2:s rto      = 200
shell netem_path 1 off
END
}

@test "srtt is in jiffies, the resolution of the coarse clock: with it, it is the RTT of the path" {
  # stack_kernel.c jiffy_us(). The RTT is 200 ms, the first measure is taken as it is.
  transcript <<'END'
shell netem_path 1 delay 200ms
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
tick                               = of a known HZ
open c 1 block
connectx c 10.1.1.2:s              = 0 id set
heartbeat c 10.1.1.2:s
path c 10.1.1.2:s srtt_ms 180 600  = yes
# Jiffies and milliseconds would be the same where HZ is 1000.
path c 10.1.1.2:s rto 500 1900     = yes
shell netem_path 1 off
END
}

@test "a heartbeat on demand: no event on an ACTIVE path, ADDR_CONFIRMED on a learned one" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
# Not before the answers to the handshake's own heartbeats are kept away.
shell nft_client input ip saddr 10.1.2.2 meta l4proto sctp drop
ns client
open c 1 block
connectx c 10.1.1.2:s         = 0 id set
path c 10.1.2.2:s             = UNCONFIRMED
event c                       = COMM_UP error 0
shell nft_flush
heartbeat c 10.1.1.2:s        = 0
path c 10.1.1.2:s rto 0 2000  = yes
heartbeat c 10.1.2.2:s        = 0
event c                       = ADDR_CONFIRMED 10.1.2.2
path c 10.1.2.2:s             = ACTIVE
heartbeat c 10.1.9.9:s        = -1 EINVAL
END
}

@test "a heartbeat on demand while the last is unanswered is a strike: double RTO, PF" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
ns client
trace t
open c 1 block
rto c 3000 60000 1000
connectx c 10.1.1.2:s 10.1.2.2   = 0 id set
shell nft_client input meta l4proto sctp drop
heartbeat c 10.1.2.2:s
path c 10.1.2.2:s                = ACTIVE
path c 10.1.2.2:s rto            = 3000
heartbeat c 10.1.2.2:s
path c 10.1.2.2:s                = PF
path c 10.1.2.2:s rto            = 6000
# One that is answered makes it good again.
shell nft_flush
heartbeat c 10.1.2.2:s
becomes c 10.1.2.2:s ACTIVE      = ACTIVE
END
}

@test "an unconfirmed path strikes without a word: no PF, never INACTIVE, only the RTO doubles" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
shell nft_client input ip saddr 10.1.2.2 meta l4proto sctp drop
ns client
open c 1 block
heartbeats c 30000 1
connectx c 10.1.1.2:s            = 0 id set
event c                          = COMM_UP error 0
heartbeat c 10.1.2.2:s
heartbeat c 10.1.2.2:s
heartbeat c 10.1.2.2:s
path c 10.1.2.2:s                = UNCONFIRMED
path c 10.1.2.2:s rto            = 12000
event c 0                        = nothing
END
}

@test "the kernel confirms learned addresses by itself, about one RTO after the start" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
ns client
open c 1
rto c 200
connectx c 10.1.1.2:s            = -1 EINPROGRESS id set
event c                          = COMM_UP error 0
event c                          = ADDR_CONFIRMED 10.1.2.2
END
}

@test "a path that stops answering: ADDR_UNREACHABLE, the primary stays; then ADDR_AVAILABLE" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
ns client
open c 1 block
rto c 400 1000 300
heartbeats c 100 1
connectx c 10.1.1.2:s 10.1.2.2   = 0 id set
event c                          = COMM_UP error 0
shell drop_path 1
event c                          = ADDR_UNREACHABLE 10.1.1.2
path c 10.1.1.2:s                = INACTIVE
path c 10.1.2.2:s                = ACTIVE
status c                         = ESTABLISHED primary 10.1.1.2
shell restore_path 1
event c                          = ADDR_AVAILABLE 10.1.1.2
path c 10.1.1.2:s                = ACTIVE
END
}

@test "PF comes as an event only with SCTP_EXPOSE_PF_STATE 2" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2
listen s 5
ns client
open c 1 block
option c pfstate 2
connectx c 10.1.1.2:s 10.1.2.2   = 0 id set
event c                          = COMM_UP error 0
shell nft_client input meta l4proto sctp drop
heartbeat c 10.1.2.2:s
heartbeat c 10.1.2.2:s
event c                          = ADDR_PF 10.1.2.2
open d 1
END
}

@test "all paths cut: COMM_LOST, and ETIMEDOUT behind it" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
rto c 300 600 200
heartbeats c 100 1
option c assocmaxrxt 2
connectx c 10.1.1.2:s     = 0 id set
event c                   = COMM_UP error 0
shell nft_client input meta l4proto sctp drop
event c                   = ADDR_UNREACHABLE 10.1.1.2
event c                   = COMM_LOST error 0
event c                   = -1 ETIMEDOUT
END
}

@test "SCTP_PRIMARY_ADDR: any address of the peer, also an unconfirmed one; others are EINVAL" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0 10.1.2.2 10.1.3.2
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s 10.1.2.2   = 0 id set
event c                          = COMM_UP error 0
primary c 10.1.2.2:s             = 0
event c                          = ADDR_MADE_PRIM 10.1.2.2
status c                         = ESTABLISHED primary 10.1.2.2
primary c 10.1.3.2:s             = 0
status c                         = ESTABLISHED primary 10.1.3.2
primary c 10.9.9.9:s             = -1 EINVAL
# The port belongs to it.
primary c 10.1.1.2:9             = -1 EINVAL
path c 10.1.1.2:9                = -1 EINVAL
END
}

@test "learned link-local addresses come without a zone, and can be asked about with any" {
  # stack_kernel.c fill_path(): as they come they are EINVAL.
  transcript <<'END'
shell ip -n $TOPO-client addr replace fe80::1:1/64 dev c1 nodad
shell ip -n $TOPO-server addr replace fe80::1:2/64 dev s1 nodad
shell ip -n $TOPO-server addr replace fe80::2:2/64 dev s2 nodad
ns server
open s 1 6
listen s 5
ns client
open c 1 6 block
connectx c [fe80::1:2%c1]:s    = 0 id set
# Of those listed only the requested one has its zone.
zones c                        = 1
path c [fe80::1:2%c1]:s        = ACTIVE
path c [fe80::1:2]:s           = -1 EINVAL
path c [fe80::2:2]:s           = -1 EINVAL
path c [fe80::2:2%c1]:s        = UNCONFIRMED
path c [fe80::2:2%c2]:s        = UNCONFIRMED
END
}

@test "the peer comes back from the same port without a word of its end: RESTART" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
bindx c 10.1.1.1:7000
connectx c 10.1.1.2:s   = 0 id set
event s                 = COMM_UP error 0
shell nft_client output meta l4proto sctp drop
option c linger 0
close c
shell nft_flush
open d 1 block
bindx d 10.1.1.1:7000
connectx d 10.1.1.2:s   = 0 id set
event s                 = RESTART error 0
event-id s              = same
END
}

@test "SCTP_STATUS knows COOKIE_ECHOED: the server is up, the client is not" {
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
shell nft_client input meta l4proto sctp @th,96,8 11 drop
ns client
open m N
connectx m 10.1.1.2:s   = -1 EINPROGRESS id set
event s                 = COMM_UP error 0
status m                = COOKIE_ECHOED primary 10.1.1.2
status s                = ESTABLISHED primary 10.1.1.1
END
}

@test "messages go both ways with the id in the ancillary data, also one-to-one" {
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
send c hello            = 0
event s                 = data hello
send s welcome          = 0
event c                 = data welcome
END
}

@test "what does not fit the buffer comes in pieces, MSG_EOR on the last" {
  # stack_kernel.c kernel_next_event().
  transcript <<'END'
ns server
open s N
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block quiet
connectx c 10.1.1.2:s   = 0 id set
event s                 = COMM_UP error 0
send s one-two          = 0
send s three            = 0
receive c 4             = one-
receive c 4             = two end
receive c 5             = three end
END
}

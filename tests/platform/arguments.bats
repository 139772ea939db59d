#!/usr/bin/env bats
# Which calls are rejected at once, and with which errno. src/report/explanations.c explains each errno;
# src/base/address.c and src/options.c prevent most of them.
load helper

setup_file() {
  export TOPO=arg$$
  topo_up 1
}

teardown_file() {
  topo_down
}

@test "connectx of no addresses, fewer than none, and of other families is EINVAL" {
  transcript <<'END'
ns client
open c 1
connectx c 10.1.1.2:9 count=0     = -1 EINVAL id untouched
connectx c 10.1.1.2:9 count=-1    = -1 EINVAL id untouched
# AF_UNSPEC, AF_UNIX, and no family at all.
connectx c 10.1.1.2:9 family=0    = -1 EINVAL id untouched
connectx c 10.1.1.2:9 family=1    = -1 EINVAL id untouched
connectx c 10.1.1.2:9 family=99   = -1 EINVAL id untouched
# An address cut short.
connectx3 c 8 10.1.1.2:9          = -1 EINVAL
open m N
connectx m 10.1.1.2:9 count=0     = -1 EINVAL id untouched
connectx m 10.1.1.2:9 family=0    = -1 EINVAL id untouched
END
}

@test "connectx with different ports is EINVAL" {
  transcript <<'END'
ns client
open c 1
connectx c 10.1.1.2:9 10.1.1.3:10   = -1 EINVAL id untouched
open m N
connectx m 10.1.1.2:9 10.1.1.3:10   = -1 EINVAL id untouched
END
}

@test "connectx to port 0 is sent, and refused" {
  transcript <<'END'
ns client
trace t
open c 1 block
connectx c 10.1.1.2:0    = -1 ECONNREFUSED id untouched
packets t                = >INIT <ABORT
END
}

@test "IPv6 on an IPv4 socket, and IPv4 on an IPv6-only one, are EINVAL" {
  transcript <<'END'
ns client
open c 1
connectx c [fd01:1::2]:9            = -1 EINVAL id untouched
connectx c [::ffff:10.1.1.2]:9      = -1 EINVAL id untouched
connectx c 10.1.1.2:9 [fd01:1::2]:9 = -1 EINVAL id untouched
open d 1 6
option d v6only 1
connectx d 10.1.1.2:9               = -1 EINVAL id untouched
connectx d [::ffff:10.1.1.2]:9      = -1 EINVAL id untouched
connectx d [fd01:1::2]:9            = -1 EINPROGRESS id set
END
}

@test "wildcard, multicast and broadcast addresses are EINVAL" {
  transcript <<'END'
ns client
open c 1 6
connectx c 0.0.0.0:9           = -1 EINVAL id untouched
connectx c 224.0.0.1:9         = -1 EINVAL id untouched
connectx c 255.255.255.255:9   = -1 EINVAL id untouched
connectx c [::]:9              = -1 EINVAL id untouched
connectx c [ff02::1]:9         = -1 EINVAL id untouched
END
}

@test "a link-local IPv6 address needs a zone that exists" {
  transcript <<'END'
ns client
open c 1 6
connectx c [fe80::1]:9         = -1 EINVAL id untouched
connectx c [fe80::1%zone]:9    = -1 EINVAL id untouched
connectx c [fe80::1%c1]:9      = -1 EINPROGRESS id set
END
}

@test "what is no SCTP socket: EBADF, ENOTSOCK, EOPNOTSUPP" {
  transcript <<'END'
ns client
foreign b bad
connectx b 10.1.1.2:9    = -1 EBADF id untouched
foreign f file
connectx f 10.1.1.2:9    = -1 ENOTSOCK id untouched
foreign t tcp
connectx t 10.1.1.2:9    = -1 EOPNOTSUPP id untouched
foreign u udp
connectx u 10.1.1.2:9    = -1 EOPNOTSUPP id untouched
foreign x unix
connectx x 10.1.1.2:9    = -1 EOPNOTSUPP id untouched
END
}

@test "bindx: EADDRINUSE, EADDRNOTAVAIL, EACCES, and EINVAL for a wildcard among others" {
  transcript <<'END'
ns client
open a 1
bindx a 10.1.1.1:7000               = 0
open b 1
bindx b 10.1.1.1:7000               = -1 EADDRINUSE
bindx b 10.9.9.9:0                  = -1 EADDRNOTAVAIL
bindx b 10.1.1.1:0 10.9.9.9         = -1 EADDRNOTAVAIL
bindx b 0.0.0.0:0 10.1.1.1          = -1 EINVAL
bindx b 10.1.1.1:0 127.0.0.1:7001   = -1 EINVAL
user 65534
open c 1
bindx c 10.1.1.1:7                  = -1 EACCES
bindx c 10.1.1.1:0                  = 0
END
}

@test "bindx that fails at a later address leaves the first one bound until the socket is closed" {
  # The last address of a socket cannot be taken away again (sctp_bindx_rem).
  transcript <<'END'
ns client
open a 1
bindx a 10.1.1.1:7000 10.9.9.9    = -1 EADDRNOTAVAIL
locals a                          = 10.1.1.1
open b 1
bindx b 10.1.1.1:7000             = -1 EADDRINUSE
close a
bindx b 10.1.1.1:7000             = 0
END
}

@test "a listener that comes back while its associations still close needs SO_REUSEADDR" {
  transcript <<'END'
ns server
open s 1
option s reuseaddr 1
bindx s 10.1.1.2:7000
listen s 5
ns client
open c 1 block
connectx c 10.1.1.2:s             = 0 id set
ns server
accept s a
shell nft_server output meta l4proto sctp drop
close a
close s
associations 1                    = 1
open t 1
bindx t 10.1.1.2:7000             = -1 EADDRINUSE
open u 1
option u reuseaddr 1
bindx u 10.1.1.2:7000             = 0
listen u 5                        = 0
shell nft_flush
END
}

@test "a port of ours below 1024, bound by root, is EACCES for others to connect from" {
  transcript <<'END'
ns client
open c 1
bindx c 10.1.1.1:7        = 0
user 65534
connectx c 10.1.1.2:9     = -1 EACCES id untouched
END
}

@test "two sockets that share a port cannot connect to the same peer: EADDRNOTAVAIL" {
  transcript <<'END'
ns server
open s 1
bindx s 10.1.1.2:0
listen s 5
ns client
open c 1 block
option c reuseport 1
bindx c 10.1.1.1:7000
open d 1 block
option d reuseport 1
bindx d 10.1.1.1:7000
connectx c 10.1.1.2:s     = 0 id set
connectx d 10.1.1.2:s     = -1 EADDRNOTAVAIL id untouched
END
}

@test "SCTP knows VRFs from Linux 6.2 on" {
  local major minor known=no expected=no
  IFS=. read -r major minor _ < <(uname -r)
  if ((major * 1000 + minor >= 6002)); then expected=yes; fi
  if [ -e /proc/sys/net/sctp/l3mdev_accept ]; then known=yes; fi
  [ "$known" = "$expected" ]
}

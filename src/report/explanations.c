/* SPDX-License-Identifier: MIT */
/*
 * What Linux and its SCTP report was measured (kernel 6.1, libsctp 1.0.19) or read in
 * net/sctp/{socket,sm_statefuns,input}.c and the icmp_err_convert tables of net/ipv4/icmp.c and
 * net/ipv6/icmp.c, from which the soft errors come.
 */
#include "report/explanations.h"

#include <errno.h>
#include <strings.h>

/* Shared by several rows. */
#define CHECK_ROUTE    "ip route get ADDR"
#define CHECK_FIREWALL "nft list ruleset; iptables -S: do they pass IP protocol 132 (sctp)?"
#define CHECK_WIRE     "tcpdump -ni any sctp or icmp or icmp6, here and on the peer"
#define CHECK_SOCKETS  "ss -Sanp: which SCTP sockets and associations this host has"
#define CHECK_LISTENER "on the peer: ss -Slnp; cat /proc/net/sctp/eps"
#define CHECK_MODULE   "modprobe sctp; ls /proc/net/sctp"
#define CHECK_REPORT   "sctp-connect --verbose shows the call; please report it as a bug"
#define CAUSES_NO_SCTP                                                                  \
	"the sctp module is not installed: some systems have it in a separate package " \
	"(kernel-modules-extra)\n"                                                      \
	"the module is blacklisted, or loading modules is off\n"                        \
	"the kernel is built without SCTP, or it is not Linux (gVisor)"
#define CHECK_NO_SCTP                                                             \
	CHECK_MODULE " (in a container: on its host)\n"                           \
		     "modprobe -c | grep -w sctp: a blacklist or install line?\n" \
		     "sysctl kernel.modules_disabled\n"                           \
		     "grep IP_SCTP /boot/config-$(uname -r)"
#define PROGRAM_ERROR "an error of the program, not of the network or of the peer"

#define ERRNO(name) #name, name

static const struct explanation table[] = {
	{ ERRNO(EBADF), STATUS_HOST, "the call was made on a file descriptor that is not open",
	  PROGRAM_ERROR "\n"
			"in your own code: the socket was closed before",
	  CHECK_REPORT "\n"
		       "strace -e trace=network,close sctp-connect ..." },
	{ ERRNO(ENOTSOCK), STATUS_HOST, "the call was made on a file descriptor that is no socket",
	  PROGRAM_ERROR "\n"
			"in your own code: the descriptor was closed, and then reused for a file",
	  CHECK_REPORT "\n"
		       "strace -e trace=network,close sctp-connect ..." },
	{ ERRNO(EFAULT), STATUS_HOST,
	  "the kernel could not read the addresses at the pointer it was given",
	  PROGRAM_ERROR
	  "\n"
	  "in your own code: a wild pointer (sctp_connectx crashes on it, only the bare socket "
	  "option says EFAULT)",
	  CHECK_REPORT "\n"
		       "strace -e trace=network sctp-connect ..." },
	{ ERRNO(EINVAL), STATUS_HOST, "the stack rejects the request, and nothing was sent",
	  "an address that cannot be a peer: 0.0.0.0, ::, multicast or broadcast\n"
	  "a link-local IPv6 address without a zone, or with one that does not exist\n"
	  "different ports in one list of addresses\n"
	  "an IPv6 address on an IPv4 socket, or IPv4 on one that is IPv6 only\n"
	  "a question about an association that is pending, failed or gone\n"
	  "in a route look-up: a blackhole route",
	  "the addresses and their order: sctp-connect --verbose shows what is sent\n"
	  "fe80::1%eth0, not fe80::1; ip -6 addr show scope link\n"
	  "ip route show type blackhole" },
	{ ERRNO(EACCES), -1,
	  "permission denied: a local port below 1024 without the privilege, or a route or filter "
	  "that prohibits the destination",
	  "a port below 1024 given with -b, without CAP_NET_BIND_SERVICE\n"
	  "a security module (SELinux, AppArmor) that denies SCTP to this program\n"
	  "a prohibit route (ip route add prohibit ...)\n"
	  "ICMPv6 administratively prohibited: a firewall on the path rejects the packets",
	  "sysctl net.ipv4.ip_unprivileged_port_start\n" CHECK_ROUTE
	  "; ip route show type prohibit\n"
	  "ausearch -m AVC -ts recent; dmesg | grep -i denied\n" CHECK_FIREWALL },
	{ ERRNO(EISCONN), -1,
	  "this socket already has an association with that peer, or it listens",
	  "a second connect on a one-to-one socket whose association is up\n"
	  "connect on a listening one-to-one socket\n"
	  "libsctp 1.0.19 and 1.0.21 report it after a blocking success, if errno was ENOPROTOOPT "
	  "before the call: the association is up nevertheless",
	  CHECK_SOCKETS "\n"
			"in your own code: errno = 0 before sctp_connectx()" },
	{ ERRNO(ECONNREFUSED), STATUS_NOT_CONNECTED,
	  "the peer host answered the INIT with ABORT: nothing listens on that port, or its accept "
	  "queue is full",
	  "no SCTP socket listens on that port (a TCP socket with the same port number does not count)\n"
	  "the server is running but does not accept, and its backlog is full\n"
	  "the server listens on another of its addresses only\n"
	  "the peer has no SCTP: ICMP protocol unreachable ends a blocking call with this errno\n"
	  "one refusal ends the whole attempt: the remaining addresses are not tried",
	  CHECK_LISTENER "\n"
			 "on the peer: lsmod | grep sctp; sysctl net.core.somaxconn\n"
			 "try every address alone: sctp-connect --each\n" CHECK_WIRE },
	{ ERRNO(ETIMEDOUT), STATUS_TIMEOUT, "no address answered in time",
	  "a firewall that drops IP protocol 132: many pass only TCP\n"
	  "NAT on the path: most translate TCP and UDP, not SCTP\n"
	  "no route, a dead link, unanswered ARP: SCTP reports ETIMEDOUT for these, too\n"
	  "the peer is down, or its answer gets lost\n"
	  "dead addresses before it: each one costs one --rto-initial",
	  CHECK_ROUTE "; ip neigh\n" CHECK_FIREWALL "\n" CHECK_WIRE
		      ": does the INIT leave, does anything come back?\n"
		      "a longer --timeout; --init-attempts counts over all addresses together" },
	{ ERRNO(ENETUNREACH), STATUS_NOT_CONNECTED,
	  "there is no route to the network of that address",
	  "this host has neither a route nor a default route\n"
	  "IPv6 with only a link-local address\n"
	  "ICMP network unreachable from a router on the path\n"
	  "SCTP itself reports these as ETIMEDOUT; ENETUNREACH is from a route look-up or an ICMP message\n"
	  "from connect itself: no local address (or none given with -b) has a wide enough scope to reach the "
	  "first address of the peer",
	  CHECK_ROUTE "\n"
		      "ip route; ip -6 route; ip rule\n"
		      "ip link: is the interface up?\n"
		      "tcpdump -ni any icmp or icmp6: which router sends it" },
	{ ERRNO(EADDRINUSE), STATUS_HOST,
	  "another socket of this host has that local address and port",
	  "another program, or another sctp-connect --listen, has the port\n"
	  "a socket bound to all addresses (0.0.0.0 or ::) takes the port on each of them\n"
	  "bind reports it, never connect",
	  CHECK_SOCKETS "\n"
			"cat /proc/net/sctp/eps\n"
			"another port, or -b without one: the kernel picks a free port" },
	{ ERRNO(EINPROGRESS), -1,
	  "the attempt is in progress: on a non-blocking socket this is not an error",
	  "a non-blocking connect, as expected\n"
	  "a blocking connect whose SO_SNDTIMEO ran out: the attempt still goes on",
	  "wait for the SCTP_ASSOC_CHANGE event; SO_ERROR alone is not enough\n" CHECK_SOCKETS },
	{ ERRNO(EALREADY), -1, "an attempt to that peer is already in progress, and it goes on",
	  "a second connect to the same peer before the first has ended\n"
	  "a blocking connect stopped and continued (^Z and fg), or restarted after a signal: the "
	  "kernel repeats the call and finds its own attempt",
	  "wait for the outcome of the first attempt\n" CHECK_SOCKETS "\n"
	  "sctp-connect --nonblock, which is not restarted" },
	{ ERRNO(EAGAIN), STATUS_HOST,
	  "no local port is free for a new association, or the stack is busy",
	  "every one-to-one socket takes an ephemeral port, even for different "
	  "destinations: there are 28,232 by default\n"
	  "on send: the send buffer is full",
	  "sysctl net.ipv4.ip_local_port_range\n" CHECK_SOCKETS "\n"
	  "a one-to-many socket holds any number of associations on one port" },
	{ ERRNO(EAFNOSUPPORT), STATUS_HOST,
	  "this host does not support the address family: IPv6 is switched off",
	  "the kernel was started with ipv6.disable=1, or is built without IPv6\n"
	  "a service manager or sandbox that forbids the family (RestrictAddressFamilies=)",
	  "cat /sys/module/ipv6/parameters/disable; cat /proc/cmdline\n"
	  "systemctl show -p RestrictAddressFamilies UNIT\n"
	  "sctp-connect -4, if the peer has IPv4 addresses" },
	{ ERRNO(EPERM), STATUS_HOST,
	  "this host does not permit the call: a privilege is missing, or a sandbox forbids it",
	  "a container whose seccomp filter forbids SCTP sockets\n"
	  "a raw socket without CAP_NET_RAW\n"
	  "a local firewall never causes EPERM in SCTP: packets that it drops end as ETIMEDOUT",
	  "grep -E 'Seccomp|CapEff' /proc/self/status\n"
	  "try the same call as root, and outside the container\n" CHECK_FIREWALL },
	{ ERRNO(EADDRNOTAVAIL), STATUS_HOST,
	  "an address cannot be used: the local one is not an address of this host, or a peer address is "
	  "in the list twice",
	  "in bind: the address is on no interface, or its interface is gone\n"
	  "in bind: an IPv6 address whose duplicate address detection is still running, or has failed\n"
	  "in connect: a duplicate; an IPv4 address and its v4-mapped IPv6 form count as one\n"
	  "in connect: the local port already has an association with that peer",
	  "ip addr; ip -6 addr show tentative\n" CHECK_SOCKETS "\n"
	  "sysctl net.ipv4.ip_nonlocal_bind\n"
	  "getent ahosts NAME: does the name give an address twice?" },
	{ ERRNO(EHOSTUNREACH), STATUS_NOT_CONNECTED,
	  "the host cannot be reached: it does not answer ARP or neighbour discovery, or a router "
	  "or filter sent an ICMP error",
	  "the host is down, or its address is on no link here\n"
	  "ICMP host unreachable, or administratively prohibited: a firewall rejects the packets\n"
	  "an unreachable route (ip route add unreachable ...)\n"
	  "SCTP itself reports it as ETIMEDOUT, and may show it in SO_ERROR after a success",
	  CHECK_ROUTE "; ip neigh show ADDR\n"
		      "tcpdump -ni any arp or icmp or icmp6: who sends it\n" CHECK_FIREWALL },
	{ ERRNO(EPROTONOSUPPORT), STATUS_HOST,
	  "this host's kernel has no SCTP for one-to-one sockets (SOCK_STREAM)", CAUSES_NO_SCTP,
	  CHECK_NO_SCTP },
	{ ERRNO(ESOCKTNOSUPPORT), STATUS_HOST,
	  "this host's kernel has no SCTP for one-to-many sockets (SOCK_SEQPACKET)", CAUSES_NO_SCTP,
	  CHECK_NO_SCTP },
	{ ERRNO(ENOPROTOOPT), STATUS_NOT_CONNECTED,
	  "the peer host answered ICMP protocol unreachable: it has no SCTP at all",
	  "the sctp module is not loaded on the peer: no program there has used SCTP yet\n"
	  "with IPv6 the message is: parameter problem, unknown next header\n"
	  "a firewall that rejects with icmp type prot-unreachable\n"
	  "from setsockopt: this kernel does not know the option",
	  "on the peer: modprobe sctp; ls /proc/net/sctp\n" CHECK_WIRE "\n" CHECK_FIREWALL },
	{ ERRNO(ENOMEM), STATUS_HOST, "this host is out of memory",
	  "the host's memory, or the memory limit of the control group, is used up\n"
	  "each association costs about 17 KiB of kernel memory\n"
	  "the kernel also reports it for an absurdly long list of addresses",
	  "free -m; wc -l /proc/net/sctp/assocs\n"
	  "sysctl net.sctp.sctp_mem; cat /proc/net/sockstat\n"
	  "dmesg | grep -i 'out of memory'" },
	{ ERRNO(ENOBUFS), STATUS_HOST, "this host has no buffer space for it",
	  "socket memory is used up\n"
	  "too many associations at once",
	  "sysctl net.sctp.sctp_mem net.core.wmem_max net.core.rmem_max\n"
	  "cat /proc/net/sockstat; wc -l /proc/net/sctp/assocs" },
	{ ERRNO(EMFILE), STATUS_HOST, "this process may not open more file descriptors",
	  "RLIMIT_NOFILE, often 1024, is reached\n"
	  "every one-to-one association takes a descriptor",
	  "ulimit -n; ulimit -Hn\n"
	  "ls /proc/PID/fd | wc -l" },
	{ ERRNO(ENFILE), STATUS_HOST, "this host has too many open files, over all processes",
	  "fs.file-max is reached\n"
	  "a program that leaks descriptors",
	  "sysctl fs.file-max fs.file-nr\n"
	  "lsof -n | awk '{print $1}' | sort | uniq -c | sort -n | tail" },
	{ ERRNO(EINTR), -1, "a signal interrupted the call, but the attempt goes on",
	  "a handler without SA_RESTART ran during a blocking connect\n"
	  "^C, kill, or a timer of the program",
	  "wait for the outcome: a second connect says EALREADY or EISCONN\n" CHECK_SOCKETS },
	{ ERRNO(ECONNRESET), STATUS_NOT_CONNECTED,
	  "the peer ended the established association with an ABORT",
	  "the server closed with data unread, or with SO_LINGER {1,0}\n"
	  "the peer host restarted and no longer knows the association\n"
	  "the protocol above (Diameter, M3UA, S1AP, ...) rejects this peer\n"
	  "a middlebox, or another SCTP stack at the peer's addresses, sent the ABORT",
	  "the logs of the server\n" CHECK_WIRE ": the ABORT carries a cause\n"
	  "on the peer: ss -Sanp; cat /proc/net/sctp/snmp" },
	{ ERRNO(ECONNABORTED), STATUS_NOT_CONNECTED,
	  "the SCTP stack of this host ended the association with an ABORT",
	  "the peer, or a middlebox on the path, broke the protocol\n"
	  "the program itself aborted it\n"
	  "no memory for the association",
	  CHECK_WIRE ": the packet before the ABORT, and the cause of the ABORT\n"
		     "cat /proc/net/sctp/snmp: SctpAborteds" },
	{ ERRNO(EPIPE), -1, "the association to send on has ended, or no program reads the output",
	  "the association ended before the data was sent\n"
	  "the program that reads the output has ended (sctp-connect ... | head -1)",
	  CHECK_SOCKETS "\n"
			"the program at the other end of the pipe" },
	{ ERRNO(ENOTCONN), -1, "the socket has no association",
	  "it was not established yet, or it has ended\n"
	  "a one-to-many socket has no single peer: getpeername always fails with ENOTCONN",
	  CHECK_SOCKETS "\n"
			"cat /proc/net/sctp/assocs" },
	{ ERRNO(ESHUTDOWN), -1, "the association is closing: it cannot send any more data",
	  "this host or the peer has started the graceful close (SHUTDOWN)\n"
	  "the server closes as soon as it has accepted",
	  "the logs of the server\n" CHECK_WIRE ": who sends SHUTDOWN first" },
	{ ERRNO(EOPNOTSUPP), STATUS_HOST,
	  "this socket does not support the operation: it is not an SCTP socket, or of the wrong style",
	  PROGRAM_ERROR "\n"
			"in your own code: sctp_connectx on a TCP, UDP, unix or raw socket",
	  CHECK_REPORT "\n"
		       "socket(AF_INET, SOCK_STREAM, IPPROTO_SCTP), not 0 or IPPROTO_TCP" },
	{ ERRNO(ENOSYS), STATUS_HOST, "this host's kernel lacks something that the call needs",
	  "from listen: the hash that signs cookies is missing (modules hmac, sha1 or md5)\n"
	  "a kernel, or a layer that imitates a kernel, without the system call",
	  "sysctl net.sctp.cookie_hmac_alg\n"
	  "modprobe -a hmac sha1_generic md5; cat /proc/crypto\n"
	  "uname -a" },
	{ ERRNO(ENODEV), STATUS_HOST,
	  "the network interface that an address or a socket names does not exist",
	  "the zone of a link-local address (fe80::1%eth0) is not an interface of this host\n"
	  "the interface was removed or renamed, or is in another network namespace",
	  "ip link\n"
	  "ip netns; ls -l /proc/self/ns/net" },
	{ ERRNO(ENETDOWN), STATUS_NOT_CONNECTED,
	  "the network interface towards that address is down",
	  "ip link set DEV down\n"
	  "a cable, radio link or tunnel without carrier",
	  "ip link; ip -s link show DEV\n" CHECK_ROUTE },
	{ ERRNO(EHOSTDOWN), STATUS_NOT_CONNECTED,
	  "a router says by ICMP that it knows no such host",
	  "ICMP host unknown: the last router on the path cannot find the host",
	  "tcpdump -ni any icmp: which router sends it\n" CHECK_ROUTE "; tracepath -n ADDR" },
	{ ERRNO(EMSGSIZE), -1, "the message is too long to be sent",
	  "it is longer than the send buffer (SO_SNDBUF)\n"
	  "it does not fit one packet, and SCTP_DISABLE_FRAGMENTS is set\n"
	  "a small MTU on the path is not a cause: SCTP adapts to it",
	  "sysctl net.core.wmem_default net.sctp.sctp_wmem\n"
	  "tracepath -n ADDR; ip route get ADDR: the MTU" },
	{ ERRNO(EPROTO), -1,
	  "a host on the path found the packets malformed, and sent ICMP parameter problem",
	  "a middlebox that damages the packets, or does not know SCTP\n"
	  "IP options or IPv6 extension headers that the peer does not accept",
	  "tcpdump -vni any icmp or icmp6\n"
	  "ethtool -k DEV: offloads of a tunnel or virtual interface" },
	{ ERRNO(EIO), STATUS_HOST,
	  "the output, or a device of this host, failed; the association did not",
	  "the file, disk or terminal behind the output is broken or gone",
	  "dmesg | tail\n"
	  "run the same command with the output in another place" },
	{ ERRNO(ENOSPC), STATUS_HOST,
	  "the output could not be written, the disk is full; the association did not fail",
	  "the file system of the output is full, or its quota is used up\n"
	  "the output is /dev/full",
	  "df -h; df -i; quota\n"
	  "run the same command with the output in another place" },
	{ ERRNO(EDESTADDRREQ), STATUS_HOST, "the call named no destination address",
	  PROGRAM_ERROR
	  "\n"
	  "in your own code: it sends on a socket without an association, and gives no address",
	  CHECK_REPORT "\n"
		       "strace -e trace=network sctp-connect ..." },

	{ "connected", 0, STATUS_OK, "the association was established",
	  "as many paths as --require asks for answered a heartbeat, or --no-probe sent none\n"
	  "an unverified path was not asked: it is in the association, that is all\n"
	  "rejected addresses are not in the association: the peer did not list them",
	  "cat /proc/net/sctp/assocs; cat /proc/net/sctp/remaddr\n"
	  "ss -Sani" },
	{ "degraded", 0, STATUS_DEGRADED,
	  "the association was established, but with fewer verified paths than --require asks for",
	  "a path is dead, or an address was left out, by the peer or for its scope\n"
	  "all are dead: the peer ignores heartbeats, or went away after the handshake\n"
	  "-R asks for more than there are addresses; -R all counts the rejected ones too",
	  "the verdict of each path: sctp-connect --explain dead, rejected, unverified\n"
	  "a longer --probe-timeout, if a round trip may take more than a second\n"
	  "sysctl net.sctp.addr_scope_policy, on both sides" },
	{ "closed", 0, STATUS_NOT_CONNECTED,
	  "the association was established, and the peer closed it (SHUTDOWN) before it was up for "
	  "--hold",
	  "a proxy that accepts and finds no backend: docker-proxy, a load balancer\n"
	  "a server that does not know this client, or wants other addresses of it\n"
	  "a service that is stopping",
	  "the logs of the server, and of the proxy in front of it\n"
	  "--hold 0: how it reads for a client that closes at once" },
	{ "refused", 0, STATUS_NOT_CONNECTED,
	  "the peer host refused: it answered ABORT, or ICMP protocol unreachable",
	  "no SCTP socket listens on that port, or its accept queue is full\n"
	  "the peer has no SCTP at all (ENOPROTOOPT)\n"
	  "one refusal ends the whole attempt: the remaining addresses are not tried",
	  CHECK_LISTENER "\n"
			 "on the peer: modprobe sctp; sysctl net.core.somaxconn\n"
			 "try every address alone: sctp-connect --each" },
	{ "timeout", 0, STATUS_TIMEOUT, "no answer arrived in time, and nothing showed why",
	  "a firewall that drops IP protocol 132: many pass only TCP\n"
	  "NAT on the path: most translate TCP and UDP, not SCTP\n"
	  "the peer is down, or its answer gets lost\n"
	  "--timeout is too short for the number of addresses",
	  CHECK_ROUTE "; ip neigh\n" CHECK_FIREWALL "\n" CHECK_WIRE },
	{ "unreachable", 0, STATUS_NOT_CONNECTED,
	  "the routing table, or an ICMP message, says that the address cannot be reached",
	  "no route; a route of type prohibit, unreachable or blackhole; a link that is down\n"
	  "no answer to ARP or neighbour discovery\n"
	  "a router or firewall that rejects by ICMP",
	  CHECK_ROUTE "; ip neigh show ADDR\n"
		      "tcpdump -ni any icmp or icmp6: who sends it\n" CHECK_FIREWALL },
	{ "aborted", 0, STATUS_NOT_CONNECTED,
	  "the association came up, but was lost at once, or while its paths were probed, usually "
	  "by an ABORT of the peer",
	  "the server closed with data unread, or with SO_LINGER {1,0}\n"
	  "the protocol above (Diameter, M3UA, S1AP, ...) rejects this peer\n"
	  "one end broke the protocol",
	  "the logs of the server\n" CHECK_WIRE ": the ABORT carries a cause\n"
	  "cat /proc/net/sctp/snmp: SctpAborteds" },
	{ "unresolved", 0, STATUS_UNRESOLVED, "a name could not be resolved, and nothing was sent",
	  "a misspelt name, or one without an address of the family that -4 or -6 asks for\n"
	  "the name servers do not answer",
	  "getent ahosts NAME\n"
	  "cat /etc/resolv.conf; resolvectl query NAME" },
	{ "unsupported", 0, STATUS_HOST, "no SCTP stack can be used on this host",
	  CAUSES_NO_SCTP "\n"
			 "a sandbox forbids SCTP sockets",
	  CHECK_NO_SCTP "\n"
			"sctp-connect --version: the stacks of this build" },
	{ "failed", 0, STATUS_HOST,
	  "this host could not try, or a signal ended the attempt: the errno says which",
	  "no permission, no such local address, no free port, out of resources\n"
	  "a list of addresses that the stack does not accept\n"
	  "with EINTR: a signal; the exit status is then 128 and its number",
	  "sctp-connect --explain ERRNO, with the errno of the report\n"
	  "sctp-connect --verbose: which call it was" },

	{ "unverified", 0, -1,
	  "the address is in the association, but it is not known whether it works",
	  "--no-probe: no heartbeat was sent, and the handshake used only one path\n"
	  "a signal, or the peer, ended the probe before the time for an answer was over\n"
	  "the state active means nothing yet: the kernel gives it to every address that was "
	  "requested and that the peer listed, even to one without a route",
	  CHECK_ROUTE "\n"
		      "cat /proc/net/sctp/remaddr: the state, some hb_interval later\n"
		      "tcpdump -ni any 'sctp and host ADDR': HEARTBEAT and its ACK" },
	{ "verified", 0, -1, "a round trip over this path was seen: a heartbeat was answered",
	  "the peer's stack answered on this address; that says nothing about its application\n"
	  "lost 1 of 2 heartbeats: the path works, but loses packets",
	  "rtt is the round trip of that heartbeat; ss -Sani: the stack's own figures\n"
	  "sctp-connect --verbose: each HEARTBEAT and its HEARTBEAT-ACK" },
	{ "dead", 0, -1, "a heartbeat was sent on this path, and no answer arrived in time",
	  "a cut link, or a filter or route that drops it in one direction\n"
	  "the answer arrives on another interface, and rp_filter drops it\n"
	  "a round trip longer than --probe-timeout",
	  CHECK_ROUTE "\n"
		      "sysctl net.ipv4.conf.all.rp_filter\n"
		      "tcpdump -ni any 'sctp and host ADDR', on both sides" },
	{ "rejected", 0, -1,
	  "the address was requested, but the peer did not list it: it is not in the association",
	  "it is not an address of this peer, or the server is not bound to it\n"
	  "address scope: with a global first address, both sides leave out private ones\n"
	  "NAT: the peer knows itself by another address",
	  "on the peer: ip addr; cat /proc/net/sctp/eps\n"
	  "sysctl net.sctp.addr_scope_policy on both sides (0: no rule)\n"
	  "tcpdump -vni any sctp: the addresses in the INIT ACK" },
	{ "tried", 0, -1,
	  "an INIT was sent to this address; it is not known whether this address answered",
	  "every address had its turn, some more than once, before one of them refused",
	  "try every address alone: sctp-connect --each\n" CHECK_WIRE },
	{ "untried", 0, -1, "the attempt ended before this address had its turn",
	  "the stack tries one address after the other, one --rto-initial apart\n"
	  "an address before it refused, which ends the attempt\n"
	  "--timeout or --init-attempts were used up",
	  "try the address alone, or first: sctp-connect -a ADDR:PORT\n"
	  "a longer --timeout, a shorter --rto-initial, more --init-attempts" },
	{ "excluded", 0, -1, "this host could not put the address into the call",
	  "its family is not supported by the socket or this host (IPv6 is off)\n"
	  "it cannot be in one association with the others",
	  "cat /sys/module/ipv6/parameters/disable\n"
	  "sctp-connect --verbose: the order and the reason" },
};

const struct explanation *explanation_of_errno(int number)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (number > 0 && table[i].number == number)
			return &table[i];
	return NULL;
}

const struct explanation *explanation_named(const char *name)
{
	uint64_t number;

	if (parse_number(name, 1, INT32_MAX, &number))
		return explanation_of_errno((int)number);
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcasecmp(table[i].name, name))
			return &table[i];
	return NULL;
}

size_t explanation_count(void)
{
	return ARRAY_SIZE(table);
}

const struct explanation *explanation_at(size_t index)
{
	return index < ARRAY_SIZE(table) ? &table[index] : NULL;
}

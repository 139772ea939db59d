/* SPDX-License-Identifier: MIT */
/*
 * What Linux and its SCTP report was measured (kernel 6.1, libsctp 1.0.19) or read in
 * net/sctp/{socket,sm_statefuns,input}.c and the icmp_err_convert tables of net/ipv4/icmp.c and
 * net/ipv6/icmp.c, from which the soft errors come.
 */
#include "report/explanations.h"

#include <errno.h>
#include <strings.h>

#include "report/checks.h"

/* Shared by several rows. */
#define CHECK_ROUTE   "ip route get ADDR"
#define CHECK_SOCKETS "ss -Sanp: which SCTP sockets and associations this host has"
#define CHECK_REPORT  "sctp-connect --verbose shows the call; please report it as a bug"
#define CHECK_ABORTS  "cat /proc/net/sctp/snmp: SctpAborteds"
#define CHECK_OUTPUT  "run the same command with the output in another place"
#define CHECK_CALLS   "strace -e trace=network,close sctp-connect ..."
#define PROGRAM_ERROR "an error of the program, not of the network or of the peer"

#define ERRNO(name) #name, name

static const struct explanation table[] = {
	{ ERRNO(EBADF), STATUS_HOST, "the call was made on a file descriptor that is not open",
	  PROGRAM_ERROR "\n"
			"in your own code: the socket was closed before",
	  CHECK_REPORT "\n" CHECK_CALLS },
	{ ERRNO(ENOTSOCK), STATUS_HOST, "the call was made on a file descriptor that is no socket",
	  PROGRAM_ERROR "\n"
			"in your own code: the descriptor was closed, and then reused for a file",
	  CHECK_REPORT "\n" CHECK_CALLS },
	{ ERRNO(EFAULT), STATUS_HOST,
	  "the kernel could not read the addresses at the pointer it was given",
	  PROGRAM_ERROR
	  "\n"
	  "in your own code: a wild pointer (sctp_connectx crashes on it, only the bare socket "
	  "option says EFAULT)",
	  CHECK_REPORT "\n" CHECK_CALLS },
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
	{ ERRNO(EACCES),
	  -1,
	  "permission denied: a local port below 1024 without the privilege, a security module that forbids the call, or a route or filter that prohibits the destination",
	  NULL,
	  CHECK_ROUTE "\n" CHECK_FIREWALL,
	  { FINDING_PRIVILEGED_PORT, FINDING_CALL_FORBIDDEN, FINDING_PROHIBITED_ROUTE,
	    FINDING_ICMP_PROHIBITED } },
	{ ERRNO(EISCONN), -1,
	  "this socket already has an association with that peer, or it listens",
	  "a second connect on a one-to-one socket whose association is up\n"
	  "connect on a listening one-to-one socket\n"
	  "libsctp 1.0.19 and 1.0.21 report it after a blocking success, if errno was ENOPROTOOPT "
	  "before the call: the association is up nevertheless",
	  CHECK_SOCKETS "\n"
			"in your own code: errno = 0 before sctp_connectx()" },
	{ ERRNO(ECONNREFUSED),
	  STATUS_NOT_CONNECTED,
	  "the peer host answered the INIT with ABORT: nothing listens on that port, or its accept queue is full",
	  "the peer has no SCTP: ICMP protocol unreachable ends a blocking call with this errno",
	  "on the peer: lsmod | grep sctp\n" CHECK_WIRE,
	  { FINDING_NO_ENDPOINT_OR_QUEUE_FULL } },
	{ ERRNO(ETIMEDOUT),
	  STATUS_TIMEOUT,
	  "no address answered in time",
	  "no route, a dead link, unanswered ARP: SCTP reports ETIMEDOUT for these, too\n"
	  "dead addresses before it: each one costs one --rto-initial",
	  "ip neigh\n" CHECK_WIRE ": does the INIT leave, does anything come back?\n"
	  "a longer --timeout; --init-attempts counts the INITs to all addresses together",
	  { FINDING_SILENT } },
	{ ERRNO(ENETUNREACH),
	  STATUS_NOT_CONNECTED,
	  "there is no route to the network of that address",
	  "ICMP network unreachable from a router on the path\n"
	  "SCTP itself reports these as ETIMEDOUT; ENETUNREACH is from a route look-up, from an ICMP message or from connect",
	  CHECK_ROUTE "\n"
		      "ip link: is the interface up?\n"
		      "tcpdump -ni any icmp or icmp6: which router sends it",
	  { FINDING_NO_ROUTE, FINDING_SCOPE_TOO_NARROW } },
	{ ERRNO(EADDRINUSE),
	  STATUS_HOST,
	  "another socket of this host has that local address and port",
	  "bind reports it, never connect",
	  CHECK_SOCKETS "\n"
			"another port, or -b without one: the kernel picks a free port",
	  { FINDING_BIND_IN_USE, FINDING_BIND_CLOSING } },
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
	{ ERRNO(EAGAIN),
	  STATUS_HOST,
	  "no local port is free for a new association, or the stack is busy",
	  "on send: the send buffer is full",
	  CHECK_SOCKETS "\n"
			"sysctl net.ipv4.ip_local_port_range",
	  { FINDING_NO_FREE_PORT } },
	{ ERRNO(EAFNOSUPPORT),
	  STATUS_HOST,
	  "this host does not support the address family: IPv6 is switched off, or a sandbox forbids it",
	  "the kernel is built without IPv6",
	  "cat /sys/module/ipv6/parameters/disable; cat /proc/cmdline\n"
	  "systemctl show -p RestrictAddressFamilies UNIT",
	  { FINDING_NO_IPV6, FINDING_IPV6_FORBIDDEN } },
	{ ERRNO(EPERM), STATUS_HOST,
	  "this host does not permit the call: a privilege is missing, or a sandbox or a filter forbids it",
	  "a container whose seccomp filter forbids SCTP sockets\n"
	  "a raw socket without CAP_NET_RAW\n"
	  "in user space, a filter in the output hook makes sendmsg() fail like this; in the kernel's SCTP packets that a filter drops end as ETIMEDOUT",
	  "grep -E 'Seccomp|CapEff' /proc/self/status\n"
	  "try the same call as root, and outside the container\n" CHECK_FIREWALL },
	{ ERRNO(EADDRNOTAVAIL),
	  STATUS_HOST,
	  "an address cannot be used: the local one is not an address of this host, or a peer address is in the list twice",
	  "in bind: an IPv6 address whose duplicate address detection is still running, or has failed\n"
	  "in bind, in user space: an address that was added while the program ran: the stack reads them only once\n"
	  "in connect: a duplicate; an IPv4 address and its v4-mapped IPv6 form count as one\n"
	  "in connect: the local port already has an association with that peer",
	  "ip -6 addr show tentative\n" CHECK_SOCKETS "\n"
	  "getent ahosts NAME: does the name give an address twice?",
	  { FINDING_NOT_LOCAL } },
	{ ERRNO(EHOSTUNREACH),
	  STATUS_NOT_CONNECTED,
	  "the host cannot be reached: it does not answer ARP or neighbour discovery, or a router or filter sent an ICMP error",
	  "SCTP itself reports it as ETIMEDOUT, and may show it in SO_ERROR after a success",
	  "ip neigh show ADDR",
	  { FINDING_ICMP_OR_NEIGHBOUR, FINDING_UNREACHABLE_ROUTE } },
	{ ERRNO(EPROTONOSUPPORT),
	  STATUS_HOST,
	  "this host's kernel has no SCTP for one-to-one sockets (SOCK_STREAM)",
	  NULL,
	  NULL,
	  { FINDING_NO_SCTP_HERE } },
	{ ERRNO(ESOCKTNOSUPPORT),
	  STATUS_HOST,
	  "this host's kernel has no SCTP for one-to-many sockets (SOCK_SEQPACKET)",
	  NULL,
	  NULL,
	  { FINDING_NO_SCTP_HERE } },
	{ ERRNO(ENOPROTOOPT),
	  STATUS_NOT_CONNECTED,
	  "the peer has no SCTP, or (from setsockopt) this kernel does not know the option",
	  "with IPv6 the message is: parameter problem, unknown next header",
	  CHECK_FIREWALL,
	  { FINDING_NO_SCTP } },
	{ ERRNO(ENOMEM), STATUS_HOST, "this host is out of memory",
	  "the host's memory, or the memory limit of the control group, is used up\n"
	  "each association costs about 17 KiB of kernel memory\n"
	  "the kernel also reports it for an absurdly long list of addresses",
	  "free -m; wc -l /proc/net/sctp/assocs\n"
	  "sysctl net.sctp.sctp_mem; cat /proc/net/sockstat\n"
	  "dmesg | grep -i 'out of memory'" },
	{ ERRNO(ENOBUFS), STATUS_HOST,
	  "this host has no buffer space for it, or drops it in a queue",
	  "socket memory is used up\n"
	  "too many associations at once\n"
	  "sendmsg: the queue of the link has dropped the packet: it is full, or a shaper (tbf, htb, police) lets too little pass",
	  "sysctl net.sctp.sctp_mem net.core.wmem_max net.core.rmem_max\n"
	  "cat /proc/net/sockstat; wc -l /proc/net/sctp/assocs\n"
	  "tc -s qdisc show" },
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
	{ ERRNO(ECONNRESET),
	  STATUS_NOT_CONNECTED,
	  "the peer ended the established association with an ABORT",
	  NULL,
	  "the logs of the server",
	  { FINDING_ABORTED_BY_PEER } },
	{ ERRNO(ECONNABORTED),
	  STATUS_NOT_CONNECTED,
	  "the SCTP stack of this host ended the association with an ABORT",
	  "the program itself aborted it\n"
	  "no memory for the association",
	  CHECK_WIRE ": the packet before the ABORT, and the cause of the ABORT\n" CHECK_ABORTS,
	  { FINDING_ABORTED_HERE } },
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
	{ ERRNO(ESHUTDOWN),
	  -1,
	  "the association is closing: it cannot send any more data",
	  "this host or the peer has started the graceful close (SHUTDOWN)",
	  CHECK_WIRE ": who sends SHUTDOWN first",
	  { FINDING_CLOSED_BY_PEER } },
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
	{ ERRNO(EPROTO),
	  -1,
	  "a host on the path found the packets malformed, and sent ICMP parameter problem",
	  NULL,
	  "ethtool -k DEV: offloads of a tunnel or virtual interface",
	  { FINDING_ICMP_NOT_ACCEPTED } },
	{ ERRNO(EIO), STATUS_HOST,
	  "the output, or a device of this host, failed; the association did not",
	  "the file, disk or terminal behind the output is broken or gone",
	  "dmesg | tail\n" CHECK_OUTPUT },
	{ ERRNO(EFBIG), STATUS_HOST,
	  "the output is longer than a file may be; the association did not fail",
	  "the limit of a file's size (ulimit -f) of the shell or the service\n"
	  "the file system does not allow longer files",
	  "ulimit -f; systemctl show UNIT -p LimitFSIZE\n" CHECK_OUTPUT },
	{ ERRNO(ENOSPC), STATUS_HOST,
	  "the output could not be written, because the disk is full; the association did not fail",
	  "the file system of the output is full, or its quota is used up\n"
	  "the output is /dev/full",
	  "df -h; df -i; quota\n" CHECK_OUTPUT },
	{ ERRNO(EDESTADDRREQ), STATUS_NOT_CONNECTED,
	  "the address is the broadcast address of a network, not that of a host; or the call was given no address",
	  "a mistyped address, or a wrong prefix length on this host\n"
	  "in your own code: it sends on a socket without an association, and gives no address",
	  "ip route get ADDR; ip -br addr\n" CHECK_CALLS },

	{ "connected", 0, STATUS_OK, "the association was established",
	  "as many paths as --require asks for answered a heartbeat, or --no-probe sent none\n"
	  "an unverified path was not asked: it is in the association, that is all\n"
	  "rejected addresses are not in the association: the peer did not list them",
	  "cat /proc/net/sctp/assocs; cat /proc/net/sctp/remaddr\n"
	  "ss -Sani" },
	{ "degraded",
	  0,
	  STATUS_DEGRADED,
	  "the association was established, but with fewer verified paths than --require asks for",
	  NULL,
	  "the verdict of each path: sctp-connect --explain dead, rejected, unverified\n"
	  "sysctl net.sctp.addr_scope_policy, on both sides",
	  { FINDING_TOO_FEW_VERIFIED, FINDING_NO_PATH_ANSWERS } },
	{ "closed",
	  0,
	  STATUS_NOT_CONNECTED,
	  "the association was established, and the peer closed it (SHUTDOWN) before it was up for --hold",
	  NULL,
	  "the logs of the proxy in front of it\n"
	  "--hold 0: how it reads for a client that closes at once",
	  { FINDING_CLOSED_BY_PEER } },
	{ "refused",
	  0,
	  STATUS_NOT_CONNECTED,
	  "the peer host refused: it answered ABORT, or ICMP protocol unreachable",
	  "one refusal ends the whole attempt: the remaining addresses are not tried",
	  NULL,
	  { FINDING_NO_ENDPOINT_OR_QUEUE_FULL, FINDING_NO_SCTP } },
	{ "timeout",
	  0,
	  STATUS_TIMEOUT,
	  "no answer arrived in time, and nothing showed why",
	  "--timeout is too short for the number of addresses",
	  "ip neigh\n" CHECK_WIRE,
	  { FINDING_SILENT } },
	{ "unreachable", 0, STATUS_NOT_CONNECTED,
	  "the routing table, or an ICMP message, says that the address cannot be reached",
	  "no route; a route of type prohibit, unreachable or blackhole; a link that is down\n"
	  "no answer to ARP or neighbour discovery\n"
	  "a router or firewall that rejects by ICMP",
	  CHECK_ROUTE "; ip neigh show ADDR\n"
		      "tcpdump -ni any icmp or icmp6: who sends it\n" CHECK_FIREWALL },
	{ "aborted",
	  0,
	  STATUS_NOT_CONNECTED,
	  "the association came up, but was lost at once, or while its paths were probed, usually by an ABORT of the peer",
	  "one end broke the protocol",
	  "the logs of the server\n" CHECK_ABORTS,
	  { FINDING_ABORTED_BY_PEER, FINDING_PEER_SILENT } },
	{ "unresolved",
	  0,
	  STATUS_UNRESOLVED,
	  "a name could not be resolved, and nothing was sent",
	  NULL,
	  NULL,
	  { FINDING_NAME_NOT_FOUND, FINDING_NAME_SERVER_SILENT } },
	{ "unsupported",
	  0,
	  STATUS_HOST,
	  "no SCTP stack can be used on this host",
	  "a sandbox forbids SCTP sockets",
	  NULL,
	  { FINDING_NO_SCTP_HERE } },
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
	{ "dead",
	  0,
	  -1,
	  "a heartbeat was sent on this path, and no answer arrived in time",
	  NULL,
	  NULL,
	  { FINDING_HEARTBEAT_UNANSWERED } },
	{ "rejected",
	  0,
	  -1,
	  "the address was requested, but the peer did not list it: it is not in the association",
	  NULL,
	  NULL,
	  { FINDING_NOT_LISTED, FINDING_LEFT_OUT_BY_SCOPE } },
	{ "tried",
	  0,
	  -1,
	  "an INIT was sent to this address; it is not known whether this address answered",
	  "after the last address the stack begins again with the first",
	  CHECK_WIRE,
	  { FINDING_ONE_HAS_REFUSED } },
	{ "untried",
	  0,
	  -1,
	  "as far as is known, no INIT was sent to this address",
	  "an address before it refused, which ends the attempt",
	  "try the address alone, or first: sctp-connect -a ADDR:PORT",
	  { FINDING_UNTRIED_LATE, FINDING_UNTRIED_ENDED } },
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

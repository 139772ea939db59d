/* SPDX-License-Identifier: MIT */
#include "report/words.h"

#include <assert.h>
#include <strings.h>

#include "report/checks.h"
#include "report/phrase.h"

/* Each sentence is on one line, so that grep finds it. */
/* clang-format off */

/* The cause of one address, in an attempt in which others were silent. */
#define PARTIAL         "[ended:no attempt is left][!ended:no association within {time}]; "
#define PARTIAL_KNOWN   PARTIAL "{address}: "
#define PARTIAL_UNKNOWN PARTIAL "{errno} for at least one address: "
#define EVERY_PATH      "no path answers a heartbeat: "

/* What more than one row says. */
#define ROUTE_OR_RULE   "[rule:ip rule shows it (ip route get cannot ask for packets of SCTP)][!rule:" ROUTE_GET "]"
#define ROUTE_GET       "ip route get {address}[other: from {other}] shows what the kernel would do"
#define ICMP_SENDER     "tcpdump -vni any icmp or icmp6: who sends it, and about which packet"
#define SOMEBODY_SENDS  "tcpdump -ni any 'sctp or icmp or icmp6 or arp' shows who sends it"
#define NO_INIT_ANSWER  "[ended:no answer to any INIT, and no attempt is left][!ended:no answer to INIT within {time}]"
#define MORE_TURNS      "[ended:--init-attempts counts the INITs to all addresses together: {paths} of them need at least --init-attempts {least_attempts}][!ended:[time:each address has its turn after {time}: {paths} of them need at least -w {least_timeout}]]"
#define OWN_NAME_HERE   "Debian's /etc/hosts gives a host's own name 127.0.1.1"
#define OWN_NAME        "[own_name:{own_name} stands for this host itself, not for a peer: getent ahosts {own_name} (" OWN_NAME_HERE ")]"
#define REFUSAL_HINT    OWN_NAME "[!own_name:[cause_hint:{cause_hint}][!cause_hint:[several:one refusal ends the whole attempt, even if other addresses would accept: retry [address:without {address}][!address:with each alone]]]]"
#define ICMP_ANSWER     "[icmp:{who} answered [cookie:the COOKIE-ECHO with ]{icmp}]"
#define COOKIE_REFUSED  "answered the COOKIE-ECHO with ERROR: {cause}"
#define OWN_SILENCE     "[several:these addresses are][!several:this address is] of this host itself: a filter here drops the packets (nft list ruleset), or the kernel has no SCTP, and the program that should answer with a stack of its own does not run, does not listen on that port, or is stuck"
#define LOW_PORT        "use a port from {other_port} on, run as root (a sandbox may take that right from root, too), or see sysctl net.ipv4.ip_unprivileged_port_start"
#define DENIALS         "ausearch -m AVC -ts recent; dmesg | grep -i denied; systemctl show UNIT | grep -E 'RestrictAddressFamilies|SystemCallFilter'"
#define CHECK_FORBIDDEN "getenforce; aa-status; cat /proc/self/attr/current; grep -E 'Seccomp|CapEff' /proc/self/status; cat /proc/self/uid_map"
#define EXPLAIN_ERRNO   "the errno says which: sctp-connect --explain ERRNO"
#define CHECK_RESOLVER  "cat /etc/resolv.conf; resolvectl query NAME"
#define EACH_ALONE      "sctp-connect --each tries every address alone"
#define SET_UDP_PORT    "as root: sysctl net.sctp.udp_port={port}"
#define VERBOSE         "sctp-connect --verbose shows what was sent and what came"
#define LATE_CAUSES     "a name server that is slow or does not answer: the resolver asks the next one after 5 s\na filter that drops DNS (port 53)"
#define LATE_CHECK      "a longer --timeout\n" CHECK_RESOLVER

/* In the order of the codes. */
static const struct words table[] = {
	{ FINDING_NONE, "none", RESULT_CONNECTED, -1,
	  "",
	  NULL,
	  NULL,
	  "there is nothing to say",
	  NULL,
	  NULL },
	{ FINDING_INTERRUPTED, "interrupted", RESULT_FAILED, -1,
	  "ended by {signal}",
	  "ended by {signal}[held: before the association had stayed up for --hold][each: while addresses were tried alone][up:[!held:[!each: before every path had answered a heartbeat]]][retry: before the next try; the last one: {last}][resolving: while names were looked up][!up:[!retry:[!resolving: after {exact_time}, with no answer until then]]]",
	  NULL,
	  "a signal ended the attempt, the monitor or the listener; the exit status is 128 and its number",
	  "^C, kill, or a timeout(1) around the program\n"
	  "for --monitor, ^C is the usual end",
	  "the report shows what was known by then" },
	{ FINDING_CALL_FAILED, "call-failed", RESULT_FAILED, STATUS_HOST,
	  "{call}[name: {name}]: {errno}: {meaning}",
	  NULL,
	  "sctp-connect --explain {errno}",
	  "a system call failed on this host, and its errno is all that is known",
	  "no permission, or a lack of resources: the errno says which\n"
	  "a sandbox that forbids the call",
	  "strace -f sctp-connect ... shows the call" },
	{ FINDING_CALL_FORBIDDEN, "call-forbidden", RESULT_FAILED, STATUS_HOST,
	  "{call}[name: {name}]: {errno}: a security module or a sandbox of this host forbids it",
	  NULL,
	  DENIALS,
	  "this host forbids a system call that needs no privilege, or one whose privilege the program has",
	  "a security module: SELinux, AppArmor, SMACK\n"
	  "a sandbox: a seccomp filter of a container, RestrictAddressFamilies or SystemCallFilter of systemd, a BPF program of its cgroup\n"
	  "a container in a user namespace, whose root has no privileges on a network that is not its own",
	  CHECK_FORBIDDEN "\n"
	  "the same command outside of the container or service" },
	{ FINDING_COUNT_REACHED, "count-reached", RESULT_CONNECTED, STATUS_OK,
	  "reached --count rounds",
	  NULL,
	  NULL,
	  "the monitor made as many rounds as --count asks for",
	  NULL,
	  NULL },
	{ FINDING_TIME_ELAPSED, "time-elapsed", RESULT_CONNECTED, STATUS_OK,
	  "monitoring time elapsed",
	  NULL,
	  NULL,
	  "the monitor ran for the time that --monitor gives it",
	  NULL,
	  NULL },
	{ FINDING_ALL_SERVED, "all-served", RESULT_CONNECTED, STATUS_OK,
	  "all associations served",
	  NULL,
	  NULL,
	  "the listener served as many associations as --count asks for",
	  NULL,
	  NULL },
	{ FINDING_NAME_NOT_FOUND, "name-not-found", RESULT_UNRESOLVED, STATUS_UNRESOLVED,
	  "{name}: no such name[family:, or it has no {family} address ({option})]",
	  NULL,
	  NULL,
	  "the resolver knows no such name",
	  "a misspelt name, or a missing search domain\n"
	  "a name without an address of the family that -4 or -6 asks for",
	  "getent ahosts NAME\n"
	  CHECK_RESOLVER },
	{ FINDING_NAME_WITHOUT_ADDRESS, "name-without-address", RESULT_UNRESOLVED, STATUS_UNRESOLVED,
	  "{name}: the name has no [family:{family} ]address[family: ({option})][detail: that can be used: {detail}]",
	  NULL,
	  NULL,
	  "the name exists, but it has no address, or none of the requested family or that an endpoint can have",
	  "a name that has only other records (MX, SRV, CNAME to nothing)\n"
	  "-4 or -6 excludes the addresses that it has\n"
	  "a filtering name server answers 0.0.0.0, or an old entry has a link-local address",
	  "getent ahosts NAME\n"
	  "resolvectl query NAME" },
	{ FINDING_NAME_SERVER_SILENT, "name-server-silent", RESULT_UNRESOLVED, STATUS_UNRESOLVED,
	  "{name}: the name server did not answer, or failed temporarily",
	  NULL,
	  NULL,
	  "no name server answered, or one reported a temporary failure",
	  "no network, or a wrong address in /etc/resolv.conf\n"
	  "a filter that drops DNS (port 53)\n"
	  "a name server that cannot reach the server it forwards to",
	  "cat /etc/resolv.conf; resolvectl status\n"
	  "resolvectl query NAME" },
	{ FINDING_NAME_SERVER_FAILED, "name-server-failed", RESULT_UNRESOLVED, STATUS_UNRESOLVED,
	  "{name}: the name server reported a failure",
	  NULL,
	  NULL,
	  "the name server reported a failure",
	  "a broken zone, or a DNSSEC signature that is not valid\n"
	  "a name server that refuses to answer this host",
	  "resolvectl query NAME; dig NAME" },
	{ FINDING_NAME_SERVER_LATE, "name-server-late", RESULT_UNRESOLVED, STATUS_UNRESOLVED,
	  "{name}: no answer from the name server within {time}",
	  NULL,
	  NULL,
	  "the names were not resolved within --timeout",
	  LATE_CAUSES,
	  LATE_CHECK },
	{ FINDING_NAMES_LEFT_OUT, "names-left-out", RESULT_CONNECTED, -1,
	  "{name}: no answer from the name server within {time}, so only the other addresses were tried",
	  NULL,
	  NULL,
	  "some names had no answer after half of --timeout, so the attempt was made with the addresses of the others",
	  LATE_CAUSES,
	  LATE_CHECK },
	{ FINDING_LOOKUP_FAILED, "lookup-failed", RESULT_FAILED, STATUS_HOST,
	  "{name}: cannot look up the name: [call:{call}: {errno}: {message}][detail:{detail}]",
	  NULL,
	  "[call:sctp-connect --explain {errno}]",
	  "the look-up failed on this host, before any name server answered",
	  "nsswitch.conf names a module that is missing\n"
	  "a file in /etc that this user, or this program in a sandbox, may not read\n"
	  "no memory, no descriptors, or no more processes allowed\n"
	  "a sandbox that forbids the call",
	  "ls -l /etc/nsswitch.conf /etc/hosts /etc/resolv.conf; cat /etc/nsswitch.conf\n"
	  "getent ahosts NAME" },
	{ FINDING_NO_SCTP_HERE, "no-sctp-here", RESULT_UNSUPPORTED, STATUS_HOST,
	  "this host's kernel has no SCTP",
	  NULL,
	  "[detail:the module may not be loaded here: {detail}][!detail:as root: modprobe sctp (if that fails: a blacklist in /etc/modprobe.d, or a kernel package without the extra modules)]",
	  "this host's kernel has no SCTP, and no other stack can be used",
	  "the sctp module is not installed: some systems have it in a separate package (kernel-modules-extra)\n"
	  "the module is blacklisted, or loading modules is off\n"
	  "the kernel is built without SCTP, or it is not Linux (gVisor)",
	  "modprobe sctp; ls /proc/net/sctp (in a container: on its host)\n"
	  "modprobe -c | grep -w sctp; sysctl kernel.modules_disabled; grep IP_SCTP /boot/config-$(uname -r)\n"
	  "sctp-connect --version: the stacks of this build" },
	{ FINDING_NO_IPV6, "no-ipv6", RESULT_FAILED, STATUS_HOST,
	  "this host has no IPv6",
	  "this host has no IPv6, and the remaining addresses need it",
	  "see sysctl net.ipv6.conf.all.disable_ipv6, and ipv6.disable= in /proc/cmdline",
	  "this host cannot open an IPv6 socket",
	  "IPv6 is switched off, by sysctl or on the kernel's command line\n"
	  "a sandbox forbids the address family",
	  "sctp-connect -4, if the peer has IPv4 addresses" },
	{ FINDING_IPV6_FORBIDDEN, "ipv6-forbidden", RESULT_FAILED, STATUS_HOST,
	  "a security module or a sandbox of this host forbids IPv6 sockets",
	  "a security module or a sandbox of this host forbids IPv6 sockets, and the remaining addresses need them",
	  DENIALS,
	  "this host has IPv6, but this program may not open an IPv6 socket",
	  "RestrictAddressFamilies of systemd without AF_INET6\n"
	  "a security module: SELinux, AppArmor (network inet6), SMACK",
	  CHECK_FORBIDDEN },
	{ FINDING_ENCAPS_UNSUPPORTED, "encaps-unsupported", RESULT_FAILED, STATUS_HOST,
	  "this kernel's SCTP has no UDP encapsulation",
	  NULL,
	  "Linux has it since 5.11; --stack usrsctp has it with any kernel",
	  "the kernel cannot carry SCTP in UDP (RFC 6951)",
	  "a kernel before 5.11",
	  "uname -r; ls /proc/sys/net/sctp/udp_port" },
	{ FINDING_ENCAPS_OFF, "encaps-off", RESULT_FAILED, STATUS_HOST,
	  "net.sctp.udp_port is 0: this host's kernel does not accept UDP-encapsulated SCTP",
	  NULL,
	  SET_UDP_PORT,
	  "the kernel's UDP encapsulation is switched off",
	  "net.sctp.udp_port is 0, which is the default",
	  "sysctl net.sctp.udp_port" },
	{ FINDING_ENCAPS_OTHER_PORT, "encaps-other-port", RESULT_FAILED, STATUS_HOST,
	  "net.sctp.udp_port is {other_port}: this host's kernel accepts UDP-encapsulated SCTP on that port only, not on {port}",
	  NULL,
	  SET_UDP_PORT,
	  "the kernel accepts UDP-encapsulated SCTP on one port, and another port was requested",
	  "the local port of --udp-encaps differs from net.sctp.udp_port",
	  "sysctl net.sctp.udp_port" },
	{ FINDING_USRSCTP_BESIDE_KERNEL, "usrsctp-beside-kernel", RESULT_FAILED, STATUS_HOST,
	  "cannot run usrsctp while the kernel's SCTP is loaded: the kernel would abort its associations",
	  NULL,
	  "use --stack kernel, or add --udp-encaps",
	  "two SCTP stacks on one host answer each other's packets with ABORT",
	  "the sctp module is loaded, by this or another program",
	  "lsmod | grep sctp; ls /proc/net/sctp" },
	{ FINDING_RAW_PRIVILEGE, "raw-privilege", RESULT_FAILED, STATUS_HOST,
	  "SCTP in user space sends raw packets, which needs CAP_NET_RAW",
	  NULL,
	  "as root: setcap cap_net_raw+ep PROGRAM, or run it as root; --udp-encaps PORT needs no privilege, if the peer supports it",
	  "the stack in user space may not open a raw socket",
	  "the program runs without CAP_NET_RAW",
	  "getcap PROGRAM; grep CapEff /proc/self/status" },
	{ FINDING_UDP_PORT_IN_USE, "udp-port-in-use", RESULT_FAILED, STATUS_HOST,
	  "UDP port {port} is in use on this host",
	  NULL,
	  "ss -uanp shows who has it",
	  "another program has the UDP port that encapsulation needs",
	  "another program that speaks SCTP in UDP\n"
	  "the kernel itself: sysctl net.sctp.udp_port",
	  NULL },
	{ FINDING_UDP_PORT_PRIVILEGED, "udp-port-privileged", RESULT_FAILED, STATUS_HOST,
	  "UDP port {port}: ports below {other_port} need CAP_NET_BIND_SERVICE",
	  NULL,
	  LOW_PORT,
	  "the UDP port for the encapsulation needs a privilege",
	  "--udp-encaps names a local port below net.ipv4.ip_unprivileged_port_start (1024), without CAP_NET_BIND_SERVICE",
	  "sysctl net.ipv4.ip_unprivileged_port_start" },
	{ FINDING_NO_LINK_LOCAL, "no-link-local", RESULT_FAILED, STATUS_HOST,
	  "SCTP in user space has no link-local addresses",
	  NULL,
	  "--stack kernel has them",
	  "the stack in user space cannot use fe80:: addresses",
	  "--stack usrsctp with link-local addresses only",
	  NULL },
	{ FINDING_USRSCTP_THREADS, "usrsctp-threads", RESULT_FAILED, STATUS_HOST,
	  "usrsctp started {started} of its {expected} threads[call:: {call}: {errno}: {message}][!call: and does not say why: it could not create a socket or a thread]",
	  NULL,
	  "ulimit -a: -u (processes), -n (descriptors) and -v (memory) may be too low; with --udp-encaps, try another port",
	  "the stack in user space could not start all of its threads; its library does not say why, so the calls it makes are tried again",
	  "a limit on threads, memory or descriptors\n"
	  "a sandbox that forbids a socket\n"
	  "another program took its UDP port at the same moment",
	  "strace -f -e trace=clone,clone3,socket,bind sctp-connect ..." },
	{ FINDING_USRSCTP_ADDRESSES, "usrsctp-addresses", RESULT_FAILED, STATUS_HOST,
	  "usrsctp could not read the addresses of this host, and does not say why",
	  NULL,
	  "ip addr shows them; a sandbox may forbid netlink sockets",
	  "the stack in user space knows no address of this host, so it cannot send",
	  "a sandbox that forbids netlink sockets\n"
	  "no interface is up in this network namespace",
	  "strace -f -e trace=socket,bind,recvmsg sctp-connect ..." },
	{ FINDING_BIND_WRONG_FAMILY, "bind-wrong-family", RESULT_FAILED, STATUS_HOST,
	  "no -b address is {family}",
	  "none of the -b addresses is of the family of the peer's addresses",
	  "give a local address of the same family, or no -b at all",
	  "the stack sends only from bound addresses, and none of them is of the peer's family",
	  "-b gives IPv4 addresses and -a IPv6 ones, or vice versa",
	  NULL },
	{ FINDING_BIND_IN_USE, "bind-in-use", RESULT_FAILED, STATUS_HOST,
	  "{at}: the port is in use on this host",
	  NULL,
	  "ss -Sanp shows who has it, with usrsctp ss -xap (sctp-port); port 0 takes a free port",
	  "another SCTP socket of this host has that local address and port",
	  "another program, or another sctp-connect --listen, has the port\n"
	  "a socket bound to all addresses (0.0.0.0 or ::) takes the port on each of them\n"
	  "another sctp-connect has it with usrsctp, or any program has its name, @sctp-port/PORT/ADDRESS, as that of a Unix socket",
	  "cat /proc/net/sctp/eps /proc/net/sctp/assocs\n"
	  "ss -xap | grep sctp-port" },
	{ FINDING_BIND_CLOSING, "bind-closing", RESULT_FAILED, STATUS_HOST,
	  "{at}: an association with {other} that is still closing has the port",
	  NULL,
	  "no program owns that association any more: it ends when the peer answers, or when the kernel gives up after minutes (cat /proc/net/sctp/assocs); port 0 takes a free port",
	  "a program has closed its association, which holds the local port until the peer has answered that",
	  "the peer is gone, or the path to it is dead, and data was not delivered yet",
	  "cat /proc/net/sctp/assocs (INODE is 0)\n"
	  "sysctl net.sctp.association_max_retrans" },
	{ FINDING_NOT_LOCAL, "not-local", RESULT_FAILED, STATUS_HOST,
	  "{at} is not an address of this host",
	  NULL,
	  "ip addr shows the addresses of this host",
	  "the address given with -b cannot be bound: no interface of this host has it",
	  "the address is on no interface, or its interface is gone\n"
	  "an IPv6 address is gone while its interface is down, or IPv6 is disabled\n"
	  "its interface is in another network namespace",
	  "ip addr; ip netns\n"
	  "sysctl net.ipv4.ip_nonlocal_bind" },
	{ FINDING_LOCAL_UNTOLD, "local-untold", RESULT_FAILED, STATUS_HOST,
	  "{at} cannot be bound: it is not an address of this host, or cannot be used now; which, this host does not tell this program",
	  NULL,
	  "a security module or a sandbox forbids asking for the addresses of this host (netlink): ip addr shows them outside of it, tentative ones and those in a VRF, too",
	  "the address given with -b cannot be bound, and why is not known, because this program may not ask for the addresses of this host",
	  "no interface has it\n"
	  "it is tentative, or another host has it, too (IPv6)\n"
	  "its interface is in a VRF",
	  "ip addr; ip link show type vrf\n"
	  CHECK_FORBIDDEN },
	{ FINDING_LOCAL_TENTATIVE, "local-tentative", RESULT_FAILED, STATUS_HOST,
	  "{at} cannot be used yet: {link} is still looking for another host with this address",
	  NULL,
	  "duplicate address detection takes a second or two; ip -6 addr show dev {link} tentative",
	  "the IPv6 address given with -b is tentative: duplicate address detection is not over",
	  "the address was added, or its link came up, a moment ago\n"
	  "the link has no carrier, so the detection cannot begin",
	  "ip -6 addr show tentative; sysctl net.ipv6.conf.LINK.accept_dad" },
	{ FINDING_LOCAL_DUPLICATE, "local-duplicate", RESULT_FAILED, STATUS_HOST,
	  "{at} cannot be used: another host on {link} has this address",
	  NULL,
	  "duplicate address detection has failed; ip -6 addr show dev {link} dadfailed",
	  "the IPv6 address given with -b was found on another host (dadfailed), so this host does not use it",
	  "two hosts were given the same address\n"
	  "a loop in the network, or a hypervisor, returned this host's own packets",
	  "ip -6 addr show dadfailed; dmesg | grep -i duplicate" },
	{ FINDING_LOCAL_ON_OTHER_LINK, "local-on-other-link", RESULT_FAILED, STATUS_HOST,
	  "{at}: this address is on {link}",
	  NULL,
	  "write {link} after the %",
	  "the link-local address given with -b is on another link than the one after its %",
	  "the wrong interface, or an interface that was renamed",
	  "ip -6 addr show scope link" },
	{ FINDING_LOCAL_IN_VRF, "local-in-vrf", RESULT_FAILED, STATUS_HOST,
	  "{at}: its link {link} is in the VRF {other_link}, [inside:and the SCTP of this kernel knows no VRFs][!inside:whose addresses cannot be used from outside]",
	  NULL,
	  "[inside:Linux 6.2 and newer can use it; or take the link out of the VRF: ip link set {link} nomaster][!inside:ip vrf exec {other_link} sctp-connect ...: the kernel's own SCTP can do so from Linux 6.2 on]",
	  "the address given with -b is on a link of a VRF, and the program runs outside of it, or the kernel's SCTP cannot use VRFs",
	  "the program was not started in the VRF\n"
	  "the kernel is older than 6.2, where SCTP cannot use VRFs",
	  "ip link show type vrf; ip vrf identify; uname -r" },
	{ FINDING_LOCAL_OUTSIDE_VRF, "local-outside-vrf", RESULT_FAILED, STATUS_HOST,
	  "{at}: its link {link} is not in the VRF {other_link}, in which this program runs",
	  NULL,
	  "ip vrf exec default sctp-connect ... runs it outside of the VRF; ip addr show vrf {other_link} shows the addresses that it can use inside",
	  "the program runs in a VRF (ip vrf exec), and the address given with -b is not on a link of that VRF",
	  "the program, its service or its shell was started with ip vrf exec",
	  "ip vrf identify; ip link show type vrf" },
	{ FINDING_LOCAL_LINK_DOWN, "local-link-down", RESULT_FAILED, STATUS_HOST,
	  "{at}: its link {link} is down",
	  NULL,
	  "ip link show {link}",
	  "the address given with -b is on a link that is down, and the stack does not bind it",
	  "the link was set down, or has no carrier",
	  "ip -br link; ip -br addr" },
	{ FINDING_LOCAL_BY_ROUTE, "local-by-route", RESULT_FAILED, STATUS_HOST,
	  "{at} is local by a route only: no interface has it, so the stack cannot use it",
	  NULL,
	  "[loopback:it reaches this host only: for another one, -b with another address (" OWN_NAME_HERE "); ]ip addr add {address} dev lo gives it to an interface; the kernel's SCTP can use such an IPv4 address without that (--stack kernel)",
	  "a route of type local covers the address given with -b, but no interface has it; the stack in user space, and for IPv6 also the kernel's SCTP, know only addresses of interfaces",
	  "on Linux all of 127/8 is local, and usually lo has only 127.0.0.1\n"
	  "ip route add local PREFIX dev lo (AnyIP), as proxies and load balancers use it",
	  "ip route get ADDRESS; ip route show table local; ip addr" },
	{ FINDING_SOURCE_NOT_LOCAL, "source-not-local", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "its answers cannot reach {other}, which is not an address of this host",
	  "not connected within {time}: the source of the INIT, {other}, is not an address of this host",
	  "this host does not accept answers to {other}: ip addr; sysctl net.ipv4.ip_nonlocal_bind",
	  "the address given with -b could be bound, but this host does not have it, so it does not accept answers to it",
	  "net.ipv4.ip_nonlocal_bind or net.ipv6.ip_nonlocal_bind lets programs bind any address\n"
	  "the address was removed after it was bound",
	  "ip addr; ip monitor address" },
	{ FINDING_PRIVILEGED_PORT, "privileged-port", RESULT_FAILED, STATUS_HOST,
	  "{at}: ports below {other_port} need CAP_NET_BIND_SERVICE",
	  NULL,
	  LOW_PORT,
	  "the local port needs a privilege",
	  "a port in -b or -p below net.ipv4.ip_unprivileged_port_start (1024), without CAP_NET_BIND_SERVICE",
	  "sysctl net.ipv4.ip_unprivileged_port_start" },
	{ FINDING_BIND_FORBIDDEN, "bind-forbidden", RESULT_FAILED, STATUS_HOST,
	  "{at}: a security module or a sandbox of this host forbids binding it",
	  NULL,
	  DENIALS,
	  "this host forbids the local address or port, although the port needs no privilege, or the program has it",
	  "a security module: SELinux, AppArmor, SMACK\n"
	  "a seccomp filter of a container or a service\n"
	  "a port below 1024 in a user namespace, such as a container without root, that uses the host's network",
	  CHECK_FORBIDDEN },
	{ FINDING_WILDCARD_NOT_ALONE, "wildcard-not-alone", RESULT_FAILED, STATUS_HOST,
	  "{at} cannot be bound together with the others",
	  NULL,
	  "a wildcard address (0.0.0.0 or ::) must be the only one",
	  "these local addresses cannot be bound to one socket",
	  "a wildcard address among others\n"
	  "an IPv4 address on an IPv6-only socket",
	  NULL },
	{ FINDING_NO_FREE_PORT, "no-free-port", RESULT_FAILED, STATUS_HOST,
	  "no local port is free",
	  NULL,
	  "sysctl net.ipv4.ip_local_port_range",
	  "every ephemeral port of this host is taken by an SCTP socket, or, with usrsctp over UDP, by a UDP socket",
	  "each one-to-one socket takes a local port, even for different peers: there are 28,232 by default\n"
	  "associations that are still closing hold theirs",
	  "ss -San | wc -l; ss -uan | wc -l\n"
	  "a one-to-many socket holds any number of associations on one port" },
	{ FINDING_SCOPE_TOO_NARROW, "scope-too-narrow", RESULT_FAILED, STATUS_HOST,
	  "no local address (or none given with -b) has a wide enough scope to reach {address}, the first address tried",
	  NULL,
	  "ip addr shows this host's addresses; -b chooses which of them may be used (" OWN_NAME_HERE ")",
	  "this host has, or -b allows, only addresses whose scope is narrower than the first peer address",
	  "this host has only loopback or link-local addresses, and the peer is farther away\n"
	  "-b gives only addresses of a narrow scope",
	  "sysctl net.sctp.addr_scope_policy" },
	{ FINDING_MESSAGE_TOO_LONG, "message-too-long", RESULT_DEGRADED, STATUS_HOST,
	  "a message of {bytes} bytes is longer than the send buffer[room: of {room} bytes]: it was not sent",
	  NULL,
	  "SCTP sends a message whole or not at all: send a shorter one; for the kernel's stack, sysctl net.core.wmem_default sets the size of the buffer",
	  "the message of --send does not fit into the send buffer of this host's stack",
	  "a file that is not one message of the protocol, but many",
	  "sysctl net.core.wmem_default net.core.wmem_max" },
	{ FINDING_NO_SUCH_STREAM, "no-such-stream", RESULT_DEGRADED, STATUS_DEGRADED,
	  "stream {stream} was not negotiated: the association has {streams}, counted from 0; nothing was sent",
	  NULL,
	  "the peer allows no more streams (see its setting for incoming streams), or this end did not ask for more (--ostreams)",
	  "the message of --send was to go out on a stream that the association does not have",
	  "the peer limits its incoming streams\n"
	  "--ostreams asks for fewer",
	  "sctp-connect -O 65535 shows how many the peer allows" },
	{ FINDING_LINK_DOWN, "link-down", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "this host's link to it, {link}, [down:is down][!down:has no carrier]",
	  NULL,
	  "[down:ip link set {link} up][!down:ip link show {link}; check its cable, and the switch or host at the other end]",
	  "the route to the address uses a link without carrier, so nothing can be sent",
	  "no cable, a switch or host that is off, a tunnel or radio link that is down\n"
	  "lo is down, as in a new network namespace: an address of this host itself cannot be reached then",
	  "ip -s link show LINK; ethtool LINK" },
	{ FINDING_DUMMY_LINK, "dummy-link", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "this host's link to it, {link}, is a dummy, which drops what is sent over it",
	  NULL,
	  "ip -br addr show {link}: an address there should have the prefix length 32 (IPv6: 128), so that it makes no route to others",
	  "the route to the address uses a link of type dummy, behind which there is no network, and no answer arrived",
	  "an address on a dummy link with too short a prefix length\n"
	  "a route or a routing daemon that takes the wrong link",
	  "ip route get ADDR; ip -d link show LINK" },
	{ FINDING_NO_ROUTE, "no-route", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "this host has no route to it",
	  "[several:this host has no route to any of the addresses][!several:this host has no route to it]",
	  ROUTE_GET,
	  "the routing table of this host has no entry for the address",
	  "no default route, or a prefix that is missing\n"
	  "IPv6 with only a link-local address\n"
	  "an ip rule that sends the source address given with -b to a table without a route",
	  "ip route; ip -6 route; ip rule" },
	{ FINDING_UNREACHABLE_ROUTE, "unreachable-route", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "[rule:a rule of this host for such packets][!rule:this host's route to it] is of type unreachable",
	  NULL,
	  ROUTE_OR_RULE,
	  "a route of type unreachable makes this host refuse packets to the address",
	  "ip route add unreachable ..., run by hand or by a routing daemon",
	  "ip route show type unreachable; ip rule" },
	{ FINDING_PROHIBITED_ROUTE, "prohibited-route", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "[rule:a rule of this host for such packets][!rule:this host's route to it] is of type prohibit",
	  NULL,
	  ROUTE_OR_RULE,
	  "a route of type prohibit forbids packets to the address",
	  "ip route add prohibit ..., or ip rule add ... prohibit",
	  "ip route show type prohibit; ip rule" },
	{ FINDING_BLACKHOLE_ROUTE, "blackhole-route", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "[rule:a rule of this host for such packets][!rule:this host's route to it] is of type blackhole",
	  NULL,
	  ROUTE_OR_RULE,
	  "a route of type blackhole drops packets to the address silently",
	  "ip route add blackhole ..., run by hand or by a routing daemon",
	  "ip route show type blackhole; ip rule" },
	{ FINDING_NO_SOURCE_ADDRESS, "no-source-address", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "[other:nothing can be sent to it from {other}][!other:this host has no source address for it (sysctl net.ipv6.conf.all.disable_ipv6)]",
	  NULL,
	  "[other:this host needs an address that reaches {address} (ip addr), and -b, if it is given, must have it][!other:" ROUTE_GET "]",
	  "this host has a route, but no address to send from",
	  "IPv6 is switched off on the interface\n"
	  "-b gives only loopback addresses, and the peer lists others, too\n"
	  "this host has only link-local IPv6 addresses, and SCTP in user space cannot send from those\n"
	  "the interface has no address of the peer's family",
	  "ip addr; sysctl net.ipv6.conf.all.disable_ipv6" },
	{ FINDING_BROADCAST_ADDRESS, "broadcast-address", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "it is the broadcast address of its network",
	  NULL,
	  "no host has {address}: check the address, and the prefix length of this host's addresses (ip addr)",
	  "the address is the broadcast address of a network that this host is in, and SCTP needs that of a host",
	  "a mistyped address\n"
	  "a wrong prefix length on this host: what is another host's address there is the broadcast address here",
	  "ip route get ADDR; ip -br addr" },
	{ FINDING_ROUTE_UNUSABLE, "route-unusable", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "the routing table has no usable route to it ({errno})",
	  NULL,
	  ROUTE_GET,
	  "a route look-up for the address failed, for an unusual reason",
	  EXPLAIN_ERRNO,
	  "ip route; ip rule" },
	{ FINDING_NEIGHBOUR_SILENT, "neighbour-silent", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "no answer from {next_hop} to {arp} on its link",
	  NULL,
	  "ip neigh shows the state of the neighbour: check that the host is up, that address and prefix length are right, and that nothing drops it, here (tc filter) or on the link",
	  "no host on the link answers ARP or neighbour discovery for the address, or for the router towards it",
	  "the host or the router is down, or on another link or VLAN\n"
	  "a wrong address or prefix length, on this host or at the peer\n"
	  "a switch or hypervisor that drops ARP or neighbour discovery\n"
	  "a macvlan or ipvlan of that link has the address: other hosts reach it, this one cannot\n"
	  "it has the MAC address of this host, as clones of a machine have: a switch passes nothing between the two\n"
	  "MACsec: the two ends have no key in common\n"
	  "the interface of a link-local address (fe80::1%eth0) is another one\n"
	  "a link that passes one direction only, or damages packets\n"
	  "a filter of this host that drops everything on the link: tc filter, nft of family arp or netdev\n"
	  "the host's rp_filter ignores ARP requests whose source is of another link (-b)",
	  "ip neigh show ADDR; ip route get ADDR\n"
	  "tcpdump -ni any arp or icmp6" },
	{ FINDING_NEIGHBOUR_TABLE_FULL, "neighbour-table-full", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "this host's table of neighbours is full, and {next_hop} is not in it: nothing can be sent to it",
	  NULL,
	  "sysctl net.ipv4.neigh.default.gc_thresh3 (for IPv6, net.ipv6) is how many have room, in all network namespaces together: raise it, and gc_thresh2, outside of containers",
	  "this host knows so many neighbours (ARP, neighbour discovery) that there is no room for one more, so no packet can leave for it",
	  "more hosts on the links of this host, or of its containers, than gc_thresh3, which is 1024 by default\n"
	  "a scan of a network",
	  "ip -s ntable show; ip neigh | wc -l\n"
	  "dmesg: neighbor table overflow" },
	{ FINDING_NO_ADDRESS_REACHABLE, "no-address-reachable", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "none of the addresses can be reached",
	  NULL,
	  NULL,
	  "each address is unreachable, and not all for the same reason",
	  "the note of each address says why",
	  "sctp-connect --explain with the code of each address (--json)" },
	{ FINDING_ASCONF_WITHOUT_AUTH, "asconf-without-auth", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "this host's SCTP refuses its INIT-ACK, which offers ASCONF without AUTH",
	  NULL,
	  "at the peer, if it is Linux: sysctl net.sctp.auth_enable=1, or net.sctp.addip_enable=0; on this host, for the kernel's stack: net.sctp.addip_enable=0, or net.sctp.addip_noauth_enable=1, which accepts it without protection",
	  "the peer offers to change addresses (ASCONF) without authentication (AUTH), and this host's stack takes no such INIT-ACK; it sends no ABORT",
	  "at the peer: net.sctp.addip_enable=1 with auth_enable=0 and addip_noauth_enable=1\n"
	  "on this host: net.sctp.addip_enable=1 with addip_noauth_enable=0",
	  "sysctl net.sctp.addip_enable net.sctp.addip_noauth_enable net.sctp.auth_enable, on both ends" },
	{ FINDING_INIT_ACK_INVALID, "init-ack-invalid", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "this host's SCTP refuses its INIT-ACK[detail:: {detail}]",
	  NULL,
	  "the peer's SCTP stack is at fault, or a middlebox that changes its packets: --verbose shows the INIT-ACK; check the peer's settings, then ask its vendor",
	  "the peer answered the INIT, and this host's stack does not accept that answer",
	  "a peer whose stack breaks RFC 9260 section 3.3.3, or is set up wrong: no streams, a receive window below 1500 bytes\n"
	  "a middlebox that changes packets",
	  VERBOSE "\n"
	  "tcpdump -vni any sctp" },
	{ FINDING_TWO_STACKS, "two-stacks", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "[up:aborted by a second SCTP stack at that address][!up:answered INIT-ACK, and ABORT: two SCTP stacks answer at that address]",
	  "[up:the host accepted the association, and aborted it {when}: two SCTP stacks answer at that address][!up:the host answered INIT-ACK, and ABORT: two SCTP stacks answer at that address]",
	  "one of them has a listener on the port, and the other one, which has none, sends ABORT: on the peer, unload the kernel's sctp module (rmmod sctp), or move the stack in user space to UDP (RFC 6951)",
	  "one packet was answered by two stacks: one does not know the port and sends ABORT, the other one accepts",
	  "a program with its own SCTP stack (usrsctp, a vendor's) on a host whose kernel has its sctp module loaded\n"
	  "two hosts with the same address",
	  "on the peer: lsmod | grep sctp; ss -Slnp\n"
	  "ip neigh, several times: does the link-layer address of ADDR change?" },
	{ FINDING_ABORTED_HERE, "aborted-here", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "[up:aborted by this end: the peer broke the protocol[cause:: {cause}]][!up:its answer breaks the protocol]",
	  "[up:this end aborted the association {when}, because the peer broke the protocol][!up:the host's answer to INIT breaks the protocol: this end aborted][cause:: {cause}]",
	  "[up:tcpdump -vni any sctp shows what the peer sent][!up:the peer's SCTP stack is at fault, or a middlebox that changes its packets: with CAP_NET_RAW, this program tells what is wrong with the INIT-ACK]",
	  "the SCTP stack of this host sent an ABORT, because a packet of the peer broke the protocol",
	  "the two stacks do not agree on a parameter, or one uses ASCONF without AUTH\n"
	  "a middlebox that alters packets",
	  VERBOSE "\n"
	  "sysctl net.sctp.auth_enable net.sctp.addip_enable, on both ends" },
	{ FINDING_ABORTED_BY_STRANGER, "aborted-by-stranger", RESULT_ABORTED, STATUS_NOT_CONNECTED,
	  "aborted by a host at {address} that does not know the association",
	  "the association was aborted {when} by a host at {address} that does not know it, and from which nothing else came",
	  "either another host has {address} here: bind the peer's server to addresses that others can reach (for sctp-connect --listen: -b); or it is the peer, and NAT on the working path changes this host's address or port, so the peer does not find the association: avoid NAT, or use one address at each end (-b)",
	  "an ABORT with the T flag came from an address that the peer lists, and nothing else ever came from there: its sender does not know the association",
	  "the peer lists an address of a bridge or of a container network, and here another host has it\n"
	  "the peer's address was given to another host\n"
	  "NAT on one path only: the peer finds no association for what arrives on the other",
	  "ip route get ADDR; ip neigh show ADDR: who has the address here\n"
	  "on the peer: ip addr; cat /proc/net/sctp/assocs" },
	{ FINDING_ABORTED_BY_PEER, "aborted-by-peer", RESULT_ABORTED, STATUS_NOT_CONNECTED,
	  "[unknown:ended by an ABORT of a host that does not know the association][!unknown:[!cause:[unseen:ended by an ABORT][!unseen:aborted by the peer]][cause:aborted by the peer: {cause}]]",
	  "[cause:the peer aborted the association {when}: {cause} (cause {cause_code})][!cause:[unseen:an ABORT from an address of the peer ended the association {when}][!unseen:[unknown:a host with an address of the peer aborted the association {when}, because it does not know it][!unknown:the peer aborted the association {when}]]]",
	  "[cause_hint:{cause_hint}][!cause_hint:[unknown:the peer's program or host has restarted, another host has taken its address, or NAT changes this host's address or port on one path, so that the peer finds no association for its packets: avoid NAT, or use one address at each end (-b)][!unknown:the peer's log says why; its application may not know this host's addresses][unseen:[!cause:; or another host with one of its addresses sent the ABORT, or a second SCTP stack there, or NAT hides this host from the peer: with CAP_NET_RAW this program sees more]]]",
	  "the peer ended an established association with an ABORT",
	  "the server closed with data unread, or with SO_LINGER {1,0}\n"
	  "the protocol above (Diameter, M3UA, S1AP, ...) rejects this peer\n"
	  "the peer's host restarted and does not know the association any more\n"
	  "NAT changes this host's address or port on one path, so that the peer finds no association for its packets\n"
	  "a middlebox, or another stack at the peer's addresses, sent the ABORT",
	  CHECK_WIRE ": the ABORT carries a cause\n"
	  "on the peer: ss -Sanp; cat /proc/net/sctp/snmp" },
	{ FINDING_ABORTED_BEFORE_REPLY, "aborted-before-reply", RESULT_ABORTED, STATUS_NOT_CONNECTED,
	  "aborted by the peer[cause:: {cause}]",
	  "the peer aborted the association {when}, [replies:after {replies}][!replies:[awaited:without a reply][!awaited:before it had acknowledged everything]][cause:: {cause} (cause {cause_code})]",
	  "[cause_hint:{cause_hint}][!cause_hint:the peer's application may not accept the message: its log says why]",
	  "the peer ended the association with an ABORT while this end waited for messages or acknowledgements",
	  "the protocol above rejects the message, its PPID or its stream\n"
	  "the server crashed, or closed with data unread",
	  "the peer's log\n"
	  "tcpdump -ni any sctp: the ABORT carries a cause" },
	{ FINDING_CLOSED_BY_PEER, "closed-by-peer", RESULT_CLOSED, STATUS_NOT_CONNECTED,
	  "closed by the peer",
	  "established, and closed by the peer after {exact_time}: a proxy without its backend does this, or a server that does not know this client",
	  NULL,
	  "the peer ended the association gracefully (SHUTDOWN)",
	  "a proxy that accepts and finds no backend: docker-proxy, a load balancer\n"
	  "the server closes as soon as it has accepted\n"
	  "a service that is stopping, or that rejects this client",
	  "the logs of the server" },
	{ FINDING_CLOSED_BEFORE_REPLY, "closed-before-reply", RESULT_CLOSED, STATUS_NOT_CONNECTED,
	  "closed by the peer",
	  "the peer closed the association after {exact_time}, [replies:after {replies}][!replies:[awaited:without a reply][!awaited:before it had acknowledged everything]]",
	  "the peer's application may not accept the message, or this client: its log says why",
	  "the peer closed the association while this end waited for messages or acknowledgements",
	  "the protocol above rejects the message, its PPID or its stream\n"
	  "the server does not know this client, or is stopping",
	  "the peer's log; --expect with the number of messages that it sends" },
	{ FINDING_RESTARTED_BY_PEER, "restarted-by-peer", RESULT_CONNECTED, -1,
	  "the peer restarted the association",
	  NULL,
	  "the peer's program or host restarted, or two programs there use the same address and port",
	  "the peer came back with a new association in place of this one (RFC 9260 section 5.2)",
	  "its program or host has restarted\n"
	  "two programs on the peer's side use the same address and port\n"
	  "a failover to another host with the same address",
	  "the logs of the server" },
	{ FINDING_PEER_SILENT, "peer-silent", RESULT_ABORTED, STATUS_NOT_CONNECTED,
	  "the peer does not answer any more",
	  "the association was lost {when}: the peer does not answer any more",
	  "check the peer's host, and the links and routers that all paths share: sctp-connect --explain peer-silent",
	  "no path of an established association answers any more, and the stack gave it up",
	  "the peer's host is down, or cut off\n"
	  "all paths share one link or router that failed",
	  CHECK_WIRE "\n"
	  "ip route get ADDR; ip neigh" },
	{ FINDING_SILENT_OR_ABORTED_HERE, "silent-or-aborted-here", RESULT_ABORTED, STATUS_NOT_CONNECTED,
	  "given up, or aborted by this end",
	  "the association was lost {when}: the peer did not answer any more, or it broke the protocol and this end aborted; a one-to-many socket does not show which",
	  "with CAP_NET_RAW this program sees an ABORT of this end; without --one-to-many the stack tells the two apart",
	  "the association ended, nothing from the peer says why, and a one-to-many socket of usrsctp does not show whether this end gave up or aborted",
	  "as for peer-silent and aborted-here",
	  "sctp-connect with CAP_NET_RAW, or without --one-to-many\n"
	  "tcpdump -ni any sctp or udp: an ABORT of this host" },
	{ FINDING_ASSOCIATION_LOST, "association-lost", RESULT_ABORTED, STATUS_NOT_CONNECTED,
	  "{meaning}",
	  "the association was lost {when}: {meaning}",
	  "sctp-connect --explain {errno}",
	  "the stack gave up an established association, and the errno is all that is known",
	  EXPLAIN_ERRNO,
	  CHECK_WIRE },
	{ FINDING_CLOSED_HERE, "closed-here", RESULT_CONNECTED, -1,
	  "closed by this end",
	  NULL,
	  NULL,
	  "this end closed the association gracefully, as intended",
	  NULL,
	  NULL },
	{ FINDING_ABORTED_AS_ASKED, "aborted-as-asked", RESULT_CONNECTED, -1,
	  "aborted by this end, as --abort-after asks",
	  NULL,
	  NULL,
	  "this end aborted the association, because --abort-after says so",
	  NULL,
	  NULL },
	{ FINDING_RELAY_CUT_OFF, "relay-cut-off", RESULT_CONNECTED, -1,
	  "aborted by this end, because --relay did not send and write everything",
	  NULL,
	  NULL,
	  "--relay could not read its input or write its output, or a signal ended it; it aborted the association, because a graceful close would tell the peer that everything arrived",
	  NULL,
	  NULL },
	{ FINDING_GONE, "gone", RESULT_CONNECTED, -1,
	  "the association had already ended",
	  NULL,
	  NULL,
	  "the association had ended before this end could close it",
	  "the peer closed or aborted it at the same moment",
	  NULL },
	{ FINDING_SHUTDOWN_UNANSWERED, "shutdown-unanswered", RESULT_CONNECTED, -1,
	  "aborted by this end: no answer to SHUTDOWN",
	  "no answer to SHUTDOWN within {time}, so this end aborted the association: if the ABORT is lost, too, the peer keeps it until it gives up, which takes minutes",
	  NULL,
	  "the peer did not complete the graceful close in time, so this end sent ABORT",
	  "the peer's host is down or cut off\n"
	  "a filter that passes heartbeats, and drops SHUTDOWN or SHUTDOWN-ACK\n"
	  "the peer's program does not read the remaining data\n"
	  "data of the peer that this end has not acknowledged: SHUTDOWN is answered after that",
	  "at the peer: ss -San; sysctl net.sctp.association_max_retrans\n"
	  CHECK_WIRE },
	{ FINDING_NO_SCTP, "no-sctp", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "[other:{who} answered ICMP protocol unreachable][!other:answered ICMP protocol unreachable]",
	  "the host answered ICMP protocol unreachable: it has no SCTP",
	  "[up:another host has {address} here, one without SCTP, or a firewall there rejects SCTP][!up:" REFUSAL_HINT "]",
	  "the peer host answered ICMP protocol unreachable: it has no SCTP at all",
	  "the sctp module is not loaded on the peer: no program there has used SCTP yet\n"
	  "a firewall that rejects with icmp type prot-unreachable",
	  "on the peer: modprobe sctp; ls /proc/net/sctp\n"
	  CHECK_WIRE },
	{ FINDING_STALE_COOKIE, "stale-cookie", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  COOKIE_REFUSED,
	  "the host " COOKIE_REFUSED,
	  "the round trip exceeds the peer's cookie lifetime, or its clock jumped: at the peer, if it is Linux: sysctl net.sctp.valid_cookie_life",
	  "the cookie had expired when it came back to the peer",
	  "a round trip longer than the lifetime of a cookie (60 s by default)\n"
	  "the peer's clock jumped between INIT and COOKIE-ECHO\n"
	  "a peer whose cookie lifetime is set far too short",
	  "on the peer: sysctl net.sctp.valid_cookie_life; timedatectl" },
	{ FINDING_COOKIE_ERROR, "cookie-error", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  COOKIE_REFUSED,
	  "the host " COOKIE_REFUSED,
	  "[cause_hint:{cause_hint}][!cause_hint:the peer's log may say more]",
	  "the peer answered the COOKIE-ECHO with an ERROR chunk",
	  "the cause in the chunk says why",
	  "the logs of the server\n"
	  CHECK_WIRE },
	{ FINDING_REFUSED_WITH_CAUSE, "refused-with-cause", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "answered ABORT: {cause}",
	  "the host answered [cookie:the INIT, and the COOKIE-ECHO with ABORT][!cookie:ABORT]: {cause}",
	  REFUSAL_HINT,
	  "the peer answered ABORT, and gave a cause: see the report",
	  "out of resource: its accept queue, its memory, or another limit\n"
	  "protocol violation, user-initiated abort: the quoted text is the peer's own\n"
	  "new addresses, shutting down: an older association uses the same ports",
	  "the logs of the server\n"
	  CHECK_WIRE },
	{ FINDING_ABORTED_THERE_OR_HERE, "aborted-there-or-here", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "answered ABORT, or its answer breaks the protocol: {cause}",
	  "the host answered ABORT, or this end aborted because its answer breaks the protocol: {cause}",
	  REFUSAL_HINT,
	  "an ABORT ended the attempt, and the stack does not say which end sent it",
	  "the two stacks do not agree: one rejects a parameter of the other",
	  "sctp-connect with CAP_NET_RAW: its witness sees who sends the ABORT\n"
	  CHECK_WIRE },
	{ FINDING_RESOURCE_OR_ASCONF, "out-of-resource-or-asconf", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "answered ABORT: {cause}, or offers ASCONF without AUTH",
	  "the host answered ABORT: {cause}; or this host's SCTP refused its INIT-ACK, because it offers ASCONF without AUTH",
	  "with CAP_NET_RAW, this program tells which; if it is ASCONF without AUTH: set net.sctp.addip_enable and net.sctp.auth_enable to 1 on both ends, or net.sctp.addip_enable to 0",
	  "the stack gives the same cause for both, and does not say which end ended the attempt",
	  "the peer's accept queue or its memory is full\n"
	  "this host has net.sctp.addip_enable=1, and the peer offers ASCONF without AUTH (addip_noauth_enable=1)",
	  "sysctl net.sctp.addip_enable net.sctp.addip_noauth_enable net.sctp.auth_enable, on both ends\n"
	  "tcpdump -vni any sctp: does an ABORT arrive, or an INIT-ACK?" },
	{ FINDING_QUEUE_FULL_OR_UNWANTED, "queue-full-or-unwanted", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "answered ABORT",
	  "the host answered the INIT, and the COOKIE-ECHO with ABORT: its queue is full, or it rejects this host",
	  REFUSAL_HINT,
	  "the peer answered the INIT, and then refused the association without giving a cause",
	  "the server does not accept, and its backlog is full\n"
	  "a server that accepts associations only from known addresses\n"
	  "a second SCTP stack on that host, whose answer came without that of the first",
	  "on the peer: ss -Slnp; sysctl net.core.somaxconn\n"
	  "the logs of the server" },
	{ FINDING_NO_ENDPOINT_OR_QUEUE_FULL, "no-endpoint-or-queue-full", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "answered ABORT",
	  "[other:{other_at}, where a NAT rule of this host sends the INIT,][!other:the host] answered ABORT: no endpoint listens on port {port}, or its queue is full[local_port:, or it has an older association with port {local_port} and other addresses of this host][asconf:, or it takes no ASCONF without AUTH, which this host offers (net.sctp.addip_noauth_enable)]",
	  REFUSAL_HINT,
	  "the peer host answered the INIT with ABORT and gave no cause: nothing listens on that port, or its accept queue is full; the packet is the same for both",
	  "no SCTP socket listens on that port (a TCP socket with the same port number does not count)\n"
	  "the server is running but does not accept, and its backlog is full\n"
	  "the server listens on another of its addresses only\n"
	  "a second SCTP stack on that host refuses for a program that listens: a witness sees both answers",
	  "on the peer: ss -Slnp tells the two apart (Recv-Q is the queue); cat /proc/net/sctp/eps\n"
	  "on the peer: sysctl net.core.somaxconn\n"
	  EACH_ALONE },
	{ FINDING_NO_ENDPOINT_OR_NO_SCTP, "no-endpoint-or-no-sctp", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "answered ABORT, or ICMP protocol unreachable",
	  "the host answered ABORT: no endpoint listens on port {port}, or its queue is full (or ICMP protocol unreachable: it has no SCTP; a one-to-many socket does not show which)",
	  REFUSAL_HINT,
	  "the peer refused, and a one-to-many socket does not show how: nothing listens, its queue is full, or the host has no SCTP",
	  "as for no-endpoint-or-queue-full and no-sctp",
	  "sctp-connect with CAP_NET_RAW, or without --one-to-many, tells ABORT and ICMP apart\n"
	  "on the peer: ss -Slnp; ls /proc/net/sctp" },
	{ FINDING_IPSEC_BLOCKS, "ipsec-blocks", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "an IPsec policy of this host blocks the {chunk}",
	  NULL,
	  "ip xfrm policy shows it: action block",
	  "an IPsec policy of this host forbids packets to the address",
	  "ip xfrm policy add ... action block, or the IKE daemon's trap for traffic without a tunnel",
	  "ip xfrm policy; /proc/net/xfrm_stat: XfrmOutPolBlock" },
	{ FINDING_IPSEC_NO_KEY, "ipsec-no-key", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no {chunk} leaves this host: an IPsec policy requires that it is protected, and there is no key for {other}",
	  NULL,
	  "ip xfrm state shows the keys (security associations) and ip xfrm policy what they are for; the log of the IKE daemon says why there is none",
	  "an IPsec policy applies to packets to the address, and no security association does: the kernel drops them",
	  "the IKE daemon (charon, pluto, racoon) is not running, or its negotiation failed\n"
	  "keys set by hand that do not fit the policy: another mode, reqid or address",
	  "ip xfrm policy; ip xfrm state\n"
	  "/proc/net/xfrm_stat: XfrmOutNoStates" },
	{ FINDING_RP_FILTER, "rp-filter", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "the {chunk} arrived on {other_link}, but [link:the route back uses {link}][!link:there is no route back]: rp_filter drops it",
	  NULL,
	  "[link:sysctl net.ipv4.conf.{other_link}.rp_filter=2 (loose) accepts it; or make both directions use one link: ip route get {address} here and its counterpart at the peer][!link:ip route get {address}: a route to it is missing, or sysctl net.ipv4.conf.{other_link}.rp_filter=0]",
	  "the answer arrived on a link that the route back to the peer does not use, and rp_filter of this host drops it",
	  "several links in one subnet, or routes that differ in the two directions (multihoming, policy routing)\n"
	  "rp_filter is 1 (strict) on the link or for all: the default of some distributions",
	  "nstat -az TcpExtIPReversePathFilter\n"
	  "sysctl net.ipv4.conf.all.rp_filter net.ipv4.conf.LINK.rp_filter: the higher one counts" },
	{ FINDING_OWN_OUTPUT_FILTER, "own-output-filter", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no {chunk} left this host",
	  NULL,
	  "something on this host drops it before it leaves: nft list ruleset, iptables -S OUTPUT, tc -s qdisc, ip rule, bpftool cgroup tree[errno:; {call} fails with {errno}, as a sandbox (EPERM), a security module (EACCES) or a full queue (ENOBUFS) makes it, too]",
	  "the stack sent a packet, but the witness did not see it leave, or sendmsg() failed with EPERM, EACCES or ENOBUFS: something on this host drops it",
	  "an nftables or iptables rule in the output hook\n"
	  "a queue discipline or filter (tc, nftables netdev egress), or a BPF program, that drops\n"
	  "a BPF program of the cgroup: IPAddressDeny= of systemd\n"
	  "a rule for SCTP alone that leads to a blackhole or prohibits it (ip rule ... ipproto, dport, fwmark)\n"
	  "conntrack is full (dmesg: table full, dropping packet)",
	  "nft list ruleset; bpftool cgroup tree\n"
	  "tc -s qdisc show; tc filter show dev DEVICE egress; ip rule" },
	{ FINDING_OWN_INPUT_FILTER, "own-input-filter", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "the {chunk} arrived[other_link: on {other_link}, not on {link}], but was dropped before this host's SCTP saw it",
	  NULL,
	  "something on this host drops it after it arrives: nft list ruleset, iptables -S INPUT, ip xfrm policy, tc filter, bpftool cgroup tree",
	  "the witness saw the answer arrive, but the stack did not get it: something on this host drops it",
	  "an nftables or iptables rule in the input hook, or a tc filter on ingress\n"
	  "a BPF program of the cgroup: IPAddressDeny= of systemd\n"
	  "an IPsec policy that takes it only encrypted\n"
	  "a NAT entry in conntrack that translates it to another port",
	  "nft list ruleset; conntrack -L -p sctp; bpftool cgroup tree\n"
	  "ip xfrm policy; cat /proc/net/xfrm_stat" },
	{ FINDING_OWN_FILTER, "own-filter", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "answered the INIT, but no {chunk} left this host",
	  NULL,
	  "something on this host drops it before it leaves, or drops the answer after it arrives: nft list ruleset, iptables -S",
	  "the INIT-ACK arrived, but no COOKIE-ECHO left: a filter on this host drops one of the two",
	  "as for own-input-filter and own-output-filter",
	  "nft list ruleset: the counters of its rules show which" },
	{ FINDING_TRANSLATED, "translated", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no answer to the {chunk}, which this host sends [other_port:from port {other_port}][!other_port:to {other_at}] instead",
	  NULL,
	  "a NAT rule of this host, or one like it, changes [other_port:its port, so the peer does not know it][!other_port:where it goes]: nft list ruleset, iptables -t nat -S, ipvsadm -Ln, tc filter",
	  "packets to the address leave this host with another destination or port, and no answer arrived",
	  "a dnat or redirect rule in the output hook: of Docker, Kubernetes (kube-proxy), a service mesh\n"
	  "a masquerade or snat rule in the postrouting hook that changes the port\n"
	  "IPVS, or a tc or nftables rule that rewrites packets\n"
	  "the host that gets them does not answer, as for silent",
	  "nft list ruleset; iptables -t nat -S OUTPUT; ipvsadm -Ln\n"
	  "conntrack -L -p sctp" },
	{ FINDING_NOT_SEEN, "not-seen", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no {chunk} was seen to leave this host[other_port:, apart from one with port {other_port}][call:, and {call} fails with {errno}]",
	  NULL,
	  "[call:this host, or a sandbox (RestrictAddressFamilies of systemd, seccomp), does not let this program ask about routes, neighbours and IPsec: perhaps nobody on the link has the address (ip neigh), or a filter of this host drops the packets (nft list ruleset)][!call:[other_port:a NAT rule of this host may have changed its port (nft list ruleset, conntrack -L -p sctp), or that one belongs to another program, and a filter of this host drops the {chunk}][!other_port:something on this host drops it before it leaves (nft list ruleset, iptables -S OUTPUT, tc qdisc), or it leaves in another form (ip xfrm policy): as root, this program tells which]]",
	  "the stack sent a packet that the witness did not see leave: this host drops it, or it left in another form",
	  "an nftables or iptables rule in the output hook, or a queue discipline (tc) that drops\n"
	  "an IPsec policy that puts it into ESP: the kernel shows policies only to those with CAP_NET_ADMIN\n"
	  "a rule that changes both its port and its address (NAT)\n"
	  "a neighbour that does not answer, if this program may not ask about it (netlink)",
	  "ip xfrm policy; ip xfrm state, as root\n"
	  "nft list ruleset; tc -s qdisc show" },
	{ FINDING_IN_IPSEC, "in-ipsec", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no answer to the {chunk}, which this host sends inside IPsec",
	  NULL,
	  "IPsec carries it to {other}: filters must pass ESP (IP protocol 50) or UDP port 4500, and both ends need the same keys and policies: ip xfrm state and /proc/net/xfrm_stat on both ends",
	  "an IPsec policy of this host puts packets to the address into ESP or AH, and no answer arrived",
	  "a filter on the path that drops ESP (IP protocol 50), AH (51) or UDP port 4500\n"
	  "keys that the other end does not have: /proc/net/xfrm_stat there counts XfrmInNoStates or XfrmInStateProtoError\n"
	  "the peer itself does not answer, as for silent",
	  "ip xfrm state; ip xfrm policy, on both ends\n"
	  "tcpdump -ni any esp or ah or udp port 4500, at the peer" },
	{ FINDING_IN_TUNNEL, "in-tunnel", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no answer to the {chunk}, which the route puts into {detail}",
	  NULL,
	  "ip route get {address} shows the encapsulation: the routers on the path must forward it, and its other end must remove it",
	  "the route to the address puts packets into another protocol, and no answer arrived",
	  "a router on the path that does not know the label or segment\n"
	  "the peer itself does not answer, as for silent",
	  "ip route get ADDR; ip -M route\n"
	  "tcpdump -eni DEVICE mpls, on this host and at the other end" },
	{ FINDING_ANSWERED_ELSEWHERE, "answered-elsewhere", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "[up:the answer comes from {other}][!up:{other} answered the INIT instead]",
	  NULL,
	  "[!up:an answer must come from the address that was asked: the peer chooses the wrong source address, or NAT on the return path changes it]",
	  "another address answered, not the one that was asked",
	  "the peer chooses the source address by its routes, not by the address that was asked\n"
	  "NAT on the return path",
	  "on the peer: ip route get ADDR-OF-THIS-HOST from ADDR; ip rule\n"
	  CHECK_WIRE },
	{ FINDING_OTHER_PORT, "answered-from-other-port", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "answered the INIT from port {other_port}, not from {port}",
	  NULL,
	  "an answer must come from the port that was asked: NAT on the return path changes it",
	  "the peer answered the INIT from another port than the one that was asked, so this host's SCTP does not take it",
	  "NAT that translates one direction only: a port forwarding whose answers take another route\n"
	  "a peer whose stack is broken",
	  "conntrack -L -p sctp, on each NAT between the two hosts\n"
	  "tcpdump -ni any sctp, here and on the peer: where does the port change?" },
	{ FINDING_WRONG_TAG, "wrong-tag", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "the answer has a verification tag that does not belong to this attempt",
	  NULL,
	  "another host answers in its place (NAT, a load balancer), or the peer still has an older association on the same ports: tcpdump -vni any sctp",
	  "packets arrived whose verification tag belongs to no INIT of this attempt",
	  "a NAT or load balancer sends the packets of one association to different hosts\n"
	  "the peer has an older association with the same addresses and ports",
	  "conntrack -L -p sctp, on each NAT between the two hosts\n"
	  "another local port: -b ADDR-OF-THIS-HOST:PORT" },
	{ FINDING_HEARTBEAT_ALTERED, "heartbeat-altered", RESULT_DEGRADED, STATUS_DEGRADED,
	  "its HEARTBEAT-ACK has another content than the heartbeat, so it does not count",
	  NULL,
	  "the peer, or a middlebox on the path, has changed what was to come back as it was sent: tcpdump -vni any sctp, on both ends, shows where",
	  "a HEARTBEAT-ACK came whose content is not that of any heartbeat of this end, and the stack drops it",
	  "a middlebox that edits packets, and the CRC32c with them\n"
	  "a peer whose stack does not return what it was sent (RFC 9260 section 3.3.6)",
	  "tcpdump -vXni any sctp, on both ends: the parameter Heartbeat Info in request and answer" },
	{ FINDING_COOKIE_SILENT, "cookie-silent", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "answered the INIT, but not the COOKIE-ECHO",
	  NULL,
	  "a filter on the path may pass only INIT, or drop the larger COOKIE-ECHO (path MTU), or its answer; or the peer's accept queue is full, and its stack does not say so",
	  "the INIT was answered, the COOKIE-ECHO left this host, and no answer arrived",
	  "a filter on the path that passes only INIT and INIT-ACK\n"
	  "the COOKIE-ECHO is larger than the path's MTU\n"
	  "the peer's accept queue is full, and its stack drops instead of answering",
	  "on the peer: ss -Slnp; tcpdump -ni any sctp\n"
	  "tracepath -n ADDR" },
	{ FINDING_NO_COOKIE_ACK, "no-cookie-ack", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "answered the INIT, but no COOKIE-ACK got through",
	  "the peer answered the INIT, but no COOKIE-ACK got through within {time}",
	  "a filter here, on the path or at the peer may pass only INIT, or drop the larger COOKIE-ECHO (path MTU); or the peer's accept queue is full; or it is still closing an older association on these ports (-b takes another one): tcpdump -ni any [udp:udp][!udp:sctp] on both ends",
	  "the stack has the INIT-ACK and waits for the COOKIE-ACK; it is not known whether the COOKIE-ECHO left",
	  "as for cookie-silent\n"
	  "a filter of this host drops the COOKIE-ECHO or the COOKIE-ACK\n"
	  "the peer is still closing an older association on the same ports, and answers with ERROR",
	  "sctp-connect with CAP_NET_RAW: its witness sees what leaves" },
	{ FINDING_BAD_CHECKSUM, "bad-checksum", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "the packets that came back have a bad SCTP checksum",
	  "[packets:no usable answer to INIT: {packets} with a bad SCTP checksum arrived meanwhile][!packets:the packets that came back have a bad SCTP checksum]",
	  "a link damages packets, a middlebox alters them without updating the CRC32c, or checksum offload is broken: try \"ethtool -K DEVICE tx-checksum-sctp off\" at the peer",
	  "packets with a wrong CRC32c arrived, and the stack drops them",
	  "NAT or another middlebox that alters packets without updating the CRC32c\n"
	  "a link that damages packets: tc qdisc show (netem) and ip -s link, on both ends\n"
	  "checksum offload at the peer is broken, on a card or a virtual interface\n"
	  "a tunnel on the path that truncates packets",
	  "cat /proc/net/sctp/snmp: SctpChecksumErrors\n"
	  "ethtool -k DEVICE | grep sctp, on the peer" },
	{ FINDING_BAD_CHECKSUM_SENT, "bad-checksum-sent", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no answer: the {chunk} left this host with a bad checksum",
	  NULL,
	  "something on this host changes packets and does not correct their checksum (nft list ruleset, tc filter show, tc qdisc show), and the peer drops them in silence: nstat -a | grep SctpChecksumErrors there counts them",
	  "packets left this host with a wrong checksum (SCTP's CRC32c, or that of IP or UDP), so the peer drops them",
	  "an nftables or tc rule that rewrites ports or payload and does not update the checksum (tc: action csum)\n"
	  "a queue discipline that damages packets: netem corrupt, left over from a test\n"
	  "checksum offload that a virtual interface only pretends to have: ethtool -K DEVICE tx-checksum-sctp off",
	  "nft list ruleset; tc filter show dev DEVICE egress; tc qdisc show\n"
	  "nstat -a | grep SctpChecksumErrors, at the peer" },
	{ FINDING_INIT_IN_FRAGMENTS, "init-in-fragments", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no answer to the INIT, which left in fragments",
	  NULL,
	  "its list of this host's addresses makes it larger than the MTU, and filters and NAT often drop fragments: -b makes the list shorter",
	  "the INIT was so large that it left this host in fragments, and no answer arrived",
	  "an INIT lists every address of this host, unless -b chooses: with some 170 IPv4 addresses it needs more than 1500 bytes\n"
	  "a filter, NAT or load balancer that drops fragments, because only the first has ports\n"
	  "the peer does not answer, as for silent",
	  "ip -br addr; sctp-connect -b ADDR ...\n"
	  "nstat -az | grep Reasm, at the peer" },
	{ FINDING_ICMP_THIS_HOST, "icmp-this-host", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "this host itself answered [cookie:the COOKIE-ECHO with ]{icmp}",
	  NULL,
	  "this host's own packet filter or routes send it, a next hop does not answer ARP, or a tunnel has no peer for it: nft list ruleset, iptables -S OUTPUT, ip route, ip neigh, wg show",
	  "this host itself sent the ICMP error: a filter, a route, or a neighbour that does not answer",
	  "an nftables or iptables rule that rejects in the output hook\n"
	  "a route of type unreachable or prohibit\n"
	  "no host answers ARP or neighbour discovery for the address\n"
	  "WireGuard: no peer has the address in its AllowedIPs, or the peer has no endpoint yet",
	  "ip route get ADDR; ip neigh show ADDR" },
	{ FINDING_ICMP_PROHIBITED, "icmp-prohibited", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  ICMP_ANSWER "[!icmp:ICMPv6 says administratively prohibited]",
	  NULL,
	  "[icmp:a firewall rule, or a route of type prohibit, at the sender of the ICMP error forbids it][!icmp:" SOMEBODY_SENDS "]",
	  "a firewall rejects the packets and sends this ICMP error",
	  "a rule for IP protocol 132, or for everything but TCP and UDP",
	  ICMP_SENDER },
	{ FINDING_ICMP_PORT_UNREACHABLE, "icmp-port-unreachable", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  ICMP_ANSWER "[!icmp:ICMP says port unreachable]",
	  NULL,
	  OWN_NAME "[!own_name:[udp:[router:{router} has sent it, not the address that was asked: a firewall there (the default of iptables REJECT), or the packet went to another host][!router:nothing at the peer uses that UDP port: check that the peer runs SCTP in UDP (on Linux: sysctl net.sctp.udp_port), and on which port; or a firewall rejects it (the default of iptables REJECT)]][!udp:SCTP never sends \"port unreachable\": a firewall on the path or at the peer does (the default of iptables REJECT), or a load balancer without a server for it (IPVS: ipvsadm -Ln)]]",
	  "ICMP port unreachable arrived: the UDP port is not in use at the peer, or a firewall rejects the packets",
	  "with --udp-encaps: nothing at the peer uses that UDP port\n"
	  "iptables ... -j REJECT, which sends this message by default\n"
	  "a load balancer (IPVS) that has no server for that address and port",
	  ICMP_SENDER },
	{ FINDING_ICMP_TIME_EXCEEDED, "icmp-time-exceeded", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  ICMP_ANSWER,
	  NULL,
	  "a routing loop, or too many hops: traceroute -n shows where",
	  "a router dropped the packet because its hop limit was used up",
	  "a routing loop between two routers\n"
	  "a hop limit that is too small for the path",
	  ICMP_SENDER },
	{ FINDING_ICMP_UNREACHABLE, "icmp-unreachable", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  ICMP_ANSWER,
	  NULL,
	  "[beyond_scope:this host sends from a link-local address, which routers do not forward: it needs a global IPv6 address (ip -6 addr), or -b with the one that it has][!beyond_scope:the sender of the ICMP error has no onward route: check its routing table, and whether the host is up]",
	  "a router says by ICMP that it cannot reach the address",
	  "the router has no route\n"
	  "the source of the packets is a link-local address\n"
	  "the host is down: the last router gets no answer on the link",
	  ICMP_SENDER },
	{ FINDING_ICMP_NOT_ACCEPTED, "icmp-not-accepted", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  ICMP_ANSWER,
	  NULL,
	  "the sender of the ICMP error does not accept this kind of packet: tcpdump -vni any icmp or icmp6",
	  "a host on the path says by ICMP that the packet is malformed, or that it does not accept this kind",
	  "a middlebox that damages the packets, or does not know SCTP\n"
	  "IP options or IPv6 extension headers that the peer does not accept",
	  ICMP_SENDER },
	{ FINDING_ICMP_UNSPECIFIED, "icmp-unspecified", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "{soft}",
	  NULL,
	  SOMEBODY_SENDS,
	  "the network reported an error by ICMP, and the socket gives only an errno",
	  "a router, a firewall or the host sent an ICMP error; a witness (CAP_NET_RAW) would show which",
	  ICMP_SENDER },
	{ FINDING_ICMP_OR_NEIGHBOUR, "icmp-or-neighbour-silent", RESULT_UNREACHABLE, STATUS_NOT_CONNECTED,
	  "the host does not answer on its link (ARP or ND), or {soft}",
	  NULL,
	  SOMEBODY_SENDS,
	  "the socket says EHOSTUNREACH: no host answers on the link, or an ICMP error arrived",
	  "the host is down, or its address is on no link here\n"
	  "a router or a firewall sends an ICMP error; a witness (CAP_NET_RAW) tells the two apart",
	  ICMP_SENDER },
	{ FINDING_MTU_BLACK_HOLE, "mtu-black-hole", RESULT_CONNECTED, -1,
	  "[over:packets over {over} bytes are lost][!over:packets of {bytes} bytes are lost[passed:, and those of {passed} bytes get through]]",
	  NULL,
	  "{address}: larger packets are lost on the path, and no ICMP error says so (path MTU black hole), often at a tunnel (IPsec, GTP, VXLAN, PPPoE): tracepath -n shows how far they get; filters must pass ICMP fragmentation needed and ICMPv6 packet too big[route_mtu:; until then, a route to {address} with \"mtu {route_mtu}\" helps (ip route get shows what else it needs)]",
	  "small heartbeats are answered on this path, but heartbeats as large as its MTU are not",
	  "a tunnel with a smaller MTU, and a filter that drops ICMP fragmentation needed or packet too big: PPPoE takes 8 bytes, IP in IP 20, GRE 24, GTP 36 to 44, VXLAN 50, IPsec 50 to 80, WireGuard 60 to 80\n"
	  "a link whose two ends have different MTUs",
	  "tracepath -n ADDR; ip route get ADDR\n"
	  "ping -M do -s SIZE ADDR\n"
	  "ip route replace ADDR via ROUTER mtu SIZE: new associations then send no larger packets\n"
	  "sysctl net.sctp.plpmtud_probe_interval=5000: the kernel's SCTP then finds the size itself" },
	{ FINDING_RETURNS_ELSEWHERE, "returns-elsewhere", RESULT_CONNECTED, -1,
	  "the answer arrives on {other_link}, not on {link}",
	  NULL,
	  NULL,
	  "the path works, but its answers arrive on another link than its packets leave by",
	  "asymmetric routes, or policy routing at one end",
	  "ip route get ADDR; ip rule, on both ends" },
	{ FINDING_HEARTBEATS_LOST, "heartbeats-lost", RESULT_CONNECTED, -1,
	  "lost {lost} of {sent} heartbeats",
	  NULL,
	  NULL,
	  "the path works, but loses packets",
	  "congestion, a bad cable or radio link, a rate limit",
	  "ip -s link; ethtool -S DEVICE\n"
	  "mtr -n ADDR" },
	{ FINDING_OWN_ADDRESS, "own-address", RESULT_CONNECTED, -1,
	  "this host has this address too, so nothing that it sends there reaches the peer: not tested",
	  NULL,
	  "{address}: both hosts have this address, as bridges of containers often do (docker0, virbr0): bind each end only to addresses that the other can reach (here: -b), because the peer may send heartbeats to it, too, which end the association there",
	  "the peer lists an address that this host has, too; a heartbeat to it would come back here, and this host's ABORT would end the association, so none is sent",
	  "docker0 (172.17.0.1) or virbr0 (192.168.122.1), which have the same address on every host\n"
	  "an address that was meant for one host was given to two\n"
	  "a route of type local covers it here (ip route add local ...)",
	  "ip addr, on both hosts; ip route get ADDR\n"
	  "cat /proc/net/sctp/assocs: the addresses of both ends" },
	{ FINDING_BRIDGE_ANNOUNCED, "bridge-announced", RESULT_CONNECTED, -1,
	  "this host told the peer {address} of the bridge {link}[others: and {others} more of bridges], which no path uses",
	  NULL,
	  "the peer may take {address} for a path, and lose what it sends there: give -b with the addresses that the peer can reach: then only those are announced",
	  "without -b the stack announces every address of this host, also those of bridges that only containers or virtual machines can reach",
	  "docker0, virbr0 and other bridges that no path to the peer uses",
	  "ip -br addr; ip link show type bridge\n"
	  "-b with the addresses that the peer can reach (sctp_bindx in a program)" },
	{ FINDING_LINK_NOT_KNOWN, "link-not-known", RESULT_CONNECTED, -1,
	  "a link-local address that only the peer has named, and SCTP does not say on which link it is: not tested",
	  NULL,
	  "{address}: give it with -a and its zone to have it tested",
	  "the peer lists a link-local address; a heartbeat to it could leave by a wrong link, and the ABORT that answers it there would end the association, so none is sent",
	  "a server that is bound to all addresses of its host, and was asked at a link-local one",
	  "ip -6 neigh\n"
	  "cat /proc/net/sctp/assocs: the addresses of both ends" },
	{ FINDING_TOO_MANY_LISTED, "too-many-listed", RESULT_CONNECTED, -1,
	  "the peer lists more than 8 addresses that were not given: this one is not tested",
	  NULL,
	  "{address}: give it with -a to have it tested",
	  "the peer lists more addresses than a host is likely to have; as they may be anybody's, heartbeats go to the first 8, and to those that were given",
	  "a host with very many addresses, such as one that runs containers\n"
	  "a peer that wants this host to send packets to others",
	  "cat /proc/net/sctp/assocs: the addresses of both ends" },
	{ FINDING_OWN_QUEUE_DELAY, "own-queue-delay", RESULT_CONNECTED, -1,
	  "{exact_time} of it in this host's own queue on {link}",
	  NULL,
	  NULL,
	  "most of the round trip passes before the packet leaves this host: it waits in the queue of the link",
	  "other traffic of this host that fills the queue\n"
	  "a shaper or a delay: tc qdisc with tbf, htb or netem",
	  "tc -s qdisc show dev LINK" },
	{ FINDING_LEFT_OUT_BY_SCOPE, "left-out-by-scope", RESULT_CONNECTED, -1,
	  "not listed by the peer: it is {scope}, and stacks leave such addresses out when the INIT goes to a {other_scope} address ({other})",
	  NULL,
	  NULL,
	  "the address was left out, because its scope is narrower than that of the address that answered the INIT",
	  "a global address before a private one: both ends then leave out the private addresses",
	  "sysctl net.sctp.addr_scope_policy on both ends (0: no rule)" },
	{ FINDING_OTHER_ENDPOINT, "other-endpoint", RESULT_CONNECTED, -1,
	  "not in this association, but accepts alone: another endpoint listens on it",
	  NULL,
	  "{address} has a listener of its own, or is another host: a multihomed server binds all its addresses to one socket (sctp_bindx)",
	  "the peer did not list the address, but the address accepts an association when tried alone (--each)",
	  "two listeners with one address each, instead of one listener with both\n"
	  "the addresses are of two hosts: two nodes of a cluster, a wrong address",
	  "on the peer: cat /proc/net/sctp/eps: the addresses of each endpoint (LADDRS)" },
	{ FINDING_NOT_LISTED, "not-listed", RESULT_CONNECTED, -1,
	  "not an address of this peer[!each:, or another endpoint listens on it]",
	  NULL,
	  "[!each:{address}: --each tries it alone: if it accepts, another endpoint listens on it (a server may need to bind all its addresses to one socket); if not, it is not the peer's, or the server is not bound to it]",
	  "the peer did not list the address, so it is not in the association",
	  "it is not an address of this peer, or the server is not bound to it\n"
	  "two listeners with one address each, instead of one listener with both\n"
	  "NAT: the peer knows itself by another address",
	  "sctp-connect --each tries every address alone\n"
	  "on the peer: ip addr; cat /proc/net/sctp/eps\n"
	  "tcpdump -vni any sctp: the addresses in the INIT-ACK" },
	{ FINDING_SEND_STALLED, "send-stalled", RESULT_DEGRADED, STATUS_TIMEOUT,
	  "the association is up, but the peer takes no more data: {messages_sent} of {messages} went into the send buffer, and nothing for {time} after that",
	  NULL,
	  "probably the peer's application does not read, so its receive window is full; or the path loses large packets",
	  "the send buffer of this host stayed full, because the peer acknowledges nothing more",
	  "the peer's application is stuck or overloaded: it does not read, and its stack keeps the association up\n"
	  "the path loses large packets only, see mtu-black-hole",
	  "on the peer: ss -Sn (Recv-Q); cat /proc/net/sctp/assocs (RX_QUEUE)" },
	{ FINDING_REPLY_INCOMPLETE, "reply-incomplete", RESULT_DEGRADED, STATUS_TIMEOUT,
	  "[replies:{replies} came, and ]only the first {bytes} bytes of [replies:the next message][!replies:a message] came within {time}",
	  NULL,
	  "the peer sends a long message slowly, or is stuck in the middle of it: a longer --reply-timeout tells",
	  "a long message of the peer arrives in pieces, and its last one did not come in time",
	  "a message of megabytes on a slow path\n"
	  "the peer's application writes one message in pieces, and is stuck",
	  "a longer --reply-timeout" },
	{ FINDING_NO_REPLY, "no-reply", RESULT_DEGRADED, STATUS_TIMEOUT,
	  "[awaited:the association is up, but [!replies:[acknowledged:the peer's application is silent: no message][!acknowledged:no message of the peer came]][replies:the peer's application fell silent: only {replies} came] within {time}[acknowledged:; its SCTP has acknowledged what was sent][!acknowledged:[messages:; its SCTP has not acknowledged what was sent]]][!awaited:the peer did not acknowledge what was sent within {time}]",
	  NULL,
	  "[awaited:[!acknowledged:[messages:something may drop what was sent, or the SACK that acknowledges it: tcpdump -ni any sctp on both ends; otherwise: ]]the peer's SCTP answers heartbeats even if its program is stuck: check the program, and whether it expects another message, --ppid or --stream][!awaited:check the paths: sctp-connect --monitor]",
	  "the association was up, and too few messages of the peer's application came within --reply-timeout",
	  "the peer's program is stuck or overloaded: its SCTP goes on to answer heartbeats\n"
	  "it ignores messages with another PPID, or on another stream\n"
	  "it expects another message first, or one that is longer",
	  "the peer's log\n"
	  "on the peer: ss -Snp (Recv-Q: it does not read)" },
	{ FINDING_TOO_FEW_VERIFIED, "too-few-verified", RESULT_DEGRADED, STATUS_DEGRADED,
	  "{verified} of {paths} addresses verified, {required} required[name: (including those that the peer added: {name})]",
	  NULL,
	  NULL,
	  "the association is up, but fewer paths are verified than --require asks for",
	  "a path is dead, or an address was left out\n"
	  "-R asks for more than there are addresses; -R all counts the rejected ones too",
	  "the note of each address\n"
	  "a longer --probe-timeout, if a round trip takes more than a second" },
	{ FINDING_TOO_FEW_LINKS, "too-few-links", RESULT_DEGRADED, STATUS_DEGRADED,
	  "verified paths use {links}[link: ({link})], {required} required",
	  NULL,
	  "ip route get {address} shows the link of a path; a route for each address of the peer moves it to another link",
	  "enough paths are verified, but they use fewer links of this host than --links asks for: one cable or one card can end several of them",
	  "one default route for all addresses of the peer\n"
	  "VLANs on one card, which count as one link, as do a bond and a bridge",
	  "the routes of the paths: sctp-connect -v or --json\n"
	  "ip route get ADDR; ip rule" },
	{ FINDING_NO_PATH_ANSWERS, "no-path-answers", RESULT_DEGRADED, STATUS_DEGRADED,
	  "no path answers a heartbeat",
	  "no path answers a heartbeat: the peer ignores heartbeats, a filter drops them, a middlebox spoils them, or the peer went away after the handshake",
	  "--no-probe accepts the handshake alone; tcpdump -ni any sctp shows whether HB REQ goes out and HB ACK comes back",
	  "the handshake succeeded, but no path answers a heartbeat",
	  "a peer whose stack does not answer heartbeats\n"
	  "a middlebox that changes the content of heartbeats or of their answers (a witness sees the answers: heartbeat-altered)\n"
	  "the peer went away after the handshake\n"
	  "a filter that passes handshakes and drops heartbeats",
	  NULL },
	{ FINDING_SOURCE_LINK_DOWN, "source-link-down", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no answer to INIT, and {other} is on {link}, which is down",
	  "no answer to INIT within {time}; its source, {other}, is on {link}, which is down",
	  "answers to {other} do not arrive, unless other hosts send them here over another link: ip link show {link}",
	  "the address given with -b is on a link that is down, and no answer to it arrived",
	  "the link has no carrier, or was set down: the INIT leaves over another link, and the answer is sent to this one",
	  "ip -br link; ip -br addr" },
	{ FINDING_SILENT, "silent", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no answer to INIT",
	  NO_INIT_ANSWER,
	  "[this_host:" OWN_SILENCE "][!this_host:[tunnel:the INIT went into the tunnel {link}, and no answer arrived: the tunnel may not carry it to its other end (ip -s -d link show {link}; for WireGuard, wg show: the latest handshake), ][udp:[!tunnel:the INIT left this host in UDP, and no answer arrived: ]the host may be down, that UDP port may not be in use there, its program may be stuck, a filter on the path or at the peer may drop it, or the answer may have no route back; tcpdump -ni any udp at the peer shows whether it arrives][!udp:[!tunnel:the INIT left this host, and no answer arrived: ]the host may be down, a filter on the path or at the peer may drop SCTP (IP protocol 132), or the answer may have no route back; tcpdump -ni any sctp at the peer shows whether it arrives][local_port:; a NAT or firewall may still have an old entry for port {local_port}: try another one in -b]]",
	  "an INIT left this host, and no answer arrived",
	  "a firewall that drops IP protocol 132: many pass only TCP\n"
	  "another host of its link has the same MAC address, as clones of a machine have: a switch takes one for the other\n"
	  "NAT on the path: most translate TCP and UDP, not SCTP\n"
	  "the peer is down, or its answer gets lost: a missing route there, or a filter\n"
	  "the packets are damaged on the path, and the peer drops them for their checksum\n"
	  "a stale entry in conntrack on the path, if the peer answers other local ports; or its table is full (dmesg there)\n"
	  "rp_filter of the peer or of a router, which would send the answer over another link than the one on which the INIT arrived\n"
	  "an XDP program of this host drops the answer before a packet socket sees it: ip link show\n"
	  "a wrong link-layer address: a static neighbour, a link without ARP; or two hosts have the same one (a cloned machine)\n"
	  "a router or a filter that drops packets with ECN, which Linux' SCTP sends: sysctl net.sctp.ecn_enable=0 here tells\n"
	  "the peer accepts only packets of its neighbours (a hop limit of 255)",
	  "ip route get ADDR; ip neigh; on the peer: ip route get ADDR-OF-THIS-HOST\n"
	  CHECK_FIREWALL "\n"
	  "nstat -a | grep SctpChecksumErrors, at the peer" },
	{ FINDING_NO_ANSWER, "no-answer", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "no answer to INIT",
	  NO_INIT_ANSWER,
	  "[this_host:" OWN_SILENCE "][!this_host:nothing more is known: the host may be down[udp:, that UDP port may not be in use there, its program may be stuck], there may be no route back, or a filter here, on the path or at the peer may drop [udp:it; tcpdump -ni any udp][!udp:SCTP (IP protocol 132); tcpdump -ni any sctp] on both ends shows how far the INIT gets[local_port:; a NAT or firewall may still have an old entry for port {local_port}: try another one in -b]]",
	  "no answer arrived, and without a witness it is not known whether the INIT left this host",
	  "as for silent\n"
	  "a filter of this host drops the INIT or the answer",
	  "sctp-connect with CAP_NET_RAW: its witness sees what leaves and what arrives\n"
	  "ip route get ADDR; nft list ruleset; iptables -S" },
	{ FINDING_HEARTBEAT_UNANSWERED, "heartbeat-unanswered", RESULT_DEGRADED, STATUS_DEGRADED,
	  "[no_init:answered neither the INIT nor a heartbeat in {time}][!no_init:no heartbeat answer in {time}[unconfirmed:, so it was never confirmed]]",
	  NULL,
	  "{address}[others: and {others} more]: listed by the peer, but no answer arrived on [others:those paths][!others:that path] in time: [heard:packets from it do arrive, so the heartbeat is lost on the path to it, or only its answer is; ]check routing, filters and NAT on [others:them][!others:it], in both directions (a stateful firewall may only know the path of the INIT), or give a slow path more time (--probe-timeout)",
	  "a heartbeat was sent on the path, and no answer arrived in time",
	  "a cut link, or a filter or route that drops it in one direction\n"
	  "a firewall that knows an association only by its INIT, which took another path, and drops the rest as invalid\n"
	  "NAT on that path, so that the peer does not know this host there\n"
	  "the answer arrives on another interface, and rp_filter drops it\n"
	  "a middlebox that changes the heartbeat or its answer\n"
	  "a round trip longer than --probe-timeout",
	  "ip route get ADDR; sysctl net.ipv4.conf.all.rp_filter\n"
	  "tcpdump -ni any 'sctp and host ADDR', on both ends" },
	{ FINDING_INIT_UNANSWERED, "init-unanswered", RESULT_CONNECTED, -1,
	  "[up:did not answer the INIT in its turn of {time}][!up:no answer to INIT by the time the next address was tried]",
	  NULL,
	  "{address} did not answer the INIT in its turn[other:: the association came up over {other}]",
	  "the address did not answer the INIT in its turn; another address was tried next",
	  "as for silent\n"
	  "a round trip longer than --rto-initial",
	  "try the address alone: sctp-connect -a ADDR:PORT" },
	{ FINDING_BRIDGE_ADDRESS, "bridge-address", RESULT_DEGRADED, STATUS_DEGRADED,
	  "not reached from here; on many hosts {detail} has this address",
	  NULL,
	  "{address}: listed by the peer, maybe because it announces all of its addresses: if it is that of a bridge there, bind the server to the addresses that others can reach (sctp_bindx; -b of sctp-connect --listen)",
	  "the peer lists an address that does not answer, and that a bridge of containers or virtual machines has on many hosts",
	  "the server is bound to all addresses of its host, also those of docker0, virbr0, podman or cni bridges\n"
	  "it is an address of another network of the peer, which cannot be reached from here",
	  "on the peer: ip -br addr; cat /proc/net/sctp/eps\n"
	  "ip route get ADDR" },
	{ FINDING_NO_TIME_FOR_HEARTBEAT, "no-time-for-heartbeat", RESULT_CONNECTED, -1,
	  "the probe ended before a heartbeat was answered",
	  NULL,
	  NULL,
	  "the association or the program ended before a heartbeat was answered on this path",
	  "the peer closed or aborted the association, or a signal ended the program: the cause of the result says which",
	  "sctp-connect --no-probe tests no path" },
	{ FINDING_ONE_HAS_REFUSED, "one-has-refused", RESULT_REFUSED, STATUS_NOT_CONNECTED,
	  "one of the addresses tried refused",
	  NULL,
	  NULL,
	  "every address had its turn, some more than once, before one of them refused: it is not known which",
	  NULL,
	  EACH_ALONE },
	{ FINDING_ONE_HAS_ANSWERED, "one-has-answered", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "one of the addresses tried has answered the INIT",
	  NULL,
	  NULL,
	  "one of the addresses answered the INIT, and it is not known which",
	  NULL,
	  "sctp-connect with CAP_NET_RAW: its witness sees which one answered" },
	{ FINDING_ANSWERED_INIT, "answered-init", RESULT_TIMEOUT, STATUS_TIMEOUT,
	  "answered the INIT; nothing more is known",
	  NULL,
	  NULL,
	  "this address answered INIT-ACK; too little time has passed, or too little was seen, to say why the handshake did not go on",
	  NULL,
	  "a longer --timeout" },
	{ FINDING_UNTRIED_REFUSED, "untried-refused", RESULT_CONNECTED, -1,
	  "not tried: another address had ended the attempt",
	  NULL,
	  NULL,
	  "another address refused before this one had its turn, and one refusal ends the whole attempt",
	  NULL,
	  EACH_ALONE },
	{ FINDING_UNTRIED_ANSWERED, "untried-answered", RESULT_CONNECTED, -1,
	  "not tried: another address had answered the INIT",
	  NULL,
	  NULL,
	  "another address answered the INIT, so this one was not needed",
	  NULL,
	  NULL },
	{ FINDING_UNTRIED_LATE, "untried-late", RESULT_CONNECTED, -1,
	  "the attempt ended as its turn came",
	  NULL,
	  MORE_TURNS,
	  "the attempt ended as the turn of this address came: it is not known whether an INIT was sent to it",
	  "the stack tries one address after the other, one --rto-initial apart",
	  NULL },
	{ FINDING_UNTRIED_ENDED, "untried-ended", RESULT_CONNECTED, -1,
	  "not tried: the attempt ended before its turn",
	  NULL,
	  MORE_TURNS,
	  "the attempt ended before this address had its turn",
	  "--timeout or --init-attempts were used up by the addresses before it",
	  "a longer --timeout, a shorter --rto-initial, more --init-attempts" },
	{ FINDING_ALL_ACCEPT_ALONE, "all-accept-alone", RESULT_CONNECTED, -1,
	  "",
	  NULL,
	  "every address accepts when tried alone: the failure may have been temporary",
	  "each address accepts an association when tried alone (--each)",
	  NULL,
	  NULL },
	{ FINDING_SOME_ACCEPT_ALONE, "some-accept-alone", RESULT_CONNECTED, -1,
	  "",
	  NULL,
	  "{accepting}: leave out [refusing:{refusing}][!refusing:{rest}]",
	  "some addresses accept an association when tried alone (--each), others do not",
	  NULL,
	  NULL },
	{ FINDING_NONE_ACCEPTS_ALONE, "none-accepts-alone", RESULT_CONNECTED, -1,
	  "",
	  NULL,
	  "no address accepts when tried alone",
	  "no address accepts an association when tried alone (--each)",
	  NULL,
	  NULL },
};

/* clang-format on */

static_assert(ARRAY_SIZE(table) == FINDING_COUNT, "every code has its row");

static const char *const bases[] = {
	[BASIS_NONE] = "none",
	[BASIS_CALL] = "call",
	[BASIS_STACK] = "stack",
	[BASIS_SYSTEM] = "system",
	[BASIS_ROUTES] = "route-table",
	[BASIS_NEIGHBOUR] = "neighbour",
	[BASIS_WITNESS] = "witness",
	[BASIS_SO_ERROR] = "so-error",
	[BASIS_COUNTER] = "checksum-counter",
	[BASIS_HEARTBEATS] = "heartbeats",
	[BASIS_TIME] = "time",
	[BASIS_RESOLVER] = "resolver",
};

static_assert(ARRAY_SIZE(bases) == BASIS_COUNT, "every basis has its name");

const struct words *words_of(enum finding_code code)
{
	return &table[code];
}

const struct words *words_named(const char *name)
{
	for (size_t i = FINDING_NONE + 1; i < ARRAY_SIZE(table); i++)
		if (!strcasecmp(table[i].name, name))
			return &table[i];
	return NULL;
}

const char *finding_name(enum finding_code code)
{
	return table[code].name;
}

const char *finding_basis_name(enum finding_basis basis)
{
	return bases[basis];
}

/* result NULL: the parameters that a result has are empty. */
static void add(struct message *m, const char *phrase, const struct finding *finding,
		const struct result *result)
{
	struct message last;

	if (result)
		phrase_add_of_result(m, phrase, finding, result,
				     words_reason(finding_kept(result->last), &last));
	else
		phrase_add(m, phrase, finding);
}

static const char *say(const char *phrase, const struct finding *finding,
		       const struct result *result, struct message *m)
{
	m->text[0] = '\0';
	if (phrase)
		add(m, phrase, finding, result);
	return m->text;
}

const char *words_note(const struct finding *finding, struct message *m)
{
	return say(table[finding->code].note, finding, NULL, m);
}

static const char *reason_of(const struct words *words)
{
	return words->reason ? words->reason : words->note;
}

static const char *reason(const struct finding *finding, const struct result *result,
			  struct message *m)
{
	const struct words *words = &table[finding->code];

	m->text[0] = '\0';
	if (finding->flags & FINDING_PARTIAL) {
		phrase_add(m, finding->address.sa.sa_family ? PARTIAL_KNOWN : PARTIAL_UNKNOWN,
			   finding);
		phrase_add(m, words->note, finding);
	} else if (finding->flags & FINDING_EVERY_PATH) {
		phrase_add(m, EVERY_PATH, finding);
		phrase_add(m, words->note, finding);
	} else {
		add(m, reason_of(words), finding, result);
	}
	return m->text;
}

const char *words_reason(const struct finding *finding, struct message *m)
{
	return reason(finding, NULL, m);
}

const char *words_result_reason(const struct result *result, struct message *m)
{
	return reason(&result->cause, result, m);
}

const char *words_result_hint(const struct result *result, struct message *m)
{
	const struct finding *advice = finding_kept(result->advice);

	return say(table[advice->code].hint, advice, result, m);
}

bool words_beside(const struct finding *cause, const struct finding *of_address)
{
	return !table[cause->code].reason && cause->code != FINDING_NONE &&
	       !(cause->flags & (FINDING_PARTIAL | FINDING_EVERY_PATH)) &&
	       finding_same(cause, of_address);
}

/* SPDX-License-Identifier: MIT */
#include "host/route.h"

#include <errno.h>
#include <glob.h>
#include <ifaddrs.h>
#include <linux/lwtunnel.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <unistd.h>

#include "host/interface.h"
#include "host/sysctl.h"

/* Other errnos are about the look-up only: this program may not do it, or has no resources. */
static bool is_about_routes(int error)
{
	return error == ENETUNREACH || error == EHOSTUNREACH || error == EACCES ||
	       error == EINVAL || error == EADDRNOTAVAIL || error == ENETDOWN;
}

/* source: the address to bind, or NULL. */
static int route_from(const union address *peer, const union address *source)
{
	int fd = socket(peer->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;
	union address local = source ? *source : (union address){ 0 };

	if (fd < 0)
		return 0; /* the look-up failed, which proves nothing */
	address_set_port(&local, 0);
	if ((source && bind(fd, &local.sa, address_length(&local)) < 0) ||
	    connect(fd, &peer->sa, address_length(peer)) < 0)
		error = errno;
	close(fd);
	return error;
}

/* Is there a route from one of this host's addresses of that family? */
static bool any_way(const union address *peer)
{
	struct ifaddrs *all = NULL;
	bool found = false;
	union address source;

	if (getifaddrs(&all) < 0)
		return false;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next)
		found = i->ifa_addr && address_from_sockaddr(&source, i->ifa_addr) &&
			source.sa.sa_family == peer->sa.sa_family && route_from(peer, &source) == 0;
	freeifaddrs(all);
	return found;
}

int route_error(const union address *peer, const union address *sources, size_t count)
{
	int error;

	/* Learned from the peer, without its zone: EINVAL would be about the look-up only. */
	if (peer->sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&peer->v6.sin6_addr) &&
	    !peer->v6.sin6_scope_id)
		return 0;
	error = route_from(peer, NULL);
	if (!is_about_routes(error) || (!count && any_way(peer)))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (sources[i].sa.sa_family == peer->sa.sa_family &&
		    route_from(peer, &sources[i]) == 0)
			return 0;
	return error;
}

/* --- rtnetlink(7): one question, one answer --------------------------------------------------- */

struct question {
	struct nlmsghdr header;
	union {
		struct rtmsg route;
		struct ndmsg neighbour;
	} body;
	char attributes[64];
};

static void put_attribute(struct question *q, unsigned short type, const void *data, size_t length)
{
	struct rtattr *attribute = (struct rtattr *)((char *)q + NLMSG_ALIGN(q->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	memcpy(RTA_DATA(attribute), data, length);
	q->header.nlmsg_len =
		NLMSG_ALIGN(q->header.nlmsg_len) + (unsigned)RTA_ALIGN(attribute->rta_len);
}

/* Returns the length of the answer, or 0 if there is none, or -errno. */
static ssize_t ask(const struct question *q, void *answer, size_t size)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const struct nlmsghdr *header = answer;
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t got = -1;

	if (fd < 0)
		return 0;
	if (sendto(fd, q, q->header.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) > 0)
		got = recv(fd, answer, size, MSG_DONTWAIT); /* the kernel has already answered */
	close(fd);
	if (got < (ssize_t)sizeof(*header) || !NLMSG_OK(header, (size_t)got))
		return 0;
	if (header->nlmsg_type == NLMSG_ERROR)
		return ((const struct nlmsgerr *)NLMSG_DATA(header))->error;
	return header->nlmsg_len;
}

static void put_address(struct question *q, unsigned short type, const union address *a)
{
	size_t length;
	const uint8_t *bytes = address_bytes(a, &length);

	put_attribute(q, type, bytes, length);
}

/* The route that a packet to the peer takes. False: there is none. */
static bool ask_for_route(const union address *peer, void *answer, size_t size)
{
	struct question q = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(q.body.route)),
			    .nlmsg_type = RTM_GETROUTE,
			    .nlmsg_flags = NLM_F_REQUEST },
		.body.route.rtm_family = (unsigned char)peer->sa.sa_family,
	};

	put_address(&q, RTA_DST, peer);
	if (peer->sa.sa_family == AF_INET6 && peer->v6.sin6_scope_id)
		put_attribute(&q, RTA_OIF, &peer->v6.sin6_scope_id, sizeof(int));
	return ask(&q, answer, size) > 0;
}

/* The next hop (a router or the peer itself), and its link. */
static bool next_hop(const union address *peer, union address *hop, int *link)
{
	char answer[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
	const struct rtattr *a;
	size_t length, left;

	*hop = *peer;
	*link = 0;
	address_bytes(peer, &length);
	if (!ask_for_route(peer, answer, sizeof(answer)))
		return false;
	left = RTM_PAYLOAD(header);
	for (a = RTM_RTA(NLMSG_DATA(header)); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == RTA_OIF && RTA_PAYLOAD(a) == sizeof(*link))
			memcpy(link, RTA_DATA(a), sizeof(*link));
		else if (a->rta_type == RTA_GATEWAY && RTA_PAYLOAD(a) == length)
			memcpy((void *)(uintptr_t)address_bytes(hop, &length), RTA_DATA(a), length);
	}
	return *link != 0;
}

bool link_without_carrier(const union address *peer, char name[IF_NAMESIZE])
{
	struct interface interface;
	union address hop;
	int link;

	if (!next_hop(peer, &hop, &link))
		return false;
	interface_look_up(link, &interface);
	memcpy(name, interface.name, IF_NAMESIZE);
	return interface.dead;
}

static const char *encapsulation_name(uint16_t type)
{
	static const char *const names[] = {
		[LWTUNNEL_ENCAP_MPLS] = "MPLS",       [LWTUNNEL_ENCAP_IP] = "an IP tunnel",
		[LWTUNNEL_ENCAP_ILA] = "ILA",         [LWTUNNEL_ENCAP_IP6] = "an IPv6 tunnel",
		[LWTUNNEL_ENCAP_SEG6] = "SRv6",       [LWTUNNEL_ENCAP_BPF] = "a BPF program",
		[LWTUNNEL_ENCAP_SEG6_LOCAL] = "SRv6", [LWTUNNEL_ENCAP_RPL] = "RPL",
	};

	if (type == LWTUNNEL_ENCAP_NONE)
		return NULL;
	return type < ARRAY_SIZE(names) && names[type] ? names[type] : "a tunnel";
}

void route_departure(const union address *peer, union address *source, const char **encapsulation)
{
	char answer[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
	uint16_t type = LWTUNNEL_ENCAP_NONE;
	size_t length, left;

	*source = (union address){ 0 };
	*encapsulation = NULL;
	address_bytes(peer, &length);
	if (!ask_for_route(peer, answer, sizeof(answer)))
		return;
	left = RTM_PAYLOAD(header);
	for (const struct rtattr *a = RTM_RTA(NLMSG_DATA(header)); RTA_OK(a, left);
	     a = RTA_NEXT(a, left)) {
		if (a->rta_type == RTA_ENCAP_TYPE && RTA_PAYLOAD(a) >= sizeof(type)) {
			memcpy(&type, RTA_DATA(a), sizeof(type));
		} else if (a->rta_type == RTA_PREFSRC && RTA_PAYLOAD(a) == length) {
			source->sa.sa_family = peer->sa.sa_family;
			memcpy((void *)(uintptr_t)address_bytes(source, &length), RTA_DATA(a),
			       length);
		}
	}
	*encapsulation = encapsulation_name(type);
}

/* --- The way back ----------------------------------------------------------------------------- */

static int read_setting(const char *link)
{
	char name[64];

	snprintf(name, sizeof(name), "net/ipv4/conf/%s/rp_filter", link);
	return sysctl_number(name);
}

/*
 * The kernel itself tells whether it would take the packet: EXDEV or EINVAL, by its version, is
 * what net/ipv4/route.c ip_route_input_slow() makes of fib_validate_source().
 */
static bool is_martian(const union address *from, const union address *to, int link)
{
	struct question q = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(q.body.route)),
			    .nlmsg_type = RTM_GETROUTE,
			    .nlmsg_flags = NLM_F_REQUEST },
		.body.route.rtm_family = AF_INET,
	};
	char answer[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	ssize_t rc;

	put_address(&q, RTA_DST, to);
	put_address(&q, RTA_SRC, from);
	put_attribute(&q, RTA_IIF, &link, sizeof(link));
	rc = ask(&q, answer, sizeof(answer));
	return rc == -EXDEV || rc == -EINVAL;
}

enum reverse_path reverse_path(const union address *from, const union address *to, int link,
			       char expected[IF_NAMESIZE])
{
	char name[IF_NAMESIZE];
	union address hop;
	int back, setting;

	expected[0] = '\0';
	if (from->sa.sa_family != AF_INET || to->sa.sa_family != AF_INET ||
	    !if_indextoname((unsigned)link, name) || !is_martian(from, to, link))
		return REVERSE_PATH_FREE;
	setting = MAX(read_setting("all"), read_setting(name));
	if (setting && !next_hop(from, &hop, &back))
		return REVERSE_PATH_MISSING;
	if (setting != 1 || back == link || !if_indextoname((unsigned)back, expected))
		return REVERSE_PATH_FREE;
	return REVERSE_PATH_STRICT;
}

enum neighbour neighbour_state(const union address *peer, union address *hop)
{
	struct question q = {
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(q.body.neighbour)),
			    .nlmsg_type = RTM_GETNEIGH,
			    .nlmsg_flags = NLM_F_REQUEST },
		.body.neighbour.ndm_family = (unsigned char)peer->sa.sa_family,
	};
	char answer[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *header = (const struct nlmsghdr *)answer;
	const struct ndmsg *found = NLMSG_DATA(header);

	if (!next_hop(peer, hop, &q.body.neighbour.ndm_ifindex))
		return NEIGHBOUR_UNKNOWN;
	put_address(&q, NDA_DST, hop);
	if (ask(&q, answer, sizeof(answer)) < (ssize_t)NLMSG_LENGTH(sizeof(*found)))
		return NEIGHBOUR_UNKNOWN;
	if (found->ndm_state & NUD_FAILED)
		return NEIGHBOUR_SILENT;
	if (found->ndm_state & NUD_INCOMPLETE)
		return NEIGHBOUR_ASKED;
	return found->ndm_state & (NUD_NOARP | NUD_NONE) ? NEIGHBOUR_UNKNOWN : NEIGHBOUR_THERE;
}

/* --- modprobe.d(5) ---------------------------------------------------------------------------- */

/* "install NAME" makes modprobe run another command, and "blacklist NAME" stops autoloading. */
static bool line_blocks(const char *line, const char *module)
{
	char word[16], name[64];

	return sscanf(line, "%15s %63s", word, name) == 2 && !strcmp(name, module) &&
	       (!strcmp(word, "install") || !strcmp(word, "blacklist"));
}

static bool file_blocks(const char *path, const char *module, struct message *what)
{
	FILE *file = fopen(path, "re");
	char shown[PRINTABLE_MAX];
	bool found = false;
	char *line = NULL;
	size_t size = 0;

	if (!file)
		return false;
	while (!found && getline(&line, &size, file) > 0)
		found = line_blocks(line, module);
	if (found) {
		line[strcspn(line, "\n")] = '\0';
		message_set(what, 0, "\"%s\" in %s", printable(line, shown, sizeof(shown)), path);
	}
	free(line);
	fclose(file);
	return found;
}

bool module_blocked(const char *module, struct message *what)
{
	static const char *const patterns[] = { "/etc/modprobe.d/*.conf", "/run/modprobe.d/*.conf",
						"/usr/lib/modprobe.d/*.conf",
						"/lib/modprobe.d/*.conf" };
	bool found = false;

	for (size_t i = 0; i < ARRAY_SIZE(patterns) && !found; i++) {
		glob_t files;

		if (glob(patterns[i], 0, NULL, &files) != 0)
			continue;
		for (size_t j = 0; j < files.gl_pathc && !found; j++)
			found = file_blocks(files.gl_pathv[j], module, what);
		globfree(&files);
	}
	return found;
}

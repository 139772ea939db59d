/* SPDX-License-Identifier: MIT */
#include "host/route.h"

#include <errno.h>
#include <linux/lwtunnel.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/util.h"
#include "host/netlink.h"
#include "host/rules.h"

/* --- One question ----------------------------------------------------------------------------- */

/* A gateway of the other family: "via inet6 fe80::1", for an IPv4 route. */
static void read_via(const struct rtattr *a, union address *address)
{
	const struct rtvia *via = RTA_DATA(a);
	size_t length = via->rtvia_family == AF_INET6 ? 16 : 4;

	if (RTA_PAYLOAD(a) < sizeof(*via) + length)
		return;
	*address = (union address){ .sa.sa_family = via->rtvia_family };
	if (length == 16)
		memcpy(&address->v6.sin6_addr, via->rtvia_addr, length);
	else
		memcpy(&address->v4.sin_addr, via->rtvia_addr, length);
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

bool route_read(const struct nlmsghdr *answer, struct route *route)
{
	const struct rtmsg *message = NLMSG_DATA(answer);
	uint16_t encap = LWTUNNEL_ENCAP_NONE;
	sa_family_t family;
	int left;

	*route = (struct route){ .error = 0 };
	if (answer->nlmsg_type != RTM_NEWROUTE ||
	    answer->nlmsg_len < NLMSG_LENGTH(sizeof(*message)) ||
	    (message->rtm_family != AF_INET && message->rtm_family != AF_INET6))
		return false;
	family = message->rtm_family;
	left = RTM_PAYLOAD(answer);
	for (const struct rtattr *a = RTM_RTA(message); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		if (a->rta_type == RTA_OIF && RTA_PAYLOAD(a) == sizeof(route->link))
			memcpy(&route->link, RTA_DATA(a), sizeof(route->link));
		else if (a->rta_type == RTA_GATEWAY)
			netlink_read_address(a, family, &route->gateway);
		else if (a->rta_type == RTA_VIA && RTA_PAYLOAD(a) > sizeof(struct rtvia))
			read_via(a, &route->gateway);
		else if (a->rta_type == RTA_PREFSRC)
			netlink_read_address(a, family, &route->source);
		else if (a->rta_type == RTA_ENCAP_TYPE && RTA_PAYLOAD(a) >= sizeof(encap))
			memcpy(&encap, RTA_DATA(a), sizeof(encap));
	}
	route->encapsulation = encapsulation_name(encap);
	route->broadcast = message->rtm_type == RTN_BROADCAST;
	route->local = message->rtm_type == RTN_LOCAL;
	netlink_set_zone(&route->gateway, route->link);
	netlink_set_zone(&route->source, route->link);
	return true;
}

/* Other errnos are about the look-up only: this program may not do it, or has no resources. */
static bool is_about_routes(int error)
{
	return error == ENETUNREACH || error == EHOSTUNREACH || error == EACCES ||
	       error == EINVAL || error == EADDRNOTAVAIL || error == ENETDOWN ||
	       error == EDESTADDRREQ;
}

/*
 * Connecting a UDP socket looks the route up, and sends nothing. otherwise: what it is if there can
 * be no socket.
 */
static int ask_by_socket(const union address *peer, const union address *source, int otherwise,
			 struct route *route)
{
	int fd = socket(peer->sa.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0), error = 0;
	union address local = source ? *source : (union address){ 0 };
	socklen_t size = sizeof(local);

	if (fd < 0)
		return otherwise;
	address_set_port(&local, 0);
	if ((source && bind(fd, &local.sa, address_length(&local)) < 0) ||
	    connect(fd, &peer->sa, address_length(peer)) < 0)
		error = errno;
	else if (getsockname(fd, &local.sa, &size) == 0)
		route->source = local;
	close(fd);
	address_set_port(&route->source, 0);
	return error;
}

static void put_address(struct netlink_question *q, unsigned short type, const union address *a,
			unsigned char *bits)
{
	size_t length;
	const void *bytes = address_bytes(a, &length);

	netlink_put(q, type, bytes, length);
	*bits = (unsigned char)(8 * length);
}

/* flags: of the question, such as RTM_F_FIB_MATCH. The length of the answer, or -errno. */
static ssize_t ask_kernel(struct routes *routes, const union address *peer,
			  const union address *source, unsigned flags, void *answer, size_t size)
{
	struct netlink_question q = {
		.header = NETLINK_HEADER(RTM_GETROUTE, sizeof(q.body.route)),
		.body.route.rtm_family = (unsigned char)peer->sa.sa_family,
		.body.route.rtm_flags = flags,
	};
	uint32_t device = (uint32_t)routes_device(routes), root = 0;

	if (peer->sa.sa_family == AF_INET6 && peer->v6.sin6_scope_id)
		device = peer->v6.sin6_scope_id;
	put_address(&q, RTA_DST, peer, &q.body.route.rtm_dst_len);
	if (source)
		put_address(&q, RTA_SRC, source, &q.body.route.rtm_src_len);
	if (device)
		netlink_put(&q, RTA_OIF, &device, sizeof(device));
	if (routes->as_root)
		netlink_put(&q, RTA_UID, &root, sizeof(root));
	return netlink_ask(routes->fd, &q, answer, size);
}

/* From 127.0.0.1 to another host the kernel would say EINVAL, which is about the source only. */
static bool can_ask_from(const union address *peer, const union address *source)
{
	return !source || address_scope(source) >= address_scope(peer);
}

bool route_lacks_source(const struct routes *routes, const union address *peer,
			const struct route *route)
{
	return routes->no_link_local && route->source.sa.sa_family == AF_INET6 &&
	       address_scope(&route->source) == SCOPE_LINK && address_scope(peer) > SCOPE_LINK;
}

static void ask_anew(struct routes *routes, const union address *peer, const union address *source,
		     struct route *route)
{
	char room[4096] __attribute__((aligned(NLMSG_ALIGNTO)));
	const struct nlmsghdr *answer = (const struct nlmsghdr *)room;
	ssize_t rc;

	*route = (struct route){ .error = 0 };
	rc = can_ask_from(peer, source) ? ask_kernel(routes, peer, source, 0, room, sizeof(room))
					: -EPERM;
	if (rc >= 0 && !route_read(answer, route))
		rc = -EPROTO;
	/* Learned from the peer, without its zone: EINVAL would be about the look-up only. */
	if (address_lacks_zone(peer))
		return;
	/* The socket tells a missing route from a missing IPv6 address. */
	if (rc < 0 && can_ask_from(peer, source))
		route->error = is_about_routes((int)-rc) && rc != -ENETUNREACH
				       ? (int)-rc
				       : ask_by_socket(peer, source,
						       peer->sa.sa_family == AF_INET ? (int)-rc : 0,
						       route);
	else if (peer->sa.sa_family == AF_INET6 && !source && !route->source.sa.sa_family)
		route->error = EADDRNOTAVAIL;
	else if (!source && route_lacks_source(routes, peer, route))
		route->error = EADDRNOTAVAIL;
	else if (route->broadcast)
		route->error = EDESTADDRREQ;
	if (!is_about_routes(route->error))
		route->error = 0;
	if (source) {
		route->source = *source;
		address_set_port(&route->source, 0);
	}
}

/* Enough for what is asked about one target, and for those that come back to it. */
#define ASKED_KEPT 16

/* The newest, in a ring. */
struct asked_routes {
	struct asked_route {
		union address peer, source; /* sa_family of source 0: any */
		struct route route;
	} list[ASKED_KEPT];
	size_t count;
};

static bool is_the_same(const union address *a, const union address *b)
{
	return address_equal(a, b) &&
	       (a->sa.sa_family != AF_INET6 || a->v6.sin6_scope_id == b->v6.sin6_scope_id);
}

int route_ask(struct routes *routes, const union address *peer, const union address *source,
	      struct route *route)
{
	const union address from = source ? *source : (union address){ 0 };
	struct asked_route *asked;

	if (!routes->asked)
		routes->asked = xcalloc(1, sizeof(*routes->asked));
	for (size_t i = 0; i < MIN(routes->asked->count, ASKED_KEPT); i++) {
		asked = &routes->asked->list[i];
		if (is_the_same(&asked->peer, peer) && is_the_same(&asked->source, &from)) {
			*route = asked->route;
			return route->error;
		}
	}
	ask_anew(routes, peer, source, route);
	asked = &routes->asked->list[routes->asked->count++ % ASKED_KEPT];
	*asked = (struct asked_route){ *peer, from, *route };
	return route->error;
}

int route_ask_on(const struct routes *routes, int link, const union address *peer,
		 const union address *source, struct route *route)
{
	struct routes bound = *routes;

	bound.device = link;
	ask_anew(&bound, peer, source, route);
	return route->error;
}

/* --- What a stack does ------------------------------------------------------------------------ */

static bool is_any(const union address *sources, size_t count)
{
	return !count || (count == 1 && address_is_wildcard(&sources[0]));
}

/*
 * One of this host's that the endpoint is bound to, or may send from: nobody answers to 127.0.0.1,
 * or to fe80::1 on another link.
 */
static bool is_bound(const struct own_address *own, const union address *peer,
		     const union address *sources, size_t count)
{
	return own->address.sa.sa_family == peer->sa.sa_family &&
	       (is_any(sources, count) ? can_ask_from(peer, &own->address)
				       : address_is_listed(&own->address, sources, count));
}

void route_look_up(struct routes *routes, const union address *peer, const union address *sources,
		   size_t count, struct route *route)
{
	bool any = is_any(sources, count), found = false, first = true;
	const struct own_address *own;
	struct route one;
	size_t own_count;

	route_ask(routes, peer, NULL, route);
	if (!route->error && (any || address_is_listed(&route->source, sources, count)))
		return;
	own = routes_own(routes, &own_count);
	for (size_t i = 0; i < own_count; i++) {
		bool good, best;

		if (!is_bound(&own[i], peer, sources, count))
			continue;
		good = route_ask(routes, peer, &own[i].address, &one) == 0;
		best = good && one.link == own[i].link;
		/* If no bound address has a route, the first one says why. */
		if (best || (good && !found) || (!good && first && !any))
			*route = one;
		found |= good;
		first = false;
		if (best)
			break;
	}
}

/* --- Closed ----------------------------------------------------------------------------------- */

static bool has_carrier(struct routes *routes, int link)
{
	return !link || !route_interface(routes, link)->dead;
}

static bool any_hop_open(struct routes *routes, const struct rtattr *hops)
{
	const struct rtnexthop *hop = RTA_DATA(hops);
	int left = (int)RTA_PAYLOAD(hops);

	while (left >= (int)sizeof(*hop) && RTNH_OK(hop, left)) {
		if (has_carrier(routes, hop->rtnh_ifindex))
			return true;
		left -= RTNH_ALIGN(hop->rtnh_len);
		hop = RTNH_NEXT(hop);
	}
	return false;
}

static bool tells_open_hop(struct routes *routes, const struct nlmsghdr *answer)
{
	const struct rtmsg *message = NLMSG_DATA(answer);
	int left = RTM_PAYLOAD(answer);
	bool by_number = false, told = false;

	for (const struct rtattr *a = RTM_RTA(message); RTA_OK(a, left); a = RTA_NEXT(a, left)) {
		by_number |= a->rta_type == RTA_NH_ID;
		told |= a->rta_type == RTA_OIF || a->rta_type == RTA_MULTIPATH;
		if (a->rta_type == RTA_MULTIPATH && any_hop_open(routes, a))
			return true;
	}
	/* With net.ipv4.nexthop_compat_mode=0 the kernel tells only their number. */
	return by_number && !told;
}

/* Has the whole route, of which one next hop is asked about, another one that is open? */
static bool has_open_hop(struct routes *routes, const union address *peer,
			 const union address *source)
{
	struct nlmsghdr *answer = xmalloc(NETLINK_ANSWER_MAX);
	ssize_t rc = ask_kernel(routes, peer, source, RTM_F_FIB_MATCH, answer, NETLINK_ANSWER_MAX);
	bool open = rc >= (ssize_t)NLMSG_LENGTH(sizeof(struct rtmsg)) &&
		    tells_open_hop(routes, answer);

	free(answer);
	return open;
}

/* Whatever address the stack sends from. */
static bool any_open(struct routes *routes, const union address *peer, const union address *sources,
		     size_t count)
{
	const struct own_address *own;
	struct route one;
	bool open = false;
	size_t own_count;

	own = routes_own(routes, &own_count);
	for (size_t i = 0; i < own_count && !open; i++) {
		const union address *source = &own[i].address;

		if (!is_bound(&own[i], peer, sources, count))
			continue;
		open = route_ask(routes, peer, source, &one) == 0 &&
		       (has_carrier(routes, one.link) || has_open_hop(routes, peer, source));
	}
	return open;
}

bool route_has_hops(struct routes *routes, const union address *peer)
{
	return has_open_hop(routes, peer, NULL);
}

static bool is_doubtful(struct routes *routes, const union address *peer, const struct route *route)
{
	unsigned rules = routes_rules(routes, peer->sa.sa_family);

	return rules & RULES_BY_PACKET ||
	       (route->no_carrier && (rules & RULES_BY_MARK || has_open_hop(routes, peer, NULL)));
}

int route_source_error(struct routes *routes, const union address *peer, const struct route *route)
{
	struct route by_source;

	return route->source.sa.sa_family ? route_ask(routes, peer, &route->source, &by_source) : 0;
}

int route_closed(struct routes *routes, const union address *peer, const union address *sources,
		 size_t count, struct route *route)
{
	route_look_up(routes, peer, sources, count, route);
	if (!route->error && route->link) {
		const struct interface *interface = route_interface(routes, route->link);

		route->no_carrier = interface->dead;
		route->down = interface->down;
		route->dummy = interface->dummy;
	}
	route->doubtful = is_doubtful(routes, peer, route);
	if ((!route->error && !route->no_carrier) || route->doubtful ||
	    any_open(routes, peer, sources, count))
		return 0;
	return route->error ? route->error : ENETDOWN;
}

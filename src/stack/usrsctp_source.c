/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netpacket/packet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/param.h>
#include <unistd.h>

#include "packet/bytes.h"
#include "packet/chunk.h"
#include "stack/usrsctp_farewell.h"
#include "stack/usrsctp_received.h"
#include "stack/usrsctp_source.h"
#include "stack/usrsctp_syscall.h"
#include "stack/usrsctp_udp_error.h"
#include "stack/unsent.h"
#include "base/util.h"

/* An address of this host, and its link. */
struct link_address {
	union address address;
	unsigned prefix; /* bits */
	unsigned interface;
};

struct bound {
	union address *list;
	size_t count;
};

/* One per process, as the library is; its threads read it while the main thread adds to it. */
static struct {
	pthread_mutex_t lock;
	bool started;
	int route4; /* UDP sockets for route look-ups; -1: this host does not have the family */
	int route6;
	struct link_address *links; /* read once, as the library does */
	size_t link_count;
	struct bound *ports; /* by port */
} sources = { .lock = PTHREAD_MUTEX_INITIALIZER, .route4 = -1, .route6 = -1 };

static unsigned prefix_length(const union address *mask)
{
	size_t length;
	const uint8_t *bytes = address_bytes(mask, &length);
	unsigned ones = 0;

	while (ones < 8 * length && bytes[ones / 8] & 0x80 >> ones % 8)
		ones++;
	return ones;
}

/* if_nametoindex() makes three more calls and loses their errno. name may be a label: eth0:1. */
static unsigned interface_of(const struct ifaddrs *all, const char *name)
{
	size_t length = strcspn(name, ":");

	for (const struct ifaddrs *i = all; i; i = i->ifa_next)
		if (i->ifa_addr && i->ifa_addr->sa_family == AF_PACKET &&
		    !strncmp(i->ifa_name, name, length) && !i->ifa_name[length])
			return (unsigned)((const struct sockaddr_ll *)(const void *)i->ifa_addr)
				->sll_ifindex;
	return 0;
}

static int read_links(const char **call)
{
	struct ifaddrs *all = NULL;

	*call = "getifaddrs";
	if (getifaddrs(&all) < 0)
		return -errno;
	for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
		struct link_address *link;
		union address address, mask;

		if (!i->ifa_addr || !i->ifa_netmask ||
		    !address_from_sockaddr(&address, i->ifa_addr))
			continue;
		/* Not address_from_sockaddr(): a netmask may look like a v4-mapped address. */
		mask = (union address){ 0 };
		memcpy(&mask, i->ifa_netmask, address_length(&address));
		mask.sa.sa_family = address.sa.sa_family;
		sources.links = xreallocarray(sources.links, sources.link_count + 1,
					      sizeof(*sources.links));
		link = &sources.links[sources.link_count++];
		link->address = address;
		link->prefix = prefix_length(&mask);
		link->interface = interface_of(all, i->ifa_name);
	}
	freeifaddrs(all);
	return 0;
}

static const struct link_address *find_link(const union address *a)
{
	for (size_t i = 0; i < sources.link_count; i++)
		if (address_equal(&sources.links[i].address, a))
			return &sources.links[i];
	return NULL;
}

/* On one interface, in one subnet: other hosts there do not care which of them is used. */
static bool same_link(const union address *a, const union address *b)
{
	const struct link_address *x = find_link(a), *y = find_link(b);
	const uint8_t *bytes_x, *bytes_y;
	size_t length;

	if (address_equal(a, b))
		return true;
	if (!x || !y || x->interface != y->interface || x->prefix != y->prefix ||
	    a->sa.sa_family != b->sa.sa_family)
		return false;
	bytes_x = address_bytes(a, &length);
	bytes_y = address_bytes(b, &length);
	for (unsigned i = 0; i < x->prefix; i++)
		if ((bytes_x[i / 8] ^ bytes_y[i / 8]) & 0x80 >> i % 8)
			return false;
	return true;
}

static int open_route(int family)
{
	return socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
}

/* A host may lack one of the families. */
static int open_routes(const char **call)
{
	*call = "socket(UDP)";
	sources.route4 = open_route(AF_INET);
	if (sources.route4 < 0 && errno != EAFNOSUPPORT)
		return -errno;
	sources.route6 = open_route(AF_INET6);
	return sources.route6 < 0 && !error_forbids(errno) ? -errno : 0;
}

int source_start(const char **call)
{
	int rc;

	if (sources.started)
		return 0;
	pthread_mutex_lock(&sources.lock);
	rc = open_routes(call);
	if (rc == 0)
		rc = read_links(call);
	sources.ports = xcalloc(UINT16_MAX + 1, sizeof(*sources.ports));
	sources.started = true;
	pthread_mutex_unlock(&sources.lock);
	if (rc < 0)
		source_finish();
	return rc;
}

int source_check_links(const char **call)
{
	int fd = sources.route4 >= 0 ? sources.route4 : sources.route6, error = 0;

	*call = "ioctl(SIOCGIFMTU)";
	for (size_t i = 0; i < sources.link_count; i++) {
		struct ifreq ask = { .ifr_ifindex = (int)sources.links[i].interface };

		if (i > 0 && sources.links[i].interface == sources.links[i - 1].interface)
			continue;
		if ((ioctl(fd, SIOCGIFNAME, &ask) < 0 || ioctl(fd, SIOCGIFMTU, &ask) < 0) &&
		    errno != ENODEV)
			error = errno;
	}
	return -error;
}

void source_finish(void)
{
	pthread_mutex_lock(&sources.lock);
	for (size_t i = 0; sources.ports && i <= UINT16_MAX; i++)
		free(sources.ports[i].list);
	free(sources.ports);
	free(sources.links);
	if (sources.route4 >= 0)
		close(sources.route4);
	if (sources.route6 >= 0)
		close(sources.route6);
	sources.ports = NULL;
	sources.links = NULL;
	sources.link_count = 0;
	sources.route4 = sources.route6 = -1;
	sources.started = false;
	pthread_mutex_unlock(&sources.lock);
	unsent_clear();
}

bool source_address(size_t place, union address *address)
{
	if (place >= sources.link_count)
		return false;
	*address = sources.links[place].address;
	return true;
}

bool source_example(union address *address)
{
	for (size_t i = 0; i < sources.link_count; i++) {
		*address = sources.links[i].address;
		if (address_scope(address) != SCOPE_LINK)
			return true;
	}
	return false;
}

void source_bind(uint16_t port, const union address *list, size_t count)
{
	struct bound *bound;

	pthread_mutex_lock(&sources.lock);
	bound = &sources.ports[port];
	free(bound->list);
	bound->list = xcalloc(count, sizeof(*list));
	bound->count = count;
	memcpy(bound->list, list, count * sizeof(*list));
	pthread_mutex_unlock(&sources.lock);
}

/*
 * The source address that the routing table chooses. With the lock held. False: there is no route
 * to that peer.
 */
static bool ask_route(const union address *peer, union address *source)
{
	int fd = peer->sa.sa_family == AF_INET6 ? sources.route6 : sources.route4;
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	union address to = *peer;
	socklen_t size = sizeof(*source);
	bool found;

	address_set_port(&to, 9); /* any port, because nothing is sent */
	found = connect(fd, &to.sa, address_length(&to)) == 0 &&
		getsockname(fd, &source->sa, &size) == 0;
	/* Otherwise the socket would keep the port and the address for the next look-up. */
	connect(fd, &nobody, sizeof(nobody));
	address_set_port(source, 0);
	return found;
}

static bool has_way_from(const union address *peer, const union address *source)
{
	int fd = open_route(peer->sa.sa_family);
	union address from = *source, to = *peer;
	bool found;

	address_set_port(&from, 0);
	address_set_port(&to, 9);
	found = fd >= 0 && bind(fd, &from.sa, address_length(&from)) == 0 &&
		connect(fd, &to.sa, address_length(&to)) == 0;
	if (fd >= 0)
		close(fd);
	return found;
}

/*
 * If routes depend on the source, only some of the bound addresses, or of the host's addresses, may
 * have a route. With the lock held.
 */
static bool ask_from_each(const struct bound *bound, const union address *peer,
			  union address *source)
{
	size_t count = bound->count ? bound->count : sources.link_count;

	for (size_t i = 0; i < count; i++) {
		*source = bound->count ? bound->list[i] : sources.links[i].address;
		if (source->sa.sa_family == peer->sa.sa_family && has_way_from(peer, source))
			return true;
	}
	return false;
}

/* --- What is sent ----------------------------------------------------------------------------- */

/*
 * Like the kernel's SCTP (net/sctp/protocol.c sctp_v4_get_dst()): the source of the route if that
 * is bound, else another bound address on the same link. If there is neither, the routes do not
 * help: the library's choice, or else any bound address. The library's choice also stays if it is
 * as good, because an ABORT must come from the address that was asked.
 */
static const union address *choose(const struct bound *bound, const union address *route,
				   const union address *library)
{
	const union address *other = NULL;
	bool may_use_route = !bound->count;

	if (library->sa.sa_family && same_link(library, route))
		return library;
	for (size_t i = 0; i < bound->count; i++)
		may_use_route |= address_equal(&bound->list[i], route);
	if (may_use_route)
		return route;
	for (size_t i = 0; i < bound->count; i++) {
		const union address *one = &bound->list[i];

		if (one->sa.sa_family != route->sa.sa_family)
			continue;
		if (same_link(one, route))
			return one;
		if (!other && address_scope(one) >= address_scope(route))
			other = one;
	}
	if (library->sa.sa_family)
		return library;
	return other ? other : route;
}

/* Ancillary data with the source address, with room for either family. */
union control {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(struct in6_pktinfo))];
};

static void name_source(struct msghdr *message, union control *control, const union address *source)
{
	struct in_pktinfo v4 = { .ipi_spec_dst = source->v4.sin_addr };
	struct in6_pktinfo v6 = { .ipi6_addr = source->v6.sin6_addr,
				  .ipi6_ifindex = source->v6.sin6_scope_id };
	bool is_v6 = source->sa.sa_family == AF_INET6;
	struct cmsghdr *c = &control->align;

	*control = (union control){ 0 };
	message->msg_control = control;
	message->msg_controllen = is_v6 ? CMSG_SPACE(sizeof(v6)) : CMSG_SPACE(sizeof(v4));
	c->cmsg_level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
	c->cmsg_type = is_v6 ? IPV6_PKTINFO : IP_PKTINFO;
	c->cmsg_len = is_v6 ? CMSG_LEN(sizeof(v6)) : CMSG_LEN(sizeof(v4));
	memcpy(CMSG_DATA(c), is_v6 ? (void *)&v6 : (void *)&v4, is_v6 ? sizeof(v6) : sizeof(v4));
}

/* A packet of the library, which passes raw IPv4 with its IP header, and all others without. */
struct outgoing {
	union address to;
	bool with_header;
	uint8_t bytes[sizeof(struct iphdr) + SCTP_HEADER + 1];
	const uint8_t *sctp; /* in bytes: the SCTP header, and the type of the first chunk */
	uint16_t port;       /* of SCTP, here */
};

static bool look_at(const struct msghdr *message, struct outgoing *packet)
{
	size_t have = message_gather(message, packet->bytes, sizeof(packet->bytes)), at = 0;

	if (!address_from_sockaddr(&packet->to, message->msg_name))
		return false;
	packet->with_header = packet->to.sa.sa_family == AF_INET && address_port(&packet->to) == 0;
	if (packet->with_header)
		at = sizeof(struct iphdr);
	if (have < at + SCTP_HEADER + 1)
		return false;
	packet->sctp = packet->bytes + at;
	packet->port = (uint16_t)(packet->sctp[0] << 8 | packet->sctp[1]);
	return true;
}

/* With the lock held. False: there is no route. */
static bool set_source(struct msghdr *message, union control *control,
		       const struct outgoing *packet)
{
	const struct bound *bound = &sources.ports[packet->port];
	union address route = { 0 }, other, library = { 0 };
	const union address *asked =
		packet->with_header ? NULL : received_asked(packet->sctp, &packet->to);
	const union address *source, *to = &packet->to;

	if (packet->with_header) {
		library.v4.sin_family = AF_INET;
		memcpy(&library.v4.sin_addr, packet->bytes + offsetof(struct iphdr, saddr),
		       sizeof(library.v4.sin_addr));
	}
	if (asked && find_link(asked))
		source = asked;
	else if (ask_route(to, &route))
		source = choose(bound, &route, &library);
	else if (ask_from_each(bound, to, &other))
		source = &other;
	else
		return false;
	if (packet->with_header && message->msg_iov[0].iov_len >= sizeof(struct iphdr))
		memcpy((uint8_t *)message->msg_iov[0].iov_base + offsetof(struct iphdr, saddr),
		       &source->v4.sin_addr, sizeof(source->v4.sin_addr));
	/* Even if the header has it, because routes may depend on it. */
	if (!address_equal(source, &route))
		name_source(message, control, source);
	return true;
}

/* On any thread. */
ssize_t library_sendmsg(int fd, const struct msghdr *message, int flags)
{
	struct msghdr changed = *message;
	union control control;
	struct outgoing packet;
	bool routed = true;
	ssize_t sent;
	int error;

	/* In a shared library's program, others may call this; they pass no destination. */
	if (!message->msg_name || message->msg_controllen || !look_at(message, &packet))
		return kernel_sendmsg(fd, message, flags);
	pthread_mutex_lock(&sources.lock);
	if (sources.started)
		routed = set_source(&changed, &control, &packet);
	pthread_mutex_unlock(&sources.lock);
	if (!farewell_sends(fd, &changed, packet.sctp, packet.with_header ? packet.bytes : NULL)) {
		errno = ENETDOWN;
		return -1;
	}
	sent = udp_error_sendmsg(fd, &changed, flags);
	error = errno;
	farewell_sent();
	unsent_note(packet.port, &packet.to, packet.sctp[SCTP_HEADER], sent < 0 ? error : 0,
		    routed);
	errno = error;
	return sent;
}

/* SPDX-License-Identifier: MIT */
/*
 * usrsctp, FreeBSD's SCTP in user space. What the library is as a whole is in usrsctp_library.c,
 * the only other file that includes <usrsctp.h>.
 *
 * The library runs threads of its own: one for timers, one per socket it reads from. They call back
 * into ring() and into sendmsg() (usrsctp_source.c), and into nothing else. It does not block, has
 * no descriptor to poll, and reads no ICMP: an endpoint here has a bell and what usrsctp_attempt.c
 * has read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <usrsctp.h>

#include "base/loop.h"
#include "stack/handle.h"
#include "stack/usrsctp_attempt.h"
#include "stack/usrsctp_library.h"
#include "stack/usrsctp_source.h"
#include "base/util.h"

/* usrsctp's internal option behind usrsctp_connectx(), which has room for 2048 bytes only. */
#define CONNECT_X 0x00008007

/* RFC 9260 section 16, and what an association gets back once it is up. */
#define RTO_MIN_MS 1000
#define RTO_MAX_MS 60000

struct stack_endpoint {
	struct endpoint_base base;
	struct socket *socket;
	struct bell *bell;
	struct attempt_ports ports; /* sctp 0: not known yet */
	struct attempts attempts;
};

struct stack_assoc {
	struct assoc_base base;
	bool up;
	struct us_attempt *attempt;  /* NULL: none is pending, or it came from the peer */
	struct stack_path handshake; /* what its handshake measured */
};

static int set_option(struct socket *socket, int option, const void *value, socklen_t size)
{
	return usrsctp_setsockopt(socket, IPPROTO_SCTP, option, value, size) < 0 ? -errno : 0;
}

static int get_option(struct socket *socket, int option, void *value, socklen_t size)
{
	return usrsctp_getsockopt(socket, IPPROTO_SCTP, option, value, &size) < 0 ? -errno : 0;
}

static bool has_ended(const struct stack_assoc *assoc)
{
	struct sctp_status s = { .sstat_assoc_id = assoc->base.id };

	return assoc->base.ended ||
	       get_option(assoc->base.endpoint->socket, SCTP_STATUS, &s, sizeof(s)) < 0;
}

/* The same of a call about one association, of which the library may know nothing any more. */
static int refused(struct stack_assoc *assoc, const char *call, int rc)
{
	if (rc >= 0 || has_ended(assoc))
		return rc < 0 ? -ENOTCONN : rc;
	return handle_failed(assoc->base.endpoint, call, rc);
}

static void forget_attempt(struct stack_assoc *assoc)
{
	attempt_forget(assoc->attempt);
	assoc->attempt = NULL;
}

static void us_release(struct stack_assoc *assoc)
{
	forget_attempt(assoc);
	handle_free(assoc);
}

static const char *us_version(void)
{
	return "libusrsctp " USRSCTP_VERSION;
}

/* --- Endpoints -------------------------------------------------------------------------------- */

/* On a thread of the library, also when the socket was closed meanwhile. */
static void ring(struct socket *socket, void *bell, int wait)
{
	(void)socket;
	(void)wait;
	bell_ring(bell);
}

static void free_endpoint(struct stack_endpoint *endpoint)
{
	if (endpoint->socket)
		usrsctp_close(endpoint->socket);
	if (endpoint->bell)
		bell_give_back(endpoint->bell);
	attempts_free(&endpoint->attempts);
	endpoint_base_free(&endpoint->base);
	free(endpoint);
}

/* All of it but the socket. NULL and errno when it fails, and *call says of what. */
static struct stack_endpoint *new_endpoint(enum stack_style style, const char **call)
{
	struct stack_endpoint *endpoint = xcalloc(1, sizeof(*endpoint));

	endpoint_base_init(&endpoint->base, style);
	endpoint->ports.udp = *library_encaps();
	attempts_init(&endpoint->attempts);
	endpoint->bell = bell_take(call);
	if (!endpoint->bell) {
		int error = errno;

		free_endpoint(endpoint);
		errno = error;
		return NULL;
	}
	return endpoint;
}

/* The socket is the endpoint's from here on, also when it fails. */
static int take_socket(struct stack_endpoint *endpoint, struct socket *socket)
{
	endpoint->socket = socket;
	if (usrsctp_set_non_blocking(socket, 1) < 0 ||
	    usrsctp_set_upcall(socket, ring, endpoint->bell) < 0)
		return -errno;
	return 0;
}

static int subscribe(struct socket *socket)
{
	static const uint16_t types[] = { SCTP_ASSOC_CHANGE, SCTP_PEER_ADDR_CHANGE,
					  SCTP_REMOTE_ERROR, SCTP_SHUTDOWN_EVENT };
	int on = 1, rc = set_option(socket, SCTP_RECVRCVINFO, &on, sizeof(on));

	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(types); i++) {
		struct sctp_event event = {
			.se_assoc_id = SCTP_FUTURE_ASSOC,
			.se_type = types[i],
			.se_on = 1,
		};

		rc = set_option(socket, SCTP_EVENT, &event, sizeof(event));
	}
	return rc;
}

static int configure(struct socket *socket, const struct stack_config *config,
		     struct stack_fault *fault)
{
	struct sctp_initmsg init = {
		.sinit_num_ostreams = config->out_streams,
		.sinit_max_instreams = config->max_in_streams,
		.sinit_max_attempts = config->init_attempts,
		.sinit_max_init_timeo = (uint16_t)MIN(config->init_timeout_ms, UINT16_MAX),
	};
	/* Unlike the kernel it holds initial to [min, max], so these go along until it is up. */
	struct sctp_rtoinfo rto = {
		.srto_initial = config->rto_initial_ms,
		.srto_min = MIN(config->rto_initial_ms, RTO_MIN_MS),
		.srto_max = MAX(config->rto_initial_ms, RTO_MAX_MS),
	};
	struct sctp_udpencaps encaps = { .sue_port = htons(config->udp.remote) };
	int off = 0, rc;

	fault->call = "setsockopt(SCTP_EVENT)";
	rc = subscribe(socket);
	if (rc < 0)
		return rc;
	fault->call = "setsockopt(SCTP_INITMSG)";
	rc = set_option(socket, SCTP_INITMSG, &init, sizeof(init));
	if (rc < 0)
		return rc;
	if (rto.srto_initial) {
		fault->call = "setsockopt(SCTP_RTOINFO)";
		rc = set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
		if (rc < 0)
			return rc;
	}
	if (config->udp.remote) {
		encaps.sue_address.ss_family = config->ipv6 ? AF_INET6 : AF_INET;
		fault->call = "setsockopt(SCTP_REMOTE_UDP_ENCAPS_PORT)";
		rc = set_option(socket, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps, sizeof(encaps));
		if (rc < 0)
			return rc;
	}
	if (!config->ipv6)
		return 0;
	fault->call = "setsockopt(SCTP_I_WANT_MAPPED_V4_ADDR)";
	return set_option(socket, SCTP_I_WANT_MAPPED_V4_ADDR, &off, sizeof(off));
}

/* Lists belong to the library: copied, and given back. */
static int copy_addresses(int count, const struct sockaddr *packed, union address **list)
{
	const uint8_t *at = (const uint8_t *)packed;

	*list = xcalloc((size_t)MAX(count, 0), sizeof(**list));
	for (int i = 0; i < count; i++) {
		const struct sockaddr *one = (const struct sockaddr *)at;

		address_from_sockaddr(&(*list)[i], one);
		at += one->sa_family == AF_INET ? sizeof(struct sockaddr_in)
						: sizeof(struct sockaddr_in6);
	}
	return count;
}

static int local_addresses(struct socket *socket, uint32_t assoc, union address **list)
{
	struct sockaddr *packed = NULL;
	int count = usrsctp_getladdrs(socket, assoc, &packed);

	if (count < 0)
		return -errno;
	copy_addresses(count, packed, list);
	if (packed)
		usrsctp_freeladdrs(packed);
	/* The newest one stands first there. */
	for (int i = 0, j = count - 1; i < j; i++, j--) {
		union address first = (*list)[i];

		(*list)[i] = (*list)[j];
		(*list)[j] = first;
	}
	return count;
}

static int bind_each(struct socket *socket, const union address *list, size_t count,
		     struct stack_fault *fault)
{
	fault->call = "sctp_bindx";
	for (size_t i = 0; i < count; i++) {
		union address one = list[i];

		if (usrsctp_bindx(socket, &one.sa, 1, SCTP_BINDX_ADD_ADDR) < 0) {
			int error = errno;

			fault->address = list[i];
			return -error;
		}
	}
	return 0;
}

static int bind_all(struct socket *socket, const union address *list, size_t count,
		    struct stack_fault *fault)
{
	int rc = bind_each(socket, list, count, fault);
	union address *bound = NULL;

	if (rc < 0 || !count || address_is_wildcard(&list[0]))
		return rc;
	rc = local_addresses(socket, 0, &bound);
	if (rc > 0)
		source_bind(address_port(&bound[0]), bound, (size_t)rc);
	free(bound);
	return rc < 0 ? rc : 0;
}

/* None is a local address to it (sctputil.c sctp_is_address_in_scope()), so that none can be sent
 * to. */
static bool only_link_local(const union address *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (list[i].sa.sa_family != AF_INET6 ||
		    !IN6_IS_ADDR_LINKLOCAL(&list[i].v6.sin6_addr))
			return false;
	return count > 0;
}

static bool only_loopback(const union address *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (address_scope(&list[i]) != SCOPE_LOOPBACK)
			return false;
	return count > 0;
}

static int us_open(struct stack_endpoint **endpoint, const struct stack_config *config,
		   struct stack_fault *fault)
{
	int type = config->style == STACK_ONE_TO_ONE ? SOCK_STREAM : SOCK_SEQPACKET;
	struct socket *socket;
	int rc = library_available(&config->udp, fault);

	if (rc < 0)
		return rc;
	if (only_link_local(config->peers, config->peer_count) ||
	    only_link_local(config->local, config->local_count)) {
		message_set(&fault->hint, 0, "--stack kernel has them");
		return message_set(&fault->why, -EADDRNOTAVAIL,
				   "SCTP in user space has no link-local addresses");
	}
	fault->call = "socket";
	if (config->ipv6 && !library_has_ipv6())
		return -EAFNOSUPPORT;
	rc = library_start(&config->udp, fault);
	if (rc < 0)
		return rc;
	fault->call = "socket";
	socket = usrsctp_socket(config->ipv6 ? AF_INET6 : AF_INET, type, IPPROTO_SCTP, NULL, NULL,
				0, NULL);
	if (!socket)
		return -errno;
	rc = configure(socket, config, fault);
	if (rc == 0 && config->local_count)
		rc = bind_all(socket, config->local, config->local_count, fault);
	if (rc < 0) {
		usrsctp_close(socket);
		return rc;
	}
	*endpoint = new_endpoint(config->style, &fault->call);
	if (!*endpoint) {
		rc = -errno;
		usrsctp_close(socket);
		return rc;
	}
	rc = take_socket(*endpoint, socket);
	if (rc < 0)
		free_endpoint(*endpoint);
	return rc;
}

static int us_listen(struct stack_endpoint *endpoint, int backlog)
{
	if (usrsctp_listen(endpoint->socket, backlog) < 0)
		return handle_failed(endpoint, "listen", -errno);
	endpoint->base.listening = true;
	return 0;
}

/*
 * The bell is silenced only when nothing was there, and then there may be something: so whoever
 * stops asking before that finds it ringing.
 */
static struct socket *accept_socket(struct stack_endpoint *endpoint, union address *from)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t size = sizeof(peer);
	struct socket *socket = usrsctp_accept(endpoint->socket, (struct sockaddr *)&peer, &size);

	if (!socket && errno == EWOULDBLOCK) {
		bell_silence(endpoint->bell);
		size = sizeof(peer);
		socket = usrsctp_accept(endpoint->socket, (struct sockaddr *)&peer, &size);
		if (socket)
			bell_ring(endpoint->bell);
	}
	if (socket && !address_from_sockaddr(from, (struct sockaddr *)&peer))
		*from = (union address){ 0 };
	return socket;
}

static int us_accept(struct stack_endpoint *endpoint, struct stack_endpoint **accepted,
		     struct stack_assoc **assoc, union address *from)
{
	struct socket *socket;
	const char *call;
	int rc;

	/* First, for an association that was accepted cannot be put back. */
	*accepted = new_endpoint(STACK_ONE_TO_ONE, &call);
	if (!*accepted)
		return handle_failed(endpoint, call, -errno);
	socket = accept_socket(endpoint, from);
	if (!socket) {
		rc = errno == EWOULDBLOCK ? -EAGAIN : handle_failed(endpoint, "accept", -errno);
		free_endpoint(*accepted);
		return rc;
	}
	rc = take_socket(*accepted, socket);
	if (rc < 0) {
		free_endpoint(*accepted);
		return handle_failed(endpoint, "accept", rc);
	}
	*assoc = handle_new(*accepted, sizeof(**assoc), 0);
	bell_ring((*accepted)->bell); /* for what came before there was an upcall */
	return 0;
}

static int us_bound_addresses(struct stack_endpoint *endpoint, union address **list)
{
	int count = local_addresses(endpoint->socket, 0, list);

	return count < 0 ? handle_failed(endpoint, "sctp_getladdrs", count) : count;
}

static int us_local_addresses(struct stack_assoc *assoc, union address **list)
{
	return refused(assoc, "sctp_getladdrs",
		       local_addresses(assoc->base.endpoint->socket, assoc->base.id, list));
}

static void us_ports(const struct stack_endpoint *endpoint, uint16_t *sctp, uint16_t *udp)
{
	if (endpoint->ports.sctp)
		*sctp = endpoint->ports.sctp;
	if (endpoint->ports.udp.local)
		*udp = endpoint->ports.udp.local;
}

static struct pollfd us_pollfd(const struct stack_endpoint *endpoint)
{
	return (struct pollfd){ .fd = bell_descriptor(endpoint->bell), .events = POLLIN };
}

/* --- Connecting ------------------------------------------------------------------------------- */

static uint16_t local_port(struct stack_endpoint *endpoint, uint32_t assoc)
{
	union address *local = NULL;
	uint16_t port = 0;

	if (local_addresses(endpoint->socket, assoc, &local) > 0)
		port = address_port(&local[0]);
	free(local);
	return port;
}

static size_t packed_size(const union address *list, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += address_length(&list[i]);
	return size;
}

/* The library would try to send from an address of loopback, and stay silent. */
static bool cannot_leave(struct stack_endpoint *endpoint, const union address *peers, size_t count)
{
	union address *local = NULL;
	int local_count = local_addresses(endpoint->socket, 0, &local);
	bool bound = local_count > 0 && only_loopback(local, (size_t)local_count);

	free(local);
	return bound && !only_loopback(peers, count);
}

static int us_connect(struct stack_endpoint *endpoint, const union address *peers, size_t count,
		      bool blocking, struct stack_assoc **assoc)
{
	size_t size = packed_size(peers, count);
	uint32_t value = (uint32_t)count;
	int64_t begun_us = loop_now_us();
	uint8_t *request;
	void *packed;
	int rc;

	(void)blocking; /* it never blocks: the outcome comes as an event */
	if (cannot_leave(endpoint, peers, count))
		return handle_failed(
			endpoint, "sctp_connectx",
			-ENETUNREACH); /* as net/sctp/bind_addr.c sctp_bind_addr_copy() */
	packed = address_pack(peers, count);
	request = xcalloc(1, sizeof(uint32_t) + size);
	attempts_watch(&endpoint->attempts, endpoint->bell, peers, count);
	/* The count, then the addresses; the id of the association comes back in its place. */
	memcpy(request, &value, sizeof(value));
	memcpy(request + sizeof(value), packed, size);
	rc = set_option(endpoint->socket, CONNECT_X, request, (socklen_t)(sizeof(value) + size));
	memcpy(&value, request, sizeof(value));
	free(packed);
	free(request);
	if (rc < 0)
		return handle_failed(endpoint, "sctp_connectx", rc);
	*assoc = handle_new(endpoint, sizeof(**assoc), value);
	(*assoc)->attempt = attempts_add(&endpoint->attempts, *assoc, begun_us, peers, count);
	endpoint->ports.sctp = local_port(endpoint, value);
	return 0;
}

static int us_soft_error(struct stack_assoc *assoc)
{
	int error = 0;

	attempts_read_icmp(&assoc->base.endpoint->attempts, &assoc->base.endpoint->ports);
	if (assoc->attempt) {
		error = assoc->attempt->soft_error;
		assoc->attempt->soft_error = 0;
	}
	return error;
}

/* --- What is known of an association ---------------------------------------------------------- */

static enum stack_assoc_state assoc_state(int32_t state)
{
	switch (state) {
	case SCTP_COOKIE_WAIT:
		return ASSOC_COOKIE_WAIT;
	case SCTP_COOKIE_ECHOED:
		return ASSOC_COOKIE_ECHOED;
	case SCTP_ESTABLISHED:
		return ASSOC_ESTABLISHED;
	case SCTP_SHUTDOWN_PENDING:
		return ASSOC_SHUTDOWN_PENDING;
	case SCTP_SHUTDOWN_SENT:
		return ASSOC_SHUTDOWN_SENT;
	case SCTP_SHUTDOWN_RECEIVED:
		return ASSOC_SHUTDOWN_RECEIVED;
	case SCTP_SHUTDOWN_ACK_SENT:
		return ASSOC_SHUTDOWN_ACK_SENT;
	default:
		return ASSOC_CLOSED;
	}
}

static enum stack_assoc_state us_pending_state(struct stack_assoc *assoc)
{
	struct sctp_status s = { .sstat_assoc_id = assoc->base.id };

	if (get_option(assoc->base.endpoint->socket, SCTP_STATUS, &s, sizeof(s)) < 0)
		return ASSOC_CLOSED;
	return assoc_state(s.sstat_state);
}

static int64_t us_checksum_errors(void)
{
	struct sctpstat stat;

	usrsctp_get_stat(&stat);
	return stat.sctps_badsum;
}

static enum stack_path_state path_state(int32_t state)
{
	if (state & SCTP_UNCONFIRMED)
		return PATH_UNCONFIRMED;
	if (state & SCTP_ACTIVE)
		return PATH_ACTIVE;
	return state & SCTP_INACTIVE ? PATH_INACTIVE : PATH_UNKNOWN;
}

/* I-DATA is not among them: the library offers it only where a program asks for it. */
static unsigned extensions(struct stack_assoc *assoc)
{
	static const struct {
		int option;
		enum stack_extension bit;
	} list[] = {
		{ SCTP_PR_SUPPORTED, EXTENSION_PR_SCTP },
		{ SCTP_AUTH_SUPPORTED, EXTENSION_AUTH },
		{ SCTP_ASCONF_SUPPORTED, EXTENSION_ASCONF },
		{ SCTP_RECONFIG_SUPPORTED, EXTENSION_RE_CONFIG },
		{ SCTP_ECN_SUPPORTED, EXTENSION_ECN },
	};
	unsigned found = 0;

	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		struct sctp_assoc_value value = { .assoc_id = assoc->base.id };

		if (get_option(assoc->base.endpoint->socket, list[i].option, &value,
			       sizeof(value)) == 0 &&
		    value.assoc_value)
			found |= list[i].bit;
	}
	return found;
}

static int us_status(struct stack_assoc *assoc, struct stack_status *status)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_status s = { .sstat_assoc_id = assoc->base.id };
	struct sctp_rtoinfo rto = { .srto_assoc_id = assoc->base.id };
	struct sctp_assocparams params = { .sasoc_assoc_id = assoc->base.id };
	int rc = get_option(socket, SCTP_STATUS, &s, sizeof(s));

	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_STATUS)", rc);
	rc = get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	rc = get_option(socket, SCTP_ASSOCINFO, &params, sizeof(params));
	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_ASSOCINFO)", rc);
	*status = (struct stack_status){
		.rto_min_ms = rto.srto_min,
		.max_retrans = params.sasoc_asocmaxrxt,
		.id = assoc->base.id,
		.state = assoc_state(s.sstat_state),
		.out_streams = s.sstat_outstrms,
		.in_streams = s.sstat_instrms,
		.peer_rwnd = s.sstat_rwnd,
		.extensions = extensions(assoc),
	};
	return 0;
}

/* The library tells what is left of it for chunks. */
static uint32_t path_mtu(const struct stack_endpoint *endpoint, const union address *peer,
			 uint32_t room)
{
	uint32_t ip = peer->sa.sa_family == AF_INET6 ? 40 : 20;
	uint32_t udp = encapsulated(&endpoint->ports.udp) ? 8 : 0;

	return room ? room + ip + udp + (uint32_t)sizeof(struct sctp_common_header) : 0;
}

static int us_path(struct stack_assoc *assoc, const union address *peer, struct stack_path *path)
{
	struct stack_endpoint *endpoint = assoc->base.endpoint;
	struct sctp_paddrinfo info = { .spinfo_assoc_id = assoc->base.id };
	int rc;

	memcpy(&info.spinfo_address, peer, sizeof(*peer));
	rc = get_option(endpoint->socket, SCTP_GET_PEER_ADDR_INFO, &info, sizeof(info));
	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_GET_PEER_ADDR_INFO)", rc);
	*path = (struct stack_path){
		.address = *peer,
		.state = path_state(info.spinfo_state),
		.srtt_us = (int64_t)info.spinfo_srtt * USEC_PER_MSEC,
		.rto_ms = info.spinfo_rto,
		.cwnd = info.spinfo_cwnd,
		.mtu = path_mtu(endpoint, peer, info.spinfo_mtu),
	};
	if (path->srtt_us == assoc->handshake.srtt_us &&
	    address_equal(peer, &assoc->handshake.address))
		path->srtt_us = 0;
	return 0;
}

static int us_paths(struct stack_assoc *assoc, struct stack_path **list)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_status status = { .sstat_assoc_id = assoc->base.id };
	struct sockaddr *packed = NULL;
	union address *addresses, primary;
	bool has_primary;
	int count = usrsctp_getpaddrs(socket, assoc->base.id, &packed);

	if (count < 0)
		return refused(assoc, "sctp_getpaddrs", -errno);
	copy_addresses(count, packed, &addresses);
	if (packed)
		usrsctp_freepaddrs(packed);
	has_primary =
		get_option(socket, SCTP_STATUS, &status, sizeof(status)) == 0 &&
		address_from_sockaddr(
			&primary, (const struct sockaddr *)&status.sstat_primary.spinfo_address);
	*list = xcalloc((size_t)count, sizeof(**list));
	for (int i = 0; i < count; i++) {
		struct stack_path *path = &(*list)[i];

		path->address = addresses[i];
		us_path(assoc, &addresses[i], path);
		path->primary = has_primary && address_equal(&primary, &addresses[i]);
	}
	free(addresses);
	return count;
}

/*
 * The library counts the handshake as a round trip, from the first INIT on: after a dead first
 * address that is the time it was waited for, and no measurement of any path (RFC 9260 6.3.1, C4).
 */
static void remember_handshake(struct stack_assoc *assoc)
{
	struct stack_path *list = NULL;
	int count;

	assoc->handshake = (struct stack_path){ 0 };
	count = us_paths(assoc, &list);
	for (int i = 0; i < count; i++)
		if (list[i].srtt_us)
			assoc->handshake = list[i];
	free(list);
}

static int us_set_primary(struct stack_assoc *assoc, const union address *peer)
{
	struct sctp_setprim prim = { .ssp_assoc_id = assoc->base.id };

	memcpy(&prim.ssp_addr, peer, sizeof(*peer));
	return refused(
		assoc, "setsockopt(SCTP_PRIMARY_ADDR)",
		set_option(assoc->base.endpoint->socket, SCTP_PRIMARY_ADDR, &prim, sizeof(prim)));
}

static int us_heartbeat(struct stack_assoc *assoc, const union address *peer)
{
	struct sctp_paddrparams params = {
		.spp_assoc_id = assoc->base.id,
		.spp_flags = SPP_HB_DEMAND,
	};

	memcpy(&params.spp_address, peer, sizeof(*peer));
	return refused(assoc, "setsockopt(SCTP_PEER_ADDR_PARAMS)",
		       set_option(assoc->base.endpoint->socket, SCTP_PEER_ADDR_PARAMS, &params,
				  sizeof(params)));
}

static int us_set_rto_min(struct stack_assoc *assoc, uint32_t ms)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_rtoinfo rto = { .srto_assoc_id = assoc->base.id };
	int rc = get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));

	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	rto.srto_assoc_id = assoc->base.id;
	rto.srto_min = ms;
	rto.srto_initial = MAX(rto.srto_initial, ms); /* it insists */
	return refused(assoc, "setsockopt(SCTP_RTOINFO)",
		       set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto)));
}

/* --- Events ----------------------------------------------------------------------------------- */

/* What configure() lowered for the INIT is not for the time after it. */
static void restore_rto(struct stack_assoc *assoc)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_rtoinfo rto = { .srto_assoc_id = assoc->base.id };

	if (get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto)) < 0)
		return;
	rto.srto_assoc_id = assoc->base.id;
	rto.srto_initial = MAX(rto.srto_initial, RTO_MIN_MS);
	rto.srto_min = RTO_MIN_MS;
	set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
}

/* sac_info is an ABORT chunk of the peer, with its header of 4 bytes (RFC 6458 section 6.1.1). */
static void abort_cause(struct bytes info, struct cause *cause)
{
	if (bytes_skip(&info, 4))
		cause_parse(info, cause);
}

/* Could the INIT retransmissions of this attempt be used up by now? */
static bool may_have_given_up(const struct stack_assoc *assoc)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_initmsg init = { 0 };
	struct sctp_rtoinfo rto = { 0 };

	if (!assoc->attempt || get_option(socket, SCTP_INITMSG, &init, sizeof(init)) < 0 ||
	    get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto)) < 0)
		return true;
	return loop_now_us() - assoc->attempt->begun_us >=
	       stack_attempts_us(assoc->attempt->count, init.sinit_max_attempts, rto.srto_initial,
				 init.sinit_max_init_timeo);
}

/* Has this end aborted, of its own? A one-to-one socket has an error that tells. */
static bool is_own_abort(const struct stack_assoc *assoc, const struct sctp_assoc_change *change)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (assoc->base.endpoint->base.style == STACK_ONE_TO_ONE)
		usrsctp_getsockopt(assoc->base.endpoint->socket, SOL_SOCKET, SO_ERROR, &error,
				   &size);
	return change->sac_error || error == ECONNABORTED;
}

/*
 * Which errno: the peer's ABORT comes along whole. Without it the attempts are used up, or this end
 * has aborted for a reason of its own.
 */
static int failed_error(const struct stack_assoc *assoc, const struct sctp_assoc_change *change,
			bool info)
{
	if (assoc->base.aborting)
		return ECONNABORTED;
	if (info)
		return ECONNREFUSED;
	return is_own_abort(assoc, change) || !may_have_given_up(assoc) ? ECONNABORTED : ETIMEDOUT;
}

/* The same of an association that was up, and of retransmissions. */
static int lost_error(const struct stack_assoc *assoc, const struct sctp_assoc_change *change,
		      bool info)
{
	if (assoc->base.aborting)
		return ECONNABORTED;
	if (info)
		return ECONNRESET;
	return is_own_abort(assoc, change) ? ECONNABORTED : ETIMEDOUT;
}

/* Whose event it is. NULL: of one that was released, or has ended for us before. */
static struct stack_assoc *assoc_of(struct stack_endpoint *endpoint, uint32_t id, bool came_up)
{
	struct stack_assoc *assoc = handle_find(endpoint, id);

	if (!assoc && came_up && endpoint->base.listening)
		assoc = handle_new(endpoint, sizeof(*assoc), id);
	return assoc && !assoc->base.ended ? assoc : NULL;
}

static void end(struct stack_assoc *assoc)
{
	forget_attempt(assoc);
	handle_end(assoc);
}

static void come_up(struct stack_assoc *assoc)
{
	assoc->up = true;
	forget_attempt(assoc);
	restore_rto(assoc);
	remember_handshake(assoc);
}

/* info: sac_info, what follows change. */
static bool assoc_change(struct stack_endpoint *endpoint, const struct sctp_assoc_change *change,
			 struct bytes info, struct stack_event *event)
{
	event->assoc = assoc_of(endpoint, change->sac_assoc_id, change->sac_state == SCTP_COMM_UP);
	if (!event->assoc)
		return false;
	switch (change->sac_state) {
	case SCTP_COMM_UP:
		event->type = EVENT_UP;
		come_up(event->assoc);
		return true;
	case SCTP_RESTART:
		event->type = EVENT_RESTART;
		return true;
	case SCTP_CANT_STR_ASSOC:
		event->type = EVENT_FAILED;
		event->error = failed_error(event->assoc, change, info.left > 0);
		event->aborted = info.left > 0;
		abort_cause(info, &event->cause);
		end(event->assoc);
		return true;
	case SCTP_COMM_LOST:
		event->type = EVENT_LOST;
		event->error = lost_error(event->assoc, change, info.left > 0);
		abort_cause(info, &event->cause);
		if (!event->cause.code)
			event->cause.code = change->sac_error;
		end(event->assoc);
		return true;
	case SCTP_SHUTDOWN_COMP:
		event->type = EVENT_CLOSED;
		end(event->assoc);
		return true;
	default:
		return false;
	}
}

static bool path_change(struct stack_endpoint *endpoint, const struct sctp_paddr_change *change,
			struct stack_event *event)
{
	if (!address_from_sockaddr(&event->address, (const struct sockaddr *)&change->spc_aaddr))
		return false;
	event->type = EVENT_PATH;
	event->assoc = assoc_of(endpoint, change->spc_assoc_id, false);
	/* Another thread of the library may have news of a path before it is up. */
	if (!event->assoc || (!event->assoc->up && !event->assoc->attempt))
		return false;
	switch (change->spc_state) {
	case SCTP_ADDR_AVAILABLE:
	case SCTP_ADDR_CONFIRMED:
		event->path_state = PATH_ACTIVE;
		return true;
	case SCTP_ADDR_UNREACHABLE:
		event->path_state = PATH_INACTIVE;
		return true;
	default:
		return false;
	}
}

/* False: nothing that the seam has a word for. */
static bool notification(struct stack_endpoint *endpoint, struct bytes piece,
			 struct stack_event *event)
{
	union sctp_notification copy = { 0 };
	const union sctp_notification *n = &copy;

	/* A copy, because the bytes are not aligned, and may be cut short of a long ABORT chunk. */
	memcpy(&copy, piece.at, MIN(piece.left, sizeof(copy)));
	switch (n->sn_header.sn_type) {
	case SCTP_ASSOC_CHANGE:
		bytes_skip(&piece, MIN(piece.left, sizeof(n->sn_assoc_change)));
		return assoc_change(endpoint, &n->sn_assoc_change, piece, event);
	case SCTP_PEER_ADDR_CHANGE:
		return path_change(endpoint, &n->sn_paddr_change, event);
	case SCTP_SHUTDOWN_EVENT:
		event->type = EVENT_SHUTDOWN;
		event->assoc = assoc_of(endpoint, n->sn_shutdown_event.sse_assoc_id, false);
		return event->assoc;
	default:
		return false;
	}
}

/* True when *event is one to report. */
static bool take_piece(struct stack_endpoint *endpoint, size_t got, int flags,
		       const struct sctp_rcvinfo *info, struct stack_event *event)
{
	bool end = flags & MSG_EOR;
	struct bytes piece;

	if (flags & MSG_NOTIFICATION)
		return receive_notification(&endpoint->base.receive, got, end, &piece) &&
		       notification(endpoint, piece, event);
	event->assoc = assoc_of(endpoint, info->rcv_assoc_id, false);
	event->stream = info->rcv_sid;
	event->ppid = info->rcv_ppid;
	event->unordered = info->rcv_flags & SCTP_UNORDERED;
	return receive_data(&endpoint->base.receive, got, end, info->rcv_assoc_id, event) &&
	       event->assoc;
}

static int send_message(struct stack_assoc *assoc, struct sctp_sndinfo *info, const void *bytes,
			size_t length)
{
	if (usrsctp_sendv(assoc->base.endpoint->socket, bytes, length, NULL, 0, info, sizeof(*info),
			  SCTP_SENDV_SNDINFO, 0) >= 0)
		return 0;
	return errno == EWOULDBLOCK ? -EAGAIN : refused(assoc, "sctp_sendv", -errno);
}

static int send_abort(struct stack_assoc *assoc)
{
	struct sctp_sndinfo info = { .snd_assoc_id = assoc->base.id, .snd_flags = SCTP_ABORT };

	if (assoc->base.endpoint->base.style != STACK_ONE_TO_MANY)
		return -EOPNOTSUPP;
	return send_message(assoc, &info, NULL, 0);
}

/* True when *event is one to report; false: the library has nothing more now. */
static bool receive(struct stack_endpoint *endpoint, struct stack_event *event)
{
	for (;;) {
		struct sctp_rcvinfo info = { 0 };
		socklen_t info_size = sizeof(info);
		unsigned info_type = 0;
		int flags = 0;
		ssize_t got;
		struct iovec room = receive_room(&endpoint->base.receive);

		got = usrsctp_recvv(endpoint->socket, room.iov_base, room.iov_len, NULL, NULL,
				    &info, &info_size, &info_type, &flags);
		*event = (struct stack_event){ .type = EVENT_NONE };
		if (got <= 0) /* an error is an outcome that a notification has told already */
			return false;
		if (take_piece(endpoint, (size_t)got, flags, &info, event))
			return true;
	}
}

/* The library does not know that ICMP has ended it, and would go on. */
static bool take_ended(struct stack_endpoint *endpoint, struct stack_event *event)
{
	struct us_attempt *attempt;

	attempts_read_icmp(&endpoint->attempts, &endpoint->ports);
	attempt = attempts_ended(&endpoint->attempts);
	if (!attempt)
		return false;
	*event = (struct stack_event){
		.type = EVENT_FAILED,
		.assoc = attempt->assoc,
		.error = attempt->final_error,
	};
	send_abort(event->assoc);
	end(event->assoc);
	return true;
}

/* The bell is silenced as in accept_socket(). */
static int us_next_event(struct stack_endpoint *endpoint, struct stack_event *event)
{
	if (receive(endpoint, event))
		return 1;
	bell_silence(endpoint->bell);
	if (!receive(endpoint, event) && !take_ended(endpoint, event))
		return 0;
	bell_ring(endpoint->bell);
	return 1;
}

/* --- Sending and ending ----------------------------------------------------------------------- */

static int us_send(struct stack_assoc *assoc, const void *bytes, size_t length, uint16_t stream,
		   uint32_t ppid, bool unordered)
{
	struct sctp_sndinfo info = {
		.snd_assoc_id = assoc->base.id,
		.snd_sid = stream,
		.snd_ppid = ppid,
		.snd_flags = unordered ? SCTP_UNORDERED : 0,
	};
	struct bell *bell = assoc->base.endpoint->bell;
	int rc = send_message(assoc, &info, bytes, length);

	if (rc != -EAGAIN)
		return rc;
	/* When there is room after that, it rings again. */
	bell_silence(bell);
	rc = send_message(assoc, &info, bytes, length);
	if (rc != -EAGAIN)
		bell_ring(bell);
	return rc;
}

static int us_shutdown(struct stack_assoc *assoc)
{
	struct sctp_sndinfo info = { .snd_assoc_id = assoc->base.id, .snd_flags = SCTP_EOF };

	if (assoc->base.endpoint->base.style == STACK_ONE_TO_MANY)
		return send_message(assoc, &info, NULL, 0);
	if (usrsctp_shutdown(assoc->base.endpoint->socket, SHUT_WR) < 0)
		return refused(assoc, "shutdown", -errno);
	return 0;
}

static int us_abort(struct stack_assoc *assoc)
{
	int rc = send_abort(assoc);

	if (rc == 0)
		assoc->base.aborting = true;
	return rc;
}

static void us_close(struct stack_endpoint *endpoint, bool abort)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct stack_event event;

	if (abort)
		usrsctp_setsockopt(endpoint->socket, SOL_SOCKET, SO_LINGER, &at_once,
				   sizeof(at_once));
	else
		while (us_next_event(endpoint, &event))
			; /* closing with something unread would be an ABORT */
	free_endpoint(endpoint);
}

const struct stack stack_usrsctp = {
	.name = "usrsctp",
	.description = "FreeBSD's SCTP in user space",
	.version = us_version,
	.available = library_available,
	.open = us_open,
	.listen = us_listen,
	.accept = us_accept,
	.connect = us_connect,
	.ports = us_ports,
	.bound_addresses = us_bound_addresses,
	.pollfd = us_pollfd,
	.room_event = POLLIN,
	.next_event = us_next_event,
	.fault = handle_fault,
	.checksum_errors = us_checksum_errors,
	.id = handle_id,
	.endpoint = handle_endpoint,
	.soft_error = us_soft_error,
	.pending_state = us_pending_state,
	.status = us_status,
	.paths = us_paths,
	.path = us_path,
	.local_addresses = us_local_addresses,
	.set_primary = us_set_primary,
	.heartbeat = us_heartbeat,
	.set_rto_min = us_set_rto_min,
	.send = us_send,
	.shutdown = us_shutdown,
	.abort = us_abort,
	.release = us_release,
	.close = us_close,
	.finish = library_finish,
};

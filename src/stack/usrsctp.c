/* SPDX-License-Identifier: MIT */
/*
 * usrsctp, FreeBSD's SCTP in user space. usrsctp_library.c is about the library as a whole. The
 * library runs its own threads: one for timers, and one for each socket that it reads from. They
 * call only ring(), and what usrsctp_source.c and usrsctp_gate.c have in place of functions of
 * libc. The library does not block, has no descriptor to poll, and reads no ICMP. So an endpoint
 * has a bell, and usrsctp_attempt.c reads ICMP.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/loop.h"
#include "base/util.h"
#include "stack/receiver.h"
#include "stack/usrsctp_bind.h"
#include "stack/usrsctp_gate.h"
#include "stack/usrsctp_parts.h"
#include "stack/usrsctp_port.h"
#include "stack/usrsctp_tries.h"

/* usrsctp's internal option for usrsctp_connectx(), which has room for 2048 bytes only. */
#define CONNECT_X 0x00008007

static void us_release(struct stack_assoc *assoc)
{
	if (assoc->attempt && assoc->base.aborting)
		us_abandon(assoc);
	us_forget_attempt(assoc);
	handle_free(assoc);
}

static const char *us_version(void)
{
	return "libusrsctp " USRSCTP_VERSION;
}

/* Runs on a thread of the library, not after gate_close(). */
static void ring(struct socket *socket, void *bell, int wait)
{
	(void)socket;
	(void)wait;
	bell_ring(bell);
}

static void free_endpoint(struct stack_endpoint *endpoint)
{
	if (endpoint->socket)
		gate_close(endpoint->socket);
	if (endpoint->bell)
		bell_give_back(endpoint->bell);
	port_release(endpoint->claim);
	attempts_free(&endpoint->attempts);
	endpoint_base_free(&endpoint->base);
	free(endpoint);
}

/* Makes everything but the socket. NULL and errno on failure, and *call names the call. */
static struct stack_endpoint *new_endpoint(enum stack_style style, struct stack_budget *budget,
					   const char **call)
{
	struct stack_endpoint *endpoint = xcalloc(1, sizeof(*endpoint));

	endpoint_base_init(&endpoint->base, style, budget);
	endpoint->rto_min_ms = RTO_MIN_MS;
	endpoint->pf_max_retrans = -1;
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

/* From here on the endpoint owns the socket, also on failure. */
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
					  SCTP_REMOTE_ERROR, SCTP_SHUTDOWN_EVENT,
					  SCTP_SENDER_DRY_EVENT };
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
	struct sctp_udpencaps encaps = { .sue_port = htons(config->udp.remote) };
	int off = 0, on = 1, rc;

	fault->call = "setsockopt(SCTP_EVENT)";
	rc = subscribe(socket);
	if (rc < 0)
		return rc;
	fault->call = "setsockopt(SCTP_INITMSG)";
	rc = set_option(socket, SCTP_INITMSG, &init, sizeof(init));
	if (rc < 0)
		return rc;
	rc = us_set_parameters(socket, config, fault);
	if (rc < 0)
		return rc;
	if (config->udp.remote) {
		encaps.sue_address.ss_family = config->ipv6 ? AF_INET6 : AF_INET;
		fault->call = "setsockopt(SCTP_REMOTE_UDP_ENCAPS_PORT)";
		rc = set_option(socket, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps, sizeof(encaps));
		if (rc < 0)
			return rc;
	}
	if (config->shared) {
		fault->call = "setsockopt(SCTP_FRAGMENT_INTERLEAVE)";
		rc = set_option(socket, SCTP_FRAGMENT_INTERLEAVE, &on, sizeof(on));
		if (rc < 0)
			return rc;
	}
	if (!config->ipv6)
		return 0;
	fault->call = "setsockopt(SCTP_I_WANT_MAPPED_V4_ADDR)";
	return set_option(socket, SCTP_I_WANT_MAPPED_V4_ADDR, &off, sizeof(off));
}

/*
 * The library does not count them as local addresses (sctputil.c sctp_is_address_in_scope()), so it
 * cannot send to them.
 */
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

static bool binds_addresses(const struct stack_config *config)
{
	for (size_t i = 0; i < config->local_count; i++)
		if (address_is_wildcard(&config->local[i]))
			return false;
	return config->local_count > 0;
}

static int bind_socket(struct socket *socket, const struct stack_config *config,
		       const union address *chosen, size_t chosen_count, struct port_claim **claim,
		       struct stack_fault *fault)
{
	union address any = { .sa.sa_family = config->ipv6 ? AF_INET6 : AF_INET };

	if (config->local_count)
		return bind_addresses(socket, config->local, config->local_count, claim, fault);
	if (chosen_count)
		return bind_addresses(socket, chosen, chosen_count, claim, fault);
	return bind_addresses(socket, &any, 1, claim, fault);
}

static void remember(struct stack_endpoint *endpoint, const struct stack_config *config,
		     uint32_t rto_initial_ms)
{
	if (parameter_is_known(&config->parameters, PARAMETER_RTO_MIN))
		endpoint->rto_min_ms = config->parameters.value[PARAMETER_RTO_MIN];
	if (parameter_is_known(&config->parameters, PARAMETER_PF_MAX_RETRANS))
		endpoint->pf_max_retrans = (int)config->parameters.value[PARAMETER_PF_MAX_RETRANS];
	endpoint->rto_initial_ms = rto_initial_ms;
	endpoint->base.receive.shared = config->shared;
}

static int us_open(struct stack_endpoint **endpoint, const struct stack_config *config,
		   struct stack_fault *fault)
{
	int type = config->style == STACK_ONE_TO_ONE ? SOCK_STREAM : SOCK_SEQPACKET;
	struct sctp_rtoinfo rto = { 0 };
	union address chosen[BIND_CHOSEN_MAX];
	const size_t chosen_count = bind_choose(config, chosen);
	const bool bound = chosen_count || binds_addresses(config);
	struct port_claim *claim = NULL;
	struct socket *socket;
	int rc = library_available(&config->udp, fault);

	if (rc < 0)
		return rc;
	if (only_link_local(config->peers, config->peer_count) ||
	    only_link_local(config->local, config->local_count)) {
		fault->lack = LACKS_LINK_LOCAL;
		return -EADDRNOTAVAIL;
	}
	if (config->ipv6 && !try_ipv6()) {
		fault->lack = LACKS_IPV6;
		return -EAFNOSUPPORT;
	}
	rc = library_start(&config->udp, bound, fault);
	if (rc < 0)
		return rc;
	fault->call = "socket";
	socket = usrsctp_socket(config->ipv6 ? AF_INET6 : AF_INET, type, IPPROTO_SCTP, NULL, NULL,
				0, NULL);
	if (!socket)
		return -errno;
	rc = configure(socket, config, fault);
	if (rc == 0)
		rc = get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
	if (rc == 0)
		rc = bind_socket(socket, config, chosen, chosen_count, &claim, fault);
	if (rc < 0) {
		gate_close(socket);
		port_release(claim);
		return rc;
	}
	*fault = (struct stack_fault){ .call = NULL };
	*endpoint = new_endpoint(config->style, config->budget, &fault->call);
	if (!*endpoint) {
		rc = -errno;
		gate_close(socket);
		port_release(claim);
		return rc;
	}
	(*endpoint)->claim = claim;
	(*endpoint)->bound = bound;
	remember(*endpoint, config, rto.srto_initial);
	fault->call = "usrsctp_set_upcall";
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
 * The bell is silenced only if there was no event, and then it looks once more. So a caller that
 * stops asking earlier finds the bell ringing.
 */
static struct socket *accept_socket(struct stack_endpoint *endpoint, union address *from)
{
	struct sockaddr_storage peer = { 0 };
	socklen_t size = sizeof(peer);
	struct socket *socket = gate_accept(endpoint->socket, (struct sockaddr *)&peer, &size);

	if (!socket && errno == EWOULDBLOCK) {
		int rc = bell_silence(endpoint->bell);

		if (rc < 0) {
			errno = -rc;
			return NULL;
		}
		size = sizeof(peer);
		socket = gate_accept(endpoint->socket, (struct sockaddr *)&peer, &size);
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

	if (receiver_error())
		return handle_failed(endpoint, "recvmsg", -receiver_error());
	/* First, because an accepted association cannot be put back. */
	*accepted = new_endpoint(STACK_ONE_TO_ONE, endpoint->base.receive.budget, &call);
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
	(*accepted)->rto_min_ms = endpoint->rto_min_ms;
	(*accepted)->rto_initial_ms = endpoint->rto_initial_ms;
	(*accepted)->pf_max_retrans = endpoint->pf_max_retrans;
	*assoc = handle_new(*accepted, sizeof(**assoc), 0);
	bell_ring((*accepted)->bell); /* for events that came before the upcall was set */
	return 0;
}

static int us_ports(const struct stack_endpoint *endpoint, uint16_t *sctp, uint16_t *udp,
		    const char **call)
{
	(void)call;
	if (endpoint->ports.sctp)
		*sctp = endpoint->ports.sctp;
	if (endpoint->ports.udp.local)
		*udp = endpoint->ports.udp.local;
	return 0;
}

static struct pollfd us_pollfd(const struct stack_endpoint *endpoint)
{
	return (struct pollfd){ .fd = bell_descriptor(endpoint->bell), .events = POLLIN };
}

static size_t packed_size(const union address *list, size_t count)
{
	size_t size = 0;

	for (size_t i = 0; i < count; i++)
		size += address_length(&list[i]);
	return size;
}

/* The library would try to send from a loopback address, and stay silent. */
static bool cannot_leave(struct stack_endpoint *endpoint, const union address *peers, size_t count)
{
	union address *local = NULL;
	int local_count = endpoint->bound ? us_addresses(endpoint->socket, 0, &local) : 0;
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
	const char *call;
	uint8_t *request;
	void *packed;
	int rc;

	(void)blocking; /* it never blocks: the outcome comes as an event */
	if (cannot_leave(endpoint, peers, count))
		/* like net/sctp/bind_addr.c sctp_bind_addr_copy() */
		return handle_connect_failed(endpoint, -ENETUNREACH);
	rc = attempts_watch(&endpoint->attempts, endpoint->bell, peers, count, &call);
	if (rc < 0)
		return handle_failed(endpoint, call, rc);
	packed = address_pack(peers, count);
	request = xcalloc(1, sizeof(uint32_t) + size);
	/* The count, then the addresses. The library writes the association id over the count. */
	memcpy(request, &value, sizeof(value));
	memcpy(request + sizeof(value), packed, size);
	rc = set_option(endpoint->socket, CONNECT_X, request, (socklen_t)(sizeof(value) + size));
	memcpy(&value, request, sizeof(value));
	free(packed);
	free(request);
	if (rc < 0)
		return handle_connect_failed(endpoint, rc);
	*assoc = handle_new(endpoint, sizeof(**assoc), value);
	(*assoc)->attempt = attempts_add(&endpoint->attempts, *assoc, begun_us, peers, count);
	endpoint->ports.sctp = us_local_port(endpoint, value);
	return 0;
}

static void us_close(struct stack_endpoint *endpoint, bool abort)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct stack_event event;

	if (abort)
		usrsctp_setsockopt(endpoint->socket, SOL_SOCKET, SO_LINGER, &at_once,
				   sizeof(at_once));
	else
		/* A close with unread data would be an ABORT. */
		while (us_next_event(endpoint, &event) && event.type != EVENT_FAULT)
			;
	free_endpoint(endpoint);
}

const struct stack stack_usrsctp = {
	.name = "usrsctp",
	.description = "FreeBSD's SCTP in user space",
	.version = us_version,
	.no_link_local = true,
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
	.set_owner = handle_set_owner,
	.owner = handle_owner,
	.soft_error = us_soft_error,
	.send_error = us_send_error,
	.pending_state = us_pending_state,
	.status = us_status,
	.extensions = us_extensions,
	.paths = us_paths,
	.path = us_path,
	.local_addresses = us_local_addresses,
	.set_primary = us_set_primary,
	.heartbeat = us_heartbeat,
	.no_heartbeats = us_no_heartbeats,
	.set_rto = us_set_rto,
	.parameters = us_parameters,
	.send = us_send,
	.send_buffer = us_send_buffer,
	.incomplete = handle_incomplete,
	.make_room = us_make_room,
	.shutdown = us_shutdown,
	.abort = us_abort,
	.release = us_release,
	.close = us_close,
	.finish = library_finish,
};

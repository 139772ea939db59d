/* SPDX-License-Identifier: MIT */
/* Linux kernel SCTP through libsctp. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/broker.h"
#include "base/loop.h"
#include "base/util.h"
#include "stack/kernel_parts.h"

#define SHARED_BUFFER (2 << 20)

static const char *kernel_version(void)
{
	return "libsctp " LIBSCTP_VERSION;
}

static int kernel_available(const struct stack_encaps *udp, struct stack_fault *fault)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);

	(void)udp; /* open() reports what the host lacks, because it can be set there */
	*fault = (struct stack_fault){ .call = "socket" };
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	/* Any other error is not about SCTP. open() will meet and report it. */
	if (errno != EPROTONOSUPPORT && errno != ESOCKTNOSUPPORT)
		return 0;
	fault->lack = LACKS_SCTP;
	return -errno;
}

/* Report IPv4 addresses as IPv4, and accept them whatever net.ipv6.bindv6only is. */
static int configure_ipv6(int fd, struct stack_fault *fault)
{
	int off = 0, rc;

	fault->call = "setsockopt(SCTP_I_WANT_MAPPED_V4_ADDR)";
	rc = set_option(fd, SCTP_I_WANT_MAPPED_V4_ADDR, &off, sizeof(off));
	if (rc < 0)
		return rc;
	fault->call = "setsockopt(IPV6_V6ONLY)";
	return setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0 ? -errno : 0;
}

/*
 * The kernel drops packets of all associations while their unread events fill the receive buffer.
 * And without the other option, the message of one association that goes on and on keeps back the
 * events of the others (net/sctp/ulpqueue.c sctp_ulpq_tail_event()).
 */
static int configure_shared(int fd, struct stack_fault *fault)
{
	int on = 1;

	(void)broker_set_buffer(fd, SO_RCVBUF, SHARED_BUFFER);
	fault->call = "setsockopt(SCTP_FRAGMENT_INTERLEAVE)";
	return set_option(fd, SCTP_FRAGMENT_INTERLEAVE, &on, sizeof(on));
}

static int configure(int fd, const struct stack_config *config, struct stack_fault *fault)
{
	struct sctp_initmsg init = {
		.sinit_num_ostreams = config->out_streams,
		.sinit_max_instreams = config->max_in_streams,
		.sinit_max_attempts = config->init_attempts,
		.sinit_max_init_timeo = config->init_timeout_ms,
	};
	struct sctp_rtoinfo rto = { .srto_initial = config->rto_initial_ms };
	struct sctp_event_subscribe events = {
		.sctp_data_io_event = 1,
		.sctp_association_event = 1,
		.sctp_address_event = 1,
		.sctp_peer_error_event = 1,
		.sctp_shutdown_event = 1,
		.sctp_sender_dry_event = 1,
	};
	int on = 1, rc;

	fault->call = "setsockopt(SCTP_EVENTS)";
	rc = set_option(fd, SCTP_EVENTS, &events, sizeof(events));
	if (rc < 0)
		return rc;
	if (init.sinit_num_ostreams || init.sinit_max_instreams || init.sinit_max_attempts ||
	    init.sinit_max_init_timeo) {
		fault->call = "setsockopt(SCTP_INITMSG)";
		rc = set_option(fd, SCTP_INITMSG, &init, sizeof(init));
		if (rc < 0)
			return rc;
	}
	if (rto.srto_initial) {
		/* The kernel does not clamp initial to [min, max]: 100 ms works if min is 1 s. */
		fault->call = "setsockopt(SCTP_RTOINFO)";
		rc = set_option(fd, SCTP_RTOINFO, &rto, sizeof(rto));
		if (rc < 0)
			return rc;
	}
	rc = kernel_set_parameters(fd, &config->parameters, fault);
	if (rc < 0)
		return rc;
	if (config->ipv6)
		rc = configure_ipv6(fd, fault);
	if (rc == 0 && config->shared)
		rc = configure_shared(fd, fault);
	if (rc < 0)
		return rc;
	if (config->listening) {
		/*
		 * A restarted listener need not wait for closing associations of the previous one.
		 */
		fault->call = "setsockopt(SO_REUSEADDR)";
		if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0)
			return -errno;
	}
	return 0;
}

static int open_socket(const struct stack_config *config)
{
	int type = config->style == STACK_ONE_TO_ONE ? SOCK_STREAM : SOCK_SEQPACKET;
	int fd = socket(config->ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK,
			IPPROTO_SCTP);

	return fd < 0 ? -errno : fd;
}

/*
 * sctp_bindx() does not say on which address it failed, so each address is bound alone, on its own
 * socket. *culprit stays unchanged if each can be bound.
 */
static void find_culprit(const struct stack_config *config, union address *culprit)
{
	for (size_t i = 0; i < config->local_count; i++) {
		const union address *local = &config->local[i];
		int fd = open_socket(config);
		bool bound;

		if (fd < 0)
			return;
		bound = bind(fd, &local->sa, address_length(local)) == 0;
		close(fd);
		if (!bound) {
			*culprit = *local;
			return;
		}
	}
}

static int bind_all(int fd, const struct stack_config *config, struct stack_fault *fault)
{
	void *packed = address_pack(config->local, config->local_count);
	int rc = 0;

	fault->call = "sctp_bindx";
	fault->binds = true;
	if (sctp_bindx(fd, packed, (int)config->local_count, SCTP_BINDX_ADD_ADDR) < 0)
		rc = -errno;
	free(packed);
	return rc;
}

static struct stack_endpoint *new_endpoint(int fd, enum stack_style style,
					   struct stack_budget *budget)
{
	struct stack_endpoint *endpoint = xcalloc(1, sizeof(*endpoint));

	endpoint_base_init(&endpoint->base, style, budget);
	endpoint->fd = fd;
	return endpoint;
}

static int kernel_open(struct stack_endpoint **endpoint, const struct stack_config *config,
		       struct stack_fault *fault)
{
	int fd, rc;

	*fault = (struct stack_fault){ .call = "socket" };
	if (encapsulated(&config->udp)) {
		rc = kernel_check_encaps(&config->udp, fault);
		if (rc < 0)
			return rc;
		fault->call = "socket";
	}
	fd = open_socket(config);
	if (config->ipv6 && error_forbids(-fd))
		fault->lack = LACKS_IPV6;
	if (fd < 0)
		return fd;
	rc = configure(fd, config, fault);
	if (rc == 0)
		rc = kernel_set_encaps(fd, config, fault);
	if (rc == 0 && config->local_count)
		rc = bind_all(fd, config, fault);
	if (rc < 0) {
		/*
		 * Before close, because the addresses before the culprit stay bound while it is
		 * open.
		 */
		close(fd);
		if (fault->binds)
			find_culprit(config, &fault->address);
		return rc;
	}
	*endpoint = new_endpoint(fd, config->style, config->budget);
	(*endpoint)->base.receive.shared = config->shared;
	return 0;
}

static int kernel_listen(struct stack_endpoint *endpoint, int backlog)
{
	if (listen(endpoint->fd, backlog) < 0)
		return handle_failed(endpoint, "listen", -errno);
	endpoint->base.listening = true;
	return 0;
}

static int kernel_accept(struct stack_endpoint *endpoint, struct stack_endpoint **accepted,
			 struct stack_assoc **assoc, union address *from)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);
	int fd = accept4(endpoint->fd, (struct sockaddr *)&peer, &size,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return handle_failed(endpoint, "accept", -errno);
	if (!address_from_sockaddr(from, (struct sockaddr *)&peer))
		*from = (union address){ 0 };
	*accepted = new_endpoint(fd, STACK_ONE_TO_ONE, endpoint->base.receive.budget);
	*assoc = handle_new(*accepted, sizeof(**assoc), 0);
	return 0;
}

/* An interrupted call does not return the id, but the kernel tells it by a peer address. */
static sctp_assoc_t id_by_address(const struct stack_endpoint *endpoint, const union address *peer)
{
	struct sctp_paddrinfo info = { 0 };

	kernel_put_address(&info.spinfo_address, peer);
	return get_option(endpoint->fd, SCTP_GET_PEER_ADDR_INFO, &info, sizeof(info)) < 0
		       ? 0
		       : info.spinfo_assoc_id;
}

static int kernel_connect(struct stack_endpoint *endpoint, const union address *peers, size_t count,
			  bool blocking, struct stack_assoc **assoc)
{
	void *packed;
	sctp_assoc_t id = 0;
	int64_t begun_us = loop_now_us();
	int64_t discards = endpoint->base.receive.shared ? kernel_discards() : -1;
	int error = 0;

	if (blocking && fcntl(endpoint->fd, F_SETFL, 0) < 0)
		return handle_failed(endpoint, "fcntl(F_SETFL)", -errno);
	packed = address_pack(peers, count);
	/*
	 * libsctp up to 1.0.21 looks at errno even when its call succeeded: left over as
	 * ENOPROTOOPT it makes the call fail with EISCONN (connectx.c, the fallback for old
	 * kernels).
	 */
	errno = 0;
	if (sctp_connectx(endpoint->fd, packed, (int)count, &id) < 0)
		error = errno;
	free(packed);

	switch (error) {
	case EINTR:    /* interrupted; the attempt goes on */
	case EALREADY: /* after a stop (^Z) the call was restarted; the attempt goes on */
		if (!id)
			id = id_by_address(endpoint, &peers[0]);
		break;
	case 0:
	case EINPROGRESS:
	case ECONNREFUSED: /* outcomes of an attempt (net/sctp/socket.c sctp_wait_for_connect) */
	case ETIMEDOUT:
		break;
	default:
		return handle_connect_failed(endpoint, -error);
	}
	*assoc = handle_new(endpoint, sizeof(**assoc), (uint32_t)id);
	(*assoc)->connect_us = begun_us;
	(*assoc)->discards_before = discards;
	(*assoc)->address_count = count;
	if (error == ECONNREFUSED || error == ETIMEDOUT)
		(*assoc)->connect_error = error;
	return 0;
}

static int kernel_ports(const struct stack_endpoint *endpoint, uint16_t *sctp, uint16_t *udp,
			const char **call)
{
	union address local = { 0 };
	socklen_t size = sizeof(local);
	long udp_port = *udp ? kernel_udp_port(call) : 0;

	if (udp_port > 0)
		*udp = (uint16_t)udp_port;
	*call = "getsockname";
	if (getsockname(endpoint->fd, &local.sa, &size) < 0)
		return -errno;
	*sctp = address_port(&local);
	return 0;
}

static struct pollfd kernel_pollfd(const struct stack_endpoint *endpoint)
{
	return (struct pollfd){ .fd = endpoint->fd, .events = POLLIN };
}

/* libsctp's sctp_sendmsg() cannot name an association, so the ancillary data is made here. */
static int send_message(struct stack_assoc *assoc, const struct sctp_sndrcvinfo *info,
			const void *bytes, size_t length)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(*info))];
	} control = { 0 };
	struct iovec iov = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = length };
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = length ? 1 : 0,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	ssize_t sent;

	c->cmsg_level = IPPROTO_SCTP;
	c->cmsg_type = SCTP_SNDRCV;
	c->cmsg_len = CMSG_LEN(sizeof(*info));
	memcpy(CMSG_DATA(c), info, sizeof(*info));
	do {
		sent = sendmsg(assoc->base.endpoint->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent >= 0)
		return 0;
	if (errno == EPIPE || errno == ESHUTDOWN || errno == ECONNRESET)
		return -ENOTCONN;
	return errno == EAGAIN ? -EAGAIN : kernel_refused(assoc, "sendmsg", -errno);
}

static int kernel_send(struct stack_assoc *assoc, const void *bytes, size_t length, uint16_t stream,
		       uint32_t ppid, bool unordered)
{
	struct sctp_sndrcvinfo info = {
		.sinfo_assoc_id = (sctp_assoc_t)assoc->base.id,
		.sinfo_stream = stream,
		.sinfo_ppid = ppid,
		.sinfo_flags = unordered ? SCTP_UNORDERED : 0,
	};

	return send_message(assoc, &info, bytes, length);
}

static uint32_t kernel_send_buffer(const struct stack_assoc *assoc)
{
	socklen_t size = sizeof(int);
	int bytes = 0;

	getsockopt(assoc->base.endpoint->fd, SOL_SOCKET, SO_SNDBUF, &bytes, &size);
	return bytes > 0 ? (uint32_t)bytes : 0;
}

static int kernel_make_room(struct stack_assoc *assoc, size_t length)
{
	int fd = assoc->base.endpoint->fd, size = 0, rc;
	socklen_t size_length = sizeof(size);

	rc = broker_set_buffer(fd, SO_SNDBUF, (int)(length / 2 + 1));
	if (rc < 0)
		return handle_failed(assoc->base.endpoint, "setsockopt(SO_SNDBUF)", rc);
	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, &size_length) < 0)
		return handle_failed(assoc->base.endpoint, "getsockopt(SO_SNDBUF)", -errno);
	return (size_t)size < length ? -EMSGSIZE : 0;
}

static int kernel_shutdown(struct stack_assoc *assoc)
{
	struct sctp_sndrcvinfo info = {
		.sinfo_assoc_id = (sctp_assoc_t)assoc->base.id,
		.sinfo_flags = SCTP_EOF,
	};

	if (assoc->base.ended)
		return -ENOTCONN;
	if (assoc->base.endpoint->base.style == STACK_ONE_TO_MANY)
		return send_message(assoc, &info, NULL, 0);
	if (shutdown(assoc->base.endpoint->fd, SHUT_WR) < 0)
		return kernel_refused(assoc, "shutdown", -errno);
	return 0;
}

static int kernel_abort(struct stack_assoc *assoc, const char *text)
{
	struct sctp_sndrcvinfo info = {
		.sinfo_assoc_id = (sctp_assoc_t)assoc->base.id,
		.sinfo_flags = SCTP_ABORT,
	};
	int rc;

	/* net/sctp/socket.c sctp_sendmsg_parse() says EINVAL. */
	if (assoc->base.endpoint->base.style != STACK_ONE_TO_MANY)
		return -EOPNOTSUPP;
	if (assoc->base.ended)
		return -ENOTCONN;
	rc = send_message(assoc, &info, text, text ? strlen(text) : 0);
	if (rc == 0)
		assoc->base.aborting = true;
	return rc;
}

static void kernel_close(struct stack_endpoint *endpoint, bool abort)
{
	/*
	 * Without it, close() sends nothing in COOKIE_WAIT. In COOKIE_ECHOED it leaves the peer
	 * with an association that does not exist at this end.
	 */
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	if (abort)
		setsockopt(endpoint->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	close(endpoint->fd);
	endpoint_base_free(&endpoint->base);
	free(endpoint);
}

const struct stack stack_kernel = {
	.name = "kernel",
	.in_kernel = true,
	.description = "the Linux kernel's SCTP",
	.version = kernel_version,
	.shares = true,
	.asks_all = true,
	.available = kernel_available,
	.open = kernel_open,
	.listen = kernel_listen,
	.accept = kernel_accept,
	.connect = kernel_connect,
	.ports = kernel_ports,
	.bound_addresses = kernel_bound_addresses,
	.pollfd = kernel_pollfd,
	.room_event = POLLOUT,
	.next_event = kernel_next_event,
	.fault = handle_fault,
	.checksum_errors = kernel_checksum_errors,
	.id = handle_id,
	.endpoint = handle_endpoint,
	.set_owner = handle_set_owner,
	.owner = handle_owner,
	.soft_error = kernel_soft_error,
	.send_error = kernel_send_error,
	.pending_state = kernel_pending_state,
	.received = kernel_received,
	.status = kernel_status,
	.extensions = kernel_extensions,
	.paths = kernel_paths,
	.path = kernel_path,
	.local_addresses = kernel_local_addresses,
	.set_primary = kernel_set_primary,
	.heartbeat = kernel_heartbeat,
	.no_heartbeats = kernel_no_heartbeats,
	.set_rto = kernel_set_rto,
	.parameters = kernel_parameters,
	.send = kernel_send,
	.send_buffer = kernel_send_buffer,
	.incomplete = handle_incomplete,
	.make_room = kernel_make_room,
	.shutdown = kernel_shutdown,
	.abort = kernel_abort,
	.release = handle_free,
	.close = kernel_close,
};

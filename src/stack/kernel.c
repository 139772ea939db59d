/* SPDX-License-Identifier: MIT */
/* Linux kernel SCTP through libsctp: the only file that includes <netinet/sctp.h>. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/sctp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/loop.h"
#include "stack/handle.h"
#include "base/util.h"

struct stack_endpoint {
	struct endpoint_base base;
	int fd;
};

struct stack_assoc {
	struct assoc_base base;
	int64_t connect_us;   /* when connect() was called; 0: it came from the peer */
	size_t address_count; /* that it was called with */
	int connect_error;    /* what a blocking connect returned; positive, or 0 */
	int outcome;      /* the newest SO_ERROR that can end an attempt; reading clears it there */
	bool unreachable; /* a path has become inactive */
};

/* What linux/sctp.h has and libsctp's header lacks (RFC 6951 section 6.1). */
#ifndef SCTP_REMOTE_UDP_ENCAPS_PORT
#define SCTP_REMOTE_UDP_ENCAPS_PORT 36
struct sctp_udpencaps {
	sctp_assoc_t sue_assoc_id;
	struct sockaddr_storage sue_address;
	uint16_t sue_port; /* network byte order */
};
#endif
/* IANA's sctp-tunneling. */
#define ENCAPS_PORT 9899

static int set_option(int fd, int option, const void *value, socklen_t size)
{
	return setsockopt(fd, IPPROTO_SCTP, option, value, size) < 0 ? -errno : 0;
}

static int get_option(int fd, int option, void *value, socklen_t size)
{
	return getsockopt(fd, IPPROTO_SCTP, option, value, &size) < 0 ? -errno : 0;
}

static bool has_ended(const struct stack_assoc *assoc)
{
	struct sctp_status status = { .sstat_assoc_id = (sctp_assoc_t)assoc->base.id };

	return assoc->base.ended || get_option(assoc->base.endpoint->fd, SCTP_STATUS, &status,
					       sizeof(status)) == -EINVAL;
}

/*
 * The same of a call about one association: the kernel knows nothing of one that has ended, and
 * says EINVAL, or of a socket that was its own, that it is not connected.
 */
static int refused(struct stack_assoc *assoc, const char *call, int rc)
{
	bool gone = rc == -EINVAL || rc == -ENOTCONN || rc == -EPIPE || rc == -ESHUTDOWN ||
		    rc == -ECONNRESET;

	if (rc >= 0 || (gone && has_ended(assoc)))
		return rc < 0 ? -ENOTCONN : rc;
	return handle_failed(assoc->base.endpoint, call, rc);
}

static const char *kernel_version(void)
{
	return "libsctp " LIBSCTP_VERSION;
}

static int kernel_available(const struct stack_encaps *udp, struct stack_fault *fault)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);

	(void)udp; /* what the host lacks for it is said by open(): it can be set there */
	*fault = (struct stack_fault){ .call = "socket" };
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	/* Any other error is not about SCTP, and open() will meet and report it. */
	if (errno != EPROTONOSUPPORT && errno != ESOCKTNOSUPPORT)
		return 0;
	return message_set(&fault->why, -errno, "this host's kernel has no SCTP");
}

/* What net.sctp.udp_port is set to; 0: off, negative: this kernel cannot do it. */
static long udp_port_sysctl(void)
{
	FILE *file = fopen("/proc/sys/net/sctp/udp_port", "re");
	long port = -1;

	if (!file)
		return -1;
	if (fscanf(file, "%ld", &port) != 1)
		port = -1;
	fclose(file);
	return port;
}

/*
 * The kernel listens for encapsulated packets on one UDP port for all of the network namespace, and
 * a socket takes it over when it is made: without it an association silently goes native.
 */
static int check_encaps(const struct stack_encaps *udp, struct stack_fault *fault)
{
	long port = udp_port_sysctl();

	fault->call = "net.sctp.udp_port";
	if (port < 0) {
		message_set(&fault->hint, 0, "Linux can since 5.11; --stack usrsctp can on any");
		return message_set(&fault->why, -EOPNOTSUPP,
				   "this kernel's SCTP has no UDP encapsulation");
	}
	if (port && (!udp->local || port == udp->local))
		return 0;
	message_set(&fault->hint, 0, "as root: sysctl net.sctp.udp_port=%u",
		    udp->local ? udp->local : ENCAPS_PORT);
	if (!port)
		return message_set(&fault->why, -EOPNOTSUPP,
				   "net.sctp.udp_port is 0: this host's kernel takes no "
				   "UDP-encapsulated SCTP");
	return message_set(
		&fault->why, -EADDRNOTAVAIL,
		"net.sctp.udp_port is %ld: this host's kernel takes UDP-encapsulated SCTP "
		"on that port alone, not on %u",
		port, udp->local);
}

static int set_encaps(int fd, const struct stack_config *config, struct stack_fault *fault)
{
	struct sctp_udpencaps encaps = { .sue_port = htons(config->udp.remote) };

	if (!config->udp.remote)
		return 0;
	/* For every association to come: no id, no address. */
	encaps.sue_address.ss_family = config->ipv6 ? AF_INET6 : AF_INET;
	fault->call = "setsockopt(SCTP_REMOTE_UDP_ENCAPS_PORT)";
	return set_option(fd, SCTP_REMOTE_UDP_ENCAPS_PORT, &encaps, sizeof(encaps));
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
	};
	int on = 1, off = 0, rc;

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
		/* The kernel does not hold initial to [min, max]: 100 ms works where min is 1 s. */
		fault->call = "setsockopt(SCTP_RTOINFO)";
		rc = set_option(fd, SCTP_RTOINFO, &rto, sizeof(rto));
		if (rc < 0)
			return rc;
	}
	if (config->ipv6) {
		/* Report IPv4 addresses as such, and carry them whatever net.ipv6.bindv6only is. */
		fault->call = "setsockopt(SCTP_I_WANT_MAPPED_V4_ADDR)";
		rc = set_option(fd, SCTP_I_WANT_MAPPED_V4_ADDR, &off, sizeof(off));
		if (rc < 0)
			return rc;
		fault->call = "setsockopt(IPV6_V6ONLY)";
		if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) < 0)
			return -errno;
	}
	if (config->listening) {
		/* A restarted listener need not wait for the last one's closing associations. */
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
 * sctp_bindx() does not say which address it failed on: bind each alone on a socket of its own.
 * Leaves *culprit as it is when all can be bound so.
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
	if (sctp_bindx(fd, packed, (int)config->local_count, SCTP_BINDX_ADD_ADDR) < 0)
		rc = -errno;
	free(packed);
	return rc;
}

static struct stack_endpoint *new_endpoint(int fd, enum stack_style style)
{
	struct stack_endpoint *endpoint = xcalloc(1, sizeof(*endpoint));

	endpoint_base_init(&endpoint->base, style);
	endpoint->fd = fd;
	return endpoint;
}

static int kernel_open(struct stack_endpoint **endpoint, const struct stack_config *config,
		       struct stack_fault *fault)
{
	int fd, rc;

	*fault = (struct stack_fault){ .call = "socket" };
	if (config->udp.local || config->udp.remote) {
		rc = check_encaps(&config->udp, fault);
		if (rc < 0)
			return rc;
		fault->call = "socket";
	}
	fd = open_socket(config);
	if (fd < 0)
		return fd;
	rc = configure(fd, config, fault);
	if (rc == 0)
		rc = set_encaps(fd, config, fault);
	if (rc == 0 && config->local_count)
		rc = bind_all(fd, config, fault);
	if (rc < 0) {
		/* First: the addresses before the culprit stay bound as long as it is open. */
		close(fd);
		if (!strcmp(fault->call, "sctp_bindx"))
			find_culprit(config, &fault->address);
		return rc;
	}
	*endpoint = new_endpoint(fd, config->style);
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
	*accepted = new_endpoint(fd, STACK_ONE_TO_ONE);
	*assoc = handle_new(*accepted, sizeof(**assoc), 0);
	return 0;
}

/* A learned link-local address comes without its zone, and any zone will do to name it. */
static void put_address(void *to, const union address *peer)
{
	union address address = *peer;

	if (address.sa.sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&address.v6.sin6_addr) &&
	    !address.v6.sin6_scope_id)
		address.v6.sin6_scope_id = 1;
	memcpy(to, &address, sizeof(address));
}

/* An interrupted call does not tell the id, but by a peer's address it can be asked for. */
static sctp_assoc_t id_by_address(const struct stack_endpoint *endpoint, const union address *peer)
{
	struct sctp_paddrinfo info = { 0 };

	put_address(&info.spinfo_address, peer);
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
	case EALREADY: /* stopped and continued: the call was restarted, the attempt goes on */
		if (!id)
			id = id_by_address(endpoint, &peers[0]);
		break;
	case 0:
	case EINPROGRESS:
	case ECONNREFUSED: /* outcomes of an attempt (net/sctp/socket.c sctp_wait_for_connect) */
	case ETIMEDOUT:
		break;
	default:
		return handle_failed(endpoint, "sctp_connectx", -error);
	}
	*assoc = handle_new(endpoint, sizeof(**assoc), (uint32_t)id);
	(*assoc)->connect_us = begun_us;
	(*assoc)->address_count = count;
	if (error == ECONNREFUSED || error == ETIMEDOUT)
		(*assoc)->connect_error = error;
	return 0;
}

static void kernel_ports(const struct stack_endpoint *endpoint, uint16_t *sctp, uint16_t *udp)
{
	union address local = { 0 };
	socklen_t size = sizeof(local);
	long udp_port = *udp ? udp_port_sysctl() : 0;

	if (getsockname(endpoint->fd, &local.sa, &size) == 0)
		*sctp = address_port(&local);
	if (udp_port > 0)
		*udp = (uint16_t)udp_port;
}

static struct pollfd kernel_pollfd(const struct stack_endpoint *endpoint)
{
	return (struct pollfd){ .fd = endpoint->fd, .events = POLLIN };
}

/* SO_ERROR and recvmsg() speak of the socket: they are about an association that is its only one.
 */
static struct stack_assoc *only_one(const struct stack_endpoint *endpoint)
{
	return endpoint->base.assocs.count == 1 ? endpoint->base.assocs.entries[0].assoc : NULL;
}

static void remember_so_error(struct stack_endpoint *endpoint, int error)
{
	struct stack_assoc *assoc = only_one(endpoint);

	if (assoc && (error == ETIMEDOUT || error == ECONNREFUSED || error == ENOPROTOOPT))
		assoc->outcome = error;
}

/* A positive errno, 0, or -errno: it could not be read. */
static int read_so_error(struct stack_endpoint *endpoint)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (getsockopt(endpoint->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return handle_failed(endpoint, "getsockopt(SO_ERROR)", -errno);
	remember_so_error(endpoint, error);
	return error;
}

/* Could the INIT retransmissions of this attempt be used up by now? 1, 0 or -errno. */
static int may_have_given_up(const struct stack_assoc *assoc)
{
	struct stack_endpoint *endpoint = assoc->base.endpoint;
	struct sctp_initmsg init = { 0 };
	struct sctp_rtoinfo rto = { 0 };
	int rc = get_option(endpoint->fd, SCTP_INITMSG, &init, sizeof(init));

	if (rc < 0)
		return handle_failed(endpoint, "getsockopt(SCTP_INITMSG)", rc);
	rc = get_option(endpoint->fd, SCTP_RTOINFO, &rto, sizeof(rto));
	if (rc < 0)
		return handle_failed(endpoint, "getsockopt(SCTP_RTOINFO)", rc);
	return loop_now_us() - assoc->connect_us >=
	       stack_attempts_us(assoc->address_count, init.sinit_max_attempts, rto.srto_initial,
				 init.sinit_max_init_timeo);
}

/*
 * SCTP_CANT_STR_ASSOC says that there is no association, not why: sac_error is that of an ABORT, or
 * 0. SO_ERROR says why on a one-to-one socket, and nothing on a one-to-many one. A positive errno,
 * or negative: what tells it could not be read.
 */
static int failure_error(struct stack_assoc *assoc)
{
	int rc;

	if (assoc->base.aborting)
		return ECONNABORTED;
	rc = read_so_error(assoc->base.endpoint);
	if (rc < 0)
		return rc;
	if (assoc->outcome == ENOPROTOOPT)
		return ENOPROTOOPT;
	if (assoc->connect_error)
		return assoc->connect_error;
	if (assoc->base.endpoint->base.style == STACK_ONE_TO_ONE && assoc->outcome)
		return assoc->outcome;
	rc = may_have_given_up(assoc);
	if (rc < 0)
		return rc;
	return rc ? ETIMEDOUT : ECONNREFUSED;
}

/*
 * The causes of an ABORT. RFC 6458 has the whole chunk there; Linux leaves its header out
 * (net/sctp/ulpevent.c sctp_ulpevent_make_assoc_change), or has nothing but the first code, in
 * network byte order (sctp_sf_do_9_1_abort passes it as it came).
 */
static void abort_cause(const struct sctp_assoc_change *change, struct bytes info,
			struct cause *cause)
{
	cause_parse(info, cause);
	if (!cause->code)
		cause->code = ntohs(change->sac_error);
}

static enum stack_path_state path_state(unsigned state)
{
	switch (state) {
	case SCTP_ACTIVE:
		return PATH_ACTIVE;
	case SCTP_INACTIVE:
		return PATH_INACTIVE;
	case SCTP_PF:
		return PATH_POTENTIALLY_FAILED;
	case SCTP_UNCONFIRMED:
		return PATH_UNCONFIRMED;
	default:
		return PATH_UNKNOWN;
	}
}

/*
 * Who has ended an association that was up. The peer's ABORT comes with its causes in info; a cause
 * without is this end's own (net/sctp/sm_statefuns.c sctp_sf_abort_violation). Without either it
 * was an ABORT that gave none, or silence: SO_ERROR tells on a one-to-one socket. On a one-to-many
 * one it does not, but a silent peer loses its paths first.
 */
static int lost_error(struct stack_assoc *assoc, const struct sctp_assoc_change *change, bool info)
{
	int error;

	if (assoc->base.aborting)
		return ECONNABORTED;
	if (info)
		return ECONNRESET;
	if (change->sac_error)
		return ECONNABORTED;
	if (assoc->base.endpoint->base.style == STACK_ONE_TO_ONE) {
		error = read_so_error(assoc->base.endpoint);
		if (error < 0 || error == ECONNRESET || error == ETIMEDOUT)
			return error;
	}
	return assoc->unreachable ? ETIMEDOUT : ECONNRESET;
}

/* Whose event it is. NULL: of one that was released. */
static struct stack_assoc *assoc_of(struct stack_endpoint *endpoint, sctp_assoc_t id, bool came_up)
{
	struct stack_assoc *assoc = handle_find(endpoint, (uint32_t)id);

	if (!assoc && came_up && endpoint->base.listening)
		assoc = handle_new(endpoint, sizeof(*assoc), (uint32_t)id);
	return assoc;
}

/* It has ended, and why: error is negative where that could not be found out. */
static void end(struct stack_event *event, enum stack_event_type type, int error)
{
	handle_end(event->assoc);
	event->type = error < 0 ? EVENT_FAULT : type;
	event->error = abs(error);
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
		return true;
	case SCTP_RESTART:
		event->type = EVENT_RESTART;
		return true;
	case SCTP_CANT_STR_ASSOC:
		abort_cause(change, info, &event->cause);
		end(event, EVENT_FAILED, failure_error(event->assoc));
		return true;
	case SCTP_COMM_LOST:
		abort_cause(change, info, &event->cause);
		end(event, EVENT_LOST, lost_error(event->assoc, change, info.left > 0));
		return true;
	case SCTP_SHUTDOWN_COMP:
		end(event, EVENT_CLOSED, 0);
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
	if (!event->assoc)
		return false;
	switch (change->spc_state) {
	case SCTP_ADDR_AVAILABLE:
	case SCTP_ADDR_CONFIRMED:
		event->path_state = PATH_ACTIVE;
		return true;
	case SCTP_ADDR_UNREACHABLE:
		event->assoc->unreachable = true;
		event->path_state = PATH_INACTIVE;
		return true;
	case SCTP_ADDR_PF:
		event->path_state = PATH_POTENTIALLY_FAILED;
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

/* Returns the id of the association. */
static sctp_assoc_t message_info(struct msghdr *msg, struct stack_event *event)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		const struct sctp_sndrcvinfo *info = (const void *)CMSG_DATA(c);

		if (c->cmsg_level != IPPROTO_SCTP || c->cmsg_type != SCTP_SNDRCV)
			continue;
		event->stream = info->sinfo_stream;
		event->ppid = info->sinfo_ppid;
		event->unordered = info->sinfo_flags & SCTP_UNORDERED;
		return info->sinfo_assoc_id;
	}
	return 0;
}

/* True when *event is one to report. */
static bool take_piece(struct stack_endpoint *endpoint, size_t got, struct msghdr *msg,
		       struct stack_event *event)
{
	bool end = msg->msg_flags & MSG_EOR;
	struct bytes piece;
	sctp_assoc_t id;

	if (msg->msg_flags & MSG_NOTIFICATION)
		return receive_notification(&endpoint->base.receive, got, end, &piece) &&
		       notification(endpoint, piece, event);
	id = message_info(msg, event);
	event->assoc = assoc_of(endpoint, id, false);
	return receive_data(&endpoint->base.receive, got, end, (uint32_t)id, event) && event->assoc;
}

/* recvmsg() has nothing more, or an error. */
static int no_more(struct stack_endpoint *endpoint, int error, struct stack_event *event)
{
	if (receive_error_is_outcome(error)) {
		remember_so_error(endpoint, error); /* given here, it is cleared too */
		return 0;
	}
	event->type = EVENT_FAULT;
	event->error = -handle_failed(endpoint, "recvmsg", -error);
	return 1;
}

static int kernel_next_event(struct stack_endpoint *endpoint, struct stack_event *event)
{
	union {
		struct cmsghdr align;
		char space[CMSG_SPACE(sizeof(struct sctp_sndrcvinfo))];
	} control;

	for (;;) {
		struct iovec iov = receive_room(&endpoint->base.receive);
		struct msghdr msg = {
			.msg_iov = &iov,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};
		ssize_t got;

		got = recvmsg(endpoint->fd, &msg, MSG_DONTWAIT);
		*event = (struct stack_event){ .type = EVENT_NONE };
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got < 0 ? no_more(endpoint, errno, event) : 0;
		if (take_piece(endpoint, (size_t)got, &msg, event))
			return 1;
	}
}

static int kernel_soft_error(struct stack_assoc *assoc)
{
	return only_one(assoc->base.endpoint) ? read_so_error(assoc->base.endpoint) : 0;
}

/* The kernel numbers them from SCTP_CLOSED = 1, in the order of the RFC. */
static enum stack_assoc_state assoc_state(int state)
{
	return state > SCTP_CLOSED ? (enum stack_assoc_state)(state - SCTP_CLOSED) : ASSOC_CLOSED;
}

/* SCTP_STATUS is refused on a pending one-to-one socket; the list of associations is not. */
static enum stack_assoc_state state_by_socket(int fd)
{
	enum stack_assoc_state found = ASSOC_CLOSED;
	FILE *file = fopen("/proc/net/sctp/assocs", "re");
	unsigned long long wanted, inode;
	struct stat stat;
	char *line = NULL;
	size_t size = 0;
	int state;

	if (!file)
		return found;
	wanted = fstat(fd, &stat) == 0 ? stat.st_ino : 0;
	/* net/sctp/proc.c sctp_assocs_seq_show: the fifth column, numbered from CLOSED = 0. */
	while (found == ASSOC_CLOSED && getline(&line, &size, file) > 0)
		if (sscanf(line, "%*s %*s %*s %*s %d %*s %*s %*s %*s %*s %llu", &state, &inode) ==
			    2 &&
		    inode == wanted)
			found = assoc_state(state + SCTP_CLOSED);
	free(line);
	fclose(file);
	return found;
}

static enum stack_assoc_state kernel_pending_state(struct stack_assoc *assoc)
{
	struct sctp_status s = { .sstat_assoc_id = (sctp_assoc_t)assoc->base.id };
	int fd = assoc->base.endpoint->fd;

	if (assoc->base.endpoint->base.style == STACK_ONE_TO_ONE)
		return state_by_socket(fd);
	return assoc->base.id && get_option(fd, SCTP_STATUS, &s, sizeof(s)) == 0
		       ? assoc_state(s.sstat_state)
		       : ASSOC_CLOSED;
}

/* Read with as little as it takes: it is done before every attempt, most of which succeed. */
static int64_t kernel_checksum_errors(void)
{
	int fd = open("/proc/net/sctp/snmp", O_RDONLY | O_CLOEXEC);
	char text[4096];
	const char *line;
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	line = strstr(text, "SctpChecksumErrors");
	return line ? strtoll(line + strlen("SctpChecksumErrors"), NULL, 10) : -1;
}

/* 0, or -errno. */
static int extensions(struct stack_assoc *assoc, unsigned *found)
{
	static const struct {
		int option;
		enum stack_extension bit;
	} list[] = {
		{ SCTP_PR_SUPPORTED, EXTENSION_PR_SCTP },
		{ SCTP_AUTH_SUPPORTED, EXTENSION_AUTH },
		{ SCTP_ASCONF_SUPPORTED, EXTENSION_ASCONF },
		{ SCTP_RECONFIG_SUPPORTED, EXTENSION_RE_CONFIG },
		{ SCTP_INTERLEAVING_SUPPORTED, EXTENSION_I_DATA },
		{ SCTP_ECN_SUPPORTED, EXTENSION_ECN },
	};

	/* For an association these options tell what the peer can do too (sctp_getsockopt_*). */
	for (size_t i = 0; i < ARRAY_SIZE(list); i++) {
		struct sctp_assoc_value value = { .assoc_id = (sctp_assoc_t)assoc->base.id };
		int rc =
			get_option(assoc->base.endpoint->fd, list[i].option, &value, sizeof(value));

		/* Not every kernel has all of them. */
		if (rc < 0 && rc != -ENOPROTOOPT && rc != -EOPNOTSUPP)
			return rc;
		if (rc == 0 && value.assoc_value)
			*found |= list[i].bit;
	}
	return 0;
}

static int kernel_status(struct stack_assoc *assoc, struct stack_status *status)
{
	int fd = assoc->base.endpoint->fd;
	struct sctp_status s = { .sstat_assoc_id = (sctp_assoc_t)assoc->base.id };
	struct sctp_rtoinfo rto = { .srto_assoc_id = (sctp_assoc_t)assoc->base.id };
	struct sctp_assocparams params = { .sasoc_assoc_id = (sctp_assoc_t)assoc->base.id };
	unsigned found = 0;
	int rc = get_option(fd, SCTP_STATUS, &s, sizeof(s));

	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_STATUS)", rc);
	rc = get_option(fd, SCTP_RTOINFO, &rto, sizeof(rto));
	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_RTOINFO)", rc);
	rc = get_option(fd, SCTP_ASSOCINFO, &params, sizeof(params));
	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_ASSOCINFO)", rc);
	rc = extensions(assoc, &found);
	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_*_SUPPORTED)", rc);
	*status = (struct stack_status){
		.rto_min_ms = rto.srto_min,
		.max_retrans = params.sasoc_asocmaxrxt,
		.id = (uint32_t)s.sstat_assoc_id,
		.state = assoc_state(s.sstat_state),
		.out_streams = s.sstat_outstrms,
		.in_streams = s.sstat_instrms,
		.peer_rwnd = s.sstat_rwnd,
		.extensions = found,
	};
	return 0;
}

/*
 * spinfo_srtt is in jiffies, whose length the kernel tells in no other way than the resolution of
 * its coarse clock.
 */
static int64_t jiffy_us(void)
{
	struct timespec tick;

	if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) < 0)
		return 0;
	return (int64_t)tick.tv_sec * USEC_PER_SEC + (tick.tv_nsec + 500) / 1000;
}

/* Of a list of addresses: more than fit into any INIT. */
#define ADDRESSES_SIZE_MAX (1 << 20)

/*
 * What sctp_getpaddrs() and sctp_getladdrs() do, on memory that is all set beforehand: the kernel
 * returns a length without the header (sctp_getsockopt_peer_addrs), from which valgrind concludes
 * that the last bytes of libsctp's buffer were never written. Returns the count, or -errno.
 */
static int get_addresses(const struct stack_endpoint *endpoint, uint32_t assoc, int option,
			 union address **list)
{
	socklen_t size = 4096;
	struct sctp_getaddrs *got = NULL;
	const uint8_t *at;
	int rc;

	*list = NULL;
	do {
		free(got);
		size *= 2;
		got = xcalloc(1, size);
		got->assoc_id = (sctp_assoc_t)assoc;
		rc = get_option(endpoint->fd, option, got, size);
	} while (rc == -ENOMEM && size < ADDRESSES_SIZE_MAX); /* too small */
	if (rc == 0) {
		at = got->addrs;
		*list = xcalloc(got->addr_num, sizeof(**list));
		for (uint32_t i = 0; i < got->addr_num; i++) {
			address_from_sockaddr(&(*list)[i], (const struct sockaddr *)at);
			at += ((const struct sockaddr *)at)->sa_family == AF_INET
				      ? sizeof(struct sockaddr_in)
				      : sizeof(struct sockaddr_in6);
		}
		rc = (int)got->addr_num;
	}
	free(got);
	return rc;
}

static int kernel_bound_addresses(struct stack_endpoint *endpoint, union address **list)
{
	int count = get_addresses(endpoint, 0, SCTP_GET_LOCAL_ADDRS, list);

	return count < 0 ? handle_failed(endpoint, "sctp_getladdrs", count) : count;
}

static int kernel_local_addresses(struct stack_assoc *assoc, union address **list)
{
	return refused(
		assoc, "sctp_getladdrs",
		get_addresses(assoc->base.endpoint, assoc->base.id, SCTP_GET_LOCAL_ADDRS, list));
}

static int kernel_path(struct stack_assoc *assoc, const union address *peer,
		       struct stack_path *path)
{
	struct sctp_paddrinfo info = { .spinfo_assoc_id = (sctp_assoc_t)assoc->base.id };
	int rc;

	put_address(&info.spinfo_address, peer);
	rc = get_option(assoc->base.endpoint->fd, SCTP_GET_PEER_ADDR_INFO, &info, sizeof(info));
	if (rc < 0)
		return refused(assoc, "getsockopt(SCTP_GET_PEER_ADDR_INFO)", rc);
	*path = (struct stack_path){
		.address = *peer,
		.state = path_state((unsigned)info.spinfo_state),
		.srtt_us = info.spinfo_srtt * jiffy_us(),
		.rto_ms = info.spinfo_rto,
		.cwnd = info.spinfo_cwnd,
		.mtu = info.spinfo_mtu,
	};
	return 0;
}

static int kernel_paths(struct stack_assoc *assoc, struct stack_path **list)
{
	struct stack_endpoint *endpoint = assoc->base.endpoint;
	struct sctp_status status = { .sstat_assoc_id = (sctp_assoc_t)assoc->base.id };
	union address *addresses = NULL, primary;
	bool has_primary;
	int count = get_addresses(endpoint, assoc->base.id, SCTP_GET_PEER_ADDRS, &addresses), rc;

	if (count < 0)
		return refused(assoc, "sctp_getpaddrs", count);
	rc = get_option(endpoint->fd, SCTP_STATUS, &status, sizeof(status));
	has_primary = address_from_sockaddr(
		&primary, (const struct sockaddr *)&status.sstat_primary.spinfo_address);
	*list = xcalloc((size_t)count, sizeof(**list));
	for (int i = 0; rc == 0 && i < count; i++) {
		struct stack_path *path = &(*list)[i];

		path->address = addresses[i];
		kernel_path(assoc, &addresses[i], path); /* the peer may just have removed it */
		path->primary = has_primary && address_equal(&primary, &addresses[i]);
	}
	free(addresses);
	if (rc == 0)
		return count;
	free(*list);
	return refused(assoc, "getsockopt(SCTP_STATUS)", rc);
}

static int kernel_set_primary(struct stack_assoc *assoc, const union address *peer)
{
	struct sctp_prim prim = { .ssp_assoc_id = (sctp_assoc_t)assoc->base.id };

	memcpy(&prim.ssp_addr, peer, sizeof(*peer));
	return refused(
		assoc, "setsockopt(SCTP_PRIMARY_ADDR)",
		set_option(assoc->base.endpoint->fd, SCTP_PRIMARY_ADDR, &prim, sizeof(prim)));
}

static int kernel_heartbeat(struct stack_assoc *assoc, const union address *peer)
{
	struct sctp_paddrparams params = {
		.spp_assoc_id = (sctp_assoc_t)assoc->base.id,
		.spp_flags = SPP_HB_DEMAND,
	};

	put_address(&params.spp_address, peer);
	return refused(assoc, "setsockopt(SCTP_PEER_ADDR_PARAMS)",
		       set_option(assoc->base.endpoint->fd, SCTP_PEER_ADDR_PARAMS, &params,
				  sizeof(params)));
}

static int kernel_set_rto_min(struct stack_assoc *assoc, uint32_t ms)
{
	/* 0 leaves the others as they are. */
	struct sctp_rtoinfo rto = { .srto_assoc_id = (sctp_assoc_t)assoc->base.id, .srto_min = ms };

	return refused(assoc, "setsockopt(SCTP_RTOINFO)",
		       set_option(assoc->base.endpoint->fd, SCTP_RTOINFO, &rto, sizeof(rto)));
}

/* sctp_sendmsg() of libsctp cannot name an association, so the ancillary data is made here. */
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

	c->cmsg_level = IPPROTO_SCTP;
	c->cmsg_type = SCTP_SNDRCV;
	c->cmsg_len = CMSG_LEN(sizeof(*info));
	memcpy(CMSG_DATA(c), info, sizeof(*info));
	if (sendmsg(assoc->base.endpoint->fd, &msg, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == EAGAIN ? -EAGAIN : refused(assoc, "sendmsg", -errno);
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

static int kernel_shutdown(struct stack_assoc *assoc)
{
	struct sctp_sndrcvinfo info = {
		.sinfo_assoc_id = (sctp_assoc_t)assoc->base.id,
		.sinfo_flags = SCTP_EOF,
	};

	if (assoc->base.endpoint->base.style == STACK_ONE_TO_MANY)
		return send_message(assoc, &info, NULL, 0);
	if (shutdown(assoc->base.endpoint->fd, SHUT_WR) < 0)
		return refused(assoc, "shutdown", -errno);
	return 0;
}

static int kernel_abort(struct stack_assoc *assoc)
{
	struct sctp_sndrcvinfo info = {
		.sinfo_assoc_id = (sctp_assoc_t)assoc->base.id,
		.sinfo_flags = SCTP_ABORT,
	};
	int rc;

	if (assoc->base.endpoint->base.style != STACK_ONE_TO_MANY)
		return -EOPNOTSUPP;
	rc = send_message(assoc, &info, NULL, 0);
	if (rc == 0)
		assoc->base.aborting = true;
	return rc;
}

static void kernel_close(struct stack_endpoint *endpoint, bool abort)
{
	/*
	 * Without it, close() sends nothing in COOKIE_WAIT, and in COOKIE_ECHOED leaves the peer
	 * with an association that has nobody on this side.
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
	.description = "the Linux kernel's SCTP",
	.version = kernel_version,
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
	.soft_error = kernel_soft_error,
	.pending_state = kernel_pending_state,
	.status = kernel_status,
	.paths = kernel_paths,
	.path = kernel_path,
	.local_addresses = kernel_local_addresses,
	.set_primary = kernel_set_primary,
	.heartbeat = kernel_heartbeat,
	.set_rto_min = kernel_set_rto_min,
	.send = kernel_send,
	.shutdown = kernel_shutdown,
	.abort = kernel_abort,
	.release = handle_free,
	.close = kernel_close,
};

/* SPDX-License-Identifier: MIT */
/* Events of the kernel's stack, and why an association failed or was lost. */
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "stack/attempts.h"
#include "stack/kernel_parts.h"
#include "stack/notification.h"

/* How often SO_ERROR of a shared socket is read. */
#define SHARED_ERROR_US (5 * USEC_PER_MSEC)

/*
 * SO_ERROR and recvmsg() are about the socket, so they are used only if it has had a single
 * association: they may be about one that is there no more.
 */
static struct stack_assoc *only_one(const struct stack_endpoint *endpoint)
{
	const struct assoc_table *assocs = &endpoint->base.assocs;

	return endpoint->base.made == 1 && assocs->count == 1 ? assocs->entries[0].assoc : NULL;
}

static void remember_so_error(struct stack_endpoint *endpoint, int error)
{
	struct stack_assoc *assoc = only_one(endpoint);

	if (assoc && (error == ETIMEDOUT || error == ECONNREFUSED || error == ENOPROTOOPT))
		assoc->outcome = error;
}

/* A positive errno, 0, or -errno if it could not be read. */
static int read_so_error(struct stack_endpoint *endpoint)
{
	socklen_t size = sizeof(int);
	int error = 0;

	if (getsockopt(endpoint->fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return handle_failed(endpoint, "getsockopt(SO_ERROR)", -errno);
	remember_so_error(endpoint, error);
	return error;
}

/* Can the INIT retransmissions of this attempt be used up by now? 1, 0 or -errno. */
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
 * SCTP_CANT_STR_ASSOC says that there is no association, but not why: sac_error is that of an
 * ABORT, or 0. SO_ERROR says why on a one-to-one socket, but not on a one-to-many one. Returns a
 * positive errno, or a negative one if the reason could not be read.
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
 * The causes of an ABORT. RFC 6458 has the whole chunk there. Linux leaves out its header
 * (net/sctp/ulpevent.c sctp_ulpevent_make_assoc_change), or has only the first code, in network
 * byte order (sctp_sf_do_9_1_abort passes it unchanged).
 */
static void abort_cause(const struct sctp_assoc_change *change, struct bytes info,
			struct cause *cause)
{
	cause_parse(info, cause);
	if (!cause->code)
		cause->code = ntohs(change->sac_error);
}

/*
 * Which end has ended an association that was up? The peer's ABORT has its causes in info. A cause
 * without info is from an ABORT of this end (net/sctp/sm_statefuns.c sctp_sf_abort_violation). With
 * neither, it was an ABORT without a cause, or silence: SO_ERROR shows which on a one-to-one
 * socket. On a one-to-many socket it does not, but a silent peer loses its paths first.
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

/* The association of an event. NULL: it was released. */
static struct stack_assoc *assoc_of(struct stack_endpoint *endpoint, sctp_assoc_t id, bool came_up)
{
	struct stack_assoc *assoc = handle_find(endpoint, (uint32_t)id);

	if (!assoc && came_up && endpoint->base.listening)
		assoc = handle_new(endpoint, sizeof(*assoc), (uint32_t)id);
	return assoc;
}

/* The association has ended with this error, which is negative if the reason could not be read. */
static void end(struct stack_event *event, enum stack_event_type type, int error)
{
	handle_end(event->assoc);
	event->type = error < 0 ? EVENT_FAULT : type;
	event->error = abs(error);
}

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

static bool has_paths(const struct stack_assoc *assoc)
{
	(void)assoc;
	return true;
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

/* True: *event is to be reported. */
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

/* recvmsg() has no more, or an error. */
static int no_more(struct stack_endpoint *endpoint, int error, struct stack_event *event)
{
	if (receive_error_is_outcome(error)) {
		remember_so_error(endpoint, error); /* recvmsg() returns it once and clears it */
		return 0;
	}
	event->type = EVENT_FAULT;
	event->error = -handle_failed(endpoint, "recvmsg", -error);
	return 1;
}

int kernel_next_event(struct stack_endpoint *endpoint, struct stack_event *event)
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

/*
 * The error of an association that has just ended: it is there before the event. No ICMP error
 * gives ETIMEDOUT, but port unreachable gives ECONNREFUSED, as an ABORT does.
 */
static bool is_of_an_end(const struct stack_endpoint *endpoint, int error)
{
	struct pollfd event = { .fd = endpoint->fd, .events = POLLIN };
	struct sctp_initmsg init;

	if (error != ECONNREFUSED)
		return error == ETIMEDOUT;
	/* This waits for the lock under which the kernel sets the error and gives the event. */
	(void)get_option(endpoint->fd, SCTP_INITMSG, &init, sizeof(init));
	return poll(&event, 1, 0) > 0;
}

int kernel_soft_error(struct stack_assoc *assoc)
{
	struct stack_endpoint *endpoint = assoc->base.endpoint;
	int64_t now_us = loop_now_us();
	int error;

	if (only_one(endpoint)) {
		error = read_so_error(endpoint);
		return is_of_an_end(endpoint, error) ? 0 : error;
	}
	/* What one of many has read is good for the others that ask at the same time. */
	if (now_us >= endpoint->error_read_us + SHARED_ERROR_US) {
		endpoint->error_read_us = now_us;
		if (read_so_error(endpoint) > 0)
			endpoint->unclear_us = now_us;
	}
	return endpoint->unclear_us && endpoint->unclear_us >= assoc->connect_us ? -EBUSY : 0;
}

/* The kernel sends its packets itself, and does not report what happens to them. */
int kernel_send_error(struct stack_assoc *assoc, const union address *peer)
{
	(void)assoc;
	(void)peer;
	return 0;
}

/* SPDX-License-Identifier: MIT */
/* Events of the stack in user space, and why an association failed or was lost. */
#include <stdlib.h>
#include <string.h>
#include <sys/param.h>

#include "base/clock.h"
#include "stack/attempts.h"
#include "stack/usrsctp_parts.h"
#include "stack/notification.h"
#include "stack/receiver.h"
#include "stack/unsent.h"

/*
 * The library counts the handshake as a round trip, from the first INIT on. After a dead first
 * address that is the time that it waited, and no measurement of any path (RFC 9260 6.3.1, C4).
 */
static void remember_handshake(struct stack_assoc *assoc)
{
	struct stack_path *list = NULL;
	int count;

	assoc->handshake = (struct stack_path){ 0 };
	count = us_paths(assoc, NULL, &list);
	for (int i = 0; i < count; i++)
		if (list[i].srtt_us)
			assoc->handshake = list[i];
	free(list);
}

/* Restores what configure() lowered for the INIT. */
static void restore_rto(struct stack_assoc *assoc)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_rtoinfo rto = { .srto_assoc_id = assoc->base.id };

	if (get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto)) < 0)
		return;
	rto.srto_assoc_id = assoc->base.id;
	rto.srto_min = assoc->base.endpoint->rto_min_ms;
	rto.srto_initial = MAX(rto.srto_initial, rto.srto_min);
	set_option(socket, SCTP_RTOINFO, &rto, sizeof(rto));
}

/* sac_info is an ABORT chunk of the peer, with its header of 4 bytes (RFC 6458 section 6.1.1). */
static void abort_cause(struct bytes info, struct cause *cause)
{
	if (bytes_skip(&info, 4))
		cause_parse(info, cause);
}

/* Can the INIT retransmissions of this attempt be used up by now? */
static bool may_have_given_up(const struct stack_assoc *assoc)
{
	struct socket *socket = assoc->base.endpoint->socket;
	struct sctp_initmsg init = { 0 };
	struct sctp_rtoinfo rto = { 0 };

	if (!assoc->attempt || get_option(socket, SCTP_INITMSG, &init, sizeof(init)) < 0 ||
	    get_option(socket, SCTP_RTOINFO, &rto, sizeof(rto)) < 0)
		return true;
	return loop_now_us() - assoc->attempt->begun_us + STACK_EARLY_US >=
	       stack_attempts_us(assoc->attempt->count, init.sinit_max_attempts, rto.srto_initial,
				 MIN(init.sinit_max_init_timeo, rto.srto_max));
}

/* Did this end abort? A one-to-one socket has an error that tells. */
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
 * Which errno: the event has the whole ABORT of the peer. Without one, the attempts are used up, or
 * this end aborted.
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

/*
 * The same for an association that was up. A silent peer loses a path first, unless there are many.
 * On a one-to-many socket nothing else tells silence from an ABORT of this end.
 */
static int lost_error(const struct stack_assoc *assoc, const struct sctp_assoc_change *change,
		      bool info)
{
	if (assoc->base.aborting)
		return ECONNABORTED;
	if (info)
		return ECONNRESET;
	if (is_own_abort(assoc, change))
		return ECONNABORTED;
	if (assoc->base.endpoint->base.style == STACK_ONE_TO_MANY && !assoc->unreachable)
		return ENOTCONN;
	return ETIMEDOUT;
}

/* The association of an event. NULL: it was released, or has already ended here. */
static struct stack_assoc *assoc_of(struct stack_endpoint *endpoint, sctp_assoc_t id, bool came_up)
{
	struct stack_assoc *assoc = handle_find(endpoint, id);

	if (!assoc && came_up && endpoint->base.listening)
		assoc = handle_new(endpoint, sizeof(*assoc), id);
	return assoc && !assoc->base.ended ? assoc : NULL;
}

static void end(struct stack_assoc *assoc)
{
	us_forget_attempt(assoc);
	handle_end(assoc);
}

static void come_up(struct stack_assoc *assoc)
{
	assoc->up = true;
	us_forget_attempt(assoc);
	if (!assoc->base.endpoint->ports.sctp)
		assoc->base.endpoint->ports.sctp =
			us_local_port(assoc->base.endpoint, assoc->base.id);
	restore_rto(assoc);
	us_set_pf(assoc);
	remember_handshake(assoc);
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

/* A thread of the library may report a path before the association is up. */
static bool has_paths(const struct stack_assoc *assoc)
{
	return assoc->up || assoc->attempt;
}

/* True: *event is to be reported. */
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

/* True: *event is to be reported. False: the library has no more events now. */
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
		if (got <= 0) /* a notification has already reported what an error means */
			return false;
		if (take_piece(endpoint, (size_t)got, flags, &info, event))
			return true;
	}
}

/* Ended by ICMP or by abort(). The library does not know, and would go on. */
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
	us_abandon(event->assoc);
	end(event->assoc);
	return true;
}

static int fault(struct stack_endpoint *endpoint, struct stack_event *event, const char *call,
		 int error)
{
	handle_failed(endpoint, call, -error);
	*event = (struct stack_event){ .type = EVENT_FAULT, .error = error };
	return 1;
}

/* The bell is silenced as in accept_socket(). */
int us_next_event(struct stack_endpoint *endpoint, struct stack_event *event)
{
	int rc;

	if (receive(endpoint, event))
		return 1;
	if (receiver_error())
		return fault(endpoint, event, "recvmsg", receiver_error());
	rc = bell_silence(endpoint->bell);
	if (rc < 0)
		return fault(endpoint, event, "read(eventfd)", -rc);
	if (!receive(endpoint, event) && !take_ended(endpoint, event))
		return 0;
	bell_ring(endpoint->bell);
	return 1;
}

int us_soft_error(struct stack_assoc *assoc)
{
	int error = 0;

	attempts_read_icmp(&assoc->base.endpoint->attempts, &assoc->base.endpoint->ports);
	if (assoc->attempt) {
		error = assoc->attempt->soft_error;
		assoc->attempt->soft_error = 0;
	}
	return error;
}

int us_send_error(struct stack_assoc *assoc, const union address *peer)
{
	return unsent_error(assoc->base.endpoint->ports.sctp, peer);
}

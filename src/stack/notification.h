/* SPDX-License-Identifier: MIT */
/*
 * Notifications of a stack as events, as far as both stacks send them alike. Only kernel_event.c
 * and usrsctp_event.c include this, each after the SCTP header of its stack: the structures have
 * the same members there, in other places.
 */
#ifndef STACK_NOTIFICATION_H
#define STACK_NOTIFICATION_H

#include <string.h>
#include <sys/param.h>

#include "packet/bytes.h"
#include "stack/stack.h"

/* By the file that includes this. The association of an event. NULL: it was released. */
static struct stack_assoc *assoc_of(struct stack_endpoint *endpoint, sctp_assoc_t id, bool came_up);

/* By that file, too. info: sac_info, the bytes after change. False: the seam has no event for it.
 */
static bool assoc_change(struct stack_endpoint *endpoint, const struct sctp_assoc_change *change,
			 struct bytes info, struct stack_event *event);

/* And this: may events of its paths be told already? */
static bool has_paths(const struct stack_assoc *assoc);

static bool path_change(struct stack_endpoint *endpoint, const struct sctp_paddr_change *change,
			struct stack_event *event)
{
	if (!address_from_sockaddr(&event->address, (const struct sockaddr *)&change->spc_aaddr))
		return false;
	event->type = EVENT_PATH;
	event->assoc = assoc_of(endpoint, change->spc_assoc_id, false);
	if (!event->assoc || !has_paths(event->assoc))
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
#ifdef SCTP_ADDR_PF
	case SCTP_ADDR_PF:
		event->path_state = PATH_POTENTIALLY_FAILED;
		return true;
#endif
	case SCTP_ADDR_ADDED:
	case SCTP_ADDR_REMOVED:
	case SCTP_ADDR_MADE_PRIM:
		event->type = EVENT_ADDRESSES;
		return true;
	default:
		return false;
	}
}

/* False: the seam has no event for it. */
static bool notification(struct stack_endpoint *endpoint, struct bytes piece,
			 struct stack_event *event)
{
	union sctp_notification copy = { 0 };
	const union sctp_notification *n = &copy;

	/* A copy, because the bytes are not aligned, and a long ABORT chunk may be cut. */
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
	case SCTP_SENDER_DRY_EVENT:
		event->type = EVENT_DRY;
		event->assoc =
			assoc_of(endpoint, n->sn_sender_dry_event.sender_dry_assoc_id, false);
		return event->assoc;
	default:
		return false;
	}
}

#endif

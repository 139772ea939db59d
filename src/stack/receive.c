/* SPDX-License-Identifier: MIT */
#include "stack/receive.h"

#include <errno.h>
#include <stdlib.h>

#include "base/util.h"

/* Enough for every notification except an ABORT with long causes. It grows for messages. */
#define BUFFER_INITIAL 2048
/* A longer message (its sender needs that much SO_SNDBUF) is delivered in parts. */
#define MESSAGE_MAX (16u << 20)

void receive_init(struct receive *receive)
{
	*receive = (struct receive){
		.buffer = xcalloc(1, BUFFER_INITIAL),
		.size = BUFFER_INITIAL,
	};
}

void receive_free(struct receive *receive)
{
	free(receive->buffer);
	*receive = (struct receive){ 0 };
}

/* The kind of the next piece is known only after reading it. */
struct iovec receive_room(struct receive *receive)
{
	if (receive->size - receive->partial < BUFFER_INITIAL / 2) {
		receive->size *= 2;
		receive->buffer = xreallocarray(receive->buffer, receive->size, 1);
	}
	return (struct iovec){
		.iov_base = receive->buffer + receive->partial,
		.iov_len = receive->size - receive->partial,
	};
}

bool receive_notification(struct receive *receive, size_t got, bool end, struct bytes *piece)
{
	bool first = !receive->notification_goes_on;

	receive->notification_goes_on = !end;
	*piece = (struct bytes){ receive->buffer + receive->partial, got };
	return first;
}

bool receive_data(struct receive *receive, size_t got, bool end, uint32_t id,
		  struct stack_event *event)
{
	receive->partial += got;
	receive->assoc = id;
	if (!end && receive->partial < MESSAGE_MAX)
		return false;
	event->type = EVENT_DATA;
	event->data = receive->buffer;
	event->length = receive->partial;
	event->more = !end;
	receive->partial = 0;
	return true;
}

void receive_forget(struct receive *receive, uint32_t id)
{
	if (receive->assoc == id)
		receive->partial = 0;
}

bool receive_error_is_outcome(int error)
{
	switch (error) {
	case EAGAIN:
	case ENOTCONN: /* not connected yet, or no longer */
	case EPIPE:
	case ECONNREFUSED: /* a notification reports these, too */
	case ECONNRESET:
	case ECONNABORTED:
	case ETIMEDOUT:
	case ENOPROTOOPT:
	case EHOSTUNREACH: /* from ICMP */
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
	case EPROTO:
		return true;
	default:
		return false;
	}
}

/* SPDX-License-Identifier: MIT */
#include "stack/receive.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/param.h>

#include "base/util.h"

/* Enough for every notification except an ABORT with long causes. It grows for messages. */
#define BUFFER_INITIAL 2048
/* There is always room for so much. */
#define PIECE_MIN      (BUFFER_INITIAL / 2)
#define SIZE_MAX_BYTES (STACK_MESSAGE_MAX + BUFFER_INITIAL)

void receive_init(struct receive *receive, struct stack_budget *budget)
{
	*receive = (struct receive){
		.buffer = xcalloc(1, BUFFER_INITIAL),
		.size = BUFFER_INITIAL,
		.budget = budget,
	};
}

static void resize(struct receive *receive, size_t size)
{
	if (receive->budget)
		receive->budget->left += receive->size - size;
	receive->buffer = xreallocarray(receive->buffer, size, 1);
	receive->size = size;
}

static bool is_full(const struct receive *receive)
{
	return receive->size - receive->partial < PIECE_MIN;
}

/* Of the buffer, when it is full. The same size: it cannot grow. */
static size_t next_size(const struct receive *receive)
{
	size_t size = MIN(2 * receive->size, SIZE_MAX_BYTES);

	return receive->budget && size - receive->size > receive->budget->left ? receive->size
									       : size;
}

void receive_free(struct receive *receive)
{
	if (receive->budget)
		receive->budget->left += receive->size - BUFFER_INITIAL;
	free(receive->buffer);
	*receive = (struct receive){ 0 };
}

/* The kind of the next piece is known only after reading it. */
struct iovec receive_room(struct receive *receive)
{
	if (receive->budget && !receive->partial && receive->size > BUFFER_INITIAL)
		resize(receive, BUFFER_INITIAL);
	if (is_full(receive))
		resize(receive, next_size(receive));
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
	if (!end && !receive->shared && receive->partial < STACK_MESSAGE_MAX &&
	    (!is_full(receive) || next_size(receive) > receive->size))
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

/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>
#include <sys/param.h>

#include "engine/listen_parts.h"

static void echoed(struct peer *peer, size_t length)
{
	peer->echoed.messages++;
	peer->echoed.bytes += length;
	peer->l->echoed.messages++;
	peer->l->echoed.bytes += length;
}

/* The first of an association is an event of its own; all are counted. more: length is not all. */
static void not_echoed(struct peer *peer, uint16_t stream, size_t length, bool more, int error)
{
	struct listening *l = peer->l;

	timeline_note(l->timeline, "association %u: echo of %zu bytes on stream %u: %s",
		      l->stack->id(peer->assoc), length, stream, strerror(error));
	if (!peer->not_echoed.messages && !peer->parts)
		listen_report(l, &(struct listen_event){
					 .type = LISTEN_NOT_ECHOED,
					 .assoc = l->stack->id(peer->assoc),
					 .stream = stream,
					 .error = error,
					 .more = more,
					 .echoed.bytes = length,
				 });
	if (!peer->parts) {
		peer->not_echoed.messages++;
		l->not_echoed.messages++;
	}
	peer->not_echoed.bytes += length;
	l->not_echoed.bytes += length;
}

/* A message in parts is too long to be echoed, or for what all associations together may hold. */
static void skip_part(struct peer *peer, const struct stack_event *part)
{
	not_echoed(peer, part->stream, part->length, part->more,
		   part->length >= STACK_MESSAGE_MAX || peer->parts ? EMSGSIZE : ENOBUFS);
	peer->parts = part->more;
}

/*
 * The send buffer is too short for it. The longer one counts as held, until the association ends.
 */
static int make_room(struct peer *peer, size_t length)
{
	struct listening *l = peer->l;
	size_t more = length - MIN(length, peer->room);
	int rc;

	if (more > l->budget.left)
		return -ENOBUFS;
	rc = l->stack->make_room(peer->assoc, length);
	if (rc < 0)
		return rc;
	l->budget.left -= more;
	peer->room += more;
	return 0;
}

static int send_back(struct peer *peer, const struct stack_event *message)
{
	return peer->l->stack->send(peer->assoc, message->data, message->length, message->stream,
				    message->ppid, message->unordered);
}

/* In a longer send buffer, if it has to be. */
static int send_whole(struct peer *peer, const struct stack_event *message)
{
	int rc = send_back(peer, message);

	if (rc == -EMSGSIZE) {
		rc = make_room(peer, message->length);
		if (rc == 0)
			rc = send_back(peer, message);
	}
	return rc;
}

/*
 * --reply, --discard: a message in parts counts once. --silent: it is read because the association
 * has ended. True: there is nothing to send.
 */
static bool is_discarded(struct peer *peer, const struct stack_event *message)
{
	if (peer->l->options->drill != DRILL_REPLY && peer->l->options->drill != DRILL_DISCARD)
		return true;
	peer->part_bytes += message->length;
	if (message->more)
		return true;
	if (peer->l->options->drill == DRILL_REPLY)
		return false;
	echoed(peer, peer->part_bytes);
	peer->part_bytes = 0;
	return true;
}

static bool reply(struct peer *peer, const struct stack_event *message)
{
	const struct payload *payload = &peer->l->options->reply;
	struct stack_event answer = *message;
	int rc;

	if (!peer->holds && is_discarded(peer, message))
		return true;
	answer.data = payload->bytes;
	answer.length = payload->length;
	rc = send_whole(peer, &answer);
	if (rc == -EAGAIN)
		return false;
	if (rc == 0)
		echoed(peer, peer->part_bytes);
	else if (rc != -ENOTCONN)
		not_echoed(peer, message->stream, payload->length, false, -rc);
	peer->part_bytes = 0;
	return true;
}

bool listen_echo(struct peer *peer, const struct stack_event *message)
{
	int rc;

	if (peer->l->options->drill != DRILL_ECHO)
		return reply(peer, message);
	if (message->more || peer->parts) {
		skip_part(peer, message);
		return true;
	}
	rc = send_whole(peer, message);
	if (rc == -EAGAIN)
		return false;
	if (rc == 0)
		echoed(peer, message->length);
	else if (rc != -ENOTCONN) /* its end is reported */
		not_echoed(peer, message->stream, message->length, false, -rc);
	return true;
}

void listen_echo_forget(struct peer *peer)
{
	peer->l->budget.left += peer->room;
	peer->room = 0;
}

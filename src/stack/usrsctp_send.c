/* SPDX-License-Identifier: MIT */
/* Sends messages on an association of the stack in user space, and ends it. */
#include <string.h>

#include "stack/usrsctp_gate.h"
#include "stack/usrsctp_parts.h"

static int send_message(struct stack_assoc *assoc, struct sctp_sndinfo *info, const void *bytes,
			size_t length)
{
	/* The pointer must not be NULL, even if the message is empty. */
	if (usrsctp_sendv(assoc->base.endpoint->socket, bytes ? bytes : "", length, NULL, 0, info,
			  sizeof(*info), SCTP_SENDV_SNDINFO, 0) >= 0)
		return 0;
	if (errno == EPIPE || errno == ESHUTDOWN || errno == ECONNRESET)
		return -ENOTCONN;
	return errno == EWOULDBLOCK ? -EAGAIN : us_refused(assoc, "sctp_sendv", -errno);
}

static int send_abort(struct stack_assoc *assoc, const char *text)
{
	struct sctp_sndinfo info = { .snd_assoc_id = assoc->base.id, .snd_flags = SCTP_ABORT };

	return send_message(assoc, &info, text, text ? strlen(text) : 0);
}

void us_abandon(struct stack_assoc *assoc)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	struct socket *alone;

	if (assoc->base.endpoint->base.style != STACK_ONE_TO_MANY)
		return;
	alone = gate_peel_off(assoc->base.endpoint->socket, assoc->base.id);
	if (!alone)
		return;
	usrsctp_setsockopt(alone, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	gate_close(alone);
}

int us_send(struct stack_assoc *assoc, const void *bytes, size_t length, uint16_t stream,
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
	/* It rings again when there is room. */
	bell_silence(bell);
	rc = send_message(assoc, &info, bytes, length);
	if (rc != -EAGAIN)
		bell_ring(bell);
	return rc;
}

uint32_t us_send_buffer(const struct stack_assoc *assoc)
{
	socklen_t size = sizeof(int);
	int bytes = 0;

	usrsctp_getsockopt(assoc->base.endpoint->socket, SOL_SOCKET, SO_SNDBUF, &bytes, &size);
	return bytes > 0 ? (uint32_t)bytes : 0;
}

/* Any size is allowed, because the memory is the program's own. */
int us_make_room(struct stack_assoc *assoc, size_t length)
{
	struct stack_endpoint *endpoint = assoc->base.endpoint;
	int size = (int)length;

	if (usrsctp_setsockopt(endpoint->socket, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)) < 0)
		return handle_failed(endpoint, "setsockopt(SO_SNDBUF)", -errno);
	return 0;
}

int us_shutdown(struct stack_assoc *assoc)
{
	struct sctp_sndinfo info = { .snd_assoc_id = assoc->base.id, .snd_flags = SCTP_EOF };

	if (assoc->base.ended)
		return -ENOTCONN;
	if (assoc->base.endpoint->base.style == STACK_ONE_TO_MANY)
		return send_message(assoc, &info, NULL, 0);
	if (usrsctp_shutdown(assoc->base.endpoint->socket, SHUT_WR) < 0)
		return us_refused(assoc, "shutdown", -errno);
	return 0;
}

int us_abort(struct stack_assoc *assoc, const char *text)
{
	int rc = 0;

	if (assoc->base.ended)
		return -ENOTCONN;
	if (assoc->attempt) {
		assoc->attempt->final_error = ECONNABORTED;
		bell_ring(assoc->base.endpoint->bell);
	} else {
		rc = send_abort(assoc, text);
	}
	if (rc == 0)
		assoc->base.aborting = true;
	return rc;
}

/* SPDX-License-Identifier: MIT */
/*
 * What an endpoint receives, in pieces. Stacks deliver a long message as it arrives (partial
 * delivery), with notifications in between. Messages up to 16 MiB are put together here, as far as
 * the budget allows. The first piece of a notification has everything that is needed.
 */
#ifndef STACK_RECEIVE_H
#define STACK_RECEIVE_H

#include <sys/uio.h>

#include "packet/bytes.h"
#include "stack/stack.h"

struct receive {
	uint8_t *buffer; /* owned */
	size_t size;
	size_t partial;              /* bytes of a message that is not complete */
	uint32_t assoc;              /* the id of the association of that message */
	bool notification_goes_on;   /* its last piece has not arrived */
	bool shared;                 /* by attempts: no message is put together */
	struct stack_budget *budget; /* not owned; NULL: there is none */
};

/* budget: for what is longer than a first buffer, or NULL. */
void receive_init(struct receive *receive, struct stack_budget *budget);
void receive_free(struct receive *receive);

/* Room for the next piece, message or notification. Valid until the next call. */
struct iovec receive_room(struct receive *receive);

/*
 * got bytes of a notification have arrived; end: they are its last. True if they are its beginning,
 * and *piece is set to it.
 */
bool receive_notification(struct receive *receive, size_t got, bool end, struct bytes *piece);

/*
 * got bytes of a message on the association with that id have arrived; end: they are its last.
 * True if *event has data now: type, data, length, and more.
 */
bool receive_data(struct receive *receive, size_t got, bool end, uint32_t id,
		  struct stack_event *event);

/* The association with that id has ended: the rest of its message will not arrive. */
void receive_forget(struct receive *receive, uint32_t id);

/* Does this errno of a receiving call mean "nothing there", or how an association ended? */
bool receive_error_is_outcome(int error);

#endif

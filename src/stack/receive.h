/* SPDX-License-Identifier: MIT */
/*
 * What an endpoint receives, in pieces: stacks hand out a long message as it comes in (partial
 * delivery), and notifications in between. Messages are put together here, up to 16 MiB. Of a
 * notification the first piece has all that is of interest.
 */
#ifndef STACK_RECEIVE_H
#define STACK_RECEIVE_H

#include <sys/uio.h>

#include "packet/bytes.h"
#include "stack/stack.h"

struct receive {
	uint8_t *buffer; /* owned */
	size_t size;
	size_t partial;            /* bytes in front, of a message whose end has not come yet */
	uint32_t assoc;            /* the id of whose message that is */
	bool notification_goes_on; /* its last piece has not come yet */
};

void receive_init(struct receive *receive);
void receive_free(struct receive *receive);

/* Where the next piece goes, whatever it is. Good until the next call. */
struct iovec receive_room(struct receive *receive);

/*
 * got bytes of a notification have come; end: its last. True when they are its beginning, which
 * *piece then is.
 */
bool receive_notification(struct receive *receive, size_t got, bool end, struct bytes *piece);

/*
 * got bytes of a message on the association with that id have come; end: its last. True when it
 * goes into *event now: type, data, length, and more.
 */
bool receive_data(struct receive *receive, size_t got, bool end, uint32_t id,
		  struct stack_event *event);

/* The association with that id has ended: what is missing of its message will not come. */
void receive_forget(struct receive *receive, uint32_t id);

/* Does that error of a receiving call say that nothing is there, or how an association ended? */
bool receive_error_is_outcome(int error);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What the handles of both stacks have in common. A struct stack_endpoint begins with a struct
 * endpoint_base, a struct stack_assoc with a struct assoc_base.
 */
#ifndef STACK_HANDLE_H
#define STACK_HANDLE_H

#include "stack/assoc_table.h"
#include "stack/receive.h"
#include "stack/stack.h"

struct endpoint_base {
	enum stack_style style;
	bool listening;
	struct assoc_table assocs; /* owned, and the associations in it */
	size_t made;               /* so many there have been */
	struct receive receive;
	struct stack_fault fault;
};

struct assoc_base {
	struct stack_endpoint *endpoint;
	uint32_t id;   /* 0: not known yet */
	bool ended;    /* an event has said so, or the next one will */
	bool aborting; /* abort() was called */
	void *owner;   /* of the caller */
};

/* budget may be NULL. */
void endpoint_base_init(struct endpoint_base *base, enum stack_style style,
			struct stack_budget *budget);
/* Also frees the associations. */
void endpoint_base_free(struct endpoint_base *base);

/* A new association on that endpoint: size bytes, zeros but for its base. id 0: not known yet. */
struct stack_assoc *handle_new(struct stack_endpoint *endpoint, size_t size, uint32_t id);
void handle_free(struct stack_assoc *assoc);

/*
 * The association with this id, or else the oldest without an id, which then has it. NULL: neither
 * exists, because the association was released, or is new.
 */
struct stack_assoc *handle_find(struct stack_endpoint *endpoint, uint32_t id);

/* The association has ended. */
void handle_end(struct stack_assoc *assoc);

/* A call failed on this host: remembers its name, and returns rc. */
int handle_failed(struct stack_endpoint *endpoint, const char *call, int rc);
/* The same for sctp_connectx(). */
int handle_connect_failed(struct stack_endpoint *endpoint, int rc);

/* As struct stack's. */
uint32_t handle_id(const struct stack_assoc *assoc);
struct stack_endpoint *handle_endpoint(const struct stack_assoc *assoc);
void handle_set_owner(struct stack_assoc *assoc, void *owner);
void *handle_owner(const struct stack_assoc *assoc);
const struct stack_fault *handle_fault(const struct stack_endpoint *endpoint);
size_t handle_incomplete(const struct stack_assoc *assoc);

#endif

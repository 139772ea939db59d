/* SPDX-License-Identifier: MIT */
/*
 * Endpoints that many attempts use together: one-to-many, with one port and one descriptor. The
 * pool reads their events and gives each to the user of its association.
 *
 * Two attempts for one peer address never use the same endpoint: the stack would refuse the
 * second. Two addresses of one peer, asked at the same time, keep each other from coming up;
 * nobody knows before that they are one peer's. So an attempt without a clear answer asks again
 * from an endpoint of its own (attempt.h).
 */
#ifndef ENGINE_POOL_H
#define ENGINE_POOL_H

#include "base/loop.h"
#include "stack/stack.h"

struct pool;
struct pool_endpoint;

/* Who is told of events. */
struct pool_reader {
	/* An event of the user's association, or of the endpoint. It is called whoever reads. */
	void (*take)(void *context, const struct stack_event *event);
	/* Called by the loop when take() was, unless the user itself has read. */
	void (*ready)(void *context);
	void *context;
};

/* Somebody who uses an endpoint. All zeros: nobody. It must stay at its place meanwhile. */
struct pool_user {
	struct pool_reader reader;
	struct pool_endpoint *at; /* from here on for pool.c only, but for pool_shares() */
	struct stack_assoc *assoc;
	struct pool_peer *peers;
	size_t peer_count;
	struct pool_user *next, **link;           /* of all on the endpoint */
	struct pool_user *next_news, **news_link; /* of those for whom there were events */
};

/* slots: how many users may have left for an endpoint of their own at the same time. */
struct pool *pool_new(struct loop *loop, const struct stack *stack, size_t slots);
/* Nobody uses it any more. What still closes goes on. NULL is fine. */
void pool_free(struct pool *pool);

/*
 * Finds or opens an endpoint for the peers of that configuration. 0, and the user has *endpoint
 * until pool_leave(); or what the stack's open() says.
 */
int pool_join(struct pool *pool, struct pool_user *user, const struct stack_config *config,
	      struct stack_endpoint **endpoint, struct stack_fault *fault);
static inline bool pool_shares(const struct pool_user *user)
{
	return user->at != NULL;
}

/* connect() has given the user this association. */
void pool_take(struct pool_user *user, struct stack_assoc *assoc);

/* From now on this reader is told; *reader becomes the one before. */
void pool_change_reader(struct pool_user *user, struct pool_reader *reader);

/* Reads a bounded number of events, for whomever they are. */
void pool_read(struct pool_user *user);

/* Ends and releases its association: with ABORT, or gracefully without waiting for it. */
void pool_leave(struct pool_user *user, bool abort);

/*
 * This host is short of something, so endpoints that nobody uses are closed. True: there were some.
 * NULL is fine.
 */
bool pool_close_idle(struct pool *pool);

/*
 * May one more use an endpoint of its own? Those who only wait may have half of the slots, so that
 * the others need not wait for them. pool_return_slot() gives it back.
 */
bool pool_take_slot(struct pool *pool, bool waits);
void pool_return_slot(struct pool *pool);

#endif

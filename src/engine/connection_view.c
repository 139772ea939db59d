/* SPDX-License-Identifier: MIT */
#include "engine/connection.h"

#include "engine/connection_parts.h"

const struct result *connection_result(const struct connection *c)
{
	return &c->result;
}

struct stack_assoc *connection_assoc(const struct connection *c)
{
	return c->state == CONNECTION_UP ? c->trial.attempt.assoc : NULL;
}

struct pool_user *connection_pool_user(struct connection *c)
{
	struct pool_user *user = &c->trial.attempt.user;

	return pool_shares(user) ? user : NULL;
}

void connection_gone(struct connection *c)
{
	attempt_gone(&c->trial.attempt);
}

struct watch *connection_watch(struct connection *c)
{
	return &c->trial.watch;
}

bool connection_has_called(const struct connection *c)
{
	return c->state != CONNECTION_IDLE && c->state != CONNECTION_RESOLVING;
}

bool connection_has_answer(const struct connection *c)
{
	return connection_has_called(c) && c->state != CONNECTION_PENDING;
}

bool connection_has_result(const struct connection *c)
{
	return c->state == CONNECTION_UP || c->state == CONNECTION_CLOSING ||
	       c->state == CONNECTION_DONE;
}

bool connection_is_shut(const struct connection *c)
{
	return c->state != CONNECTION_UP && c->state != CONNECTION_CLOSING;
}

int64_t connection_unanswered_us(const struct connection *c)
{
	return c->closing.unanswered_us;
}

void connection_on_change(struct connection *c, void (*changed)(void *context), void *context)
{
	c->changed = changed;
	c->context = context;
}

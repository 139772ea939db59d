/* SPDX-License-Identifier: MIT */
#include "engine/pool.h"

#include <stdlib.h>
#include <string.h>

#include "base/util.h"

/* Their unread events fit into the receive buffer that the kernel gives to everybody. */
#define USERS_MAX 500
/* How many events one round reads, so that other handlers have their turn. */
#define EVENTS_MAX 256
#define BUCKETS    4096

/* An address of a user's peer. */
struct pool_peer {
	union address address;
	const struct pool_endpoint *endpoint;
	struct pool_peer *next, **link; /* of those with the same hash */
};

struct pool_endpoint {
	struct pool *pool;
	struct stack_endpoint *endpoint;
	struct stack_config config; /* local is a copy; without peers */
	struct loop_source source;
	struct pool_user *users;
	size_t user_count;
	bool failed; /* its users have been told so: nobody reads or joins it any more */
	struct pool_user *news, **news_end;
	struct pool_endpoint *next;
};

struct pool {
	struct loop *loop;
	const struct stack *stack;
	struct pool_endpoint *endpoints;
	struct pool_endpoint *reading; /* its users are told: it stays */
	struct pool_user *told;        /* it is told of events that were just read */
	size_t slots, slots_taken;
	struct pool_peer *peers[BUCKETS];
};

struct pool *pool_new(struct loop *loop, const struct stack *stack, size_t slots)
{
	struct pool *pool = xcalloc(1, sizeof(*pool));

	pool->loop = loop;
	pool->stack = stack;
	pool->slots = slots;
	return pool;
}

static void close_endpoint(struct pool_endpoint *e)
{
	loop_remove(&e->source);
	e->pool->stack->close(e->endpoint, false);
	free((void *)(uintptr_t)e->config.local);
	free(e);
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	while (pool->endpoints) {
		struct pool_endpoint *e = pool->endpoints;

		pool->endpoints = e->next;
		close_endpoint(e);
	}
	free(pool);
}

/* --- Peers ------------------------------------------------------------------------------------ */

static struct pool_peer **bucket_of(struct pool *pool, const union address *address)
{
	return &pool->peers[(address_hash(address) * 31 + address_port(address)) % BUCKETS];
}

/* The stacks forget the zone of a link-local address, so that of two links would be the same. */
static bool is_taken(const struct pool_endpoint *e, union address address)
{
	if (address.sa.sa_family == AF_INET6)
		address.v6.sin6_scope_id = 0;
	for (const struct pool_peer *p = *bucket_of(e->pool, &address); p; p = p->next)
		if (p->endpoint == e && address_port(&p->address) == address_port(&address) &&
		    address_equal(&p->address, &address))
			return true;
	return false;
}

static bool any_taken(const struct pool_endpoint *e, const struct stack_config *config)
{
	for (size_t i = 0; i < config->peer_count; i++)
		if (is_taken(e, config->peers[i]))
			return true;
	return false;
}

static void add_peers(struct pool_user *user, const struct stack_config *config)
{
	user->peer_count = config->peer_count;
	user->peers = xcalloc(config->peer_count + 1, sizeof(*user->peers));
	for (size_t i = 0; i < config->peer_count; i++) {
		struct pool_peer *p = &user->peers[i];
		struct pool_peer **bucket = bucket_of(user->at->pool, &config->peers[i]);

		*p = (struct pool_peer){ config->peers[i], user->at, *bucket, bucket };
		if (p->next)
			p->next->link = &p->next;
		*bucket = p;
	}
}

static void remove_peers(struct pool_user *user)
{
	for (size_t i = 0; i < user->peer_count; i++) {
		struct pool_peer *p = &user->peers[i];

		*p->link = p->next;
		if (p->next)
			p->next->link = p->link;
	}
	free(user->peers);
}

/* --- Endpoints -------------------------------------------------------------------------------- */

static bool same_parameters(const struct stack_parameters *a, const struct stack_parameters *b)
{
	if (a->known != b->known)
		return false;
	for (enum stack_parameter p = 0; p < PARAMETER_COUNT; p++)
		if (parameter_is_known(a, p) && a->value[p] != b->value[p])
			return false;
	return true;
}

/* Would open() make the same of both? */
static bool is_same(const struct stack_config *a, const struct stack_config *b)
{
	if (a->ipv6 != b->ipv6 || a->udp.local != b->udp.local || a->udp.remote != b->udp.remote ||
	    a->out_streams != b->out_streams || a->max_in_streams != b->max_in_streams ||
	    a->init_attempts != b->init_attempts || a->init_timeout_ms != b->init_timeout_ms ||
	    a->rto_initial_ms != b->rto_initial_ms || a->local_count != b->local_count)
		return false;
	for (size_t i = 0; i < a->local_count; i++)
		if (!address_equal(&a->local[i], &b->local[i]) ||
		    address_port(&a->local[i]) != address_port(&b->local[i]))
			return false;
	return same_parameters(&a->parameters, &b->parameters);
}

static void mark_news(struct pool_user *user)
{
	struct pool_endpoint *e = user->at;

	if (user->news_link)
		return;
	user->next_news = NULL;
	user->news_link = e->news_end;
	*e->news_end = user;
	e->news_end = &user->next_news;
}

static void forget_news(struct pool_user *user)
{
	if (!user->news_link)
		return;
	*user->news_link = user->next_news;
	if (user->next_news)
		user->next_news->news_link = user->news_link;
	else
		user->at->news_end = user->news_link;
	user->news_link = NULL;
}

static void read_some(struct pool_endpoint *e)
{
	const struct stack *stack = e->pool->stack;
	struct stack_event event;

	for (int n = 0; n < EVENTS_MAX && !e->failed && stack->next_event(e->endpoint, &event);
	     n++) {
		struct pool_user *user = event.assoc ? stack->owner(event.assoc) : e->users;

		e->failed = event.type == EVENT_FAULT && !event.assoc;
		while (user) {
			mark_news(user);
			user->reader.take(user->reader.context, &event);
			user = event.assoc ? NULL : user->next;
		}
	}
}

static void on_events(void *context, short revents)
{
	struct pool_endpoint *e = context;
	struct pool *pool = e->pool;

	(void)revents;
	pool->reading = e;
	read_some(e);
	for (int n = 0; n < EVENTS_MAX && e->news; n++) {
		struct pool_user *user = e->news;

		forget_news(user);
		pool->told = user;
		user->reader.ready(user->reader.context);
		pool->told = NULL;
	}
	pool->reading = NULL;
	if (e->news)
		loop_again(&e->source);
	else if (e->failed)
		loop_remove(&e->source);
}

static int open_endpoint(struct pool *pool, const struct stack_config *config,
			 struct pool_endpoint **opened, struct stack_fault *fault)
{
	size_t size = config->local_count * sizeof(*config->local);
	struct stack_endpoint *endpoint;
	union address *local = NULL;
	struct pool_endpoint *e;
	int rc = pool->stack->open(&endpoint, config, fault);

	if (rc < 0)
		return rc;
	if (size) {
		local = xcalloc(1, size);
		memcpy(local, config->local, size);
	}
	e = xcalloc(1, sizeof(*e));
	*e = (struct pool_endpoint){ .pool = pool,
				     .endpoint = endpoint,
				     .config = *config,
				     .news_end = &e->news,
				     .next = pool->endpoints };
	e->config.local = local;
	pool->endpoints = e;
	loop_add(pool->loop, &e->source, pool->stack->pollfd(endpoint), on_events, e);
	*opened = e;
	return 0;
}

bool pool_close_idle(struct pool *pool)
{
	struct pool_endpoint **link = pool ? &pool->endpoints : NULL;
	bool any = false;

	while (link && *link) {
		struct pool_endpoint *e = *link;

		if (e->user_count || e == pool->reading) {
			link = &e->next;
			continue;
		}
		*link = e->next;
		close_endpoint(e);
		any = true;
	}
	return any;
}

int pool_join(struct pool *pool, struct pool_user *user, const struct stack_config *config,
	      struct stack_endpoint **endpoint, struct stack_fault *fault)
{
	struct stack_config shared = *config;
	struct pool_endpoint *e = pool->endpoints;
	int rc = 0;

	shared.style = STACK_ONE_TO_MANY;
	shared.shared = true;
	while (e && (e->failed || e->user_count >= USERS_MAX || !is_same(&e->config, config) ||
		     any_taken(e, config)))
		e = e->next;
	if (!e)
		rc = open_endpoint(pool, &shared, &e, fault);
	if (rc < 0 && pool_close_idle(pool))
		rc = open_endpoint(pool, &shared, &e, fault);
	if (rc < 0)
		return rc;
	user->at = e;
	user->next = e->users;
	user->link = &e->users;
	if (user->next)
		user->next->link = &user->next;
	e->users = user;
	e->user_count++;
	add_peers(user, config);
	*endpoint = e->endpoint;
	return 0;
}

void pool_take(struct pool_user *user, struct stack_assoc *assoc)
{
	user->assoc = assoc;
	user->at->pool->stack->set_owner(assoc, user);
}

void pool_change_reader(struct pool_user *user, struct pool_reader *reader)
{
	struct pool_reader before = user->reader;

	user->reader = *reader;
	*reader = before;
}

void pool_read(struct pool_user *user)
{
	struct pool *pool = user->at->pool;
	bool told = pool->told == user;

	pool->told = NULL;
	if (told)
		return;
	read_some(user->at);
	forget_news(user);
	if (user->at->news)
		loop_again(&user->at->source);
}

void pool_leave(struct pool_user *user, bool abort)
{
	struct pool_endpoint *e = user->at;
	const struct stack *stack;

	if (!e)
		return;
	stack = e->pool->stack;
	if (e->pool->told == user)
		e->pool->told = NULL;
	forget_news(user);
	remove_peers(user);
	*user->link = user->next;
	if (user->next)
		user->next->link = user->link;
	e->user_count--;
	if (user->assoc) {
		if (abort)
			(void)stack->abort(user->assoc, NULL);
		else
			(void)stack->shutdown(user->assoc);
		stack->release(user->assoc);
	}
	user->at = NULL;
	user->assoc = NULL;
}

/* --- Endpoints of their own ------------------------------------------------------------------- */

bool pool_take_slot(struct pool *pool, bool waits)
{
	if (pool->slots_taken >= (waits ? pool->slots / 2 : pool->slots))
		return false;
	pool->slots_taken++;
	return true;
}

void pool_return_slot(struct pool *pool)
{
	pool->slots_taken--;
}

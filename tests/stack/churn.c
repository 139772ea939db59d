/* SPDX-License-Identifier: MIT */
/*
 * churn STACK LOCAL:REMOTE-UDP-PORT ADDRESS PORT COUNT: COUNT associations with one listener that
 * echoes, one after the other, through the seam (stack.h). They end in each of the ways in turn:
 * closed after an echo, closed at once, aborted after an echo, aborted with the echo on its way.
 * Prints how many came up, and exits 0; or says what was wrong and exits 1.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/loop.h"
#include "base/util.h"
#include "stack/stack.h"

/* An INIT that a busy listener loses is sent again after a second or more. */
#define WAIT_US (20 * USEC_PER_SEC)
/* The library refuses a port that it has not yet finished with, of 16,384 that it chooses from. */
#define REFUSED_MAX 100
/*
 * usrsctp's listener takes a late packet of a client that has gone for one of another client with
 * the same address and SCTP port, and sends to its UDP port from then on. So clients that run at
 * once, with UDP ports one beside the other, have SCTP ports of their own.
 */
#define PORT_FIRST   20000
#define PORTS_EACH   5000
#define CLIENTS_MOST 8

struct way {
	bool sends;
	bool waits; /* for the echo */
	bool aborts;
};

static const struct way ways[] = {
	{ .sends = true, .waits = true },
	{ .sends = false },
	{ .sends = true, .waits = true, .aborts = true },
	{ .sends = true, .aborts = true },
};

struct client {
	const struct stack *stack;
	struct stack_config config;
	union address peer, local;
	unsigned refused;
	bool broken;
};

static bool broken(struct client *c)
{
	c->broken = true;
	return false;
}

static unsigned own_port(const struct client *c, struct stack_endpoint *endpoint)
{
	uint16_t port = 0, udp;
	const char *call;

	(void)c->stack->ports(endpoint, &port, &udp, &call);
	return port;
}

static bool await(struct client *c, struct stack_endpoint *endpoint, enum stack_event_type wanted)
{
	int64_t until_us = loop_now_us() + WAIT_US;

	for (;;) {
		struct pollfd fd = c->stack->pollfd(endpoint);
		struct stack_event event;

		while (c->stack->next_event(endpoint, &event)) {
			if (event.type == wanted)
				return true;
			if (event.type == EVENT_FAILED && event.error == ECONNREFUSED &&
			    ++c->refused < REFUSED_MAX)
				return false;
			if (event.type == EVENT_FAILED || event.type == EVENT_LOST ||
			    event.type == EVENT_FAULT || event.type == EVENT_CLOSED) {
				printf("event %d instead of %d: %s, cause %u: %s\n", event.type,
				       wanted, strerror(event.error), event.cause.code,
				       event.cause.text);
				return broken(c);
			}
		}
		if (loop_wait(&fd, 1, until_us) <= 0) {
			printf("event %d did not come from port %u: %s\n", wanted,
			       own_port(c, endpoint), strerror(errno));
			return broken(c);
		}
	}
}

static void choose_port(struct client *c, long number)
{
	long client = c->config.udp.local % CLIENTS_MOST;

	if (!c->config.udp.local)
		return;
	c->local.sa.sa_family = c->peer.sa.sa_family;
	address_set_port(&c->local,
			 (uint16_t)(PORT_FIRST + client * PORTS_EACH + number % PORTS_EACH));
	c->config.local = &c->local;
	c->config.local_count = 1;
}

static bool once(struct client *c, const struct way *way)
{
	struct stack_endpoint *endpoint;
	struct stack_assoc *assoc;
	struct stack_fault fault;
	int rc = c->stack->open(&endpoint, &c->config, &fault);
	bool good;

	if (rc < 0) {
		printf("%s: %s\n", fault.call, strerror(-rc));
		return broken(c);
	}
	rc = c->stack->connect(endpoint, &c->peer, 1, false, &assoc);
	if (rc < 0 && ++c->refused >= REFUSED_MAX) {
		printf("connect: %s\n", strerror(-rc));
		broken(c);
	}
	good = rc == 0 && await(c, endpoint, EVENT_UP);
	if (good && way->sends)
		good = c->stack->send(assoc, "churn", 5, 0, 0, false) == 0;
	if (good && way->waits)
		good = await(c, endpoint, EVENT_DATA);
	c->stack->close(endpoint, way->aborts);
	return good;
}

int main(int argc, char *argv[])
{
	struct client c = { .config.style = STACK_ONE_TO_ONE };
	long count, up = 0, tried = 0;

	if (argc != 6)
		return 2;
	c.stack = stack_find(argv[1]);
	if (!c.stack || !address_from_text(&c.peer, argv[3]) ||
	    sscanf(argv[2], "%hu:%hu", &c.config.udp.local, &c.config.udp.remote) != 2)
		return 2;
	address_set_port(&c.peer, (uint16_t)atoi(argv[4]));
	c.config.ipv6 = c.peer.sa.sa_family == AF_INET6;
	count = atol(argv[5]);
	loop_catch_signals();
	while (up < count && !c.broken) {
		choose_port(&c, tried++);
		up += once(&c, &ways[(size_t)up % ARRAY_SIZE(ways)]);
	}
	if (c.stack->finish)
		c.stack->finish();
	printf("%ld associations\n", up);
	return up == count ? 0 : 1;
}

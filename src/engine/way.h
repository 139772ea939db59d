/* SPDX-License-Identifier: MIT */
/* The way to one address, as this host knows it. */
#ifndef ENGINE_WAY_H
#define ENGINE_WAY_H

#include "engine/plan.h"
#include "host/departure.h"
#include "host/neighbour.h"
#include "report/result.h"
#include "witness/watch.h"

/* What this host knows about the route to one address, without sending anything. */
struct way {
	bool looked_up;         /* gather.c has asked about its route */
	struct route route;     /* the one that the stack takes; zeros: not looked up */
	int route_error;        /* why none that it can take is open: positive errno, or 0 */
	char link[IF_NAMESIZE]; /* ENETDOWN: the link of this host that has no carrier */
	enum neighbour neighbour;
	union address hop; /* the next hop, unless the neighbour is unknown */
	int send_error;    /* why the newest packet could not be sent, or 0 */
	int soft_error;    /* SO_ERROR, when its turn alone had come; or 0 */
	struct departure departure;
	enum reverse_path reverse_path; /* of the newest packet from it */
	char arrived[IF_NAMESIZE];      /* the link that this one arrived on */
	char expected[IF_NAMESIZE];     /* the link of the route back, or "" */
};

/* The ends of the packets to an address. */
struct way_flow {
	const struct stack *stack;
	const struct stack_endpoint *endpoint;
	struct stack_encaps udp;
	const union address *source; /* NULL: the one that the route chooses */
};

void way_look_for_route(struct way *way, struct routes *routes, const union address *address,
			const struct plan *plan);

/* Did a packet leave this host? */
enum leaving {
	LEAVING_UNKNOWN,
	LEAVING_NONE, /* certainly not */
	LEAVING_SEEN,
};

/* What follows from the route for an address that has not answered. LEAVING_SEEN: nothing. */
void way_conclude(struct way *way, struct routes *routes, const union address *address,
		  enum leaving leaving);
void way_look_for_neighbour(struct way *way, struct routes *routes, const union address *address,
			    const struct plan *plan);

/*
 * The route, what follows from it, and the neighbour, for an address that is asked about alone.
 * LEAVING_SEEN: nothing follows.
 */
void way_look_for_hop(struct way *way, const union address *address, const struct plan *plan,
		      enum leaving leaving);
void way_look_for_unsent(struct way *way, const union address *address, const struct stack *stack,
			 struct stack_assoc *assoc);
void way_look_for_departure(struct way *way, const union address *address,
			    const struct way_flow *flow);
void way_look_for_return(struct way *way, const union address *address, const struct watch *watch);
void way_tell(const struct way *way, struct path_result *path);

#endif

/* SPDX-License-Identifier: MIT */
/* One of the associations that a witness watches: which packets are its own. */
#ifndef WITNESS_VIEW_H
#define WITNESS_VIEW_H

#include "witness/event.h"
#include "witness/filter.h"
#include "witness/ours.h"

#define VIEW_LOCAL_PORTS 8

struct witness;

struct view_config {
	const union address *peers; /* the addresses to try, copied; all with ports.peer */
	size_t peer_count;
	const union address *bound; /* the addresses of this end, copied; none: any */
	size_t bound_count;
	struct witness_ports ports;
	bool strict; /* what may be another association's is not delivered, whatever NAT may do */
	/* Gets each packet, which is gone afterwards; it may not attach or detach a view. */
	void (*take)(void *context, const struct witness_event *event);
	void *context;
};

/* By which a packet finds the view: view_index.h. */
struct view_key {
	uint64_t hash;
	struct view *view;
	struct view_key *next, **link; /* with the same place in the index */
	struct view_key *next_of_view;
};

/* All of a view, and how much of what it has learned has a key. All zeros: none. */
struct view_keys {
	struct view_key *first;
	size_t learned, here, there;
};

struct view {
	struct witness *witness;
	struct witness_ports ports;
	struct ours ours;
	/* The local ports that sent to the peers, as long as our own is not known. */
	uint16_t local_ports[VIEW_LOCAL_PORTS];
	size_t local_port_next;
	void (*take)(void *context, const struct witness_event *event);
	void *context;

	struct view_keys keys;          /* in the index of the witness */
	uint64_t lost_before;           /* packets that the witness had missed already */
	uint64_t unsure;                /* packets that may be its own, and may be another's */
	struct view *next, **link;      /* of the witness */
	void (*changed)(void *context); /* NULL: nobody listens */
	void *changed_context;
	/* Those that are to be told that there were packets; link NULL: not this one. */
	struct view *next_told, **told_link;
};

void view_init(struct view *view, const struct view_config *config);
void view_free(struct view *view);

/* Whose the packet is, as far as this association can say. odd: then it is CLAIM_NONE. */
enum claim view_claim(const struct view *view, const struct packet *packet, bool outgoing,
		      enum witness_odd *odd);

/* It has that claim, and nobody has a better one: learns from it. */
void view_learn(struct view *view, const struct packet *packet, bool outgoing, enum claim claim);

#endif

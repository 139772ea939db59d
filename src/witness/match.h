/* SPDX-License-Identifier: MIT */
/* Which of many associations a packet belongs to. */
#ifndef WITNESS_MATCH_H
#define WITNESS_MATCH_H

#include "witness/view_index.h"

/* Of more than that, the others do not get the packet. */
#define MATCHES_MAX 16

struct match {
	struct view *view;
	enum claim claim;
	enum witness_odd odd;
};

struct matches {
	struct match list[MATCHES_MAX];
	size_t count;
};

/*
 * Adds to matches whose packet it is. One that has a sure claim keeps the packet from all others:
 * also from one that would take it if it were alone. A packet that several may have sent belongs to
 * none of them; an INIT of that kind is counted in view->unsure of each.
 */
void match_find(const struct view_index *index, const struct packet *packet, bool outgoing,
		struct matches *matches);

#endif

/* SPDX-License-Identifier: MIT */
/* The target: the addresses of one peer, as given and as resolved. */
#ifndef TARGET_TARGET_H
#define TARGET_TARGET_H

#include "base/address_index.h"
#include "base/timeline.h"
#include "base/util.h"
#include "target/hostport.h"
#include "target/resolve.h"

/* The limit: the kernel's cost is quadratic and cannot be interrupted (seconds for 10,000). */
#define TARGET_ADDRESSES_MAX 1000

struct target_address {
	union address address;
	const char *host; /* the name it was resolved from, owned by the target; NULL if numeric */
};

/* The addresses of -a or of -b. Owns everything it points to, except name. */
struct target {
	const char *name;       /* the first argument as the user wrote it */
	const char *known_as;   /* its NAME in the file of --targets, not owned; or NULL */
	size_t place;           /* among all targets; 0 without --targets */
	struct hostport *given; /* one per argument */
	size_t given_count;
	uint16_t port; /* the one port of all addresses; 0 only for local addresses */
	bool local;    /* of -b: the wildcard is allowed, alone */

	struct target_address *addresses; /* in the user's order, without duplicates */
	size_t address_count;
	size_t duplicate_count; /* how many were dropped */

	struct unresolved *unresolved; /* after STATUS_UNRESOLVED: why; NULL: nothing to tell */

	struct lookup **lookups; /* while they last: one per argument, NULL for a number */
	int family;              /* of the look-ups */
};

/*
 * target_parse_*() only parses the arguments, so errors in them are known before anything is
 * tried. The peer's addresses (-a) have one port, from -p or from any address that has one. More
 * than TARGET_ADDRESSES_MAX, or two different ports, are refused. Local addresses (-b) may have no
 * port. Return STATUS_OK or STATUS_USAGE with the reason in why.
 */
int target_parse_peer(struct target *target, const char **tokens, size_t count, const char *port,
		      struct message *why);
int target_parse_local(struct target *target, const char **tokens, size_t count, const char *port,
		       bool listens, struct message *why);

/* Does it have a name that has to be looked up? */
bool target_has_names(const struct target *target);

/*
 * Looks up all names of a target side by side, without blocking; may be done again. Start with
 * target_look_up(); poll resolver_descriptor() and resolver_read() until target_is_looked_up(), or
 * for as long as the caller has time; then target_take(). A target without names is looked up at
 * once and costs nothing. The resolver may serve several targets, and has to outlive target_take().
 */
void target_look_up(struct target *target, struct resolver *resolver, int family);
bool target_is_looked_up(const struct target *target);

/* While looked up: does it have an address yet? */
bool target_has_some(const struct target *target);

/* The first name without an answer, as the user wrote it; NULL: every name has one. */
const char *target_awaits(const struct target *target);

/*
 * Ends the look-ups, and makes addresses of what they found: in the order of the arguments, all
 * records of a name, without duplicates (the timeline shows those). waited_us: how long it waited.
 * Returns STATUS_OK; STATUS_USAGE with the reason in why, or STATUS_UNRESOLVED with the reason in
 * target->unresolved, and no addresses.
 * If the only fault is that names have no answer, they are counted in *late and named in
 * target->unresolved, and the addresses of the others are there: the caller may go on with these.
 * That a resolver has stopped waiting for an answer counts the same, if there is an address.
 */
int target_take(struct target *target, int64_t waited_us, size_t *late, struct timeline *timeline,
		struct message *why);

/*
 * The three together, blocking for timeout_us at most. STATUS_OK; STATUS_USAGE or
 * STATUS_UNRESOLVED as above; STATUS_SIGNAL when a signal came, which loop_take_signal() tells.
 * Without STATUS_OK there are no addresses.
 */
int target_resolve(struct target *target, int family, int64_t timeout_us, struct timeline *timeline,
		   struct message *why);

/*
 * Makes a new target of count addresses of a resolved one, from index first on:
 * numeric, so that resolving it looks nothing up, and with this port.
 */
void target_pick(struct target *target, const struct target *resolved, size_t first, size_t count,
		 uint16_t port);

void target_free(struct target *target);

#endif

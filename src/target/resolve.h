/* SPDX-License-Identifier: MIT */
/*
 * From names to addresses, side by side and without blocking.
 *
 * Each name is looked up by a child process, which runs getaddrinfo(), writes the addresses into a
 * pipe and ends. Nothing bounds getaddrinfo(): it asks name servers, loads modules and reads files
 * that may be on a network. A thread in it cannot be ended, and one that is left behind keeps its
 * memory and its sockets. A child can be killed at any moment and leaves nothing; a fault in a
 * module ends the child alone; and every libc and sanitizer can fork. It costs some tenths of a
 * millisecond, which only names pay: for a numeric address nothing is started or opened.
 */
#ifndef TARGET_RESOLVE_H
#define TARGET_RESOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/address.h"
#include "base/util.h"
#include "target/unresolved.h"

struct names;    /* names.h */
struct resolver; /* any number of look-ups */
struct lookup;   /* of one name */

/* Has names of its own, behind one descriptor. */
struct resolver *resolver_new(void);

/*
 * shared: names_new(true), which its owner reads. An answer that somebody else had may be so old:
 * good_us with addresses, bad_us without. tell(context, 0) is called when a look-up has ended; not
 * from within resolver_look_up().
 */
struct resolver *resolver_join(struct names *shared, int64_t good_us, int64_t bad_us,
			       void (*tell)(void *context, short none), void *context);

/* After lookup_end() of all its look-ups. */
void resolver_free(struct resolver *resolver);

/* To be polled for POLLIN, then resolver_read(). -1: no child is running, or somebody else does. */
int resolver_descriptor(const struct resolver *resolver);

/*
 * Takes what the children have written, and starts the look-ups whose turn it is. 0, or -errno of
 * epoll_wait(): then nothing more will come.
 */
int resolver_read(struct resolver *resolver);

/* Starts a look-up. family: AF_UNSPEC, AF_INET or AF_INET6. host must outlive it. */
struct lookup *resolver_look_up(struct resolver *resolver, const char *host, int family);

/* Is its outcome known? */
bool lookup_is_done(const struct lookup *lookup);
/* Is it done, and are there addresses? */
bool lookup_has_addresses(const struct lookup *lookup);
/* Is it done, and did no name server answer (or one reported a temporary failure)? */
bool lookup_is_unanswered(const struct lookup *lookup);

/*
 * For a look-up that is done: appends every address, with port, to *list (*count entries, owned by
 * the caller, grown here) that can be used: a link-local one needs its interface. Returns
 * STATUS_OK, or STATUS_UNRESOLVED if there is none, and u says why.
 */
int lookup_take(const struct lookup *lookup, uint16_t port, union address **list, size_t *count,
		struct unresolved *u);

/* Frees it. A child that is still running, for nobody else, is killed and reaped. NULL is fine. */
void lookup_end(struct lookup *lookup);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Questions for the addresses of names, each answered by a child (name_child.h), behind one
 * descriptor. Where they are shared, a name is asked once for all who want to know.
 */
#ifndef TARGET_NAMES_H
#define TARGET_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/address.h"
#include "target/name_child.h"

/* At most so many children run at a time, unless they are shared; others wait for their turn. */
#define NAMES_CHILDREN_MAX 32

enum question_state {
	QUESTION_WAITING, /* until another child has ended */
	QUESTION_RUNNING, /* by a child, and epoll watches its pipe */
	QUESTION_DONE,    /* answer, or failed_call */
};

/* One who waits for an answer. */
struct asker {
	struct asker *next, **link; /* of those with the same question; NULL: it does not wait */
	void (*tell)(void *context, short none); /* NULL: it looks by itself */
	void *context;
};

struct question {
	struct names *names;
	char *host;
	int family;
	enum question_state state;
	size_t users;
	struct asker *askers;          /* who are to be told */
	struct questions *list;        /* of those that wait, that run, or that have ended */
	struct question *next, **link; /* in that list */
	int64_t answered_us;
	bool known; /* among those that are shared */
	pid_t child;
	int fd;
	uint8_t *bytes; /* what the child has written so far */
	size_t length;
	size_t room;
	struct name_answer answer;
	const union address *addresses; /* in bytes */
	const char *failed_call;        /* with answer.saved_errno: a child could not be started */
};

struct names *names_new(bool shared);

/* After question_leave() of all its questions. NULL is fine. */
void names_free(struct names *names);

/* To be polled for POLLIN, then names_read(). -1: no child is running. */
int names_descriptor(const struct names *names);

/* Shared: the descriptor, whether a child runs or not; or -errno. */
int names_open(struct names *names);

/*
 * Takes what the children have written, starts those whose turn it is, and tells the askers of
 * those that have ended. 0, or -errno of epoll_wait(): then all that run have failed.
 */
int names_read(struct names *names);

/*
 * Asks, or takes the same question of another one if it has no answer yet, or one that is good and
 * no older than good_us, or another one and no older than bad_us. Each asker has one question.
 */
struct question *names_ask(struct names *names, const char *host, int family, int64_t good_us,
			   int64_t bad_us, struct asker *asker);

/* It has ended, and there are addresses. */
bool question_is_good(const struct question *question);

/* The last one to leave ends a child that is still running. */
void question_leave(struct question *question, struct asker *asker);

#endif

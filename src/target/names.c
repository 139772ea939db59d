/* SPDX-License-Identifier: MIT */
#include "target/names.h"

#include <errno.h>
#include <fcntl.h>
#include <search.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/param.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/util.h"

#define EVENTS_MAX 32

/* First in, first out; one in the middle may be taken out. */
struct questions {
	struct question *first, **end;
};

struct names {
	bool shared;
	int epoll; /* -1 until the first child, or names_open() */
	size_t running_count;
	struct questions waiting, running, ended;
	void *known; /* of search.h */
};

static void put(struct questions *list, struct question *q)
{
	q->list = list;
	q->next = NULL;
	q->link = list->end;
	*list->end = q;
	list->end = &q->next;
}

static void take_out(struct question *q)
{
	*q->link = q->next;
	if (q->next)
		q->next->link = q->link;
	else
		q->list->end = q->link;
}

/* --- A child ---------------------------------------------------------------------------------- */

/* It has its answer, and its askers are to be told. */
static void end(struct question *q)
{
	q->state = QUESTION_DONE;
	q->answered_us = loop_now_us();
	q->users++;
	put(&q->names->ended, q);
}

/* errno 0: the child ended before it had written everything. */
static void fail(struct question *q, const char *call)
{
	q->failed_call = call;
	q->answer.saved_errno = errno;
}

/* Starts the child. ends: both ends of its pipe. Returns the call that failed, or NULL. */
static const char *fork_child(struct names *names, struct question *q, const int ends[2])
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = q };
	pid_t parent = getpid();

	if (fcntl(ends[0], F_SETFL, O_NONBLOCK) < 0)
		return "fcntl";
	if (epoll_ctl(names->epoll, EPOLL_CTL_ADD, ends[0], &event) < 0)
		return "epoll_ctl";
	q->child = fork();
	if (q->child == 0)
		name_child_run(q->host, q->family, parent, ends[1]);
	if (q->child > 0)
		return NULL;
	epoll_ctl(names->epoll, EPOLL_CTL_DEL, ends[0], NULL);
	return "fork";
}

int names_open(struct names *names)
{
	if (names->epoll < 0)
		names->epoll = epoll_create1(EPOLL_CLOEXEC);
	return names->epoll < 0 ? -errno : names->epoll;
}

/*
 * It waits. If this fails while other children run, it is tried again when one of them ends; unless
 * they are others', which may take longer than this one has time.
 */
static void start_child(struct names *names, struct question *q)
{
	const char *failed = names_open(names) < 0 ? "epoll_create1" : NULL;
	int ends[2];
	int error;

	if (!failed && pipe2(ends, O_CLOEXEC) < 0)
		failed = "pipe2";
	if (!failed) {
		failed = fork_child(names, q, ends);
		error = errno;
		close(ends[1]);
		if (failed)
			close(ends[0]);
		errno = error;
	}
	if (!failed) {
		q->fd = ends[0];
		q->state = QUESTION_RUNNING;
		take_out(q);
		put(&names->running, q);
		names->running_count++;
	} else if (names->shared || !names->running_count) {
		fail(q, failed);
		take_out(q);
		end(q);
	}
}

static void start_waiting(struct names *names)
{
	while (names->shared || names->running_count < NAMES_CHILDREN_MAX) {
		struct question *q = names->waiting.first;

		if (!q)
			break;
		start_child(names, q);
		if (q->state == QUESTION_WAITING)
			break;
	}
}

/* The child has closed its end of the pipe, or is to be killed. Returns its exit status. */
static int end_child(struct question *q, bool kill_it)
{
	struct names *names = q->names;
	int status = 0;

	epoll_ctl(names->epoll, EPOLL_CTL_DEL, q->fd, NULL);
	close(q->fd);
	if (kill_it)
		kill(q->child, SIGKILL);
	while (waitpid(q->child, &status, 0) < 0 && errno == EINTR)
		;
	take_out(q);
	names->running_count--;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 0;
}

/*
 * Everything was read. A child that was killed, or was out of memory, has not written everything.
 */
static void take_answer(struct question *q, int exit_status)
{
	const size_t head = sizeof(q->answer);

	if (q->length >= head)
		memcpy(&q->answer, q->bytes, head);
	if (q->length < head || q->length != head + q->answer.count * sizeof(*q->addresses)) {
		errno = exit_status % NAME_CHILD_WRITE;
		fail(q, exit_status > NAME_CHILD_WRITE ? "write"
			: exit_status                  ? "dup2"
						       : "getaddrinfo");
		return;
	}
	q->addresses = (const union address *)(q->bytes + head);
}

/* A call failed before its answer was there. */
static void give_up(struct question *q, const char *call)
{
	fail(q, call);
	end_child(q, true);
	end(q);
}

static void read_child(struct question *q)
{
	for (;;) {
		ssize_t length;

		if (q->length == q->room) {
			q->room = MAX(2 * q->room, 1024);
			q->bytes = xreallocarray(q->bytes, q->room, 1);
		}
		length = read(q->fd, q->bytes + q->length, q->room - q->length);
		if (length > 0) {
			q->length += (size_t)length;
			continue;
		}
		if (length < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (length < 0) {
			give_up(q, "read");
			return;
		}
		take_answer(q, end_child(q, false));
		end(q);
		return;
	}
}

/* --- Those that are shared -------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	const struct question *one = a, *other = b;

	return one->family != other->family ? one->family - other->family
					    : strcmp(one->host, other->host);
}

static void forget(struct question *q)
{
	if (q->known)
		tdelete(q, &q->names->known, compare);
	q->known = false;
}

static void question_free(struct question *q)
{
	forget(q);
	free(q->bytes);
	free(q->host);
	free(q);
}

bool question_is_good(const struct question *q)
{
	return !q->failed_call && !q->answer.error && q->answer.count;
}

/* NULL: it was not asked, or too long ago. */
static struct question *find(struct names *names, const char *host, int family, int64_t good_us,
			     int64_t bad_us)
{
	const struct question key = { .host = (char *)(uintptr_t)host, .family = family };
	void *at = names->shared ? tfind(&key, &names->known, compare) : NULL;
	struct question *q = at ? *(struct question **)at : NULL;
	int64_t age_us;

	if (!q || q->state != QUESTION_DONE)
		return q;
	age_us = loop_now_us() - q->answered_us;
	/* What failed here may do better the next time. */
	if (!q->failed_call && age_us <= (question_is_good(q) ? good_us : bad_us))
		return q;
	forget(q);
	if (!q->users)
		question_free(q);
	return NULL;
}

static void keep(struct names *names, struct question *q)
{
	if (!names->shared)
		return;
	check_memory(tsearch(q, &names->known, compare));
	q->known = true;
}

/* --- Those who ask ---------------------------------------------------------------------------- */

static void wait_for(struct question *q, struct asker *a)
{
	a->next = q->askers;
	a->link = &q->askers;
	if (a->next)
		a->next->link = &a->next;
	q->askers = a;
}

static void stop_waiting(struct asker *a)
{
	if (!a->link)
		return;
	*a->link = a->next;
	if (a->next)
		a->next->link = a->link;
	a->link = NULL;
}

/* --- All of them ------------------------------------------------------------------------------ */

static void release(struct question *q)
{
	if (--q->users)
		return;
	if (q->state == QUESTION_WAITING)
		take_out(q);
	if (q->state == QUESTION_RUNNING)
		end_child(q, true);
	if (q->state != QUESTION_DONE || !q->known)
		question_free(q);
}

/* Those who are told may ask, and leave, these questions and others. */
static void tell(struct names *names)
{
	struct question *q;
	struct asker *a;

	while ((q = names->ended.first)) {
		take_out(q);
		while ((a = q->askers)) {
			stop_waiting(a);
			if (a->tell)
				a->tell(a->context, 0);
		}
		release(q);
	}
}

struct names *names_new(bool shared)
{
	struct names *names = xcalloc(1, sizeof(*names));

	names->shared = shared;
	names->epoll = -1;
	names->waiting.end = &names->waiting.first;
	names->running.end = &names->running.first;
	names->ended.end = &names->ended.first;
	return names;
}

void names_free(struct names *names)
{
	if (!names)
		return;
	tell(names);
	while (names->known)
		question_free(*(struct question **)names->known);
	if (names->epoll >= 0)
		close(names->epoll);
	free(names);
}

int names_descriptor(const struct names *names)
{
	return names->running_count ? names->epoll : -1;
}

int names_read(struct names *names)
{
	struct epoll_event events[EVENTS_MAX];
	int count = names->running_count ? epoll_wait(names->epoll, events, EVENTS_MAX, 0) : 0;
	int rc = count < 0 && errno != EINTR ? -errno : 0;
	struct question *q;

	for (int i = 0; i < count; i++)
		read_child(events[i].data.ptr);
	while (rc < 0 && (q = names->running.first)) {
		errno = -rc;
		give_up(q, "epoll_wait");
	}
	start_waiting(names);
	tell(names);
	return rc;
}

struct question *names_ask(struct names *names, const char *host, int family, int64_t good_us,
			   int64_t bad_us, struct asker *asker)
{
	struct question *q = find(names, host, family, good_us, bad_us);

	if (!q) {
		q = xcalloc(1, sizeof(*q));
		*q = (struct question){ .names = names, .host = xstrdup(host), .family = family };
		put(&names->waiting, q);
		keep(names, q);
		start_waiting(names);
	}
	q->users++;
	if (q->state != QUESTION_DONE)
		wait_for(q, asker);
	return q;
}

void question_leave(struct question *q, struct asker *asker)
{
	struct names *names = q->names;

	stop_waiting(asker);
	release(q);
	start_waiting(names);
}
